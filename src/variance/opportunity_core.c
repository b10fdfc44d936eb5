/*-------------------------------------------------------------------------
 *
 * opportunity_core.c
 *	  What reaching a peer benchmark would mean, and who the peers are.
 *
 * The best of several noisy rates is partly luck: a benchmark made of raw
 * rates promises what nobody delivers.  So each unit's true rate is drawn
 * from its posterior distribution (gamma, shrunk towards the group as far as
 * the group's own variation warrants), the benchmark is taken of the drawn
 * rates, the choice of the best included, and the unit's gap to it is noted.
 * Over many draws that gives the gap and its interval.  The heterogeneity is
 * itself drawn, from its likelihood with a flat prior on the standard
 * deviation of the true ratios.
 *
 * D. Clayton and J. Kaldor, Empirical Bayes estimates of age-standardized
 *	  relative risks, Biometrics 1987;43:671-81.
 * A. Gelman, Prior distributions for variance parameters in hierarchical
 *	  models, Bayesian Anal 2006;1:515-34.
 * H. Goldstein and D. J. Spiegelhalter, League tables and their limitations,
 *	  J R Stat Soc A 1996;159:385-443.
 *
 *-------------------------------------------------------------------------
 */
#include "variance/opportunity_core.h"

#include <math.h>
#include <string.h>

#include "numeric/order.h"
#include "numeric/random.h"
#include "numeric/special.h"
#include "variance/variation_core.h"

/* Places at which the likelihood of the heterogeneity is worked out. */
#define GRID 64

/* Work between two questions whether to stop. */
#define STOP_EVERY 100000

typedef struct Grid
{
	double		alpha[GRID];
	double		cumulative[GRID];
} Grid;

size_t
cg_opportunity_room(size_t count, int replications)
{
	return count * (3 + (size_t) replications) + (size_t) replications;
}

/*
 * Midpoints of the standard deviation from 0 to well beyond its estimate.
 */
static bool
make_grid(Grid *grid, const double *events, const double *expected,
		  size_t count, bool (*stop) (void))
{
	double		total = 0;
	double		alpha = cg_shrinkage_alpha(events, expected, count, stop);
	double		widest;
	double		log_likelihood[GRID];
	double		largest = -INFINITY;
	double		sum = 0;

	for (size_t i = 0; i < count; i++)
		total += events[i];
	widest = 4 * ((isinf(alpha) ? 0 : 1 / sqrt(alpha)) +
				  sqrt(sqrt((double) count) / total));
	for (int i = 0; i < GRID; i++)
	{
		double		deviation = widest * (i + 0.5) / GRID;

		grid->alpha[i] = 1 / (deviation * deviation);
		log_likelihood[i] = cg_shrinkage_likelihood(events, expected, count,
													grid->alpha[i], stop);
		largest = fmax(largest, log_likelihood[i]);
	}
	for (int i = 0; i < GRID; i++)
	{
		sum += exp(log_likelihood[i] - largest);
		grid->cumulative[i] = sum;
	}
	return !isnan(sum);
}

static double
draw_alpha(const Grid *grid, CgRandom *random)
{
	double		at = cg_random_uniform(random) * grid->cumulative[GRID - 1];
	int			i = 0;

	while (i < GRID - 1 && grid->cumulative[i] < at)
		i++;
	return grid->alpha[i];
}

/*
 * The benchmark of drawn rates, which it sorts.
 */
static double
benchmark_of(const CgOpportunityOptions *options, double *rates, size_t count)
{
	double		sum = 0;
	size_t		best = (size_t) options->best;

	cg_sort_doubles(rates, count);
	if (options->benchmark == CG_BENCHMARK_MEDIAN)
		return cg_sorted_quantile(rates, count, 0.5);
	if (options->benchmark == CG_BENCHMARK_BEST_QUINTILE)
		return cg_sorted_quantile(rates, count,
								  options->lower_is_better ? 0.2 : 0.8);
	if (best > count)
		best = count;
	for (size_t i = 0; i < best; i++)
		sum += rates[options->lower_is_better ? i : count - 1 - i];
	return sum / (double) best;
}

static CgInterval
limits_of(double *values, int count, double confidence)
{
	CgInterval	limits;

	limits.lower = cg_select_quantile(values, (size_t) count, (1 - confidence) / 2);
	limits.upper = cg_select_quantile(values, (size_t) count, (1 + confidence) / 2);
	return limits;
}

static double
mean_of(const double *values, int count)
{
	double		mean = 0;

	for (int i = 0; i < count; i++)
		mean += (values[i] - mean) / (i + 1);
	return mean;
}

CgOpportunityProblem
cg_opportunity(const CgOpportunityOptions *options, const double *events,
			   const double *population, size_t count, double *work,
			   bool (*stop) (void), CgOpportunity *result)
{
	double	   *expected = work;
	double	   *rates = expected + count;
	double	   *sorted = rates + count;
	double	   *benchmarks = sorted + count;
	double	   *gaps = benchmarks + options->replications;
	double		all_events = 0;
	double		all_people = 0;
	double		mean_rate;
	double		benchmark;
	CgInterval	benchmark_limits;
	size_t		since = 0;
	CgRandom	random;
	Grid		grid;

	for (size_t i = 0; i < count; i++)
	{
		all_events += events[i];
		all_people += population[i];
	}
	if (all_events == 0)
		return CG_OPPORTUNITY_NO_EVENTS;
	mean_rate = all_events / all_people;
	for (size_t i = 0; i < count; i++)
	{
		expected[i] = mean_rate * population[i];
		result[i].shrunken_rate = 0;
	}

	if (!make_grid(&grid, events, expected, count, stop))
		return CG_OPPORTUNITY_STOPPED;
	cg_random_seed(&random, options->seed);
	for (int r = 0; r < options->replications; r++)
	{
		double		alpha = draw_alpha(&grid, &random);

		for (size_t i = 0; i < count; i++)
			rates[i] = mean_rate * cg_random_gamma(&random, events[i] + alpha) /
				(expected[i] + alpha);
		memcpy(sorted, rates + options->first_peer,
			   (count - options->first_peer) * sizeof(double));
		benchmarks[r] = benchmark_of(options, sorted, count - options->first_peer);
		for (size_t i = 0; i < count; i++)
		{
			double		gap = rates[i] - benchmarks[r];

			gaps[i * (size_t) options->replications + (size_t) r] =
				population[i] * (options->lower_is_better ? gap : -gap);
			result[i].shrunken_rate += (rates[i] - result[i].shrunken_rate) / (r + 1);
		}
		since += count;
		if (since > STOP_EVERY)
		{
			since = 0;
			if (stop != NULL && stop())
				return CG_OPPORTUNITY_STOPPED;
		}
	}

	benchmark = mean_of(benchmarks, options->replications);
	benchmark_limits = limits_of(benchmarks, options->replications,
								 options->confidence);
	for (size_t i = 0; i < count; i++)
	{
		double	   *of_unit = gaps + i * (size_t) options->replications;

		result[i].rate = events[i] / population[i];
		result[i].benchmark = benchmark;
		result[i].benchmark_limits = benchmark_limits;
		result[i].events = mean_of(of_unit, options->replications);
		result[i].events_limits = limits_of(of_unit, options->replications,
											options->confidence);
		if (i % 1024 == 1023 && stop != NULL && stop())
			return CG_OPPORTUNITY_STOPPED;
	}
	return CG_OPPORTUNITY_OK;
}

/*
 * Each feature less its mean, over its standard deviation, times the root of
 * its weight.
 */
static void
standardise(const double *features, size_t count, int width,
			const double *weights, double *scratch)
{
	for (int j = 0; j < width; j++)
	{
		double		mean = 0;
		double		square = 0;
		double		scale = 0;

		for (size_t i = 0; i < count; i++)
		{
			double		value = features[i * (size_t) width + (size_t) j];
			double		step = value - mean;

			mean += step / (double) (i + 1);
			square += step * (value - mean);
		}
		if (square > 0)
			scale = sqrt((weights == NULL ? 1 : weights[j]) *
						 (double) (count - 1) / square);
		for (size_t i = 0; i < count; i++)
		{
			size_t		at = i * (size_t) width + (size_t) j;

			scratch[at] = scale == 0 ? 0 : (features[at] - mean) * scale;
		}
	}
}

/*
 * Put a unit into the list of the nearest, which is in order.
 */
static void
insert_peer(int *nearest, double *squares, int *filled, int k, int unit,
			double square)
{
	int			place;

	if (*filled == k && square >= squares[k - 1])
		return;
	place = *filled < k ? (*filled)++ : k - 1;
	for (; place > 0 && squares[place - 1] > square; place--)
	{
		squares[place] = squares[place - 1];
		nearest[place] = nearest[place - 1];
	}
	squares[place] = square;
	nearest[place] = unit;
}

bool
cg_nearest_peers(const double *features, size_t count, int width,
				 const double *weights, int k, double *scratch,
				 bool (*stop) (void), int *nearest, double *distance)
{
	size_t		since = 0;

	standardise(features, count, width, weights, scratch);
	for (size_t i = 0; i < count; i++)
	{
		const double *of_unit = scratch + i * (size_t) width;
		int			filled = 0;

		for (size_t other = 0; other < count; other++)
		{
			const double *of_other = scratch + other * (size_t) width;
			double		square = 0;

			if (other == i)
				continue;
			for (int j = 0; j < width; j++)
				square += (of_unit[j] - of_other[j]) * (of_unit[j] - of_other[j]);
			insert_peer(nearest + i * (size_t) k, distance + i * (size_t) k,
						&filled, k, (int) other, square);
		}
		for (int j = 0; j < k; j++)
			distance[i * (size_t) k + (size_t) j] =
				sqrt(distance[i * (size_t) k + (size_t) j]);
		since += count * (size_t) width;
		if (since > 10 * STOP_EVERY)
		{
			since = 0;
			if (stop != NULL && stop())
				return false;
		}
	}
	return true;
}
