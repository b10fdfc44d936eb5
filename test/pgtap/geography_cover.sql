-- cover(): sites so that people are within a limit.

BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(26);
-- Ten villages along a road, a site in each; ten minutes from one to the next.
CREATE TEMP TABLE village AS SELECT i AS id, i * 10 AS amount FROM generate_series(1, 10) AS i;
CREATE TEMP TABLE road AS SELECT a.id AS demand_id, b.id AS site_id, 10 * abs(a.id - b.id) AS cost FROM village AS a, village AS b;
\set d '''SELECT * FROM village'''
\set s '''SELECT id FROM village'''
\set p '''SELECT * FROM road'''
SELECT is(objective, 4::float8, 'ten places, three by a site: four sites') FROM cover(:d, :s, :p, 'fewest', 10) WHERE kind = 'summary';
SELECT ok(bool_and(is_covered) AND max(cost) <= 10, 'all are covered') FROM cover(:d, :s, :p, 'fewest', 10) WHERE kind = 'demand';
-- Two sites reach at most 270 + 180 of 550.
SELECT is(objective, 2::float8, 'four fifths of the people in two sites') FROM cover(:d, :s, :p, 'fewest', 10, 0.8) WHERE kind = 'summary';
SELECT is(amount, 270::float8, 'one site, most cover: the last three villages') FROM cover(:d, :s, :p, 'most', 10, p => 1) WHERE kind = 'summary';
SELECT is(objective || ' ' || bound || ' ' || status, '270 270 optimal', 'with its proof') FROM cover(:d, :s, :p, 'most', 10, p => 1) WHERE kind = 'summary';
SELECT is(within, 20::float8, 'two centres: nobody is further than 20') FROM cover(:d, :s, :p, 'centre', p => 2) WHERE kind = 'summary';
SELECT is(status, 'infeasible', 'a limit that nothing reaches') FROM cover(:d, :s, 'SELECT demand_id, site_id, cost + 5 AS cost FROM road', 'fewest', 4);

-- Opening costs, by trying every set.
CREATE TEMP TABLE site AS SELECT id, 1 + id * 7 % 5 AS opening_cost, CASE id WHEN 4 THEN 'closed' WHEN 9 THEN 'open' END AS fixed FROM village;
CREATE FUNCTION pg_temp.cheapest(share float8) RETURNS float8 LANGUAGE sql AS $$
	SELECT min(cost)::float8 FROM (SELECT set, (SELECT sum(s.opening_cost) FROM site AS s WHERE set >> (s.id - 1) & 1 = 1) AS cost,
		(SELECT sum(v.amount) FROM village AS v WHERE EXISTS (SELECT FROM road AS r WHERE r.demand_id = v.id AND r.cost <= 10 AND set >> (r.site_id - 1) & 1 = 1)) AS covered
		FROM generate_series(0, 1023) AS set WHERE set >> 8 & 1 = 1 AND set >> 3 & 1 = 0) AS t WHERE covered >= share * 550 $$;
SELECT ok(objective = pg_temp.cheapest(t.share) AND bound = objective AND status = 'optimal', format('the cheapest sites for %s', t.share))
FROM (VALUES (1::float8), (0.9), (0.7), (0.4)) AS t (share), cover(:d, 'TABLE site', :p, 'fewest', 10, t.share) WHERE kind = 'summary';
SELECT is(sum(s.opening_cost)::float8, max(c.objective), 'the open sites cost that much') FROM cover(:d, 'TABLE site', :p, 'fewest', 10, 0.9) AS c LEFT JOIN site AS s ON s.id::text = c.site_id AND c.kind = 'site' AND c.is_open;

-- The check
CREATE TEMP TABLE few AS SELECT * FROM cover(:d, :s, :p, 'fewest', 10);
CREATE TEMP TABLE cheap AS SELECT * FROM cover(:d, 'TABLE site', :p, 'fewest', 10, 0.9);
CREATE TEMP TABLE most AS SELECT * FROM cover(:d, :s, :p, 'most', 10, p => 2);
CREATE TEMP TABLE centre AS SELECT * FROM cover(:d, :s, :p, 'centre', p => 2);
SELECT ok(v.is_feasible AND v.objective = 4 AND v.bound = 4 AND v.gap = 0 AND v.open_sites = 4 AND v.amount = 550 AND v.within = 10, 'the check agrees: fewest') FROM verify_cover(:d, :s, :p, 'TABLE few', 'fewest', 10) AS v;
SELECT ok(v.is_feasible AND v.objective = c.objective AND v.bound BETWEEN 0.5 * c.objective AND c.objective AND v.amount = c.amount, 'cheapest') FROM verify_cover(:d, 'TABLE site', :p, 'TABLE cheap', 'fewest', 10, 0.9) AS v, cheap AS c WHERE c.kind = 'summary';
SELECT ok(v.is_feasible AND v.objective = c.objective AND v.bound >= c.objective AND v.gap < 0.05, 'most') FROM verify_cover(:d, :s, :p, 'TABLE most', 'most', 10, p => 2) AS v, most AS c WHERE c.kind = 'summary';
SELECT ok(v.is_feasible AND v.objective = 20 AND v.bound BETWEEN 0 AND 20 AND v.within = 20, 'centre') FROM verify_cover(:d, :s, :p, 'TABLE centre', 'centre', p => 2) AS v;
SELECT is(problem, 'too little is within the limit', 'sites that do not reach enough are found') FROM verify_cover(:d, :s, :p, 'SELECT kind, site_id, is_open AND site_id <> (SELECT min(site_id) FROM few WHERE is_open) AS is_open FROM few WHERE kind = ''site''', 'fewest', 10);
SELECT is(problem, 'a site is not as it was fixed', 'so is a site that is fixed') FROM verify_cover(:d, 'SELECT id, ''closed'' AS fixed FROM village', :p, 'TABLE few', 'fewest', 10);
SELECT is(problem, 'the number of open sites is not as asked', 'and a number that was not asked for') FROM verify_cover(:d, :s, :p, 'TABLE few', 'most', 10, p => 2);
SELECT is(bound, NULL, 'no prices, no bound') FROM verify_cover(:d, :s, :p, 'SELECT kind, site_id, is_open FROM few', 'fewest', 10);
SELECT throws_ok($$SELECT verify_cover('TABLE village', 'TABLE village', 'TABLE road', 'SELECT 1 AS kind', 'fewest', 10)$$, '42703', NULL, 'an answer without sites');

SELECT throws_ok($$SELECT cover('SELECT 1 AS id, 1 AS amount', 'SELECT 1 AS id', 'SELECT 1 AS demand_id, 1 AS site_id, 1 AS cost', 'all')$$, '22023', NULL, 'a goal that is no choice');
SELECT throws_ok($$SELECT cover('SELECT 1 AS id, 1 AS amount', 'SELECT 1 AS id', 'SELECT 1 AS demand_id, 1 AS site_id, 1 AS cost', 'fewest')$$, '22023', NULL, 'no limit');
SELECT throws_ok($$SELECT cover('SELECT 1 AS id, 1 AS amount', 'SELECT 1 AS id', 'SELECT 1 AS demand_id, 1 AS site_id, 1 AS cost', 'most', 1, p => 2)$$, '22023', NULL, 'more sites than there are');
SELECT throws_ok($$SELECT cover('SELECT 1 AS id, 1 AS amount', 'SELECT 1 AS id', 'SELECT 1 AS demand_id, 1 AS site_id, 1 AS cost', 'fewest', 1, 1.5)$$, '22023', NULL, 'a share above 1');
SELECT throws_ok($$SELECT cover(NULL, 'SELECT 1 AS id', 'SELECT 1 AS demand_id, 1 AS site_id, 1 AS cost', 'fewest', 1)$$, '22004', NULL, 'no query');
SELECT * FROM finish();
ROLLBACK;
