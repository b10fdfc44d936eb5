-- Reconciled forecasts: every row of reconcile.csv (its first line names the
-- peer), which has a total and the leaves below it.

\getenv shared CAREGROUP_SHARED
\if :{?shared}
\else
\set shared ''
\endif
SELECT :'shared' = '' AS is_missing \gset

BEGIN;
\if :is_missing
SELECT plan(1);
SELECT skip('../shared/data is not here', 1);
\else
SET LOCAL search_path = public, caregroup;
SELECT plan(5);

\set f 'tail -n +2 ' :shared '/data/demand/reconcile.csv'
CREATE TEMP TABLE peer (case_id int, method text, base float8[], variances float8[], reconciled float8[]);
COPY peer FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT is(count(*), 72::bigint, 'reconcile.csv is read') FROM peer;
CREATE TEMP TABLE node AS
SELECT p.method, p.case_id, u.i::int AS node, CASE WHEN u.i > 1 THEN 1 END AS parent, u.base, u.variance, u.reconciled,
	(SELECT max(abs(b)) FROM unnest(p.base) AS b) AS largest
FROM peer AS p, LATERAL unnest(p.base, p.variances, p.reconciled) WITH ORDINALITY AS u(base, variance, reconciled, i);

CREATE FUNCTION pg_temp.worst(peer text, ours text) RETURNS float8 LANGUAGE sql AS $$
	SELECT max(abs(r.point - n.reconciled) / n.largest)
	FROM node AS n LEFT JOIN forecast_reconcile(format('SELECT case_id AS hierarchy, node, parent, base AS point, variance FROM node WHERE method = %L', peer), NULL::int, ours) AS r
		ON r.hierarchy::int = n.case_id AND r.node = n.node
	WHERE n.method = peer HAVING count(*) = count(r.point)
$$;
-- the peer printed ten digits of what goes in and of what comes out
SELECT cmp_ok(pg_temp.worst('bu', 'bottom_up'), '<=', 1e-9::float8, 'bottom-up');
SELECT cmp_ok(pg_temp.worst('ols', 'ols'), '<=', 1e-9::float8, 'OLS');
SELECT cmp_ok(pg_temp.worst('wls', 'wls_variance'), '<=', 1e-9::float8, 'WLS by variance');
SELECT isnt(pg_temp.worst('wls', 'ols') < 1e-3, true, 'another method has other figures');
SELECT * FROM finish();
\endif
ROLLBACK;
