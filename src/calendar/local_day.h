/*-------------------------------------------------------------------------
 *
 * local_day.h
 *	  The day of a place on which a moment falls, fast.
 *
 * Changes of the clock are looked up in a table that is made once, so that a
 * moment costs a few nanoseconds and not a walk through the time zone.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_LOCAL_DAY_H
#define CG_LOCAL_DAY_H

#include "postgres.h"

#include "datatype/timestamp.h"

typedef struct CgLocalDays CgLocalDays;

/*
 * Make the table in the current memory context.  A time zone that PostgreSQL
 * does not know is error 22023.
 */
extern CgLocalDays *cg_local_days(const char *time_zone);

/* The same, kept in fn_extra-like memory while the name stays the same. */
extern CgLocalDays *cg_local_days_cached(CgLocalDays **cache, MemoryContext context,
										 text *time_zone);

/* The day, as a DateADT; the moment is finite. */
extern int32 cg_local_day(CgLocalDays *days, TimestampTz at);

/* The local time of a moment, in microseconds from 2000-01-01 there. */
extern Timestamp cg_local_time(CgLocalDays *days, TimestampTz at);

/* The moment of a local time; of one that does not exist or is twice there, as PostgreSQL takes it. */
extern TimestampTz cg_moment_of_local(CgLocalDays *days, Timestamp local);

#endif							/* CG_LOCAL_DAY_H */
