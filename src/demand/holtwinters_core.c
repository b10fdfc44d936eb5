/*-------------------------------------------------------------------------
 *
 * holtwinters_core.c
 *	  Classical exponential smoothing, fitted by least squares.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/holtwinters_core.h"

#include <math.h>
#include <string.h>

#include "demand/decompose_core.h"
#include "numeric/bounded_squares.h"

/* Cycles that start values are taken from. */
#define START_CYCLES 2

#define MOST_VARIABLES 3

#define TOLERANCE 1e-9
#define STEPS 100

/* Starts that are followed to their end. */
#define FOLLOWED 4

#define PERIODS_BETWEEN_CHECKS 65536

/* ---- start ---- */

/*
 * The line through the moving average of the first cycles, and each place's
 * mean distance from it.
 */
static bool
start_with_season(const double *y, CgHoltWinters *model, CgArena *arena)
{
	int			m = model->period;
	int			window = START_CYCLES * m;
	double	   *trend = cg_arena_doubles(arena, window);
	double	   *remainder = cg_arena_doubles(arena, window);
	double		count = 0;
	double		sum = 0;
	double		sum_x = 0;
	double		product = 0;
	double		squares = 0;

	if (cg_decompose_classical(y, window, m, model->season == 'M', model->start_season,
							   trend, remainder) != CG_DECOMPOSE_OK)
		return false;
	for (int i = 0; i < window; i++)
	{
		if (isnan(trend[i]))
			continue;
		count++;
		sum += trend[i];
		sum_x += count;
	}
	for (int i = 0, x = 0; i < window; i++)
	{
		if (isnan(trend[i]))
			continue;
		x++;
		product += (x - sum_x / count) * (trend[i] - sum / count);
		squares += (x - sum_x / count) * (x - sum_x / count);
	}
	if (!(squares > 0))
		return false;
	model->start_trend = model->trend ? product / squares : 0;
	model->start_level = (sum - product / squares * sum_x) / count;
	model->first = m;
	return true;
}

bool
cg_holtwinters_start(const double *y, int n, CgHoltWinters *model, CgArena *arena)
{
	bool		seasonal = model->season != 'N';

	if (!seasonal)
		model->period = 1;
	model->start_season = cg_arena_doubles(arena, model->period);
	model->last_season = cg_arena_doubles(arena, model->period);
	model->start_season[0] = model->season == 'M' ? 1 : 0;
	if (seasonal)
		return model->period > 1 && n / START_CYCLES >= model->period &&
			n > START_CYCLES * model->period && start_with_season(y, model, arena);
	model->first = model->trend ? 2 : 1;
	if (n <= model->first)
		return false;
	model->start_level = y[model->first - 1];
	model->start_trend = model->trend ? y[1] - y[0] : 0;
	return true;
}

/* ---- recursion ---- */

static void
reverse(double *values, int from, int to)
{
	while (from < --to)
	{
		double		value = values[from];

		values[from++] = values[to];
		values[to] = value;
	}
}

bool
cg_holtwinters_run(const double *y, int n, CgHoltWinters *model, double *fitted)
{
	double	   *season = model->last_season;
	double		level = model->start_level;
	double		trend = model->start_trend;
	double		sse = 0;
	int			place = 0;

	memcpy(season, model->start_season, sizeof(double) * model->period);
	for (int i = 0; i < model->first && i < n && fitted != NULL; i++)
		fitted[i] = NAN;
	for (int i = model->first; i < n; i++)
	{
		double		before = level + trend;
		double		of_season = season[place];
		double		forecast = before;
		double		adjusted = y[i];

		if (model->season == 'A')
		{
			forecast += of_season;
			adjusted -= of_season;
		}
		else if (model->season == 'M')
		{
			forecast *= of_season;
			adjusted /= of_season;
		}
		sse += (y[i] - forecast) * (y[i] - forecast);
		if (fitted != NULL)
			fitted[i] = forecast;
		trend = model->beta * (model->alpha * (adjusted - before) + trend) +
			(1 - model->beta) * trend;
		level = before + model->alpha * (adjusted - before);
		if (model->season == 'A')
			season[place] += model->gamma * (y[i] - level - of_season);
		else if (model->season == 'M')
			season[place] += model->gamma * (y[i] / level - of_season);
		if (++place == model->period)
			place = 0;
	}
	model->n = n;
	model->level = level;
	model->last_trend = trend;
	model->sse = sse;
	/* the next one first */
	reverse(season, 0, place);
	reverse(season, place, model->period);
	reverse(season, 0, model->period);
	return isfinite(sse) && isfinite(level) && isfinite(trend);
}

void
cg_holtwinters_forecast(const CgHoltWinters *model, int horizon, double *point)
{
	for (int h = 0; h < horizon; h++)
	{
		double		season = model->last_season[h % model->period];

		point[h] = model->level + (h + 1) * model->last_trend;
		if (model->season == 'A')
			point[h] += season;
		else if (model->season == 'M')
			point[h] *= season;
	}
}

/* ---- fit ---- */

typedef struct Problem
{
	const double *y;
	int			n;
	CgHoltWinters *model;
	double	   *fitted;
	double	   *moved;			/* by variable, then value */
	CgArena    *arena;
} Problem;

static int
variables_of(const CgHoltWinters *model)
{
	return 1 + model->trend + (model->season != 'N');
}

static void
set_parameters(CgHoltWinters *model, const double *x)
{
	model->alpha = *x++;
	model->beta = model->trend ? *x++ : 0;
	model->gamma = model->season != 'N' ? *x : 0;
}

/*
 * The sum of squares, with slopes by differences: each is one more run.
 */
static bool
squares(void *data, const double *x, double *sum, double *gradient, double *matrix)
{
	Problem    *problem = data;
	CgHoltWinters *model = problem->model;
	int			count = variables_of(model);
	int			n = problem->n;

	set_parameters(model, x);
	if (n > PERIODS_BETWEEN_CHECKS)
		cg_arena_check(problem->arena);
	if (!cg_holtwinters_run(problem->y, n, model, problem->fitted))
		return false;
	*sum = model->sse;
	for (int i = 0; gradient != NULL && i < count; i++)
	{
		double		near[MOST_VARIABLES];
		double		step = x[i] > 0.5 ? -1e-7 : 1e-7;
		double	   *slope = problem->moved + (size_t) i * n;

		memcpy(near, x, sizeof(double) * count);
		near[i] += step;
		set_parameters(model, near);
		if (!cg_holtwinters_run(problem->y, n, model, slope))
			return false;
		gradient[i] = 0;
		for (int t = model->first; t < n; t++)
		{
			slope[t] = (problem->fitted[t] - slope[t]) / step;
			gradient[i] += slope[t] * (problem->y[t] - problem->fitted[t]);
		}
		for (int j = 0; j <= i; j++)
		{
			const double *other = problem->moved + (size_t) j * n;
			double		product = 0;

			for (int t = model->first; t < n; t++)
				product += slope[t] * other[t];
			matrix[i * count + j] = product;
		}
	}
	return true;
}

/* Starting points; the first is that of R's optimiser. */
static const double starts[][MOST_VARIABLES] = {
	{0.3, 0.1, 0.1}, {0.05, 0.05, 0.2}, {0.02, 0.5, 0.3}, {0.6, 0.02, 0.7},
	{0.01, 0.9, 0.5}, {0.2, 0.02, 0.9}, {0.9, 0.1, 0.9}, {0.002, 0.002, 0.002},
	{0.1, 0.9, 0.1}, {0.4, 0.02, 0.02}
};

#define START_COUNT ((int) (sizeof(starts) / sizeof(starts[0])))

static void
start_point(const CgHoltWinters *model, int i, double *x)
{
	*x++ = starts[i][0];
	if (model->trend)
		*x++ = starts[i][1];
	if (model->season != 'N')
		*x = starts[i][2];
}

/*
 * Starts in the order of their sums of squares; how many are defined.
 */
static int
rank_starts(Problem *problem, int *order)
{
	double		sum[START_COUNT];
	int			count = 0;

	for (int i = 0; i < START_COUNT; i++)
	{
		double		x[MOST_VARIABLES];
		int			place = count;

		start_point(problem->model, i, x);
		if (!squares(problem, x, &sum[i], NULL, NULL))
			continue;
		for (; place > 0 && sum[order[place - 1]] > sum[i]; place--)
			order[place] = order[place - 1];
		order[place] = i;
		count++;
	}
	return count;
}

bool
cg_holtwinters_fit(const double *y, int n, CgHoltWinters *model, CgArena *arena)
{
	static const double lower[MOST_VARIABLES] = {0, 0, 0};
	static const double upper[MOST_VARIABLES] = {1, 1, 1};
	Problem		problem = {.y = y, .n = n, .model = model, .arena = arena};
	double		best[MOST_VARIABLES];
	double		least = INFINITY;
	int			order[START_COUNT];
	int			count;

	if (!cg_holtwinters_start(y, n, model, arena))
		return false;
	problem.fitted = cg_arena_doubles(arena, n);
	problem.moved = cg_arena_doubles(arena, (size_t) n * MOST_VARIABLES);
	count = rank_starts(&problem, order);
	if (count > FOLLOWED)
		count = FOLLOWED;
	for (int i = 0; i < count; i++)
	{
		double		x[MOST_VARIABLES];
		double		sum;

		start_point(model, order[i], x);
		if (cg_bounded_squares(squares, &problem, variables_of(model), x, lower, upper,
							   TOLERANCE, STEPS, &sum, arena) && sum < least)
		{
			least = sum;
			memcpy(best, x, sizeof(best));
		}
	}
	if (!isfinite(least))
		return false;
	set_parameters(model, best);
	return cg_holtwinters_run(y, n, model, NULL);
}
