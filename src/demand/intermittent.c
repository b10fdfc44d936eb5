/*-------------------------------------------------------------------------
 *
 * intermittent.c
 *	  forecast_intermittent and demand_profile: sparse counts that come as an
 *	  array.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "demand/components.h"
#include "demand/intermittent_core.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_forecast_intermittent);
PG_FUNCTION_INFO_V1(cg_sql_demand_profile);

static const char *const method_words[] = {
	[CG_CROSTON] = "croston",
	[CG_SBA] = "sba",
	[CG_TSB] = "tsb"
};

static const char *const class_words[] = {
	[CG_DEMAND_SMOOTH] = "smooth",
	[CG_DEMAND_ERRATIC] = "erratic",
	[CG_DEMAND_INTERMITTENT] = "intermittent",
	[CG_DEMAND_LUMPY] = "lumpy",
	[CG_DEMAND_NONE] = "none"
};

static double
parameter_argument(FunctionCallInfo fcinfo, int arg, const char *name)
{
	double		value;

	if (PG_ARGISNULL(arg))
		return NAN;
	value = PG_GETARG_FLOAT8(arg);
	if (!(value >= 0 && value <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be from 0 to 1, or null to be fitted", name)));
	return value;
}

static double *
read_counts(FunctionCallInfo fcinfo, int *n)
{
	double	   *y = cg_read_series(PG_GETARG_DATUM(0), n, false, "history");

	for (int i = 0; i < *n; i++)
		cg_at_least_0(y[i], "a value of history");
	return y;
}

/*
 * forecast_intermittent(history, method, alpha, beta)
 */
Datum
cg_forecast_intermittent(PG_FUNCTION_ARGS)
{
	CgIntermittentFit fit;
	CgIntermittentStatus status;
	CgIntermittentMethod method;
	double		alpha;
	double		beta;
	double	   *y;
	double	   *fitted;
	int			n;
	Datum		values[9];
	bool		nulls[9] = {false};

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	cg_refuse_null(fcinfo, 1, "method");
	method = (CgIntermittentMethod) cg_word(PG_GETARG_TEXT_PP(1), method_words,
											lengthof(method_words), "method");
	alpha = parameter_argument(fcinfo, 2, "alpha");
	beta = parameter_argument(fcinfo, 3, "beta");
	y = read_counts(fcinfo, &n);
	if (n == 0)
		PG_RETURN_NULL();
	fitted = palloc(sizeof(double) * n);
	status = cg_intermittent(y, n, method, alpha, beta, fitted, &fit, cg_stop_requested);
	if (status == CG_INTERMITTENT_STOPPED)
		CHECK_FOR_INTERRUPTS();
	if (status != CG_INTERMITTENT_OK)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the forecast is out of range")));
	values[0] = CStringGetTextDatum(method_words[method]);
	values[1] = Float8GetDatum(fit.rate);
	values[2] = cg_float8_or_null(fit.size, &nulls[2]);
	values[3] = cg_float8_or_null(fit.interval, &nulls[3]);
	values[4] = cg_float8_or_null(fit.alpha, &nulls[4]);
	values[5] = cg_float8_or_null(fit.beta, &nulls[5]);
	values[6] = Int32GetDatum(fit.demands);
	values[7] = Float8GetDatum(fit.mean_squared_error);
	values[8] = cg_series_datum(fitted, n);
	return cg_result(fcinfo, values, nulls);
}

/*
 * demand_profile(history)
 */
Datum
cg_sql_demand_profile(PG_FUNCTION_ARGS)
{
	int			n;
	double	   *y = read_counts(fcinfo, &n);
	CgDemandProfile profile = cg_demand_profile(y, n);
	Datum		values[3];
	bool		nulls[3] = {false};

	if (n == 0)
		PG_RETURN_NULL();
	values[0] = CStringGetTextDatum(class_words[profile.class]);
	values[1] = cg_float8_or_null(profile.interval, &nulls[1]);
	values[2] = cg_float8_or_null(profile.size_cv2, &nulls[2]);
	return cg_result(fcinfo, values, nulls);
}
