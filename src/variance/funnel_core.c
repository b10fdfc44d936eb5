/*-------------------------------------------------------------------------
 *
 * funnel_core.c
 *	  Funnel plots: limits, overdispersion, significance.
 *
 * D. J. Spiegelhalter, Funnel plots for comparing institutional performance,
 *	  Stat Med 2005;24:1185-202.
 * D. J. Spiegelhalter, Handling over-dispersion of performance indicators,
 *	  Qual Saf Health Care 2005;14:347-51.
 * D. J. Spiegelhalter and others, Statistical methods for healthcare
 *	  regulation, J R Stat Soc A 2012;175:1-47.
 * NHS Digital, Summary Hospital-level Mortality Indicator: methodology.
 * R. DerSimonian and N. Laird, Control Clin Trials 1986;7:177-88 (tau2).
 * OHID, Fingertips technical guidance (score limits and significance).
 *
 *-------------------------------------------------------------------------
 */
#include "variance/funnel_core.h"

#include <math.h>

#include "numeric/order.h"
#include "numeric/special.h"

#define HALF_PI 1.57079632679489661923132169164

/* Units between two questions whether to stop. */
#define STOP_EVERY 0x10000

static bool
stopped(size_t i, bool (*stop) (void))
{
	return i % STOP_EVERY == STOP_EVERY - 1 && stop != NULL && stop();
}

bool
cg_funnel_target_is_one(CgFunnelScale scale)
{
	return scale == CG_SCALE_LOG || scale == CG_SCALE_SQUARE_ROOT;
}

double
cg_funnel_transform(CgFunnelScale scale, double value)
{
	switch (scale)
	{
		case CG_SCALE_SQUARE_ROOT:
			return sqrt(value);
		case CG_SCALE_ARCSINE:
			return asin(sqrt(value));
		default:
			return log(value);
	}
}

/*
 * Back to the plot's scale.  Below 0, and beyond a right angle, square and
 * sine would turn round: there the limit is the end of the scale.
 */
static double
transform_back(CgFunnelScale scale, double y)
{
	switch (scale)
	{
		case CG_SCALE_SQUARE_ROOT:
			y = fmax(y, 0);
			return y * y;
		case CG_SCALE_ARCSINE:
			y = sin(fmin(fmax(y, 0), HALF_PI));
			return y * y;
		default:
			return exp(y);
	}
}

CgFunnelScore
cg_funnel_score(CgFunnelScale scale, double transformed,
				double numerator, double denominator)
{
	CgFunnelScore score;
	double		y;

	switch (scale)
	{
		case CG_SCALE_LOG:
			score.error = 1 / sqrt(denominator);
			if (numerator == 0)
			{
				score.z = NAN;
				return score;
			}
			y = log(numerator / denominator);
			break;
		case CG_SCALE_LOG_RATIO:
		case CG_SCALE_LOG_RATIO_POISSON:
			{
				double		over = numerator + 0.5;
				double		under = denominator + 0.5;

				y = log(over / under);
				score.error = sqrt(numerator / (over * over) +
								   denominator / (under * under));
				break;
			}
		default:
			y = cg_funnel_transform(scale, numerator / denominator);
			score.error = 1 / (2 * sqrt(denominator));
			break;
	}
	score.z = (y - transformed) / score.error;
	return score;
}

bool
cg_funnel_keeps(CgFunnelScale scale, const CgFunnelDispersion *dispersion,
				double z, double *kept)
{
	if (isnan(z))
		return false;
	if (scale == CG_SCALE_LOG)
	{
		*kept = z;
		return z >= dispersion->low && z <= dispersion->high;
	}
	*kept = fmin(fmax(z, dispersion->low), dispersion->high);
	return true;
}

/*
 * SHMI leaves out a unit whose rank, times k = 1 / trim over units + 1,
 * rounded down, is 0 or at least k - 1.  Units without a score rank lowest.
 */
static bool
rank_is_kept(double rank, double units, double trim)
{
	double		k = 1 / trim;
	double		slice = floor(rank * k / (units + 1));

	return slice > 0 && slice < k - 1;
}

/*
 * The mean rank, from 1, of those equal to a value.
 */
static double
mean_rank(const double *z, size_t count, size_t lowest, double value)
{
	size_t		below = lowest;
	size_t		equal = 0;

	for (size_t i = 0; i < count; i++)
	{
		below += z[i] < value;
		equal += z[i] == value;
	}
	return (double) below + ((double) equal + 1) / 2;
}

/*
 * The lowest and highest z score that are kept.  Ranks rise with scores, so
 * the first rank that is kept points to the only value whose ties may be
 * split over the edge; their mean rank decides.
 */
static void
find_truncation(double *z, size_t count, size_t lowest, double trim,
				CgFunnelDispersion *dispersion)
{
	double		units = (double) (count + lowest);
	size_t		first = (size_t) fmax(0, ceil((units + 1) * trim) - 2);
	size_t		last = (size_t) fmin(units, (units + 1) * ceil(1 / trim - 1) * trim + 2);

	dispersion->low = INFINITY;
	dispersion->high = -INFINITY;
	while (first < last && !rank_is_kept((double) first + 1, units, trim))
		first++;
	while (last > first && !rank_is_kept((double) last, units, trim))
		last--;
	if (last <= first || last <= lowest)
		return;
	first = first > lowest ? first - lowest : 0;
	last -= lowest + 1;

	dispersion->low = cg_select_double(z, count, first);
	dispersion->high = cg_select_double(z, count, last);
	if (!rank_is_kept(mean_rank(z, count, lowest, dispersion->low), units, trim))
		dispersion->low = nextafter(dispersion->low, INFINITY);
	if (!rank_is_kept(mean_rank(z, count, lowest, dispersion->high), units, trim))
		dispersion->high = nextafter(dispersion->high, -INFINITY);
}

/*
 * What the mean square of standard normal scores becomes when the share trim
 * at either end is left out, or drawn in to the quantile there.
 */
static double
trimmed_mean_square(CgFunnelScale scale, double trim)
{
	double		q;
	double		density;
	double		middle;

	if (trim == 0)
		return 1;
	q = -cg_normal_quantile(trim);
	density = exp(-0.5 * q * q) / 2.50662827463100050241576528481;
	middle = 1 - 2 * trim - 2 * q * density;
	if (scale == CG_SCALE_LOG)
		return middle / (1 - 2 * trim);
	return middle + 2 * trim * q * q;
}

/*
 * DerSimonian and Laird's moment estimate from the kept scores.
 */
static void
estimate_tau2(const CgFunnelOptions *options, const double *numerator,
			  const double *denominator, size_t count, bool (*stop) (void),
			  CgFunnelDispersion *dispersion)
{
	double		sum = 0;
	double		weights = 0;
	double		squared_weights = 0;
	double		kept_units;
	double		excess;

	for (size_t i = 0; i < count; i++)
	{
		CgFunnelScore score = cg_funnel_score(options->scale,
											  dispersion->transformed,
											  numerator[i], denominator[i]);
		double		weight = 1 / (score.error * score.error);
		double		z;

		if (stopped(i, stop))
		{
			dispersion->kept = 0;
			break;
		}
		if (!cg_funnel_keeps(options->scale, dispersion, score.z, &z))
			continue;
		dispersion->kept++;
		sum += z * z;
		weights += weight;
		squared_weights += weight * weight;
	}
	kept_units = (double) dispersion->kept;
	if (dispersion->kept == 0)
	{
		dispersion->phi = NAN;
		dispersion->tau2 = NAN;
		return;
	}
	dispersion->phi = sum / kept_units;
	if (options->consistent)
		dispersion->phi /= trimmed_mean_square(options->scale, options->trim);
	excess = kept_units * dispersion->phi - (kept_units - 1);
	if (dispersion->kept > 1 && excess > 0)
		dispersion->tau2 = excess / (weights - squared_weights / weights);
}

CgFunnelDispersion
cg_funnel_dispersion(const CgFunnelOptions *options, const double *numerator,
					 const double *denominator, size_t count, double target,
					 double *work, bool (*stop) (void))
{
	CgFunnelDispersion dispersion = {.units = count};
	size_t		scored = 0;

	if (isnan(target) && cg_funnel_target_is_one(options->scale))
		target = 1;
	else if (isnan(target))
	{
		double		numerators = 0;
		double		denominators = 0;

		for (size_t i = 0; i < count; i++)
		{
			numerators += numerator[i];
			denominators += denominator[i];
		}
		target = numerators / denominators;
	}
	dispersion.target = target;
	dispersion.transformed = cg_funnel_transform(options->scale, target);

	for (size_t i = 0; i < count; i++)
	{
		CgFunnelScore score = cg_funnel_score(options->scale,
											  dispersion.transformed,
											  numerator[i], denominator[i]);

		if (!isnan(score.z))
			work[scored++] = score.z;
		if (stopped(i, stop))
		{
			dispersion.phi = dispersion.tau2 = NAN;
			return dispersion;
		}
	}
	dispersion.low = -INFINITY;
	dispersion.high = INFINITY;
	if (options->trim > 0 && scored > 0)
	{
		if (options->scale == CG_SCALE_LOG)
			find_truncation(work, scored, count - scored, options->trim, &dispersion);
		else
		{
			dispersion.low = cg_select_quantile(work, scored, options->trim);
			dispersion.high = cg_select_quantile(work, scored, 1 - options->trim);
		}
	}
	estimate_tau2(options, numerator, denominator, count, stop, &dispersion);
	return dispersion;
}

/*
 * The variance within a unit, as the limits have it: a function of the
 * denominator alone, so that the funnel is a smooth curve.
 */
static double
limit_variance(CgFunnelScale scale, double transformed, double denominator)
{
	switch (scale)
	{
		case CG_SCALE_LOG:
			return 1 / denominator;
		case CG_SCALE_LOG_RATIO_POISSON:
			return (1 + exp(-transformed)) / denominator;
		default:
			return 1 / (4 * denominator);
	}
}

static double
adjusted_error(const CgFunnelOptions *options, double phi, double tau2,
			   double variance)
{
	if (options->adjust == CG_ADJUST_ADDITIVE)
		return sqrt(variance + tau2);
	if (options->adjust == CG_ADJUST_MULTIPLICATIVE)
		return sqrt(variance * fmax(phi, 1));
	return sqrt(variance);
}

CgInterval
cg_funnel_adjusted(const CgFunnelOptions *options, double transformed,
				   double phi, double tau2, double denominator, double z)
{
	double		variance = limit_variance(options->scale, transformed, denominator);
	double		reach = z * adjusted_error(options, phi, tau2, variance);
	CgInterval	limits;

	limits.lower = transform_back(options->scale, transformed - reach);
	limits.upper = transform_back(options->scale, transformed + reach);
	return limits;
}

double
cg_funnel_adjusted_z(const CgFunnelOptions *options, double phi, double tau2,
					 CgFunnelScore score)
{
	return score.z * score.error /
		adjusted_error(options, phi, tau2, score.error * score.error);
}

/*
 * Spiegelhalter's interpolation between counts: where the distribution
 * function, drawn with straight lines, reaches p.
 */
static double
interpolated_quantile(CgFunnelKind kind, double target, double denominator,
					  double p, bool upper)
{
	double		mean = target * denominator;
	double		count;
	CgTails		at;
	CgTails		before;
	double		share;

	if (kind == CG_FUNNEL_PROPORTION)
	{
		count = cg_binomial_quantile(p, denominator, target, upper);
		at = cg_binomial_tails(count, denominator, target);
		before = cg_binomial_tails(count - 1, denominator, target);
	}
	else
	{
		count = cg_poisson_quantile(p, mean, upper);
		at = cg_poisson_tails(count, mean);
		before = cg_poisson_tails(count - 1, mean);
	}
	if (upper)
		share = (p - at.upper) / (before.upper - at.upper);
	else
		share = (at.lower - p) / (at.lower - before.lower);
	return fmax(0, count - fmin(fmax(share, 0), 1)) / denominator;
}

static CgInterval
score_limits(CgFunnelKind kind, double target, double denominator, double alpha)
{
	double		spread = target;
	double		reach;
	CgInterval	limits;

	if (kind == CG_FUNNEL_PROPORTION)
		spread *= 1 - target;
	reach = -cg_normal_quantile(alpha / 2) * sqrt(spread / denominator);
	limits.lower = fmax(0, target - reach);
	limits.upper = target + reach;
	if (kind == CG_FUNNEL_PROPORTION)
		limits.upper = fmin(1, limits.upper);
	return limits;
}

CgInterval
cg_funnel_plain(CgFunnelKind kind, CgFunnelLimits limits, double target,
				double denominator, double alpha)
{
	CgInterval	interval;

	switch (limits)
	{
		case CG_LIMITS_SCORE:
			return score_limits(kind, target, denominator, alpha);
		case CG_LIMITS_EXACT:
			interval.lower = interpolated_quantile(kind, target, denominator,
												   alpha / 2, false);
			interval.upper = interpolated_quantile(kind, target, denominator,
												   alpha / 2, true);
			return interval;
		default:
			interval = cg_count_interval(target * denominator, 1 - alpha,
										 limits == CG_LIMITS_BYAR ?
										 CG_COUNT_BYAR : CG_COUNT_EXACT);
			interval.lower /= denominator;
			interval.upper /= denominator;
			return interval;
	}
}

CgInterval
cg_funnel_expected_at(double events, double alpha)
{
	CgInterval	expected;

	expected.lower = events == 0 ? 0 : cg_gamma_quantile(events, alpha / 2, false);
	expected.upper = cg_gamma_quantile(events + 1, alpha / 2, true);
	return expected;
}

int
cg_funnel_significance(CgFunnelKind kind, double numerator, double denominator,
					   double target, const double *alphas, int count)
{
	int			level = 0;

	for (int i = 0; i < count; i++)
	{
		CgInterval	limits;

		if (kind == CG_FUNNEL_PROPORTION)
		{
			double		value = numerator / denominator;

			limits = score_limits(kind, target, denominator, alphas[i]);
			level += (value > limits.upper) - (value < limits.lower);
		}
		else
		{
			limits = cg_count_interval(numerator, 1 - alphas[i],
									   CG_COUNT_BYAR_EXACT);
			level += (target < limits.lower / denominator) -
				(target > limits.upper / denominator);
		}
	}
	return level;
}
