/*-------------------------------------------------------------------------
 *
 * variance_rate_test.c
 *	  Unit test of intervals and standardised rates, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/random.h"
#include "numeric/special.h"
#include "variance/plan_core.h"
#include "variance/rate_core.h"
#include "variance/standardised_core.h"

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

/*
 * Newcombe, Stat Med 1998;17:873-90, table II, method 10, gives the examples
 * of differences; Wilson's limits are the roots of the score equation.
 */
static void
test_proportions(void)
{
	CgInterval	interval = cg_wilson_interval(81, 263, 0.95);
	CgComparison difference = cg_proportion_difference(56, 70, 48, 80, 0.95);
	bool		solves = true;

	/* Newcombe, Stat Med 1998;17:857-72, table I */
	ok(near(interval.lower, 0.2553, 2e-4) && near(interval.upper, 0.3662, 2e-4), "Wilson's 81 of 263");
	interval = cg_wilson_interval(15, 148, 0.95);
	ok(near(interval.lower, 0.0624, 1e-3) && near(interval.upper, 0.1605, 5e-4), "Wilson's 15 of 148");
	ok(fabs(difference.interval.lower - 0.0524) < 5e-5 && fabs(difference.interval.upper - 0.3339) < 5e-5,
	   "difference of 56 of 70 and 48 of 80");
	difference = cg_proportion_difference(9, 10, 3, 10, 0.95);
	ok(fabs(difference.interval.lower - 0.1705) < 5e-5 && fabs(difference.interval.upper - 0.8090) < 5e-5,
	   "difference of 9 of 10 and 3 of 10");
	difference = cg_proportion_difference(10, 10, 0, 10, 0.95);
	ok(fabs(difference.interval.lower - 0.6075) < 5e-5 && difference.interval.upper == 1,
	   "difference of all and none");
	for (double n = 1; n < 5000; n *= 3)
	{
		for (int share = 0; share <= 4; share++)
		{
			double		x = floor(n * share / 4);
			double		z2 = cg_confidence_z(0.99) * cg_confidence_z(0.99);
			double		limits[2];

			interval = cg_wilson_interval(x, n, 0.99);
			limits[0] = interval.lower;
			limits[1] = interval.upper;
			for (int i = 0; i < 2; i++)
				solves &= fabs((x / n - limits[i]) * (x / n - limits[i]) -
							   z2 * limits[i] * (1 - limits[i]) / n) < 1e-13;
		}
	}
	ok(solves, "Wilson's limits solve the score equation");
}

/*
 * Exact limits of a count by the definition, and a table of them: Garwood,
 * Biometrika 1936;28:437-42, as reprinted widely.
 */
static void
test_counts(void)
{
	CgInterval	interval = cg_count_interval(10, 0.95, CG_COUNT_EXACT);
	CgComparison ratio;
	double		sum;
	double		term;

	ok(near(interval.lower, 4.795, 1e-4) && near(interval.upper, 18.39, 1e-4), "exact limits of 10");
	interval = cg_count_interval(0, 0.95, CG_COUNT_EXACT);
	ok(interval.lower == 0 && near(interval.upper, -log(0.025), 1e-14), "exact limits of none");
	interval = cg_count_interval(7, 0.9, CG_COUNT_EXACT);
	sum = 0;
	term = exp(-interval.upper);
	for (int k = 0; k <= 7; k++)
	{
		sum += term;
		term *= interval.upper / (k + 1);
	}
	ok(near(sum, 0.05, 1e-12), "at the upper limit of 7, 7 or fewer have probability 5 %");
	ok(cg_count_interval(9, 0.95, CG_COUNT_BYAR_EXACT).lower == cg_count_interval(9, 0.95, CG_COUNT_EXACT).lower &&
	   cg_count_interval(10, 0.95, CG_COUNT_BYAR_EXACT).lower == cg_count_interval(10, 0.95, CG_COUNT_BYAR).lower,
	   "exact below 10, Byar's from there");
	ok(cg_count_interval(0, 0.95, CG_COUNT_BYAR).lower == 0 && cg_count_interval(1, 0.9999, CG_COUNT_BYAR).lower == 0,
	   "Byar's lower limit does not go below 0");

	/* Breslow and Day: 3 in 1000 against 6 in 1000 */
	ratio = cg_rate_ratio(3, 1000, 6, 1000, 0.95);
	ok(near(ratio.value, 0.5, 1e-15) && ratio.interval.lower > 0.07 && ratio.interval.lower < 0.09 &&
	   ratio.interval.upper > 2.2 && ratio.interval.upper < 2.4, "ratio of 3 and 6");
	ok(near(ratio.p_value, 2 * (1.0 + 9 + 36 + 84) / 512, 1e-12), "its p value is that of 3 or fewer of 9");
	ratio = cg_rate_ratio(6, 1000, 3, 1000, 0.95);
	ok(near(ratio.interval.lower, 1 / cg_rate_ratio(3, 1000, 6, 1000, 0.95).interval.upper, 1e-12), "turned round, it is upside down");
	ratio = cg_rate_ratio(4, 100, 0, 100, 0.95);
	ok(isinf(ratio.value) && isinf(ratio.interval.upper) && ratio.interval.lower > 0, "without events in the second");
	ratio = cg_rate_ratio(0, 100, 0, 100, 0.95);
	ok(isnan(ratio.value) && ratio.interval.lower == 0 && isinf(ratio.interval.upper) && ratio.p_value == 1, "without any events");
	ratio = cg_rate_difference(10, 100, 10, 100, 0.95);
	ok(ratio.value == 0 && near(ratio.interval.lower, -ratio.interval.upper, 1e-12) && ratio.p_value == 1, "no difference");
}

/*
 * Fay and Feuer's own example, Stat Med 1997;16:791-801: Down's syndrome in
 * Michigan, per 100,000 births, standardised to births of 1950-64.
 */
static void
test_direct_rates(void)
{
	static const double events[] = {0, 8, 63, 112, 262, 295};
	static const double births[] = {327, 30666, 123419, 149919, 104088, 34392};
	static const double standard[] = {0.1133, 0.3296, 0.2784, 0.1728, 0.0842, 0.0217};
	CgDsrSums	sums = {0, 0, 0, 0, 0, 0};
	CgInterval	interval;

	for (size_t i = 0; i < LENGTH_OF(events); i++)
	{
		double		weight = standard[i] / births[i];

		sums.events += events[i];
		sums.population += births[i];
		sums.standard += standard[i];
		sums.weighted += weight * events[i];
		sums.variance += weight * weight * events[i];
		sums.largest_weight = fmax(sums.largest_weight, weight);
	}
	interval = cg_dsr_interval(&sums, 0.95, CG_DSR_FAY_FEUER);
	ok(cg_dsr_value(&sums) > interval.lower && cg_dsr_value(&sums) < interval.upper, "Down's syndrome, Fay and Feuer");
	sums.standard *= 1000;
	sums.weighted *= 1000;
	sums.variance *= 1e6;
	sums.largest_weight *= 1000;
	ok(near(cg_dsr_interval(&sums, 0.95, CG_DSR_FAY_FEUER).upper, interval.upper, 1e-12), "the standard's size does not matter");

	/* with one band and all weight on it, Fay and Feuer's limits are exact */
	sums = (CgDsrSums) {7, 1000, 50, 50.0 / 1000 * 7, 50.0 / 1000 * 50 / 1000 * 7, 50.0 / 1000};
	interval = cg_dsr_interval(&sums, 0.95, CG_DSR_FAY_FEUER);
	ok(near(interval.lower * 1000, cg_count_interval(7, 0.95, CG_COUNT_EXACT).lower, 1e-12) &&
	   near(interval.upper * 1000, cg_count_interval(7, 0.95, CG_COUNT_EXACT).upper, 1e-12), "one band gives the exact limits");
	interval = cg_dsr_interval(&sums, 0.95, CG_DSR_DOBSON);
	ok(near(interval.lower * 1000, cg_count_interval(7, 0.95, CG_COUNT_BYAR).lower, 1e-12), "and Dobson's give Byar's");
	sums = (CgDsrSums) {0, 1000, 50, 0, 0, 0.05};
	ok(cg_dsr_interval(&sums, 0.95, CG_DSR_FAY_FEUER).lower == 0 &&
	   near(cg_dsr_interval(&sums, 0.95, CG_DSR_FAY_FEUER).upper, -log(0.025) / 1000, 1e-12), "no events");
}

static void
test_life_tables(void)
{
	CgLifeBand	bands[] = {{80, 100, 1000, 0, 0}, {0, 10, 1000, 0, 0}, {40, 20, 2000, 0, 0}};
	CgLifeBand	pooled[] = {{0, 5, 1000, 0, 0}, {90, 30, 100, 0, 0}, {85, 20, 100, 0, 0}, {80, 50, 800, 0, 0}};
	double		dying;

	ok(cg_life_table(bands, 3) == CG_LIFE_OK && bands[0].age == 0 && bands[2].age == 80, "bands are sorted");
	ok(near(bands[2].expectancy, 10, 1e-15) && near(bands[2].error, 1, 1e-15), "the open band");
	dying = 0.01 * 40 / (1 + 0.01 * 40 * 0.5);
	ok(near(bands[1].expectancy, 40 * (1 - dying / 2) + (1 - dying) * 10, 1e-14), "the band before it");
	ok(cg_life_pool(pooled, 4, 80) == 2 && pooled[1].deaths == 100 && pooled[1].population == 1000, "pooling the oldest");
	bands[1].age = 0;
	ok(cg_life_table(bands, 3) == CG_LIFE_REPEATED_AGE, "an age twice");
	bands[1].age = 40;
	bands[2].deaths = 0;
	ok(cg_life_table(bands, 3) == CG_LIFE_NO_DEATHS_AT_END, "nobody dies in the open band");
	ok(cg_life_table(bands, 0) == CG_LIFE_EMPTY, "no bands");
}

static void
test_inequality(void)
{
	CgInequalityGroup groups[] = {{2, 100, 20, 1}, {1, 100, 10, 1}, {3, 100, 30, 1}, {4, 100, 40, 1}};
	CgInequalityGroup rates[] = {{1, 100, 50, 0.1}, {2, 150, 40, 0.1}, {3, 80, 30, 0.1}};
	CgInequality index;
	double		a;
	double		b;

	ok(cg_inequality(groups, 4, CG_INEQUALITY_VALUE, false, &index) == CG_INEQUALITY_OK &&
	   near(index.sii, 40, 1e-14) && near(index.intercept, 5, 1e-13) && near(index.rii, 9, 1e-13), "a straight line");
	a = cg_inequality_quantile(groups, 4, CG_INEQUALITY_VALUE, false, false, 0.025);
	/* weights -1.2, -0.4, 0.4 and 1.2 on errors of 1 */
	ok(near(a, 40 - 1.959963984540054 * sqrt(3.2), 1e-9), "a limit of the slope in closed form");
	/* Fieller: 45 - 5 r is 1.96 deviations below 0; each end has variance
	 * 1.05, and their covariance is -0.55 */
	a = cg_inequality_quantile(groups, 4, CG_INEQUALITY_VALUE, false, true, 0.975);
	b = 1.959963984540054 * sqrt(1.05 + 1.1 * a + 1.05 * a * a);
	ok(near(5 * a - 45, b, 1e-9), "a limit of the ratio is Fieller's");
	cg_inequality(rates, 3, CG_INEQUALITY_RATE, true, &index);
	a = cg_inequality_quantile(rates, 3, CG_INEQUALITY_RATE, true, true, 0.5);
	ok(near(a, index.rii, 1e-9), "the median of the ratio of a logarithmic line is the ratio");
	ok(cg_inequality(groups, 1, CG_INEQUALITY_VALUE, false, &index) == CG_INEQUALITY_FEW_GROUPS, "one group");
	groups[0].rank = groups[1].rank;
	ok(cg_inequality(groups, 4, CG_INEQUALITY_VALUE, false, &index) == CG_INEQUALITY_REPEATED_RANK, "a rank twice");
	ok(near(cg_inequality_error(8, 12, 0.95, CG_INEQUALITY_VALUE), 2 / 1.959963984540054, 1e-12), "the error that limits show");
}

/*
 * Do intervals cover what they claim?  Direct rates of counts drawn from known
 * rates, Wilson's of drawn proportions, and outturns of drawn years.
 */
static void
test_coverage(void)
{
	enum { SETS = 3000, BANDS = 6 };
	static const double rates[BANDS] = {0.0005, 0.001, 0.002, 0.006, 0.02, 0.05};
	static const double people[BANDS] = {900, 1200, 1500, 900, 400, 120};
	static const double standard[BANDS] = {20000, 25000, 25000, 18000, 9000, 3000};
	CgRandom	random;
	double		truth = 0;
	double		total = 0;
	int			dobson = 0;
	int			fay_feuer = 0;
	int			wilson = 0;
	int			outturn = 0;

	for (int i = 0; i < BANDS; i++)
	{
		truth += rates[i] * standard[i];
		total += standard[i];
	}
	truth /= total;
	cg_random_seed(&random, 17);
	for (int set = 0; set < SETS; set++)
	{
		CgDsrSums	sums = {0, 0, 0, 0, 0, 0};
		CgPlanMonth months[12];
		CgPlanOutturn year;
		CgInterval	interval;
		double		share = 0.05 + 0.9 * cg_random_uniform(&random);
		double		actual = 0;

		for (int i = 0; i < BANDS; i++)
		{
			double		events = cg_poisson_quantile(cg_random_uniform(&random),
													 rates[i] * people[i], false);
			double		weight = standard[i] / people[i];

			sums.events += events;
			sums.population += people[i];
			sums.standard += standard[i];
			sums.weighted += weight * events;
			sums.variance += weight * weight * events;
			sums.largest_weight = fmax(sums.largest_weight, weight);
		}
		interval = cg_dsr_interval(&sums, 0.95, CG_DSR_FAY_FEUER);
		fay_feuer += interval.lower <= truth && truth <= interval.upper;
		interval = cg_dsr_interval(&sums, 0.95, CG_DSR_DOBSON);
		dobson += interval.lower <= truth && truth <= interval.upper;
		interval = cg_wilson_interval(cg_binomial_quantile(cg_random_uniform(&random), 80, share, false),
									  80, 0.95);
		wilson += interval.lower <= share && share <= interval.upper;
		for (int i = 0; i < 12; i++)
		{
			months[i].plan = 100;
			months[i].actual = 100 * (1.03 + 0.08 * cg_random_normal(&random));
			actual += months[i].actual;
			if (i >= 7)
				months[i].actual = NAN;
		}
		year = cg_plan(months, 12, 0.95);
		outturn += year.forecast_lower <= actual && actual <= year.forecast_upper;
	}
	printf("# coverage of 95 %%: Dobson %.3f, Fay and Feuer %.3f, Wilson %.3f, outturn %.3f\n",
		   (double) dobson / SETS, (double) fay_feuer / SETS, (double) wilson / SETS, (double) outturn / SETS);
	ok(dobson > 0.93 * SETS && fay_feuer > 0.94 * SETS, "intervals of direct rates cover");
	ok(wilson > 0.93 * SETS && wilson < 0.97 * SETS, "Wilson's interval covers");
	ok(outturn > 0.93 * SETS && outturn < 0.97 * SETS, "the outturn's interval covers");
}

int
main(void)
{
	test_coverage();
	test_proportions();
	test_counts();
	test_direct_rates();
	test_life_tables();
	test_inequality();
	printf("1..%d\n", tests);
	return failures != 0;
}
