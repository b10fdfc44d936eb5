-- create_hub(), hubs(), drop_hub(): what they make, what they refuse and that
-- a refusal leaves nothing behind.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(56);

-- Everything that a refused or undone call could leave behind.
CREATE FUNCTION pg_temp.footprint() RETURNS text LANGUAGE sql AS $$
	SELECT md5(string_agg(t.thing, chr(10) ORDER BY t.thing))
	FROM (SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'
	      UNION ALL SELECT 'relation ' || oid::regclass::text || ' ' || relkind::text FROM pg_class WHERE relnamespace NOT IN (pg_my_temp_schema())
	      UNION ALL SELECT 'comments ' || count(*) FROM pg_description
	      UNION ALL SELECT 'sequence ' || count(*) FROM pg_sequence) AS t (thing)
$$;
CREATE FUNCTION pg_temp.refuses(sql text, wanted text, about text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	footprint text := pg_temp.footprint();
	path text := current_setting('search_path');
	state text := 'no error';
BEGIN
	BEGIN
		EXECUTE sql;
	EXCEPTION WHEN OTHERS THEN
		state := SQLSTATE;
	END;
	RETURN is(state || CASE WHEN footprint <> pg_temp.footprint() THEN ', something left behind' ELSE '' END
		|| CASE WHEN path <> current_setting('search_path') THEN ', search_path changed' ELSE '' END, wanted, about);
END $$;
CREATE TEMP TABLE clean AS SELECT pg_temp.footprint() AS footprint, (SELECT count(*) FROM caregroup.hubs()) AS hubs;

-- ---------------------------------------------------------------------
-- What is made
-- ---------------------------------------------------------------------
SELECT is(caregroup.create_hub('hub_t'), 'hub_t', 'create_hub returns the name');
SELECT is((SELECT owner FROM caregroup.hubs() WHERE hub = 'hub_t'), current_user::text, 'hubs() finds it, with its owner');
SELECT isnt(obj_description('hub_t'::regnamespace, 'pg_namespace'), NULL, 'the schema has a comment');
SELECT is_empty($$SELECT e.entity FROM caregroup.contract_entity AS e
	WHERE to_regclass('hub_t.' || quote_ident(e.entity)) IS NULL$$, 'every entity of the contract has its input view');
SELECT is_empty($$SELECT t.table_name FROM caregroup.hub_table AS t WHERE to_regclass('hub_t.' || quote_ident(t.table_name)) IS NULL$$,
	'every table of a hub is there');
SELECT is_empty($$SELECT v.view_name FROM caregroup.hub_view AS v WHERE to_regclass('hub_t.' || quote_ident(v.view_name)) IS NULL$$,
	'every view of a hub is there');
SELECT set_eq($$SELECT c.relname::text FROM pg_class AS c WHERE c.relnamespace = 'hub_t'::regnamespace AND c.relkind IN ('r', 'v')$$,
	$$SELECT entity FROM caregroup.contract_entity UNION ALL SELECT table_name FROM caregroup.hub_table
	  UNION ALL SELECT view_name FROM caregroup.hub_view$$, 'and nothing else');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class AS c
	WHERE c.relnamespace = 'hub_t'::regnamespace AND c.relowner <> (SELECT oid FROM pg_roles WHERE rolname = current_user)$$,
	'all of it belongs to the caller');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class AS c WHERE c.relnamespace = 'hub_t'::regnamespace AND c.relacl IS NOT NULL$$,
	'nobody else was granted anything');
SELECT results_eq($$SELECT name, value FROM hub_t.setting ORDER BY name COLLATE "C"$$,
	$$SELECT name, initial FROM caregroup.hub_setting ORDER BY name COLLATE "C"$$, 'settings have their initial values');
SELECT is_empty($$SELECT * FROM hub_t.setting WHERE version IS DISTINCT FROM caregroup.caregroup_version()$$, 'and the version that made them');
SELECT is((SELECT extversion FROM pg_extension WHERE extname = 'caregroup'), caregroup.caregroup_version(), 'which is the extension''s');

-- The extension owns none of it: pg_dump takes all of a hub.
SELECT is_empty($$SELECT d.objid FROM pg_depend AS d JOIN pg_class AS c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass
	WHERE d.deptype = 'e' AND c.relnamespace = 'hub_t'::regnamespace$$, 'a hub''s relations are not the extension''s');

-- ---------------------------------------------------------------------
-- Arguments
-- ---------------------------------------------------------------------
SELECT caregroup.create_hub('hub_text', record_ids => 'text', time_zone => 'America/New_York', hierarchy => 'provider', calendar_id => 'scotland') \g /dev/null
SELECT results_eq($$SELECT value FROM hub_text.setting WHERE name IN ('calendar_id', 'hierarchy', 'record_ids', 'time_zone') ORDER BY name$$,
	ARRAY['scotland', 'provider', 'text', 'America/New_York'], 'arguments become settings');
SELECT col_type_is('hub_text', 'referral', 'referral_id', 'text', 'record ids are text if so chosen');
SELECT col_type_is('hub_text', 'referral_summary', 'person_id', 'text', 'in results too');
SELECT caregroup.create_hub('hub_uuid', 'uuid') \g /dev/null
SELECT col_type_is('hub_uuid', 'activity', 'referral_id', 'uuid', 'record ids are uuid if so chosen');
SELECT col_type_is('hub_uuid', 'referral_summary', 'referral_id', 'uuid', 'in results too');
SELECT col_type_is('hub_t', 'referral', 'referral_id', 'bigint', 'record ids are bigint by default');

SELECT pg_temp.refuses($$SELECT caregroup.create_hub('bad', 'integer')$$, '22023', 'record_ids of another type');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('bad', NULL)$$, '22023', 'record_ids NULL');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('bad', hierarchy => 'family')$$, '22023', 'a hierarchy that the contract does not know');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('bad', hierarchy => NULL)$$, '22023', 'hierarchy NULL');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('bad', time_zone => 'Europe/Lundon')$$, '22023', 'a time zone that PostgreSQL does not know');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('bad', time_zone => NULL)$$, '22023', 'time zone NULL');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('bad', time_zone => '')$$, '22023', 'time zone empty');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('bad', calendar_id => NULL)$$, '22023', 'calendar NULL');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('bad', calendar_id => '')$$, '22023', 'calendar empty');

-- ---------------------------------------------------------------------
-- Names
-- ---------------------------------------------------------------------
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('hub_t')$$, '42P06', 'two hubs of one name');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('public')$$, '42P06', 'a schema that is no hub');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('information_schema')$$, '42P06', 'information_schema');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub(NULL)$$, '42602', 'no name');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('')$$, '42602', 'an empty name');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('pg_hub')$$, '42602', 'PostgreSQL''s prefix');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('$user')$$, '42602', 'a name that search_path takes for another');
SELECT pg_temp.refuses($$SELECT caregroup.create_hub('caregroup')$$, '42602', 'the extension''s own schema');
SELECT pg_temp.refuses(format('SELECT caregroup.create_hub(%L)', repeat('h', 64)), '42602', '64 bytes');
SELECT pg_temp.refuses(format('SELECT caregroup.create_hub(%L)', repeat('é', 32)), '42602', '32 letters of 2 bytes');

-- Each name that can be a schema's: made, bound, checked, recalculated step
-- by step, granted, suspended, resumed, repaired, upgraded and dropped.
CREATE SCHEMA wh_create;
CREATE TABLE wh_create.site (site_id text, name text, organisation_id text, kind text);
INSERT INTO wh_create.site VALUES ('S', 'A site', 'O', 'hospital');
CREATE TABLE wh_create.referral (referral_id bigint, person_id bigint, received_at timestamptz, site_id text);
INSERT INTO wh_create.referral VALUES (1, 1, '2024-01-01', 'S');
CREATE ROLE "hub_create reader";
CREATE FUNCTION pg_temp.whole_life(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	run bigint;
	step text;
	waiting bigint;
BEGIN
	PERFORM caregroup.create_hub(name);
	PERFORM caregroup.bind(name, 'site', 'SELECT * FROM wh_create.site');
	PERFORM caregroup.bind(name, 'referral', 'SELECT * FROM wh_create.referral');
	IF (SELECT count(*) FROM caregroup.check_hub(name) WHERE check_name = 'rows' AND rows = 1) < 2 THEN RETURN 'check_hub'; END IF;
	PERFORM caregroup.grant_hub(name, 'hub_create reader', 'loader');
	PERFORM caregroup.configure_hub(name, 'as_at', '2024-01-10 00:00Z');
	IF caregroup.suspend_hub(name) <> 2 THEN RETURN 'suspend_hub'; END IF;
	IF caregroup.resume_hub(name) <> 2 THEN RETURN 'resume_hub'; END IF;
	IF EXISTS (SELECT FROM caregroup.repair_hub(name) AS r WHERE r.problem IS NOT NULL) THEN RETURN 'repair_hub'; END IF;
	PERFORM caregroup.upgrade_hub(name);
	run := caregroup.begin_run(name, false);
	FOR step IN SELECT s.step FROM caregroup.hub_step AS s ORDER BY s.ordinal LOOP
		PERFORM caregroup.begin_step(name, run, step);
		PERFORM caregroup.run_step(name, run, step);
	END LOOP;
	PERFORM caregroup.end_run(name, run);
	EXECUTE format('SELECT sum(referrals) FROM %I.report_waiting_list WHERE organisation_id = ''S'' AND weeks_waited = 1', name) INTO waiting;
	IF waiting IS DISTINCT FROM 1 THEN RETURN 'report_waiting_list'; END IF;
	IF NOT EXISTS (SELECT FROM caregroup.hubs() AS h WHERE h.hub = name) THEN RETURN 'hubs'; END IF;
	PERFORM caregroup.unbind(name, 'referral');
	PERFORM caregroup.drop_hub(name);
	IF to_regnamespace(quote_ident(name)) IS NOT NULL THEN RETURN 'drop_hub'; END IF;
	RETURN NULL;
END $$;
SELECT is(pg_temp.whole_life(n.name), NULL, 'a hub named ' || n.called)
FROM (VALUES (1, 'My "Hub", no. 2''s \ $1 %I %s', 'with every kind of mark'), (2, 'select', 'as a key word'), (3, repeat('h', 63), 'with 63 bytes'),
	(4, repeat('é', 31) || 'x', 'with 63 bytes in 32 letters'), (5, E'a\nb', 'with a line break'), (6, '$column $zone $record_id', 'like the contract''s marks'),
	(7, '"', 'as one quotation mark'), (8, 'PG_HUB', 'with PostgreSQL''s prefix in capitals')) AS n (ordinal, name, called)
ORDER BY n.ordinal;

-- ---------------------------------------------------------------------
-- drop_hub
-- ---------------------------------------------------------------------
SELECT pg_temp.refuses($$SELECT caregroup.drop_hub('no_such')$$, '3F000', 'dropping a hub that is not there');
SELECT pg_temp.refuses($$SELECT caregroup.drop_hub('public')$$, '3F000', 'dropping a schema that is no hub');
SELECT pg_temp.refuses($$SELECT caregroup.drop_hub(NULL)$$, '3F000', 'dropping NULL');
CREATE VIEW public.hub_create_mine AS SELECT * FROM hub_t.report_waiting_list;
SELECT pg_temp.refuses($$SELECT caregroup.drop_hub('hub_t')$$, '2BP01', 'dropping under a user''s view');
DROP VIEW public.hub_create_mine;
CREATE TABLE hub_t.mine ();
SELECT pg_temp.refuses($$SELECT caregroup.drop_hub('hub_t')$$, '2BP01', 'dropping a schema that holds a user''s table');
DROP TABLE hub_t.mine;
CREATE FUNCTION hub_t.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1';
SELECT pg_temp.refuses($$SELECT caregroup.drop_hub('hub_t')$$, '2BP01', 'dropping a schema that holds a user''s function');
DROP FUNCTION hub_t.mine();
SELECT is(caregroup.drop_hub('hub_t'), 'hub_t', 'drop_hub returns the name');
SELECT caregroup.drop_hub('hub_text'), caregroup.drop_hub('hub_uuid') \g /dev/null
DROP SCHEMA wh_create CASCADE;
SELECT is(pg_temp.footprint(), (SELECT footprint FROM clean), 'create and drop leave nothing');
SELECT is((SELECT count(*) FROM caregroup.hubs()), (SELECT hubs FROM clean), 'and no hub');

-- ---------------------------------------------------------------------
-- The extension cannot go while a hub is there
-- ---------------------------------------------------------------------
SELECT caregroup.create_hub('hub_t') \g /dev/null
SELECT pg_temp.refuses('DROP EXTENSION caregroup', '2BP01', 'DROP EXTENSION with a hub');

SELECT * FROM finish();
ROLLBACK;
