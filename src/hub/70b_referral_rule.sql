-- The rules by which referrals are counted: a row for each thing counted, for
-- the steps that count by month and the one that counts by group of people.
-- Those by month that come before referral_day do not ask for the profile, so
-- that the planner leaves its join out.

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('referral_step_row', 'plumbing', NULL, 'A referral received, seen, treated or closed, and what came of it in time; several answers in a row, so that they are counted in one pass.', $$
SELECT r.referral_id, r.profile, r.site_id, r.service_id, x.step, x.day, x.a, x.b, x.c, x.d
FROM referral_day AS r
    CROSS JOIN LATERAL (VALUES
        ('received'::text, r.received_on, r.first_contact, r.from_consultant, NULL::boolean, NULL::boolean),
        ('seen'::text, r.first_contact_on, r.treatment, r.procedure, r.discharged, r.discharged_at_first),
        ('treated'::text, r.treated_on, r.procedure_of_treated, NULL::boolean, NULL::boolean, NULL::boolean),
        ('closed'::text, r.closed_on, NULL::boolean, NULL::boolean, NULL::boolean, NULL::boolean)) AS x (step, day, a, b, c, d)
WHERE x.day IS NOT NULL
$$, $$
    referral_id       -- Referral.
    profile           -- Profile of its person.
    site_id           -- Site that holds it.
    service_id        -- Service.
    step              -- received, seen (its first contact), treated or closed.
    day               -- Day on which it was.
    a                 -- Whether the first end that report_referral_conversion looks for came in time; NULL while its days go on. referral_conversion_step says which it is.
    b                 -- The same of the second.
    c                 -- The same of the third.
    d                 -- The same of the fourth.
$$),
('referral_conversion_step', 'plumbing', NULL, 'A step of report_referral_conversion and where referral_step_row has it.', $$
SELECT v.step, v.begins_with, v.place
FROM (VALUES ('first_contact'::text, 'received'::text, 1), ('from_consultant'::text, 'received'::text, 2),
    ('treatment'::text, 'seen'::text, 1), ('procedure'::text, 'seen'::text, 2), ('discharged'::text, 'seen'::text, 3), ('discharged_at_first'::text, 'seen'::text, 4),
    ('procedure_of_treated'::text, 'treated'::text, 1)) AS v (step, begins_with, place)
$$, $$
    step              -- Step.
    begins_with       -- received, seen or treated.
    place             -- 1 for a to 4 for d.
$$),
('referral_made', 'plumbing', NULL, 'A referral of the last twelve whole months and what became of it.', $$
SELECT r.referral_id, d.profile, r.person_id, r.referrer_site_id, r.service_id, coalesce(r.status = 'returned', false) AS is_returned, coalesce(r.status = 'redirected', false) AS is_redirected,
    r.first_contact_at IS NOT NULL AS is_seen,
    coalesce(r.attended = 1 AND r.procedure_at IS NULL AND r.closed_at >= r.first_contact_at AND r.closed_at <= p.as_at, false) AS is_discharged_at_first,
    r.attended, r.did_not_attend
FROM referral_summary AS r
    -- Once, and not for every row.
    CROSS JOIN (SELECT p.as_at, (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 year') AT TIME ZONE p.time_zone AS since,
                    date_trunc('month', p.as_at AT TIME ZONE p.time_zone) AT TIME ZONE p.time_zone AS until
                FROM parameter AS p OFFSET 0) AS p
    LEFT JOIN referral_day AS d ON d.referral_id = r.referral_id
WHERE r.received_at >= p.since AND r.received_at < p.until
$$, $$
    referral_id       -- Referral.
    profile           -- Profile of its person.
    person_id         -- Person.
    referrer_site_id  -- Site that referred, '(unassigned)' where unknown.
    service_id        -- Service referred to.
    is_returned       -- Whether it was returned.
    is_redirected     -- Whether it was redirected.
    is_seen           -- Whether it had a first contact.
    is_discharged_at_first -- Whether it was seen once, without a procedure, and closed.
    attended          -- Activities of it attended.
    did_not_attend    -- Activities of it not attended.
$$),
('standard_clock', 'plumbing', NULL, 'A referral under a standard: when the standard''s clock started for it, and stopped.', $$
WITH known AS MATERIALIZED (
    -- Joined before standards are: how many clocks these leave the planner
    -- cannot tell, and takes for few.
    SELECT r.referral_id, coalesce(n.profile, 0) AS profile, r.site_id, r.service_id, v.kind AS service_kind, coalesce(s.calendar_id, p.calendar_id) AS calendar_id, r.status,
        r.received_at, r.referred_at, r.first_consultation_at, r.decision_at, r.ready_at, r.arrival_at, r.first_contact_at, r.assessment_at, r.treatment_at, r.report_at, r.closed_at
    FROM referral_summary AS r CROSS JOIN parameter AS p
        LEFT JOIN service_name AS v ON v.service_id = r.service_id
        LEFT JOIN known_site AS s ON s.site_id = r.site_id
        LEFT JOIN person_group AS n ON n.person_id = r.person_id
)
SELECT d.standard_id, d.limit_value, d.limit_unit, r.referral_id, r.profile, r.site_id, r.service_id, r.calendar_id, r.status, r.closed_at, w.started, w.stopped
FROM known_standard AS d
    JOIN known AS r ON (d.service_id IS NULL OR r.service_id = d.service_id) AND (d.service_kind IS NULL OR r.service_kind = d.service_kind)
    CROSS JOIN LATERAL (SELECT
        CASE d.clock_start WHEN 'received' THEN r.received_at WHEN 'referred' THEN r.referred_at
            WHEN 'first_consultation' THEN r.first_consultation_at WHEN 'decision' THEN r.decision_at
            WHEN 'ready' THEN r.ready_at WHEN 'arrival' THEN r.arrival_at END AS started,
        CASE d.clock_stop WHEN 'first_contact' THEN r.first_contact_at WHEN 'assessment' THEN r.assessment_at
            WHEN 'treatment' THEN r.treatment_at WHEN 'discharge' THEN r.closed_at
            WHEN 'report' THEN r.report_at END AS stopped) AS w
WHERE isfinite(w.started)
$$, $$
    standard_id       -- Standard.
    limit_value       -- Its limit.
    limit_unit        -- hour, day, week or working_day.
    referral_id       -- Referral.
    profile           -- Profile of its person.
    site_id           -- Site that holds it.
    service_id        -- Service.
    calendar_id       -- Calendar whose working days count.
    status            -- State of the referral.
    closed_at         -- When it was closed.
    started           -- When the clock started.
    stopped           -- When it stopped, whether within the hub's moment or not; NULL where it has not.
$$),
('rtt_return_row', 'plumbing', NULL, 'A referral-to-treatment clock that a month''s national return counts in one of its parts; of the last 26 whole months.', $$
SELECT d.profile, c.site_id, c.service_id, c.treatment_function_code, c.month, c.part, CASE WHEN c.days > 100000 THEN 100000 ELSE c.days END AS days
FROM (SELECT c.referral_id, c.site_id, c.service_id, c.treatment_function_code, date_trunc('month', x.day::timestamp)::date AS month, x.part, x.days
      FROM rtt_clock AS c
          -- Once, and not for every row.
          CROSS JOIN (SELECT (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '26 months')::date AS since,
                          date_trunc('month', p.as_at AT TIME ZONE p.time_zone)::date AS until
                      FROM parameter AS p OFFSET 0) AS p
          CROSS JOIN LATERAL (VALUES (CASE WHEN c.is_admitted THEN 'Part_1A'::text ELSE 'Part_1B'::text END, c.stopped_on, c.stopped_on - c.started_on),
              ('Part_3'::text, c.started_on, NULL::integer)) AS x (part, day, days)
      WHERE c.state <> 'nullified' AND x.day >= p.since AND x.day < p.until
      UNION ALL
      SELECT c.referral_id, c.site_id, c.service_id, c.treatment_function_code, m.month, x.part, m.last_day - c.started_on
      FROM rtt_clock AS c
          JOIN (SELECT g.m::date AS month, (g.m + interval '1 month')::date - 1 AS last_day
                FROM parameter AS p
                    CROSS JOIN generate_series(date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '26 months',
                        date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 month', interval '1 month') AS g (m)) AS m
              ON c.started_on <= m.last_day AND coalesce(c.stopped_on > m.last_day, true)
          CROSS JOIN LATERAL (VALUES ('Part_2'::text, true), ('Part_2A'::text, c.decided_on <= m.last_day)) AS x (part, is_counted)
      WHERE c.state <> 'nullified' AND x.is_counted) AS c
    LEFT JOIN referral_day AS d ON d.referral_id = c.referral_id
$$, $$
    profile           -- Profile of the person.
    site_id           -- Site.
    service_id        -- Service.
    treatment_function_code -- Treatment function, '(unknown)' where the service has none.
    month             -- First day of the month.
    part              -- Part_1A, Part_1B, Part_2, Part_2A or Part_3; rtt_return_parts() explains them.
    days              -- Days waited by the stop, or by the end of the month; NULL for Part_3.
$$);
