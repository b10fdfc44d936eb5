-- Harrow's people and practices: the optima that HiGHS and LEMON proved.
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
SELECT plan(16);
CREATE TEMP TABLE area (id text, lsoa11nm text, lad_cd text, lad_nm text, bng_e float8, bng_n float8, lon float8, lat float8, amount int);
\set f :shared '/data/geo/harrow_lsoa2011.csv'
COPY area FROM :'f' (FORMAT csv, HEADER);
CREATE TEMP TABLE practice (id text, name text, postcode text, capacity int, ccg text, lat float8, lon float8, in_borough int, match int);
\set f :shared '/data/geo/harrow_gp_practices_2022.csv'
COPY practice FROM :'f' (FORMAT csv, HEADER);
DELETE FROM practice WHERE in_borough <> 1;
CREATE TEMP TABLE pair (demand_id text, site_id text, cost int);
\set f :shared '/data/geo/harrow_distance_m.csv'
COPY pair FROM :'f' (FORMAT csv, HEADER);

-- Without limits.
SELECT results_eq(format($$SELECT objective, bound, status FROM locate('TABLE area', 'SELECT id FROM practice', 'TABLE pair', %s) WHERE kind = 'summary'$$, p),
	format($$VALUES (%s::float8, %s::float8, 'optimal')$$, best, best), format('Harrow, p = %s', p))
FROM (VALUES (1, 654499471), (2, 445632134), (3, 366046447), (4, 319117795), (5, 281657571), (6, 261333399), (8, 232689594)) AS t (p, best);

-- Capacities, split: with all open it is the allocation.
CREATE TEMP TABLE everyone AS SELECT * FROM locate('TABLE area', 'SELECT id, capacity FROM practice', 'TABLE pair', 30, split => true);
SELECT results_eq($$SELECT objective, bound, status, amount FROM everyone WHERE kind = 'summary'$$, $$VALUES (170441064::float8, 170441064::float8, 'optimal', 248880::float8)$$, 'Harrow: all practices open, the optimum of LEMON');
SELECT is((SELECT count(*) FROM everyone AS e JOIN practice AS p ON p.id = e.site_id WHERE e.kind = 'site' AND e.amount > p.capacity), 0::bigint, 'nobody above a list');
CREATE TEMP TABLE fewer AS SELECT * FROM locate('TABLE area', 'SELECT id, capacity * 3 AS capacity, least(20000, capacity * 3) AS minimum FROM practice', 'TABLE pair', 8, split => true);
SELECT ok(f.status = 'optimal' AND f.gap = 0 AND f.objective >= 232689594, 'eight practices three times as large, each with 20,000 people, or full: proved') FROM fewer AS f WHERE kind = 'summary';
SELECT ok(bool_and(f.amount >= least(20000, p.capacity * 3)), 'and they have them') FROM fewer AS f JOIN practice AS p ON p.id = f.site_id WHERE f.kind = 'site' AND f.is_open;
SELECT ok(v.is_feasible AND abs(v.objective - f.objective) < 1 AND v.bound <= f.objective AND v.gap < 0.03, 'the check agrees')
FROM verify_locate('TABLE area', 'SELECT id, capacity * 3 AS capacity, least(20000, capacity * 3) AS minimum FROM practice', 'TABLE pair', 'TABLE fewer', 8, split => true) AS v, fewer AS f WHERE f.kind = 'summary';
SELECT ok(bool_and(a.objective = f.objective), 'allocate() to the same sites costs the same') FROM fewer AS f,
	allocate('TABLE area', 'SELECT p.id, capacity * 3 AS capacity, least(20000, capacity * 3) AS minimum FROM practice AS p JOIN fewer AS f ON f.site_id = p.id AND f.is_open', 'SELECT pair.* FROM pair JOIN fewer AS f USING (site_id) WHERE f.is_open') AS a
WHERE f.kind = 'summary' AND a.kind = 'summary';
SELECT ok(w.status IN ('optimal', 'feasible') AND w.gap <= 0.01 AND w.objective >= f.objective, 'each area whole: within 1 % of the bound, and not cheaper')
FROM locate('TABLE area', 'SELECT id, capacity * 3 AS capacity, least(20000, capacity * 3) AS minimum FROM practice', 'TABLE pair', 8, effort => 0.5) AS w, fewer AS f WHERE w.kind = 'summary' AND f.kind = 'summary';

-- Within a limit.
SELECT ok(c.status = 'optimal' AND v.is_feasible AND v.objective = c.objective AND v.bound <= c.objective, 'the fewest practices within 1.5 km of 95 % of the people')
FROM cover('TABLE area', 'SELECT id FROM practice', 'TABLE pair', 'fewest', 1500, 0.95) AS c,
	verify_cover('TABLE area', 'SELECT id FROM practice', 'TABLE pair', $q$SELECT * FROM cover('TABLE area', 'SELECT id FROM practice', 'TABLE pair', 'fewest', 1500, 0.95)$q$, 'fewest', 1500, 0.95) AS v WHERE c.kind = 'summary';
SELECT ok(c.status = 'optimal' AND v.is_feasible AND v.objective = c.objective AND v.bound <= c.objective AND c.objective < (SELECT sum(capacity) FROM practice), 'the smallest ones together')
FROM cover('TABLE area', 'SELECT id, capacity AS opening_cost FROM practice', 'TABLE pair', 'fewest', 1500, 0.95) AS c,
	verify_cover('TABLE area', 'SELECT id, capacity AS opening_cost FROM practice', 'TABLE pair', $q$SELECT * FROM cover('TABLE area', 'SELECT id, capacity AS opening_cost FROM practice', 'TABLE pair', 'fewest', 1500, 0.95)$q$, 'fewest', 1500, 0.95) AS v WHERE c.kind = 'summary';
SELECT * FROM finish();
\endif
ROLLBACK;
