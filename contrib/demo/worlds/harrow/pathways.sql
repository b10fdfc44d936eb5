-- The warehouse's own tables of referrals, appointments, admissions and pathway
-- events, numbered in the order of time as a source system would.

-- how each pathway ends: when it is closed and where its 18-week clock stops
-- (stop_seq: 0 = first appointment, 1 = first follow-up, -1 = the procedure)
CREATE UNLOGGED TABLE demo.pathway AS
SELECT row_number() OVER (ORDER BY received, ref_key)::bigint AS referral_id, x.*
FROM (
  SELECT f.ref_key, f.root_key, f.parent_key, f.person_no, f.service_no, f.site_no, f.source, f.from_site_no,
         f.received, f.urgent, f.fate, f.decided, f.try_day, f.first_day, c.procedure_kind, c.procedure_day,
         coalesce(c.follow_up_count, 0) AS follow_ups,
         CASE WHEN f.fate IN ('returned', 'redirected') THEN f.decided
              WHEN f.fate = 'withdrawn' THEN f.decided + interval '9 days'
              WHEN f.first_day IS NULL THEN (f.try_day + 5 + interval '15 hours')::timestamptz
              WHEN c.procedure_kind IS NOT NULL AND c.procedure_day IS NULL THEN 'infinity'
              WHEN c.follow_up_count = 0 THEN (c.follow_from + floor(5 * demo.u('letter', f.ref_key))::integer + interval '18 hours')::timestamptz
              ELSE (c.follow_from + ceil((c.follow_up_count + 0.5) * c.gap)::integer + 20 + interval '16 hours')::timestamptz END AS closed,
         CASE WHEN f.service_no IN (2, 3) THEN
                CASE WHEN demo.u('goes on', f.ref_key) < CASE f.service_no WHEN 2 THEN :goes_on_orthopaedics ELSE :goes_on_rheumatology END THEN '21'
                     WHEN demo.u('clock', f.ref_key) < 0.7 THEN '30' ELSE '34' END
              WHEN f.service_no IN (8, 9) THEN
                CASE WHEN c.procedure_kind IS NOT NULL THEN '30'
                     WHEN demo.u('clock', f.ref_key) < 0.42 THEN '30'
                     WHEN demo.u('clock', f.ref_key) < 0.52 THEN '34'
                     WHEN demo.u('clock', f.ref_key) < 0.56 THEN '32'
                     WHEN demo.u('clock', f.ref_key) < 0.58 THEN '35'
                     WHEN c.follow_up_count > 0 THEN '30' ELSE '34' END END AS stop_code,
         CASE WHEN c.procedure_kind IS NOT NULL THEN -1
              WHEN f.service_no IN (2, 3) OR demo.u('clock', f.ref_key) < 0.58 OR c.follow_up_count = 0 THEN 0 ELSE 1 END AS stop_seq
  FROM demo.referral f LEFT JOIN demo.course c USING (ref_key)
  WHERE f.service_no NOT IN (5, 11)
) x
WHERE closed >= :'history_from'::timestamptz AND received < :'history_to'::timestamptz;
CREATE INDEX ON demo.pathway (ref_key);
ANALYZE demo.pathway;

CREATE TABLE warehouse.msk_referral (referral_id bigint NOT NULL, patient_id bigint NOT NULL, pathway_no bigint, received_ts timestamptz NOT NULL,
  letter_dt date, source_code text, referring_site text, reason_snomed bigint, priority_code text, service_code text, site_code text,
  state_code text NOT NULL, triaged_ts timestamptz, closed_ts timestamptz, closed_reason text, remote_ok boolean);
INSERT INTO warehouse.msk_referral
SELECT p.referral_id, p.person_no, root.referral_id, p.received, p.received::date - floor(3 * demo.u('letter', p.ref_key))::integer,
       p.source, t.site_code,
       CASE WHEN p.service_no IN (3, 9) THEN CASE WHEN demo.u('reason', p.root_key) < 0.45 THEN 69896004
                      WHEN demo.u('reason', p.root_key) < 0.8 THEN 396275006 ELSE 90560007 END
            WHEN p.service_no = 10 THEN 125605004
            ELSE (ARRAY[239873007, 279039007, 45326000, 239872002, 81680005, 57676002, 57406009])[
              (ARRAY[1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7])[1 + floor(16 * demo.u('reason', p.root_key))::integer]] END,
       CASE WHEN demo.u('odd priority', p.ref_key) < :unmapped_code_rate THEN 'URG' WHEN p.urgent THEN 'U'
            WHEN p.service_no = 10 THEN 'E' ELSE 'R' END,
       r.service_code, s.site_code,
       CASE WHEN p.closed >= :'history_to'::timestamptz THEN 'OPEN'
            WHEN p.fate = 'returned' THEN 'RETURNED' WHEN p.fate = 'redirected' THEN 'REDIRECTED' ELSE 'CLOSED' END,
       CASE WHEN p.fate = 'accepted' AND p.decided < :'history_to'::timestamptz THEN p.decided END,
       CASE WHEN p.closed < :'history_to'::timestamptz THEN p.closed END,
       CASE WHEN p.closed >= :'history_to'::timestamptz THEN NULL
            WHEN p.fate = 'returned' THEN 'returned with advice'
            WHEN p.fate = 'redirected' THEN 'another service'
            WHEN p.fate = 'withdrawn' THEN 'no longer needed'
            WHEN p.first_day IS NULL THEN 'did not attend'
            WHEN p.stop_code = '21' THEN 'referred on' ELSE 'treatment complete' END,
       p.service_no IN (1, 2, 3, 4) AND demo.u('remote', p.person_no) < 0.55
FROM demo.pathway p
LEFT JOIN demo.pathway root ON root.ref_key = p.root_key
JOIN demo.service_rule r ON r.service_no = p.service_no
JOIN demo.site s ON s.site_no = p.site_no
LEFT JOIN demo.site t ON t.site_no = p.from_site_no AND p.source <> 'SELF';

-- ---- all that happened, in one numbering ------------------------------------------
CREATE UNLOGGED TABLE demo.activity AS
SELECT row_number() OVER (ORDER BY x.starts, x.ref_key, x.seq, x.try)::bigint AS activity_id, x.*, p.referral_id
FROM (
  SELECT ref_key, seq, try, person_no, practice_no, service_no, site_no, session_no, status, booked_at, cancelled_at,
         starts_local::timestamptz AS starts, NULL::text AS kind, NULL::integer AS days, NULL::timestamptz AS left_at, NULL::integer AS band
  FROM demo.placed
  UNION ALL
  SELECT a.ref_key, 0, 1, a.person_no, a.practice_no, 11, a.site_no, NULL, 'attended', NULL, NULL, a.booked_at, NULL, NULL, NULL, NULL
  FROM demo.appointment a WHERE a.service_no = 11
  UNION ALL
  SELECT ref_key, 50, 1, person_no, practice_no, CASE kind WHEN 'EM' THEN 10 ELSE 8 END, site_no, NULL,
         CASE WHEN admitted >= :'history_to'::timestamptz THEN 'booked' ELSE 'attended' END, booked_at, NULL, admitted, kind, days, left_at, band
  FROM demo.admission WHERE admitted < :'history_to'::timestamptz OR kind <> 'EM'
) x
LEFT JOIN demo.pathway p USING (ref_key);
CREATE INDEX ON demo.activity (ref_key);
ANALYZE demo.activity;

CREATE TABLE warehouse.community_contact (contact_id bigint NOT NULL, patient_id bigint NOT NULL, referral_id bigint, service_code text NOT NULL,
  site_code text, staff_code text, session_no bigint, contact_ts timestamptz NOT NULL, duration_mins integer, contact_type text NOT NULL,
  consult_medium text, contact_status text NOT NULL, made_ts timestamptz, cancel_ts timestamptz, outcome text, unit_cost numeric(8,2));
INSERT INTO warehouse.community_contact
SELECT a.activity_id, a.person_no, a.referral_id, r.service_code, s.site_code, w.staff_code, a.session_no, a.starts,
       CASE WHEN a.status = 'attended' THEN r.slot_minutes END,
       CASE WHEN a.service_no = 6 THEN 'GROUP' WHEN a.seq = 0 THEN 'NEW' ELSE 'FU' END,
       CASE WHEN a.service_no = 6 THEN 'GRP' WHEN a.service_no <> 5 AND demo.u('medium', a.activity_id) < CASE WHEN a.seq = 0 THEN 0.06 ELSE 0.17 END THEN 'TEL'
            WHEN a.service_no <> 5 AND demo.u('medium', a.activity_id) > 0.97 THEN 'VID' ELSE 'F2F' END,
       CASE a.status WHEN 'attended' THEN 'ATT' WHEN 'missed' THEN 'DNA' WHEN 'cancelled by person' THEN 'CAN-P'
                     WHEN 'cancelled by provider' THEN 'CAN-H' ELSE 'BOOKED' END,
       a.booked_at, a.cancelled_at,
       CASE WHEN a.status = 'attended' AND p.stop_code = '21' AND a.seq = 0 THEN 'REFERRED ON'
            WHEN a.status = 'attended' AND a.seq >= coalesce(p.follow_ups, 0) THEN 'DISCHARGED'
            WHEN a.status = 'attended' THEN 'FOLLOW-UP' END,
       CASE WHEN a.status = 'attended' THEN CASE WHEN a.seq = 0 THEN r.first_cost ELSE r.later_cost END
                                            * (0.9 + 0.2 * demo.u('cost', a.activity_id)) END
FROM demo.activity a
JOIN demo.service_rule r USING (service_no)
JOIN demo.site s USING (site_no)
LEFT JOIN demo.pathway p USING (ref_key)
LEFT JOIN warehouse.clinic_session_staff w USING (session_no)
WHERE a.service_no <= 6;

CREATE TABLE warehouse.opa_appointment (opa_id bigint NOT NULL, patient_id bigint NOT NULL, referral_id bigint, service_code text NOT NULL,
  hospital_site text NOT NULL, staff_code text, session_no bigint, appt_dt timestamptz NOT NULL, appt_type text NOT NULL, medium text,
  attended_code text NOT NULL, made_dt timestamptz, cancel_dt timestamptz, outcome_code text, treatment_function text, net_cost numeric(8,2));
INSERT INTO warehouse.opa_appointment
SELECT a.activity_id, a.person_no, a.referral_id, r.service_code, s.site_code, w.staff_code, a.session_no, a.starts,
       CASE WHEN a.seq = 0 THEN '1' ELSE '2' END,
       CASE WHEN a.service_no < 10 AND a.seq > 0 AND demo.u('medium', a.activity_id) < 0.15 THEN '02' ELSE '01' END,
       CASE a.status WHEN 'attended' THEN CASE WHEN demo.u('late', a.activity_id) < 0.06 THEN '6' ELSE '5' END
            WHEN 'missed' THEN '3' WHEN 'cancelled by person' THEN '2' WHEN 'cancelled by provider' THEN '4' ELSE '0' END,
       a.booked_at, a.cancelled_at,
       CASE WHEN a.status = 'attended' THEN CASE WHEN a.seq = 0 AND p.procedure_kind IS NOT NULL THEN '3'
                                                 WHEN a.seq >= coalesce(p.follow_ups, 0) THEN '1' ELSE '2' END END,
       r.tfc,
       CASE WHEN a.status = 'attended' THEN CASE WHEN a.seq = 0 THEN r.first_cost ELSE r.later_cost END
                                            * (0.9 + 0.2 * demo.u('cost', a.activity_id)) END
FROM demo.activity a
JOIN demo.service_rule r USING (service_no)
JOIN demo.site s USING (site_no)
LEFT JOIN demo.pathway p USING (ref_key)
LEFT JOIN warehouse.clinic_session_staff w USING (session_no)
WHERE a.service_no IN (8, 9, 10) AND a.kind IS NULL;

CREATE TABLE warehouse.imaging_exam (exam_id bigint NOT NULL, patient_id bigint NOT NULL, referral_id bigint, hospital_site text NOT NULL,
  session_no bigint, exam_ts timestamptz NOT NULL, exam_type text NOT NULL, exam_status text NOT NULL, made_ts timestamptz,
  cancel_ts timestamptz, report_ts timestamptz, exam_cost numeric(8,2));
INSERT INTO warehouse.imaging_exam
SELECT a.activity_id, a.person_no, a.referral_id, s.site_code, a.session_no, a.starts, m.exam,
       CASE a.status WHEN 'attended' THEN 'DONE' WHEN 'missed' THEN 'DNA' WHEN 'cancelled by person' THEN 'CANP'
                     WHEN 'cancelled by provider' THEN 'CANH' ELSE 'BOOKED' END,
       a.booked_at, a.cancelled_at,
       CASE WHEN a.status = 'attended' AND date_trunc('minute', a.starts + m.report_days * interval '1 day') < :'history_to'::timestamptz
            THEN date_trunc('minute', a.starts + m.report_days * interval '1 day') END,
       CASE WHEN a.status = 'attended' THEN m.cost END
FROM demo.activity a
JOIN demo.site s USING (site_no)
CROSS JOIN LATERAL (
  SELECT CASE WHEN demo.u('exam', a.ref_key) < 0.45 THEN 'XR' WHEN demo.u('exam', a.ref_key) < 0.72 THEN 'MRI'
              WHEN demo.u('exam', a.ref_key) < 0.94 THEN 'US' ELSE 'CT' END AS exam,
         CASE WHEN demo.u('exam', a.ref_key) < 0.45 THEN 31 WHEN demo.u('exam', a.ref_key) < 0.72 THEN 128
              WHEN demo.u('exam', a.ref_key) < 0.94 THEN 56 ELSE 84 END AS cost,
         demo.lognormal('report', a.ref_key, 2.2, 0.7) AS report_days) m
WHERE a.service_no = 7;

CREATE TABLE warehouse.ecds_attendance (attendance_id bigint NOT NULL, patient_id bigint NOT NULL, hospital_site text NOT NULL,
  arrival_ts timestamptz NOT NULL, departure_ts timestamptz, acuity_code text, disposal_code text, net_cost numeric(8,2));
INSERT INTO warehouse.ecds_attendance
SELECT a.activity_id, a.person_no, s.site_code, a.starts,
       a.starts + least(1400, round(demo.lognormal('in department', a.ref_key, 158, 0.45)
                        * CASE WHEN extract(month FROM a.starts) IN (12, 1, 2) THEN 1.15 ELSE 1 END)) * interval '1 minute',
       (ARRAY['2', '3', '3', '3', '4', '4', '4', '4', '5'])[1 + floor(9 * demo.u('acuity', a.ref_key))::integer],
       CASE WHEN e.ref_key IS NOT NULL THEN 'ADM' ELSE 'HOME' END,
       r.first_cost * (0.7 + 0.6 * demo.u('cost', a.activity_id))
FROM demo.activity a JOIN demo.site s USING (site_no) JOIN demo.service_rule r USING (service_no)
LEFT JOIN demo.admission e ON e.ref_key = a.ref_key AND e.kind = 'EM'
WHERE a.service_no = 11;

CREATE TABLE warehouse.apc_spell (spell_id bigint NOT NULL, patient_id bigint NOT NULL, referral_id bigint, service_code text NOT NULL,
  hospital_site text NOT NULL, patient_class text NOT NULL, admission_method text NOT NULL, spell_state text NOT NULL,
  tci_made_ts timestamptz, admit_ts timestamptz NOT NULL, expected_discharge_dt date, ready_ts timestamptz, discharge_ts timestamptz,
  delay_code text, opcs4 text, hrg text, net_cost numeric(9,2));
INSERT INTO warehouse.apc_spell
SELECT a.activity_id, a.person_no, a.referral_id, r.service_code, s.site_code, CASE a.kind WHEN 'DC' THEN '2' ELSE '1' END,
       CASE a.kind WHEN 'EM' THEN '21' ELSE '11' END, CASE a.status WHEN 'booked' THEN 'TCI' ELSE 'ADMITTED' END,
       a.booked_at, a.starts,
       a.starts::date + greatest(0, a.days - d.delay + (2 * demo.u('expected', a.ref_key))::integer),
       CASE WHEN a.left_at < :'history_to'::timestamptz AND a.kind <> 'DC' THEN a.left_at - d.delay * interval '1 day' - interval '4 hours' END,
       CASE WHEN a.left_at < :'history_to'::timestamptz THEN a.left_at END,
       CASE WHEN d.delay > 0 THEN (ARRAY['HOMECARE', 'REHABBED', 'TRANSPORT', 'MEDS'])[1 + floor(4 * demo.u('delay why', a.ref_key))::integer] END,
       c.codes[1], c.codes[2],
       CASE WHEN a.status = 'attended' THEN
         (CASE a.kind WHEN 'DC' THEN 1660 WHEN 'IP' THEN 5880 + 230 * a.days ELSE 1790 + 330 * a.days END)
         * (0.85 + 0.3 * demo.u('cost', a.ref_key)) END
FROM demo.activity a
JOIN demo.site s USING (site_no)
JOIN demo.service_rule r USING (service_no)
CROSS JOIN LATERAL (SELECT CASE WHEN a.days >= 4 AND demo.u('delay', a.ref_key) < 0.16
                                THEN least(a.days - 2, 1 + floor(4 * demo.u('delay days', a.ref_key))::integer) ELSE 0 END AS delay) d
CROSS JOIN LATERAL (SELECT CASE
  WHEN a.kind = 'IP' THEN CASE WHEN demo.u('operation', a.ref_key) < 0.48 THEN ARRAY['W401', 'HN22D']
         WHEN demo.u('operation', a.ref_key) < 0.88 THEN ARRAY['W371', 'HN12D'] ELSE ARRAY['V255', 'HC64C'] END
  WHEN a.kind = 'DC' THEN CASE WHEN demo.u('operation', a.ref_key) < 0.40 THEN ARRAY['W822', 'HN24C']
         WHEN demo.u('operation', a.ref_key) < 0.70 THEN ARRAY['A651', 'HN45A'] ELSE ARRAY['O291', 'HN53B'] END
  WHEN a.band >= 4 THEN CASE WHEN demo.u('operation', a.ref_key) < 0.5 THEN ARRAY['W192', 'HT12C'] ELSE ARRAY['W471', 'HT14B'] END
  ELSE CASE WHEN demo.u('operation', a.ref_key) < 0.6 THEN ARRAY['W201', 'HT23D'] ELSE ARRAY['W262', 'HT44B'] END END AS codes) c
WHERE a.kind IS NOT NULL;

-- ---- pathway events with RTT status codes --------------------------------------------
-- where each 18-week clock stops; a referral passed on stops where the next one does
CREATE UNLOGGED TABLE demo.clock_stop AS
WITH own AS (
  SELECT p.ref_key, CASE WHEN p.fate <> 'accepted' THEN p.decided ELSE min(a.starts) END AS at
  FROM demo.pathway p
  LEFT JOIN demo.activity a ON a.ref_key = p.ref_key AND a.status = 'attended'
    AND CASE WHEN p.stop_seq = -1 THEN a.kind IS NOT NULL ELSE a.kind IS NULL AND a.seq = p.stop_seq END
  WHERE p.stop_code IS NOT NULL
  GROUP BY p.ref_key, p.fate, p.decided
)
SELECT p.ref_key, CASE WHEN p.stop_code = '21' AND p.fate = 'accepted' THEN n.at ELSE o.at END AS at,
       o.at AS own_at,
       p.stop_code <> '21' AND p.fate = 'accepted' AND demo.u('no stop', p.ref_key) < CASE WHEN p.service_no = 8 AND p.site_no = :unstopped_site THEN :unstopped_share ELSE :unstopped_elsewhere END AS is_forgotten
FROM demo.pathway p JOIN own o USING (ref_key)
LEFT JOIN (SELECT c.parent_key, min(o.at) AS at FROM demo.pathway c JOIN own o USING (ref_key) GROUP BY 1) n ON n.parent_key = p.ref_key;
CREATE INDEX ON demo.clock_stop (ref_key);
ANALYZE demo.clock_stop;

CREATE TABLE warehouse.rtt_event (event_id bigint NOT NULL, referral_id bigint NOT NULL, event_ts timestamptz NOT NULL, event_code text NOT NULL,
  rtt_status text, activity_id bigint, told_patient_yn boolean, recorded_ts timestamptz NOT NULL);
INSERT INTO warehouse.rtt_event
SELECT row_number() OVER (ORDER BY e.at, e.referral_id, e.rank), e.referral_id, e.at, e.code, e.rtt, e.activity_id, e.told,
       date_trunc('minute', e.at + CASE WHEN demo.u('late entry', e.referral_id * 32 + e.rank) < :late_event_rate
                   THEN (8 + 40 * demo.u('late by', e.referral_id * 32 + e.rank)) * interval '1 day'
                   ELSE demo.u('entered', e.referral_id * 32 + e.rank) * interval '20 hours' END)
FROM (
  SELECT referral_id, received AS at, 'REC' AS code, NULL::text AS rtt, NULL::bigint AS activity_id, NULL::boolean AS told, 0 AS rank
  FROM demo.pathway
  UNION ALL
  SELECT referral_id, decided, CASE fate WHEN 'accepted' THEN 'ACC' WHEN 'returned' THEN 'RET' WHEN 'redirected' THEN 'RDR' ELSE 'WDN' END,
         CASE WHEN fate <> 'accepted' AND service_no IN (2, 3, 8, 9) THEN CASE fate WHEN 'withdrawn' THEN '35' ELSE '34' END END,
         NULL, CASE WHEN fate <> 'accepted' THEN true END, 1
  FROM demo.pathway
  UNION ALL
  SELECT a.referral_id, a.starts, CASE WHEN a.status = 'missed' THEN 'DNA' WHEN a.kind IS NOT NULL THEN 'ADM' WHEN a.seq = 0 THEN 'FST' ELSE 'FUP' END,
         CASE WHEN p.stop_code IS NULL THEN NULL
              WHEN a.starts > k.at THEN CASE p.stop_code WHEN '32' THEN '91' WHEN '34' THEN '98' WHEN '35' THEN '98' ELSE '90' END
              WHEN a.status = 'missed' THEN CASE WHEN a.seq = 0 THEN '33' ELSE '20' END
              WHEN k.is_forgotten AND (a.kind IS NOT NULL OR a.seq = p.stop_seq) THEN '20'
              WHEN a.kind IS NOT NULL THEN '30'
              WHEN a.seq = p.stop_seq THEN p.stop_code
              WHEN a.seq = 0 THEN CASE WHEN p.parent_key IS NULL THEN '10' ELSE '20' END
              ELSE '20' END,
         a.activity_id, demo.u('told', a.ref_key * 16 + a.seq) < 0.95, 2 + (a.seq % 16) + CASE WHEN a.kind IS NULL THEN 0 ELSE 12 END
  FROM demo.activity a JOIN demo.pathway p USING (ref_key) LEFT JOIN demo.clock_stop k USING (ref_key)
  WHERE a.status IN ('attended', 'missed')
  UNION ALL
  SELECT referral_id, (first_day + interval '17 hours 30 minutes')::timestamptz, 'DTA', '20', NULL, true, 29 FROM demo.pathway
  WHERE procedure_kind IS NOT NULL
  UNION ALL
  SELECT referral_id, (first_day + interval '17 hours 45 minutes')::timestamptz, 'ONW', NULL, NULL, true, 30 FROM demo.pathway WHERE stop_code = '21'
  UNION ALL
  SELECT e.referral_id, e.report_ts, 'REP', NULL, e.exam_id, NULL, 28 FROM warehouse.imaging_exam e WHERE e.report_ts IS NOT NULL
  UNION ALL
  -- who is never seen, or not again, goes back to the practice
  SELECT referral_id, closed, 'CLS', CASE WHEN k.own_at IS NULL AND NOT k.is_forgotten THEN '34' END, NULL, NULL, 31
  FROM demo.pathway LEFT JOIN demo.clock_stop k USING (ref_key)
) e
WHERE e.at < :'history_to'::timestamptz AND e.referral_id IS NOT NULL;
