-- Indicators: what is counted, out of what, in each month, at the grain of the
-- site or of the organisation.
--
-- A hub has the indicators of the table indicator_seed, which its other
-- results answer, and those that the inputs indicator and indicator_value
-- bring.  A bound indicator of the name of one of the seed's changes its name,
-- direction, target or chart.

CREATE TABLE indicator_seed (
    indicator_id text PRIMARY KEY,
    ordinal      integer GENERATED ALWAYS AS IDENTITY,
    name         text NOT NULL,
    numerator    text NOT NULL,
    denominator  text NOT NULL,
    direction    text NOT NULL CHECK (direction IN ('higher_better', 'lower_better', 'neutral')),
    chart        text NOT NULL,
    per          numeric NOT NULL,
    funnel       text CHECK (funnel IN ('proportion', 'rate')),
    query        text NOT NULL
);

COMMENT ON TABLE indicator_seed IS
'The indicators that every hub has. Rows that you add belong to the extension''s table and are not in a dump: keep the script that adds them, or bind indicator and indicator_value instead.';
COMMENT ON COLUMN indicator_seed.indicator_id IS 'Identifier of the indicator.';
COMMENT ON COLUMN indicator_seed.ordinal IS 'Order.';
COMMENT ON COLUMN indicator_seed.name IS 'Name to print.';
COMMENT ON COLUMN indicator_seed.numerator IS 'What is counted, in words.';
COMMENT ON COLUMN indicator_seed.denominator IS 'Out of what, in words.';
COMMENT ON COLUMN indicator_seed.direction IS 'Which way is better: higher_better, lower_better or neutral.';
COMMENT ON COLUMN indicator_seed.chart IS 'Control chart, as in spc_chart().';
COMMENT ON COLUMN indicator_seed.per IS 'Multiplier of the rate, such as 100 for per cent.';
COMMENT ON COLUMN indicator_seed.funnel IS 'proportion or rate of counted events, which a funnel plot can judge; NULL for what is not counted, such as money.';
COMMENT ON COLUMN indicator_seed.query IS 'A SELECT of unit_kind (site or organisation), unit_id, service_id (''(all)'' for a denominator of every service), period_start, numerator, denominator, aim (the target times the denominator) and expected (the numerator that case-mix leads one to expect), with the hub''s schema on the search path.';

GRANT SELECT ON indicator_seed TO PUBLIC;

INSERT INTO indicator_seed (indicator_id, name, numerator, denominator, direction, chart, per, funnel, query) VALUES
('did_not_attend', 'Appointments not attended', 'Appointments that the person did not attend', 'Appointments attended or not attended', 'lower_better', 'xmr', 100, 'proportion', $$
SELECT 'site', a.site_id, a.service_id, a.month, sum(a.did_not_attend), sum(a.attended + a.did_not_attend), NULL::numeric, NULL::numeric
FROM activity_month AS a
WHERE a.kind IN ('first', 'follow_up', 'assessment', 'procedure', 'diagnostic', 'group')
GROUP BY 2, 3, 4
$$),
('first_to_follow_up', 'Follow-ups for each first appointment', 'Follow-up appointments attended', 'First appointments and assessments attended', 'lower_better', 'xmr', 1, 'rate', $$
SELECT 'site', a.site_id, a.service_id, a.month, sum(a.attended) FILTER (WHERE a.kind = 'follow_up'),
    sum(a.attended) FILTER (WHERE a.kind <> 'follow_up'), NULL, NULL
FROM activity_month AS a
WHERE a.kind IN ('first', 'assessment', 'follow_up')
GROUP BY 2, 3, 4
$$),
('referral_rate', 'Referrals for each 1,000 people registered', 'Referrals made by the site', 'People registered at the site', 'neutral', 'xmr', 1000, 'rate', $$
WITH made AS (
    SELECT r.referrer_site_id AS site_id, r.service_id, date_trunc('month', r.received_at AT TIME ZONE p.time_zone)::date AS month, count(*) AS referrals
    FROM referral_summary AS r CROSS JOIN parameter AS p GROUP BY 1, 2, 3
), listed AS (
    SELECT c.unit_id AS site_id, sum(c.people) AS people FROM population_count AS c
    WHERE c.basis = 'registered' AND c.unit_id <> '(unassigned)' GROUP BY 1
)
SELECT 'site', m.site_id, m.service_id, m.month, m.referrals, NULL::numeric, NULL::numeric, NULL::numeric
FROM made AS m JOIN listed AS l ON l.site_id = m.site_id
UNION ALL
SELECT 'site', y.site_id, y.service_id, m.month, NULL, NULL, NULL, y.expected / 12
FROM referrer_year AS y JOIN listed AS l ON l.site_id = y.site_id
    CROSS JOIN (SELECT (date_trunc('month', p.as_at_date::timestamp) - n * interval '1 month')::date AS month FROM parameter AS p CROSS JOIN generate_series(1, 12) AS n) AS m
WHERE y.expected IS NOT NULL
UNION ALL
-- Today's list for every month: what it was then is not known.
SELECT 'site', l.site_id, '(all)', m.month, NULL, l.people, NULL, NULL
FROM listed AS l CROSS JOIN (SELECT DISTINCT d.month FROM made AS d) AS m
$$),
('conversion', 'People seen who come to a procedure', 'Of these, people with a procedure, day case or inpatient stay within 18 weeks', 'People with a first contact from a referral', 'neutral', 'xmr', 100, 'proportion', $$
SELECT 'site', r.site_id, r.service_id, date_trunc('month', r.first_contact_at AT TIME ZONE p.time_zone)::date AS month,
    count(*) FILTER (WHERE r.procedure_at - r.first_contact_at <= interval '126 days'), count(*), NULL, NULL
FROM referral_summary AS r CROSS JOIN parameter AS p
WHERE isfinite(r.first_contact_at)
-- A month counts once all of its people have had their 18 weeks.
GROUP BY 2, 3, 4 HAVING (date_trunc('month', min(r.first_contact_at AT TIME ZONE p.time_zone)) + interval '1 month' + interval '126 days') <= min(p.as_at_date)
$$),
('wait_within_standard', 'Waits for first contact or assessment within the standard', 'Waits within the limit of the service''s standard', 'Waits that ended in first contact or assessment', 'higher_better', 'xmr', 100, 'proportion', $$
SELECT 'site', m.site_id, m.service_id, m.month, sum(m.numerator), sum(m.denominator),
    -- Only where every wait has one is there a target for all.
    CASE WHEN count(d.threshold) = count(*) THEN sum(m.denominator * d.threshold) END, NULL
FROM standard_month AS m JOIN known_standard AS d ON d.standard_id = m.standard_id
WHERE d.clock_stop IN ('first_contact', 'assessment')
GROUP BY 2, 3, 4
$$),
('bed_days_diabetes', 'Bed days for each 1,000 people with diabetes', 'Nights in hospital of people with diabetes, by where they are registered', 'People registered who have diabetes', 'lower_better', 'xmr', 1000, 'rate', $$
WITH diabetic AS (
    -- Diabetes mellitus: SNOMED CT type 1, type 2 and the whole; ICD-10 E10 to
    -- E14; Read C10.
    SELECT DISTINCT g.person_id, g.site_id
    FROM diagnosis AS d CROSS JOIN parameter AS p JOIN person_group AS g ON g.person_id = d.person_id
    WHERE d.recorded_at <= p.as_at AND g.site_id <> '(unassigned)' AND coalesce(g.death_date > p.as_at_date, true)
        AND CASE d.code_system WHEN 'snomed' THEN d.code IN ('73211009', '44054006', '46635009')
                WHEN 'icd10' THEN d.code ~ '^E1[0-4]' WHEN 'read2' THEN d.code ~ '^C10' WHEN 'ctv3' THEN d.code ~ '^(C10|X40J)' END
), stay AS (
    SELECT g.site_id, (a.starts_at AT TIME ZONE p.time_zone)::date AS first_day,
        (least(coalesce(a.ends_at, p.as_at), p.as_at) AT TIME ZONE p.time_zone)::date AS last_day
    -- Stays only, each once: bringing all activity into order would cost much.
    FROM (SELECT DISTINCT ON (x.activity_id) x.person_id, x.starts_at, x.ends_at FROM activity AS x
          WHERE x.kind = 'inpatient' AND x.status = 'attended' AND x.activity_id IS NOT NULL
          ORDER BY x.activity_id, x.starts_at, x.ends_at, x.person_id) AS a
        CROSS JOIN parameter AS p JOIN diabetic AS g ON g.person_id = a.person_id
    WHERE isfinite(a.starts_at) AND a.starts_at <= p.as_at
        AND coalesce(isfinite(a.ends_at) AND a.ends_at >= a.starts_at, true)
), listed AS (
    SELECT g.site_id, count(*) AS people FROM diabetic AS g GROUP BY 1
)
SELECT 'site', s.site_id, '(all)', m.month::date, sum(least(s.last_day, (m.month + interval '1 month')::date) - greatest(s.first_day, m.month::date)), NULL, NULL, NULL
FROM stay AS s CROSS JOIN LATERAL generate_series(date_trunc('month', s.first_day::timestamp), s.last_day::timestamp, interval '1 month') AS m (month)
GROUP BY 2, 4
UNION ALL
SELECT 'site', l.site_id, '(all)', m.month::date, NULL, l.people, NULL, NULL
FROM listed AS l
    CROSS JOIN (SELECT generate_series(date_trunc('month', min(s.first_day)::timestamp), date_trunc('month', max(s.last_day)::timestamp), interval '1 month') AS month FROM stay AS s) AS m
$$),
('spend_per_head', 'Spend for each person registered', 'Money spent, in pounds', 'People registered', 'lower_better', 'xmr', 1, NULL, $$
SELECT 'organisation', s.organisation_id, s.service_id, s.month, sum(s.cost), NULL, NULL, NULL
FROM spend_month AS s WHERE s.cost IS NOT NULL
GROUP BY 2, 3, 4
UNION ALL
SELECT 'site', c.unit_id, '(all)', m.month, NULL, sum(c.people), NULL, NULL
FROM population_count AS c CROSS JOIN (SELECT DISTINCT s.month FROM spend_month AS s WHERE s.cost IS NOT NULL) AS m
WHERE c.basis = 'registered' AND c.unit_id <> '(unassigned)'
GROUP BY 2, 4
$$),
('remote_share', 'Contacts by telephone or video', 'Contacts by telephone or video', 'Contacts face to face, by telephone or by video', 'neutral', 'xmr', 100, 'proportion', $$
SELECT 'site', a.site_id, a.service_id, a.month, coalesce(sum(a.attended) FILTER (WHERE a.modality <> 'face_to_face'), 0), sum(a.attended), NULL, NULL
FROM activity_month AS a
WHERE a.kind IN ('first', 'follow_up', 'assessment') AND a.modality IN ('face_to_face', 'telephone', 'video')
GROUP BY 2, 3, 4
$$);

CREATE FUNCTION indicator_rows(hub text, OUT indicator_id text, OUT unit_kind text, OUT unit_id text, OUT service_id text,
                               OUT period_start date, OUT numerator numeric, OUT denominator numeric, OUT aim numeric, OUT expected numeric)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST @statement@ ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    counted text := (SELECT string_agg(format('SELECT %L::text, f.unit_kind::text, f.unit_id::text, f.service_id::text, f.period_start::date,
                                                  f.numerator::numeric, f.denominator::numeric, f.aim::numeric, f.expected::numeric
                                              FROM (%s) AS f (unit_kind, unit_id, service_id, period_start, numerator, denominator, aim, expected)',
                                              s.indicator_id, s.query), E'\nUNION ALL ' ORDER BY s.ordinal) FROM caregroup.indicator_seed AS s);
BEGIN
    PERFORM set_config('search_path', format('%I, pg_catalog, caregroup, pg_temp', hub), true);
    RETURN QUERY EXECUTE counted;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
END
$$;

COMMENT ON FUNCTION indicator_rows(text) IS
'The figures of every indicator of indicator_seed, from a hub''s results. For the step indicator_month.';

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('indicator_name', 'result', 'indicator_id', 'An indicator: its name, direction, target and chart, for reports.', $$
    indicator_id   text                -- Indicator.
    indicator_name text NOT NULL       -- Name to print.
    numerator      text NOT NULL       -- What is counted, in words.
    denominator    text                -- Out of what, in words.
    direction      text NOT NULL       -- higher_better, lower_better or neutral.
    target         double precision    -- Value to reach, where the indicator has one of its own.
    chart          text NOT NULL       -- Control chart.
    per            double precision NOT NULL -- Multiplier of the rate.
    funnel         text                -- proportion or rate of counted events; NULL where a funnel plot cannot judge it.
    owner          text                -- Who answers for it.
    is_bound       boolean NOT NULL    -- Whether its figures are bound, not worked out from the hub's other results.
    is_rate        boolean NOT NULL    -- Whether it is counted out of something.
    period_kind    text NOT NULL       -- week, month, quarter or year.
$$),
('indicator_month', 'result', 'indicator_id, unit_kind, unit_id, service_id, period_start', 'An indicator''s figures of a site or an organisation in a period.', $$
    indicator_id text      -- Indicator.
    unit_kind    text      -- site or organisation.
    unit_id      text      -- Site or organisation.
    service_id   text      -- Service; '(all)' for figures of every service.
    period_start date      -- First day of the period, a month unless a bound indicator says otherwise.
    numerator    numeric   -- What is counted.
    denominator  numeric   -- Out of what.
    aim          numeric   -- Target times denominator, where the target differs by service.
    expected     numeric   -- Numerator that case-mix leads one to expect.
    value        numeric   -- Value, where it is not numerator over denominator.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('indicator_name', 'indicator_name', 'Indicators by name.', $$
WITH bound AS (
    SELECT DISTINCT ON (i.indicator_id) i.* FROM indicator AS i WHERE i.indicator_id IS NOT NULL ORDER BY i.indicator_id, i::text
), valued AS (
    SELECT v.indicator_id, bool_or(v.denominator IS NOT NULL) AS is_rate, min(v.days) AS days
    FROM (SELECT x.indicator_id, x.denominator, nullif(x.period_start - lag(x.period_start) OVER (PARTITION BY x.indicator_id ORDER BY x.period_start), 0) AS days
          FROM indicator_value AS x WHERE isfinite(x.period_start)) AS v
    GROUP BY v.indicator_id
)
SELECT coalesce(s.indicator_id, b.indicator_id), coalesce(b.name, s.name, b.indicator_id),
    coalesce(s.numerator, b.numerator, 'not stated'), coalesce(s.denominator, b.denominator),
    CASE WHEN b.direction IN ('higher_better', 'lower_better', 'neutral') THEN b.direction ELSE coalesce(s.direction, 'neutral') END,
    CASE WHEN b.target BETWEEN -1e100 AND 1e100 AND (b.target = 0 OR abs(b.target) > 1e-100) THEN b.target END,
    CASE WHEN b.chart IN ('xmr', 'p', 'u', 'c', 't', 'g') THEN b.chart ELSE coalesce(s.chart, 'xmr') END,
    CASE WHEN b.per BETWEEN 1e-9 AND 1e9 THEN b.per ELSE coalesce(s.per, 1) END,
    CASE WHEN s.indicator_id IS NOT NULL THEN s.funnel WHEN b.chart IN ('p', 'funnel_proportion') THEN 'proportion'
         WHEN b.chart IN ('u', 'funnel_rate', 'funnel_ratio') THEN 'rate' END,
    b.owner, s.indicator_id IS NULL, s.indicator_id IS NOT NULL OR coalesce(v.is_rate, false),
    CASE WHEN s.indicator_id IS NOT NULL OR v.days IS NULL THEN 'month' WHEN v.days <= 7 THEN 'week' WHEN v.days <= 31 THEN 'month'
         WHEN v.days <= 92 THEN 'quarter' ELSE 'year' END
FROM caregroup.indicator_seed AS s FULL JOIN bound AS b ON b.indicator_id = s.indicator_id
    LEFT JOIN valued AS v ON v.indicator_id = b.indicator_id
$$),
('indicator_month', 'indicator_month', 'What every indicator counts, by site or organisation, service and period.', $$
WITH figure AS (
    SELECT f.indicator_id, f.unit_kind, f.unit_id, f.service_id, f.period_start, f.numerator, f.denominator, f.aim, f.expected, NULL::numeric AS value
    FROM caregroup.indicator_rows(current_schema()) AS f
    UNION ALL
    SELECT v.indicator_id, 'organisation', coalesce(k.organisation_id, '(unassigned)'), coalesce(v.service_id, '(all)'), v.period_start,
        v.numerator, v.denominator, NULL, NULL, v.value
    FROM indicator_value AS v
        JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
        LEFT JOIN known_organisation AS k ON k.organisation_id = v.organisation_id
    WHERE NOT EXISTS (SELECT FROM caregroup.indicator_seed AS s WHERE s.indicator_id = v.indicator_id)
        -- What no chart can draw: check_hub() counts it.
        AND coalesce(v.numerator = 0 OR abs(v.numerator) BETWEEN 1e-15 AND 1e15, true) AND coalesce(v.denominator BETWEEN 1e-15 AND 1e15, true)
        AND coalesce(v.value = 0 OR abs(v.value) BETWEEN 1e-100 AND 1e100, true) AND coalesce(v.numerator, v.value) IS NOT NULL
)
SELECT f.indicator_id, f.unit_kind, f.unit_id, f.service_id, f.period_start,
    sum(f.numerator), sum(f.denominator), CASE WHEN count(f.aim) = count(f.denominator) THEN sum(f.aim) END, sum(f.expected),
    CASE WHEN count(*) = 1 THEN min(f.value) END
FROM figure AS f CROSS JOIN parameter AS p
-- A month that has only begun would look like a fall.
WHERE isfinite(f.period_start) AND f.period_start < date_trunc('month', p.as_at_date::timestamp)
GROUP BY 1, 2, 3, 4, 5
$$);
