-- Demand without referral, conversion, discharge, consultants' referrals, the
-- waiting list in full and gaps over all services: a small hub whose figures are
-- worked out by hand, with rows that ought not to count.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(40);

SELECT caregroup.create_hub('hub_t') \g /dev/null
SELECT caregroup.configure_hub('hub_t', 'as_at', '2026-10-01 12:00 Europe/London') \g /dev/null
CREATE SCHEMA wh_flow;
CREATE TABLE wh_flow.organisation AS SELECT * FROM (VALUES ('HQ', 'Headquarters', 'headquarters'), ('P1', 'One', 'provider'), ('P2', 'Two', 'provider')) AS v (organisation_id, name, kind);
CREATE TABLE wh_flow.organisation_link AS SELECT o AS child_id, 'HQ'::text AS parent_id, 'command'::text AS hierarchy FROM unnest(ARRAY['P1', 'P2']) AS o;
CREATE TABLE wh_flow.site AS SELECT s.site_id, 'Site ' || s.site_id AS name, s.organisation_id, 'hospital'::text AS kind FROM (VALUES ('A', 'P1'), ('B', 'P1'), ('C', 'P2')) AS s (site_id, organisation_id);
CREATE TABLE wh_flow.service AS SELECT * FROM (VALUES ('ort', 'Orthopaedics', 'acute', '110', 'consultant_led'), ('rhe', 'Rheumatology', 'acute', '410', NULL),
	('phy', 'Physiotherapy', 'community', '650', 'none'), ('img', 'Imaging', 'diagnostic', '812', 'none')) AS v (service_id, name, kind, treatment_function_code, rtt_role);
CREATE TABLE wh_flow.person AS SELECT i AS person_id, date '1980-01-01' - i * 100 AS birth_date, CASE i % 2 WHEN 0 THEN 'female' ELSE 'male' END AS sex FROM generate_series(1, 60) AS i;
CREATE TABLE wh_flow.referral (referral_id bigint, pathway_id bigint, person_id bigint, received_at timestamp, service_id text, site_id text, status text, closed_at timestamp, source text, referrer_site_id text);
INSERT INTO wh_flow.referral VALUES
	-- 1: code 30 and a procedure; 2: code 34, so that a follow-up is no treatment; 3: treated and discharged at the first visit
	(1, 1, 1, '2025-01-06 09:00', 'ort', 'A', 'closed', '2025-09-01 17:00', 'general_practice', 'C'), (2, 2, 2, '2025-01-06 09:00', 'ort', 'A', 'closed', '2025-03-10 17:00', 'general_practice', 'C'),
	(3, 3, 3, '2025-01-06 09:00', 'ort', 'A', 'closed', '2025-02-05 17:00', 'general_practice', 'C'),
	-- physiotherapy, not under the rules: 4 has a follow-up, 5 has not, 6 is returned, 7 closed unseen, 11 closed in eternity
	(4, NULL, 4, '2025-01-06 09:00', 'phy', 'B', 'closed', '2025-03-31 09:00', 'general_practice', 'C'), (5, 5, 5, '2025-01-06 09:00', 'phy', 'B', 'open', NULL, 'general_practice', 'C'),
	(6, NULL, 6, '2025-01-06 09:00', 'phy', 'B', 'returned', '2025-01-10 09:00', 'general_practice', 'C'), (7, NULL, 7, '2025-01-06 09:00', 'phy', 'B', 'closed', '2025-01-31 09:00', 'general_practice', 'C'),
	(11, NULL, 11, '2025-01-06 09:00', 'phy', 'B', 'closed', 'infinity', 'general_practice', 'C'),
	-- 8: a procedure whose code is missing; 9: a code from before the referral; 10: one from the future
	(8, 8, 8, '2025-01-06 09:00', 'ort', 'A', 'open', NULL, 'general_practice', 'C'), (9, 9, 9, '2025-01-06 09:00', 'ort', 'A', 'open', NULL, 'general_practice', 'C'), (10, 10, 10, '2025-01-06 09:00', 'ort', 'A', 'open', NULL, 'general_practice', 'C'),
	-- from consultants: of orthopaedics at A (twice in the table), of physiotherapy at B, of nobody knows whom; imaging, a GP's and this month's are none
	(20, 1, 1, '2026-03-02 09:00', 'rhe', 'A', 'open', NULL, 'consultant', 'A'), (20, 1, 1, '2026-03-02 09:00', 'rhe', 'A', 'open', NULL, 'consultant', 'A'),
	(21, 5, 5, '2026-03-02 09:00', 'rhe', 'C', 'open', NULL, 'consultant', 'B'), (22, NULL, 12, '2026-03-02 09:00', 'ort', 'C', 'open', NULL, 'consultant', NULL),
	(23, 1, 1, '2026-03-02 09:00', 'img', 'A', 'open', NULL, 'consultant', 'A'), (24, 24, 13, '2026-03-02 09:00', 'ort', 'A', 'open', NULL, 'general_practice', 'A'),
	(25, 1, 1, '2026-10-01 10:00', 'rhe', 'A', 'open', NULL, 'consultant', 'A');
CREATE TABLE wh_flow.referral_event (event_id bigint, referral_id bigint, event_at timestamp, kind text, rtt_status_code text);
INSERT INTO wh_flow.referral_event VALUES (1, 1, '2025-05-05 10:00', 'admission', '30'), (2, 2, '2025-03-03 10:00', 'follow_up', '34'), (3, 3, '2025-02-03 10:00', 'first_contact', '30'),
	(4, 9, '2024-12-01 10:00', 'first_contact', '30'), (5, 10, '2026-12-01 10:00', 'first_contact', '30'), (6, 5, '2025-01-20 10:00', 'first_contact', '30');
CREATE TABLE wh_flow.activity (activity_id bigint, referral_id bigint, person_id bigint, starts_at timestamp, kind text, status text, service_id text, site_id text, quantity numeric, cancelled_at timestamp);
INSERT INTO wh_flow.activity SELECT 100 + r, r, r, '2025-02-03 10:00', 'first', 'attended', 'ort', 'A', NULL FROM unnest(ARRAY[1, 2, 3, 8, 9, 10]) AS r;
INSERT INTO wh_flow.activity VALUES (1, 1, 1, '2025-05-05 08:00', 'day_case', 'attended', 'ort', 'A', NULL), (2, 2, 2, '2025-03-03 10:00', 'follow_up', 'attended', 'ort', 'A', NULL),
	(4, 4, 4, '2025-01-20 10:00', 'first', 'attended', 'phy', 'B', NULL), (5, 4, 4, '2025-02-03 10:00', 'follow_up', 'attended', 'phy', 'B', NULL), (6, 5, 5, '2025-01-20 10:00', 'first', 'attended', 'phy', 'B', NULL),
	(7, 11, 11, '2025-01-20 10:00', 'first', 'attended', 'phy', 'B', NULL), (8, 8, 8, '2025-06-02 08:00', 'day_case', 'attended', 'ort', 'A', NULL),
	-- ten first visits to orthopaedics at A in the year, and rows that count nothing
	(31, NULL, 30, '2025-12-01 10:00', 'first', 'attended', 'ort', 'A', NULL), (32, NULL, 31, '2025-12-01 10:00', 'first', 'attended', 'ort', 'A', 7), (33, NULL, 32, '2026-09-30 23:30', 'assessment', 'attended', 'ort', 'A', 2),
	(34, NULL, 33, '2025-12-01 10:00', 'first', 'attended', 'ort', 'A', 'NaN'), (35, NULL, 34, '2025-12-01 10:00', 'first', 'attended', 'ort', 'A', -5), (36, NULL, 34, '2026-10-01 09:00', 'first', 'attended', 'ort', 'A', 1),
	(37, NULL, 34, '2025-09-30 10:00', 'first', 'attended', 'ort', 'A', 1), (38, NULL, 34, '2025-12-01 10:00', 'first', 'did_not_attend', 'ort', 'A', 1);
-- Cancelled at each notice, over the night in which clocks go forward: 23 hours lie between Saturday noon and Sunday noon.
INSERT INTO wh_flow.activity SELECT 40 + row_number() OVER (), NULL, 35, '2026-03-29 12:00', 'follow_up', 'cancelled_by_person', 'phy', 'C', v.n, v.at FROM (VALUES (timestamp '2026-03-28 12:00', 1), ('2026-03-28 11:00', 2), ('2026-03-26 13:00', 4),
	('2026-03-26 11:00', 8), ('2026-03-22 11:00', 16), ('2026-03-01 12:00', 32), ('2026-03-30 12:00', 64), (NULL, 128), ('infinity', 256)) AS v (at, n);
CREATE TABLE wh_flow.contact_request (request_id bigint, at timestamptz, site_id text, service_id text, channel text, outcome text, quantity numeric);
INSERT INTO wh_flow.contact_request SELECT i, '2026-09-10 10:00+01', 'B', 'phy', 'telephone', CASE WHEN i <= 10 THEN 'booked' WHEN i <= 13 THEN 'redirected' WHEN i <= 15 THEN 'unmet' ELSE 'abandoned' END, NULL FROM generate_series(1, 16) AS i;
INSERT INTO wh_flow.contact_request VALUES (1, '2026-09-10 10:00+01', 'B', 'phy', 'telephone', 'booked', NULL), (17, '2026-09-10 10:00+01', 'B', 'phy', 'online', NULL, NULL), (18, '2026-09-10 10:00+01', 'B', 'phy', 'online', '??', NULL),
	-- half past midnight of the first of September in London, and of August
	(19, '2026-08-31 23:30+00', 'B', 'phy', 'online', 'redirected', 5), (20, '2026-07-31 23:30+00', 'B', 'phy', 'online', 'redirected', 1),
	(21, '2026-09-10 10:00+01', 'B', 'phy', 'online', 'booked', 'NaN'), (22, '2026-09-10 10:00+01', 'B', 'phy', 'online', 'unmet', -3), (23, '2026-10-02 10:00+01', 'B', 'phy', 'online', 'unmet', 1), (24, 'infinity', 'B', 'phy', 'online', 'unmet', 1),
	(25, '2026-09-10 10:00+01', 'nowhere', NULL, NULL, 'booked', NULL), (26, '2026-09-11 10:00+01', 'C', 'phy', 'online', 'redirected', 0);
SELECT caregroup.bind('hub_t', t, format('TABLE wh_flow.%I', t)) FROM unnest(ARRAY['organisation', 'organisation_link', 'site', 'service', 'person', 'referral', 'referral_event', 'activity', 'contact_request']) AS t \g /dev/null
CREATE FUNCTION pg_temp.recalculate() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	run bigint := caregroup.begin_run('hub_t', false);
	step text;
BEGIN
	FOR step IN SELECT s.step FROM caregroup.hub_step AS s WHERE s.step !~ 'forecast|variance|indicator|fortnight' ORDER BY s.ordinal LOOP
		PERFORM caregroup.begin_step('hub_t', run, step);
		PERFORM caregroup.run_step('hub_t', run, step);
	END LOOP;
	PERFORM caregroup.end_run('hub_t', run);
END $$;
SELECT pg_temp.recalculate() \g /dev/null
SET LOCAL search_path = hub_t, public;

-- ---------------------------------------------------------------------
-- Demand without referral
-- ---------------------------------------------------------------------
SELECT results_eq($$SELECT organisation_id, service_id, period_start, channel, requests, met, redirected, unmet, abandoned, not_stated FROM report_contact_demand WHERE organisation_kind = 'site' AND organisation_id = 'B' ORDER BY 3, 4$$,
	$$VALUES ('B'::text, 'phy'::text, date '2026-08-01', '(all)'::text, 1::numeric, 0::numeric, 1::numeric, 0::numeric, 0::numeric, 0::numeric), ('B', 'phy', '2026-08-01', 'online', 1, 0, 1, 0, 0, 0),
		('B', 'phy', '2026-09-01', '(all)', 23, 10, 8, 2, 1, 2), ('B', 'phy', '2026-09-01', 'online', 7, 0, 5, 0, 0, 2), ('B', 'phy', '2026-09-01', 'telephone', 16, 10, 3, 2, 1, 0)$$,
	'met, redirected, unmet and given up apart: a repeated key once, the future and what is no count not, days of London');
SELECT results_eq($$SELECT met_share, redirected_share, unmet_share, abandoned_share, round(redirected_lower::numeric, 4), round(redirected_upper::numeric, 4) FROM report_contact_demand WHERE organisation_id = 'B' AND period_start = '2026-09-01' AND channel = '(all)'$$,
	$$SELECT 10 / 21.0::float8, 8 / 21.0::float8, 2 / 21.0::float8, 1 / 21.0::float8, round(caregroup.wilson_lower(8, 21)::numeric, 4), round(caregroup.wilson_upper(8, 21)::numeric, 4)$$, 'shares of those whose outcome is known, with Wilson''s limits');
SELECT is_empty($$SELECT * FROM report_contact_demand WHERE requests <> met + redirected + unmet + abandoned + not_stated$$, 'what became of them is all of them');
SELECT results_eq($$SELECT organisation_kind, organisation_id, requests, met FROM report_contact_demand WHERE organisation_level = 0 AND channel = '(all)' AND period_start = '2026-09-01' ORDER BY 2, 3$$,
	$$VALUES ('unassigned'::text, '(unassigned)'::text, 1::numeric, 1::numeric), ('headquarters', 'HQ', 23, 10)$$, 'a request to an unknown site is not lost');
SELECT results_eq($$SELECT requests, met_share FROM report_contact_demand WHERE organisation_id = 'C' AND channel = '(all)'$$, $$VALUES (0::numeric, NULL::float8)$$, 'a count of nothing has no share and is no error');
SELECT results_eq($$SELECT c.detail, c.rows::integer FROM caregroup.check_hub('hub_t') AS c WHERE c.detail LIKE 'quantity is no count%' AND c.provider_id IS NULL ORDER BY c.entity$$,
	$$VALUES ('quantity is no count'::text, 2), ('quantity is no count', 2)$$, 'what is no count is reported with its rule');

-- ---------------------------------------------------------------------
-- Conversion
-- ---------------------------------------------------------------------
CREATE TEMP VIEW converted AS SELECT service_id, step, sum(begun)::integer AS begun, sum(observed)::integer AS observed, sum(reached)::integer AS reached
FROM report_referral_conversion WHERE organisation_id = 'P1' AND period_start < '2025-12-01' GROUP BY 1, 2;
SELECT results_eq($$SELECT step, begun, observed, reached FROM converted WHERE service_id = 'ort' ORDER BY 1$$,
	$$VALUES ('discharged'::text, 6, 6, 3), ('discharged_at_first', 6, 6, 1), ('first_contact', 6, 6, 6), ('from_consultant', 6, 6, 0), ('procedure', 6, 6, 2), ('procedure_of_treated', 3, 3, 2), ('treatment', 6, 6, 3)$$,
	'under the rules: code 30 treats, or a procedure; neither a follow-up nor codes from before the referral or from the future');
SELECT results_eq($$SELECT step, begun, observed, reached FROM converted WHERE service_id = 'phy' ORDER BY 1$$,
	$$VALUES ('discharged'::text, 3, 3, 1), ('discharged_at_first', 3, 3, 0), ('first_contact', 5, 5, 3), ('from_consultant', 5, 5, 0), ('procedure', 3, 3, 0), ('procedure_of_treated', 1, 1, 0), ('treatment', 3, 3, 1)$$,
	'outside them: a follow-up treats, and no code; who is closed in eternity is under care');
SELECT is_empty($$SELECT * FROM report_referral_conversion WHERE reached > observed OR observed > begun OR share NOT BETWEEN lower AND upper$$, 'nobody reaches what cannot be seen yet');
SELECT is_empty($$SELECT organisation_id FROM (SELECT organisation_kind, organisation_id, service_id, max(begun) FILTER (WHERE step = 'treatment') AS a, max(begun) FILTER (WHERE step = 'procedure') AS b, max(begun) FILTER (WHERE step = 'discharged') AS c,
	max(begun) FILTER (WHERE step = 'discharged_at_first') AS d FROM report_referral_conversion GROUP BY 1, 2, 3, period_start) AS s WHERE a IS DISTINCT FROM b OR a IS DISTINCT FROM c OR a IS DISTINCT FROM d$$, 'the steps from first contact begin with the same people');

-- ---------------------------------------------------------------------
-- Discharge
-- ---------------------------------------------------------------------
SELECT results_eq($$SELECT service_id, period_start, closed, returned, unseen, at_first, later, at_first_share, median_weeks FROM report_discharge WHERE organisation_id = 'P1' ORDER BY 1, 2$$,
	$$VALUES ('ort'::text, date '2025-02-01', 1::bigint, 0::bigint, 0::bigint, 1::bigint, 0::bigint, 1::float8, NULL::float8), ('ort', '2025-03-01', 1, 0, 0, 0, 1, 0, 4.5), ('ort', '2025-09-01', 1, 0, 0, 0, 1, 0, 29.5),
		('phy', '2025-01-01', 2, 1, 1, 0, 0, NULL, NULL), ('phy', '2025-03-01', 1, 0, 0, 0, 1, 0, 9.5)$$, 'how referrals were closed, and how long after the first contact: 35 days, 210 and 70');
SELECT is_empty($$SELECT * FROM report_discharge WHERE closed <> returned + unseen + at_first + later$$, 'how they were closed is all of them');
SELECT is_empty($$SELECT * FROM (SELECT organisation_kind, organisation_id, service_id, period_start, closed FROM report_discharge) AS d
	FULL JOIN (SELECT organisation_kind, organisation_id, service_id, period_start, closed AS flow FROM report_referral_flow WHERE closed > 0) AS f USING (organisation_kind, organisation_id, service_id, period_start) WHERE d.closed IS DISTINCT FROM f.flow$$,
	'and what the flow of referrals counts');

-- ---------------------------------------------------------------------
-- Consultants' referrals
-- ---------------------------------------------------------------------
SELECT results_eq($$SELECT organisation_id, treatment_function_code, service_id, referrals, first_visits, per_100_first_visits FROM report_consultant_referral WHERE organisation_kind IN ('site', 'unassigned') AND treatment_function_code <> '(all)' ORDER BY 1, 2, 3$$,
	$$VALUES ('(unassigned)'::text, '(unknown)'::text, '(all)'::text, 1::bigint, NULL::numeric, NULL::float8), ('(unassigned)', '(unknown)', 'ort', 1, NULL, NULL),
		('A', '110', '(all)', 1, 10, 10), ('A', '110', 'rhe', 1, 10, 10), ('B', '650', '(all)', 1, NULL, NULL), ('B', '650', 'rhe', 1, NULL, NULL)$$,
	'by the specialty that the pathway was under before, against its first visits; requests for imaging are none, a repeated key is one');
SELECT results_eq($$SELECT referrals, referrals_share, round(lower::numeric, 3), round(upper::numeric, 3), period_start FROM report_consultant_referral WHERE organisation_id = 'P1' AND treatment_function_code = '(all)' AND service_id = '(all)'$$,
	$$SELECT 2::bigint, 1::float8, round((10 * caregroup.byar_lower(2))::numeric, 3), round((10 * caregroup.byar_upper(2))::numeric, 3), date '2025-10-01'$$, 'the total has Byar''s limits and its year');
SELECT is_empty($$SELECT w.organisation_id FROM (SELECT organisation_kind, organisation_id, treatment_function_code, sum(referrals) FILTER (WHERE service_id = '(all)') AS whole, coalesce(sum(referrals) FILTER (WHERE service_id <> '(all)'), 0) AS parts
	FROM report_consultant_referral GROUP BY 1, 2, 3) AS w WHERE whole IS DISTINCT FROM parts$$, 'services add up to all');

-- ---------------------------------------------------------------------
-- Notice given, and the chain of command
-- ---------------------------------------------------------------------
SELECT results_eq($$SELECT cancelled_by_person, notice_under_24_hours, notice_1_to_2_days, notice_3_to_7_days, notice_over_7_days, notice_unknown FROM report_attendance WHERE organisation_id = 'C' AND period_start = '2026-03-01'$$,
	$$VALUES (511::numeric, 65::numeric, 6::numeric, 24::numeric, 32::numeric, 384::numeric)$$, 'cancelled at each notice, by elapsed hours; too late is none, in eternity is unknown');
CREATE TEMP VIEW whole AS
SELECT 'conversion' AS report, step || period_start AS part, organisation_level, organisation_kind, begun + 1000 * observed + 1000000 * reached::numeric AS n FROM report_referral_conversion
UNION ALL SELECT 'discharge', service_id || period_start, organisation_level, organisation_kind, closed + 1000 * at_first + 1000000 * later::numeric FROM report_discharge
UNION ALL SELECT 'consultant', treatment_function_code || service_id, organisation_level, organisation_kind, referrals FROM report_consultant_referral
UNION ALL SELECT 'contact', channel || period_start, organisation_level, organisation_kind, requests + 1000 * met + 1000000 * redirected FROM report_contact_demand
UNION ALL SELECT 'waiting', service_id || weeks_waited, organisation_level, organisation_kind, referrals FROM report_waiting_list;
SELECT is_empty($$SELECT report, part FROM whole GROUP BY 1, 2 HAVING sum(n) FILTER (WHERE organisation_level = 0) IS DISTINCT FROM sum(n) FILTER (WHERE organisation_kind IN ('site', 'unassigned'))
	OR coalesce(sum(n) FILTER (WHERE organisation_kind = 'headquarters'), 0) IS DISTINCT FROM coalesce(sum(n) FILTER (WHERE organisation_kind = 'provider'), 0)$$, 'every report adds up along the chain of command');

-- ---------------------------------------------------------------------
-- A moment in the past
-- ---------------------------------------------------------------------
SELECT caregroup.configure_hub('hub_t', 'as_at', '2025-02-04 12:00 Europe/London') \g /dev/null
SELECT pg_temp.recalculate() \g /dev/null
SELECT results_eq($$SELECT referrals, discharged_at_first FROM report_referrer_feedback WHERE organisation_id = 'C'$$, $$VALUES (10::bigint, 0::bigint)$$, 'who is discharged tomorrow has not been at the first visit');
SELECT is((SELECT sum(closed) FROM report_discharge WHERE organisation_id = 'HQ'), 2::numeric, 'nor is closed');
SELECT is_empty('SELECT * FROM report_contact_demand', 'nobody has asked yet');
SELECT is((SELECT sum(reached) FROM report_referral_conversion WHERE organisation_id = 'HQ'), 0::numeric, 'and nobody is known to have come so far, since no time has gone by');
SELECT caregroup.configure_hub('hub_t', 'as_at', '2026-10-01 12:00 Europe/London') \g /dev/null
SELECT pg_temp.recalculate() \g /dev/null

-- ---------------------------------------------------------------------
-- Lists against their waits
-- ---------------------------------------------------------------------
SELECT is_empty($$WITH month AS (SELECT g::date AS month, (g + interval '1 month')::date - 1 AS last FROM generate_series(timestamp '2024-10-01', '2026-09-01', '1 month') AS g),
	plain AS (SELECT w.list, w.site_id, w.service_id, m.month, count(*) FILTER (WHERE w.started_on <= m.last AND coalesce(w.stopped_on > m.last, true)) AS waiting,
			count(*) FILTER (WHERE w.started_on BETWEEN m.month AND m.last) AS added, count(*) FILTER (WHERE w.stopped_on BETWEEN m.month AND m.last) AS removed
		FROM wait_interval AS w CROSS JOIN month AS m GROUP BY 1, 2, 3, 4)
	SELECT * FROM (SELECT * FROM plain WHERE waiting + added + removed > 0) AS p FULL JOIN list_month AS l USING (list, site_id, service_id, month)
	WHERE (p.waiting, p.added, p.removed) IS DISTINCT FROM (l.waiting, l.added, l.removed)$$, 'every list of every month is what its waits say, in plain SQL');
SELECT isnt_empty('SELECT * FROM list_month', 'of which there are some');
SELECT is_empty($$SELECT w.organisation_id FROM report_waiting_list AS w JOIN report_waiting_summary AS s ON s.list = 'first_contact' AND s.organisation_kind = w.organisation_kind AND s.organisation_id = w.organisation_id AND s.service_id = w.service_id
	WHERE (w.waiting, w.median_weeks, w.p92_weeks, w.longest_weeks) IS DISTINCT FROM (s.waiting, s.median_weeks, s.p92_weeks, s.longest_weeks) OR w.clearance_weeks IS DISTINCT FROM s.clearance_weeks$$, 'the waiting list has the summary''s figures beside its weeks');
SELECT is_empty($$SELECT organisation_id FROM report_waiting_list GROUP BY organisation_kind, organisation_id, service_id HAVING sum(referrals) <> max(waiting) OR max(share_so_far) <> 1$$, 'and its weeks are the whole');
SELECT results_eq($$SELECT service_id, weeks_waited, referrals, band, waiting, longest_weeks FROM report_waiting_list WHERE organisation_id = 'A' AND organisation_kind = 'site' ORDER BY 1, 2$$,
	$$VALUES ('img'::text, 30, 1::bigint, '26-52'::text, 1::bigint, 213 / 7.0::float8), ('ort', 30, 1, '26-52', 1, 213 / 7.0), ('rhe', 0, 1, '0-4', 2, 213 / 7.0), ('rhe', 30, 1, '26-52', 2, 213 / 7.0)$$, 'by hand: 213 days and none');

-- ---------------------------------------------------------------------
-- Gaps over all services.  University Group Diabetes Program (Diabetes
-- 1970;19 suppl 2): deaths under tolbutamide and placebo below and above 55
-- years; Rothman and Greenland, Modern Epidemiology, print the Mantel-Haenszel
-- ratio 1.33.  Here the deaths have waited 10 days and the others 200.
-- ---------------------------------------------------------------------
DELETE FROM list_day;
INSERT INTO list_day (list, site_id, service_id, waits_for, dimension, group_name, days, waiting) VALUES
	('rtt', 'A', 'ort', '(all)', 'sex', 'tolbutamide', 10, 8), ('rtt', 'A', 'ort', '(all)', 'sex', 'tolbutamide', 200, 98), ('rtt', 'A', 'ort', '(all)', 'sex', 'placebo', 10, 5), ('rtt', 'A', 'ort', '(all)', 'sex', 'placebo', 200, 115),
	('rtt', 'A', 'rhe', '(all)', 'sex', 'tolbutamide', 10, 22), ('rtt', 'A', 'rhe', '(all)', 'sex', 'tolbutamide', 200, 76), ('rtt', 'A', 'rhe', '(all)', 'sex', 'placebo', 10, 16), ('rtt', 'A', 'rhe', '(all)', 'sex', 'placebo', 200, 69),
	-- a service that only one of the two uses, and one with a group that nobody knows
	('rtt', 'A', 'img', '(all)', 'sex', 'placebo', 10, 50), ('rtt', 'A', 'ort', '(all)', 'sex', 'unknown', 10, 500);
SELECT results_eq($$SELECT round(share_ratio::numeric, 2), round(share_ratio_lower::numeric, 2), round(share_ratio_upper::numeric, 2), waiting, other_waiting FROM report_waiting_gap WHERE organisation_id = 'HQ' AND service_id = '(all)' AND group_name = 'tolbutamide'$$,
	$$VALUES (1.33, 0.80, 2.20, 204::bigint, 205::bigint)$$, 'the published Mantel-Haenszel ratio, with Greenland and Robins'' limits');
SELECT results_eq($$SELECT service_id, waiting, other_waiting FROM report_waiting_gap WHERE organisation_id = 'A' AND group_name = 'placebo' ORDER BY 1$$,
	$$VALUES ('(all)'::text, 255::bigint, 204::bigint), ('img', 50, 0), ('ort', 120, 106), ('rhe', 85, 98)$$, 'on the row of all services the counts are their sums');
SELECT is((SELECT ratio FROM report_waiting_gap WHERE organisation_id = 'HQ' AND service_id = '(all)' AND group_name = 'tolbutamide'), 1::float8, 'both medians are 200 days');
-- The same with waits of all lengths: against sums in SQL of their own.
DELETE FROM list_day;
INSERT INTO list_day (list, site_id, service_id, waits_for, dimension, group_name, days, waiting)
SELECT 'rtt', 'A', v.service_id, '(all)', 'sex', g.sex, 1 + (i * 37 + ascii(v.service_id) * 11 + length(g.sex) * 53) % v.most, 1 + i % 3
FROM (VALUES ('ort', 400, 40), ('rhe', 90, 25), ('phy', 30, 12), ('img', 10, 2)) AS v (service_id, most, n), (VALUES ('female', 0), ('male', 7), ('x', 11)) AS g (sex, less), LATERAL generate_series(1, greatest(v.n - g.less, 1)) AS i
ON CONFLICT DO NOTHING;
CREATE TEMP VIEW stratum AS
WITH wait AS (SELECT service_id, group_name, days FROM list_day, generate_series(1, waiting))
SELECT g.group_name, w.service_id, caregroup.wait_median_estimate(w.days) FILTER (WHERE w.group_name = g.group_name) AS m, caregroup.wait_median_estimate(w.days) FILTER (WHERE w.group_name <> g.group_name) AS o,
	count(*) FILTER (WHERE w.group_name = g.group_name)::float8 AS n1, count(*) FILTER (WHERE w.group_name <> g.group_name)::float8 AS n0,
	count(*) FILTER (WHERE w.group_name = g.group_name AND w.days <= 126)::float8 AS a, count(*) FILTER (WHERE w.group_name <> g.group_name AND w.days <= 126)::float8 AS b
FROM wait AS w, (SELECT DISTINCT group_name FROM list_day) AS g GROUP BY 1, 2;
SELECT results_eq($$SELECT group_name, waiting, round(ratio::numeric, 9), round(lower::numeric, 9), round(upper::numeric, 9), round(share_ratio::numeric, 9) FROM report_waiting_gap WHERE organisation_id = 'P1' AND service_id = '(all)' ORDER BY 1$$,
	$$SELECT s.group_name, sum(s.n1)::bigint, round(exp(l.mean)::numeric, 9), round(exp(l.mean - 1.959963984540054 * l.error)::numeric, 9), round(exp(l.mean + 1.959963984540054 * l.error)::numeric, 9),
		round((sum(s.a * s.n0 / (s.n0 + s.n1)) / sum(s.b * s.n1 / (s.n0 + s.n1)))::numeric, 9)
	FROM stratum AS s JOIN LATERAL (SELECT sum(t.n1 * t.n0 / (t.n1 + t.n0) * ln((t.m).median / (t.o).median)) / sum(t.n1 * t.n0 / (t.n1 + t.n0)) AS mean,
			sqrt(sum((t.n1 * t.n0 / (t.n1 + t.n0)) ^ 2 * ((t.m).log_variance + (t.o).log_variance))) / sum(t.n1 * t.n0 / (t.n1 + t.n0)) AS error
		FROM stratum AS t WHERE t.group_name = s.group_name AND (t.m).log_variance + (t.o).log_variance IS NOT NULL) AS l ON true
	GROUP BY s.group_name, l.mean, l.error ORDER BY 1$$, 'ratios of medians and of shares over all services, in SQL of their own');
-- A group that uses the slow service waits longer, and on no list longer than others.
DELETE FROM list_day;
INSERT INTO list_day (list, site_id, service_id, waits_for, dimension, group_name, days, waiting)
SELECT 'rtt', 'A', v.service_id, '(all)', 'deprivation', g.fifth, v.base + i, CASE WHEN (v.service_id = 'ort') = (g.fifth = 'fifth 1') THEN 8 ELSE 2 END
FROM (VALUES ('ort', 300), ('phy', 20)) AS v (service_id, base), (VALUES ('fifth 1'), ('fifth 5')) AS g (fifth), generate_series(1, 20) AS i;
SELECT results_eq($$SELECT median_weeks > 5 * other_median_weeks, abs(ratio - 1) < 1e-9, within_18_weeks_share < 0.5 * other_within_18_weeks_share, abs(share_ratio - 1) < 1e-9 FROM report_waiting_gap WHERE organisation_id = 'HQ' AND service_id = '(all)' AND group_name = 'fifth 1'$$,
	$$VALUES (true, true, true, true)$$, 'the mix of services is allowed for');
-- What the interval covers where groups do not differ: 200 places of six services each.
SELECT setseed(0.25) \g /dev/null
DELETE FROM list_day;
INSERT INTO chain (hierarchy, organisation_id, organisation_name, organisation_kind, organisation_level, site_id) SELECT 'command', 'place ' || r, 'place', 'site', 9, 'place ' || r FROM generate_series(1, 200) AS r;
INSERT INTO list_day (list, site_id, service_id, waits_for, dimension, group_name, days, waiting)
SELECT 'rtt', 'place ' || r, 'v' || s, '(all)', 'sex', CASE WHEN i <= 5 + 4 * s THEN 'female' ELSE 'male' END, d.days, count(*)
FROM generate_series(1, 200) AS r, generate_series(1, 6) AS s, generate_series(1, 5 + 4 * s + 10 * s) AS i, LATERAL (SELECT 1 + floor(-ln(1 - random() + 0 * (r + s + i)) * 40 * s)::integer AS days) AS d GROUP BY r, s, 6, d.days;
CREATE TEMP TABLE drawn AS SELECT * FROM report_waiting_gap WHERE organisation_id LIKE 'place%' AND service_id = '(all)' AND group_name = 'female';
SELECT cmp_ok(avg((1 BETWEEN lower AND upper)::integer), '>=', 0.94, 'the 95 % interval of the ratio of medians covers as often as it claims') FROM drawn;
SELECT cmp_ok(avg((1 BETWEEN share_ratio_lower AND share_ratio_upper)::integer), '>=', 0.92, 'and that of the ratio of shares') FROM drawn;

-- ---------------------------------------------------------------------
-- The Monday page
-- ---------------------------------------------------------------------
CREATE FUNCTION pg_temp.said() RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(concat_ws(' ', m.organisation_id, m.service_id, round(m.size, 1), round(m.figure, 3), round(m.comparator, 3)), ', ' ORDER BY m.rank), '')
	FROM caregroup.monday('hub_t', most_of_a_kind => NULL) AS m WHERE m.check_name = 'contact_demand' $$;
CREATE FUNCTION pg_temp.plant(site text, redirected_n integer, unmet_n integer, outside boolean DEFAULT false) RETURNS void LANGUAGE sql AS $$
	INSERT INTO hub_t.contact_demand (site_id, service_id, month, channel, requests, met, redirected, unmet, abandoned, not_stated)
	SELECT site, 'phy', CASE WHEN outside THEN date '2025-09-01' ELSE '2025-10-01' END, 'telephone', 310, 300 - redirected_n - unmet_n, redirected_n, unmet_n, 0, 10 $$;
DELETE FROM contact_demand;
SELECT pg_temp.plant('A', 100, 15), pg_temp.plant('B', 15, 15), pg_temp.plant('C', 15, 60), pg_temp.plant('B', 200, 0, true) \g /dev/null
SELECT is(pg_temp.said(), 'A phy 85.0 0.333 0.050, C phy 45.0 0.200 0.050', 'contact_demand: sent elsewhere, and left unmet, against the same service elsewhere in twelve months');
SELECT matches((SELECT string_agg(sentence, E'\n' ORDER BY rank) FROM caregroup.monday('hub_t') WHERE check_name = 'contact_demand'),
	'^100 of 300 requests for Physiotherapy to Site A in the last twelve months were sent elsewhere \(33.3 %; 5.0 % elsewhere\)\.\n60 of 300 requests for Physiotherapy to Site C in the last twelve months were left unmet', 'in words');
CREATE FUNCTION pg_temp.rows_of(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint; BEGIN EXECUTE 'SELECT count(*) FROM (' || query || ') AS q' INTO n; RETURN n; END $$;
SELECT cmp_ok(pg_temp.rows_of(evidence), '>', 0::bigint, 'its evidence is there') FROM caregroup.monday('hub_t') WHERE check_name = 'contact_demand';
DELETE FROM contact_demand;
SELECT pg_temp.plant('A', 290, 5) \g /dev/null
SELECT is(pg_temp.said(), '', 'a service that nobody else offers is not judged');
CREATE FUNCTION pg_temp.hits(n integer, p double precision) RETURNS integer LANGUAGE sql VOLATILE AS $$ SELECT count(*)::integer FROM generate_series(1, n) WHERE random() < p $$;
CREATE FUNCTION pg_temp.false_alarms(runs integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE found bigint := 0; one bigint;
BEGIN
	FOR i IN 1 .. runs LOOP
		DELETE FROM hub_t.contact_demand;
		PERFORM pg_temp.plant(s.site_id, pg_temp.hits(150, 0.1), pg_temp.hits(150, 0.05)) FROM hub_t.site AS s;
		SELECT count(*) INTO one FROM caregroup.monday_check_rows('hub_t', 'contact_demand', ARRAY['A', 'B', 'C'], '2026-10-01', ARRAY['HQ', 'P1', 'P2']);
		found := found + one;
	END LOOP;
	RETURN found;
END $$;
SELECT cmp_ok(pg_temp.false_alarms(200), '<=', 1::bigint, 'chance alone raises at most one alarm in two hundred Mondays');

SELECT * FROM finish();
ROLLBACK;
