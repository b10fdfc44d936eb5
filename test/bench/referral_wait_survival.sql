-- Kaplan-Meier curves with errors and log-log limits of a million pathways in
-- 50 services, by day.
-- rows 1000000

-- setup
SET search_path = public, caregroup;
SET jit = off;
SET work_mem = '128MB';
SELECT setseed(0.5);
CREATE UNLOGGED TABLE bench_cohort AS SELECT (random() * 49)::integer AS unit, (random() * random() * 900)::integer AS days, random() < 0.7 AS treated FROM generate_series(1, 1000000);
ALTER TABLE bench_cohort SET (parallel_workers = 0);
VACUUM ANALYZE bench_cohort;

-- ours
SELECT t.unit, c.* FROM (SELECT unit, survival_curve(days, treated) AS curve FROM bench_cohort GROUP BY unit) AS t, unnest(t.curve) AS c;

-- baseline window SQL
-- bar >= 1
SELECT unit, days, n, d, s, s * sqrt(g) AS error, power(s, exp(1.96 * sqrt(g) / nullif(-ln(s), 0))) AS lower, power(s, exp(-1.96 * sqrt(g) / nullif(-ln(s), 0))) AS upper
FROM (SELECT unit, days, n, d, exp(sum(ln((n - d)::float8 / n)) FILTER (WHERE n > d) OVER w) AS s, sum(d::float8 / (n::float8 * (n - d))) FILTER (WHERE n > d) OVER w AS g
	FROM (SELECT unit, days, count(*) FILTER (WHERE treated) AS d, sum(count(*)) OVER (PARTITION BY unit ORDER BY days DESC) AS n FROM bench_cohort GROUP BY unit, days) AS t
	WINDOW w AS (PARTITION BY unit ORDER BY days)) AS x WHERE s > 0;
