-- Waits under the rules: referral-to-treatment clocks, the lists that people
-- wait on, and how the open waits of every standard stand.  What referrals
-- come to is in 66_referral_flow.sql; the reports are in 74 and 74b.

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('rtt_referral', 'record', 'referral_id', 'A referral to which the referral-to-treatment rules apply, and its pathway.', $$
    referral_id             $record_id              -- Referral.
    pathway                 bigint NOT NULL         -- Number of the pathway in this run; referrals without a pathway have one of their own.
    person_id               $record_id              -- Person.
    site_id                 text NOT NULL           -- Site that holds it.
    service_id              text NOT NULL           -- Service.
    treatment_function_code text NOT NULL           -- Treatment function of the service, '(unknown)' where it has none.
    rtt_role                text NOT NULL           -- consultant_led, interface, or unknown where the service's role is not stated but its events have codes.
    receipt                 text NOT NULL           -- Kind of its receipt for the clock engine: received, interface or consultant_referred.
    received_at             timestamptz NOT NULL    -- When it was received.
$$),
('rtt_clock', 'record', 'pathway, clock', 'A referral-to-treatment clock.', $$
    pathway                 bigint            -- Pathway, as in rtt_referral.
    clock                   integer           -- Number of the clock in its pathway, in the order of time.
    referral_id             $record_id        -- Referral that holds it: that of the event which stopped it, or else the latest received while it ran.
    person_id               $record_id        -- Person.
    site_id                 text NOT NULL     -- Site of that referral.
    service_id              text NOT NULL     -- Its service.
    treatment_function_code text NOT NULL     -- Treatment function of the service, '(unknown)' where it has none.
    rtt_role                text NOT NULL     -- Role of the service: consultant_led, interface or unknown.
    started_on              date NOT NULL     -- Day on which it started.
    stopped_on              date              -- Day on which it stopped or was nullified; NULL while it runs.
    days                    integer NOT NULL  -- Days from the start to the stop, or to the hub's day.
    weeks                   double precision NOT NULL -- days / 7.
    state                   text NOT NULL     -- open, stopped or nullified; a nullified clock is not counted.
    start_reason            text NOT NULL     -- Rule by which it started; rtt_rules() explains it.
    stop_reason             text              -- Rule by which it stopped.
    is_admitted             boolean NOT NULL  -- Whether it stopped by admission for treatment.
    decided_on              date              -- Day of the decision to admit, or of booking or making the admission, while it ran.
    is_interface            boolean NOT NULL  -- Whether an interface service received the referral first.
    is_transferred          boolean NOT NULL  -- Whether another provider took it over while it ran.
    findings                integer NOT NULL  -- Data-quality findings while it ran, as bits; rtt_findings() names them.
$$),
('rtt_month', 'result', 'site_id, service_id, month, part', 'The national return of a month, in weekly bands.', $$
    site_id                 text              -- Site.
    service_id              text              -- Service.
    month                   date              -- First day of the month.
    part                    text              -- Part_1A, Part_1B, Part_2, Part_2A or Part_3; rtt_return_parts() explains them.
    treatment_function_code text NOT NULL     -- Treatment function, '(unknown)' where the service has none.
    total                   bigint NOT NULL   -- Clocks.
    counts                  bigint[]          -- Clocks in each of the 105 weekly bands; NULL for Part_3, which has none.
$$),
('rtt_finding', 'record', 'finding', 'An event that does not fit the referral-to-treatment rules.', $$
    finding     bigint            -- Number of the finding in this run.
    pathway     bigint NOT NULL   -- Pathway, as in rtt_referral.
    referral_id $record_id        -- Referral whose event it is; where that cannot be told, the pathway's latest.
    site_id     text NOT NULL     -- Site of that referral.
    service_id  text NOT NULL     -- Its service.
    event_on    date              -- Day of the event; NULL where the event has no time, or where what is missing is an event.
    status_code text              -- Its status code.
    rule        text NOT NULL     -- Rule that it breaks.
    explanation text              -- The rule in words.
$$),
('rtt_finding_count', 'result', 'site_id, service_id, rule', 'Events that do not fit the referral-to-treatment rules.', $$
    site_id     text              -- Site.
    service_id  text              -- Service.
    rule        text              -- Rule that the data break, '(any)' for all together.
    explanation text              -- The rule in words; NULL for '(any)'.
    findings    bigint NOT NULL   -- Findings.
    pathways    bigint NOT NULL   -- Pathways that have one.
    out_of      bigint NOT NULL   -- Pathways of the site and service, on the row '(any)'; 0 on the others.
$$),
('wait_interval', 'record', 'wait', 'A wait on one of the lists, from coming on to going off.', $$
    wait        bigint            -- Number of the wait in this run.
    list        text NOT NULL     -- first_contact, rtt or recall.
    referral_id $record_id        -- Referral; NULL for a recall.
    person_id   $record_id        -- Person.
    site_id     text NOT NULL     -- Site.
    service_id  text NOT NULL     -- Service.
    started_on  date NOT NULL     -- Day on which it came on the list.
    stopped_on  date              -- Day on which it went off; NULL while it waits.
    reason      text              -- treated (on first_contact: seen; on recall: done), declined, discharged, died, transferred or other; NULL while it waits.
    waits_for   text              -- first contact, treatment, admission, recall, or validation where all referrals of the pathway are closed and its clock runs on; NULL when it waits no more.
$$),
('list_month', 'result', 'list, site_id, service_id, month', 'A list at the end of a month, and what came on and went off it.', $$
    list        text              -- first_contact, rtt or recall.
    site_id     text              -- Site.
    service_id  text              -- Service.
    month       date              -- First day of the month.
    waiting     bigint NOT NULL   -- On the list at the end of the month.
    added       bigint NOT NULL   -- Came on it in the month.
    removed     bigint NOT NULL   -- Went off it in the month.
    treated     bigint NOT NULL   -- Of those, treated.
    declined    bigint NOT NULL   -- Of those, declined.
    discharged  bigint NOT NULL   -- Of those, discharged.
    died        bigint NOT NULL   -- Of those, died.
    transferred bigint NOT NULL   -- Of those, transferred.
    other       bigint NOT NULL   -- Of those, for another reason.
    over_18     bigint NOT NULL   -- Of those on the list, over 18 weeks.
    over_26     bigint NOT NULL   -- Of those on the list, over 26 weeks.
    over_52     bigint NOT NULL   -- Of those on the list, over 52 weeks.
    over_65     bigint NOT NULL   -- Of those on the list, over 65 weeks.
    over_78     bigint NOT NULL   -- Of those on the list, over 78 weeks.
    over_104    bigint NOT NULL   -- Of those on the list, over 104 weeks.
$$),
('list_day', 'result', 'list, site_id, service_id, waits_for, dimension, group_name, days', 'How many on a list have waited so many days by now.', $$
    list       text              -- first_contact, rtt or recall.
    site_id    text              -- Site.
    service_id text              -- Service.
    waits_for  text              -- first contact, treatment, admission, validation or recall; '(all)' where the row is of a group of people.
    dimension  text              -- (all), or deprivation (fifths of areas), age, sex or ethnicity.
    group_name text              -- Group of people; '(all)' for everybody.
    days       integer           -- Days waited.
    waiting    bigint NOT NULL   -- How many.
$$),
('standard_open', 'result', 'standard_id, site_id, service_id, month', 'Waits of a standard that were still open at the end of a month (the current one: now) and longer than its limit by then.', $$
    standard_id     text              -- Standard.
    site_id         text              -- Site.
    service_id      text              -- Service.
    month           date              -- First day of the month.
    open_over_limit bigint NOT NULL   -- Open waits longer than the limit.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('rtt_referral', 'rtt_referral', 'Which referrals are under the referral-to-treatment rules, and which pathway they are on.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), coded AS (
    SELECT DISTINCT e.referral_id FROM referral_event AS e WHERE e.rtt_status_code IS NOT NULL
), once AS (
    SELECT DISTINCT ON (r.referral_id) r.referral_id, r.pathway_id, r.source
    FROM referral AS r CROSS JOIN asked AS p
    WHERE r.received_at <= p.as_at AND isfinite(r.received_at)
    ORDER BY r.referral_id, r.received_at, r.closed_at, r.status, r.site_id, r.service_id, r.person_id, r.referrer_site_id, r.referred_at, r.first_consultation_at, r.priority
)
SELECT s.referral_id,
    -- Pathways and referrals may be numbered alike: who has no pathway must not join another's.
    dense_rank() OVER (ORDER BY coalesce(o.pathway_id, o.referral_id), o.pathway_id IS NULL),
    s.person_id, s.site_id, s.service_id, coalesce(v.treatment_function_code, '(unknown)'), coalesce(v.rtt_role, 'unknown'),
    CASE WHEN v.rtt_role = 'interface' THEN 'interface' WHEN o.source = 'consultant' THEN 'consultant_referred' ELSE 'received' END, s.received_at
FROM referral_summary AS s
    JOIN once AS o ON o.referral_id = s.referral_id
    LEFT JOIN known_service AS v ON v.service_id = s.service_id
    LEFT JOIN coded AS c ON c.referral_id = s.referral_id
WHERE CASE WHEN v.rtt_role IN ('consultant_led', 'interface') THEN true WHEN v.rtt_role = 'none' THEN false ELSE c.referral_id IS NOT NULL END
$$),
('rtt_clock', 'rtt_clock', 'The referral-to-treatment clocks of every pathway.', $$
WITH clock AS MATERIALIZED (
    SELECT c.*
    FROM parameter AS p CROSS JOIN LATERAL rtt_clock_rows($rtt$
        SELECT r.pathway, r.received_at AS event_at, NULL::text AS status_code, r.receipt AS kind, NULL::boolean AS communicated
        FROM rtt_referral AS r
        UNION ALL
        SELECT r.pathway, e.event_at, e.rtt_status_code,
            -- The receipt is the referral's own; other kinds than these say nothing to the engine.
            CASE WHEN e.kind IN ('self_referred', 'ratified', 'rebooked', 'decision', 'new_treatment', 'second_side_ready', 'paused', 'resumed') THEN e.kind
                 WHEN e.rtt_status_code IS NULL THEN e.kind END, e.communicated
        FROM referral_event AS e CROSS JOIN parameter AS p JOIN rtt_referral AS r ON r.referral_id = e.referral_id
        WHERE (e.rtt_status_code IS NOT NULL OR e.kind IS NULL
            OR e.kind IN ('self_referred', 'ratified', 'rebooked', 'decision', 'new_treatment', 'second_side_ready', 'paused', 'resumed'))
            -- What came after the hub's moment is no fault of the data, unless it has not come yet.
            AND coalesce(e.event_at <= p.as_at OR e.event_at > now(), true)$rtt$, NULL::bigint, as_at => p.as_at_date, time_zone => p.time_zone) AS c
), stop AS (
    -- The last of the events that stop a clock on the day on which it stopped.
    SELECT DISTINCT ON (c.pathway, c.clock) c.pathway, c.clock, r.referral_id, e.activity_id
    FROM clock AS c CROSS JOIN parameter AS p
        JOIN rtt_referral AS r ON r.pathway = c.pathway
        JOIN referral_event AS e ON e.referral_id = r.referral_id AND e.rtt_status_code BETWEEN '30' AND '36'
            AND (e.event_at AT TIME ZONE p.time_zone)::date = c.stopped_on
    ORDER BY c.pathway, c.clock, e.event_at DESC, e.event_id DESC
), latest AS (
    SELECT DISTINCT ON (c.pathway, c.clock) c.pathway, c.clock, r.referral_id
    FROM clock AS c CROSS JOIN parameter AS p
        JOIN rtt_referral AS r ON r.pathway = c.pathway
    ORDER BY c.pathway, c.clock, (r.received_at AT TIME ZONE p.time_zone)::date <= coalesce(c.stopped_on, p.as_at_date) DESC, r.received_at DESC, r.referral_id
), admission AS MATERIALIZED (
    SELECT a.activity_id, a.referral_id, a.status = 'attended' AND a.starts_at <= p.as_at AS is_made,
        CASE WHEN isfinite(a.starts_at) THEN (a.starts_at AT TIME ZONE p.time_zone)::date END AS admitted_on,
        (least(CASE WHEN a.booked_at <= p.as_at AND isfinite(a.booked_at) THEN a.booked_at END, CASE WHEN a.starts_at <= p.as_at AND isfinite(a.starts_at) THEN a.starts_at END)
            AT TIME ZONE p.time_zone)::date AS decided_on
    FROM activity AS a CROSS JOIN parameter AS p
    WHERE a.kind IN ('day_case', 'inpatient') AND a.referral_id IS NOT NULL
), decision AS (
    SELECT r.pathway, d.decided_on
    FROM (SELECT a.referral_id, a.decided_on FROM admission AS a WHERE a.decided_on IS NOT NULL
          UNION ALL
          SELECT e.referral_id, (e.event_at AT TIME ZONE p.time_zone)::date FROM referral_event AS e CROSS JOIN parameter AS p
          WHERE e.kind = 'decision_to_admit' AND e.event_at <= p.as_at AND isfinite(e.event_at)) AS d
        JOIN rtt_referral AS r ON r.referral_id = d.referral_id
), decided AS (
    SELECT c.pathway, c.clock, min(d.decided_on) AS decided_on
    FROM clock AS c JOIN decision AS d ON d.pathway = c.pathway AND d.decided_on >= c.started_on AND coalesce(d.decided_on <= c.stopped_on, true)
    GROUP BY c.pathway, c.clock
), admitted AS (
    SELECT DISTINCT s.pathway, s.clock
    FROM stop AS s JOIN clock AS c ON c.pathway = s.pathway AND c.clock = s.clock
        JOIN admission AS a ON a.is_made AND (a.activity_id = s.activity_id)
    UNION
    SELECT s.pathway, s.clock
    FROM stop AS s JOIN clock AS c ON c.pathway = s.pathway AND c.clock = s.clock
        JOIN admission AS a ON a.is_made AND a.referral_id = s.referral_id AND a.admitted_on = c.stopped_on
)
SELECT c.pathway, c.clock, r.referral_id, r.person_id, r.site_id, r.service_id, r.treatment_function_code, r.rtt_role,
    c.started_on, c.stopped_on, c.days, c.weeks, c.state, c.start_reason, c.stop_reason,
    c.state = 'stopped' AND c.stop_reason = 'treatment' AND a.pathway IS NOT NULL, d.decided_on, c.is_interface, c.is_transferred, c.findings
FROM clock AS c
    JOIN latest AS l ON l.pathway = c.pathway AND l.clock = c.clock
    LEFT JOIN stop AS s ON s.pathway = c.pathway AND s.clock = c.clock
    JOIN rtt_referral AS r ON r.referral_id = coalesce(s.referral_id, l.referral_id)
    LEFT JOIN decided AS d ON d.pathway = c.pathway AND d.clock = c.clock
    LEFT JOIN admitted AS a ON a.pathway = c.pathway AND a.clock = c.clock
$$),
('rtt_month', 'rtt_month', 'The national return of the last 24 whole months.', $$
SELECT c.site_id, c.service_id, c.month, c.part, min(c.treatment_function_code), count(*), rtt_band_counts(c.days)
FROM rtt_return_row AS c CROSS JOIN parameter AS p
WHERE c.month >= date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '24 months'
GROUP BY c.site_id, c.service_id, c.month, c.part
$$),
('rtt_finding', 'rtt_finding', 'Events that do not fit the referral-to-treatment rules.', $$
WITH finding AS MATERIALIZED (
    SELECT row_number() OVER () AS number, f.pathway, f.event_on, f.status_code, f.rule, f.explanation
    FROM parameter AS p CROSS JOIN LATERAL rtt_explain_rows($rtt$
        SELECT r.pathway, r.received_at AS event_at, NULL::text AS status_code, r.receipt AS kind, NULL::boolean AS communicated
        FROM rtt_referral AS r
        UNION ALL
        SELECT r.pathway, e.event_at, e.rtt_status_code,
            -- The receipt is the referral's own; other kinds than these say nothing to the engine.
            CASE WHEN e.kind IN ('self_referred', 'ratified', 'rebooked', 'decision', 'new_treatment', 'second_side_ready', 'paused', 'resumed') THEN e.kind
                 WHEN e.rtt_status_code IS NULL THEN e.kind END, e.communicated
        FROM referral_event AS e CROSS JOIN parameter AS p JOIN rtt_referral AS r ON r.referral_id = e.referral_id
        WHERE (e.rtt_status_code IS NOT NULL OR e.kind IS NULL
            OR e.kind IN ('self_referred', 'ratified', 'rebooked', 'decision', 'new_treatment', 'second_side_ready', 'paused', 'resumed'))
            -- What came after the hub's moment is no fault of the data, unless it has not come yet.
            AND coalesce(e.event_at <= p.as_at OR e.event_at > now(), true)$rtt$, NULL::bigint, findings_only => true, as_at => p.as_at_date, time_zone => p.time_zone) AS f
), placed AS (
    -- Of a pathway with several referrals, the one whose event it is; where
    -- that cannot be told, the latest.
    (SELECT DISTINCT ON (f.number) f.rule, f.explanation, f.pathway, r.referral_id, r.site_id, r.service_id, f.event_on, f.status_code
    FROM finding AS f CROSS JOIN parameter AS p
        JOIN rtt_referral AS r ON r.pathway = f.pathway
        LEFT JOIN referral_event AS e ON e.referral_id = r.referral_id AND e.rtt_status_code = f.status_code
            AND (e.event_at AT TIME ZONE p.time_zone)::date = f.event_on
    ORDER BY f.number, e.referral_id IS NULL, r.received_at DESC, r.referral_id)
    UNION ALL
    -- The engine sees events; that nobody works on the pathway any more is the referrals' to say.
    SELECT 'open_after_closing', 'All referrals of the pathway are closed and its clock runs on: a code for its stop is missing.', c.pathway, c.referral_id, c.site_id, c.service_id, NULL::date, NULL::text
    FROM rtt_clock AS c
    WHERE c.state = 'open'
        AND NOT EXISTS (SELECT FROM rtt_referral AS r JOIN referral_summary AS s ON s.referral_id = r.referral_id CROSS JOIN parameter AS p
                        WHERE r.pathway = c.pathway AND CASE WHEN s.closed_at IS NULL THEN coalesce(s.status, 'open') = 'open' ELSE s.closed_at > p.as_at END)
)
SELECT row_number() OVER (ORDER BY f.pathway, f.event_on, f.rule, f.status_code, f.referral_id), f.pathway, f.referral_id, f.site_id, f.service_id, f.event_on, f.status_code, f.rule, f.explanation
FROM placed AS f
$$),
('rtt_finding_count', 'rtt_finding_count', 'Events that do not fit the referral-to-treatment rules, by rule.', $$
WITH rule AS (
    SELECT f.site_id, f.service_id, f.rule, min(f.explanation) AS explanation, count(*) AS findings, count(DISTINCT f.pathway) AS pathways
    FROM rtt_finding AS f GROUP BY f.site_id, f.service_id, f.rule
), whole AS (
    SELECT f.site_id, f.service_id, count(*) AS findings, count(DISTINCT f.pathway) AS pathways FROM rtt_finding AS f GROUP BY f.site_id, f.service_id
)
SELECT r.site_id, r.service_id, r.rule, r.explanation, r.findings, r.pathways, 0 FROM rule AS r
UNION ALL
SELECT o.site_id, o.service_id, '(any)', NULL, coalesce(w.findings, 0), coalesce(w.pathways, 0), o.out_of
FROM (SELECT r.site_id, r.service_id, count(DISTINCT r.pathway) AS out_of FROM rtt_referral AS r GROUP BY r.site_id, r.service_id) AS o
    LEFT JOIN whole AS w ON w.site_id = o.site_id AND w.service_id = o.service_id
$$),
('wait_interval', 'wait_interval', 'Every wait on every list, from coming on to going off.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), recalled AS (
    SELECT DISTINCT ON (r.recall_id) r.recall_id, r.person_id, r.service_id, r.due_on, s.site_id, n.death_date,
        CASE WHEN r.completed_on <= p.as_at_date THEN r.completed_on END AS completed_on
    FROM recall AS r CROSS JOIN asked AS p
        LEFT JOIN person_group AS n ON n.person_id = r.person_id
        LEFT JOIN registration AS g ON g.person_id = r.person_id
            AND g.valid_from <= p.as_at_date AND coalesce(g.valid_to >= p.as_at_date, true)
        LEFT JOIN known_site AS s ON s.site_id = g.site_id
        LEFT JOIN (SELECT DISTINCT o.site_id, o.service_id FROM site_service AS o CROSS JOIN asked AS p
                   WHERE coalesce(o.valid_from <= p.as_at_date, true) AND coalesce(o.valid_to >= p.as_at_date, true)) AS o
            ON o.site_id = g.site_id AND o.service_id = r.service_id
    WHERE r.recall_id IS NOT NULL AND isfinite(r.due_on) AND r.due_on < p.as_at_date
    -- As for recall_count: of several registrations, one whose site offers the service.
    ORDER BY r.recall_id, o.site_id IS NULL, s.site_id IS NULL, g.valid_from DESC, g.site_id, r.due_on, r.kind, r.completed_on
), active AS (
    -- Pathways on which somebody still works.
    SELECT DISTINCT r.pathway
    FROM rtt_referral AS r JOIN referral_summary AS s ON s.referral_id = r.referral_id CROSS JOIN asked AS p
    WHERE CASE WHEN s.closed_at IS NULL THEN coalesce(s.status, 'open') = 'open' ELSE s.closed_at > p.as_at END
), wait AS (
    SELECT 'first_contact' AS list, r.referral_id, r.person_id, r.site_id, r.service_id,
        (r.received_at AT TIME ZONE p.time_zone)::date AS started_on, (e.ended_at AT TIME ZONE p.time_zone)::date AS stopped_on,
        CASE WHEN e.ended_at IS NULL THEN NULL WHEN r.first_contact_at <= e.ended_at THEN 'treated' WHEN n.death_date <= (e.ended_at AT TIME ZONE p.time_zone)::date THEN 'died'
             WHEN r.status = 'redirected' THEN 'transferred' ELSE 'discharged' END AS reason,
        'first contact' AS waits_for
    FROM referral_summary AS r CROSS JOIN asked AS p
        LEFT JOIN person_group AS n ON n.person_id = r.person_id
        CROSS JOIN LATERAL (SELECT least(r.first_contact_at, CASE WHEN r.closed_at <= p.as_at AND isfinite(r.closed_at) THEN r.closed_at END) AS ended_at) AS e
    -- Who is neither open nor has a day of closing went off at a time that nobody knows.
    WHERE e.ended_at IS NOT NULL OR r.closed_at > p.as_at OR r.closed_at IS NULL AND coalesce(r.status, 'open') = 'open'
    UNION ALL
    SELECT 'rtt', c.referral_id, c.person_id, c.site_id, c.service_id, c.started_on, c.stopped_on,
        CASE WHEN c.stopped_on IS NULL THEN NULL ELSE CASE c.stop_reason WHEN 'treatment' THEN 'treated' WHEN 'declined' THEN 'declined'
            WHEN 'not_treated' THEN 'discharged' WHEN 'died' THEN 'died' ELSE 'other' END END,
        CASE WHEN a.pathway IS NULL THEN 'validation' WHEN c.decided_on IS NOT NULL THEN 'admission' WHEN r.first_contact_at IS NULL THEN 'first contact' ELSE 'treatment' END
    FROM rtt_clock AS c LEFT JOIN referral_summary AS r ON r.referral_id = c.referral_id
        LEFT JOIN active AS a ON a.pathway = c.pathway
    WHERE c.state <> 'nullified'
    UNION ALL
    -- A recall that was not done by the end of its day is past due.
    SELECT 'recall', NULL, r.person_id, coalesce(r.site_id, '(unassigned)'), coalesce(r.service_id, '(unknown)'), r.due_on,
        least(r.completed_on, CASE WHEN r.death_date <= p.as_at_date THEN r.death_date END),
        CASE WHEN r.completed_on <= coalesce(r.death_date, 'infinity') THEN 'treated' WHEN r.death_date <= p.as_at_date THEN 'died' END, 'recall'
    FROM recalled AS r CROSS JOIN asked AS p
    WHERE coalesce(least(r.completed_on, r.death_date) > r.due_on, true)
)
SELECT row_number() OVER (),
    w.list, w.referral_id, w.person_id, w.site_id, w.service_id, w.started_on, greatest(w.stopped_on, CASE WHEN w.stopped_on IS NOT NULL THEN w.started_on END), w.reason,
    CASE WHEN w.stopped_on IS NULL THEN w.waits_for END
FROM wait AS w CROSS JOIN asked AS p
WHERE w.started_on <= p.as_at_date
$$),
('list_month', 'list_month', 'Every list at the end of each of the last 24 whole months.', $$
WITH list AS (
    SELECT w.list, w.site_id, w.service_id,
        list_snapshots(w.started_on, w.stopped_on, w.reason,
            (SELECT snapshot_dates(first, last, 'month')
             FROM (SELECT (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '25 months')::date AS first,
                       (date_trunc('month', p.as_at AT TIME ZONE p.time_zone))::date - 1 AS last FROM parameter AS p) AS s),
            '{126,182,364,455,546,728}') AS snapshots
    FROM wait_interval AS w
    GROUP BY w.list, w.site_id, w.service_id
)
SELECT l.list, l.site_id, l.service_id, date_trunc('month', s.as_at)::date, s.waiting, s.added, s.removed,
    s.treated, s.declined, s.discharged, s.died, s.transferred, s.other,
    s.over_days[1], s.over_days[2], s.over_days[3], s.over_days[4], s.over_days[5], s.over_days[6]
FROM list AS l CROSS JOIN LATERAL unnest(l.snapshots) AS s
WHERE s.added IS NOT NULL AND (s.waiting > 0 OR s.added > 0 OR s.removed > 0)
$$),
('list_day', 'list_day', 'Who waits on every list now, by days waited and by group of people.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), waiting AS MATERIALIZED (
    SELECT w.list, w.site_id, w.service_id, w.waits_for, least(p.as_at_date - w.started_on, 100000) AS days, w.person_id
    FROM wait_interval AS w CROSS JOIN asked AS p WHERE w.stopped_on IS NULL
)
SELECT w.list, w.site_id, w.service_id, w.waits_for, '(all)', '(all)', w.days, count(*)
FROM waiting AS w GROUP BY 1, 2, 3, 4, 7
UNION ALL
SELECT w.list, w.site_id, w.service_id, '(all)', g.dimension, g.group_name, w.days, count(*)
FROM waiting AS w
    LEFT JOIN person_group AS n ON n.person_id = w.person_id
    JOIN profile AS g ON g.profile = coalesce(n.profile, 0)
GROUP BY 1, 2, 3, 5, 6, 7
$$),
('standard_open', 'standard_open', 'Open waits longer than the limit of every standard, at the end of each of the last 24 months and now.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), wait AS MATERIALIZED (
    SELECT c.standard_id, c.limit_value, c.limit_unit, c.site_id, c.service_id, c.calendar_id, c.started, (c.started AT TIME ZONE p.time_zone)::date AS start_day,
        CASE WHEN e.ended <= p.as_at THEN e.ended END AS ended
    FROM standard_clock AS c CROSS JOIN asked AS p
        -- A referral that is closed waits for nothing.
        CROSS JOIN LATERAL (SELECT least(c.closed_at, c.stopped) AS ended) AS e
    WHERE c.started <= p.as_at AND coalesce(e.ended > c.started, true)
        -- Nobody lives to miss a longer one, and days have an end.
        AND c.limit_value < 100000
        AND (e.ended IS NOT NULL OR coalesce(c.status, 'open') = 'open')
), breached AS (
    SELECT w.standard_id, w.site_id, w.service_id, w.ended,
        CASE w.limit_unit WHEN 'hour' THEN w.started + w.limit_value * interval '1 hour'
            ELSE (CASE w.limit_unit WHEN 'day' THEN w.start_day + floor(w.limit_value)::integer + 1
                      WHEN 'week' THEN w.start_day + floor(w.limit_value * 7)::integer + 1
                      WHEN 'working_day' THEN e.day END)::timestamp AT TIME ZONE p.time_zone END AS breached_at
    FROM wait AS w CROSS JOIN asked AS p
        -- Hashed, for the planner takes waits for few.
        LEFT JOIN (SELECT y.* FROM working_day AS y OFFSET 0) AS b ON w.limit_unit = 'working_day' AND b.calendar_id = w.calendar_id AND b.day = w.start_day
        LEFT JOIN (SELECT y.* FROM working_day AS y OFFSET 0) AS e ON w.limit_unit = 'working_day' AND e.calendar_id = w.calendar_id AND e.is_working
            AND e.ordinal = b.ordinal + floor(w.limit_value)::integer + 1
), moment AS MATERIALIZED (
    SELECT m::date AS month, least((m + interval '1 month') AT TIME ZONE p.time_zone, p.as_at) AS at
    FROM asked AS p
        CROSS JOIN generate_series(date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '24 months',
            date_trunc('month', p.as_at AT TIME ZONE p.time_zone), interval '1 month') AS m
)
SELECT b.standard_id, b.site_id, b.service_id, m.month, count(*)
FROM breached AS b JOIN moment AS m ON b.breached_at <= m.at AND coalesce(b.ended > m.at, true)
WHERE coalesce(b.breached_at < b.ended, true)
GROUP BY 1, 2, 3, 4
$$);
