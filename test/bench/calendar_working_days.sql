-- The tenth working day after a million days, and working days between a
-- million pairs, against a table of days with their working-day numbers.
-- rows 1000000

-- setup
SET search_path = public, caregroup;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
CREATE UNLOGGED TABLE bench_day AS
SELECT date '2015-01-01' + (random() * 4000)::integer AS first, date '2015-01-01' + (random() * 4000)::integer AS last FROM generate_series(1, 1000000);
CREATE UNLOGGED TABLE bench_calendar AS
SELECT d.day::date AS day, count(*) FILTER (WHERE extract(isodow FROM d.day) < 6 AND h.day IS NULL) OVER (ORDER BY d.day) AS number,
	extract(isodow FROM d.day) < 6 AND h.day IS NULL AS is_working
FROM generate_series(date '2014-01-01', date '2027-12-31', interval '1 day') AS d (day) LEFT JOIN calendar_days('england', 2014, 2027) AS h ON h.day = d.day::date;
ALTER TABLE bench_calendar ADD PRIMARY KEY (day);
CREATE UNIQUE INDEX ON bench_calendar (number) WHERE is_working;
VACUUM ANALYZE bench_day, bench_calendar;

-- ours
SELECT count(add_working_days(first, 10)), sum(working_days_between(first, last)) FROM bench_day;

-- baseline calendar table
-- bar >= 1
SELECT count(t.day), sum(b.number - a.number) FROM bench_day AS d JOIN bench_calendar AS a ON a.day = d.first JOIN bench_calendar AS b ON b.day = d.last
JOIN bench_calendar AS t ON t.number = a.number + 10 AND t.is_working;
