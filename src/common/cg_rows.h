/*-------------------------------------------------------------------------
 *
 * cg_rows.h
 *	  Emitting the rows of a set-returning function.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ROWS_H
#define CG_ROWS_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/tuplestore.h"

typedef struct CgRows
{
	Tuplestorestate *store;
	TupleDesc	desc;
} CgRows;

extern CgRows cg_rows_begin(FunctionCallInfo fcinfo);
extern void cg_rows_add(CgRows *rows, Datum *values, bool *nulls);

#endif							/* CG_ROWS_H */
