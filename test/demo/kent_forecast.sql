-- The kent world's forecasts of demand through its hub: parts that add up,
-- intervals that hold, and a Monday page that names the contact centre whose
-- calls rise (contrib/demo/worlds/kent/planted.md) and nothing else.

BEGIN;
SELECT plan(11);
SET LOCAL search_path = kent, public;

CREATE TEMP TABLE forecast AS SELECT * FROM report_demand_forecast WHERE kind = 'forecast';
SELECT cmp_ok((SELECT count(DISTINCT (organisation_kind, organisation_id, service_id)) FROM forecast), '>', 500::bigint, 'hundreds of series');
SELECT ok((SELECT max(abs(w.requests - p.requests) / greatest(w.requests, 1)) FROM forecast AS w
    LEFT JOIN (SELECT h.organisation_kind, h.organisation_id, f.service_id, f.period_kind, f.step, sum(f.requests) AS requests
               FROM forecast AS f JOIN chain AS h ON h.site_id = f.organisation_id AND h.hierarchy = f.hierarchy
               WHERE f.organisation_kind IN ('site', 'unassigned') GROUP BY 1, 2, 3, 4, 5) AS p USING (organisation_kind, organisation_id, service_id, period_kind, step)) < 1e-9,
    'every organisation''s forecast is the sum of its sites, whatever service, week or month');
SELECT ok((SELECT max(abs(a.requests - s.requests) / greatest(a.requests, 1)) FROM (SELECT * FROM forecast WHERE service_id = '(all)') AS a
    LEFT JOIN (SELECT organisation_kind, organisation_id, period_kind, step, sum(requests) AS requests FROM forecast WHERE service_id <> '(all)' GROUP BY 1, 2, 3, 4) AS s
        USING (organisation_kind, organisation_id, period_kind, step)) < 1e-9, 'and all services are the sum of the services');
SELECT is_empty($$SELECT * FROM forecast WHERE requests < 0 OR lower_95 < 0 OR lower_95 > lower_80 OR upper_80 > upper_95$$, 'nothing is below 0');

CREATE TEMP VIEW accuracy AS
SELECT organisation_kind, sum(forecasts * mean_error) / sum(forecasts * actual_mean) AS error, sum(forecasts * naive_error) / sum(forecasts * actual_mean) AS naive,
    sum(forecasts * coverage_80) / sum(forecasts) AS coverage_80, sum(forecasts * coverage_95) / sum(forecasts) AS coverage_95
FROM report_demand_accuracy WHERE step IS NULL GROUP BY 1;
SELECT ok((SELECT error < 0.9 * naive FROM accuracy WHERE organisation_kind = 'site'), 'past forecasts of sites were nearer by a tenth than the year before''s figures');
SELECT ok((SELECT coverage_95 >= 0.93 FROM accuracy WHERE organisation_kind = 'site'), 'at least 93 % lay within the 95 % interval');
SELECT ok((SELECT coverage_80 >= 0.78 FROM accuracy WHERE organisation_kind = 'site'), 'and 78 % within the 80 % interval');

-- rising_calls
CREATE TEMP VIEW planted AS SELECT * FROM warehouse.planted_finding WHERE finding_id = 'rising_calls';
CREATE TEMP VIEW quarter AS
SELECT r.organisation_id, r.service_id, sum(r.requests) FILTER (WHERE r.kind = 'forecast' AND r.step <= 3) AS expected,
    sum(r.requests) FILTER (WHERE r.kind = 'history' AND r.period_start >= '2025-10-01' AND r.period_start < '2026-01-01') AS last_year
FROM report_demand_forecast AS r WHERE r.organisation_kind = 'site' AND r.period_kind = 'month' GROUP BY 1, 2;
SELECT is((SELECT ARRAY[q.organisation_id, q.service_id] FROM quarter AS q WHERE q.last_year >= 30 ORDER BY q.expected / q.last_year DESC LIMIT 1), (SELECT ARRAY[site_id, service_id] FROM planted),
    'of what is asked for often, the site and service that is to grow most is the planted one');
SELECT ok((SELECT q.expected / q.last_year BETWEEN 1.4 AND 2.3 FROM quarter AS q JOIN planted AS p ON p.site_id = q.organisation_id AND p.service_id = q.service_id), 'about doubling in a year, as 6 % a month do');
SELECT results_eq($$SELECT organisation_id, service_id FROM caregroup.monday('kent') WHERE check_name = 'forecast_rise'$$, 'SELECT site_id, service_id FROM planted', 'the Monday page names it, once');
SELECT is_empty($$SELECT sentence FROM caregroup.monday('kent') WHERE check_name IN ('surge', 'demand_unexpected')$$, 'and there is no other alarm about demand');
SELECT * FROM finish();
ROLLBACK;
