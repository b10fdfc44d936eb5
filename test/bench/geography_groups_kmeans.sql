-- 118 places into 12 groups within 10 % of each other, with a bound, against
-- PostGIS's k-means, which balances nothing and bounds nothing: the ratio shows
-- what balance costs.  The bar is 5 seconds; the line after has it as a
-- multiple of a wait of 5 s.
-- rows 118

-- setup
SET search_path = public, caregroup;
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE TABLE bench_place AS SELECT i AS id, 1200 + (i * 7919) % 1500 AS amount, (i * 104729) % 997 AS x, (i * 1299709) % 991 AS y FROM generate_series(1, 118) AS i;
CREATE TABLE bench_way AS SELECT a.id AS from_id, b.id AS to_id, sqrt((a.x - b.x)^2 + (a.y - b.y)^2) AS cost FROM bench_place AS a, bench_place AS b WHERE a.id < b.id;

-- ours
SET search_path = public, caregroup;
SELECT objective, bound FROM form_groups('SELECT id, amount FROM bench_place', 'SELECT * FROM bench_way', 12, tolerance => 0.1) WHERE kind = 'summary';

-- baseline five seconds
-- bar >= 1
SELECT pg_sleep(5);

-- baseline ST_ClusterKMeans
SELECT g, sum(amount) FROM (SELECT amount, ST_ClusterKMeans(ST_MakePoint(x, y), 12) OVER () AS g FROM bench_place) AS k GROUP BY g;
