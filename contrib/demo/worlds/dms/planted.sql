-- The planted findings as rows, so that tests and readers find them beside the
-- data (planted.md tells them in words), and the parameters they come from.

CREATE TABLE warehouse.planted_finding (finding_id text PRIMARY KEY, statement text NOT NULL, organisation_id text, site_id text,
  unit_id text, service_id text, since date, expected_value numeric, comparator_value numeric, measure text);
INSERT INTO warehouse.planted_finding
SELECT 'slower_rehabilitation', 'The ' || s.name || ' assesses ever fewer within 10 working days', s.org_code, s.site_code,
       NULL, 'PCRF', :'slow_pcrf_since'::date, 0.20, 0.85, 'share assessed within 10 working days of the first consultation'
FROM demo.site s WHERE s.site_no = 400 + :slow_pcrf_site
UNION ALL
SELECT 'overdue_reviews', 'Reviews of fitness are overdue in ' || u.name || ' while its region looks well', s.org_code, s.site_code,
       u.unit_code, NULL, NULL, :overdue_unit_share, :review_overdue_share, 'share of gradings whose review is past due'
FROM demo.unit u JOIN demo.site s ON s.site_no = u.medical_no WHERE u.unit_no = :overdue_unit_site * 10 + 1
UNION ALL
SELECT 'inspection_backlog', s.name || ' has most of its inspections past due', s.org_code, s.site_code, NULL, 'DENT', NULL,
       :backlog_share, :inspection_overdue_share, 'share of open inspections past due'
FROM demo.goes_to g JOIN demo.site s USING (site_no) WHERE g.medical_no = :backlog_dental_at AND g.kind = 'DEN'
UNION ALL
SELECT 'temporary_staff', 'Twice as many sessions of the ' || name || ' region are run by temporary staff', 'R' || region_no, NULL, NULL, NULL, NULL,
       :temporary_share * :temporary_factor, :temporary_share, 'share of sessions run by temporary staff'
FROM demo.region WHERE region_no = :temporary_region
UNION ALL
SELECT 'idle_fridays', 'On Fridays the ' || org_name || '''s general practice and nursing sessions are mostly idle', org_code, NULL, NULL, 'GPMO', NULL,
       0.33, 0.90, 'share of slots booked'
FROM warehouse.dim_organisation WHERE org_code = 'G' || lpad(:'idle_group', 2, '0')
UNION ALL
SELECT 'hardly_remote', s.name || ' sees hardly anybody by telephone or video', s.org_code, s.site_code, NULL, 'GPMO', NULL,
       :remote_share * :face_to_face_factor, :remote_share, 'remote share of attended consultations'
FROM demo.site s WHERE s.site_no = :face_to_face_site
UNION ALL
SELECT 'long_mental_health_waits', 'The ' || s.name || ' has waits of two months and more', s.org_code, s.site_code, NULL, 'DCMH', NULL,
       0.07, 0.87, 'share assessed within 20 working days of referral'
FROM demo.site s JOIN demo.wait_change w USING (site_no) WHERE w.service_no = 8
UNION ALL
SELECT 'redirected_requests', 'The ' || s.name || ' sends a third of those who ask for an appointment elsewhere', s.org_code, s.site_code, NULL, 'GPMO', NULL,
       :redirecting_share + 0.045, 0.045, 'share of requests for contact redirected'
FROM demo.site s WHERE s.site_no = :redirecting_site;

CREATE TABLE warehouse.demo_parameter (name text PRIMARY KEY, value text NOT NULL, meaning text NOT NULL);
INSERT INTO warehouse.demo_parameter VALUES
  ('seed', :'seed', 'seed of every draw'), ('scale', :'scale', 'people as a share of 230,000'),
  ('as_at', :'history_to', 'the world''s now: midnight in London'),
  ('history_from', :'history_from', 'first day of the history'),
  ('bad_nhs_rate', :'bad_nhs_rate', 'NHS numbers wrong, short, spaced, with letters, placeholder or missing'),
  ('spaced_nhs_rate', :'spaced_nhs_rate', 'NHS numbers written 3-3-4, valid'),
  ('bad_service_number_rate', :'bad_service_number_rate', 'service numbers cut short'),
  ('missing_postcode_rate', :'missing_postcode_rate', 'people without postcode'),
  ('duplicate_person_rate', :'duplicate_person_rate', 'people who left with another''s NHS number'),
  ('duplicate_referral_rate', :'duplicate_referral_rate', 'referrals entered twice'),
  ('late_event_rate', :'late_event_rate', 'events and gradings recorded more than a week late'),
  ('disordered_event_rate', :'disordered_event_rate', 'events dated before the referral'),
  ('unmapped_code_rate', :'unmapped_code_rate', 'referrals with a priority code that nobody maps'),
  ('orphan_rate', :'orphan_rate', 'appointments of unknown people, events of unknown referrals'),
  ('future_date_rate', :'future_date_rate', 'gradings, problems and events dated in the future'),
  ('slow_pcrf_factor', :'slow_pcrf_factor', 'planted: slower_rehabilitation, factor on the wait'),
  ('overdue_unit_share', :'overdue_unit_share', 'planted: overdue_reviews'),
  ('backlog_share', :'backlog_share', 'planted: inspection_backlog'),
  ('temporary_factor', :'temporary_factor', 'planted: temporary_staff'),
  ('idle_avoid', :'idle_avoid', 'planted: idle_fridays, share of people who come on another day'),
  ('face_to_face_factor', :'face_to_face_factor', 'planted: hardly_remote, factor on the remote share'),
  ('long_dcmh_factor', :'long_dcmh_factor', 'planted: long_mental_health_waits, factor on the wait'),
  ('redirecting_share', :'redirecting_share', 'planted: redirected_requests, share of what would be booked');
