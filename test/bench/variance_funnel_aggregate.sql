-- Overdispersion of one million units as an aggregate.
-- rows 1000000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_funnel AS
	SELECT id, expected, floor(expected * (0.7 + 0.6 * random()))::double precision AS observed
	FROM (SELECT id, 20 + random() * 400 AS expected FROM generate_series(1, 1000000) AS id OFFSET 0) AS unit;
VACUUM ANALYZE bench_funnel;
ALTER TABLE bench_funnel SET (parallel_workers = 0);

-- ours
SET search_path = public, caregroup;
SET work_mem = '1GB';
SELECT funnel_overdispersion(observed, expected, 'square_root') FROM bench_funnel;

-- baseline percentile_cont
-- bar >= 1
SET work_mem = '1GB';
SELECT percentile_cont(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY 2 * (sqrt(observed) - sqrt(expected))) FROM bench_funnel;

-- baseline sort
-- bar <= 3
SET work_mem = '1GB';
SELECT count(*) FROM (SELECT id, observed, expected FROM bench_funnel ORDER BY observed / expected OFFSET 0) AS sorted;
