-- A fixed establishment: the staff of each service at each site, and bank staff.

CREATE UNLOGGED TABLE demo.staff AS
SELECT row_number() OVER (ORDER BY x.service_no, x.site_no, x.staff_n)::integer AS staff_no, x.*
FROM (
  SELECT o.service_no, o.site_no, o.offer_no, n AS staff_n, r.staff_role, false AS bank
  FROM demo.offer o JOIN demo.service_rule r USING (service_no) CROSS JOIN LATERAL generate_series(1, o.staff_count) n
  UNION ALL
  SELECT 0, site_no, NULL, 1, 'bank_clinician', true FROM demo.site WHERE tag IN ('hub', 'main', 'childhub', 'elective')
) x;
CREATE INDEX ON demo.staff (offer_no, staff_n);
ANALYZE demo.staff;

CREATE TABLE warehouse.esr_staff (staff_code text NOT NULL, job_role text NOT NULL, pay_band text, contract_type text NOT NULL, base_site text,
  weekly_hours numeric(4,1), line_manager text, start_dt date, leave_dt date, hourly_cost numeric(6,2));
INSERT INTO warehouse.esr_staff
SELECT 'E' || lpad(s.staff_no::text, 5, '0'), s.staff_role, g.band, CASE WHEN s.bank THEN 'BANK' ELSE 'PERM' END, t.site_code,
       CASE WHEN s.bank THEN 15 ELSE (ARRAY[37.5, 37.5, 37.5, 30, 22.5])[1 + floor(5 * demo.u('hours', s.staff_no))::integer] END,
       CASE WHEN s.staff_n > 1 THEN 'E' || lpad((s.staff_no - s.staff_n + 1)::text, 5, '0') END,
       date '2024-04-01' - floor(3000 * demo.u('started', s.staff_no))::integer, NULL::date, g.hourly * CASE WHEN s.bank THEN 1.3 ELSE 1 END
FROM demo.staff s JOIN demo.site t USING (site_no)
CROSS JOIN LATERAL (
  SELECT CASE WHEN s.staff_role IN ('community_paediatrician', 'podiatric_surgeon', 'geriatrician_team') THEN 'MED'
              WHEN s.staff_role IN ('community_matron', 'advanced_practitioner', 'lymphoedema_specialist', 'nurse_specialist') THEN '7'
              WHEN s.staff_role IN ('phlebotomist', 'support_worker', 'equipment_technician', 'residential_carer') THEN '3' ELSE '6' END AS band,
         CASE WHEN s.staff_role IN ('community_paediatrician', 'podiatric_surgeon', 'geriatrician_team') THEN 74
              WHEN s.staff_role IN ('community_matron', 'advanced_practitioner', 'lymphoedema_specialist', 'nurse_specialist') THEN 32.5
              WHEN s.staff_role IN ('phlebotomist', 'support_worker', 'equipment_technician', 'residential_carer') THEN 15.8 ELSE 26.4 END AS hourly) g;

-- absences: leave in weeks (more of it in August and at Easter), sickness,
-- training; the single-handed specialist's are those of the closed clinic
CREATE UNLOGGED TABLE demo.absence AS
SELECT staff_no, from_day, from_day + days - 1 AS to_day, reason
FROM (
  SELECT s.staff_no, (date_trunc('week', date '2024-10-07' + y * 365 + (ARRAY[20, 85, 190, 310, 320])[n]
                      + 7 * floor(5 * demo.u('leave', s.staff_no * 100 + y * 10 + n))::integer))::date AS from_day,
         CASE WHEN n > 4 THEN 12 ELSE 5 END AS days, 'AL' AS reason
  FROM demo.staff s CROSS JOIN generate_series(0, 1) y CROSS JOIN generate_series(1, 5) n
  UNION ALL
  SELECT s.staff_no, date '2024-10-01' + floor(728 * demo.u('sick from', s.staff_no * 100 + n))::integer,
         least(20, 1 + floor(demo.lognormal('sick days', s.staff_no * 100 + n, 3, 0.8)))::integer, 'SICK'
  FROM demo.staff s CROSS JOIN generate_series(1, 4) n
  UNION ALL
  SELECT s.staff_no, date '2024-10-02' + floor(728 * demo.u('course from', s.staff_no * 100 + n))::integer, 2, 'STUDY'
  FROM demo.staff s CROSS JOIN generate_series(1, 2) n
) a
WHERE staff_no NOT IN (SELECT s.staff_no FROM demo.staff s JOIN demo.offer o USING (offer_no) WHERE o.staff_count = 1)
UNION ALL
SELECT s.staff_no, a.from_day, a.to_day, a.reason
FROM demo.staff s JOIN demo.offer o USING (offer_no) CROSS JOIN demo.single_absence a WHERE o.staff_count = 1;

CREATE TABLE warehouse.esr_absence (staff_code text NOT NULL, absent_from timestamptz NOT NULL, absent_to timestamptz NOT NULL, absence_code text);
INSERT INTO warehouse.esr_absence
SELECT DISTINCT ON (staff_no, from_day) 'E' || lpad(staff_no::text, 5, '0'), (from_day + interval '8 hours')::timestamptz,
       (to_day + interval '18 hours')::timestamptz, reason
FROM demo.absence ORDER BY staff_no, from_day, reason, to_day;

CREATE UNLOGGED TABLE demo.away AS
SELECT DISTINCT staff_no, d::date AS day FROM demo.absence CROSS JOIN LATERAL generate_series(from_day, to_day, interval '1 day') d;
ANALYZE demo.away;

CREATE TABLE warehouse.esr_post (post_no text NOT NULL, site_code text NOT NULL, job_role text NOT NULL, funded_wte numeric(5,2) NOT NULL,
  from_dt date, to_dt date);
INSERT INTO warehouse.esr_post
SELECT 'P' || lpad(row_number() OVER (ORDER BY t.site_code, s.staff_role)::text, 4, '0'), t.site_code, s.staff_role,
       count(*) * 0.95 + 0.2 * demo.u('vacancy', min(s.staff_no)), date '2024-04-01', NULL
FROM demo.staff s JOIN demo.site t USING (site_no) WHERE NOT s.bank
GROUP BY t.site_code, s.staff_role;
