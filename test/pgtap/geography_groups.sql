-- form_groups() and verify_groups().

BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(30);
-- 24 practices on a grid of six by four.
CREATE TEMP TABLE practice AS SELECT i AS id, i % 6 AS x, i / 6 AS y, 5000 + (i * 1300) % 7000 AS amount FROM generate_series(0, 23) AS i;
CREATE TEMP TABLE way AS SELECT a.id AS from_id, b.id AS to_id, abs(a.x - b.x) + abs(a.y - b.y) AS cost FROM practice AS a, practice AS b WHERE a.id < b.id;
CREATE TEMP TABLE border AS SELECT from_id AS unit_id, to_id AS neighbour_id FROM way WHERE cost = 1;
\set u '''SELECT id, amount FROM practice'''
\set w '''SELECT * FROM way'''
CREATE TEMP TABLE g AS SELECT * FROM form_groups(:u, :w, 4, tolerance => 0.15, neighbours_sql => 'TABLE border', effort => 0.2);
SELECT is(count(*) FILTER (WHERE kind = 'group') || ' ' || count(*) FILTER (WHERE kind = 'unit'), '4 24', 'four groups of 24 practices') FROM g;
SELECT ok(min(amounts[1]) >= 0.85 * (SELECT sum(amount) / 4 FROM practice) AND max(amounts[1]) <= 1.15 * (SELECT sum(amount) / 4 FROM practice), 'each within 15 %') FROM g WHERE kind = 'group';
SELECT ok(objective >= bound AND gap < 0.1 AND status IN ('optimal', 'feasible') AND rounds > 0, 'with a bound') FROM g WHERE kind = 'summary';
SELECT ok(v.is_feasible AND v.problem IS NULL AND abs(v.objective - g.objective) < 1e-6 AND v.groups_found = 4, 'the check agrees')
FROM verify_groups(:u, :w, 'TABLE g', 4, tolerance => 0.15, neighbours_sql => 'TABLE border') AS v, g WHERE g.kind = 'summary';
SELECT ok(v.bound IS NOT NULL AND v.bound <= g.objective AND v.gap BETWEEN 0 AND 0.1 AND abs(v.gap - (1 - v.bound / v.objective)) < 1e-9, 'and proves a bound from the prices')
FROM verify_groups(:u, :w, 'TABLE g', 4, tolerance => 0.15, neighbours_sql => 'TABLE border') AS v, g WHERE g.kind = 'summary';
SELECT is(bound, NULL, 'no prices, no bound') FROM verify_groups(:u, :w, 'SELECT kind, unit_id, centre_id FROM g', 4, tolerance => 0.15);
SELECT ok(v.bound <= g.objective, 'prices that are made up prove no more than is true') FROM g, verify_groups(:u, :w, 'SELECT kind, unit_id, centre_id, 2 * price + 3000 AS price FROM g', 4, tolerance => 0.15) AS v WHERE g.kind = 'summary';
SELECT is(status || ' ' || gap, 'optimal 0', '24 practices in four groups are proved') FROM form_groups(:u, :w, 4, tolerance => 0.15) WHERE kind = 'summary';
SELECT is(status || ' ' || gap, 'optimal 0', 'with borders too') FROM form_groups(:u, :w, 4, tolerance => 0.15, neighbours_sql => 'TABLE border') WHERE kind = 'summary';
SELECT is((SELECT problem FROM verify_groups(:u, :w, 'TABLE g', 4, upper => '{30000}')), 'a group is above an upper limit', 'a limit broken is found');
SELECT is((SELECT problem FROM verify_groups(:u, :w, 'SELECT * FROM g WHERE unit_id IS DISTINCT FROM ''3''', 4)), 'the answer leaves out a unit', 'a unit left out is found');
SELECT is((SELECT problem FROM verify_groups(:u, :w, 'TABLE g', 5)), 'the number of groups is not as asked', 'a wrong number of groups is found');
SELECT results_eq('SELECT unit_id, centre_id FROM form_groups(''SELECT id, amount FROM practice ORDER BY amount'', ''SELECT * FROM way ORDER BY cost, to_id DESC'', 4, tolerance => 0.15, neighbours_sql => ''TABLE border ORDER BY 2'', effort => 0.2) WHERE kind = ''unit''',
	'SELECT unit_id, centre_id FROM g WHERE kind = ''unit''', 'the order of rows does not matter');
SELECT is(pg_typeof(unit_id)::text, 'bigint', 'ids as they are') FROM form_groups(:u, :w, NULL::bigint, 1) LIMIT 1;

-- Together and apart; roles; a limit of the way.
CREATE TEMP TABLE t AS SELECT * FROM form_groups('SELECT id, amount, CASE WHEN id IN (0, 23) THEN ''pair'' END AS together, CASE WHEN id IN (7, 8) THEN ''rivals'' END AS apart, CASE id WHEN 12 THEN ''centre'' WHEN 13 THEN ''member'' END AS role FROM practice', :w, 3, effort => 0.2);
SELECT is(count(DISTINCT centre_id), 1::bigint, 'together') FROM t WHERE unit_id IN ('0', '23');
SELECT is(count(DISTINCT centre_id), 2::bigint, 'apart') FROM t WHERE unit_id IN ('7', '8');
SELECT ok(bool_or(centre_id = '12') AND NOT bool_or(centre_id = '13'), 'roles') FROM t WHERE kind = 'group';
SELECT ok(max(cost) <= 3, 'nobody is further than max_cost') FROM form_groups(:u, :w, 4, max_cost => 3, effort => 0.1) WHERE kind = 'unit';

-- Groups of today, with a price of change.
CREATE TEMP TABLE stay AS SELECT * FROM form_groups('SELECT id, amount, ''G'' || x / 2 AS existing_group FROM practice', :w, 3, tolerance => 0.2, change_penalty => 100, effort => 0.2);
SELECT is(count(*) FILTER (WHERE is_changed), 0::bigint, 'a high price of change: nobody moves') FROM stay WHERE kind = 'unit';
SELECT is(array_agg(existing_group ORDER BY existing_group), '{G0,G1,G2}', 'each group continues one of today') FROM stay WHERE kind = 'group';
SELECT ok(is_feasible AND change_cost = 0, 'the check agrees') FROM verify_groups('SELECT id, amount, ''G'' || x / 2 AS existing_group FROM practice', :w, 'TABLE stay', 3, tolerance => 0.2, change_penalty => 100);

-- Lots: small services, each lot with enough value and volume.
CREATE TEMP TABLE service AS SELECT 'S' || to_char(i, 'FM00') AS id, 'pathway ' || i % 4 AS pathway, 40000 + (i * 61000) % 180000 AS value, 200 + (i * 470) % 1900 AS volume FROM generate_series(1, 20) AS i;
CREATE TEMP TABLE lot AS SELECT * FROM form_groups('SELECT id, value, volume, 1 AS weight FROM service',
	'SELECT a.id AS from_id, b.id AS to_id, CASE WHEN a.pathway = b.pathway THEN 1 ELSE 4 END AS cost FROM service AS a JOIN service AS b ON a.id < b.id',
	4, '{value,volume}', lower => '{400000,4000}', upper => '{900000,NULL}', effort => 0.2);
SELECT ok(min(amounts[1]) >= 400000 AND max(amounts[1]) <= 900000 AND min(amounts[2]) >= 4000, 'every lot is viable in value and in volume') FROM lot WHERE kind = 'group';
SELECT ok(objective >= bound AND bound > 0, 'with a bound') FROM lot WHERE kind = 'summary';
SELECT matches(status || ': ' || explanation, '^infeasible: volume is [0-9]+ in all, too little for the lower limit of 4 groups$', 'lots that cannot all be viable are explained')
FROM form_groups('SELECT id, value, volume FROM service', 'SELECT a.id AS from_id, b.id AS to_id, 1 AS cost FROM service AS a JOIN service AS b ON a.id < b.id', 4, '{value,volume}', lower => '{0,50000}') WHERE kind = 'summary';

-- No answer, and errors
SELECT is(explanation, 'the units fall into more pieces without a common border than there are groups; one holds unit 1', 'pieces without a border') FROM form_groups(:u, :w, 1, neighbours_sql => 'SELECT * FROM border WHERE false');
SELECT is(explanation, 'unit 0, with what belongs together with it, is above the upper limit of amount', 'a unit that is too large') FROM form_groups(:u, :w, 3, upper => '{4000}');
SELECT throws_ok($$SELECT form_groups('SELECT 1 AS id, 1 AS amount', 'SELECT 1 AS from_id, 1 AS to_id, 0 AS cost', 0)$$, '22023', NULL, 'no groups');
SELECT throws_ok($$SELECT form_groups('SELECT 1 AS id, 1 AS amount', 'SELECT 1 AS from_id, 1 AS to_id, 0 AS cost', 1, '{people}')$$, '42703', NULL, 'a measure without a column');
SELECT throws_ok($$SELECT form_groups('SELECT 1 AS id, 1 AS amount', 'SELECT 1 AS from_id, 1 AS to_id, 0 AS cost', 1, lower => '{2}', upper => '{1}')$$, '22023', NULL, 'limits out of order');
SELECT throws_ok($$SELECT form_groups('SELECT 1 AS id, 1 AS amount', 'SELECT 1 AS from_id, 1 AS to_id, 0 AS cost', 1, lower => '{1,2}')$$, '22023', NULL, 'more limits than measures');
SELECT * FROM finish();
ROLLBACK;
