/*-------------------------------------------------------------------------
 *
 * allocate_verify_core.c
 *	  Is a plan the best one?  Negative cycles among sites, by Bellman and
 *	  Ford's method on a matrix of the cheapest steps.
 *
 *-------------------------------------------------------------------------
 */
#include "geography/allocate_verify_core.h"

#include <string.h>

#define NO_STEP (((CgWide) 1) << 120)
#define MOST_SITES 4000

typedef struct Exchange
{
	const CgTransport *problem;
	int32_t		nodes;			/* sites and the sink */
	CgWide		unserved;		/* weight */
	CgWide	   *step;			/* from node to node */
} Exchange;

static void
offer(Exchange *exchange, int32_t from, int32_t to, CgWide cost)
{
	CgWide	   *step = &exchange->step[(int64_t) from * exchange->nodes + to];

	if (cost < *step)
		*step = cost;
}

/*
 * One unit of a demand leaves a node (a site, or the sink if it is unserved)
 * for any of the demand's sites, or stays unserved.
 */
static bool
offer_moves(Exchange *exchange, int32_t demand, int32_t from)
{
	const CgTransport *problem = exchange->problem;
	const int32_t *site;
	const int64_t *cost;
	int32_t		count = problem->pairs.of(problem->pairs.context, demand, &site, &cost);
	CgWide		now = exchange->unserved;
	bool		is_pair = from == problem->sites;

	for (int32_t i = 0; i < count && !is_pair; i++)
	{
		if (site[i] != from)
			continue;
		is_pair = true;
		now = cost[i];
	}
	for (int32_t i = 0; i < count; i++)
		offer(exchange, from, site[i], cost[i] - now);
	if (from < problem->sites)
		offer(exchange, from, problem->sites, exchange->unserved - now);
	return is_pair;
}

static CgFlowStatus
find_cycle(const Exchange *exchange, CgWide *distance, CgFlowStop stop, void *argument, bool *found)
{
	int32_t		nodes = exchange->nodes;

	memset(distance, 0, sizeof(CgWide) * (size_t) nodes);
	*found = true;
	for (int32_t round = 0; round <= nodes && *found; round++)
	{
		*found = false;
		for (int32_t from = 0; from < nodes; from++)
		{
			for (int32_t to = 0; to < nodes; to++)
			{
				CgWide		step = exchange->step[(int64_t) from * nodes + to];

				if (step >= NO_STEP || distance[from] + step >= distance[to])
					continue;
				distance[to] = distance[from] + step;
				*found = true;
			}
			if (stop != NULL && from % 100 == 0 && stop(argument))
				return CG_FLOW_STOPPED;
		}
	}
	return CG_FLOW_OPTIMAL;
}

CgFlowStatus
cg_plan_is_optimal(const CgTransport *problem, const CgShipment *shipment,
				   int64_t shipments, const int64_t *used,
				   const int64_t *unserved, const CgFlowAllocator *allocator,
				   CgFlowStop stop, void *argument, bool *is_optimal)
{
	Exchange	exchange;
	int64_t		cells;
	bool		found = false;
	CgFlowStatus status;

	exchange.problem = problem;
	exchange.nodes = problem->sites + 1;
	exchange.unserved = (CgWide) (2 * (int64_t) problem->sites + 8) * (problem->pairs.most_cost + 1);
	cells = (int64_t) exchange.nodes * exchange.nodes;
	if (problem->sites > MOST_SITES)
		return CG_FLOW_NO_MEMORY;
	exchange.step = allocator->resize(allocator->context, NULL, sizeof(CgWide) * (size_t) (cells + exchange.nodes));
	if (exchange.step == NULL)
		return CG_FLOW_NO_MEMORY;
	for (int64_t i = 0; i < cells; i++)
		exchange.step[i] = NO_STEP;
	for (int32_t site = 0; site < problem->sites; site++)
	{
		if (used[site] < problem->capacity[site])
			offer(&exchange, site, problem->sites, 0);
		if (used[site] > (problem->minimum == NULL ? 0 : problem->minimum[site]))
			offer(&exchange, problem->sites, site, 0);
	}
	*is_optimal = true;
	for (int64_t i = 0; i < shipments; i++)
	{
		if (shipment[i].amount > 0)
			*is_optimal &= offer_moves(&exchange, shipment[i].demand, shipment[i].site);
		if (stop != NULL && i % 1000 == 0 && stop(argument))
		{
			allocator->resize(allocator->context, exchange.step, 0);
			return CG_FLOW_STOPPED;
		}
	}
	for (int32_t demand = 0; demand < problem->demands; demand++)
	{
		if (unserved[demand] > 0)
			offer_moves(&exchange, demand, problem->sites);
	}
	status = find_cycle(&exchange, exchange.step + cells, stop, argument, &found);
	*is_optimal &= !found;
	allocator->resize(allocator->context, exchange.step, 0);
	return status;
}
