-- STL of 10,000 monthly series of five years, held as arrays, on one core.
-- rows 10000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_series AS
	SELECT s, array_agg(100 + 20 * sin(t * pi() / 6) + t + 10 * random() ORDER BY t) AS history
	FROM generate_series(1, 10000) AS s, generate_series(1, 60) AS t GROUP BY s;
VACUUM ANALYZE bench_series;
ALTER TABLE bench_series SET (parallel_workers = 0);

-- ours
SET search_path = public, caregroup;
SELECT s, forecast_components(history, 12) FROM bench_series;

-- baseline a centred moving average in SQL
SELECT s, array_agg(average ORDER BY t) FROM (SELECT s, t, avg(v) OVER (PARTITION BY s ORDER BY t ROWS BETWEEN 6 PRECEDING AND 6 FOLLOWING) AS average
	FROM bench_series, unnest(history) WITH ORDINALITY AS u(v, t)) AS x GROUP BY s;

-- teardown
DROP TABLE bench_series;
