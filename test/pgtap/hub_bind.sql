-- bind() and unbind(): what a query must be, which types serve which, what a
-- refusal leaves, and that binding again keeps what stands on the input.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(116);

CREATE SCHEMA wh_bind;
CREATE TABLE wh_bind.site (site_id varchar(8), name text, organisation_id text, kind text, longitude real, opened_on date);
INSERT INTO wh_bind.site VALUES ('S1', 'First', 'O1', 'hospital', 0.5, '2020-01-01');
CREATE TABLE wh_bind.referral (referral_id bigint, person_id integer, received_at timestamp, person_name text);
INSERT INTO wh_bind.referral VALUES (1, 7, '2024-07-01 00:30', 'secret');
SELECT caregroup.create_hub('hub_t') \g /dev/null
SELECT caregroup.create_hub('hub_text', 'text') \g /dev/null
SELECT caregroup.create_hub('hub_uuid', 'uuid') \g /dev/null

-- The whole of a hub's state, in which a refused bind may change nothing.
CREATE FUNCTION pg_temp.hub_state() RETURNS text LANGUAGE sql AS $$
	SELECT md5(string_agg(t.thing, chr(10) ORDER BY t.thing)) || current_setting('search_path')
	FROM (SELECT c.relname || coalesce(pg_get_viewdef(c.oid), '') || coalesce(c.relacl::text, '') || coalesce(c.reloptions::text, '')
	      FROM pg_class AS c WHERE c.relnamespace = 'hub_t'::regnamespace
	      UNION ALL SELECT 'comments ' || count(*) FROM pg_description
	      UNION ALL SELECT b::text FROM hub_t.binding AS b UNION ALL SELECT b::text FROM hub_t.binding_column AS b
	      UNION ALL SELECT s::text FROM hub_t.setting AS s) AS t (thing)
$$;
CREATE FUNCTION pg_temp.refuses(sql text, wanted text, about text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	before text := pg_temp.hub_state();
	state text := 'no error';
BEGIN
	BEGIN
		EXECUTE sql;
	EXCEPTION WHEN OTHERS THEN
		state := SQLSTATE;
	END;
	RETURN is(state || CASE WHEN before <> pg_temp.hub_state() THEN ', and something changed' ELSE '' END, wanted, about);
END $$;
CREATE FUNCTION pg_temp.message(sql text, OUT state text, OUT message text, OUT detail text, OUT hint text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE sql;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END $$;

-- ---------------------------------------------------------------------
-- A good binding
-- ---------------------------------------------------------------------
SELECT matches(caregroup.bind('hub_t', 'site', 'SELECT * FROM wh_bind.site'), '^hub_t\.site: 6 columns bound; without part_of_site_id, ', 'bind says what it bound');
SELECT results_eq('SELECT site_id, name, organisation_id, kind, longitude, opened_on, closed_on FROM hub_t.site',
	$$VALUES ('S1'::text, 'First'::text, 'O1'::text, 'hospital'::text, 0.5::double precision, '2020-01-01'::date, NULL::date)$$, 'the rows are there, missing columns NULL');
SELECT results_eq($$SELECT query, search_path, security, bound_by, suspended FROM hub_t.binding WHERE entity = 'site'$$,
	$$VALUES ('SELECT * FROM wh_bind.site'::text, 'public'::text, 'owner'::text, current_user::text COLLATE "default", false)$$, 'the binding is remembered');
SELECT results_eq($$SELECT source_type, origin_table, origin_column, breaks_index FROM hub_t.binding_column WHERE entity = 'site' AND column_name = 'site_id'$$,
	$$VALUES ('character varying'::text, 'wh_bind.site'::text, 'site_id'::text, false)$$, 'and where each column comes from');
SELECT is(current_setting('search_path'), 'public', 'the caller''s search_path is as before');

-- Columns by name, in any order, from any kind of query.
SELECT lives_ok(format('SELECT caregroup.bind(''hub_t'', ''organisation'', %L)', q.query), 'bound: ' || q.called)
FROM (VALUES (1, 'columns in another order', 'SELECT ''region'' AS kind, ''O1'' AS organisation_id, ''One'' AS name'),
	(2, 'a closing semicolon', 'SELECT ''O1'' AS organisation_id, ''One'' AS name, ''region'' AS kind;'),
	(3, 'a comment at the end', 'SELECT ''O1'' AS organisation_id, ''One'' AS name, ''region'' AS kind -- the end'),
	(4, 'a semicolon and a comment', 'SELECT ''O1'' AS organisation_id, ''One'' AS name, ''region'' AS kind; -- the end'),
	(5, 'WITH', 'WITH w (organisation_id, name, kind) AS (VALUES (''O1'', ''One'', ''region'')) SELECT * FROM w'),
	(6, 'parentheses', '(SELECT ''O1'' AS organisation_id, ''One'' AS name, ''region'' AS kind)'),
	(7, 'UNION, ORDER BY and LIMIT', 'SELECT ''O1'' AS organisation_id, ''One'' AS name, ''region'' AS kind UNION ALL SELECT ''O2'', ''Two'', ''region'' ORDER BY 1 LIMIT 1'),
	(8, 'one column named q', 'SELECT ''O1'' AS organisation_id, ''One'' AS name, ''region'' AS kind, 1 AS q')) AS q (ordinal, called, query) ORDER BY q.ordinal;
SELECT results_eq('SELECT organisation_id, name, kind FROM hub_t.organisation', $$VALUES ('O1'::text, 'One'::text, 'region'::text)$$, 'the last of them serves');

-- ---------------------------------------------------------------------
-- Refusals: each one's SQLSTATE, and nothing is changed
-- ---------------------------------------------------------------------
SELECT pg_temp.refuses(format('SELECT caregroup.bind(''hub_t'', ''site'', %L)', q.query), q.state, 'refused: ' || q.called)
FROM (VALUES (1, '42601', 'a syntax error', 'SELEC * FROM wh_bind.site'), (2, '22023', 'two statements', 'SELECT 1; SELECT 2'),
	(3, '22023', 'nothing', ''), (4, '22023', 'a comment only', '-- nothing'), (5, '22023', 'INSERT', 'INSERT INTO wh_bind.site VALUES (''x'') RETURNING *'),
	(6, '22023', 'SELECT INTO', 'SELECT * INTO wh_bind.made FROM wh_bind.site'),
	(7, '22023', 'a WITH that deletes', 'WITH d AS (DELETE FROM wh_bind.site RETURNING *) SELECT * FROM d'),
	(8, '22023', 'FOR UPDATE', 'SELECT * FROM wh_bind.site FOR UPDATE'),
	(9, '42601', 'a way out of the parentheses', 'SELECT * FROM wh_bind.site) AS q; DROP TABLE wh_bind.site; SELECT * FROM (SELECT 1'),
	(10, '42703', 'a required column missing', 'SELECT site_id, name, kind FROM wh_bind.site'),
	(11, '42703', 'no column at all', 'SELECT FROM wh_bind.site'),
	(12, '42703', 'a name in capitals', 'SELECT site_id AS "SITE_ID", name, organisation_id, kind FROM wh_bind.site'),
	(13, '42804', 'text for a date', 'SELECT site_id, name, organisation_id, kind, ''2020-01-01''::text AS opened_on FROM wh_bind.site'),
	(14, '42804', 'an unknown literal for a date', 'SELECT site_id, name, organisation_id, kind, ''2020-01-01'' AS opened_on FROM wh_bind.site'),
	(15, '42804', 'an array for text', 'SELECT ARRAY[site_id] AS site_id, name, organisation_id, kind FROM wh_bind.site'),
	(16, '42804', 'a row for text', 'SELECT s AS site_id, name, organisation_id, kind FROM wh_bind.site AS s'),
	(17, '42701', 'a column twice', 'SELECT site_id, name, organisation_id, kind, name FROM wh_bind.site'),
	(18, '42703', 'a column that the table does not have', 'SELECT site_id, shoesize FROM wh_bind.site'), (19, '42P01', 'a table that is not there', 'SELECT * FROM wh_bind.nowhere'),
	(20, '42P02', 'a parameter', 'SELECT $1 AS site_id'), (21, '42P17', 'the input itself', 'SELECT * FROM hub_t.site'),
	(22, '42P17', 'the hub''s own report that reads the input', 'SELECT organisation_id AS site_id, organisation_name AS name, organisation_id, organisation_kind AS kind FROM hub_t.known_site AS o (site_id, organisation_name, organisation_id, organisation_kind)')) AS q (ordinal, state, called, query) ORDER BY q.ordinal;
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', 'site', NULL)$$, '22004', 'refused: a NULL query');
SELECT pg_temp.refuses($$SELECT caregroup.bind('no_such', 'site', 'SELECT 1')$$, '3F000', 'refused: a hub that is not there');
SELECT pg_temp.refuses($$SELECT caregroup.bind(NULL, 'site', 'SELECT 1')$$, '3F000', 'refused: a NULL hub');
SELECT pg_temp.refuses($$SELECT caregroup.bind('public', 'site', 'SELECT 1')$$, '3F000', 'refused: a schema that is no hub');
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', 'ward', 'SELECT 1')$$, '22023', 'refused: an entity that the contract does not know');
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', NULL, 'SELECT 1')$$, '22023', 'refused: a NULL entity');
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', 'setting', 'SELECT 1')$$, '22023', 'refused: one of the hub''s own tables');
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', 'site', 'SELECT * FROM wh_bind.site', 'definer')$$, '22023', 'refused: another kind of security');
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', 'site', 'SELECT * FROM wh_bind.site', NULL)$$, '22023', 'refused: NULL security');
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', 'population', 'SELECT date ''2024-01-01'' AS as_at, 1 AS people')$$, '42703', 'refused: neither area_id nor site_id');
SELECT pg_temp.refuses($$SELECT caregroup.unbind('no_such', 'site')$$, '3F000', 'unbind refused: a hub that is not there');
SELECT pg_temp.refuses($$SELECT caregroup.unbind('hub_t', 'ward')$$, '22023', 'unbind refused: an unknown entity');
CREATE TEMP TABLE on_loan AS SELECT * FROM wh_bind.site;
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', 'site', 'SELECT * FROM on_loan')$$, '42P16', 'refused: a temporary table');
-- A result of the hub as its own input would be emptied before it is read.
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', 'referral', 'SELECT referral_id, person_id, received_at FROM hub_t.referral_summary')$$,
	'42P17', 'refused: a result of the same hub');
-- The error names the column, the entity and the types that would do.
SELECT is(message, 'the query does not serve the entity site: column name is missing', 'a missing column is named')
FROM pg_temp.message($$SELECT caregroup.bind('hub_t', 'site', 'SELECT site_id, kind FROM wh_bind.site')$$);
SELECT matches(detail, 'column name is missing; column organisation_id is missing', 'and so are all of them')
FROM pg_temp.message($$SELECT caregroup.bind('hub_t', 'site', 'SELECT site_id, kind FROM wh_bind.site')$$);
SELECT matches(message, 'column opened_on has type text and must be date$', 'a wrong type is named with those that would do')
FROM pg_temp.message($$SELECT caregroup.bind('hub_t', 'site', 'SELECT site_id, name, organisation_id, kind, ''x'' AS opened_on FROM wh_bind.site')$$);
SELECT matches(message, 'one of the columns area_id, site_id is needed', 'the group of columns is named')
FROM pg_temp.message($$SELECT caregroup.bind('hub_t', 'population', 'SELECT date ''2024-01-01'' AS as_at, 1 AS people')$$);
SELECT matches(hint, 'contract_column WHERE entity = ''site''', 'the hint names the query that lists the columns')
FROM pg_temp.message($$SELECT caregroup.bind('hub_t', 'site', 'SELECT 1')$$);

-- ---------------------------------------------------------------------
-- Types: every conversion that contract_cast names, there and back
-- ---------------------------------------------------------------------
CREATE TYPE wh_bind.kind AS ENUM ('hospital', 'practice');
CREATE DOMAIN wh_bind.code AS varchar(8);
CREATE TABLE wh_bind.sample AS
SELECT 'ab'::text AS "text", 'ab'::varchar(5) AS "character varying", 'ab'::char(5) AS "character", 'ab'::name AS "name",
	12::smallint AS "smallint", 12::integer AS "integer", 12::bigint AS "bigint", '00000000-0000-0000-0000-000000000012'::uuid AS "uuid",
	'hospital'::wh_bind.kind AS "enum", '943 476 5919'::caregroup.nhs_number AS "caregroup.nhs_number", date '2024-07-01' AS "date",
	timestamptz '2024-07-01 12:00Z' AS "timestamp with time zone", timestamp '2024-07-01 12:00' AS "timestamp without time zone",
	true AS "boolean", 1.5::numeric(5,2) AS "numeric", 1.5::real AS "real", 1.5::double precision AS "double precision";
-- A column of an entity for each contract type, and the value that comes out.
CREATE FUNCTION pg_temp.carried(type text, source_type text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	ids text := CASE type WHEN 'record_id:text' THEN 'text' WHEN 'record_id:uuid' THEN 'uuid' ELSE 'bigint' END;
	hub text := CASE ids WHEN 'bigint' THEN 'hub_t' ELSE 'hub_' || ids END;
	target record;
	others text;
	result text;
BEGIN
	SELECT c.* INTO target FROM caregroup.contract_column AS c JOIN caregroup.contract_entity AS e USING (entity)
	WHERE c.type = split_part(carried.type, ':', 1) AND e.one_of = '{}' ORDER BY c.required DESC, c.ordinal LIMIT 1;
	SELECT coalesce(string_agg(format(', NULL::%s AS %I', caregroup.contract_type_name(c.type, ids), c.column_name), ''), '') INTO others
	FROM caregroup.contract_column AS c WHERE c.entity = target.entity AND c.required AND c.column_name <> target.column_name;
	PERFORM caregroup.bind(hub, target.entity, format('SELECT %I AS %I%s FROM wh_bind.sample', source_type, target.column_name, others));
	EXECUTE format('SELECT %1$I::text FROM %2$I.%3$I', target.column_name, hub, target.entity) INTO result;
	RETURN result;
END $$;
SELECT is(pg_temp.carried(c.type, c.source_type), CASE
		WHEN c.type = 'nhs_number' AND c.source_type = 'bigint' THEN '0000000012'
		WHEN c.source_type = 'caregroup.nhs_number' THEN '9434765919'
		WHEN c.type = 'timestamptz' AND c.source_type = 'timestamp with time zone' THEN timestamptz '2024-07-01 12:00Z'::text
		WHEN c.type = 'timestamptz' AND c.source_type = 'timestamp without time zone' THEN timestamptz '2024-07-01 11:00Z'::text
		WHEN c.type = 'timestamptz' THEN timestamptz '2024-06-30 23:00Z'::text
		WHEN c.source_type IN ('smallint', 'integer', 'bigint') THEN '12'
		WHEN c.source_type = 'uuid' THEN '00000000-0000-0000-0000-000000000012'
		WHEN c.source_type = 'enum' THEN 'hospital' WHEN c.source_type = 'date' THEN date '2024-07-01'::text WHEN c.source_type = 'boolean' THEN 'true'
		WHEN c.source_type IN ('numeric') AND c.type = 'numeric' THEN '1.50'
		WHEN c.source_type IN ('numeric', 'real', 'double precision') THEN '1.5' ELSE 'ab' END, c.source_type || ' serves ' || c.type)
FROM caregroup.contract_cast AS c ORDER BY c.type COLLATE "C", c.source_type COLLATE "C";
-- What no row names is refused.
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', 'referral', 'SELECT ''1''::text AS referral_id, 1 AS person_id, now() AS received_at')$$, '42804', 'text does not serve record ids of bigint');
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', 'referral', 'SELECT 1.0 AS referral_id, 1 AS person_id, now() AS received_at')$$, '42804', 'numeric does not serve record ids of bigint');
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_uuid', 'referral', 'SELECT 1 AS referral_id, gen_random_uuid() AS person_id, now() AS received_at')$$, '42804', 'bigint does not serve record ids of uuid');
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', 'referral', 'SELECT 1 AS referral_id, 1 AS person_id, 20240101 AS received_at')$$, '42804', 'an integer does not serve a moment');
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', 'site', 'SELECT site_id, name, organisation_id, kind, now() AS opened_on FROM wh_bind.site')$$, '42804', 'a moment does not serve a date');
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', 'person', 'SELECT 1 AS person_id, 1 AS interpreter_needed')$$, '42804', 'an integer does not serve a boolean');

-- Modifiers and collations do not reach the view, so that binding again to a
-- plainer source replaces it in place.
CREATE TABLE wh_bind.fussy (site_id varchar(3) COLLATE "C", name char(7) COLLATE "POSIX", organisation_id wh_bind.code, kind wh_bind.kind, capacity_people numeric(5,1), longitude numeric(3,2));
INSERT INTO wh_bind.fussy VALUES ('S2', 'Two', 'O1', 'practice', 12.5, 0.25);
SELECT lives_ok($$SELECT caregroup.bind('hub_t', 'site', 'SELECT * FROM wh_bind.fussy')$$, 'varchar(n), char(n), numeric(p,s), domains, enums and collations bind');
SELECT is_empty($$SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = 'hub_t.site'::regclass AND a.attnum > 0
	AND (a.atttypmod <> -1 OR a.attcollation NOT IN (0, (SELECT oid FROM pg_collation WHERE collname = 'default')))$$, 'and leave no modifier and no collation');
SELECT results_eq('SELECT site_id, name, organisation_id, kind, capacity_people, longitude FROM hub_t.site',
	$$VALUES ('S2'::text, 'Two'::text, 'O1'::text, 'practice'::text, 12.5::numeric, 0.25::double precision)$$, 'the values are there, without the blanks of char(n)');
SELECT lives_ok($$SELECT caregroup.bind('hub_t', 'site', 'SELECT * FROM wh_bind.site')$$, 'and the plain source binds again');
-- Every column of every view has the contract's type, bound or not.
SELECT is_empty($$SELECT c.entity, c.column_name, format_type(a.atttypid, a.atttypmod) FROM caregroup.contract_column AS c
	LEFT JOIN pg_attribute AS a ON a.attrelid = ('hub_t.' || c.entity)::regclass AND a.attname = c.column_name
	WHERE format_type(a.atttypid, a.atttypmod) IS DISTINCT FROM format_type(caregroup.contract_type_name(c.type, 'bigint')::regtype, NULL)$$, 'every column has the contract''s type');

-- NHS numbers: a bigint gets its zeros back and is never cut to fit.
CREATE TABLE wh_bind.patient (person_id bigint, nhs_number bigint);
INSERT INTO wh_bind.patient VALUES (1, 607230002), (2, 9434765919), (3, 94347659190), (4, -1), (5, NULL);
SELECT caregroup.bind('hub_t', 'person', 'SELECT * FROM wh_bind.patient') \g /dev/null
SELECT results_eq('SELECT nhs_number, caregroup.nhs_number_problem(nhs_number) IS NULL FROM hub_t.person ORDER BY person_id',
	$$VALUES ('0607230002'::text, true), ('9434765919', true), ('94347659190', false), ('00000000-1', false), (NULL, true)$$, 'a bigint of ten digits or fewer is padded, a longer one stays too long');
-- A bigint may hold what an integer cannot, which would stop every reader.
CREATE TABLE wh_bind.wide (person_id bigint, deprivation_decile bigint);
SELECT pg_temp.refuses($$SELECT caregroup.bind('hub_t', 'person', 'SELECT * FROM wh_bind.wide')$$, '42804', 'a bigint does not serve an integer');

-- ---------------------------------------------------------------------
-- Moments: the hub's zone and not the session's
-- ---------------------------------------------------------------------
SELECT caregroup.bind('hub_t', 'referral', 'SELECT * FROM wh_bind.referral') \g /dev/null
SET LOCAL TimeZone = 'Pacific/Auckland';
SELECT is((SELECT received_at FROM hub_t.referral), timestamptz '2024-06-30 23:30Z', 'a timestamp is the hub''s local time, whoever reads');
SELECT caregroup.bind('hub_t', 'referral', 'SELECT referral_id, person_id, received_at::date AS received_at FROM wh_bind.referral') \g /dev/null
SELECT is((SELECT received_at FROM hub_t.referral), timestamptz '2024-06-30 23:00Z', 'a date is its first moment in the hub''s zone, whoever binds');
SELECT caregroup.configure_hub('hub_t', 'time_zone', 'Asia/Tokyo') \g /dev/null
SELECT is((SELECT received_at FROM hub_t.referral), timestamptz '2024-06-30 23:00Z', 'another zone does not touch what is bound');
SELECT caregroup.bind('hub_t', 'referral', 'SELECT * FROM wh_bind.referral') \g /dev/null
SELECT is((SELECT received_at FROM hub_t.referral), timestamptz '2024-06-30 15:30Z', 'until it is bound again');
SELECT caregroup.configure_hub('hub_t', 'time_zone', 'Europe/London') \g /dev/null
RESET TimeZone;

SELECT * FROM finish();
ROLLBACK;
