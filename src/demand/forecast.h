/*-------------------------------------------------------------------------
 *
 * forecast.h
 *	  What the SQL functions that forecast share: options and their checks,
 *	  the call of the core, a forecast as an array of steps.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_FORECAST_H
#define CG_FORECAST_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "fmgr.h"

#include "demand/forecast_core.h"

/* Steps ahead, and values of a series, in one call. */
#define CG_MOST_STEPS 5000
#define CG_MOST_HISTORY 1000000

/* Each check is an error 22023 that says what may be given. */
extern void cg_forecast_set_horizon(CgForecastOptions *options, int64 horizon);
extern void cg_forecast_set_periods(CgForecastOptions *options, Datum array);
extern void cg_forecast_set_period(CgForecastOptions *options, int32 period);
extern void cg_forecast_set_method(CgForecastOptions *options, text *method);
extern void cg_forecast_set_levels(CgForecastOptions *options, Datum array);

/*
 * Arguments method, levels and non_negative from first on.  non_negative
 * NULL: decided for each series.
 */
extern void cg_forecast_read_options(FunctionCallInfo fcinfo, int first,
									 CgForecastOptions *options,
									 bool *sign_given);

/* Run the core; the result's arrays are in the current memory context. */
extern void cg_forecast_run(const double *y, int n, CgForecastOptions *options,
							bool sign_given, CgForecastResult *result);

/* The method used, by its name. */
extern char *cg_forecast_method_name(const CgForecastOptions *options,
									 const CgForecastResult *result);

/* One step's limits, by level. */
extern Datum cg_forecast_limits(const CgForecastOptions *options,
								const double *limits, int step);

/* The memory of cores: any size, no NULL. */
extern void *cg_forecast_allocate(size_t size);

#endif							/* CG_FORECAST_H */
