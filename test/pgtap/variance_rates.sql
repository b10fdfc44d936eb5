-- Rates, standardised rates, inequality, plans: bad input, empty input, slow SQL
-- of the same figures, properties, parallel and partition-wise agreement.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(103);

CREATE FUNCTION pg_temp.err(a double precision, b double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN a IS NULL AND b IS NULL THEN 0
            WHEN a IS NULL OR b IS NULL THEN 'Infinity'
            WHEN a = b THEN 0
            WHEN b = 0 THEN abs(a)
            ELSE abs(a - b) / abs(b) END;

-- ---------------------------------------------------------------------
-- Bad input: each error's SQLSTATE.
-- ---------------------------------------------------------------------
SELECT throws_ok(statement, sqlstate, NULL, 'refused with ' || sqlstate || ': ' || statement)
FROM (VALUES
	('SELECT wilson_lower(-1, 10)', '22003'), ('SELECT wilson_lower(11, 10)', '22003'), ('SELECT wilson_upper(1, 0)', '22003'),
	('SELECT wilson_upper(1, ''NaN'')', '22003'), ('SELECT wilson_upper(''Infinity'', ''Infinity'')', '22003'),
	('SELECT wilson_lower(1, 10, 1)', '22023'), ('SELECT wilson_lower(1, 10, 0)', '22023'), ('SELECT wilson_lower(1, 10, 95)', '22023'),
	('SELECT wilson_lower(1, 10, ''NaN'')', '22023'), ('SELECT byar_lower(-1)', '22003'), ('SELECT poisson_upper(''Infinity'')', '22003'),
	('SELECT wilson_lower(0, -1)', '22003'), ('SELECT rate_estimate(1, -5)', '22003'), ('SELECT rate_estimate(-1, 5)', '22003'),
	('SELECT rate_estimate(1, 5, 0)', '22003'), ('SELECT rate_estimate(1, 5, 1, ''{}'')', '22023'),
	('SELECT rate_estimate(1, 5, 1, ''{0.95,NULL}'')', '22023'), ('SELECT rate_estimate(1, 5, 1, ''{0.5,0.6,0.7,0.8,0.9}'')', '22023'),
	('SELECT rate_estimate(1, 5, 1, ''{0.95}'', ''wald'')', '22023'), ('SELECT proportion_estimate(6, 5)', '22003'),
	('SELECT rate_ratio(1, 10, 1, 0)', '22003'), ('SELECT rate_difference(1, 10, -1, 10)', '22003'),
	('SELECT proportion_difference(11, 10, 1, 10)', '22003'),
	('SELECT rate(-1, 10)', '22003'), ('SELECT rate(1, ''Infinity'')', '22003'), ('SELECT rate(1, 10, -1, ''{0.95}'', ''exact'')', '22003'),
	('SELECT rate(1, 10, NULL, ''{0.95}'', ''exact'')', '22004'), ('SELECT rate(1, 10, 1, NULL, ''exact'')', '22004'),
	('SELECT rate(1, 10, 1, ''{0.95}'', NULL)', '22004'), ('SELECT proportion(11, 10)', '22003'), ('SELECT mean(''Infinity''::float8)', '22003'),
	('SELECT dsr(1, 0, 100)', '22003'), ('SELECT dsr(-1, 10, 100)', '22003'), ('SELECT dsr(1, 10, -100)', '22003'),
	('SELECT dsr(1, 10, 100, 1, ''{0.95}'', ''dobsn'')', '22023'), ('SELECT dsr_nonindependent(5, 4, 10, 100)', '22003'),
	('SELECT isr_ratio(1, 10, 5, 0)', '22003'), ('SELECT isr_rate(1, 10, -5, 10)', '22003'),
	('SELECT life_expectancy(0, 1, 0)', '22003'), ('SELECT life_expectancy(-1, 1, 10)', '22003'),
	('SELECT life_expectancy(a, 1, 10) FROM (VALUES (0), (0)) AS t(a)', '21000'),
	('SELECT life_expectancy(0, 1, 10, 0, 80, ''{2}'')', '22023'),
	('SELECT sii(1, 0, 5, 4, 6)', '22003'), ('SELECT sii(1, 10, 5, 6, 4)', '22003'),
	('SELECT sii(a, 10, 5, 4, 6) FROM (VALUES (1), (1)) AS t(a)', '21000'),
	('SELECT sii(1, 10, 0, 0, 6, ''rate'', false, 1, ''{0.95}'')', '22003'), ('SELECT sii(1, 10, 0.5, 0.4, 1, ''proportion'', false, 1, ''{0.95}'')', '22003'),
	('SELECT sii(1, 10, 5, 4, 6, ''ratio'', false, 1, ''{0.95}'')', '22023'), ('SELECT sii(1, 10, 5, 4, 6, ''rate'', false, 0, ''{0.95}'')', '22003'),
	('SELECT plan_position(1, -1) OVER ()', '22003'), ('SELECT plan_position(''NaN'', 1) OVER ()', '22003'),
	('SELECT plan_position(1, 1, 2) OVER ()', '22023'),
	('SELECT ''1 1 0 1''::measure_state', '22P02'), ('SELECT ''''::measure_state', '22P02'),
	('SELECT ''1 1 0 1 1 0.95 0 0 0 NaN 0 0 0 0 0''::measure_state', '22P02'), ('SELECT ''2 1 0 1 1 0.95 0 0 0 1 1 0 0 0 0''::measure_state', '22P02'),
	('SELECT ''1 1 0 9 1 0.95 0 0 0 1 1 0 0 0 0''::measure_state', '22P02'),
	('SELECT measure_state_combine(''1 1 0 1 1 0.95 0 0 0 1 1 0 0 0 0'', ''1 2 0 1 1 0.95 0 0 0 1 1 0 0 0 0'')', '22023'),
	('SELECT mean_final(''1 1 0 1 1 0.95 0 0 0 1 1 0 0 0 0'')', '22023'),
	('SELECT sii_final(''\x00'')', '22P03'), ('SELECT life_expectancy_final(decode(repeat(''ff'', 200), ''hex''))', '22P03')
) AS bad(statement, sqlstate);
SELECT throws_like('SELECT rate_estimate(1, 5, 1, ''{0.95}'', ''wald'')', 'unknown method', 'an unknown word');
CREATE FUNCTION pg_temp.detail(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE d text;
BEGIN
	EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS d = PG_EXCEPTION_DETAIL;
	RETURN d;
END $$;
SELECT is(pg_temp.detail('SELECT rate_estimate(1, 5, 1, ''{0.95}'', ''wald'')'), 'The choices are byar_exact, byar, exact.', 'the error lists the choices');

-- ---------------------------------------------------------------------
-- NULL, nothing, one row, zero denominators.
-- ---------------------------------------------------------------------
SELECT is(num_nulls(wilson_lower(NULL, 1), byar_upper(NULL), rate_estimate(NULL, 1), rate_ratio(1, 1, 1, NULL)), 4, 'NULL gives NULL');
SELECT ok(r IS NULL AND p IS NULL AND m IS NULL AND d IS NULL AND i IS NULL AND l IS NULL AND s IS NULL, 'no rows give NULL')
FROM (SELECT rate(1, 1) AS r, proportion(1, 1) AS p, mean(1) AS m, dsr(1, 1, 1) AS d, isr_rate(1, 1, 1, 1) AS i, life_expectancy(0, 1, 1) AS l,
		sii(1, 1, 1, 1, 1) AS s WHERE false) AS e;
SELECT ok(r IS NULL AND m IS NULL AND d IS NULL AND l IS NULL AND s IS NULL, 'only NULLs give NULL')
FROM (SELECT rate(x, 1) AS r, mean(x) AS m, dsr(1, x, 1) AS d, life_expectancy(0, x, 1) AS l, sii(x, 1, 1, 1, 1) AS s
	FROM (VALUES (NULL::float8), (NULL)) AS t(x)) AS e;
SELECT is((rate(x, 100)).numerator, 3::float8, 'rows with NULL are skipped') FROM (VALUES (1), (NULL), (2)) AS t(x);
SELECT ok(a::text = '(3,0,,,,,)' AND b::text = '(3,0,,,,,)' AND c::text = '(0,0,,,,,)' AND wilson_lower(0, 0) IS NULL, 'a denominator of 0 gives a value of NULL')
FROM (SELECT rate(3, 0) AS a, rate_estimate(3, 0) AS b, proportion_estimate(0, 0) AS c) AS t;
SELECT ok((e).value = 5 AND (e).deviation IS NULL AND (e).lower IS NULL AND (e).count = 1, 'one value has a mean and no interval') FROM (SELECT mean(5) AS e) AS t;
SELECT ok((e).value = 5 AND (e).deviation = 0 AND (e).lower = 5, 'equal values have no width') FROM (SELECT mean(5) AS e FROM generate_series(1, 9)) AS t;
SELECT ok((e).value IS NULL AND (e).numerator = 9 AND (e).lower_limits IS NULL, 'below 10 events there is no direct rate by Dobson') FROM (SELECT dsr(9, 1000, 10) AS e) AS t;
SELECT ok((e).value = 0 AND (e).lower = 0 AND (e).upper > 0, 'Fay and Feuer have one without events') FROM (SELECT dsr(0, 1000, 10, 1, '{0.95}', 'fay_feuer') AS e) AS t;
SELECT is(dsr(5, 1000, 0, 1, '{0.95}', 'fay_feuer')::text, '(5,1000,,,,,)', 'a standard of 0 gives a value of NULL');
SELECT is(life_expectancy(0, 0, 1000), NULL, 'nobody dies in the open band');
SELECT is(life_expectancy(0, 10, 1000, 5), NULL, 'no band begins at the age');
SELECT is(sii(1, 1, 1, 0, 2), NULL, 'one group has no slope');

-- ---------------------------------------------------------------------
-- The same figures by slow, plain SQL.
-- ---------------------------------------------------------------------
CREATE TEMP TABLE band AS
SELECT area, band, floor(random() * 12)::int AS events, 200 + floor(random() * 3000)::int AS people, 1000 * (1 + band % 5) AS standard
FROM generate_series(1, 200) AS area, generate_series(1, 19) AS band;
ANALYZE band;
SELECT cmp_ok(max(greatest(pg_temp.err((e).value, value), pg_temp.err((e).lower, value + scale * (byar_lower(events) - events)),
		pg_temp.err((e).upper_limits[2], value + scale * (byar_upper(events, 0.998) - events)))), '<=', 1e-10::float8, 'dsr() by SQL')
FROM (SELECT dsr(events, people, standard) AS e, sum(events) AS events, 100000 * sum(events * standard / people::float8) / sum(standard) AS value,
		100000 * sqrt(sum(events * (standard / people::float8) ^ 2) / sum(events)) / sum(standard) AS scale FROM band GROUP BY area) AS d;
SELECT cmp_ok(max(pg_temp.err((e).deviation, s)), '<=', 1e-10::float8, 'mean() by SQL') FROM (SELECT mean(events) AS e, stddev_samp(events::float8) AS s FROM band GROUP BY area) AS d;
WITH RECURSIVE life(age, deaths, people) AS (VALUES (0, 5, 1000), (1, 2, 4000), (5, 10, 60000), (65, 300, 9000), (90, 50, 300)),
q AS (SELECT age, lead(age) OVER (ORDER BY age) - age AS years, deaths::float8 / people AS m, CASE WHEN age = 0 THEN 0.1 ELSE 0.5 END AS a FROM life),
p AS (SELECT age, years, m, a, coalesce(m * years / (1 + m * years * (1 - a)), 1) AS dying FROM q),
s(age, alive, years_lived, more) AS (
	SELECT age, 1::float8, CASE WHEN years IS NULL THEN 1 / m ELSE years * (1 - dying) + a * years * dying END, 1 - dying FROM p WHERE age = 0
	UNION ALL
	SELECT p.age, s.more, s.more * CASE WHEN p.years IS NULL THEN 1 / p.m ELSE p.years * (1 - p.dying) + p.a * p.years * p.dying END, s.more * (1 - p.dying)
	FROM s JOIN p ON p.age = (SELECT min(age) FROM p AS n WHERE n.age > s.age))
SELECT cmp_ok(pg_temp.err((SELECT (life_expectancy(age, deaths, people)).value FROM life), (SELECT sum(years_lived) FROM s)), '<=', 1e-12::float8, 'life_expectancy() by SQL');
SELECT cmp_ok(pg_temp.err((sii(r, n, v, v - 1, v + 1)).sii, 6 * sum(n * (x - 0.5) * v) / (6 * sum(n * (x - 0.5) ^ 2))), '<=', 1e-12::float8, 'sii() by SQL')
FROM (SELECT r, n, v, (sum(n) OVER (ORDER BY r) - n / 2) / sum(n) OVER () AS x FROM (VALUES (1, 10::float8, 5::float8), (2, 20, 7), (3, 15, 6), (4, 5, 9)) AS t(r, n, v)) AS g;

-- ---------------------------------------------------------------------
-- Properties.
-- ---------------------------------------------------------------------
SELECT cmp_ok(max(greatest(pg_temp.err((a).value, (b).value), pg_temp.err((a).lower, (b).lower))), '<=', 1e-12::float8, 'the order of rows does not matter')
FROM (SELECT dsr(events, people, standard ORDER BY band) AS a, dsr(events, people, standard ORDER BY events DESC, band DESC) AS b FROM band GROUP BY area) AS d;
SELECT cmp_ok(max(greatest(pg_temp.err((a).value, (b).value), pg_temp.err((a).upper, (b).upper))), '<=', 1e-12::float8, 'the size of the standard does not matter')
FROM (SELECT dsr(events, people, standard) AS a, dsr(events, people, standard * 0.001) AS b FROM band GROUP BY area) AS d;
SELECT cmp_ok(max(greatest(pg_temp.err((a).lower * 10, (b).lower), pg_temp.err((a).upper_limits[2] * 10, (b).upper_limits[2]))), '<=', 1e-12::float8, 'the multiplier scales')
FROM (SELECT rate(events, people) AS a, rate(events, people, 1000000, '{0.95,0.998}', 'byar_exact') AS b FROM band GROUP BY area) AS d;
SELECT ok(bool_and((e).lower_limits[2] <= (e).lower_limits[1] AND (e).lower_limits[1] <= (e).value AND (e).value <= (e).upper AND (e).upper <= (e).upper_limits[2]),
	'intervals hold the value and grow with confidence') FROM (SELECT rate(events, people) AS e FROM band GROUP BY area, band) AS d;
SELECT is(string_agg((rate_add(NULL::measure_state, 1, 2))::text::measure_state::text, ''), (rate_add(NULL::measure_state, 1, 2))::text, 'a state survives text');

-- ---------------------------------------------------------------------
-- Parallel, and partition by partition.
-- ---------------------------------------------------------------------
CREATE TABLE rates_partitioned (area int, band int, events float8, people float8, standard float8) PARTITION BY HASH (area);
CREATE TABLE rates_partitioned_0 PARTITION OF rates_partitioned FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE rates_partitioned_1 PARTITION OF rates_partitioned FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO rates_partitioned SELECT * FROM band;
CREATE TABLE rates_plain AS SELECT * FROM rates_partitioned;
ANALYZE rates_partitioned, rates_plain;
CREATE FUNCTION pg_temp.all_measures(source text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format($q$
		SELECT array_agg(round(x::numeric, 8))::text FROM (
			SELECT unnest(ARRAY[(r).value, (r).lower, (r).upper_limits[2], (p).value, (p).upper, (m).value, (m).deviation, (m).lower, (d).value, (d).lower,
				(f).upper, (n).upper, (i).value, (i).lower, (l).value, (l).lower, (s).sii, (s).sii_lower, (s).rii]) AS x
			FROM (SELECT rate(events, people) AS r, proportion(least(events, people), people) AS p, mean(events) AS m, dsr(events, people, standard) AS d,
					dsr(events, people, standard, 1, '{0.9}', 'fay_feuer') AS f, dsr_nonindependent(events, events * events, people, standard) AS n,
					isr_rate(events, people, standard, people * 100) AS i FROM %1$I) AS a,
				(SELECT life_expectancy(band * 5, deaths, people) AS l, sii(band, people, deaths, deaths - 1, deaths + 1) AS s
				 FROM (SELECT band, sum(events) AS deaths, sum(people) AS people FROM %1$I GROUP BY band) AS b) AS c) AS v$q$, source);
END $$;
CREATE TEMP TABLE serial AS SELECT * FROM pg_temp.all_measures('rates_plain') AS figures;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_leader_participation = off;
SELECT results_eq($$SELECT * FROM pg_temp.all_measures('rates_plain')$$, 'SELECT figures FROM serial', 'parallel plans agree');
CREATE FUNCTION pg_temp.plan_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP plan := plan || line || E'\n'; END LOOP;
	RETURN plan;
END $$;
SELECT matches(pg_temp.plan_of('SELECT dsr(events, people, standard), sii(band, people, events, events, events + 1) FROM rates_plain'), 'Finalize Aggregate.*Partial Aggregate', 'and are parallel');
SET LOCAL enable_partitionwise_aggregate = on;
SELECT results_eq($$SELECT * FROM pg_temp.all_measures('rates_partitioned')$$, 'SELECT figures FROM serial', 'partition-wise plans agree');
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT results_eq($$SELECT * FROM pg_temp.all_measures('rates_partitioned')$$, 'SELECT figures FROM serial', 'and without workers');
SELECT results_eq('SELECT area, dsr(events, people, standard)::text FROM rates_partitioned GROUP BY area ORDER BY area',
	'SELECT area, dsr(events, people, standard)::text FROM rates_plain GROUP BY area ORDER BY area', 'grouped by the partition key');
RESET enable_partitionwise_aggregate;
SELECT is((SELECT count(*) FROM (SELECT area, dsr(events, people, standard) OVER (PARTITION BY area) AS w FROM rates_plain) AS a
	JOIN (SELECT area, dsr(events, people, standard) AS g FROM rates_plain GROUP BY area) AS b USING (area) WHERE pg_temp.err((w).upper, (g).upper) < 1e-12), 3800::bigint,
	'as a window aggregate');
SELECT is((SELECT count(*) FROM (SELECT area, (dsr(events, people, standard)).* FROM rates_plain GROUP BY area) AS x WHERE lower <= value), 200::bigint, 'a result of several fields spreads');

-- ---------------------------------------------------------------------
-- Plan and contract.
-- ---------------------------------------------------------------------
CREATE TEMP TABLE contract AS
SELECT c, m, CASE WHEN m <= 8 THEN CASE c WHEN 'steady' THEN 100 + 5 * (m % 2) WHEN 'high' THEN 104 ELSE 100 + 40 * (m = 6)::int END END::float8 AS actual, 100::float8 AS plan
FROM unnest(ARRAY['steady', 'high', 'burst']) AS c, generate_series(1, 12) AS m;
CREATE TEMP TABLE position AS SELECT c, m, (plan_position(actual, plan) OVER (PARTITION BY c ORDER BY m)).* FROM contract;
SELECT results_eq('SELECT c, count(*) FILTER (WHERE is_special), max(special) FROM position GROUP BY c ORDER BY c',
	$$VALUES ('burst', 1::bigint, 1), ('high', 8, 4), ('steady', 0, 0)$$, 'special causes, not percentages');
SELECT results_eq($$SELECT cumulative_actual, cumulative_plan, cumulative_variance, forecast_outturn, plan_outturn FROM position WHERE c = 'high' AND m IN (8, 9) ORDER BY m$$,
	$$VALUES (832::float8, 800::float8, 32::float8, 1248::float8, 1200::float8), (NULL, 900, NULL, 1248, 1200)$$, 'cumulative figures and outturn');
SELECT ok(bool_and(forecast_lower <= forecast_outturn AND forecast_outturn <= forecast_upper), 'the outturn lies in its interval') FROM position;
SELECT is((SELECT count(*) FROM (SELECT plan_position(actual, NULL) OVER () AS p FROM contract) AS x WHERE p IS NOT NULL), 0::bigint, 'a NULL plan gives NULL');
-- ---------------------------------------------------------------------
-- Fingerprints.
-- ---------------------------------------------------------------------
SET LOCAL max_parallel_workers_per_gather = 2;
SELECT is((SELECT input_fingerprint(t) FROM rates_plain AS t), (SELECT input_fingerprint(t ORDER BY events, area, band) FROM rates_plain AS t), 'a fingerprint does not depend on order or plan');
SELECT isnt((SELECT input_fingerprint(t) FROM rates_plain AS t), (SELECT input_fingerprint(t) FROM (SELECT area, band, events + (area = 7 AND band = 3)::int AS events, people, standard FROM rates_plain) AS t), 'one changed value changes it');
SELECT is(input_fingerprint(x), '3:' || right(input_fingerprint(x), 32), 'it says how many rows there were') FROM (VALUES ('a'), ('b'), (NULL)) AS t(x);
SELECT isnt((SELECT input_fingerprint(x) FROM (VALUES (1), (1), (2)) AS t(x)), (SELECT input_fingerprint(x) FROM (VALUES (2), (2), (2)) AS t(x)), 'rows that come twice count');
SELECT is(input_fingerprint('caregroup'::text), '1:5c0e97580409cd105c0e97580409cd10', 'the same everywhere');
SELECT is((SELECT input_fingerprint(1) WHERE false), NULL, 'no rows');
SELECT throws_ok($$SELECT fingerprint_final('\x00')$$, '22P03', NULL, 'a state of something else is refused');
DROP TABLE rates_partitioned, rates_plain;
SELECT * FROM finish();
ROLLBACK;
