-- Reports of waits under the rules: the national return, lists and who waits
-- long, and what is wrong with the pathways' data.

CREATE FUNCTION rtt_treatment_functions(OUT code text, OUT name text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST @statement@ ROWS 18
BEGIN ATOMIC
SELECT v.code, v.name
FROM (VALUES ('100', 'General Surgery'), ('101', 'Urology'), ('110', 'Trauma and Orthopaedic'), ('120', 'Ear Nose and Throat'),
    ('130', 'Ophthalmology'), ('140', 'Oral Surgery'), ('150', 'Neurosurgical'), ('160', 'Plastic Surgery'), ('170', 'Cardiothoracic Surgery'),
    ('300', 'General Internal Medicine'), ('301', 'Gastroenterology'), ('320', 'Cardiology'), ('330', 'Dermatology'), ('340', 'Respiratory Medicine'),
    ('400', 'Neurology'), ('410', 'Rheumatology'), ('430', 'Elderly Medicine'), ('502', 'Gynaecology')) AS v (code, name);
END;

COMMENT ON FUNCTION rtt_treatment_functions() IS
'The treatment functions that the national return names one by one, by their code in the NHS Data Dictionary; it puts all others together. Source: NHS England, RTT waiting times statistics.';

CREATE AGGREGATE wait_tally(days integer) (
	SFUNC = wait_add, STYPE = bytea, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_tally(integer) IS
'The counts of waits by days that wait_median() and its like keep, to be merged by wait_tally_merge() and read by wait_median_estimate_final(): a group and everybody else are then counted once. NULL rule and errors as for wait_median().';

CREATE AGGREGATE wait_tally_merge(tally bytea) (
	SFUNC = wait_tally_combine, STYPE = bytea, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_tally_merge(bytea) IS
'The tally of several groups together, from the tally of each by wait_tally(). NULLs are skipped; no rows give NULL. Damaged tallies are error 22P03.';

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('report_rtt', 'report', 'rtt_month', 'The national referral-to-treatment return of each of the last 24 whole months, by provider, treatment function and part, rolled up.', $$
SELECT r.hierarchy, r.organisation_id, r.organisation_name, r.organisation_kind, r.organisation_level,
    r.treatment_function_code, CASE r.treatment_function_code WHEN '(all)' THEN 'Total' WHEN '(unknown)' THEN 'Not stated' ELSE coalesce(f.name, 'Other') END AS treatment_function_name,
    r.month AS period_start, 'month'::text AS period_kind, r.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    r.part, q.name AS part_name, r.total,
    (r.figure).within_18_weeks, ((r.figure).within_18_weeks / nullif(r.total, 0)::double precision) AS within_18_weeks_share,
    caregroup.wilson_lower((r.figure).within_18_weeks, r.total) AS lower, caregroup.wilson_upper((r.figure).within_18_weeks, r.total) AS upper,
    (r.figure).median_weeks, (r.figure).p92_weeks, (r.figure).p92_is_open AS p92_over_104_weeks,
    (r.figure).over_52_weeks, (r.figure).over_65_weeks, (r.figure).over_78_weeks, (r.figure).over_104_weeks,
    t.as_at, t.recalculated_at
FROM (SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, x.treatment_function_code, m.month, m.part,
          sum(m.total)::bigint AS total, caregroup.rtt_summary(caregroup.wait_band_sum(m.counts)) AS figure
      FROM chain AS h JOIN rtt_month AS m ON m.site_id = h.site_id
          CROSS JOIN LATERAL (VALUES (m.treatment_function_code), ('(all)')) AS x (treatment_function_code)
      WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
      GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, x.treatment_function_code, m.month, m.part) AS r
    LEFT JOIN caregroup.rtt_return_parts() AS q ON q.part = r.part
    LEFT JOIN caregroup.rtt_treatment_functions() AS f ON f.code = r.treatment_function_code
    LEFT JOIN result_state AS t ON t.step = 'rtt_month'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    treatment_function_code -- Treatment function; '(all)' is the total over all, '(unknown)' where the service has none.
    treatment_function_name -- Name to print; Other for those that the return puts together.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    part              -- Part_1A (stopped in the month by admission), Part_1B (stopped otherwise), Part_2 (running at its end), Part_2A (of those, decided to admit) or Part_3 (started in it). Nullified clocks are in none.
    part_name         -- Its name in the return.
    total             -- Clocks. Running at a month's end are those at the end of the month before, plus Part_3, less Part_1A and Part_1B.
    within_18_weeks   -- Of those, of at most 126 days; NULL for Part_3, as all that follows.
    within_18_weeks_share -- Their share of the clocks.
    lower             -- Lower limit of its 95 % Wilson interval.
    upper             -- Upper limit of its 95 % Wilson interval.
    median_weeks      -- Median in weeks, from the weekly bands as the national statistics have it.
    p92_weeks         -- 92nd percentile in weeks, from the bands; 104 where it lies in the open band.
    p92_over_104_weeks -- Whether it does.
    over_52_weeks     -- Clocks of more than 52 weeks.
    over_65_weeks     -- Clocks of more than 65 weeks.
    over_78_weeks     -- Clocks of more than 78 weeks.
    over_104_weeks    -- Clocks of more than 104 weeks.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_rtt_band', 'report', 'rtt_month', 'The same return by its 105 weekly bands, rolled up.', $$
SELECT r.hierarchy, r.organisation_id, r.organisation_name, r.organisation_kind, r.organisation_level,
    r.treatment_function_code, CASE r.treatment_function_code WHEN '(all)' THEN 'Total' WHEN '(unknown)' THEN 'Not stated' ELSE coalesce(f.name, 'Other') END AS treatment_function_name,
    r.month AS period_start, 'month'::text AS period_kind, r.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    r.part, b.band, b.band_name, b.return_name, b.from_days, b.to_days, r.counts[b.band] AS clocks, t.as_at, t.recalculated_at
FROM (SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, x.treatment_function_code, m.month, m.part,
          caregroup.wait_band_sum(m.counts) AS counts
      FROM chain AS h JOIN rtt_month AS m ON m.site_id = h.site_id AND m.counts IS NOT NULL
          CROSS JOIN LATERAL (VALUES (m.treatment_function_code), ('(all)')) AS x (treatment_function_code)
      WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
      GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, x.treatment_function_code, m.month, m.part) AS r
    CROSS JOIN caregroup.rtt_bands() AS b
    LEFT JOIN caregroup.rtt_treatment_functions() AS f ON f.code = r.treatment_function_code
    LEFT JOIN result_state AS t ON t.step = 'rtt_month'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    treatment_function_code -- Treatment function; '(all)' is the total over all, '(unknown)' where the service has none.
    treatment_function_name -- Name to print; Other for those that the return puts together.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    part              -- Part_1A, Part_1B, Part_2 or Part_2A; Part_3 has no waits.
    band              -- Weekly band, 1 to 105.
    band_name         -- Weeks, such as >17-18.
    return_name       -- Name of the band's column in the national return.
    from_days         -- First day of the band.
    to_days           -- Last day of the band; NULL for the open one.
    clocks            -- Clocks in the band.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_waiting_summary', 'report', 'list_day', 'Every list as it stands now: how many wait and how long, what came on and went off it in the last whole month, and how long it would take to clear, by service, rolled up.', $$
WITH size AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, x.service_id,
        caregroup.wait_summary(w.days) AS s, caregroup.community_band_counts(w.days) AS bands,
        count(*) FILTER (WHERE w.days > 182) AS over_26
    FROM chain AS h JOIN list_day AS w ON w.site_id = h.site_id AND w.dimension = '(all)'
        CROSS JOIN LATERAL (VALUES (w.service_id), ('(all)')) AS x (service_id)
        CROSS JOIN LATERAL unnest(array_fill(1, ARRAY[w.waiting::integer])) -- which the planner takes for few
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, x.service_id
), last_month AS (
    SELECT date_trunc('month', t.as_at AT TIME ZONE (SELECT p.time_zone FROM parameter AS p))::date - interval '1 month' AS month
    FROM result_state AS t WHERE t.step = 'list_month'
), flow AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, m.list, x.service_id,
        sum(m.waiting) FILTER (WHERE m.month = l.month) AS waiting_month_end, sum(m.added) FILTER (WHERE m.month = l.month) AS added,
        sum(m.removed) FILTER (WHERE m.month = l.month) AS removed, sum(m.treated) FILTER (WHERE m.month = l.month) AS treated,
        sum(m.declined) FILTER (WHERE m.month = l.month) AS declined, sum(m.discharged) FILTER (WHERE m.month = l.month) AS discharged,
        sum(m.died) FILTER (WHERE m.month = l.month) AS died, sum(m.transferred) FILTER (WHERE m.month = l.month) AS transferred,
        sum(m.other) FILTER (WHERE m.month = l.month) AS other, sum(m.removed) AS removed_3, sum(m.added) AS added_3
    FROM chain AS h JOIN list_month AS m ON m.site_id = h.site_id
        CROSS JOIN LATERAL (VALUES (m.service_id), ('(all)')) AS x (service_id)
        CROSS JOIN last_month AS l
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND m.month BETWEEN l.month - interval '2 months' AND l.month
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, m.list, x.service_id
)
SELECT b.hierarchy, b.organisation_id, b.organisation_name, b.organisation_kind, b.organisation_level, b.list, b.service_id,
    CASE b.service_id WHEN '(all)' THEN 'All services' ELSE v.service_name END AS service_name,
    coalesce((z.s).patients, 0) AS waiting, (z.s).mean_days / 7 AS mean_weeks, (z.s).median_days / 7 AS median_weeks, (z.s).p92_days / 7 AS p92_weeks,
    (z.s).longest_days / 7.0::double precision AS longest_weeks, (z.s).within_18_weeks, (z.s).within_18_weeks / (z.s).patients::double precision AS within_18_weeks_share,
    z.bands[1] AS weeks_0_to_1, z.bands[2] AS weeks_1_to_2, z.bands[3] AS weeks_2_to_4, z.bands[4] AS weeks_4_to_12, z.bands[5] AS weeks_12_to_18,
    z.bands[6] AS weeks_18_to_52, z.bands[7] AS weeks_over_52,
    f.waiting_month_end::bigint AS waiting_month_end, f.added::bigint AS added, f.removed::bigint AS removed, f.treated::bigint AS treated, f.declined::bigint AS declined,
    f.discharged::bigint AS discharged, f.died::bigint AS died, f.transferred::bigint AS transferred, f.other::bigint AS other,
    (f.added_3 - f.removed_3)::bigint AS growth_3_months,
    caregroup.clearance_weeks(coalesce((z.s).patients, 0), f.removed_3::double precision, 365.25 / 4) AS clearance_weeks,
    t.as_at, t.recalculated_at
FROM (SELECT s.hierarchy, s.organisation_id, s.organisation_name, s.organisation_kind, s.organisation_level, s.list, s.service_id FROM size AS s
      UNION SELECT f.hierarchy, f.organisation_id, f.organisation_name, f.organisation_kind, f.organisation_level, f.list, f.service_id FROM flow AS f) AS b
    LEFT JOIN size AS z ON z.hierarchy = b.hierarchy AND z.organisation_id = b.organisation_id AND z.organisation_kind = b.organisation_kind AND z.list = b.list AND z.service_id = b.service_id
    LEFT JOIN flow AS f ON f.hierarchy = b.hierarchy AND f.organisation_id = b.organisation_id AND f.organisation_kind = b.organisation_kind AND f.list = b.list AND f.service_id = b.service_id
    LEFT JOIN service_name AS v ON v.service_id = b.service_id
    LEFT JOIN result_state AS t ON t.step = 'list_day'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    list              -- first_contact (referrals without a first contact, as in report_waiting_list), rtt (running referral-to-treatment clocks) or recall (follow-ups and inspections past due). One person may be on several.
    service_id        -- Service, '(unknown)' where the record names none, '(all)' for all together.
    service_name      -- Name to print.
    waiting           -- How many wait now.
    mean_weeks        -- Mean wait in weeks so far; of a recall, since it was due.
    median_weeks      -- Median wait in weeks, exact.
    p92_weeks         -- 92nd percentile in weeks, exact.
    longest_weeks     -- Longest wait in weeks.
    within_18_weeks   -- Of those who wait, not longer than 126 days.
    within_18_weeks_share -- Their share.
    weeks_0_to_1      -- 0 to 7 days: the bands of the community health services waiting list.
    weeks_1_to_2      -- 8 to 14 days.
    weeks_2_to_4      -- 15 to 28 days.
    weeks_4_to_12     -- 29 to 84 days.
    weeks_12_to_18    -- 85 to 126 days.
    weeks_18_to_52    -- 127 to 364 days.
    weeks_over_52     -- 365 days and more.
    waiting_month_end -- On the list at the end of the last whole month.
    added             -- Came on it in that month.
    removed           -- Went off it in that month.
    treated           -- Of those, seen (first_contact), treated (rtt) or done (recall).
    declined          -- Of those, declined treatment.
    discharged        -- Of those, discharged without.
    died              -- Of those, died.
    transferred       -- Of those, redirected to another service.
    other             -- Of those, for another reason, such as active monitoring.
    growth_3_months   -- Came on less went off in the last three whole months.
    clearance_weeks   -- Weeks to clear the list if nobody joined it, at the pace of the last three whole months; NULL where nobody went off.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_waiting_band', 'report', 'list_day', 'Every list as it stands now by weekly bands, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, w.service_id, min(v.service_name) AS service_name,
    caregroup.rtt_band(w.days) AS band, CASE caregroup.rtt_band(w.days) WHEN 1 THEN '0-1' WHEN 105 THEN '>104' ELSE '>' || caregroup.rtt_band(w.days) - 1 || '-' || caregroup.rtt_band(w.days) END AS band_name,
    sum(w.waiting)::bigint AS waiting, min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h JOIN list_day AS w ON w.site_id = h.site_id AND w.dimension = '(all)'
    LEFT JOIN service_name AS v ON v.service_id = w.service_id
    LEFT JOIN result_state AS t ON t.step = 'list_day'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, w.service_id, caregroup.rtt_band(w.days)
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    list              -- first_contact, rtt or recall.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    band              -- Weekly band, 1 (0 to 7 days) to 105 (more than 104 weeks); bands in which nobody waits are left out.
    band_name         -- Weeks, such as >17-18.
    waiting           -- How many wait.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_waiting_month', 'report', 'list_month', 'Every list at the end of each of the last 24 whole months, and what came on and went off it, by service, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, m.list, m.service_id, min(v.service_name) AS service_name,
    m.month AS period_start, 'month'::text AS period_kind, m.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    sum(m.waiting)::bigint AS waiting, sum(m.added)::bigint AS added, sum(m.removed)::bigint AS removed,
    sum(m.treated)::bigint AS treated, sum(m.declined)::bigint AS declined, sum(m.discharged)::bigint AS discharged, sum(m.died)::bigint AS died,
    sum(m.transferred)::bigint AS transferred, sum(m.other)::bigint AS other,
    sum(m.over_18)::bigint AS over_18_weeks, sum(m.over_26)::bigint AS over_26_weeks, sum(m.over_52)::bigint AS over_52_weeks,
    sum(m.over_65)::bigint AS over_65_weeks, sum(m.over_78)::bigint AS over_78_weeks, sum(m.over_104)::bigint AS over_104_weeks,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h JOIN list_month AS m ON m.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = m.service_id
    LEFT JOIN result_state AS t ON t.step = 'list_month'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, m.list, m.service_id, m.month
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    list              -- first_contact, rtt or recall.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    waiting           -- On the list at the end of the month: as many as at the end of the month before, plus added, less removed.
    added             -- Came on it in the month.
    removed           -- Went off it in the month.
    treated           -- Of those, seen (first_contact), treated (rtt) or done (recall).
    declined          -- Of those, declined treatment.
    discharged        -- Of those, discharged without.
    died              -- Of those, died.
    transferred       -- Of those, redirected to another service.
    other             -- Of those, for another reason, such as active monitoring.
    over_18_weeks     -- Of those on the list at the end of the month, over 18 weeks.
    over_26_weeks     -- Over 26 weeks.
    over_52_weeks     -- Over 52 weeks.
    over_65_weeks     -- Over 65 weeks.
    over_78_weeks     -- Over 78 weeks.
    over_104_weeks    -- Over 104 weeks.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_waiting_gap', 'report', 'list_day', 'How long each group of people has waited by now against everybody else on the same list of the same service, and over all services with their mix allowed for, rolled up.', $$
WITH unit AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, w.service_id, w.dimension, w.group_name,
        caregroup.wait_tally(w.days) AS tally, count(*) AS waiting, count(*) FILTER (WHERE w.days <= 126) AS within, count(*) FILTER (WHERE w.days > 182) AS over_26
    FROM chain AS h JOIN list_day AS w ON w.site_id = h.site_id AND w.dimension <> '(all)' AND w.group_name <> 'unknown' AND w.list <> 'recall'
        CROSS JOIN LATERAL unnest(array_fill(1, ARRAY[w.waiting::integer]))
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, w.service_id, w.dimension, w.group_name
), rest AS (
    SELECT u.hierarchy, u.organisation_id, u.organisation_kind, u.list, u.service_id, u.dimension, u.group_name,
        caregroup.wait_tally_merge(x.tally) AS tally, sum(x.waiting)::bigint AS waiting, sum(x.within)::bigint AS within
    FROM unit AS u
        JOIN unit AS x ON x.hierarchy = u.hierarchy AND x.organisation_id = u.organisation_id AND x.organisation_kind = u.organisation_kind
            AND x.list = u.list AND x.service_id = u.service_id AND x.dimension = u.dimension AND x.group_name <> u.group_name
    GROUP BY u.hierarchy, u.organisation_id, u.organisation_kind, u.list, u.service_id, u.dimension, u.group_name
), one AS MATERIALIZED (
    SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, u.list, u.service_id, u.dimension, u.group_name,
        caregroup.wait_median_estimate_final(u.tally) AS m, caregroup.wait_median_estimate_final(r.tally) AS o, u.tally, r.tally AS other_tally,
        caregroup.wait_summary_final(u.tally) AS z, u.over_26, u.waiting, coalesce(r.waiting, 0) AS other_waiting, u.within, r.within AS other_within
    FROM unit AS u
        LEFT JOIN rest AS r ON r.hierarchy = u.hierarchy AND r.organisation_id = u.organisation_id AND r.organisation_kind = u.organisation_kind
            AND r.list = u.list AND r.service_id = u.service_id AND r.dimension = u.dimension AND r.group_name = u.group_name
), stratum AS (
    -- Each service is a stratum.  Its ratio of medians is weighted by the
    -- numbers, as Mantel and Haenszel do, not by variances: those of small
    -- groups are too rough for weights.
    SELECT s.*, CASE WHEN (s.m).median > 0 AND (s.o).median > 0 THEN (s.m).log_variance + (s.o).log_variance END AS log_variance,
        s.waiting * s.other_waiting / (s.waiting + s.other_waiting)::double precision AS weight
    FROM one AS s
), summed AS (
    SELECT s.hierarchy, s.organisation_id, s.organisation_name, s.organisation_kind, s.organisation_level, s.list, s.dimension, s.group_name,
        caregroup.wait_median_estimate_final(caregroup.wait_tally_merge(s.tally)) AS m, caregroup.wait_median_estimate_final(caregroup.wait_tally_merge(s.other_tally)) AS o,
        caregroup.wait_summary_final(caregroup.wait_tally_merge(s.tally)) AS z, sum(s.over_26)::bigint AS over_26, sum(s.waiting)::bigint AS waiting, sum(s.other_waiting)::bigint AS other_waiting, sum(s.within)::bigint AS within, sum(s.other_within)::bigint AS other_within,
        sum(s.weight * ln((s.m).median / (s.o).median) ORDER BY s.service_id) FILTER (WHERE s.log_variance IS NOT NULL) AS log_sum,
        sum(s.weight ORDER BY s.service_id) FILTER (WHERE s.log_variance IS NOT NULL) AS weight, sum(s.weight ^ 2 * s.log_variance ORDER BY s.service_id) AS variance_sum,
        sum(s.within * s.other_waiting / (s.waiting + s.other_waiting)::numeric) AS first_sum, sum(s.other_within * s.waiting / (s.waiting + s.other_waiting)::numeric) AS second_sum,
        sum(((s.within + s.other_within) * s.waiting::numeric * s.other_waiting - s.within * s.other_within * (s.waiting + s.other_waiting)::numeric) / (s.waiting + s.other_waiting)::numeric ^ 2) AS spread
    FROM stratum AS s
    GROUP BY s.hierarchy, s.organisation_id, s.organisation_name, s.organisation_kind, s.organisation_level, s.list, s.dimension, s.group_name
), pooled AS (
    SELECT s.*, exp(s.log_sum / s.weight) AS ratio, exp((s.log_sum - 1.959963984540054 * sqrt(s.variance_sum)) / s.weight) AS lower,
        exp((s.log_sum + 1.959963984540054 * sqrt(s.variance_sum)) / s.weight) AS upper,
        (s.first_sum / nullif(s.second_sum, 0))::double precision AS share_ratio, sqrt((s.spread / nullif(s.first_sum * s.second_sum, 0))::double precision) AS share_error
    FROM summed AS s
)
SELECT s.hierarchy, s.organisation_id, s.organisation_name, s.organisation_kind, s.organisation_level, s.list, s.service_id, v.service_name,
    s.dimension, s.group_name, s.waiting, s.other_waiting, (s.m).median / 7 AS median_weeks, (s.o).median / 7 AS other_median_weeks,
    (r.median).value AS ratio, (r.median).lower AS lower, (r.median).upper AS upper,
    s.within / nullif(s.waiting, 0)::double precision AS within_18_weeks_share, s.other_within / nullif(s.other_waiting, 0)::double precision AS other_within_18_weeks_share,
    (r.share).value AS share_ratio, (r.share).lower AS share_ratio_lower, (r.share).upper AS share_ratio_upper,
    t.as_at, t.recalculated_at,
    (s.z).p92_days / 7 AS p92_weeks, (s.z).longest_days / 7.0::double precision AS longest_weeks, (s.z).over_18_weeks, s.over_26 AS over_26_weeks,
    (s.z).over_52_weeks, (s.z).over_65_weeks, (s.z).over_78_weeks, (s.z).over_104_weeks
FROM one AS s
    CROSS JOIN LATERAL (SELECT caregroup.median_ratio((s.m).median, (s.m).log_variance, (s.o).median, (s.o).log_variance) AS median,
        CASE WHEN s.waiting > 0 AND s.other_waiting > 0 THEN caregroup.share_ratio(s.within, s.waiting, s.other_within, s.other_waiting) END AS share) AS r
    LEFT JOIN service_name AS v ON v.service_id = s.service_id
    LEFT JOIN result_state AS t ON t.step = 'list_day'
UNION ALL
SELECT s.hierarchy, s.organisation_id, s.organisation_name, s.organisation_kind, s.organisation_level, s.list, '(all)'::text, 'All services'::text,
    s.dimension, s.group_name, s.waiting, s.other_waiting, (s.m).median / 7, (s.o).median / 7, s.ratio, s.lower, s.upper,
    s.within / nullif(s.waiting, 0)::double precision, s.other_within / nullif(s.other_waiting, 0)::double precision,
    s.share_ratio, CASE WHEN s.share_error > 0 AND s.share_ratio > 0 THEN s.share_ratio * exp(-1.959963984540054 * s.share_error) END, CASE WHEN s.share_error > 0 AND s.share_ratio > 0 THEN s.share_ratio * exp(1.959963984540054 * s.share_error) END,
    t.as_at, t.recalculated_at,
    (s.z).p92_days / 7, (s.z).longest_days / 7.0::double precision, (s.z).over_18_weeks, s.over_26, (s.z).over_52_weeks, (s.z).over_65_weeks, (s.z).over_78_weeks, (s.z).over_104_weeks
FROM pooled AS s
    LEFT JOIN result_state AS t ON t.step = 'list_day'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    list              -- first_contact or rtt.
    service_id        -- Service, '(unknown)' where the record names none; '(all)' for all together, on which the counts are the services' sums and the two ratios those within services, put together: a group is compared with others on the same lists, whatever the mix of services that it uses.
    service_name      -- Name to print.
    dimension         -- deprivation, age, sex or ethnicity.
    group_name        -- Group of people; of deprivation, fifth 1 is the most deprived. People of unknown group stay out.
    waiting           -- Of the group, how many wait.
    other_waiting     -- Of everybody else on the same list, how many.
    median_weeks      -- Median wait of the group so far, in weeks.
    other_median_weeks -- The same of everybody else.
    ratio             -- The group's median over the others'. On '(all)' not the quotient of the two columns before, but the mean of the services' logarithms of it, each weighted by n1 n2 / (n1 + n2); services without an interval stay out, and it is NULL where none has one.
    lower             -- Lower limit of its 95 % interval (Price and Bonett); NULL with fewer than 5 people on either side. Each is for itself: of twenty comparisons one is outside by chance.
    upper             -- Upper limit of that interval.
    within_18_weeks_share -- Share of the group that has waited 126 days or less.
    other_within_18_weeks_share -- The same of everybody else.
    share_ratio       -- The first over the second; on '(all)' the Mantel-Haenszel ratio of shares with the services as strata.
    share_ratio_lower -- Lower limit of its 95 % interval (Katz; on '(all)' Greenland and Robins, Biometrics 1985;41:55-68).
    share_ratio_upper -- Upper limit of that interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
    p92_weeks         -- 92nd percentile of the group's waits so far, in weeks, exact.
    longest_weeks     -- The longest wait of the group.
    over_18_weeks     -- Of the group, how many have waited over 18 weeks. Each of these counts those of the next as well.
    over_26_weeks     -- Over 26 weeks.
    over_52_weeks     -- Over 52 weeks.
    over_65_weeks     -- Over 65 weeks.
    over_78_weeks     -- Over 78 weeks.
    over_104_weeks    -- Over 104 weeks.
$$),
('report_long_waiters', 'report', 'list_day', 'Who has waited long by now: where, and what for, by list and service, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, w.service_id, min(v.service_name) AS service_name, w.waits_for,
    sum(w.waiting)::bigint AS waiting, coalesce(sum(w.waiting) FILTER (WHERE w.days > 126), 0)::bigint AS over_18_weeks,
    coalesce(sum(w.waiting) FILTER (WHERE w.days > 182), 0)::bigint AS over_26_weeks, coalesce(sum(w.waiting) FILTER (WHERE w.days > 364), 0)::bigint AS over_52_weeks,
    coalesce(sum(w.waiting) FILTER (WHERE w.days > 455), 0)::bigint AS over_65_weeks, coalesce(sum(w.waiting) FILTER (WHERE w.days > 546), 0)::bigint AS over_78_weeks,
    coalesce(sum(w.waiting) FILTER (WHERE w.days > 728), 0)::bigint AS over_104_weeks, max(w.days) / 7 AS longest_weeks,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h JOIN list_day AS w ON w.site_id = h.site_id AND w.dimension = '(all)'
    LEFT JOIN service_name AS v ON v.service_id = w.service_id
    LEFT JOIN result_state AS t ON t.step = 'list_day'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, w.service_id, w.waits_for
HAVING max(w.days) > 126
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    list              -- first_contact, rtt or recall.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    waits_for         -- What they wait for: first contact, treatment, admission (it has been decided to admit), validation (all referrals of the pathway are closed, but no code has stopped its clock) or recall.
    waiting           -- How many wait for it.
    over_18_weeks     -- Of those, over 18 weeks. Each of these counts those of the next as well.
    over_26_weeks     -- Over 26 weeks.
    over_52_weeks     -- Over 52 weeks.
    over_65_weeks     -- Over 65 weeks.
    over_78_weeks     -- Over 78 weeks.
    over_104_weeks    -- Over 104 weeks.
    longest_weeks     -- Whole weeks that the longest has waited. Loaders find the referrals in the table wait_interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_data_quality_rtt', 'report', 'rtt_finding_count', 'Events that do not fit the referral-to-treatment rules, by rule and service, rolled up.', $$
WITH unit AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, f.service_id, f.rule, min(f.explanation) AS explanation,
        sum(f.findings)::bigint AS findings, sum(f.pathways)::bigint AS pathways, sum(f.out_of)::bigint AS out_of
    FROM chain AS h JOIN rtt_finding_count AS f ON f.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, f.service_id, f.rule
)
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, u.service_id, v.service_name,
    u.rule, CASE u.rule WHEN '(any)' THEN 'Any of the rules.' ELSE u.explanation END AS explanation, u.findings, u.pathways, w.out_of AS out_of_pathways,
    u.pathways / nullif(w.out_of, 0)::double precision AS pathways_share,
    caregroup.wilson_lower(least(u.pathways, w.out_of), w.out_of) AS lower, caregroup.wilson_upper(least(u.pathways, w.out_of), w.out_of) AS upper,
    t.as_at, t.recalculated_at
FROM unit AS u
    LEFT JOIN unit AS w ON w.rule = '(any)' AND w.hierarchy = u.hierarchy AND w.organisation_id = u.organisation_id AND w.organisation_kind = u.organisation_kind AND w.service_id = u.service_id
    LEFT JOIN service_name AS v ON v.service_id = u.service_id
    LEFT JOIN result_state AS t ON t.step = 'rtt_finding_count'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service.
    service_name      -- Name to print.
    rule              -- Rule that the data break, '(any)' for all together.
    explanation       -- The rule in words.
    findings          -- Events that break it.
    pathways          -- Pathways with such an event.
    out_of_pathways   -- All pathways of the service there; one with referrals to it at two sites counts at each.
    pathways_share    -- Share of pathways with such an event.
    lower             -- Lower limit of its 95 % Wilson interval.
    upper             -- Upper limit of its 95 % Wilson interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);
