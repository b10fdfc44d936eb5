-- Control charts: an independent plain-SQL version, properties, bad input,
-- NULL gaps, parallel agreement, cancelling.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT * FROM no_plan();

-- ---------------------------------------------------------------------
-- Random series: levels that step and drift, integers so that ties come.
-- ---------------------------------------------------------------------
SELECT setseed(0.31415) IS NULL AS ignored \gset
CREATE TEMP TABLE point AS
SELECT series, place, (date '2015-01-01' + place * interval '1 month')::date AS month,
	round((100 + series % 7 * sin(place / 5.0) * 6 + CASE WHEN place > 30 THEN series % 5 * 6 ELSE 0 END
		+ 12 * (random() + random() + random() - 1.5))::numeric, series % 3)::double precision AS value
FROM generate_series(1, 300) AS series, generate_series(1, 40 + series % 23) AS place;

-- The rules once more, each as its definition says, window by window.
CREATE TEMP TABLE line AS
WITH stats AS (
	SELECT series, avg(value::numeric)::double precision AS centre FROM point GROUP BY series
), ranges AS (
	SELECT series, place, abs(value - lag(value) OVER (PARTITION BY series ORDER BY place)) AS mr FROM point
), screened AS (
	SELECT series, avg(mr) FILTER (WHERE mr < 3.267 * raw) AS range
	FROM ranges JOIN (SELECT series, avg(mr) AS raw FROM ranges GROUP BY series) AS r USING (series) GROUP BY series
)
SELECT p.series, place, value, centre, range, sign(value - centre) AS side,
	sign(value - lag(value) OVER (PARTITION BY p.series ORDER BY place)) AS step,
	abs(value - centre) > 2.66 * range AS outside, abs(value - centre) > 2.66 * 2 / 3 * range AS beyond
FROM point AS p JOIN stats USING (series) JOIN screened USING (series);
CREATE INDEX ON line (series, place);
ANALYZE line;
-- Where a pattern begins, how long it is, and which way it goes.
CREATE TEMP TABLE pattern AS
SELECT 'run' AS kind, series, first.place AS begins, first.place + 6 AS ends, first.side FROM line AS first
WHERE side <> 0 AND 7 = (SELECT count(*) FROM line AS l WHERE l.series = first.series
	AND l.place BETWEEN first.place AND first.place + 6 AND l.side = first.side)
UNION ALL
SELECT 'trend', series, first.place - 1, first.place + 5, first.step FROM line AS first
WHERE step <> 0 AND 6 = (SELECT count(*) FROM line AS l WHERE l.series = first.series
	AND l.place BETWEEN first.place AND first.place + 5 AND l.step = first.step)
UNION ALL
SELECT 'triple', series, first.place, first.place + 2, first.side FROM line AS first
WHERE side <> 0 AND (3, true) = (SELECT count(*), count(*) FILTER (WHERE beyond) >= 2 FROM line AS l
	WHERE l.series = first.series AND l.place BETWEEN first.place AND first.place + 2 AND l.side = first.side);
CREATE INDEX ON pattern (series, begins);
ANALYZE pattern;
CREATE TEMP TABLE slow AS
SELECT l.series, l.place, value, centre, range,
	CASE WHEN outside THEN CASE WHEN side > 0 THEN 1 ELSE 2 END ELSE 0 END + coalesce(found, 0) AS rules
FROM line AS l LEFT JOIN (
	SELECT l.series, l.place, bit_or(CASE kind WHEN 'run' THEN 256 WHEN 'trend' THEN 4 ELSE 16 END * CASE WHEN p.side > 0 THEN 1 ELSE 2 END) AS found
	FROM line AS l JOIN pattern AS p ON p.series = l.series AND l.place BETWEEN p.begins AND p.ends
	WHERE kind <> 'triple' OR l.beyond GROUP BY l.series, l.place) AS f ON f.series = l.series AND f.place = l.place;
CREATE TEMP TABLE drawn AS
SELECT series, place, month, (spc_xmr(value) OVER (PARTITION BY series ORDER BY place)).* FROM point;

SELECT cmp_ok(count(*), '>', 15000::bigint, 'random points') FROM drawn;
SELECT cmp_ok(max(greatest(abs(d.centre - s.centre), abs(d.upper - s.centre - 2.66 * s.range)) / 100), '<', 1e-12::double precision,
	'centre and limits equal plain SQL') FROM drawn AS d JOIN slow AS s USING (series, place);
SELECT is_empty('SELECT d.series, d.place, d.rules, s.rules FROM drawn AS d JOIN slow AS s USING (series, place) WHERE d.rules <> s.rules',
	'every rule at every point equals plain SQL');
SELECT is(count(DISTINCT bit), 8::bigint, 'and each of the eight rules fired')
FROM drawn, generate_series(0, 9) AS bit WHERE rules & (1 << bit) <> 0 AND bit NOT IN (6, 7);

-- ---------------------------------------------------------------------
-- Properties
-- ---------------------------------------------------------------------
SELECT is_empty($$
	SELECT * FROM drawn AS d JOIN (
		SELECT series, place, (spc_xmr(value * 4 + 1024) OVER (PARTITION BY series ORDER BY place)).* FROM point WHERE series % 3 = 0) AS m USING (series, place)
	WHERE m.rules <> d.rules OR m.phase <> d.phase OR m.is_high_range <> d.is_high_range
	OR abs(m.centre - (d.centre * 4 + 1024)) > 1e-9 OR abs(m.upper - (d.upper * 4 + 1024)) > 1e-9 OR abs(m.lower - (d.lower * 4 + 1024)) > 1e-9$$,
	'shift and scale move the lines and leave the rules');
SELECT is_empty($$
	SELECT * FROM drawn AS d JOIN (
		SELECT series, place, (spc_xmr(-value) OVER (PARTITION BY series ORDER BY place)).* FROM point) AS m USING (series, place)
	WHERE m.rules <> ((d.rules & 341) << 1) + ((d.rules & 682) >> 1) OR abs(m.upper + d.lower) > 1e-9$$,
	'a mirror swaps above and below');
SELECT is_empty($$
	SELECT * FROM drawn AS d JOIN (
		SELECT series, place, (spc_xmr(value) OVER (PARTITION BY series ORDER BY place DESC)).* FROM point) AS m USING (series, place)
	WHERE (m.rules & 819) <> (d.rules & 819) OR (m.rules & 12) <> ((d.rules & 4) << 1) + ((d.rules & 8) >> 1) OR abs(m.upper - d.upper) > 1e-9$$,
	'time turned round swaps the trends only');
SELECT is_empty($$
	SELECT * FROM (SELECT series, place, (spc_xmr(value, fix_after => 24) OVER (PARTITION BY series ORDER BY place)).* FROM point WHERE place <= 34) AS a
	JOIN (SELECT series, place, (spc_xmr(value, fix_after => 24) OVER (PARTITION BY series ORDER BY place)).* FROM point) AS b USING (series, place)
	WHERE (a.centre, a.lower, a.upper, a.moving_range) IS DISTINCT FROM (b.centre, b.lower, b.upper, b.moving_range)
	OR (place <= 28 AND a.rules <> b.rules) OR (a.rules & ~b.rules) <> 0$$,
	'with fixed limits, later months change no line and take no signal back');
SELECT is_empty($$
	SELECT * FROM drawn AS d JOIN (
		SELECT series, place, (spc_xmr(value, rebase => place = 21) OVER (PARTITION BY series ORDER BY place)).* FROM point) AS m USING (series, place)
	JOIN (SELECT series, place, (spc_xmr(value) OVER (PARTITION BY series, place > 20 ORDER BY place)).* FROM point) AS s USING (series, place)
	WHERE (m.centre, m.lower, m.upper, m.moving_range, m.rules, m.is_short_phase) IS DISTINCT FROM (s.centre, s.lower, s.upper, s.moving_range, s.rules, s.is_short_phase)
	OR m.phase <> 1 + (place > 20)::integer$$,
	'a phase is a chart of its own');
SELECT is_empty($$
	SELECT * FROM (SELECT series, place, (spc_xmr(CASE WHEN place % 9 = 4 THEN 1e6 ELSE value END, ghost => place % 9 = 4) OVER (PARTITION BY series ORDER BY place)).* FROM point) AS g
	JOIN (SELECT series, place, (spc_xmr(value) OVER (PARTITION BY series ORDER BY place)).* FROM point WHERE place % 9 <> 4) AS o USING (series, place)
	WHERE (g.centre, g.lower, g.upper, g.moving_range, g.rules) IS DISTINCT FROM (o.centre, o.lower, o.upper, o.moving_range, o.rules)$$,
	'ghosts are as if they were not there');
SELECT is_empty($$
	SELECT * FROM (SELECT series, place, (spc_xmr(value, ghost => place % 9 = 4) OVER (PARTITION BY series ORDER BY place)).* FROM point) AS g
	WHERE place % 9 = 4 AND (rules <> 0 OR value IS NULL OR centre IS NULL OR moving_range IS NOT NULL)$$,
	'but are shown');

-- NULL gaps: a gap never adds a signal to the chart with the same limits.
CREATE TEMP TABLE holed AS
SELECT series, place, month, CASE WHEN (place * 7 + series) % 11 <> 3 THEN value END AS value FROM point;
SELECT is_empty($$
	SELECT * FROM (SELECT series, place, (spc_xmr(value, fix_after => 2, screen => false) OVER (PARTITION BY series ORDER BY place)).* FROM holed) AS h
	JOIN (SELECT series, place, (spc_xmr(value, fix_after => 2, screen => false) OVER (PARTITION BY series ORDER BY place)).* FROM point) AS f USING (series, place)
	WHERE h.upper = f.upper AND h.lower = f.lower AND h.centre = f.centre AND h.rules & ~f.rules <> 0$$,
	'a gap adds no signal');
SELECT is_empty($$
	SELECT * FROM (SELECT series, place, (spc_xmr(value) OVER (PARTITION BY series ORDER BY place)).* FROM holed) AS h
	WHERE value IS NULL AND (rules <> 0 OR is_special OR moving_range IS NOT NULL OR centre IS NULL OR upper IS NULL)$$,
	'a gap has lines and no rule');
SELECT is_empty($$
	SELECT h.* FROM (SELECT series, place, (spc_xmr(value) OVER (PARTITION BY series ORDER BY place)).* FROM holed) AS h
	JOIN (SELECT series, place, (spc_xmr(value, period => month, every => '1 month') OVER (PARTITION BY series ORDER BY place)).* FROM holed WHERE value IS NOT NULL OR place = 1) AS c
		USING (series, place)
	WHERE (h.centre, h.upper, h.moving_range, h.rules) IS DISTINCT FROM (c.centre, c.upper, c.moving_range, c.rules)$$,
	'a month that is missing is a gap, with every');
SELECT is_empty($$
	SELECT * FROM (SELECT series, place, (spc_chart(chart, value, 200, rule_set => 'nhs') OVER (PARTITION BY chart, series ORDER BY place)).* FROM holed,
		unnest('{run,i,mr,xmr,p,p_prime,u,u_prime,i_prime,c,g,t}'::text[]) AS chart WHERE series <= 30) AS h
	WHERE value IS NULL AND rules <> 0 OR value = 'NaN' OR centre = 'NaN' OR lower = 'NaN' OR upper = 'NaN' OR lower_two_sigma = 'NaN' OR upper_two_sigma = 'NaN' OR moving_range = 'NaN'$$,
	'no chart has a rule at a gap, or NaN');

-- The window function of each kind is spc_chart of that kind.
SELECT is_empty(format($$
	SELECT * FROM (SELECT spc_%1$s(%2$s) OVER w AS a, spc_chart(%1$L, value, 200) OVER w AS b FROM point WHERE series <= 20
		WINDOW w AS (PARTITION BY series ORDER BY place)) AS both_ways WHERE a IS DISTINCT FROM b$$, chart,
	CASE WHEN chart IN ('p', 'p_prime', 'u', 'u_prime', 'i_prime') THEN 'value, 200' ELSE 'value' END), 'spc_' || chart || ' is spc_chart of its kind')
FROM unnest('{run,i,mr,xmr,p,p_prime,u,u_prime,i_prime,c,g,t}'::text[]) AS chart;
SELECT is_empty($$
	SELECT * FROM (SELECT spc_u_prime(value, 50 + place, per => 1000) OVER w AS a, spc_u_prime(value, 50 + place) OVER w AS b FROM point WHERE series <= 20
		WINDOW w AS (PARTITION BY series ORDER BY place)) AS both_ways
	WHERE (a).rules <> (b).rules OR abs((a).upper - 1000 * (b).upper) > 1e-9 OR abs((a).value - 1000 * (b).value) > 1e-9$$,
	'per multiplies the figures and nothing else');

-- Options read where they stand.
SELECT is_empty($$
	SELECT * FROM (SELECT spc_xmr(value, 'higher_better', 110) OVER w AS a, spc_xmr(value, direction => d, target => t) OVER w AS b
		FROM (SELECT *, 'higher_better'::text AS d, 110::double precision AS t FROM point OFFSET 0) AS p WINDOW w AS (PARTITION BY series ORDER BY place)) AS both_ways
	WHERE a IS DISTINCT FROM b$$, 'options from columns are those from constants');
SELECT results_eq($$
	SELECT DISTINCT (p).is_improvement, (p).is_concern FROM (SELECT spc_xmr(value) OVER (PARTITION BY series ORDER BY place) AS p FROM point) AS t$$,
	$$VALUES (false, false)$$, 'with direction neutral nothing is better or worse');
SELECT is_empty($$
	SELECT * FROM (SELECT spc_xmr(value, 'higher_better') OVER w AS h, spc_xmr(value, 'lower_better') OVER w AS l FROM point WINDOW w AS (PARTITION BY series ORDER BY place)) AS t
	WHERE (h).is_improvement <> (l).is_concern OR (h).is_concern <> (l).is_improvement OR (h).is_special <> ((h).is_improvement OR (h).is_concern)$$,
	'directions are opposites');

-- ---------------------------------------------------------------------
-- Sets and aggregates agree with the window function
-- ---------------------------------------------------------------------
SELECT is_empty($$
	SELECT * FROM drawn AS d FULL JOIN spc_xmr_rows('SELECT series, place AS period, value FROM point ORDER BY random()', series_type => NULL::integer, period_type => NULL::integer) AS r
		ON r.series = d.series AND r.period = d.place
	WHERE (d.value, d.centre, d.lower, d.upper, d.lower_two_sigma, d.upper_two_sigma, d.moving_range, d.phase, d.rules, d.assurance, d.is_special, d.is_improvement, d.is_concern, d.is_high_range, d.is_short_phase)
	IS DISTINCT FROM (r.value, r.centre, r.lower, r.upper, r.lower_two_sigma, r.upper_two_sigma, r.moving_range, r.phase, r.rules, r.assurance, r.is_special, r.is_improvement, r.is_concern, r.is_high_range, r.is_short_phase)$$,
	'spc_xmr_rows agrees, in whatever order rows come');
SELECT is_empty($$
	SELECT * FROM drawn AS d JOIN spc_xmr_rows('SELECT ''s'' || series AS series, month AS period, value FROM point') AS r ON r.series = 's' || d.series AND r.period = d.month
	WHERE r.rules <> d.rules OR r.upper <> d.upper$$, 'and with text ids');
SELECT is_empty($$
	SELECT * FROM (SELECT series, place, (spc_p(value, 300, per => 100) OVER (PARTITION BY series ORDER BY place)).* FROM point) AS d
	JOIN spc_chart_rows('SELECT series, place AS period, value, 300 AS denominator FROM point', 'p', NULL::integer, NULL::integer, per => 100) AS r
		ON r.series = d.series AND r.period = d.place WHERE r.rules <> d.rules OR r.upper <> d.upper OR r.value <> d.value$$, 'spc_chart_rows agrees');
CREATE TEMP TABLE last_point AS
SELECT DISTINCT ON (series) series, (spc_xmr(value, 'lower_better', 104) OVER (PARTITION BY series ORDER BY place)).* FROM point ORDER BY series, place DESC;
CREATE TEMP TABLE summarised AS
SELECT series, (spc_summary(value, month, 'lower_better', 104)).* FROM (SELECT * FROM point ORDER BY random()) AS shuffled GROUP BY series;
SELECT is_empty($$
	SELECT * FROM last_point AS l FULL JOIN summarised AS s USING (series)
	WHERE (l.value, l.centre, l.lower, l.upper, l.rules, spc_assurance(l.assurance), spc_rule(l.rules)) IS DISTINCT FROM (s.value, s.centre, s.lower, s.upper, s.rules, s.assurance, s.rule)
	OR (s.variation = 'special_cause_improvement') <> l.is_improvement OR (s.variation = 'special_cause_concern') <> l.is_concern OR s.meets_target <> (l.value <= 104)$$,
	'spc_summary reads the last point of the chart, in whatever order rows come');
SELECT is_empty($$
	SELECT * FROM summarised WHERE abs(capability - (centre - 104) / (lower - centre)) > 1e-9 OR target_chance NOT BETWEEN 0 AND 1
	OR (assurance = 'consistent_pass') <> (capability > 1) OR (assurance = 'consistent_fail') <> (capability < -1)$$,
	'capability says what assurance says');
SELECT is_empty($$
	SELECT * FROM (SELECT series, (spc_summary(value, place::bigint, 'lower_better', 104)).* FROM point GROUP BY series) AS a
	JOIN (SELECT series, (spc_summary(value, NULL, month::timestamptz, 'lower_better', 104, NULL, NULL, NULL)).* FROM point GROUP BY series) AS b USING (series)
	JOIN summarised AS s USING (series) WHERE to_jsonb(a) <> to_jsonb(s) OR to_jsonb(b) <> to_jsonb(s)$$,
	'periods may be numbers, dates or moments');
SELECT is_empty($$
	SELECT * FROM (SELECT series, spc_autocorrelation(value, month) AS a, spc_autocorrelation(array_agg(value ORDER BY place)) AS b,
		corr(value, value) AS c FROM holed GROUP BY series) AS t WHERE abs(a - b) > 1e-12$$, 'autocorrelation of rows is that of an array');
SELECT cmp_ok(max(abs(spc_autocorrelation - slow)), '<', 1e-12::double precision, 'and that of plain SQL') FROM (
	SELECT series, spc_autocorrelation(value, month), sum(d * before) / sum(d * d) AS slow FROM (
		SELECT *, lag(d) OVER (PARTITION BY series ORDER BY place) AS before FROM (
			SELECT *, value - avg(value::numeric) OVER (PARTITION BY series) AS d FROM point) AS p) AS q GROUP BY series) AS t;
SELECT is((SELECT spc_summary(1, date '2020-01-01', 'neutral', NULL) FROM point WHERE false), NULL::spc_icons, 'no rows: NULL');
SELECT is((SELECT to_jsonb(spc_summary(NULL, date '2020-01-01', 'neutral', NULL)))::text,
	'{"rule": null, "lower": null, "rules": null, "upper": null, "value": null, "centre": null, "chance": null, "phases": null, "points": 0, "target": null, "assurance": null, "variation": null, "capability": null, "meets_target": null, "phase_points": null, "target_chance": null, "is_short_phase": null, "special_points": 0, "autocorrelation": null}',
	'no value: NULLs');

-- Combining: any split of the rows gives the same.
CREATE FUNCTION pg_temp.state(value double precision[], month date[]) RETURNS bytea
LANGUAGE plpgsql AS $$
DECLARE
	state bytea;
BEGIN
	FOR i IN 1 .. coalesce(cardinality(value), 0) LOOP
		state := spc_collect(state, value[i], month[i], 'lower_better', 104);
	END LOOP;
	RETURN state;
END $$;
SELECT is_empty($$
	SELECT series FROM (
		SELECT series, spc_summary_final(spc_collect_combine(spc_collect_combine(a, b), c)) AS parts FROM (
			SELECT series, pg_temp.state(array_agg(value) FILTER (WHERE place % 3 = 0), array_agg(month) FILTER (WHERE place % 3 = 0)) AS a,
				pg_temp.state(array_agg(value) FILTER (WHERE place % 3 = 1 AND series > 20), array_agg(month) FILTER (WHERE place % 3 = 1 AND series > 20)) AS b,
				pg_temp.state(array_agg(value) FILTER (WHERE place % 3 = 2 OR (place % 3 = 1 AND series <= 20)), array_agg(month) FILTER (WHERE place % 3 = 2 OR (place % 3 = 1 AND series <= 20))) AS c
			FROM point WHERE series <= 40 GROUP BY series) AS s) AS t
	JOIN (SELECT series, spc_summary(value, month, 'lower_better', 104) AS whole FROM point GROUP BY series) AS w USING (series)
	WHERE parts IS DISTINCT FROM whole$$, 'states combine in any split, also outside an aggregate');
SELECT throws_ok($$SELECT spc_summary_final('\x00'::bytea)$$, 'XX001', NULL, 'no state');
SELECT throws_ok($$SELECT spc_collect_combine(spc_collect(NULL, 1, date '2020-01-01', 'neutral', 1), set_byte(spc_collect(NULL, 1, date '2020-01-01', 'neutral', 1), 4, 1000000))$$,
	'XX001', NULL, 'a state that was cut about');
SELECT throws_ok($$SELECT spc_collect_combine(spc_collect(NULL, 1, date '2020-01-01', 'neutral', 1), spc_collect(NULL, 1, date '2020-01-01', 'lower_better', 1))$$,
	'22023', 'the options of a series differ from row to row', 'states of different options');

-- ---------------------------------------------------------------------
-- Step changes
-- ---------------------------------------------------------------------
CREATE TEMP TABLE stepped AS
SELECT series, place, (date '2015-01-01' + place * interval '1 month')::date AS month,
	CASE WHEN place > 24 THEN 15 ELSE 0 END + 10 * (random() + random() + random()) AS value
FROM generate_series(1, 200) AS series, generate_series(1, 48) AS place;
SELECT cmp_ok(avg((places && ARRAY[23, 24, 25, 26, 27])::integer), '>', 0.95::numeric, 'a step of five sigmas is found where it is') FROM (
	SELECT series, (SELECT array_agg(ordinal) FROM spc_step_changes((SELECT array_agg(value ORDER BY place) FROM stepped AS s WHERE s.series = g))) AS places
	FROM generate_series(1, 200) AS g(series)) AS t;
SELECT cmp_ok(avg(found::integer), '<', 0.06::numeric, 'white noise has a candidate in at most one series in twenty') FROM (
	SELECT EXISTS (SELECT FROM spc_step_changes((SELECT array_agg(random()) FROM generate_series(1, 40) WHERE g > 0))) AS found
	FROM generate_series(1, 2000) AS g) AS t;
SELECT is_empty($$
	SELECT * FROM spc_step_changes('SELECT series, month AS period, value FROM stepped', series_type => NULL::integer, period_type => NULL::date) AS q
	FULL JOIN (SELECT g.series, c.* FROM (SELECT series, array_agg(value ORDER BY place) AS value FROM stepped GROUP BY series) AS g, LATERAL spc_step_changes(g.value) AS c) AS a
		ON q.series = a.series AND q.ordinal = a.ordinal
	WHERE q.p_value IS DISTINCT FROM a.p_value OR q.step IS DISTINCT FROM a.step
	OR q.period <> (date '2015-01-01' + q.ordinal * interval '1 month')::date$$, 'steps of a query are those of arrays');
-- Pettitt's K by its definition.
SELECT is(c.statistic, (SELECT max(abs(u)) FROM (SELECT t, sum(sign(x.v - y.v)) AS u FROM generate_series(4, 16) AS t,
		unnest(s) WITH ORDINALITY AS x(v, i), unnest(s) WITH ORDINALITY AS y(v, j) WHERE i <= t AND j > t GROUP BY t) AS k),
	'Pettitt''s statistic as he defines it')
FROM (SELECT ARRAY[5,3,4,6,2,5,4,3,5,4,8,9,7,8,9,10,7,8,9,8]::double precision[] AS s) AS a, LATERAL spc_step_changes(s, 4) AS c;

-- ---------------------------------------------------------------------
-- VLAD and CUSUM against plain SQL
-- ---------------------------------------------------------------------
CREATE TEMP TABLE operation AS
SELECT unit, n, risk, (random() < risk * CASE WHEN n > 150 THEN 2 ELSE 1 END)::integer AS died
FROM (SELECT unit, n, 0.02 + 0.3 * random() ^ 3 AS risk FROM generate_series(1, 20) AS unit, generate_series(1, 300) AS n) AS r;
SELECT cmp_ok(max(abs((v).value - plain) + abs((v).upper - 3 * spread)), '<', 1e-9::double precision, 'VLAD equals sums') FROM (
	SELECT spc_vlad(died, risk) OVER w AS v, sum(risk - died) OVER w AS plain, sqrt(sum(risk * (1 - risk)) OVER w) AS spread
	FROM operation WINDOW w AS (PARTITION BY unit ORDER BY n)) AS t;
CREATE TEMP TABLE cusum AS
WITH RECURSIVE sums AS (
	SELECT unit, 0 AS n, 0::double precision AS up, 0::double precision AS down FROM generate_series(1, 20) AS unit
	UNION ALL
	SELECT o.unit, o.n, greatest(0, CASE WHEN up >= 3 THEN 0 ELSE up END + CASE died WHEN 1 THEN ln(2 / (1 - risk + 2 * risk)) ELSE ln(1 / (1 - risk + 2 * risk)) END),
		greatest(0, CASE WHEN down >= 3 THEN 0 ELSE down END + CASE died WHEN 1 THEN ln(0.5 / (1 - risk + 0.5 * risk)) ELSE ln(1 / (1 - risk + 0.5 * risk)) END)
	FROM sums AS s JOIN operation AS o ON o.unit = s.unit AND o.n = s.n + 1)
SELECT * FROM sums WHERE n > 0;
SELECT cmp_ok(max(abs((c).up - p.up) + abs((c).down - p.down)), '<', 1e-9::double precision, 'CUSUM equals Steiner''s recursion') FROM (
	SELECT unit, n, spc_ra_cusum(died, risk, threshold => 3) OVER (PARTITION BY unit ORDER BY n) AS c FROM operation) AS t JOIN cusum AS p USING (unit, n);
SELECT is_empty($$SELECT * FROM (SELECT (spc_ra_cusum(died, risk, threshold => 3) OVER (PARTITION BY unit ORDER BY n)).* FROM operation) AS t
	WHERE signal_up <> (up >= 3) OR signal_down <> (down >= 3)$$, 'signals are at the threshold');

-- ---------------------------------------------------------------------
-- Bad input: SQLSTATE of each
-- ---------------------------------------------------------------------
SELECT throws_ok('SELECT spc_xmr(v) OVER () FROM (VALUES (1), (''NaN''::double precision)) AS t(v)', '22023', 'a control chart cannot show NaN', 'NaN');
SELECT throws_ok('SELECT spc_xmr(v) OVER () FROM (VALUES (1), (''-infinity''::double precision)) AS t(v)', '22003', 'a control chart cannot show infinity', 'infinity');
SELECT throws_ok('SELECT spc_xmr(1, target => ''infinity'') OVER ()', '22003', 'a control chart cannot show infinity', 'infinite target');
SELECT throws_ok('SELECT spc_xmr(v) OVER () FROM (VALUES (1e308), (-1e308), (1e308)) AS t(v)', '22003', 'figures of a control chart are out of range', 'overflow');
SELECT throws_ok(format('SELECT spc_xmr(1, %s) OVER ()', option), '22023', NULL, 'spc_xmr refuses ' || option) FROM unnest(ARRAY[
	'direction => ''increase''', 'rule_set => ''nelson''', 'two_of_three => ''''', 'run_length => 4', 'run_length => 13', 'trend_length => 3',
	'fix_after => 1', 'fix_after => -5', 'sigma => 0', 'sigma => ''NaN''', 'sigma => 11']) AS option;
SELECT throws_ok('SELECT spc_u(1, 2, per => 0) OVER ()', '22023', 'per is out of range', 'per of 0');
SELECT throws_ok('SELECT spc_p(1, 0) OVER ()', '22023', 'a denominator of 0 cannot have a numerator', 'one of none');
SELECT throws_ok('SELECT spc_p(3, 2) OVER ()', '22023', 'a numerator cannot be more than its denominator', 'three of two');
SELECT throws_ok('SELECT spc_p(1, -2) OVER ()', '22023', 'a denominator cannot be negative', 'negative denominator');
SELECT throws_ok('SELECT spc_u(-1, 2) OVER ()', '22023', NULL, 'negative numerator');
SELECT throws_ok('SELECT spc_c(-1) OVER ()', '22023', NULL, 'negative count');
SELECT throws_ok('SELECT spc_t(0) OVER ()', '22023', 'a time between events must be more than 0', 'no time between events');
SELECT throws_ok('SELECT spc_xbar(1, 1, 2.5) OVER ()', '22023', NULL, 'half a member of a subgroup');
SELECT throws_ok('SELECT spc_chart(''pie'', 1) OVER ()', '22023', 'unknown chart "pie"', 'unknown chart');
SELECT throws_ok('SELECT spc_chart(''p'', 1) OVER ()', '22023', 'a chart of kind "p" needs a denominator', 'a p chart without denominators');
SELECT throws_ok('SELECT spc_chart(''xbar'', 1) OVER ()', '22023', NULL, 'xbar has a function of its own');
SELECT throws_ok('SELECT spc_xmr(1, every => ''1 month'') OVER ()', '22004', 'a period is NULL or infinite', 'every without period');
SELECT throws_ok($$SELECT spc_xmr(1, period => m, every => '1 month', refuse_gaps => true) OVER (ORDER BY m) FROM unnest('{2020-01-31,2020-02-29,2020-04-30}'::date[]) AS m$$,
	'22023', 'a period is missing', 'a missing month is refused');
SELECT lives_ok($$SELECT spc_xmr(1, period => m, every => '1 month', refuse_gaps => true) OVER (ORDER BY m) FROM unnest('{2020-01-31,2020-02-29,2020-03-31,2020-04-30}'::date[]) AS m$$,
	'the last days of months are a month apart');
SELECT throws_ok($$SELECT spc_xmr(1, period => m, every => '1 month') OVER (ORDER BY m) FROM unnest('{2020-01-01,2020-02-02}'::date[]) AS m$$,
	'22023', 'a period is not where the calendar has one', 'an odd day is refused');
SELECT throws_ok($$SELECT spc_xmr(1, period => m, every => '1 month') OVER (ORDER BY m) FROM unnest('{2020-01-01,2020-01-01}'::date[]) AS m$$,
	'22023', 'a period is not where the calendar has one', 'a month twice is refused');
SELECT throws_ok($$SELECT spc_xmr(1, period => m, every => '-1 day') OVER (ORDER BY m) FROM unnest('{2020-01-01,2020-01-02}'::date[]) AS m$$, '22023', NULL, 'a step back');
SELECT throws_ok($$SELECT spc_xmr(1, period => m, every => '0') OVER (ORDER BY m) FROM unnest('{2020-01-01,2020-01-02}'::date[]) AS m$$, '22023', NULL, 'no step');
SELECT throws_ok('SELECT * FROM spc_xmr_rows(''SELECT 1 AS series, 2 AS value'')', '42703', 'the query of spc_xmr_rows() has no column "period"', 'a column is missing');
SELECT throws_ok('SELECT * FROM spc_xmr_rows(''SELECT 1 AS series, 1 AS period, 2 AS value'')', '42804', 'column "period" of the query of spc_xmr_rows() has the wrong type', 'a column of another type');
SELECT throws_ok('SELECT * FROM spc_xmr_rows(''SELECT 1 AS series, current_date AS period, ''''2'''' AS value, 3 AS value'')', '42701', NULL, 'a column twice');
SELECT throws_ok('SELECT * FROM spc_xmr_rows(''SELECT 1 AS series, current_date AS period, ''''2''''::text AS value'')', '42804', NULL, 'text is no value');
SELECT throws_ok('SELECT * FROM spc_xmr_rows(''SELECT NULL::text AS series, current_date AS period, 2 AS value'')', '22004', 'a row has no series', 'a NULL series');
SELECT throws_ok('SELECT * FROM spc_xmr_rows(''SELECT 1 AS series, NULL::date AS period, 2 AS value'')', '22004', 'a row has no period', 'a NULL period');
SELECT throws_ok('SELECT * FROM spc_xmr_rows(''SELECT 1 AS series, current_date AS period, 2 AS value FROM generate_series(1, 2)'')', '22023', 'a series has two rows of one period', 'a period twice');
SELECT throws_ok('SELECT * FROM spc_xmr_rows(''SELECT 1 AS series, current_date AS period, ''''NaN''''::float8 AS value'')', '22023', NULL, 'NaN in a query');
SELECT throws_ok('SELECT * FROM spc_xmr_rows(''DELETE FROM point'')', '22023', NULL, 'no SELECT');
SELECT throws_ok('SELECT * FROM spc_xmr_rows(''SELECT 1; SELECT 2'')', '22023', NULL, 'two SELECTs');
SELECT throws_ok('SELECT * FROM spc_xmr_rows(NULL::text)', '22004', NULL, 'a NULL query');
SELECT throws_ok('SELECT * FROM spc_chart_rows(''SELECT 1 AS series, current_date AS period, 2 AS value'', ''p'')', '22023', 'a chart of kind "p" needs a denominator', 'no denominator in a query');
SELECT throws_ok('SELECT * FROM spc_xmr_rows(ARRAY[[1.0, 2.0]]::double precision[])', '2202E', NULL, 'a table is no series');
SELECT throws_ok('SELECT * FROM spc_xmr_rows(ARRAY[1.0, 2.0]::double precision[], ghost => ''{t}'')', '2202E', NULL, 'marks of another length');
SELECT is_empty('SELECT * FROM spc_xmr_rows(NULL::double precision[])', 'a NULL array has no rows');
SELECT is_empty('SELECT * FROM spc_xmr_rows(''{}''::double precision[])', 'an empty array has none');
SELECT is_empty('SELECT * FROM spc_xmr_rows(''SELECT series, month AS period, value FROM point WHERE false'')', 'an empty query has none');
SELECT throws_ok('SELECT spc_summary(1, NULL::date, ''neutral'', 1)', '22004', 'a point of a control chart has no period', 'a summary of no period');
SELECT throws_ok('SELECT spc_summary(1, current_date, ''neutral'', 1) FROM generate_series(1, 2)', '22023', 'a series has two points of one period', 'a summary of a period twice');
SELECT throws_ok('SELECT spc_summary(1, n, CASE n WHEN 1 THEN ''neutral'' ELSE ''lower_better'' END, 1) FROM generate_series(1::bigint, 2) AS n', '22023', 'the options of a series differ from row to row', 'a summary of two directions');
SELECT throws_ok('SELECT spc_summary(1, current_date, ''up'', 1)', '22023', 'unknown direction "up"', 'a summary of an unknown direction');
SELECT throws_ok('SELECT spc_summary(1, 1, current_date, ''neutral'', 1, false, false, spc_options(chart => ''s''))', '22023', NULL, 'a summary of subgroups');
SELECT throws_ok('SELECT spc_rule(4096)', '22023', NULL, 'no mask');
SELECT throws_ok('SELECT spc_rule_bit(''above'')', '22023', 'unknown rule "above"', 'no rule');
SELECT throws_ok('SELECT spc_assurance(4::smallint)', '22023', NULL, 'no assurance');
SELECT throws_ok('SELECT spc_anhoej_limits(-1)', '22023', NULL, 'fewer points than none');
SELECT throws_ok('SELECT spc_step_changes(''{1}''::double precision[], 1)', '22023', 'min_points is out of range', 'levels of one point');
SELECT throws_ok('SELECT spc_step_changes(''{1}''::double precision[], level => 1)', '22023', 'level is out of range', 'a level of 1');
SELECT throws_ok('SELECT spc_vlad(2, 0.5) OVER ()', '22023', 'an outcome must be 0 or 1', 'an outcome of 2');
SELECT throws_ok('SELECT spc_vlad(1, 1.5) OVER ()', '22023', 'an expected outcome must be a probability from 0 to 1', 'a probability of 1.5');
SELECT throws_ok('SELECT spc_vlad(1, 0.5, ''odds'') OVER ()', '22023', 'unknown kind "odds" of outcome', 'an unknown kind');
SELECT throws_ok('SELECT spc_ra_cusum(1, 0.5, ratio_up => 1) OVER ()', '22023', 'ratio_up is out of range', 'no worse odds');
SELECT throws_ok('SELECT spc_ra_cusum(1, 0.5, threshold => NULL) OVER ()', '22004', 'threshold cannot be NULL', 'no threshold');
SELECT throws_ok('SELECT spc_ra_cusum(1, -0.5, ''count'') OVER ()', '22023', 'a denominator cannot be negative', 'a negative expectation');

-- ---------------------------------------------------------------------
-- Planner: evaluated once a row, and in parallel
-- ---------------------------------------------------------------------
SELECT is((SELECT count(*) FROM pg_proc WHERE pronamespace = 'caregroup'::regnamespace AND proname LIKE 'spc\_%' AND provolatile = 'v'), 0::bigint,
	'nothing here is VOLATILE');
CREATE TABLE spc_parallel AS SELECT series, month, value FROM point;
ALTER TABLE spc_parallel SET (parallel_workers = 2);
ANALYZE spc_parallel;
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	line text;
	lines text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP
		lines := lines || line || E'\n';
	END LOOP;
	RETURN lines;
END $$;
CREATE TEMP TABLE serial AS SELECT series, spc_summary(value, month, 'lower_better', 104) AS icons, spc_autocorrelation(value, month) AS r FROM spc_parallel GROUP BY series;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT matches(pg_temp.plan_of('SELECT series, spc_summary(value, month, ''lower_better'', 104) FROM spc_parallel GROUP BY series'), 'Partial .*Aggregate', 'spc_summary runs in parallel');
CREATE TEMP TABLE parallel AS SELECT series, spc_summary(value, month, 'lower_better', 104) AS icons, spc_autocorrelation(value, month) AS r FROM spc_parallel GROUP BY series;
SELECT is_empty('SELECT * FROM serial FULL JOIN parallel USING (series) WHERE serial.icons IS DISTINCT FROM parallel.icons OR serial.r IS DISTINCT FROM parallel.r', 'and gives the same');
CREATE TABLE spc_partitioned (series integer, month date, value double precision) PARTITION BY HASH (series);
CREATE TABLE spc_partitioned_0 PARTITION OF spc_partitioned FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE spc_partitioned_1 PARTITION OF spc_partitioned FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO spc_partitioned SELECT * FROM spc_parallel;
SET LOCAL enable_partitionwise_aggregate = on;
SELECT is_empty('SELECT * FROM serial FULL JOIN (SELECT series, spc_summary(value, month, ''lower_better'', 104) AS icons FROM spc_partitioned GROUP BY series) AS p USING (series) WHERE serial.icons IS DISTINCT FROM p.icons', 'partition by partition too');

-- ---------------------------------------------------------------------
-- A long series stops at once when told to.  Lateness is the time from the
-- moment a statement was to end until it did; a join without end shows how
-- late anything is on a machine as busy as this one.
-- ---------------------------------------------------------------------
CREATE TABLE spc_long AS SELECT n, n * 7919::bigint % 10007 + 1 AS value FROM generate_series(1, 2000000) AS n;
CREATE TEMP TABLE late (what text, timeout integer, began timestamptz, ended timestamptz);
\set ON_ERROR_STOP off
\set attempt 'INSERT INTO late VALUES (:what, :timeout, clock_timestamp()); SAVEPOINT before; SET LOCAL statement_timeout = :timeout; :long; ROLLBACK TO SAVEPOINT before; UPDATE late SET ended = clock_timestamp() WHERE ended IS NULL;'
\set what '''chart'''
\set long 'SELECT count((p).rules) FROM (SELECT spc_xmr(value) OVER (ORDER BY n) AS p FROM spc_long) AS t'
\set timeout 150
:attempt
\set timeout 600
:attempt
\set timeout 900
:attempt
\set long 'SELECT count((p).rules) FROM (SELECT spc_run(value, rule_set => ''anhoej'') OVER (ORDER BY n) AS p FROM spc_long) AS t'
\set timeout 800
:attempt
\set long 'SELECT count(*) FROM spc_xmr_rows(''SELECT 1 AS series, n AS period, value FROM spc_long'', series_type => 1, period_type => 1)'
\set timeout 300
:attempt
\set long 'SELECT count(*) FROM spc_step_changes(''SELECT 1 AS series, n AS period, value FROM spc_long'', series_type => 1, period_type => 1)'
\set timeout 500
:attempt
\set timeout 900
:attempt
\set long 'SELECT (spc_summary(value, -n::bigint, NULL, NULL)).points FROM spc_long'
\set timeout 400
:attempt
\set what '''anything'''
\set long 'SELECT count(*) FROM spc_long AS a, spc_long AS b'
\set timeout 150
:attempt
:attempt
:attempt
:attempt
\set ON_ERROR_STOP on
SELECT diag(what || ', milliseconds late: ' || string_agg(round(extract(epoch FROM ended - began) * 1000 - timeout)::text, ', ' ORDER BY began)) FROM late GROUP BY what;
SELECT cmp_ok(chart.late - anything.late, '<', 100::double precision, 'cancelled charts of 2 million rows end within 100 ms of when anything does')
FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended - began) * 1000 - timeout) AS late FROM late WHERE what = 'chart') AS chart,
	(SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended - began) * 1000 - timeout) AS late FROM late WHERE what = 'anything') AS anything;
SELECT cmp_ok(max(ended - began - timeout * interval '1 ms'), '<', interval '1 s', 'and none is deaf') FROM late;
SELECT * FROM finish();
ROLLBACK;
