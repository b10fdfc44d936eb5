-- How often report_variance_change calls a calm series better or worse: the
-- step's own query, over series in which nothing ever changed.
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL search_path = pg_temp, public, caregroup;
SET LOCAL work_mem = '256MB';
SELECT setseed(0.25);

CREATE TEMP TABLE normal_pair AS SELECT i, sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS e FROM generate_series(1, 4 * 4000 * 24) AS i;
-- Normal values of which each keeps a share of the one before.
CREATE TEMP TABLE variance_point AS
SELECT 'h'::text AS hierarchy, 'k'::text AS organisation_kind, format('%s %s', keeps, series) AS organisation_id, 'i'::text AS indicator_id, 'v'::text AS service_id,
       date '2022-01-01' + 30 * step AS period_start,
       -- Sums of shocks that fade, started where they would have settled.
       keeps ^ step * sum(e * CASE step WHEN 1 THEN 1 / sqrt(1 - keeps ^ 2) ELSE 1 END / keeps ^ step) OVER (PARTITION BY keeps, series ORDER BY step) AS value
FROM (SELECT (ARRAY[1e-6, 0.3, 0.5, 0.7]::double precision[])[1 + (i - 1) / 96000] AS keeps, (i - 1) % 96000 / 24 AS series, 1 + (i - 1) % 24 AS step, e FROM normal_pair) AS shock;
CREATE TEMP TABLE change_reach AS
SELECT 'c'::text AS change_id, date '2022-01-01' + 30 * 13 AS changed_on, 'Nothing'::text AS change_text, false AS starts_phase, hierarchy, organisation_kind, organisation_id,
       NULL::text AS indicator_id, NULL::text AS service_id
FROM variance_point GROUP BY hierarchy, organisation_kind, organisation_id;
DO $$
BEGIN
	EXECUTE 'CREATE TEMP TABLE change_found (hierarchy, organisation_kind, organisation_id, indicator_id, service_id, changed_on, change_id, change_text, starts_phase, points_before, points_after, before_mean, after_mean, z) AS '
		|| (SELECT query FROM caregroup.hub_step WHERE step = 'variance_change');
END
$$;
SELECT plan(6);
SELECT is((SELECT count(*)::text || min(points_before) || min(points_after) FROM change_found), '160001212', 'sixteen thousand calm series, twelve points on either side');
CREATE TEMP TABLE alarm AS SELECT split_part(organisation_id, ' ', 1)::numeric AS keeps, avg((abs(z) >= 4)::integer) AS share, stddev(z) AS spread FROM change_found GROUP BY 1;
SELECT diag(format('keeping %s: %s %% beyond 4, spread of z %s', round(keeps, 1), round(100 * share, 2), round(spread::numeric, 2))) FROM alarm ORDER BY keeps;
SELECT cmp_ok((SELECT share FROM alarm WHERE keeps < 0.1), '<=', 0.005, 'values that do not hang together: at most 5 in 1,000');
SELECT cmp_ok((SELECT share FROM alarm WHERE keeps = 0.3), '<=', 0.03, 'each keeps 0.3 of the one before: at most 3 %');
SELECT cmp_ok((SELECT share FROM alarm WHERE keeps = 0.5), '<=', 0.10, '0.5: at most 10 %');
SELECT cmp_ok((SELECT share FROM alarm WHERE keeps = 0.7), '>', 0.10, '0.7: more than a tenth, so that the report is no proof there');
SELECT cmp_ok((SELECT abs(spread::numeric - 1) FROM alarm WHERE keeps < 0.1), '<=', 0.15, 'z of calm series without memory is about standard normal');
SELECT * FROM finish();
ROLLBACK;
