-- A million waits in 500 lists counted into the weekly bands of the national
-- return: one row a list with 105 counts.
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
SELECT unit, rtt_band_counts(days) FROM bench_wait GROUP BY unit;

-- baseline GROUP BY band
-- bar >= 1
SELECT unit, least(greatest((days + 6) / 7, 1), 105) AS band, count(*) FROM bench_wait GROUP BY 1, 2;

-- baseline one sum
SELECT unit, sum(days) FROM bench_wait GROUP BY unit;
