-- The dms world's variation: what contrib/demo/worlds/dms/planted.md says is
-- hidden is what the reports of indicators and of staff show.

BEGIN;
SELECT plan(20);
SET LOCAL search_path = dms, public;
CREATE TEMP VIEW planted AS SELECT * FROM warehouse.planted_finding;

-- slower_rehabilitation
CREATE TEMP VIEW rehabilitation AS SELECT * FROM report_variance_spc WHERE indicator_id = 'wait_within_standard' AND service_id = 'PCRF';
SELECT is_empty($$SELECT period_start FROM rehabilitation WHERE organisation_id = 'PCR025' AND period_start >= '2026-06-01' AND NOT is_concern$$, 'slower_rehabilitation: Braeridge is in special cause to the worse in every month since June 2026');
SELECT is_empty($$SELECT period_start FROM rehabilitation WHERE organisation_id = 'PCR025' AND period_start BETWEEN '2025-06-01' AND '2026-05-01' AND is_concern$$, 'and in none of the year before');
SELECT is((SELECT variation FROM report_variance_summary WHERE organisation_id = 'PCR025' AND indicator_id = 'wait_within_standard' AND service_id = 'PCRF'), 'special_cause_concern', 'its icon says so');
SELECT is((SELECT array_agg(organisation_id) FROM report_variance_summary WHERE organisation_kind = 'region' AND indicator_id = 'wait_within_standard' AND service_id = 'PCRF' AND variation = 'special_cause_concern'), '{R2}', 'and of all regions that of its own');
SELECT isnt_empty($$SELECT sentence FROM report_exception WHERE organisation_kind = 'region' AND organisation_id = 'R2' AND indicator_id = 'wait_within_standard' AND service_id = 'PCRF' AND exception = 'special_cause_concern'$$, 'the region reads of it this month');
SELECT is_empty($$SELECT organisation_id, sentence FROM report_exception WHERE organisation_kind = 'region' AND indicator_id = 'wait_within_standard' AND service_id = 'PCRF' AND exception = 'special_cause_concern' AND organisation_id <> 'R2'$$, 'the others do not');
SELECT isnt_empty($$SELECT sentence FROM report_exception WHERE organisation_id = 'PCR025' AND indicator_id = 'wait_within_standard' AND exception = 'special_cause_concern'$$, 'the facility itself reads of it too');
SELECT is((SELECT judgement FROM report_variance_change WHERE change_id = '2' AND organisation_id = 'PCR025' AND indicator_id = 'wait_within_standard' AND service_id = 'PCRF'), 'worse', 'since two posts were gapped it is worse');
SELECT is((SELECT organisation_id FROM report_variance_change WHERE change_id = '2' AND organisation_kind = 'site' AND indicator_id = 'wait_within_standard' AND service_id = 'PCRF' ORDER BY z NULLS LAST LIMIT 1), 'PCR025', 'most of all facilities of its care group');
SELECT cmp_ok((SELECT before_mean - after_mean FROM report_variance_change WHERE change_id = '2' AND organisation_id = 'PCR025' AND indicator_id = 'wait_within_standard' AND service_id = 'PCRF'), '>', 25::double precision, 'by more than a quarter of all');
SELECT is((SELECT judgement FROM report_variance_change WHERE change_id = '2' AND organisation_kind = 'care_group' AND organisation_id = 'G04' AND indicator_id = 'wait_within_standard' AND service_id = 'PCRF'), 'worse', 'which its care group shows');
-- The renewed framework for temporary staff changed no wait.
SELECT is_empty($$SELECT organisation_id, service_id, z FROM report_variance_change WHERE change_id = '3' AND organisation_kind = 'region' AND indicator_id = 'wait_within_standard' AND judgement = 'worse' AND abs(z) >= 3$$, 'a change that did nothing is not far worse in its region');

-- temporary_staff
CREATE TEMP VIEW temporary AS SELECT organisation_id, sum(sessions) FILTER (WHERE employment = 'temporary') / sum(sessions) AS share FROM report_staff_use WHERE organisation_kind = 'region' GROUP BY 1;
SELECT is((SELECT array_agg(organisation_id) FROM temporary WHERE share > 0.18), (SELECT array_agg(organisation_id) FROM planted WHERE finding_id = 'temporary_staff'), 'temporary_staff: one region only has more than 18 % of sessions run by temporary staff');
SELECT cmp_ok((SELECT abs(share - 0.25) FROM temporary WHERE organisation_id = 'R6'), '<', 0.03, 'about 25 %');
SELECT cmp_ok((SELECT max(abs(share - 0.12)) FROM temporary WHERE organisation_id <> 'R6'), '<', 0.03, 'about 12 % elsewhere');
SELECT is((SELECT array_agg(organisation_id) FROM caregroup.monday('dms') WHERE check_name = 'temporary_staff'), (SELECT array_agg(organisation_id) FROM planted WHERE finding_id = 'temporary_staff'), 'as the Monday page says, once');
SELECT is_empty($$SELECT * FROM (SELECT organisation_kind, organisation_id, service_id, role, period_start, sum(sessions_share) AS whole FROM report_staff_use GROUP BY 1, 2, 3, 4, 5) AS s WHERE abs(whole - 1) > 1e-9$$, 'shares of a service, role and month add up to one');

-- hardly_remote
SELECT is((SELECT organisation_id FROM report_variance_funnel WHERE organisation_kind = 'site' AND indicator_id = 'remote_share' AND service_id = 'GPMO' ORDER BY z LIMIT 1), (SELECT site_id FROM planted WHERE finding_id = 'hardly_remote'), 'hardly_remote: the planted facility lies furthest below the funnel');
SELECT is((SELECT array_agg(organisation_id) FROM report_variance_funnel WHERE organisation_kind = 'site' AND indicator_id = 'remote_share' AND service_id = 'GPMO' AND level = -2), (SELECT array_agg(site_id) FROM planted WHERE finding_id = 'hardly_remote'), 'alone below its outer limit');

SELECT is_empty($$SELECT * FROM published_indicator WHERE numerator BETWEEN 1 AND 4 OR indicator_id IN ('did_not_attend', 'conversion', 'wait_within_standard', 'remote_share') AND (denominator BETWEEN 1 AND 4 OR denominator - numerator BETWEEN 1 AND 4)$$, 'nothing from 1 to 4 is published');
SELECT * FROM finish();
ROLLBACK;
