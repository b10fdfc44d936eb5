/*-------------------------------------------------------------------------
 *
 * smoothing_state_core.c
 *	  States of exponential smoothing: where a fit starts, and where it goes.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/smoothing_state.h"

#include <math.h>
#include <string.h>

#include "demand/decompose_core.h"

/* A line a + b t through values at t = 1, 2, …. */
static void
line_through(const double *value, int n, double *a, double *b)
{
	double		centre = (n + 1) / 2.0;
	double		mean = 0;
	double		product = 0;

	for (int i = 0; i < n; i++)
		mean += value[i] / n;
	for (int i = 0; i < n; i++)
		product += (i + 1 - centre) * (value[i] - mean);
	*b = n > 1 ? product * 12 / ((double) n * ((double) n * n - 1)) : 0;
	*a = mean - *b * centre;
}

static void
start_season(const double *y, int n, const CgEtsModel *model, CgEtsState *state,
			 double *adjusted, CgArena *arena)
{
	int			period = model->period;
	double		figure[CG_ETS_LONGEST_PERIOD];
	bool		multiplicative = model->season == 'M';

	if (cg_decompose_classical(y, n, period, multiplicative, figure,
							   cg_arena_doubles(arena, n),
							   cg_arena_doubles(arena, n)) != CG_DECOMPOSE_OK)
	{
		for (int place = 0; place < period; place++)
			figure[place] = multiplicative ? 1 : 0;
	}
	for (int place = 0; place < period; place++)
	{
		if (multiplicative)
			figure[place] = fmax(figure[place], 1e-2);
		state->season[period - 1 - place] = figure[place];
	}
	for (int i = 0; i < n; i++)
		adjusted[i] = multiplicative ? y[i] / figure[i % period] : y[i] - figure[i % period];
}

void
cg_ets_start(const double *y, int n, const CgEtsModel *model, CgEtsState *state,
			 CgArena *arena)
{
	CgArenaMark mark = cg_arena_mark(arena);
	double	   *adjusted = cg_arena_doubles(arena, n);
	int			period = model->season == 'N' ? 1 : model->period;
	int			first = period > 5 ? 2 * period : 10;
	double		intercept;
	double		slope;

	memset(state, 0, sizeof(CgEtsState));
	memcpy(adjusted, y, sizeof(double) * n);
	if (model->season != 'N')
		start_season(y, n, model, state, adjusted, arena);
	line_through(adjusted, n < first ? n : first, &intercept, &slope);
	state->level = intercept;
	if (model->trend == 'N')
	{
		double		sum = 0;
		int			count = n < first ? n : first;

		for (int i = 0; i < count; i++)
			sum += adjusted[i];
		state->level = sum / count;
	}
	else if (model->trend == 'A')
		state->trend = slope;
	else
	{
		double		base = intercept > 0 ? intercept : fabs(adjusted[0]) + 1e-8;

		state->level = base;
		state->trend = fmin(1.2, fmax(0.8, 1 + slope / base));
	}
	if ((model->error == 'M' || model->season == 'M') && !(state->level > 0))
	{
		state->level = adjusted[0] > 0 ? adjusted[0] : 1;
		if (model->trend == 'A')
			state->trend = 0;
	}
	cg_arena_reset(arena, mark);
}

void
cg_ets_forecast(const CgEtsFit *fit, int horizon, double *point)
{
	const CgEtsModel *model = &fit->model;
	double		phi = model->damped ? fit->parameters.phi : 1;
	double		power = phi;
	double		sum = 0;

	for (int h = 0; h < horizon; h++)
	{
		sum += power;
		power *= phi;
		point[h] = fit->last.level;
		if (model->trend == 'A')
			point[h] += sum * fit->last.trend;
		else if (model->trend == 'M')
			point[h] *= pow(fit->last.trend, sum);
		if (model->season != 'N')
		{
			double		season = fit->last.season[model->period - 1 - h % model->period];

			point[h] = model->season == 'A' ? point[h] + season : point[h] * season;
		}
	}
}

/*
 * Level and season are multiplied, and one error moves both.  With x =
 * (level, trend), z the season and a relative error e of variance v,
 * x' = (F + G e) x and z' = (H + K e) z, so E xz' follows
 * M' = F M H^T + v G M K^T; the mean is what both read from M.
 */
void
cg_ets_mean(const CgEtsFit *fit, int horizon, double *point)
{
	const CgEtsModel *model = &fit->model;
	int			m = model->period;
	double		phi = model->damped ? fit->parameters.phi : 1;
	double		level[CG_ETS_LONGEST_PERIOD];
	double		trend[CG_ETS_LONGEST_PERIOD];

	cg_ets_forecast(fit, horizon, point);
	if (model->error != 'M' || model->season != 'M' || model->trend == 'M')
		return;
	for (int i = 0; i < m; i++)
	{
		level[i] = fit->last.level * fit->last.season[i];
		trend[i] = model->trend == 'N' ? 0 : fit->last.trend * fit->last.season[i];
	}
	for (int h = 0; h < horizon; h++)
	{
		double		oldest = level[m - 1] + phi * trend[m - 1];
		double		noise = fit->sigma2 * fit->parameters.gamma * oldest;
		double		oldest_trend = phi * trend[m - 1];

		point[h] = oldest;
		for (int i = m - 1; i > 0; i--)
		{
			level[i] = level[i - 1] + phi * trend[i - 1];
			trend[i] = phi * trend[i - 1];
		}
		level[0] = oldest + fit->parameters.alpha * noise;
		trend[0] = oldest_trend + fit->parameters.beta * noise;
	}
}
