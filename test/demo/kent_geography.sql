-- Geography in the kent world: people are known by their area only, journeys
-- reach 30 km, and small services are put into lots so that each lot is viable.

BEGIN;
SELECT plan(20);
SET LOCAL search_path = kent, caregroup, public;

SELECT is((SELECT sum(people) FROM place_group), (SELECT sum(people) FROM population_count WHERE basis = 'resident'), 'all residents are somewhere');
SELECT is((SELECT count(*) FROM report_allocation), 0::bigint, 'nobody is registered: no allocation');
SELECT is((SELECT count(*) FROM report_care_groups), 0::bigint, 'and no care groups of practices');
SELECT is((SELECT sum(people) FROM report_access WHERE organisation_kind = 'care_group' AND service_id = 'LYMPH' AND dimension = 'all' AND hierarchy = 'place'), NULL, 'places are not in the hierarchy of command');
SET LOCAL caregroup.hierarchy = 'place';
SELECT is((SELECT sum(people) FROM report_access WHERE organisation_kind = 'care_group' AND service_id = 'LYMPH' AND dimension = 'all'), (SELECT sum(people)::float8 FROM place_group), 'in the hierarchy of places every place has its people');
SELECT is((SELECT round(minutes_mean::numeric, 6) FROM report_access WHERE organisation_id = 'KM' AND service_id = 'LYMPH' AND dimension = 'all'),
    (SELECT round(sum(c.people * m.minutes) / sum(c.people), 6) FROM (SELECT unit_id, sum(people) AS people FROM population_count WHERE basis = 'resident' GROUP BY 1) AS c
        JOIN LATERAL (SELECT min(t.minutes) AS minutes FROM travel AS t JOIN service_place AS o ON o.site_id = t.site_id AND o.service_id = 'LYMPH' WHERE t.origin_id = c.unit_id AND t.mode = 'car') AS m ON m.minutes IS NOT NULL),
    'minutes to the nearest lymphoedema clinic, by a query of its own');
RESET caregroup.hierarchy;
SELECT is((SELECT count(*) FROM report_consolidation WHERE dimension = 'all' AND status = 'optimal' AND gap = 0), (SELECT count(*) FROM report_consolidation WHERE dimension = 'all'), 'every scenario is proved');
SELECT cmp_ok((SELECT count(*) FROM caregroup.monday('kent') WHERE check_name = 'far_from_service'), '<=', 3::bigint, 'the Monday page does not name every service');

-- Small services: a contract of at most 1 % of all money.  Four lots, each with
-- at least a fifth of the money of all small services and a tenth of their
-- contacts.  What goes badly together: children with adults 20, another kind
-- of care 5, and a point for each 5 km between the middles of their sites.
CREATE TEMP TABLE small AS
SELECT c.service_id AS id, sum(c.value)::float8 AS value, coalesce(min(a.contacts), 0)::float8 AS contacts, 1 AS weight, min(v.age_group) AS age_group, min(v.kind) AS kind, min(l.longitude) AS longitude, min(l.latitude) AS latitude
FROM contract AS c JOIN service AS v ON v.service_id = c.service_id
    LEFT JOIN (SELECT m.service_id, sum(m.attended) AS contacts FROM activity_month AS m WHERE m.month >= '2025-10-01' AND m.month < '2026-10-01' GROUP BY 1) AS a ON a.service_id = c.service_id
    JOIN (SELECT o.service_id, avg(s.longitude) AS longitude, avg(s.latitude) AS latitude FROM site_service AS o JOIN site AS s ON s.site_id = o.site_id GROUP BY 1) AS l ON l.service_id = c.service_id
GROUP BY c.service_id HAVING sum(c.value) <= 0.01 * (SELECT sum(value) FROM contract);
CREATE TEMP TABLE likeness AS
SELECT a.id AS from_id, b.id AS to_id, 20 * (a.age_group <> b.age_group)::integer + 5 * (a.kind <> b.kind)::integer
    + journey_minutes(a.longitude, a.latitude, b.longitude, b.latitude, 1, 60) / 5 AS cost
FROM small AS a JOIN small AS b ON a.id < b.id;
SELECT 0.2 * sum(value) AS least_value, 0.1 * sum(contacts) AS least_contacts FROM small \gset
CREATE TEMP TABLE lot AS
SELECT * FROM form_groups('TABLE small', 'TABLE likeness', 4, '{value,contacts}', lower => ARRAY[:least_value, :least_contacts]);
SELECT ok((SELECT status IN ('optimal', 'feasible') AND gap < 0.25 FROM lot WHERE kind = 'summary'), 'lots are found, with their gap');
SELECT ok((SELECT bool_and(amounts[1] >= :least_value AND amounts[2] >= :least_contacts) AND count(*) = 4 FROM lot WHERE kind = 'group'), 'each lot has its least value and volume');
SELECT is((SELECT string_agg(unit_id, ',' ORDER BY unit_id) FROM lot WHERE kind = 'unit'), (SELECT string_agg(id, ',' ORDER BY id) FROM small), 'every small service is in a lot');
-- The service that cannot stand alone (planted.md) is with other services for
-- children.
SELECT ok((SELECT count(*) > 1 AND bool_and(s.age_group = 'child') FROM lot AS u JOIN small AS s ON s.id = u.unit_id
           WHERE u.kind = 'unit' AND u.group_number = (SELECT group_number FROM lot WHERE kind = 'unit' AND unit_id = (SELECT service_id FROM warehouse.planted_finding WHERE finding_id = 'not_viable'))),
    'the service that cannot stand alone is in a lot of children''s services');

-- The same as a report, with the settings as they are in a new hub.
SELECT set_eq('SELECT service_id FROM report_lots', 'SELECT id FROM small', 'the report has the same small services');
SELECT is((SELECT format('%s %s', round(min(least_value)::numeric), round(min(least_contacts)::numeric, 1)) FROM report_lots), format('%s %s', round(:least_value::numeric), round(:least_contacts::numeric, 1)), 'and asks the same of a lot');
SELECT ok((SELECT bool_and(lot_value >= least_value AND lot_contacts >= least_contacts AND proposal_gap < 0.25) AND count(DISTINCT lot_number) = 4 FROM report_lots), 'each of four lots has its least value and volume');
SELECT is((SELECT count(*) FROM (SELECT lot_number FROM report_lots GROUP BY lot_number HAVING abs(sum(value) - min(lot_value)) > 0.01 OR sum(contacts) <> min(lot_contacts)) AS x), 0::bigint, 'a lot is the sum of its services');
SELECT is((SELECT count(*) FROM report_lots WHERE is_viable_alone), 0::bigint, 'none of them is viable alone');
SELECT is((SELECT bool_and(s.age_group = 'child') FROM report_lots AS r JOIN small AS s ON s.id = r.service_id WHERE r.lot_number = (SELECT lot_number FROM report_lots WHERE service_id = (SELECT service_id FROM warehouse.planted_finding WHERE finding_id = 'not_viable'))), true, 'the smallest is with children''s services');
SELECT is((SELECT v.is_feasible FROM geography_problem AS g, caregroup.verify_groups(g.demand_sql, g.sites_sql, 'SELECT ''unit'' AS kind, service_id AS unit_id, centre_id FROM lot_row WHERE kind = ''unit''', g.groups, '{value,contacts}', lower => ARRAY[g.lower_people, g.lower_contacts]) AS v WHERE g.problem = 'lots'), true, 'checked by another way');
SELECT is((SELECT count(*) FROM newcomer), 0::bigint, 'a hub that knows no lists knows nobody who is on none');

SELECT * FROM finish();
ROLLBACK;
