/*-------------------------------------------------------------------------
 *
 * p_median_split_verify_core.c
 *	  Checking an answer with split demand from the answer alone.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/p_median_split.h"
#include "solver/site_verify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SLACK 1e-9

typedef struct Offer
{
	double		ratio;			/* cost of one unit less what is paid for it */
	double		amount;
} Offer;

typedef struct Scratch
{
	double	   *load;
	double	   *worth;
	size_t	   *first;			/* offers of a site */
	Offer	   *offer;
} Scratch;

static int
compare_offers(const void *a, const void *b)
{
	double		left = ((const Offer *) a)->ratio;
	double		right = ((const Offer *) b)->ratio;

	return (left > right) - (left < right);
}

/*
 * The least that the site can cost: offers from the best, as long as they pay
 * and there is room, or the minimum is not reached.
 */
static double
worth_of_site(const CgSplitProblem *problem, int site, Offer *offer, size_t count)
{
	double		sum = problem->opening == NULL ? 0 : problem->opening[site];
	double		room = problem->capacity == NULL ? HUGE_VAL : problem->capacity[site];
	double		least = problem->minimum == NULL ? 0 : problem->minimum[site];
	double		load = 0;

	if (count > 1)
		qsort(offer, count, sizeof(Offer), compare_offers);
	for (size_t k = 0; k < count; k++)
	{
		double		part = fmin(offer[k].amount, room - load);

		if (offer[k].ratio >= 0)
			part = fmin(part, fmax(0, least - load));
		sum += part * offer[k].ratio;
		load += part;
	}
	return load < least * (1 - SLACK) ? HUGE_VAL : sum;
}

/*
 * The relaxation's value at these prices, worked out plainly: it is below
 * every answer whatever the prices are.
 */
static double
bound_of_prices(const CgSplitProblem *problem, const double *price, Scratch *scratch,
				const CgWork *work)
{
	size_t	   *next = scratch->first + 1;
	double		sum = 0;

	for (int i = 0; i < problem->demands; i++)
	{
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
			next[problem->site[e] + 1] += problem->amount[i] > 0;
	}
	for (int j = 0; j < problem->sites; j++)
		next[j + 1] += next[j];
	for (int i = 0; i < problem->demands; i++)
	{
		if (problem->amount[i] == 0)
			continue;
		sum += price[i];
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
			scratch->offer[next[problem->site[e]]++] = (Offer) {
				problem->cost[e] - price[i] / problem->amount[i], problem->amount[i]
			};
	}
	for (int j = 0; j < problem->sites; j++)
	{
		int			fixed = problem->fixed == NULL ? CG_SITE_FREE : problem->fixed[j];

		if (work->stop != NULL && work->stop(work->context))
			return -HUGE_VAL;
		scratch->worth[j] = fixed == CG_SITE_CLOSED ? HUGE_VAL :
			worth_of_site(problem, j, scratch->offer + scratch->first[j],
						  scratch->first[j + 1] - scratch->first[j]);
	}
	return cg_least_choice(scratch->worth, problem->fixed, problem->sites,
						   problem->min_open, problem->max_open, sum);
}

static void
check_sites(const CgSplitProblem *problem, const bool *is_open, const double *load,
			CgSplitCheck *check)
{
	for (int j = 0; j < problem->sites; j++)
	{
		int			fixed = problem->fixed == NULL ? CG_SITE_FREE : problem->fixed[j];

		if ((fixed == CG_SITE_OPEN && !is_open[j]) || (fixed == CG_SITE_CLOSED && is_open[j]))
			check->problem = "a site is not as it was fixed";
		if (!is_open[j])
		{
			if (load[j] > 0)
				check->problem = "a demand is served by a site that is not open";
			continue;
		}
		check->open_count++;
		check->objective += problem->opening == NULL ? 0 : problem->opening[j];
		if (problem->capacity != NULL && load[j] > problem->capacity[j] + SLACK * (1 + load[j]))
			check->problem = "a site is above its capacity";
		if (problem->minimum != NULL && load[j] < problem->minimum[j] - SLACK * (1 + problem->minimum[j]))
			check->problem = "an open site is below its minimum";
	}
	if (check->open_count < problem->min_open || check->open_count > problem->max_open)
		check->problem = "the number of open sites is not as asked";
}

CgSplitCheck
cg_p_median_split_verify(const CgSplitProblem *problem, const bool *is_open,
						 const double *flow, const double *price, const CgWork *work)
{
	CgSplitCheck check = {false, 0, -HUGE_VAL, 0, 0, NULL};
	CgStore		arena;
	Scratch		scratch;

	cg_store_begin(&arena, work);
	scratch.load = cg_store_take(&arena, problem->sites, sizeof(double));
	scratch.worth = cg_store_take(&arena, problem->sites, sizeof(double));
	scratch.first = cg_store_take(&arena, (size_t) problem->sites + 2, sizeof(size_t));
	scratch.offer = cg_store_take(&arena, problem->start[problem->demands], sizeof(Offer));
	if (arena.failed)
	{
		cg_store_end(&arena);
		check.problem = "there is no memory for the check";
		return check;
	}
	for (int i = 0; i < problem->demands; i++)
	{
		double		sent = 0;

		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
		{
			if (!isfinite(flow[e]) || flow[e] < 0)
				check.problem = "an amount is negative or not finite";
			sent += flow[e];
			scratch.load[problem->site[e]] += flow[e];
			check.objective += flow[e] * problem->cost[e];
		}
		if (sent < problem->amount[i] - SLACK * (1 + problem->amount[i]))
		{
			check.unserved_count++;
			check.problem = "a demand is not served whole";
		}
		else if (sent > problem->amount[i] + SLACK * (1 + problem->amount[i]))
			check.problem = "more is served than a demand's amount";
	}
	check_sites(problem, is_open, scratch.load, &check);
	check.feasible = check.problem == NULL;
	if (price != NULL)
		check.bound = bound_of_prices(problem, price, &scratch, work);
	cg_store_end(&arena);
	return check;
}
