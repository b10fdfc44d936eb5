-- Forecasts in the hub: histories, parts that add up, what is forecast again,
-- forecasts that are kept and scored, the next fortnight, the Monday page.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(53);

-- A calm group G of A and B; D reports to both; C stands alone.  Referrals of
-- three years fall on days at random, by a fingerprint of their number.
SELECT caregroup.create_hub('hub_f') \g /dev/null
SELECT caregroup.configure_hub('hub_f', 'as_at', '2026-10-01 00:00 Europe/London') \g /dev/null
CREATE SCHEMA wh_f;
CREATE TABLE wh_f.organisation AS SELECT o AS organisation_id, 'Organisation ' || o AS name, 'provider'::text AS kind FROM unnest(ARRAY['G', 'A', 'B', 'C', 'D']) AS o;
CREATE TABLE wh_f.organisation_link AS SELECT * FROM (VALUES ('command', 'A', 'G'), ('command', 'B', 'G'), ('command', 'D', 'A'), ('command', 'D', 'B'),
	('provider', 'C', 'G'), ('provider', 'D', 'B')) AS v (hierarchy, child_id, parent_id);
CREATE TABLE wh_f.site AS SELECT s AS site_id, 'Site ' || s AS name, upper(left(s, 1)) AS organisation_id, 'community_clinic'::text AS kind FROM unnest(ARRAY['a1', 'a2', 'b1', 'c1', 'd1']) AS s;
CREATE TABLE wh_f.service AS SELECT v AS service_id, 'Service ' || v AS name, 'community'::text AS kind FROM unnest(ARRAY['p', 'q']) AS v;
CREATE TABLE wh_f.referral AS
SELECT row_number() OVER (ORDER BY l.site_id, l.service_id, i) AS referral_id, 1::bigint AS person_id, l.service_id, l.site_id, 'open'::text AS status,
	timestamptz '2023-10-01 12:00Z' + floor(('x' || substr(md5(l.site_id || l.service_id || i), 1, 8))::bit(32)::bigint / 4294967296.0 * 1187) * interval '1 day' AS received_at
FROM (VALUES ('a1', 'p', 1.6), ('a1', 'q', 0.05), ('a2', 'p', 0.8), ('b1', 'p', 1.2), ('b1', 'q', 0.02), ('c1', 'p', 0.5), ('d1', 'p', 0.4), ('d1', 'q', 0.3)) AS l (site_id, service_id, a_day),
	generate_series(1, floor(l.a_day * 1187)::integer) AS i;
INSERT INTO wh_f.referral VALUES (900001, 1, 'p', 'nowhere', 'open', '2026-09-01 12:00Z'), (900002, 1, 'p', 'a1', 'open', '2015-01-01 12:00Z'), (900003, 1, 'p', 'a2', 'open', '2023-07-02 12:00Z');
-- What closed in 2025 is not forecast.
INSERT INTO wh_f.referral SELECT 910000 + i, 1, 'old', 'c1', 'open', timestamptz '2024-01-01 12:00Z' + i * interval '1 day' FROM generate_series(1, 400) AS i;
CREATE TABLE wh_f.session (session_id bigint, site_id text, service_id text, starts_at timestamptz, ends_at timestamptz, slots integer, status text);
INSERT INTO wh_f.session
SELECT row_number() OVER (), v.site_id, 'p', d, d + interval '3 hours', v.slots, CASE WHEN d < '2026-10-01' THEN 'held' ELSE 'open' END
FROM (VALUES ('a1', 18), ('a2', 9), ('b1', 14)) AS v (site_id, slots), generate_series(timestamptz '2025-01-01 08:00Z', '2026-12-20 08:00Z', '1 week') AS d;
CREATE TABLE wh_f.activity AS
SELECT row_number() OVER () AS activity_id, s.session_id, 1::bigint AS person_id, s.starts_at, 'first'::text AS kind, CASE WHEN s.starts_at < '2026-10-01' THEN 'attended' ELSE 'booked' END AS status, s.site_id, s.service_id
FROM wh_f.session AS s, generate_series(1, CASE WHEN s.starts_at < '2026-10-01' THEN s.slots * 8 / 10 ELSE 2 END) AS i;
SELECT caregroup.bind('hub_f', t, format('TABLE wh_f.%I', t)) FROM unnest(ARRAY['organisation', 'organisation_link', 'site', 'service', 'referral', 'session', 'activity']) AS t \g /dev/null
CREATE FUNCTION pg_temp.run(only_steps text DEFAULT '') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	run bigint := caregroup.begin_run('hub_f', false);
	step text;
BEGIN
	FOR step IN SELECT s.step FROM caregroup.hub_step AS s WHERE s.step ~ only_steps ORDER BY s.ordinal LOOP
		PERFORM caregroup.begin_step('hub_f', run, step);
		PERFORM caregroup.run_step('hub_f', run, step);
	END LOOP;
	PERFORM caregroup.end_run('hub_f', run);
END $$;
SELECT pg_temp.run() \g /dev/null
SET LOCAL search_path = hub_f, public, caregroup;

-- ---------------------------------------------------------------------
-- Histories
-- ---------------------------------------------------------------------
SELECT is((SELECT history FROM demand_series WHERE organisation_id = 'b1' AND service_id = 'q' AND period_kind = 'month' AND NOT is_hindcast),
	(SELECT array_agg((SELECT count(*) FROM referral AS r WHERE r.site_id = 'b1' AND r.service_id = 'q' AND r.received_at >= m AT TIME ZONE 'Europe/London' AND r.received_at < (m + interval '1 month') AT TIME ZONE 'Europe/London')::double precision ORDER BY m)
	 FROM generate_series((SELECT date_trunc('month', min(received_at) AT TIME ZONE 'Europe/London') FROM referral WHERE site_id = 'b1' AND service_id = 'q'), timestamp '2026-09-01', '1 month') AS m),
	'a sparse monthly history, from the first month with a request to the last whole one');
SELECT is((SELECT history FROM demand_series WHERE organisation_id = 'A' AND service_id = '(all)' AND period_kind = 'week' AND hierarchy = 'command' AND NOT is_hindcast),
	(SELECT array_agg((SELECT count(*) FROM referral AS r WHERE r.site_id IN ('a1', 'a2', 'd1') AND r.received_at >= w AT TIME ZONE 'Europe/London' AND r.received_at < (w + interval '1 week') AT TIME ZONE 'Europe/London')::double precision ORDER BY w)
	 FROM generate_series(timestamp '2023-10-02', timestamp '2026-09-21', '1 week') AS w),
	'a weekly history of an organisation and all services, whole weeks only');
SELECT is((SELECT min(first_period) FROM demand_series WHERE period_kind = 'month'), date '2023-10-01', 'what is older than the warehouse is left out');
SELECT results_eq($$SELECT DISTINCT period_kind, origin, is_hindcast FROM demand_series ORDER BY 1, 2$$,
	$$VALUES ('month', date '2026-04-01', true), ('month', '2026-07-01', true), ('month', '2026-10-01', false),
		('week', '2026-03-30', true), ('week', '2026-06-29', true), ('week', '2026-09-28', false)$$, 'the first run looks back three and six months');
SELECT is_empty($$SELECT * FROM demand_series WHERE service_id = 'old' AND NOT is_hindcast$$, 'what nobody asked for in a year is not forecast');
SELECT is((SELECT count(*) FROM demand_series WHERE organisation_id = '(unassigned)' AND service_id = 'p' AND NOT is_hindcast), 2::bigint, 'requests of no known site have a series too');
SELECT is((SELECT naive_error FROM demand_series WHERE organisation_id = 'a1' AND service_id = 'p' AND period_kind = 'month' AND NOT is_hindcast),
	(SELECT avg(abs(s.history[i] - s.history[i - 12])) FROM demand_series AS s, generate_series(13, cardinality(s.history)) AS i
	 WHERE organisation_id = 'a1' AND service_id = 'p' AND period_kind = 'month' AND NOT is_hindcast), 'mean change in a year');
SELECT is((SELECT count(DISTINCT kept_under) FROM demand_node WHERE organisation_id = 'C'), 1::bigint, 'an organisation with the same sites everywhere is kept once');
SELECT is((SELECT count(DISTINCT kept_under) FROM demand_node WHERE organisation_id = 'A'), 2::bigint, 'one with other sites in another hierarchy is not');

-- ---------------------------------------------------------------------
-- Forecasts
-- ---------------------------------------------------------------------
SELECT is((SELECT count(*) FROM demand_forecast WHERE period_kind = 'month' AND NOT is_hindcast), 12 * (SELECT count(*) FROM demand_series WHERE period_kind = 'month' AND NOT is_hindcast), 'every series has twelve months');
SELECT is((SELECT count(*) FROM demand_forecast WHERE period_kind = 'week' AND NOT is_hindcast), 13 * (SELECT count(*) FROM demand_series WHERE period_kind = 'week' AND NOT is_hindcast), 'and thirteen weeks');
SELECT is((SELECT array_agg(b.point ORDER BY b.step) FROM demand_series AS s JOIN demand_base AS b USING (period_kind, history_key) WHERE s.organisation_id = 'a1' AND s.service_id = 'p' AND s.period_kind = 'month' AND NOT s.is_hindcast),
	(SELECT array_agg(f.point ORDER BY f.step) FROM demand_series AS s, unnest(forecast_series(s.history, 12, 12, non_negative => true)) AS f WHERE s.organisation_id = 'a1' AND s.service_id = 'p' AND s.period_kind = 'month' AND NOT s.is_hindcast),
	'the base is the series'' own forecast');
CREATE FUNCTION pg_temp.worst_sum() RETURNS double precision LANGUAGE sql AS $$
	SELECT max(abs(w.requests - p.requests) / greatest(w.requests, 1))
	FROM (SELECT organisation_kind, organisation_id, service_id, period_kind, step, requests FROM hub_f.report_demand_forecast WHERE kind = 'forecast') AS w
		LEFT JOIN (SELECT h.organisation_kind, h.organisation_id, r.service_id, r.period_kind, r.step, sum(r.requests) AS requests
			FROM hub_f.report_demand_forecast AS r JOIN hub_f.chain AS h ON h.site_id = r.organisation_id AND h.hierarchy = r.hierarchy
			WHERE r.kind = 'forecast' AND r.organisation_kind IN ('site', 'unassigned') GROUP BY 1, 2, 3, 4, 5) AS p USING (organisation_kind, organisation_id, service_id, period_kind, step) $$;
SELECT ok(pg_temp.worst_sum() < 1e-9, 'every organisation''s forecast is the sum of its sites, each service, week and month');
SELECT ok((SELECT max(abs(a.requests - s.requests) / greatest(a.requests, 1)) FROM (SELECT * FROM report_demand_forecast WHERE kind = 'forecast' AND service_id = '(all)') AS a
	LEFT JOIN (SELECT organisation_kind, organisation_id, period_kind, step, sum(requests) AS requests FROM report_demand_forecast WHERE kind = 'forecast' AND service_id <> '(all)' GROUP BY 1, 2, 3, 4) AS s
		USING (organisation_kind, organisation_id, period_kind, step)) < 1e-9, 'and all services are the sum of the services');
SELECT ok((SELECT abs(sum(requests) FILTER (WHERE organisation_level = 0) / sum(requests) FILTER (WHERE organisation_kind IN ('site', 'unassigned')) - 1) FROM report_demand_forecast WHERE kind = 'forecast' AND service_id = 'p') < 1e-9,
	'level 0 is the whole');
SET LOCAL caregroup.hierarchy = 'provider';
SELECT is((SELECT DISTINCT hierarchy FROM report_demand_forecast), 'provider', 'another hierarchy is rolled up');
SELECT ok(pg_temp.worst_sum() < 1e-9, 'and adds up as well');
SET LOCAL caregroup.hierarchy = '';
SELECT ok((SELECT abs(requests - 0) > 0 FROM report_demand_forecast WHERE organisation_id = 'G' AND kind = 'forecast' AND service_id = 'p' AND period_kind = 'month' AND step = 1), 'the group has a forecast');
SELECT ok((SELECT point BETWEEN 4 * 30.4 * 0.8 AND 4 * 30.4 * 1.2 FROM demand_forecast AS f WHERE organisation_id = 'G' AND hierarchy = 'command' AND service_id = 'p' AND period_kind = 'month' AND step = 1 AND NOT is_hindcast),
	'of about what comes on a calm day, times thirty');
SELECT is_empty($$SELECT * FROM demand_forecast WHERE point < 0 OR lower_95 < 0 OR lower_95 > lower_80 OR upper_80 > upper_95 OR lower_80 > upper_80$$, 'nothing is below 0, and 80 % lies within 95 %');
SELECT ok((SELECT bool_and(point BETWEEN lower_95 AND upper_95) FROM demand_forecast WHERE method LIKE 'auto%' AND method NOT LIKE 'auto_sparse%'), 'and the point within');
SELECT is((SELECT DISTINCT method FROM demand_base AS b JOIN demand_series AS s USING (period_kind, history_key) WHERE s.organisation_id = 'b1' AND s.service_id = 'q' AND s.period_kind = 'week' AND NOT is_hindcast), 'auto_sparse', 'few requests are forecast as such');
-- On all cores.
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_setup_cost = 0;
CREATE FUNCTION pg_temp.plan_of(step text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE query text := (SELECT s.query FROM caregroup.hub_step AS s WHERE s.step = plan_of.step);
BEGIN
	RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) CREATE TEMP TABLE planned AS ' || query;
END $$;
SELECT ok((SELECT bool_or(l LIKE '%Gather%') AND bool_or(l LIKE '%Parallel Seq Scan on demand_history%') FROM pg_temp.plan_of('demand_base') AS l), 'histories are forecast on all cores');
RESET min_parallel_table_scan_size;
RESET parallel_setup_cost;

-- ---------------------------------------------------------------------
-- The report
-- ---------------------------------------------------------------------
SELECT is((SELECT sum(requests) FROM report_demand_forecast WHERE kind = 'history' AND organisation_id = 'G' AND service_id = 'p' AND period_kind = 'month')::numeric,
	(SELECT sum(requests) FROM report_demand WHERE organisation_id = 'G' AND service_id = 'p' AND period_start BETWEEN '2023-10-01' AND '2026-09-01'), 'history is what the other report counts');
SELECT is((SELECT count(*) FROM report_demand_forecast WHERE organisation_id = 'G' AND service_id = 'p' AND period_kind = 'month'), 48::bigint, 'thirty-six months of history and twelve to come');
SELECT is((SELECT array_agg(DISTINCT kind ORDER BY kind) FROM report_demand_forecast WHERE period_start >= '2026-09-28'), '{forecast}', 'they do not overlap');

-- ---------------------------------------------------------------------
-- Forecast again is what changed
-- ---------------------------------------------------------------------
SELECT pg_temp.run('^demand') \g /dev/null
SELECT is((SELECT rows FROM result_state WHERE step = 'demand_base'), 0::bigint, 'a second run forecasts nothing');
SELECT is((SELECT count(*) FROM demand_series WHERE is_hindcast), 0::bigint, 'and does not look back again');
SELECT is((SELECT count(DISTINCT origin) FROM demand_forecast_kept WHERE period_kind = 'month'), 3::bigint, 'what it saw is kept');
CREATE TEMP TABLE before AS SELECT * FROM demand_series;
INSERT INTO wh_f.referral VALUES (900004, 1, 'p', 'b1', 'open', '2026-09-15 12:00Z');
SELECT pg_temp.run('^(referral_summary|demand)') \g /dev/null
SELECT results_eq($$SELECT DISTINCT s.organisation_id, s.service_id FROM demand_series AS s WHERE NOT EXISTS (SELECT FROM before AS b WHERE b.history_key = s.history_key AND b.period_kind = s.period_kind) ORDER BY 1, 2$$,
	$$VALUES ('B', '(all)'), ('B', 'p'), ('G', '(all)'), ('G', 'p'), ('b1', '(all)'), ('b1', 'p')$$, 'a late referral changes its own chain');
SELECT is((SELECT rows FROM result_state WHERE step = 'demand_base'),
	(SELECT sum(CASE s.period_kind WHEN 'week' THEN 13 ELSE 12 END) FROM (SELECT DISTINCT s.period_kind, s.history_key FROM demand_series AS s EXCEPT SELECT b.period_kind, b.history_key FROM before AS b) AS s), 'and only that is forecast');
SELECT is_empty($$SELECT history_key FROM demand_base EXCEPT SELECT history_key FROM demand_series$$, 'forecasts of no use are gone');

-- ---------------------------------------------------------------------
-- Kept and scored
-- ---------------------------------------------------------------------
CREATE TEMP TABLE kept AS SELECT * FROM demand_forecast_kept;
SET LOCAL search_path = public;
SELECT caregroup.configure_hub('hub_f', 'as_at', '2026-11-05 00:00 Europe/London') \g /dev/null
SET LOCAL search_path = hub_f, public, caregroup;
SELECT pg_temp.run('^(referral_summary|demand)') \g /dev/null
SELECT results_eq($$SELECT DISTINCT origin, is_hindcast FROM demand_forecast_kept WHERE period_kind = 'month' ORDER BY 1$$,
	$$VALUES (date '2026-04-01', true), ('2026-07-01', true), ('2026-10-01', false), ('2026-11-01', false)$$, 'a month later there is one more');
SELECT is_empty($$SELECT * FROM kept EXCEPT SELECT * FROM demand_forecast_kept$$, 'earlier ones stay as they were');
SELECT results_eq($$SELECT a.forecasts, a.hindcasts, a.actual_mean, round(a.mae::numeric, 9), round(a.bias::numeric, 9), a.coverage_80, a.coverage_95, round(a.mase::numeric, 9) FROM demand_accuracy AS a
		WHERE a.organisation_id = 'a1' AND a.service_id = 'p' AND a.period_kind = 'month' AND a.step = 4$$,
	$$SELECT count(*), count(*) FILTER (WHERE k.is_hindcast), avg(r.n)::double precision, round(avg(abs(k.point - r.n))::numeric, 9), round(avg(k.point - r.n)::numeric, 9), avg((r.n BETWEEN k.lower_80 AND k.upper_80)::integer)::double precision,
			avg((r.n BETWEEN k.lower_95 AND k.upper_95)::integer)::double precision,
			round((avg(abs(k.point - r.n)) / (SELECT s.naive_error FROM demand_series AS s WHERE s.organisation_id = 'a1' AND s.service_id = 'p' AND s.period_kind = 'month'))::numeric, 9)
		FROM demand_forecast_kept AS k CROSS JOIN LATERAL (SELECT count(*)::double precision AS n FROM wh_f.referral AS r WHERE r.site_id = 'a1' AND r.service_id = 'p'
			AND date_trunc('month', r.received_at AT TIME ZONE 'Europe/London') = k.period_start) AS r
		WHERE k.organisation_id = 'a1' AND k.service_id = 'p' AND k.period_kind = 'month' AND k.step = 4 AND k.period_start < '2026-11-01'$$, 'forecasts are scored against what came');
SELECT is((SELECT forecasts FROM demand_accuracy WHERE organisation_id = 'a1' AND service_id = 'p' AND period_kind = 'month' AND step = 0), 12::bigint, '7 months from April, 4 from July, 1 from October');
SELECT ok((SELECT sum(forecasts * coverage_95) / sum(forecasts) >= 0.85 FROM demand_accuracy WHERE step = 0), 'about as many lie within the 95 % interval');
SELECT is((SELECT count(*) FROM report_demand_accuracy WHERE organisation_id = 'a1' AND service_id = 'p' AND period_kind = 'month' AND step IS NULL), 1::bigint, 'the report has a row for all steps');
-- Years later what is old is gone.
UPDATE demand_forecast_kept SET origin = '2023-01-01' WHERE period_kind = 'month' AND origin = '2026-04-01';
SELECT pg_temp.run('^demand') \g /dev/null
SELECT is((SELECT min(origin) FROM demand_forecast_kept WHERE period_kind = 'month'), date '2026-07-01', 'forecasts older than three years are not kept');
SET LOCAL search_path = public;
SELECT caregroup.configure_hub('hub_f', 'as_at', '2026-10-01 00:00 Europe/London') \g /dev/null
SET LOCAL search_path = hub_f, public, caregroup;

-- ---------------------------------------------------------------------
-- The next fourteen days
-- ---------------------------------------------------------------------
SELECT pg_temp.run('^(referral_summary|demand|session_month)') \g /dev/null
SELECT results_eq($$SELECT organisation_id, slots_offered, slots_booked, round(slots_per_request::numeric, 9) FROM report_surge WHERE organisation_kind = 'site' ORDER BY 1$$,
	$$SELECT s.site_id, (SELECT sum(n.slots)::numeric FROM wh_f.session AS n WHERE n.site_id = s.site_id AND n.starts_at >= '2026-10-01 00:00+01' AND n.starts_at < '2026-10-15 00:00+01'), 4::numeric,
			round((SELECT count(*)::numeric FROM wh_f.activity AS a WHERE a.site_id = s.site_id AND a.starts_at >= '2025-10-01 00:00+01' AND a.starts_at < '2026-10-01 00:00+01')
			/ (SELECT count(*) FROM wh_f.referral AS r WHERE r.site_id = s.site_id AND r.service_id = 'p' AND r.received_at >= '2025-10-01 00:00+01' AND r.received_at < '2026-10-01 00:00+01'), 9)
		FROM (SELECT DISTINCT site_id FROM wh_f.session) AS s ORDER BY 1$$, 'slots, bookings and slots of a request');
SELECT ok((SELECT bool_and(abs(r.requests - (f.w1 * 4 + f.w2 * 7 + f.w3 * 3) / 7) < 1e-9) FROM report_surge AS r JOIN (SELECT organisation_id, service_id, sum(point) FILTER (WHERE step = 1) AS w1, sum(point) FILTER (WHERE step = 2) AS w2, sum(point) FILTER (WHERE step = 3) AS w3
	FROM demand_forecast WHERE period_kind = 'week' AND hierarchy = '(any)' GROUP BY 1, 2) AS f USING (organisation_id, service_id) WHERE r.organisation_kind = 'site'), 'the requests of fourteen days from Thursday');
SELECT ok((SELECT bool_and(probability < 0.9 AND abs(probability - demand_exceeds(demand, demand_sd ^ 2, slots_offered::double precision)) < 1e-9) FROM report_surge), 'no surge where sessions follow demand');
SELECT is_empty($$SELECT sentence FROM monday('hub_f') WHERE check_name IN ('surge', 'forecast_rise', 'demand_unexpected')$$, 'a calm group has nothing to say');

UPDATE wh_f.session SET slots = 3 WHERE site_id = 'a1' AND starts_at >= '2026-10-01' AND starts_at < '2026-10-15';
-- A service that grows by half in its last year, and a month that nobody foresaw.
INSERT INTO wh_f.referral SELECT 920000 + i, 1, 'p', 'b1', 'open', timestamptz '2025-10-01 12:00Z' + floor(365 * sqrt(i / 420.0)) * interval '1 day' FROM generate_series(1, 420) AS i;
INSERT INTO wh_f.referral SELECT 930000 + i, 1, 'q', 'd1', 'open', timestamptz '2026-09-10 12:00Z' + i * interval '1 hour' FROM generate_series(1, 60) AS i;
DELETE FROM demand_forecast_kept WHERE period_kind = 'month';
SELECT pg_temp.run('^(referral_summary|demand|session_month)') \g /dev/null
SELECT results_eq($$SELECT organisation_id, service_id, probability > 0.99 FROM report_surge WHERE probability >= 0.9 AND organisation_kind = 'site'$$, $$VALUES ('a1', 'p', true)$$, 'thin sessions are a surge');
SELECT results_eq($$SELECT check_name, organisation_id, service_id FROM monday('hub_f') WHERE check_name IN ('surge', 'forecast_rise', 'demand_unexpected') AND service_id = 'p' ORDER BY 1$$,
	$$VALUES ('forecast_rise', 'b1', 'p'), ('surge', 'a1', 'p')$$, 'the Monday page names the site that grows and the one that is short');
SELECT results_eq($$SELECT organisation_id FROM monday('hub_f') WHERE check_name = 'demand_unexpected' AND service_id = 'q'$$, $$VALUES ('d1')$$, 'and the month that was not expected');

-- ---------------------------------------------------------------------
-- Little data
-- ---------------------------------------------------------------------
DELETE FROM wh_f.referral WHERE received_at < '2026-08-01' OR referral_id > 900000;
DELETE FROM demand_forecast_kept;
SELECT lives_ok($$SELECT pg_temp.run('^(referral_summary|demand)')$$, 'two months of history are forecast');
SELECT is((SELECT count(*) FROM demand_series WHERE is_hindcast AND period_kind = 'month'), 0::bigint, 'without looking back');
SELECT ok(pg_temp.worst_sum() < 1e-9, 'and add up too');
DELETE FROM wh_f.referral;
SELECT lives_ok($$SELECT pg_temp.run('^(referral_summary|demand)')$$, 'no history is no error');
SELECT is((SELECT count(*) FROM report_demand_forecast), 0::bigint, 'and gives no forecast');
SELECT is((SELECT count(*) FROM report_surge), 0::bigint, 'nor a surge');
SELECT is_empty($$SELECT sentence FROM monday('hub_f') WHERE check_name IN ('surge', 'forecast_rise', 'demand_unexpected')$$, 'nor a sentence');
SELECT * FROM finish();
ROLLBACK;
