-- Forecasts against R's forecast 8.20 and the M3 competition (the files' first
-- lines name their peers).

\getenv shared CAREGROUP_SHARED
\if :{?shared}
\else
\set shared ''
\endif
SELECT :'shared' = '' AS is_missing \gset

BEGIN;
\if :is_missing
SELECT plan(1);
SELECT skip('../shared/data is not here', 1);
\else
SET LOCAL search_path = public, caregroup;
SET LOCAL client_min_messages = warning;
SELECT plan(14);
CREATE TEMP TABLE series (series_id text, source text, frequency int, n int, values float8[]);
CREATE TEMP TABLE fit (series_id text, method text, model text, damped boolean, alpha float8, beta float8, gamma float8, phi float8, initstate float8[],
	sigma2 float8, loglik float8, aic float8, aicc float8, bic float8, mse float8, laststate float8[]);
CREATE TEMP TABLE peer (series_id text, method text, h int, point float8[], lo80 float8[], hi80 float8[], lo95 float8[], hi95 float8[], ms float8);
CREATE TEMP TABLE m3 (series_id text, period text, frequency int, domain text, h int, train float8[], test float8[]);
CREATE TEMP TABLE m3_score (method text, period text, smape float8, mase float8, n int);
\copy series FROM PROGRAM 'tail -n +2 "$CAREGROUP_SHARED/data/demand/series.csv"' CSV HEADER
\copy fit FROM PROGRAM 'tail -n +2 "$CAREGROUP_SHARED/data/demand/ets_fits.csv"' CSV HEADER
\copy peer FROM PROGRAM 'tail -n +2 "$CAREGROUP_SHARED/data/demand/forecasts.csv"' CSV HEADER
\copy m3 FROM PROGRAM 'tail -n +2 "$CAREGROUP_SHARED/data/demand/m3_series.csv"' CSV HEADER
\copy m3_score FROM PROGRAM 'tail -n +2 "$CAREGROUP_SHARED/data/demand/m3_scores.csv"' CSV HEADER

-- Points of the simple methods.
SELECT is(max(abs(f.point - p.point[f.step]) / greatest(1, abs(p.point[f.step]))) < 1e-8, true, m.own || ' as R''s ' || m.peers || ' to 1e-8')
FROM (VALUES ('naive', 'naive'), ('snaive', 'seasonal_naive'), ('rwf_drift', 'drift'), ('meanf', 'mean')) AS m (peers, own)
	JOIN peer AS p ON p.method = m.peers JOIN series AS s USING (series_id),
	LATERAL unnest(forecast_series(s.values, p.h, s.frequency, m.own, '{}', false)) AS f
GROUP BY m.own, m.peers ORDER BY m.own;

-- Fits: the likelihood is no worse than R's by more than 0.05.
CREATE TEMP TABLE own AS
SELECT f.series_id, f.method, f.loglik AS wanted, (m).log_likelihood AS got, f.aicc AS wanted_aicc, (m).aicc AS got_aicc
FROM fit AS f JOIN series AS s USING (series_id),
	LATERAL (SELECT forecast_fit(s.values, s.frequency, CASE WHEN f.method = 'ets_ZZZ_auto' THEN 'ets'
		ELSE 'ets_' || left(f.model, 2) || CASE WHEN f.damped THEN 'd' ELSE '' END || right(f.model, 1) END) AS m) AS q
WHERE f.method <> 'stlf_ets';
SELECT is(count(*), 290::bigint, 'R''s fits are there') FROM own;
SELECT cmp_ok(avg((got >= wanted - 0.05)::int) FILTER (WHERE method <> 'ets_ZZZ_auto'), '>=', 0.95, 'own likelihoods no worse than R''s by 0.05 on 95 %') FROM own;
SELECT cmp_ok(avg((got_aicc <= wanted_aicc + 0.1)::int) FILTER (WHERE method = 'ets_ZZZ_auto'), '>=', 0.9, 'own choices have no worse AICc on 90 %') FROM own;

-- Accuracy on the M3's monthly series.
CREATE TEMP TABLE score AS
SELECT series_id, avg(200 * abs(t - f.point) / (abs(t) + abs(f.point))) AS smape, avg(abs(t - f.point)) / s.scale AS mase,
	avg((t BETWEEN f.lower[1] AND f.upper[1])::int) AS cover80, avg((t BETWEEN f.lower[2] AND f.upper[2])::int) AS cover95,
	avg(f.upper[2] - f.lower[2] + 40 * greatest(f.lower[2] - t, t - f.upper[2], 0)) / s.scale AS msis
FROM (SELECT series_id, train, test, forecast_series(train, h, frequency) AS steps FROM m3 WHERE period = 'monthly' OFFSET 0) AS a,
	LATERAL (SELECT avg(abs(train[i] - train[i - 12])) AS scale FROM generate_series(13, cardinality(train)) AS i) AS s,
	LATERAL unnest(a.test) WITH ORDINALITY AS o (t, step), LATERAL (SELECT (a.steps[o.step]).*) AS f
GROUP BY series_id, s.scale;
SELECT is(count(*), 714::bigint, 'the monthly series of the M3 competition') FROM score;
SELECT cmp_ok(avg(s.smape), '<=', 0.98 * avg(t.smape), 'sMAPE no more than 0.98 of Theta''s') FROM score AS s, m3_score AS t WHERE t.method = 'THETA' AND t.period = 'monthly';
SELECT cmp_ok(avg(s.mase), '<=', 0.98 * avg(t.mase), 'MASE no more than 0.98 of Theta''s') FROM score AS s, m3_score AS t WHERE t.method = 'THETA' AND t.period = 'monthly';
SELECT cmp_ok(avg(msis), '<=', 6.61::float8, 'interval score no worse than R''s ets') FROM score;
SELECT cmp_ok(abs(100 * avg(cover80) - 80), '<=', 2.0, 'intervals of 80 % cover 78 to 82 %') FROM score;
SELECT cmp_ok(abs(100 * avg(cover95) - 95), '<=', 2.0, 'intervals of 95 % cover 93 to 97 %') FROM score;

-- Given parameters and initial states: test/unit/demand_forecast_ets_test.c.
SELECT is((SELECT count(*) FROM peer AS p JOIN series AS s USING (series_id), LATERAL unnest(forecast_series(s.values, p.h, s.frequency, 'theta', '{}', false)) AS f
	WHERE p.method = 'theta' AND abs(f.point - p.point[f.step]) > 0.05 * greatest(1, abs(p.point[f.step]))), 0::bigint, 'Theta within 5 % of R''s thetaf');
\endif
SELECT * FROM finish();
ROLLBACK;
