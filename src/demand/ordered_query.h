/*-------------------------------------------------------------------------
 *
 * ordered_query.h
 *	  Inner SQL whose columns are found by name and whose rows come in order.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ORDERED_QUERY_H
#define CG_ORDERED_QUERY_H

#include "postgres.h"

#include "common/cg_query.h"

typedef struct CgQueryColumn
{
	const char *name;			/* NULL: not read at all */
	Oid			type;			/* it is read as this; as text, every type is */
	bool		required;
	bool		is_key;			/* rows are ordered by it; text by its bytes */
} CgQueryColumn;

/*
 * Run source, one SELECT, with the caller's rights; row is called for each.
 * place[i], where column i stands in the slot or -1 where the query has none, is set before the first
 * row comes; keys come first and in their own order.  function and hint are
 * for messages: hint names the columns.  Errors: ERRCODE_UNDEFINED_COLUMN,
 * ERRCODE_DUPLICATE_COLUMN, ERRCODE_DATATYPE_MISMATCH and those of
 * cg_query_analyze.
 */
extern void cg_ordered_query(const char *function, const char *source,
							 const char *hint, const CgQueryColumn *columns,
							 int count, int *place, CgQueryRow row,
							 void *argument);

/* The collation of an ordered key: its bytes, or none. */
extern Oid	cg_key_collation(Oid type);

#endif							/* CG_ORDERED_QUERY_H */
