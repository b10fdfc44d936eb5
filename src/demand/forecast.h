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

#include "demand/prepare_core.h"

/* Steps ahead, and values of a series, in one call. */
#define CG_MOST_STEPS 5000
#define CG_MOST_HISTORY 1000000

/* Each check is an error 22023 that says what may be given. */
extern void cg_forecast_set_horizon(CgForecastOptions *options, int64 horizon);
extern void cg_forecast_set_periods(CgForecastOptions *options, Datum array);
extern void cg_forecast_set_period(CgForecastOptions *options, int32 period);
extern void cg_forecast_set_method(CgForecastOptions *options, text *method);
extern void cg_forecast_set_levels(CgForecastOptions *options, Datum array);

/* What a call asks for. */
typedef struct CgForecastCall
{
	CgForecastOptions options;
	CgPrepareOptions prepare;
	bool		sign_given;		/* non_negative; else decided for each series */
} CgForecastCall;

/* Arguments method, levels and non_negative from first on. */
extern void cg_forecast_read_options(FunctionCallInfo fcinfo, int first,
									 CgForecastCall *call);

/* Arguments missing, outliers and level_shifts from first on. */
extern void cg_forecast_read_policies(FunctionCallInfo fcinfo, int first,
									  CgPrepareOptions *prepare);

/*
 * Arguments events (as many values as the series and its horizon),
 * intervention (a range of places) and intervention_as from first on.
 */
extern void cg_forecast_read_known(FunctionCallInfo fcinfo, int first, int least,
								   const char *as_many_as, CgPrepareOptions *prepare);

/*
 * Run the core for y, NaN where missing; the result's arrays are in the
 * current memory context.  Decides call's sign where it is not given.
 */
extern void cg_forecast_run(const double *y, int n, CgForecastCall *call,
							CgForecastResult *result, CgPrepared *prepared);

/*
 * The method used for n values, by its name, the periods that it had to do
 * without, and what was done to the series before.
 */
extern char *cg_forecast_method_name(const CgForecastCall *call, int n,
									 const CgForecastResult *result,
									 const CgPrepared *prepared);

/* One step's limits, by level. */
extern Datum cg_forecast_limits(const CgForecastOptions *options,
								const double *limits, int step);

/* The memory of cores: any size, no NULL. */
extern void *cg_forecast_allocate(size_t size);

#endif							/* CG_FORECAST_H */
