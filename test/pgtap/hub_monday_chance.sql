-- How often chance alone makes the Monday page speak: worlds in which every
-- place is like every other, drawn again and again.  What differs between
-- places is the draw of counts (binomial, or of Poisson's spread), so that a
-- sentence is a false alarm.  Real places differ by more than that; these are
-- the least rates.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(19);
SELECT caregroup.create_hub('hub_t') \g /dev/null
\ir ../lib/monday_hub.sql

-- A count that is expected: a sum of small chances, nearly of Poisson's spread.
CREATE FUNCTION pg_temp.poisson(what text, expected double precision) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
	SELECT pg_temp.binomial(what, (8 * expected)::integer, 0.125)
$$;
-- A world in which n is what a place counts in all, and nothing is special.
CREATE FUNCTION pg_temp.draw(world text, n integer) RETURNS void LANGUAGE sql AS $$
	DELETE FROM hub_t.recall_count;
	INSERT INTO hub_t.recall_count (site_id, service_id, kind, due, past_due, past_due_4, past_due_12, longest_weeks, completed)
	SELECT s.site_id, v.service_id, 'follow_up', n, 0, pg_temp.binomial(world || 'recall' || s.site_id || v.service_id, n, 0.1), 0, 20, 50 FROM site AS s, wh_monday.service AS v;
	DELETE FROM hub_t.fitness_count;
	INSERT INTO hub_t.fitness_count (site_id, unit_id, deployability, graded, review_due_4, review_overdue, review_overdue_12)
	SELECT s.site_id, 'U' || s.i || '-' || k, 'full', n, 5, pg_temp.binomial(world || 'fitness' || s.site_id || k, n, 0.1), 1 FROM site AS s, generate_series(1, 5) AS k;
	DELETE FROM hub_t.session_month;
	INSERT INTO hub_t.session_month (site_id, service_id, month, weekday, sessions, cancelled, slots_offered, slots_booked, slots_attended, minutes_offered)
	SELECT s.site_id, v.service_id, '2024-06-01', d, 4, 0, n, pg_temp.binomial(world || 'slot' || s.site_id || v.service_id || d, n, 0.8), 0, 960 FROM site AS s, wh_monday.service AS v, generate_series(1, 5) AS d;
	DELETE FROM hub_t.referrer_year;
	INSERT INTO hub_t.referrer_year (site_id, service_id, referrals, expected, returned, attended, did_not_attend, people, seen, discharged_at_first)
	SELECT s.site_id, v.service_id, pg_temp.poisson(world || 'referred' || s.site_id || v.service_id, n), n,
		pg_temp.binomial(world || 'returned' || s.site_id || v.service_id, n, 0.05), n - m.missed, m.missed, 5000, n, pg_temp.binomial(world || 'first' || s.site_id || v.service_id, n, 0.3)
	FROM site AS s, wh_monday.service AS v, LATERAL (SELECT pg_temp.binomial(world || 'missed' || s.site_id || v.service_id, n, 0.1) AS missed) AS m;
	DELETE FROM hub_t.activity_month;
	INSERT INTO hub_t.activity_month (site_id, service_id, month, kind, setting, modality, attended, did_not_attend, cancelled_by_person, cancelled_by_provider, booked)
	SELECT s.site_id, v.service_id, '2024-06-01', 'first', 'community', d.modality, CASE d.modality WHEN 'telephone' THEN t.calls ELSE n - t.calls END, 0, 0,
		pg_temp.binomial(world || 'cancelled' || s.site_id || v.service_id || d.modality, n / 2, 0.05), 0
	FROM site AS s, wh_monday.service AS v, LATERAL (SELECT pg_temp.binomial(world || 'remote' || s.site_id || v.service_id, n, 0.3) AS calls) AS t, (VALUES ('face_to_face'), ('telephone')) AS d (modality);
	DELETE FROM hub_t.demand;
	INSERT INTO hub_t.demand (site_id, service_id, month, source, modality, requests, unmet)
	SELECT s.site_id, v.service_id, '2024-06-01', 'contact_request', 'telephone', n, pg_temp.binomial(world || 'unmet' || s.site_id || v.service_id, n, 0.1) FROM site AS s, wh_monday.service AS v;
	DELETE FROM hub_t.contact_demand;
	INSERT INTO hub_t.contact_demand (site_id, service_id, month, channel, requests, met, redirected, unmet, abandoned, not_stated)
	SELECT s.site_id, v.service_id, '2024-06-01', 'telephone', 2 * n, 2 * n - c.redirected - c.unmet, c.redirected, c.unmet, 0, 0
	FROM site AS s, wh_monday.service AS v, LATERAL (SELECT pg_temp.binomial(world || 'sent on' || s.site_id || v.service_id, n, 0.1) AS redirected, pg_temp.binomial(world || 'left' || s.site_id || v.service_id, n, 0.1) AS unmet) AS c;
	DELETE FROM hub_t.session_staff_month;
	INSERT INTO hub_t.session_staff_month (site_id, service_id, month, role, employment, workforce, sessions, minutes)
	SELECT s.site_id, 'v1', '2024-06-01', 'nurse', e.employment, 'civilian', CASE e.employment WHEN 'temporary' THEN t.temporary ELSE 10 * n - t.temporary END, 0
	FROM site AS s, LATERAL (SELECT pg_temp.binomial(world || 'staff' || s.site_id, 10 * n, 0.1) AS temporary) AS t, (VALUES ('permanent'), ('temporary')) AS e (employment);
	DELETE FROM hub_t.residence_year;
	INSERT INTO hub_t.residence_year (organisation_id, service_id, people, referred, referrals, compared, expected)
	SELECT o, v.service_id, 10000, 0, 0, pg_temp.poisson(world || 'resident' || o || v.service_id, n), n FROM unnest('{HQ,P1,P2}'::text[]) AS o, wh_monday.service AS v;
	DELETE FROM hub_t.list_month WHERE list = 'first_contact';
	INSERT INTO hub_t.list_month
	SELECT 'first_contact', l.site_id, l.service_id, m, 100 + sum(l.added - l.removed) OVER (PARTITION BY l.site_id, l.service_id ORDER BY m), l.added, l.removed, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
	FROM (SELECT s.site_id, v.service_id, m::date AS m, pg_temp.poisson(world || 'added' || s.site_id || v.service_id || m, n) AS added, pg_temp.poisson(world || 'removed' || s.site_id || v.service_id || m, n) AS removed
	      FROM site AS s, wh_monday.service AS v, generate_series(timestamp '2024-04-01', '2024-06-01', '1 month') AS m) AS l;
	DELETE FROM hub_t.rtt_finding_count;
	INSERT INTO hub_t.rtt_finding_count (site_id, service_id, rule, explanation, findings, pathways, out_of)
	SELECT s.site_id, v.service_id, r.rule, 'No code.', 0, pg_temp.binomial(world || 'code' || s.site_id || v.service_id, 5 * n, 0.05), CASE r.rule WHEN '(any)' THEN 5 * n ELSE 0 END FROM site AS s, wh_monday.service AS v, (VALUES ('(any)'), ('no_code')) AS r (rule);
	DELETE FROM hub_t.check_result;
	INSERT INTO hub_t.check_result (check_run, result, checked_at, entity, check_name, column_name, provider_id, detail, rows, out_of)
	SELECT 1, row_number() OVER (), now(), 'person', 'invalid identifier', 'nhs_number', p, 'check_digit', pg_temp.binomial(world || 'number' || p, 20 * n, 0.01), 20 * n FROM unnest('{P1,P2}'::text[]) AS p;
	INSERT INTO hub_t.check_result (check_run, result, checked_at, entity, check_name, column_name, provider_id, detail, rows, out_of)
	SELECT 1, 100, now(), 'person', 'invalid identifier', 'nhs_number', NULL, 'check_digit', sum(rows), sum(out_of) FROM hub_t.check_result;
	-- Logarithms of waits, with a spread of one half, in fifths that are alike.
	DELETE FROM hub_t.wait_group;
	INSERT INTO hub_t.wait_group (site_id, service_id, quarter, dimension, group_name, waits, days, log_days, log_days_squared)
	SELECT w.site_id, w.service_id, w.q, 'deprivation', w.fifth, n, 10 * n, n * w.m, n * (w.m ^ 2 + 0.25)
	FROM (SELECT s.site_id, v.service_id, q, 'fifth ' || f AS fifth, 2 + 0.5 / sqrt(n) * (SELECT sum(pg_temp.uniform(world || 'wait' || s.site_id || v.service_id || q || f || k)) - 6 FROM generate_series(1, 12) AS k) AS m
	      FROM site AS s, wh_monday.service AS v, generate_series(timestamp '2022-10-01', '2024-04-01', '3 months') AS q, generate_series(1, 5) AS f WHERE s.i <= 10 AND v.service_id = 'v1') AS w;
$$;
CREATE TEMP TABLE world (name text, n integer);
INSERT INTO world SELECT 'w' || n || k, n FROM unnest('{10,50}'::integer[]) AS n, generate_series(1, 3) AS k;
CREATE TEMP TABLE alarm (world text, n integer, check_name text, alarms bigint);
DO $$
DECLARE
	w world;
BEGIN
	FOR w IN SELECT * FROM world LOOP
		PERFORM pg_temp.draw(w.name, w.n);
		INSERT INTO alarm SELECT w.name, w.n, m.check_name, count(*) FROM caregroup.monday('hub_t') AS m GROUP BY m.check_name;
	END LOOP;
END $$;
-- How many places each world asks a check about.
CREATE TEMP TABLE asked (check_name text, places integer);
INSERT INTO asked VALUES ('recall_past_due', 400), ('fitness_overdue', 100), ('idle_sessions', 2000), ('referrer_high', 20), ('referrals_returned', 2), ('appointments_missed', 20), ('remote_share', 400),
	('cancelled_by_provider', 22), ('demand_unmet', 20), ('contact_demand', 800), ('temporary_staff', 23), ('referred_less', 3), ('list_growing', 400), ('discharged_at_first', 400), ('rtt_data', 400), ('numbers_invalid', 2), ('wait_gap', 3);
SELECT is((SELECT string_agg(DISTINCT check_name, ' ') FROM alarm WHERE check_name NOT IN (SELECT a.check_name FROM asked AS a)), NULL, 'no check speaks that was not asked');
-- At most one in a thousand places, and always one is allowed.
SELECT cmp_ok(coalesce(sum(f.alarms), 0), '<=', greatest(1, a.places * 6 / 1000)::numeric, format('%s: %s of %s calm places', a.check_name, coalesce(sum(f.alarms), 0), a.places * 6))
FROM asked AS a LEFT JOIN alarm AS f USING (check_name) GROUP BY a.check_name, a.places ORDER BY a.check_name;
SELECT cmp_ok((SELECT coalesce(sum(alarms), 0) FROM alarm), '<=', (SELECT count(*)::numeric FROM world), format('%s sentences on %s calm pages of twenty sites with twenty services', (SELECT coalesce(sum(alarms), 0) FROM alarm), (SELECT count(*) FROM world)));
SELECT * FROM finish();
ROLLBACK;
