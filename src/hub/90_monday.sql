-- The Monday page: what a head of a co-ordination centre reads first.
--
-- Each check is a row: one query over the hub's results that gives sentences.
-- Rooms add their own checks by adding rows.  A check sees $1, the sites in
-- question (text[]), $2, the day (date), and $3, the organisations in question
-- (text[]); its query gives organisation_id, service_id, size (people, slots or
-- thousands of pounds concerned), figure, comparator, sentence and evidence (a
-- SELECT that shows the details, with the hub's schema on the search path).
-- "Elsewhere" is always the whole hub without the place in question, and is not
-- known exactly either: a place is told apart from the 95 % limit of its share.

CREATE TABLE monday_check (
    check_name  text PRIMARY KEY,
    ordinal     integer GENERATED ALWAYS AS IDENTITY,
    weight      numeric NOT NULL CHECK (weight > 0),
    needs_now   boolean NOT NULL,
    question    text NOT NULL,
    query       text NOT NULL
);

COMMENT ON TABLE monday_check IS
'The checks behind monday(): each is a query that gives sentences about what is special. Rows that you add belong to the extension''s table and are not in a dump: keep the script that adds them.';
COMMENT ON COLUMN monday_check.check_name IS 'Name of the check.';
COMMENT ON COLUMN monday_check.ordinal IS 'Order, where ranks are equal.';
COMMENT ON COLUMN monday_check.weight IS 'Importance: a sentence''s rank is by weight × ln(1 + size).';
COMMENT ON COLUMN monday_check.needs_now IS 'Whether the check reads results that hold for the moment of recalculation only; such a check is left out for another day.';
COMMENT ON COLUMN monday_check.question IS 'The question that the check answers.';
COMMENT ON COLUMN monday_check.query IS 'A SELECT of organisation_id, service_id, size, figure, comparator, sentence, evidence with $1 sites (text[]), $2 day (date) and $3 organisations (text[]).';

GRANT SELECT ON monday_check TO PUBLIC;

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('site_name', 'shared', NULL, 'The name of each site.', $$
SELECT DISTINCT c.site_id, c.organisation_name AS site_name FROM chain AS c WHERE c.organisation_kind = 'site'
$$, $$
    site_id           -- Site.
    site_name         -- Name to print.
$$);

INSERT INTO monday_check (check_name, weight, needs_now, question, query) VALUES
('schedule_stopped', 12, true, 'Are the figures as fresh as they should be?', $$
SELECT NULL AS organisation_id, NULL AS service_id, 1000 AS size, NULL::numeric AS figure, NULL::numeric AS comparator,
    format('The regular recalculation has stopped: it was due at %s and last started %s.', c.last_due, coalesce('at ' || c.last_started, 'never')) AS sentence,
    'SELECT * FROM run_history ORDER BY run DESC' AS evidence
FROM schedule_state AS c WHERE c.has_stopped
UNION ALL
SELECT NULL, NULL, 1000, NULL, NULL, 'This hub has never been recalculated: there are no figures.', 'SELECT * FROM run_history ORDER BY run DESC'
WHERE NOT EXISTS (SELECT FROM result_state) AND NOT EXISTS (SELECT FROM schedule_state AS c WHERE c.has_stopped)
$$),
('standard_worsening', 10, false, 'Which standard is getting worse, where, since when?', $$
WITH month AS (
    SELECT m.standard_id, m.service_id, m.site_id, m.month, m.numerator, m.denominator,
        sum(m.numerator) OVER unit AS n_all, sum(m.denominator) OVER unit AS d_all,
        sum(m.numerator) OVER since AS n_since, sum(m.denominator) OVER since AS d_since,
        -- The same without the last month.
        sum(m.numerator) OVER since - first_value(m.numerator) OVER since AS n_earlier,
        sum(m.denominator) OVER since - first_value(m.denominator) OVER since AS d_earlier
    FROM standard_month AS m
    WHERE m.site_id = ANY ($1) AND m.month < date_trunc('month', $2) AND m.month >= date_trunc('month', $2) - interval '18 months'
    WINDOW unit AS (PARTITION BY m.standard_id, m.service_id, m.site_id),
        since AS (PARTITION BY m.standard_id, m.service_id, m.site_id ORDER BY m.month DESC)
), split AS (
    -- Every month is a candidate for the change; the one with the greatest
    -- difference of the two shares, in standard errors, is kept.
    SELECT s.*, (s.n_all - s.n_since) / (s.d_all - s.d_since) AS before, s.n_since / s.d_since AS after,
        ((s.n_all - s.n_since) / (s.d_all - s.d_since) - s.n_since / s.d_since)
        / nullif(sqrt(s.n_all / s.d_all * (1 - s.n_all / s.d_all) * (1 / s.d_since + 1 / (s.d_all - s.d_since))), 0) AS errors
    FROM month AS s
    WHERE s.d_since >= 10 AND s.d_all - s.d_since >= 10
), worst AS (
    SELECT DISTINCT ON (s.standard_id, s.service_id, s.site_id) s.* FROM split AS s
    ORDER BY s.standard_id, s.service_id, s.site_id, s.errors DESC NULLS LAST, s.month
)
SELECT w.site_id, w.service_id, w.d_since - w.n_since, w.after, w.before,
    format('%s at %s has worsened since %s: %s %% in time before, %s %% since (%s of %s).', d.standard_name, n.site_name,
        to_char(w.month, 'FMMonth YYYY'), round(100 * w.before), round(100 * w.after), w.n_since, w.d_since),
    format('SELECT period_start, numerator, denominator, value, direction FROM report_standard WHERE organisation_kind = ''site'' AND organisation_id = %L AND standard_id = %L AND service_id = %L ORDER BY period_start', w.site_id, w.standard_id, w.service_id)
FROM worst AS w
    JOIN standard_name AS d ON d.standard_id = w.standard_id
    JOIN site_name AS n ON n.site_id = w.site_id
-- 4 standard errors and five late since: some hundred series with some fifteen
-- candidate months each raise one false alarm in about ten Mondays.  One bad
-- month is no worsening yet: the months before it were worse too.
WHERE w.errors >= 4 AND w.d_since - w.n_since >= 5
    AND caregroup.wilson_upper(w.n_earlier, w.d_earlier, 0.9) < w.before
$$),
('standard_missed', 8, false, 'Which standards were missed last month?', $$
WITH judged AS (
    SELECT m.standard_id, d.standard_name, d.threshold, n.site_name, m.site_id,
        sum(m.numerator) AS numerator, sum(m.denominator) AS denominator,
        -- Clearly below, and not by rounding where all were in time.
        caregroup.wilson_upper(sum(m.numerator), sum(m.denominator)) < d.threshold
            AND sum(m.numerator) < d.threshold * sum(m.denominator) AS missed
    FROM standard_month AS m
        JOIN standard_name AS d ON d.standard_id = m.standard_id
        JOIN site_name AS n ON n.site_id = m.site_id
    WHERE m.site_id = ANY ($1) AND m.month = date_trunc('month', $2) - interval '1 month' AND d.threshold IS NOT NULL
    GROUP BY m.standard_id, d.standard_name, d.threshold, n.site_name, m.site_id
)
SELECT NULL, NULL, sum(j.denominator - j.numerator) FILTER (WHERE j.missed), sum(j.numerator) / sum(j.denominator), min(j.threshold),
    format('%s of %s sites miss %s (%s %% to reach) in %s; worst is %s with %s of %s.', count(*) FILTER (WHERE j.missed), count(*),
        min(j.standard_name), round(100 * min(j.threshold)), to_char(date_trunc('month', $2) - interval '1 month', 'FMMonth YYYY'),
        (array_agg(j.site_name ORDER BY j.numerator::numeric / j.denominator, j.site_id) FILTER (WHERE j.missed))[1],
        (array_agg(j.numerator ORDER BY j.numerator::numeric / j.denominator, j.site_id) FILTER (WHERE j.missed))[1],
        (array_agg(j.denominator ORDER BY j.numerator::numeric / j.denominator, j.site_id) FILTER (WHERE j.missed))[1]),
    format('SELECT organisation_name, numerator, denominator, value, target FROM report_standard WHERE organisation_kind = ''site'' AND standard_id = %L AND period_start = %L ORDER BY value', j.standard_id, (date_trunc('month', $2) - interval '1 month')::date)
FROM judged AS j
GROUP BY j.standard_id
HAVING bool_or(j.missed)
$$),
('waiting_long', 7, true, 'Who waits too long?', $$
SELECT NULL, w.service_id, sum(w.referrals) FILTER (WHERE w.weeks_waited >= 18),
    sum(w.referrals) FILTER (WHERE w.weeks_waited >= 18), sum(w.referrals),
    format('%s of %s people who wait for %s have waited 18 weeks or longer, the longest %s weeks; most are at %s.',
        sum(w.referrals) FILTER (WHERE w.weeks_waited >= 18), sum(w.referrals), coalesce(min(v.service_name), 'an unnamed service'), max(w.weeks_waited),
        coalesce((SELECT n.site_name FROM waiting AS x JOIN site_name AS n ON n.site_id = x.site_id
                  WHERE x.service_id = w.service_id AND x.site_id = ANY ($1) AND x.weeks_waited >= 18
                  GROUP BY n.site_id, n.site_name ORDER BY sum(x.referrals) DESC, n.site_id LIMIT 1), 'no known site')),
    format('SELECT organisation_name, weeks_waited, referrals FROM report_waiting_list WHERE organisation_kind = ''site'' AND service_id = %L AND weeks_waited >= 18 ORDER BY weeks_waited DESC', w.service_id)
FROM waiting AS w LEFT JOIN service_name AS v ON v.service_id = w.service_id
WHERE w.site_id = ANY ($1)
GROUP BY w.service_id
HAVING sum(w.referrals) FILTER (WHERE w.weeks_waited >= 18) > 0
$$),
('recall_past_due', 5, true, 'Which follow-ups and inspections are past due?', $$
SELECT r.site_id, r.service_id, r.past_due_4, r.past_due_4::numeric / r.due, o.cases / o.whole,
    format('%s of %s open %s recalls for %s at %s are past due by four weeks or more (%s %%; %s %% elsewhere).',
        r.past_due_4, r.due, replace(r.kind, '_', ' '), coalesce(v.service_name, r.service_id), n.site_name,
        round(100.0 * r.past_due_4 / r.due), round(100 * o.cases / o.whole)),
    format('SELECT organisation_name, due, past_due_4_weeks, longest_weeks FROM report_recall WHERE organisation_kind = ''site'' AND service_id = %L AND kind = %L ORDER BY past_due_4_weeks DESC', r.service_id, r.kind)
FROM recall_count AS r
    JOIN site_name AS n ON n.site_id = r.site_id
    LEFT JOIN service_name AS v ON v.service_id = r.service_id
    CROSS JOIN LATERAL (SELECT sum(x.past_due_4) AS cases, nullif(sum(x.due), 0) AS whole FROM recall_count AS x
                        WHERE x.service_id = r.service_id AND x.kind = r.kind AND x.site_id <> r.site_id) AS o
WHERE r.site_id = ANY ($1) AND r.due >= 10
    -- Clearly (99.9 %) more than one and a half times the share elsewhere.
    AND caregroup.wilson_lower(r.past_due_4, r.due, 0.998) > 1.5 * caregroup.wilson_upper(o.cases, o.whole, 0.9)
$$),
('fitness_overdue', 5, true, 'Whose fitness review is overdue?', $$
WITH unit AS (
    SELECT f.unit_id, sum(f.graded) AS graded, sum(f.review_overdue) AS overdue
    FROM fitness_count AS f WHERE f.unit_id <> '(none)'
    GROUP BY f.unit_id
), whole AS (
    SELECT sum(u.graded) AS graded, sum(u.overdue) AS overdue FROM unit AS u
)
SELECT NULL, NULL, u.overdue, u.overdue / u.graded, (w.overdue - u.overdue) / (w.graded - u.graded),
    format('%s of %s people of unit %s are past their fitness review (%s %%; %s %% elsewhere).', u.overdue, u.graded, u.unit_id,
        round(100 * u.overdue / u.graded), round(100 * (w.overdue - u.overdue) / (w.graded - u.graded))),
    format('SELECT deployability, graded, review_overdue, review_overdue_12_weeks FROM report_fitness WHERE organisation_kind = ''unit'' AND organisation_id = %L', u.unit_id)
FROM unit AS u CROSS JOIN whole AS w
WHERE u.unit_id IN (SELECT f.unit_id FROM fitness_count AS f WHERE f.site_id = ANY ($1)) AND w.graded > u.graded AND u.graded >= 10
    AND caregroup.wilson_lower(u.overdue, u.graded, 0.9998)
        > 1.5 * caregroup.wilson_upper(w.overdue - u.overdue, w.graded - u.graded, 0.9)
$$),
('idle_sessions', 5, false, 'Which clinics stand idle, so that they could flex?', $$
WITH use AS (
    SELECT n.site_id, n.service_id, n.weekday, sum(n.slots_offered) AS offered, sum(n.slots_booked) AS booked, count(DISTINCT n.month) AS months
    FROM session_month AS n
    WHERE n.month < date_trunc('month', $2) AND n.month >= date_trunc('month', $2) - interval '6 months'
    GROUP BY n.site_id, n.service_id, n.weekday
), rest AS (
    SELECT u.*, sum(u.offered) OVER service - u.offered AS other_offered, sum(u.booked) OVER service - u.booked AS other_booked
    FROM use AS u
    WINDOW service AS (PARTITION BY u.service_id)
)
SELECT r.site_id, r.service_id, r.offered - r.booked, r.booked / r.offered, r.other_booked / r.other_offered,
    format('On %ss %s at %s fills %s %% of its slots (%s %% at other times and places): about %s slots a week could be used.',
        (ARRAY['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])[r.weekday], coalesce(v.service_name, r.service_id), n.site_name,
        round(100 * r.booked / r.offered), round(100 * r.other_booked / r.other_offered), round((r.offered - r.booked) / (r.months * 365.25 / 12 / 7), 1)),
    format('SELECT period_start, weekday_name, sessions, slots_offered, slots_booked, booked_share FROM report_session_use WHERE organisation_kind = ''site'' AND organisation_id = %L AND service_id = %L ORDER BY weekday, period_start', r.site_id, r.service_id)
FROM rest AS r
    JOIN site_name AS n ON n.site_id = r.site_id
    LEFT JOIN service_name AS v ON v.service_id = r.service_id
WHERE r.site_id = ANY ($1) AND r.offered >= 20 AND r.other_offered > 0
    AND caregroup.wilson_upper(least(r.booked, r.offered), r.offered, 0.998)
        < 0.75 * caregroup.wilson_lower(least(r.other_booked, r.other_offered), r.other_offered, 0.9)
$$),
('referrer_high', 4, true, 'Who refers more than age and sex explain?', $$
WITH referrer AS (
    SELECT r.site_id, sum(r.referrals) AS referrals, sum(r.expected) AS expected
    FROM referrer_year AS r WHERE r.expected IS NOT NULL AND r.site_id = ANY ($1) GROUP BY r.site_id
)
SELECT r.site_id, NULL, r.referrals - r.expected, r.referrals / r.expected, 1,
    format('%s refers %s times as many people as their age and sex explain: %s in twelve months, %s expected.', n.site_name,
        round(r.referrals / r.expected, 1), r.referrals, round(r.expected)),
    format('SELECT service_name, referrals, expected, ratio, lower, upper FROM report_referrer_variation WHERE organisation_kind = ''site'' AND organisation_id = %L ORDER BY referrals - expected DESC', r.site_id)
FROM referrer AS r JOIN site_name AS n ON n.site_id = r.site_id
WHERE r.expected > 0 AND caregroup.byar_lower(r.referrals, 0.998) > 1.25 * r.expected
$$),
('referrals_returned', 4, true, 'Whose referrals are returned?', $$
WITH referrer AS (
    SELECT h.organisation_id, h.organisation_name, sum(r.referrals) AS referrals, sum(r.returned) AS returned
    FROM chain AS h JOIN referrer_year AS r ON r.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND h.organisation_id = ANY ($3)
        AND h.organisation_level > 0 AND h.organisation_kind NOT IN ('site', 'unassigned')
    GROUP BY h.organisation_id, h.organisation_name
), whole AS (
    SELECT sum(r.referrals) AS referrals, sum(r.returned) AS returned FROM referrer_year AS r
)
SELECT r.organisation_id, NULL, r.returned, r.returned / r.referrals, (w.returned - r.returned) / (w.referrals - r.referrals),
    format('%s of %s referrals of %s were returned (%s %%; %s %% elsewhere).', r.returned, r.referrals, r.organisation_name,
        round(100 * r.returned / r.referrals), round(100 * (w.returned - r.returned) / (w.referrals - r.referrals))),
    format('SELECT organisation_name, service_name, referrals, returned, returned_share FROM report_referrer_variation WHERE organisation_id = %L ORDER BY returned DESC', r.organisation_id)
FROM referrer AS r CROSS JOIN whole AS w
WHERE w.referrals > r.referrals AND r.referrals >= 30
    AND caregroup.wilson_lower(r.returned, r.referrals, 0.998)
        > 1.5 * caregroup.wilson_upper(w.returned - r.returned, w.referrals - r.referrals, 0.9)
$$),
('appointments_missed', 4, true, 'Whose people miss appointments?', $$
WITH referrer AS (
    SELECT r.site_id, sum(r.did_not_attend) AS missed, sum(r.attended + r.did_not_attend) AS due
    FROM referrer_year AS r GROUP BY r.site_id
), whole AS (
    SELECT sum(r.missed) AS missed, sum(r.due) AS due FROM referrer AS r
)
SELECT r.site_id, NULL, r.missed, r.missed / r.due, (w.missed - r.missed) / (w.due - r.due),
    format('People referred by %s miss %s %% of their appointments (%s %% elsewhere).', n.site_name,
        round(100 * r.missed / r.due, 1), round(100 * (w.missed - r.missed) / (w.due - r.due), 1)),
    format('SELECT service_name, referrals, did_not_attend, did_not_attend_share FROM report_referrer_variation WHERE organisation_kind = ''site'' AND organisation_id = %L ORDER BY did_not_attend DESC', r.site_id)
FROM referrer AS r CROSS JOIN whole AS w
    JOIN site_name AS n ON n.site_id = r.site_id
WHERE r.site_id = ANY ($1) AND w.due > r.due AND r.due >= 30
    AND caregroup.wilson_lower(r.missed, r.due, 0.99)
        > 1.1 * caregroup.wilson_upper(w.missed - r.missed, w.due - r.due, 0.9)
$$),
('remote_share', 3, false, 'Where is remote consultation hardly used?', $$
WITH contact AS (
    SELECT a.site_id, a.service_id, sum(a.attended) AS contacts, coalesce(sum(a.attended) FILTER (WHERE a.modality IN ('telephone', 'video')), 0) AS remote
    FROM activity_month AS a
    WHERE a.month < date_trunc('month', $2) AND a.month >= date_trunc('month', $2) - interval '6 months'
        AND a.kind IN ('first', 'follow_up', 'assessment') AND a.modality IN ('face_to_face', 'telephone', 'video')
    GROUP BY a.site_id, a.service_id
), rest AS (
    SELECT c.*, sum(c.contacts) OVER service - c.contacts AS other_contacts, sum(c.remote) OVER service - c.remote AS other_remote
    FROM contact AS c
    WINDOW service AS (PARTITION BY c.service_id)
)
SELECT r.site_id, r.service_id, r.contacts * (r.other_remote / r.other_contacts) - r.remote, r.remote / r.contacts, r.other_remote / r.other_contacts,
    format('%s %% of contacts of %s at %s are by telephone or video (%s %% elsewhere).', round(100 * r.remote / r.contacts),
        coalesce(v.service_name, r.service_id), n.site_name, round(100 * r.other_remote / r.other_contacts)),
    format('SELECT period_start, modality, attended FROM report_activity WHERE organisation_kind = ''site'' AND organisation_id = %L AND service_id = %L ORDER BY period_start, modality', r.site_id, r.service_id)
FROM rest AS r
    JOIN site_name AS n ON n.site_id = r.site_id
    LEFT JOIN service_name AS v ON v.service_id = r.service_id
WHERE r.site_id = ANY ($1) AND r.contacts >= 30 AND r.other_contacts > 0
    AND caregroup.wilson_upper(r.remote, r.contacts, 0.9998)
        < 0.6 * caregroup.wilson_lower(r.other_remote, r.other_contacts, 0.9)
$$),
('cancelled_by_provider', 4, false, 'Where does the provider cancel?', $$
WITH planned AS (
    SELECT s.organisation_id, sum(a.cancelled_by_provider) AS cancelled, sum(a.attended + a.did_not_attend + a.cancelled_by_person + a.cancelled_by_provider) AS due
    FROM activity_month AS a JOIN known_site AS s ON s.site_id = a.site_id
    WHERE a.month < date_trunc('month', $2) AND a.month >= date_trunc('month', $2) - interval '6 months'
        AND a.kind <> 'emergency'
    GROUP BY s.organisation_id
), whole AS (
    SELECT sum(p.cancelled) AS cancelled, sum(p.due) AS due FROM planned AS p
)
SELECT p.organisation_id, NULL, p.cancelled, p.cancelled / p.due, (w.cancelled - p.cancelled) / (w.due - p.due),
    format('%s has cancelled %s of %s appointments in six months (%s %%; %s %% elsewhere).', coalesce(o.name, p.organisation_id), p.cancelled, p.due,
        round(100 * p.cancelled / p.due, 1), round(100 * (w.cancelled - p.cancelled) / (w.due - p.due), 1)),
    format('SELECT period_start, service_name, attended, cancelled_by_provider FROM report_activity WHERE organisation_id = %L ORDER BY period_start', p.organisation_id)
FROM planned AS p CROSS JOIN whole AS w
    LEFT JOIN known_organisation AS o ON o.organisation_id = p.organisation_id
WHERE p.organisation_id = ANY ($3) AND w.due > p.due AND p.due >= 50 AND p.cancelled > 0
    AND caregroup.wilson_lower(p.cancelled, p.due, 0.9998)
        > 1.5 * caregroup.wilson_upper(w.cancelled - p.cancelled, w.due - p.due, 0.9)
$$),
('demand_unmet', 5, false, 'Where is demand not met?', $$
WITH asked AS (
    SELECT d.site_id, d.service_id, sum(d.requests) AS requests, sum(d.unmet) AS unmet
    FROM demand AS d
    WHERE d.source = 'contact_request' AND d.month < date_trunc('month', $2) AND d.month >= date_trunc('month', $2) - interval '3 months'
    GROUP BY d.site_id, d.service_id
), whole AS (
    SELECT sum(a.requests) AS requests, sum(a.unmet) AS unmet FROM asked AS a
)
SELECT a.site_id, a.service_id, a.unmet, a.unmet / a.requests, (w.unmet - a.unmet) / (w.requests - a.requests),
    format('%s of %s requests to %s were not met in three months (%s %%; %s %% elsewhere).', a.unmet, a.requests, n.site_name,
        round(100 * a.unmet / a.requests), round(100 * (w.unmet - a.unmet) / (w.requests - a.requests))),
    format('SELECT period_start, source, modality, requests, unmet FROM report_demand WHERE organisation_kind = ''site'' AND organisation_id = %L AND source = ''contact_request'' ORDER BY period_start', a.site_id)
FROM asked AS a CROSS JOIN whole AS w
    JOIN site_name AS n ON n.site_id = a.site_id
WHERE a.site_id = ANY ($1) AND w.requests > a.requests AND a.requests >= 30
    AND caregroup.wilson_lower(least(a.unmet, a.requests), a.requests, 0.9998)
        > 1.5 * caregroup.wilson_upper(least(w.unmet - a.unmet, w.requests - a.requests), w.requests - a.requests, 0.9)
$$),
('spend_over_plan', 6, false, 'Which service costs more than planned?', $$
WITH year AS (
    SELECT s.organisation_id, s.contract_id, s.service_id, min(s.lot) AS lot, sum(s.cost) AS cost, sum(s.planned) AS planned
    FROM spend_month AS s
    WHERE s.organisation_id = ANY ($3) AND s.cost IS NOT NULL AND s.planned > 0 AND s.month < date_trunc('month', $2)
        -- The financial year of the last whole month.
        AND s.month >= date_trunc('year', date_trunc('month', $2) - interval '4 months') + interval '3 months'
    GROUP BY s.organisation_id, s.contract_id, s.service_id
)
SELECT y.organisation_id, y.service_id, (y.cost - y.planned) / 1000, y.cost, y.planned,
    format('%s has cost £%s more than planned since April (%s %%)%s.', coalesce(v.service_name, y.service_id),
        to_char(y.cost - y.planned, 'FM999,999,999,990'), round(100 * (y.cost / y.planned - 1), 1), ', lot ' || y.lot),
    format('SELECT period_start, cost_gbp, planned_gbp, variance_to_date_gbp FROM report_spend WHERE organisation_id = %L AND service_id = %L AND contract_id = %L ORDER BY period_start', y.organisation_id, y.service_id, y.contract_id)
FROM year AS y LEFT JOIN service_name AS v ON v.service_id = y.service_id
WHERE y.cost > 1.05 * y.planned AND y.cost - y.planned > 1000
$$),
('numbers_invalid', 3, true, 'Whose NHS numbers are not valid?', $$
WITH provider AS (
    SELECT c.provider_id, sum(c.rows) AS rows, min(c.out_of) AS out_of
    FROM check_result AS c
    WHERE c.check_run = (SELECT max(x.check_run) FROM check_result AS x) AND c.check_name = 'invalid identifier' AND c.provider_id IS NOT NULL
    GROUP BY c.provider_id
), whole AS (
    SELECT sum(c.rows) AS rows, min(c.out_of) AS out_of
    FROM check_result AS c
    WHERE c.check_run = (SELECT max(x.check_run) FROM check_result AS x) AND c.check_name = 'invalid identifier' AND c.provider_id IS NULL
)
SELECT p.provider_id, NULL, p.rows, p.rows / p.out_of, (w.rows - p.rows) / (w.out_of - p.out_of),
    format('%s of %s NHS numbers of %s are not valid (%s %%; %s %% elsewhere).', p.rows, p.out_of, coalesce(o.name, p.provider_id),
        round(100 * p.rows / p.out_of, 1), round(100 * (w.rows - p.rows) / (w.out_of - p.out_of), 1)),
    format('SELECT detail, rows, out_of FROM check_result WHERE check_run = (SELECT max(check_run) FROM check_result) AND check_name = ''invalid identifier'' AND provider_id = %L', p.provider_id)
FROM provider AS p CROSS JOIN whole AS w
    LEFT JOIN known_organisation AS o ON o.organisation_id = p.provider_id
WHERE p.provider_id = ANY ($3) AND w.out_of > p.out_of AND p.out_of >= 50
    AND caregroup.wilson_lower(p.rows, p.out_of, 0.9998)
        > 2 * caregroup.wilson_upper(w.rows - p.rows, w.out_of - p.out_of, 0.9)
$$);

CREATE FUNCTION monday_check_rows(hub text, check_name text, sites text[], day date, organisations text[],
                                  OUT organisation_id text, OUT service_id text, OUT size numeric,
                                  OUT figure numeric, OUT comparator numeric, OUT sentence text, OUT evidence text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST @statement@ ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off -- compiling takes longer than these queries
AS $$
DECLARE
    asked text := (SELECT c.query FROM caregroup.monday_check AS c WHERE c.check_name = monday_check_rows.check_name);
BEGIN
    PERFORM set_config('search_path', format('%I, pg_catalog, caregroup, pg_temp', hub), true);
    RETURN QUERY EXECUTE format('SELECT f.organisation_id::text, f.service_id::text, f.size::numeric, f.figure::numeric,
                                     f.comparator::numeric, f.sentence::text, f.evidence::text
                                 FROM (%s) AS f (organisation_id, service_id, size, figure, comparator, sentence, evidence)', asked)
    USING sites, day, organisations;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
END
$$;

COMMENT ON FUNCTION monday_check_rows(text, text, text[], date, text[]) IS
'The sentences of one check for the given sites and organisations on a day. For monday().';

CREATE FUNCTION monday_scope(hub text, organisation text, OUT sites text[], OUT organisations text[],
                             OUT as_at timestamptz, OUT time_zone text)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM caregroup.require_hub(hub);
    EXECUTE format('SELECT array_agg(DISTINCT c.site_id) FROM %1$I.chain AS c
                    WHERE c.hierarchy = (SELECT p.hierarchy FROM %1$I.parameter AS p) AND ($1 IS NULL OR c.organisation_id = $1)', hub)
    INTO sites USING organisation;
    EXECUTE format('SELECT array_agg(DISTINCT c.member_id) FROM %1$I.organisation_chain AS c
                    WHERE c.hierarchy = (SELECT p.hierarchy FROM %1$I.parameter AS p) AND ($1 IS NULL OR c.organisation_id = $1)', hub)
    INTO organisations USING organisation;
    EXECUTE format('SELECT min(t.as_at) FROM %I.result_state AS t', hub) INTO as_at;
    EXECUTE format('SELECT p.time_zone FROM %I.parameter AS p', hub) INTO time_zone;
    IF sites IS NULL AND organisations IS NULL AND as_at IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_object',
            MESSAGE = format('no organisation or site %s in the hierarchy that hub %I rolls up', quote_literal(organisation), hub),
            HINT = format('SELECT DISTINCT organisation_id, organisation_name FROM %I.chain lists them; SET caregroup.hierarchy chooses another hierarchy.', hub);
    END IF;
    sites := coalesce(sites, '{}');
    organisations := coalesce(organisations, '{}');
END
$$;

COMMENT ON FUNCTION monday_scope(text, text) IS
'The sites and organisations at or under an organisation or site, and the moment of the hub''s results. NULL for all. For monday().';

CREATE FUNCTION monday(hub text, organisation text DEFAULT NULL, as_at timestamptz DEFAULT NULL,
                       most_of_a_kind integer DEFAULT 3,
                       OUT rank bigint, OUT check_name text, OUT sentence text,
                       OUT figure numeric, OUT comparator numeric, OUT size numeric,
                       OUT organisation_id text, OUT service_id text, OUT evidence text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST @statement@ ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    scope    record;
    day      date;
    results  date;
BEGIN
    SELECT * INTO scope FROM caregroup.monday_scope(hub, organisation);
    results := (scope.as_at AT TIME ZONE scope.time_zone)::date;
    day := coalesce((monday.as_at AT TIME ZONE scope.time_zone)::date, results);
    IF day > results THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('hub %I has no results after %s', hub, results),
            HINT = format('CALL caregroup.recalculate(%L) works out newer ones.', hub);
    END IF;
    RETURN QUERY
    WITH found AS (
        SELECT c.check_name, c.ordinal, c.weight * ln(1 + greatest(f.size, 0)) AS importance, f.*,
            row_number() OVER (PARTITION BY c.check_name ORDER BY f.size DESC, f.organisation_id, f.service_id, f.sentence) AS place,
            count(*) OVER (PARTITION BY c.check_name) AS of_a_kind
        FROM caregroup.monday_check AS c
            CROSS JOIN LATERAL caregroup.monday_check_rows(hub, c.check_name, scope.sites, day, scope.organisations) AS f
        WHERE day IS NOT DISTINCT FROM results OR NOT c.needs_now
    )
    SELECT row_number() OVER (ORDER BY f.importance DESC, f.ordinal, f.place), f.check_name,
        CASE WHEN f.place = most_of_a_kind AND f.of_a_kind > f.place
             THEN format('%s (%s more of the kind.)', f.sentence, f.of_a_kind - f.place) ELSE f.sentence END,
        round(f.figure, 4), round(f.comparator, 4), round(f.size, 1), f.organisation_id, f.service_id, f.evidence
    FROM found AS f
    WHERE coalesce(f.place <= most_of_a_kind, true)
    ORDER BY 1;
END
$$;

COMMENT ON FUNCTION monday(text, text, timestamptz, integer) IS
'The Monday page of an organisation or site (NULL for all): ranked sentences about what is special, each with its figure, what it is compared with, its size (people, slots or thousands of pounds), where it is, and the query that shows the details (with the hub''s schema on the search path). as_at is a day up to that of the hub''s results (NULL for that day); for an earlier day, checks of lists that hold for one moment only are left out. Of one check at most most_of_a_kind sentences are shown, the largest; the last of them says how many more there are (NULL shows all). It reads results and works nothing out anew; an empty page means that no check found anything beyond chance. Errors: invalid_schema_name, undefined_object, invalid_parameter_value.';
