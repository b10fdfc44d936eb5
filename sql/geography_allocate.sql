-- Who goes where: what a user types and what comes back.
SET search_path = public, caregroup;
CREATE TABLE area (id text, amount int, site_id text);
INSERT INTO area VALUES ('north', 10, 'ash'), ('east', 10, 'birch'), ('south', 5, NULL);
CREATE TABLE clinic (id text, capacity int);
INSERT INTO clinic VALUES ('ash', 15), ('birch', 12);
CREATE TABLE way (demand_id text, site_id text, cost float8);
INSERT INTO way VALUES ('north', 'ash', 2), ('north', 'birch', 4), ('south', 'ash', 1), ('south', 'birch', 7), ('east', 'ash', 3), ('east', 'birch', 6);
SELECT kind, demand_id, site_id, amount, cost, total_cost, from_site_id, from_cost, capacity, one_more_serves, one_more_saves, reason FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way');
SELECT objective, bound, gap, status, rounds FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way') WHERE kind = 'summary';
SELECT kind, demand_id, site_id, amount, reason FROM allocate('TABLE area', 'SELECT id, 9 AS capacity FROM clinic', 'TABLE way');
SELECT kind, demand_id, from_site_id, site_id, amount, reason FROM reallocate('TABLE area', 'SELECT id, 13 AS capacity FROM clinic', 'TABLE way');
SELECT kind, demand_id, site_id, amount, capacity, reason FROM allocate_new('TABLE area', 'TABLE clinic', 'TABLE way');
SELECT * FROM allocate_closures('TABLE area', 'TABLE clinic', 'TABLE way');
SELECT * FROM verify_allocation('TABLE area', 'TABLE clinic', 'TABLE way', 'SELECT id AS demand_id, ''ash'' AS site_id, amount FROM area');
SELECT kind, demand_id, site_id, amount, cost FROM allocate_near('SELECT ''a'' AS id, ''SRID=27700;POINT(500000 180000)''::geometry AS geom', 'SELECT ''b'' AS id, 1 AS capacity, ''SRID=27700;POINT(500300 180400)''::geometry AS geom', detour => 1.3);
-- Refusals
SELECT * FROM allocate('SELECT amount FROM area', 'TABLE clinic', 'TABLE way');
SELECT * FROM allocate('TABLE area', 'SELECT id, 9 AS capacity FROM clinic', 'TABLE way', unserved => 'refuse');
SELECT * FROM allocate('TABLE area', 'TABLE clinic', 'TABLE way UNION ALL TABLE way');
SELECT * FROM allocate_near('SELECT 1 AS id, ''POINT(1 2)''::geometry AS geom', 'SELECT 1 AS id, 1 AS capacity, ''POINT(1 2)''::geometry AS geom');
DROP TABLE area, clinic, way;
