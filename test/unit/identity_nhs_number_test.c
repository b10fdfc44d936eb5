/*-------------------------------------------------------------------------
 *
 * identity_nhs_number_test.c
 *	  Unit test of the NHS number core, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "identity/nhs_number_core.h"

#include <stdio.h>
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
 * Parse from a buffer of exactly the text's size, without a closing zero
 * byte, so that a sanitizer sees a read beyond it.
 */
static CgNhsNumberProblem
parse(const char *text, CgNhsNumberLevel level, int64_t *value)
{
	size_t		length = strlen(text);
	char		exact[length + 1];

	memcpy(exact, text, length);
	exact[length] = '7';
	return cg_nhs_number_parse(exact, length, level, value);
}

static void
test_forms(void)
{
	static const char *const forms[] = {
		"9434765919", "943 476 5919", "943-476-5919",
		"  9434765919", "9434765919\r\n", "\t943 476 5919\v\f "
	};

	for (size_t i = 0; i < LENGTH_OF(forms); i++)
	{
		int64_t		value = 0;

		ok(parse(forms[i], CG_NHS_NUMBER_CHECK_DIGIT, &value) == CG_NHS_NUMBER_OK &&
		   value == INT64_C(9434765919), "an allowed form is read");
	}
}

static void
test_problems(void)
{
	static const struct
	{
		const char *text;
		CgNhsNumberLevel level;
		CgNhsNumberProblem problem;
	}			cases[] =
	{
		{"", CG_NHS_NUMBER_FORMAT, CG_NHS_NUMBER_EMPTY},
		{" \t\n ", CG_NHS_NUMBER_FORMAT, CG_NHS_NUMBER_EMPTY},
		{"943476591", CG_NHS_NUMBER_FORMAT, CG_NHS_NUMBER_LENGTH},
		{"94347659190", CG_NHS_NUMBER_FORMAT, CG_NHS_NUMBER_LENGTH},
		{"-943476591", CG_NHS_NUMBER_FORMAT, CG_NHS_NUMBER_LENGTH},
		{"943476591X", CG_NHS_NUMBER_FORMAT, CG_NHS_NUMBER_CHARACTER},
		{"943 476 591X", CG_NHS_NUMBER_FORMAT, CG_NHS_NUMBER_CHARACTER},
		{"943\t476\t5919", CG_NHS_NUMBER_FORMAT, CG_NHS_NUMBER_CHARACTER},
		{"943476591\xc2\xa0", CG_NHS_NUMBER_FORMAT, CG_NHS_NUMBER_CHARACTER},
		{"943 476-5919", CG_NHS_NUMBER_FORMAT, CG_NHS_NUMBER_GROUPING},
		{"943  4765919", CG_NHS_NUMBER_FORMAT, CG_NHS_NUMBER_GROUPING},
		{"9434 76 5919", CG_NHS_NUMBER_FORMAT, CG_NHS_NUMBER_GROUPING},
		{"9434765918", CG_NHS_NUMBER_FORMAT, CG_NHS_NUMBER_OK},
		{"9434765918", CG_NHS_NUMBER_CHECK_DIGIT, CG_NHS_NUMBER_BAD_CHECK_DIGIT},
		{"9990000000", CG_NHS_NUMBER_CHECK_DIGIT, CG_NHS_NUMBER_BAD_CHECK_DIGIT},
		{"4444444444", CG_NHS_NUMBER_CHECK_DIGIT, CG_NHS_NUMBER_OK},
		{"4444444444", CG_NHS_NUMBER_ISSUED, CG_NHS_NUMBER_PLACEHOLDER},
		{"0000000000", CG_NHS_NUMBER_ISSUED, CG_NHS_NUMBER_PLACEHOLDER},
		{"9990000018", CG_NHS_NUMBER_ISSUED, CG_NHS_NUMBER_TEST_RANGE},
		{"0013000020", CG_NHS_NUMBER_ISSUED, CG_NHS_NUMBER_UNISSUED_RANGE},
		{"3102000029", CG_NHS_NUMBER_ISSUED, CG_NHS_NUMBER_OK},
		{"3102000029", CG_NHS_NUMBER_PLAUSIBLE, CG_NHS_NUMBER_BIRTH_DATE},
		{"2902000014", CG_NHS_NUMBER_PLAUSIBLE, CG_NHS_NUMBER_OK},
		{"0607230002", CG_NHS_NUMBER_PLAUSIBLE, CG_NHS_NUMBER_OK}
	};

	for (size_t i = 0; i < LENGTH_OF(cases); i++)
	{
		int64_t		value;

		ok(parse(cases[i].text, cases[i].level, &value) == cases[i].problem,
		   cg_nhs_number_problem_word(cases[i].problem));
	}
}

/*
 * A step that is prime to ten reaches every digit in every place.
 */
static void
test_every_prefix(void)
{
	bool		one_check_digit = true;
	bool		found_errors = true;
	bool		same_as_number = true;

	for (int64_t nine = 0; nine <= INT64_C(999999999); nine += 9973)
	{
		int			expected = cg_nhs_number_check_digit(nine);
		char		text[CG_NHS_NUMBER_DIGITS + 1] = {0};

		for (int digit = 0; digit <= 9; digit++)
		{
			int64_t		number = nine * 10 + digit;
			int64_t		value;
			CgNhsNumberProblem problem;

			cg_nhs_number_write(number, text);
			problem = parse(text, CG_NHS_NUMBER_PLAUSIBLE, &value);
			if (value != number ||
				problem != cg_nhs_number_check(number, CG_NHS_NUMBER_PLAUSIBLE))
				same_as_number = false;
			if ((problem != CG_NHS_NUMBER_BAD_CHECK_DIGIT) != (digit == expected))
				one_check_digit = false;
		}
		if (expected == 10)
			continue;
		cg_nhs_number_write(nine * 10 + expected, text);
		for (int i = 0; i + 1 < CG_NHS_NUMBER_DIGITS; i++)
		{
			char		first = text[i];
			int64_t		value;

			if (first == text[i + 1])
				continue;
			text[i] = text[i + 1];
			text[i + 1] = first;
			if (parse(text, CG_NHS_NUMBER_CHECK_DIGIT, &value) == CG_NHS_NUMBER_OK)
				found_errors = false;
			text[i + 1] = text[i];
			text[i] = first;
		}
	}
	ok(one_check_digit, "nine digits have the one check digit that is computed");
	ok(found_errors, "exchanged neighbours are found");
	ok(same_as_number, "text and number have the same problem");
}

static void
test_ranges(void)
{
	static const struct
	{
		int64_t		value;
		CgNhsNumberRange range;
	}			cases[] =
	{
		{INT64_C(0), CG_NHS_NUMBER_NOT_ISSUED},
		{INT64_C(100999999), CG_NHS_NUMBER_NOT_ISSUED},
		{INT64_C(101000000), CG_NHS_NUMBER_SCOTLAND},
		{INT64_C(3112999999), CG_NHS_NUMBER_SCOTLAND},
		{INT64_C(3113000000), CG_NHS_NUMBER_NOT_ISSUED},
		{INT64_C(3199999999), CG_NHS_NUMBER_NOT_ISSUED},
		{INT64_C(3200000000), CG_NHS_NUMBER_NORTHERN_IRELAND},
		{INT64_C(3999999999), CG_NHS_NUMBER_NORTHERN_IRELAND},
		{INT64_C(4000000000), CG_NHS_NUMBER_ENGLAND_WALES},
		{INT64_C(4999999999), CG_NHS_NUMBER_ENGLAND_WALES},
		{INT64_C(5000000000), CG_NHS_NUMBER_NOT_ISSUED},
		{INT64_C(6000000000), CG_NHS_NUMBER_ENGLAND_WALES},
		{INT64_C(7999999999), CG_NHS_NUMBER_ENGLAND_WALES},
		{INT64_C(8000000000), CG_NHS_NUMBER_IRELAND},
		{INT64_C(8599999999), CG_NHS_NUMBER_IRELAND},
		{INT64_C(8600000000), CG_NHS_NUMBER_NOT_ISSUED},
		{INT64_C(9000000000), CG_NHS_NUMBER_TEST},
		{INT64_C(9999999999), CG_NHS_NUMBER_TEST}
	};

	for (size_t i = 0; i < LENGTH_OF(cases); i++)
		ok(cg_nhs_number_range(cases[i].value) == cases[i].range,
		   cg_nhs_number_range_word(cases[i].range));
}

static void
test_numbers(void)
{
	ok(cg_nhs_number_check(-1, CG_NHS_NUMBER_FORMAT) == CG_NHS_NUMBER_LENGTH,
	   "negative");
	ok(cg_nhs_number_check(INT64_MIN, CG_NHS_NUMBER_FORMAT) == CG_NHS_NUMBER_LENGTH,
	   "most negative");
	ok(cg_nhs_number_check(CG_NHS_NUMBER_MAX + 1, CG_NHS_NUMBER_FORMAT) == CG_NHS_NUMBER_LENGTH,
	   "eleven digits");
	ok(cg_nhs_number_check(INT64_MAX, CG_NHS_NUMBER_FORMAT) == CG_NHS_NUMBER_LENGTH,
	   "largest");
}

static void
test_writing(void)
{
	char		digits[CG_NHS_NUMBER_DIGITS];
	char		grouped[CG_NHS_NUMBER_GROUPED];

	cg_nhs_number_write(INT64_C(607230002), digits);
	ok(memcmp(digits, "0607230002", sizeof(digits)) == 0, "leading zero");
	cg_nhs_number_write_grouped(INT64_C(9434765919), grouped);
	ok(memcmp(grouped, "943 476 5919", sizeof(grouped)) == 0, "grouped");
}

static void
test_levels(void)
{
	CgNhsNumberLevel level = CG_NHS_NUMBER_FORMAT;

	ok(cg_nhs_number_level("plausible", 9, &level) &&
	   level == CG_NHS_NUMBER_PLAUSIBLE, "a level by its word");
	ok(!cg_nhs_number_level("plausibl", 8, &level), "a shorter word");
	ok(!cg_nhs_number_level("", 0, &level), "an empty word");
}

int
main(void)
{
	test_forms();
	test_problems();
	test_every_prefix();
	test_ranges();
	test_numbers();
	test_writing();
	test_levels();
	printf("1..%d\n", tests);
	return failures != 0;
}
