/*-------------------------------------------------------------------------
 *
 * demand_intermittent_test.c
 *	  Unit test of Croston, SBA and TSB, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/intermittent_core.h"
#include "numeric/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

#define N 200

static void
sparse(CgRandom *random, double *y, double chance)
{
	for (int i = 0; i < N; i++)
		y[i] = cg_random_uniform(random) < chance ? 1 + floor(9 * cg_random_uniform(random)) : 0;
}

/*
 * By the papers' recursions over demands alone, not over periods.
 */
static double
slow_croston(const double *y, double alpha, double beta)
{
	double		size = 0;
	double		interval = 0;
	int			last = -1;
	bool		begun = false;

	for (int i = 0; i < N; i++)
	{
		if (y[i] == 0)
			continue;
		size = begun ? alpha * y[i] + (1 - alpha) * size : y[i];
		interval = begun ? beta * (i - last) + (1 - beta) * interval : i - last;
		last = i;
		begun = true;
	}
	return size / interval;
}

static double
slow_tsb(const double *y, double alpha, double beta)
{
	double		size = 0;
	double		chance = 0;
	int			count = 0;
	int			last = 0;
	bool		begun = false;

	for (int i = 0; i < N; i++)
	{
		count += y[i] > 0;
		last = y[i] > 0 ? i + 1 : last;
	}
	chance = (double) count / last;
	for (int i = 0; i < N; i++)
	{
		chance = y[i] > 0 ? beta + (1 - beta) * chance : (1 - beta) * chance;
		if (y[i] > 0)
			size = begun ? alpha * y[i] + (1 - alpha) * size : y[i];
		begun |= y[i] > 0;
	}
	return size * chance;
}

static void
test_given(CgRandom *random)
{
	double		worst = 0;

	for (int round = 0; round < 50; round++)
	{
		double		y[N];
		double		alpha = 0.3 * cg_random_uniform(random);
		double		beta = 0.3 * cg_random_uniform(random);
		CgIntermittentFit fit;

		sparse(random, y, 0.05 + 0.5 * cg_random_uniform(random));
		cg_intermittent(y, N, CG_CROSTON, alpha, beta, NULL, &fit, NULL);
		worst = fmax(worst, fabs(fit.rate - slow_croston(y, alpha, beta)));
		cg_intermittent(y, N, CG_SBA, alpha, beta, NULL, &fit, NULL);
		worst = fmax(worst, fabs(fit.rate - (1 - beta / 2) * slow_croston(y, alpha, beta)));
		cg_intermittent(y, N, CG_TSB, alpha, beta, NULL, &fit, NULL);
		worst = fmax(worst, fabs(fit.rate - slow_tsb(y, alpha, beta)));
	}
	ok(worst < 1e-12, "given parameters: the papers' recursions");
}

static void
test_fitted(CgRandom *random)
{
	bool		best = true;
	bool		within = true;
	double		scale = 0;

	for (int round = 0; round < 20; round++)
	{
		double		y[N];
		double		z[N];

		sparse(random, y, 0.3);
		for (int i = 0; i < N; i++)
			z[i] = 1000 * y[i];
		for (CgIntermittentMethod method = CG_CROSTON; method <= CG_TSB; method++)
		{
			CgIntermittentFit fit;
			CgIntermittentFit other;

			cg_intermittent(y, N, method, NAN, NAN, NULL, &fit, NULL);
			within &= fit.alpha >= 0.01 && fit.alpha <= 0.3 && fit.beta >= 0.01 && fit.beta <= 0.3;
			for (double a = 0.01; a <= 0.3; a += 0.0145)
			{
				for (double b = 0.01; b <= 0.3; b += 0.0145)
				{
					cg_intermittent(y, N, method, a, b, NULL, &other, NULL);
					best &= fit.mean_squared_rate <= other.mean_squared_rate * 1.001;
				}
			}
			cg_intermittent(z, N, method, NAN, NAN, NULL, &other, NULL);
			scale = fmax(scale, fabs(other.rate / fit.rate / 1000 - 1));
		}
	}
	ok(best && within, "no parameters on a fine grid are better by a thousandth than those fitted");
	ok(scale < 1e-6, "the forecast scales with the series");
}

static void
test_edges(void)
{
	double		y[N] = {0};
	double		fitted[N];
	CgIntermittentFit fit;
	CgDemandProfile profile;

	ok(cg_intermittent(y, N, CG_SBA, NAN, NAN, fitted, &fit, NULL) == CG_INTERMITTENT_OK && fit.rate == 0 && isnan(fit.size) && fitted[N - 1] == 0, "no demand: a rate of 0");
	ok(cg_demand_profile(y, N).class == CG_DEMAND_NONE, "and no class");
	y[3] = 5;
	ok(cg_intermittent(y, N, CG_CROSTON, NAN, NAN, fitted, &fit, NULL) == CG_INTERMITTENT_OK && fit.rate == 5.0 / 4 && fit.demands == 1, "one demand");
	ok(cg_intermittent(y, N, CG_TSB, NAN, 0.1, NULL, &fit, NULL) == CG_INTERMITTENT_OK && fit.rate < 1e-6, "TSB forgets what does not come again");
	ok(cg_intermittent(y, 0, CG_SBA, NAN, NAN, NULL, &fit, NULL) == CG_INTERMITTENT_EMPTY, "no values");
	ok(cg_intermittent(y, N, CG_SBA, 1.1, NAN, NULL, &fit, NULL) == CG_INTERMITTENT_OPTION, "a parameter above 1");
	y[9] = -1;
	ok(cg_intermittent(y, N, CG_SBA, NAN, NAN, NULL, &fit, NULL) == CG_INTERMITTENT_NEGATIVE, "a negative value");
	y[9] = NAN;
	ok(cg_intermittent(y, N, CG_SBA, NAN, NAN, NULL, &fit, NULL) == CG_INTERMITTENT_NEGATIVE, "NaN");
	for (int i = 0; i < N; i++)
		y[i] = 4;
	cg_intermittent(y, N, CG_CROSTON, 0.1, NAN, NULL, &fit, NULL);
	ok(fit.rate == 4 && fit.beta == 0.1 && fit.mean_squared_error == 0, "demand in every period is its mean; beta is alpha");
	ok(cg_demand_profile(y, N).class == CG_DEMAND_SMOOTH, "smooth");
	for (int i = 0; i < N; i++)
		y[i] = i % 4 == 3 ? 4 : 0;
	profile = cg_demand_profile(y, N);
	ok(profile.class == CG_DEMAND_INTERMITTENT && profile.interval == 4 && profile.size_cv2 == 0, "intermittent");
	for (int i = 3; i < N; i += 8)
		y[i] = 400;
	ok(cg_demand_profile(y, N).class == CG_DEMAND_LUMPY, "lumpy");
	for (int i = 0; i < N; i++)
		y[i] = i % 2 == 0 ? 1 : 400;
	ok(cg_demand_profile(y, N).class == CG_DEMAND_ERRATIC, "erratic");
}

int
main(void)
{
	CgRandom	random;

	cg_random_seed(&random, 11);
	test_given(&random);
	test_fitted(&random);
	test_edges();
	printf("1..%d\n", tests);
	return failures > 0;
}
