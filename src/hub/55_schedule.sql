-- Regular recalculation by pg_cron.
--
-- pg_cron is looked up when it is called for and never required: it can be
-- installed in one database of a server only (cron.database_name), and a DBA
-- may prefer crontab.  What was asked for is kept in the hub's settings, so
-- that a schedule that has silently stopped shows (view schedule_state).

CREATE FUNCTION cron_values(field text, lowest integer, highest integer) RETURNS integer[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @parse@
RETURN (
    SELECT CASE WHEN pg_catalog.bool_and(part.m IS NOT NULL AND (part.m[3] IS NULL OR part.m[3]::integer > 0)
                                         AND (part.m[1] IS NULL OR part.m[1]::integer BETWEEN lowest AND highest)
                                         AND (part.m[2] IS NULL OR part.m[2]::integer BETWEEN part.m[1]::integer AND highest)
                                         -- crontab refuses a step without a range.
                                         AND (part.m[3] IS NULL OR part.m[1] IS NULL OR part.m[2] IS NOT NULL))
                THEN ARRAY(SELECT DISTINCT v.value
                           FROM pg_catalog.regexp_split_to_table(field, ',') AS p (text),
                               pg_catalog.regexp_match(p.text, '^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?$') AS m,
                               pg_catalog.generate_series(
                                   coalesce(m[1]::integer, lowest),
                                   coalesce(m[2]::integer, m[1]::integer, highest),
                                   coalesce(m[3]::integer, 1)) AS v (value)
                           ORDER BY v.value) END
    FROM (SELECT pg_catalog.regexp_match(p.text, '^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?$') AS m
          FROM pg_catalog.regexp_split_to_table(field, ',') AS p (text)) AS part);

COMMENT ON FUNCTION cron_values(text, integer, integer) IS
'The values that one field of a cron expression names: *, 5, 1-5, */15, 0-30/10 and lists of these. NULL where the field is no such thing or a value is out of range, and for NULL. Source: crontab(5).';

CREATE FUNCTION cron_last_due(schedule text, before timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST @series@
BEGIN ATOMIC
WITH field AS MATERIALIZED (
    SELECT f.f AS text, caregroup.cron_values(f.f[1], 0, 59) AS minutes, caregroup.cron_values(f.f[2], 0, 23) AS hours,
        caregroup.cron_values(f.f[3], 1, 31) AS days, caregroup.cron_values(f.f[4], 1, 12) AS months,
        -- Sunday is 0 and 7.
        ARRAY(SELECT w % 7 FROM pg_catalog.unnest(caregroup.cron_values(f.f[5], 0, 7)) AS w) AS weekdays
    FROM (SELECT pg_catalog.regexp_split_to_array(pg_catalog.btrim(schedule), '\s+') AS f) AS f
    WHERE pg_catalog.cardinality(f.f) = 5
), day AS MATERIALIZED (
    SELECT d.day, f.minutes, f.hours
    FROM field AS f,
        pg_catalog.generate_series(0, 400) AS back (days),
        LATERAL (SELECT (before AT TIME ZONE 'UTC')::date - back.days AS day) AS d
    WHERE extract(month FROM d.day)::integer = ANY (f.months)
        -- crontab(5): where both kinds of day are restricted, either will do.
        AND CASE WHEN f.text[3] LIKE '*%' OR f.text[5] LIKE '*%'
                 THEN extract(day FROM d.day)::integer = ANY (f.days) AND extract(dow FROM d.day)::integer = ANY (f.weekdays)
                 ELSE (extract(day FROM d.day)::integer = ANY (f.days) OR extract(dow FROM d.day)::integer = ANY (f.weekdays))
                      AND f.days IS NOT NULL AND f.weekdays <> '{}' END
    ORDER BY d.day DESC LIMIT 2
)
SELECT pg_catalog.max(t.moment)
FROM day AS d, pg_catalog.unnest(d.hours) AS h (hour), pg_catalog.unnest(d.minutes) AS m (minute),
    LATERAL (SELECT (d.day + pg_catalog.make_interval(hours => h.hour, mins => m.minute)) AT TIME ZONE 'UTC' AS moment) AS t
WHERE t.moment <= before;
END;

COMMENT ON FUNCTION cron_last_due(text, timestamptz) IS
'The last moment, not after the given one, at which a cron expression of five fields is due, in UTC as pg_cron counts unless cron.timezone says otherwise. NULL where the expression is no such thing or was not due within 400 days, and for NULL.';

CREATE FUNCTION may_use_cron() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE COST @statement@
RETURN coalesce((SELECT pg_catalog.has_schema_privilege(n.oid, 'USAGE') FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'cron'), false);

COMMENT ON FUNCTION may_use_cron() IS
'Whether there is a schema cron that the caller may use.';

CREATE FUNCTION crontab_word(word text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN replace('''' || replace(word, '''', '''\''''') || '''', '%', '\%');

COMMENT ON FUNCTION crontab_word(text) IS
'A word quoted for the shell and for crontab, where a % would end the line. NULL gives NULL.';

CREATE FUNCTION recalculation_job(hub text, database text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN pg_catalog.format('caregroup %I.%I', database, hub);

COMMENT ON FUNCTION recalculation_job(text, text) IS
'Name of the pg_cron job that recalculates a hub. NULL gives NULL.';

CREATE FUNCTION refuse_schedule(schedule text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF schedule IS NULL OR caregroup.cron_last_due(schedule, now()) IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'not a schedule that ever comes due: ' || coalesce(quote_literal(schedule), 'NULL'),
            HINT = 'Five fields as in crontab: minute, hour, day of month, month, day of week; for example ''15 2 * * *'' for a quarter past two every night.';
    END IF;
END
$$;

COMMENT ON FUNCTION refuse_schedule(text) IS
'Does nothing for a cron expression of five fields; an error (invalid_parameter_value) for anything else. NULL is an error.';

CREATE FUNCTION note_schedule(hub text, schedule text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('UPDATE %I.setting AS s
                    SET value = CASE WHEN $1 IS NULL THEN NULL WHEN s.name = ''schedule'' THEN $1 ELSE caregroup.unambiguous_moment(now()) END
                    WHERE s.name IN (''schedule'', ''scheduled_at'')', hub)
    USING schedule;
END
$$;

COMMENT ON FUNCTION note_schedule(text, text) IS
'Keeps a hub''s schedule, NULL for none, and when it was set. For schedule_recalculation().';

CREATE FUNCTION schedule_recalculation(hub text, schedule text, database text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    here    text := current_database();
    target  text := coalesce(database, current_database());
    job     text := caregroup.recalculation_job(hub, coalesce(database, current_database()));
    command text := format('CALL caregroup.recalculate(%L)', hub);
    cron_in text;
BEGIN
    PERFORM caregroup.refuse_schedule(schedule);
    IF target = here THEN
        PERFORM caregroup.require_hub(hub);
        PERFORM caregroup.note_schedule(hub, schedule);
    END IF;
    IF to_regprocedure('cron.schedule(text,text,text)') IS NOT NULL THEN
        IF target = here THEN
            EXECUTE 'SELECT cron.schedule($1, $2, $3)' USING job, schedule, command;
        ELSE
            EXECUTE 'SELECT cron.schedule_in_database($1, $2, $3, $4)' USING job, schedule, command, target;
        END IF;
        RETURN format('pg_cron job %s: %s', quote_literal(job), schedule);
    END IF;
    -- The setting is for superusers and pg_read_all_settings to see.
    BEGIN
        cron_in := nullif(current_setting('cron.database_name', true), '');
    EXCEPTION WHEN insufficient_privilege THEN
        cron_in := NULL;
    END;
    IF cron_in <> here THEN
        RAISE NOTICE USING MESSAGE = format('pg_cron works from the database %I', cron_in),
            DETAIL = 'The schedule is noted in the hub''s settings and nothing runs yet.',
            HINT = format('There, call: SELECT cron.schedule_in_database(%L, %L, %L, %L)', job, schedule, command, target);
    ELSE
        RAISE NOTICE USING MESSAGE = 'pg_cron is not installed in this database',
            DETAIL = 'The schedule is noted in the hub''s settings and nothing runs yet.',
            HINT = format('Give crontab this line: %s psql -X -d %s -c %s', schedule, caregroup.crontab_word(target), caregroup.crontab_word(command));
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION schedule_recalculation(text, text, text) IS
'Has pg_cron recalculate a hub by a cron expression such as ''15 2 * * *'' (in UTC unless cron.timezone says otherwise), as the caller; calling it again changes the schedule. Returns a line about the job. Where pg_cron is in another database, or absent, it returns NULL and a notice says what to call there or which line to give crontab. database names another database''s hub, when called in pg_cron''s; call it in the hub''s own database too, so that the hub knows its schedule. Errors: invalid_schema_name, invalid_parameter_value; insufficient_privilege without USAGE on the schema cron.';

CREATE FUNCTION unschedule_recalculation(hub text, database text DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    job  text := caregroup.recalculation_job(hub, coalesce(database, current_database()));
    noted text;
    done  boolean := false;
BEGIN
    IF coalesce(database, current_database()) = current_database() THEN
        PERFORM caregroup.require_hub(hub);
        noted := caregroup.get_hub_setting(hub, 'schedule');
        PERFORM caregroup.note_schedule(hub, NULL);
    END IF;
    IF caregroup.may_use_cron() THEN
        EXECUTE 'SELECT coalesce(bool_or(cron.unschedule(j.jobid)), false) FROM cron.job AS j
                 WHERE j.jobname = $1 AND j.username = current_user' INTO done USING job;
    END IF;
    IF noted IS NOT NULL AND NOT done THEN
        RAISE NOTICE USING MESSAGE = format('no pg_cron job of %I recalculates hub %I from here', current_user, hub),
            DETAIL = 'A job that another role made, a job of another database''s pg_cron, or a line of crontab goes on.',
            HINT = format('In pg_cron''s database, as who scheduled it: SELECT cron.unschedule(%L)', job);
    END IF;
    RETURN done;
END
$$;

COMMENT ON FUNCTION unschedule_recalculation(text, text) IS
'Ends the regular recalculation of a hub. Returns whether pg_cron had a job of the caller''s for it. Errors: invalid_schema_name.';

CREATE FUNCTION prune_cron_history(hub text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Looking a name up in a schema that one may not use is an error.
    IF NOT caregroup.may_use_cron() OR to_regclass('cron.job_run_details') IS NULL THEN
        RETURN;
    END IF;
    -- pg_cron keeps a row of every run for ever.
    IF has_table_privilege('cron.job_run_details', 'DELETE') THEN
        EXECUTE 'DELETE FROM cron.job_run_details AS d USING cron.job AS j
                 WHERE j.jobid = d.jobid AND j.jobname = $1 AND coalesce(d.end_time, d.start_time) < now() - interval ''7 days'''
        USING caregroup.recalculation_job(hub, current_database());
    END IF;
END
$$;

COMMENT ON FUNCTION prune_cron_history(text) IS
'Forgets what pg_cron noted of a hub''s recalculations more than a week ago, where the caller may. For recalculate().';
