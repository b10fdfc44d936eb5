-- Points a hub's inputs at the harrow warehouse:
--   psql -v ON_ERROR_STOP=1 -v hub=hub -f bind.sql
-- Codes that a CASE does not know pass through as they are, so that the check of
-- the hub reports them.

SELECT caregroup.bind(:'hub', 'organisation', $$
SELECT org_code AS organisation_id, org_name AS name,
       CASE org_type WHEN 'HQ' THEN 'headquarters' WHEN 'COMM' THEN 'commissioner' WHEN 'PROV' THEN 'provider'
            WHEN 'PART' THEN 'partnership' WHEN 'CAREGRP' THEN 'care_group' WHEN 'GP' THEN 'practice' ELSE org_type END AS kind,
       national_code AS ods_code, open_dt AS valid_from, close_dt AS valid_to
FROM warehouse.org $$);

SELECT caregroup.bind(:'hub', 'organisation_link', $$
SELECT child_code AS child_id, parent_code AS parent_id,
       CASE structure WHEN 'CMD' THEN 'command' WHEN 'PROV' THEN 'provider' WHEN 'PLACE' THEN 'place' WHEN 'COMM' THEN 'commissioner'
            ELSE structure END AS hierarchy,
       start_dt AS valid_from, end_dt AS valid_to
FROM warehouse.org_structure $$);

SELECT caregroup.bind(:'hub', 'site', $$
SELECT site_code AS site_id, site_name AS name, org_code AS organisation_id,
       CASE site_type WHEN 'GP' THEN 'practice' WHEN 'CLINIC' THEN 'community_clinic' WHEN 'HOSP' THEN 'hospital' ELSE site_type END AS kind,
       national_code AS ods_code, postcode, longitude::double precision AS longitude, latitude::double precision AS latitude,
       'Europe/London'::text AS time_zone, 'england'::text AS calendar_id, open_dt AS opened_on, close_dt AS closed_on,
       max_people AS capacity_people
FROM warehouse.site $$);

SELECT caregroup.bind(:'hub', 'area', $$
SELECT lsoa_code AS area_id, lsoa_name AS name, 'lsoa'::text AS kind, centroid_lon::double precision AS longitude,
       centroid_lat::double precision AS latitude, imd_decile AS deprivation_decile, no_car_share
FROM warehouse.lsoa $$);

SELECT caregroup.bind(:'hub', 'travel', $$
SELECT lsoa_code AS origin_id, site_code AS site_id,
       CASE travel_mode WHEN 'CAR' THEN 'car' WHEN 'BUS' THEN 'public_transport' ELSE travel_mode END AS mode,
       minutes, km AS kilometres
FROM warehouse.travel_time $$);

SELECT caregroup.bind(:'hub', 'population', $$
SELECT lsoa_code AS area_id, snapshot_dt AS as_at, 
       CASE age_band WHEN '90+' THEN age_band ELSE lpad(split_part(age_band, '-', 1), 2, '0') || '-' || lpad(split_part(age_band, '-', 2), 2, '0') END AS age_band,
       CASE gender_code WHEN 'F' THEN 'female' WHEN 'M' THEN 'male' ELSE gender_code END AS sex,
       'registered'::text AS population_group, people
FROM warehouse.lsoa_population $$);

SELECT caregroup.bind(:'hub', 'person', $$
SELECT p.patient_id AS person_id, p.nhs_no AS nhs_number, p.dob AS birth_date, p.dod AS death_date,
       CASE p.gender_code WHEN 'F' THEN 'female' WHEN 'M' THEN 'male' WHEN 'I' THEN 'indeterminate' WHEN 'X' THEN 'unknown'
            ELSE p.gender_code END AS sex,
       p.ethnic_code AS ethnicity, a.imd_decile AS deprivation_decile, p.lsoa_code AS area_id, p.postcode,
       a.centroid_lon::double precision AS longitude, a.centroid_lat::double precision AS latitude,
       'registered'::text AS population_group, p.language_code AS language, p.interpreter_yn AS interpreter_needed,
       p.opt_out_yn AS objects_secondary_use
FROM warehouse.patient p LEFT JOIN warehouse.lsoa a ON a.lsoa_code = p.lsoa_code $$);

SELECT caregroup.bind(:'hub', 'registration', $$
-- the warehouse keeps the day on which the next registration begins
SELECT patient_id AS person_id, practice_site AS site_id, reg_from AS valid_from, reg_to - 1 AS valid_to
FROM warehouse.gp_registration $$);

SELECT caregroup.bind(:'hub', 'service', $$
SELECT service_code AS service_id, service_name AS name,
       CASE service_type WHEN 'COMM' THEN 'community' WHEN 'PRIM' THEN 'primary' WHEN 'REHAB' THEN 'rehabilitation' WHEN 'DIAG' THEN 'diagnostic'
            WHEN 'ACUTE' THEN 'acute' WHEN 'URG' THEN 'acute' ELSE service_type END AS kind,
       tfc AS treatment_function_code, age_group, model AS model_of_care, rtt_role
FROM warehouse.service_catalogue $$);

SELECT caregroup.bind(:'hub', 'appointment_type', $$
SELECT service_code AS service_id,
       CASE WHEN service_code = 'IMG' THEN 'diagnostic' WHEN service_code = 'GRPEX' THEN 'group'
            WHEN appt_kind = 'NEW' THEN 'first' WHEN appt_kind = 'FU' THEN 'follow_up' ELSE appt_kind END AS kind,
       minutes, staff_role AS role, skills, follow_up_share
FROM warehouse.clinic_type $$);

SELECT caregroup.bind(:'hub', 'site_service', $$
SELECT site_code AS site_id, service_code AS service_id,
       CASE consult_medium WHEN 'F2F' THEN 'face_to_face' WHEN 'TEL' THEN 'telephone' WHEN 'VID' THEN 'video' WHEN 'GRP' THEN 'group'
            ELSE consult_medium END AS modality,
       start_dt AS valid_from, end_dt AS valid_to, min_age AS minimum_age, max_age AS maximum_age
FROM warehouse.site_service_offer $$);

SELECT caregroup.bind(:'hub', 'service_standard', $$
SELECT std_code AS standard_id, std_name AS name, service_code AS service_id, service_type AS service_kind, start_point AS clock_start,
       stop_point AS clock_stop, limit_n AS limit_value, limit_period AS limit_unit, target_share AS threshold
FROM warehouse.waiting_standard $$);

SELECT caregroup.bind(:'hub', 'target', $$
SELECT org_code AS organisation_id, std_code AS standard_id, month, agreed_share AS value
FROM warehouse.trajectory $$);

SELECT caregroup.bind(:'hub', 'session', $$
SELECT session_no AS session_id, site_code AS site_id, service_code AS service_id, session_start AS starts_at, session_end AS ends_at,
       slot_count AS slots, slot_length AS slot_minutes, template_code AS template_id,
       CASE consult_medium WHEN 'F2F' THEN 'face_to_face' WHEN 'GRP' THEN 'group' ELSE consult_medium END AS modality,
       CASE session_state WHEN 'HELD' THEN 'held' WHEN 'OPEN' THEN 'open' WHEN 'CANX' THEN 'cancelled' ELSE session_state END AS status,
       room AS room_id
FROM warehouse.clinic_session $$);

SELECT caregroup.bind(:'hub', 'session_staff', $$
SELECT session_no AS session_id, staff_code AS staff_id, duty AS role
FROM warehouse.clinic_session_staff $$);

SELECT caregroup.bind(:'hub', 'staff', $$
SELECT staff_code AS staff_id, job_role AS role, band AS grade,
       CASE contract_type WHEN 'PERM' THEN 'permanent' WHEN 'BANK' THEN 'temporary' ELSE contract_type END AS employment,
       'civilian'::text AS workforce, base_site AS home_site_id, weekly_hours * 60 AS weekly_minutes, skills, line_manager AS supervisor_id,
       start_dt AS starts_on, leave_dt AS ends_on, hourly_cost AS cost_per_hour
FROM warehouse.workforce $$);

SELECT caregroup.bind(:'hub', 'staff_absence', $$
SELECT staff_code AS staff_id, absent_from AS starts_at, absent_to AS ends_at,
       CASE absence_code WHEN 'AL' THEN 'leave' WHEN 'SICK' THEN 'sickness' WHEN 'STUDY' THEN 'training' ELSE absence_code END AS reason
FROM warehouse.workforce_absence $$);

SELECT caregroup.bind(:'hub', 'post', $$
SELECT post_no AS post_id, site_code AS site_id, job_role AS role, funded_wte, from_dt AS valid_from, to_dt AS valid_to
FROM warehouse.establishment_post $$);

SELECT caregroup.bind(:'hub', 'calendar_day', $$
SELECT CASE country WHEN 'ENG' THEN 'england' ELSE country END AS calendar_id, holiday_dt AS day, 'bank_holiday'::text AS kind, holiday_name AS name
FROM warehouse.bank_holiday $$);

SELECT caregroup.bind(:'hub', 'contact_request', $$
SELECT log_no AS request_id, logged_ts AS at, site_code AS site_id, service_code AS service_id, patient_id AS person_id,
       CASE channel_code WHEN 'PHONE' THEN 'telephone' WHEN 'ONLINE' THEN 'online' WHEN 'DESK' THEN 'in_person' ELSE channel_code END AS channel,
       CASE outcome_code WHEN 'BOOKED' THEN 'booked' WHEN 'REDIRECTED' THEN 'redirected' WHEN 'NOSLOT' THEN 'unmet' WHEN 'HUNGUP' THEN 'abandoned'
            ELSE outcome_code END AS outcome
FROM warehouse.contact_log $$);

SELECT caregroup.bind(:'hub', 'referral', $$
SELECT referral_id, patient_id AS person_id, received_ts AS received_at, pathway_no AS pathway_id, letter_dt AS referred_at,
       CASE source_code WHEN 'GP' THEN 'general_practice' WHEN 'SELF' THEN 'self' WHEN 'FCP' THEN 'first_contact_practitioner'
            WHEN 'COMM' THEN 'community_service' WHEN 'CONS' THEN 'consultant' WHEN 'ED' THEN 'emergency_department'
            WHEN 'PHYS' THEN 'physiotherapist' ELSE source_code END AS source,
       referring_site AS referrer_site_id, reason_snomed AS reason_code, 'snomed'::text AS reason_system,
       CASE priority_code WHEN 'R' THEN 'routine' WHEN 'U' THEN 'urgent' WHEN 'E' THEN 'emergency' ELSE priority_code END AS priority,
       service_code AS service_id, site_code AS site_id,
       CASE state_code WHEN 'OPEN' THEN 'open' WHEN 'CLOSED' THEN 'closed' WHEN 'RETURNED' THEN 'returned' WHEN 'REDIRECTED' THEN 'redirected'
            ELSE state_code END AS status,
       triaged_ts AS accepted_at, closed_ts AS closed_at, closed_reason, remote_ok AS accepts_remote
FROM warehouse.msk_referral $$);

SELECT caregroup.bind(:'hub', 'referral_event', $$
SELECT event_id, referral_id, event_ts AS event_at,
       CASE event_code WHEN 'REC' THEN 'received' WHEN 'ACC' THEN 'accepted' WHEN 'RET' THEN 'returned' WHEN 'RDR' THEN 'redirected'
            WHEN 'WDN' THEN 'withdrawn' WHEN 'FST' THEN 'first_contact' WHEN 'FUP' THEN 'follow_up' WHEN 'DNA' THEN 'did_not_attend'
            WHEN 'DTA' THEN 'decision_to_admit' WHEN 'ADM' THEN 'admission' WHEN 'REP' THEN 'report' WHEN 'ONW' THEN 'referred_on'
            WHEN 'CLS' THEN 'closed' ELSE event_code END AS kind,
       rtt_status AS rtt_status_code, activity_id, told_patient_yn AS communicated
FROM warehouse.rtt_event $$);

-- five tables of the warehouse in one view; their numbers do not overlap
SELECT caregroup.bind(:'hub', 'activity', $$
SELECT contact_id AS activity_id, patient_id AS person_id, contact_ts AS starts_at,
       CASE contact_type WHEN 'NEW' THEN 'first' WHEN 'FU' THEN 'follow_up' WHEN 'GROUP' THEN 'group' ELSE contact_type END AS kind,
       CASE contact_status WHEN 'ATT' THEN 'attended' WHEN 'DNA' THEN 'did_not_attend' WHEN 'CAN-P' THEN 'cancelled_by_person'
            WHEN 'CAN-H' THEN 'cancelled_by_provider' WHEN 'BOOKED' THEN 'booked' ELSE contact_status END AS status,
       referral_id, NULL::bigint AS spell_id, service_code AS service_id, site_code AS site_id, staff_code AS staff_id, session_no AS session_id,
       CASE service_code WHEN 'FCP' THEN 'primary' ELSE 'community' END AS setting,
       CASE consult_medium WHEN 'F2F' THEN 'face_to_face' WHEN 'TEL' THEN 'telephone' WHEN 'VID' THEN 'video' WHEN 'GRP' THEN 'group'
            ELSE consult_medium END AS modality,
       contact_ts + duration_mins * interval '1 minute' AS ends_at, duration_mins AS minutes, made_ts AS booked_at, cancel_ts AS cancelled_at,
       lower(outcome) AS outcome, NULL::text AS acuity, NULL::text AS admission_method, NULL::date AS expected_discharge_on,
       NULL::timestamptz AS ready_for_discharge_at, NULL::text AS delay_reason, NULL::text AS treatment_function_code,
       NULL::text AS procedure_code, NULL::text AS hrg_code, unit_cost AS cost
FROM warehouse.community_contact
UNION ALL
SELECT opa_id, patient_id, appt_dt, CASE appt_type WHEN '1' THEN 'first' WHEN '2' THEN 'follow_up' ELSE appt_type END,
       CASE attended_code WHEN '5' THEN 'attended' WHEN '6' THEN 'attended' WHEN '3' THEN 'did_not_attend' WHEN '7' THEN 'did_not_attend'
            WHEN '2' THEN 'cancelled_by_person' WHEN '4' THEN 'cancelled_by_provider' WHEN '0' THEN 'booked' ELSE attended_code END,
       referral_id, NULL, service_code, hospital_site, staff_code, session_no, 'acute',
       CASE medium WHEN '01' THEN 'face_to_face' WHEN '02' THEN 'telephone' WHEN '03' THEN 'video' ELSE medium END,
       NULL, NULL, made_dt, cancel_dt,
       CASE outcome_code WHEN '1' THEN 'discharged' WHEN '2' THEN 'follow-up' WHEN '3' THEN 'listed for procedure' ELSE outcome_code END,
       NULL, NULL, NULL, NULL, NULL, treatment_function, NULL, NULL, net_cost
FROM warehouse.opa_appointment
UNION ALL
SELECT exam_id, patient_id, exam_ts, 'diagnostic',
       CASE exam_status WHEN 'DONE' THEN 'attended' WHEN 'DNA' THEN 'did_not_attend' WHEN 'CANP' THEN 'cancelled_by_person'
            WHEN 'CANH' THEN 'cancelled_by_provider' WHEN 'BOOKED' THEN 'booked' ELSE exam_status END,
       referral_id, NULL, 'IMG', hospital_site, NULL, session_no, 'acute', 'face_to_face',
       NULL, NULL, made_ts, cancel_ts, NULL, NULL, NULL, NULL, NULL, NULL, '812', exam_type, NULL, exam_cost
FROM warehouse.imaging_exam
UNION ALL
SELECT attendance_id, patient_id, arrival_ts, 'emergency', 'attended', NULL, NULL, 'ED', hospital_site, NULL, NULL, 'acute', 'face_to_face',
       departure_ts, extract(epoch FROM departure_ts - arrival_ts)::integer / 60, NULL, NULL,
       CASE disposal_code WHEN 'ADM' THEN 'admitted' WHEN 'HOME' THEN 'discharged' ELSE disposal_code END,
       acuity_code, NULL, NULL, NULL, NULL, '180', NULL, NULL, net_cost
FROM warehouse.ecds_attendance
UNION ALL
SELECT spell_id, patient_id, admit_ts, CASE patient_class WHEN '2' THEN 'day_case' WHEN '1' THEN 'inpatient' ELSE patient_class END,
       CASE spell_state WHEN 'ADMITTED' THEN 'attended' WHEN 'TCI' THEN 'booked' ELSE spell_state END,
       referral_id, spell_id, service_code, hospital_site, NULL, NULL, 'acute', 'face_to_face',
       discharge_ts, NULL, tci_made_ts, NULL, NULL, NULL, admission_method, expected_discharge_dt, ready_ts, delay_code,
       '110', opcs4, hrg, net_cost
FROM warehouse.apc_spell $$);

SELECT caregroup.bind(:'hub', 'recall', $$
SELECT recall_no AS recall_id, patient_id AS person_id, service_code AS service_id, recall_type AS kind, due_dt AS due_on,
       booked_activity AS booked_activity_id, done_dt AS completed_on
FROM warehouse.recall_list $$);

SELECT caregroup.bind(:'hub', 'diagnosis', $$
SELECT problem_id AS diagnosis_id, patient_id AS person_id, coded_dt AS recorded_at, snomed_code AS code, 'snomed'::text AS code_system,
       source_activity AS activity_id, list_position AS position
FROM warehouse.gp_problem $$);

SELECT caregroup.bind(:'hub', 'outcome_measure', $$
SELECT patient_id AS person_id,
       CASE tool WHEN 'MSK-HQ' THEN 'msk_hq' WHEN 'EQ-5D-VAS' THEN 'eq_5d_vas' WHEN 'OXFORD' THEN 'oxford_knee_score' ELSE tool END AS instrument,
       completed_dt AS measured_on, referral_id,
       CASE stage_code WHEN 'B' THEN 'baseline' WHEN 'D' THEN 'discharge' ELSE stage_code END AS stage, score AS value
FROM warehouse.prom $$);

SELECT caregroup.bind(:'hub', 'contract', $$
SELECT contract_ref AS contract_id, lot_name AS lot, provider_code AS provider_id, service_code AS service_id, annual_value AS value,
       from_dt AS starts_on, to_dt AS ends_on
FROM warehouse.contract_register $$);

SELECT caregroup.bind(:'hub', 'spend', $$
SELECT entry_no AS spend_id, org_code AS organisation_id, period AS month, amount AS cost, contract_ref AS contract_id,
       service_code AS service_id, lower(spend_type) AS kind
FROM warehouse.ledger $$);

SELECT caregroup.bind(:'hub', 'price', $$
SELECT tariff_no AS price_id, item_code AS code, service_code AS service_id, per_unit AS unit, amount, from_dt AS valid_from, to_dt AS valid_to
FROM warehouse.tariff $$);

SELECT caregroup.bind(:'hub', 'plan', $$
SELECT plan_no AS plan_id, org_code AS organisation_id, period AS month, lower(plan_type) AS kind, plan_version AS version,
       service_code AS service_id, planned_activity AS activity, planned_cost AS cost
FROM warehouse.activity_plan $$);

SELECT caregroup.bind(:'hub', 'change_log', $$
SELECT change_no AS change_id, change_dt AS changed_on, org_code AS organisation_id, service_code AS service_id, change_text AS text,
       change_no = 1 AS starts_phase
FROM warehouse.service_change $$);
