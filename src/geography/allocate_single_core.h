/*-------------------------------------------------------------------------
 *
 * allocate_single_core.h
 *	  The generalised assignment problem: each demand goes whole to one site.
 *
 * Lexicographic: as little as possible is unserved, then the cost is least.
 * An answer comes with a lower bound; the two need not meet.
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
	const int32_t *site;		/* by pair */
	const int64_t *cost;		/* by pair, of the whole demand */
	const int64_t *use;			/* by pair: capacity that it takes */
} CgSingle;

typedef struct CgSingleAnswer
{
	int64_t		unserved;		/* sum of weights */
	int64_t		cost;
	int64_t		bound;			/* no answer that serves everything costs less;
								 * INT64_MIN: none was found */
	bool		is_optimal;		/* everything served, at the bound */
	int32_t		rounds;
} CgSingleAnswer;

/*
 * choice holds a start (a pair of each demand, or -1) and receives the answer.
 * bound is a lower bound that is known, or INT64_MIN.  effort is the rounds of
 * search, about a millisecond each for a thousand demands.
 */
extern CgFlowStatus cg_single_solve(const CgSingle *problem, int64_t *choice, int64_t bound,
									int32_t effort, const CgFlowAllocator *allocator,
									CgFlowStop stop, void *argument, CgSingleAnswer *answer);

#endif							/* CG_ALLOCATE_SINGLE_CORE_H */
