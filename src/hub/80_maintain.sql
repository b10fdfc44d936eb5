-- What a DBA does with a hub: settings, grants, suspending, repairing,
-- upgrading, taking away.

CREATE FUNCTION check_setting(setting text, value text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    accepts text;
BEGIN
    SELECT s.accepts INTO accepts FROM caregroup.hub_setting AS s WHERE s.name = check_setting.setting;
    IF accepts <> 'moment' AND (value IS NULL OR value = '') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('setting %s cannot be empty', setting);
    END IF;
    IF accepts = 'zone' THEN
        PERFORM now() AT TIME ZONE value;
    ELSIF accepts = 'hierarchy' THEN
        PERFORM caregroup.require_choice('hierarchy', value,
            (SELECT c.allowed FROM caregroup.contract_column AS c
             WHERE c.entity = 'organisation_link' AND c.column_name = 'hierarchy'));
    ELSIF accepts = 'moment' AND NOT isfinite(value::timestamptz) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('setting %s must be a finite moment', setting);
    ELSIF accepts = 'memory' AND pg_size_bytes(value) NOT BETWEEN 65536 AND 2147482624 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('setting %s must be from 64 kB to 2 GB', setting);
    ELSIF accepts = 'number' AND NOT (value::numeric > 0 AND value::numeric < 1e9) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('setting %s must be above 0 and below 1,000,000,000', setting);
    END IF;
END
$$;

COMMENT ON FUNCTION check_setting(text, text) IS
'Does nothing if the value suits the setting of a hub; an error (invalid_parameter_value, invalid_text_representation, invalid_datetime_format) if not.';

CREATE FUNCTION unambiguous_moment(moment timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN pg_catalog.to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

COMMENT ON FUNCTION unambiguous_moment(timestamptz) IS
'The moment as text that means the same in every session, whatever its TimeZone and DateStyle. NULL gives NULL.';

CREATE FUNCTION unambiguous_moment(moment text, time_zone text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST @trivial@
RETURN caregroup.unambiguous_moment(
    CASE WHEN moment ~ '^\s*\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?\s*$' THEN moment::timestamp AT TIME ZONE time_zone
         ELSE moment::timestamptz END);

COMMENT ON FUNCTION unambiguous_moment(text, text) IS
'A moment as typed, in the given time zone where it names none, as text that means the same in every session. NULL gives NULL.';

CREATE FUNCTION configure_hub(hub text, setting text, value text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM caregroup.require_hub(hub);
    PERFORM caregroup.require_choice('setting', setting,
        (SELECT array_agg(s.name ORDER BY s.ordinal) FROM caregroup.hub_setting AS s WHERE s.accepts <> 'fixed'));
    PERFORM caregroup.check_setting(setting, value);
    IF setting = 'as_at' THEN
        value := caregroup.unambiguous_moment(value, caregroup.get_hub_setting(hub, 'time_zone'));
    END IF;
    EXECUTE format('UPDATE %I.setting AS s SET value = $2 WHERE s.name = $1', hub) USING setting, value;
    RETURN format('%I: %s is %s', hub, setting, coalesce(value, 'not set'));
END
$$;

COMMENT ON FUNCTION configure_hub(text, text, text) IS
'Changes one of a hub''s settings after checking the value; hub.setting lists them with their meaning. A moment without a zone is one of the hub''s time zone. Errors: invalid_schema_name, invalid_parameter_value.';

CREATE FUNCTION suspend_hub(hub text) RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    suspended text;
    done      integer := 0;
BEGIN
    PERFORM caregroup.require_hub(hub);
    FOR suspended IN EXECUTE format('UPDATE %I.binding AS b SET suspended = true WHERE NOT b.suspended RETURNING b.entity', hub) LOOP
        PERFORM caregroup.make_input_view(hub, suspended);
        done := done + 1;
    END LOOP;
    RETURN done;
END
$$;

COMMENT ON FUNCTION suspend_hub(text) IS
'Empties every input view, so that the tables under them can be altered or dropped; the bindings are remembered for resume_hub(). Returns how many inputs were suspended.';

CREATE FUNCTION resume_hub(hub text) RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    resumed record;
    done    integer := 0;
BEGIN
    PERFORM caregroup.require_hub(hub);
    FOR resumed IN EXECUTE format('SELECT b.entity, b.query, b.security, b.search_path FROM %I.binding AS b WHERE b.suspended ORDER BY b.entity', hub) LOOP
        BEGIN
            PERFORM caregroup.bind_on(hub, resumed.entity, resumed.query, resumed.security, resumed.search_path);
        EXCEPTION WHEN OTHERS THEN
            RAISE EXCEPTION USING ERRCODE = SQLSTATE,
                MESSAGE = format('entity %I cannot be bound again: %s', resumed.entity, SQLERRM),
                HINT = 'Mend its source, or call unbind() for it and resume again.';
        END;
        done := done + 1;
    END LOOP;
    RETURN done;
END
$$;

COMMENT ON FUNCTION resume_hub(text) IS
'Binds again what suspend_hub() suspended, each query on the search path on which it was bound. Returns how many. An input that cannot be bound any more is an error that names it, and nothing is changed.';

CREATE FUNCTION needs_binding(hub text, entity text) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST @statement@
RETURN NOT EXISTS (SELECT FROM caregroup.relations_under(pg_catalog.format('%I.%I', hub, entity)::pg_catalog.regclass))
    OR EXISTS (SELECT FROM caregroup.contract_column AS c
               WHERE c.entity = needs_binding.entity
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
                                   WHERE a.attrelid = pg_catalog.format('%I.%I', hub, needs_binding.entity)::pg_catalog.regclass
                                       AND a.attname = c.column_name AND NOT a.attisdropped));

COMMENT ON FUNCTION needs_binding(text, text) IS
'Whether the input view of a bound entity is empty or lacks a column of the contract; one that does neither is left alone, so that nobody who reads is locked out. NULL gives NULL.';

CREATE FUNCTION repair_hub(hub text, OUT object text, OUT state text, OUT problem text)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@ ROWS 60
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    broken record;
    role   record;
BEGIN
    PERFORM caregroup.require_hub(hub);
    PERFORM caregroup.build_hub_inputs(hub);
    FOR broken IN EXECUTE format('SELECT b.entity, b.query, b.security, b.search_path FROM %I.binding AS b WHERE NOT b.suspended ORDER BY b.entity', hub) LOOP
        object := broken.entity;
        problem := NULL;
        BEGIN
            IF caregroup.needs_binding(hub, broken.entity) THEN
                PERFORM caregroup.bind_on(hub, broken.entity, broken.query, broken.security, broken.search_path);
            END IF;
            PERFORM caregroup.describe_input_view(hub, broken.entity);
            state := 'bound';
        EXCEPTION WHEN OTHERS THEN
            PERFORM caregroup.make_input_view(hub, broken.entity);
            PERFORM caregroup.describe_input_view(hub, broken.entity);
            state := 'empty';
            problem := SQLERRM;
        END;
        RETURN NEXT;
    END LOOP;
    PERFORM caregroup.build_hub_views(hub);
    FOR role IN EXECUTE format('SELECT g.role_name, g.template FROM %I.granted AS g ORDER BY g.role_name', hub) LOOP
        object := role.role_name;
        problem := NULL;
        IF to_regrole(quote_ident(role.role_name)) IS NULL THEN
            state := 'not granted';
            problem := 'the role does not exist';
        ELSE
            PERFORM caregroup.apply_grant(hub, role.role_name, role.template);
            state := 'granted as ' || role.template;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;

COMMENT ON FUNCTION repair_hub(text) IS
'Makes again whatever a DROP … CASCADE took away from a hub: tables, input views from the kept bindings, reports, comments and grants. One row for each binding and grant; an input that cannot be bound any more is left empty, with the problem named.';

CREATE FUNCTION apply_grant(hub text, role text, template text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reports text;
    inputs  text;
    states  text;
    results text;
    records text;
BEGIN
    -- A loader who becomes a reader keeps nothing of the old template.
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', hub, role);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', hub, role);
    IF template = 'public' THEN
        SELECT string_agg(format('%I.%I', hub, v.view_name), ', ') INTO reports FROM caregroup.hub_view AS v WHERE v.kind = 'published';
        EXECUTE format('GRANT SELECT ON %s TO %I', reports, role);
        RETURN;
    END IF;
    SELECT string_agg(format('%I.%I', hub, v.view_name), ', ') FILTER (WHERE v.kind <> 'plumbing' OR template = 'loader')
    INTO reports FROM caregroup.hub_view AS v;
    SELECT string_agg(format('%I.%I', hub, e.entity), ', ') INTO inputs FROM caregroup.contract_entity AS e;
    SELECT string_agg(format('%I.%I', hub, t.table_name), ', ') FILTER (WHERE t.kind = 'state'),
        string_agg(format('%I.%I', hub, t.table_name), ', ') FILTER (WHERE t.kind IN ('result', 'history')),
        string_agg(format('%I.%I', hub, t.table_name), ', ') FILTER (WHERE t.kind = 'record')
    INTO states, results, records FROM caregroup.hub_table AS t;

    EXECUTE format('GRANT SELECT ON %s TO %I', reports, role);
    -- The Monday page reads the results, as whoever asks for it.
    EXECUTE format('GRANT SELECT ON %s TO %I', results, role);
    EXECUTE format('GRANT SELECT ON %1$I.setting, %1$I.recalculation, %1$I.recalculation_step, %1$I.result_state, %1$I.check_result TO %2$I', hub, role);
    IF template = 'loader' THEN
        EXECUTE format('GRANT SELECT ON %s TO %I', inputs, role);
        EXECUTE format('GRANT SELECT ON %s TO %I', states, role);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s, %s TO %I', results, records, role);
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %1$I.recalculation, %1$I.recalculation_step, %1$I.result_state, %1$I.check_result TO %2$I', hub, role);
    END IF;
END
$$;

COMMENT ON FUNCTION apply_grant(text, text, text) IS
'Grants what a template names, without remembering it. For the hub''s own functions.';

CREATE FUNCTION give_hub(hub text, role text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owned record;
BEGIN
    EXECUTE format('ALTER SCHEMA %I OWNER TO %I', hub, role);
    FOR owned IN
        SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind, c.relname
        FROM pg_class AS c
        WHERE c.relnamespace = to_regnamespace(quote_ident(hub)) AND c.relkind IN ('r', 'v')
            AND (EXISTS (SELECT FROM caregroup.hub_table AS t WHERE t.table_name = c.relname)
                 OR EXISTS (SELECT FROM caregroup.hub_view AS v WHERE v.view_name = c.relname)
                 OR EXISTS (SELECT FROM caregroup.contract_entity AS e WHERE e.entity = c.relname))
        ORDER BY c.relname
    LOOP
        EXECUTE format('ALTER %s %I.%I OWNER TO %I', owned.kind, hub, owned.relname, role);
    END LOOP;
END
$$;

COMMENT ON FUNCTION give_hub(text, text) IS
'Makes a role the owner of a hub''s schema and of everything that the extension made in it. For grant_hub().';

CREATE FUNCTION grant_hub(hub text, role text, template text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM caregroup.require_hub(hub);
    PERFORM caregroup.require_choice('template', template, '{public,reader,loader,owner}');
    IF role IS NULL OR to_regrole(quote_ident(role)) IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = format('there is no role named %s', coalesce(quote_ident(role), 'NULL'));
    END IF;
    IF template = 'owner' THEN
        PERFORM caregroup.give_hub(hub, role);
        RETURN format('%I owns %I', role, hub);
    END IF;
    PERFORM caregroup.apply_grant(hub, role, template);
    EXECUTE format('INSERT INTO %I.granted AS g (role_name, template) VALUES ($1, $2)
                    ON CONFLICT (role_name) DO UPDATE SET template = excluded.template', hub) USING role, template;
    RETURN format('%I is a %s of %I', role, template, hub);
END
$$;

COMMENT ON FUNCTION grant_hub(text, text, text) IS
'Grants a role one of four templates: public reads only what is published, with small numbers left out; reader reads the reports, the figures behind them and the Monday page, and nothing about single people; loader also reads the inputs and may run recalculate() and check_hub(); owner becomes the owner of the hub and may bind, grant and drop. Remembered, so that repair_hub() grants again. An owner must itself be able to read what is bound.';

CREATE FUNCTION upgrade_hub(hub text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    version_now text := caregroup.caregroup_version();
    failed      text;
BEGIN
    PERFORM caregroup.require_hub(hub);
    SELECT string_agg(format('%I: %s', r.object, r.problem), '; ') INTO failed
    FROM caregroup.repair_hub(hub) AS r WHERE r.problem IS NOT NULL;
    IF failed IS NOT NULL THEN
        RAISE WARNING USING MESSAGE = format('not everything of %I could be made again', hub), DETAIL = failed || '.',
            HINT = 'Mend the causes and call caregroup.repair_hub().';
    END IF;
    EXECUTE format('INSERT INTO %I.setting (name, value, meaning, version)
                    SELECT s.name, s.initial, s.meaning, $1 FROM caregroup.hub_setting AS s ORDER BY s.ordinal
                    ON CONFLICT (name) DO UPDATE SET meaning = excluded.meaning, version = excluded.version', hub)
    USING version_now;
    RETURN format('%I is at version %s%s', hub, version_now, '; not made again: ' || failed);
END
$$;

COMMENT ON FUNCTION upgrade_hub(text) IS
'Brings a hub to the version of the installed extension: new tables, columns, settings, inputs and reports are added, reports are made anew, and bindings, results and grants stay.';

CREATE FUNCTION drop_hub(hub text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    views  text;
    tables text;
BEGIN
    PERFORM caregroup.require_hub(hub);
    SELECT string_agg(format('%I.%I', hub, c.relname), ', ') FILTER (WHERE c.relkind = 'v'),
        string_agg(format('%I.%I', hub, c.relname), ', ') FILTER (WHERE c.relkind = 'r')
    INTO views, tables
    FROM pg_class AS c
    WHERE c.relnamespace = to_regnamespace(quote_ident(hub)) AND c.relkind IN ('r', 'v')
        AND (EXISTS (SELECT FROM caregroup.hub_table AS t WHERE t.table_name = c.relname)
             OR EXISTS (SELECT FROM caregroup.hub_view AS v WHERE v.view_name = c.relname)
             OR EXISTS (SELECT FROM caregroup.contract_entity AS e WHERE e.entity = c.relname));
    IF caregroup.get_hub_setting(hub, 'schedule') IS NOT NULL THEN
        PERFORM caregroup.unschedule_recalculation(hub);
    END IF;
    -- No CASCADE: what others made on top of the hub is theirs, and
    -- PostgreSQL names it.
    IF views IS NOT NULL THEN
        EXECUTE 'DROP VIEW ' || views;
    END IF;
    EXECUTE 'DROP TABLE ' || tables;
    EXECUTE format('DROP SCHEMA %I', hub);
    RETURN hub;
END
$$;

COMMENT ON FUNCTION drop_hub(text) IS
'Takes a hub away: its input views, reports, results and settings, the schema, and the caller''s schedule of it. The bound tables are not touched. Refused (dependent_objects_still_exist) where something that the extension did not make lies in the schema or depends on it; nothing is dropped then.';
