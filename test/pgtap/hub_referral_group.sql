-- The figures of the referral reports by group of people: a trial whose ratio is
-- published, a small world in which every figure is worked out again, rows that
-- ought not to count, and who may see what.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SET LOCAL timezone = 'UTC';
SELECT plan(43);

SELECT caregroup.create_hub('hub_t') \g /dev/null
SELECT caregroup.configure_hub('hub_t', 'as_at', '2026-11-10 12:00 Europe/London') \g /dev/null
CREATE FUNCTION pg_temp.recalculate() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	run bigint := caregroup.begin_run('hub_t', false);
	step text;
BEGIN
	FOR step IN SELECT s.step FROM caregroup.hub_step AS s WHERE s.step !~ 'forecast|variance|indicator|fortnight' ORDER BY s.ordinal LOOP
		PERFORM caregroup.begin_step('hub_t', run, step), caregroup.run_step('hub_t', run, step);
	END LOOP;
	PERFORM caregroup.end_run('hub_t', run);
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM || ' in ' || coalesce(step, '-');
END $$;
CREATE SCHEMA wh_ratio;
CREATE TABLE wh_ratio.organisation AS SELECT * FROM (VALUES ('HQ', 'Headquarters', 'headquarters'), ('P1', 'One', 'provider'), ('P2', 'Two', 'provider')) AS v (organisation_id, name, kind);
CREATE TABLE wh_ratio.organisation_link AS SELECT o AS child_id, 'HQ'::text AS parent_id, 'command'::text AS hierarchy FROM unnest(ARRAY['P1', 'P2']) AS o;
CREATE TABLE wh_ratio.site AS SELECT s.site_id, 'Site ' || s.site_id AS name, s.organisation_id, 'practice'::text AS kind FROM (VALUES ('A', 'P1'), ('B', 'P1'), ('C', 'P2')) AS s (site_id, organisation_id);
CREATE TABLE wh_ratio.service AS SELECT * FROM (VALUES ('young', 'Under 55', 'community', NULL, 'none'), ('old', '55 and over', 'community', NULL, 'none'), ('ort', 'Orthopaedics', 'acute', '110', 'consultant_led')) AS v (service_id, name, kind, treatment_function_code, rtt_role);
CREATE TABLE wh_ratio.service_standard AS SELECT 'ten'::text AS standard_id, 'Seen within ten days'::text AS name, 'community'::text AS service_kind, 'received'::text AS clock_start, 'first_contact'::text AS clock_stop, 10::numeric AS limit_value, 'day'::text AS limit_unit;

-- The University Group Diabetes Program in two age strata, as Rothman has it
-- (Epidemiology: An Introduction, 2002, table 8-2): 8 of 106 and 22 of 98 against
-- 5 of 120 and 16 of 85.  Here the deprived are seen in time as often as those
-- died.
CREATE TABLE wh_ratio.person AS
SELECT row_number() OVER () AS person_id, date '1970-06-15' AS birth_date, 'female'::text AS sex, 'A'::text AS ethnicity, v.decile AS deprivation_decile, v.service_id, i <= v.events AS is_within
FROM (VALUES ('young', 1, 8, 106), ('old', 2, 22, 98), ('young', 9, 5, 120), ('old', 10, 16, 85)) AS v (service_id, decile, events, people), generate_series(1, v.people) AS i;
CREATE TABLE wh_ratio.referral AS
SELECT p.person_id AS referral_id, p.person_id, timestamp '2026-07-01 09:00' AS received_at, p.service_id, 'A'::text AS site_id, 'open'::text AS status, NULL::timestamp AS closed_at, NULL::text AS referrer_site_id, NULL::bigint AS pathway_id, NULL::text AS source FROM wh_ratio.person AS p;
CREATE TABLE wh_ratio.activity AS
SELECT p.person_id AS activity_id, p.person_id AS referral_id, p.person_id, timestamp '2026-07-01 10:00' + CASE WHEN p.is_within THEN interval '10 days' ELSE interval '11 days' END AS starts_at, 'first'::text AS kind, 'attended'::text AS status, p.service_id, 'A'::text AS site_id FROM wh_ratio.person AS p;
CREATE TABLE wh_ratio.referral_event (event_id bigint, referral_id bigint, event_at timestamp, kind text, rtt_status_code text);
CREATE TABLE wh_ratio.registration (person_id bigint, site_id text, valid_from date, valid_to date);
SELECT caregroup.bind('hub_t', t, format('TABLE wh_ratio.%I', t)) FROM unnest(ARRAY['organisation', 'organisation_link', 'site', 'service', 'service_standard', 'referral', 'referral_event', 'activity', 'registration']) AS t \g /dev/null
SELECT caregroup.bind('hub_t', 'person', 'SELECT person_id, birth_date, sex, ethnicity, deprivation_decile FROM wh_ratio.person') \g /dev/null
SELECT is(pg_temp.recalculate(), 'no error', 'the trial is recalculated');
SET LOCAL search_path = hub_t, public;

CREATE TEMP VIEW trial AS
SELECT g.service_id, g.group_name, g.numerator, g.denominator, g.other_numerator, g.other_denominator, g.ratio, g.ratio_lower, g.ratio_upper
FROM report_referral_group AS g WHERE g.measure = 'standard' AND g.dimension = 'deprivation' AND g.organisation_id = 'HQ' AND g.group_name = 'fifth 1';
SELECT results_eq($$SELECT service_id, numerator, denominator, other_numerator, other_denominator FROM trial ORDER BY service_id COLLATE "C"$$,
	$$VALUES ('(all)'::text, 30::float8, 204::float8, 21::float8, 205::float8), ('old', 22, 98, 16, 85), ('young', 8, 106, 5, 120)$$, 'counts of the deprived and of everybody else');
SELECT is((SELECT round(ratio::numeric, 2) FROM trial WHERE service_id = '(all)'), 1.33, 'the ratio over both strata is the published one');
SELECT is((SELECT round((30 / 204.0) / (21 / 205.0), 2)), 1.44, 'which the sums alone would not give');
-- Greenland and Robins: the variance is the sum of ((a + b) n m - a b t) / t^2 over the product of the two sums.
SELECT results_eq($$SELECT round(ratio_lower::numeric, 9), round(ratio_upper::numeric, 9) FROM trial WHERE service_id = '(all)'$$,
	$$SELECT round((r * exp(-1.959963984540054 * e))::numeric, 9), round((r * exp(1.959963984540054 * e))::numeric, 9) FROM (
		SELECT (8 * 120 / 226.0 + 22 * 85 / 183.0) / (5 * 106 / 226.0 + 16 * 98 / 183.0) AS r,
			sqrt(((13 * 106 * 120 - 8 * 5 * 226) / 226.0 ^ 2 + (38 * 98 * 85 - 22 * 16 * 183) / 183.0 ^ 2) / ((8 * 120 / 226.0 + 22 * 85 / 183.0) * (5 * 106 / 226.0 + 16 * 98 / 183.0))) AS e) AS x$$, 'with its interval');
SELECT results_eq($$SELECT service_id, round(ratio::numeric, 9), round(ratio_lower::numeric, 9), round(ratio_upper::numeric, 9) FROM trial WHERE service_id <> '(all)' ORDER BY 1$$,
	$$SELECT v.service_id, round((s).value::numeric, 9), round((s).lower::numeric, 9), round((s).upper::numeric, 9)
	  FROM (VALUES ('old'::text, caregroup.share_ratio(22, 98, 16, 85)), ('young', caregroup.share_ratio(8, 106, 5, 120))) AS v (service_id, s)$$, 'and of one service it is share_ratio()');
SELECT results_eq($$SELECT round(share::numeric, 9), round(lower::numeric, 9), round(upper::numeric, 9), round(other_share::numeric, 9), detail_name, period_start, period_kind FROM report_referral_group
		WHERE measure = 'standard' AND dimension = 'deprivation' AND organisation_id = 'HQ' AND group_name = 'fifth 5' AND service_id = 'young'$$,
	$$SELECT round(5 / 120.0, 9), round(caregroup.wilson_lower(5, 120)::numeric, 9), round(caregroup.wilson_upper(5, 120)::numeric, 9), round(8 / 106.0, 9), 'Seen within ten days'::text, date '2026-07-01', 'quarter'::text$$, 'the others are compared with them');
SELECT results_eq($$SELECT group_name, numerator, ratio FROM report_referral_group WHERE measure = 'standard' AND dimension = 'age' AND organisation_id = 'HQ' AND service_id = 'young'$$,
	$$VALUES ('40-64'::text, 13::float8, NULL::float8)$$, 'where all are of one group there is nobody to compare with');

-- ---------------------------------------------------------------------
-- A small world of every measure
-- ---------------------------------------------------------------------
DELETE FROM wh_ratio.activity;
DELETE FROM wh_ratio.referral;
DELETE FROM wh_ratio.person;
CREATE FUNCTION pg_temp.uniform(what text) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$ SELECT ('x' || left(md5(what), 12))::bit(48)::bigint / 281474976710656.0::double precision $$;
-- Among them: no deprivation, no day of birth, deciles that are none, names with line breaks and none at all.
INSERT INTO wh_ratio.person
SELECT i, CASE WHEN i % 23 = 0 THEN NULL ELSE date '2026-11-10' - floor(36500 * pg_temp.uniform('age' || i))::integer END, (ARRAY['female', 'male', NULL, E'x\ny'])[1 + i % 4], (ARRAY['A', 'M', 'Z', NULL, ''])[1 + i % 5],
	(ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 11, -1, NULL])[1 + i % 14] FROM generate_series(1, 600) AS i;
INSERT INTO wh_ratio.registration
SELECT i, (ARRAY['A', 'B', 'C', 'nowhere'])[1 + floor(3.2 * pg_temp.uniform('list' || i))::integer], '2020-01-01', NULL FROM generate_series(1, 560) AS i;
INSERT INTO wh_ratio.referral
SELECT i, (1 + floor(620 * pg_temp.uniform('who' || i)))::bigint, timestamp '2024-06-01 09:00' + make_interval(hours => floor(21000 * pg_temp.uniform('when' || i))::integer), (ARRAY['young', 'old', 'ort', 'ort', 'gone'])[1 + i % 5],
	(ARRAY['A', 'B', 'C', 'nowhere'])[1 + floor(3.3 * pg_temp.uniform('site' || i))::integer], (ARRAY['open', 'closed', 'returned', 'redirected'])[1 + floor(4 * pg_temp.uniform('state' || i) ^ 2)::integer], NULL,
	(ARRAY['A', 'B', 'C', NULL])[1 + floor(3.5 * pg_temp.uniform('from' || i))::integer], CASE WHEN i % 3 > 0 THEN 10000 + i / 3 END, (ARRAY['general_practice', 'consultant'])[1 + (i % 6 = 0)::integer]
FROM generate_series(1, 3000) AS i;
UPDATE wh_ratio.referral SET closed_at = received_at + make_interval(days => floor(400 * pg_temp.uniform('end' || referral_id))::integer) WHERE status <> 'open';
INSERT INTO wh_ratio.activity
SELECT i * 10 + k, r.referral_id, r.person_id, r.received_at + make_interval(days => floor(200 * pg_temp.uniform('visit' || i || k) ^ 2)::integer + 30 * k), (ARRAY['first', 'follow_up', 'procedure'])[k], (ARRAY['attended', 'attended', 'did_not_attend'])[1 + floor(3 * pg_temp.uniform('kept' || i || k))::integer], r.service_id, r.site_id
FROM wh_ratio.referral AS r, LATERAL (SELECT r.referral_id AS i) AS n, generate_series(1, 3) AS k WHERE pg_temp.uniform('any' || i || k) < 0.7;
INSERT INTO wh_ratio.referral_event
SELECT r.referral_id * 10 + k, r.referral_id, r.received_at + make_interval(days => floor(300 * pg_temp.uniform('event' || r.referral_id || k))::integer), NULL, (ARRAY['20', '30', '34', '90', '10', '77', '33'])[1 + floor(7 * pg_temp.uniform('code' || r.referral_id || k))::integer]
FROM wh_ratio.referral AS r, generate_series(1, 2) AS k WHERE r.service_id = 'ort';
-- A pathway whose referrals name two people, and a referral that comes twice.
INSERT INTO wh_ratio.referral VALUES (9001, 1, '2026-01-05 09:00', 'ort', 'A', 'open', NULL, 'B', 77, 'general_practice'), (9002, 2, '2026-02-05 09:00', 'ort', 'A', 'open', NULL, 'B', 77, 'general_practice'),
	(9003, 3, '2026-02-05 09:00', 'ort', 'B', 'open', NULL, 'B', NULL, 'general_practice'), (9003, 3, '2026-02-05 09:00', 'ort', 'B', 'open', NULL, 'B', NULL, 'general_practice'),
	-- the last and the first moment of a quarter in London, which in UTC is another
	(9004, 4, '2026-06-30 23:59', 'young', 'C', 'open', NULL, 'C', NULL, 'general_practice'), (9005, 4, '2026-07-01 00:01', 'young', 'C', 'open', NULL, 'C', NULL, 'general_practice'),
	(9006, 5, 'infinity', 'young', 'C', 'open', NULL, 'C', NULL, 'general_practice'), (9007, 5, '2027-01-01', 'young', 'C', 'open', NULL, 'C', NULL, 'general_practice');
INSERT INTO wh_ratio.referral_event VALUES (90001, 9001, '2026-01-04 09:00', NULL, '30'), (90002, 9002, '2026-03-05 09:00', NULL, '99'), (90003, 9003, NULL, NULL, '30');
CREATE TABLE wh_ratio.population AS SELECT * FROM (VALUES ('A', date '2026-01-01', '00-44', 100, 90.0), ('A', '2026-04-01', '00-44', 100, 95.5), ('A', '2026-04-01', '45+', 10, 15.0), ('C', '2026-04-01', 'all', 150, 200.0), ('B', '2026-04-01', 'all', 90, NULL))
	AS v (site_id, as_at, age_band, people, weight);
SELECT caregroup.bind('hub_t', 'population', 'TABLE wh_ratio.population') \g /dev/null
SELECT is(pg_temp.recalculate(), 'no error', 'the small world is recalculated');
\set deepest_level 9
\ir ../lib/referral_group_sums.sql

-- Rates of the weighted list, of sites that have one; of two days the later counts.
SELECT results_eq($$SELECT organisation_id, weighted_people, round(per_1000_weighted_people::numeric, 6) FROM report_referrer_variation WHERE service_id = 'ort' AND organisation_id IN ('HQ', 'P1', 'P2', 'A', 'B') ORDER BY organisation_id$$,
	$$SELECT v.id, v.weighted, round(1000 * (SELECT sum(y.referrals) FROM referrer_year AS y WHERE y.service_id = 'ort' AND y.site_id = ANY (v.sites)) / v.weighted, 6)
	  FROM (VALUES ('A'::text, 110.5, '{A}'::text[]), ('B', NULL, '{}'), ('HQ', 310.5, '{A,C}'), ('P1', 110.5, '{A}'), ('P2', 200, '{C}')) AS v (id, weighted, sites)$$, 'referrals of each 1,000 of the weighted list');

-- Once more from the inputs, in SQL that shares nothing with the steps.
CREATE TEMP TABLE who AS
SELECT p.person_id, CASE WHEN p.deprivation_decile BETWEEN 1 AND 2 THEN 'fifth 1' WHEN p.deprivation_decile BETWEEN 3 AND 4 THEN 'fifth 2' WHEN p.deprivation_decile BETWEEN 5 AND 6 THEN 'fifth 3' WHEN p.deprivation_decile BETWEEN 7 AND 8 THEN 'fifth 4' WHEN p.deprivation_decile BETWEEN 9 AND 10 THEN 'fifth 5' ELSE 'unknown' END AS deprivation,
	coalesce((SELECT v.name FROM (VALUES (0, '00-17'), (18, '18-39'), (40, '40-64'), (65, '65-79'), (80, '80+')) AS v (years, name) WHERE p.birth_date + make_interval(years => v.years) <= date '2026-11-10' ORDER BY v.years DESC LIMIT 1), 'unknown') AS age,
	coalesce(p.sex, 'unknown') AS sex, coalesce(p.ethnicity, 'unknown') AS ethnicity FROM wh_ratio.person AS p;
CREATE FUNCTION pg_temp.names(w who) RETURNS TABLE (dimension text, group_name text) LANGUAGE sql AS $$
	VALUES ('deprivation', coalesce(w.deprivation, 'unknown')), ('age', coalesce(w.age, 'unknown')), ('sex', coalesce(w.sex, 'unknown')), ('ethnicity', coalesce(w.ethnicity, 'unknown')) $$;
CREATE TEMP TABLE sent AS
SELECT DISTINCT ON (r.referral_id) r.*, w AS who FROM wh_ratio.referral AS r LEFT JOIN who AS w ON w.person_id = r.person_id WHERE r.received_at < timestamp '2026-11-10 12:00' ORDER BY r.referral_id;
SELECT cmp_ok((SELECT count(*) FROM sent WHERE who IS NULL), '>', 20::bigint, 'some people are not bound');
SELECT set_eq($$SELECT service_id, period_start, detail, dimension, group_name, numerator::bigint, denominator FROM report_referral_group WHERE measure = 'flow' AND detail IN ('received', 'closed') AND organisation_level = 0 AND organisation_id = 'HQ' AND service_id <> '(all)'$$,
	$$SELECT s.service_id, date_trunc('quarter', x.at)::date, x.detail, n.dimension, n.group_name, count(*), NULL::float8
	  FROM sent AS s CROSS JOIN LATERAL (VALUES ('received', s.received_at), ('closed', CASE WHEN s.closed_at <= timestamp '2026-11-10 12:00' THEN s.closed_at END)) AS x (detail, at) CROSS JOIN LATERAL pg_temp.names(s.who) AS n
	  WHERE s.site_id IN ('A', 'B', 'C') AND x.at >= '2024-10-01' AND x.at < '2026-10-01' GROUP BY 1, 2, 3, 4, 5$$, 'received and closed');
SELECT set_eq($$SELECT service_id, detail, dimension, group_name, numerator::bigint, denominator::bigint FROM report_referral_group WHERE measure = 'referrer' AND detail IN ('returned', 'redirected') AND organisation_id = 'P1' AND service_id <> '(all)'$$,
	$$SELECT s.service_id, x.detail, n.dimension, n.group_name, count(*) FILTER (WHERE s.status = x.detail) AS a, count(*) AS b
	  FROM sent AS s CROSS JOIN LATERAL (VALUES ('returned'), ('redirected')) AS x (detail) CROSS JOIN LATERAL pg_temp.names(s.who) AS n
	  WHERE s.referrer_site_id IN ('A', 'B') AND s.received_at >= '2025-11-01' AND s.received_at < '2026-11-01' GROUP BY 1, 2, 3, 4$$, 'returned and redirected, by who referred');
CREATE TEMP TABLE touched AS
SELECT a.referral_id, min(a.starts_at) FILTER (WHERE a.status = 'attended') AS first_at FROM wh_ratio.activity AS a WHERE a.starts_at <= timestamp '2026-11-10 12:00' GROUP BY 1;
SELECT set_eq($$SELECT organisation_id, service_id, period_start, dimension, group_name, numerator::bigint, denominator::bigint FROM report_referral_group WHERE measure = 'conversion' AND detail = 'first_contact' AND organisation_kind = 'site' AND service_id <> '(all)'$$,
	$$SELECT s.site_id, s.service_id, date_trunc('quarter', s.received_at)::date, n.dimension, n.group_name, count(*) FILTER (WHERE t.first_at::date - s.received_at::date <= 126) AS a, count(*) AS b
	  FROM sent AS s LEFT JOIN touched AS t ON t.referral_id = s.referral_id CROSS JOIN LATERAL pg_temp.names(s.who) AS n
	  WHERE s.site_id IN ('A', 'B', 'C') AND s.received_at >= '2024-10-01' AND s.received_at < '2026-10-01' AND s.received_at::date + 126 <= date '2026-11-10' GROUP BY 1, 2, 3, 4, 5$$, 'first contact within 126 days');
SELECT set_eq($$SELECT service_id, period_start, dimension, group_name, numerator::bigint, denominator::bigint FROM report_referral_group WHERE measure = 'standard' AND organisation_id = 'P2' AND service_id <> '(all)'$$,
	$$SELECT s.service_id, date_trunc('quarter', t.first_at)::date, n.dimension, n.group_name, count(*) FILTER (WHERE t.first_at::date - s.received_at::date <= 10) AS a, count(*) AS b
	  FROM sent AS s JOIN touched AS t ON t.referral_id = s.referral_id AND t.first_at IS NOT NULL CROSS JOIN LATERAL pg_temp.names(s.who) AS n
	  WHERE s.site_id = 'C' AND s.service_id IN ('young', 'old') AND t.first_at >= '2024-10-01' AND t.first_at < '2026-10-01' GROUP BY 1, 2, 3, 4$$, 'a standard');
-- The clocks are the engine's; their return is worked out again.
SELECT set_eq($$SELECT measure, detail, period_start, dimension, group_name, numerator::bigint, denominator::bigint FROM report_referral_group WHERE measure LIKE 'rtt%' AND measure <> 'rtt_finding' AND organisation_id = 'HQ' AND service_id = 'ort'$$,
	$$SELECT x.measure, x.part, q.quarter, n.dimension, n.group_name, count(*) FILTER (WHERE x.counts) AS a, CASE x.measure WHEN 'rtt_started' THEN NULL ELSE count(*) END AS b
	  FROM rtt_clock AS c LEFT JOIN who AS w ON w.person_id = c.person_id CROSS JOIN LATERAL pg_temp.names(w) AS n
		CROSS JOIN (SELECT g::date AS quarter, (g + interval '3 months')::date - 1 AS last_day FROM generate_series(timestamp '2024-10-01', '2026-07-01', '3 months') AS g) AS q
		CROSS JOIN LATERAL (SELECT m.measure, v.part, CASE m.measure WHEN 'rtt_within_18_weeks' THEN v.days <= 126 WHEN 'rtt_over_52_weeks' THEN v.days > 364 ELSE true END AS counts
			FROM (VALUES (CASE WHEN c.is_admitted THEN 'Part_1A' ELSE 'Part_1B' END, c.days, c.stopped_on BETWEEN q.quarter AND q.last_day), ('Part_2', q.last_day - c.started_on, c.started_on <= q.last_day AND coalesce(c.stopped_on > q.last_day, true)),
				('Part_2A', q.last_day - c.started_on, c.decided_on <= q.last_day AND coalesce(c.stopped_on > q.last_day, true)), ('Part_3', 0, c.started_on BETWEEN q.quarter AND q.last_day)) AS v (part, days, is_in)
			JOIN (VALUES ('rtt_within_18_weeks', false), ('rtt_over_52_weeks', false), ('rtt_started', true)) AS m (measure, is_start) ON m.is_start = (v.part = 'Part_3')
			WHERE v.is_in) AS x
	  WHERE c.state <> 'nullified' AND c.site_id <> '(unassigned)' GROUP BY 1, 2, 3, 4, 5$$, 'the national return');
SELECT set_eq($$SELECT period_start, dimension, group_name, median_weeks, p92_weeks, p92_over_104_weeks, over_65_weeks, over_78_weeks, over_104_weeks FROM report_referral_group WHERE measure = 'rtt_within_18_weeks' AND detail = 'Part_2' AND organisation_id = 'HQ' AND service_id = '(all)'$$,
	$$SELECT x.quarter, x.dimension, x.group_name, (x.f).median_weeks, (x.f).p92_weeks, (x.f).p92_is_open, (x.f).over_65_weeks, (x.f).over_78_weeks, (x.f).over_104_weeks
	  FROM (SELECT q.quarter, n.dimension, n.group_name, caregroup.rtt_summary(caregroup.rtt_band_counts(q.last_day - c.started_on)) AS f
		FROM rtt_clock AS c LEFT JOIN who AS w ON w.person_id = c.person_id CROSS JOIN LATERAL pg_temp.names(w) AS n
			JOIN (SELECT g::date AS quarter, (g + interval '3 months')::date - 1 AS last_day FROM generate_series(timestamp '2024-10-01', '2026-07-01', '3 months') AS g) AS q ON c.started_on <= q.last_day AND coalesce(c.stopped_on > q.last_day, true)
		WHERE c.state <> 'nullified' AND c.site_id <> '(unassigned)' GROUP BY 1, 2, 3) AS x$$, 'and its percentiles and longest waits');
SELECT is_empty($$SELECT FROM report_referral_group WHERE (median_weeks IS NOT NULL) <> (measure = 'rtt_within_18_weeks' AND denominator > 0)$$, 'which nothing else has');
-- Expected referrals, from the lists and the rates of all of them together.
CREATE TEMP TABLE listed AS
SELECT g.site_id, n.age_band, n.sex AS band_sex, w FROM wh_ratio.registration AS g JOIN known_person AS n ON n.person_id = g.person_id JOIN who AS w ON w.person_id = g.person_id WHERE g.site_id IN ('A', 'B', 'C');
SELECT set_eq($$SELECT service_id, dimension, group_name, numerator::bigint, round(denominator::numeric, 6) FROM report_referral_group WHERE measure = 'referrer' AND detail = 'referred' AND organisation_id = 'P1' AND service_id <> '(all)'$$,
	$$WITH made AS (SELECT s.*, coalesce(n.age_band, 'unknown') AS age_band, coalesce(n.sex, 'unknown') AS band_sex FROM sent AS s LEFT JOIN known_person AS n ON n.person_id = s.person_id
			WHERE s.referrer_site_id IN ('A', 'B', 'C') AND s.received_at >= '2025-11-01' AND s.received_at < '2026-11-01'),
	rate AS (SELECT m.service_id, m.age_band, m.band_sex, count(*) / (SELECT count(*) FROM listed AS l WHERE l.age_band = m.age_band AND l.band_sex = m.band_sex)::numeric AS rate FROM made AS m
		WHERE EXISTS (SELECT FROM listed AS l WHERE l.age_band = m.age_band AND l.band_sex = m.band_sex) GROUP BY 1, 2, 3),
	part AS (SELECT m.service_id, n.dimension, n.group_name, 1 AS referrals, 0 AS expected FROM made AS m CROSS JOIN LATERAL pg_temp.names(m.who) AS n WHERE m.referrer_site_id IN ('A', 'B')
		UNION ALL SELECT r.service_id, n.dimension, n.group_name, 0, r.rate FROM listed AS l JOIN rate AS r ON r.age_band = l.age_band AND r.band_sex = l.band_sex CROSS JOIN LATERAL pg_temp.names(l.w) AS n WHERE l.site_id IN ('A', 'B'))
	SELECT p.service_id, p.dimension, p.group_name, sum(p.referrals), round(sum(p.expected), 6) FROM part AS p GROUP BY 1, 2, 3$$, 'referrals against what age and sex lead one to expect');
SELECT is((SELECT count(*) FROM report_referral_group WHERE detail = 'referred' AND ratio IS NOT NULL AND abs(ratio - share / other_share) > 1e-9 AND service_id <> '(all)'), 0::bigint, 'its ratio is that of the two rates');
SELECT is((SELECT count(*) FROM report_referral_group AS g WHERE g.detail = 'referred' AND g.service_id <> '(all)' AND g.numerator > 0 AND g.other_numerator > 0
	AND abs(ln(g.ratio_upper / g.ratio) - 1.959963984540054 * sqrt(1 / g.numerator + 1 / g.other_numerator)) > 1e-9), 0::bigint, 'with the interval of a ratio of two counts');
SELECT ok((SELECT count(*) > 20 FROM report_referral_group WHERE detail = 'referred' AND numerator > 0 AND other_numerator > 0 AND service_id <> '(all)'), 'of which there are enough to tell');
SELECT is((SELECT count(*) FROM rtt_finding WHERE rule <> 'open_after_closing' AND referral_id = 9001), 1::bigint, 'a finding knows its referral');
SELECT is((SELECT sum(f.pathways) FROM rtt_finding_count AS f WHERE f.rule <> '(any)'), (SELECT count(*)::numeric FROM (SELECT DISTINCT site_id, service_id, rule, pathway FROM rtt_finding) AS d), 'findings are counted from their rows');
SELECT is((SELECT sum(denominator)::bigint FROM report_referral_group WHERE measure = 'rtt_finding' AND detail = '(any)' AND dimension = 'sex' AND organisation_kind = 'site' AND organisation_id = 'A' AND service_id = 'ort'),
	(SELECT count(DISTINCT pathway) FROM rtt_referral WHERE site_id = 'A' AND service_id = 'ort'), 'a pathway of two people counts once');
SELECT is((SELECT string_agg(DISTINCT group_name, ', ' ORDER BY group_name) FROM report_referral_group WHERE dimension = 'deprivation'), 'fifth 1, fifth 2, fifth 3, fifth 4, fifth 5, unknown', 'deciles that are none are unknown');
SELECT is((SELECT string_agg(DISTINCT group_name, ', ' ORDER BY group_name) FROM report_waiting_gap WHERE dimension = 'deprivation'), 'fifth 1, fifth 2, fifth 3, fifth 4, fifth 5', 'of those who wait as well');
SELECT is_empty($$SELECT FROM report_referral_group WHERE group_name = 'unknown' AND (ratio IS NOT NULL OR other_numerator IS NOT NULL)$$, 'who is of no known group is not compared');
SELECT is_empty($$SELECT FROM report_referral_group WHERE share < lower OR share > upper OR ratio < ratio_lower OR ratio > ratio_upper$$, 'figures lie within their limits');
SELECT results_eq($$SELECT period_start, numerator::bigint FROM report_referral_group WHERE measure = 'flow' AND detail = 'received' AND organisation_id = 'C' AND service_id = 'young' AND dimension = 'deprivation' AND group_name = 'fifth 3' AND period_start IN ('2026-04-01', '2026-07-01') ORDER BY 1$$,
	$$SELECT date_trunc('quarter', s.received_at)::date, count(*) FROM sent AS s WHERE s.site_id = 'C' AND s.service_id = 'young' AND (s.who).deprivation = 'fifth 3' AND s.received_at >= '2026-04-01' AND s.received_at < '2026-10-01' GROUP BY 1 ORDER BY 1$$, 'a quarter ends at midnight in London');
SELECT results_eq($$SELECT g.over_18_weeks, g.over_26_weeks, g.over_52_weeks, g.over_65_weeks, g.over_78_weeks, g.over_104_weeks, round(g.longest_weeks::numeric, 6), round(g.p92_weeks::numeric, 6) FROM report_waiting_gap AS g
		WHERE g.organisation_id = 'HQ' AND g.list = 'first_contact' AND g.dimension = 'sex' AND g.group_name = 'female' ORDER BY g.service_id$$,
	$$SELECT count(*) FILTER (WHERE d > 126), count(*) FILTER (WHERE d > 182), count(*) FILTER (WHERE d > 364), count(*) FILTER (WHERE d > 455), count(*) FILTER (WHERE d > 546), count(*) FILTER (WHERE d > 728), round(max(d) / 7.0, 6), round((percentile_cont(0.92) WITHIN GROUP (ORDER BY d) / 7)::numeric, 6)
	  FROM (SELECT i.service_id, date '2026-11-10' - i.started_on AS d FROM wait_interval AS i JOIN who AS w ON w.person_id = i.person_id AND w.sex = 'female' WHERE i.list = 'first_contact' AND i.stopped_on IS NULL AND i.site_id <> '(unassigned)') AS x
		CROSS JOIN LATERAL (VALUES (x.service_id), ('(all)')) AS s (service_id) GROUP BY s.service_id ORDER BY s.service_id$$, 'how long each group waits, service by service and over all');

-- ---------------------------------------------------------------------
-- Who sees what, and plans
-- ---------------------------------------------------------------------
CREATE ROLE hub_group_reader;
SELECT caregroup.grant_hub('hub_t', 'hub_group_reader', 'reader') \gset
SELECT lives_ok($$SET LOCAL ROLE hub_group_reader; SELECT count(*) FROM hub_t.report_referral_group; RESET ROLE$$, 'a reader reads the report');
RESET ROLE;
SELECT throws_ok(format('SET LOCAL ROLE hub_group_reader; SELECT count(*) FROM hub_t.%I', v), '42501', NULL, v || ' is not for readers')
FROM unnest('{profile,referral_day,rtt_finding,standard_wait,referral_made}'::text[]) AS v;
RESET ROLE;
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END $$;
SELECT is_empty($$SELECT FROM pg_temp.plan_of('SELECT count(*) FROM hub_t.referral_made AS w WHERE w.is_returned') AS line WHERE line LIKE '%referral_day%'$$, 'who does not ask for the profile does not join it');
SELECT is((SELECT count(*) FROM pg_temp.plan_of($$SELECT * FROM hub_t.report_referral_group WHERE organisation_id = 'P1' AND measure = 'standard'$$) AS line WHERE line ~ '^ *(Filter|Index Cond): .*(organisation_id|measure) = '), 4::bigint, 'what is asked of one organisation and measure is looked up in both branches');
SELECT * FROM finish();
ROLLBACK;
