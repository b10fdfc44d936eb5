/*-------------------------------------------------------------------------
 *
 * working_day.c
 *	  Easter, bank holidays and working days as SQL functions.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "calendar/calendar.h"
#include "calendar/local_day.h"
#include "common/cg_compat.h"
#include "common/cg_rows.h"

PG_FUNCTION_INFO_V1(cg_calendar_easter);
PG_FUNCTION_INFO_V1(cg_calendar_bank_holidays);
PG_FUNCTION_INFO_V1(cg_working_day_array);
PG_FUNCTION_INFO_V1(cg_working_day_multirange);
PG_FUNCTION_INFO_V1(cg_working_day_name);
PG_FUNCTION_INFO_V1(cg_add_working_days_array);
PG_FUNCTION_INFO_V1(cg_add_working_days_multirange);
PG_FUNCTION_INFO_V1(cg_add_working_days_name);
PG_FUNCTION_INFO_V1(cg_working_days_between_array);
PG_FUNCTION_INFO_V1(cg_working_days_between_multirange);
PG_FUNCTION_INFO_V1(cg_working_days_between_name);
PG_FUNCTION_INFO_V1(cg_calendar_local_day);

typedef const CgCalendar *(*CalendarOf) (CgCalendar **cache, MemoryContext context, Datum days);

static const CgCalendar *
calendar_of(FunctionCallInfo fcinfo, CalendarOf of, int place)
{
	return of((CgCalendar **) &fcinfo->flinfo->fn_extra, fcinfo->flinfo->fn_mcxt,
			  PG_GETARG_DATUM(place));
}

Datum
cg_calendar_easter(PG_FUNCTION_ARGS)
{
	int32		year = PG_GETARG_INT32(0);

	if (year < 1583 || year > CG_LAST_HOLIDAY_YEAR)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("the year of Easter is out of range"),
				 errdetail("Gregorian Easter is known from 1583 to %d.", CG_LAST_HOLIDAY_YEAR)));
	PG_RETURN_DATEADT(cg_easter_sunday(year));
}

static void
check_year(int32 year)
{
	if (year < CG_FIRST_HOLIDAY_YEAR || year > CG_LAST_HOLIDAY_YEAR)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("the year of bank holidays is out of range"),
				 errdetail("The rules hold from %d to %d.", CG_FIRST_HOLIDAY_YEAR,
						   CG_LAST_HOLIDAY_YEAR)));
}

Datum
cg_calendar_bank_holidays(PG_FUNCTION_ARGS)
{
	text	   *name = PG_GETARG_TEXT_PP(0);
	CgNation	nation = cg_nation(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	CgRows		rows = cg_rows_begin(fcinfo);

	if (nation == CG_NATIONS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown nation \"%s\"", text_to_cstring(name)),
				 errdetail("It is one of england, wales, scotland, northern_ireland.")));
	check_year(PG_GETARG_INT32(1));
	check_year(PG_GETARG_INT32(2));
	for (int32 year = PG_GETARG_INT32(1); year <= PG_GETARG_INT32(2); year++)
	{
		CgHoliday	holidays[CG_MOST_HOLIDAYS_IN_YEAR];
		size_t		n = cg_bank_holidays(nation, year, holidays);

		for (size_t i = 0; i < n; i++)
		{
			Datum		values[3];
			bool		nulls[3] = {false, false, false};

			values[0] = DateADTGetDatum(holidays[i].day);
			values[1] = CStringGetTextDatum(holidays[i].name);
			values[2] = BoolGetDatum(holidays[i].is_substitute);
			cg_rows_add(&rows, values, nulls);
		}
	}
	return (Datum) 0;
}

static Datum
working_day(FunctionCallInfo fcinfo, CalendarOf of)
{
	const CgCalendar *calendar = calendar_of(fcinfo, of, 1);
	int32_t		day = cg_calendar_day(PG_GETARG_DATUM(0));

	cg_calendar_check(calendar, day);
	PG_RETURN_BOOL(cg_is_working_day(&calendar->off, day));
}

static Datum
add_working_days(FunctionCallInfo fcinfo, CalendarOf of)
{
	const CgCalendar *calendar = calendar_of(fcinfo, of, 2);
	int32_t		day = cg_calendar_day(PG_GETARG_DATUM(0));
	int32_t		result;

	cg_calendar_check(calendar, day);
	if (cg_add_working_days(&calendar->off, day, PG_GETARG_INT32(1), &result) != CG_CALENDAR_OK)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("date out of range")));
	cg_calendar_check(calendar, result);
	PG_RETURN_DATEADT(result);
}

static Datum
working_days_between(FunctionCallInfo fcinfo, CalendarOf of)
{
	const CgCalendar *calendar = calendar_of(fcinfo, of, 2);
	int32_t		from = cg_calendar_day(PG_GETARG_DATUM(0));
	int32_t		to = cg_calendar_day(PG_GETARG_DATUM(1));

	cg_calendar_check(calendar, from);
	cg_calendar_check(calendar, to);
	PG_RETURN_INT32((int32) cg_working_days_between(&calendar->off, from, to));
}

Datum
cg_working_day_array(PG_FUNCTION_ARGS)
{
	return working_day(fcinfo, cg_calendar_of_array);
}

Datum
cg_working_day_multirange(PG_FUNCTION_ARGS)
{
	return working_day(fcinfo, cg_calendar_of_multirange);
}

Datum
cg_working_day_name(PG_FUNCTION_ARGS)
{
	return working_day(fcinfo, cg_calendar_of_name);
}

Datum
cg_add_working_days_array(PG_FUNCTION_ARGS)
{
	return add_working_days(fcinfo, cg_calendar_of_array);
}

Datum
cg_add_working_days_multirange(PG_FUNCTION_ARGS)
{
	return add_working_days(fcinfo, cg_calendar_of_multirange);
}

Datum
cg_add_working_days_name(PG_FUNCTION_ARGS)
{
	return add_working_days(fcinfo, cg_calendar_of_name);
}

Datum
cg_working_days_between_array(PG_FUNCTION_ARGS)
{
	return working_days_between(fcinfo, cg_calendar_of_array);
}

Datum
cg_working_days_between_multirange(PG_FUNCTION_ARGS)
{
	return working_days_between(fcinfo, cg_calendar_of_multirange);
}

Datum
cg_working_days_between_name(PG_FUNCTION_ARGS)
{
	return working_days_between(fcinfo, cg_calendar_of_name);
}

Datum
cg_calendar_local_day(PG_FUNCTION_ARGS)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(0);
	CgLocalDays *days = cg_local_days_cached((CgLocalDays **) &fcinfo->flinfo->fn_extra,
											 fcinfo->flinfo->fn_mcxt, PG_GETARG_TEXT_PP(1));

	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a moment that is infinite falls on no day")));
	PG_RETURN_DATEADT(cg_local_day(days, at));
}
