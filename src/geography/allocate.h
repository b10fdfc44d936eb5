/*-------------------------------------------------------------------------
 *
 * allocate.h
 *	  Reading the input of the allocation functions, and what they share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ALLOCATE_H
#define CG_ALLOCATE_H

#include "postgres.h"

#include "fmgr.h"
#include "portability/instr_time.h"

#include "geography/allocate_model_core.h"
#include "geography/allocate_query.h"

typedef struct CgAllocateInput
{
	const char *function;
	CgIdList	demand;
	CgIdList	site;
	CgAllocateModel model;
	bool		has_current;	/* the demand query has a column site_id */
	int32	   *group;			/* by demand: its number; NULL: there is no such column */
	int32		groups;			/* in the order of their bytes, NULL last */
	Datum	   *group_name;		/* text; 0: NULL */
	int8	   *lost;			/* by demand: registered where there is no site */
	int64		ignored_pairs;	/* of ids that are not in the other queries */
	instr_time	began;
} CgAllocateInput;

/*
 * Read demand, sites and pairs (NULL pairs_sql with points: geometries in the
 * other two).  Options of the model are set before.
 */
extern void cg_allocate_input(CgAllocateInput *input, const char *function,
							  Oid demand_type, Oid site_type, const char *demand_sql,
							  const char *sites_sql, const char *pairs_sql, bool points,
							  bool need_current);

extern const CgFlowAllocator cg_allocate_memory;
extern bool cg_allocate_interrupt(void *argument);
extern void cg_allocate_failed(CgFlowStatus status, const char *function);

#endif							/* CG_ALLOCATE_H */
