/*-------------------------------------------------------------------------
 *
 * snapshot_core.h
 *	  A list as it stood on given days, from when each pathway came on and went
 *	  off it.
 *
 * Plain C: nothing here knows PostgreSQL.  Days are numbers.  A pathway is on
 * the list at the end of a day from its start on and until the day before its
 * stop.  Each pathway is counted once at the first day that sees its start and
 * once at the first that sees its stop; how long the list is follows by adding
 * up, so that one with a million pathways costs no more on 261 days than on
 * one.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SNAPSHOT_CORE_H
#define CG_SNAPSHOT_CORE_H

#include <stdbool.h>
#include <stdint.h>

#define CG_REMOVAL_REASONS 6	/* treated, declined, discharged, died,
								 * transferred, other */
#define CG_SNAPSHOT_MAX_OVER 8

/*
 * The shape of a list's counts: at the days (ascending), count of them, and for
 * waits of more than over days.  Counts are places + 1 rows of width numbers:
 * added, removed by reason, change of those over each limit.
 */
typedef struct CgSnapshotShape
{
	const int32_t *days;
	int32_t		count;
	const int32_t *over;
	int32_t		overs;
} CgSnapshotShape;

static inline int32_t
cg_snapshot_width(int32_t overs)
{
	return 1 + CG_REMOVAL_REASONS + overs;
}

/* How many of the days lie before day. */
extern int32_t cg_snapshot_place(const CgSnapshotShape *shape, int32_t day);

/* Adds a pathway; stop is not before start, and reason is read if it stopped. */
extern void cg_snapshot_add(const CgSnapshotShape *shape, int64_t *counts,
							int32_t start, bool stopped, int32_t stop,
							int32_t reason);

/*
 * Turns counts, in place, into the list at each day: in the place of the
 * changes of those over a limit stand their numbers, and waiting[] gets the
 * list's size.
 */
extern void cg_snapshot_add_up(const CgSnapshotShape *shape, int64_t *counts,
							   int64_t *waiting);

#endif							/* CG_SNAPSHOT_CORE_H */
