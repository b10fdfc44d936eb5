-- Control charts: what a user types and what comes back.
SET search_path = public, caregroup;
SET extra_float_digits = -3;
SET datestyle = ISO;

CREATE TABLE series (name text, month date, value double precision);
INSERT INTO series
SELECT name, (date '2024-01-01' + (place - 1) * interval '1 month')::date, value
FROM (VALUES ('steady', '{52,49,51,47,50,53,48,52,49,50,51,48,50,52}'::float8[]),
             ('high last', '{52,49,51,47,50,53,48,52,49,50,51,48,50,68}'),
             ('step', '{52,49,51,47,50,53,48,58,60,57,61,59,58,60}'),
             ('gap', '{52,49,NULL,47,50,53,48,52,NULL,NULL,51,48,50,52}'),
             ('flat', '{5,5,5,5,5,5,5,5,5,5,5,5,5,5}'),
             ('one', '{7}'), ('nothing', '{NULL,NULL}')) AS s(name, list),
     LATERAL unnest(list) WITH ORDINALITY AS u(value, place);

-- One chart, all columns
SELECT month, (spc_xmr(value, 'higher_better', 55) OVER (ORDER BY month)).*
FROM series WHERE name = 'high last' ORDER BY month;

-- Words
SELECT name, month, value, spc_rule(rules) AS rule, spc_rules(rules) AS rules,
       is_improvement, is_concern
FROM (SELECT name, month, (spc_xmr(value, 'lower_better') OVER (PARTITION BY name ORDER BY month)).*
      FROM series) AS chart
WHERE is_special ORDER BY name, month;
SELECT spc_rule(0), spc_rules(0), spc_rules(4095), spc_rule_bit('run_above'), spc_assurance(0::smallint) IS NULL AS none, spc_assurance(2::smallint);
SELECT spc_rule(NULL), spc_rules(NULL), spc_rule_bit(NULL), spc_assurance(NULL);

-- Gaps, flat series, too few points
SELECT name, month, value, centre, lower, upper, moving_range, rules
FROM (SELECT name, month, (spc_xmr(value) OVER (PARTITION BY name ORDER BY month)).* FROM series) AS chart
WHERE name = 'gap' OR name = 'one' OR name = 'nothing' OR (name = 'flat' AND month < '2024-03-01')
ORDER BY name, month;

-- Phases, fixed limits, ghosts
SELECT month, value, centre, lower, upper, phase, rules, is_short_phase
FROM (SELECT month, (spc_xmr(value, rebase => month = '2024-08-01') OVER (ORDER BY month)).* FROM series WHERE name = 'step') AS chart
ORDER BY month;
SELECT month, value, centre, upper, spc_rule(rules)
FROM (SELECT month, (spc_xmr(value, fix_after => 7) OVER (ORDER BY month)).* FROM series WHERE name = 'step') AS chart
ORDER BY month;
SELECT month, value, centre, upper, spc_rule(rules)
FROM (SELECT month, (spc_xmr(value, ghost => month = '2025-02-01') OVER (ORDER BY month)).* FROM series WHERE name = 'high last') AS chart
WHERE month > '2024-12-01' ORDER BY month;

-- A month that is missing
SELECT month, value, moving_range
FROM (SELECT month, (spc_xmr(value, period => month, every => '1 month') OVER (ORDER BY month)).*
      FROM series WHERE name = 'steady' AND month <> '2024-03-01') AS chart
WHERE month < '2024-06-01' ORDER BY month;
SELECT spc_xmr(value, period => month, every => '1 month', refuse_gaps => true) OVER (ORDER BY month)
FROM series WHERE name = 'steady' AND month <> '2024-03-01';

-- Other charts
SELECT place, (spc_p(n, 100, per => 100) OVER (ORDER BY place)).* FROM unnest('{12,15,9,30,11,0}'::int[]) WITH ORDINALITY AS t(n, place);
SELECT place, (spc_u(n, d, per => 1000) OVER (ORDER BY place)).* FROM unnest('{12,15,9,3}'::int[], '{900,1100,1000,0.5}'::numeric[]) WITH ORDINALITY AS t(n, d, place);
SELECT place, (c).centre, (c).upper, (g).centre, (g).upper, (t).centre, (t).upper
FROM (SELECT place, spc_c(n) OVER w AS c, spc_g(n) OVER w AS g, spc_t(n) OVER w AS t
      FROM unnest('{12,15,9,3,20}'::int[]) WITH ORDINALITY AS t(n, place) WINDOW w AS (ORDER BY place)) AS charts;
SELECT place, (x).lower, (x).upper, (s).centre, (s).upper
FROM (SELECT place, spc_xbar(m, sd, n) OVER w AS x, spc_s(sd, n) OVER w AS s
      FROM unnest('{10,11,9,10}'::float8[], '{2,1.5,2.5,NULL}'::float8[], '{5,5,4,1}'::int[]) WITH ORDINALITY AS t(m, sd, n, place) WINDOW w AS (ORDER BY place)) AS charts;
SELECT (spc_chart('mr', value) OVER (ORDER BY month)).* FROM series WHERE name = 'steady' LIMIT 3;
SELECT spc_run(value, rule_set => 'anhoej') OVER (ORDER BY month) FROM series WHERE name = 'step' LIMIT 2;

-- Icons
SELECT name, (spc_summary(value, month, 'lower_better', 55)).* FROM series GROUP BY name ORDER BY name;
SELECT (spc_summary(value, 100, month, 'lower_better', 0.55, false, false, spc_options(chart => 'p', rule_set => 'shewhart'))).*
FROM series WHERE name = 'high last';
SELECT name, spc_autocorrelation(value, month), spc_autocorrelation(array_agg(value ORDER BY month)) FROM series GROUP BY name ORDER BY name;

-- Sets
SELECT series, period, value, upper, spc_rule(rules) FROM spc_xmr_rows('SELECT name AS series, month AS period, value FROM series WHERE value > 57');
SELECT series, period, value, upper FROM spc_chart_rows('SELECT 7::bigint AS series, n AS period, n AS value, 50 AS denominator FROM generate_series(1, 3) AS n', 'u', NULL::bigint, NULL::integer);
SELECT ordinal, value, upper, spc_rule(rules) FROM spc_xmr_rows('{1,2,1,2,1,9}'::float8[], screen => false);
SELECT * FROM spc_xmr_rows('SELECT 1');
SELECT * FROM spc_xmr_rows('SELECT name AS series, month AS period, name AS value FROM series');
SELECT * FROM spc_xmr_rows('SELECT name AS series, 1 AS period, value FROM series');

-- Where to rebase
SELECT s.name, c.* FROM (SELECT name, array_agg(value ORDER BY month) AS list FROM series GROUP BY name) AS s,
	LATERAL spc_step_changes(list) AS c ORDER BY name;
SELECT series, period, step, evidence FROM spc_step_changes('SELECT name AS series, month AS period, value FROM series');

-- Runs
SELECT * FROM spc_runs('{1,2,1,2,3,4,5,6}');
SELECT * FROM spc_runs('{1,2,NULL,2,3}', 2);
SELECT * FROM spc_runs('{NULL}');
SELECT spc_runs(NULL) IS NULL AS none, spc_anhoej_limits(24), spc_anhoej_limits(0) IS NULL AS no_points;

-- Outcomes against expectation
SELECT n, (v).*, (c).* FROM (
	SELECT n, spc_vlad(died, risk) OVER w AS v, spc_ra_cusum(died, risk, threshold => 1) OVER w AS c
	FROM unnest('{0,1,1,NULL,0}'::int[], '{0.1,0.2,0.4,0.5,0.9}'::float8[]) WITH ORDINALITY AS t(died, risk, n) WINDOW w AS (ORDER BY n)) AS charts;

-- What is refused
SELECT spc_xmr(1, 'up') OVER ();
SELECT spc_xmr(1, rule_set => 'all') OVER ();
SELECT spc_xmr(1, run_length => 3) OVER ();
SELECT spc_xmr('NaN') OVER ();
SELECT spc_xmr('infinity') OVER ();
SELECT spc_p(3, 2) OVER ();
SELECT spc_p(3, 0) OVER ();
SELECT spc_chart('pie', 1) OVER ();
SELECT spc_chart('u', 1) OVER ();
SELECT spc_chart('s', 1) OVER ();
SELECT spc_t(0) OVER ();
SELECT spc_summary(1, date '2024-01-01', 'neutral', 1) FROM generate_series(1, 2);
SELECT spc_vlad(2, 0.1) OVER ();

DROP TABLE series;
