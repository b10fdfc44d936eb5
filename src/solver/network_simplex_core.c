/*-------------------------------------------------------------------------
 *
 * network_simplex_core.c
 *	  Minimum-cost flow by the primal network simplex method: the pivots, for
 *	  both widths of costs, and what a caller sees.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/network_simplex_flow.h"

#include <stdlib.h>
#include <string.h>

#define COST int64_t
#define OF(name) name ## _narrow
#define ARC_COST now.narrow_cost
#define DUAL now.narrow_dual
#define OFFSET now.narrow_offset
#include "solver/network_simplex_pivot.h"
#undef COST
#undef OF
#undef ARC_COST
#undef DUAL
#undef OFFSET

#define COST CgWide
#define OF(name) name ## _wide
#define ARC_COST now.wide_cost
#define DUAL now.wide_dual
#define OFFSET now.wide_offset
#include "solver/network_simplex_pivot.h"
#undef COST
#undef OF
#undef ARC_COST
#undef DUAL
#undef OFFSET

static void *
malloc_resize(void *context, void *memory, size_t size)
{
	(void) context;
	if (size > 0)
		return realloc(memory, size);
	free(memory);
	return NULL;
}

const CgFlowAllocator cg_flow_malloc = {malloc_resize, NULL};

static bool
resize_costs(CgFlow *flow, int64_t arcs)
{
	return flow->now.is_narrow ?
		cg_flow_resize(&flow->allocator, (void **) &flow->now.narrow_cost, sizeof(int64_t) * arcs) :
		cg_flow_resize(&flow->allocator, (void **) &flow->now.wide_cost, sizeof(CgWide) * arcs);
}

static bool
allocate_costs(CgFlow *flow, int64_t arcs)
{
	size_t		count = (size_t) flow->nodes + 1;

	if (!resize_costs(flow, arcs))
		return false;
	if (flow->now.is_narrow)
		return cg_flow_resize(&flow->allocator, (void **) &flow->now.narrow_dual, sizeof(int64_t) * count) &&
			cg_flow_resize(&flow->allocator, (void **) &flow->now.narrow_offset, sizeof(int64_t) * count);
	return cg_flow_resize(&flow->allocator, (void **) &flow->now.wide_dual, sizeof(CgWide) * count) &&
		cg_flow_resize(&flow->allocator, (void **) &flow->now.wide_offset, sizeof(CgWide) * count);
}

bool
cg_flow_grow(CgFlow *flow, int64_t arcs)
{
	if (arcs <= flow->room)
		return true;
	if (arcs > INT32_MAX - 1)
		return false;
	if (!cg_flow_resize(&flow->allocator, (void **) &flow->tail, sizeof(int32_t) * arcs) ||
		!cg_flow_resize(&flow->allocator, (void **) &flow->head, sizeof(int32_t) * arcs) ||
		!cg_flow_resize(&flow->allocator, (void **) &flow->capacity, sizeof(int64_t) * arcs) ||
		!cg_flow_resize(&flow->allocator, (void **) &flow->flow, sizeof(int64_t) * arcs) ||
		!cg_flow_resize(&flow->allocator, (void **) &flow->state, sizeof(int8_t) * arcs) ||
		!resize_costs(flow, arcs))
		return false;
	flow->room = (int32_t) arcs;
	return true;
}

static void
set_packed(CgFlow *flow, int32_t arc, CgWide cost)
{
	if (flow->now.is_narrow)
		flow->now.narrow_cost[arc] = (int64_t) cost;
	else
		flow->now.wide_cost[arc] = cost;
}

static bool
allocate_nodes(CgFlow *flow, int64_t expected_arcs)
{
	size_t		count = (size_t) flow->nodes + 1;

	return cg_flow_resize(&flow->allocator, (void **) &flow->supply, sizeof(int64_t) * count) &&
		cg_flow_resize(&flow->allocator, (void **) &flow->tree, sizeof(TreeNode) * count) &&
		cg_flow_resize(&flow->allocator, (void **) &flow->reference, sizeof(int32_t) * count) &&
		cg_flow_grow(flow, flow->nodes + expected_arcs) &&
		allocate_costs(flow, flow->room);
}

CgFlow *
cg_flow_create(int32_t nodes, const int64_t *supply, const CgTiers *tiers,
			   int64_t expected_arcs, const CgFlowAllocator *allocator)
{
	CgFlow	   *flow = allocator->resize(allocator->context, NULL, sizeof(CgFlow));

	if (flow == NULL)
		return NULL;
	memset(flow, 0, sizeof(CgFlow));
	flow->allocator = *allocator;
	flow->now.tiers = *tiers;
	flow->now.is_narrow = tiers->is_narrow;
	flow->nodes = nodes;
	flow->root = nodes;
	if (!allocate_nodes(flow, expected_arcs > 0 ? expected_arcs : 1))
	{
		cg_flow_free(flow);
		return NULL;
	}
	for (int32_t node = 0; node < nodes; node++)
	{
		flow->supply[node] = supply == NULL ? 0 : supply[node];
		flow->tail[node] = node;
		flow->head[node] = flow->root;
		flow->capacity[node] = CG_FLOW_UNLIMITED;
		flow->flow[node] = 0;
		flow->state[node] = AT_ZERO;
		set_packed(flow, node, tiers->unmet);
	}
	flow->arcs = nodes;
	return flow;
}

static void
free_costs(CgFlow *flow, FlowCosts *costs)
{
	cg_flow_give_back(&flow->allocator, costs->narrow_cost);
	cg_flow_give_back(&flow->allocator, costs->wide_cost);
	cg_flow_give_back(&flow->allocator, costs->narrow_dual);
	cg_flow_give_back(&flow->allocator, costs->wide_dual);
	cg_flow_give_back(&flow->allocator, costs->narrow_offset);
	cg_flow_give_back(&flow->allocator, costs->wide_offset);
	memset(costs, 0, sizeof(FlowCosts));
}

void
cg_flow_free(CgFlow *flow)
{
	if (flow == NULL)
		return;
	cg_flow_give_back(&flow->allocator, flow->tail);
	cg_flow_give_back(&flow->allocator, flow->head);
	cg_flow_give_back(&flow->allocator, flow->capacity);
	cg_flow_give_back(&flow->allocator, flow->flow);
	cg_flow_give_back(&flow->allocator, flow->state);
	free_costs(flow, &flow->now);
	free_costs(flow, &flow->kept);
	cg_flow_give_back(&flow->allocator, flow->supply);
	cg_flow_give_back(&flow->allocator, flow->tree);
	cg_flow_give_back(&flow->allocator, flow->reference);
	cg_flow_give_back(&flow->allocator, flow->proposed);
	cg_flow_give_back(&flow->allocator, flow);
}

int32_t
cg_flow_add_arc(CgFlow *flow, int32_t tail, int32_t head, int64_t capacity,
				const int64_t *cost)
{
	int32_t		arc = flow->arcs;

	if (arc == flow->room && !cg_flow_grow(flow, (int64_t) arc + arc / 2 + 64))
		return -1;
	flow->tail[arc] = tail;
	flow->head[arc] = head;
	flow->capacity[arc] = capacity < CG_FLOW_UNLIMITED ? capacity : CG_FLOW_UNLIMITED;
	flow->flow[arc] = 0;
	flow->state[arc] = AT_ZERO;
	set_packed(flow, arc, cg_tiers_pack(&flow->now.tiers, cost));
	flow->arcs++;
	return arc - flow->nodes;
}

void
cg_flow_set_cost(CgFlow *flow, int32_t arc, const int64_t *cost)
{
	set_packed(flow, flow->nodes + arc, cg_tiers_pack(&flow->now.tiers, cost));
}

void
cg_flow_set_capacity(CgFlow *flow, int32_t arc, int64_t capacity)
{
	flow->capacity[flow->nodes + arc] = capacity < CG_FLOW_UNLIMITED ? capacity : CG_FLOW_UNLIMITED;
}

void
cg_flow_set_supply(CgFlow *flow, int32_t node, int64_t supply)
{
	flow->supply[node] = supply;
}

bool
cg_flow_propose_tree(CgFlow *flow, const int32_t *arc, int32_t count)
{
	if (!cg_flow_resize(&flow->allocator, (void **) &flow->proposed, sizeof(int32_t) * count))
		return false;
	for (int32_t i = 0; i < count; i++)
		flow->proposed[i] = flow->nodes + arc[i];
	flow->proposals = count;
	flow->has_tree = false;
	return true;
}

CgFlowStatus
cg_flow_solve(CgFlow *flow, CgFlowStop stop, void *argument)
{
	CgFlowStatus status;

	flow->stop = stop;
	flow->stop_argument = argument;
	flow->next_arc = flow->nodes;
	status = cg_flow_rebuild(flow);
	if (status != CG_FLOW_OPTIMAL)
		return status;
	if (is_stopped(flow))
		return CG_FLOW_STOPPED;
	status = flow->now.is_narrow ? cg_flow_run_narrow(flow) : cg_flow_run_wide(flow);
	if (status != CG_FLOW_OPTIMAL)
		return status;
	for (int32_t node = 0; node < flow->nodes; node++)
	{
		if (flow->flow[node] > 0)
			return CG_FLOW_INFEASIBLE;
	}
	return CG_FLOW_OPTIMAL;
}

static CgWide
reduced_cost(const CgFlow *flow, int32_t arc)
{
	if (flow->now.is_narrow)
		return flow->now.narrow_cost[arc] + flow->now.narrow_dual[flow->tail[arc]] -
			flow->now.narrow_dual[flow->head[arc]];
	return flow->now.wide_cost[arc] + flow->now.wide_dual[flow->tail[arc]] -
		flow->now.wide_dual[flow->head[arc]];
}

/*
 * The costs and duals are put aside; an arc that is not priced keeps its flow.
 */
bool
cg_flow_keep_optimal(CgFlow *flow, const CgTiers *tiers)
{
	for (int32_t arc = flow->nodes; arc < flow->arcs; arc++)
	{
		if (flow->state[arc] != NOT_PRICED && reduced_cost(flow, arc) != 0)
			flow->state[arc] = NOT_PRICED;
	}
	flow->kept = flow->now;
	flow->is_kept = true;
	memset(&flow->now, 0, sizeof(FlowCosts));
	flow->now.tiers = *tiers;
	flow->now.is_narrow = tiers->is_narrow;
	if (!allocate_costs(flow, flow->room))
		return false;
	for (int32_t node = 0; node < flow->nodes; node++)
		set_packed(flow, node, tiers->unmet);
	return true;
}

void
cg_flow_release(CgFlow *flow)
{
	free_costs(flow, &flow->now);
	flow->now = flow->kept;
	memset(&flow->kept, 0, sizeof(FlowCosts));
	flow->is_kept = false;
	for (int32_t arc = flow->nodes; arc < flow->arcs; arc++)
		flow->state[arc] = flow->flow[arc] == 0 ? AT_ZERO : AT_CAPACITY;
	for (int32_t node = 0; node < flow->nodes; node++)
		flow->state[flow->tree[node].arc] = NOT_PRICED;
}

int64_t
cg_flow_on_arc(const CgFlow *flow, int32_t arc)
{
	return flow->flow[flow->nodes + arc];
}

int64_t
cg_flow_unmet(const CgFlow *flow, int32_t node)
{
	return flow->tail[node] == node ? flow->flow[node] : -flow->flow[node];
}

int64_t
cg_flow_pivots(const CgFlow *flow)
{
	return flow->pivots;
}

int32_t
cg_flow_arcs(const CgFlow *flow)
{
	return flow->arcs - flow->nodes;
}

CgWide
cg_flow_dual(const CgFlow *flow, int32_t node)
{
	return flow->now.is_narrow ? flow->now.narrow_dual[node] : flow->now.wide_dual[node];
}

const int64_t *
cg_flow_narrow_duals(const CgFlow *flow)
{
	return flow->now.is_narrow ? flow->now.narrow_dual : NULL;
}
