/*-------------------------------------------------------------------------
 *
 * components.h
 *	  Series as arguments and results of SQL functions.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_COMPONENTS_H
#define CG_COMPONENTS_H

#include "postgres.h"

#include "demand/decompose_core.h"

/* Values in one series. */
#define CG_MOST_VALUES 10000000

/*
 * A list of finite numbers; a NULL in it becomes NaN where it is allowed.
 */
extern double *cg_read_series(Datum array, int *count, bool nulls_allowed,
							  const char *name);

/* The other way; NaN becomes NULL. */
extern Datum cg_series_datum(const double *values, int count);

extern void cg_decompose_report(CgDecomposeStatus status);

#endif							/* CG_COMPONENTS_H */
