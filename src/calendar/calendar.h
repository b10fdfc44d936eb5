/*-------------------------------------------------------------------------
 *
 * calendar.h
 *	  Days off as functions get them: an array, a multirange, or the name of a
 *	  calendar in the tables working_calendar and calendar_exception.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_CALENDAR_H
#define CG_CALENDAR_H

#include "postgres.h"

#include "fmgr.h"

#include "calendar/calendar_core.h"

/* Years in which a named calendar is known. */
#define CG_CALENDAR_FROM CG_FIRST_HOLIDAY_YEAR
#define CG_CALENDAR_TO 2199

typedef struct CgCalendar
{
	CgDaysOff	off;
	int32_t		first_day;		/* of the days that it knows */
	int32_t		last_day;
	MemoryContext context;
	char	   *key;			/* the argument that it was made of */
	Size		key_size;
	int64		statement;		/* in which the tables were read */
	uint32		command;
} CgCalendar;

/*
 * The calendar of an argument, kept in cache (which lives in context) from
 * call to call.  A name is read from the tables once in a statement.
 */
extern const CgCalendar *cg_calendar_of_array(CgCalendar **cache, MemoryContext context, Datum days);
extern const CgCalendar *cg_calendar_of_multirange(CgCalendar **cache, MemoryContext context, Datum days);
extern const CgCalendar *cg_calendar_of_name(CgCalendar **cache, MemoryContext context, Datum name);

/* Error 22008 where the calendar does not reach a day. */
extern void cg_calendar_check(const CgCalendar *calendar, int32_t day);

/* Error 22008 for infinity. */
extern int32_t cg_calendar_day(Datum day);

#endif							/* CG_CALENDAR_H */
