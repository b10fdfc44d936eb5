-- Working days: Monday to Friday without the days off of a calendar, which is
-- given by name, or as an array or multirange of dates.

CREATE FUNCTION is_working_day(day date, calendar text DEFAULT 'england') RETURNS boolean
LANGUAGE c STABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_working_day_name';

COMMENT ON FUNCTION is_working_day(date, text) IS
'Whether the day is one from Monday to Friday and not a day off of the calendar (a name in working_calendar; another is error 22023). Named calendars are known from 1972 to 2199; a day outside is error 22008. NULL gives NULL.';

CREATE FUNCTION is_working_day(day date, holidays date[]) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_working_day_array';

COMMENT ON FUNCTION is_working_day(date, date[]) IS
'Whether the day is one from Monday to Friday and not one of the holidays, in any order. A NULL holiday is error 22004, infinity 22008. NULL gives NULL.';

CREATE FUNCTION is_working_day(day date, holidays datemultirange) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_working_day_multirange';

COMMENT ON FUNCTION is_working_day(date, datemultirange) IS
'Whether the day is one from Monday to Friday and not within the ranges of days off. A range without an end is error 22023; more than 1,000,000 days are error 54000. NULL gives NULL.';

CREATE FUNCTION add_working_days(day date, days integer, calendar text DEFAULT 'england') RETURNS date
LANGUAGE c STABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_add_working_days_name';

COMMENT ON FUNCTION add_working_days(date, integer, text) IS
'The working day that is so many working days after the day: 1 is the first working day strictly after it, -1 the last strictly before it, 0 the day itself if it is one, else the next. Named calendars are known from 1972 to 2199, a day outside is error 22008; an unknown calendar is error 22023. NULL gives NULL.';

CREATE FUNCTION add_working_days(day date, days integer, holidays date[]) RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_add_working_days_array';

COMMENT ON FUNCTION add_working_days(date, integer, date[]) IS
'The same with the holidays given, in any order; an empty array leaves out weekends alone. A NULL holiday is error 22004. NULL gives NULL.';

CREATE FUNCTION add_working_days(day date, days integer, holidays datemultirange) RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_add_working_days_multirange';

COMMENT ON FUNCTION add_working_days(date, integer, datemultirange) IS
'The same with ranges of days off. A range without an end is error 22023. NULL gives NULL.';

CREATE FUNCTION working_days_between(from_day date, to_day date, calendar text DEFAULT 'england') RETURNS integer
LANGUAGE c STABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_working_days_between_name';

COMMENT ON FUNCTION working_days_between(date, date, text) IS
'Working days after from_day up to and with to_day; where to_day is earlier, minus those after to_day up to and with from_day. Named calendars are known from 1972 to 2199, a day outside is error 22008; an unknown calendar is error 22023. NULL gives NULL.';

CREATE FUNCTION working_days_between(from_day date, to_day date, holidays date[]) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_working_days_between_array';

COMMENT ON FUNCTION working_days_between(date, date, date[]) IS
'The same with the holidays given, in any order. A NULL holiday is error 22004. NULL gives NULL.';

CREATE FUNCTION working_days_between(from_day date, to_day date, holidays datemultirange) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_working_days_between_multirange';

COMMENT ON FUNCTION working_days_between(date, date, datemultirange) IS
'The same with ranges of days off. A range without an end is error 22023. NULL gives NULL.';
