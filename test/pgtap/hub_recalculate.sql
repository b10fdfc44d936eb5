-- recalculate(): what of it can be seen inside one transaction.  Its commits,
-- kills and locks are in test/system and test/isolation.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(49);

SELECT caregroup.create_hub('hub_t') \g /dev/null
CREATE FUNCTION pg_temp.recalculate(hub text, resume boolean DEFAULT false) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	run bigint := caregroup.begin_run(hub, resume);
	step text;
BEGIN
	FOR step IN SELECT s.step FROM caregroup.hub_step AS s ORDER BY s.ordinal LOOP
		IF caregroup.begin_step(hub, run, step) THEN
			PERFORM caregroup.run_step(hub, run, step);
		END IF;
	END LOOP;
	PERFORM caregroup.end_run(hub, run);
	RETURN run;
END $$;
CREATE FUNCTION pg_temp.outcome(hub text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.recalculate(hub);
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION pg_temp.reported(hub text, sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE replace(sql, '$hub', quote_ident(hub)) INTO result;
	RETURN result;
END $$;

-- ---------------------------------------------------------------------
-- Where it may be called
-- ---------------------------------------------------------------------
SELECT throws_ok($$CALL caregroup.recalculate('hub_t')$$, '25001', NULL, 'not inside a transaction block');
SELECT throws_ok($$CALL caregroup.recalculate('no_such')$$, '3F000', NULL, 'not a hub that is not there');
SELECT throws_ok($$CALL caregroup.recalculate(NULL)$$, '3F000', NULL, 'not no hub');
SELECT is((SELECT count(*) FROM hub_t.recalculation), 0::bigint, 'and no run is noted');
SELECT is(caregroup.in_transaction_block(), true, 'in_transaction_block() knows');

-- ---------------------------------------------------------------------
-- An empty hub
-- ---------------------------------------------------------------------
SELECT is((SELECT bool_and(is_stale) AND bool_and(recalculated_at IS NULL) FROM hub_t.staleness), true, 'before the first run every report is stale');
SELECT is(pg_temp.outcome('hub_t'), 'no error', 'a hub with nothing bound is recalculated');
CREATE FUNCTION pg_temp.report_rows(hub text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	total bigint := 0;
	one bigint;
	name text;
BEGIN
	FOR name IN SELECT v.view_name FROM caregroup.hub_view AS v WHERE v.kind = 'report' LOOP
		EXECUTE format('SELECT count(*) FROM %I.%I', hub, name) INTO one;
		total := total + one;
	END LOOP;
	RETURN total;
END $$;
SELECT is(pg_temp.report_rows('hub_t'), 0::bigint, 'and every report is empty: no figure is invented');
SELECT results_eq('SELECT run, state, finished >= started, pid = pg_backend_pid(), run_by, error FROM hub_t.recalculation',
	$$VALUES (1::bigint, 'finished'::text, true, true, current_user::text COLLATE "default", NULL::text)$$, 'the run is noted');
SELECT is_empty($$SELECT step FROM caregroup.hub_step EXCEPT SELECT step FROM hub_t.recalculation_step WHERE run = 1 AND state = 'finished' AND finished >= started AND rows >= 0 AND seconds >= 0 AND error IS NULL$$, 'and each step, with rows and seconds');
SELECT is((SELECT bool_or(is_stale) FROM hub_t.staleness), false, 'no report is stale now');
SELECT set_eq('SELECT report FROM hub_t.staleness', $$SELECT view_name FROM caregroup.hub_view WHERE kind = 'report'$$, 'staleness lists every report');
UPDATE hub_t.result_state SET recalculated_at = now() - interval '27 hours' WHERE step = 'waiting';
SELECT results_eq('SELECT report, age_hours FROM hub_t.staleness WHERE is_stale', $$VALUES ('report_waiting_list'::text, 27.0)$$, 'a day later those of that step are stale');
SELECT caregroup.configure_hub('hub_t', 'stale_after_hours', '28') \g /dev/null
SELECT is((SELECT bool_or(is_stale) FROM hub_t.staleness), false, 'unless the setting allows it');
SELECT is_empty($$SELECT current_setting('caregroup.as_at', true) WHERE current_setting('caregroup.as_at', true) <> ''$$, 'a run leaves no moment behind in the session');
SELECT is(current_setting('search_path'), 'public', 'nor a search_path');

-- ---------------------------------------------------------------------
-- Dirty inputs do not stop it
-- ---------------------------------------------------------------------
SAVEPOINT clean;
SELECT caregroup.bind('hub_t', e.entity, (SELECT 'SELECT ' || string_agg(format('NULL::%s AS %I', caregroup.contract_type_name(c.type, 'bigint'), c.column_name), ', ') || ' FROM generate_series(1, 2)'
	FROM caregroup.contract_column AS c WHERE c.entity = e.entity)) FROM caregroup.contract_entity AS e \g /dev/null
SELECT pg_temp.outcome('hub_t') AS all_null \gset
ROLLBACK TO clean;
SELECT is(:'all_null'::text, 'no error', 'two rows of NULLs in every entity do not stop it');
-- One column NULL at a time in a world that is otherwise good.
CREATE SCHEMA wh_recalc;
CREATE TABLE wh_recalc.organisation AS SELECT 'O1'::text AS organisation_id, 'One'::text AS name, 'provider'::text AS kind;
CREATE TABLE wh_recalc.organisation_link AS SELECT 'O1'::text AS child_id, 'O2'::text AS parent_id, 'command'::text AS hierarchy;
CREATE TABLE wh_recalc.site AS SELECT 'S1'::text AS site_id, 'First'::text AS name, 'O1'::text AS organisation_id, 'practice'::text AS kind, 'england'::text AS calendar_id;
CREATE TABLE wh_recalc.service AS SELECT 'V'::text AS service_id, 'Service'::text AS name, 'community'::text AS kind;
CREATE TABLE wh_recalc.person AS SELECT 1::bigint AS person_id, date '1980-01-01' AS birth_date, 'female'::text AS sex;
CREATE TABLE wh_recalc.registration AS SELECT 1::bigint AS person_id, 'S1'::text AS site_id, date '2020-01-01' AS valid_from, NULL::date AS valid_to;
CREATE TABLE wh_recalc.referral AS SELECT 1::bigint AS referral_id, 1::bigint AS person_id, timestamptz '2024-05-01 09:00Z' AS received_at, 'S1'::text AS site_id, 'V'::text AS service_id, 'open'::text AS status, NULL::timestamptz AS closed_at, 'S1'::text AS referrer_site_id;
CREATE TABLE wh_recalc.activity AS SELECT 1::bigint AS activity_id, 1::bigint AS person_id, 1::bigint AS referral_id, timestamptz '2024-05-03 09:00Z' AS starts_at, 'first'::text AS kind, 'attended'::text AS status, 'S1'::text AS site_id, 'V'::text AS service_id, 1::bigint AS session_id;
CREATE TABLE wh_recalc.session AS SELECT 1::bigint AS session_id, 'S1'::text AS site_id, 'V'::text AS service_id, timestamptz '2024-05-03 09:00Z' AS starts_at, timestamptz '2024-05-03 12:00Z' AS ends_at, 4::numeric AS slots;
CREATE TABLE wh_recalc.contact_request AS SELECT 1::bigint AS request_id, timestamptz '2024-05-03 09:00Z' AS at, 'S1'::text AS site_id, 'V'::text AS service_id;
CREATE TABLE wh_recalc.population AS SELECT 'S1'::text AS site_id, date '2024-01-01' AS as_at, 10::numeric AS people;
CREATE TABLE wh_recalc.service_standard AS SELECT 'D'::text AS standard_id, 'Standard'::text AS name, 'received'::text AS clock_start, 'first_contact'::text AS clock_stop, 2::numeric AS limit_value, 'working_day'::text AS limit_unit;
CREATE TABLE wh_recalc.appointment_type AS SELECT 'V'::text AS service_id, 'first'::text AS kind, 30::numeric AS minutes;
CREATE TABLE wh_recalc.calendar_day AS SELECT 'england'::text AS calendar_id, date '2024-05-06' AS day;
CREATE TABLE wh_recalc.referral_event AS SELECT 1::bigint AS event_id, 1::bigint AS referral_id, timestamptz '2024-05-02 09:00Z' AS event_at, 'decision'::text AS kind;
SELECT caregroup.bind('hub_t', c.relname::text, format('TABLE wh_recalc.%I', c.relname)) FROM pg_class AS c WHERE c.relnamespace = 'wh_recalc'::regnamespace \g /dev/null
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-06-12 12:00Z') \g /dev/null
SELECT is(pg_temp.outcome('hub_t'), 'no error', 'a small good world');
-- For each column of these types and each value, a row that is the good one
-- with that one value changed; then it is recalculated.  NULL when that goes
-- well, else the error, entity by entity.
CREATE FUNCTION pg_temp.survives(types text[], tried text[], entities text[] DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	target record;
	outcome text;
	rows_tried integer := 0;
BEGIN
	FOR target IN
		SELECT c.entity, c.column_name, v.value FROM caregroup.contract_column AS c
			JOIN pg_attribute AS a ON a.attname = c.column_name AND a.attrelid = to_regclass('wh_recalc.' || c.entity)
			CROSS JOIN unnest(tried) AS v (value)
		WHERE c.type = ANY (types) AND coalesce(c.entity = ANY (entities), true)
	LOOP
		EXECUTE format('CREATE TABLE wh_recalc.one AS SELECT * FROM wh_recalc.%I LIMIT 1', target.entity);
		EXECUTE format('UPDATE wh_recalc.one SET %I = %L', target.column_name, target.value);
		EXECUTE format('INSERT INTO wh_recalc.%I SELECT * FROM wh_recalc.one', target.entity);
		DROP TABLE wh_recalc.one;
		rows_tried := rows_tried + 1;
	END LOOP;
	outcome := CASE WHEN rows_tried = 0 THEN 'nothing tried' ELSE pg_temp.outcome('hub_t') END;
	RAISE EXCEPTION USING MESSAGE = outcome, ERRCODE = 'TT000';
EXCEPTION WHEN SQLSTATE 'TT000' THEN
	outcome := SQLERRM;
	IF outcome = 'no error' THEN
		RETURN NULL;
	ELSIF entities IS NOT NULL THEN
		RETURN entities[1] || ': ' || outcome;
	END IF;
	RETURN (SELECT string_agg(pg_temp.survives(types, tried, ARRAY[c.relname::text]), '; ') FROM pg_class AS c
		WHERE c.relnamespace = 'wh_recalc'::regnamespace AND c.relkind = 'r'
		AND EXISTS (SELECT FROM caregroup.contract_column AS k WHERE k.entity = c.relname AND k.type = ANY (types)));
END $$;
SELECT is(pg_temp.survives((SELECT array_agg(DISTINCT type) FROM caregroup.contract_column), ARRAY[NULL]), NULL, 'a NULL in any column does not stop it');
SELECT is(pg_temp.survives('{date,timestamptz}', '{infinity,-infinity}'), NULL, 'nor a date or moment without end');
SELECT is(pg_temp.survives('{date,timestamptz}', '{0001-01-01,1900-01-01,9999-12-31}'), NULL, 'nor one that stands for none');
SELECT is(pg_temp.survives('{text}', '{"",site,unassigned,(unassigned),(unknown),O1}'), NULL, 'nor any word in a column of text');
SELECT is(pg_temp.survives('{numeric}', '{0,-1,1e12,NaN}'), NULL, 'nor any number');
-- A site with the name of the place for everything that has none.
INSERT INTO wh_recalc.site VALUES ('(unassigned)', 'x', NULL, 'practice');
INSERT INTO wh_recalc.referral VALUES (2, 1, '2024-05-01 09:00Z', 'no such site', 'V', 'open', NULL, NULL);
SELECT is(pg_temp.outcome('hub_t'), 'no error', 'a site called (unassigned)');
SELECT is((SELECT sum(referrals) FROM hub_t.report_waiting_list WHERE organisation_level = 0), 1::numeric, 'does not double what has no site');
DELETE FROM wh_recalc.site WHERE site_id = '(unassigned)';
DELETE FROM wh_recalc.referral WHERE referral_id = 2;
-- Names, kinds and numbers missing in the one row that there is.
CREATE FUNCTION pg_temp.nameless() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	outcome text;
BEGIN
	UPDATE wh_recalc.organisation SET name = NULL, kind = NULL;
	UPDATE wh_recalc.site SET name = NULL, kind = NULL, calendar_id = NULL;
	UPDATE wh_recalc.service SET name = NULL, kind = NULL;
	UPDATE wh_recalc.service_standard SET name = NULL, limit_value = NULL;
	UPDATE wh_recalc.organisation_link SET hierarchy = NULL, child_id = 'O1', parent_id = 'O1';
	UPDATE wh_recalc.population SET people = NULL;
	UPDATE wh_recalc.appointment_type SET minutes = NULL;
	UPDATE wh_recalc.session SET ends_at = NULL, slots = NULL;
	UPDATE wh_recalc.person SET birth_date = NULL, sex = NULL;
	outcome := pg_temp.outcome('hub_t');
	RAISE EXCEPTION USING MESSAGE = outcome, ERRCODE = 'TT000';
EXCEPTION WHEN SQLSTATE 'TT000' THEN
	RETURN SQLERRM;
END $$;
SELECT is(pg_temp.nameless(), 'no error', 'nor the only organisation, site, service, standard and link without their names');
-- Keys that come twice.
CREATE FUNCTION pg_temp.figures() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text := '';
	one text;
	name text;
BEGIN
	FOR name IN SELECT v.view_name FROM caregroup.hub_view AS v WHERE v.kind = 'report' ORDER BY v.view_name LOOP
		EXECUTE format('SELECT string_agg((to_jsonb(r) - ''recalculated_at'')::text, chr(10) ORDER BY (to_jsonb(r) - ''recalculated_at'')::text) FROM hub_t.%I AS r', name) INTO one;
		result := result || name || coalesce(one, '') || chr(10);
	END LOOP;
	RETURN result;
END $$;
-- Doubles the rows of these inputs; names those that change a report.
CREATE FUNCTION pg_temp.changed_by_doubling(entities text[], before text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	entity text;
	outcome text;
BEGIN
	FOREACH entity IN ARRAY entities LOOP
		EXECUTE format('INSERT INTO wh_recalc.%1$I SELECT * FROM wh_recalc.%1$I', entity);
	END LOOP;
	outcome := pg_temp.outcome('hub_t');
	IF outcome = 'no error' THEN
		outcome := CASE WHEN pg_temp.figures() = before THEN 'same' ELSE array_to_string(entities, ',') END;
	END IF;
	RAISE EXCEPTION USING MESSAGE = outcome, ERRCODE = 'TT000';
EXCEPTION WHEN SQLSTATE 'TT000' THEN
	outcome := SQLERRM;
	IF outcome = 'same' THEN
		RETURN NULL;
	ELSIF array_length(entities, 1) = 1 THEN
		RETURN outcome;
	END IF;
	RETURN (SELECT string_agg(pg_temp.changed_by_doubling(ARRAY[e], before), ', ') FROM unnest(entities) AS e);
END $$;
SELECT pg_temp.recalculate('hub_t') \g /dev/null
SELECT is(pg_temp.changed_by_doubling('{organisation,organisation_link,site,service,service_standard,appointment_type,calendar_day,person,registration,referral,referral_event,session}', pg_temp.figures()),
	NULL, 'rows that come twice change no report');

-- ---------------------------------------------------------------------
-- The moment
-- ---------------------------------------------------------------------
INSERT INTO wh_recalc.referral VALUES (3, 1, '2024-02-01 09:00Z', 'S1', 'V', 'closed', '2024-04-01 09:00Z', NULL), (4, 1, '2024-02-01 09:00Z', 'S1', 'V', 'returned', '2024-02-10 09:00Z', NULL);
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-03-01 12:00Z') \g /dev/null
SELECT pg_temp.recalculate('hub_t') \g /dev/null
SELECT results_eq($$SELECT weeks_waited, referrals FROM hub_t.report_waiting_list WHERE organisation_id = 'S1'$$, $$VALUES (4, 1::bigint)$$, 'as at a past moment, who was closed later was waiting then');
SELECT is((SELECT count(*) FROM hub_t.report_referral_flow WHERE period_start > '2024-03-01'), 0::bigint, 'and nothing had happened after it');
SELECT is((SELECT DISTINCT as_at FROM hub_t.report_waiting_list), timestamptz '2024-03-01 12:00Z', 'the report says of which moment it is');
-- The steps' moment is exact whatever the session's style of dates: "IST" is
-- India's to write and Israel's to read.
INSERT INTO wh_recalc.referral VALUES (5, 1, '2024-01-01 12:00Z', 'S1', 'V', 'open', NULL, NULL);
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-01-07T21:30:00Z') \g /dev/null
SET LOCAL DateStyle = 'SQL, DMY';
SET LOCAL TimeZone = 'Asia/Kolkata';
SELECT pg_temp.recalculate('hub_t') \g /dev/null
RESET DateStyle;
RESET TimeZone;
SELECT results_eq($$SELECT weeks_waited FROM hub_t.report_waiting_list WHERE organisation_id = 'S1'$$, ARRAY[0], 'six days before midnight are six days');
SELECT is((SELECT as_at FROM hub_t.recalculation ORDER BY run DESC LIMIT 1), timestamptz '2024-01-07 21:30Z', 'the run knows its moment');

-- ---------------------------------------------------------------------
-- Runs: dead ones, failed ones, resumed ones, old ones
-- ---------------------------------------------------------------------
SELECT results_eq('SELECT caregroup.run_is_alive(a.pid, a.backend_start, a.query_start) FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid()', ARRAY[true], 'a session is at work on the statement that it runs');
SELECT results_eq($$SELECT caregroup.run_is_alive(a.pid, a.backend_start, a.query_start - interval '1 ms') FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid()$$, ARRAY[false], 'and not on the one before');
SELECT results_eq($$SELECT caregroup.run_is_alive(a.pid, '2000-01-01', a.query_start) FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid()$$, ARRAY[false], 'one of another time with its number is another');
SELECT is(caregroup.run_is_alive(NULL, NULL, NULL), false, 'none is none');
INSERT INTO hub_t.recalculation (started, state, as_at, pid, backend_start, run_by) VALUES (now(), 'running', '2024-03-01 12:00Z', 0, '2000-01-01', 'nobody') RETURNING run AS dead \gset
INSERT INTO hub_t.recalculation_step (run, step, state, started) VALUES (:dead, 'chain', 'finished', now()), (:dead, 'working_day', 'running', now());
SELECT is(caregroup.begin_run('hub_t', false) > :dead, true, 'a dead run does not stop another');
SELECT results_eq(format('SELECT r.state, s.state FROM hub_t.recalculation AS r JOIN hub_t.recalculation_step AS s USING (run) WHERE r.run = %s AND s.step = ''working_day''', :dead),
	$$VALUES ('interrupted'::text, 'interrupted'::text)$$, 'and is noted as interrupted');
SELECT max(run) AS latest FROM hub_t.recalculation \gset
SELECT caregroup.fail_run('hub_t', :latest, 'chain', 'SQLSTATE 99999: why') \g /dev/null
SELECT results_eq(format('SELECT state, error FROM hub_t.recalculation WHERE run = %s', :latest), $$VALUES ('failed'::text, 'step chain: SQLSTATE 99999: why'::text)$$, 'a failed run says why');
SELECT caregroup.configure_hub('hub_t', 'as_at', '2025-01-01 12:00Z') \g /dev/null
SELECT is(pg_temp.recalculate('hub_t', true), :latest::bigint, 'resume goes on with it');
SELECT is((SELECT DISTINCT as_at FROM hub_t.result_state), (SELECT as_at FROM hub_t.recalculation WHERE run = :latest), 'as at its own moment');
SELECT is(pg_temp.recalculate('hub_t', true) > :latest, true, 'with nothing to resume it is a new run');
SELECT is((SELECT as_at FROM hub_t.recalculation ORDER BY run DESC LIMIT 1), timestamptz '2025-01-01 12:00Z', 'of the present setting');
SELECT caregroup.configure_hub('hub_t', 'keep_runs', '3') \g /dev/null
SELECT pg_temp.recalculate('hub_t') AS newest \gset
SELECT results_eq('SELECT run FROM hub_t.recalculation ORDER BY run', format('SELECT generate_series(%s - 2, %s)::bigint', :newest, :newest), 'only the last keep_runs runs are kept');
SELECT is_empty('SELECT run FROM hub_t.recalculation_step EXCEPT SELECT run FROM hub_t.recalculation', 'with their steps');

-- A failure's note never quotes data.
SELECT is(caregroup.describe_failure('22P02', 'invalid input syntax for type integer: "9434765919"') ~ '9434765919', false, 'an error of data is noted without the value');
SELECT matches(caregroup.describe_failure('22P02', 'secret'), '22P02', 'with its SQLSTATE');
SELECT matches(caregroup.describe_failure('42P01', 'relation "w.x" does not exist'), '42P01.*w\.x', 'another one with its message');
SELECT is(caregroup.describe_failure('23514', 'new row for relation "t" violates check constraint "c"') IS NULL, false, 'and any other is told');

SELECT * FROM finish();
ROLLBACK;
