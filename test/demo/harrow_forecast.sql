-- The harrow world's forecasts of demand through its hub: parts that add up,
-- accuracy beside last year's figures, and the planted fortnight without
-- sessions (contrib/demo/worlds/harrow/planted.md).

BEGIN;
SELECT plan(14);
SET LOCAL search_path = harrow, public;

CREATE TEMP VIEW forecast AS SELECT * FROM report_demand_forecast WHERE kind = 'forecast';
SELECT is((SELECT count(*) FROM forecast WHERE organisation_id = 'HQ' AND service_id = '(all)' AND period_kind = 'month'), 12::bigint, 'the headquarters'' next twelve months');
SELECT is((SELECT count(*) FROM forecast WHERE organisation_id = 'HQ' AND service_id = '(all)' AND period_kind = 'week'), 13::bigint, 'and thirteen weeks');
SELECT is((SELECT min(period_start) FROM forecast WHERE period_kind = 'month'), date '2026-10-01', 'from this month on');
SELECT ok((SELECT max(abs(w.requests - p.requests) / greatest(w.requests, 1)) FROM forecast AS w
    LEFT JOIN (SELECT h.organisation_kind, h.organisation_id, f.service_id, f.period_kind, f.step, sum(f.requests) AS requests
               FROM forecast AS f JOIN chain AS h ON h.site_id = f.organisation_id AND h.hierarchy = f.hierarchy
               WHERE f.organisation_kind IN ('site', 'unassigned') GROUP BY 1, 2, 3, 4, 5) AS p USING (organisation_kind, organisation_id, service_id, period_kind, step)) < 1e-9,
    'every organisation''s forecast is the sum of its sites, whatever service, week or month');
SELECT ok((SELECT max(abs(a.requests - s.requests) / greatest(a.requests, 1)) FROM (SELECT * FROM forecast WHERE service_id = '(all)') AS a
    LEFT JOIN (SELECT organisation_kind, organisation_id, period_kind, step, sum(requests) AS requests FROM forecast WHERE service_id <> '(all)' GROUP BY 1, 2, 3, 4) AS s
        USING (organisation_kind, organisation_id, period_kind, step)) < 1e-9, 'and all services are the sum of the services');
SELECT is((SELECT sum(requests) FROM report_demand_forecast WHERE kind = 'history' AND organisation_level = 0 AND service_id <> '(all)' AND period_kind = 'month' AND period_start >= '2025-10-01')::numeric,
    (SELECT sum(requests) FROM report_demand WHERE organisation_level = 0 AND period_start >= '2025-10-01' AND period_start < '2026-10-01'), 'the history of the last year is all that came');
SELECT ok((SELECT abs(sum(requests) / (SELECT sum(requests) FROM report_demand_forecast WHERE kind = 'history' AND organisation_id = 'HQ' AND service_id = '(all)' AND period_kind = 'month' AND period_start >= '2025-10-01') - 1) < 0.15
           FROM forecast WHERE organisation_id = 'HQ' AND service_id = '(all)' AND period_kind = 'month'), 'the next year brings about what the last one brought');

CREATE TEMP VIEW accuracy AS
SELECT organisation_kind, period_kind, sum(forecasts * mean_error) / sum(forecasts * actual_mean) AS error, sum(forecasts * naive_error) / sum(forecasts * actual_mean) AS naive,
    sum(forecasts * coverage_80) / sum(forecasts) AS coverage_80, sum(forecasts * coverage_95) / sum(forecasts) AS coverage_95
FROM report_demand_accuracy WHERE step IS NULL GROUP BY 1, 2;
SELECT ok((SELECT bool_and(error < naive) FROM accuracy WHERE organisation_kind = 'site'), 'past forecasts of sites were nearer than the year before''s figures');
SELECT ok((SELECT min(coverage_95) FROM accuracy WHERE organisation_kind IN ('site', 'practice')) >= 0.93, 'at least 93 % lay within the 95 % interval');
SELECT ok((SELECT min(coverage_80) FROM accuracy WHERE organisation_kind IN ('site', 'practice')) >= 0.78, 'and 78 % within the 80 % interval');

-- thin_fortnight
SELECT results_eq($$SELECT organisation_id, service_id FROM report_surge WHERE organisation_kind = 'site' AND probability >= 0.9$$,
    $$SELECT site_id, service_id FROM warehouse.planted_finding WHERE finding_id = 'thin_fortnight'$$, 'the only site whose demand will outrun its sessions is the planted one');
SELECT ok((SELECT probability > 0.97 AND slots_offered < 0.4 * demand FROM report_surge AS r JOIN warehouse.planted_finding AS f ON f.site_id = r.organisation_id AND f.service_id = r.service_id AND f.finding_id = 'thin_fortnight'
           WHERE r.organisation_kind = 'site'), 'with less than half of what is needed');
SELECT results_eq($$SELECT organisation_id, service_id FROM caregroup.monday('harrow') WHERE check_name = 'surge'$$,
    $$SELECT site_id, service_id FROM warehouse.planted_finding WHERE finding_id = 'thin_fortnight'$$, 'and the Monday page says so');
SELECT is_empty($$SELECT sentence FROM caregroup.monday('harrow') WHERE check_name IN ('forecast_rise', 'demand_unexpected')$$, 'and nothing else of demand');
SELECT * FROM finish();
ROLLBACK;
