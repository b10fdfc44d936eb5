-- Long rows made coherent: 3,600 hierarchies (100 services, 36 months) of
-- a total, four sites and eight clinics, no point below 0.
-- rows 46800

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_many AS
	SELECT 's' || s AS hierarchy, m AS step, 'n' || i AS node, CASE WHEN i > 5 THEN 'n' || (i - 6) / 2 + 2 WHEN i > 1 THEN 'n1' END AS parent, 100 * random() AS point
	FROM generate_series(1, 100) AS s, generate_series(1, 36) AS m, generate_series(1, 13) AS i;
VACUUM ANALYZE bench_many;

-- ours
SET search_path = public, caregroup;
SELECT hierarchy, step, node, point FROM forecast_reconcile('SELECT * FROM bench_many', non_negative => true);

-- baseline sums of the leaves only, in SQL
-- bar >= 1
WITH RECURSIVE up AS (
	SELECT hierarchy, step, node, parent, point FROM bench_many AS n WHERE NOT EXISTS (SELECT FROM bench_many AS c WHERE c.hierarchy = n.hierarchy AND c.step = n.step AND c.parent = n.node)
	UNION ALL SELECT u.hierarchy, u.step, p.node, p.parent, u.point FROM up AS u JOIN bench_many AS p ON p.hierarchy = u.hierarchy AND p.step = u.step AND p.node = u.parent)
SELECT hierarchy, step, node, sum(point) FROM up GROUP BY hierarchy, step, node ORDER BY hierarchy, step, node;

-- baseline reading in order
SELECT hierarchy COLLATE "C", step, node COLLATE "C", parent, point FROM bench_many ORDER BY 1, 2, 3;

-- teardown
DROP TABLE bench_many;
