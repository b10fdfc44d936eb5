-- What referrals come to: how far they go, how appointments are kept, how
-- fast people are seen and treated, and what each referrer ought to hear.

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('referral_day', 'record', 'referral_id', 'How far a referral came, by days of the hub''s time zone.', $$
    referral_id          $record_id        -- Referral.
    profile              bigint NOT NULL   -- Profile of its person.
    site_id              text NOT NULL     -- Site that holds it.
    service_id           text NOT NULL     -- Service.
    received_on          date NOT NULL     -- Day on which it was received.
    first_contact_on     date              -- Day of the first contact.
    treated_on           date              -- Day of treatment: the first event of status 30 of a referral under the referral-to-treatment rules, of others the first follow-up or group session attended, and a procedure of either.
    closed_on            date              -- Day on which it was closed.
    from_consultant      boolean NOT NULL  -- Whether a consultant made it.
    first_contact        boolean           -- Whether the first contact came within 126 days; NULL while these go on, as all that follow.
    treatment            boolean           -- Whether treatment came within 364 days of the first contact.
    procedure            boolean           -- Whether a procedure, day case or inpatient stay came within 364 days of the first contact.
    discharged           boolean           -- Whether it was closed within 364 days of the first contact.
    discharged_at_first  boolean           -- Whether it was closed within 126 days of the first contact, which was the only one, without a procedure.
    procedure_of_treated boolean           -- Whether a procedure came within 364 days of treatment.
$$),
('referral_conversion', 'result', 'site_id, service_id, month, step', 'How many of the referrals that begin a step in a month come to its end.', $$
    site_id    text              -- Site.
    service_id text              -- Service.
    month      date              -- First day of the month in which the step began.
    step       text              -- first_contact, treatment, procedure, procedure_of_treated, discharged, discharged_at_first or from_consultant.
    begun      bigint NOT NULL   -- Referrals that began it.
    observed   bigint NOT NULL   -- Of those, who could have come to its end by now.
    reached    bigint NOT NULL   -- Of those observed, who did.
$$),
('attendance_month', 'result', 'site_id, service_id, month', 'Appointments of a month and how they were kept.', $$
    site_id               text               -- Site.
    service_id            text               -- Service.
    month                 date               -- First day of the month.
    attended              numeric NOT NULL   -- Appointments attended.
    did_not_attend        numeric NOT NULL   -- Appointments not attended.
    cancelled_by_person   numeric NOT NULL   -- Appointments cancelled by the person.
    cancelled_by_provider numeric NOT NULL   -- Appointments cancelled by the provider.
    notice_under_24_hours numeric NOT NULL   -- Of those cancelled, with less than 24 hours' notice.
    notice_1_to_2_days    numeric NOT NULL   -- Of those cancelled, with one day's notice or two.
    notice_3_to_7_days    numeric NOT NULL   -- Of those cancelled, with three to seven days' notice.
    notice_over_7_days    numeric NOT NULL   -- Of those cancelled, with more than seven days' notice.
    notice_unknown        numeric NOT NULL   -- Of those cancelled, at a time that is not known.
    first_visits          numeric NOT NULL   -- Attended first appointments and assessments.
    follow_ups            numeric NOT NULL   -- Attended follow-ups.
$$),
('discharge_month', 'result', 'site_id, service_id, month', 'Referrals closed in a month: how many of them after how much, and how long after the first contact.', $$
    site_id     text              -- Site.
    service_id  text              -- Service.
    month       date              -- First day of the month.
    closed      bigint NOT NULL   -- Referrals closed.
    returned    bigint NOT NULL   -- Of those, returned or redirected and not seen before.
    unseen      bigint NOT NULL   -- Of those, closed in another way and not seen before.
    at_first    bigint NOT NULL   -- Of those, seen once, without a procedure.
    later       bigint NOT NULL   -- Of those, seen more than once, or with a procedure.
    counts      bigint[]          -- Of the last, how many in each of the 105 weekly bands of days from first contact to closing; NULL where there is none.
$$),
('consultant_referral', 'result', 'site_id, treatment_function_code, service_id', 'Referrals of the last twelve whole months from consultants to other services, by the specialty that referred.', $$
    site_id                 text               -- Site that referred, '(unassigned)' where unknown.
    treatment_function_code text               -- Treatment function that referred: that of the latest earlier referral of the same pathway but for diagnostics, of one at that site before others; '(unknown)' where there is none.
    service_id              text               -- Service referred to; '(all)' for all together.
    referrals               bigint NOT NULL    -- Referrals; requests for diagnostics are none.
    first_visits            numeric NOT NULL   -- First appointments and assessments attended at the site in consultant-led services of that treatment function, on the row '(all)'; 0 on the others.
$$),
('contact_demand', 'result', 'site_id, service_id, month, channel', 'Requests for contact that are no referrals, and what became of them.', $$
    site_id    text               -- Site asked.
    service_id text               -- Service asked for.
    month      date               -- First day of the month.
    channel    text               -- How they were made.
    requests   numeric NOT NULL   -- Requests.
    met        numeric NOT NULL   -- Of those, booked.
    redirected numeric NOT NULL   -- Of those, redirected to another place.
    unmet      numeric NOT NULL   -- Of those, unmet.
    abandoned  numeric NOT NULL   -- Of those, given up by the person.
    not_stated numeric NOT NULL   -- Of those, with another outcome, or none.
$$),
('wait_curve', 'result', 'list, site_id, service_id, cohort, week', 'How the waits that began in a half-year went on, by week.', $$
    list         text              -- first_contact or rtt.
    site_id      text              -- Site.
    service_id   text              -- Service.
    cohort       date              -- First day of the half-year in which the wait began.
    week         integer           -- Weeks since then: a wait that ended is in the week by which it had, one that goes on in the last whole week it is known of; 105 is 105 or more.
    treated      bigint NOT NULL   -- Seen for the first time, or treated.
    left_list    bigint NOT NULL   -- Went off the list in another way.
    still_waits  bigint NOT NULL   -- Waits still.
$$),
('referrer_message', 'result', 'site_id', 'What a referring site ought to hear of its referrals of the last twelve whole months, without referral numbers.', $$
    site_id             text              -- Site that referred.
    referrals           bigint NOT NULL   -- Referrals that were decided on.
    returned            bigint NOT NULL   -- Of those, returned.
    redirected          bigint NOT NULL   -- Of those, redirected.
    discharged_at_first bigint NOT NULL   -- Of those, seen once and discharged.
    message             text NOT NULL     -- Text ready to send.
$$),
('referrer_letter', 'record', 'site_id', 'The same with the number of every referral that came back.', $$
    site_id   text              -- Site that referred.
    referrals bigint NOT NULL   -- Referrals that were decided on.
    message   text NOT NULL     -- Text ready to send; it names referrals by date and number, and no person.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('referral_day', 'referral_day', 'How far every referral came, by days.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), from_consultant AS (
    SELECT DISTINCT r.referral_id FROM referral AS r WHERE r.source = 'consultant'
), first_treated AS MATERIALIZED (
    -- 30 is the start of the first treatment; 31 to 36 stop a clock without one.
    SELECT r.referral_id, min(e.event_at) AS treated_at
    FROM rtt_referral AS r CROSS JOIN asked AS p
        LEFT JOIN referral_event AS e ON e.referral_id = r.referral_id AND e.rtt_status_code = '30' AND e.event_at <= p.as_at AND e.event_at >= r.received_at
    GROUP BY r.referral_id
)
SELECT d.referral_id, d.profile, d.site_id, d.service_id, d.received_on, d.first_contact_on, d.treated_on, d.closed_on, d.from_consultant,
    -- Only who began long enough ago could have come to the end.
    CASE WHEN d.received_on + 126 <= d.as_at_date THEN coalesce(d.first_contact_on - d.received_on <= 126, false) END,
    CASE WHEN d.first_contact_on + 364 <= d.as_at_date THEN coalesce(d.treated_on - d.first_contact_on <= 364, false) END,
    CASE WHEN d.first_contact_on + 364 <= d.as_at_date THEN coalesce(d.procedure_on - d.first_contact_on <= 364, false) END,
    CASE WHEN d.first_contact_on + 364 <= d.as_at_date THEN coalesce(d.is_closed_after AND d.closed_on - d.first_contact_on <= 364, false) END,
    CASE WHEN d.first_contact_on + 126 <= d.as_at_date THEN coalesce(d.is_closed_after AND d.is_seen_once AND d.closed_on - d.first_contact_on <= 126, false) END,
    CASE WHEN d.treated_on + 364 <= d.as_at_date THEN coalesce(d.procedure_on - d.treated_on <= 364, false) END
FROM (SELECT r.referral_id, coalesce(n.profile, 0) AS profile, r.site_id, r.service_id, s.referral_id IS NOT NULL AS from_consultant, p.as_at_date,
          (r.received_at AT TIME ZONE p.time_zone)::date AS received_on, (r.first_contact_at AT TIME ZONE p.time_zone)::date AS first_contact_on,
          -- Under the referral-to-treatment rules the code says what treated; a
          -- procedure does anyhow.
          (least(t.treated_at, r.procedure_at, CASE WHEN t.referral_id IS NULL THEN r.treatment_at END) AT TIME ZONE p.time_zone)::date AS treated_on,
          (r.procedure_at AT TIME ZONE p.time_zone)::date AS procedure_on,
          (CASE WHEN r.closed_at <= p.as_at AND isfinite(r.closed_at) THEN r.closed_at END AT TIME ZONE p.time_zone)::date AS closed_on,
          r.closed_at >= r.first_contact_at AS is_closed_after, r.attended = 1 AND r.procedure_at IS NULL AS is_seen_once
      FROM referral_summary AS r CROSS JOIN asked AS p
          LEFT JOIN person_group AS n ON n.person_id = r.person_id
          LEFT JOIN from_consultant AS s ON s.referral_id = r.referral_id
          LEFT JOIN first_treated AS t ON t.referral_id = r.referral_id) AS d
$$),
('referral_flow', 'referral_flow', 'Referrals received, seen and closed by month.', $$
SELECT r.site_id, r.service_id, date_trunc('month', r.day::timestamp)::date AS month,
    count(*) FILTER (WHERE r.step = 'received'), count(*) FILTER (WHERE r.step = 'seen'), count(*) FILTER (WHERE r.step = 'closed')
FROM referral_step_row AS r
WHERE r.step <> 'treated'
GROUP BY r.site_id, r.service_id, month
$$),
('referral_conversion', 'referral_conversion', 'How far referrals go, by the month in which they began each step; of the last 36 months.', $$
WITH counted AS (
    SELECT r.site_id, r.service_id, date_trunc('month', r.day::timestamp)::date AS month, r.step, count(*) AS begun,
        ARRAY[count(r.a), count(r.b), count(r.c), count(r.d)] AS observed,
        ARRAY[count(*) FILTER (WHERE r.a), count(*) FILTER (WHERE r.b), count(*) FILTER (WHERE r.c), count(*) FILTER (WHERE r.d)] AS reached
    FROM referral_step_row AS r CROSS JOIN parameter AS p
    WHERE r.day >= (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '36 months')::date AND r.step <> 'closed'
    GROUP BY 1, 2, 3, 4
)
SELECT c.site_id, c.service_id, c.month, s.step, c.begun, c.observed[s.place], c.reached[s.place]
FROM counted AS c JOIN referral_conversion_step AS s ON s.begins_with = c.step
$$),
('attendance_month', 'attendance_month', 'Appointments by month and how they were kept.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), kept AS (
    SELECT a.site_id, a.service_id, date_trunc('month', a.starts_at AT TIME ZONE p.time_zone)::date AS month, a.kind, a.status,
        coalesce(cancellation_notice(CASE WHEN a.status LIKE 'cancelled%' AND isfinite(a.cancelled_at) THEN a.cancelled_at END, a.starts_at), 'unknown') AS notice,
        sum(coalesce(a.quantity, 1)) AS n
    FROM known_activity AS a CROSS JOIN asked AS p
    WHERE a.starts_at <= p.as_at AND isfinite(a.starts_at) AND a.status IN ('attended', 'did_not_attend', 'cancelled_by_person', 'cancelled_by_provider')
        AND a.kind IN ('first', 'follow_up', 'assessment', 'procedure', 'diagnostic', 'group')
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT coalesce(s.site_id, '(unassigned)'), coalesce(k.service_id, '(unknown)'), k.month,
    coalesce(sum(k.n) FILTER (WHERE k.status = 'attended'), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status = 'did_not_attend'), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status = 'cancelled_by_person'), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status = 'cancelled_by_provider'), 0),
    -- Who cancels when it is too late gives no notice.
    coalesce(sum(k.n) FILTER (WHERE k.status LIKE 'cancelled%' AND k.notice IN ('after', 'under_24_hours')), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status LIKE 'cancelled%' AND k.notice = '1_to_2_days'), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status LIKE 'cancelled%' AND k.notice = '3_to_7_days'), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status LIKE 'cancelled%' AND k.notice = 'over_7_days'), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status LIKE 'cancelled%' AND k.notice = 'unknown'), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status = 'attended' AND k.kind IN ('first', 'assessment')), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status = 'attended' AND k.kind = 'follow_up'), 0)
FROM kept AS k LEFT JOIN known_site AS s ON s.site_id = k.site_id
GROUP BY 1, 2, 3
$$),
('discharge_month', 'discharge_month', 'Referrals closed by month, how far they had come and how long after the first contact; of the last 36 months.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), one AS MATERIALIZED (
    SELECT r.site_id, r.service_id, (r.closed_at AT TIME ZONE p.time_zone)::date AS closed_on,
        (r.first_contact_at AT TIME ZONE p.time_zone)::date AS seen_on,
        CASE WHEN coalesce(r.closed_at < r.first_contact_at, true) THEN CASE WHEN r.status IN ('returned', 'redirected') THEN 'returned' ELSE 'unseen' END
             WHEN r.attended = 1 AND r.procedure_at IS NULL THEN 'at_first' ELSE 'later' END AS how
    FROM referral_summary AS r CROSS JOIN asked AS p
    WHERE r.closed_at <= p.as_at
        AND r.closed_at >= (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '36 months') AT TIME ZONE p.time_zone
)
SELECT o.site_id, o.service_id, date_trunc('month', o.closed_on)::date, count(*), count(*) FILTER (WHERE o.how = 'returned'), count(*) FILTER (WHERE o.how = 'unseen'),
    count(*) FILTER (WHERE o.how = 'at_first'), count(*) FILTER (WHERE o.how = 'later'),
    rtt_band_counts(least(o.closed_on - o.seen_on, 100000)) FILTER (WHERE o.how = 'later')
FROM one AS o GROUP BY 1, 2, 3
$$),
('consultant_referral', 'consultant_referral', 'Referrals of the last twelve whole months from consultants, by the specialty that referred.', $$
WITH span AS MATERIALIZED (
    SELECT date_trunc('month', p.as_at AT TIME ZONE p.time_zone) AT TIME ZONE p.time_zone AS until,
        (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 year') AT TIME ZONE p.time_zone AS since,
        date_trunc('month', p.as_at AT TIME ZONE p.time_zone)::date AS until_month,
        (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 year')::date AS since_month
    FROM parameter AS p
), asked_for AS MATERIALIZED (
    SELECT DISTINCT ON (r.referral_id) r.referral_id, r.pathway_id
    FROM referral AS r CROSS JOIN span AS t
    WHERE r.source = 'consultant' AND r.received_at >= t.since AND r.received_at < t.until
    ORDER BY r.referral_id, r.pathway_id
), made AS MATERIALIZED (
    SELECT s.referral_id, s.received_at, s.referrer_site_id, s.service_id, a.pathway_id
    FROM asked_for AS a CROSS JOIN span AS t
        JOIN referral_summary AS s ON s.referral_id = a.referral_id AND s.received_at >= t.since AND s.received_at < t.until
        LEFT JOIN service_name AS v ON v.service_id = s.service_id
    WHERE v.kind IS DISTINCT FROM 'diagnostic'
), origin AS MATERIALIZED (
    SELECT DISTINCT ON (m.referral_id) m.referral_id, v.treatment_function_code
    FROM made AS m
        JOIN referral AS r ON r.pathway_id = m.pathway_id AND r.referral_id <> m.referral_id
        JOIN referral_summary AS b ON b.referral_id = r.referral_id AND b.received_at < m.received_at
        JOIN known_service AS v ON v.service_id = b.service_id AND v.treatment_function_code IS NOT NULL AND v.kind IS DISTINCT FROM 'diagnostic'
    ORDER BY m.referral_id, b.site_id = m.referrer_site_id DESC, b.received_at DESC, b.referral_id
), one AS MATERIALIZED (
    SELECT m.referrer_site_id AS site_id, coalesce(o.treatment_function_code, '(unknown)') AS function_code, m.service_id
    FROM made AS m LEFT JOIN origin AS o ON o.referral_id = m.referral_id
), visit AS (
    SELECT a.site_id, v.treatment_function_code AS function_code, a.first_visits
    FROM attendance_month AS a CROSS JOIN span AS t JOIN known_service AS v ON v.service_id = a.service_id
    WHERE a.month >= t.since_month AND a.month < t.until_month AND v.treatment_function_code IS NOT NULL
        AND coalesce(v.rtt_role = 'consultant_led', v.kind = 'acute')
), summed AS (
    SELECT o.site_id, o.function_code, 1 AS referrals, 0::numeric AS first_visits FROM one AS o
    UNION ALL
    SELECT f.site_id, f.function_code, 0, f.first_visits FROM visit AS f
)
SELECT o.site_id, o.function_code, o.service_id, count(*), 0::numeric FROM one AS o GROUP BY o.site_id, o.function_code, o.service_id
UNION ALL
SELECT s.site_id, s.function_code, '(all)', sum(s.referrals)::bigint, sum(s.first_visits) FROM summed AS s
GROUP BY s.site_id, s.function_code HAVING sum(s.referrals) > 0 OR sum(s.first_visits) > 0
$$),
('contact_demand', 'contact_demand', 'Requests for contact that are no referrals, by month and what became of them.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), outcome AS (
    SELECT c.site_id, c.service_id, date_trunc('month', c.at AT TIME ZONE p.time_zone)::date AS month, coalesce(c.channel, 'not stated') AS channel, c.outcome,
        sum(coalesce(c.quantity, 1)) AS n
    FROM known_contact_request AS c CROSS JOIN asked AS p
    WHERE c.at <= p.as_at AND isfinite(c.at)
    GROUP BY 1, 2, 3, 4, 5
)
SELECT coalesce(s.site_id, '(unassigned)'), coalesce(o.service_id, '(unknown)'), o.month, o.channel, sum(o.n),
    coalesce(sum(o.n) FILTER (WHERE o.outcome = 'booked'), 0), coalesce(sum(o.n) FILTER (WHERE o.outcome = 'redirected'), 0),
    coalesce(sum(o.n) FILTER (WHERE o.outcome = 'unmet'), 0), coalesce(sum(o.n) FILTER (WHERE o.outcome = 'abandoned'), 0),
    coalesce(sum(o.n) FILTER (WHERE coalesce(o.outcome NOT IN ('booked', 'redirected', 'unmet', 'abandoned'), true)), 0)
FROM outcome AS o LEFT JOIN known_site AS s ON s.site_id = o.site_id
GROUP BY 1, 2, 3, 4
$$),
('wait_curve', 'wait_curve', 'How waits went on week by week, by the half-year in which they began; of the last six half-years.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), one AS (
    SELECT w.list, w.site_id, w.service_id, c.cohort, w.stopped_on IS NOT NULL AND w.reason = 'treated' AS is_treated, w.stopped_on IS NOT NULL AS has_left,
        -- By the end of week 18 all have been seen who waited 126 days; who has
        -- waited 130 days by now is known of until then too.
        least(CASE WHEN w.stopped_on IS NOT NULL AND w.reason = 'treated' THEN ceil((w.stopped_on - w.started_on) / 7.0)
              ELSE floor((coalesce(w.stopped_on, p.as_at_date) - w.started_on) / 7.0) END, 105)::integer AS week
    FROM wait_interval AS w CROSS JOIN asked AS p
        CROSS JOIN LATERAL (SELECT make_date(extract(year FROM w.started_on)::integer, CASE WHEN extract(month FROM w.started_on) < 7 THEN 1 ELSE 7 END, 1) AS cohort) AS c
    WHERE w.list IN ('first_contact', 'rtt') AND w.started_on >= (p.as_at_date - interval '3 years')::date
        -- Whole half-years only at the far end.
        AND c.cohort >= (p.as_at_date - interval '3 years')::date
)
SELECT o.list, o.site_id, o.service_id, o.cohort, o.week, count(*) FILTER (WHERE o.is_treated),
    count(*) FILTER (WHERE o.has_left AND NOT o.is_treated), count(*) FILTER (WHERE NOT o.has_left)
FROM one AS o GROUP BY 1, 2, 3, 4, 5
$$),
('referrer_message', 'referrer_message', 'What each referring site ought to hear.', $$
WITH span AS (
    SELECT date_trunc('month', p.as_at AT TIME ZONE p.time_zone) AT TIME ZONE p.time_zone AS until,
        (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 year') AT TIME ZONE p.time_zone AS since, p.time_zone, p.as_at
    FROM parameter AS p
), why AS (
    SELECT r.referral_id, min(r.closed_reason) AS reason FROM referral AS r GROUP BY r.referral_id
), made AS MATERIALIZED (
    SELECT r.referrer_site_id AS site_id, coalesce(v.service_name, 'an unnamed service') AS service_name, o.outcome,
        CASE WHEN o.outcome IN ('returned', 'redirected') THEN w.reason END AS reason
    FROM referral_summary AS r CROSS JOIN span AS t
        LEFT JOIN service_name AS v ON v.service_id = r.service_id
        LEFT JOIN why AS w ON w.referral_id = r.referral_id
        CROSS JOIN LATERAL (SELECT CASE WHEN r.status IN ('returned', 'redirected') THEN r.status
                WHEN r.attended = 1 AND r.procedure_at IS NULL AND r.closed_at >= r.first_contact_at AND r.closed_at <= t.as_at THEN 'discharged_at_first'
                WHEN r.first_contact_at IS NOT NULL THEN 'accepted' END AS outcome) AS o
    WHERE r.received_at >= t.since AND r.received_at < t.until AND r.referrer_site_id <> '(unassigned)' AND o.outcome IS NOT NULL
), site AS (
    SELECT m.site_id, count(*) AS referrals, count(*) FILTER (WHERE m.outcome = 'returned') AS returned,
        count(*) FILTER (WHERE m.outcome = 'redirected') AS redirected, count(*) FILTER (WHERE m.outcome = 'discharged_at_first') AS discharged
    FROM made AS m GROUP BY m.site_id
), whole AS (
    SELECT sum(s.referrals) AS referrals, sum(s.returned) AS returned, sum(s.redirected) AS redirected FROM site AS s
), common_reason AS (
    -- Free text that few referrals have may say who they are about.
    SELECT m.reason FROM made AS m WHERE m.reason IS NOT NULL GROUP BY m.reason HAVING count(*) >= 5
), line AS (
    SELECT m.site_id, m.outcome, m.service_name, coalesce(c.reason, CASE WHEN m.reason IS NULL THEN 'no reason stated' ELSE 'other reasons' END) AS reason, count(*) AS n
    FROM made AS m LEFT JOIN common_reason AS c ON c.reason = m.reason
    WHERE m.outcome IN ('returned', 'redirected') GROUP BY 1, 2, 3, 4
)
SELECT s.site_id, s.referrals, s.returned, s.redirected, s.discharged,
    format(E'%s: %s referrals received from %s to %s.\nReturned: %s (%s %%; all referrers %s %%). Redirected: %s (%s %%; all referrers %s %%).%s\nDischarged at the first visit: %s, which need not mean a poor referral.',
        coalesce(n.organisation_name, s.site_id), s.referrals, to_char(t.since AT TIME ZONE t.time_zone, 'FMDD FMMonth YYYY'), to_char(t.until AT TIME ZONE t.time_zone - interval '1 day', 'FMDD FMMonth YYYY'),
        s.returned, round(100.0 * s.returned / s.referrals, 1), round(100.0 * w.returned / w.referrals, 1),
        s.redirected, round(100.0 * s.redirected / s.referrals, 1), round(100.0 * w.redirected / w.referrals, 1),
        coalesce(E'\n' || (SELECT string_agg(format('- %s, %s, %s: %s', l.service_name, l.outcome, l.reason, l.n), E'\n' ORDER BY l.n DESC, l.service_name, l.outcome, l.reason)
                           FROM line AS l WHERE l.site_id = s.site_id), ''),
        s.discharged)
FROM site AS s CROSS JOIN span AS t CROSS JOIN whole AS w
    LEFT JOIN (SELECT DISTINCT c.site_id, c.organisation_name FROM chain AS c WHERE c.organisation_kind = 'site') AS n ON n.site_id = s.site_id
$$),
('referrer_letter', 'referrer_letter', 'The same with the numbers of the referrals that came back.', $$
SELECT f.referrer, f.referrals, f.message
FROM referrer_feedback($made$
        SELECT r.referrer_site_id AS referrer, r.referral_id, (r.received_at AT TIME ZONE t.time_zone)::date AS referred_on,
            coalesce(v.service_name, 'an unnamed service') AS service, CASE WHEN r.status IN ('returned', 'redirected') THEN w.reason END AS reason,
            CASE WHEN r.status IN ('returned', 'redirected') THEN r.status
                WHEN r.attended = 1 AND r.procedure_at IS NULL AND r.closed_at >= r.first_contact_at AND r.closed_at <= t.as_at THEN 'discharged_at_first'
                WHEN r.first_contact_at IS NOT NULL THEN 'accepted' END AS outcome
        FROM referral_summary AS r
            CROSS JOIN (SELECT date_trunc('month', p.as_at AT TIME ZONE p.time_zone) AT TIME ZONE p.time_zone AS until,
                (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 year') AT TIME ZONE p.time_zone AS since, p.time_zone, p.as_at FROM parameter AS p) AS t
            LEFT JOIN service_name AS v ON v.service_id = r.service_id
            LEFT JOIN (SELECT s.referral_id, min(s.closed_reason) AS reason FROM referral AS s GROUP BY s.referral_id) AS w ON w.referral_id = r.referral_id
        WHERE r.received_at >= t.since AND r.received_at < t.until AND r.referrer_site_id <> '(unassigned)'$made$, NULL::text) AS f
$$);
