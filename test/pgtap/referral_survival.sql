-- Kaplan-Meier, quantiles and cumulative incidence: a published example, slow
-- SQL of the same figures, properties, bad input, parallel agreement.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(39);

SELECT throws_ok(statement, sqlstate, NULL, 'refused with ' || sqlstate || ': ' || statement)
FROM (VALUES
	('SELECT survival_curve(-1, true)', '22003'), ('SELECT survival_curve(100001, true)', '22003'), ('SELECT survival_curve(1, true, 1, ''plain'')', '22023'),
	('SELECT survival_curve(1, true, 0.95, ''wald'')', '22023'), ('SELECT survival_curve(1, true, NULL, ''plain'')', '22004'), ('SELECT survival_curve(1, true, 0.95, NULL)', '22004'),
	('SELECT survival_quantile(1, true, 0, 0.95, ''plain'')', '22023'), ('SELECT survival_quantile(1, true, NULL, 0.95, ''plain'')', '22004'),
	('SELECT cumulative_incidence(1, 8)', '22003'), ('SELECT cumulative_incidence(1, -1)', '22003'), ('SELECT cumulative_incidence(-1, 1)', '22003'),
	('SELECT survival_curve_final(''\x00'')', '22P03'), ('SELECT cumulative_incidence_final(survival_add(NULL, 1, true))', '22P03')
) AS bad (statement, sqlstate);
SELECT is(survival_curve(NULL, true) IS NULL AND survival_curve(5, NULL) IS NULL AND survival_median(NULL, NULL) IS NULL AND cumulative_incidence(NULL, 1) IS NULL, true, 'rows with a NULL are skipped, no rows give NULL');
SELECT is((SELECT row(c.survival, c.standard_error, c.lower) FROM (SELECT survival_curve(5, true) AS curve) AS t, unnest(t.curve) AS c)::text, '(0,,)', 'one patient, treated: no interval');
SELECT is((survival_median(5, false)).value, NULL, 'nobody treated: no median');

-- ---------------------------------------------------------------------
-- Remission in leukaemia: Freireich and others, Blood 1963;21:699-716; survival
-- and Greenwood's errors as in Kleinbaum and Klein, Survival Analysis, 3rd ed.
-- 2012, table 2.1 and as R's survfit prints them with its log limits.
-- ---------------------------------------------------------------------
CREATE TEMP TABLE remission (arm text, weeks integer, relapsed boolean);
INSERT INTO remission SELECT '6-MP', abs(w), w > 0 FROM unnest('{6,6,6,-6,7,-9,10,-10,-11,13,16,-17,-19,-20,22,23,-25,-32,-32,-34,-35}'::integer[]) AS w;
INSERT INTO remission SELECT 'placebo', w, true FROM unnest('{1,1,2,2,3,4,4,5,5,8,8,8,8,11,11,12,12,15,17,22,23}'::integer[]) AS w;
CREATE TEMP TABLE printed (weeks integer, at_risk bigint, events bigint, survival numeric, error numeric, lower numeric, upper numeric);
INSERT INTO printed VALUES (6, 21, 3, 0.857, 0.0764, 0.720, 1.000), (7, 17, 1, 0.807, 0.0869, 0.653, 0.996), (10, 15, 1, 0.753, 0.0963, 0.586, 0.968),
	(13, 12, 1, 0.690, 0.1068, 0.510, 0.935), (16, 11, 1, 0.627, 0.1141, 0.439, 0.896), (22, 7, 1, 0.538, 0.1282, 0.337, 0.858), (23, 6, 1, 0.448, 0.1346, 0.249, 0.807);
SELECT results_eq($$SELECT c."time", c.at_risk, c.events, round(c.survival::numeric, 3), round(c.standard_error::numeric, 4), round(c.lower::numeric, 3), round(c.upper::numeric, 3)
	FROM (SELECT survival_curve(weeks, relapsed, 0.95, 'log') AS curve FROM remission WHERE arm = '6-MP') AS t, unnest(t.curve) AS c WHERE c.events > 0 ORDER BY 1$$,
	'SELECT * FROM printed ORDER BY weeks', '6-MP: the published curve with log limits');
SELECT results_eq($$SELECT arm, (survival_quantile(weeks, relapsed, 0.5, 0.95, 'log')).* FROM remission GROUP BY arm ORDER BY arm$$,
	$$VALUES ('6-MP', 21::bigint, 9::bigint, 23::float8, 16::float8, NULL::float8), ('placebo', 21, 21, 8, 4, 12)$$, 'medians of both arms with the limits that survfit prints');
SELECT results_eq($$SELECT arm, (survival_median(weeks, relapsed)).* FROM remission GROUP BY arm ORDER BY arm$$,
	$$VALUES ('6-MP', 21::bigint, 9::bigint, 23::float8, 13::float8, NULL::float8), ('placebo', 21, 21, 8, 4, 11)$$, 'and with the log-log limits that SAS LIFETEST prints');
SELECT is(sum(c.events + c.censored), 21::numeric, 'everybody is in the curve once') FROM (SELECT survival_curve(weeks, relapsed) AS curve FROM remission WHERE arm = '6-MP') AS t, unnest(t.curve) AS c;
-- By hand: at 10 weeks S = 0.7529, se = 0.0963
SELECT ok(abs(c.lower - (0.7529411764705881 - 1.959963984540054 * 0.0963496529943205)) < 1e-12, 'plain limits by hand')
	FROM (SELECT survival_curve(weeks, relapsed, 0.95, 'plain') AS curve FROM remission WHERE arm = '6-MP') AS t, LATERAL survival_at(t.curve, 12) AS c;
SELECT ok(abs(c.lower - power(c.survival, exp(1.959963984540054 * c.standard_error / abs(c.survival * ln(c.survival))))) < 1e-12
	AND abs(c.upper - power(c.survival, exp(-1.959963984540054 * c.standard_error / abs(c.survival * ln(c.survival))))) < 1e-12, 'log-log limits by hand')
	FROM (SELECT survival_curve(weeks, relapsed) AS curve FROM remission WHERE arm = '6-MP') AS t, LATERAL survival_at(t.curve, 12) AS c;
SELECT is((survival_at(survival_curve(weeks, relapsed), 5)) IS NULL, true, 'before the first step there is none') FROM remission WHERE arm = '6-MP';
SELECT is((survival_quantile(w, true, 0.5, 0.95, 'log_log')).value, 2.5::float8, 'a level part at one half: its middle') FROM unnest('{1,2,3,4}'::integer[]) AS w;

-- ---------------------------------------------------------------------
-- Slow SQL
-- ---------------------------------------------------------------------
SELECT setseed(0.7);
CREATE TABLE cohort AS SELECT i % 3 AS unit, (random() * random() * 500)::integer AS days, floor(random() * 4)::integer AS cause FROM generate_series(1, 6000) AS i;
ANALYZE cohort;
CREATE TEMP TABLE slow AS
SELECT unit, days, n, d, exp(sum(ln((n - d)::float8 / n)) FILTER (WHERE n > d) OVER w) AS s, sum(d::float8 / (n::float8 * (n - d))) FILTER (WHERE n > d) OVER w AS g
FROM (SELECT unit, days, count(*) FILTER (WHERE cause > 0) AS d, sum(count(*)) OVER (PARTITION BY unit ORDER BY days DESC) AS n FROM cohort GROUP BY unit, days) AS t
WINDOW w AS (PARTITION BY unit ORDER BY days);
CREATE TEMP TABLE fast AS SELECT t.unit, c.* FROM (SELECT unit, survival_curve(days, cause > 0) AS curve FROM cohort GROUP BY unit) AS t, unnest(t.curve) AS c;
SELECT is((SELECT count(*) FROM fast), (SELECT count(*) FROM slow), 'as many steps');
SELECT is_empty('SELECT * FROM slow AS s JOIN fast AS f ON f.unit = s.unit AND f."time" = s.days WHERE n > d AND (f.at_risk <> s.n OR f.events <> s.d OR abs(f.survival - s.s) > 1e-10 OR abs(f.standard_error - s.s * sqrt(s.g)) > 1e-10)', 'curve and errors');
SELECT is_empty('SELECT * FROM fast WHERE lower > survival + 1e-12 OR upper < survival - 1e-12 OR lower < 0 OR upper > 1', 'limits lie around the curve, from 0 to 1');
SELECT is_empty('SELECT * FROM (SELECT survival, lag(survival) OVER (PARTITION BY unit ORDER BY "time") AS before FROM fast) AS x WHERE survival > before', 'a curve never rises');
-- Everybody seen to the end: the curve is the plain share
SELECT is_empty('SELECT c."time" FROM (SELECT survival_curve(days, true) AS curve FROM cohort) AS t, unnest(t.curve) AS c
	WHERE abs(c.share - (SELECT count(*) FILTER (WHERE days <= c."time")::float8 / count(*) FROM cohort)) > 1e-12', 'without censoring it is the share');
SELECT is((survival_median(days, true)).value, (percentile_disc(0.5) WITHIN GROUP (ORDER BY days))::float8, 'and the median the median') FROM cohort WHERE unit = 1 AND days % 2 = 0;

-- Cumulative incidence
CREATE TEMP TABLE incidence AS SELECT t.unit, c.* FROM (SELECT unit, cumulative_incidence(days, cause, 0.95, 'plain') AS curve FROM cohort GROUP BY unit) AS t, unnest(t.curve) AS c;
SELECT is_empty('SELECT i.unit, i."time" FROM incidence AS i JOIN fast AS f USING (unit, "time") GROUP BY i.unit, i."time", f.survival HAVING abs(sum(i.incidence) + f.survival - 1) > 1e-10', 'incidences and survival add up to 1');
SELECT is_empty('SELECT * FROM incidence WHERE standard_error IS NULL OR lower > incidence OR upper < incidence', 'with errors and limits');
SELECT is_empty($$SELECT * FROM (SELECT c.* FROM (SELECT cumulative_incidence(days, (cause > 0)::integer, 0.95, 'plain') AS curve FROM cohort WHERE unit = 0) AS t, unnest(t.curve) AS c) AS i
	JOIN (SELECT * FROM fast WHERE unit = 0) AS f USING ("time") WHERE abs(i.incidence - f.share) > 1e-10 OR abs(i.standard_error - f.standard_error) > 1e-9$$, 'one cause alone: one less Kaplan-Meier, with Greenwood''s error');
-- Without censoring the incidence is a share with its binomial error.
SELECT is_empty($$SELECT i."time", i.cause FROM (SELECT c.* FROM (SELECT cumulative_incidence(days, 1 + cause, 0.95, 'plain') AS curve FROM cohort WHERE unit = 0) AS t, unnest(t.curve) AS c) AS i
	CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE days <= i."time" AND 1 + cause = i.cause)::float8 / count(*) AS p, count(*) AS n FROM cohort WHERE unit = 0) AS x
	WHERE i."time" % 10 = 0 AND (abs(i.incidence - x.p) > 1e-10 OR abs(i.standard_error - sqrt(x.p * (1 - x.p) / x.n)) > 1e-9)$$, 'without censoring it is a share with its binomial error');
-- The variance in the form of the book: a sum over all earlier times for each.
SELECT ok(max(abs(i.standard_error - sqrt(v.variance))) < 1e-9, 'the variance by the book''s triple sum')
FROM incidence AS i CROSS JOIN LATERAL (
	SELECT sum(power(i.incidence - j.incidence, 2) * f.events / (f.at_risk::float8 * nullif(f.at_risk - f.events, 0)))
		+ sum(power(f.survival * f.at_risk / nullif(f.at_risk - f.events, 0), 2) * j.events * (f.at_risk - j.events) / power(f.at_risk, 3))
		- 2 * sum((i.incidence - j.incidence) * (f.survival * f.at_risk / nullif(f.at_risk - f.events, 0)) * j.events / power(f.at_risk, 2)) AS variance
	FROM incidence AS j JOIN fast AS f USING (unit, "time") WHERE j.unit = i.unit AND j.cause = i.cause AND j."time" <= i."time") AS v
WHERE i."time" IN (5, 50, 120, 200);
SELECT is(array_agg(removal_cause(w)), '{1,2,3,4,5,6,6}', 'numbers of the reasons') FROM unnest('{treated,declined,discharged,died,transferred,other,NULL}'::text[]) AS w;

-- Intervals cover what they claim: 400 cohorts of 60 with a true median of 30.
SELECT setseed(0.3);
SELECT ok(avg(((m.q).lower <= 30 AND coalesce((m.q).upper, 1e9) >= 29)::integer) BETWEEN 0.92 AND 0.99, 'the median''s 95 % interval covers it')
	FROM (SELECT 1) AS one, LATERAL (SELECT survival_median(least(t, c), t <= c) AS q FROM (SELECT i, floor(-ln(random()) / ln(2) * 30)::integer AS t, floor(random() * 200)::integer AS c FROM generate_series(1, 24000) AS i) AS x GROUP BY i % 400) AS m;

-- Parallel and partition-wise
CREATE TABLE serial AS SELECT unit, survival_curve(days, cause > 0)::text AS c, cumulative_incidence(days, cause)::text AS i, survival_median(days, cause > 0)::text AS m FROM cohort GROUP BY unit;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
CREATE FUNCTION pg_temp.plan_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP plan := plan || line || chr(10); END LOOP;
	RETURN plan;
END $$;
SELECT matches(pg_temp.plan_of('SELECT unit, survival_curve(days, cause > 0) FROM cohort GROUP BY unit'), 'Partial', 'the plan is parallel');
SELECT set_eq('SELECT unit, survival_curve(days, cause > 0)::text, cumulative_incidence(days, cause)::text, survival_median(days, cause > 0)::text FROM cohort GROUP BY unit', 'SELECT * FROM serial', 'parallel figures are those of one process');
SELECT * FROM finish();
ROLLBACK;
