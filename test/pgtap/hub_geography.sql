-- Geography in the hub: a small world worked out by hand, its checks of the
-- Monday page, what runs again and what does not, and what happens without
-- inputs.  The steps are run as run_step() runs them.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(141);

-- journey_minutes: a degree of latitude is 111.195 km on this sphere.
SELECT is(round(caregroup.journey_minutes(0, 51, 0, 52, 1, 60)::numeric, 3), 111.195, 'a degree of latitude');
SELECT is(round(caregroup.journey_minutes(0, 60, 1, 60, 1, 60)::numeric, 2), 55.60, 'a degree of longitude at 60 degrees is half as long');
SELECT is(caregroup.journey_minutes(1, 2, 1, 2), 0::float8, 'nowhere is no time away');
SELECT is(round(caregroup.journey_minutes(0, 0, 180, 0, 1, 60)::numeric, 1), 20015.1, 'half way round');
SELECT is(caregroup.journey_minutes(a, b, c, d, e, f), NULL, format('no journey: %s %s %s %s %s %s', a, b, c, d, e, f))
FROM (VALUES (NULL::float8, 51::float8, 0::float8, 52::float8, 1::float8, 60::float8), (181, 51, 0, 52, 1, 60), (0, 'NaN', 0, 52, 1, 60), (0, 51, 0, 52, 0, 60), (0, 51, 0, 52, 1, 'Infinity'), (0, 51, 0, 52, 1, -1)) AS v (a, b, c, d, e, f);

SELECT caregroup.create_hub('hub_t') \gset
SELECT caregroup.configure_hub('hub_t', 'as_at', '2026-10-01 00:00 Europe/London') \gset

-- Runs the steps that geography needs, up to the last or an earlier one.
CREATE FUNCTION pg_temp.run_steps(last_step text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	work record;
	run bigint;
BEGIN
	INSERT INTO hub_t.recalculation (started, state, as_at, run_by) VALUES (clock_timestamp(), 'running', '2026-10-01 00:00 Europe/London', 'x') RETURNING recalculation.run INTO run;
	FOR work IN SELECT step FROM caregroup.hub_step WHERE step IN ('organisation_chain', 'chain', 'service_name', 'person_group', 'population_count', 'place_site', 'journey', 'place_people', 'place_group',
		'service_place', 'access_place', 'access_group', 'small_service', 'newcomer', 'care_group_site', 'geography_problem', 'allocation_row', 'care_group_row', 'lot_row', 'consolidation_row', 'allocation_move',
		'allocation_plan_flow', 'allocation_plan_site', 'allocation_plan', 'allocation_travel', 'care_group_now') ORDER BY ordinal
	LOOP
		INSERT INTO hub_t.recalculation_step (run, step, state, started) VALUES (run, work.step, 'running', clock_timestamp());
		PERFORM caregroup.run_step('hub_t', run, work.step);
		PERFORM set_config('search_path', 'public', true);
		EXIT WHEN work.step = last_step;
	END LOOP;
	RETURN run;
END $$;

-- ---------------------------------------------------------------------
-- Nothing is bound: nothing is worked out, and nothing fails.
-- ---------------------------------------------------------------------
SELECT pg_temp.run_steps() \gset
SELECT is((SELECT count(*) FROM hub_t.geography_problem), 0::bigint, 'no inputs, no questions');
SELECT is((SELECT count(*) FROM hub_t.allocation_row) + (SELECT count(*) FROM hub_t.care_group_row) + (SELECT count(*) FROM hub_t.consolidation_row), 0::bigint, 'and no answers');
SELECT is_empty(format('SELECT * FROM hub_t.%I', v), v || ' is empty') FROM (VALUES ('report_allocation'), ('report_access'), ('report_care_groups'), ('report_consolidation'),
	('map_sites'), ('map_care_groups'), ('map_access'), ('allocation_run'), ('allocation_flow')) AS t (v);

-- ---------------------------------------------------------------------
-- A small world: practices A (full), B (half empty) and C; areas a to d.
-- ---------------------------------------------------------------------
CREATE SCHEMA geo_src;
CREATE TABLE geo_src.registered AS
SELECT row_number() OVER () AS person_id, v.area_id, v.site_id FROM (VALUES ('a', 'A', 60), ('b', 'A', 60), ('b', 'B', 20), ('c', 'B', 20), ('d', 'C', 30)) AS v (area_id, site_id, people), generate_series(1, v.people);
SELECT caregroup.bind('hub_t', 'organisation', $$SELECT * FROM (VALUES ('HQ', 'Headquarters', 'headquarters'), ('G1', 'Group one', 'care_group'), ('G2', 'Group two', 'care_group')) AS v (organisation_id, name, kind)$$) \gset
SELECT caregroup.bind('hub_t', 'organisation_link', $$SELECT v.*, NULL::date AS valid_from FROM (VALUES ('G1', 'HQ', 'command'), ('G2', 'HQ', 'command')) AS v (child_id, parent_id, hierarchy)$$) \gset
CREATE TABLE geo_src.surgery AS SELECT * FROM (VALUES ('A', 'Ash', 'G1', 'practice', 0.00, 51.0, 80), ('B', 'Birch', 'G1', 'practice', 0.01, 51.0, 80), ('C', 'Cedar', 'G2', 'practice', 0.30, 51.0, 40), ('K', 'Clinic', 'HQ', 'community_clinic', 0.00, 51.0, NULL), ('L', 'Lodge', 'HQ', 'community_clinic', 0.30, 51.0, NULL))
	AS v (site_id, name, organisation_id, kind, longitude, latitude, capacity_people);
SELECT caregroup.bind('hub_t', 'site', $$SELECT site_id, name, organisation_id, kind, longitude::float8 AS longitude, latitude::float8 AS latitude, capacity_people::numeric AS capacity_people FROM geo_src.surgery$$) \gset
SELECT caregroup.bind('hub_t', 'area', $$SELECT v.area_id, v.name, v.longitude::float8 AS longitude, 51.0::float8 AS latitude, v.decile AS deprivation_decile, v.no_car::numeric AS no_car_share FROM (VALUES ('a', 'Abbey', 0.0, 1, 0.4), ('b', 'Brook', 0.005, 2, 0.3), ('c', 'Croft', 0.01, 5, 0.2), ('d', 'Dale', 0.3, 10, 0.1)) AS v (area_id, name, longitude, decile, no_car)$$) \gset
CREATE TABLE geo_src.minute AS SELECT * FROM (VALUES ('a', 'A', 5), ('a', 'B', 9), ('a', 'C', 40), ('b', 'A', 6), ('b', 'B', 7), ('b', 'C', 38), ('c', 'A', 8), ('c', 'B', 4), ('c', 'C', 35), ('d', 'A', 45), ('d', 'B', 44), ('d', 'C', 3),
	('A', 'B', 4), ('B', 'A', 4), ('A', 'C', 40), ('a', 'K', 5), ('b', 'K', 6), ('c', 'K', 8), ('d', 'K', 45), ('d', 'L', 3)) AS v (origin_id, site_id, minutes);
SELECT caregroup.bind('hub_t', 'travel', $$SELECT origin_id, site_id, 'car' AS mode, minutes::numeric AS minutes FROM geo_src.minute UNION ALL SELECT origin_id, site_id, 'walk', minutes * 9.0 FROM geo_src.minute$$) \gset
SELECT caregroup.bind('hub_t', 'person', $$SELECT person_id, area_id, date '1980-01-01' AS birth_date, CASE WHEN person_id % 2 = 0 THEN 'dependant' ELSE 'regular' END AS population_group FROM geo_src.registered$$) \gset
SELECT caregroup.bind('hub_t', 'registration', $$SELECT person_id, site_id, date '2020-01-01' AS valid_from FROM geo_src.registered$$) \gset
SELECT caregroup.bind('hub_t', 'service', $$SELECT 'v' AS service_id, 'Physiotherapy' AS name, 'community' AS kind$$) \gset
SELECT caregroup.bind('hub_t', 'site_service', $$SELECT * FROM (VALUES ('K', 'v', 'face_to_face'), ('L', 'v', 'face_to_face'), ('A', 'v', 'telephone')) AS v (site_id, service_id, modality)$$) \gset
SELECT pg_temp.run_steps() AS run \gset

SELECT results_eq($$SELECT site_id, people, capacity_people FROM hub_t.place_site ORDER BY site_id$$, $$VALUES ('A', 120::numeric, 80::numeric), ('B', 40, 80), ('C', 30, 40)$$, 'the practices');
SELECT results_eq($$SELECT place_kind, place_id, site_id, sum(people) FROM hub_t.place_people GROUP BY 1, 2, 3 ORDER BY 2, 3$$,
	$$VALUES ('area', 'a', 'A', 60::numeric), ('area', 'b', 'A', 60), ('area', 'b', 'B', 20), ('area', 'c', 'B', 20), ('area', 'd', 'C', 30)$$, 'who lives where and is registered where');
SELECT is((SELECT minutes FROM hub_t.journey WHERE place_id = 'a' AND site_id = 'B'), 9::float8, 'journeys by the means of travel of the setting');
SELECT is((SELECT count(*) FROM hub_t.journey WHERE is_estimated AND place_kind = 'area'), 0::bigint, 'a table that knows an origin is not added to');

-- 60 of a to A, 20 of b to A and 60 to B, 20 of c to B, 30 of d to C:
-- 60 * 5 + 20 * 6 + 60 * 7 + 20 * 4 + 30 * 3 = 1010.
SELECT results_eq($$SELECT place_id, site_id, people, person_minutes FROM hub_t.allocation_flow ORDER BY 1, 2$$,
	$$VALUES ('a', 'A', 60::bigint, 300::float8), ('b', 'A', 20, 120), ('b', 'B', 60, 420), ('c', 'B', 20, 80), ('d', 'C', 30, 90)$$, 'the plan by hand');
SELECT is((SELECT format('%s %s %s %s', people, objective, gap, status) FROM hub_t.allocation_run WHERE is_current), '190 1010 0 optimal', 'and its proof');
SELECT is((SELECT format('%s %s %s %s %s %s %s', sites, people, capacity_people, over_capacity, room, planned_people, planned_over_capacity) FROM hub_t.report_allocation WHERE organisation_id = 'HQ'), '3 190 200 40 50 190 0', 'people and capacity of all');
-- Now 60 * 5 + 60 * 6 + 20 * 7 + 20 * 4 + 30 * 3 = 970 minutes of 190 people.
SELECT is((SELECT format('%s %s %s %s', round(minutes_mean::numeric, 6), minutes_95th, round(planned_minutes_mean::numeric, 6), planned_minutes_95th) FROM hub_t.report_allocation WHERE organisation_id = 'HQ'),
	format('%s 7 %s 7', round(970 / 190.0, 6), round(1010 / 190.0, 6)), 'and how far they travel, now and by the plan');
SELECT is((SELECT format('%s %s %s %s', over_capacity, planned_people, one_more_serves, one_more_saves_minutes) FROM hub_t.report_allocation WHERE organisation_kind = 'site' AND organisation_id = 'A'), '40 80 0 1', 'one more place at A would save one a minute');
SELECT is((SELECT round(capacity_used_share::numeric, 4) FROM hub_t.report_allocation WHERE organisation_id = 'G1'), 1.0000, 'the care group as a whole is just full');

SELECT is((SELECT format('%s %s %s', site_id, minutes, sites_within) FROM hub_t.access_place WHERE place_id = 'd' AND service_id = 'v'), 'L 3 1', 'the nearest site of a service');
SELECT is((SELECT count(*) FROM hub_t.service_place WHERE service_id = 'v'), 2::bigint, 'nobody travels to a service by telephone');
SELECT is((SELECT round(minutes_mean::numeric, 6) FROM hub_t.report_access WHERE organisation_id = 'HQ' AND service_id = 'v' AND dimension = 'all'), round((60 * 5 + 80 * 6 + 20 * 8 + 30 * 3) / 190.0, 6), 'mean minutes');
SELECT is((SELECT string_agg(format('%s %s', group_name, people), ', ' ORDER BY group_name) FROM hub_t.report_access WHERE organisation_id = 'HQ' AND service_id = 'v' AND dimension = 'deprivation'), 'fifth 1 140, fifth 3 20, fifth 5 30', 'by fifth of deprivation');
SELECT is((SELECT sum(people) FROM hub_t.report_access WHERE organisation_id = 'HQ' AND service_id = 'v' AND dimension = 'population_group'), 190::float8, 'by population group');
SELECT is((SELECT round(score::numeric, 9) FROM hub_t.access_place WHERE place_id = 'd' AND service_id = '(practice)'),
	(SELECT round(access::numeric, 9) FROM caregroup.access_e2sfca($$SELECT * FROM (VALUES ('a', 60), ('b', 80), ('c', 20), ('d', 30)) AS v (id, amount)$$, $$SELECT * FROM (VALUES ('A', 80), ('B', 80), ('C', 40)) AS v (id, capacity)$$,
		'SELECT origin_id AS demand_id, site_id, minutes AS cost FROM geo_src.minute', 30) WHERE demand_id = 'd'), 'the score of a place');

-- One group of two and one of one is within no tolerance of 25 %; A as the
-- largest site may be a group (120 of an even 95).
SELECT is((SELECT format('%s %s %s', organisation_id, sites, people) FROM hub_t.care_group_now WHERE organisation_id = 'G1'), 'G1 2 160', 'care groups of today');
SELECT matches((SELECT status FROM hub_t.care_group_row WHERE kind = 'summary'), '^(infeasible|not found)$', '160 and 30, or 120 and 70: nothing within the limits');
SELECT matches((SELECT min(proposal_explanation) FROM hub_t.report_care_groups), '.', 'and it says so');
SELECT caregroup.configure_hub('hub_t', 'group_tolerance', '0.3') \gset
SELECT pg_temp.run_steps() AS run \gset
SELECT results_eq($$SELECT organisation_id, people, proposed_people, proposed_sites, proposed_sites_joining FROM hub_t.report_care_groups ORDER BY 1$$,
	$$VALUES ('G1', 160::float8, 120::float8, 1::bigint, 0::bigint), ('G2', 30, 70, 2, 1)$$, 'with more tolerance B joins C');

-- Physiotherapy on one site: K for 160, L for 30.
SELECT is((SELECT format('%s %s %s %s %s', sites, site_names, people_losing, minutes_lost_mean, gap) FROM hub_t.report_consolidation WHERE service_id = 'v' AND sites = 1 AND dimension = 'all'), '1 Clinic 30 42 0', 'on one site those of d lose');
SELECT results_eq($$SELECT group_name, people_losing FROM hub_t.report_consolidation WHERE service_id = 'v' AND sites = 1 AND dimension = 'deprivation' ORDER BY 1$$, $$VALUES ('fifth 1', 0::float8), ('fifth 3', 0), ('fifth 5', 30)$$, 'who are the least deprived');

-- ---------------------------------------------------------------------
-- Again only when something has changed
-- ---------------------------------------------------------------------
CREATE TEMP TABLE before AS SELECT kind, solved_at FROM hub_t.allocation_row UNION ALL SELECT kind, solved_at FROM hub_t.care_group_row UNION ALL SELECT dimension, solved_at FROM hub_t.consolidation_row;
SELECT pg_temp.run_steps() AS run \gset
SELECT bag_eq($$SELECT kind, solved_at FROM hub_t.allocation_row UNION ALL SELECT kind, solved_at FROM hub_t.care_group_row UNION ALL SELECT dimension, solved_at FROM hub_t.consolidation_row$$, 'TABLE before', 'nothing changed: nothing is solved again');
SELECT is((SELECT rows FROM hub_t.recalculation_step WHERE run = :run AND step = 'allocation_row'), 0::bigint, 'and the step wrote nothing');
-- The plan can be worked out again from what is kept with it.
SELECT g.demand_sql, g.sites_sql, g.pairs_sql FROM hub_t.allocation_run AS g WHERE g.is_current \gset
SET LOCAL search_path = hub_t, public;
SELECT is((SELECT objective FROM caregroup.allocate(:'demand_sql', :'sites_sql', :'pairs_sql') WHERE kind = 'summary'), (SELECT objective FROM hub_t.allocation_run WHERE is_current), 'the plan is worked out again');
SELECT is((SELECT format('%s %s', is_feasible, is_optimal) FROM caregroup.verify_allocation(:'demand_sql', :'sites_sql', :'pairs_sql', 'SELECT place_kind || '' '' || place_id AS demand_id, site_id, people AS amount FROM allocation_flow')), 't t', 'and checked by another way');
SET LOCAL search_path = public;
UPDATE geo_src.surgery SET capacity_people = 110 WHERE site_id = 'A';
SELECT pg_temp.run_steps() AS run \gset
SELECT is((SELECT format('%s %s', objective, status) FROM hub_t.allocation_run WHERE is_current), '980 optimal', 'another capacity, another plan');
SELECT is((SELECT count(*) FROM hub_t.care_group_row JOIN before USING (solved_at)), (SELECT count(*) FROM hub_t.care_group_row), 'what does not depend on it stays');

UPDATE geo_src.surgery SET capacity_people = 80 WHERE site_id = 'A';
SELECT pg_temp.run_steps() AS run \gset

-- ---------------------------------------------------------------------
-- The history of plans: with 80 places at A, with 110, with 80 again
-- ---------------------------------------------------------------------
CREATE TEMP TABLE plan AS SELECT row_number() OVER (ORDER BY run) AS n, run FROM hub_t.allocation_run;
SELECT run AS run_1 FROM plan WHERE n = 1 \gset
SELECT run AS run_2 FROM plan WHERE n = 2 \gset
SELECT run AS run_3 FROM plan WHERE n = 3 \gset
SELECT is((SELECT string_agg(format('%s %s %s', objective, status, is_current), ', ' ORDER BY run) FROM hub_t.allocation_run), '1010 optimal f, 980 optimal f, 1010 optimal t', 'a plan for each change, none where nothing changed');
SELECT is((SELECT count(DISTINCT fingerprint) FROM hub_t.allocation_run), 2::bigint, 'the same input has the same fingerprint');
SELECT is((SELECT format('%s %s %s', count(DISTINCT demand_fingerprint), count(DISTINCT sites_fingerprint), count(DISTINCT pairs_fingerprint)) FROM hub_t.allocation_run), '1 2 1', 'and it says what changed: the capacities');
SELECT is((SELECT format('%s %s %s %s %s', places, sites, capacity, people, unserved) FROM hub_t.allocation_run WHERE run = :run_2), '4 3 230 190 0', 'totals of a plan');
SELECT is((SELECT max(run) FROM hub_t.allocation_run), (SELECT max(run) FROM hub_t.recalculation), 'a plan has the number of the run that made it');
SELECT results_eq(format($$SELECT site_id, people, people_before, coming, going FROM hub_t.allocation_plan_site WHERE run = %s ORDER BY 1$$, :run_2), $$VALUES ('A', 110::bigint, 80::bigint, 30::bigint, 0::bigint), ('B', 50, 80, 0, 30), ('C', 30, 30, 0, 0)$$, 'what changed at each site');
SELECT results_eq(format($$SELECT organisation_id, people, people_before, people_coming, people_going, round(minutes_mean::numeric, 6), round(minutes_mean_before::numeric, 6) FROM hub_t.report_allocation_change WHERE run = %s AND organisation_kind IN ('headquarters', 'care_group') ORDER BY 1$$, :run_2),
	$$VALUES ('G1', 160::bigint, 160::bigint, 30::bigint, 30::bigint, round(890 / 160.0, 6), round(920 / 160.0, 6)), ('G2', 30, 30, 0, 0, 3.000000, 3.000000), ('HQ', 190, 190, 30, 30, round(980 / 190.0, 6), round(1010 / 190.0, 6))$$, 'rolled up');
SELECT is((SELECT format('%s %s', people_before, people_coming) FROM hub_t.report_allocation_change WHERE run = :run_1 AND organisation_id = 'HQ'), ' ', 'the first plan has none before it');
SELECT results_eq(format($$SELECT place_id, change, from_site_id, site_id, people, from_minutes, minutes, more_minutes FROM caregroup.compare_allocation_runs('hub_t', %s, %s)$$, :run_1, :run_2), $$VALUES ('b', 'moves', 'B', 'A', 30::bigint, 7::float8, 6::float8, -30::float8)$$, 'who would be elsewhere');
SELECT results_eq($$SELECT place_id, change, from_site_id, site_id, people FROM caregroup.compare_allocation_runs('hub_t')$$, $$VALUES ('b', 'moves', 'A', 'B', 30::bigint)$$, 'of the two newest, if none are named');
SELECT is_empty(format($$SELECT FROM caregroup.compare_allocation_runs('hub_t', %s, %s)$$, :run_1, :run_3), 'the same input has the same plan');
SELECT results_eq(format($$SELECT * FROM caregroup.verify_allocation_run('hub_t', %s)$$, :run_2), format($$VALUES (%s::bigint, true, false, true, true, true, 980::float8, 980::float8, true, true, true, NULL::text)$$, :run_2), 'an older plan is worked out again from what is kept');
SELECT is((SELECT format('%s %s %s', plan_run, is_reproduced, problem) FROM caregroup.verify_allocation_run('hub_t')), format('%s t ', :run_3), 'as is the newest');
SELECT throws_ok($$SELECT * FROM caregroup.verify_allocation_run('hub_t', -1)$$, '22023', NULL, 'there is no such plan to verify');
SELECT throws_ok($$SELECT * FROM caregroup.compare_allocation_runs('hub_t', -1)$$, '22023', NULL, 'nor to compare');
SELECT throws_ok($$SELECT caregroup.mark_allocation_run('hub_t', -1)$$, '22023', NULL, 'nor to mark');
SELECT throws_ok($$SELECT * FROM caregroup.verify_allocation_run('no_hub')$$, '3F000', NULL, 'nor such a hub');
SELECT throws_ok($$SELECT * FROM caregroup.compare_allocation_runs('no_hub')$$, '3F000', NULL, 'to compare in');
SELECT throws_ok($$SELECT caregroup.mark_allocation_run('no_hub', 1)$$, '3F000', NULL, 'or to mark in');

-- A plan that was tampered with, and one whose journeys are of the past.
SAVEPOINT tampered;
UPDATE hub_t.allocation_plan_flow SET people = people + 1 WHERE run = :run_2 AND place_id = 'b' AND site_id = 'A';
SELECT is((SELECT format('%s %s %s %s', is_intact, is_reproduced, is_feasible, problem) FROM caregroup.verify_allocation_run('hub_t', :run_2)), 'f f f over capacity', 'a plan that was tampered with shows');
ROLLBACK TO tampered;
UPDATE geo_src.minute SET minutes = 8 WHERE origin_id = 'b' AND site_id = 'B';
SELECT is((SELECT is_reproduced FROM caregroup.verify_allocation_run('hub_t', :run_2)), true, 'before the recalculation the journeys are those of then');
SELECT pg_temp.run_steps() AS run \gset
SELECT is((SELECT format('%s %s %s %s %s', same_pairs, is_intact, is_feasible, is_reproduced, is_optimal) FROM caregroup.verify_allocation_run('hub_t', :run_2)), 'f t t  ', 'without the journeys of then, capacities are all that can be checked');
SELECT is((SELECT count(*) FROM hub_t.allocation_run), 4::bigint, 'other journeys, another plan');

-- Only the newest are kept, and those that are marked.
SELECT is(caregroup.mark_allocation_run('hub_t', :run_1, 'shown to the board'), format('hub_t: the plan of run %s stays in the history', :run_1), 'a plan is marked');
SELECT caregroup.configure_hub('hub_t', 'keep_plans', '2') \gset
UPDATE geo_src.surgery SET capacity_people = 90 WHERE site_id = 'A';
SELECT pg_temp.run_steps() AS run \gset
SELECT is((SELECT string_agg(format('%s %s', n.n, coalesce(r.note, '')), ', ' ORDER BY r.run) FROM hub_t.allocation_run AS r LEFT JOIN plan AS n USING (run)), '1 shown to the board,  ,  ', 'two are kept, and the marked one');
SELECT is((SELECT count(DISTINCT run) FROM hub_t.allocation_plan_flow), 3::bigint, 'the others are gone with their flows');
SELECT is((SELECT count(DISTINCT run) FROM hub_t.allocation_plan_site), 3::bigint, 'and sites');
SELECT is((SELECT count(*) FROM hub_t.report_allocation_change WHERE organisation_id = 'HQ'), 3::bigint, 'what changed from a plan that is gone is still told');
SELECT is(caregroup.mark_allocation_run('hub_t', :run_1, keep => false), format('hub_t: the plan of run %s goes when its time comes', :run_1), 'the mark is taken away');
SELECT pg_temp.run_steps() AS run \gset
SELECT is((SELECT format('%s %s', count(*), bool_or(run = :run_1)) FROM hub_t.allocation_run), '2 f', 'and the plan goes');

-- A run that ends before the plan is entered: nothing of it is seen, and the
-- next run leaves nothing of it behind.
UPDATE geo_src.surgery SET capacity_people = 80 WHERE site_id = 'A';
UPDATE geo_src.minute SET minutes = 7 WHERE origin_id = 'b' AND site_id = 'B';
SELECT max(run) AS newest FROM hub_t.allocation_run \gset
SELECT pg_temp.run_steps('allocation_plan_flow') AS broken_run \gset
SELECT is((SELECT format('%s %s', max(run), bool_or(is_current)) FROM hub_t.allocation_run), format('%s f', :newest), 'a plan that is not entered is not in the history');
SELECT isnt_empty(format('SELECT FROM hub_t.allocation_plan_flow WHERE run = %s', :broken_run), 'though its flows were written');
SELECT pg_temp.run_steps() AS run \gset
SELECT is((SELECT format('%s %s %s', max(run), bool_or(is_current), bool_or(run = :broken_run)) FROM hub_t.allocation_run), format('%s t f', :run), 'the next run enters it');
SELECT is_empty(format('SELECT FROM hub_t.allocation_plan_flow WHERE run = %s', :broken_run), 'and leaves nothing behind');
SELECT results_eq($$SELECT f.place_id, f.site_id, f.people FROM hub_t.allocation_plan_flow AS f JOIN hub_t.allocation_run AS r USING (run) WHERE r.is_current ORDER BY 1, 2$$, $$SELECT place_id, site_id, people FROM hub_t.allocation_flow ORDER BY 1, 2$$, 'the kept plan is the plan');

-- ---------------------------------------------------------------------
-- Who would move: A has 120 people for 80 places.  Of the 60 of a (5 minutes,
-- 9 to B) and the 60 of b (6 and 7), 40 of b go to B for a minute each.
-- ---------------------------------------------------------------------
SELECT results_eq($$SELECT place_id, from_site_id, site_id, people, minutes_now, minutes_then, reason FROM hub_t.allocation_move WHERE problem = 'reallocation' AND kind <> 'summary'$$,
	$$VALUES ('b', 'A', 'B', 40::bigint, 6::float8, 7::float8, 'over capacity')$$, 'who would move, by hand');
SELECT results_eq($$SELECT organisation_id, reason, people_leaving, people_coming, people_without_place, leaving_nearer, minutes_now, minutes_then, minutes_saved FROM hub_t.report_reallocation WHERE organisation_id IN ('A', 'B', 'HQ') ORDER BY 1$$,
	$$VALUES ('A', 'over capacity', 40::bigint, 0::bigint, 0::bigint, 0::bigint, 6::float8, 7::float8, -40::float8), ('B', 'over capacity', 0, 40, 0, 0, NULL, NULL, 0), ('HQ', 'over capacity', 40, 40, 0, 0, 6, 7, -40)$$, 'by site and reason');
SELECT results_eq($$SELECT person_id, site_id FROM hub_t.allocation_person WHERE problem = 'reallocation' ORDER BY 1$$, $$SELECT i::bigint, 'B' FROM generate_series(61, 100) AS i$$, 'and each person, for those who may see them');
-- Who is registered beyond the reach of the journeys stays; who came last moves first.
INSERT INTO geo_src.minute VALUES ('e', 'B', 10);
INSERT INTO geo_src.registered VALUES (901, 'e', 'C'), (902, 'b', 'A');
SELECT caregroup.bind('hub_t', 'area', $$SELECT v.area_id, v.name, v.longitude::float8 AS longitude, 51.0::float8 AS latitude, v.decile AS deprivation_decile, v.no_car::numeric AS no_car_share FROM (VALUES ('a', 'Abbey', 0.0, 1, 0.4), ('b', 'Brook', 0.005, 2, 0.3), ('c', 'Croft', 0.01, 5, 0.2), ('d', 'Dale', 0.3, 10, 0.1), ('e', 'Edge', NULL, NULL, NULL)) AS v (area_id, name, longitude, decile, no_car)$$) \gset
SELECT caregroup.bind('hub_t', 'registration', $$SELECT person_id, site_id, CASE person_id WHEN 902 THEN date '2026-09-01' ELSE date '2020-01-01' END AS valid_from FROM geo_src.registered$$) \gset
SELECT pg_temp.run_steps() AS run \gset
SELECT is((SELECT string_agg(format('%s %s %s %s', place_id, from_site_id, site_id, people), ', ' ORDER BY site_id) FROM hub_t.allocation_move WHERE problem = 'reallocation' AND kind = 'move'), 'b A B 40, b A C 1', 'who is registered beyond the reach of the journeys stays');
SELECT ok((SELECT bool_or(person_id = 902) AND count(*) = 41 AND NOT bool_or(person_id = 100 + 1) FROM hub_t.allocation_person WHERE problem = 'reallocation'), 'who came last moves first');
-- Too little room anywhere: as many as can be move, and the rest is told.
UPDATE geo_src.surgery SET capacity_people = 50 WHERE site_id = 'B';
UPDATE geo_src.surgery SET capacity_people = 31 WHERE site_id = 'C';
SELECT pg_temp.run_steps() AS run \gset
SELECT is((SELECT string_agg(format('%s %s %s %s', reason, people_leaving, people_without_place, plan_status), ', ' ORDER BY reason) FROM hub_t.report_reallocation WHERE organisation_id = 'HQ'), 'no room 0 31 unserved, over capacity 10 0 unserved', 'who finds no place is told');
UPDATE geo_src.surgery SET capacity_people = 300 WHERE site_id = 'A';
SELECT pg_temp.run_steps() AS run \gset
SELECT is_empty($$SELECT FROM hub_t.allocation_move WHERE problem = 'reallocation'$$, 'where no site is over capacity nobody moves');
UPDATE geo_src.surgery SET capacity_people = CASE site_id WHEN 'C' THEN 40 ELSE 80 END WHERE site_id IN ('A', 'B', 'C');
DELETE FROM geo_src.registered WHERE person_id > 900;

-- ---------------------------------------------------------------------
-- Joiners: three people of a on no list; one who is dead, one not born yet,
-- one who has left and one whose registration begins later do not count, one
-- of d was on the list of a practice that has closed, one lives nowhere known.
-- ---------------------------------------------------------------------
INSERT INTO geo_src.surgery VALUES ('X', 'Xenia', 'G2', 'practice', 0.30, 51.0, 100), ('Y', 'Yew', 'G2', 'dental', 0.30, 51.0, 100);
SELECT caregroup.bind('hub_t', 'site', $$SELECT site_id, name, organisation_id, kind, longitude::float8 AS longitude, latitude::float8 AS latitude, capacity_people::numeric AS capacity_people, CASE site_id WHEN 'X' THEN date '2026-06-30' END AS closed_on FROM geo_src.surgery$$) \gset
SELECT caregroup.bind('hub_t', 'person', $$SELECT person_id, area_id, date '1980-01-01' AS birth_date, NULL::date AS death_date, CASE WHEN person_id % 2 = 0 THEN 'dependant' ELSE 'regular' END AS population_group FROM geo_src.registered
	UNION ALL SELECT * FROM (VALUES (1001, 'a', date '1980-01-01', NULL::date, 'regular'), (1002, 'a', '1980-01-01', NULL, 'regular'), (1003, 'a', NULL, NULL, 'regular'), (1004, 'a', '1980-01-01', '2026-01-01', 'regular'), (1005, 'a', '2026-12-01', NULL, 'regular'),
		(1006, 'a', '1980-01-01', NULL, 'regular'), (1007, 'd', '1980-01-01', NULL, 'regular'), (1008, NULL, '1980-01-01', NULL, 'regular'), (1009, 'a', '1980-01-01', NULL, 'regular'), (1010, 'd', '1980-01-01', NULL, 'regular'), (1011, 'd', '1980-01-01', NULL, 'regular'), (1012, 'a', '1980-01-01', NULL, 'regular')) AS v$$) \gset
SELECT caregroup.bind('hub_t', 'registration', $$SELECT person_id, site_id, date '2020-01-01' AS valid_from, NULL::date AS valid_to FROM geo_src.registered
	UNION ALL SELECT * FROM (VALUES (1006, 'A', date '2020-01-01', date '2025-01-01'), (1007, 'X', '2020-01-01', '2026-06-30'), (1009, 'A', '2026-12-01', NULL), (1010, 'X', '2020-01-01', '2024-01-01'), (1011, 'X', '2020-01-01', NULL), (1011, 'Y', '2021-01-01', NULL), (1012, 'elsewhere', '2020-01-01', NULL)) AS v$$) \gset
SELECT pg_temp.run_steps() AS run \gset
SELECT results_eq($$SELECT person_id, place_kind, place_id, from_site_id FROM hub_t.newcomer_person ORDER BY 1$$,
	$$VALUES (1001::bigint, 'area', 'a', '(none)'), (1002, 'area', 'a', '(none)'), (1003, 'area', 'a', '(none)'), (1007, 'area', 'd', 'X'), (1008, 'none', '(unknown)', '(none)'), (1011, 'area', 'd', 'X')$$, 'who has no place on a list');
SELECT results_eq($$SELECT place_id, from_site_id, site_id, people, minutes_then, reason FROM hub_t.allocation_move WHERE problem = 'joiners' AND kind <> 'summary' ORDER BY 1, 2$$,
	$$VALUES ('(unknown)', NULL, NULL, 1::bigint, NULL::float8, 'no journey'), ('a', NULL, 'B', 3, 9, 'new'), ('d', 'X', 'C', 2, 3, 'site is gone')$$, 'they go where there is room: not to A, which is nearest and full');
SELECT results_eq($$SELECT organisation_id, reason, people, minutes_mean, room, room_then FROM hub_t.report_joiners WHERE organisation_id IN ('G1', 'G2', 'HQ', '(unassigned)') ORDER BY organisation_id COLLATE "C", reason$$,
	$$VALUES ('(unassigned)', 'no journey', 1::bigint, NULL::float8, NULL::numeric, NULL::numeric), ('G1', 'new', 3, 9, 40, 37), ('G2', 'site is gone', 2, 3, 10, 8), ('HQ', 'new', 3, 9, 50, 45), ('HQ', 'site is gone', 2, 3, 50, 45)$$, 'rolled up');
SELECT is((SELECT sum(people) FROM hub_t.report_joiners WHERE organisation_level = 0 AND organisation_kind <> 'site'), (SELECT sum(people) FROM hub_t.newcomer), 'level 0 adds up to all of them');
SELECT is((SELECT string_agg(format('%s %s', person_id, site_id), ', ' ORDER BY person_id) FROM hub_t.allocation_person WHERE problem = 'joiners'), '1001 B, 1002 B, 1003 B, 1007 C, 1008 , 1011 C', 'each person, for those who may see them');
SELECT is((SELECT count(*) FROM hub_t.recalculation_step WHERE run = :run AND step = 'allocation_plan' AND rows > 0), 1::bigint, 'only the plan of those on a list changed with their capacities');

-- Readers see numbers; persons are for loaders and owners.
CREATE ROLE hub_geo_reader;
CREATE ROLE hub_geo_loader;
SELECT caregroup.grant_hub('hub_t', 'hub_geo_reader', 'reader'), caregroup.grant_hub('hub_t', 'hub_geo_loader', 'loader') \gset
GRANT USAGE ON SCHEMA geo_src TO hub_geo_loader;
SELECT lives_ok(format($$SET LOCAL ROLE hub_geo_reader; SELECT count(*) FROM hub_t.%I; RESET ROLE$$, v), v || ' is for readers') FROM unnest('{report_joiners,report_reallocation,report_allocation_change,allocation_run,allocation_move,allocation_plan_flow}'::text[]) AS v;
SELECT lives_ok($$SET LOCAL ROLE hub_geo_reader; SELECT count(*) FROM caregroup.verify_allocation_run('hub_t'); SELECT count(*) FROM caregroup.compare_allocation_runs('hub_t'); RESET ROLE$$, 'a reader checks and compares plans');
SELECT throws_ok(format($$SET LOCAL ROLE hub_geo_reader; SELECT count(*) FROM hub_t.%I$$, v), '42501', NULL, v || ' is not') FROM unnest('{allocation_person,newcomer_person,person_group}'::text[]) AS v;
RESET ROLE;
SELECT throws_ok(format($$SET LOCAL ROLE hub_geo_reader; SELECT caregroup.mark_allocation_run('hub_t', %s)$$, :run), '42501', NULL, 'a reader marks nothing');
RESET ROLE;
SELECT lives_ok(format($$SET LOCAL ROLE hub_geo_loader; SELECT count(*) FROM hub_t.allocation_person; SELECT caregroup.mark_allocation_run('hub_t', (SELECT max(run) FROM hub_t.allocation_run)); RESET ROLE$$), 'a loader sees persons and marks plans');
RESET ROLE;
SELECT is_empty($$SELECT format('%s.%s', c.relname, a.attname) FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid WHERE c.relnamespace = 'hub_t'::regnamespace AND a.attname = 'person_id' AND NOT a.attisdropped
	AND has_table_privilege('hub_geo_reader', c.oid, 'SELECT')$$, 'nothing that a reader reads names a person');

-- A hub that is suspended has no plan, and its history stays.
SELECT count(*) AS plans, max(run) AS newest FROM hub_t.allocation_run \gset
SELECT caregroup.suspend_hub('hub_t') \gset
SELECT pg_temp.run_steps() AS run \gset
SELECT is((SELECT format('%s %s %s', count(*), max(run), bool_or(is_current)) FROM hub_t.allocation_run), format('%s %s f', :plans, :newest), 'a suspended hub keeps its history, and none of it is today''s plan');
SELECT is_empty($$SELECT FROM hub_t.allocation_flow UNION ALL SELECT FROM hub_t.report_joiners UNION ALL SELECT FROM hub_t.report_reallocation$$, 'it plans nothing');
SELECT caregroup.resume_hub('hub_t') \gset
SELECT pg_temp.run_steps() AS run \gset
SELECT is((SELECT format('%s %s %s', count(*), max(run), bool_or(is_current)) FROM hub_t.allocation_run), format('%s %s t', :plans, :newest), 'resumed, it has the same plan and no new one');
SELECT is((SELECT count(*) FROM caregroup.repair_hub('hub_t') WHERE problem IS NOT NULL) + (SELECT count(*) FROM hub_t.allocation_run) + (length(caregroup.upgrade_hub('hub_t')) > 0)::integer, :plans + 1::bigint, 'repaired and upgraded, it keeps its history');
DELETE FROM geo_src.surgery WHERE site_id IN ('X', 'Y');
SELECT caregroup.bind('hub_t', 'person', $$SELECT person_id, area_id, date '1980-01-01' AS birth_date, CASE WHEN person_id % 2 = 0 THEN 'dependant' ELSE 'regular' END AS population_group FROM geo_src.registered$$) \gset
SELECT caregroup.bind('hub_t', 'registration', $$SELECT person_id, site_id, date '2020-01-01' AS valid_from FROM geo_src.registered$$) \gset
SELECT pg_temp.run_steps() AS run \gset

-- ---------------------------------------------------------------------
-- The Monday page
-- ---------------------------------------------------------------------
SELECT is((SELECT string_agg(sentence, '; ') FROM caregroup.monday('hub_t') WHERE check_name = 'site_over_capacity'), 'Ash has 120 people for 80 places, 40 too many; Birch, 4 minutes away, has room for 40.', 'a full site and a near one with room');
SELECT is((SELECT string_agg(organisation_id || ' ' || size, '; ') FROM caregroup.monday('hub_t', 'A') WHERE check_name = 'site_over_capacity'), 'A 40.0', 'on the site''s own page');
SELECT is_empty($$SELECT FROM caregroup.monday('hub_t', 'C') WHERE check_name = 'site_over_capacity'$$, 'and not on another''s');
UPDATE hub_t.place_site SET capacity_people = 115 WHERE site_id = 'A';
SELECT is_empty($$SELECT FROM caregroup.monday('hub_t') WHERE check_name = 'site_over_capacity'$$, 'a few too many are not worth a sentence');
UPDATE hub_t.place_site SET capacity_people = CASE site_id WHEN 'A' THEN 80 ELSE 41 END WHERE site_id <> 'C';
SELECT is_empty($$SELECT FROM caregroup.monday('hub_t') WHERE check_name = 'site_over_capacity'$$, 'nor where no near site has room');
SELECT is_empty($$SELECT FROM caregroup.monday('hub_t') WHERE check_name IN ('far_from_service', 'on_no_list')$$, 'nobody is far, and everybody is on a list');
INSERT INTO hub_t.allocation_move (problem, row_number, fingerprint, solved_at, kind, place_kind, place_id, from_site_id, site_id, people, minutes_then, reason)
SELECT 'joiners', n, 'x', now(), k, 'area', 'a', f, s, p, 3, r FROM (VALUES (1, 'move', NULL, 'B', 12, 'new'), (2, 'move', 'X', 'C', 5, 'site is gone'), (3, 'unserved', NULL, NULL, 4, 'no room')) AS v (n, k, f, s, p, r);
SELECT is((SELECT sentence FROM caregroup.monday('hub_t') WHERE check_name = 'on_no_list'), '21 people are on no list, 5 of them since their practice or medical centre closed: 2 sites near them have room for 17, Birch for 12; there is no room within reach for 4.', 'who has no place on a list');
SELECT is_empty($$SELECT FROM caregroup.monday('hub_t', 'G1') WHERE check_name = 'on_no_list'$$, 'few are not worth a sentence');
UPDATE hub_t.allocation_move SET people = 30 WHERE problem = 'joiners' AND row_number = 1;
SELECT is((SELECT sentence FROM caregroup.monday('hub_t', 'B') WHERE check_name = 'on_no_list'), '30 people are on no list: Birch has room for 30.', 'on the page of the site that has room');
DELETE FROM hub_t.allocation_move WHERE problem = 'joiners';
UPDATE hub_t.access_group SET people = 600, far = 20 WHERE service_id = 'v' AND dimension = 'all' AND unit_id = 'A';
SELECT is((SELECT sentence FROM caregroup.monday('hub_t') WHERE check_name = 'far_from_service'), '20 of 670 people live more than 30 minutes from the nearest site of Physiotherapy; most of them (20) belong to Ash.', 'some are far');
UPDATE hub_t.access_group SET far = 300 WHERE service_id = 'v' AND dimension = 'all' AND unit_id = 'A';
SELECT is_empty($$SELECT FROM caregroup.monday('hub_t') WHERE check_name = 'far_from_service'$$, 'a service that is far from many is meant to be');

-- ---------------------------------------------------------------------
-- Maps
-- ---------------------------------------------------------------------
SELECT is((SELECT geojson::jsonb FROM hub_t.map_sites WHERE site_id = 'B'), '{"type":"Point","coordinates":[0.01,51]}'::jsonb, 'a site on a map');
SELECT is((SELECT (geojson::jsonb -> 'coordinates')::text FROM hub_t.map_care_groups WHERE basis = 'now' AND group_id = 'G1'), '[[0, 51], [0.01, 51]]', 'a care group on a map');
SELECT is((SELECT format('%s %s %s', place_name, minutes, is_far) FROM hub_t.map_access WHERE place_id = 'd' AND service_id = '(practice)'), 'Dale 3 f', 'a place on a map');

SELECT is(caregroup.create_map_geometry('hub_t'), 'hub_t_maps', 'maps with geometry have a schema of their own');
SELECT results_eq($$SELECT site_id, public.st_astext(geometry_4326), public.st_srid(geometry_3857) FROM hub_t_maps.map_sites WHERE site_id <> 'C' ORDER BY 1$$, $$VALUES ('A', 'POINT(0 51)', 3857), ('B', 'POINT(0.01 51)', 3857)$$, 'sites in WGS 84 and web Mercator');
SELECT is((SELECT string_agg(public.geometrytype(geometry_4326), ' ' ORDER BY group_id) FROM hub_t_maps.map_care_groups WHERE basis = 'now'), 'LINESTRING POINT', 'care groups as hulls');
SELECT is(caregroup.create_map_geometry('hub_t'), 'hub_t_maps', 'made again in place');
CREATE SCHEMA hub_t_own;
CREATE VIEW hub_t_own.map_access AS SELECT 'mine'::text AS place_id;
SELECT throws_ok($$SELECT caregroup.create_map_geometry('hub_t', 'hub_t_own')$$, '42P07', 'hub_t_own.map_access exists and is no map that create_map_geometry() made of hub hub_t', 'a view of somebody''s own is left alone');
SELECT is((SELECT string_agg(relname, ', ') FROM pg_class WHERE relnamespace = 'hub_t_own'::regnamespace), 'map_access', 'and nothing is half made');
SELECT caregroup.create_hub('hub_u') \g /dev/null
SELECT throws_ok($$SELECT caregroup.create_map_geometry('hub_u', 'hub_t_maps')$$, '42P07', NULL, 'nor do the maps of one hub replace those of another');
SELECT throws_ok($$SELECT caregroup.create_map_geometry('no_hub')$$, '3F000', NULL, 'there is no such hub');
SELECT throws_ok($$SELECT caregroup.create_map_geometry('hub_t', 'hub_t')$$, '22023', NULL, 'not in a hub, whose own maps they would replace');
SELECT throws_ok(format($$SELECT caregroup.create_map_geometry('hub_t', %L)$$, repeat('x', 64)), '42602', NULL, 'nor under a name that would be cut');
UPDATE hub_t.place_site SET longitude = 'NaN';
SELECT results_eq($$SELECT group_id, public.st_isempty(geometry_4326) FROM hub_t_maps.map_care_groups WHERE basis = 'now' ORDER BY 1$$, $$VALUES ('G1', true), ('G2', true)$$, 'a care group that is nowhere has an empty shape');
SELECT is((SELECT count(geometry_4326) FROM hub_t_maps.map_sites), 0::bigint, 'and its sites have none');
SELECT throws_ok($$SELECT caregroup.drop_hub('hub_t')$$, '2BP01', NULL, 'the maps are the caller''s: they go first');

SELECT * FROM finish();
ROLLBACK;
