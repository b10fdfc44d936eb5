-- Clocks of 2 million pathways from 10 million events that come by pathway.
-- All columns of all clocks are worked out and thrown away: EXPLAIN ANALYZE
-- without timing does just that.  The scan reads the same columns of the same
-- rows.  The window-function SQL is the best that we could write of the same
-- rules for clean data: runs of events between starts and stops, in one sort
-- order that the index gives, one window for all, one aggregation.
-- rows 10000000

-- setup
SET search_path = public, caregroup;
SET jit = off;
SET work_mem = '64MB';
SET max_parallel_workers_per_gather = 0;
CREATE UNLOGGED TABLE bench_rtt (pathway integer, event_at timestamptz, status_code text, kind text);
SELECT setseed(0.5);
INSERT INTO bench_rtt
SELECT p.pathway, p.received + e.place * interval '40 days' + p.pathway % 700 * interval '1 minute',
	(CASE p.pathway % 4 WHEN 0 THEN '{NULL,10,20,20,30}' WHEN 1 THEN '{NULL,10,32,11,30}'
		WHEN 2 THEN '{NULL,10,20,21,20}' ELSE '{NULL,20,34,NULL,10}' END::text[])[e.place + 1],
	CASE WHEN e.place = 0 OR (p.pathway % 4 = 3 AND e.place = 3) THEN 'received' END
FROM (SELECT timestamptz '2023-01-01 08:00+00' + random() * 900 * interval '1 day' AS received, g AS pathway
	FROM generate_series(1, 2000000) AS g) AS p, generate_series(0, 4) AS e (place) ORDER BY 1, 2;
VACUUM ANALYZE bench_rtt;

-- ours
EXPLAIN (ANALYZE, TIMING OFF) SELECT * FROM rtt_clock_rows('SELECT pathway, event_at, status_code, kind FROM bench_rtt', NULL::integer, as_at => '2026-03-31', presorted => true);

-- baseline scan
-- bar <= 2
SELECT count(pathway), count(event_at), count(status_code), count(kind) FROM bench_rtt;

-- baseline window-function SQL
-- bar >= 5
EXPLAIN (ANALYZE, TIMING OFF) WITH marked AS (
	SELECT pathway, event_at, status_code, kind,
		count(*) FILTER (WHERE kind = 'received' OR status_code IN ('11', '12')) OVER events AS clock,
		row_number() OVER events AS ordinal
	FROM bench_rtt WINDOW events AS (PARTITION BY pathway ORDER BY event_at ROWS UNBOUNDED PRECEDING)
), clocks AS (
	SELECT pathway, clock, min(event_at) AS started_at, min(ordinal) AS start_event,
		min(event_at) FILTER (WHERE status_code BETWEEN '30' AND '36') AS stopped_at,
		min(ordinal) FILTER (WHERE status_code BETWEEN '30' AND '36') AS stop_event,
		min(status_code) FILTER (WHERE status_code BETWEEN '30' AND '36') AS stop_code,
		min(CASE WHEN kind = 'received' THEN 'referral' WHEN status_code = '11' THEN 'active_monitoring_end' ELSE 'consultant_referral' END)
			FILTER (WHERE kind = 'received' OR status_code IN ('11', '12')) AS start_reason,
		bool_or(status_code = '21') AS is_transferred
	FROM marked WHERE clock > 0 GROUP BY pathway, clock
)
SELECT pathway, clock, started_on, stopped_on, started_on + 127 AS breach_on, start_event, stop_event, days, days / 7.0 AS weeks,
	least(greatest(ceil(days / 7.0), 1), 105) AS week_band, days > 126 AS is_breach, days > 364 AS is_over_52_weeks, days > 455 AS is_over_65_weeks,
	days > 546 AS is_over_78_weeks, days > 728 AS is_over_104_weeks, is_transferred,
	CASE WHEN stopped_on IS NULL THEN 'open' WHEN stop_code = '33' THEN 'nullified' ELSE 'stopped' END AS state, start_reason,
	CASE stop_code WHEN '30' THEN 'treatment' WHEN '31' THEN 'active_monitoring_patient' WHEN '32' THEN 'active_monitoring_clinician'
		WHEN '33' THEN 'missed_first' WHEN '34' THEN 'not_treated' WHEN '35' THEN 'declined' WHEN '36' THEN 'died' END AS stop_reason
FROM (SELECT *, coalesce(stopped_on, date '2026-03-31') - started_on AS days
	FROM (SELECT *, (started_at AT TIME ZONE 'Europe/London')::date AS started_on, (stopped_at AT TIME ZONE 'Europe/London')::date AS stopped_on
		FROM clocks) AS c) AS d;
