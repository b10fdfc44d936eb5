-- Keys and indexes where a warehouse has them, and statistics.

ALTER TABLE warehouse.dim_organisation ADD PRIMARY KEY (org_code);
ALTER TABLE warehouse.org_relationship ADD PRIMARY KEY (relationship, org_code, superior_code);
ALTER TABLE warehouse.dim_facility ADD PRIMARY KEY (facility_code);
ALTER TABLE warehouse.facility_distance ADD PRIMARY KEY (from_facility, to_facility);
ALTER TABLE warehouse.closed_day ADD PRIMARY KEY (holiday_calendar, closed_date);
ALTER TABLE warehouse.dim_unit ADD PRIMARY KEY (unit_code);
ALTER TABLE warehouse.dim_person ADD PRIMARY KEY (person_id);
CREATE INDEX ON warehouse.dim_person (nhs_no);
CREATE INDEX ON warehouse.dim_person (unit_code);
ALTER TABLE warehouse.facility_registration ADD PRIMARY KEY (person_id, facility_code, from_date);
ALTER TABLE warehouse.dim_service ADD PRIMARY KEY (service_code);
ALTER TABLE warehouse.dim_slot_type ADD PRIMARY KEY (service_code, slot_type);
ALTER TABLE warehouse.facility_service ADD PRIMARY KEY (facility_code, service_code, delivery);
ALTER TABLE warehouse.standard_of_care ADD PRIMARY KEY (std_code);
ALTER TABLE warehouse.standard_target ADD PRIMARY KEY (org_code, std_code, month_start);
ALTER TABLE warehouse.dim_staff ADD PRIMARY KEY (staff_number);
ALTER TABLE warehouse.staff_absence ADD PRIMARY KEY (staff_number, away_from);
ALTER TABLE warehouse.establishment_post ADD PRIMARY KEY (post_number);
ALTER TABLE warehouse.clinic_session ADD PRIMARY KEY (session_id);
CREATE INDEX ON warehouse.clinic_session (session_start);
ALTER TABLE warehouse.session_staffing ADD PRIMARY KEY (session_id, staff_number);
ALTER TABLE warehouse.rehab_course ADD PRIMARY KEY (course_code);
ALTER TABLE warehouse.course_attendance ADD PRIMARY KEY (person_id, course_code);
ALTER TABLE warehouse.ward_bed_day ADD PRIMARY KEY (facility_code, ward, bed_date);
ALTER TABLE warehouse.medical_grading ADD PRIMARY KEY (person_id, graded_date);
ALTER TABLE warehouse.fact_referral ADD PRIMARY KEY (referral_id);
CREATE INDEX ON warehouse.fact_referral (person_id);
CREATE INDEX ON warehouse.fact_referral (received_ts);
ALTER TABLE warehouse.referral_event ADD PRIMARY KEY (event_id);
CREATE INDEX ON warehouse.referral_event (referral_id);
ALTER TABLE warehouse.fact_consultation ADD PRIMARY KEY (consultation_id);
CREATE INDEX ON warehouse.fact_consultation (start_ts);
CREATE INDEX ON warehouse.fact_consultation (person_id);
ALTER TABLE warehouse.fact_specialist_contact ADD PRIMARY KEY (contact_id);
CREATE INDEX ON warehouse.fact_specialist_contact (referral_id);
ALTER TABLE warehouse.fact_dental ADD PRIMARY KEY (dental_id);
CREATE INDEX ON warehouse.fact_dental (start_ts);
ALTER TABLE warehouse.fact_residential ADD PRIMARY KEY (stay_id);
ALTER TABLE warehouse.recall_register ADD PRIMARY KEY (recall_id);
CREATE INDEX ON warehouse.recall_register (person_id);
ALTER TABLE warehouse.fact_problem ADD PRIMARY KEY (problem_id);
ALTER TABLE warehouse.fact_prom ADD PRIMARY KEY (person_id, tool, done_date);
ALTER TABLE warehouse.contact_count ADD PRIMARY KEY (count_id);
ALTER TABLE warehouse.dental_emergency_call ADD PRIMARY KEY (call_id);
ALTER TABLE warehouse.contract_register ADD PRIMARY KEY (contract_ref);
ALTER TABLE warehouse.ledger ADD PRIMARY KEY (entry_no);
ALTER TABLE warehouse.budget ADD PRIMARY KEY (budget_no);
ALTER TABLE warehouse.service_change ADD PRIMARY KEY (change_no);

-- statistics of these tables alone, whatever else the database holds
SELECT format('ANALYZE warehouse.%I', tablename) FROM pg_tables WHERE schemaname = 'warehouse' ORDER BY tablename \gexec
