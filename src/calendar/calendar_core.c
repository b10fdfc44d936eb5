/*-------------------------------------------------------------------------
 *
 * calendar_core.c
 *	  Bank holidays by rule, and counting working days.  See the header for
 *	  the sources.
 *
 *-------------------------------------------------------------------------
 */
#include "calendar/calendar_core.h"

#include <stdlib.h>
#include <string.h>

/* Days that dates of PostgreSQL and sums of working days stay within. */
#define FIRST_DAY (-2451545)
#define LAST_DAY 2145031948

/* ---- civil dates ---- */

/*
 * The days of 400 years are the same number, and years are counted from March
 * so that the leap day is the last of its year.
 */
int32_t
cg_day_number(int32_t year, int month, int day)
{
	int32_t		y = month <= 2 ? year - 1 : year;
	int32_t		era = (y >= 0 ? y : y - 399) / 400;
	int32_t		year_of_era = y - era * 400;
	int32_t		day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int32_t		day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 730425;
}

void
cg_civil_date(int32_t number, int32_t *year, int *month, int *day)
{
	int64_t		z = (int64_t) number + 730425;
	int64_t		era = (z >= 0 ? z : z - 146096) / 146097;
	int32_t		day_of_era = (int32_t) (z - era * 146097);
	int32_t		year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
							   day_of_era / 146096) / 365;
	int32_t		day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int			shifted = (5 * day_of_year + 2) / 153;

	*day = day_of_year - (153 * shifted + 2) / 5 + 1;
	*month = shifted < 10 ? shifted + 3 : shifted - 9;
	*year = (int32_t) (year_of_era + era * 400) + (*month <= 2);
}

/* 2000-01-01 was a Saturday. */
int
cg_weekday(int32_t day)
{
	int64_t		place = ((int64_t) day + 5) % 7;

	return (int) (place < 0 ? place + 8 : place + 1);
}

int32_t
cg_easter_sunday(int32_t year)
{
	int			a = year % 19;
	int			b = year / 100;
	int			c = year % 100;
	int			d = b / 4;
	int			e = b % 4;
	int			f = (b + 8) / 25;
	int			g = (b - f + 1) / 3;
	int			h = (19 * a + b - d - g + 15) % 30;
	int			i = c / 4;
	int			k = c % 4;
	int			l = (32 + 2 * e + 2 * i - h - k) % 7;
	int			m = (a + 11 * h + 22 * l) / 451;
	int			sum = h + l - 7 * m + 114;

	return cg_day_number(year, sum / 31, sum % 31 + 1);
}

/* ---- bank holidays ---- */

static const char *const nation_names[CG_NATIONS] = {
	"england", "wales", "scotland", "northern_ireland"
};

CgNation
cg_nation(const char *name, size_t length)
{
	int			nation = 0;

	while (nation < CG_NATIONS &&
		   (strlen(nation_names[nation]) != length ||
			memcmp(nation_names[nation], name, length) != 0))
		nation++;
	return (CgNation) nation;
}

const char *
cg_nation_name(CgNation nation)
{
	return nation_names[nation];
}

typedef struct HolidayList
{
	CgHoliday  *holiday;
	size_t		n;
} HolidayList;

static void
add_holiday(HolidayList *list, int32_t day, const char *name, bool is_substitute)
{
	CgHoliday  *holiday = &list->holiday[list->n++];

	holiday->day = day;
	holiday->name = name;
	holiday->is_substitute = is_substitute;
}

static bool
is_taken(const HolidayList *list, int32_t day)
{
	for (size_t i = 0; i < list->n; i++)
	{
		if (list->holiday[i].day == day)
			return true;
	}
	return false;
}

/*
 * A day of a fixed date: the next working day that is not a holiday yet takes
 * the place of a Saturday or Sunday.
 */
static void
add_fixed(HolidayList *list, int32_t day, const char *name)
{
	int32_t		taken = day;

	while (cg_weekday(taken) > 5 || is_taken(list, taken))
		taken++;
	add_holiday(list, taken, name, taken != day);
}

/*
 * Two days that follow each other: the one that falls on a working day keeps
 * it, and the substitutes come after both.
 */
static void
add_fixed_pair(HolidayList *list, int32_t first, const char *first_name,
			   const char *second_name)
{
	if (cg_weekday(first) == 7)
	{
		add_fixed(list, first + 1, second_name);
		add_fixed(list, first, first_name);
		return;
	}
	add_fixed(list, first, first_name);
	add_fixed(list, first + 1, second_name);
}

static int32_t
first_monday(int32_t year, int month)
{
	int32_t		first = cg_day_number(year, month, 1);

	return first + (8 - cg_weekday(first)) % 7;
}

static int32_t
last_monday(int32_t year, int month)
{
	int32_t		last = cg_day_number(year, month + 1, 1) - 1;

	return last - (cg_weekday(last) - 1);
}

static int
compare_holidays(const void *a, const void *b)
{
	int32_t		day_a = ((const CgHoliday *) a)->day;
	int32_t		day_b = ((const CgHoliday *) b)->day;

	return (day_a > day_b) - (day_a < day_b);
}

size_t
cg_bank_holidays(CgNation nation, int32_t year,
				 CgHoliday holidays[CG_MOST_HOLIDAYS_IN_YEAR])
{
	HolidayList list = {holidays, 0};
	int32_t		easter = cg_easter_sunday(year);

	if (nation == CG_SCOTLAND)
		add_fixed_pair(&list, cg_day_number(year, 1, 1), "New Year's Day", "2nd January");
	else if (year >= 1974)
		add_fixed(&list, cg_day_number(year, 1, 1), "New Year's Day");
	if (nation == CG_NORTHERN_IRELAND)
		add_fixed(&list, cg_day_number(year, 3, 17), "St Patrick's Day");
	add_holiday(&list, easter - 2, "Good Friday", false);
	if (nation != CG_SCOTLAND)
		add_holiday(&list, easter + 1, "Easter Monday", false);
	if (nation == CG_SCOTLAND || year >= 1978)
		add_holiday(&list, first_monday(year, 5), "Early May bank holiday", false);
	add_holiday(&list, last_monday(year, 5), "Spring bank holiday", false);
	if (nation == CG_NORTHERN_IRELAND)
		add_fixed(&list, cg_day_number(year, 7, 12), "Battle of the Boyne");
	add_holiday(&list, nation == CG_SCOTLAND ? first_monday(year, 8) : last_monday(year, 8),
				"Summer bank holiday", false);
	if (nation == CG_SCOTLAND && year >= 2007)
		add_fixed(&list, cg_day_number(year, 11, 30), "St Andrew's Day");
	add_fixed_pair(&list, cg_day_number(year, 12, 25), "Christmas Day", "Boxing Day");
	qsort(list.holiday, list.n, sizeof(CgHoliday), compare_holidays);
	return list.n;
}

/* ---- working days ---- */

static int
compare_days(const void *a, const void *b)
{
	int32_t		day_a = *(const int32_t *) a;
	int32_t		day_b = *(const int32_t *) b;

	return (day_a > day_b) - (day_a < day_b);
}

size_t
cg_days_off(int32_t *days, size_t n)
{
	size_t		kept = 0;

	qsort(days, n, sizeof(int32_t), compare_days);
	for (size_t i = 0; i < n; i++)
	{
		if (cg_weekday(days[i]) > 5 || (kept > 0 && days[kept - 1] == days[i]))
			continue;
		days[kept++] = days[i];
	}
	return kept;
}

/* How many days off are on or before a day. */
static size_t
off_until(const CgDaysOff *off, int32_t day)
{
	size_t		low = 0;
	size_t		high = off->n;

	while (low < high)
	{
		size_t		middle = (low + high) / 2;

		if (off->day[middle] <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Days from Monday to Friday up to and with a day, from some Monday on. */
static int64_t
weekdays_until(int32_t day)
{
	int64_t		since = (int64_t) day + 5;	/* 1999-12-27 was a Monday */
	int64_t		weeks = (since >= 0 ? since : since - 6) / 7;
	int64_t		rest = since - weeks * 7 + 1;

	return weeks * 5 + (rest > 5 ? 5 : rest);
}

/* The k-th such day. */
static int64_t
weekday_number(int64_t k)
{
	int64_t		weeks = (k - 1 >= 0 ? k - 1 : k - 5) / 5;

	return weeks * 7 + (k - 1 - weeks * 5) - 5;
}

bool
cg_is_working_day(const CgDaysOff *off, int32_t day)
{
	size_t		place;

	if (cg_weekday(day) > 5)
		return false;
	place = off_until(off, day);
	return place == 0 || off->day[place - 1] != day;
}

int64_t
cg_working_days_between(const CgDaysOff *off, int32_t from, int32_t to)
{
	return (weekdays_until(to) - weekdays_until(from)) -
		((int64_t) off_until(off, to) - (int64_t) off_until(off, from));
}

/* The k-th working day from some Monday on, k counted with days off. */
static CgCalendarStatus
working_day_number(const CgDaysOff *off, int64_t k, int32_t *result)
{
	size_t		low = 0;
	size_t		high = off->n;
	int64_t		day;

	/*
	 * The day is the weekday k plus the days off before it: the first place
	 * of which the day off is later.
	 */
	while (low < high)
	{
		size_t		middle = (low + high) / 2;

		if (weekdays_until(off->day[middle]) <= k + (int64_t) middle)
			low = middle + 1;
		else
			high = middle;
	}
	day = weekday_number(k + (int64_t) low);
	if (day < FIRST_DAY || day > LAST_DAY)
		return CG_CALENDAR_OUT_OF_RANGE;
	*result = (int32_t) day;
	return CG_CALENDAR_OK;
}

CgCalendarStatus
cg_add_working_days(const CgDaysOff *off, int32_t day, int64_t n, int32_t *result)
{
	/* working days up to and with the day */
	int64_t		until = weekdays_until(day) - (int64_t) off_until(off, day);

	if (n > LAST_DAY || n < -(int64_t) LAST_DAY)
		return CG_CALENDAR_OUT_OF_RANGE;
	if (n > 0)
		return working_day_number(off, until + n, result);
	if (cg_is_working_day(off, day))
		return working_day_number(off, until + n, result);
	/* on a day off the last working day before it is one step back */
	return working_day_number(off, until + n + 1, result);
}
