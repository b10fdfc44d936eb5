/*-------------------------------------------------------------------------
 *
 * network_simplex_tree_core.c
 *	  A feasible tree from a proposal or from the last answer.
 *
 * Supplies and capacities may have changed since the tree was right.  The
 * flow of its arcs follows from the leaves up; an arc that would leave its
 * bounds, or that could send nothing towards the root, is put at a bound and
 * its node joins the root by its artificial arc with what is then missing.
 * The tree is then strongly feasible.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/network_simplex_flow.h"

#include <string.h>

typedef struct Workspace
{
	int64_t    *excess;			/* a subtree's, to be sent up */
	int32_t    *start;			/* of a node's tree arcs */
	int32_t    *incident;
	int32_t    *order;			/* breadth first */
} Workspace;

/*
 * Put every arc at a bound, and collect the arcs of the tree in proposed.
 */
static bool
collect_tree(CgFlow *flow)
{
	if (flow->has_tree)
	{
		if (!cg_flow_resize(&flow->allocator, (void **) &flow->proposed,
							sizeof(int32_t) * (flow->nodes + 1)))
			return false;
		flow->proposals = flow->nodes;
		for (int32_t node = 0; node < flow->nodes; node++)
			flow->proposed[node] = flow->tree[node].arc;
	}
	for (int32_t i = 0; i < flow->proposals; i++)
		flow->flow[flow->proposed[i]] = 0;
	for (int32_t arc = 0; arc < flow->nodes; arc++)
	{
		flow->flow[arc] = 0;
		flow->state[arc] = AT_ZERO;
	}
	for (int32_t arc = flow->nodes; arc < flow->arcs; arc++)
	{
		if (flow->state[arc] == AT_CAPACITY && flow->capacity[arc] < CG_FLOW_UNLIMITED)
			flow->flow[arc] = flow->capacity[arc];
		else if (flow->state[arc] != NOT_PRICED)
		{
			flow->flow[arc] = 0;
			flow->state[arc] = AT_ZERO;
		}
	}
	return true;
}

static void
set_excess(const CgFlow *flow, int64_t *excess)
{
	memcpy(excess, flow->supply, sizeof(int64_t) * flow->nodes);
	excess[flow->root] = 0;
	for (int32_t arc = flow->nodes; arc < flow->arcs; arc++)
	{
		excess[flow->tail[arc]] -= flow->flow[arc];
		excess[flow->head[arc]] += flow->flow[arc];
	}
}

static void
list_incident(const CgFlow *flow, Workspace *work)
{
	memset(work->start, 0, sizeof(int32_t) * ((size_t) flow->nodes + 3));
	for (int32_t i = 0; i < flow->proposals; i++)
	{
		work->start[flow->tail[flow->proposed[i]] + 2]++;
		work->start[flow->head[flow->proposed[i]] + 2]++;
	}
	for (int32_t node = 0; node <= flow->nodes; node++)
		work->start[node + 2] += work->start[node + 1];
	for (int32_t i = 0; i < flow->proposals; i++)
	{
		int32_t		arc = flow->proposed[i];

		work->incident[work->start[flow->tail[arc] + 1]++] = arc;
		work->incident[work->start[flow->head[arc] + 1]++] = arc;
	}
}

/*
 * Take the nodes that hang together with those from done on; the new end.
 */
static int32_t
reach(CgFlow *flow, Workspace *work, int32_t done, int32_t end)
{
	TreeNode   *tree = flow->tree;

	for (; done < end; done++)
	{
		int32_t		node = work->order[done];

		for (int32_t i = work->start[node]; i < work->start[node + 1]; i++)
		{
			int32_t		arc = work->incident[i];
			int32_t		other = flow->tail[arc] == node ? flow->head[arc] : flow->tail[arc];

			if (tree[other].parent != -2)
				continue;
			tree[other].parent = node;
			tree[other].arc = arc;
			work->order[end++] = other;
		}
	}
	return end;
}

/*
 * Parents, breadth first from the root; what does not reach it joins it by an
 * artificial arc.
 */
static void
set_parents(CgFlow *flow, Workspace *work)
{
	TreeNode   *tree = flow->tree;
	int32_t		end = 1;

	for (int32_t node = 0; node < flow->nodes; node++)
		tree[node].parent = -2;
	tree[flow->root].parent = -1;
	tree[flow->root].arc = -1;
	work->order[0] = flow->root;
	end = reach(flow, work, 0, end);
	for (int32_t node = flow->nodes - 1; node >= 0; node--)
	{
		if (tree[node].parent != -2)
			continue;
		tree[node].parent = flow->root;
		tree[node].arc = node;
		work->order[end] = node;
		end = reach(flow, work, end, end + 1);
	}
}

static void
join_root(CgFlow *flow, int32_t node, int64_t amount)
{
	flow->tree[node].parent = flow->root;
	flow->tree[node].arc = node;
	flow->tail[node] = amount >= 0 ? node : flow->root;
	flow->head[node] = amount >= 0 ? flow->root : node;
	flow->flow[node] = amount >= 0 ? amount : -amount;
	flow->state[node] = NOT_PRICED;
}

/*
 * Give the arc to the parent its flow; the amount that it carries up.
 */
static int64_t
settle(CgFlow *flow, int32_t node, int64_t amount)
{
	int32_t		arc = flow->tree[node].arc;
	bool		up = flow->tail[arc] == node;
	int64_t		wanted = up ? amount : -amount;
	int64_t		most = flow->capacity[arc];

	if (arc < flow->nodes)
	{
		join_root(flow, node, amount);
		return amount;
	}
	if (up ? wanted >= 0 && wanted < most : wanted > 0 && wanted <= most)
	{
		flow->flow[arc] = wanted;
		flow->state[arc] = NOT_PRICED;
		return amount;
	}
	flow->flow[arc] = wanted <= 0 ? 0 : most;
	flow->state[arc] = flow->flow[arc] == 0 ? AT_ZERO : AT_CAPACITY;
	amount -= up ? flow->flow[arc] : -flow->flow[arc];
	join_root(flow, node, amount);
	return up ? flow->flow[arc] : -flow->flow[arc];
}

static void
set_flows(CgFlow *flow, Workspace *work)
{
	TreeNode   *tree = flow->tree;

	/* What leaves the tree must not be taken for one of its arcs. */
	for (int32_t i = 0; i < flow->proposals; i++)
		flow->state[flow->proposed[i]] = AT_ZERO;
	for (int32_t i = flow->nodes; i > 0; i--)
	{
		int32_t		node = work->order[i];
		int32_t		parent = tree[node].parent;

		work->excess[parent] += settle(flow, node, work->excess[node]);
	}
}

static void
link_children(CgFlow *flow)
{
	TreeNode   *tree = flow->tree;

	for (int32_t node = 0; node <= flow->nodes; node++)
	{
		tree[node].first = tree[node].next = tree[node].prev = -1;
		tree[node].children = 0;
	}
	for (int32_t node = 0; node < flow->nodes; node++)
		tree[tree[node].parent].children++;
	for (int32_t node = flow->nodes - 1; node >= 0; node--)
	{
		if (tree[node].children > 0)
			cg_flow_link(tree, node);
	}
}

static CgFlowStatus
build(CgFlow *flow, Workspace *work)
{
	set_excess(flow, work->excess);
	if (is_stopped(flow))
		return CG_FLOW_STOPPED;
	list_incident(flow, work);
	if (is_stopped(flow))
		return CG_FLOW_STOPPED;
	set_parents(flow, work);
	if (is_stopped(flow))
		return CG_FLOW_STOPPED;
	set_flows(flow, work);
	link_children(flow);
	flow->has_tree = true;
	return CG_FLOW_OPTIMAL;
}

CgFlowStatus
cg_flow_rebuild(CgFlow *flow)
{
	Workspace	work;
	size_t		nodes = (size_t) flow->nodes + 1;
	char	   *memory;
	CgFlowStatus status;

	if (is_stopped(flow))
		return CG_FLOW_STOPPED;
	if (!collect_tree(flow))
		return CG_FLOW_NO_MEMORY;
	memory = flow->allocator.resize(flow->allocator.context, NULL,
									nodes * 8 + (nodes + 2 + nodes + 2 * (size_t) flow->proposals) * 4);
	if (memory == NULL)
		return CG_FLOW_NO_MEMORY;
	work.excess = (int64_t *) memory;
	work.start = (int32_t *) (memory + nodes * 8);
	work.order = work.start + nodes + 2;
	work.incident = work.order + nodes;
	/* Until the tree is there again, what was collected is the proposal. */
	flow->has_tree = false;
	status = build(flow, &work);
	flow->allocator.resize(flow->allocator.context, memory, 0);
	return status;
}
