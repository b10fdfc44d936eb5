-- Waits by group of people, sessions by who runs them, referrals by residence:
-- a small world as at 10 July 2024, every figure worked out again in plain SQL
-- from the inputs; dirty inputs; and that parts add up to the whole.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SET LOCAL timezone = 'UTC';
SELECT plan(54);

SELECT caregroup.create_hub('hub_t') \g /dev/null
CREATE FUNCTION pg_temp.recalculate() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	run bigint := caregroup.begin_run('hub_t', false);
	step text;
BEGIN
	FOR step IN SELECT s.step FROM caregroup.hub_step AS s ORDER BY s.ordinal LOOP
		PERFORM caregroup.begin_step('hub_t', run, step), caregroup.run_step('hub_t', run, step);
	END LOOP;
	PERFORM caregroup.end_run('hub_t', run);
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM || ' in ' || coalesce(step, '-');
END $$;
CREATE FUNCTION pg_temp.uniform(what text) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$ SELECT ('x' || left(md5(what), 12))::bit(48)::bigint / 281474976710656.0::double precision $$;

CREATE SCHEMA wh_group;
CREATE TABLE wh_group.organisation AS SELECT * FROM (VALUES ('HQ', 'Headquarters', 'headquarters'), ('R1', 'North', 'region'), ('R2', 'South', 'region'), ('C', 'Care group', 'care_group')) AS v (organisation_id, name, kind);
CREATE TABLE wh_group.organisation_link AS SELECT * FROM (VALUES ('R1', 'HQ', 'command'), ('R2', 'HQ', 'command'), ('C', 'R1', 'command'), ('C', 'R2', 'command')) AS v (child_id, parent_id, hierarchy);
CREATE TABLE wh_group.site AS SELECT s AS site_id, 'Site ' || s AS name, o AS organisation_id, 'community_clinic'::text AS kind FROM (VALUES ('s1', 'R1'), ('s2', 'R2'), ('s3', 'C')) AS v (s, o);
CREATE TABLE wh_group.service AS SELECT v AS service_id, 'Service ' || v AS name, 'community'::text AS kind FROM unnest('{v1,v2}'::text[]) AS v;
CREATE TABLE wh_group.area AS SELECT * FROM (VALUES ('A1', 'R1', 1), ('A2', 'R1', 5), ('A3', 'R2', 9), ('A4', 'C', 3), ('A5', 'gone', 7), ('A6', NULL, 10)) AS v (area_id, organisation_id, deprivation_decile);
-- Residents in three wide bands; none are known of A6.
CREATE TABLE wh_group.population AS SELECT a AS area_id, date '2024-01-01' AS as_at, b AS age_band, s AS sex, 'registered'::text AS population_group, (100 + floor(900 * pg_temp.uniform(a || b || s)))::numeric AS people
FROM unnest('{A1,A2,A3,A4,A5}'::text[]) AS a, unnest('{0-17,18-64,65+}'::text[]) AS b, unnest('{female,male}'::text[]) AS s;
CREATE TABLE wh_group.person AS
SELECT i::bigint AS person_id, (date '2024-07-10' - make_interval(years => floor(90 * pg_temp.uniform('age' || i))::integer, days => 100))::date AS birth_date, (ARRAY['female', 'male'])[1 + i % 2] AS sex, (ARRAY['A', 'B', 'C', NULL])[1 + i % 4] AS ethnicity,
	(ARRAY['A1', 'A2', 'A3', 'A4', 'A5', 'A6', NULL, 'A99'])[1 + floor(8 * pg_temp.uniform('area' || i))::integer] AS area_id FROM generate_series(1, 400) AS i;
CREATE TABLE wh_group.referral AS
SELECT i::bigint AS referral_id, (1 + floor(400 * pg_temp.uniform('who' || i)))::bigint AS person_id, timestamptz '2023-05-01 09:00Z' + make_interval(hours => floor(10000 * pg_temp.uniform('when' || i))::integer) AS received_at,
	(ARRAY['s1', 's2', 's3', 'nowhere'])[1 + floor(4 * pg_temp.uniform('site' || i))::integer] AS site_id, (ARRAY['v1', 'v2'])[1 + i % 2] AS service_id, CASE WHEN i % 10 = 0 THEN 'urgent' ELSE 'routine' END AS priority, 'open'::text AS status FROM generate_series(1, 1500) AS i;
CREATE TABLE wh_group.activity AS
SELECT r.referral_id AS activity_id, r.referral_id, r.person_id, r.received_at + make_interval(secs => 86400 * 30 * (pg_temp.uniform('wait' || r.referral_id) ^ 2) * CASE r.service_id WHEN 'v1' THEN 3 ELSE 1 END) AS starts_at, 'first'::text AS kind, 'attended'::text AS status, r.site_id, r.service_id
FROM wh_group.referral AS r WHERE r.referral_id % 7 <> 0;
CREATE TABLE wh_group.session AS SELECT i::bigint AS session_id, (ARRAY['s1', 's2', 's3', 'nowhere'])[1 + i % 4] AS site_id, (ARRAY['v1', 'v2', NULL])[1 + i % 3] AS service_id, timestamptz '2024-01-01 09:00Z' + make_interval(hours => 12 * i) AS starts_at, timestamptz '2024-01-01 09:00Z' + make_interval(hours => 12 * i, mins => 60 + i % 90) AS ends_at, 10 AS slots, (ARRAY['held', 'open', 'cancelled', NULL])[1 + i % 5 % 4] AS status FROM generate_series(1, 500) AS i;
CREATE TABLE wh_group.staff AS SELECT 'w' || i AS staff_id, (ARRAY['nurse', 'doctor'])[1 + i % 2] AS role, (ARRAY['permanent', 'permanent', 'temporary'])[1 + i % 3] AS employment, (ARRAY['uniformed', 'civilian', NULL])[1 + i % 3] AS workforce FROM generate_series(1, 9) AS i;
CREATE TABLE wh_group.session_staff AS SELECT i::bigint AS session_id, 'w' || (1 + (i + j * 3) % 10) AS staff_id, CASE WHEN i % 6 = 0 THEN 'lead' END AS role FROM generate_series(1, 500) AS i, generate_series(0, 1) AS j WHERE i % 11 <> 0;
SELECT caregroup.bind('hub_t', c.relname::text, format('TABLE wh_group.%I', c.relname)) FROM pg_class AS c WHERE c.relnamespace = 'wh_group'::regnamespace \g /dev/null
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-07-10 12:00Z') \g /dev/null
SELECT is(pg_temp.recalculate(), 'no error', 'the small world is recalculated');
CREATE TEMP TABLE under AS SELECT o AS organisation_id, s AS site_id FROM (VALUES ('HQ', '{s1,s2,s3}'::text[]), ('R1', '{s1,s3}'), ('R2', '{s2,s3}'), ('C', '{s3}'), ('s1', '{s1}'), ('s2', '{s2}'), ('s3', '{s3}'), ('(unassigned)', '{(unassigned)}')) AS v (o, sites), unnest(sites) AS s;

-- ---------------------------------------------------------------------
-- Waits by group
-- ---------------------------------------------------------------------
CREATE TEMP TABLE wait AS
SELECT u.organisation_id, r.service_id, date_trunc('quarter', a.starts_at AT TIME ZONE 'Europe/London')::date AS quarter, g.dimension, g.group_name,
	extract(epoch FROM a.starts_at - r.received_at)::double precision / 86400 AS days
FROM wh_group.referral AS r JOIN wh_group.activity AS a USING (referral_id) JOIN wh_group.person AS p ON p.person_id = r.person_id LEFT JOIN wh_group.area AS e USING (area_id)
	JOIN under AS u ON u.site_id = CASE r.site_id WHEN 'nowhere' THEN '(unassigned)' ELSE r.site_id END,
	LATERAL (SELECT date_part('year', age(date '2024-07-10', p.birth_date)) AS years) AS y,
	LATERAL (VALUES ('deprivation', 'fifth ' || ceil(e.deprivation_decile / 2.0)), ('sex', p.sex), ('ethnicity', p.ethnicity),
		('age', CASE WHEN y.years < 18 THEN '00-17' WHEN y.years < 40 THEN '18-39' WHEN y.years < 65 THEN '40-64' WHEN y.years < 80 THEN '65-79' ELSE '80+' END)) AS g (dimension, group_name)
WHERE r.priority = 'routine' AND a.starts_at <= '2024-07-10 12:00Z' AND g.group_name IS NOT NULL;
CREATE TEMP VIEW gap AS SELECT organisation_id, period_start AS quarter, dimension, group_name, waits, other_waits, wait_days_mean, other_wait_days_mean, ratio, lower, upper, z FROM hub_t.report_wait_gap;
-- A stratum is a service: pooled variance of the logarithms, n1 n2 / (n1 + n2).
CREATE TEMP TABLE gap_by_hand AS
WITH pair AS (
	SELECT a.organisation_id, a.quarter, a.dimension, g.group_name, a.service_id,
		count(*) FILTER (WHERE a.group_name = g.group_name) AS n1, count(*) FILTER (WHERE a.group_name <> g.group_name) AS n2, sum(a.days) FILTER (WHERE a.group_name = g.group_name) AS d1, sum(a.days) FILTER (WHERE a.group_name <> g.group_name) AS d2,
		avg(ln(greatest(a.days, 1))) FILTER (WHERE a.group_name = g.group_name) AS m1, avg(ln(greatest(a.days, 1))) FILTER (WHERE a.group_name <> g.group_name) AS m2,
		var_pop(ln(greatest(a.days, 1))) FILTER (WHERE a.group_name = g.group_name) AS v1, var_pop(ln(greatest(a.days, 1))) FILTER (WHERE a.group_name <> g.group_name) AS v2
	FROM wait AS a JOIN (SELECT DISTINCT organisation_id, quarter, dimension, group_name FROM wait) AS g USING (organisation_id, quarter, dimension)
	GROUP BY 1, 2, 3, 4, 5
	-- A service that nobody of the group waited for says nothing.
	HAVING count(*) FILTER (WHERE a.group_name = g.group_name) > 0
), told AS (SELECT *, n1 * n2 / (n1 + n2)::double precision AS w, (n1 * v1 + n2 * v2) / nullif(n1 + n2 - 2, 0) AS s2 FROM pair)
SELECT organisation_id, quarter, dimension, group_name, sum(n1) AS waits, sum(n2) AS other_waits, sum(d1) / sum(n1) AS mean, sum(d2) / nullif(sum(n2), 0) AS other_mean,
	sum(w * (m1 - m2)) FILTER (WHERE n2 > 0 AND n1 + n2 > 2) / sum(w) FILTER (WHERE n2 > 0 AND n1 + n2 > 2) AS difference, sqrt(sum(w * s2) FILTER (WHERE n2 > 0 AND n1 + n2 > 2)) / sum(w) FILTER (WHERE n2 > 0 AND n1 + n2 > 2) AS error
FROM told GROUP BY 1, 2, 3, 4;
SELECT cmp_ok((SELECT count(*) FROM gap_by_hand), '>', 400::bigint, 'there is much to compare');
SELECT set_eq('SELECT organisation_id, quarter, dimension, group_name, waits, other_waits FROM gap', 'SELECT organisation_id, quarter, dimension, group_name, waits, other_waits FROM gap_by_hand', 'waits of each group and of the others, at every level');
SELECT is_empty($$SELECT g.*, h.mean, h.other_mean FROM gap AS g JOIN gap_by_hand AS h USING (organisation_id, quarter, dimension, group_name) WHERE abs(g.wait_days_mean - h.mean) > 1e-6 OR abs(g.other_wait_days_mean - h.other_mean) > 1e-6 OR (h.other_mean IS NULL) <> (g.other_wait_days_mean IS NULL)$$, 'their mean days');
SELECT is_empty($$SELECT g.*, exp(h.difference) FROM gap AS g JOIN gap_by_hand AS h USING (organisation_id, quarter, dimension, group_name) WHERE abs(g.ratio - exp(h.difference)) > 1e-9 * g.ratio OR (g.ratio IS NULL) <> (h.difference IS NULL)$$, 'the ratio, each service weighted by what it tells');
SELECT is_empty($$SELECT g.*, h.error FROM gap AS g JOIN gap_by_hand AS h USING (organisation_id, quarter, dimension, group_name) WHERE abs(g.lower - exp(h.difference - 1.959963984540054 * h.error)) > 1e-6 * g.ratio OR abs(g.upper - exp(h.difference + 1.959963984540054 * h.error)) > 1e-6 * g.upper OR h.error > 1e-6 AND abs(g.z - h.difference / h.error) > 1e-6 * (1 + abs(g.z))$$, 'its interval and z');
SELECT is_empty($$SELECT * FROM gap WHERE NOT ratio BETWEEN lower AND upper OR group_name = 'unknown' OR ratio IN ('NaN', 'Infinity') OR upper IN ('NaN', 'Infinity')$$, 'nothing unknown, no NaN');
SELECT is_empty($$SELECT organisation_id, quarter, dimension FROM gap GROUP BY 1, 2, 3 HAVING count(DISTINCT waits + other_waits) > 1 AND dimension = 'sex' AND min(waits) > 30$$, 'a group and everybody else are all');
SELECT is_empty($$SELECT a.organisation_id, a.quarter FROM gap AS a JOIN gap AS b USING (organisation_id, quarter, dimension) WHERE a.dimension = 'sex' AND a.group_name < b.group_name AND a.waits > 30 AND b.waits > 30 AND abs(a.ratio * b.ratio - 1) > 1e-9$$, 'of two groups the ratios are each other''s reciprocals');
SELECT is((SELECT count(*) FROM gap WHERE group_name !~ '^fifth [1-5]$' AND dimension = 'deprivation'), 0::bigint, 'five fifths');
SELECT is((SELECT max(quarter) FROM gap), date '2024-07-01', 'the quarter that has begun is there');
-- Urgent ones stay out.
SELECT is((SELECT sum(waits) FROM gap WHERE organisation_id IN ('HQ', '(unassigned)') AND dimension = 'sex'), (SELECT count(*)::numeric FROM wh_group.referral JOIN wh_group.activity USING (referral_id) WHERE priority = 'routine' AND starts_at <= '2024-07-10 12:00Z'), 'all routine waits that have ended are in one of two sexes, at the top or unassigned');

-- ---------------------------------------------------------------------
-- Who runs the sessions
-- ---------------------------------------------------------------------
CREATE TEMP TABLE staffed AS
SELECT u.organisation_id, coalesce(s.service_id, '(unknown)') AS service_id, coalesce(w.role, f.role, 'not stated') AS role, date_trunc('month', s.starts_at AT TIME ZONE 'Europe/London')::date AS month, coalesce(f.employment, 'not stated') AS employment, coalesce(f.workforce, 'not stated') AS workforce, count(*) AS sessions, sum(extract(epoch FROM s.ends_at - s.starts_at) / 60)::double precision AS minutes
FROM wh_group.session AS s JOIN wh_group.session_staff AS w USING (session_id) LEFT JOIN wh_group.staff AS f USING (staff_id) JOIN under AS u ON u.site_id = CASE s.site_id WHEN 'nowhere' THEN '(unassigned)' ELSE s.site_id END
WHERE coalesce(s.status, 'open') <> 'cancelled' AND s.starts_at <= '2024-07-10 12:00Z' GROUP BY 1, 2, 3, 4, 5, 6;
SELECT set_eq($$SELECT organisation_id, service_id, role, period_start, employment, workforce, sessions, minutes_staffed FROM hub_t.report_staff_use$$, 'TABLE staffed', 'sessions and minutes by employment and workforce, at every level');
SELECT cmp_ok((SELECT count(*) FROM staffed WHERE employment = 'not stated'), '>', 0::bigint, 'also of staff that nobody knows');
SELECT is_empty($$SELECT r.organisation_id, r.service_id, r.role, r.period_start, r.employment, r.sessions_share, s.share FROM hub_t.report_staff_use AS r JOIN (SELECT *, sessions / sum(sessions) OVER (PARTITION BY organisation_id, service_id, role, month) AS share FROM staffed) AS s
	ON (s.organisation_id, s.service_id, s.role, s.month, s.employment, s.workforce) = (r.organisation_id, r.service_id, r.role, r.period_start, r.employment, r.workforce) WHERE abs(r.sessions_share - s.share) > 1e-12$$, 'shares of the service, role and month');

-- ---------------------------------------------------------------------
-- Referred by residence
-- ---------------------------------------------------------------------
CREATE TEMP TABLE place AS SELECT area_id, CASE WHEN organisation_id IN ('R1', 'R2', 'C') THEN organisation_id ELSE '(unassigned)' END AS organisation_id FROM wh_group.area;
CREATE TEMP TABLE sent AS
SELECT r.referral_id, r.service_id, r.person_id, coalesce(l.organisation_id, '(unassigned)') AS organisation_id, p.sex, CASE WHEN y.years < 18 THEN '0-17' WHEN y.years < 65 THEN '18-64' ELSE '65+' END AS age_band, p.area_id
FROM wh_group.referral AS r JOIN wh_group.person AS p USING (person_id) LEFT JOIN place AS l USING (area_id), LATERAL (SELECT date_part('year', age(date '2024-07-10', p.birth_date)) AS years) AS y
WHERE r.received_at AT TIME ZONE 'Europe/London' >= '2023-07-01' AND r.received_at AT TIME ZONE 'Europe/London' < '2024-07-01';
CREATE TEMP TABLE expected AS
WITH whole AS (SELECT age_band, sex, sum(people) AS people FROM wh_group.population GROUP BY 1, 2),
rate AS (SELECT s.service_id, s.age_band, s.sex, count(DISTINCT s.person_id) / w.people AS rate FROM sent AS s JOIN whole AS w USING (age_band, sex) WHERE s.area_id IN (SELECT area_id FROM wh_group.population) GROUP BY 1, 2, 3, w.people)
SELECT l.organisation_id, r.service_id, sum(n.people * r.rate) AS expected FROM wh_group.population AS n JOIN place AS l USING (area_id) JOIN rate AS r USING (age_band, sex) GROUP BY 1, 2;
CREATE TEMP TABLE residence_by_hand AS
WITH org AS (SELECT * FROM (VALUES ('HQ', '{R1,R2,C}'::text[]), ('R1', '{R1,C}'), ('R2', '{R2,C}'), ('C', '{C}'), ('(unassigned)', '{(unassigned)}')) AS v (organisation_id, members))
SELECT o.organisation_id, v.service_id, (SELECT sum(n.people) FROM wh_group.population AS n JOIN place AS l USING (area_id) WHERE l.organisation_id = ANY (o.members)) AS people,
	(SELECT count(*) FROM sent AS s WHERE s.organisation_id = ANY (o.members) AND s.service_id = v.service_id) AS referrals, (SELECT count(DISTINCT s.person_id) FROM sent AS s WHERE s.organisation_id = ANY (o.members) AND s.service_id = v.service_id) AS referred,
	(SELECT sum(e.expected) FROM expected AS e WHERE e.organisation_id = ANY (o.members) AND e.service_id = v.service_id) AS expected
FROM org AS o, unnest('{v1,v2}'::text[]) AS v (service_id);
SELECT set_eq($$SELECT organisation_id, service_id, people, referrals, referred FROM hub_t.report_referral_residence$$, 'SELECT organisation_id, service_id, people, referrals::numeric, referred::numeric FROM residence_by_hand', 'residents, referrals and people referred, each once, by where they live');
SELECT is_empty($$SELECT r.organisation_id, r.service_id, r.expected, h.expected FROM hub_t.report_referral_residence AS r JOIN residence_by_hand AS h USING (organisation_id, service_id) WHERE abs(r.expected - h.expected) > 1e-6$$, 'expected by age and sex, with bands of other widths');
SELECT is_empty($$SELECT service_id, expected, compared FROM (SELECT service_id, sum(expected) AS expected, sum(compared) AS compared FROM hub_t.residence_year GROUP BY 1) AS s WHERE abs(expected - compared) > 1e-6$$, 'over all places as many are expected as were referred');
SELECT is_empty($$SELECT organisation_id, service_id, ratio, referred / expected FROM hub_t.report_referral_residence WHERE organisation_id <> '(unassigned)' AND (abs(ratio - referred / expected) > 1e-9 OR NOT ratio BETWEEN lower AND upper)$$, 'the ratio within its interval');
-- A6 has no known population and persons without an area live nowhere: not compared.
SELECT cmp_ok((SELECT ratio * expected::double precision FROM hub_t.report_referral_residence WHERE organisation_id = '(unassigned)' AND service_id = 'v1'), '<', (SELECT referred::double precision FROM residence_by_hand WHERE organisation_id = '(unassigned)' AND service_id = 'v1'), 'people of no known area are no part of a ratio');
SELECT is((SELECT compared FROM hub_t.residence_year WHERE organisation_id = '(unassigned)' AND service_id = 'v1'), (SELECT count(DISTINCT person_id)::numeric FROM sent WHERE service_id = 'v1' AND area_id = 'A5'), 'nor are those of an area without a population: only A5 is compared');
SELECT results_eq('SELECT DISTINCT period_start, period_kind FROM hub_t.report_referral_residence', $$VALUES (date '2023-07-01', 'year'::text)$$, 'twelve whole months');

-- ---------------------------------------------------------------------
-- Dirty inputs
-- ---------------------------------------------------------------------
SAVEPOINT dirty;
CREATE TEMP TABLE clean_gap AS SELECT * FROM gap;
CREATE TEMP TABLE clean_staff AS SELECT organisation_id, service_id, role, period_start, employment, workforce, sessions FROM hub_t.report_staff_use;
CREATE TEMP TABLE clean_residence AS SELECT organisation_id, service_id, people, referrals, referred FROM hub_t.report_referral_residence;
-- Rows that come twice.
INSERT INTO wh_group.activity SELECT * FROM wh_group.activity WHERE activity_id <= 100;
INSERT INTO wh_group.referral SELECT * FROM wh_group.referral WHERE referral_id <= 100;
INSERT INTO wh_group.session SELECT * FROM wh_group.session WHERE session_id <= 100;
INSERT INTO wh_group.session_staff SELECT * FROM wh_group.session_staff WHERE session_id <= 100;
INSERT INTO wh_group.staff SELECT * FROM wh_group.staff;
INSERT INTO wh_group.area SELECT * FROM wh_group.area;
INSERT INTO wh_group.person SELECT * FROM wh_group.person WHERE person_id <= 100;
SELECT is(pg_temp.recalculate(), 'no error', 'rows that come twice stop nothing');
SELECT set_eq('SELECT organisation_id, quarter, dimension, group_name, waits, other_waits FROM gap', 'SELECT organisation_id, quarter, dimension, group_name, waits, other_waits FROM clean_gap', 'nor do they change waits');
SELECT set_eq('SELECT organisation_id, service_id, role, period_start, employment, workforce, sessions FROM hub_t.report_staff_use', 'TABLE clean_staff', 'sessions');
SELECT set_eq('SELECT organisation_id, service_id, people, referrals, referred FROM hub_t.report_referral_residence', 'TABLE clean_residence', 'or people referred');
ROLLBACK TO dirty;
CREATE FUNCTION pg_temp.outcome(dirt text, wanted text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
	n bigint;
BEGIN
	EXECUTE dirt;
	answer := pg_temp.recalculate();
	IF answer = 'no error' THEN
		SELECT count(*) INTO n FROM hub_t.report_wait_gap AS g WHERE g.ratio IN ('NaN', 'Infinity') OR g.dimension = 'deprivation' AND g.group_name !~ '^fifth [1-5]$' OR g.wait_days_mean < 0 OR NOT g.ratio BETWEEN g.lower AND g.upper;
		IF n > 0 THEN answer := 'odd waits'; END IF;
		SELECT count(*) INTO n FROM hub_t.report_referral_residence AS g WHERE g.ratio IN ('NaN', 'Infinity') OR g.expected < 0 OR g.people <= 0;
		IF n > 0 THEN answer := 'odd residence'; END IF;
		SELECT count(*) INTO n FROM hub_t.report_staff_use AS g WHERE g.minutes_staffed < 0 OR g.minutes_staffed = 'NaN' OR g.sessions_share NOT BETWEEN 0 AND 1;
		IF n > 0 THEN answer := 'odd sessions'; END IF;
		SELECT count(*) INTO n FROM caregroup.monday('hub_t');
		IF wanted IS NOT NULL THEN EXECUTE wanted INTO answer; END IF;
	END IF;
	RAISE EXCEPTION USING ERRCODE = 'TT000', MESSAGE = answer;
EXCEPTION WHEN SQLSTATE 'TT000' THEN
	RETURN SQLERRM;
WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT is(pg_temp.outcome(d), 'no error', 'dirty: ' || w) FROM (VALUES
	(1, 'deciles that are none', $$UPDATE wh_group.area SET deprivation_decile = CASE area_id WHEN 'A1' THEN 0 WHEN 'A2' THEN 42 WHEN 'A3' THEN -3 END$$),
	(2, 'infinite first contacts', $$UPDATE wh_group.activity SET starts_at = CASE activity_id % 2 WHEN 0 THEN 'infinity' ELSE '-infinity' END::timestamptz WHERE activity_id < 50$$),
	(3, 'infinite referrals', $$UPDATE wh_group.referral SET received_at = CASE referral_id % 2 WHEN 0 THEN 'infinity' ELSE '-infinity' END::timestamptz WHERE referral_id < 50$$),
	(4, 'contacts before the referral', $$UPDATE wh_group.activity SET starts_at = starts_at - interval '1 year'$$),
	(5, 'births to come and of old', $$UPDATE wh_group.person SET birth_date = CASE person_id % 4 WHEN 0 THEN '2090-01-01' WHEN 1 THEN '1700-01-01' WHEN 2 THEN 'infinity' ELSE NULL END::date$$),
	(6, 'no person known', $$DELETE FROM wh_group.person$$), (7, 'no area known', $$DELETE FROM wh_group.area$$), (8, 'no population', $$DELETE FROM wh_group.population$$), (9, 'populations of nobody', $$UPDATE wh_group.population SET people = 0$$),
	(10, 'negative populations', $$UPDATE wh_group.population SET people = -people WHERE area_id = 'A1'$$), (11, 'populations that are no number', $$UPDATE wh_group.population SET people = 'NaN' WHERE area_id = 'A1'$$),
	(12, 'bands without a number', $$UPDATE wh_group.population SET age_band = 'all ages'$$), (13, 'bands with a huge number', $$UPDATE wh_group.population SET age_band = '99999999999+' WHERE age_band = '65+'$$), (14, 'no band', $$UPDATE wh_group.population SET age_band = NULL$$),
	(15, 'sessions that end before they start', $$UPDATE wh_group.session SET ends_at = starts_at - interval '1 hour'$$), (16, 'infinite sessions', $$UPDATE wh_group.session SET ends_at = 'infinity', starts_at = CASE WHEN session_id % 2 = 0 THEN '-infinity' ELSE starts_at END$$),
	(17, 'no staff known', $$DELETE FROM wh_group.staff$$), (18, 'staff without a key', $$UPDATE wh_group.staff SET staff_id = NULL; UPDATE wh_group.session_staff SET staff_id = NULL$$),
	(19, 'all waits equal', $$UPDATE wh_group.activity AS a SET starts_at = r.received_at + interval '5 days' FROM wh_group.referral AS r WHERE r.referral_id = a.referral_id$$), (20, 'all waits 0', $$UPDATE wh_group.activity AS a SET starts_at = r.received_at FROM wh_group.referral AS r WHERE r.referral_id = a.referral_id$$),
	(21, 'one wait', $$DELETE FROM wh_group.activity WHERE activity_id <> 1$$), (22, 'two waits', $$DELETE FROM wh_group.activity WHERE activity_id > 2$$),
	(23, 'a wait of a thousand years', $$UPDATE wh_group.referral SET received_at = '1000-01-01' WHERE referral_id = 1$$), (24, 'no service', $$UPDATE wh_group.referral SET service_id = NULL; UPDATE wh_group.activity SET service_id = NULL$$),
	-- The most deprived wait as long as the others, to the last digit but one.
	(25, 'waits alike in all groups', $$UPDATE wh_group.activity AS a SET starts_at = r.received_at + make_interval(secs => 86400 * (1.1 + 0.1 * (r.person_id % 3))) FROM wh_group.referral AS r WHERE r.referral_id = a.referral_id$$)) AS v (i, w, d) ORDER BY i;
-- Two groups, three and seven times the same waits: no gap but what adding up
-- in floating point makes; the Monday page must not divide by it.
SELECT is(pg_temp.outcome($$DELETE FROM wh_group.activity; DELETE FROM wh_group.referral;
	UPDATE wh_group.person SET area_id = CASE WHEN person_id <= 200 THEN 'A1' ELSE 'A3' END;
	INSERT INTO wh_group.referral (referral_id, person_id, received_at, site_id, service_id, priority, status) SELECT row_number() OVER (), CASE WHEN k <= 3 THEN 1 ELSE 300 END, timestamptz '2024-04-10 09:00Z' + make_interval(hours => w), 's1', 'v1', 'routine', 'open' FROM generate_series(1, 10) AS k, generate_series(1, 7) AS w;
	INSERT INTO wh_group.activity (activity_id, referral_id, person_id, starts_at, kind, status, site_id, service_id) SELECT referral_id, referral_id, person_id, received_at + make_interval(secs => 86400 * (1.0 + 0.37 * extract(hour FROM received_at)::integer / 10)), 'first', 'attended', 's1', 'v1' FROM wh_group.referral$$), 'no error', 'waits that differ by nothing but rounding stop no Monday page');

-- ---------------------------------------------------------------------
-- Population in bands of other widths, and mixed
-- ---------------------------------------------------------------------
SELECT is(pg_temp.outcome($$UPDATE wh_group.population SET age_band = CASE age_band WHEN '0-17' THEN '0 to 17' WHEN '65+' THEN '65 and over' ELSE '18 to 64' END$$, 'SELECT round(sum(expected), 6)::text FROM hub_t.residence_year'), (SELECT round(sum(expected), 6)::text FROM hub_t.residence_year), 'other words for the same bands: the same');
SELECT is(pg_temp.outcome($$INSERT INTO wh_group.population SELECT area_id, as_at, a, sex, population_group, 10 FROM wh_group.population, unnest('{0-4,5-17}'::text[]) AS a WHERE age_band = '0-17' AND area_id = 'A1'; UPDATE wh_group.population SET age_band = '0-4' WHERE age_band = '0-17' AND area_id = 'A1'$$), 'no error', 'one area in finer bands stops nothing');

SELECT * FROM finish();
ROLLBACK;
