-- Pointing a hub's input views at the user's own tables.
--
-- There is one view for each entity and no view inside it.  Binding replaces
-- the view in place, so that reports, grants and comments survive.

CREATE FUNCTION contract_type_name(type text, record_ids text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN (SELECT CASE WHEN t.name IN ('text', 'uuid', 'date', 'timestamptz') THEN 'pg_catalog.' || t.name ELSE t.name END
        FROM (SELECT CASE type WHEN 'record_id' THEN record_ids WHEN 'nhs_number' THEN 'text' ELSE type END) AS t (name));

COMMENT ON FUNCTION contract_type_name(text, text) IS
'The SQL type of an input view''s column, from the contract''s type and the hub''s type of record ids, so that it means the same on any search path. NULL gives NULL.';

CREATE FUNCTION source_type_name(type regtype) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST @statement@
RETURN CASE WHEN (SELECT t.typtype FROM pg_catalog.pg_type AS t WHERE t.oid = type) = 'e' THEN 'enum'
            WHEN type = 'caregroup.nhs_number'::regtype THEN 'caregroup.nhs_number'
            ELSE pg_catalog.format_type(type, NULL) END;

COMMENT ON FUNCTION source_type_name(regtype) IS
'The name by which contract_cast knows a column''s type. NULL gives NULL.';

CREATE FUNCTION match_columns(entity text, record_ids text, query text, search_path text,
                              OUT ordinal integer, OUT column_name text,
                              OUT source_type text, OUT expression text,
                              OUT breaks_index boolean, OUT origin_table text,
                              OUT origin_column text, OUT problem text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST @statement@ ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_columns jsonb;
BEGIN
    -- The user's names mean what they mean on the user's search path; only
    -- this one statement runs on it.
    PERFORM set_config('search_path', match_columns.search_path, true);
    SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
               'name', c.column_name, 'type', c.column_type::pg_catalog.oid,
               'table', c.origin_table::pg_catalog.oid, 'column', c.origin_column))
    INTO found_columns
    FROM caregroup.query_columns(query) AS c;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);

    RETURN QUERY
    SELECT wanted.ordinal, coalesce(wanted.column_name, got.name),
        got.source_type, usable.expression, usable.breaks_index,
        (SELECT format('%I.%I', n.nspname, c.relname)
         FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.oid = got.origin_table),
        got.origin_column,
        CASE WHEN got.times > 1 THEN
                 format('column %I comes %s times', got.name, got.times)
             WHEN wanted.required AND got.name IS NULL THEN
                 format('column %I is missing', wanted.column_name)
             WHEN wanted.column_name IS NOT NULL AND got.name IS NOT NULL AND usable.expression IS NULL THEN
                 format('column %I has type %s and must be %s', got.name, got.source_type,
                        (SELECT string_agg(a.source_type, ', ' ORDER BY a.source_type)
                         FROM caregroup.contract_cast AS a
                         WHERE a.type = wanted.cast_type))
        END
    FROM (SELECT c.*, CASE c.type WHEN 'record_id' THEN 'record_id:' || record_ids ELSE c.type END AS cast_type
          FROM caregroup.contract_column AS c
          WHERE c.entity = match_columns.entity) AS wanted
        FULL JOIN
         (SELECT item ->> 'name' AS name,
              min(caregroup.source_type_name((item ->> 'type')::oid::regtype)) AS source_type,
              min((item ->> 'table')::oid) AS origin_table,
              min(item ->> 'column') AS origin_column,
              count(*) AS times
          FROM jsonb_array_elements(found_columns) AS item
          GROUP BY item ->> 'name') AS got ON got.name = wanted.column_name
        LEFT JOIN caregroup.contract_cast AS usable
            ON usable.type = wanted.cast_type AND usable.source_type = got.source_type
    ORDER BY wanted.ordinal NULLS LAST, got.name;
END
$$;

COMMENT ON FUNCTION match_columns(text, text, text, text) IS
'How a query''s columns serve an entity of the contract: for each column the conversion, or the problem; columns that the contract does not know come last with no ordinal. The query is read on the given search path and not run.';

CREATE FUNCTION refuse_mismatch(entity text, problems text[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF problems IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = CASE WHEN problems[1] LIKE '% has type %' THEN 'datatype_mismatch'
                           WHEN problems[1] LIKE '% times' THEN 'duplicate_column'
                           ELSE 'undefined_column' END,
            MESSAGE = format('the query does not serve the entity %s: %s', quote_ident(entity), problems[1]),
            DETAIL = array_to_string(problems, '; ') || '.',
            HINT = format('SELECT column_name, type, required, description FROM caregroup.contract_column WHERE entity = %L ORDER BY ordinal lists the columns; rename or cast in the query.', entity);
    END IF;
END
$$;

COMMENT ON FUNCTION refuse_mismatch(text, text[]) IS
'Raises the error of a query that does not serve an entity; NULL problems do nothing.';

CREATE FUNCTION make_input_view(hub text, entity text, query text DEFAULT NULL,
                                expressions jsonb DEFAULT NULL,
                                security text DEFAULT 'owner',
                                search_path text DEFAULT '') RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    record_ids text := caregroup.get_hub_setting(hub, 'record_ids');
    zone       text := quote_literal(caregroup.get_hub_setting(hub, 'time_zone'));
    columns    text;
    definition text;
BEGIN
    SELECT string_agg(
               coalesce(replace(replace(expressions ->> c.column_name, '$column', 'q.' || quote_ident(c.column_name)), '$zone', zone),
                        'NULL::' || caregroup.contract_type_name(c.type, record_ids))
               || ' AS ' || quote_ident(c.column_name), ', ' ORDER BY c.ordinal)
    INTO columns
    FROM caregroup.contract_column AS c
    WHERE c.entity = make_input_view.entity;

    definition := format('CREATE OR REPLACE VIEW %I.%I %s AS SELECT %s %s',
        hub, entity,
        CASE WHEN security = 'invoker' THEN 'WITH (security_invoker = true)' END,
        columns,
        CASE WHEN query IS NULL THEN 'WHERE false' ELSE format(E'FROM (\n%s\n) AS q', query) END);
    PERFORM set_config('search_path', make_input_view.search_path, true);
    EXECUTE definition;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);

    PERFORM caregroup.keep_owner(hub, entity, 'VIEW');
END
$$;

COMMENT ON FUNCTION make_input_view(text, text, text, jsonb, text, text) IS
'Makes or replaces one input view; without a query, an empty one. For the hub''s own functions.';

CREATE FUNCTION describe_input_view(hub text, entity text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    described caregroup.contract_entity;
BEGIN
    SELECT e.* INTO STRICT described FROM caregroup.contract_entity AS e WHERE e.entity = describe_input_view.entity;
    PERFORM caregroup.describe_relation(hub, entity, 'VIEW', described.description,
        (SELECT string_agg(format('%s -- %s%s%s', c.column_name, c.description,
                                  ' Unit: ' || c.unit || '.',
                                  ' One of: ' || array_to_string(c.allowed, ', ') || '.'), E'\n' ORDER BY c.ordinal)
         FROM caregroup.contract_column AS c
         WHERE c.entity = describe_input_view.entity));
END
$$;

COMMENT ON FUNCTION describe_input_view(text, text) IS
'Writes the comments of one input view from the contract; replacing the view keeps them. For the hub''s own functions.';

CREATE FUNCTION relations_under(input_view regclass,
                                OUT relation regclass, OUT schema_name text,
                                OUT relation_name text, OUT reader oid)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST @statement@ ROWS 5
BEGIN ATOMIC
WITH RECURSIVE used (relation, reader) AS (
    SELECT c.oid, c.relowner FROM pg_catalog.pg_class AS c WHERE c.oid = input_view
    UNION
    -- A view reads with its owner's rights, or with those of who reads it.
    SELECT c.oid, CASE WHEN c.relkind = 'v' AND NOT EXISTS (
                           SELECT FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
                           WHERE o.option_name = 'security_invoker' AND o.option_value::boolean)
                       THEN c.relowner ELSE used.reader END
    FROM used
        JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = used.relation
        JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
            AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> used.relation
        JOIN pg_catalog.pg_class AS c ON c.oid = d.refobjid
)
SELECT used.relation::pg_catalog.regclass, n.nspname::text, c.relname::text, used.reader
FROM used
    JOIN pg_catalog.pg_class AS c ON c.oid = used.relation
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid <> input_view;
END;

COMMENT ON FUNCTION relations_under(regclass) IS
'The tables and views that a view reads, at any depth, each with the role whose rights are asked for it. NULL gives no rows.';

CREATE FUNCTION own_results(hub text, entity text) RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST @statement@
RETURN (SELECT pg_catalog.array_agg(pg_catalog.format('%I.%I', r.schema_name, r.relation_name) ORDER BY r.relation_name)
        FROM caregroup.relations_under(pg_catalog.format('%I.%I', hub, entity)::pg_catalog.regclass) AS r
            JOIN caregroup.hub_table AS t ON t.table_name = r.relation_name
        WHERE r.schema_name = hub);

COMMENT ON FUNCTION own_results(text, text) IS
'The tables of the hub itself that an input view reads; NULL where there is none. NULL gives NULL.';

CREATE FUNCTION row_secured_sources(input_view regclass) RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST @statement@
RETURN (SELECT pg_catalog.array_agg(DISTINCT pg_catalog.format('%I.%I', r.schema_name, r.relation_name))
        FROM caregroup.relations_under(input_view) AS r
            JOIN pg_catalog.pg_class AS c ON c.oid = r.relation
            JOIN pg_catalog.pg_roles AS reader ON reader.oid = r.reader
        WHERE c.relrowsecurity
            AND (reader.rolsuper OR reader.rolbypassrls
                 OR (pg_catalog.pg_has_role(reader.oid, c.relowner, 'USAGE') AND NOT c.relforcerowsecurity)));

COMMENT ON FUNCTION row_secured_sources(regclass) IS
'The tables under a view whose row-level security does not apply to the role with whose rights they are read; NULL where there is none.';

CREATE FUNCTION bind_on(hub text, entity text, query text, security text, search_path text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    statement   text;
    matched     jsonb;
    expressions jsonb;
    problems    text[];
    extra       text;
    missing     text;
    own         text[];
    secured     text[];
    bound       integer;
BEGIN
    PERFORM caregroup.require_hub(hub);
    PERFORM caregroup.require_choice('entity', entity,
        (SELECT array_agg(e.entity ORDER BY e.ordinal) FROM caregroup.contract_entity AS e));
    PERFORM caregroup.require_choice('security', security, '{owner,invoker}');
    IF query IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'the query to bind is NULL',
            HINT = 'To take a binding away call unbind().';
    END IF;
    IF security = 'invoker' AND current_setting('server_version_num')::integer < 150000 THEN
        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',
            MESSAGE = 'security => ''invoker'' needs PostgreSQL 15 or later';
    END IF;

    SELECT jsonb_agg(to_jsonb(m)) INTO matched
    FROM caregroup.match_columns(entity, caregroup.get_hub_setting(hub, 'record_ids'), query, search_path) AS m;
    SELECT array_agg(item ->> 'problem') FILTER (WHERE item ->> 'problem' IS NOT NULL),
        string_agg(quote_ident(item ->> 'column_name'), ', ') FILTER (WHERE item ->> 'ordinal' IS NULL),
        string_agg(quote_ident(item ->> 'column_name'), ', ') FILTER (WHERE item ->> 'source_type' IS NULL),
        jsonb_object_agg(item ->> 'column_name', item -> 'expression') FILTER (WHERE item ->> 'expression' IS NOT NULL),
        count(*) FILTER (WHERE item ->> 'expression' IS NOT NULL)
    INTO problems, extra, missing, expressions, bound
    FROM jsonb_array_elements(matched) AS item;
    PERFORM caregroup.refuse_mismatch(entity, problems);
    PERFORM caregroup.refuse_mismatch(entity,
        (SELECT array_agg(format('one of the columns %s is needed', replace(choice, '|', ', ')))
         FROM caregroup.contract_entity AS e, unnest(e.one_of) AS choice
         WHERE e.entity = bind_on.entity
             AND NOT coalesce(expressions, '{}') ?| string_to_array(choice, '|')));

    PERFORM set_config('search_path', bind_on.search_path, true);
    statement := caregroup.query_text(query);
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    PERFORM caregroup.make_input_view(hub, entity, statement, expressions, security, search_path);
    -- Reading no row still checks that the view's owner may read its sources.
    EXECUTE format('SELECT FROM %I.%I LIMIT 0', hub, entity);
    own := caregroup.own_results(hub, entity);
    IF own IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_object_definition',
            MESSAGE = format('the query for %I reads the hub''s own tables', entity),
            DETAIL = 'It depends on ' || array_to_string(own, ', ') || ', which recalculate() empties and fills from the inputs.',
            HINT = 'Bind tables of the warehouse.';
    END IF;
    secured := caregroup.row_secured_sources(format('%I.%I', hub, entity)::regclass);
    IF secured IS NOT NULL AND security = 'owner' THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
            MESSAGE = format('row-level security of %s would not apply to the entity %s', secured[1], quote_ident(entity)),
            DETAIL = 'The input view reads with its owner''s rights, and the owner is exempt from the policies of: ' || array_to_string(secured, ', ') || '.',
            HINT = 'Bind with security => ''invoker'', so that everyone sees their own rows, or as a role to which the policies apply.';
    END IF;

    EXECUTE format('INSERT INTO %I.binding AS b (entity, query, search_path, security, bound_by, bound_at, suspended)
                    VALUES ($1, $2, $3, $4, current_user, now(), false)
                    ON CONFLICT (entity) DO UPDATE SET query = excluded.query, search_path = excluded.search_path,
                        security = excluded.security, bound_by = excluded.bound_by, bound_at = excluded.bound_at,
                        suspended = false', hub)
    USING entity, statement, search_path, security;
    EXECUTE format('DELETE FROM %I.binding_column AS b WHERE b.entity = $1', hub) USING entity;
    EXECUTE format('INSERT INTO %I.binding_column (entity, column_name, source_type, origin_table, origin_column, breaks_index)
                    SELECT $1, m.column_name, m.source_type, m.origin_table, m.origin_column, m.breaks_index
                    FROM jsonb_to_recordset($2) AS m (ordinal integer, column_name text, source_type text,
                        expression text, origin_table text, origin_column text, breaks_index boolean)
                    WHERE m.expression IS NOT NULL', hub)
    USING entity, matched;

    IF extra IS NOT NULL THEN
        RAISE NOTICE USING MESSAGE = format('%s: columns that the contract does not know are ignored', quote_ident(entity)),
            DETAIL = extra || '.';
    END IF;
    RETURN format('%I.%I: %s columns bound%s', hub, entity, bound, '; without ' || missing);
END
$$;

COMMENT ON FUNCTION bind_on(text, text, text, text, text) IS
'bind() with the search path on which the query''s names are looked up.';

CREATE FUNCTION current_search_path() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE COST @trivial@
RETURN (SELECT coalesce(pg_catalog.string_agg(pg_catalog.quote_ident(s.name), ', ' ORDER BY s.place), '')
        FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS s (name, place));

COMMENT ON FUNCTION current_search_path() IS
'The schemas of the caller''s search path that exist, quoted, with "$user" resolved.';

CREATE FUNCTION bind(hub text, entity text, query text, security text DEFAULT 'owner') RETURNS text
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST @statement@
RETURN caregroup.bind_on(hub, entity, query, security, caregroup.current_search_path());

COMMENT ON FUNCTION bind(text, text, text, text) IS
'Points a hub''s input view at the user''s tables: the query is one SELECT whose columns are matched by name with the contract (caregroup.contract_column), in any order; columns that are not required may be missing, others are ignored with a notice. security is owner (everyone who may read the view sees all its rows) or invoker (the sources'' own rights and row-level security apply to each reader). Replaces the view in place: reports, grants and comments stay. Returns a line that says what was bound. Errors: syntax_error and others of the query with their place in it, undefined_column, datatype_mismatch, duplicate_column, insufficient_privilege, invalid_schema_name; nothing is changed then.';

CREATE FUNCTION unbind(hub text, entity text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM caregroup.require_hub(hub);
    PERFORM caregroup.require_choice('entity', entity,
        (SELECT array_agg(e.entity ORDER BY e.ordinal) FROM caregroup.contract_entity AS e));
    PERFORM caregroup.make_input_view(hub, entity);
    EXECUTE format('DELETE FROM %I.binding AS b WHERE b.entity = $1', hub) USING entity;
    EXECUTE format('DELETE FROM %I.binding_column AS b WHERE b.entity = $1', hub) USING entity;
    RETURN format('%I.%I: empty', hub, entity);
END
$$;

COMMENT ON FUNCTION unbind(text, text) IS
'Takes a binding away: the input view becomes empty and keeps its place under the reports.';
