/*-------------------------------------------------------------------------
 *
 * wait_row_array.h
 *	  Results that are an array of rows: what an aggregate gives that has
 *	  several rows for a group, to be spread by unnest().
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_WAIT_ROW_ARRAY_H
#define CG_WAIT_ROW_ARRAY_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "fmgr.h"

typedef struct CgRowArray
{
	Oid			type;			/* of a row */
	TupleDesc	desc;
	Datum	   *rows;
	int32		count;
} CgRowArray;

/* Of the function's own result type; at_most is how many rows come. */
extern CgRowArray cg_row_array_begin(FunctionCallInfo fcinfo, int32 at_most);
extern void cg_row_array_add(CgRowArray *rows, Datum *values, bool *nulls);
extern Datum cg_row_array_end(CgRowArray *rows);

#endif							/* CG_WAIT_ROW_ARRAY_H */
