-- Clocks: what a user types and what comes back.
SET search_path = public, caregroup;
SET datestyle = ISO;
SET timezone = 'Europe/London';
CREATE TABLE pathway_event (pathway integer, event_at timestamptz, status_code text, kind text, communicated boolean);
INSERT INTO pathway_event VALUES
	(1, '2026-01-05 09:00', NULL, 'received', NULL), (1, '2026-02-02 10:00', '10', NULL, NULL), (1, '2026-03-02 10:00', '32', NULL, NULL),
	(1, '2026-06-02 10:00', '91', NULL, NULL), (1, '2026-08-03 10:00', '11', NULL, NULL),
	(2, '2026-01-05 09:00', NULL, 'interface', NULL), (2, '2026-01-12 09:00', NULL, 'received', NULL), (2, '2026-02-02 10:00', '33', NULL, true),
	(2, '2026-02-04 10:00', NULL, 'rebooked', NULL), (2, '2026-03-02 10:00', '30', NULL, NULL),
	(3, '2026-02-02 10:00', '20', NULL, NULL), (3, '2026-03-02 10:00', '30', NULL, NULL), (3, NULL, '10', NULL, NULL);

\x on
SELECT * FROM rtt_clock_rows('SELECT * FROM pathway_event', NULL::integer, as_at => '2026-12-31');
\x off
SELECT * FROM rtt_pathway_rows('SELECT * FROM pathway_event', NULL::integer, as_at => '2026-12-31');
SELECT pathway, step, event, event_on, status_code, clock, rule, source, explanation
FROM rtt_explain_rows('SELECT * FROM pathway_event', NULL::integer, as_at => '2026-12-31') WHERE pathway > 1;
SELECT pathway, event, rule FROM rtt_explain_rows('SELECT * FROM pathway_event', NULL::integer, findings_only => true, as_at => '2026-12-31');
SELECT pathway, (c).clock, (c).started_on, (c).days, rtt_findings((c).findings)
FROM (SELECT pathway, unnest(rtt_clocks(event_at, status_code, kind, communicated, date '2026-12-31')) AS c FROM pathway_event GROUP BY pathway) AS p ORDER BY 1, 2;
SELECT rule, kind, mask, source FROM rtt_rules() ORDER BY kind, mask, rule COLLATE "C";
SELECT (standard_clock('2026-12-21 10:00', '2027-01-06 09:00', 10, 'working_day', as_at => '2027-02-01')).*;
SELECT standard_id, clock_start, clock_stop, limit_value, limit_unit, threshold FROM national_standard ORDER BY standard_id COLLATE "C";

-- Errors
SELECT * FROM rtt_clock_rows('SELECT pathway, event_at FROM pathway_event');
SELECT * FROM rtt_clock_rows('SELECT pathway, status_code AS event_at, status_code FROM pathway_event');
SELECT * FROM rtt_clock_rows('SELECT * FROM pathway_event', ARRAY[1]);
SELECT * FROM rtt_clock_rows('SELECT * FROM pathway_event ORDER BY pathway DESC', NULL::integer, presorted => true);
SELECT * FROM rtt_clock_rows('SELECT * FROM pathway_event', limit_weeks => 1000);
SELECT standard_clock('2026-12-21', NULL, 1, 'month');
