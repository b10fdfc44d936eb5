-- The groups of each dimension, unknown among them, add up to the reports whose
-- figures they part, for every organisation down to the level that the psql
-- variable deepest_level names.  For a test whose search_path starts with the
-- hub's schema.
CREATE TEMP TABLE group_sum AS
SELECT g.organisation_kind, g.organisation_id, g.service_id, g.period_start, g.measure, g.detail, g.dimension, sum(g.numerator) AS numerator, sum(g.denominator) AS denominator
FROM report_referral_group AS g WHERE g.organisation_level <= :deepest_level GROUP BY 1, 2, 3, 4, 5, 6, 7;

CREATE TEMP TABLE whole_figure AS
WITH span AS (
	SELECT (date_trunc('quarter', p.as_at AT TIME ZONE p.time_zone) - interval '2 years')::date AS since, date_trunc('quarter', p.as_at AT TIME ZONE p.time_zone)::date AS until, p.as_at_date
	FROM parameter AS p
), figure AS (
	SELECT r.organisation_kind, r.organisation_id, r.service_id, r.period_start, 'flow' AS measure, x.detail, x.n AS numerator, NULL::double precision AS denominator
	FROM report_referral_flow AS r CROSS JOIN LATERAL (VALUES ('received', r.received), ('seen', r.seen), ('closed', r.closed)) AS x (detail, n)
	WHERE r.organisation_level <= :deepest_level
	UNION ALL
	SELECT r.organisation_kind, r.organisation_id, r.service_id, r.period_start, 'conversion', r.step, r.reached, r.observed FROM report_referral_conversion AS r WHERE r.organisation_level <= :deepest_level
	UNION ALL
	SELECT r.organisation_kind, r.organisation_id, '(all)', r.period_start, x.measure, r.part, x.n, x.d
	FROM report_rtt AS r CROSS JOIN LATERAL (VALUES ('rtt_within_18_weeks', r.within_18_weeks, r.total), ('rtt_over_52_weeks', r.over_52_weeks, r.total), ('rtt_started', r.total, NULL)) AS x (measure, n, d)
	WHERE r.treatment_function_code = '(all)' AND r.organisation_level <= :deepest_level
		-- The report goes back 24 months, which may begin within the first quarter.
		AND date_trunc('quarter', r.period_start::timestamp) >= (SELECT min(m.period_start) FROM report_rtt AS m) AND (r.part = 'Part_3') = (x.measure = 'rtt_started') AND (r.part NOT LIKE 'Part_2%' OR extract(month FROM r.period_start) IN (3, 6, 9, 12))
	UNION ALL
	SELECT r.organisation_kind, r.organisation_id, r.service_id, r.period_start, 'standard', r.standard_id, r.numerator, r.denominator FROM report_standard AS r WHERE r.organisation_level <= :deepest_level
)
SELECT f.organisation_kind, f.organisation_id, f.service_id, date_trunc('quarter', f.period_start::timestamp)::date AS period_start, f.measure, f.detail, sum(f.numerator)::double precision AS numerator, sum(f.denominator)::double precision AS denominator
FROM figure AS f CROSS JOIN span AS s WHERE f.period_start >= s.since AND f.period_start < s.until GROUP BY 1, 2, 3, 4, 5, 6
UNION ALL
SELECT r.organisation_kind, r.organisation_id, r.service_id, r.period_start, 'referrer', x.detail, x.n, x.d
FROM report_referrer_variation AS r CROSS JOIN LATERAL (VALUES ('referred', r.ratio * r.expected, r.expected), ('returned', r.returned, r.referrals), ('redirected', r.redirected, r.referrals),
	('discharged_at_first', r.discharged_at_first, r.seen), ('did_not_attend', r.did_not_attend, r.did_not_attend / nullif(r.did_not_attend_share, 0))) AS x (detail, n, d)
WHERE r.organisation_level <= :deepest_level
UNION ALL
SELECT r.organisation_kind, r.organisation_id, r.service_id, s.as_at_date, 'rtt_finding', r.rule, r.pathways, r.out_of_pathways FROM report_data_quality_rtt AS r CROSS JOIN span AS s WHERE r.organisation_level <= :deepest_level;

SELECT results_eq($$SELECT DISTINCT measure FROM whole_figure WHERE numerator > 0 ORDER BY 1$$, $$SELECT DISTINCT measure FROM group_sum WHERE numerator > 0 ORDER BY 1$$, 'every measure has figures');
-- Of the return the report names treatment functions, so that all services together are compared.
SELECT is_empty($$
	SELECT w.organisation_kind, w.organisation_id, w.service_id, w.period_start, w.measure, w.detail, d.dimension, w.numerator, g.numerator, w.denominator, g.denominator
	FROM whole_figure AS w CROSS JOIN (VALUES ('deprivation'), ('age'), ('sex'), ('ethnicity')) AS d (dimension)
		LEFT JOIN group_sum AS g USING (organisation_kind, organisation_id, service_id, period_start, measure, detail, dimension)
	WHERE abs(coalesce(w.numerator, 0) - coalesce(g.numerator, 0)) > 1e-6
		-- Nobody missed an appointment: the report does not say how many there were.
		OR abs(coalesce(w.denominator, 0) - coalesce(g.denominator, 0)) > 1e-6 AND NOT (w.detail = 'did_not_attend' AND w.numerator = 0)$$,
	'the groups of each dimension add up to the reports');
SELECT is_empty($$
	SELECT g.* FROM group_sum AS g LEFT JOIN whole_figure AS w USING (organisation_kind, organisation_id, service_id, period_start, measure, detail)
	WHERE w.measure IS NULL AND (g.service_id = '(all)') = (g.measure IN ('rtt_within_18_weeks', 'rtt_over_52_weeks', 'rtt_started')) AND g.numerator > 0
		AND NOT (g.measure LIKE 'rtt_%' AND g.period_start < (SELECT min(m.period_start) FROM report_rtt AS m))$$,
	'and have nothing beyond them');
SELECT is_empty($$
	SELECT a.* FROM group_sum AS a JOIN (SELECT organisation_kind, organisation_id, period_start, measure, detail, dimension, sum(numerator) AS numerator, sum(denominator) AS denominator
			FROM group_sum WHERE service_id <> '(all)' GROUP BY 1, 2, 3, 4, 5, 6) AS s USING (organisation_kind, organisation_id, period_start, measure, detail, dimension)
	WHERE a.service_id = '(all)' AND (abs(a.numerator - s.numerator) > 1e-6 OR abs(coalesce(a.denominator, 0) - coalesce(s.denominator, 0)) > 1e-6)$$, 'all services are the sum of the services');
