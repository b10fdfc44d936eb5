-- The views of every hub besides its inputs: a little plumbing, and the
-- reports.  Reports show standard types only and read result tables, so that
-- a dashboard never starts heavy work.

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('parameter', 'shared', NULL, 'The moment, zone, hierarchy and calendar that steps and reports use: the hub''s settings, or what the session chose.', $$
SELECT coalesce(nullif(current_setting('caregroup.as_at', true), '')::timestamptz, s.as_at, now()) AS as_at,
    (coalesce(nullif(current_setting('caregroup.as_at', true), '')::timestamptz, s.as_at, now()) AT TIME ZONE s.time_zone)::date AS as_at_date,
    s.time_zone,
    coalesce(nullif(current_setting('caregroup.hierarchy', true), ''), s.hierarchy) AS hierarchy,
    s.calendar_id, s.stale_after_hours
FROM (SELECT max(value) FILTER (WHERE name = 'as_at')::timestamptz AS as_at,
          max(value) FILTER (WHERE name = 'time_zone') AS time_zone,
          max(value) FILTER (WHERE name = 'hierarchy') AS hierarchy,
          max(value) FILTER (WHERE name = 'calendar_id') AS calendar_id,
          max(value) FILTER (WHERE name = 'stale_after_hours')::numeric AS stale_after_hours
      FROM setting) AS s
$$, $$
    as_at             -- Moment for which results are worked out.
    as_at_date        -- Its day in the hub's time zone.
    time_zone         -- Time zone in which days and months are counted.
    hierarchy         -- Hierarchy that reports roll up.
    calendar_id       -- Calendar of sites that name none.
    stale_after_hours -- Age in hours at which a result counts as stale.
$$),
('known_organisation', 'shared', NULL, 'Each organisation once, also where its key comes twice.', $$
SELECT DISTINCT ON (o.organisation_id) o.* FROM organisation AS o WHERE o.organisation_id <> '(unassigned)' ORDER BY o.organisation_id, o::text
$$, ''),
('known_site', 'shared', NULL, 'Each site once, also where its key comes twice.', $$
SELECT DISTINCT ON (s.site_id) s.* FROM site AS s WHERE s.site_id <> '(unassigned)' ORDER BY s.site_id, s::text
$$, ''),
('known_service', 'plumbing', NULL, 'Each service once, also where its key comes twice.', $$
SELECT DISTINCT ON (s.service_id) s.* FROM service AS s WHERE s.service_id IS NOT NULL ORDER BY s.service_id, s::text
$$, ''),
('known_standard', 'plumbing', NULL, 'Each standard once, also where its key comes twice.', $$
SELECT DISTINCT ON (s.standard_id) s.* FROM service_standard AS s WHERE s.standard_id IS NOT NULL ORDER BY s.standard_id, s::text
$$, ''),
('known_area', 'plumbing', NULL, 'Each area once, also where its key comes twice.', $$
SELECT a.area_id, min(a.name) AS name, min(a.organisation_id) AS organisation_id, min(a.deprivation_decile) AS deprivation_decile
FROM area AS a WHERE a.area_id IS NOT NULL GROUP BY a.area_id
$$, $$
    area_id           -- Area.
    name              -- Name to print.
    organisation_id   -- Organisation that answers for its people.
    deprivation_decile -- Decile of deprivation, 1 the most deprived.
$$),
('known_session', 'plumbing', NULL, 'Each session once, also where its key comes twice.', $$
SELECT DISTINCT ON (n.session_id) n.* FROM session AS n WHERE n.session_id IS NOT NULL
ORDER BY n.session_id, n.starts_at, n.site_id, n.service_id, n.status, n.slots, n.minutes
$$, ''),
('known_activity', 'plumbing', NULL, 'Each activity once, also where its key comes twice; without rows whose quantity is no count, which check_hub() reports.', $$
SELECT DISTINCT ON (a.activity_id) a.* FROM activity AS a WHERE a.activity_id IS NOT NULL AND coalesce(a.quantity BETWEEN 0 AND 1e12, true)
ORDER BY a.activity_id, a.starts_at, a.status, a.kind, a.site_id, a.service_id, a.referral_id, a.session_id
$$, ''),
('known_contact_request', 'plumbing', NULL, 'Each contact request once, also where its key comes twice; without rows whose quantity is no count, which check_hub() reports.', $$
SELECT DISTINCT ON (c.request_id) c.* FROM contact_request AS c WHERE c.request_id IS NOT NULL AND coalesce(c.quantity BETWEEN 0 AND 1e12, true)
ORDER BY c.request_id, c.at, c.site_id, c.service_id, c.outcome, c.quantity
$$, ''),
('known_person', 'plumbing', NULL, 'Each person and the groups that the person belongs to once, also where the key comes twice.', $$
SELECT DISTINCT ON (n.person_id) n.person_id, n.birth_date, n.death_date, a.years AS age_years,
    CASE WHEN a.years IS NULL THEN 'unknown'
         WHEN a.years >= 90 THEN '90+'
         ELSE lpad((a.years / 5 * 5)::text, 2, '0') || '-' || lpad((a.years / 5 * 5 + 4)::text, 2, '0') END AS age_band,
    coalesce(n.sex, 'unknown') AS sex, coalesce(n.population_group, 'registered') AS population_group,
    coalesce(n.ethnicity, 'unknown') AS ethnicity, n.area_id, coalesce(n.deprivation_decile, d.deprivation_decile) AS deprivation_decile
FROM person AS n CROSS JOIN parameter AS p
    LEFT JOIN known_area AS d ON d.area_id = n.area_id
    CROSS JOIN LATERAL (SELECT CASE WHEN isfinite(n.birth_date) THEN greatest(extract(year FROM age(p.as_at_date, n.birth_date))::integer, 0) END AS years) AS a
WHERE n.person_id IS NOT NULL
ORDER BY n.person_id, n.birth_date, n.sex, n.population_group, n.death_date, n.area_id, n.ethnicity, n.deprivation_decile
$$, $$
    person_id         -- Person.
    birth_date        -- Day of birth.
    death_date        -- Day of death.
    age_years         -- Age in whole years as at the hub's moment; NULL where the day of birth is unknown.
    age_band          -- Five-year age band as at the hub's moment, or unknown.
    sex               -- Sex, or unknown.
    population_group  -- Group of people; registered where the person has none.
    ethnicity         -- Ethnicity, or unknown.
    area_id           -- Area where the person lives.
    deprivation_decile -- Decile of deprivation of the person, or else of the area; 1 the most deprived.
$$),
('run_history', 'shared', NULL, 'A run of recalculate() as it is now: a dead one shows as interrupted.', $$
SELECT r.run, r.started, r.finished,
    CASE WHEN r.state = 'running' AND NOT caregroup.run_is_alive(r.pid, r.backend_start, r.called_at) THEN 'interrupted' ELSE r.state END AS state,
    r.as_at, r.error, r.run_by,
    (SELECT count(*) FROM recalculation_step AS s WHERE s.run = r.run AND s.state = 'finished') AS steps_finished,
    (SELECT count(*) FROM caregroup.hub_step) AS steps
FROM recalculation AS r
$$, $$
    run               -- Number of the run.
    started           -- Start.
    finished          -- End, good or bad.
    state             -- running, finished, failed or interrupted.
    as_at             -- Moment for which results are worked out.
    error             -- What went wrong.
    run_by            -- Who ran it.
    steps_finished    -- Steps that are done.
    steps             -- Steps of a whole run.
$$),
('schedule_state', 'shared', NULL, 'The regular recalculation: when it was last due and last ran.', $$
SELECT s.schedule, d.last_due, r.started AS last_started,
    -- An hour's grace on both sides: crontab and cron.timezone may go by
    -- another clock than UTC.
    coalesce(coalesce(r.started, '-infinity') < d.last_due - interval '1 hour', false) AS has_stopped
FROM (SELECT max(value) FILTER (WHERE name = 'schedule') AS schedule,
          max(value) FILTER (WHERE name = 'scheduled_at')::timestamptz AS scheduled_at FROM setting) AS s
    CROSS JOIN LATERAL (SELECT caregroup.cron_last_due(s.schedule, now() - interval '1 hour') AS moment OFFSET 0) AS c
    -- What was due before the schedule was set was not due.
    CROSS JOIN LATERAL (SELECT CASE WHEN c.moment >= coalesce(s.scheduled_at, '-infinity') THEN c.moment END AS last_due) AS d
    CROSS JOIN (SELECT max(r.started) AS started FROM recalculation AS r) AS r
$$, $$
    schedule          -- Cron expression; NULL where none is set.
    last_due          -- When it was last due, an hour ago or longer and since it was set; NULL where it was not.
    last_started      -- When a run last started, by whatever means.
    has_stopped       -- Whether no run has started since it was due: the schedule has silently stopped.
$$),
('staleness', 'shared', NULL, 'A report and how fresh it is.', $$
SELECT v.view_name AS report, v.step, t.as_at, t.recalculated_at,
    round((extract(epoch FROM now() - t.recalculated_at) / 3600)::numeric, 1) AS age_hours,
    coalesce(extract(epoch FROM now() - t.recalculated_at) / 3600 > p.stale_after_hours, true)
        OR coalesce(t.recalculated_at < c.last_due - interval '1 hour', false) AS is_stale
FROM caregroup.hub_view AS v
    CROSS JOIN parameter AS p
    CROSS JOIN schedule_state AS c
    LEFT JOIN result_state AS t ON t.step = v.step
WHERE v.kind = 'report'
$$, $$
    report            -- Report.
    step              -- Step of recalculate() that it reads.
    as_at             -- Moment for which its figures are worked out.
    recalculated_at   -- When they were worked out; NULL where they never were.
    age_hours         -- Hours since then.
    is_stale          -- Whether that is longer ago than the setting stale_after_hours or the schedule allows (with an hour's grace).
$$),
('report_waiting_list', 'report', 'waiting', 'Referrals that wait for first contact now, by site, service and whole weeks waited, rolled up, and the whole list that they are on.', $$
WITH size AS (
    -- The same list by days, so that every figure of it is exact.  Keyed as it
    -- is joined: who does not ask for these figures does not pay for them.
    SELECT h.hierarchy, h.organisation_id, h.organisation_kind, d.service_id, caregroup.wait_summary(d.days) AS s
    FROM chain AS h JOIN list_day AS d ON d.site_id = h.site_id AND d.list = 'first_contact' AND d.dimension = '(all)'
        CROSS JOIN LATERAL unnest(array_fill(1, ARRAY[d.waiting::integer]))
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_kind, d.service_id
), flow AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_kind, m.service_id, sum(m.removed) AS removed
    FROM chain AS h JOIN list_month AS m ON m.site_id = h.site_id AND m.list = 'first_contact'
        CROSS JOIN (SELECT date_trunc('month', t.as_at AT TIME ZONE (SELECT p.time_zone FROM parameter AS p))::date AS month FROM result_state AS t WHERE t.step = 'list_month') AS l
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND m.month >= l.month - interval '3 months' AND m.month < l.month
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_kind, m.service_id
), list AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.service_id, w.weeks_waited, sum(w.referrals)::bigint AS referrals
    FROM chain AS h JOIN waiting AS w ON w.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.service_id, w.weeks_waited
)
SELECT l.hierarchy, l.organisation_id, l.organisation_name, l.organisation_kind, l.organisation_level,
    l.service_id, v.service_name, l.weeks_waited, l.referrals, t.as_at, t.recalculated_at,
    -- After what 1.0 has, so that what stands on its report stays.
    CASE WHEN l.weeks_waited < 4 THEN '0-4' WHEN l.weeks_waited < 12 THEN '4-12' WHEN l.weeks_waited < 18 THEN '12-18' WHEN l.weeks_waited < 26 THEN '18-26'
         WHEN l.weeks_waited < 52 THEN '26-52' WHEN l.weeks_waited < 65 THEN '52-65' WHEN l.weeks_waited < 78 THEN '65-78' WHEN l.weeks_waited < 104 THEN '78-104' ELSE '104+' END AS band,
    sum(l.referrals) OVER unit::bigint AS waiting,
    (sum(l.referrals) OVER (unit ORDER BY l.weeks_waited) / sum(l.referrals) OVER unit)::double precision AS share_so_far,
    (z.s).median_days / 7 AS median_weeks, (z.s).p92_days / 7 AS p92_weeks, (z.s).longest_days / 7.0::double precision AS longest_weeks,
    caregroup.clearance_weeks((sum(l.referrals) OVER unit)::double precision, f.removed::double precision, 365.25 / 4) AS clearance_weeks
FROM list AS l
    LEFT JOIN size AS z ON z.hierarchy = l.hierarchy AND z.organisation_id = l.organisation_id AND z.organisation_kind = l.organisation_kind AND z.service_id = l.service_id
    LEFT JOIN flow AS f ON f.hierarchy = l.hierarchy AND f.organisation_id = l.organisation_id AND f.organisation_kind = l.organisation_kind AND f.service_id = l.service_id
    LEFT JOIN service_name AS v ON v.service_id = l.service_id
    LEFT JOIN result_state AS t ON t.step = 'waiting'
WINDOW unit AS (PARTITION BY l.hierarchy, l.organisation_kind, l.organisation_id, l.service_id)
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    weeks_waited      -- Whole weeks since the referral was received.
    referrals         -- Open referrals without a first contact.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
    band              -- Band of whole weeks: 0-4, 4-12, 12-18, 18-26, 26-52, 52-65, 65-78, 78-104 or 104+, each from its first number on and below its second. report_waiting_band has the national return's bands.
    waiting           -- Who waits there for the service, over all weeks.
    share_so_far      -- Share of these who have waited as many whole weeks or fewer.
    median_weeks      -- Median wait of all these so far, in weeks, exact.
    p92_weeks         -- Their 92nd percentile, exact.
    longest_weeks     -- The longest wait of all these.
    clearance_weeks   -- Weeks to clear the whole list if nobody joined it, at the pace of the last three whole months; NULL where nobody went off.
$$),
('report_referral_flow', 'report', 'referral_flow', 'Referrals received, seen and closed in each month, by site and service, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
    f.service_id, min(v.service_name) AS service_name, f.month AS period_start, 'month'::text AS period_kind,
    f.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    sum(f.received)::bigint AS received, sum(f.seen)::bigint AS seen, sum(f.closed)::bigint AS closed,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h
    JOIN referral_flow AS f ON f.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = f.service_id
    LEFT JOIN result_state AS t ON t.step = 'referral_flow'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, f.service_id, f.month
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
    received          -- Referrals received in the month.
    seen              -- Referrals whose first contact was in the month.
    closed            -- Referrals closed in the month.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_demand', 'report', 'demand', 'Requests for care in each month, by site, service, source and modality, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
    d.service_id, min(v.service_name) AS service_name, d.month AS period_start, 'month'::text AS period_kind,
    d.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    d.source, d.modality, sum(d.requests) AS requests, sum(d.unmet) AS unmet, sum(d.minutes_requested) AS minutes_requested,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h
    JOIN demand AS d ON d.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = d.service_id
    LEFT JOIN result_state AS t ON t.step = 'demand'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, d.service_id, d.month, d.source, d.modality
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
    source            -- referral or contact_request.
    modality          -- Of a referral: how the person was first seen, or not seen. Of a contact request: its channel.
    requests          -- Requests for care.
    unmet             -- Of these, referrals returned or redirected and contact requests unmet, abandoned or redirected.
    minutes_requested -- Minutes of first appointments asked for, at the service's usual length; NULL where that is not known.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_activity', 'report', 'activity_month', 'Activity of each month, by site, service, modality, setting and kind, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
    a.service_id, min(v.service_name) AS service_name, a.month AS period_start, 'month'::text AS period_kind,
    a.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    a.modality, a.setting, a.kind,
    sum(a.attended) AS attended, sum(a.did_not_attend) AS did_not_attend,
    sum(a.cancelled_by_person) AS cancelled_by_person, sum(a.cancelled_by_provider) AS cancelled_by_provider,
    sum(a.booked) AS booked, sum(a.minutes_attended) AS minutes_attended, sum(a.cost_gbp) AS cost_gbp,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h
    JOIN activity_month AS a ON a.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = a.service_id
    LEFT JOIN result_state AS t ON t.step = 'activity_month'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, a.service_id, a.month, a.modality, a.setting, a.kind
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
    modality          -- How people were seen.
    setting           -- primary, community or acute.
    kind              -- Kind of activity.
    attended          -- Activities attended.
    did_not_attend    -- Activities not attended.
    cancelled_by_person -- Activities cancelled by the person.
    cancelled_by_provider -- Activities cancelled by the provider.
    booked            -- Activities booked and not yet due.
    minutes_attended  -- Minutes of attended activities.
    cost_gbp          -- Cost of attended activities in pounds, or their price where the cost is not known.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_population', 'report', 'population_count', 'Registered or entitled people of each site by age and sex, rolled up, and residents of each area.', $$
WITH unit AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, c.*
    FROM chain AS h
        JOIN population_count AS c ON c.unit_id = h.site_id AND c.basis <> 'resident'
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    UNION ALL
    SELECT p.hierarchy, CASE level WHEN 0 THEN '(all areas)' ELSE c.unit_id END AS organisation_id,
        CASE level WHEN 0 THEN 'All areas' ELSE coalesce(c.unit_name, c.unit_id) END AS organisation_name,
        'area'::text AS organisation_kind, level AS organisation_level, c.*
    FROM population_count AS c
        CROSS JOIN parameter AS p
        CROSS JOIN generate_series(0, 1) AS level
    WHERE c.basis = 'resident'
)
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level,
    u.basis, u.age_band, u.sex, u.population_group, sum(u.people) AS people, sum(u.weighted) AS weighted_people,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM unit AS u LEFT JOIN result_state AS t ON t.step = 'population_count'
GROUP BY u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, u.basis, u.age_band, u.sex, u.population_group
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    basis             -- registered: people of the table of registrations, each once, on a medical or practice list first; also_registered: people on a further list; counted: a site's given count; resident: an area's given count. Add up one basis only.
    age_band          -- Five-year age band such as 40-44, 90+, unknown, or all where the count is not split.
    sex               -- Sex, or all where the count is not split.
    population_group  -- Group of people, or all where the count is not split.
    people            -- How many.
    weighted_people   -- Weighted count, where given.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_standard', 'report', 'standard_month', 'Performance against each standard in each month, by site and service, rolled up.', $$
WITH month AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
        m.standard_id, m.service_id, m.month, sum(m.numerator) AS numerator, sum(m.denominator) AS denominator, sum(m.open_over_limit) AS open_over_limit
    FROM chain AS h
        JOIN (SELECT e.site_id, e.standard_id, e.service_id, e.month, e.numerator, e.denominator, 0 AS open_over_limit FROM standard_month AS e
              UNION ALL SELECT o.site_id, o.standard_id, o.service_id, o.month, 0, 0, o.open_over_limit FROM standard_open AS o) AS m ON m.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, m.standard_id, m.service_id, m.month
), recent AS (
    SELECT m.*,
        sum(m.numerator) OVER last_three AS numerator_last, sum(m.denominator) OVER last_three AS denominator_last,
        sum(m.numerator) OVER three_before AS numerator_before, sum(m.denominator) OVER three_before AS denominator_before
    FROM month AS m
    -- Months by number: before the first of all timestamps there is no month.
    WINDOW unit AS (PARTITION BY m.hierarchy, m.organisation_kind, m.organisation_id, m.standard_id, m.service_id
            ORDER BY (extract(year FROM m.month) * 12 + extract(month FROM m.month))::integer),
        last_three AS (unit RANGE BETWEEN 2 PRECEDING AND CURRENT ROW),
        three_before AS (unit RANGE BETWEEN 5 PRECEDING AND 3 PRECEDING)
), tested AS (
    SELECT r.*, r.numerator_last / nullif(r.denominator_last, 0) - r.numerator_before / nullif(r.denominator_before, 0) AS change,
        (r.numerator_last + r.numerator_before) / nullif(r.denominator_last + r.denominator_before, 0) AS pooled
    FROM recent AS r
)
SELECT m.hierarchy, m.organisation_id, m.organisation_name, m.organisation_kind, m.organisation_level,
    m.standard_id, d.standard_name, m.service_id, v.service_name,
    m.month AS period_start, 'month'::text AS period_kind,
    m.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    m.numerator::bigint AS numerator, m.denominator::bigint AS denominator,
    (m.numerator / m.denominator)::double precision AS value,
    caregroup.wilson_lower(m.numerator, m.denominator) AS lower,
    caregroup.wilson_upper(m.numerator, m.denominator) AS upper,
    coalesce(g.value, d.threshold)::double precision AS target,
    m.numerator / m.denominator >= coalesce(g.value, d.threshold) AS meets_target,
    m.change::double precision AS change_three_months,
    CASE WHEN m.change IS NULL THEN NULL
         WHEN least(m.denominator_last, m.denominator_before) < 20 THEN 'too few'
         WHEN m.pooled IN (0, 1) OR abs(m.change) < 1.959963984540054
             * sqrt((m.pooled * (1 - m.pooled) * (1 / m.denominator_last + 1 / m.denominator_before))::double precision) THEN 'no clear change'
         WHEN m.change > 0 THEN 'improving'
         ELSE 'worsening' END AS direction,
    -- After what 1.0 has, so that what stands on its report stays.
    t.as_at, t.recalculated_at,
    CASE WHEN m.month >= date_trunc('month', t.as_at AT TIME ZONE (SELECT p.time_zone FROM parameter AS p)) - interval '24 months' THEN m.open_over_limit::bigint END AS open_over_limit
FROM tested AS m
    JOIN standard_name AS d ON d.standard_id = m.standard_id
    LEFT JOIN service_name AS v ON v.service_id = m.service_id
    LEFT JOIN standard_target AS g ON g.organisation_id = m.organisation_id AND g.standard_id = m.standard_id AND g.month = m.month
    LEFT JOIN result_state AS t ON t.step = 'standard_month'
-- Months in which no wait ended are report_standard_open's alone: whoever
-- divides by the denominator must not meet a zero.
WHERE m.denominator > 0
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
    numerator         -- Waits that ended in the month within the limit.
    denominator       -- Waits that ended in the month.
    value             -- Share within the limit.
    lower             -- Lower limit of its 95 % Wilson interval.
    upper             -- Upper limit of its 95 % Wilson interval.
    target            -- Share to reach: the organisation's target for the month, or the standard's threshold; NULL where none is set.
    meets_target      -- Whether the share reaches the target.
    change_three_months -- Share of the three months to this one less the share of the three before.
    direction         -- improving or worsening where that change is statistically clear (difference of two proportions, two-sided 5 %), no clear change where it is not, too few where either three months hold fewer than 20 waits; NULL where there are no three months before.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
    open_over_limit   -- Waits that went on at the end of the month (in the current month: now) and were longer than the limit already, so that they miss it whenever they end; NULL more than 24 months back. report_standard_open has it for months in which no wait ended, too.
$$),
('report_session_use', 'report', 'session_month', 'How sessions were used in each month on each day of the week, by site and service, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
    n.service_id, min(v.service_name) AS service_name, n.month AS period_start, 'month'::text AS period_kind,
    n.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    n.weekday, (ARRAY['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])[n.weekday] AS weekday_name,
    sum(n.sessions)::bigint AS sessions, sum(n.cancelled)::bigint AS sessions_cancelled,
    sum(n.slots_offered) AS slots_offered, sum(n.slots_booked) AS slots_booked, sum(n.slots_attended) AS slots_attended,
    (sum(n.slots_booked) / nullif(sum(n.slots_offered), 0))::double precision AS booked_share,
    sum(n.minutes_offered) AS minutes_offered,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h
    JOIN session_month AS n ON n.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = n.service_id
    LEFT JOIN result_state AS t ON t.step = 'session_month'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, n.service_id, n.month, n.weekday
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
    weekday           -- 1 Monday to 7 Sunday.
    weekday_name      -- Day of the week.
    sessions          -- Sessions not cancelled.
    sessions_cancelled -- Sessions cancelled.
    slots_offered     -- Slots of the sessions not cancelled.
    slots_booked      -- Slots booked and not cancelled, of sessions whose slots are known.
    slots_attended    -- Slots attended, of the same sessions.
    booked_share      -- Slots booked over slots offered; NULL where none were offered.
    minutes_offered   -- Minutes of the sessions not cancelled.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_referrer_variation', 'report', 'referrer_year', 'Referrals of the last twelve whole months by who referred, against what the age and sex of their people lead one to expect, rolled up.', $$
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level,
    u.service_id, v.service_name, (u.until - interval '1 year')::date AS period_start, 'year'::text AS period_kind,
    u.people, u.referrals, u.expected, (1000 * u.compared / u.people)::double precision AS per_1000_people,
    (u.compared / u.expected)::double precision AS ratio,
    caregroup.byar_lower(u.compared) / u.expected::double precision AS lower,
    caregroup.byar_upper(u.compared) / u.expected::double precision AS upper,
    u.returned, (u.returned / nullif(u.referrals, 0))::double precision AS returned_share,
    u.did_not_attend, (u.did_not_attend / nullif(u.attended + u.did_not_attend, 0))::double precision AS did_not_attend_share,
    -- After what 1.0 has, so that what stands on its report stays.
    u.as_at, u.recalculated_at, u.redirected, (u.redirected / nullif(u.referrals, 0))::double precision AS redirected_share,
    u.seen, u.discharged_at_first, (u.discharged_at_first / nullif(u.seen, 0))::double precision AS discharged_at_first_share,
    u.weighted_people, (1000 * u.weighed / u.weighted_people)::double precision AS per_1000_weighted_people
FROM (SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, r.service_id,
          date_trunc('month', min(t.as_at) AT TIME ZONE (SELECT p.time_zone FROM parameter AS p)) AS until,
          nullif(sum(r.people), 0) AS people, sum(r.referrals) AS referrals, nullif(sum(r.expected), 0) AS expected,
          -- Sites without registered people have no expected number, so they stay out of the ratio.
          sum(r.referrals) FILTER (WHERE r.expected IS NOT NULL) AS compared,
          sum(r.returned) AS returned, sum(r.attended) AS attended, sum(r.did_not_attend) AS did_not_attend,
          sum(r.redirected) AS redirected, sum(r.seen) AS seen, sum(r.discharged_at_first) AS discharged_at_first,
          nullif(sum(r.weighted_people), 0) AS weighted_people, sum(r.referrals) FILTER (WHERE r.weighted_people IS NOT NULL) AS weighed,
          min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
      FROM chain AS h
          JOIN referrer_year AS r ON r.site_id = h.site_id
          LEFT JOIN result_state AS t ON t.step = 'referrer_year'
      WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
      GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, r.service_id) AS u
    LEFT JOIN service_name AS v ON v.service_id = u.service_id
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the twelve months.
    period_kind       -- year.
    people            -- People registered; NULL where none are.
    referrals         -- Referrals made.
    expected          -- Referrals expected if each age band and sex referred at the rate of all sites together.
    per_1000_people   -- Referrals per 1,000 people registered, of sites that have registered people.
    ratio             -- Referrals over expected, of the same sites. Two ratios are each against the whole, not against each other.
    lower             -- Lower limit of its 95 % interval (Byar).
    upper             -- Upper limit of its 95 % interval (Byar).
    returned          -- Referrals returned to the referrer.
    returned_share    -- Referrals returned over referrals.
    did_not_attend    -- Activities of these referrals not attended.
    did_not_attend_share -- Activities not attended over those attended or not.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
    redirected        -- Referrals redirected to another service.
    redirected_share  -- Referrals redirected over referrals.
    seen              -- Referrals with a first contact.
    discharged_at_first -- Of those, seen once, without a procedure, and closed: a column of its own, for it need not mean a poor referral.
    discharged_at_first_share -- The same over referrals with a first contact; NULL without any.
    weighted_people   -- Weighted list of the sites whose population is bound with a weight; NULL where none is.
    per_1000_weighted_people -- Referrals of these sites per 1,000 of it.
$$);
