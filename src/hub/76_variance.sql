-- Variation of indicators over time and between organisations: control charts,
-- icons, funnels, opportunities, dated changes, and what may be published.

INSERT INTO hub_setting (name, initial, accepts, meaning) VALUES
    ('suppress_below', '5', 'number', 'Counts from 1 to one less than this are left out of what is published, and others with them so that they cannot be worked out.');

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('indicator_sum', 'result', 'hierarchy, organisation_kind, organisation_id, indicator_id, service_id, period_start', 'An indicator''s figures of an organisation or site and all under it.', $$
    hierarchy         text               -- Hierarchy; '(any)' for a site, which is the same in all.
    organisation_kind text               -- Kind of organisation, or site.
    organisation_id   text               -- Organisation or site.
    indicator_id      text               -- Indicator.
    service_id        text               -- Service; '(all)' for figures of every service.
    period_start      date               -- First day of the period.
    numerator         numeric            -- What is counted.
    denominator       numeric            -- Out of what.
    aim               numeric            -- Target times denominator.
    expected          numeric            -- Numerator that case-mix leads one to expect.
    value             numeric            -- Value of the only row, where it is given.
$$),
('change_reach', 'result', 'hierarchy, organisation_kind, organisation_id, change_id', 'A dated change for each organisation and site that it holds for.', $$
    hierarchy         text               -- Hierarchy; '(any)' for a site.
    organisation_kind text               -- Kind of organisation, or site.
    organisation_id   text               -- Organisation or site: the changed one or one under it.
    change_id         text               -- Change.
    changed_on        date NOT NULL      -- Day of the change.
    service_id        text               -- Service changed; NULL for all.
    indicator_id      text               -- Indicator that the change is about; NULL for all.
    change_text       text NOT NULL      -- What was changed.
    starts_phase      boolean NOT NULL   -- Whether charts start a new phase after it.
$$),
('variance_point', 'result', 'hierarchy, organisation_kind, organisation_id, indicator_id, service_id, period_start', 'An indicator''s control chart, point by point.', $$
    hierarchy         text               -- Hierarchy; '(any)' for a site, which is the same in all.
    organisation_kind text               -- Kind of organisation, or site.
    organisation_id   text               -- Organisation or site.
    indicator_id      text               -- Indicator.
    service_id        text               -- Service; '(all)' for all together.
    period_start      date               -- First day of the period.
    numerator         double precision   -- What is counted; NULL where nothing is known of the period.
    denominator       double precision   -- Out of what.
    expected          double precision   -- Numerator that case-mix leads one to expect.
    value             double precision   -- Numerator over denominator, times the indicator's multiplier.
    target            double precision   -- Value to reach.
    centre            double precision   -- Centre line.
    lower             double precision   -- Lower limit, 3 sigma from it.
    upper             double precision   -- Upper limit.
    phase             integer            -- Phase of the chart.
    rules             integer            -- Mask of the rules that fire.
    assurance         smallint           -- Where the target lies.
    is_improvement    boolean            -- A special cause to the better side.
    is_concern        boolean            -- A special cause to the worse side.
    change_text       text               -- Changes of the change log in the period.
    services          integer NOT NULL   -- Services in the figure.
$$),
('variance_summary', 'result', 'hierarchy, organisation_kind, organisation_id, indicator_id, service_id', 'The icons of an indicator: the state of its last point and what to expect.', $$
    hierarchy         text               -- Hierarchy; '(any)' for a site.
    organisation_kind text               -- Kind of organisation, or site.
    organisation_id   text               -- Organisation or site.
    indicator_id      text               -- Indicator.
    service_id        text               -- Service; '(all)' for all together.
    period_start      date NOT NULL      -- First day of the last period with a value.
    is_current        boolean NOT NULL   -- Whether that is the last period of the indicator.
    points            integer NOT NULL   -- Points.
    numerator_mean    double precision   -- Mean numerator of a point.
    value             double precision   -- Last value.
    centre            double precision   -- Centre line.
    lower             double precision   -- Lower limit.
    upper             double precision   -- Upper limit.
    rules             integer NOT NULL   -- Mask of the rules that fire at the last point; 0 for rare events, whose charts fire by themselves.
    variation         text NOT NULL      -- Variation icon; of rare events where the last six periods differ from all before.
    target            double precision   -- Value to reach.
    meets_target      boolean            -- Whether the last value meets it.
    assurance         text               -- Assurance icon.
    capability        double precision   -- Distance from the centre to the target over that to a limit.
    target_chance     double precision   -- Chance that one value meets the target.
    autocorrelation   double precision   -- Lag-1 autocorrelation.
    is_short_phase    boolean NOT NULL   -- Whether the phase has fewer than 13 points.
    chance            double precision   -- Chance that common cause alone shows such a last point; of rare events, that the last six periods differ so much from those before.
    advice            text               -- rare_events: a mean count below 5, for a g or t chart; autocorrelated: neighbouring values are alike, signals come too often; few_points: fewer than 13 points.
    is_tested         boolean NOT NULL   -- Whether the series counts among those that could raise an exception.
    q_value           double precision   -- Benjamini and Hochberg's q among the tested series of the same kind of organisation.
    tested            bigint NOT NULL    -- How many series that are.
    tested_by_rules   bigint NOT NULL    -- Of them, those that the rules of their charts test, which are not of rare events.
$$),
('variance_funnel', 'result', 'hierarchy, organisation_kind, organisation_id, indicator_id, service_id', 'Organisations of a kind against each other over twelve months, on a funnel plot.', $$
    hierarchy         text               -- Hierarchy; '(any)' for sites.
    organisation_kind text               -- Kind of organisation: the peers.
    organisation_id   text               -- Organisation or site.
    indicator_id      text               -- Indicator.
    service_id        text               -- Service; '(all)' for all together.
    numerator         double precision NOT NULL -- What is counted, in the last twelve whole months.
    denominator       double precision NOT NULL -- Out of what.
    expected          double precision   -- Numerator expected: by case-mix where is_case_mix, else at the rate of all peers; NULL for a proportion.
    is_case_mix       boolean NOT NULL   -- Whether expected is by case-mix.
    peers             bigint NOT NULL    -- Units of the funnel.
    value             double precision   -- Value, times the indicator's multiplier; with case-mix, observed over expected times the centre.
    centre            double precision   -- Centre line.
    lower             double precision   -- Lower 95 % limit.
    upper             double precision   -- Upper 95 % limit.
    lower_outer       double precision   -- Lower 99.8 % limit.
    upper_outer       double precision   -- Upper 99.8 % limit.
    phi               double precision   -- Overdispersion of the peers.
    tau2              double precision   -- Variance between peers.
    z                 double precision   -- z score that allows for it.
    level             integer            -- How far outside, also of the limits of chance alone: -2 to 2.
$$),
('variance_opportunity', 'result', 'hierarchy, organisation_kind, organisation_id, indicator_id, service_id', 'What reaching the best fifth of its peers would mean for an organisation, in a year.', $$
    hierarchy         text               -- Hierarchy; '(any)' for sites.
    organisation_kind text               -- Kind of organisation: the peers.
    organisation_id   text               -- Organisation or site.
    indicator_id      text               -- Indicator.
    service_id        text               -- Service; '(all)' for all together.
    numerator         double precision NOT NULL -- What is counted, in the last twelve whole months.
    denominator       double precision NOT NULL -- Out of what.
    peers             bigint NOT NULL    -- Units compared.
    value             double precision   -- Value, times the indicator's multiplier.
    benchmark         double precision   -- Edge of the best fifth of the peers' true values.
    benchmark_lower   double precision   -- Lower limit of its 95 % interval.
    benchmark_upper   double precision   -- Upper limit of its 95 % interval.
    events            double precision   -- Fewer (lower_better) or more (higher_better) a year at the benchmark.
    events_lower      double precision   -- Lower limit of its 95 % interval.
    events_upper      double precision   -- Upper limit of its 95 % interval.
    cost_gbp          double precision   -- Their cost, at the mean cost of an activity of the service; NULL where that is not known.
    cost_lower_gbp    double precision   -- Lower limit of its 95 % interval.
    cost_upper_gbp    double precision   -- Upper limit of its 95 % interval.
$$),
('variance_change', 'result', 'hierarchy, organisation_kind, organisation_id, indicator_id, service_id, changed_on, change_id', 'An indicator before and after a dated change.', $$
    hierarchy         text               -- Hierarchy; '(any)' for a site.
    organisation_kind text               -- Kind of organisation, or site.
    organisation_id   text               -- Organisation or site.
    indicator_id      text               -- Indicator.
    service_id        text               -- Service; '(all)' for all together.
    changed_on        date               -- Day of the change.
    change_id         text               -- Change.
    change_text       text NOT NULL      -- What was changed.
    starts_phase      boolean NOT NULL   -- Whether charts start a new phase after it.
    points_before     bigint NOT NULL    -- Points in the twelve periods before.
    points_after      bigint NOT NULL    -- Points in the twelve periods from the first that starts on or after the change.
    before_mean       double precision   -- Their mean before.
    after_mean        double precision   -- Their mean after.
    z                 double precision   -- Difference over its standard error, by moving ranges.
$$),
('variance_method', 'result', 'indicator_id', 'How an indicator''s figures were worked out, so that they can be worked out again.', $$
    indicator_id       text             -- Indicator.
    caregroup_version  text NOT NULL    -- Version of caregroup.
    options            text NOT NULL    -- Options of the methods.
    seed               bigint NOT NULL  -- Seed of what is drawn at random.
    series             bigint NOT NULL  -- Series.
    input_rows         bigint NOT NULL  -- Figures read.
    input_fingerprint  text NOT NULL    -- Fingerprint of them: the same input has the same.
$$),
('published_indicator_count', 'result', 'indicator_id, site_id, service_id', 'Counts of twelve months as they may be published.', $$
    indicator_id text               -- Indicator.
    site_id      text               -- Site; '(all)' for the total.
    service_id   text               -- Service; '(all)' for the total.
    numerator    double precision   -- What is counted; NULL where it is left out.
    denominator  double precision   -- Out of what; NULL where it is left out.
    state        text NOT NULL      -- shown, primary (small itself), secondary (left out to protect others) or exposed.
    lower        double precision   -- The least numerator that a reader can work out.
    upper        double precision   -- The most; NULL where there is no bound.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('indicator_sum', 'indicator_sum', 'Indicators rolled up every hierarchy.', $$
WITH member AS (
    SELECT h.hierarchy, h.organisation_kind, h.organisation_id, 'site' AS unit_kind, h.site_id AS unit_id FROM chain AS h WHERE h.organisation_kind <> 'site'
    UNION ALL
    SELECT h.hierarchy, h.organisation_kind, h.organisation_id, 'organisation', h.member_id FROM organisation_chain AS h
    UNION ALL
    SELECT DISTINCT '(any)', 'site', h.organisation_id, 'site', h.site_id FROM chain AS h WHERE h.organisation_kind = 'site'
), covered AS (
    -- Who gives figures of its own is not the sum of those under it, nor do
    -- these count once more further up.
    SELECT DISTINCT top.hierarchy, top.organisation_kind, top.organisation_id, i.indicator_id, i.service_id, i.period_start, i.unit_id
    FROM indicator_name AS n
        JOIN indicator_month AS i ON i.indicator_id = n.indicator_id
        JOIN organisation_chain AS h ON h.member_id = i.unit_id AND h.organisation_id <> i.unit_id
        JOIN indicator_month AS own ON own.indicator_id = i.indicator_id AND own.unit_kind = 'organisation' AND own.unit_id = h.organisation_id
            AND own.service_id = i.service_id AND own.period_start = i.period_start
        JOIN organisation_chain AS top ON top.hierarchy = h.hierarchy AND top.member_id = h.organisation_id
    WHERE n.is_bound
)
SELECT m.hierarchy, m.organisation_kind, m.organisation_id, i.indicator_id, i.service_id, i.period_start,
    sum(i.numerator), sum(i.denominator), CASE WHEN count(i.aim) = count(i.denominator) THEN sum(i.aim) END, sum(i.expected),
    CASE WHEN count(*) = 1 THEN min(i.value) END
FROM member AS m JOIN indicator_month AS i ON i.unit_kind = m.unit_kind AND i.unit_id = m.unit_id
WHERE NOT EXISTS (SELECT FROM covered AS c
                  WHERE c.hierarchy = m.hierarchy AND c.organisation_kind = m.organisation_kind AND c.organisation_id = m.organisation_id
                      AND c.indicator_id = i.indicator_id AND c.service_id = i.service_id AND c.period_start = i.period_start AND c.unit_id = i.unit_id)
GROUP BY 1, 2, 3, 4, 5, 6
$$),
('change_reach', 'change_reach', 'Where dated changes hold: for an organisation and all under it.', $$
WITH noted AS (
    SELECT c.change_id, min(c.changed_on) AS changed_on, min(c.organisation_id) AS organisation_id, min(c.service_id) AS service_id,
        min(c.indicator_id) AS indicator_id, min(c.text) AS text, coalesce(bool_or(c.starts_phase), false) AS starts_phase
    FROM change_log AS c WHERE c.change_id IS NOT NULL AND isfinite(c.changed_on) GROUP BY c.change_id
), reach AS (
    SELECT u.hierarchy, k.organisation_kind, u.member_id AS organisation_id, c.change_id
    FROM noted AS c
        JOIN organisation_chain AS u ON u.organisation_id = coalesce(c.organisation_id, u.member_id)
        JOIN organisation_chain AS k ON k.hierarchy = u.hierarchy AND k.organisation_id = u.member_id AND k.member_id = u.member_id
    UNION
    SELECT '(any)', 'site', h.site_id, c.change_id
    FROM noted AS c JOIN chain AS h ON h.organisation_id = coalesce(c.organisation_id, h.organisation_id)
)
SELECT r.hierarchy, r.organisation_kind, r.organisation_id, c.change_id, c.changed_on, c.service_id, c.indicator_id, coalesce(c.text, '(not stated)'), c.starts_phase
FROM reach AS r JOIN noted AS c ON c.change_id = r.change_id
$$),
('variance_point', 'variance_point', 'Control charts of all indicators, by organisation and service.', $$
WITH series AS MATERIALIZED (
    SELECT r.hierarchy, r.organisation_kind, r.organisation_id, r.indicator_id, r.service_id, 1 AS services
    FROM indicator_sum AS r WHERE r.service_id <> '(all)' GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT r.hierarchy, r.organisation_kind, r.organisation_id, r.indicator_id, '(all)', greatest(count(DISTINCT nullif(r.service_id, '(all)')), 1)::integer
    FROM indicator_sum AS r GROUP BY 1, 2, 3, 4 HAVING bool_or(r.numerator IS NOT NULL OR r.value IS NOT NULL)
), period AS (
    SELECT i.indicator_id, i.period_start, coalesce(lead(i.period_start) OVER times, i.period_start + 31) AS next_period,
        coalesce(lag(i.period_start) OVER times, i.period_start - 31) AS previous_period
    FROM indicator_month AS i GROUP BY 1, 2
    WINDOW times AS (PARTITION BY i.indicator_id ORDER BY i.period_start)
), span AS (
    -- A service's chart runs over the time in which anybody has the service.
    SELECT i.indicator_id, i.service_id, min(i.period_start) AS first, max(i.period_start) AS last
    FROM indicator_month AS i WHERE i.service_id <> '(all)' AND (i.numerator IS NOT NULL OR i.value IS NOT NULL) GROUP BY 1, 2
    UNION ALL
    SELECT i.indicator_id, '(all)', min(i.period_start), max(i.period_start)
    FROM indicator_month AS i WHERE i.numerator IS NOT NULL OR i.value IS NOT NULL GROUP BY 1
), cell AS (
    -- Every series has a row for every period of its span, with or without
    -- figures; put together by grouping, which stays fast whatever the planner
    -- thinks of the numbers.
    SELECT s.hierarchy, s.organisation_kind, s.organisation_id, s.indicator_id, s.service_id, d.period_start, s.services,
        NULL::numeric AS numerator, NULL::numeric AS denominator, NULL::numeric AS aim, NULL::numeric AS expected, NULL::numeric AS value,
        NULL::numeric AS common, NULL::text AS change_text, NULL::boolean AS starts_phase
    FROM series AS s JOIN span AS b ON b.indicator_id = s.indicator_id AND b.service_id = s.service_id
        JOIN period AS d ON d.indicator_id = s.indicator_id AND d.period_start BETWEEN b.first AND b.last
    UNION ALL
    SELECT r.hierarchy, r.organisation_kind, r.organisation_id, r.indicator_id, r.service_id, r.period_start, NULL,
        r.numerator, r.denominator, r.aim, r.expected, r.value, NULL, NULL, NULL
    FROM indicator_sum AS r WHERE r.service_id <> '(all)'
    UNION ALL
    SELECT r.hierarchy, r.organisation_kind, r.organisation_id, r.indicator_id, '(all)', r.period_start, NULL,
        sum(r.numerator), sum(r.denominator), CASE WHEN count(r.aim) = count(r.denominator) THEN sum(r.aim) END, sum(r.expected),
        CASE WHEN count(*) = 1 THEN min(r.value) FILTER (WHERE r.service_id = '(all)') END, sum(r.denominator) FILTER (WHERE r.service_id = '(all)'), NULL, NULL
    FROM indicator_sum AS r GROUP BY 1, 2, 3, 4, 6
    UNION ALL
    SELECT s.hierarchy, s.organisation_kind, s.organisation_id, s.indicator_id, s.service_id, d.period_start, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        string_agg(c.change_text, '; ' ORDER BY c.changed_on, c.change_id) FILTER (WHERE c.changed_on >= d.period_start),
        -- The phase starts with the first whole period after the change.
        bool_or(c.starts_phase AND c.changed_on <= d.period_start)
    FROM change_reach AS c
        JOIN series AS s ON s.hierarchy = c.hierarchy AND s.organisation_kind = c.organisation_kind AND s.organisation_id = c.organisation_id
        JOIN period AS d ON d.indicator_id = s.indicator_id AND c.changed_on > d.previous_period AND c.changed_on < d.next_period
    WHERE coalesce(c.indicator_id = s.indicator_id, true) AND coalesce(c.service_id = s.service_id, true)
    GROUP BY 1, 2, 3, 4, 5, 6
), grid AS (
    SELECT c.hierarchy, c.organisation_kind, c.organisation_id, c.indicator_id, c.service_id, c.period_start, max(c.services) AS services,
        sum(c.numerator) AS numerator, sum(c.denominator) AS denominator, sum(c.aim) AS aim, sum(c.expected) AS expected, min(c.value) AS given,
        -- What every service is counted out of.
        max(sum(c.common)) OVER (PARTITION BY c.hierarchy, c.organisation_kind, c.organisation_id, c.indicator_id, c.period_start) AS common,
        min(c.change_text) AS change_text, coalesce(bool_or(c.starts_phase), false) AS starts_phase
    FROM cell AS c
    GROUP BY 1, 2, 3, 4, 5, 6
), marked AS (
    SELECT g.hierarchy, g.organisation_kind, g.organisation_id, g.indicator_id, g.service_id, g.services, g.period_start, g.expected, g.change_text, g.starts_phase,
        n.chart, n.direction, n.per, f.numerator::double precision AS numerator, f.denominator::double precision AS denominator,
        coalesce(g.given, n.per::numeric * f.numerator / CASE WHEN n.is_rate THEN f.denominator ELSE 1 END)::double precision AS value,
        coalesce(n.target, n.per * (g.aim / f.denominator)::double precision) AS target
    FROM grid AS g
        JOIN indicator_name AS n ON n.indicator_id = g.indicator_id
        CROSS JOIN LATERAL (SELECT CASE WHEN g.service_id = '(all)' OR g.common IS NULL THEN g.denominator ELSE coalesce(g.denominator, 0) + g.common END AS out_of) AS o
        CROSS JOIN LATERAL (SELECT CASE WHEN o.out_of > 0 THEN o.out_of END AS denominator) AS d
        -- Where people are there and nothing was counted, it is 0.
        CROSS JOIN LATERAL (SELECT d.denominator, CASE WHEN d.denominator IS NOT NULL OR NOT n.is_rate OR n.chart IN ('c', 't', 'g')
                                THEN coalesce(g.numerator, CASE WHEN d.denominator IS NOT NULL THEN 0 END) END AS numerator) AS f
    WHERE g.services IS NOT NULL
), drawn AS (
    SELECT m.*, caregroup.spc_chart(m.chart,
            CASE WHEN m.chart = 'xmr' THEN m.value
                 WHEN m.chart = 't' THEN CASE WHEN coalesce(m.value, m.numerator) > 0 THEN coalesce(m.value, m.numerator) END
                 WHEN m.chart = 'g' THEN CASE WHEN coalesce(m.value, m.numerator) >= 0 THEN coalesce(m.value, m.numerator) END
                 -- More counted than there is to count from is no share.
                 WHEN m.numerator < 0 OR m.chart = 'p' AND m.numerator > m.denominator THEN NULL ELSE m.numerator END,
            CASE WHEN m.chart IN ('p', 'u') THEN m.denominator END,
            direction => m.direction, target => m.target, rebase => m.starts_phase,
            per => CASE WHEN m.chart IN ('p', 'u') THEN m.per ELSE 1 END) OVER series AS point
    FROM marked AS m
    WINDOW series AS (PARTITION BY m.hierarchy, m.organisation_kind, m.organisation_id, m.indicator_id, m.service_id ORDER BY m.period_start)
)
SELECT d.hierarchy, d.organisation_kind, d.organisation_id, d.indicator_id, d.service_id, d.period_start,
    d.numerator, d.denominator, d.expected, (d.point).value, d.target, (d.point).centre, (d.point).lower, (d.point).upper,
    (d.point).phase, CASE WHEN c.is_collapsed THEN 0 ELSE (d.point).rules END, (d.point).assurance,
    (d.point).is_improvement AND NOT c.is_collapsed, (d.point).is_concern AND NOT c.is_collapsed, d.change_text, d.services
FROM drawn AS d
    -- Where nearly all values are equal screening leaves no range at all, and
    -- every other value would lie outside.
    CROSS JOIN LATERAL (SELECT coalesce((d.point).upper = (d.point).lower, false) AS is_collapsed) AS c
$$),
('variance_summary', 'variance_summary', 'The icons of all indicators, and which signals stand out from chance.', $$
WITH icon AS (
    SELECT v.hierarchy, v.organisation_kind, v.organisation_id, v.indicator_id, v.service_id,
        sum(v.numerator) FILTER (WHERE v.back <= 6) AS recent, sum(v.denominator) FILTER (WHERE v.back <= 6) AS recent_of,
        sum(v.numerator) FILTER (WHERE v.back > 6 AND v.is_last_phase) AS earlier, sum(v.denominator) FILTER (WHERE v.back > 6 AND v.is_last_phase) AS earlier_of,
        count(*) FILTER (WHERE v.back > 6 AND v.is_last_phase) AS earlier_points,
        max(v.period_start) FILTER (WHERE v.value IS NOT NULL) AS period_start, avg(v.numerator) FILTER (WHERE v.value IS NOT NULL) AS numerator_mean,
        CASE WHEN min(n.funnel) = 'proportion' THEN avg(v.denominator - v.numerator) FILTER (WHERE v.value IS NOT NULL) END AS others_mean,
        min(n.funnel) AS funnel, min(n.direction) AS direction, min(v.services) AS services, min(n.chart) AS chart,
        caregroup.spc_summary(CASE WHEN n.chart IN ('p', 'u', 'c') THEN CASE WHEN v.value IS NOT NULL THEN v.numerator END ELSE v.value END,
            CASE WHEN n.chart IN ('p', 'u') THEN v.denominator END, v.period_start, n.direction, v.target,
            v.is_first, false, caregroup.spc_options(chart => n.chart, per => CASE WHEN n.chart IN ('p', 'u') THEN n.per ELSE 1 END)) AS icons
    FROM (SELECT p.*, p.phase > lag(p.phase) OVER series AS is_first, p.phase = first_value(p.phase) OVER later AS is_last_phase,
              CASE WHEN p.value IS NOT NULL THEN count(p.value) OVER later END AS back
          FROM variance_point AS p
          WINDOW series AS (PARTITION BY p.hierarchy, p.organisation_kind, p.organisation_id, p.indicator_id, p.service_id ORDER BY p.period_start),
              later AS (PARTITION BY p.hierarchy, p.organisation_kind, p.organisation_id, p.indicator_id, p.service_id ORDER BY p.period_start DESC)) AS v
        JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    GROUP BY 1, 2, 3, 4, 5
), latest AS (
    SELECT v.indicator_id, max(v.period_start) AS period_start FROM variance_point AS v WHERE v.value IS NOT NULL GROUP BY 1
), judged AS (
    SELECT i.*, i.period_start = l.period_start AS is_current, a.advice,
        s.chance AS rare_chance, s.is_high,
        -- A sum of one service would be tested twice.
        i.period_start = l.period_start AND (i.icons).points >= 10
            AND CASE WHEN a.advice = 'rare_events' THEN s.chance IS NOT NULL ELSE (i.icons).upper > (i.icons).lower END
            AND NOT (i.service_id = '(all)' AND i.services = 1 AND EXISTS (
                SELECT FROM icon AS o WHERE o.hierarchy = i.hierarchy AND o.organisation_kind = i.organisation_kind AND o.organisation_id = i.organisation_id
                    AND o.indicator_id = i.indicator_id AND o.service_id <> '(all)')) AS is_tested
    FROM icon AS i JOIN latest AS l ON l.indicator_id = i.indicator_id
        CROSS JOIN LATERAL (SELECT CASE
            WHEN (i.funnel IS NOT NULL OR i.chart = 'c') AND i.chart NOT IN ('g', 't') AND least(i.numerator_mean, i.others_mean) < 5
                -- Four of ten are few people, but no rare event.
                AND coalesce(least(i.numerator_mean, i.others_mean) < 0.2 * (i.numerator_mean + i.others_mean), true) THEN 'rare_events'
            -- Beyond what chance makes of independent values, and enough to matter.
            WHEN (i.icons).autocorrelation > greatest(0.3, 1.96 / sqrt((i.icons).points)) THEN 'autocorrelated'
            WHEN (i.icons).is_short_phase THEN 'few_points' END AS advice) AS a
        -- The chart of rare events says nothing, but their sums do: the last six
        -- periods against all before in the phase, exactly; of a share whichever
        -- is rarer.
        LEFT JOIN LATERAL (SELECT i.others_mean < i.numerator_mean AS is_other) AS o ON true
        LEFT JOIN LATERAL (
            SELECT (caregroup.rate_ratio(CASE WHEN o.is_other THEN i.recent_of - i.recent ELSE i.recent END, i.recent_of,
                                         CASE WHEN o.is_other THEN i.earlier_of - i.earlier ELSE i.earlier END, i.earlier_of)).p_value AS chance,
                i.recent * i.earlier_of > i.earlier * i.recent_of AS is_high
            -- Only shares: what is counted of a rate may come in clusters.
            WHERE a.advice = 'rare_events' AND i.funnel = 'proportion' AND i.recent BETWEEN 0 AND i.recent_of AND i.earlier BETWEEN 0 AND i.earlier_of
                AND i.recent_of > 0 AND i.earlier_of > 0 AND i.earlier_points >= 6) AS s ON true
    WHERE (i.icons).points > 0
), ranked AS (
    SELECT j.*, coalesce(j.rare_chance, (j.icons).chance) AS chance, count(*) FILTER (WHERE j.is_tested) OVER family AS tested,
        count(*) FILTER (WHERE j.is_tested AND j.advice IS DISTINCT FROM 'rare_events') OVER family AS tested_by_rules,
        row_number() OVER (PARTITION BY j.hierarchy, j.organisation_kind, j.is_tested
                           ORDER BY coalesce(j.rare_chance, (j.icons).chance), j.organisation_id, j.indicator_id, j.service_id) AS place
    FROM judged AS j
    WINDOW family AS (PARTITION BY j.hierarchy, j.organisation_kind)
), scored AS (
    SELECT r.*, CASE WHEN r.is_tested THEN least(min(r.chance * r.tested / r.place) OVER (
               PARTITION BY r.hierarchy, r.organisation_kind, r.is_tested ORDER BY r.place DESC), 1) END AS q_value
    FROM ranked AS r
)
SELECT r.hierarchy, r.organisation_kind, r.organisation_id, r.indicator_id, r.service_id, r.period_start, r.is_current,
    (r.icons).points, r.numerator_mean, (r.icons).value, (r.icons).centre, (r.icons).lower, (r.icons).upper,
    CASE WHEN r.advice = 'rare_events' OR (r.icons).upper = (r.icons).lower THEN 0 ELSE (r.icons).rules END,
    CASE WHEN r.advice IS DISTINCT FROM 'rare_events' AND (r.icons).upper IS DISTINCT FROM (r.icons).lower THEN (r.icons).variation
         WHEN r.rare_chance IS NULL OR r.q_value > 0.05 OR r.q_value IS NULL THEN 'common_cause'
         WHEN r.direction = 'neutral' THEN CASE WHEN r.is_high THEN 'special_cause_neutral_high' ELSE 'special_cause_neutral_low' END
         WHEN (r.direction = 'higher_better') = r.is_high THEN 'special_cause_improvement' ELSE 'special_cause_concern' END,
    (r.icons).target, (r.icons).meets_target, (r.icons).assurance, (r.icons).capability, (r.icons).target_chance, (r.icons).autocorrelation,
    (r.icons).is_short_phase, r.chance, r.advice, r.is_tested, r.q_value, r.tested, r.tested_by_rules
FROM scored AS r
$$);
