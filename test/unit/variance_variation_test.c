/*-------------------------------------------------------------------------
 *
 * variance_variation_test.c
 *	  Unit test of measures of variation and of opportunity, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/order.h"
#include "numeric/random.h"
#include "numeric/special.h"
#include "variance/opportunity_core.h"
#include "variance/variation_core.h"

#include <stdbool.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

static bool
near(double got, double wanted, double tolerance)
{
	return fabs(got - wanted) <= tolerance * fmax(1e-300, fabs(wanted));
}

static void
test_dispersion(void)
{
	double		equal[] = {3, 3, 3, 3};
	double		one_has_all[] = {0, 0, 0, 8};
	double		values[] = {4, 1, 3, 2};
	double		scaled[] = {40, 10, 30, 20};
	double		weights[] = {1, 1, 1, 1};
	CgDispersion d = cg_dispersion(equal, NULL, 4);
	CgDispersion s;

	ok(d.gini == 0 && d.theil_t == 0 && d.theil_l == 0 && d.cv_sample == 0 && d.extremal_quotient == 1, "equal values");
	d = cg_dispersion(one_has_all, NULL, 4);
	ok(near(d.gini, 0.75, 1e-15) && near(d.gini_corrected, 1, 1e-15) && near(d.theil_t, log(4), 1e-15) &&
	   isnan(d.theil_l) && isnan(d.extremal_quotient), "one has all");
	d = cg_dispersion(values, weights, 4);
	s = cg_dispersion(scaled, weights, 4);
	ok(near(d.gini, s.gini, 1e-14) && near(d.theil_t, s.theil_t, 1e-14) && near(d.theil_l, s.theil_l, 1e-14) &&
	   near(d.cv_sample, s.cv_sample, 1e-14) && near(d.cv_weighted, d.cv_population, 1e-14), "the unit of measurement does not matter");
	d = cg_dispersion(equal, NULL, 1);
	ok(isnan(d.cv_sample) && isnan(d.gini_corrected) && d.gini == 0 && d.mean == 3, "one value");
	d = cg_dispersion(equal, NULL, 0);
	ok(isnan(d.mean) && isnan(d.gini), "no values");
	equal[0] = equal[1] = equal[2] = equal[3] = 0;
	d = cg_dispersion(equal, NULL, 4);
	ok(d.mean == 0 && isnan(d.gini) && isnan(d.cv_sample) && isnan(d.theil_t), "only zeros");
}

static void
test_small_areas(void)
{
	enum { UNITS = 3000 };
	static double observed[UNITS];
	static double expected[UNITS];
	static double work[UNITS];
	CgSmallAreas areas;
	CgInterval	interval;
	CgRandom	random;
	int			covered = 0;
	int			shrunk = 0;

	cg_random_seed(&random, 5);
	for (int i = 0; i < UNITS; i++)
	{
		expected[i] = 20 + 200 * cg_random_uniform(&random);
		/* a Poisson count as a quantile of a uniform */
		observed[i] = cg_poisson_quantile(cg_random_uniform(&random),
										  expected[i] * cg_random_gamma(&random, 25) / 25, false);
	}
	areas = cg_small_areas(observed, expected, UNITS, work, NULL);
	ok(fabs(areas.scv / 0.04 - 1) < 0.1, "the SCV is the variance that was put in");
	ok(fabs(areas.alpha / 25 - 1) < 0.1, "and alpha its inverse");
	ok(areas.p_value < 1e-10, "heterogeneity is found");
	interval = cg_scv_interval(observed, expected, UNITS, 0.95, NULL);
	ok(interval.lower < 0.04 && interval.upper > 0.04 && interval.upper < 0.05, "the SCV's interval");

	/* intervals over many sets of 40 units */
	for (int set = 0; set + 40 <= UNITS; set += 40)
	{
		interval = cg_scv_interval(observed + set, expected + set, 40, 0.95, NULL);
		covered += interval.lower <= 0.04 && interval.upper >= 0.04;
	}
	printf("# SCV interval: %d of %d\n", covered, UNITS / 40);
	ok(covered >= UNITS / 40 * 0.86, "the SCV's intervals cover");
	for (int i = 0; i < UNITS; i++)
	{
		double		ratio = observed[i] / expected[i];
		double		to = cg_shrunken_ratio(observed[i], expected[i], areas.alpha);

		shrunk += fabs(to - 1) <= fabs(ratio - 1);
	}
	ok(shrunk == UNITS, "shrunken ratios are nearer to 1");

	for (int i = 0; i < UNITS; i++)
		observed[i] = floor(expected[i]);
	areas = cg_small_areas(observed, expected, UNITS, work, NULL);
	ok(isinf(areas.alpha) && areas.scv < 0 && areas.p_value > 0.99 && near(areas.quotient_80_20, 1, 1e-15), "less than chance");
	interval = cg_scv_interval(observed, expected, UNITS, 0.95, NULL);
	ok(interval.lower == 0 && interval.upper == 0, "its interval is 0");
	observed[0] = 0;
	areas = cg_small_areas(observed, expected, 1, work, NULL);
	ok(isnan(areas.chi_square) && isnan(areas.scv_mcpherson) && !isnan(areas.scv), "one unit without events");
}

/*
 * Random numbers: moments of the gamma distribution.
 */
static void
test_random(void)
{
	static const double shapes[] = {0.3, 1, 4.5, 100};
	CgRandom	random;
	bool		good = true;

	cg_random_seed(&random, 1);
	for (size_t s = 0; s < LENGTH_OF(shapes); s++)
	{
		double		mean = 0;
		double		square = 0;

		for (int i = 0; i < 200000; i++)
		{
			double		x = cg_random_gamma(&random, shapes[s]);

			mean += x / 200000;
			square += x * x / 200000;
		}
		good &= fabs(mean / shapes[s] - 1) < 0.02 &&
			fabs((square - mean * mean) / shapes[s] - 1) < 0.05;
	}
	ok(good, "gamma numbers have their mean and variance");
}

/*
 * Do the intervals cover what they claim?  True rates are drawn, counts from
 * them, and the gap to the benchmark of the true rates must lie inside; the
 * gap of raw rates to the raw benchmark promises too much.
 */
static void
test_coverage(CgBenchmark benchmark, bool lower_is_better, const char *what)
{
	enum { UNITS = 25, SETS = 250 };
	double		events[UNITS];
	double		population[UNITS];
	double		rate[UNITS];
	double		sorted[UNITS];
	CgOpportunity result[UNITS];
	CgOpportunityOptions options = {benchmark, 3, lower_is_better, 0, 300, 9, 0.95};
	double	   *work = malloc(sizeof(double) * cg_opportunity_room(UNITS, options.replications));
	CgRandom	random;
	int			covered = 0;
	double		bias = 0;
	double		raw_bias = 0;

	cg_random_seed(&random, 21);
	for (int set = 0; set < SETS; set++)
	{
		double		truth = 0;
		double		raw = 0;

		for (int i = 0; i < UNITS; i++)
		{
			population[i] = 500 + 4000 * cg_random_uniform(&random);
			rate[i] = 0.03 * cg_random_gamma(&random, 20) / 20;
			events[i] = cg_poisson_quantile(cg_random_uniform(&random), rate[i] * population[i], false);
		}
		if (cg_opportunity(&options, events, population, UNITS, work, NULL, result) != CG_OPPORTUNITY_OK)
			continue;
		for (int pass = 0; pass < 2; pass++)
		{
			double		of;

			for (int i = 0; i < UNITS; i++)
				sorted[i] = pass == 0 ? rate[i] : events[i] / population[i];
			cg_sort_doubles(sorted, UNITS);
			if (benchmark == CG_BENCHMARK_MEDIAN)
				of = sorted[UNITS / 2];
			else if (benchmark == CG_BENCHMARK_BEST_QUINTILE)
				of = cg_sorted_quantile(sorted, UNITS, lower_is_better ? 0.2 : 0.8);
			else
				of = lower_is_better ? (sorted[0] + sorted[1] + sorted[2]) / 3 :
					(sorted[UNITS - 1] + sorted[UNITS - 2] + sorted[UNITS - 3]) / 3;
			if (pass == 0)
				truth = of;
			else
				raw = of;
		}
		for (int i = 0; i < UNITS; i++)
		{
			double		gap = (rate[i] - truth) * population[i] * (lower_is_better ? 1 : -1);

			covered += gap >= result[i].events_limits.lower && gap <= result[i].events_limits.upper;
			bias += (result[i].events - gap) / (UNITS * SETS);
			raw_bias += ((events[i] / population[i] - raw) * population[i] *
						 (lower_is_better ? 1 : -1) - gap) / (UNITS * SETS);
		}
	}
	printf("# %s: coverage %.3f, bias %.2f events, of raw rates %.2f\n", what,
		   (double) covered / (UNITS * SETS), bias, raw_bias);
	ok(covered > 0.92 * UNITS * SETS && covered < 0.98 * UNITS * SETS, what);
	ok(benchmark == CG_BENCHMARK_MEDIAN || fabs(bias) < 0.4 * fabs(raw_bias), "and it promises less than raw rates do");
	free(work);
}

static bool
always(void)
{
	return true;
}

static void
test_opportunity(void)
{
	double		events[] = {10, 20, 30, 40};
	double		population[] = {1000, 1000, 1000, 1000};
	double		none[] = {0, 0, 0, 0};
	CgOpportunity first[4];
	CgOpportunity second[4];
	CgOpportunityOptions options = {CG_BENCHMARK_MEDIAN, 1, true, 0, 500, 1, 0.95};
	double	   *work = malloc(sizeof(double) * cg_opportunity_room(4, 100000));

	cg_opportunity(&options, events, population, 4, work, NULL, first);
	cg_opportunity(&options, events, population, 4, work, NULL, second);
	ok(memcmp(first, second, sizeof(first)) == 0, "the same seed gives the same figures");
	ok(first[0].events < 0 && first[3].events > 0 && first[3].rate == 0.04, "better units have nothing to gain");
	options.seed = 2;
	cg_opportunity(&options, events, population, 4, work, NULL, second);
	ok(first[0].events != second[0].events && fabs(first[3].events - second[3].events) < 2, "another seed gives nearly the same");
	options.benchmark = CG_BENCHMARK_BEST_MEAN;
	options.best = 99;
	ok(cg_opportunity(&options, events, population, 4, work, NULL, first) == CG_OPPORTUNITY_OK, "more of the best than units");
	options.best = 1;
	options.lower_is_better = false;
	options.first_peer = 1;
	cg_opportunity(&options, events, population, 4, work, NULL, first);
	ok(first[0].benchmark > 0.025 && first[0].events > 0, "against peers alone");
	ok(cg_opportunity(&options, none, population, 4, work, NULL, first) == CG_OPPORTUNITY_NO_EVENTS, "without events");
	options.replications = 100000;
	ok(cg_opportunity(&options, events, population, 4, work, always, first) == CG_OPPORTUNITY_STOPPED, "it can be stopped");
	free(work);
}

static void
test_peers(void)
{
	/* the second feature is the same everywhere, the first has a scale */
	double		features[] = {0, 5, 10, 5, 30, 5, 100, 5, 31, 5};
	double		scratch[10];
	int			nearest[10];
	double		distance[10];

	ok(cg_nearest_peers(features, 5, 2, NULL, 2, scratch, NULL, nearest, distance) &&
	   nearest[0] == 1 && nearest[1] == 2 && nearest[4] == 4 && nearest[8] == 2 && nearest[6] == 4, "nearest units, nearest first");
	ok(distance[0] < distance[1] && near(distance[4] * 10, distance[0], 1e-12), "distances are standardised");
	features[2] = -10;
	features[4] = 10;
	cg_nearest_peers(features, 5, 2, NULL, 2, scratch, NULL, nearest, distance);
	ok(nearest[0] == 1 && nearest[1] == 2 && distance[0] == distance[1], "ties go by place");
}

int
main(void)
{
	test_dispersion();
	test_small_areas();
	test_random();
	test_opportunity();
	test_coverage(CG_BENCHMARK_MEDIAN, true, "median, lower is better");
	test_coverage(CG_BENCHMARK_BEST_QUINTILE, true, "best quintile, lower is better");
	test_coverage(CG_BENCHMARK_BEST_MEAN, true, "mean of the best three, lower is better");
	test_coverage(CG_BENCHMARK_BEST_MEAN, false, "mean of the best three, higher is better");
	test_peers();
	printf("1..%d\n", tests);
	return failures != 0;
}
