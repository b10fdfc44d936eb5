-- The catalog of the extension, and of a hub that it makes, keeps the rules
-- of the house (../shared/DESIGN.md, "SQL conventions").  Each rule is a row
-- of pg_temp.lint(); at the end bad objects are added to the extension to see
-- that each rule finds its own.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;

-- Rules that a function may break because of what it does, with the reason.
CREATE TEMP TABLE allowed (rule text, object text, reason text);
INSERT INTO allowed VALUES
	('rows estimated', 'check_hub(text)', 'about a thousand checks are what a hub has'),
	('parallel decided', 'query_columns(text)', 'reads inner SQL'),
	('parallel decided', 'query_text(text)', 'reads inner SQL');

CREATE VIEW pg_temp.member AS
SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS described
FROM pg_depend AS d
WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'caregroup');

CREATE VIEW pg_temp.routine AS
SELECT p.*, l.lanname, replace(p.oid::regprocedure::text, 'caregroup.', '') AS signature
FROM pg_temp.member AS m JOIN pg_proc AS p ON p.oid = m.objid AND m.classid = 'pg_proc'::regclass JOIN pg_language AS l ON l.oid = p.prolang;

-- A body without its comments and literals.
CREATE FUNCTION pg_temp.bare(body text) RETURNS text LANGUAGE sql AS $$
	SELECT lower(regexp_replace(regexp_replace(body, '--[^\n]*', '', 'g'), '''([^'']|'''')*''', '''''', 'g'))
$$;

CREATE FUNCTION pg_temp.lint() RETURNS TABLE (rule text, object text) LANGUAGE sql AS $$
WITH found (rule, object) AS (
	-- Comments.  Types of rows and arrays, and sequences of identity columns,
	-- come with what they belong to.
	SELECT 'commented', m.described
	FROM pg_temp.member AS m
	WHERE obj_description(m.objid, (SELECT c.relname FROM pg_class AS c WHERE c.oid = m.classid)) IS NULL
		AND NOT (m.classid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = t.typrelid
			WHERE t.oid = m.objid AND (t.typcategory = 'A' OR c.relkind IN ('r', 'v', 'p', 'm'))))
		AND NOT EXISTS (SELECT FROM pg_depend AS i WHERE i.classid = m.classid AND i.objid = m.objid AND i.deptype = 'i')
	UNION ALL
	SELECT 'columns commented', m.described || ' column ' || a.attname
	FROM pg_temp.member AS m
		JOIN pg_class AS c ON (m.classid = 'pg_class'::regclass AND c.oid = m.objid)
			OR (m.classid = 'pg_type'::regclass AND c.relkind = 'c' AND c.reltype = m.objid)
		JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE c.relkind IN ('r', 'v', 'p', 'm', 'c') AND col_description(c.oid, a.attnum) IS NULL
	UNION ALL
	SELECT 'readable', m.described
	FROM pg_temp.member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
	WHERE c.relkind IN ('r', 'v', 'p', 'm') AND NOT EXISTS (SELECT FROM aclexplode(c.relacl) AS g WHERE g.grantee = 0 AND g.privilege_type = 'SELECT')
	UNION ALL
	SELECT 'in the schema', m.described
	FROM pg_temp.member AS m, LATERAL pg_identify_object(m.classid, m.objid, 0) AS i
	WHERE i.schema <> 'caregroup'
	-- Functions
	UNION ALL
	SELECT 'cost by tier', r.signature FROM pg_temp.routine AS r WHERE r.procost NOT IN (1, 10, 100, 1000, 100000)
	UNION ALL
	SELECT 'body parsed', r.signature FROM pg_temp.routine AS r WHERE r.lanname = 'sql' AND r.prosqlbody IS NULL
	UNION ALL
	SELECT 'language', r.signature FROM pg_temp.routine AS r WHERE r.lanname NOT IN ('c', 'sql', 'plpgsql', 'internal')
	UNION ALL
	SELECT 'C symbol', r.signature FROM pg_temp.routine AS r WHERE r.lanname = 'c' AND r.prosrc !~ '^cg_'
	UNION ALL
	SELECT 'search_path safe', r.signature FROM pg_temp.routine AS r
	WHERE r.lanname = 'plpgsql' AND r.prokind <> 'p' AND NOT coalesce(r.proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)
	UNION ALL
	-- A procedure that commits cannot have SET: its body names every schema.
	SELECT 'body qualified', r.signature FROM pg_temp.routine AS r
	WHERE r.lanname = 'plpgsql' AND r.proconfig IS NULL
		AND (pg_temp.bare(r.prosrc) ~ '\m(from|join|update|delete from|insert into)\s+(?!lateral\M|unnest\M|[a-z_0-9]+\.)[a-z_]'
			OR EXISTS (SELECT FROM regexp_matches(pg_temp.bare(r.prosrc), '(?<![.a-z_0-9])([a-z_][a-z_0-9]*)\(', 'g') AS c
				WHERE c[1] NOT IN ('coalesce', 'nullif', 'greatest', 'least', 'exists', 'values')))
	UNION ALL
	SELECT 'parallel decided', r.signature FROM pg_temp.routine AS r
	WHERE r.lanname IN ('c', 'sql') AND r.prokind IN ('f', 'w', 'a') AND r.proparallel = 'u' AND r.provolatile <> 'v'
		-- What takes inner SQL runs it with the caller's rights through SPI.
		AND NOT EXISTS (SELECT FROM unnest(r.proargnames) AS n (name) WHERE n.name ~ '(^|_)(query|sql)$')
	UNION ALL
	SELECT 'rows estimated', r.signature FROM pg_temp.routine AS r WHERE r.proretset AND r.prorows IN (0, 1000)
	UNION ALL
	SELECT 'definer closed', r.signature FROM pg_temp.routine AS r
	WHERE r.prosecdef AND (r.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(r.proacl) AS g WHERE g.grantee = 0))
	UNION ALL
	-- Window functions are computed for a whole partition: never volatile, or
	-- (f() OVER w).* computes it once for each field.
	SELECT 'window not volatile', r.signature FROM pg_temp.routine AS r WHERE r.prokind = 'w' AND r.provolatile = 'v'
	UNION ALL
	SELECT 'volatile not parallel safe', r.signature FROM pg_temp.routine AS r
	WHERE r.provolatile = 'v' AND r.proparallel = 's' AND r.prokind = 'f'
	-- Aggregates
	UNION ALL
	SELECT 'aggregate combines', r.signature FROM pg_temp.routine AS r JOIN pg_aggregate AS a ON a.aggfnoid = r.oid
	WHERE a.aggkind = 'n' AND a.aggcombinefn::oid = 0
	UNION ALL
	SELECT 'internal state serialised', r.signature FROM pg_temp.routine AS r JOIN pg_aggregate AS a ON a.aggfnoid = r.oid
	WHERE a.aggtranstype = 'internal'::regtype AND (a.aggserialfn::oid = 0 OR a.aggdeserialfn::oid = 0)
	UNION ALL
	-- Operators: equality that can be hashed, merged and undone; an estimate.
	SELECT 'operator estimated', m.described FROM pg_temp.member AS m JOIN pg_operator AS o ON m.classid = 'pg_operator'::regclass AND o.oid = m.objid
	WHERE o.oprresult = 'boolean'::regtype AND (o.oprrest::oid = 0 OR (o.oprleft <> 0 AND o.oprjoin::oid = 0))
	UNION ALL
	SELECT 'operator commutes', m.described FROM pg_temp.member AS m JOIN pg_operator AS o ON m.classid = 'pg_operator'::regclass AND o.oid = m.objid
	WHERE o.oprname IN ('=', '<>') AND (o.oprcom = 0 OR o.oprnegate = 0)
)
SELECT f.rule, f.object FROM found AS f
WHERE NOT EXISTS (SELECT FROM allowed AS a WHERE a.rule = f.rule AND a.object = f.object)
$$;
CREATE TEMP TABLE rule (ordinal integer GENERATED ALWAYS AS IDENTITY, rule text, says text);
INSERT INTO rule (rule, says) VALUES
	('commented', 'every object has a COMMENT'), ('columns commented', 'every column and field has a COMMENT'), ('readable', 'every table of the extension can be read by everybody'),
	('in the schema', 'everything is in the schema caregroup'), ('cost by tier', 'every COST is one of the tiers'), ('body parsed', 'no SQL function has a string for a body'),
	('language', 'functions are in C, SQL or PL/pgSQL'), ('C symbol', 'every C function''s symbol begins with cg_'), ('search_path safe', 'every PL/pgSQL function sets search_path = pg_catalog, pg_temp'),
	('body qualified', 'a PL/pgSQL routine without SET qualifies every name'), ('parallel decided', 'what only computes is not PARALLEL UNSAFE'), ('rows estimated', 'every set function says its ROWS'),
	('definer closed', 'nothing SECURITY DEFINER is open to PUBLIC'), ('window not volatile', 'no window function is VOLATILE'), ('volatile not parallel safe', 'nothing VOLATILE is PARALLEL SAFE'),
	('aggregate combines', 'every aggregate has a combine function'), ('internal state serialised', 'an internal state can be serialised'),
	('operator estimated', 'every comparison has selectivity estimators'), ('operator commutes', 'equality has a commutator and a negator');

SELECT plan((SELECT count(*)::integer FROM rule) * 2 + 12);

SELECT ok((SELECT count(*) FROM pg_temp.routine) > 40, 'the lint sees the extension''s functions');
SELECT is((SELECT string_agg(l.object, chr(10) ORDER BY l.object) FROM pg_temp.lint() AS l WHERE l.rule = r.rule), NULL, r.says) FROM rule AS r ORDER BY r.ordinal;
SELECT is_empty($$SELECT rule FROM pg_temp.lint() EXCEPT SELECT rule FROM rule$$, 'no rule is forgotten here');
SELECT is_empty($$SELECT a.object FROM allowed AS a WHERE NOT EXISTS (SELECT FROM pg_temp.routine AS r WHERE r.signature = a.object)$$, 'no exception outlives its function');

-- ---------------------------------------------------------------------
-- A hub that the extension makes
-- ---------------------------------------------------------------------
SELECT caregroup.create_hub('hub_lint') \g /dev/null
CREATE VIEW pg_temp.hub_column AS
SELECT c.relname::text AS relation, c.relkind, a.attname::text AS column_name, format_type(a.atttypid, NULL) AS type, col_description(c.oid, a.attnum) AS about, c.oid
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'hub_lint'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p');
SELECT ok((SELECT count(*) FROM pg_temp.hub_column WHERE relation LIKE 'report\_%') > 80, 'the lint sees the reports');
-- What every driver knows (Npgsql, pgjdbc, psqlODBC, node-pg).
CREATE FUNCTION pg_temp.odd_types() RETURNS TABLE (relation text, column_name text, type text) LANGUAGE sql AS $$
	SELECT relation, column_name, type FROM pg_temp.hub_column WHERE relation LIKE 'report\_%'
		AND type NOT IN ('text', 'numeric', 'double precision', 'integer', 'bigint', 'date', 'timestamp with time zone', 'boolean')
$$;
SELECT is_empty('SELECT * FROM pg_temp.odd_types()', 'every column of every report has a standard type');
SELECT is_empty($$SELECT relation FROM pg_temp.hub_column GROUP BY relation, oid HAVING obj_description(oid, 'pg_class') IS NULL$$, 'every relation of a hub has a COMMENT');
SELECT is_empty($$SELECT relation, column_name FROM pg_temp.hub_column WHERE about IS NULL AND (relation LIKE 'report\_%' OR relkind = 'r' OR relation IN (SELECT entity FROM caregroup.contract_entity))$$,
	'every column of a report, an input and a table has a COMMENT');
SELECT is_empty($$SELECT c.entity, c.column_name FROM caregroup.contract_column AS c LEFT JOIN pg_temp.hub_column AS h ON h.relation = c.entity AND h.column_name = c.column_name
	WHERE h.type IS DISTINCT FROM CASE c.type WHEN 'record_id' THEN 'bigint' WHEN 'nhs_number' THEN 'text' WHEN 'timestamptz' THEN 'timestamp with time zone' ELSE c.type END$$,
	'every column of the contract is in the inputs, with its type');
-- The contract, the rules and the reports speak of columns that exist.
SELECT is_empty($$SELECT e.entity, k FROM caregroup.contract_entity AS e, unnest(e.key_columns || string_to_array(array_to_string(e.one_of, '|'), '|')) AS k
	WHERE NOT EXISTS (SELECT FROM caregroup.contract_column AS c WHERE c.entity = e.entity AND c.column_name = k)$$, 'keys and groups are of columns of their entity');
SELECT is_empty($$SELECT c.entity, c.column_name FROM caregroup.contract_column AS c JOIN caregroup.contract_entity AS t ON t.entity = c.refers_to
	JOIN caregroup.contract_column AS k ON k.entity = t.entity AND k.column_name = t.key_columns[1] WHERE array_length(t.key_columns, 1) <> 1 OR k.type <> c.type$$, 'what a column refers to has one key of its type');
-- A report is of its own columns: the view, its description and the order agree.
SELECT is_empty($$SELECT v.view_name, c.column_name FROM caregroup.hub_view AS v, caregroup.hub_columns(v.columns) AS c
	WHERE NOT EXISTS (SELECT FROM pg_temp.hub_column AS h WHERE h.relation = v.view_name AND h.column_name = c.column_name)
	UNION ALL SELECT t.table_name, c.column_name FROM caregroup.hub_table AS t, caregroup.hub_columns(t.columns) AS c
	WHERE NOT EXISTS (SELECT FROM pg_temp.hub_column AS h WHERE h.relation = t.table_name AND h.column_name = c.column_name)$$, 'every described column exists');

-- ---------------------------------------------------------------------
-- The lint itself: a bad object for each rule
-- ---------------------------------------------------------------------
CREATE SCHEMA lint_elsewhere;
CREATE FUNCTION lint_elsewhere.bad_place() RETURNS integer LANGUAGE sql RETURN 1;
CREATE TABLE caregroup.bad_table (bad_column integer);
CREATE FUNCTION caregroup.bad_cost() RETURNS integer LANGUAGE sql COST 7 RETURN 1;
CREATE FUNCTION caregroup.bad_body() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION caregroup.bad_symbol() RETURNS integer LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE FUNCTION caregroup.bad_path() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE PROCEDURE caregroup.bad_procedure() LANGUAGE plpgsql AS 'BEGIN PERFORM count(*) FROM pg_class AS c; COMMIT; END';
CREATE FUNCTION caregroup.bad_parallel() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 1;
CREATE FUNCTION caregroup.bad_rows() RETURNS SETOF integer LANGUAGE sql BEGIN ATOMIC SELECT 1; END;
CREATE FUNCTION caregroup.bad_definer() RETURNS integer LANGUAGE sql SECURITY DEFINER RETURN 1;
CREATE FUNCTION caregroup.bad_window() RETURNS bigint LANGUAGE internal WINDOW VOLATILE AS 'window_row_number';
CREATE FUNCTION caregroup.bad_volatile() RETURNS integer LANGUAGE sql VOLATILE PARALLEL SAFE RETURN 1;
CREATE LANGUAGE lint_language HANDLER plpgsql_call_handler;
CREATE FUNCTION caregroup.bad_language() RETURNS integer LANGUAGE lint_language AS 'BEGIN RETURN 1; END';
CREATE AGGREGATE caregroup.bad_sum(integer) (SFUNC = int4pl, STYPE = integer);
CREATE AGGREGATE caregroup.bad_internal(numeric) (SFUNC = numeric_accum, STYPE = internal, FINALFUNC = numeric_sum, COMBINEFUNC = numeric_combine);
CREATE OPERATOR caregroup.= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq);
CREATE TYPE caregroup.bad_result AS (bad_field integer);
CREATE TEMP TABLE found_before AS SELECT * FROM pg_temp.lint();
SELECT format('ALTER EXTENSION caregroup ADD %s %s', i.type, i.identity)
FROM (SELECT 'pg_proc'::regclass AS classid, oid AS objid FROM pg_proc WHERE proname LIKE 'bad\_%' AND pronamespace IN ('caregroup'::regnamespace, 'lint_elsewhere'::regnamespace)
      UNION ALL SELECT 'pg_class'::regclass, 'caregroup.bad_table'::regclass::oid
      UNION ALL SELECT 'pg_type'::regclass, 'caregroup.bad_result'::regtype::oid
      UNION ALL SELECT 'pg_operator'::regclass, 'caregroup.=(integer,integer)'::regoperator::oid) AS o,
	LATERAL pg_identify_object(o.classid, o.objid, 0) AS i \gexec
CREATE TEMP TABLE found_after AS SELECT * FROM pg_temp.lint() EXCEPT SELECT * FROM found_before;
SELECT matches((SELECT string_agg(f.object, chr(10)) FROM found_after AS f WHERE f.rule = r.rule), CASE WHEN r.rule LIKE 'operator%' THEN '=' ELSE 'bad_' END, 'the lint finds what breaks: ' || r.says)
FROM rule AS r ORDER BY r.ordinal;
CREATE VIEW hub_lint.report_bad AS SELECT '9434765919'::caregroup.nhs_number AS nhs_number, '{}'::jsonb AS details;
SELECT results_eq('SELECT relation, column_name FROM pg_temp.odd_types() ORDER BY column_name', $$VALUES ('report_bad'::text, 'details'::text), ('report_bad', 'nhs_number')$$, 'and a report column of a type that drivers do not know');

SELECT * FROM finish();
ROLLBACK;
