/*-------------------------------------------------------------------------
 *
 * allocate_single_core.c
 *	  The generalised assignment problem: each demand goes whole to one site.
 *
 * Tier by tier: what is unserved, what is moved, the cost.  A tier whose best
 * plan reaches the bound that is known needs no proof; another one is searched
 * by branch and bound, where the tiers before it must keep their sums.
 *
 *-------------------------------------------------------------------------
 */
#include "geography/allocate_single_search.h"

#include <math.h>
#include <string.h>

/* Looks at pairs (some nanoseconds each) by tier: at the root, before long
 * local search, and after it. */
#define ROOT_WORK INT64_C(300000000)
#define FIRST_WORK INT64_C(100000000)
#define LAST_WORK INT64_C(1000000000)

/* Of local search, after which no new start is tried. */
#define KICK_WORK INT64_C(600000000)

#define FULL_EFFORT 1000

typedef struct Solving
{
	const CgSingle *problem;
	const CgFlowAllocator *allocator;
	CgSingleSearch search;
	CgSingleWork work;
	CgSingleTiers least;		/* proved to be so by tier, or known bounds */
	CgSingleAnswer *answer;
	int32_t		effort;
} Solving;

static size_t
lay_out(CgSingleSearch *search, const CgSingle *problem, char *memory)
{
	char	   *next = memory;
	size_t		n = (size_t) problem->demands + 1;

	search->price = cg_single_part(&next, (size_t) problem->start[problem->demands] + 1, sizeof(CgWide));
	search->out_price = cg_single_part(&next, n, sizeof(CgWide));
	search->choice = cg_single_part(&next, n, sizeof(int64_t));
	search->best = cg_single_part(&next, n, sizeof(int64_t));
	search->kept = cg_single_part(&next, n, sizeof(int64_t));
	search->left = cg_single_part(&next, (size_t) problem->sites + 1, sizeof(int64_t));
	return (size_t) (next - memory);
}

/*
 * One number of what is moved and what it costs.
 */
static void
set_prices(CgSingleSearch *search)
{
	const CgSingle *problem = search->problem;
	CgWide		weight = (CgWide) 1 << 62;

	for (int64_t pair = 0; pair < problem->start[problem->demands]; pair++)
		search->price[pair] = problem->cost[pair] + (problem->moved == NULL ? 0 : weight * problem->moved[pair]);
	for (int32_t demand = 0; demand < problem->demands; demand++)
		search->out_price[demand] = (problem->out_cost == NULL ? 0 : problem->out_cost[demand]) +
			(problem->out_moved == NULL ? 0 : weight * problem->out_moved[demand]);
}

static CgSingleTiers
tiers_of_best(const Solving *solving)
{
	const CgSingle *problem = solving->problem;
	CgSingleTiers sum = {0, 0, 0};

	for (int32_t demand = 0; demand < problem->demands; demand++)
	{
		int64_t		pair = solving->search.best[demand];

		if (pair < 0)
		{
			sum.unserved += problem->weight[demand];
			sum.moved += problem->out_moved == NULL ? 0 : problem->out_moved[demand];
			sum.cost += problem->out_cost == NULL ? 0 : problem->out_cost[demand];
			continue;
		}
		sum.cost += problem->cost[pair];
		sum.moved += problem->moved == NULL ? 0 : problem->moved[pair];
	}
	return sum;
}

static int64_t
tier_of(const CgSingleTiers *tiers, int tier)
{
	return tier == CG_SINGLE_UNSERVED ? tiers->unserved : tier == CG_SINGLE_MOVED ? tiers->moved : tiers->cost;
}

static void
set_tier(CgSingleTiers *tiers, int tier, int64_t value)
{
	if (tier == CG_SINGLE_UNSERVED)
		tiers->unserved = value;
	else if (tier == CG_SINGLE_MOVED)
		tiers->moved = value;
	else
		tiers->cost = value;
}

/*
 * Is the best plan at the bound of a tier?  Then that is the least.
 */
static bool
is_at_bound(Solving *solving, int tier)
{
	CgSingleTiers best = tiers_of_best(solving);

	return solving->search.best_key.missing == 0 && tier_of(&best, tier) <= tier_of(&solving->least, tier);
}

/*
 * The bound of the last tier that the tree found, a whole number.
 */
static void
take_bound(Solving *solving, int tier, double bound, double tolerance)
{
	int64_t		whole;

	if (!(bound < 9e18) || bound < -9e18)
		return;
	whole = (int64_t) ceil(bound - tolerance);
	if (whole > tier_of(&solving->least, tier))
		set_tier(&solving->least, tier, whole);
}

static CgFlowStatus
search_tier(Solving *solving, int tier, int64_t work, bool *is_proved)
{
	CgSingleAim aim = {tier, &solving->least};
	CgRelaxation relaxation;
	CgSingleTree tree = {&relaxation, &solving->search, 0, false, 0, 0};
	CgFlowStatus status;
	double		tolerance;

	*is_proved = false;
	if (!cg_relaxation_begin(&relaxation, solving->problem, &aim, &solving->work, solving->allocator))
		return CG_FLOW_NO_MEMORY;
	status = cg_single_tree(&tree, ROOT_WORK / FULL_EFFORT * solving->effort, work / FULL_EFFORT * solving->effort);
	tolerance = cg_relaxation_tolerance(&relaxation);
	cg_relaxation_end(&relaxation);
	solving->answer->rounds += tree.rounds;
	solving->answer->nodes += tree.nodes;
	if (status != CG_FLOW_OPTIMAL)
		return status;
	*is_proved = tree.is_proved;
	if (tree.is_proved && solving->search.best_key.missing > 0)
		solving->answer->is_impossible = true;
	else if (tree.is_proved)
	{
		CgSingleTiers best = tiers_of_best(solving);

		/* With great sums the proof is up to rounding alone. */
		set_tier(&solving->least, tier, tolerance < 0.5 ? tier_of(&best, tier) : (int64_t) floor(tree.bound));
		if (tier < CG_SINGLE_COST)
			set_tier(&solving->least, tier, tier_of(&best, tier));
	}
	else if (tier == CG_SINGLE_COST || !isinf(tree.bound))
		take_bound(solving, tier, tree.bound, tolerance);
	return CG_FLOW_OPTIMAL;
}

/*
 * What is known of later tiers holds only if the earlier ones are as known.
 */
static void
forget_after(Solving *solving, int tier)
{
	if (tier < CG_SINGLE_MOVED)
		solving->least.moved = 0;
	solving->least.cost = INT64_MIN;
}

/*
 * Prove tier after tier, from the first that is not proved yet.
 */
static CgFlowStatus
prove(Solving *solving, int64_t work)
{
	CgSingleAnswer *answer = solving->answer;

	while (answer->proved < CG_SINGLE_ALL_PROVED && !answer->is_impossible)
	{
		int			tier = answer->proved;
		int64_t		known = tier_of(&solving->least, tier);
		bool		is_proved = is_at_bound(solving, tier);
		CgFlowStatus status = is_proved ? CG_FLOW_OPTIMAL : search_tier(solving, tier, work, &is_proved);

		if (status != CG_FLOW_OPTIMAL)
			return status;
		if (!is_proved && !is_at_bound(solving, tier))
			return CG_FLOW_OPTIMAL;
		if (tier < CG_SINGLE_COST && tier_of(&solving->least, tier) > known)
			forget_after(solving, tier);
		answer->proved += !answer->is_impossible;
	}
	return CG_FLOW_OPTIMAL;
}

static void
fill_answer(const Solving *solving, int64_t *choice)
{
	CgSingleAnswer *answer = solving->answer;
	CgSingleTiers best = tiers_of_best(solving);

	memcpy(choice, solving->search.best, sizeof(int64_t) * (size_t) solving->problem->demands);
	answer->has_plan = solving->search.best_key.missing == 0;
	answer->unserved = best.unserved;
	answer->moved = best.moved;
	answer->cost = best.cost;
	answer->is_optimal = answer->proved == CG_SINGLE_ALL_PROVED;
	answer->bound = answer->proved >= CG_SINGLE_COST ? solving->least.cost : INT64_MIN;
	if (answer->bound > best.cost)
		answer->bound = best.cost;
}

CgFlowStatus
cg_single_solve(const CgSingle *problem, int64_t *choice, const CgSingleTiers *known,
				int32_t effort, const CgFlowAllocator *allocator,
				CgFlowStop stop, void *argument, CgSingleAnswer *answer)
{
	Solving		solving;
	CgSingleSearch *search = &solving.search;
	CgFlowStatus status;
	char	   *memory;

	memset(answer, 0, sizeof(CgSingleAnswer));
	memset(&solving, 0, sizeof(solving));
	solving.problem = search->problem = problem;
	solving.allocator = allocator;
	solving.answer = answer;
	solving.effort = effort < 1 ? 1 : effort > FULL_EFFORT ? FULL_EFFORT : effort;
	solving.least = (CgSingleTiers) {0, 0, INT64_MIN};
	if (known != NULL)
		solving.least = *known;
	solving.work.stop = stop;
	solving.work.argument = argument;
	memory = allocator->resize(allocator->context, NULL, lay_out(search, problem, NULL) + 16);
	if (memory == NULL)
		return CG_FLOW_NO_MEMORY;
	lay_out(search, problem, memory);
	search->work = &solving.work;
	search->best_key.missing = INT64_MAX;
	set_prices(search);
	cg_random_seed(&search->random, 1);
	cg_single_load(search, choice);
	cg_single_improve(search);
	status = solving.work.is_stopped ? CG_FLOW_STOPPED : prove(&solving, FIRST_WORK);
	if (status == CG_FLOW_OPTIMAL && answer->proved < CG_SINGLE_ALL_PROVED && !answer->is_impossible)
	{
		int32_t		rounds = problem->demands > 2000 ? effort / (problem->demands / 1000) : effort;

		answer->rounds += cg_single_kicks(search, rounds, KICK_WORK);
		status = solving.work.is_stopped ? CG_FLOW_STOPPED : prove(&solving, LAST_WORK);
	}
	fill_answer(&solving, choice);
	allocator->resize(allocator->context, memory, 0);
	return status;
}
