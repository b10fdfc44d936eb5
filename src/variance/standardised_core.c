/*-------------------------------------------------------------------------
 *
 * standardised_core.c
 *	  Directly standardised rates and life expectancy.
 *
 * A. J. Dobson and others, Confidence intervals for weighted sums of Poisson
 *	  parameters, Stat Med 1991;10:457-62.
 * M. P. Fay and E. J. Feuer, Confidence intervals for directly standardized
 *	  rates, Stat Med 1997;16:791-801.
 * C. L. Chiang, Introduction to Stochastic Processes in Biostatistics, 1968,
 *	  pp. 189-214.
 * P. B. S. Silcocks and others, Life expectancy as a summary of mortality in a
 *	  population, J Epidemiol Community Health 2001;55:38-43.
 *
 *-------------------------------------------------------------------------
 */
#include "variance/standardised_core.h"

#include <math.h>
#include <stdlib.h>

#include "numeric/special.h"

/* Chiang's share of its first year that a child who dies in it has lived. */
#define FIRST_YEAR_SHARE 0.1
#define OTHER_SHARE 0.5

double
cg_dsr_value(const CgDsrSums *sums)
{
	return sums->weighted / sums->standard;
}

/*
 * The interval of the total count, scaled to the rate's own variance.  With
 * non-independent events the count is still that of the events, as OHID does.
 */
static CgInterval
dobson_interval(const CgDsrSums *sums, double confidence)
{
	CgInterval	interval = cg_count_interval(sums->events, confidence,
											 CG_COUNT_BYAR);
	double		scale = sqrt(sums->variance / sums->events) / sums->standard;
	double		value = cg_dsr_value(sums);

	interval.lower = value + scale * (interval.lower - sums->events);
	interval.upper = value + scale * (interval.upper - sums->events);
	return interval;
}

/*
 * Gamma distributions with the rate's mean and variance, for the upper limit
 * with one more event where it weighs most.
 */
static CgInterval
fay_feuer_interval(const CgDsrSums *sums, double confidence)
{
	double		tail = (1 - confidence) / 2;
	double		value = cg_dsr_value(sums);
	double		variance = sums->variance / (sums->standard * sums->standard);
	double		weight = sums->largest_weight / sums->standard;
	double		next_value = value + weight;
	double		next_variance = variance + weight * weight;
	CgInterval	interval = {0, 0};

	if (value > 0)
		interval.lower = variance / value *
			cg_gamma_quantile(value * value / variance, tail, false);
	interval.upper = next_variance / next_value *
		cg_gamma_quantile(next_value * next_value / next_variance, tail, true);
	return interval;
}

CgInterval
cg_dsr_interval(const CgDsrSums *sums, double confidence, CgDsrMethod method)
{
	if (method == CG_DSR_DOBSON)
		return dobson_interval(sums, confidence);
	return fay_feuer_interval(sums, confidence);
}

static int
compare_ages(const void *a, const void *b)
{
	double		left = ((const CgLifeBand *) a)->age;
	double		right = ((const CgLifeBand *) b)->age;

	return (left > right) - (left < right);
}

int
cg_life_pool(CgLifeBand *bands, int count, double last_age)
{
	int			left;

	qsort(bands, (size_t) count, sizeof(CgLifeBand), compare_ages);
	for (left = 0; left < count && bands[left].age < last_age; left++)
		;
	for (int i = left + 1; i < count; i++)
	{
		bands[left].deaths += bands[i].deaths;
		bands[left].population += bands[i].population;
	}
	return left < count ? left + 1 : count;
}

/*
 * Chiang's probability of dying within a band of so many years.
 */
static double
probability_of_dying(const CgLifeBand *band, double years, double share)
{
	double		mortality = band->deaths / band->population;

	if (mortality * years * share > 1)
		return 1;
	return mortality * years / (1 + mortality * years * (1 - share));
}

/*
 * From the open band, whose people live 1 / mortality years, towards birth:
 * of those alive at an age, some die within the band and the rest go on.
 * Variances are per person alive at that age; the open band's own is
 * Silcocks's.
 */
CgLifeProblem
cg_life_table(CgLifeBand *bands, int count)
{
	CgLifeBand *last;
	double		variance;

	if (count < 1)
		return CG_LIFE_EMPTY;
	qsort(bands, (size_t) count, sizeof(CgLifeBand), compare_ages);
	for (int i = 1; i < count; i++)
	{
		if (bands[i].age == bands[i - 1].age)
			return CG_LIFE_REPEATED_AGE;
	}
	last = &bands[count - 1];
	if (last->deaths == 0)
		return CG_LIFE_NO_DEATHS_AT_END;

	last->expectancy = last->population / last->deaths;
	variance = last->expectancy * last->expectancy / last->deaths;
	last->error = sqrt(variance);
	for (int i = count - 2; i >= 0; i--)
	{
		CgLifeBand *band = &bands[i];
		double		years = band[1].age - band->age;
		double		share = band->age == 0 ? FIRST_YEAR_SHARE : OTHER_SHARE;
		double		dying = probability_of_dying(band, years, share);
		double		surviving = 1 - dying;
		double		gain = (1 - share) * years + band[1].expectancy;

		band->expectancy = years * (surviving + share * dying) +
			surviving * band[1].expectancy;
		variance *= surviving * surviving;
		if (band->deaths > 0)
			variance += dying * dying * surviving / band->deaths * gain * gain;
		band->error = sqrt(variance);
	}
	return CG_LIFE_OK;
}
