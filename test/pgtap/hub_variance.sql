-- Control charts, icons, funnels, opportunities, dated changes and what is
-- published, of a small hub: each figure against a slow version in plain SQL.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(106);

SELECT caregroup.create_hub('hub_t') \g /dev/null
CREATE FUNCTION pg_temp.recalculate(since text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	run bigint := caregroup.begin_run('hub_t', false);
	step text;
BEGIN
	FOR step IN SELECT s.step FROM caregroup.hub_step AS s WHERE since IS NULL OR s.ordinal >= (SELECT o.ordinal FROM caregroup.hub_step AS o WHERE o.step = since) ORDER BY s.ordinal LOOP
		PERFORM caregroup.begin_step('hub_t', run, step), caregroup.run_step('hub_t', run, step);
	END LOOP;
	PERFORM caregroup.end_run('hub_t', run);
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM || ' in ' || coalesce(step, '-');
END $$;
-- A number from 0 to 1; md5, for neighbouring hashes of numbers are not independent.
CREATE FUNCTION pg_temp.uniform(what text) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$ SELECT ('x' || left(md5(what), 12))::bit(48)::bigint / 281474976710656.0::double precision $$;

CREATE SCHEMA wh_variance;
CREATE TABLE wh_variance.organisation AS SELECT 'HQ' AS organisation_id, 'Headquarters' AS name, 'headquarters' AS kind UNION ALL SELECT 'R' || to_char(i, 'FM00'), 'Region ' || i, 'region' FROM generate_series(1, 12) AS i;
CREATE TABLE wh_variance.organisation_link AS SELECT organisation_id AS child_id, 'HQ'::text AS parent_id, 'command'::text AS hierarchy FROM wh_variance.organisation WHERE kind = 'region';
CREATE TABLE wh_variance.site AS SELECT 's' || to_char(i, 'FM00') AS site_id, 'Site ' || i AS name, 'R' || to_char(i, 'FM00') AS organisation_id, 'medical'::text AS kind FROM generate_series(1, 12) AS i;
CREATE TABLE wh_variance.service AS SELECT v AS service_id, 'Service ' || v AS name, 'community'::text AS kind FROM unnest('{v1,v2}'::text[]) AS v;
CREATE TABLE wh_variance.indicator AS SELECT i AS indicator_id, 'Indicator ' || i AS name, 'Seen'::text AS numerator, 'All'::text AS denominator, d AS direction, t::numeric AS target, c AS chart, p::numeric AS per FROM (VALUES
	('a', 'higher_better', 80, 'xmr', 100), ('b', 'lower_better', NULL, 'xmr', 1), ('p', 'lower_better', NULL, 'p', 100), ('u', 'lower_better', NULL, 'u', 1000), ('c', 'lower_better', NULL, 'c', NULL), ('rare', 'lower_better', NULL, 'p', 100), ('most', 'higher_better', NULL, 'p', 100)) AS v (i, d, t, c, p);
CREATE TABLE wh_variance.month AS SELECT m::date AS month, row_number() OVER (ORDER BY m) AS i FROM generate_series(timestamp '2022-07-01', '2024-07-01', '1 month') AS m;
CREATE TABLE wh_variance.indicator_value AS
SELECT 'a'::text AS indicator_id, o.organisation_id, v.v AS service_id, m.month AS period_start, round(400 + 200 * pg_temp.uniform('a' || o.organisation_id || v.v || m.month))::numeric AS numerator, round(700 + 60 * pg_temp.uniform('ad' || o.organisation_id || v.v || m.month))::numeric AS denominator
FROM wh_variance.organisation AS o, unnest('{v1,v2}'::text[]) AS v (v), wh_variance.month AS m WHERE o.kind = 'region'
UNION ALL SELECT 'b', o.organisation_id, NULL, m.month, round(200 + 50 * pg_temp.uniform('b' || o.organisation_id || m.month))::numeric, 10 FROM wh_variance.organisation AS o, wh_variance.month AS m WHERE o.kind = 'region' AND NOT (o.organisation_id = 'R03' AND m.i IN (8, 9))
UNION ALL SELECT 'p', o.organisation_id, NULL, m.month, round(30 + 12 * pg_temp.uniform('p' || o.organisation_id || m.month) + CASE o.organisation_id WHEN 'R05' THEN 25 ELSE 0 END)::numeric, 200 FROM wh_variance.organisation AS o, wh_variance.month AS m WHERE o.kind = 'region'
UNION ALL SELECT 'u', o.organisation_id, NULL, m.month, round(30 + 12 * pg_temp.uniform('u' || o.organisation_id || m.month) + CASE o.organisation_id WHEN 'R06' THEN 25 ELSE 0 END)::numeric, 5000 FROM wh_variance.organisation AS o, wh_variance.month AS m WHERE o.kind = 'region'
UNION ALL SELECT 'c', o.organisation_id, NULL, m.month, floor(3 * pg_temp.uniform('c' || o.organisation_id || m.month))::numeric, NULL FROM wh_variance.organisation AS o, wh_variance.month AS m WHERE o.kind = 'region'
UNION ALL SELECT 'rare', o.organisation_id, NULL, m.month, floor(3 * pg_temp.uniform('rare' || o.organisation_id || m.month))::numeric, 200 FROM wh_variance.organisation AS o, wh_variance.month AS m WHERE o.kind = 'region'
UNION ALL SELECT 'most', o.organisation_id, NULL, m.month, 200 - floor(3 * pg_temp.uniform('most' || o.organisation_id || m.month))::numeric, 200 FROM wh_variance.organisation AS o, wh_variance.month AS m WHERE o.kind = 'region';
CREATE TABLE wh_variance.change_log (change_id text, changed_on date, organisation_id text, service_id text, text text, indicator_id text, starts_phase boolean);
SELECT caregroup.bind('hub_t', e, format('TABLE wh_variance.%I', e)) FROM unnest('{organisation,organisation_link,site,service,indicator,indicator_value,change_log}'::text[]) AS e \g /dev/null
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-07-10 12:00Z') \g /dev/null
SELECT is(pg_temp.recalculate(), 'no error', 'the hub is recalculated');

-- ---------------------------------------------------------------------
-- Control charts
-- ---------------------------------------------------------------------
CREATE TEMP VIEW spc AS SELECT * FROM hub_t.report_variance_spc;
CREATE TEMP VIEW series AS
SELECT organisation_id, indicator_id, service_id, period_start, value, row_number() OVER s AS i, count(*) OVER (PARTITION BY organisation_id, indicator_id, service_id) AS n,
	abs(value - lag(value) OVER s) AS mr FROM spc WHERE indicator_id IN ('a', 'b') WINDOW s AS (PARTITION BY organisation_id, indicator_id, service_id ORDER BY period_start);
CREATE TEMP TABLE line AS
SELECT s.organisation_id, s.indicator_id, s.service_id, avg(s.value) AS centre,
	(SELECT avg(r.mr) FROM series AS r WHERE (r.organisation_id, r.indicator_id, r.service_id) = (s.organisation_id, s.indicator_id, s.service_id) AND r.mr <= 3.267 * avg(s.mr)) AS mean_range
FROM series AS s GROUP BY 1, 2, 3;
SELECT cmp_ok((SELECT count(*) FROM line), '=', 13::bigint * 4, 'thirteen organisations, a of two services and all, b of all together');
SELECT is_empty($$SELECT r.organisation_id, r.indicator_id, r.service_id, r.period_start, r.centre, l.centre, r.upper, l.centre + 2.66 * l.mean_range FROM spc AS r JOIN line AS l USING (organisation_id, indicator_id, service_id)
	WHERE abs(r.centre / l.centre - 1) > 1e-9 OR abs(r.upper / (l.centre + 2.66 * l.mean_range) - 1) > 1e-9 OR abs(r.lower / (l.centre - 2.66 * l.mean_range) - 1) > 1e-9$$, 'the lines of every XmR chart are the mean and 2.66 mean moving ranges');
SELECT is_empty($$SELECT organisation_id, indicator_id, period_start, rules FROM spc WHERE indicator_id IN ('a', 'b', 'p', 'u') AND value IS NOT NULL AND (rules ~ 'above_upper_limit') IS DISTINCT FROM (value > upper)$$, 'points above the upper limit are those above it');
SELECT is_empty($$SELECT organisation_id, indicator_id, period_start, rules FROM spc WHERE indicator_id IN ('a', 'b', 'p', 'u') AND value IS NOT NULL AND (rules ~ 'below_lower_limit') IS DISTINCT FROM (value < lower)$$, 'and below');
-- The run of seven that ends at the last point, by plain SQL.
CREATE TEMP VIEW last_seven AS
SELECT organisation_id, indicator_id, service_id, every(value > centre) AS above, every(value < centre) AS below, max(rules) FILTER (WHERE back = 1) AS rules
FROM (SELECT *, row_number() OVER (PARTITION BY organisation_id, indicator_id, service_id ORDER BY period_start DESC) AS back FROM spc) AS s WHERE back <= 7 GROUP BY 1, 2, 3 HAVING count(value) = 7;
SELECT is_empty($$SELECT * FROM last_seven WHERE (rules ~ 'run_above') IS DISTINCT FROM above OR (rules ~ 'run_below') IS DISTINCT FROM below$$, 'a run is told where seven lie on one side');
SELECT is_empty($$SELECT period_start FROM spc WHERE organisation_id = 'R03' AND indicator_id = 'b' AND value IS NULL EXCEPT SELECT month FROM wh_variance.month WHERE i IN (8, 9)$$, 'gaps stay gaps');
SELECT is((SELECT count(*) FROM spc WHERE organisation_id = 'R03' AND indicator_id = 'b' AND value IS NULL), 2::bigint, 'two of them');
-- A p chart by hand: limits of each point by its denominator.
SELECT is_empty($$SELECT * FROM (SELECT organisation_id, period_start, lower, upper, centre, denominator, sum(numerator) OVER o / sum(denominator) OVER o AS share FROM spc WHERE indicator_id = 'p' WINDOW o AS (PARTITION BY organisation_id)) AS q
	WHERE abs(centre / (100 * share) - 1) > 1e-9 OR abs(upper / (100 * (share + 3 * sqrt(share * (1 - share) / denominator))) - 1) > 1e-9 OR abs(lower - greatest(0, 100 * (share - 3 * sqrt(share * (1 - share) / denominator)))) > 1e-6$$, 'the lines of p charts');
SELECT is_empty($$SELECT * FROM (SELECT organisation_id, upper, centre, denominator, sum(numerator) OVER o / sum(denominator) OVER o AS rate FROM spc WHERE indicator_id = 'u' WINDOW o AS (PARTITION BY organisation_id)) AS q
	WHERE abs(centre / (1000 * rate) - 1) > 1e-9 OR abs(upper / (1000 * (rate + 3 * sqrt(rate / denominator))) - 1) > 1e-9$$, 'of u charts');
SELECT is_empty($$SELECT * FROM (SELECT organisation_id, upper, centre, avg(numerator) OVER (PARTITION BY organisation_id) AS mean FROM spc WHERE indicator_id = 'c') AS q WHERE abs(centre - mean) > 1e-9 OR abs(upper - mean - 3 * sqrt(mean)) > 1e-9$$, 'and of c charts');
SELECT is_empty($$SELECT * FROM spc WHERE is_improvement AND is_concern OR rule = 'common_cause' AND (is_improvement OR is_concern)$$, 'nothing is better and worse at once');
SELECT is_empty($$SELECT organisation_id, period_start, rule FROM spc WHERE indicator_id = 'a' AND value > upper AND NOT is_improvement OR indicator_id = 'p' AND value > upper AND NOT is_concern$$, 'above the limit is better where higher is better, else worse');
SELECT is_empty($$SELECT organisation_id, target, assurance FROM spc WHERE indicator_id = 'a' AND assurance IS DISTINCT FROM CASE WHEN target > upper THEN 'consistent_fail' WHEN target < lower THEN 'consistent_pass' ELSE 'inconsistent' END$$, 'assurance: where the target lies');

-- ---------------------------------------------------------------------
-- Icons and q-values
-- ---------------------------------------------------------------------
CREATE TEMP VIEW icon AS SELECT * FROM hub_t.variance_summary WHERE hierarchy = 'command';
SELECT is_empty($$SELECT i.* FROM icon AS i JOIN (SELECT DISTINCT ON (organisation_id, indicator_id, service_id) * FROM spc WHERE value IS NOT NULL ORDER BY organisation_id, indicator_id, service_id, period_start DESC) AS l USING (organisation_id, indicator_id, service_id)
	WHERE (i.value, i.centre, i.upper, i.lower, i.period_start, CASE WHEN i.advice = 'rare_events' THEN l.rule ELSE caregroup.spc_rule(i.rules) END) IS DISTINCT FROM (l.value, l.centre, l.upper, l.lower, l.period_start, l.rule)$$, 'the icons are those of the last points of the charts');
SELECT is_empty($$SELECT i.* FROM icon AS i JOIN (SELECT organisation_id, indicator_id, service_id, count(value) AS points, avg(numerator) AS mean FROM spc GROUP BY 1, 2, 3) AS s USING (organisation_id, indicator_id, service_id) WHERE i.points <> s.points OR abs(i.numerator_mean - s.mean) > 1e-9$$, 'with their points and mean numerators');
-- Benjamini and Hochberg: the smallest share of false ones among all that are
-- as likely or less, over every cut at or above this one.
SELECT is_empty($$SELECT * FROM (SELECT a.organisation_id, a.indicator_id, a.service_id, a.q_value, (SELECT min(b.chance * n.m / (SELECT count(*) FROM icon AS d WHERE d.is_tested AND d.organisation_kind = a.organisation_kind AND d.chance <= b.chance)) FROM icon AS b WHERE b.is_tested AND b.organisation_kind = a.organisation_kind AND b.chance >= a.chance) AS q, a.tested, n.m
	FROM icon AS a JOIN (SELECT organisation_kind, count(*) AS m FROM icon WHERE is_tested GROUP BY 1) AS n USING (organisation_kind) WHERE a.is_tested) AS x WHERE abs(q_value - q) > 1e-12 OR tested <> m$$, 'q-values by another formula');
SELECT is_empty($$SELECT * FROM icon WHERE q_value < chance OR q_value > 1 OR (q_value IS NULL) = is_tested$$, 'q lies between chance and 1, and is there where tested');
-- Rare events: the last six periods against all before, by the exact binomial
-- test of Przyborowski and Wilenski: given all events, how many are recent.
CREATE FUNCTION pg_temp.exact_chance(recent integer, recent_of numeric, earlier integer, earlier_of numeric) RETURNS numeric LANGUAGE sql AS $$
	SELECT least(1, 2 * least(sum(p) FILTER (WHERE k <= recent), sum(p) FILTER (WHERE k >= recent))) FROM (SELECT k, factorial(recent + earlier) / factorial(k) / factorial(recent + earlier - k) * (recent_of / (recent_of + earlier_of)) ^ k * (earlier_of / (recent_of + earlier_of)) ^ (recent + earlier - k) AS p FROM generate_series(0, recent + earlier) AS k) AS b
$$;
CREATE TEMP TABLE rare_by_hand AS
SELECT indicator_id, organisation_id, sum(e) FILTER (WHERE back <= 6)::integer AS recent, sum(d) FILTER (WHERE back <= 6) AS recent_of, sum(e) FILTER (WHERE back > 6)::integer AS earlier, sum(d) FILTER (WHERE back > 6) AS earlier_of
FROM (SELECT indicator_id, organisation_id, CASE indicator_id WHEN 'most' THEN denominator - numerator ELSE numerator END AS e, denominator AS d, row_number() OVER (PARTITION BY indicator_id, organisation_id ORDER BY period_start DESC) AS back
	FROM wh_variance.indicator_value WHERE indicator_id IN ('rare', 'most') AND period_start < '2024-07-01') AS q GROUP BY 1, 2;
SELECT is((SELECT count(*) FROM icon WHERE is_tested AND rules = 0 AND indicator_id IN ('rare', 'most') AND organisation_kind = 'region'), 24::bigint, 'counts below five, or as few that were not counted, are not judged by rules');
SELECT is_empty($$SELECT i.organisation_id, i.indicator_id, i.chance, pg_temp.exact_chance(h.recent, h.recent_of, h.earlier, h.earlier_of) FROM icon AS i JOIN rare_by_hand AS h USING (indicator_id, organisation_id) WHERE i.service_id = '(all)' AND abs(i.chance - pg_temp.exact_chance(h.recent, h.recent_of, h.earlier, h.earlier_of)) > 1e-9$$, 'but by the sums of the last six periods and all before');
SELECT is((SELECT string_agg(DISTINCT coalesce(advice, '-'), ' ') FROM icon WHERE indicator_id IN ('rare', 'most') AND organisation_kind = 'region'), 'rare_events', 'and say why');
SELECT is((SELECT string_agg(DISTINCT coalesce(advice, '-'), ' ') FROM icon WHERE indicator_id = 'c' AND organisation_kind = 'region'), 'rare_events', 'a c chart of a mean of one too: 7.8 % of its points alarm by chance');
SELECT is((SELECT count(*) FROM icon WHERE indicator_id = 'b' AND service_id = '(all)' AND organisation_kind = 'region' AND is_tested), 12::bigint, 'figures without a service are tested once');
SELECT is((SELECT count(*) FROM icon WHERE indicator_id = 'a' AND organisation_kind = 'region' AND is_tested), 36::bigint, 'with two services both and their sum');
SELECT results_eq($$SELECT organisation_kind, count(*) FROM hub_t.report_exception GROUP BY 1 ORDER BY 1$$, $$SELECT organisation_kind, count(*) FROM icon WHERE is_tested AND (variation <> 'common_cause' OR assurance = 'consistent_fail' AND advice IS DISTINCT FROM 'rare_events') GROUP BY 1 ORDER BY 1$$, 'exceptions: tested series that signal or cannot meet their target');
SELECT is_empty($$SELECT e.* FROM hub_t.report_exception AS e WHERE abs(e.signals_expected_by_chance - 0.019 * (SELECT count(*) FROM icon AS i WHERE i.is_tested AND i.advice IS DISTINCT FROM 'rare_events' AND i.organisation_kind = e.organisation_kind)) > 1e-9 OR e.series_tested IS DISTINCT FROM (SELECT count(*) FROM icon AS i WHERE i.is_tested AND i.organisation_kind = e.organisation_kind)$$, 'with the number that chance makes');
SELECT is_empty($$SELECT * FROM (SELECT organisation_kind, rank, exception, q_value, lag(q_value) OVER w AS above, lag(exception) OVER w AS before, row_number() OVER w AS place FROM hub_t.report_exception WINDOW w AS (PARTITION BY organisation_kind ORDER BY rank)) AS e WHERE rank <> place OR exception <> 'target cannot be met' AND (before = 'target cannot be met' OR q_value < above)$$, 'signals before targets, by q');
SELECT is_empty($$SELECT sentence FROM hub_t.report_exception WHERE sentence IS NULL OR sentence !~ '^Indicator .*\.$' OR sentence ~ '  '$$, 'a sentence each');
-- A plant: the last point of one region far out.
SAVEPOINT plant;
UPDATE wh_variance.indicator_value SET numerator = 400 WHERE indicator_id = 'b' AND organisation_id = 'R07' AND period_start = '2024-06-01';
SELECT pg_temp.recalculate('indicator_name') \g /dev/null
SELECT sentence AS planted_sentence, exception AS planted_exception, organisation_id || ' ' || rank AS planted_place, q_value < 0.001 AS planted_sure FROM hub_t.report_exception WHERE organisation_kind = 'region' ORDER BY rank LIMIT 1 \gset
ROLLBACK TO plant;
SELECT is(:'planted_place'::text, 'R07 1', 'a plant ranks first');
SELECT is(:'planted_exception'::text, 'special_cause_concern', 'to the worse');
SELECT is(:'planted_sure'::text, 't', 'beyond chance');
SELECT matches(:'planted_sentence'::text, '^Indicator b, Region 7: 40\.0 in June 2024, above its upper limit of \d\d\.\d, worse\.$', 'and says so');
-- A series that has ended.
SAVEPOINT ended;
DELETE FROM wh_variance.indicator_value WHERE indicator_id = 'b' AND organisation_id = 'R07' AND period_start > '2024-03-01';
UPDATE wh_variance.indicator_value SET numerator = 400 WHERE indicator_id = 'b' AND organisation_id = 'R07' AND period_start = '2024-03-01';
SELECT pg_temp.recalculate('indicator_name') \g /dev/null
SELECT is_current::text || is_tested::text || period_start::text AS ended FROM icon WHERE organisation_id = 'R07' AND indicator_id = 'b' \gset
ROLLBACK TO ended;
SELECT is(:'ended'::text, 'falsefalse2024-03-01', 'what ended in March is no news of June');

-- ---------------------------------------------------------------------
-- Funnel
-- ---------------------------------------------------------------------
CREATE TEMP TABLE year AS SELECT indicator_id, organisation_id, coalesce(service_id, '(all)') AS service_id, sum(numerator)::double precision AS numerator, sum(denominator)::double precision AS denominator FROM wh_variance.indicator_value WHERE period_start BETWEEN '2023-07-01' AND '2024-06-01' GROUP BY 1, 2, 3;
SELECT set_eq($$SELECT indicator_id, organisation_id, service_id, numerator, denominator FROM hub_t.variance_funnel WHERE hierarchy = 'command' AND organisation_kind = 'region'$$, $$SELECT * FROM year WHERE indicator_id IN ('p', 'u', 'rare', 'most')$$, 'the funnel has the sums of twelve whole months of what is counted');
SELECT is_empty($$SELECT f.organisation_id, f.centre, y.centre FROM hub_t.variance_funnel AS f JOIN (SELECT indicator_id, sum(numerator) / sum(denominator) * CASE indicator_id WHEN 'u' THEN 1000 ELSE 100 END AS centre FROM year GROUP BY 1) AS y USING (indicator_id) WHERE f.hierarchy = 'command' AND f.organisation_kind = 'region' AND (abs(f.centre / y.centre - 1) > 0.02 OR f.peers <> 12)$$, 'around the rate of all');
SELECT is_empty($$SELECT * FROM hub_t.variance_funnel WHERE abs(value - numerator / denominator * CASE indicator_id WHEN 'u' THEN 1000 ELSE 100 END) > 1e-6$$, 'each at its own rate');
SELECT is_empty($$SELECT organisation_id, indicator_id FROM hub_t.variance_funnel WHERE indicator_id = 'u' AND abs(expected - denominator * (SELECT sum(numerator) / sum(denominator) FROM year WHERE year.indicator_id = 'u')) > 1e-6 OR indicator_id <> 'u' AND expected IS NOT NULL$$, 'expected: at the rate of all');
SELECT results_eq($$SELECT indicator_id, organisation_id, level FROM hub_t.variance_funnel WHERE hierarchy = 'command' AND abs(level) = 2 ORDER BY 1, 2$$, $$VALUES ('p'::text, 'R05'::text, 2), ('u', 'R06', 2)$$, 'the planted regions are outside, no others');
SELECT is_empty($$SELECT * FROM hub_t.variance_funnel WHERE level IS NULL OR abs(level) > abs(CASE WHEN value > upper_outer THEN 2 WHEN value > upper THEN 1 WHEN value < lower_outer THEN -2 WHEN value < lower THEN -1 ELSE 0 END) OR level * (value - centre) < 0$$, 'the level is no further out than the limits say');
SELECT is((SELECT count(*) FROM hub_t.variance_funnel WHERE organisation_kind = 'headquarters'), 0::bigint, 'no peers, no funnel');
SAVEPOINT four;
DELETE FROM wh_variance.indicator_value WHERE organisation_id > 'R04';
SELECT pg_temp.recalculate('indicator_name') AS four_outcome \gset
SELECT count(*) AS four FROM hub_t.variance_funnel \gset
ROLLBACK TO four;
SELECT is(:'four_outcome'::text || :'four', 'no error0', 'four peers are too few');
SAVEPOINT nothing;
UPDATE wh_variance.indicator_value SET numerator = 0 WHERE indicator_id IN ('p', 'u');
SELECT pg_temp.recalculate('indicator_name') AS none_outcome \gset
ROLLBACK TO nothing;
SELECT is(:'none_outcome'::text, 'no error', 'nothing counted anywhere stops nothing');
SAVEPOINT counted;
UPDATE wh_variance.indicator_value SET numerator = denominator WHERE indicator_id IN ('p', 'u');
SELECT pg_temp.recalculate('indicator_name') AS full_outcome \gset
ROLLBACK TO counted;
SELECT is(:'full_outcome'::text, 'no error', 'nor all counted everywhere');

-- ---------------------------------------------------------------------
-- Opportunity
-- ---------------------------------------------------------------------
SELECT is_empty($$SELECT f.organisation_id FROM hub_t.variance_funnel AS f JOIN wh_variance.indicator USING (indicator_id) EXCEPT SELECT o.organisation_id FROM hub_t.variance_opportunity AS o$$, 'every unit of a funnel has its opportunity');
SELECT is((SELECT organisation_id FROM hub_t.variance_opportunity WHERE indicator_id = i AND organisation_kind = 'region' ORDER BY events DESC LIMIT 1), o, i || ': the planted region could save most') FROM (VALUES ('p', 'R05'), ('u', 'R06')) AS v (i, o);
SELECT is_empty($$SELECT * FROM hub_t.variance_opportunity WHERE NOT events BETWEEN events_lower AND events_upper OR NOT benchmark BETWEEN benchmark_lower AND benchmark_upper$$, 'within its interval');
-- The edge of the best fifth of the rates, chance left in, is near.
SELECT cmp_ok((SELECT abs(o.benchmark / (SELECT percentile_cont(0.2) WITHIN GROUP (ORDER BY y.numerator / y.denominator * 1000) FROM year AS y WHERE y.indicator_id = 'u') - 1) FROM hub_t.variance_opportunity AS o WHERE o.hierarchy = 'command' AND o.indicator_id = 'u' AND o.organisation_id = 'R06'), '<', 0.05::double precision, 'the benchmark is near the best fifth of the rates');
SELECT cmp_ok((SELECT abs(o.events / (y.numerator - o.benchmark * y.denominator / 1000) - 1) FROM hub_t.variance_opportunity AS o JOIN year AS y USING (indicator_id, organisation_id) WHERE o.hierarchy = 'command' AND o.indicator_id = 'u' AND o.organisation_id = 'R06'), '<', 0.1::double precision, 'and the events are near the difference to it');
SELECT is((SELECT count(cost_gbp) FROM hub_t.variance_opportunity), 0::bigint, 'what is no activity has no cost');

-- ---------------------------------------------------------------------
-- Dated changes and phases
-- ---------------------------------------------------------------------
INSERT INTO wh_variance.change_log SELECT 'k' || o, d, o, NULL, 'Change of ' || o, 'b', true FROM (VALUES
	('R01', date '2023-02-01'), ('R02', '2023-01-02'), ('R03', '2023-01-30'), ('R04', '2023-04-15'), ('R05', '2023-07-31'), ('R06', '2023-03-01'), ('R07', '2023-04-01'), ('R08', '2022-07-01'), ('R09', '2024-06-15'), ('R10', '2020-01-01'), ('R11', '2023-05-02')) AS v (o, d);
INSERT INTO wh_variance.change_log VALUES ('all', '2023-09-20', NULL, NULL, 'Everywhere', 'a', false), ('one', '2023-09-01', 'R01', 'v1', 'Only v1', 'a', false), ('never', 'infinity', 'R01', NULL, 'Never', NULL, true), ('old', '-infinity', 'R01', NULL, 'Always', NULL, true),
	('far', '4000-01-01', 'R01', NULL, 'Far', NULL, true), (NULL, '2023-09-01', 'R01', NULL, 'No key', NULL, true), ('nodate', NULL, 'R01', NULL, 'No date', NULL, true), ('gone', '2023-09-01', 'nowhere', NULL, 'Unknown place', NULL, true), ('hq', '2023-11-10', 'HQ', NULL, 'From above', 'p', false), ('twice', '2023-11-10', 'R12', NULL, 'First', 'u', false), ('twice', '2023-12-10', 'R12', NULL, 'Second', 'u', true);
SELECT is(pg_temp.recalculate('indicator_name'), 'no error', 'with changes, some of them odd');
CREATE TEMP VIEW phase AS SELECT organisation_id, string_agg(period_start::text, ' ' ORDER BY period_start) AS starts FROM (SELECT organisation_id, period_start, phase > lag(phase) OVER (PARTITION BY organisation_id ORDER BY period_start) AS is_first FROM spc WHERE indicator_id = 'b' AND organisation_kind = 'region') AS s WHERE is_first GROUP BY 1;
SELECT is((SELECT p.starts FROM phase AS p WHERE p.organisation_id = v.o), v.starts, format('a change on %s: %s', c.changed_on, coalesce('a phase from ' || v.starts, 'no phase'))) FROM (VALUES
	('R01', '2023-02-01'), ('R02', '2023-02-01'), ('R03', '2023-02-01'), ('R04', '2023-05-01'), ('R05', '2023-08-01'), ('R06', '2023-03-01'), ('R07', '2023-04-01'), ('R08', NULL), ('R09', NULL), ('R10', NULL), ('R11', '2023-06-01'), ('R12', NULL)) AS v (o, starts) LEFT JOIN wh_variance.change_log AS c ON c.change_id = 'k' || v.o ORDER BY v.o;
SELECT results_eq($$SELECT organisation_id, period_start, change_text FROM spc WHERE change_text IS NOT NULL AND indicator_id = 'b' AND organisation_id <> 'R12' ORDER BY 1$$, $$SELECT organisation_id, date_trunc('month', changed_on)::date, text FROM wh_variance.change_log WHERE change_id ~ '^kR' AND changed_on >= '2022-07-01' ORDER BY 1$$, 'each change is written once, in its month');
SELECT is((SELECT string_agg(organisation_id || ' ' || service_id || ' ' || period_start, ', ' ORDER BY organisation_id, service_id) FROM spc WHERE indicator_id = 'a' AND change_text ~ 'Only v1'), 'R01 v1 2023-09-01', 'a change of a service is written on its chart');
SELECT is((SELECT count(DISTINCT (organisation_id, service_id)) FROM spc WHERE indicator_id = 'a' AND change_text ~ 'Everywhere'), 13::bigint * 3, 'one without an organisation on all');
SELECT is((SELECT count(DISTINCT organisation_id) FROM spc WHERE indicator_id = 'p' AND change_text = 'From above'), 13::bigint, 'one of headquarters on all under it');
SELECT is_empty($$SELECT * FROM spc WHERE change_text ~ 'Unknown place|Never|Always|Far|No key|No date'$$, 'and odd ones nowhere');
SELECT is((SELECT count(*) FROM hub_t.variance_change WHERE hierarchy = 'command' AND change_id = 'twice'), 1::bigint, 'a change that comes twice is one change');
-- Rare events in two phases: eight of 200 missing until the change, one since.
SAVEPOINT rarer;
UPDATE wh_variance.indicator_value SET numerator = CASE WHEN period_start < '2023-07-01' THEN 192 ELSE 199 END WHERE indicator_id = 'most' AND organisation_id IN ('R01', 'R02');
INSERT INTO wh_variance.change_log VALUES ('rarer', '2023-07-01', 'R01', NULL, 'Better since', 'most', true);
SELECT pg_temp.recalculate('indicator_name') \g /dev/null
SELECT string_agg(organisation_id || ' ' || advice || ' ' || variation, ', ' ORDER BY organisation_id) AS rarer FROM icon WHERE indicator_id = 'most' AND organisation_id IN ('R01', 'R02') \gset
ROLLBACK TO rarer;
SELECT is(:'rarer'::text, 'R01 rare_events common_cause, R02 rare_events special_cause_improvement', 'rare events: what changed a year ago is no news where the change starts a phase');
-- A fall from nearly all that the rules cannot tell.
SAVEPOINT fall;
UPDATE wh_variance.indicator_value SET numerator = 190 WHERE indicator_id = 'most' AND organisation_id = 'R04' AND period_start BETWEEN '2024-04-01' AND '2024-06-01';
SELECT pg_temp.recalculate('indicator_name') \g /dev/null
SELECT organisation_id || ' ' || exception || ' ' || sentence AS fall FROM hub_t.report_exception WHERE organisation_kind = 'region' ORDER BY rank LIMIT 1 \gset
ROLLBACK TO fall;
SELECT matches(:'fall'::text, '^R04 special_cause_concern Indicator most, Region 4: 95\.0 in June 2024, and in the last six months clearly other than before, worse\.$', 'a fall from 99.5 % to 95 % ranks first');
-- Lines of the two phases, by plain SQL.
SELECT is_empty($$SELECT organisation_id, phase, centre, mean FROM (SELECT organisation_id, phase, centre, avg(value) OVER (PARTITION BY organisation_id, phase) AS mean FROM spc WHERE indicator_id = 'b') AS q WHERE abs(centre - mean) > 1e-9$$, 'each phase has its own mean');
SELECT is((SELECT points FROM icon WHERE organisation_id = 'R04' AND indicator_id = 'b'), 24, 'the icon has the points of the whole chart');
SELECT is_empty($$SELECT i.organisation_id FROM icon AS i JOIN spc AS s USING (organisation_id, indicator_id, service_id, period_start) WHERE (i.centre, i.upper, i.rules <> 0) IS DISTINCT FROM (s.centre, s.upper, s.rule <> 'common_cause') AND i.indicator_id = 'b'$$, 'and the lines of the last phase');
-- Before and after, by hand.
CREATE TEMP TABLE change_by_hand AS
WITH point AS (SELECT c.change_id, c.changed_on, s.organisation_id, s.indicator_id, s.service_id, s.period_start, s.value, s.period_start >= c.changed_on AS is_after, abs(s.value - lag(s.value) OVER (PARTITION BY c.change_id, s.organisation_id, s.indicator_id, s.service_id ORDER BY s.period_start)) AS mr,
		row_number() OVER (PARTITION BY c.change_id, s.organisation_id, s.indicator_id, s.service_id, s.period_start >= c.changed_on ORDER BY s.period_start) AS forth, row_number() OVER (PARTITION BY c.change_id, s.organisation_id, s.indicator_id, s.service_id, s.period_start >= c.changed_on ORDER BY s.period_start DESC) AS back
	FROM wh_variance.change_log AS c JOIN spc AS s ON (c.organisation_id IS NULL OR s.organisation_id = c.organisation_id OR c.organisation_id = 'HQ') AND (c.indicator_id IS NULL OR c.indicator_id = s.indicator_id) AND (c.service_id IS NULL OR s.service_id = c.service_id)
	WHERE s.value IS NOT NULL AND c.change_id NOT IN ('never', 'old', 'far', 'gone', 'twice', 'nodate') AND c.changed_on IS NOT NULL)
SELECT change_id, organisation_id, indicator_id, service_id, count(*) FILTER (WHERE NOT is_after) AS points_before, count(*) FILTER (WHERE is_after) AS points_after, avg(value) FILTER (WHERE NOT is_after) AS before_mean, avg(value) FILTER (WHERE is_after) AS after_mean,
	avg(mr) FILTER (WHERE is_after AND forth > 1 OR NOT is_after AND back < 12) / 1.128 AS sigma
FROM point WHERE CASE WHEN is_after THEN forth <= 12 ELSE back <= 12 END GROUP BY 1, 2, 3, 4 HAVING bool_or(is_after) AND bool_or(NOT is_after);
SELECT set_eq($$SELECT change_id, organisation_id, indicator_id, service_id, points_before, points_after FROM hub_t.variance_change WHERE hierarchy = 'command' AND change_id <> 'twice'$$, 'SELECT change_id, organisation_id, indicator_id, service_id, points_before, points_after FROM change_by_hand', 'before and after: the points');
SELECT is_empty($$SELECT v.organisation_id, v.change_id, v.before_mean, h.before_mean, v.after_mean, h.after_mean FROM hub_t.variance_change AS v JOIN change_by_hand AS h USING (change_id, organisation_id, indicator_id, service_id) WHERE v.hierarchy = 'command' AND (abs(v.before_mean - h.before_mean) > 1e-9 OR abs(v.after_mean - h.after_mean) > 1e-9)$$, 'their means');
SELECT is_empty($$SELECT v.organisation_id, v.change_id, v.z, (h.after_mean - h.before_mean) / h.sigma / sqrt(1.0 / h.points_before + 1.0 / h.points_after) FROM hub_t.variance_change AS v JOIN change_by_hand AS h USING (change_id, organisation_id, indicator_id, service_id) WHERE v.hierarchy = 'command'
	AND CASE WHEN h.points_before >= 6 AND h.points_after >= 3 THEN v.z IS NULL OR abs(v.z - (h.after_mean - h.before_mean) / h.sigma / sqrt(1.0 / h.points_before + 1.0 / h.points_after)) > 1e-9 ELSE v.z IS NOT NULL END$$, 'and z, where there is enough on both sides');
SELECT is_empty($$SELECT * FROM hub_t.report_variance_change WHERE judgement IS DISTINCT FROM CASE WHEN abs(z) >= 4 THEN CASE WHEN (z > 0) = (indicator_id IN ('a', 'most')) THEN 'better' ELSE 'worse' END ELSE 'no clear change' END$$, 'judged by direction');
SELECT cmp_ok((SELECT count(*) FROM hub_t.report_variance_change), '>', 20::bigint, 'the report has them');

-- ---------------------------------------------------------------------
-- The same again, whatever the order of the rows
-- ---------------------------------------------------------------------
CREATE FUNCTION pg_temp.fingerprint() RETURNS text LANGUAGE plpgsql AS $$
DECLARE t text; one text; whole text := '';
BEGIN
	FOR t IN SELECT h.table_name FROM caregroup.hub_table AS h WHERE h.kind = 'result' ORDER BY 1 LOOP
		EXECUTE format('SELECT md5(coalesce(string_agg(r::text, E''\n'' ORDER BY r::text), '''')) FROM hub_t.%I AS r', t) INTO one;
		whole := whole || t || ' ' || one || E'\n';
	END LOOP;
	RETURN whole;
END $$;
CREATE FUNCTION pg_temp.unlike(one text, other text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(split_part(a, ' ', 1), ' '), '') FROM (SELECT unnest(string_to_array(one, E'\n')) EXCEPT SELECT unnest(string_to_array(other, E'\n'))) AS d (a)
$$;
SELECT pg_temp.fingerprint() AS first \gset
SELECT pg_temp.recalculate() \g /dev/null
SELECT is(pg_temp.unlike(pg_temp.fingerprint(), :'first'), '', 'a second recalculation gives the same');
CREATE TEMP TABLE again AS TABLE wh_variance.indicator_value;
DELETE FROM wh_variance.indicator_value; INSERT INTO wh_variance.indicator_value SELECT * FROM again ORDER BY md5(again::text);
CREATE TEMP TABLE organisations AS TABLE wh_variance.organisation;
DELETE FROM wh_variance.organisation; INSERT INTO wh_variance.organisation SELECT * FROM organisations ORDER BY organisation_id DESC;
CREATE TEMP TABLE changes AS TABLE wh_variance.change_log;
DELETE FROM wh_variance.change_log; INSERT INTO wh_variance.change_log SELECT * FROM changes ORDER BY md5(changes::text);
SELECT pg_temp.recalculate() \g /dev/null
SELECT is(pg_temp.unlike(pg_temp.fingerprint(), :'first'), '', 'so do other orders of the rows');
-- Another plan adds in another order: the same to six digits.
SET LOCAL extra_float_digits = -9;
SELECT pg_temp.fingerprint() AS first \gset
SET LOCAL enable_hashagg = off; SET LOCAL enable_hashjoin = off;
SELECT pg_temp.recalculate() \g /dev/null
SELECT is(pg_temp.unlike(pg_temp.fingerprint(), :'first'), '', 'and another plan');
RESET extra_float_digits; RESET enable_hashagg; RESET enable_hashjoin;
SELECT results_eq($$SELECT m.indicator_id, m.input_rows FROM hub_t.variance_method AS m WHERE m.input_rows > 0 ORDER BY 1$$, $$SELECT indicator_id, count(*) FROM wh_variance.indicator_value WHERE period_start < '2024-07-01' GROUP BY 1 ORDER BY 1$$, 'the method says how many figures it read');
SELECT is((SELECT count(DISTINCT input_fingerprint) FROM hub_t.variance_method WHERE input_rows > 0), 7::bigint, 'and tells their fingerprints apart');
SAVEPOINT changed;
SELECT input_fingerprint AS before_print FROM hub_t.variance_method WHERE indicator_id = 'b' \gset
UPDATE wh_variance.indicator_value SET numerator = numerator + 1 WHERE indicator_id = 'b' AND organisation_id = 'R01' AND period_start = '2023-01-01';
SELECT pg_temp.recalculate('indicator_name') \g /dev/null
SELECT input_fingerprint AS after_print FROM hub_t.variance_method WHERE indicator_id = 'b' \gset
ROLLBACK TO changed;
SELECT isnt(:'after_print'::text, :'before_print'::text, 'one figure changed is another fingerprint');

-- ---------------------------------------------------------------------
-- What is published
-- ---------------------------------------------------------------------
CREATE FUNCTION pg_temp.publish() RETURNS void LANGUAGE plpgsql AS $$
DECLARE run bigint := caregroup.begin_run('hub_t', false);
BEGIN
	PERFORM caregroup.begin_step('hub_t', run, 'published_indicator_count'), caregroup.run_step('hub_t', run, 'published_indicator_count');
	PERFORM caregroup.end_run('hub_t', run);
END $$;
-- Tables of three sites and two services, many indicators at once: small
-- numbers of all kinds.
DELETE FROM hub_t.variance_point;
INSERT INTO hub_t.indicator_name SELECT (jsonb_populate_record(n, jsonb_build_object('indicator_id', 'x' || i, 'per', 1, 'chart', 'xmr', 'funnel', 'proportion'))).* FROM hub_t.indicator_name AS n, generate_series(1, 150) AS i WHERE n.indicator_id = 'p';
CREATE TEMP TABLE truth AS
SELECT 'x' || i AS indicator_id, 's0' || s AS site_id, 'v' || v AS service_id, n::double precision, (n + floor(z * pg_temp.uniform(concat_ws(' ', 'o', i, s, v))))::double precision AS d
FROM generate_series(1, 150) AS i, generate_series(1, 3) AS s, generate_series(1, 2) AS v, LATERAL (SELECT 3 + 5 * (i % 3) AS z) AS z, LATERAL (SELECT floor(z * pg_temp.uniform(concat_ws(' ', 'n', i, s, v))) AS n) AS n;
DELETE FROM truth WHERE d = 0;
INSERT INTO hub_t.variance_point (hierarchy, organisation_kind, organisation_id, indicator_id, service_id, period_start, numerator, denominator, services) SELECT '(any)', 'site', site_id, indicator_id, service_id, '2024-01-01', n, d, 1 FROM truth;
SELECT pg_temp.publish() \g /dev/null
CREATE TEMP TABLE seen AS SELECT indicator_id, site_id, service_id, numerator, denominator, state FROM hub_t.published_indicator WHERE indicator_id ~ '^x';
SELECT cmp_ok((SELECT count(*) FROM seen WHERE state = 'shown'), '>', 200::bigint, 'much is published');
SELECT cmp_ok((SELECT count(*) FROM seen WHERE state <> 'shown'), '>', 300::bigint, 'and much is not');
SELECT is_empty($$SELECT * FROM seen WHERE numerator BETWEEN 1 AND 4 OR denominator BETWEEN 1 AND 4 OR denominator - numerator BETWEEN 1 AND 4$$, 'no count from 1 to 4 is shown, nor a share whose complement is one');
CREATE TEMP TABLE whole AS SELECT indicator_id, coalesce(site_id, '(all)') AS site_id, coalesce(service_id, '(all)') AS service_id, sum(n) AS n, sum(d) AS d FROM truth GROUP BY indicator_id, CUBE (site_id, service_id);
SELECT is_empty($$SELECT s.* FROM seen AS s JOIN whole AS w USING (indicator_id, site_id, service_id) WHERE s.numerator <> w.n OR s.denominator <> w.d$$, 'what is shown is true, totals too');
-- The attack: every table of whole numbers that agrees with what is shown. A
-- cell of the table that cannot be anything but itself has been told.
CREATE FUNCTION pg_temp.told(of_what text) RETURNS TABLE (indicator_id text, site_id text, service_id text, truth double precision, at_least double precision, at_most double precision) LANGUAGE sql AS $$
	WITH known AS MATERIALIZED (SELECT s.indicator_id, s.site_id, s.service_id, CASE of_what WHEN 'n' THEN s.numerator WHEN 'd' THEN s.denominator ELSE s.denominator - s.numerator END AS k, CASE WHEN of_what <> 'd' THEN s.denominator END AS most FROM seen AS s),
	cell AS MATERIALIZED (SELECT t.indicator_id, t.site_id, t.service_id, CASE of_what WHEN 'n' THEN t.n WHEN 'd' THEN t.d ELSE t.d - t.n END AS truth, k.k, least(k.most, 30) AS most FROM truth AS t LEFT JOIN known AS k USING (indicator_id, site_id, service_id)),
	-- Two sites' rows and the third's, in steps: rows that agree with their totals.
	pair AS MATERIALIZED (
		SELECT x.indicator_id, x.site_id, a AS a, b AS b FROM (SELECT DISTINCT c.indicator_id, c.site_id FROM cell AS c) AS x
			LEFT JOIN cell AS c1 ON c1.indicator_id = x.indicator_id AND c1.site_id = x.site_id AND c1.service_id = 'v1' LEFT JOIN cell AS c2 ON c2.indicator_id = x.indicator_id AND c2.site_id = x.site_id AND c2.service_id = 'v2'
			LEFT JOIN known AS r ON r.indicator_id = x.indicator_id AND r.site_id = x.site_id AND r.service_id = '(all)',
			LATERAL generate_series(CASE WHEN c1.truth IS NULL THEN 0 ELSE coalesce(c1.k, 0) END::integer, CASE WHEN c1.truth IS NULL THEN 0 ELSE coalesce(c1.k, c1.most, CASE of_what WHEN 'd' THEN 30 ELSE 16 END) END::integer) AS a,
			LATERAL generate_series(CASE WHEN c2.truth IS NULL THEN 0 ELSE coalesce(c2.k, 0) END::integer, CASE WHEN c2.truth IS NULL THEN 0 ELSE coalesce(c2.k, c2.most, CASE of_what WHEN 'd' THEN 30 ELSE 16 END) END::integer) AS b
		WHERE coalesce(a + b = r.k, true)),
	-- Where next to nothing is shown there is nothing to find out.
	few AS (SELECT x.indicator_id FROM (SELECT pair.indicator_id, count(*) AS n FROM pair GROUP BY pair.indicator_id, pair.site_id) AS x GROUP BY 1 HAVING count(*) = 3 AND exp(sum(ln(x.n))) <= 100000),
	grid AS (
		SELECT p.indicator_id, p.a AS a1, p.b AS b1, q.a AS a2, q.b AS b2, o.a AS a3, o.b AS b3
		FROM few AS x
			JOIN pair AS p ON p.indicator_id = x.indicator_id AND p.site_id = 's01' JOIN pair AS q ON q.indicator_id = x.indicator_id AND q.site_id = 's02' JOIN pair AS o ON o.indicator_id = x.indicator_id AND o.site_id = 's03'
			LEFT JOIN known AS k1 ON k1.indicator_id = x.indicator_id AND k1.site_id = '(all)' AND k1.service_id = 'v1' LEFT JOIN known AS k2 ON k2.indicator_id = x.indicator_id AND k2.site_id = '(all)' AND k2.service_id = 'v2'
			LEFT JOIN known AS k ON k.indicator_id = x.indicator_id AND k.site_id = '(all)' AND k.service_id = '(all)'
		WHERE coalesce(p.a + q.a + o.a = k1.k, true) AND coalesce(p.b + q.b + o.b = k2.k, true) AND coalesce(p.a + q.a + o.a + p.b + q.b + o.b = k.k, true)),
	range AS (SELECT g.indicator_id, min(a1) AS l11, max(a1) AS u11, min(b1) AS l12, max(b1) AS u12, min(a2) AS l21, max(a2) AS u21, min(b2) AS l22, max(b2) AS u22, min(a3) AS l31, max(a3) AS u31, min(b3) AS l32, max(b3) AS u32 FROM grid AS g GROUP BY 1)
	SELECT c.indicator_id, c.site_id, c.service_id, c.truth, v.l, v.u FROM cell AS c JOIN range AS r USING (indicator_id),
		LATERAL (VALUES ('s01', 'v1', l11, u11), ('s01', 'v2', l12, u12), ('s02', 'v1', l21, u21), ('s02', 'v2', l22, u22), ('s03', 'v1', l31, u31), ('s03', 'v2', l32, u32)) AS v (s, v, l, u)
	WHERE c.site_id = v.s AND c.service_id = v.v AND c.truth BETWEEN 1 AND 4
$$;

CREATE TEMP TABLE attack AS SELECT w AS of_what, t.* FROM unnest('{n,d,o}'::text[]) AS w, LATERAL pg_temp.told(w) AS t;
SELECT cmp_ok((SELECT count(*) FROM attack), '>', 80::bigint, 'a hundred of small numbers are there to be found out');
SELECT is_empty($$SELECT * FROM attack WHERE truth NOT BETWEEN at_least AND at_most$$, 'the attack is sound: the truth is among its answers');
SELECT is_empty($$SELECT * FROM attack WHERE at_least = at_most$$, 'no small number can be told from what is shown, with all totals');
SELECT is_empty($$SELECT * FROM attack WHERE at_least > 1 OR at_most < 4$$, 'nor more closely than that it lies from 1 to 4');
-- The denominator of a rate is a count too: here, first appointments.
INSERT INTO hub_t.variance_point (hierarchy, organisation_kind, organisation_id, indicator_id, service_id, period_start, numerator, denominator, services)
SELECT '(any)', 'site', s, 'first_to_follow_up', v, m, n, d, 1 FROM (VALUES ('s01', 'v1', 6, 2), ('s01', 'v2', 60, 30), ('s02', 'v1', 40, 40), ('s02', 'v2', 80, 50)) AS x (s, v, n, d), generate_series(timestamp '2024-06-01', '2024-06-01', '1 month') AS m;
-- People registered, the same for each service.
INSERT INTO hub_t.variance_point (hierarchy, organisation_kind, organisation_id, indicator_id, service_id, period_start, numerator, denominator, services)
SELECT '(any)', 'site', s, 'referral_rate', v, m, n, d, k FROM (VALUES ('s01', 'v1', 10, 1000, 1), ('s01', 'v2', 30, 1000, 1), ('s01', '(all)', 40, 1000, 2), ('s02', 'v1', 20, 2000, 1), ('s02', '(all)', 20, 2000, 1)) AS x (s, v, n, d, k), generate_series(timestamp '2023-07-01', '2024-06-01', '1 month') AS m;
INSERT INTO hub_t.indicator_month (indicator_id, unit_kind, unit_id, service_id, period_start, denominator) SELECT 'referral_rate', 'site', s, '(all)', m, n FROM (VALUES ('s01', 1000), ('s02', 2000)) AS x (s, n), generate_series(timestamp '2023-07-01', '2024-06-01', '1 month') AS m;
SELECT pg_temp.publish() \g /dev/null
SELECT is_empty($$SELECT site_id, service_id, denominator FROM hub_t.published_indicator WHERE indicator_id = 'first_to_follow_up' AND denominator BETWEEN 1 AND 4$$, 'two first appointments are not shown as the denominator of a rate');
SELECT is((SELECT round(value::numeric, 6) FROM hub_t.published_indicator WHERE indicator_id = 'referral_rate' AND site_id = 's01' AND service_id = 'v2'), 30.0, 'referrals of a service for each 1,000 people');
SELECT is((SELECT round(value::numeric, 6) FROM hub_t.published_indicator WHERE indicator_id = 'referral_rate' AND site_id = 's01' AND service_id = '(all)'), 40.0, 'of all services: the same people count once, not once for each service');
SELECT is((SELECT round(value::numeric, 6) FROM hub_t.published_indicator WHERE indicator_id = 'referral_rate' AND site_id = '(all)' AND service_id = '(all)'), 20.0, 'of all sites too');
-- A month before the twelve does not count.
INSERT INTO hub_t.variance_point (hierarchy, organisation_kind, organisation_id, indicator_id, service_id, period_start, numerator, denominator, services) VALUES ('(any)', 'site', 's01', 'remote_share', 'v1', '2023-06-01', 500, 1000, 1), ('(any)', 'site', 's01', 'remote_share', 'v1', '2023-07-01', 50, 100, 1), ('(any)', 'site', 's01', 'remote_share', 'v1', '2024-06-01', 60, 100, 1);
SELECT pg_temp.publish() \g /dev/null
SELECT is((SELECT numerator FROM hub_t.published_indicator WHERE indicator_id = 'remote_share' AND site_id = 's01' AND service_id = 'v1'), 110::double precision, 'twelve whole months are published');
-- The threshold is a setting.
SELECT caregroup.configure_hub('hub_t', 'suppress_below', '10') \g /dev/null
SELECT pg_temp.publish() \g /dev/null
SELECT is_empty($$SELECT * FROM hub_t.published_indicator WHERE indicator_id ~ '^x' AND (numerator BETWEEN 1 AND 9 OR denominator BETWEEN 1 AND 9 OR denominator - numerator BETWEEN 1 AND 9)$$, 'below ten nothing is shown when the setting says so');
SELECT caregroup.configure_hub('hub_t', 'suppress_below', '1') \g /dev/null
SELECT pg_temp.publish() \g /dev/null
SELECT is_empty($$SELECT * FROM hub_t.published_indicator WHERE indicator_id ~ '^x' AND numerator = 1$$, 'a setting of 1 still hides ones');
CREATE FUNCTION pg_temp.state_of(sql text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN EXECUTE sql; RETURN 'no error'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $$;
SELECT matches(pg_temp.state_of(format('SELECT caregroup.configure_hub(''hub_t'', ''suppress_below'', %L)', v)), '^22(023|P02)$', 'suppress_below cannot be ' || coalesce(v, 'NULL')) FROM unnest('{NaN,five,Infinity,0,-5,NULL}'::text[]) AS v;

SELECT * FROM finish();
ROLLBACK;
