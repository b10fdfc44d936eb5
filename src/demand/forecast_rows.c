/*-------------------------------------------------------------------------
 *
 * forecast_rows.c
 *	  forecast_rows: forecasts of all series of a query, with dates.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"

#include "common/cg_compat.h"
#include "common/cg_rows.h"
#include "demand/clean.h"
#include "demand/forecast.h"
#include "variance/rate_glue.h"
#include "variance/spc_query.h"

PG_FUNCTION_INFO_V1(cg_forecast_rows);

#define ROW_COLUMNS 7

typedef struct RowsCall
{
	CgRows		rows;
	CgForecastCall call;
	DateADT    *events;			/* in order */
	int			event_count;
	bool		has_events;		/* perhaps none */
	DateADT		from;			/* the intervention: [from, to) */
	DateADT		to;
} RowsCall;

/*
 * How far periods lie apart: days, or whole months where that is regular.
 */
typedef struct Rhythm
{
	int			days;			/* 0: by months */
	int			months;
	bool		month_ends;		/* each date is the last of its month */
} Rhythm;

typedef struct Day
{
	int			year;
	int			month;
	int			day;
} Day;

static Day
day_of(DateADT date)
{
	Day			day;

	j2date(date + POSTGRES_EPOCH_JDATE, &day.year, &day.month, &day.day);
	return day;
}

static int
month_length(int year, int month)
{
	return day_tab[isleap(year)][month - 1];
}

static DateADT
date_from(int year, int month, int day)
{
	return date2j(year, month, Min(day, month_length(year, month))) - POSTGRES_EPOCH_JDATE;
}

static void
refuse_rhythm(const SpcQuerySeries *series, size_t row, bool gaps)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("periods of a series are not evenly spaced"),
			 errdetail("It shows at row %lld of series %lld, in the order of series and period.",
					   (long long) row + 1, (long long) series->number),
			 gaps ? errhint("More than half of the periods would be missing: bring the dates to their periods first, GROUP BY date_trunc(…).") :
			 errhint("Dates must be a fixed number of days or of months apart; say what missing ones are to be: missing => 'zero', 'interpolate' or 'seasonal'.")));
}

static int
common_divisor(int a, int b)
{
	while (b != 0)
	{
		int			rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/*
 * The step that all distances are whole multiples of; where gaps are not
 * allowed they must be equal, else *row is where they are not.
 */
static bool
join_step(int distance, bool gaps, size_t i, int *step, size_t *row)
{
	*row = i;
	if (distance < 1)
		return false;
	if (*step > 0 && distance != *step && !gaps)
		return false;
	*step = common_divisor(distance, *step);
	return true;
}

static bool
by_days(const SpcQuerySeries *series, bool gaps, Rhythm *rhythm, size_t *row)
{
	rhythm->days = 0;
	for (size_t i = 1; i < series->n; i++)
	{
		if (!join_step(DatumGetDateADT(series->period[i]) - DatumGetDateADT(series->period[i - 1]),
					   gaps, i, &rhythm->days, row))
			return false;
	}
	return true;
}

static bool
by_months(const SpcQuerySeries *series, bool gaps, Rhythm *rhythm, size_t *row)
{
	Day			before = day_of(DatumGetDateADT(series->period[0]));
	bool		same_day = true;
	bool		ends = before.day == month_length(before.year, before.month);

	rhythm->days = rhythm->months = 0;
	for (size_t i = 1; i < series->n; i++)
	{
		Day			day = day_of(DatumGetDateADT(series->period[i]));
		int			months = (day.year - before.year) * 12 + day.month - before.month;

		same_day &= day.day == before.day;
		ends &= day.day == month_length(day.year, day.month);
		*row = i;
		if (!(same_day || ends) || !join_step(months, gaps, i, &rhythm->months, row))
			return false;
		before = day;
	}
	rhythm->month_ends = ends;
	return true;
}

static Rhythm
find_rhythm(const SpcQuerySeries *series, bool gaps)
{
	Rhythm		rhythm = {1};
	size_t		row = 0;

	for (size_t i = 0; i < series->n; i++)
	{
		if (DATE_NOT_FINITE(DatumGetDateADT(series->period[i])))
			refuse_rhythm(series, i, false);
	}
	if (series->n < 2)
		return rhythm;
	/* first of the month, 59 days after the other: by months, not days */
	if (!by_months(series, gaps, &rhythm, &row))
	{
		size_t		by_month = row;

		if (!by_days(series, gaps, &rhythm, &row))
			refuse_rhythm(series, Max(by_month, row), false);
	}
	return rhythm;
}

static DateADT
date_ahead(const Rhythm *rhythm, DateADT last, int steps)
{
	Day			day;
	int			months;

	if (rhythm->days > 0)
		return last + rhythm->days * steps;
	day = day_of(last);
	months = day.year * 12 + day.month - 1 + rhythm->months * steps;
	return date_from(months / 12, months % 12 + 1, rhythm->month_ends ? 31 : day.day);
}

static int
place_of(const Rhythm *rhythm, DateADT first, DateADT date)
{
	Day			from;
	Day			to;

	if (rhythm->days > 0)
		return (date - first) / rhythm->days;
	from = day_of(first);
	to = day_of(date);
	return ((to.year - from.year) * 12 + to.month - from.month) / rhythm->months;
}

/*
 * Values at their places, NaN between them.
 */
static double *
regular_values(const SpcQuerySeries *series, const Rhythm *rhythm, bool gaps, int *n)
{
	DateADT		first = DatumGetDateADT(series->period[0]);
	int64		places = place_of(rhythm, first, DatumGetDateADT(series->period[series->n - 1])) + 1;
	double	   *y;

	if (places > 2 * (int64) series->n)
		refuse_rhythm(series, series->n - 1, gaps);
	*n = (int) places;
	y = cg_forecast_allocate(sizeof(double) * *n);
	for (int i = 0; i < *n; i++)
		y[i] = NAN;
	for (size_t i = 0; i < series->n; i++)
		y[place_of(rhythm, first, DatumGetDateADT(series->period[i]))] = series->value[i];
	if (gaps)
		return y;
	for (int i = 0; i < *n; i++)
	{
		if (isnan(y[i]))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a value is null"),
					 errdetail("It is row %d of series %lld, in the order of series and period.",
							   i + 1, (long long) series->number),
					 errhint("Leave the series out, or say what it is to be: missing => 'zero', 'interpolate' or 'seasonal'.")));
	}
	return y;
}

/*
 * How many of the events fall into each period: from its date to the day
 * before the next, or the month that it is the end of.
 */
static double *
events_by_period(const RowsCall *call, const Rhythm *rhythm, DateADT first, int periods)
{
	double	   *counts = palloc0(sizeof(double) * periods);
	int			event = 0;

	for (int i = 0; i < periods; i++)
	{
		DateADT		from = date_ahead(rhythm, first, i);
		DateADT		to = date_ahead(rhythm, first, i + 1);

		if (rhythm->days == 0 && rhythm->month_ends)
		{
			to = from + 1;
			from = date_ahead(rhythm, first, i - 1) + 1;
		}
		while (event < call->event_count && call->events[event] < from)
			event++;
		for (; event < call->event_count && call->events[event] < to; event++)
			counts[i]++;
	}
	return counts;
}

/*
 * What is known of the dates, as places of this series.
 */
static void
place_known(const RowsCall *call, const Rhythm *rhythm, DateADT first, int n,
			CgForecastCall *own)
{
	int			horizon = own->options.horizon;

	own->prepare.intervention_first = own->prepare.intervention_end = 0;
	for (int i = n - 1; i >= 0; i--)
	{
		DateADT		date = date_ahead(rhythm, first, i);

		if (date < call->from || date >= call->to)
			continue;
		own->prepare.intervention_first = i;
		if (own->prepare.intervention_end == 0)
			own->prepare.intervention_end = i + 1;
	}
	if (!call->has_events)
		return;
	own->prepare.event_count = 1;
	own->prepare.event_length = n + horizon;
	own->prepare.events = events_by_period(call, rhythm, first, n + horizon);
}

static void
forecast_of_series(const SpcQuerySeries *series, void *argument)
{
	RowsCall   *call = argument;
	CgForecastCall own = call->call;
	CgForecastResult result;
	CgPrepared	prepared;
	bool		gaps = own.prepare.missing != CG_MISSING_REFUSE;
	Rhythm		rhythm = find_rhythm(series, gaps);
	Datum		values[ROW_COLUMNS];
	bool		nulls[ROW_COLUMNS] = {false};
	DateADT		first = DatumGetDateADT(series->period[0]);
	DateADT		last = DatumGetDateADT(series->period[series->n - 1]);
	double	   *y;
	int			n;

	if (series->n > CG_MOST_HISTORY)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the series has too many values"),
				 errdetail("The most is %d.", CG_MOST_HISTORY)));
	y = regular_values(series, &rhythm, gaps, &n);
	place_known(call, &rhythm, first, n, &own);
	cg_forecast_run(y, n, &own, &result, &prepared);
	values[0] = series->id;
	values[6] = CStringGetTextDatum(cg_forecast_method_name(&own, n, &result, &prepared));
	for (int h = 0; h < own.options.horizon; h++)
	{
		values[1] = Int32GetDatum(h + 1);
		values[2] = DateADTGetDatum(date_ahead(&rhythm, last, h + 1));
		nulls[2] = series->n < 2;
		values[3] = Float8GetDatum(result.point[h]);
		values[4] = cg_forecast_limits(&own.options, result.lower, h);
		values[5] = cg_forecast_limits(&own.options, result.upper, h);
		cg_rows_add(&call->rows, values, nulls);
	}
}

/* ---- the function ---- */

static int
compare_dates(const void *a, const void *b)
{
	DateADT		left = *(const DateADT *) a;
	DateADT		right = *(const DateADT *) b;

	return (left > right) - (left < right);
}

static void
read_event_dates(Datum datum, RowsCall *call)
{
	Datum	   *elements;
	bool	   *nulls;

	deconstruct_array(DatumGetArrayTypeP(datum), DATEOID, sizeof(DateADT), true, TYPALIGN_INT,
					  &elements, &nulls, &call->event_count);
	call->has_events = true;
	call->events = palloc(sizeof(DateADT) * Max(call->event_count, 1));
	for (int i = 0; i < call->event_count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("events must not have a null in it")));
		call->events[i] = DatumGetDateADT(elements[i]);
	}
	qsort(call->events, call->event_count, sizeof(DateADT), compare_dates);
}

static void
read_intervention(Datum range, RowsCall *call)
{
	RangeBound	lower;
	RangeBound	upper;

	if (!cg_range_argument(range, &lower, &upper))
		return;
	call->from = lower.infinite ? PG_INT32_MIN : DatumGetDateADT(lower.val);
	call->to = upper.infinite ? PG_INT32_MAX : DatumGetDateADT(upper.val);
}

/*
 * forecast_rows(query, [series_type,] horizon, period, method, levels,
 * non_negative, missing, outliers, level_shifts, events, intervention,
 * intervention_as)
 */
Datum
cg_forecast_rows(PG_FUNCTION_ARGS)
{
	RowsCall	call = {0};
	/* with series_type, the type that ids come back in, the rest moves on */
	int			horizon = PG_NARGS() > 12 ? 2 : 1;

	if (PG_ARGISNULL(0))
		cg_refuse_null(fcinfo, 0, "query");
	if (PG_ARGISNULL(horizon))
		cg_refuse_null(fcinfo, horizon, "horizon");
	if (PG_ARGISNULL(horizon + 1))
		cg_refuse_null(fcinfo, horizon + 1, "period");
	cg_forecast_set_horizon(&call.call.options, PG_GETARG_INT32(horizon));
	cg_forecast_set_periods(&call.call.options, PG_GETARG_DATUM(horizon + 1));
	cg_forecast_read_options(fcinfo, horizon + 2, &call.call);
	cg_forecast_read_policies(fcinfo, horizon + 5, &call.call.prepare);
	if (PG_ARGISNULL(horizon + 10))
		cg_refuse_null(fcinfo, horizon + 10, "intervention_as");
	call.call.prepare.intervention = cg_intervention_argument(PG_GETARG_DATUM(horizon + 10));
	if (!PG_ARGISNULL(horizon + 8))
		read_event_dates(PG_GETARG_DATUM(horizon + 8), &call);
	if (!PG_ARGISNULL(horizon + 9))
		read_intervention(PG_GETARG_DATUM(horizon + 9), &call);
	call.rows = cg_rows_begin(fcinfo);
	cg_spc_query("forecast_rows()", text_to_cstring(PG_GETARG_TEXT_PP(0)),
				 TupleDescAttr(call.rows.desc, 0)->atttypid,
				 DATEOID, CG_SPC_XMR, forecast_of_series, &call);
	return (Datum) 0;
}
