-- Services, their clinics, rules of thumb and standards: data that the parts
-- after this one follow.

CREATE UNLOGGED TABLE demo.service_rule (
  service_no integer PRIMARY KEY, service_code text, name text, service_type text, tfc text, age_group text, site_kind text,
  wait_median double precision, wait_sigma double precision,          -- days to the first appointment
  urgent_share double precision, lead_days integer,                   -- appointments are made at most so long ahead
  miss_share double precision, cancel_person double precision, cancel_provider double precision,
  follow_up_mean double precision, follow_up_most integer, follow_up_gap integer, clinic_days integer,
  slot_minutes integer, most_slots integer, staff_role text, hourly numeric);
INSERT INTO demo.service_rule VALUES
  ( 1, 'GPMO', 'General practice',                           'PRIM',  '812', 'all',   'MED',   0, 0, 0, 14, 0.050, 0.030, 0.010, 0, 0, 0, 5, 15, 14, 'medical_officer', 72),
  ( 2, 'NURS', 'Practice nursing',                           'PRIM',  '812', 'all',   'MED',   0, 0, 0, 14, 0.045, 0.030, 0.010, 0, 0, 0, 5, 15, 14, 'practice_nurse', 31),
  ( 3, 'DENT', 'Dentistry',                                  'DENT',  '140', 'all',   'DEN',   0, 0, 0, 42, 0.070, 0.045, 0.020, 0.5, 4, 14, 5, 20, 10, 'dentist', 66),
  ( 4, 'DEMG', 'Dental emergencies, day and night',          'DENT',  '140', 'all',   'DEN',   0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 30, 0, 'dentist', 66),
  ( 5, 'PCRF', 'Primary care rehabilitation',                'REHAB', '650', 'adult', 'PCRF',  7.0, 0.50, 0.06, 10, 0.065, 0.045, 0.015, 2.30, 10, 12, 5, 30, 8, 'physiotherapist', 34),
  ( 6, 'MIAC', 'Multidisciplinary injury assessment clinic', 'REHAB', '314', 'adult', 'RRU',  17.0, 0.40, 0.05, 21, 0.045, 0.040, 0.020, 0.35, 3, 42, 2, 45, 5, 'rehabilitation_physician', 78),
  ( 7, 'RCRS', 'Intermediate rehabilitation course',         'REHAB', '314', 'adult', 'RRU',  21.0, 0.50, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 'exercise_rehabilitation_instructor', 27),
  ( 8, 'DCMH', 'Community mental health',                    'MH',    '710', 'adult', 'DCMH', 14.0, 0.45, 0.08, 14, 0.080, 0.050, 0.020, 4.00, 15, 14, 5, 60, 4, 'mental_health_nurse', 36),
  ( 9, 'OCCH', 'Regional occupational health',               'OH',    '901', 'adult', 'ROHT', 24.0, 0.45, 0.03, 28, 0.050, 0.040, 0.020, 0.40, 3, 60, 3, 45, 5, 'occupational_physician', 76),
  (10, 'ORTF', 'Orthopaedic surgery, fast track',            'ACUTE', '110', 'adult', 'HOSP', 11.0, 0.40, 0.05, 14, 0.030, 0.030, 0.015, 1.20, 4, 42, 2, 20, 10, 'orthopaedic_surgeon', 80),
  (11, 'NCRS', 'Residential rehabilitation course',          'REHAB', '314', 'adult', 'NRC',  28.0, 0.50, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 'exercise_rehabilitation_instructor', 27),
  (12, 'NINP', 'National rehabilitation, inpatient',         'REHAB', '314', 'adult', 'NRC',  12.0, 0.60, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 'rehabilitation_physician', 78);

CREATE TABLE warehouse.dim_service (service_code text NOT NULL, service_name text NOT NULL, service_type text NOT NULL, treatment_function text, age_range text);
INSERT INTO warehouse.dim_service SELECT service_code, name, service_type, tfc, age_group FROM demo.service_rule;

CREATE TABLE warehouse.dim_slot_type (service_code text NOT NULL, slot_type text NOT NULL, minutes integer NOT NULL, staff_role text, follow_up_share numeric(4,2));
INSERT INTO warehouse.dim_slot_type
SELECT service_code, v.kind, slot_minutes, staff_role,
       CASE v.kind WHEN 'REV' THEN round((follow_up_mean / (1 + follow_up_mean))::numeric, 2) END
FROM demo.service_rule CROSS JOIN (VALUES ('NEW'), ('REV')) v (kind)
WHERE slot_minutes > 0 AND service_no <> 4 AND (v.kind = 'NEW' OR follow_up_mean > 0 OR service_no <= 2);

-- ---- clinics that people are referred to: a service at a site ------------------
-- A clinic of two days a week keeps its two weekdays, whatever the scale, so
-- that waits do not depend on the scale either.
CREATE UNLOGGED TABLE demo.clinic AS
SELECT row_number() OVER (ORDER BY r.service_no, s.site_no)::integer AS clinic_no, r.service_no, s.site_no, s.calendar, r.clinic_days,
       -- rehabilitation facilities differ a little in speed
       CASE WHEN r.service_no IN (5, 8, 9) THEN exp(0.10 * demo.normal('clinic speed', s.site_no)) ELSE 1 END AS wait_factor
FROM demo.service_rule r JOIN demo.site s ON s.kind = r.site_kind
WHERE r.service_no IN (5, 6, 8, 9, 10);

CREATE UNLOGGED TABLE demo.next_clinic AS
SELECT c.clinic_no, c.service_no, c.site_no, d.day,
       min(d.day) FILTER (WHERE o.open_day = d.day AND (d.weekday + c.site_no) % 5 * c.clinic_days % 5 < c.clinic_days)
         OVER (PARTITION BY c.clinic_no ORDER BY d.day DESC) AS next_day
FROM demo.clinic c CROSS JOIN demo.day d JOIN demo.next_open o ON o.calendar = c.calendar AND o.day = d.day;
CREATE INDEX ON demo.next_clinic (clinic_no, day);
ANALYZE demo.next_clinic;

-- waits that change from a given day on, over a ramp
CREATE UNLOGGED TABLE demo.wait_change (service_no integer, site_no integer, since date, ramp_days integer, factor double precision);
INSERT INTO demo.wait_change
SELECT 5, 400 + :slow_pcrf_site, :'slow_pcrf_since'::date, 14, :slow_pcrf_factor
UNION ALL   -- the first of the region's two departments, always
SELECT 8, min(site_no), :'run_up_from'::date, 1, :long_dcmh_factor FROM demo.site WHERE kind = 'DCMH' AND region_no = :long_dcmh_region;

-- ---- directory of services ------------------------------------------------------
CREATE TABLE warehouse.facility_service (facility_code text NOT NULL, service_code text NOT NULL, delivery text NOT NULL, start_date date, end_date date, min_age integer);
INSERT INTO warehouse.facility_service
SELECT s.site_code, r.service_code, m.delivery, date '2014-04-01', NULL, CASE r.age_group WHEN 'adult' THEN 16 END
FROM demo.service_rule r JOIN demo.site s ON s.kind = r.site_kind
JOIN (VALUES ('FTF'), ('TEL'), ('VID'), ('GRP')) m (delivery)
  ON CASE m.delivery WHEN 'FTF' THEN r.service_no NOT IN (7, 11) WHEN 'GRP' THEN r.service_no IN (5, 7, 11)
                     WHEN 'TEL' THEN r.service_no IN (1, 2, 5, 8, 9) ELSE r.service_no IN (1, 8, 9) END;

-- ---- standards: the first two are headquarters' own and name no share -----------
CREATE TABLE warehouse.standard_of_care (std_code text NOT NULL, std_name text NOT NULL, service_code text, clock_from text NOT NULL, clock_to text NOT NULL,
  limit_n integer NOT NULL, limit_period text NOT NULL, required_share numeric(4,3));
INSERT INTO warehouse.standard_of_care VALUES
  ('PCRF10WD', 'Physiotherapist''s assessment within 10 working days of the first consultation', 'PCRF', 'first_consultation', 'assessment', 10, 'working_day', NULL),
  ('SURG6W', 'Surgery through the fast track within 6 weeks of referral', 'ORTF', 'referred', 'treatment', 6, 'week', NULL),
  ('DCMH20WD', 'Mental health assessment within 20 working days of referral (aim of the regions)', 'DCMH', 'received', 'assessment', 20, 'working_day', 0.85),
  ('MIAC30WD', 'Injury assessment clinic within 30 working days of referral (aim of the regions)', 'MIAC', 'received', 'assessment', 30, 'working_day', 0.85),
  ('OCCH40WD', 'Occupational health assessment within 40 working days of referral (aim of the regions)', 'OCCH', 'received', 'assessment', 40, 'working_day', 0.80),
  ('RCRS10W', 'Three-week course begun within 10 weeks of referral (aim of the regions)', 'RCRS', 'received', 'treatment', 10, 'week', 0.80);

CREATE TABLE warehouse.standard_target (org_code text NOT NULL, std_code text NOT NULL, month_start date NOT NULL, target_share numeric(4,3) NOT NULL);
INSERT INTO warehouse.standard_target
SELECT 'R' || r, 'PCRF10WD', m::date, 0.75
FROM generate_series(1, 7) r CROSS JOIN generate_series(timestamp '2026-04-01', '2026-09-01', '1 month') m;
ANALYZE demo.service_rule;
