-- Two-step floating catchment areas: 3,000 areas, 33 sites, 99,000 pairs.
-- rows 99000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE d AS SELECT g AS id, 1 + g % 1000 AS amount FROM generate_series(1, 3000) AS g;
CREATE UNLOGGED TABLE s AS SELECT g AS id, 1 + g * 37 % 5000 AS capacity FROM generate_series(1, 33) AS g;
CREATE UNLOGGED TABLE p AS SELECT d.id AS demand_id, s.id AS site_id, (abs(hashtext(d.id || '-' || s.id)) % 600 / 10.0)::float8 AS cost FROM d, s;
VACUUM ANALYZE d, s, p;

-- ours
SET search_path = public, caregroup;
SELECT demand_id, access FROM access_2sfca('TABLE d', 'TABLE s', 'TABLE p', 30);

-- baseline plain SQL
-- bar >= 1
WITH r AS (SELECT p.site_id, min(s.capacity) / sum(d.amount)::float8 AS ratio FROM p JOIN d ON d.id = p.demand_id JOIN s ON s.id = p.site_id WHERE p.cost <= 30 GROUP BY 1)
SELECT p.demand_id, sum(r.ratio) AS access FROM p JOIN r USING (site_id) WHERE p.cost <= 30 GROUP BY 1;
