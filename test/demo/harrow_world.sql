-- The harrow world through its hub: its size, and that every planted finding
-- (contrib/demo/worlds/harrow/planted.md) is what a report shows.

BEGIN;
SELECT plan(26);
SET LOCAL search_path = harrow, public;

-- The world's own numbers, at the scale that was made.
CREATE TEMP VIEW scale AS
SELECT value::numeric AS scale FROM warehouse.demo_parameter WHERE name = 'scale';

SELECT is((SELECT count(*) FROM site WHERE kind = 'practice'), 33::bigint, '33 practices');
SELECT is((SELECT sum(people) FROM report_population WHERE organisation_level = 0 AND basis = 'registered'),
    (SELECT count(*)::numeric FROM registration AS g JOIN person AS n USING (person_id)
     WHERE g.valid_to IS NULL AND n.death_date IS NULL AND g.valid_from <= date '2026-10-01'),
    'the report''s people are the open registrations of the living');
SELECT cmp_ok((SELECT abs(sum(people) / (SELECT 265422 * scale FROM scale) - 1) FROM report_population
               WHERE organisation_level = 0 AND basis = 'registered'), '<', 0.01, '265,422 people times the scale');
SELECT cmp_ok((SELECT abs(sum(people) FILTER (WHERE sex = 'female') / sum(people) - 0.51) FROM report_population
               WHERE organisation_level = 0 AND basis = 'registered'), '<', 0.02, '51 % are female');
SELECT cmp_ok((SELECT abs(sum(attended + did_not_attend) / (SELECT 70000 * scale FROM scale) - 1) FROM report_activity
               WHERE organisation_level = 0 AND setting = 'acute' AND kind IN ('first', 'follow_up', 'diagnostic')
                   AND period_start >= date '2025-10-01' AND period_start < date '2026-10-01'), '<', 0.15,
    'about 70,000 acute outpatient appointments a year including imaging, times the scale');

-- Whatever the level, the parts are the whole.
SELECT is((SELECT sum(received) FROM report_referral_flow WHERE organisation_level = 0),
    (SELECT count(DISTINCT referral_id)::numeric FROM referral WHERE received_at <= (SELECT as_at FROM parameter)),
    'referrals received at the top are all referrals');
SELECT is((SELECT sum(referrals) FROM report_waiting_list WHERE organisation_level = 0), (SELECT sum(referrals) FROM waiting),
    'the waiting list at the top is the whole');
SELECT is((SELECT sum(attended) FROM report_activity WHERE organisation_level = 0),
    (SELECT count(*)::numeric FROM activity WHERE status = 'attended'), 'attended activity at the top is all of it');
SELECT is((SELECT sum(requests) FROM report_demand WHERE organisation_level = 0 AND source = 'contact_request'),
    (SELECT count(*)::numeric FROM contact_request WHERE at <= (SELECT as_at FROM parameter)), 'contact requests at the top are all of them');
SELECT results_eq(
    $$SELECT hierarchy, sum(received) FROM chain JOIN referral_flow USING (site_id) WHERE organisation_level = 0 GROUP BY hierarchy ORDER BY hierarchy$$,
    $$SELECT hierarchy, (SELECT sum(received) FROM referral_flow) FROM chain GROUP BY hierarchy ORDER BY hierarchy$$,
    'and so it is in every hierarchy');

-- over_referring
CREATE TEMP VIEW referrer AS
SELECT s.organisation_id, sum(r.referrals) / sum(r.expected) AS ratio,
    caregroup.byar_limit(sum(r.referrals), -3.0902) / sum(r.expected)::double precision AS lower,
    sum(r.did_not_attend) AS missed, sum(r.did_not_attend / nullif(r.did_not_attend_share, 0)) AS appointments
FROM report_referrer_variation AS r JOIN site AS s ON s.site_id = r.organisation_id
WHERE r.organisation_kind = 'site' AND r.expected IS NOT NULL
GROUP BY s.organisation_id;
SELECT is((SELECT organisation_id FROM referrer ORDER BY ratio DESC LIMIT 1),
    (SELECT organisation_id FROM warehouse.planted_finding WHERE finding_id = 'over_referring'),
    'the practice that refers most over expectation is the planted one');
SELECT cmp_ok((SELECT max(ratio) FROM referrer), '>', 1.8, 'at about twice the expected number');
SELECT is((SELECT array_agg(organisation_id) FROM referrer WHERE lower > 1.5),
    (SELECT array_agg(organisation_id) FROM warehouse.planted_finding WHERE finding_id = 'over_referring'),
    'and beyond chance (99.8 %) it is the only one above 1.5');

-- idle_tuesday
CREATE TEMP VIEW clinic AS
SELECT organisation_id AS site_id, service_id, weekday_name, sum(slots_booked) / sum(slots_offered) AS booked
FROM report_session_use
WHERE organisation_kind = 'site' AND period_start >= date '2024-10-01'
GROUP BY 1, 2, 3 HAVING sum(slots_offered) >= 100;
SELECT results_eq($$SELECT site_id, service_id, weekday_name FROM clinic WHERE booked < 0.6$$,
    $$SELECT site_id, service_id, 'Tuesday' FROM warehouse.planted_finding WHERE finding_id = 'idle_tuesday'$$,
    'the only idle clinic is the planted one, on Tuesdays');
SELECT cmp_ok((SELECT min(booked) FROM clinic), '<', 0.35, 'with at most 35 % of its slots booked');

-- slower_physio
CREATE TEMP VIEW physio AS
SELECT organisation_id AS site_id, period_start >= date '2026-04-01' AS later, sum(numerator)::numeric / sum(denominator) AS share
FROM report_standard
WHERE organisation_kind = 'site' AND standard_id = 'PHY10WD' AND period_start >= date '2025-01-01'
GROUP BY 1, 2;
SELECT is((SELECT a.site_id FROM physio AS a JOIN physio AS b ON b.site_id = a.site_id AND b.later AND NOT a.later
           ORDER BY a.share - b.share DESC LIMIT 1),
    (SELECT site_id FROM warehouse.planted_finding WHERE finding_id = 'slower_physio'),
    'the clinic whose 10-working-day share fell most is the planted one');
SELECT cmp_ok((SELECT share FROM physio WHERE later AND site_id = 'C5'), '<', 0.4, 'to less than 40 %');
SELECT is((SELECT array_agg(DISTINCT organisation_id) FROM report_standard WHERE organisation_kind = 'site' AND standard_id = 'PHY10WD'
           AND direction = 'worsening' AND period_start BETWEEN '2026-04-01' AND '2026-07-01'), '{C5}',
    'and the report calls it, and no other clinic, worsening since April');

-- missed_appointments
SELECT is((SELECT organisation_id FROM referrer WHERE appointments >= 100 ORDER BY missed / appointments DESC LIMIT 1),
    (SELECT organisation_id FROM warehouse.planted_finding WHERE finding_id = 'missed_appointments'),
    'the practice whose referred patients miss most appointments is the planted one');

-- returned_referrals
SELECT is((SELECT organisation_id FROM report_referrer_variation WHERE organisation_kind = 'care_group'
           GROUP BY organisation_id ORDER BY sum(returned) / sum(referrals) DESC LIMIT 1),
    (SELECT organisation_id FROM warehouse.planted_finding WHERE finding_id = 'returned_referrals'),
    'the network with most returned referrals is the planted one');
SELECT cmp_ok((SELECT min(n4) / max(others) FROM (SELECT sum(returned) FILTER (WHERE organisation_id = 'N4') / sum(referrals) FILTER (WHERE organisation_id = 'N4') AS n4,
                   sum(returned) FILTER (WHERE organisation_id <> 'N4') / sum(referrals) FILTER (WHERE organisation_id <> 'N4') AS others
               FROM report_referrer_variation WHERE organisation_kind = 'care_group') AS s), '>', 2.0, 'more than twice the others'' share');

-- bad_numbers
CREATE TEMP TABLE checked AS SELECT * FROM caregroup.check_hub('harrow');
SELECT is((SELECT provider_id FROM checked WHERE check_name = 'invalid identifier' AND provider_id <> '(unknown)'
           GROUP BY provider_id ORDER BY sum(rows) / min(out_of) DESC LIMIT 1),
    (SELECT organisation_id FROM warehouse.planted_finding WHERE finding_id = 'bad_numbers'),
    'the practice with the worst NHS numbers is the planted one');
SELECT cmp_ok((SELECT abs(sum(rows) / min(out_of) - 0.006) FROM checked
               WHERE check_name = 'invalid identifier' AND provider_id IS NULL), '<', 0.003, 'about 0.5 % are bad in all');
SELECT cmp_ok((SELECT count(DISTINCT check_name) FROM checked WHERE rows > 0 AND provider_id IS NULL
               AND check_name IN ('unmapped code', 'date in the future', 'orphan', 'invalid identifier')), '=', 4::bigint,
    'the check finds every kind of mess that was made');

-- slower_imaging
SELECT is((SELECT array_agg(organisation_id) FROM (
               SELECT organisation_id FROM report_standard WHERE organisation_kind = 'site' AND standard_id = 'DM6W' AND period_start >= '2025-12-01'
               GROUP BY 1 HAVING sum(numerator)::numeric / sum(denominator) < 0.95) AS s),
    (SELECT array_agg(site_id) FROM warehouse.planted_finding WHERE finding_id = 'slower_imaging'),
    'the hospital whose imaging breaches six weeks since December 2025 is the planted one');

-- one_referral
SELECT ok((SELECT sum(received) FILTER (WHERE service_id = 'MSKORT' AND period_start >= '2025-10-01') > 2 * sum(received) FILTER (WHERE service_id = 'MSKORT' AND period_start < '2024-10-01')
           FROM report_referral_flow WHERE organisation_level = 0), 'referrals moved to the community service after October 2024');
SELECT * FROM finish();
ROLLBACK;
