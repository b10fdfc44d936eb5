-- Patients and their registrations. Persons 1 … registered are on a list today,
-- the rest have left or died within the three years; as many have joined, so
-- that the population at risk is steady.

-- ages by single year (an outer London borough's shape), list 1 even, 2 young, 3 old
INSERT INTO demo.weight
SELECT l.list_no, a.age, (ARRAY[6.6, 6.9, 6.8, 5.8, 5.6, 7.0, 7.9, 7.9, 7.5, 6.9, 6.4, 5.9, 5.0, 4.1, 3.6, 2.7, 1.9, 1.1, 0.5])[least(19, 1 + a.age / 5)]
       * exp(l.tilt * (a.age - 38)) * CASE WHEN a.age >= 95 THEN 0.3 ELSE 1 END, 8192
FROM generate_series(0, 101) a (age)
CROSS JOIN (VALUES (1, 0.0), (2, -0.008), (3, 0.008)) l (list_no, tilt);

-- ethnic category of the national data dictionary: A and the rest 71 to 29
INSERT INTO demo.weight
SELECT 10, n, w, 10000
FROM (VALUES (1, 71.0), (2, 11.2), (3, 6.1), (4, 3.0), (5, 3.0), (6, 2.2), (7, 1.6), (8, 1.9)) v (n, w);
\ir ../common/weighted.sql

-- who is on which list: lists are filled in a drawn order, so that a person's
-- number tells nothing about the practice
CREATE UNLOGGED TABLE demo.listed AS
SELECT i.person_no, p.practice_no, i.registered, demo.u('sex', i.person_no) < 0.51 AS female,
       CASE p.age_profile WHEN 'even' THEN 1 WHEN 'young' THEN 2 ELSE 3 END AS age_list
FROM (SELECT g AS person_no, true AS registered, (row_number() OVER (ORDER BY demo.u('list', g), g))::integer AS place
      FROM generate_series(1, round(:scale * :registered)::integer) g
      UNION ALL
      SELECT g, false, 1 + floor(demo.u('list', g) * round(:scale * :registered))::integer
      FROM generate_series(round(:scale * :registered)::integer + 1,
                           round(:scale * :registered * (1 + :left_share))::integer) g) i
JOIN (SELECT practice_no, age_profile, generate_series(first_person + 1, last_person) AS place FROM demo.practice) p
  ON p.place = i.place;
ANALYZE demo.listed;

CREATE UNLOGGED TABLE demo.person AS
SELECT p.person_no, p.practice_no, p.registered, p.band, p.female, p.area_no, p.born, p.joined,
       -- those who left did so within the history
       CASE WHEN NOT p.registered
            THEN greatest(p.joined + 1, :'history_from'::date + floor(demo.u('leaves', p.person_no) * 1095)::integer) END AS left_on,
       demo.u('msk', p.person_no) < (ARRAY[0.07, 0.26, 0.46, 0.61, 0.70])[p.band] AS msk
FROM (
  SELECT q.person_no, q.practice_no, q.registered, area.item AS area_no, q.female,
         CASE WHEN age.item < 18 THEN 1 WHEN age.item < 40 THEN 2 WHEN age.item < 60 THEN 3 WHEN age.item < 75 THEN 4 ELSE 5 END AS band,
         b.born,
         greatest(b.born,
           CASE WHEN demo.u('joined lately', q.person_no) < :left_share
                THEN :'history_from'::date + floor(demo.u('joined', q.person_no) * 1095)::integer
                ELSE :'history_from'::date - 1 - floor(-ln(1 - demo.u('joined before', q.person_no)) * 3300)::integer END) AS joined
  FROM demo.listed q
  JOIN demo.slot age ON age.slot = demo.pick('age', q.person_no, q.age_list, 8192)
  JOIN demo.slot area ON area.slot = demo.pick('area', q.person_no, 100 + q.practice_no, 4096)
  CROSS JOIN LATERAL (SELECT :'history_to'::date - 1 - floor((age.item + demo.u('birthday', q.person_no)) * 365.25)::integer AS born) b
) p;
CREATE INDEX ON demo.person (person_no);
ANALYZE demo.person;

CREATE TABLE warehouse.patient (patient_id bigint NOT NULL, nhs_no text, dob date, dod date, gender_code text, ethnic_code text,
  lsoa_code text, postcode text, language_code text, interpreter_yn boolean, opt_out_yn boolean);
INSERT INTO warehouse.patient
SELECT p.person_no,
       CASE WHEN demo.u('bad number', p.person_no) < :bad_nhs_rate
                 * CASE WHEN p.practice_no = :bad_number_practice THEN :bad_number_factor ELSE 1 END
            THEN demo.nhs_number_spoilt(n.number, demo.u('bad kind', p.person_no))
            WHEN demo.u('spaced number', p.person_no) < :spaced_nhs_rate
            THEN left(n.number, 3) || ' ' || substr(n.number, 4, 3) || ' ' || right(n.number, 4)
            ELSE n.number END,
       p.born,
       CASE WHEN NOT p.registered AND demo.u('died', p.person_no) < (ARRAY[0.002, 0.005, 0.02, 0.12, 0.45])[p.band] THEN p.left_on END,
       CASE WHEN demo.u('sex not known', p.person_no) < 0.0005 THEN 'X' WHEN p.female THEN 'F' ELSE 'M' END,
       (ARRAY['A', 'H', 'L', 'J', 'N', 'M', 'F', 'S'])[e.item],
       a.area_code,
       CASE WHEN demo.u('no postcode', p.person_no) >= :missing_postcode_rate THEN
         'HA' || 1 + p.area_no % 9
         || CASE WHEN demo.u('postcode form', p.person_no) < 0.01 THEN '' ELSE ' ' END
         || p.area_no % 10 || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + p.area_no % 20, 1)
         || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + floor(demo.u('postcode unit', p.person_no) * 20)::integer, 1) END,
       CASE WHEN e.item = 1 OR demo.u('language', p.person_no) < 0.7 THEN 'en'
            ELSE (ARRAY['en', 'gu', 'ta', 'ur', 'so', 'en', 'en', 'ar'])[e.item] END,
       e.item > 1 AND demo.u('interpreter', p.person_no) < 0.09,
       demo.u('opt out', p.person_no) < 0.05
FROM demo.person p
JOIN demo.area a USING (area_no)
JOIN demo.slot e ON e.slot = demo.pick('ethnic', p.person_no, 10, 10000)
-- some departed patients were registered twice and keep the other's number
CROSS JOIN LATERAL (SELECT CASE WHEN NOT p.registered AND demo.u('double', p.person_no) < :duplicate_person_rate
                                THEN p.person_no / 2 ELSE p.person_no END::bigint AS k OFFSET 0) k
-- OFFSET 0 keeps the number from being worked out again for each of its uses
CROSS JOIN LATERAL (SELECT demo.nhs_number(k.k) AS number OFFSET 0) n;

-- a new estate beside the full practice: people who are on no list yet
INSERT INTO warehouse.patient
SELECT p.person_no, demo.nhs_number(p.person_no), :'history_to'::date - 1 - floor(demo.u('newcomer age', p.person_no) * 70 * 365.25)::integer,
       NULL, CASE WHEN demo.u('sex', p.person_no) < 0.51 THEN 'F' ELSE 'M' END, 'A', a.lsoa_code, NULL, 'en', false, false
FROM generate_series((SELECT max(patient_id) FROM warehouse.patient) + 1, (SELECT max(patient_id) FROM warehouse.patient) + greatest(round(:newcomers * :scale), 10)::integer) AS p (person_no)
JOIN (SELECT t.lsoa_code, row_number() OVER (ORDER BY t.minutes, t.lsoa_code) AS place
      FROM warehouse.travel_time t WHERE t.travel_mode = 'CAR' AND t.site_code = 'S' || lpad(:'full_practice', 2, '0')) a
  ON a.place = 1 + p.person_no % 2;

-- current and past registrations; some moved here from another of the practices
CREATE TABLE warehouse.gp_registration (patient_id bigint NOT NULL, practice_site text NOT NULL, reg_from date NOT NULL, reg_to date);
INSERT INTO warehouse.gp_registration
SELECT person_no, 'S' || lpad(practice_no::text, 2, '0'), joined, left_on FROM demo.person
UNION ALL
SELECT person_no, 'S' || lpad((1 + (practice_no + floor(demo.u('practice before', person_no) * 31)::integer) % 33)::text, 2, '0'),
       joined - 1 - floor(demo.u('time before', person_no) * 2500)::integer, joined
FROM demo.person
WHERE joined > :'history_from'::date AND joined - born > 2600 AND demo.u('moved within', person_no) < 0.15;

-- people of the areas by five-year age band: the registered ones
CREATE TABLE warehouse.lsoa_population (lsoa_code text NOT NULL, snapshot_dt date NOT NULL, age_band text NOT NULL, gender_code text NOT NULL,
  people integer NOT NULL);
INSERT INTO warehouse.lsoa_population
SELECT a.area_code, :'history_to'::date,
       CASE WHEN n >= 18 THEN '90+' ELSE (n * 5) || '-' || (n * 5 + 4) END, CASE WHEN p.female THEN 'F' ELSE 'M' END, count(*)
FROM (SELECT area_no, female, floor((:'history_to'::date - born) / 365.2425 / 5)::integer AS n FROM demo.person WHERE registered) p
JOIN demo.area a USING (area_no)
GROUP BY 1, 3, 4;
