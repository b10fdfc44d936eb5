-- XmR charts with all rules, window form: 1,000 series of 60 months.
-- All columns of all rows are worked out and thrown away: EXPLAIN ANALYZE
-- without timing does just that, and printing them would cost more than both.
-- The baseline is the best window-function SQL that we could write: five
-- passes, integer frames that can go backwards, several sums in one.
-- rows 60000

-- setup
SET search_path = public, caregroup;
SET jit = off;
SET work_mem = '128MB';
CREATE UNLOGGED TABLE bench_spc (series integer, month date, value double precision);
ALTER TABLE bench_spc SET (parallel_workers = 0);
SELECT setseed(0.5);
INSERT INTO bench_spc
SELECT series, (date '2020-01-01' + place * interval '1 month')::date, 100 + 10 * (random() + random() + random() - 1.5)
FROM generate_series(1, 1000) AS series, generate_series(0, 59) AS place ORDER BY 1, 2;
CREATE UNIQUE INDEX ON bench_spc (series, month);
VACUUM ANALYZE bench_spc;

-- ours
EXPLAIN (ANALYZE, TIMING OFF) SELECT series, month, (spc_xmr(value) OVER (PARTITION BY series ORDER BY month)).* FROM bench_spc;

-- baseline plain SQL
-- bar >= 5
EXPLAIN (ANALYZE, TIMING OFF) WITH moved AS (
	SELECT series, month, value, avg(value) OVER s AS centre, lag(value) OVER s AS previous
	FROM bench_spc WINDOW s AS (PARTITION BY series ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), ranges AS (
	SELECT *, abs(value - previous) AS mr, avg(abs(value - previous)) OVER s AS raw FROM moved
	WINDOW s AS (PARTITION BY series ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), limits AS (
	SELECT *, 2.66 * avg(mr) FILTER (WHERE mr < 3.267 * raw) OVER s AS width FROM ranges
	WINDOW s AS (PARTITION BY series ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), points AS (
	SELECT series, month, value, centre, mr, raw, width,
		CASE WHEN value > previous THEN 1 WHEN value < previous THEN -1 ELSE 0 END AS step,
		CASE WHEN value > centre THEN 1 WHEN value < centre THEN -1 ELSE 0 END AS side,
		CASE WHEN value > centre THEN CASE WHEN value > centre + width * 2 / 3 THEN 11 ELSE 10 END
		WHEN value < centre THEN CASE WHEN value < centre - width * 2 / 3 THEN -11 ELSE -10 END ELSE 0 END AS zone
	FROM limits
), ends AS (
	SELECT *, sum(side) OVER seven AS run, sum(step) OVER seven - first_value(step) OVER seven AS trend,
		zone + lag(zone, 1, 0) OVER seven + lag(zone, 2, 0) OVER seven AS zones
	FROM points WINDOW seven AS (PARTITION BY series ORDER BY month ROWS 6 PRECEDING)
), members AS (
	SELECT *,
		sum(CASE run WHEN 7 THEN 1 WHEN -7 THEN 100 ELSE 0 END + CASE trend WHEN 6 THEN 10000 WHEN -6 THEN 1000000 ELSE 0 END) OVER ahead AS marks,
		lead(zones, 1, 0::bigint) OVER ahead AS zones1, lead(zones, 2, 0::bigint) OVER ahead AS zones2
	FROM ends WINDOW ahead AS (PARTITION BY series ORDER BY month ROWS BETWEEN CURRENT ROW AND 6 FOLLOWING)
)
SELECT series, month, value, centre, centre - width AS lower, centre + width AS upper,
	centre - width * 2 / 3 AS lower_two_sigma, centre + width * 2 / 3 AS upper_two_sigma, mr,
	value > centre + width AS above, value < centre - width AS below,
	marks % 100 > 0 AS run_above, marks / 100 % 100 > 0 AS run_below,
	marks / 10000 % 100 > 0 AS trend_up, marks / 1000000 > 0 AS trend_down,
	zone = 11 AND greatest(zones, zones1, zones2) >= 32 AS two_above,
	zone = -11 AND least(zones, zones1, zones2) <= -32 AS two_below,
	mr >= 3.267 * raw AS high_range
FROM members;
