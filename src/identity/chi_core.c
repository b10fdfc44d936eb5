/*-------------------------------------------------------------------------
 *
 * chi_core.c
 *	  What a CHI number says of its person: birth date and sex.
 *
 * "PERSON BIRTH DATE (in format DDMMYY); two further digits; a ninth digit
 * which is always an even number for females and an odd number for males; an
 * arithmetical check digit" (NHS Data Dictionary, COMMUNITY HEALTH INDEX
 * NUMBER).
 *
 *-------------------------------------------------------------------------
 */
#include "identity/chi_core.h"

#include <string.h>

#include "identity/nhs_number_core.h"
#include "identity/short_code_core.h"

static const char *const problem_words[] = {
	[CG_CHI_OK] = "ok",
	[CG_CHI_OTHER_RANGE] = "range",
	[CG_CHI_BIRTH_DATE] = "birth_date",
	[CG_CHI_BIRTH_DATE_DIFFERS] = "birth_date_differs",
	[CG_CHI_SEX_DIFFERS] = "sex_differs"
};

static bool
is_chi(int64_t number)
{
	return cg_chi_check(number, NULL, CG_CHI_SEX_UNKNOWN) == CG_CHI_OK;
}

/*
 * The date of a CHI number, the year without its century.
 */
static CgChiDate
short_date(int64_t number)
{
	CgChiDate	date;

	date.day = (int) (number / 100000000);
	date.month = (int) (number / 1000000 % 100);
	date.year = (int) (number / 10000 % 100);
	return date;
}

static bool
is_leap_year(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/*
 * Completed years from one date to another, negative where it lies before.
 */
static int
age_at(CgChiDate birth, CgChiDate as_at)
{
	bool		had_birthday = as_at.month > birth.month ||
		(as_at.month == birth.month && as_at.day >= birth.day);

	return as_at.year - birth.year - (had_birthday ? 0 : 1);
}

CgChiProblem
cg_chi_check(int64_t number, const CgChiDate *birth_date, CgChiSex sex)
{
	CgChiDate	date = short_date(number);

	if (cg_nhs_number_range(number) != CG_NHS_NUMBER_SCOTLAND)
		return CG_CHI_OTHER_RANGE;
	if (!cg_nhs_number_begins_with_date(number))
		return CG_CHI_BIRTH_DATE;
	if (birth_date != NULL &&
		(birth_date->day != date.day || birth_date->month != date.month ||
		 birth_date->year % 100 != date.year))
		return CG_CHI_BIRTH_DATE_DIFFERS;
	if (sex != CG_CHI_SEX_UNKNOWN && sex != cg_chi_sex(number))
		return CG_CHI_SEX_DIFFERS;
	return CG_CHI_OK;
}

bool
cg_chi_birth_date(int64_t number, CgChiDate as_at, int oldest,
				  CgChiDate *birth_date)
{
	CgChiDate	date = short_date(number);
	int			found = 0;

	if (!is_chi(number))
		return false;
	date.year += as_at.year / 100 * 100;
	for (; date.year > 0 && age_at(date, as_at) <= oldest; date.year -= 100)
	{
		if (age_at(date, as_at) < 0 ||
			(date.month == 2 && date.day == 29 && !is_leap_year(date.year)))
			continue;
		*birth_date = date;
		found++;
	}
	return found == 1;
}

CgChiSex
cg_chi_sex(int64_t number)
{
	if (!is_chi(number))
		return CG_CHI_SEX_UNKNOWN;
	return number / 10 % 2 == 0 ? CG_CHI_FEMALE : CG_CHI_MALE;
}

CgChiSex
cg_chi_sex_word(const char *word, size_t length)
{
	static const char *const words[] = {"FEMALE", "F", "2", "MALE", "M", "1"};
	char		upper[6];
	int			place;

	cg_short_code_trim(&word, &length);
	if (length > sizeof(upper))
		return CG_CHI_SEX_UNKNOWN;
	for (size_t i = 0; i < length; i++)
		upper[i] = cg_short_code_fold(word[i]);
	place = cg_short_code_word(words, 6, upper, length);
	if (place < 0)
		return CG_CHI_SEX_UNKNOWN;
	return place < 3 ? CG_CHI_FEMALE : CG_CHI_MALE;
}

const char *
cg_chi_problem_word(CgChiProblem problem)
{
	return problem_words[problem];
}
