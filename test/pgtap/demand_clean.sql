-- Regular series, missing values, outliers, level shifts, interventions and
-- events: what is found, what is done about it, and every error's SQLSTATE.
BEGIN;
SET LOCAL search_path = public, caregroup;
SET LOCAL client_min_messages = warning;
SET LOCAL timezone = 'UTC';
SELECT plan(59);

-- series_regular
CREATE TEMP TABLE r (series text, ts date, value int);
INSERT INTO r SELECT 's' || s, d, s * 100 + extract(month FROM d) FROM generate_series(1, 3) AS s, generate_series(timestamp '2019-01-01', '2022-12-01', '1 month') AS d;
SELECT results_eq($$SELECT series, first, every, array_length(history, 1), filled FROM series_regular('SELECT * FROM r')$$,
	$$VALUES ('s1', timestamp '2019-01-01', interval '1 month', 48, 0), ('s2', '2019-01-01', '1 month', 48, 0), ('s3', '2019-01-01', '1 month', 48, 0)$$, 'months are found');
SELECT is((SELECT history[1:3] FROM series_regular($$SELECT value, ts, series, 1 AS more FROM r WHERE series = 's2' ORDER BY random()$$)), '{201,202,203}', 'values are in order, whatever the rows'' order');
SELECT results_eq($$SELECT every, history FROM series_regular('SELECT 1 AS series, date ''2024-01-01'' + 7 * i AS ts, i AS value FROM generate_series(0, 3) AS i')$$,
	$$VALUES (interval '7 days', '{0,1,2,3}'::float8[])$$, 'weeks are found');
SELECT results_eq($$SELECT every, history FROM series_regular('SELECT 1 AS series, timestamptz ''2024-03-30 20:00+00'' + i * interval ''1 hour'' AS ts, i AS value FROM generate_series(0, 3) AS i')$$,
	$$VALUES (interval '1 hour', '{0,1,2,3}'::float8[])$$, 'hours are found');
SELECT results_eq($$SELECT every, history, filled FROM series_regular('SELECT 1 AS series, ts, 1 AS value FROM (VALUES (date ''2024-01-01''), (''2024-01-29''), (''2024-02-05'')) AS v(ts)', '7 days', 'zero')$$,
	$$VALUES (interval '7 days', '{1,0,0,0,1,1}'::float8[], 3)$$, 'weeks that are said, with zeros between');
SELECT results_eq($$SELECT max(abs(u.f - u.h)) < 0.5, max(filled) FROM series_regular('SELECT * FROM r WHERE series = ''s1'' AND ts NOT IN (''2020-02-01'', ''2021-06-01'')', missing => 'seasonal', period => 12) AS g,
	(SELECT history AS whole FROM series_regular('SELECT * FROM r WHERE series = ''s1''')) AS w, unnest(history, whole) AS u(f, h)$$, 'VALUES (true, 2)', 'a pure season comes back');
SELECT results_eq($$SELECT filled, history[15:27] FROM series_regular('SELECT series, ts, CASE WHEN ts >= ''2020-03-01'' AND ts < ''2021-04-01'' THEN 0 ELSE value END AS value FROM r WHERE series = ''s1''', missing => 'seasonal', period => 12, intervention => '[2020-03-01,2021-04-01)')$$,
	$$VALUES (13, '{103,104,105,106,107,108,109,110,111,112,101,102,103}'::float8[])$$, 'COVID as if it had not been');
SELECT cmp_ok((SELECT max(abs(h - o)) FROM series_regular($$SELECT series, ts, CASE WHEN ts >= '2020-03-01' AND ts < '2021-04-01' THEN value - 60 ELSE value END AS value FROM r WHERE series = 's1'$$, period => 12, intervention => '[2020-03-01,2021-04-01)', intervention_as => 'level') AS a,
	series_regular($$SELECT * FROM r WHERE series = 's1'$$) AS b, unnest(a.history, b.history) AS u(h, o)), '<', 1e-9::float8, 'COVID as a level that is taken out');
SELECT is((SELECT count(*) FROM series_regular('SELECT * FROM r WHERE false')), 0::bigint, 'no rows give none');
SELECT results_eq($$SELECT first, history FROM series_regular('SELECT 1 AS series, date ''2024-01-01'' AS ts, 5 AS value')$$, $$VALUES (timestamp '2024-01-01', '{5}'::float8[])$$, 'one row');
PREPARE reg(text) AS SELECT count(*) FROM series_regular($1);
SELECT throws_ok($$EXECUTE reg(NULL)$$, '22004', NULL, 'no query');
SELECT throws_ok($$EXECUTE reg('SELECT * FROM r UNION ALL SELECT ''s1'', ''2019-03-01'', 7')$$, '22023', 'a series has two rows of one time', 'duplicate times are refused by name');
SELECT throws_ok($$EXECUTE reg('SELECT * FROM r UNION ALL SELECT ''s1'', ''2019-03-04'', 7')$$, '22023', 'a series is not regularly spaced', 'irregular spacing is refused by name');
SELECT throws_ok($$SELECT count(*) FROM series_regular('SELECT 1 AS series, ts, 1 AS value FROM (VALUES (date ''2024-01-01''), (''2024-01-09''), (''2024-01-15'')) AS v(ts)', '7 days')$$, '22023', 'a series is not regularly spaced', 'also where the spacing is said');
SELECT throws_ok($$SELECT count(*) FROM series_regular('SELECT 1 AS series, ts, 1 AS value FROM (VALUES (date ''2024-01-01''), (''2024-02-02''), (''2024-03-01'')) AS v(ts)', '1 month')$$, '22023', 'a series is not regularly spaced', 'and of months');
SELECT throws_ok($$EXECUTE reg('SELECT * FROM r WHERE ts <> ''2020-02-01''')$$, '22004', NULL, 'a missing month is refused unless a rule is chosen');
SELECT throws_ok($$EXECUTE reg('SELECT series, ts, nullif(value, 105) AS value FROM r')$$, '22004', NULL, 'a null value is a missing month');
SELECT throws_ok($$EXECUTE reg('SELECT NULL::text AS series, ts, value FROM r')$$, '22004', NULL, 'no series');
SELECT throws_ok($$EXECUTE reg('SELECT series, NULL::date AS ts, value FROM r')$$, '22004', NULL, 'no ts');
SELECT throws_ok($$EXECUTE reg('SELECT series, ''infinity''::date AS ts, value FROM r')$$, '22008', NULL, 'an infinite ts');
SELECT throws_ok($$EXECUTE reg('SELECT series, ts, ''inf''::float8 AS value FROM r')$$, '22003', NULL, 'an infinite value');
SELECT throws_ok($$EXECUTE reg('SELECT series, ts FROM r')$$, '42703', NULL, 'no column value');
SELECT throws_ok($$EXECUTE reg('SELECT series, value AS ts, value FROM r')$$, '42804', NULL, 'ts of a wrong type');
SELECT throws_ok($$SELECT count(*) FROM series_regular('SELECT * FROM r', '1 month 1 day')$$, '22023', NULL, 'months and days at once');
SELECT throws_ok($$SELECT count(*) FROM series_regular('SELECT * FROM r', '-1 month')$$, '22023', NULL, 'backwards');
SELECT throws_ok($$SELECT count(*) FROM series_regular('SELECT * FROM r', '1 second')$$, '54000', NULL, 'too many periods');
SELECT throws_ok($$SELECT count(*) FROM series_regular('SELECT * FROM r', missing => 'guess')$$, '22023', NULL, 'unknown policy');

-- series_fill
SELECT is(series_fill('{1,null,3}', 'interpolate'), '{1,2,3}', 'interpolate');
SELECT is(series_fill('{null,null}', 'zero'), '{0,0}', 'zero');
SELECT is(series_fill('{5,1,5,null,5,1,null,1}', 'seasonal', 2), '{5,1,5,1,5,1,5,1}', 'seasonal');
SELECT is(series_fill(NULL), NULL, 'null of null');
SELECT is(series_fill('{}'), '{}', 'nothing of nothing');
SELECT throws_ok($$SELECT series_fill('{1,null}', 'refuse')$$, '22004', NULL, 'refuse');
SELECT throws_ok($$SELECT series_fill('{null}')$$, '22004', NULL, 'nothing to go by');
SELECT throws_ok($$SELECT series_fill('{1,null}', 'zero', 0)$$, '22023', NULL, 'period 0');
SELECT throws_ok($$SELECT series_fill('{1,nan}')$$, '22003', NULL, 'NaN');

-- outliers, level shifts, cleaning
CREATE TEMP TABLE h AS SELECT array_agg(v ORDER BY i) AS calm, array_agg(v + CASE WHEN i = 30 THEN 90 ELSE 0 END ORDER BY i) AS spike,
	array_agg(v + CASE WHEN i >= 40 THEN 50 ELSE 0 END ORDER BY i) AS shifted
FROM (SELECT i, 200 + 20 * sin(i * pi() / 6) + ('x' || substr(md5('calm' || i), 1, 4))::bit(16)::int % 11 - 5 AS v FROM generate_series(1, 84) AS i) AS x;
SELECT is((SELECT count(*) FROM h, series_outliers(calm, 12)), 0::bigint, 'a calm series has no outlier');
SELECT results_eq('SELECT place, z > 8, p_value < 1e-9, abs(value - expected - 90) < 15 FROM h, series_outliers(spike, 12)', 'VALUES (30, true, true, true)', 'a spike is one');
SELECT is((SELECT count(*) FROM h, series_outliers(spike, 12, threshold => 100)), 0::bigint, 'not beyond a higher threshold');
SELECT results_eq($$SELECT place FROM h, series_outliers(spike, 12, scale => 'square_root')$$, 'VALUES (30)', 'also of square roots');
SELECT is((SELECT count(*) FROM series_outliers(NULL)), 0::bigint, 'none of null');
SELECT is((SELECT count(*) FROM h, series_level_shifts(calm, 12)), 0::bigint, 'a calm series has no shift');
SELECT is((SELECT count(*) FROM h, series_level_shifts(spike, 12)), 0::bigint, 'nor has a spike');
SELECT results_eq('SELECT place, abs(step - 50) < 6, t > 5, p < 0.001 FROM h, series_level_shifts(shifted, 12)', 'VALUES (40, true, true, true)', 'a step is one');
SELECT is((SELECT count(*) FROM h, series_level_shifts(shifted, 12, p_value => 1e-60)), 0::bigint, 'not with stronger evidence asked for');
SELECT cmp_ok((SELECT max(abs(a - b)) FROM h, series_clean(spike, 12) AS c, unnest(c.history, calm) AS u(a, b)), '<', 15::float8, 'replaced');
SELECT results_eq('SELECT outliers, level_shifts, missing, intervention_effect FROM h, series_clean(spike, 12)', 'VALUES (1, 0, 0, NULL::float8)', 'and counted');
SELECT cmp_ok((SELECT c.history[30] FROM h, series_clean(spike, 12, outliers => 'dampen') AS c), '>', (SELECT c.history[30] FROM h, series_clean(spike, 12) AS c), 'dampened is less than replaced');
SELECT is((SELECT c.history FROM h, series_clean(spike, 12, outliers => 'keep') AS c), (SELECT spike FROM h), 'kept is as it was');
SELECT cmp_ok((SELECT max(abs(a - b - 50)) FROM h, series_clean(shifted, 12, outliers => 'keep', level_shifts => 'adjust') AS c, unnest(c.history, calm) AS u(a, b)), '<', 6::float8, 'before a shift becomes the level of today');
SELECT cmp_ok((SELECT abs(intervention_effect - 50) FROM h, series_clean(shifted, 12, outliers => 'keep', intervention => 'level', intervention_first => 40, intervention_last => 84)), '<', 6::float8, 'a known level is measured');
SELECT throws_ok($$SELECT series_clean('{1,0,2}', scale => 'log')$$, '22003', NULL, 'no logarithm of 0');
SELECT throws_ok($$SELECT series_clean('{1,0,2}', intervention_first => 2)$$, '22023', NULL, 'half an intervention');
SELECT throws_ok($$SELECT series_clean('{1,0,2}', outliers => 'delete')$$, '22023', NULL, 'unknown word');
SELECT throws_ok($$SELECT * FROM series_outliers('{1,0,2}', threshold => 0)$$, '22023', NULL, 'threshold 0');

-- events
SELECT results_eq($$SELECT event, abs(effect - 90) < 12, error > 0, is_used FROM h, series_event_effects(spike, (SELECT array_agg((i = 30)::int::float8 ORDER BY i) FROM generate_series(1, 84) AS i), 12)$$, 'VALUES (1, true, true, true)', 'an event is measured');
SELECT results_eq($$SELECT event, effect, is_used FROM h, series_event_effects(spike, (SELECT array_agg((i % 12 = 3)::int::float8 ORDER BY i) FROM generate_series(1, 84) AS i), 12)$$, 'VALUES (1, NULL::float8, false)', 'that of every year is the season''s');
SELECT throws_ok($$SELECT * FROM series_event_effects('{1,2,3}', '{1,0}')$$, '2202E', NULL, 'events of another length');
SELECT throws_ok($$SELECT * FROM series_event_effects('{1,2,3}', '{{1,0,0},{0,1,0}}')$$, '22023', NULL, 'too many events');
SELECT * FROM finish();
ROLLBACK;
