-- Every figure of the referral reports by group of people, each group against
-- everybody else.

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('referral_group_stratum', 'plumbing', NULL, 'A figure of a group of people against everybody else of the same service, rolled up, with what it adds to a ratio over several services.', $$
-- The ratio of Mantel and Haenszel is the sum of first over the sum of second,
-- the variance of its logarithm the sum of spread over their product: of
-- shares and, where so many were expected, of rates.  Greenland and Robins,
-- Biometrics 1985;41:55-68.  Of one stratum it is the plain ratio, with the
-- interval of Katz and others.
SELECT r.hierarchy, r.organisation_id, r.organisation_name, r.organisation_kind, r.organisation_level, r.service_id, r.period_start, r.measure, r.detail, r.dimension, r.group_name,
    r.numerator, r.denominator, r.other_numerator, r.other_denominator,
    r.numerator * r.other_denominator / nullif(r.denominator + r.other_denominator, 0) AS first, r.other_numerator * r.denominator / nullif(r.denominator + r.other_denominator, 0) AS second,
    ((r.numerator + r.other_numerator) * r.denominator * r.other_denominator
        - CASE WHEN r.detail = 'referred' THEN 0 ELSE r.numerator * r.other_numerator * (r.denominator + r.other_denominator) END) / nullif(r.denominator + r.other_denominator, 0) ^ 2 AS spread,
    r.counts
FROM (SELECT u.*,
          CASE WHEN u.group_name <> 'unknown' THEN sum(u.numerator) FILTER (WHERE u.group_name <> 'unknown') OVER peers - u.numerator END AS other_numerator,
          CASE WHEN u.group_name <> 'unknown' THEN sum(u.denominator) FILTER (WHERE u.group_name <> 'unknown') OVER peers - u.denominator END AS other_denominator
      FROM (SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, g.service_id, g.period_start, g.measure, g.detail, g.dimension, g.group_name,
                sum(g.numerator)::double precision AS numerator, sum(g.denominator)::double precision AS denominator,
                caregroup.wait_band_sum(g.counts) AS counts
            FROM chain AS h JOIN referral_group AS g ON g.site_id = h.site_id
            WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
            GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, g.service_id, g.period_start, g.measure, g.detail, g.dimension, g.group_name) AS u
      -- By name and level as well, so that whoever asks for some of them is not
      -- given all to choose from; last, where a sort need not look at them.
      WINDOW peers AS (PARTITION BY u.organisation_id, u.service_id, u.period_start, u.detail, u.dimension, u.measure, u.organisation_kind, u.hierarchy, u.organisation_name, u.organisation_level)) AS r
$$, $$
    hierarchy         -- Hierarchy that is rolled up.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service.
    period_start      -- First day of the period.
    measure           -- Measure.
    detail            -- What of it.
    dimension         -- deprivation, age, sex or ethnicity.
    group_name        -- Group of people, or unknown.
    numerator         -- Of the group, how many.
    denominator       -- Of how many.
    other_numerator   -- The same of everybody else whose group is known.
    other_denominator -- The same of everybody else whose group is known.
    first             -- What the group adds to the upper sum of the ratio.
    second            -- What everybody else adds to the lower sum.
    spread            -- What both add to the variance.
    counts            -- Clocks in each weekly band.
$$),
('report_referral_group', 'report', 'referral_group', 'The figures of the referral reports by deprivation, age, sex and ethnicity: each group of people against everybody else, by quarter and service and over all services with their mix allowed for, rolled up.', $$
SELECT f.hierarchy, f.organisation_id, f.organisation_name, f.organisation_kind, f.organisation_level, f.service_id,
    CASE f.service_id WHEN '(all)' THEN 'All services' ELSE v.service_name END AS service_name,
    f.period_start, CASE f.measure WHEN 'referrer' THEN 'year' WHEN 'rtt_finding' THEN 'day' ELSE 'quarter' END AS period_kind,
    f.period_start::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    f.measure, f.detail, coalesce(d.standard_name, q.name) AS detail_name, f.dimension, f.group_name,
    f.numerator, f.denominator, s.share, CASE WHEN s.is_rate THEN caregroup.byar_lower(f.numerator) / nullif(f.denominator, 0) ELSE caregroup.wilson_lower(f.numerator, f.denominator) END AS lower,
    CASE WHEN s.is_rate THEN caregroup.byar_upper(f.numerator) / nullif(f.denominator, 0) ELSE caregroup.wilson_upper(f.numerator, f.denominator) END AS upper,
    f.other_numerator, f.other_denominator, f.other_numerator / nullif(f.other_denominator, 0) AS other_share,
    s.ratio, CASE WHEN s.error > 0 THEN s.ratio * exp(-1.959963984540054 * s.error) END AS ratio_lower, CASE WHEN s.error > 0 THEN s.ratio * exp(1.959963984540054 * s.error) END AS ratio_upper,
    (b.figure).median_weeks, (b.figure).p92_weeks, (b.figure).p92_is_open AS p92_over_104_weeks, (b.figure).over_65_weeks, (b.figure).over_78_weeks, (b.figure).over_104_weeks,
    t.as_at, t.recalculated_at
FROM (SELECT g.hierarchy, g.organisation_id, g.organisation_name, g.organisation_kind, g.organisation_level, g.service_id, g.period_start, g.measure, g.detail, g.dimension, g.group_name,
          g.numerator, g.denominator, g.other_numerator, g.other_denominator, g.first, g.second, g.spread, g.counts
      FROM referral_group_stratum AS g
      UNION ALL
      -- Summed in the order of services, in which the window has sorted them:
      -- an order within each sum would cost more than all the rest.
      SELECT g.hierarchy, g.organisation_id, g.organisation_name, g.organisation_kind, g.organisation_level, '(all)'::text, g.period_start, g.measure, g.detail, g.dimension, g.group_name,
          sum(g.numerator), sum(g.denominator), sum(g.other_numerator), sum(g.other_denominator),
          sum(g.first), sum(g.second), sum(g.spread), caregroup.wait_band_sum(g.counts)
      FROM referral_group_stratum AS g
      GROUP BY g.hierarchy, g.organisation_id, g.organisation_name, g.organisation_kind, g.organisation_level, g.period_start, g.measure, g.detail, g.dimension, g.group_name) AS f
    CROSS JOIN LATERAL (SELECT f.detail = 'referred' AS is_rate, f.numerator / nullif(f.denominator, 0) AS share, f.first / nullif(f.second, 0) AS ratio,
        CASE WHEN f.first > 0 AND f.second > 0 THEN sqrt(greatest(f.spread, 0) / (f.first * f.second)) END AS error) AS s
    CROSS JOIN LATERAL (SELECT caregroup.rtt_summary(f.counts) AS figure) AS b
    LEFT JOIN service_name AS v ON v.service_id = f.service_id
    LEFT JOIN standard_name AS d ON f.measure = 'standard' AND d.standard_id = f.detail
    LEFT JOIN caregroup.rtt_return_parts() AS q ON f.measure LIKE 'rtt_%' AND q.part = f.detail
    LEFT JOIN result_state AS t ON t.step = 'referral_group'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site; of the measure referrer, who referred, of all others, who holds the referral.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service, '(unknown)' where the record names none; '(all)' for all together, on which the counts are the services' sums and the ratio is Mantel and Haenszel's with the services as strata: a group is compared with others who came to the same services, whatever mix of services it uses.
    service_name      -- Name to print.
    period_start      -- First day of the quarter, of the last eight whole ones; of referrer, of the twelve months; of rtt_finding, the day to which it holds.
    period_kind       -- quarter, year or day.
    time              -- Start of the period as a moment, for time-series charts.
    measure           -- flow (report_referral_flow), conversion (report_referral_conversion), rtt_within_18_weeks, rtt_over_52_weeks and rtt_started (report_rtt), standard (report_standard), referrer (report_referrer_variation) or rtt_finding (report_data_quality_rtt). The figures of all groups of a dimension, unknown among them, add up to those of these reports; of Part_2 and Part_2A, to those of the quarter's last month. Who waits now, and how long, is in report_waiting_gap.
    detail            -- Of flow: received, seen or closed. Of conversion: the step. Of rtt_…: the part of the return. Of standard: the standard. Of referrer: referred (against what age and sex lead one to expect), returned, redirected, discharged_at_first or did_not_attend. Of rtt_finding: the rule.
    detail_name       -- Name of the standard or part.
    dimension         -- deprivation, age, sex or ethnicity.
    group_name        -- Group of people; of deprivation, fifth 1 is the most deprived. Who is in no known group is unknown, and no part of everybody else.
    numerator         -- Of the group: counts of flow and rtt_started; those who reached the end of the step, waited within 18 or over 52 weeks, were within the standard's limit, were referred, returned and so on, or have a pathway with a finding.
    denominator       -- Of how many; of referred, how many one would expect. NULL for counts.
    share             -- The first over the second; of referred, how many times as many as expected.
    lower             -- Lower limit of its 95 % interval (Wilson; of referred, Byar).
    upper             -- Upper limit of that interval.
    other_numerator   -- The same count of everybody else whose group is known; NULL for unknown.
    other_denominator -- The same of the denominator.
    other_share       -- The first over the second.
    ratio             -- How many times as high the group's share is as that of everybody else; NULL where one has none.
    ratio_lower       -- Lower limit of its 95 % interval (Katz; on '(all)' Greenland and Robins); NULL where either has nobody in the numerator. Each is for itself: of twenty comparisons one is outside by chance.
    ratio_upper       -- Upper limit of that interval.
    median_weeks      -- Of rtt_within_18_weeks: the group's median in weeks, from the weekly bands as report_rtt has it; NULL of other measures, as the next five.
    p92_weeks         -- Its 92nd percentile in weeks, from the bands; 104 where it lies in the open band.
    p92_over_104_weeks -- Whether it does.
    over_65_weeks     -- Clocks of the group of more than 65 weeks.
    over_78_weeks     -- Clocks of more than 78 weeks.
    over_104_weeks    -- Clocks of more than 104 weeks.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);
