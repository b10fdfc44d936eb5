-- Sessions follow the appointments of a day: enough slots for them at the usual
-- utilisation, cut into sessions of at most half a day. So utilisation does not
-- depend on the scale. Booked weeks ahead carry what the clinic usually offers.

CREATE UNLOGGED TABLE demo.load AS
SELECT clinic_no, day, count(*)::integer AS booked FROM demo.appointment
WHERE status NOT LIKE 'cancelled%' AND service_no <> 11
GROUP BY 1, 2;

-- a clinic's usual load on its days (without the avoided weekday), by month
CREATE UNLOGGED TABLE demo.usual_load AS
SELECT cd.clinic_no, date_trunc('month', cd.day)::date AS month, avg(coalesce(l.booked, 0))::double precision AS booked
FROM demo.clinic_day cd JOIN demo.clinic c USING (clinic_no) LEFT JOIN demo.load l USING (clinic_no, day)
WHERE cd.weekday IS DISTINCT FROM c.idle_weekday AND cd.day >= :'history_from'::date AND cd.day < :'history_to'::date
GROUP BY 1, 2;

CREATE UNLOGGED TABLE demo.offer AS
SELECT o.*, r.slot_minutes, r.staff_each, r.most_slots,
       CASE WHEN r.most_slots = 0 THEN least(o.slots, 12) ELSE r.most_slots END AS session_slots
FROM (
  SELECT cd.clinic_no, c.service_no, c.site_no, cd.day, coalesce(l.booked, 0) AS booked,
         greatest(coalesce(l.booked, 0),
           CASE WHEN cd.day >= :'history_to'::date OR cd.weekday = c.idle_weekday
                THEN demo.round_up_or_down(u.booked / :utilisation, demo.u('slots', cd.clinic_no * 10000::bigint + (cd.day - date '2020-01-01')))
                ELSE demo.round_up_or_down(l.booked / least(1, greatest(0.78, :utilisation
                       + 0.05 * demo.normal('utilisation', cd.clinic_no * 10000::bigint + (cd.day - date '2020-01-01')))),
                       demo.u('slots', cd.clinic_no * 10000::bigint + (cd.day - date '2020-01-01')))
           END) AS slots
  FROM demo.clinic_day cd
  JOIN demo.clinic c USING (clinic_no)
  LEFT JOIN demo.load l USING (clinic_no, day)
  -- days ahead look at the last whole month
  LEFT JOIN demo.usual_load u ON u.clinic_no = cd.clinic_no
       AND u.month = least(date_trunc('month', cd.day)::date, (:'history_to'::date - interval '1 month')::date)
  WHERE cd.day >= :'history_from'::date AND cd.day < :'history_to'::date + :booked_ahead AND c.service_no <> 11
) o
JOIN demo.service_rule r USING (service_no)
WHERE o.slots > 0;

CREATE UNLOGGED TABLE demo.session AS
SELECT row_number() OVER (ORDER BY o.day, s.starts, o.clinic_no, s.n)::bigint AS session_no,
       o.clinic_no, o.service_no, o.site_no, o.day, s.n, o.sessions,
       o.slots / o.sessions + (s.n <= o.slots % o.sessions)::integer AS slots, o.slot_minutes, s.staff_n, s.starts,
       o.service_no = 6 AS class
FROM (SELECT *, ceil(slots / session_slots::numeric)::integer AS sessions FROM demo.offer) o
CROSS JOIN LATERAL (
  -- the clinic's own staff in the morning, then in the afternoon, then bank staff
  SELECT n, CASE WHEN n <= 2 * o.staff_each THEN 1 + (n - 1) % o.staff_each END AS staff_n,
         CASE WHEN n <= o.staff_each THEN interval '8 hours 30 minutes' ELSE interval '13 hours' END AS starts
  FROM generate_series(1, o.sessions) n) s;
CREATE INDEX ON demo.session (clinic_no, day, n);
ANALYZE demo.session;

-- every appointment gets a session and a slot of its day; cancelled ones keep
-- the session they had, their slot went to somebody else
CREATE UNLOGGED TABLE demo.placed AS
SELECT a.*, s.session_no,
       a.day::timestamp + s.starts + CASE WHEN s.class THEN 0
                ELSE (CASE WHEN a.cancelled THEN a.place % s.slots ELSE a.place / s.sessions END) * s.slot_minutes END * interval '1 minute' AS starts_local
FROM (SELECT *, status LIKE 'cancelled%' AS cancelled,
             row_number() OVER (PARTITION BY clinic_no, day, status LIKE 'cancelled%' ORDER BY demo.u('place', ref_key * 16 + seq), try)::integer - 1 AS place
      FROM demo.appointment WHERE service_no <> 11) a
JOIN demo.offer o ON o.clinic_no = a.clinic_no AND o.day = a.day
JOIN demo.session s ON s.clinic_no = a.clinic_no AND s.day = a.day
                   AND s.n = 1 + a.place % ceil(o.slots / o.session_slots::numeric)::integer;

-- ---- staff: a fixed establishment -------------------------------------------------
CREATE UNLOGGED TABLE demo.staff AS
SELECT row_number() OVER (ORDER BY x.service_no, x.home, x.staff_n)::integer AS staff_no, x.*
FROM (
  SELECT c.service_no, c.site_no AS home, c.clinic_no, n AS staff_n, r.staff_role, false AS cover
  FROM demo.clinic c JOIN demo.service_rule r USING (service_no) CROSS JOIN LATERAL generate_series(1, r.staff_each) n
  WHERE c.service_no NOT IN (5, 11)
  UNION ALL   -- first-contact practitioners serve the practices of a network, on different days
  SELECT 5, min(site_no), NULL, n, 'first_contact_practitioner', false
  FROM demo.site JOIN demo.practice ON practice_no = site_no CROSS JOIN generate_series(1, 2) n GROUP BY network_no, n
  UNION ALL   -- one member of bank staff per site covers absences
  SELECT 0, site_no, NULL, 1, 'bank_clinician', true FROM demo.site WHERE site_no >= 34
  UNION ALL
  SELECT 0, 34, NULL, n, CASE WHEN n <= 2 THEN 'care_navigator' WHEN n <= 4 THEN 'joint_pain_adviser' ELSE 'administrator' END, false
  FROM generate_series(1, 7) n
) x;

CREATE TABLE warehouse.workforce (staff_code text NOT NULL, job_role text NOT NULL, band text, contract_type text NOT NULL,
  base_site text, weekly_hours numeric(4,1), skills text, line_manager text, start_dt date, leave_dt date, hourly_cost numeric(6,2));
INSERT INTO warehouse.workforce
SELECT 'W' || lpad(s.staff_no::text, 4, '0'), s.staff_role, g.band, CASE WHEN s.cover THEN 'BANK' ELSE 'PERM' END, t.site_code,
       CASE WHEN s.cover THEN 15 ELSE (ARRAY[37.5, 37.5, 37.5, 30, 22.5])[1 + floor(5 * demo.u('hours', s.staff_no))::integer] END,
       CASE s.staff_role WHEN 'advanced_practitioner' THEN 'injection,imaging_request' WHEN 'physiotherapist' THEN 'msk' END,
       CASE WHEN s.staff_n > 1 AND s.clinic_no IS NOT NULL THEN 'W' || lpad((s.staff_no - s.staff_n + 1)::text, 4, '0') END,
       date '2023-04-01' - floor(3000 * demo.u('started', s.staff_no))::integer, NULL::date, g.hourly * CASE WHEN s.cover THEN 1.3 ELSE 1 END
FROM demo.staff s JOIN demo.site t ON t.site_no = s.home
CROSS JOIN LATERAL (SELECT CASE WHEN s.staff_role LIKE 'consultant%' THEN 'CONS'
                WHEN s.staff_role IN ('advanced_practitioner', 'first_contact_practitioner', 'special_interest_gp') THEN '8A'
                WHEN s.staff_role IN ('physiotherapist', 'radiographer', 'nurse_specialist', 'trauma_nurse_practitioner', 'bank_clinician') THEN '6'
                ELSE '4' END AS band,
           CASE WHEN s.staff_role LIKE 'consultant%' THEN 78.5 WHEN s.staff_role = 'special_interest_gp' THEN 70
                WHEN s.staff_role IN ('advanced_practitioner', 'first_contact_practitioner') THEN 36.2
                WHEN s.staff_role IN ('care_navigator', 'joint_pain_adviser', 'administrator', 'exercise_instructor') THEN 18.4
                ELSE 27.6 END AS hourly) g;

-- absences: leave in weeks (more of it in August and at Easter), sickness, training
CREATE UNLOGGED TABLE demo.absence AS
SELECT staff_no, from_day, from_day + days - 1 AS to_day, reason
FROM (
  SELECT s.staff_no, (date_trunc('week', date '2023-10-02' + y * 365 + (ARRAY[20, 85, 190, 310, 320, 240])[n]
                      + 7 * floor(5 * demo.u('leave', s.staff_no * 100 + y * 10 + n))::integer))::date AS from_day,
         CASE WHEN n > 4 THEN 12 ELSE 5 END AS days, 'AL' AS reason
  FROM demo.staff s CROSS JOIN generate_series(0, 2) y CROSS JOIN generate_series(1, 5) n
  UNION ALL
  SELECT s.staff_no, date '2023-10-02' + floor(1090 * demo.u('sick from', s.staff_no * 100 + n))::integer,
         least(90, 1 + floor(demo.lognormal('sick days', s.staff_no * 100 + n, 3, 1.0)))::integer, 'SICK'
  FROM demo.staff s CROSS JOIN generate_series(1, 7) n
  UNION ALL
  SELECT s.staff_no, date '2023-10-04' + floor(1090 * demo.u('course from', s.staff_no * 100 + n))::integer, 2, 'STUDY'
  FROM demo.staff s CROSS JOIN generate_series(1, 4) n
) a WHERE from_day < :'history_to'::date + :booked_ahead;

CREATE TABLE warehouse.workforce_absence (staff_code text NOT NULL, absent_from timestamptz NOT NULL, absent_to timestamptz NOT NULL, absence_code text);
INSERT INTO warehouse.workforce_absence
SELECT DISTINCT ON (staff_no, from_day) 'W' || lpad(staff_no::text, 4, '0'), (from_day + interval '8 hours')::timestamptz,
       (to_day + interval '18 hours')::timestamptz, reason
FROM demo.absence ORDER BY staff_no, from_day, reason, to_day;

-- who runs which session: the clinic's own member, or cover when absent
CREATE UNLOGGED TABLE demo.away AS
SELECT DISTINCT staff_no, d::date AS day FROM demo.absence CROSS JOIN LATERAL generate_series(from_day, to_day, interval '1 day') d;
CREATE UNLOGGED TABLE demo.session_staff AS
SELECT s.session_no, CASE WHEN a.staff_no IS NULL THEN coalesce(w.staff_no, cover.staff_no) ELSE cover.staff_no END AS staff_no,
       w.staff_no IS NULL OR a.staff_no IS NOT NULL AS covered
FROM demo.session s
LEFT JOIN demo.staff w ON w.clinic_no = s.clinic_no AND w.staff_n = s.staff_n
LEFT JOIN demo.away a ON a.staff_no = w.staff_no AND a.day = s.day
LEFT JOIN demo.staff cover ON cover.cover AND cover.home = s.site_no
WHERE s.service_no <> 5
UNION ALL
SELECT s.session_no, CASE WHEN s.n <= 2 THEN w.staff_no ELSE (SELECT staff_no FROM demo.staff WHERE cover AND home = 34) END, s.n > 2
FROM demo.session s
JOIN (SELECT practice_no, network_no, (row_number() OVER (PARTITION BY network_no ORDER BY practice_no) - 1)::integer / 5 + 1 AS fcp_n
      FROM demo.practice) p ON p.practice_no = s.site_no
JOIN (SELECT w.staff_no, w.staff_n, p.network_no FROM demo.staff w JOIN demo.practice p ON p.practice_no = w.home WHERE w.service_no = 5) w
  ON w.network_no = p.network_no AND w.staff_n = p.fcp_n
WHERE s.service_no = 5;

CREATE TABLE warehouse.clinic_session (session_no bigint NOT NULL, site_code text NOT NULL, service_code text NOT NULL,
  session_start timestamptz NOT NULL, session_end timestamptz NOT NULL, slot_count integer NOT NULL, slot_length integer NOT NULL,
  template_code text, consult_medium text, session_state text, room text);
INSERT INTO warehouse.clinic_session
SELECT s.session_no, t.site_code, r.service_code, (s.day + s.starts)::timestamptz,
       (s.day + s.starts + CASE WHEN s.class THEN 1 ELSE s.slots END * s.slot_minutes * interval '1 minute')::timestamptz,
       s.slots, s.slot_minutes, r.service_code || '-' || t.site_code || '-' || to_char(s.day, 'DY') || '-' || s.n,
       CASE WHEN s.class THEN 'GRP' ELSE 'F2F' END, CASE WHEN s.day < :'history_to'::date THEN 'HELD'
            -- planted: called off, while those who are booked have not been told yet
            WHEN t.site_no = :thin_site AND r.service_code = 'MSKPHY' AND s.day BETWEEN :'thin_from' AND :'thin_to' THEN 'CANX'
            ELSE 'OPEN' END,
       t.site_code || '-R' || coalesce(s.staff_n, s.n)
FROM demo.session s JOIN demo.site t USING (site_no) JOIN demo.service_rule r USING (service_no);
-- sessions that were planned and called off, with nobody booked any more
INSERT INTO warehouse.clinic_session
SELECT m.last_no + row_number() OVER (ORDER BY session_no), site_code, service_code, session_start, session_end,
       slot_count, slot_length, template_code || '-X', consult_medium, 'CANX', room || 'X'
FROM warehouse.clinic_session, (SELECT max(session_no) AS last_no FROM demo.session) m
WHERE session_state = 'HELD' AND demo.u('called off', session_no) < 0.02
  -- not at the idle weekday's clinic, so that its figure has one cause
  AND NOT (service_code = 'MSKPHY' AND site_code = 'C3');

CREATE TABLE warehouse.clinic_session_staff (session_no bigint NOT NULL, staff_code text NOT NULL, duty text);
INSERT INTO warehouse.clinic_session_staff
SELECT session_no, 'W' || lpad(staff_no::text, 4, '0'), CASE WHEN covered THEN 'cover' ELSE 'lead' END
FROM demo.session_staff WHERE staff_no IS NOT NULL;

CREATE TABLE warehouse.establishment_post (post_no text NOT NULL, site_code text NOT NULL, job_role text NOT NULL,
  funded_wte numeric(4,2) NOT NULL, from_dt date, to_dt date);
INSERT INTO warehouse.establishment_post
SELECT 'E' || lpad(row_number() OVER (ORDER BY t.site_code, s.staff_role)::text, 3, '0'), t.site_code, s.staff_role,
       count(*) * 0.95 + 0.2 * demo.u('vacancy', min(s.staff_no)), date '2023-04-01', NULL
FROM demo.staff s JOIN demo.site t ON t.site_no = s.home WHERE NOT s.cover
GROUP BY t.site_code, s.staff_role;
