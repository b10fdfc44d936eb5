-- Bands, percentiles and snapshots: bad input, empty input, slow SQL of the
-- same figures, properties, parallel and partition-wise agreement.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(148);

-- ---------------------------------------------------------------------
-- Bad input: each error's SQLSTATE
-- ---------------------------------------------------------------------
SELECT throws_ok(statement, sqlstate, NULL, 'refused with ' || sqlstate || ': ' || statement)
FROM (VALUES
	('SELECT rtt_band(-1)', '22003'), ('SELECT rtt_band(100001)', '22003'), ('SELECT community_band(-1)', '22003'),
	('SELECT rtt_band_counts(-1)', '22003'), ('SELECT community_band_counts(-1)', '22003'), ('SELECT wait_band_counts(-1, ''{7}'')', '22003'),
	('SELECT wait_band_counts(1, ''{7,7}'')', '22023'), ('SELECT wait_band_counts(1, ''{-7}'')', '22023'), ('SELECT wait_band_counts(1, ''{7,NULL}'')', '22023'),
	('SELECT wait_band_counts(1, ''{}'')', '22023'), ('SELECT wait_band_counts(1, NULL)', '22004'), ('SELECT wait_band_counts(1, ''{{1,2},{3,4}}'')', '22023'),
	('SELECT rtt_band_count_add(''{1,2}'', 3)', '22023'), ('SELECT wait_count_combine(''{1,2}'', ''{1}'')', '22023'), ('SELECT wait_count_combine(''{1,NULL}'', ''{1,2}'')', '22023'),
	('SELECT wait_count_combine(''{9223372036854775807}'', ''{1}'')', '22003'),
	('SELECT wait_median(-1)', '22003'), ('SELECT wait_median(100001)', '22003'), ('SELECT wait_percentile(1, 1.1)', '22023'), ('SELECT wait_percentile(1, -0.1)', '22023'),
	('SELECT wait_percentile(1, ''NaN'')', '22023'), ('SELECT wait_percentile(1, NULL)', '22004'), ('SELECT wait_summary(-5)', '22003'),
	('SELECT wait_percentile_final(''\x00'')', '22P03'), ('SELECT wait_percentile_final(decode(repeat(''ff'', 200), ''hex''))', '22P03'), ('SELECT wait_summary_final('''')', '22P03'),
	('SELECT wait_tally_combine(''\x01'', NULL)', '22P03'), ('SELECT wait_tally_combine(wait_add(NULL, 3), survival_add(NULL, 3, true))', '22P03'),
	('SELECT wait_tally_combine(wait_add(NULL, 3, 0.5), wait_add(NULL, 3, 0.9))', '22023'),
	('SELECT wait_add(survival_add(NULL, 3, true), 4)', '22P03'), ('SELECT survival_curve_final(wait_add(NULL, 3))', '22P03'),
	('SELECT median_ratio(-1, 1, 1, 1)', '22003'), ('SELECT median_ratio(1, 1, 1, 1, 1)', '22023'), ('SELECT median_ratio(1, 1, 1, 1, NULL)', '22004'),
	('SELECT median_difference(1, -1, 1, 1)', '22003'), ('SELECT share_ratio(2, 1, 1, 1)', '22003'), ('SELECT share_ratio(1, 0, 1, 1)', '22003'),
	('SELECT rtt_percentile(''{1,2}'', 0.5)', '22023'), ('SELECT rtt_percentile(array_fill(-1::bigint, ARRAY[105]), 0.5)', '22003'),
	('SELECT rtt_percentile(array_fill(1::bigint, ARRAY[105]), 1)', '22023'), ('SELECT rtt_percentile(array_fill(1::bigint, ARRAY[105]), NULL)', '22004'),
	('SELECT rtt_percentile(NULL::bigint[] || array_fill(NULL::bigint, ARRAY[105]), 0.5, -1)', '22003'), ('SELECT rtt_summary(''{}'')', '22023'),
	('SELECT published_count(''about 5'')', '22P02'),
	('SELECT list_snapshots(''2025-02-01'', ''2025-01-01'', NULL, ''{2025-01-01}'')', '22008'), ('SELECT list_snapshots(''infinity'', NULL, NULL, ''{2025-01-01}'')', '22008'),
	('SELECT list_snapshots(''2025-01-01'', ''infinity'', NULL, ''{2025-01-01}'')', '22008'), ('SELECT list_snapshots(''-infinity'', NULL, NULL, ''{2025-01-01}'')', '22008'),
	('SELECT list_snapshots(''2025-01-01'', ''2025-01-02'', ''vanished'', ''{2025-01-01}'')', '22023'), ('SELECT list_snapshots(''2025-01-01'', NULL, NULL, ''{}'')', '22023'),
	('SELECT list_snapshots(''2025-01-01'', NULL, NULL, NULL)', '22004'), ('SELECT list_snapshots(''2025-01-01'', NULL, NULL, ''{2025-01-01,NULL}'')', '22023'),
	('SELECT list_snapshots(''2025-01-01'', NULL, NULL, ''{2025-01-01,2025-01-01}'')', '22023'), ('SELECT list_snapshots(''2025-01-01'', NULL, NULL, ''{infinity}'')', '22023'),
	('SELECT list_snapshots(''2025-01-01'', NULL, NULL, ''{2025-01-01}'', ''{-1}'')', '22023'), ('SELECT list_snapshots(''2025-01-01'', NULL, NULL, ''{2025-01-01}'', NULL)', '22004'),
	('SELECT list_snapshots(''2025-01-01'', NULL, NULL, ''{2025-01-01}'', ''{1,2,3,4,5,6,7,8,9}'')', '22023'), ('SELECT list_snapshot_final(''\x00'')', '22P03'),
	('SELECT list_snapshot_final(decode(repeat(''01'', 500), ''hex''))', '22P03'),
	('SELECT list_snapshot_combine(list_snapshot_add(NULL, ''2025-01-01'', NULL, NULL, ''{2025-01-01}''), list_snapshot_add(NULL, ''2025-01-01'', NULL, NULL, ''{2025-01-02}''))', '22023'),
	('SELECT snapshot_dates(''2025-01-01'', ''2025-02-01'', ''fortnight'')', '22023'), ('SELECT snapshot_dates(''-infinity'', ''2025-02-01'')', '22008'),
	('SELECT snapshot_dates(''1800-01-01'', ''2025-02-01'', ''day'')', '54000'), ('SELECT removal_cause(''lost'')', '22023')
) AS bad (statement, sqlstate);
CREATE FUNCTION pg_temp.detail(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE d text;
BEGIN
	EXECUTE statement;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS d = PG_EXCEPTION_DETAIL;
	RETURN d;
END $$;
SELECT is(pg_temp.detail('SELECT removal_cause(''lost'')'), 'The choices are treated, declined, discharged, died, transferred, other.', 'an unknown reason lists the choices');
SELECT throws_ok('SELECT list_snapshots(''2025-01-01'', ''2025-01-02'', ''Smith'', ''{2025-01-01}'')', '22023', 'unknown reason', 'the message does not show the value');

-- ---------------------------------------------------------------------
-- Empty, NULL, one row
-- ---------------------------------------------------------------------
SELECT is(wait_median(d), NULL, 'no rows, no median') FROM (SELECT 1 AS d WHERE false) AS t;
SELECT is(wait_median(d), NULL, 'only NULLs, no median') FROM (VALUES (NULL::integer), (NULL)) AS t (d);
SELECT is(rtt_band_counts(NULL), NULL, 'only NULLs, no counts');
SELECT is((wait_summary(NULL)) IS NULL, true, 'only NULLs, no summary');
SELECT is(list_snapshots(NULL, '2025-01-01', 'treated', '{2025-01-01}') IS NULL, true, 'a pathway without a start is none');
SELECT is(wait_median(7), 7::float8, 'one wait is its own median');
SELECT is((wait_median_estimate(7)).lower, NULL, 'one wait has no interval');
SELECT is(rtt_band(NULL), NULL, 'NULL days have no band');
SELECT is(rtt_percentile(array_fill(0::bigint, ARRAY[105]), 0.5), ROW(NULL, NULL, 0, NULL, NULL)::rtt_percentile_result, 'nobody waits: no percentile');
SELECT is(published_count('*'), NULL, 'a withheld count is not zero');
SELECT is(published_count(' 1,234 '), 1234::bigint, 'a published count with its comma');
SELECT is(wait_problem(a, b, '2025-06-01'), p, 'wait_problem: ' || coalesce(p, 'none'))
FROM (VALUES (NULL::date, NULL::date, 'no_start'), ('2025-01-01', 'infinity', 'infinite'), ('infinity', NULL, 'infinite'), ('2025-01-02', '2025-01-01', 'stop_before_start'),
	('2025-07-01', NULL, 'starts_in_future'), ('2025-05-01', '2025-07-01', 'stops_in_future'), ('2025-05-01', NULL, NULL), ('2025-05-01', '2025-05-01', NULL)) AS t (a, b, p);
SELECT is(rtt_band(days), band, days || ' days') FROM (VALUES (0, 1), (7, 1), (8, 2), (126, 18), (127, 19), (364, 52), (365, 53), (728, 104), (729, 105)) AS t (days, band);
SELECT is(community_band_counts(days), '{2,2,2,2,2,2,2}', 'the edges of the community bands, day 365 in the last') FROM unnest('{0,7,8,14,15,28,29,84,85,126,127,364,365,366}'::integer[]) AS days;

-- ---------------------------------------------------------------------
-- The same from slow SQL
-- ---------------------------------------------------------------------
SELECT setseed(0.42);
CREATE TABLE pathway AS
SELECT i AS id, i % 7 AS unit, s AS started, CASE WHEN random() < 0.8 THEN s + (random() * random() * 900)::integer END AS stopped,
	(ARRAY['treated', 'declined', 'discharged', 'died', 'transferred', 'other', NULL])[1 + floor(random() * 7)::integer] AS reason
FROM (SELECT i, date '2020-01-01' + (random() * 2000)::integer AS s FROM generate_series(1, 30000) AS i) AS t;
ALTER TABLE pathway ADD days integer;
UPDATE pathway SET days = coalesce(stopped, date '2026-01-01') - started;
UPDATE pathway SET days = NULL WHERE id % 100 = 0;
ANALYZE pathway;

SELECT is_empty('SELECT unit FROM pathway GROUP BY unit HAVING abs(wait_median(days) - percentile_cont(0.5) WITHIN GROUP (ORDER BY days)) > 1e-9', 'medians are percentile_cont''s');
SELECT is_empty('SELECT p, unit FROM pathway, (VALUES (0::float8), (0.1), (0.25), (0.92), (0.999), (1)) AS s (p) GROUP BY p, unit
	HAVING abs(wait_percentile(days, p) - (SELECT percentile_cont(p) WITHIN GROUP (ORDER BY q.days) FROM pathway AS q WHERE q.unit = pathway.unit)) > 1e-9', 'percentiles are percentile_cont''s');
SELECT is_empty('SELECT id / 5 FROM pathway GROUP BY id / 5 HAVING wait_median(days) IS DISTINCT FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY days)', 'and so in 6,000 small groups');
SELECT results_eq('SELECT unit, (wait_summary(days)).* FROM pathway GROUP BY unit ORDER BY unit',
	'SELECT unit, count(days), avg(days)::float8, percentile_cont(0.5) WITHIN GROUP (ORDER BY days), percentile_cont(0.92) WITHIN GROUP (ORDER BY days),
		percentile_cont(0.95) WITHIN GROUP (ORDER BY days), max(days), count(*) FILTER (WHERE days <= 126), count(*) FILTER (WHERE days > 126), count(*) FILTER (WHERE days > 364),
		count(*) FILTER (WHERE days > 455), count(*) FILTER (WHERE days > 546), count(*) FILTER (WHERE days > 728) FROM pathway GROUP BY unit ORDER BY unit', 'a list in figures');
SELECT is((SELECT wait_band_counts(days, '{7,126,364}') FROM pathway), (SELECT ARRAY[count(*) FILTER (WHERE days <= 7), count(*) FILTER (WHERE days BETWEEN 8 AND 126),
	count(*) FILTER (WHERE days BETWEEN 127 AND 364), count(*) FILTER (WHERE days > 364)] FROM pathway), 'bands of one''s own');
CREATE TABLE slow AS
SELECT p.unit, d.as_at, count(*) FILTER (WHERE started <= as_at AND (stopped IS NULL OR stopped > as_at)) AS waiting,
	count(*) FILTER (WHERE started > before AND started <= as_at) AS added, count(*) FILTER (WHERE stopped > before AND stopped <= as_at) AS removed,
	count(*) FILTER (WHERE stopped > before AND stopped <= as_at AND reason = 'treated') AS treated,
	count(*) FILTER (WHERE stopped > before AND stopped <= as_at AND reason = 'died') AS died,
	count(*) FILTER (WHERE stopped > before AND stopped <= as_at AND coalesce(reason, 'other') = 'other') AS other,
	ARRAY[count(*) FILTER (WHERE started <= as_at AND (stopped IS NULL OR stopped > as_at) AND as_at - started > 126),
		count(*) FILTER (WHERE started <= as_at AND (stopped IS NULL OR stopped > as_at) AND as_at - started > 364)] AS over_days
FROM pathway AS p, (SELECT u AS as_at, lag(u) OVER (ORDER BY u) AS before FROM unnest(snapshot_dates('2020-01-31', '2025-12-31', 'month')) AS u) AS d GROUP BY p.unit, d.as_at;
CREATE TABLE fast AS
SELECT l.unit, s.* FROM (SELECT unit, list_snapshots(started, stopped, reason, snapshot_dates('2020-01-31', '2025-12-31', 'month'), '{126,364}') AS list FROM pathway GROUP BY unit) AS l, unnest(l.list) AS s;
SELECT is((SELECT count(*) FROM fast), 504::bigint, 'a row for each unit and month');
SELECT is_empty('SELECT * FROM fast AS f FULL JOIN slow AS s USING (unit, as_at) WHERE f.waiting IS DISTINCT FROM s.waiting OR f.over_days IS DISTINCT FROM s.over_days', 'lists, and the long waiters, as at each month''s end');
SELECT is_empty('SELECT * FROM fast AS f JOIN slow AS s USING (unit, as_at) WHERE f.added IS NOT NULL AND (f.added, f.removed, f.treated, f.died, f.other) IS DISTINCT FROM (s.added, s.removed, s.treated, s.died, s.other)', 'additions and removals by reason');
SELECT is_empty('SELECT * FROM (SELECT f.*, lag(waiting) OVER (PARTITION BY unit ORDER BY as_at) AS before FROM fast AS f) AS x
	WHERE before IS NOT NULL AND (waiting <> before + added - removed OR removed <> treated + declined + discharged + died + transferred + other)', 'snapshot(t2) = snapshot(t1) + in - out, and reasons add up to out');
SELECT results_eq('SELECT as_at, sum(waiting)::bigint, sum(added)::bigint, sum(removed)::bigint FROM fast GROUP BY as_at ORDER BY as_at',
	'SELECT s.as_at, s.waiting, s.added, s.removed FROM (SELECT list_snapshots(started, stopped, reason, snapshot_dates(''2020-01-31'', ''2025-12-31'', ''month'')) AS list FROM pathway) AS l, unnest(l.list) AS s ORDER BY 1',
	'the lists add up to the list of all');
SELECT is((SELECT array_agg(s.waiting) FROM (SELECT list_snapshots(started, stopped, reason, d.dates) AS list FROM pathway, (SELECT '{2020-01-05,2020-01-06,2023-06-01,2025-12-31}'::date[] AS dates) AS d) AS x, unnest(x.list) AS s),
	(SELECT array_agg(n ORDER BY t) FROM (SELECT t, count(*) AS n FROM pathway, unnest('{2020-01-05,2020-01-06,2023-06-01,2025-12-31}'::date[]) AS t
		WHERE started <= t AND (stopped IS NULL OR stopped > t) GROUP BY t) AS y), 'any dates, however spaced');
SELECT is((SELECT array_agg(s.waiting) FROM (SELECT list_snapshots(a, b, NULL, '{2025-01-01,2025-01-02}') AS list FROM (VALUES ('2025-01-01'::date, '2025-01-01'::date), ('2025-01-01', '2025-01-02'), ('2025-01-03', NULL)) AS t (a, b)) AS x, unnest(x.list) AS s),
	'{1,0}', 'off the list on the day of the stop; same-day and future pathways are not seen');
SELECT is(snapshot_dates('2024-01-15', '2024-04-30', 'month'), '{2024-01-31,2024-02-29,2024-03-31,2024-04-30}', 'ends of months');
SELECT is(snapshot_dates('2024-12-31', '2025-01-20'), '{2024-12-31,2025-01-07,2025-01-14}', 'weeks');

-- Parts of the national return
SELECT results_eq($$SELECT part, days FROM rtt_return_rows('2025-03-10', '2025-05-20', true, true, '2025-05-02') ORDER BY part$$, $$VALUES ('Part_1A', 71)$$, 'an admission in the month');
SELECT results_eq($$SELECT part, days FROM rtt_return_rows('2025-05-10', '2025-06-01', NULL, true, '2025-05-31') ORDER BY part$$, $$VALUES ('Part_2', 21), ('Part_2A', 21), ('Part_3', NULL)$$, 'running at the end of the month that it began in');
SELECT results_eq($$SELECT part, days FROM rtt_return_rows('2025-05-01', '2025-05-31', false, false, '2025-05-31') ORDER BY part$$, $$VALUES ('Part_1B', 30), ('Part_3', NULL)$$, 'begun and ended in the month');
SELECT is((SELECT count(DISTINCT part) FROM rtt_return_parts()), 5::bigint, 'five parts');

-- Withheld counts
CREATE TABLE withheld AS SELECT array_agg(CASE WHEN b IN (3, 40) THEN NULL ELSE (100 - b / 2)::bigint END ORDER BY b) AS counts, array_agg(CASE WHEN b = 3 THEN 2 WHEN b = 40 THEN 4 ELSE (100 - b / 2)::bigint END ORDER BY b) AS truth
	FROM generate_series(1, 105) AS b;
SELECT is((rtt_percentile(counts, 0.5)).weeks, NULL, 'a withheld count leaves no percentile') FROM withheld;
SELECT is((rtt_percentile(counts, 0.5)).withheld, 2, 'and it is said how many') FROM withheld;
SELECT ok((rtt_percentile(counts, 0.5, 7)).lower_weeks < (rtt_percentile(truth, 0.5)).weeks AND (rtt_percentile(counts, 0.5, 7)).upper_weeks > (rtt_percentile(truth, 0.5)).weeks
	AND (rtt_percentile(counts, 0.5, 7)).upper_weeks - (rtt_percentile(counts, 0.5, 7)).lower_weeks < 0.5, 'but limits, which hold the truth') FROM withheld;
SELECT is((rtt_summary(counts)).over_52_weeks IS NOT NULL AND (rtt_summary(counts)).patients IS NULL AND (rtt_summary(counts)).within_18_weeks IS NULL, true, 'sums without a withheld count stand') FROM withheld;
-- Sums of counts in bands
SELECT is(wait_band_sum(c), '{3,NULL,9}', 'a withheld count makes its sum unknown') FROM (VALUES ('{1,2,3}'::bigint[]), ('{2,NULL,6}'), (NULL)) AS t (c);
SELECT is(wait_band_sum(c), '{NULL,7,NULL}', 'in any order') FROM (VALUES ('{NULL,2,3}'::bigint[]), ('{1,4,NULL}'), ('{1,1,1}')) AS t (c);
SELECT is(wait_band_sum(c), NULL, 'no lists, no sums') FROM (VALUES (NULL::bigint[])) AS t (c);
SELECT is((SELECT wait_band_sum(c) FROM (SELECT rtt_band_counts(days) AS c FROM pathway GROUP BY unit) AS t), (SELECT rtt_band_counts(days) FROM pathway), 'the lists of units add up to that of all');
SELECT throws_ok(statement, '22023', NULL, statement) FROM unnest(ARRAY['SELECT wait_band_sum(c) FROM (VALUES (''{1}''::bigint[]), (''{1,2}'')) AS t (c)', 'SELECT wait_band_sum(''{}'')', 'SELECT wait_band_sum(''{{1,2},{3,4}}'')',
	'SELECT wait_band_sum_add(''{}'', ''{1}'')']) AS statement;
SELECT throws_ok('SELECT wait_band_sum(c) FROM (VALUES (''{9223372036854775807}''::bigint[]), (''{1}'')) AS t (c)', '22003', NULL, 'a sum out of range');
SELECT throws_ok('SELECT wait_band_sum(c) FROM (VALUES (''{9223372036854775807,NULL}''::bigint[]), (''{1,1}'')) AS t (c)', '22003', NULL, 'also beside a withheld one');
-- From patients and from bands: they differ by less than a week.
SELECT is_empty('SELECT unit FROM pathway GROUP BY unit HAVING abs(wait_median(days) / 7 - (rtt_percentile(rtt_band_counts(days), 0.5)).weeks) > 1', 'medians from patients and from bands agree');

-- ---------------------------------------------------------------------
-- Parallel, partition-wise, by hand
-- ---------------------------------------------------------------------
CREATE TABLE parted (LIKE pathway) PARTITION BY HASH (unit);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT * FROM pathway;
ANALYZE parted;
CREATE FUNCTION pg_temp.figures(source regclass) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT x::text FROM (SELECT unit, wait_median(days), wait_percentile(days, 0.92), wait_summary(days), rtt_band_counts(days), community_band_counts(days), wait_band_counts(days, ''{30,90}''),
		md5(list_snapshots(started, stopped, reason, snapshot_dates(''2020-01-01'', ''2025-12-31''))::text), wait_median_estimate(days) FROM %s GROUP BY unit ORDER BY unit) AS x', source);
END $$;
CREATE FUNCTION pg_temp.all_figures(source regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text;
BEGIN
	EXECUTE format('SELECT x::text FROM (SELECT wait_median(days), wait_summary(days), rtt_band_counts(days), md5(list_snapshots(started, stopped, reason, snapshot_dates(''2020-01-01'', ''2025-12-31''))::text) FROM %s) AS x', source) INTO r;
	RETURN r;
END $$;
CREATE FUNCTION pg_temp.plan_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP plan := plan || line || chr(10); END LOOP;
	RETURN plan;
END $$;
SET LOCAL max_parallel_workers_per_gather = 0;
CREATE TABLE serial_figures AS SELECT f FROM pg_temp.figures('pathway') AS f;
CREATE TABLE serial_all AS SELECT pg_temp.all_figures('pathway') AS f;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT matches(pg_temp.plan_of('SELECT wait_median(days), list_snapshots(started, stopped, reason, ''{2025-01-01}'') FROM pathway'), 'Partial Aggregate', 'the plan is parallel');
SELECT is(pg_temp.all_figures('pathway'), (SELECT f FROM serial_all), 'parallel figures of all are those of one process');
SELECT set_eq('SELECT * FROM pg_temp.figures(''pathway'')', 'SELECT f FROM serial_figures', 'parallel figures of groups too');
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL enable_partitionwise_aggregate = on;
SELECT matches(pg_temp.plan_of('SELECT wait_median(days) FROM parted'), 'Append[^$]*Partial', 'the plan is partition-wise');
SELECT is(pg_temp.all_figures('parted'), (SELECT f FROM serial_all), 'partition-wise figures of all');
SELECT set_eq('SELECT * FROM pg_temp.figures(''parted'')', 'SELECT f FROM serial_figures', 'partition-wise figures of groups');
-- A state made by hand: in any order, in any split
SELECT is(wait_percentile_final(wait_tally_combine((SELECT s FROM (SELECT wait_add(wait_add(NULL, 3), 9) AS s) AS a), wait_add(NULL, 4))), 4::float8, 'states by hand');
SELECT is(wait_tally_combine(NULL, NULL), NULL, 'no rows and no rows');

-- ---------------------------------------------------------------------
-- Comparisons
-- ---------------------------------------------------------------------
SELECT ok(abs((c).value - 2) < 1e-12 AND abs((c).lower * (c).upper - 4) < 1e-9 AND (c).p_value < 0.05, 'a ratio of medians is symmetrical on its scale') FROM (SELECT median_ratio(60, 0.01, 30, 0.01) AS c) AS t;
SELECT is(median_ratio(60, NULL, 30, 0.01), ROW(2, NULL, NULL, NULL)::comparison, 'without a variance there is no interval');
SELECT is(median_ratio(NULL, 1, 30, 0.01), NULL, 'without a median no ratio');
SELECT is((median_ratio(30, 0.1, 0, NULL)).value, NULL, 'over a median of 0 there is no ratio');
SELECT ok(abs((c).value + 20) < 1e-12 AND abs((c).upper - (c).lower - 2 * 1.959963984540054 * 5) < 1e-9, 'a difference of medians') FROM (SELECT median_difference(40, 9, 60, 16) AS c) AS t;
-- Katz's method: 15 of 20 against 10 of 30 by hand
SELECT ok(abs((c).value - 2.25) < 1e-12 AND abs((c).lower - 2.25 * exp(-1.959963984540054 * sqrt(1/15.0 - 1/20.0 + 1/10.0 - 1/30.0))) < 1e-9, 'a ratio of shares') FROM (SELECT share_ratio(15, 20, 10, 30) AS c) AS t;
SELECT is(share_ratio(0, 20, 10, 30), ROW(0, NULL, NULL, NULL)::comparison, 'nobody in the first group: no interval');
SELECT is(share_ratio(20, 20, 30, 30), ROW(1, NULL, NULL, NULL)::comparison, 'everybody in both groups: no interval of no width');

-- An aggregate of somebody's own may begin with any state.
CREATE AGGREGATE pg_temp.bad_list(integer) (SFUNC = wait_add, STYPE = bytea, FINALFUNC = wait_percentile_final,
	INITCOND = '\x0101010001000000000000000000000000000000000000000000000000000000000000000000000000000000ffffff7f');
CREATE AGGREGATE pg_temp.no_room(integer) (SFUNC = wait_add, STYPE = bytea, FINALFUNC = wait_percentile_final,
	INITCOND = '\x01010100000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
CREATE AGGREGATE pg_temp.bad_days(date, date, text, date[]) (SFUNC = list_snapshot_add, STYPE = bytea, FINALFUNC = list_snapshot_final, INITCOND = '\x0105000000000001');
SELECT throws_ok('SELECT pg_temp.bad_list(3)', '22P03', NULL, 'a state with numbers out of range is refused');
SELECT lives_ok('SELECT pg_temp.no_room(3) FROM generate_series(1, 1000)', 'a state without room grows');
SELECT throws_ok('SELECT pg_temp.bad_days(''2025-01-01'', NULL, NULL, ''{2025-01-01}'')', '22P03', NULL, 'a state of another size is refused');

-- Cancel
CREATE FUNCTION pg_temp.time_to_cancel(statement text) RETURNS interval LANGUAGE plpgsql AS $$
DECLARE begun timestamptz := clock_timestamp();
BEGIN
	EXECUTE statement;
	RETURN NULL;
EXCEPTION WHEN query_canceled THEN
	RETURN clock_timestamp() - begun;
END $$;
SET LOCAL statement_timeout = '300ms';
SELECT pg_temp.time_to_cancel('SELECT list_snapshots(date ''2020-01-01'' + i % 1000, NULL, NULL, snapshot_dates(''2020-01-01'', ''2024-12-31'', ''day'')) FROM generate_series(1, 100000000) AS i') AS took \gset
SET LOCAL statement_timeout = 0;
SELECT cmp_ok(:'took'::interval, '<', '1 second'::interval, 'a long aggregate is cancelled');
SELECT * FROM finish();
ROLLBACK;
