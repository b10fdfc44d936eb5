/*-------------------------------------------------------------------------
 *
 * residual.h
 *	  What one more place at a site is worth.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_RESIDUAL_H
#define CG_RESIDUAL_H

#include "solver/network_simplex_transport.h"

/* Serving more, moving fewer, saving cost; each may be below 0 after one above. */
typedef struct CgPlaceValue
{
	int64_t		served;
	int64_t		moved;
	int64_t		saved;
} CgPlaceValue;

/*
 * What the optimum gains from one more unit of room at each site, exactly:
 * the shortest path in the residual network from the sink to the site, over
 * all pairs (those that are no arcs too), by Dijkstra's method.  The tree's
 * duals are not that value where the optimum is degenerate.
 */
extern CgFlowStatus cg_residual_place_values(const CgTransportSolver *solver,
											 const CgTransportAnswer *answer,
											 const CgFlowAllocator *allocator,
											 CgFlowStop stop, void *argument,
											 CgPlaceValue *value);

#endif							/* CG_RESIDUAL_H */
