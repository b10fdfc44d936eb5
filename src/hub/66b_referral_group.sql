-- Every figure of the referral reports by group of people.

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('referral_group', 'result', 'site_id, service_id, period_start, measure, detail, dimension, group_name', 'A figure of the referral reports for a group of people.', $$
    site_id      text              -- Site; of the measure referrer, the site that referred.
    service_id   text              -- Service.
    period_start date              -- First day of the quarter (of the measure referrer, of the twelve months); of rtt_finding, the hub's day.
    measure      text              -- flow, conversion, rtt_within_18_weeks, rtt_over_52_weeks, rtt_started, standard, referrer or rtt_finding.
    detail       text              -- What of it: the step, part of the national return, standard, outcome or rule.
    dimension    text              -- deprivation (fifths of areas), age, sex or ethnicity.
    group_name   text              -- Group of people, or unknown.
    numerator    numeric NOT NULL  -- How many.
    denominator  numeric           -- Of how many, or how many are expected (referrer, referred); NULL of counts.
    counts       bigint[]          -- Of rtt_within_18_weeks, the clocks in each of the 105 weekly bands; NULL of others.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('referral_group', 'referral_group', 'The figures of the referral reports by deprivation, age, sex and ethnicity, of the last eight whole quarters.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.as_at_date, (date_trunc('quarter', p.as_at AT TIME ZONE p.time_zone) - interval '2 years')::date AS since,
        date_trunc('quarter', p.as_at AT TIME ZONE p.time_zone)::date AS until,
        (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 year')::date AS since_year
    FROM parameter AS p
), step AS (
    SELECT r.site_id, r.service_id, date_trunc('quarter', r.day::timestamp)::date AS period_start, r.step, r.profile, count(*) AS referrals,
        count(r.a) AS observed_a, count(r.b) AS observed_b, count(r.c) AS observed_c, count(r.d) AS observed_d,
        count(*) FILTER (WHERE r.a) AS reached_a, count(*) FILTER (WHERE r.b) AS reached_b, count(*) FILTER (WHERE r.c) AS reached_c, count(*) FILTER (WHERE r.d) AS reached_d
    FROM referral_step_row AS r CROSS JOIN asked AS p
    WHERE r.day >= p.since AND r.day < p.until
    GROUP BY 1, 2, 3, 4, 5
), step_group AS MATERIALIZED (
    SELECT s.site_id, s.service_id, s.period_start, s.step, g.dimension, g.group_name, sum(s.referrals) AS referrals,
        ARRAY[sum(s.observed_a), sum(s.observed_b), sum(s.observed_c), sum(s.observed_d)] AS observed, ARRAY[sum(s.reached_a), sum(s.reached_b), sum(s.reached_c), sum(s.reached_d)] AS reached
    FROM step AS s JOIN profile AS g ON g.profile = s.profile
    GROUP BY 1, 2, 3, 4, 5, 6
), clock AS MATERIALIZED (
    SELECT r.site_id, r.service_id, date_trunc('quarter', r.month::timestamp)::date AS period_start, r.part, r.profile,
        count(*) FILTER (WHERE r.days <= 126)::numeric AS within, count(*) FILTER (WHERE r.days > 364)::numeric AS over, count(*)::numeric AS clocks, rtt_band_counts(r.days) AS counts
    FROM rtt_return_row AS r CROSS JOIN asked AS p
    -- Who waits at the end of a quarter waits at the end of its last month.
    WHERE r.month >= p.since AND r.month < p.until AND (r.part NOT IN ('Part_2', 'Part_2A') OR extract(month FROM r.month)::integer % 3 = 0)
    GROUP BY 1, 2, 3, 4, 5
), rtt AS (
    SELECT c.site_id, c.service_id, c.period_start, x.measure, c.part AS detail, c.profile, x.numerator, x.denominator, x.counts
    FROM clock AS c
        CROSS JOIN LATERAL (VALUES ('rtt_within_18_weeks', c.within, c.clocks, c.counts), ('rtt_over_52_weeks', c.over, c.clocks, NULL), ('rtt_started', c.clocks, NULL, NULL)) AS x (measure, numerator, denominator, counts)
    WHERE (c.part = 'Part_3') = (x.measure = 'rtt_started')
), standard AS (
    SELECT w.site_id, w.service_id, date_trunc('quarter', w.stopped_on::timestamp)::date AS period_start, 'standard' AS measure, w.standard_id AS detail, w.profile,
        count(*) FILTER (WHERE w.is_within)::numeric AS numerator, count(*)::numeric AS denominator
    FROM standard_wait AS w CROSS JOIN asked AS p
    WHERE w.stopped_on >= p.since AND w.stopped_on < p.until
    GROUP BY 1, 2, 3, 5, 6
), made AS MATERIALIZED (
    SELECT r.referrer_site_id AS site_id, r.service_id, r.profile, count(*)::numeric AS referrals, count(*) FILTER (WHERE r.is_returned)::numeric AS returned, count(*) FILTER (WHERE r.is_redirected)::numeric AS redirected,
        count(*) FILTER (WHERE r.is_seen)::numeric AS seen, count(*) FILTER (WHERE r.is_discharged_at_first)::numeric AS discharged_at_first, sum(r.attended) AS attended, sum(r.did_not_attend) AS did_not_attend
    FROM referral_made AS r
    GROUP BY 1, 2, 3
), registered AS MATERIALIZED (
    SELECT n.site_id, n.profile, n.age_band, n.sex, count(*)::numeric AS people
    FROM person_group AS n CROSS JOIN asked AS p
    WHERE n.site_id <> '(unassigned)' AND coalesce(n.death_date > p.as_at_date, true)
    GROUP BY 1, 2, 3, 4
), expected AS (
    SELECT g.site_id, q.service_id, g.profile, sum(g.people * q.rate) AS expected
    FROM registered AS g JOIN referral_rate AS q ON q.age_band = g.age_band AND q.sex = g.sex
    GROUP BY 1, 2, 3
), compared AS (
    -- As report_referrer_variation: of sites for which a number is expected.
    SELECT m.site_id, m.service_id, m.profile, m.referrals, 0::numeric AS expected
    FROM made AS m JOIN referrer_year AS y ON y.site_id = m.site_id AND y.service_id = m.service_id AND y.expected IS NOT NULL
    UNION ALL
    SELECT e.site_id, e.service_id, e.profile, 0, e.expected FROM expected AS e
), referrer AS (
    SELECT c.site_id, c.service_id, p.since_year AS period_start, 'referrer' AS measure, 'referred' AS detail, c.profile, c.referrals AS numerator, c.expected AS denominator FROM compared AS c CROSS JOIN asked AS p
    UNION ALL
    SELECT m.site_id, m.service_id, p.since_year, 'referrer', x.detail, m.profile, x.numerator, x.denominator
    FROM made AS m CROSS JOIN asked AS p
        CROSS JOIN LATERAL (VALUES ('returned', m.returned, m.referrals), ('redirected', m.redirected, m.referrals), ('discharged_at_first', m.discharged_at_first, m.seen),
            ('did_not_attend', m.did_not_attend, m.attended + m.did_not_attend)) AS x (detail, numerator, denominator)
), whose AS MATERIALIZED (
    -- A pathway counts once, also where its referrals name two people.
    SELECT DISTINCT ON (r.pathway) r.pathway, d.profile
    FROM rtt_referral AS r JOIN referral_day AS d ON d.referral_id = r.referral_id
    ORDER BY r.pathway, r.received_at DESC, r.referral_id
), pathway AS MATERIALIZED (
    SELECT r.site_id, r.service_id, w.profile, count(DISTINCT r.pathway)::numeric AS pathways
    FROM rtt_referral AS r JOIN whose AS w ON w.pathway = r.pathway
    GROUP BY 1, 2, 3
), broken AS (
    SELECT f.site_id, f.service_id, x.rule, w.profile, count(DISTINCT f.pathway)::numeric AS pathways
    FROM rtt_finding AS f JOIN whose AS w ON w.pathway = f.pathway CROSS JOIN LATERAL (VALUES (f.rule), ('(any)')) AS x (rule)
    GROUP BY 1, 2, 3, 4
), finding AS (
    SELECT b.site_id, b.service_id, p.as_at_date AS period_start, 'rtt_finding' AS measure, b.rule AS detail, b.profile, b.pathways AS numerator, 0::numeric AS denominator FROM broken AS b CROSS JOIN asked AS p
    UNION ALL
    -- Of all pathways, also where nobody breaks the rule.
    SELECT w.site_id, w.service_id, p.as_at_date, 'rtt_finding', u.rule, w.profile, 0, w.pathways
    FROM pathway AS w CROSS JOIN asked AS p CROSS JOIN (SELECT DISTINCT f.rule FROM rtt_finding_count AS f) AS u
)
SELECT s.site_id, s.service_id, s.period_start, 'flow', s.step, s.dimension, s.group_name, s.referrals, NULL::numeric, NULL::bigint[]
FROM step_group AS s WHERE s.step <> 'treated'
UNION ALL
SELECT s.site_id, s.service_id, s.period_start, 'conversion', c.step, s.dimension, s.group_name, s.reached[c.place], s.observed[c.place], NULL::bigint[]
FROM step_group AS s JOIN referral_conversion_step AS c ON c.begins_with = s.step
WHERE s.observed[c.place] > 0
UNION ALL
-- One by one: of all together the planner expects more groups than it would
-- hash.
SELECT f.site_id, f.service_id, f.period_start, f.measure, f.detail, g.dimension, g.group_name, sum(f.numerator), sum(f.denominator), wait_band_sum(f.counts)
FROM rtt AS f JOIN profile AS g ON g.profile = f.profile GROUP BY 1, 2, 3, 4, 5, 6, 7
UNION ALL
SELECT f.site_id, f.service_id, f.period_start, f.measure, f.detail, g.dimension, g.group_name, sum(f.numerator), sum(f.denominator), NULL::bigint[]
FROM standard AS f JOIN profile AS g ON g.profile = f.profile GROUP BY 1, 2, 3, 4, 5, 6, 7
UNION ALL
SELECT f.site_id, f.service_id, f.period_start, f.measure, f.detail, g.dimension, g.group_name, sum(f.numerator), sum(f.denominator), NULL::bigint[]
FROM referrer AS f JOIN profile AS g ON g.profile = f.profile GROUP BY 1, 2, 3, 4, 5, 6, 7
UNION ALL
SELECT f.site_id, f.service_id, f.period_start, f.measure, f.detail, g.dimension, g.group_name, sum(f.numerator), sum(f.denominator), NULL::bigint[]
FROM finding AS f JOIN profile AS g ON g.profile = f.profile GROUP BY 1, 2, 3, 4, 5, 6, 7
$$);
