-- The clock engine against a slow version in SQL that takes the rules at
-- their word, event by event, over 100,000 pathways made at random: every
-- clock and every pathway's state.  The slow version knows no pauses.

BEGIN;
SET LOCAL search_path = public, caregroup;
SET LOCAL jit = off;
SELECT plan(7);

SELECT setseed(0.25);
CREATE TEMP TABLE event AS
SELECT p AS pathway, row_number() OVER () AS sequence,
	timestamptz '2024-01-01 00:00+00' + floor(random() * 500)::integer * interval '1 day' + floor(random() * 4)::integer * interval '6 hours' AS event_at,
	CASE WHEN random() < 0.9 THEN (ARRAY['10','10','11','12','20','20','20','21','30','30','30','31','32','32','33','33','34','35','36','90','90','91','92','98','99','13'])[1 + floor(random() * 26)::integer] END AS status_code,
	CASE WHEN random() < 0.4 THEN (ARRAY['received','received','received','received','interface','self_referred','ratified','consultant_referred','rebooked','decision','new_treatment','second_side_ready','report'])[1 + floor(random() * 13)::integer] END AS kind,
	(ARRAY[true, true, true, false, NULL])[1 + floor(random() * 5)::integer] AS communicated
FROM generate_series(1, 100000) AS p, generate_series(1, 1 + (p * 7919 % 12)) AS place;
UPDATE event SET event_at = NULL WHERE sequence % 211 = 0;

-- The order of events, and which of them the rules read.
CREATE TEMP TABLE read AS
SELECT *, day IS NOT NULL AND day <= date '2025-03-31' AND (status_code <> '-' OR kind <> '-')
	AND (event_at, status_code, kind) IS DISTINCT FROM (previous_at, previous_code, previous_kind) AS is_read
FROM (
	SELECT pathway, row_number() OVER w AS place, event_at, (event_at AT TIME ZONE 'Europe/London')::date AS day, coalesce(status_code, '-') AS status_code, coalesce(kind, '-') AS kind, communicated,
		lag(event_at) OVER w AS previous_at, lag(coalesce(status_code, '-')) OVER w AS previous_code,
		lag(CASE kind WHEN 'report' THEN 'other' ELSE coalesce(kind, '-') END) OVER w AS previous_kind
	FROM event
	WINDOW w AS (PARTITION BY pathway ORDER BY event_at NULLS LAST,
		CASE WHEN status_code IS NULL THEN 0 WHEN status_code IN ('10','11','12') THEN 1 WHEN status_code LIKE '3_' THEN 3 WHEN status_code = '90' THEN 4 ELSE 2 END, sequence)
) AS ordered;
CREATE INDEX ON read (pathway, place);
ANALYZE read;

-- A walk along every pathway: one row for each event, with the state after it.
CREATE TEMP TABLE walk AS
WITH RECURSIVE walk AS (
	SELECT DISTINCT pathway, 0::bigint AS place, 'no_clock' AS state, 0 AS clock, NULL::date AS started_on, NULL::text AS start_reason,
		NULL::date AS stopped_on, NULL::text AS stop_reason, false AS is_seen, false AS is_interface, false AS is_transferred FROM read
	UNION ALL
	SELECT w.pathway, e.place,
		CASE WHEN c.stops IS NOT NULL THEN
				CASE e.status_code WHEN '30' THEN 'treated' WHEN '31' THEN 'active_monitoring' WHEN '32' THEN 'active_monitoring'
					WHEN '33' THEN 'missed_first' WHEN '36' THEN 'died' ELSE 'ended' END
			WHEN c.starts IS NOT NULL THEN 'waiting'
			WHEN NOT r.is_read OR k.state = 'waiting' THEN k.state
			WHEN e.status_code = '36' THEN 'died'
			WHEN k.state = 'no_clock' AND e.status_code IN ('31', '32') THEN 'active_monitoring'
			WHEN k.state = 'no_clock' AND e.status_code = '90' THEN 'treated'
			ELSE k.state END,
		k.clock + CASE WHEN c.starts IS NULL THEN 0 ELSE 1 END,
		CASE WHEN k.starts IS NULL AND c.starts IS NULL THEN w.started_on ELSE e.day END,
		CASE WHEN c.starts IS NOT NULL THEN c.starts WHEN c.is_consultants THEN 'consultant_referral' ELSE k.start_reason END,
		CASE WHEN c.stops IS NOT NULL THEN e.day WHEN k.starts IS NULL AND c.starts IS NULL THEN w.stopped_on END,
		CASE WHEN c.stops IS NOT NULL THEN c.stops WHEN k.starts IS NULL AND c.starts IS NULL THEN w.stop_reason END,
		c.starts IS NOT NULL OR c.is_consultants OR (r.is_read AND k.state = 'waiting' AND e.status_code IN ('10', '20', '21'))
			OR (r.is_read AND k.state = 'waiting' AND e.status_code = '11' AND k.start_reason = 'active_monitoring_end') OR k.is_seen,
		CASE WHEN k.starts IS NOT NULL THEN e.kind = 'interface' WHEN c.starts IS NOT NULL THEN false ELSE w.is_interface END,
		CASE WHEN k.starts IS NOT NULL OR c.starts IS NOT NULL THEN false ELSE w.is_transferred END
			OR (r.is_read AND k.state = 'waiting' AND e.status_code = '21')
	FROM walk AS w JOIN read AS e ON e.pathway = w.pathway AND e.place = w.place + 1,
	LATERAL (SELECT e.is_read AND w.state <> 'died' AS is_read) AS r,
	-- what the kind of the event starts: rules 1 to 3
	LATERAL (SELECT CASE
		WHEN NOT r.is_read OR w.state = 'waiting' THEN NULL
		WHEN e.kind = 'consultant_referred' THEN 'consultant_referral'
		WHEN e.kind IN ('received', 'interface', 'ratified') AND w.state <> 'no_clock' THEN 're_referral'
		WHEN e.kind = 'received' THEN 'referral'
		WHEN e.kind = 'interface' THEN 'interface'
		WHEN e.kind = 'ratified' THEN 'self_referral'
		WHEN e.kind = 'second_side_ready' AND w.state = 'treated' THEN 'bilateral'
		WHEN e.kind IN ('decision', 'new_treatment') AND w.state = 'active_monitoring' THEN 'active_monitoring_end'
		WHEN e.kind = 'new_treatment' AND w.state <> 'no_clock' THEN 'new_treatment'
		WHEN e.kind = 'rebooked' AND w.state = 'missed_first' THEN 'rebooked' END AS starts) AS s,
	LATERAL (SELECT s.starts, CASE WHEN s.starts IS NULL THEN w.state ELSE 'waiting' END AS state,
		w.clock + CASE WHEN s.starts IS NULL THEN 0 ELSE 1 END AS clock,
		coalesce(s.starts, w.start_reason) AS start_reason, w.is_seen AND s.starts IS NULL AS is_seen) AS k,
	-- what the code starts (10, 11, 12) or stops (30 to 36)
	LATERAL (SELECT
		CASE WHEN NOT r.is_read OR k.state = 'waiting' THEN NULL
			WHEN e.status_code = '10' AND k.state = 'missed_first' THEN 'rebooked'
			WHEN e.status_code = '10' THEN 'first_activity'
			WHEN e.status_code = '11' THEN 'active_monitoring_end'
			WHEN e.status_code = '12' THEN 'consultant_referral' END AS starts,
		CASE WHEN NOT r.is_read OR k.state <> 'waiting' THEN NULL
			WHEN e.status_code = '33' AND (k.is_seen OR e.communicated IS NOT TRUE) THEN NULL
			ELSE (SELECT stop FROM (VALUES ('30', 'treatment'), ('31', 'active_monitoring_patient'), ('32', 'active_monitoring_clinician'), ('33', 'missed_first'),
				('34', 'not_treated'), ('35', 'declined'), ('36', 'died')) AS v (code, stop) WHERE v.code = e.status_code) END AS stops,
		r.is_read AND k.state = 'waiting' AND e.status_code = '12' AND NOT k.is_seen
			AND k.start_reason IN ('referral', 're_referral', 'consultant_referral') AS is_consultants) AS c
)
SELECT * FROM walk;

CREATE TEMP TABLE slow AS
SELECT DISTINCT ON (pathway, clock) pathway, clock, started_on, stopped_on, start_reason, stop_reason, is_interface, is_transferred,
	CASE WHEN stop_reason IS NULL THEN 'open' WHEN stop_reason = 'missed_first' THEN 'nullified' ELSE 'stopped' END AS state,
	coalesce(stopped_on, date '2025-03-31') - started_on AS days
FROM walk WHERE clock > 0 ORDER BY pathway, clock, place DESC;

CREATE TEMP TABLE fast AS
SELECT * FROM rtt_clock_rows('SELECT pathway, event_at, status_code, kind, communicated, sequence FROM event', NULL::integer, as_at => '2025-03-31');

SELECT cmp_ok((SELECT count(*) FROM slow), '>', 100000::bigint, 'the pathways have clocks enough');
SELECT is((SELECT count(DISTINCT start_reason) FROM fast), 10::bigint, 'every reason for a start occurs');
SELECT is((SELECT count(DISTINCT stop_reason) FROM fast), 7::bigint, 'every reason for a stop occurs');
SELECT is((SELECT count(*) FROM (
	SELECT pathway, clock, started_on, stopped_on, start_reason, stop_reason, state, days, is_interface, is_transferred FROM slow
	EXCEPT SELECT pathway, clock, started_on, stopped_on, start_reason, stop_reason, state, days, is_interface, is_transferred FROM fast) AS d), 0::bigint,
	'every clock of the slow version is one of the engine''s');
SELECT is((SELECT count(*) FROM fast), (SELECT count(*) FROM slow), 'and the engine has no others');
SELECT is((SELECT count(*) FROM (SELECT DISTINCT ON (pathway) pathway, state FROM walk ORDER BY pathway, place DESC) AS w
	JOIN rtt_pathway_rows('SELECT pathway, event_at, status_code, kind, communicated, sequence FROM event', NULL::integer, as_at => '2025-03-31') AS p USING (pathway)
	WHERE p.state = w.state), 100000::bigint, 'every pathway ends in the same state');
SELECT is((SELECT count(*) FROM (
	SELECT pathway, (c).clock, (c).started_on, (c).stopped_on, (c).start_reason, (c).stop_reason, (c).findings & ~(SELECT mask FROM rtt_rules() WHERE rule = 'out_of_order')
	FROM (SELECT pathway, unnest(rtt_clocks(event_at, status_code, kind, communicated, date '2025-03-31' ORDER BY sequence)) AS c FROM event GROUP BY pathway) AS a
	EXCEPT SELECT pathway, clock, started_on, stopped_on, start_reason, stop_reason, findings & ~(SELECT mask FROM rtt_rules() WHERE rule = 'out_of_order') FROM fast) AS d), 0::bigint,
	'the aggregate gives the same clocks');
SELECT * FROM finish();
ROLLBACK;
