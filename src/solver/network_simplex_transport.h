/*-------------------------------------------------------------------------
 *
 * network_simplex_transport.h
 *	  The transportation problem: amounts at demands go to sites with room.
 *
 * Lexicographic: as little as possible is unserved, then (if asked) as little
 * as possible leaves the site where it is now (for another, or for none), then
 * the cost is least.  Among
 * equal answers the demands that come first have the sites that come first,
 * so that the answer depends on the numbering alone and not on the way there.
 *
 * Pairs are asked for when they are needed.  Only the cheapest of each demand
 * become arcs; the others are priced with the duals, and what would improve
 * joins, until nothing would.  So a million candidate pairs need not be held.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_NETWORK_SIMPLEX_TRANSPORT_H
#define CG_NETWORK_SIMPLEX_TRANSPORT_H

#include "solver/network_simplex.h"

/*
 * The pairs of a demand: their number, the sites (each once) and the cost of
 * one unit.  The arrays stay as they are until the next call.
 */
typedef struct CgPairs
{
	int32_t		(*of) (void *context, int32_t demand, const int32_t **site,
					   const int64_t **cost);
	void	   *context;
	int64_t		most_cost;		/* the greatest cost; none is below 0 */
} CgPairs;

typedef struct CgTransport
{
	int32_t		demands;
	int32_t		sites;
	const int64_t *amount;		/* by demand, at least 0 */
	const int64_t *capacity;	/* by site, at least 0 */
	const int64_t *minimum;		/* by site, from 0 to capacity; NULL: none */
	const int32_t *current;		/* by demand: its site, or -1; NULL: moves are free */
	const int64_t *unserved_cost;	/* by demand: of a unit without place, at most
									 * pairs.most_cost; NULL: none */
	CgPairs		pairs;
} CgTransport;

/* Ranks of costs and duals: unserved, moved, cost. */
#define CG_TRANSPORT_TIERS 3

typedef struct CgShipment
{
	int32_t		demand;
	int32_t		site;
	int64_t		amount;
	int64_t		cost;			/* of one unit */
} CgShipment;

typedef struct CgTransportAnswer
{
	CgFlowStatus status;		/* infeasible: minima that cannot be reached */
	int64_t		shipments;
	CgShipment *shipment;		/* by demand and site */
	int64_t    *unserved;		/* by demand */
	int64_t    *used;			/* by site */
	int64_t		all_unserved;
	int64_t		all_moved;
	CgWide		cost;
	bool	   *demand_in_cut;	/* share what the blocking sites have room for */
	bool	   *site_in_cut;	/* full, and with more demand than room */
	int32_t		rounds;			/* of pricing */
	int64_t		arcs;
	int64_t		pivots;
} CgTransportAnswer;

typedef struct CgTransportSolver CgTransportSolver;

/* NULL without memory or if costs are too great.  What problem points at stays. */
extern CgTransportSolver *cg_transport_create(const CgTransport *problem,
											  const CgFlowAllocator *allocator);
extern void cg_transport_free(CgTransportSolver *solver);

/*
 * Solve, from the last answer where there is one.  The answer is the solver's
 * and lasts until the next call.  After a stop the solver can only be freed.
 */
extern const CgTransportAnswer *cg_transport_solve(CgTransportSolver *solver,
												   CgFlowStop stop, void *argument);

/* Change a site's room for the next solve; its minimum goes down with it. */
extern void cg_transport_set_capacity(CgTransportSolver *solver, int32_t site,
									  int64_t capacity);

/*
 * The duals of the last answer, for demands, then sites, then the sink; the
 * first entry of each is the solver's own rank (network_verify.h).
 */
extern void cg_transport_duals(const CgTransportSolver *solver,
							   int64_t (*dual)[CG_TRANSPORT_TIERS + 1]);

/* For residual.h: packed costs and duals. */
extern const CgTransport *cg_transport_problem(const CgTransportSolver *solver);
extern const CgTiers *cg_transport_tiers(const CgTransportSolver *solver);
extern CgWide cg_transport_dual(const CgTransportSolver *solver, int32_t node);

#endif							/* CG_NETWORK_SIMPLEX_TRANSPORT_H */
