-- Funnel plots: bad input, empty input, slow SQL of the same figures,
-- properties, agreement of plans, and stopping.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(50);

CREATE FUNCTION pg_temp.err(a double precision, b double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN a IS NULL AND b IS NULL THEN 0
            WHEN a IS NULL OR b IS NULL THEN 'Infinity'
            WHEN a = b THEN 0
            WHEN b = 0 THEN abs(a)
            ELSE abs(a - b) / abs(b) END;

SELECT throws_ok(statement, sqlstate, NULL, 'refused with ' || sqlstate || ': ' || statement)
FROM (VALUES
	('SELECT funnel_limits(0, 0.5, ''proportion'')', '22003'), ('SELECT funnel_limits(-1, 0.5, ''rate'')', '22003'),
	('SELECT funnel_limits(10, 0, ''rate'')', '22003'), ('SELECT funnel_limits(10, 1.5, ''proportion'')', '22023'),
	('SELECT funnel_limits(''Infinity'', 1, ''ratio'')', '22003'), ('SELECT funnel_limits(10, 1, ''mean'')', '22023'),
	('SELECT funnel_limits(10, 1, ''ratio'', ''{0.05,2}'')', '22023'), ('SELECT funnel_limits(10, 1, ''ratio'', method => ''normal'')', '22023'),
	('SELECT funnel_limits(10, 0.5, ''proportion'', method => ''byar'')', '22023'), ('SELECT funnel_limits(10.5, 0.5, ''proportion'', method => ''exact'')', '22003'),
	('SELECT funnel_adjusted_limits(10, 1, ''sqrt'')', '22023'), ('SELECT funnel_adjusted_limits(10, 1, ''log'', tau2 => -1)', '22003'),
	('SELECT funnel_adjusted_limits(10, 1, ''log'', adjust => ''both'')', '22023'), ('SELECT funnel_adjusted_limits(10, 1, ''arcsine'')', '22023'),
	('SELECT funnel_expected_at(-1)', '22003'), ('SELECT funnel_significance(5, 4, 0.5, ''proportion'')', '22003'),
	('SELECT funnel_significance(5, 0, 0.5, ''rate'')', '22003'), ('SELECT funnel_significance(5, 4, 0.5, ''x'')', '22023'),
	('SELECT funnel_overdispersion(1, 0, ''log'')', '22003'), ('SELECT funnel_overdispersion(1, 1, ''sqrt'')', '22023'),
	('SELECT funnel_overdispersion(1, 1, NULL)', '22004'), ('SELECT funnel_overdispersion(1, 1, ''log'', 0.5, ''published'', NULL)', '22023'),
	('SELECT funnel_overdispersion(1, 1, ''log'', 0.1, ''other'', NULL)', '22023'), ('SELECT funnel_overdispersion(3, 2, ''arcsine'')', '22003'),
	('SELECT funnel_overdispersion(0, 2, ''arcsine'')', '22003'), ('SELECT funnel_overdispersion(2, 2, ''arcsine'')', '22003'),
	('SELECT funnel(1, 0, ''log'') OVER ()', '22003'), ('SELECT funnel(''NaN'', 1, ''log'') OVER ()', '22003'),
	('SELECT funnel(1, 1, ''log'', NULL) OVER ()', '22004'), ('SELECT funnel(1, 1, ''log'', -0.1) OVER ()', '22023'),
	('SELECT funnel(2, 1, ''arcsine'') OVER ()', '22003'), ('SELECT funnel(1, 1, ''log'', multiplier => 0) OVER ()', '22003'),
	('SELECT funnel_overdispersion_final(''\x01'')', '22P03')
) AS bad(statement, sqlstate);

-- NULL, nothing, one unit
SELECT is(num_nulls(funnel_limits(NULL, 1, 'ratio'), funnel_significance(1, NULL, 1, 'ratio'), funnel_category(NULL), funnel_expected_at(NULL)), 4, 'NULL gives NULL');
SELECT is(funnel_overdispersion(1, 1, 'log'), NULL, 'no units give NULL') FROM (SELECT WHERE false) AS e;
SELECT ok((d).kept = 1 AND (d).tau2 = 0, 'one unit, truncated') FROM (SELECT funnel_overdispersion(5, 4, 'log') AS d) AS e;
SELECT ok((d).kept = 1 AND (d).tau2 = 0 AND (d).phi > 0, 'one unit, drawn in') FROM (SELECT funnel_overdispersion(5, 4, 'square_root') AS d) AS e;
SELECT results_eq($$SELECT funnel(o, 5, 'square_root') OVER () IS NULL FROM (VALUES (5), (NULL), (7)) AS t(o)$$, 'VALUES (false), (true), (false)', 'a unit with NULL gives NULL');
SELECT is((SELECT count(*) FROM (SELECT (funnel(x, 10, 'log') OVER ()).* FROM generate_series(0, 20) AS x) AS f
	WHERE value = 'NaN' OR z = 'NaN' OR lower = 'NaN' OR upper = 'Infinity' OR z_adjusted = 'NaN'), 0::bigint, 'no NaN comes out');
SELECT is((SELECT count(*) FROM (SELECT (funnel(x, 10, 'log') OVER ()).* FROM generate_series(0, 20) AS x) AS f WHERE z IS NULL AND level = -2), 1::bigint, 'a unit without events has no score on the log scale and is low');

-- The same figures by slow SQL
CREATE TEMP TABLE unit AS SELECT i, 20 + floor(random() * 500)::float8 AS e, 0::float8 AS o FROM generate_series(1, 300) AS i;
UPDATE unit SET o = floor(e * (0.6 + 0.8 * random()));
CREATE TEMP TABLE slow AS
WITH score AS (SELECT *, 2 * (sqrt(o) - sqrt(e)) AS z, 4 * e AS weight FROM unit),
	edge AS (SELECT percentile_cont(0.1) WITHIN GROUP (ORDER BY z) AS low, percentile_cont(0.9) WITHIN GROUP (ORDER BY z) AS high FROM score),
	kept AS (SELECT least(greatest(z, low), high) AS w, weight FROM score, edge)
SELECT avg(w * w) AS phi, greatest(0, (count(*) * avg(w * w) - (count(*) - 1)) / (sum(weight) - sum(weight ^ 2) / sum(weight))) AS tau2 FROM kept;
SELECT cmp_ok(greatest(pg_temp.err((d).phi, phi), pg_temp.err((d).tau2, tau2)), '<=', 1e-10::float8, 'overdispersion by SQL')
FROM slow, (SELECT funnel_overdispersion(o, e, 'square_root') AS d FROM unit) AS u;
SELECT cmp_ok(max(greatest(pg_temp.err(lower, greatest(0, 1 - 1.959963984540054 * sqrt(1 / (4 * e) + tau2)) ^ 2), pg_temp.err(upper_outer, (1 + 3.090232306167813 * sqrt(1 / (4 * e) + tau2)) ^ 2))),
	'<=', 1e-10::float8, 'limits by SQL') FROM (SELECT e, (funnel(o, e, 'square_root') OVER ()).* FROM unit) AS f;
SELECT is(count(*), 0::bigint, 'levels by SQL') FROM (SELECT (funnel(o, e, 'log', adjust => 'none') OVER ()).* FROM unit) AS f
WHERE level <> (value > upper)::int + (value > upper_outer)::int - (value < lower)::int - (value < lower_outer)::int;

-- Properties
SELECT is(count(*), 300::bigint, 'order and frame do not matter')
FROM (SELECT i, funnel(o, e, 'log') OVER (ORDER BY i) AS a FROM unit) AS x JOIN (SELECT i, funnel(o, e, 'log') OVER (ORDER BY e DESC ROWS CURRENT ROW) AS b FROM unit) AS y USING (i)
WHERE (a).level = (b).level AND pg_temp.err((a).upper, (b).upper) < 1e-12 AND (a).z = (b).z;
SELECT ok(abs((a).phi - (b).phi) < 1e-9 AND (c).phi > (a).phi AND (c).tau2 >= (a).tau2, 'the order of rows does not matter, and the consistent estimator is larger')
FROM (SELECT funnel_overdispersion(o, e, 'log' ORDER BY i) AS a, funnel_overdispersion(o, e, 'log' ORDER BY o) AS b, funnel_overdispersion(o, e, 'log', 0.1, 'consistent', NULL) AS c FROM unit) AS d;
SELECT ok(bool_and(pg_temp.err((a).upper * 100, (b).upper) < 1e-12 AND (a).level = (b).level), 'the multiplier scales and levels stay')
FROM (SELECT funnel(o, e, 'log') OVER () AS a, funnel(o, e, 'log', multiplier => 100) OVER () AS b FROM unit) AS f;
SELECT ok(bool_and((a).upper - (a).lower >= (b).upper - (b).lower AND (m).upper >= (b).upper), 'adjustment never narrows a funnel')
FROM (SELECT funnel(o, e, 'log') OVER () AS a, funnel(o, e, 'log', adjust => 'none') OVER () AS b, funnel(o, e, 'log', adjust => 'multiplicative') OVER () AS m FROM unit) AS f;
SELECT is(funnel_category(2) || '; ' || funnel_category(-1) || '; ' || funnel_category(0), 'high, outside the outer limit; low, outside the inner limit; within the limits', 'words');

-- Parallel plans
CREATE TABLE funnel_unit AS SELECT * FROM unit;
ANALYZE funnel_unit;
CREATE TEMP TABLE serial AS SELECT funnel_overdispersion(o, e, 'log') AS d FROM funnel_unit;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_leader_participation = off;
SELECT ok(pg_temp.err((p).phi, (d).phi) < 1e-12 AND (p).units = (d).units AND (p).kept = (d).kept, 'parallel plans agree')
FROM serial, (SELECT funnel_overdispersion(o, e, 'log') AS p FROM funnel_unit) AS a;
DROP TABLE funnel_unit;

-- It can be stopped
CREATE FUNCTION pg_temp.was_stopped(statement text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN false;
EXCEPTION WHEN query_canceled THEN
	RETURN true;
END $$;
SET LOCAL statement_timeout = '500ms';
SELECT ok(pg_temp.was_stopped('SELECT sum((f).z) FROM (SELECT funnel(1 + i % 100, 50, ''log'') OVER () AS f FROM generate_series(1, 20000000) AS i) AS x'), 'a long one can be stopped');
SET LOCAL statement_timeout = 0;
SELECT * FROM finish();
ROLLBACK;
