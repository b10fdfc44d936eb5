-- What a hub is made of, as data, and create_hub(), which makes one.
--
-- A hub is an ordinary schema that belongs to the user.  Its setting table has
-- a column of the type hub_version, so that DROP EXTENSION refuses while hubs
-- exist and hubs can be found in the catalog; there is no registry.

GRANT USAGE ON SCHEMA caregroup TO PUBLIC;

CREATE DOMAIN hub_version AS text CHECK (VALUE ~ '^[0-9]+\.[0-9]+$');

COMMENT ON DOMAIN hub_version IS
'Version of caregroup that made or last upgraded a hub. A schema whose table "setting" has a column of this type is a hub.';

CREATE TABLE hub_table (
    table_name  text PRIMARY KEY,
    ordinal     integer GENERATED ALWAYS AS IDENTITY,
    kind        text NOT NULL CHECK (kind IN ('state', 'result', 'history', 'record')),
    key_columns text NOT NULL,
    description text NOT NULL,
    columns     text NOT NULL
);

COMMENT ON TABLE hub_table IS
'The tables that every hub has besides its input views: its own state, and the results that recalculate() fills.';
COMMENT ON COLUMN hub_table.table_name IS 'Name of the table.';
COMMENT ON COLUMN hub_table.ordinal IS 'Order of making.';
COMMENT ON COLUMN hub_table.kind IS 'state: written by the hub''s functions; result: figures written by recalculate() and free to be emptied; history: figures of earlier runs, which no run can work out again, so that columns which a later version adds must allow NULL; record: the same with a row for each record of a person, which readers do not see.';
COMMENT ON COLUMN hub_table.key_columns IS 'Primary key, names divided by commas.';
COMMENT ON COLUMN hub_table.description IS 'What one row is.';
COMMENT ON COLUMN hub_table.columns IS 'A line for each column: name, definition, two hyphens, comment. $record_id stands for the type of record ids.';

CREATE TABLE hub_view (
    view_name   text PRIMARY KEY,
    ordinal     integer GENERATED ALWAYS AS IDENTITY,
    kind        text NOT NULL CHECK (kind IN ('plumbing', 'shared', 'report', 'published')),
    step        text,
    description text NOT NULL,
    query       text NOT NULL,
    columns     text NOT NULL
);

COMMENT ON TABLE hub_view IS
'The views that every hub has besides its input views.';
COMMENT ON COLUMN hub_view.view_name IS 'Name of the view.';
COMMENT ON COLUMN hub_view.ordinal IS 'Order of making.';
COMMENT ON COLUMN hub_view.kind IS 'report: for analysts and dashboards, standard types only; published: the same with small numbers left out, for everybody; shared: for the hub itself and for readers; plumbing: for the hub itself.';
COMMENT ON COLUMN hub_view.step IS 'The step of recalculate() that decides how fresh a report is.';
COMMENT ON COLUMN hub_view.description IS 'What one row is.';
COMMENT ON COLUMN hub_view.query IS 'The view''s SELECT, with the hub''s schema first on the search path.';
COMMENT ON COLUMN hub_view.columns IS 'A line for each column: name, two hyphens, comment.';

CREATE TABLE hub_step (
    step        text PRIMARY KEY,
    ordinal     integer GENERATED ALWAYS AS IDENTITY,
    result      text NOT NULL REFERENCES hub_table,
    description text NOT NULL,
    query       text NOT NULL,
    stale       text,
    in_parallel boolean NOT NULL DEFAULT false
);

COMMENT ON TABLE hub_step IS
'The steps of recalculate(), each of which fills one result table from one query.';
COMMENT ON COLUMN hub_step.step IS 'Name of the step.';
COMMENT ON COLUMN hub_step.ordinal IS 'Order of running.';
COMMENT ON COLUMN hub_step.result IS 'Table whose rows the step writes.';
COMMENT ON COLUMN hub_step.description IS 'What the step works out.';
COMMENT ON COLUMN hub_step.query IS 'A SELECT of the table''s columns in order, with the hub''s schema first on the search path.';
COMMENT ON COLUMN hub_step.stale IS 'A condition on the result table''s rows: the step takes those away and adds what its query gives, which must leave out what is still there. NULL: it replaces all rows.';
COMMENT ON COLUMN hub_step.in_parallel IS 'Whether the query''s time goes into parallel-safe functions, so that it is worth running on all cores: INSERT … SELECT never is, CREATE TABLE AS is.';

CREATE TABLE hub_setting (
    name        text PRIMARY KEY,
    ordinal     integer GENERATED ALWAYS AS IDENTITY,
    initial     text,
    accepts     text NOT NULL,
    meaning     text NOT NULL
);

COMMENT ON TABLE hub_setting IS 'The settings that every hub has.';
COMMENT ON COLUMN hub_setting.name IS 'Name of the setting.';
COMMENT ON COLUMN hub_setting.ordinal IS 'Order of showing.';
COMMENT ON COLUMN hub_setting.initial IS 'Value in a new hub.';
COMMENT ON COLUMN hub_setting.accepts IS 'The kind of value: fixed, text, number, memory, moment, zone or hierarchy.';
COMMENT ON COLUMN hub_setting.meaning IS 'What the setting does.';

INSERT INTO hub_setting (name, initial, accepts, meaning) VALUES
    ('record_ids', 'bigint', 'fixed', 'Type of record ids, chosen when the hub was created.'),
    ('time_zone', 'Europe/London', 'zone', 'Time zone in which days and months are counted; takes effect on inputs when they are bound again.'),
    ('hierarchy', 'command', 'hierarchy', 'Hierarchy that reports roll up; a session may choose another with SET caregroup.hierarchy.'),
    ('calendar_id', 'england', 'text', 'Calendar of sites that name none.'),
    ('as_at', NULL, 'moment', 'Moment for which results are worked out, kept in UTC; NULL for the time of recalculation.'),
    ('schedule', NULL, 'fixed', 'Cron expression of the regular recalculation, set by schedule_recalculation().'),
    ('scheduled_at', NULL, 'fixed', 'When the schedule was set, kept in UTC.'),
    ('stale_after_hours', '26', 'number', 'Age in hours at which a result counts as stale.'),
    ('step_memory', '256MB', 'memory', 'work_mem of a step of recalculate(): what one sort or hash of it may take.'),
    ('keep_runs', '100', 'number', 'Runs of recalculate() and of check_hub() that the history keeps.');

GRANT SELECT ON contract_entity, contract_column, contract_rule, contract_cast,
    hub_table, hub_view, hub_step, hub_setting TO PUBLIC;

CREATE FUNCTION caregroup_version() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE COST @statement@
RETURN (SELECT e.extversion FROM pg_catalog.pg_extension AS e WHERE e.extname = 'caregroup');

COMMENT ON FUNCTION caregroup_version() IS
'Version of the installed extension, such as 1.0.';

CREATE FUNCTION hubs(OUT hub text, OUT owner text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE COST @statement@ ROWS 2
BEGIN ATOMIC
SELECT n.nspname::text, pg_catalog.pg_get_userbyid(n.nspowner)::text
FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE a.atttypid = 'caregroup.hub_version'::pg_catalog.regtype
    AND NOT a.attisdropped AND c.relkind = 'r' AND c.relname = 'setting'
ORDER BY n.nspname;
END;

COMMENT ON FUNCTION hubs() IS
'The hubs of this database: schema and owner. Found in the catalog by the type of a column, so a restored hub is found too.';

CREATE FUNCTION hub_columns(columns text,
                            OUT ordinal bigint, OUT column_name text,
                            OUT definition text, OUT comment text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @statement@ ROWS 15
BEGIN ATOMIC
SELECT line.ordinality, part[1], pg_catalog.btrim(part[2]), part[3]
FROM pg_catalog.regexp_split_to_table(columns, E'\\s*\\n\\s*') WITH ORDINALITY AS line (text, ordinality),
    pg_catalog.regexp_match(line.text, '^(\w+)\s*(.*?)\s*--\s+(.*)$') AS part
WHERE part IS NOT NULL;
END;

COMMENT ON FUNCTION hub_columns(text) IS
'The columns described in hub_table.columns and hub_view.columns, a line each: name, definition (empty for a view), comment. NULL gives no rows.';

CREATE FUNCTION require_hub(hub text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF hub IS NULL OR NOT EXISTS (SELECT FROM caregroup.hubs() AS h WHERE h.hub = require_hub.hub) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_schema_name',
            MESSAGE = format('there is no hub named %s', coalesce(quote_ident(hub), 'NULL')),
            DETAIL = 'The hubs here: ' || coalesce((SELECT string_agg(quote_ident(h.hub), ', ') FROM caregroup.hubs() AS h), 'none') || '.',
            HINT = 'Make one with SELECT caregroup.create_hub(''name'').';
    END IF;
END
$$;

COMMENT ON FUNCTION require_hub(text) IS
'Does nothing if the hub exists; an error (invalid_schema_name) if not. NULL is an error.';

CREATE FUNCTION require_choice(what text, value text, choices text[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF value IS NULL OR value <> ALL (choices) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('%s cannot be %s', what, coalesce(quote_literal(value), 'NULL')),
            HINT = 'Choose one of: ' || array_to_string(choices, ', ') || '.';
    END IF;
END
$$;

COMMENT ON FUNCTION require_choice(text, text, text[]) IS
'Does nothing if the value is one of the choices; an error (invalid_parameter_value) that lists them if not. NULL is an error.';

CREATE FUNCTION get_hub_setting(hub text, name text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT s.value FROM %I.setting AS s WHERE s.name = $1', hub) INTO result USING name;
    RETURN result;
END
$$;

COMMENT ON FUNCTION get_hub_setting(text, text) IS
'Value of one of a hub''s settings; NULL where it has none.';

CREATE FUNCTION describe_relation(hub text, relation text, kind text, description text, columns text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    described record;
BEGIN
    EXECUTE format('COMMENT ON %s %I.%I IS %L', kind, hub, relation, description);
    FOR described IN SELECT c.column_name, c.comment FROM caregroup.hub_columns(columns) AS c LOOP
        EXECUTE format('COMMENT ON COLUMN %I.%I.%I IS %L', hub, relation, described.column_name, described.comment);
    END LOOP;
END
$$;

COMMENT ON FUNCTION describe_relation(text, text, text, text, text) IS
'Writes the comments of one of a hub''s tables or views and of its columns. For the hub''s own functions.';

CREATE FUNCTION keep_owner(hub text, relation text, kind text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owner oid := (SELECT n.nspowner FROM pg_namespace AS n WHERE n.nspname = hub);
BEGIN
    IF owner <> (SELECT c.relowner FROM pg_class AS c WHERE c.oid = format('%I.%I', hub, relation)::regclass) THEN
        EXECUTE format('ALTER %s %I.%I OWNER TO %I', kind, hub, relation, pg_get_userbyid(owner));
    END IF;
END
$$;

COMMENT ON FUNCTION keep_owner(text, text, text) IS
'Gives what was just made in a hub to the hub''s owner, where a superuser made it. For the hub''s own functions.';

CREATE FUNCTION build_hub_table(hub text, table_name text, record_ids text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    made     caregroup.hub_table;
    existing regclass := to_regclass(format('%I.%I', hub, table_name));
    defined  text;
BEGIN
    SELECT t.* INTO STRICT made FROM caregroup.hub_table AS t WHERE t.table_name = build_hub_table.table_name;
    made.columns := replace(made.columns, '$record_id', record_ids);
    IF existing IS NULL THEN
        SELECT string_agg(format('%I %s', c.column_name, c.definition), ', ' ORDER BY c.ordinal)
        INTO defined FROM caregroup.hub_columns(made.columns) AS c;
        EXECUTE format('CREATE TABLE %I.%I (%s, PRIMARY KEY (%s))', hub, table_name, defined, made.key_columns);
        PERFORM caregroup.keep_owner(hub, table_name, 'TABLE');
    ELSE
        -- An older hub gains the columns that it does not have yet.
        SELECT string_agg(format('ADD COLUMN %I %s', c.column_name, c.definition), ', ' ORDER BY c.ordinal)
        INTO defined
        FROM caregroup.hub_columns(made.columns) AS c
        WHERE NOT EXISTS (SELECT FROM pg_attribute AS a
                          WHERE a.attrelid = existing AND a.attname = c.column_name AND NOT a.attisdropped);
        IF defined IS NOT NULL THEN
            IF made.kind IN ('result', 'record') THEN
                -- Rows without the new columns are of no use; the next run fills them.
                EXECUTE format('DELETE FROM %I.%I', hub, table_name);
            END IF;
            EXECUTE format('ALTER TABLE %I.%I %s', hub, table_name, defined);
        END IF;
    END IF;
    PERFORM caregroup.describe_relation(hub, table_name, 'TABLE', made.description, made.columns);
END
$$;

COMMENT ON FUNCTION build_hub_table(text, text, text) IS
'Makes one of a hub''s tables, or adds the columns that it lacks. For the hub''s own functions.';

CREATE FUNCTION build_hub_view(hub text, view_name text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    made       caregroup.hub_view;
    made_from  text;
    is_current boolean;
BEGIN
    SELECT v.* INTO STRICT made FROM caregroup.hub_view AS v WHERE v.view_name = build_hub_view.view_name;
    -- A view that is as it should be is left alone: replacing it would lock
    -- out, and deadlock with, whoever reads the reports.
    made_from := md5(made.query || made.description || made.columns
                     || (SELECT string_agg(c.entity || '.' || c.column_name, ',' ORDER BY c.ordinal) FROM caregroup.contract_column AS c));
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.view_made AS v WHERE v.view_name = $1 AND v.made_from = $2)', hub)
    INTO is_current USING view_name, made_from;
    IF is_current AND to_regclass(format('%I.%I', hub, view_name)) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('search_path', format('%I, pg_catalog, caregroup, pg_temp', hub), true);
    BEGIN
        EXECUTE format('CREATE OR REPLACE VIEW %I.%I AS %s', hub, view_name, made.query);
    EXCEPTION
        WHEN invalid_table_definition THEN
            -- A newer version changed the columns: what depends on the view is
            -- the user's, and PostgreSQL names it when it refuses.
            EXECUTE format('DROP VIEW %I.%I', hub, view_name);
            EXECUTE format('CREATE VIEW %I.%I AS %s', hub, view_name, made.query);
    END;
    PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
    PERFORM caregroup.keep_owner(hub, view_name, 'VIEW');
    PERFORM caregroup.describe_relation(hub, view_name, 'VIEW', made.description, made.columns);
    EXECUTE format('INSERT INTO %I.view_made AS v (view_name, made_from) VALUES ($1, $2)
                    ON CONFLICT (view_name) DO UPDATE SET made_from = excluded.made_from', hub) USING view_name, made_from;
END
$$;

COMMENT ON FUNCTION build_hub_view(text, text) IS
'Makes one of a hub''s views, or makes it anew if it is not as this version has it, in place where its columns allow it. For the hub''s own functions.';

CREATE FUNCTION build_hub_inputs(hub text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    record_ids text := caregroup.get_hub_setting(hub, 'record_ids');
    bound      text[];
    made       text;
BEGIN
    FOR made IN SELECT t.table_name FROM caregroup.hub_table AS t ORDER BY t.ordinal LOOP
        PERFORM caregroup.build_hub_table(hub, made, record_ids);
    END LOOP;
    EXECUTE format('SELECT array_agg(b.entity) FROM %I.binding AS b WHERE NOT b.suspended', hub) INTO bound;
    FOR made IN SELECT e.entity FROM caregroup.contract_entity AS e ORDER BY e.ordinal LOOP
        IF to_regclass(format('%I.%I', hub, made)) IS NULL OR made = ANY (bound) IS NOT TRUE THEN
            PERFORM caregroup.make_input_view(hub, made);
            PERFORM caregroup.describe_input_view(hub, made);
        END IF;
    END LOOP;
END
$$;

COMMENT ON FUNCTION build_hub_inputs(text) IS
'Makes whatever tables and columns a hub lacks, and empty input views where nothing is bound. For the hub''s own functions.';

CREATE FUNCTION build_hub_views(hub text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    made text;
BEGIN
    FOR made IN SELECT v.view_name FROM caregroup.hub_view AS v ORDER BY v.ordinal LOOP
        PERFORM caregroup.build_hub_view(hub, made);
    END LOOP;
END
$$;

COMMENT ON FUNCTION build_hub_views(text) IS
'Makes a hub''s reports and other views over its inputs, those that are missing or not as this version has them. For the hub''s own functions.';

CREATE FUNCTION create_hub(name text, record_ids text DEFAULT 'bigint',
                           time_zone text DEFAULT 'Europe/London',
                           hierarchy text DEFAULT 'command',
                           calendar_id text DEFAULT 'england') RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    version text := caregroup.caregroup_version();
BEGIN
    IF name IS NULL OR name = '' OR octet_length(name) > 63 OR name LIKE 'pg\_%' OR name IN ('caregroup', '$user') THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_name',
            MESSAGE = 'a hub''s name must be a schema name of 1 to 63 bytes that PostgreSQL or the extension does not use itself',
            HINT = 'For example: SELECT caregroup.create_hub(''hub'').';
    END IF;
    PERFORM caregroup.require_choice('record_ids', record_ids, '{bigint,text,uuid}');
    PERFORM caregroup.check_setting('hierarchy', hierarchy);
    PERFORM caregroup.check_setting('time_zone', time_zone);
    PERFORM caregroup.check_setting('calendar_id', calendar_id);
    IF to_regnamespace(quote_ident(name)) IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'duplicate_schema',
            MESSAGE = format('schema %I already exists', name),
            DETAIL = CASE WHEN EXISTS (SELECT FROM caregroup.hubs() AS h WHERE h.hub = name) THEN 'It is a hub.' ELSE 'It is not a hub.' END,
            HINT = 'Choose another name, or take the hub away first with SELECT caregroup.drop_hub(…).';
    END IF;

    EXECUTE format('CREATE SCHEMA %I', name);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', name,
        'A care group''s hub: inputs to bind, results and reports. Made by caregroup.create_hub().');
    PERFORM caregroup.build_hub_table(name, 'setting', record_ids);
    EXECUTE format('INSERT INTO %I.setting (name, value, meaning, version)
                    SELECT s.name, coalesce($1 ->> s.name, s.initial), s.meaning, $2
                    FROM caregroup.hub_setting AS s ORDER BY s.ordinal', name)
    USING jsonb_build_object('record_ids', record_ids, 'time_zone', time_zone,
                             'hierarchy', hierarchy, 'calendar_id', calendar_id), version;
    PERFORM caregroup.build_hub_inputs(name);
    PERFORM caregroup.build_hub_views(name);
    RETURN name;
END
$$;

COMMENT ON FUNCTION create_hub(text, text, text, text, text) IS
'Makes a hub: a schema of empty input views, settings, result tables and report views that belongs to the caller. record_ids is bigint, text or uuid, the type of the warehouse''s keys. Returns the name. Errors: invalid_name, duplicate_schema, invalid_parameter_value; nothing is left behind then.';
