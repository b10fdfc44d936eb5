/*-------------------------------------------------------------------------
 *
 * tiers.h
 *	  Costs of several ranks packed into one number.
 *
 * A flow is judged lexicographically: what can be met at all (a rank of the
 * solver's own), then up to three tiers of the caller's, the last one usually
 * minutes or metres.  A flow is optimal if no simple residual cycle is
 * negative, so weights that no simple cycle can outweigh make one number of
 * the tiers without changing the answer: with L the most arcs of a simple
 * cycle, each weight is above twice L times what the tiers below can cost.
 * The factor two makes sums along a simple path readable again (cg_tiers_split).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_TIERS_H
#define CG_TIERS_H

#include <stdbool.h>
#include <stdint.h>

#define CG_TIERS_MOST 3

#ifndef __SIZEOF_INT128__
#error "the solver needs a compiler with 128-bit integers"
#endif
/* PostgreSQL's memory is aligned to 8 bytes only. */
__extension__ typedef __int128 CgWide __attribute__((aligned(8)));

typedef struct CgTiers
{
	int			count;			/* 1 to CG_TIERS_MOST; tier 0 counts first */
	int64_t		limit[CG_TIERS_MOST];	/* the greatest |cost| of an arc */
	CgWide		weight[CG_TIERS_MOST];
	CgWide		unmet;			/* weight of the solver's own rank above them */
	bool		is_narrow;		/* 64 bits hold every path's sum */
} CgTiers;

/*
 * Weights for costs of at most these limits in a network of this many nodes
 * whose simple cycles have at most longest_cycle arcs.  False where not even
 * 128 bits suffice (or a limit is negative).
 */
extern bool cg_tiers_weigh(CgTiers *tiers, int count, const int64_t *limit,
						   int64_t nodes, int64_t longest_cycle);

/* One number of an arc's costs. */
static inline CgWide
cg_tiers_pack(const CgTiers *tiers, const int64_t *cost)
{
	CgWide		sum = 0;

	for (int i = 0; i < tiers->count; i++)
		sum += tiers->weight[i] * cost[i];
	return sum;
}

/*
 * The sums by tier of the packed cost of a simple path or cycle; the result is
 * the count of unmet rank, exact too.
 */
extern int64_t cg_tiers_split(const CgTiers *tiers, CgWide packed, int64_t *sums);

#endif							/* CG_TIERS_H */
