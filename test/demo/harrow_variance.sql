-- The harrow world's variation: what contrib/demo/worlds/harrow/planted.md says
-- is hidden is what the reports of indicators show, and where nothing is hidden
-- they are calm.

BEGIN;
SELECT plan(22);
SET LOCAL search_path = harrow, public;
CREATE TEMP VIEW planted AS SELECT * FROM warehouse.planted_finding;

SELECT set_eq($$SELECT DISTINCT indicator_id FROM report_variance_spc$$, $$SELECT indicator_id FROM caregroup.indicator_seed$$, 'the data answer every indicator of the seed');
SELECT is_empty($$SELECT * FROM report_variance_spc WHERE period_start >= (SELECT date_trunc('month', as_at AT TIME ZONE time_zone) FROM parameter)$$, 'no month that has only begun');

-- slower_physio
CREATE TEMP VIEW physio AS SELECT * FROM report_variance_spc WHERE organisation_kind = 'site' AND service_id = 'MSKPHY' AND indicator_id = 'wait_within_standard';
SELECT is((SELECT array_agg(DISTINCT organisation_id) FROM physio WHERE period_start >= '2026-04-01' AND is_concern), (SELECT array_agg(site_id) FROM planted WHERE finding_id = 'slower_physio'),
    'slower_physio: of all clinics only the planted one is in special cause to the worse since April 2026');
SELECT is_empty($$SELECT period_start FROM physio WHERE organisation_id = 'C5' AND period_start >= '2026-04-01' AND NOT is_concern$$, 'in every month');
SELECT is_empty($$SELECT period_start FROM physio WHERE organisation_id = 'C5' AND period_start < '2026-01-01' AND is_concern$$, 'and not before');
SELECT is((SELECT variation FROM report_variance_summary WHERE organisation_kind = 'site' AND organisation_id = 'C5' AND service_id = 'MSKPHY' AND indicator_id = 'wait_within_standard'), 'special_cause_concern', 'its icon says so');
SELECT results_eq($$SELECT organisation_id, judgement FROM report_variance_change WHERE change_id = '5' AND organisation_kind = 'site' AND indicator_id = 'wait_within_standard' AND service_id = 'MSKPHY' AND judgement <> 'no clear change'$$,
    $$SELECT site_id, 'worse'::text FROM planted WHERE finding_id = 'slower_physio'$$, 'after the paper triage of March 2026 it alone is worse');
SELECT cmp_ok((SELECT after_mean FROM report_variance_change WHERE change_id = '5' AND organisation_id = 'C5' AND indicator_id = 'wait_within_standard' AND service_id = 'MSKPHY'), '<', 35::double precision, 'with about 20 to 30 %');
SELECT cmp_ok((SELECT abs(before_mean - 70) FROM report_variance_change WHERE change_id = '5' AND organisation_id = 'C5' AND indicator_id = 'wait_within_standard' AND service_id = 'MSKPHY'), '<', 12::double precision, 'after about 70 %');
SELECT isnt_empty($$SELECT sentence FROM report_exception WHERE organisation_id = 'C5' AND service_id = 'MSKPHY' AND indicator_id = 'wait_within_standard' AND exception = 'special_cause_concern'$$, 'who must read this month''s exceptions reads of it');

-- slower_imaging
CREATE TEMP VIEW imaging AS SELECT * FROM report_variance_spc WHERE organisation_kind = 'site' AND service_id = 'IMG' AND indicator_id = 'wait_within_standard';
SELECT is((SELECT array_agg(DISTINCT organisation_id) FROM imaging WHERE period_start >= '2026-07-01' AND is_concern), (SELECT array_agg(site_id) FROM planted WHERE finding_id = 'slower_imaging'), 'slower_imaging: of both hospitals only the planted one is in special cause to the worse');
SELECT ok((SELECT min(period_start) BETWEEN '2025-11-01' AND '2026-02-01' FROM imaging WHERE organisation_id = 'H2' AND is_concern AND period_start >= '2025-01-01'), 'since the winter of 2025 to 2026');
SELECT results_eq($$SELECT organisation_id, judgement FROM report_variance_change WHERE change_id = '4' AND organisation_kind = 'site' AND indicator_id = 'wait_within_standard' AND service_id = 'IMG' AND judgement <> 'no clear change'$$,
    $$SELECT site_id, 'worse'::text FROM planted WHERE finding_id = 'slower_imaging'$$, 'since the booking office moved it is worse, the other hospital is not');
SELECT isnt_empty($$SELECT sentence FROM report_exception WHERE organisation_id = 'H2' AND service_id = 'IMG' AND indicator_id = 'wait_within_standard' AND exception = 'special_cause_concern'$$, 'who must read this month''s exceptions reads of it');

-- over_referring: sites of practices; age and sex explain the others.
CREATE TEMP VIEW referring AS SELECT f.*, s.organisation_id AS practice_id FROM report_variance_funnel AS f JOIN site AS s ON s.site_id = f.organisation_id WHERE f.organisation_kind = 'site' AND f.indicator_id = 'referral_rate';
SELECT is((SELECT practice_id FROM referring WHERE service_id = '(all)' ORDER BY z DESC LIMIT 1), (SELECT organisation_id FROM planted WHERE finding_id = 'over_referring'), 'over_referring: the planted practice lies furthest above the funnel');
SELECT is((SELECT array_agg(DISTINCT practice_id) FROM referring WHERE service_id IN ('MSKPHY', 'MSKORT') AND level = 2), (SELECT array_agg(organisation_id) FROM planted WHERE finding_id = 'over_referring'), 'in musculoskeletal services alone above its outer limit');
SELECT ok((SELECT bool_and(is_case_mix) FROM referring), 'against what age and sex let expect');
SELECT cmp_ok((SELECT abs(numerator / expected - 2.2) FROM referring WHERE service_id = 'MSKPHY' AND practice_id = 'P07'), '<', 0.5::double precision, 'about 2.2 times');

-- one_referral: a change that starts a phase.
SELECT results_eq($$SELECT min(period_start), max(phase) FROM report_variance_spc WHERE organisation_id = 'HQ' AND service_id = 'MSKORT' AND indicator_id = 'referral_rate' AND phase = 2$$, $$VALUES (date '2024-10-01', 2)$$, 'one_referral: the chart of referrals to the community service starts a new phase in October 2024, one');
SELECT cmp_ok((SELECT z FROM report_variance_change WHERE organisation_id = 'HQ' AND service_id = 'MSKORT' AND indicator_id = 'referral_rate' AND change_id = '1'), '>', 3::double precision, 'with more referrals after it');
SELECT is_empty($$SELECT organisation_id, indicator_id, service_id, period_start FROM (SELECT *, phase > lag(phase) OVER (PARTITION BY organisation_kind, organisation_id, indicator_id, service_id ORDER BY period_start) AS is_first FROM report_variance_spc) AS s WHERE is_first AND period_start <> '2024-10-01'$$, 'no chart starts a phase at another time');

-- What is published.
SELECT is_empty($$SELECT * FROM published_indicator WHERE numerator BETWEEN 1 AND 4 OR indicator_id IN ('did_not_attend', 'conversion', 'wait_within_standard', 'remote_share') AND (denominator BETWEEN 1 AND 4 OR denominator - numerator BETWEEN 1 AND 4)$$, 'nothing from 1 to 4 is published');
SELECT * FROM finish();
ROLLBACK;
