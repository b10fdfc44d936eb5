/*-------------------------------------------------------------------------
 *
 * auto_core.c
 *	  The backtest from rolling origins, the combination "auto" by it, and
 *	  the intervals.
 *
 * Combinations weighted by past accuracy: Bates and Granger, Oper Res Q
 * 1969;20:451-68; that they win: Makridakis, Spiliotis and Assimakopoulos,
 * Int J Forecast 2020;36:54-74.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/forecast_core.h"

#include <math.h>
#include <string.h>

#include "demand/intermittent_core.h"
#include "numeric/order.h"
#include "numeric/special.h"

/* Members this much worse than the best are dropped. */
#define DROP_RATIO 3.0

/* Weights are 1 / MAE to this power. */
#define WEIGHT_POWER 3.0

/*
 * Errors are taken for a t distribution with this many degrees of freedom,
 * whose scale is sqrt((df - 2) / df) of its standard deviation; and their
 * variance for too small by this share of 1 / origins, because origins that
 * lie close see the same events.
 */
#define INTERVAL_DF 4.0
#define INTERVAL_EXTRA 5.0

/* Errors are scaled for growth by at most this, or one by it. */
#define MOST_GROWTH 4.0

/* The values that tell the level of a series: one season, but no fewer. */
#define LEVEL_VALUES 4

/* The shortest history that a method is asked to forecast from. */
#define SHORTEST_HISTORY 4

static const CgForecastMethod short_members[] = {
	CG_FORECAST_THETA, CG_FORECAST_THETA_DYNAMIC, CG_FORECAST_DESEASONALISED_DAMPED,
	CG_FORECAST_LOG_STL_THETA, CG_FORECAST_LOG_STL_DAMPED,
	CG_FORECAST_LAG, CG_FORECAST_LAG_DIFFERENCE, CG_FORECAST_LAG_SEASONAL
};
static const CgForecastMethod long_members[] = {
	CG_FORECAST_LOG_STL_THETA, CG_FORECAST_LOG_STL_DAMPED, CG_FORECAST_LOG_STL_SES,
	CG_FORECAST_STL_THETA, CG_FORECAST_STL_DAMPED, CG_FORECAST_STL_SES,
	CG_FORECAST_DAMPED,
	CG_FORECAST_LAG, CG_FORECAST_LAG_DIFFERENCE, CG_FORECAST_LAG_SEASONAL
};
static const CgForecastMethod sparse_members[] = {
	CG_FORECAST_SBA, CG_FORECAST_TSB
};

/* What each member said from each origin. */
typedef struct Backtest
{
	int			count;			/* of origins */
	int			origin[CG_FORECAST_ORIGINS];
	int			steps;			/* ahead, at most */
	double	   *point[CG_FORECAST_MEMBERS][CG_FORECAST_ORIGINS];	/* NULL: none */
} Backtest;

typedef struct Task
{
	const double *y;
	const double *actual;		/* what to score against, NaN where unknown */
	int			n;
	const CgForecastOptions *options;
	int			period;			/* the longest usable, or 1 */
	CgForecastResult *result;
	CgArena    *arena;
} Task;

static bool
any_known(const Task *task, int origin, int steps)
{
	for (int h = 0; h < steps; h++)
	{
		if (!isnan(task->actual[origin + h]))
			return true;
	}
	return false;
}

/*
 * Origins from the latest that leaves a whole horizon, back to the earliest
 * that still has two cycles; where the series is short, fewer steps ahead.
 * None where there is nothing to weigh and no interval wanted.
 */
static void
choose_origins(const Task *task, Backtest *backtest)
{
	int			least = task->period > 1 ? 2 * task->period + 1 : SHORTEST_HISTORY;
	int			horizon = task->options->horizon;
	int			room = task->n - least;
	int			gap;

	backtest->count = 0;
	backtest->steps = horizon;
	if (room < 1 || (task->options->level_count == 0 && task->result->member_count == 1))
		return;
	if (horizon > room)
		backtest->steps = room;
	if (room - backtest->steps < 2)
		backtest->steps = (room + 1) / 2;
	gap = (room - backtest->steps) / (CG_FORECAST_ORIGINS - 1);
	if (gap > horizon / 2)
		gap = horizon / 2;
	if (gap < 1)
		gap = 1;
	for (int origin = task->n - backtest->steps;
		 origin >= least && backtest->count < CG_FORECAST_ORIGINS; origin -= gap)
	{
		if (any_known(task, origin, backtest->steps))
			backtest->origin[backtest->count++] = origin;
	}
}

static void
run_backtest(const Task *task, Backtest *backtest)
{
	const CgForecastOptions *options = task->options;
	CgForecastResult *result = task->result;
	CgArena    *arena = task->arena;
	int			periods[CG_MSTL_PERIODS];
	int			period_count = cg_mstl_periods(options->periods, options->period_count,
											   task->n, periods);

	for (int o = 0; o < backtest->count; o++)
	{
		CgHistory	history;
		CgArenaMark mark;

		for (int m = 0; m < result->member_count; m++)
			backtest->point[m][o] = cg_arena_doubles(arena, backtest->steps);
		mark = cg_arena_mark(arena);
		cg_history_begin(&history, task->y, backtest->origin[o], periods, period_count,
						 backtest->steps, arena);
		history.model = options->model;
		for (int m = 0; m < result->member_count; m++)
		{
			if (!cg_history_forecast(&history, result->members[m], backtest->point[m][o]))
				backtest->point[m][o] = NULL;
		}
		cg_arena_reset(arena, mark);
	}
}

/*
 * The mean loss of a member's forecast from one origin: absolute errors, or
 * squares for sparse counts, whose median is 0.
 */
static double
origin_loss(const Task *task, const Backtest *backtest, int member, int o)
{
	const double *point = backtest->point[member][o];
	double		sum = 0;
	int			count = 0;

	for (int h = 0; h < backtest->steps; h++)
	{
		double		error = fabs(point[h] - task->actual[backtest->origin[o] + h]);

		if (isnan(error))
			continue;
		sum += task->result->is_sparse ? error * error : error;
		count++;
	}
	return sum / count;
}

/*
 * A member's loss over the origins that it could forecast from, as a share
 * of the mean member's loss there: so one that needs a longer history is not
 * judged by other times than the rest.  Infinite where it had less than half
 * of the origins.
 */
static void
member_losses(const Task *task, const Backtest *backtest, double *loss)
{
	int			members = task->result->member_count;
	double		mean[CG_FORECAST_ORIGINS] = {0};

	for (int o = 0; o < backtest->count; o++)
	{
		int			count = 0;

		for (int m = 0; m < members; m++)
		{
			if (backtest->point[m][o] == NULL)
				continue;
			mean[o] += origin_loss(task, backtest, m, o);
			count++;
		}
		if (count > 0)
			mean[o] /= count;
	}
	for (int m = 0; m < members; m++)
	{
		double		own = 0;
		double		others = 0;
		int			count = 0;

		for (int o = 0; o < backtest->count; o++)
		{
			if (backtest->point[m][o] == NULL)
				continue;
			own += origin_loss(task, backtest, m, o);
			others += mean[o];
			count++;
		}
		if (2 * count < backtest->count)
			loss[m] = INFINITY;
		else
			loss[m] = others > 0 ? own / others : 1;
	}
}

/*
 * Weights by the inverse of the loss; members far worse than the best get
 * none.  Equal ones where nothing is known of any.
 */
static void
weigh(const Task *task, const Backtest *backtest)
{
	CgForecastResult *result = task->result;
	double		error[CG_FORECAST_MEMBERS];
	double		best = INFINITY;
	double		sum = 0;

	member_losses(task, backtest, error);
	for (int m = 0; m < result->member_count; m++)
		best = fmin(best, error[m]);
	for (int m = 0; m < result->member_count; m++)
	{
		double		floor = best > 0 ? best : 1e-300;

		result->weights[m] = isfinite(error[m]) && error[m] <= DROP_RATIO * floor ?
			pow(floor / fmax(error[m], floor), WEIGHT_POWER) : 0;
		sum += result->weights[m];
	}
	for (int m = 0; m < result->member_count; m++)
		result->weights[m] = sum > 0 ? result->weights[m] / sum :
			1.0 / result->member_count;
}

static void
drop_member(Task *task, Backtest *backtest, int member)
{
	CgForecastResult *result = task->result;

	result->member_count--;
	for (int m = member; m < result->member_count; m++)
	{
		result->members[m] = result->members[m + 1];
		memcpy(backtest->point[m], backtest->point[m + 1], sizeof(backtest->point[m]));
	}
}

/*
 * The combination's value for a step, from one of the weighted members'
 * forecasts.
 */
static double
combine(const CgForecastResult *result, double *const *point, int step)
{
	double		sum = 0;
	double		weight = 0;

	for (int m = 0; m < result->member_count; m++)
	{
		if (result->weights[m] > 0 && point[m] != NULL)
		{
			sum += result->weights[m] * point[m][step];
			weight += result->weights[m];
		}
	}
	return weight > 0 ? sum / weight : NAN;
}

/* ---- intervals ---- */

static double
level_before(const Task *task, int origin)
{
	int			count = task->period > LEVEL_VALUES ? task->period : LEVEL_VALUES;
	int			first = origin > count ? origin - count : 0;
	double		sum = 0;

	for (int i = first; i < origin; i++)
		sum += task->y[i];
	return sum / (origin - first);
}

/*
 * How errors grow from an origin to now: as the root of the level, which is
 * how counts vary, and half-way between an error that stays the same and one
 * that stays the same share.  1 for series that are not positive.
 */
static double
growth_since(const Task *task, int origin)
{
	double		growth;

	for (int i = 0; i < task->n; i++)
	{
		if (task->y[i] < 0)
			return 1;
	}
	growth = sqrt(level_before(task, task->n) / level_before(task, origin));
	if (!isfinite(growth))
		return 1;
	return fmin(MOST_GROWTH, fmax(1 / MOST_GROWTH, growth));
}

/*
 * Errors of the combination in the backtest, by origin, then step, in the
 * size that they would have now.
 */
static double *
combined_errors(const Task *task, const Backtest *backtest)
{
	double	   *error = cg_arena_doubles(task->arena,
										 (size_t) backtest->count * backtest->steps + 1);
	double		sum = 0;
	int			count = 0;

	for (int o = 0; o < backtest->count; o++)
	{
		double	   *point[CG_FORECAST_MEMBERS];

		double		growth = growth_since(task, backtest->origin[o]);

		for (int m = 0; m < task->result->member_count; m++)
			point[m] = backtest->point[m][o];
		for (int h = 0; h < backtest->steps; h++)
		{
			double		e = task->actual[backtest->origin[o] + h] -
				combine(task->result, point, h);

			error[o * backtest->steps + h] = e * growth;
			if (isnan(e))
				continue;
			sum += fabs(e);
			count++;
		}
	}
	task->result->backtest_mae = count > 0 ? sum / count : NAN;
	return error;
}

/*
 * The root mean square error as a line a + b step, neither falling nor below
 * 0.
 */
static void
fit_spread(const Backtest *backtest, const double *error, double *a, double *b)
{
	int			steps = backtest->steps;
	double		known = 0;		/* steps of which errors are known */
	double		sum_step = 0;
	double		sum_rms = 0;
	double		sum_squares = 0;	/* of steps */
	double		sum_products = 0;
	double		squares;
	double		mean_step;
	double		mean_rms;

	for (int h = 0; h < steps; h++)
	{
		double		square = 0;
		double		rms;
		int			count = 0;

		for (int o = 0; o < backtest->count; o++)
		{
			double		e = error[o * steps + h];

			if (isnan(e))
				continue;
			square += e * e;
			count++;
		}
		if (count == 0)
			continue;
		rms = sqrt(square / count);
		known++;
		sum_step += h + 1;
		sum_rms += rms;
		sum_squares += (h + 1.0) * (h + 1.0);
		sum_products += rms * (h + 1);
	}
	mean_step = sum_step / known;
	mean_rms = sum_rms / known;
	squares = sum_squares - known * mean_step * mean_step;
	*b = known > 1 ? fmax(0, (sum_products - mean_step * sum_rms) / squares) : 0;
	*a = mean_rms - *b * mean_step;
	if (*a < 0)
	{
		*a = 0;
		*b = mean_rms / mean_step;
	}
}

/*
 * A backtest of a short history sees little of how errors grow.  Where no
 * season brings a series back they grow no slower than those of simple
 * smoothing, as the root of 1 + (step - 1) alpha squared (Hyndman et al.
 * 2008, table 6.1): not at all for chance about a level, as a random walk
 * for one.  The square of alpha; 0 for series with a season.
 */
static double
persistence(const Task *task)
{
	static const CgEtsModel simple = {'A', 'N', 'N', false, 1};
	CgEtsFit	fit;

	if (task->period > 1 || task->result->method == CG_FORECAST_MEAN ||
		cg_ets_fit(task->y, task->n, &simple, CG_ETS_QUICK, &fit, task->arena) != CG_ETS_OK)
		return 0;
	return fit.parameters.alpha * fit.parameters.alpha;
}

static void
spread_intervals(const Task *task, const Backtest *backtest, const double *error)
{
	const CgForecastOptions *options = task->options;
	CgForecastResult *result = task->result;
	int			horizon = options->horizon;
	double		scale = sqrt((INTERVAL_DF - 2) / INTERVAL_DF *
							 (1 + INTERVAL_EXTRA / backtest->count));
	double		growth = persistence(task);
	double		a;
	double		b;

	fit_spread(backtest, error, &a, &b);
	for (int level = 0; level < options->level_count; level++)
	{
		double		t = cg_t_quantile(0.5 + options->levels[level] / 2, INTERVAL_DF);

		for (int h = 0; h < horizon; h++)
		{
			double		half = t * scale *
				fmax(a + b * (h + 1), (a + b) * sqrt(1 + h * growth));

			result->lower[level * horizon + h] = result->point[h] - half;
			result->upper[level * horizon + h] = result->point[h] + half;
		}
	}
}

/*
 * Sparse counts: quantiles of the counts themselves, which do not spread
 * with the step and are not symmetric.
 */
static void
count_intervals(const Task *task)
{
	const CgForecastOptions *options = task->options;
	CgForecastResult *result = task->result;
	int			horizon = options->horizon;
	double	   *sorted = cg_arena_doubles(task->arena, task->n);

	memcpy(sorted, task->y, sizeof(double) * task->n);
	cg_sort_doubles(sorted, task->n);
	for (int level = 0; level < options->level_count; level++)
	{
		double		tail = (1 - options->levels[level]) / 2;
		double		lower = cg_sorted_quantile(sorted, task->n, tail);
		double		upper = cg_sorted_quantile(sorted, task->n, 1 - tail);

		for (int h = 0; h < horizon; h++)
		{
			result->lower[level * horizon + h] = fmin(lower, result->point[h]);
			result->upper[level * horizon + h] = fmax(upper, result->point[h]);
		}
	}
}

static void
no_intervals(const Task *task, double half)
{
	const CgForecastOptions *options = task->options;
	CgForecastResult *result = task->result;

	for (int level = 0; level < options->level_count; level++)
	{
		for (int h = 0; h < options->horizon; h++)
		{
			result->lower[level * options->horizon + h] = result->point[h] - half;
			result->upper[level * options->horizon + h] = result->point[h] + half;
		}
	}
}

static void
clip(const Task *task)
{
	const CgForecastOptions *options = task->options;
	CgForecastResult *result = task->result;

	if (!options->non_negative)
		return;
	for (int h = 0; h < options->horizon; h++)
		result->point[h] = fmax(0, result->point[h]);
	for (int i = 0; i < options->level_count * options->horizon; i++)
	{
		if (isnan(result->lower[i]))
			continue;
		result->lower[i] = fmax(0, result->lower[i]);
		result->upper[i] = fmax(0, result->upper[i]);
	}
}

/* ---- the call ---- */

static bool
is_constant(const double *y, int n)
{
	for (int i = 1; i < n; i++)
	{
		if (y[i] != y[0])
			return false;
	}
	return true;
}

static void
set_members(CgForecastResult *result, const CgForecastMethod *members, size_t size)
{
	result->member_count = (int) (size / sizeof(CgForecastMethod));
	memcpy(result->members, members, size);
}

static void
choose_members(Task *task)
{
	CgForecastResult *result = task->result;

	result->method = task->options->method;
	/* without a season the name would promise too much */
	if (result->method == CG_FORECAST_SEASONAL_NAIVE && task->period == 1)
		result->method = CG_FORECAST_NAIVE;
	if (result->method != CG_FORECAST_AUTO)
	{
		result->member_count = 1;
		result->members[0] = result->method;
	}
	else if (cg_is_sparse(task->y, task->n))
	{
		result->is_sparse = true;
		set_members(result, sparse_members, sizeof(sparse_members));
	}
	else if (task->period <= CG_ETS_LONGEST_PERIOD)
		set_members(result, short_members, sizeof(short_members));
	else
		set_members(result, long_members, sizeof(long_members));
}

/*
 * Points of all members for the future; members that have none are dropped.
 */
static void
forecast_members(Task *task, Backtest *backtest, double **point)
{
	CgForecastResult *result = task->result;
	CgHistory	history;

	cg_history_begin(&history, task->y, task->n, task->options->periods,
					 task->options->period_count, task->options->horizon, task->arena);
	history.model = task->options->model;
	for (int m = 0; m < result->member_count;)
	{
		point[m] = cg_arena_doubles(task->arena, task->options->horizon);
		if (cg_history_forecast(&history, result->members[m], point[m]))
			m++;
		else
			drop_member(task, backtest, m);
	}
}

/*
 * The simplest forecast that the series can bear, by its own name.
 */
static void
fall_back(Task *task, Backtest *backtest, double **point)
{
	task->result->method = task->period > 1 && task->n >= task->period ?
		CG_FORECAST_SEASONAL_NAIVE : CG_FORECAST_NAIVE;
	task->result->is_sparse = false;
	task->result->member_count = 1;
	task->result->members[0] = task->result->method;
	task->result->weights[0] = 1;
	run_backtest(task, backtest);
	forecast_members(task, backtest, point);
}

static void
forecast_series(Task *task)
{
	const CgForecastOptions *options = task->options;
	CgForecastResult *result = task->result;
	Backtest	backtest = {0};
	double	   *point[CG_FORECAST_MEMBERS];
	bool		constant = is_constant(task->y, task->n);

	choose_members(task);
	choose_origins(task, &backtest);
	if (constant || task->n < SHORTEST_HISTORY)
		fall_back(task, &backtest, point);
	else
	{
		run_backtest(task, &backtest);
		forecast_members(task, &backtest, point);
		if (result->member_count == 0)
			fall_back(task, &backtest, point);
		else
			weigh(task, &backtest);
	}
	for (int h = 0; h < options->horizon; h++)
		result->point[h] = combine(result, point, h);
	result->origins = backtest.count;
	result->backtest_mae = NAN;
	if (constant && task->n > 1)
		no_intervals(task, 0);
	else if (backtest.count == 0)
		no_intervals(task, NAN);
	else
	{
		const double *error = combined_errors(task, &backtest);

		if (result->is_sparse)
			count_intervals(task);
		else
			spread_intervals(task, &backtest, error);
	}
	clip(task);
}

CgForecastStatus
cg_forecast(const double *y, int n, const CgForecastOptions *options,
			CgForecastResult *result, void *(*allocate) (size_t),
			void (*release) (void *), bool (*stop) (void))
{
	CgArena		arena;
	Task		task = {y, options->actual != NULL ? options->actual : y, n, options, 1,
	result, &arena};
	int			periods[CG_MSTL_PERIODS];
	int			count;

	if (n < 1)
		return CG_FORECAST_EMPTY;
	cg_arena_begin(&arena, allocate, release, stop);
	if (setjmp(arena.escape) != 0)
	{
		cg_arena_end(&arena);
		return arena.stopped ? CG_FORECAST_STOPPED : CG_FORECAST_NO_MEMORY;
	}
	count = cg_mstl_periods(options->periods, options->period_count, n, periods);
	if (count > 0)
		task.period = periods[count - 1];
	forecast_series(&task);
	cg_arena_end(&arena);
	return CG_FORECAST_OK;
}
