-- The mart's own fact tables: consultations, referred appointments, dental
-- appointments, courses and stays, referrals and their events.

-- numbers of referrals in the order of time, as a source system would give them
CREATE UNLOGGED TABLE demo.pathway AS
SELECT row_number() OVER (ORDER BY x.received, x.ref_key)::bigint AS referral_no, x.*
FROM (
  SELECT f.*, d.last_day,
         CASE WHEN f.fate IN ('returned', 'redirected') THEN f.decided
              WHEN f.fate = 'withdrawn' THEN f.decided + interval '9 days'
              WHEN f.service_no IN (7, 11) THEN coalesce((c.ends + interval '16 hours')::timestamptz, 'infinity')
              WHEN f.service_no = 12 THEN coalesce(y.left_at, 'infinity')
              WHEN f.first_day IS NULL THEN (f.try_day + 5 + interval '15 hours')::timestamptz
              ELSE (d.last_day + 1 + floor(5 * demo.u('letter', f.ref_key))::integer + interval '18 hours')::timestamptz END AS closed
  FROM demo.referral f
  LEFT JOIN (SELECT ref_key, max(coalesce(final_day, try_day)) AS last_day FROM demo.visit GROUP BY 1) d USING (ref_key)
  LEFT JOIN demo.on_course c USING (ref_key)
  LEFT JOIN demo.stay y USING (ref_key)
) x
WHERE x.closed >= :'history_from'::timestamptz AND x.received < :'history_to'::timestamptz;
CREATE INDEX ON demo.pathway (ref_key);
ANALYZE demo.pathway;

CREATE TABLE warehouse.fact_referral (referral_id text NOT NULL, person_id text NOT NULL, pathway_id text, received_ts timestamptz NOT NULL, letter_ts timestamptz,
  consulted_ts timestamptz, source_code text, from_facility text, reason_snomed bigint, priority_code text, service_code text, facility_code text,
  state_code text NOT NULL, triaged_ts timestamptz, closed_ts timestamptz, closure text, remote_ok boolean);
INSERT INTO warehouse.fact_referral
SELECT 'R' || lpad(p.referral_no::text, 7, '0'), 'P' || lpad(p.person_no::text, 7, '0'), 'R' || lpad(root.referral_no::text, 7, '0'), p.received,
       p.received - floor(20 * demo.u('letter sent', p.ref_key)) * interval '10 minutes', p.consulted, p.source, t.site_code,
       CASE WHEN p.service_no = 8 THEN (ARRAY[35489007, 47505003, 17226007, 197480006])[1 + floor(4 * demo.u('reason', p.root_key))::integer]
            WHEN p.service_no = 9 THEN NULL
            ELSE (ARRAY[279039007, 279039007, 279039007, 45326000, 45326000, 30989003, 30989003, 44465007, 81680005, 57676002])[1 + floor(10 * demo.u('reason', p.root_key))::integer] END,
       CASE WHEN demo.u('odd priority', p.ref_key) < :unmapped_code_rate THEN 'SOON' WHEN p.urgent THEN 'U' ELSE 'R' END,
       r.service_code, s.site_code,
       CASE WHEN p.closed >= :'history_to'::timestamptz THEN 'OPEN' WHEN p.fate = 'returned' THEN 'RETURNED' WHEN p.fate = 'redirected' THEN 'REDIRECTED' ELSE 'CLOSED' END,
       CASE WHEN p.fate = 'accepted' AND p.decided < :'history_to'::timestamptz THEN p.decided END,
       CASE WHEN p.closed < :'history_to'::timestamptz THEN p.closed END,
       CASE WHEN p.closed >= :'history_to'::timestamptz THEN NULL WHEN p.fate = 'returned' THEN 'returned with advice'
            WHEN p.fate = 'redirected' THEN 'another service' WHEN p.fate = 'withdrawn' THEN 'no longer needed'
            WHEN p.service_no NOT IN (7, 11, 12) AND p.first_day IS NULL THEN 'did not attend' ELSE 'treatment complete' END,
       p.service_no IN (5, 8, 9) AND demo.u('remote', p.person_no) < 0.6
FROM demo.pathway p
LEFT JOIN demo.pathway root ON root.ref_key = p.root_key
JOIN demo.service_rule r ON r.service_no = p.service_no
JOIN demo.site s ON s.site_no = p.site_no
LEFT JOIN demo.site t ON t.site_no = p.from_site_no;

-- ---- consultations ------------------------------------------------------------------
CREATE TABLE warehouse.fact_consultation (consultation_id text NOT NULL, person_id text NOT NULL, facility_code text, service_code text NOT NULL,
  staff_number text, session_id text, start_ts timestamptz NOT NULL, minutes integer, contact_type text NOT NULL, delivery text, attendance text NOT NULL,
  booked_ts timestamptz, cancelled_ts timestamptz, unit_cost numeric(8,2));
INSERT INTO warehouse.fact_consultation
SELECT 'A' || lpad((row_number() OVER (ORDER BY a.starts, a.key))::text, 8, '0'), 'P' || lpad(a.person_no::text, 7, '0'), s.site_code, r.service_code,
       'W' || lpad(w.staff_no::text, 4, '0'), 'S' || lpad(a.session_no::text, 7, '0'), a.starts,
       CASE WHEN a.status = 'attended' THEN a.slot_minutes END, CASE WHEN demo.u('new problem', a.key) < 0.62 THEN 'NEW' ELSE 'REV' END,
       CASE WHEN d.draw < d.remote * 0.88 THEN 'TEL' WHEN d.draw < d.remote THEN 'VID' ELSE 'FTF' END,
       CASE a.status WHEN 'attended' THEN 'ATT' WHEN 'missed' THEN 'DNA' WHEN 'cancelled by person' THEN 'CXP' WHEN 'cancelled by provider' THEN 'CXH' ELSE 'BKD' END,
       a.booked_at, a.cancelled_at, CASE WHEN a.status = 'attended' THEN round(a.slot_minutes / 60.0 * r.hourly * 1.8, 2) END
FROM demo.placed a
JOIN demo.service_rule r USING (service_no)
JOIN demo.site s USING (site_no)
LEFT JOIN demo.session_staff w USING (session_no)
CROSS JOIN LATERAL (SELECT demo.u('delivery', a.key) AS draw,
                           :remote_share * CASE WHEN a.site_no = :face_to_face_site THEN :face_to_face_factor ELSE exp(0.08 * demo.normal('remote', a.site_no)) END AS remote) d
WHERE a.source = 1;

-- ---- appointments of referrals -------------------------------------------------------
CREATE TABLE warehouse.fact_specialist_contact (contact_id text NOT NULL, person_id text NOT NULL, referral_id text, facility_code text, service_code text NOT NULL,
  staff_number text, session_id text, contact_ts timestamptz NOT NULL, minutes integer, contact_type text NOT NULL, delivery text, attendance text NOT NULL,
  booked_ts timestamptz, cancelled_ts timestamptz, outcome text, unit_cost numeric(8,2));
CREATE UNLOGGED TABLE demo.contact AS
SELECT row_number() OVER (ORDER BY a.starts, a.key, a.seq, a.try)::bigint AS contact_no, a.*, p.referral_no,
       CASE WHEN a.service_no = 10 AND a.seq = 1 THEN 'OP' WHEN a.seq = 0 THEN 'ASM'
            WHEN a.service_no = 5 AND demo.u('class', a.key * 16 + a.seq) < 0.22 THEN 'GRP' ELSE 'REV' END AS contact_type
FROM demo.placed a LEFT JOIN demo.pathway p ON p.ref_key = a.key
WHERE a.source = 2;
CREATE INDEX ON demo.contact (key);
ANALYZE demo.contact;
INSERT INTO warehouse.fact_specialist_contact
SELECT 'B' || lpad(a.contact_no::text, 8, '0'), 'P' || lpad(a.person_no::text, 7, '0'), 'R' || lpad(a.referral_no::text, 7, '0'), s.site_code, r.service_code,
       'W' || lpad(w.staff_no::text, 4, '0'), 'S' || lpad(a.session_no::text, 7, '0'), a.starts,
       CASE WHEN a.status = 'attended' THEN a.slot_minutes END, a.contact_type,
       CASE WHEN a.contact_type = 'GRP' THEN 'GRP' WHEN a.contact_type = 'OP' OR a.service_no IN (6, 10) THEN 'FTF'
            WHEN demo.u('delivery', a.key * 16 + a.seq) < CASE WHEN a.seq = 0 THEN 0.08 ELSE 0.22 END THEN CASE a.service_no WHEN 8 THEN 'VID' ELSE 'TEL' END ELSE 'FTF' END,
       CASE a.status WHEN 'attended' THEN 'ATT' WHEN 'missed' THEN 'DNA' WHEN 'cancelled by person' THEN 'CXP' WHEN 'cancelled by provider' THEN 'CXH' ELSE 'BKD' END,
       a.booked_at, a.cancelled_at, CASE WHEN a.status = 'attended' THEN CASE WHEN a.contact_type = 'OP' THEN 'OPERATED' ELSE 'SEEN' END END,
       CASE WHEN a.status = 'attended' THEN CASE WHEN a.contact_type = 'OP' THEN 2400 ELSE round(a.slot_minutes / 60.0 * r.hourly * 1.8, 2) END END
FROM demo.contact a
JOIN demo.service_rule r USING (service_no)
JOIN demo.site s USING (site_no)
LEFT JOIN demo.session_staff w USING (session_no);

-- ---- dental appointments, and emergencies ------------------------------------------------
CREATE TABLE warehouse.fact_dental (dental_id text NOT NULL, person_id text NOT NULL, facility_code text, staff_number text, session_id text,
  start_ts timestamptz NOT NULL, minutes integer, contact_type text NOT NULL, attendance text NOT NULL, booked_ts timestamptz, cancelled_ts timestamptz, unit_cost numeric(8,2));
CREATE UNLOGGED TABLE demo.dental_row AS
SELECT row_number() OVER (ORDER BY x.starts, x.key, x.seq)::bigint AS dental_no, x.*
FROM (SELECT key, seq, person_no, site_no, session_no, starts, slot_minutes, status, booked_at, cancelled_at FROM demo.placed WHERE source = 3
      UNION ALL
      SELECT key, 8, person_no, site_no, NULL, at, 30, 'attended', NULL, NULL FROM demo.dental_emergency WHERE draw < 0.85) x;
INSERT INTO warehouse.fact_dental
SELECT 'D' || lpad(a.dental_no::text, 8, '0'), 'P' || lpad(a.person_no::text, 7, '0'), s.site_code, 'W' || lpad(w.staff_no::text, 4, '0'),
       'S' || lpad(a.session_no::text, 7, '0'), a.starts, CASE WHEN a.status = 'attended' THEN a.slot_minutes END,
       CASE WHEN a.seq IN (0, 6, 7) THEN 'INSP' WHEN a.seq = 8 THEN 'EMERG' ELSE 'TREAT' END,
       CASE a.status WHEN 'attended' THEN 'ATT' WHEN 'missed' THEN 'DNA' WHEN 'cancelled by person' THEN 'CXP' WHEN 'cancelled by provider' THEN 'CXH' ELSE 'BKD' END,
       a.booked_at, a.cancelled_at, CASE WHEN a.status = 'attended' THEN a.slot_minutes * 2.1 END
FROM demo.dental_row a JOIN demo.site s USING (site_no) LEFT JOIN demo.session_staff w USING (session_no);

-- what is due: inspections held and open ones, and primary care's follow-ups
CREATE TABLE warehouse.recall_register (recall_id text NOT NULL, person_id text NOT NULL, service_code text NOT NULL, recall_reason text NOT NULL,
  due_date date NOT NULL, booked_ref text, done_date date);
INSERT INTO warehouse.recall_register
SELECT 'C' || lpad((row_number() OVER (ORDER BY x.due, x.person_no, x.reason, x.done))::text, 8, '0'), 'P' || lpad(x.person_no::text, 7, '0'), x.service, x.reason, x.due,
       'D' || lpad(x.dental_no::text, 8, '0'), x.done
FROM (
  SELECT i.person_no, 'DENT' AS service, 'inspection' AS reason, i.due, NULL::date AS done, d.dental_no
  FROM demo.inspection i
  LEFT JOIN (SELECT person_no, min(dental_no) AS dental_no FROM demo.dental_row WHERE seq = 7 GROUP BY 1) d USING (person_no)
  UNION ALL
  SELECT person_no, 'DENT', 'inspection', due, day, NULL FROM demo.inspected
  UNION ALL
  SELECT person_no, 'NURS', kind, due, done, NULL FROM demo.follow_up_due
) x;

-- ---- courses, stays ------------------------------------------------------------------------
CREATE TABLE warehouse.course_attendance (person_id text NOT NULL, course_code text NOT NULL, referral_id text, attendance_state text NOT NULL);
INSERT INTO warehouse.course_attendance
SELECT 'P' || lpad(c.person_no::text, 7, '0'), 'C' || lpad(c.course_no::text, 4, '0'), 'R' || lpad(p.referral_no::text, 7, '0'),
       CASE WHEN c.withdraws THEN 'WITHDRAWN' WHEN c.starts >= :'history_to'::date + 42 THEN 'LISTED' WHEN c.starts >= :'history_to'::date THEN 'OFFERED'
            WHEN c.ends >= :'history_to'::date THEN 'STARTED' WHEN c.leaves_early THEN 'WITHDRAWN' ELSE 'COMPLETED' END
FROM demo.on_course c JOIN demo.pathway p USING (ref_key)
WHERE c.ends >= :'history_from'::date;

CREATE TABLE warehouse.fact_residential (stay_id text NOT NULL, person_id text NOT NULL, referral_id text, facility_code text NOT NULL, service_code text NOT NULL,
  stay_type text NOT NULL, stay_state text NOT NULL, admit_ts timestamptz NOT NULL, discharge_ts timestamptz, expected_discharge date, booked_ts timestamptz, stay_cost numeric(9,2));
INSERT INTO warehouse.fact_residential
SELECT 'E' || lpad((row_number() OVER (ORDER BY x.admitted, x.ref_key))::text, 7, '0'), 'P' || lpad(x.person_no::text, 7, '0'), 'R' || lpad(p.referral_no::text, 7, '0'),
       s.site_code, r.service_code, x.stay_type, CASE WHEN x.admitted < :'history_to'::timestamptz THEN 'IN' ELSE 'PLANNED' END, x.admitted,
       CASE WHEN x.left_at < :'history_to'::timestamptz THEN x.left_at END, x.left_at::date + CASE WHEN x.stay_type = 'BED' THEN floor(6 * demo.u('expected', x.ref_key))::integer - 4 ELSE 0 END,
       least(x.received + interval '2 days', x.admitted - interval '1 hour', :'history_to'::timestamptz - interval '1 hour'),
       CASE WHEN x.admitted < :'history_to'::timestamptz THEN CASE x.stay_type WHEN 'BED' THEN 410 * x.days ELSE 2900 END END
FROM (
  SELECT y.ref_key, y.person_no, y.site_no, y.service_no, y.received, y.admitted, y.left_at, y.days, 'BED' AS stay_type FROM demo.stay y
  UNION ALL
  SELECT c.ref_key, c.person_no, c.site_no, c.service_no, f.received, (c.starts + interval '9 hours')::timestamptz, (c.ends + interval '15 hours')::timestamptz, 19, 'COURSE'
  FROM demo.on_course c JOIN demo.referral f USING (ref_key) WHERE NOT c.withdraws AND c.starts < :'history_to'::date + :booked_ahead
) x JOIN demo.pathway p USING (ref_key) JOIN demo.site s ON s.site_no = x.site_no JOIN demo.service_rule r ON r.service_no = x.service_no;

-- ---- events of referrals ----------------------------------------------------------------------
CREATE TABLE warehouse.referral_event (event_id text NOT NULL, referral_id text NOT NULL, event_ts timestamptz NOT NULL, event_code text NOT NULL, contact_id text, recorded_ts timestamptz NOT NULL);
INSERT INTO warehouse.referral_event
SELECT 'V' || lpad((row_number() OVER (ORDER BY e.at, e.referral_no, e.code))::text, 8, '0'), 'R' || lpad(e.referral_no::text, 7, '0'), e.at, e.code,
       'B' || lpad(e.contact_no::text, 8, '0'),
       date_trunc('minute', e.at + CASE WHEN demo.u('late entry', e.referral_no * 4 + e.rank) < :late_event_rate
                   THEN (8 + 40 * demo.u('late by', e.referral_no * 4 + e.rank)) * interval '1 day'
                   ELSE demo.u('entered', e.referral_no * 4 + e.rank) * interval '20 hours' END)
FROM (
  SELECT referral_no, decided AS at, CASE fate WHEN 'accepted' THEN 'ACC' WHEN 'returned' THEN 'RET' WHEN 'redirected' THEN 'RDR' ELSE 'WDN' END AS code, NULL::bigint AS contact_no, 0 AS rank
  FROM demo.pathway
  UNION ALL
  SELECT referral_no, starts, CASE WHEN contact_type = 'OP' THEN 'OPN' ELSE 'FST' END, contact_no, CASE WHEN contact_type = 'OP' THEN 3 ELSE 1 END
  FROM demo.contact WHERE status = 'attended' AND contact_type IN ('ASM', 'OP') AND referral_no IS NOT NULL
  UNION ALL   -- the decision to operate
  SELECT referral_no, starts + interval '20 minutes', 'DEC', contact_no, 2 FROM demo.contact
  WHERE status = 'attended' AND service_no = 10 AND seq = 0 AND referral_no IS NOT NULL
) e
WHERE e.at < :'history_to'::timestamptz;
