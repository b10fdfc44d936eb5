-- The warehouse's own tables of referrals, contacts, stays and milestones.
-- Codes are those of a community services data set: attendance 5 and 6 seen,
-- 7 came too late, 3 did not come, 2 cancelled by the person, 4 by the provider;
-- medium 01 face to face, 02 telephone, 11 video; location A01 the person's home.

-- how each pathway ends
CREATE UNLOGGED TABLE demo.pathway AS
SELECT x.*, demo.uid('referral', x.ref_key) AS referral_uid
FROM (
  SELECT f.ref_key, f.person_no, f.person_uid, f.place_no, f.service_no, f.site_no, f.offer_no, f.received, f.urgent, f.fate, f.first_day, f.answered,
         date_trunc('minute', f.received + CASE WHEN f.at_once THEN interval '20 minutes'
                                                ELSE (0.05 + 3 * demo.u('decided', f.ref_key)) * interval '1 day' END) AS decided,
         least(CASE WHEN f.fate IN ('returned', 'redirected') THEN f.received + (0.2 + 3 * demo.u('decided', f.ref_key)) * interval '1 day'
                    WHEN f.fate = 'withdrawn' THEN f.received + interval '12 days'
                    WHEN f.first_day IS NULL THEN f.try_day + 4 + interval '15 hours'
                    WHEN f.follow_ups = 0 THEN greatest(f.first_day + floor(4 * demo.u('letter', f.ref_key))::integer + interval '18 hours',
                                                        coalesce(f.answered + interval '2 hours', '-infinity'))
                    ELSE f.first_day + ceil((f.follow_ups + 0.3) * r.follow_up_gap)::integer + 8 + interval '16 hours' END,
               CASE WHEN f.died > f.received::date THEN f.died + interval '20 hours' END) AS closed
  FROM demo.referral f JOIN demo.service_rule r USING (service_no)
  WHERE r.service_code <> 'PHLEB'
) x
WHERE closed >= :'history_from'::timestamp AND received < :'history_to'::timestamp;
ALTER TABLE demo.pathway ADD PRIMARY KEY (ref_key);
ANALYZE demo.pathway;

CREATE TABLE warehouse.service_referral (referral_uid uuid NOT NULL, person_uid uuid NOT NULL, received_ts timestamptz NOT NULL, decision_dt date,
  source_code text, source_site text, primary_reason text, priority_code text, service_code text, site_code text, state_code text NOT NULL,
  accepted_ts timestamptz, closed_ts timestamptz, close_reason text, remote_ok boolean);
INSERT INTO warehouse.service_referral
SELECT p.referral_uid, p.person_uid, p.received::timestamptz, p.received::date - CASE WHEN p.answered IS NULL THEN floor(3 * demo.u('letter sent', p.ref_key))::integer ELSE 0 END,
       CASE WHEN demo.u('source', p.ref_key) < c.gp THEN 'GP' WHEN demo.u('source', p.ref_key) < c.gp + c.hospital THEN 'ACUTE'
            WHEN demo.u('source', p.ref_key) < c.gp + c.hospital + c.spa THEN 'SPA' WHEN r.adult THEN 'SOCIAL' ELSE 'SCHOOL' END,
       CASE WHEN demo.u('source', p.ref_key) >= c.gp + c.hospital AND demo.u('source', p.ref_key) < c.gp + c.hospital + c.spa THEN spa.site_code END,
       r.line,
       CASE WHEN demo.u('odd priority', p.ref_key) < :unmapped_code_rate THEN '9' WHEN p.urgent THEN '2' ELSE '1' END,
       r.service_code, s.site_code,
       CASE WHEN p.closed >= :'history_to'::timestamp THEN 'OPEN' WHEN p.fate = 'returned' THEN 'RETURNED'
            WHEN p.fate = 'redirected' THEN 'REDIRECTED' ELSE 'CLOSED' END,
       CASE WHEN p.fate = 'accepted' AND p.decided < :'history_to'::timestamp AND p.decided < p.closed THEN p.decided::timestamptz END,
       CASE WHEN p.closed < :'history_to'::timestamp THEN p.closed::timestamptz END,
       CASE WHEN p.closed >= :'history_to'::timestamp THEN NULL WHEN p.fate = 'returned' THEN 'returned with advice'
            WHEN p.fate = 'redirected' THEN 'another service' WHEN p.fate = 'withdrawn' THEN 'no longer needed'
            WHEN p.first_day IS NULL THEN 'did not attend' ELSE 'care complete' END,
       r.phone_share + r.video_share > 0.05 AND demo.u('remote', p.person_no) < 0.5
FROM demo.pathway p
JOIN demo.service_rule r USING (service_no)
JOIN demo.site s USING (site_no)
JOIN demo.place pl ON pl.place_no = p.place_no
LEFT JOIN demo.site spa ON spa.tag = 'spa' AND spa.lot_no = pl.lot_no
CROSS JOIN LATERAL (SELECT CASE WHEN r.line IN ('Single point of access', 'Intermediate care') THEN 0.35 WHEN r.adult THEN 0.55 ELSE 0.40 END AS gp,
                           CASE WHEN r.line IN ('Single point of access', 'Intermediate care') THEN 0.40 ELSE 0.20 END AS hospital,
                           CASE WHEN r.adult AND r.line <> 'Single point of access' THEN 0.15 ELSE 0 END AS spa) c;

-- a contact is a line; where nurses enter a week's visits together, n_contacts
-- says how many they were. What a line costs is set when all are known (money.sql).
CREATE UNLOGGED TABLE demo.contact AS
SELECT demo.uid('contact', v.key) AS contact_uid, v.key, v.ref_key, v.person_no, v.service_no, v.offer_no, v.site_no, v.seq, v.status, v.medium,
       v.booked_at, v.cancelled_at, q.n_contacts, l.session_uid,
       coalesce(l.staff_no, w.first_staff + floor(demo.u('staff', v.key) * o.staff_count)::integer) AS staff_no,
       coalesce(v.answered, l.starts, v.day + demo.time_of_day(demo.u('hour', v.key), 8, 18)) AS starts
FROM demo.visit v
JOIN demo.service_rule r USING (service_no)
JOIN demo.offer o USING (offer_no)
JOIN (SELECT offer_no, min(staff_no) AS first_staff FROM demo.staff WHERE offer_no IS NOT NULL GROUP BY 1) w USING (offer_no)
LEFT JOIN demo.placed l ON l.key = v.key
CROSS JOIN LATERAL (SELECT CASE WHEN v.seq > 0 AND r.visits_per_line > 1 THEN 1 + demo.poisson(demo.u('visits', v.key), r.visits_per_line - 1)
                                ELSE 1 END AS n_contacts) q
WHERE v.medium <> 'STAY';
ANALYZE demo.contact;

CREATE UNLOGGED TABLE demo.unit_cost AS
SELECT c.service_no, :contract_total * :scale * 2 * 0.96 * r.money / m.total / sum(c.n_contacts) AS each
FROM demo.contact c JOIN demo.service_rule r USING (service_no) CROSS JOIN (SELECT sum(money) AS total FROM demo.service_rule) m
WHERE c.status = 'attended' AND c.starts >= :'history_from'::timestamp
GROUP BY c.service_no, r.money, m.total;
ANALYZE demo.unit_cost;

CREATE TABLE warehouse.care_contact (contact_uid uuid NOT NULL, person_uid uuid NOT NULL, referral_uid uuid, service_code text NOT NULL, site_code text,
  staff_code text, session_uid uuid, contact_ts timestamptz NOT NULL, duration_mins integer, contact_type text NOT NULL, medium_code text,
  location_code text, attendance_code text, n_contacts smallint NOT NULL, made_ts timestamptz, cancel_ts timestamptz, outcome text, unit_cost numeric(9,2));
INSERT INTO warehouse.care_contact
SELECT c.contact_uid, p.person_uid, w.referral_uid, r.service_code, s.site_code, 'E' || lpad(c.staff_no::text, 5, '0'), c.session_uid, c.starts::timestamptz,
       CASE WHEN c.status = 'attended' THEN c.n_contacts * (r.minutes + CASE WHEN c.seq = 0 THEN 15 ELSE 0 END) END,
       CASE WHEN c.medium = 'GRP' THEN 'GROUP' WHEN r.kind = 'DIAG' THEN 'TEST' WHEN r.service_code = 'CAR' THEN 'ASSESS' WHEN c.seq = 0 THEN 'NEW' ELSE 'FU' END,
       CASE c.medium WHEN 'TEL' THEN '02' WHEN 'VID' THEN '11' ELSE '01' END,
       CASE c.medium WHEN 'HOME' THEN 'A01' WHEN 'CLINIC' THEN 'B01' WHEN 'GRP' THEN 'B02' END,
       CASE c.status WHEN 'attended' THEN CASE WHEN demo.u('late', c.key) < 0.04 THEN '6' ELSE '5' END WHEN 'missed' THEN '3'
                     WHEN 'cancelled by person' THEN '2' WHEN 'cancelled by provider' THEN '4' ELSE '0' END,
       c.n_contacts, c.booked_at::timestamptz, c.cancelled_at::timestamptz,
       CASE WHEN c.status = 'attended' THEN CASE WHEN demo.u('outcome', c.key) < 0.25 THEN 'DISCHARGED' ELSE 'CONTINUES' END END,
       CASE WHEN c.status = 'attended' THEN u.each * c.n_contacts * (0.9 + 0.2 * demo.u('cost', c.key)) END
FROM demo.contact c
JOIN demo.person p USING (person_no)
JOIN demo.service_rule r USING (service_no)
JOIN demo.site s ON s.site_no = c.site_no
LEFT JOIN demo.unit_cost u ON u.service_no = c.service_no
LEFT JOIN demo.pathway w ON w.ref_key = c.ref_key
ORDER BY c.starts, c.key;

CREATE TABLE warehouse.inpatient_stay (stay_uid uuid NOT NULL, person_uid uuid NOT NULL, referral_uid uuid, service_code text NOT NULL, site_code text NOT NULL,
  ward text NOT NULL, stay_state text NOT NULL, planned_ts timestamptz, admit_ts timestamptz NOT NULL, expected_discharge_dt date, ready_ts timestamptz,
  discharge_ts timestamptz, delay_code text, stay_cost numeric(9,2));
INSERT INTO warehouse.inpatient_stay
SELECT demo.uid('stay', y.key), p.person_uid, w.referral_uid, y.service_code, s.site_code,
       CASE y.service_code WHEN 'STRB' THEN 'Stroke rehabilitation' ELSE 'Short breaks' END,
       CASE y.status WHEN 'attended' THEN 'ADMITTED' WHEN 'booked' THEN 'PLANNED' WHEN 'cancelled by person' THEN 'CANP' WHEN 'cancelled by provider' THEN 'CANH' ELSE 'NOSHOW' END,
       y.booked_at::timestamptz, y.starts::timestamptz,
       y.starts::date + greatest(1, y.days - y.delayed + floor(3 * demo.u('expected', y.key))::integer - 1),
       CASE WHEN y.status = 'attended' AND y.leaves < :'history_to'::timestamp THEN (y.leaves - y.delayed * interval '1 day' - interval '3 hours')::timestamptz END,
       CASE WHEN y.status = 'attended' AND y.leaves < :'history_to'::timestamp THEN y.leaves::timestamptz END,
       CASE WHEN y.delayed > 0 THEN (ARRAY['HOMECARE', 'EQUIPMENT', 'HOUSING'])[1 + floor(3 * demo.u('delay why', y.key))::integer] END,
       CASE WHEN y.status = 'attended' THEN y.money * y.days / sum(y.days) FILTER (WHERE y.status = 'attended' AND y.starts >= :'history_from'::timestamp)
                                                                OVER (PARTITION BY y.service_code) END
FROM (SELECT v.*, r.service_code, v.day + interval '11 hours' AS starts, d.days, d.delayed,
             v.day + d.days + interval '15 hours' AS leaves,
             :contract_total * :scale * 2 * 0.96 * r.money / (SELECT sum(money) FROM demo.service_rule) AS money
      FROM demo.visit v JOIN demo.service_rule r USING (service_no)
      CROSS JOIN LATERAL (SELECT CASE r.service_code WHEN 'STRB' THEN least(90, 3 + floor(demo.lognormal('stay', v.key, 19, 0.5)))::integer
                                 ELSE 2 + floor(2.2 * demo.u('stay', v.key))::integer END AS days) g
      CROSS JOIN LATERAL (SELECT g.days, CASE WHEN r.service_code = 'STRB' AND demo.u('delay', v.key) < 0.22
                                 THEN least(g.days - 2, 1 + floor(6 * demo.u('delay days', v.key))::integer) ELSE 0 END AS delayed) d
      WHERE v.medium = 'STAY') y
JOIN demo.person p USING (person_no)
JOIN demo.site s ON s.site_no = y.site_no
LEFT JOIN demo.pathway w ON w.ref_key = y.ref_key;

-- milestones: the 18-week clock of consultant-led and interface services, and the
-- reports that looked-after children's assessments end in
CREATE TABLE warehouse.referral_milestone (milestone_uid uuid NOT NULL, referral_uid uuid NOT NULL, milestone_ts timestamptz NOT NULL, milestone_code text NOT NULL,
  rtt_status text, contact_uid uuid, told_person_yn boolean);
INSERT INTO warehouse.referral_milestone
SELECT demo.uid('milestone', e.ref_key * 8 + e.rank), e.referral_uid, e.at::timestamptz, e.code, e.rtt, e.contact_uid, e.told
FROM (
  SELECT p.ref_key, 0 AS rank, p.referral_uid, p.received AS at, 'REC' AS code, NULL::text AS rtt, NULL::uuid AS contact_uid, NULL::boolean AS told
  FROM demo.pathway p JOIN demo.service_rule r USING (service_no) WHERE r.rtt_role <> 'none'
  UNION ALL
  SELECT p.ref_key, 1, p.referral_uid, p.decided, CASE p.fate WHEN 'accepted' THEN 'ACC' WHEN 'withdrawn' THEN 'WDN' ELSE 'RET' END,
         CASE p.fate WHEN 'accepted' THEN NULL WHEN 'withdrawn' THEN '35' ELSE '34' END, NULL, CASE WHEN p.fate <> 'accepted' THEN true END
  FROM demo.pathway p JOIN demo.service_rule r USING (service_no) WHERE r.rtt_role <> 'none'
  UNION ALL
  SELECT c.ref_key, CASE WHEN c.seq = 0 THEN 2 + c.key % 2 ELSE 3 + c.seq END, p.referral_uid, c.starts,
         CASE WHEN c.status = 'missed' THEN 'DNA' WHEN c.seq = 0 THEN 'FST' ELSE 'FUP' END,
         CASE WHEN c.status = 'missed' THEN CASE WHEN c.seq = 0 THEN '33' ELSE '20' END
              WHEN c.seq = 0 THEN CASE WHEN r.service_code = 'PODS' OR demo.u('clock', c.ref_key) < 0.55 THEN '10' ELSE '30' END
              WHEN c.seq = 1 THEN '30' ELSE '90' END,
         c.contact_uid, demo.u('told', c.key) < 0.95
  FROM demo.contact c JOIN demo.pathway p USING (ref_key) JOIN demo.service_rule r ON r.service_no = c.service_no
  WHERE r.rtt_role <> 'none' AND c.status IN ('attended', 'missed') AND c.seq <= 1
  UNION ALL
  SELECT c.ref_key, 7, p.referral_uid, c.starts + (1 + floor(demo.lognormal('report', c.ref_key, 6, 0.5))) * interval '1 day', 'REP', NULL, c.contact_uid, NULL
  FROM demo.contact c JOIN demo.pathway p USING (ref_key) JOIN demo.service_rule r ON r.service_no = c.service_no
  WHERE r.service_code = 'CLAC' AND c.status = 'attended' AND c.seq = 0
) e
WHERE e.at < :'history_to'::timestamp;
