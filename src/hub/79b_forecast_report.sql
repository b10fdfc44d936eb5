-- Reports of forecasts.

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('demand_organisation', 'shared', NULL, 'The organisations and sites of the hierarchy that is rolled up, and where their forecasts are kept.', $$
SELECT n.hierarchy, n.organisation_id, n.organisation_name, n.organisation_kind, n.organisation_level, n.kept_under, n.sites
FROM demand_node AS n WHERE n.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
$$, $$
    hierarchy         -- Hierarchy that is rolled up.
    organisation_id   -- Organisation or site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_level -- 0 at the top of the hierarchy.
    kept_under        -- Hierarchy under which its forecasts are kept.
    sites             -- Sites under it.
$$),
('report_demand_forecast', 'report', 'demand_forecast', 'Demand as it came and as it is expected, by month and week, with intervals and how good such forecasts were.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    f.service_id, CASE WHEN f.service_id = '(all)' THEN 'All services' ELSE coalesce(v.service_name, f.service_id) END AS service_name,
    f.period_start, f.period_kind, f.period_start::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    'forecast'::text AS kind, f.step, f.point AS requests, f.lower_80, f.upper_80, f.lower_95, f.upper_95, f.method,
    a.mae AS mean_error, a.mase, a.coverage_80, a.coverage_95, a.forecasts AS forecasts_scored, t.as_at, t.recalculated_at
FROM demand_organisation AS o
    JOIN demand_forecast AS f ON f.hierarchy = o.kept_under AND f.organisation_kind = o.organisation_kind AND f.organisation_id = o.organisation_id AND NOT f.is_hindcast
    LEFT JOIN demand_accuracy AS a ON a.period_kind = f.period_kind AND a.hierarchy = f.hierarchy AND a.organisation_kind = f.organisation_kind
        AND a.organisation_id = f.organisation_id AND a.service_id = f.service_id AND a.step = 0
    LEFT JOIN service_name AS v ON v.service_id = f.service_id
    LEFT JOIN result_state AS t ON t.step = 'demand_forecast'
UNION ALL
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    s.service_id, CASE WHEN s.service_id = '(all)' THEN 'All services' ELSE coalesce(v.service_name, s.service_id) END,
    d.period_start, s.period_kind, d.period_start::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p),
    'history', NULL, h.requests, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, t.as_at, t.recalculated_at
FROM demand_organisation AS o
    JOIN demand_series AS s ON s.hierarchy = o.kept_under AND s.organisation_kind = o.organisation_kind AND s.organisation_id = o.organisation_id AND NOT s.is_hindcast
    CROSS JOIN LATERAL unnest(s.history) WITH ORDINALITY AS h (requests, place)
    CROSS JOIN LATERAL (SELECT CASE s.period_kind WHEN 'week' THEN s.first_period + 7 * (h.place - 1)::integer
                                    ELSE (s.first_period + (h.place - 1) * interval '1 month')::date END AS period_start) AS d
    LEFT JOIN service_name AS v ON v.service_id = s.service_id
    LEFT JOIN result_state AS t ON t.step = 'demand_forecast'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- First day of the week or month.
    period_kind       -- week or month. Weeks and months are forecast each by themselves and do not add up to each other.
    time              -- Start of the period as a moment, for time-series charts.
    kind              -- history: what came, in whole periods only; forecast: what is expected.
    step              -- Periods ahead, from 1, of a forecast. The first is the period that holds as_at.
    requests          -- Referrals and contact requests. Forecasts of services add up to all services, those of sites to their organisation; fractions are meant.
    lower_80          -- Lower limit of the 80 % interval: 8 in 10 lie within. Limits do not add up: not everybody is unlucky at once. NULL where the history is too short.
    upper_80          -- Upper limit.
    lower_95          -- Lower limit of the 95 % interval.
    upper_95          -- Upper limit.
    method            -- How it was forecast: auto, auto_sparse for few requests, or the simpler method that the history bears; behind commas what else was done: bank holidays, COVID set aside, no season of 12 where the history is too short for one.
    mean_error        -- Mean absolute error of past forecasts of the same series, in requests, over all steps; NULL while none is over.
    mase              -- The same over the mean change from a year to the next: below 1 is better than last year's figure.
    coverage_80       -- Share of past forecasts inside their 80 % interval, 0 to 1.
    coverage_95       -- Share inside their 95 % interval.
    forecasts_scored  -- How many past forecasts that is, of all steps; of one series they hang together.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_demand_accuracy', 'report', 'demand_accuracy', 'How far past forecasts of demand were from what came, by periods ahead.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    a.service_id, CASE WHEN a.service_id = '(all)' THEN 'All services' ELSE coalesce(v.service_name, a.service_id) END AS service_name,
    a.period_kind, nullif(a.step, 0) AS step, a.forecasts, a.hindcasts, a.actual_mean, a.mae AS mean_error, a.naive_mae AS naive_error, a.mase, a.bias,
    a.coverage_80, a.coverage_95, t.as_at, t.recalculated_at
FROM demand_organisation AS o
    JOIN demand_accuracy AS a ON a.hierarchy = o.kept_under AND a.organisation_kind = o.organisation_kind AND a.organisation_id = o.organisation_id
    LEFT JOIN service_name AS v ON v.service_id = a.service_id
    LEFT JOIN result_state AS t ON t.step = 'demand_accuracy'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_kind       -- week or month.
    step              -- Periods ahead, from 1; NULL for all together.
    forecasts         -- Forecasts of periods that are over.
    hindcasts         -- Of them, how many were made after the fact, on a hub's first run, from what had come until three and six months before.
    actual_mean       -- Mean of what came.
    mean_error        -- Mean absolute error, in requests.
    naive_error       -- The same of a forecast that says what came a year before (52 weeks); NULL without a year of history before.
    mase              -- mean_error over the mean change from a year to the next in the history (mean absolute scaled error).
    bias              -- Mean of forecast less what came: above 0, forecasts were too high.
    coverage_80       -- Share inside the 80 % interval, 0 to 1.
    coverage_95       -- Share inside the 95 % interval. Of few forecasts both are rough: add up organisations before you judge.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_surge', 'report', 'demand_surge', 'The chance that the demand of the next fourteen days is above what the sessions of these days can take.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    s.service_id, coalesce(v.service_name, s.service_id) AS service_name, s.starts_on AS period_start, 'fortnight'::text AS period_kind,
    s.requests, s.slots_per_request, s.demand, sqrt(s.demand_variance) AS demand_sd, s.slots_offered, s.slots_booked, s.slots_offered - s.slots_booked AS slots_free,
    caregroup.demand_exceeds(s.demand, s.demand_variance, s.slots_offered::double precision) AS probability,
    caregroup.demand_exceeds(s.requests, s.requests_variance, (s.slots_offered - s.slots_booked)::double precision) AS free_probability,
    greatest(s.demand - s.slots_offered::double precision, 0) AS slots_short, t.as_at, t.recalculated_at
FROM demand_organisation AS o
    JOIN demand_surge AS s ON s.hierarchy = o.kept_under AND s.organisation_kind = o.organisation_kind AND s.organisation_id = o.organisation_id
    LEFT JOIN service_name AS v ON v.service_id = s.service_id
    LEFT JOIN result_state AS t ON t.step = 'demand_surge'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service.
    service_name      -- Name to print.
    period_start      -- First of the fourteen days.
    period_kind       -- fortnight.
    requests          -- Referrals and contact requests expected.
    slots_per_request -- Slots that a request led to in the last twelve whole months, follow-ups included.
    demand            -- Slots that the requests lead to, now or later: what the sessions must take if lists are not to grow.
    demand_sd         -- Its standard deviation: the forecast's own, and that of slots for each request.
    slots_offered     -- Slots of sessions of these days that are not cancelled. A session without slots counts its minutes over the length of a slot or of the service's shortest appointment.
    slots_booked      -- Of them, how many are booked already.
    slots_free        -- Slots still free; below 0 where sessions are overbooked.
    probability       -- Chance that the demand for slots is above the slots offered, 0 to 1.
    free_probability  -- Chance that more requests come than slots are free: that not everybody who asks in these days can be seen in them. High wherever people are booked weeks ahead.
    slots_short       -- Slots by which the expected demand is above those offered.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);
