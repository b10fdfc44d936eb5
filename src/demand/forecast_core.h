/*-------------------------------------------------------------------------
 *
 * forecast_core.h
 *	  Forecasts with intervals: single methods and the combination "auto".
 *
 * Plain C: nothing here knows PostgreSQL.  Arrays in, arrays out; values are
 * finite and in order, one for each period, without gaps.  Everything is
 * deterministic.
 *
 * Intervals do not come from a model's equations: every method, the
 * combination too, forecasts parts of the history from rolling origins, and
 * the width is what it missed by there (Hyndman and Athanasopoulos,
 * Forecasting: Principles and Practice, 3rd ed., sections 5.5 and 5.10).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_FORECAST_CORE_H
#define CG_FORECAST_CORE_H

#include "demand/decompose_core.h"
#include "demand/smoothing_core.h"
#include "numeric/arena.h"

#define CG_FORECAST_LEVELS 8
#define CG_FORECAST_ORIGINS 10
#define CG_FORECAST_MEMBERS 12

typedef enum CgForecastMethod
{
	CG_FORECAST_AUTO,
	CG_FORECAST_NAIVE,
	CG_FORECAST_SEASONAL_NAIVE,
	CG_FORECAST_DRIFT,
	CG_FORECAST_MEAN,
	CG_FORECAST_SES,
	CG_FORECAST_HOLT,
	CG_FORECAST_DAMPED,
	CG_FORECAST_HW_ADDITIVE,
	CG_FORECAST_HW_MULTIPLICATIVE,
	CG_FORECAST_ETS,			/* the model chosen by AICc, or options' */
	CG_FORECAST_THETA,
	CG_FORECAST_THETA_DYNAMIC,
	CG_FORECAST_STL_THETA,
	CG_FORECAST_STL_DAMPED,
	CG_FORECAST_STL_SES,
	CG_FORECAST_STL_ETS,
	CG_FORECAST_LAG,
	CG_FORECAST_CROSTON,
	CG_FORECAST_SBA,
	CG_FORECAST_TSB,
	CG_FORECAST_WINTERS_ADDITIVE,
	CG_FORECAST_WINTERS_MULTIPLICATIVE,
	CG_FORECAST_METHODS,		/* those before have names for users */

	/* members of the combination only */
	CG_FORECAST_DESEASONALISED_DAMPED = CG_FORECAST_METHODS,
	CG_FORECAST_LOG_STL_THETA,
	CG_FORECAST_LOG_STL_DAMPED,
	CG_FORECAST_LOG_STL_SES,
	CG_FORECAST_LAG_DIFFERENCE,
	CG_FORECAST_LAG_SEASONAL,
	CG_FORECAST_ALL
} CgForecastMethod;

/* What users call them. */
extern const char *const cg_forecast_names[CG_FORECAST_ALL];

typedef struct CgForecastOptions
{
	CgForecastMethod method;
	CgEtsModel	model;			/* for CG_FORECAST_ETS; error 0: choose */
	int			horizon;		/* 1 or more */
	int			period_count;
	int			periods[CG_MSTL_PERIODS];	/* 1 or more each */
	bool		non_negative;	/* points and limits are 0 or more */
	int			level_count;
	double		levels[CG_FORECAST_LEVELS]; /* between 0 and 1 */

	/*
	 * What the backtest is scored against: the n values, NaN for those that
	 * were not there.  NULL: the series itself.
	 */
	const double *actual;
} CgForecastOptions;

typedef struct CgForecastResult
{
	CgForecastMethod method;	/* the one used: may be simpler than asked for */
	bool		is_sparse;		/* auto took the methods for sparse counts */
	int			member_count;
	CgForecastMethod members[CG_FORECAST_MEMBERS];
	double		weights[CG_FORECAST_MEMBERS];
	int			origins;		/* of the backtest; 0: no intervals */
	double		backtest_mae;	/* NaN without */
	double	   *point;			/* horizon */
	double	   *lower;			/* by level, then step; NaN where there is none */
	double	   *upper;
} CgForecastResult;

typedef enum CgForecastStatus
{
	CG_FORECAST_OK,
	CG_FORECAST_STOPPED,
	CG_FORECAST_NO_MEMORY,
	CG_FORECAST_EMPTY,			/* no values */
	CG_FORECAST_MISSING,		/* a value, where the policy is to refuse */
	CG_FORECAST_ALL_MISSING		/* every value */
} CgForecastStatus;

/*
 * Forecast y.  result's arrays are the caller's: point has room for horizon,
 * lower and upper for level_count * horizon.  A method that the series cannot
 * bear is replaced by a simpler one, which result->method names.
 */
extern CgForecastStatus cg_forecast(const double *y, int n,
									const CgForecastOptions *options,
									CgForecastResult *result,
									void *(*allocate) (size_t),
									void (*release) (void *),
									bool (*stop) (void));

/* ---- for the parts of the room ---- */

/*
 * A stretch of history to forecast from.  What several methods need, seasons
 * taken out, is made when it is first asked for.
 */
typedef struct CgHistory
{
	const double *y;
	int			n;
	CgEtsModel	model;			/* for CG_FORECAST_ETS; error 0: choose */
	int			period_count;	/* those usable: more than two cycles */
	int			periods[CG_MSTL_PERIODS];
	int			period;			/* the longest usable, or 1 */
	bool		positive;		/* all values: logarithms and ratios allowed */
	bool		has_logs;
	double	   *logs;
	bool		has_classical;
	double	   *classical;		/* y without its classical season, or y */
	double	   *figure;			/* that season by place; all 0 or 1 without */
	bool		multiplicative; /* the figure divides */
	bool		has_stl[2];		/* [1]: of the logarithms */
	double	   *stl[2];			/* without seasons */
	double	   *season[2];		/* of the steps ahead */
	int			horizon;
	CgArena    *arena;
} CgHistory;

extern void cg_history_begin(CgHistory *history, const double *y, int n,
							 const int *periods, int period_count, int horizon,
							 CgArena *arena);

/*
 * One method's points for the history's horizon.  False where the history
 * cannot bear the method or a forecast is absurd (not finite, or beyond 5
 * times the largest value for a lag regression).
 */
extern bool cg_history_forecast(CgHistory *history, CgForecastMethod method,
								double *point);

#endif							/* CG_FORECAST_CORE_H */
