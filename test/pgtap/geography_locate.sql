-- locate(), cover(), consolidate() and their checks.

BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(67);

CREATE TEMP TABLE area (id bigint, amount float8, decile int);
INSERT INTO area SELECT i, 100 + (i * 37) % 400, 1 + i % 3 FROM generate_series(1, 40) AS i;
CREATE TEMP TABLE place (id uuid, x float8, y float8);
INSERT INTO place SELECT ('00000000-0000-0000-0000-0000000000' || to_char(j, 'FM00'))::uuid, (j * 29) % 100, (j * 53) % 100 FROM generate_series(1, 8) AS j;
CREATE TEMP TABLE minutes AS
	SELECT a.id AS demand_id, p.id AS site_id, round((abs((a.id * 61) % 100 - p.x) + abs((a.id * 17) % 100 - p.y))::numeric, 1) AS cost FROM area AS a, place AS p;
\set d '''SELECT id, amount FROM area'''
\set s '''SELECT id FROM place'''
\set p '''SELECT * FROM minutes'''

-- By trying every choice, in SQL.
CREATE FUNCTION pg_temp.every(p int) RETURNS float8 LANGUAGE sql AS $$
	SELECT min(total) FROM (
		SELECT sum(a.amount * (SELECT min(m.cost) FROM minutes AS m JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM place) AS q ON q.id = m.site_id
			WHERE m.demand_id = a.id AND (set >> (q.n::int - 1)) & 1 = 1)) AS total
		FROM generate_series(1, 255) AS set, area AS a
		WHERE length(replace(set::bit(8)::text, '0', '')) = p GROUP BY set) AS t $$;
SELECT ok(abs(objective - pg_temp.every(p)) < 1e-6 AND status = 'optimal' AND gap = 0, format('p = %s: the best of all choices', p))
FROM generate_series(1, 4) AS p, locate(:d, :s, :p, p) WHERE kind = 'summary';

CREATE TEMP TABLE answer AS SELECT * FROM locate(:d, :s, :p, 3);
SELECT is(count(*), 49::bigint, 'a summary, 8 sites and 40 demands') FROM answer;
SELECT is((SELECT array_agg(kind) FROM (SELECT kind FROM answer LIMIT 2) AS t), '{summary,site}', 'the summary comes first');
SELECT is(count(*), 3::bigint, 'three are open') FROM answer WHERE is_open;
SELECT ok(s.rounds > 0 AND s.seconds >= 0 AND s.amount = (SELECT sum(amount) FROM area), 'rounds, seconds and amount of the summary') FROM answer AS s WHERE kind = 'summary';
SELECT ok(is_feasible AND problem IS NULL AND abs(v.objective - a.objective) < 1e-6 AND v.bound <= a.objective + 1e-6 AND open_sites = 3 AND not_cheapest = 0, 'the check agrees')
FROM verify_locate(:d, :s, :p, 'TABLE answer', 3) AS v, answer AS a WHERE a.kind = 'summary';
SELECT is((SELECT problem FROM verify_locate(:d, :s, :p, 'SELECT * FROM answer WHERE demand_id IS DISTINCT FROM ''7''', 3)), 'the answer leaves out a demand', 'a demand left out is found');
SELECT is((SELECT problem FROM verify_locate(:d, :s, :p, 'SELECT kind, demand_id, site_id, kind = ''site'' AS is_open FROM answer', 3)), 'the number of open sites is not as asked', 'too many sites are found');
SELECT is((SELECT not_cheapest > 0 FROM verify_locate(:d, :s, :p, 'SELECT kind, demand_id, CASE WHEN kind = ''demand'' THEN (SELECT max(site_id) FROM answer WHERE is_open) ELSE site_id END AS site_id, is_open FROM answer', 3)), true, 'demand that another site serves for less is found');

-- Ids
SELECT is(pg_typeof(demand_id)::text || ' ' || pg_typeof(site_id)::text, 'text text', 'ids come back as text') FROM locate(:d, :s, :p, 1) LIMIT 1;
SELECT is(pg_typeof(demand_id)::text || ' ' || pg_typeof(site_id)::text, 'bigint uuid', 'or as they are') FROM locate(:d, :s, :p, NULL::bigint, NULL::uuid, 1) LIMIT 1;
SELECT results_eq('SELECT demand_id, site_id FROM locate(''SELECT id, amount FROM area ORDER BY id DESC'', ''SELECT id FROM place ORDER BY id DESC'', ''SELECT * FROM minutes ORDER BY cost'', 3) WHERE kind = ''demand''',
	'SELECT demand_id, site_id FROM answer WHERE kind = ''demand''', 'the order of rows does not matter');

-- Options
SELECT ok(bool_and(is_open = (site_id <> '00000000-0000-0000-0000-000000000001')) , 'fixed sites: all but a closed one') FROM locate(:d, 'SELECT id, CASE WHEN id::text LIKE ''%01'' THEN ''closed'' END AS fixed FROM place', :p, 7) WHERE kind = 'site';
SELECT ok(bool_or(is_open AND site_id LIKE '%05'), 'a site that is fixed open is open') FROM locate(:d, 'SELECT id, CASE WHEN id::text LIKE ''%05'' THEN ''open'' END AS fixed FROM place', :p, 2) WHERE kind = 'site';
SELECT is(objective, (SELECT sum(a.amount * (SELECT min(m.cost) FROM minutes AS m WHERE m.demand_id = a.id)) FROM area AS a)::float8, 'without p and opening costs all open that anyone uses') FROM locate(:d, :s, :p) WHERE kind = 'summary';
SELECT is(count(*) FILTER (WHERE is_open), 1::bigint, 'with high opening costs one') FROM locate(:d, 'SELECT id, 1e7 AS opening_cost FROM place', :p);
SELECT is(count(site_id), 0::bigint, 'staying unserved for nothing serves nobody who costs') FROM locate(:d, :s, :p, 1, unserved_cost => 0) WHERE kind = 'demand' AND cost > 0;
SELECT ok(count(*) FILTER (WHERE site_id IS NULL) > 0 AND max(cost) <= 30, 'max_cost') FROM locate(:d, :s, :p, 2, max_cost => 30, unserved_cost => 1000) WHERE kind = 'demand';

-- Capacity
CREATE TEMP TABLE held AS SELECT * FROM locate(:d, 'SELECT id, 4500 AS capacity, 1000 AS minimum FROM place', :p, 3, effort => 0.05);
SELECT ok(max(amount) <= 4500 AND min(amount) FILTER (WHERE is_open) >= 1000, 'capacity and minimum are kept') FROM held WHERE kind = 'site';
SELECT ok(objective >= bound AND objective >= (SELECT objective FROM answer WHERE kind = 'summary') AND status IN ('optimal', 'feasible'), 'capacity costs') FROM held WHERE kind = 'summary';
SELECT ok(is_feasible, 'the check agrees') FROM verify_locate(:d, 'SELECT id, 4500 AS capacity, 1000 AS minimum FROM place', :p, 'TABLE held', 3);
SELECT is((SELECT problem FROM verify_locate(:d, 'SELECT id, 3000 AS capacity FROM place', :p, 'TABLE answer', 3)), 'a site is above its capacity', 'a site above its capacity is found');
SELECT is(status || ': ' || explanation, 'infeasible: all demand together is above the capacity of the largest sites, so many of them', 'too little capacity is explained')
FROM locate(:d, 'SELECT id, 1000 AS capacity FROM place', :p, 3);

SELECT ok(v.bound IS NOT NULL AND v.bound <= h.objective AND v.gap < 0.05, 'and proves a bound from the prices') FROM verify_locate(:d, 'SELECT id, 4500 AS capacity, 1000 AS minimum FROM place', :p, 'TABLE held', 3) AS v, held AS h WHERE h.kind = 'summary';

-- Split: against allocate() for every set of so many sites.
CREATE TEMP TABLE room AS SELECT id, 2200 + 300 * (row_number() OVER (ORDER BY id)) % 2000 AS capacity, 300 AS minimum FROM place;
CREATE FUNCTION pg_temp.every_split(p int) RETURNS float8 LANGUAGE sql AS $$
	SELECT min(a.objective) FROM generate_series(1, 255) AS set CROSS JOIN LATERAL caregroup.allocate('SELECT id, amount::bigint AS amount FROM area',
		format('SELECT id, capacity, minimum FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM room) AS r WHERE %s >> (n::int - 1) & 1 = 1', set),
		format('SELECT m.* FROM minutes AS m JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM room) AS r ON r.id = m.site_id WHERE %s >> (n::int - 1) & 1 = 1', set)) AS a
	WHERE length(replace(set::bit(8)::text, '0', '')) = p AND a.kind = 'summary' AND a.status = 'optimal' $$;
SELECT ok(abs(l.objective - pg_temp.every_split(p)) < 1e-6 * l.objective AND l.status = 'optimal' AND l.gap = 0, format('split, p = %s: the best of allocate() for every set', p))
FROM generate_series(4, 6) AS p, locate(:d, 'TABLE room', :p, p, split => true) AS l WHERE kind = 'summary';
CREATE TEMP TABLE parted AS SELECT * FROM locate(:d, 'TABLE room', :p, 4, split => true);
SELECT ok(count(*) > 0, 'demand goes to several sites') FROM (SELECT FROM parted WHERE kind = 'demand' GROUP BY demand_id HAVING count(*) > 1) AS t;
SELECT results_eq('SELECT demand_id::bigint, sum(amount) FROM parted WHERE kind = ''demand'' GROUP BY 1 ORDER BY 1', 'SELECT id, amount FROM area ORDER BY id', 'each with all of its amount');
SELECT results_eq('SELECT site_id, amount FROM parted WHERE kind = ''site'' AND is_open ORDER BY 1', 'SELECT site_id, sum(amount) FROM parted WHERE kind = ''demand'' GROUP BY 1 ORDER BY 1', 'which the sites take');
SELECT ok(bool_and(p.amount BETWEEN r.minimum AND r.capacity), 'within their limits') FROM parted AS p JOIN room AS r ON r.id::text = p.site_id WHERE p.kind = 'site' AND p.is_open;
SELECT ok(bool_and(s.objective <= w.objective + 1e-6), 'never dearer than with each demand whole') FROM parted AS s, locate(:d, 'TABLE room', :p, 4, effort => 0.1) AS w WHERE s.kind = 'summary' AND w.kind = 'summary';
SELECT ok(v.is_feasible AND v.problem IS NULL AND abs(v.objective - p.objective) < 1e-6 AND v.bound <= p.objective + 1e-6 AND v.gap < 0.1 AND v.open_sites = 4 AND v.unserved_demands = 0, 'the check agrees')
FROM verify_locate(:d, 'TABLE room', :p, 'TABLE parted', 4, split => true) AS v, parted AS p WHERE p.kind = 'summary';
SELECT is((SELECT problem FROM verify_locate(:d, 'SELECT id, capacity / 2 AS capacity FROM room', :p, 'TABLE parted', 4, split => true)), 'a site is above its capacity', 'a site above its capacity is found');
SELECT is((SELECT problem FROM verify_locate(:d, 'TABLE room', :p, 'SELECT kind, demand_id, site_id, is_open, price, CASE WHEN demand_id = ''7'' THEN amount / 2 ELSE amount END AS amount FROM parted', 4, split => true)), 'a demand is not served whole', 'a demand that is not served whole is found');
SELECT is((SELECT problem FROM verify_locate(:d, 'TABLE room', :p, 'SELECT kind, demand_id, site_id, is_open AND site_id <> (SELECT min(site_id) FROM parted WHERE is_open) AS is_open, amount FROM parted', 4, split => true)), 'the number of open sites is not as asked', 'a site that is not open is found');
SELECT ok(v.bound <= p.objective + 1e-6, 'prices that are made up prove no more than is true') FROM parted AS p, generate_series(1, 3) AS k,
	verify_locate(:d, 'TABLE room', :p, format('SELECT kind, demand_id, site_id, is_open, amount, %s * price + %s AS price FROM parted', k, 1000 * k), 4, split => true) AS v WHERE p.kind = 'summary';
SELECT results_eq('SELECT demand_id, site_id, amount FROM locate(''SELECT id, amount FROM area ORDER BY id DESC'', ''SELECT * FROM room ORDER BY id DESC'', ''SELECT * FROM minutes ORDER BY cost'', 4, split => true) WHERE kind = ''demand''',
	'SELECT demand_id, site_id, amount FROM parted WHERE kind = ''demand''', 'the order of rows does not matter');
SELECT ok(status = 'optimal' AND objective > 0, 'without p, opening costs decide') FROM locate(:d, 'SELECT *, 40000 AS opening_cost FROM room', :p, split => true) WHERE kind = 'summary';
SELECT is(pg_typeof(demand_id)::text || ' ' || pg_typeof(site_id)::text, 'bigint uuid', 'ids as they are') FROM locate(:d, 'TABLE room', :p, NULL::bigint, NULL::uuid, 4, split => true) LIMIT 1;
SELECT matches(status || ': ' || explanation, '^infeasible: all sites that may be open have together no room for 3540 of all demand', 'too little room is explained') FROM locate(:d, 'SELECT id, 1000 AS capacity FROM place', :p, 3, split => true);
SELECT throws_ok($$SELECT locate('SELECT id, amount / 3 AS amount FROM area', 'TABLE room', 'TABLE minutes', 4, split => true)$$, '22003', NULL, 'a third of a person is not split');
SELECT throws_ok($$SELECT locate('SELECT id, amount FROM area', 'SELECT id, 10 AS capacity, 20 AS minimum FROM place', 'TABLE minutes', 4, split => true)$$, '22023', NULL, 'a minimum above its capacity');

-- No answer
SELECT results_eq('SELECT kind, status, explanation FROM locate(''SELECT id, amount FROM area UNION ALL SELECT 99, 1'', ''SELECT id FROM place'', ''SELECT * FROM minutes'', 2)',
	$$VALUES ('summary'::text, 'infeasible'::text, 'no site that may be open has a pair with demand 99'::text)$$, 'demand without a pair is explained');
SELECT matches(explanation, '^so many sites cannot reach all demand; the best choice leaves demand .* unserved$', 'so is a limit that is too tight') FROM locate(:d, :s, :p, 2, max_cost => 60) WHERE kind = 'summary' AND status = 'infeasible';
SELECT is(objective, 0::float8, 'no demand costs nothing') FROM locate('SELECT 1 AS id, 1 AS amount WHERE false', :s, :p, 2) WHERE kind = 'summary';

-- Errors
SELECT throws_ok(format('SELECT locate(%L, %L, %L, %s)', d, s, p, n), code, NULL, says) FROM (VALUES
	('SELECT id FROM area', 'SELECT id FROM place', 'SELECT * FROM minutes', '2', '42703', 'no column amount'),
	('SELECT id, ''x'' AS amount FROM area', 'SELECT id FROM place', 'SELECT * FROM minutes', '2', '42804', 'an amount that is text'),
	('SELECT id, -amount AS amount FROM area', 'SELECT id FROM place', 'SELECT * FROM minutes', '2', '22003', 'a negative amount'),
	('SELECT id, amount FROM area', 'SELECT id FROM place', 'SELECT demand_id, site_id, ''NaN''::float8 AS cost FROM minutes', '2', '22003', 'a cost that is not a number'),
	('SELECT id, amount FROM area', 'SELECT id FROM place', 'SELECT demand_id, site_id, -1 AS cost FROM minutes', '2', '22003', 'a negative cost'),
	('SELECT id, amount FROM area', 'SELECT id FROM place', 'SELECT * FROM minutes UNION ALL SELECT * FROM minutes', '2', '22023', 'pairs twice'),
	('SELECT id, amount FROM area UNION ALL SELECT 1, 1', 'SELECT id FROM place', 'SELECT * FROM minutes', '2', '22023', 'an id twice'),
	('SELECT NULL::int AS id, 1 AS amount', 'SELECT id FROM place', 'SELECT * FROM minutes', '2', '22004', 'an id that is NULL'),
	('SELECT id, amount FROM area', 'SELECT id FROM place', 'SELECT * FROM minutes', '9', '22023', 'more sites than there are'),
	('SELECT id, amount FROM area', 'SELECT id FROM place', 'SELECT * FROM minutes', '0', '22023', 'no sites'),
	('DELETE FROM area', 'SELECT id FROM place', 'SELECT * FROM minutes', '2', '22023', 'not a SELECT'),
	('SELECT id, amount FROM area', 'SELECT id, ''maybe'' AS fixed FROM place', 'SELECT * FROM minutes', '2', '22023', 'fixed is not a choice')
) AS t (d, s, p, n, code, says);
SELECT throws_ok($$SELECT locate('SELECT 1 AS id, 2 AS amount', 'SELECT 1 AS id', 'SELECT 1 AS demand_id, 1 AS site_id, 1 AS cost', NULL::uuid, NULL::bigint, 1)$$, '42804', NULL, 'ids of another type than asked for');

-- Consolidation
SELECT ok(bool_and(abs(c.objective - pg_temp.every(c.p)) < 1e-6) AND count(*) = 3, 'consolidate: every p') FROM consolidate(:d, :s, :p, 2, 4) AS c WHERE by_column IS NULL;
SELECT ok(count(*) = 3 AND sum(amount) = (SELECT sum(amount) FROM area) AND sum(amount_losing) > 0 AND sum(amount_gaining) = 0, 'by a column: nobody gains where sites only close')
FROM consolidate('SELECT id, amount, decile FROM area', :s, :p, 3, 3, '{decile}') WHERE by_column = 'decile';
SELECT ok(amount_gaining > 0, 'somebody gains against two sites of today') FROM consolidate(:d, 'SELECT id, id::text ~ ''0[12]$'' AS is_current FROM place', :p, 4, 4);

SELECT * FROM finish();
ROLLBACK;
