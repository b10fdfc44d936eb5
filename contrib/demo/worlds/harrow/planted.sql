-- The planted findings as rows, so that tests and readers find them beside the
-- data (planted.md tells them in words), and the parameters they come from.

CREATE TABLE warehouse.planted_finding (finding_id text PRIMARY KEY, statement text NOT NULL, organisation_id text, site_id text,
  service_id text, since date, expected_value numeric, comparator_value numeric, measure text);
INSERT INTO warehouse.planted_finding VALUES
  ('over_referring', 'Cedar Court Practice refers to MSK services at about 2.2 times the rate expected from its patients'' age and sex',
   'P07', NULL, NULL, NULL, :over_referring_factor, 1, 'referrals by the practice per expected referral'),
  ('idle_tuesday', 'Tuesday physiotherapy sessions at Eastfield Clinic are mostly idle',
   'COM', 'C3', 'MSKPHY', NULL, 0.28, 0.92, 'share of slots booked'),
  ('slower_physio', 'Physiotherapy at Northbrook Clinic: first assessments within 10 working days have fallen',
   'COM', 'C5', 'MSKPHY', :'slow_physio_since', 0.21, 0.70, 'share seen within 10 working days'),
  ('missed_appointments', 'Patients of Elder Brook Practice miss twice as many appointments as others',
   'P12', NULL, NULL, NULL, :missing_factor, 1, 'share missed, ratio to the other practices'),
  ('returned_referrals', 'Referrals of the North East network''s practices are returned far more often',
   'N4', NULL, NULL, NULL, 0.19, 0.055, 'share of referrals returned'),
  ('bad_numbers', 'Patients of Juniper Street Practice have ten times as many bad or missing NHS numbers',
   'P21', NULL, NULL, NULL, :bad_number_factor * :bad_nhs_rate, :bad_nhs_rate, 'share of patients without a valid number'),
  ('slower_imaging', 'Imaging at North Hospital breaches six weeks for requests since November 2025, seen from December',
   'ACU', 'H2', 'IMG', :'slow_imaging_since', 0.87, 0.99, 'share examined within six weeks'),
  ('one_referral', 'Since October 2024 orthopaedic and rheumatological referrals from practices go to the community service first',
   'HQ', NULL, 'ORTHO', :'one_referral_since', :direct_share_after, :direct_share_before, 'share of such referrals sent straight to the hospital'),
  ('over_capacity', 'Poplar Row Practice has far more patients than places, while Birch Hill Practice, a kilometre away, is half empty',
   'P29', 'S29', NULL, NULL, 1 / :full_practice_places, 1 / :roomy_practice_places, 'patients per place');

CREATE TABLE warehouse.demo_parameter (name text PRIMARY KEY, value text NOT NULL, meaning text NOT NULL);
INSERT INTO warehouse.demo_parameter VALUES
  ('seed', :'seed', 'seed of every draw'), ('scale', :'scale', 'patients as a share of 265,422'),
  ('as_at', :'history_to', 'the world''s now: midnight in London'),
  ('history_from', :'history_from', 'first day of the history'),
  ('bad_nhs_rate', :'bad_nhs_rate', 'NHS numbers wrong, short, spaced, with letters, placeholder or missing'),
  ('spaced_nhs_rate', :'spaced_nhs_rate', 'NHS numbers written 3-3-4, valid'),
  ('missing_postcode_rate', :'missing_postcode_rate', 'patients without postcode'),
  ('duplicate_person_rate', :'duplicate_person_rate', 'departed patients with another patient''s number'),
  ('duplicate_referral_rate', :'duplicate_referral_rate', 'referrals entered twice'),
  ('late_event_rate', :'late_event_rate', 'events recorded more than a week late'),
  ('disordered_event_rate', :'disordered_event_rate', 'events dated before the referral'),
  ('unmapped_code_rate', :'unmapped_code_rate', 'referrals with a priority code that nobody maps'),
  ('orphan_rate', :'orphan_rate', 'appointments of unknown patients, events of unknown referrals'),
  ('future_date_rate', :'future_date_rate', 'problems and events dated in the future'),
  ('over_referring_factor', :'over_referring_factor', 'planted: over_referring'),
  ('idle_avoid', :'idle_avoid', 'planted: idle_tuesday, share of patients who avoid that day'),
  ('slow_physio_factor', :'slow_physio_factor', 'planted: slower_physio, factor on the wait'),
  ('missing_factor', :'missing_factor', 'planted: missed_appointments'),
  ('return_factor', :'return_factor', 'planted: returned_referrals'),
  ('bad_number_factor', :'bad_number_factor', 'planted: bad_numbers'),
  ('slow_imaging_factor', :'slow_imaging_factor', 'planted: slower_imaging, factor on the wait'),
  ('direct_share_after', :'direct_share_after', 'planted: one_referral'),
  ('full_practice_places', :'full_practice_places', 'planted: over_capacity, places for each patient of the full practice'),
  ('roomy_practice_places', :'roomy_practice_places', 'planted: over_capacity, places for each patient of the one nearby');
