-- Three-week courses with places, who is on them, and stays in the beds of the
-- national centre. Courses, places and beds are the real ones at any scale.

-- regional courses one after the other, with places for the people they serve
-- and some to spare; the national centre lets 40 in every week, so that its 120
-- residential places are filled in turn
CREATE UNLOGGED TABLE demo.course_size AS
SELECT g.site_no, greatest(10, 3 + ceil(130 * sum(m.weight) / sum(sum(m.weight)) OVER ()))::integer AS places
FROM demo.goes_to g JOIN demo.medical m USING (medical_no) WHERE g.kind = 'RRU' GROUP BY g.site_no;
CREATE UNLOGGED TABLE demo.course AS
SELECT row_number() OVER (ORDER BY c.starts, c.site_no)::integer AS course_no, c.*,
       row_number() OVER (PARTITION BY c.site_no ORDER BY c.starts)::integer AS nth
FROM (SELECT 7 AS service_no, s.site_no, d::date AS starts, d::date + 18 AS ends, z.places
      FROM demo.site s JOIN demo.course_size z USING (site_no)
      CROSS JOIN LATERAL generate_series(timestamp '2024-10-07' + (s.site_no % 3) * interval '7 days', :'history_to'::timestamp + interval '180 days', '21 days') d
      WHERE s.kind = 'RRU'
      UNION ALL
      SELECT 11, 671, d::date, d::date + 18, 40
      FROM generate_series(timestamp '2024-10-07', :'history_to'::timestamp + interval '180 days', '7 days') d) c;

-- the first course after the wait; where it is full, the next, and so once more
CREATE UNLOGGED TABLE demo.on_course AS
WITH ready AS (
  SELECT f.ref_key, f.person_no, f.service_no, f.site_no, f.received, c.nth, c.places
  FROM demo.referral f JOIN demo.service_rule r USING (service_no)
  CROSS JOIN LATERAL (SELECT x.nth, x.places FROM demo.course x WHERE x.site_no = f.site_no AND x.service_no = f.service_no
                        AND x.starts > f.received::date + greatest(7, round(demo.lognormal('course wait', f.ref_key, r.wait_median, r.wait_sigma)))::integer
                      ORDER BY x.nth LIMIT 1) c
  WHERE f.service_no IN (7, 11) AND f.fate = 'accepted'
), first AS (
  SELECT *, row_number() OVER (PARTITION BY site_no, nth ORDER BY received, ref_key) AS place FROM ready
), second AS (
  SELECT *, row_number() OVER (PARTITION BY site_no, nth_2 ORDER BY received, ref_key) AS place_2
  FROM (SELECT *, CASE WHEN place > places THEN nth + 1 ELSE nth END AS nth_2 FROM first) s
), third AS (
  SELECT *, row_number() OVER (PARTITION BY site_no, nth_3 ORDER BY received, ref_key) AS place_3
  FROM (SELECT *, CASE WHEN place_2 > places THEN nth_2 + 1 ELSE nth_2 END AS nth_3 FROM second) s
)
SELECT DISTINCT ON (t.person_no, c.course_no) t.ref_key, t.person_no, t.service_no, t.site_no, c.course_no, c.starts, c.ends,
       demo.u('withdraws', t.ref_key) < 0.06 AS withdraws, demo.u('leaves early', t.ref_key) < 0.05 AS leaves_early
FROM third t JOIN demo.course c ON c.site_no = t.site_no AND c.nth = t.nth_3
WHERE t.place_3 <= c.places
ORDER BY t.person_no, c.course_no, t.ref_key;

CREATE TABLE warehouse.rehab_course (course_code text NOT NULL, facility_code text NOT NULL, service_code text NOT NULL,
  start_date date NOT NULL, end_date date NOT NULL, places integer NOT NULL);
INSERT INTO warehouse.rehab_course
SELECT 'C' || lpad(c.course_no::text, 4, '0'), s.site_code, r.service_code, c.starts, c.ends, c.places
FROM demo.course c JOIN demo.site s USING (site_no) JOIN demo.service_rule r USING (service_no);

-- ---- beds: 96 in three wards, a few closed in summer for works ------------------
CREATE TABLE warehouse.ward_bed_day (facility_code text NOT NULL, ward text NOT NULL, bed_date date NOT NULL, beds_open integer NOT NULL);
INSERT INTO warehouse.ward_bed_day
SELECT 'NRC', w.ward, d.day, w.beds - CASE WHEN w.ward = 'LOWER LIMBS' AND d.month_no = 8 THEN 4 ELSE 0 END
FROM (VALUES ('COMPLEX TRAUMA', 36), ('NEUROLOGY', 24), ('LOWER LIMBS', 36)) w (ward, beds)
CROSS JOIN demo.day d WHERE d.day >= :'history_from'::date AND d.day < :'history_to'::date + :booked_ahead;

CREATE UNLOGGED TABLE demo.stay AS
SELECT x.*, (x.admitted::date + x.days + interval '11 hours')::timestamptz AS left_at
FROM (SELECT f.ref_key, f.person_no, f.service_no, f.site_no, f.received,
             (demo.off_weekend(f.received::date + greatest(3, round(demo.lognormal('stay wait', f.ref_key, 12, 0.6))::integer), demo.u('spread', f.ref_key))
              + demo.time_of_day(demo.u('admitted', f.ref_key), 9, 15))::timestamptz AS admitted,
             -- up to nine months
             least(270, 7 + floor(demo.lognormal('stay', f.ref_key, 42, 0.75)))::integer AS days
      FROM demo.referral f WHERE f.service_no = 12 AND f.fate = 'accepted') x
WHERE x.admitted < :'history_to'::timestamptz + :booked_ahead * interval '1 day'
  AND x.admitted + x.days * interval '1 day' >= :'history_from'::timestamptz;
