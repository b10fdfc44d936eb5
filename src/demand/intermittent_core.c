/*-------------------------------------------------------------------------
 *
 * intermittent_core.c
 *	  Croston, SBA and TSB, with given and with fitted parameters.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/intermittent_core.h"

#include <math.h>
#include <stddef.h>

/* Values looked at between two looks at stop. */
#define WORK_BETWEEN_STOPS 4000000

typedef struct Series
{
	const double *y;
	int			n;
	int			demands;
	int			first;			/* place of the first demand */
	double		mean_interval;	/* up to the last demand */
	CgIntermittentMethod method;
	long		work;
	bool		stopped;
	bool		(*stop) (void);
} Series;

/*
 * Run through the series: forecasts of one step ahead, their errors against
 * the values and against the mean so far, and the state at the end.
 */
static void
run(Series *series, double alpha, double beta, double *fitted,
	CgIntermittentFit *fit)
{
	bool		tsb = series->method == CG_TSB;
	double		correction = series->method == CG_SBA ? 1 - beta / 2 : 1;
	double		size = series->y[series->first];
	double		interval = series->first + 1;
	double		chance = 1 / series->mean_interval;
	double		rate = tsb ? chance * size : correction * size / interval;
	double		mean = 0;
	double		squared_rate = 0;
	double		squared_error = 0;
	int			since = 0;

	for (int i = 0; i < series->n; i++)
	{
		double		value = series->y[i];

		since++;
		mean += (value - mean) / (i + 1);
		squared_rate += (rate - mean) * (rate - mean);
		squared_error += (rate - value) * (rate - value);
		if (fitted != NULL)
			fitted[i] = rate;
		if (value > 0)
		{
			size += alpha * (value - size);
			interval += beta * (since - interval);
			since = 0;
		}
		if (tsb)
		{
			chance += beta * ((value > 0) - chance);
			rate = chance * size;
		}
		else if (value > 0)
			rate = correction * size / interval;
	}
	fit->alpha = alpha;
	fit->beta = beta;
	fit->size = size;
	fit->interval = tsb ? 1 / chance : interval;
	fit->rate = rate;
	fit->mean_squared_rate = squared_rate / series->n;
	fit->mean_squared_error = squared_error / series->n;
	fit->demands = series->demands;

	series->work += series->n;
	if (series->work < WORK_BETWEEN_STOPS)
		return;
	series->work = 0;
	if (series->stop != NULL && series->stop())
		series->stopped = true;
}

/* ---- fitting ---- */

typedef struct Search
{
	Series	   *series;
	bool		fit_alpha;
	bool		fit_beta;
	double		alpha;			/* the best so far, or as given */
	double		beta;
	double		best;
} Search;

static bool
try(Search *search, double alpha, double beta)
{
	CgIntermittentFit fit;

	run(search->series, alpha, beta, NULL, &fit);
	if (!(fit.mean_squared_rate < search->best))
		return false;
	search->best = fit.mean_squared_rate;
	search->alpha = alpha;
	search->beta = beta;
	return true;
}

static double
within_bounds(double parameter)
{
	return fmin(CG_INTERMITTENT_FASTEST, fmax(CG_INTERMITTENT_SLOWEST, parameter));
}

/*
 * A grid, because the criterion can have several dips, and then steps that
 * get shorter along each parameter.
 */
static void
find_parameters(Search *search)
{
	static const double grid[] = {0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3};
	int			many = sizeof(grid) / sizeof(grid[0]);
	double		given_alpha = search->alpha;
	double		given_beta = search->beta;

	search->best = INFINITY;
	for (int a = 0; a < (search->fit_alpha ? many : 1); a++)
	{
		for (int b = 0; b < (search->fit_beta ? many : 1) && !search->series->stopped; b++)
			try(search, search->fit_alpha ? grid[a] : given_alpha,
				search->fit_beta ? grid[b] : given_beta);
	}
	for (double step = 0.08; step > 1e-5 && !search->series->stopped;)
	{
		bool		better = false;

		for (int side = -1; side <= 1; side += 2)
		{
			if (search->fit_alpha)
				better |= try(search, within_bounds(search->alpha + side * step), search->beta);
			if (search->fit_beta)
				better |= try(search, search->alpha, within_bounds(search->beta + side * step));
		}
		if (!better)
			step /= 2;
	}
}

static bool
is_parameter(double parameter)
{
	return isnan(parameter) || (parameter >= 0 && parameter <= 1);
}

static CgIntermittentStatus
look_through(Series *series)
{
	int			last = 0;

	for (int i = 0; i < series->n; i++)
	{
		if (!(series->y[i] >= 0) || isinf(series->y[i]))
			return CG_INTERMITTENT_NEGATIVE;
		if (series->y[i] == 0)
			continue;
		if (series->demands++ == 0)
			series->first = i;
		last = i;
	}
	if (series->demands > 0)
		series->mean_interval = (last + 1.0) / series->demands;
	return CG_INTERMITTENT_OK;
}

CgIntermittentStatus
cg_intermittent(const double *y, int n, CgIntermittentMethod method,
				double alpha, double beta, double *fitted,
				CgIntermittentFit *fit, bool (*stop) (void))
{
	Series		series = {.y = y, .n = n, .method = method, .stop = stop};
	Search		search = {.series = &series};
	CgIntermittentStatus status;

	if (n < 1)
		return CG_INTERMITTENT_EMPTY;
	if (!is_parameter(alpha) || !is_parameter(beta))
		return CG_INTERMITTENT_OPTION;
	status = look_through(&series);
	if (status != CG_INTERMITTENT_OK)
		return status;
	if (method != CG_TSB && !isnan(alpha) && isnan(beta))
		beta = alpha;
	if (series.demands == 0)
	{
		*fit = (CgIntermittentFit) {.alpha = alpha, .beta = beta, .size = NAN, .interval = NAN};
		for (int i = 0; fitted != NULL && i < n; i++)
			fitted[i] = 0;
		return CG_INTERMITTENT_OK;
	}
	search.fit_alpha = isnan(alpha);
	search.fit_beta = isnan(beta);
	search.alpha = alpha;
	search.beta = beta;
	if (search.fit_alpha || search.fit_beta)
	{
		find_parameters(&search);
		if (series.stopped)
			return CG_INTERMITTENT_STOPPED;
		if (!isfinite(search.best))
			return CG_INTERMITTENT_OVERFLOW;
	}
	run(&series, search.alpha, search.beta, fitted, fit);
	return isfinite(fit->rate) ? CG_INTERMITTENT_OK : CG_INTERMITTENT_OVERFLOW;
}

/* ---- classes ---- */

CgDemandProfile
cg_demand_profile(const double *y, int n)
{
	CgDemandProfile profile = {NAN, NAN, CG_DEMAND_NONE};
	double		mean = 0;
	double		squares = 0;
	int			count = 0;
	int			last = 0;

	for (int i = 0; i < n; i++)
	{
		double		step = y[i] - mean;

		if (!(y[i] > 0))
			continue;
		count++;
		last = i;
		mean += step / count;
		squares += step * (y[i] - mean);
	}
	if (count == 0)
		return profile;
	profile.interval = (last + 1.0) / count;
	profile.size_cv2 = count > 1 ? squares / (count - 1) / (mean * mean) : 0;
	profile.class = (profile.interval > 1.32 ? 2 : 0) + (profile.size_cv2 > 0.49 ? 1 : 0);
	return profile;
}

bool
cg_is_sparse(const double *y, int n)
{
	CgDemandProfile profile;

	for (int i = 0; i < n; i++)
	{
		if (y[i] < 0)
			return false;
	}
	profile = cg_demand_profile(y, n);
	return profile.class == CG_DEMAND_INTERMITTENT || profile.class == CG_DEMAND_LUMPY;
}
