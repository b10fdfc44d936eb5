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
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"

#include "common/cg_compat.h"
#include "common/cg_rows.h"
#include "demand/forecast.h"
#include "variance/rate_glue.h"
#include "variance/spc_query.h"

PG_FUNCTION_INFO_V1(cg_forecast_rows);

#define ROW_COLUMNS 7

typedef struct RowsCall
{
	CgRows		rows;
	CgForecastOptions options;
	bool		sign_given;
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
refuse_rhythm(const SpcQuerySeries *series, size_t row)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("periods of a series are not evenly spaced"),
			 errdetail("It shows at row %lld of series %lld, in the order of series and period.",
					   (long long) row + 1, (long long) series->number),
			 errhint("Dates must be a fixed number of days or of months apart; fill what is missing first with series_fill().")));
}

static bool
by_days(const SpcQuerySeries *series, Rhythm *rhythm)
{
	int			gap = DatumGetDateADT(series->period[1]) - DatumGetDateADT(series->period[0]);

	for (size_t i = 2; i < series->n; i++)
	{
		if (DatumGetDateADT(series->period[i]) - DatumGetDateADT(series->period[i - 1]) != gap)
			return false;
	}
	rhythm->days = gap;
	return true;
}

/*
 * By months; with the row where it breaks.
 */
static bool
by_months(const SpcQuerySeries *series, Rhythm *rhythm, size_t *row)
{
	Day			before = day_of(DatumGetDateADT(series->period[0]));
	bool		same_day = true;
	bool		ends = before.day == month_length(before.year, before.month);

	rhythm->days = 0;
	for (size_t i = 1; i < series->n; i++)
	{
		Day			day = day_of(DatumGetDateADT(series->period[i]));
		int			months = (day.year - before.year) * 12 + day.month - before.month;

		if (i == 1)
			rhythm->months = months;
		same_day &= day.day == before.day;
		ends &= day.day == month_length(day.year, day.month);
		*row = i;
		if (months != rhythm->months || months < 1 || !(same_day || ends))
			return false;
		before = day;
	}
	rhythm->month_ends = ends;
	return true;
}

static Rhythm
find_rhythm(const SpcQuerySeries *series)
{
	Rhythm		rhythm = {1};
	size_t		row = 0;

	for (size_t i = 0; i < series->n; i++)
	{
		if (DATE_NOT_FINITE(DatumGetDateADT(series->period[i])))
			refuse_rhythm(series, i);
	}
	if (series->n < 2)
		return rhythm;
	/* first of the month, 59 days after the other: by months, not days */
	if (!by_months(series, &rhythm, &row) || (series->n == 2 && rhythm.months < 1))
	{
		if (!by_days(series, &rhythm))
			refuse_rhythm(series, row);
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

static void
check_values(const SpcQuerySeries *series)
{
	for (size_t i = 0; i < series->n; i++)
	{
		if (isnan(series->value[i]))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a value is null"),
					 errdetail("It is row %lld of series %lld, in the order of series and period.",
							   (long long) i + 1, (long long) series->number),
					 errhint("Leave the series out, or fill what is missing first with series_fill().")));
	}
}

static void
forecast_of_series(const SpcQuerySeries *series, void *argument)
{
	RowsCall   *call = argument;
	CgForecastOptions options = call->options;
	CgForecastResult result;
	Rhythm		rhythm = find_rhythm(series);
	Datum		values[ROW_COLUMNS];
	bool		nulls[ROW_COLUMNS] = {false};
	DateADT		last = DatumGetDateADT(series->period[series->n - 1]);

	check_values(series);
	if (series->n > CG_MOST_HISTORY)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the series has too many values"),
				 errdetail("The most is %d.", CG_MOST_HISTORY)));
	cg_forecast_run(series->value, (int) series->n, &options, call->sign_given, &result);
	values[0] = series->id;
	values[6] = CStringGetTextDatum(cg_forecast_method_name(&options, &result));
	for (int h = 0; h < options.horizon; h++)
	{
		values[1] = Int32GetDatum(h + 1);
		values[2] = DateADTGetDatum(date_ahead(&rhythm, last, h + 1));
		nulls[2] = series->n < 2;
		values[3] = Float8GetDatum(result.point[h]);
		values[4] = cg_forecast_limits(&options, result.lower, h);
		values[5] = cg_forecast_limits(&options, result.upper, h);
		cg_rows_add(&call->rows, values, nulls);
	}
}

Datum
cg_forecast_rows(PG_FUNCTION_ARGS)
{
	RowsCall	call = {0};
	/* with series_type, the type that ids come back in, the rest moves on */
	int			horizon = PG_NARGS() > 6 ? 2 : 1;

	if (PG_ARGISNULL(0))
		cg_refuse_null(fcinfo, 0, "query");
	if (PG_ARGISNULL(horizon))
		cg_refuse_null(fcinfo, horizon, "horizon");
	if (PG_ARGISNULL(horizon + 1))
		cg_refuse_null(fcinfo, horizon + 1, "period");
	cg_forecast_set_horizon(&call.options, PG_GETARG_INT32(horizon));
	cg_forecast_set_periods(&call.options, PG_GETARG_DATUM(horizon + 1));
	cg_forecast_read_options(fcinfo, horizon + 2, &call.options, &call.sign_given);
	call.rows = cg_rows_begin(fcinfo);
	cg_spc_query("forecast_rows()", text_to_cstring(PG_GETARG_TEXT_PP(0)),
				 TupleDescAttr(call.rows.desc, 0)->atttypid,
				 DATEOID, CG_SPC_XMR, forecast_of_series, &call);
	return (Datum) 0;
}
