/*-------------------------------------------------------------------------
 *
 * calendar_days_test.c
 *	  Unit test of bank holidays and working days, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "calendar/calendar_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

static int32_t
on(int32_t year, int month, int day)
{
	return cg_day_number(year, month, day);
}

/* ---- dates ---- */

static void
test_dates(void)
{
	bool		agree = true;
	int32_t		number = on(1583, 1, 1);
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	for (int32_t year = 1583; year < 4000; year++)
	{
		bool		leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

		for (int month = 1; month <= 12; month++)
		{
			int			length = lengths[month - 1] + (month == 2 && leap);

			for (int day = 1; day <= length; day++, number++)
			{
				int32_t		y;
				int			m;
				int			d;

				cg_civil_date(number, &y, &m, &d);
				agree &= on(year, month, day) == number && y == year && m == month && d == day;
			}
		}
	}
	ok(agree, "every day of 2,400 years is numbered one after the other, there and back");
	ok(on(2000, 1, 1) == 0 && cg_weekday(0) == 6, "2000-01-01 is day 0, a Saturday");
	ok(cg_weekday(on(1999, 12, 27)) == 1 && cg_weekday(on(1999, 12, 26)) == 7 &&
	   cg_weekday(on(2026, 11, 22)) == 7, "weekdays before and after");
}

/*
 * Dates of Easter as printed in the Book of Common Prayer's tables and in
 * almanacs; and the extremes of the Gregorian calendar.
 */
static void
test_easter(void)
{
	static const int known[][3] = {
		{1818, 3, 22}, {1943, 4, 25}, {1954, 4, 18}, {1961, 4, 2}, {1981, 4, 19},
		{2000, 4, 23}, {2008, 3, 23}, {2011, 4, 24}, {2019, 4, 21}, {2024, 3, 31},
		{2025, 4, 20}, {2026, 4, 5}, {2038, 4, 25}, {2049, 4, 18}, {2076, 4, 19}, {2285, 3, 22}
	};
	bool		agree = true;
	bool		sundays = true;

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		agree &= cg_easter_sunday(known[i][0]) == on(known[i][0], known[i][1], known[i][2]);
	ok(agree, "Easter of sixteen years of almanacs");
	for (int32_t year = 1583; year <= 9999; year++)
	{
		int32_t		easter = cg_easter_sunday(year);

		sundays &= cg_weekday(easter) == 7 && easter >= on(year, 3, 22) && easter <= on(year, 4, 25);
	}
	ok(sundays, "Easter is a Sunday from 22 March to 25 April in every year");
}

/* ---- bank holidays ---- */

static bool
year_is(CgNation nation, int32_t year, const char *days)
{
	CgHoliday	holidays[CG_MOST_HOLIDAYS_IN_YEAR];
	size_t		n = cg_bank_holidays(nation, year, holidays);
	char		text[256] = "";

	for (size_t i = 0; i < n; i++)
	{
		int32_t		y;
		int			m;
		int			d;

		cg_civil_date(holidays[i].day, &y, &m, &d);
		sprintf(text + strlen(text), "%s%02d-%02d%s", i > 0 ? " " : "", m, d,
				holidays[i].is_substitute ? "s" : "");
	}
	if (strcmp(text, days) != 0)
		printf("# %s %d: %s\n", cg_nation_name(nation), year, text);
	return strcmp(text, days) == 0;
}

/* As printed on gov.uk, without the days of one year only. */
static void
test_bank_holidays(void)
{
	ok(year_is(CG_ENGLAND, 2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27s 12-28s"), "England 2021: Christmas on a Saturday");
	ok(year_is(CG_ENGLAND, 2022, "01-03s 04-15 04-18 05-02 05-30 08-29 12-26 12-27s"), "England 2022: Christmas on a Sunday");
	ok(year_is(CG_WALES, 2023, "01-02s 04-07 04-10 05-01 05-29 08-28 12-25 12-26"), "Wales 2023: New Year on a Sunday");
	ok(year_is(CG_ENGLAND, 2020, "01-01 04-10 04-13 05-04 05-25 08-31 12-25 12-28s"), "England 2020: Boxing Day on a Saturday");
	ok(year_is(CG_SCOTLAND, 2021, "01-01 01-04s 04-02 05-03 05-31 08-02 11-30 12-27s 12-28s"), "Scotland 2021: 2 January on a Saturday");
	ok(year_is(CG_SCOTLAND, 2022, "01-03s 01-04s 04-15 05-02 05-30 08-01 11-30 12-26 12-27s"), "Scotland 2022: New Year on a Saturday");
	ok(year_is(CG_SCOTLAND, 2023, "01-02 01-03s 04-07 05-01 05-29 08-07 11-30 12-25 12-26"), "Scotland 2023: New Year on a Sunday");
	ok(year_is(CG_SCOTLAND, 2024, "01-01 01-02 03-29 05-06 05-27 08-05 12-02s 12-25 12-26"), "Scotland 2024: St Andrew's on a Saturday");
	ok(year_is(CG_SCOTLAND, 2006, "01-02 01-03s 04-14 05-01 05-29 08-07 12-25 12-26"), "Scotland 2006: St Andrew's not yet");
	ok(year_is(CG_NORTHERN_IRELAND, 2024, "01-01 03-18s 03-29 04-01 05-06 05-27 07-12 08-26 12-25 12-26"), "Northern Ireland 2024");
	ok(year_is(CG_NORTHERN_IRELAND, 2025, "01-01 03-17 04-18 04-21 05-05 05-26 07-14s 08-25 12-25 12-26"), "Northern Ireland 2025");
	ok(year_is(CG_ENGLAND, 1973, "04-20 04-23 05-28 08-27 12-25 12-26"), "England 1973: before New Year's Day and May Day");
	ok(year_is(CG_ENGLAND, 1977, "01-03s 04-08 04-11 05-30 08-29 12-26 12-27s"), "England 1977: before May Day");
}

static void
test_every_year(void)
{
	bool		right = true;

	for (int nation = 0; nation < CG_NATIONS; nation++)
	{
		for (int32_t year = CG_FIRST_HOLIDAY_YEAR; year <= CG_LAST_HOLIDAY_YEAR; year++)
		{
			CgHoliday	holidays[CG_MOST_HOLIDAYS_IN_YEAR];
			size_t		n = cg_bank_holidays((CgNation) nation, year, holidays);

			right &= n >= 6 && n <= 10;
			for (size_t i = 0; i < n; i++)
			{
				right &= cg_weekday(holidays[i].day) <= 5;
				right &= i == 0 || holidays[i].day > holidays[i - 1].day;
				right &= holidays[i].day >= on(year, 1, 1) && holidays[i].day <= on(year, 12, 31);
			}
		}
	}
	ok(right, "in every year and nation holidays are weekdays of that year, in order, each once");
	ok(cg_nation("scotland", 8) == CG_SCOTLAND && cg_nation("France", 6) == CG_NATIONS &&
	   cg_nation("wale", 4) == CG_NATIONS, "nations by name");
}

/* ---- working days ---- */

static bool
slow_is_off(const int32_t *days, size_t n, int32_t day)
{
	if (cg_weekday(day) > 5)
		return true;
	for (size_t i = 0; i < n; i++)
	{
		if (days[i] == day)
			return true;
	}
	return false;
}

static void
test_working_days(void)
{
	bool		between = true;
	bool		added = true;
	bool		is = true;
	uint32_t	seed = 1;

	for (int round = 0; round < 300; round++)
	{
		int32_t		days[60];
		int32_t		prepared[60];
		size_t		n;
		CgDaysOff	off;

		seed = seed * 1664525u + 1013904223u;
		n = (seed >> 8) % 60;
		for (size_t i = 0; i < n; i++)
		{
			seed = seed * 1664525u + 1013904223u;
			days[i] = (int32_t) ((seed >> 8) % 200) - 100;
			prepared[i] = days[i];
		}
		off.n = cg_days_off(prepared, n);
		off.day = prepared;
		for (int32_t day = -130; day < 130; day += 3)
		{
			int64_t		count = 0;
			int			step = 0;
			int32_t		result;

			is &= cg_is_working_day(&off, day) == !slow_is_off(days, n, day);
			for (int32_t to = day; to < 140; to++)
			{
				if (to > day && !slow_is_off(days, n, to))
				{
					count++;
					added &= cg_add_working_days(&off, day, count, &result) == CG_CALENDAR_OK && result == to;
				}
				between &= cg_working_days_between(&off, day, to) == count;
				between &= cg_working_days_between(&off, to, day) == -count;
			}
			for (int32_t to = day - 1; to > -140; to--)
			{
				if (!slow_is_off(days, n, to))
				{
					step++;
					added &= cg_add_working_days(&off, day, -step, &result) == CG_CALENDAR_OK && result == to;
				}
			}
			{
				int32_t		next = day;

				while (slow_is_off(days, n, next))
					next++;
				added &= cg_add_working_days(&off, day, 0, &result) == CG_CALENDAR_OK && result == next;
			}
		}
	}
	ok(is, "working days as a slow search finds them");
	ok(between, "working days between two days, both ways");
	ok(added, "working days added, taken away, and none");
}

static void
test_range(void)
{
	CgDaysOff	none = {0, NULL};
	int32_t		result;

	ok(cg_add_working_days(&none, 0, INT64_MAX, &result) == CG_CALENDAR_OUT_OF_RANGE &&
	   cg_add_working_days(&none, 0, INT64_MIN, &result) == CG_CALENDAR_OUT_OF_RANGE &&
	   cg_add_working_days(&none, 2000000000, 2000000000, &result) == CG_CALENDAR_OUT_OF_RANGE,
	   "a day beyond the calendar is said to be so");
}

int
main(void)
{
	test_dates();
	test_easter();
	test_bank_holidays();
	test_every_year();
	test_working_days();
	test_range();
	printf("1..%d\n", tests);
	return failures > 0;
}
