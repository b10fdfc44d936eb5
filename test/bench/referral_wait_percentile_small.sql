-- Median of 100,000 lists of ten waits.
-- rows 1000000

-- setup
SET search_path = public, caregroup;
SET jit = off;
SET work_mem = '128MB';
SELECT setseed(0.5);
CREATE UNLOGGED TABLE bench_wait AS SELECT i / 10 AS unit, (random() * random() * 900)::integer AS days FROM generate_series(1, 1000000) AS i;
ALTER TABLE bench_wait SET (parallel_workers = 0);
VACUUM ANALYZE bench_wait;

-- ours
SELECT unit, wait_median(days) FROM bench_wait GROUP BY unit;

-- baseline percentile_cont
SELECT unit, percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FROM bench_wait GROUP BY unit;
