/*-------------------------------------------------------------------------
 *
 * forecast_model.c
 *	  forecast_fit, a fitted model for inspection, and forecast_accuracy, a
 *	  backtest.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "demand/accuracy_core.h"
#include "demand/components.h"
#include "demand/forecast.h"
#include "demand/holtwinters_core.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_forecast_fit);
PG_FUNCTION_INFO_V1(cg_forecast_accuracy_sql);

/* ---- forecast_fit ---- */

/*
 * The model that a method stands for; false where the best is to be chosen.
 */
static bool
model_of(const CgForecastOptions *options, CgEtsModel *model)
{
	*model = (CgEtsModel) {'A', 'N', 'N', false, 1};
	switch (options->method)
	{
		case CG_FORECAST_ETS:
			*model = options->model;
			return model->error != 0;
		case CG_FORECAST_SES:
			return true;
		case CG_FORECAST_HOLT:
			model->trend = 'A';
			return true;
		case CG_FORECAST_DAMPED:
			model->trend = 'A';
			model->damped = true;
			return true;
		case CG_FORECAST_HW_ADDITIVE:
			model->trend = model->season = 'A';
			return true;
		case CG_FORECAST_HW_MULTIPLICATIVE:
			*model = (CgEtsModel) {'M', 'A', 'M', false, 1};
			return true;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("forecast_fit() cannot show that method"),
					 errdetail("The choices are ets, ses, holt, damped, holt_winters_additive, holt_winters_multiplicative, winters_additive, winters_multiplicative, and ets_ with a model's letters, such as ets_MAdM.")));
	}
	return false;
}

static void
refuse_fit(CgEtsStatus status)
{
	switch (status)
	{
		case CG_ETS_OK:
			return;
		case CG_ETS_TOO_SHORT:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the series is too short for the model"),
					 errdetail("A season needs two cycles, and every model more values than it has parameters and initial states.")));
			break;
		case CG_ETS_NOT_POSITIVE:
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("a multiplicative model needs values above 0")));
			break;
		case CG_ETS_NO_FIT:
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("the model does not describe the series")));
			break;
	}
}

static void
check_season(const CgEtsModel *model, int period)
{
	if (model->season != 'N' && (period < 2 || period > CG_ETS_LONGEST_PERIOD))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a model with a season needs a period from 2 to %d", CG_ETS_LONGEST_PERIOD),
				 errhint("For longer periods use stl_ets of forecast_series().")));
}

static void
fit_model(const double *y, int n, const CgForecastOptions *options, CgEtsFit *fit)
{
	CgArena		arena;
	CgEtsModel	model;
	CgEtsStatus status;
	int			period = options->periods[0];
	bool		given = model_of(options, &model);

	if (given)
		check_season(&model, period);
	cg_arena_begin(&arena, cg_forecast_allocate, pfree, cg_stop_requested);
	if (setjmp(arena.escape) != 0)
	{
		CHECK_FOR_INTERRUPTS();
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("fit ended without a reason")));
	}
	model.period = model.season == 'N' ? 1 : period;
	if (given)
		status = cg_ets_fit(y, n, &model, CG_ETS_THOROUGH, fit, &arena);
	else
		status = cg_ets_choose(y, n, period, fit, &arena);
	cg_arena_end(&arena);
	refuse_fit(status);
}

/* A state's season, newest first, or NULL. */
static Datum
season_of(const CgEtsFit *fit, const CgEtsState *state, bool *is_null)
{
	*is_null = fit->model.season == 'N';
	return *is_null ? (Datum) 0 : cg_series_datum(state->season, fit->model.period);
}

/*
 * What is NULL because the model has no such part.
 */
static void
fit_columns(const CgEtsFit *fit, Datum *values, bool *nulls)
{
	char		letters[6];

	cg_ets_model_name(&fit->model, letters);
	values[0] = CStringGetTextDatum(psprintf("ets_%s", letters));
	values[1] = Int32GetDatum(fit->n);
	values[2] = Float8GetDatum(fit->parameters.alpha);
	values[3] = Float8GetDatum(fit->parameters.beta);
	nulls[3] = fit->model.trend == 'N';
	values[4] = Float8GetDatum(fit->parameters.gamma);
	nulls[4] = fit->model.season == 'N';
	values[5] = Float8GetDatum(fit->parameters.phi);
	nulls[5] = !fit->model.damped;
	values[6] = Float8GetDatum(fit->initial.level);
	values[7] = Float8GetDatum(fit->initial.trend);
	values[8] = season_of(fit, &fit->initial, &nulls[8]);
	values[9] = Float8GetDatum(fit->last.level);
	values[10] = Float8GetDatum(fit->last.trend);
	nulls[7] = nulls[10] = fit->model.trend == 'N';
	values[11] = season_of(fit, &fit->last, &nulls[11]);
	values[12] = cg_float8_or_null(fit->sigma2, &nulls[12]);
	values[13] = Float8GetDatum(fit->log_likelihood);
	values[14] = Float8GetDatum(fit->aic);
	values[15] = Float8GetDatum(fit->aicc);
	nulls[15] = !isfinite(fit->aicc);
	values[16] = Float8GetDatum(fit->bic);
	values[17] = Float8GetDatum(fit->mse);
	nulls[13] = nulls[14] = nulls[16] = !isfinite(fit->log_likelihood);
	nulls[15] |= nulls[14];
}

/* A season with the next place first, as a state has it: newest first. */
static Datum
newest_first(const double *season, int period)
{
	double	   *turned = cg_forecast_allocate(sizeof(double) * period);

	for (int i = 0; i < period; i++)
		turned[i] = season[period - 1 - i];
	return cg_series_datum(turned, period);
}

/*
 * Classical Holt-Winters: no likelihood, for it is fitted by least squares,
 * and no errors of the values that the start was taken from.
 */
static Datum
fit_winters(FunctionCallInfo fcinfo, double *y, int n, const CgForecastOptions *options)
{
	CgHoltWinters model = {.trend = true, .season = 'A', .period = options->periods[0]};
	CgArena		arena;
	Datum		values[20];
	bool		nulls[20] = {false};
	double	   *fitted = cg_forecast_allocate(sizeof(double) * n);
	bool		fits;

	if (options->method == CG_FORECAST_WINTERS_MULTIPLICATIVE)
		model.season = 'M';
	for (int i = 0; i < n && model.season == 'M'; i++)
	{
		if (y[i] <= 0)
			refuse_fit(CG_ETS_NOT_POSITIVE);
	}
	if (model.period < 2 || n <= 2 * (int64) model.period)
		refuse_fit(CG_ETS_TOO_SHORT);
	cg_arena_begin(&arena, cg_forecast_allocate, pfree, cg_stop_requested);
	if (setjmp(arena.escape) != 0)
	{
		CHECK_FOR_INTERRUPTS();
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("fit ended without a reason")));
	}
	fits = cg_holtwinters_fit(y, n, &model, &arena) &&
		cg_holtwinters_run(y, n, &model, fitted);
	if (!fits)
		refuse_fit(CG_ETS_NO_FIT);
	values[0] = CStringGetTextDatum(cg_forecast_names[options->method]);
	values[1] = Int32GetDatum(n);
	values[2] = Float8GetDatum(model.alpha);
	values[3] = Float8GetDatum(model.beta);
	values[4] = Float8GetDatum(model.gamma);
	values[6] = Float8GetDatum(model.start_level);
	values[7] = Float8GetDatum(model.start_trend);
	values[8] = newest_first(model.start_season, model.period);
	values[9] = Float8GetDatum(model.level);
	values[10] = Float8GetDatum(model.last_trend);
	values[11] = newest_first(model.last_season, model.period);
	values[17] = Float8GetDatum(model.sse / (n - model.first));
	values[18] = cg_series_datum(fitted, n);
	for (int i = 0; i < n; i++)
		y[i] -= fitted[i];
	values[19] = cg_series_datum(y, n);
	nulls[5] = nulls[12] = nulls[13] = nulls[14] = nulls[15] = nulls[16] = true;
	cg_arena_end(&arena);
	return cg_result(fcinfo, values, nulls);
}

Datum
cg_forecast_fit(PG_FUNCTION_ARGS)
{
	CgForecastOptions options = {0};
	CgEtsFit	fit;
	Datum		values[20];
	bool		nulls[20] = {false};
	double	   *y;
	double	   *fitted;
	int			n;

	if (PG_ARGISNULL(1))
		cg_refuse_null(fcinfo, 1, "period");
	cg_forecast_set_period(&options, PG_GETARG_INT32(1));
	if (PG_ARGISNULL(2))
		cg_refuse_null(fcinfo, 2, "method");
	cg_forecast_set_method(&options, PG_GETARG_TEXT_PP(2));
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	y = cg_read_series(PG_GETARG_DATUM(0), &n, false, "history");
	if (n == 0)
		PG_RETURN_NULL();
	if (options.method == CG_FORECAST_WINTERS_ADDITIVE ||
		options.method == CG_FORECAST_WINTERS_MULTIPLICATIVE)
		return fit_winters(fcinfo, y, n, &options);
	fit_model(y, n, &options, &fit);
	fitted = cg_forecast_allocate(sizeof(double) * n);
	cg_ets_run(y, n, &fit, fitted);
	fit_columns(&fit, values, nulls);
	values[18] = cg_series_datum(fitted, n);
	for (int i = 0; i < n; i++)
		y[i] -= fitted[i];
	values[19] = cg_series_datum(y, n);
	return cg_result(fcinfo, values, nulls);
}

/* ---- forecast_accuracy ---- */

/*
 * Events need not be known for what follows the history.
 */
static void
run_whole(const double *y, int n, CgForecastCall *call, CgForecastResult *result,
		  CgPrepared *prepared)
{
	CgForecastCall whole = *call;
	int			length = n + call->options.horizon;
	int			count = call->prepare.event_count;
	double	   *events;

	if (count > 0)
	{
		events = cg_forecast_allocate(sizeof(double) * length * count);
		memset(events, 0, sizeof(double) * length * count);
		for (int j = 0; j < count; j++)
			memcpy(events + (Size) j * length,
				   call->prepare.events + (Size) j * call->prepare.event_length,
				   sizeof(double) * n);
		whole.prepare.events = events;
		whole.prepare.event_length = length;
	}
	cg_forecast_run(y, n, &whole, result, prepared);
	call->options.non_negative = whole.options.non_negative;
}

Datum
cg_forecast_accuracy_sql(PG_FUNCTION_ARGS)
{
	CgForecastCall call = {{0}};
	CgForecastResult result;
	CgPrepared	prepared;
	CgAccuracy	accuracy;
	Datum		values[15];
	bool		nulls[15] = {false};
	double	   *y;
	int			n;

	for (int i = 1; i < 4; i++)
	{
		static const char *const names[] = {"horizon", "period", "origins"};

		if (PG_ARGISNULL(i))
			cg_refuse_null(fcinfo, i, names[i - 1]);
	}
	cg_forecast_set_horizon(&call.options, PG_GETARG_INT32(1));
	cg_forecast_set_periods(&call.options, PG_GETARG_DATUM(2));
	if (PG_GETARG_INT32(3) < 1 || PG_GETARG_INT32(3) > CG_ACCURACY_ORIGINS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("origins must be from 1 to %d", CG_ACCURACY_ORIGINS)));
	cg_forecast_read_options(fcinfo, 4, &call);
	cg_forecast_read_policies(fcinfo, 7, &call.prepare);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	y = cg_read_series(PG_GETARG_DATUM(0), &n, true, "history");
	if (n == 0)
		PG_RETURN_NULL();
	cg_forecast_read_known(fcinfo, 10, n, "history has values, or more", &call.prepare);
	/* checks, and the name of the method that the whole series bears */
	run_whole(y, n, &call, &result, &prepared);
	if (cg_forecast_accuracy(y, n, &call.options, &call.prepare, PG_GETARG_INT32(3), &accuracy,
							 cg_forecast_allocate, pfree, cg_stop_requested) != CG_FORECAST_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the series is too short for a backtest"),
				 errdetail("Before the last %d values there must be more than two periods of history, and 4 values.",
						   call.options.horizon)));
	values[0] = CStringGetTextDatum(cg_forecast_method_name(&call, n, &result, &prepared));
	values[1] = Int32GetDatum(accuracy.origins);
	values[2] = Int32GetDatum(accuracy.forecasts);
	values[3] = cg_float8_or_null(accuracy.mae, &nulls[3]);
	values[4] = cg_float8_or_null(accuracy.rmse, &nulls[4]);
	values[5] = cg_float8_or_null(accuracy.bias, &nulls[5]);
	values[6] = cg_float8_or_null(accuracy.mase, &nulls[6]);
	values[7] = cg_float8_or_null(accuracy.smape, &nulls[7]);
	values[8] = cg_series_datum(accuracy.coverage, call.options.level_count);
	values[9] = cg_series_datum(accuracy.msis, call.options.level_count);
	values[10] = cg_float8_or_null(accuracy.naive_mae, &nulls[10]);
	values[11] = cg_float8_or_null(accuracy.naive_mase, &nulls[11]);
	values[12] = cg_float8_or_null(accuracy.naive_smape, &nulls[12]);
	values[13] = cg_series_datum(accuracy.naive_msis, call.options.level_count);
	nulls[14] = !(accuracy.naive_mae > 0);
	values[14] = Float8GetDatum(nulls[14] ? 0 : accuracy.mae / accuracy.naive_mae);
	return cg_result(fcinfo, values, nulls);
}
