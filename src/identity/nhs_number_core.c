/*-------------------------------------------------------------------------
 *
 * nhs_number_core.c
 *	  NHS numbers: one parser, the check digit, the issued ranges.
 *
 * The number is ten digits; the tenth is a modulus 11 check digit (NHS Data
 * Dictionary, attribute NHS NUMBER).  Scotland's CHI numbers and Northern
 * Ireland's Health and Care numbers share the scheme and differ by range.
 *
 *-------------------------------------------------------------------------
 */
#include "identity/nhs_number_core.h"

#include <string.h>

/*
 * Who gives out which numbers, first number of each range in ascending
 * order.  Sources: the "NHS Number" standard ISB 0149 and its ranges as
 * collated by the uk-fci nhs-number project, and Wikipedia, "NHS number".
 *
 * CHI numbers begin with a date of birth, DDMMYY, so they run from 010100...
 * to 311299....  The uk-fci project begins that range at 010000...; nothing
 * between the two bounds can be a date.  Wikipedia also gives England some
 * numbers that begin with 3 without saying which: nobody publishes a bound,
 * so what is left between Scotland and Northern Ireland counts as not issued.
 * 5... was kept for the care records service's own tests and 86... to 89...
 * are spare; no person has them.  All of 9... is for test systems, of which
 * 999... is guaranteed never to be issued.
 */
static const struct
{
	int64_t		first;
	CgNhsNumberRange range;
}			ranges[] =
{
	{INT64_C(0), CG_NHS_NUMBER_NOT_ISSUED},
	{INT64_C(101000000), CG_NHS_NUMBER_SCOTLAND},
	{INT64_C(3113000000), CG_NHS_NUMBER_NOT_ISSUED},
	{INT64_C(3200000000), CG_NHS_NUMBER_NORTHERN_IRELAND},
	{INT64_C(4000000000), CG_NHS_NUMBER_ENGLAND_WALES},
	{INT64_C(5000000000), CG_NHS_NUMBER_NOT_ISSUED},
	{INT64_C(6000000000), CG_NHS_NUMBER_ENGLAND_WALES},
	{INT64_C(8000000000), CG_NHS_NUMBER_IRELAND},
	{INT64_C(8600000000), CG_NHS_NUMBER_NOT_ISSUED},
	{INT64_C(9000000000), CG_NHS_NUMBER_TEST}
};

static const char *const range_words[] = {
	[CG_NHS_NUMBER_NOT_ISSUED] = "not_issued",
	[CG_NHS_NUMBER_SCOTLAND] = "scotland_chi",
	[CG_NHS_NUMBER_NORTHERN_IRELAND] = "northern_ireland",
	[CG_NHS_NUMBER_ENGLAND_WALES] = "england_wales_isle_of_man",
	[CG_NHS_NUMBER_IRELAND] = "ireland",
	[CG_NHS_NUMBER_TEST] = "test"
};

static const char *const problem_words[] = {
	[CG_NHS_NUMBER_OK] = "ok",
	[CG_NHS_NUMBER_EMPTY] = "empty",
	[CG_NHS_NUMBER_CHARACTER] = "character",
	[CG_NHS_NUMBER_LENGTH] = "length",
	[CG_NHS_NUMBER_GROUPING] = "grouping",
	[CG_NHS_NUMBER_BAD_CHECK_DIGIT] = "check_digit",
	[CG_NHS_NUMBER_PLACEHOLDER] = "placeholder",
	[CG_NHS_NUMBER_TEST_RANGE] = "test_range",
	[CG_NHS_NUMBER_IRISH_RANGE] = "irish_range",
	[CG_NHS_NUMBER_UNISSUED_RANGE] = "unissued_range",
	[CG_NHS_NUMBER_BIRTH_DATE] = "birth_date"
};

static const char *const level_words[] = {
	[CG_NHS_NUMBER_FORMAT] = "format",
	[CG_NHS_NUMBER_CHECK_DIGIT] = "check_digit",
	[CG_NHS_NUMBER_ISSUED] = "issued",
	[CG_NHS_NUMBER_PLAUSIBLE] = "plausible"
};

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))

/*
 * Blanks around a number are forgiven: the same characters that PostgreSQL's
 * numeric input functions forgive, in every locale.
 */
static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int
cg_nhs_number_check_digit(int64_t nine_digits)
{
	int			weighted = 0;

	for (int weight = 2; weight <= CG_NHS_NUMBER_DIGITS; weight++)
	{
		weighted += weight * (int) (nine_digits % 10);
		nine_digits /= 10;
	}
	return (11 - weighted % 11) % 11;
}

CgNhsNumberRange
cg_nhs_number_range(int64_t value)
{
	size_t		i = LENGTH_OF(ranges) - 1;

	while (i > 0 && value < ranges[i].first)
		i--;
	return ranges[i].range;
}

/*
 * 0000000000, 1111111111, … 9999999999: people type them to get past a
 * mandatory field, and every one of them satisfies modulus 11.
 */
static bool
is_placeholder(int64_t value)
{
	return value % INT64_C(1111111111) == 0;
}

/*
 * Does a CHI number begin with a date, DDMMYY?  The century is unknown, so
 * 29 February needs a leap year in either; 2000 was one.
 */
bool
cg_nhs_number_begins_with_date(int64_t value)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int			date = (int) (value / 10000);
	int			day = date / 10000;
	int			month = date / 100 % 100;
	int			year = date % 100;

	if (month < 1 || month > 12 || day < 1)
		return false;
	if (month == 2 && year % 4 == 0)
		return day <= 29;
	return day <= days[month - 1];
}

/*
 * The rules beyond the check digit.
 */
static CgNhsNumberProblem
check_issued(int64_t value, CgNhsNumberLevel level)
{
	CgNhsNumberRange range = cg_nhs_number_range(value);

	if (is_placeholder(value))
		return CG_NHS_NUMBER_PLACEHOLDER;
	if (range == CG_NHS_NUMBER_TEST)
		return CG_NHS_NUMBER_TEST_RANGE;
	if (range == CG_NHS_NUMBER_IRELAND)
		return CG_NHS_NUMBER_IRISH_RANGE;
	if (range == CG_NHS_NUMBER_NOT_ISSUED)
		return CG_NHS_NUMBER_UNISSUED_RANGE;
	if (level >= CG_NHS_NUMBER_PLAUSIBLE &&
		range == CG_NHS_NUMBER_SCOTLAND &&
		!cg_nhs_number_begins_with_date(value))
		return CG_NHS_NUMBER_BIRTH_DATE;
	return CG_NHS_NUMBER_OK;
}

CgNhsNumberProblem
cg_nhs_number_check(int64_t value, CgNhsNumberLevel level)
{
	if (value < 0 || value > CG_NHS_NUMBER_MAX)
		return CG_NHS_NUMBER_LENGTH;
	if (level >= CG_NHS_NUMBER_CHECK_DIGIT &&
		cg_nhs_number_check_digit(value / 10) != (int) (value % 10))
		return CG_NHS_NUMBER_BAD_CHECK_DIGIT;
	if (level >= CG_NHS_NUMBER_ISSUED)
		return check_issued(value, level);
	return CG_NHS_NUMBER_OK;
}

/*
 * What is wrong with a text, without blanks around it, that is not ten
 * digits in an allowed form.  The gravest fault is named: a foreign
 * character, else too few or too many digits, else their grouping.
 */
static CgNhsNumberProblem
format_problem(const char *text, size_t length)
{
	size_t		digits = 0;

	if (length == 0)
		return CG_NHS_NUMBER_EMPTY;
	for (size_t i = 0; i < length; i++)
	{
		if (is_digit(text[i]))
			digits++;
		else if (text[i] != ' ' && text[i] != '-')
			return CG_NHS_NUMBER_CHARACTER;
	}
	if (digits != CG_NHS_NUMBER_DIGITS)
		return CG_NHS_NUMBER_LENGTH;
	return CG_NHS_NUMBER_GROUPING;
}

/*
 * Are these twelve characters grouped 3-3-4 by two equal separators?
 */
static bool
is_grouped(const char *text)
{
	return (text[3] == ' ' || text[3] == '-') && text[7] == text[3];
}

/*
 * Modulus 11 holds when the digits, weighted 10 down to 1, sum to a multiple
 * of 11.  Adding up the running sums gives each digit just that weight.  A
 * check "digit" of 10 needs no rule of its own: no tenth digit satisfies it.
 */
CgNhsNumberProblem
cg_nhs_number_parse(const char *text, size_t length, CgNhsNumberLevel level,
					int64_t *value)
{
	char		ungrouped[CG_NHS_NUMBER_DIGITS];
	const char *digits;
	int64_t		number = 0;
	unsigned	running = 0;
	unsigned	weighted = 0;

	while (length > 0 && is_blank(text[0]))
	{
		text++;
		length--;
	}
	while (length > 0 && is_blank(text[length - 1]))
		length--;

	if (length == CG_NHS_NUMBER_DIGITS)
		digits = text;
	else if (length == CG_NHS_NUMBER_GROUPED && is_grouped(text))
	{
		memcpy(ungrouped, text, 3);
		memcpy(ungrouped + 3, text + 4, 3);
		memcpy(ungrouped + 6, text + 8, 4);
		digits = ungrouped;
	}
	else
		return format_problem(text, length);

	for (int i = 0; i < CG_NHS_NUMBER_DIGITS; i++)
	{
		unsigned	digit = (unsigned char) digits[i] - (unsigned) '0';

		if (digit > 9)
			return format_problem(text, length);
		number = number * 10 + digit;
		running += digit;
		weighted += running;
	}
	*value = number;

	if (level >= CG_NHS_NUMBER_CHECK_DIGIT && weighted % 11 != 0)
		return CG_NHS_NUMBER_BAD_CHECK_DIGIT;
	if (level >= CG_NHS_NUMBER_ISSUED)
		return check_issued(number, level);
	return CG_NHS_NUMBER_OK;
}

void
cg_nhs_number_write(int64_t value, char digits[CG_NHS_NUMBER_DIGITS])
{
	for (int i = CG_NHS_NUMBER_DIGITS - 1; i >= 0; i--)
	{
		digits[i] = (char) ('0' + value % 10);
		value /= 10;
	}
}

void
cg_nhs_number_write_grouped(int64_t value, char text[CG_NHS_NUMBER_GROUPED])
{
	char		digits[CG_NHS_NUMBER_DIGITS];

	cg_nhs_number_write(value, digits);
	memcpy(text, digits, 3);
	text[3] = ' ';
	memcpy(text + 4, digits + 3, 3);
	text[7] = ' ';
	memcpy(text + 8, digits + 6, 4);
}

const char *
cg_nhs_number_problem_word(CgNhsNumberProblem problem)
{
	return problem_words[problem];
}

const char *
cg_nhs_number_range_word(CgNhsNumberRange range)
{
	return range_words[range];
}

bool
cg_nhs_number_level(const char *word, size_t length, CgNhsNumberLevel *level)
{
	for (size_t i = 0; i < LENGTH_OF(level_words); i++)
	{
		if (strlen(level_words[i]) == length &&
			memcmp(level_words[i], word, length) == 0)
		{
			*level = (CgNhsNumberLevel) i;
			return true;
		}
	}
	return false;
}
