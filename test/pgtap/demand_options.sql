-- Forecasts of series as they come: missing values, outliers, level shifts,
-- known events, a known intervention; in every form of the call.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT * FROM no_plan();

-- Months with a season and chance; the truth goes on.
CREATE FUNCTION pg_temp.truth(s integer, i integer) RETURNS double precision LANGUAGE sql AS
$$ SELECT 200 + 3 * s + 0.4 * i + 25 * sin(i * pi() / 6 + s) $$;
CREATE TEMP TABLE history AS
SELECT s AS id, array_agg(pg_temp.truth(s, i) + 18 * ((((s * 7919 + i) * 104729::bigint) % 1009) / 1009.0 - 0.5) ORDER BY i) AS y
FROM generate_series(1, 30) AS s, generate_series(1, 84) AS i GROUP BY s;
CREATE FUNCTION pg_temp.miss(id integer, f forecast_step[]) RETURNS double precision LANGUAGE sql AS
$$ SELECT avg(abs(u.point - pg_temp.truth(id, 84 + u.step))) FROM unnest(f) AS u $$;

-- Nothing to do: nothing changes, the name included.
SELECT is((SELECT array_agg(forecast_series(y, 6, 12, missing => 'seasonal', outliers => 'keep', events => NULL, intervention => 'empty') ORDER BY id) FROM history),
	(SELECT array_agg(forecast_series(y, 6, 12) ORDER BY id) FROM history), 'options with nothing to do change nothing');
SELECT is((SELECT count(*) FROM history, unnest(forecast_series(y, 1, 12, outliers => 'dampen', level_shifts => 'adjust')) AS f WHERE f.method = 'auto'), 30::bigint, 'nothing found in a calm series, nothing said');

-- ---------------------------------------------------------------------
-- Missing values
-- ---------------------------------------------------------------------
CREATE TEMP TABLE gappy AS SELECT id, array_agg(CASE WHEN i IN (7, 40, 41, 80) THEN NULL ELSE v END ORDER BY i) AS y FROM history, unnest(y) WITH ORDINALITY AS u (v, i) GROUP BY id;
SELECT throws_ok($$SELECT forecast_series(y, 3, 12) FROM gappy WHERE id = 1$$, '22004', 'value 7 of the series is null', 'a missing value is refused, by its place');
SELECT ok(bool_and(f.method = 'auto, 4 missing filled'), 'filled ones are named') FROM gappy, unnest(forecast_series(y, 3, 12, missing => 'seasonal')) AS f;
SELECT ok((SELECT avg(pg_temp.miss(id, forecast_series(y, 12, 12, missing => 'seasonal'))) FROM gappy) < 1.15 * (SELECT avg(pg_temp.miss(id, forecast_series(y, 12, 12))) FROM history), 'and cost little');
SELECT is((SELECT array_agg(f.point) FROM unnest(forecast_series('{4,NULL,4,NULL}', 2, 1, 'mean', missing => 'zero')) AS f), '{2,2}', 'zero is zero');
SELECT is((SELECT array_agg(f.point) FROM unnest(forecast_series('{2,NULL,6,NULL,10}', 1, 1, 'naive', missing => 'interpolate')) AS f), '{10}', 'interpolated');
SELECT is((forecast_series('{2,NULL,6,NULL,10}', 1, 1, 'drift', missing => 'interpolate'))[1].method, 'drift, 2 missing filled', 'with any method');
SELECT is((forecast_series('{2,NULL,6,NULL,10}', 1, 1, 'drift', missing => 'interpolate'))[1].point, 12::double precision, 'of the series as filled');
-- What is filled is no evidence: the backtest does not score it.
SELECT ok((SELECT bool_and((g.s[1].upper[2] - g.s[1].lower[2]) > 0.5 * (h.s[1].upper[2] - h.s[1].lower[2]))
	FROM (SELECT id, forecast_series(array_agg(CASE WHEN i > 60 AND i % 2 = 0 THEN NULL ELSE v END ORDER BY i), 6, 12, missing => 'seasonal') AS s FROM history, unnest(y) WITH ORDINALITY AS u (v, i) GROUP BY id) AS g
		JOIN (SELECT id, forecast_series(y, 6, 12) AS s FROM history) AS h USING (id)), 'filling half of the last years does not halve the intervals');

-- ---------------------------------------------------------------------
-- Outliers
-- ---------------------------------------------------------------------
CREATE TEMP TABLE spiked AS SELECT id, array_agg(CASE WHEN i IN (30, 77) THEN v + 400 ELSE v END ORDER BY i) AS y FROM history, unnest(y) WITH ORDINALITY AS u (v, i) GROUP BY id;
SELECT ok(bool_and(f.method = 'auto, 2 outliers dampened'), 'dampened and named') FROM spiked, unnest(forecast_series(y, 3, 12, outliers => 'dampen')) AS f;
SELECT ok(bool_and(f.method = 'auto, 2 outliers replaced'), 'or replaced') FROM spiked, unnest(forecast_series(y, 3, 12, outliers => 'replace')) AS f;
SELECT ok((SELECT avg(pg_temp.miss(id, forecast_series(y, 12, 12, outliers => 'replace'))) FROM spiked) < 0.6 * (SELECT avg(pg_temp.miss(id, forecast_series(y, 12, 12))) FROM spiked), 'forecasts are nearer by 40 %');
SELECT ok((SELECT avg(pg_temp.miss(id, forecast_series(y, 12, 12, outliers => 'dampen'))) FROM spiked) < 0.75 * (SELECT avg(pg_temp.miss(id, forecast_series(y, 12, 12))) FROM spiked), 'dampened, by a quarter');
SELECT ok((SELECT avg((forecast_series(y, 12, 12, outliers => 'replace'))[1].upper[2] - (forecast_series(y, 12, 12, outliers => 'replace'))[1].lower[2]) FROM spiked)
	< 0.5 * (SELECT avg((forecast_series(y, 12, 12))[1].upper[2] - (forecast_series(y, 12, 12))[1].lower[2]) FROM spiked), 'and intervals half as wide');

-- What is filled lies where it is expected: it must not make the rest look far out.
SELECT is((SELECT count(*) FROM (SELECT id, array_agg(CASE WHEN i BETWEEN 30 AND 42 OR i % 3 = 0 THEN NULL ELSE v END ORDER BY i) AS y FROM history, unnest(y) WITH ORDINALITY AS u (v, i) GROUP BY id) AS g,
	unnest(forecast_series(g.y, 1, 12, missing => 'seasonal', outliers => 'replace')) AS f WHERE f.method LIKE '%outlier%'), 0::bigint, 'no outliers in a calm series with many gaps');
SELECT is((SELECT sum(c.outliers) FROM (SELECT id, array_agg(CASE WHEN i BETWEEN 30 AND 42 OR i % 3 = 0 THEN NULL ELSE v END ORDER BY i) AS y FROM history, unnest(y) WITH ORDINALITY AS u (v, i) GROUP BY id) AS g,
	series_clean(g.y, 12, missing => 'seasonal') AS c), 0::bigint, 'nor for series_clean');

-- ---------------------------------------------------------------------
-- Level shifts
-- ---------------------------------------------------------------------
CREATE TEMP TABLE moved AS SELECT id, array_agg(CASE WHEN i <= 70 THEN v - 150 ELSE v END ORDER BY i) AS y FROM history, unnest(y) WITH ORDINALITY AS u (v, i) GROUP BY id;
SELECT ok(bool_and(f.method = 'auto, 1 level shift adjusted'), 'adjusted and named') FROM moved, unnest(forecast_series(y, 3, 12, level_shifts => 'adjust')) AS f;
SELECT ok((SELECT avg(pg_temp.miss(id, forecast_series(y, 12, 12, level_shifts => 'adjust'))) FROM moved) < 0.6 * (SELECT avg(pg_temp.miss(id, forecast_series(y, 12, 12))) FROM moved), 'forecasts are nearer by 40 %');

-- ---------------------------------------------------------------------
-- A known intervention
-- ---------------------------------------------------------------------
CREATE TEMP TABLE covid AS SELECT id, array_agg(CASE WHEN i BETWEEN 55 AND 67 THEN v * (0.3 + 0.01 * (i % 5)) ELSE v END ORDER BY i) AS y FROM history, unnest(y) WITH ORDINALITY AS u (v, i) GROUP BY id;
SELECT ok(bool_and(f.method = 'auto, intervention of 13 left out'), 'set aside and named') FROM covid, unnest(forecast_series(y, 3, 12, intervention => '[55,67]')) AS f;
SELECT ok(bool_and(f.method = 'auto, intervention of 13 levelled'), 'or levelled') FROM covid, unnest(forecast_series(y, 3, 12, intervention => '[55,67]', intervention_as => 'level')) AS f;
SELECT ok(bool_and(f.method = 'auto'), 'or kept') FROM covid, unnest(forecast_series(y, 3, 12, intervention => '[55,67]', intervention_as => 'keep')) AS f;
SELECT ok((SELECT avg(pg_temp.miss(id, forecast_series(y, 12, 12, intervention => '[55,67]'))) FROM covid) < 0.5 * (SELECT avg(pg_temp.miss(id, forecast_series(y, 12, 12))) FROM covid), 'forecasts miss by half as much');
SELECT is((SELECT forecast_series(y, 6, 12, intervention => '[55,67]') FROM covid WHERE id = 5),
	(SELECT forecast_series(array_agg(CASE WHEN i BETWEEN 55 AND 67 THEN 0 ELSE v END ORDER BY i), 6, 12, intervention => '[55,68)') FROM history, unnest(y) WITH ORDINALITY AS u (v, i) WHERE id = 5), 'whatever stood there');
SELECT is((forecast_series('{5,6,5,6,1,1,1}', 2, 1, 'naive', intervention => '[5,)'))[1].point, 6::double precision, 'one that has not ended');
SELECT is((forecast_series('{5,6,5,6,1,1,1}', 2, 1, 'naive', intervention => '[40,60]'))[1].method, 'naive', 'one outside the history does nothing');

-- ---------------------------------------------------------------------
-- Known events
-- ---------------------------------------------------------------------
-- Weeks with holidays that move; each takes 40 from a week.
CREATE TEMP TABLE weeks AS
SELECT s AS id, array_agg((i % 9 IN (2, 5) OR i % 31 = 7)::integer::double precision ORDER BY i) AS holidays,
	array_agg(300 + 5 * s + 20 * ((((s * 7919 + i) * 104729::bigint) % 1009) / 1009.0 - 0.5) - CASE WHEN i % 9 IN (2, 5) OR i % 31 = 7 THEN 40 ELSE 0 END ORDER BY i) FILTER (WHERE i <= 120) AS y
FROM generate_series(1, 20) AS s, generate_series(1, 133) AS i GROUP BY s;
CREATE TEMP TABLE with_events AS SELECT w.id, f.*, w.holidays[120 + f.step] AS x, 300 + 5 * w.id - 40 * w.holidays[120 + f.step] AS truth FROM weeks AS w, unnest(forecast_series(w.y, 13, 1, events => w.holidays)) AS f;
SELECT ok(bool_and(method LIKE '%, 1 of 1 event'), 'used and named') FROM with_events;
SELECT cmp_ok(avg(abs(point - truth)), '<', 3::double precision, 'the holidays to come are in the forecast') FROM with_events;
SELECT cmp_ok(avg(abs(f.point - (300 + 5 * w.id - 40 * w.holidays[120 + f.step]))), '>', 12::double precision, 'which misses them without') FROM weeks AS w, unnest(forecast_series(w.y, 13, 1)) AS f;
SELECT cmp_ok(avg(upper[2] - lower[2]), '<', 0.6 * (SELECT avg(f.upper[2] - f.lower[2]) FROM weeks AS w, unnest(forecast_series(w.y, 13, 1)) AS f), 'with intervals that are narrower by 40 %') FROM with_events;
SELECT ok(avg(upper[2] - lower[2]) FILTER (WHERE x = 1) > avg(upper[2] - lower[2]) FILTER (WHERE x = 0), 'wider in holiday weeks, of which less is known') FROM with_events;
SELECT is((SELECT (forecast_series(y, 2, 1, events => array_fill(0::double precision, ARRAY[133])))[1].method FROM weeks WHERE id = 1), 'auto, 0 of 1 event', 'an event that never was is left out');
SELECT ok((SELECT bool_and(f.method LIKE '%, 1 of 2 events') FROM weeks AS w, unnest(forecast_series(w.y, 5, 1, events => ARRAY[w.holidays, w.holidays])) AS f), 'one that is another is used once');
SELECT is((SELECT count(*) FROM history, unnest(forecast_series(y, 1, 12, events => (SELECT array_agg((i % 12 = 5)::integer::double precision ORDER BY i) FROM generate_series(1, 85) AS i))) AS f WHERE f.method = 'auto, 0 of 1 event'), 30::bigint, 'the season''s own is left to it');
SELECT cmp_ok((SELECT avg((f.method LIKE '%0 of 1 event')::integer) FROM history, unnest(forecast_series(y, 1, 12, events => (SELECT array_agg((abs(hashint4(i * 31)) % 6 = 0)::integer::double precision ORDER BY i) FROM generate_series(1, 85) AS i))) AS f), '>', 0.6, 'most events without effect are left out');
SELECT is((forecast_series('{4,0,0,3,0,0,0,5,0,0,2,0,0,0,1,0}', 1, 1, events => '{0,1,0,0,1,0,0,0,0,1,0,1,0,0,0,1,0}'))[1].method, 'auto_sparse, 0 of 1 event', 'sparse counts have none');
SELECT is((forecast_series('{4,5,6,7}', 1, 1, events => '{0,1,0,0,1}'))[1].method, 'auto, 0 of 1 event', 'nor have four values');
SELECT ok((SELECT bool_and(f.point >= 0 AND f.lower[2] >= 0 AND f.lower[2] <= f.point AND f.point <= f.upper[2]) FROM unnest(forecast_series(ARRAY(SELECT CASE WHEN i % 7 = 3 THEN 0 ELSE 5 + i % 3 END::double precision FROM generate_series(1, 90) AS i), 14, 1,
	events => ARRAY(SELECT (i % 7 = 3)::integer::double precision FROM generate_series(1, 104) AS i))) AS f), 'counts do not fall below 0 with an event');
-- Outliers are outliers beside the events: a holiday is none.
SELECT ok(bool_and(f.method = 'auto, 1 outlier replaced, 1 of 1 event'), 'a holiday is no outlier, a spike is')
FROM weeks AS w, unnest(forecast_series(w.y[1:59] || (w.y[60] + 250) || w.y[61:], 3, 1, outliers => 'replace', events => w.holidays)) AS f;

-- ---------------------------------------------------------------------
-- The other forms
-- ---------------------------------------------------------------------
CREATE TEMP TABLE point AS SELECT h.id AS series, (date '2018-01-01' + (i - 1) * interval '1 month')::date AS period, v AS value FROM gappy AS h, unnest(h.y) WITH ORDINALITY AS u (v, i);
SELECT is((SELECT array_agg(r.point ORDER BY r.series::int, r.step) FROM forecast_rows('SELECT * FROM point', 6, 12, missing => 'seasonal') AS r),
	(SELECT array_agg(f.point ORDER BY g.id, f.step) FROM gappy AS g, unnest(forecast_series(g.y, 6, 12, missing => 'seasonal')) AS f), 'forecast_rows with null values');
SELECT results_eq('SELECT * FROM forecast_rows(''SELECT * FROM point WHERE value IS NOT NULL'', 6, 12, missing => ''seasonal'')', 'SELECT * FROM forecast_rows(''SELECT * FROM point'', 6, 12, missing => ''seasonal'')', 'and without their rows');
SELECT throws_ok($$SELECT * FROM forecast_rows('SELECT * FROM point WHERE value IS NOT NULL', 6, 12)$$, '22023', NULL, 'which are refused unless a policy says what they are');
SELECT is((SELECT array_agg(forecast ORDER BY series) FROM (SELECT series, forecast(value, period, 6, 12, 'auto', '{0.8,0.95}', NULL, 'seasonal', 'dampen', 'adjust') FROM point GROUP BY series) AS f),
	(SELECT array_agg(forecast_series(y, 6, 12, missing => 'seasonal', outliers => 'dampen', level_shifts => 'adjust') ORDER BY id) FROM gappy), 'forecast with policies');
CREATE TEMP TABLE covid_point AS SELECT h.id AS series, (date '2015-09-01' + (i - 1) * interval '1 month')::date AS period, v AS value FROM covid AS h, unnest(h.y) WITH ORDINALITY AS u (v, i);
SELECT is((SELECT array_agg(r.point ORDER BY r.series::int, r.step) FROM forecast_rows('SELECT * FROM covid_point', 6, 12, intervention => '[2020-03-01,2021-04-01)') AS r),
	(SELECT array_agg(f.point ORDER BY g.id, f.step) FROM covid AS g, unnest(forecast_series(g.y, 6, 12, intervention => '[55,67]')) AS f), 'an intervention by its dates');
-- England's bank holidays, counted by week.
CREATE TEMP TABLE week_point AS
SELECT s AS series, w.week AS period, 500 + 10 * s + 15 * ((((s * 7919 + w.i) * 104729::bigint) % 1009) / 1009.0 - 0.5) - 60 * b.holidays AS value, b.holidays
FROM generate_series(1, 10) AS s, (SELECT i, date '2022-01-03' + 7 * i::integer AS week FROM generate_series(0, 199) AS i) AS w,
	LATERAL (SELECT count(*) AS holidays FROM calendar_days('england', 2022, 2026) AS d WHERE d.day >= w.week AND d.day < w.week + 7) AS b;
CREATE TEMP TABLE week_ahead AS SELECT r.*, b.holidays FROM forecast_rows('SELECT series, period, value FROM week_point', 13, 52, events => ARRAY(SELECT day FROM calendar_days('england', 2022, 2026))) AS r,
	LATERAL (SELECT count(*) AS holidays FROM calendar_days('england', 2022, 2026) AS d WHERE d.day >= r.period_ahead AND d.day < r.period_ahead + 7) AS b;
SELECT ok(bool_and(method_used LIKE '%1 of 1 event'), 'bank holidays by their dates') FROM week_ahead;
SELECT cmp_ok(avg(abs(point - (500 + 10 * series::integer - 60 * holidays))), '<', 10::double precision, 'are in the forecast') FROM week_ahead;
SELECT is((SELECT array_agg(r.method_used) FROM forecast_rows($$SELECT 1 AS series, (date '2022-02-01' + i * interval '1 month' - interval '1 day')::date AS period, 100 - 40 * (i % 7 = 2)::integer + i * 37 % 11 AS value FROM generate_series(0, 47) AS i$$, 1, 1,
	events => ARRAY(SELECT (date '2022-01-10' + i * interval '1 month')::date FROM generate_series(0, 60) AS i WHERE i % 7 = 2)) AS r), '{"auto, 1 of 1 event"}', 'and by ends of months');
SELECT ok((SELECT a.mae FROM weeks AS w, forecast_accuracy(w.y, 6, 1, events => w.holidays) AS a WHERE id = 1) < 0.6 * (SELECT a.mae FROM weeks AS w, forecast_accuracy(w.y, 6, 1) AS a WHERE id = 1), 'a backtest says what events are worth');
SELECT is((SELECT a.method FROM weeks AS w, forecast_accuracy(w.y, 6, 1, events => w.holidays[1:120]) AS a WHERE id = 1), 'auto, 1 of 1 event', 'and need not know those to come');
SELECT is((SELECT a.forecasts FROM gappy AS g, forecast_accuracy(g.y, 6, 12, 1, missing => 'seasonal') AS a WHERE id = 1), 5, 'what is missing is not scored');
SELECT is((SELECT a.forecasts || ' ' || a.origins FROM covid AS g, forecast_accuracy(g.y, 6, 12, 6, intervention => '[55,67]') AS a WHERE id = 1), '31 6', 'nor is an intervention');

-- ---------------------------------------------------------------------
-- Errors
-- ---------------------------------------------------------------------
CREATE TEMP TABLE refused (sqlstate text, statement text);
INSERT INTO refused VALUES
	('22023', $$SELECT forecast_series('{1,2,3}', 1, 1, missing => 'guess')$$), ('22004', $$SELECT forecast_series('{1,2,3}', 1, 1, missing => NULL)$$),
	('22023', $$SELECT forecast_series('{1,2,3}', 1, 1, outliers => 'remove')$$), ('22004', $$SELECT forecast_series('{1,2,3}', 1, 1, outliers => NULL)$$),
	('22023', $$SELECT forecast_series('{1,2,3}', 1, 1, level_shifts => 'dampen')$$), ('22023', $$SELECT forecast_series('{1,2,3}', 1, 1, intervention_as => 'zero')$$),
	('22004', $$SELECT forecast_series('{1,2,3}', 1, 1, intervention_as => NULL)$$), ('22023', $$SELECT forecast_series('{1,2,3}', 1, 1, intervention => '[0,2]')$$),
	('22004', $$SELECT forecast_series('{NULL,NULL}', 1, 1, missing => 'seasonal')$$), ('22004', $$SELECT forecast_series('{1,2,3}', 1, 1, intervention => '[1,3]')$$),
	('2202E', $$SELECT forecast_series('{1,2,3}', 2, 1, events => '{0,1,0,1}')$$), ('2202E', $$SELECT forecast_series('{1,2,3}', 1, 1, events => '{0,1,0,NULL}')$$),
	('2202E', $$SELECT forecast_series('{1,2,3}', 1, 1, events => '{{{0,1,0,1}}}')$$), ('22003', $$SELECT forecast_series('{1,2,3}', 1, 1, events => '{0,1,Infinity,0}')$$),
	('22023', $$SELECT forecast_series('{1,2,3}', 1, 1, events => (SELECT array_agg('{0,0,0,1}'::double precision[]) FROM generate_series(1, 51)))$$),
	('54000', $$SELECT forecast_series(array_fill(1.0::double precision, ARRAY[100001]) , 1, 1, outliers => 'replace')$$),
	('22003', $$SELECT forecast_series('{1,Infinity,3}', 1, 1, missing => 'zero')$$),
	('22023', $$SELECT forecast_accuracy('{1,2,3,4,5,6,7,8,9}', 2, 1, missing => 'guess')$$), ('2202E', $$SELECT forecast_accuracy('{1,2,3,4,5,6,7,8,9}', 2, 1, events => '{0,1}')$$),
	('22023', $$SELECT * FROM forecast_rows('SELECT 1 AS series, date ''2024-01-01'' AS period, 1 AS value', 1, 1, missing => 'guess')$$),
	('22004', $$SELECT * FROM forecast_rows('SELECT 1 AS series, date ''2024-01-01'' AS period, 1 AS value', 1, 1, events => ARRAY[NULL::date])$$),
	('22023', $$SELECT * FROM forecast_rows('SELECT 1 AS series, date ''2024-01-01'' + i * i AS period, i AS value FROM generate_series(1, 9) AS i', 3, 1, missing => 'seasonal')$$),
	('22004', $$SELECT forecast(NULL, now(), 3, 1, 'auto', '{0.8}', NULL, 'refuse', 'keep', 'keep')$$), ('22023', $$SELECT forecast(1, now(), 3, 1, 'auto', '{0.8}', NULL, 'refuse', 'maybe', 'keep')$$);
SELECT throws_ok(statement, sqlstate, NULL, 'refused with ' || sqlstate || ': ' || statement) FROM refused;
SELECT * FROM finish();
ROLLBACK;
