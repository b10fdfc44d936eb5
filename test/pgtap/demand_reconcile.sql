-- forecast_reconcile: that answers add up, that every error has its SQLSTATE,
-- that it can be cancelled.
BEGIN;
SET LOCAL search_path = public, caregroup;
SET LOCAL client_min_messages = warning;
SELECT plan(38);

-- region, trust, site, service: four levels in two hierarchies of three steps
CREATE TEMP TABLE node (hierarchy text, step int, node text, parent text, point float8, variance float8, residuals float8[], share float8);
INSERT INTO node
SELECT h, s, n, p, 50 + 40 * sin(i * 3.7 + s) * (1 + length(h)), 1 + i % 5, (SELECT array_agg(sin(i * 1.3 + t * (2.1 + i % 3))) FROM generate_series(1, 24) AS t), 1 + i % 3
FROM unnest(ARRAY['a', 'bb']) AS h, generate_series(1, 3) AS s,
	LATERAL (SELECT 'r' AS n, NULL AS p, 1 AS i
		UNION ALL SELECT 't' || t, 'r', 1 + t FROM generate_series(1, 3) AS t
		UNION ALL SELECT 't' || t || 's' || x, 't' || t, 10 * t + x FROM generate_series(1, 3) AS t, generate_series(1, 4) AS x
		UNION ALL SELECT 't' || t || 's' || x || 'v' || v, 't' || t || 's' || x, 100 * t + 10 * x + v FROM generate_series(1, 3) AS t, generate_series(1, 4) AS x, generate_series(1, 2) AS v) AS g;

CREATE FUNCTION pg_temp.incoherence(how text, signs boolean) RETURNS float8 LANGUAGE sql AS $$
	WITH r AS MATERIALIZED (SELECT f.*, n.parent FROM forecast_reconcile('SELECT * FROM node', how, signs) AS f JOIN node AS n USING (hierarchy, step, node))
	SELECT max(abs(r.point - c.total)) + CASE WHEN (SELECT count(*) FROM r) = (SELECT count(*) FROM node) AND (NOT signs OR (SELECT min(point) FROM r) >= 0) THEN 0 ELSE 1 END
	FROM r JOIN (SELECT hierarchy, step, parent AS node, sum(point) AS total FROM r GROUP BY 1, 2, 3) AS c USING (hierarchy, step, node)
$$;
SELECT cmp_ok(pg_temp.incoherence(m, s), '<=', 1e-9::float8, format('%s adds up, non_negative %s', m, s))
FROM unnest(ARRAY['bottom_up', 'top_down', 'ols', 'wls_structural', 'wls_variance', 'mint_shrink']) AS m, unnest(ARRAY[false, true]) AS s;

SELECT is((SELECT array_agg(DISTINCT level || is_leaf::text ORDER BY level || is_leaf::text) FROM forecast_reconcile('SELECT * FROM node')),
	'{0false,1false,2false,3true}', 'levels and leaves');
SELECT is((SELECT max(abs(f.point - n.point)) FROM forecast_reconcile('SELECT * FROM node', 'bottom_up') AS f JOIN node AS n USING (hierarchy, step, node) WHERE is_leaf), 0::float8, 'bottom-up leaves the leaves');
SELECT is((SELECT max(abs(f.point - n.point)) FROM forecast_reconcile('SELECT * FROM node WHERE point > 0 OR true', 'top_down') AS f JOIN node AS n USING (hierarchy, step, node) WHERE level = 0) < 1e-9, true, 'top-down leaves the top');
SELECT cmp_ok((SELECT max(abs(f.point - g.point)) FROM forecast_reconcile('SELECT hierarchy, step, node, parent, point FROM node', 'ols') AS f
	JOIN forecast_reconcile('SELECT * FROM (SELECT * FROM node ORDER BY md5(node || step)) AS x', 'ols') AS g USING (hierarchy, step, node)), '=', 0::float8, 'the order of rows does not matter');
SELECT cmp_ok((SELECT max(abs(f.point - g.point)) FROM forecast_reconcile('SELECT * FROM node', 'mint_shrink') AS f
	JOIN forecast_reconcile($$SELECT * FROM node WHERE hierarchy = 'bb' AND step = 2$$, 'mint_shrink') AS g USING (hierarchy, step, node)), '=', 0::float8, 'hierarchies and steps do not matter to each other');
SELECT cmp_ok((SELECT max(abs(f.point - g.point)) FROM forecast_reconcile('SELECT * FROM node', 'wls_variance') AS f
	JOIN forecast_reconcile($$SELECT hierarchy, step, node, parent, f.point, variance FROM forecast_reconcile('SELECT * FROM node', 'wls_variance') AS f JOIN node AS n USING (hierarchy, step, node)$$, 'wls_variance') AS g USING (hierarchy, step, node)), '<=', 1e-9::float8, 'reconciling again changes nothing');
SELECT is((SELECT count(*) FROM forecast_reconcile('SELECT * FROM node WHERE false')), 0::bigint, 'no rows give none');
SELECT results_eq($$SELECT hierarchy, node, step, level, is_leaf, base, point FROM forecast_reconcile('SELECT 7::bigint AS node, NULL::bigint AS parent, 3 AS point', NULL::bigint)$$,
	$$VALUES (NULL::text, 7::bigint, 1, 0, true, 3::float8, 3::float8)$$, 'one node, of a type of its own');
SELECT is((SELECT node FROM forecast_reconcile($$SELECT 'b4d1ee8e-5a43-4f0c-b2b6-1b1c1ea5a1aa'::uuid AS node, NULL::uuid AS parent, 3 AS point$$, NULL::uuid)),
	'b4d1ee8e-5a43-4f0c-b2b6-1b1c1ea5a1aa'::uuid, 'a uuid');
SELECT cmp_ok((SELECT min(shrinkage) FROM forecast_reconcile('SELECT * FROM node', 'mint_shrink')), '<', 1::float8, 'mint_shrink uses correlations here');
SELECT is((SELECT count(shrinkage) FROM forecast_reconcile('SELECT * FROM node', 'ols')), 0::bigint, 'other methods have no shrinkage');

-- Errors
PREPARE t(text, text) AS SELECT count(*) FROM forecast_reconcile($1, $2);
SELECT throws_ok($$EXECUTE t(NULL, 'ols')$$, '22004', NULL, 'no query');
SELECT throws_ok($$EXECUTE t('SELECT 1', 'ols')$$, '42703', NULL, 'no column node');
SELECT throws_ok($$EXECUTE t('SELECT * FROM node', 'wsl')$$, '22023', NULL, 'unknown method');
SELECT throws_ok($$EXECUTE t('SELECT node, parent, point FROM node WHERE step = 1 AND hierarchy = ''a''', 'wls_variance')$$, '42703', NULL, 'no variance');
SELECT throws_ok($$EXECUTE t('SELECT node, parent, point FROM node WHERE step = 1', 'ols')$$, '22023', NULL, 'a node twice');
SELECT throws_ok($$EXECUTE t('SELECT * FROM node WHERE node <> ''t1''', 'ols')$$, '22023', NULL, 'a parent that is not there');
SELECT throws_ok($$EXECUTE t('SELECT * FROM (VALUES (''a'', ''b'', 1), (''b'', ''a'', 2)) AS v(node, parent, point)', 'ols')$$, '22023', NULL, 'a circle');
SELECT throws_ok($$EXECUTE t('SELECT NULL::text AS node, NULL::text AS parent, 1 AS point', 'ols')$$, '22004', NULL, 'a null node');
SELECT throws_ok($$EXECUTE t('SELECT ''a'' AS node, NULL::text AS parent, NULL::int AS point', 'ols')$$, '22004', NULL, 'a null point');
SELECT throws_ok($$EXECUTE t('SELECT ''a'' AS node, NULL::text AS parent, ''NaN''::float8 AS point', 'ols')$$, '22003', NULL, 'a point that is not finite');
SELECT throws_ok($$EXECUTE t('SELECT ''a'' AS node, NULL::text AS parent, 1 AS point, -1 AS variance', 'wls_variance')$$, '22003', NULL, 'a negative variance');
SELECT throws_ok($$EXECUTE t('SELECT ''a'' AS node, NULL::text AS parent, 1 AS point, ''{1}''::float8[] AS residuals', 'mint_shrink')$$, '22023', NULL, 'one residual');
SELECT throws_ok($$EXECUTE t('SELECT * FROM (VALUES (''a'', NULL, 1, ''{1,2}''::float8[]), (''b'', ''a'', 2, ''{1,2,3}'')) AS v(node, parent, point, residuals)', 'mint_shrink')$$, '22023', NULL, 'residuals of different numbers');
SELECT throws_ok($$EXECUTE t('DELETE FROM node', 'ols')$$, '22023', NULL, 'not a SELECT');

-- Long work can be cancelled: dense residuals of 20,000 nodes.
CREATE TEMP TABLE large AS SELECT i AS node, nullif((i + 8) / 10, 0) AS parent, i AS point, r AS residuals
FROM generate_series(1, 20000) AS i, (SELECT array_agg(sin(t * t)) AS r FROM generate_series(1, 1000) AS t) AS x;
CREATE FUNCTION pg_temp.was_stopped(statement text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN false;
EXCEPTION WHEN query_canceled THEN
	RETURN true;
END $$;
SET LOCAL statement_timeout = '500ms';
SELECT ok(pg_temp.was_stopped($$SELECT count(*) FROM forecast_reconcile('SELECT * FROM large', NULL::int, 'mint_shrink')$$), 'it can be cancelled');
SET LOCAL statement_timeout = 0;
SELECT * FROM finish();
ROLLBACK;
