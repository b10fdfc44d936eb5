/*-------------------------------------------------------------------------
 *
 * cover_verify_core.c
 *	  Checking a choice of sites within a limit from the answer alone.
 *
 * The bound is what the prices prove, in each of the ways that suit the goal;
 * prices that are not good prove little, but never too much.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/cover.h"
#include "solver/site_verify.h"

#include "numeric/order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Check
{
	const CgCoverProblem *problem;
	const CgWork *work;
	const double *price;
	double		total;
	double		may_miss;
	double	   *weight;			/* 1 each where every demand counts */
	double	   *price_of;		/* scratch by demand */
	double	   *reduced;		/* scratch by site */
	struct Part
	{
		double		price;
		double		weight;
	}		   *part;
	bool		stopped;
} Check;

static bool
is_everyone(const CgCoverProblem *problem)
{
	return problem->goal != CG_COVER_MOST && problem->share == 1;
}

static int
fixed_state(const CgCoverProblem *problem, int site)
{
	return problem->fixed == NULL ? CG_SITE_FREE : problem->fixed[site];
}

static int
compare_parts(const void *a, const void *b)
{
	const struct Part *left = a;
	const struct Part *right = b;
	double		l = left->price * right->weight;
	double		r = right->price * left->weight;

	return (l < r) - (l > r);
}

static int
compare_far(const void *a, const void *b)
{
	double		left = ((const struct Part *) a)->price;
	double		right = ((const struct Part *) b)->price;

	return (left < right) - (left > right);
}

/* ---- what prices prove ---- */

/*
 * Opening costs less what the prices pay, of every site within the limit.
 */
static void
reduce(Check *check, double limit, const double *opening)
{
	const CgCoverProblem *problem = check->problem;

	for (int j = 0; j < problem->sites; j++)
		check->reduced[j] = opening == NULL ? 0 : opening[j];
	for (int i = 0; i < problem->demands; i++)
	{
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
			check->reduced[problem->site[e]] -= problem->cost[e] <= limit ? check->price_of[i] : 0;
	}
	if (check->work->stop != NULL && check->work->stop(check->work->context))
		check->stopped = true;
}

/*
 * No p sites leave less uncovered than this within the limit.
 */
static double
least_missed(Check *check, double limit, int p)
{
	const CgCoverProblem *problem = check->problem;
	double		sum = 0;

	for (int i = 0; i < problem->demands; i++)
	{
		check->price_of[i] = fmax(0, fmin(check->price[i], check->weight[i]));
		sum += check->price_of[i];
	}
	reduce(check, limit, NULL);
	return cg_least_choice(check->reduced, problem->fixed, problem->sites, p, p, sum);
}

static bool
is_too_little(Check *check, double limit, int p)
{
	return least_missed(check, limit, p) > check->may_miss + 1e-9 * (1 + check->total);
}

/*
 * No sites that cover enough cost less than this; without opening costs they
 * are counted.
 */
static double
least_cost(Check *check)
{
	const CgCoverProblem *problem = check->problem;
	double		sum = 0;
	double		left = check->may_miss;
	int			count = 0;

	for (int i = 0; i < problem->demands; i++)
	{
		check->price_of[i] = fmax(0, check->price[i]);
		sum += check->price_of[i];
		if (is_everyone(problem))
			continue;
		if (problem->weight[i] == 0)
			sum -= check->price_of[i];
		else
		{
			check->part[count].price = check->price_of[i];
			check->part[count++].weight = problem->weight[i];
		}
	}
	reduce(check, problem->limit, problem->opening);
	for (int j = 0; j < problem->sites; j++)
	{
		double		reduced = check->reduced[j] + (problem->opening == NULL ? 1 : 0);
		int			fixed = fixed_state(problem, j);

		if (fixed == CG_SITE_OPEN || (fixed == CG_SITE_FREE && reduced < 0))
			sum += reduced;
	}
	if (count > 1)
		qsort(check->part, count, sizeof(*check->part), compare_parts);
	for (int k = 0; k < count; k++)
	{
		double		taken = check->part[k].weight <= left ? 1 : left / check->part[k].weight;

		sum -= taken * check->part[k].price;
		left -= taken * check->part[k].weight;
	}
	return sum;
}

static double
bound_of_fewest(Check *check)
{
	const CgCoverProblem *problem = check->problem;
	double		bound = least_cost(check);
	bool		whole = true;
	int			low = 0;
	int			high = problem->sites;

	for (int j = 0; j < problem->sites && problem->opening != NULL; j++)
		whole = whole && problem->opening[j] == floor(problem->opening[j]);
	if (whole)
		bound = ceil(bound - 1e-6);
	if (problem->opening != NULL)
		return bound;

	/* The most sites that are still too few. */
	while (low < high && !check->stopped)
	{
		int			middle = low + (high - low) / 2;

		if (is_too_little(check, problem->limit, middle))
			low = middle + 1;
		else
			high = middle;
	}
	return fmax(bound, low);
}

static double
bound_of_centre(Check *check, double *costs)
{
	const CgCoverProblem *problem = check->problem;
	size_t		pairs = problem->start[problem->demands];
	size_t		low = 0;
	size_t		high = pairs;

	if (pairs == 0)
		return -HUGE_VAL;
	memcpy(costs, problem->cost, sizeof(double) * pairs);
	cg_sort_doubles(costs, pairs);

	/* The greatest limit that is still too little; the next cost is the bound. */
	while (low < high && !check->stopped)
	{
		size_t		middle = low + (high - low) / 2;

		if (is_too_little(check, costs[middle], problem->p))
			low = middle + 1;
		else
			high = middle;
	}
	return costs[low < pairs ? low : pairs - 1];
}

/* ---- the answer ---- */

/*
 * The least cost of each demand at an open site, and how much is within.
 */
static void
check_cover(Check *check, const bool *is_open, double *nearest, CgCoverCheck *answer)
{
	const CgCoverProblem *problem = check->problem;

	for (int i = 0; i < problem->demands; i++)
	{
		nearest[i] = HUGE_VAL;
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
		{
			if (is_open[problem->site[e]])
				nearest[i] = fmin(nearest[i], problem->cost[e]);
		}
	}
	if (problem->goal == CG_COVER_CENTRE)
	{
		double		missed = 0;
		int			k = 0;

		/* From the furthest, as long as the share allows; at least a cost there is. */
		answer->limit = HUGE_VAL;
		for (size_t e = 0; e < problem->start[problem->demands]; e++)
			answer->limit = fmin(answer->limit, problem->cost[e]);
		for (int i = 0; i < problem->demands; i++)
		{
			check->part[i].price = nearest[i];
			check->part[i].weight = check->weight[i];
		}
		if (problem->demands > 1)
			qsort(check->part, problem->demands, sizeof(*check->part), compare_far);
		while (k < problem->demands)
		{
			double		at = check->part[k].price;

			for (; k < problem->demands && check->part[k].price == at; k++)
				missed += check->part[k].weight;
			if (missed > check->may_miss)
			{
				answer->limit = at;
				break;
			}
		}
	}
	for (int i = 0; i < problem->demands; i++)
		answer->covered += nearest[i] <= answer->limit ? problem->weight[i] : 0;
}

static double
missed_by(const Check *check, const double *nearest, double limit)
{
	double		sum = 0;

	for (int i = 0; i < check->problem->demands; i++)
		sum += nearest[i] <= limit ? 0 : check->weight[i];
	return sum;
}

static void
check_sites(const CgCoverProblem *problem, const bool *is_open, CgCoverCheck *answer)
{
	for (int j = 0; j < problem->sites; j++)
	{
		if ((fixed_state(problem, j) == CG_SITE_OPEN && !is_open[j]) ||
			(fixed_state(problem, j) == CG_SITE_CLOSED && is_open[j]))
			answer->problem = "a site is not as it was fixed";
		answer->open_count += is_open[j];
		if (problem->goal == CG_COVER_FEWEST && is_open[j])
			answer->objective += problem->opening == NULL ? 1 : problem->opening[j];
	}
	if (problem->goal != CG_COVER_FEWEST && answer->open_count != problem->p)
		answer->problem = "the number of open sites is not as asked";
}

CgCoverCheck
cg_cover_verify(const CgCoverProblem *problem, const bool *is_open,
				const double *price, const CgWork *work)
{
	CgCoverCheck answer = {.limit = problem->limit, .bound = NAN};
	Check		check = {.problem = problem, .work = work, .price = price};
	CgStore		arena;
	double	   *nearest;
	double	   *costs;

	cg_store_begin(&arena, work);
	check.weight = cg_store_take(&arena, problem->demands, sizeof(double));
	check.price_of = cg_store_take(&arena, problem->demands, sizeof(double));
	check.reduced = cg_store_take(&arena, problem->sites, sizeof(double));
	check.part = cg_store_take(&arena, problem->demands, sizeof(*check.part));
	nearest = cg_store_take(&arena, problem->demands, sizeof(double));
	costs = cg_store_take(&arena, problem->start[problem->demands], sizeof(double));
	if (arena.failed)
	{
		cg_store_end(&arena);
		answer.problem = "there is no memory for the check";
		return answer;
	}
	for (int i = 0; i < problem->demands; i++)
	{
		check.weight[i] = is_everyone(problem) ? 1 : problem->weight[i];
		check.total += check.weight[i];
	}
	if (!is_everyone(problem) && problem->goal != CG_COVER_MOST)
		check.may_miss = fmax(0, check.total - problem->share * check.total) + 1e-12 * check.total;
	check_sites(problem, is_open, &answer);
	check_cover(&check, is_open, nearest, &answer);
	if (problem->goal == CG_COVER_MOST)
		answer.objective = answer.covered;
	else if (problem->goal == CG_COVER_CENTRE)
		answer.objective = answer.limit;
	if (problem->goal != CG_COVER_MOST && (isinf(answer.limit) || missed_by(&check, nearest, answer.limit) > check.may_miss))
		answer.problem = "too little is within the limit";
	answer.feasible = answer.problem == NULL;
	if (price != NULL)
	{
		if (problem->goal == CG_COVER_FEWEST)
			answer.bound = bound_of_fewest(&check);
		else if (problem->goal == CG_COVER_MOST)
			answer.bound = fmin(check.total, check.total - least_missed(&check, problem->limit, problem->p));
		else
			answer.bound = bound_of_centre(&check, costs);
	}
	if (check.stopped)
		answer.bound = NAN;
	cg_store_end(&arena);
	return answer;
}
