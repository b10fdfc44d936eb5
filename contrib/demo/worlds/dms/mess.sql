-- The mess of real warehouses, after the clean tables are made. Rates are those
-- at the top of warehouse.sql; each picks its rows by a draw on their number.

-- the same referral entered twice, under a number of its own
INSERT INTO warehouse.fact_referral
SELECT 'R' || lpad((m.last_no + row_number() OVER (ORDER BY r.referral_id))::text, 7, '0'), r.person_id, NULL,
       date_trunc('minute', r.received_ts + demo.u('again', n.id) * interval '2 days'),
       r.letter_ts, r.consulted_ts, r.source_code, r.from_facility, r.reason_snomed, r.priority_code, r.service_code, r.facility_code,
       CASE r.state_code WHEN 'OPEN' THEN 'OPEN' ELSE 'CLOSED' END, NULL, r.closed_ts, CASE WHEN r.closed_ts IS NOT NULL THEN 'entered in error' END, r.remote_ok
FROM warehouse.fact_referral r CROSS JOIN LATERAL (SELECT substr(r.referral_id, 2)::bigint AS id) n, (SELECT max(referral_no) AS last_no FROM demo.pathway) m
WHERE demo.u('double referral', n.id) < :duplicate_referral_rate
  AND r.received_ts < :'history_to'::timestamptz - interval '3 days' AND coalesce(r.closed_ts > r.received_ts + interval '2 days', true);

-- appointments of people that the index does not know; events of lost referrals
UPDATE warehouse.fact_consultation SET person_id = 'P9' || right(person_id, 6) WHERE demo.u('orphan', substr(consultation_id, 2)::bigint) < :orphan_rate;
UPDATE warehouse.fact_dental SET person_id = 'P9' || right(person_id, 6) WHERE demo.u('orphan dental', substr(dental_id, 2)::bigint) < :orphan_rate;
UPDATE warehouse.referral_event SET referral_id = 'R9' || right(referral_id, 6) WHERE demo.u('orphan', substr(event_id, 2)::bigint + 100000000) < :orphan_rate;

-- events dated before their referral came, gradings and problems with mistyped years
UPDATE warehouse.referral_event SET event_ts = event_ts - interval '1 year'
WHERE event_code IN ('FST', 'ACC') AND demo.u('disordered', substr(event_id, 2)::bigint) < :disordered_event_rate;
UPDATE warehouse.referral_event SET event_ts = event_ts + interval '10 years' WHERE demo.u('future', substr(event_id, 2)::bigint) < :future_date_rate;
UPDATE warehouse.medical_grading SET graded_date = graded_date + interval '20 years' WHERE demo.u('future grading', substr(person_id, 2)::bigint) < :future_date_rate / 2;
UPDATE warehouse.fact_problem SET coded_ts = coded_ts + interval '20 years' WHERE demo.u('future', substr(problem_id, 2)::bigint) < :future_date_rate;

-- codes that no lookup knows
UPDATE warehouse.dim_person SET gender = '9' WHERE demo.u('odd sex', substr(person_id, 2)::bigint) < :unmapped_code_rate / 10;
UPDATE warehouse.fact_consultation SET attendance = 'UNK' WHERE attendance = 'ATT' AND demo.u('odd status', substr(consultation_id, 2)::bigint) < :unmapped_code_rate / 10;
UPDATE warehouse.contact_count SET outcome_code = '??' WHERE demo.u('odd outcome', substr(count_id, 2)::bigint) < :unmapped_code_rate;
