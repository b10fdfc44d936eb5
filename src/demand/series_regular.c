/*-------------------------------------------------------------------------
 *
 * series_regular.c
 *	  series_regular: rows of (series, ts, value) become one regular array a
 *	  series.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "common/cg_compat.h"
#include "common/cg_rows.h"
#include "demand/clean.h"
#include "demand/components.h"
#include "demand/ordered_query.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_series_regular);

#define FUNCTION "series_regular()"
#define HINT "Name its columns series, ts and value."

enum
{
	C_SERIES, C_TS, C_VALUE, C_COLUMNS
};

typedef struct Call
{
	CgRows		rows;
	int			place[C_COLUMNS];
	Interval   *every;			/* NULL: found in the rows */
	CgMissingPolicy missing;
	int			period;
	CgInterventionPolicy intervention;
	bool		has_intervention;
	Timestamp	from;			/* of the intervention */
	Timestamp	to;				/* not included */
	MemoryContext memory;		/* of the series that is gathered */
	int64		number;			/* of it, from 1 */
	text	   *series;
	int			n;
	int			room;
	Timestamp  *ts;
	double	   *value;
} Call;

/* Spacing: so many months, or so many microseconds. */
typedef struct Spacing
{
	int64		months;
	int64		length;
} Spacing;

/* ---- spacing ---- */

static void
refuse_spacing(const Call *call, int row, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("a series is not regularly spaced"),
			 errdetail("Row %d of series %lld, in the order of series and ts, %s.",
					   row + 1, (long long) call->number, detail),
			 errhint("Bring rows to their periods in the query, GROUP BY date_trunc(…), and say every => '1 month' or the like.")));
}

static Spacing
spacing_of(const Interval *every)
{
	Spacing		spacing = {every->month, every->day * USECS_PER_DAY + every->time};

	if (!((spacing.months > 0 && spacing.length == 0) || (spacing.months == 0 && spacing.length > 0)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("every must be so many months or years, or a time of days and hours, above 0")));
	return spacing;
}

/* Months since year 0 and what is left of the month. */
static int64
month_of(Timestamp ts, int64 *rest)
{
	struct pg_tm tm;
	fsec_t		fraction;

	if (timestamp2tm(ts, NULL, &tm, &fraction, NULL, NULL) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	*rest = tm.tm_mday * USECS_PER_DAY + tm.tm_hour * USECS_PER_HOUR +
		tm.tm_min * USECS_PER_MINUTE + tm.tm_sec * USECS_PER_SEC + fraction;
	return (int64) tm.tm_year * 12 + tm.tm_mon - 1;
}

/*
 * The least distance between neighbours; whether it divides all others shows
 * when rows are put in their places.  The same day of every month is months.
 */
static Spacing
find_spacing(const Call *call)
{
	Spacing		spacing = {0, USECS_PER_DAY};
	int64		first_rest;
	int64		previous;
	bool		monthly = call->n > 1;

	if (call->n < 2)
		return spacing;
	spacing.months = PG_INT32_MAX;
	spacing.length = PG_INT64_MAX;
	previous = month_of(call->ts[0], &first_rest);
	for (int i = 1; i < call->n; i++)
	{
		int64		rest;
		int64		month = month_of(call->ts[i], &rest);

		monthly &= rest == first_rest && month > previous;
		spacing.months = Min(spacing.months, month - previous);
		spacing.length = Min(spacing.length, call->ts[i] - call->ts[i - 1]);
		previous = month;
	}
	if (monthly)
		spacing.length = 0;
	else
		spacing.months = 0;
	return spacing;
}

/* The place of a row among regular ones, from 0; -1 where it has none. */
static int64
place_of(const Call *call, Spacing spacing, Timestamp ts)
{
	int64		distance = ts - call->ts[0];

	if (spacing.months > 0)
	{
		int64		first_rest;
		int64		rest;
		int64		months = month_of(ts, &rest);

		months -= month_of(call->ts[0], &first_rest);
		return rest == first_rest && months % spacing.months == 0 ? months / spacing.months : -1;
	}
	return distance % spacing.length == 0 ? distance / spacing.length : -1;
}

/* ---- one series ---- */

/*
 * Values at their places, NaN between them.
 */
static double *
regular_values(const Call *call, Spacing spacing, int *n)
{
	int64		last = place_of(call, spacing, call->ts[call->n - 1]);
	double	   *y;

	if (last < 0)
		refuse_spacing(call, call->n - 1, "is no whole number of periods behind the first");
	if (last >= CG_MOST_CLEANED)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a series has too many periods"),
				 errdetail("The most is %d, counting those that are missing.", CG_MOST_CLEANED),
				 errhint("Say every => '1 day' or the like if the distance between rows is not what was found.")));
	*n = (int) last + 1;
	if (call->every == NULL && last >= 2 * (int64) call->n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a series is not regularly spaced"),
				 errdetail("At the least distance between rows of series %lld, in the order of series, more than half of its periods would be missing.",
						   (long long) call->number),
				 errhint("Say every => '1 month' or the like; rows are brought to their periods by GROUP BY date_trunc(…).")));
	y = palloc(sizeof(double) * *n);
	for (int i = 0; i < *n; i++)
		y[i] = NAN;
	for (int i = 0; i < call->n; i++)
	{
		int64		place = place_of(call, spacing, call->ts[i]);

		if (place < 0)
			refuse_spacing(call, i, "is no whole number of periods behind the first");
		if (!isnan(y[place]))
			refuse_spacing(call, i, "falls into the period of another");
		y[place] = call->value[i];
	}
	return y;
}

/* The first and last place within the intervention; none where last < first. */
static void
intervention_places(const Call *call, Spacing spacing, int n, int *first,
					int *last)
{
	Interval	step = {0};
	Datum		ts = TimestampGetDatum(call->ts[0]);

	*first = n;
	*last = -1;
	for (int i = 0; i < n; i++)
	{
		Timestamp	at;

		step.month = (int32) (spacing.months * i);
		step.time = spacing.length * i;
		at = DatumGetTimestamp(DirectFunctionCall2(timestamp_pl_interval, ts, IntervalPGetDatum(&step)));
		if (at >= call->from && at < call->to)
		{
			*first = Min(*first, i);
			*last = i;
		}
	}
}

static Interval *
interval_of(Spacing spacing)
{
	Interval   *every = palloc0(sizeof(Interval));

	every->month = (int32) spacing.months;
	every->day = (int32) (spacing.length / USECS_PER_DAY);
	every->time = spacing.length % USECS_PER_DAY;
	return every;
}

static void
finish_series(Call *call)
{
	Spacing		spacing;
	Datum		values[5];
	bool		nulls[5] = {false};
	double	   *y;
	int			n;
	int			missing = 0;
	char	   *what;
	MemoryContext old;

	if (call->n == 0)
		return;
	old = MemoryContextSwitchTo(call->memory);
	what = psprintf("series %lld, in the order of series,", (long long) call->number);
	spacing = call->every != NULL ? spacing_of(call->every) : find_spacing(call);
	y = regular_values(call, spacing, &n);
	if (call->has_intervention)
	{
		int			first;
		int			last;

		intervention_places(call, spacing, n, &first, &last);
		if (first <= last)
			cg_treat_intervention(y, n, call->period, first, last, call->intervention);
	}
	for (int i = 0; i < n; i++)
		missing += isnan(y[i]);
	y = cg_filled(y, n, call->period, call->missing, what);
	values[0] = PointerGetDatum(call->series);
	values[1] = TimestampGetDatum(call->ts[0]);
	values[2] = IntervalPGetDatum(interval_of(spacing));
	values[3] = cg_series_datum(y, n);
	values[4] = Int32GetDatum(missing);
	cg_rows_add(&call->rows, values, nulls);
	MemoryContextSwitchTo(old);
}

/* ---- rows ---- */

static void
start_series(Call *call, text *series)
{
	MemoryContextReset(call->memory);
	call->number++;
	call->series = (text *) DatumGetPointer(datumCopy(PointerGetDatum(series), false, -1));
	call->n = 0;
	call->room = 64;
	call->ts = palloc(sizeof(Timestamp) * call->room);
	call->value = palloc(sizeof(double) * call->room);
}

static void
refuse_null(const Call *call, const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("column \"%s\" of the query of %s is null", name, FUNCTION),
			 errdetail("It is behind row %d of series %lld, in the order of series and ts.",
					   call->n, (long long) call->number)));
}

static void
add_row(Call *call, TupleTableSlot *slot)
{
	Timestamp	ts = DatumGetTimestamp(slot->tts_values[C_TS]);
	double		value = NAN;

	if (TIMESTAMP_NOT_FINITE(ts))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("column \"ts\" of the query of %s must be finite", FUNCTION)));
	if (call->n > 0 && ts == call->ts[call->n - 1])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a series has two rows of one time"),
				 errdetail("They are rows %d and %d of series %lld, in the order of series and ts.",
						   call->n, call->n + 1, (long long) call->number),
				 errhint("Add them up in the query, GROUP BY series, ts.")));
	if (!slot->tts_isnull[C_VALUE])
	{
		value = DatumGetFloat8(slot->tts_values[C_VALUE]);
		if (!isfinite(value))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("column \"value\" of the query of %s must be finite", FUNCTION),
					 errdetail("It is row %d of series %lld, in the order of series and ts.",
							   call->n + 1, (long long) call->number)));
	}
	if (call->n == call->room)
	{
		call->room *= 2;
		call->ts = repalloc_huge(call->ts, sizeof(Timestamp) * call->room);
		call->value = repalloc_huge(call->value, sizeof(double) * call->room);
	}
	call->ts[call->n] = ts;
	call->value[call->n++] = value;
}

static void
receive_row(TupleTableSlot *slot, void *argument)
{
	Call	   *call = argument;
	text	   *series;
	MemoryContext old;

	if (slot->tts_isnull[C_SERIES])
		refuse_null(call, "series");
	if (slot->tts_isnull[C_TS])
		refuse_null(call, "ts");
	old = MemoryContextSwitchTo(call->memory);
	series = DatumGetTextPP(slot->tts_values[C_SERIES]);
	if (call->number == 0 || VARSIZE_ANY_EXHDR(series) != VARSIZE_ANY_EXHDR(call->series) ||
		memcmp(VARDATA_ANY(series), VARDATA_ANY(call->series), VARSIZE_ANY_EXHDR(series)) != 0)
	{
		finish_series(call);
		start_series(call, series);
	}
	add_row(call, slot);
	MemoryContextSwitchTo(old);
}

/* ---- the function ---- */

static void
read_intervention(Call *call, Datum range)
{
	RangeBound	lower;
	RangeBound	upper;

	call->has_intervention = cg_range_argument(range, &lower, &upper);
	if (!call->has_intervention)
		return;
	call->from = lower.infinite ? DT_NOBEGIN :
		DatumGetTimestamp(DirectFunctionCall1(date_timestamp, lower.val));
	call->to = upper.infinite ? DT_NOEND :
		DatumGetTimestamp(DirectFunctionCall1(date_timestamp, upper.val));
}

/*
 * series_regular(query, every, missing, period, intervention,
 * intervention_as)
 */
Datum
cg_series_regular(PG_FUNCTION_ARGS)
{
	Call		call = {0};
	CgQueryColumn columns[C_COLUMNS] = {
		{"series", TEXTOID, true, true}, {"ts", TIMESTAMPOID, true, true},
		{"value", FLOAT8OID, true, false}
	};

	cg_refuse_null(fcinfo, 0, "query");
	cg_refuse_null(fcinfo, 2, "missing");
	cg_refuse_null(fcinfo, 3, "period");
	cg_refuse_null(fcinfo, 5, "intervention_as");
	call.every = PG_ARGISNULL(1) ? NULL : PG_GETARG_INTERVAL_P(1);
	if (call.every != NULL)
		spacing_of(call.every);
	call.missing = cg_missing_argument(PG_GETARG_DATUM(2));
	call.period = cg_period_argument(PG_GETARG_INT32(3));
	call.intervention = cg_intervention_argument(PG_GETARG_DATUM(5));
	if (!PG_ARGISNULL(4))
		read_intervention(&call, PG_GETARG_DATUM(4));
	call.rows = cg_rows_begin(fcinfo);
	call.memory = AllocSetContextCreate(CurrentMemoryContext, "rows of a series",
										ALLOCSET_DEFAULT_SIZES);
	cg_ordered_query(FUNCTION, text_to_cstring(PG_GETARG_TEXT_PP(0)), HINT, columns,
					 C_COLUMNS, call.place, receive_row, &call);
	finish_series(&call);
	MemoryContextDelete(call.memory);
	return (Datum) 0;
}
