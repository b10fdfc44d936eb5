/*-------------------------------------------------------------------------
 *
 * allocate_single_core.h
 *	  The generalised assignment problem: each demand goes whole to one site.
 *
 * Lexicographic: minima are kept, then as little as possible is unserved, then
 * (if asked) as little as possible leaves its site, then the cost is least.
 * Each of these is proved best by branch and bound, or the work runs out and
 * the answer says how far the proof has come.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ALLOCATE_SINGLE_CORE_H
#define CG_ALLOCATE_SINGLE_CORE_H

#include "solver/network_simplex.h"

typedef struct CgSingle
{
	int32_t		demands;
	int32_t		sites;
	const int64_t *weight;		/* by demand: what is unserved without it */
	const int64_t *capacity;	/* by site */
	const int64_t *start;		/* of a demand's pairs; one more entry */
	const int32_t *site;		/* by pair, ascending within a demand */
	const int64_t *cost;		/* by pair, of the whole demand, 0 or more; the
								 * greatest of all demands add up to at most 2^61 */
	const int64_t *use;			/* by pair: capacity that it takes */
	const int64_t *minimum;		/* by site: use that it must have; NULL: none */
	const int64_t *moved;		/* by pair: what leaves its site; NULL: nothing */
	const int64_t *out_moved;	/* by demand, if it is unserved; NULL: nothing */
	const int64_t *out_cost;
} CgSingle;

typedef struct CgSingleTiers
{
	int64_t		unserved;		/* sum of weights */
	int64_t		moved;
	int64_t		cost;			/* INT64_MIN: not known */
} CgSingleTiers;

/* How many of unserved, moved and cost are proved to be the least. */
#define CG_SINGLE_ALL_PROVED 3

typedef struct CgSingleAnswer
{
	bool		has_plan;		/* which reaches all minima */
	bool		is_impossible;	/* proved: no plan reaches them */
	int64_t		unserved;
	int64_t		moved;
	int64_t		cost;
	int			proved;
	int64_t		bound;			/* no plan that is as good in unserved and moved
								 * costs less; INT64_MIN: not known */
	bool		is_optimal;		/* all proved */
	int32_t		rounds;			/* of search and of the bound */
	int64_t		nodes;			/* of branch and bound */
} CgSingleAnswer;

/*
 * choice holds a start (a pair of each demand, or -1) and receives the answer.
 * known is a lower bound: no plan is lexicographically less; NULL: none.
 * effort is the rounds of search, about a millisecond each for a thousand
 * demands, and the thousandths of the work of branch and bound.
 */
extern CgFlowStatus cg_single_solve(const CgSingle *problem, int64_t *choice, const CgSingleTiers *known,
									int32_t effort, const CgFlowAllocator *allocator,
									CgFlowStop stop, void *argument, CgSingleAnswer *answer);

#endif							/* CG_ALLOCATE_SINGLE_CORE_H */
