-- Staff: a fixed establishment of some 4,000. Each facility has its own; a few
-- serve all facilities of a care group or region; temporary staff fill sessions
-- anywhere in their region.

CREATE UNLOGGED TABLE demo.establishment (site_kind text, staff_role text, staff integer, grade text, uniformed_share double precision, hourly numeric);
INSERT INTO demo.establishment VALUES
  ('MED', 'medical_officer', 620, 'OF3', 0.50, 72), ('MED', 'practice_nurse', 430, 'OR6', 0.45, 31),
  ('MED', 'medic', 560, 'OR4', 0.90, 20), ('MED', 'administrator', 420, 'E1', 0.05, 15),
  ('DEN', 'dentist', 290, 'OF3', 0.60, 66), ('DEN', 'dental_nurse', 330, 'OR4', 0.50, 19), ('DEN', 'dental_hygienist', 110, 'OR6', 0.40, 29),
  ('PCRF', 'physiotherapist', 280, 'OF2', 0.35, 34), ('PCRF', 'exercise_rehabilitation_instructor', 190, 'OR6', 0.70, 27),
  ('RRU', 'rehabilitation_physician', 30, 'OF4', 0.60, 78), ('RRU', 'physiotherapist', 45, 'OF3', 0.50, 36),
  ('RRU', 'exercise_rehabilitation_instructor', 60, 'OR7', 0.70, 28),
  ('DCMH', 'mental_health_nurse', 110, 'OR7', 0.55, 36), ('DCMH', 'psychiatrist', 28, 'OF4', 0.50, 82), ('DCMH', 'psychologist', 40, 'C1', 0.05, 45),
  ('ROHT', 'occupational_physician', 30, 'OF4', 0.40, 76), ('ROHT', 'occupational_health_nurse', 40, 'C2', 0.10, 33),
  ('HOSP', 'orthopaedic_surgeon', 20, 'OF5', 0.90, 80), ('NRC', 'rehabilitation_physician', 12, 'OF4', 0.70, 80),
  ('NRC', 'exercise_rehabilitation_instructor', 30, 'OR7', 0.60, 28), ('NRC', 'ward_nurse', 60, 'OR6', 0.50, 30);

-- pool: own (of the site), shared (of a care group or, without one, a region), temporary (of a region)
CREATE UNLOGGED TABLE demo.staff AS
SELECT row_number() OVER (ORDER BY x.pool, x.home, x.staff_role, x.nth)::integer AS staff_no, x.*, g.grade, g.uniformed_share, g.hourly,
       row_number() OVER (PARTITION BY x.pool, x.staff_role, x.owner ORDER BY x.home, x.nth)::integer - 1 AS place,
       count(*) OVER (PARTITION BY x.pool, x.staff_role, x.owner)::integer AS pool_size
FROM (
  SELECT 'own' AS pool, 'S' || s.site_no AS owner, s.site_no AS home, e.staff_role, e.site_kind, nth
  FROM demo.establishment e
  -- by weight, but somebody everywhere and regional teams of one size at least
  JOIN (SELECT *, sum(weight) OVER (PARTITION BY kind) AS all_weight, count(*) OVER (PARTITION BY kind) AS sites FROM demo.site) s ON s.kind = e.site_kind
  CROSS JOIN LATERAL generate_series(1, greatest(CASE WHEN e.staff >= 100 THEN 1 ELSE 0 END,
      CASE WHEN e.site_kind IN ('RRU', 'DCMH', 'ROHT') THEN e.staff / s.sites ELSE 0 END, round(e.staff * 0.92 * s.weight / s.all_weight))::integer) nth
  UNION ALL
  SELECT 'shared', s.owner, s.home, r.role, r.kind, 1
  FROM (SELECT 'G' || group_no AS owner, (array_agg(site_no ORDER BY weight DESC))[1] AS home, 'group' AS level FROM demo.site WHERE kind = 'MED' GROUP BY group_no
        UNION ALL
        SELECT 'R' || region_no, (array_agg(site_no ORDER BY weight DESC))[1], 'region' FROM demo.site WHERE kind = 'DCMH' GROUP BY region_no) s
  JOIN (VALUES ('group', 'medical_officer', 'MED'), ('group', 'practice_nurse', 'MED'), ('group', 'physiotherapist', 'PCRF'), ('group', 'dentist', 'DEN'),
               ('region', 'mental_health_nurse', 'DCMH')) r (level, role, kind) USING (level)
  UNION ALL
  SELECT 'temporary', 'R' || s.region_no, s.home, r.role, r.kind, nth
  FROM (SELECT region_no, (array_agg(site_no ORDER BY weight DESC))[1] AS home FROM demo.site WHERE kind = 'MED' GROUP BY region_no) s
  CROSS JOIN (VALUES ('medical_officer', 'MED', 9), ('practice_nurse', 'MED', 7), ('physiotherapist', 'PCRF', 6), ('dentist', 'DEN', 5), ('mental_health_nurse', 'DCMH', 3)) r (role, kind, staff)
  CROSS JOIN LATERAL generate_series(1, CASE WHEN s.region_no = :temporary_region THEN 2 ELSE 1 END * r.staff) nth
) x JOIN demo.establishment g USING (staff_role, site_kind);
CREATE INDEX ON demo.staff (pool, owner, staff_role, place);
ANALYZE demo.staff;

CREATE TABLE warehouse.dim_staff (staff_number text NOT NULL, staff_role text NOT NULL, rank_or_grade text, engagement text NOT NULL, workforce text NOT NULL,
  base_facility text, weekly_hours numeric(4,1), competencies text, reports_to text, start_date date, end_date date, hourly_cost numeric(6,2));
INSERT INTO warehouse.dim_staff
SELECT 'W' || lpad(s.staff_no::text, 4, '0'), s.staff_role, s.grade, CASE s.pool WHEN 'temporary' THEN 'LOCUM' ELSE 'PERM' END,
       CASE WHEN s.pool = 'temporary' THEN CASE WHEN demo.u('workforce', s.staff_no) < 0.7 THEN 'CON' ELSE 'CIV' END
            WHEN demo.u('workforce', s.staff_no) < s.uniformed_share THEN 'MIL' ELSE 'CIV' END,
       t.site_code, (ARRAY[37.5, 37.5, 37.5, 30, 22.5])[1 + floor(5 * demo.u('hours', s.staff_no))::integer],
       CASE s.staff_role WHEN 'physiotherapist' THEN 'msk' WHEN 'rehabilitation_physician' THEN 'msk,injection' WHEN 'medic' THEN 'emergency' END,
       CASE WHEN s.pool = 'own' AND s.place > 0 THEN 'W' || lpad((s.staff_no - s.place)::text, 4, '0') END,
       date '2024-06-01' - floor(2500 * demo.u('started', s.staff_no))::integer, NULL::date, s.hourly * CASE s.pool WHEN 'temporary' THEN 1.6 ELSE 1 END
FROM demo.staff s JOIN demo.site t ON t.site_no = s.home;

-- absences: leave, courses, sickness, and deployment of those in uniform
CREATE UNLOGGED TABLE demo.absence AS
SELECT staff_no, from_day, from_day + days - 1 AS to_day, reason
FROM (
  SELECT s.staff_no, (date_trunc('week', :'history_from'::date + y * 365 + (ARRAY[20, 85, 190, 300])[n]
                      + 7 * floor(6 * demo.u('leave', s.staff_no * 100 + y * 10 + n))::integer))::date AS from_day,
         CASE WHEN n = 4 THEN 12 ELSE 5 END AS days, 'LEAVE' AS reason
  FROM demo.staff s CROSS JOIN generate_series(0, 2) y CROSS JOIN generate_series(1, 4) n
  UNION ALL
  SELECT s.staff_no, :'history_from'::date + floor(729 * demo.u('sick from', s.staff_no * 100 + n))::integer,
         least(60, 1 + floor(demo.lognormal('sick days', s.staff_no * 100 + n, 3, 1.0)))::integer, 'SICK'
  FROM demo.staff s CROSS JOIN generate_series(1, 3) n
  UNION ALL
  SELECT s.staff_no, :'history_from'::date + floor(800 * demo.u('course from', s.staff_no * 100 + n))::integer, 4, 'COURSE'
  FROM demo.staff s CROSS JOIN generate_series(1, 2) n
  UNION ALL
  SELECT s.staff_no, :'history_from'::date + floor(700 * demo.u('deployed from', s.staff_no))::integer, 90 + floor(90 * demo.u('deployed for', s.staff_no))::integer, 'DEPLOYED'
  FROM demo.staff s WHERE s.pool <> 'temporary' AND demo.u('workforce', s.staff_no) < s.uniformed_share AND demo.u('deployed', s.staff_no) < 0.16
) a WHERE from_day < :'history_to'::date + :booked_ahead;

CREATE TABLE warehouse.staff_absence (staff_number text NOT NULL, away_from timestamptz NOT NULL, away_to timestamptz NOT NULL, absence_type text);
INSERT INTO warehouse.staff_absence
SELECT DISTINCT ON (staff_no, from_day) 'W' || lpad(staff_no::text, 4, '0'), (from_day + interval '8 hours')::timestamptz,
       (to_day + interval '18 hours')::timestamptz, reason
FROM demo.absence ORDER BY staff_no, from_day, reason, to_day;

-- ---- who runs which session ----------------------------------------------------------
CREATE INDEX ON demo.absence (staff_no, to_day);
ANALYZE demo.absence;

CREATE UNLOGGED TABLE demo.pool AS
SELECT row_number() OVER (ORDER BY pool, owner, staff_role)::integer AS pool_no, pool, owner, staff_role, max(pool_size) AS members
FROM demo.staff GROUP BY pool, owner, staff_role;
CREATE UNLOGGED TABLE demo.member AS
SELECT p.pool_no * 1000 + s.place AS seat, s.staff_no FROM demo.staff s JOIN demo.pool p USING (pool, owner, staff_role);
ANALYZE demo.pool;
ANALYZE demo.member;

-- which pool a session is staffed from; OFFSET 0 keeps the draws from being
-- worked out again for each of their uses
CREATE UNLOGGED TABLE demo.rota AS
SELECT n.session_no, n.day, n.starts, n.site_no, p.pool_no, p.members, n.pool, n.staff_role, n.group_owner
FROM (SELECT x.*, CASE x.pool WHEN 'own' THEN 'S' || x.site_no WHEN 'temporary' THEN 'R' || x.region_no ELSE x.group_owner END AS owner
      FROM (SELECT s.session_no, s.day, s.starts, s.site_no, t.region_no, r.staff_role, g.owner AS group_owner,
                   CASE WHEN s.service_no IN (6, 9, 10) THEN 'own'
                        WHEN demo.u('staffed by', s.session_no) < :temporary_share * CASE WHEN t.region_no = :temporary_region THEN :temporary_factor ELSE 1 END THEN 'temporary'
                        WHEN demo.u('staffed by', s.session_no) > 1 - :shared_share AND g.owner IS NOT NULL THEN 'shared'
                        ELSE 'own' END AS pool
            FROM demo.session s
            JOIN demo.site t ON t.site_no = s.site_no
            JOIN demo.service_rule r ON r.service_no = s.service_no
            LEFT JOIN demo.medical m ON m.medical_no = t.medical_no
            CROSS JOIN LATERAL (SELECT CASE WHEN m.group_no IS NOT NULL THEN 'G' || m.group_no WHEN s.service_no = 8 THEN 'R' || t.region_no END AS owner) g
            OFFSET 0) x
      OFFSET 0) n
JOIN demo.pool p ON p.pool = n.pool AND p.owner = n.owner AND p.staff_role = n.staff_role;

-- Members of a pool are taken in turn within a half day, so that nobody is in two
-- places: what the temporary and shared ones cannot take falls to the site's own,
-- what these cannot take has no name in the rota.
CREATE UNLOGGED TABLE demo.taken AS
SELECT session_no, day, starts, site_no, pool, staff_role, group_owner, pool_no, members, pool <> 'own' AND turn < members AS placed, turn
FROM (SELECT *, row_number() OVER (PARTITION BY pool_no, day, starts ORDER BY session_no)::integer - 1 AS turn FROM demo.rota) r;

CREATE UNLOGGED TABLE demo.duty AS
SELECT q.session_no, q.day, q.starts, q.pool, q.staff_role, q.group_owner, w.staff_no,
       EXISTS (SELECT FROM demo.absence a WHERE a.staff_no = w.staff_no AND a.to_day >= q.day AND a.from_day <= q.day) AS away
FROM (SELECT session_no, day, starts, pool, staff_role, group_owner, pool_no * 1000 + (turn + (day - date '2020-01-01')) % members AS seat
      FROM demo.taken WHERE placed
      UNION ALL
      SELECT session_no, day, starts, 'own', staff_role, group_owner, pool_no * 1000 + (turn + (day - date '2020-01-01')) % members
      FROM (SELECT t.session_no, t.day, t.starts, t.staff_role, t.group_owner, p.pool_no, p.members,
                   row_number() OVER (PARTITION BY p.pool_no, t.day, t.starts ORDER BY t.session_no)::integer - 1 AS turn
            FROM demo.taken t JOIN demo.pool p ON p.pool = 'own' AND p.owner = 'S' || t.site_no AND p.staff_role = t.staff_role
            WHERE NOT t.placed) o
      WHERE turn < members) q
JOIN demo.member w USING (seat);
CREATE INDEX ON demo.duty (staff_no, day);
ANALYZE demo.duty;

-- one of those who are away is covered by the shared member of the care group
-- or region, if that one is there and free
CREATE UNLOGGED TABLE demo.session_staff AS
SELECT session_no, staff_no, pool <> 'own' AS covered FROM demo.duty WHERE NOT away
UNION ALL
SELECT DISTINCT ON (c.staff_no, d.day, d.starts) d.session_no, c.staff_no, true
FROM demo.duty d JOIN demo.staff c ON c.pool = 'shared' AND c.owner = d.group_owner AND c.staff_role = d.staff_role
WHERE d.away AND d.pool = 'own'
  AND NOT EXISTS (SELECT FROM demo.duty b WHERE b.staff_no = c.staff_no AND b.day = d.day AND b.starts = d.starts)
  AND NOT EXISTS (SELECT FROM demo.absence a WHERE a.staff_no = c.staff_no AND a.to_day >= d.day AND a.from_day <= d.day);
CREATE INDEX ON demo.session_staff (session_no);
ANALYZE demo.session_staff;

CREATE TABLE warehouse.clinic_session (session_id text NOT NULL, facility_code text NOT NULL, service_code text NOT NULL,
  session_start timestamptz NOT NULL, session_end timestamptz NOT NULL, slot_count integer NOT NULL, slot_minutes integer NOT NULL,
  template_code text, session_state text, room text);
INSERT INTO warehouse.clinic_session
SELECT 'S' || lpad(s.session_no::text, 7, '0'), t.site_code, r.service_code, (s.day + s.starts) AT TIME ZONE t.time_zone,
       (s.day + s.starts + s.slots * s.slot_minutes * interval '1 minute') AT TIME ZONE t.time_zone, s.slots, s.slot_minutes,
       r.service_code || '-' || t.site_code || '-' || extract(isodow FROM s.day) || '-' || s.n,
       CASE WHEN s.day < :'history_to'::date THEN 'HELD' ELSE 'OPEN' END, t.site_code || '-R' || s.n
FROM demo.session s JOIN demo.site t USING (site_no) JOIN demo.service_rule r USING (service_no);
-- sessions that were planned and called off, with nobody booked any more; not in
-- the care group of the idle Fridays, so that its figure has one cause
INSERT INTO warehouse.clinic_session
SELECT 'S' || lpad((m.last_no + row_number() OVER (ORDER BY s.session_no))::text, 7, '0'), c.facility_code, c.service_code, c.session_start, c.session_end,
       c.slot_count, c.slot_minutes, c.template_code || '-X', 'CANX', c.room || 'X'
FROM demo.session s JOIN demo.site t USING (site_no) JOIN warehouse.clinic_session c ON c.session_id = 'S' || lpad(s.session_no::text, 7, '0'),
     (SELECT max(session_no) AS last_no FROM demo.session) m
WHERE s.day < :'history_to'::date AND demo.u('called off', s.session_no) < 0.02 AND t.group_no IS DISTINCT FROM :idle_group;

CREATE TABLE warehouse.session_staffing (session_id text NOT NULL, staff_number text NOT NULL, duty text);
INSERT INTO warehouse.session_staffing
SELECT 'S' || lpad(session_no::text, 7, '0'), 'W' || lpad(staff_no::text, 4, '0'), CASE WHEN covered THEN 'cover' ELSE 'lead' END
FROM demo.session_staff;

CREATE TABLE warehouse.establishment_post (post_number text NOT NULL, facility_code text NOT NULL, staff_role text NOT NULL,
  funded_fte numeric(5,2) NOT NULL, from_date date, to_date date);
INSERT INTO warehouse.establishment_post
SELECT 'E' || lpad(row_number() OVER (ORDER BY t.site_code, s.staff_role)::text, 4, '0'), t.site_code, s.staff_role,
       count(*) * (1 + 0.22 * demo.u('vacancy', min(s.staff_no))), date '2024-04-01', NULL
FROM demo.staff s JOIN demo.site t ON t.site_no = s.home WHERE s.pool <> 'temporary'
GROUP BY t.site_code, s.staff_role;
