-- Measures of variation, shrunken ratios and quantile groups: bad input, empty
-- input, slow SQL of the same figures, properties, agreement of plans.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(30);

CREATE FUNCTION pg_temp.err(a double precision, b double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN a IS NULL AND b IS NULL THEN 0
            WHEN a IS NULL OR b IS NULL THEN 'Infinity'
            WHEN a = b THEN 0
            WHEN b = 0 THEN abs(a)
            ELSE abs(a - b) / abs(b) END;

SELECT throws_ok(statement, sqlstate, NULL, 'refused with ' || sqlstate || ': ' || statement)
FROM (VALUES
	('SELECT variation(-1)', '22003'), ('SELECT variation(''NaN''::float8)', '22003'), ('SELECT variation(1, 0)', '22003'),
	('SELECT small_area_variation(-1, 1)', '22003'), ('SELECT small_area_variation(1, 0)', '22003'), ('SELECT small_area_variation(1, 1, 1)', '22023'),
	('SELECT small_area_variation(1, 1, NULL)', '22004'), ('SELECT shrunken_ratio(1, 0) OVER ()', '22003'), ('SELECT shrunken_ratio(1, 1, 0) OVER ()', '22023'),
	('SELECT quantile_group(1, 1) OVER ()', '22023'), ('SELECT quantile_group(''Infinity'', 5) OVER ()', '22003'), ('SELECT quantile_group(1, NULL) OVER ()', '22004'),
	('SELECT variation_final(''\xabcd'')', '22P03')
) AS bad(statement, sqlstate);

SELECT ok(v IS NULL AND s IS NULL, 'no rows give NULL') FROM (SELECT variation(1) AS v, small_area_variation(1, 1) AS s WHERE false) AS e;
SELECT is((variation(x)).units, 2::bigint, 'NULLs are skipped') FROM (VALUES (1::float8), (NULL), (2)) AS t(x);
SELECT ok((v).mean = 0 AND (v).gini IS NULL AND (v).cv_sample IS NULL AND (v).extremal_quotient IS NULL, 'only zeros') FROM (SELECT variation(0) AS v FROM generate_series(1, 3)) AS t;
SELECT ok((v).gini = 0 AND (v).cv_sample IS NULL AND (v).extremal_quotient = 1, 'one unit') FROM (SELECT variation(4) AS v) AS t;
SELECT ok((v).gini = 0 AND (v).cv_sample = 0 AND (v).theil_t = 0, 'equal values') FROM (SELECT variation(4) AS v FROM generate_series(1, 7)) AS t;
SELECT ok((s).units = 1 AND (s).chi_square IS NULL AND (s).scv_lower IS NULL AND (s).shrinkage_alpha IS NULL AND (s).shrinkage_variance = 0, 'one area')
FROM (SELECT small_area_variation(1, 0.9) AS s) AS t;
SELECT ok((s).scv_mcpherson IS NULL AND (s).scv IS NOT NULL AND (s).chi_square IS NULL, 'areas without events') FROM (SELECT small_area_variation(0, 2) AS s FROM generate_series(1, 3)) AS t;
SELECT results_eq('SELECT quantile_group(x, 2) OVER () FROM (VALUES (1), (NULL), (2), (3)) AS t(x)', 'VALUES (2), (NULL), (1), (1)', 'NULL has no quantile');
SELECT is(quantile_group(1, 5) OVER (), NULL, 'fewer values than groups');

CREATE TEMP TABLE area AS SELECT i, 5 + floor(random() * 200)::float8 AS e, 0::float8 AS o FROM generate_series(1, 200) AS i;
UPDATE area SET o = floor(e * (0.4 + 1.3 * random()));
SELECT cmp_ok(greatest(pg_temp.err((v).gini, g), pg_temp.err((v).theil_t, t), pg_temp.err((v).cv_sample, c), pg_temp.err((v).external_quotient, q)), '<=', 1e-10::float8, 'variation() by SQL')
FROM (SELECT variation(e) AS v, stddev_samp(e) / avg(e) AS c, percentile_cont(0.95) WITHIN GROUP (ORDER BY e) / percentile_cont(0.05) WITHIN GROUP (ORDER BY e) AS q,
		sum(e / m * ln(e / m)) / count(*) AS t FROM area, (SELECT avg(e) AS m FROM area) AS a) AS x,
	(SELECT sum(abs(a.e - b.e)) / (2 * count(*) * avg(a.e)) AS g FROM area AS a, area AS b) AS y;
SELECT cmp_ok(greatest(pg_temp.err((s).scv, d), pg_temp.err((s).chi_square, x2)), '<=', 1e-10::float8, 'small_area_variation() by SQL')
FROM (SELECT small_area_variation(o, e) AS s, avg(((o - e) / e) ^ 2 - 1 / e) AS d, sum((o - f * e) ^ 2 / (f * e)) AS x2 FROM area, (SELECT sum(o) / sum(e) AS f FROM area) AS a) AS x;
SELECT ok(bool_and((r).lower < (r).shrunken_ratio AND (r).shrunken_ratio < (r).upper AND abs((r).shrunken_ratio - 1) <= abs((r).ratio - 1)), 'shrunken ratios lie in their intervals, and nearer to 1')
FROM (SELECT shrunken_ratio(o, e) OVER () AS r FROM area) AS x;
SELECT cmp_ok(abs((a).scv_upper - (b).scv_upper), '>', 0::float8, 'the interval grows with confidence') FROM (SELECT small_area_variation(o, e) AS a, small_area_variation(o, e, 0.99) AS b FROM area) AS x;
SELECT cmp_ok(greatest(pg_temp.err((a).gini, (b).gini), pg_temp.err((a).theil_l, (b).theil_l)), '<=', 1e-12::float8, 'the unit of measurement and the order do not matter')
FROM (SELECT variation(e ORDER BY i) AS a, variation(e * 1000 ORDER BY e DESC) AS b FROM area) AS x;
SELECT is(count(*), 0::bigint, 'more groups refine, and equal values share one') FROM (SELECT e, quantile_group(e, 4) OVER () AS g, quantile_group(e, 2) OVER () AS h FROM area) AS x
	JOIN (SELECT e, quantile_group(e, 4) OVER () AS g FROM area) AS y USING (e) WHERE x.g <> y.g;

CREATE TABLE variation_area AS SELECT * FROM area;
ANALYZE variation_area;
CREATE TEMP TABLE serial AS SELECT variation(e, o + 1) AS v, small_area_variation(o, e) AS s FROM variation_area;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_leader_participation = off;
SELECT ok(pg_temp.err((p).gini, (v).gini) < 1e-12 AND pg_temp.err((p).cv_weighted, (v).cv_weighted) < 1e-12 AND pg_temp.err((q).scv_upper, (s).scv_upper) < 1e-10
	AND pg_temp.err((q).shrinkage_alpha, (s).shrinkage_alpha) < 1e-6, 'parallel plans agree')
FROM serial, (SELECT variation(e, o + 1) AS p, small_area_variation(o, e) AS q FROM variation_area) AS a;
SELECT throws_ok('SELECT variation_combine(variation_add(NULL::bytea, 1), variation_add(NULL::bytea, 1, 2))', '22023', NULL, 'states of different calls do not mix');
DROP TABLE variation_area;
SELECT * FROM finish();
ROLLBACK;
