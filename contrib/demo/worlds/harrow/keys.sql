-- Keys and indexes where a warehouse has them, and statistics.

ALTER TABLE warehouse.org ADD PRIMARY KEY (org_code);
ALTER TABLE warehouse.org_structure ADD PRIMARY KEY (structure, child_code, parent_code);
ALTER TABLE warehouse.site ADD PRIMARY KEY (site_code);
ALTER TABLE warehouse.lsoa ADD PRIMARY KEY (lsoa_code);
ALTER TABLE warehouse.travel_time ADD PRIMARY KEY (lsoa_code, site_code, travel_mode);
ALTER TABLE warehouse.lsoa_population ADD PRIMARY KEY (lsoa_code, snapshot_dt, age_band, gender_code);
ALTER TABLE warehouse.bank_holiday ADD PRIMARY KEY (country, holiday_dt);
ALTER TABLE warehouse.patient ADD PRIMARY KEY (patient_id);
CREATE INDEX ON warehouse.patient (nhs_no);
ALTER TABLE warehouse.gp_registration ADD PRIMARY KEY (patient_id, practice_site, reg_from);
ALTER TABLE warehouse.service_catalogue ADD PRIMARY KEY (service_code);
ALTER TABLE warehouse.clinic_type ADD PRIMARY KEY (service_code, appt_kind);
ALTER TABLE warehouse.site_service_offer ADD PRIMARY KEY (site_code, service_code, consult_medium);
ALTER TABLE warehouse.waiting_standard ADD PRIMARY KEY (std_code);
ALTER TABLE warehouse.trajectory ADD PRIMARY KEY (org_code, std_code, month);
ALTER TABLE warehouse.workforce ADD PRIMARY KEY (staff_code);
ALTER TABLE warehouse.workforce_absence ADD PRIMARY KEY (staff_code, absent_from);
ALTER TABLE warehouse.establishment_post ADD PRIMARY KEY (post_no);
ALTER TABLE warehouse.clinic_session ADD PRIMARY KEY (session_no);
CREATE INDEX ON warehouse.clinic_session (session_start);
ALTER TABLE warehouse.clinic_session_staff ADD PRIMARY KEY (session_no, staff_code);
ALTER TABLE warehouse.contact_log ADD PRIMARY KEY (log_no);
ALTER TABLE warehouse.msk_referral ADD PRIMARY KEY (referral_id);
CREATE INDEX ON warehouse.msk_referral (patient_id);
CREATE INDEX ON warehouse.msk_referral (received_ts);
ALTER TABLE warehouse.rtt_event ADD PRIMARY KEY (event_id);
CREATE INDEX ON warehouse.rtt_event (referral_id);
ALTER TABLE warehouse.community_contact ADD PRIMARY KEY (contact_id);
CREATE INDEX ON warehouse.community_contact (contact_ts);
ALTER TABLE warehouse.opa_appointment ADD PRIMARY KEY (opa_id);
CREATE INDEX ON warehouse.opa_appointment (appt_dt);
ALTER TABLE warehouse.imaging_exam ADD PRIMARY KEY (exam_id);
CREATE INDEX ON warehouse.imaging_exam (exam_ts);
ALTER TABLE warehouse.ecds_attendance ADD PRIMARY KEY (attendance_id);
CREATE INDEX ON warehouse.ecds_attendance (arrival_ts);
ALTER TABLE warehouse.apc_spell ADD PRIMARY KEY (spell_id);
CREATE INDEX ON warehouse.apc_spell (admit_ts);
ALTER TABLE warehouse.recall_list ADD PRIMARY KEY (recall_no);
ALTER TABLE warehouse.gp_problem ADD PRIMARY KEY (problem_id);
CREATE INDEX ON warehouse.gp_problem (patient_id);
ALTER TABLE warehouse.prom ADD PRIMARY KEY (patient_id, tool, completed_dt);
ALTER TABLE warehouse.contract_register ADD PRIMARY KEY (contract_ref);
ALTER TABLE warehouse.ledger ADD PRIMARY KEY (entry_no);
ALTER TABLE warehouse.tariff ADD PRIMARY KEY (tariff_no);
ALTER TABLE warehouse.activity_plan ADD PRIMARY KEY (plan_no);
ALTER TABLE warehouse.service_change ADD PRIMARY KEY (change_no);

-- statistics of these tables alone, whatever else the database holds
SELECT format('ANALYZE warehouse.%I', tablename) FROM pg_tables WHERE schemaname = 'warehouse' ORDER BY tablename \gexec
