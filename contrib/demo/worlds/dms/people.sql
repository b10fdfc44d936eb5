-- People at risk and where they are entitled to care. Persons 1 … current are
-- entitled today, the rest have left within the two years; as many have joined,
-- so that the population is steady. Regulars are posted every few years.

-- ages by single year: 1 regulars, 2 reservists, 3 dependants (spouses and children)
INSERT INTO demo.weight
SELECT 1, a, CASE WHEN a < 18 THEN 0.35 WHEN a < 24 THEN 1.25 ELSE 1.35 * exp(-0.055 * (a - 24)) END, 8192 FROM generate_series(17, 57) a
UNION ALL
SELECT 2, a, CASE WHEN a < 22 THEN 0.5 WHEN a < 45 THEN 1 ELSE exp(-0.09 * (a - 45)) END, 8192 FROM generate_series(18, 60) a
UNION ALL
SELECT 3, a, CASE WHEN a < 18 THEN 1.3 - 0.035 * a WHEN a < 22 THEN 0.3 WHEN a < 50 THEN 0.75 ELSE 0.75 * exp(-0.12 * (a - 50)) END, 8192 FROM generate_series(0, 68) a;
-- ethnic category
INSERT INTO demo.weight
SELECT 10, n, w, 10000 FROM (VALUES (1, 86.0), (2, 3.5), (3, 2.9), (4, 2.6), (5, 3.1), (6, 1.9)) v (n, w);
-- days of consultations: busy Mondays, quiet Decembers and Augusts, no weekends
INSERT INTO demo.weight
SELECT 30, d.day - date '2000-01-01',
       (1 + :growth) ^ ((d.day - :'history_from'::date) / 365.25) * (ARRAY[1.14, 1.04, 1.0, 0.98, 0.84, 0, 0])[d.weekday]
       * CASE WHEN d.bank_holiday THEN 0.01 ELSE 1 END
       * (ARRAY[1.08, 1.05, 1.04, 0.98, 1.0, 1.02, 0.98, 0.82, 1.06, 1.06, 1.04, 0.80])[d.month_no], 65536
FROM demo.day d WHERE d.day < :'history_to'::date + :booked_ahead AND d.weekday < 6;
\ir ../common/weighted.sql

-- places to fill: rounding the running totals keeps the sums exact
CREATE UNLOGGED TABLE demo.entitled AS
SELECT g.group_no, m.medical_no,
       round(g.people * (sum(w.weight) OVER running - w.weight) / sum(w.weight) OVER whole)::integer + 1 AS from_place,
       round(g.people * sum(w.weight) OVER running / sum(w.weight) OVER whole)::integer AS to_place
FROM (VALUES (1, round(:scale * :regulars)),
             (2, round(:scale * :reservists)),
             (3, round(:scale * (:regulars + :dependants + :reservists)) - round(:scale * :regulars) - round(:scale * :reservists))) g (group_no, people)
CROSS JOIN demo.medical m
CROSS JOIN LATERAL (SELECT CASE WHEN g.group_no = 2 AND m.medical_no > 118 THEN 0 ELSE m.weight END AS weight) w
WINDOW running AS (PARTITION BY g.group_no ORDER BY m.medical_no), whole AS (PARTITION BY g.group_no);

CREATE UNLOGGED TABLE demo.listed AS
WITH size AS (SELECT group_no, max(to_place) AS people, sum(max(to_place)) OVER (ORDER BY group_no) - max(to_place) AS before,
                     sum(max(to_place)) OVER () AS everybody FROM demo.entitled GROUP BY group_no),
seat AS (SELECT group_no, medical_no, generate_series(from_place, to_place) AS place FROM demo.entitled),
-- numbers are given in a drawn order, so that they tell nothing about the person
drawn AS (SELECT g AS person_no, row_number() OVER (ORDER BY demo.u('list', g), g) AS place FROM size s, generate_series(1, s.everybody::integer) g WHERE s.group_no = 1)
SELECT d.person_no, s.group_no, s.medical_no, true AS current
FROM drawn d JOIN size z ON d.place > z.before AND d.place <= z.before + z.people
JOIN seat s ON s.group_no = z.group_no AND s.place = d.place - z.before
UNION ALL
SELECT (z.everybody + k.first + g)::integer, z.group_no, s.medical_no, false
FROM size z
CROSS JOIN LATERAL (SELECT round(:left_share * z.before) AS first) k
CROSS JOIN LATERAL generate_series(1, (round(:left_share * (z.before + z.people)) - k.first)::integer) g
JOIN seat s ON s.group_no = z.group_no AND s.place = 1 + floor(demo.u('list', (z.everybody + k.first + g)::bigint) * z.people)::integer;
ANALYZE demo.listed;

CREATE UNLOGGED TABLE demo.person AS
SELECT x.person_no, x.group_no, x.medical_no, x.current, x.female, x.born, x.joined, x.posted_from, x.branch, x.ethnic,
       CASE WHEN NOT x.current THEN greatest(x.joined + 1, :'history_from'::date + floor(demo.u('leaves', x.person_no) * 728)::integer) END AS left_on,
       -- from elsewhere in the same region mostly, else from anywhere
       CASE WHEN x.posted_from < x.joined THEN
         CASE WHEN x.medical_no <= 118 THEN 1 + (x.medical_no + 3 + floor(demo.u('posted from', x.person_no) * CASE WHEN demo.u('near', x.person_no) < 0.6 THEN 9 ELSE 110 END)::integer) % 118
              ELSE 1 + floor(demo.u('posted from', x.person_no) * 118)::integer END END AS from_medical_no,
       CASE x.group_no WHEN 3 THEN NULL WHEN 2 THEN x.medical_no * 10 + 9
         ELSE x.medical_no * 10 + CASE WHEN x.medical_no = :overdue_unit_site AND demo.u('unit', x.person_no) < 0.4 THEN 1
                WHEN x.medical_no = :overdue_unit_site THEN 2 + floor(demo.u('unit among', x.person_no) * (x.units - 1))::integer
                ELSE 1 + floor(demo.u('unit', x.person_no) ^ 1.2 * x.units)::integer END END AS unit_no
FROM (
  SELECT q.*, m.branch, e.item AS ethnic, least(4, greatest(2, ceil(m.weight)::integer)) AS units,
         demo.u('sex', q.person_no) < CASE q.group_no WHEN 1 THEN 0.115 WHEN 2 THEN 0.15 ELSE CASE WHEN age.item < 18 THEN 0.49 ELSE 0.86 END END AS female,
         b.born, greatest(j.joined, b.born) AS joined,
         -- two in three of those posted here within the history were elsewhere before
         CASE WHEN q.group_no <> 2 AND j.joined >= :'run_up_from'::date AND age.item > 19 AND demo.u('was elsewhere', q.person_no) < 0.66
              THEN j.joined - 400 - floor(demo.u('time before', q.person_no) * 800)::integer END AS posted_from
  FROM demo.listed q
  JOIN demo.medical m USING (medical_no)
  JOIN demo.slot age ON age.slot = demo.pick('age', q.person_no, q.group_no, 8192)
  JOIN demo.slot e ON e.slot = demo.pick('ethnic', q.person_no, 10, 10000)
  -- those who left were born early enough to have been here
  CROSS JOIN LATERAL (SELECT :'history_to'::date - 1 - floor((age.item + demo.u('birthday', q.person_no)) * 365.25)::integer
                             - CASE WHEN q.current THEN 0 ELSE 900 END AS born) b
  CROSS JOIN LATERAL (SELECT :'history_to'::date - 1 - floor(demo.u('joined', q.person_no)
                               * CASE q.group_no WHEN 2 THEN 3400 ELSE 1350 END)::integer - CASE WHEN q.current THEN 0 ELSE 500 END AS joined) j
) x;
CREATE INDEX ON demo.person (person_no);
ANALYZE demo.person;

CREATE TABLE warehouse.dim_person (person_id text NOT NULL, nhs_no text, service_no text, dob date, dod date, gender text, ethnic_group text,
  entitlement text NOT NULL, service_branch text, unit_code text, home_postcode text, opt_out_yn boolean);
INSERT INTO warehouse.dim_person
SELECT 'P' || lpad(p.person_no::text, 7, '0'),
       CASE WHEN demo.u('bad number', p.person_no) < :bad_nhs_rate THEN demo.nhs_number_spoilt(n.number, demo.u('bad kind', p.person_no))
            WHEN demo.u('spaced number', p.person_no) < :spaced_nhs_rate
            THEN left(n.number, 3) || ' ' || substr(n.number, 4, 3) || ' ' || right(n.number, 4)
            ELSE n.number END,
       -- eight digits; dependants have the serving person's number with a suffix
       CASE WHEN demo.u('bad service number', p.person_no) < :bad_service_number_rate THEN left(v.service_no, 5) ELSE v.service_no END,
       p.born, CASE WHEN NOT p.current AND demo.u('died', p.person_no) < 0.004 THEN p.left_on END,
       CASE WHEN demo.u('sex not known', p.person_no) < 0.0005 THEN 'X' WHEN p.female THEN 'F' ELSE 'M' END,
       (ARRAY['A', 'C', 'N', 'J', 'M', 'F'])[p.ethnic],
       (ARRAY['REG', 'RES', 'DEP'])[p.group_no], CASE WHEN p.group_no < 3 THEN p.branch END, 'U' || lpad(p.unit_no::text, 4, '0'),
       CASE WHEN demo.u('no postcode', p.person_no) >= :missing_postcode_rate THEN
         CASE WHEN p.medical_no > 118 THEN 'BFPO ' || 800 + p.medical_no - 118
              ELSE (ARRAY['KW', 'DL', 'SY', 'NR', 'SP', 'EX'])[m.region_no] || 1 + p.medical_no % 30
                   || CASE WHEN demo.u('postcode form', p.person_no) < 0.01 THEN '' ELSE ' ' END
                   || floor(10 * demo.u('postcode sector', p.person_no)) || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + floor(demo.u('postcode unit', p.person_no) * 20)::integer, 1)
                   || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + p.medical_no % 20, 1) END END,
       demo.u('opt out', p.person_no) < 0.03
FROM demo.person p JOIN demo.medical m USING (medical_no)
-- some who left were entered twice and keep another's number
CROSS JOIN LATERAL (SELECT CASE WHEN NOT p.current AND demo.u('double', p.person_no) < :duplicate_person_rate
                                THEN p.person_no / 2 ELSE p.person_no END::bigint AS k OFFSET 0) k
-- OFFSET 0 keeps the number from being worked out again for each of its uses
CROSS JOIN LATERAL (SELECT demo.nhs_number(k.k) AS number OFFSET 0) n
CROSS JOIN LATERAL (SELECT 30000000 + (p.person_no::bigint * 7919 % 9000000) || CASE WHEN p.group_no = 3 THEN '/1' ELSE '' END AS service_no) v;

-- entitlement at a medical facility; regulars are on a dental centre's list, too
CREATE TABLE warehouse.facility_registration (person_id text NOT NULL, facility_code text NOT NULL, from_date date NOT NULL, to_date date);
INSERT INTO warehouse.facility_registration
SELECT 'P' || lpad(r.person_no::text, 7, '0'), s.site_code, r.from_day, r.to_day
FROM (SELECT person_no, group_no, medical_no, joined AS from_day, left_on - 1 AS to_day FROM demo.person
      UNION ALL
      SELECT person_no, group_no, from_medical_no, posted_from, joined - 1 FROM demo.person WHERE from_medical_no IS NOT NULL) r
JOIN demo.site s ON s.site_no = r.medical_no
UNION ALL
SELECT 'P' || lpad(p.person_no::text, 7, '0'), s.site_code, p.joined, p.left_on - 1
FROM demo.person p JOIN demo.goes_to d ON d.medical_no = p.medical_no AND d.kind = 'DEN' JOIN demo.site s ON s.site_no = d.site_no
WHERE p.group_no = 1;

-- ---- fitness for task: the latest grading of everybody who serves, and the one
-- before where it falls into the two years -----------------------------------------
CREATE TABLE warehouse.medical_grading (person_id text NOT NULL, graded_date date NOT NULL, grade text NOT NULL, limitations text, review_date date, recorded_ts timestamptz NOT NULL);
WITH graded AS (
  SELECT p.person_no, g.grade, g.months,
         CASE WHEN demo.u('review overdue', p.person_no) < CASE WHEN p.unit_no = :overdue_unit_site * 10 + 1 THEN :overdue_unit_share ELSE :review_overdue_share END
              THEN :'history_to'::date - 1 - least(g.months * 25, floor(demo.lognormal('overdue by', p.person_no, 55, 0.8)))::integer
              ELSE :'history_to'::date + floor(demo.u('review due', p.person_no) * g.months * 29)::integer END AS review
  FROM demo.person p
  CROSS JOIN LATERAL (SELECT demo.u('grade', p.person_no) AS u) d
  CROSS JOIN LATERAL (SELECT CASE WHEN d.u < 0.78 THEN 'MFD' WHEN d.u < 0.91 THEN 'MLD' ELSE 'MND' END AS grade,
                             CASE WHEN d.u < 0.78 THEN 24 WHEN d.u < 0.91 THEN 12 ELSE 6 END AS months) g
  WHERE p.current AND p.group_no < 3
), numbered AS (
  SELECT person_no, grade, months, review, review - floor(months * 30.4)::integer AS graded FROM graded
  UNION ALL
  SELECT person_no, CASE WHEN demo.u('grade before', person_no) < 0.6 THEN grade ELSE 'MFD' END, months,
         review - floor(months * 30.4)::integer + 10, review - floor(months * 60.8)::integer
  FROM graded WHERE review - floor(months * 60.8)::integer >= :'history_from'::date
)
INSERT INTO warehouse.medical_grading
SELECT 'P' || lpad(person_no::text, 7, '0'), graded, grade,
       CASE grade WHEN 'MFD' THEN NULL WHEN 'MLD' THEN (ARRAY['no load carrying', 'no climatic extremes', 'hearing protection', 'sedentary only'])[1 + person_no % 4]
                  ELSE (ARRAY['not to deploy', 'light duties', 'under rehabilitation'])[1 + person_no % 3] END,
       review, (graded + interval '16 hours')::timestamptz + CASE WHEN demo.u('late grading', person_no) < :late_event_rate THEN interval '20 days' ELSE interval '1 hour' END
FROM numbered;
