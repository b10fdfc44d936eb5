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
#include "pgtime.h"

#define CG_MOST_CHANGES 400

/*
 * Where to look for a moment between 1970 and 2114 is read from its bucket of
 * 2^42 microseconds, about 51 days, so that nothing is searched.
 */
#define CG_BUCKET_BITS 42
#define CG_FIRST_BUCKET_AT (-INT64CONST(946684800000000))
#define CG_BUCKETS 1040

typedef struct CgLocalDays
{
	char		name[TZ_STRLEN_MAX + 1];
	pg_tz	   *zone;
	int			changes;
	int16		bucket[CG_BUCKETS]; /* place at the bucket's first moment */
	TimestampTz change[CG_MOST_CHANGES];	/* offset[i + 1] holds from change[i] on */
	int64		offset[CG_MOST_CHANGES + 1];	/* microseconds east of UTC */
} CgLocalDays;

/*
 * Make the table in the current memory context.  A time zone that PostgreSQL
 * does not know is error 22023.
 */
extern CgLocalDays *cg_local_days(const char *time_zone);

/* The same, kept in fn_extra-like memory while the name stays the same. */
extern CgLocalDays *cg_local_days_cached(CgLocalDays **cache, MemoryContext context,
										 text *time_zone);

/* The offset of a moment that no bucket holds or that is beyond the table. */
extern int64 cg_local_offset_elsewhere(const CgLocalDays *days, TimestampTz at);

/* Microseconds east of UTC at a moment, which is finite. */
static inline int64
cg_local_offset(const CgLocalDays *days, TimestampTz at)
{
	uint64		bucket = (uint64) (at - CG_FIRST_BUCKET_AT) >> CG_BUCKET_BITS;
	int			place;

	if (unlikely(at < CG_FIRST_BUCKET_AT || bucket >= CG_BUCKETS))
		return cg_local_offset_elsewhere(days, at);
	place = days->bucket[bucket];
	while (place < days->changes && days->change[place] <= at)
		place++;
	if (unlikely(place == CG_MOST_CHANGES))
		return cg_local_offset_elsewhere(days, at);
	return days->offset[place];
}

/* The local time of a moment, in microseconds from 2000-01-01 there. */
static inline Timestamp
cg_local_time(const CgLocalDays *days, TimestampTz at)
{
	return at + cg_local_offset(days, at);
}

/* The day of a local time, as a DateADT. */
static inline int32
cg_day_of_local(Timestamp local)
{
	int64		day = local / USECS_PER_DAY;

	return (int32) (day - (local < day * USECS_PER_DAY));
}

/* The day on which a moment falls. */
static inline int32
cg_local_day(const CgLocalDays *days, TimestampTz at)
{
	return cg_day_of_local(cg_local_time(days, at));
}

/* The moment of a local time; of one that does not exist or is twice there, as PostgreSQL takes it. */
extern TimestampTz cg_moment_of_local(CgLocalDays *days, Timestamp local);

#endif							/* CG_LOCAL_DAY_H */
