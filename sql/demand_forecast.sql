-- Forecasts: what a user types and what comes back.
SET search_path = public, caregroup;
SET extra_float_digits = -9;
CREATE TABLE monthly (id int, y float8[]);
INSERT INTO monthly SELECT s, ARRAY(SELECT round((100 + 10 * s + 0.5 * i + 20 * sin(i * pi() / 6) + (i * 7919 + s) % 13)::numeric, 1) FROM generate_series(1, 72) AS i) FROM generate_series(1, 3) AS s;

-- One series, all options
SELECT f.* FROM unnest(forecast_series('{5,6,7,8,9,10,11,12}', 2, 1, 'drift')) AS f;
SELECT f.step, f.point, f.method FROM unnest(forecast_series('{1,5,3,1,5,3,1,5}', 4, 3, 'seasonal_naive', levels => '{}')) AS f;
SELECT id, round((s[1]).point) AS first, round((s[12]).point) AS last, (s[1]).method FROM (SELECT id, forecast_series(y, horizon => 12, period => 12) AS s FROM monthly) AS q ORDER BY id;
SELECT m AS method, round((forecast_series(y, 3, 12, m))[3].point) AS point FROM monthly, unnest('{naive,mean,ses,holt,damped,holt_winters_additive,theta,theta_dynamic,stl_theta,lag,ets_AAA}'::text[]) AS m WHERE id = 1;

-- Simpler methods
SELECT f.* FROM unnest(forecast_series('{3}', 1)) AS f;
SELECT f.* FROM unnest(forecast_series('{4,4,4,4,4,4}', 1)) AS f;
SELECT (forecast_series('{0,0,0,2,0,0,0,0,1,0,0,0,0,0,3,0,0,0,0,1,0}', 1))[1].method;
SELECT forecast_series(NULL::float8[], 3);
SELECT forecast_series('{}', 3);

-- Rows and aggregate
SELECT series, step, period_ahead, round(point) AS point, method_used
FROM forecast_rows($$SELECT id AS series, (date '2020-02-01' + (i - 1) * interval '1 month' - interval '1 day')::date AS period, v AS value FROM monthly, unnest(y) WITH ORDINALITY AS u (v, i) WHERE id = 1$$, 2, 12);
SELECT id, round((forecast(v, timestamptz '2020-01-01 00:00+00' + i * interval '7 days', 2, 12))[2].point) AS second FROM monthly, unnest(y) WITH ORDINALITY AS u (v, i) GROUP BY id ORDER BY id;

-- Models and backtests
SELECT id, (m).model, (m).n, round((m).sigma2::numeric, 2) AS sigma2, cardinality((m).season) AS places, (m).phi FROM (SELECT id, forecast_fit(y, 12, 'ets_AAA') AS m FROM monthly) AS q ORDER BY id;
SELECT a.* FROM forecast_accuracy('{10,20,10,20,10,20,10,20,13,24}', 2, 2, 1, 'naive', '{}') AS a;

-- Errors
SELECT forecast_series('{1,2,3}', 0);
SELECT forecast_series('{1,2,3}', 6000);
SELECT forecast_series('{1,2,3}', 3, 0);
SELECT forecast_series('{1,2,3}', 3, method => 'prophet');
SELECT forecast_series('{1,2,3}', 3, levels => '{95}');
SELECT forecast_series('{1,NULL,3}', 3);
SELECT forecast_series('{1,Infinity,3}', 3);
SELECT forecast_series('{1,-2,3}', 3, non_negative => true);
SELECT forecast_series('{1,-2,3}', 3, method => 'sba');
SELECT forecast_fit('{1,2,3,4,5,6,7,8}', 52, 'ets_AAA');
SELECT forecast_fit('{1,2,3,4,5,6,7,0}', 1, 'ets_MNN');
SELECT forecast_fit('{1,2,3,4,5,6,7,0}', 1, 'theta');
SELECT forecast_accuracy('{1,2,3,4,5}', 4);
SELECT forecast(i, date '2024-01-01' + i / 2, 3) FROM generate_series(1, 9) AS i;
SELECT forecast(i, date '2024-01-01' + i * i, 3) FROM generate_series(1, 9) AS i;
SELECT * FROM forecast_rows('SELECT 1 AS series, date ''2024-01-01'' + i * i AS period, i AS value FROM generate_series(1, 9) AS i', 3);
SELECT * FROM forecast_rows('SELECT 1 AS series, date ''2024-01-01'' + i AS period, nullif(i, 4) AS value FROM generate_series(1, 9) AS i', 3);
-- Options for series as they come.
SELECT f.step, round(f.point) AS point, f.method FROM unnest(forecast_series('{10,12,NULL,11,10,12,11,90,10,12,11,10,12,11,10,12}', 2, missing => 'interpolate', outliers => 'replace')) AS f;
SELECT f.step, round(f.point) AS point, f.method FROM unnest(forecast_series('{10,12,11,11,10,2,1,2,10,12,11,10,12,11,10,12}', 2, intervention => '[6,8]')) AS f;
SELECT forecast_series('{1,2,3}', 1, missing => 'guess');
SELECT forecast_series('{1,2,3}', 1, outliers => 'remove');
SELECT forecast_series('{1,2,3}', 1, level_shifts => 'dampen');
SELECT forecast_series('{1,2,3}', 1, intervention_as => 'zero');
SELECT forecast_series('{1,2,3}', 1, intervention => '[0,2]');
SELECT forecast_series('{NULL,NULL}', 1, missing => 'seasonal');
SELECT forecast_series('{1,2,3}', 2, events => '{0,1,0,1}');
SELECT * FROM forecast_rows('SELECT 1 AS series, date ''2024-01-01'' + i * i AS period, i AS value FROM generate_series(1, 9) AS i', 3, 1, missing => 'zero');
DROP TABLE monthly;
