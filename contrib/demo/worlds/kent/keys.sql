-- Keys and indexes where a warehouse has them, and statistics.

ALTER TABLE warehouse.org_unit ADD PRIMARY KEY (org_code);
ALTER TABLE warehouse.org_hierarchy ADD PRIMARY KEY (structure, child_code, parent_code);
ALTER TABLE warehouse.delivery_site ADD PRIMARY KEY (site_code);
ALTER TABLE warehouse.lsoa ADD PRIMARY KEY (lsoa_code);
ALTER TABLE warehouse.travel_time ADD PRIMARY KEY (lsoa_code, site_code, travel_mode);
ALTER TABLE warehouse.lsoa_population ADD PRIMARY KEY (lsoa_code, snapshot_dt, age_band, sex_code);
ALTER TABLE warehouse.bank_holiday ADD PRIMARY KEY (country, holiday_dt);
ALTER TABLE warehouse.mpi ADD PRIMARY KEY (person_uid);
CREATE INDEX ON warehouse.mpi (nhs_no);
ALTER TABLE warehouse.service_line ADD PRIMARY KEY (service_code);
ALTER TABLE warehouse.appointment_length ADD PRIMARY KEY (service_code, appt_kind);
ALTER TABLE warehouse.service_line_site ADD PRIMARY KEY (site_code, service_code, medium);
ALTER TABLE warehouse.waiting_standard ADD PRIMARY KEY (std_code);
ALTER TABLE warehouse.trajectory ADD PRIMARY KEY (org_code, std_code, month);
ALTER TABLE warehouse.esr_staff ADD PRIMARY KEY (staff_code);
ALTER TABLE warehouse.esr_absence ADD PRIMARY KEY (staff_code, absent_from);
ALTER TABLE warehouse.esr_post ADD PRIMARY KEY (post_no);
ALTER TABLE warehouse.clinic_session ADD PRIMARY KEY (session_uid);
CREATE INDEX ON warehouse.clinic_session (session_start);
ALTER TABLE warehouse.clinic_session_staff ADD PRIMARY KEY (session_uid, staff_code);
ALTER TABLE warehouse.bed_availability ADD PRIMARY KEY (site_code, ward, day);
ALTER TABLE warehouse.spa_call ADD PRIMARY KEY (call_uid);
CREATE INDEX ON warehouse.spa_call (call_ts);
ALTER TABLE warehouse.service_referral ADD PRIMARY KEY (referral_uid);
CREATE INDEX ON warehouse.service_referral (person_uid);
CREATE INDEX ON warehouse.service_referral (received_ts);
ALTER TABLE warehouse.referral_milestone ADD PRIMARY KEY (milestone_uid);
CREATE INDEX ON warehouse.referral_milestone (referral_uid);
ALTER TABLE warehouse.care_contact ADD PRIMARY KEY (contact_uid);
CREATE INDEX ON warehouse.care_contact (contact_ts);
ALTER TABLE warehouse.inpatient_stay ADD PRIMARY KEY (stay_uid);
ALTER TABLE warehouse.recall_register ADD PRIMARY KEY (recall_uid);
ALTER TABLE warehouse.contract_register ADD PRIMARY KEY (contract_ref);
ALTER TABLE warehouse.gl_line ADD PRIMARY KEY (line_no);
ALTER TABLE warehouse.price_list ADD PRIMARY KEY (price_no);
ALTER TABLE warehouse.contract_plan ADD PRIMARY KEY (plan_no);
ALTER TABLE warehouse.service_change ADD PRIMARY KEY (change_no);

-- statistics of these tables alone, whatever else the database holds
SELECT format('ANALYZE warehouse.%I', tablename) FROM pg_tables WHERE schemaname = 'warehouse' ORDER BY tablename \gexec
