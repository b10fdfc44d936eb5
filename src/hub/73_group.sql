-- Who waits longer, who is referred less, and who runs the sessions: results
-- by group of people, by place of residence and by employment.

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('wait_group', 'result', 'site_id, service_id, quarter, dimension, group_name', 'Routine waits for first contact that ended in a quarter, by group of people.', $$
    site_id      text                        -- Site.
    service_id   text                        -- Service.
    quarter      date                        -- First day of the quarter in which the wait ended.
    dimension    text                        -- deprivation (fifths of areas), age, sex or ethnicity.
    group_name   text                        -- Group of people.
    waits        bigint NOT NULL             -- Waits.
    days         double precision NOT NULL   -- Days waited, together.
    log_days     double precision NOT NULL   -- Sum of the logarithms of the days, where a wait of less than a day counts as one day.
    log_days_squared double precision NOT NULL -- Sum of their squares.
$$),
('session_staff_month', 'result', 'site_id, service_id, month, role, employment, workforce', 'Who ran the sessions of a month.', $$
    site_id    text                        -- Site.
    service_id text                        -- Service.
    month      date                        -- First day of the month.
    role       text                        -- Role in the session, or else of the member of staff.
    employment text                        -- permanent or temporary.
    workforce  text                        -- uniformed, civilian or contractor.
    sessions   bigint NOT NULL             -- Sessions held or open, once for each member of staff.
    minutes    double precision NOT NULL   -- Minutes of these sessions.
$$),
('residence_year', 'result', 'organisation_id, service_id', 'People of a place referred to a service in the last twelve whole months.', $$
    organisation_id text              -- Organisation that answers for the areas, '(unassigned)' where unknown.
    service_id      text              -- Service.
    people          numeric           -- Residents; NULL where no population is bound.
    referred        numeric NOT NULL  -- People referred to the service, each once.
    referrals       numeric NOT NULL  -- Their referrals.
    compared        numeric NOT NULL  -- People referred whose age, sex and area are known and whose area's population is bound.
    expected        numeric           -- People expected if each age band and sex were referred as in all areas together.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('wait_group', 'wait_group', 'Routine waits for first contact by deprivation, age, sex and ethnicity.', $$
WITH waited AS (
    SELECT r.site_id, r.service_id, d.profile, date_trunc('quarter', r.first_contact_at AT TIME ZONE p.time_zone)::date AS quarter,
        extract(epoch FROM r.first_contact_at - r.received_at)::double precision / 86400 AS days
    FROM referral_summary AS r CROSS JOIN parameter AS p
        JOIN referral_day AS d ON d.referral_id = r.referral_id
    WHERE r.priority = 'routine' AND r.received_at <= r.first_contact_at AND r.first_contact_at <= p.as_at
        AND isfinite(r.received_at) AND isfinite(r.first_contact_at)
), alike AS (
    SELECT w.site_id, w.service_id, w.quarter, w.profile,
        count(*) AS waits, sum(w.days) AS days, sum(ln(greatest(w.days, 1))) AS log_days, sum(ln(greatest(w.days, 1)) ^ 2) AS log_days_squared
    FROM waited AS w GROUP BY 1, 2, 3, 4
)
SELECT a.site_id, a.service_id, a.quarter, g.dimension, g.group_name, sum(a.waits)::bigint, sum(a.days), sum(a.log_days), sum(a.log_days_squared)
FROM alike AS a JOIN profile AS g ON g.profile = a.profile
GROUP BY 1, 2, 3, 4, 5
$$),
('session_staff_month', 'session_staff_month', 'Sessions by who ran them.', $$
WITH worker AS (
    SELECT DISTINCT ON (f.staff_id) f.staff_id, f.role, f.employment, f.workforce FROM staff AS f WHERE f.staff_id IS NOT NULL
    ORDER BY f.staff_id, f.role, f.employment, f.workforce
), served AS (
    SELECT w.session_id, w.staff_id, min(w.role) AS role FROM session_staff AS w GROUP BY w.session_id, w.staff_id
)
SELECT coalesce(s.site_id, '(unassigned)'), coalesce(n.service_id, '(unknown)'), date_trunc('month', n.starts_at AT TIME ZONE p.time_zone)::date,
    coalesce(w.role, f.role, 'not stated'), coalesce(f.employment, 'not stated'), coalesce(f.workforce, 'not stated'),
    count(*), coalesce(sum(extract(epoch FROM n.ends_at - n.starts_at) / 60) FILTER (WHERE n.ends_at >= n.starts_at AND isfinite(n.ends_at)), 0)
FROM known_session AS n CROSS JOIN parameter AS p
    JOIN served AS w ON w.session_id = n.session_id
    LEFT JOIN worker AS f ON f.staff_id = w.staff_id
    LEFT JOIN known_site AS s ON s.site_id = n.site_id
WHERE n.status IS DISTINCT FROM 'cancelled' AND n.starts_at <= p.as_at AND isfinite(n.starts_at)
GROUP BY 1, 2, 3, 4, 5, 6
$$),
('residence_year', 'residence_year', 'People referred in the last twelve whole months, by where they live, against what the age and sex of the residents lead one to expect.', $$
WITH span AS (
    SELECT date_trunc('month', p.as_at AT TIME ZONE p.time_zone) AT TIME ZONE p.time_zone AS until,
        (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 year') AT TIME ZONE p.time_zone AS since
    FROM parameter AS p
), place AS (
    SELECT a.area_id, coalesce(k.organisation_id, '(unassigned)') AS organisation_id, c.people > 0 AS has_residents
    FROM known_area AS a LEFT JOIN known_organisation AS k ON k.organisation_id = a.organisation_id
        LEFT JOIN (SELECT c.unit_id, sum(c.people) AS people FROM population_count AS c WHERE c.basis = 'resident' GROUP BY 1) AS c ON c.unit_id = a.area_id
), band AS MATERIALIZED (
    -- Residents may come in other bands than five years: a band starts at the
    -- first number of its name.
    SELECT c.age_band, substring(c.age_band FROM '^\D*(\d{1,3})(?!\d)')::integer AS starts
    FROM population_count AS c WHERE c.basis = 'resident' GROUP BY 1, 2
), age AS MATERIALIZED (
    SELECT y.age_years, (SELECT b.age_band FROM band AS b WHERE b.starts <= y.age_years ORDER BY b.starts DESC, b.age_band LIMIT 1) AS age_band
    FROM generate_series(0, 130) AS y (age_years)
), resident AS (
    SELECT l.organisation_id, c.age_band, c.sex, sum(c.people) AS people
    FROM population_count AS c JOIN place AS l ON l.area_id = c.unit_id
    WHERE c.basis = 'resident' GROUP BY 1, 2, 3
), whole AS (
    SELECT s.age_band, s.sex, sum(s.people) AS people FROM resident AS s GROUP BY 1, 2
), sent AS (
    SELECT coalesce(l.organisation_id, '(unassigned)') AS organisation_id, r.service_id, g.age_band, n.sex,
        coalesce(l.has_residents AND w.people > 0, false) AS is_compared, count(DISTINCT r.person_id)::numeric AS referred, count(*)::numeric AS referrals
    FROM referral_summary AS r CROSS JOIN span AS t
        LEFT JOIN person_group AS n ON n.person_id = r.person_id
        LEFT JOIN place AS l ON l.area_id = n.area_id
        LEFT JOIN age AS g ON g.age_years = n.age_years
        LEFT JOIN whole AS w ON w.age_band = g.age_band AND w.sex = n.sex
    WHERE r.received_at >= t.since AND r.received_at < t.until
    GROUP BY 1, 2, 3, 4, 5
), rate AS (
    SELECT s.service_id, s.age_band, s.sex, sum(s.referred) / min(w.people) AS rate
    FROM sent AS s JOIN whole AS w ON w.age_band = s.age_band AND w.sex = s.sex
    WHERE s.is_compared GROUP BY 1, 2, 3
), expected AS (
    SELECT r.organisation_id, q.service_id, sum(r.people * q.rate) AS expected
    FROM resident AS r JOIN rate AS q ON q.age_band = r.age_band AND q.sex = r.sex GROUP BY 1, 2
), total AS (
    SELECT s.organisation_id, s.service_id, sum(s.referred) AS referred, sum(s.referrals) AS referrals,
        coalesce(sum(s.referred) FILTER (WHERE s.is_compared), 0) AS compared
    FROM sent AS s GROUP BY 1, 2
)
SELECT coalesce(t.organisation_id, e.organisation_id), coalesce(t.service_id, e.service_id),
    (SELECT sum(r.people) FROM resident AS r WHERE r.organisation_id = coalesce(t.organisation_id, e.organisation_id)),
    coalesce(t.referred, 0), coalesce(t.referrals, 0), coalesce(t.compared, 0), e.expected
FROM total AS t FULL JOIN expected AS e ON e.organisation_id = t.organisation_id AND e.service_id = t.service_id
$$);

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('report_wait_gap', 'report', 'wait_group', 'How long each group of people waits for routine first contact against everybody else, by quarter, rolled up.', $$
WITH stratum AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
        w.quarter, w.dimension, w.group_name, w.service_id,
        sum(w.waits) AS n, sum(w.days) AS days, sum(w.log_days) AS x, sum(w.log_days_squared) AS xx
    FROM chain AS h JOIN wait_group AS w ON w.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
        w.quarter, w.dimension, w.group_name, w.service_id
), rest AS (
    SELECT s.*, sum(s.n) OVER whole - s.n AS other_n, sum(s.days) OVER whole - s.days AS other_days,
        sum(s.x) OVER whole - s.x AS other_x, sum(s.xx) OVER whole - s.xx AS other_xx
    FROM stratum AS s
    WHERE s.group_name <> 'unknown'
    WINDOW whole AS (PARTITION BY s.hierarchy, s.organisation_kind, s.organisation_id, s.quarter, s.dimension, s.service_id)
), weighted AS (
    -- The difference of the mean logarithms in each service, weighted by what
    -- it tells: n1 n2 / (n1 + n2).
    SELECT r.*, r.n * r.other_n / (r.n + r.other_n) AS weight, r.x / r.n - r.other_x / nullif(r.other_n, 0) AS difference,
        greatest(r.xx - r.x ^ 2 / r.n + r.other_xx - r.other_x ^ 2 / nullif(r.other_n, 0), 0) / nullif(r.n + r.other_n - 2, 0) AS variance
    FROM rest AS r
), gap AS (
    SELECT w.hierarchy, w.organisation_id, w.organisation_name, w.organisation_kind, w.organisation_level, w.quarter, w.dimension, w.group_name,
        sum(w.n) AS waits, sum(w.other_n) AS other_waits, sum(w.days) / sum(w.n) AS mean_days, sum(w.other_days) / nullif(sum(w.other_n), 0) AS other_mean_days,
        (sum(w.weight * w.difference) FILTER (WHERE w.variance IS NOT NULL) / nullif(sum(w.weight) FILTER (WHERE w.variance IS NOT NULL), 0))::double precision AS difference,
        (sqrt(sum(w.weight * w.variance)) / nullif(sum(w.weight) FILTER (WHERE w.variance IS NOT NULL), 0))::double precision AS error
    FROM weighted AS w
    GROUP BY w.hierarchy, w.organisation_id, w.organisation_name, w.organisation_kind, w.organisation_level, w.quarter, w.dimension, w.group_name
)
SELECT g.hierarchy, g.organisation_id, g.organisation_name, g.organisation_kind, g.organisation_level,
    g.quarter AS period_start, 'quarter'::text AS period_kind, g.quarter::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    g.dimension, g.group_name, g.waits::bigint AS waits, g.other_waits::bigint AS other_waits,
    g.mean_days AS wait_days_mean, g.other_mean_days AS other_wait_days_mean,
    exp(g.difference) AS ratio, exp(g.difference - 1.959963984540054 * g.error) AS lower, exp(g.difference + 1.959963984540054 * g.error) AS upper,
    g.difference / nullif(g.error, 0) AS z, t.as_at, t.recalculated_at
FROM gap AS g LEFT JOIN result_state AS t ON t.step = 'wait_group'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    period_start      -- First day of the quarter in which the waits ended.
    period_kind       -- quarter.
    time              -- Start of the quarter as a moment, for time-series charts.
    dimension         -- deprivation, age, sex or ethnicity.
    group_name        -- Group of people; of deprivation, fifth 1 is the most deprived. People of unknown group stay out.
    waits             -- Routine waits of the group that ended in first contact.
    other_waits       -- The same of everybody else.
    wait_days_mean    -- Mean days that the group waited.
    other_wait_days_mean -- Mean days that everybody else waited.
    ratio             -- How many times as long the group waits for the same service: geometric means within each service, weighted together (waits of less than a day count as one day).
    lower             -- Lower limit of its 95 % interval.
    upper             -- Upper limit of its 95 % interval.
    z                 -- Logarithm of the ratio over its standard error.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_staff_use', 'report', 'session_staff_month', 'Sessions of each month by employment and workforce of who ran them, by site, service and role, rolled up.', $$
WITH month AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
        s.service_id, s.role, s.month, s.employment, s.workforce, sum(s.sessions) AS sessions, sum(s.minutes) AS minutes
    FROM chain AS h JOIN session_staff_month AS s ON s.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
        s.service_id, s.role, s.month, s.employment, s.workforce
)
SELECT m.hierarchy, m.organisation_id, m.organisation_name, m.organisation_kind, m.organisation_level,
    m.service_id, v.service_name, m.role, m.month AS period_start, 'month'::text AS period_kind,
    m.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    m.employment, m.workforce, m.sessions::bigint AS sessions, m.minutes AS minutes_staffed,
    (m.sessions / sum(m.sessions) OVER whole)::double precision AS sessions_share, t.as_at, t.recalculated_at
FROM month AS m
    LEFT JOIN service_name AS v ON v.service_id = m.service_id
    LEFT JOIN result_state AS t ON t.step = 'session_staff_month'
WINDOW whole AS (PARTITION BY m.hierarchy, m.organisation_kind, m.organisation_id, m.service_id, m.role, m.month)
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    role              -- Role in the session, or else of the member of staff.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    employment        -- permanent or temporary.
    workforce         -- uniformed, civilian or contractor.
    sessions          -- Sessions not cancelled, once for each member of staff.
    minutes_staffed   -- Minutes of these sessions.
    sessions_share    -- Of all sessions of the service, role and month.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_referral_residence', 'report', 'residence_year', 'People referred in the last twelve whole months by where they live, against what the age and sex of the residents lead one to expect, rolled up.', $$
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level,
    u.service_id, v.service_name, (u.until - interval '1 year')::date AS period_start, 'year'::text AS period_kind,
    u.people, u.referrals, u.referred, u.expected, (1000 * u.compared / u.people)::double precision AS per_1000_people,
    (u.compared / u.expected)::double precision AS ratio,
    caregroup.byar_lower(u.compared) / u.expected::double precision AS lower,
    caregroup.byar_upper(u.compared) / u.expected::double precision AS upper,
    u.as_at, u.recalculated_at
FROM (SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, r.service_id,
          date_trunc('month', min(t.as_at) AT TIME ZONE (SELECT p.time_zone FROM parameter AS p)) AS until,
          nullif(sum(r.people), 0) AS people, sum(r.referrals) AS referrals, sum(r.referred) AS referred,
          sum(r.compared) AS compared, nullif(sum(r.expected), 0) AS expected,
          min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
      FROM organisation_chain AS h
          JOIN residence_year AS r ON r.organisation_id = h.member_id
          LEFT JOIN result_state AS t ON t.step = 'residence_year'
      WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
      GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, r.service_id) AS u
    LEFT JOIN service_name AS v ON v.service_id = u.service_id
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation that answers for the areas where the people live.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; unassigned for areas that name no known organisation.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service referred to.
    service_name      -- Name to print.
    period_start      -- First day of the twelve months.
    period_kind       -- year.
    people            -- Residents; NULL where no population of areas is bound.
    referrals         -- Referrals of residents.
    referred          -- Residents referred to the service, each once.
    expected          -- Residents expected to be referred if each age band and sex were referred as in all areas together.
    per_1000_people   -- Residents referred per 1,000.
    ratio             -- Residents referred over expected. Two ratios are each against the whole, not against each other.
    lower             -- Lower limit of its 95 % interval (Byar).
    upper             -- Upper limit of its 95 % interval (Byar).
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);
