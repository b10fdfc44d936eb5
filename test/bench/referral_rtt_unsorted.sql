-- Clocks of 2 million pathways from 10 million events in no order, against
-- the sort of the same rows alone, and against the aggregate.
-- rows 10000000

-- setup
SET search_path = public, caregroup;
SET jit = off;
SET work_mem = '2GB';
SET max_parallel_workers_per_gather = 0;
CREATE UNLOGGED TABLE bench_rtt (pathway integer, event_at timestamptz, status_code text, kind text);
SELECT setseed(0.5);
INSERT INTO bench_rtt
SELECT p.pathway, p.received + e.place * interval '40 days' + p.pathway % 700 * interval '1 minute',
	(CASE p.pathway % 4 WHEN 0 THEN '{NULL,10,20,20,30}' WHEN 1 THEN '{NULL,10,32,11,30}'
		WHEN 2 THEN '{NULL,10,20,21,20}' ELSE '{NULL,20,34,NULL,10}' END::text[])[e.place + 1],
	CASE WHEN e.place = 0 OR (p.pathway % 4 = 3 AND e.place = 3) THEN 'received' END
FROM (SELECT timestamptz '2023-01-01 08:00+00' + random() * 900 * interval '1 day' AS received, g AS pathway
	FROM generate_series(1, 2000000) AS g) AS p, generate_series(0, 4) AS e (place) ORDER BY random();
VACUUM ANALYZE bench_rtt;

-- ours
EXPLAIN (ANALYZE, TIMING OFF) SELECT * FROM rtt_clock_rows('SELECT pathway, event_at, status_code, kind FROM bench_rtt', NULL::integer, as_at => '2026-03-31');

-- baseline sort
-- bar <= 2
EXPLAIN (ANALYZE, TIMING OFF) SELECT pathway, event_at, status_code, kind FROM bench_rtt ORDER BY pathway, event_at;

-- baseline aggregate
EXPLAIN (ANALYZE, TIMING OFF) SELECT (c).* FROM (SELECT pathway, unnest(rtt_clocks(event_at, status_code, kind, true, date '2026-03-31')) AS c FROM bench_rtt GROUP BY pathway) AS p;
