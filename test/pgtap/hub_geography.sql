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
SELECT plan(66);

-- journey_minutes: a degree of latitude is 111.195 km on this sphere.
SELECT is(round(caregroup.journey_minutes(0, 51, 0, 52, 1, 60)::numeric, 3), 111.195, 'a degree of latitude');
SELECT is(round(caregroup.journey_minutes(0, 60, 1, 60, 1, 60)::numeric, 2), 55.60, 'a degree of longitude at 60 degrees is half as long');
SELECT is(caregroup.journey_minutes(1, 2, 1, 2), 0::float8, 'nowhere is no time away');
SELECT is(round(caregroup.journey_minutes(0, 0, 180, 0, 1, 60)::numeric, 1), 20015.1, 'half way round');
SELECT is(caregroup.journey_minutes(a, b, c, d, e, f), NULL, format('no journey: %s %s %s %s %s %s', a, b, c, d, e, f))
FROM (VALUES (NULL::float8, 51::float8, 0::float8, 52::float8, 1::float8, 60::float8), (181, 51, 0, 52, 1, 60), (0, 'NaN', 0, 52, 1, 60), (0, 51, 0, 52, 0, 60), (0, 51, 0, 52, 1, 'Infinity'), (0, 51, 0, 52, 1, -1)) AS v (a, b, c, d, e, f);

SELECT caregroup.create_hub('hub_t') \gset
SELECT caregroup.configure_hub('hub_t', 'as_at', '2026-10-01 00:00 Europe/London') \gset

CREATE FUNCTION pg_temp.run_steps() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	work record;
	run bigint;
BEGIN
	INSERT INTO hub_t.recalculation (started, state, as_at, run_by) VALUES (clock_timestamp(), 'running', '2026-10-01 00:00 Europe/London', 'x') RETURNING recalculation.run INTO run;
	FOR work IN SELECT step FROM caregroup.hub_step WHERE step IN ('organisation_chain', 'chain', 'service_name', 'person_group', 'population_count', 'place_site', 'journey', 'place_people', 'place_group',
		'service_place', 'access_place', 'access_group', 'newcomer', 'care_group_site', 'geography_problem', 'allocation_row', 'care_group_row', 'consolidation_row', 'allocation_move',
		'allocation_plan_flow', 'allocation_plan_site', 'allocation_plan', 'allocation_travel', 'care_group_now') ORDER BY ordinal
	LOOP
		INSERT INTO hub_t.recalculation_step (run, step, state, started) VALUES (run, work.step, 'running', clock_timestamp());
		PERFORM caregroup.run_step('hub_t', run, work.step);
		PERFORM set_config('search_path', 'public', true);
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

-- ---------------------------------------------------------------------
-- The Monday page
-- ---------------------------------------------------------------------
UPDATE geo_src.surgery SET capacity_people = 80 WHERE site_id = 'A';
SELECT pg_temp.run_steps() AS run \gset
SELECT is((SELECT string_agg(sentence, '; ') FROM caregroup.monday('hub_t') WHERE check_name = 'site_over_capacity'), 'Ash has 120 people for 80 places, 40 too many; Birch, 4 minutes away, has room for 40.', 'a full site and a near one with room');
SELECT is((SELECT string_agg(organisation_id || ' ' || size, '; ') FROM caregroup.monday('hub_t', 'A') WHERE check_name = 'site_over_capacity'), 'A 40.0', 'on the site''s own page');
SELECT is_empty($$SELECT FROM caregroup.monday('hub_t', 'C') WHERE check_name = 'site_over_capacity'$$, 'and not on another''s');
UPDATE hub_t.place_site SET capacity_people = 115 WHERE site_id = 'A';
SELECT is_empty($$SELECT FROM caregroup.monday('hub_t') WHERE check_name = 'site_over_capacity'$$, 'a few too many are not worth a sentence');
UPDATE hub_t.place_site SET capacity_people = CASE site_id WHEN 'A' THEN 80 ELSE 41 END WHERE site_id <> 'C';
SELECT is_empty($$SELECT FROM caregroup.monday('hub_t') WHERE check_name = 'site_over_capacity'$$, 'nor where no near site has room');
SELECT is_empty($$SELECT FROM caregroup.monday('hub_t') WHERE check_name = 'far_from_service'$$, 'nobody is far');
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
SELECT throws_ok($$SELECT caregroup.create_map_geometry('no_hub')$$, '3F000', NULL, 'there is no such hub');
SELECT throws_ok($$SELECT caregroup.drop_hub('hub_t')$$, '2BP01', NULL, 'the maps are the caller''s: they go first');

SELECT * FROM finish();
ROLLBACK;
