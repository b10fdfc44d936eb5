-- allocate(): rows by group, weights, and attempts to break what the COMMENTs
-- say: one more place with minima and moves, wrong plans, odd ids and numbers.
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(61);

CREATE TEMP TABLE area (id bigint, amount int, site_id text, "group" int);
INSERT INTO area VALUES (3, 10, 'b', 10), (1, 10, 'a', 1), (2, 5, NULL, 1), (4, 2, 'b', NULL);
CREATE TEMP TABLE clinic (id text, capacity int);
INSERT INTO clinic VALUES ('b', 12), ('a', 14);
CREATE TEMP TABLE way (demand_id bigint, site_id text, cost float8);
INSERT INTO way VALUES (1, 'a', 2), (1, 'b', 4), (2, 'a', 1), (2, 'b', 7), (3, 'a', 3), (3, 'b', 6), (4, 'b', 9);

-- 27 people for 26 places; 4 can go only to b, 2 and 3 save most at a.
CREATE TEMP TABLE plan AS SELECT * FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way');
SELECT results_eq($$SELECT "group", amount, without_place, total_cost, from_cost, nearer, farther FROM plan WHERE kind = 'group'$$,
	$$WITH f AS (SELECT a."group"::text AS g, p.*, w.cost AS now FROM plan AS p JOIN area AS a ON a.id::text = p.demand_id LEFT JOIN way AS w ON w.demand_id = a.id AND w.site_id = a.site_id WHERE p.kind = 'flow'),
	e AS (SELECT a."group"::text AS g, sum(a.amount * w.cost) / sum(a.amount) FILTER (WHERE w.cost IS NOT NULL) AS now FROM area AS a LEFT JOIN way AS w ON w.demand_id = a.id AND w.site_id = a.site_id GROUP BY 1),
	u AS (SELECT a."group"::text AS g, sum(p.amount) AS n FROM plan AS p JOIN area AS a ON a.id::text = p.demand_id WHERE p.kind = 'unserved' GROUP BY 1)
	SELECT f.g, sum(f.amount)::bigint, coalesce(min(u.n), 0)::bigint, sum(f.total_cost), min(e.now), coalesce(sum(f.amount) FILTER (WHERE f.cost < f.now), 0)::bigint, coalesce(sum(f.amount) FILTER (WHERE f.cost > f.now), 0)::bigint
	FROM f JOIN e ON e.g IS NOT DISTINCT FROM f.g LEFT JOIN u ON u.g IS NOT DISTINCT FROM f.g GROUP BY f.g ORDER BY f.g NULLS LAST$$, 'groups: who gains and who loses, NULL last');
SELECT is((SELECT string_agg(coalesce("group", '-'), ',') FROM plan WHERE kind = 'group'), '1,10,-', 'each group once');
SELECT results_eq($$SELECT without_place, worst_cost, nearer, farther, from_cost FROM plan WHERE kind = 'summary'$$,
	$$SELECT sum(without_place)::bigint, max(worst_cost), sum(nearer)::bigint, sum(farther)::bigint, (10 * 2 + 10 * 6 + 2 * 9) / 22.0::float8 FROM plan WHERE kind = 'group'$$, 'and the summary has the same of all');
SELECT is((SELECT bool_and("group" IS NOT DISTINCT FROM (SELECT a."group"::text FROM area AS a WHERE a.id::text = demand_id)) FROM plan WHERE kind IN ('flow', 'unserved')), true, 'flows carry their group');
SELECT is((SELECT count(*) FROM allocate('SELECT id, amount FROM area', 'TABLE clinic', 'TABLE way') WHERE kind = 'group'), 0::bigint, 'no such column, no such rows');
SELECT is((SELECT count(*) FROM allocate('SELECT id, amount, "group" FROM area', 'TABLE clinic', 'TABLE way') WHERE kind = 'group' AND nearer IS NULL AND from_cost IS NULL), 3::bigint, 'without site_id nothing is said of before');
SELECT results_eq($$SELECT amount, without_place FROM allocate('SELECT 1 AS id, 0 AS amount, ''x'' AS "group"', 'TABLE clinic', 'TABLE way') WHERE kind = 'group'$$, $$VALUES (0::bigint, 0::bigint)$$, 'a group of nobody');
SELECT results_eq($$SELECT "group", amount, farther FROM reallocate('TABLE area', 'TABLE clinic', 'TABLE way') WHERE kind = 'group' ORDER BY 1$$,
	$$VALUES ('1', 14::bigint, 0::bigint), ('10', 10, 0), (NULL, 2, 0)$$, 'reallocate: groups of everybody; who is registered does not lose the place to a newcomer');
SELECT results_eq($$SELECT demand_id, amount FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', keep_unless_saves => 4) WHERE kind = 'unserved'$$, $$VALUES ('2', 1::bigint)$$, 'nor for less than keep_unless_saves');
SELECT results_eq($$SELECT kind, from_site_id, reason FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', keep_unless_saves => 'Infinity', split => false) WHERE kind = 'unserved'$$, $$VALUES ('unserved', NULL::text, 'no room')$$, 'whole: the newcomers have no place');
SELECT is((SELECT sum(amount) FROM allocate('SELECT id, amount, ''g'' || (id % 3) AS "group" FROM area', 'TABLE clinic', 'TABLE way', split => false) WHERE kind = 'group'),
	(SELECT amount::numeric FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', split => false) WHERE kind = 'summary'), 'groups of whole demands');

-- Weights: a's last places go to whom they count for.
SELECT results_eq($$SELECT demand_id, amount FROM allocate('SELECT 1 AS id, 5 AS amount, 1 AS weight UNION ALL SELECT 2, 5, 3', 'SELECT ''a'' AS id, 5 AS capacity UNION ALL SELECT ''b'', 5', 'SELECT * FROM (VALUES (1, ''a'', 0), (1, ''b'', 10), (2, ''a'', 0), (2, ''b'', 5)) AS v (demand_id, site_id, cost)') WHERE kind = 'flow' AND site_id = 'a'$$,
	$$VALUES ('2', 5::bigint)$$, 'who counts three times goes first');
SELECT results_eq($$SELECT total_cost, objective, bound FROM allocate('SELECT 1 AS id, 5 AS amount, 2.5 AS weight', 'SELECT ''a'' AS id, 5 AS capacity', 'SELECT 1 AS demand_id, ''a'' AS site_id, 3 AS cost') WHERE kind = 'summary'$$,
	$$VALUES (15::float8, 37.5::float8, 37.5::float8)$$, 'the cost is told as it is, the objective as it counts');
SELECT is((SELECT is_optimal FROM verify_allocation('SELECT 1 AS id, 5 AS amount, 1 AS weight UNION ALL SELECT 2, 5, 3', 'SELECT ''a'' AS id, 5 AS capacity UNION ALL SELECT ''b'', 5', 'SELECT * FROM (VALUES (1, ''a'', 0), (1, ''b'', 10), (2, ''a'', 0), (2, ''b'', 5)) AS v (demand_id, site_id, cost)',
	'SELECT * FROM (VALUES (1, ''a'', 5), (2, ''b'', 5)) AS v (demand_id, site_id, amount)')), false, 'the check counts weights too');
SELECT throws_ok(format($$SELECT * FROM allocate('SELECT 1 AS id, %s::float8 AS weight', 'TABLE clinic', 'TABLE way')$$, w), state, NULL, 'weight ' || w)
	FROM (VALUES ('-1', '22003'), ('''''NaN''''', '22003'), ('''''Infinity''''', '22003'), ('NULL', '22004')) AS v (w, state);

-- ---------------------------------------------------------------------
-- One more place, exactly, with minima, moves, weights and too little room
-- ---------------------------------------------------------------------
CREATE TEMP TABLE d AS SELECT i AS id, 1 + (hashint4(i) & 31) AS amount, 1 + (hashint4(i + 5000) & 7) AS site_id, 1 + (i % 3) AS weight FROM generate_series(1, 40) AS i;
CREATE TEMP TABLE s AS SELECT j AS id, 40 + (hashint4(j + 1000) & 63) AS capacity, 10 + (hashint4(j + 31) & 31) AS minimum FROM generate_series(1, 8) AS j;
CREATE TEMP TABLE p AS SELECT d.id AS demand_id, s.id AS site_id, (hashint4(d.id * 100 + s.id) & 1023) / 10.0 AS cost FROM d, s WHERE hashint4(d.id * 77 + s.id) & 3 <> 0;
CREATE FUNCTION pg_temp.differs(demand text, sites text, keep float8) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM allocate(demand, sites, 'TABLE p', NULL::bigint, NULL::bigint, keep_unless_saves => keep) AS a
	JOIN allocate(demand, sites, 'TABLE p', NULL::bigint, NULL::bigint, keep_unless_saves => keep) AS z ON z.kind = 'summary',
	LATERAL allocate(demand, format('SELECT id, capacity + (id = %s)::int AS capacity, minimum FROM (%s) AS q', a.site_id, sites), 'TABLE p', NULL::bigint, NULL::bigint, keep_unless_saves => keep) AS b
	WHERE a.kind = 'site' AND b.kind = 'summary' AND (b.amount - z.amount <> a.one_more_serves OR abs(z.objective - b.objective - a.one_more_saves) > 1e-6) $$;
SELECT is(pg_temp.differs('TABLE d', 'TABLE s', NULL), 0::bigint, 'one more place: with minima and weights');
SELECT is(pg_temp.differs('TABLE d', 'TABLE s', 'Infinity'), 0::bigint, 'one more place: nobody moves who need not');
SELECT is(pg_temp.differs('TABLE d', 'TABLE s', 20), 0::bigint, 'one more place: leaving must save 20');
SELECT is(pg_temp.differs('SELECT id, amount * 2 AS amount, site_id FROM d', 'TABLE s', NULL), 0::bigint, 'one more place: too little room');
SELECT is(pg_temp.differs('SELECT id, amount * 2 AS amount, site_id FROM d', 'TABLE s', 'Infinity'), 0::bigint, 'one more place: too little room and moves');
SELECT is(pg_temp.differs('TABLE d', 'SELECT id, CASE WHEN id < 4 THEN 0 ELSE capacity END AS capacity, 0 AS minimum FROM s', 'Infinity'), 0::bigint, 'one more place: where there is none');
-- The longest journey is the least limit that leaves no more unserved.
SELECT is((SELECT worst_cost FROM allocate('TABLE d', 'SELECT id, capacity FROM s', 'TABLE p', minimise_worst => true) WHERE kind = 'summary'),
	(SELECT min(t.cost)::float8 FROM (SELECT DISTINCT cost FROM p) AS t WHERE (SELECT a.without_place FROM allocate('TABLE d', 'SELECT id, capacity FROM s', 'TABLE p', max_cost => t.cost::float8) AS a WHERE a.kind = 'summary')
	= (SELECT a.without_place FROM allocate('TABLE d', 'SELECT id, capacity FROM s', 'TABLE p') AS a WHERE a.kind = 'summary')), 'the longest journey is as short as can be');
SELECT is((SELECT count(*) FROM (SELECT * FROM allocate('TABLE d', 'TABLE s', 'TABLE p', keep_unless_saves => 'Infinity') EXCEPT SELECT * FROM allocate('SELECT * FROM d ORDER BY hashint4(id)', 'SELECT * FROM s ORDER BY id DESC', 'SELECT * FROM p ORDER BY random()', keep_unless_saves => 'Infinity')) AS x WHERE kind <> 'summary'), 0::bigint, 'any order of rows, with minima and moves');

-- ---------------------------------------------------------------------
-- Wrong plans, each told by its own words
-- ---------------------------------------------------------------------
SELECT results_eq(format($$SELECT is_feasible, problem, is_optimal FROM verify_allocation('TABLE area', 'SELECT id, capacity, 3 AS minimum FROM clinic', 'TABLE way', %L, 8.5)$$, plan), format('VALUES (false, %L::text, NULL::boolean)', problem), problem)
FROM (VALUES ('SELECT 9 AS demand_id, ''a'' AS site_id, 1 AS amount', 'ids that are in no query'),
	('SELECT 1 AS demand_id, ''z'' AS site_id, 0 AS amount UNION ALL SELECT 1, ''z'', 1', 'ids that are in no query'),
	('SELECT 1 AS demand_id, ''a'' AS site_id, 11 AS amount', 'more placed than there are'),
	('SELECT 1 AS demand_id, ''a'' AS site_id, 6 AS amount UNION ALL SELECT 1, ''b'', 5', 'more placed than there are'),
	('SELECT 4 AS demand_id, ''a'' AS site_id, 1 AS amount', 'placed where there is no pair'),
	('SELECT 4 AS demand_id, ''b'' AS site_id, 1 AS amount', 'placed where there is no pair'),
	('SELECT 1 AS demand_id, ''a'' AS site_id, 10 AS amount UNION ALL SELECT 3, ''a'', 5', 'over capacity'),
	('SELECT 1 AS demand_id, ''a'' AS site_id, 10 AS amount', 'below a minimum')) AS v (plan, problem);
SELECT is((SELECT is_optimal FROM verify_allocation('TABLE area', 'TABLE clinic', 'TABLE way', $$SELECT demand_id, site_id, amount FROM plan WHERE kind = 'flow' AND demand_id <> '4'$$)), false, 'somebody left out who had room');
SELECT is((SELECT is_optimal FROM verify_allocation('TABLE area', 'TABLE clinic', 'TABLE way', $$SELECT demand_id, site_id, amount FROM plan WHERE kind = 'flow'$$)), true, 'the plan itself');
SELECT is((SELECT is_optimal FROM verify_allocation('TABLE area', 'TABLE clinic', 'TABLE way', $$SELECT demand_id, site_id, 1 AS amount FROM plan, generate_series(1, plan.amount) WHERE kind = 'flow'$$)), true, 'and in parts');
SELECT throws_ok($$SELECT * FROM verify_allocation('TABLE area', 'TABLE clinic', 'TABLE way', 'SELECT 1 AS demand_id, ''a'' AS site_id, 1::bigint << 50 AS amount FROM generate_series(1, 16384)')$$, '22003', NULL, 'a plan whose sum would come round to 0');
SELECT throws_ok($$SELECT * FROM verify_allocation('TABLE area', 'TABLE clinic', 'TABLE way', 'SELECT 1 AS demand_id, ''a'' AS site_id, -1 AS amount')$$, '22003', NULL, 'a plan of less than nobody');

-- ---------------------------------------------------------------------
-- Numbers and ids
-- ---------------------------------------------------------------------
SELECT throws_ok($$SELECT * FROM allocate('SELECT 1 AS id, 1.5 AS amount', 'TABLE clinic', 'TABLE way')$$, '22003', NULL, 'half a person is refused');
SELECT throws_ok($$SELECT * FROM allocate('SELECT 1 AS id, ''NaN''::numeric AS amount', 'TABLE clinic', 'TABLE way')$$, '22003', NULL, 'a number that is none');
SELECT throws_ok($$SELECT * FROM allocate('SELECT 1 AS id, 1e30 AS amount', 'TABLE clinic', 'TABLE way')$$, '22003', NULL, 'more than a bigint');
SELECT throws_ok($$SELECT * FROM allocate('SELECT 1.4 AS id', 'TABLE clinic', 'TABLE way', demand_type => NULL::bigint, site_type => NULL::text)$$, '42804', NULL, 'ids are not rounded');
SELECT is((SELECT capacity FROM allocate('TABLE area', 'SELECT id, sum(capacity::bigint) AS capacity FROM clinic GROUP BY id', 'TABLE way') WHERE kind = 'summary'), 26::bigint, 'sums are numeric, and taken');
SELECT is((SELECT amount FROM allocate('SELECT 1 AS id, 5.0 AS amount', 'TABLE clinic', 'TABLE way') WHERE kind = 'summary'), 5::bigint, 'numeric whole numbers are taken');
SELECT throws_ok($$SELECT * FROM allocate('SELECT 1 AS id, 2 AS amount', 'TABLE clinic', 'SELECT 1 AS demand_id, ''a'' AS site_id, ''Infinity''::float8 AS cost')$$, '22003', NULL, 'an endless way');
SELECT results_eq($$SELECT amount, objective, status FROM allocate('SELECT 1 AS id, 1::bigint << 50 AS amount', 'SELECT ''a'' AS id, 1::bigint << 50 AS capacity', 'SELECT 1 AS demand_id, ''a'' AS site_id, 1e15 AS cost') WHERE kind = 'summary'$$,
	$$VALUES (1::bigint << 50, 2.0 ^ 50 * 1e15::float8, 'optimal')$$, 'the most people the longest way');
SELECT results_eq($$SELECT amount, objective, status FROM allocate('SELECT 1 AS id, 1::bigint << 50 AS amount', 'SELECT ''a'' AS id, 1::bigint << 50 AS capacity', 'SELECT 1 AS demand_id, ''a'' AS site_id, 1e15 AS cost', split => false) WHERE kind = 'summary'$$,
	$$VALUES (1::bigint << 50, 2.0 ^ 50 * 1e15::float8, 'optimal')$$, 'and whole');
SELECT results_eq($$SELECT amount, without_place, reason FROM allocate('TABLE area', 'SELECT id, 0 AS capacity FROM clinic', 'TABLE way') WHERE kind = 'summary'$$,
	$$VALUES (0::bigint, 27::bigint, '27 have no place, 0 of them no pair; 4 demands with 27 can go only to 2 sites with room for 0')$$, 'no room at all');
SELECT results_eq($$SELECT amount, status FROM allocate('SELECT 1 AS id, 0 AS amount', 'TABLE clinic', 'TABLE way') WHERE kind IN ('flow', 'summary')$$, $$VALUES (0::bigint, 'optimal')$$, 'nobody goes nowhere');
SELECT is((SELECT string_agg(demand_id, ',' ORDER BY demand_id COLLATE "C") FROM allocate('SELECT id FROM (VALUES (''é''), (''e''), (''E''), (''e ''), ('''')) AS v (id)', 'SELECT ''a'' AS id, 5 AS capacity', 'SELECT id AS demand_id, ''a'' AS site_id, 1 AS cost FROM (VALUES (''é''), (''e''), (''E''), (''e ''), ('''')) AS v (id)') WHERE kind = 'flow'), ',E,e,e ,é', 'ids that some collations hold for equal are not');
SELECT is((SELECT count(*) FROM allocate('SELECT 9223372036854775807 AS id UNION ALL SELECT -9223372036854775808', 'SELECT 0 AS id, 2 AS capacity', 'SELECT 9223372036854775807 AS demand_id, 0 AS site_id, 1 AS cost UNION ALL SELECT -9223372036854775808, 0, 1', NULL::bigint, NULL::bigint) WHERE kind = 'flow'), 2::bigint, 'the first and the last bigint');
SELECT is((SELECT count(*) FROM allocate('SELECT md5(i::text)::uuid AS id FROM generate_series(1, 50) AS i', 'SELECT ''s'' AS id, 50 AS capacity', 'SELECT upper(md5(i::text))::uuid AS demand_id, ''s'' AS site_id, 1 AS cost FROM generate_series(1, 50) AS i', NULL::uuid, NULL::text) WHERE kind = 'flow'), 50::bigint, 'uuids however they are written');

-- Bad geometry on either side, and kinds of geometry
SELECT throws_ok(format($$SELECT * FROM allocate_near('SELECT 1 AS id, %s AS geom', 'SELECT 1 AS id, 1 AS capacity, %s AS geom')$$, d, s), state, NULL, what) FROM (VALUES
	('''''SRID=27700;POINT(0 0)''''::geometry', '''''POINT(0 0)''''::geometry', '22023', 'a site without SRID'),
	('''''SRID=27700;POINT(0 0)''''::geometry', '''''SRID=27700;POLYGON EMPTY''''::geometry', '22023', 'a site that is an empty polygon'),
	('''''SRID=27700;GEOMETRYCOLLECTION(POINT EMPTY)''''::geometry', '''''SRID=27700;POINT(0 0)''''::geometry', '22023', 'a collection of nothing'),
	('NULL::geometry', '''''SRID=27700;POINT(0 0)''''::geometry', '22004', 'no geometry'),
	('ST_SetSRID(ST_MakePoint(''''NaN'''', 0), 27700)', '''''SRID=27700;POINT(0 0)''''::geometry', '22003', 'a coordinate that is no number'),
	('''''SRID=4326;POINT(0 91)''''::geometry', '''''SRID=4326;POINT(0 51)''''::geometry', '22023', 'a point beyond the pole')) AS v (d, s, state, what);
SELECT lives_ok($$SELECT * FROM allocate_near('SELECT 1 AS id, ''SRID=27700;LINESTRING(0 0, 0 10)''::geometry AS geom', 'SELECT 1 AS id, 1 AS capacity, ''SRID=27700;MULTIPOINT((0 5), (0 6))''::geometry AS geom')$$, 'lines and sets of points stand for a point on them');
SELECT is((SELECT round((cost / 1000)::numeric) FROM allocate_near($$SELECT 1 AS id, 'POINT(-0.3 51.6)'::geography AS geom$$, $$SELECT 1 AS id, 1 AS capacity, 'SRID=4326;POINT(-0.3 52.6)'::geometry AS geom$$) WHERE kind = 'flow'), 111::numeric, 'geography and degrees are of one kind');
SELECT * FROM finish();
ROLLBACK;
