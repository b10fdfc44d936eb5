/*-------------------------------------------------------------------------
 *
 * network_simplex_transport_core.c
 *	  The transportation problem: amounts at demands go to sites with room.
 *
 * The network: demands, sites and a sink.  An arc from a site to the sink has
 * the site's room; an arc from a demand to the sink is what is unserved, a
 * tier above all costs, so that no cost need be "very large".  The tree
 * starts from each demand's cheapest site that still has room.  Where there
 * are many demands, a sample of them is solved first, with room in
 * proportion, so that a full site has its price from the start.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/network_simplex_transport.h"

#include <stdlib.h>
#include <string.h>

#include "solver/network_simplex_flow.h"

/* Pairs of a demand that are arcs from the start, and that join in a round. */
#define SEEDS 5
#define JOINING 3

/* One demand in so many is in the sample, if there are more than so many. */
#define SAMPLED_EACH 16
#define SAMPLED_ABOVE 4000

struct CgTransportSolver
{
	CgTransport problem;
	CgFlowAllocator allocator;
	CgTiers		tiers;
	CgFlow	   *flow;
	int32_t		sink;
	int32_t    *last_arc;		/* of a demand, or -1 */
	int32_t    *earlier_arc;	/* of the same demand, by arc */
	int64_t		earlier_room;
	int32_t    *seen;			/* by site: the demand that holds it, plus 1 */
	int64_t    *capacity;
	int64_t    *minimum;
	CgWide	   *price;			/* of a site, before the first tree; else NULL */
	CgTransportAnswer answer;
	CgFlowStop	stop;
	void	   *stop_argument;
	int64_t		work;
};

static bool
resize(CgTransportSolver *solver, void **memory, size_t size)
{
	void	   *moved = solver->allocator.resize(solver->allocator.context, *memory, size > 0 ? size : 1);

	if (moved == NULL)
		return false;
	*memory = moved;
	return true;
}

static void
give_back(CgTransportSolver *solver, void *memory)
{
	if (memory != NULL)
		solver->allocator.resize(solver->allocator.context, memory, 0);
}

static bool
stopped(CgTransportSolver *solver, int64_t work)
{
	solver->work += work;
	if (solver->work < WORK_BETWEEN_STOPS)
		return false;
	solver->work = 0;
	return solver->stop != NULL && solver->stop(solver->stop_argument);
}

static bool
moves(const CgTransportSolver *solver, int32_t demand, int32_t site)
{
	return solver->problem.current != NULL && solver->problem.current[demand] >= 0 &&
		solver->problem.current[demand] != site;
}

/* ---- the network ---- */

static int32_t
add_pair(CgTransportSolver *solver, int32_t demand, int32_t site, int64_t cost)
{
	int64_t		tier[CG_TRANSPORT_TIERS] = {0, moves(solver, demand, site), cost};
	int32_t		arc = cg_flow_add_arc(solver->flow, demand, solver->problem.demands + site,
									  CG_FLOW_UNLIMITED, tier);

	if (arc < 0)
		return -1;
	if (arc >= solver->earlier_room)
	{
		if (!resize(solver, (void **) &solver->earlier_arc, sizeof(int32_t) * solver->flow->room))
			return -1;
		solver->earlier_room = solver->flow->room;
	}
	solver->earlier_arc[arc] = solver->last_arc[demand];
	solver->last_arc[demand] = arc;
	return arc;
}

static void
mark_held(CgTransportSolver *solver, int32_t demand)
{
	for (int32_t arc = solver->last_arc[demand]; arc >= 0; arc = solver->earlier_arc[arc])
		solver->seen[solver->flow->head[solver->flow->nodes + arc] - solver->problem.demands] = demand + 1;
}

/* The best few of many: by key, then by place. */
typedef struct Few
{
	int			count;
	CgWide		key[SEEDS];
	int32_t		site[SEEDS];
	int64_t		cost[SEEDS];
} Few;

static void
take_if_good(Few *few, int most, CgWide key, int32_t site, int64_t cost)
{
	int			place = few->count;

	if (place == most && !(key < few->key[place - 1] ||
						   (key == few->key[place - 1] && site < few->site[place - 1])))
		return;
	if (place == most)
		place--;
	else
		few->count++;
	for (; place > 0 && (key < few->key[place - 1] ||
						 (key == few->key[place - 1] && site < few->site[place - 1])); place--)
	{
		few->key[place] = few->key[place - 1];
		few->site[place] = few->site[place - 1];
		few->cost[place] = few->cost[place - 1];
	}
	few->key[place] = key;
	few->site[place] = site;
	few->cost[place] = cost;
}

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
		int32_t		arc = add_pair(solver, demand, few.site[i], few.cost[i]);

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
	mark_held(solver, demand);
	for (int32_t i = 0; i < count; i++)
	{
		if (solver->seen[site[i]] != demand + 1 && add_pair(solver, demand, site[i], cost[i]) < 0)
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
	proposals = grant(solver, grouped, end, left, proposed + sites);
	if (proposals < 0)
		return CG_FLOW_STOPPED;
	return cg_flow_propose_tree(solver->flow, proposed, sites + proposals) ? CG_FLOW_OPTIMAL : CG_FLOW_NO_MEMORY;
}

static bool
add_fixed_arcs(CgTransportSolver *solver)
{
	const CgTransport *problem = &solver->problem;
	int64_t		no_cost[CG_TRANSPORT_TIERS] = {0, 0, 0};
	int64_t		unserved[CG_TRANSPORT_TIERS] = {1, 0, 0};

	for (int32_t site = 0; site < problem->sites; site++)
	{
		if (cg_flow_add_arc(solver->flow, problem->demands + site, solver->sink, 0, no_cost) < 0)
			return false;
	}
	for (int32_t demand = 0; demand < problem->demands; demand++)
	{
		if (cg_flow_add_arc(solver->flow, demand, solver->sink, CG_FLOW_UNLIMITED, unserved) < 0)
			return false;
	}
	return true;
}

/*
 * Room and supplies as they are now: a site's minimum goes to the sink
 * whatever happens.
 */
static void
set_bounds(CgTransportSolver *solver)
{
	const CgTransport *problem = &solver->problem;
	int64_t		all = 0;

	for (int32_t demand = 0; demand < problem->demands; demand++)
	{
		cg_flow_set_supply(solver->flow, demand, problem->amount[demand]);
		all += problem->amount[demand];
	}
	for (int32_t site = 0; site < problem->sites; site++)
	{
		cg_flow_set_capacity(solver->flow, site, solver->capacity[site] - solver->minimum[site]);
		cg_flow_set_supply(solver->flow, problem->demands + site, -solver->minimum[site]);
		all -= solver->minimum[site];
	}
	cg_flow_set_supply(solver->flow, solver->sink, -all);
}

static bool
allocate(CgTransportSolver *solver)
{
	const CgTransport *problem = &solver->problem;
	CgTransportAnswer *answer = &solver->answer;
	size_t		demands = problem->demands;
	size_t		sites = problem->sites;

	return resize(solver, (void **) &solver->last_arc, sizeof(int32_t) * demands) &&
		resize(solver, (void **) &solver->seen, sizeof(int32_t) * sites) &&
		resize(solver, (void **) &solver->capacity, sizeof(int64_t) * sites) &&
		resize(solver, (void **) &solver->minimum, sizeof(int64_t) * sites) &&
		resize(solver, (void **) &answer->unserved, sizeof(int64_t) * demands) &&
		resize(solver, (void **) &answer->used, sizeof(int64_t) * sites) &&
		resize(solver, (void **) &answer->demand_in_cut, sizeof(bool) * demands) &&
		resize(solver, (void **) &answer->site_in_cut, sizeof(bool) * sites);
}

CgTransportSolver *
cg_transport_create(const CgTransport *problem, const CgFlowAllocator *allocator)
{
	CgTransportSolver *solver = allocator->resize(allocator->context, NULL, sizeof(CgTransportSolver));
	int64_t		limit[CG_TRANSPORT_TIERS] = {1, problem->current != NULL, problem->pairs.most_cost};
	int64_t		nodes = (int64_t) problem->demands + problem->sites + 1;
	int64_t		smaller = problem->demands < problem->sites ? problem->demands : problem->sites;

	if (solver == NULL)
		return NULL;
	memset(solver, 0, sizeof(CgTransportSolver));
	solver->problem = *problem;
	solver->allocator = *allocator;
	solver->sink = problem->demands + problem->sites;

	/*
	 * A simple cycle alternates between demands and sites, but for the sink
	 * and the root.
	 */
	if (nodes > INT32_MAX / 2 ||
		!cg_tiers_weigh(&solver->tiers, CG_TRANSPORT_TIERS, limit, nodes, 2 * smaller + 8) ||
		!allocate(solver) ||
		(solver->flow = cg_flow_create((int32_t) nodes, NULL, &solver->tiers,
									   nodes + SEEDS * (int64_t) problem->demands, allocator)) == NULL ||
		!add_fixed_arcs(solver))
	{
		cg_transport_free(solver);
		return NULL;
	}
	memset(solver->last_arc, -1, sizeof(int32_t) * problem->demands);
	memset(solver->seen, 0, sizeof(int32_t) * problem->sites);
	for (int32_t site = 0; site < problem->sites; site++)
	{
		solver->capacity[site] = problem->capacity[site];
		solver->minimum[site] = problem->minimum == NULL ? 0 : problem->minimum[site];
	}
	return solver;
}

void
cg_transport_free(CgTransportSolver *solver)
{
	if (solver == NULL)
		return;
	cg_flow_free(solver->flow);
	give_back(solver, solver->last_arc);
	give_back(solver, solver->earlier_arc);
	give_back(solver, solver->seen);
	give_back(solver, solver->capacity);
	give_back(solver, solver->minimum);
	give_back(solver, solver->price);
	give_back(solver, solver->answer.shipment);
	give_back(solver, solver->answer.unserved);
	give_back(solver, solver->answer.used);
	give_back(solver, solver->answer.demand_in_cut);
	give_back(solver, solver->answer.site_in_cut);
	give_back(solver, solver);
}

void
cg_transport_set_capacity(CgTransportSolver *solver, int32_t site, int64_t capacity)
{
	solver->capacity[site] = capacity;
	solver->minimum[site] = solver->problem.minimum == NULL ? 0 : solver->problem.minimum[site];
	if (solver->minimum[site] > capacity)
		solver->minimum[site] = capacity;
}

/* ---- pricing ---- */

/*
 * Let the pairs of a demand join that would improve the answer, the best ones
 * first; with_ties, all that would cost the same too.  Their number, or -1.
 */
static int32_t
price_demand(CgTransportSolver *solver, int32_t demand, bool with_ties)
{
	const int64_t *dual = cg_flow_narrow_duals(solver->flow);
	const int64_t *site_dual = dual + solver->problem.demands;
	int64_t		weight = (int64_t) solver->tiers.weight[2];
	int64_t		move = (int64_t) solver->tiers.weight[1];
	const int32_t *site;
	const int64_t *cost;
	int32_t		count = solver->problem.pairs.of(solver->problem.pairs.context, demand, &site, &cost);
	int32_t		joined = 0;
	bool		is_marked = false;
	Few			few = {0};

	solver->work += count;
	for (int32_t i = 0; i < count; i++)
	{
		int64_t		reduced = weight * cost[i] + dual[demand] - site_dual[site[i]];

		if (solver->problem.current != NULL && moves(solver, demand, site[i]))
			reduced += move;
		if (reduced > 0 || (reduced == 0 && !with_ties))
			continue;
		if (!with_ties)
		{
			take_if_good(&few, JOINING, reduced, site[i], cost[i]);
			continue;
		}
		if (!is_marked)
			mark_held(solver, demand);
		is_marked = true;
		if (solver->seen[site[i]] == demand + 1)
			continue;
		if (add_pair(solver, demand, site[i], cost[i]) < 0)
			return -1;
		joined++;
	}
	for (int i = 0; i < few.count; i++)
	{
		if (add_pair(solver, demand, few.site[i], few.cost[i]) < 0)
			return -1;
		joined++;
	}
	return joined;
}

static CgFlowStatus
price(CgTransportSolver *solver, bool with_ties, int64_t *joined)
{
	*joined = 0;
	if (!solver->tiers.is_narrow)
		return CG_FLOW_OPTIMAL;
	for (int32_t demand = 0; demand < solver->problem.demands; demand++)
	{
		int32_t		more = price_demand(solver, demand, with_ties);

		if (more < 0)
			return CG_FLOW_NO_MEMORY;
		*joined += more;
		if (stopped(solver, 1))
			return CG_FLOW_STOPPED;
	}
	return CG_FLOW_OPTIMAL;
}

static bool
is_solved(CgFlowStatus status)
{
	return status == CG_FLOW_OPTIMAL || status == CG_FLOW_INFEASIBLE;
}

static CgFlowStatus
solve_and_price(CgTransportSolver *solver)
{
	CgFlowStatus solved;
	CgFlowStatus priced;
	int64_t		joined;

	do
	{
		solved = cg_flow_solve(solver->flow, solver->stop, solver->stop_argument);
		if (!is_solved(solved))
			return solved;
		solver->answer.rounds++;
		priced = price(solver, false, &joined);
		if (priced != CG_FLOW_OPTIMAL)
			return priced;
	} while (joined > 0);
	return solved;
}

/* ---- ties ---- */

/*
 * A number that looks random, from the places of a demand and a site.
 */
static uint64_t
mixed(uint64_t demand, uint64_t site)
{
	uint64_t	z = demand * UINT64_C(0x9E3779B97F4A7C15) + site * UINT64_C(0xD1B54A32D192ED03);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/*
 * Among equal answers: demands that come first have the sites that come
 * first, and what is unserved comes last.  The product of the places from the
 * end is that wish; a few mixed bits below it make the answer unique.
 */
static CgFlowStatus
break_ties(CgTransportSolver *solver)
{
	const CgTransport *problem = &solver->problem;
	CgFlow	   *flow = solver->flow;
	int64_t		limit[1];
	int64_t		joined;
	int			bits = 20;
	int64_t		nodes = flow->nodes;
	CgTiers		tiers;
	CgFlowStatus status = price(solver, true, &joined);

	if (status != CG_FLOW_OPTIMAL)
		return status;
	for (;; bits--)
	{
		limit[0] = (((int64_t) problem->demands * problem->sites) << bits) + (INT64_C(1) << bits);
		if (!cg_tiers_weigh(&tiers, 1, limit, nodes, 2 * (int64_t) problem->sites + 8))
			return CG_FLOW_NO_MEMORY;
		if (tiers.is_narrow || bits == 8)
			break;
	}
	/* Arcs that joined are not yet judged by their reduced cost, but it is 0. */
	if (!cg_flow_keep_optimal(flow, &tiers))
		return CG_FLOW_NO_MEMORY;
	for (int32_t arc = 0; arc < cg_flow_arcs(flow); arc++)
	{
		int64_t		demand = flow->tail[nodes + arc];
		int64_t		site = (int64_t) flow->head[nodes + arc] - problem->demands;
		int64_t		cost[1] = {0};

		if (arc >= problem->sites)
			cost[0] = -(((problem->demands - demand) * (problem->sites - site)) << bits) +
				(int64_t) (mixed(demand, site) >> (64 - bits));
		cg_flow_set_cost(flow, arc, cost);
		if (stopped(solver, 1))
		{
			cg_flow_release(flow);
			return CG_FLOW_STOPPED;
		}
	}
	status = cg_flow_solve(flow, solver->stop, solver->stop_argument);
	cg_flow_release(flow);
	return status;
}

/* ---- the answer ---- */

static void
sort_shipments(CgShipment *shipment, int64_t count)
{
	for (int64_t i = 1; i < count; i++)
	{
		CgShipment	moved = shipment[i];
		int64_t		place = i;

		for (; place > 0 && shipment[place - 1].site > moved.site; place--)
			shipment[place] = shipment[place - 1];
		shipment[place] = moved;
	}
}

static int64_t
cost_of_arc(const CgTransportSolver *solver, int32_t arc)
{
	const FlowCosts *now = &solver->flow->now;
	int64_t		sums[CG_TRANSPORT_TIERS];

	cg_tiers_split(&solver->tiers, now->is_narrow ? now->narrow_cost[arc] : now->wide_cost[arc], sums);
	return sums[2];
}

static void
read_demand(CgTransportSolver *solver, int32_t demand)
{
	CgTransportAnswer *answer = &solver->answer;
	const CgFlow *flow = solver->flow;
	int64_t		first = answer->shipments;

	answer->unserved[demand] = cg_flow_on_arc(flow, solver->problem.sites + demand);
	answer->all_unserved += answer->unserved[demand];
	for (int32_t arc = solver->last_arc[demand]; arc >= 0; arc = solver->earlier_arc[arc])
	{
		CgShipment *shipment = &answer->shipment[answer->shipments];

		if (cg_flow_on_arc(flow, arc) == 0)
			continue;
		shipment->demand = demand;
		shipment->site = flow->head[flow->nodes + arc] - solver->problem.demands;
		shipment->amount = cg_flow_on_arc(flow, arc);
		shipment->cost = cost_of_arc(solver, flow->nodes + arc);
		answer->used[shipment->site] += shipment->amount;
		answer->cost += (CgWide) shipment->cost * shipment->amount;
		if (moves(solver, demand, shipment->site))
			answer->all_moved += shipment->amount;
		answer->shipments++;
	}
	sort_shipments(answer->shipment + first, answer->shipments - first);
}

/*
 * The demands and sites whose dual says that one unit more would be one
 * unserved more: together they have more demand than room.
 */
static void
mark_cut(CgTransportSolver *solver)
{
	CgTransportAnswer *answer = &solver->answer;
	int64_t		sums[CG_TRANSPORT_TIERS];
	int64_t		sink;

	cg_tiers_split(&solver->tiers, cg_flow_dual(solver->flow, solver->sink), sums);
	sink = sums[0];
	for (int32_t node = 0; node < solver->sink; node++)
	{
		bool		is_in;

		cg_tiers_split(&solver->tiers, cg_flow_dual(solver->flow, node), sums);
		is_in = answer->all_unserved > 0 && sums[0] < sink;
		if (node < solver->problem.demands)
			answer->demand_in_cut[node] = is_in;
		else
			answer->site_in_cut[node - solver->problem.demands] = is_in;
	}
}

static CgFlowStatus
read_answer(CgTransportSolver *solver)
{
	CgTransportAnswer *answer = &solver->answer;
	int64_t		carrying = 0;

	for (int32_t arc = solver->problem.sites + solver->problem.demands; arc < cg_flow_arcs(solver->flow); arc++)
		carrying += cg_flow_on_arc(solver->flow, arc) > 0;
	if (!resize(solver, (void **) &answer->shipment, sizeof(CgShipment) * carrying))
		return CG_FLOW_NO_MEMORY;
	memset(answer->used, 0, sizeof(int64_t) * solver->problem.sites);
	for (int32_t demand = 0; demand < solver->problem.demands; demand++)
	{
		read_demand(solver, demand);
		if (stopped(solver, 10))
			return CG_FLOW_STOPPED;
	}
	mark_cut(solver);
	answer->arcs = cg_flow_arcs(solver->flow);
	answer->pivots = cg_flow_pivots(solver->flow);
	return CG_FLOW_OPTIMAL;
}

/* ---- the first tree ---- */

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
	if (!resize(solver, (void **) &sample->amount, sizeof(int64_t) * demands) ||
		!resize(solver, (void **) &sample->current, sizeof(int32_t) * demands) ||
		!resize(solver, (void **) &sample->capacity, sizeof(int64_t) * problem->sites) ||
		!resize(solver, (void **) &sample->minimum, sizeof(int64_t) * problem->sites) ||
		!resize(solver, (void **) &sample->dual, sizeof(*sample->dual) * (demands + (size_t) problem->sites + 1)))
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
	sample->pairs = &problem->pairs;
	sample->problem.pairs.of = pairs_of_sample;
	sample->problem.pairs.context = sample;
	return true;
}

static CgFlowStatus first_tree(CgTransportSolver *solver);

static CgFlowStatus
solve_without_ties(CgTransportSolver *solver)
{
	CgFlowStatus status;

	set_bounds(solver);
	status = first_tree(solver);
	return status == CG_FLOW_OPTIMAL ? solve_and_price(solver) : status;
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

	if (!resize(solver, (void **) &solver->price, sizeof(CgWide) * problem->sites))
		return CG_FLOW_NO_MEMORY;
	memset(solver->price, 0, sizeof(CgWide) * problem->sites);
	if (problem->demands <= SAMPLED_ABOVE || problem->demands / SAMPLED_EACH < 4 * problem->sites)
		return CG_FLOW_OPTIMAL;
	if (draw_sample(solver, &sample))
		status = solve_sample(solver, &sample);
	give_back(solver, sample.amount);
	give_back(solver, sample.current);
	give_back(solver, sample.capacity);
	give_back(solver, sample.minimum);
	give_back(solver, sample.dual);
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

static CgFlowStatus
first_tree(CgTransportSolver *solver)
{
	const CgTransport *problem = &solver->problem;
	int32_t    *proposed = NULL;
	int64_t    *left = NULL;
	Wish	   *wish = NULL;
	CgFlowStatus status = set_prices(solver);

	if (status == CG_FLOW_OPTIMAL)
	{
		status = CG_FLOW_NO_MEMORY;
		if (resize(solver, (void **) &proposed, sizeof(int32_t) * (problem->demands + (size_t) problem->sites)) &&
			resize(solver, (void **) &left, sizeof(int64_t) * (2 * (size_t) problem->sites + 1)) &&
			resize(solver, (void **) &wish, 2 * sizeof(Wish) * problem->demands))
			status = seed(solver, proposed, left, wish);
	}
	give_back(solver, proposed);
	give_back(solver, left);
	give_back(solver, wish);
	if (status == CG_FLOW_OPTIMAL)
		status = solve_with_prices(solver);
	give_back(solver, solver->price);
	solver->price = NULL;
	return status;
}

const CgTransportAnswer *
cg_transport_solve(CgTransportSolver *solver, CgFlowStop stop, void *argument)
{
	CgTransportAnswer *answer = &solver->answer;

	solver->stop = stop;
	solver->stop_argument = argument;
	answer->rounds = 0;
	answer->shipments = 0;
	answer->all_unserved = 0;
	answer->all_moved = 0;
	answer->cost = 0;
	answer->status = CG_FLOW_OPTIMAL;
	set_bounds(solver);
	if (!solver->flow->has_tree)
		answer->status = first_tree(solver);
	if (answer->status == CG_FLOW_OPTIMAL)
		answer->status = solve_and_price(solver);
	if (answer->status == CG_FLOW_OPTIMAL)
		answer->status = break_ties(solver);
	if (is_solved(answer->status))
	{
		CgFlowStatus read = read_answer(solver);

		if (read != CG_FLOW_OPTIMAL)
			answer->status = read;
	}
	return answer;
}

void
cg_transport_duals(const CgTransportSolver *solver, int64_t (*dual)[CG_TRANSPORT_TIERS + 1])
{
	for (int32_t node = 0; node <= solver->sink; node++)
		dual[node][0] = cg_tiers_split(&solver->tiers, cg_flow_dual(solver->flow, node), dual[node] + 1);
}

const CgTransport *
cg_transport_problem(const CgTransportSolver *solver)
{
	return &solver->problem;
}

const CgTiers *
cg_transport_tiers(const CgTransportSolver *solver)
{
	return &solver->tiers;
}

CgWide
cg_transport_dual(const CgTransportSolver *solver, int32_t node)
{
	return cg_flow_dual(solver->flow, node);
}
