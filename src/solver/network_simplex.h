/*-------------------------------------------------------------------------
 *
 * network_simplex.h
 *	  Minimum-cost flow by the primal network simplex method.
 *
 * Nodes 0 to nodes - 1 have a supply (negative: a demand); the supplies sum
 * to 0.  Arcs run from tail to head, carry from 0 to their capacity and cost
 * a vector of tiers a unit, compared lexicographically (tiers.h).  A flow
 * that meets every supply is sought first; what cannot be met stays at its
 * node and is told by cg_flow_unmet, and the duals of that rank are a cut.
 *
 * The tree is kept strongly feasible, so that the method never cycles:
 * Cunningham, A network simplex method, Mathematical Programming 1976;11:
 * 105-116.  Entering arcs come from a block search: Király and Kovács, Acta
 * Univ Sapientiae Informatica 2012;4:67-118.
 *
 * An answer is the basis for the next one: change costs, capacities or
 * supplies or add arcs, and solve again.
 *
 * Memory: 33 bytes an arc (41 with wide costs) and about 60 bytes a node.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_NETWORK_SIMPLEX_H
#define CG_NETWORK_SIMPLEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/tiers.h"

/* An arc without a limit; flows stay below half of it. */
#define CG_FLOW_UNLIMITED (INT64_MAX / 4)

/*
 * Where memory comes from.  resize is realloc with a context: a NULL memory
 * allocates, size 0 frees.  It may give up by a longjmp of its own or by
 * returning NULL.
 */
typedef struct CgFlowAllocator
{
	void	   *(*resize) (void *context, void *memory, size_t size);
	void	   *context;
} CgFlowAllocator;

/* malloc's. */
extern const CgFlowAllocator cg_flow_malloc;

/* Should the work stop?  Asked many times a second; may longjmp. */
typedef bool (*CgFlowStop) (void *argument);

typedef enum CgFlowStatus
{
	CG_FLOW_OPTIMAL,
	CG_FLOW_INFEASIBLE,			/* the least is left unmet, at the least cost */
	CG_FLOW_UNBOUNDED,			/* a negative cycle without a limit */
	CG_FLOW_STOPPED,
	CG_FLOW_NO_MEMORY
} CgFlowStatus;

typedef struct CgFlow CgFlow;

/*
 * A network without arcs, or NULL without memory.  tiers say how costs are
 * packed, and must allow for every arc that will be added.
 */
extern CgFlow *cg_flow_create(int32_t nodes, const int64_t *supply,
							  const CgTiers *tiers, int64_t expected_arcs,
							  const CgFlowAllocator *allocator);
extern void cg_flow_free(CgFlow *flow);

/*
 * Add an arc; its number, from 0, or -1 without memory.  Ends must be
 * different nodes; cost has as many entries as there are tiers.
 */
extern int32_t cg_flow_add_arc(CgFlow *flow, int32_t tail, int32_t head,
							   int64_t capacity, const int64_t *cost);

/* Change the network for the next solve. */
extern void cg_flow_set_cost(CgFlow *flow, int32_t arc, const int64_t *cost);
extern void cg_flow_set_capacity(CgFlow *flow, int32_t arc, int64_t capacity);
extern void cg_flow_set_supply(CgFlow *flow, int32_t node, int64_t supply);

/*
 * Propose arcs for the first tree.  What does not fit is left out; no
 * proposal starts with nothing met.
 */
extern bool cg_flow_propose_tree(CgFlow *flow, const int32_t *arc, int32_t count);

/*
 * Find the optimal flow, from the tree that is there.
 */
extern CgFlowStatus cg_flow_solve(CgFlow *flow, CgFlowStop stop, void *argument);

/*
 * After an optimal answer: keep to the optimal flows.  Costs are now of the
 * tiers given, undefined until cg_flow_set_cost has set all of them, and no
 * arc changes whose reduced cost was not 0, so that the next solve chooses
 * among the optimal flows.  No arc may be added.  cg_flow_release brings the
 * costs and duals back, and lets all arcs change again.
 */
extern bool cg_flow_keep_optimal(CgFlow *flow, const CgTiers *tiers);
extern void cg_flow_release(CgFlow *flow);

/* The answer. */
extern int64_t cg_flow_on_arc(const CgFlow *flow, int32_t arc);
extern int64_t cg_flow_unmet(const CgFlow *flow, int32_t node);
extern int64_t cg_flow_pivots(const CgFlow *flow);
extern int32_t cg_flow_arcs(const CgFlow *flow);

/*
 * The dual of a node, packed: the cost of an arc plus the dual of its tail
 * less the dual of its head is at least 0 where the arc has room and at most
 * 0 where it carries something.  cg_tiers_split takes it apart.
 */
extern CgWide cg_flow_dual(const CgFlow *flow, int32_t node);

/* All duals at once where the costs are narrow, else NULL. */
extern const int64_t *cg_flow_narrow_duals(const CgFlow *flow);

#endif							/* CG_NETWORK_SIMPLEX_H */
