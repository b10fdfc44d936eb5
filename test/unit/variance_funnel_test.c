/*-------------------------------------------------------------------------
 *
 * variance_funnel_test.c
 *	  Unit test of funnel plots, order statistics and plans, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/order.h"
#include "numeric/random.h"
#include "numeric/special.h"
#include "variance/funnel_core.h"
#include "variance/plan_core.h"

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

static int
compare_doubles(const void *a, const void *b)
{
	return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static void
test_order(void)
{
	static double values[2000];
	static double sorted[2000];
	static double copy[2000];
	CgRandom	random;
	bool		sorts = true;
	bool		selects = true;

	cg_random_seed(&random, 7);
	for (int round = 0; round < 60; round++)
	{
		size_t		count = 1 + cg_random_bits(&random) % 2000;

		for (size_t i = 0; i < count; i++)
			values[i] = round % 3 == 0 ? floor(10 * cg_random_uniform(&random)) :
				round % 3 == 1 ? cg_random_normal(&random) : (double) (i * (round % 2 ? 1 : -1));
		memcpy(sorted, values, count * sizeof(double));
		qsort(sorted, count, sizeof(double), compare_doubles);
		for (int k = 0; k < 4; k++)
		{
			size_t		place = cg_random_bits(&random) % count;

			memcpy(copy, values, count * sizeof(double));
			selects &= cg_select_double(copy, count, place) == sorted[place];
			memcpy(copy, values, count * sizeof(double));
			selects &= cg_select_quantile(copy, count, 0.1) == cg_sorted_quantile(sorted, count, 0.1);
		}
		cg_sort_doubles(values, count);
		sorts &= memcmp(values, sorted, count * sizeof(double)) == 0;
	}
	ok(sorts, "sorting as qsort does");
	ok(selects, "selecting what sorting would put there");
	ok(cg_sorted_quantile(sorted, 1, 0.7) == sorted[0], "a quantile of one value");
}

static void
test_limits(void)
{
	CgInterval	limits;
	CgFunnelOptions options = {CG_SCALE_SQUARE_ROOT, CG_ADJUST_ADDITIVE, 0.1, false};
	bool		nested = true;

	for (int method = CG_LIMITS_SCORE; method <= CG_LIMITS_BYAR; method++)
	{
		for (double n = 1; n < 1e6; n *= 3)
		{
			CgFunnelKind kind = method <= CG_LIMITS_EXACT ? CG_FUNNEL_PROPORTION : CG_FUNNEL_RATIO;
			CgInterval	outer = cg_funnel_plain(kind, method, 0.2, n, 0.002);

			limits = cg_funnel_plain(kind, method, 0.2, n, 0.05);
			nested &= outer.lower <= limits.lower && limits.lower <= 0.2 &&
				limits.upper >= 0.2 && outer.upper >= limits.upper && outer.lower >= 0;
		}
	}
	ok(nested, "limits lie round the target and inside one another");
	/* exact limits: there the distribution function, drawn straight between
	 * counts, is 2.5 % and 97.5 % */
	for (int side = 0; side < 2; side++)
	{
		double		p = side == 0 ? 0.025 : 0.975;
		double		at;
		double		k;

		limits = cg_funnel_plain(CG_FUNNEL_PROPORTION, CG_LIMITS_EXACT, 0.3, 50, 0.05);
		at = 50 * (side == 0 ? limits.lower : limits.upper);
		k = ceil(at);
		ok(near(cg_binomial_tails(k - 1, 50, 0.3).lower +
				(at - k + 1) * cg_binomial_density(k, 50, 0.3, 0.7), p, 1e-12), "exact limits of a proportion");
		limits = cg_funnel_plain(CG_FUNNEL_RATE, CG_LIMITS_EXACT, 0.3, 50, 0.05);
		at = 50 * (side == 0 ? limits.lower : limits.upper);
		k = ceil(at);
		ok(near(cg_poisson_tails(k - 1, 15).lower +
				(at - k + 1) * cg_poisson_density(k, 15), p, 1e-12), "exact limits of a rate");
	}
	limits = cg_funnel_adjusted(&options, 1, 1, 0.5, 1, 3);
	ok(limits.lower == 0 && limits.upper > 1, "a square-root limit below 0 is 0");
	options.scale = CG_SCALE_ARCSINE;
	limits = cg_funnel_adjusted(&options, cg_funnel_transform(CG_SCALE_ARCSINE, 0.5), 1, 5, 1, 3);
	ok(limits.lower == 0 && limits.upper == 1, "arcsine limits end at 0 and 1");
	limits = cg_funnel_expected_at(25, 0.05);
	ok(near(cg_poisson_tails(25, limits.upper).lower, 0.025, 1e-12) &&
	   near(cg_poisson_tails(24, limits.lower).upper, 0.025, 1e-12), "where 25 events lie on the limits");
}

static void
test_significance(void)
{
	static const double alphas[] = {0.05, 0.002};

	ok(cg_funnel_significance(CG_FUNNEL_RATIO, 100, 100, 1, alphas, 2) == 0 &&
	   cg_funnel_significance(CG_FUNNEL_RATIO, 125, 100, 1, alphas, 2) == 1 &&
	   cg_funnel_significance(CG_FUNNEL_RATIO, 150, 100, 1, alphas, 2) == 2 &&
	   cg_funnel_significance(CG_FUNNEL_RATIO, 78, 100, 1, alphas, 2) == -1 &&
	   cg_funnel_significance(CG_FUNNEL_RATIO, 50, 100, 1, alphas, 2) == -2, "levels of a ratio");
	ok(cg_funnel_significance(CG_FUNNEL_PROPORTION, 0, 1000, 0.1, alphas, 2) == -2 &&
	   cg_funnel_significance(CG_FUNNEL_PROPORTION, 120, 1000, 0.1, alphas, 2) == 1, "levels of a proportion");
}

/*
 * The truncation of the core, which selects, against ranks worked out slowly.
 */
static void
test_truncation(void)
{
	static double numerator[400];
	static double denominator[400];
	static double z[400];
	static double work[400];
	CgRandom	random;
	bool		same = true;

	cg_random_seed(&random, 11);
	for (int round = 0; round < 300; round++)
	{
		size_t		count = 1 + cg_random_bits(&random) % 400;
		CgFunnelOptions options = {CG_SCALE_LOG, CG_ADJUST_ADDITIVE, 0.05 + 0.4 * cg_random_uniform(&random), false};
		CgFunnelDispersion dispersion;
		size_t		kept = 0;

		if (round % 4 == 0)
			options.trim = 0.1;
		for (size_t i = 0; i < count; i++)
		{
			/* many ties, and some without a score */
			denominator[i] = round % 2 ? 10 : 5 + floor(50 * cg_random_uniform(&random));
			numerator[i] = floor(denominator[i] * 1.7 * cg_random_uniform(&random));
			z[i] = cg_funnel_score(CG_SCALE_LOG, 0, numerator[i], denominator[i]).z;
		}
		dispersion = cg_funnel_dispersion(&options, numerator, denominator, count, NAN, work, NULL);
		for (size_t i = 0; i < count; i++)
		{
			double		rank = 0.5;
			double		k = 1 / options.trim;
			double		slice;
			double		unused;
			bool		wanted;

			for (size_t j = 0; j < count; j++)
			{
				double		a = isnan(z[j]) ? -INFINITY : z[j];
				double		b = isnan(z[i]) ? -INFINITY : z[i];

				rank += a < b ? 1 : a == b ? 0.5 : 0;
			}
			slice = floor(rank * k / ((double) count + 1));
			wanted = !isnan(z[i]) && slice > 0 && slice < k - 1;
			kept += wanted;
			same &= wanted == cg_funnel_keeps(CG_SCALE_LOG, &dispersion, z[i], &unused);
		}
		same &= kept == dispersion.kept;
	}
	ok(same, "truncation keeps the ranks that SHMI keeps");
}

/*
 * Without overdispersion phi is about 1 when consistent, and tau2 finds what
 * was put in.
 */
static void
test_overdispersion(void)
{
	enum { UNITS = 20000 };
	double	   *numerator = malloc(sizeof(double) * UNITS * 3);
	double	   *denominator = numerator + UNITS;
	CgRandom	random;

	for (int scale = CG_SCALE_LOG; scale <= CG_SCALE_SQUARE_ROOT; scale++)
	{
		CgFunnelOptions options = {scale, CG_ADJUST_ADDITIVE, 0.1, true};
		CgFunnelDispersion dispersion;
		double		tau = scale == CG_SCALE_LOG ? 0.2 : 0.1;

		cg_random_seed(&random, 3);
		for (int spread = 0; spread < 2; spread++)
		{
			for (int i = 0; i < UNITS; i++)
			{
				double		y = (spread ? tau : 0) * cg_random_normal(&random);

				denominator[i] = 400;
				y += cg_random_normal(&random) / (scale == CG_SCALE_LOG ? 20 : 40);
				numerator[i] = 400 * (scale == CG_SCALE_LOG ? exp(y) : (1 + y) * (1 + y));
			}
			dispersion = cg_funnel_dispersion(&options, numerator, denominator, UNITS, NAN, denominator + UNITS, NULL);
			if (spread == 0)
				ok(fabs(dispersion.phi - 1) < 0.03, "consistent phi is 1 where there is only chance");
			else
				ok(fabs(dispersion.tau2 / (tau * tau) - 1) < 0.05, "consistent tau2 is what was put in");
		}
	}
	free(numerator);
}

static void
test_plan(void)
{
	CgPlanMonth months[12];
	CgPlanOutturn outturn;

	memset(months, 0, sizeof(months));
	for (int i = 0; i < 12; i++)
	{
		months[i].plan = 100;
		months[i].actual = i < 8 ? 103 + (i % 2) : NAN;
	}
	outturn = cg_plan(months, 12, 0.95);
	ok(months[0].special == CG_PLAN_RUN_ABOVE && months[7].special == CG_PLAN_RUN_ABOVE && months[8].special == 0,
	   "eight months above plan are a run, though each is near it");
	ok(near(outturn.forecast, 828 + 4 * 103.5, 1e-12) && outturn.forecast_lower < outturn.forecast &&
	   outturn.forecast_upper > outturn.forecast && outturn.plan == 1200, "outturn at the ratio so far");
	ok(isnan(months[8].cumulative_actual) && months[8].cumulative_plan == 900 && months[7].cumulative_actual == 828, "cumulative figures");
	for (int i = 0; i < 12; i++)
		months[i].actual = 100 + 3 * (i % 2 == 0 ? 1 : -1) + (i == 5 ? 60 : 0);
	outturn = cg_plan(months, 12, 0.95);
	ok(months[5].special & CG_PLAN_ABOVE_LIMIT && months[4].special == 0, "one month outside the limits");
	ok(outturn.forecast == outturn.forecast_lower && near(outturn.forecast, 1260, 1e-12), "a finished year is its own forecast");
	for (int i = 0; i < 12; i++)
		months[i].plan = 0;
	outturn = cg_plan(months, 12, 0.95);
	ok(isnan(outturn.centre) && isnan(months[0].ratio) && months[0].special == 0, "no plan, no ratio");
	outturn = cg_plan(months, 0, 0.95);
	ok(outturn.plan == 0 && outturn.forecast == 0, "no months");
}

int
main(void)
{
	test_order();
	test_limits();
	test_significance();
	test_truncation();
	test_overdispersion();
	test_plan();
	printf("1..%d\n", tests);
	return failures != 0;
}
