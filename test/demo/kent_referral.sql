-- The referral room's reports in kent, whose record ids are uuids.

BEGIN;
SELECT plan(7);
SET LOCAL search_path = kent, public;

SELECT cmp_ok((SELECT count(*) FROM rtt_clock), '>', 50::bigint, 'clocks of consultant-led and interface services');
SELECT is_empty($$SELECT * FROM rtt_clock AS c WHERE c.rtt_role = 'none'$$, 'and of no others');
SELECT is((SELECT count(DISTINCT referral_id) FROM rtt_referral),
    (SELECT count(DISTINCT r.referral_id) FROM referral AS r JOIN service AS v USING (service_id) JOIN referral_summary AS s USING (referral_id) WHERE v.rtt_role IN ('consultant_led', 'interface')),
    'every referral to them is there');
SELECT is((SELECT sum(waiting) FROM report_waiting_summary WHERE organisation_level = 0 AND list = 'first_contact' AND service_id <> '(all)'),
    (SELECT sum(referrals) FROM report_waiting_list WHERE organisation_level = 0), 'the list of first contacts is the waiting list');
SELECT is_empty($$SELECT r.period_start FROM report_rtt AS r WHERE r.part = 'Part_2' AND r.treatment_function_code = '(all)' AND r.organisation_level = 0
    AND r.total <> (SELECT sum(w.waiting) FROM report_waiting_month AS w WHERE w.list = 'rtt' AND w.organisation_level = 0 AND w.period_start = r.period_start)$$, 'Part 2 is the list at the month''s end');
SELECT cmp_ok((SELECT count(*) FROM referrer_letter), '>', 0::bigint, 'letters to referrers');
SELECT is((SELECT count(*) FROM caregroup.monday('kent', most_of_a_kind => NULL) WHERE check_name IN ('rtt_data', 'discharged_at_first')), 0::bigint, 'no false alarm about data or first visits');

SELECT * FROM finish();
ROLLBACK;
