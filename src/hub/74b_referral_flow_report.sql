-- Reports of what referrals come to: conversion, attendance, curves of waits,
-- and what referrers ought to hear.

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('report_referral_conversion', 'report', 'referral_conversion', 'How many of the referrals that begin a step in a month come to its end, by service, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, c.service_id, min(v.service_name) AS service_name,
    c.month AS period_start, 'month'::text AS period_kind, c.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    c.step, sum(c.begun)::bigint AS begun, sum(c.observed)::bigint AS observed, sum(c.reached)::bigint AS reached,
    (sum(c.reached) / nullif(sum(c.observed), 0))::double precision AS share,
    caregroup.wilson_lower(sum(c.reached), sum(c.observed)) AS lower, caregroup.wilson_upper(sum(c.reached), sum(c.observed)) AS upper,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h JOIN referral_conversion AS c ON c.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = c.service_id
    LEFT JOIN result_state AS t ON t.step = 'referral_conversion'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, c.service_id, c.month, c.step
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the month in which the step began: the referral was received, or the first contact was.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    step              -- first_contact (from receipt, within 126 days), procedure (from first contact, within 364 days), discharged_at_first (from first contact, closed within 126 days after that one contact) or from_consultant (of referrals received, made by a consultant).
    begun             -- Referrals that began the step.
    observed          -- Of those, who began it long enough ago that its days have gone by.
    reached           -- Of those observed, who came to its end in time.
    share             -- Reached over observed; NULL where none is observed yet.
    lower             -- Lower limit of its 95 % Wilson interval.
    upper             -- Upper limit of its 95 % Wilson interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_attendance', 'report', 'attendance_month', 'Appointments of each month: kept, missed, cancelled and at what notice, and follow-ups for each first visit, by service, rolled up.', $$
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, u.service_id, v.service_name,
    u.month AS period_start, 'month'::text AS period_kind, u.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    u.attended + u.did_not_attend + u.cancelled_by_person + u.cancelled_by_provider AS due, u.attended, u.did_not_attend,
    (u.did_not_attend / nullif(u.attended + u.did_not_attend, 0))::double precision AS did_not_attend_share,
    caregroup.wilson_lower(u.did_not_attend, u.attended + u.did_not_attend) AS lower, caregroup.wilson_upper(u.did_not_attend, u.attended + u.did_not_attend) AS upper,
    u.cancelled_by_person, u.cancelled_by_provider, u.notice_under_24_hours, u.notice_1_to_2_days, u.notice_3_to_7_days, u.notice_over_7_days, u.notice_unknown,
    u.first_visits, u.follow_ups, (u.follow_ups / nullif(u.first_visits, 0))::double precision AS follow_ups_per_first_visit, t.as_at, t.recalculated_at
FROM (SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, a.service_id, a.month, sum(a.attended) AS attended, sum(a.did_not_attend) AS did_not_attend,
          sum(a.cancelled_by_person) AS cancelled_by_person, sum(a.cancelled_by_provider) AS cancelled_by_provider,
          sum(a.notice_under_24_hours) AS notice_under_24_hours, sum(a.notice_1_to_2_days) AS notice_1_to_2_days, sum(a.notice_3_to_7_days) AS notice_3_to_7_days,
          sum(a.notice_over_7_days) AS notice_over_7_days, sum(a.notice_unknown) AS notice_unknown, sum(a.first_visits) AS first_visits, sum(a.follow_ups) AS follow_ups
      FROM chain AS h JOIN attendance_month AS a ON a.site_id = h.site_id
      WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
      GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, a.service_id, a.month) AS u
    LEFT JOIN service_name AS v ON v.service_id = u.service_id
    LEFT JOIN result_state AS t ON t.step = 'attendance_month'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    due               -- Appointments that were due: first visits, follow-ups, assessments, procedures, diagnostics and groups.
    attended          -- Of those, attended.
    did_not_attend    -- Of those, not attended.
    did_not_attend_share -- Not attended over those attended or not.
    lower             -- Lower limit of its 95 % Wilson interval.
    upper             -- Upper limit of its 95 % Wilson interval.
    cancelled_by_person -- Cancelled by the person.
    cancelled_by_provider -- Cancelled by the provider.
    notice_under_24_hours -- Cancelled less than 24 hours before, or later.
    notice_1_to_2_days -- Cancelled less than three full days before.
    notice_3_to_7_days -- Cancelled three to seven days before.
    notice_over_7_days -- Cancelled more than seven days before.
    notice_unknown    -- Cancelled at a time that is not known.
    first_visits      -- Attended first appointments and assessments.
    follow_ups        -- Attended follow-ups.
    follow_ups_per_first_visit -- The second over the first; NULL without first visits.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_wait_curve', 'report', 'wait_curve', 'Share seen or treated by each week since referral, those still waiting counted as such (Kaplan-Meier), by service and half-year, rolled up.', $$
WITH step AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, c.list, c.service_id, c.cohort, c.week,
        sum(c.treated) AS treated, sum(c.left_list) AS left_list, sum(c.still_waits) AS still_waits
    FROM chain AS h JOIN wait_curve AS c ON c.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, c.list, c.service_id, c.cohort, c.week
), risk AS (
    SELECT s.*, sum(s.treated + s.left_list + s.still_waits) OVER (PARTITION BY s.hierarchy, s.organisation_kind, s.organisation_id, s.list, s.service_id, s.cohort
        ORDER BY s.week ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS at_risk
    FROM step AS s
), curve AS (
    SELECT r.*,
        -- Once everybody has been treated there is no logarithm.
        CASE WHEN bool_or(r.treated = r.at_risk) OVER so_far THEN 0
             ELSE exp(sum(CASE WHEN r.treated < r.at_risk THEN ln(1 - r.treated::double precision / r.at_risk::double precision) ELSE 0 END) OVER so_far) END AS survival,
        sum(CASE WHEN r.treated < r.at_risk THEN r.treated::double precision / (r.at_risk * (r.at_risk - r.treated))::double precision END) OVER so_far AS greenwood
    FROM risk AS r
    WINDOW so_far AS (PARTITION BY r.hierarchy, r.organisation_kind, r.organisation_id, r.list, r.service_id, r.cohort ORDER BY r.week)
)
SELECT c.hierarchy, c.organisation_id, c.organisation_name, c.organisation_kind, c.organisation_level, c.list, c.service_id, v.service_name,
    c.cohort AS period_start, 'half_year'::text AS period_kind, c.cohort::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    c.week, c.at_risk::bigint AS waiting_before, c.treated::bigint AS treated, c.left_list::bigint AS left_list, c.still_waits::bigint AS still_waits,
    1 - c.survival AS share, 1 - c.survival ^ exp(-l.width) AS lower, 1 - c.survival ^ exp(l.width) AS upper,
    t.as_at, t.recalculated_at
FROM curve AS c
    -- Limits on the log-log scale, which stay within 0 and 1.
    CROSS JOIN LATERAL (SELECT CASE WHEN c.survival > 0 AND c.survival < 1 THEN 1.959963984540054 * sqrt(c.greenwood) / abs(ln(c.survival)) END AS width) AS l
    LEFT JOIN service_name AS v ON v.service_id = c.service_id
    LEFT JOIN result_state AS t ON t.step = 'wait_curve'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    list              -- first_contact (from receipt to first contact) or rtt (from clock start to treatment).
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the half-year in which the waits began.
    period_kind       -- half_year.
    time              -- Start of the half-year as a moment, for time-series charts.
    week              -- Weeks since referral, 105 for 105 or more; weeks in which nothing happened are left out.
    waiting_before    -- Who still waited when the week began and is known of until its end.
    treated           -- Seen, or treated, in the week.
    left_list         -- Went off the list in another way; counted as known of until then.
    still_waits       -- Waits still, and no longer is known.
    share             -- Share that has been seen, or treated, by the end of the week: what it would be if nobody left in another way.
    lower             -- Lower limit of its 95 % interval (Greenwood, log-log); NULL where the share is 0 or 1.
    upper             -- Upper limit of that interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_referrer_feedback', 'report', 'referrer_message', 'What each referring site ought to hear of its referrals of the last twelve whole months, as a text ready to send.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, r.referrals, r.returned, r.returned / r.referrals::double precision AS returned_share, r.redirected, r.redirected / r.referrals::double precision AS redirected_share,
    r.discharged_at_first, r.message, t.as_at, t.recalculated_at
FROM chain AS h JOIN referrer_message AS r ON r.site_id = h.site_id
    LEFT JOIN result_state AS t ON t.step = 'referrer_message'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND h.organisation_kind = 'site'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    referrals         -- Referrals that were decided on.
    returned          -- Of those, returned to the referrer.
    returned_share    -- Their share.
    redirected        -- Of those, redirected to another service.
    redirected_share  -- Their share.
    discharged_at_first -- Of those, seen once and discharged, which need not mean a poor referral.
    message           -- The text. It names services and reasons that at least five referrals share, and neither referrals nor people; loaders find the text with the referrals' numbers in the table referrer_letter.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_standard_open', 'report', 'standard_open', 'Waits that go on and are longer than a standard''s limit already, at the end of each of the last 24 months and now, by service, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, o.standard_id, min(d.standard_name) AS standard_name, o.service_id, min(v.service_name) AS service_name,
    o.month AS period_start, 'month'::text AS period_kind, o.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    sum(o.open_over_limit)::bigint AS open_over_limit, min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h JOIN standard_open AS o ON o.site_id = h.site_id
    JOIN standard_name AS d ON d.standard_id = o.standard_id
    LEFT JOIN service_name AS v ON v.service_id = o.service_id
    LEFT JOIN result_state AS t ON t.step = 'standard_open'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, o.standard_id, o.service_id, o.month
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    standard_id       -- Standard.
    standard_name     -- Name to print.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    open_over_limit   -- Waits open at the end of the month (in the current month: now) and longer than the limit by then; months without any are left out.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);
