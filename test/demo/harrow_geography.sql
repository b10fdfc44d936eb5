-- Geography in the harrow world: the planted practice over its capacity is what
-- report_allocation and the Monday page show, the plan is the best there is,
-- and the other reports say what an independent query says.

BEGIN;
SELECT plan(34);
SET LOCAL search_path = harrow, public;
CREATE TEMP VIEW planted AS SELECT * FROM warehouse.planted_finding WHERE finding_id = 'over_capacity';

-- over_capacity
SELECT is((SELECT organisation_id FROM report_allocation WHERE organisation_kind = 'site' ORDER BY capacity_used_share DESC LIMIT 1),
    (SELECT site_id FROM planted), 'the site most over its capacity is the planted one');
SELECT is((SELECT array_agg(organisation_id) FROM report_allocation WHERE organisation_kind = 'site' AND over_capacity > 0),
    (SELECT array_agg(site_id) FROM planted), 'and it is the only one that is over');
SELECT cmp_ok((SELECT abs(capacity_used_share - (SELECT expected_value FROM planted)) FROM report_allocation WHERE organisation_kind = 'site' AND organisation_id = 'S29'), '<', 0.02::float8, 'by as much as was planted');
SELECT is((SELECT organisation_id FROM report_allocation WHERE organisation_kind = 'site' ORDER BY capacity_used_share LIMIT 1), 'S05', 'the emptiest is its neighbour');
SELECT is((SELECT count(*) FROM caregroup.monday('harrow') WHERE check_name = 'site_over_capacity' AND organisation_id = (SELECT site_id FROM planted) AND sentence LIKE '%Birch Hill%'), 1::bigint, 'the Monday page says both');
SELECT is((SELECT count(*) FROM caregroup.monday('harrow') WHERE check_name = 'site_over_capacity'), 1::bigint, 'and nothing else of the kind');
SELECT cmp_ok((SELECT count(*) FROM caregroup.monday('harrow') WHERE check_name = 'far_from_service'), '<=', 1::bigint, 'few are far from a service');

-- The plan
SELECT is((SELECT format('%s %s', status, gap) FROM allocation_run), 'optimal 0', 'the plan is the best');
SELECT demand_sql, sites_sql, pairs_sql FROM allocation_run \gset
SELECT is((SELECT format('%s %s %s %s', is_feasible, is_optimal, unserved, over_capacity) FROM caregroup.verify_allocation(:'demand_sql', :'sites_sql', :'pairs_sql',
    'SELECT place_kind || '' '' || place_id AS demand_id, site_id, people AS amount FROM allocation_flow')), 't t 0 0', 'as exchanges between sites cannot improve it');
SELECT is((SELECT planned_over_capacity FROM report_allocation WHERE organisation_level = 0 AND organisation_kind = 'headquarters'), 0::numeric, 'nobody is over capacity in it');
SELECT is((SELECT sum(planned_people) FROM report_allocation WHERE organisation_kind = 'site'), (SELECT sum(people) FROM report_population WHERE organisation_level = 0 AND basis = 'registered'), 'everybody has a place');
SELECT is((SELECT round(minutes_mean::numeric, 9) FROM report_allocation WHERE organisation_id = 'HQ'),
    (SELECT round(avg(t.minutes), 9) FROM person_group AS n JOIN travel AS t ON t.origin_id = n.area_id AND t.site_id = n.site_id AND t.mode = 'car' WHERE n.site_id IS NOT NULL AND (n.death_date IS NULL OR n.death_date > date '2026-10-01')),
    'minutes to where people are registered, by a query of its own');

-- The history of plans
SELECT is((SELECT format('%s %s %s', count(*), bool_and(is_current), min(run)) FROM allocation_run), '1 t 1', 'one plan is in the history');
SELECT is((SELECT format('%s %s %s %s %s %s', same_demand, same_sites, same_pairs, is_intact, is_reproduced, is_optimal) FROM caregroup.verify_allocation_run('harrow')), 't t t t t t', 'and is worked out again to the person');
SELECT is((SELECT sum(people) FROM report_allocation_change WHERE organisation_kind = 'headquarters'), (SELECT sum(people) FROM place_group), 'with everybody');
SELECT is((SELECT count(*) FROM caregroup.compare_allocation_runs('harrow')), 0::bigint, 'there is none before it to compare with');

-- newcomers
SELECT is((SELECT sum(people) FROM newcomer), (SELECT expected_value FROM warehouse.planted_finding WHERE finding_id = 'newcomers'), 'as many people are on no list as were planted; who has left is not among them');
SELECT is((SELECT sum(people) FROM report_joiners WHERE organisation_kind = 'headquarters'), (SELECT sum(people) FROM newcomer), 'there is room for all');
SELECT is((SELECT count(*) FROM report_joiners WHERE organisation_id = (SELECT site_id FROM warehouse.planted_finding WHERE finding_id = 'newcomers')), 0::bigint, 'but not at the practice that is nearest, which is full');
SELECT is((SELECT round(sum(people * minutes_mean)::numeric, 6) FROM report_joiners WHERE organisation_kind = 'headquarters'),
    -- By hand: each area to the nearest practice that has room for all of it.
    (SELECT round(sum(n.people * t.minutes), 6) FROM newcomer AS n CROSS JOIN LATERAL (SELECT t.minutes FROM travel AS t JOIN place_site AS s ON s.site_id = t.site_id
        WHERE t.origin_id = n.place_id AND t.mode = 'car' AND s.capacity_people - s.people >= n.people ORDER BY t.minutes LIMIT 1) AS t), 'each goes to the nearest with room');
SELECT is((SELECT count(*) FROM caregroup.monday('harrow') WHERE check_name = 'on_no_list'), 1::bigint, 'the Monday page says so');

-- Who would move
SELECT is((SELECT people_leaving::numeric FROM report_reallocation WHERE organisation_kind = 'headquarters'), (SELECT sum(people - capacity_people) FROM place_site WHERE people > capacity_people), 'as many move as are too many, and no more');
SELECT is((SELECT string_agg(organisation_id || ' ' || reason, ', ') FROM report_reallocation WHERE organisation_kind = 'site' AND people_leaving > 0), (SELECT site_id || ' over capacity' FROM planted), 'all from the planted site');
SELECT is((SELECT count(*) FROM report_reallocation AS r JOIN place_site AS s ON s.site_id = r.organisation_id WHERE r.organisation_kind = 'site' AND s.people - r.people_leaving + r.people_coming > s.capacity_people), 0::bigint, 'no site is over capacity then');
SELECT is((SELECT round(sum(people * minutes_then)::numeric, 6) FROM allocation_move WHERE problem = 'reallocation' AND kind = 'move'),
    (SELECT round(sum(total_cost)::numeric, 6) FROM caregroup.reallocate('SELECT ROW(place_id, site_id)::text AS id, sum(people)::bigint AS amount, site_id FROM place_people GROUP BY place_id, site_id', 'SELECT site_id AS id, floor(capacity_people)::bigint AS capacity FROM place_site',
        'SELECT ROW(n.place_id, n.site_id)::text AS demand_id, j.site_id, j.minutes AS cost FROM (SELECT DISTINCT place_kind, place_id, site_id FROM place_people) AS n JOIN journey AS j USING (place_kind, place_id) WHERE j.site_id IN (SELECT site_id FROM place_site)', place_values => false) WHERE kind = 'move'),
    'to ways as short as if everybody had been asked about');
SELECT is((SELECT format('%s %s', count(*), count(DISTINCT person_id)) FROM allocation_person WHERE problem = 'reallocation'), (SELECT format('%1$s %1$s', people_leaving) FROM report_reallocation WHERE organisation_kind = 'headquarters'), 'each of them is one person');

-- Access
SELECT is((SELECT round(minutes_mean::numeric, 9) FROM report_access WHERE organisation_id = 'HQ' AND service_id = 'MSKPHY' AND dimension = 'all'),
    (SELECT round(avg(m.minutes), 9) FROM person_group AS n JOIN LATERAL (SELECT min(t.minutes) AS minutes FROM travel AS t JOIN site_service AS o ON o.site_id = t.site_id AND o.service_id = 'MSKPHY' AND o.modality IN ('face_to_face', 'group')
         WHERE t.origin_id = n.area_id AND t.mode = 'car') AS m ON true WHERE n.site_id IS NOT NULL AND (n.death_date IS NULL OR n.death_date > date '2026-10-01')),
    'minutes to the nearest physiotherapy, by a query of its own');
SELECT is((SELECT sum(people) FROM report_access WHERE organisation_id = 'HQ' AND service_id = 'PAIN' AND dimension = 'deprivation'), (SELECT people FROM report_access WHERE organisation_id = 'HQ' AND service_id = 'PAIN' AND dimension = 'all'), 'the fifths are everybody');
SELECT cmp_ok((SELECT slope_lower FROM report_access WHERE organisation_id = 'HQ' AND service_id = 'PAIN' AND dimension = 'all'), '>', 0::float8, 'the pain clinic in the south is nearer to the more deprived south');
SELECT is((SELECT round(sum(g.people * a.score)::numeric, 3) FROM access_place AS a JOIN place_group AS g USING (place_kind, place_id) WHERE a.service_id = '(practice)'),
    (SELECT round(sum(capacity_people), 3) FROM place_site), 'the scores give all places, once');

-- Care groups and consolidation
SELECT is((SELECT sum(people) FROM report_care_groups), (SELECT sum(proposed_people) FROM report_care_groups), 'the proposal has everybody');
SELECT ok((SELECT bool_and(proposed_even_share_ratio BETWEEN 0.75 AND 1.25) AND max(proposal_gap) < 0.05 FROM report_care_groups WHERE proposed_people IS NOT NULL), 'within a quarter of an even share, and near the best');
SELECT is((SELECT format('%s %s', round(person_minutes::numeric, 3), gap) FROM report_consolidation WHERE service_id = 'MSKPHY' AND sites = 1 AND dimension = 'all'),
    (SELECT format('%s 0', round(min(m), 3)) FROM (SELECT sum(g.people * t.minutes) AS m FROM place_group AS g JOIN travel AS t ON t.origin_id = g.place_id AND t.mode = 'car'
        JOIN service_place AS o ON o.site_id = t.site_id AND o.service_id = 'MSKPHY' GROUP BY o.site_id) AS each), 'the best single site, by trying each');
SELECT is((SELECT count(*) FROM report_consolidation WHERE status <> 'optimal'), 0::bigint, 'every scenario is proved');

SELECT * FROM finish();
ROLLBACK;
