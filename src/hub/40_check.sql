-- check_hub(): the data-quality report, derived from the contract.
--
-- Each bound entity is read once, with every count of it in one aggregate;
-- only duplicates and identifiers by reason need a grouping of their own.
-- The contract's rules name columns without a qualifier, so what is joined to
-- the entity has no column of a name that the contract uses.

CREATE FUNCTION provider_of(hub text, entity text, OUT expression text, OUT joins text)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    bound         text[];
    registrations boolean;
BEGIN
    EXECUTE format('SELECT array_agg(b.column_name) FROM %I.binding_column AS b WHERE b.entity = $1', hub) INTO bound USING entity;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.binding AS b WHERE b.entity = ''registration'' AND NOT b.suspended)', hub) INTO registrations;
    IF entity <> 'organisation_link' AND 'organisation_id' = ANY (bound) THEN
        expression := 'e.organisation_id';
        joins := '';
    ELSIF bound && ARRAY['site_id', 'home_site_id', 'prescriber_site_id'] THEN
        expression := 'provider.provider_id';
        joins := format('LEFT JOIN (SELECT s.site_id AS provider_site_id, s.organisation_id AS provider_id FROM %I.known_site AS s) AS provider
                             ON provider.provider_site_id = e.%I', hub,
            (SELECT c FROM unnest(ARRAY['site_id', 'home_site_id', 'prescriber_site_id']) WITH ORDINALITY AS u (c, place)
             WHERE c = ANY (bound) ORDER BY place LIMIT 1));
    ELSIF 'person_id' = ANY (bound) AND registrations THEN
        -- A record of a person without a site belongs to where the person is registered.
        expression := 'provider.provider_id';
        joins := format('LEFT JOIN (SELECT DISTINCT ON (g.person_id) g.person_id AS provider_person_id, s.organisation_id AS provider_id
                             FROM %1$I.registration AS g JOIN %1$I.known_site AS s ON s.site_id = g.site_id
                             ORDER BY g.person_id, g.valid_from DESC, g.site_id) AS provider ON provider.provider_person_id = e.person_id', hub);
    END IF;
END
$$;

COMMENT ON FUNCTION provider_of(text, text) IS
'How rows of an entity find the organisation that answers for them: by organisation, by site, or by where the person is registered; NULL where none of these is bound. For check_hub().';

CREATE FUNCTION entity_checks(hub text, entity text,
                              OUT place bigint, OUT check_name text, OUT column_name text,
                              OUT detail text, OUT counted text, OUT out_of text,
                              OUT samples text, OUT joins text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST @statement@ ROWS 40
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    bound     text[];
    bound_all text[];
BEGIN
    EXECUTE format('SELECT array_agg(b.column_name) FROM %I.binding_column AS b WHERE b.entity = $1', hub) INTO bound USING entity;
    EXECUTE format('SELECT array_agg(b.entity) FROM %I.binding AS b WHERE NOT b.suspended', hub) INTO bound_all;
    RETURN QUERY
    WITH checked AS (
        SELECT c.*, format('e.%I', c.column_name) AS ref
        FROM caregroup.contract_column AS c
        WHERE c.entity = entity_checks.entity AND c.column_name = ANY (bound)
    ), listed AS (
        SELECT 0 AS part, 0 AS within, 'rows' AS check_name, NULL::text AS column_name, NULL::text AS detail,
            'count(*)' AS counted, 'count(*)' AS out_of, 'NULL' AS samples, NULL::text AS joins
        UNION ALL
        SELECT 1, c.ordinal, 'complete', c.column_name, NULL, format('count(%s)', c.ref), 'count(*)', 'NULL', NULL
        FROM checked AS c
        UNION ALL
        SELECT 2, c.ordinal, 'required value missing', c.column_name, NULL,
            format('count(*) FILTER (WHERE %s IS NULL)', c.ref), 'count(*)', 'NULL', NULL
        FROM checked AS c WHERE c.required
        UNION ALL
        SELECT 3, c.ordinal, 'unmapped code', c.column_name, NULL,
            format('count(*) FILTER (WHERE %s::text <> ALL (%L::text[]))', c.ref, c.allowed), format('count(%s)', c.ref),
            format('(array_agg(DISTINCT left(%1$s::text, 40)) FILTER (WHERE %1$s::text <> ALL (%2$L::text[])))[1:5]', c.ref, c.allowed), NULL
        FROM checked AS c WHERE c.allowed IS NOT NULL
        UNION ALL
        SELECT 4, c.ordinal, 'date in the future', c.column_name, NULL,
            format('count(*) FILTER (WHERE %s > %s)', c.ref, CASE c.type WHEN 'date' THEN 'p.hub_date' ELSE 'p.hub_moment' END),
            format('count(%s)', c.ref), 'NULL', NULL
        FROM checked AS c WHERE NOT c.may_be_future
        UNION ALL
        SELECT 4, c.ordinal, 'infinite date', c.column_name, NULL,
            format('count(*) FILTER (WHERE NOT isfinite(%s))', c.ref), format('count(%s)', c.ref), 'NULL', NULL
        FROM checked AS c WHERE c.type IN ('date', 'timestamptz')
        UNION ALL
        SELECT 5, 0, 'rule broken', NULL, r.rule, format('count(*) FILTER (WHERE %s)', r.broken_when), 'count(*)', 'NULL', NULL
        FROM caregroup.contract_rule AS r WHERE r.entity = entity_checks.entity
        UNION ALL
        SELECT 6, c.ordinal, 'orphan', c.column_name, 'not found in ' || c.refers_to,
            format('count(*) FILTER (WHERE %s IS NOT NULL AND orphan_%s.key IS NULL)', c.ref, c.ordinal), format('count(%s)', c.ref), 'NULL',
            format('LEFT JOIN (SELECT DISTINCT k.%1$I AS key FROM %2$I.%3$I AS k) AS orphan_%4$s ON orphan_%4$s.key = %5$s',
                   t.key_columns[1], hub, c.refers_to, c.ordinal, c.ref)
        FROM checked AS c JOIN caregroup.contract_entity AS t ON t.entity = c.refers_to
        WHERE c.refers_to = ANY (bound_all)
    )
    SELECT row_number() OVER (ORDER BY l.part, l.within, l.check_name, l.detail), l.check_name, l.column_name, l.detail, l.counted, l.out_of, l.samples, l.joins
    FROM listed AS l;
END
$$;

COMMENT ON FUNCTION entity_checks(text, text) IS
'The checks of a bound entity that one pass over its rows can count, with the SQL of each count. For check_hub().';

CREATE FUNCTION check_rows(hub text, entity text, check_run bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    provider record;
    listed   record;
BEGIN
    SELECT * INTO provider FROM caregroup.provider_of(hub, entity);
    SELECT string_agg(c.counted, ', ' ORDER BY c.place) AS counted, string_agg(c.out_of, ', ' ORDER BY c.place) AS out_of,
        string_agg(format('array_to_string(%s, '', '')', CASE c.samples WHEN 'NULL' THEN 'NULL::text[]' ELSE c.samples END), ', ' ORDER BY c.place) AS samples,
        coalesce(string_agg(c.joins, ' '), '') AS joins,
        jsonb_agg(jsonb_build_object('check_name', c.check_name, 'column_name', c.column_name, 'detail', c.detail) ORDER BY c.place) AS labels
    INTO listed
    FROM caregroup.entity_checks(hub, entity) AS c;
    PERFORM set_config('search_path', format('%I, pg_catalog, pg_temp', hub), true);
    EXECUTE format('INSERT INTO %1$I.check_result (check_run, result, checked_at, entity, check_name, column_name, provider_id, detail, rows, out_of)
        SELECT $1, (SELECT coalesce(max(o.result), 0) FROM %1$I.check_result AS o WHERE o.check_run = $1)
                   + row_number() OVER (ORDER BY f.is_total DESC, l.place, f.provider_id), now(), $2,
            l.label ->> ''check_name'', l.label ->> ''column_name'',
            CASE WHEN f.is_total = 0 THEN coalesce(f.provider_id, ''(unknown)'') END,
            coalesce(l.label ->> ''detail'', nullif(f.samples[l.place], '''')), f.counted[l.place], f.out_of[l.place]
        FROM (SELECT %2$s AS provider_id, %3$s AS is_total,
                  ARRAY[%4$s] AS counted, ARRAY[%5$s] AS out_of, ARRAY[%6$s]::text[] AS samples
              FROM %1$I.%7$I AS e
                  CROSS JOIN (SELECT m.as_at AS hub_moment, m.as_at_date AS hub_date FROM %1$I.parameter AS m) AS p %8$s %9$s %10$s) AS f
            CROSS JOIN jsonb_array_elements($3) WITH ORDINALITY AS l (label, place)
        WHERE f.is_total = 1
            OR CASE l.label ->> ''check_name'' WHEN ''complete'' THEN f.counted[l.place] < f.out_of[l.place]
                    WHEN ''rows'' THEN true ELSE f.counted[l.place] > 0 END',
        hub, coalesce(provider.expression, 'NULL::text'),
        CASE WHEN provider.expression IS NULL THEN '1' ELSE format('grouping(%s)', provider.expression) END,
        listed.counted, listed.out_of, listed.samples, entity, listed.joins, coalesce(provider.joins, ''),
        CASE WHEN provider.expression IS NULL THEN '' ELSE format('GROUP BY GROUPING SETS ((), (%s))', provider.expression) END)
    USING check_run, entity, listed.labels;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
END
$$;

COMMENT ON FUNCTION check_rows(text, text, bigint) IS
'Counts the checks of one entity that need one pass over its rows, for all rows and for each provider. For check_hub().';

CREATE FUNCTION check_keys(hub text, entity text, check_run bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    keys text;
BEGIN
    SELECT string_agg(format('e.%I', k.name), ', ') INTO keys
    FROM caregroup.contract_entity AS c, unnest(c.key_columns) AS k (name)
    WHERE c.entity = check_keys.entity;
    EXECUTE format('INSERT INTO %1$I.check_result (check_run, result, checked_at, entity, check_name, column_name, rows, out_of)
        SELECT $1, (SELECT max(o.result) + 1 FROM %1$I.check_result AS o WHERE o.check_run = $1), now(), $2, ''duplicate key'', $3,
            coalesce(sum(d.times - 1), 0), coalesce(sum(d.times), 0)
        FROM (SELECT count(*) AS times FROM %1$I.%2$I AS e GROUP BY %4$s) AS d', hub, entity, NULL, keys)
    USING check_run, entity, replace(keys, 'e.', '');
END
$$;

COMMENT ON FUNCTION check_keys(text, text, bigint) IS
'Counts the rows of an entity that repeat another row''s key. For check_hub().';

CREATE FUNCTION check_nhs_numbers(hub text, check_run bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    provider record;
BEGIN
    SELECT * INTO provider FROM caregroup.provider_of(hub, 'person');
    EXECUTE format('INSERT INTO %1$I.check_result (check_run, result, checked_at, entity, check_name, column_name, provider_id, detail, rows, out_of)
        WITH problem AS (
            SELECT %2$s AS provider_id, caregroup.nhs_number_problem(e.nhs_number, ''check_digit'') AS reason, count(*) AS rows
            FROM %1$I.person AS e %3$s
            WHERE e.nhs_number IS NOT NULL
            GROUP BY 1, 2
        ), shared AS (
            SELECT count(DISTINCT n.person_id) AS times
            FROM (SELECT e.person_id, caregroup.try_nhs_number(e.nhs_number) AS number FROM %1$I.person AS e) AS n
            WHERE n.number IS NOT NULL GROUP BY n.number
        ), found AS (
            SELECT NULL AS provider_id, ''invalid identifier'' AS check_name, g.reason, sum(g.rows) AS rows,
                (SELECT sum(a.rows) FROM problem AS a) AS out_of
            FROM problem AS g WHERE g.reason IS NOT NULL GROUP BY g.reason
            UNION ALL
            SELECT coalesce(g.provider_id, ''(unknown)''), ''invalid identifier'', g.reason, g.rows,
                (SELECT sum(a.rows) FROM problem AS a WHERE a.provider_id IS NOT DISTINCT FROM g.provider_id)
            FROM problem AS g WHERE g.reason IS NOT NULL AND %4$L
            UNION ALL
            SELECT NULL, ''shared identifier'', ''the same number for more than one person'', coalesce(sum(s.times) FILTER (WHERE s.times > 1), 0), sum(s.times)
            FROM shared AS s
        )
        SELECT $1, (SELECT max(o.result) FROM %1$I.check_result AS o WHERE o.check_run = $1)
                   + row_number() OVER (ORDER BY f.provider_id NULLS FIRST, f.check_name, f.reason),
            now(), ''person'', f.check_name, ''nhs_number'', f.provider_id, f.reason, f.rows, f.out_of
        FROM found AS f', hub, coalesce(provider.expression, 'NULL::text'), coalesce(provider.joins, ''), provider.expression IS NOT NULL)
    USING check_run;
END
$$;

COMMENT ON FUNCTION check_nhs_numbers(text, bigint) IS
'Counts the persons whose NHS number is not valid, by reason, and those who share a number with another person. For check_hub().';

CREATE FUNCTION advise_plans(hub text, check_run bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('INSERT INTO %1$I.check_result (check_run, result, checked_at, entity, check_name, column_name, detail)
        SELECT $1, (SELECT max(o.result) FROM %1$I.check_result AS o WHERE o.check_run = $1) + row_number() OVER (ORDER BY c.ordinal),
            now(), b.entity, ''plan advice'', b.column_name,
            format(''CREATE INDEX ON %%1$s ((%%2$s)); or, where no look-ups are made, CREATE STATISTICS %%3$I ON (%%2$s) FROM %%1$s; then ANALYZE %%1$s'',
                b.origin_table, w.expression, b.entity || ''_'' || b.column_name)
        FROM %1$I.binding_column AS b
            JOIN pg_class AS source ON source.oid = to_regclass(b.origin_table) AND source.relkind IN (''r'', ''p'', ''m'')
            JOIN caregroup.contract_column AS c USING (entity, column_name)
            JOIN caregroup.contract_entity AS t USING (entity)
            JOIN caregroup.contract_cast AS a ON a.source_type = b.source_type
                AND a.type = CASE c.type WHEN ''record_id'' THEN ''record_id:'' || $2 ELSE c.type END
            CROSS JOIN LATERAL (SELECT replace(replace(a.expression, ''$column'', format(''(%%I)'', b.origin_column)), ''$zone'', quote_literal($3)) AS expression) AS w
        -- The text of an enumeration may change, so that it cannot be indexed.
        WHERE b.entity IN (SELECT bound.entity FROM %1$I.binding AS bound WHERE NOT bound.suspended)
            AND b.breaks_index AND b.source_type <> ''enum'' AND (c.refers_to IS NOT NULL OR c.column_name = ANY (t.key_columns))', hub)
    USING check_run, caregroup.get_hub_setting(hub, 'record_ids'), caregroup.get_hub_setting(hub, 'time_zone');
END
$$;

COMMENT ON FUNCTION advise_plans(text, bigint) IS
'Names the index or statistics that restores the plans where a conversion of a key hides it. For check_hub().';

CREATE FUNCTION check_hub(hub text,
                          OUT entity text, OUT check_name text, OUT column_name text,
                          OUT provider_id text, OUT detail text, OUT rows numeric, OUT out_of numeric,
                          OUT share numeric, OUT previous_share numeric, OUT change numeric)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@ ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    checked   text;
    this_run  bigint;
BEGIN
    PERFORM caregroup.require_hub(hub);
    PERFORM caregroup.lock_hub(hub, 'checked');
    EXECUTE format('SELECT coalesce(max(c.check_run), 0) + 1 FROM %I.check_result AS c', hub) INTO this_run;
    FOR checked IN EXECUTE format('SELECT b.entity FROM %I.binding AS b JOIN caregroup.contract_entity AS c USING (entity)
                                   WHERE NOT b.suspended ORDER BY c.ordinal', hub) LOOP
        PERFORM caregroup.check_rows(hub, checked, this_run);
        PERFORM caregroup.check_keys(hub, checked, this_run);
        IF checked = 'person' THEN
            PERFORM caregroup.check_nhs_numbers(hub, this_run);
        END IF;
    END LOOP;
    PERFORM caregroup.advise_plans(hub, this_run);
    EXECUTE format('DELETE FROM %I.check_result AS c WHERE c.check_run <= $1 - caregroup.get_hub_setting($2, ''keep_runs'')::numeric', hub)
    USING this_run, hub;
    RETURN QUERY EXECUTE format('
        SELECT c.entity, c.check_name, c.column_name, c.provider_id, c.detail, c.rows, c.out_of,
            round(c.rows / nullif(c.out_of, 0), 6), round(b.rows / nullif(b.out_of, 0), 6),
            round(c.rows / nullif(c.out_of, 0) - b.rows / nullif(b.out_of, 0), 6)
        FROM %1$I.check_result AS c
            LEFT JOIN %1$I.check_result AS b ON b.check_run = c.check_run - 1 AND b.entity = c.entity AND b.check_name = c.check_name
                AND b.column_name IS NOT DISTINCT FROM c.column_name AND b.provider_id IS NOT DISTINCT FROM c.provider_id
                AND (b.detail IS NOT DISTINCT FROM c.detail OR c.check_name = ''unmapped code'')
        WHERE c.check_run = $1
        ORDER BY c.result', hub)
    USING this_run;
END
$$;

COMMENT ON FUNCTION check_hub(text) IS
'The data-quality report of a hub: for each bound entity its rows, the share complete of each column, values missing where they are required, codes that no report understands, dates in the future or infinite, rows that break a rule such as the order of dates, orphans, duplicate keys, NHS numbers that are not valid by reason, and advice where a conversion hides an index. provider_id is NULL for all rows of the entity; rows for one provider are shown where something is wrong with them. share is rows over out_of; change is against the check before. The figures are kept in the hub''s check_result. It counts and never refuses or changes data. recalculate() keeps one row of a repeated key. Errors: invalid_schema_name, object_in_use (another session is checking).';
