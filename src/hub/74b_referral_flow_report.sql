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
    period_start      -- First day of the month in which the step began: the referral was received, the first contact or the treatment was.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    step              -- first_contact (from receipt, within 126 days); from first contact within 364 days: treatment, procedure (also a day case or an inpatient stay) and discharged (closed); procedure_of_treated (from treatment, within 364 days); discharged_at_first (from first contact, closed within 126 days after that one contact); or from_consultant (of referrals received, made by a consultant). Treatment is the first event of status 30 (start of the first treatment; 31 to 36 stop a clock without one) of a referral under the referral-to-treatment rules, of others the first follow-up or group session attended, and a procedure of either.
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
('report_discharge', 'report', 'discharge_month', 'Referrals closed in each of the last 36 months: unseen, at the first visit and later, and how long after the first contact, by service, rolled up.', $$
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, u.service_id, v.service_name,
    u.month AS period_start, 'month'::text AS period_kind, u.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    u.closed, u.returned, u.unseen, u.at_first, u.later,
    (u.at_first / nullif(u.at_first + u.later, 0)::double precision) AS at_first_share,
    caregroup.wilson_lower(u.at_first, u.at_first + u.later) AS lower, caregroup.wilson_upper(u.at_first, u.at_first + u.later) AS upper,
    (u.figure).median_weeks, (u.figure).p92_weeks, (u.figure).p92_is_open AS p92_over_104_weeks, t.as_at, t.recalculated_at
FROM (SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, d.service_id, d.month, sum(d.closed)::bigint AS closed,
          sum(d.returned)::bigint AS returned, sum(d.unseen)::bigint AS unseen, sum(d.at_first)::bigint AS at_first, sum(d.later)::bigint AS later,
          caregroup.rtt_summary(caregroup.wait_band_sum(d.counts)) AS figure
      FROM chain AS h JOIN discharge_month AS d ON d.site_id = h.site_id
      WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
      GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, d.service_id, d.month) AS u
    LEFT JOIN service_name AS v ON v.service_id = u.service_id
    LEFT JOIN result_state AS t ON t.step = 'discharge_month'
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
    closed            -- Referrals closed in the month: the sum of the next four, and what report_referral_flow counts.
    returned          -- Of those, returned or redirected and not seen before.
    unseen            -- Of those, closed in another way and not seen before.
    at_first          -- Of those, seen once, without a procedure: discharged at the first visit.
    later             -- Of those, seen more than once, or with a procedure.
    at_first_share    -- Discharged at the first visit over all who were seen; NULL where none was.
    lower             -- Lower limit of its 95 % Wilson interval.
    upper             -- Upper limit of its 95 % Wilson interval.
    median_weeks      -- Median weeks from first contact to discharge of those discharged later, from weekly bands.
    p92_weeks         -- Their 92nd percentile, from the bands; 104 where it lies in the open band.
    p92_over_104_weeks -- Whether it does.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_consultant_referral', 'report', 'consultant_referral', 'Referrals of the last twelve whole months from consultants to other services, by the specialty that referred and where to, against its first visits, rolled up.', $$
WITH unit AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, x.treatment_function_code, c.service_id,
        sum(c.referrals)::bigint AS referrals, sum(c.first_visits) AS first_visits
    FROM chain AS h JOIN consultant_referral AS c ON c.site_id = h.site_id
        CROSS JOIN LATERAL (VALUES (c.treatment_function_code), ('(all)')) AS x (treatment_function_code)
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, x.treatment_function_code, c.service_id
)
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level,
    u.treatment_function_code, CASE u.treatment_function_code WHEN '(all)' THEN 'Total' WHEN '(unknown)' THEN 'Not stated' ELSE coalesce(f.name, 'Other') END AS treatment_function_name,
    u.service_id, CASE u.service_id WHEN '(all)' THEN 'All services' ELSE v.service_name END AS service_name,
    (date_trunc('month', t.as_at AT TIME ZONE (SELECT p.time_zone FROM parameter AS p)) - interval '1 year')::date AS period_start, 'year'::text AS period_kind,
    u.referrals, u.referrals / nullif(w.referrals, 0)::double precision AS referrals_share, nullif(w.first_visits, 0) AS first_visits,
    (100 * u.referrals / nullif(w.first_visits, 0))::double precision AS per_100_first_visits,
    100 * caregroup.byar_lower(u.referrals) / nullif(w.first_visits, 0)::double precision AS lower,
    100 * caregroup.byar_upper(u.referrals) / nullif(w.first_visits, 0)::double precision AS upper,
    t.as_at, t.recalculated_at
FROM unit AS u
    LEFT JOIN unit AS w ON w.service_id = '(all)' AND w.hierarchy = u.hierarchy AND w.organisation_id = u.organisation_id AND w.organisation_kind = u.organisation_kind
        AND w.treatment_function_code = u.treatment_function_code
    LEFT JOIN caregroup.rtt_treatment_functions() AS f ON f.code = u.treatment_function_code
    LEFT JOIN service_name AS v ON v.service_id = u.service_id
    LEFT JOIN result_state AS t ON t.step = 'consultant_referral'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    treatment_function_code -- Specialty that referred, by the pathway's referral before; '(all)' is the total over all, '(unknown)' where none came before.
    treatment_function_name -- Name to print; Other for those that the national return puts together.
    service_id        -- Service referred to, '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- First day of the twelve months.
    period_kind       -- year.
    referrals         -- Referrals that a consultant of this organisation made; requests for diagnostics are none.
    referrals_share   -- Their share of the specialty's referrals to all services.
    first_visits      -- First appointments and assessments attended there in consultant-led services of the specialty (in acute ones where the role is not stated); NULL where there are none.
    per_100_first_visits -- Referrals for each 100 of these.
    lower             -- Lower limit of its 95 % interval (Byar).
    upper             -- Upper limit of its 95 % interval (Byar).
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_contact_demand', 'report', 'contact_demand', 'Demand without a referral: requests for contact met, redirected, unmet and given up in each month, by service and channel, rolled up.', $$
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, u.service_id, v.service_name,
    u.month AS period_start, 'month'::text AS period_kind, u.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time, u.channel,
    u.requests, u.met, u.redirected, u.unmet, u.abandoned, u.not_stated,
    (u.met / nullif(u.stated, 0))::double precision AS met_share, caregroup.wilson_lower(u.met, u.stated) AS met_lower, caregroup.wilson_upper(u.met, u.stated) AS met_upper,
    (u.redirected / nullif(u.stated, 0))::double precision AS redirected_share, caregroup.wilson_lower(u.redirected, u.stated) AS redirected_lower, caregroup.wilson_upper(u.redirected, u.stated) AS redirected_upper,
    (u.unmet / nullif(u.stated, 0))::double precision AS unmet_share, caregroup.wilson_lower(u.unmet, u.stated) AS unmet_lower, caregroup.wilson_upper(u.unmet, u.stated) AS unmet_upper,
    (u.abandoned / nullif(u.stated, 0))::double precision AS abandoned_share, t.as_at, t.recalculated_at
FROM (SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, c.service_id, c.month, x.channel,
          sum(c.requests) AS requests, sum(c.met) AS met, sum(c.redirected) AS redirected, sum(c.unmet) AS unmet, sum(c.abandoned) AS abandoned, sum(c.not_stated) AS not_stated,
          sum(c.met + c.redirected + c.unmet + c.abandoned) AS stated
      FROM chain AS h JOIN contact_demand AS c ON c.site_id = h.site_id
          CROSS JOIN LATERAL (VALUES (c.channel), ('(all)')) AS x (channel)
      WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
      GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, c.service_id, c.month, x.channel) AS u
    LEFT JOIN service_name AS v ON v.service_id = u.service_id
    LEFT JOIN result_state AS t ON t.step = 'contact_demand'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service asked for, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    channel           -- How requests were made; '(all)' for all together.
    requests          -- Requests for contact: the sum of the next five, and what report_demand counts as contact requests.
    met               -- Of those, booked.
    redirected        -- Of those, redirected to another place.
    unmet             -- Of those, unmet: nothing could be offered.
    abandoned         -- Of those, given up by the person.
    not_stated        -- Of those, without a known outcome; report_demand counts redirected, unmet and abandoned together as unmet.
    met_share         -- Met over those with a known outcome; NULL where there are none.
    met_lower         -- Lower limit of its 95 % Wilson interval.
    met_upper         -- Upper limit of its 95 % Wilson interval.
    redirected_share  -- Redirected over those with a known outcome.
    redirected_lower  -- Lower limit of its 95 % Wilson interval.
    redirected_upper  -- Upper limit of its 95 % Wilson interval.
    unmet_share       -- Unmet over those with a known outcome.
    unmet_lower       -- Lower limit of its 95 % Wilson interval.
    unmet_upper       -- Upper limit of its 95 % Wilson interval.
    abandoned_share   -- Given up over those with a known outcome.
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
