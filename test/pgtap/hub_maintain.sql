-- What a DBA does with a hub: settings, suspending, repairing, upgrading,
-- and who may do what.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(74);

SELECT current_user AS superuser \gset
CREATE SCHEMA wh_maintain;
CREATE TABLE wh_maintain.site (site_id text, name text, organisation_id text, kind text);
INSERT INTO wh_maintain.site VALUES ('S1', 'First', 'O1', 'hospital');
CREATE TABLE wh_maintain.referral (referral_id bigint, person_id bigint, received_at timestamptz, site_id text);
INSERT INTO wh_maintain.referral VALUES (1, 7, '2024-01-01', 'S1');
CREATE TABLE wh_maintain.person (person_id bigint, nhs_number text);
INSERT INTO wh_maintain.person VALUES (7, '9434765919');
SELECT caregroup.create_hub('hub_t') \g /dev/null
SELECT caregroup.bind('hub_t', e, format('TABLE wh_maintain.%I', e)) FROM unnest(ARRAY['site', 'referral', 'person']) AS e \g /dev/null
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-02-01 00:00Z') \g /dev/null

CREATE FUNCTION pg_temp.state_of(sql text, as_role text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF as_role IS NOT NULL THEN
		EXECUTE format('SET LOCAL ROLE %I', as_role);
	END IF;
	EXECUTE sql;
	RESET ROLE;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
-- The steps of recalculate(), which itself cannot run inside a transaction.
CREATE FUNCTION pg_temp.recalculate(hub text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	run bigint := caregroup.begin_run(hub, false);
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
-- All that a hub shows of itself: definitions, comments, grants, owners.
CREATE FUNCTION pg_temp.looks() RETURNS TABLE (thing text, look text) LANGUAGE sql AS $$
	SELECT c.relname::text, concat_ws(' | ', c.relkind, pg_get_userbyid(c.relowner), (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(c.relacl) AS a), c.reloptions,
		CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END, obj_description(c.oid, 'pg_class'),
		(SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum)), ', ' ORDER BY a.attnum)
		 FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))
	FROM pg_class AS c WHERE c.relnamespace = 'hub_t'::regnamespace AND c.relkind IN ('r', 'v')
$$;

-- ---------------------------------------------------------------------
-- Settings
-- ---------------------------------------------------------------------
SELECT is(caregroup.configure_hub('hub_t', 'calendar_id', 'wales'), 'hub_t: calendar_id is wales', 'configure_hub says what it did');
SELECT is(caregroup.get_hub_setting('hub_t', 'calendar_id'), 'wales', 'and did it');
SELECT is((SELECT calendar_id FROM hub_t.parameter), 'wales', 'steps and reports see it');
SELECT is(caregroup.get_hub_setting('hub_t', 'nothing'), NULL, 'a setting that is not there is NULL');
SELECT is(pg_temp.state_of(format('SELECT caregroup.configure_hub(''hub_t'', %L, %L)', s.name, s.value)), s.state, format('%s cannot be %s', s.name, s.called))
FROM (VALUES (1, '22023', 'nothing', 'x', 'set at all'), (2, '22023', NULL, 'x', 'set at all'), (3, '22023', 'record_ids', 'text', 'changed'),
	(4, '22023', 'time_zone', 'Europe/Lundon', 'unknown'), (5, '22023', 'time_zone', NULL, 'NULL'), (6, '22023', 'time_zone', '', 'empty'),
	(7, '22023', 'hierarchy', 'family', 'unknown to the contract'), (8, '22023', 'hierarchy', NULL, 'NULL'), (9, '22023', 'calendar_id', NULL, 'NULL'),
	(10, '22023', 'calendar_id', '', 'empty'), (11, '22007', 'as_at', 'the other day', 'words'), (12, '22007', 'as_at', '', 'empty'), (13, '22023', 'as_at', 'infinity', 'infinite'),
	(14, '22023', 'keep_runs', '0', '0'), (15, '22023', 'keep_runs', '-1', 'negative'), (16, '22P02', 'keep_runs', 'many', 'a word'),
	(17, '22023', 'keep_runs', NULL, 'NULL'), (18, '22023', 'keep_runs', 'NaN', 'NaN'), (19, '22023', 'stale_after_hours', 'NaN', 'NaN'), (20, '22023', 'stale_after_hours', NULL, 'NULL')) AS s (ordinal, state, name, value, called) ORDER BY s.ordinal;
UPDATE hub_t.setting SET value = i.initial FROM caregroup.hub_setting AS i WHERE i.name = setting.name AND i.name <> 'as_at';
SELECT is(pg_temp.state_of($$SELECT caregroup.configure_hub('no_such', 'as_at', NULL)$$), '3F000', 'a hub that is not there cannot be configured');
SELECT is(pg_temp.state_of($$SELECT caregroup.configure_hub('hub_t', 'as_at', NULL)$$), 'no error', 'as_at may be NULL');
SELECT is((SELECT as_at FROM hub_t.parameter), now(), 'and is then the present');
-- A moment is one moment, whatever the session's zone and style of dates.
SET LOCAL TimeZone = 'Asia/Kolkata';
SET LOCAL DateStyle = 'SQL, DMY';
SELECT caregroup.configure_hub('hub_t', 'as_at', '02/01/2024 03:00+00') \g /dev/null
SET LOCAL DateStyle = 'ISO, MDY';
SELECT is((SELECT as_at FROM hub_t.parameter), timestamptz '2024-01-02 03:00Z', 'as_at is kept as the moment that was meant');
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-02-01 00:00') \g /dev/null
SELECT as_at AS kolkata FROM hub_t.parameter \gset
SET LOCAL TimeZone = 'Pacific/Auckland';
SELECT is((SELECT as_at FROM hub_t.parameter), :'kolkata'::timestamptz, 'a moment without a zone does not move with the reader''s');
RESET TimeZone;
RESET DateStyle;
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-02-01 00:00Z') \g /dev/null
SELECT caregroup.configure_hub('hub_t', 'calendar_id', 'england') \g /dev/null

-- ---------------------------------------------------------------------
-- Suspend, alter, resume
-- ---------------------------------------------------------------------
CREATE ROLE hub_m_reader;
CREATE ROLE "hub_m loader";
CREATE ROLE hub_m_stranger;
SELECT is(caregroup.grant_hub('hub_t', 'hub_m_reader', 'reader'), 'hub_m_reader is a reader of hub_t', 'grant_hub says what it did');
SELECT caregroup.grant_hub('hub_t', 'hub_m loader', 'loader') \g /dev/null
CREATE TEMP TABLE looked AS SELECT * FROM pg_temp.looks();
SELECT is(pg_temp.state_of('ALTER TABLE wh_maintain.referral ALTER referral_id TYPE integer'), '0A000', 'a bound column cannot change its type');
SELECT is(caregroup.suspend_hub('hub_t'), 3, 'suspend_hub says how many inputs it emptied');
SELECT is_empty('SELECT site_id FROM hub_t.site UNION ALL SELECT referral_id::text FROM hub_t.referral', 'inputs are empty');
SELECT is(caregroup.suspend_hub('hub_t'), 0, 'a second time there is nothing to suspend');
SELECT is((SELECT count(*) FROM hub_t.binding WHERE suspended), 3::bigint, 'bindings are remembered');
SELECT lives_ok('ALTER TABLE wh_maintain.referral ALTER referral_id TYPE integer', 'base tables can be altered');
ALTER TABLE wh_maintain.referral ALTER referral_id TYPE bigint;
ALTER TABLE wh_maintain.referral ADD COLUMN status text;
SELECT is_empty($$SELECT * FROM caregroup.check_hub('hub_t') WHERE check_name <> 'plan advice'$$, 'nothing suspended is checked');
SELECT is(caregroup.resume_hub('hub_t'), 3, 'resume_hub says how many inputs it bound');
SELECT is((SELECT count(*) FROM hub_t.binding WHERE suspended), 0::bigint, 'none is suspended now');
SELECT results_eq('SELECT site_id FROM hub_t.referral', ARRAY['S1'], 'and they have their rows');
SELECT is(caregroup.resume_hub('hub_t'), 0, 'a second time there is nothing to resume');
SELECT set_eq('SELECT * FROM pg_temp.looks() WHERE thing <> ''referral''', 'SELECT * FROM looked WHERE thing <> ''referral''', 'the hub looks as before');
-- An input that cannot be bound any more: an error that names it, and nothing changed.
SELECT caregroup.suspend_hub('hub_t') \g /dev/null
ALTER TABLE wh_maintain.referral RENAME TO gone_away;
CREATE FUNCTION pg_temp.error_of(sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text; detail text; context text;
BEGIN
	EXECUTE sql;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' ', SQLSTATE, message, detail);
END $$;
SELECT matches(pg_temp.error_of('SELECT caregroup.resume_hub(''hub_t'')'), '^42P01 .*(entity|input) referral|^42P01 .*hub_t\.referral', 'the error names the input that cannot be bound');
SELECT is((SELECT count(*) FROM hub_t.binding WHERE suspended), 3::bigint, 'all are suspended as before');
ALTER TABLE wh_maintain.gone_away RENAME TO referral;
SELECT is(caregroup.resume_hub('hub_t'), 3, 'and can be resumed when the cause is mended');
-- Binding while suspended binds that one.
SELECT caregroup.suspend_hub('hub_t') \g /dev/null
SELECT caregroup.bind('hub_t', 'site', 'TABLE wh_maintain.site') \g /dev/null
SELECT is(caregroup.resume_hub('hub_t'), 2, 'what was bound meanwhile is not suspended any more');
SELECT is(pg_temp.state_of($$SELECT caregroup.suspend_hub('no_such')$$) || pg_temp.state_of($$SELECT caregroup.resume_hub('no_such')$$)
	|| pg_temp.state_of($$SELECT caregroup.repair_hub('no_such')$$) || pg_temp.state_of($$SELECT caregroup.upgrade_hub('no_such')$$)
	|| pg_temp.state_of($$SELECT caregroup.grant_hub('no_such', 'hub_m_reader', 'reader')$$), repeat('3F000', 5), 'each of them refuses a hub that is not there');

-- ---------------------------------------------------------------------
-- DROP … CASCADE and repair
-- ---------------------------------------------------------------------
SELECT pg_temp.recalculate('hub_t') \g /dev/null
CREATE TEMP TABLE looked_whole AS SELECT * FROM pg_temp.looks();
SELECT ok((SELECT count(*) FROM looked_whole) > 50, 'there is something to look at');
SELECT is_empty($$SELECT * FROM caregroup.repair_hub('hub_t') WHERE problem IS NOT NULL$$, 'repairing a whole hub finds no problem');
SELECT set_eq('SELECT * FROM pg_temp.looks()', 'SELECT * FROM looked_whole', 'and changes nothing');
DROP TABLE wh_maintain.site CASCADE;
SELECT hasnt_view('hub_t', 'site', 'CASCADE took the input');
SELECT hasnt_view('hub_t', 'known_site', 'and what stood on it');
CREATE TABLE wh_maintain.site (site_id text, name text, organisation_id text, kind text);
INSERT INTO wh_maintain.site VALUES ('S1', 'First', 'O1', 'hospital');
SELECT set_eq($$SELECT object, state, problem FROM caregroup.repair_hub('hub_t')$$,
	$$VALUES ('person', 'bound', NULL::text), ('referral', 'bound', NULL), ('site', 'bound', NULL), ('hub_m loader', 'granted as loader', NULL), ('hub_m_reader', 'granted as reader', NULL)$$,
	'repair_hub makes it again and says so');
SELECT set_eq('SELECT * FROM pg_temp.looks()', 'SELECT * FROM looked_whole', 'definitions, comments, grants and owners are as they were');
SELECT results_eq('SELECT site_id FROM hub_t.site', ARRAY['S1'], 'with the rows');
SELECT is((SELECT sum(referrals) FROM hub_t.report_waiting_list WHERE organisation_level = 0), 1::numeric, 'results were kept');
-- Everything but the settings gone.
DROP VIEW hub_t.site, hub_t.referral, hub_t.organisation, hub_t.service, hub_t.area, hub_t.target CASCADE;
DROP TABLE hub_t.chain, hub_t.waiting CASCADE;
DROP ROLE hub_m_stranger;
CREATE ROLE hub_m_stranger;
SELECT is_empty($$SELECT * FROM caregroup.repair_hub('hub_t') WHERE problem IS NOT NULL$$, 'inputs, results and reports are made again');
SELECT set_eq('SELECT * FROM pg_temp.looks()', 'SELECT * FROM looked_whole', 'as they were');
-- A source that is gone for good leaves an empty input and a report that works.
DROP TABLE wh_maintain.person CASCADE;
SELECT results_eq($$SELECT state, problem ~ 'person' FROM caregroup.repair_hub('hub_t') WHERE object = 'person'$$, $$VALUES ('empty'::text, true)$$, 'a source that is gone is named');
SELECT is_empty('SELECT * FROM hub_t.person', 'its input is empty');
SELECT has_view('hub_t', 'known_person', 'and the rest stands');
CREATE TABLE wh_maintain.person (person_id bigint, nhs_number text);
SELECT results_eq($$SELECT state FROM caregroup.repair_hub('hub_t') WHERE object = 'person'$$, ARRAY['bound'], 'it is bound again when the source is back');
INSERT INTO hub_t.granted VALUES ('no such role', 'reader');
SELECT results_eq($$SELECT state, problem FROM caregroup.repair_hub('hub_t') WHERE object = 'no such role'$$, $$VALUES ('not granted'::text, 'the role does not exist'::text)$$, 'a role that is gone is named');
DELETE FROM hub_t.granted WHERE role_name = 'no such role';

-- ---------------------------------------------------------------------
-- Upgrade
-- ---------------------------------------------------------------------
CREATE TEMP TABLE looked_upgrade AS SELECT * FROM pg_temp.looks();
-- A version that adds columns: what can be worked out again goes, what cannot stays.
SAVEPOINT gains_columns;
INSERT INTO hub_t.allocation_plan_flow (run, place_kind, place_id, site_id, people) VALUES (1, 'area', 'a', 's', 5);
INSERT INTO hub_t.service_place (service_id, site_id) VALUES ('v', 's');
ALTER TABLE hub_t.allocation_plan_flow DROP COLUMN minutes;
ALTER TABLE hub_t.service_place DROP COLUMN service_id CASCADE;
SELECT left(pg_temp.error_of($$SELECT caregroup.upgrade_hub('hub_t')$$), 8) AS upgraded \gset
SELECT (SELECT count(*) FROM hub_t.allocation_plan_flow WHERE minutes IS NULL AND people = 5) || ' ' || (SELECT count(*) FROM hub_t.service_place) AS left_over \gset
ROLLBACK TO gains_columns;
SELECT is(:'upgraded'::text || ': ' || :'left_over', 'no error: 1 0', 'new columns empty results and leave histories');
SELECT is(caregroup.upgrade_hub('hub_t'), 'hub_t is at version ' || caregroup.caregroup_version(), 'upgrade_hub says the version');
SELECT set_eq('SELECT * FROM pg_temp.looks()', 'SELECT * FROM looked_upgrade', 'upgrading a hub of this version changes nothing');
SELECT is(caregroup.get_hub_setting('hub_t', 'as_at')::timestamptz, timestamptz '2024-02-01 00:00Z', 'settings stay');
-- A later version: an input gains a column that a report uses, a result gains
-- two columns (one in the middle, one that is never NULL), a report another
-- order of columns, and there is a new setting.
SAVEPOINT later;
INSERT INTO caregroup.contract_column (entity, column_name, type, required, description) VALUES ('site', 'phone', 'text', false, 'Telephone.');
INSERT INTO caregroup.hub_setting (name, initial, accepts, meaning) VALUES ('new_setting', '1', 'number', 'New.');
UPDATE caregroup.hub_table SET columns = replace(columns, 'service_id ', E'longest integer NOT NULL -- Longest.\n    service_id ') || E'\n    note text NOT NULL -- Note.\n' WHERE table_name = 'waiting';
UPDATE caregroup.hub_step SET query = 'SELECT site_id, max(9), service_id, 0, count(*), ''note'' FROM referral_summary GROUP BY site_id, service_id' WHERE step = 'waiting';
UPDATE caregroup.hub_view SET query = 'SELECT k.phone, w.service_id, w.longest, w.note, 1::bigint AS referrals FROM waiting AS w LEFT JOIN known_site AS k USING (site_id)',
	columns = E'phone -- Phone.\n service_id -- Service.\n longest -- Longest.\n note -- Note.\n referrals -- Referrals.' WHERE view_name = 'report_waiting_list';
ALTER TABLE wh_maintain.site ADD COLUMN phone text DEFAULT '0123';
UPDATE hub_t.setting SET version = '0.1';
UPDATE hub_t.binding SET query = 'SELECT site_id, name, organisation_id, kind, phone FROM wh_maintain.site' WHERE entity = 'site';
SELECT pg_temp.error_of($$SELECT caregroup.upgrade_hub('hub_t')$$) AS upgraded \gset
SELECT pg_temp.error_of($$SELECT pg_temp.recalculate('hub_t')$$) AS recalculated \gset
SELECT pg_temp.error_of($$SELECT 1 / count(*) FROM hub_t.report_waiting_list AS r
	WHERE r.phone = '0123' AND r.longest = 9 AND r.note = 'note' AND r.service_id = '(unknown)'$$) AS values_right \gset
SELECT coalesce(caregroup.get_hub_setting('hub_t', 'new_setting'), 'NULL') AS new_setting, count(*) FILTER (WHERE version <> caregroup.caregroup_version()) AS old_versions FROM hub_t.setting \gset
-- (pgTAP's own count would be rolled back too: the outcomes are told afterwards.)
ROLLBACK TO later;
SELECT is(:'upgraded'::text, 'no error', 'a hub with results goes to a version with more columns');
SELECT is(:'recalculated'::text, 'no error', 'and can be recalculated');
SELECT is(:'values_right'::text, 'no error', 'every column has its own values');
SELECT is(:'new_setting'::text, '1', 'the new setting is there');
SELECT is(:old_versions, 0, 'the version is written');
-- An input that the new version cannot bind is not lost without a word.
SAVEPOINT later;
INSERT INTO caregroup.contract_column (entity, column_name, type, required, description) VALUES ('site', 'kind2', 'text', true, 'Needed.');
SELECT replace(caregroup.upgrade_hub('hub_t'), 'hub_t', '') AS told \gset
ROLLBACK TO later;
SELECT matches(:'told'::text, 'site', 'upgrade_hub names the inputs that it had to leave empty');
-- A repair by a superuser leaves the hub with its owner.
CREATE ROLE hub_m_owner;
GRANT USAGE ON SCHEMA wh_maintain TO hub_m_owner;
GRANT SELECT ON ALL TABLES IN SCHEMA wh_maintain TO hub_m_owner;
SELECT caregroup.grant_hub('hub_t', 'hub_m_owner', 'owner') \g /dev/null
DROP VIEW hub_t.site CASCADE;
SELECT caregroup.repair_hub('hub_t') \g /dev/null
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class AS c WHERE c.relnamespace = 'hub_t'::regnamespace AND c.relkind IN ('r', 'v') AND c.relowner <> 'hub_m_owner'::regrole$$,
	'what a superuser repairs belongs to the hub''s owner');

SELECT * FROM finish();
ROLLBACK;
