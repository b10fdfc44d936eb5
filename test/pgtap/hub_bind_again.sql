-- bind() in place: what stands on an input survives; whose rights and whose
-- search_path a binding uses; advice on plans.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(43);

SELECT current_setting('server_version_num')::integer >= 150000 AS has_invoker \gset
CREATE SCHEMA wh_again;
CREATE TABLE wh_again.site (site_id text, name text, organisation_id text, kind text, extra integer);
INSERT INTO wh_again.site VALUES ('S1', 'First', 'O1', 'hospital', 1);
CREATE TABLE wh_again.place (site_id integer, name text, organisation_id text, kind text);
INSERT INTO wh_again.place VALUES (2, 'Second', 'O1', 'practice');
SELECT caregroup.create_hub('hub_t') \g /dev/null
CREATE ROLE hub_again_reader;
CREATE ROLE hub_again_ward;
CREATE FUNCTION pg_temp.state_of(sql text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE sql;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;

-- ---------------------------------------------------------------------
-- Survival
-- ---------------------------------------------------------------------
SELECT caregroup.bind('hub_t', 'site', 'SELECT site_id, name, organisation_id, kind FROM wh_again.site') \g /dev/null
CREATE VIEW wh_again.on_top AS SELECT count(*) AS sites, min(site_id) AS site_id FROM hub_t.site;
GRANT SELECT ON hub_t.site TO hub_again_reader;
GRANT USAGE ON SCHEMA hub_t TO hub_again_reader;
CREATE TEMP TABLE before AS SELECT 'hub_t.site'::regclass::oid AS site, 'hub_t.report_waiting_list'::regclass::oid AS report,
	relacl, relowner, obj_description(oid) AS about, col_description(oid, 1) AS about_column FROM pg_class WHERE oid = 'hub_t.site'::regclass;
SELECT lives_ok($$SELECT caregroup.bind('hub_t', 'site', 'SELECT * FROM wh_again.place')$$, 'an input is bound to another table with another type of key');
SELECT is((SELECT site FROM before), 'hub_t.site'::regclass::oid, 'it is the same view');
SELECT is((SELECT report FROM before), 'hub_t.report_waiting_list'::regclass::oid, 'the reports are the same views');
SELECT results_eq('SELECT sites, site_id FROM wh_again.on_top', $$VALUES (1::bigint, '2'::text)$$, 'a user''s view on top shows the new rows');
SELECT results_eq($$SELECT relacl, relowner, obj_description(oid), col_description(oid, 1) FROM pg_class WHERE oid = 'hub_t.site'::regclass$$,
	'SELECT relacl, relowner, about, about_column FROM before', 'grants, owner and comments stay');
SELECT results_eq('SELECT site_id FROM hub_t.known_site', ARRAY['2'], 'the hub''s own views show the new rows');
SELECT is((SELECT count(*) FROM hub_t.binding WHERE entity = 'site'), 1::bigint, 'one binding is remembered');
SELECT is(caregroup.unbind('hub_t', 'site'), 'hub_t.site: empty', 'unbind says so');
SELECT is_empty('SELECT * FROM hub_t.site', 'unbind empties the input');
SELECT is((SELECT sites FROM wh_again.on_top), 0::bigint, 'which keeps its place under others');
SELECT is_empty($$SELECT entity FROM hub_t.binding WHERE entity = 'site' UNION ALL SELECT entity FROM hub_t.binding_column WHERE entity = 'site'$$, 'unbind forgets the binding and its columns');
SELECT lives_ok($$SELECT caregroup.unbind('hub_t', 'site')$$, 'unbinding what is not bound does nothing');
SELECT lives_ok('DROP TABLE wh_again.place', 'an unbound table can be dropped');
SELECT caregroup.bind('hub_t', 'site', 'SELECT * FROM wh_again.site') \g /dev/null
SELECT is(pg_temp.state_of('DROP TABLE wh_again.site'), '2BP01', 'a bound one cannot');
SELECT is_empty($$SELECT * FROM hub_t.binding_column WHERE column_name = 'extra'$$, 'a column that the contract does not know is not bound');

-- ---------------------------------------------------------------------
-- Whose names: the search_path of the one who binds
-- ---------------------------------------------------------------------
CREATE SCHEMA "Wh, again";
CREATE TABLE "Wh, again".site AS SELECT 'S9'::text AS site_id, 'Ninth'::text AS name, 'O1'::text AS organisation_id, 'practice'::text AS kind;
SET LOCAL search_path = "Wh, again", "$user", nowhere;
SELECT caregroup.bind('hub_t', 'site', 'TABLE site') \g /dev/null
SET LOCAL search_path = public;
SELECT is((SELECT site_id FROM hub_t.site), 'S9', 'a name means what it means to the caller');
SELECT is((SELECT search_path FROM hub_t.binding WHERE entity = 'site'), '"Wh, again"', 'the schemas that exist are remembered, quoted');
SELECT caregroup.suspend_hub('hub_t') \g /dev/null
SELECT is(caregroup.resume_hub('hub_t'), 1, 'and used again by resume_hub()');
SELECT is((SELECT site_id FROM hub_t.site), 'S9', 'from a session with another search_path');

-- A schema that holds names of pg_catalog, put before it: it is the caller's
-- own choice for the caller's own query, and for nothing else.
CREATE SCHEMA hostile;
CREATE FUNCTION hostile.upper(text) RETURNS text LANGUAGE sql AS $$SELECT 'hostile'$$;
CREATE FUNCTION hostile.lpad(text, integer, text) RETURNS text LANGUAGE sql AS $$SELECT 'hostile'$$;
CREATE FUNCTION hostile.timezone(text, timestamp) RETURNS timestamptz LANGUAGE sql AS $$SELECT timestamptz '1900-01-01'$$;
CREATE FUNCTION hostile.format(text, text) RETURNS text LANGUAGE sql AS $$SELECT 'hostile'$$;
CREATE FUNCTION hostile.jsonb_build_object(text, oid) RETURNS jsonb LANGUAGE sql AS $$SELECT '{}'::jsonb$$;
CREATE FUNCTION hostile.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS $$SELECT 'hostile'$$;
CREATE FUNCTION hostile.no(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR hostile.= (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.no);
CREATE OPERATOR hostile.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.no);
CREATE FUNCTION hostile.glue(text, text) RETURNS text LANGUAGE sql AS $$SELECT 'hostile'$$;
CREATE OPERATOR hostile.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.glue);
CREATE DOMAIN hostile.text AS varchar;
CREATE DOMAIN hostile.timestamptz AS pg_catalog.timestamptz;
CREATE DOMAIN hostile.date AS pg_catalog.date;
CREATE DOMAIN hostile.uuid AS pg_catalog.uuid;
CREATE TABLE hostile.pg_class ();
CREATE TABLE hostile.contract_column ();
CREATE TABLE wh_again.referral AS SELECT 1::bigint AS referral_id, 1::bigint AS person_id, timestamp '2024-01-01 00:00' AS received_at, 'S1'::varchar AS site_id;
CREATE TABLE wh_again.person AS SELECT 1::bigint AS person_id, 607230002::bigint AS nhs_number;
SET LOCAL search_path = hostile, pg_catalog;
SELECT pg_temp.state_of($$SELECT caregroup.bind('hub_t', 'site', 'SELECT site_id, upper(name) AS name, organisation_id, kind FROM wh_again.site')$$) AS state_1 \gset
SELECT pg_temp.state_of($$SELECT caregroup.bind('hub_t', 'referral', 'SELECT * FROM wh_again.referral')$$) AS state_2 \gset
SELECT pg_temp.state_of($$SELECT caregroup.bind('hub_t', 'person', 'SELECT * FROM wh_again.person')$$) AS state_3 \gset
SELECT pg_temp.state_of($$SELECT * FROM caregroup.check_hub('hub_t')$$) AS state_4 \gset
SELECT pg_temp.state_of($$SELECT * FROM caregroup.repair_hub('hub_t')$$) AS state_5 \gset
SET LOCAL search_path = public;
SELECT is(:'state_1'::text, 'no error', 'binding works on a hostile search_path');
SELECT is(:'state_2'::text, 'no error', 'also with conversions of moments');
SELECT is(:'state_3'::text, 'no error', 'and of NHS numbers');
SELECT is(:'state_4'::text, 'no error', 'check_hub() works on it');
SELECT is(:'state_5'::text, 'no error', 'and repair_hub()');
SELECT is((SELECT name FROM hub_t.site), 'hostile', 'the caller''s query has the caller''s names');
SELECT is((SELECT received_at FROM hub_t.referral), timestamptz '2024-01-01 00:00Z', 'the hub''s conversions do not');
SELECT is((SELECT nhs_number FROM hub_t.person), '0607230002', 'none of them');
SELECT is_empty($$SELECT d.refobjid FROM pg_depend AS d JOIN pg_rewrite AS r ON r.oid = d.objid JOIN pg_class AS c ON c.oid = r.ev_class
	WHERE c.relnamespace = 'hub_t'::regnamespace AND c.relname IN ('referral', 'person')
	AND (d.refobjid IN (SELECT oid FROM pg_proc WHERE pronamespace = 'hostile'::regnamespace)
		OR d.refobjid IN (SELECT oid FROM pg_type WHERE typnamespace = 'hostile'::regnamespace))$$, 'no view depends on anything hostile');

-- ---------------------------------------------------------------------
-- Whose rights: row-level security
-- ---------------------------------------------------------------------
SELECT name AS name_before FROM hub_t.site \gset
CREATE TABLE wh_again.secured (site_id text, name text, organisation_id text, kind text, ward name DEFAULT 'hub_again_ward');
INSERT INTO wh_again.secured VALUES ('S1', 'Mine', 'O1', 'hospital', 'hub_again_ward'), ('S2', 'Other', 'O1', 'hospital', 'somebody');
ALTER TABLE wh_again.secured ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON wh_again.secured TO hub_again_ward USING (ward = 'hub_again_ward');
CREATE VIEW wh_again.over_secured AS SELECT * FROM wh_again.secured;
CREATE VIEW wh_again.over_over AS SELECT site_id, name, organisation_id, kind FROM wh_again.over_secured WHERE name <> 'x';
GRANT USAGE ON SCHEMA wh_again TO hub_again_ward;
GRANT SELECT ON wh_again.secured, wh_again.over_secured, wh_again.over_over TO hub_again_ward;
SELECT is(pg_temp.state_of($$SELECT caregroup.bind('hub_t', 'site', 'SELECT site_id, name, organisation_id, kind FROM wh_again.secured')$$), '42501', 'a row-secured table is refused to a superuser');
SELECT is(pg_temp.state_of($$SELECT caregroup.bind('hub_t', 'site', 'TABLE wh_again.over_over')$$), '42501', 'also under two views');
SELECT is(pg_temp.state_of($$SELECT caregroup.bind('hub_t', 'site', 'SELECT site_id, name, organisation_id, kind FROM wh_again.site WHERE EXISTS (SELECT FROM wh_again.secured)')$$), '42501', 'also in a sub-select');
SELECT is((SELECT name FROM hub_t.site), :'name_before'::text, 'and the binding is as before');
-- A role to which the policies apply may bind, and then all readers see its rows.
SELECT caregroup.grant_hub('hub_t', 'hub_again_ward', 'owner') \g /dev/null
GRANT SELECT ON wh_again.site, wh_again.referral, wh_again.person TO hub_again_ward;
GRANT USAGE ON SCHEMA hostile TO hub_again_ward;
SET LOCAL ROLE hub_again_ward;
SELECT is(pg_temp.state_of($$SELECT caregroup.bind('hub_t', 'site', 'SELECT site_id, name, organisation_id, kind FROM wh_again.secured')$$), 'no error', 'a role under the policies may bind the table itself');
RESET ROLE;
SELECT is((SELECT string_agg(name, ',') FROM hub_t.site), 'Mine', 'and its rows are what everybody sees, a superuser too');
-- Through a view of somebody who is exempt the policies would not apply.
SET LOCAL ROLE hub_again_ward;
SELECT is(pg_temp.state_of($$SELECT caregroup.bind('hub_t', 'site', 'TABLE wh_again.over_over')$$), '42501', 'but not a view of somebody who is exempt from them');
RESET ROLE;
\if :has_invoker
SELECT is(pg_temp.state_of($$SELECT caregroup.bind('hub_t', 'site', 'SELECT site_id, name, organisation_id, kind FROM wh_again.secured', 'invoker')$$), 'no error', 'security => invoker is not refused');
SELECT is((SELECT reloptions::text FROM pg_class WHERE oid = 'hub_t.site'::regclass), '{security_invoker=true}', 'the view has the option');
SELECT results_eq('SELECT count(*) FROM hub_t.site', ARRAY[2::bigint], 'an exempt reader sees all rows');
SET LOCAL ROLE hub_again_ward;
SELECT results_eq('SELECT name FROM hub_t.site', ARRAY['Mine'], 'another sees their own');
RESET ROLE;
SELECT caregroup.suspend_hub('hub_t') \g /dev/null
SELECT caregroup.resume_hub('hub_t') \g /dev/null
SELECT is((SELECT reloptions::text FROM pg_class WHERE oid = 'hub_t.site'::regclass), '{security_invoker=true}', 'the option is there again after suspend and resume');
SELECT caregroup.bind('hub_t', 'site', 'SELECT * FROM wh_again.site') \g /dev/null
SELECT is((SELECT reloptions::text FROM pg_class WHERE oid = 'hub_t.site'::regclass), NULL::text, 'binding as the owner takes it away');
\else
SELECT is(pg_temp.state_of($$SELECT caregroup.bind('hub_t', 'site', 'SELECT * FROM wh_again.site', 'invoker')$$), '0A000', 'security => invoker needs 15');
SELECT skip('security_invoker views need PostgreSQL 15', 5);
\endif

-- ---------------------------------------------------------------------
-- The advice on plans can be followed
-- ---------------------------------------------------------------------
CREATE TYPE wh_again.code AS ENUM ('a');
CREATE TABLE wh_again.service (service_id wh_again.code, name text, kind text);
CREATE TABLE wh_again.visit (visit_id integer, patient integer, happened timestamp, clinic uuid, kind text, status text);
CREATE VIEW wh_again.clinic AS SELECT 1 AS site_id, 'x'::text AS name, 'O'::text AS organisation_id, 'hospital'::text AS kind;
SELECT caregroup.unbind('hub_t', e.entity) FROM hub_t.binding AS e \g /dev/null
SELECT caregroup.grant_hub('hub_t', current_user::text, 'owner') \g /dev/null
SELECT caregroup.bind('hub_t', 'service', 'TABLE wh_again.service') \g /dev/null
SELECT caregroup.bind('hub_t', 'site', 'TABLE wh_again.clinic') \g /dev/null
SELECT caregroup.bind('hub_t', 'activity', 'SELECT visit_id AS activity_id, patient AS person_id, happened AS starts_at, clinic AS site_id, kind, status FROM wh_again.visit') \g /dev/null
CREATE FUNCTION pg_temp.follow(advice text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	statement text;
BEGIN
	FOR statement IN SELECT m[1] FROM regexp_matches(advice, '(CREATE (?:INDEX|STATISTICS)[^;]*)', 'g') AS m LOOP
		EXECUTE statement;
	END LOOP;
	RETURN CASE WHEN statement IS NULL THEN 'nothing to do' END;
EXCEPTION WHEN OTHERS THEN
	RETURN format('%s: %s in %s', SQLSTATE, SQLERRM, statement);
END $$;
CREATE TEMP TABLE advice AS SELECT entity, column_name, pg_temp.follow(detail) AS failed FROM caregroup.check_hub('hub_t') WHERE check_name = 'plan advice';
SELECT is((SELECT string_agg(column_name, ',' ORDER BY column_name) FROM advice WHERE entity = 'activity'), 'activity_id,person_id,site_id', 'every key of a table that is cast gets advice');
SELECT is_empty('SELECT * FROM advice WHERE failed IS NOT NULL', 'and every advice can be followed');

SELECT * FROM finish();
ROLLBACK;
