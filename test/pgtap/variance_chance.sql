-- chance of spc_summary: equal to its formula worked out anew in plain SQL, on
-- the safe side for independent values, small where a point is far out; and
-- how often chance alone fires a rule, the figure that report_exception quotes.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = caregroup, public;
SELECT plan(62);

-- ---------------------------------------------------------------------
-- The formula
-- ---------------------------------------------------------------------
-- Upper tail of Student's t by Simpson's rule, x = sqrt(freedom) tan(angle);
-- without freedom the normal tail.
CREATE FUNCTION pg_temp.tail(z double precision, freedom double precision) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
	WITH edge AS (SELECT CASE WHEN freedom IS NULL THEN z ELSE atan(z / sqrt(freedom)) END AS a, CASE WHEN freedom IS NULL THEN z + 12 ELSE pi() / 2 END AS b),
	part AS (
		SELECT w.side, (w.b - w.a) / 4000 / 3 * sum((CASE WHEN i IN (0, 4000) THEN 1 WHEN i % 2 = 1 THEN 4 ELSE 2 END)
			* CASE WHEN freedom IS NULL THEN exp(-0.5 * (w.a + (w.b - w.a) * i / 4000) ^ 2) / sqrt(2 * pi()) ELSE greatest(cos(w.a + (w.b - w.a) * i / 4000), 0) ^ (freedom - 1) END) AS area
		FROM (SELECT 'tail' AS side, a, b FROM edge UNION ALL SELECT 'half', 0, pi() / 2 WHERE freedom IS NOT NULL) AS w, generate_series(0, 4000) AS i
		GROUP BY w.side, w.a, w.b
	)
	SELECT sum(area) FILTER (WHERE side = 'tail') / coalesce(2 * sum(area) FILTER (WHERE side = 'half'), 1) FROM part
$$;
SELECT is(round(pg_temp.tail(1.959963984540054, NULL)::numeric, 8), 0.025, 'the normal tail used here is that of the tables');
-- Tables of t: 2.228 with 10 degrees of freedom, 4.541 with 3.
SELECT is(round(pg_temp.tail(2.228139, 10)::numeric, 6), 0.025, 'and that of t');
SELECT is(round(pg_temp.tail(4.540703, 3)::numeric, 6), 0.01, 'and far out');

-- Four times the smallest of the four chances, in plain SQL, of an XmR chart
-- without phases; sigma by moving ranges, screened once as the chart does.
CREATE FUNCTION pg_temp.chance(x double precision[]) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
	WITH point AS (SELECT i, v, abs(v - lag(v) OVER (ORDER BY i)) AS r FROM unnest(x) WITH ORDINALITY AS p (v, i)),
	line AS (SELECT avg(v) AS centre, (SELECT avg(r) FROM point WHERE r <= 3.267 * (SELECT avg(r) FROM point)) * 2.66 / 3 AS sigma, count(*) AS n FROM point),
	z AS (SELECT p.i, p.v, (p.v - l.centre) / l.sigma AS z, row_number() OVER (ORDER BY p.i DESC) AS back, 0.62 * (l.n - 1) AS freedom FROM point AS p, line AS l),
	last AS (SELECT * FROM z WHERE back = 1),
	run AS (SELECT count(*) AS length FROM z AS o, last WHERE last.z <> 0 AND NOT EXISTS (SELECT FROM z AS b WHERE b.back <= o.back AND b.z * last.z <= 0)),
	step AS (SELECT back, sign(v - lag(v) OVER (ORDER BY i)) AS way FROM z),
	trend AS (SELECT 1 + count(*) AS length FROM step AS o, (SELECT way FROM step WHERE back = 1) AS l WHERE l.way <> 0 AND NOT EXISTS (SELECT FROM step AS b WHERE b.back <= o.back AND b.way IS DISTINCT FROM l.way)),
	nearer AS (SELECT max(least(abs(o.z), abs(last.z))) AS z FROM z AS o, last WHERE o.back IN (2, 3) AND o.z * last.z > 0),
	two AS (SELECT pg_temp.tail(nearer.z, last.freedom) AS q FROM nearer, last WHERE nearer.z > 0)
	SELECT least(1, 4 * least(1, (SELECT 2 * pg_temp.tail(abs(z), freedom) FROM last), (SELECT 2 * (3 * q ^ 2 - 2 * q ^ 3) FROM two),
		(SELECT CASE WHEN length > 0 THEN 2.0 ^ (1 - length) END FROM run), (SELECT least(1, 2 / factorial(length)::double precision) FROM trend)))
$$;
CREATE FUNCTION pg_temp.summary(x double precision[], chart text DEFAULT 'xmr', denominator double precision DEFAULT NULL) RETURNS caregroup.spc_icons LANGUAGE sql AS $$
	SELECT caregroup.spc_summary(v, denominator, i, 'neutral', NULL, false, false, caregroup.spc_options(chart => chart)) FROM unnest(x) WITH ORDINALITY AS p (v, i)
$$;
CREATE TEMP TABLE example (ordinal integer, what text, x double precision[]);
INSERT INTO example VALUES
	(1, 'a last point far out', '{5,6,4,5,7,5,4,6,5,6,4,5,15}'),
	(2, 'a last point at the centre', '{4,6,4,6,4,6,4,6,5}'),
	(3, 'two of three', '{5,6,4,5,7,5,4,6,5,6,4,9,5,9}'),
	(4, 'two of three, side by side', '{5,6,4,5,7,5,4,6,5,6,4,8,8.5}'),
	(5, 'two far out, on different sides', '{5,6,4,5,7,5,4,6,5,6,4,1,9}'),
	(6, 'a run of seven above', '{1,2,1,3,1,2,1,3,2,1,4,5,4,6,5,4,5}'),
	(7, 'a rising trend of seven', '{5,3,6,4,6,3,5,1,2,3,4,5,6,7}'),
	(8, 'a falling trend of six', '{5,6,5,7,5,6,4,8,7,6,5,4,3}'),
	(9, 'a trend that ends in a tie', '{5,6,5,7,5,6,4,8,7,6,5,4,4}'),
	(10, 'twelve points like any other', '{0.5,-1.2,0.3,1.1,-0.4,0.2,-0.9,0.7,0.1,-0.3,0.8,-0.6}');
SELECT is(round((pg_temp.summary(x)).chance::numeric, 7), round(pg_temp.chance(x)::numeric, 7), what || ': chance is four times the smallest of the four') FROM example ORDER BY ordinal;
SELECT setseed(0.3) \g /dev/null
CREATE TEMP TABLE few AS SELECT s, array_agg(sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())) AS x FROM generate_series(1, 150) AS s, generate_series(1, 30) AS t GROUP BY s;
SELECT cmp_ok((SELECT max(abs(ln((pg_temp.summary(x)).chance / pg_temp.chance(x)))) FROM few), '<', 1e-6::double precision, 'and of 150 series drawn at random');

-- A chart with limits of its own: c, by the normal tail; 4 of a mean 4.
SELECT is(round((pg_temp.summary('{4,5,3,4,4,5,3,4,5,3,4,5,3,4,20}', 'c')).chance::numeric, 12),
	round((4 * 2 * pg_temp.tail((20 - 76 / 15.0::double precision) / sqrt(76 / 15.0::double precision), NULL))::numeric, 12), 'a c chart: the normal tail');
SELECT is(round((pg_temp.summary('{20,21,19,20,22,18,20,21,19,20,22,18,20,40}', 'p', 100)).chance::numeric, 9),
	round((4 * 2 * pg_temp.tail((0.4 - 300 / 1400.0) / sqrt(300 / 1400.0 * 1100 / 1400.0 / 100)::double precision, NULL))::numeric, 9), 'a p chart: the normal tail');
-- The lower line of a c chart is cut off at 0: the wider half is the sigma.
SELECT cmp_ok((pg_temp.summary('{1,2,1,0,1,2,1,0,1,2,0,1,1,9}', 'c')).chance, '>', 0::double precision, 'where the lower line is cut off the chance is still a number above 0');

-- ---------------------------------------------------------------------
-- What it does not depend on
-- ---------------------------------------------------------------------
SELECT cmp_ok((SELECT max(abs((pg_temp.summary(x)).chance / (pg_temp.summary(ARRAY(SELECT 7 * v - 1000 FROM unnest(x) AS v))).chance - 1)) FROM few), '<', 1e-7::double precision, 'another scale and origin: the same chance');
SELECT cmp_ok((SELECT max(abs((pg_temp.summary(x)).chance / (pg_temp.summary(ARRAY(SELECT -v FROM unnest(x) AS v))).chance - 1)) FROM few), '<', 1e-9::double precision, 'turned upside down: the same');
SELECT is_empty($$SELECT s FROM few WHERE NOT (pg_temp.summary(x)).chance BETWEEN 0 AND 1$$, 'always within 0 and 1');
SELECT is((SELECT (spc_summary(v, i, 'neutral', NULL)).chance FROM (SELECT v, i FROM few, unnest(x) WITH ORDINALITY AS p (v, i) WHERE s = 1 ORDER BY v) AS q),
	(SELECT (pg_temp.summary(x)).chance FROM few WHERE s = 1), 'the order of the rows does not matter');
-- Points that the chart leaves out: a gap ends a run, a phase too; ghosts are passed over.
SELECT is((SELECT (pg_temp.summary('{0,10,0,10,0,10,0,10,0,10,6,7,6,7,6,7,6}')).chance), 0.03125::double precision, 'a run of eight: 4 x 2^-7');
SELECT is((SELECT (spc_summary(CASE WHEN i = 14 THEN NULL ELSE v END, i, 'neutral', NULL)).chance FROM unnest('{0,10,0,10,0,10,0,10,0,10,6,7,6,7,6,7,6}'::double precision[]) WITH ORDINALITY AS p (v, i)) > 0.03125::double precision, true, 'a gap ends it');
SELECT is((SELECT (spc_summary(v, NULL, i, 'neutral', NULL, i = 12, false, NULL)).chance FROM unnest('{0,10,0,10,0,10,0,10,0,10,6,6,7,6,7,6,7,6}'::double precision[]) WITH ORDINALITY AS p (v, i)) > 0.03125::double precision, true, 'a phase with a mean of its own ends it');
SELECT cmp_ok((SELECT (spc_summary(v, NULL, i, 'neutral', NULL, false, i = 14, NULL)).chance FROM unnest('{0,10,0,10,0,10,0,10,0,10,6,7,6,-9,7,6,7,6}'::double precision[]) WITH ORDINALITY AS p (v, i)), '<=', 0.03125::double precision, 'a ghost does not');
SELECT is((SELECT (spc_summary(v, NULL, i, 'neutral', NULL, false, i = 13, NULL)).chance FROM unnest('{5,6,4,5,7,5,4,6,5,6,4,5,50}'::double precision[]) WITH ORDINALITY AS p (v, i)),
	(pg_temp.summary('{5,6,4,5,7,5,4,6,5,6,4,5}')).chance, 'a last point that is a ghost counts for nothing');
SELECT cmp_ok((pg_temp.summary(array_fill(1::double precision, ARRAY[40]) || ARRAY(SELECT 2 + i / 1000.0 FROM generate_series(1, 100) AS i))).chance, '>', 0::double precision, 'a run of a hundred is not impossible');

-- Nothing to tell.
SELECT is((pg_temp.summary('{}')).chance, NULL, 'no point: NULL');
SELECT is((pg_temp.summary('{NULL,NULL}')).chance, NULL, 'only gaps: NULL');
SELECT is(coalesce((pg_temp.summary('{3}')).chance, 1), 1::double precision, 'one point: nothing speaks against chance');
SELECT is(coalesce((pg_temp.summary('{3,3,3,3,3,3,3,3,3,3}')).chance, 1), 1::double precision, 'all equal: nothing either');
SELECT is((pg_temp.summary(array_fill(3::double precision, ARRAY[20]) || '{4}'::double precision[])).chance IS DISTINCT FROM 'NaN'::double precision, true, 'all equal but the last: no NaN');

-- ---------------------------------------------------------------------
-- On the safe side for independent values
-- ---------------------------------------------------------------------
SELECT setseed(0.4) \g /dev/null
CREATE TEMP TABLE noise AS SELECT s, t, sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS e FROM generate_series(1, 8000) AS s, generate_series(1, 60) AS t;
SELECT cmp_ok((SELECT abs(avg(e)) + abs(stddev(e) - 1) FROM noise) + (SELECT abs(corr(e, l)) FROM (SELECT e, lag(e) OVER (PARTITION BY s ORDER BY t) AS l FROM noise) AS q), '<', 0.02::double precision, 'the noise is white');
CREATE TEMP TABLE drawn AS SELECT n, s, spc_summary(e, t::bigint, 'neutral', NULL) AS icons FROM noise, unnest('{10,12,24,36,60}'::integer[]) AS n WHERE t <= n GROUP BY n, s;
-- Three standard errors of 8,000 draws are allowed for.
SELECT cmp_ok((SELECT avg(((icons).chance <= a)::integer) FROM drawn WHERE n = m)::double precision, '<=', a + 3 * sqrt(a / 8000), format('%s points: in at most %s of white-noise series is chance %s or less', m, a, a))
FROM unnest('{10,12,24,36,60}'::integer[]) AS m, unnest('{0.2,0.05,0.01,0.001}'::double precision[]) AS a ORDER BY m, a;
-- Skewed values, and counts.
CREATE TEMP TABLE counted AS
SELECT k.kind, s, spc_summary(k.value, CASE k.kind WHEN 'p' THEN 100 END::double precision, t::bigint, 'neutral', NULL, false, false, spc_options(chart => k.kind)) AS icons
FROM (SELECT v.kind, s, t, CASE v.kind WHEN 'xmr' THEN exp(e / 2) ELSE
		-- A count of mean 10, whose quantile is that of the noise.
		width_bucket(q.u, c.below) END AS value
	FROM (SELECT s, t, e, random() AS u FROM noise WHERE s <= 1000 AND t <= 36) AS q, (VALUES ('c'), ('p'), ('xmr')) AS v (kind),
		(SELECT array_agg(below ORDER BY j) AS below FROM (SELECT j, sum(exp(-10.0::double precision) * 10.0 ^ j / factorial(j)::double precision) OVER (ORDER BY j) AS below FROM generate_series(0, 40) AS j) AS b) AS c) AS k
GROUP BY k.kind, s;
SELECT cmp_ok((SELECT avg(((icons).chance <= 0.05)::integer) FROM counted WHERE kind = k)::double precision, '<=', (0.05 + 3 * sqrt(0.05 / 1000))::double precision, w || ': in at most 5 % is chance 0.05 or less')
FROM (VALUES ('c', 'counts of mean 10'), ('p', 'ten of a hundred'), ('xmr', 'lognormal values')) AS v (k, w);

-- ---------------------------------------------------------------------
-- Small where it ought to be
-- ---------------------------------------------------------------------
CREATE TEMP TABLE moved AS SELECT d, s, spc_summary(e + CASE WHEN t = 36 THEN d ELSE 0 END, t::bigint, 'neutral', NULL) AS icons FROM noise, unnest('{0,4,5,6,10}'::integer[]) AS d WHERE t <= 36 AND s <= 2000 GROUP BY d, s;
SELECT cmp_ok((SELECT avg(((icons).chance <= 0.01)::integer) FROM moved WHERE d = 6), '>', 0.9, 'a point six sigmas out: in nine of ten series chance is below 0.01');
SELECT cmp_ok((SELECT avg(((icons).chance <= 0.001)::integer) FROM moved WHERE d = 10), '>', 0.95, 'ten sigmas out: below 0.001 in almost all');
SELECT is_empty($$SELECT s FROM moved AS a JOIN moved AS b USING (s) WHERE a.d = 5 AND b.d = 10 AND (b.icons).chance > (a.icons).chance$$, 'the further out, the smaller');

-- ---------------------------------------------------------------------
-- How often chance alone fires one of the four rules at the last point
-- ---------------------------------------------------------------------
SELECT cmp_ok((SELECT abs(avg(((icons).rules <> 0)::integer) - 0.019) FROM drawn WHERE n = 60)::double precision, '<', 0.003::double precision, 'white noise: about 1.9 % of last points, the figure that report_exception quotes');
CREATE TEMP TABLE alike AS
WITH RECURSIVE step (s, t, x) AS (SELECT s, t, e FROM noise WHERE t = 1 AND s <= 5000 UNION ALL SELECT a.s, a.t + 1, 0.5 * a.x + sqrt(0.75) * n.e FROM step AS a JOIN noise AS n ON n.s = a.s AND n.t = a.t + 1)
SELECT s, spc_summary(x, t::bigint, 'neutral', NULL) AS icons FROM step GROUP BY s;
SELECT cmp_ok((SELECT abs(avg(((icons).rules <> 0)::integer) - 0.157) FROM alike)::double precision, '<', 0.016::double precision, 'autocorrelation 0.5: about 15.7 %');
SELECT cmp_ok((SELECT abs(avg((icons).autocorrelation) - 0.45) FROM alike), '<', 0.03::double precision, 'and it is told from the values');

SELECT * FROM finish();
ROLLBACK;
