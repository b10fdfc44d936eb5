-- Decomposition and sparse counts: properties, errors, parallel agreement.
BEGIN;
SET LOCAL search_path = public, caregroup;
SET LOCAL client_min_messages = warning;
SELECT plan(31);

CREATE TEMP TABLE s AS SELECT array_agg(100 + i + 20 * sin(i * pi() / 6) + (i * 7919) % 13 ORDER BY i) AS h FROM generate_series(1, 60) AS i;

SELECT cmp_ok(max(abs(t + se + r - v)), '<=', 1e-12::float8, 'stl adds up') FROM s, forecast_components(h, 12) AS c, unnest(h, c.trend, c.seasonal, c.remainder) AS u(v, t, se, r);
SELECT cmp_ok(max(abs(t * se * r / v - 1)), '<=', 1e-12::float8, 'multiplicative stl multiplies') FROM s, forecast_components(h, 12, multiplicative => true) AS c, unnest(h, c.trend, c.seasonal, c.remainder) AS u(v, t, se, r);
SELECT cmp_ok(max(abs(t * se * r / v - 1)), '<=', 1e-12::float8, 'and the classical one') FROM s, forecast_components(h, 12, 'classical', true) AS c, unnest(h, c.trend, c.seasonal, c.remainder) AS u(v, t, se, r);
SELECT is((c).method || (c).period::text || array_ndims((c).seasonals), 'mstl{4,12}2', 'several periods, sorted') FROM (SELECT forecast_components(h, ARRAY[12, 4]) AS c FROM s) AS x;
SELECT is((c).method, 'stl', 'one period') FROM (SELECT forecast_components(h, ARRAY[12]) AS c FROM s) AS x;
SELECT is((c).trend[6], NULL, 'a classical trend has no ends') FROM (SELECT forecast_components(h, 12, 'classical') AS c FROM s) AS x;
SELECT cmp_ok((c).seasonal_strength[1], '>', 0.9::float8, 'a strong season') FROM (SELECT forecast_components(h, 12) AS c FROM s) AS x;
SELECT is(forecast_components(NULL, 12), NULL, 'null of null');
SELECT is(forecast_components('{}', 12), NULL, 'null of nothing');
SELECT throws_ok($$SELECT forecast_components('{1,2,null,4,5}', 2)$$, '22004', NULL, 'a null within');
SELECT throws_ok($$SELECT forecast_components('{1,2,inf,4,5}', 2)$$, '22003', NULL, 'infinity');
SELECT throws_ok($$SELECT forecast_components('{1,2,3,4}', 2)$$, '22023', NULL, 'two periods only');
SELECT throws_ok($$SELECT forecast_components('{1,2,3,4,5}', 1)$$, '22023', NULL, 'period 1');
SELECT throws_ok($$SELECT forecast_components('{1,2,3,4,5}', ARRAY[2, 2])$$, '22023', NULL, 'a period twice');
SELECT throws_ok($$SELECT forecast_components('{1,2,3,4,5}', 2, 'x11')$$, '22023', NULL, 'unknown method');
SELECT throws_ok($$SELECT forecast_components('{1,2,3,4,0}', 2, multiplicative => true)$$, '22003', NULL, 'multiplicative with a zero');
SELECT throws_ok($$SELECT forecast_components('{1,2,3,4,5}', 2, seasonal_window => 1)$$, '22023', NULL, 'a window too small');
SELECT throws_ok($$SELECT forecast_components('{1,2,3,4,5}', NULL::int[])$$, '22004', NULL, 'no period');

SELECT is((c).rate, 0::float8, 'no demand, no rate') FROM (SELECT forecast_intermittent('{0,0,0}') AS c) AS x;
SELECT is((c).demands, 2, 'demands are counted') FROM (SELECT forecast_intermittent('{0,2,4}', 'croston', 0.1) AS c) AS x;
SELECT is((c).fitted, '{1,1,1}', 'forecasts of one step') FROM (SELECT forecast_intermittent('{0,2,0}', 'croston', 0.5) AS c) AS x;
SELECT is(forecast_intermittent(NULL), NULL, 'null of null');
SELECT throws_ok($$SELECT forecast_intermittent('{1,-1}')$$, '22003', NULL, 'negative');
SELECT throws_ok($$SELECT forecast_intermittent('{1,null}')$$, '22004', NULL, 'a null within');
SELECT throws_ok($$SELECT forecast_intermittent('{1,1}', 'ses')$$, '22023', NULL, 'unknown method');
SELECT throws_ok($$SELECT forecast_intermittent('{1,1}', 'tsb', 2)$$, '22023', NULL, 'alpha above 1');
SELECT is((demand_profile('{0,0,0,4,0,0,0,4}')).class, 'intermittent', 'intermittent');
SELECT is((demand_profile('{0,0}')).class, 'none', 'none');

-- On both cores the figures are the same.
CREATE TABLE demand_parallel AS SELECT i AS id, array_agg(50 + 10 * sin(t * pi() / 6 + i) + (t * i) % 17 ORDER BY t) AS h FROM generate_series(1, 3000) AS i, generate_series(1, 48) AS t GROUP BY i;
ALTER TABLE demand_parallel SET (parallel_workers = 2);
CREATE TEMP TABLE one AS SELECT id, (forecast_components(h, 12)).trend AS t FROM demand_parallel;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
CREATE FUNCTION pg_temp.plan_of(q text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN ' || q; END $$;
SELECT is((SELECT count(*) > 0 FROM pg_temp.plan_of('SELECT sum((forecast_components(h, 12)).trend_strength) FROM demand_parallel') AS p WHERE p LIKE '%Parallel Seq Scan%'), true, 'it runs in parallel');
CREATE FUNCTION pg_temp.total() RETURNS float8 LANGUAGE sql AS 'SELECT sum((forecast_components(h, 12)).trend[20]) FROM public.demand_parallel';
SELECT cmp_ok(abs(pg_temp.total() - (SELECT sum(t[20]) FROM one)), '<', 1e-6::float8, 'with the same figures');

-- From a query.
CREATE TEMP TABLE m AS SELECT n AS series, d::date AS ts, extract(epoch FROM d) / 1e7 + extract(month FROM d) AS value FROM unnest(ARRAY['x', 'y']) AS n, generate_series(timestamp '2020-01-01', '2023-12-01', '1 month') AS d;
SELECT results_eq($$SELECT count(*), min(ts), max(ts), max(abs(trend + seasonal + remainder - value)) < 1e-9 FROM forecast_components_rows('SELECT * FROM m', '{12}')$$,
	$$VALUES (96::bigint, timestamp '2020-01-01', timestamp '2023-12-01', true)$$, 'all series of a query');
SELECT * FROM finish();
ROLLBACK;
