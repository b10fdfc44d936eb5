-- Money: what was spent against plan and contract.
--
-- Spend and contracts name an organisation and not a site, so they roll up
-- organisation_chain.

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('spend_month', 'result', 'organisation_id, contract_id, service_id, month', 'Money of a month against plan and contract.', $$
    organisation_id text      -- Organisation that spends or provides, '(unassigned)' where unknown.
    contract_id     text      -- Contract, '(none)' where the row has none.
    lot             text      -- Lot of the contract.
    service_id      text      -- Service, '(several)' for the value of a contract of several services, '(unknown)' where neither row nor contract names one.
    month           date      -- First day of the month.
    cost            numeric   -- Money spent.
    planned         numeric   -- Money planned.
    contracted      numeric   -- A twelfth of the contract's yearly value, at either end by days under contract.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('spend_month', 'spend_month', 'Money by month against plan and contract.', $$
WITH deal AS (
    SELECT DISTINCT ON (c.contract_id) c.* FROM contract AS c WHERE c.contract_id IS NOT NULL
    ORDER BY c.contract_id, c.starts_on DESC, c.provider_id, c.service_id, c.value
), paid AS (
    SELECT DISTINCT ON (s.spend_id) s.organisation_id, s.contract_id, s.service_id, date_trunc('month', s.month::timestamp)::date AS month, s.cost
    FROM spend AS s WHERE s.spend_id IS NOT NULL AND isfinite(s.month)
    ORDER BY s.spend_id, s.month, s.organisation_id, s.contract_id, s.service_id, s.cost
), planned AS (
    SELECT DISTINCT ON (n.plan_id) n.organisation_id, n.service_id, date_trunc('month', n.month::timestamp)::date AS month, n.cost, n.version,
        -- The tenth version is after the ninth.
        ARRAY(SELECT v.number[1]::numeric FROM regexp_matches(n.version, '\d+', 'g') AS v (number)) AS version_numbers
    FROM plan AS n WHERE n.plan_id IS NOT NULL AND n.cost IS NOT NULL AND isfinite(n.month)
    ORDER BY n.plan_id, n.month, n.organisation_id, n.service_id, n.version, n.cost
), only_deal AS (
    -- A plan names no contract: it belongs to the one contract that its
    -- organisation has or spends on for the service in the month, where there
    -- is just one.
    SELECT b.organisation_id, b.service_id, m.month, min(b.contract_id) AS contract_id
    FROM (SELECT d.provider_id AS organisation_id, d.service_id, d.contract_id FROM deal AS d
          UNION SELECT s.organisation_id, s.service_id, s.contract_id FROM paid AS s WHERE s.contract_id IS NOT NULL) AS b
        LEFT JOIN deal AS d ON d.contract_id = b.contract_id
        JOIN (SELECT n.month FROM planned AS n UNION SELECT s.month FROM paid AS s) AS m
            ON coalesce(date_trunc('month', d.starts_on::timestamp) <= m.month, true) AND coalesce(d.ends_on >= m.month, true)
    GROUP BY b.organisation_id, b.service_id, m.month HAVING count(*) = 1
), newest AS (
    SELECT n.*, dense_rank() OVER (PARTITION BY n.organisation_id, n.service_id, n.month ORDER BY n.version_numbers DESC, coalesce(n.version, '') DESC) AS age
    FROM planned AS n
), line AS (
    SELECT s.organisation_id, coalesce(s.contract_id, o.contract_id) AS contract_id, coalesce(s.service_id, d.service_id) AS service_id,
        s.month, s.cost, NULL::numeric AS planned, NULL::numeric AS contracted
    FROM paid AS s
        LEFT JOIN deal AS d ON d.contract_id = s.contract_id
        LEFT JOIN only_deal AS o ON o.organisation_id = s.organisation_id AND o.service_id = s.service_id AND o.month = s.month
    UNION ALL
    SELECT n.organisation_id, o.contract_id, n.service_id, n.month, NULL, n.cost, NULL
    FROM newest AS n
        LEFT JOIN only_deal AS o ON o.organisation_id = n.organisation_id AND o.service_id = n.service_id AND o.month = n.month
    WHERE n.age = 1
    UNION ALL
    -- A month at either end counts by its days under contract.
    SELECT d.provider_id, d.contract_id, coalesce(d.service_id, '(several)'), g.month::date, NULL, NULL,
        d.value / 12 * (least(coalesce(d.ends_on, e.last_day), e.last_day) - greatest(d.starts_on, g.month::date) + 1) / (e.last_day - g.month::date + 1)
    FROM deal AS d CROSS JOIN parameter AS p
        CROSS JOIN LATERAL generate_series(date_trunc('month', greatest(d.starts_on, date '1990-01-01')::timestamp),
            least(coalesce(d.ends_on, p.as_at_date), p.as_at_date)::timestamp, interval '1 month') AS g (month)
        CROSS JOIN LATERAL (SELECT (g.month + interval '1 month')::date - 1 AS last_day) AS e
    WHERE d.value IS NOT NULL AND isfinite(d.starts_on) AND coalesce(d.ends_on >= d.starts_on, true)
)
SELECT coalesce(k.organisation_id, '(unassigned)'), coalesce(l.contract_id, '(none)'), min(d.lot), coalesce(l.service_id, '(unknown)'), l.month,
    sum(l.cost), sum(l.planned), sum(l.contracted)
FROM line AS l
    LEFT JOIN known_organisation AS k ON k.organisation_id = l.organisation_id
    LEFT JOIN deal AS d ON d.contract_id = l.contract_id
WHERE isfinite(l.month)
GROUP BY 1, 2, 4, 5
$$);

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('report_spend', 'report', 'spend_month', 'Money of each month and of the financial year to date against plan and contract, by lot and service, rolled up.', $$
WITH month AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
        s.contract_id, min(s.lot) AS lot, s.service_id, s.month,
        sum(s.cost) AS cost, sum(s.planned) AS planned, sum(s.contracted) AS contracted
    FROM organisation_chain AS h
        JOIN spend_month AS s ON s.organisation_id = h.member_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, s.contract_id, s.service_id, s.month
)
SELECT m.hierarchy, m.organisation_id, m.organisation_name, m.organisation_kind, m.organisation_level,
    m.contract_id, m.lot, m.service_id, v.service_name, m.month AS period_start, 'month'::text AS period_kind,
    m.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    m.cost AS cost_gbp, m.planned AS planned_gbp, m.contracted AS contract_gbp,
    sum(m.cost) OVER to_date AS cost_to_date_gbp, sum(m.planned) OVER to_date AS planned_to_date_gbp,
    sum(m.contracted) OVER to_date AS contract_to_date_gbp,
    -- Only months that have both tell whether the plan is kept.
    sum(m.cost - m.planned) OVER to_date AS variance_to_date_gbp,
    t.as_at, t.recalculated_at
FROM month AS m
    LEFT JOIN service_name AS v ON v.service_id = m.service_id
    LEFT JOIN result_state AS t ON t.step = 'spend_month'
WINDOW to_date AS (PARTITION BY m.hierarchy, m.organisation_kind, m.organisation_id, m.contract_id, m.service_id,
                       extract(year FROM m.month) - (extract(month FROM m.month) < 4)::integer ORDER BY m.month)
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; unassigned for what names no known organisation.
    organisation_level -- 0 at the top of the hierarchy.
    contract_id       -- Contract, '(none)' for money outside any contract.
    lot               -- Lot of the contract.
    service_id        -- Service; '(several)' for the value of a contract of several services, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    cost_gbp          -- Money spent in the month, in pounds; NULL where none is recorded.
    planned_gbp       -- Money planned for the month, of the plan's latest version.
    contract_gbp      -- A twelfth of the contract's yearly value, at either end by days under contract.
    cost_to_date_gbp  -- Money spent from April to the month.
    planned_to_date_gbp -- Money planned from April to the month.
    contract_to_date_gbp -- Contract value from April to the month.
    variance_to_date_gbp -- Spent less planned from April to the month, over months that have both.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);
