/*-------------------------------------------------------------------------
 *
 * allocate_verify_core.h
 *	  Is a plan the best one?  Decided from the plan alone.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ALLOCATE_VERIFY_CORE_H
#define CG_ALLOCATE_VERIFY_CORE_H

#include "solver/network_simplex_transport.h"

/*
 * A plan that keeps all rules is optimal (fewest unserved, then least cost)
 * if no exchange improves it: the residual network, with demands left out as
 * steps between sites, has no negative cycle.  Neither the solver nor its
 * duals are asked.  used and unserved are the plan's.  At most 4,000 sites.
 */
extern CgFlowStatus cg_plan_is_optimal(const CgTransport *problem, const CgShipment *shipment,
									   int64_t shipments, const int64_t *used,
									   const int64_t *unserved, const CgFlowAllocator *allocator,
									   CgFlowStop stop, void *argument, bool *is_optimal);

#endif							/* CG_ALLOCATE_VERIFY_CORE_H */
