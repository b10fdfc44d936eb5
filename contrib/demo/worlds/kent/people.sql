-- The population as counts, and the people whom the services know.

-- ages of four kinds of place (1 young, 2 even, 3 old, 4 oldest) by single year
CREATE UNLOGGED TABLE demo.age AS
SELECT l.age_list, a.age, least(18, a.age / 5) AS five_years,
       CASE WHEN a.age < 5 THEN 1 WHEN a.age < 11 THEN 2 WHEN a.age < 18 THEN 3 WHEN a.age < 50 THEN 4 WHEN a.age < 65 THEN 5
            WHEN a.age < 80 THEN 6 ELSE 7 END AS band,
       w.weight / sum(w.weight) OVER (PARTITION BY l.age_list) AS share
FROM generate_series(0, 101) a (age)
CROSS JOIN (VALUES (1, -0.007), (2, 0.001), (3, 0.008), (4, 0.014)) l (age_list, tilt)
CROSS JOIN LATERAL (
  SELECT (ARRAY[5.5, 5.9, 6.3, 5.9, 5.5, 5.8, 6.3, 6.6, 6.4, 6.1, 6.6, 7.0, 6.4, 5.4, 5.1, 4.7, 3.2, 1.8, 1.0])[least(19, 1 + a.age / 5)]
         * exp(l.tilt * (a.age - 42)) * CASE WHEN a.age >= 95 THEN 0.3 ELSE 1 END AS weight) w;

CREATE TABLE warehouse.lsoa_population (lsoa_code text NOT NULL, snapshot_dt date NOT NULL, age_band text NOT NULL, sex_code text NOT NULL,
  people integer NOT NULL);
INSERT INTO warehouse.lsoa_population
SELECT a.area_code, date '2026-06-30', CASE WHEN g.five_years = 18 THEN '90+' ELSE (g.five_years * 5) || '-' || (g.five_years * 5 + 4) END, x.sex,
       demo.round_up_or_down(:scale * a.people * g.share * CASE WHEN x.sex = '2' THEN g.female ELSE 1 - g.female END,
                             demo.u('people ' || x.sex, a.area_no * 32 + g.five_years))
FROM demo.area a
JOIN (SELECT age_list, five_years, sum(share) AS share, 0.49 + 0.006 * greatest(0, five_years - 11) AS female
      FROM demo.age GROUP BY 1, 2) g USING (age_list)
CROSS JOIN (VALUES ('1'), ('2')) x (sex);

-- how much each age is referred follows from the services' shares of ages
CREATE UNLOGGED TABLE demo.propensity AS
SELECT n.band, n.referrals / p.people AS need
FROM (SELECT b AS band, sum(r.referrals * r.band_share[b]) AS referrals FROM demo.service_rule r CROSS JOIN generate_series(1, 7) b GROUP BY b) n
JOIN (SELECT g.band, sum(a.people * g.share) AS people FROM demo.area a JOIN demo.age g USING (age_list) GROUP BY g.band) p USING (band);

-- lists: 1-4 ages, 10 ethnic category, 30 + band services, 100 areas; deprived
-- areas are referred a tenth more
INSERT INTO demo.weight
SELECT g.age_list, g.age, g.share * n.need, 8192 FROM demo.age g JOIN demo.propensity n USING (band)
UNION ALL
SELECT 10, n, w, 4096 FROM (VALUES (1, 84.0), (2, 3.2), (3, 2.4), (4, 4.1), (5, 3.6), (6, 2.7)) v (n, w)
UNION ALL
SELECT 30 + b, r.service_no, r.referrals * r.band_share[b], 16384 FROM demo.service_rule r CROSS JOIN generate_series(1, 7) b WHERE r.band_share[b] > 0
UNION ALL
SELECT 100, a.area_no, a.people * a.refer_factor * CASE WHEN a.decile <= 3 THEN 1.1 ELSE 1 END * l.need, 65536
FROM demo.area a JOIN (SELECT age_list, sum(share * need) AS need FROM demo.age JOIN demo.propensity USING (band) GROUP BY 1) l USING (age_list);
\ir ../common/weighted.sql

CREATE UNLOGGED TABLE demo.person AS
SELECT q.*, demo.uid('person', q.person_no) AS person_uid, g.band,
       CASE WHEN demo.u('died', q.person_no) < (ARRAY[0, 0, 0, 0.004, 0.02, 0.05, 0.16])[g.band]
            THEN :'history_to'::date - 1 - floor(600 * demo.u('died on', q.person_no))::integer END AS died,
       :'history_to'::date - 1 - floor((g.age + demo.u('birthday', q.person_no)) * 365.25)::integer AS born,
       demo.u('sex', q.person_no) < CASE WHEN g.band <= 3 THEN 0.42 ELSE 0.57 END AS female
FROM (SELECT i.person_no, a.area_no, a.place_no, a.lot_no, a.decile, a.age_list
      FROM generate_series(1, round(:scale * :known_people)::integer) i (person_no)
      JOIN demo.slot s ON s.slot = demo.pick('area', i.person_no, 100, 65536)
      JOIN demo.area a ON a.area_no = s.item) q
JOIN demo.slot s ON s.slot = demo.pick('age', q.person_no, q.age_list, 8192)
JOIN demo.age g ON g.age_list = q.age_list AND g.age = s.item;
ANALYZE demo.person;

-- the master person index
CREATE TABLE warehouse.mpi (person_uid uuid NOT NULL, nhs_no text, dob date, dod date, sex_code text, ethnic_category text, lsoa_code text, postcode text,
  language_code text, interpreter_yn boolean, opt_out_yn boolean);
INSERT INTO warehouse.mpi
SELECT p.person_uid,
       CASE WHEN demo.u('bad number', p.person_no) < :bad_nhs_rate THEN demo.nhs_number_spoilt(n.number, demo.u('bad kind', p.person_no))
            WHEN demo.u('spaced number', p.person_no) < :spaced_nhs_rate
            THEN left(n.number, 3) || ' ' || substr(n.number, 4, 3) || ' ' || right(n.number, 4)
            ELSE n.number END,
       p.born, p.died,
       CASE WHEN demo.u('sex not known', p.person_no) < 0.001 THEN '0' WHEN p.female THEN '2' ELSE '1' END,
       (ARRAY['A', 'C', 'H', 'N', 'M', 'Z'])[e.item], a.area_code,
       CASE WHEN demo.u('no postcode', p.person_no) >= :missing_postcode_rate THEN
         a.postcode_area || 1 + p.area_no % 19 || CASE WHEN demo.u('postcode form', p.person_no) < 0.01 THEN '' ELSE ' ' END
         || p.area_no % 10 || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + p.area_no % 20, 1)
         || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + floor(demo.u('postcode unit', p.person_no) * 20)::integer, 1) END,
       CASE WHEN e.item <> 2 OR demo.u('language', p.person_no) < 0.6 THEN 'en' ELSE 'pl' END,
       e.item > 1 AND demo.u('interpreter', p.person_no) < 0.06,
       demo.u('opt out', p.person_no) < 0.05
FROM demo.person p
JOIN demo.area a USING (area_no)
JOIN demo.slot e ON e.slot = demo.pick('ethnic', p.person_no, 10, 4096)
-- some people are in the index twice and keep the other's number
CROSS JOIN LATERAL (SELECT CASE WHEN demo.u('double', p.person_no) < :duplicate_person_rate THEN p.person_no / 2 ELSE p.person_no END::bigint AS k OFFSET 0) k
-- OFFSET 0 keeps the number from being worked out again for each of its uses
CROSS JOIN LATERAL (SELECT demo.nhs_number(k.k) AS number OFFSET 0) n;
