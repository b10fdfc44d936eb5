-- Services, their clinics, rules of thumb and standards: data that the parts
-- after this one follow.

CREATE UNLOGGED TABLE demo.service_rule (
  service_no integer PRIMARY KEY, service_code text, name text, service_type text, tfc text, age_group text,
  rtt_role text, model text, setting text,
  wait_median double precision, wait_sigma double precision,          -- days to the first appointment
  urgent_share double precision, lead_days integer,                   -- appointments are made at most so long ahead
  miss_share double precision, cancel_person double precision, cancel_provider double precision,
  follow_up_mean double precision, follow_up_most integer, follow_up_gap integer, course_length integer,
  slot_minutes integer, most_slots integer, staff_each integer, staff_role text,
  first_cost numeric, later_cost numeric);
INSERT INTO demo.service_rule VALUES
  ( 1, 'MSKPHY', 'Community MSK physiotherapy', 'COMM', '650', 'adult', 'none', 'community', 'community',
    9.6, 0.42, 0.05, 12, 0.082, 0.055, 0.020, 2.35, 12, 16, 0, 30, 8, 6, 'physiotherapist', 61, 46),
  ( 2, 'MSKORT', 'Community orthopaedics (interface)', 'COMM', '110', 'adult', 'interface', 'mixed', 'community',
    27.0, 0.45, 0.06, 28, 0.070, 0.050, 0.025, 0.55, 6, 42, 0, 30, 8, 4, 'advanced_practitioner', 96, 72),
  ( 3, 'MSKRHE', 'Community rheumatology', 'COMM', '410', 'adult', 'interface', 'mixed', 'community',
    32.0, 0.45, 0.08, 28, 0.065, 0.050, 0.025, 1.30, 8, 63, 0, 30, 8, 3, 'special_interest_gp', 112, 86),
  ( 4, 'PAIN', 'Community pain service', 'COMM', '191', 'adult', 'none', 'community', 'community',
    44.0, 0.45, 0.02, 28, 0.090, 0.060, 0.020, 2.20, 8, 28, 0, 40, 6, 2, 'nurse_specialist', 78, 62),
  ( 5, 'FCP', 'First-contact practitioner', 'PRIM', '650', 'all', 'none', 'community', 'primary',
    3.0, 0.55, 0.10, 10, 0.055, 0.040, 0.015, 0, 0, 14, 0, 20, 12, 1, 'first_contact_practitioner', 32, 32),
  ( 6, 'GRPEX', 'Group exercise: knees, hips, backs', 'REHAB', '650', 'adult', 'none', 'community', 'community',
    26.0, 0.35, 0, 21, 0.120, 0.030, 0.010, 0, 0, 7, 6, 60, 0, 2, 'exercise_instructor', 13, 11),
  ( 7, 'IMG', 'Imaging', 'DIAG', '812', 'all', 'none', 'hospital', 'acute',
    17.0, 0.33, 0.12, 16, 0.035, 0.030, 0.010, 0, 0, 0, 0, 20, 12, 4, 'radiographer', 62, 62),
  ( 8, 'ORTHO', 'Orthopaedics', 'ACUTE', '110', 'all', 'consultant_led', 'hospital', 'acute',
    76.0, 0.45, 0.08, 42, 0.075, 0.055, 0.045, 2.30, 10, 68, 0, 15, 16, 5, 'consultant_orthopaedic_surgeon', 152, 74),
  ( 9, 'RHEUM', 'Rheumatology', 'ACUTE', '410', 'all', 'consultant_led', 'hospital', 'acute',
    62.0, 0.45, 0.10, 42, 0.065, 0.050, 0.035, 4.00, 12, 84, 0, 20, 12, 3, 'consultant_rheumatologist', 228, 96),
  (10, 'FRAC', 'Trauma and fracture clinic', 'ACUTE', '115', 'all', 'none', 'hospital', 'acute',
    4.0, 0.55, 0, 21, 0.080, 0.035, 0.015, 1.50, 6, 18, 0, 10, 24, 4, 'trauma_nurse_practitioner', 118, 66),
  (11, 'ED', 'Emergency department', 'URG', '180', 'all', 'none', 'hospital', 'acute',
    0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 'emergency_clinician', 141, 0);

CREATE TABLE warehouse.service_catalogue (service_code text NOT NULL, service_name text NOT NULL, service_type text NOT NULL,
  tfc text, age_group text, model text, rtt_role text, provider_code text);
INSERT INTO warehouse.service_catalogue
SELECT service_code, name, service_type, tfc, age_group, model, rtt_role,
       CASE setting WHEN 'acute' THEN 'ACU' WHEN 'community' THEN 'COM' END
FROM demo.service_rule;

CREATE TABLE warehouse.clinic_type (service_code text NOT NULL, appt_kind text NOT NULL, minutes integer NOT NULL,
  staff_role text, skills text, follow_up_share numeric(4,2));
INSERT INTO warehouse.clinic_type
SELECT service_code, v.kind, slot_minutes, staff_role, NULL,
       CASE v.kind WHEN 'FU' THEN round((follow_up_mean / (1 + follow_up_mean))::numeric, 2) END
FROM demo.service_rule
CROSS JOIN (VALUES ('NEW'), ('FU')) v (kind)
WHERE slot_minutes > 0 AND (v.kind = 'NEW' OR follow_up_mean > 0);

-- ---- clinics: a service at a site ---------------------------------------------
CREATE UNLOGGED TABLE demo.clinic AS
SELECT row_number() OVER (ORDER BY service_no, site_no)::integer AS clinic_no, c.*
FROM (
  SELECT v.service_no, s.site_no, v.days::double precision AS days_per_week,
         1 + (s.site_no * 2 + v.service_no) % 5 AS preferred_weekday,
         CASE WHEN v.service_no = 1 AND s.site_no = :idle_site THEN :idle_weekday END AS idle_weekday,
         v.service_no = 11 AS every_day
  FROM (VALUES (1, 34, 38, 5), (2, 34, 34, 5), (2, 37, 37, 4), (3, 34, 34, 3), (3, 36, 36, 2), (4, 35, 35, 3),
               (6, 35, 37, 3), (7, 39, 40, 5), (8, 39, 40, 5), (9, 39, 40, 4), (10, 39, 40, 5), (11, 39, 40, 7))
       v (service_no, from_site, to_site, days)
  CROSS JOIN LATERAL generate_series(v.from_site, v.to_site) s (site_no)
  UNION ALL   -- one first-contact day a week at every practice, spread over the week within its network
  SELECT 5, practice_no, 1, 1 + (row_number() OVER (PARTITION BY network_no ORDER BY practice_no) - 1)::integer % 5, NULL, false
  FROM demo.practice
) c;
\ir ../common/clinic_day.sql

-- which clinics the patients of a practice go to: nearest, second, third
CREATE UNLOGGED TABLE demo.site_choice AS
SELECT n.practice_no, n.service_no, r.rank, c.site_no, c.clinic_no
FROM (SELECT p.practice_no, c.service_no,
             array_agg(c.clinic_no ORDER BY demo.road_km(p.lon, p.lat, s.lon, s.lat), c.site_no) AS near
      FROM demo.practice p
      JOIN demo.clinic c ON c.service_no <> 5 OR c.site_no = p.practice_no
      JOIN demo.site s USING (site_no)
      GROUP BY 1, 2) n
CROSS JOIN generate_series(1, 3) r (rank)
JOIN demo.clinic c ON c.clinic_no = near[1 + (r.rank - 1) % cardinality(near)];
ANALYZE demo.service_rule;
ANALYZE demo.practice;
ANALYZE demo.site_choice;

-- waits that change from a given day on, over a ramp
CREATE UNLOGGED TABLE demo.wait_change (service_no integer, site_no integer, since date, ramp_days integer, factor double precision);
INSERT INTO demo.wait_change VALUES
  (1, :slow_physio_site, :'slow_physio_since', 31, :slow_physio_factor),
  (7, :slow_imaging_site, :'slow_imaging_since', 14, :slow_imaging_factor);

CREATE TABLE warehouse.site_service_offer (site_code text NOT NULL, service_code text NOT NULL, consult_medium text NOT NULL,
  start_dt date, end_dt date, min_age integer, max_age integer);
INSERT INTO warehouse.site_service_offer
SELECT s.site_code, r.service_code, m.medium,
       CASE WHEN r.service_no = 2 AND s.site_no = 37 THEN :'one_referral_since'::date ELSE date '2018-10-01' END, NULL,
       CASE r.age_group WHEN 'adult' THEN 16 END, NULL::integer
FROM demo.clinic c JOIN demo.site s USING (site_no) JOIN demo.service_rule r USING (service_no)
JOIN (VALUES ('F2F'), ('TEL'), ('VID'), ('GRP')) m (medium)
  ON CASE m.medium WHEN 'GRP' THEN r.service_no = 6
                   WHEN 'F2F' THEN r.service_no <> 6
                   ELSE r.service_no IN (1, 2, 3, 4, 8, 9) END;

-- ---- standards ------------------------------------------------------------------
CREATE TABLE warehouse.waiting_standard (std_code text NOT NULL, std_name text NOT NULL, service_code text, service_type text,
  start_point text NOT NULL, stop_point text NOT NULL, limit_n integer NOT NULL, limit_period text NOT NULL, target_share numeric(4,3));
INSERT INTO warehouse.waiting_standard VALUES
  ('PHY10WD', 'Physiotherapy assessment within 10 working days', 'MSKPHY', NULL, 'received', 'first_contact', 10, 'working_day', NULL),
  ('DM6W', 'Diagnostics within 6 weeks', 'IMG', NULL, 'received', 'first_contact', 6, 'week', 0.99),
  ('RTT18ORT', 'Orthopaedics: treatment within 18 weeks', 'ORTHO', NULL, 'received', 'treatment', 18, 'week', 0.92),
  ('RTT18RHE', 'Rheumatology: treatment within 18 weeks', 'RHEUM', NULL, 'received', 'treatment', 18, 'week', 0.92),
  ('INT6W', 'Community orthopaedics assessment within 6 weeks', 'MSKORT', NULL, 'received', 'first_contact', 6, 'week', 0.80),
  ('FRAC72', 'Fracture clinic within 72 hours', 'FRAC', NULL, 'referred', 'first_contact', 72, 'hour', NULL),
  ('ED4H', 'Emergency department: four hours', 'ED', NULL, 'arrival', 'discharge', 4, 'hour', 0.95);

CREATE TABLE warehouse.trajectory (org_code text NOT NULL, std_code text NOT NULL, month date NOT NULL, agreed_share numeric(4,3) NOT NULL);
INSERT INTO warehouse.trajectory
SELECT o.org, o.std, m::date, least(o.goal, o.base + (o.goal - o.base) * extract(epoch FROM m - timestamp '2023-10-01') / 94608000.0)
FROM (VALUES ('ACU', 'RTT18ORT', 0.60, 0.92), ('ACU', 'RTT18RHE', 0.70, 0.92), ('ACU', 'DM6W', 0.97, 0.99),
             ('COM', 'PHY10WD', 0.60, 0.75), ('COM', 'INT6W', 0.75, 0.80)) o (org, std, base, goal)
CROSS JOIN generate_series(timestamp '2023-10-01', '2026-09-01', '1 month') m;
