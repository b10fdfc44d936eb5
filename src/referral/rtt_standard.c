/*-------------------------------------------------------------------------
 *
 * rtt_standard.c
 *	  Any standard of waiting: one wait against one limit.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "calendar/calendar.h"
#include "calendar/local_day.h"
#include "common/cg_compat.h"
#include "referral/rtt_standard_core.h"

PG_FUNCTION_INFO_V1(cg_standard_clock);

#define STANDARD_COLUMNS 7
#define MOST_LIMIT 1000000

typedef struct StandardCache
{
	CgCalendar *named;
	CgCalendar *given;
	CgLocalDays *days;
	TupleDesc	desc;
} StandardCache;

typedef struct Wait
{
	TimestampTz start;
	TimestampTz last;			/* the stop, or the moment as at */
	double		limit;
	CgLimitUnit unit;
	CgLocalDays *days;
	const CgDaysOff *off;
	const CgCalendar *calendar;
} Wait;

static StandardCache *
cache_of(FunctionCallInfo fcinfo)
{
	StandardCache *cache = fcinfo->flinfo->fn_extra;
	MemoryContext old;

	if (cache != NULL)
		return cache;
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	cache = palloc0(sizeof(StandardCache));
	if (get_call_result_type(fcinfo, NULL, &cache->desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "standard_clock() must return a row type");
	cache->desc = BlessTupleDesc(CreateTupleDescCopy(cache->desc));
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = cache;
	return cache;
}

static double
limit_of(Datum value)
{
	double		limit = DatumGetFloat8(value);

	if (!(limit > 0) || limit > MOST_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("limit_value is out of range"),
				 errdetail("It must be above 0 and at most %d.", MOST_LIMIT)));
	return limit;
}

static CgLimitUnit
unit_of(text *name)
{
	CgLimitUnit unit = cg_limit_unit(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

	if (unit == CG_LIMIT_UNITS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown limit_unit \"%s\"", text_to_cstring(name)),
				 errdetail("It is one of hour, day, working_day, week.")));
	return unit;
}

static int64
working_days(const Wait *wait, int32 from, int32 to)
{
	cg_calendar_check(wait->calendar, from);
	cg_calendar_check(wait->calendar, to);
	return cg_working_days_between(wait->off, from, to);
}

/* Elapsed, in the unit. */
static double
elapsed(const Wait *wait, int32 from, int32 to)
{
	switch (wait->unit)
	{
		case CG_LIMIT_HOUR:
			return (double) (wait->last - wait->start) / (double) USECS_PER_HOUR;
		case CG_LIMIT_WORKING_DAY:
			return (double) working_days(wait, from, to);
		case CG_LIMIT_WEEK:
			return (to - from) / 7.0;
		default:
			return to - from;
	}
}

/* The last day that meets a limit that is not in hours. */
static int32
due_day(const Wait *wait, int32 from)
{
	int32_t		due;

	if (wait->unit == CG_LIMIT_WEEK)
		return from + (int32) floor(wait->limit * 7);
	if (wait->unit == CG_LIMIT_DAY)
		return from + (int32) floor(wait->limit);
	cg_calendar_check(wait->calendar, from);
	if (wait->limit < 1)
		return from;
	if (cg_add_working_days(wait->off, from, (int64) floor(wait->limit), &due) != CG_CALENDAR_OK)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("date out of range")));
	cg_calendar_check(wait->calendar, due);
	return due;
}

static bool
is_known(FunctionCallInfo fcinfo, int place)
{
	return !PG_ARGISNULL(place) && !TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(place));
}

/* Why a wait has no figures, or NULL. */
static const char *
problem_of(FunctionCallInfo fcinfo, TimestampTz as_at)
{
	if (!is_known(fcinfo, 0))
		return "no_start";
	if (PG_GETARG_TIMESTAMPTZ(0) > as_at)
		return "future_start";
	if (PG_ARGISNULL(1))
		return NULL;
	if (TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(1)))
		return "impossible_stop";
	if (PG_GETARG_TIMESTAMPTZ(1) < PG_GETARG_TIMESTAMPTZ(0))
		return "stop_before_start";
	return PG_GETARG_TIMESTAMPTZ(1) > as_at ? "future_stop" : NULL;
}

static void
set_limits(FunctionCallInfo fcinfo, StandardCache *cache, Wait *wait)
{
	if (PG_ARGISNULL(2) || PG_ARGISNULL(3) || PG_ARGISNULL(6))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("limit_value, limit_unit and time_zone of standard_clock() cannot be NULL")));
	wait->limit = limit_of(PG_GETARG_DATUM(2));
	wait->unit = unit_of(PG_GETARG_TEXT_PP(3));
	wait->days = cg_local_days_cached(&cache->days, fcinfo->flinfo->fn_mcxt, PG_GETARG_TEXT_PP(6));
	if (wait->unit != CG_LIMIT_WORKING_DAY)
		return;
	if (!PG_ARGISNULL(7))
		wait->calendar = cg_calendar_of_array(&cache->given, fcinfo->flinfo->fn_mcxt, PG_GETARG_DATUM(7));
	else if (!PG_ARGISNULL(5))
		wait->calendar = cg_calendar_of_name(&cache->named, fcinfo->flinfo->fn_mcxt, PG_GETARG_DATUM(5));
	else
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("working days need a calendar or holidays")));
	wait->off = &wait->calendar->off;
}

static void
set_due(const Wait *wait, int32 from, TimestampTz *due_at, int32 *due_on)
{
	if (wait->unit == CG_LIMIT_HOUR)
	{
		*due_at = wait->start + (int64) rint(wait->limit * (double) USECS_PER_HOUR);
		*due_on = cg_local_day(wait->days, *due_at);
		return;
	}
	*due_on = due_day(wait, from);
	*due_at = cg_moment_of_local(wait->days, ((int64) *due_on + 1) * USECS_PER_DAY);
}

/* The columns of a wait that has a start. */
static void
wait_columns(const Wait *wait, bool has_wait, bool is_stopped, Datum *values, bool *nulls)
{
	int32		from = cg_local_day(wait->days, wait->start);
	int32		to = cg_local_day(wait->days, wait->last);
	int32		due_on;
	TimestampTz due_at;
	bool		is_late;

	set_due(wait, from, &due_at, &due_on);
	values[0] = TimestampTzGetDatum(due_at);
	values[1] = DateADTGetDatum(due_on);
	nulls[0] = nulls[1] = false;
	if (!has_wait)
		return;
	is_late = wait->unit == CG_LIMIT_HOUR ? wait->last > due_at : to > due_on;
	values[2] = Float8GetDatum(elapsed(wait, from, to));
	values[3] = BoolGetDatum(!is_stopped);
	values[4] = BoolGetDatum(is_late);
	values[5] = BoolGetDatum(!is_late);
	nulls[2] = nulls[3] = nulls[4] = false;
	/* what runs within its limit may still go either way */
	nulls[5] = !is_stopped && !is_late;
}

static TimestampTz
moment_as_at(FunctionCallInfo fcinfo, int place)
{
	TimestampTz as_at = PG_ARGISNULL(place) ? GetCurrentTransactionStartTimestamp() :
		PG_GETARG_TIMESTAMPTZ(place);

	if (TIMESTAMP_NOT_FINITE(as_at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("the moment as at cannot be infinite")));
	return as_at;
}

/* started_at, stopped_at, limit_value, limit_unit, as_at, calendar, time_zone, holidays */
Datum
cg_standard_clock(PG_FUNCTION_ARGS)
{
	StandardCache *cache = cache_of(fcinfo);
	Wait		wait = {0};
	TimestampTz as_at = moment_as_at(fcinfo, 4);
	const char *problem = problem_of(fcinfo, as_at);
	bool		is_stopped = problem == NULL && !PG_ARGISNULL(1);
	Datum		values[STANDARD_COLUMNS] = {0};
	bool		nulls[STANDARD_COLUMNS] = {true, true, true, true, true, true, true};

	set_limits(fcinfo, cache, &wait);
	if (problem != NULL)
	{
		values[6] = CStringGetTextDatum(problem);
		nulls[6] = false;
	}
	if (is_known(fcinfo, 0))
	{
		wait.start = PG_GETARG_TIMESTAMPTZ(0);
		wait.last = is_stopped ? PG_GETARG_TIMESTAMPTZ(1) : as_at;
		wait_columns(&wait, problem == NULL || strcmp(problem, "future_stop") == 0,
					 is_stopped, values, nulls);
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(cache->desc, values, nulls)));
}
