-- The ten nearest of 2,000 units by five features.
-- rows 2000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_peers AS
	SELECT id, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e FROM generate_series(1, 2000) AS id;
VACUUM ANALYZE bench_peers;

-- ours
SET search_path = public, caregroup;
SELECT sum(cardinality(peers)) FROM (SELECT nearest_peers(id, ARRAY[a, b, c, d, e], 10) OVER () AS peers FROM bench_peers OFFSET 0) AS found;

-- baseline SQL
-- bar >= 20
SELECT count(*) FROM (
	SELECT x.id, y.id AS peer, row_number() OVER (PARTITION BY x.id ORDER BY ((x.a - y.a) / sa) ^ 2 + ((x.b - y.b) / sb) ^ 2 + ((x.c - y.c) / sc) ^ 2 +
		((x.d - y.d) / sd) ^ 2 + ((x.e - y.e) / se) ^ 2) AS n
	FROM bench_peers AS x, bench_peers AS y, (SELECT stddev(a) AS sa, stddev(b) AS sb, stddev(c) AS sc, stddev(d) AS sd, stddev(e) AS se FROM bench_peers) AS s
	WHERE x.id <> y.id) AS ranked WHERE n <= 10;
