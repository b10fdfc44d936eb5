-- Bank holidays by rule, and calendars: a nation's rules with its exceptions.

CREATE FUNCTION easter_sunday(year integer) RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_calendar_easter';

COMMENT ON FUNCTION easter_sunday(integer) IS
'Easter Sunday of a year of the Gregorian calendar, 1583 to 9999; another year is error 22008. NULL gives NULL. Source: J. Meeus, Astronomical Algorithms, 2nd ed. 1998, chapter 8.';

CREATE FUNCTION bank_holidays(nation text, from_year integer, to_year integer,
                              OUT day date, OUT name text, OUT is_substitute boolean)
RETURNS SETOF record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @series@ ROWS 90
AS 'MODULE_PATHNAME', 'cg_calendar_bank_holidays';

COMMENT ON FUNCTION bank_holidays(text, integer, integer) IS
'Bank holidays of england, wales, scotland or northern_ireland by rule, from the first to the last year (1972 to 9999): the day taken off, its name, and whether it is a substitute for a day of a weekend. Days proclaimed for one year, such as jubilees, are not rules: they are in calendar_exception, and calendar_days() puts both together. An unknown nation is error 22023, a year out of range 22008; NULL gives no rows. Source: Banking and Financial Dealings Act 1971, schedule 1, and the days proclaimed every year (New Year''s Day from 1974, early May from 1978, St Andrew''s Day from 2007).';

CREATE TABLE working_calendar (
    calendar   text PRIMARY KEY CHECK (calendar <> ''),
    nation     text CHECK (nation IN ('england', 'wales', 'scotland', 'northern_ireland')),
    is_shipped boolean NOT NULL DEFAULT false
);

COMMENT ON TABLE working_calendar IS
'Calendars of working days: the nations, and those that a site adds for its local closures (INSERT a name and the nation whose bank holidays it keeps). Added rows are dumped.';
COMMENT ON COLUMN working_calendar.calendar IS 'Name of the calendar.';
COMMENT ON COLUMN working_calendar.nation IS 'Nation whose bank holidays it keeps; NULL keeps none.';
COMMENT ON COLUMN working_calendar.is_shipped IS 'Whether the row comes with the extension.';

CREATE TABLE calendar_exception (
    calendar   text NOT NULL REFERENCES working_calendar ON DELETE CASCADE,
    day        date NOT NULL CHECK (isfinite(day)),
    is_working boolean NOT NULL DEFAULT false,
    name       text,
    is_shipped boolean NOT NULL DEFAULT false,
    PRIMARY KEY (calendar, day)
);

COMMENT ON TABLE calendar_exception IS
'Days on which a calendar departs from the rules: days proclaimed for one year, a bank holiday that was moved (a working day on its usual place), local closures. Those of a nation hold for every calendar of that nation, unless the calendar has a row of its own for the day. Added rows are dumped.';
COMMENT ON COLUMN calendar_exception.calendar IS 'Calendar.';
COMMENT ON COLUMN calendar_exception.day IS 'Day.';
COMMENT ON COLUMN calendar_exception.is_working IS 'False: a day off; true: a working day in spite of the rules (a Saturday or Sunday stays off).';
COMMENT ON COLUMN calendar_exception.name IS 'Name of the day.';
COMMENT ON COLUMN calendar_exception.is_shipped IS 'Whether the row comes with the extension.';

INSERT INTO working_calendar (calendar, nation, is_shipped) VALUES
    ('england', 'england', true), ('wales', 'wales', true), ('scotland', 'scotland', true),
    ('northern_ireland', 'northern_ireland', true), ('weekdays', NULL, true);

-- Proclaimed under section 1(2) and 1(3) of the Act, as listed in the Gazettes
-- and on gov.uk; from 1973 on.
INSERT INTO calendar_exception (calendar, day, is_working, name, is_shipped)
SELECT n.calendar, d.day, d.is_working, d.name, true
FROM (VALUES
    (date '1973-11-14', false, 'Wedding of Princess Anne'),
    (date '1977-06-07', false, 'Silver Jubilee'),
    (date '1981-07-29', false, 'Wedding of the Prince of Wales'),
    (date '1995-05-01', true, 'Early May bank holiday, moved'),
    (date '1995-05-08', false, 'Early May bank holiday (VE Day)'),
    (date '1999-12-31', false, 'Millennium'),
    (date '2002-05-27', true, 'Spring bank holiday, moved'),
    (date '2002-06-03', false, 'Golden Jubilee'),
    (date '2002-06-04', false, 'Spring bank holiday'),
    (date '2011-04-29', false, 'Wedding of Prince William'),
    (date '2012-05-28', true, 'Spring bank holiday, moved'),
    (date '2012-06-04', false, 'Spring bank holiday'),
    (date '2012-06-05', false, 'Diamond Jubilee'),
    (date '2020-05-04', true, 'Early May bank holiday, moved'),
    (date '2020-05-08', false, 'Early May bank holiday (VE Day)'),
    (date '2022-05-30', true, 'Spring bank holiday, moved'),
    (date '2022-06-02', false, 'Spring bank holiday'),
    (date '2022-06-03', false, 'Platinum Jubilee'),
    (date '2022-09-19', false, 'State Funeral of Queen Elizabeth II'),
    (date '2023-05-08', false, 'Coronation of King Charles III')
) AS d (day, is_working, name), (VALUES ('england'), ('wales'), ('scotland'), ('northern_ireland')) AS n (calendar)
UNION ALL
VALUES ('scotland', date '2026-06-15', false, 'World Cup', true);

SELECT pg_catalog.pg_extension_config_dump('working_calendar', 'WHERE NOT is_shipped');
SELECT pg_catalog.pg_extension_config_dump('calendar_exception', 'WHERE NOT is_shipped');
GRANT SELECT ON working_calendar, calendar_exception TO PUBLIC;

CREATE FUNCTION calendar_days(calendar text, from_year integer, to_year integer)
RETURNS TABLE (day date, name text, kind text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST @series@ ROWS 90
BEGIN ATOMIC
    WITH exception AS (
        SELECT DISTINCT ON (e.day) e.day, e.is_working, e.name, e.calendar = w.nation AND e.is_shipped AS is_national
        FROM caregroup.working_calendar AS w JOIN caregroup.calendar_exception AS e ON e.calendar IN (w.calendar, w.nation)
        WHERE w.calendar = calendar_days.calendar
            AND e.day BETWEEN pg_catalog.make_date(calendar_days.from_year, 1, 1) AND pg_catalog.make_date(calendar_days.to_year, 12, 31)
        ORDER BY e.day, e.calendar = w.calendar DESC
    )
    SELECT h.day, h.name, 'bank_holiday' FROM caregroup.working_calendar AS w,
        caregroup.bank_holidays(w.nation, calendar_days.from_year, calendar_days.to_year) AS h
    WHERE w.calendar = calendar_days.calendar AND NOT EXISTS (SELECT FROM exception AS e WHERE e.day = h.day)
    UNION ALL
    SELECT e.day, e.name, CASE WHEN e.is_national THEN 'bank_holiday' ELSE 'closed' END FROM exception AS e WHERE NOT e.is_working
    ORDER BY 1;
END;

COMMENT ON FUNCTION calendar_days(text, integer, integer) IS
'Days off of a calendar besides weekends, from the first to the last year, in order: bank holidays by rule and days proclaimed for one year (bank_holiday), and closures added to calendar_exception (closed). The columns are those of a hub''s calendar_day but for the calendar itself. An unknown calendar or a NULL gives no rows.';

CREATE FUNCTION calendar_holidays(calendar text, from_year integer DEFAULT 1972, to_year integer DEFAULT 2199)
RETURNS date[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST @series@
RETURN (SELECT pg_catalog.array_agg(d.day ORDER BY d.day)
        FROM caregroup.calendar_days(calendar_holidays.calendar, calendar_holidays.from_year, calendar_holidays.to_year) AS d);

COMMENT ON FUNCTION calendar_holidays(text, integer, integer) IS
'Days off of a calendar as an array, for the functions that take one. An unknown calendar, a calendar without days off or a NULL gives NULL.';
