/*-------------------------------------------------------------------------
 *
 * allocate_query.h
 *	  Inner SQL of the allocation functions: columns by name, ids in their own
 *	  type, and points of any geometry.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ALLOCATE_QUERY_H
#define CG_ALLOCATE_QUERY_H

#include "postgres.h"

#include "fmgr.h"

/* A column that is read; a place takes three values: x, y and the SRID. */
typedef struct CgAllocateColumn
{
	const char *name;
	Oid			type;			/* wanted; InvalidOid: a point; ANYELEMENTOID: an
								 * id, and the kind that it has comes out */
	bool		is_required;
	int			place;			/* out: in the row's values, or -1 */
} CgAllocateColumn;

typedef void (*CgAllocateRow) (void *context, int64 row, const Datum *values,
							   const bool *nulls);

/*
 * Run source, the argument of that name, with the caller's rights and hand over
 * its rows, counted from 1.  Errors: 22004 for a NULL source, 42703 for a
 * missing column, 42701 for two of a name, 42804 for a wrong type.
 */
extern void cg_allocate_read(const char *function, const char *argument,
							 const char *source, CgAllocateColumn *column, int columns,
							 CgAllocateRow callback, void *context);

/*
 * Ids of one kind, numbered in their order: bigint by value, text and uuid by
 * byte.
 */
typedef struct CgIdList
{
	Oid			type;
	int64		count;
	int64		room;
	Datum	   *id;
	int32	   *slot;			/* hash table of numbers plus 1 */
	uint64		slots;
} CgIdList;

extern void cg_ids_check_type(Oid type, const char *function, const char *argument);
extern void cg_ids_add(CgIdList *ids, Datum id);

/*
 * Sort the ids; order[i] is where the i-th added one now is.  Two equal ones
 * are error 22023.
 */
extern int32 *cg_ids_sort(CgIdList *ids, const char *function, const char *argument);

/* Ids that are all different, found by the number that they were added with. */
extern void cg_ids_index(CgIdList *ids);

/* The number of an id, or -1. */
extern int32 cg_ids_number(const CgIdList *ids, Datum id);

/* Pairs of a demand and a site, by their numbers; begins as zeros. */
typedef struct CgPairList
{
	int64		count;
	int64		room;
	int32	   *demand;
	int32	   *site;
	double	   *cost;
} CgPairList;

extern void cg_pairs_add(CgPairList *pairs, int32 demand, int32 site, double cost);

/*
 * Sort the pairs by demand, then by site.  Returns where those of each demand
 * begin, and one more; pairs->demand, which that tells, is NULL from then on.
 * Two pairs of one demand and site are error 22023.
 */
extern size_t *cg_pairs_sort(CgPairList *pairs, int64 demands, int64 sites, const char *function);

#endif							/* CG_ALLOCATE_QUERY_H */
