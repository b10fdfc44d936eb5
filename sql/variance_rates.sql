-- Rates, funnels, variation, opportunity, suppression: what a user types and what comes back.
SET search_path = public, caregroup;
SET extra_float_digits = -6;
CREATE TABLE unit (id int, events int, population int, expected float8);
INSERT INTO unit VALUES (1, 61, 1200, 80.4), (2, 118, 1150, 77.1), (3, 70, 900, 60.3), (4, 9, 310, 20.8), (5, 152, 2100, 140.7), (6, 41, 640, 42.9),
	(7, 88, 1310, 87.8), (8, 130, 1250, 83.8), (9, NULL, 100, 10), (10, 0, 50, 3.3);

-- Intervals
SELECT round(wilson_lower(15, 148)::numeric, 6) AS wilson_lower, round(wilson_upper(15, 148)::numeric, 6) AS wilson_upper,
	round(byar_lower(10)::numeric, 6) AS byar_lower, round(byar_upper(10)::numeric, 6) AS byar_upper,
	round(poisson_lower(10)::numeric, 6) AS poisson_lower, round(poisson_upper(10)::numeric, 6) AS poisson_upper;
SELECT * FROM proportion_estimate(5, 20, 100, '{0.95}');
SELECT * FROM rate_estimate(5, 2000, confidence => '{0.9,0.99}', method => 'exact');
SELECT * FROM rate_estimate(0, 0);
SELECT * FROM rate_ratio(12, 1000, 20, 1500);
SELECT * FROM rate_difference(12, 1000, 20, 1500, 1000);
SELECT * FROM proportion_difference(56, 70, 48, 80);

-- Aggregates
SELECT (rate(events, population)).* FROM unit;
SELECT (proportion(events, population, 100, '{0.95}')).* FROM unit;
SELECT (mean(events, '{0.95}')).* FROM unit;
SELECT (smr(events, expected)).value FROM unit;
SELECT rate(events, population) FROM unit WHERE false;
SELECT (dsr(events, population, expected)).value, (dsr(events, population, expected, 1000, '{0.95}', 'fay_feuer')).upper FROM unit;
SELECT (dsr_nonindependent(events, events * 2, population, expected)).lower FROM unit;
SELECT (isr_ratio(events, population, expected, 1000)).value, (isr_rate(events, population, expected, 1000)).value FROM unit;
SELECT (life_expectancy(age, deaths, people)).value AS at_birth, (life_expectancy(age, deaths, people, 65)).value AS at_65,
	(life_expectancy(age, deaths, people, 0, 65, '{0.95}')).value AS pooled
FROM (VALUES (0, 5, 1000), (1, 2, 4000), (5, 10, 60000), (65, 300, 9000), (90, 50, 300)) AS t(age, deaths, people);
SELECT (sii(r, n, v, v - 1, v + 1)).* FROM (VALUES (1, 10, 5), (2, 20, 7), (3, 15, 6), (4, 5, 9)) AS t(r, n, v);

-- Funnels
SELECT n, (funnel_limits(n, 0.1, 'proportion')).lower, (funnel_limits(n, 0.1, 'rate', method => 'exact')).upper FROM unnest(ARRAY[10, 1000]) AS n;
SELECT * FROM funnel_adjusted_limits(100, 1, 'square_root', tau2 => 1);
SELECT * FROM funnel_expected_at(10);
SELECT (funnel_overdispersion(events, expected, 'log')).* FROM unit;
SELECT id, (funnel(events, expected, 'log') OVER ()).* FROM unit ORDER BY id;
SELECT level, funnel_category(level) FROM generate_series(-2, 2) AS level;

-- Variation
SELECT (variation(events::float8 / population, population)).* FROM unit;
SELECT (small_area_variation(events, expected)).* FROM unit WHERE id < 9;
SELECT id, (shrunken_ratio(events, expected) OVER ()).* FROM unit ORDER BY id;
SELECT id, quantile_group(expected, 4) OVER () AS highest_first, quantile_group(expected, 4, false) OVER () AS lowest_first FROM unit ORDER BY id;

-- Opportunity
SELECT id, round((o).events::numeric, 3) AS events, round((o).cost_upper::numeric, 1) AS cost_upper
FROM (SELECT id, opportunity(events, population, 100, seed => 42) OVER () AS o FROM unit) AS u ORDER BY id;
SELECT id, nearest_peers(id, ARRAY[population, expected], 2) OVER () AS peers FROM unit ORDER BY id;

-- Suppression
SELECT a, b, v, (suppress(v, a, b) OVER ()).* FROM (SELECT a, b, sum(v) AS v
	FROM (VALUES ('x', 'p', 3), ('x', 'q', 20), ('x', 'r', 14), ('y', 'p', 30), ('y', 'q', 12), ('y', 'r', 9), ('z', 'p', 1), ('z', 'q', 0), ('z', 'r', 77)) AS t(a, b, v)
	GROUP BY CUBE (a, b)) AS c ORDER BY a, b;

-- Plan
SELECT month, (plan_position(actual, 100) OVER (ORDER BY month)).* FROM (VALUES (1, 97), (2, 104), (3, 101), (4, NULL)) AS t(month, actual);
SELECT input_fingerprint(u) FROM unit AS u;

-- Errors name the rule and the choices
SELECT wilson_lower(5, 4);
SELECT rate_estimate(5, 4, confidence => '{95}');
SELECT rate_estimate(5, 4, method => 'wald');
SELECT rate(events, population, NULL, '{0.95}', 'exact') FROM unit;
SELECT funnel_limits(10, 0.1, 'mean');
SELECT funnel_limits(10, 0.1, 'proportion', method => 'byar');
SELECT funnel(events, 0, 'log') OVER () FROM unit;
SELECT life_expectancy(0, 1, 10) FROM unit;
SELECT suppress(1.5, 'a') OVER ();
SELECT suppress(v, k) OVER () FROM (VALUES (3, 'a'), (4, NULL)) AS t(v, k);
SELECT opportunity(0, 10) OVER ();
DROP TABLE unit;
