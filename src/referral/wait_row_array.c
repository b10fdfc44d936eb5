/*-------------------------------------------------------------------------
 *
 * wait_row_array.c
 *	  Results that are an array of rows.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "common/cg_compat.h"
#include "referral/wait_row_array.h"

CgRowArray
cg_row_array_begin(FunctionCallInfo fcinfo, int32 at_most)
{
	CgRowArray	rows;

	rows.type = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
	if (!OidIsValid(rows.type))
		elog(ERROR, "result type is not an array of rows");
	rows.desc = lookup_rowtype_tupdesc(rows.type, -1);
	rows.rows = palloc_extended(sizeof(Datum) * Max(1, (Size) at_most), MCXT_ALLOC_HUGE);
	rows.count = 0;
	return rows;
}

void
cg_row_array_add(CgRowArray *rows, Datum *values, bool *nulls)
{
	HeapTuple	tuple = heap_form_tuple(rows->desc, values, nulls);

	rows->rows[rows->count++] = HeapTupleHeaderGetDatum(tuple->t_data);
}

Datum
cg_row_array_end(CgRowArray *rows)
{
	ReleaseTupleDesc(rows->desc);
	return PointerGetDatum(construct_array(rows->rows, rows->count, rows->type,
										   -1, false, TYPALIGN_DOUBLE));
}
