-- The referral room's reports in kent, whose record ids are uuids.

BEGIN;
SELECT plan(14);
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

-- wait_gap: in Medway and Swale adults from deprived areas wait ever longer, so
-- that in all Kent the most deprived fifth is seen within two weeks less often
-- than everybody else at the same services, and was not before.  Quarters are put
-- together by the weight of what each tells.
CREATE TEMP VIEW within_two_weeks AS
SELECT g.period_start >= '2025-10-01' AS is_since, exp(sum(ln(g.ratio) / e.variance) / sum(1 / e.variance)) AS ratio, sqrt(1 / sum(1 / e.variance)) AS error, max(g.ratio) AS highest
FROM report_referral_group AS g CROSS JOIN LATERAL (SELECT (ln(g.ratio_upper / g.ratio_lower) / (2 * 1.959963984540054)) ^ 2 AS variance) AS e
WHERE g.organisation_id = 'KM' AND g.service_id = '(all)' AND g.measure = 'standard' AND g.detail = 'CW02' AND g.dimension = 'deprivation' AND g.group_name = 'fifth 1'
GROUP BY 1;
SELECT cmp_ok((SELECT ratio * exp(1.959963984540054 * error) FROM within_two_weeks WHERE is_since), '<', 1::double precision, 'since then the most deprived are clearly seen in two weeks less often');
SELECT cmp_ok((SELECT ratio * exp(1.959963984540054 * error) FROM within_two_weeks WHERE NOT is_since), '>', 1::double precision, 'before, they were not');
SELECT cmp_ok((SELECT highest FROM within_two_weeks WHERE is_since), '<', 1::double precision, 'in every quarter since');

\set deepest_level 0
\ir ../lib/referral_group_sums.sql

SELECT * FROM finish();
ROLLBACK;
