-- Indicators: what is bound and what every hub has, rolled up every hierarchy;
-- inputs without sense neither stop a recalculation nor draw a point.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(132);

SELECT caregroup.create_hub('hub_t') \g /dev/null
CREATE FUNCTION pg_temp.recalculate(hub text DEFAULT 'hub_t', since text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	run bigint := caregroup.begin_run(hub, false);
	step text;
BEGIN
	FOR step IN SELECT s.step FROM caregroup.hub_step AS s WHERE since IS NULL OR s.ordinal >= (SELECT o.ordinal FROM caregroup.hub_step AS o WHERE o.step = since) ORDER BY s.ordinal LOOP
		PERFORM caregroup.begin_step(hub, run, step), caregroup.run_step(hub, run, step);
	END LOOP;
	PERFORM caregroup.end_run(hub, run);
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM || ' in ' || coalesce(step, '-');
END $$;

-- ---------------------------------------------------------------------
-- A hub without inputs
-- ---------------------------------------------------------------------
SELECT is(pg_temp.recalculate(), 'no error', 'a hub without inputs is recalculated');
CREATE TEMP TABLE own AS SELECT v.view_name FROM caregroup.hub_view AS v
WHERE v.view_name ~ '^(report_(variance|exception|wait_gap|staff_use|referral_residence)|published_)' ORDER BY 1;
SELECT cmp_ok((SELECT count(*) FROM own), '=', 10::bigint, 'ten views of the variation and of groups');
CREATE FUNCTION pg_temp.size_of(hub text, relation text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint; BEGIN EXECUTE format('SELECT count(*) FROM %I.%I', hub, relation) INTO n; RETURN n; END $$;
SELECT is(pg_temp.size_of('hub_t', view_name), 0::bigint, view_name || ': empty') FROM own;
SELECT is_empty($$SELECT * FROM caregroup.monday('hub_t')$$, 'and so is the Monday page');
SELECT set_eq('SELECT indicator_id FROM hub_t.indicator_name', $$VALUES ('did_not_attend'::text), ('first_to_follow_up'), ('referral_rate'), ('conversion'), ('wait_within_standard'), ('bed_days_diabetes'), ('spend_per_head'), ('remote_share')$$, 'every hub has the eight indicators');
SELECT is_empty($$SELECT * FROM hub_t.indicator_name AS n JOIN caregroup.indicator_seed AS s USING (indicator_id) WHERE (n.indicator_name, n.direction, n.chart, n.per, n.funnel) IS DISTINCT FROM (s.name, s.direction, s.chart, s.per::double precision, s.funnel)$$, 'as the seed says');
SELECT is((SELECT count(DISTINCT input_fingerprint) FROM hub_t.variance_method), 1::bigint, 'nothing read, and it says so');

-- ---------------------------------------------------------------------
-- A small world
-- ---------------------------------------------------------------------
CREATE SCHEMA wh_indicator;
CREATE TABLE wh_indicator.organisation AS SELECT * FROM (VALUES ('HQ', 'Headquarters', 'headquarters'), ('R1', 'North', 'region'), ('R2', 'South', 'region'), ('C', 'Care group', 'care_group')) AS v (organisation_id, name, kind);
-- The care group crosses the regions in one hierarchy.
CREATE TABLE wh_indicator.organisation_link AS SELECT * FROM (VALUES ('R1', 'HQ', 'command'), ('R2', 'HQ', 'command'), ('C', 'R1', 'command'), ('C', 'R2', 'command'), ('C', 'R2', 'place'), ('R1', 'HQ', 'place')) AS v (child_id, parent_id, hierarchy);
CREATE TABLE wh_indicator.site AS SELECT s AS site_id, 'Site ' || s AS name, o AS organisation_id, 'medical'::text AS kind FROM (VALUES ('s1', 'R1'), ('s2', 'R1'), ('s3', 'R2'), ('s4', 'C'), ('s5', 'C'), ('s6', 'gone')) AS v (s, o);
CREATE TABLE wh_indicator.service AS SELECT v AS service_id, 'Service ' || v AS name, 'community'::text AS kind FROM unnest('{v1,v2}'::text[]) AS v;
CREATE TABLE wh_indicator.indicator (indicator_id text, name text, numerator text, denominator text, direction text, target numeric, chart text, per numeric, owner text);
CREATE TABLE wh_indicator.indicator_value (indicator_id text, organisation_id text, service_id text, period_start date, numerator numeric, denominator numeric, value numeric);
CREATE TABLE wh_indicator.change_log (change_id text, changed_on date, organisation_id text, service_id text, text text, indicator_id text, starts_phase boolean);
SELECT caregroup.bind('hub_t', c.relname::text, format('TABLE wh_indicator.%I', c.relname)) FROM pg_class AS c WHERE c.relnamespace = 'wh_indicator'::regnamespace \g /dev/null
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-07-10 12:00Z') \g /dev/null
SELECT is(pg_temp.recalculate(), 'no error', 'the small world without figures is recalculated');
SELECT is(pg_temp.size_of('hub_t', view_name), 0::bigint, view_name || ': still empty') FROM own;

-- ---------------------------------------------------------------------
-- Roll-up: the hub's own indicators, from figures that are known
-- ---------------------------------------------------------------------
-- Who is under whom, by hand.
CREATE TEMP TABLE under AS SELECT h AS hierarchy, k AS kind, o AS organisation_id, s AS site_id FROM (VALUES
	('command', 'headquarters', 'HQ', '{s1,s2,s3,s4,s5}'::text[]), ('command', 'region', 'R1', '{s1,s2,s4,s5}'), ('command', 'region', 'R2', '{s3,s4,s5}'), ('command', 'care_group', 'C', '{s4,s5}'),
	('place', 'headquarters', 'HQ', '{s1,s2}'), ('place', 'region', 'R1', '{s1,s2}'), ('place', 'region', 'R2', '{s3,s4,s5}'), ('place', 'care_group', 'C', '{s4,s5}'),
	('provider', 'headquarters', 'HQ', '{}'), ('provider', 'region', 'R1', '{s1,s2}'), ('provider', 'region', 'R2', '{s3}'), ('provider', 'care_group', 'C', '{s4,s5}'),
	('command', 'unassigned', '(unassigned)', '{(unassigned)}'), ('place', 'unassigned', '(unassigned)', '{(unassigned)}'), ('provider', 'unassigned', '(unassigned)', '{(unassigned)}'),
	('(any)', 'site', 's1', '{s1}'), ('(any)', 'site', 's2', '{s2}'), ('(any)', 'site', 's3', '{s3}'), ('(any)', 'site', 's4', '{s4}'), ('(any)', 'site', 's5', '{s5}'), ('(any)', 'site', 's6', '{s6}')) AS v (h, k, o, sites), unnest(sites) AS s;
CREATE FUNCTION pg_temp.number(what text, below integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT ((hashtextextended(what, 5) & 1048575) * below / 1048576)::integer $$;
CREATE FUNCTION pg_temp.fill() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM hub_t.activity_month; DELETE FROM hub_t.spend_month; DELETE FROM hub_t.population_count; DELETE FROM hub_t.standard_month; DELETE FROM hub_t.referral_summary; DELETE FROM hub_t.referrer_year;
	INSERT INTO hub_t.activity_month (site_id, service_id, month, kind, setting, modality, attended, did_not_attend, cancelled_by_person, cancelled_by_provider, booked, minutes_attended, cost_gbp)
	SELECT s, v, m, k, 'community', d, 20 + pg_temp.number(s || v || m || k || d || 'a', 30), pg_temp.number(s || v || m || k || d || 'n', 10), 1, 2, 3, NULL, 1000
	FROM unnest('{s1,s2,s3,s4,s5,s6,(unassigned)}'::text[]) AS s, unnest('{v1,v2}'::text[]) AS v, generate_series(timestamp '2022-07-01', '2024-07-01', '1 month') AS m,
		unnest('{first,follow_up,triage,inpatient}'::text[]) AS k, unnest('{face_to_face,telephone,not stated}'::text[]) AS d
	WHERE NOT (s = 's2' AND v = 'v2') AND NOT (s = 's3' AND m BETWEEN '2023-01-01' AND '2023-03-01');
	INSERT INTO hub_t.population_count (basis, unit_id, unit_name, age_band, sex, population_group, people)
	SELECT 'registered', s, NULL, a, 'female', 'registered', 1000 + pg_temp.number(s || a, 500) FROM unnest('{s1,s2,s4,s5,(unassigned)}'::text[]) AS s, unnest('{20-24,25-29}'::text[]) AS a;
	INSERT INTO hub_t.population_count (basis, unit_id, unit_name, age_band, sex, population_group, people) VALUES ('also_registered', 's1', NULL, '20-24', 'female', 'registered', 7777), ('resident', 'A1', 'Area', '20-24', 'female', 'registered', 8888);
	INSERT INTO hub_t.spend_month (organisation_id, contract_id, lot, service_id, month, cost, planned, contracted)
	SELECT o, 'K' || o || v, 'Lot', v, m, 1000 + pg_temp.number(o || v || m, 400), 1000, 1000 FROM unnest('{R1,R2,C}'::text[]) AS o, unnest('{v1,v2}'::text[]) AS v, generate_series(timestamp '2023-04-01', '2024-07-01', '1 month') AS m;
END $$;
SELECT pg_temp.fill() \g /dev/null
SELECT is(pg_temp.recalculate(since => 'indicator_name'), 'no error', 'the steps of indicators run over them');
SELECT is((SELECT min(period_start)::text || ' ' || max(period_start)::text FROM hub_t.indicator_month WHERE indicator_id = 'did_not_attend'), '2022-07-01 2024-06-01', 'a month that has only begun is left out');
-- did_not_attend, by hand: kinds with an appointment, per service and all.
CREATE TEMP VIEW by_hand AS
WITH figure AS (
	SELECT 'did_not_attend' AS indicator_id, site_id, service_id, month, did_not_attend AS n, attended + did_not_attend AS d FROM hub_t.activity_month WHERE kind IN ('first', 'follow_up')
	UNION ALL SELECT 'first_to_follow_up', site_id, service_id, month, CASE WHEN kind = 'follow_up' THEN attended ELSE 0 END, CASE WHEN kind = 'first' THEN attended ELSE 0 END FROM hub_t.activity_month WHERE kind IN ('first', 'follow_up')
	UNION ALL SELECT 'remote_share', site_id, service_id, month, CASE WHEN modality = 'telephone' THEN attended ELSE 0 END, attended FROM hub_t.activity_month WHERE kind IN ('first', 'follow_up') AND modality <> 'not stated'
)
SELECT u.hierarchy, u.kind, u.organisation_id, f.indicator_id, coalesce(f.service_id, '(all)') AS service_id, f.month, sum(f.n)::double precision AS numerator, sum(f.d)::double precision AS denominator
FROM under AS u JOIN figure AS f ON f.site_id = u.site_id WHERE f.month < '2024-07-01'
GROUP BY u.hierarchy, u.kind, u.organisation_id, f.indicator_id, f.month, ROLLUP (f.service_id);
SELECT cmp_ok((SELECT count(*) FROM by_hand), '>', 3000::bigint, 'there is much to compare');
SELECT is_empty($$SELECT h.*, v.numerator, v.denominator FROM by_hand AS h LEFT JOIN hub_t.variance_point AS v ON v.hierarchy = h.hierarchy AND v.organisation_kind = h.kind AND v.organisation_id = h.organisation_id
	AND v.indicator_id = h.indicator_id AND v.service_id = h.service_id AND v.period_start = h.month WHERE (v.numerator, v.denominator) IS DISTINCT FROM (h.numerator, h.denominator)$$, 'numerators and denominators at every level, in every hierarchy, are the sums of the inputs');
SELECT is_empty($$SELECT v.* FROM hub_t.variance_point AS v LEFT JOIN by_hand AS h ON v.hierarchy = h.hierarchy AND v.organisation_kind = h.kind AND v.organisation_id = h.organisation_id AND v.indicator_id = h.indicator_id AND v.service_id = h.service_id AND v.period_start = h.month
	WHERE v.indicator_id IN ('did_not_attend', 'first_to_follow_up', 'remote_share') AND v.hierarchy IN ('command', 'place', 'provider', '(any)') AND h.month IS NULL AND v.numerator IS NOT NULL$$, 'and no others');
SELECT is_empty($$SELECT v.* FROM hub_t.variance_point AS v JOIN hub_t.indicator_name AS n USING (indicator_id) WHERE v.denominator IS NOT NULL AND abs(v.value - n.per * v.numerator / v.denominator) > 1e-9 * (1 + abs(v.value))$$, 'the value is numerator over denominator, times the multiplier');
SELECT results_eq($$SELECT period_start, numerator, denominator, value FROM hub_t.variance_point WHERE organisation_kind = 'site' AND organisation_id = 's3' AND indicator_id = 'did_not_attend' AND service_id = '(all)' AND period_start BETWEEN '2022-12-01' AND '2023-04-01' AND value IS NULL$$,
	$$SELECT m::date, NULL::double precision, NULL::double precision, NULL::double precision FROM generate_series(timestamp '2023-01-01', '2023-03-01', '1 month') AS m$$, 'three months without a figure are gaps on the chart');
SELECT is_empty($$SELECT * FROM hub_t.variance_point WHERE organisation_id = 's2' AND service_id = 'v2'$$, 'no chart of a service that a site does not have');
SELECT is((SELECT max(services) FROM hub_t.variance_point WHERE organisation_id = 's2'), 1, 'a site of one service');
SELECT results_eq($$SELECT DISTINCT organisation_kind, services FROM hub_t.variance_point WHERE service_id = '(all)' AND indicator_id = 'did_not_attend' AND organisation_id IN ('s1', 'HQ') AND hierarchy <> 'provider' ORDER BY 1$$, $$VALUES ('headquarters'::text, 2), ('site', 2)$$, 'others of two');
-- Spend per head: money of organisations over people of sites, the same people for every service.
CREATE TEMP VIEW spend_by_hand AS
WITH org AS (SELECT * FROM (VALUES ('HQ', '{R1,R2,C}'::text[]), ('R1', '{R1,C}'), ('R2', '{R2,C}'), ('C', '{C}')) AS v (organisation_id, members))
SELECT o.organisation_id, coalesce(s.service_id, '(all)') AS service_id, s.month, sum(s.cost)::double precision AS numerator,
	(SELECT sum(c.people) FROM hub_t.population_count AS c JOIN under AS u ON u.site_id = c.unit_id AND u.hierarchy = 'command' AND u.organisation_id = o.organisation_id WHERE c.basis = 'registered')::double precision AS denominator
FROM org AS o JOIN hub_t.spend_month AS s ON s.organisation_id = ANY (o.members) WHERE s.month < '2024-07-01' GROUP BY o.organisation_id, o.members, s.month, ROLLUP (s.service_id);
SELECT set_eq($$SELECT organisation_id, service_id, period_start, numerator, denominator FROM hub_t.variance_point WHERE hierarchy = 'command' AND indicator_id = 'spend_per_head' AND organisation_kind NOT IN ('site', 'unassigned') AND numerator IS NOT NULL$$,
	'SELECT organisation_id, service_id, month::date, numerator, denominator FROM spend_by_hand', 'spend per head: money of the organisations and all under them over the people of the sites under them, for every service');
SELECT is_empty($$SELECT * FROM hub_t.variance_point WHERE indicator_id = 'spend_per_head' AND organisation_kind = 'site' AND numerator > 0$$, 'and no money at the sites');

-- Referral rate, bed days, conversion, standards.
INSERT INTO hub_t.referral_summary (referral_id, person_id, received_at, first_contact_at, procedure_at, referrer_site_id, site_id, service_id, priority, attended, did_not_attend)
SELECT row_number() OVER (), 1, m + interval '9 days', m + interval '12 days', CASE WHEN i = 1 THEN m + interval '12 days' + make_interval(days => 120 + 2 * extract(month FROM m)::integer) END, s, 's1', CASE WHEN i = 3 THEN 'v2' ELSE 'v1' END, 'routine', 1, 0
FROM generate_series(timestamp '2023-01-01', '2024-07-01', '1 month') AS m, unnest('{s1,s2,gone}'::text[]) AS s, generate_series(1, 4) AS i WHERE NOT (s = 's2' AND i > 1);
INSERT INTO hub_t.standard_month (standard_id, site_id, service_id, month, numerator, denominator)
SELECT d, 's1', v, m, n, 100 FROM (VALUES ('10d', 'v1', 80), ('none', 'v1', 50), ('none', 'v2', 50), ('report', 'v2', 10)) AS x (d, v, n), generate_series(timestamp '2023-07-01', '2024-06-01', '1 month') AS m;
CREATE TABLE wh_indicator.service_standard AS SELECT * FROM (VALUES ('10d', 'Ten days', 'received', 'first_contact', 10, 'day', 0.9), ('none', 'Seen', 'received', 'assessment', 10, 'day', NULL), ('report', 'Report', 'received', 'report', 10, 'day', 0.5)) AS v (standard_id, name, clock_start, clock_stop, limit_value, limit_unit, threshold);
SELECT caregroup.bind('hub_t', 'service_standard', 'TABLE wh_indicator.service_standard') \g /dev/null
SELECT is(pg_temp.recalculate(since => 'indicator_name'), 'no error', 'with referrals and standards');
CREATE FUNCTION pg_temp.point(indicator text, organisation text, service text, month text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(round(v.numerator::numeric, 3)::text, '-') || '/' || coalesce(round(v.denominator::numeric, 3)::text, '-') FROM hub_t.variance_point AS v
	WHERE v.indicator_id = indicator AND v.organisation_id = organisation AND v.service_id = service AND v.period_start = month::date AND v.hierarchy IN ('(any)', 'command')
$$;
CREATE FUNCTION pg_temp.registered(site text) RETURNS numeric LANGUAGE sql AS $$ SELECT round(sum(people), 3) FROM hub_t.population_count WHERE basis = 'registered' AND unit_id = site $$;
SELECT is(pg_temp.point('referral_rate', 's1', '(all)', '2023-05-01'), '4.000/' || pg_temp.registered('s1'), 'referral_rate: the site''s referrals over its registered people');
SELECT is(pg_temp.point('referral_rate', 's1', 'v2', '2023-05-01'), '1.000/' || pg_temp.registered('s1'), 'for one service over the same people');
SELECT is(pg_temp.point('referral_rate', 's2', '(all)', '2023-05-01'), '1.000/' || pg_temp.registered('s2'), 'another site');
SELECT is(pg_temp.point('referral_rate', 's4', '(all)', '2023-05-01'), NULL, 'who never referred has no chart');
SELECT is(pg_temp.point('referral_rate', 'R1', '(all)', '2023-05-01'), '5.000/' || (SELECT sum(pg_temp.registered(s)) FROM unnest('{s1,s2,s4,s5}'::text[]) AS s), 'their region: referrals over all people of the region');
SELECT is(pg_temp.point('conversion', 's1', 'v1', '2023-02-01'), '3.000/7.000', 'conversion: within 126 days of the first contact, here 124');
SELECT is(pg_temp.point('conversion', 's1', 'v1', '2023-03-01'), '3.000/7.000', 'and 126');
SELECT is(pg_temp.point('conversion', 's1', 'v1', '2023-04-01'), '0.000/7.000', 'not 128');
-- 126 days after the end of February is 6 July: at 10 July that month counts, March does not.
SELECT is((SELECT max(period_start) FROM hub_t.variance_point WHERE indicator_id = 'conversion'), '2024-02-01'::date, 'a month counts when all of its people have had 18 weeks');
SELECT is(pg_temp.point('wait_within_standard', 's1', 'v1', '2024-01-01'), '130.000/200.000', 'waits within any standard of first contact or assessment');
SELECT is(pg_temp.point('wait_within_standard', 's1', 'v2', '2024-01-01'), '50.000/100.000', 'not of a report');
-- Of 200 waits 100 have a standard with a threshold of 90 %, 100 none.
SELECT is((SELECT target FROM hub_t.variance_point WHERE indicator_id = 'wait_within_standard' AND organisation_kind = 'site' AND organisation_id = 's1' AND service_id = 'v2' AND period_start = '2024-01-01'), NULL, 'a service whose standard has no threshold has no target');
SELECT isnt((SELECT target FROM hub_t.variance_point WHERE indicator_id = 'wait_within_standard' AND organisation_kind = 'site' AND organisation_id = 's1' AND service_id = 'v1' AND period_start = '2024-01-01'), 45::double precision, 'waits without a threshold do not halve the target of those with one');
SELECT isnt((SELECT target FROM hub_t.variance_point WHERE indicator_id = 'wait_within_standard' AND organisation_kind = 'site' AND organisation_id = 's1' AND service_id = '(all)' AND period_start = '2024-01-01'), 30::double precision, 'nor of all services together');

-- ---------------------------------------------------------------------
-- Bound indicators
-- ---------------------------------------------------------------------
INSERT INTO wh_indicator.indicator VALUES
	('falls', 'Falls', 'Falls', 'Bed days', 'lower_better', 5, 'u', 1000, 'Matron'), ('share', 'Share', 'Seen', 'All', 'higher_better', 90, 'p', 100, NULL), ('count', 'Count', 'Events', NULL, 'lower_better', NULL, 'c', NULL, NULL),
	('given', 'Given', 'Score', NULL, 'higher_better', NULL, NULL, NULL, NULL), ('plain', 'Plain count', 'Events', NULL, 'neutral', NULL, 'xmr', NULL, NULL), ('days', 'Days between', 'Days', NULL, 'higher_better', NULL, 't', NULL, NULL), ('cases', 'Cases between', 'Cases', NULL, 'higher_better', NULL, 'g', NULL, NULL),
	('quarter', 'By quarter', 'Seen', 'All', 'higher_better', NULL, 'xmr', 100, NULL), ('odd', 'Odd', 'x', 'y', 'sideways', 'NaN', 'pie', 'NaN', NULL), ('odd', 'Odd', 'x', 'y', 'sideways', 'NaN', 'pie', -3, NULL), ('big', 'Big', 'x', 'y', 'neutral', 1e200, 'xmr', 1e200, NULL),
	(NULL, 'Nobody', 'x', 'y', 'neutral', NULL, 'xmr', NULL, NULL), ('family', 'Family', 'x', 'y', 'higher_better', NULL, 'xmr', NULL, NULL), ('own_value', 'Own value', 'x', 'y', 'higher_better', NULL, 'xmr', 1, NULL),
	('did_not_attend', 'Missed', 'ignored', 'ignored', 'higher_better', 12, 'p', 1000, NULL);
INSERT INTO wh_indicator.indicator_value
SELECT i, o, NULL, m, 10 + pg_temp.number(i || o || m, 10), CASE WHEN i IN ('falls', 'share') THEN 100 + pg_temp.number(i || m || o, 20) END, NULL
FROM unnest('{falls,share,count,plain}'::text[]) AS i, unnest('{R1,R2,C,gone}'::text[]) AS o, generate_series(timestamp '2022-07-01', '2024-07-01', '1 month') AS m;
INSERT INTO wh_indicator.indicator_value SELECT i, 'R1', 'v1', m, CASE WHEN i = 'given' THEN NULL ELSE 3 + pg_temp.number(i || m, 20) END, NULL, CASE WHEN i = 'given' THEN 3 + pg_temp.number(i || m, 20) END FROM unnest('{given,days,cases}'::text[]) AS i, generate_series(timestamp '2022-07-01', '2024-06-01', '1 month') AS m;
INSERT INTO wh_indicator.indicator_value SELECT 'quarter', 'R2', 'v1', m, 50 + pg_temp.number('q' || m, 20), 100, NULL FROM generate_series(timestamp '2020-01-01', '2024-04-01', '3 months') AS m;
-- An organisation's own figure and that of one under it.
INSERT INTO wh_indicator.indicator_value SELECT 'family', o, NULL, m, NULL, NULL, v FROM (VALUES ('R1', 50), ('C', 60)) AS x (o, v), generate_series(timestamp '2023-07-01', '2024-06-01', '1 month') AS m;
-- "Value, where it is not numerator over denominator."
INSERT INTO wh_indicator.indicator_value SELECT 'own_value', 'R1', NULL, m, 10, 20, 77 FROM generate_series(timestamp '2023-07-01', '2024-06-01', '1 month') AS m;
SELECT is(pg_temp.recalculate(since => 'indicator_name'), 'no error', 'bound indicators are recalculated');
SELECT results_eq($$SELECT indicator_name, numerator, direction, target, chart, per, funnel FROM hub_t.indicator_name WHERE indicator_id = 'did_not_attend'$$,
	$$VALUES ('Missed'::text, 'Appointments that the person did not attend'::text, 'higher_better'::text, 12::double precision, 'p'::text, 1000::double precision, 'proportion'::text)$$, 'a bound indicator of the seed''s name changes name, direction, target, chart and multiplier');
SELECT results_eq($$SELECT direction, target, chart, per, funnel FROM hub_t.indicator_name WHERE indicator_id = 'odd'$$, $$VALUES ('neutral'::text, NULL::double precision, 'xmr'::text, 1::double precision, NULL::text)$$, 'unknown words and numbers without sense fall back');
SELECT is((SELECT count(*) FROM hub_t.indicator_name WHERE indicator_id = 'odd'), 1::bigint, 'a key that comes twice counts once');
SELECT is((SELECT count(*) FROM hub_t.indicator_name WHERE indicator_name = 'Nobody'), 0::bigint, 'one without a key not at all');
CREATE TEMP VIEW bound_by_hand AS
WITH org AS (SELECT * FROM (VALUES ('HQ', '{R1,R2}'::text[]), ('R1', '{R1}'), ('R2', '{R2}'), ('C', '{C}'), ('(unassigned)', '{gone}')) AS v (organisation_id, members))
SELECT o.organisation_id, i.indicator_id, i.period_start, sum(i.numerator)::double precision AS numerator, sum(i.denominator)::double precision AS denominator
FROM org AS o JOIN wh_indicator.indicator_value AS i ON i.organisation_id = ANY (o.members) WHERE i.indicator_id IN ('falls', 'share', 'count') AND i.period_start < '2024-07-01' GROUP BY 1, 2, 3;
SELECT set_eq($$SELECT organisation_id, indicator_id, period_start, numerator, denominator FROM hub_t.variance_point WHERE hierarchy = 'command' AND indicator_id IN ('falls', 'share', 'count') AND service_id = '(all)'$$, 'SELECT * FROM bound_by_hand', 'bound figures are summed up the chain; who gives its own stands for all under it; unknown organisations are kept apart');
SELECT cmp_ok((SELECT count(value) FROM hub_t.variance_point WHERE hierarchy = 'command' AND organisation_id = 'R1' AND indicator_id = i AND service_id = s), '=', 24::bigint, i || ': a point for each month') FROM (VALUES ('falls', '(all)'), ('share', '(all)'), ('count', '(all)'), ('given', 'v1'), ('days', 'v1'), ('cases', 'v1')) AS v (i, s);
SELECT is((SELECT count(value) FROM hub_t.variance_point WHERE hierarchy = 'command' AND organisation_id = 'R1' AND indicator_id = 'plain'), 24::bigint, 'plain: a numerator without a denominator is itself the value');
SELECT is((SELECT count(value) FROM hub_t.variance_point WHERE hierarchy = 'command' AND organisation_id = 'R2' AND indicator_id = 'quarter' AND service_id = 'v1'), 18::bigint, 'quarter: a point for each quarter and no gaps between');
SELECT is((SELECT count(*) FROM hub_t.variance_point WHERE hierarchy = 'command' AND organisation_id = 'R2' AND indicator_id = 'quarter' AND service_id = 'v1'), 18::bigint, 'and no empty months');
SELECT is((SELECT string_agg(DISTINCT period_kind, ' ') FROM hub_t.report_variance_spc WHERE indicator_id = 'quarter'), 'quarter', 'whose kind is a quarter');
SELECT is((SELECT DISTINCT value FROM hub_t.variance_point WHERE hierarchy = 'command' AND organisation_id = 'C' AND indicator_id = 'family'), 60::double precision, 'a value of an organisation with none under it');
SELECT is((SELECT DISTINCT value FROM hub_t.variance_point WHERE hierarchy = 'command' AND organisation_id = 'R1' AND indicator_id = 'family'), 50::double precision, 'an organisation''s own value is not lost because one under it has one too');
SELECT is((SELECT DISTINCT value FROM hub_t.variance_point WHERE hierarchy = 'command' AND organisation_id = 'R1' AND indicator_id = 'own_value'), 77::double precision, 'a value that is given is the value');
-- The same with counts: a region's total and its care group's share of it.
SAVEPOINT twice;
INSERT INTO wh_indicator.indicator_value SELECT 'family', o, 'v1', m, n, 100, NULL FROM (VALUES ('HQ', 60), ('C', 10)) AS x (o, n), generate_series(timestamp '2023-07-01', '2024-06-01', '1 month') AS m;
SELECT pg_temp.recalculate(since => 'indicator_name') AS outcome \gset twice_
SELECT (SELECT DISTINCT numerator FROM hub_t.variance_point WHERE hierarchy = 'command' AND organisation_id = 'HQ' AND indicator_id = 'family' AND service_id = 'v1') AS total \gset twice_
ROLLBACK TO twice;
SELECT is(:'twice_outcome'::text, 'no error', 'counts of a parent and a child at once stop nothing');
SELECT is(:'twice_total'::text, '60', 'and the parent''s is its own');

-- ---------------------------------------------------------------------
-- Bad figures
-- ---------------------------------------------------------------------
-- Beside two years of good ones; the hub's own are out of the way.
DELETE FROM hub_t.activity_month; DELETE FROM hub_t.spend_month; DELETE FROM hub_t.population_count; DELETE FROM hub_t.standard_month; DELETE FROM hub_t.referral_summary;
INSERT INTO wh_indicator.indicator_value SELECT indicator_id, organisation_id, 'v2', period_start, numerator, denominator, value FROM wh_indicator.indicator_value WHERE indicator_id IN ('given', 'days', 'cases') AND period_start <> '2024-03-01';
CREATE TABLE wh_indicator.bad (ordinal integer, what text, indicator_id text, organisation_id text, service_id text, period_start date, numerator numeric, denominator numeric, value numeric);
INSERT INTO wh_indicator.bad VALUES
	(1, 'denominator 0', 'falls', 'R1', 'v1', '2024-03-01', 5, 0, NULL), (2, 'denominator below 0', 'falls', 'R1', 'v1', '2024-03-01', 5, -2, NULL), (3, 'no denominator', 'falls', 'R1', 'v1', '2024-03-01', 5, NULL, NULL),
	(4, 'more counted than there is', 'share', 'R1', 'v1', '2024-03-01', 500, 100, NULL), (5, 'NaN numerator', 'falls', 'R1', 'v1', '2024-03-01', 'NaN', 100, NULL), (6, 'NaN denominator', 'falls', 'R1', 'v1', '2024-03-01', 5, 'NaN', NULL),
	(9, 'numerator below 0, p', 'share', 'R1', 'v1', '2024-03-01', -5, 100, NULL), (10, 'numerator below 0, u', 'falls', 'R1', 'v1', '2024-03-01', -5, 100, NULL), (11, 'numerator below 0, c', 'count', 'R1', 'v1', '2024-03-01', -5, NULL, NULL),
	(12, 'numerator below 0, t', 'days', 'R1', 'v2', '2024-03-01', -5, NULL, NULL), (13, 'numerator below 0, g', 'cases', 'R1', 'v2', '2024-03-01', -5, NULL, NULL), (14, 'value below 0, t', 'days', 'R1', 'v2', '2024-03-01', NULL, NULL, -5),
	(15, 'parts of counts, p', 'share', 'R1', 'v1', '2024-03-01', 5.5, 10.25, NULL), (16, 'parts of counts, u', 'falls', 'R1', 'v1', '2024-03-01', 5.5, 10.25, NULL), (17, 'parts of counts, c', 'count', 'R1', 'v1', '2024-03-01', 5.5, NULL, NULL), (18, 'parts of counts, g', 'cases', 'R1', 'v2', '2024-03-01', 5.5, NULL, NULL),
	(19, 'a value alone, c', 'count', 'R1', 'v1', '2024-03-01', NULL, NULL, 7), (20, 'a value alone, p', 'share', 'R1', 'v1', '2024-03-01', NULL, NULL, 7), (21, 'NaN value', 'given', 'R1', 'v2', '2024-03-01', NULL, NULL, 'NaN'),
	(22, 'an indicator that is not known', 'unheard', 'R1', 'v1', '2024-03-01', 5, 100, NULL), (23, 'no indicator', NULL, 'R1', 'v1', '2024-03-01', 5, 100, NULL), (24, 'no organisation', 'falls', NULL, 'v1', '2024-03-01', 5, 100, NULL), (25, 'no period', 'falls', 'R1', 'v1', NULL, 5, 100, NULL),
	(26, 'an infinite period', 'falls', 'R1', 'v1', 'infinity', 5, 100, NULL), (27, 'the other end', 'falls', 'R1', 'v1', '-infinity', 5, 100, NULL), (28, 'the year 1', 'falls', 'R1', 'v1', '0001-01-01', 5, 100, NULL), (29, 'before Christ', 'falls', 'R1', 'v1', '4000-01-01 BC', 5, 100, NULL),
	(30, 'the service (all)', 'falls', 'R1', '(all)', '2024-03-01', 5, 100, NULL), (31, 'a service that nobody knows', 'falls', 'R1', 'v99', '2024-03-01', 5, 100, NULL), (32, 'the organisation (unassigned)', 'falls', '(unassigned)', 'v1', '2024-03-01', 5, 100, NULL),
	(33, 'all NULL', NULL, NULL, NULL, NULL, NULL, NULL, NULL), (34, 'a figure for an indicator of the seed', 'did_not_attend', 'R1', 'v1', '2024-03-01', 5, 100, NULL), (35, 'huge figures', 'falls', 'R1', 'v1', '2024-03-01', 9e299, 9e299, NULL),
	(36, 'a huge multiplier', 'big', 'R1', 'v1', '2024-03-01', 9e250, 1, NULL), (37, 'a tiny numerator', 'falls', 'R1', 'v1', '2024-03-01', 1e-400, 100, NULL), (38, 'a tiny denominator', 'falls', 'R1', 'v1', '2024-03-01', 1e200, 1e-200, NULL), (39, 'a tiny value', 'given', 'R1', 'v2', '2024-03-01', NULL, NULL, 1e-400),
	(40, 'a huge value', 'given', 'R1', 'v2', '2024-03-01', NULL, NULL, 9e299), (41, 'a hugely negative value', 'given', 'R1', 'v2', '2024-03-01', NULL, NULL, -9e299), (42, 'numerator and value 0', 'falls', 'R1', 'v1', '2024-03-01', 0, 100, 0), (43, 'a mid-month period', 'falls', 'R1', 'v1', '2024-03-15', 5, 100, NULL),
	(44, 'huge and many', 'share', 'R1', 'v1', '2024-03-01', 1e18, 1e18, NULL), (45, 'huge, c', 'count', 'R1', 'v1', '2024-03-01', 1e290, NULL, NULL), (46, 'huge, t', 'days', 'R1', 'v2', '2024-03-01', 1e290, NULL, NULL), (47, 'huge, g', 'cases', 'R1', 'v2', '2024-03-01', 1e290, NULL, NULL),
	(48, 'no time between, t', 'days', 'R1', 'v2', '2024-03-01', 0, NULL, NULL), (49, 'a value of 0, t', 'days', 'R1', 'v2', '2024-03-01', NULL, NULL, 0), (50, 'a value below 0, g', 'cases', 'R1', 'v2', '2024-03-01', NULL, NULL, -5), (51, 'part of a value, g', 'cases', 'R1', 'v2', '2024-03-01', NULL, NULL, 2.5);
INSERT INTO wh_indicator.bad SELECT 7 + (x > 0)::integer, x || ' numerator', 'falls', 'R1', 'v1', '2024-03-01', x, 100, NULL FROM unnest('{Infinity,-Infinity}'::numeric[]) AS x;
CREATE FUNCTION pg_temp.outcome(bad integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	INSERT INTO wh_indicator.indicator_value SELECT b.indicator_id, b.organisation_id, b.service_id, b.period_start, b.numerator, b.denominator, b.value FROM wh_indicator.bad AS b WHERE b.ordinal = bad;
	answer := pg_temp.recalculate(since => 'indicator_name');
	IF answer = 'no error' AND EXISTS (SELECT FROM hub_t.variance_point AS v WHERE v.value IN ('NaN', 'Infinity', '-Infinity') OR v.numerator IN ('NaN', 'Infinity', '-Infinity') OR v.centre = 'NaN' OR v.lower = 'NaN' OR v.upper = 'NaN') THEN
		answer := 'NaN or infinity on a chart';
	END IF;
	IF answer = 'no error' AND EXISTS (SELECT FROM hub_t.variance_summary AS v WHERE v.chance = 'NaN' OR v.q_value = 'NaN' OR v.value = 'NaN') THEN
		answer := 'NaN in the summary';
	END IF;
	IF answer = 'no error' AND EXISTS (SELECT FROM hub_t.variance_point AS v WHERE v.period_start > '2024-06-30') THEN
		answer := 'a point after the last whole month';
	END IF;
	PERFORM count(*) FROM hub_t.report_exception; PERFORM count(*) FROM hub_t.report_variance_spc; PERFORM count(*) FROM hub_t.published_indicator;
	PERFORM count(*) FROM caregroup.monday('hub_t');
	RAISE EXCEPTION USING ERRCODE = 'TT000', MESSAGE = answer;
EXCEPTION WHEN SQLSTATE 'TT000' THEN
	RETURN SQLERRM;
WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT is(pg_temp.outcome(ordinal), 'no error', 'bad input: ' || what) FROM wh_indicator.bad ORDER BY ordinal;

-- ---------------------------------------------------------------------
-- What the check says of them
-- ---------------------------------------------------------------------
INSERT INTO wh_indicator.indicator_value VALUES ('falls', 'R1', 'v7', '2024-01-01', 5, 0, NULL), ('falls', 'R1', 'v7', '2024-02-01', -5, 100, NULL), ('falls', 'R1', 'v7', '2024-03-01', 'NaN', 100, NULL), ('falls', 'R1', 'v7', '2024-04-01', 5, 'Infinity', NULL), ('given', 'R1', 'v7', '2024-04-01', NULL, NULL, 'NaN');
CREATE TEMP TABLE checked AS SELECT * FROM caregroup.check_hub('hub_t') WHERE entity IN ('indicator', 'indicator_value');
SELECT is((SELECT max(rows) FROM checked WHERE detail ~ 'denominator not above 0' AND provider_id IS NULL), 1::numeric, 'check_hub counts denominators not above 0');
SELECT is((SELECT max(rows) FROM checked WHERE detail ~ 'negative numerator' AND provider_id IS NULL), 1::numeric, 'and negative numerators');
SELECT cmp_ok((SELECT sum(rows) FROM checked WHERE entity = 'indicator_value' AND detail ~ 'figure beyond all charts' AND provider_id IS NULL), '>=', 3::numeric, 'and figures that are no finite numbers, which no chart draws');
SELECT cmp_ok((SELECT max(rows) FROM checked WHERE entity = 'indicator' AND check_name = 'unmapped code' AND column_name = 'chart'), '>=', 1::numeric, 'and unknown charts');
SELECT cmp_ok((SELECT max(rows) FROM checked WHERE entity = 'indicator' AND check_name = 'unmapped code' AND column_name = 'direction'), '>=', 1::numeric, 'and unknown directions');
SELECT cmp_ok((SELECT max(rows) FROM checked WHERE entity = 'indicator' AND check_name = 'duplicate key'), '>=', 1::numeric, 'and keys that come twice');

SELECT * FROM finish();
ROLLBACK;
