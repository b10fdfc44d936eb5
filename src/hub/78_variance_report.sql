-- Reports of the variation of indicators.

CREATE FUNCTION figure_text(figure double precision) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN pg_catalog.to_char(figure, CASE WHEN abs(figure) >= 100 THEN 'FM999,999,999,990' WHEN abs(figure) >= 10 THEN 'FM990.0'
                                       WHEN abs(figure) >= 1 THEN 'FM990.00' ELSE 'FM990.000' END);

COMMENT ON FUNCTION figure_text(double precision) IS
'A figure for a sentence, with about three digits. NULL gives NULL.';

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('reporting_organisation', 'shared', NULL, 'Each organisation and site of each hierarchy, for reports that are kept by organisation.', $$
SELECT h.hierarchy, h.organisation_kind, h.organisation_id, min(h.organisation_name) AS organisation_name, min(h.organisation_level) AS organisation_level,
    CASE WHEN h.organisation_kind = 'site' THEN '(any)' ELSE h.hierarchy END AS kept_under
FROM (SELECT c.hierarchy, c.organisation_kind, c.organisation_id, c.organisation_name, c.organisation_level FROM chain AS c
      UNION ALL
      SELECT o.hierarchy, o.organisation_kind, o.organisation_id, o.organisation_name, o.organisation_level FROM organisation_chain AS o) AS h
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_kind, h.organisation_id
$$, $$
    hierarchy         -- Hierarchy that is rolled up.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_id   -- Organisation or site.
    organisation_name -- Name to print.
    organisation_level -- 0 at the top of the hierarchy.
    kept_under        -- Hierarchy under which results are kept: '(any)' for a site.
$$),
('report_variance_spc', 'report', 'variance_point', 'Indicators on control charts: every point with its lines, the rules that fire and what was changed, by organisation and service.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    v.indicator_id, n.indicator_name, v.service_id, CASE WHEN v.service_id = '(all)' THEN 'All services' ELSE s.service_name END AS service_name,
    v.period_start, n.period_kind, v.period_start::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    v.numerator, v.denominator, v.value, v.target, v.centre, v.lower, v.upper, v.phase,
    caregroup.spc_rule(v.rules) AS rule, array_to_string(caregroup.spc_rules(v.rules), ', ') AS rules,
    v.is_improvement, v.is_concern, caregroup.spc_assurance(v.assurance) AS assurance, v.change_text,
    t.as_at, t.recalculated_at
FROM reporting_organisation AS o
    JOIN variance_point AS v ON v.hierarchy = o.kept_under AND v.organisation_kind = o.organisation_kind AND v.organisation_id = o.organisation_id
    JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    LEFT JOIN service_name AS s ON s.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'variance_point'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    indicator_id      -- Indicator.
    indicator_name    -- Name to print.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- First day of the period.
    period_kind       -- week, month, quarter or year.
    time              -- Start of the period as a moment, for time-series charts.
    numerator         -- What is counted.
    denominator       -- Out of what.
    value             -- Numerator over denominator, times the indicator's multiplier; NULL where nothing is known of the period: a gap.
    target            -- Value to reach.
    centre            -- Centre line: the mean of the phase.
    lower             -- Lower limit, 3 sigma from the centre.
    upper             -- Upper limit, 3 sigma from the centre.
    phase             -- Phase of the chart, from 1; a change of the change log that starts a phase starts the next.
    rule              -- The rule to show, or common_cause.
    rules             -- All rules that fire, by priority.
    is_improvement    -- A special cause to the better side.
    is_concern        -- A special cause to the worse side.
    assurance         -- consistent_pass, inconsistent or consistent_fail: where the target lies.
    change_text       -- Changes of the change log in the period, to be drawn on the chart.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_variance_summary', 'report', 'variance_summary', 'The icon table: how each indicator of each organisation stands at its last point, and whether it can be relied on to meet its target.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    v.indicator_id, n.indicator_name, v.service_id, CASE WHEN v.service_id = '(all)' THEN 'All services' ELSE s.service_name END AS service_name,
    v.period_start, n.period_kind, n.direction, v.points, v.numerator_mean, v.value, v.target, v.meets_target,
    v.centre, v.lower, v.upper, v.variation, v.assurance, caregroup.spc_rule(v.rules) AS rule, v.capability, v.target_chance, v.autocorrelation, v.advice,
    v.is_current, t.as_at, t.recalculated_at
FROM reporting_organisation AS o
    JOIN variance_summary AS v ON v.hierarchy = o.kept_under AND v.organisation_kind = o.organisation_kind AND v.organisation_id = o.organisation_id
    JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    LEFT JOIN service_name AS s ON s.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'variance_summary'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    indicator_id      -- Indicator.
    indicator_name    -- Name to print.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- First day of the last period with a value.
    period_kind       -- week, month, quarter or year.
    direction         -- higher_better, lower_better or neutral.
    points            -- Points of the chart.
    numerator_mean    -- Mean numerator of a point.
    value             -- Last value.
    target            -- Value to reach.
    meets_target      -- Whether the last value meets it; NULL without a target or direction.
    centre            -- Centre line: the mean of the phase.
    lower             -- Lower limit, 3 sigma from the centre.
    upper             -- Upper limit, 3 sigma from the centre.
    variation         -- The variation icon: common_cause, special_cause_improvement, special_cause_concern, special_cause_neutral_high or special_cause_neutral_low.
    assurance         -- The assurance icon: consistent_pass, inconsistent or consistent_fail; NULL without a target.
    rule              -- The rule that fires at the last point, or common_cause.
    capability        -- Distance from the centre to the target over that to a limit: 1 or more is consistent_pass.
    target_chance     -- Chance that one value meets the target if all goes on as it is.
    autocorrelation   -- Lag-1 autocorrelation; above about 0.3 the rules fire too often.
    advice            -- rare_events: a mean count below 5 (or as few that were not counted), for a g or t chart; autocorrelated: neighbouring months are alike; few_points: fewer than 13 points; NULL where nothing speaks against the chart.
    is_current        -- Whether the last value is of the indicator's last period.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_variance_funnel', 'report', 'variance_funnel', 'Organisations of a kind against each other over twelve months: who lies outside the funnel, allowing for what always varies between them.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    v.indicator_id, n.indicator_name, v.service_id, CASE WHEN v.service_id = '(all)' THEN 'All services' ELSE s.service_name END AS service_name,
    (date_trunc('month', t.as_at AT TIME ZONE p.time_zone) - interval '1 year')::date AS period_start, 'year'::text AS period_kind,
    v.numerator, v.denominator, v.expected, v.is_case_mix, v.value, v.centre, v.lower, v.upper, v.lower_outer, v.upper_outer,
    v.phi, v.tau2, v.z, v.level, caregroup.funnel_category(v.level) AS category, v.peers, t.as_at, t.recalculated_at
FROM reporting_organisation AS o CROSS JOIN parameter AS p
    JOIN variance_funnel AS v ON v.hierarchy = o.kept_under AND v.organisation_kind = o.organisation_kind AND v.organisation_id = o.organisation_id
    JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    LEFT JOIN service_name AS s ON s.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'variance_funnel'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation: the peers that it is compared with.
    organisation_level -- 0 at the top of the hierarchy.
    indicator_id      -- Indicator.
    indicator_name    -- Name to print.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- First day of the twelve months.
    period_kind       -- year.
    numerator         -- What is counted.
    denominator       -- Out of what: the horizontal axis of the funnel of a proportion.
    expected          -- Numerator expected, by age and sex where is_case_mix, else at the rate of all peers: the horizontal axis of the funnel of a rate; NULL for a proportion.
    is_case_mix       -- Whether expected is by age and sex. Two such values are each against the whole, not against each other.
    value             -- Value, times the indicator's multiplier; where is_case_mix, observed over expected times the rate of all peers.
    centre            -- Centre line: all peers together.
    lower             -- Lower 95 % limit, allowing for overdispersion.
    upper             -- Upper 95 % limit.
    lower_outer       -- Lower 99.8 % limit.
    upper_outer       -- Upper 99.8 % limit.
    phi               -- Overdispersion of the peers: 1 is what chance alone makes.
    tau2              -- Variance between peers, on the scale of the method.
    z                 -- z score, allowing for overdispersion.
    level             -- 2 above the 99.8 % limit, 1 above the 95 % limit, 0 within, -1 and -2 below; never further out than the limits of chance alone say, which are exact where events are few.
    category          -- The same in words.
    peers             -- Organisations in the funnel.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_variance_opportunity', 'report', 'variance_opportunity', 'What it would mean for each organisation, in activity and money of a year, to reach the best fifth of its peers.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    v.indicator_id, n.indicator_name, v.service_id, CASE WHEN v.service_id = '(all)' THEN 'All services' ELSE s.service_name END AS service_name,
    (date_trunc('month', t.as_at AT TIME ZONE p.time_zone) - interval '1 year')::date AS period_start, 'year'::text AS period_kind,
    n.direction, v.numerator, v.denominator, v.peers, v.value, v.benchmark, v.benchmark_lower, v.benchmark_upper,
    v.events, v.events_lower, v.events_upper, v.cost_gbp, v.cost_lower_gbp, v.cost_upper_gbp, t.as_at, t.recalculated_at
FROM reporting_organisation AS o CROSS JOIN parameter AS p
    JOIN variance_opportunity AS v ON v.hierarchy = o.kept_under AND v.organisation_kind = o.organisation_kind AND v.organisation_id = o.organisation_id
    JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    LEFT JOIN service_name AS s ON s.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'variance_opportunity'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation: the peers that it is compared with.
    organisation_level -- 0 at the top of the hierarchy.
    indicator_id      -- Indicator.
    indicator_name    -- Name to print.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- First day of the twelve months.
    period_kind       -- year.
    direction         -- higher_better or lower_better.
    numerator         -- What is counted.
    denominator       -- Out of what.
    peers             -- Organisations compared.
    value             -- Value, times the indicator's multiplier.
    benchmark         -- Edge of the best fifth of the peers' true values, which chance is taken out of.
    benchmark_lower   -- Lower limit of its 95 % interval.
    benchmark_upper   -- Upper limit of its 95 % interval.
    events            -- Fewer (lower_better) or more (higher_better) a year at the benchmark; below 0 where the organisation is better already.
    events_lower      -- Lower limit of its 95 % interval, which includes the uncertainty of the peers and of which are best.
    events_upper      -- Upper limit of its 95 % interval.
    cost_gbp          -- Their cost at the mean cost of an activity of the service; NULL where that is not known or the events are no activity.
    cost_lower_gbp    -- Lower limit of its 95 % interval.
    cost_upper_gbp    -- Upper limit of its 95 % interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_variance_change', 'report', 'variance_change', 'Indicators in the twelve periods before and after each dated change of the change log.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    v.indicator_id, n.indicator_name, v.service_id, CASE WHEN v.service_id = '(all)' THEN 'All services' ELSE s.service_name END AS service_name,
    v.changed_on AS period_start, 'day'::text AS period_kind, v.change_id, v.change_text, v.starts_phase,
    v.points_before, v.points_after, v.before_mean, v.after_mean, v.after_mean - v.before_mean AS difference, v.z,
    CASE WHEN n.direction = 'neutral' OR abs(v.z) < 4 OR v.z IS NULL THEN 'no clear change'
         WHEN (v.z > 0) = (n.direction = 'higher_better') THEN 'better' ELSE 'worse' END AS judgement, t.as_at, t.recalculated_at
FROM reporting_organisation AS o
    JOIN variance_change AS v ON v.hierarchy = o.kept_under AND v.organisation_kind = o.organisation_kind AND v.organisation_id = o.organisation_id
    JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    LEFT JOIN service_name AS s ON s.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'variance_change'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_level -- 0 at the top of the hierarchy.
    indicator_id      -- Indicator.
    indicator_name    -- Name to print.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- Day of the change.
    period_kind       -- day.
    change_id         -- Change.
    change_text       -- What was changed.
    starts_phase      -- Whether charts start a new phase after it. Where the report shows a change that lasts, set starts_phase in the change log.
    points_before     -- Points in the twelve periods before.
    points_after      -- Points in the twelve periods from the first that starts on or after the change.
    before_mean       -- Their mean before.
    after_mean        -- Their mean after.
    difference        -- After less before.
    z                 -- Difference over its standard error, by moving ranges; NULL with fewer than 6 points before or 3 after. Too large where values hang together. Before and after is no proof of cause.
    judgement         -- better, worse or no clear change: less than 4 standard errors, or a neutral indicator. Calm series of 24 normal values exceed that 2 times in 1,000; where each value keeps 0.3, 0.5 or 0.7 of the one before, 2, 8 or 27 times in 100.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_exception', 'report', 'variance_summary', 'What must be read this month: indicators in special cause and targets that cannot be met, a sentence each, ranked by what chance explains least.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    row_number() OVER (PARTITION BY o.organisation_kind ORDER BY v.variation = 'common_cause', v.q_value, v.target_chance, o.organisation_id, v.indicator_id, v.service_id) AS rank,
    CASE WHEN v.variation = 'common_cause' THEN 'target cannot be met' ELSE v.variation END AS exception,
    format('%s, %s%s: %s in %s', n.indicator_name, CASE WHEN v.service_id <> '(all)' THEN coalesce(s.service_name, v.service_id) || ' at ' ELSE '' END, o.organisation_name,
           caregroup.figure_text(v.value), to_char(v.period_start, 'FMMonth YYYY'))
        || CASE WHEN v.advice = 'rare_events' THEN format(', and in the last six %ss clearly ', n.period_kind) || CASE WHEN v.variation = 'common_cause' THEN 'as before' ELSE 'other than before' END ELSE
           CASE caregroup.spc_rule(v.rules)
               WHEN 'common_cause' THEN format(', within its usual limits of %s to %s', caregroup.figure_text(v.lower), caregroup.figure_text(v.upper))
               WHEN 'above_upper_limit' THEN format(', above its upper limit of %s', caregroup.figure_text(v.upper))
               WHEN 'below_lower_limit' THEN format(', below its lower limit of %s', caregroup.figure_text(v.lower))
               WHEN 'trend_up' THEN ', the last of a rising trend' WHEN 'trend_down' THEN ', the last of a falling trend'
               WHEN 'run_above' THEN format(', the last of a run above its mean of %s', caregroup.figure_text(v.centre))
               WHEN 'run_below' THEN format(', the last of a run below its mean of %s', caregroup.figure_text(v.centre))
               ELSE format(', two of three near a limit (mean %s)', caregroup.figure_text(v.centre)) END END
        || CASE v.variation WHEN 'special_cause_improvement' THEN ', better' WHEN 'special_cause_concern' THEN ', worse' ELSE '' END
        || CASE v.assurance WHEN 'consistent_fail' THEN format('; its target of %s cannot be met as things are', caregroup.figure_text(v.target)) ELSE '' END
        || CASE v.advice WHEN 'autocorrelated' THEN ' (neighbouring months are alike, so that signals come too often)' ELSE '' END || '.' AS sentence,
    v.indicator_id, n.indicator_name, v.service_id, CASE WHEN v.service_id = '(all)' THEN 'All services' ELSE s.service_name END AS service_name,
    v.period_start, n.period_kind, v.value, v.target, v.centre, v.lower, v.upper, v.variation, v.assurance, caregroup.spc_rule(v.rules) AS rule,
    v.chance, v.q_value, v.tested AS series_tested, 0.019::double precision * v.tested_by_rules AS signals_expected_by_chance, v.autocorrelation, v.advice,
    t.as_at, t.recalculated_at
FROM reporting_organisation AS o
    JOIN variance_summary AS v ON v.hierarchy = o.kept_under AND v.organisation_kind = o.organisation_kind AND v.organisation_id = o.organisation_id
    JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    LEFT JOIN service_name AS s ON s.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'variance_summary'
WHERE v.is_tested AND (v.variation <> 'common_cause' OR v.advice IS DISTINCT FROM 'rare_events' AND v.assurance = 'consistent_fail')
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_level -- 0 at the top of the hierarchy.
    rank              -- Rank among the exceptions of the same kind of organisation.
    exception         -- The variation icon of a special cause, or: target cannot be met.
    sentence          -- What it is, with its figures.
    indicator_id      -- Indicator.
    indicator_name    -- Name to print.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- First day of the period.
    period_kind       -- week, month, quarter or year.
    value             -- Last value.
    target            -- Value to reach.
    centre            -- Centre line: the mean of the phase.
    lower             -- Lower limit, 3 sigma from the centre.
    upper             -- Upper limit, 3 sigma from the centre.
    variation         -- The variation icon.
    assurance         -- The assurance icon.
    rule              -- The rule that fires, or common_cause.
    chance            -- Chance that common cause alone shows such a last point.
    q_value           -- Benjamini and Hochberg's q: of the exceptions down to this one, at most this share is expected to be chance.
    series_tested     -- Series of the same kind of organisation that could have raised an exception.
    signals_expected_by_chance -- So many fire a rule of their charts by chance alone: 1.9 % of independent values, more where neighbouring months are alike. Rare events are not judged by rules and shown with a q of 0.05 at most.
    autocorrelation   -- Lag-1 autocorrelation; above about 0.3 the rules fire too often.
    advice            -- autocorrelated, few_points or rare_events, or NULL. Rare events (a mean count below 5, or as few that were not counted) need a g or t chart; shares of them are tested by their sums, the last six periods against all before.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('published_indicator', 'published', 'published_indicator_count', 'Counts and values of twelve months by site and service, with small numbers left out so that nobody can work them out.', $$
SELECT c.indicator_id, n.indicator_name, c.site_id, CASE WHEN c.site_id = '(all)' THEN 'All sites' ELSE x.site_name END AS site_name,
    c.service_id, CASE WHEN c.service_id = '(all)' THEN 'All services' ELSE s.service_name END AS service_name,
    (date_trunc('month', t.as_at AT TIME ZONE p.time_zone) - interval '1 year')::date AS period_start, 'year'::text AS period_kind,
    c.numerator, c.denominator, n.per * c.numerator / c.denominator AS value, c.state, t.as_at, t.recalculated_at
FROM published_indicator_count AS c CROSS JOIN parameter AS p
    JOIN indicator_name AS n ON n.indicator_id = c.indicator_id
    LEFT JOIN service_name AS s ON s.service_id = c.service_id
    LEFT JOIN (SELECT h.organisation_id AS site_id, min(h.organisation_name) AS site_name FROM chain AS h WHERE h.organisation_kind = 'site' GROUP BY 1) AS x ON x.site_id = c.site_id
    LEFT JOIN result_state AS t ON t.step = 'published_indicator_count'
WHERE c.state <> 'exposed'
$$, $$
    indicator_id      -- Indicator.
    indicator_name    -- Name to print.
    site_id           -- Site; '(all)' for the total.
    site_name         -- Name to print.
    service_id        -- Service; '(all)' for the total.
    service_name      -- Name to print.
    period_start      -- First day of the twelve months.
    period_kind       -- year.
    numerator         -- What is counted; NULL where it is left out.
    denominator       -- Out of what; NULL where it is left out.
    value             -- Numerator over denominator, times the indicator's multiplier.
    state             -- shown, primary (a small number) or secondary (left out to protect others).
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);
