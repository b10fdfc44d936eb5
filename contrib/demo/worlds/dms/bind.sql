-- Points a hub's inputs at the dms warehouse:
--   psql -v ON_ERROR_STOP=1 -v hub=hub -f bind.sql
-- Codes that a CASE does not know pass through as they are, so that the check of
-- the hub reports them.

SELECT caregroup.bind(:'hub', 'organisation', $$
SELECT org_code AS organisation_id, org_name AS name,
       CASE org_level WHEN 'HQ' THEN 'headquarters' WHEN 'REGION' THEN 'region' WHEN 'CAREGP' THEN 'care_group' WHEN 'TRUST' THEN 'provider'
            WHEN 'AREA' THEN 'network' ELSE org_level END AS kind,
       formed_date AS valid_from, disbanded_date AS valid_to
FROM warehouse.dim_organisation $$);

SELECT caregroup.bind(:'hub', 'organisation_link', $$
SELECT org_code AS child_id, superior_code AS parent_id,
       CASE relationship WHEN 'COMD' THEN 'command' WHEN 'PLACE' THEN 'place' ELSE relationship END AS hierarchy,
       from_date AS valid_from, to_date AS valid_to
FROM warehouse.org_relationship $$);

SELECT caregroup.bind(:'hub', 'site', $$
SELECT facility_code AS site_id, facility_name AS name, org_code AS organisation_id,
       CASE facility_type WHEN 'MED' THEN 'medical' WHEN 'DEN' THEN 'dental' WHEN 'PCRF' THEN 'primary_care_rehabilitation' WHEN 'RRU' THEN 'rehabilitation_unit'
            WHEN 'DCMH' THEN 'mental_health' WHEN 'ROHT' THEN 'occupational_health' WHEN 'HOSP' THEN 'hospital' WHEN 'NRC' THEN 'residential'
            ELSE facility_type END AS kind,
       parent_facility AS part_of_site_id, postcode, longitude::double precision AS longitude, latitude::double precision AS latitude,
       olson_zone AS time_zone, holiday_calendar AS calendar_id, open_date AS opened_on, close_date AS closed_on, list_capacity AS capacity_people
FROM warehouse.dim_facility $$);

SELECT caregroup.bind(:'hub', 'travel', $$
SELECT from_facility AS origin_id, to_facility AS site_id, 'car'::text AS mode, drive_minutes AS minutes, road_km AS kilometres
FROM warehouse.facility_distance $$);

SELECT caregroup.bind(:'hub', 'person', $$
SELECT person_id, nhs_no AS nhs_number, dob AS birth_date, dod AS death_date,
       CASE gender WHEN 'F' THEN 'female' WHEN 'M' THEN 'male' WHEN 'X' THEN 'unknown' ELSE gender END AS sex,
       ethnic_group AS ethnicity, home_postcode AS postcode,
       CASE entitlement WHEN 'REG' THEN 'regular' WHEN 'RES' THEN 'reservist' WHEN 'DEP' THEN 'dependant' ELSE entitlement END AS population_group,
       service_branch, unit_code AS unit_id, opt_out_yn AS objects_secondary_use
FROM warehouse.dim_person $$);

SELECT caregroup.bind(:'hub', 'registration', $$
SELECT person_id, facility_code AS site_id, from_date AS valid_from, to_date AS valid_to
FROM warehouse.facility_registration $$);

SELECT caregroup.bind(:'hub', 'fitness', $$
SELECT person_id, graded_date AS graded_on,
       CASE grade WHEN 'MFD' THEN 'fully deployable' WHEN 'MLD' THEN 'deployable with limits' WHEN 'MND' THEN 'not deployable' ELSE grade END AS deployability,
       limitations AS limits, review_date AS review_due_on
FROM warehouse.medical_grading $$);

SELECT caregroup.bind(:'hub', 'service', $$
SELECT service_code AS service_id, service_name AS name,
       CASE service_type WHEN 'PRIM' THEN 'primary' WHEN 'DENT' THEN 'dental' WHEN 'REHAB' THEN 'rehabilitation' WHEN 'MH' THEN 'mental_health'
            WHEN 'OH' THEN 'occupational_health' WHEN 'ACUTE' THEN 'acute' ELSE service_type END AS kind,
       treatment_function AS treatment_function_code, age_range AS age_group, 'none'::text AS rtt_role
FROM warehouse.dim_service $$);

SELECT caregroup.bind(:'hub', 'appointment_type', $$
SELECT service_code AS service_id, CASE slot_type WHEN 'NEW' THEN 'first' WHEN 'REV' THEN 'follow_up' ELSE slot_type END AS kind,
       minutes, staff_role AS role, follow_up_share
FROM warehouse.dim_slot_type $$);

SELECT caregroup.bind(:'hub', 'site_service', $$
SELECT facility_code AS site_id, service_code AS service_id,
       CASE delivery WHEN 'FTF' THEN 'face_to_face' WHEN 'TEL' THEN 'telephone' WHEN 'VID' THEN 'video' WHEN 'GRP' THEN 'group' ELSE delivery END AS modality,
       start_date AS valid_from, end_date AS valid_to, min_age AS minimum_age
FROM warehouse.facility_service $$);

SELECT caregroup.bind(:'hub', 'service_standard', $$
SELECT std_code AS standard_id, std_name AS name, service_code AS service_id, clock_from AS clock_start, clock_to AS clock_stop,
       limit_n AS limit_value, limit_period AS limit_unit, required_share AS threshold
FROM warehouse.standard_of_care $$);

SELECT caregroup.bind(:'hub', 'target', $$
SELECT org_code AS organisation_id, std_code AS standard_id, month_start AS month, target_share AS value
FROM warehouse.standard_target $$);

SELECT caregroup.bind(:'hub', 'session', $$
SELECT session_id, facility_code AS site_id, service_code AS service_id, session_start AS starts_at, session_end AS ends_at,
       slot_count AS slots, slot_minutes, template_code AS template_id,
       CASE session_state WHEN 'HELD' THEN 'held' WHEN 'OPEN' THEN 'open' WHEN 'CANX' THEN 'cancelled' ELSE session_state END AS status, room AS room_id
FROM warehouse.clinic_session $$);

SELECT caregroup.bind(:'hub', 'session_staff', $$
SELECT session_id, staff_number AS staff_id, duty AS role FROM warehouse.session_staffing $$);

SELECT caregroup.bind(:'hub', 'staff', $$
SELECT staff_number AS staff_id, staff_role AS role, rank_or_grade AS grade,
       CASE engagement WHEN 'PERM' THEN 'permanent' WHEN 'LOCUM' THEN 'temporary' ELSE engagement END AS employment,
       CASE workforce WHEN 'MIL' THEN 'uniformed' WHEN 'CIV' THEN 'civilian' WHEN 'CON' THEN 'contractor' ELSE workforce END AS workforce,
       base_facility AS home_site_id, weekly_hours * 60 AS weekly_minutes, competencies AS skills, reports_to AS supervisor_id,
       start_date AS starts_on, end_date AS ends_on, hourly_cost AS cost_per_hour
FROM warehouse.dim_staff $$);

SELECT caregroup.bind(:'hub', 'staff_absence', $$
SELECT staff_number AS staff_id, away_from AS starts_at, away_to AS ends_at,
       CASE absence_type WHEN 'LEAVE' THEN 'leave' WHEN 'SICK' THEN 'sickness' WHEN 'COURSE' THEN 'training' WHEN 'DEPLOYED' THEN 'deployment'
            ELSE absence_type END AS reason
FROM warehouse.staff_absence $$);

SELECT caregroup.bind(:'hub', 'post', $$
SELECT post_number AS post_id, facility_code AS site_id, staff_role AS role, funded_fte AS funded_wte, from_date AS valid_from, to_date AS valid_to
FROM warehouse.establishment_post $$);

SELECT caregroup.bind(:'hub', 'course', $$
SELECT course_code AS course_id, facility_code AS site_id, service_code AS service_id, start_date AS starts_on, end_date AS ends_on, places
FROM warehouse.rehab_course $$);

SELECT caregroup.bind(:'hub', 'bed_capacity', $$
SELECT facility_code AS site_id, ward, bed_date AS day, beds_open AS beds FROM warehouse.ward_bed_day $$);

SELECT caregroup.bind(:'hub', 'calendar_day', $$
SELECT holiday_calendar AS calendar_id, closed_date AS day, 'bank_holiday'::text AS kind, reason AS name FROM warehouse.closed_day $$);

-- weekly counts of the telephone system, and dental emergencies one by one
SELECT caregroup.bind(:'hub', 'contact_request', $$
SELECT count_id AS request_id, week_start::timestamp AT TIME ZONE 'Europe/London' AS at, facility_code AS site_id, service_code AS service_id, NULL::text AS person_id,
       CASE channel_code WHEN 'PHONE' THEN 'telephone' WHEN 'ONLINE' THEN 'online' WHEN 'DESK' THEN 'in_person' ELSE channel_code END AS channel,
       CASE outcome_code WHEN 'BOOKED' THEN 'booked' WHEN 'REDIRECT' THEN 'redirected' WHEN 'NOSLOT' THEN 'unmet' WHEN 'HUNGUP' THEN 'abandoned'
            ELSE outcome_code END AS outcome, requests AS quantity
FROM warehouse.contact_count
UNION ALL
SELECT call_id, called_ts, facility_code, 'DEMG', person_id, 'telephone',
       CASE outcome_code WHEN 'BOOKED' THEN 'booked' WHEN 'REDIRECT' THEN 'redirected' WHEN 'NOSLOT' THEN 'unmet' ELSE outcome_code END, 1
FROM warehouse.dental_emergency_call $$);

SELECT caregroup.bind(:'hub', 'referral', $$
SELECT referral_id, person_id, received_ts AS received_at, pathway_id, letter_ts AS referred_at, consulted_ts AS first_consultation_at,
       CASE source_code WHEN 'MO' THEN 'medical_officer' WHEN 'SELF' THEN 'self' WHEN 'PCRF' THEN 'primary_care_rehabilitation'
            WHEN 'RRU' THEN 'regional_rehabilitation_unit' WHEN 'CONS' THEN 'consultant' ELSE source_code END AS source,
       from_facility AS referrer_site_id, reason_snomed AS reason_code, 'snomed'::text AS reason_system,
       CASE priority_code WHEN 'R' THEN 'routine' WHEN 'U' THEN 'urgent' ELSE priority_code END AS priority,
       service_code AS service_id, facility_code AS site_id,
       CASE state_code WHEN 'OPEN' THEN 'open' WHEN 'CLOSED' THEN 'closed' WHEN 'RETURNED' THEN 'returned' WHEN 'REDIRECTED' THEN 'redirected'
            ELSE state_code END AS status,
       triaged_ts AS accepted_at, closed_ts AS closed_at, closure AS closed_reason, remote_ok AS accepts_remote
FROM warehouse.fact_referral $$);

SELECT caregroup.bind(:'hub', 'referral_event', $$
SELECT event_id, referral_id, event_ts AS event_at,
       CASE event_code WHEN 'ACC' THEN 'accepted' WHEN 'RET' THEN 'returned' WHEN 'RDR' THEN 'redirected' WHEN 'WDN' THEN 'withdrawn'
            WHEN 'FST' THEN 'first_contact' WHEN 'DEC' THEN 'decision' WHEN 'OPN' THEN 'operation' ELSE event_code END AS kind,
       contact_id AS activity_id
FROM warehouse.referral_event $$);

-- four fact tables in one view; the first letter of a number tells the table
SELECT caregroup.bind(:'hub', 'activity', $$
SELECT consultation_id AS activity_id, person_id, start_ts AS starts_at,
       CASE contact_type WHEN 'NEW' THEN 'first' WHEN 'REV' THEN 'follow_up' ELSE contact_type END AS kind,
       CASE attendance WHEN 'ATT' THEN 'attended' WHEN 'DNA' THEN 'did_not_attend' WHEN 'CXP' THEN 'cancelled_by_person'
            WHEN 'CXH' THEN 'cancelled_by_provider' WHEN 'BKD' THEN 'booked' ELSE attendance END AS status,
       NULL::text AS referral_id, service_code AS service_id, facility_code AS site_id, staff_number AS staff_id, session_id, 'primary' AS setting,
       CASE delivery WHEN 'FTF' THEN 'face_to_face' WHEN 'TEL' THEN 'telephone' WHEN 'VID' THEN 'video' ELSE delivery END AS modality,
       start_ts + minutes * interval '1 minute' AS ends_at, minutes, booked_ts AS booked_at, cancelled_ts AS cancelled_at,
       NULL::text AS outcome, NULL::date AS expected_discharge_on, unit_cost AS cost
FROM warehouse.fact_consultation
UNION ALL
SELECT contact_id, person_id, contact_ts,
       CASE contact_type WHEN 'ASM' THEN 'assessment' WHEN 'REV' THEN 'follow_up' WHEN 'GRP' THEN 'group' WHEN 'OP' THEN 'day_case' ELSE contact_type END,
       CASE attendance WHEN 'ATT' THEN 'attended' WHEN 'DNA' THEN 'did_not_attend' WHEN 'CXP' THEN 'cancelled_by_person'
            WHEN 'CXH' THEN 'cancelled_by_provider' WHEN 'BKD' THEN 'booked' ELSE attendance END,
       referral_id, service_code, facility_code, staff_number, session_id, CASE service_code WHEN 'ORTF' THEN 'acute' WHEN 'PCRF' THEN 'primary' ELSE 'community' END,
       CASE delivery WHEN 'FTF' THEN 'face_to_face' WHEN 'TEL' THEN 'telephone' WHEN 'VID' THEN 'video' WHEN 'GRP' THEN 'group' ELSE delivery END,
       contact_ts + minutes * interval '1 minute', minutes, booked_ts, cancelled_ts, lower(outcome), NULL, unit_cost
FROM warehouse.fact_specialist_contact
UNION ALL
SELECT dental_id, person_id, start_ts,
       CASE contact_type WHEN 'INSP' THEN 'assessment' WHEN 'TREAT' THEN 'follow_up' WHEN 'EMERG' THEN 'emergency' ELSE contact_type END,
       CASE attendance WHEN 'ATT' THEN 'attended' WHEN 'DNA' THEN 'did_not_attend' WHEN 'CXP' THEN 'cancelled_by_person'
            WHEN 'CXH' THEN 'cancelled_by_provider' WHEN 'BKD' THEN 'booked' ELSE attendance END,
       NULL, CASE contact_type WHEN 'EMERG' THEN 'DEMG' ELSE 'DENT' END, facility_code, staff_number, session_id, 'primary', 'face_to_face',
       start_ts + minutes * interval '1 minute', minutes, booked_ts, cancelled_ts, NULL, NULL, unit_cost
FROM warehouse.fact_dental
UNION ALL
SELECT stay_id, person_id, admit_ts, CASE stay_type WHEN 'BED' THEN 'inpatient' WHEN 'COURSE' THEN 'group' ELSE stay_type END,
       CASE stay_state WHEN 'IN' THEN 'attended' WHEN 'PLANNED' THEN 'booked' ELSE stay_state END,
       referral_id, service_code, facility_code, NULL, NULL, 'community', CASE stay_type WHEN 'COURSE' THEN 'group' ELSE 'face_to_face' END,
       discharge_ts, NULL, booked_ts, NULL, NULL, expected_discharge, stay_cost
FROM warehouse.fact_residential $$);

SELECT caregroup.bind(:'hub', 'programme', $$
SELECT person_id, course_code AS course_id, referral_id,
       CASE attendance_state WHEN 'LISTED' THEN 'waiting' WHEN 'OFFERED' THEN 'offered' WHEN 'STARTED' THEN 'started' WHEN 'COMPLETED' THEN 'completed'
            WHEN 'WITHDRAWN' THEN 'withdrew' ELSE attendance_state END AS status
FROM warehouse.course_attendance $$);

SELECT caregroup.bind(:'hub', 'recall', $$
SELECT recall_id, person_id, service_code AS service_id, recall_reason AS kind, due_date AS due_on, booked_ref AS booked_activity_id, done_date AS completed_on
FROM warehouse.recall_register $$);

SELECT caregroup.bind(:'hub', 'diagnosis', $$
SELECT problem_id AS diagnosis_id, person_id, coded_ts AS recorded_at, snomed_code AS code, 'snomed'::text AS code_system, position_no AS position
FROM warehouse.fact_problem $$);

SELECT caregroup.bind(:'hub', 'outcome_measure', $$
SELECT person_id, CASE tool WHEN 'MSK-HQ' THEN 'msk_hq' WHEN 'PHQ-9' THEN 'phq_9' ELSE tool END AS instrument, done_date AS measured_on, referral_id,
       CASE stage_code WHEN 'B' THEN 'baseline' WHEN 'D' THEN 'discharge' ELSE stage_code END AS stage, score AS value
FROM warehouse.fact_prom $$);

SELECT caregroup.bind(:'hub', 'contract', $$
SELECT contract_ref AS contract_id, lot_name AS lot, org_code AS provider_id, service_code AS service_id, annual_value AS value,
       from_date AS starts_on, to_date AS ends_on
FROM warehouse.contract_register $$);

SELECT caregroup.bind(:'hub', 'spend', $$
SELECT entry_no AS spend_id, org_code AS organisation_id, period AS month, amount AS cost, contract_ref AS contract_id, service_code AS service_id,
       lower(cost_type) AS kind
FROM warehouse.ledger $$);

SELECT caregroup.bind(:'hub', 'plan', $$
SELECT budget_no AS plan_id, org_code AS organisation_id, period AS month, lower(cost_type) AS kind, budget_version AS version,
       service_code AS service_id, planned_amount AS cost
FROM warehouse.budget $$);

SELECT caregroup.bind(:'hub', 'change_log', $$
SELECT change_no AS change_id, change_date AS changed_on, org_code AS organisation_id, service_code AS service_id, change_text AS text
FROM warehouse.service_change $$);
