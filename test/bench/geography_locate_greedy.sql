-- 5 of 60 sites for 600 areas, with a proof, against a greedy choice in SQL,
-- which has none.
-- rows 36000

-- setup
SET search_path = public, caregroup;
CREATE TABLE bench_area AS SELECT i AS id, 500 + (i * 7919) % 3000 AS amount, (i * 104729) % 997 AS x, (i * 1299709) % 991 AS y FROM generate_series(1, 600) AS i;
CREATE TABLE bench_site AS SELECT id, x, y FROM bench_area WHERE id % 10 = 0;
CREATE TABLE bench_pair AS SELECT a.id AS demand_id, s.id AS site_id, round(sqrt((a.x - s.x)^2 + (a.y - s.y)^2)::numeric, 1)::float8 AS cost FROM bench_area AS a, bench_site AS s;
VACUUM ANALYZE bench_pair;

-- ours
SET search_path = public, caregroup;
SELECT objective, bound FROM locate('SELECT id, amount FROM bench_area', 'SELECT id FROM bench_site', 'SELECT * FROM bench_pair', 5) WHERE kind = 'summary';

-- baseline greedy SQL
-- bar >= 1
WITH RECURSIVE step (n, chosen) AS (
	SELECT 0, '{}'::int[]
	UNION ALL
	SELECT s.n + 1, s.chosen || b.site_id
	FROM step AS s, LATERAL (
		SELECT p.site_id FROM bench_pair AS p JOIN bench_area AS a ON a.id = p.demand_id
			LEFT JOIN (SELECT demand_id, min(cost) AS now FROM bench_pair WHERE site_id = ANY (s.chosen) GROUP BY demand_id) AS c ON c.demand_id = p.demand_id
		GROUP BY p.site_id ORDER BY sum(a.amount * least(p.cost, coalesce(c.now, 'Infinity'))) LIMIT 1) AS b
	WHERE s.n < 5)
SELECT sum(a.amount * c.cost) FROM bench_area AS a,
	LATERAL (SELECT min(p.cost) AS cost FROM bench_pair AS p WHERE p.demand_id = a.id AND p.site_id = ANY ((SELECT chosen FROM step WHERE n = 5)::int[])) AS c;
