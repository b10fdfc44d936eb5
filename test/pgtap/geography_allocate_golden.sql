-- Harrow's people and practices, and OR-Library's assignment problems, through
-- SQL: the optima that LEMON, HiGHS and scipy proved.
\getenv shared CAREGROUP_SHARED
\if :{?shared}
\else
\set shared ''
\endif
SELECT :'shared' = '' AS is_missing \gset

BEGIN;
\if :is_missing
SELECT plan(1);
SELECT skip('../shared/data is not here', 1);
\else
SET LOCAL search_path = public, caregroup;
SELECT plan(13);
CREATE TEMP TABLE area (lsoa11cd text, lsoa11nm text, lad_cd text, lad_nm text, bng_e float8, bng_n float8, lon float8, lat float8, amount int);
\set f :shared '/data/geo/harrow_lsoa2011.csv'
COPY area FROM :'f' (FORMAT csv, HEADER);
CREATE TEMP TABLE practice (id text, name text, postcode text, capacity int, ccg text, lat float8, lon float8, in_borough int, match int);
\set f :shared '/data/geo/harrow_gp_practices_2022.csv'
COPY practice FROM :'f' (FORMAT csv, HEADER);
DELETE FROM practice WHERE in_borough <> 1;
CREATE TEMP TABLE pair (demand_id text, site_id text, cost int);
\set f :shared '/data/geo/harrow_distance_m.csv'
COPY pair FROM :'f' (FORMAT csv, HEADER);
CREATE TEMP TABLE answer AS SELECT * FROM allocate('SELECT lsoa11cd AS id, amount FROM area', 'TABLE practice', 'TABLE pair');
SELECT results_eq($$SELECT objective, bound, gap, status, amount FROM answer WHERE kind = 'summary'$$,
	$$VALUES (170441064::float8, 170441064::float8, 0::float8, 'optimal', 248880::bigint)$$, 'Harrow: the optimum of LEMON and HiGHS, certified');
SELECT is((SELECT count(*) FROM answer WHERE kind = 'site' AND amount > capacity), 0::bigint, 'Harrow: 0 people over capacity');
SELECT is((SELECT count(*) FROM (SELECT demand_id FROM answer WHERE kind = 'flow' GROUP BY 1 HAVING sum(amount) = (SELECT a.amount FROM area AS a WHERE a.lsoa11cd = demand_id)) AS g), 137::bigint, 'Harrow: every area is placed whole');
SELECT results_eq($$SELECT is_feasible, is_optimal, total_cost FROM verify_allocation('SELECT lsoa11cd AS id, amount FROM area', 'TABLE practice', 'TABLE pair', $q$SELECT * FROM answer WHERE kind = 'flow'$q$)$$,
	'VALUES (true, true, 170441064::float8)', 'Harrow: verified from the plan alone');
CREATE TEMP TABLE nearest AS SELECT DISTINCT ON (demand_id) demand_id, site_id, a.amount FROM pair JOIN area AS a ON a.lsoa11cd = demand_id ORDER BY demand_id, cost, site_id;
SELECT is((SELECT over_capacity FROM verify_allocation('SELECT lsoa11cd AS id, amount FROM area', 'TABLE practice', 'TABLE pair', 'TABLE nearest')), 58949::bigint, 'Harrow: the nearest practice for all is over capacity by 58,949');
SELECT is((SELECT sum(amount) FROM reallocate('SELECT demand_id AS id, amount, site_id FROM nearest', 'TABLE practice', 'TABLE pair') WHERE kind = 'move'), 58949::numeric, 'Harrow: as many move from there, and no more');
SELECT cmp_ok((SELECT abs(objective / 170441064 - 1) FROM allocate_near('SELECT lsoa11cd AS id, amount, ST_SetSRID(ST_MakePoint(bng_e, bng_n), 27700) AS geom FROM area',
	'SELECT id, capacity, ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 27700) AS geom FROM practice') WHERE kind = 'summary'), '<', 5e-5::float8, 'Harrow: the same from geometries');
SELECT results_eq($$SELECT status, gap BETWEEN 0 AND 0.005, total_cost >= 170441064, amount FROM allocate('SELECT lsoa11cd AS id, amount FROM area', 'TABLE practice', 'TABLE pair', split => false) WHERE kind = 'summary'$$,
	$$VALUES ('feasible', true, true, 248880::bigint)$$, 'Harrow: whole areas, with the gap stated');

-- OR-Library: n, then n * n costs by row
CREATE TEMP TABLE problem (n int, optimum int, cost int[]);
\set f :shared '/data/allocation/assign/assign100.txt'
INSERT INTO problem SELECT 100, 305, string_to_array(trim(regexp_replace(pg_read_file(:'f'), '\s+', ' ', 'g')), ' ')::int[];
\set f :shared '/data/allocation/assign/assign200.txt'
INSERT INTO problem SELECT 200, 475, string_to_array(trim(regexp_replace(pg_read_file(:'f'), '\s+', ' ', 'g')), ' ')::int[];
\set f :shared '/data/allocation/assign/assign300.txt'
INSERT INTO problem SELECT 300, 626, string_to_array(trim(regexp_replace(pg_read_file(:'f'), '\s+', ' ', 'g')), ' ')::int[];
\set f :shared '/data/allocation/assign/assign400.txt'
INSERT INTO problem SELECT 400, 804, string_to_array(trim(regexp_replace(pg_read_file(:'f'), '\s+', ' ', 'g')), ' ')::int[];
\set f :shared '/data/allocation/assign/assign600.txt'
INSERT INTO problem SELECT 600, 1176, string_to_array(trim(regexp_replace(pg_read_file(:'f'), '\s+', ' ', 'g')), ' ')::int[];
SELECT is((SELECT objective FROM allocate(format('SELECT generate_series(1, %s) AS id', n), format('SELECT generate_series(1, %s) AS id, 1 AS capacity', n),
		format('SELECT (k - 2) / %1$s + 1 AS demand_id, (k - 2) %% %1$s + 1 AS site_id, c AS cost FROM problem, unnest(cost) WITH ORDINALITY AS u (c, k) WHERE n = %1$s AND k > 1', n), NULL::bigint, NULL::bigint) WHERE kind = 'summary'),
	optimum::float8, format('assign%s', n)) FROM problem ORDER BY n;
SELECT * FROM finish();
\endif
ROLLBACK;
