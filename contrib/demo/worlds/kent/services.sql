-- The services that the four lots buy, with rules of thumb that the parts after
-- this one follow. Weights of yearly referrals and of money are for the whole of
-- Kent and Medway at scale 1 and are scaled to :referrals_a_year and
-- :contract_total.

CREATE UNLOGGED TABLE demo.service_rule (
  service_no integer PRIMARY KEY, service_code text, name text, line text, kind text, spread text,
  referrals double precision, money numeric,
  wait_days double precision, wait_sigma double precision, wait_hours double precision,   -- to the first contact; hours where the response is immediate
  urgent_share double precision,
  follow_up_mean double precision, follow_up_most integer, follow_up_gap integer,
  minutes integer, days_per_week integer,
  home_share double precision, phone_share double precision, video_share double precision,
  miss_share double precision, visits_per_line double precision,
  staff_each integer, staff_role text, ages double precision[]);   -- ages: shares of 18-49, 50-64, 65-79, 80+, or of 0-4, 5-10, 11-17
INSERT INTO demo.service_rule VALUES
  ( 1, 'MATRON', 'Community matrons', 'Community nursing', 'COMM', 'all', 3200, 11500, 6, 0.5, NULL, 0.15, 8, 24, 7, 45, 8, 0.85, 0.10, 0, 0.01, 1.6, 2, 'community_matron', '{0.05,0.15,0.40,0.40}'),
  ( 2, 'CONT', 'Continence', 'Community nursing', 'COMM', 'place', 5200, 5200, 38, 0.45, NULL, 0.03, 1.6, 6, 42, 40, 3, 0.20, 0.20, 0, 0.07, 1, 2, 'continence_nurse', '{0.15,0.22,0.36,0.27}'),
  ( 3, 'LTCN', 'Long-term conditions nursing', 'Community nursing', 'COMM', 'all', 9500, 46000, 4, 0.5, NULL, 0.20, 7, 30, 7, 30, 8, 0.90, 0.05, 0, 0.01, 2.6, 2, 'community_nurse', '{0.06,0.14,0.38,0.42}'),
  ( 4, 'MDTC', 'Multidisciplinary team co-ordinators', 'Community nursing', 'COMM', 'place', 4200, 3600, 5, 0.5, NULL, 0.05, 1, 4, 21, 30, 8, 0.05, 0.80, 0.10, 0, 1, 2, 'care_co-ordinator', '{0.08,0.17,0.38,0.37}'),
  ( 5, 'NUTR', 'Nutrition and dietetics', 'Community nursing', 'COMM', 'lot', 3600, 3000, 45, 0.45, NULL, 0.05, 1.2, 5, 42, 40, 5, 0.15, 0.20, 0.15, 0.09, 1, 3, 'dietitian', '{0.25,0.25,0.30,0.20}'),
  ( 6, 'STRN', 'Stroke nursing', 'Community nursing', 'COMM', 'lot', 2300, 2500, 9, 0.45, NULL, 0.05, 2, 6, 42, 40, 5, 0.45, 0.20, 0.05, 0.03, 1, 3, 'stroke_nurse', '{0.06,0.19,0.42,0.33}'),
  ( 7, 'STRB', 'Stroke community beds', 'Community nursing', 'COMM', 'beds', 900, 13000, 3, 0.5, NULL, 0.0, 0, 0, 1, 0, 9, 0, 0, 0, 0, 1, 4, 'stroke_ward_nurse', '{0.04,0.14,0.42,0.40}'),
  ( 8, 'TB', 'Tuberculosis', 'Community nursing', 'COMM', 'lot', 900, 1900, 6, 0.5, NULL, 0.30, 5, 12, 28, 30, 5, 0.30, 0.20, 0, 0.08, 1, 2, 'tuberculosis_nurse', '{0.60,0.20,0.14,0.06}'),
  ( 9, 'WOUND', 'Wound medicine', 'Community nursing', 'COMM', 'all', 8800, 15500, 5, 0.5, NULL, 0.15, 6.5, 24, 7, 30, 8, 0.40, 0.02, 0, 0.03, 1.5, 2, 'tissue_viability_nurse', '{0.12,0.20,0.36,0.32}'),
  (10, 'ANTI', 'Anticoagulation', 'Community outpatients', 'COMM', 'place', 3400, 4100, 6, 0.4, NULL, 0.10, 7, 20, 21, 15, 5, 0.08, 0.15, 0, 0.04, 1, 2, 'anticoagulation_nurse', '{0.08,0.20,0.42,0.30}'),
  (11, 'ORTHO', 'Orthopaedics', 'Community outpatients', 'COMM', 'lot', 9800, 6800, 52, 0.45, NULL, 0.05, 0.7, 5, 42, 30, 8, 0, 0.12, 0.03, 0.07, 1, 5, 'advanced_practitioner', '{0.33,0.33,0.27,0.07}'),
  (12, 'RESP', 'Respiratory', 'Community outpatients', 'COMM', 'lot', 3100, 5200, 25, 0.45, NULL, 0.12, 2.5, 8, 28, 40, 8, 0.35, 0.20, 0.03, 0.05, 1, 3, 'respiratory_nurse', '{0.10,0.26,0.42,0.22}'),
  (13, 'PODI', 'Podiatry', 'Community outpatients', 'COMM', 'all', 11500, 9200, 34, 0.45, NULL, 0.08, 2.6, 12, 56, 30, 3, 0.08, 0.03, 0, 0.06, 1, 2, 'podiatrist', '{0.12,0.24,0.38,0.26}'),
  (14, 'PHLEB', 'Phlebotomy', 'Phlebotomy', 'DIAG', 'all', 12000, 4600, 4, 0.4, NULL, 0.10, 0.6, 6, 30, 10, 5, 0.12, 0, 0, 0.05, 1, 2, 'phlebotomist', '{0.22,0.25,0.33,0.20}'),
  (15, 'NEURO', 'Neurology', 'Elective hubs', 'COMM', 'elective', 2600, 3800, 60, 0.45, NULL, 0.06, 1.5, 6, 70, 40, 5, 0.05, 0.20, 0.10, 0.07, 1, 3, 'neurology_nurse', '{0.34,0.28,0.28,0.10}'),
  (16, 'DAYH', 'Day hospital', 'Elective hubs', 'COMM', 'elective', 1500, 3600, 14, 0.45, NULL, 0.08, 5, 14, 7, 60, 5, 0, 0.02, 0, 0.05, 1, 3, 'geriatrician_team', '{0.01,0.07,0.40,0.52}'),
  (17, 'HAND', 'Hand therapy', 'Elective hubs', 'COMM', 'elective', 2800, 2100, 12, 0.45, NULL, 0.15, 2.6, 8, 14, 30, 5, 0, 0.04, 0.04, 0.07, 1, 2, 'hand_therapist', '{0.42,0.30,0.22,0.06}'),
  (18, 'MSKT', 'Musculoskeletal triage', 'Elective hubs', 'COMM', 'elective', 15500, 7400, 28, 0.45, NULL, 0.06, 0.4, 3, 28, 30, 8, 0, 0.25, 0.05, 0.08, 1, 6, 'advanced_practitioner', '{0.42,0.32,0.21,0.05}'),
  (19, 'PODS', 'Podiatric surgery', 'Elective hubs', 'COMM', 'elective', 1900, 3200, 62, 0.4, NULL, 0.02, 2, 6, 28, 45, 3, 0, 0.05, 0, 0.05, 1, 2, 'podiatric_surgeon', '{0.24,0.36,0.34,0.06}'),
  (20, 'EOL', 'End of life', 'End of life', 'EOL', 'hospice', 2900, 9500, 0, 0.6, 17, 0.60, 8, 24, 4, 60, 9, 0.90, 0.08, 0, 0, 2, 5, 'palliative_nurse', '{0.06,0.18,0.38,0.38}'),
  (21, 'FALLS', 'Frailty and falls', 'Frailty and falls', 'COMM', 'place', 5600, 6900, 16, 0.45, NULL, 0.12, 2.2, 10, 14, 45, 5, 0.50, 0.10, 0, 0.04, 1, 2, 'falls_practitioner', '{0.01,0.06,0.38,0.55}'),
  (22, 'CARD', 'Cardiology', 'Integrated specialist services', 'COMM', 'lot', 3900, 6300, 18, 0.45, NULL, 0.15, 3, 10, 21, 40, 8, 0.35, 0.20, 0.03, 0.05, 1, 3, 'cardiac_nurse', '{0.06,0.22,0.44,0.28}'),
  (23, 'EPIL', 'Epilepsy', 'Integrated specialist services', 'COMM', 'lot', 1500, 1700, 40, 0.45, NULL, 0.08, 1.6, 6, 80, 40, 5, 0.05, 0.30, 0.10, 0.06, 1, 2, 'epilepsy_nurse', '{0.50,0.24,0.18,0.08}'),
  (24, 'LYMPH', 'Lymphoedema', 'Integrated specialist services', 'COMM', 'lot', 2800, 2300, 28, 0.4, NULL, 0.05, 5, 14, 28, 30, 8, 0, 0.06, 0, 0.05, 1, 3, 'lymphoedema_specialist', '{0.12,0.28,0.40,0.20}'),
  (25, 'PULM', 'Pulmonary rehabilitation', 'Integrated specialist services', 'REHAB', 'breathing', 2400, 2900, 50, 0.4, NULL, 0.03, 6, 11, 4, 60, 6, 0, 0.02, 0, 0.10, 1, 2, 'respiratory_physiotherapist', '{0.04,0.26,0.52,0.18}'),
  (26, 'SPEC', 'Specialist teams', 'Integrated specialist services', 'COMM', 'lot', 2600, 5600, 20, 0.45, NULL, 0.10, 3, 12, 28, 45, 8, 0.40, 0.20, 0.05, 0.05, 1, 4, 'nurse_specialist', '{0.20,0.25,0.33,0.22}'),
  (27, 'INTC', 'Intermediate care: community', 'Intermediate care', 'COMM', 'lot', 6200, 17500, 0, 0.5, 26, 0.40, 6.5, 20, 4, 45, 9, 0.96, 0.03, 0, 0, 2, 6, 'intermediate_care_therapist', '{0.02,0.08,0.34,0.56}'),
  (28, 'DISCH', 'Intermediate care: discharge team', 'Intermediate care', 'COMM', 'lot', 7600, 5400, 0, 0.7, 9, 0.50, 0.5, 4, 2, 40, 9, 0.40, 0.30, 0, 0, 1, 4, 'discharge_co-ordinator', '{0.04,0.12,0.36,0.48}'),
  (29, 'EQUIP', 'Intermediate care: equipment store', 'Intermediate care', 'COMM', 'store', 8500, 11800, 4, 0.45, NULL, 0.20, 0.4, 3, 30, 30, 8, 1, 0, 0, 0.02, 1, 4, 'equipment_technician', '{0.07,0.15,0.36,0.42}'),
  (30, 'REHAB', 'Rehabilitation: community', 'Rehabilitation', 'REHAB', 'place', 7400, 10800, 21, 0.45, NULL, 0.10, 4.2, 16, 10, 45, 8, 0.60, 0.08, 0.03, 0.03, 1, 3, 'physiotherapist', '{0.10,0.18,0.36,0.36}'),
  (31, 'SLTA', 'Rehabilitation: speech and language therapy', 'Rehabilitation', 'REHAB', 'lot', 2700, 2500, 24, 0.45, NULL, 0.15, 2.3, 10, 21, 45, 5, 0.50, 0.12, 0.08, 0.04, 1, 3, 'speech_therapist', '{0.12,0.20,0.36,0.32}'),
  (32, 'OTA', 'Rehabilitation: occupational therapy', 'Rehabilitation', 'REHAB', 'place', 5800, 5600, 30, 0.45, NULL, 0.08, 1.8, 8, 21, 50, 5, 0.75, 0.10, 0.02, 0.03, 1, 2, 'occupational_therapist', '{0.12,0.18,0.34,0.36}'),
  (33, 'CAR', 'Clinical assessment and referral', 'Single point of access', 'COMM', 'spa', 12000, 4800, 0, 0.8, 3, 0.30, 0, 0, 1, 20, 9, 0, 0.97, 0.03, 0, 1, 6, 'clinical_navigator', '{0.16,0.20,0.33,0.31}'),
  (34, 'RAPID', 'Rapid response', 'Single point of access', 'URG', 'spa', 24000, 14500, 0, 0.47, 1.25, 1.0, 1.3, 5, 1, 60, 9, 0.95, 0.05, 0, 0, 1, 8, 'rapid_response_practitioner', '{0.04,0.10,0.32,0.54}'),
  (35, 'CAUD', 'Children: audiology', 'Children', 'DIAG', 'childhub', 5200, 2900, 27, 0.4, NULL, 0.05, 0.8, 4, 180, 30, 5, 0, 0, 0, 0.09, 1, 3, 'audiologist', '{0.45,0.40,0.15}'),
  (36, 'CBB', 'Children: bladder and bowel', 'Children', 'COMM', 'childhub', 2200, 1300, 60, 0.4, NULL, 0.02, 1.8, 6, 60, 40, 3, 0.05, 0.30, 0.05, 0.09, 1, 2, 'continence_nurse', '{0.15,0.60,0.25}'),
  (37, 'CAID', 'Children: communication aids', 'Children', 'COMM', 'childhub', 300, 720, 55, 0.4, NULL, 0, 4, 10, 45, 60, 2, 0.20, 0.05, 0.10, 0.05, 1, 2, 'speech_therapist', '{0.15,0.50,0.35}'),
  (38, 'CCN', 'Children: community nursing', 'Children', 'COMM', 'child', 2600, 6800, 3, 0.5, NULL, 0.25, 7, 24, 7, 45, 8, 0.85, 0.10, 0, 0.01, 1.8, 2, 'childrens_nurse', '{0.50,0.28,0.22}'),
  (39, 'CDIET', 'Children: dietetics', 'Children', 'COMM', 'childhub', 1700, 1200, 42, 0.4, NULL, 0.06, 1.5, 5, 60, 40, 3, 0.05, 0.20, 0.15, 0.09, 1, 2, 'dietitian', '{0.55,0.25,0.20}'),
  (40, 'CMSK', 'Children: musculoskeletal', 'Children', 'COMM', 'childhub', 3000, 1400, 35, 0.4, NULL, 0.05, 1.8, 6, 28, 30, 5, 0, 0.05, 0.05, 0.09, 1, 2, 'physiotherapist', '{0.20,0.35,0.45}'),
  (41, 'CTHER', 'Children: therapies', 'Children', 'REHAB', 'child', 3000, 3900, 60, 0.4, NULL, 0.05, 4, 14, 21, 45, 3, 0.15, 0.05, 0.05, 0.08, 1, 2, 'childrens_therapist', '{0.45,0.40,0.15}'),
  (42, 'CPAED', 'Children: paediatrics', 'Children', 'COMM', 'child', 4800, 7600, 92, 0.4, NULL, 0.06, 1.6, 6, 120, 45, 5, 0, 0.10, 0.10, 0.09, 1, 2, 'community_paediatrician', '{0.35,0.45,0.20}'),
  (43, 'CPROD', 'Children: continence products', 'Children', 'COMM', 'childhub', 1400, 1100, 14, 0.4, NULL, 0, 3, 8, 90, 20, 5, 1, 0, 0, 0.01, 1, 2, 'continence_adviser', '{0.20,0.55,0.25}'),
  (44, 'CEYP', 'Children: early-years physiotherapy', 'Children', 'REHAB', 'childhub', 1100, 1000, 38, 0.4, NULL, 0.08, 4, 12, 28, 45, 3, 0.25, 0, 0.03, 0.07, 1, 2, 'physiotherapist', '{0.97,0.03,0}'),
  (45, 'CSB', 'Children: short breaks', 'Children', 'COMM', 'childhub', 420, 1500, 70, 0.4, NULL, 0, 7, 20, 14, 180, 5, 0.70, 0, 0, 0.04, 1, 3, 'support_worker', '{0.15,0.40,0.45}'),
  (46, 'CINT', 'Children: integrated therapies (occupational, physio, speech)', 'Children', 'REHAB', 'child', 4600, 8800, 80, 0.4, NULL, 0.04, 5, 16, 21, 45, 8, 0.15, 0.03, 0.06, 0.08, 1, 3, 'childrens_therapist', '{0.45,0.40,0.15}'),
  (47, 'CLAC', 'Children: looked-after children', 'Children', 'COMM', 'childhub', 1300, 1900, 13, 0.35, NULL, 0, 0.8, 4, 180, 60, 5, 0.40, 0.02, 0.05, 0.07, 1, 2, 'looked_after_children_nurse', '{0.30,0.30,0.40}'),
  (48, 'CORTH', 'Children: orthotics', 'Children', 'COMM', 'childhub', 1300, 900, 30, 0.4, NULL, 0, 1.2, 5, 90, 30, 2, 0, 0, 0, 0.08, 1, 2, 'orthotist', '{0.30,0.40,0.30}'),
  (49, 'CPOD', 'Children: podiatry', 'Children', 'COMM', 'childhub', 1500, 600, 34, 0.4, NULL, 0, 1.2, 5, 60, 30, 3, 0, 0, 0, 0.09, 1, 2, 'podiatrist', '{0.10,0.45,0.45}'),
  (50, 'CRES', 'Children: residential short-break units', 'Children', 'COMM', 'residential', 240, 4300, 60, 0.4, NULL, 0, 7, 14, 42, 0, 9, 0, 0, 0, 0, 1, 5, 'residential_carer', '{0.05,0.40,0.55}'),
  (51, 'CSSN', 'Children: special-school nursing', 'Children', 'COMM', 'child', 900, 4400, 7, 0.4, NULL, 0.05, 9, 24, 14, 30, 8, 0, 0.05, 0, 0.03, 1, 2, 'school_nurse', '{0.10,0.45,0.45}'),
  (52, 'CTB', 'Children: tuberculosis', 'Children', 'COMM', 'childhub', 24, 36, 6, 0.4, NULL, 0.3, 1.5, 4, 28, 30, 1, 0, 0.05, 0, 0.05, 1, 2, 'tuberculosis_nurse', '{0.30,0.30,0.40}'),
  (53, 'CUSLT', 'Children: universal speech and language therapy', 'Children', 'REHAB', 'child', 5800, 3900, 65, 0.4, NULL, 0.02, 2.4, 8, 35, 40, 5, 0, 0.05, 0.12, 0.09, 1, 2, 'speech_therapist', '{0.75,0.25,0}');
-- days_per_week: 1 and 2 mean one fixed weekday, 3 three of them, 6 a class on
-- Tuesdays and Fridays, 5 and 8 every working day, 9 every day of the year

-- who takes part: children or adults, and how a first or later contact is kept
ALTER TABLE demo.service_rule ADD adult boolean, ADD band_share double precision[], ADD day_list integer, ADD stay boolean, ADD tfc text,
  ADD rtt_role text, ADD model text;
UPDATE demo.service_rule SET
  adult = service_no <= 34,
  band_share = CASE WHEN service_no <= 34 THEN ARRAY[0, 0, 0]::double precision[] || ages ELSE ages || ARRAY[0, 0, 0, 0]::double precision[] END,
  day_list = CASE WHEN wait_hours IS NULL THEN 20 ELSE 21 END,
  stay = service_code IN ('STRB', 'CRES'),
  rtt_role = CASE WHEN service_code IN ('PODS', 'CPAED') THEN 'consultant_led' WHEN service_code IN ('ORTHO', 'MSKT', 'NEURO') THEN 'interface' ELSE 'none' END,
  model = CASE WHEN spread IN ('hospice', 'breathing') THEN 'social_enterprise' WHEN line = 'Elective hubs' THEN 'mixed'
               WHEN line IN ('Intermediate care', 'Single point of access') THEN 'integrated_health_and_care' ELSE 'community' END,
  tfc = CASE service_code WHEN 'ORTHO' THEN '110' WHEN 'MSKT' THEN '650' WHEN 'NEURO' THEN '400' WHEN 'PODS' THEN '663' WHEN 'PODI' THEN '653'
             WHEN 'DAYH' THEN '430' WHEN 'RESP' THEN '340' WHEN 'CARD' THEN '320' WHEN 'CPAED' THEN '290' WHEN 'CAUD' THEN '254'
             WHEN 'EOL' THEN '315' WHEN 'SLTA' THEN '652' WHEN 'OTA' THEN '651' WHEN 'CINT' THEN '651' WHEN 'CUSLT' THEN '652' WHEN 'NUTR' THEN '654' END;
ANALYZE demo.service_rule;

CREATE TABLE warehouse.service_line (service_code text NOT NULL, service_name text NOT NULL, service_area text NOT NULL, service_type text NOT NULL,
  tfc text, client_group text, model text, rtt_role text);
INSERT INTO warehouse.service_line
SELECT service_code, name, line, kind, tfc, CASE WHEN adult THEN 'ADULT' ELSE 'CYP' END, model, rtt_role FROM demo.service_rule;

CREATE TABLE warehouse.appointment_length (service_code text NOT NULL, appt_kind text NOT NULL, minutes integer NOT NULL, staff_role text);
INSERT INTO warehouse.appointment_length
SELECT service_code, v.kind, minutes + CASE v.kind WHEN 'NEW' THEN 15 ELSE 0 END, staff_role
FROM demo.service_rule CROSS JOIN (VALUES ('NEW'), ('FU')) v (kind)
WHERE NOT stay AND (v.kind = 'NEW' OR follow_up_mean > 0);

-- ---- standards and what lots have agreed to reach ------------------------------------
CREATE TABLE warehouse.waiting_standard (std_code text NOT NULL, std_name text NOT NULL, service_code text, service_type text,
  start_point text NOT NULL, stop_point text NOT NULL, limit_n integer NOT NULL, limit_period text NOT NULL, target_share numeric(4,3));
INSERT INTO warehouse.waiting_standard VALUES
  ('UCR2H', 'Urgent community response within 2 hours', 'RAPID', NULL, 'received', 'first_contact', 2, 'hour', 0.70),
  ('RTT18PAE', 'Paediatrics: seen within 18 weeks', 'CPAED', NULL, 'received', 'first_contact', 18, 'week', 0.92),
  ('RTT18POD', 'Podiatric surgery: treated within 18 weeks', 'PODS', NULL, 'received', 'treatment', 18, 'week', 0.92),
  ('AUD6W', 'Children''s audiology within 6 weeks', 'CAUD', NULL, 'received', 'first_contact', 6, 'week', 0.99),
  ('EOL48H', 'End of life: visit within 48 hours', 'EOL', NULL, 'received', 'first_contact', 48, 'hour', 0.90),
  ('DIS1D', 'Discharge team: assessment by the next day', 'DISCH', NULL, 'received', 'first_contact', 1, 'day', 0.90),
  ('LAC20WD', 'Looked-after children: report of the health assessment within 20 working days', 'CLAC', NULL, 'received', 'report', 20, 'working_day', 0.85),
  ('CW02', 'Community wait: within 2 weeks', NULL, 'COMM', 'received', 'first_contact', 2, 'week', NULL),
  ('CW12', 'Community wait: within 12 weeks', NULL, 'COMM', 'received', 'first_contact', 12, 'week', NULL),
  ('CW18', 'Community wait: within 18 weeks', NULL, 'COMM', 'received', 'first_contact', 18, 'week', 0.92),
  ('CW52', 'Community wait: within 52 weeks', NULL, 'COMM', 'received', 'first_contact', 52, 'week', 1.00);

CREATE TABLE warehouse.trajectory (org_code text NOT NULL, std_code text NOT NULL, month date NOT NULL, agreed_share numeric(4,3) NOT NULL);
INSERT INTO warehouse.trajectory
SELECT o.org, o.std, m::date, least(o.goal, o.base + (o.goal - o.base) * (m::date - date '2024-10-01') / 730.0)
FROM (SELECT 'LOT-' || code AS org, 'UCR2H' AS std, 0.60 AS base, 0.75 AS goal FROM demo.lot
      UNION ALL VALUES ('KCT-CYP', 'RTT18PAE', 0.70, 0.85)) o
CROSS JOIN generate_series(timestamp '2024-10-01', '2027-03-01', '1 month') m;
