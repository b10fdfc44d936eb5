-- cover(): sites so that people are within a limit.

BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(12);
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
SELECT throws_ok($$SELECT cover('SELECT 1 AS id, 1 AS amount', 'SELECT 1 AS id', 'SELECT 1 AS demand_id, 1 AS site_id, 1 AS cost', 'all')$$, '22023', NULL, 'a goal that is no choice');
SELECT throws_ok($$SELECT cover('SELECT 1 AS id, 1 AS amount', 'SELECT 1 AS id', 'SELECT 1 AS demand_id, 1 AS site_id, 1 AS cost', 'fewest')$$, '22023', NULL, 'no limit');
SELECT throws_ok($$SELECT cover('SELECT 1 AS id, 1 AS amount', 'SELECT 1 AS id', 'SELECT 1 AS demand_id, 1 AS site_id, 1 AS cost', 'most', 1, p => 2)$$, '22023', NULL, 'more sites than there are');
SELECT throws_ok($$SELECT cover('SELECT 1 AS id, 1 AS amount', 'SELECT 1 AS id', 'SELECT 1 AS demand_id, 1 AS site_id, 1 AS cost', 'fewest', 1, 1.5)$$, '22023', NULL, 'a share above 1');
SELECT throws_ok($$SELECT cover(NULL, 'SELECT 1 AS id', 'SELECT 1 AS demand_id, 1 AS site_id, 1 AS cost', 'fewest', 1)$$, '22004', NULL, 'no query');
SELECT * FROM finish();
ROLLBACK;
