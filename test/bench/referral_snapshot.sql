-- A list of a million pathways as it stood at the end of each week of five years
-- (261 dates): size, additions, removals by six reasons, and those waiting over
-- 18, 52, 65, 78 and 104 weeks.  The best plain SQL that we could write counts
-- starts, stops and passings of each limit by week in a scan of its own (faster
-- than one scan that makes twelve rows of each pathway) and adds up with a
-- window.
-- rows 1000000

-- setup
SET search_path = public, caregroup;
SET jit = off;
SET work_mem = '128MB';
SELECT setseed(0.5);
CREATE UNLOGGED TABLE bench_pathway AS
	SELECT started, CASE WHEN random() < 0.9 THEN started + (random() * random() * 900)::integer END AS stopped,
		(ARRAY['treated', 'declined', 'discharged', 'died', 'transferred', 'other'])[1 + floor(random() * 6)::integer] AS reason
	FROM (SELECT date '2019-06-01' + (random() * 2400)::integer AS started FROM generate_series(1, 1000000)) AS t;
ALTER TABLE bench_pathway SET (parallel_workers = 0);
VACUUM ANALYZE bench_pathway;

-- ours
SELECT s.* FROM (SELECT list_snapshots(started, stopped, reason, snapshot_dates('2020-01-05', '2024-12-29')) AS list FROM bench_pathway) AS l, unnest(l.list) AS s;

-- baseline best plain SQL
-- bar >= 3
SELECT date '2020-01-05' + 7 * week AS as_at, sum(delta) OVER w AS waiting, added, treated + declined + discharged + died + transferred + other AS removed,
	treated, declined, discharged, died, transferred, other, sum(over18) OVER w, sum(over52) OVER w, sum(over65) OVER w, sum(over78) OVER w, sum(over104) OVER w
FROM (SELECT week, sum(d * n) FILTER (WHERE what = 0) AS delta, sum(n) FILTER (WHERE what = 0 AND d > 0) AS added,
		coalesce(sum(n) FILTER (WHERE what = 0 AND d < 0 AND reason = 'treated'), 0) AS treated,
		coalesce(sum(n) FILTER (WHERE what = 0 AND d < 0 AND reason = 'declined'), 0) AS declined,
		coalesce(sum(n) FILTER (WHERE what = 0 AND d < 0 AND reason = 'discharged'), 0) AS discharged,
		coalesce(sum(n) FILTER (WHERE what = 0 AND d < 0 AND reason = 'died'), 0) AS died,
		coalesce(sum(n) FILTER (WHERE what = 0 AND d < 0 AND reason = 'transferred'), 0) AS transferred,
		coalesce(sum(n) FILTER (WHERE what = 0 AND d < 0 AND reason = 'other'), 0) AS other,
		coalesce(sum(d * n) FILTER (WHERE what = 126), 0) AS over18,
		coalesce(sum(d * n) FILTER (WHERE what = 364), 0) AS over52,
		coalesce(sum(d * n) FILTER (WHERE what = 455), 0) AS over65,
		coalesce(sum(d * n) FILTER (WHERE what = 546), 0) AS over78,
		coalesce(sum(d * n) FILTER (WHERE what = 728), 0) AS over104
	FROM (SELECT greatest(0, (started - date '2020-01-05' + 6) / 7) AS week, 0 AS what, 1 AS d, NULL AS reason, count(*) AS n FROM bench_pathway WHERE started <= date '2024-12-29' GROUP BY 1
		UNION ALL SELECT greatest(0, (stopped - date '2020-01-05' + 6) / 7), 0, -1, reason, count(*) FROM bench_pathway WHERE stopped <= date '2024-12-29' GROUP BY 1, reason
		UNION ALL SELECT greatest(0, (started + 127 - date '2020-01-05' + 6) / 7), 126, 1, NULL, count(*) FROM bench_pathway WHERE started <= date '2024-12-29' - 127 AND (stopped IS NULL OR started + 127 < stopped) GROUP BY 1
		UNION ALL SELECT greatest(0, (stopped - date '2020-01-05' + 6) / 7), 126, -1, NULL, count(*) FROM bench_pathway WHERE stopped <= date '2024-12-29' AND started + 127 < stopped GROUP BY 1
		UNION ALL SELECT greatest(0, (started + 365 - date '2020-01-05' + 6) / 7), 364, 1, NULL, count(*) FROM bench_pathway WHERE started <= date '2024-12-29' - 365 AND (stopped IS NULL OR started + 365 < stopped) GROUP BY 1
		UNION ALL SELECT greatest(0, (stopped - date '2020-01-05' + 6) / 7), 364, -1, NULL, count(*) FROM bench_pathway WHERE stopped <= date '2024-12-29' AND started + 365 < stopped GROUP BY 1
		UNION ALL SELECT greatest(0, (started + 456 - date '2020-01-05' + 6) / 7), 455, 1, NULL, count(*) FROM bench_pathway WHERE started <= date '2024-12-29' - 456 AND (stopped IS NULL OR started + 456 < stopped) GROUP BY 1
		UNION ALL SELECT greatest(0, (stopped - date '2020-01-05' + 6) / 7), 455, -1, NULL, count(*) FROM bench_pathway WHERE stopped <= date '2024-12-29' AND started + 456 < stopped GROUP BY 1
		UNION ALL SELECT greatest(0, (started + 547 - date '2020-01-05' + 6) / 7), 546, 1, NULL, count(*) FROM bench_pathway WHERE started <= date '2024-12-29' - 547 AND (stopped IS NULL OR started + 547 < stopped) GROUP BY 1
		UNION ALL SELECT greatest(0, (stopped - date '2020-01-05' + 6) / 7), 546, -1, NULL, count(*) FROM bench_pathway WHERE stopped <= date '2024-12-29' AND started + 547 < stopped GROUP BY 1
		UNION ALL SELECT greatest(0, (started + 729 - date '2020-01-05' + 6) / 7), 728, 1, NULL, count(*) FROM bench_pathway WHERE started <= date '2024-12-29' - 729 AND (stopped IS NULL OR started + 729 < stopped) GROUP BY 1
		UNION ALL SELECT greatest(0, (stopped - date '2020-01-05' + 6) / 7), 728, -1, NULL, count(*) FROM bench_pathway WHERE stopped <= date '2024-12-29' AND started + 729 < stopped GROUP BY 1) AS counted GROUP BY week) AS weeks
WINDOW w AS (ORDER BY week);

-- baseline plain SQL, list size alone
SELECT date '2020-01-05' + 7 * week AS as_at, sum(delta) OVER (ORDER BY week) AS waiting
FROM (SELECT week, sum(n) AS delta FROM (SELECT greatest(0, (started - date '2020-01-05' + 6) / 7) AS week, count(*) AS n FROM bench_pathway WHERE started <= date '2024-12-29' GROUP BY 1
	UNION ALL SELECT greatest(0, (stopped - date '2020-01-05' + 6) / 7), -count(*) FROM bench_pathway WHERE stopped <= date '2024-12-29' GROUP BY 1) AS counted GROUP BY week) AS weeks;

-- baseline five seconds, the bar of the issue
-- bar >= 1
SELECT pg_sleep(5);
