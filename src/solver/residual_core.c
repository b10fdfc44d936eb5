/*-------------------------------------------------------------------------
 *
 * residual_core.c
 *	  What one more place at a site is worth.
 *
 * One more unit of room lets one unit run round a cycle: site, sink, and back
 * to the site through the residual network.  As there is no negative cycle
 * without it, the best such cycle is the whole gain.  Reduced costs are never
 * below 0, so one pass of Dijkstra's method from the sink does for all sites.
 * A path leads from a site to a demand that it serves and on to another site,
 * so sites are settled one by one and each demand is looked at once.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/residual.h"

#include <string.h>

typedef struct Residual
{
	const CgTransportSolver *solver;
	const CgTransport *problem;
	const CgTiers *tiers;
	const CgTransportAnswer *answer;
	CgWide	   *distance;		/* by site, in reduced costs */
	bool	   *is_reached;
	bool	   *is_settled;
	bool	   *is_seen;		/* by demand */
	int64_t    *start;			/* of a site's shipments in by_site */
	int32_t    *by_site;		/* demands */
	int64_t		work;
} Residual;

static void
relax_demand(Residual *residual, int32_t demand, CgWide distance)
{
	const CgTransport *problem = residual->problem;
	const int32_t *site;
	const int64_t *cost;
	int32_t		count;
	CgWide		dual = cg_transport_dual(residual->solver, demand);

	if (residual->is_seen[demand])
		return;
	residual->is_seen[demand] = true;
	count = problem->pairs.of(problem->pairs.context, demand, &site, &cost);
	residual->work += count;
	for (int32_t i = 0; i < count; i++)
	{
		int64_t		tier[CG_TRANSPORT_TIERS] = {0, 0, cost[i]};
		CgWide		through;

		tier[1] = problem->current != NULL && problem->current[demand] >= 0 &&
			problem->current[demand] != site[i];
		through = distance + cg_tiers_pack(residual->tiers, tier) + dual -
			cg_transport_dual(residual->solver, problem->demands + site[i]);
		if (residual->is_reached[site[i]] && residual->distance[site[i]] <= through)
			continue;
		residual->is_reached[site[i]] = true;
		residual->distance[site[i]] = through;
	}
}

/*
 * From the sink: to sites that could give up a unit, and to demands with a
 * unit that is unserved.
 */
static void
start_at_sink(Residual *residual)
{
	const CgTransport *problem = residual->problem;
	CgWide		sink = cg_transport_dual(residual->solver, problem->demands + problem->sites);

	for (int32_t site = 0; site < problem->sites; site++)
	{
		int64_t		least = problem->minimum == NULL ? 0 : problem->minimum[site];

		if (residual->answer->used[site] <= least)
			continue;
		residual->is_reached[site] = true;
		residual->distance[site] = sink - cg_transport_dual(residual->solver, problem->demands + site);
	}
	for (int32_t demand = 0; demand < problem->demands; demand++)
	{
		if (residual->answer->unserved[demand] > 0)
			relax_demand(residual, demand, 0);
	}
}

static int32_t
nearest_site(const Residual *residual)
{
	int32_t		best = -1;

	for (int32_t site = 0; site < residual->problem->sites; site++)
	{
		if (residual->is_reached[site] && !residual->is_settled[site] &&
			(best < 0 || residual->distance[site] < residual->distance[best]))
			best = site;
	}
	return best;
}

static void
list_by_site(Residual *residual)
{
	const CgTransportAnswer *answer = residual->answer;
	int32_t		sites = residual->problem->sites;

	memset(residual->start, 0, sizeof(int64_t) * ((size_t) sites + 2));
	for (int64_t i = 0; i < answer->shipments; i++)
		residual->start[answer->shipment[i].site + 2]++;
	for (int32_t site = 0; site < sites; site++)
		residual->start[site + 2] += residual->start[site + 1];
	for (int64_t i = 0; i < answer->shipments; i++)
		residual->by_site[residual->start[answer->shipment[i].site + 1]++] = answer->shipment[i].demand;
}

static void
set_value(const Residual *residual, int32_t site, CgPlaceValue *value)
{
	const CgTransport *problem = residual->problem;
	int64_t		sums[CG_TRANSPORT_TIERS];
	CgWide		length;

	memset(value, 0, sizeof(CgPlaceValue));
	if (!residual->is_reached[site])
		return;
	length = residual->distance[site] + cg_transport_dual(residual->solver, problem->demands + site) -
		cg_transport_dual(residual->solver, problem->demands + problem->sites);
	if (length >= 0)
		return;
	cg_tiers_split(residual->tiers, length, sums);
	value->served = -sums[0];
	value->moved = -sums[1];
	value->saved = -sums[2];
}

static CgFlowStatus
settle_all(Residual *residual, CgFlowStop stop, void *argument)
{
	int32_t		site;

	while ((site = nearest_site(residual)) >= 0)
	{
		residual->is_settled[site] = true;
		residual->work += residual->problem->sites;
		for (int64_t i = residual->start[site]; i < residual->start[site + 1]; i++)
		{
			relax_demand(residual, residual->by_site[i], residual->distance[site]);
			if (residual->work < 400000)
				continue;
			residual->work = 0;
			if (stop != NULL && stop(argument))
				return CG_FLOW_STOPPED;
		}
	}
	return CG_FLOW_OPTIMAL;
}

CgFlowStatus
cg_residual_place_values(const CgTransportSolver *solver, const CgTransportAnswer *answer,
						 const CgFlowAllocator *allocator, CgFlowStop stop,
						 void *argument, CgPlaceValue *value)
{
	const CgTransport *problem = cg_transport_problem(solver);
	Residual	residual;
	size_t		sites = problem->sites;
	size_t		size = (sites + 1) * (sizeof(CgWide) + 2) + (sites + 2) * sizeof(int64_t) +
		sizeof(int32_t) * answer->shipments + problem->demands + 1;
	char	   *memory = allocator->resize(allocator->context, NULL, size);
	CgFlowStatus status;

	if (memory == NULL)
		return CG_FLOW_NO_MEMORY;
	memset(memory, 0, size);
	memset(&residual, 0, sizeof(residual));
	residual.solver = solver;
	residual.problem = problem;
	residual.tiers = cg_transport_tiers(solver);
	residual.answer = answer;
	residual.distance = (CgWide *) memory;
	residual.start = (int64_t *) (residual.distance + sites + 1);
	residual.by_site = (int32_t *) (residual.start + sites + 2);
	residual.is_reached = (bool *) (residual.by_site + answer->shipments);
	residual.is_settled = residual.is_reached + sites + 1;
	residual.is_seen = residual.is_settled + sites + 1;
	list_by_site(&residual);
	start_at_sink(&residual);
	status = settle_all(&residual, stop, argument);
	for (int32_t site = 0; site < problem->sites && status == CG_FLOW_OPTIMAL; site++)
		set_value(&residual, site, &value[site]);
	allocator->resize(allocator->context, memory, 0);
	return status;
}
