-- The probability that demand is above capacity, against sums of the
-- probabilities of counts.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(15);

-- Poisson of mean 4: 1 - e^-4 (1 + 4 + 8 + 32/3 + 32/3); negative binomial of
-- mean 4 and variance 8 is that of 4 failures at one half: 1 - I_1/2(4, 5).
SELECT is(round(demand_exceeds(4, 4, 4)::numeric, 12), round((1 - exp(-4::float8) * (1 + 4 + 8 + 64 / 6.0 + 256 / 24.0))::numeric, 12), 'Poisson');
SELECT is(demand_exceeds(4, 3, 4), demand_exceeds(4, 4, 4), 'and where the variance is less');
SELECT is(round(demand_exceeds(4, 8, 4)::numeric, 12), round(1 - (SELECT sum(factorial(k + 3) / (factorial(k) * 6) / 2::numeric ^ (k + 4)) FROM generate_series(0, 4) AS k), 12), 'negative binomial');
SELECT ok((SELECT max(abs(demand_exceeds(4, 8, c) - (1 - (SELECT sum(factorial(k + 3) / (factorial(k) * 6) / 2::numeric ^ (k + 4)) FROM generate_series(0, c) AS k))::float8)) FROM generate_series(0, 60) AS c) < 1e-12,
	'at every capacity');
SELECT is(demand_exceeds(10, 20, 12.7), demand_exceeds(10, 20, 12), 'a fraction of a slot holds nobody');
SELECT is(demand_exceeds(10, 20, -1), 1::float8, 'less than no capacity is exceeded');
SELECT is(demand_exceeds(0, 0, 0), 0::float8, 'no demand exceeds nothing');
SELECT is(demand_exceeds(NULL, 1, 1), NULL, 'NULL mean') UNION ALL
SELECT is(demand_exceeds(1, NULL, 1), NULL, 'NULL variance') UNION ALL
SELECT is(demand_exceeds(1, 1, NULL), NULL, 'NULL capacity');
SELECT throws_ok('SELECT demand_exceeds(-1, 1, 1)', '22003', NULL, 'a mean below 0');
SELECT throws_ok('SELECT demand_exceeds(1, -1, 1)', '22003', NULL, 'a variance below 0');
SELECT throws_ok($$SELECT demand_exceeds('NaN', 1, 1)$$, '22003', NULL, 'no number');
SELECT throws_ok($$SELECT demand_exceeds(1, 'Infinity', 1)$$, '22003', NULL, 'infinite variance');
SELECT throws_ok($$SELECT demand_exceeds(1, 1, 'Infinity')$$, '22003', NULL, 'infinite capacity');
SELECT * FROM finish();
ROLLBACK;
