-- Access: 3,000 areas, 33 sites, 99,000 pairs, against plain SQL.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET search_path = public, caregroup;
CREATE TEMP TABLE d AS SELECT g AS id, 1 + g % 1000 AS amount FROM generate_series(1, 3000) AS g;
CREATE TEMP TABLE s AS SELECT g AS id, 1 + g * 37 % 5000 AS capacity FROM generate_series(1, 33) AS g;
CREATE TEMP TABLE p AS SELECT d.id AS demand_id, s.id AS site_id, (abs(hashtext(d.id || '-' || s.id)) % 600 / 10.0)::float8 AS cost FROM d, s;
ANALYZE d; ANALYZE s; ANALYZE p;
CREATE FUNCTION pg_temp.seconds(query text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE began timestamptz; best numeric; ignored record;
BEGIN
	FOR i IN 1..3 LOOP
		began := clock_timestamp();
		EXECUTE 'SELECT count(*), sum(length(q::text)) FROM (' || query || ') AS q' INTO ignored;
		best := least(best, extract(epoch FROM clock_timestamp() - began));
	END LOOP;
	RETURN best;
END $$;
SELECT what, round(1000 * pg_temp.seconds(ours)) AS our_ms, round(1000 * pg_temp.seconds(plain)) AS plain_sql_ms
FROM (VALUES
('access_2sfca', $$SELECT demand_id, access FROM access_2sfca('TABLE d', 'TABLE s', 'TABLE p', 30)$$,
 $$WITH r AS (SELECT p.site_id, min(s.capacity) / sum(d.amount)::float8 AS ratio FROM p JOIN d ON d.id = p.demand_id JOIN s ON s.id = p.site_id WHERE p.cost <= 30 GROUP BY 1)
   SELECT p.demand_id, sum(r.ratio) AS access FROM p JOIN r USING (site_id) WHERE p.cost <= 30 GROUP BY 1$$),
('access_bfca', $$SELECT demand_id, access FROM access_bfca('TABLE d', 'TABLE s', 'TABLE p', 30)$$,
 $$WITH w AS (SELECT p.*, (exp(-0.5 * (cost / 30) ^ 2) - exp(-0.5)) / (1 - exp(-0.5)) AS weight FROM p WHERE cost <= 30),
   h AS (SELECT w.*, weight / sum(weight) OVER (PARTITION BY demand_id) AS of_demand, weight / sum(weight) OVER (PARTITION BY site_id) AS of_site FROM w),
   r AS (SELECT h.site_id, min(s.capacity) / sum(h.of_demand * d.amount) AS ratio FROM h JOIN d ON d.id = h.demand_id JOIN s ON s.id = h.site_id GROUP BY 1)
   SELECT h.demand_id, sum(h.of_site * r.ratio) AS access FROM h JOIN r USING (site_id) GROUP BY 1$$),
('access_nearest', $$SELECT demand_id, place, site_id, cost FROM access_nearest('TABLE d', 'TABLE s', 'TABLE p', 3)$$,
 $$SELECT demand_id, place, site_id, cost FROM (SELECT p.*, row_number() OVER (PARTITION BY demand_id ORDER BY cost, site_id) AS place FROM p) AS q WHERE place <= 3$$),
('access_huff', $$SELECT demand_id, site_id, chance FROM access_huff('TABLE d', 'TABLE s', 'TABLE p')$$,
 $$WITH u AS (SELECT p.*, s.capacity / greatest(p.cost, 1) ^ 2 AS pull FROM p JOIN s ON s.id = p.site_id) SELECT demand_id, site_id, pull / sum(pull) OVER (PARTITION BY demand_id) AS chance FROM u$$)) AS v (what, ours, plain);
