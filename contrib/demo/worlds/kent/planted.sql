-- The planted findings as rows, so that tests and readers find them beside the
-- data (planted.md tells them in words), and the parameters they come from.

CREATE TABLE warehouse.planted_finding (finding_id text PRIMARY KEY, statement text NOT NULL, organisation_id text, site_id text,
  service_id text, since date, expected_value numeric, comparator_value numeric, measure text);
INSERT INTO warehouse.planted_finding
SELECT 'wait_gap', 'In Medway and Swale adults from deprived areas wait ever longer than others', 'LOT-MS', NULL, NULL, :'gap_since'::date,
       :gap_factor, :usual_gap, 'wait of people in deprivation deciles 1 to 3 over that of the others; grows to the expected value within eleven months'
UNION ALL
SELECT 'single_handed', 'Lymphoedema in East Kent is one specialist; while she was ill nobody was seen', 'KCT-EK', s.site_code, 'LYMPH',
       :'absent_from', 0, NULL, 'contacts in February and March 2026'
FROM demo.offer o JOIN demo.site s USING (site_no) WHERE o.staff_count = 1
UNION ALL
SELECT 'not_viable', 'The children''s tuberculosis service is far too small to stand alone', 'KCT-CYP', NULL, 'CTB', NULL,
       round(annual_value), (SELECT round(min(annual_value)) FROM demo.contract WHERE service_no <> :unviable_service), 'value of the contract in GBP a year, and of the next smallest'
FROM demo.contract WHERE service_no = :unviable_service
UNION ALL VALUES
  ('overspend', 'West Kent''s equipment store overspends its contract since January 2026', 'EQS-WK', NULL::text, 'EQUIP', :'overspent_since'::date,
   :overspent_factor::numeric, 1::numeric, 'spend over plan'),
  ('slower_response', 'East Kent''s rapid response reaches fewer people within two hours since May 2026', 'LOT-EK', NULL, 'RAPID', :'slow_response_since',
   0.46, 0.83, 'share answered within two hours'),
  ('cancelling_provider', 'Alder Health Group cancels more than twice as many appointments as the other providers', 'IND', NULL, NULL, NULL,
   round(:cancelling_factor * :cancel_provider, 3), :cancel_provider, 'share of bookable appointments cancelled by the provider'),
  ('low_referral', 'Folkestone and Hythe''s people are referred far less than their age structure lets expect', 'PL-FOL', NULL, NULL, NULL,
   :low_place_factor, 1, 'referrals over expected by age and sex')
UNION ALL
SELECT 'rising_calls', 'Ever more people call ' || s.name || ' about clinical assessment', s.team, s.site_code, :'rising_service', :'history_from'::date,
       :rising_factor, 1, 'calls that become no referral, over those of the month before'
FROM demo.site s WHERE s.tag = 'spa' AND s.lot_no = :rising_lot;

CREATE TABLE warehouse.demo_parameter (name text PRIMARY KEY, value text NOT NULL, meaning text NOT NULL);
INSERT INTO warehouse.demo_parameter VALUES
  ('seed', :'seed', 'seed of every draw'), ('scale', :'scale', 'people as a share of 1.9 million'),
  ('as_at', :'history_to', 'the world''s now: midnight in London'),
  ('history_from', :'history_from', 'first day of the history'),
  ('bad_nhs_rate', :'bad_nhs_rate', 'NHS numbers wrong, short, spaced, with letters, placeholder or missing'),
  ('spaced_nhs_rate', :'spaced_nhs_rate', 'NHS numbers written 3-3-4, valid'),
  ('missing_postcode_rate', :'missing_postcode_rate', 'people without postcode'),
  ('duplicate_person_rate', :'duplicate_person_rate', 'people with another person''s number'),
  ('duplicate_referral_rate', :'duplicate_referral_rate', 'referrals entered twice'),
  ('disordered_event_rate', :'disordered_event_rate', 'milestones dated before the referral'),
  ('unmapped_code_rate', :'unmapped_code_rate', 'referrals with a priority code that nobody maps'),
  ('orphan_rate', :'orphan_rate', 'contacts of unknown people; four times as many milestones of unknown referrals'),
  ('future_date_rate', :'future_date_rate', 'a quarter of the rate of milestones and reviews dated in the future'),
  ('gap_factor', :'gap_factor', 'planted: wait_gap, factor on the wait after eleven months'),
  ('absent_from', :'absent_from', 'planted: single_handed'),
  ('overspent_factor', :'overspent_factor', 'planted: overspend'),
  ('slow_response_median', :'slow_response_median', 'planted: slower_response, median minutes'),
  ('cancelling_factor', :'cancelling_factor', 'planted: cancelling_provider'),
  ('low_place_factor', :'low_place_factor', 'planted: low_referral'),
  ('rising_factor', :'rising_factor', 'planted: rising_calls, factor a month');
