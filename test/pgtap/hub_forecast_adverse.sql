-- Forecasts in the hub under adversity: places that close, open and pause, the
-- year of COVID, bank holidays, the past, two hubs, roles, a run that is
-- cancelled.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT * FROM no_plan();

-- calm: ten years with a hole of COVID.  holi: four on each working day, for
-- three years.  shut: closed in 2025; just: closed in April 2026; new: opened
-- three weeks ago; gaps: weeks without anybody; one: a single request ever.
SELECT caregroup.create_hub('hub_w') \g /dev/null
SELECT caregroup.configure_hub('hub_w', 'as_at', '2026-10-01 00:00 Europe/London') \g /dev/null
CREATE SCHEMA wh_w;
CREATE TABLE wh_w.organisation AS SELECT o AS organisation_id, 'Organisation ' || o AS name, 'provider'::text AS kind FROM unnest(ARRAY['T', 'A', 'B']) AS o;
CREATE TABLE wh_w.organisation_link AS SELECT * FROM (VALUES ('command', 'A', 'T'), ('command', 'B', 'T'), ('place', 'B', 'A')) AS v (hierarchy, child_id, parent_id);
CREATE TABLE wh_w.site AS SELECT s AS site_id, 'Site ' || s AS name, CASE WHEN s IN ('calm', 'holi', 'one') THEN 'A' ELSE 'B' END AS organisation_id, 'community_clinic'::text AS kind
FROM unnest(ARRAY['calm', 'holi', 'shut', 'just', 'new', 'gaps', 'one', 'never']) AS s;
CREATE TABLE wh_w.service AS SELECT v AS service_id, 'Service ' || v AS name, 'community'::text AS kind FROM unnest(ARRAY['p', 'q', 'nobody']) AS v;
CREATE FUNCTION pg_temp.chance(key text) RETURNS double precision LANGUAGE sql AS $$ SELECT ('x' || substr(md5(key), 1, 8))::bit(32)::bigint / 4294967296.0 $$;
CREATE TABLE wh_w.referral AS
SELECT row_number() OVER (ORDER BY site_id, at, i) AS referral_id, 1::bigint AS person_id, 'p'::text AS service_id, site_id, 'open'::text AS status, at AS received_at
FROM (
	SELECT 'calm' AS site_id, m + floor(27 * pg_temp.chance('c' || m || i)) * interval '1 day' AS at, i FROM generate_series(timestamptz '2017-01-01 12:00Z', '2026-09-01 12:00Z', '1 month') AS m,
		generate_series(1, (CASE WHEN m >= '2020-03-01' AND m < '2021-04-01' THEN 25 ELSE 150 END + floor(12 * pg_temp.chance('n' || m)))::integer) AS i
	UNION ALL
	SELECT 'holi', d + i * interval '10 minutes', i FROM generate_series(timestamptz '2023-10-02 09:00Z', '2026-09-30 09:00Z', '1 day') AS d, generate_series(1, 4) AS i
	WHERE extract(isodow FROM d) < 6 AND NOT EXISTS (SELECT FROM caregroup.calendar_days('england', 2023, 2026) AS h WHERE h.day = d::date)
	UNION ALL
	SELECT 'shut', timestamptz '2024-01-01 12:00Z' + i * interval '1 day', i FROM generate_series(1, 500) AS i
	UNION ALL
	SELECT 'just', timestamptz '2024-01-01 12:00Z' + i * interval '1 day', i FROM generate_series(1, 820) AS i
	UNION ALL
	SELECT 'new', timestamptz '2026-09-08 12:00Z' + i * interval '1 day', i FROM generate_series(1, 20) AS i
	UNION ALL
	SELECT 'gaps', timestamptz '2024-01-01 12:00Z' + i * interval '1 day', i FROM generate_series(1, 990) AS i WHERE i / 21 % 3 <> 1
	UNION ALL
	SELECT 'one', timestamptz '2026-02-03 12:00Z', 1
	UNION ALL
	SELECT 'calm', timestamptz '2026-10-01 12:00Z' + i * interval '1 day', i FROM generate_series(1, 40) AS i) AS r;
SELECT caregroup.bind('hub_w', t, format('TABLE wh_w.%I', t)) FROM unnest(ARRAY['organisation', 'organisation_link', 'site', 'service', 'referral']) AS t \g /dev/null
CREATE FUNCTION pg_temp.run(hub text, only_steps text DEFAULT '') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	run bigint := caregroup.begin_run(hub, false);
	step text;
BEGIN
	FOR step IN SELECT s.step FROM caregroup.hub_step AS s WHERE s.step ~ only_steps ORDER BY s.ordinal LOOP
		PERFORM caregroup.begin_step(hub, run, step);
		PERFORM caregroup.run_step(hub, run, step);
	END LOOP;
	PERFORM caregroup.end_run(hub, run);
END $$;
SELECT pg_temp.run('hub_w', '^(organisation_chain|chain|known|service_name|working_day|referral|demand|session_month)') \g /dev/null
SET LOCAL search_path = hub_w, public, caregroup;

-- ---------------------------------------------------------------------
-- The parts are the whole, on every level of every hierarchy
-- ---------------------------------------------------------------------
CREATE FUNCTION pg_temp.worst_sum(hub text) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
	worst double precision;
BEGIN
	EXECUTE format($q$
	SELECT max(abs(w.point - coalesce(p.point, 0)) / greatest(w.point, 1))
	FROM (SELECT f.*, n.sites FROM %1$I.demand_forecast AS f JOIN (SELECT DISTINCT d.kept_under, d.organisation_kind, d.organisation_id, d.sites FROM %1$I.demand_node AS d) AS n
			ON n.kept_under = f.hierarchy AND n.organisation_kind = f.organisation_kind AND n.organisation_id = f.organisation_id) AS w
		LEFT JOIN LATERAL (SELECT sum(f.point) AS point FROM %1$I.demand_forecast AS f WHERE f.organisation_kind IN ('site', 'unassigned') AND f.organisation_id = ANY (w.sites)
			AND f.hierarchy = '(any)' AND f.period_kind = w.period_kind AND f.origin = w.origin AND f.step = w.step
			AND CASE w.service_id WHEN '(all)' THEN f.service_id <> '(all)' ELSE f.service_id = w.service_id END) AS p ON true$q$, hub) INTO worst;
	RETURN worst;
END $$;
SELECT cmp_ok(pg_temp.worst_sum('hub_w'), '<', 1e-9::double precision, 'every organisation of every hierarchy, each service and all together, is the sum of its sites, hindcasts too');
SELECT cmp_ok((SELECT count(DISTINCT hierarchy) FROM demand_forecast), '>=', 3::bigint, 'kept under two hierarchies and for sites');
SELECT is_empty($$SELECT * FROM demand_forecast WHERE point < 0 OR lower_95 < 0 OR lower_95 > lower_80 OR upper_80 > upper_95 OR lower_80 > upper_80 OR point = 'NaN' OR point = 'Infinity'$$, 'nothing is below 0 or undefined');

-- ---------------------------------------------------------------------
-- COVID, bank holidays
-- ---------------------------------------------------------------------
SELECT is((SELECT h.covid FROM demand_series AS s JOIN demand_history AS h USING (period_kind, history_key) WHERE s.organisation_id = 'calm' AND s.service_id = 'p' AND s.period_kind = 'month' AND NOT is_hindcast), '[39,52)'::int4range, 'March 2020 to March 2021, by month');
SELECT ok((SELECT bool_and(s.first_period + 7 * (lower(h.covid) - 1) = '2020-03-02' AND s.first_period + 7 * (upper(h.covid) - 1) = '2021-03-29') FROM demand_series AS s JOIN demand_history AS h USING (period_kind, history_key)
	WHERE s.organisation_id = 'calm' AND s.period_kind = 'week'), 'and by week');
SELECT is_empty($$SELECT * FROM demand_series AS s JOIN demand_history AS h USING (period_kind, history_key) WHERE s.first_period > '2021-04-01' AND h.covid IS NOT NULL$$, 'none where the history begins later');
SELECT ok((SELECT bool_and(method LIKE 'auto%COVID set aside') FROM demand_forecast WHERE organisation_id = 'calm' AND service_id = 'p' AND period_kind = 'month' AND NOT is_hindcast), 'the method says that it was set aside');
SELECT ok((SELECT bool_and(abs(b.point - f.point) < 1e-9) FROM demand_series AS s JOIN demand_base AS b USING (period_kind, history_key)
	JOIN LATERAL unnest(forecast_series(s.history, 12, 12, non_negative => true, intervention => '[39,51]')) AS f ON f.step = b.step WHERE s.organisation_id = 'calm' AND s.service_id = 'p' AND s.period_kind = 'month' AND NOT is_hindcast), 'as forecast_series does it');
SELECT ok((SELECT avg(upper_80 - lower_80) FROM demand_forecast WHERE organisation_id = 'calm' AND service_id = 'p' AND period_kind = 'month' AND hierarchy = '(any)' AND NOT is_hindcast)
	< 0.9 * (SELECT avg(f.upper[1] - f.lower[1]) FROM demand_series AS s, unnest(forecast_series(s.history, 12, 12, non_negative => true)) AS f WHERE s.organisation_id = 'calm' AND s.service_id = 'p' AND s.period_kind = 'month' AND NOT is_hindcast),
	'intervals without it are narrower');
SELECT ok((SELECT bool_and(method LIKE '%, bank holidays%') FROM demand_forecast WHERE organisation_id = 'holi' AND service_id = 'p' AND period_kind = 'week' AND NOT is_hindcast), 'weeks know bank holidays');
SELECT cmp_ok((SELECT max(abs(f.point - 4 * (5 - (SELECT count(*) FROM calendar_days('england', 2026, 2027) AS d WHERE d.day >= f.period_start AND d.day < f.period_start + 7 AND extract(isodow FROM d.day) < 6))))
	FROM demand_forecast AS f WHERE organisation_id = 'holi' AND hierarchy = '(any)' AND service_id = 'p' AND period_kind = 'week' AND NOT is_hindcast), '<', 2.0::double precision, 'also the one that is to come: the week of Christmas');
SELECT ok((SELECT bool_and(cardinality(h.events) = cardinality(h.history) + 13) FROM demand_history AS h WHERE h.period_kind = 'week'), 'a day off for each week of history and forecast');

-- ---------------------------------------------------------------------
-- Places that close, open, pause
-- ---------------------------------------------------------------------
SELECT is_empty($$SELECT * FROM demand_forecast WHERE organisation_id IN ('shut', 'never') AND NOT is_hindcast$$, 'a site that closed more than a year ago, or was never asked, is not forecast');
SELECT cmp_ok((SELECT sum(point) FROM demand_forecast WHERE organisation_id = 'just' AND service_id = 'p' AND hierarchy = '(any)' AND period_kind = 'month' AND NOT is_hindcast AND step <= 3), '<', 15::double precision, 'one that closed half a year ago is expected to stay closed, nearly');
SELECT is((SELECT count(*) FROM demand_forecast WHERE organisation_id = 'new' AND service_id = 'p' AND hierarchy = '(any)' AND period_kind = 'week' AND NOT is_hindcast), 13::bigint, 'one that opened three weeks ago is forecast');
SELECT ok((SELECT bool_and(point BETWEEN 3 AND 8 AND method = 'naive') FROM demand_forecast WHERE organisation_id = 'new' AND service_id = 'p' AND hierarchy = '(any)' AND period_kind = 'week' AND NOT is_hindcast), 'at what it has now, by the method that three weeks bear');
SELECT is((SELECT array_agg(DISTINCT cardinality(history)) FROM demand_series WHERE organisation_id = 'new' AND period_kind = 'week'), '{3}', 'without a hindcast from before it was there');
SELECT is((SELECT sum((v = 0)::integer) FROM demand_series AS s, unnest(s.history) AS v WHERE s.organisation_id = 'gaps' AND s.service_id = 'p' AND s.period_kind = 'week' AND NOT is_hindcast),
	(SELECT count(*) FROM generate_series(date '2024-01-01', '2026-09-21', '7 days') AS w WHERE NOT EXISTS (SELECT FROM wh_w.referral AS r WHERE r.site_id = 'gaps' AND r.received_at >= w AND r.received_at < w + interval '7 days')), 'weeks without anybody are zeros');
SELECT ok((SELECT bool_and(point BETWEEN 0 AND 1 AND upper_95 <= 3) FROM demand_forecast WHERE organisation_id = 'one' AND service_id = 'p' AND hierarchy = '(any)' AND NOT is_hindcast), 'a single request is next to nothing');
SELECT is_empty($$SELECT * FROM demand_series WHERE service_id = 'nobody'$$, 'a service without demand has no series');

-- ---------------------------------------------------------------------
-- Before as_at nothing of what came after is known
-- ---------------------------------------------------------------------
SELECT is((SELECT sum(v) FROM demand_series AS s, unnest(s.history) AS v WHERE s.organisation_id = 'calm' AND s.service_id = 'p' AND s.period_kind = 'month' AND NOT is_hindcast)::bigint,
	(SELECT count(*) FROM wh_w.referral WHERE site_id = 'calm' AND received_at < '2026-10-01'), 'what comes later is not in the history');
CREATE TEMP TABLE hindcast AS SELECT * FROM demand_forecast WHERE is_hindcast AND period_kind = 'month' AND origin = '2026-04-01' AND service_id = 'p' AND hierarchy = '(any)';
CREATE TEMP TABLE kept AS SELECT * FROM demand_forecast_kept;
SET LOCAL search_path = public;
SELECT caregroup.configure_hub('hub_w', 'as_at', '2026-04-15 00:00 Europe/London') \g /dev/null
SET LOCAL search_path = hub_w, public, caregroup;
SELECT pg_temp.run('hub_w', '^(referral|demand)') \g /dev/null
SELECT is((SELECT max(period_start) FROM report_demand_forecast WHERE kind = 'history'), date '2026-04-06', 'in the past the history ends earlier');
SELECT is((SELECT count(*) FROM demand_forecast AS f JOIN hindcast AS h USING (period_kind, origin, hierarchy, organisation_kind, organisation_id, service_id, step) WHERE NOT f.is_hindcast AND abs(f.base - h.base) > 1e-9), 0::bigint, 'a hindcast is what would have been forecast then');
SELECT is((SELECT sum(a.forecasts) FROM demand_accuracy AS a WHERE a.period_kind = 'month' AND a.step > 0)::bigint,
	(SELECT count(*) FROM demand_forecast_kept AS k JOIN demand_series AS s USING (period_kind, hierarchy, organisation_kind, organisation_id, service_id)
	 WHERE k.period_kind = 'month' AND NOT s.is_hindcast AND k.period_start < '2026-04-01'), 'scored is what was over then, and only that');
SET LOCAL search_path = public;
SELECT caregroup.configure_hub('hub_w', 'as_at', '2026-10-01 00:00 Europe/London') \g /dev/null
SET LOCAL search_path = hub_w, public, caregroup;
SELECT pg_temp.run('hub_w', '^(referral|demand)') \g /dev/null
SELECT is_empty($$SELECT k.period_kind, k.origin, k.organisation_id, k.step FROM kept AS k WHERE NOT EXISTS (SELECT FROM demand_forecast_kept AS n WHERE (n.period_kind, n.origin, n.hierarchy, n.organisation_kind, n.organisation_id, n.service_id, n.step) = (k.period_kind, k.origin, k.hierarchy, k.organisation_kind, k.organisation_id, k.service_id, k.step))$$,
	'a look at the past does not lose the forecasts kept');

-- ---------------------------------------------------------------------
-- A day off that is proclaimed changes the weeks that have it, and no month
-- ---------------------------------------------------------------------
CREATE TEMP TABLE before AS SELECT * FROM demand_series;
SET LOCAL search_path = public;
CREATE TABLE wh_w.calendar_day AS SELECT 'england'::text AS calendar_id, d.day, 'bank_holiday'::text AS kind FROM caregroup.calendar_days('england', 2016, 2028) AS d UNION ALL SELECT 'england', date '2026-11-17', 'bank_holiday';
SELECT caregroup.bind('hub_w', 'calendar_day', 'TABLE wh_w.calendar_day') \g /dev/null
SET LOCAL search_path = hub_w, public, caregroup;
SELECT pg_temp.run('hub_w', '^(working_day|demand)') \g /dev/null
SELECT results_eq($$SELECT DISTINCT s.period_kind FROM demand_series AS s WHERE NOT EXISTS (SELECT FROM before AS b WHERE b.period_kind = s.period_kind AND b.history_key = s.history_key)$$, $$VALUES ('week')$$, 'a proclaimed day off lets the weeks be forecast again, not the months');
SELECT ok((SELECT max(point) FILTER (WHERE period_start = '2026-11-16') < min(point) FILTER (WHERE period_start IN ('2026-11-09', '2026-11-23')) - 2 FROM demand_forecast WHERE organisation_id = 'holi' AND hierarchy = '(any)' AND service_id = 'p' AND period_kind = 'week' AND NOT is_hindcast), 'and its week is lower');

-- ---------------------------------------------------------------------
-- Chances
-- ---------------------------------------------------------------------
SELECT ok(bool_and(p BETWEEN 0 AND 1 AND p <= before), 'the chance of a surge is a chance and falls with capacity')
FROM (SELECT p, lag(p, 1, 1.0::double precision) OVER (PARTITION BY mean, variance ORDER BY capacity) AS before
	FROM unnest('{0,0.01,1,7.5,40,900,1e6}'::double precision[]) AS mean, unnest('{0,0.5,1,1.5,30}'::double precision[]) AS ratio, LATERAL (SELECT mean * ratio AS variance) AS v,
		unnest('{-5,-1,0,0.5,1,2,3,7,8,20,39,40,41,60,100,899,900,950,1000,2000,1e6,2e6}'::double precision[]) AS capacity, LATERAL (SELECT demand_exceeds(mean, variance, capacity) AS p) AS q) AS c;

-- ---------------------------------------------------------------------
-- Two hubs of one warehouse
-- ---------------------------------------------------------------------
CREATE TEMP TABLE first_hub AS SELECT * FROM demand_forecast;
SET LOCAL search_path = public;
SELECT caregroup.create_hub('hub_w2', hierarchy => 'place') \g /dev/null
SELECT caregroup.configure_hub('hub_w2', 'as_at', '2026-10-01 00:00 Europe/London') \g /dev/null
SELECT caregroup.bind('hub_w2', t, format('TABLE wh_w.%I', t)) FROM unnest(ARRAY['organisation', 'organisation_link', 'site', 'service', 'referral', 'calendar_day']) AS t \g /dev/null
SET LOCAL search_path = hub_w2, public, caregroup;
SELECT pg_temp.run('hub_w2', '^(organisation_chain|chain|known|service_name|working_day|referral|demand|session_month)') \g /dev/null
SELECT is((SELECT DISTINCT hierarchy FROM report_demand_forecast), 'place', 'a second hub rolls up another hierarchy');
SELECT cmp_ok(pg_temp.worst_sum('hub_w2'), '<', 1e-9::double precision, 'and adds up along it');
SELECT is((SELECT count(*) FROM hub_w.demand_series AS a JOIN demand_series AS b USING (period_kind, origin, organisation_kind, organisation_id, service_id) WHERE a.organisation_kind = 'site' AND NOT a.is_hindcast AND a.history_key <> b.history_key), 0::bigint, 'from the same histories');
SELECT is_empty('SELECT * FROM first_hub EXCEPT SELECT * FROM hub_w.demand_forecast', 'and leaves the first as it was');

-- ---------------------------------------------------------------------
-- Roles
-- ---------------------------------------------------------------------
SET LOCAL search_path = public;
CREATE ROLE hub_w_reader;
CREATE ROLE hub_w_stranger;
SELECT caregroup.grant_hub('hub_w', 'hub_w_reader', 'reader') \g /dev/null
SET LOCAL ROLE hub_w_reader;
SELECT lives_ok('SELECT count(*) FROM hub_w.report_demand_forecast', 'a reader reads the report');
SELECT lives_ok('SELECT count(*) FROM hub_w.report_surge', 'and the surge');
SELECT throws_ok('SELECT count(*) FROM hub_w.referral', '42501', NULL, 'not the referrals');
SELECT throws_ok('DELETE FROM hub_w.demand_forecast_kept', '42501', NULL, 'nor may a reader take forecasts away');
SET LOCAL ROLE hub_w_stranger;
SELECT throws_ok('SELECT count(*) FROM hub_w.report_demand_forecast', '42501', NULL, 'a stranger reads nothing');
RESET ROLE;
SELECT is_empty($$SELECT column_name FROM information_schema.columns WHERE table_schema = 'hub_w' AND table_name LIKE 'demand%' AND column_name ~ 'person|patient|nhs'$$, 'no table of forecasts has a column of a person');

-- ---------------------------------------------------------------------
-- A run that is cancelled
-- ---------------------------------------------------------------------
SET LOCAL search_path = hub_w, public, caregroup;
CREATE TEMP TABLE late (before bigint, sum double precision);
INSERT INTO late SELECT count(*), sum(point) FROM demand_forecast;
INSERT INTO wh_w.referral SELECT 800000 + i, 1, 'p', 'gaps', 'open', timestamptz '2024-02-01 12:00Z' + i * interval '1 day' FROM generate_series(1, 900) AS i;
SELECT pg_temp.run('hub_w', '^(referral|demand_week|demand$|demand_series|demand_history)') \g /dev/null
\set ON_ERROR_STOP off
SAVEPOINT before;
SET LOCAL statement_timeout = 20;
SELECT pg_temp.run('hub_w', '^demand_base');
ROLLBACK TO SAVEPOINT before;
\set ON_ERROR_STOP on
SELECT ok(:'LAST_ERROR_SQLSTATE' = '57014', 'forecasting is cancelled');
SELECT is((SELECT ROW(count(*), sum(point)) FROM demand_forecast), (SELECT ROW(before, sum) FROM late), 'what was there is still there');
SELECT pg_temp.run('hub_w', '^demand') \g /dev/null
SELECT cmp_ok(pg_temp.worst_sum('hub_w'), '<', 1e-9::double precision, 'and the next run is whole');
SELECT isnt((SELECT sum(point) FROM demand_forecast), (SELECT sum FROM late), 'with what is new');
SELECT * FROM finish();
ROLLBACK;
