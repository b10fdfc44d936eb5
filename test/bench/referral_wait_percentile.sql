-- Median and 92nd percentile of a million waits in 500 lists.
-- rows 1000000

-- setup
SET search_path = public, caregroup;
SET jit = off;
SET work_mem = '128MB';
SELECT setseed(0.5);
CREATE UNLOGGED TABLE bench_wait AS SELECT (random() * 499)::integer AS unit, (random() * random() * 900)::integer AS days FROM generate_series(1, 1000000);
ALTER TABLE bench_wait SET (parallel_workers = 0);
VACUUM ANALYZE bench_wait;

-- ours
SELECT unit, (s).median_days, (s).p92_days FROM (SELECT unit, wait_summary(days) AS s FROM bench_wait GROUP BY unit OFFSET 0) AS t;

-- baseline percentile_cont
SELECT unit, percentile_cont('{0.5,0.92}'::float8[]) WITHIN GROUP (ORDER BY days) FROM bench_wait GROUP BY unit;

-- baseline one sum
SELECT unit, sum(days) FROM bench_wait GROUP BY unit;
