-- Calendars, working days, working time and periods.

\getenv shared CAREGROUP_SHARED
\if :{?shared}
\else
\set shared ''
\endif
SELECT :'shared' = '' AS is_missing \gset

BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(75);

-- ---- against others ----
\if :is_missing
SELECT skip('../shared/data is not here', 7);
\else
\set f 'tail -n +2 ' :shared '/data/demand/bank_holidays_england.csv'
CREATE TEMP TABLE holiday (day date, name text);
COPY holiday FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok((SELECT count(*) FROM holiday), '>', 250::bigint, 'bank_holidays_england is read');
SELECT set_eq($$SELECT day FROM calendar_days('england', 2000, 2031)$$, 'SELECT day FROM holiday', 'bank_holidays_england: every day of 2000 to 2031');
SELECT set_eq($$SELECT day FROM bank_holidays('england', 2000, 2031) WHERE is_substitute$$, $$SELECT day FROM holiday WHERE name LIKE '%(substitute)'$$, 'bank_holidays_england: the substitutes');
\set f 'tail -n +2 ' :shared '/data/demand/working_days.csv'
CREATE TEMP TABLE golden (from_date date, n integer, target date, to_date date, wd_between integer, within_10wd boolean);
COPY golden FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok((SELECT count(*) FROM golden), '>', 200::bigint, 'working_days is read');
-- Its holidays end with 2031, so by name only rows before 2032 can agree.
SELECT is_empty('SELECT g.* FROM golden AS g, (SELECT array_agg(day) AS days FROM holiday) AS h WHERE add_working_days(from_date, n, h.days) <> target
	OR working_days_between(from_date, to_date, h.days) <> wd_between OR (to_date <= add_working_days(from_date, 10, h.days)) <> within_10wd', 'working_days: every row, with its own holidays');
SELECT is_empty($$SELECT * FROM golden WHERE add_working_days(from_date, n) <> target AND target < '2032-01-01'$$, 'working_days: days added, calendar by name');
SELECT is_empty($$SELECT * FROM golden WHERE working_days_between(from_date, to_date) <> wd_between AND to_date < '2032-01-01'$$, 'working_days: days between, calendar by name');
\endif

-- ---- the days of 2022 and 2026 as gov.uk lists them ----
SELECT results_eq($$SELECT day FROM calendar_days('england', 2022, 2022)$$,
	$$SELECT unnest('{2022-01-03,2022-04-15,2022-04-18,2022-05-02,2022-06-02,2022-06-03,2022-08-29,2022-09-19,2022-12-26,2022-12-27}'::date[])$$, 'England 2022, in order');
SELECT results_eq($$SELECT day FROM calendar_days('wales', 2022, 2022)$$, $$SELECT day FROM calendar_days('england', 2022, 2022)$$, 'Wales as England');
SELECT results_eq($$SELECT day FROM calendar_days('scotland', 2022, 2022)$$,
	$$SELECT unnest('{2022-01-03,2022-01-04,2022-04-15,2022-05-02,2022-06-02,2022-06-03,2022-08-01,2022-09-19,2022-11-30,2022-12-26,2022-12-27}'::date[])$$, 'Scotland 2022');
SELECT results_eq($$SELECT day FROM calendar_days('northern_ireland', 2022, 2022)$$,
	$$SELECT unnest('{2022-01-03,2022-03-17,2022-04-15,2022-04-18,2022-05-02,2022-06-02,2022-06-03,2022-07-12,2022-08-29,2022-09-19,2022-12-26,2022-12-27}'::date[])$$, 'Northern Ireland 2022');
SELECT results_eq($$SELECT day FROM calendar_days('scotland', 2026, 2026)$$,
	$$SELECT unnest('{2026-01-01,2026-01-02,2026-04-03,2026-05-04,2026-05-25,2026-06-15,2026-08-03,2026-11-30,2026-12-25,2026-12-28}'::date[])$$, 'Scotland 2026, with the World Cup');
SELECT is((SELECT count(*) FROM bank_holidays('england', 1972, 9999)), (SELECT sum(CASE WHEN y < 1974 THEN 6 WHEN y < 1978 THEN 7 ELSE 8 END) FROM generate_series(1972, 9999) AS y)::bigint, 'every year has its days');
SELECT is_empty($$SELECT e.calendar, e.day FROM calendar_exception AS e, LATERAL (SELECT nation FROM working_calendar AS w WHERE w.calendar = e.calendar) AS w
	WHERE e.is_shipped AND (extract(isodow FROM e.day) > 5 OR e.is_working <> EXISTS (SELECT FROM bank_holidays(w.nation, extract(year FROM e.day)::integer, extract(year FROM e.day)::integer) AS h WHERE h.day = e.day))$$,
	'what is shipped as moved is a bank holiday by rule, what is shipped as added is none');
SELECT throws_ok($$SELECT * FROM bank_holidays('france', 2020, 2020)$$, '22023', 'unknown nation "france"', 'an unknown nation');
SELECT throws_ok($$SELECT * FROM bank_holidays('england', 1971, 2020)$$, '22008', NULL, 'a year before the rules');
SELECT throws_ok($$SELECT * FROM bank_holidays('england', 2020, 10000)$$, '22008', NULL, 'a year after them');
SELECT is_empty($$SELECT * FROM bank_holidays(NULL, 2020, 2020)$$, 'NULL has no days');
SELECT is_empty($$SELECT * FROM bank_holidays('england', 2021, 2020)$$, 'nor have years the wrong way round');
SELECT is_empty($$SELECT * FROM calendar_days('mars', 2021, 2022)$$, 'nor has an unknown calendar');
SELECT is(easter_sunday(2026), date '2026-04-05', 'Easter 2026');
SELECT is(easter_sunday(1583), date '1583-04-10', 'the first Gregorian Easter');
SELECT throws_ok('SELECT easter_sunday(1582)', '22008', NULL, 'Easter before the Gregorian calendar');
SELECT is(easter_sunday(NULL), NULL, 'Easter of NULL');

-- ---- working days ----
SELECT is(add_working_days('2026-04-02', 1), date '2026-04-07', 'over Easter');
SELECT is(add_working_days('2026-04-07', -1), date '2026-04-02', 'and back');
SELECT is(add_working_days('2026-04-04', 0), date '2026-04-07', 'none, from a Saturday');
SELECT is(add_working_days('2026-04-02', 0), date '2026-04-02', 'none, from a working day');
SELECT is(add_working_days('2026-04-04', 1), date '2026-04-07', 'one, from a Saturday');
SELECT is(add_working_days('2026-04-02', 1, 'scotland'), date '2026-04-06', 'Easter Monday is worked in Scotland');
SELECT is(add_working_days('2026-04-02', 1, 'weekdays'), date '2026-04-03', 'a calendar without holidays');
SELECT is(add_working_days('2026-04-02', 2, '{2026-04-06,2026-04-03}'::date[]), date '2026-04-08', 'holidays as an array in no order');
SELECT is(add_working_days('2026-04-02', 1, '{}'::date[]), date '2026-04-03', 'no holidays');
SELECT is(add_working_days('2026-04-02', 1, '{[2026-04-03,2026-04-09],[2026-04-13,2026-04-14)}'::datemultirange), date '2026-04-10', 'days off as ranges');
SELECT is(working_days_between('2026-04-02', '2026-04-07'), 1, 'between');
SELECT is(working_days_between('2026-04-07', '2026-04-02'), -1, 'between, backwards');
SELECT is(working_days_between('2026-04-04', '2026-04-04'), 0, 'between a day and itself');
SELECT is(working_days_between('2026-01-01', '2026-12-31', '{}'::date[]) , 260, 'weekdays of 2026 after the first');
SELECT is(working_days_between('2026-01-01', '2026-12-31', calendar_holidays('england')), working_days_between('2026-01-01', '2026-12-31'), 'the calendar by name and as an array');
SELECT ok(is_working_day('2026-04-02') AND NOT is_working_day('2026-04-03') AND NOT is_working_day('2026-04-04') AND is_working_day('2026-04-06', 'scotland') AND NOT is_working_day('2026-04-02', '{2026-04-02}'::date[]) AND NOT is_working_day('2026-04-02', '{[2026-04-02,2026-04-02]}'::datemultirange), 'working days');
SELECT is((SELECT count(*) FROM generate_series(date '2020-01-01', date '2029-12-31', interval '1 day') AS d (day) WHERE is_working_day(day::date) <> (extract(isodow FROM day) < 6 AND day::date NOT IN (SELECT c.day FROM calendar_days('england', 2020, 2029) AS c))), 0::bigint, 'working days of ten years by a slow look');
SELECT is((SELECT count(*) FROM generate_series(date '2024-01-01', date '2025-12-31', interval '13 days') AS a (day), generate_series(-30, 30, 3) AS n WHERE n <> 0 AND working_days_between(a.day::date, add_working_days(a.day::date, n)) <> CASE WHEN n > 0 OR is_working_day(a.day::date) THEN n ELSE n + 1 END), 0::bigint, 'adding and counting undo each other');
SELECT is(add_working_days(NULL, 1), NULL, 'NULL day');
SELECT is(add_working_days('2026-04-02', NULL), NULL, 'NULL days');
SELECT is(add_working_days('2026-04-02', 1, NULL::text), NULL, 'NULL calendar');
SELECT throws_ok($$SELECT add_working_days('2026-04-02', 1, 'mars')$$, '22023', 'there is no calendar "mars"', 'an unknown calendar');
SELECT throws_ok($$SELECT add_working_days('1970-04-02', 1)$$, '22008', NULL, 'before the calendar');
SELECT throws_ok($$SELECT add_working_days('2199-12-30', 100)$$, '22008', NULL, 'beyond the calendar');
SELECT throws_ok($$SELECT add_working_days('2026-04-02', 2147483647, '{}'::date[])$$, '22008', NULL, 'beyond all days');
SELECT throws_ok($$SELECT add_working_days('infinity', 1)$$, '22008', NULL, 'infinity');
SELECT throws_ok($$SELECT add_working_days('2026-04-02', 1, '{2026-04-03,NULL}'::date[])$$, '22004', NULL, 'a NULL holiday');
SELECT throws_ok($$SELECT add_working_days('2026-04-02', 1, '{infinity}'::date[])$$, '22008', NULL, 'an infinite holiday');
SELECT throws_ok($$SELECT add_working_days('2026-04-02', 1, '{[2026-04-03,)}'::datemultirange)$$, '22023', NULL, 'a range without an end');
SELECT throws_ok($$SELECT add_working_days('2026-04-02', 1, '{[0001-01-01,9999-01-01)}'::datemultirange)$$, '54000', NULL, 'too many days off');

-- ---- calendars of a site ----
INSERT INTO working_calendar (calendar, nation) VALUES ('harrow', 'england');
INSERT INTO calendar_exception (calendar, day, is_working, name) VALUES ('harrow', '2026-04-07', false, 'Moving house'), ('harrow', '2026-04-06', true, 'Open on Easter Monday');
SELECT is(add_working_days('2026-04-02', 1, 'harrow'), date '2026-04-06', 'a bank holiday that a site works');
SELECT is(add_working_days('2026-04-02', 2, 'harrow'), date '2026-04-08', 'and a closure');
SELECT is(working_days_between('2022-09-16', '2022-09-19', 'harrow'), 0, 'days proclaimed for a nation hold for its calendars');
INSERT INTO calendar_exception (calendar, day, is_working) VALUES ('harrow', '2026-04-08', false);
SELECT is(add_working_days('2026-04-02', 2, 'harrow'), date '2026-04-09', 'a closure added in the same transaction is seen');
SELECT results_eq($$SELECT day, kind FROM calendar_days('harrow', 2026, 2026) WHERE day BETWEEN '2026-04-01' AND '2026-04-30'$$, $$VALUES (date '2026-04-03', 'bank_holiday'), ('2026-04-07', 'closed'), ('2026-04-08', 'closed')$$, 'the days of a site''s calendar');
SELECT set_eq($$SELECT unnest(extconfig)::regclass::text FROM pg_extension WHERE extname = 'caregroup' INTERSECT VALUES ('working_calendar'), ('calendar_exception')$$, $$VALUES ('working_calendar'), ('calendar_exception')$$, 'rows that a site adds are dumped');

-- ---- working time ----
SELECT is(working_time_between('2026-11-20 16:00+00', '2026-11-23 10:00+00', working_hours('2026-11-20', '2026-11-24', '08:00', '20:00')), interval '6 hours', 'weekdays from 8 to 20');
SELECT is(working_time_between('2026-11-20 16:00+00', '2026-11-23 10:00+00', working_hours('2026-11-20', '2026-11-24', '08:00', '20:00', NULL, '{1,2,3,4,5,6,7}')), interval '30 hours', 'all days');
SELECT is(working_time_between('2026-11-23 10:00+00', '2026-11-20 16:00+00', working_hours('2026-11-20', '2026-11-24', '08:00', '20:00')), interval '-6 hours', 'backwards');
SELECT is(add_working_time('2026-11-20 19:30+00', '2 hours', working_hours('2026-11-20', '2026-11-24', '08:00', '20:00')), timestamptz '2026-11-23 09:30+00', 'two hours from half past seven on a Friday evening');
SELECT is(add_working_time('2026-11-21 12:00+00', '0 hours', working_hours('2026-11-20', '2026-11-24', '08:00', '20:00')), timestamptz '2026-11-23 08:00+00', 'none, while closed');
SELECT is(add_working_time('2026-11-20 19:30+00', '200 hours', working_hours('2026-11-20', '2026-11-24', '08:00', '20:00')), NULL, 'hours that run out');
SELECT is(hours_in(working_hours('2026-03-28', '2026-03-29', '22:00', '06:00', NULL, '{6}')), 7::float8, 'the night on which summer time begins');
SELECT is(hours_in(working_hours('2026-10-25', '2026-10-25', '00:00', '00:00', NULL, '{7}')), 25::float8, 'the day on which it ends');
SELECT is(hours_in(working_hours('2026-04-01', '2026-04-07', '08:00', '12:00') * '{[2026-04-02 10:00+01,2026-04-07 09:00+01)}'), 3::float8, 'the part of a day part within a session, over Easter');
SELECT throws_ok($$SELECT add_working_time('2026-11-20', '1 day', '{}')$$, '22023', NULL, 'a day of working time');
SELECT throws_ok($$SELECT add_working_time('2026-11-20', '-1 hour', '{}')$$, '22023', NULL, 'a negative length');
SELECT throws_ok($$SELECT hours_in('{(,2026-01-01)}')$$, '22023', NULL, 'hours without a beginning');
SELECT throws_ok($$SELECT working_time_between('-infinity', '2026-11-20', '{}')$$, '22008', NULL, 'infinity of working time');
SELECT is((SELECT count(*) FROM unnest('{Europe/London,UTC,America/New_York,Pacific/Apia,Asia/Kathmandu,Africa/Monrovia}'::text[]) AS z, generate_series(timestamptz '1900-01-01 00:00+00', '2150-01-01', interval '1237 hours') AS t
	WHERE local_day(t, z) <> (t AT TIME ZONE z)::date), 0::bigint, 'local days as PostgreSQL''s in six time zones over 250 years');

-- ---- periods ----
SELECT is((SELECT count(*) FROM generate_series(date '1990-01-01', date '2040-12-31', interval '1 day') AS d (t), LATERAL (SELECT d.t::date AS day) AS x
	WHERE financial_year_start(day) <> CASE WHEN extract(month FROM day) >= 4 THEN make_date(extract(year FROM day)::integer, 4, 1) ELSE make_date(extract(year FROM day)::integer - 1, 4, 1) END
		OR financial_year(day) <> to_char(financial_year_start(day), 'YYYY') || '/' || to_char(financial_year_start(day) + 366, 'YY')
		OR financial_month(day) <> (extract(year FROM age(date_trunc('month', day), financial_year_start(day))) * 12 + extract(month FROM age(date_trunc('month', day), financial_year_start(day))) + 1)
		OR financial_quarter(day) <> (financial_month(day) + 2) / 3
		OR iso_week(day) <> to_char(day, 'IYYY-"W"IW') OR iso_week_start(day) <> date_trunc('week', day)::date
		OR week_ending(day) <> date_trunc('week', day)::date + 6
		OR week_ending(day, 5) NOT BETWEEN day AND day + 6 OR extract(isodow FROM week_ending(day, 5)) <> 5), 0::bigint, 'financial years and weeks of 51 years');
SELECT * FROM finish();
ROLLBACK;
