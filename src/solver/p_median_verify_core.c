/*-------------------------------------------------------------------------
 *
 * p_median_verify_core.c
 *	  Checking a problem of sites, and an answer from the answer alone.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/site_verify.h"

#include <math.h>

static bool
is_amount(double value)
{
	return isfinite(value) && value >= 0;
}

const char *
cg_p_median_problem(const CgMedianProblem *problem)
{
	int			open = 0;
	int			closed = 0;

	if (problem->demands < 0 || problem->sites < 0)
		return "a count is negative";
	for (int j = 0; j < problem->sites; j++)
	{
		if (problem->opening != NULL && !is_amount(problem->opening[j]))
			return "an opening cost is negative or not finite";
		if (problem->fixed != NULL)
		{
			open += problem->fixed[j] == CG_SITE_OPEN;
			closed += problem->fixed[j] == CG_SITE_CLOSED;
		}
	}
	if (problem->min_open < 0 || problem->min_open > problem->max_open)
		return "the numbers of sites to open are out of order";
	if (problem->min_open > problem->sites - closed)
		return "more sites are to open than may be open";
	if (open > problem->max_open)
		return "more sites are fixed open than are to open";
	for (int i = 0; i < problem->demands; i++)
	{
		if (problem->unserved != NULL && !is_amount(problem->unserved[i]))
			return "a cost of staying unserved is negative or not finite";
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
		{
			if (problem->site[e] < 0 || problem->site[e] >= problem->sites)
				return "a pair has no site";
			if (!is_amount(problem->value[e]))
				return "a cost is negative or not finite";
		}
	}
	return NULL;
}

/*
 * The relaxation's value at these prices, worked out plainly: it is below
 * every answer whatever the prices are.
 */
static double
bound_of_prices(const CgMedianProblem *problem, const double *price,
				double *reduced)
{
	double		sum = 0;

	for (int j = 0; j < problem->sites; j++)
		reduced[j] = problem->opening == NULL ? 0 : problem->opening[j];
	for (int i = 0; i < problem->demands; i++)
	{
		double		paid = price[i];

		if (problem->unserved != NULL && problem->unserved[i] < paid)
			paid = problem->unserved[i];
		sum += paid;
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
			reduced[problem->site[e]] += fmin(0, problem->value[e] - paid);
	}
	return cg_least_choice(reduced, problem->fixed, problem->sites,
						   problem->min_open, problem->max_open, sum);
}

static void
check_demand(const CgMedianProblem *problem, const bool *is_open, int demand,
			 int server, CgMedianCheck *check)
{
	double		paid = HUGE_VAL;
	double		cheapest = HUGE_VAL;

	for (size_t e = problem->start[demand]; e < problem->start[demand + 1]; e++)
	{
		if (problem->site[e] == server)
			paid = problem->value[e];
		if (is_open[problem->site[e]])
			cheapest = fmin(cheapest, problem->value[e]);
	}
	if (server < 0)
	{
		check->unserved_count++;
		if (problem->unserved == NULL)
		{
			check->problem = "a demand is not served";
			return;
		}
		paid = problem->unserved[demand];
	}
	else if (!is_open[server])
		check->problem = "a demand is served by a site that is not open";
	else if (!isfinite(paid))
		check->problem = "a demand is served by a site without a pair";
	if (isfinite(paid))
		check->objective += paid;
	check->not_cheapest += cheapest < paid;
}

CgMedianCheck
cg_p_median_verify(const CgMedianProblem *problem, const bool *is_open,
				   const int *served_by, const double *price,
				   const CgWork *work)
{
	CgMedianCheck check = {false, 0, -HUGE_VAL, 0, 0, 0, NULL};
	CgStore		arena;
	double	   *reduced;

	for (int j = 0; j < problem->sites; j++)
	{
		int			fixed = problem->fixed == NULL ? CG_SITE_FREE : problem->fixed[j];

		if ((fixed == CG_SITE_OPEN && !is_open[j]) ||
			(fixed == CG_SITE_CLOSED && is_open[j]))
			check.problem = "a site is not as it was fixed";
		check.open_count += is_open[j];
		if (is_open[j] && problem->opening != NULL)
			check.objective += problem->opening[j];
	}
	if (check.open_count < problem->min_open || check.open_count > problem->max_open)
		check.problem = "the number of open sites is not as asked";
	for (int i = 0; i < problem->demands; i++)
		check_demand(problem, is_open, i, served_by[i], &check);
	check.feasible = check.problem == NULL;
	if (price == NULL)
		return check;
	cg_store_begin(&arena, work);
	reduced = cg_store_take(&arena, problem->sites, sizeof(double));
	if (reduced != NULL)
		check.bound = bound_of_prices(problem, price, reduced);
	cg_store_end(&arena);
	return check;
}
