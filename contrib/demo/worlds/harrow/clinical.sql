-- What is known of patients, what they report, who is due to be seen again, and
-- demand that is no referral.

CREATE TABLE warehouse.gp_problem (problem_id bigint NOT NULL, patient_id bigint NOT NULL, coded_dt timestamptz NOT NULL, snomed_code bigint NOT NULL,
  source_activity bigint, list_position integer);
-- disorders by age: up to two of the musculoskeletal list for those who have one
INSERT INTO warehouse.gp_problem
SELECT row_number() OVER (ORDER BY x.coded, x.person_no, x.code, x.place, x.activity_id), x.person_no, x.coded::timestamptz, x.code, x.activity_id, x.place
FROM (
  (SELECT DISTINCT ON (p.person_no, m.code) p.person_no, m.code, NULL::bigint AS activity_id, n AS place,
         greatest(p.born + 1, :'history_to'::date - 1 - floor(-ln(1 - demo.u('coded', p.person_no * 8 + n)) * 2200)::integer)
           + demo.time_of_day(demo.u('coded at', p.person_no * 8 + n), 8, 18) AS coded
  FROM demo.person p
  CROSS JOIN generate_series(1, 2) n
  CROSS JOIN LATERAL (SELECT CASE WHEN p.band <= 2 THEN
             (ARRAY[279039007, 279039007, 279039007, 45326000, 45326000, 81680005, 57676002, 57406009, 69896004, 125605004])
               [1 + floor(10 * demo.u('problem', p.person_no * 8 + n))::integer]
           WHEN p.band = 3 THEN
             (ARRAY[279039007, 279039007, 239873007, 239873007, 45326000, 45326000, 399114005, 57406009, 69896004, 239872002])
               [1 + floor(10 * demo.u('problem', p.person_no * 8 + n))::integer]
           ELSE
             (ARRAY[239873007, 239873007, 239873007, 239872002, 239872002, 279039007, 45326000, 64859006, 64859006, 69896004])
               [1 + floor(10 * demo.u('problem', p.person_no * 8 + n))::integer] END AS code) m
  WHERE p.msk AND (n = 1 OR demo.u('second', p.person_no) < 0.3)
  ORDER BY p.person_no, m.code, n)
  UNION ALL   -- comorbidity: diabetes and raised blood pressure
  SELECT p.person_no, c.code, NULL, c.place,
         greatest(p.born + 1, :'history_to'::date - 1 - floor(-ln(1 - demo.u('coded', p.person_no * 8 + c.place)) * 2900)::integer) + interval '12 hours'
  FROM demo.person p
  CROSS JOIN (VALUES (44054006, 4, '{0,0.02,0.10,0.19,0.22}'::double precision[]), (38341003, 5, '{0,0.03,0.18,0.42,0.60}')) c (code, place, share)
  WHERE demo.u('comorbid', p.person_no * 8 + c.place) < c.share[p.band]
  UNION ALL   -- fractures seen at the emergency door
  SELECT a.person_no, CASE WHEN demo.u('bone', a.ref_key) < 0.35 THEN 263199001 WHEN demo.u('bone', a.ref_key) < 0.6 THEN 16114001
                           WHEN p.band = 5 THEN 5913000 ELSE 125605004 END, a.activity_id, 1, (a.starts + interval '2 hours')::timestamp
  FROM demo.activity a JOIN demo.person p USING (person_no) WHERE a.service_no = 11 AND demo.u('fracture', a.ref_key) < 0.30
) x;

CREATE TABLE warehouse.prom (patient_id bigint NOT NULL, tool text NOT NULL, completed_dt date NOT NULL, referral_id bigint, stage_code text NOT NULL, score numeric(6,2) NOT NULL);
INSERT INTO warehouse.prom
SELECT DISTINCT ON (x.person_no, x.tool, x.done) x.person_no, x.tool, x.done, x.referral_id, x.stage, round(x.score::numeric)
FROM (
  SELECT p.person_no, t.tool, s.stage, p.referral_id, CASE s.stage WHEN 'B' THEN p.first_day ELSE p.closed::date END AS done,
         least(t.best, greatest(0, t.middle + t.spread * demo.normal('score', p.ref_key)
           + CASE s.stage WHEN 'B' THEN 0 ELSE t.gain + 0.5 * t.spread * demo.normal('gain', p.ref_key) END)) AS score
  FROM demo.pathway p
  JOIN (VALUES (1, 'MSK-HQ', 24.0, 8.0, 9.0, 56.0, 0.42, false), (1, 'EQ-5D-VAS', 58, 16, 9, 100, 0.25, false),
               (8, 'OXFORD', 19, 7, 17, 48, 0.75, true)) t (service_no, tool, middle, spread, gain, best, share, operated) USING (service_no)
  CROSS JOIN (VALUES ('B'), ('D')) s (stage)
  WHERE p.first_day >= :'history_from'::date AND p.first_day < :'history_to'::date
    AND (NOT t.operated OR p.procedure_kind = 'IP')
    AND demo.u('asked ' || t.tool, p.ref_key) < t.share
    AND (s.stage = 'B' OR p.closed < :'history_to'::timestamptz AND demo.u('answers ' || t.tool, p.ref_key) < 0.68)
) x ORDER BY x.person_no, x.tool, x.done, x.referral_id, x.stage;

-- reviews due after the last contact of long conditions and of operations
CREATE TABLE warehouse.recall_list (recall_no bigint NOT NULL, patient_id bigint NOT NULL, service_code text NOT NULL, recall_type text NOT NULL,
  due_dt date NOT NULL, booked_activity bigint, done_dt date);
INSERT INTO warehouse.recall_list
SELECT row_number() OVER (ORDER BY x.due, x.ref_key), x.person_no, r.service_code, x.kind, x.due, NULL,
       CASE WHEN x.due + x.slip < :'history_to'::date AND demo.u('recalled', x.ref_key) < 0.86 THEN x.due + x.slip END
FROM (
  SELECT ref_key, person_no, service_no, CASE service_no WHEN 8 THEN 'annual joint review' ELSE 'rheumatology review' END AS kind,
         closed::date + CASE service_no WHEN 8 THEN 365 ELSE 182 END AS due,
         floor(-7 + 45 * demo.u('slip', ref_key) ^ 2)::integer AS slip
  FROM demo.pathway
  WHERE closed < 'infinity' AND first_day IS NOT NULL
    AND (service_no = 9 OR service_no = 3 AND demo.u('reviewed', ref_key) < 0.4 OR procedure_kind = 'IP')
) x JOIN demo.service_rule r USING (service_no)
WHERE x.due >= :'history_from'::date AND x.due < :'history_to'::date + 365;

-- calls and online requests: for first-contact appointments and to the single
-- point of access
CREATE TABLE warehouse.contact_log (log_no bigint NOT NULL, logged_ts timestamptz NOT NULL, site_code text NOT NULL, service_code text,
  patient_id bigint, channel_code text, outcome_code text);
INSERT INTO warehouse.contact_log
SELECT row_number() OVER (ORDER BY x.received, x.ref_key), x.received, s.site_code, r.service_code,
       CASE WHEN demo.u('known caller', x.ref_key) < 0.96 THEN x.person_no END,
       CASE WHEN demo.u('channel', x.ref_key) < 0.62 THEN 'PHONE' WHEN demo.u('channel', x.ref_key) < 0.92 THEN 'ONLINE' ELSE 'DESK' END, x.outcome
FROM (
  SELECT ref_key, received, person_no, site_no, service_no, 'BOOKED' AS outcome FROM demo.referral
  WHERE service_no = 5 AND received >= :'history_from'::timestamptz
  UNION ALL   -- as many again in four who were not booked
  SELECT ref_key, received + interval '20 minutes', person_no, site_no, service_no,
         CASE WHEN demo.u('not booked', ref_key) < 0.10 THEN 'REDIRECTED' WHEN demo.u('not booked', ref_key) < 0.20 THEN 'NOSLOT' ELSE 'HUNGUP' END
  FROM demo.referral WHERE service_no = 5 AND received >= :'history_from'::timestamptz AND demo.u('not booked', ref_key) < 0.25
  UNION ALL
  SELECT ref_key, received, person_no, 34, 1, 'BOOKED' FROM demo.referral
  WHERE service_no = 1 AND source = 'SELF' AND received >= :'history_from'::timestamptz
) x JOIN demo.site s USING (site_no) JOIN demo.service_rule r USING (service_no);
