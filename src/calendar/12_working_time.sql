-- Opening hours as multiranges of moments, and time that falls within them.

CREATE FUNCTION local_day(at timestamptz, time_zone text DEFAULT 'Europe/London') RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_calendar_local_day';

COMMENT ON FUNCTION local_day(timestamptz, text) IS
'The day on which a moment falls in a time zone, whatever the session''s is: (at AT TIME ZONE time_zone)::date, faster. An unknown time zone is error 22023, infinity 22008. NULL gives NULL.';

CREATE FUNCTION working_hours(from_day date, to_day date, opens time, closes time,
                              calendar text DEFAULT 'england', weekdays integer[] DEFAULT '{1,2,3,4,5}',
                              time_zone text DEFAULT 'Europe/London')
RETURNS tstzmultirange
LANGUAGE sql STABLE PARALLEL SAFE COST @series@
RETURN (
    SELECT coalesce(pg_catalog.range_agg(pg_catalog.tstzrange(
            (d.day::date + opens) AT TIME ZONE time_zone,
            (d.day::date + CASE WHEN closes <= opens THEN 1 ELSE 0 END + closes) AT TIME ZONE time_zone)), '{}'::tstzmultirange)
    FROM pg_catalog.generate_series(from_day::timestamp, to_day::timestamp, interval '1 day') AS d (day)
    WHERE extract(isodow FROM d.day) = ANY (weekdays)
        AND d.day::date NOT IN (SELECT o.day FROM caregroup.calendar_days(calendar,
            extract(year FROM from_day)::integer, extract(year FROM to_day)::integer) AS o)
);

COMMENT ON FUNCTION working_hours(date, date, time, time, text, integer[], text) IS
'The moments from opening to closing time on the days from the first to the last, on those weekdays (1 Monday to 7 Sunday) that are not days off of the calendar; calendar => NULL keeps no days off, as services of seven days do. Closing at or before opening is on the next day, so 00:00 to 00:00 is the whole day. Local times, so a night on which the clocks change is an hour shorter or longer. Day parts are hours of their own (08:00 to 12:00), opening hours of several shifts a sum (+), a closure a difference (-), the part within a session an intersection (*). NULL for any other argument gives no hours.';

CREATE FUNCTION working_time_between(from_at timestamptz, to_at timestamptz, hours tstzmultirange) RETURNS interval
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_working_time_between';

COMMENT ON FUNCTION working_time_between(timestamptz, timestamptz, tstzmultirange) IS
'How much of the time between two moments lies within the hours, in hours and shorter units; negative where to_at is earlier. Infinity is error 22008. NULL gives NULL.';

CREATE FUNCTION add_working_time(from_at timestamptz, length interval, hours tstzmultirange) RETURNS timestamptz
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_add_working_time';

COMMENT ON FUNCTION add_working_time(timestamptz, interval, tstzmultirange) IS
'The first moment at which so much time within the hours has passed since from_at; no length gives from_at, or the next opening. NULL where the hours end before that: widen them. A length with days, months or years, or below 0, is error 22023. NULL gives NULL.';

CREATE FUNCTION hours_in(hours tstzmultirange) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_multirange_hours';

COMMENT ON FUNCTION hours_in(tstzmultirange) IS
'Hours that the ranges last together, such as the capacity of a day part: hours_in(working_hours(…) * sessions). A range without an end is error 22023. NULL gives NULL, no ranges 0.';
