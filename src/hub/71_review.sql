-- What is due to people: recalls (follow-ups and inspections) and reviews of
-- fitness.  Neither names a site, so each counts where the person is
-- registered; of several registrations, one whose site offers the service.

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('recall_count', 'result', 'site_id, service_id, kind', 'Recalls of a site''s people.', $$
    site_id       text              -- Site where the people are registered.
    service_id    text              -- Service that is due.
    kind          text              -- What is due.
    due           bigint NOT NULL   -- Open recalls, due or not yet.
    past_due      bigint NOT NULL   -- Open recalls whose day has passed.
    past_due_4    bigint NOT NULL   -- The same by four weeks or more.
    past_due_12   bigint NOT NULL   -- The same by twelve weeks or more.
    longest_weeks integer           -- Whole weeks that the longest is past due.
    completed     bigint NOT NULL   -- Recalls completed in the last twelve months.
$$),
('fitness_count', 'result', 'site_id, unit_id, deployability', 'People by their latest grading of fitness.', $$
    site_id           text              -- Site where the people are registered.
    unit_id           text              -- Unit, '(none)' where the person has none.
    deployability     text              -- Grade of deployability.
    graded            bigint NOT NULL   -- People.
    review_due_4      bigint NOT NULL   -- Their review is due within four weeks.
    review_overdue    bigint NOT NULL   -- Their review is past due.
    review_overdue_12 bigint NOT NULL   -- The same by twelve weeks or more.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('recall_count', 'recall_count', 'Recalls due and past due.', $$
WITH due AS (
    SELECT DISTINCT ON (r.recall_id) r.recall_id, r.service_id, r.kind, r.due_on, s.site_id,
        -- What was completed later was open at the moment.
        CASE WHEN r.completed_on <= p.as_at_date THEN r.completed_on END AS completed_on
    FROM recall AS r CROSS JOIN parameter AS p
        LEFT JOIN (SELECT n.person_id, min(n.death_date) AS death_date FROM person AS n GROUP BY n.person_id) AS n
            ON n.person_id = r.person_id
        LEFT JOIN registration AS g ON g.person_id = r.person_id
            AND g.valid_from <= p.as_at_date AND coalesce(g.valid_to >= p.as_at_date, true)
        LEFT JOIN known_site AS s ON s.site_id = g.site_id
        LEFT JOIN (SELECT DISTINCT o.site_id, o.service_id FROM site_service AS o CROSS JOIN parameter AS p
                   WHERE coalesce(o.valid_from <= p.as_at_date, true) AND coalesce(o.valid_to >= p.as_at_date, true)) AS o
            ON o.site_id = g.site_id AND o.service_id = r.service_id
    WHERE r.recall_id IS NOT NULL AND isfinite(r.due_on)
        -- Nothing is due to the dead.
        AND (coalesce(n.death_date > p.as_at_date, true) OR r.completed_on <= p.as_at_date)
    ORDER BY r.recall_id, o.site_id IS NULL, s.site_id IS NULL, g.valid_from DESC, g.site_id, r.due_on, r.kind, r.completed_on
)
SELECT coalesce(d.site_id, '(unassigned)'), coalesce(d.service_id, '(unknown)'), coalesce(d.kind, 'not stated'),
    count(*) FILTER (WHERE d.completed_on IS NULL),
    count(*) FILTER (WHERE d.completed_on IS NULL AND d.due_on < p.as_at_date),
    count(*) FILTER (WHERE d.completed_on IS NULL AND d.due_on <= p.as_at_date - 28),
    count(*) FILTER (WHERE d.completed_on IS NULL AND d.due_on <= p.as_at_date - 84),
    (max(p.as_at_date - d.due_on) FILTER (WHERE d.completed_on IS NULL AND d.due_on < p.as_at_date)) / 7,
    count(*) FILTER (WHERE d.completed_on > (p.as_at_date - interval '1 year')::date AND d.completed_on <= p.as_at_date)
FROM due AS d CROSS JOIN parameter AS p
GROUP BY 1, 2, 3
$$),
('fitness_count', 'fitness_count', 'Gradings of fitness and their reviews.', $$
WITH latest AS (
    SELECT DISTINCT ON (f.person_id) f.person_id, f.deployability,
        CASE WHEN isfinite(f.review_due_on) THEN f.review_due_on END AS review_due_on
    FROM fitness AS f CROSS JOIN parameter AS p
    WHERE f.graded_on <= p.as_at_date AND f.person_id IS NOT NULL
    ORDER BY f.person_id, f.graded_on DESC, f.review_due_on, f.deployability
), person_unit AS (
    SELECT n.person_id, min(n.unit_id) AS unit_id, min(n.death_date) AS death_date FROM person AS n GROUP BY n.person_id
), registered AS (
    SELECT DISTINCT ON (g.person_id) g.person_id, s.site_id
    FROM registration AS g CROSS JOIN parameter AS p
        LEFT JOIN known_site AS s ON s.site_id = g.site_id
    WHERE g.valid_from <= p.as_at_date AND coalesce(g.valid_to >= p.as_at_date, true)
    ORDER BY g.person_id, s.site_id IS NULL, s.kind IS DISTINCT FROM 'medical', g.valid_from DESC, g.site_id
)
SELECT coalesce(g.site_id, '(unassigned)'), coalesce(u.unit_id, '(none)'), coalesce(l.deployability, 'not stated'), count(*),
    count(*) FILTER (WHERE l.review_due_on BETWEEN p.as_at_date AND p.as_at_date + 28),
    count(*) FILTER (WHERE l.review_due_on < p.as_at_date),
    count(*) FILTER (WHERE l.review_due_on <= p.as_at_date - 84)
FROM latest AS l CROSS JOIN parameter AS p
    LEFT JOIN person_unit AS u ON u.person_id = l.person_id
    LEFT JOIN registered AS g ON g.person_id = l.person_id
WHERE coalesce(u.death_date > p.as_at_date, true)
GROUP BY 1, 2, 3
$$);

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('report_recall', 'report', 'recall_count', 'Follow-ups and inspections due to the living and past due, by where the person is registered and by service, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
    r.service_id, min(v.service_name) AS service_name, r.kind,
    sum(r.due)::bigint AS due, sum(r.past_due)::bigint AS past_due, sum(r.past_due_4)::bigint AS past_due_4_weeks,
    sum(r.past_due_12)::bigint AS past_due_12_weeks, max(r.longest_weeks) AS longest_weeks,
    sum(r.completed)::bigint AS completed_last_12_months,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h
    JOIN recall_count AS r ON r.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = r.service_id
    LEFT JOIN result_state AS t ON t.step = 'recall_count'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, r.service_id, r.kind
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for people registered at no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service that is due.
    service_name      -- Name to print.
    kind              -- What is due, such as follow_up or inspection.
    due               -- Open recalls, due or not yet.
    past_due          -- Open recalls whose day has passed.
    past_due_4_weeks  -- Open recalls past due by four weeks or more.
    past_due_12_weeks -- Open recalls past due by twelve weeks or more.
    longest_weeks     -- Whole weeks that the longest is past due; NULL where none is.
    completed_last_12_months -- Recalls completed in the last twelve months.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_fitness', 'report', 'fitness_count', 'People by their latest grading of fitness and its review, by where they are registered, rolled up, and by unit.', $$
WITH body AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, f.*
    FROM chain AS h JOIN fitness_count AS f ON f.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    UNION ALL
    SELECT p.hierarchy, f.unit_id AS organisation_id, f.unit_id AS organisation_name, 'unit'::text AS organisation_kind,
        NULL::integer AS organisation_level, f.*
    FROM fitness_count AS f CROSS JOIN parameter AS p
)
SELECT b.hierarchy, b.organisation_id, b.organisation_name, b.organisation_kind, b.organisation_level, b.deployability,
    sum(b.graded)::bigint AS graded, sum(b.review_due_4)::bigint AS review_due_soon, sum(b.review_overdue)::bigint AS review_overdue,
    sum(b.review_overdue_12)::bigint AS review_overdue_12_weeks,
    (sum(b.review_overdue) / sum(b.graded))::double precision AS overdue_share,
    caregroup.wilson_lower(sum(b.review_overdue), sum(b.graded)) AS lower,
    caregroup.wilson_upper(sum(b.review_overdue), sum(b.graded)) AS upper,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM body AS b LEFT JOIN result_state AS t ON t.step = 'fitness_count'
GROUP BY b.hierarchy, b.organisation_id, b.organisation_name, b.organisation_kind, b.organisation_level, b.deployability
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, a site where organisation_kind is site, or a unit where it is unit.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unit for a unit, which stands beside the chain; unassigned for people registered at no known site.
    organisation_level -- 0 at the top of the hierarchy; NULL for a unit.
    deployability     -- Grade of deployability.
    graded            -- People with that latest grade.
    review_due_soon   -- Their review is due within four weeks.
    review_overdue    -- Their review is past due.
    review_overdue_12_weeks -- Their review is past due by twelve weeks or more.
    overdue_share     -- Reviews past due over people.
    lower             -- Lower limit of its 95 % Wilson interval.
    upper             -- Upper limit of its 95 % Wilson interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);
