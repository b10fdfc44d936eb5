-- allocate(split => false): demands that go whole, against all possibilities
-- in plain SQL, and what is said where the proof does not end.
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(26);

CREATE TEMP TABLE area (id int, amount int, site_id text);
INSERT INTO area VALUES (1, 6, 'a'), (2, 5, 'a'), (3, 4, 'b'), (4, 3, NULL);
CREATE TEMP TABLE clinic (id text, capacity int, minimum int);
INSERT INTO clinic VALUES ('a', 10, 0), ('b', 10, 0);
CREATE TEMP TABLE way (demand_id int, site_id text, cost float8);
INSERT INTO way VALUES (1, 'a', 1), (1, 'b', 5), (2, 'a', 1), (2, 'b', 2), (3, 'a', 1), (3, 'b', 8), (4, 'a', 3), (4, 'b', 3);

SELECT results_eq($$SELECT demand_id, site_id, amount FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', split => false) WHERE kind = 'flow' ORDER BY 1$$,
	$$VALUES ('1', 'a', 6::bigint), ('2', 'b', 5), ('3', 'a', 4), ('4', 'b', 3)$$, 'by hand');
SELECT results_eq($$SELECT status, objective, bound, gap FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', split => false) WHERE kind = 'summary'$$,
	$$VALUES ('optimal', 29::float8, 29::float8, 0::float8)$$, 'proved');
SELECT results_eq($$SELECT demand_id, site_id, amount FROM allocate('TABLE area', 'SELECT id, capacity, CASE id WHEN ''b'' THEN 9 END AS minimum FROM clinic', 'TABLE way', split => false) WHERE kind = 'flow' ORDER BY 1$$,
	$$VALUES ('1', 'b', 6::bigint), ('2', 'a', 5), ('3', 'a', 4), ('4', 'b', 3)$$, 'with a minimum of 9 at b: 6 and 3 are cheapest');
SELECT results_eq($$SELECT status, reason, amount FROM allocate('TABLE area', 'SELECT id, 20 AS capacity, 7 + (id = ''a'')::int AS minimum FROM clinic', 'SELECT demand_id, site_id, cost FROM way WHERE demand_id < 3 UNION ALL SELECT 3, ''a'', 1 UNION ALL SELECT 4, ''a'', 1', split => false) WHERE kind = 'summary'$$,
	$$VALUES ('infeasible', 'whole demands cannot reach all minima', NULL::bigint)$$, 'minima that only parts could reach: infeasible, proved');
SELECT is((SELECT count(*) FROM allocate('TABLE area', 'SELECT id, 20 AS capacity, 7 + (id = ''a'')::int AS minimum FROM clinic', 'SELECT demand_id, site_id, cost FROM way WHERE demand_id < 3 UNION ALL SELECT 3, ''a'', 1 UNION ALL SELECT 4, ''a'', 1', split => false) WHERE kind IN ('flow', 'group')), 0::bigint, 'and no plan');
SELECT throws_ok($$SELECT * FROM allocate('TABLE area', 'SELECT id, 20 AS capacity, 7 + (id = ''a'')::int AS minimum FROM clinic', 'SELECT demand_id, site_id, cost FROM way WHERE demand_id < 3 UNION ALL SELECT 3, ''a'', 1 UNION ALL SELECT 4, ''a'', 1', split => false, unserved => 'refuse')$$, '22023', NULL, 'or an error');
SELECT results_eq($$SELECT demand_id, site_id FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', split => false, keep_unless_saves => 'Infinity') WHERE kind = 'flow' AND from_site_id <> site_id ORDER BY 1$$,
	$$VALUES ('2', 'b')$$, 'only one has to move: the smaller one');
SELECT results_eq($$SELECT amount, objective FROM allocate('TABLE area', 'SELECT id, 11 AS capacity FROM clinic', 'TABLE way', split => false, keep_unless_saves => 'Infinity') WHERE kind = 'summary'$$,
	$$VALUES (18::bigint, (6 * 1 + 5 * 1 + 4 * 8 + 3 * 3)::float8)$$, 'nobody moves where all could stay');
SELECT results_eq($$SELECT amount, status, gap FROM allocate('TABLE area', 'SELECT id, 7 AS capacity FROM clinic', 'TABLE way', split => false) WHERE kind = 'summary'$$,
	$$VALUES (13::bigint, 'unserved', 0::float8)$$, 'too little room: as many as can be, 6 and 4 + 3, proved');
SELECT is((SELECT sum(amount) FROM allocate('TABLE area', 'SELECT id, 7 AS capacity FROM clinic', 'TABLE way', split => false) WHERE kind = 'unserved'), 5::numeric, 'who has no place');
SELECT is((SELECT max(cost) FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', split => false, max_cost => 4) WHERE kind = 'flow'), 3::float8, 'nothing dearer than max_cost');
SELECT is((SELECT objective FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', split => false, equity => 2) WHERE kind = 'summary'), (6 * 1 + 5 * 4 + 4 * 1 + 3 * 9)::float8, 'with a power');
SELECT is((SELECT one_more_saves FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', split => false) WHERE kind = 'site' AND site_id = 'a'), NULL, 'whole demands: no value of one more place');
SELECT results_eq($$SELECT demand_id, site_id FROM allocate_new('TABLE area', 'TABLE clinic', 'TABLE way', split => false) WHERE kind = 'flow'$$,
	$$VALUES ('4', 'b')$$, 'a newcomer goes whole where there is room') ;
SELECT results_eq($$SELECT kind, demand_id, from_site_id, site_id FROM reallocate('TABLE area', 'TABLE clinic', 'TABLE way', split => false) WHERE kind = 'move' AND from_site_id IS NOT NULL$$,
	$$VALUES ('move', '2', 'a', 'b')$$, 'reallocate moves one whole');

-- Great costs: fine steps of distances times many people must not overflow.
SELECT is((SELECT amount FROM allocate_near($$SELECT i AS id, 40000 AS amount, ST_SetSRID(ST_MakePoint(i * 977.123 % 10000, i * 313.7 % 10000), 27700) AS geom FROM generate_series(1, 30) AS i$$,
	$$SELECT j AS id, 320000 AS capacity, ST_SetSRID(ST_MakePoint(j * 2000, j * 1500), 27700) AS geom FROM generate_series(1, 4) AS j$$, split => false) WHERE kind = 'summary'), 1200000::bigint, 'distances of many people, whole');

-- ---------------------------------------------------------------------
-- All possibilities, in SQL: 40 problems of 6 demands and 3 sites (the fourth
-- choice is nowhere), half of them with minima and a site to stay at.
-- ---------------------------------------------------------------------
CREATE TEMP TABLE d AS SELECT r, i AS id, 1 + (hashint4(r * 1000 + i) & 7) AS amount, NULLIF(hashint4(r * 77 + i * 13) & 3, 0) AS site_id FROM generate_series(1, 40) AS r, generate_series(1, 6) AS i;
CREATE TEMP TABLE s AS SELECT r, j AS id, 6 + (hashint4(r * 31 + j) & 7) AS capacity, CASE WHEN r % 2 = 0 THEN hashint4(r * 17 + j) & 3 ELSE 0 END AS minimum FROM generate_series(1, 40) AS r, generate_series(1, 3) AS j;
CREATE TEMP TABLE p AS SELECT r, d.id AS demand_id, j AS site_id, (hashint4(r * 10000 + d.id * 10 + j) & 63)::float8 AS cost FROM d, generate_series(1, 3) AS j WHERE hashint4(r * 999 + d.id * 7 + j) & 7 <> 0;
CREATE TEMP TABLE option AS SELECT d.r, d.id, d.amount, p.site_id, p.cost * d.amount AS cost,
	CASE WHEN d.site_id IS NOT NULL AND d.site_id <> p.site_id THEN d.amount ELSE 0 END AS moved, 0 AS unserved
	FROM d JOIN p ON p.r = d.r AND p.demand_id = d.id UNION ALL SELECT r, id, amount, 0, 0, CASE WHEN site_id IS NULL THEN 0 ELSE amount END, amount FROM d;
CREATE TEMP TABLE every AS SELECT r, a.unserved + b.unserved + c.unserved + e.unserved + f.unserved + g.unserved AS unserved,
	a.moved + b.moved + c.moved + e.moved + f.moved + g.moved AS moved, a.cost + b.cost + c.cost + e.cost + f.cost + g.cost AS cost
	FROM option AS a JOIN option AS b USING (r) JOIN option AS c USING (r) JOIN option AS e USING (r) JOIN option AS f USING (r) JOIN option AS g USING (r)
	WHERE (a.id, b.id, c.id, e.id, f.id, g.id) = (1, 2, 3, 4, 5, 6) AND NOT EXISTS (SELECT FROM s WHERE s.r = a.r AND
		(a.site_id = s.id)::int * a.amount + (b.site_id = s.id)::int * b.amount + (c.site_id = s.id)::int * c.amount +
		(e.site_id = s.id)::int * e.amount + (f.site_id = s.id)::int * f.amount + (g.site_id = s.id)::int * g.amount NOT BETWEEN s.minimum AND s.capacity);
CREATE TEMP TABLE best AS SELECT DISTINCT ON (r) * FROM every ORDER BY r, unserved, cost;
CREATE TEMP TABLE best_kept AS SELECT DISTINCT ON (r) * FROM every ORDER BY r, unserved, moved, cost;
CREATE FUNCTION pg_temp.solved(keep float8) RETURNS TABLE (r int, status text, unserved bigint, cost float8, gap float8) LANGUAGE sql AS $$
	SELECT n, a.status, a.without_place, a.objective, a.gap FROM generate_series(1, 40) AS n,
	LATERAL allocate(format('SELECT * FROM d WHERE r = %s', n), format('SELECT * FROM s WHERE r = %s', n), format('SELECT * FROM p WHERE r = %s', n), split => false, keep_unless_saves => keep) AS a WHERE a.kind = 'summary' $$;
CREATE TEMP TABLE ours AS SELECT * FROM pg_temp.solved(NULL);
CREATE TEMP TABLE ours_kept AS SELECT * FROM pg_temp.solved('Infinity');
SELECT results_eq($$SELECT r, unserved, cost FROM ours WHERE status <> 'infeasible' ORDER BY r$$, $$SELECT r, unserved::bigint, cost FROM best ORDER BY r$$, 'as all possibilities say, and infeasible where there is none');
SELECT results_eq($$SELECT r, unserved, cost FROM ours_kept WHERE status <> 'infeasible' ORDER BY r$$, $$SELECT r, unserved::bigint, cost FROM best_kept ORDER BY r$$, 'with as few moves as can be too');
SELECT is((SELECT count(*) FROM ours WHERE status <> 'infeasible' AND gap IS DISTINCT FROM 0), 0::bigint, 'all proved');
SELECT cmp_ok((SELECT count(*) FROM ours WHERE status = 'unserved'), '>', 3::bigint, 'some of them short of room');
SELECT set_eq($$SELECT demand_id, site_id FROM allocate('SELECT * FROM d WHERE r = 3 ORDER BY hashint4(id)', 'SELECT * FROM s WHERE r = 3 ORDER BY id DESC', 'SELECT * FROM p WHERE r = 3 ORDER BY random()', split => false) WHERE kind = 'flow'$$,
	$$SELECT demand_id, site_id FROM allocate('SELECT * FROM d WHERE r = 3', 'SELECT * FROM s WHERE r = 3', 'SELECT * FROM p WHERE r = 3', split => false) WHERE kind = 'flow'$$, 'the order of rows does not matter');

-- Parts could all go to a within 2; whole ones need the longer way, and then
-- the shortest of these: all are served before journeys are short.
CREATE TEMP TABLE far AS SELECT * FROM (VALUES (1, 'a', 1), (1, 'b', 2), (1, 'c', 5), (2, 'a', 2), (2, 'b', 1), (2, 'c', 4), (3, 'a', 2), (3, 'b', 2), (3, 'c', 9)) AS v (demand_id, site_id, cost);
SELECT is((SELECT worst_cost FROM allocate('SELECT generate_series(1, 3) AS id, 4 AS amount', 'SELECT * FROM (VALUES (''a'', 6), (''b'', 6), (''c'', 6)) AS v (id, capacity)', 'TABLE far', minimise_worst => true) WHERE kind = 'summary'), 2::float8, 'parts within 2');
SELECT results_eq($$SELECT amount, worst_cost FROM allocate('SELECT generate_series(1, 3) AS id, 4 AS amount', 'SELECT * FROM (VALUES (''a'', 6), (''b'', 6), (''c'', 6)) AS v (id, capacity)', 'TABLE far', minimise_worst => true, split => false) WHERE kind = 'summary'$$,
	$$VALUES (12::bigint, 4::float8)$$, 'all are served whole, within 4');
SELECT is((SELECT worst_cost FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', minimise_worst => true, split => false) WHERE kind = 'summary'),
	(SELECT min(t.cost) FROM (SELECT DISTINCT cost FROM way) AS t WHERE (SELECT a.without_place FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way', split => false, max_cost => t.cost) AS a WHERE a.kind = 'summary') = 0), 'the longest journey of whole areas is as short as can be');

-- A hard problem can be cancelled within 100 ms, early and late: the best of
-- some tries, as the machine may be busy.
CREATE TEMP TABLE late (ms double precision);
CREATE FUNCTION pg_temp.late(allowed int) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE began timestamptz := clock_timestamp();
BEGIN
	PERFORM count(*) FROM allocate('SELECT i AS id, 900 + (hashint4(i) & 127) AS amount FROM generate_series(1, 400) AS i', 'SELECT j AS id, 19400 AS capacity FROM generate_series(1, 20) AS j',
		'SELECT i AS demand_id, j AS site_id, (hashint4(i * 100 + j) & 1023)::float8 AS cost FROM generate_series(1, 400) AS i, generate_series(1, 20) AS j', split => false);
	RETURN 'Infinity';
EXCEPTION WHEN query_canceled THEN
	RETURN 1000 * extract(epoch FROM clock_timestamp() - began) - allowed;
END $$;
SELECT unnest(ARRAY[format('SET LOCAL statement_timeout = %s', allowed), format('INSERT INTO late VALUES (pg_temp.late(%s))', allowed), 'SET LOCAL statement_timeout = 0'])
	FROM unnest('{30,150,400,700}'::int[]) AS allowed \gexec
SELECT cmp_ok((SELECT min(ms) FROM late), '<', 100::double precision, 'cancelled within 100 ms');
SELECT is((SELECT count(*) FROM late WHERE ms = 'Infinity'), 0::bigint, 'in every phase');
SELECT * FROM finish();
ROLLBACK;
