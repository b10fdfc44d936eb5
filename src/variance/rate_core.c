/*-------------------------------------------------------------------------
 *
 * rate_core.c
 *	  Intervals of counts, rates, proportions and means, and comparisons.
 *
 * E. B. Wilson, J Am Stat Assoc 1927;22:209-12.
 * N. E. Breslow and N. E. Day, Statistical Methods in Cancer Research, volume
 *	  II, 1987, p. 69 (Byar's method).
 * F. Garwood, Biometrika 1936;28:437-42 (exact Poisson limits).
 * R. G. Newcombe, Stat Med 1998;17:873-90, method 10.
 * G. Y. Zou and A. Donner, Stat Med 2008;27:1693-702 (limits of a difference
 *	  from the limits of its parts).
 *
 *-------------------------------------------------------------------------
 */
#include "variance/rate_core.h"

#include <math.h>
#include <stddef.h>

#include "numeric/special.h"

/* OHID technical guidance: exact limits below this many events. */
#define BYAR_MIN_EVENTS 10

double
cg_confidence_z(double confidence)
{
	return -cg_normal_quantile((1 - confidence) / 2);
}

/*
 * The lower root of the score equation, by the product of the roots, so that
 * nothing cancels where the count is small.
 */
static double
wilson_lower(double count, double total, double z)
{
	double		root = z * sqrt(z * z + 4 * count * (1 - count / total));

	if (count == 0)
		return 0;
	return 2 * count * count / (total * (2 * count + z * z + root));
}

CgInterval
cg_wilson_interval(double count, double total, double confidence)
{
	double		z = cg_confidence_z(confidence);
	double		root = z * sqrt(z * z + 4 * count * (1 - count / total));
	CgInterval	interval;

	interval.lower = wilson_lower(count, total, z);
	interval.upper = (2 * count + z * z + root) / (2 * (total + z * z));
	if (count == total)
		interval.upper = 1;
	return interval;
}

static CgInterval
byar_interval(double events, double confidence)
{
	double		z = cg_confidence_z(confidence);
	double		next = events + 1;
	double		root;
	CgInterval	interval = {0, 0};

	if (events > 0)
	{
		root = 1 - 1 / (9 * events) - z / (3 * sqrt(events));
		if (root > 0)
			interval.lower = events * root * root * root;
	}
	root = 1 - 1 / (9 * next) + z / (3 * sqrt(next));
	interval.upper = next * root * root * root;
	return interval;
}

CgInterval
cg_count_interval(double events, double confidence, CgCountMethod method)
{
	double		tail = (1 - confidence) / 2;
	CgInterval	interval;

	if (method == CG_COUNT_BYAR ||
		(method == CG_COUNT_BYAR_EXACT && events >= BYAR_MIN_EVENTS))
		return byar_interval(events, confidence);
	interval.lower = events == 0 ? 0 : cg_gamma_quantile(events, tail, false);
	interval.upper = cg_gamma_quantile(events + 1, tail, true);
	return interval;
}

CgInterval
cg_mean_interval(double mean, double deviation, double count, double confidence)
{
	double		half = -cg_t_quantile((1 - confidence) / 2, count - 1) *
		deviation / sqrt(count);
	CgInterval	interval = {mean - half, mean + half};

	return interval;
}

/*
 * Twice the smaller tail of the first group's events given all events, which
 * are binomial when the rates are equal.
 */
static double
equal_rates_p_value(double events1, double population1,
					double events2, double population2)
{
	double		events = events1 + events2;
	double		share1 = population1 / (population1 + population2);
	double		share2 = population2 / (population1 + population2);
	double		at_most = 1;
	double		at_least = 1;

	if (events2 > 0)
		at_most = cg_beta_tails(events1 + 1, events2, share1, share2).upper;
	if (events1 > 0)
		at_least = cg_beta_tails(events1, events2 + 1, share1, share2).lower;
	if (events == 0)
		return 1;
	return fmin(1, 2 * fmin(at_most, at_least));
}

CgComparison
cg_rate_ratio(double events1, double population1,
			  double events2, double population2, double confidence)
{
	double		tail = (1 - confidence) / 2;
	double		scale = population2 / population1;
	CgComparison comparison;
	double		x;
	double		y;

	comparison.value = events1 / events2 * scale;
	comparison.interval.lower = 0;
	comparison.interval.upper = INFINITY;
	if (events1 > 0)
	{
		x = cg_beta_quantile(events1, events2 + 1, tail, false, &y);
		comparison.interval.lower = x / y * scale;
	}
	if (events2 > 0)
	{
		x = cg_beta_quantile(events1 + 1, events2, tail, true, &y);
		comparison.interval.upper = x / y * scale;
	}
	comparison.p_value = equal_rates_p_value(events1, population1,
											 events2, population2);
	return comparison;
}

/*
 * Zou and Donner: each limit uses the limits of the parts on its own side.
 */
static void
difference_interval(CgComparison *comparison, double value1, CgInterval of1,
					double value2, CgInterval of2)
{
	comparison->value = value1 - value2;
	comparison->interval.lower = comparison->value -
		hypot(value1 - of1.lower, of2.upper - value2);
	comparison->interval.upper = comparison->value +
		hypot(of1.upper - value1, value2 - of2.lower);
}

CgComparison
cg_rate_difference(double events1, double population1,
				   double events2, double population2, double confidence)
{
	CgInterval	of1 = cg_count_interval(events1, confidence, CG_COUNT_BYAR_EXACT);
	CgInterval	of2 = cg_count_interval(events2, confidence, CG_COUNT_BYAR_EXACT);
	CgComparison comparison;

	of1.lower /= population1;
	of1.upper /= population1;
	of2.lower /= population2;
	of2.upper /= population2;
	difference_interval(&comparison, events1 / population1, of1,
						events2 / population2, of2);
	comparison.p_value = equal_rates_p_value(events1, population1,
											 events2, population2);
	return comparison;
}

CgComparison
cg_proportion_difference(double count1, double total1,
						 double count2, double total2, double confidence)
{
	CgComparison comparison;
	double		pooled = (count1 + count2) / (total1 + total2);
	double		error = sqrt(pooled * (1 - pooled) * (1 / total1 + 1 / total2));

	difference_interval(&comparison, count1 / total1,
						cg_wilson_interval(count1, total1, confidence),
						count2 / total2,
						cg_wilson_interval(count2, total2, confidence));
	comparison.p_value = error == 0 ? 1 :
		fmin(1, 2 * cg_normal_tails(fabs(comparison.value) / error).upper);
	return comparison;
}
