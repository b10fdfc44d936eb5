/*-------------------------------------------------------------------------
 *
 * demand_exceed_test.c
 *	  Unit test of the probability that a count is above a limit, against sums
 *	  of its probabilities, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/exceed_core.h"

#include <math.h>
#include <stdio.h>

static int	tests = 0;
static int	failures = 0;

static void
ok(int passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

/*
 * The sum of the probabilities of more than capacity: each follows from the
 * one before, from the largest on, in long double.
 */
static long double
tail_by_sum(double mean, double variance, double capacity)
{
	long double excess = (long double) variance - mean;
	long double size = excess > 0 ? (long double) mean * mean / excess : 0;
	long double failure = excess > 0 ? excess / variance : 0;
	long double log_p = excess > 0 ? size * logl(mean / (long double) variance) : -(long double) mean;
	long double sum = 0;

	for (long k = 0; k < 200000; k++)
	{
		if (k > capacity)
		{
			long double p = expl(log_p);

			sum += p;
			if (k > mean && p < sum * 1e-25L)
				break;
		}
		log_p += excess > 0 ? logl((size + k) / (k + 1) * failure) : logl(mean / (long double) (k + 1));
	}
	return sum;
}

static void
test_sums(void)
{
	static const double means[] = {0.02, 0.7, 1, 3.4, 25, 160, 2000};
	static const double ratios[] = {0, 1, 1.0001, 1.3, 2, 7, 40};
	static const double places[] = {0, 0.3, 0.8, 1, 1.2, 2, 5};
	double		worst = 0;

	for (int i = 0; i < 7; i++)
		for (int j = 0; j < 7; j++)
			for (int k = 0; k < 7; k++)
			{
				double		mean = means[i];
				double		variance = mean * ratios[j];
				double		capacity = mean * places[k];
				double		wanted = (double) tail_by_sum(mean, variance, capacity);
				double		got = cg_demand_exceeds(mean, variance, capacity);

				if (wanted > 1e-280)
					worst = fmax(worst, fabs(got / wanted - 1));
			}
	if (worst > 1e-10)
		printf("# worst relative error %g\n", worst);
	ok(worst <= 1e-10, "Poisson and negative binomial tails are the sums of their probabilities to 1e-10");
}

static void
test_edges(void)
{
	double		poisson = cg_demand_exceeds(10, 10, 12);
	int			falls = 1;
	int			grows = 1;

	ok(cg_demand_exceeds(5, 5, -1) == 1 && cg_demand_exceeds(0, 0, -0.5) == 1, "below 0 it is certain");
	ok(cg_demand_exceeds(0, 0, 0) == 0 && cg_demand_exceeds(0, 3, 10) == 0, "nothing expected exceeds nothing");
	ok(fabs(cg_demand_exceeds(2, 2, 0) - (1 - exp(-2))) < 1e-15, "above 0: one less the chance of none");
	ok(cg_demand_exceeds(10, 12, 12.9) == cg_demand_exceeds(10, 12, 12), "a fraction of a place holds nobody");
	ok(cg_demand_exceeds(10, 4, 12) == poisson, "a variance below the mean counts as the mean");
	for (double excess = 1e-16; excess < 1e-5; excess *= 3)
		if (fabs(cg_demand_exceeds(10, 10 * (1 + excess), 12) / poisson - 1) > 10 * excess + 1e-10)
			grows = 0;
	ok(grows, "the negative binomial goes over into Poisson without a jump");
	for (int k = 0; k < 400; k++)
		if (cg_demand_exceeds(50, 120, k + 1) > cg_demand_exceeds(50, 120, k))
			falls = 0;
	ok(falls, "more capacity is never exceeded more");
	ok(cg_demand_exceeds(1e6, 1e6, 1e6) > 0.49 && cg_demand_exceeds(1e6, 1e6, 1e6) < 0.5, "a million");
	ok(cg_demand_exceeds(1e6, 1e8, 1.02e6) > 0.02 && cg_demand_exceeds(1e6, 1e8, 1.02e6) < 0.03, "a million with a standard deviation of ten thousand");
}

int
main(void)
{
	test_sums();
	test_edges();
	printf("1..%d\n", tests);
	return failures > 0;
}
