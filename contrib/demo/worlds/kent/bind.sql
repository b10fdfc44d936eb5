-- Points a hub's inputs at the kent warehouse:
--   psql -v ON_ERROR_STOP=1 -v hub=hub -f bind.sql
-- Codes that a CASE does not know pass through as they are, so that the check of
-- the hub reports them.

SELECT caregroup.bind(:'hub', 'organisation', $$
SELECT org_code AS organisation_id, org_name AS name,
       CASE org_type WHEN 'ICB' THEN 'headquarters' WHEN 'LOT' THEN 'partnership' WHEN 'PLACE' THEN 'care_group' WHEN 'PROV' THEN 'provider'
            WHEN 'DIV' THEN 'provider' WHEN 'TEAM' THEN 'network' WHEN 'BUYER' THEN 'commissioner' ELSE org_type END AS kind,
       national_code AS ods_code, open_dt AS valid_from, close_dt AS valid_to
FROM warehouse.org_unit $$);

SELECT caregroup.bind(:'hub', 'organisation_link', $$
SELECT child_code AS child_id, parent_code AS parent_id,
       CASE structure WHEN 'CMD' THEN 'command' WHEN 'PROV' THEN 'provider' WHEN 'PLACE' THEN 'place' WHEN 'COMM' THEN 'commissioner'
            ELSE structure END AS hierarchy,
       start_dt AS valid_from, end_dt AS valid_to
FROM warehouse.org_hierarchy $$);

SELECT caregroup.bind(:'hub', 'site', $$
SELECT site_code AS site_id, site_name AS name, org_code AS organisation_id,
       CASE site_type WHEN 'COMHOSP' THEN 'hospital' WHEN 'HOSPICE' THEN 'residential' WHEN 'RESID' THEN 'residential'
            WHEN 'CLIN' THEN 'community_clinic' WHEN 'CYP' THEN 'community_clinic' WHEN 'ELECT' THEN 'community_clinic'
            WHEN 'CALLCTR' THEN 'community_clinic' WHEN 'STORE' THEN 'community_clinic' ELSE site_type END AS kind,
       national_code AS ods_code, postcode, longitude::double precision AS longitude, latitude::double precision AS latitude,
       'Europe/London'::text AS time_zone, 'england'::text AS calendar_id, open_dt AS opened_on, close_dt AS closed_on
FROM warehouse.delivery_site $$);

SELECT caregroup.bind(:'hub', 'area', $$
SELECT lsoa_code AS area_id, lsoa_name AS name, 'lsoa'::text AS kind, centroid_lon::double precision AS longitude,
       centroid_lat::double precision AS latitude, imd_decile AS deprivation_decile, no_car_share, 'PL-' || place_code AS organisation_id
FROM warehouse.lsoa $$);

SELECT caregroup.bind(:'hub', 'travel', $$
SELECT lsoa_code AS origin_id, site_code AS site_id,
       CASE travel_mode WHEN 'CAR' THEN 'car' WHEN 'BUS' THEN 'public_transport' ELSE travel_mode END AS mode,
       minutes, km AS kilometres
FROM warehouse.travel_time $$);

SELECT caregroup.bind(:'hub', 'population', $$
SELECT lsoa_code AS area_id, snapshot_dt AS as_at,
       CASE age_band WHEN '90+' THEN age_band
            ELSE lpad(split_part(age_band, '-', 1), 2, '0') || '-' || lpad(split_part(age_band, '-', 2), 2, '0') END AS age_band,
       CASE sex_code WHEN '1' THEN 'male' WHEN '2' THEN 'female' ELSE sex_code END AS sex, people
FROM warehouse.lsoa_population $$);

SELECT caregroup.bind(:'hub', 'person', $$
SELECT p.person_uid AS person_id, p.nhs_no AS nhs_number, p.dob AS birth_date, p.dod AS death_date,
       CASE p.sex_code WHEN '1' THEN 'male' WHEN '2' THEN 'female' WHEN '9' THEN 'indeterminate' WHEN '0' THEN 'unknown' ELSE p.sex_code END AS sex,
       p.ethnic_category AS ethnicity, a.imd_decile AS deprivation_decile, p.lsoa_code AS area_id, p.postcode,
       a.centroid_lon::double precision AS longitude, a.centroid_lat::double precision AS latitude,
       p.language_code AS language, p.interpreter_yn AS interpreter_needed, p.opt_out_yn AS objects_secondary_use
FROM warehouse.mpi p LEFT JOIN warehouse.lsoa a ON a.lsoa_code = p.lsoa_code $$);

SELECT caregroup.bind(:'hub', 'service', $$
SELECT service_code AS service_id, service_name AS name,
       CASE service_type WHEN 'COMM' THEN 'community' WHEN 'REHAB' THEN 'rehabilitation' WHEN 'DIAG' THEN 'diagnostic'
            WHEN 'URG' THEN 'urgent_response' WHEN 'EOL' THEN 'end_of_life' ELSE service_type END AS kind,
       tfc AS treatment_function_code, CASE client_group WHEN 'ADULT' THEN 'adult' WHEN 'CYP' THEN 'child' ELSE client_group END AS age_group,
       model AS model_of_care, rtt_role
FROM warehouse.service_line $$);

SELECT caregroup.bind(:'hub', 'appointment_type', $$
SELECT l.service_code AS service_id,
       CASE WHEN s.service_type = 'DIAG' THEN CASE l.appt_kind WHEN 'NEW' THEN 'diagnostic' ELSE 'follow_up' END
            WHEN l.service_code = 'CAR' THEN 'assessment'
            WHEN l.appt_kind = 'NEW' THEN 'first' WHEN l.appt_kind = 'FU' THEN 'follow_up' ELSE l.appt_kind END AS kind,
       l.minutes, l.staff_role AS role
FROM warehouse.appointment_length l JOIN warehouse.service_line s USING (service_code) $$);

SELECT caregroup.bind(:'hub', 'site_service', $$
SELECT site_code AS site_id, service_code AS service_id,
       CASE medium WHEN 'CLINIC' THEN 'face_to_face' WHEN 'HOME' THEN 'home_visit' WHEN 'TEL' THEN 'telephone' WHEN 'VID' THEN 'video'
            WHEN 'GRP' THEN 'group' ELSE medium END AS modality,
       start_dt AS valid_from, end_dt AS valid_to, min_age AS minimum_age, max_age AS maximum_age
FROM warehouse.service_line_site $$);

SELECT caregroup.bind(:'hub', 'service_standard', $$
SELECT std_code AS standard_id, std_name AS name, service_code AS service_id,
       CASE service_type WHEN 'COMM' THEN 'community' ELSE service_type END AS service_kind, start_point AS clock_start,
       stop_point AS clock_stop, limit_n AS limit_value, limit_period AS limit_unit, target_share AS threshold
FROM warehouse.waiting_standard $$);

SELECT caregroup.bind(:'hub', 'target', $$
SELECT org_code AS organisation_id, std_code AS standard_id, month, agreed_share AS value
FROM warehouse.trajectory $$);

SELECT caregroup.bind(:'hub', 'session', $$
SELECT session_uid AS session_id, site_code AS site_id, service_code AS service_id, session_start AS starts_at, session_end AS ends_at,
       slot_count AS slots, slot_length AS slot_minutes, template_code AS template_id,
       CASE medium WHEN 'CLINIC' THEN 'face_to_face' WHEN 'GRP' THEN 'group' ELSE medium END AS modality,
       CASE session_state WHEN 'HELD' THEN 'held' WHEN 'OPEN' THEN 'open' WHEN 'CANX' THEN 'cancelled' ELSE session_state END AS status,
       room AS room_id
FROM warehouse.clinic_session $$);

SELECT caregroup.bind(:'hub', 'session_staff', $$
SELECT session_uid AS session_id, staff_code AS staff_id, duty AS role
FROM warehouse.clinic_session_staff $$);

SELECT caregroup.bind(:'hub', 'staff', $$
SELECT staff_code AS staff_id, job_role AS role, pay_band AS grade,
       CASE contract_type WHEN 'PERM' THEN 'permanent' WHEN 'BANK' THEN 'temporary' ELSE contract_type END AS employment,
       'civilian'::text AS workforce, base_site AS home_site_id, weekly_hours * 60 AS weekly_minutes, line_manager AS supervisor_id,
       start_dt AS starts_on, leave_dt AS ends_on, hourly_cost AS cost_per_hour
FROM warehouse.esr_staff $$);

SELECT caregroup.bind(:'hub', 'staff_absence', $$
SELECT staff_code AS staff_id, absent_from AS starts_at, absent_to AS ends_at,
       CASE absence_code WHEN 'AL' THEN 'leave' WHEN 'SICK' THEN 'sickness' WHEN 'STUDY' THEN 'training' ELSE absence_code END AS reason
FROM warehouse.esr_absence $$);

SELECT caregroup.bind(:'hub', 'post', $$
SELECT post_no AS post_id, site_code AS site_id, job_role AS role, funded_wte, from_dt AS valid_from, to_dt AS valid_to
FROM warehouse.esr_post $$);

SELECT caregroup.bind(:'hub', 'bed_capacity', $$
SELECT site_code AS site_id, ward, day, beds_open AS beds
FROM warehouse.bed_availability $$);

SELECT caregroup.bind(:'hub', 'calendar_day', $$
SELECT CASE country WHEN 'ENG' THEN 'england' ELSE country END AS calendar_id, holiday_dt AS day, 'bank_holiday'::text AS kind, holiday_name AS name
FROM warehouse.bank_holiday $$);

SELECT caregroup.bind(:'hub', 'contact_request', $$
SELECT call_uid AS request_id, call_ts AS at, site_code AS site_id, service_code AS service_id, person_uid AS person_id,
       CASE channel_code WHEN 'PHONE' THEN 'telephone' WHEN 'PORTAL' THEN 'online' WHEN 'CAD' THEN 'ambulance' ELSE channel_code END AS channel,
       CASE outcome_code WHEN 'BOOKED' THEN 'booked' WHEN 'SIGNPOSTED' THEN 'redirected' WHEN 'NOCAPACITY' THEN 'unmet' WHEN 'HUNGUP' THEN 'abandoned'
            ELSE outcome_code END AS outcome
FROM warehouse.spa_call $$);

SELECT caregroup.bind(:'hub', 'referral', $$
SELECT referral_uid AS referral_id, person_uid AS person_id, received_ts AS received_at, decision_dt AS referred_at,
       CASE source_code WHEN 'GP' THEN 'general_practice' WHEN 'ACUTE' THEN 'acute_hospital' WHEN 'SPA' THEN 'single_point_of_access'
            WHEN 'SOCIAL' THEN 'social_care' WHEN 'SCHOOL' THEN 'school' ELSE source_code END AS source,
       source_site AS referrer_site_id, primary_reason AS reason_code, 'local'::text AS reason_system,
       CASE priority_code WHEN '1' THEN 'routine' WHEN '2' THEN 'urgent' ELSE priority_code END AS priority,
       service_code AS service_id, site_code AS site_id,
       CASE state_code WHEN 'OPEN' THEN 'open' WHEN 'CLOSED' THEN 'closed' WHEN 'RETURNED' THEN 'returned' WHEN 'REDIRECTED' THEN 'redirected'
            ELSE state_code END AS status,
       accepted_ts AS accepted_at, closed_ts AS closed_at, close_reason AS closed_reason, remote_ok AS accepts_remote
FROM warehouse.service_referral $$);

SELECT caregroup.bind(:'hub', 'referral_event', $$
SELECT milestone_uid AS event_id, referral_uid AS referral_id, milestone_ts AS event_at,
       CASE milestone_code WHEN 'REC' THEN 'received' WHEN 'ACC' THEN 'accepted' WHEN 'RET' THEN 'returned' WHEN 'WDN' THEN 'withdrawn'
            WHEN 'FST' THEN 'first_contact' WHEN 'FUP' THEN 'follow_up' WHEN 'DNA' THEN 'did_not_attend' WHEN 'REP' THEN 'report'
            ELSE milestone_code END AS kind,
       rtt_status AS rtt_status_code, contact_uid AS activity_id, told_person_yn AS communicated
FROM warehouse.referral_milestone $$);

-- contacts and stays in one view; a line of a week's visits counts as its visits
SELECT caregroup.bind(:'hub', 'activity', $$
SELECT contact_uid AS activity_id, person_uid AS person_id, contact_ts AS starts_at,
       CASE contact_type WHEN 'NEW' THEN 'first' WHEN 'FU' THEN 'follow_up' WHEN 'GROUP' THEN 'group' WHEN 'TEST' THEN 'diagnostic'
            WHEN 'ASSESS' THEN 'assessment' ELSE contact_type END AS kind,
       CASE attendance_code WHEN '5' THEN 'attended' WHEN '6' THEN 'attended' WHEN '3' THEN 'did_not_attend' WHEN '7' THEN 'did_not_attend'
            WHEN '2' THEN 'cancelled_by_person' WHEN '4' THEN 'cancelled_by_provider' WHEN '0' THEN 'booked' ELSE attendance_code END AS status,
       referral_uid AS referral_id, NULL::uuid AS spell_id, service_code AS service_id, site_code AS site_id, staff_code AS staff_id, session_uid AS session_id,
       'community'::text AS setting,
       CASE WHEN medium_code = '02' THEN 'telephone' WHEN medium_code = '11' THEN 'video' WHEN location_code = 'A01' THEN 'home_visit'
            WHEN location_code = 'B02' THEN 'group' WHEN medium_code = '01' THEN 'face_to_face' ELSE medium_code END AS modality,
       contact_ts + duration_mins * interval '1 minute' AS ends_at, duration_mins AS minutes, made_ts AS booked_at, cancel_ts AS cancelled_at,
       lower(outcome) AS outcome, NULL::date AS expected_discharge_on, NULL::timestamptz AS ready_for_discharge_at, NULL::text AS delay_reason,
       unit_cost AS cost, n_contacts AS quantity
FROM warehouse.care_contact
UNION ALL
SELECT stay_uid, person_uid, admit_ts, 'inpatient',
       CASE stay_state WHEN 'ADMITTED' THEN 'attended' WHEN 'PLANNED' THEN 'booked' WHEN 'CANP' THEN 'cancelled_by_person'
            WHEN 'CANH' THEN 'cancelled_by_provider' WHEN 'NOSHOW' THEN 'did_not_attend' ELSE stay_state END,
       referral_uid, stay_uid, service_code, site_code, NULL, NULL, 'community', 'face_to_face', discharge_ts, NULL, planned_ts, NULL, NULL,
       expected_discharge_dt, ready_ts, delay_code, stay_cost, 1::smallint
FROM warehouse.inpatient_stay $$);

SELECT caregroup.bind(:'hub', 'recall', $$
SELECT recall_uid AS recall_id, person_uid AS person_id, service_code AS service_id, recall_type AS kind, due_dt AS due_on, done_dt AS completed_on
FROM warehouse.recall_register $$);

SELECT caregroup.bind(:'hub', 'contract', $$
SELECT contract_ref AS contract_id, lot_name AS lot, provider_code AS provider_id, service_code AS service_id, annual_value AS value,
       from_dt AS starts_on, to_dt AS ends_on
FROM warehouse.contract_register $$);

SELECT caregroup.bind(:'hub', 'spend', $$
SELECT line_no AS spend_id, org_code AS organisation_id, period AS month, amount AS cost, contract_ref AS contract_id,
       service_code AS service_id, lower(account) AS kind
FROM warehouse.gl_line $$);

SELECT caregroup.bind(:'hub', 'price', $$
SELECT price_no AS price_id, service_code AS service_id, per_unit AS unit, amount, from_dt AS valid_from, to_dt AS valid_to
FROM warehouse.price_list $$);

SELECT caregroup.bind(:'hub', 'plan', $$
SELECT plan_no AS plan_id, org_code AS organisation_id, period AS month, lower(plan_type) AS kind, plan_version AS version,
       service_code AS service_id, planned_activity AS activity, planned_cost AS cost
FROM warehouse.contract_plan $$);

SELECT caregroup.bind(:'hub', 'change_log', $$
SELECT change_no AS change_id, change_dt AS changed_on, org_code AS organisation_id, service_code AS service_id, change_text AS text
FROM warehouse.service_change $$);
