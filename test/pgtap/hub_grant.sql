-- grant_hub(): what a reader, a loader, an owner and a stranger can do, and
-- nothing else.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(133);

SELECT current_user AS superuser \gset
CREATE SCHEMA wh_grant;
CREATE TABLE wh_grant.site AS SELECT 'S1'::text AS site_id, 'First'::text AS name, 'O1'::text AS organisation_id, 'hospital'::text AS kind;
CREATE TABLE wh_grant.person AS SELECT 7::bigint AS person_id, '9434765919'::text AS nhs_number, date '1980-01-01' AS birth_date;
CREATE TABLE wh_grant.referral AS SELECT 1::bigint AS referral_id, 7::bigint AS person_id, timestamptz '2024-01-01' AS received_at, 'S1'::text AS site_id;
CREATE ROLE hub_g_reader;
CREATE ROLE "hub_g Loader";
CREATE ROLE hub_g_owner;
CREATE ROLE hub_g_stranger;
SELECT caregroup.create_hub('hub_t') \g /dev/null
SELECT caregroup.bind('hub_t', e, format('TABLE wh_grant.%I', e)) FROM unnest(ARRAY['site', 'referral', 'person']) AS e \g /dev/null
SELECT caregroup.grant_hub('hub_t', 'hub_g_reader', 'reader'), caregroup.grant_hub('hub_t', 'hub_g Loader', 'loader') \g /dev/null
SELECT results_eq('SELECT role_name, template FROM hub_t.granted ORDER BY role_name COLLATE "C"', $$VALUES ('hub_g Loader'::text, 'loader'::text), ('hub_g_reader', 'reader')$$, 'grants are remembered');

CREATE FUNCTION pg_temp.state_of(as_role text, sql text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', as_role);
	EXECUTE sql;
	RESET ROLE;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
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

-- ---------------------------------------------------------------------
-- Arguments
-- ---------------------------------------------------------------------
SELECT throws_ok($$SELECT caregroup.grant_hub('hub_t', 'hub_g_nobody', 'reader')$$, '42704', NULL, 'a role that is not there');
SELECT throws_ok($$SELECT caregroup.grant_hub('hub_t', NULL, 'reader')$$, '42704', NULL, 'no role');
SELECT throws_ok($$SELECT caregroup.grant_hub('hub_t', 'public', 'reader')$$, '42704', NULL, 'PUBLIC is no role');
SELECT throws_ok($$SELECT caregroup.grant_hub('hub_t', 'hub_g_reader', 'king')$$, '22023', NULL, 'a template that is not there');
SELECT throws_ok($$SELECT caregroup.grant_hub('hub_t', 'hub_g_reader', NULL)$$, '22023', NULL, 'no template');

-- ---------------------------------------------------------------------
-- What each can do
-- ---------------------------------------------------------------------
SELECT pg_temp.recalculate('hub_t') \g /dev/null
CREATE FUNCTION pg_temp.can(role text, object text, privilege text) RETURNS boolean LANGUAGE sql AS $$
	SELECT has_table_privilege(role, 'hub_t.' || quote_ident(object), privilege)
$$;
-- All relations of the hub that a role can read, change.
SELECT is_empty($$SELECT view_name FROM caregroup.hub_view WHERE kind = 'report' AND NOT pg_temp.can('hub_g_reader', view_name, 'SELECT')$$, 'a reader reads every report');
SELECT is_empty($$SELECT entity FROM caregroup.contract_entity WHERE pg_temp.can('hub_g_reader', entity, 'SELECT')$$, 'a reader reads no input');
SELECT is_empty($$SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
	WHERE c.relnamespace = 'hub_t'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped
	AND (a.attname IN ('person_id', 'nhs_number', 'birth_date', 'death_date', 'referral_id', 'activity_id'))
	AND has_column_privilege('hub_g_reader', c.oid, a.attname, 'SELECT')$$, 'a reader reads nothing that is about single people');
SELECT is_empty($$SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'hub_t'::regnamespace AND c.relkind IN ('r', 'v')
	AND has_table_privilege('hub_g_reader', c.oid, 'INSERT,UPDATE,DELETE,TRUNCATE')$$, 'a reader changes nothing');
SELECT is_empty($$SELECT entity FROM caregroup.contract_entity WHERE NOT pg_temp.can('hub_g Loader', entity, 'SELECT')$$, 'a loader reads every input');
SELECT is_empty($$SELECT table_name FROM caregroup.hub_table WHERE kind IN ('result', 'history') AND NOT pg_temp.can('hub_g Loader', table_name, 'DELETE')$$, 'a loader fills every result');
SELECT is_empty($$SELECT t FROM unnest(ARRAY['setting', 'binding', 'binding_column', 'granted']) AS t WHERE has_table_privilege('hub_g Loader', 'hub_t.' || t, 'INSERT,UPDATE,DELETE,TRUNCATE')$$, 'a loader changes no setting, binding or grant');
SELECT is_empty($$SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'hub_t'::regnamespace AND c.relkind IN ('r', 'v')
	AND has_table_privilege('hub_g_stranger', c.oid, 'SELECT,INSERT,UPDATE,DELETE,TRUNCATE')$$, 'a stranger reads and changes nothing');

SELECT is(pg_temp.state_of(w.role, w.sql), w.state, format('%s: %s', w.role, w.called))
FROM (SELECT t.ordinal, u.role, u.state, t.called, t.sql
	FROM (VALUES
		(1, 'reads a report', 'SELECT * FROM hub_t.report_waiting_list', 'no error', 'no error', '42501'),
		(2, 'reads every kind of report', 'SELECT * FROM hub_t.report_population, hub_t.report_standard, hub_t.report_referral_flow, hub_t.report_demand, hub_t.report_activity, hub_t.report_session_use, hub_t.report_referrer_variation', 'no error', 'no error', '42501'),
		(3, 'reads the people', 'SELECT * FROM hub_t.person', '42501', 'no error', '42501'),
		(4, 'reads known people', 'SELECT * FROM hub_t.known_person', '42501', 'no error', '42501'),
		(5, 'reads the referrals of the results', 'SELECT * FROM hub_t.referral_summary', '42501', 'no error', '42501'),
		(6, 'reads how fresh the reports are', 'SELECT * FROM hub_t.staleness', 'no error', 'no error', '42501'),
		(7, 'reads the table under an input', 'SELECT * FROM wh_grant.person', '42501', '42501', '42501'),
		(8, 'recalculates', 'SELECT pg_temp.recalculate(''hub_t'')', '42501', 'no error', '42501'),
		(9, 'checks', 'SELECT * FROM caregroup.check_hub(''hub_t'')', '42501', 'no error', '42501'),
		(10, 'binds', 'SELECT caregroup.bind(''hub_t'', ''service'', ''SELECT 1 AS service_id, 1 AS name, 1 AS kind'')', '42501', '42501', '42501'),
		(11, 'unbinds', 'SELECT caregroup.unbind(''hub_t'', ''site'')', '42501', '42501', '42501'),
		(12, 'configures', 'SELECT caregroup.configure_hub(''hub_t'', ''as_at'', NULL)', '42501', '42501', '42501'),
		(13, 'suspends', 'SELECT caregroup.suspend_hub(''hub_t'')', '42501', '42501', '42501'),
		(14, 'repairs', 'SELECT caregroup.repair_hub(''hub_t'')', '42501', '42501', '42501'),
		(15, 'upgrades', 'SELECT caregroup.upgrade_hub(''hub_t'')', '42501', '42501', '42501'),
		(16, 'grants', 'SELECT caregroup.grant_hub(''hub_t'', ''hub_g_stranger'', ''reader'')', '42501', '42501', '42501'),
		(17, 'drops', 'SELECT caregroup.drop_hub(''hub_t'')', '42501', '42501', '42501'),
		(18, 'makes a table in it', 'CREATE TABLE hub_t.mine ()', '42501', '42501', '42501'),
		(19, 'lists the hubs', 'SELECT 1 / count(*) FROM caregroup.hubs()', 'no error', 'no error', 'no error'),
		(20, 'reads the contract', 'SELECT 1 / count(*) FROM caregroup.contract_column', 'no error', 'no error', 'no error'),
		(21, 'changes the contract', 'DELETE FROM caregroup.contract_rule', '42501', '42501', '42501')) AS t (ordinal, called, sql, reader, loader, stranger),
	LATERAL (VALUES ('hub_g_reader', t.reader), ('hub_g Loader', t.loader), ('hub_g_stranger', t.stranger)) AS u (role, state)) AS w
ORDER BY w.ordinal, w.role COLLATE "C";
SELECT is((SELECT count(*) FROM hub_t.binding), 3::bigint, 'nothing was half done');

-- ---------------------------------------------------------------------
-- The template public: what is published and nothing else
-- ---------------------------------------------------------------------
CREATE ROLE hub_g_public;
SELECT is(left(caregroup.grant_hub('hub_t', 'hub_g_public', 'public'), 12), 'hub_g_public', 'grant_hub says who may read what is published');
SELECT is((SELECT template FROM hub_t.granted WHERE role_name = 'hub_g_public'), 'public', 'it is remembered');
SELECT set_eq($$SELECT c.relname::text FROM pg_class AS c WHERE c.relnamespace = 'hub_t'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'f', 'p') AND has_table_privilege('hub_g_public', c.oid, 'SELECT') ORDER BY 1$$,
	$$SELECT v.view_name FROM caregroup.hub_view AS v WHERE v.kind = 'published' ORDER BY 1$$, 'the public reads the published views, and of all tables and views of the hub no other');
SELECT cmp_ok((SELECT count(*) FROM caregroup.hub_view WHERE kind = 'published'), '>=', 1::bigint, 'of which there is at least one');
SELECT is_empty($$SELECT v.view_name FROM caregroup.hub_view AS v WHERE v.kind = 'published' AND v.view_name !~ '^published_'$$, 'whose names say so');
SELECT is_empty($$SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid WHERE c.relnamespace = 'hub_t'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
	AND c.relname !~ '^published_indicator$' AND c.relkind IN ('r', 'v') AND has_column_privilege('hub_g_public', c.oid, a.attname, 'SELECT,INSERT,UPDATE')$$, 'nor a column of another');
SELECT is_empty($$SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'hub_t'::regnamespace AND c.relkind IN ('r', 'v') AND has_table_privilege('hub_g_public', c.oid, 'INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER')$$, 'and changes nothing');
SELECT is(has_schema_privilege('hub_g_public', 'hub_t', 'CREATE'), false, 'nor makes anything in the hub');
SELECT is(pg_temp.state_of('hub_g_public', t.sql), t.state, 'the public ' || t.called) FROM (VALUES
	(1, 'reads what is published', 'SELECT * FROM hub_t.published_indicator', 'no error'), (2, 'does not read the reports', 'SELECT * FROM hub_t.report_variance_spc', '42501'), (3, 'nor the counts behind', 'SELECT * FROM hub_t.published_indicator_count', '42501'),
	(4, 'nor the figures before suppression', 'SELECT * FROM hub_t.variance_point', '42501'), (5, 'nor the Monday page', 'SELECT * FROM caregroup.monday(''hub_t'')', '42501'), (6, 'nor people', 'SELECT * FROM hub_t.person', '42501'),
	(7, 'nor settings', 'SELECT * FROM hub_t.setting', '42501'), (8, 'nor who was granted what', 'SELECT * FROM hub_t.granted', '42501'), (9, 'does not recalculate', 'SELECT pg_temp.recalculate(''hub_t'')', '42501'), (10, 'does not check', 'SELECT * FROM caregroup.check_hub(''hub_t'')', '42501'),
	(11, 'does not configure the threshold', 'SELECT caregroup.configure_hub(''hub_t'', ''suppress_below'', ''2'')', '42501'), (12, 'does not grant', 'SELECT caregroup.grant_hub(''hub_t'', ''hub_g_stranger'', ''public'')', '42501')) AS t (ordinal, called, sql, state) ORDER BY t.ordinal;
-- A reader who becomes the public keeps nothing, and the other way round.
SELECT caregroup.grant_hub('hub_t', 'hub_g_public', 'reader'), caregroup.grant_hub('hub_t', 'hub_g_public', 'public') \g /dev/null
SELECT is(pg_temp.state_of('hub_g_public', 'SELECT * FROM hub_t.report_waiting_list'), '42501', 'a reader made the public reads no reports any more');
SELECT is_empty($$SELECT * FROM caregroup.repair_hub('hub_t') WHERE problem IS NOT NULL$$, 'repair_hub finds no problem');
SELECT is(pg_temp.state_of('hub_g_public', 'SELECT * FROM hub_t.published_indicator'), 'no error', 'after it the public still reads what is published');
SELECT is(pg_temp.state_of('hub_g_public', 'SELECT * FROM hub_t.report_waiting_list'), '42501', 'and nothing else');
-- What a repair makes anew is granted again.
DROP VIEW hub_t.published_indicator;
SELECT count(*) FROM caregroup.repair_hub('hub_t') \g /dev/null
SELECT is(pg_temp.state_of('hub_g_public', 'SELECT * FROM hub_t.published_indicator'), 'no error', 'a published view made anew is granted again');
SELECT caregroup.grant_hub('hub_t', 'hub_g_public', 'reader') \g /dev/null
SELECT is(pg_temp.state_of('hub_g_public', 'SELECT * FROM hub_t.report_waiting_list'), 'no error', 'the public made a reader reads the reports');
SELECT caregroup.grant_hub('hub_t', 'hub_g_public', 'public') \g /dev/null
SELECT is_empty($$SELECT view_name FROM caregroup.hub_view WHERE kind = 'published' AND NOT pg_temp.can('hub_g_reader', view_name, 'SELECT')$$, 'a reader reads what is published too');

-- ---------------------------------------------------------------------
-- Another template takes the place of the one before
-- ---------------------------------------------------------------------
SELECT caregroup.grant_hub('hub_t', 'hub_g Loader', 'reader') \g /dev/null
SELECT is(pg_temp.state_of('hub_g Loader', 'SELECT * FROM hub_t.person'), '42501', 'a loader made a reader does not read people any more');
SELECT is(pg_temp.state_of('hub_g Loader', 'DELETE FROM hub_t.waiting'), '42501', 'nor change results');
SELECT is((SELECT template FROM hub_t.granted WHERE role_name = 'hub_g Loader'), 'reader', 'as remembered');

-- ---------------------------------------------------------------------
-- The owner
-- ---------------------------------------------------------------------
GRANT USAGE ON SCHEMA wh_grant TO hub_g_owner;
GRANT SELECT ON wh_grant.site, wh_grant.referral TO hub_g_owner;
SELECT is(caregroup.grant_hub('hub_t', 'hub_g_owner', 'owner'), 'hub_g_owner owns hub_t', 'grant_hub says who owns it');
SELECT is((SELECT owner FROM caregroup.hubs() WHERE hub = 'hub_t'), 'hub_g_owner', 'hubs() says so too');
SELECT is_empty($$SELECT oid::regclass FROM pg_class WHERE relnamespace = 'hub_t'::regnamespace AND relowner <> 'hub_g_owner'::regrole$$, 'everything in it');
SELECT is(pg_temp.state_of('hub_g_owner', 'SELECT * FROM hub_t.person'), '42501', 'an owner who may not read the source does not read the input');
SELECT is(pg_temp.state_of(:'superuser', 'SELECT * FROM hub_t.person'), '42501', 'nor does anybody else, for the view reads with its owner''s rights');
GRANT SELECT ON wh_grant.person TO hub_g_owner;
SELECT is(pg_temp.state_of('hub_g_owner', t.sql), 'no error', 'the owner ' || t.called)
FROM (VALUES (1, 'reads', 'SELECT * FROM hub_t.person'), (2, 'recalculates', 'SELECT pg_temp.recalculate(''hub_t'')'), (3, 'checks', 'SELECT * FROM caregroup.check_hub(''hub_t'')'),
	(4, 'binds', 'SELECT caregroup.bind(''hub_t'', ''site'', ''TABLE wh_grant.site'')'), (5, 'configures', 'SELECT caregroup.configure_hub(''hub_t'', ''as_at'', NULL)'),
	(6, 'suspends and resumes', 'SELECT caregroup.suspend_hub(''hub_t''), caregroup.resume_hub(''hub_t'')'), (7, 'repairs', 'SELECT caregroup.repair_hub(''hub_t'')'),
	(8, 'upgrades', 'SELECT caregroup.upgrade_hub(''hub_t'')'), (9, 'grants', 'SELECT caregroup.grant_hub(''hub_t'', ''hub_g_stranger'', ''reader'')')) AS t (ordinal, called, sql) ORDER BY t.ordinal;
SELECT is_empty('SELECT b.entity FROM hub_t.binding AS b WHERE b.suspended', 'and left it whole');
SELECT is(pg_temp.state_of('hub_g_stranger', 'SELECT * FROM hub_t.report_waiting_list'), 'no error', 'a reader granted by the owner reads');
SELECT is(pg_temp.state_of('hub_g_public', 'SELECT * FROM hub_t.published_indicator'), 'no error', 'the public reads on under another owner');
-- Binding what the owner may not read.
CREATE TABLE wh_grant.secret AS SELECT 's'::text AS service_id, 's'::text AS name, 'community'::text AS kind;
SELECT is(pg_temp.state_of('hub_g_owner', 'SELECT caregroup.bind(''hub_t'', ''service'', ''TABLE wh_grant.secret'')'), '42501', 'an owner cannot bind a table that they may not read');
SELECT is((SELECT count(*) FROM hub_t.binding WHERE entity = 'service'), 0::bigint, 'nothing is remembered of it');
SELECT is(pg_temp.state_of(:'superuser', 'SELECT caregroup.bind(''hub_t'', ''service'', ''TABLE wh_grant.secret'')'), '42501', 'nor can a superuser bind it for them: the view would read with the owner''s rights');

-- A hub made by somebody who may only make schemas.
SELECT format('GRANT CREATE ON DATABASE %I TO hub_g_stranger', current_database()) \gexec
SELECT is(pg_temp.state_of('hub_g_stranger', 'SELECT caregroup.create_hub(''hub_s''); SELECT caregroup.bind(''hub_s'', ''service'', ''SELECT 1 AS service_id, 2 AS name, 3 AS kind''); SELECT * FROM caregroup.check_hub(''hub_s'')'), 'no error', 'who may make schemas may make a hub');
SELECT is((SELECT owner FROM caregroup.hubs() WHERE hub = 'hub_s'), 'hub_g_stranger', 'and owns it');
SELECT is(pg_temp.state_of('hub_g_reader', 'SELECT caregroup.create_hub(''hub_r'')'), '42501', 'who may not, may not');
SELECT is(pg_temp.state_of('hub_g_reader', 'SELECT caregroup.drop_hub(''hub_s'')'), '42501', 'one''s hub is not another''s');
SELECT is(pg_temp.state_of('hub_g_stranger', 'SELECT caregroup.drop_hub(''hub_s'')'), 'no error', 'the owner drops it');

SELECT * FROM finish();
ROLLBACK;
