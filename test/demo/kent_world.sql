-- The kent world through its hub: its size, and that every planted finding
-- (contrib/demo/worlds/kent/planted.md) is what a report shows.

BEGIN;
SELECT plan(44);
SET LOCAL search_path = kent, public;

CREATE TEMP VIEW scale AS
SELECT value::numeric AS scale FROM warehouse.demo_parameter WHERE name = 'scale';
CREATE TEMP VIEW planted AS SELECT * FROM warehouse.planted_finding;

-- The world's own numbers, at the scale that was made.
SELECT is((SELECT count(*) FROM site), 71::bigint, '71 sites');
SELECT is((SELECT count(*) FROM area), 1065::bigint, '1,065 areas');
SELECT cmp_ok((SELECT abs(sum(people) / (SELECT 1883000 * scale FROM scale) - 1) FROM report_population
               WHERE organisation_level = 0 AND basis = 'resident'), '<', 0.01, 'about 1.9 million residents times the scale');
SELECT cmp_ok((SELECT abs(count(*) / (SELECT 250000 * scale FROM scale) - 1) FROM person), '<', 0.001, '250,000 people known to a service times the scale');
SELECT results_eq($$SELECT age_group, count(*) FROM service GROUP BY 1 ORDER BY 1$$, $$VALUES ('adult', 34::bigint), ('child', 19)$$,
    '34 services for adults and 19 for children');
SELECT is_empty($$SELECT service_id FROM service EXCEPT SELECT service_id FROM report_activity WHERE organisation_level = 0 AND attended > 0
                  EXCEPT SELECT service_id FROM planted WHERE finding_id = 'not_viable'$$, 'each of them sees people');
SELECT results_eq($$SELECT DISTINCT lot FROM contract ORDER BY 1$$,
    $$VALUES ('Dartford, Gravesham and Swanley'), ('East Kent'), ('Medway and Swale'), ('West Kent')$$, 'bought in four lots');
SELECT is((SELECT array_agg(DISTINCT c.lot) FROM contract AS c JOIN service AS v USING (service_id) WHERE v.age_group = 'child'), '{"West Kent"}',
    'the children''s services in one of them');
SELECT cmp_ok((SELECT abs(sum(value) / (SELECT 230000000 * scale FROM scale) - 1) FROM contract), '<', 0.001, 'for about 230 million pounds a year times the scale');
SELECT is((SELECT count(DISTINCT s.organisation_id) FROM chain AS s WHERE s.hierarchy = 'provider' AND s.organisation_level = 0 AND s.organisation_kind = 'provider'),
    6::bigint, 'six providers');
SELECT set_eq($$SELECT p.organisation_id FROM chain AS p JOIN chain AS l USING (site_id)
                WHERE p.hierarchy = 'provider' AND p.organisation_level = 0 AND l.hierarchy = 'command' AND l.organisation_kind = 'partnership'
                GROUP BY 1 HAVING count(DISTINCT l.organisation_id) > 1$$,
    $$VALUES ('EQS'), ('HOS'), ('IND'), ('KCT')$$, 'four of them work in two lots');
SELECT ok((SELECT avg(deprivation_decile) FILTER (WHERE longitude > 1.0) + 2 < avg(deprivation_decile) FILTER (WHERE longitude < 0.5 AND latitude < 51.35) FROM area),
    'the coast in the east is more deprived than the west');
SELECT is((SELECT count(DISTINCT pg_typeof(i)) FROM (SELECT referral_id AS i FROM referral_summary UNION ALL SELECT person_id FROM referral_summary) AS x
           WHERE pg_typeof(i) = 'uuid'::regtype), 1::bigint, 'record ids are uuid');

-- Whatever the level, the parts are the whole.
SELECT is((SELECT sum(received) FROM report_referral_flow WHERE organisation_level = 0),
    (SELECT count(DISTINCT referral_id)::numeric FROM referral WHERE received_at <= (SELECT as_at FROM parameter)), 'referrals received at the top are all referrals');
SELECT is((SELECT sum(referrals) FROM report_waiting_list WHERE organisation_level = 0), (SELECT sum(referrals) FROM waiting),
    'the waiting list at the top is the whole');
SELECT is((SELECT sum(attended) FROM report_activity WHERE organisation_level = 0), (SELECT sum(quantity) FROM activity WHERE status = 'attended'),
    'attended activity at the top is all of it, a line of a week''s visits with all its visits');
SELECT is((SELECT sum(requests) FROM report_demand WHERE organisation_level = 0 AND source = 'contact_request'),
    (SELECT count(*)::numeric FROM contact_request WHERE at <= (SELECT as_at FROM parameter)), 'contact requests at the top are all of them');
SELECT is((SELECT sum(cost_gbp) FROM report_spend WHERE organisation_level = 0), (SELECT sum(cost) FROM spend), 'spend at the top is all of it');
SELECT results_eq(
    $$SELECT hierarchy, sum(received) FROM chain JOIN referral_flow USING (site_id) WHERE organisation_level = 0 GROUP BY hierarchy ORDER BY hierarchy$$,
    $$SELECT hierarchy, (SELECT sum(received) FROM referral_flow) FROM chain GROUP BY hierarchy ORDER BY hierarchy$$,
    'and so it is in every hierarchy');
SELECT results_eq($$SELECT sum(l.received) FROM chain AS h JOIN referral_flow AS l USING (site_id)
                    WHERE h.hierarchy = 'place' AND h.organisation_id = 'LOT-WK' AND l.service_id LIKE 'C%' AND l.service_id NOT IN ('CONT', 'CARD', 'CAR')
                    HAVING sum(l.received) < (SELECT sum(received) / 2 FROM referral_flow WHERE service_id LIKE 'C%' AND service_id NOT IN ('CONT', 'CARD', 'CAR'))$$,
    $$SELECT sum(received) FROM referral_flow JOIN site USING (site_id) JOIN service USING (service_id)
      WHERE age_group = 'child' AND organisation_id IN ('KCT-CYP-MAI', 'KCT-CYP-TON', 'KCT-CYP-TUN', 'KCT-CYP-SEV')$$,
    'the children''s clinics outside West Kent are under their own places');

-- wait_gap: people of the most deprived fifth against everybody else, the same
-- service, in the last two whole quarters and in the year before
CREATE TEMP VIEW gap AS
SELECT organisation_id, period_start >= '2026-04-01' AS later, exp(sum(ln(ratio) * weight) / sum(weight)) AS ratio,
    exp(sum(ln(ratio) * weight) / sum(weight) - 2.5758 / sqrt(sum(weight))) AS lower
FROM (SELECT *, (z / ln(ratio)) ^ 2 AS weight FROM report_wait_gap
      WHERE dimension = 'deprivation' AND group_name = 'fifth 1' AND organisation_kind = 'partnership'
          AND period_start >= '2025-01-01' AND period_start < '2026-10-01' AND (period_start < '2025-10-01' OR period_start >= '2026-04-01')) AS g
GROUP BY 1, 2;
SELECT is((SELECT a.organisation_id FROM gap AS a JOIN gap AS b USING (organisation_id) WHERE a.later AND NOT b.later ORDER BY a.ratio / b.ratio DESC LIMIT 1),
    (SELECT organisation_id FROM planted WHERE finding_id = 'wait_gap'), 'the lot whose wait gap by deprivation has widened most is the planted one');
SELECT is((SELECT array_agg(organisation_id) FROM gap WHERE later AND lower > 1.1),
    (SELECT array_agg(organisation_id) FROM planted WHERE finding_id = 'wait_gap'), 'there, and nowhere else, the deprived clearly wait a tenth longer or more (99 %)');
SELECT cmp_ok((SELECT max(ratio) FROM gap WHERE NOT later), '<', 1.15::double precision, 'a year earlier no lot had such a gap');
SELECT results_eq($$SELECT organisation_id FROM caregroup.monday('kent') WHERE check_name = 'wait_gap'$$,
    $$SELECT organisation_id FROM planted WHERE finding_id = 'wait_gap'$$, 'the Monday page says so, once');

-- single_handed: two whole months without anybody, in a clinic that usually sees
-- people; home visits come in bursts, a person's course after the other's
CREATE TEMP TABLE clinic_month AS
SELECT a.organisation_id AS site_id, a.service_id, m.month::date AS month,
    coalesce(sum(a.attended) FILTER (WHERE a.period_start = m.month), 0) AS attended
FROM report_activity AS a CROSS JOIN generate_series(date '2024-10-01', date '2026-09-01', interval '1 month') AS m (month)
WHERE a.organisation_kind = 'site' AND a.modality = 'face_to_face'
GROUP BY 1, 2, 3;
CREATE TEMP VIEW stopped AS
SELECT DISTINCT site_id, service_id
FROM (SELECT *, attended + lead(attended) OVER unit AS two_months, avg(attended) OVER (PARTITION BY site_id, service_id) AS usual
      FROM clinic_month WINDOW unit AS (PARTITION BY site_id, service_id ORDER BY month)) AS s
WHERE two_months = 0 AND usual >= 8;
SELECT results_eq('SELECT site_id, service_id FROM stopped', $$SELECT site_id, service_id FROM planted WHERE finding_id = 'single_handed'$$,
    'the only busy clinic that stopped for two months is the planted one');
SELECT is((SELECT sum(attended) FROM clinic_month JOIN stopped USING (site_id, service_id) WHERE month IN ('2026-02-01', '2026-03-01')), 0::numeric,
    'it saw nobody in February and March 2026');
-- which services of a lot rest on one person: who held the sessions
SELECT results_eq(
    $$SELECT l.organisation_id, n.service_id FROM session_staff AS t JOIN session AS n USING (session_id)
          JOIN staff AS w ON w.staff_id = t.staff_id AND w.employment = 'permanent'
          JOIN chain AS l ON l.site_id = n.site_id AND l.hierarchy = 'command' AND l.organisation_kind = 'partnership'
      GROUP BY 1, 2 HAVING count(DISTINCT t.staff_id) = 1 AND count(*) >= 20$$,
    $$VALUES ('LOT-EK', 'LYMPH')$$, 'no other busy service of a lot is one person''s');
SELECT ok(EXISTS (SELECT FROM staff_absence AS a JOIN staff AS w USING (staff_id) JOIN planted AS f ON f.site_id = w.home_site_id AND f.finding_id = 'single_handed'
                  WHERE w.role = 'lymphoedema_specialist' AND a.reason = 'sickness' AND a.starts_at < '2026-02-01' AND a.ends_at > '2026-04-01'),
    'its one specialist was away ill then');

-- not_viable
CREATE TEMP VIEW value_of AS
SELECT contract_id, service_id, sum(contract_gbp) AS value FROM report_spend
WHERE organisation_level = 0 AND period_start >= '2025-10-01' AND period_start < '2026-10-01' GROUP BY 1, 2;
SELECT is((SELECT service_id FROM value_of ORDER BY value LIMIT 1), (SELECT service_id FROM planted WHERE finding_id = 'not_viable'),
    'the smallest contract is the planted one');
SELECT cmp_ok((SELECT 5 * min(value) FROM value_of), '<', (SELECT value FROM value_of ORDER BY value OFFSET 1 LIMIT 1), 'less than a fifth of the next');
SELECT is((SELECT v.service_id FROM service AS v LEFT JOIN report_activity AS a ON a.service_id = v.service_id AND a.organisation_level = 0
           GROUP BY 1 ORDER BY coalesce(sum(a.attended), 0) LIMIT 1), (SELECT service_id FROM planted WHERE finding_id = 'not_viable'),
    'and its service sees the fewest people');

-- overspend
CREATE TEMP VIEW overspent AS
SELECT contract_id, service_id, lot, period_start >= '2026-01-01' AS later, sum(cost_gbp) / sum(planned_gbp) AS ratio
FROM report_spend WHERE organisation_level = 0 AND contract_id <> '(none)' AND cost_gbp IS NOT NULL GROUP BY 1, 2, 3, 4;
SELECT results_eq('SELECT lot, service_id FROM overspent WHERE later AND ratio > 1.1', $$VALUES ('West Kent', 'EQUIP')$$,
    'the only contract overspent by a tenth since January 2026 is the planted one');
SELECT cmp_ok((SELECT max(ratio) FROM overspent WHERE NOT later), '<', 1.05, 'before that none was overspent');

-- slower_response
CREATE TEMP VIEW response AS
SELECT organisation_id, period_start >= '2026-05-01' AS later, sum(numerator)::numeric / sum(denominator) AS share,
    caregroup.wilson_limit(sum(numerator), sum(denominator), 1.959963984540054) AS upper
FROM report_standard WHERE standard_id = 'UCR2H' AND organisation_kind = 'partnership' AND period_start >= '2025-05-01' GROUP BY 1, 2;
SELECT is((SELECT array_agg(organisation_id) FROM response WHERE later AND upper < 0.7),
    (SELECT array_agg(organisation_id) FROM planted WHERE finding_id = 'slower_response'), 'the only lot that clearly misses 70 % within two hours since May 2026 is the planted one');
SELECT cmp_ok((SELECT min(share) FROM response WHERE NOT later), '>', 0.72, 'in the year before all lots reached it');
SELECT cmp_ok((SELECT sum(numerator)::numeric / sum(denominator) FROM report_standard WHERE standard_id = 'UCR2H' AND organisation_level = 0 AND period_start < '2025-04-01'),
    '<', 0.5, 'before the two-hour response went live fewer than half were reached in time');
SELECT ok(EXISTS (SELECT FROM caregroup.monday('kent', 'LOT-EK') WHERE check_name = 'standard_worsening' AND service_id = 'RAPID' AND sentence ~ 'since (May|June) 2026'),
    'the Monday page of East Kent says so, with its month');

-- cancelling_provider, in the hierarchy of providers; services that answer at
-- once and stays have no appointments to cancel
SET LOCAL caregroup.hierarchy = 'provider';
CREATE TEMP TABLE cancelled AS
SELECT organisation_id, sum(cancelled_by_provider) / sum(attended + did_not_attend + cancelled_by_person + cancelled_by_provider) AS share
FROM report_activity
WHERE organisation_level = 0 AND organisation_kind = 'provider' AND period_start < '2026-10-01'
    AND service_id NOT IN ('RAPID', 'CAR', 'DISCH', 'INTC', 'EOL', 'STRB', 'CRES')
    AND NOT kind = 'follow_up' -- lines of a week's visits would weigh the rate down
GROUP BY 1 HAVING sum(attended) >= 100;
SET LOCAL caregroup.hierarchy = 'command';
SELECT is((SELECT organisation_id FROM cancelled ORDER BY share DESC LIMIT 1), (SELECT organisation_id FROM planted WHERE finding_id = 'cancelling_provider'),
    'the provider that cancels most is the planted one');
SELECT cmp_ok((SELECT max(share) FILTER (WHERE organisation_id = 'IND') / max(share) FILTER (WHERE organisation_id IN ('KCT', 'CIC')) FROM cancelled), '>', 1.6,
    'at about twice the rate of the other main providers');

-- low_referral: people referred by the place where they live
CREATE TEMP VIEW referred AS
SELECT organisation_id, sum(referred) AS referred, sum(expected) AS expected
FROM report_referral_residence WHERE organisation_id LIKE 'PL-%' GROUP BY 1;
SELECT results_eq('SELECT organisation_id FROM referred WHERE referred / expected < 0.8',
    $$SELECT organisation_id FROM planted WHERE finding_id = 'low_referral'$$,
    'the only place with less than four fifths of the referrals expected is the planted one');
SELECT cmp_ok((SELECT max(caregroup.byar_upper(referred, 0.998) / expected) FROM referred JOIN planted USING (organisation_id) WHERE finding_id = 'low_referral'),
    '<', 0.8::double precision, 'beyond chance (99.8 %)');
SELECT results_eq($$SELECT organisation_id FROM caregroup.monday('kent') WHERE check_name = 'referred_less'$$,
    $$SELECT organisation_id FROM planted WHERE finding_id = 'low_referral'$$, 'and the Monday page says so');
SELECT is((SELECT round(sum(expected)) FROM report_referral_residence WHERE organisation_level = 0),
    (SELECT sum(compared) FROM residence_year), 'expected and compared referrals are as many');

-- the mess
CREATE TEMP TABLE checked AS SELECT * FROM caregroup.check_hub('kent');
SELECT set_eq($$SELECT DISTINCT check_name FROM checked WHERE rows > 0 AND provider_id IS NULL
                AND check_name IN ('unmapped code', 'date in the future', 'orphan', 'invalid identifier', 'shared identifier')$$,
    $$VALUES ('unmapped code'), ('date in the future'), ('orphan'), ('invalid identifier'), ('shared identifier')$$, 'the check finds every kind of mess that was made');
SELECT * FROM finish();
ROLLBACK;
