/*-------------------------------------------------------------------------
 *
 * network_simplex_transport_core.c
 *	  The transportation problem: amounts at demands go to sites with room.
 *
 * The network: demands, sites and a sink.  An arc from a site to the sink has
 * the site's room; an arc from a demand to the sink is what is unserved, a
 * tier above all costs, so that no cost need be "very large".
 *
 *-------------------------------------------------------------------------
 */
#include "solver/network_simplex_transport_flow.h"

#include <string.h>

/* ---- the network ---- */

int32_t
cg_transport_add_pair(CgTransportSolver *solver, int32_t demand, int32_t site, int64_t cost)
{
	int64_t		tier[CG_TRANSPORT_TIERS] = {0, moves(solver, demand, site), cost};
	int32_t		arc = cg_flow_add_arc(solver->flow, demand, solver->problem.demands + site,
									  CG_FLOW_UNLIMITED, tier);

	if (arc < 0)
		return -1;
	if (arc >= solver->earlier_room)
	{
		if (!cg_flow_resize(&solver->allocator, (void **) &solver->earlier_arc, sizeof(int32_t) * solver->flow->room))
			return -1;
		solver->earlier_room = solver->flow->room;
	}
	solver->earlier_arc[arc] = solver->last_arc[demand];
	solver->last_arc[demand] = arc;
	return arc;
}

void
cg_transport_mark_held(CgTransportSolver *solver, int32_t demand)
{
	for (int32_t arc = solver->last_arc[demand]; arc >= 0; arc = solver->earlier_arc[arc])
		solver->seen[solver->flow->head[solver->flow->nodes + arc] - solver->problem.demands] = demand + 1;
}

static bool
add_fixed_arcs(CgTransportSolver *solver)
{
	const CgTransport *problem = &solver->problem;
	int64_t		no_cost[CG_TRANSPORT_TIERS] = {0, 0, 0};

	for (int32_t site = 0; site < problem->sites; site++)
	{
		if (cg_flow_add_arc(solver->flow, problem->demands + site, solver->sink, 0, no_cost) < 0)
			return false;
	}
	for (int32_t demand = 0; demand < problem->demands; demand++)
	{
		int64_t		unserved[CG_TRANSPORT_TIERS] = {1, moves(solver, demand, -1), unserved_cost(solver, demand)};

		if (cg_flow_add_arc(solver->flow, demand, solver->sink, CG_FLOW_UNLIMITED, unserved) < 0)
			return false;
	}
	return true;
}

/*
 * Room and supplies as they are now: a site's minimum goes to the sink
 * whatever happens.
 */
void
cg_transport_set_bounds(CgTransportSolver *solver)
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

	return cg_flow_resize(&solver->allocator, (void **) &solver->last_arc, sizeof(int32_t) * demands) &&
		cg_flow_resize(&solver->allocator, (void **) &solver->seen, sizeof(int32_t) * sites) &&
		cg_flow_resize(&solver->allocator, (void **) &solver->capacity, sizeof(int64_t) * sites) &&
		cg_flow_resize(&solver->allocator, (void **) &solver->minimum, sizeof(int64_t) * sites) &&
		cg_flow_resize(&solver->allocator, (void **) &answer->unserved, sizeof(int64_t) * demands) &&
		cg_flow_resize(&solver->allocator, (void **) &answer->used, sizeof(int64_t) * sites) &&
		cg_flow_resize(&solver->allocator, (void **) &answer->demand_in_cut, sizeof(bool) * demands) &&
		cg_flow_resize(&solver->allocator, (void **) &answer->site_in_cut, sizeof(bool) * sites);
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
	cg_flow_give_back(&solver->allocator, solver->last_arc);
	cg_flow_give_back(&solver->allocator, solver->earlier_arc);
	cg_flow_give_back(&solver->allocator, solver->seen);
	cg_flow_give_back(&solver->allocator, solver->capacity);
	cg_flow_give_back(&solver->allocator, solver->minimum);
	cg_flow_give_back(&solver->allocator, solver->price);
	cg_flow_give_back(&solver->allocator, solver->answer.shipment);
	cg_flow_give_back(&solver->allocator, solver->answer.unserved);
	cg_flow_give_back(&solver->allocator, solver->answer.used);
	cg_flow_give_back(&solver->allocator, solver->answer.demand_in_cut);
	cg_flow_give_back(&solver->allocator, solver->answer.site_in_cut);
	cg_flow_give_back(&solver->allocator, solver);
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
			cg_transport_mark_held(solver, demand);
		is_marked = true;
		if (solver->seen[site[i]] == demand + 1)
			continue;
		if (cg_transport_add_pair(solver, demand, site[i], cost[i]) < 0)
			return -1;
		joined++;
	}
	for (int i = 0; i < few.count; i++)
	{
		if (cg_transport_add_pair(solver, demand, few.site[i], few.cost[i]) < 0)
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

CgFlowStatus
cg_transport_solve_and_price(CgTransportSolver *solver)
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
	if (stopped(solver, WORK_BETWEEN_STOPS))
		return CG_FLOW_STOPPED;
	/* Arcs that joined are not yet judged by their reduced cost, but it is 0. */
	if (!cg_flow_keep_optimal(flow, &tiers))
		return CG_FLOW_NO_MEMORY;
	if (stopped(solver, WORK_BETWEEN_STOPS))
	{
		cg_flow_release(flow);
		return CG_FLOW_STOPPED;
	}
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
	answer->cost += (CgWide) unserved_cost(solver, demand) * answer->unserved[demand];
	if (moves(solver, demand, -1))
		answer->all_moved += answer->unserved[demand];
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
	if (!cg_flow_resize(&solver->allocator, (void **) &answer->shipment, sizeof(CgShipment) * carrying))
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
	cg_transport_set_bounds(solver);
	if (!solver->flow->has_tree)
		answer->status = cg_transport_first_tree(solver);
	if (answer->status == CG_FLOW_OPTIMAL)
		answer->status = cg_transport_solve_and_price(solver);
	if (answer->status == CG_FLOW_OPTIMAL)
		answer->status = break_ties(solver);
	if (is_solved(answer->status) && stopped(solver, WORK_BETWEEN_STOPS))
		answer->status = CG_FLOW_STOPPED;
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
