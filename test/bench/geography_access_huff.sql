-- Catchments by chance: 3,000 areas, 33 sites, 99,000 pairs.
-- rows 99000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE d AS SELECT g AS id, 1 + g % 1000 AS amount FROM generate_series(1, 3000) AS g;
CREATE UNLOGGED TABLE s AS SELECT g AS id, 1 + g * 37 % 5000 AS capacity FROM generate_series(1, 33) AS g;
CREATE UNLOGGED TABLE p AS SELECT d.id AS demand_id, s.id AS site_id, (abs(hashtext(d.id || '-' || s.id)) % 600 / 10.0)::float8 AS cost FROM d, s;
VACUUM ANALYZE d, s, p;

-- ours
SET search_path = public, caregroup;
SELECT demand_id, site_id, chance FROM access_huff('TABLE d', 'TABLE s', 'TABLE p', demand_type => NULL::bigint, site_type => NULL::bigint);

-- baseline plain SQL
-- bar >= 1
WITH u AS (SELECT p.*, s.capacity / greatest(p.cost, 1) ^ 2 AS pull FROM p JOIN s ON s.id = p.site_id)
SELECT demand_id, site_id, pull / sum(pull) OVER (PARTITION BY demand_id) AS chance FROM u;
