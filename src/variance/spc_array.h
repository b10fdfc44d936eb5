/*-------------------------------------------------------------------------
 *
 * spc_array.h
 *	  Series that come as arrays.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SPC_ARRAY_H
#define CG_SPC_ARRAY_H

#include "postgres.h"

/* A float8[] as doubles, NULL as NaN. */
extern double *cg_spc_doubles(Datum datum, const char *what, size_t *n);

/* Set a mark where a boolean[] of n elements is true. */
extern void cg_spc_marks(Datum datum, const char *what, size_t n,
						 uint8 *marks, uint8 mark);

#endif							/* CG_SPC_ARRAY_H */
