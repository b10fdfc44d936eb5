/*-------------------------------------------------------------------------
 *
 * network_simplex_flow.h
 *	  What the parts of the network simplex share; not for others.
 *
 * Arcs 0 to nodes - 1 are artificial: arc v joins node v and the root, in the
 * direction that it is needed in.  The caller's arcs follow.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_NETWORK_SIMPLEX_FLOW_H
#define CG_NETWORK_SIMPLEX_FLOW_H

#include "solver/network_simplex.h"

/* The sign with which an arc's reduced cost is judged; 0: in the tree, or kept. */
#define AT_ZERO 1
#define AT_CAPACITY (-1)
#define NOT_PRICED 0

/*
 * A node's place in the tree.  Nodes without children are leaves and on no
 * list: most nodes of a transportation problem are, and nothing but their
 * parent need change when a subtree moves.  Inner children are a doubly linked
 * list.
 */
typedef struct TreeNode
{
	int32_t		parent;			/* -1: the root */
	int32_t		arc;			/* to the parent, in either direction */
	int32_t		children;		/* leaves too */
	int32_t		first;			/* inner ones */
	int32_t		next;
	int32_t		prev;
	int32_t		depth;			/* of an inner node */
} TreeNode;

/* Costs and duals; of the two widths one is there. */
typedef struct FlowCosts
{
	CgTiers		tiers;
	bool		is_narrow;
	int64_t    *narrow_cost;
	CgWide	   *wide_cost;
	int64_t    *narrow_dual;	/* of inner nodes while pivoting; then of all */
	CgWide	   *wide_dual;
	int64_t    *narrow_offset;	/* added to the dual of reference */
	CgWide	   *wide_offset;
} FlowCosts;

struct CgFlow
{
	CgFlowAllocator allocator;
	FlowCosts	now;
	FlowCosts	kept;			/* what the optimal flows were optimal for */
	bool		is_kept;
	int32_t		nodes;
	int32_t		root;
	int32_t		arcs;			/* with the artificial ones */
	int32_t		room;
	int32_t    *tail;
	int32_t    *head;
	int64_t    *capacity;
	int64_t    *flow;
	int8_t	   *state;
	int64_t    *supply;
	TreeNode   *tree;
	int32_t    *reference;		/* an inner node itself, a leaf's parent */
	int32_t    *proposed;
	int32_t		proposals;
	bool		has_tree;
	int32_t		next_arc;		/* where pricing goes on */
	int64_t		pivots;
	CgFlowStop	stop;
	void	   *stop_argument;
	int64_t		work;			/* since stop was asked */
};

/* Like realloc; false: there is no memory, and what there was is as it was. */
static inline bool
cg_flow_resize(const CgFlowAllocator *allocator, void **memory, size_t size)
{
	void	   *moved = allocator->resize(allocator->context, *memory, size > 0 ? size : 1);

	if (moved == NULL)
		return false;
	*memory = moved;
	return true;
}

static inline void
cg_flow_give_back(const CgFlowAllocator *allocator, void *memory)
{
	if (memory != NULL)
		allocator->resize(allocator->context, memory, 0);
}

/* Touched nodes and arcs between two questions: some milliseconds. */
#define WORK_BETWEEN_STOPS 400000

static inline bool
is_stopped(CgFlow *flow)
{
	flow->work = 0;
	return flow->stop != NULL && flow->stop(flow->stop_argument);
}

/* Is the arc directed from the child to the parent? */
static inline bool
goes_up(const CgFlow *flow, int32_t node)
{
	return flow->tail[flow->tree[node].arc] == node;
}

/* Put an inner node on its parent's list, and take it off. */
static inline void
cg_flow_link(TreeNode *tree, int32_t node)
{
	TreeNode   *parent = &tree[tree[node].parent];

	tree[node].prev = -1;
	tree[node].next = parent->first;
	if (parent->first >= 0)
		tree[parent->first].prev = node;
	parent->first = node;
}

static inline void
cg_flow_unlink(TreeNode *tree, int32_t node)
{
	TreeNode   *place = &tree[node];

	if (place->prev >= 0)
		tree[place->prev].next = place->next;
	else
		tree[place->parent].first = place->next;
	if (place->next >= 0)
		tree[place->next].prev = place->prev;
}

extern CgFlowStatus cg_flow_run_narrow(CgFlow *flow);
extern CgFlowStatus cg_flow_run_wide(CgFlow *flow);
extern CgFlowStatus cg_flow_rebuild(CgFlow *flow);
extern bool cg_flow_grow(CgFlow *flow, int64_t arcs);

#endif							/* CG_NETWORK_SIMPLEX_FLOW_H */
