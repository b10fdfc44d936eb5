-- recalculate(): filling a hub's result tables, one transaction a step.

CREATE FUNCTION run_is_alive(pid integer, backend_start timestamptz, called_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED COST @statement@
RETURN EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a
               WHERE a.pid = run_is_alive.pid
                   -- NULL where the caller may not see another role's session.
                   AND coalesce(a.backend_start = run_is_alive.backend_start, true)
                   -- The whole run is one CALL: a session that has gone on to
                   -- another statement, or is idle, has left its run.
                   AND coalesce(a.query_start = run_is_alive.called_at AND a.state = 'active', true));

COMMENT ON FUNCTION run_is_alive(integer, timestamptz, timestamptz) IS
'Whether the session that started a recalculation is still at work on it. NULL for pid gives false.';

CREATE FUNCTION in_transaction_block() RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED COST @trivial@
AS 'MODULE_PATHNAME', 'cg_in_transaction_block';

COMMENT ON FUNCTION in_transaction_block() IS
'Whether the session is inside BEGIN … COMMIT, where a procedure cannot commit.';

CREATE FUNCTION lock_hub(hub text, task text, wait boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A step of a run that has begun waits for those who only look whether
    -- they could begin one.
    IF wait THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('caregroup.' || task, 0)::bit(32)::integer,
                                      hashtextextended(hub, 0)::bit(32)::integer);
        RETURN;
    END IF;
    -- A transaction's lock: a session's would outlive statement_timeout.
    IF NOT pg_try_advisory_xact_lock(hashtextextended('caregroup.' || task, 0)::bit(32)::integer,
                                     hashtextextended(hub, 0)::bit(32)::integer) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_in_use',
            MESSAGE = format('hub %I is being %s by another session', hub, task),
            HINT = format('Wait for it, or look at %I.run_history.', hub);
    END IF;
END
$$;

COMMENT ON FUNCTION lock_hub(text, text, boolean) IS
'Takes the lock of a hub''s task (recalculated or checked) until the end of the transaction; where another session has it, an error (object_in_use), or with wait a wait.';

CREATE FUNCTION begin_run(hub text, resume boolean) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run_id bigint;
    busy   boolean;
BEGIN
    PERFORM caregroup.lock_hub(hub, 'recalculated');
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.recalculation AS r WHERE r.state = ''running''
                        AND r.pid <> pg_backend_pid() AND caregroup.run_is_alive(r.pid, r.backend_start, r.called_at))', hub) INTO busy;
    IF busy THEN
        RAISE EXCEPTION USING ERRCODE = 'object_in_use',
            MESSAGE = format('hub %I is being recalculated by another session', hub);
    END IF;
    EXECUTE format('UPDATE %I.recalculation AS r SET state = ''interrupted'', error = ''the run ended without being finished''
                    WHERE r.state = ''running''', hub);
    EXECUTE format('UPDATE %I.recalculation_step AS s SET state = ''interrupted'' WHERE s.state = ''running''', hub);
    IF resume THEN
        EXECUTE format('UPDATE %1$I.recalculation AS r SET state = ''running'', error = NULL, finished = NULL,
                            pid = pg_backend_pid(), backend_start = $1, called_at = statement_timestamp(), run_by = current_user
                        WHERE r.run = (SELECT max(l.run) FROM %1$I.recalculation AS l) AND r.state IN (''interrupted'', ''failed'')
                        RETURNING r.run', hub)
        INTO run_id
        USING (SELECT a.backend_start FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid());
    END IF;
    IF run_id IS NULL THEN
        EXECUTE format('INSERT INTO %1$I.recalculation (started, state, as_at, pid, backend_start, called_at, run_by)
                        SELECT clock_timestamp(), ''running'', p.as_at, pg_backend_pid(), $1, statement_timestamp(), current_user
                        FROM %1$I.parameter AS p RETURNING run', hub)
        INTO run_id
        USING (SELECT a.backend_start FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid());
    END IF;
    RETURN run_id;
END
$$;

COMMENT ON FUNCTION begin_run(text, boolean) IS
'Starts or resumes a run of recalculate() and marks dead runs as interrupted. Returns the run''s number. For recalculate().';

CREATE FUNCTION run_step(hub text, run bigint, step text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    work      caregroup.hub_step;
    run_as_at timestamptz;
    columns   text;
    filled    bigint;
    began     timestamptz := clock_timestamp();
BEGIN
    SELECT s.* INTO STRICT work FROM caregroup.hub_step AS s WHERE s.step = run_step.step;
    EXECUTE format('SELECT r.as_at FROM %I.recalculation AS r WHERE r.run = $1', hub) INTO run_as_at USING run;
    -- Every step of a run sees the same moment, also when it is resumed.
    PERFORM set_config('caregroup.as_at', caregroup.unambiguous_moment(run_as_at), true);
    -- A step is a transaction of its own, so that this ends with it.
    PERFORM set_config('work_mem', coalesce(caregroup.get_hub_setting(hub, 'step_memory'), current_setting('work_mem')), true);

    -- Compiling takes longer than it saves in queries of this kind.
    PERFORM set_config('jit', 'off', true);

    SELECT string_agg(quote_ident(c.column_name), ', ' ORDER BY c.ordinal) INTO columns
    FROM caregroup.hub_table AS t, caregroup.hub_columns(t.columns) AS c WHERE t.table_name = work.result;
    PERFORM set_config('search_path', format('%I, pg_catalog, caregroup, pg_temp', hub), true);
    EXECUTE format('DELETE FROM %I.%I AS t%s', hub, work.result, ' WHERE ' || work.stale);
    IF work.in_parallel THEN
        -- Few rows that cost much each: the planner must not mind their number.
        PERFORM pg_catalog.set_config('min_parallel_table_scan_size', '0', true), pg_catalog.set_config('parallel_setup_cost', '0', true);
        EXECUTE format('CREATE TEMP TABLE caregroup_step_rows AS %s', work.query);
        EXECUTE format('INSERT INTO %I.%I (%s) SELECT * FROM pg_temp.caregroup_step_rows', hub, work.result, columns);
        GET DIAGNOSTICS filled = ROW_COUNT;
        DROP TABLE pg_temp.caregroup_step_rows;
    ELSE
        EXECUTE format('INSERT INTO %I.%I (%s) %s', hub, work.result, columns, work.query);
        GET DIAGNOSTICS filled = ROW_COUNT;
    END IF;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);

    -- The next steps are planned from what this one wrote.
    IF pg_has_role((SELECT c.relowner FROM pg_class AS c WHERE c.oid = format('%I.%I', hub, work.result)::regclass), 'USAGE') THEN
        EXECUTE format('ANALYZE %I.%I', hub, work.result);
    END IF;
    EXECUTE format('UPDATE %I.recalculation_step AS s SET state = ''finished'', finished = $3, rows = $4, seconds = $5, error = NULL
                    WHERE s.run = $1 AND s.step = $2', hub)
    USING run, step, clock_timestamp(), filled, extract(epoch FROM clock_timestamp() - began);
    EXECUTE format('INSERT INTO %I.result_state AS t (step, as_at, recalculated_at, rows, seconds) VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (step) DO UPDATE SET as_at = excluded.as_at, recalculated_at = excluded.recalculated_at,
                        rows = excluded.rows, seconds = excluded.seconds', hub)
    USING step, run_as_at, clock_timestamp(), filled, extract(epoch FROM clock_timestamp() - began);
    PERFORM set_config('caregroup.as_at', '', true);
END
$$;

COMMENT ON FUNCTION run_step(text, bigint, text) IS
'Runs one step of a run: replaces the rows of its result table, or those that are stale. For recalculate().';

CREATE FUNCTION describe_failure(state text, message text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST @trivial@
RETURN CASE
    -- Messages of data exceptions quote the value, which may be a person's.
    WHEN state LIKE '22%' THEN pg_catalog.format('SQLSTATE %s: a value in the inputs could not be used; run the step''s query to see which', state)
    ELSE pg_catalog.format('SQLSTATE %s: %s', state, message) END;

COMMENT ON FUNCTION describe_failure(text, text) IS
'What the history keeps of a step''s error: its SQLSTATE, and its message unless that could quote a person''s data.';

CREATE FUNCTION prune_runs(hub text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('DELETE FROM %1$I.recalculation AS r
                    WHERE r.run <= (SELECT max(l.run) FROM %1$I.recalculation AS l) - caregroup.get_hub_setting($1, ''keep_runs'')::numeric', hub)
    USING hub;
    EXECUTE format('DELETE FROM %1$I.recalculation_step AS s
                    WHERE NOT EXISTS (SELECT FROM %1$I.recalculation AS r WHERE r.run = s.run)', hub);
END
$$;

COMMENT ON FUNCTION prune_runs(text) IS
'Forgets the runs of recalculate() beyond the setting keep_runs. For recalculate().';

-- A procedure that commits cannot have a SET clause; every name is qualified.
CREATE PROCEDURE recalculate(hub text, resume boolean DEFAULT false)
LANGUAGE plpgsql
AS $$
DECLARE
    run_id  bigint;
    work    record;
    failure text;
    state   text;
BEGIN
    PERFORM caregroup.require_hub(hub);
    IF caregroup.in_transaction_block() THEN
        RAISE EXCEPTION USING ERRCODE = 'active_sql_transaction',
            MESSAGE = 'recalculate() commits after each step and cannot run inside a transaction block',
            HINT = 'CALL caregroup.recalculate(…) as a statement of its own.';
    END IF;
    run_id := caregroup.begin_run(hub, resume);
    COMMIT;
    FOR work IN SELECT s.step FROM caregroup.hub_step AS s ORDER BY s.ordinal LOOP
        CONTINUE WHEN NOT caregroup.begin_step(hub, run_id, work.step);
        COMMIT;
        failure := NULL;
        BEGIN
            PERFORM caregroup.lock_hub(hub, 'recalculated', wait => true);
            PERFORM caregroup.run_step(hub, run_id, work.step);
        EXCEPTION WHEN query_canceled OR OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, failure = MESSAGE_TEXT;
            failure := caregroup.describe_failure(state, failure);
        END;
        IF failure IS NOT NULL THEN
            PERFORM caregroup.fail_run(hub, run_id, work.step, failure);
            COMMIT;
            RAISE EXCEPTION USING ERRCODE = state,
                MESSAGE = pg_catalog.format('step %s of the recalculation of %I failed', work.step, hub),
                DETAIL = failure,
                HINT = pg_catalog.format('The steps before it are done. Mend the cause, then CALL caregroup.recalculate(%L, resume => true).', hub);
        END IF;
        COMMIT;
    END LOOP;
    PERFORM caregroup.end_run(hub, run_id);
    COMMIT;
END
$$;

COMMENT ON PROCEDURE recalculate(text, boolean) IS
'Works out every result of a hub as at the setting as_at (now, if that is not set), one transaction a step: what is done stays done when a later step fails or is cancelled, and hub.recalculation and hub.recalculation_step show how far it came. With resume, the last run goes on from its first unfinished step if it failed or was interrupted. Errors: invalid_schema_name, active_sql_transaction (it commits, so it cannot run in a transaction block; inside another function PostgreSQL says invalid_transaction_termination), object_in_use (another session is at it), and the error of a step.';

CREATE FUNCTION begin_step(hub text, run bigint, step text) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    done boolean;
BEGIN
    EXECUTE format('SELECT s.state = ''finished'' FROM %I.recalculation_step AS s WHERE s.run = $1 AND s.step = $2', hub)
    INTO done USING run, step;
    IF done THEN
        RETURN false;
    END IF;
    EXECUTE format('INSERT INTO %I.recalculation_step AS s (run, step, state, started) VALUES ($1, $2, ''running'', clock_timestamp())
                    ON CONFLICT (run, step) DO UPDATE SET state = ''running'', started = excluded.started, finished = NULL, error = NULL', hub)
    USING run, step;
    RETURN true;
END
$$;

COMMENT ON FUNCTION begin_step(text, bigint, text) IS
'Notes that a step of a run begins; false where it is finished already. For recalculate().';

CREATE FUNCTION fail_run(hub text, run bigint, step text, failure text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('UPDATE %I.recalculation_step AS s SET state = ''failed'', finished = clock_timestamp(), error = $3
                    WHERE s.run = $1 AND s.step = $2', hub) USING run, step, failure;
    EXECUTE format('UPDATE %I.recalculation AS r SET state = ''failed'', finished = clock_timestamp(), error = $2
                    WHERE r.run = $1', hub) USING run, format('step %s: %s', step, failure);
END
$$;

COMMENT ON FUNCTION fail_run(text, bigint, text, text) IS
'Notes that a step of a run failed, and with it the run. For recalculate().';

CREATE FUNCTION end_run(hub text, run bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('UPDATE %I.recalculation AS r SET state = ''finished'', finished = clock_timestamp() WHERE r.run = $1', hub) USING run;
    PERFORM caregroup.prune_runs(hub);
    PERFORM caregroup.prune_cron_history(hub);
END
$$;

COMMENT ON FUNCTION end_run(text, bigint) IS
'Notes that a run is finished and prunes the history. For recalculate().';
