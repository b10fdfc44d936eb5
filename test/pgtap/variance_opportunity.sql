-- Opportunity and peers: bad input, empty input, slow SQL, properties, stopping.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(40);

SELECT throws_ok(statement, sqlstate, NULL, 'refused with ' || sqlstate || ': ' || statement)
FROM (VALUES
	('SELECT opportunity(-1, 10) OVER ()', '22003'), ('SELECT opportunity(1, 0) OVER ()', '22003'), ('SELECT opportunity(0, 10) OVER ()', '22003'),
	('SELECT opportunity(1, 10, ''NaN'') OVER ()', '22003'), ('SELECT opportunity(1, 10, benchmark => ''best'') OVER ()', '22023'),
	('SELECT opportunity(1, 10, direction => ''up'') OVER ()', '22023'), ('SELECT opportunity(1, 10, best => 0) OVER ()', '22023'),
	('SELECT opportunity(1, 10, confidence => 1) OVER ()', '22023'), ('SELECT opportunity(1, 10, replications => 10) OVER ()', '22023'),
	('SELECT opportunity(1, 10, seed => NULL) OVER ()', '22004'), ('SELECT opportunity(1, 10, multiplier => 0) OVER ()', '22003'),
	('SELECT opportunity(1, 10, replications => 100000) OVER () FROM generate_series(1, 300)', '54000'),
	('SELECT opportunity_from_peers(1, 10, ''{1,2}'', ''{10}'')', '22023'), ('SELECT opportunity_from_peers(1, 10, ''{1}'', ''{0}'')', '22003'),
	('SELECT opportunity_from_peers(1, 10, ''{1,NULL}'', ''{10,10}'')', '22023'),
	('SELECT nearest_peers(1, ''{}''::float8[]) OVER ()', '22023'), ('SELECT nearest_peers(1, ''{NaN}''::float8[]) OVER ()', '22003'),
	('SELECT nearest_peers(i, CASE i WHEN 1 THEN ''{1}'' ELSE ''{1,2}'' END::float8[]) OVER () FROM generate_series(1, 2) AS i', '2202E'),
	('SELECT nearest_peers(1, ''{1}''::float8[], 0) OVER ()', '22023'), ('SELECT nearest_peers(1, ''{1}''::float8[], 3, ''{1,2}'') OVER ()', '2202E'),
	('SELECT nearest_peers(1, ''{1}''::float8[], 3, ''{-1}'') OVER ()', '22003')
) AS bad(statement, sqlstate);

CREATE TEMP TABLE practice AS SELECT i AS id, 2000 + (i * 7919) % 6000 AS people, 0::float8 AS events, 100 + i AS cost FROM generate_series(1, 40) AS i;
UPDATE practice SET events = floor(people * 0.02 * (0.7 + 0.015 * id));
CREATE TEMP TABLE found AS SELECT id, people, p.* FROM (SELECT *, opportunity(events, people, cost, multiplier => 1000) OVER () AS p FROM practice) AS o, LATERAL (SELECT (o.p).*) AS p;

SELECT is((SELECT count(*) FROM found WHERE events BETWEEN events_lower AND events_upper AND benchmark BETWEEN benchmark_lower AND benchmark_upper), 40::bigint, 'estimates lie in their intervals');
SELECT is(count(DISTINCT benchmark), 1::bigint, 'one benchmark for the group') FROM found;
SELECT ok(corr(rate, events / people) > 0.95, 'the worse the rate the more to gain') FROM found;
SELECT ok(bool_and(abs(cost - events * (100 + id)) < 1e-6 AND abs(cost_upper - events_upper * (100 + id)) < 1e-6), 'cost is events times unit cost') FROM found;
SELECT ok(bool_and(abs(events - (shrunken_rate - benchmark) / 1000 * people) < 1e-6), 'events are the gap of the true rates') FROM found;
SELECT ok(min(benchmark) > (SELECT percentile_cont(0.2) WITHIN GROUP (ORDER BY 1000 * events / people) FROM practice), 'the benchmark does not promise what luck made') FROM found;
SELECT results_eq('SELECT (opportunity(events, people, cost) OVER (ORDER BY id)).events FROM practice ORDER BY id', 'SELECT events FROM found ORDER BY id', 'the same seed gives the same figures');
SELECT ok(min((o).benchmark) > sum(events) / sum(people) AND bool_or((o).events > 0), 'higher may be better')
FROM (SELECT opportunity(events, people, direction => 'higher_better', benchmark => 'best_mean', best => 5) OVER () AS o, events, people FROM practice) AS x;
SELECT ok(bool_and((o).cost IS NULL AND (o).events IS NOT NULL), 'without a unit cost there is no cost') FROM (SELECT opportunity(events, people) OVER () AS o FROM practice) AS x;
SELECT results_eq('SELECT opportunity(e, 100, replications => 100) OVER () IS NULL FROM (VALUES (5), (NULL), (3)) AS t(e)', 'VALUES (false), (true), (false)', 'a unit with NULL gives NULL');
SELECT ok((o).events > 0 AND (o).benchmark < 0.1, 'against chosen peers') FROM (SELECT opportunity_from_peers(100, 1000, '{50,60,40}', '{1000,1000,1000}') AS o) AS x;
SELECT is(num_nulls(opportunity_from_peers(1, 10, '{}', '{}'), opportunity_from_peers(NULL, 10, '{1}', '{10}'), opportunity_from_peers(1, 10, NULL, '{10}')), 3, 'no peers give NULL');

-- Peers by slow SQL
CREATE TEMP TABLE place AS SELECT 'p' || lpad(i::text, 3, '0') AS id, random() AS a, random() * 100 AS b, 7::float8 AS same FROM generate_series(1, 120) AS i;
SELECT results_eq('SELECT id, nearest_peers(id, ARRAY[a, b, same], 4) OVER (ORDER BY id) FROM place ORDER BY id', $$
	SELECT id, array_agg(peer ORDER BY distance) FROM (
		SELECT x.id, y.id AS peer, ((x.a - y.a) / sa) ^ 2 + ((x.b - y.b) / sb) ^ 2 AS distance,
			row_number() OVER (PARTITION BY x.id ORDER BY ((x.a - y.a) / sa) ^ 2 + ((x.b - y.b) / sb) ^ 2) AS n
		FROM place AS x, place AS y, (SELECT stddev_samp(a) AS sa, stddev_samp(b) AS sb FROM place) AS s WHERE x.id <> y.id) AS d
	WHERE n <= 4 GROUP BY id ORDER BY id$$, 'nearest_peers() by SQL');
SELECT ok(bool_and(d[1] <= d[2] AND d[1] >= 0 AND cardinality(d) = 2), 'distances come nearest first') FROM (SELECT peer_distances(id, ARRAY[a, b], 2) OVER () AS d FROM place) AS x;
SELECT results_eq('SELECT nearest_peers(i::bigint, ARRAY[i], 9) OVER (ORDER BY i) FROM generate_series(1, 3) AS i', $$VALUES ('{2,3}'::bigint[]), ('{1,3}'), ('{2,1}')$$, 'ids keep their type; ties go by order; fewer units give fewer peers');
SELECT is(nearest_peers(1, '{1}'::float8[]) OVER (), NULL, 'one unit has no peers');
SELECT results_eq('SELECT nearest_peers(i, f) OVER (ORDER BY i) FROM (VALUES (1, ''{1}''::float8[]), (2, NULL), (3, ''{2}'')) AS t(i, f)', $$VALUES ('{3}'::int[]), (NULL), ('{1}')$$, 'a unit without features is nobody''s peer');
CREATE FUNCTION pg_temp.was_stopped(statement text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN false;
EXCEPTION WHEN query_canceled THEN
	RETURN true;
END $$;
SET LOCAL statement_timeout = '500ms';
SELECT ok(pg_temp.was_stopped('SELECT nearest_peers(i, ARRAY[random(), random(), random(), random()], 50) OVER () FROM generate_series(1, 60000) AS i'), 'a long search can be stopped');
SELECT ok(pg_temp.was_stopped('SELECT opportunity(1 + i % 40, 1000, replications => 100000) OVER () FROM generate_series(1, 199) AS i'), 'a long calculation can be stopped');
SET LOCAL statement_timeout = 0;
SELECT * FROM finish();
ROLLBACK;
