-- Components, sparse counts, cleaning, reconciliation: what a user types and what comes back.
SET search_path = public, caregroup;
SET extra_float_digits = -9;
CREATE TABLE history AS SELECT array_agg(round(100 + i + 20 * sin(i * pi() / 6)) + (i * i) % 5 ORDER BY i) AS h FROM generate_series(1, 48) AS i;

-- Components
SELECT c.method, c.period, c.trend[1:3], c.seasonal[1:3], c.remainder[1:3], c.trend_strength, c.seasonal_strength FROM history, forecast_components(h, 12) AS c;
SELECT c.method, c.trend[6:8], c.seasonal[1:3] FROM history, forecast_components(h, 12, 'classical', multiplicative => true) AS c;
SELECT c.method, c.period, c.seasonals[1:2][1:2] FROM history, forecast_components(h, ARRAY[12, 4]) AS c;

-- Sparse counts
SELECT m, f.rate, f.size, f."interval", f.alpha, f.beta, f.demands FROM unnest(ARRAY['croston', 'sba', 'tsb']) AS m, forecast_intermittent('{0,2,0,0,5,0,1,0,0,0,4,0}', m, 0.1) AS f;
SELECT m, round(f.rate::numeric, 4) AS rate FROM unnest(ARRAY['croston', 'sba', 'tsb']) AS m, forecast_intermittent('{0,2,0,0,5,0,1,0,0,0,4,0}', m) AS f;
SELECT * FROM demand_profile('{0,2,0,0,5,0,1,0,0,0,4,0}');

-- Cleaning
SELECT series_fill('{1,null,null,7,null}', 'interpolate'), series_fill('{1,null}', 'zero');
SELECT o.* FROM history, series_outliers(h[1:20] || 900::float8 || h[22:48], 12) AS o;
SELECT s.place, s.step FROM series_level_shifts('{5,6,5,4,5,6,5,4,5,6,5,4,25,26,25,24,25,26,25,24,25,26,25,24}') AS s;
SELECT c.history[20:22], c.missing, c.outliers, c.level_shifts FROM history, series_clean(h[1:20] || 900::float8 || h[22:48], 12) AS c;
SELECT * FROM series_event_effects('{10,12,12,3,15,15,16,8,18,19,21,21,12,24}', '{0,0,0,1,0,0,0,1,0,0,0,0,1,0}');
SELECT * FROM series_regular('SELECT 7 AS series, date ''2024-01-01'' + 7 * i AS ts, i * i AS value FROM generate_series(0, 4) AS i WHERE i <> 2', missing => 'zero');
SELECT series, ts, value, trend, seasonal FROM forecast_components_rows('SELECT 7 AS series, date ''2024-01-01'' + i AS ts, i + 3 * (i % 2) AS value FROM generate_series(0, 9) AS i', '{2}') LIMIT 2;

-- Reconciliation
CREATE TABLE node (node bigint, parent bigint, point float8, variance float8, residuals float8[]);
INSERT INTO node VALUES (1, NULL, 100, 4, '{1,-2,3,-1}'), (2, 1, 60, 2, '{1,-1,2,0}'), (3, 1, 30, 3, '{0,-1,1,-2}'), (4, 2, 25, 1, '{1,0,1,1}'), (5, 2, 20, 1, '{-1,1,0,-1}');
SELECT * FROM forecast_reconcile('SELECT * FROM node', NULL::bigint, 'ols');
SELECT m, array_agg(point ORDER BY node) AS points, max(shrinkage) AS shrinkage FROM unnest(ARRAY['bottom_up', 'top_down', 'wls_structural', 'wls_variance', 'mint_shrink']) AS m,
	forecast_reconcile('SELECT * FROM node', NULL::bigint, m) GROUP BY m ORDER BY m;

-- Errors name the rule and the choices
SELECT forecast_components('{1,2,3}', 2);
SELECT forecast_components('{1,2,null,4,5}', 2);
SELECT forecast_components('{1,2,3,4,5}', 2, 'x11');
SELECT forecast_intermittent('{1,-2}');
SELECT series_fill('{1,null}', 'refuse');
SELECT * FROM series_regular('SELECT 1 AS series, ts, 1 AS value FROM (VALUES (date ''2024-01-01''), (''2024-01-01'')) AS v(ts)');
SELECT * FROM series_regular('SELECT 1 AS series, ts, 1 AS value FROM (VALUES (date ''2024-01-01''), (''2024-01-05''), (''2024-01-08'')) AS v(ts)', '4 days');
SELECT * FROM series_regular('SELECT 1 AS id');
SELECT * FROM forecast_reconcile('SELECT * FROM node', NULL::bigint, 'best');
SELECT * FROM forecast_reconcile('SELECT * FROM node WHERE node <> 2', NULL::bigint);
SELECT * FROM forecast_reconcile('SELECT 1 AS node, 1 AS parent, 5 AS point', NULL::bigint);
SELECT * FROM forecast_reconcile('SELECT node, parent, point FROM node', NULL::bigint, 'mint_shrink');
DROP TABLE history, node;
