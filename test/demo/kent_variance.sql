-- The kent world's variation: what contrib/demo/worlds/kent/planted.md says is
-- hidden is what the reports of indicators, groups and residence show.

BEGIN;
SELECT plan(25);
SET LOCAL search_path = kent, public;
CREATE TEMP VIEW planted AS SELECT * FROM warehouse.planted_finding;

-- slower_response
CREATE TEMP VIEW rapid AS SELECT * FROM report_variance_spc WHERE indicator_id = 'wait_within_standard' AND service_id = 'RAPID';
SELECT is((SELECT array_agg(organisation_id) FROM report_variance_summary WHERE organisation_kind = 'partnership' AND indicator_id = 'wait_within_standard' AND service_id = 'RAPID' AND variation = 'special_cause_concern'), (SELECT array_agg(organisation_id) FROM planted WHERE finding_id = 'slower_response'),
    'slower_response: of the four lots only the planted one is in special cause to the worse');
SELECT isnt_empty($$SELECT sentence FROM report_exception WHERE organisation_kind = 'partnership' AND organisation_id = 'LOT-EK' AND indicator_id = 'wait_within_standard' AND service_id = 'RAPID' AND exception = 'special_cause_concern'$$, 'it reads of it this month');
SELECT is_empty($$SELECT sentence FROM report_exception WHERE organisation_kind = 'partnership' AND organisation_id <> 'LOT-EK' AND indicator_id = 'wait_within_standard' AND service_id = 'RAPID' AND exception = 'special_cause_concern'$$, 'the other lots do not');
SELECT is((SELECT judgement FROM report_variance_change WHERE change_id = '6' AND organisation_kind = 'provider' AND organisation_id = 'KCT-EK' AND indicator_id = 'wait_within_standard' AND service_id = 'RAPID'), 'worse', 'since the night shifts were merged it is worse');
SELECT cmp_ok((SELECT abs(before_mean - 83) FROM report_variance_change WHERE change_id = '6' AND organisation_kind = 'provider' AND organisation_id = 'KCT-EK' AND indicator_id = 'wait_within_standard' AND service_id = 'RAPID'), '<', 6::double precision, '83 % before');
SELECT cmp_ok((SELECT after_mean FROM report_variance_change WHERE change_id = '6' AND organisation_kind = 'provider' AND organisation_id = 'KCT-EK' AND indicator_id = 'wait_within_standard' AND service_id = 'RAPID'), '<', 55::double precision, 'about half since');

-- The two-hour response goes live in all lots.
SELECT set_eq($$SELECT organisation_id, judgement FROM report_variance_change WHERE change_id = '2' AND organisation_kind = 'partnership' AND indicator_id = 'wait_within_standard' AND service_id = 'RAPID'$$,
    $$VALUES ('LOT-EK'::text, 'better'::text), ('LOT-DGS', 'better'), ('LOT-MS', 'better'), ('LOT-WK', 'better')$$, 'the go-live of April 2025: every lot is better');
SELECT is_empty($$SELECT organisation_id FROM report_variance_change WHERE change_id = '2' AND organisation_kind = 'partnership' AND indicator_id = 'wait_within_standard' AND service_id = 'RAPID' AND (abs(before_mean - 33) > 12 OR abs(after_mean - 83) > 10)$$, 'from about a third to about 83 %');
SELECT is_empty($$SELECT service_id FROM report_variance_change WHERE change_id = '2' AND service_id <> 'RAPID'$$, 'other services have no part in it');
SELECT set_eq($$SELECT DISTINCT organisation_id FROM rapid WHERE change_text ~ 'Two-hour' AND period_start = '2025-04-01' AND organisation_kind = 'partnership'$$, $$VALUES ('LOT-EK'::text), ('LOT-DGS'), ('LOT-MS'), ('LOT-WK')$$, 'it is written on their charts');
SELECT is_empty($$SELECT organisation_id, period_start FROM rapid WHERE change_text ~ 'Two-hour' AND period_start <> '2025-04-01'$$, 'in its month and no other');

-- wait_gap: fifth 1 has deciles 1 and 2 of the planted three.
CREATE TEMP VIEW gap AS SELECT * FROM report_wait_gap WHERE organisation_kind = 'partnership' AND dimension = 'deprivation';
SELECT is((SELECT array_agg(DISTINCT organisation_id) FROM gap WHERE group_name = 'fifth 1' AND period_start >= '2026-04-01' AND z > 2.5), (SELECT array_agg(organisation_id) FROM planted WHERE finding_id = 'wait_gap'), 'wait_gap: in the planted lot only do people of the most deprived fifth wait longer since April 2026');
SELECT is_empty($$SELECT period_start FROM gap WHERE organisation_id = 'LOT-MS' AND group_name = 'fifth 1' AND period_start >= '2026-01-01' AND NOT lower > 1$$, 'in every quarter of 2026');
SELECT cmp_ok((SELECT avg(ratio) FROM gap WHERE organisation_id = 'LOT-MS' AND group_name = 'fifth 1' AND period_start >= '2026-04-01'), '>', (SELECT 1.15 * avg(ratio) FROM gap WHERE organisation_id = 'LOT-MS' AND group_name = 'fifth 1' AND period_start < '2025-10-01'), 'more than before October 2025');
SELECT cmp_ok((SELECT exp(avg(ln(ratio))) FROM gap WHERE organisation_id <> 'LOT-MS' AND group_name = 'fifth 1' AND waits >= 30), '<', 1.12::double precision, 'in the other lots about 5 % longer');
SELECT cmp_ok((SELECT exp(avg(ln(ratio))) FROM gap WHERE organisation_id <> 'LOT-MS' AND group_name = 'fifth 1' AND waits >= 30), '>', 1.0::double precision, 'not shorter');
SELECT is((SELECT array_agg(organisation_id) FROM caregroup.monday('kent') WHERE check_name = 'wait_gap'), (SELECT array_agg(organisation_id) FROM planted WHERE finding_id = 'wait_gap'), 'as the Monday page says, once');
SELECT is((SELECT max(abs(z)) < 4 FROM report_wait_gap WHERE organisation_kind = 'partnership' AND dimension = 'sex' AND waits >= 30 AND other_waits >= 30), true, 'between women and men there is no gap');

-- low_referral
CREATE TEMP VIEW residence AS SELECT organisation_id, sum(referred) AS referred, sum(expected) AS expected, sum(referred) / sum(expected) AS ratio FROM report_referral_residence WHERE organisation_id ~ '^PL-' GROUP BY 1;
SELECT is((SELECT array_agg(organisation_id) FROM residence WHERE ratio < 0.8), (SELECT array_agg(organisation_id) FROM planted WHERE finding_id = 'low_referral'), 'low_referral: one place only is referred less than its age and sex let expect');
SELECT cmp_ok((SELECT abs(ratio - 0.6) FROM residence WHERE organisation_id = 'PL-FOL'), '<', 0.12, 'about 0.6 times as often as the others');
SELECT is_empty($$SELECT * FROM residence WHERE organisation_id <> 'PL-FOL' AND abs(ratio - 1) > 0.2$$, 'the others within a fifth of what is expected');
SELECT cmp_ok((SELECT abs(sum(expected) / sum(referred) - 1) FROM residence), '<', 0.01, 'over all places as many are expected as are referred');
SELECT is((SELECT array_agg(organisation_id) FROM caregroup.monday('kent') WHERE check_name = 'referred_less'), (SELECT array_agg(organisation_id) FROM planted WHERE finding_id = 'low_referral'), 'as the Monday page says, once');
SELECT is((SELECT sum(people) FROM (SELECT DISTINCT organisation_id, people FROM report_referral_residence WHERE organisation_id ~ '^PL-') AS p), (SELECT sum(people) FROM report_population WHERE organisation_level = 0 AND basis = 'resident'), 'all residents are in one of the places');

SELECT is_empty($$SELECT * FROM published_indicator WHERE numerator BETWEEN 1 AND 4 OR indicator_id IN ('did_not_attend', 'conversion', 'wait_within_standard', 'remote_share') AND (denominator BETWEEN 1 AND 4 OR denominator - numerator BETWEEN 1 AND 4)$$, 'nothing from 1 to 4 is published');
SELECT * FROM finish();
ROLLBACK;
