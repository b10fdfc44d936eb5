/*-------------------------------------------------------------------------
 *
 * smoothing_core.c
 *	  Exponential smoothing: recursion, likelihood and its derivatives.
 *
 * The likelihood is a sum of squares: with a multiplicative error, of errors
 * times the geometric mean of the fitted values.  So damped Gauss-Newton
 * steps fit smoothing parameters and initial states together, with the
 * derivatives of the recursion carried along with it.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/smoothing_core.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "demand/smoothing_state.h"
#include "numeric/bounded_squares.h"

#define SMALLEST_PARAMETER 1e-4
#define LARGEST_ALPHA 0.9999
#define LEAST_DAMPING 0.8
#define MOST_DAMPING 0.98

/* With slopes, a period takes about a microsecond. */
#define PERIODS_BETWEEN_CHECKS 16384

/* alpha, beta, gamma, phi, level, trend, season but one place */
#define MOST_VARIABLES (6 + CG_ETS_LONGEST_PERIOD)

/* Where each variable stands in the optimiser's vector, or -1. */
typedef struct Layout
{
	int			alpha;
	int			beta;
	int			gamma;
	int			phi;
	int			level;
	int			trend;
	int			season;			/* the first of period - 1 */
	int			count;
} Layout;

typedef struct Problem
{
	const double *y;
	int			n;
	const CgEtsModel *model;
	Layout		layout;
	double	   *derivative;		/* of level, trend and season's places */
	CgArena    *arena;
} Problem;

/* What runs through the recursion; season by place, period t at t % period. */
typedef struct Run
{
	CgEtsParameters parameters;
	double		level;
	double		trend;
	double		season[CG_ETS_LONGEST_PERIOD];
	double		sse;
	double		squares;		/* of y - fitted */
	double		log_fitted;
} Run;

static int
period_of(const CgEtsModel *model)
{
	return model->season == 'N' ? 1 : model->period;
}

static Layout
lay_out(const CgEtsModel *model)
{
	Layout		layout = {-1, -1, -1, -1, -1, -1, -1, 0};

	layout.alpha = layout.count++;
	if (model->trend != 'N')
		layout.beta = layout.count++;
	if (model->season != 'N')
		layout.gamma = layout.count++;
	if (model->damped)
		layout.phi = layout.count++;
	layout.level = layout.count++;
	if (model->trend != 'N')
		layout.trend = layout.count++;
	if (model->season != 'N')
	{
		layout.season = layout.count;
		layout.count += model->period - 1;
	}
	return layout;
}

/*
 * beta and gamma are shares of the room that alpha leaves them, so that the
 * bounds of all variables are constants.
 */
static double
share_to_beta(double share, double alpha)
{
	return SMALLEST_PARAMETER + share * (alpha - SMALLEST_PARAMETER);
}

static double
share_to_gamma(double share, double alpha)
{
	return SMALLEST_PARAMETER + share * (1 - alpha - SMALLEST_PARAMETER);
}

static void
unpack(const Problem *problem, const double *x, Run *run)
{
	const Layout *layout = &problem->layout;
	int			period = period_of(problem->model);

	memset(run, 0, sizeof(Run));
	run->parameters.alpha = x[layout->alpha];
	run->parameters.phi = layout->phi >= 0 ? x[layout->phi] : 1;
	if (layout->beta >= 0)
		run->parameters.beta = share_to_beta(x[layout->beta], x[layout->alpha]);
	if (layout->gamma >= 0)
		run->parameters.gamma = share_to_gamma(x[layout->gamma], x[layout->alpha]);
	run->level = x[layout->level];
	if (layout->trend >= 0)
		run->trend = x[layout->trend];
	if (layout->season >= 0)
	{
		double		rest = problem->model->season == 'M' ? period : 0;

		for (int i = 0; i < period - 1; i++)
		{
			run->season[i] = x[layout->season + i];
			rest -= run->season[i];
		}
		run->season[period - 1] = rest;
	}
}

/* One period's parts of the recursion. */
typedef struct Period
{
	double		damped_trend;	/* phi b, or b to the power of phi */
	double		before;			/* level before the season comes in */
	double		season;
	double		fitted;
	double		adjusted;		/* y without its season */
	double		error;
} Period;

/*
 * Forecast one period and compare it with y.  False where the model cannot go
 * on.
 */
static inline bool
look(const CgEtsModel *model, const Run *run, int place, double y, Period *now)
{
	now->damped_trend = 0;
	now->before = run->level;
	if (model->trend == 'A')
	{
		now->damped_trend = run->parameters.phi * run->trend;
		now->before += now->damped_trend;
	}
	else if (model->trend == 'M')
	{
		if (!(run->trend > 0))
			return false;
		now->damped_trend = model->damped ?
			pow(run->trend, run->parameters.phi) : run->trend;
		now->before *= now->damped_trend;
	}
	now->season = run->season[place];
	now->fitted = now->before;
	now->adjusted = y;
	if (model->season == 'A')
	{
		now->fitted += now->season;
		now->adjusted -= now->season;
	}
	else if (model->season == 'M')
	{
		if (!(now->season > 0 && now->before > 0))
			return false;
		now->fitted *= now->season;
		now->adjusted /= now->season;
	}
	now->error = y - now->fitted;
	if (model->error == 'M')
	{
		if (!(now->fitted > 0))
			return false;
		now->error /= now->fitted;
	}
	if (model->trend == 'M' && !(run->level > 0))
		return false;
	return isfinite(now->error);
}

/*
 * Learn from the period: the same rule for both kinds of error (Hyndman et
 * al. 2008, table 2.3, in its error-correction form).
 */
static inline void
learn(const CgEtsModel *model, Run *run, int place, double y, const Period *now)
{
	const CgEtsParameters *parameters = &run->parameters;
	double		surprise = now->adjusted - now->before;

	if (model->trend == 'A')
		run->trend = now->damped_trend + parameters->beta * surprise;
	else if (model->trend == 'M')
		run->trend = now->damped_trend + parameters->beta * surprise / run->level;
	run->level = now->before + parameters->alpha * surprise;
	if (model->season == 'A')
		run->season[place] += parameters->gamma * (y - now->before - now->season);
	else if (model->season == 'M')
		run->season[place] += parameters->gamma * (y / now->before - now->season);
}

/*
 * The recursion alone.
 */
static bool
run_over(const double *y, int n, const CgEtsModel *model, Run *run, double *fitted)
{
	int			period = period_of(model);
	int			place = 0;
	double		product = 1;

	run->sse = run->log_fitted = run->squares = 0;
	for (int t = 0; t < n; t++)
	{
		Period		now;

		if (!look(model, run, place, y[t], &now))
			return false;
		run->sse += now.error * now.error;
		run->squares += (y[t] - now.fitted) * (y[t] - now.fitted);
		if (model->error == 'M')
		{
			product *= now.fitted;
			if (product > 1e200 || product < 1e-200)
			{
				run->log_fitted += log(product);
				product = 1;
			}
		}
		if (fitted != NULL)
			fitted[t] = now.fitted;
		learn(model, run, place, y[t], &now);
		if (++place == period)
			place = 0;
	}
	if (model->error == 'M')
		run->log_fitted += log(product);
	return isfinite(run->sse);
}

/* ---- derivatives ---- */

typedef struct Slopes
{
	double	   *level;			/* of each state, by variable */
	double	   *trend;
	double	   *season;			/* by place, then variable */
	double		before[MOST_VARIABLES];
	double		error[MOST_VARIABLES];
	double		adjusted[MOST_VARIABLES];
	double		log_fitted[MOST_VARIABLES];
} Slopes;

static void
start_slopes(const Problem *problem, Slopes *slopes)
{
	const Layout *layout = &problem->layout;
	int			count = layout->count;
	int			period = period_of(problem->model);

	slopes->level = problem->derivative;
	slopes->trend = slopes->level + count;
	slopes->season = slopes->trend + count;
	memset(slopes->level, 0, sizeof(double) * count * (2 + period));
	memset(slopes->log_fitted, 0, sizeof(slopes->log_fitted));
	slopes->level[layout->level] = 1;
	if (layout->trend >= 0)
		slopes->trend[layout->trend] = 1;
	for (int i = 0; layout->season >= 0 && i < period - 1; i++)
	{
		slopes->season[i * count + layout->season + i] = 1;
		slopes->season[(period - 1) * count + layout->season + i] = -1;
	}
}

/*
 * Slopes of the forecast and its error.
 */
static void
slope_of_look(const Problem *problem, const Run *run, const Period *now,
			  double y, const double *season, Slopes *slopes)
{
	const CgEtsModel *model = problem->model;
	int			count = problem->layout.count;
	double		by_level = 1;
	double		by_trend = 0;

	if (model->trend == 'A')
		by_trend = run->parameters.phi;
	else if (model->trend == 'M')
	{
		by_level = now->damped_trend;
		by_trend = run->parameters.phi * now->before / run->trend;
	}
	for (int i = 0; i < count; i++)
		slopes->before[i] = by_level * slopes->level[i] + by_trend * slopes->trend[i];
	if (problem->layout.phi >= 0)
		slopes->before[problem->layout.phi] += model->trend == 'A' ? run->trend :
			now->before * log(run->trend);

	if (model->season == 'N')
	{
		for (int i = 0; i < count; i++)
			slopes->error[i] = -slopes->before[i];
	}
	else if (model->season == 'A')
	{
		for (int i = 0; i < count; i++)
		{
			slopes->error[i] = -slopes->before[i] - season[i];
			slopes->adjusted[i] = -season[i];
		}
	}
	else
	{
		double		share = -now->adjusted / now->season;

		for (int i = 0; i < count; i++)
		{
			slopes->error[i] = -now->season * slopes->before[i] - now->before * season[i];
			slopes->adjusted[i] = share * season[i];
		}
	}
	if (model->error == 'M')
	{
		double		inverse = 1 / now->fitted;
		double		factor = y * inverse * inverse;

		for (int i = 0; i < count; i++)
		{
			slopes->log_fitted[i] -= slopes->error[i] * inverse;
			slopes->error[i] *= factor;
		}
	}
}

/*
 * Slopes of the states after the period.
 */
static void
slope_of_learn(const Problem *problem, const Run *run, const Period *now,
			   double y, double *season, Slopes *slopes)
{
	const CgEtsModel *model = problem->model;
	const Layout *layout = &problem->layout;
	const CgEtsParameters *parameters = &run->parameters;
	int			count = layout->count;
	double		surprise = now->adjusted - now->before;
	double		alpha = parameters->alpha;

	if (model->season == 'N')
		memset(slopes->adjusted, 0, sizeof(double) * count);
	if (model->trend == 'A')
	{
		for (int i = 0; i < count; i++)
			slopes->trend[i] = parameters->phi * slopes->trend[i] +
				parameters->beta * (slopes->adjusted[i] - slopes->before[i]);
		slopes->trend[layout->beta] += surprise;
		if (layout->phi >= 0)
			slopes->trend[layout->phi] += run->trend;
	}
	else if (model->trend == 'M')
	{
		double		power = parameters->phi * now->damped_trend / run->trend;
		double		by_level = parameters->beta * surprise / (run->level * run->level);
		double		share = parameters->beta / run->level;

		for (int i = 0; i < count; i++)
			slopes->trend[i] = power * slopes->trend[i] +
				share * (slopes->adjusted[i] - slopes->before[i]) -
				by_level * slopes->level[i];
		slopes->trend[layout->beta] += surprise / run->level;
		if (layout->phi >= 0)
			slopes->trend[layout->phi] += now->damped_trend * log(run->trend);
	}
	for (int i = 0; i < count; i++)
		slopes->level[i] = (1 - alpha) * slopes->before[i] + alpha * slopes->adjusted[i];
	slopes->level[layout->alpha] += surprise;
	if (model->season != 'N')
	{
		double		gamma = parameters->gamma;
		double		by_before = model->season == 'A' ? gamma :
			gamma * y / (now->before * now->before);

		for (int i = 0; i < count; i++)
			season[i] = (1 - gamma) * season[i] - by_before * slopes->before[i];
		season[layout->gamma] += model->season == 'A' ?
			y - now->before - now->season : y / now->before - now->season;
	}
}

static void
add_products(double *matrix, const double *slope, int count)
{
	for (int i = 0; i < count; i++)
	{
		double	   *row = matrix + i * count;
		double		factor = slope[i];

		for (int j = 0; j <= i; j++)
			row[j] += factor * slope[j];
	}
}

/*
 * From slopes by alpha, beta and gamma to slopes by the optimiser's shares.
 */
static void
use_shares(const Layout *layout, const double *x, double *slope)
{
	double		alpha = x[layout->alpha];

	if (layout->beta >= 0)
	{
		slope[layout->alpha] += x[layout->beta] * slope[layout->beta];
		slope[layout->beta] *= alpha - SMALLEST_PARAMETER;
	}
	if (layout->gamma >= 0)
	{
		slope[layout->alpha] -= x[layout->gamma] * slope[layout->gamma];
		slope[layout->gamma] *= 1 - alpha - SMALLEST_PARAMETER;
	}
}

/*
 * With a multiplicative error the residuals are G e, where G is the
 * geometric mean of the fitted values; g are the slopes of log G.
 */
static void
scale_by_fitted(const Run *run, int n, int count, const double *log_fitted,
				double *gradient, double *matrix, double scale)
{
	double		g[MOST_VARIABLES];

	for (int i = 0; i < count; i++)
		g[i] = log_fitted[i] / n;
	for (int i = 0; i < count; i++)
	{
		for (int j = 0; j <= i; j++)
			matrix[i * count + j] = scale * (matrix[i * count + j] +
											 gradient[i] * g[j] + g[i] * gradient[j] +
											 run->sse * g[i] * g[j]);
	}
	for (int i = 0; i < count; i++)
		gradient[i] = scale * (gradient[i] + run->sse * g[i]);
}

static bool
run_with_slopes(const Problem *problem, const double *x, Run *run, double *sum,
				double *gradient, double *matrix)
{
	const CgEtsModel *model = problem->model;
	int			count = problem->layout.count;
	int			period = period_of(model);
	Slopes		slopes;

	start_slopes(problem, &slopes);
	memset(gradient, 0, sizeof(double) * count);
	memset(matrix, 0, sizeof(double) * count * count);
	for (int t = 0, place = 0; t < problem->n; t++)
	{
		double		y = problem->y[t];
		double	   *season = slopes.season + place * count;
		Period		now;

		if (t % PERIODS_BETWEEN_CHECKS == PERIODS_BETWEEN_CHECKS - 1)
			cg_arena_check(problem->arena);
		if (!look(model, run, place, y, &now))
			return false;
		slope_of_look(problem, run, &now, y, season, &slopes);
		slope_of_learn(problem, run, &now, y, season, &slopes);
		use_shares(&problem->layout, x, slopes.error);
		run->sse += now.error * now.error;
		for (int i = 0; i < count; i++)
			gradient[i] += now.error * slopes.error[i];
		add_products(matrix, slopes.error, count);
		if (model->error == 'M')
			run->log_fitted += log(now.fitted);
		learn(model, run, place, y, &now);
		if (++place == period)
			place = 0;
	}
	*sum = run->sse;
	if (model->error == 'M')
	{
		double		scale = exp(2 * run->log_fitted / problem->n);

		use_shares(&problem->layout, x, slopes.log_fitted);
		scale_by_fitted(run, problem->n, count, slopes.log_fitted, gradient, matrix, scale);
		*sum *= scale;
	}
	return isfinite(*sum);
}

static bool
squares(void *data, const double *x, double *sum, double *gradient, double *matrix)
{
	const Problem *problem = data;
	Run			run;

	if (problem->layout.count == 2 && problem->model->error == 'A')
	{
		cg_arena_check(problem->arena);
		return cg_simple_squares(problem->y, problem->n, x[0], x[1], sum, gradient, matrix);
	}
	unpack(problem, x, &run);
	if (gradient != NULL)
		return run_with_slopes(problem, x, &run, sum, gradient, matrix);
	if (!run_over(problem->y, problem->n, problem->model, &run, NULL))
		return false;
	*sum = run.sse;
	if (problem->model->error == 'M')
		*sum *= exp(2 * run.log_fitted / problem->n);
	return isfinite(*sum);
}

/* ---- fitting ---- */

static void
set_bounds(const Problem *problem, double *lower, double *upper)
{
	const Layout *layout = &problem->layout;

	for (int i = 0; i < layout->count; i++)
	{
		lower[i] = -DBL_MAX;
		upper[i] = DBL_MAX;
	}
	lower[layout->alpha] = SMALLEST_PARAMETER;
	upper[layout->alpha] = LARGEST_ALPHA;
	if (layout->beta >= 0)
	{
		lower[layout->beta] = 0;
		upper[layout->beta] = 1;
	}
	if (layout->gamma >= 0)
	{
		lower[layout->gamma] = 0;
		upper[layout->gamma] = 1;
	}
	if (layout->phi >= 0)
	{
		lower[layout->phi] = LEAST_DAMPING;
		upper[layout->phi] = MOST_DAMPING;
	}
	if (problem->model->season == 'M')
	{
		for (int i = 0; i < problem->model->period - 1; i++)
			lower[layout->season + i] = 1e-8;
	}
	if (problem->model->trend == 'M')
		lower[layout->trend] = 1e-4;
}

static void
set_start(const Problem *problem, const CgEtsState *state, double alpha,
		  double beta_share, double gamma_share, double phi, double *x)
{
	const Layout *layout = &problem->layout;
	int			period = period_of(problem->model);

	x[layout->alpha] = alpha;
	if (layout->beta >= 0)
		x[layout->beta] = beta_share;
	if (layout->gamma >= 0)
		x[layout->gamma] = gamma_share;
	if (layout->phi >= 0)
		x[layout->phi] = phi;
	x[layout->level] = state->level;
	if (layout->trend >= 0)
		x[layout->trend] = state->trend;
	for (int i = 0; layout->season >= 0 && i < period - 1; i++)
		x[layout->season + i] = state->season[period - 1 - i];
}

/* Starting points: alpha, beta's and gamma's shares, phi. */
static const double starts[][4] = {
	{0.3, 0.1, 0.1, 0.95},
	{0.8, 0.02, 0.3, 0.97},
	{0.1, 0.95, 0.02, 0.9},
	{0.02, 0.02, 0.3, 0.97},
	{0.95, 0.9, 0.01, 0.85},
	{0.5, 0.3, 0.6, 0.97},
	{0.01, 0.9, 0.01, 0.97},
};

#define START_COUNT ((int) (sizeof(starts) / sizeof(starts[0])))
/* A member of a combination is good enough early. */
#define QUICK_TOLERANCE 1e-5
#define QUICK_STEPS 30

/* Else every start is followed roughly, and the best of them to the end. */
#define ROUGH_TOLERANCE 1e-3
#define ROUGH_STEPS 6
#define FINE_TOLERANCE 1e-8
#define FINE_STEPS 100

#define QUICK_STARTS 3
#define THOROUGH_STARTS 2
#define THOROUGH_STARTS_WITHOUT_SEASON 4

/*
 * The best starts by one look at each.
 */
static int
rank_starts(Problem *problem, const CgEtsState *state, int tried, int *order)
{
	double		sum[START_COUNT];
	double		x[MOST_VARIABLES];
	int			count = 0;

	for (int i = 0; i < tried; i++)
	{
		set_start(problem, state, starts[i][0], starts[i][1], starts[i][2],
				  starts[i][3], x);
		if (!squares(problem, x, &sum[i], NULL, NULL))
			continue;
		for (int j = count++;; j--)
		{
			if (j == 0 || sum[order[j - 1]] <= sum[i])
			{
				order[j] = i;
				break;
			}
			order[j] = order[j - 1];
		}
	}
	return count;
}

static void
keep_solution(const Problem *problem, const double *x, CgEtsFit *fit)
{
	int			period = period_of(problem->model);
	Run			run;

	unpack(problem, x, &run);
	fit->parameters = run.parameters;
	fit->initial.level = run.level;
	fit->initial.trend = run.trend;
	for (int i = 0; i < period; i++)
		fit->initial.season[i] = run.season[period - 1 - i];
}

bool
cg_ets_run(const double *y, int n, CgEtsFit *fit, double *fitted)
{
	const CgEtsModel *model = &fit->model;
	int			period = period_of(model);
	Run			run = {0};
	double		k;

	run.parameters = fit->parameters;
	if (!model->damped)
		run.parameters.phi = 1;
	run.level = fit->initial.level;
	run.trend = fit->initial.trend;
	for (int i = 0; i < period; i++)
		run.season[i] = model->season == 'N' ? 0 : fit->initial.season[period - 1 - i];
	if (!run_over(y, n, model, &run, fitted))
		return false;
	fit->last.level = run.level;
	fit->last.trend = run.trend;
	for (int i = 0; i < period; i++)
		fit->last.season[i] = run.season[(n - 1 - i % period + period) % period];
	fit->n = n;
	fit->free_parameters = k = lay_out(model).count + 1;
	fit->sse = run.sse;
	fit->mse = run.squares / n;
	fit->sigma2 = n > k - 1 ? run.sse / (n - (k - 1)) : NAN;
	fit->log_likelihood = -0.5 * n * log(run.sse) - run.log_fitted;
	fit->aic = -2 * fit->log_likelihood + 2 * k;
	fit->aicc = n > k + 1 ? fit->aic + 2 * k * (k + 1) / (n - k - 1) : INFINITY;
	fit->bic = -2 * fit->log_likelihood + k * log(n);
	return true;
}

static bool
all_positive(const double *y, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (!(y[i] > 0))
			return false;
	}
	return true;
}

static CgEtsStatus
check(const double *y, int n, const CgEtsModel *model)
{
	bool		multiplicative = model->error == 'M' || model->trend == 'M' ||
		model->season == 'M';

	if (n < lay_out(model).count + 2 || n < 3 ||
		(model->season != 'N' && n < 2 * model->period))
		return CG_ETS_TOO_SHORT;
	if (multiplicative && !all_positive(y, n))
		return CG_ETS_NOT_POSITIVE;
	return CG_ETS_OK;
}

/*
 * Without a season a fit costs little, so more of them are tried.
 */
static int
starts_followed(const CgEtsModel *model, CgEtsEffort effort)
{
	if (effort == CG_ETS_QUICK)
		return 1;
	return model->season == 'N' ? THOROUGH_STARTS_WITHOUT_SEASON : THOROUGH_STARTS;
}

CgEtsStatus
cg_ets_fit(const double *y, int n, const CgEtsModel *model, CgEtsEffort effort,
		   CgEtsFit *fit, CgArena *arena)
{
	CgArenaMark mark = cg_arena_mark(arena);
	Problem		problem = {.y = y, .n = n, .model = model, .arena = arena};
	CgEtsStatus status = check(y, n, model);
	CgEtsState	state;
	double		lower[MOST_VARIABLES];
	double		upper[MOST_VARIABLES];
	double		best[MOST_VARIABLES];
	double		least = INFINITY;
	int			order[START_COUNT];
	int			count;

	if (status != CG_ETS_OK)
		return status;
	problem.layout = lay_out(model);
	problem.derivative = cg_arena_doubles(arena, (size_t) problem.layout.count *
										  (2 + period_of(model)));
	set_bounds(&problem, lower, upper);
	cg_ets_start(y, n, model, &state, arena);
	count = rank_starts(&problem, &state, effort == CG_ETS_QUICK ? QUICK_STARTS : START_COUNT, order);
	if (count > starts_followed(model, effort))
		count = starts_followed(model, effort);
	for (int i = 0; i < count; i++)
	{
		const double *start = starts[order[i]];
		double		x[MOST_VARIABLES];
		double		sum;

		set_start(&problem, &state, start[0], start[1], start[2], start[3], x);
		if (cg_bounded_squares(squares, &problem, problem.layout.count, x, lower, upper,
							   effort == CG_ETS_QUICK ? QUICK_TOLERANCE : ROUGH_TOLERANCE,
							   effort == CG_ETS_QUICK ? QUICK_STEPS : ROUGH_STEPS,
							   &sum, arena) &&
			sum < least)
		{
			least = sum;
			memcpy(best, x, sizeof(double) * problem.layout.count);
		}
	}
	if (isfinite(least) && effort == CG_ETS_THOROUGH)
		cg_bounded_squares(squares, &problem, problem.layout.count, best, lower, upper,
						   FINE_TOLERANCE, FINE_STEPS, &least, arena);
	cg_arena_reset(arena, mark);
	if (!isfinite(least))
		return CG_ETS_NO_FIT;
	memset(fit, 0, sizeof(CgEtsFit));
	fit->model = *model;
	keep_solution(&problem, best, fit);
	return cg_ets_run(y, n, fit, NULL) ? CG_ETS_OK : CG_ETS_NO_FIT;
}
