-- Suppression: bad input, cases, and a proof over random tables that a reader
-- can tell no small cell more closely than that it is small.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(24);

SELECT throws_ok(statement, sqlstate, NULL, 'refused with ' || sqlstate || ': ' || statement)
FROM (VALUES
	('SELECT suppress(1.5, ''a'') OVER ()', '22003'), ('SELECT suppress(-1, ''a'') OVER ()', '22003'), ('SELECT suppress(''NaN'', ''a'', ''b'') OVER ()', '22003'),
	('SELECT suppress(1, ''a'', 1) OVER ()', '22023'), ('SELECT suppress(1, ''a'', ''b'', 2000) OVER ()', '22023'), ('SELECT suppress(1, ''a'', ''b'', NULL) OVER ()', '22004'),
	('SELECT suppress(v, k) OVER () FROM (VALUES (3, ''a''), (4, ''a'')) AS t(v, k)', '21000'),
	('SELECT suppress(v, k) OVER () FROM (VALUES (3, ''a''), (4, NULL)) AS t(v, k)', '22000'),
	('SELECT suppress(v, k, ''x'') OVER () FROM (VALUES (3, ''a''), (4, ''b''), (8, NULL)) AS t(v, k)', '22000')
) AS bad(statement, sqlstate);

-- A list
SELECT results_eq($$SELECT k, (s).shown, (s).state FROM (SELECT k, suppress(v, k) OVER () AS s FROM (VALUES ('a', 3), ('b', 20), ('c', 7), (NULL, 30)) AS t(k, v)) AS x ORDER BY k$$,
	$$VALUES ('a', NULL, 'primary'), ('b', 20::bigint, 'shown'), ('c', NULL, 'secondary'), (NULL, 30, 'shown')$$, 'a list with its total loses a second cell');
SELECT results_eq($$SELECT k, (s).shown, (s).state, (s).lower, (s).upper FROM (SELECT k, suppress(v, k) OVER () AS s FROM (VALUES ('a', 3), ('b', 20)) AS t(k, v)) AS x ORDER BY k$$,
	$$VALUES ('a', NULL::bigint, 'primary', 1::bigint, NULL::bigint), ('b', 20, 'shown', 20, 20)$$, 'without a total nothing else need go');
SELECT results_eq($$SELECT k, (s).state FROM (SELECT k, suppress(v, k) OVER () AS s FROM (VALUES ('a', 1), ('b', 2), ('c', 7), (NULL, 10)) AS t(k, v)) AS x ORDER BY k$$,
	$$VALUES ('a', 'primary'), ('b', 'primary'), ('c', 'secondary'), (NULL, 'shown')$$, 'two small cells that leave too little room need a third');
SELECT results_eq($$SELECT k, (s).shown FROM (SELECT k, suppress(v, k) OVER () AS s FROM (VALUES ('a', 0), ('b', 20), ('c', 5), (NULL, 25)) AS t(k, v)) AS x ORDER BY k$$,
	$$VALUES ('a', 0::bigint), ('b', 20), ('c', 5), (NULL, 25)$$, 'zeros and the threshold itself are shown');
SELECT results_eq($$SELECT (s).state FROM (SELECT suppress(v, k, 10) OVER (PARTITION BY t) AS s FROM (VALUES (1, 'a', 8), (1, 'b', 90), (2, 'a', 80)) AS t(t, k, v)) AS x$$,
	$$VALUES ('primary'), ('shown'), ('shown')$$, 'a table each partition, and a threshold of its own');
SELECT results_eq($$SELECT suppress(v, k) OVER () IS NULL FROM (VALUES ('a', 8), ('b', NULL)) AS t(k, v)$$, 'VALUES (false), (true)', 'a NULL value gives NULL');
SELECT is((SELECT count(*) FROM (SELECT suppress(1, 'a') OVER () AS s WHERE false) AS x), 0::bigint, 'no rows');

-- Tables of two keys, from CUBE, as random as can be
CREATE TEMP TABLE published AS
SELECT t, a, b, sum(v) AS v
FROM (SELECT t, 'r' || a AS a, 'c' || b AS b, CASE WHEN random() < 0.15 THEN 0 ELSE floor(40 * random() ^ 2) END AS v
	FROM generate_series(1, 60) AS t, generate_series(1, 6) AS a, generate_series(1, 5) AS b) AS x
GROUP BY t, CUBE (a, b);
CREATE TEMP TABLE result AS SELECT t, a, b, v, (suppress(v, a, b) OVER (PARTITION BY t)).* FROM published;
SELECT is(count(*), 0::bigint, 'small cells are not shown') FROM result WHERE v BETWEEN 1 AND 4 AND shown IS NOT NULL;
SELECT is(count(*), 0::bigint, 'what is shown is right') FROM result WHERE shown <> v OR (shown IS NULL) <> (state <> 'shown');
SELECT is(count(*), 0::bigint, 'the truth lies in the interval') FROM result WHERE NOT v BETWEEN lower AND coalesce(upper, v);
SELECT is(count(*), 0::bigint, 'no small cell can be told more closely than 1 to 4') FROM result WHERE state = 'primary' AND (lower > 1 OR upper < 4);
SELECT is(count(*), 0::bigint, 'no cell left out can be told exactly') FROM result WHERE state IN ('primary', 'secondary') AND lower = upper;
-- A slow attack: take each row and column with its total and narrow every cell
-- by what the others leave; such a reader must not get further than the
-- interval says.
CREATE TEMP TABLE attack AS SELECT t, coalesce(a, '') AS a, coalesce(b, '') AS b, shown, coalesce(shown, 1) AS low, coalesce(shown, 1000000) AS high FROM result;
DO $$
BEGIN
	FOR round IN 1 .. 6 LOOP
		UPDATE attack AS x SET low = greatest(low, s.total_low - s.rest_high), high = least(high, s.total_high - s.rest_low)
		FROM (SELECT c.t, c.a, c.b, max(o.low) FILTER (WHERE o.b = '') AS total_low, max(o.high) FILTER (WHERE o.b = '') AS total_high,
				coalesce(sum(o.low) FILTER (WHERE o.b NOT IN ('', c.b)), 0) AS rest_low, coalesce(sum(o.high) FILTER (WHERE o.b NOT IN ('', c.b)), 0) AS rest_high
			FROM attack AS c JOIN attack AS o USING (t, a) WHERE c.shown IS NULL AND c.b <> '' GROUP BY 1, 2, 3) AS s
		WHERE (x.t, x.a, x.b) = (s.t, s.a, s.b);
		UPDATE attack AS x SET low = greatest(low, s.total_low - s.rest_high), high = least(high, s.total_high - s.rest_low)
		FROM (SELECT c.t, c.a, c.b, max(o.low) FILTER (WHERE o.a = '') AS total_low, max(o.high) FILTER (WHERE o.a = '') AS total_high,
				coalesce(sum(o.low) FILTER (WHERE o.a NOT IN ('', c.a)), 0) AS rest_low, coalesce(sum(o.high) FILTER (WHERE o.a NOT IN ('', c.a)), 0) AS rest_high
			FROM attack AS c JOIN attack AS o USING (t, b) WHERE c.shown IS NULL AND c.a <> '' GROUP BY 1, 2, 3) AS s
		WHERE (x.t, x.a, x.b) = (s.t, s.a, s.b);
	END LOOP;
END $$;
SELECT is(count(*), 0::bigint, 'a slow attack finds nothing that the interval does not admit')
FROM attack AS x JOIN result AS r ON r.t = x.t AND coalesce(r.a, '') = x.a AND coalesce(r.b, '') = x.b WHERE x.low > r.lower OR x.high < coalesce(r.upper, 0);
SELECT cmp_ok((count(*) FILTER (WHERE state = 'secondary'))::float8, '<', (1.5 * count(*) FILTER (WHERE state = 'primary'))::float8, 'few others have to go with them') FROM result WHERE a IS NOT NULL AND b IS NOT NULL;
CREATE FUNCTION pg_temp.was_stopped(statement text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN false;
EXCEPTION WHEN query_canceled THEN
	RETURN true;
END $$;
SET LOCAL statement_timeout = '500ms';
SELECT ok(pg_temp.was_stopped('SELECT suppress(1 + (i * 7 + j * 3) % 60, i::text, j::text) OVER () FROM (SELECT i, j FROM generate_series(1, 700) AS i, generate_series(1, 700) AS j) AS x'), 'a long one can be stopped');
SET LOCAL statement_timeout = 0;
SELECT * FROM finish();
ROLLBACK;
