-- The dms world through its hub: its size, and that every planted finding
-- (contrib/demo/worlds/dms/planted.md) is what a report shows. Who runs the
-- sessions has no report yet: that query reads the hub's inputs.

BEGIN;
SELECT plan(52);
SET LOCAL search_path = dms, public;

CREATE TEMP VIEW scale AS
SELECT value::numeric AS scale FROM warehouse.demo_parameter WHERE name = 'scale';
CREATE TEMP VIEW planted AS SELECT * FROM warehouse.planted_finding;

-- The world's own numbers, whatever the scale.
CREATE TEMP VIEW overseas AS
SELECT s.site_id, s.kind, coalesce(c.organisation_id = 'R7', false) AS is_overseas
FROM site AS s LEFT JOIN chain AS c ON c.site_id = s.site_id AND c.hierarchy = 'command' AND c.organisation_id = 'R7';
SELECT results_eq($$SELECT kind, count(*) FILTER (WHERE NOT is_overseas), count(*) FILTER (WHERE is_overseas) FROM overseas
                    WHERE kind <> 'primary_care_rehabilitation' GROUP BY kind ORDER BY kind$$,
    $$VALUES ('dental', 101::bigint, 12::bigint), ('hospital', 4, 0), ('medical', 118, 17), ('mental_health', 13, 1),
             ('occupational_health', 11, 1), ('rehabilitation_unit', 13, 2), ('residential', 1, 0)$$,
    'the facilities of 2019, at home and overseas');
SELECT is((SELECT count(*) FROM site AS s JOIN site AS m ON m.site_id = s.part_of_site_id AND m.kind = 'medical'
           WHERE s.kind = 'primary_care_rehabilitation'), 118::bigint, '118 rehabilitation facilities inside medical ones');
SELECT is((SELECT count(DISTINCT part_of_site_id) FROM site), 118::bigint, 'one in each, so that 17 of 135 have none');
SELECT results_eq($$SELECT kind, count(*) FROM organisation WHERE kind IN ('headquarters', 'region', 'care_group') GROUP BY kind ORDER BY kind$$,
    $$VALUES ('care_group', 20::bigint), ('headquarters', 1), ('region', 7)$$, 'headquarters, six regions and one overseas, 20 care groups');
SELECT is((SELECT count(*) FROM (SELECT child_id FROM organisation_link JOIN organisation AS o ON o.organisation_id = child_id AND o.kind = 'care_group'
                                 WHERE hierarchy = 'command' GROUP BY child_id HAVING count(*) = 2) AS s), 2::bigint, 'two care groups report to two regions');
SELECT is((SELECT count(*) FROM (SELECT child_id FROM organisation_link WHERE hierarchy = 'place' GROUP BY child_id HAVING count(*) > 1) AS s), 0::bigint,
    'and to one place');
SELECT is((SELECT sum(beds) FROM bed_capacity WHERE day = date '2026-09-15'), 96::numeric, '96 beds');
SELECT is((SELECT sum(places) FROM course AS c JOIN site AS s USING (site_id) WHERE s.kind = 'residential' AND date '2026-09-16' BETWEEN c.starts_on AND c.ends_on),
    120::numeric, 'and 120 residential places');
SELECT ok((SELECT bool_and(ends_on - starts_on BETWEEN 18 AND 21) FROM course), 'on courses of three weeks');
SELECT cmp_ok((SELECT abs(count(*) / 4000.0 - 1) FROM staff), '<', 0.1, 'about 4,000 staff');
SELECT is((SELECT count(DISTINCT workforce) + count(DISTINCT employment) FROM staff), 5::bigint, 'uniformed, civilian and contractors, permanent and temporary');
SELECT cmp_ok((SELECT count(*) FROM (SELECT w.staff_id FROM session_staff AS w JOIN session AS n USING (session_id) GROUP BY w.staff_id
                                     HAVING count(DISTINCT n.site_id) >= 3) AS s), '>', 100::bigint, 'of whom some serve several sites');
SELECT cmp_ok((SELECT count(DISTINCT staff_id) FROM staff_absence WHERE reason = 'deployment'), '>', 100::bigint, 'and some are deployed');
SELECT is((SELECT count(DISTINCT time_zone) FROM overseas JOIN site USING (site_id) WHERE is_overseas), 11::bigint, 'overseas sites have zones of their own');
SELECT is((SELECT count(*) FROM site AS s WHERE NOT EXISTS (SELECT FROM calendar_day AS c WHERE c.calendar_id = s.calendar_id)), 0::bigint,
    'and every site has a calendar');
SELECT is((SELECT value FROM setting WHERE name = 'record_ids'), 'text', 'records have text keys');

-- People at risk: those of the medical facilities; dental lists hold regulars again.
CREATE TEMP VIEW at_risk AS
SELECT p.* FROM report_population AS p JOIN site AS s ON s.site_id = p.organisation_id AND s.kind = 'medical'
WHERE p.organisation_kind = 'site' AND p.basis = 'registered';
SELECT cmp_ok((SELECT abs(sum(people) / (SELECT 230000 * scale FROM scale) - 1) FROM at_risk), '<', 0.002, '230,000 people at risk times the scale');
SELECT cmp_ok((SELECT abs(sum(people) / (SELECT 37000 * scale FROM scale) - 1) FROM at_risk WHERE population_group = 'reservist'), '<', 0.002, '37,000 of them reservists');
SELECT cmp_ok((SELECT abs(sum(people) / (SELECT 193000 * scale FROM scale) - 1) FROM at_risk WHERE population_group IN ('regular', 'dependant')), '<', 0.002,
    'the others regulars and their dependants');
SELECT is((SELECT count(*) FROM person WHERE unit_id IS NULL AND population_group IN ('regular', 'reservist')), 0::bigint, 'who serves has a unit');

-- Whatever the level, the parts are the whole, also where care groups cross regions.
SELECT is((SELECT sum(received) FROM report_referral_flow WHERE organisation_level = 0),
    (SELECT count(DISTINCT referral_id)::numeric FROM referral WHERE received_at <= (SELECT as_at FROM parameter)),
    'referrals received at the top are all referrals');
SELECT is((SELECT sum(attended) FROM report_activity WHERE organisation_level = 0),
    (SELECT count(*)::numeric FROM activity WHERE status = 'attended'), 'attended activity at the top is all of it');
SELECT is((SELECT sum(requests) FROM report_demand WHERE organisation_level = 0 AND source = 'contact_request'),
    (SELECT sum(coalesce(quantity, 1)) FROM contact_request WHERE at <= (SELECT as_at FROM parameter)), 'weekly counts of requests add up');
SELECT cmp_ok((SELECT sum(received) FROM report_referral_flow WHERE organisation_kind = 'region' OR organisation_kind = 'provider'), '>',
    (SELECT sum(received) FROM report_referral_flow WHERE organisation_level = 0), 'regions in command overlap by the groups that cross them');
SET LOCAL caregroup.hierarchy = 'place';
SELECT is((SELECT sum(received) FROM report_referral_flow WHERE organisation_level = 1),
    (SELECT sum(received) FROM report_referral_flow WHERE organisation_level = 0), 'places add up to the whole');
SET LOCAL caregroup.hierarchy = '';
SELECT cmp_ok((SELECT sum(attended) FROM report_activity WHERE organisation_level = 0 AND kind = 'inpatient'), '>', 0::numeric, 'stays in the national centre');
SELECT cmp_ok((SELECT count(*) FROM programme WHERE status = 'completed'), '>', 20::bigint, 'courses completed');
SELECT cmp_ok((SELECT sum(booked) FROM report_activity WHERE organisation_level = 0 AND period_start >= date '2026-10-01'), '>', 100::numeric,
    'appointments booked ahead');

-- slower_rehabilitation
CREATE TEMP VIEW rehabilitation AS
SELECT organisation_id AS site_id, period_start >= date '2026-06-01' AS later, sum(numerator)::numeric / sum(denominator) AS share, sum(denominator) AS waits
FROM report_standard
WHERE organisation_kind = 'site' AND standard_id = 'PCRF10WD' AND (period_start BETWEEN date '2025-01-01' AND date '2026-04-01' OR period_start >= date '2026-06-01')
GROUP BY 1, 2;
CREATE TEMP VIEW fall AS
SELECT a.site_id, a.share AS before, b.share AS after FROM rehabilitation AS a JOIN rehabilitation AS b ON b.site_id = a.site_id AND b.later AND NOT a.later
WHERE least(a.waits, b.waits) >= 10;
SELECT is((SELECT site_id FROM fall ORDER BY before - after DESC LIMIT 1), (SELECT site_id FROM planted WHERE finding_id = 'slower_rehabilitation'),
    'the rehabilitation facility whose 10-working-day share fell most is the planted one');
SELECT cmp_ok((SELECT after FROM fall ORDER BY before - after DESC LIMIT 1), '<', 0.5, 'to less than half');
SELECT is((SELECT array_agg(site_id) FROM fall WHERE before - after > 0.3), (SELECT array_agg(site_id) FROM planted WHERE finding_id = 'slower_rehabilitation'),
    'and no other by as much');
SELECT is((SELECT array_agg(DISTINCT organisation_id) FROM report_standard WHERE organisation_kind = 'site' AND standard_id = 'PCRF10WD'
           AND direction = 'worsening' AND period_start BETWEEN date '2026-07-01' AND date '2026-08-01' AND change_three_months < -0.3),
    (SELECT array_agg(site_id) FROM planted WHERE finding_id = 'slower_rehabilitation'), 'and the report calls it, and no other by as much, worsening in summer');
SELECT is((SELECT count(*) FROM report_standard WHERE standard_id = 'PCRF10WD' AND organisation_kind <> 'region' AND target IS NOT NULL), 0::bigint,
    'headquarters names no share to reach');

-- overdue_reviews
CREATE TEMP VIEW reviewed AS
SELECT organisation_kind, organisation_id, sum(graded) AS graded, sum(review_overdue) AS overdue, sum(review_overdue) / sum(graded) AS share
FROM report_fitness WHERE organisation_kind IN ('unit', 'region') AND organisation_id <> '(none)' GROUP BY 1, 2;
SELECT is((SELECT organisation_id FROM reviewed WHERE organisation_kind = 'unit' ORDER BY caregroup.wilson_limit(overdue, graded, -3.0902) DESC LIMIT 1),
    (SELECT unit_id FROM planted WHERE finding_id = 'overdue_reviews'), 'the unit with most reviews overdue is the planted one');
SELECT is((SELECT array_agg(organisation_id) FROM reviewed WHERE organisation_kind = 'unit' AND caregroup.wilson_limit(overdue, graded, -3.0902) > 0.25),
    (SELECT array_agg(unit_id) FROM planted WHERE finding_id = 'overdue_reviews'), 'and beyond chance (99.8 %) the only one above a quarter');
SELECT cmp_ok((SELECT max(share) FROM reviewed WHERE organisation_kind = 'region'), '<', 0.11, 'while every region looks well');

-- inspection_backlog
CREATE TEMP VIEW inspection AS
SELECT organisation_id AS site_id, due, past_due_12_weeks::numeric / due AS long_past, past_due::numeric / due AS past
FROM report_recall WHERE organisation_kind = 'site' AND service_id = 'DENT' AND kind = 'inspection' AND due >= 20;
SELECT is((SELECT site_id FROM inspection ORDER BY past DESC LIMIT 1), (SELECT site_id FROM planted WHERE finding_id = 'inspection_backlog'),
    'the dental centre with most inspections past due is the planted one');
SELECT is((SELECT array_agg(site_id) FROM inspection WHERE long_past > 0.2), (SELECT array_agg(site_id) FROM planted WHERE finding_id = 'inspection_backlog'),
    'and the only one with a fifth past due by twelve weeks');
SELECT is((SELECT sum(due) FROM report_recall WHERE organisation_level = 0 AND service_id = 'DENT'),
    (SELECT count(*)::numeric FROM recall WHERE service_id = 'DENT' AND completed_on IS NULL), 'each open inspection counts once');

-- temporary_staff
CREATE TEMP VIEW staffed AS
SELECT organisation_id, sum(sessions) FILTER (WHERE employment = 'temporary') / sum(sessions) AS temporary
FROM report_staff_use WHERE organisation_kind = 'region' GROUP BY 1;
SELECT is((SELECT organisation_id FROM staffed ORDER BY temporary DESC LIMIT 1), (SELECT organisation_id FROM planted WHERE finding_id = 'temporary_staff'),
    'the region whose sessions are run most by temporary staff is the planted one');
SELECT cmp_ok((SELECT max(temporary) / (SELECT max(temporary) FROM staffed WHERE organisation_id <> 'R6') FROM staffed), '>', 1.7, 'twice as often as any other');
SELECT results_eq($$SELECT organisation_id FROM caregroup.monday('dms') WHERE check_name = 'temporary_staff'$$,
    $$SELECT organisation_id FROM planted WHERE finding_id = 'temporary_staff'$$, 'the Monday page says so, once');
SELECT is((SELECT sum(sessions)::bigint FROM report_staff_use WHERE organisation_level = 0),
    (SELECT count(*) FROM (SELECT DISTINCT session_id, staff_id FROM session_staff) AS w JOIN session AS n USING (session_id)
     WHERE n.status <> 'cancelled' AND n.starts_at <= (SELECT as_at FROM parameter)), 'each session counts once for each who ran it');

-- idle_fridays
SELECT results_eq($$SELECT organisation_id, weekday_name FROM report_session_use
                    WHERE organisation_kind = 'care_group' AND service_id IN ('GPMO', 'NURS') AND weekday <= 5
                    GROUP BY 1, 2 HAVING sum(slots_booked) / sum(slots_offered) < 0.6$$,
    $$SELECT organisation_id, 'Friday' FROM planted WHERE finding_id = 'idle_fridays'$$, 'the only idle care group is the planted one, on Fridays');
SELECT cmp_ok((SELECT sum(slots_booked) / sum(slots_offered) FROM report_session_use
               WHERE organisation_id = 'G14' AND service_id IN ('GPMO', 'NURS') AND weekday = 5), '<', 0.35, 'with at most 35 % of its slots booked');

-- hardly_remote
CREATE TEMP VIEW remote AS
SELECT organisation_id AS site_id, coalesce(sum(attended) FILTER (WHERE modality IN ('telephone', 'video')), 0) / sum(attended) AS share
FROM report_activity WHERE organisation_kind = 'site' AND service_id IN ('GPMO', 'NURS') GROUP BY 1 HAVING sum(attended) >= 100;
SELECT is((SELECT array_agg(site_id) FROM remote WHERE share < 0.15), (SELECT array_agg(site_id) FROM planted WHERE finding_id = 'hardly_remote'),
    'the only facility that sees few people remotely is the planted one');
SELECT cmp_ok((SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY share) FROM remote) / (SELECT min(share)::double precision FROM remote), '>', 2.5::double precision,
    'a third of what is usual');

-- long_mental_health_waits
SELECT is((SELECT organisation_id FROM report_waiting_list WHERE organisation_kind = 'site' AND service_id = 'DCMH' AND weeks_waited >= 6
           GROUP BY 1 ORDER BY sum(referrals) DESC LIMIT 1), (SELECT site_id FROM planted WHERE finding_id = 'long_mental_health_waits'),
    'the department where most have waited six weeks is the planted one');
SELECT is((SELECT array_agg(organisation_id) FROM (SELECT organisation_id FROM report_standard WHERE organisation_kind = 'site' AND standard_id = 'DCMH20WD'
               GROUP BY 1 HAVING sum(numerator)::numeric / sum(denominator) < 0.5) AS s),
    (SELECT array_agg(site_id) FROM planted WHERE finding_id = 'long_mental_health_waits'), 'and the only one that assesses fewer than half in time');

-- the mess
CREATE TEMP TABLE checked AS SELECT * FROM caregroup.check_hub('dms');
SELECT cmp_ok((SELECT abs(sum(rows) / min(out_of) - 0.005) FROM checked
               WHERE check_name = 'invalid identifier' AND provider_id IS NULL), '<', 0.003, 'about 0.5 % of NHS numbers are bad');
SELECT cmp_ok((SELECT abs(1 - rows / out_of - 0.02) FROM checked
               WHERE entity = 'person' AND check_name = 'complete' AND column_name = 'postcode' AND provider_id IS NULL), '<', 0.005, '2 % have no postcode');
SELECT cmp_ok((SELECT count(DISTINCT check_name) FROM checked WHERE rows > 0 AND provider_id IS NULL
               AND check_name IN ('unmapped code', 'date in the future', 'orphan', 'invalid identifier', 'shared identifier')), '=', 5::bigint,
    'the check finds every kind of mess that was made');
SELECT * FROM finish();
ROLLBACK;
