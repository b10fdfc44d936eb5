/*-------------------------------------------------------------------------
 *
 * working_time.c
 *	  Time that falls within opening hours, given as a tstzmultirange.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "common/cg_compat.h"

PG_FUNCTION_INFO_V1(cg_working_time_between);
PG_FUNCTION_INFO_V1(cg_add_working_time);
PG_FUNCTION_INFO_V1(cg_multirange_hours);

typedef struct Hours
{
	TypeCacheEntry *type;
	int32		count;
	RangeType **range;
} Hours;

static Hours
hours_of(MultirangeType *multirange)
{
	Hours		hours;

	hours.type = lookup_type_cache(MultirangeTypeGetOid(multirange), TYPECACHE_MULTIRANGE_INFO)->rngtype;
	multirange_deserialize(hours.type, multirange, &hours.count, &hours.range);
	return hours;
}

/* Start and end of a range; one without an end reaches as far as moments do. */
static void
bounds_of(const Hours *hours, int place, TimestampTz *opens, TimestampTz *closes)
{
	RangeBound	lower;
	RangeBound	upper;
	bool		is_empty;

	range_deserialize(hours->type, hours->range[place], &lower, &upper, &is_empty);
	*opens = lower.infinite ? DT_NOBEGIN : DatumGetTimestampTz(lower.val);
	*closes = upper.infinite ? DT_NOEND : DatumGetTimestampTz(upper.val);
}

static TimestampTz
finite_moment(TimestampTz at)
{
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("working time cannot be counted from or to infinity")));
	return at;
}

static Interval *
interval_of(int64 microseconds)
{
	Interval   *interval = palloc0(sizeof(Interval));

	interval->time = microseconds;
	return interval;
}

Datum
cg_working_time_between(PG_FUNCTION_ARGS)
{
	TimestampTz from = finite_moment(PG_GETARG_TIMESTAMPTZ(0));
	TimestampTz to = finite_moment(PG_GETARG_TIMESTAMPTZ(1));
	Hours		hours = hours_of(PG_GETARG_MULTIRANGE_P(2));
	bool		is_backwards = to < from;
	int64		total = 0;

	if (is_backwards)
	{
		TimestampTz swap = from;

		from = to;
		to = swap;
	}
	for (int i = 0; i < hours.count; i++)
	{
		TimestampTz opens;
		TimestampTz closes;

		bounds_of(&hours, i, &opens, &closes);
		opens = Max(opens, from);
		closes = Min(closes, to);
		if (closes > opens)
			total += closes - opens;
	}
	PG_RETURN_INTERVAL_P(interval_of(is_backwards ? -total : total));
}

Datum
cg_add_working_time(PG_FUNCTION_ARGS)
{
	TimestampTz from = finite_moment(PG_GETARG_TIMESTAMPTZ(0));
	Interval   *length = PG_GETARG_INTERVAL_P(1);
	Hours		hours = hours_of(PG_GETARG_MULTIRANGE_P(2));
	int64		rest = length->time;

	if (length->month != 0 || length->day != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a length of working time is in hours and shorter units"),
				 errdetail("It has days, months or years, whose working hours differ."),
				 errhint("Write 16 hours in place of 2 days.")));
	if (rest < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a length of working time cannot be negative")));
	for (int i = 0; i < hours.count; i++)
	{
		TimestampTz opens;
		TimestampTz closes;

		bounds_of(&hours, i, &opens, &closes);
		opens = Max(opens, from);
		if (closes <= opens)
			continue;
		if (closes - opens >= rest)
			PG_RETURN_TIMESTAMPTZ(opens + rest);
		rest -= closes - opens;
	}
	PG_RETURN_NULL();
}

Datum
cg_multirange_hours(PG_FUNCTION_ARGS)
{
	Hours		hours = hours_of(PG_GETARG_MULTIRANGE_P(0));
	double		total = 0;

	for (int i = 0; i < hours.count; i++)
	{
		TimestampTz opens;
		TimestampTz closes;

		bounds_of(&hours, i, &opens, &closes);
		if (TIMESTAMP_NOT_FINITE(opens) || TIMESTAMP_NOT_FINITE(closes))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("hours without an end cannot be added up")));
		total += (double) (closes - opens) / (double) USECS_PER_HOUR;
	}
	PG_RETURN_FLOAT8(total);
}
