-- Forecasts of demand: by site, service, week and month, along every hierarchy,
-- and how good they were.
--
-- Each series of each organisation is forecast from its own history, and only
-- when that history has changed: forecasts are kept under a fingerprint of it,
-- which organisations of one site share.  Weeks know the bank holidays that were
-- and are to come; in backtests of the demonstration worlds and of England's A&E
-- departments that brought errors down by 1 to 2 % (harrow: up by 1 %) and
-- made intervals 1 to 8 % narrower.  The year of COVID is set aside.  The sites' points are then brought
-- together along the hub's hierarchy, so that the parts add up to the whole.
--
-- A series has an origin, the first period that it forecasts.  The first run
-- also forecasts from three and six months before (hindcasts), so that the
-- forecasts' accuracy is known from the first day.

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('demand_node', 'result', 'hierarchy, organisation_kind, organisation_id', 'An organisation or site of a hierarchy, and where its forecasts are kept: an organisation with the same sites in several hierarchies has one forecast.', $$
    hierarchy          text               -- Hierarchy.
    organisation_kind  text               -- Kind of organisation, or site.
    organisation_id    text               -- Organisation or site.
    organisation_name  text NOT NULL      -- Name to print.
    organisation_level integer NOT NULL   -- 0 at the top.
    kept_under         text NOT NULL      -- The first hierarchy in which it has the same sites; '(any)' for a site.
    node_no            integer NOT NULL   -- Number, the same for those that are kept together.
    sites              text[] NOT NULL    -- Sites under it.
$$),
('demand_week', 'result', 'site_id, service_id, week_start', 'Requests for care in a week.', $$
    site_id    text               -- Site asked, '(unassigned)' where unknown.
    service_id text               -- Service asked for, '(unknown)' where unknown.
    week_start date               -- Monday.
    requests   numeric NOT NULL   -- Referrals and contact requests.
$$),
('demand_series', 'result', 'period_kind, origin, hierarchy, organisation_kind, organisation_id, service_id', 'The requests of an organisation or site, period by period, up to an origin.', $$
    period_kind       text                         -- week or month.
    origin            date                         -- First day of the first period to forecast.
    hierarchy         text                         -- Hierarchy under which it is kept (demand_node); '(any)' for a site.
    organisation_kind text                         -- Kind of organisation, or site.
    organisation_id   text                         -- Organisation or site.
    service_id        text                         -- Service; '(all)' for all together.
    is_hindcast       boolean NOT NULL             -- Whether periods after the origin are known already.
    first_period      date NOT NULL                -- First day of the first period in which a request came.
    history           double precision[] NOT NULL  -- Requests of every period from the first to the origin.
    season            integer NOT NULL             -- Periods of a year: 52 or 12.
    history_key       text NOT NULL                -- Fingerprint of the history, its days off and the version of the method.
    naive_error       double precision             -- Mean absolute difference of a period and the same of the year before; NULL with a year or less.
$$),
('demand_history', 'result', 'period_kind, history_key', 'A history that is to be forecast; organisations with the same one share it.', $$
    period_kind text                         -- week or month.
    history_key text                         -- Fingerprint.
    history     double precision[] NOT NULL  -- Requests, oldest first.
    season      integer NOT NULL             -- Periods of a year.
    events      double precision[]           -- Of weeks: bank holidays and other days off from Monday to Friday in each week of the history and of the forecast. NULL for months.
    covid       int4range                    -- Places of the history, from 1, from March 2020 to March 2021: a known intervention that is set aside. NULL where there are none.
$$),
('demand_base', 'result', 'period_kind, history_key, step', 'The forecast of a history by itself.', $$
    period_kind text                        -- week or month.
    history_key text                        -- Fingerprint of the history.
    step        integer                     -- Periods ahead, from 1.
    point       double precision NOT NULL   -- Requests expected.
    lower_80    double precision            -- Lower limit of the 80 % interval; NULL where the history is too short.
    upper_80    double precision            -- Upper limit.
    lower_95    double precision            -- Lower limit of the 95 % interval.
    upper_95    double precision            -- Upper limit.
    method      text NOT NULL               -- Method, as forecast_series() names it, and behind commas what else was done.
$$),
('demand_forecast', 'result', 'period_kind, origin, hierarchy, organisation_kind, organisation_id, service_id, step', 'Forecasts whose parts add up to the whole.', $$
    period_kind       text                        -- week or month.
    origin            date                        -- First day of the first period forecast.
    hierarchy         text                        -- Hierarchy under which it is kept.
    organisation_kind text                        -- Kind of organisation, or site.
    organisation_id   text                        -- Organisation or site.
    service_id        text                        -- Service; '(all)' for all together.
    step              integer                     -- Periods ahead, from 1.
    period_start      date NOT NULL               -- First day of the period.
    is_hindcast       boolean NOT NULL            -- Whether it was made after the fact.
    point             double precision NOT NULL   -- Requests expected; a site's parts and an organisation's sites add up.
    base              double precision NOT NULL   -- The series' own forecast, before that.
    lower_80          double precision            -- Lower limit of the 80 % interval: the series' own, moved by as much as its point was, and no narrower than chance.
    upper_80          double precision            -- Upper limit.
    lower_95          double precision            -- Lower limit of the 95 % interval.
    upper_95          double precision            -- Upper limit.
    method            text NOT NULL               -- Method of the series' own forecast.
$$),
('demand_forecast_kept', 'history', 'period_kind, origin, hierarchy, organisation_kind, organisation_id, service_id, step', 'Every forecast that was made, the last of each origin: months of three years, weeks of half a year. Emptied, it is filled with hindcasts again.', $$
    period_kind       text                        -- week or month.
    origin            date                        -- First day of the first period forecast.
    hierarchy         text                        -- Hierarchy under which it is kept.
    organisation_kind text                        -- Kind of organisation, or site.
    organisation_id   text                        -- Organisation or site.
    service_id        text                        -- Service; '(all)' for all together.
    step              integer                     -- Periods ahead, from 1.
    period_start      date NOT NULL               -- First day of the period.
    is_hindcast       boolean NOT NULL            -- Whether it was made after the fact.
    point             double precision NOT NULL   -- Requests expected.
    lower_80          double precision            -- Lower limit of the 80 % interval.
    upper_80          double precision            -- Upper limit.
    lower_95          double precision            -- Lower limit of the 95 % interval.
    upper_95          double precision            -- Upper limit.
    method            text NOT NULL               -- Method.
$$),
('demand_accuracy', 'result', 'period_kind, hierarchy, organisation_kind, organisation_id, service_id, step', 'How far past forecasts were from what came.', $$
    period_kind       text               -- week or month.
    hierarchy         text               -- Hierarchy under which it is kept.
    organisation_kind text               -- Kind of organisation, or site.
    organisation_id   text               -- Organisation or site.
    service_id        text               -- Service; '(all)' for all together.
    step              integer            -- Periods ahead, from 1; 0 for all together.
    forecasts         bigint NOT NULL    -- Forecasts of periods that are over.
    hindcasts         bigint NOT NULL    -- Of them, how many were made after the fact.
    actual_mean       double precision   -- Mean of what came.
    mae               double precision   -- Mean absolute error, in requests.
    naive_mae         double precision   -- The same of what came in the same period of the year before.
    mase              double precision   -- mae over the mean absolute difference of a year in the history.
    bias              double precision   -- Mean of forecast less what came.
    coverage_80       double precision   -- Share inside the 80 % interval, 0 to 1.
    coverage_95       double precision   -- Share inside the 95 % interval.
$$),
('demand_surge', 'result', 'hierarchy, organisation_kind, organisation_id, service_id', 'The demand for slots of the next fourteen days against the slots of its sessions.', $$
    hierarchy         text                        -- Hierarchy under which it is kept.
    organisation_kind text                        -- Kind of organisation, or site.
    organisation_id   text                        -- Organisation or site.
    service_id        text                        -- Service.
    starts_on         date NOT NULL               -- First of the fourteen days.
    requests          double precision NOT NULL   -- Requests expected.
    requests_variance double precision NOT NULL   -- Variance of that.
    slots_per_request double precision NOT NULL   -- Slots that a request led to in the last twelve whole months.
    demand            double precision NOT NULL   -- Slots that the requests lead to.
    demand_variance   double precision NOT NULL   -- Variance of that.
    slots_offered     numeric NOT NULL            -- Slots of sessions that are not cancelled.
    slots_booked      numeric NOT NULL            -- Of them, how many are booked already.
$$);

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('closed_week', 'plumbing', NULL, 'The days off from Monday to Friday of the hub''s calendar, week by week.', $$
SELECT date '2000-01-03' AS first_week, array_agg(w.days ORDER BY w.week_start) AS days
FROM (SELECT date_trunc('week', d.day::timestamp)::date AS week_start, (count(*) FILTER (WHERE NOT d.is_working AND extract(isodow FROM d.day) < 6))::double precision AS days
      FROM working_day AS d
      WHERE d.calendar_id = (SELECT p.calendar_id FROM parameter AS p) AND d.day >= date '2000-01-03'
      GROUP BY 1) AS w
$$, $$
    first_week -- Monday of the first week.
    days       -- Days off of each week from it.
$$),
('site_of', 'plumbing', NULL, 'The sites of everything that forecasts are kept of.', $$
SELECT DISTINCT n.node_no, n.kept_under AS hierarchy, n.organisation_kind, n.organisation_id, g.site_id
FROM demand_node AS n CROSS JOIN LATERAL unnest(n.sites) AS g (site_id)
$$, $$
    node_no           -- Number.
    hierarchy         -- Hierarchy under which it is kept.
    organisation_kind -- Kind of organisation, or site.
    organisation_id   -- Organisation or site.
    site_id           -- Site under it.
$$),
('forecast_node', 'plumbing', NULL, 'The organisations and sites of the hub''s hierarchy as a tree: each has one parent, the nearest above, the least where several are as near.', $$
WITH RECURSIVE above AS (
    SELECT DISTINCT ON (c.member_id) c.member_id AS organisation_id, c.organisation_id AS parent_id
    FROM organisation_chain AS c
    WHERE c.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND c.organisation_kind <> 'unassigned' AND c.organisation_id <> c.member_id
    ORDER BY c.member_id, c.organisation_level DESC, c.organisation_id
), nearest AS (
    SELECT DISTINCT ON (h.site_id) h.site_id, h.organisation_id
    FROM chain AS h
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND h.organisation_kind NOT IN ('site', 'unassigned')
    ORDER BY h.site_id, h.organisation_level DESC, h.organisation_id
), reach AS (
    SELECT n.organisation_id, n.site_id FROM nearest AS n
    UNION
    SELECT a.parent_id, r.site_id FROM reach AS r JOIN above AS a ON a.organisation_id = r.organisation_id
)
SELECT d.kept_under AS hierarchy, d.organisation_kind, d.organisation_id, CASE WHEN d.organisation_kind IN ('site', 'unassigned') THEN 'site|' ELSE 'organisation|' END || d.organisation_id AS node,
    'organisation|' || CASE WHEN d.organisation_kind = 'site' THEN n.organisation_id ELSE a.parent_id END AS parent, cardinality(d.sites) > coalesce(r.sites, 1) AS is_partial
FROM demand_node AS d
    LEFT JOIN nearest AS n ON d.organisation_kind = 'site' AND n.site_id = d.organisation_id
    LEFT JOIN above AS a ON d.organisation_kind <> 'site' AND a.organisation_id = d.organisation_id
    LEFT JOIN (SELECT r.organisation_id, count(*) AS sites FROM reach AS r GROUP BY r.organisation_id) AS r
        ON d.organisation_kind NOT IN ('site', 'unassigned') AND r.organisation_id = d.organisation_id
WHERE d.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND (d.organisation_kind IN ('site', 'unassigned') OR r.sites > 0)
$$, $$
    hierarchy         -- Hierarchy under which its forecasts are kept.
    organisation_kind -- Kind of organisation, or site.
    organisation_id   -- Organisation or site.
    node              -- Name of the node.
    parent            -- Name of the node above; NULL at a top.
    is_partial        -- Whether sites of the organisation stand under another parent in the tree.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('demand_node', 'demand_node', 'What is forecast: every organisation of every hierarchy, and every site.', $$
WITH node AS (
    SELECT h.hierarchy, h.organisation_kind, h.organisation_id, min(h.organisation_name) AS organisation_name, min(h.organisation_level) AS organisation_level,
        array_agg(DISTINCT h.site_id ORDER BY h.site_id) AS sites
    FROM chain AS h GROUP BY 1, 2, 3
)
SELECT k.hierarchy, k.organisation_kind, k.organisation_id, k.organisation_name, k.organisation_level, k.kept_under,
    dense_rank() OVER (ORDER BY k.kept_under, k.organisation_kind, k.organisation_id), k.sites
FROM (SELECT n.*, CASE WHEN n.organisation_kind = 'site' THEN '(any)' ELSE min(n.hierarchy) OVER (PARTITION BY n.organisation_kind, n.organisation_id, n.sites) END AS kept_under
      FROM node AS n) AS k
$$),
('demand_week', 'demand_week', 'Referrals and contact requests by week.', $$
SELECT q.site_id, q.service_id, q.week_start, sum(q.requests)
FROM (SELECT r.site_id, r.service_id, date_trunc('week', r.received_at AT TIME ZONE p.time_zone)::date AS week_start, 1::numeric AS requests
      FROM referral_summary AS r CROSS JOIN parameter AS p
      UNION ALL
      SELECT coalesce(s.site_id, '(unassigned)'), coalesce(c.service_id, '(unknown)'), date_trunc('week', c.at AT TIME ZONE p.time_zone)::date, coalesce(c.quantity, 1)
      FROM known_contact_request AS c CROSS JOIN parameter AS p
          LEFT JOIN known_site AS s ON s.site_id = c.site_id
      WHERE c.at <= p.as_at AND isfinite(c.at)) AS q
GROUP BY 1, 2, 3
$$),
('demand_series', 'demand_series', 'The histories of demand of every organisation, service and all services, by week and month.', $$
WITH came AS MATERIALIZED (
    -- Numbers instead of names: there are many rows to sort.
    SELECT c.period_kind, c.site_id, c.service_id, c.period_start, c.requests, dense_rank() OVER (ORDER BY c.service_id)::integer AS service_no
    FROM (SELECT 'week' AS period_kind, d.site_id, d.service_id, d.week_start AS period_start, d.requests::double precision FROM demand_week AS d
          UNION ALL
          SELECT 'month', d.site_id, d.service_id, d.month, sum(d.requests)::double precision FROM demand AS d GROUP BY 2, 3, 4) AS c
), kind AS (
    SELECT k.period_kind, k.season, k.width, date_trunc(k.period_kind, p.as_at_date::timestamp)::date AS origin
    FROM parameter AS p CROSS JOIN (VALUES ('week', 52, interval '1 week'), ('month', 12, interval '1 month')) AS k (period_kind, season, width)
), total AS (
    SELECT c.period_kind, c.period_start, sum(c.requests) AS requests,
        sum(sum(c.requests)) FILTER (WHERE c.period_start >= k.origin - interval '1 year') OVER (PARTITION BY c.period_kind) / k.season AS usual
    FROM came AS c JOIN kind AS k ON k.period_kind = c.period_kind
    WHERE c.period_start < k.origin AND c.period_start >= k.origin - interval '10 years'
    GROUP BY c.period_kind, c.period_start, k.origin, k.season
), span AS (
    -- A warehouse that begins on a day holds older records too, of who was on
    -- the books then: whole periods are those from which half as much is known
    -- as of the last year's.
    SELECT k.period_kind, k.season, k.width, k.origin, min(t.period_start) AS since
    FROM kind AS k JOIN total AS t ON t.period_kind = k.period_kind
    WHERE t.requests >= t.usual / 2
    GROUP BY 1, 2, 3, 4
), start AS (
    SELECT s.*, s.origin AS starts_at, false AS is_hindcast FROM span AS s
    UNION ALL
    SELECT s.*, CASE s.period_kind WHEN 'week' THEN s.origin - (m.months / 3 * 13 * 7) ELSE (s.origin - m.months * interval '1 month')::date END, true
    FROM span AS s CROSS JOIN (VALUES (3), (6)) AS m (months)
    WHERE NOT EXISTS (SELECT FROM demand_forecast_kept AS x WHERE x.period_kind = s.period_kind AND x.origin < s.origin)
), node AS (
    SELECT DISTINCT m.node_no, m.hierarchy, m.organisation_kind, m.organisation_id FROM site_of AS m
), service AS (
    SELECT c.service_no, min(c.service_id) AS service_id FROM came AS c GROUP BY 1
    UNION ALL
    SELECT 0, '(all)'
), placed AS MATERIALIZED (
    SELECT m.node_no, c.service_no, c.period_kind, c.period_start, sum(c.requests) AS requests
    FROM came AS c JOIN span AS s ON s.period_kind = c.period_kind AND c.period_start >= s.since AND c.period_start < s.origin
        JOIN site_of AS m ON m.site_id = c.site_id
    GROUP BY 1, 2, 3, 4
), known AS MATERIALIZED (
    SELECT p.* FROM placed AS p
    UNION ALL
    SELECT p.node_no, 0, p.period_kind, p.period_start, sum(p.requests) FROM placed AS p GROUP BY 1, 3, 4
), cell AS (
    -- Periods without a request are rows of their own, put together with the
    -- others by grouping.
    SELECT k.* FROM known AS k
    UNION ALL
    SELECT b.node_no, b.service_no, b.period_kind, g.at::date, 0
    FROM (SELECT k.node_no, k.service_no, k.period_kind, min(k.period_start) AS first_period FROM known AS k GROUP BY 1, 2, 3) AS b
        JOIN span AS s ON s.period_kind = b.period_kind
        CROSS JOIN LATERAL generate_series(b.first_period::timestamp, (s.origin - 1)::timestamp, s.width) AS g (at)
), series AS (
    SELECT c.node_no, c.service_no, c.period_kind, min(c.period_start) AS first_period, array_agg(c.requests ORDER BY c.period_start) AS history
    FROM (SELECT c.node_no, c.service_no, c.period_kind, c.period_start, sum(c.requests) AS requests FROM cell AS c GROUP BY 1, 2, 3, 4) AS c
    GROUP BY 1, 2, 3
), closed AS MATERIALIZED (
    SELECT w.first_week, w.days FROM closed_week AS w
), cut AS MATERIALIZED (
    SELECT t.period_kind, t.starts_at, n.hierarchy, n.organisation_kind, n.organisation_id, v.service_id, t.is_hindcast, s.first_period, t.season,
        s.history[:CASE t.period_kind WHEN 'week' THEN (t.starts_at - s.first_period) / 7
            ELSE ((extract(year FROM t.starts_at) - extract(year FROM s.first_period)) * 12 + extract(month FROM t.starts_at) - extract(month FROM s.first_period))::integer END] AS history
    FROM series AS s JOIN node AS n ON n.node_no = s.node_no JOIN service AS v ON v.service_no = s.service_no
        JOIN start AS t ON t.period_kind = s.period_kind AND t.starts_at > s.first_period
)
SELECT c.period_kind, c.starts_at, c.hierarchy, c.organisation_kind, c.organisation_id, c.service_id, c.is_hindcast, c.first_period,
    c.history, c.season, md5(caregroup.caregroup_version() || ' ' || c.season || ' ' || c.first_period || c.history::text || coalesce(e.events::text, '')),
    (SELECT avg(abs(y.later - y.earlier)) FROM unnest(c.history[c.season + 1:], c.history[:cardinality(c.history) - c.season]) AS y (later, earlier))
FROM cut AS c
    -- What is off before the history or after the forecast does not change it.
    LEFT JOIN closed AS w ON c.period_kind = 'week'
    CROSS JOIN LATERAL (SELECT w.days[(c.first_period - w.first_week) / 7 + 1:(c.first_period - w.first_week) / 7 + cardinality(c.history) + 13] AS events) AS e
-- What nobody asked for in a year is not forecast.
WHERE (SELECT sum(v) FROM unnest(c.history[greatest(cardinality(c.history) - c.season + 1, 1):]) AS v) > 0
$$),
('demand_history', 'demand_history', 'Every history once.', $$
WITH closed AS MATERIALIZED (
    SELECT w.first_week, w.days FROM closed_week AS w
)
SELECT h.period_kind, h.history_key, h.history, h.season,
    w.days[(h.first_period - w.first_week) / 7 + 1:(h.first_period - w.first_week) / 7 + cardinality(h.history) + 13],
    -- Set aside once a year has come after it: until then nobody knows what is usual.
    CASE WHEN c.after > 1 AND cardinality(h.history) - c.after + 1 >= h.season THEN int4range(greatest(c.first, 1), c.after) END
FROM (SELECT DISTINCT ON (s.period_kind, s.history_key) s.period_kind, s.history_key, s.history, s.season, s.first_period
      FROM demand_series AS s ORDER BY s.period_kind, s.history_key) AS h
    LEFT JOIN closed AS w ON h.period_kind = 'week'
    JOIN LATERAL (VALUES
        ('week', 1 + (date '2020-03-02' - h.first_period) / 7, 1 + (date '2021-03-29' - h.first_period) / 7),
        ('month', 1 + (2020 - extract(year FROM h.first_period)::integer) * 12 + 3 - extract(month FROM h.first_period)::integer,
         1 + (2021 - extract(year FROM h.first_period)::integer) * 12 + 4 - extract(month FROM h.first_period)::integer)) AS c (period_kind, first, after) ON c.period_kind = h.period_kind
$$);

INSERT INTO hub_step (step, result, description, query, stale, in_parallel) VALUES
('demand_base', 'demand_base', 'Forecasts of the histories that have changed.', $$
SELECT h.period_kind, h.history_key, f.step, f.point, f.lower[1] AS lower_80, f.upper[1] AS upper_80, f.lower[2] AS lower_95, f.upper[2] AS upper_95,
    regexp_replace(replace(replace(f.method, ', 0 of 1 event', ''), ', 1 of 1 event', ', bank holidays'), 'intervention of \d+ left out', 'COVID set aside')
FROM demand_history AS h
    CROSS JOIN LATERAL unnest(caregroup.forecast_series(h.history, CASE h.period_kind WHEN 'week' THEN 13 ELSE 12 END, h.season, levels => '{0.8,0.95}', non_negative => true,
        events => h.events, intervention => h.covid)) AS f
WHERE NOT EXISTS (SELECT FROM demand_base AS b WHERE b.period_kind = h.period_kind AND b.history_key = h.history_key AND b.step = 1)
$$, $$NOT EXISTS (SELECT FROM demand_history AS h WHERE h.period_kind = t.period_kind AND h.history_key = t.history_key)$$, true);

INSERT INTO hub_step (step, result, description, query) VALUES
('demand_forecast', 'demand_forecast', 'Forecasts brought together along the hub''s hierarchy, so that the parts add up.', $$
WITH together AS MATERIALIZED (
    SELECT r.hierarchy AS part, dense_rank() OVER (ORDER BY r.hierarchy)::integer AS part_no, r.node, r.step, r.point
    FROM caregroup.forecast_reconcile($query$
        SELECT s.period_kind || '|' || to_char(s.origin, 'YYYY-MM-DD') || '|' || s.service_id AS hierarchy, n.node, n.parent, b.step, b.point,
            -- The own forecast of an organisation that shares sites with another
            -- is of more than its part of the tree, and has no say.
            CASE WHEN n.is_partial THEN 1e9 * (1 + b.point) ^ 2
                 ELSE greatest(((b.upper_80 - b.lower_80) / (2 * 1.2816)) ^ 2, b.point / 4, 0.01) END AS variance
        FROM forecast_node AS n
            JOIN demand_series AS s ON s.hierarchy = n.hierarchy AND s.organisation_kind = n.organisation_kind AND s.organisation_id = n.organisation_id
            JOIN demand_base AS b ON b.period_kind = s.period_kind AND b.history_key = s.history_key
        WHERE s.service_id <> '(all)'
    $query$, 'wls_variance', true) AS r
), node AS (
    SELECT DISTINCT m.node_no, m.hierarchy, m.organisation_kind, m.organisation_id FROM site_of AS m
), part AS (
    SELECT x.part_no, x.period_kind, x.origin, substr(x.part, length(x.period_kind) + 13) AS service_id, dense_rank() OVER (ORDER BY x.period_kind, x.origin)::integer AS start_no
    FROM (SELECT t.part_no, t.part, split_part(t.part, '|', 1) AS period_kind, split_part(t.part, '|', 2)::date AS origin
          FROM (SELECT t.part_no, min(t.part) AS part FROM together AS t GROUP BY 1) AS t) AS x
), placed AS MATERIALIZED (
    SELECT m.node_no, t.part_no, t.step, sum(t.point) AS point
    FROM together AS t JOIN site_of AS m ON t.node = 'site|' || m.site_id
    GROUP BY 1, 2, 3
), whole AS (
    SELECT r.period_kind, r.origin, r.service_id, p.node_no, p.step, p.point FROM placed AS p JOIN part AS r ON r.part_no = p.part_no
    UNION ALL
    SELECT min(r.period_kind), min(r.origin), '(all)', p.node_no, p.step, sum(p.point) FROM placed AS p JOIN part AS r ON r.part_no = p.part_no GROUP BY r.start_no, p.node_no, p.step
)
SELECT w.period_kind, w.origin, n.hierarchy, n.organisation_kind, n.organisation_id, w.service_id, w.step,
    CASE w.period_kind WHEN 'week' THEN w.origin + 7 * (w.step - 1) ELSE (w.origin + (w.step - 1) * interval '1 month')::date END,
    s.is_hindcast, w.point, b.point,
    CASE WHEN b.lower_80 > 0 THEN greatest(least(b.lower_80 + d.shift, w.point - 1.2816 * d.chance), 0) ELSE b.lower_80 END, greatest(b.upper_80 + d.shift, w.point + 1.2816 * d.chance, 0),
    CASE WHEN b.lower_95 > 0 THEN greatest(least(b.lower_95 + d.shift, w.point - 1.96 * d.chance), 0) ELSE b.lower_95 END, greatest(b.upper_95 + d.shift, w.point + 1.96 * d.chance, 0), b.method
FROM whole AS w JOIN node AS n ON n.node_no = w.node_no
    JOIN demand_series AS s ON s.period_kind = w.period_kind AND s.origin = w.origin AND s.hierarchy = n.hierarchy
        AND s.organisation_kind = n.organisation_kind AND s.organisation_id = n.organisation_id AND s.service_id = w.service_id
    JOIN demand_base AS b ON b.period_kind = s.period_kind AND b.history_key = s.history_key AND b.step = w.step
    -- Limits of sparse counts are counts: [0, 1] moved by a tenth would leave
    -- out what is likeliest.  Others are no narrower than chance makes counts
    -- (Poisson), however lucky the few backtests of a short history were.
    CROSS JOIN LATERAL (SELECT CASE WHEN b.method LIKE 'auto_sparse%' THEN trunc(w.point - b.point) ELSE w.point - b.point END AS shift,
        CASE WHEN b.method NOT LIKE 'auto_sparse%' AND b.upper_80 IS NOT NULL THEN sqrt(w.point) END AS chance) AS d
$$);

INSERT INTO hub_step (step, result, description, query, stale) VALUES
('demand_forecast_kept', 'demand_forecast_kept', 'Forecasts kept beside those of earlier origins.', $$
SELECT f.period_kind, f.origin, f.hierarchy, f.organisation_kind, f.organisation_id, f.service_id, f.step, f.period_start, f.is_hindcast,
    f.point, f.lower_80, f.upper_80, f.lower_95, f.upper_95, f.method
FROM demand_forecast AS f
$$, $$(t.period_kind, t.origin) IN (SELECT s.period_kind, s.origin FROM demand_series AS s)
    OR t.origin < (SELECT max(s.origin) FROM demand_series AS s WHERE s.period_kind = t.period_kind)
        - CASE t.period_kind WHEN 'week' THEN interval '39 weeks' ELSE interval '3 years' END$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('demand_accuracy', 'demand_accuracy', 'Past forecasts against what came.', $$
WITH scored AS (
    SELECT k.period_kind, k.hierarchy, k.organisation_kind, k.organisation_id, k.service_id, k.step, k.is_hindcast,
        k.point, k.lower_80, k.upper_80, k.lower_95, k.upper_95, s.naive_error,
        CASE WHEN i.place < 1 THEN 0 ELSE s.history[i.place] END AS actual,
        -- Before the first request nothing came; that is no forecast.
        CASE WHEN i.place > s.season THEN s.history[i.place - s.season] END AS naive
    FROM demand_forecast_kept AS k
        JOIN demand_series AS s ON s.period_kind = k.period_kind AND s.hierarchy = k.hierarchy AND s.organisation_kind = k.organisation_kind
            AND s.organisation_id = k.organisation_id AND s.service_id = k.service_id AND NOT s.is_hindcast
        CROSS JOIN LATERAL (SELECT 1 + CASE k.period_kind WHEN 'week' THEN (k.period_start - s.first_period) / 7
            ELSE ((extract(year FROM k.period_start) - extract(year FROM s.first_period)) * 12 + extract(month FROM k.period_start) - extract(month FROM s.first_period))::integer END AS place) AS i
    WHERE k.period_start < s.origin
)
SELECT s.period_kind, s.hierarchy, s.organisation_kind, s.organisation_id, s.service_id, coalesce(s.step, 0), count(*), count(*) FILTER (WHERE s.is_hindcast),
    avg(s.actual), avg(abs(s.point - s.actual)), avg(abs(s.naive - s.actual)), avg(abs(s.point - s.actual)) / nullif(min(s.naive_error), 0), avg(s.point - s.actual),
    avg((s.actual BETWEEN s.lower_80 AND s.upper_80)::integer)::double precision, avg((s.actual BETWEEN s.lower_95 AND s.upper_95)::integer)::double precision
FROM scored AS s
GROUP BY GROUPING SETS ((s.period_kind, s.hierarchy, s.organisation_kind, s.organisation_id, s.service_id, s.step),
                        (s.period_kind, s.hierarchy, s.organisation_kind, s.organisation_id, s.service_id))
$$),
('demand_surge', 'demand_surge', 'The next fourteen days'' demand for slots against the slots of their sessions.', $$
WITH today AS (
    SELECT p.as_at_date AS starts_on, p.time_zone, date_trunc('month', p.as_at_date::timestamp)::date AS month FROM parameter AS p
), coming AS MATERIALIZED (
    SELECT coalesce(s.site_id, '(unassigned)') AS site_id, coalesce(n.service_id, '(unknown)') AS service_id, n.session_id,
        coalesce(n.slots, floor(n.minutes / nullif(n.slot_minutes, 0)), floor(n.minutes / u.minutes)) AS slots
    FROM known_session AS n CROSS JOIN today AS t
        LEFT JOIN known_site AS s ON s.site_id = n.site_id
        LEFT JOIN (SELECT a.service_id, min(a.minutes) FILTER (WHERE a.minutes > 0) AS minutes FROM appointment_type AS a GROUP BY a.service_id) AS u ON u.service_id = n.service_id
    WHERE n.starts_at >= t.starts_on::timestamp AT TIME ZONE t.time_zone AND n.starts_at < (t.starts_on + 14)::timestamp AT TIME ZONE t.time_zone
        AND n.status IS DISTINCT FROM 'cancelled'
), booked AS (
    SELECT a.session_id, sum(a.quantity) AS slots
    FROM (SELECT DISTINCT ON (a.activity_id) a.session_id, coalesce(a.quantity, 1) AS quantity
          FROM activity AS a
          WHERE a.session_id IN (SELECT c.session_id FROM coming AS c) AND a.status IN ('attended', 'did_not_attend', 'booked') AND a.activity_id IS NOT NULL
          ORDER BY a.activity_id, a.starts_at) AS a
    GROUP BY a.session_id
), offered AS (
    SELECT c.site_id, c.service_id, sum(c.slots) AS offered, coalesce(sum(b.slots), 0) AS booked
    FROM coming AS c LEFT JOIN booked AS b ON b.session_id = c.session_id
    WHERE c.slots IS NOT NULL GROUP BY 1, 2
), year AS (
    SELECT coalesce(u.site_id, d.site_id) AS site_id, coalesce(u.service_id, d.service_id) AS service_id, u.used, d.requests
    FROM (SELECT m.site_id, m.service_id, sum(m.slots_booked) AS used FROM session_month AS m CROSS JOIN today AS t
          WHERE m.month < t.month AND m.month >= t.month - interval '1 year' GROUP BY 1, 2) AS u
        FULL JOIN (SELECT d.site_id, d.service_id, sum(d.requests) AS requests FROM demand AS d CROSS JOIN today AS t
                   WHERE d.month < t.month AND d.month >= t.month - interval '1 year' GROUP BY 1, 2) AS d
            ON d.site_id = u.site_id AND d.service_id = u.service_id
), supply AS (
    SELECT m.hierarchy, m.organisation_kind, m.organisation_id, y.service_id, sum(y.used) AS used, sum(y.requests) AS requests,
        coalesce(sum(o.offered), 0) AS offered, coalesce(sum(o.booked), 0) AS booked
    FROM year AS y JOIN site_of AS m ON m.site_id = y.site_id
        LEFT JOIN offered AS o ON o.site_id = y.site_id AND o.service_id = y.service_id
    -- A service without any session ahead has not told its rota yet.
    WHERE y.service_id IN (SELECT x.service_id FROM offered AS x)
    GROUP BY 1, 2, 3, 4
), expected AS (
    -- Chance of one week is not that of the next; an error of the level is.  The
    -- standard deviation is that of the normal distribution with such an 80 %
    -- interval, as chance alone was when the limits were made.
    SELECT f.hierarchy, f.organisation_kind, f.organisation_id, f.service_id, sum(w.share * f.point) AS requests,
        sum(w.share * f.point) + sum(w.share * sqrt(greatest(((f.upper_80 - f.lower_80) / (2 * 1.2816)) ^ 2 - f.point, 0))) ^ 2 AS variance
    FROM demand_forecast AS f CROSS JOIN today AS t
        CROSS JOIN LATERAL (SELECT greatest(least(f.period_start + 7, t.starts_on + 14) - greatest(f.period_start, t.starts_on), 0) / 7.0::double precision AS share) AS w
    WHERE f.period_kind = 'week' AND NOT f.is_hindcast AND f.service_id <> '(all)' AND w.share > 0
    GROUP BY 1, 2, 3, 4
)
SELECT e.hierarchy, e.organisation_kind, e.organisation_id, e.service_id, t.starts_on, e.requests, e.variance, r.ratio, e.requests * r.ratio,
    -- A request takes a slot or not, or several; and how many is only known
    -- from as many as there were.
    e.variance * r.ratio ^ 2 + e.requests * greatest(r.ratio * (1 - r.ratio), 0)
        + (e.requests * r.ratio) ^ 2 * (1 / s.used + 1 / s.requests)::double precision, s.offered, s.booked
FROM expected AS e CROSS JOIN today AS t
    JOIN supply AS s ON s.hierarchy = e.hierarchy AND s.organisation_kind = e.organisation_kind AND s.organisation_id = e.organisation_id AND s.service_id = e.service_id
    CROSS JOIN LATERAL (SELECT (s.used / s.requests)::double precision AS ratio) AS r
WHERE s.used > 0 AND s.requests > 0
$$);
