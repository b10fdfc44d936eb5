/*-------------------------------------------------------------------------
 *
 * spc_query.h
 *	  Series that come as inner SQL: one SELECT with the columns series,
 *	  period and value.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SPC_QUERY_H
#define CG_SPC_QUERY_H

#include "postgres.h"

#include "variance/spc_glue.h"

/* A series that is complete, with its rows in the order of their periods. */
typedef struct SpcQuerySeries
{
	int64		number;			/* from 1, in the order of the series' ids */
	Datum		id;
	size_t		n;
	Datum	   *period;
	double	   *value;
	double	   *denominator;	/* NULL where the query has no such column */
	double	   *target;
	uint8	   *marks;
} SpcQuerySeries;

/*
 * Called for each series.  The memory context is short-lived: it is emptied
 * after the call.
 */
typedef void (*SpcSeriesCallback) (const SpcQuerySeries *series, void *argument);

/*
 * Run the query with the caller's rights and hand over one series after the
 * other; ids and periods have the types given, and there are the columns that
 * the chart needs.
 */
extern void cg_spc_query(const char *function, const char *source, Oid id_type,
						 Oid period_type, CgSpcChart chart,
						 SpcSeriesCallback callback, void *argument);

#endif							/* CG_SPC_QUERY_H */
