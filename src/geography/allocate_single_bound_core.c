/*-------------------------------------------------------------------------
 *
 * allocate_single_bound_core.c
 *	  Lower bounds of the generalised assignment problem.
 *
 * "One site each" is relaxed with multipliers, which leaves a knapsack for each
 * site (Ross and Soland, Mathematical Programming 1975;8:91-103; Fisher,
 * Jaikumar and Van Wassenhove, Management Science 1986;32:1095-1103); the
 * multipliers go by subgradient steps.  A site that has a minimum is a knapsack
 * that must be filled so far.  What must come to a given sum (the unserved)
 * has a multiplier too.
 *
 *-------------------------------------------------------------------------
 */
#include "geography/allocate_single_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

/*
 * Hand out all arrays; with memory NULL the size alone is told.
 */
static size_t
lay_out(CgRelaxation *r, char *memory, size_t pairs)
{
	char	   *next = memory;
	size_t		n = (size_t) r->demands + 2;
	size_t		k = (size_t) r->sites + 3;

	r->start = cg_single_part(&next, n, sizeof(int64_t));
	r->site = cg_single_part(&next, pairs, sizeof(int32_t));
	r->demand = cg_single_part(&next, pairs, sizeof(int32_t));
	r->origin = cg_single_part(&next, pairs, sizeof(int64_t));
	r->use = cg_single_part(&next, pairs, sizeof(int64_t));
	r->value = cg_single_part(&next, pairs, sizeof(double));
	for (int s = 0; s < CG_SINGLE_SIDES; s++)
		r->side[s].amount = cg_single_part(&next, pairs, sizeof(double));
	r->multiplier = cg_single_part(&next, n, sizeof(double));
	r->item = cg_single_part(&next, pairs, sizeof(int64_t));
	r->item_start = cg_single_part(&next, k, sizeof(int64_t));
	r->is_out = cg_single_part(&next, pairs, sizeof(bool));
	r->fixed = cg_single_part(&next, n, sizeof(int64_t));
	r->choices = cg_single_part(&next, n, sizeof(int32_t));
	r->room = cg_single_part(&next, k, sizeof(int64_t));
	r->need = cg_single_part(&next, k, sizeof(int64_t));
	r->trail = cg_single_part(&next, pairs + n, sizeof(int64_t));
	r->taken = cg_single_part(&next, n, sizeof(int32_t));
	r->relaxed = cg_single_part(&next, n, sizeof(int64_t));
	r->slope = cg_single_part(&next, k, sizeof(double));
	r->knapsack = cg_single_part(&next, n, sizeof(CgKnapsackItem));
	r->pick = cg_single_part(&next, n, sizeof(bool));
	r->best_pick = cg_single_part(&next, n, sizeof(bool));
	r->pending = cg_single_part(&next, n, sizeof(int32_t));
	return (size_t) (next - memory);
}

/* ---- the problem in this tier ---- */

static double
value_of(const CgSingle *problem, int tier, int32_t demand, int64_t pair)
{
	if (pair < 0)
	{
		const int64_t *by_demand = tier == CG_SINGLE_UNSERVED ? problem->weight :
			tier == CG_SINGLE_MOVED ? problem->out_moved : problem->out_cost;

		return by_demand == NULL ? 0 : (double) by_demand[demand];
	}
	if (tier == CG_SINGLE_MOVED)
		return problem->moved == NULL ? 0 : (double) problem->moved[pair];
	return tier == CG_SINGLE_COST ? (double) problem->cost[pair] : 0;
}

static void
add_pair(CgRelaxation *r, const CgSingleAim *aim, int32_t demand, int64_t pair)
{
	const CgSingle *problem = r->problem;
	int64_t		at = r->start[demand + 1]++;

	r->demand[at] = demand;
	r->origin[at] = pair;
	r->site[at] = pair < 0 ? r->sites : problem->site[pair];
	r->use[at] = pair < 0 ? 0 : problem->use[pair];
	r->value[at] = value_of(problem, aim->tier, demand, pair);
	r->is_out[at] = false;
	r->side[0].amount[at] = pair < 0 ? (double) problem->weight[demand] : 0;
	r->side[1].amount[at] = value_of(problem, CG_SINGLE_MOVED, demand, pair);
}

/*
 * Demands without a pair are nowhere in any plan, and no part of this.
 */
static void
list_pairs(CgRelaxation *r, const CgSingleAim *aim)
{
	const CgSingle *problem = r->problem;
	double		weights = 0;

	for (int32_t demand = 0; demand < r->demands; demand++)
	{
		bool		has_pair = problem->start[demand + 1] > problem->start[demand];
		double		most = 0;

		r->start[demand + 1] = r->start[demand];
		for (int64_t pair = problem->start[demand]; pair < problem->start[demand + 1]; pair++)
			add_pair(r, aim, demand, pair);
		if (!has_pair)
		{
			r->side[0].right -= (double) problem->weight[demand];
			r->side[1].right -= value_of(problem, CG_SINGLE_MOVED, demand, -1);
			r->fixed_value += value_of(problem, aim->tier, demand, -1);
		}
		else
			add_pair(r, aim, demand, -1);
		for (int64_t at = r->start[demand]; at < r->start[demand + 1]; at++)
			most = fmax(most, r->value[at]);
		r->most_value += most;
		weights += (double) problem->weight[demand];
	}
	r->side[0].unit = r->side[1].unit = fmax(1, weights / fmax(1, r->demands));
}

static void
list_items(CgRelaxation *r)
{
	int64_t    *next = r->item_start;

	memset(next, 0, sizeof(int64_t) * ((size_t) r->sites + 3));
	for (int64_t pair = 0; pair < r->start[r->demands]; pair++)
		next[r->site[pair] + 2]++;
	for (int32_t site = 0; site <= r->sites; site++)
		next[site + 2] += next[site + 1];
	for (int64_t pair = 0; pair < r->start[r->demands]; pair++)
		r->item[next[r->site[pair] + 1]++] = pair;
}

/*
 * The first multipliers: the second cheapest value.
 */
static void
first_multipliers(CgRelaxation *r)
{
	for (int32_t demand = 0; demand < r->demands; demand++)
	{
		double		least = INFINITY;
		double		next = INFINITY;

		for (int64_t pair = r->start[demand]; pair < r->start[demand + 1]; pair++)
		{
			double		value = r->value[pair];

			if (r->site[pair] == r->sites && r->side[0].is_on)
				continue;
			if (value < least)
			{
				next = least;
				least = value;
			}
			else if (value < next)
				next = value;
		}
		r->multiplier[demand] = isfinite(next) ? next : isfinite(least) ? least + 1 : 0;
	}
}

/* ---- deciding ---- */

static bool
drop(CgRelaxation *r, int64_t pair)
{
	int32_t		demand = r->demand[pair];

	if (r->is_out[pair])
		return true;
	r->is_out[pair] = true;
	r->trail[r->trail_length++] = pair;
	r->choices[demand]--;
	if (r->choices[demand] == 1)
		r->pending[r->pendings++] = demand;
	return r->choices[demand] > 0;
}

/*
 * The one pair that a demand has left is taken; what has no room any more at
 * its site is out.
 */
static bool
settle(CgRelaxation *r, int32_t demand)
{
	int64_t		pair = r->start[demand];
	int32_t		site;

	while (pair < r->start[demand + 1] && r->is_out[pair])
		pair++;
	if (pair == r->start[demand + 1])
		return false;
	site = r->site[pair];
	r->fixed[demand] = pair;
	r->trail[r->trail_length++] = -1 - pair;
	r->fixed_value += r->value[pair];
	for (int s = 0; s < CG_SINGLE_SIDES; s++)
		r->side[s].fixed += r->side[s].amount[pair];
	if (site < r->sites)
	{
		r->room[site] -= r->use[pair];
		r->need[site] -= r->use[pair];
	}
	for (int s = 0; s < CG_SINGLE_SIDES; s++)
	{
		if (r->side[s].is_on && r->side[s].fixed > r->side[s].right + 0.5)
			return false;
	}
	if (site == r->sites)
		return true;
	if (r->room[site] < 0)
		return false;
	for (int64_t i = r->item_start[site]; i < r->item_start[site + 1]; i++)
	{
		int64_t		other = r->item[i];

		if (r->use[other] > r->room[site] && r->fixed[r->demand[other]] < 0 && !drop(r, other))
			return false;
	}
	cg_single_work(r->work, r->item_start[site + 1] - r->item_start[site]);
	return true;
}

static bool
settle_all(CgRelaxation *r, bool is_possible)
{
	while (is_possible && r->pendings > 0)
	{
		int32_t		demand = r->pending[--r->pendings];

		is_possible = r->fixed[demand] >= 0 || settle(r, demand);
	}
	r->pendings = 0;
	return is_possible;
}

bool
cg_relaxation_drop(CgRelaxation *r, int64_t pair)
{
	return settle_all(r, drop(r, pair));
}

bool
cg_relaxation_fix(CgRelaxation *r, int64_t pair)
{
	int32_t		demand = r->demand[pair];
	bool		is_possible = !r->is_out[pair];

	if (is_possible && r->choices[demand] == 1 && r->fixed[demand] < 0)
		r->pending[r->pendings++] = demand;
	for (int64_t other = r->start[demand]; other < r->start[demand + 1] && is_possible; other++)
		is_possible = other == pair || drop(r, other);
	return settle_all(r, is_possible);
}

void
cg_relaxation_undo(CgRelaxation *r, int64_t trail_length)
{
	while (r->trail_length > trail_length)
	{
		int64_t		pair = r->trail[--r->trail_length];

		if (pair >= 0)
		{
			r->is_out[pair] = false;
			r->choices[r->demand[pair]]++;
			continue;
		}
		pair = -1 - pair;
		r->fixed[r->demand[pair]] = -1;
		r->fixed_value -= r->value[pair];
		for (int s = 0; s < CG_SINGLE_SIDES; s++)
			r->side[s].fixed -= r->side[s].amount[pair];
		if (r->site[pair] == r->sites)
			continue;
		r->room[r->site[pair]] += r->use[pair];
		r->need[r->site[pair]] += r->use[pair];
	}
}

/* ---- beginning and end ---- */

bool
cg_relaxation_begin(CgRelaxation *r, const CgSingle *problem, const CgSingleAim *aim,
					CgSingleWork *work, const CgFlowAllocator *allocator)
{
	size_t		pairs = (size_t) (problem->start[problem->demands] + problem->demands + 1);
	char	   *memory;

	memset(r, 0, sizeof(*r));
	r->problem = problem;
	r->work = work;
	r->allocator = *allocator;
	r->demands = problem->demands;
	r->sites = problem->sites;
	memory = allocator->resize(allocator->context, NULL, lay_out(r, NULL, pairs) + 16);
	if (memory == NULL)
		return false;
	lay_out(r, memory, pairs);
	r->start[0] = 0;
	r->side[0].is_on = aim->tier > CG_SINGLE_UNSERVED;
	r->side[1].is_on = aim->tier > CG_SINGLE_MOVED && problem->moved != NULL;
	r->side[0].right = (double) aim->least->unserved;
	r->side[1].right = (double) aim->least->moved;
	list_pairs(r, aim);
	r->outside_value = r->fixed_value;
	list_items(r);
	first_multipliers(r);
	for (int32_t demand = 0; demand < r->demands; demand++)
	{
		r->fixed[demand] = -1;
		r->choices[demand] = (int32_t) (r->start[demand + 1] - r->start[demand]);
	}
	for (int32_t site = 0; site < r->sites; site++)
	{
		r->room[site] = problem->capacity[site];
		r->need[site] = problem->minimum == NULL ? 0 : problem->minimum[site];
		r->slope[site] = 0;
	}
	r->slope[r->sites] = 0;
	/* Nowhere is left to all, so that this cannot fail. */
	for (int64_t pair = 0; pair < r->start[r->demands]; pair++)
	{
		if (r->site[pair] < r->sites && r->use[pair] > r->room[r->site[pair]])
			cg_relaxation_drop(r, pair);
	}
	return true;
}

void
cg_relaxation_end(CgRelaxation *r)
{
	r->allocator.resize(r->allocator.context, r->start, 0);
	if (r->table != NULL)
		r->allocator.resize(r->allocator.context, r->table, 0);
}

double
cg_relaxation_tolerance(const CgRelaxation *r)
{
	return 1e-6 + 1e-11 * r->most_value;
}

/* ---- the bound ---- */

double
cg_relaxation_price(const CgRelaxation *r, int64_t pair)
{
	double		price = r->value[pair];

	for (int s = 0; s < CG_SINGLE_SIDES; s++)
	{
		if (r->side[s].is_on)
			price += r->side[s].multiplier * r->side[s].amount[pair];
	}
	return price;
}

static void
take(CgRelaxation *r, int64_t pair)
{
	int32_t		demand = r->demand[pair];

	r->taken[demand]++;
	r->whole_value += r->value[pair];
	for (int s = 0; s < CG_SINGLE_SIDES; s++)
		r->side[s].sum += r->side[s].amount[pair];
	if (r->relaxed[demand] < 0 || r->value[pair] < r->value[r->relaxed[demand]])
		r->relaxed[demand] = pair;
}

/*
 * What all demands are worth, less what fixed ones cost, before the sites.
 */
static double
begin_sum(CgRelaxation *r)
{
	double		sum = r->fixed_value;

	r->whole_value = r->fixed_value;
	for (int s = 0; s < CG_SINGLE_SIDES; s++)
	{
		r->side[s].sum = r->side[s].fixed;
		if (r->side[s].is_on)
			sum += r->side[s].multiplier * (r->side[s].fixed - r->side[s].right);
	}
	for (int32_t demand = 0; demand < r->demands; demand++)
	{
		r->relaxed[demand] = r->fixed[demand];
		r->taken[demand] = r->fixed[demand] >= 0;
		if (r->choices[demand] > 0 && r->fixed[demand] < 0)
			sum += r->multiplier[demand];
	}
	return sum;
}

static bool
keeps_rules(const CgRelaxation *r)
{
	for (int s = 0; s < CG_SINGLE_SIDES; s++)
	{
		if (r->side[s].is_on && r->side[s].sum > r->side[s].right + 0.5)
			return false;
	}
	for (int32_t demand = 0; demand < r->demands; demand++)
	{
		if (r->taken[demand] != 1 && r->choices[demand] > 0)
			return false;
	}
	return true;
}

void
cg_relaxation_evaluate(CgRelaxation *r)
{
	CgKnapsack	knapsack;
	double		sum = begin_sum(r);

	r->bound = r->linear = sum;
	r->is_whole = false;
	for (int32_t site = 0; site < r->sites; site++)
	{
		memset(&knapsack, 0, sizeof(knapsack));
		knapsack.relaxation = r;
		knapsack.item = r->knapsack;
		knapsack.room = r->room[site];
		knapsack.need = r->need[site];
		cg_knapsack_solve(&knapsack, site);
		if (r->work->is_stopped)
			return;
		if (isinf(knapsack.linear) || (knapsack.is_exact && isinf(knapsack.best)))
		{
			r->bound = INFINITY;
			return;
		}
		r->slope[site] = knapsack.slope;
		r->linear -= knapsack.linear;
		r->bound -= knapsack.is_exact ? fmin(knapsack.best, knapsack.linear) : knapsack.linear;
		for (int32_t i = 0; i < knapsack.count && !isinf(knapsack.best); i++)
		{
			if (r->best_pick[i])
				take(r, knapsack.item[i].pair);
		}
	}
	for (int64_t i = r->item_start[r->sites]; i < r->item_start[r->sites + 1]; i++)
	{
		int64_t		pair = r->item[i];
		double		gain = r->multiplier[r->demand[pair]] - cg_relaxation_price(r, pair);

		if (r->is_out[pair] || r->fixed[r->demand[pair]] >= 0 || gain <= 0)
			continue;
		r->bound -= gain;
		r->linear -= gain;
		take(r, pair);
	}
	r->is_whole = keeps_rules(r);
}

double
cg_relaxation_reduced(const CgRelaxation *r, int64_t pair)
{
	return cg_relaxation_price(r, pair) + r->slope[r->site[pair]] * (double) r->use[pair] - r->multiplier[r->demand[pair]];
}

/*
 * With prices of room a demand takes its least reduced pair: that is a bound
 * too, and any other pair adds the difference.
 */
bool
cg_relaxation_reduce(CgRelaxation *r, double limit)
{
	double		linear = r->linear;

	for (int32_t demand = 0; demand < r->demands; demand++)
	{
		double		least = INFINITY;

		if (r->choices[demand] == 0 || r->fixed[demand] >= 0)
			continue;
		for (int64_t pair = r->start[demand]; pair < r->start[demand + 1]; pair++)
		{
			double		reduced;

			if (r->is_out[pair])
				continue;
			reduced = cg_relaxation_reduced(r, pair);
			least = fmin(least, reduced);
			linear -= fmin(0, reduced);
		}
		linear += least;
		cg_single_work(r->work, 2 * (r->start[demand + 1] - r->start[demand]));
	}
	r->bound = fmax(r->bound, linear);
	if (r->bound >= limit)
		return false;
	for (int32_t demand = 0; demand < r->demands; demand++)
	{
		double		least = INFINITY;

		for (int64_t pair = r->start[demand]; pair < r->start[demand + 1] && r->fixed[demand] < 0; pair++)
		{
			if (!r->is_out[pair])
				least = fmin(least, cg_relaxation_reduced(r, pair));
		}
		for (int64_t pair = r->start[demand]; pair < r->start[demand + 1] && r->fixed[demand] < 0; pair++)
		{
			bool		is_out = !r->is_out[pair] && linear + cg_relaxation_reduced(r, pair) - least >= limit;

			for (int s = 0; s < CG_SINGLE_SIDES; s++)
				is_out |= r->side[s].is_on && r->side[s].fixed + r->side[s].amount[pair] > r->side[s].right + 0.5;
			if (is_out && !drop(r, pair))
				return settle_all(r, false);
		}
	}
	return settle_all(r, true);
}

bool
cg_relaxation_step(CgRelaxation *r, double target, double length)
{
	double		norm = 0;

	for (int32_t demand = 0; demand < r->demands; demand++)
	{
		if (r->choices[demand] > 0)
			norm += (double) (1 - r->taken[demand]) * (1 - r->taken[demand]);
	}
	for (int s = 0; s < CG_SINGLE_SIDES; s++)
	{
		double		excess = (r->side[s].sum - r->side[s].right) / r->side[s].unit;

		if (r->side[s].is_on)
			norm += excess * excess;
	}
	if (norm == 0)
		return false;
	length *= fmax(target - r->bound, 0.5) / norm;
	for (int32_t demand = 0; demand < r->demands; demand++)
	{
		if (r->choices[demand] > 0)
			r->multiplier[demand] += length * (1 - r->taken[demand]);
	}
	for (int s = 0; s < CG_SINGLE_SIDES; s++)
	{
		if (r->side[s].is_on)
			r->side[s].multiplier += length * (r->side[s].sum - r->side[s].right) / r->side[s].unit / r->side[s].unit;
	}
	return true;
}
