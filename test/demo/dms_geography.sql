-- Geography in the dms world: no areas, so that people start from where they
-- are registered; facilities abroad have no journeys in the table.

BEGIN;
SELECT plan(11);
SET LOCAL search_path = dms, public;

SELECT is((SELECT count(*) FROM place_group WHERE place_kind <> 'site'), 0::bigint, 'people start from their medical centre');
SELECT is((SELECT sum(people) FROM place_group), (SELECT sum(c.people) FROM population_count AS c JOIN place_site AS s ON s.site_id = c.unit_id WHERE c.basis = 'registered'), 'all that are registered at a known one');
SELECT ok((SELECT bool_and(j.is_estimated) AND count(*) > 0 FROM journey AS j JOIN site AS s ON s.site_id = j.place_id WHERE s.time_zone <> 'Europe/London'), 'journeys abroad are by straight lines');
SELECT is((SELECT format('%s %s', status, objective) FROM allocation_run), 'optimal 0', 'everybody has room where they are, and the plan leaves them there');
SELECT is((SELECT count(*) FROM caregroup.monday('dms') WHERE check_name = 'site_over_capacity'), 0::bigint, 'so no site is over capacity');
SELECT is((SELECT count(*) FROM report_care_groups WHERE people IS NOT NULL), (SELECT count(DISTINCT organisation_id) FROM care_group_site), 'the care groups of today');
SELECT is((SELECT sum(people) FROM report_care_groups), (SELECT sum(people) FROM care_group_site WHERE organisation_id IS NOT NULL), 'with their people');
SELECT is((SELECT count(*) FROM report_consolidation WHERE dimension = 'all' AND gap > 0.01), 0::bigint, 'scenarios are within 1 % of the best');

SELECT is((SELECT format('%s %s', count(*), bool_and(is_reproduced AND is_optimal)) FROM caregroup.verify_allocation_run('dms')), '1 t', 'the plan is in the history and is worked out again');
SELECT is((SELECT count(*) FROM report_reallocation), 0::bigint, 'nobody has to move');
SELECT is((SELECT count(*) FROM report_joiners), (SELECT count(*) FROM newcomer), 'everybody is on a list');

SELECT * FROM finish();
ROLLBACK;
