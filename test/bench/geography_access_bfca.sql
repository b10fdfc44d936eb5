-- Balanced floating catchment areas: 3,000 areas, 33 sites, 99,000 pairs.
-- rows 99000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE d AS SELECT g AS id, 1 + g % 1000 AS amount FROM generate_series(1, 3000) AS g;
CREATE UNLOGGED TABLE s AS SELECT g AS id, 1 + g * 37 % 5000 AS capacity FROM generate_series(1, 33) AS g;
CREATE UNLOGGED TABLE p AS SELECT d.id AS demand_id, s.id AS site_id, (abs(hashtext(d.id || '-' || s.id)) % 600 / 10.0)::float8 AS cost FROM d, s;
VACUUM ANALYZE d, s, p;

-- ours
SET search_path = public, caregroup;
SELECT demand_id, access FROM access_bfca('TABLE d', 'TABLE s', 'TABLE p', 30);

-- baseline plain SQL
-- bar >= 1
WITH w AS (SELECT p.*, (exp(-0.5 * (cost / 30) ^ 2) - exp(-0.5)) / (1 - exp(-0.5)) AS weight FROM p WHERE cost <= 30),
h AS (SELECT w.*, weight / sum(weight) OVER (PARTITION BY demand_id) AS of_demand, weight / sum(weight) OVER (PARTITION BY site_id) AS of_site FROM w),
r AS (SELECT h.site_id, min(s.capacity) / sum(h.of_demand * d.amount) AS ratio FROM h JOIN d ON d.id = h.demand_id JOIN s ON s.id = h.site_id GROUP BY 1)
SELECT h.demand_id, sum(h.of_site * r.ratio) AS access FROM h JOIN r USING (site_id) GROUP BY 1;
