-- Checks of the Monday page about forecasts of demand.

INSERT INTO monday_check (check_name, weight, needs_now, question, query) VALUES
('surge', 8, true, 'Where will demand outrun the sessions of the next two weeks?', $$
SELECT r.organisation_id, r.service_id, r.slots_short, r.demand, r.slots_offered,
    format('%s at %s offers %s slots in the next two weeks, and about %s are expected to be needed: demand is higher with a probability of %s %%.',
        r.service_name, r.organisation_name, r.slots_offered, round(r.demand), floor(100 * r.probability)),
    format('SELECT organisation_name, requests, slots_per_request, demand, demand_sd, slots_offered, slots_booked, probability FROM report_surge WHERE organisation_kind = ''site'' AND service_id = %L ORDER BY probability DESC', r.service_id)
FROM report_surge AS r
WHERE r.organisation_kind = 'site' AND r.organisation_id = ANY ($1) AND r.probability >= 0.9 AND r.slots_short >= 5
$$),
('forecast_rise', 6, true, 'Where will more people ask than last year?', $$
WITH quarter AS (
    SELECT f.organisation_kind, f.organisation_id, f.service_id, f.hierarchy, sum(f.point) AS point, sum(f.lower_80) AS lower_80,
        sum(s.history[cardinality(s.history) - 12 + f.step]) AS last_year
    FROM demand_forecast AS f
        JOIN demand_series AS s ON s.period_kind = f.period_kind AND s.origin = f.origin AND s.hierarchy = f.hierarchy
            AND s.organisation_kind = f.organisation_kind AND s.organisation_id = f.organisation_id AND s.service_id = f.service_id
    WHERE f.period_kind = 'month' AND NOT f.is_hindcast AND f.service_id <> '(all)' AND f.step <= 3 AND cardinality(s.history) >= 24
    GROUP BY 1, 2, 3, 4
), risen AS (
    -- Limits are added as if months erred together, which makes 2 standard
    -- errors much; last year's figure was chance too; a tenth more is what one
    -- can plan for.
    SELECT q.*, q.point - q.last_year AS rise, 2 * sqrt(((q.point - q.lower_80) / 1.2816) ^ 2 + q.last_year) AS by_chance, o.organisation_name, o.organisation_level, o.sites
    FROM quarter AS q
        JOIN demand_organisation AS o ON o.kept_under = q.hierarchy AND o.organisation_kind = q.organisation_kind AND o.organisation_id = q.organisation_id
    WHERE q.lower_80 > q.last_year AND q.point >= 1.1 * q.last_year AND q.point - q.last_year >= 10
        AND q.point - q.last_year > 2 * sqrt(((q.point - q.lower_80) / 1.2816) ^ 2 + q.last_year)
        AND CASE WHEN q.organisation_kind IN ('site', 'unassigned') THEN q.organisation_id = ANY ($1) ELSE q.organisation_id = ANY ($3) END
), named AS (
    -- Of an organisation, unless one place under it explains the rise: what is
    -- left without it is a fifth, or may be chance.
    SELECT r.* FROM risen AS r
    WHERE NOT EXISTS (SELECT FROM risen AS b WHERE b.service_id = r.service_id AND b.organisation_level > r.organisation_level AND b.sites <@ r.sites
        AND (b.rise >= 0.8 * r.rise OR r.rise - b.rise <= r.by_chance))
)
SELECT n.organisation_id, n.service_id, n.rise, n.point, n.last_year,
    format('%s at %s: about %s requests are expected in the three months from %s, %s %% more than the %s of the year before.', coalesce(v.service_name, n.service_id), n.organisation_name,
        round(n.point), (SELECT to_char(max(s.origin), 'FMMonth YYYY') FROM demand_series AS s WHERE s.period_kind = 'month'), round(100 * (n.point / nullif(n.last_year, 0) - 1)), n.last_year),
    format('SELECT period_start, kind, requests, lower_80, upper_80, method, mean_error FROM report_demand_forecast WHERE organisation_kind = %L AND organisation_id = %L AND service_id = %L AND period_kind = ''month'' ORDER BY period_start', n.organisation_kind, n.organisation_id, n.service_id)
FROM named AS n LEFT JOIN service_name AS v ON v.service_id = n.service_id
WHERE NOT EXISTS (SELECT FROM named AS a WHERE a.service_id = n.service_id AND a.organisation_level < n.organisation_level AND a.sites @> n.sites)
$$),
('demand_unexpected', 5, true, 'Where did last month bring what was not expected?', $$
WITH last AS (
    SELECT DISTINCT ON (k.hierarchy, k.organisation_kind, k.organisation_id, k.service_id) k.*, s.history[cardinality(s.history)] AS actual
    FROM demand_series AS s
        JOIN demand_forecast_kept AS k ON k.period_kind = s.period_kind AND k.hierarchy = s.hierarchy AND k.organisation_kind = s.organisation_kind
            AND k.organisation_id = s.organisation_id AND k.service_id = s.service_id AND k.period_start = s.origin - interval '1 month'
    WHERE s.period_kind = 'month' AND NOT s.is_hindcast AND s.service_id <> '(all)'
        AND CASE WHEN s.organisation_kind IN ('site', 'unassigned') THEN s.organisation_id = ANY ($1) ELSE s.organisation_id = ANY ($3) END
    ORDER BY k.hierarchy, k.organisation_kind, k.organisation_id, k.service_id, k.origin DESC
), outside AS (
    -- Hundreds of series leave a 95 % interval every month: told are those that
    -- are 3.1 times as far out as its limit, one in a thousand by the t
    -- distribution with 4 degrees of freedom of which the limits are.
    SELECT l.*, l.actual - l.point AS off, o.organisation_name, o.organisation_level, o.sites
    FROM last AS l
        JOIN demand_organisation AS o ON o.kept_under = l.hierarchy AND o.organisation_kind = l.organisation_kind AND o.organisation_id = l.organisation_id
    WHERE abs(l.actual - l.point) >= 10
        AND abs(l.actual - l.point) > greatest(3.102 * CASE WHEN l.actual > l.point THEN l.upper_95 - l.point ELSE l.point - l.lower_95 END, 4 * sqrt(l.point))
), named AS (
    SELECT r.* FROM outside AS r
    WHERE NOT EXISTS (SELECT FROM outside AS b WHERE b.service_id = r.service_id AND b.organisation_level > r.organisation_level AND b.sites <@ r.sites AND b.off / r.off >= 0.8)
)
SELECT n.organisation_id, n.service_id, abs(n.off), n.actual, n.point,
    format('%s at %s: %s requests in %s, %s than forecast (%s, 95 %% interval %s to %s).', coalesce(v.service_name, n.service_id), n.organisation_name, n.actual,
        to_char(n.period_start, 'FMMonth YYYY'), CASE WHEN n.off > 0 THEN 'more' ELSE 'fewer' END, round(n.point), round(n.lower_95), round(n.upper_95)),
    format('SELECT period_start, kind, requests, lower_95, upper_95 FROM report_demand_forecast WHERE organisation_kind = %L AND organisation_id = %L AND service_id = %L AND period_kind = ''month'' ORDER BY period_start', n.organisation_kind, n.organisation_id, n.service_id)
FROM named AS n LEFT JOIN service_name AS v ON v.service_id = n.service_id
WHERE NOT EXISTS (SELECT FROM named AS a WHERE a.service_id = n.service_id AND a.organisation_level < n.organisation_level AND a.sites @> n.sites)
$$);
