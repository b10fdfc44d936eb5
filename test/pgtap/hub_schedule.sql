-- Regular recalculation: what a cron expression means, against a slow
-- independent reading of it; jobs of pg_cron by whom and for which database;
-- whether a schedule has stopped; staleness; pruning.  Jobs that really run,
-- and databases without pg_cron, are in test/system/hub_cron.sh.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(150);

CREATE FUNCTION pg_temp.error_of(as_role text, sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', as_role);
	EXECUTE sql;
	RESET ROLE;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, SQLERRM, hint);
END $$;
SELECT current_user AS superuser \gset

-- ---------------------------------------------------------------------
-- One field
-- ---------------------------------------------------------------------
SELECT is(caregroup.cron_values(f, lo, hi)::text, want, format('the field %s of %s to %s', to_json(f), lo, hi))
FROM (VALUES (1, '5', 0, 59, '{5}'), (2, '1-5', 1, 12, '{1,2,3,4,5}'), (3, '*/15', 0, 59, '{0,15,30,45}'), (4, '0-30/10', 0, 59, '{0,10,20,30}'),
	(5, '*', 1, 12, '{1,2,3,4,5,6,7,8,9,10,11,12}'), (6, '*', 0, 7, '{0,1,2,3,4,5,6,7}'), (7, '3,1,2,3,1-2', 0, 59, '{1,2,3}'), (8, '05', 0, 59, '{5}'),
	(9, '*/7', 1, 31, '{1,8,15,22,29}'), (10, '10-12/2,*/30', 0, 59, '{0,10,12,30}'), (11, '*/99', 1, 31, '{1}'), (12, '59-59', 0, 59, '{59}'),
	-- No such thing, or out of range: NULL, the whole list.
	(20, '', 0, 59, NULL), (21, '60', 0, 59, NULL), (22, '0', 1, 31, NULL), (23, '32', 1, 31, NULL), (24, '5,', 0, 59, NULL), (25, ',5', 0, 59, NULL), (26, '5,,6', 0, 59, NULL),
	(27, '1-', 0, 59, NULL), (28, '-1', 0, 59, NULL), (29, '1-99', 0, 59, NULL), (30, '*/0', 0, 59, NULL), (31, '1-5/0', 0, 59, NULL), (32, 'mon', 0, 7, NULL), (33, '1.5', 0, 59, NULL),
	(34, ' 5', 0, 59, NULL), (35, '5 ', 0, 59, NULL), (36, '*5', 0, 59, NULL), (37, '*-5', 0, 59, NULL), (38, '1-2-3', 0, 59, NULL), (39, '5,60', 0, 59, NULL), (40, E'5\n6', 0, 59, NULL),
	(41, '999999999999', 0, 59, NULL), (42, '@daily', 0, 59, NULL), (43, '٣', 0, 59, NULL),
	-- pg_cron and crontab refuse a step without a range; a range that runs backwards names nothing.
	(44, '5/15', 0, 59, NULL), (45, '5-1', 0, 59, NULL), (46, '5-1,3', 0, 59, NULL)) AS v (ordinal, f, lo, hi, want) ORDER BY v.ordinal;
SELECT is(caregroup.cron_values(NULL, 0, 59), NULL, 'no field, no values');

-- ---------------------------------------------------------------------
-- Whole expressions, against every minute of 400 days
-- ---------------------------------------------------------------------
-- The slow reading: a value matches a field when it is in one of its parts.
CREATE FUNCTION pg_temp.in_field(value integer, field text, lowest integer, highest integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	part text; span text; step integer; first integer; last integer;
BEGIN
	FOREACH part IN ARRAY string_to_array(field, ',') LOOP
		span := split_part(part, '/', 1);
		step := coalesce(nullif(split_part(part, '/', 2), '')::integer, 1);
		IF span = '*' THEN
			first := lowest; last := highest;
		ELSIF position('-' IN span) > 0 THEN
			first := split_part(span, '-', 1)::integer; last := split_part(span, '-', 2)::integer;
		ELSE
			first := span::integer; last := first;
		END IF;
		IF value BETWEEN first AND last AND (value - first) % step = 0 THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END $$;
CREATE TEMP TABLE before AS SELECT v::timestamptz AS before FROM unnest(ARRAY['2025-03-05 06:07:30Z', '2023-03-01 00:00:00Z']) AS v;
CREATE TEMP TABLE every_minute AS
SELECT b.before, d + n * interval '1 minute' AS moment, n % 60 AS minute, n / 60 AS hour, extract(day FROM d)::integer AS day, extract(month FROM d)::integer AS month, extract(dow FROM d)::integer AS weekday
FROM before AS b, generate_series(date_trunc('day', b.before AT TIME ZONE 'UTC'), (b.before AT TIME ZONE 'UTC')::date - 400, interval '-1 day') AS d, generate_series(1439, 0, -1) AS n
WHERE d + n * interval '1 minute' <= b.before AT TIME ZONE 'UTC'
ORDER BY b.before, 2 DESC;
ANALYZE every_minute;
CREATE FUNCTION pg_temp.slow_last_due(schedule text, before timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
	f text[] := regexp_split_to_array(btrim(schedule), '\s+');
	minutes integer[] := ARRAY(SELECT v FROM generate_series(0, 59) AS v WHERE pg_temp.in_field(v, f[1], 0, 59));
	hours integer[] := ARRAY(SELECT v FROM generate_series(0, 23) AS v WHERE pg_temp.in_field(v, f[2], 0, 23));
	days integer[] := ARRAY(SELECT v FROM generate_series(1, 31) AS v WHERE pg_temp.in_field(v, f[3], 1, 31));
	months integer[] := ARRAY(SELECT v FROM generate_series(1, 12) AS v WHERE pg_temp.in_field(v, f[4], 1, 12));
	-- Sunday is 0 and 7.
	weekdays integer[] := ARRAY(SELECT v FROM generate_series(0, 6) AS v WHERE pg_temp.in_field(v, f[5], 0, 7) OR v = 0 AND pg_temp.in_field(7, f[5], 0, 7));
	result timestamp;
BEGIN
	-- The rows lie latest first; one process reads them in that order.
	SELECT e.moment INTO result FROM every_minute AS e
	WHERE e.before = slow_last_due.before AND e.minute = ANY (minutes) AND e.hour = ANY (hours) AND e.month = ANY (months)
		AND CASE WHEN left(f[3], 1) = '*' OR left(f[5], 1) = '*' THEN e.day = ANY (days) AND e.weekday = ANY (weekdays) ELSE e.day = ANY (days) OR e.weekday = ANY (weekdays) END LIMIT 1;
	RETURN result AT TIME ZONE 'UTC';
END $$;
SET LOCAL synchronize_seqscans = off;
SET LOCAL TimeZone = 'America/New_York';
SELECT is(caregroup.cron_last_due(s, b.before), pg_temp.slow_last_due(s, b.before), format('%s before %s', quote_literal(s), b.before AT TIME ZONE 'UTC'))
FROM before AS b, (VALUES (1, '15 2 * * *'), (2, '* * * * *'), (3, '7 6 * * *'), (4, '8 6 * * *'), (5, '*/15 * * * *'), (6, '0-30/10 8-17 * * 1-5'), (7, '0 0 1 * *'),
	(8, '0 0 * * 0'), (9, '0 0 * * 7'), (10, '0 0 * * 5-7'), (11, '59 23 31 12 *'), (12, '0 12 31 * *'), (15, '0 0 13 * 5'),
	(16, '0 0 1-7 * 1'), (17, '0 0 */2 * 1'), (18, '0 0 13 * */2'), (19, '0 0 */10 1,7 *'), (20, '1,2,3,58 0,23 2,3,28-31 * *'), (21, '*/7 */5 * */5 *'), (22, '0 6 * 3 3'),
	(23, '0 0 1 1 1'), (24, '  0   5  *	* 2  '), (25, '0 3 30 1 *'), (26, '0 0 26 1 *'), (27, '59 23 25 1 *'), (28, '0 0 * 2 6'), (31, '30 4 29 2 *'), (32, '0 12 30 2 *')) AS v (ordinal, s)
-- From 1 March 2023 there is no 29 February within 400 days.
WHERE b.before > '2024-01-01' OR v.ordinal IN (2, 7, 12, 15, 20, 31) ORDER BY b.before, v.ordinal;
RESET TimeZone;
SELECT is(caregroup.cron_last_due(s, '2025-03-05 06:07:30Z'), NULL, format('never: %s', coalesce(quote_literal(s), 'NULL')))
FROM (VALUES (1, ''), (2, '* * * *'), (3, '* * * * * *'), (4, '0 0 30 2 *'), (5, '60 * * * *'), (6, '@daily'), (7, NULL), (8, '0 0 * jan *'), (9, '5-1 * * * *')) AS v (ordinal, s) ORDER BY v.ordinal;
SELECT is(caregroup.cron_last_due('* * * * *', NULL), NULL, 'before no moment nothing was due');
SELECT is(caregroup.cron_last_due('* * * * *', v), NULL, format('nor before %s', v)) FROM unnest(ARRAY['infinity', '-infinity']::timestamptz[]) AS v;

-- ---------------------------------------------------------------------
-- Scheduling
-- ---------------------------------------------------------------------
SELECT caregroup.create_hub('Hub "S"') AS made, caregroup.create_hub('hub_t') AS made_too \gset
CREATE ROLE hub_s_owner;
CREATE ROLE hub_s_other;
SELECT caregroup.grant_hub('hub_t', 'hub_s_owner', 'owner') \g /dev/null
CREATE VIEW pg_temp.jobs AS SELECT j.jobname::text COLLATE "default" AS jobname, j.schedule, j.command, j.database, j.username, j.active FROM cron.job AS j WHERE j.jobname LIKE 'caregroup %';
SELECT is(left(pg_temp.error_of(:'superuser', format('SELECT caregroup.schedule_recalculation(''hub_t'', %L)', s)), 5), '22023', format('no schedule: %s', coalesce(quote_literal(s), 'NULL')))
FROM (VALUES (1, NULL), (2, ''), (3, 'every night'), (4, '@daily'), (5, '15 2 * *'), (6, '15 2 * * * *'), (7, '60 2 * * *'), (8, '15 2 30 2 *'), (9, '5/15 * * * *'), (10, '15 2 * * *; SELECT 1')) AS v (ordinal, s) ORDER BY v.ordinal;
SELECT is(left(pg_temp.error_of(:'superuser', format('SELECT caregroup.%s', s)), 5), '3F000', s || ': no such hub') FROM unnest(ARRAY['schedule_recalculation(''no_such'', ''15 2 * * *'')', 'schedule_recalculation(NULL, ''15 2 * * *'')', 'unschedule_recalculation(''no_such'')']) AS s;
SELECT is_empty('SELECT * FROM pg_temp.jobs', 'none of these made a job');
SELECT is(caregroup.get_hub_setting('hub_t', 'schedule'), NULL, 'or changed the setting');
SELECT is(caregroup.schedule_recalculation('hub_t', '15 2 * * *'), 'pg_cron job ''caregroup caregroup.hub_t'': 15 2 * * *', 'a hub is scheduled');
SELECT results_eq('TABLE pg_temp.jobs', format('VALUES (%L::text, %L::text, %L::text, %L::text, %L::text, true)', 'caregroup caregroup.hub_t', '15 2 * * *', 'CALL caregroup.recalculate(''hub_t'')', 'caregroup', :'superuser'), 'with one job of the caller''s');
SELECT is(caregroup.get_hub_setting('hub_t', 'schedule'), '15 2 * * *', 'the setting keeps what was asked for');
SELECT caregroup.schedule_recalculation('hub_t', '45 */6 * * *') \g /dev/null
SELECT results_eq('SELECT schedule FROM pg_temp.jobs', ARRAY['45 */6 * * *'], 'scheduling again changes the one job');
SELECT is(caregroup.get_hub_setting('hub_t', 'schedule'), '45 */6 * * *', 'and the setting');
SELECT throws_ok($$SELECT caregroup.configure_hub('hub_t', 'schedule', '* * * * *')$$, '22023', NULL, 'configure_hub does not change it behind the job''s back');
SELECT caregroup.schedule_recalculation('Hub "S"', '0 3 * * *') \g /dev/null
SELECT results_eq('SELECT jobname, command FROM pg_temp.jobs WHERE schedule = ''0 3 * * *''', $$VALUES ('caregroup caregroup."Hub ""S"""'::text, 'CALL caregroup.recalculate(''Hub "S"'')'::text)$$, 'a name that needs quotes');
SELECT is(caregroup.unschedule_recalculation('Hub "S"'), true, 'unscheduling ends it');
SELECT is(caregroup.unschedule_recalculation('Hub "S"'), false, 'a second time there was none');
SELECT results_eq('SELECT jobname FROM pg_temp.jobs', ARRAY['caregroup caregroup.hub_t'], 'the other hub''s job stays');
SELECT is(caregroup.get_hub_setting('Hub "S"', 'schedule'), NULL, 'and its setting is gone');
SELECT is((SELECT has_stopped FROM "Hub ""S""".schedule_state), false, 'what is not scheduled has not stopped');

-- Another database's hub, from pg_cron's own.
SELECT caregroup.schedule_recalculation('far hub', '5 4 * * 1', 'postgres') \g /dev/null
SELECT results_eq('SELECT jobname, schedule, command, database FROM pg_temp.jobs WHERE database <> ''caregroup''',
	$$VALUES ('caregroup postgres."far hub"'::text, '5 4 * * 1'::text, 'CALL caregroup.recalculate(''far hub'')'::text, 'postgres'::text)$$, 'another database''s hub gets a job there');
SELECT is(caregroup.unschedule_recalculation('far hub', 'postgres'), true, 'and it can be ended');
SELECT is(caregroup.schedule_recalculation('hub_t', '1 1 * * *', 'caregroup'), 'pg_cron job ''caregroup caregroup.hub_t'': 1 1 * * *', 'naming this database is naming none');
SELECT is((SELECT count(*) FROM pg_temp.jobs), 1::bigint, 'it is the same job');

-- Roles: with and without USAGE on the schema cron.
SELECT matches(pg_temp.error_of('hub_s_owner', $$SELECT caregroup.schedule_recalculation('hub_t', '2 2 * * *')$$), '^42501 .*schema cron', 'without USAGE on cron: insufficient_privilege that names the schema');
SELECT is(caregroup.get_hub_setting('hub_t', 'schedule'), '1 1 * * *', 'and the setting is as it was');
GRANT USAGE ON SCHEMA cron TO hub_s_owner, hub_s_other;
SELECT is(pg_temp.error_of('hub_s_owner', $$SELECT caregroup.schedule_recalculation('hub_t', '2 2 * * *')$$), 'no error', 'with it the hub''s owner schedules');
SELECT set_eq('SELECT username, schedule FROM pg_temp.jobs', format('VALUES (%L, %L), (%L, %L)', :'superuser', '1 1 * * *', 'hub_s_owner', '2 2 * * *'), 'a job of its own: a job is one user''s');
SELECT is(left(pg_temp.error_of('hub_s_other', $$SELECT caregroup.schedule_recalculation('hub_t', '3 3 * * *')$$), 5), '42501', 'a stranger cannot schedule a hub');
SELECT is(left(pg_temp.error_of('hub_s_other', $$SELECT caregroup.unschedule_recalculation('hub_t')$$), 5), '42501', 'nor unschedule it');
SET LOCAL ROLE hub_s_owner;
SELECT caregroup.unschedule_recalculation('hub_t') AS ended \gset
RESET ROLE;
SELECT is(:'ended'::boolean, true, 'who scheduled it ends it');
SELECT results_eq('SELECT username::text FROM pg_temp.jobs', ARRAY[:'superuser'], 'its own job, not another''s');
SELECT is(caregroup.unschedule_recalculation('hub_t'), true, 'the other ends the other');

-- ---------------------------------------------------------------------
-- Has it stopped?  An hour's grace after the moment that was due.
-- ---------------------------------------------------------------------
SELECT caregroup.configure_hub('hub_t', 'stale_after_hours', '1000') \g /dev/null
SELECT caregroup.schedule_recalculation('hub_t', '0 2 * * *') \g /dev/null
SELECT is((SELECT has_stopped FROM hub_t.schedule_state), false, 'a schedule that was only just made has not stopped, although nothing ever ran');
SELECT caregroup.unschedule_recalculation('hub_t') \g /dev/null
-- now() does not move within a transaction, so the schedule moves: due
-- "minutes" ago, last started "after" minutes after that.
CREATE FUNCTION pg_temp.stopped(due_minutes_ago integer, started_minutes_ago integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	due timestamp := (date_trunc('minute', now()) - due_minutes_ago * interval '1 minute') AT TIME ZONE 'UTC';
	result text;
BEGIN
	PERFORM caregroup.schedule_recalculation('hub_t', format('%s %s * * *', extract(minute FROM due), extract(hour FROM due)));
	-- As if it had been scheduled long ago, however the hub remembers that.
	UPDATE hub_t.setting SET value = '2000-01-01T00:00:00.000000Z' WHERE name = 'scheduled_at';
	DELETE FROM hub_t.recalculation;
	INSERT INTO hub_t.recalculation (started, finished, state, as_at, run_by)
	SELECT now() - started_minutes_ago * interval '1 minute', now(), 'finished', now(), current_user WHERE started_minutes_ago IS NOT NULL;
	INSERT INTO hub_t.result_state SELECT step, now(), now() - started_minutes_ago * interval '1 minute' + interval '10 seconds', 0, 1 FROM caregroup.hub_step WHERE started_minutes_ago IS NOT NULL
	ON CONFLICT (step) DO UPDATE SET recalculated_at = excluded.recalculated_at;
	SELECT format('%s %s', s.has_stopped, (SELECT bool_or(t.is_stale) FROM hub_t.staleness AS t)) INTO result FROM hub_t.schedule_state AS s;
	RETURN result;
END $$;
SELECT is(pg_temp.stopped(due, started), want, format('due daily, last %s minutes ago; ran %s minutes ago: %s', due, started, what))
FROM (VALUES (1, 120, 119, 'f f', 'it ran'), (3, 30, 1469, 'f f', 'half an hour late is within the grace'),
	(4, 59, 1498, 'f f', '59 minutes too'), (5, 62, 1501, 't t', '62 minutes is not'), (6, 1439, 2900, 't t', 'nor is nearly a day'), (7, 300, 1, 'f f', 'a run by hand counts too')) AS v (ordinal, due, started, want, what) ORDER BY v.ordinal;
SELECT is(pg_temp.stopped(120, 1560), 't t', 'due two hours ago, and last run 26 hours ago: stopped');
SELECT results_eq('SELECT schedule IS NOT NULL, last_due = (date_trunc(''minute'', now()) - interval ''120 minutes''), last_started = now() - interval ''1560 minutes'' FROM hub_t.schedule_state', 'VALUES (true, true, true)', 'schedule_state says when it was due and when it last started');
SELECT is((SELECT bool_or(s.last_due > now() - interval '1 hour') FROM hub_t.schedule_state AS s), false, 'last_due is an hour ago or longer');
-- A run that a scheduler counting in another zone, or crontab on a clock of
-- summer time, has started an hour before UTC would have.
SELECT is(pg_temp.stopped(120, 180), 'f f', 'a run an hour early by the clock of another zone is that day''s run');
SELECT is(caregroup.configure_hub('hub_t', 'stale_after_hours', '0.5') IS NULL OR pg_temp.stopped(300, 119) = 'f t', true, 'stale_after_hours makes reports stale whatever the schedule');
SELECT caregroup.configure_hub('hub_t', 'stale_after_hours', '1000') \g /dev/null
SELECT is(pg_temp.stopped(300, 119), 'f f', 'a longer one does not');
SELECT caregroup.unschedule_recalculation('hub_t') \g /dev/null
SELECT is((SELECT bool_or(is_stale) FROM hub_t.staleness), false, 'without a schedule only the age counts');

-- ---------------------------------------------------------------------
-- Pruning what pg_cron notes
-- ---------------------------------------------------------------------
SELECT caregroup.schedule_recalculation('hub_t', '0 2 * * *'), caregroup.schedule_recalculation('Hub "S"', '0 2 * * *') \g /dev/null
INSERT INTO cron.job_run_details (jobid, job_pid, database, username, command, status, return_message, start_time, end_time)
SELECT j.jobid, 900000 + d.ordinal, 'caregroup', j.username, j.command, d.status, '', now() - d.age, now() - d.ended
FROM cron.job AS j, (VALUES (1, 'succeeded', interval '8 days', interval '8 days'), (2, 'failed', interval '7 days 1 minute', interval '7 days 1 minute'), (3, 'succeeded', interval '6 days 23 hours', interval '6 days 23 hours'),
	(4, 'running', interval '9 days', NULL), (5, 'succeeded', interval '8 days', interval '6 days'), (6, 'starting', interval '5 minutes', NULL)) AS d (ordinal, status, age, ended)
WHERE j.jobname LIKE 'caregroup caregroup.%';
INSERT INTO cron.job_run_details (jobid, job_pid, database, username, command, status, start_time, end_time) VALUES (-1, 900001, 'caregroup', current_user, 'SELECT 1', 'succeeded', now() - interval '8 days', now() - interval '8 days');
SELECT caregroup.prune_cron_history('hub_t') \g /dev/null
SELECT results_eq($$SELECT d.job_pid FROM cron.job_run_details AS d JOIN cron.job AS j USING (jobid) WHERE j.jobname = 'caregroup caregroup.hub_t' AND d.job_pid > 900000 ORDER BY 1$$, ARRAY[900003, 900005, 900006], 'runs that ended more than a week ago, or began then and never ended, are forgotten');
SELECT is((SELECT count(*) FROM cron.job_run_details AS d JOIN cron.job AS j USING (jobid) WHERE j.jobname = 'caregroup caregroup."Hub ""S"""' AND d.job_pid > 900000), 6::bigint, 'those of another hub are not');
SELECT is((SELECT count(*) FROM cron.job_run_details WHERE jobid = -1), 1::bigint, 'nor other jobs''');
SELECT is(pg_temp.error_of('hub_s_other', $$SELECT caregroup.prune_cron_history('Hub "S"')$$), 'no error', 'a role that does not see them prunes nothing without an error');
SELECT is((SELECT count(*) FROM cron.job_run_details AS d JOIN cron.job AS j USING (jobid) WHERE j.jobname = 'caregroup caregroup."Hub ""S"""' AND d.job_pid > 900000), 6::bigint, 'nothing');
CREATE ROLE hub_s_nobody;
SELECT is(pg_temp.error_of('hub_s_nobody', $$SELECT caregroup.prune_cron_history('Hub "S"')$$), 'no error', 'nor does one without USAGE on cron fail');
-- A hub that goes takes its job along.
SELECT caregroup.create_hub('hub_gone') AS made \gset
SELECT caregroup.schedule_recalculation('hub_gone', '0 2 * * *') \g /dev/null
SELECT is((SELECT count(*) FROM pg_temp.jobs WHERE jobname = 'caregroup caregroup.hub_gone'), 1::bigint, 'a scheduled hub has a job');
SELECT caregroup.drop_hub('hub_gone') \g /dev/null
SELECT is_empty($$SELECT * FROM pg_temp.jobs WHERE jobname = 'caregroup caregroup.hub_gone'$$, 'drop_hub ends it');
SELECT results_eq($$SELECT caregroup.may_use_cron()$$, ARRAY[true], 'may_use_cron: a superuser may');
SET LOCAL ROLE hub_s_nobody;
SELECT caregroup.may_use_cron() AS nobody_may \gset
RESET ROLE;
SELECT is(:'nobody_may'::boolean, false, 'one without USAGE may not');

SELECT * FROM finish();
ROLLBACK;
