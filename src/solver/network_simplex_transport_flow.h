/*-------------------------------------------------------------------------
 *
 * network_simplex_transport_flow.h
 *	  What the parts of the transportation problem share; not for others.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_NETWORK_SIMPLEX_TRANSPORT_FLOW_H
#define CG_NETWORK_SIMPLEX_TRANSPORT_FLOW_H

#include "solver/network_simplex_flow.h"
#include "solver/network_simplex_transport.h"

/* Pairs of a demand that are arcs from the start, and that join in a round. */
#define SEEDS 5
#define JOINING 3

struct CgTransportSolver
{
	CgTransport problem;
	CgFlowAllocator allocator;
	CgTiers		tiers;
	CgFlow	   *flow;
	int32_t		sink;
	int32_t    *last_arc;		/* of a demand, or -1 */
	int32_t    *earlier_arc;	/* of the same demand, by arc */
	int64_t		earlier_room;
	int32_t    *seen;			/* by site: the demand that holds it, plus 1 */
	int64_t    *capacity;
	int64_t    *minimum;
	CgWide	   *price;			/* of a site, before the first tree; else NULL */
	CgTransportAnswer answer;
	CgFlowStop	stop;
	void	   *stop_argument;
	int64_t		work;
};

static inline bool
stopped(CgTransportSolver *solver, int64_t work)
{
	solver->work += work;
	if (solver->work < WORK_BETWEEN_STOPS)
		return false;
	solver->work = 0;
	return solver->stop != NULL && solver->stop(solver->stop_argument);
}

/* Site -1: to none. */
static inline bool
moves(const CgTransportSolver *solver, int32_t demand, int32_t site)
{
	return solver->problem.current != NULL && solver->problem.current[demand] >= 0 &&
		solver->problem.current[demand] != site;
}

static inline int64_t
unserved_cost(const CgTransportSolver *solver, int32_t demand)
{
	return solver->problem.unserved_cost == NULL ? 0 : solver->problem.unserved_cost[demand];
}

static inline bool
is_solved(CgFlowStatus status)
{
	return status == CG_FLOW_OPTIMAL || status == CG_FLOW_INFEASIBLE;
}

/* The best few of many: by key, then by place. */
typedef struct Few
{
	int			count;
	CgWide		key[SEEDS];
	int32_t		site[SEEDS];
	int64_t		cost[SEEDS];
} Few;

static inline void
take_if_good(Few *few, int most, CgWide key, int32_t site, int64_t cost)
{
	int			place = few->count;

	if (place == most && !(key < few->key[place - 1] ||
						   (key == few->key[place - 1] && site < few->site[place - 1])))
		return;
	if (place == most)
		place--;
	else
		few->count++;
	for (; place > 0 && (key < few->key[place - 1] ||
						 (key == few->key[place - 1] && site < few->site[place - 1])); place--)
	{
		few->key[place] = few->key[place - 1];
		few->site[place] = few->site[place - 1];
		few->cost[place] = few->cost[place - 1];
	}
	few->key[place] = key;
	few->site[place] = site;
	few->cost[place] = cost;
}

/* Add a pair as an arc; its number, or -1 without memory. */
extern int32_t cg_transport_add_pair(CgTransportSolver *solver, int32_t demand, int32_t site, int64_t cost);

/* Mark the sites that a demand has arcs to in seen. */
extern void cg_transport_mark_held(CgTransportSolver *solver, int32_t demand);

/* Room and supplies as they are now, and solving without regard to ties. */
extern void cg_transport_set_bounds(CgTransportSolver *solver);
extern CgFlowStatus cg_transport_solve_and_price(CgTransportSolver *solver);

/* The first arcs and the first tree. */
extern CgFlowStatus cg_transport_first_tree(CgTransportSolver *solver);

#endif							/* CG_NETWORK_SIMPLEX_TRANSPORT_FLOW_H */
