-- Calendars: what a user types and what comes back.
SET search_path = public, caregroup;
SET datestyle = ISO;
SET timezone = 'Europe/London';

SELECT * FROM bank_holidays('scotland', 2022, 2022);
SELECT * FROM calendar_days('england', 2022, 2022);
SELECT easter_sunday(2027);

SELECT add_working_days('2026-12-23', 3), add_working_days('2026-12-23', 3, 'scotland'), add_working_days('2026-12-23', 3, '{2026-12-24}'::date[]),
	working_days_between('2026-12-23', '2027-01-05'), is_working_day('2026-12-28');
INSERT INTO working_calendar (calendar, nation) VALUES ('clinic', 'england');
INSERT INTO calendar_exception (calendar, day, name) VALUES ('clinic', '2026-12-24', 'Closed');
SELECT add_working_days('2026-12-23', 3, 'clinic');

SELECT working_hours('2026-12-24', '2026-12-29', '08:00', '18:00');
SELECT add_working_time('2026-12-24 17:00+00', '2 hours', working_hours('2026-12-24', '2026-12-29', '08:00', '18:00')),
	working_time_between('2026-12-24 17:00+00', '2026-12-29 09:00+00', working_hours('2026-12-24', '2026-12-29', '08:00', '18:00')),
	hours_in(working_hours('2026-12-24', '2026-12-29', '13:00', '18:00'));
SELECT local_day('2026-06-30 23:30+00'), local_day('2026-06-30 23:30+00', 'UTC');

SELECT day, financial_year(day), financial_year_start(day), financial_quarter(day) AS quarter, financial_month(day) AS month, iso_week(day), iso_week_start(day), week_ending(day)
FROM unnest('{2026-03-31,2026-04-01,2027-01-01}'::date[]) AS day;

-- Errors
SELECT add_working_days('2026-12-23', 3, 'mars');
SELECT * FROM bank_holidays('france', 2022, 2022);
SELECT add_working_days('2026-12-23', 3, '{[2026-12-24,)}'::datemultirange);
SELECT add_working_time('2026-12-24', '1 day', '{}');
SELECT local_day('2026-06-30', 'Mars');
SELECT easter_sunday(1500);
