/*-------------------------------------------------------------------------
 *
 * clean_core.c
 *	  Missing periods, outliers, level shifts, a known intervention.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/clean_core.h"

#include <math.h>
#include <string.h>

#include "numeric/order.h"
#include "numeric/special.h"

/* Half the window of the level that outliers are measured against. */
#define HALF_WINDOW 3

/* Rows on either side of a level shift, at least and at most. */
#define LEAST_SIDE 5
#define MOST_SIDE 24

/* A median absolute deviation times this is a normal standard deviation. */
#define MAD_TO_SIGMA 1.482602218505602

#define WORK_BETWEEN_STOPS 2000000

typedef struct Clock
{
	long		work;
	bool		stopped;
	bool		(*stop) (void);
} Clock;

static bool
tick(Clock *clock, long work)
{
	clock->work += work;
	if (clock->work > WORK_BETWEEN_STOPS)
	{
		clock->work = 0;
		if (clock->stop != NULL && clock->stop())
			clock->stopped = true;
	}
	return !clock->stopped;
}

size_t
cg_clean_work_size(int n, int period)
{
	return 6 * (size_t) n + 2 * (size_t) (period > 0 ? period : 1) + 16 * MOST_SIDE + 64;
}

/* ---- medians ---- */

/* Of n values, reordered; NaN where there are none. */
static double
median(double *values, int n)
{
	double		upper;

	if (n == 0)
		return NAN;
	upper = cg_select_double(values, n, n / 2);
	if (n % 2 == 1)
		return upper;
	return 0.5 * (upper + cg_select_double(values, n, n / 2 - 1));
}

/* Of the values first … last of y that are there. */
static double
median_of(const double *y, int first, int last, double *copy)
{
	int			count = 0;

	for (int i = first; i <= last; i++)
	{
		if (!isnan(y[i]))
			copy[count++] = y[i];
	}
	return median(copy, count);
}

/*
 * Growth in one row, by the median difference between a row and the next of
 * its season.
 */
static double
seasonal_slope(const double *y, int n, int period, double *copy)
{
	int			count = 0;

	for (int i = 0; i + period < n; i++)
	{
		double		growth = (y[i + period] - y[i]) / period;

		if (!isnan(growth))
			copy[count++] = growth;
	}
	return count == 0 ? 0 : median(copy, count);
}

/* ---- season ---- */

/*
 * Running median of one period of y less figure, where y has no slope; the
 * window stays where it does not fit at the ends.
 */
static void
period_level(const double *y, int n, int period, const double *figure,
			 double *level, double *adjusted, double *copy, Clock *clock)
{
	int			half = period / 2;

	for (int i = 0; i < n; i++)
		adjusted[i] = y[i] - figure[i % period];
	for (int i = 0; i < n && tick(clock, 8L * period); i++)
	{
		int			centre = i < half ? half : i > n - 1 - half ? n - 1 - half : i;

		level[i] = median_of(adjusted, centre - half, centre + half, copy);
	}
}

static void
phase_medians(const double *y, const double *level, int n, int period,
			  double *figure, double *copy)
{
	double		mean = 0;

	for (int phase = 0; phase < period; phase++)
	{
		int			count = 0;

		for (int i = phase; i < n; i += period)
		{
			if (!isnan(y[i]) && !isnan(level[i]))
				copy[count++] = y[i] - level[i];
		}
		figure[phase] = count == 0 ? 0 : median(copy, count);
		mean += figure[phase] / period;
	}
	for (int phase = 0; phase < period; phase++)
		figure[phase] -= mean;
}

bool
cg_median_season(const double *y, int n, int period, double *figure,
				 double *work, bool (*stop) (void))
{
	Clock		clock = {.stop = stop};
	double	   *level = work;
	double	   *adjusted = work + n;
	double	   *flat = work + 2 * (size_t) n;
	double	   *copy = work + 3 * (size_t) n;
	double		slope;

	for (int phase = 0; phase < period; phase++)
		figure[phase] = 0;
	if (period < 2 || n / 2 < period)
		return true;
	/* a slope would make the median depend on the phase */
	slope = seasonal_slope(y, n, period, copy);
	for (int i = 0; i < n; i++)
		flat[i] = y[i] - slope * i;
	/* the second time the season no longer moves the median about */
	for (int pass = 0; pass < 2 && !clock.stopped; pass++)
	{
		period_level(flat, n, period, figure, level, adjusted, copy, &clock);
		phase_medians(flat, level, n, period, figure, copy);
	}
	return !clock.stopped;
}

/*
 * y less its season: figure and what follows in work belong to the caller.
 */
static bool
deseason(const double *y, int n, int period, double *figure, double *adjusted,
		 double *work, bool (*stop) (void))
{
	if (!cg_median_season(y, n, period, figure, work, stop))
		return false;
	for (int i = 0; i < n; i++)
		adjusted[i] = y[i] - (period < 2 ? 0 : figure[i % period]);
	return true;
}

/* ---- missing ---- */

static void
interpolate(double *y, int n)
{
	int			last = -1;

	for (int i = 0; i < n; i++)
	{
		if (isnan(y[i]))
			continue;
		for (int j = last + 1; j < i; j++)
			y[j] = last < 0 ? y[i] :
				y[last] + (y[i] - y[last]) * ((double) (j - last) / (i - last));
		last = i;
	}
	for (int j = last + 1; j < n; j++)
		y[j] = y[last];
}

CgCleanStatus
cg_fill_missing(const double *y, int n, int period, CgMissingPolicy policy,
				double *filled, int *bad_row, double *work,
				bool (*stop) (void))
{
	double	   *figure = work;
	int			missing = 0;

	for (int i = n - 1; i >= 0; i--)
	{
		filled[i] = y[i];
		if (!isnan(y[i]))
			continue;
		missing++;
		*bad_row = i;
	}
	if (missing == 0)
		return CG_CLEAN_OK;
	if (policy == CG_MISSING_REFUSE)
		return CG_CLEAN_MISSING;
	if (policy == CG_MISSING_ZERO)
	{
		for (int i = 0; i < n; i++)
			filled[i] = isnan(y[i]) ? 0 : y[i];
		return CG_CLEAN_OK;
	}
	if (missing == n)
		return CG_CLEAN_EMPTY;
	if (policy == CG_MISSING_INTERPOLATE || period < 2)
	{
		interpolate(filled, n);
		return CG_CLEAN_OK;
	}
	if (!deseason(y, n, period, figure, filled, work + period, stop))
		return CG_CLEAN_STOPPED;
	interpolate(filled, n);
	for (int i = 0; i < n; i++)
		filled[i] = isnan(y[i]) ? filled[i] + figure[i % period] : y[i];
	return CG_CLEAN_OK;
}

/* ---- outliers ---- */

/*
 * Siegel's line through y[first … last] without row x: its value there.
 */
static double
repeated_median_at(const double *y, int first, int last, int x)
{
	double		slopes[2 * HALF_WINDOW + 1];
	double		through[2 * HALF_WINDOW + 1];
	double		slope;
	int			count = 0;

	for (int i = first; i <= last; i++)
	{
		double		to_others[2 * HALF_WINDOW];
		int			others = 0;

		if (isnan(y[i]) || i == x)
			continue;
		for (int j = first; j <= last; j++)
		{
			if (j != i && j != x && !isnan(y[j]))
				to_others[others++] = (y[j] - y[i]) / (j - i);
		}
		slopes[count++] = others == 0 ? 0 : median(to_others, others);
	}
	slope = count == 0 ? 0 : median(slopes, count);
	count = 0;
	for (int i = first; i <= last; i++)
	{
		if (!isnan(y[i]) && i != x)
			through[count++] = y[i] - slope * (i - x);
	}
	return median(through, count);
}

/*
 * The level at each row, by its neighbours alone or with the row itself.  With
 * itself it keeps the edges of a step; without it deviations have the size
 * that errors have.
 */
static void
local_level(const double *y, int n, bool with_itself, double *level)
{
	int			width = 2 * HALF_WINDOW + 1 < n ? 2 * HALF_WINDOW + 1 : n;

	for (int i = 0; i < n; i++)
	{
		double		copy[2 * HALF_WINDOW + 1];
		int			count = 0;

		if (i < HALF_WINDOW || i >= n - HALF_WINDOW)
		{
			level[i] = i < HALF_WINDOW ? repeated_median_at(y, 0, width - 1, i) :
				repeated_median_at(y, n - width, n - 1, i);
			continue;
		}
		for (int j = i - HALF_WINDOW; j <= i + HALF_WINDOW; j++)
		{
			if ((with_itself || j != i) && !isnan(y[j]))
				copy[count++] = y[j];
		}
		level[i] = median(copy, count);
	}
}

/*
 * Robust standard deviation of the deviations.  The season is one of the
 * values of its phase where there are few, so for this each is measured
 * against the season of the others.
 */
static double
robust_spread(const double *deviation, int n, int period, double *measured,
			  double *copy, Clock *clock)
{
	int			count = 0;

	for (int i = 0; i < n && tick(clock, 10 + 8L * (n / (period > 0 ? period : 1))); i++)
	{
		double		season = 0;
		int			others = 0;

		for (int j = period > 1 && n / 2 >= period ? i % period : n; j < n; j += period)
		{
			if (j != i && !isnan(deviation[j]))
				copy[others++] = deviation[j];
		}
		if (others > 0)
			season = median(copy, others);
		if (!isnan(deviation[i]))
			measured[count++] = fabs(deviation[i] - season);
	}
	return count < 2 * HALF_WINDOW + 1 ? 0 : MAD_TO_SIGMA * median(measured, count);
}

CgCleanStatus
cg_find_outliers(const double *y, int n, int period, double threshold,
				 CgOutlier *outliers, int most, int *found, double *spread,
				 double *work, bool (*stop) (void))
{
	double	   *figure = work;
	double	   *adjusted = work + (period > 0 ? period : 1);
	double	   *level = adjusted + n;
	double	   *deviation = level + n;
	Clock		clock = {.stop = stop};
	int			count = 0;

	*found = 0;
	*spread = 0;
	if (!deseason(y, n, period, figure, adjusted, level, stop))
		return CG_CLEAN_STOPPED;
	local_level(adjusted, n, false, level);
	for (int i = 0; i < n; i++)
	{
		deviation[i] = adjusted[i] - level[i];
		count += !isnan(deviation[i]);
	}
	*spread = robust_spread(deviation, n, period, deviation + n, deviation + 2 * (size_t) n, &clock);
	if (clock.stopped)
		return CG_CLEAN_STOPPED;
	local_level(adjusted, n, true, level);
	for (int i = 0; i < n; i++)
		deviation[i] = adjusted[i] - level[i];
	/* what rounding leaves of equal values is no spread */
	for (int i = 0; i < n; i++)
	{
		if (*spread < 1e-12 * fabs(y[i]))
			*spread = 0;
	}
	for (int i = 0; i < n && *spread > 0 && *found < most; i++)
	{
		double		z = deviation[i] / *spread;

		if (!(fabs(z) >= threshold))
			continue;
		outliers[(*found)++] = (CgOutlier) {
			i, y[i] - deviation[i], z,
				fmin(1, 2.0 * count * cg_normal_tails(fabs(z)).upper)
		};
	}
	return CG_CLEAN_OK;
}

/* ---- steps beside a line ---- */

/* A regression of y[first … last] on a line and on an indicator. */
typedef struct Step
{
	double		effect;
	double		error;			/* NaN where there is no room for one */
	double		degrees;
} Step;

/*
 * The indicator is 1 in rows inner_first … inner_last.  Its coefficient and
 * standard error, which is widened where neighbouring residuals are alike.
 */
static Step
fit_step(const double *y, int first, int last, int inner_first, int inner_last)
{
	double		n = 0;
	double		inner = 0;
	double		sum_x = 0;
	double		sum_y = 0;
	double		sum_d = 0;
	double		xx = 0;
	double		xd = 0;
	double		dd = 0;
	double		xy = 0;
	double		dy = 0;
	double		squares = 0;
	double		products = 0;
	double		previous = NAN;
	double		determinant;
	double		slope;
	double		alike;
	Step		step = {NAN, NAN, 0};

	for (int i = first; i <= last; i++)
	{
		bool		inside = i >= inner_first && i <= inner_last;

		if (isnan(y[i]))
			continue;
		n++;
		inner += inside;
		sum_x += i - first;
		sum_y += y[i];
		sum_d += inside;
	}
	if (inner < 2 || n - inner < 2)
		return step;
	for (int i = first; i <= last; i++)
	{
		double		x = i - first - sum_x / n;
		double		d = (i >= inner_first && i <= inner_last) - sum_d / n;
		double		v = y[i] - sum_y / n;

		if (isnan(v))
			continue;
		xx += x * x;
		xd += x * d;
		dd += d * d;
		xy += x * v;
		dy += d * v;
	}
	determinant = xx * dd - xd * xd;
	if (!(determinant > 1e-10 * xx * dd))
		return step;
	slope = (dd * xy - xd * dy) / determinant;
	step.effect = (xx * dy - xd * xy) / determinant;
	step.degrees = n - 3;
	if (step.degrees < 1)
		return step;
	for (int i = first; i <= last; i++)
	{
		double		x = i - first - sum_x / n;
		double		d = (i >= inner_first && i <= inner_last) - sum_d / n;
		double		residual = y[i] - sum_y / n - slope * x - step.effect * d;

		if (!isnan(residual))
			squares += residual * residual;
		if (!isnan(residual) && !isnan(previous))
			products += residual * previous;
		previous = residual;
	}
	/* fitting three figures makes residuals less alike than the errors are */
	alike = squares > 0 ? products / squares : 0;
	alike = fmin(0.9, fmax(0, alike + 4 * (1 + alike) / n));
	step.error = sqrt(squares / step.degrees * xx / determinant *
					  (1 + alike) / (1 - alike));
	step.degrees = fmax(1, n * (1 - alike) / (1 + alike) - 3);
	return step;
}

static int
side_of(int n, int period)
{
	int			side = period > MOST_SIDE ? period : MOST_SIDE;

	return side < n / 2 ? side : n / 2;
}

/* The candidate with the largest t, apart from places near known shifts. */
static CgLevelShift
best_shift(const double *y, int n, int side, const CgLevelShift *known,
		   int count, Clock *clock)
{
	CgLevelShift best = {.place = -1, .p_value = 1};
	double		most = 0;

	for (int place = LEAST_SIDE; place <= n - LEAST_SIDE; place++)
	{
		int			first = place - side > 0 ? place - side : 0;
		int			last = place + side - 1 < n - 1 ? place + side - 1 : n - 1;
		bool		near = false;
		Step		step;
		double		t;

		for (int k = 0; k < count; k++)
			near |= known[k].place - place < LEAST_SIDE && place - known[k].place < LEAST_SIDE;
		if (near)
			continue;
		if (!tick(clock, 10L * (last - first)))
			return best;
		step = fit_step(y, first, last, place, last);
		if (isnan(step.effect) || isnan(step.error))
			continue;
		t = step.error > 0 ? step.effect / step.error : step.effect == 0 ? 0 : copysign(1e6, step.effect);
		if (!(fabs(t) > most))
			continue;
		most = fabs(t);
		best = (CgLevelShift) {
			place, step.effect, t,
				fmin(1, 2.0 * (n - 2 * LEAST_SIDE + 1) * cg_t_tails(most, step.degrees).upper)
		};
	}
	return best;
}

static void
insert_shift(CgLevelShift *shifts, int count, CgLevelShift shift)
{
	int			place = count;

	for (; place > 0 && shifts[place - 1].place > shift.place; place--)
		shifts[place] = shifts[place - 1];
	shifts[place] = shift;
}

CgCleanStatus
cg_find_level_shifts(const double *y, int n, int period, double level,
					 CgLevelShift *shifts, int most, int *found, double *work,
					 bool (*stop) (void))
{
	Clock		clock = {.stop = stop};
	double	   *figure = work;
	double	   *adjusted = work + (period > 0 ? period : 1);
	double		size = 0;

	*found = 0;
	if (!deseason(y, n, period, figure, adjusted, adjusted + n, stop))
		return CG_CLEAN_STOPPED;
	for (int i = 0; i < n; i++)
		size = fmax(size, isnan(y[i]) ? 0 : fabs(y[i]));
	while (*found < most)
	{
		CgLevelShift best = best_shift(adjusted, n, side_of(n, period), shifts, *found, &clock);

		if (clock.stopped)
			return CG_CLEAN_STOPPED;
		if (best.place < 0 || best.p_value > level || fabs(best.step) < 1e-9 * size)
			break;
		/* the next one is looked for as if this one had not been */
		for (int i = 0; i < best.place; i++)
			adjusted[i] += best.step;
		insert_shift(shifts, (*found)++, best);
	}
	return CG_CLEAN_OK;
}

CgCleanStatus
cg_intervention_effect(const double *y, int n, int period, int first,
					   int last, CgIntervention *effect, double *work,
					   bool (*stop) (void))
{
	double	   *figure = work;
	double	   *outside = work + (period > 0 ? period : 1);
	int			side = side_of(n, period);
	Step		step;

	/* the season is that of ordinary times */
	for (int i = 0; i < n; i++)
		outside[i] = i >= first && i <= last ? NAN : y[i];
	if (!cg_median_season(outside, n, period, figure, outside + n, stop))
		return CG_CLEAN_STOPPED;
	for (int i = 0; i < n; i++)
		outside[i] = y[i] - (period < 2 ? 0 : figure[i % period]);
	step = fit_step(outside, first > side ? first - side : 0,
					last + side < n - 1 ? last + side : n - 1, first, last);
	effect->effect = step.effect;
	effect->error = step.error;
	return CG_CLEAN_OK;
}
