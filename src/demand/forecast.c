/*-------------------------------------------------------------------------
 *
 * forecast.c
 *	  forecast_series and forecast: the forecast of one series as an array of
 *	  steps.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "common/cg_compat.h"
#include "demand/clean.h"
#include "demand/components.h"
#include "demand/forecast.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_forecast_series);
PG_FUNCTION_INFO_V1(cg_forecast_add);
PG_FUNCTION_INFO_V1(cg_forecast_combine);
PG_FUNCTION_INFO_V1(cg_forecast_final);

/* ---- options ---- */

void
cg_forecast_set_horizon(CgForecastOptions *options, int64 horizon)
{
	if (horizon < 1 || horizon > CG_MOST_STEPS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("horizon must be from 1 to %d", CG_MOST_STEPS),
				 errdetail("It is the number of periods to forecast.")));
	options->horizon = (int) horizon;
}

void
cg_forecast_set_period(CgForecastOptions *options, int32 period)
{
	if (period < 1 || period > CG_MOST_HISTORY)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("period must be from 1 to %d", CG_MOST_HISTORY),
				 errdetail("It is the number of values from one season to the same season, such as 12 for months, 52 for weeks or 7 for days; 1 is a series without seasons.")));
	options->period_count = 1;
	options->periods[0] = period;
}

void
cg_forecast_set_periods(CgForecastOptions *options, Datum datum)
{
	ArrayType  *array = DatumGetArrayTypeP(datum);
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	deconstruct_array(array, INT4OID, sizeof(int32), true, TYPALIGN_INT,
					  &elements, &nulls, &count);
	if (ARR_NDIM(array) > 1 || count < 1 || count > CG_MSTL_PERIODS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("period must be a list of 1 to %d numbers", CG_MSTL_PERIODS)));
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("period must not have a null in it")));
		cg_forecast_set_period(options, DatumGetInt32(elements[i]));
		options->periods[i] = options->periods[0];
	}
	options->period_count = count;
	options->periods[0] = DatumGetInt32(elements[0]);
}

static void
refuse_method(void)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < CG_FORECAST_METHODS; i++)
		appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ", cg_forecast_names[i]);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown method"),
			 errdetail("The choices are %s, and ets_ with a model's letters, such as ets_MAdM.",
					   list.data)));
}

/*
 * The model of "ets_MAdM"; false where it is none.
 */
static bool
read_model(const char *name, CgEtsModel *model)
{
	size_t		length = strlen(name);

	if (length < 7 || length > 8 || strncmp(name, "ets_", 4) != 0)
		return false;
	model->error = name[4];
	model->trend = name[5];
	model->damped = length == 8;
	if (model->damped && (name[6] != 'd' || model->trend == 'N'))
		return false;
	model->season = name[length - 1];
	model->period = 1;
	return cg_ets_model_stable(model);
}

void
cg_forecast_set_method(CgForecastOptions *options, text *method)
{
	char	   *name = text_to_cstring(method);

	memset(&options->model, 0, sizeof(CgEtsModel));
	if (read_model(name, &options->model))
	{
		options->method = CG_FORECAST_ETS;
		return;
	}
	memset(&options->model, 0, sizeof(CgEtsModel));
	for (int i = 0; i < CG_FORECAST_METHODS; i++)
	{
		if (strcmp(name, cg_forecast_names[i]) == 0)
		{
			options->method = (CgForecastMethod) i;
			return;
		}
	}
	refuse_method();
}

void
cg_forecast_set_levels(CgForecastOptions *options, Datum datum)
{
	int			count;
	double	   *levels = cg_read_float8_array(datum, &count, "levels");

	if (count > CG_FORECAST_LEVELS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("levels must be a list of at most %d", CG_FORECAST_LEVELS)));
	for (int i = 0; i < count; i++)
	{
		if (!(levels[i] > 0 && levels[i] < 1))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("levels must be between 0 and 1"),
					 errdetail("0.95 is the interval that should hold 95 %% of what comes.")));
		options->levels[i] = levels[i];
	}
	options->level_count = count;
}

void
cg_forecast_read_options(FunctionCallInfo fcinfo, int first, CgForecastCall *call)
{
	if (PG_ARGISNULL(first))
		cg_refuse_null(fcinfo, first, "method");
	cg_forecast_set_method(&call->options, PG_GETARG_TEXT_PP(first));
	if (PG_ARGISNULL(first + 1))
		cg_refuse_null(fcinfo, first + 1, "levels");
	cg_forecast_set_levels(&call->options, PG_GETARG_DATUM(first + 1));
	call->sign_given = !PG_ARGISNULL(first + 2);
	call->options.non_negative = call->sign_given && PG_GETARG_BOOL(first + 2);
}

/* ---- the core ---- */

void *
cg_forecast_allocate(size_t size)
{
	return palloc_extended(size, MCXT_ALLOC_HUGE);
}

static bool
has_negative(const double *y, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (y[i] < 0)
			return true;
	}
	return false;
}

static void
check_sign(const double *y, int n, CgForecastCall *call)
{
	CgForecastOptions *options = &call->options;
	bool		negative = has_negative(y, n);

	if (!call->sign_given)
		options->non_negative = !negative;
	else if (options->non_negative && negative)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the series has values below 0"),
				 errhint("Use non_negative => false, or correct them.")));
	if (negative && (options->method == CG_FORECAST_CROSTON ||
					 options->method == CG_FORECAST_SBA ||
					 options->method == CG_FORECAST_TSB))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("method %s wants counts, but the series has values below 0",
						cg_forecast_names[options->method])));
}

static void
forecast_report(CgForecastStatus status, const CgPrepared *prepared)
{
	switch (status)
	{
		case CG_FORECAST_OK:
			return;
		case CG_FORECAST_MISSING:
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("value %d of the series is null", prepared->bad_row + 1),
					 errhint("Say what it is to be: missing => 'zero', 'interpolate' or 'seasonal'.")));
			break;
		case CG_FORECAST_ALL_MISSING:
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("the series has no value, those of the intervention aside")));
			break;
		default:
			CHECK_FOR_INTERRUPTS();
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("forecast ended without a reason")));
	}
}

/*
 * Cleaning looks at a series again and again, so it may not be as long.
 */
static void
check_length(const double *y, int n, const CgPrepareOptions *prepare)
{
	bool		plain = cg_prepare_is_plain(prepare);
	int			most = CG_MOST_HISTORY;

	for (int i = 0; i < n && plain; i++)
		plain = !isnan(y[i]);
	if (!plain)
		most = CG_MOST_CLEANED;
	if (n > most)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the series has too many values"),
				 errdetail("The most is %d, and %d where values are missing or options ask for more than a forecast.",
						   CG_MOST_HISTORY, CG_MOST_CLEANED)));
}

void
cg_forecast_run(const double *y, int n, CgForecastCall *call,
				CgForecastResult *result, CgPrepared *prepared)
{
	CgForecastOptions *options = &call->options;
	size_t		limits = (size_t) options->level_count * options->horizon;

	check_length(y, n, &call->prepare);
	check_sign(y, n, call);
	memset(result, 0, sizeof(CgForecastResult));
	result->point = palloc(sizeof(double) * options->horizon);
	result->lower = palloc(sizeof(double) * Max(limits, 1));
	result->upper = palloc(sizeof(double) * Max(limits, 1));
	forecast_report(cg_forecast_prepared(y, n, options, &call->prepare, result, prepared,
										 cg_forecast_allocate, pfree, cg_stop_requested),
					prepared);
	for (int h = 0; h < options->horizon; h++)
	{
		if (!isfinite(result->point[h]))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("forecast is out of range")));
	}
}

static const char *
plain_name(const CgForecastOptions *options, const CgForecastResult *result)
{
	char		letters[6];

	if (result->is_sparse)
		return "auto_sparse";
	if (result->method != CG_FORECAST_ETS || options->model.error == 0)
		return cg_forecast_names[result->method];
	cg_ets_model_name(&options->model, letters);
	return psprintf("ets_%s", letters);
}

static bool
has_seasons(const CgForecastResult *result)
{
	switch (result->method)
	{
		case CG_FORECAST_AUTO:
			return !result->is_sparse;
		case CG_FORECAST_ETS:
		case CG_FORECAST_THETA:
		case CG_FORECAST_THETA_DYNAMIC:
		case CG_FORECAST_STL_THETA:
		case CG_FORECAST_STL_DAMPED:
		case CG_FORECAST_STL_SES:
		case CG_FORECAST_STL_ETS:
		case CG_FORECAST_LAG:
			return true;
		default:
			return false;
	}
}

/*
 * Periods that were asked for and that the series is too short for.
 */
static void
add_seasons_left_out(StringInfo name, const CgForecastOptions *options,
					 const CgForecastResult *result, int n)
{
	int			usable[CG_MSTL_PERIODS];
	int			count = cg_mstl_periods(options->periods, options->period_count, n, usable);

	for (int i = 0; i < options->period_count; i++)
	{
		int			period = options->periods[i];
		bool		used = period < 2;

		for (int j = 0; j < count; j++)
			used |= usable[j] == period;
		if (result->method == CG_FORECAST_ETS && options->model.season != 'N')
			used &= period <= CG_ETS_LONGEST_PERIOD;
		if (!used)
			appendStringInfo(name, ", no season of %d", period);
	}
}

char *
cg_forecast_method_name(const CgForecastCall *call, int n, const CgForecastResult *result,
						const CgPrepared *prepared)
{
	const CgPrepareOptions *prepare = &call->prepare;
	StringInfoData name;

	initStringInfo(&name);
	appendStringInfoString(&name, plain_name(&call->options, result));
	if (has_seasons(result))
		add_seasons_left_out(&name, &call->options, result, n);
	if (prepared->filled > 0)
		appendStringInfo(&name, ", %d missing filled", prepared->filled);
	if (prepared->intervention > 0)
		appendStringInfo(&name, prepare->intervention == CG_INTERVENTION_LEVEL ?
						 ", intervention of %d levelled" : ", intervention of %d left out",
						 prepared->intervention);
	if (prepared->outliers > 0)
		appendStringInfo(&name, ", %d outlier%s %s", prepared->outliers,
						 prepared->outliers == 1 ? "" : "s",
						 prepare->outliers == CG_OUTLIERS_DAMPEN ? "dampened" : "replaced");
	if (prepared->shifts > 0)
		appendStringInfo(&name, ", %d level shift%s adjusted", prepared->shifts,
						 prepared->shifts == 1 ? "" : "s");
	if (prepare->event_count > 0)
		appendStringInfo(&name, ", %d of %d event%s", prepared->events_used,
						 prepare->event_count, prepare->event_count == 1 ? "" : "s");
	return name.data;
}

Datum
cg_forecast_limits(const CgForecastOptions *options, const double *limits, int step)
{
	double		of_step[CG_FORECAST_LEVELS];

	for (int level = 0; level < options->level_count; level++)
		of_step[level] = limits[level * options->horizon + step];
	return cg_series_datum(of_step, options->level_count);
}

/* ---- an array of steps ---- */

/*
 * The row type of the steps, looked up once a query.
 */
static TupleDesc
step_row(FunctionCallInfo fcinfo)
{
	TupleDesc	row = fcinfo->flinfo->fn_extra;

	if (row == NULL)
	{
		Oid			array = get_func_rettype(fcinfo->flinfo->fn_oid);
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		row = lookup_rowtype_tupdesc_copy(get_element_type(array), -1);
		row = BlessTupleDesc(row);
		fcinfo->flinfo->fn_extra = row;
		MemoryContextSwitchTo(old);
	}
	return row;
}

static Datum
array_of_steps(FunctionCallInfo fcinfo, const CgForecastCall *call, int n,
			   const CgForecastResult *result, const CgPrepared *prepared)
{
	const CgForecastOptions *options = &call->options;
	TupleDesc	row = step_row(fcinfo);
	Datum	   *steps = palloc(sizeof(Datum) * options->horizon);
	Datum		method = CStringGetTextDatum(cg_forecast_method_name(call, n, result, prepared));

	for (int h = 0; h < options->horizon; h++)
	{
		Datum		values[5];
		bool		nulls[5] = {false};

		values[0] = Int32GetDatum(h + 1);
		values[1] = Float8GetDatum(result->point[h]);
		values[2] = cg_forecast_limits(options, result->lower, h);
		values[3] = cg_forecast_limits(options, result->upper, h);
		values[4] = method;
		steps[h] = HeapTupleGetDatum(heap_form_tuple(row, values, nulls));
	}
	return PointerGetDatum(construct_array(steps, options->horizon, row->tdtypeid,
										   -1, false, TYPALIGN_DOUBLE));
}

/*
 * Forecast in memory of its own: a query may have many series.
 */
static Datum
forecast_values(FunctionCallInfo fcinfo, const double *y, int n, CgForecastCall *call)
{
	CgForecastResult result;
	CgPrepared	prepared;

	cg_forecast_run(y, n, call, &result, &prepared);
	return array_of_steps(fcinfo, call, n, &result, &prepared);
}

/*
 * forecast_series(history, horizon, period, method, levels, non_negative,
 * missing, outliers, level_shifts, events, intervention, intervention_as)
 */
Datum
cg_forecast_series(PG_FUNCTION_ARGS)
{
	CgForecastCall call = {{0}};
	double	   *y;
	int			n;

	for (int i = 1; i < 3; i++)
	{
		if (PG_ARGISNULL(i))
			cg_refuse_null(fcinfo, i, i == 1 ? "horizon" : "period");
	}
	cg_forecast_set_horizon(&call.options, PG_GETARG_INT32(1));
	cg_forecast_set_periods(&call.options, PG_GETARG_DATUM(2));
	cg_forecast_read_options(fcinfo, 3, &call);
	cg_forecast_read_policies(fcinfo, 6, &call.prepare);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	y = cg_read_series(PG_GETARG_DATUM(0), &n, true, "history");
	if (n == 0)
		PG_RETURN_NULL();
	cg_forecast_read_known(fcinfo, 9, n + call.options.horizon,
						   "history and horizon have periods", &call.prepare);
	PG_RETURN_DATUM(forecast_values(fcinfo, y, n, &call));
}

/* ---- the aggregate ---- */

/* Rows are (time, value). */
#define FORECAST_WIDTH 2

/* Where the options stand in the state. */
enum
{
	AT_HORIZON,
	AT_PERIOD,
	AT_METHOD,
	AT_POLICIES,				/* see policies_of() */
	AT_LEVEL_COUNT,
	AT_LEVELS
};

#define STATE_LEVELS (CG_ROW_STATE_OPTIONS - AT_LEVELS)

#define MOST_POLICIES (3 * 4 * 3 * 2)

/*
 * One number for what is to be done: sign (0: decided, 1: non_negative, 2:
 * any), missing, outliers, level_shifts.
 */
static int
policies_of(const CgForecastCall *call)
{
	int			sign = !call->sign_given ? 0 : call->options.non_negative ? 1 : 2;

	return sign + 3 * ((int) call->prepare.missing +
					   4 * ((int) call->prepare.outliers + 3 * call->prepare.adjust_shifts));
}

static void
set_policies(CgForecastCall *call, int policies)
{
	call->sign_given = policies % 3 > 0;
	call->options.non_negative = policies % 3 == 1;
	call->prepare.missing = (CgMissingPolicy) (policies / 3 % 4);
	call->prepare.outliers = (CgOutlierPolicy) (policies / 12 % 3);
	call->prepare.adjust_shifts = policies / 36 == 1;
}

static void
keep_options(FunctionCallInfo fcinfo, CgRowState *state)
{
	CgForecastCall call = {{0}};
	CgForecastOptions *options = &call.options;

	if (PG_ARGISNULL(3))
		cg_refuse_null(fcinfo, 3, "horizon");
	cg_forecast_set_horizon(options, PG_GETARG_INT32(3));
	cg_forecast_set_period(options, 1);
	options->level_count = 2;
	options->levels[0] = 0.8;
	options->levels[1] = 0.95;
	if (PG_NARGS() > 4)
	{
		if (PG_ARGISNULL(4))
			cg_refuse_null(fcinfo, 4, "period");
		cg_forecast_set_period(options, PG_GETARG_INT32(4));
	}
	if (PG_NARGS() > 5)
		cg_forecast_read_options(fcinfo, 5, &call);
	if (PG_NARGS() > 8)
		cg_forecast_read_policies(fcinfo, 8, &call.prepare);
	if (options->level_count > STATE_LEVELS || options->model.error != 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("forecast() takes up to %d levels and no letters of a model", STATE_LEVELS),
				 errhint("forecast_series() takes them.")));
	state->options[AT_HORIZON] = options->horizon;
	state->options[AT_PERIOD] = options->periods[0];
	state->options[AT_METHOD] = options->method;
	state->options[AT_POLICIES] = policies_of(&call);
	state->options[AT_LEVEL_COUNT] = options->level_count;
	memcpy(state->options + AT_LEVELS, options->levels, sizeof(double) * options->level_count);
}

/*
 * What is kept may have been made by hand: everything is checked again.
 */
static void
read_kept_options(const CgRowState *state, CgForecastCall *call)
{
	CgForecastOptions *options = &call->options;
	const double *kept = state->options;
	bool		whole = true;

	for (int i = AT_HORIZON; i <= AT_LEVEL_COUNT; i++)
		whole &= kept[i] >= 0 && kept[i] <= CG_MOST_HISTORY && kept[i] == floor(kept[i]);
	if (!whole || kept[AT_METHOD] >= CG_FORECAST_METHODS || kept[AT_POLICIES] >= MOST_POLICIES ||
		kept[AT_LEVEL_COUNT] > STATE_LEVELS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("not a state of this aggregate")));
	cg_forecast_set_horizon(options, (int64) kept[AT_HORIZON]);
	cg_forecast_set_period(options, (int32) kept[AT_PERIOD]);
	options->method = (CgForecastMethod) kept[AT_METHOD];
	set_policies(call, (int) kept[AT_POLICIES]);
	cg_forecast_set_levels(options, cg_series_datum(kept + AT_LEVELS, (int) kept[AT_LEVEL_COUNT]));
}

Datum
cg_forecast_add(PG_FUNCTION_ARGS)
{
	CgRowState *state = cg_row_state(fcinfo, 0, CG_ROWS_FORECAST, FORECAST_WIDTH);
	double		row[FORECAST_WIDTH];

	if (PG_ARGISNULL(2))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	if (state == NULL)
	{
		state = cg_row_state_new(CG_ROWS_FORECAST, FORECAST_WIDTH);
		keep_options(fcinfo, state);
	}
	if (PG_ARGISNULL(1) && (int) state->options[AT_POLICIES] / 3 % 4 == CG_MISSING_REFUSE)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("a value is null"),
				 errhint("Leave the row out, or say what it is to be: missing, the last but two of the arguments, as 'zero', 'interpolate' or 'seasonal'.")));
	row[0] = (double) PG_GETARG_TIMESTAMPTZ(2);
	row[1] = PG_ARGISNULL(1) ? NAN : cg_finite(PG_GETARG_FLOAT8(1), "value");
	if (state->rows >= CG_MOST_HISTORY)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the series has too many values"),
				 errdetail("The most is %d.", CG_MOST_HISTORY)));
	PG_RETURN_POINTER(cg_row_state_add(state, row));
}

Datum
cg_forecast_combine(PG_FUNCTION_ARGS)
{
	return cg_row_state_combine(fcinfo, CG_ROWS_FORECAST, FORECAST_WIDTH);
}

static int
compare_times(const void *a, const void *b)
{
	double		left = *(const double *) a;
	double		right = *(const double *) b;

	return (left > right) - (left < right);
}

/*
 * Periods differ a little (months, quarters, a changed clock), but one that
 * is missing shows as a step of about two.
 */
static void
check_times(const double *rows, int n)
{
	double		shortest = INFINITY;
	double		longest = 0;

	for (int i = 1; i < n; i++)
	{
		double		gap = rows[i * FORECAST_WIDTH] - rows[(i - 1) * FORECAST_WIDTH];

		if (gap == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("two rows have the same time"),
					 errhint("Add them up first, or group by series.")));
		shortest = fmin(shortest, gap);
		longest = fmax(longest, gap);
	}
	if (longest > 1.5 * shortest)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("times are not evenly spaced"),
				 errdetail("The longest step is more than one and a half times the shortest."),
				 errhint("Fill what is missing first with series_fill(), or sum by week or month.")));
}

Datum
cg_forecast_final(PG_FUNCTION_ARGS)
{
	CgRowState *state = cg_row_state(fcinfo, 0, CG_ROWS_FORECAST, FORECAST_WIDTH);
	CgForecastCall call = {{0}};
	double	   *rows;
	double	   *y;

	if (state == NULL || state->rows == 0)
		PG_RETURN_NULL();
	read_kept_options(state, &call);
	rows = cg_forecast_allocate(sizeof(double) * FORECAST_WIDTH * state->rows);
	y = cg_forecast_allocate(sizeof(double) * state->rows);
	memcpy(rows, state->data, sizeof(double) * FORECAST_WIDTH * state->rows);
	qsort(rows, state->rows, sizeof(double) * FORECAST_WIDTH, compare_times);
	check_times(rows, state->rows);
	for (int i = 0; i < state->rows; i++)
	{
		y[i] = rows[i * FORECAST_WIDTH + 1];
		if (!isnan(y[i]))
			cg_finite(y[i], "value");
	}
	PG_RETURN_DATUM(forecast_values(fcinfo, y, state->rows, &call));
}
