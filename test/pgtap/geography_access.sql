-- Access: floating catchment areas by hand and by plain SQL, the nearest
-- sites, chances, catchments as polygons, and what is refused.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = caregroup, public;
SELECT plan(78);

CREATE TEMP TABLE d (id text, amount float8);
CREATE TEMP TABLE s (id text, capacity float8);
CREATE TEMP TABLE p (demand_id text, site_id text, cost float8);
INSERT INTO d VALUES ('a', 100), ('b', 50), ('c', 30), ('far', 7);
INSERT INTO s VALUES ('X', 10), ('Y', 20), ('Z', 5);
INSERT INTO p VALUES ('a', 'X', 5), ('b', 'X', 10), ('b', 'Y', 5), ('c', 'Y', 20), ('c', 'X', 40), ('nobody', 'X', 1), ('a', 'nowhere', 1);

-- ---------------------------------------------------------------------
-- By hand
-- ---------------------------------------------------------------------
-- Within 20: X has a and b (150 people for 10), Y has b and c (80 for 20).
SELECT results_eq($$SELECT demand_id, access, sites_within FROM access_2sfca('TABLE d', 'TABLE s', 'TABLE p', 20) WHERE kind = 'demand' ORDER BY demand_id$$,
	$$VALUES ('a', 10 / 150.0::float8, 1), ('b', 10 / 150.0::float8 + 0.25, 2), ('c', 0.25::float8, 1), ('far', 0, 0)$$, 'two steps by hand');
SELECT results_eq($$SELECT site_id, amount, capacity, ratio FROM access_2sfca('TABLE d', 'TABLE s', 'TABLE p', 20) WHERE kind = 'site' ORDER BY site_id$$,
	$$VALUES ('X', 150::float8, 10::float8, 10 / 150.0::float8), ('Y', 80, 20, 0.25), ('Z', 0, 5, NULL)$$, 'and the ratios of the sites');
-- Bands 5, 10, 20 with weights 1, 0.68, 0.22: X has 100 + 0.68 * 50, Y 50 + 0.22 * 30.
SELECT results_eq($$SELECT site_id, round(amount::numeric, 6), round(ratio::numeric, 6) FROM access_e2sfca('TABLE d', 'TABLE s', 'TABLE p', decay => 'bands', band_limits => '{5,10,20}', band_weights => '{1,0.68,0.22}') WHERE kind = 'site' AND site_id < 'Z' ORDER BY 1$$,
	$$VALUES ('X', 134.000000, 0.074627), ('Y', 56.600000, 0.353357)$$, 'bands by hand: the sites');
SELECT results_eq($$SELECT demand_id, round(access::numeric, 6) FROM access_e2sfca('TABLE d', 'TABLE s', 'TABLE p', decay => 'bands', band_limits => '{5,10,20}', band_weights => '{1,0.68,0.22}') WHERE kind = 'demand' ORDER BY 1$$,
	$$VALUES ('a', 0.074627), ('b', round(0.68 * 10 / 134 + 20 / 56.6, 6)), ('c', round(0.22 * 20 / 56.6, 6)), ('far', 0.000000)$$, 'and the demand');
-- Balanced within 20: b asks half at X and half at Y; X has 125 for 10, Y 55
-- for 20; X serves a and b, Y b and c, each half.
SELECT results_eq($$SELECT site_id, amount, ratio FROM access_bfca('TABLE d', 'TABLE s', 'TABLE p', 20, 'step') WHERE kind = 'site' ORDER BY site_id$$,
	$$VALUES ('X', 125::float8, 0.08::float8), ('Y', 55, 20 / 55.0::float8), ('Z', 0, NULL)$$, 'balanced by hand: the sites');
SELECT results_eq($$SELECT demand_id, round(access::numeric, 9) FROM access_bfca('TABLE d', 'TABLE s', 'TABLE p', 20, 'step') WHERE kind = 'demand' ORDER BY demand_id$$,
	$$VALUES ('a', 0.040000000), ('b', round(0.04 + 10 / 55.0, 9)), ('c', round(10 / 55.0, 9)), ('far', 0.000000000)$$, 'and the demand');
SELECT results_eq($$SELECT demand_id, place, site_id, cost, amount FROM access_nearest('TABLE d', 'TABLE s', 'TABLE p', 2) ORDER BY demand_id, place$$,
	$$VALUES ('a', 1, 'X', 5::float8, 100::float8), ('b', 1, 'Y', 5, 50), ('b', 2, 'X', 10, 50), ('c', 1, 'Y', 20, 30), ('c', 2, 'X', 40, 30), ('far', NULL, NULL, NULL, 7)$$, 'the two nearest');
SELECT results_eq($$SELECT demand_id, site_id, cost FROM access_nearest('TABLE d', 'TABLE s', 'TABLE p', max_cost => 10)$$,
	$$VALUES ('a', 'X', 5::float8), ('b', 'Y', 5), ('c', NULL, NULL), ('far', NULL, NULL)$$, 'the nearest within a limit');
-- b: X 10 / 100 against Y 20 / 25, so 1 to 8.
SELECT results_eq($$SELECT demand_id, site_id, round(chance::numeric, 9), round(amount::numeric, 6) FROM access_huff('TABLE d', 'TABLE s', 'TABLE p') WHERE demand_id <> 'c' ORDER BY 1, 2$$,
	$$VALUES ('a', 'X', 1.000000000, 100.000000), ('b', 'X', 0.111111111, 5.555556), ('b', 'Y', 0.888888889, 44.444444)$$, 'chances by hand');
SELECT is((SELECT array_agg(chance ORDER BY site_id) FROM access_huff('TABLE d', 'SELECT id, 0 AS capacity FROM s', 'TABLE p') WHERE demand_id = 'b'), '{0,0}', 'no capacity, no chance');
SELECT is((SELECT chance FROM access_huff('SELECT 1 AS id, 1 AS amount', $$SELECT * FROM (VALUES (1, 1), (2, 1)) AS v (id, capacity)$$, $$SELECT * FROM (VALUES (1, 1, 0), (1, 2, 0.5)) AS v (demand_id, site_id, cost)$$) LIMIT 1), 0.5::float8, 'below least_cost all is as near');

-- Gaussian: Dai's weights at half and at all of the limit.
SELECT is(round((SELECT ratio FROM access_e2sfca('SELECT 1 AS id, 10 AS amount', 'SELECT 1 AS id, 1 AS capacity', 'SELECT 1 AS demand_id, 1 AS site_id, 15 AS cost', 30) WHERE kind = 'site')::numeric, 9),
	round((0.1 / ((exp(-0.125) - exp(-0.5)) / (1 - exp(-0.5))))::numeric, 9), 'the Gaussian at half the limit');
SELECT is((SELECT sites_within FROM access_e2sfca('SELECT 1 AS id, 10 AS amount', 'SELECT 1 AS id, 1 AS capacity', 'SELECT 1 AS demand_id, 1 AS site_id, 30 AS cost', 30) WHERE kind = 'demand'), 0, 'at the limit it is 0');

-- ---------------------------------------------------------------------
-- By plain SQL, on drawn instances
-- ---------------------------------------------------------------------
CREATE TEMP TABLE rd AS SELECT g AS id, (abs(hashtext('d' || g)) % 50)::float8 AS amount FROM generate_series(1, 120) AS g;
CREATE TEMP TABLE rs AS SELECT g AS id, (abs(hashtext('s' || g)) % 30)::float8 AS capacity FROM generate_series(1, 25) AS g;
CREATE TEMP TABLE rp AS SELECT rd.id AS demand_id, rs.id AS site_id, (abs(hashtext(rd.id || '-' || rs.id)) % 600 / 10.0)::float8 AS cost
	FROM rd CROSS JOIN rs WHERE abs(hashtext(rd.id || '+' || rs.id)) % 10 < 7;
CREATE TEMP VIEW weighted AS
	SELECT rp.*, CASE WHEN cost > 30 THEN 0 ELSE (exp(-0.5 * (cost / 30) ^ 2) - exp(-0.5)) / (1 - exp(-0.5)) END AS weight FROM rp;
SELECT is_empty($$
	WITH ratio AS (SELECT w.site_id, min(rs.capacity) / nullif(sum(w.weight * rd.amount), 0) AS ratio FROM weighted AS w JOIN rd ON rd.id = w.demand_id JOIN rs ON rs.id = w.site_id GROUP BY 1),
	want AS (SELECT w.demand_id, sum(w.weight * coalesce(r.ratio, 0)) AS access FROM weighted AS w JOIN ratio AS r USING (site_id) GROUP BY 1)
	SELECT FROM access_e2sfca('TABLE rd', 'TABLE rs', 'TABLE rp', NULL::bigint, NULL::bigint, 30) AS a JOIN want AS w ON w.demand_id = a.demand_id
	WHERE abs(a.access - w.access) > 1e-9 * (1 + w.access)$$, 'with decay as plain SQL has it');
SELECT is_empty($$
	WITH share AS (SELECT w.*, w.weight / nullif(sum(w.weight) OVER (PARTITION BY w.demand_id), 0) AS of_demand, w.weight / nullif(sum(w.weight) OVER (PARTITION BY w.site_id), 0) AS of_site FROM weighted AS w),
	ratio AS (SELECT h.site_id, min(rs.capacity) / nullif(sum(h.of_demand * rd.amount), 0) AS ratio FROM share AS h JOIN rd ON rd.id = h.demand_id JOIN rs ON rs.id = h.site_id GROUP BY 1),
	want AS (SELECT h.demand_id, sum(coalesce(h.of_site * r.ratio, 0)) AS access FROM share AS h JOIN ratio AS r USING (site_id) GROUP BY 1)
	SELECT FROM access_bfca('TABLE rd', 'TABLE rs', 'TABLE rp', NULL::bigint, NULL::bigint, 30) AS a JOIN want AS w ON w.demand_id = a.demand_id
	WHERE abs(a.access - w.access) > 1e-9 * (1 + w.access)$$, 'balanced as plain SQL has it');
SELECT is((SELECT round(sum(amount)::numeric, 6) FROM access_bfca('TABLE rd', 'TABLE rs', 'TABLE rp', 30) WHERE kind = 'site'),
	(SELECT round(sum(amount)::numeric, 6) FROM rd WHERE id IN (SELECT demand_id FROM weighted WHERE weight > 0)), 'balanced: everyone within reach asks once');
SELECT is((SELECT round(sum(access)::numeric, 9) FROM access_bfca('TABLE rd', 'TABLE rs', 'TABLE rp', 30) WHERE kind = 'demand'),
	(SELECT round(sum(ratio)::numeric, 9) FROM access_bfca('TABLE rd', 'TABLE rs', 'TABLE rp', 30) WHERE kind = 'site'), 'and every level of service is given once');
SELECT is((SELECT round(sum(amount * access)::numeric, 6) FROM access_2sfca('TABLE rd', 'TABLE rs', 'TABLE rp', 30) WHERE kind = 'demand'),
	(SELECT round(sum(capacity)::numeric, 6) FROM access_2sfca('TABLE rd', 'TABLE rs', 'TABLE rp', 30) WHERE kind = 'site' AND ratio IS NOT NULL), 'two steps: all capacity that is reached is given');
SELECT is_empty($$SELECT demand_id FROM access_huff('TABLE rd', 'TABLE rs', 'TABLE rp', attraction => 1.3, distance => 1.5) GROUP BY demand_id HAVING abs(sum(chance) - 1) > 1e-12$$, 'chances add up to 1');
SELECT is_empty($$
	WITH pull AS (SELECT rp.*, rs.capacity ^ 1.3 / greatest(rp.cost, 1) ^ 1.5 AS pull FROM rp JOIN rs ON rs.id = rp.site_id),
	want AS (SELECT demand_id, site_id, pull / sum(pull) OVER (PARTITION BY demand_id) AS chance FROM pull)
	SELECT FROM access_huff('TABLE rd', 'TABLE rs', 'TABLE rp', demand_type => NULL::bigint, site_type => NULL::bigint, attraction => 1.3, distance => 1.5) AS a JOIN want AS w USING (demand_id, site_id) WHERE abs(a.chance - w.chance) > 1e-12$$, 'and are as plain SQL has them');
SELECT results_eq($$SELECT demand_id, place::bigint, site_id, cost FROM access_nearest('TABLE rd', 'TABLE rs', 'TABLE rp', NULL::bigint, NULL::bigint, 3) ORDER BY 1, 2$$,
	$$SELECT demand_id::bigint, place, site_id::bigint, cost FROM (SELECT rp.*, row_number() OVER (PARTITION BY demand_id ORDER BY cost, site_id) AS place FROM rp) AS r WHERE place <= 3 ORDER BY 1, 2$$, 'the three nearest as plain SQL has them');
SELECT is((SELECT md5(string_agg(a::text, ',')) FROM access_e2sfca('SELECT * FROM rd ORDER BY hashtext(id::text)', 'SELECT * FROM rs ORDER BY hashtext(id::text)', 'SELECT * FROM rp ORDER BY random()', 30) AS a),
	(SELECT md5(string_agg(a::text, ',')) FROM access_e2sfca('TABLE rd', 'TABLE rs', 'TABLE rp', 30) AS a), 'the order of rows does not matter');

-- ---------------------------------------------------------------------
-- Types, nothing, refusals
-- ---------------------------------------------------------------------
SELECT is((SELECT pg_typeof(demand_id)::text || ' ' || pg_typeof(site_id)::text FROM access_nearest('SELECT 1 AS id', 'SELECT ''00000000-0000-0000-0000-000000000001''::uuid AS id', 'SELECT 1 AS demand_id, ''00000000-0000-0000-0000-000000000001''::uuid AS site_id, 3 AS cost', NULL::bigint, NULL::uuid)), 'bigint uuid', 'ids in their own type');
SELECT throws_ok($$SELECT * FROM access_nearest('TABLE d', 'TABLE s', 'TABLE p', NULL::bigint, NULL::text)$$, '42804', NULL, 'a type that they do not have');
SELECT is_empty(format('SELECT * FROM %s', f), 'nothing of nothing: ' || f) FROM (VALUES
	('access_2sfca(''SELECT * FROM d WHERE false'', ''SELECT * FROM s WHERE false'', ''TABLE p'', 20)'),
	('access_bfca(''SELECT * FROM d WHERE false'', ''SELECT * FROM s WHERE false'', ''TABLE p'', 20)'),
	('access_nearest(''SELECT * FROM d WHERE false'', ''TABLE s'', ''TABLE p'')'),
	('access_huff(''TABLE d'', ''SELECT * FROM s WHERE false'', ''TABLE p'')')) AS v (f);
SELECT throws_ok(format('SELECT * FROM %s', call), state, NULL, what) FROM (VALUES
	('access_2sfca(''TABLE d'', ''TABLE s'', ''TABLE p'', NULL)', '22023', 'no limit'),
	('access_2sfca(''TABLE d'', ''TABLE s'', ''TABLE p'', 0)', '22023', 'a limit of 0'),
	('access_2sfca(''TABLE d'', ''TABLE s'', ''TABLE p'', ''NaN'')', '22023', 'a limit that is no number'),
	('access_e2sfca(''TABLE d'', ''TABLE s'', ''TABLE p'', 20, ''exponential'')', '22023', 'a decay that is not a choice'),
	('access_e2sfca(''TABLE d'', ''TABLE s'', ''TABLE p'', 20, NULL)', '22023', 'no decay'),
	('access_e2sfca(''TABLE d'', ''TABLE s'', ''TABLE p'', 20, ''bands'', ''{5}'', ''{1}'')', '22023', 'bands and a limit'),
	('access_e2sfca(''TABLE d'', ''TABLE s'', ''TABLE p'', decay => ''bands'')', '22023', 'bands without bands'),
	('access_e2sfca(''TABLE d'', ''TABLE s'', ''TABLE p'', decay => ''bands'', band_limits => ''{5,10}'', band_weights => ''{1}'')', '22023', 'fewer weights than bands'),
	('access_e2sfca(''TABLE d'', ''TABLE s'', ''TABLE p'', decay => ''bands'', band_limits => ''{10,5}'', band_weights => ''{1,1}'')', '22023', 'bands that do not ascend'),
	('access_e2sfca(''TABLE d'', ''TABLE s'', ''TABLE p'', decay => ''bands'', band_limits => ''{5}'', band_weights => ''{2}'')', '22023', 'a weight above 1'),
	('access_e2sfca(''TABLE d'', ''TABLE s'', ''TABLE p'', 20, band_limits => ''{5}'')', '22023', 'a band that decay does not take'),
	('access_nearest(''TABLE d'', ''TABLE s'', ''TABLE p'', 0)', '22023', 'no nearest'),
	('access_huff(''TABLE d'', ''TABLE s'', ''TABLE p'', least_cost => 0)', '22023', 'a least cost of 0'),
	('access_huff(''TABLE d'', ''TABLE s'', ''TABLE p'', distance => 21)', '22023', 'an exponent above 20'),
	('access_2sfca(''SELECT id FROM d'', ''TABLE s'', ''TABLE p'', 20)', '42703', 'demand without amount'),
	('access_2sfca(''SELECT id, -amount AS amount FROM d'', ''TABLE s'', ''TABLE p'', 20)', '22003', 'a negative amount'),
	('access_2sfca(''TABLE d'', ''TABLE s'', ''SELECT * FROM p UNION ALL SELECT * FROM p'', 20)', '22023', 'pairs twice'),
	('access_2sfca(NULL, ''TABLE s'', ''TABLE p'', 20)', '22004', 'no query')) AS v (call, state, what);

-- ---------------------------------------------------------------------
-- Catchments: a square of four cells; W takes the western two.
-- ---------------------------------------------------------------------
CREATE TEMP TABLE cell AS SELECT x || '-' || y AS id, x + 0.5 AS longitude, y + 0.5 AS latitude,
	format('{"type":"Polygon","coordinates":[[[%1$s,%2$s],[%3$s,%2$s],[%3$s,%4$s],[%1$s,%4$s],[%1$s,%2$s]]]}', x, y, x + 1, y + 1) AS boundary
	FROM generate_series(0, 1) AS x, generate_series(0, 1) AS y;
CREATE TEMP TABLE goes AS SELECT id AS demand_id, CASE WHEN longitude < 1 THEN 'W' ELSE 'E' END AS site_id, 10 AS amount FROM cell
	UNION ALL SELECT '0-0', 'E', 3;
SELECT is((SELECT string_agg(format('%s %s %s %s %s', site_id, method, places, amount, round(public.st_area(public.st_geomfromgeojson(boundary))::numeric, 9)), '; ' ORDER BY site_id) FROM catchment('TABLE goes', 'TABLE cell')),
	'E union 2 20 2.000000000; W union 2 20 2.000000000', 'boundaries joined; a divided place goes where most of it goes');
SELECT is((SELECT round(public.st_area(public.st_geomfromgeojson(boundary))::numeric, 9) FROM catchment('TABLE goes', 'TABLE cell', overlaps => true) WHERE site_id = 'E'), 3.000000000, 'with overlaps to each');
SELECT is((SELECT min(method) || count(*) FROM catchment('TABLE goes', 'SELECT id, longitude, latitude FROM cell')), 'voronoi2', 'points give cells');
SELECT is((SELECT boundary FROM catchment('TABLE goes', 'TABLE cell', 'hull') WHERE site_id = 'W'), '{"type":"LineString","coordinates":[[0.5,0.5],[0.5,1.5]]}', 'the hull of two points is a line');
SELECT is((SELECT boundary FROM catchment('SELECT ''gone'' AS demand_id, ''W'' AS site_id', 'TABLE cell', 'union')), NULL, 'no place is known: no shape');
SELECT throws_ok($$SELECT * FROM catchment('TABLE goes', 'TABLE cell', 'circle')$$, '22023', NULL, 'a method that is not a choice');
SELECT throws_ok($$SELECT * FROM catchment('SELECT site_id FROM goes', 'TABLE cell')$$, '42703', NULL, 'a plan without demand_id');
SELECT throws_ok($$SELECT * FROM catchment('DELETE FROM goes', 'TABLE cell')$$, '22023', NULL, 'a plan that is no SELECT');

-- ---------------------------------------------------------------------
-- Ids of every kind, and numbers at the edge
-- ---------------------------------------------------------------------
SELECT results_eq($$SELECT demand_id, site_id, cost FROM access_nearest('SELECT 2 AS id UNION ALL SELECT 10', 'SELECT 9 AS id UNION ALL SELECT 10', 'SELECT ''2'' AS demand_id, ''9''::varchar AS site_id, 1 AS cost UNION ALL SELECT ''2'', ''10'', 1 UNION ALL SELECT ''10'', ''10'', 2')$$,
	$$VALUES ('2', '9', 1::float8), ('10', '10', 2)$$, 'integers go by value, and meet ids that read the same');
SELECT results_eq($$SELECT demand_id FROM access_nearest('SELECT ''b''::text AS id UNION ALL SELECT ''B'' UNION ALL SELECT ''a '' UNION ALL SELECT ''a'' UNION ALL SELECT ''é''', 'TABLE s', 'TABLE p')$$,
	$$VALUES ('B'), ('a'), ('a '), ('b'), ('é')$$, 'texts go by byte, whatever the collation');
SELECT results_eq($$SELECT demand_id, site_id FROM access_nearest('SELECT 9223372036854775807 AS id UNION ALL SELECT -9223372036854775808', 'SELECT 1::smallint AS id', 'SELECT -9223372036854775808 AS demand_id, 1 AS site_id, 0 AS cost', NULL::bigint, NULL::bigint)$$,
	$$VALUES (-9223372036854775808, 1::bigint), (9223372036854775807, NULL)$$, 'the first and the last bigint');
SELECT results_eq($$SELECT demand_id, site_id FROM access_huff('SELECT upper(''aaaaaaaa-0000-0000-0000-000000000001'')::uuid AS id, 1 AS amount', 'SELECT ''x''::char(3) AS id, 1 AS capacity', 'SELECT ''AAAAAAAA-0000-0000-0000-000000000001''::uuid AS demand_id, ''x''::text AS site_id, 3 AS cost')$$,
	$$VALUES ('aaaaaaaa-0000-0000-0000-000000000001', 'x')$$, 'uuids as they are, blanks at the end of a char are none');
SELECT results_eq($$SELECT place, site_id, cost FROM access_nearest('SELECT 1 AS id', 'SELECT generate_series(1, 40) AS id', 'SELECT 1 AS demand_id, g AS site_id, g % 4 AS cost FROM generate_series(40, 1, -1) AS g', NULL::bigint, NULL::bigint, 12)$$,
	$$VALUES (1, 4::bigint, 0::float8), (2, 8, 0), (3, 12, 0), (4, 16, 0), (5, 20, 0), (6, 24, 0), (7, 28, 0), (8, 32, 0), (9, 36, 0), (10, 40, 0), (11, 1, 1), (12, 5, 1)$$, 'among equals the lower ids');
SELECT is((SELECT count(*) FROM access_nearest('TABLE rd', 'TABLE rs', 'TABLE rp', 2147483647)), (SELECT count(*) FROM rp), 'more nearest than there are');
SELECT is((SELECT count(*) FROM access_nearest('TABLE d', 'TABLE s', 'TABLE p', 1, 0)), 4::bigint, 'a limit of 0 leaves a row each');
SELECT results_eq($$SELECT access, ratio FROM access_2sfca('SELECT 1 AS id, 0 AS amount', 'SELECT 1 AS id, 5 AS capacity', 'SELECT 1 AS demand_id, 1 AS site_id, 3 AS cost', 10)$$, $$VALUES (0::float8, NULL::float8), (NULL, NULL)$$, 'nobody asks: no ratio, and no access that were endless');
SELECT is((SELECT access FROM access_2sfca('SELECT 1 AS id, 1e-300 AS amount', 'SELECT 1 AS id, 1e300 AS capacity', 'SELECT 1 AS demand_id, 1 AS site_id, 3 AS cost', 10) WHERE kind = 'demand'), NULL, 'what no number can hold is NULL');
SELECT throws_ok(format('SELECT * FROM %s', call), state, NULL, what) FROM (VALUES
	('access_nearest(''SELECT 1.5 AS id'', ''TABLE s'', ''TABLE p'')', '42804', 'an id that is a fraction'),
	('access_nearest(''SELECT NULL::int AS id'', ''TABLE s'', ''TABLE p'')', '22004', 'an id that is not there'),
	('access_nearest(''TABLE d UNION ALL TABLE d'', ''TABLE s'', ''TABLE p'')', '22023', 'ids twice'),
	('access_nearest(''SELECT id, id FROM d'', ''TABLE s'', ''TABLE p'')', '42701', 'a column twice'),
	('access_nearest(''TABLE d'', ''TABLE s'', ''SELECT demand_id, site_id, NULL::float8 AS cost FROM p'')', '22004', 'a cost that is not there'),
	('access_nearest(''TABLE d'', ''TABLE s'', ''SELECT demand_id, site_id, ''''NaN''''::float8 AS cost FROM p'')', '22003', 'a cost that is no number'),
	('access_nearest(''TABLE d'', ''TABLE s'', ''SELECT demand_id, site_id, -cost AS cost FROM p'')', '22003', 'a cost below 0'),
	('access_huff(''TABLE d'', ''SELECT id, ''''Infinity''''::float8 AS capacity FROM s'', ''TABLE p'')', '22003', 'endless capacity'),
	('access_nearest(''TABLE d'', ''TABLE s'', ''DELETE FROM p RETURNING demand_id, site_id, cost'')', '22023', 'no SELECT'),
	('access_nearest(''TABLE d'', ''TABLE s'', ''TABLE p; TABLE p'')', '22023', 'two SELECTs')) AS v (call, state, what);

-- ---------------------------------------------------------------------
-- Cancelled within 100 ms, early and late: the best of some tries, as the
-- machine may be busy.
-- ---------------------------------------------------------------------
CREATE TEMP TABLE many_demand AS SELECT i AS id, 1 AS amount FROM generate_series(1, 8000) AS i;
CREATE TEMP TABLE many_site AS SELECT j AS id, 1 AS capacity FROM generate_series(1, 150) AS j;
CREATE TEMP TABLE many AS SELECT i AS demand_id, j AS site_id, (hashint4(i * 1000 + j) & 1023)::float8 AS cost FROM generate_series(1, 8000) AS i, generate_series(1, 150) AS j;
CREATE TEMP TABLE late (what text, ms double precision);
CREATE FUNCTION pg_temp.late(call text, allowed int) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE began timestamptz := clock_timestamp();
BEGIN
	EXECUTE 'SELECT count(*) FROM ' || call;
	RETURN NULL;
EXCEPTION WHEN query_canceled THEN
	RETURN 1000 * extract(epoch FROM clock_timestamp() - began) - allowed;
END $$;
CREATE TEMP TABLE long_call AS SELECT * FROM (VALUES
	('access_2sfca', 'access_2sfca(''TABLE many_demand'', ''TABLE many_site'', ''TABLE many'', 900)'),
	('access_e2sfca', 'access_e2sfca(''TABLE many_demand'', ''TABLE many_site'', ''TABLE many'', 900)'),
	('access_bfca', 'access_bfca(''TABLE many_demand'', ''TABLE many_site'', ''TABLE many'', 900)'),
	('access_nearest', 'access_nearest(''TABLE many_demand'', ''TABLE many_site'', ''TABLE many'', 150)'),
	('access_huff', 'access_huff(''TABLE many_demand'', ''TABLE many_site'', ''TABLE many'')')) AS v (what, call);
SELECT statement FROM (SELECT what, allowed, unnest(ARRAY[format('SET LOCAL statement_timeout = %s', allowed),
	format('INSERT INTO late VALUES (%L, pg_temp.late(%L, %s))', what, call, allowed), 'SET LOCAL statement_timeout = 0']) AS statement
	FROM long_call, unnest('{60,150,250,350,500}'::int[]) AS allowed) AS s \gexec
SELECT cmp_ok((SELECT min(ms) FROM late AS l WHERE l.what = c.what), '<', 100::double precision, c.what || ' can be cancelled within 100 ms') FROM long_call AS c;

SELECT * FROM finish();
ROLLBACK;
