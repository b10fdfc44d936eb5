/*-------------------------------------------------------------------------
 *
 * variation_core.c
 *	  Measures of variation across units.
 *
 * K. McPherson and others, Small-area variations in the use of common
 *	  surgical procedures, N Engl J Med 1982;307:1310-4.
 * P. Diehr and others, What is too much variation?, Health Serv Res
 *	  1990;24:741-71.
 * M. Martuzzi and M. Hills, Estimating the degree of heterogeneity between
 *	  event rates using likelihood, Am J Epidemiol 1995;141:369-74.
 * M. Coory and R. Gibberd, New measures for reporting the magnitude of small-
 *	  area variation in rates, Stat Med 1998;17:2625-34.
 * W. Viechtbauer, Confidence intervals for the amount of heterogeneity in
 *	  meta-analysis, Stat Med 2007;26:37-52 (Q-profile).
 * H. Theil, Economics and Information Theory, 1967.
 *
 *-------------------------------------------------------------------------
 */
#include "variance/variation_core.h"

#include <math.h>

#include "numeric/order.h"
#include "numeric/special.h"

/* Beyond this alpha the shrunken ratios are 1 to nine digits. */
#define LARGEST_ALPHA 1e10
#define SMALLEST_ALPHA 1e-6

/* Units between two questions whether to stop. */
#define STOP_EVERY 0x4000

/* Up to this count, a sum of reciprocals is better than two digammas. */
#define FEW_EVENTS 64

static bool
stopped(size_t i, CgStop stop)
{
	return i % STOP_EVERY == STOP_EVERY - 1 && stop != NULL && stop();
}

static double
quotient(double high, double low)
{
	return low > 0 ? high / low : NAN;
}

static double
weighted_cv(const double *values, const double *weights, size_t count)
{
	double		total = 0;
	double		mean = 0;
	double		square = 0;

	for (size_t i = 0; i < count; i++)
	{
		double		step = values[i] - mean;

		total += weights[i];
		mean += step * weights[i] / total;
		square += weights[i] * step * (values[i] - mean);
	}
	return mean > 0 ? sqrt(square / total) / mean : NAN;
}

CgDispersion
cg_dispersion(double *values, const double *weights, size_t count)
{
	CgDispersion d = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
	double		n = (double) count;
	double		square = 0;
	double		ranked = 0;

	if (count == 0)
		return d;
	d.mean = 0;
	for (size_t i = 0; i < count; i++)
	{
		double		step = values[i] - d.mean;

		d.mean += step / (double) (i + 1);
		square += step * (values[i] - d.mean);
	}
	if (weights != NULL)
		d.cv_weighted = weighted_cv(values, weights, count);
	cg_sort_doubles(values, count);
	d.extremal_quotient = quotient(values[count - 1], values[0]);
	d.external_quotient = quotient(cg_sorted_quantile(values, count, 0.95),
								   cg_sorted_quantile(values, count, 0.05));
	d.interquartile_ratio = quotient(cg_sorted_quantile(values, count, 0.75),
									 cg_sorted_quantile(values, count, 0.25));
	d.interdecile_ratio = quotient(cg_sorted_quantile(values, count, 0.9),
								   cg_sorted_quantile(values, count, 0.1));
	if (d.mean <= 0)
		return d;

	d.theil_t = 0;
	d.theil_l = values[0] > 0 ? 0 : NAN;
	for (size_t i = 0; i < count; i++)
	{
		double		share = values[i] / d.mean;

		ranked += (2 * (double) i + 1 - n) * (values[i] / d.mean);
		if (share > 0)
		{
			d.theil_t += share * log(share) / n;
			d.theil_l -= log(share) / n;
		}
	}
	d.theil_t = fmax(0, d.theil_t);
	if (d.theil_l < 0)
		d.theil_l = 0;
	d.gini = ranked / (n * n);
	d.cv_population = sqrt(square / n) / d.mean;
	if (count > 1)
	{
		d.gini_corrected = d.gini * n / (n - 1);
		d.cv_sample = sqrt(square / (n - 1)) / d.mean;
	}
	return d;
}

/*
 * digamma(alpha + count) - digamma(alpha)
 */
static double
digamma_rise(double alpha, double count)
{
	double		sum = 0;

	if (count > FEW_EVENTS || count != floor(count))
		return cg_digamma(alpha + count) - cg_digamma(alpha);
	for (int i = 0; i < (int) count; i++)
		sum += 1 / (alpha + i);
	return sum;
}

/*
 * The derivative of the log-likelihood of alpha: counts are negative
 * binomial with mean expected and size alpha.
 */
static double
likelihood_slope(const double *observed, const double *expected, size_t count,
				 double alpha, CgStop stop)
{
	double		sum = 0;

	for (size_t i = 0; i < count; i++)
	{
		sum += digamma_rise(alpha, observed[i]) - log1p(expected[i] / alpha) +
			(expected[i] - observed[i]) / (expected[i] + alpha);
		if (stopped(i, stop))
			return NAN;
	}
	return sum;
}

double
cg_shrinkage_likelihood(const double *observed, const double *expected,
						size_t count, double alpha, CgStop stop)
{
	double		sum = 0;

	for (size_t i = 0; i < count; i++)
	{
		sum += cg_log_gamma(alpha + observed[i]) - cg_log_gamma(alpha) -
			alpha * log1p(expected[i] / alpha) -
			observed[i] * log(expected[i] + alpha);
		if (stopped(i, stop))
			return NAN;
	}
	return sum;
}

double
cg_shrinkage_alpha(const double *observed, const double *expected, size_t count,
				   CgStop stop)
{
	double		low = SMALLEST_ALPHA;
	double		high = 1;
	double		excess = 0;

	/* the likelihood still rises at infinity unless the counts vary more
	 * than Poisson counts do */
	for (size_t i = 0; i < count; i++)
	{
		double		gap = observed[i] - expected[i];

		excess += gap * gap - observed[i];
	}
	if (excess <= 0)
		return INFINITY;
	while (high < LARGEST_ALPHA &&
		   likelihood_slope(observed, expected, count, high, stop) > 0)
	{
		low = high;
		high *= 8;
	}
	if (high >= LARGEST_ALPHA)
		return INFINITY;
	if (likelihood_slope(observed, expected, count, low, stop) <= 0)
		return low;
	for (int i = 0; i < 100 && high / low > 1 + 1e-15; i++)
	{
		double		middle = sqrt(low * high);
		double		slope;

		if (middle <= low || middle >= high)
			break;
		slope = likelihood_slope(observed, expected, count, middle, stop);
		if (isnan(slope))
			return NAN;
		if (slope > 0)
			low = middle;
		else
			high = middle;
	}
	return sqrt(low * high);
}

double
cg_shrunken_ratio(double observed, double expected, double alpha)
{
	if (isinf(alpha))
		return 1;
	return (observed + alpha) / (expected + alpha);
}

CgInterval
cg_shrunken_interval(double observed, double expected, double alpha,
					 double confidence)
{
	double		tail = (1 - confidence) / 2;
	CgInterval	interval = {1, 1};

	if (isinf(alpha))
		return interval;
	interval.lower = cg_gamma_quantile(observed + alpha, tail, false) /
		(expected + alpha);
	interval.upper = cg_gamma_quantile(observed + alpha, tail, true) /
		(expected + alpha);
	return interval;
}

/*
 * Coory and Gibberd's measures, of the shrunken ratios.
 */
static void
shrunken_quotients(const double *observed, const double *expected, size_t count,
				   double *work, CgSmallAreas *areas)
{
	double		low;
	double		high;
	double		below = 0;
	double		above = 0;

	for (size_t i = 0; i < count; i++)
		work[i] = cg_shrunken_ratio(observed[i], expected[i], areas->alpha);
	cg_sort_doubles(work, count);
	areas->quotient_90_10 = quotient(cg_sorted_quantile(work, count, 0.9),
									 cg_sorted_quantile(work, count, 0.1));
	low = cg_sorted_quantile(work, count, 0.2);
	high = cg_sorted_quantile(work, count, 0.8);
	areas->quotient_80_20 = quotient(high, low);
	for (size_t i = 0; i < count; i++)
	{
		if (work[i] <= low)
			below += work[i];
		if (work[i] >= high)
			above += work[i];
	}
	areas->share_ratio = quotient(above, below);
}

CgSmallAreas
cg_small_areas(const double *observed, const double *expected, size_t count,
			   double *work, CgStop stop)
{
	CgSmallAreas areas = {0, 0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
	double		n = (double) count;
	double		scale;

	if (count == 0)
		return areas;
	areas.scv = 0;
	areas.scv_mcpherson = 0;
	for (size_t i = 0; i < count; i++)
	{
		double		gap = (observed[i] - expected[i]) / expected[i];
		double		logarithm = observed[i] > 0 ? log(observed[i] / expected[i]) : NAN;

		areas.observed += observed[i];
		areas.expected += expected[i];
		areas.scv += (gap * gap - 1 / expected[i]) / n;
		areas.scv_mcpherson += (logarithm * logarithm - 1 / expected[i]) / n;
	}
	scale = areas.observed / areas.expected;
	if (count > 1 && scale > 0)
	{
		areas.chi_square = 0;
		for (size_t i = 0; i < count; i++)
		{
			double		mean = scale * expected[i];

			areas.chi_square += (observed[i] - mean) * (observed[i] - mean) / mean;
		}
		areas.degrees = n - 1;
		areas.p_value = cg_chi_square_tails(areas.chi_square, n - 1).upper;
	}
	areas.alpha = cg_shrinkage_alpha(observed, expected, count, stop);
	shrunken_quotients(observed, expected, count, work, &areas);
	return areas;
}

/*
 * The variance at which the units' scatter, each against its own variance,
 * would be just as probable as the quantile.
 */
static double
profile(const double *observed, const double *expected, size_t count,
		double variance, CgStop stop)
{
	double		sum = 0;

	for (size_t i = 0; i < count; i++)
	{
		double		gap = observed[i] / expected[i] - 1;

		sum += gap * gap / (1 / expected[i] + variance);
		if (stopped(i, stop))
			return NAN;
	}
	return sum;
}

static double
profile_root(const double *observed, const double *expected, size_t count,
			 double quantile, CgStop stop)
{
	double		low = 0;
	double		high = 1;

	if (profile(observed, expected, count, 0, stop) <= quantile)
		return 0;
	while (high < 1e300 && profile(observed, expected, count, high, stop) > quantile)
	{
		low = high;
		high *= 4;
	}
	for (int i = 0; i < 1100 && high - low > 1e-15 * high; i++)
	{
		double		middle = 0.5 * (low + high);

		double		scatter;

		if (middle <= low || middle >= high)
			break;
		scatter = profile(observed, expected, count, middle, stop);
		if (isnan(scatter))
			return NAN;
		if (scatter > quantile)
			low = middle;
		else
			high = middle;
	}
	return 0.5 * (low + high);
}

CgInterval
cg_scv_interval(const double *observed, const double *expected, size_t count,
				double confidence, CgStop stop)
{
	double		tail = (1 - confidence) / 2;
	CgInterval	interval;

	interval.lower = profile_root(observed, expected, count,
								  cg_chi_square_quantile(tail, (double) count, true), stop);
	interval.upper = profile_root(observed, expected, count,
								  cg_chi_square_quantile(tail, (double) count, false), stop);
	return interval;
}
