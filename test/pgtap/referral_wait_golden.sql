-- Bands, percentiles from bands, list sizes by day and the formulas of waiting
-- lists: every figure of the files that other tools made (each file's first
-- line names its peer).

\getenv shared CAREGROUP_SHARED
\if :{?shared}
\else
\set shared ''
\endif
SELECT :'shared' = '' AS is_missing \gset

BEGIN;
\if :is_missing
SELECT plan(1);
SELECT skip('../shared/data is not here', 1);
\else
SET LOCAL search_path = public, caregroup;
SELECT plan(22);

CREATE FUNCTION pg_temp.err(a double precision, b double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN a IS NULL AND b IS NULL THEN 0
            WHEN a IS NULL OR b IS NULL THEN 'Infinity'
            WHEN a = b THEN 0
            WHEN b = 0 THEN abs(a)
            ELSE abs(a - b) / abs(b) END;

\set f 'tail -n +2 ' :shared '/data/demand/rtt_day_bands.csv'
CREATE TEMP TABLE day_band (days integer, band_no integer, band text, within boolean);
COPY day_band FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok(count(*), '>=', 480::bigint, 'rtt_day_bands is read') FROM day_band;
SELECT is_empty('SELECT days FROM day_band WHERE rtt_band(days) <> band_no', 'rtt_day_bands: number of the band');
SELECT is_empty('SELECT d.days FROM day_band AS d JOIN rtt_bands() AS b ON b.band = rtt_band(d.days)
	WHERE b.band_name <> d.band OR b.is_within_18_weeks <> d.within OR d.days NOT BETWEEN b.from_days AND coalesce(b.to_days, 100000)', 'rtt_day_bands: name, within 18 weeks, days');
SELECT results_eq('SELECT b.n FROM (SELECT rtt_band_counts(days) AS counts FROM day_band) AS a, unnest(a.counts) WITH ORDINALITY AS b (n, band) ORDER BY b.band',
	'SELECT count(d.days) FROM generate_series(1, 105) AS g LEFT JOIN day_band AS d ON d.band_no = g GROUP BY g ORDER BY g', 'rtt_day_bands: counted into bands');

\set f 'tail -n +2 ' :shared '/data/demand/rtt_bands.csv'
CREATE TEMP TABLE band (case_id integer, bands bigint[], total bigint, within18 bigint, pct18 float8, over52 bigint, over65 bigint, over78 bigint, over104 bigint,
	median float8, p92 float8, p95 float8, is_open boolean);
COPY band FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok(count(*), '>=', 36::bigint, 'rtt_bands is read') FROM band;
CREATE TEMP VIEW summarised AS SELECT b.*, s.* FROM band AS b, LATERAL rtt_summary(b.bands) AS s;
SELECT is_empty('SELECT case_id FROM summarised WHERE (patients, within_18_weeks, over_52_weeks, over_65_weeks, over_78_weeks, over_104_weeks)
	IS DISTINCT FROM (total, within18, over52, over65, over78, over104)', 'rtt_bands: all counts');
SELECT cmp_ok(max(pg_temp.err(within_18_weeks_percent, pct18)), '<=', 1e-11::float8, 'rtt_bands: per cent within 18 weeks') FROM summarised;
SELECT cmp_ok(max(greatest(pg_temp.err(median_weeks, median), pg_temp.err(p92_weeks, p92), pg_temp.err(p95_weeks, p95))), '<=', 1e-11::float8,
	'rtt_bands: median, 92nd and 95th percentile') FROM summarised;
SELECT is_empty('SELECT case_id FROM summarised WHERE p92_is_open <> is_open OR withheld <> 0', 'rtt_bands: the open band is flagged');
SELECT cmp_ok(max(greatest(pg_temp.err(p.weeks, b.p92), pg_temp.err(p.lower_weeks, b.p92))), '<=', 1e-11::float8, 'rtt_bands: rtt_percentile()')
	FROM band AS b, LATERAL rtt_percentile(b.bands, 0.92) AS p;
SELECT is_empty('SELECT case_id FROM band AS b, LATERAL rtt_percentile(b.bands, 0.92) AS p WHERE p.is_open <> b.is_open OR (p.upper_weeks IS NULL) <> b.is_open', 'rtt_bands: no upper limit in the open band');

\set f 'tail -n +2 ' :shared '/data/demand/wl_lists.csv'
CREATE TEMP TABLE pathway (list_id integer, referral date, removal date);
COPY pathway FROM PROGRAM :'f' (FORMAT csv, HEADER);
\set f 'tail -n +2 ' :shared '/data/demand/wl_queue_size.csv'
CREATE TEMP TABLE queue (list_id integer, first_date date, sizes bigint[]);
COPY queue FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok(count(*), '>=', 20::bigint, 'wl_queue_size is read') FROM queue;
CREATE TEMP TABLE ours AS
SELECT q.list_id, q.sizes, (SELECT list_snapshots(p.referral, p.removal, NULL, snapshot_dates(q.first_date, q.first_date + array_length(q.sizes, 1) - 1, 'day'))
	FROM pathway AS p WHERE p.list_id = q.list_id) AS snapshots
FROM queue AS q;
SELECT is_empty('SELECT list_id FROM ours WHERE sizes IS DISTINCT FROM (SELECT array_agg(s.waiting ORDER BY s.as_at) FROM unnest(snapshots) AS s)', 'wl_queue_size: the list on each day');
SELECT is_empty('SELECT o.list_id FROM ours AS o, LATERAL (SELECT s.*, lag(s.waiting) OVER (ORDER BY s.as_at) AS before FROM unnest(o.snapshots) AS s) AS x
	WHERE x.waiting <> x.before + x.added - x.removed', 'wl_lists: each day is the one before it, plus additions, less removals');

\set f 'tail -n +2 ' :shared '/data/demand/wl_calc.csv'
CREATE TEMP TABLE calc (demand float8, capacity float8, queue_size float8, target_wait float8, factor float8, cv_demand float8, cv_capacity float8, time_to_target float8,
	num_referrals float8, mean_wait float8, queue_load float8, target_mean_wait float8, target_queue_size float8, relief_capacity float8, relief_capacity_simple float8,
	target_capacity float8, pressure float8);
COPY calc FROM PROGRAM :'f' (FORMAT csv, HEADER, NULL 'NA');
SELECT cmp_ok(max(pg_temp.err(list_load(demand, capacity), queue_load)), '<=', 1e-10::float8, 'wl_calc: load') FROM calc;
SELECT cmp_ok(max(pg_temp.err(list_target_size(demand, target_wait, factor), target_queue_size)), '<=', 1e-10::float8, 'wl_calc: target size') FROM calc;
SELECT cmp_ok(max(pg_temp.err(list_relief_capacity(demand, queue_size, c.target_queue_size, time_to_target), relief_capacity_simple)), '<=', 1e-10::float8, 'wl_calc: relief capacity') FROM calc AS c;
-- the peer's standard error lacks the mean time between referrals
SELECT cmp_ok(max(pg_temp.err(coalesce(list_relief_capacity(demand, queue_size, c.target_queue_size, time_to_target, num_referrals, cv_demand * demand), relief_capacity_simple), relief_capacity)),
	'<=', 1e-10::float8, 'wl_calc: relief capacity with the error of demand, as the peer has it') FROM calc AS c;
SELECT cmp_ok(max(pg_temp.err(list_target_capacity(demand, target_wait, factor, cv_demand, cv_capacity), target_capacity)), '<=', 1e-10::float8, 'wl_calc: target capacity') FROM calc;
SELECT cmp_ok(max(pg_temp.err(list_pressure(mean_wait, target_wait), pressure)), '<=', 1e-10::float8, 'wl_calc: pressure') FROM calc;

-- wl_stats over whole lists: the mean wait in days of those on the list at the last referral
\set f 'tail -n +2 ' :shared '/data/demand/wl_stats.csv'
CREATE TEMP TABLE stats (list_id integer, target_wait float8, start_date date, end_date date, mean_demand float8, mean_capacity float8, load float8, load_too_big boolean,
	count_demand float8, queue_size float8, target_queue_size float8, queue_too_big boolean, mean_wait float8, cv_arrival float8, cv_removal float8, target_capacity float8,
	relief_capacity float8, pressure float8, unit text);
COPY stats FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok(max(pg_temp.err((SELECT (wait_summary(e.last_on - p.referral)).mean_days FROM pathway AS p, (SELECT max(l.referral) AS last_on FROM pathway AS l WHERE l.list_id = s.list_id) AS e
	WHERE p.list_id = s.list_id AND (p.removal IS NULL OR p.removal > e.last_on)), s.mean_wait)), '<=', 1e-10::float8,
	'wl_stats: mean wait') FROM stats AS s WHERE s.start_date IS NULL;
SELECT cmp_ok(max(pg_temp.err(list_target_capacity(mean_demand, target_wait, 4, cv_arrival, cv_removal), s.target_capacity)), '<=', 1e-10::float8, 'wl_stats: target capacity')
	FROM stats AS s WHERE s.target_capacity IS NOT NULL;
\endif
SELECT * FROM finish();
ROLLBACK;
