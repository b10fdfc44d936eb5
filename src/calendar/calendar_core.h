/*-------------------------------------------------------------------------
 *
 * calendar_core.h
 *	  Bank holidays by rule, and counting working days.
 *
 * A day is a number of days from 2000-01-01, as PostgreSQL's dates are, in the
 * Gregorian calendar.
 *
 * Rules: Banking and Financial Dealings Act 1971, schedule 1, with the days
 * that are proclaimed every year (New Year's Day from 1974 and the first
 * Monday of May from 1978; St Andrew's Day (Scotland) Act 2007; St Patrick's
 * Day and the twelfth of July in Northern Ireland).  Days proclaimed for one
 * year only are data, not rules.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_CALENDAR_CORE_H
#define CG_CALENDAR_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The Act's first whole year, and the last year that calendars reach. */
#define CG_FIRST_HOLIDAY_YEAR 1972
#define CG_LAST_HOLIDAY_YEAR 9999
#define CG_MOST_HOLIDAYS_IN_YEAR 12

typedef enum CgNation
{
	CG_ENGLAND,
	CG_WALES,
	CG_SCOTLAND,
	CG_NORTHERN_IRELAND,
	CG_NATIONS
} CgNation;

typedef struct CgHoliday
{
	int32_t		day;
	const char *name;
	bool		is_substitute;	/* in place of a day of a weekend */
} CgHoliday;

/* Days off among Monday to Friday: sorted, each once. */
typedef struct CgDaysOff
{
	size_t		n;
	const int32_t *day;
} CgDaysOff;

typedef enum CgCalendarStatus
{
	CG_CALENDAR_OK,
	CG_CALENDAR_OUT_OF_RANGE
} CgCalendarStatus;

extern int32_t cg_day_number(int32_t year, int month, int day);
extern void cg_civil_date(int32_t number, int32_t *year, int *month, int *day);

/* 1 for Monday to 7 for Sunday. */
extern int	cg_weekday(int32_t day);

/*
 * Easter Sunday of a year from 1583, by the method of J. Meeus, Astronomical
 * Algorithms, 2nd ed. 1998, chapter 8 (Jones 1922, Butcher 1876).
 */
extern int32_t cg_easter_sunday(int32_t year);

/*
 * Bank holidays of a year, in order, as the days that are taken off (the
 * substitute in place of a weekend).  Returns how many.
 */
extern size_t cg_bank_holidays(CgNation nation, int32_t year,
							   CgHoliday holidays[CG_MOST_HOLIDAYS_IN_YEAR]);

/* The nation of a name such as northern_ireland, or CG_NATIONS. */
extern CgNation cg_nation(const char *name, size_t length);
extern const char *cg_nation_name(CgNation nation);

/* Sort days, drop those of weekends and those that repeat; how many remain. */
extern size_t cg_days_off(int32_t *days, size_t n);

extern bool cg_is_working_day(const CgDaysOff *off, int32_t day);

/* Working days in (from, to]; negative, those in (to, from], when to is earlier. */
extern int64_t cg_working_days_between(const CgDaysOff *off, int32_t from, int32_t to);

/*
 * The n-th working day after a day, or before it for a negative n; 0 gives
 * the day itself if it is one, else the next.
 */
extern CgCalendarStatus cg_add_working_days(const CgDaysOff *off, int32_t day,
											int64_t n, int32_t *result);

#endif							/* CG_CALENDAR_CORE_H */
