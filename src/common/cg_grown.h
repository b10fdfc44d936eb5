/*-------------------------------------------------------------------------
 *
 * cg_grown.h
 *	  Arrays that grow while rows come in.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_GROWN_H
#define CG_GROWN_H

#include "postgres.h"

/*
 * The array with room for so many elements, 0 or more, of size bytes each;
 * what it held stays, the rest is not set.  NULL is an array that is not there
 * yet: it comes from the current memory context, and grows in that one later.
 * It may be larger than 1 GB.  Errors: as palloc() has them.
 */
static inline void *
cg_grown(void *array, int64 room, Size size)
{
	Size		bytes = Max(room, 1) * size;

	return array == NULL ? palloc_extended(bytes, MCXT_ALLOC_HUGE) : repalloc_huge(array, bytes);
}

#endif							/* CG_GROWN_H */
