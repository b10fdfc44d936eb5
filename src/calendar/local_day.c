/*-------------------------------------------------------------------------
 *
 * local_day.c
 *	  The day of a place on which a moment falls, fast.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "calendar/local_day.h"
#include "common/cg_compat.h"

static TimestampTz
moment_of(pg_time_t seconds)
{
	return (TimestampTz) (seconds - (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * (pg_time_t) SECS_PER_DAY) *
		USECS_PER_SEC;
}

/* How many changes are at or before a moment. */
static int
search_place(const CgLocalDays *days, TimestampTz at)
{
	int			low = 0;
	int			high = days->changes;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (days->change[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
fill_buckets(CgLocalDays *days)
{
	for (int i = 0; i < CG_BUCKETS; i++)
		days->bucket[i] = (int16) search_place(days, CG_FIRST_BUCKET_AT + ((int64) i << CG_BUCKET_BITS));
}

/* Clocks are looked up from 1900 on for up to 400 changes: past 2090 in London. */
CgLocalDays *
cg_local_days(const char *time_zone)
{
	CgLocalDays *days = palloc0(sizeof(CgLocalDays));
	pg_time_t	seconds = -INT64CONST(2208988800);
	long int	before;
	long int	after;
	int			before_is_dst;
	int			after_is_dst;
	pg_time_t	boundary;
	int			outcome;

	days->zone = strlen(time_zone) <= TZ_STRLEN_MAX ? pg_tzset(time_zone) : NULL;
	if (days->zone == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\" not recognized", time_zone),
				 errhint("Name a time zone of pg_timezone_names, such as Europe/London.")));
	strlcpy(days->name, time_zone, sizeof(days->name));
	while (days->changes < CG_MOST_CHANGES)
	{
		outcome = pg_next_dst_boundary(&seconds, &before, &before_is_dst, &boundary,
									   &after, &after_is_dst, days->zone);
		if (outcome < 0)
			break;
		days->offset[days->changes] = (int64) before * USECS_PER_SEC;
		if (outcome == 0)
			break;
		days->change[days->changes++] = moment_of(boundary);
		days->offset[days->changes] = (int64) after * USECS_PER_SEC;
		seconds = boundary;
	}
	fill_buckets(days);
	return days;
}

CgLocalDays *
cg_local_days_cached(CgLocalDays **cache, MemoryContext context, text *time_zone)
{
	Size		length = VARSIZE_ANY_EXHDR(time_zone);
	MemoryContext old;
	char	   *name;

	if (*cache != NULL && strlen((*cache)->name) == length &&
		memcmp((*cache)->name, VARDATA_ANY(time_zone), length) == 0)
		return *cache;
	name = text_to_cstring(time_zone);
	old = MemoryContextSwitchTo(context);
	*cache = cg_local_days(name);
	MemoryContextSwitchTo(old);
	pfree(name);
	return *cache;
}

int64
cg_local_offset_elsewhere(const CgLocalDays *days, TimestampTz at)
{
	int			place = search_place(days, at);
	pg_time_t	seconds;
	struct pg_tm *tm;

	if (place < CG_MOST_CHANGES)
		return days->offset[place];
	/* beyond the table the time zone itself is asked */
	seconds = (pg_time_t) (at / USECS_PER_SEC) +
		(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * (pg_time_t) SECS_PER_DAY;
	tm = pg_localtime(&seconds, days->zone);
	return tm == NULL ? days->offset[place] : (int64) tm->tm_gmtoff * USECS_PER_SEC;
}

TimestampTz
cg_moment_of_local(CgLocalDays *days, Timestamp local)
{
	struct pg_tm tm;
	fsec_t		fraction;
	int			offset;

	if (timestamp2tm(local, NULL, &tm, &fraction, NULL, NULL) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	offset = DetermineTimeZoneOffset(&tm, days->zone);
	return local + (int64) offset * USECS_PER_SEC;
}
