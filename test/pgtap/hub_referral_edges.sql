-- The referral room in the hub against data that nobody would believe: dates
-- before all calendars, infinite and ambiguous ones, repeated and missing keys,
-- unknown codes, sites and services, quantities that are no counts, limits that
-- are no limits.  No step and no report fails, and what must add up does.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(17);

SELECT setseed(0.375) \g /dev/null
SELECT caregroup.create_hub('hub_t') \g /dev/null
-- In the hour that comes twice.
SELECT caregroup.configure_hub('hub_t', 'as_at', '2026-10-25 01:30 Europe/London') \g /dev/null
CREATE SCHEMA wh_edge;
CREATE TABLE wh_edge.organisation AS SELECT * FROM (VALUES ('HQ','h','headquarters'),('P1','p','provider'),('P2','q','provider')) v(organisation_id,name,kind);
CREATE TABLE wh_edge.organisation_link AS SELECT o AS child_id,'HQ'::text AS parent_id,'command'::text AS hierarchy FROM unnest(ARRAY['P1','P2']) o;
CREATE TABLE wh_edge.site AS SELECT * FROM (VALUES ('A','sa','P1','hospital'),('B','sb','P2','hospital'),('A','again','P2','hospital')) v(site_id,name,organisation_id,kind);
CREATE TABLE wh_edge.service AS SELECT * FROM (VALUES ('ort','o','acute','110','consultant_led'),('phy','p','community',NULL,NULL)) v(service_id,name,kind,treatment_function_code,rtt_role);
CREATE TABLE wh_edge.person (person_id bigint, birth_date date, death_date date, sex text, ethnicity text, deprivation_decile integer);
INSERT INTO wh_edge.person VALUES (1,'1980-01-01',NULL,'male','A',1),(2,'infinity','-infinity',NULL,NULL,NULL),(3,'-infinity','infinity','female','B',10),(4,'4000-01-01 BC','2026-10-25','female','B',5),(NULL,NULL,NULL,NULL,NULL,NULL),(1,'1981-01-01',NULL,'female','B',2);
CREATE TABLE wh_edge.referral (referral_id bigint, pathway_id bigint, person_id bigint, received_at timestamptz, service_id text, site_id text, status text, closed_at timestamptz, source text, referrer_site_id text, closed_reason text, referred_at timestamptz, first_consultation_at timestamptz);
INSERT INTO wh_edge.referral SELECT row_number() over (), CASE WHEN random()<0.5 THEN (random()*20)::int END, (random()*5)::int, r.t, (ARRAY['ort','phy','zzz',NULL])[1+(random()*3)::int], (ARRAY['A','B','zz',NULL])[1+(random()*3)::int], (ARRAY['open','closed','returned','redirected',NULL,'??'])[1+(random()*5)::int], c.t, (ARRAY['consultant','gp',NULL])[1+(random()*2)::int], (ARRAY['A','B',NULL])[1+(random()*2)::int], 'x', c.t, r.t
FROM unnest(ARRAY['4713-01-01 BC','-infinity','infinity','294276-12-31','0044-03-15 BC','2026-10-25 01:30+01','2026-10-25 01:30+00','2026-10-25 02:30+00','2026-03-29 00:59+00','2026-03-29 01:00+00','2025-12-31 23:59:59.999999+00','2030-01-01',NULL]::timestamptz[]) AS r(t),
 unnest(ARRAY['4713-01-01 BC','-infinity','infinity','294276-12-31','2026-10-25 01:30+01','2026-10-25 01:30+00','2026-03-29 01:00+00','2025-06-01',NULL]::timestamptz[]) AS c(t), generate_series(1,3);
INSERT INTO wh_edge.referral SELECT * FROM wh_edge.referral LIMIT 40;
INSERT INTO wh_edge.referral (referral_id, received_at) VALUES (NULL,'2026-01-01'),(NULL,NULL);
CREATE TABLE wh_edge.referral_event (event_id bigint, referral_id bigint, event_at timestamptz, kind text, rtt_status_code text, activity_id bigint, communicated boolean);
INSERT INTO wh_edge.referral_event SELECT row_number() over(), (random()*360)::int, e.t, (ARRAY['decision','ready','arrival','report','decision_to_admit','rebooked','received','paused','resumed',NULL,'new_treatment'])[1+(random()*10)::int], (ARRAY['10','11','12','20','21','30','31','32','33','34','35','36','90','91','92','98','99','77',NULL])[1+(random()*18)::int], (random()*100)::int, (ARRAY[true,false,NULL])[1+(random()*2)::int]
FROM unnest(ARRAY['4713-01-01 BC','-infinity','infinity','294276-12-31','2026-10-25 01:30+01','2026-10-25 01:30+00','2026-03-29 00:59+00','2026-03-29 01:00+00','2025-06-01','2024-02-29 12:00+00','2026-05-01',NULL]::timestamptz[]) AS e(t), generate_series(1,150);
INSERT INTO wh_edge.referral_event SELECT * FROM wh_edge.referral_event LIMIT 300;
CREATE TABLE wh_edge.activity (activity_id bigint, referral_id bigint, person_id bigint, starts_at timestamptz, kind text, status text, service_id text, site_id text, booked_at timestamptz, cancelled_at timestamptz, quantity numeric);
INSERT INTO wh_edge.activity SELECT row_number() over(), (random()*360)::int, 1, e.t, (ARRAY['first','follow_up','assessment','procedure','diagnostic','group','day_case','inpatient','triage',NULL,'??'])[1+(random()*10)::int], (ARRAY['attended','attended','did_not_attend','cancelled_by_person','cancelled_by_provider','booked',NULL])[1+(random()*6)::int],(ARRAY['ort','phy','zzz',NULL])[1+(random()*3)::int], (ARRAY['A','B','zz',NULL])[1+(random()*3)::int], b.t, b.t, (ARRAY[NULL,1,0,-1,'NaN',2.5,'Infinity',1e13])[1+(random()*7)::int]
FROM unnest(ARRAY['4713-01-01 BC','-infinity','infinity','294276-12-31','2026-10-25 01:30+01','2026-10-25 01:30+00','2026-03-29 00:59+00','2026-03-29 01:00+00','2025-06-01','2024-02-29 12:00+00','2026-05-01',NULL]::timestamptz[]) AS e(t), unnest(ARRAY['4713-01-01 BC','-infinity','infinity','2026-03-29 01:00+00','2025-06-01',NULL]::timestamptz[]) AS b(t), generate_series(1,8);
CREATE TABLE wh_edge.recall AS SELECT row_number() over() AS recall_id, 1+(random()*3)::bigint AS person_id, 'phy'::text AS service_id, 'f'::text AS kind, d AS due_on, c AS completed_on FROM unnest(ARRAY['4713-01-01 BC','-infinity','infinity','5874897-12-31','2026-10-24','2026-10-25','2026-01-01',NULL]::date[]) d, unnest(ARRAY['4713-01-01 BC','-infinity','infinity','5874897-12-31','2026-10-24','2026-10-25','2026-01-01',NULL]::date[]) c;
CREATE TABLE wh_edge.registration AS SELECT p::bigint AS person_id, 'A'::text AS site_id, date '-infinity' AS valid_from FROM generate_series(1,4) p;
CREATE TABLE wh_edge.contact_request AS SELECT row_number() over() AS request_id, t AS at, (ARRAY['A','B','zz',NULL])[1+(random()*3)::int] AS site_id, (ARRAY['ort','phy','zzz',NULL])[1+(random()*3)::int] AS service_id, (ARRAY['a',NULL])[1+(random())::int] AS channel, (ARRAY['booked','unmet','redirected','abandoned',NULL,'x'])[1+(random()*5)::int] AS outcome, q AS quantity
FROM unnest(ARRAY['4713-01-01 BC','-infinity','infinity','294276-12-31','2026-10-25 01:30+01','2026-10-25 01:30+00','2026-03-29 00:59+00','2026-05-01',NULL]::timestamptz[]) t, unnest(ARRAY[NULL,1,0,-1,'NaN',2.5,'Infinity',1e13]::numeric[]) q;
CREATE TABLE wh_edge.service_standard AS SELECT 's' || row_number() over() AS standard_id, 'x'::text AS name, (ARRAY['ort','phy',NULL])[1+(random()*2)::int] AS service_id, s AS clock_start, e AS clock_stop, l AS limit_value, u AS limit_unit, 0.9 AS threshold FROM unnest(ARRAY['received','referred','first_consultation','decision','arrival',NULL,'??']) s, unnest(ARRAY['first_contact','treatment','discharge','report','??']) e, unnest(ARRAY[0,-3,'NaN',1e9,2,18,NULL]::numeric[]) l, unnest(ARRAY['hour','day','week','working_day','??']) u WHERE random() < 0.1;
SELECT caregroup.bind('hub_t', t, format('TABLE wh_edge.%I', t)) FROM unnest(ARRAY['organisation','organisation_link','site','service','person','referral','referral_event','activity','recall','registration','contact_request','service_standard']) AS t \g /dev/null

CREATE TEMP TABLE failure (what text, code text, message text);
DO $$
DECLARE
	run bigint := caregroup.begin_run('hub_t', false);
	name text;
	n bigint;
BEGIN
	FOR name IN SELECT s.step FROM caregroup.hub_step AS s WHERE s.step !~ 'variance|indicator|fortnight|forecast|demand_' ORDER BY s.ordinal LOOP
		BEGIN
			PERFORM caregroup.begin_step('hub_t', run, name);
			PERFORM caregroup.run_step('hub_t', run, name);
		EXCEPTION WHEN OTHERS THEN
			INSERT INTO failure VALUES (name, SQLSTATE, SQLERRM);
		END;
	END LOOP;
	PERFORM caregroup.end_run('hub_t', run);
	FOR name IN SELECT v.view_name FROM caregroup.hub_view AS v WHERE v.kind = 'report' LOOP
		BEGIN
			EXECUTE format('SELECT count(r::text) FROM hub_t.%I AS r', name) INTO n;
		EXCEPTION WHEN OTHERS THEN
			INSERT INTO failure VALUES (name, SQLSTATE, SQLERRM);
		END;
	END LOOP;
END $$;
SET LOCAL search_path = hub_t, public;
SELECT is_empty('SELECT * FROM failure', 'no step and no report fails');
SELECT cmp_ok((SELECT count(*) FROM rtt_clock), '>', 50::bigint, 'there are clocks');
SELECT cmp_ok((SELECT count(*) FROM wait_interval), '>', 100::bigint, 'and waits');
SELECT is((SELECT sum(waiting) FROM report_waiting_summary WHERE organisation_level = 0 AND list = 'first_contact' AND service_id <> '(all)'), (SELECT sum(referrals) FROM report_waiting_list WHERE organisation_level = 0), 'the list of first contacts is the waiting list');
SELECT is((SELECT sum(requests) FROM report_contact_demand WHERE organisation_level = 0 AND channel = '(all)'), (SELECT sum(requests) FROM report_demand WHERE organisation_level = 0 AND source = 'contact_request'), 'requests for contact are those of the demand');
SELECT is((SELECT sum(closed) FROM report_discharge WHERE organisation_level = 0), (SELECT sum(closed) FROM report_referral_flow WHERE organisation_level = 0 AND period_start >= '2023-10-01'), 'how referrals were closed is all that were');
SELECT is_empty($$WITH month AS (SELECT g::date AS month, (g + interval '1 month')::date - 1 AS last FROM generate_series(timestamp '2024-10-01', '2026-09-01', '1 month') AS g),
	plain AS (SELECT w.list, w.site_id, w.service_id, m.month, count(*) FILTER (WHERE w.started_on <= m.last AND coalesce(w.stopped_on > m.last, true)) AS waiting,
			count(*) FILTER (WHERE w.started_on BETWEEN m.month AND m.last) AS added, count(*) FILTER (WHERE w.stopped_on BETWEEN m.month AND m.last) AS removed
		FROM wait_interval AS w CROSS JOIN month AS m GROUP BY 1, 2, 3, 4)
	SELECT * FROM (SELECT * FROM plain WHERE waiting + added + removed > 0) AS p FULL JOIN list_month AS l USING (list, site_id, service_id, month)
	WHERE (p.waiting, p.added, p.removed) IS DISTINCT FROM (l.waiting, l.added, l.removed)$$, 'every list of every month is what its waits say, in plain SQL');
SELECT is_empty($$SELECT r.period_start FROM (SELECT period_start, sum(total) AS n FROM report_rtt WHERE organisation_level = 0 AND part = 'Part_2' AND treatment_function_code = '(all)' GROUP BY 1) AS r
	FULL JOIN (SELECT period_start, sum(waiting) AS n FROM report_waiting_month WHERE organisation_level = 0 AND list = 'rtt' GROUP BY 1 HAVING sum(waiting) > 0) AS w USING (period_start) WHERE r.n IS DISTINCT FROM w.n$$, 'the list of clocks at a month''s end is Part_2');
SELECT is_empty($$SELECT r.organisation_id FROM (SELECT organisation_id, organisation_kind, treatment_function_code, period_start,
		coalesce(sum(total) FILTER (WHERE part = 'Part_2'), 0) AS waiting, coalesce(sum(total) FILTER (WHERE part IN ('Part_1A', 'Part_1B')), 0) AS ended, coalesce(sum(total) FILTER (WHERE part = 'Part_3'), 0) AS began
		FROM report_rtt GROUP BY 1, 2, 3, 4) AS r
	JOIN LATERAL (SELECT coalesce(sum(b.total) FILTER (WHERE b.part = 'Part_2'), 0) AS waiting FROM report_rtt AS b WHERE b.organisation_id = r.organisation_id AND b.organisation_kind = r.organisation_kind
		AND b.treatment_function_code = r.treatment_function_code AND b.period_start = (r.period_start - interval '1 month')::date) AS before ON true
	WHERE r.period_start > '2024-10-01' AND r.waiting <> before.waiting + r.began - r.ended$$, 'running at a month''s end = at the end of the month before + begun - stopped');
SELECT is_empty($$SELECT * FROM list_month WHERE removed <> treated + declined + discharged + died + transferred + other OR over_18 > waiting$$, 'who went, went for some reason');
SELECT is_empty($$SELECT a.pathway FROM rtt_clock AS a JOIN rtt_clock AS b ON b.pathway = a.pathway AND b.clock > a.clock WHERE coalesce(a.stopped_on, 'infinity') > b.started_on$$, 'clocks never overlap');
SELECT is_empty($$SELECT * FROM rtt_clock WHERE days < 0 OR stopped_on > '2026-10-25' OR started_on > '2026-10-25'$$, 'nor run backwards, nor into the future');
SELECT is_empty($$SELECT pathway, clock FROM rtt_clock GROUP BY 1, 2 HAVING count(*) > 1 UNION ALL SELECT NULL, NULL FROM wait_interval WHERE list = 'first_contact' GROUP BY referral_id HAVING count(*) > 1$$, 'a repeated key makes no second clock and no second wait');
SELECT is_empty($$SELECT wait FROM wait_interval WHERE stopped_on < started_on OR started_on > '2026-10-25' OR stopped_on > '2026-10-25'$$, 'no wait ends before it begins or after now');
SELECT is_empty($$SELECT 1 FROM report_referral_conversion WHERE reached > observed OR observed > begun$$, 'nobody reaches what cannot be seen yet');
SELECT is_empty($$SELECT 1 FROM report_attendance WHERE did_not_attend_share NOT BETWEEN 0 AND 1 OR due <> attended + did_not_attend + cancelled_by_person + cancelled_by_provider
	OR cancelled_by_person + cancelled_by_provider <> notice_under_24_hours + notice_1_to_2_days + notice_3_to_7_days + notice_over_7_days + notice_unknown$$, 'appointments add up, and so does the notice given');
SELECT is_empty($$SELECT 1 FROM report_contact_demand WHERE requests <> met + redirected + unmet + abandoned + not_stated$$, 'and so do requests');

SELECT * FROM finish();
ROLLBACK;
