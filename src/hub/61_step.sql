-- The steps of recalculate(): one query for each result table.

INSERT INTO hub_step (step, result, description, query) VALUES
('organisation_chain', 'organisation_chain', 'Which organisations are under which, in every hierarchy.', $$
WITH RECURSIVE link AS (
    -- Live links between known organisations.
    SELECT DISTINCT l.hierarchy, l.child_id, l.parent_id
    FROM organisation_link AS l
        JOIN known_organisation AS parent ON parent.organisation_id = l.parent_id
        CROSS JOIN parameter AS p
    WHERE l.hierarchy IS NOT NULL AND l.child_id IS NOT NULL
        AND coalesce(l.valid_from <= p.as_at_date, true) AND coalesce(l.valid_to >= p.as_at_date, true)
), above AS (
    SELECT hierarchy, child_id AS organisation_id, parent_id AS ancestor_id FROM link
    UNION
    SELECT a.hierarchy, a.organisation_id, l.parent_id
    FROM above AS a JOIN link AS l ON l.hierarchy = a.hierarchy AND l.child_id = a.ancestor_id
), straight AS (
    -- Organisations that report to each other in a circle have no top; the
    -- links of the circle are left out, so that each stands at level 0.
    SELECT l.* FROM link AS l
    WHERE NOT EXISTS (SELECT FROM above AS a WHERE a.hierarchy = l.hierarchy
                          AND a.organisation_id = l.parent_id AND a.ancestor_id = l.child_id)
), hierarchy AS (
    SELECT hierarchy FROM link UNION SELECT hierarchy FROM parameter
    UNION SELECT unnest(c.allowed) FROM contract_column AS c WHERE c.entity = 'organisation_link' AND c.column_name = 'hierarchy'
), ancestry AS (
    SELECT h.hierarchy, o.organisation_id AS ancestor_id, o.organisation_id, 0 AS steps
    FROM hierarchy AS h CROSS JOIN known_organisation AS o
    UNION
    SELECT a.hierarchy, l.parent_id, a.organisation_id, a.steps + 1
    FROM ancestry AS a JOIN straight AS l ON l.hierarchy = a.hierarchy AND l.child_id = a.ancestor_id
), level AS (
    SELECT hierarchy, organisation_id, max(steps) AS level
    FROM ancestry GROUP BY hierarchy, organisation_id
)
SELECT DISTINCT a.hierarchy, o.organisation_id, coalesce(o.name, o.organisation_id),
    -- These two kinds are the hub's own.
    CASE WHEN o.kind IN ('site', 'unassigned') THEN 'organisation' ELSE coalesce(o.kind, 'organisation') END, l.level, a.organisation_id
FROM ancestry AS a
    JOIN known_organisation AS o ON o.organisation_id = a.ancestor_id
    JOIN level AS l ON l.hierarchy = a.hierarchy AND l.organisation_id = a.ancestor_id
UNION ALL
SELECT h.hierarchy, '(unassigned)', 'Not given to a known organisation', 'unassigned', 0, '(unassigned)'
FROM hierarchy AS h
$$),
('chain', 'chain', 'Which sites are under which organisation, in every hierarchy.', $$
SELECT c.hierarchy, c.organisation_id, c.organisation_name, c.organisation_kind, c.organisation_level, s.site_id
FROM organisation_chain AS c JOIN known_site AS s ON s.organisation_id = c.member_id
WHERE c.organisation_kind <> 'unassigned'
UNION ALL
SELECT h.hierarchy, s.site_id, coalesce(s.name, s.site_id), 'site', coalesce(l.organisation_level + 1, 0), s.site_id
FROM (SELECT DISTINCT c.hierarchy FROM organisation_chain AS c) AS h
    CROSS JOIN known_site AS s
    LEFT JOIN (SELECT DISTINCT c.hierarchy, c.organisation_id, c.organisation_level
               FROM organisation_chain AS c WHERE c.organisation_kind <> 'unassigned') AS l
        ON l.hierarchy = h.hierarchy AND l.organisation_id = s.organisation_id
UNION ALL
SELECT c.hierarchy, c.organisation_id, 'Not given to a known site', c.organisation_kind, 0, '(unassigned)'
FROM organisation_chain AS c WHERE c.organisation_kind = 'unassigned'
$$),
('service_name', 'service_name', 'The names of services.', $$
SELECT v.service_id, coalesce(v.name, v.service_id), v.kind FROM known_service AS v
$$),
('standard_name', 'standard_name', 'The names and thresholds of standards.', $$
SELECT d.standard_id, coalesce(d.name, d.standard_id), d.threshold FROM known_standard AS d
$$),
('standard_target', 'standard_target', 'The shares that organisations are to reach.', $$
SELECT g.organisation_id, g.standard_id, g.month, max(g.value)
FROM target AS g
WHERE g.organisation_id IS NOT NULL AND g.standard_id IS NOT NULL AND g.month IS NOT NULL AND g.value IS NOT NULL
GROUP BY g.organisation_id, g.standard_id, g.month
$$),
('working_day', 'working_day', 'The working days of every calendar.', $$
WITH calendar AS (
    SELECT calendar_id FROM calendar_day WHERE calendar_id IS NOT NULL UNION SELECT calendar_id FROM known_site WHERE calendar_id IS NOT NULL
    UNION SELECT calendar_id FROM parameter
), off AS MATERIALIZED (
    SELECT x.calendar_id, x.day FROM calendar_day AS x
    UNION
    -- The bank holidays of a calendar that the extension knows hold in every
    -- year for which the hub has none: closures alone say nothing of them.
    SELECT c.calendar_id, h.day
    FROM calendar AS c CROSS JOIN parameter AS p
        CROSS JOIN LATERAL calendar_days(c.calendar_id, 2000, extract(year FROM p.as_at_date)::integer + 4) AS h
    WHERE NOT EXISTS (SELECT FROM calendar_day AS x WHERE x.calendar_id = c.calendar_id AND x.kind IS DISTINCT FROM 'closed'
                          AND extract(year FROM x.day) = extract(year FROM h.day))
)
SELECT c.calendar_id, d.day, d.is_working, count(*) FILTER (WHERE d.is_working) OVER (PARTITION BY c.calendar_id ORDER BY d.day)
FROM calendar AS c
    CROSS JOIN parameter AS p
    CROSS JOIN LATERAL generate_series(date '2000-01-01', (p.as_at_date + 3 * 366)::timestamp, interval '1 day') AS g (day)
    LEFT JOIN off AS x ON x.calendar_id = c.calendar_id AND x.day = g.day::date
    CROSS JOIN LATERAL (SELECT g.day::date AS day, extract(isodow FROM g.day) < 6 AND x.day IS NULL AS is_working) AS d
$$),
('person_group', 'person_group', 'People and the groups that results are broken down by.', $$
WITH listed AS (
    SELECT DISTINCT ON (g.person_id) g.person_id, coalesce(s.site_id, '(unassigned)') AS site_id
    FROM registration AS g CROSS JOIN parameter AS p
        LEFT JOIN known_site AS s ON s.site_id = g.site_id
    WHERE g.valid_from <= p.as_at_date AND coalesce(g.valid_to >= p.as_at_date, true)
    -- Who is on a medical and a dental list counts on the medical one.
    ORDER BY g.person_id, CASE WHEN s.site_id IS NULL THEN 2 WHEN s.kind IN ('medical', 'practice') THEN 0 ELSE 1 END, g.valid_from DESC, s.site_id
)
SELECT n.person_id, n.birth_date, n.death_date, n.age_years, n.age_band, n.sex, n.population_group, n.ethnicity, n.area_id, n.deprivation_decile, l.site_id,
    g.deprivation_group, g.age_group, hash_record_extended(ROW(g.deprivation_group, g.age_group, n.sex, n.ethnicity), 0)
FROM known_person AS n LEFT JOIN listed AS l ON l.person_id = n.person_id
    CROSS JOIN LATERAL (SELECT
        CASE WHEN n.deprivation_decile BETWEEN 1 AND 10 THEN 'fifth ' || (n.deprivation_decile + 1) / 2 ELSE 'unknown' END AS deprivation_group,
        CASE WHEN n.age_years < 18 THEN '00-17' WHEN n.age_years < 40 THEN '18-39' WHEN n.age_years < 65 THEN '40-64'
             WHEN n.age_years < 80 THEN '65-79' WHEN n.age_years >= 80 THEN '80+' ELSE 'unknown' END AS age_group) AS g
$$),
('profile', 'profile', 'Which groups the people of each profile belong to.', $$
SELECT n.profile, g.dimension, g.group_name
FROM (SELECT DISTINCT n.profile, n.deprivation_group, n.age_group, n.sex, n.ethnicity FROM person_group AS n
      UNION ALL SELECT 0, 'unknown', 'unknown', 'unknown', 'unknown') AS n
    CROSS JOIN LATERAL (VALUES ('deprivation', n.deprivation_group), ('age', n.age_group), ('sex', n.sex), ('ethnicity', n.ethnicity)) AS g (dimension, group_name)
$$),
('referral_summary', 'referral_summary', 'Each referral with the moments that standards count from and to.', $$
WITH seen AS (
    SELECT a.referral_id, a.starts_at, a.kind, a.status, coalesce(a.quantity, 1) AS quantity,
        a.kind = 'diagnostic' AS is_diagnostic,
        a.status = 'attended' AND a.kind NOT IN ('triage', 'advice') AND a.starts_at <= p.as_at AND isfinite(a.starts_at) AS is_contact,
        -- The modality of the first contact travels with its moment.
        ARRAY[to_char(a.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), a.modality] AS when_and_how
    FROM known_activity AS a CROSS JOIN parameter AS p
    WHERE a.referral_id IS NOT NULL AND a.status IN ('attended', 'did_not_attend')
), contact AS (
    SELECT s.referral_id,
        min(s.starts_at) FILTER (WHERE s.is_contact AND NOT s.is_diagnostic) AS first_contact_at,
        min(s.when_and_how) FILTER (WHERE s.is_contact AND NOT s.is_diagnostic) AS first_modality,
        min(s.starts_at) FILTER (WHERE s.is_contact AND s.is_diagnostic) AS diagnostic_at,
        min(s.when_and_how) FILTER (WHERE s.is_contact AND s.is_diagnostic) AS diagnostic_modality,
        min(s.starts_at) FILTER (WHERE s.is_contact AND s.kind IN ('first', 'assessment')) AS assessment_at,
        min(s.starts_at) FILTER (WHERE s.is_contact AND s.kind IN ('procedure', 'day_case', 'inpatient', 'group', 'follow_up')) AS treatment_at,
        min(s.starts_at) FILTER (WHERE s.is_contact AND s.kind IN ('procedure', 'day_case', 'inpatient')) AS procedure_at,
        sum(s.quantity) FILTER (WHERE s.is_contact) AS attended,
        sum(s.quantity) FILTER (WHERE s.status = 'did_not_attend') AS did_not_attend
    FROM seen AS s
    GROUP BY s.referral_id
), moment AS (
    SELECT e.referral_id,
        min(e.event_at) FILTER (WHERE e.kind = 'decision') AS decision_at,
        min(e.event_at) FILTER (WHERE e.kind = 'ready') AS ready_at,
        min(e.event_at) FILTER (WHERE e.kind = 'arrival') AS arrival_at,
        min(e.event_at) FILTER (WHERE e.kind = 'report') AS report_at
    FROM referral_event AS e
    WHERE e.kind IN ('decision', 'ready', 'arrival', 'report') AND isfinite(e.event_at)
    GROUP BY e.referral_id
), once AS (
    -- A key that comes twice is reported by check_hub(); results keep one row.
    SELECT DISTINCT ON (r.referral_id) r.*
    FROM referral AS r CROSS JOIN parameter AS p
    WHERE r.received_at <= p.as_at AND isfinite(r.received_at) AND r.referral_id IS NOT NULL
    ORDER BY r.referral_id, r.received_at, r.closed_at, r.status, r.site_id, r.service_id, r.person_id, r.referrer_site_id, r.referred_at, r.first_consultation_at, r.priority
)
SELECT r.referral_id, r.person_id, coalesce(s.site_id, '(unassigned)'), coalesce(r.service_id, '(unknown)'),
    coalesce(f.site_id, '(unassigned)'), r.status, coalesce(r.priority, 'routine'), r.referred_at, r.received_at, r.first_consultation_at,
    m.decision_at, m.ready_at, m.arrival_at,
    CASE WHEN v.kind = 'diagnostic' THEN least(c.first_contact_at, c.diagnostic_at) ELSE c.first_contact_at END,
    (CASE WHEN v.kind = 'diagnostic' THEN least(c.first_modality, c.diagnostic_modality) ELSE c.first_modality END)[2],
    c.assessment_at, c.treatment_at, c.procedure_at, coalesce(m.report_at, c.diagnostic_at), r.closed_at,
    coalesce(c.attended, 0), coalesce(c.did_not_attend, 0)
FROM once AS r
    LEFT JOIN known_site AS s ON s.site_id = r.site_id
    LEFT JOIN known_site AS f ON f.site_id = r.referrer_site_id
    LEFT JOIN known_service AS v ON v.service_id = r.service_id
    LEFT JOIN contact AS c ON c.referral_id = r.referral_id
    LEFT JOIN moment AS m ON m.referral_id = r.referral_id
$$),
('waiting', 'waiting', 'Who waits for first contact, by weeks waited.', $$
SELECT r.site_id, r.service_id,
    floor((p.as_at_date - (r.received_at AT TIME ZONE p.time_zone)::date) / 7.0)::integer AS weeks_waited,
    count(*)
FROM referral_summary AS r CROSS JOIN parameter AS p
WHERE r.first_contact_at IS NULL
    -- The status is today's, a day of closing holds for any moment.
    AND CASE WHEN r.closed_at IS NULL THEN coalesce(r.status, 'open') = 'open' ELSE r.closed_at > p.as_at END
GROUP BY r.site_id, r.service_id, weeks_waited
$$),
('demand', 'demand', 'Referrals and contact requests by month.', $$
WITH request AS (
    SELECT r.site_id, r.service_id, date_trunc('month', r.received_at AT TIME ZONE p.time_zone)::date AS month,
        'referral' AS source, coalesce(r.first_contact_modality, CASE WHEN r.first_contact_at IS NULL THEN 'not seen' ELSE 'not stated' END) AS modality,
        count(*)::numeric AS requests,
        count(*) FILTER (WHERE r.status IN ('returned', 'redirected'))::numeric AS unmet
    FROM referral_summary AS r CROSS JOIN parameter AS p
    GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT coalesce(s.site_id, '(unassigned)'), coalesce(c.service_id, '(unknown)'),
        date_trunc('month', c.at AT TIME ZONE p.time_zone)::date, 'contact_request', coalesce(c.channel, 'not stated'),
        sum(coalesce(c.quantity, 1)),
        coalesce(sum(coalesce(c.quantity, 1)) FILTER (WHERE c.outcome IN ('unmet', 'abandoned', 'redirected')), 0)
    FROM known_contact_request AS c CROSS JOIN parameter AS p
        LEFT JOIN known_site AS s ON s.site_id = c.site_id
    WHERE c.at <= p.as_at AND isfinite(c.at)
    GROUP BY 1, 2, 3, 4, 5
), first_minutes AS (
    SELECT t.service_id,
        coalesce(min(t.minutes) FILTER (WHERE t.kind = 'first'), min(t.minutes) FILTER (WHERE t.kind = 'assessment'), min(t.minutes)) AS minutes
    FROM appointment_type AS t GROUP BY t.service_id
)
SELECT q.site_id, q.service_id, q.month, q.source, q.modality, q.requests, q.unmet, q.requests * f.minutes
FROM request AS q LEFT JOIN first_minutes AS f ON f.service_id = q.service_id
$$),
('activity_month', 'activity_month', 'Activity by month, kind, setting and modality.', $$
SELECT coalesce(s.site_id, '(unassigned)'), coalesce(a.service_id, '(unknown)'),
    date_trunc('month', a.starts_at AT TIME ZONE p.time_zone)::date,
    coalesce(a.kind, 'not stated'), coalesce(a.setting, 'not stated'), coalesce(a.modality, 'not stated'),
    coalesce(sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status = 'attended'), 0),
    coalesce(sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status = 'did_not_attend'), 0),
    coalesce(sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status = 'cancelled_by_person'), 0),
    coalesce(sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status = 'cancelled_by_provider'), 0),
    coalesce(sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status = 'booked'), 0),
    sum(a.minutes) FILTER (WHERE a.status = 'attended'),
    sum(coalesce(a.cost, a.price)) FILTER (WHERE a.status = 'attended')
FROM known_activity AS a CROSS JOIN parameter AS p
    LEFT JOIN known_site AS s ON s.site_id = a.site_id
WHERE isfinite(a.starts_at)
GROUP BY 1, 2, 3, 4, 5, 6
$$),
('session_month', 'session_month', 'Sessions offered and used by month and day of the week.', $$
WITH used AS (
    SELECT a.session_id,
        sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status IN ('attended', 'did_not_attend', 'booked')) AS booked,
        sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status = 'attended') AS attended
    FROM known_activity AS a
    WHERE a.session_id IS NOT NULL
    GROUP BY a.session_id
), usual AS (
    SELECT t.service_id, min(t.minutes) FILTER (WHERE t.minutes > 0) AS minutes FROM appointment_type AS t GROUP BY t.service_id
)
SELECT coalesce(s.site_id, '(unassigned)'), coalesce(n.service_id, '(unknown)'),
    date_trunc('month', n.starts_at AT TIME ZONE p.time_zone)::date,
    extract(isodow FROM n.starts_at AT TIME ZONE p.time_zone)::integer,
    count(*) FILTER (WHERE n.status IS DISTINCT FROM 'cancelled'),
    count(*) FILTER (WHERE n.status = 'cancelled'),
    sum(c.slots) FILTER (WHERE n.status IS DISTINCT FROM 'cancelled'),
    -- Bookings of sessions of unknown size would distort the share booked.
    coalesce(sum(u.booked) FILTER (WHERE c.slots IS NOT NULL AND n.status IS DISTINCT FROM 'cancelled'), 0),
    coalesce(sum(u.attended) FILTER (WHERE c.slots IS NOT NULL AND n.status IS DISTINCT FROM 'cancelled'), 0),
    sum(coalesce(n.minutes, n.slots * n.slot_minutes, CASE WHEN isfinite(n.ends_at) AND isfinite(n.starts_at) THEN extract(epoch FROM n.ends_at - n.starts_at) / 60 END))
        FILTER (WHERE n.status IS DISTINCT FROM 'cancelled')
FROM known_session AS n CROSS JOIN parameter AS p
    LEFT JOIN used AS u ON u.session_id = n.session_id
    LEFT JOIN usual AS t ON t.service_id = n.service_id
    CROSS JOIN LATERAL (SELECT coalesce(n.slots, floor(n.minutes / nullif(n.slot_minutes, 0)), floor(n.minutes / t.minutes)) AS slots) AS c
    LEFT JOIN known_site AS s ON s.site_id = n.site_id
WHERE n.starts_at <= p.as_at AND isfinite(n.starts_at)
GROUP BY 1, 2, 3, 4
$$),
('population_count', 'population_count', 'Registered or entitled people of each site, and residents of each area.', $$
WITH registered AS (
    SELECT CASE g.place WHEN 1 THEN 'registered' ELSE 'also_registered' END AS basis,
        g.site_id, n.age_band, n.sex, n.population_group, count(*)::numeric AS people
    FROM (SELECT g.site_id, g.person_id,
              row_number() OVER (PARTITION BY g.person_id ORDER BY g.is_other, g.valid_from DESC, g.site_id) AS place
          FROM (SELECT s.site_id, g.person_id, max(g.valid_from) AS valid_from,
                    -- Who is on a medical and a dental list counts once, on the medical one.
                    CASE WHEN s.site_id IS NULL THEN 2 WHEN s.kind IN ('medical', 'practice') THEN 0 ELSE 1 END AS is_other
                FROM registration AS g CROSS JOIN parameter AS p
                    LEFT JOIN known_site AS s ON s.site_id = g.site_id
                WHERE g.valid_from <= p.as_at_date AND coalesce(g.valid_to >= p.as_at_date, true)
                GROUP BY s.site_id, s.kind, g.person_id) AS g) AS g
        CROSS JOIN parameter AS p
        JOIN person_group AS n ON n.person_id = g.person_id
    WHERE coalesce(n.death_date > p.as_at_date, true)
    GROUP BY 1, 2, 3, 4, 5
), counted AS (
    SELECT DISTINCT ON (c.area_id, c.site_id, c.age_band, c.sex, c.population_group) c.*
    FROM (SELECT n.*, max(n.as_at) OVER (PARTITION BY n.site_id, n.area_id) AS latest
          FROM population AS n CROSS JOIN parameter AS p WHERE n.as_at <= p.as_at_date AND n.people BETWEEN 0 AND 1e12 AND coalesce(n.weight < 1e12, true)) AS c
    WHERE c.as_at = c.latest
    ORDER BY c.area_id, c.site_id, c.age_band, c.sex, c.population_group, c.people, c.weight
)
SELECT r.basis, coalesce(r.site_id, '(unassigned)'), NULL, r.age_band, r.sex, r.population_group, r.people, NULL::numeric
FROM registered AS r
UNION ALL
SELECT CASE WHEN c.area_id IS NULL THEN 'counted' ELSE 'resident' END,
    coalesce(c.area_id, s.site_id, '(unassigned)'), min(a.name), coalesce(c.age_band, 'all'), coalesce(c.sex, 'all'),
    coalesce(c.population_group, 'all'), coalesce(sum(c.people), 0), sum(c.weight)
FROM counted AS c LEFT JOIN known_site AS s ON s.site_id = c.site_id
    LEFT JOIN known_area AS a ON a.area_id = c.area_id
GROUP BY 1, 2, 4, 5, 6
$$),
('standard_wait', 'standard_wait', 'Waits that ended against every standard.', $$
WITH wait AS MATERIALIZED (
    SELECT c.*, (c.started AT TIME ZONE p.time_zone)::date AS start_day, (c.stopped AT TIME ZONE p.time_zone)::date AS stop_day
    FROM standard_clock AS c CROSS JOIN parameter AS p
    WHERE c.started <= c.stopped AND c.stopped <= p.as_at
)
SELECT w.standard_id, w.referral_id, w.profile, w.site_id, w.service_id, w.stop_day,
    coalesce(CASE w.limit_unit
        WHEN 'hour' THEN extract(epoch FROM w.stopped - w.started) <= w.limit_value * 3600
        WHEN 'day' THEN w.stop_day - w.start_day <= w.limit_value
        WHEN 'week' THEN w.stop_day - w.start_day <= w.limit_value * 7
        WHEN 'working_day' THEN e.ordinal - b.ordinal <= w.limit_value END, false)
FROM wait AS w
    -- Hashed, for the planner takes waits for few.
    LEFT JOIN (SELECT y.* FROM working_day AS y OFFSET 0) AS b ON w.limit_unit = 'working_day' AND b.calendar_id = w.calendar_id AND b.day = w.start_day
    LEFT JOIN (SELECT y.* FROM working_day AS y OFFSET 0) AS e ON w.limit_unit = 'working_day' AND e.calendar_id = w.calendar_id AND e.day = w.stop_day
$$),
('standard_month', 'standard_month', 'Waits against every standard, by the month in which they ended.', $$
SELECT w.standard_id, w.site_id, w.service_id, date_trunc('month', w.stopped_on::timestamp)::date, count(*) FILTER (WHERE w.is_within), count(*)
FROM standard_wait AS w
GROUP BY 1, 2, 3, 4
$$),
('referral_rate', 'referral_rate', 'How often the people of each age band and sex were referred to each service in the last twelve whole months.', $$
WITH stratum AS (
    SELECT c.age_band, c.sex, sum(c.people) AS people
    FROM population_count AS c WHERE c.basis = 'registered' AND c.unit_id <> '(unassigned)' GROUP BY 1, 2
)
SELECT m.service_id, m.age_band, m.sex, m.referrals / s.people
FROM (SELECT r.service_id, coalesce(n.age_band, 'unknown') AS age_band, coalesce(n.sex, 'unknown') AS sex, count(*)::numeric AS referrals
      FROM referral_made AS r LEFT JOIN person_group AS n ON n.person_id = r.person_id
      WHERE r.referrer_site_id IN (SELECT c.unit_id FROM population_count AS c WHERE c.basis = 'registered' AND c.unit_id <> '(unassigned)')
      GROUP BY 1, 2, 3) AS m
    JOIN stratum AS s ON s.age_band = m.age_band AND s.sex = m.sex
$$),
('referrer_year', 'referrer_year', 'Each referring site''s referrals of the last twelve whole months against what its people''s age and sex lead one to expect.', $$
WITH stratum AS (
    SELECT c.unit_id AS site_id, c.age_band, c.sex, sum(c.people) AS people
    FROM population_count AS c WHERE c.basis = 'registered' AND c.unit_id <> '(unassigned)'
    GROUP BY c.unit_id, c.age_band, c.sex
), expected AS (
    SELECT s.site_id, r.service_id, sum(s.people * r.rate) AS expected
    FROM stratum AS s JOIN referral_rate AS r ON r.age_band = s.age_band AND r.sex = s.sex
    GROUP BY 1, 2
), total AS (
    SELECT m.referrer_site_id AS site_id, m.service_id, count(*)::numeric AS referrals, count(*) FILTER (WHERE m.is_returned)::numeric AS returned,
        sum(m.attended) AS attended, sum(m.did_not_attend) AS did_not_attend, count(*) FILTER (WHERE m.is_redirected)::numeric AS redirected,
        count(*) FILTER (WHERE m.is_seen)::numeric AS seen, count(*) FILTER (WHERE m.is_discharged_at_first)::numeric AS discharged_at_first
    FROM referral_made AS m GROUP BY 1, 2
)
SELECT coalesce(t.site_id, e.site_id), coalesce(t.service_id, e.service_id), coalesce(t.referrals, 0), e.expected,
    coalesce(t.returned, 0), coalesce(t.attended, 0), coalesce(t.did_not_attend, 0),
    (SELECT sum(s.people) FROM stratum AS s WHERE s.site_id = coalesce(t.site_id, e.site_id)),
    coalesce(t.redirected, 0), coalesce(t.seen, 0), coalesce(t.discharged_at_first, 0),
    (SELECT sum(c.weighted) FROM population_count AS c WHERE c.basis = 'counted' AND c.unit_id = coalesce(t.site_id, e.site_id))
FROM total AS t FULL JOIN expected AS e ON e.site_id = t.site_id AND e.service_id = t.service_id
$$);
