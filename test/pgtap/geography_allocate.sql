-- allocate() and its relatives: small cases worked out by hand, properties on
-- random ones, and every refusal.
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(73);

CREATE TEMP TABLE area (id bigint, amount int, site_id text);
INSERT INTO area VALUES (3, 10, 'b'), (1, 10, 'a'), (2, 5, NULL);
CREATE TEMP TABLE clinic (id text, capacity int, minimum int);
INSERT INTO clinic VALUES ('b', 12, 0), ('a', 15, 0);
CREATE TEMP TABLE way (demand_id bigint, site_id text, cost float8);
INSERT INTO way VALUES (1, 'a', 2), (1, 'b', 4), (2, 'a', 1), (2, 'b', 7), (3, 'a', 3), (3, 'b', 6);

-- ---------------------------------------------------------------------
-- By hand: 2 and 3 save most at a, which has 15; so 1 goes to b
-- ---------------------------------------------------------------------
SELECT results_eq($$SELECT demand_id, site_id, amount, cost, total_cost FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way') WHERE kind = 'flow' ORDER BY 1, 2$$,
	$$VALUES ('1', 'b', 10::bigint, 4::float8, 40::float8), ('2', 'a', 5, 1, 5), ('3', 'a', 10, 3, 30)$$, 'the plan');
SELECT results_eq($$SELECT site_id, amount, capacity, one_more_serves, one_more_saves, reason FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way') WHERE kind = 'site' ORDER BY 1$$,
	$$VALUES ('a', 15::bigint, 15::bigint, 0::bigint, 2::float8, 'full'), ('b', 10, 12, 0, 0, NULL)$$, 'sites, and one more place at each');
SELECT results_eq($$SELECT amount, total_cost, objective, bound, gap, status, capacity FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way') WHERE kind = 'summary'$$,
	$$VALUES (25::bigint, 75::float8, 75::float8, 75::float8, 0::float8, 'optimal', 27::bigint)$$, 'the summary');
SELECT results_eq($$SELECT demand_id, site_id, reason, from_site_id, from_cost FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way') WHERE kind = 'flow' ORDER BY 1$$,
	$$VALUES ('1', 'b', 'no room', 'a', 2::float8), ('2', 'a', 'new', NULL, NULL), ('3', 'a', 'nearer', 'b', 6)$$, 'why each goes there');
SELECT results_eq($$SELECT demand_id, site_id FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', keep_unless_saves => 'Infinity') WHERE kind = 'flow' ORDER BY 1$$,
	$$VALUES ('1', 'a'), ('2', 'a'), ('3', 'b')$$, 'nobody moves who need not');
SELECT is((SELECT objective FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', keep_unless_saves => 'Infinity') WHERE kind = 'summary'), 85::float8, 'and what that costs');
SELECT results_eq($$SELECT demand_id, site_id FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', keep_unless_saves => 0.4) WHERE kind = 'flow' ORDER BY 1$$,
	$$VALUES ('1', 'b'), ('2', 'a'), ('3', 'a')$$, 'both move for 1 in all, 0.5 each');
SELECT results_eq($$SELECT demand_id, site_id FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', keep_unless_saves => 0.6) WHERE kind = 'flow' ORDER BY 1$$,
	$$VALUES ('1', 'a'), ('2', 'a'), ('3', 'b')$$, 'but not if each must save more');
SELECT results_eq($$SELECT kind, demand_id, from_site_id, site_id, amount, reason FROM reallocate('SELECT * FROM area WHERE id <> 2 UNION ALL SELECT 4, 8, ''a''', 'TABLE clinic', 'TABLE way UNION ALL SELECT 4, ''a'', 1') WHERE kind = 'move'$$,
	$$VALUES ('move', '1', 'a', 'b', 2::bigint, 'no room')$$ , 'reallocate names who moves and why');
SELECT results_eq($$SELECT demand_id, site_id, amount FROM allocate_new('TABLE area', 'TABLE clinic', 'TABLE way') WHERE kind = 'flow'$$,
	$$VALUES ('2', 'a', 5::bigint)$$, 'newcomers alone are placed');
SELECT results_eq($$SELECT site_id, amount, capacity FROM allocate_new('TABLE area', 'TABLE clinic', 'TABLE way') WHERE kind = 'site' ORDER BY 1$$,
	$$VALUES ('a', 5::bigint, 5::bigint), ('b', 0, 2)$$, 'in the room that is left');
SELECT results_eq($$SELECT site_id, amount, unserved, cost_lost, status FROM allocate_closures('TABLE area', 'TABLE clinic', 'TABLE way') ORDER BY 1$$,
	$$VALUES ('a', 15::bigint, 13::bigint, (10 * 4 + 2 * 6 - 75)::float8, 'unserved'), ('b', 10, 10, (5 * 1 + 10 * 2 - 75)::float8, 'unserved')$$, 'what is lost if a site closes');
SELECT results_eq($$SELECT demand_id, site_id, amount FROM allocate('TABLE area', 'SELECT id, capacity, CASE id WHEN ''b'' THEN 12 END AS minimum FROM clinic', 'TABLE way') WHERE kind = 'flow' ORDER BY 1, 2$$,
	$$VALUES ('1', 'b', 10::bigint), ('2', 'a', 5), ('3', 'a', 8), ('3', 'b', 2)$$, 'a minimum is reached');
SELECT results_eq($$SELECT status, amount, reason FROM allocate('TABLE area', 'SELECT id, 20 AS capacity, 15 AS minimum FROM clinic', 'TABLE way') WHERE kind = 'summary'$$,
	$$VALUES ('infeasible', NULL::bigint, '1 sites cannot reach their minimum: 5 are missing')$$, 'minima beyond the people are infeasible, with the reason');
SELECT is((SELECT count(*) FROM allocate('TABLE area', 'SELECT id, 20 AS capacity, 15 AS minimum FROM clinic', 'TABLE way') WHERE kind = 'flow'), 0::bigint, 'and no plan is given');

-- Too little room, and no way at all
SELECT results_eq($$SELECT demand_id, amount, reason FROM allocate('TABLE area', 'SELECT id, 6 AS capacity FROM clinic', 'SELECT * FROM way WHERE demand_id <> 2') WHERE kind = 'unserved' ORDER BY 1, 3$$,
	$$VALUES ('2', 5::bigint, 'no pair'), ('3', 8, 'no room')$$, 'who is unserved, and why');
SELECT is((SELECT reason FROM allocate('TABLE area', 'SELECT id, 6 AS capacity FROM clinic', 'SELECT * FROM way WHERE demand_id <> 2') WHERE kind = 'summary'),
	'13 have no place, 5 of them no pair; 2 demands with 20 can go only to 2 sites with room for 12', 'the cut in words');
SELECT results_eq($$SELECT site_id, reason, one_more_serves FROM allocate('TABLE area', 'SELECT id, 6 AS capacity FROM clinic', 'TABLE way') WHERE kind = 'site' ORDER BY 1$$,
	$$VALUES ('a', 'blocks', 1::bigint), ('b', 'blocks', 1)$$, 'blocking sites, where one more place serves one more');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'SELECT id, 6 AS capacity FROM clinic', 'TABLE way', unserved => 'refuse')$$, '22023', 'allocate() cannot place everybody', 'or it is refused');
SELECT is((SELECT count(*) FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', max_cost => 2.5) WHERE kind = 'flow' AND cost > 2.5), 0::bigint, 'nothing dearer than max_cost');
SELECT is((SELECT max(cost) FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', minimise_worst => true) WHERE kind = 'flow'), 4::float8, 'the longest journey as short as can be');
SELECT is((SELECT total_cost FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', equity => 2) WHERE kind = 'summary'), 75::float8, 'the cost is told as it is');
SELECT is((SELECT objective FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', equity => 2) WHERE kind = 'summary'), (10 * 16 + 5 * 1 + 10 * 9)::float8, 'and the objective with its power');
SELECT results_eq($$SELECT demand_id, site_id, amount FROM allocate('TABLE area', 'SELECT id, 14 AS capacity FROM clinic', 'TABLE way', split => false) WHERE kind = 'flow' ORDER BY 1$$,
	$$VALUES ('1', 'b', 10::bigint), ('3', 'a', 10)$$, 'whole areas: two fit');
SELECT is((SELECT status FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', split => false) WHERE kind = 'summary'), 'optimal', 'whole areas at the bound are optimal');

-- Types of ids
SELECT is((SELECT pg_typeof(demand_id)::text || ' ' || pg_typeof(site_id)::text FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', NULL::bigint, NULL::text) WHERE kind = 'flow' LIMIT 1), 'bigint text', 'ids in their own types');
SELECT results_eq($$SELECT demand_id, site_id, amount FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', NULL::bigint, NULL::text) WHERE kind = 'flow' ORDER BY 1$$,
	$$VALUES (1::bigint, 'b', 10::bigint), (2, 'a', 5), (3, 'a', 10)$$, 'bigint ids');
SELECT results_eq($$SELECT demand_id, amount FROM allocate('SELECT md5(id::text)::uuid AS id, amount FROM area', 'TABLE clinic', 'SELECT md5(demand_id::text)::uuid AS demand_id, site_id, cost FROM way', NULL::uuid, NULL::text) WHERE kind = 'flow' ORDER BY 1$$,
	$$SELECT md5(id::text)::uuid, amount::bigint FROM area ORDER BY 1$$, 'uuid ids');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', NULL::integer, NULL::text)$$, '42804', NULL, 'other types of ids are refused');

-- Empty sets
SELECT results_eq($$SELECT kind, amount, status FROM allocate('SELECT * FROM area WHERE false', 'TABLE clinic', 'TABLE way') WHERE kind <> 'site'$$, $$VALUES ('summary', 0::bigint, 'optimal')$$, 'nobody to place');
SELECT results_eq($$SELECT kind, amount, status FROM allocate('TABLE area', 'SELECT * FROM clinic WHERE false', 'TABLE way') WHERE kind = 'summary'$$, $$VALUES ('summary', 0::bigint, 'unserved')$$, 'no sites');
SELECT is((SELECT count(*) FROM allocate('SELECT * FROM area WHERE false', 'SELECT * FROM clinic WHERE false', 'SELECT * FROM way WHERE false')), 1::bigint, 'nothing at all: the summary');
SELECT is((SELECT amount FROM allocate('SELECT id FROM area', 'TABLE clinic', 'TABLE way') WHERE kind = 'summary'), 3::bigint, 'without amounts each demand is one');

-- ---------------------------------------------------------------------
-- Refusals
-- ---------------------------------------------------------------------
SELECT throws_ok($$SELECT * FROM allocate(NULL, 'TABLE clinic', 'TABLE way')$$, '22004', NULL, 'a NULL query');
SELECT throws_ok($$SELECT * FROM allocate('DELETE FROM area', 'TABLE clinic', 'TABLE way')$$, '22023', NULL, 'a query that changes something');
SELECT throws_ok($$SELECT * FROM allocate('SELECT amount FROM area', 'TABLE clinic', 'TABLE way')$$, '42703', 'demand_sql of allocate() has no column "id"', 'no id');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'SELECT id FROM clinic', 'TABLE way')$$, '42703', 'sites_sql of allocate() has no column "capacity"', 'no capacity');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'TABLE clinic', 'SELECT demand_id, site_id FROM way')$$, '42703', NULL, 'no cost');
SELECT throws_ok($$SELECT * FROM allocate('SELECT id, id FROM area', 'TABLE clinic', 'TABLE way')$$, '42701', NULL, 'a column twice');
SELECT throws_ok($$SELECT * FROM allocate('SELECT id, ''x''::text AS amount FROM area', 'TABLE clinic', 'TABLE way')$$, '42804', NULL, 'an amount that is no number');
SELECT throws_ok($$SELECT * FROM allocate('SELECT id, -1 AS amount FROM area', 'TABLE clinic', 'TABLE way')$$, '22003', NULL, 'a negative amount');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'SELECT id, -1 AS capacity FROM clinic', 'TABLE way')$$, '22003', NULL, 'a negative capacity');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'SELECT id, 1 AS capacity, 2 AS minimum FROM clinic', 'TABLE way')$$, '22003', NULL, 'a minimum above the capacity');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'TABLE clinic', 'SELECT demand_id, site_id, -1 AS cost FROM way')$$, '22003', NULL, 'a negative cost');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'TABLE clinic', 'SELECT demand_id, site_id, ''NaN''::float8 AS cost FROM way')$$, '22003', NULL, 'a cost of NaN');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'TABLE clinic', 'SELECT demand_id, site_id, ''Infinity''::float8 AS cost FROM way')$$, '22003', NULL, 'an infinite cost');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'TABLE clinic', 'SELECT demand_id, site_id, NULL::float8 AS cost FROM way')$$, '22004', NULL, 'a NULL cost');
SELECT throws_ok($$SELECT * FROM allocate('SELECT NULL::bigint AS id', 'TABLE clinic', 'TABLE way')$$, '22004', NULL, 'a NULL id');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area UNION ALL TABLE area', 'TABLE clinic', 'TABLE way')$$, '22023', 'demand_sql of allocate() has an id twice', 'a demand twice');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'TABLE clinic UNION ALL TABLE clinic', 'TABLE way')$$, '22023', 'sites_sql of allocate() has an id twice', 'a site twice');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way UNION ALL TABLE way')$$, '22023', 'pairs_sql of allocate() has a pair of demand and site twice', 'a pair twice');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', max_cost => 'NaN')$$, '22023', NULL, 'max_cost NaN');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', keep_unless_saves => -1)$$, '22023', NULL, 'keep_unless_saves below 0');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', equity => 0.5)$$, '22023', NULL, 'equity below 1');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', unserved => 'ignore')$$, '22023', NULL, 'unserved of another word');
SELECT throws_ok($$SELECT * FROM allocate_new('SELECT id, amount FROM area', 'TABLE clinic', 'TABLE way')$$, '42703', NULL, 'allocate_new needs site_id');

-- ---------------------------------------------------------------------
-- Geometries
-- ---------------------------------------------------------------------
CREATE TEMP TABLE home AS SELECT i AS id, 1 AS amount, ST_SetSRID(ST_MakePoint(500000 + i * 100, 180000), 27700) AS geom FROM generate_series(1, 20) AS i;
CREATE TEMP TABLE surgery AS SELECT j AS id, 11 AS capacity, ST_SetSRID(ST_MakePoint(500000 + j * 1000, 180000), 27700) AS geom FROM generate_series(1, 2) AS j;
SELECT results_eq($$SELECT amount, round(total_cost::numeric, 3), status FROM allocate_near('TABLE home', 'TABLE surgery') WHERE kind = 'summary'$$,
	$$SELECT f.amount, round(f.total_cost::numeric, 3), 'optimal' FROM allocate('TABLE home', 'TABLE surgery', 'SELECT h.id AS demand_id, s.id AS site_id, ST_Distance(h.geom, s.geom) AS cost FROM home AS h, surgery AS s') AS f WHERE kind = 'summary'$$,
	'points cost what their distances cost');
SELECT cmp_ok((SELECT max(abs(f.cost / ST_Distance(ST_Transform(h.geom, 4326)::geography, ST_Transform(s.geom, 4326)::geography) - 1)) FROM allocate_near('SELECT id, ST_Transform(geom, 4326) AS geom FROM home',
		'SELECT id, capacity, ST_Transform(geom, 4326)::geography AS geom FROM surgery', NULL::bigint, NULL::bigint) AS f JOIN home AS h ON h.id = f.demand_id JOIN surgery AS s ON s.id = f.site_id WHERE kind = 'flow' AND f.cost > 0),
	'<', 0.005::float8, 'degrees are measured on the ellipsoid');
SELECT results_eq($$SELECT sum(cost)::numeric(12, 3) FROM allocate_near('TABLE home', 'TABLE surgery', detour => 1.3) WHERE kind = 'flow'$$, $$SELECT (1.3 * sum(cost))::numeric(12, 3) FROM allocate_near('TABLE home', 'TABLE surgery') WHERE kind = 'flow'$$, 'the detour');
SELECT is((SELECT sum(amount) FROM allocate_near('TABLE home', 'SELECT id, 5 AS capacity, geom FROM surgery', candidates => 1) WHERE kind = 'unserved'), 10::numeric, 'only the nearest candidates');
SELECT is((SELECT amount FROM allocate_near('TABLE home', 'TABLE surgery', max_cost => 300) WHERE kind = 'summary'), 11::bigint, 'only within the limit');
SELECT lives_ok($$SELECT * FROM allocate_near('SELECT id, ST_Buffer(geom, 10) AS geom FROM home', 'TABLE surgery')$$, 'areas stand for a point on them');
SELECT throws_ok($$SELECT * FROM allocate_near('SELECT id, ST_SetSRID(geom, 0) AS geom FROM home', 'TABLE surgery')$$, '22023', NULL, 'no SRID');
SELECT throws_ok($$SELECT * FROM allocate_near('SELECT id, ST_Transform(geom, 4326) AS geom FROM home', 'TABLE surgery')$$, '22023', 'geometries of allocate_near() have different SRIDs', 'mixed SRIDs');
SELECT throws_ok($$SELECT * FROM allocate_near('SELECT 1 AS id, ''SRID=27700;POINT EMPTY''::geometry AS geom', 'TABLE surgery')$$, '22023', NULL, 'an empty geometry');
SELECT throws_ok($$SELECT * FROM allocate_near('SELECT id, ST_Transform(geom, 3857) AS geom FROM home', 'SELECT id, capacity, ST_Transform(geom, 3857) AS geom FROM surgery')$$, '22023', NULL, 'web Mercator');
SELECT throws_ok($$SELECT * FROM allocate_near('SELECT id, 1 AS geom FROM home', 'TABLE surgery')$$, '42804', NULL, 'a number for a geometry');
SELECT throws_ok($$SELECT * FROM allocate_near('TABLE home', 'TABLE surgery', detour => 0.5)$$, '22023', NULL, 'a detour below 1');

-- ---------------------------------------------------------------------
-- Random problems: the plan is verified from the plan alone, one more place
-- is worth what solving again finds, and the order of rows does not matter.
-- ---------------------------------------------------------------------
CREATE TEMP TABLE d AS SELECT i AS id, 1 + (hashint4(i) & 31) AS amount FROM generate_series(1, 60) AS i;
CREATE TEMP TABLE s AS SELECT j AS id, 40 + (hashint4(j + 1000) & 127) AS capacity FROM generate_series(1, 12) AS j;
CREATE TEMP TABLE p AS SELECT d.id AS demand_id, s.id AS site_id, (hashint4(d.id * 100 + s.id) & 1023) / 10.0 AS cost FROM d, s WHERE hashint4(d.id * 77 + s.id) & 3 <> 0;
CREATE TEMP TABLE answer AS SELECT * FROM allocate('TABLE d', 'TABLE s', 'TABLE p', NULL::bigint, NULL::bigint);
SELECT results_eq($$SELECT is_feasible, is_optimal, total_cost, unserved FROM verify_allocation('TABLE d', 'TABLE s', 'TABLE p', $q$SELECT * FROM answer WHERE kind = 'flow'$q$)$$,
	$$SELECT true, true, objective, (SELECT coalesce(sum(u.amount), 0)::bigint FROM answer AS u WHERE kind = 'unserved') FROM answer WHERE kind = 'summary'$$, 'verified from the plan alone');
SELECT is((SELECT is_optimal FROM verify_allocation('TABLE d', 'TABLE s', 'TABLE p', $q$SELECT * FROM allocate('TABLE d', 'TABLE s', 'TABLE p', equity => 3) WHERE kind = 'flow'$q$)), false, 'another plan is not the best');
SELECT set_eq($$SELECT s.id::bigint, round((SELECT a.objective - b.objective FROM answer AS a, allocate('TABLE d', format('SELECT id, capacity + (id = %s)::int AS capacity FROM s', s.id), 'TABLE p') AS b WHERE a.kind = 'summary' AND b.kind = 'summary')::numeric, 6) FROM s$$,
	$$SELECT site_id, round(one_more_saves::numeric, 6) FROM answer WHERE kind = 'site'$$, 'one more place is worth what solving again finds');
SELECT set_eq($$SELECT demand_id, site_id, amount FROM allocate('SELECT * FROM d ORDER BY hashint4(id)', 'SELECT * FROM s ORDER BY hashint4(id)', 'SELECT * FROM p ORDER BY hashint4(demand_id + site_id * 1000)', NULL::bigint, NULL::bigint) WHERE kind = 'flow'$$,
	$$SELECT demand_id, site_id, amount FROM answer WHERE kind = 'flow'$$, 'the same plan from any order of rows');

-- A long call can be cancelled at once.
CREATE FUNCTION pg_temp.cancelled() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM count(*) FROM allocate_near('SELECT i AS id, ST_SetSRID(ST_MakePoint(hashint4(i) & 65535, hashint4(i + 1000000) & 65535), 27700) AS geom FROM generate_series(1, 400000) AS i',
		'SELECT i AS id, 4010 AS capacity, ST_SetSRID(ST_MakePoint(hashint4(i + 2000000) & 65535, hashint4(i + 3000000) & 65535), 27700) AS geom FROM generate_series(1, 100) AS i');
	RETURN 'done';
EXCEPTION WHEN query_canceled THEN RETURN 'cancelled';
END $$;
SET LOCAL statement_timeout = '1500ms';
SELECT is(pg_temp.cancelled(), 'cancelled', 'a long call can be cancelled');
SET LOCAL statement_timeout = 0;
SELECT * FROM finish();
ROLLBACK;
