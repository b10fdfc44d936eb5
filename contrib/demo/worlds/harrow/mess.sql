-- The mess of real warehouses, after the clean tables are made. Rates are those
-- at the top of warehouse.sql; each picks its rows by a draw on their key.

-- the same referral entered twice, under a number of its own
INSERT INTO warehouse.msk_referral
SELECT m.last_id + row_number() OVER (ORDER BY r.referral_id), r.patient_id, NULL, date_trunc('minute', r.received_ts + demo.u('again', r.referral_id) * interval '2 days'),
       r.letter_dt, r.source_code, r.referring_site, r.reason_snomed, r.priority_code, r.service_code, r.site_code,
       CASE r.state_code WHEN 'OPEN' THEN 'OPEN' ELSE 'CLOSED' END, NULL, r.closed_ts,
       CASE WHEN r.closed_ts IS NOT NULL THEN 'entered in error' END, r.remote_ok
FROM warehouse.msk_referral r, (SELECT max(referral_id) AS last_id FROM warehouse.msk_referral) m
WHERE demo.u('double referral', r.referral_id) < :duplicate_referral_rate
  AND r.received_ts < :'history_to'::timestamptz - interval '3 days' AND coalesce(r.closed_ts > r.received_ts + interval '2 days', true);

-- appointments of patients that the index does not know; events of lost referrals
UPDATE warehouse.community_contact SET patient_id = patient_id + 900000000 WHERE demo.u('orphan', contact_id) < :orphan_rate;
UPDATE warehouse.opa_appointment SET patient_id = patient_id + 900000000 WHERE demo.u('orphan', opa_id) < :orphan_rate;
UPDATE warehouse.rtt_event SET referral_id = referral_id + 900000000 WHERE demo.u('orphan', event_id + 100000000) < :orphan_rate;

-- events dated before their referral came, and years mistyped
UPDATE warehouse.rtt_event SET event_ts = event_ts - interval '1 year'
WHERE event_code IN ('FST', 'FUP', 'ACC') AND demo.u('disordered', event_id) < :disordered_event_rate;
UPDATE warehouse.rtt_event SET event_ts = event_ts + interval '10 years' WHERE demo.u('future', event_id) < :future_date_rate;
UPDATE warehouse.gp_problem SET coded_dt = coded_dt + interval '20 years' WHERE demo.u('future', problem_id) < :future_date_rate;

-- codes that no lookup knows
UPDATE warehouse.patient SET gender_code = '9' WHERE demo.u('odd sex', patient_id) < :unmapped_code_rate / 10;
UPDATE warehouse.community_contact SET contact_status = 'UNK' WHERE contact_status = 'ATT' AND demo.u('odd status', contact_id) < :unmapped_code_rate / 10;
UPDATE warehouse.contact_log SET outcome_code = '??' WHERE demo.u('odd outcome', log_no) < :unmapped_code_rate;
