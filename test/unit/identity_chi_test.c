/*-------------------------------------------------------------------------
 *
 * identity_chi_test.c
 *	  Unit test of the CHI number core, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "identity/chi_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

/*
 * A number that begins with a date; its last four digits do not matter here.
 */
static int64_t
number_of(int day, int month, int year, int rest)
{
	return ((day * INT64_C(100) + month) * 100 + year % 100) * 10000 + rest;
}

static bool
gives(int64_t number, CgChiDate as_at, int oldest, int year, int month, int day)
{
	CgChiDate	birth = {0, 0, 0};

	return cg_chi_birth_date(number, as_at, oldest, &birth) &&
		birth.year == year && birth.month == month && birth.day == day;
}

/*
 * Everybody from 0 to 99 years of age on some days, by walking through the
 * calendar.
 */
static void
test_every_birth_date(void)
{
	static const CgChiDate days[] = {{2025, 11, 22}, {2000, 2, 29}, {1999, 12, 31}, {2100, 3, 1}};
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	for (size_t i = 0; i < LENGTH_OF(days); i++)
	{
		CgChiDate	as_at = days[i];
		bool		all_right = true;

		for (int year = as_at.year - 99; year <= as_at.year; year++)
			for (int month = 1; month <= 12; month++)
			{
				int			length = lengths[month - 1];

				if (month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0))
					length = 29;
				for (int day = 1; day <= length; day++)
				{
					if (year == as_at.year &&
						(month > as_at.month || (month == as_at.month && day > as_at.day)))
						continue;
					if (!gives(number_of(day, month, year, 0), as_at, 99, year, month, day))
						all_right = false;
				}
			}
		ok(all_right, "everybody under 100 has the right century");
	}
}

static void
test_centuries(void)
{
	static const CgChiDate as_at = {2025, 11, 22};
	static const CgChiDate before_2000 = {1999, 12, 31};
	CgChiDate	birth;

	ok(gives(number_of(22, 11, 25, 0), as_at, 99, 2025, 11, 22), "born on the day");
	ok(gives(number_of(23, 11, 25, 0), as_at, 99, 1925, 11, 23), "99 years old");
	ok(gives(number_of(22, 11, 25, 0), as_at, 0, 2025, 11, 22), "only the new-born");
	ok(!cg_chi_birth_date(number_of(23, 11, 25, 0), as_at, 98, &birth), "too old");
	ok(!cg_chi_birth_date(number_of(6, 7, 23, 0), as_at, 110, &birth), "two centuries are possible");
	ok(gives(number_of(6, 7, 26, 0), as_at, 110, 1926, 7, 6), "one century is possible");
	ok(gives(number_of(29, 2, 0, 0), as_at, 99, 2000, 2, 29), "2000 was a leap year");
	ok(gives(number_of(29, 2, 0, 0), as_at, 130, 2000, 2, 29), "1900 was none");
	ok(!cg_chi_birth_date(number_of(29, 2, 0, 0), before_2000, 99, &birth), "no 29 February 1900");
	ok(!cg_chi_birth_date(number_of(31, 2, 0, 0), as_at, 99, &birth), "no 31 February");
	ok(!cg_chi_birth_date(INT64_C(4857773457), as_at, 99, &birth), "an English number");
	ok(!cg_chi_birth_date(INT64_C(13000020), as_at, 99, &birth), "day 00, month 13");
}

static void
test_sex(void)
{
	static const char *const females[] = {"female", "F", "f", "2", " Female "};
	static const char *const males[] = {"MALE", "m", "1"};
	static const char *const others[] = {"", "unknown", "indeterminate", "0", "9", "femal", "12", "fe/ale"};

	ok(cg_chi_sex(INT64_C(607230002)) == CG_CHI_FEMALE, "an even ninth digit");
	ok(cg_chi_sex(INT64_C(2902000014)) == CG_CHI_MALE, "an odd ninth digit");
	ok(cg_chi_sex(INT64_C(4857773457)) == CG_CHI_SEX_UNKNOWN, "an English number");
	ok(cg_chi_sex(INT64_C(3102000029)) == CG_CHI_SEX_UNKNOWN, "no date");
	for (size_t i = 0; i < LENGTH_OF(females); i++)
		ok(cg_chi_sex_word(females[i], strlen(females[i])) == CG_CHI_FEMALE, females[i]);
	for (size_t i = 0; i < LENGTH_OF(males); i++)
		ok(cg_chi_sex_word(males[i], strlen(males[i])) == CG_CHI_MALE, males[i]);
	for (size_t i = 0; i < LENGTH_OF(others); i++)
		ok(cg_chi_sex_word(others[i], strlen(others[i])) == CG_CHI_SEX_UNKNOWN, others[i]);
}

static void
test_problems(void)
{
	static const CgChiDate same = {1923, 7, 6};
	static const CgChiDate other_day = {1923, 7, 7};
	static const CgChiDate other_month = {1923, 8, 6};
	static const CgChiDate other_year = {1924, 7, 6};
	static const struct
	{
		int64_t		number;
		const CgChiDate *birth_date;
		CgChiSex	sex;
		CgChiProblem problem;
	}			cases[] =
	{
		{INT64_C(607230002), NULL, CG_CHI_SEX_UNKNOWN, CG_CHI_OK},
		{INT64_C(607230002), &same, CG_CHI_FEMALE, CG_CHI_OK},
		{INT64_C(607230002), &other_day, CG_CHI_FEMALE, CG_CHI_BIRTH_DATE_DIFFERS},
		{INT64_C(607230002), &other_month, CG_CHI_FEMALE, CG_CHI_BIRTH_DATE_DIFFERS},
		{INT64_C(607230002), &other_year, CG_CHI_MALE, CG_CHI_BIRTH_DATE_DIFFERS},
		{INT64_C(607230002), &same, CG_CHI_MALE, CG_CHI_SEX_DIFFERS},
		{INT64_C(607230002), NULL, CG_CHI_MALE, CG_CHI_SEX_DIFFERS},
		{INT64_C(3102000029), &same, CG_CHI_MALE, CG_CHI_BIRTH_DATE},
		{INT64_C(4857773457), &same, CG_CHI_MALE, CG_CHI_OTHER_RANGE},
		{INT64_C(13000020), NULL, CG_CHI_SEX_UNKNOWN, CG_CHI_OTHER_RANGE}
	};

	for (size_t i = 0; i < LENGTH_OF(cases); i++)
		ok(cg_chi_check(cases[i].number, cases[i].birth_date, cases[i].sex) == cases[i].problem,
		   cg_chi_problem_word(cases[i].problem));
}

int
main(void)
{
	test_every_birth_date();
	test_centuries();
	test_sex();
	test_problems();
	printf("1..%d\n", tests);
	return failures != 0;
}
