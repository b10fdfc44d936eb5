-- Forecasts: what comes back, NULL rules, bad input, agreement of the forms,
-- parallel agreement, cancelling.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT * FROM no_plan();

CREATE TEMP TABLE history AS
SELECT s AS id, array_agg(y ORDER BY i) AS y
FROM (SELECT s, i, 200 + 3 * s + 0.4 * i + 25 * sin(i * pi() / 6 + s) + 18 * ((((s * 7919 + i) * 104729::bigint) % 1009) / 1009.0 - 0.5) AS y
      FROM generate_series(1, 40) AS s, generate_series(1, 84) AS i) AS p
GROUP BY s;

-- ---------------------------------------------------------------------
-- What comes back
-- ---------------------------------------------------------------------
CREATE TEMP TABLE answer AS SELECT h.id, f.* FROM history AS h, unnest(forecast_series(h.y, 12, 12)) AS f;
SELECT is(count(*), 480::bigint, 'a step for each period ahead') FROM answer;
SELECT ok(bool_and(method = 'auto' AND lower[2] < lower[1] AND lower[1] < point AND point < upper[1] AND upper[1] < upper[2]), 'intervals lie in each other') FROM answer;
SELECT ok(bool_and(upper[1] - lower[1] >= before), 'and do not narrow with the step')
FROM (SELECT *, lag(upper[1] - lower[1], 1, 0.0::double precision) OVER (PARTITION BY id ORDER BY step) - 1e-9 AS before FROM answer) AS a;
SELECT is((SELECT array_length((forecast_series(y, 12, 12, levels => '{0.5,0.8,0.9,0.95,0.99}'))[1].lower, 1) FROM history LIMIT 1), 5, 'five levels in one call');
SELECT is((SELECT (forecast_series(y, 12, 12, levels => '{}'))[1].lower FROM history LIMIT 1), '{}', 'no levels, no limits');
SELECT is((SELECT forecast_series(y, 5, 12) FROM history WHERE id = 1), (SELECT forecast_series(y, 5, ARRAY[12]) FROM history WHERE id = 1), 'one period or a list of one');
SELECT is((SELECT forecast_series(y, 5, 12) FROM history WHERE id = 1)::text, (SELECT replace(forecast_series(y, 5, ARRAY[12, 60])::text, '\"auto, no season of 60\"', 'auto') FROM history WHERE id = 1), 'a period longer than half the series is left out');

-- The seasonal wave goes on: the mean of the noise is 0.
SELECT ok(avg(abs(a.point - (200 + 3 * a.id + 0.4 * (84 + a.step) + 25 * sin((84 + a.step) * pi() / 6 + a.id)))) < 4, 'the wave goes on') FROM answer AS a;

-- Every method by its name, and a model by its letters.
SELECT is((SELECT (forecast_series(y, 3, 12, m))[1].method FROM history WHERE id = 1), m, m || ' is used under its name')
FROM unnest('{naive,seasonal_naive,drift,mean,ses,holt,damped,holt_winters_additive,holt_winters_multiplicative,ets,theta,theta_dynamic,stl_theta,stl_damped,stl_ses,stl_ets,lag,croston,sba,tsb,winters_additive,winters_multiplicative,ets_ANN,ets_MAdM,ets_MMN}'::text[]) AS m;
SELECT is((SELECT array_agg(f.point) FROM unnest(forecast_series('{1,2,3,4}', 3, 1, 'drift')) AS f), '{5,6,7}', 'drift by hand');
SELECT is((SELECT array_agg(f.point) FROM unnest(forecast_series('{1,2,1,2,1,5}', 3, 2, 'seasonal_naive')) AS f), '{1,5,1}', 'seasonal naive by hand');
SELECT is((SELECT array_agg(f.point) FROM unnest(forecast_series('{1,2,6,7}', 2, 1, 'mean')) AS f), '{4,4}', 'mean by hand');

-- ---------------------------------------------------------------------
-- Simpler methods, named
-- ---------------------------------------------------------------------
SELECT is((SELECT array_agg(DISTINCT f.method || f.point || f.lower::text) FROM unnest(forecast_series(array_fill(7.0::double precision, ARRAY[50]), 4, 12)) AS f), '{"seasonal_naive7{7,7}"}', 'a constant series');
SELECT is((SELECT f FROM unnest(forecast_series('{3}', 1)) AS f)::text, '(1,3,"{NULL,NULL}","{NULL,NULL}",naive)', 'one value has no interval');
SELECT is((SELECT array_agg(DISTINCT f.method || f.point || f.upper::text) FROM unnest(forecast_series(array_fill(0.0::double precision, ARRAY[50]), 4)) AS f), '{"naive0{0,0}"}', 'all zero');
SELECT is((forecast_series(array_fill(0.0::double precision, ARRAY[30]) || '{500}' || array_fill(0.0::double precision, ARRAY[30]), 4))[1].method, 'auto_sparse', 'one spike');
SELECT is((SELECT (forecast_series(array_agg(CASE WHEN i % 5 = 0 THEN 1 + i % 3 ELSE 0 END::double precision ORDER BY i), 4))[1].method FROM generate_series(1, 60) AS i), 'auto_sparse', 'sparse counts');
SELECT ok((SELECT bool_and(f.point >= 0 AND f.lower[2] >= 0) FROM unnest(forecast_series(ARRAY(SELECT 40.0 - i::double precision FROM generate_series(0, 40) AS i), 20, 1, 'holt')) AS f), 'counts do not fall below 0');
SELECT ok((SELECT bool_or(f.point < 0) FROM unnest(forecast_series(ARRAY(SELECT 40.0 - i::double precision FROM generate_series(0, 40) AS i), 20, 1, 'holt', non_negative => false)) AS f), 'unless that is wanted');
SELECT is((forecast_series(ARRAY(SELECT (i % 4)::double precision FROM generate_series(1, 60) AS i), 4, 4, 'holt_winters_multiplicative'))[1].method, 'seasonal_naive', 'no product with zeros');
SELECT is((forecast_series('{5,7,6,8,7}', 3, 12))[1].method, 'auto, no season of 12', 'a series shorter than its period');
SELECT is((forecast_series('{5,7,6,8,7,6,5}', 3, 12, 'seasonal_naive'))[1].method, 'naive', 'the season before there was one');
SELECT is((forecast_series('{5,7,6,8,7,6,5}', 3, 12, 'winters_additive'))[1].method, 'naive', 'or any method that needs it');
SELECT is((SELECT (forecast_series(y, 3, ARRAY[12, 365]))[1].method FROM history WHERE id = 1), 'auto, no season of 365', 'the longer of two periods');
SELECT is((SELECT (forecast_series(y || y, 3, 52, 'ets'))[1].method FROM history WHERE id = 1), 'ets, no season of 52', 'a period too long for the model');
SELECT is((forecast_series('{5,7,6}', 3, 12))[1].method, 'naive', 'three values');

-- ---------------------------------------------------------------------
-- NULL and nothing
-- ---------------------------------------------------------------------
SELECT is(forecast_series(NULL::double precision[], 3), NULL, 'NULL gives NULL');
SELECT is(forecast_series('{}', 3), NULL, 'nothing gives NULL');
SELECT is(forecast_fit(NULL), NULL, 'no fit of NULL');
SELECT is(forecast_accuracy('{}', 3), NULL, 'no backtest of nothing');
SELECT is((SELECT forecast(1.0, now(), 3) WHERE false), NULL, 'no rows give NULL');
SELECT is((SELECT forecast(1.0, NULL, 3)), NULL, 'rows without a time are skipped');
SELECT is_empty($$SELECT * FROM forecast_rows('SELECT 1 AS series, date ''2024-01-01'' AS period, 1.0 AS value WHERE false', 3)$$, 'no rows give no rows');

-- ---------------------------------------------------------------------
-- Errors
-- ---------------------------------------------------------------------
CREATE TEMP TABLE refused (sqlstate text, statement text);
INSERT INTO refused VALUES
	('22023', $$SELECT forecast_series('{1,2,3}', 0)$$), ('22023', $$SELECT forecast_series('{1,2,3}', -4)$$),
	('22023', $$SELECT forecast_series('{1,2,3}', 5001)$$), ('22023', $$SELECT forecast_series('{1,2,3}', 2147483647)$$),
	('22004', $$SELECT forecast_series('{1,2,3}', NULL)$$), ('22023', $$SELECT forecast_series('{1,2,3}', 3, 0)$$),
	('22023', $$SELECT forecast_series('{1,2,3}', 3, ARRAY[]::int[])$$), ('22004', $$SELECT forecast_series('{1,2,3}', 3, ARRAY[7, NULL])$$),
	('22023', $$SELECT forecast_series('{1,2,3}', 3, ARRAY[1,2,3,4,5,6,7])$$),
	('22023', $$SELECT forecast_series('{1,2,3}', 3, method => 'arima')$$), ('22023', $$SELECT forecast_series('{1,2,3}', 3, method => 'ets_AMM')$$),
	('22023', $$SELECT forecast_series('{1,2,3}', 3, method => 'ets_ANdN')$$), ('22023', $$SELECT forecast_series('{1,2,3}', 3, method => 'log_stl_theta')$$),
	('22004', $$SELECT forecast_series('{1,2,3}', 3, method => NULL)$$), ('22023', $$SELECT forecast_series('{1,2,3}', 3, levels => '{95}')$$),
	('22023', $$SELECT forecast_series('{1,2,3}', 3, levels => '{0}')$$), ('22023', $$SELECT forecast_series('{1,2,3}', 3, levels => '{.1,.2,.3,.4,.5,.6,.7,.8,.9}')$$),
	('22004', $$SELECT forecast_series('{1,NULL,3}', 3)$$), ('22003', $$SELECT forecast_series('{1,Infinity,3}', 3)$$), ('22003', $$SELECT forecast_series('{1,NaN,3}', 3)$$),
	('22023', $$SELECT forecast_series('{1,-2,3}', 3, non_negative => true)$$), ('22023', $$SELECT forecast_series('{1,-2,3}', 3, method => 'croston')$$),
	('2202E', $$SELECT forecast_series('{{1,2},{3,4}}', 3)$$),
	('22023', $$SELECT forecast_fit('{1,2,3,4,5,6,7,8}', 12, 'ets_AAA')$$), ('22023', $$SELECT forecast_fit('{1,2,3,4,5,6,7,8}', 52, 'ets_AAA')$$),
	('22003', $$SELECT forecast_fit('{1,2,3,0,5,6,7,8}', 1, 'ets_MNN')$$), ('22023', $$SELECT forecast_fit('{1,2,3,4}', 1, 'theta')$$), ('22023', $$SELECT forecast_fit('{1}')$$), ('22023', $$SELECT forecast_fit('{1,2,3,4,5,6,7,8}', 4, 'winters_additive')$$), ('22023', $$SELECT forecast_fit('{1,2,3,4,5,6,7,8}', 1, 'winters_additive')$$), ('22003', $$SELECT forecast_fit('{1,2,0,4,5,6,7,8}', 2, 'winters_multiplicative')$$),
	('22023', $$SELECT forecast_accuracy('{1,2,3,4,5}', 4)$$), ('22023', $$SELECT forecast_accuracy('{1,2,3,4,5,6,7,8}', 2, origins => 0)$$),
	('22004', $$SELECT forecast(NULL, now(), 3)$$), ('22023', $$SELECT forecast(i, date '2024-01-01' + i / 2, 3) FROM generate_series(1, 9) AS i$$),
	('22023', $$SELECT forecast(i, date '2024-01-01' + i * i, 3) FROM generate_series(1, 9) AS i$$), ('22023', $$SELECT forecast(i, date '2024-01-01' + i, 0) FROM generate_series(1, 9) AS i$$),
	('0A000', $$SELECT forecast(i, date '2024-01-01' + i, 3, 1, 'ets_ANN', '{0.8}', NULL) FROM generate_series(1, 9) AS i$$),
	('22003', $$SELECT forecast('Infinity', now(), 3)$$), ('22P03', $$SELECT forecast_final('\x00')$$),
	('42703', $$SELECT * FROM forecast_rows('SELECT 1 AS series', 3)$$), ('22004', $$SELECT * FROM forecast_rows(NULL, 3)$$),
	('22023', $$SELECT * FROM forecast_rows('SELECT 1 AS series, date ''2024-01-01'' + i * i AS period, i AS value FROM generate_series(1, 9) AS i', 3)$$),
	('22023', $$SELECT * FROM forecast_rows('SELECT 1 AS series, date ''2024-01-01'' + i / 2 AS period, i AS value FROM generate_series(1, 9) AS i', 3)$$),
	('22004', $$SELECT * FROM forecast_rows('SELECT 1 AS series, date ''2024-01-01'' + i AS period, nullif(i, 4) AS value FROM generate_series(1, 9) AS i', 3)$$),
	('22023', $$SELECT * FROM forecast_rows('SELECT 1 AS series, CASE i WHEN 9 THEN date ''infinity'' ELSE date ''2024-01-01'' + i END AS period, i AS value FROM generate_series(1, 9) AS i', 3)$$);
SELECT throws_ok(statement, sqlstate, NULL, 'refused with ' || sqlstate || ': ' || statement) FROM refused;

-- ---------------------------------------------------------------------
-- The forms agree
-- ---------------------------------------------------------------------
CREATE TEMP TABLE point AS
SELECT h.id AS series, (date '2018-01-01' + (i - 1) * interval '1 month')::date AS period, v AS value FROM history AS h, unnest(h.y) WITH ORDINALITY AS u (v, i);
SELECT is((SELECT array_agg(r.point ORDER BY r.series::int, r.step) FROM forecast_rows('SELECT * FROM point', 12, 12) AS r),
	(SELECT array_agg(point ORDER BY id, step) FROM answer), 'forecast_rows as forecast_series');
SELECT is((SELECT array_agg(DISTINCT r.period_ahead ORDER BY r.period_ahead) FROM forecast_rows('SELECT * FROM point', 3, 12) AS r), '{2025-01-01,2025-02-01,2025-03-01}', 'and its months go on');
SELECT is((SELECT array_agg(r.period_ahead) FROM forecast_rows($$SELECT 'a' AS series, (date '2023-02-01' + i * interval '1 month' - interval '1 day')::date AS period, i % 5 AS value FROM generate_series(0, 11) AS i$$, 3) AS r),
	'{2024-01-31,2024-02-29,2024-03-31}', 'so do ends of months');
SELECT is((SELECT array_agg(r.period_ahead) FROM forecast_rows($$SELECT 'a' AS series, date '2024-02-01' + 7 * i AS period, i % 5 AS value FROM generate_series(0, 11) AS i$$, 2) AS r),
	'{2024-04-25,2024-05-02}', 'and weeks');
SELECT is((SELECT array_agg(forecast ORDER BY series) FROM (SELECT series, forecast(value, period, 12, 12) FROM point GROUP BY series) AS f),
	(SELECT array_agg(forecast_series(y, 12, 12) ORDER BY id) FROM history), 'forecast as forecast_series');
SELECT is((SELECT forecast(value, period, 4, 12, 'theta', '{0.9}', true) FROM point WHERE series = 3), (SELECT forecast_series(y, 4, 12, 'theta', '{0.9}', true) FROM history WHERE id = 3), 'with all options too');

SELECT is((SELECT array_agg(r.series ORDER BY r.series) FROM forecast_rows('SELECT * FROM point WHERE series < 4', NULL::integer, 1, ARRAY[12]) AS r), '{1,2,3}'::integer[], 'ids come back in their type');
SELECT is((SELECT pg_typeof(r.series)::text FROM forecast_rows('SELECT * FROM point WHERE series < 2', 1, 12) AS r), 'text', 'or as text');

-- Workers and combined states.
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
CREATE TABLE public.demand_history AS SELECT * FROM history;
CREATE TABLE public.demand_point AS SELECT * FROM point;
ALTER TABLE public.demand_history SET (parallel_workers = 2);
ALTER TABLE public.demand_point SET (parallel_workers = 2);
ANALYZE public.demand_history, public.demand_point;
CREATE FUNCTION pg_temp.plan_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP plan := plan || line || chr(10); END LOOP;
	RETURN plan;
END $$;
SELECT matches(pg_temp.plan_of('SELECT id, forecast_series(y, 12, 12) FROM public.demand_history'), 'Gather', 'forecasts of a table of arrays run in workers');
SELECT is((SELECT array_agg((f.s)[12].point ORDER BY f.id) FROM (SELECT id, forecast_series(y, 12, 12) AS s FROM public.demand_history) AS f),
	(SELECT array_agg(point ORDER BY id) FROM answer WHERE step = 12), 'and give the same');
SELECT is((SELECT array_agg((f.s)[12].point ORDER BY f.series) FROM (SELECT series, forecast(value, period, 12, 12) AS s FROM public.demand_point GROUP BY series) AS f),
	(SELECT array_agg(point ORDER BY id) FROM answer WHERE step = 12), 'so do combined states');
RESET max_parallel_workers_per_gather;

-- ---------------------------------------------------------------------
-- Models and backtests
-- ---------------------------------------------------------------------
CREATE TEMP TABLE fit AS SELECT h.id, h.y, (forecast_fit(h.y, 12, 'ets_AAA')).* FROM history AS h WHERE h.id <= 5;
SELECT ok(bool_and(model = 'ets_AAA' AND n = 84 AND array_length(season, 1) = 12 AND phi IS NULL AND beta <= alpha AND gamma <= 1 - alpha), 'a model by its letters') FROM fit;
SELECT ok(bool_and(abs(f.y[i] - f.fitted[i] - f.residuals[i]) < 1e-9), 'residuals are values less fitted ones') FROM fit AS f, generate_series(1, 84) AS i;
SELECT ok(bool_and(abs(f.log_likelihood + 42 * ln(s)) < 1e-6 AND abs(f.mse - s / 84) < 1e-9 * f.mse AND abs(f.aic - (34 - 2 * f.log_likelihood)) < 1e-6),
	'likelihood, AIC and MSE are of the residuals')
FROM fit AS f, LATERAL (SELECT sum(r * r) AS s FROM unnest(f.residuals) AS r) AS q;
SELECT ok(bool_and(f.aicc <= g.aicc + 1e-6), 'ets chooses the least AICc')
FROM (SELECT h.id, (forecast_fit(h.y, 12)).aicc FROM history AS h WHERE id <= 5) AS f JOIN fit AS g USING (id);
SELECT is((SELECT round(((forecast_series(f.y, 1, 12, 'ets_AAA'))[1].point - (f.level + f.trend + f.season[12]))::numeric, 8) FROM fit AS f WHERE id = 1), 0.00000000, 'the forecast is that of the states');

SELECT is(a.origins || ' ' || a.forecasts || ' ' || a.mae || ' ' || a.bias || ' ' || a.naive_mae, '1 2 5.5 1.5 3.5', 'a backtest by hand')
FROM forecast_accuracy('{10,20,10,20,10,20,10,20,13,24}', 2, 2, 1, 'naive') AS a;
SELECT ok(avg(a.relative_mae) < 0.9 AND avg(a.mase) < 1 AND bool_and(a.origins = 4) AND avg(a.coverage[2]) BETWEEN 0.88 AND 1, 'auto beats the seasonal naive forecast')
FROM history AS h, forecast_accuracy(h.y, 6, 12, 4) AS a;

-- Holt-Winters of old: a season of any length, no likelihood.
SELECT ok((m).model = 'winters_additive' AND (m).log_likelihood IS NULL AND (m).aicc IS NULL AND (m).phi IS NULL AND (m).fitted[12] IS NULL AND abs(y[13] - (m).fitted[13] - (m).residuals[13]) < 1e-9
	AND array_length((m).season, 1) = 12 AND (m).alpha BETWEEN 0 AND 1 AND (m).gamma BETWEEN 0 AND 1, 'Holt-Winters of old is shown') FROM (SELECT y, forecast_fit(y, 12, 'winters_additive') AS m FROM history WHERE id = 1) AS f;
SELECT is((SELECT round(((forecast_series(y, 1, 12, 'winters_additive'))[1].point - ((m).level + (m).trend + (m).season[12]))::numeric, 8) FROM (SELECT y, forecast_fit(y, 12, 'winters_additive') AS m FROM history WHERE id = 1) AS f), 0.00000000, 'and forecasts from its states');
SELECT is((SELECT (forecast_series(y, 3, 36, 'winters_multiplicative'))[1].method FROM history WHERE id = 1), 'winters_multiplicative', 'with a long season too');

-- ---------------------------------------------------------------------
-- Cancelling
-- ---------------------------------------------------------------------
CREATE TEMP TABLE late (began timestamptz, ended timestamptz);
\set ON_ERROR_STOP off
INSERT INTO late VALUES (clock_timestamp());
SAVEPOINT before;
SET LOCAL statement_timeout = 300;
\o /dev/null
SELECT forecast_series(ARRAY(SELECT 100 + 10 * sin(i / 7.0) + i % 13 FROM generate_series(1, 400000) AS i), 50, ARRAY[24, 168, 8766]);
\o
ROLLBACK TO SAVEPOINT before;
\set ON_ERROR_STOP on
UPDATE late SET ended = clock_timestamp();
SELECT is(:'LAST_ERROR_SQLSTATE'::text, '57014', 'a long forecast is cancelled');
SELECT ok(ended - began < interval '1500 ms', 'at once') FROM late;

SELECT * FROM finish();
ROLLBACK;
