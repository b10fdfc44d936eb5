-- The Monday page: every check speaks of what was planted and of nothing else,
-- and is silent on a calm hub; how often chance alone raises an alarm; ranks,
-- scope, days, evidence, an own check, hubs without results.
--
-- Organisations, sites and services come through the inputs; the results that
-- checks read are written here, so that each figure is known.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(156);

CREATE FUNCTION pg_temp.error_of(sql text, as_role text DEFAULT current_user) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', as_role);
	EXECUTE sql;
	RESET ROLE;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

-- ---------------------------------------------------------------------
-- Hubs without results
-- ---------------------------------------------------------------------
SELECT caregroup.create_hub('hub_t') \g /dev/null
SELECT is_empty($$SELECT * FROM caregroup.monday('hub_t') WHERE check_name <> 'schedule_stopped'$$, 'a hub that was never recalculated: an empty page, or a word about freshness');
SELECT is(left(pg_temp.error_of($$SELECT * FROM caregroup.monday('no_such')$$), 5) || left(pg_temp.error_of($$SELECT * FROM caregroup.monday(NULL)$$), 5), '3F0003F000', 'a hub that is not there');
CREATE FUNCTION pg_temp.page(as_of text, organisation text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(check_name, ' ' ORDER BY rank), '') FROM caregroup.monday('hub_t', organisation, as_of::timestamptz)
$$;
SAVEPOINT scheduled;
UPDATE hub_t.setting SET value = CASE name WHEN 'schedule' THEN '15 2 * * *' ELSE '2000-01-01T00:00:00.000000Z' END WHERE name IN ('schedule', 'scheduled_at');
SELECT pg_temp.page(NULL) AS page \gset
ROLLBACK TO scheduled;
SELECT is(:'page'::text, 'schedule_stopped', 'one that was scheduled and never ran says so');

\ir ../lib/monday_hub.sql
SELECT is(pg_temp.page(NULL), '', 'recalculated and without any activity: an empty page');

-- ---------------------------------------------------------------------
-- A calm hub
-- ---------------------------------------------------------------------
-- 400 series of 18 months at 90 %, 20 to 40 waits a month; about every third
-- such draw has an alarm by chance (see below), this one has none.
INSERT INTO hub_t.standard_month (standard_id, site_id, service_id, month, numerator, denominator)
SELECT 'd', s.site_id, v.service_id, m, pg_temp.binomial('still' || s.site_id || v.service_id || m, n, 0.9), n
FROM site AS s, wh_monday.service AS v, generate_series(timestamp '2023-01-01', '2024-06-01', '1 month') AS m, LATERAL (SELECT 20 + floor(20 * pg_temp.uniform('n' || s.site_id || v.service_id || m))::integer AS n) AS n;
INSERT INTO hub_t.waiting (site_id, service_id, weeks_waited, referrals) SELECT s.site_id, 'v1', w, 5 FROM site AS s, generate_series(0, 17) AS w;
INSERT INTO hub_t.recall_count (site_id, service_id, kind, due, past_due, past_due_4, past_due_12, longest_weeks, completed) SELECT s.site_id, 'v1', 'follow_up', 100, 20, 10, 2, 20, 50 FROM site AS s;
INSERT INTO hub_t.fitness_count (site_id, unit_id, deployability, graded, review_due_4, review_overdue, review_overdue_12) SELECT s.site_id, 'U' || right(s.site_id, 2), 'full', 100, 5, 10, 1 FROM site AS s;
INSERT INTO hub_t.session_month (site_id, service_id, month, weekday, sessions, cancelled, slots_offered, slots_booked, slots_attended, minutes_offered)
SELECT s.site_id, 'v1', m, d, 4, 0, 40, 32, 28, 960 FROM site AS s, generate_series(timestamp '2023-12-01', '2024-06-01', '1 month') AS m, generate_series(1, 5) AS d;
INSERT INTO hub_t.referrer_year (site_id, service_id, referrals, expected, returned, attended, did_not_attend, people) SELECT s.site_id, 'v1', 100, 100, 5, 200, 20, 5000 FROM site AS s;
INSERT INTO hub_t.activity_month (site_id, service_id, month, kind, setting, modality, attended, did_not_attend, cancelled_by_person, cancelled_by_provider, booked, minutes_attended, cost_gbp)
SELECT s.site_id, 'v1', m, 'first', 'community', d.modality, d.attended, 5, 5, 3, 0, NULL, NULL FROM site AS s, generate_series(timestamp '2023-12-01', '2024-06-01', '1 month') AS m, (VALUES ('face_to_face', 70), ('telephone', 30)) AS d (modality, attended);
INSERT INTO hub_t.demand (site_id, service_id, month, source, modality, requests, unmet, minutes_requested) SELECT s.site_id, 'v1', m, 'contact_request', 'telephone', 100, 10, NULL FROM site AS s, generate_series(timestamp '2024-03-01', '2024-06-01', '1 month') AS m;
INSERT INTO hub_t.spend_month (organisation_id, contract_id, lot, service_id, month, cost, planned, contracted) SELECT o, 'K' || o, 'Lot ' || o, 'v1', m, 10000, 10000, 10000 FROM unnest('{P1,P2}'::text[]) AS o, generate_series(timestamp '2023-04-01', '2024-07-01', '1 month') AS m;
INSERT INTO hub_t.check_result (check_run, result, checked_at, entity, check_name, column_name, provider_id, detail, rows, out_of)
SELECT 1, row_number() OVER (), now(), 'person', 'invalid identifier', 'nhs_number', p, 'check_digit', n, m FROM (VALUES (NULL, 20, 2000), ('P1', 10, 1000), ('P2', 10, 1000)) AS v (p, n, m);
-- People of the most deprived areas wait 1 % longer, as they always did.
INSERT INTO hub_t.wait_group (site_id, service_id, quarter, dimension, group_name, waits, days, log_days, log_days_squared)
SELECT s.site_id, 'v1', q, 'deprivation', 'fifth ' || f, 50, 500, 50 * m, 50 * (m ^ 2 + 0.25) FROM site AS s, generate_series(timestamp '2022-10-01', '2024-04-01', '3 months') AS q, generate_series(1, 5) AS f, LATERAL (SELECT CASE f WHEN 1 THEN 2.01 ELSE 2.0 END::double precision AS m) AS m;
INSERT INTO hub_t.session_staff_month (site_id, service_id, month, role, employment, workforce, sessions, minutes)
SELECT s.site_id, 'v1', m, 'nurse', e.employment, 'civilian', e.sessions, 240 * e.sessions FROM site AS s, generate_series(timestamp '2023-12-01', '2024-06-01', '1 month') AS m, (VALUES ('permanent', 90), ('temporary', 10)) AS e (employment, sessions);
INSERT INTO hub_t.residence_year (organisation_id, service_id, people, referred, referrals, compared, expected) SELECT o, 'v1', 10000, 520, 600, 500, 500 FROM unnest('{HQ,P1,P2}'::text[]) AS o;
INSERT INTO hub_t.variance_point (hierarchy, organisation_kind, organisation_id, indicator_id, service_id, period_start, numerator, denominator, value, centre, lower, upper, phase, rules, services)
SELECT '(any)', 'site', s.site_id, 'did_not_attend', 'v1', m, 30, 300, 10, 10, 5, 15, 1, 0, 1 FROM site AS s, generate_series(timestamp '2023-07-01', '2024-06-01', '1 month') AS m;
INSERT INTO hub_t.variance_summary (hierarchy, organisation_kind, organisation_id, indicator_id, service_id, period_start, is_current, points, numerator_mean, value, centre, lower, upper, rules, variation, is_short_phase, chance, is_tested, q_value, tested, tested_by_rules)
SELECT '(any)', 'site', s.site_id, 'did_not_attend', 'v1', '2024-06-01', true, 12, 30, 10, 10, 5, 15, 0, 'common_cause', false, 1, true, 1, 20, 20 FROM site AS s;
INSERT INTO hub_t.variance_funnel (hierarchy, organisation_kind, organisation_id, indicator_id, service_id, numerator, denominator, is_case_mix, peers, value, centre, lower, upper, lower_outer, upper_outer, phi, tau2, z, level)
SELECT '(any)', 'site', s.site_id, 'did_not_attend', 'v1', 360, 3600, false, 20, 10, 10, 9, 11, 8, 12, 1, 0, 0, 0 FROM site AS s;
SELECT is(pg_temp.page(NULL), '', 'a calm hub: an empty page');
SELECT is(pg_temp.page('2024-06-30'), '', 'and on an earlier day');

-- ---------------------------------------------------------------------
-- How often chance alone raises an alarm
-- ---------------------------------------------------------------------
-- Plants, looks, and takes the plant away again.
CREATE FUNCTION pg_temp.alarms(plant text, check_named text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	found bigint;
BEGIN
	EXECUTE plant;
	SELECT count(*) INTO found FROM caregroup.monday('hub_t') AS m WHERE m.check_name = check_named;
	RAISE EXCEPTION USING ERRCODE = 'TT000', MESSAGE = found;
EXCEPTION WHEN SQLSTATE 'TT000' THEN
	RETURN SQLERRM::bigint;
END $$;
-- 400 calm series each; one in a hundred would be four.
CREATE TEMP TABLE chance AS
SELECT v.n, v.share, pg_temp.alarms(format('DELETE FROM hub_t.standard_month; INSERT INTO hub_t.standard_month SELECT ''d'', s.site_id, v.service_id, m, pg_temp.binomial(''%1$s %2$s'' || s.site_id || v.service_id || m, %1$s, %2$s), %1$s
	FROM site AS s, wh_monday.service AS v, generate_series(timestamp ''2023-01-01'', ''2024-06-01'', ''1 month'') AS m', v.n, v.share), 'standard_worsening') AS alarms
FROM (VALUES (10, 0.5), (10, 0.9), (10, 0.98), (40, 0.95), (3, 0.9)) AS v (n, share);
SELECT cmp_ok(alarms, '<=', 2::bigint, format('standard_worsening: %s of 400 calm series of %s waits a month at %s %% raise an alarm', alarms, n, 100 * share)) FROM chance ORDER BY n, share;
SELECT cmp_ok(sum(alarms), '<=', 4::numeric, format('standard_worsening: %s of 2,000 altogether', sum(alarms))) FROM chance;
-- Recalls, two and twenty sites for each service, all at the same share.
SELECT cmp_ok(a.alarms, '<=', 2::bigint, format('recall_past_due: %s of 400 calm places among %s with %s recalls each, %s %% past due', a.alarms, v.sites, v.n, 100 * v.share))
FROM (VALUES (1, 2, 10, 0.1), (2, 2, 100, 0.01), (3, 20, 10, 0.01), (4, 20, 30, 0.1)) AS v (ordinal, sites, n, share),
	LATERAL (SELECT pg_temp.alarms(format('DELETE FROM hub_t.recall_count; INSERT INTO hub_t.recall_count SELECT s.site_id, ''w'' || k, ''inspection'', %2$s, x, x, 0, 0, 0
		FROM site AS s, generate_series(1, 400 / %1$s) AS k, LATERAL (SELECT pg_temp.binomial(''%1$s %2$s'' || s.site_id || k, %2$s, %3$s) AS x) AS x WHERE s.i <= %1$s', v.sites, v.n, v.share), 'recall_past_due') AS alarms) AS a ORDER BY v.ordinal;
CREATE FUNCTION pg_temp.said(plant text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found text;
BEGIN
	EXECUTE plant;
	SELECT coalesce(string_agg(m.sentence, ' '), '') INTO found FROM caregroup.monday('hub_t') AS m;
	RAISE EXCEPTION USING ERRCODE = 'TT000', MESSAGE = 'found: ' || found;
EXCEPTION WHEN SQLSTATE 'TT000' THEN
	RETURN SQLERRM;
END $$;
-- One of a few, where elsewhere there was none, is chance.
SELECT is(pg_temp.said(v.plant), 'found: ', v.what) FROM (VALUES
	(1, 'UPDATE hub_t.fitness_count SET graded = 10, review_overdue = (unit_id = ''U01'')::integer', 'one overdue review in one of twenty units of ten is no finding'),
	(2, 'UPDATE hub_t.referrer_year SET referrals = 4, expected = 4, returned = (site_id = ''s01'')::integer', 'nor one returned referral of forty, where elsewhere none of forty was'),
	(3, 'UPDATE hub_t.referrer_year SET attended = 30 - (site_id = ''s01'')::integer, did_not_attend = (site_id = ''s01'')::integer', 'nor one missed appointment'),
	(4, 'UPDATE hub_t.activity_month SET cancelled_by_provider = (site_id = ''s01'' AND month = ''2024-06-01'' AND modality = ''telephone'')::integer, attended = 1, did_not_attend = 0, cancelled_by_person = 0', 'nor one cancelled appointment'),
	(5, 'UPDATE hub_t.demand SET requests = 10, unmet = (site_id = ''s01'' AND month = ''2024-06-01'')::integer', 'nor one unmet request'),
	(6, 'UPDATE hub_t.check_result SET rows = (provider_id = ''P1'' OR provider_id IS NULL)::integer, out_of = CASE WHEN provider_id IS NULL THEN 120 ELSE 60 END', 'nor one invalid number of sixty'),
	(7, 'UPDATE hub_t.spend_month SET cost = 10300', 'nor costs three in a hundred above the plan'),
	(8, 'UPDATE hub_t.spend_month SET cost = 107, planned = 100', 'nor a few pounds'),
	(9, 'UPDATE hub_t.session_staff_month SET sessions = CASE WHEN employment = ''permanent'' THEN 9 ELSE (site_id = ''s01'' AND month = ''2024-06-01'')::integer END', 'nor one session of temporary staff'),
	(10, 'UPDATE hub_t.residence_year SET compared = 15, expected = 20 WHERE organisation_id = ''P1''', 'nor five people fewer than twenty'),
	(11, 'UPDATE hub_t.wait_group SET log_days = log_days + waits * 0.4, log_days_squared = log_days_squared + 0.8 * log_days + 0.16 * waits WHERE group_name = ''fifth 1''', 'nor a gap between groups that has always been there'),
	(12, 'UPDATE hub_t.wait_group SET log_days = log_days + waits * 0.4, log_days_squared = log_days_squared + 0.8 * log_days + 0.16 * waits WHERE group_name = ''fifth 5''', 'nor that the least deprived wait longer'),
	(13, 'UPDATE hub_t.wait_group SET log_days = log_days + waits * 0.4, log_days_squared = log_days_squared + 0.8 * log_days + 0.16 * waits WHERE group_name = ''fifth 1'' AND site_id = ''s01'' AND quarter = ''2024-04-01''', 'nor one site in one quarter'),
	(14, 'UPDATE hub_t.wait_group SET log_days = 100, log_days_squared = 200', 'nor waits that are all alike'),
	(15, 'UPDATE hub_t.variance_summary SET variation = ''special_cause_concern'', rules = 1, chance = 0.06, q_value = 0.6 WHERE organisation_id = ''s01''', 'nor a signal among so many that chance makes it'),
	(16, 'UPDATE hub_t.variance_summary SET variation = ''special_cause_improvement'', rules = 1, chance = 1e-9, q_value = 1e-8 WHERE organisation_id = ''s01''', 'nor one to the better'),
	(17, 'UPDATE hub_t.variance_summary SET variation = ''special_cause_concern'', rules = 1, chance = 1e-9, q_value = NULL, is_tested = false WHERE organisation_id = ''s01''', 'nor one that is not tested'),
	(18, 'UPDATE hub_t.variance_funnel SET level = -2, value = 1, numerator = 36 WHERE organisation_id = ''s01''', 'nor who lies below the funnel where less is better'),
	(19, 'UPDATE hub_t.variance_funnel SET level = 1, value = 11.5, numerator = 414 WHERE organisation_id = ''s01''', 'nor who lies within the outer limits')) AS v (ordinal, plant, what) ORDER BY v.ordinal;

-- ---------------------------------------------------------------------
-- Each check finds what was planted: where, how much; nothing else speaks
-- ---------------------------------------------------------------------
CREATE TEMP TABLE plant (check_name text PRIMARY KEY, sql text NOT NULL, seen text, sentence text NOT NULL, north boolean, south boolean, at_site text);
INSERT INTO plant VALUES
	('schedule_stopped', $$UPDATE hub_t.setting SET value = CASE name WHEN 'schedule' THEN '* * * * *' ELSE '2000-01-01T00:00:00.000000Z' END WHERE name IN ('schedule', 'scheduled_at'); UPDATE hub_t.recalculation SET started = now() - interval '5 hours'$$,
		'- - - - 1000.0', 'has stopped', true, true, 's01'),
	('standard_worsening', $$UPDATE hub_t.standard_month SET numerator = denominator / 2 WHERE site_id = 's03' AND service_id = 'v2' AND month >= '2024-03-01'$$, NULL, '^Ten days at Site 03 has worsened since March 2024: ', true, false, 's03'),
	('standard_missed', $$UPDATE hub_t.standard_month SET numerator = 15, denominator = 20 WHERE site_id = 's03' AND month = '2024-06-01'; UPDATE hub_t.standard_month SET numerator = 18, denominator = 20 WHERE site_id <> 's03' AND month = '2024-06-01'$$,
		'- - 0.8925 0.8 100.0', '^1 of 20 sites miss Ten days .80 % to reach. in June 2024; worst is Site 03 with 300 of 400\.$', true, false, 's03'),
	('waiting_long', $$INSERT INTO hub_t.waiting VALUES ('s07', 'v1', 20, 2), ('s07', 'v1', 18, 1), ('s08', 'v1', 31, 2)$$, '- v1 5.0000 1805 5.0', '^5 of 1805 people who wait for Service 1 have waited 18 weeks or longer, the longest 31 weeks; most are at Site 07\.$', true, false, 's07'),
	('recall_past_due', $$UPDATE hub_t.recall_count SET past_due_4 = 50 WHERE site_id = 's02'$$, 's02 v1 0.5000 0.1 50.0', '^50 of 100 open follow up recalls for Service 1 at Site 02 are past due by four weeks or more .50 %; 10 % elsewhere.\.$', true, false, 's02'),
	('fitness_overdue', $$UPDATE hub_t.fitness_count SET review_overdue = 40 WHERE unit_id = 'U14'$$, '- - 0.4000 0.1 40.0', '^40 of 100 people of unit U14 are past their fitness review .40 %; 10 % elsewhere.\.$', false, true, 's14'),
	-- Wednesdays: 24 of 240 slots of six months, elsewhere 80 %; 216 idle in 26.09 weeks.
	('idle_sessions', $$UPDATE hub_t.session_month SET slots_booked = 4 WHERE site_id = 's06' AND weekday = 3$$, 's06 v1 0.1000 0.8 216.0', '^On Wednesdays Service 1 at Site 06 fills 10 % of its slots .80 % at other times and places.: about 8\.3 slots a week could be used\.$', true, false, 's06'),
	('referrer_high', $$UPDATE hub_t.referrer_year SET referrals = 200 WHERE site_id = 's18'$$, 's18 - 2.0000 1 100.0', '^Site 18 refers 2\.0 times as many people as their age and sex explain: 200 in twelve months, 100 expected\.$', false, true, 's18'),
	('referrals_returned', $$UPDATE hub_t.referrer_year SET returned = 20 WHERE site_id <= 's10'$$, 'P1 - 0.2000 0.05 200.0', '^200 of 1000 referrals of North were returned .20 %; 5 % elsewhere.\.$', true, false, NULL),
	('appointments_missed', $$UPDATE hub_t.referrer_year SET did_not_attend = 60, attended = 160 WHERE site_id = 's09'$$, 's09 - 0.2727 0.0909 60.0', '^People referred by Site 09 miss 27\.3 % of their appointments .9\.1 % elsewhere.\.$', true, false, 's09'),
	-- Six months of 100 face to face, none by telephone: 180 short of 30 %.
	('remote_share', $$UPDATE hub_t.activity_month SET attended = CASE modality WHEN 'telephone' THEN 0 ELSE 100 END WHERE site_id = 's10'$$, 's10 v1 0.0000 0.3 180.0', '^0 % of contacts of Service 1 at Site 10 are by telephone or video .30 % elsewhere.\.$', true, false, 's10'),
	-- P2, six months of ten sites: 1,200 cancelled, 6,000 attended, 1,200 missed or cancelled by the person.
	('cancelled_by_provider', $$UPDATE hub_t.activity_month SET cancelled_by_provider = 10 WHERE site_id > 's10'$$, 'P2 - 0.1429 0.0476 1200.0', '^South has cancelled 1200 of 8400 appointments in six months .14\.3 %; 4\.8 % elsewhere.\.$', false, true, NULL),
	('demand_unmet', $$UPDATE hub_t.demand SET unmet = 60 WHERE site_id = 's11'$$, 's11 v1 0.6000 0.1 180.0', '^180 of 300 requests to Site 11 were not met in three months .60 %; 10 % elsewhere.\.$', false, true, 's11'),
	('spend_over_plan', $$UPDATE hub_t.spend_month SET cost = 12000 WHERE organisation_id = 'P1' AND month = '2024-05-01'; UPDATE hub_t.spend_month SET cost = 99999 WHERE organisation_id = 'P1' AND month IN ('2024-03-01', '2024-07-01')$$,
		'P1 v1 32000.0000 30000 2.0', '^Service 1 has cost £2,000 more than planned since April .6\.7 %., lot Lot P1\.$', true, false, NULL),
	-- Half of the sites, in the last two quarters: 2.01 + 0.405 / 2 against 2.
	('wait_gap', $$UPDATE hub_t.wait_group SET log_days = log_days + waits * ln(1.5::double precision), log_days_squared = log_days_squared + 2 * ln(1.5::double precision) * log_days + waits * ln(1.5::double precision) ^ 2 WHERE site_id <= 's10' AND group_name = 'fifth 1' AND quarter >= '2024-01-01'$$,
		'HQ - 1.2371 1.0101 2000.0', '^People of the most deprived areas of Headquarters waited 24 % longer than others for the same service in the last two quarters .1 % in the year before.\.$', true, false, NULL),
	('temporary_staff', $$UPDATE hub_t.session_staff_month SET sessions = 50 WHERE site_id = 's04'$$, 's04 - 0.5000 0.1 240.0', '^Temporary staff ran 50 % of the sessions of Site 04 in six months .10 % elsewhere.\.$', true, false, 's04'),
	('referred_less', $$UPDATE hub_t.residence_year SET compared = 250 WHERE organisation_id = 'P2'$$, 'P2 - 0.5000 1 250.0', '^The people of South were referred 0\.50 times as often as their age and sex lead one to expect .250 of 500 in twelve months.\.$', false, true, NULL),
	('exception', $$UPDATE hub_t.variance_summary SET value = 20, rules = 1, variation = 'special_cause_concern', chance = 1e-6, q_value = 2e-5 WHERE organisation_id = 's05'$$,
		's05 v1 20.0000 10 30.0', '^Appointments not attended, Service 1 at Site 05: 20\.0 in June 2024, above its upper limit of 15\.0, worse\.$', true, false, 's05'),
	('funnel_outlier', $$UPDATE hub_t.variance_funnel SET numerator = 720, value = 20, z = 9, level = 2 WHERE organisation_id = 's12'$$,
		's12 v1 20.0000 10 360.0', '^Appointments not attended, Service 1, at Site 12: 20\.0 in twelve months against 10\.0 of all peers, outside the 99\.8 % limits', false, true, 's12'),
	('rtt_18_weeks', $$INSERT INTO hub_t.rtt_month (site_id, service_id, month, part, treatment_function_code, total, counts)
		SELECT 's03', 'v1', '2024-06-01', 'Part_2', '110', 100, array_agg(CASE b WHEN 10 THEN 60 WHEN 30 THEN 40 ELSE 0 END ORDER BY b) FROM generate_series(1, 105) AS b$$,
		'- - 0.6000 0.92 40.0', '^Trauma and Orthopaedic: 60 % of the 100 who waited for treatment at the end of June 2024 had waited less than 18 weeks .92 % to reach.; worst is Site 03 with 60 of 100\.$', true, false, 's03'),
	('rtt_over_52_weeks', $$INSERT INTO hub_t.list_month VALUES ('rtt', 's03', 'v1', '2024-06-01', 50, 10, 10, 10, 0, 0, 0, 0, 0, 9, 7, 5, 0, 0, 0); INSERT INTO hub_t.list_day VALUES ('rtt', 's03', 'v1', 'treatment', '(all)', '(all)', 400, 5)$$,
		'- v1 5.0000 0 5.0', '^5 of 50 who wait for treatment under Service 1 have waited more than 52 weeks .0 three months before.; most are at Site 03\.$', true, false, 's03'),
	('list_growing', $$INSERT INTO hub_t.list_month VALUES ('first_contact', 's04', 'v1', '2024-06-01', 150, 100, 20, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)$$,
		's04 v1 150.0000 70 80.0', '^The list of Service 1 at Site 04 for first contact has grown from 70 to 150 in three months: 100 came on, 20 went off\.$', true, false, 's04'),
	('discharged_at_first', $$UPDATE hub_t.referrer_year SET seen = 100, discharged_at_first = CASE site_id WHEN 's08' THEN 80 ELSE 40 END$$,
		's08 v1 0.8000 0.4 40.0', '^80 of 100 people whom Site 08 referred to Service 1 were discharged at the first visit .80 %; 40 % of others.., which need not mean poor referrals: advice may serve some\.$', true, false, 's08'),
	('rtt_data', $$INSERT INTO hub_t.rtt_finding_count (site_id, service_id, rule, explanation, findings, pathways, out_of) VALUES ('s05', 'v1', '(any)', NULL, 40, 40, 400), ('s05', 'v1', 'no_code', 'No code.', 40, 40, 0), ('s06', 'v1', '(any)', NULL, 4, 4, 400), ('s06', 'v1', 'no_code', 'No code.', 4, 4, 0)$$,
		's05 v1 0.1000 0.01 40.0', '^40 of 400 pathways of Service 1 at Site 05 .10\.0 %; 1\.0 % elsewhere.: no code\.$', true, false, 's05'),
	('site_over_capacity', $$UPDATE hub_t.place_site SET capacity_people = 100, people = CASE site_id WHEN 's13' THEN 150 ELSE 20 END WHERE site_id IN ('s13', 's14'); INSERT INTO hub_t.journey VALUES ('site', 's13', 's14', 6, false)$$,
		's13 - 150.0000 100 50.0', '^Site 13 has 150 people for 100 places, 50 too many; Site 14, 6 minutes away, has room for 80\.$', false, true, 's13'),
	('far_from_service', $$DELETE FROM hub_t.access_group; DELETE FROM hub_t.access_place; DELETE FROM hub_t.place_group; INSERT INTO hub_t.access_group VALUES ('site', 's15', 'v1', 'all', 'all', 1000, 1000, 50, 9, 9000, 1, 1, 1, 0, 0); INSERT INTO hub_t.place_group VALUES ('area', 'a1', 0, 51, 50, 1, 'most', NULL);
		INSERT INTO hub_t.access_place VALUES ('area', 'a1', 'v1', 's15', 44, 0, NULL)$$,
		'- v1 0.0500 30 50.0', '^50 of 1000 people live more than 30 minutes from the nearest site of Service 1; most of them .50. belong to Site 15\.$', false, true, 's15'),
	('on_no_list', $$INSERT INTO hub_t.allocation_move (problem, row_number, fingerprint, solved_at, kind, place_kind, place_id, site_id, people, minutes_then, reason) VALUES ('joiners', 1, 'x', now(), 'move', 'area', 'a2', 's16', 40, 9, 'new')$$,
		'- - 40.0000 - 40.0', '^40 people are on no list: Site 16 has room for 40\.$', false, true, 's16'),
	('numbers_invalid', $$UPDATE hub_t.check_result SET rows = CASE WHEN provider_id IS NULL THEN 110 ELSE 100 END WHERE provider_id = 'P2' OR provider_id IS NULL$$, 'P2 - 0.1000 0.01 100.0', '^100 of 1000 NHS numbers of South are not valid .10\.0 %; 1\.0 % elsewhere.\.$', false, true, NULL);
SELECT set_eq('SELECT check_name FROM plant', $$SELECT check_name FROM caregroup.monday_check EXCEPT VALUES ('surge'), ('forecast_rise'), ('demand_unexpected'), ('contact_demand')$$, 'every check has its plant here, those of forecasts in hub_forecast.sql, of requests in hub_referral_flow.sql');
-- What the page says after a plant, for all, north, south and one site; and
-- whether each evidence query runs on the hub's search path and shows rows.
CREATE FUNCTION pg_temp.told(plant text, site text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	answer text[];
	said record;
	evidence text;
	shown bigint;
BEGIN
	EXECUTE plant;
	answer := ARRAY['', '', pg_temp.page(NULL, 'P1'), pg_temp.page(NULL, 'P2'), pg_temp.page(NULL, coalesce(site, 's01')), pg_temp.page(NULL, CASE site WHEN 's20' THEN 's19' ELSE 's20' END), '', pg_temp.page('2024-07-01')];
	FOR said IN SELECT * FROM caregroup.monday('hub_t') LOOP
		answer[1] := answer[1] || concat_ws(' ', coalesce(said.organisation_id, '-'), coalesce(said.service_id, '-'), coalesce(said.figure::text, '-'), coalesce(trim_scale(said.comparator)::text, '-'), said.size);
		answer[2] := answer[2] || said.sentence;
		PERFORM set_config('search_path', 'hub_t', true);
		EXECUTE format('SELECT count(*) FROM (%s) AS shown', said.evidence) INTO shown;
		PERFORM set_config('search_path', 'public', true);
		answer[7] := answer[7] || CASE WHEN shown > 0 THEN 'rows' ELSE 'nothing' END;
	END LOOP;
	RAISE EXCEPTION USING ERRCODE = 'TT000', MESSAGE = answer::text;
EXCEPTION WHEN SQLSTATE 'TT000' THEN
	RETURN SQLERRM::text[];
END $$;
CREATE TEMP TABLE told AS SELECT p.*, c.needs_now, c.ordinal, pg_temp.told(p.sql, p.at_site) AS told FROM plant AS p JOIN caregroup.monday_check AS c USING (check_name);
SELECT is(told[1], CASE WHEN check_name = 'standard_worsening' THEN told[1] ELSE seen END, check_name || ': one sentence, with its place, figure, comparator and size') FROM told WHERE check_name <> 'standard_worsening' ORDER BY ordinal;
SELECT matches(told[1], '^s03 v2 0\.4[89]\d\d 0\.(8[89]|9[01])\d* 6\d\.0$', 'standard_worsening: its place, figure, comparator and size') FROM told WHERE check_name = 'standard_worsening';
SELECT matches(told[2], sentence, check_name || ': the sentence') FROM told ORDER BY ordinal;
SELECT is(told[7], 'rows', check_name || ': the evidence query runs and shows rows') FROM told ORDER BY ordinal;
SELECT is_empty('SELECT check_name, told[3], told[4] FROM told WHERE told[3] <> CASE WHEN north THEN check_name ELSE '''' END OR told[4] <> CASE WHEN south THEN check_name ELSE '''' END', 'a region''s page tells what is in the region, and only that');
SELECT is_empty('SELECT check_name, told[5], told[6] FROM told WHERE told[5] <> CASE WHEN at_site IS NULL THEN '''' ELSE check_name END OR told[6] <> CASE WHEN check_name = ''schedule_stopped'' THEN check_name ELSE '''' END', 'a site''s page what is at the site');
SELECT is_empty('SELECT check_name, told[8] FROM told WHERE told[8] <> CASE WHEN needs_now THEN '''' ELSE check_name END', 'on an earlier day of the same month the checks of lists of the moment are left out, the others are the same');

-- Small things that checks must get right.
SELECT is(pg_temp.alarms($$UPDATE hub_t.standard_month SET numerator = denominator / 2 WHERE site_id = 's03' AND service_id = 'v2' AND month >= '2024-06-01'$$, 'standard_worsening'), 0::bigint, 'one bad month is not a worsening');
SELECT is(pg_temp.alarms($$UPDATE hub_t.standard_month SET numerator = denominator / 2 WHERE site_id = 's03' AND service_id = 'v2' AND month < '2024-03-01'$$, 'standard_worsening'), 0::bigint, 'getting better is not a worsening');
SELECT is(pg_temp.alarms($$UPDATE hub_t.standard_month SET numerator = denominator / 2$$, 'standard_worsening'), 0::bigint, 'bad all the time is not a worsening');
SELECT matches(pg_temp.said($$DELETE FROM hub_t.waiting; INSERT INTO hub_t.waiting VALUES ('(unassigned)', 'v1', 20, 2)$$), '2 of 2 people .*most are at .*\w.*\.$', 'a long wait at no known site: the sentence is whole');
SELECT is(pg_temp.said($$UPDATE hub_t.setting SET value = 'provider' WHERE name = 'hierarchy'$$), 'found: ', 'in another hierarchy the calm hub is calm');
-- In April the year that has just ended is the one to look at.
SELECT matches(pg_temp.said($$UPDATE hub_t.result_state SET as_at = '2024-04-20 12:00Z'; UPDATE hub_t.spend_month SET cost = 12000 WHERE organisation_id = 'P1' AND month BETWEEN '2023-06-01' AND '2024-03-01'; DELETE FROM hub_t.standard_month$$),
	'Service 1 has cost £20,000 more than planned since April .*16\.7 %', 'on 20 April spend is judged by the twelve months to March');

-- ---------------------------------------------------------------------
-- All at once: ranks
-- ---------------------------------------------------------------------
DO $$ DECLARE p record; BEGIN FOR p IN SELECT * FROM plant LOOP EXECUTE p.sql; END LOOP; END $$;
CREATE TEMP TABLE monday AS SELECT * FROM caregroup.monday('hub_t');
SELECT set_eq('SELECT DISTINCT check_name FROM monday', 'SELECT check_name FROM plant', 'every check speaks');
SELECT results_eq('SELECT rank FROM monday ORDER BY rank', 'SELECT i::bigint FROM generate_series(1, (SELECT count(*) FROM monday)) AS i', 'ranks are 1, 2, 3 ...');
SELECT is_empty($$SELECT * FROM (SELECT m.rank, c.weight * ln(1 + m.size) AS importance, lag(c.weight * ln(1 + m.size)) OVER (ORDER BY m.rank) AS above FROM monday AS m JOIN caregroup.monday_check AS c USING (check_name)) AS r WHERE importance > above + 0.001$$, 'by weight and size');
SELECT is((SELECT check_name FROM monday WHERE rank = 1), 'schedule_stopped', 'that the figures are old comes first');
SELECT set_eq($$SELECT rank, check_name, sentence, figure, comparator, size, organisation_id, service_id, evidence FROM caregroup.monday('hub_t')$$, 'SELECT * FROM monday', 'the page is the same when it is opened again');
CREATE TEMP TABLE again AS SELECT * FROM hub_t.standard_month ORDER BY month DESC, site_id DESC, service_id;
DELETE FROM hub_t.standard_month;
INSERT INTO hub_t.standard_month SELECT * FROM again;
SET LOCAL enable_hashagg = off;
SET LOCAL enable_hashjoin = off;
SELECT set_eq($$SELECT rank, check_name, sentence, figure, comparator, size, organisation_id, service_id, evidence FROM caregroup.monday('hub_t')$$, 'SELECT * FROM monday', 'whatever the order of rows and the plan');
RESET enable_hashagg;
RESET enable_hashjoin;
SELECT is(current_setting('search_path'), 'public', 'the session''s search_path stays');
SELECT is_empty($$SELECT check_name FROM caregroup.monday_check WHERE query ~* 'nhs_number|birth|person_id|referral_summary|registration|\mperson\M'$$, 'no check reads a table of persons');
SELECT is_empty($$SELECT sentence FROM monday WHERE sentence ~ '\d{3} ?\d{3} ?\d{4}' OR evidence ~* 'person_id|nhs_number|referral_summary'$$, 'no sentence or evidence names a person');

-- ---------------------------------------------------------------------
-- Which day and where
-- ---------------------------------------------------------------------
SELECT is(left(pg_temp.error_of(format('SELECT * FROM caregroup.monday(''hub_t'', %L)', o)), 5), '42704', format('no organisation %s', quote_literal(o))) FROM unnest(ARRAY['Nowhere', '', 'S01', 's01 ']) AS o;
SELECT is(pg_temp.page(NULL, 'HQ'), pg_temp.page(NULL), 'headquarters'' page is the whole hub''s, where all is under it');
SELECT is(left(pg_temp.error_of(format('SELECT * FROM caregroup.monday(''hub_t'', NULL, %L)', d)), 5), w, format('as at %s: %s', d, w)) FROM (VALUES ('2024-07-10 22:00Z', 'no er'), ('2024-07-10 23:30Z', '22023'), ('2024-07-11', '22023'), ('infinity', '22023'), ('-infinity', 'no er'), ('1999-01-01', 'no er')) AS v (d, w);
SELECT is(pg_temp.page('1999-01-01'), '', 'before there were figures the page is empty');
SELECT unalike((SELECT string_agg(check_name || organisation_id, ' ') FROM caregroup.monday('hub_t', NULL, '2024-04-15')), '%standard_worsenings03%', 'in April what worsened in March cannot be told yet');
SELECT matches((SELECT string_agg(sentence, ' ') FROM caregroup.monday('hub_t', NULL, '2024-06-15')), 'Site 03 has worsened since March 2024', 'in June it can');

-- ---------------------------------------------------------------------
-- An own check; who may read the page
-- ---------------------------------------------------------------------
INSERT INTO caregroup.monday_check (check_name, weight, needs_now, question, query) VALUES ('own', 1000, false, 'How many sites?', $$SELECT NULL, NULL, count(*), cardinality($3), extract(year FROM $2), format('%s sites', count(*)), 'SELECT site_id FROM known_site' FROM known_site WHERE site_id = ANY ($1)$$);
SELECT results_eq($$SELECT rank, sentence, figure, comparator, size FROM caregroup.monday('hub_t', 'P2') WHERE check_name = 'own'$$, $$VALUES (1::bigint, '10 sites'::text, 1::numeric, 2024::numeric, 10.0)$$, 'an own check joins the page: it sees the sites, the day and the organisations');
DELETE FROM caregroup.monday_check WHERE check_name = 'own';
CREATE ROLE hub_mon_reader;
CREATE ROLE hub_mon_loader;
CREATE ROLE hub_mon_stranger;
SELECT caregroup.grant_hub('hub_t', 'hub_mon_reader', 'reader'), caregroup.grant_hub('hub_t', 'hub_mon_loader', 'loader') \g /dev/null
SELECT is(left(pg_temp.error_of($$SELECT * FROM caregroup.monday('hub_t')$$, r), 8), w, r || ': ' || w) FROM (VALUES ('hub_mon_reader', 'no error'), ('hub_mon_loader', 'no error'), ('hub_mon_stranger', '42501 pe')) AS v (r, w);

SELECT * FROM finish();
ROLLBACK;
