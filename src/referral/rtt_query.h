/*-------------------------------------------------------------------------
 *
 * rtt_query.h
 *	  Events of many pathways that come as inner SQL: one SELECT with the
 *	  columns pathway, event_at and status_code, and kind, communicated,
 *	  received_at and sequence where they are.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_RTT_QUERY_H
#define CG_RTT_QUERY_H

#include "postgres.h"

#include "referral/rtt_glue.h"

typedef struct RttPathway
{
	int64		number;			/* from 1 */
	Datum		id;
	size_t		n;
	CgRttEvent *event;			/* sorted */
} RttPathway;

/* Called for each pathway; the memory context is emptied now and then. */
typedef void (*RttPathwayCallback) (const RttPathway *pathway, void *argument);

/*
 * Run the query with the caller's rights and hand over one pathway after the
 * other.  Unless is_presorted the rows are ordered by pathway and event_at;
 * else rows of a pathway stand together, in the order of pathways.
 */
extern void cg_rtt_query(const char *function, const char *source, Oid id_type,
						 bool is_presorted, CgLocalDays *days,
						 RttPathwayCallback callback, void *argument);

#endif							/* CG_RTT_QUERY_H */
