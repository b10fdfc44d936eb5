/*-------------------------------------------------------------------------
 *
 * ranked.h
 *	  Numbers ordered by a key, from the largest; ties to the lower number.
 *	  Not for others.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_RANKED_H
#define CG_RANKED_H

#include <stdlib.h>

typedef struct CgRanked
{
	double		key;			/* not NaN */
	int			number;			/* 0 or more, each once */
} CgRanked;

static inline int
cg_compare_ranked(const void *a, const void *b)
{
	const CgRanked *left = a;
	const CgRanked *right = b;

	if (left->key != right->key)
		return left->key > right->key ? -1 : 1;
	return left->number - right->number;
}

static inline void
cg_rank(CgRanked *ranked, size_t count)
{
	qsort(ranked, count, sizeof(CgRanked), cg_compare_ranked);
}

#endif							/* CG_RANKED_H */
