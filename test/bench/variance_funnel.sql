-- The funnel, with overdispersion, of one million units.
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
SELECT sum((point).z_adjusted) FROM (SELECT id, funnel(observed, expected, 'log') OVER () AS point FROM bench_funnel OFFSET 0) AS funnel;

-- baseline sort
-- bar <= 3
SET work_mem = '1GB';
SELECT count(*) FROM (SELECT id, observed, expected FROM bench_funnel ORDER BY observed / expected OFFSET 0) AS sorted;

-- baseline rank window
SET work_mem = '1GB';
SELECT sum(rank) FROM (SELECT id, rank() OVER (ORDER BY observed / expected) FROM bench_funnel OFFSET 0) AS ranked;
