-- Access on a little example, and what is refused.
SET search_path = caregroup, public;
SET extra_float_digits = -6;
CREATE TEMP TABLE d (id bigint, amount int);
CREATE TEMP TABLE s (id uuid, capacity numeric);
CREATE TEMP TABLE p (demand_id bigint, site_id uuid, cost real);
INSERT INTO d VALUES (1, 100), (2, 50), (3, 30);
INSERT INTO s VALUES ('00000000-0000-0000-0000-00000000000a', 10), ('00000000-0000-0000-0000-00000000000b', 20);
INSERT INTO p VALUES (1, '00000000-0000-0000-0000-00000000000a', 8), (1, '00000000-0000-0000-0000-00000000000b', 9), (2, '00000000-0000-0000-0000-00000000000a', 15),
    (2, '00000000-0000-0000-0000-00000000000b', 12), (3, '00000000-0000-0000-0000-00000000000b', 8);

SELECT * FROM access_2sfca('TABLE d', 'TABLE s', 'TABLE p', 30);
SELECT * FROM access_e2sfca('TABLE d', 'TABLE s', 'TABLE p', demand_type => NULL::bigint, site_type => NULL::uuid, max_cost => 30);
SELECT * FROM access_bfca('TABLE d', 'TABLE s', 'TABLE p', demand_type => NULL::bigint, site_type => NULL::uuid, max_cost => 30);
SELECT * FROM access_nearest('TABLE d', 'TABLE s', 'TABLE p', demand_type => NULL::bigint, site_type => NULL::uuid, k => 2);
SELECT * FROM access_huff('TABLE d', 'TABLE s', 'TABLE p', demand_type => NULL::bigint, site_type => NULL::uuid);
SELECT * FROM catchment('TABLE p', 'SELECT id, id * 0.1::float8 AS longitude, 51.0::float8 + id % 2 * 0.1 AS latitude FROM d', 'hull', overlaps => true);

SELECT * FROM access_2sfca('SELECT id FROM d', 'TABLE s', 'TABLE p', 30);
SELECT * FROM access_2sfca('TABLE d', 'TABLE s', 'TABLE p', -1);
SELECT * FROM access_2sfca('TABLE d', 'TABLE s', 'TABLE p', NULL);
SELECT * FROM access_e2sfca('TABLE d', 'TABLE s', 'TABLE p', 30, 'linear');
SELECT * FROM access_e2sfca('TABLE d', 'TABLE s', 'TABLE p', decay => 'bands', band_limits => '{10,5}', band_weights => '{1,0.5}');
SELECT * FROM access_nearest('TABLE d', 'TABLE s', 'TABLE p', k => NULL);
SELECT * FROM access_huff('TABLE d', 'TABLE s', 'TABLE p', attraction => NULL);
SELECT * FROM access_nearest('TABLE d', 'TABLE s', 'TABLE p', demand_type => NULL::uuid, site_type => NULL::uuid);
SELECT * FROM catchment('TABLE p', 'TABLE d', 'buffer');
SELECT * FROM catchment('TABLE d', 'TABLE d');
SELECT * FROM catchment(NULL, 'TABLE d');
