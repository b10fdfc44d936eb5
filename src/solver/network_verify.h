/*-------------------------------------------------------------------------
 *
 * network_verify.h
 *	  Is a flow feasible and optimal?  Decided from the network, the flow and
 *	  the duals alone, without the solver and without packed costs.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_NETWORK_VERIFY_H
#define CG_NETWORK_VERIFY_H

#include <stdint.h>

#include "solver/tiers.h"

typedef enum CgFlowFault
{
	CG_FLOW_SOUND,
	CG_FLOW_OVER_CAPACITY,		/* place: the arc; or it is below 0 */
	CG_FLOW_NOT_CONSERVED,		/* place: the node */
	CG_FLOW_COULD_CARRY_MORE,	/* place: the arc, whose reduced cost is below 0 */
	CG_FLOW_COULD_CARRY_LESS,	/* place: the arc, whose reduced cost is above 0 */
	CG_FLOW_WRONG_UNMET			/* place: the node that should have more or less of it */
} CgFlowFault;

/*
 * Arrays by arc, by node, and by arc or node and tier: cost[arc * tiers + t].
 * dual has one entry more for each node, before the others: that of the unmet
 * rank, for which arcs cost nothing.  unmet (may be NULL) is what stays at a
 * node.  Duals may be NULL: then only feasibility is judged.
 */
typedef struct CgFlowAnswer
{
	int32_t		nodes;
	int32_t		arcs;
	int			tiers;
	const int32_t *tail;
	const int32_t *head;
	const int64_t *capacity;
	const int64_t *cost;
	const int64_t *supply;
	const int64_t *flow;
	const int64_t *unmet;
	const int64_t *dual;
} CgFlowAnswer;

/* excess is work space, an entry a node. */
extern CgFlowFault cg_flow_verify(const CgFlowAnswer *answer, int64_t *excess,
								  int32_t *place);

#endif							/* CG_NETWORK_VERIFY_H */
