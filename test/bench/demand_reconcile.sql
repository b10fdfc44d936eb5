-- One chain of command of five levels, 11,111 nodes of which 10,000 are
-- leaves, twelve steps ahead, reconciled by the leaves below each node.
-- rows 133332

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_node AS
	SELECT step, i AS node, CASE WHEN i > 1 THEN (i - 2) / 10 + 1 END AS parent, 1000 * random() AS point
	FROM generate_series(1, 12) AS step, generate_series(1, 11111) AS i;
VACUUM ANALYZE bench_node;

-- ours
SET search_path = public, caregroup;
SELECT step, node, point FROM forecast_reconcile('SELECT * FROM bench_node', NULL::integer, 'wls_structural');

-- baseline sums of the leaves only, in SQL
-- bar >= 1
WITH RECURSIVE up AS (
	SELECT step, node, parent, point FROM bench_node AS n WHERE NOT EXISTS (SELECT FROM bench_node AS c WHERE c.step = n.step AND c.parent = n.node)
	UNION ALL SELECT u.step, p.node, p.parent, u.point FROM up AS u JOIN bench_node AS p ON p.step = u.step AND p.node = u.parent)
SELECT step, node, sum(point) FROM up GROUP BY step, node ORDER BY step, node;

-- baseline reading in order
SELECT step, node, parent, point FROM bench_node ORDER BY step, node;

-- teardown
DROP TABLE bench_node;
