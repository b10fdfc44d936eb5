/*-------------------------------------------------------------------------
 *
 * access_input.h
 *	  The three queries of the access functions.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ACCESS_INPUT_H
#define CG_ACCESS_INPUT_H

#include "postgres.h"

#include "common/cg_rows.h"
#include "geography/access_core.h"
#include "geography/allocate_query.h"

typedef struct CgAccessInput
{
	const char *function;		/* with parentheses */
	CgIdList	demand;
	CgIdList	sites;
	Datum	   *demand_id;		/* by number, in the type of the result */
	Datum	   *site_id;
	CgAccessProblem problem;
} CgAccessInput;

/*
 * Run the queries with the caller's rights: demand (id, amount), sites (id,
 * capacity) and pairs (demand_id, site_id, cost); pairs that cost more than
 * most, if that is not NaN, are left out.  Ids keep their kind, and are
 * numbered in their order: integers by value, others by byte.  Errors: 22004
 * for NULL, 42703, 42701 and 42804 for columns, 22003 for numbers that are
 * negative or not finite, 22023 for ids or pairs that come twice.
 */
extern void cg_access_read(CgAccessInput *input, const char *function, const char *demand_sql,
						   const char *sites_sql, const char *pairs_sql,
						   bool needs_amount, bool needs_capacity, double most);

/* Begin the result, whose columns of ids are at these places. */
extern CgRows cg_access_rows(CgAccessInput *input, FunctionCallInfo fcinfo, int demand_place, int site_place);

#endif							/* CG_ACCESS_INPUT_H */
