-- What referrals come to: how far they go, how appointments are kept, how
-- fast people are seen and treated, and what each referrer ought to hear.

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('referral_conversion', 'result', 'site_id, service_id, month, step', 'How many of the referrals that begin a step in a month come to its end.', $$
    site_id    text              -- Site.
    service_id text              -- Service.
    month      date              -- First day of the month in which the step began.
    step       text              -- first_contact, procedure, discharged_at_first or from_consultant.
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
('referral_conversion', 'referral_conversion', 'How far referrals go, by the month in which they began each step; of the last 36 months.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), from_consultant AS (
    SELECT DISTINCT r.referral_id FROM referral AS r WHERE r.source = 'consultant'
), day AS MATERIALIZED (
    -- Days of the hub's zone, worked out once for every referral.
    SELECT r.site_id, r.service_id, s.referral_id IS NOT NULL AS is_from_consultant, p.as_at_date,
        (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '36 months')::date AS since,
        (r.received_at AT TIME ZONE p.time_zone)::date AS received_on,
        (CASE WHEN isfinite(r.first_contact_at) THEN r.first_contact_at END AT TIME ZONE p.time_zone)::date AS first_contact_on,
        (CASE WHEN r.procedure_at <= p.as_at THEN r.procedure_at END AT TIME ZONE p.time_zone)::date AS procedure_on,
        (CASE WHEN r.attended = 1 AND r.procedure_at IS NULL AND r.closed_at >= r.first_contact_at AND r.closed_at <= p.as_at THEN r.closed_at END AT TIME ZONE p.time_zone)::date AS discharged_on
    FROM referral_summary AS r CROSS JOIN asked AS p
        LEFT JOIN from_consultant AS s ON s.referral_id = r.referral_id
), one AS (
    SELECT d.site_id, d.service_id, x.step, d.as_at_date, x.began, x.ended - x.began <= x.within_days AS is_reached,
        x.began + x.within_days <= d.as_at_date AS is_observed
    FROM day AS d
        CROSS JOIN LATERAL (VALUES
            ('first_contact', d.received_on, 126, d.first_contact_on),
            ('procedure', d.first_contact_on, 364, d.procedure_on),
            ('discharged_at_first', d.first_contact_on, 126, d.discharged_on),
            ('from_consultant', d.received_on, 0, CASE WHEN d.is_from_consultant THEN d.received_on END)) AS x (step, began, within_days, ended)
    WHERE x.began >= d.since
), daily AS (
    SELECT o.site_id, o.service_id, o.step, o.began, count(*) AS begun, count(*) FILTER (WHERE o.is_observed) AS observed,
        count(*) FILTER (WHERE o.is_observed AND o.is_reached) AS reached
    FROM one AS o GROUP BY 1, 2, 3, 4
)
SELECT o.site_id, o.service_id, date_trunc('month', o.began)::date AS month, o.step, sum(o.begun)::bigint, sum(o.observed)::bigint, sum(o.reached)::bigint
FROM daily AS o GROUP BY 1, 2, 3, 4
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
        (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 year') AT TIME ZONE p.time_zone AS since, p.time_zone
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
                WHEN r.attended = 1 AND r.procedure_at IS NULL AND r.closed_at >= r.first_contact_at THEN 'discharged_at_first'
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
                WHEN r.attended = 1 AND r.procedure_at IS NULL AND r.closed_at >= r.first_contact_at THEN 'discharged_at_first'
                WHEN r.first_contact_at IS NOT NULL THEN 'accepted' END AS outcome
        FROM referral_summary AS r
            CROSS JOIN (SELECT date_trunc('month', p.as_at AT TIME ZONE p.time_zone) AT TIME ZONE p.time_zone AS until,
                (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 year') AT TIME ZONE p.time_zone AS since, p.time_zone FROM parameter AS p) AS t
            LEFT JOIN service_name AS v ON v.service_id = r.service_id
            LEFT JOIN (SELECT s.referral_id, min(s.closed_reason) AS reason FROM referral AS s GROUP BY s.referral_id) AS w ON w.referral_id = r.referral_id
        WHERE r.received_at >= t.since AND r.received_at < t.until AND r.referrer_site_id <> '(unassigned)'$made$, NULL::text) AS f
$$);
