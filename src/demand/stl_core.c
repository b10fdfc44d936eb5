/*-------------------------------------------------------------------------
 *
 * stl_core.c
 *	  STL: seasonal and trend decomposition by loess.
 *
 * Cleveland, Cleveland, McRae and Terpenning, J Off Stat 1990;6:3-73.  Names
 * follow their paper: the inner loop detrends, smooths the cycle-subseries,
 * takes out what is low in frequency, and smooths the trend; the outer loop
 * gives rows with a large remainder less weight.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/decompose_core.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "numeric/order.h"

/* Products of a weight and a value between two looks at stop. */
#define WORK_BETWEEN_STOPS 4000000

/* One loess smoothing of n equally spaced values. */
typedef struct Loess
{
	const double *y;
	const double *weights;		/* of robustness, or NULL */
	int			n;
	int			window;
	int			degree;
	double	   *local;			/* room for n weights */
	int			cached_offset;	/* of the place in the window whose weights */
	int			cached_length;	/* stand in local, or -1 */
	bool		stopped;
	long		work;
	bool		(*stop) (void);
} Loess;

static void
smooth_begin(Loess *loess, const double *y, const double *weights, int n,
			 int window, int degree)
{
	loess->y = y;
	loess->weights = weights;
	loess->n = n;
	loess->window = window;
	loess->degree = degree;
	loess->cached_offset = INT_MIN;
	loess->cached_length = -1;
}

static void
count_work(Loess *loess, int length)
{
	loess->work += length + 10;
	if (loess->work < WORK_BETWEEN_STOPS)
		return;
	loess->work = 0;
	if (loess->stop != NULL && loess->stop())
		loess->stopped = true;
}

/*
 * Tricube weights of the rows left … right for a fit at x, turned to sum to
 * 1; a local line's are turned so that its value at x is a weighted sum too.
 * False when all are 0.
 */
static bool
local_weights(Loess *loess, int x, int left, int right)
{
	double	   *local = loess->local;
	int			length = right - left + 1;
	double		reach = x - left > right - x ? x - left : right - x;
	double		sum = 0;
	double		centre = 0;
	double		spread = 0;

	if (loess->window > loess->n)
		reach += (loess->window - loess->n) / 2;
	for (int j = 0; j < length; j++)
	{
		double		distance = fabs((double) (left + j - x));

		local[j] = 0;
		if (distance > 0.999 * reach)
			continue;
		local[j] = 1;
		if (distance > 0.001 * reach)
		{
			double		ratio = distance / reach;
			double		tricube = 1 - ratio * ratio * ratio;

			local[j] = tricube * tricube * tricube;
		}
		if (loess->weights != NULL)
			local[j] *= loess->weights[left + j];
		sum += local[j];
	}
	if (!(sum > 0))
		return false;
	for (int j = 0; j < length; j++)
	{
		local[j] /= sum;
		centre += local[j] * j;
	}
	if (reach <= 0 || loess->degree == 0)
		return true;
	for (int j = 0; j < length; j++)
		spread += local[j] * (j - centre) * (j - centre);
	/* the rows with weight must lie apart for a line through them */
	if (sqrt(spread) > 0.001 * (loess->n - 1))
	{
		double		slope = (x - left - centre) / spread;

		for (int j = 0; j < length; j++)
			local[j] *= slope * (j - centre) + 1;
	}
	return true;
}

/*
 * The fit at x, which may lie one row outside.  otherwise is the answer when
 * no row has weight.
 */
static double
fit_at(Loess *loess, int x, int left, int right, double otherwise)
{
	int			length = right - left + 1;
	double		sum = 0;

	/* without robustness weights all inner windows are alike */
	if (loess->weights != NULL || loess->cached_offset != x - left ||
		loess->cached_length != length)
	{
		loess->cached_length = -1;
		if (!local_weights(loess, x, left, right))
			return otherwise;
		loess->cached_offset = x - left;
		loess->cached_length = length;
	}
	for (int j = 0; j < length; j++)
		sum += loess->local[j] * loess->y[left + j];
	count_work(loess, length);
	return sum;
}

/* Straight lines between the fits at from and to. */
static void
fill_between(double *fit, int from, int to)
{
	double		slope = (fit[to] - fit[from]) / (to - from);

	for (int i = from + 1; i < to; i++)
		fit[i] = fit[from] + slope * (i - from);
}

/* The window's first row when it is moved to lie round x, within 0 … n - 1. */
static int
window_start(const Loess *loess, int x)
{
	int			half = (loess->window + 1) / 2;

	if (loess->window >= loess->n || x < half - 1)
		return 0;
	if (x > loess->n - half)
		return loess->n - loess->window;
	return x - half + 1;
}

/*
 * Smooth all rows: fits at every jump-th and at the last, lines between.
 */
static void
smooth(Loess *loess, int jump, double *fit)
{
	int			n = loess->n;
	int			length = loess->window < n ? loess->window : n;
	int			last = 0;

	if (n < 2)
	{
		fit[0] = loess->y[0];
		return;
	}
	jump = jump < n - 1 ? jump : n - 1;
	for (int i = 0; i < n && !loess->stopped; i += jump)
	{
		int			left = window_start(loess, i);

		fit[i] = fit_at(loess, i, left, left + length - 1, loess->y[i]);
		if (i > 0)
			fill_between(fit, last, i);
		last = i;
	}
	if (last < n - 1 && !loess->stopped)
	{
		/* the window stays where the last fit had it */
		int			left = window_start(loess, last);

		fit[n - 1] = fit_at(loess, n - 1, left, left + length - 1,
							loess->y[n - 1]);
		fill_between(fit, last, n - 1);
	}
}

bool
cg_loess(const double *y, int n, int window, int degree, int jump,
		 double *fit, double *work, bool (*stop) (void))
{
	Loess		loess = {.local = work, .stop = stop};

	smooth_begin(&loess, y, NULL, n, window, degree);
	smooth(&loess, jump, fit);
	return !loess.stopped;
}

/* ---- the parts of the inner loop ---- */

typedef struct Stl
{
	const CgStlOptions *options;
	int			n;
	int			seasonal_window;	/* made odd and 3 or more */
	int			trend_window;
	int			low_pass_window;
	const double *weights;		/* of robustness, or NULL */
	Loess		loess;
	double	   *detrended;		/* n + 2 periods */
	double	   *cycle;			/* n + 2 periods: seasons before the low pass */
	double	   *average;		/* n + 2 periods */
	double	   *subseries;		/* n + 2 */
	double	   *smoothed;		/* n + 2 */
	double	   *sub_weights;	/* n */
} Stl;

/*
 * Smooth the values of one phase, with one more at both ends.
 */
static void
smooth_subseries(Stl *stl, int phase)
{
	int			period = stl->options->period;
	int			count = (stl->n - phase - 1) / period + 1;
	int			window = stl->seasonal_window;
	int			near = window < count ? window : count;
	double	   *smoothed = stl->smoothed;
	Loess	   *loess = &stl->loess;

	for (int k = 0; k < count; k++)
	{
		stl->subseries[k] = stl->detrended[k * period + phase];
		if (stl->weights != NULL)
			stl->sub_weights[k] = stl->weights[k * period + phase];
	}
	smooth_begin(loess, stl->subseries,
				 stl->weights != NULL ? stl->sub_weights : NULL, count, window,
				 stl->options->seasonal_degree);
	smooth(loess, stl->options->seasonal_jump, smoothed + 1);
	smoothed[0] = fit_at(loess, -1, 0, near - 1, smoothed[1]);
	smoothed[count + 1] = fit_at(loess, count, count - near, count - 1,
								 smoothed[count]);
	for (int k = 0; k < count + 2; k++)
		stl->cycle[k * period + phase] = smoothed[k];
}

/* Means of length neighbours: n - length + 1 of them. */
static void
moving_average(const double *x, int n, int length, double *average)
{
	double		sum = 0;

	for (int i = 0; i < length; i++)
		sum += x[i];
	average[0] = sum / length;
	for (int i = length; i < n; i++)
	{
		sum += x[i] - x[i - length];
		average[i - length + 1] = sum / length;
	}
}

/*
 * Season = smoothed subseries less what is low in frequency in them.
 */
static void
update_season(Stl *stl, double *seasonal)
{
	int			n = stl->n;
	int			period = stl->options->period;

	for (int phase = 0; phase < period && !stl->loess.stopped; phase++)
		smooth_subseries(stl, phase);
	moving_average(stl->cycle, n + 2 * period, period, stl->average);
	moving_average(stl->average, n + period + 1, period, stl->detrended);
	moving_average(stl->detrended, n + 2, 3, stl->average);
	smooth_begin(&stl->loess, stl->average, NULL, n, stl->low_pass_window,
				 stl->options->low_pass_degree);
	smooth(&stl->loess, stl->options->low_pass_jump, stl->detrended);
	for (int i = 0; i < n; i++)
		seasonal[i] = stl->cycle[period + i] - stl->detrended[i];
}

static void
inner_loop(Stl *stl, const double *y, double *seasonal, double *trend)
{
	for (int pass = 0; pass < stl->options->inner && !stl->loess.stopped; pass++)
	{
		for (int i = 0; i < stl->n; i++)
			stl->detrended[i] = y[i] - trend[i];
		update_season(stl, seasonal);
		for (int i = 0; i < stl->n; i++)
			stl->detrended[i] = y[i] - seasonal[i];
		smooth_begin(&stl->loess, stl->detrended, stl->weights, stl->n,
					 stl->trend_window, stl->options->trend_degree);
		smooth(&stl->loess, stl->options->trend_jump, trend);
	}
}

/*
 * Bisquare weights: remainders beyond six times their median count nothing.
 */
static void
robustness_weights(const double *y, const double *seasonal,
				   const double *trend, int n, double *copy, double *weights)
{
	double		limit;

	for (int i = 0; i < n; i++)
	{
		weights[i] = fabs(y[i] - trend[i] - seasonal[i]);
		copy[i] = weights[i];
	}
	limit = 3 * (cg_select_double(copy, n, n / 2) +
				 cg_select_double(copy, n, n - n / 2 - 1));
	for (int i = 0; i < n; i++)
	{
		double		ratio = weights[i] / limit;

		if (weights[i] <= 0.001 * limit)
			weights[i] = 1;
		else if (weights[i] > 0.999 * limit)
			weights[i] = 0;
		else
			weights[i] = (1 - ratio * ratio) * (1 - ratio * ratio);
	}
}

/* A periodic season is the mean of each phase. */
static void
make_periodic(double *seasonal, int n, int period)
{
	for (int phase = 0; phase < period; phase++)
	{
		double		sum = 0;
		int			count = 0;

		for (int i = phase; i < n; i += period, count++)
			sum += seasonal[i];
		for (int i = phase; i < n; i += period)
			seasonal[i] = sum / count;
	}
}

/* ---- options ---- */

static int
next_odd(double x)
{
	int			whole = (int) rint(x);

	return whole % 2 == 0 ? whole + 1 : whole;
}

static int
odd_window(int window)
{
	window = window < 3 ? 3 : window;
	return window % 2 == 0 ? window + 1 : window;
}

static int
tenth(int window)
{
	return (window + 9) / 10;
}

void
cg_stl_default_options(CgStlOptions *options, int n, int period,
					   int seasonal_window, bool robust)
{
	options->period = period;
	options->periodic = seasonal_window == 0;
	options->seasonal_window = options->periodic ? 10 * n + 1 : seasonal_window;
	options->trend_window =
		next_odd(ceil(1.5 * period / (1 - 1.5 / options->seasonal_window)));
	options->low_pass_window = next_odd(period);
	options->seasonal_degree = 0;
	options->trend_degree = 1;
	options->low_pass_degree = 1;
	options->seasonal_jump = tenth(options->seasonal_window);
	options->trend_jump = tenth(options->trend_window);
	options->low_pass_jump = tenth(options->low_pass_window);
	options->inner = robust ? 1 : 2;
	options->outer = robust ? 15 : 0;
}

static bool
options_valid(const CgStlOptions *options)
{
	return options->seasonal_window >= 2 && options->trend_window >= 2 &&
		options->low_pass_window >= 2 &&
		options->seasonal_jump >= 1 && options->trend_jump >= 1 &&
		options->low_pass_jump >= 1 &&
		options->seasonal_degree >= 0 && options->seasonal_degree <= 1 &&
		options->trend_degree >= 0 && options->trend_degree <= 1 &&
		options->low_pass_degree >= 0 && options->low_pass_degree <= 1 &&
		options->inner >= 1 && options->outer >= 0;
}

size_t
cg_stl_work_size(int n, int period)
{
	return 3 * ((size_t) n + 2 * (size_t) period) + 5 * ((size_t) n + 2);
}

CgDecomposeStatus
cg_stl(const double *y, int n, const CgStlOptions *options, double *seasonal,
	   double *trend, double *remainder, double *weights, double *work,
	   bool (*stop) (void))
{
	int			extended = n + 2 * options->period;
	double	   *robust = work + 3 * (size_t) extended + 4 * ((size_t) n + 2);
	Stl			stl = {0};

	if (options->period < 2)
		return CG_DECOMPOSE_PERIOD;
	if (options->period >= (n + 1) / 2)
		return CG_DECOMPOSE_TOO_SHORT;
	if (!options_valid(options))
		return CG_DECOMPOSE_OPTION;
	stl.options = options;
	stl.n = n;
	stl.seasonal_window = odd_window(options->seasonal_window);
	stl.trend_window = odd_window(options->trend_window);
	stl.low_pass_window = odd_window(options->low_pass_window);
	stl.detrended = work;
	stl.cycle = work + extended;
	stl.average = work + 2 * (size_t) extended;
	stl.subseries = work + 3 * (size_t) extended;
	stl.smoothed = stl.subseries + n + 2;
	stl.sub_weights = stl.smoothed + n + 2;
	stl.loess.local = stl.sub_weights + n + 2;
	stl.loess.stop = stop;

	memset(trend, 0, sizeof(double) * n);
	for (int pass = 0; pass <= options->outer; pass++)
	{
		inner_loop(&stl, y, seasonal, trend);
		if (stl.loess.stopped || (stop != NULL && stop()))
			return CG_DECOMPOSE_STOPPED;
		if (pass == options->outer)
			break;
		robustness_weights(y, seasonal, trend, n, stl.detrended, robust);
		stl.weights = robust;
	}
	if (options->periodic)
		make_periodic(seasonal, n, options->period);
	for (int i = 0; i < n; i++)
	{
		remainder[i] = y[i] - seasonal[i] - trend[i];
		if (!isfinite(remainder[i]) || !isfinite(trend[i]))
			return CG_DECOMPOSE_OVERFLOW;
		if (weights != NULL)
			weights[i] = stl.weights == NULL ? 1 : robust[i];
	}
	return CG_DECOMPOSE_OK;
}
