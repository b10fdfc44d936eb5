/*-------------------------------------------------------------------------
 *
 * network_verify_core.c
 *	  Is a flow feasible and optimal?
 *
 * Optimal by complementary slackness: the vector of reduced costs of an arc,
 * the unmet rank first, is lexicographically at least 0 where the arc has
 * room and at most 0 where it carries something.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/network_verify.h"

#include <stddef.h>
#include <string.h>

static int
sign_of_reduced_cost(const CgFlowAnswer *answer, int32_t arc)
{
	int			ranks = answer->tiers + 1;
	const int64_t *tail = answer->dual + (int64_t) ranks * answer->tail[arc];
	const int64_t *head = answer->dual + (int64_t) ranks * answer->head[arc];
	const int64_t *cost = answer->cost + (int64_t) answer->tiers * arc;

	for (int rank = 0; rank < ranks; rank++)
	{
		CgWide		reduced = (CgWide) tail[rank] - head[rank];

		if (rank > 0)
			reduced += cost[rank - 1];
		if (reduced != 0)
			return reduced > 0 ? 1 : -1;
	}
	return 0;
}

/*
 * The sign of one unit of unmet rank less (way 1) or more (way -1) a node's
 * dual: what it would cost to leave a unit more there, or to lack one more.
 */
static int
sign_of_unmet(const CgFlowAnswer *answer, int32_t node, int way)
{
	const int64_t *dual = answer->dual + (int64_t) (answer->tiers + 1) * node;

	for (int rank = 0; rank <= answer->tiers; rank++)
	{
		int64_t		reduced = (rank == 0) + way * dual[rank];

		if (reduced != 0)
			return reduced > 0 ? 1 : -1;
	}
	return 0;
}

/*
 * If anything is unmet, then the least is, at the nodes where it costs least.
 */
static CgFlowFault
check_unmet(const CgFlowAnswer *answer, int32_t *place)
{
	bool		is_unmet = false;

	for (int32_t node = 0; answer->unmet != NULL && node < answer->nodes; node++)
		is_unmet |= answer->unmet[node] != 0;
	for (int32_t node = 0; is_unmet && node < answer->nodes; node++)
	{
		int			more = sign_of_unmet(answer, node, 1);
		int			less = sign_of_unmet(answer, node, -1);

		*place = node;
		if (more < 0 || less < 0 || (answer->unmet[node] > 0 && more != 0) ||
			(answer->unmet[node] < 0 && less != 0))
			return CG_FLOW_WRONG_UNMET;
	}
	return CG_FLOW_SOUND;
}

static CgFlowFault
check_feasible(const CgFlowAnswer *answer, int64_t *excess, int32_t *place)
{
	memcpy(excess, answer->supply, sizeof(int64_t) * answer->nodes);
	for (int32_t arc = 0; arc < answer->arcs; arc++)
	{
		*place = arc;
		if (answer->flow[arc] < 0 || answer->flow[arc] > answer->capacity[arc])
			return CG_FLOW_OVER_CAPACITY;
		excess[answer->tail[arc]] -= answer->flow[arc];
		excess[answer->head[arc]] += answer->flow[arc];
	}
	for (int32_t node = 0; node < answer->nodes; node++)
	{
		*place = node;
		if (excess[node] != (answer->unmet == NULL ? 0 : answer->unmet[node]))
			return CG_FLOW_NOT_CONSERVED;
	}
	return CG_FLOW_SOUND;
}

CgFlowFault
cg_flow_verify(const CgFlowAnswer *answer, int64_t *excess, int32_t *place)
{
	CgFlowFault fault = check_feasible(answer, excess, place);

	if (fault != CG_FLOW_SOUND || answer->dual == NULL)
		return fault;
	for (int32_t arc = 0; arc < answer->arcs; arc++)
	{
		int			sign = sign_of_reduced_cost(answer, arc);

		*place = arc;
		if (sign < 0 && answer->flow[arc] < answer->capacity[arc])
			return CG_FLOW_COULD_CARRY_MORE;
		if (sign > 0 && answer->flow[arc] > 0)
			return CG_FLOW_COULD_CARRY_LESS;
	}
	return check_unmet(answer, place);
}
