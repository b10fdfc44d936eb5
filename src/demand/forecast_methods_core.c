/*-------------------------------------------------------------------------
 *
 * forecast_methods_core.c
 *	  Each method's point forecasts from a stretch of history.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/forecast_core.h"

#include <math.h>
#include <string.h>

#include "demand/holtwinters_core.h"
#include "demand/intermittent_core.h"
#include "demand/lag_core.h"
#include "demand/theta_core.h"

/* One-sided 5 % (R's forecast::thetaf). */
#define SEASON_TEST_Z 1.6448536269514722

/* The penalty of lag regressions, for each value. */
#define LAG_RIDGE 1e-3

/* Lag regressions can run away; so far is too far. */
#define LAG_FARTHEST 5.0

/*
 * Seasonal loess windows, in cycles, wider than R's 11, 15, …: what is to be
 * forecast is the season's lasting shape.
 */
static const int stl_windows[CG_MSTL_PERIODS] = {15, 19, 23, 27, 31, 35};

const char *const cg_forecast_names[CG_FORECAST_ALL] = {
	[CG_FORECAST_AUTO] = "auto",
	[CG_FORECAST_NAIVE] = "naive",
	[CG_FORECAST_SEASONAL_NAIVE] = "seasonal_naive",
	[CG_FORECAST_DRIFT] = "drift",
	[CG_FORECAST_MEAN] = "mean",
	[CG_FORECAST_SES] = "ses",
	[CG_FORECAST_HOLT] = "holt",
	[CG_FORECAST_DAMPED] = "damped",
	[CG_FORECAST_HW_ADDITIVE] = "holt_winters_additive",
	[CG_FORECAST_HW_MULTIPLICATIVE] = "holt_winters_multiplicative",
	[CG_FORECAST_ETS] = "ets",
	[CG_FORECAST_THETA] = "theta",
	[CG_FORECAST_THETA_DYNAMIC] = "theta_dynamic",
	[CG_FORECAST_STL_THETA] = "stl_theta",
	[CG_FORECAST_STL_DAMPED] = "stl_damped",
	[CG_FORECAST_STL_SES] = "stl_ses",
	[CG_FORECAST_STL_ETS] = "stl_ets",
	[CG_FORECAST_LAG] = "lag",
	[CG_FORECAST_CROSTON] = "croston",
	[CG_FORECAST_SBA] = "sba",
	[CG_FORECAST_TSB] = "tsb",
	[CG_FORECAST_WINTERS_ADDITIVE] = "winters_additive",
	[CG_FORECAST_WINTERS_MULTIPLICATIVE] = "winters_multiplicative",
	[CG_FORECAST_DESEASONALISED_DAMPED] = "deseasonalised_damped",
	[CG_FORECAST_LOG_STL_THETA] = "log_stl_theta",
	[CG_FORECAST_LOG_STL_DAMPED] = "log_stl_damped",
	[CG_FORECAST_LOG_STL_SES] = "log_stl_ses",
	[CG_FORECAST_LAG_DIFFERENCE] = "lag_difference",
	[CG_FORECAST_LAG_SEASONAL] = "lag_seasonal"
};

void
cg_history_begin(CgHistory *history, const double *y, int n, const int *periods,
				 int period_count, int horizon, CgArena *arena)
{
	memset(history, 0, sizeof(CgHistory));
	history->y = y;
	history->n = n;
	history->horizon = horizon;
	history->arena = arena;
	history->period_count = cg_mstl_periods(periods, period_count, n, history->periods);
	history->period = history->period_count == 0 ? 1 :
		history->periods[history->period_count - 1];
	history->positive = true;
	for (int i = 0; i < n; i++)
		history->positive &= y[i] > 0;
}

/* ---- seasons taken out ---- */

static const double *
logs_of(CgHistory *history)
{
	if (!history->has_logs)
	{
		history->logs = cg_arena_doubles(history->arena, history->n);
		for (int i = 0; i < history->n; i++)
			history->logs[i] = log(history->y[i]);
		history->has_logs = true;
	}
	return history->logs;
}

/*
 * The classical season, where the test finds one: multiplicative if all
 * values are positive, else additive.
 */
static void
need_classical(CgHistory *history)
{
	CgArena    *arena = history->arena;
	int			n = history->n;
	int			period = history->period;
	double	   *work;

	if (history->has_classical)
		return;
	history->has_classical = true;
	history->classical = cg_arena_doubles(arena, n);
	history->figure = cg_arena_doubles(arena, period);
	history->multiplicative = history->positive;
	work = cg_arena_doubles(arena, 2 * (size_t) n);
	memcpy(history->classical, history->y, sizeof(double) * n);
	for (int i = 0; i < period; i++)
		history->figure[i] = history->multiplicative ? 1 : 0;
	if (!cg_season_stands_out(history->y, n, period, SEASON_TEST_Z, arena))
		return;
	if (cg_decompose_classical(history->y, n, period, history->multiplicative,
							   history->figure, work, work + n) != CG_DECOMPOSE_OK)
		return;
	for (int i = 0; i < period && history->multiplicative; i++)
		history->figure[i] = fmax(history->figure[i], 1e-2);
	for (int i = 0; i < n; i++)
		history->classical[i] = history->multiplicative ?
			history->y[i] / history->figure[i % period] :
			history->y[i] - history->figure[i % period];
}

static void
add_classical(const CgHistory *history, double *point)
{
	for (int h = 0; h < history->horizon; h++)
	{
		double		season = history->figure[(history->n + h) % history->period];

		point[h] = history->multiplicative ? point[h] * season : point[h] + season;
	}
}

/*
 * STL of the values or their logarithms; each season's last cycle is its
 * forecast.
 */
static bool
need_stl(CgHistory *history, int use_logs)
{
	CgArena    *arena = history->arena;
	const double *y;
	int			n = history->n;
	int			horizon = history->horizon;
	double	   *seasonal;
	double	   *trend;
	double	   *remainder;
	CgArenaMark mark;

	if (use_logs && !history->positive)
		return false;
	if (history->has_stl[use_logs])
		return history->stl[use_logs] != NULL;
	history->has_stl[use_logs] = true;
	y = use_logs ? logs_of(history) : history->y;
	history->season[use_logs] = cg_arena_doubles(arena, horizon);
	history->stl[use_logs] = cg_arena_doubles(arena, n);
	memset(history->season[use_logs], 0, sizeof(double) * horizon);
	memcpy(history->stl[use_logs], y, sizeof(double) * n);
	if (history->period_count == 0)
		return true;
	mark = cg_arena_mark(arena);
	seasonal = cg_arena_doubles(arena, (size_t) n * history->period_count);
	trend = cg_arena_doubles(arena, n);
	remainder = cg_arena_doubles(arena, n);
	if (cg_mstl(y, n, history->periods, history->period_count, stl_windows,
				history->period_count == 1 ? 1 : 2, false, seasonal, trend, remainder,
				cg_arena_doubles(arena, cg_mstl_work_size(n, history->periods,
														  history->period_count)),
				arena->stop) != CG_DECOMPOSE_OK)
	{
		cg_arena_check(arena);
		history->stl[use_logs] = NULL;
	}
	for (int p = 0; p < history->period_count && history->stl[use_logs] != NULL; p++)
	{
		const double *part = seasonal + (size_t) p * n;
		int			period = history->periods[p];

		for (int i = 0; i < n; i++)
			history->stl[use_logs][i] -= part[i];
		for (int h = 0; h < horizon; h++)
			history->season[use_logs][h] += part[n - period + h % period];
	}
	cg_arena_reset(arena, mark);
	return history->stl[use_logs] != NULL;
}

/* ---- methods ---- */

static bool
smooth(const double *y, int n, char trend, char season, bool damped, int period,
	   int horizon, double *point, CgArena *arena)
{
	CgEtsModel	model = {season == 'M' ? 'M' : 'A', trend, season, damped, period};
	CgEtsFit	fit;

	if (cg_ets_fit(y, n, &model, CG_ETS_QUICK, &fit, arena) != CG_ETS_OK)
		return false;
	cg_ets_forecast(&fit, horizon, point);
	return true;
}

/*
 * The season of any length, its start taken from the first two cycles.
 */
static bool
winters(const CgHistory *history, char season, double *point)
{
	CgArenaMark mark = cg_arena_mark(history->arena);
	CgHoltWinters model = {.trend = true, .season = season, .period = history->period};
	bool		fits = history->period > 1 &&
		cg_holtwinters_fit(history->y, history->n, &model, history->arena);

	if (fits)
		cg_holtwinters_forecast(&model, history->horizon, point);
	cg_arena_reset(history->arena, mark);
	return fits;
}

static bool
theta_of(const double *y, int n, int horizon, double *point, CgArena *arena)
{
	CgThetaFit	fit;

	return cg_theta(y, n, horizon, point, &fit, arena);
}

/*
 * A smoother of a series without seasons.
 */
static bool
smooth_rest(CgForecastMethod smoother, const double *y, int n, int horizon,
			double *point, CgArena *arena)
{
	CgEtsFit	fit;

	switch (smoother)
	{
		case CG_FORECAST_THETA:
			return theta_of(y, n, horizon, point, arena);
		case CG_FORECAST_SES:
			return smooth(y, n, 'N', 'N', false, 1, horizon, point, arena);
		case CG_FORECAST_DAMPED:
			return smooth(y, n, 'A', 'N', true, 1, horizon, point, arena);
		default:
			if (cg_ets_choose(y, n, 1, &fit, arena) != CG_ETS_OK)
				return false;
			cg_ets_forecast(&fit, horizon, point);
			return true;
	}
}

static bool
stl_forecast(CgHistory *history, CgForecastMethod smoother, int use_logs, double *point)
{
	if (!need_stl(history, use_logs) ||
		!smooth_rest(smoother, history->stl[use_logs], history->n, history->horizon,
					 point, history->arena))
		return false;
	for (int h = 0; h < history->horizon; h++)
	{
		point[h] += history->season[use_logs][h];
		if (use_logs)
			point[h] = exp(point[h]);
	}
	return true;
}

static bool
lag_forecast(CgHistory *history, int difference, double *point)
{
	const double *y = history->positive ? logs_of(history) : history->y;
	double		largest = 0;
	int			lags[CG_LAG_MOST];
	int			count = cg_lag_choose(history->periods, history->period_count,
									  history->n, lags);

	if (!cg_lag_forecast(y, history->n, lags, count, difference, LAG_RIDGE,
						 history->horizon, point, history->arena))
		return false;
	for (int i = 0; i < history->n; i++)
		largest = fmax(largest, fabs(history->y[i]));
	for (int h = 0; h < history->horizon; h++)
	{
		if (history->positive)
			point[h] = exp(point[h]);
		if (!(fabs(point[h]) <= LAG_FARTHEST * largest))
			return false;
	}
	return true;
}

static bool
sparse_forecast(const CgHistory *history, CgIntermittentMethod method, double *point)
{
	CgIntermittentFit fit;

	if (cg_intermittent(history->y, history->n, method, NAN, NAN, NULL, &fit,
						history->arena->stop) != CG_INTERMITTENT_OK)
	{
		cg_arena_check(history->arena);
		return false;
	}
	for (int h = 0; h < history->horizon; h++)
		point[h] = fit.rate;
	return true;
}

static void
simple_forecast(const CgHistory *history, CgForecastMethod method, double *point)
{
	const double *y = history->y;
	int			n = history->n;
	int			period = method == CG_FORECAST_SEASONAL_NAIVE ? history->period : 1;
	double		drift = method == CG_FORECAST_DRIFT && n > 1 ?
		(y[n - 1] - y[0]) / (n - 1) : 0;
	double		mean = 0;

	for (int i = 0; i < n; i++)
		mean += y[i] / n;
	for (int h = 0; h < history->horizon; h++)
		point[h] = method == CG_FORECAST_MEAN ? mean :
			y[n - period + h % period] + drift * (h + 1);
}

static bool
ets_forecast(CgHistory *history, double *point)
{
	CgEtsModel	model = history->model;
	CgEtsFit	fit;
	CgEtsStatus status;

	model.period = model.season == 'N' ? 1 : history->period;
	if (model.error == 0)
		status = cg_ets_choose(history->y, history->n, history->period, &fit,
							   history->arena);
	else if (model.season != 'N' && (model.period < 2 || model.period > CG_ETS_LONGEST_PERIOD))
		status = CG_ETS_TOO_SHORT;
	else
		status = cg_ets_fit(history->y, history->n, &model, CG_ETS_THOROUGH, &fit,
							history->arena);
	if (status != CG_ETS_OK)
		return false;
	cg_ets_mean(&fit, history->horizon, point);
	return true;
}

/*
 * Methods that work on the series without its classical season.
 */
static bool
deseasonalised_forecast(CgHistory *history, CgForecastMethod method, double *point)
{
	CgThetaFit	fit;
	bool		fits;

	need_classical(history);
	switch (method)
	{
		case CG_FORECAST_THETA:
			fits = theta_of(history->classical, history->n, history->horizon, point,
							history->arena);
			break;
		case CG_FORECAST_THETA_DYNAMIC:
			fits = cg_theta_dynamic(history->classical, history->n, history->horizon,
									point, &fit, history->arena);
			break;
		default:
			fits = smooth(history->classical, history->n, 'A', 'N', true, 1,
						  history->horizon, point, history->arena);
			break;
	}
	if (fits)
		add_classical(history, point);
	return fits;
}

static bool
forecast_by(CgHistory *history, CgForecastMethod method, double *point)
{
	const double *y = history->y;
	int			n = history->n;
	int			horizon = history->horizon;
	CgArena    *arena = history->arena;

	switch (method)
	{
		case CG_FORECAST_NAIVE:
		case CG_FORECAST_SEASONAL_NAIVE:
		case CG_FORECAST_DRIFT:
		case CG_FORECAST_MEAN:
			simple_forecast(history, method, point);
			return true;
		case CG_FORECAST_SES:
			return smooth(y, n, 'N', 'N', false, 1, horizon, point, arena);
		case CG_FORECAST_HOLT:
			return smooth(y, n, 'A', 'N', false, 1, horizon, point, arena);
		case CG_FORECAST_DAMPED:
			return smooth(y, n, 'A', 'N', true, 1, horizon, point, arena);
		case CG_FORECAST_HW_ADDITIVE:
			return history->period > 1 && history->period <= CG_ETS_LONGEST_PERIOD &&
				smooth(y, n, 'A', 'A', false, history->period, horizon, point, arena);
		case CG_FORECAST_HW_MULTIPLICATIVE:
			return history->period > 1 && history->period <= CG_ETS_LONGEST_PERIOD &&
				smooth(y, n, 'A', 'M', false, history->period, horizon, point, arena);
		case CG_FORECAST_ETS:
			return ets_forecast(history, point);
		case CG_FORECAST_THETA:
		case CG_FORECAST_THETA_DYNAMIC:
		case CG_FORECAST_DESEASONALISED_DAMPED:
			return deseasonalised_forecast(history, method, point);
		case CG_FORECAST_STL_THETA:
			return stl_forecast(history, CG_FORECAST_THETA, 0, point);
		case CG_FORECAST_STL_DAMPED:
			return stl_forecast(history, CG_FORECAST_DAMPED, 0, point);
		case CG_FORECAST_STL_SES:
			return stl_forecast(history, CG_FORECAST_SES, 0, point);
		case CG_FORECAST_STL_ETS:
			return stl_forecast(history, CG_FORECAST_ETS, 0, point);
		case CG_FORECAST_LOG_STL_THETA:
			return stl_forecast(history, CG_FORECAST_THETA, 1, point);
		case CG_FORECAST_LOG_STL_DAMPED:
			return stl_forecast(history, CG_FORECAST_DAMPED, 1, point);
		case CG_FORECAST_LOG_STL_SES:
			return stl_forecast(history, CG_FORECAST_SES, 1, point);
		case CG_FORECAST_LAG:
			return lag_forecast(history, 0, point);
		case CG_FORECAST_LAG_DIFFERENCE:
			return lag_forecast(history, 1, point);
		case CG_FORECAST_LAG_SEASONAL:
			return history->period > 1 && lag_forecast(history, history->period, point);
		case CG_FORECAST_CROSTON:
			return sparse_forecast(history, CG_CROSTON, point);
		case CG_FORECAST_SBA:
			return sparse_forecast(history, CG_SBA, point);
		case CG_FORECAST_TSB:
			return sparse_forecast(history, CG_TSB, point);
		case CG_FORECAST_WINTERS_ADDITIVE:
			return winters(history, 'A', point);
		case CG_FORECAST_WINTERS_MULTIPLICATIVE:
			return winters(history, 'M', point);
		default:
			return false;
	}
}

bool
cg_history_forecast(CgHistory *history, CgForecastMethod method, double *point)
{
	bool		fits;

	cg_arena_check(history->arena);
	fits = forecast_by(history, method, point);
	for (int h = 0; fits && h < history->horizon; h++)
		fits = isfinite(point[h]);
	return fits;
}
