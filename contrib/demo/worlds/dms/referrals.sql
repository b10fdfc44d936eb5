-- Who is referred where and when. The first generation comes out of general
-- practice's consultations, later ones out of the first appointments of earlier
-- ones: rehabilitation facility, injury assessment clinic, course or surgery,
-- national centre.

CREATE UNLOGGED TABLE demo.seed (generation integer, ref_key bigint, root_key bigint, person_no integer, medical_no integer,
  service_no integer, source text, from_site_no integer, consulted timestamptz, received timestamptz);
CREATE UNLOGGED TABLE demo.referral (ref_key bigint, root_key bigint, person_no integer, medical_no integer, service_no integer,
  site_no integer, clinic_no integer, source text, from_site_no integer, consulted timestamptz, received timestamptz, urgent boolean,
  fate text, decided timestamptz, try_day date, fail text, first_day date, follow_ups integer);

-- four referrals of a consultation's person are enough for any chain: the key of
-- a later one is that of the first and its service's number
INSERT INTO demo.seed
SELECT 1, c.key * 16 + s.service_no, c.key * 16 + s.service_no, c.person_no, c.medical_no, s.service_no, 'MO', c.medical_no, c.at,
       c.at + (1 + floor(demo.u('letter', c.key) * 26)) * interval '1 hour'
FROM (SELECT n.key, n.person_no, n.medical_no, demo.u('refers', n.key) AS draw,
             ((n.day + demo.time_of_day(demo.u('consulted', n.key), 8.5, 16)) AT TIME ZONE m.time_zone) AS at
      FROM demo.consultation n JOIN demo.medical m USING (medical_no)
      WHERE n.service_no = 1 AND n.status = 'attended' AND n.group_no < 3) c
JOIN (VALUES (5, 0, 0.240), (8, 0.240, 0.290), (9, 0.290, 0.320)) s (service_no, low, high) ON c.draw >= s.low AND c.draw < s.high;
-- some go to the rehabilitation facility without asking the doctor
UPDATE demo.seed SET source = 'SELF', consulted = NULL, from_site_no = NULL
WHERE service_no = 5 AND demo.u('own idea', ref_key) < 0.12;

\set generation 1
\ir first_contact.sql

INSERT INTO demo.seed
SELECT 2, f.ref_key - 5 + 6, f.root_key, f.person_no, f.medical_no, 6, 'PCRF', f.site_no, f.consulted,
       (f.first_day + 7 + floor(35 * demo.u('onward after', f.ref_key))::integer + interval '14 hours')::timestamptz
FROM demo.referral f
WHERE f.service_no = 5 AND f.first_day IS NOT NULL AND demo.u('onward', f.ref_key) < 0.14;

\set generation 2
\ir first_contact.sql

INSERT INTO demo.seed
SELECT 3, f.ref_key - 6 + s.service_no, f.root_key, f.person_no, f.medical_no, s.service_no, 'RRU', f.site_no, f.consulted,
       (f.first_day + 1 + floor(9 * demo.u('onward after', f.ref_key))::integer + interval '15 hours')::timestamptz
FROM (SELECT *, demo.u('onward', ref_key) AS draw FROM demo.referral WHERE service_no = 6 AND first_day IS NOT NULL) f
JOIN (VALUES (7, 0, 0.42), (10, 0.42, 0.62), (11, 0.62, 0.78), (12, 0.78, 0.83)) s (service_no, low, high) ON f.draw >= s.low AND f.draw < s.high;

\set generation 3
\ir first_contact.sql

INSERT INTO demo.seed
SELECT 4, f.ref_key - 10 + s.service_no, f.root_key, f.person_no, f.medical_no, s.service_no, 'CONS', f.site_no, f.consulted,
       (f.first_day + 30 + floor(40 * demo.u('onward after', f.ref_key))::integer + interval '15 hours')::timestamptz
FROM (SELECT *, demo.u('onward', ref_key) AS draw FROM demo.referral WHERE service_no = 10 AND first_day IS NOT NULL) f
JOIN (VALUES (11, 0, 0.35), (12, 0.35, 0.60)) s (service_no, low, high) ON f.draw >= s.low AND f.draw < s.high;

\set generation 4
\ir first_contact.sql
