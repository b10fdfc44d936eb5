-- What is known to have happened is found in real series: bank holidays and
-- COVID in the registered deaths of England and Wales, a merger of hospitals
-- in A&E attendances (each file's first line names its source).

\getenv shared CAREGROUP_SHARED
\if :{?shared}
\else
\set shared ''
\endif
SELECT :'shared' = '' AS is_missing \gset

BEGIN;
\if :is_missing
SELECT plan(1);
SELECT skip('../shared/data is not here', 1);
\else
SET LOCAL search_path = public, caregroup;
SELECT plan(8);

\set f 'tail -n +2 ' :shared '/data/demand/nhsrdatasets_ons_mortality.csv'
CREATE TEMP TABLE ons (category_1 text, category_2 text, counts float8, date date, week_no int);
COPY ons FROM PROGRAM :'f' (FORMAT csv, HEADER);
\set f 'tail -n +2 ' :shared '/data/demand/bank_holidays_england.csv'
CREATE TEMP TABLE bank (holiday date, name text);
COPY bank FROM PROGRAM :'f' (FORMAT csv, HEADER);
CREATE TEMP TABLE deaths AS
SELECT array_agg(counts ORDER BY date) AS history, array_agg(holidays ORDER BY date) AS holidays
FROM (SELECT date, counts, (SELECT count(*) FROM bank WHERE holiday > date - 7 AND holiday <= date)::float8 AS holidays
	FROM ons WHERE category_1 = 'Total deaths' AND category_2 = 'all ages') AS w;
SELECT results_eq($$SELECT every, first, array_length(history, 1), filled FROM series_regular('SELECT 1 AS series, date AS ts, counts AS value FROM ons WHERE category_1 = ''Total deaths'' AND category_2 = ''all ages''')$$,
	$$VALUES (interval '7 days', timestamp '2010-01-08', 535, 0)$$, 'deaths come by the week');
SELECT cmp_ok((SELECT effect / error FROM deaths, series_event_effects(history, holidays, 52)), '<', -10::float8, 'registrars do not work on bank holidays');
SELECT is((SELECT round(effect) BETWEEN -1900 AND -1200 FROM deaths, series_event_effects(history, holidays, 52)), true, 'each puts off a good seventh of a week''s registrations');
SELECT cmp_ok((SELECT z FROM deaths, series_outliers(history, 52, scale => 'log') WHERE place = 535), '>', 8::float8, 'the first week of COVID deaths stands out');

\set f 'tail -n +2 ' :shared '/data/demand/nhsrdatasets_ae_attendances.csv'
CREATE TEMP TABLE ae (period date, org_code text, type text, attendances float8, breaches float8, admissions float8);
COPY ae FROM PROGRAM :'f' (FORMAT csv, HEADER);
CREATE TEMP TABLE department AS
SELECT * FROM series_regular($$SELECT org_code || '/' || type AS series, period AS ts, attendances AS value FROM ae$$, '1 month', 'interpolate');
SELECT results_eq($$SELECT (d.first + (place - 1) * every)::date, step > 0, p < 1e-6 FROM department AS d, series_level_shifts(history, 12, scale => 'square_root') WHERE series = 'RDE/1'$$,
	$$VALUES (date '2018-07-01', true, true)$$, 'Colchester took over Ipswich in July 2018');
SELECT is((SELECT sum((SELECT count(*) FROM series_outliers(history, 12, scale => 'square_root'))) < 0.01 * sum(array_length(history, 1)) FROM department), true, 'less than 1 % of months are outliers');
SELECT is((SELECT count(*) FROM department WHERE EXISTS (SELECT FROM series_level_shifts(history, 12, scale => 'square_root'))) BETWEEN 10 AND 60, true, 'few departments of 428 have a level shift');
SELECT cmp_ok((SELECT max(abs(t + s + r - h)) FROM department AS d, forecast_components(d.history, 12) AS c, unnest(c.trend, c.seasonal, c.remainder, d.history) AS u(t, s, r, h) WHERE array_length(d.history, 1) = 36), '<', 1e-9::float8, 'the components of every department add up');
SELECT * FROM finish();
\endif
ROLLBACK;
