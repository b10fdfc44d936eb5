-- The three nearest sites: 3,000 areas, 33 sites, 99,000 pairs.
-- rows 99000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE d AS SELECT g AS id, 1 + g % 1000 AS amount FROM generate_series(1, 3000) AS g;
CREATE UNLOGGED TABLE s AS SELECT g AS id, 1 + g * 37 % 5000 AS capacity FROM generate_series(1, 33) AS g;
CREATE UNLOGGED TABLE p AS SELECT d.id AS demand_id, s.id AS site_id, (abs(hashtext(d.id || '-' || s.id)) % 600 / 10.0)::float8 AS cost FROM d, s;
VACUUM ANALYZE d, s, p;

-- ours
SET search_path = public, caregroup;
SELECT demand_id, place, site_id, cost FROM access_nearest('TABLE d', 'TABLE s', 'TABLE p', NULL::bigint, NULL::bigint, 3);

-- baseline plain SQL
-- bar >= 1
SELECT demand_id, place, site_id, cost FROM (SELECT p.*, row_number() OVER (PARTITION BY demand_id ORDER BY cost, site_id) AS place FROM p) AS q WHERE place <= 3;
