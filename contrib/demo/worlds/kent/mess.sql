-- The mess of real warehouses, after the clean tables are made. Rates are those
-- at the top of warehouse.sql; each picks its rows by a draw on their key.
-- A hash of the key stands for its number.

-- the same referral entered twice, under a key of its own
INSERT INTO warehouse.service_referral
SELECT demo.uid('double referral', hashtextextended(r.referral_uid::text, 0)), r.person_uid,
       date_trunc('minute', r.received_ts + demo.u('again', uuid_hash_extended(r.referral_uid, 0)) * interval '2 days'),
       r.decision_dt, r.source_code, r.source_site, r.primary_reason, r.priority_code, r.service_code, r.site_code,
       CASE r.state_code WHEN 'OPEN' THEN 'OPEN' ELSE 'CLOSED' END, NULL, r.closed_ts,
       CASE WHEN r.closed_ts IS NOT NULL THEN 'entered in error' END, r.remote_ok
FROM warehouse.service_referral r
WHERE demo.u('double referral', uuid_hash_extended(r.referral_uid, 0)) < :duplicate_referral_rate
  AND r.received_ts < :'history_to'::timestamptz - interval '3 days' AND coalesce(r.closed_ts > r.received_ts + interval '2 days', true);

-- contacts of people that the index does not know, milestones of lost referrals
UPDATE warehouse.care_contact SET person_uid = demo.uid('lost person', uuid_hash_extended(contact_uid, 1))
WHERE demo.u('orphan', uuid_hash_extended(contact_uid, 0)) < :orphan_rate;
UPDATE warehouse.referral_milestone SET referral_uid = demo.uid('lost referral', uuid_hash_extended(milestone_uid, 1))
WHERE demo.u('orphan milestone', uuid_hash_extended(milestone_uid, 0)) < :orphan_rate * 4;

-- milestones dated before their referral came, and years mistyped
UPDATE warehouse.referral_milestone SET milestone_ts = milestone_ts - interval '1 year'
WHERE milestone_code IN ('FST', 'FUP', 'ACC') AND demo.u('disordered', uuid_hash_extended(milestone_uid, 0)) < :disordered_event_rate;
UPDATE warehouse.referral_milestone SET milestone_ts = milestone_ts + interval '10 years'
WHERE demo.u('future', uuid_hash_extended(milestone_uid, 0)) < :future_date_rate * 4;
UPDATE warehouse.recall_register SET done_dt = due_dt + 3650
WHERE done_dt IS NOT NULL AND demo.u('future', uuid_hash_extended(recall_uid, 0)) < :future_date_rate * 4;

-- codes that no lookup knows
UPDATE warehouse.mpi SET sex_code = 'U' WHERE demo.u('odd sex', uuid_hash_extended(person_uid, 0)) < :unmapped_code_rate / 5;
UPDATE warehouse.care_contact SET attendance_code = '8'
WHERE attendance_code = '5' AND demo.u('odd status', uuid_hash_extended(contact_uid, 0)) < :unmapped_code_rate / 10;
UPDATE warehouse.spa_call SET outcome_code = 'TEST' WHERE demo.u('odd outcome', uuid_hash_extended(call_uid, 0)) < :unmapped_code_rate;
