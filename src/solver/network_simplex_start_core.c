/*-------------------------------------------------------------------------
 *
 * network_simplex_start_core.c
 *	  The first tree of a transportation problem.
 *
 * Each demand starts at its cheapest site, as long as that has room, those who
 * would lose most first.  Where there are many demands, a sample of them is
 * solved before, with room in proportion, so that a full site has its price
 * from the start.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/network_simplex_transport_flow.h"

#include <stdlib.h>
#include <string.h>

/* One demand in so many is in the sample, if there are more than so many. */
#define SAMPLED_EACH 16
#define SAMPLED_ABOVE 4000

/* Where a demand would go if there were room for all. */
typedef struct Wish
{
	int32_t		demand;
	int32_t		arc;			/* -1: it has no pair */
	int32_t		site;
	CgWide		regret;			/* what its next site costs more */
} Wish;

static CgWide
key_of(const CgTransportSolver *solver, int32_t demand, int32_t site, int64_t cost)
{
	return solver->tiers.weight[2] * cost + solver->tiers.weight[1] * moves(solver, demand, site) +
		solver->price[site];
}

/*
 * The first arcs of a demand, and its wish.
 */
static bool
seed_demand(CgTransportSolver *solver, int32_t demand, Wish *wish)
{
	const int32_t *site;
	const int64_t *cost;
	int32_t		count = solver->problem.pairs.of(solver->problem.pairs.context, demand, &site, &cost);
	bool		all = !solver->tiers.is_narrow || count <= SEEDS;
	Few			few = {0};

	wish->demand = demand;
	wish->arc = -1;
	wish->site = -1;
	wish->regret = 0;
	for (int32_t i = 0; i < count; i++)
		take_if_good(&few, SEEDS, key_of(solver, demand, site[i], cost[i]), site[i], cost[i]);
	for (int i = 0; i < few.count; i++)
	{
		int32_t		arc = cg_transport_add_pair(solver, demand, few.site[i], few.cost[i]);

		if (arc < 0)
			return false;
		if (i > 0 || few.key[0] >= solver->tiers.weight[0])
			continue;
		wish->arc = arc;
		wish->site = few.site[0];
		wish->regret = (few.count > 1 ? few.key[1] : solver->tiers.weight[0]) - few.key[0];
	}
	solver->work += count;
	if (!all)
		return true;
	cg_transport_mark_held(solver, demand);
	for (int32_t i = 0; i < count; i++)
	{
		if (solver->seen[site[i]] != demand + 1 && cg_transport_add_pair(solver, demand, site[i], cost[i]) < 0)
			return false;
	}
	return true;
}

/* Who would lose most comes first, then by demand. */
static int
compare_wishes(const void *a, const void *b)
{
	const Wish *one = a;
	const Wish *other = b;

	if (one->regret != other->regret)
		return one->regret > other->regret ? -1 : 1;
	return one->demand < other->demand ? -1 : one->demand > other->demand;
}

/*
 * The best arc of a demand to a site that has room, or what is unserved.
 */
static int32_t
second_choice(const CgTransportSolver *solver, int32_t demand, int64_t *left)
{
	const CgFlow *flow = solver->flow;
	int32_t		best = solver->problem.sites + demand;
	CgWide		least = solver->tiers.weight[0];
	int32_t		chosen = -1;

	for (int32_t arc = solver->last_arc[demand]; arc >= 0; arc = solver->earlier_arc[arc])
	{
		int32_t		site = flow->head[flow->nodes + arc] - solver->problem.demands;
		CgWide		key = solver->price[site];

		if (left[site] <= solver->problem.amount[demand])
			continue;
		key += flow->now.is_narrow ? flow->now.narrow_cost[flow->nodes + arc] :
			flow->now.wide_cost[flow->nodes + arc];
		if (key > least || (key == least && (chosen < 0 || site > chosen)))
			continue;
		least = key;
		best = arc;
		chosen = site;
	}
	if (chosen >= 0)
		left[chosen] -= solver->problem.amount[demand];
	return best;
}

/*
 * Put the wishes for each site together; end is the end of a site's, and those
 * of no site come last.
 */
static void
group_wishes(const CgTransportSolver *solver, const Wish *wish, Wish *grouped, int64_t *end)
{
	int32_t		sites = solver->problem.sites;
	int64_t		sum = 0;

	memset(end, 0, sizeof(int64_t) * ((size_t) sites + 1));
	for (int32_t i = 0; i < solver->problem.demands; i++)
		end[wish[i].site < 0 ? sites : wish[i].site]++;
	for (int32_t site = 0; site <= sites; site++)
	{
		int64_t		count = end[site];

		end[site] = sum;
		sum += count;
	}
	for (int32_t i = 0; i < solver->problem.demands; i++)
		grouped[end[wish[i].site < 0 ? sites : wish[i].site]++] = wish[i];
}

/*
 * Grant wishes while there is room; the others have their second choice.  The
 * number of proposed arcs, or -1 when stopped.
 */
static int32_t
grant(CgTransportSolver *solver, Wish *wish, const int64_t *end, int64_t *left, int32_t *proposed)
{
	int32_t		sites = solver->problem.sites;
	int32_t		proposals = 0;
	int64_t		refused = 0;
	int64_t		next = 0;

	for (int32_t site = 0; site <= sites; site++)
	{
		qsort(wish + next, end[site] - next, sizeof(Wish), compare_wishes);
		if (stopped(solver, 20 * (end[site] - next)))
			return -1;
		for (; next < end[site]; next++)
		{
			int64_t		amount = solver->problem.amount[wish[next].demand];

			if (site < sites && left[site] > amount)
			{
				left[site] -= amount;
				proposed[proposals++] = wish[next].arc;
			}
			else
				wish[refused++] = wish[next];
		}
	}
	for (int64_t i = 0; i < refused; i++)
		proposed[proposals++] = second_choice(solver, wish[i].demand, left);
	return proposals;
}

static CgFlowStatus
seed(CgTransportSolver *solver, int32_t *proposed, int64_t *left, Wish *wish)
{
	int32_t		sites = solver->problem.sites;
	int64_t    *end = left + sites;
	Wish	   *grouped = wish + solver->problem.demands;
	int32_t		proposals;

	for (int32_t site = 0; site < solver->problem.sites; site++)
	{
		proposed[site] = site;
		left[site] = solver->capacity[site];
	}
	for (int32_t demand = 0; demand < solver->problem.demands; demand++)
	{
		if (!seed_demand(solver, demand, &wish[demand]))
			return CG_FLOW_NO_MEMORY;
		if (stopped(solver, 1))
			return CG_FLOW_STOPPED;
	}
	group_wishes(solver, wish, grouped, end);
	if (stopped(solver, WORK_BETWEEN_STOPS))
		return CG_FLOW_STOPPED;
	proposals = grant(solver, grouped, end, left, proposed + sites);
	if (proposals < 0)
		return CG_FLOW_STOPPED;
	return cg_flow_propose_tree(solver->flow, proposed, sites + proposals) ? CG_FLOW_OPTIMAL : CG_FLOW_NO_MEMORY;
}

/* ---- a sample ---- */

typedef struct Sample
{
	CgTransport problem;
	const CgPairs *pairs;
	int64_t    *amount;
	int64_t    *capacity;
	int64_t    *minimum;
	int32_t    *current;
	int64_t		(*dual)[CG_TRANSPORT_TIERS + 1];
} Sample;

static int32_t
pairs_of_sample(void *context, int32_t demand, const int32_t **site, const int64_t **cost)
{
	Sample	   *sample = context;

	return sample->pairs->of(sample->pairs->context, demand * SAMPLED_EACH, site, cost);
}

static bool
draw_sample(CgTransportSolver *solver, Sample *sample)
{
	const CgTransport *problem = &solver->problem;
	int32_t		demands = (problem->demands - 1) / SAMPLED_EACH + 1;
	CgWide		all = 0;
	CgWide		sampled = 0;

	memset(sample, 0, sizeof(Sample));
	if (!cg_flow_resize(&solver->allocator, (void **) &sample->amount, sizeof(int64_t) * demands) ||
		!cg_flow_resize(&solver->allocator, (void **) &sample->current, sizeof(int32_t) * demands) ||
		!cg_flow_resize(&solver->allocator, (void **) &sample->capacity, sizeof(int64_t) * problem->sites) ||
		!cg_flow_resize(&solver->allocator, (void **) &sample->minimum, sizeof(int64_t) * problem->sites) ||
		!cg_flow_resize(&solver->allocator, (void **) &sample->dual, sizeof(*sample->dual) * (demands + (size_t) problem->sites + 1)))
		return false;
	for (int32_t demand = 0; demand < problem->demands; demand++)
		all += problem->amount[demand];
	for (int32_t demand = 0; demand < demands; demand++)
	{
		sample->amount[demand] = problem->amount[demand * SAMPLED_EACH];
		sample->current[demand] = problem->current == NULL ? -1 : problem->current[demand * SAMPLED_EACH];
		sampled += sample->amount[demand];
	}
	for (int32_t site = 0; site < problem->sites; site++)
	{
		sample->capacity[site] = all == 0 ? 0 : (int64_t) (solver->capacity[site] * sampled / all);
		sample->minimum[site] = all == 0 ? 0 : (int64_t) (solver->minimum[site] * sampled / all);
	}
	sample->problem = *problem;
	sample->problem.demands = demands;
	sample->problem.amount = sample->amount;
	sample->problem.capacity = sample->capacity;
	sample->problem.minimum = problem->minimum == NULL ? NULL : sample->minimum;
	sample->problem.current = problem->current == NULL ? NULL : sample->current;
	sample->problem.unserved_cost = NULL;
	sample->pairs = &problem->pairs;
	sample->problem.pairs.of = pairs_of_sample;
	sample->problem.pairs.context = sample;
	return true;
}

static CgFlowStatus
solve_without_ties(CgTransportSolver *solver)
{
	CgFlowStatus status;

	cg_transport_set_bounds(solver);
	status = cg_transport_first_tree(solver);
	return status == CG_FLOW_OPTIMAL ? cg_transport_solve_and_price(solver) : status;
}

static CgFlowStatus
solve_sample(CgTransportSolver *solver, Sample *sample)
{
	CgTransportSolver *smaller = cg_transport_create(&sample->problem, &solver->allocator);
	int64_t		(*dual)[CG_TRANSPORT_TIERS + 1] = sample->dual;
	CgFlowStatus status;

	if (smaller == NULL)
		return CG_FLOW_NO_MEMORY;
	smaller->stop = solver->stop;
	smaller->stop_argument = solver->stop_argument;
	status = solve_without_ties(smaller);
	if (is_solved(status))
		cg_transport_duals(smaller, dual);
	for (int32_t site = 0; site < solver->problem.sites && is_solved(status); site++)
	{
		int32_t		node = sample->problem.demands + site;
		int64_t		tier[CG_TRANSPORT_TIERS];

		for (int i = 0; i < CG_TRANSPORT_TIERS; i++)
			tier[i] = dual[smaller->sink][i + 1] - dual[node][i + 1];
		solver->price[site] = cg_tiers_pack(&solver->tiers, tier);
		if (solver->price[site] < 0)
			solver->price[site] = 0;
	}
	cg_transport_free(smaller);
	return is_solved(status) ? CG_FLOW_OPTIMAL : status;
}

static CgFlowStatus
set_prices(CgTransportSolver *solver)
{
	const CgTransport *problem = &solver->problem;
	Sample		sample;
	CgFlowStatus status = CG_FLOW_NO_MEMORY;

	if (!cg_flow_resize(&solver->allocator, (void **) &solver->price, sizeof(CgWide) * problem->sites))
		return CG_FLOW_NO_MEMORY;
	memset(solver->price, 0, sizeof(CgWide) * problem->sites);
	if (problem->demands <= SAMPLED_ABOVE || problem->demands / SAMPLED_EACH < 4 * problem->sites)
		return CG_FLOW_OPTIMAL;
	if (draw_sample(solver, &sample))
		status = solve_sample(solver, &sample);
	cg_flow_give_back(&solver->allocator, sample.amount);
	cg_flow_give_back(&solver->allocator, sample.current);
	cg_flow_give_back(&solver->allocator, sample.capacity);
	cg_flow_give_back(&solver->allocator, sample.minimum);
	cg_flow_give_back(&solver->allocator, sample.dual);
	return status;
}

/*
 * The first tree has every site joined to the sink, as if room had no price.
 * Let it cost its price until demands have settled; then few pivots are left.
 */
static CgFlowStatus
solve_with_prices(CgTransportSolver *solver)
{
	int64_t		tier[CG_TRANSPORT_TIERS] = {0, 0, 0};
	bool		has_price = false;
	CgFlowStatus status;

	for (int32_t site = 0; site < solver->problem.sites; site++)
		has_price |= solver->price[site] > 0;
	if (!has_price)
		return CG_FLOW_OPTIMAL;
	for (int32_t site = 0; site < solver->problem.sites; site++)
	{
		cg_tiers_split(&solver->tiers, solver->price[site], tier);
		cg_flow_set_cost(solver->flow, site, tier);
	}
	status = cg_flow_solve(solver->flow, solver->stop, solver->stop_argument);
	memset(tier, 0, sizeof(tier));
	for (int32_t site = 0; site < solver->problem.sites; site++)
		cg_flow_set_cost(solver->flow, site, tier);
	return is_solved(status) ? CG_FLOW_OPTIMAL : status;
}

CgFlowStatus
cg_transport_first_tree(CgTransportSolver *solver)
{
	const CgTransport *problem = &solver->problem;
	int32_t    *proposed = NULL;
	int64_t    *left = NULL;
	Wish	   *wish = NULL;
	CgFlowStatus status = set_prices(solver);

	if (status == CG_FLOW_OPTIMAL)
	{
		status = CG_FLOW_NO_MEMORY;
		if (cg_flow_resize(&solver->allocator, (void **) &proposed, sizeof(int32_t) * (problem->demands + (size_t) problem->sites)) &&
			cg_flow_resize(&solver->allocator, (void **) &left, sizeof(int64_t) * (2 * (size_t) problem->sites + 1)) &&
			cg_flow_resize(&solver->allocator, (void **) &wish, 2 * sizeof(Wish) * problem->demands))
			status = seed(solver, proposed, left, wish);
	}
	cg_flow_give_back(&solver->allocator, proposed);
	cg_flow_give_back(&solver->allocator, left);
	cg_flow_give_back(&solver->allocator, wish);
	if (status == CG_FLOW_OPTIMAL)
		status = solve_with_prices(solver);
	cg_flow_give_back(&solver->allocator, solver->price);
	solver->price = NULL;
	return status;
}
