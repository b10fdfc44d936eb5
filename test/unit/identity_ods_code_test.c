/*-------------------------------------------------------------------------
 *
 * identity_ods_code_test.c
 *	  Unit test of the ODS code core and of the packing, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "identity/ods_code_core.h"

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
 * Parse from a buffer of exactly the text's size, without a closing zero
 * byte, so that a sanitizer sees a read beyond it.
 */
static CgOdsCodeProblem
parse(const char *text, CgOdsCodeLevel level, int64_t *value)
{
	size_t		length = strlen(text);
	char	   *exact = malloc(length > 0 ? length : 1);
	CgOdsCodeProblem problem;

	memcpy(exact, text, length);
	problem = cg_ods_code_parse(exact, length, level, value);
	free(exact);
	return problem;
}

static int64_t
value_of(const char *text)
{
	int64_t		value = -1;

	parse(text, CG_ODS_CODE_FORMAT, &value);
	return value;
}

static bool
writes(int64_t value, const char *expected)
{
	char		text[CG_SHORT_CODE_MAX];
	size_t		length = cg_ods_code_write(value, text);

	return length == strlen(expected) && memcmp(text, expected, length) == 0;
}

static void
test_reading(void)
{
	ok(writes(value_of("RH802"), "RH802"), "as it is");
	ok(writes(value_of("rh802"), "RH802"), "lower case");
	ok(writes(value_of(" \tk81003001\r\n"), "K81003001"), "blanks around, nine characters");
	ok(writes(value_of("R"), "R"), "one character");
	ok(writes(value_of("000"), "000"), "zeros");
	ok(value_of("RH8") != value_of("RH80"), "a zero at the end counts");
}

static void
test_problems(void)
{
	static const struct
	{
		const char *text;
		CgOdsCodeLevel level;
		CgOdsCodeProblem problem;
	}			cases[] =
	{
		{"", CG_ODS_CODE_FORMAT, CG_ODS_CODE_EMPTY},
		{" \t\v ", CG_ODS_CODE_FORMAT, CG_ODS_CODE_EMPTY},
		{"RH-8", CG_ODS_CODE_FORMAT, CG_ODS_CODE_CHARACTER},
		{"R H8", CG_ODS_CODE_FORMAT, CG_ODS_CODE_CHARACTER},
		{"RH\xc3\xa9", CG_ODS_CODE_FORMAT, CG_ODS_CODE_CHARACTER},
		{"RH802RH802-", CG_ODS_CODE_FORMAT, CG_ODS_CODE_CHARACTER},
		{"9434765919", CG_ODS_CODE_FORMAT, CG_ODS_CODE_LENGTH},
		{"A12", CG_ODS_CODE_FORMAT, CG_ODS_CODE_OK},
		{"A12", CG_ODS_CODE_KNOWN_FORM, CG_ODS_CODE_UNKNOWN_FORM},
		{"12A", CG_ODS_CODE_KNOWN_FORM, CG_ODS_CODE_OK},
		{"V81999", CG_ODS_CODE_KNOWN_FORM, CG_ODS_CODE_OK},
		{"A9999998", CG_ODS_CODE_KNOWN_FORM, CG_ODS_CODE_OK},
		{"v81999", CG_ODS_CODE_ISSUED, CG_ODS_CODE_PSEUDO},
		{"A12", CG_ODS_CODE_ISSUED, CG_ODS_CODE_UNKNOWN_FORM},
		{"12A", CG_ODS_CODE_ISSUED, CG_ODS_CODE_OK}
	};

	for (size_t i = 0; i < LENGTH_OF(cases); i++)
	{
		int64_t		value;

		ok(parse(cases[i].text, cases[i].level, &value) == cases[i].problem,
		   cg_ods_code_problem_word(cases[i].problem));
	}
}

static void
test_kinds(void)
{
	static const char *const cases[][3] = {
		{"RH8", "trust", "RH8"}, {"RH800", "trust", "RH8"}, {"TAK", "trust", "TAK"},
		{"T11", "special_health_authority", "T11"}, {"RH802", "site", "RH8"},
		{"R1A2B", "site", "R1A"}, {"TAK01", "site", "TAK"}, {"7A1", "local_health_board", "7A1"},
		{"7A101", "site", "7A1"}, {"NV7", "independent_provider", "NV7"},
		{"NV701", "site", "NV7"}, {"NV700", "independent_provider", "NV7"},
		{"8HA03", "independent_provider", "8HA03"}, {"000", "local_authority", "000"},
		{"000AA", "site", "000"}, {"12345", "other", "12345"},
		{"QNQ", "icb", "QNQ"}, {"QE1", "icb", "QE1"}, {"Q30", "health_geography", "Q30"},
		{"Q3001", "site", "Q30"}, {"Q99", "pseudo", "Q99"},
		{"12A", "sub_icb", "12A"}, {"12A00", "sub_icb", "12A"}, {"78H", "sub_icb", "78H"},
		{"D4U1Y", "new_style", "D4U1Y"}, {"X2C4Y", "new_style", "X2C4Y"},
		{"5CT", "primary_care_trust", "5CT"}, {"5CT49", "site", "5CT"},
		{"0AA", "commissioning_support_unit", "0AA"}, {"X16", "other_statutory_authority", "X16"},
		{"X1601", "site", "X16"}, {"XDA", "government_department", "XDA"},
		{"XDA01", "site", "XDA"}, {"Y56", "nhs_england_region", "Y56"},
		{"FVR79", "pharmacy", "FVR79"}, {"VLAXL", "social_care_site", "VLAXL"},
		{"V03462", "dental_practice", "V03462"}, {"U12345", "pcn", "U12345"},
		{"U1234", "other", "U1234"}, {"E12345", "practice", "E12345"},
		{"Y00001", "practice", "Y00001"}, {"W00001", "practice", "W00001"},
		{"GUE001", "practice", "GUE001"}, {"I12345", "other", "I12345"},
		{"K81003001", "branch_surgery", "K81003"}, {"X81003001", "other", "X81003001"},
		{"LSP01", "service_provider", "LSP01"}, {"LSP0101", "site", "LSP01"},
		{"EE134290", "school", "EE134290"}, {"G3472185", "gp", "G3472185"},
		{"G6472185", "other", "G6472185"}, {"C9999990", "consultant", "C9999990"},
		{"C9999998", "pseudo", "C9999998"}, {"89999", "pseudo", "89999"},
		{"R9998", "pseudo", "R9998"}, {"TDH00", "pseudo", "TDH00"}, {"R", "other", "R"}
	};

	for (size_t i = 0; i < LENGTH_OF(cases); i++)
	{
		int64_t		value = value_of(cases[i][0]);

		ok(strcmp(cg_ods_code_kind(value), cases[i][1]) == 0, cases[i][0]);
		ok(writes(cg_ods_code_organisation(value), cases[i][2]), cases[i][2]);
	}
	ok(strcmp(cg_ods_code_pseudo(value_of("V81999")), "practice_not_known") == 0, "a default code's meaning");
	ok(cg_ods_code_pseudo(value_of("V81996")) == NULL, "any other has none");
}

/*
 * Packed texts come back, and keep their order.
 */
static void
test_packing(void)
{
	static const char symbols[] = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char		before[CG_SHORT_CODE_MAX];
	int64_t		before_value = 0;
	bool		come_back = true;
	bool		keep_order = true;
	uint32_t	seed = 42;

	memset(before, ' ', sizeof(before));
	for (int round = 0; round < 200000; round++)
	{
		char		text[CG_SHORT_CODE_MAX];
		char		again[CG_SHORT_CODE_MAX];
		size_t		length = 0;
		int64_t		value;
		int			order;

		memset(text, ' ', sizeof(text));
		seed = seed * 1664525 + 1013904223;
		for (size_t end = 1 + (seed >> 16) % CG_SHORT_CODE_MAX; length < end; length++)
		{
			seed = seed * 1664525 + 1013904223;
			text[length] = symbols[(seed >> 16) % 37];
		}
		while (length > 0 && text[length - 1] == ' ')
			length--;
		value = cg_short_code_pack(text, length);
		if (value < 0 || cg_short_code_unpack(value, again) != length ||
			memcmp(text, again, sizeof(text)) != 0)
			come_back = false;
		order = memcmp(before, text, sizeof(text));
		if ((order < 0) != (before_value < value) || (order > 0) != (before_value > value))
			keep_order = false;
		memcpy(before, text, sizeof(text));
		before_value = value;
	}
	ok(come_back, "packed texts come back");
	ok(keep_order, "packed texts keep their order");
	ok(cg_short_code_pack("ZZZZZZZZZZZZ", 12) > 0, "the greatest fits");
}

static void
test_levels(void)
{
	CgOdsCodeLevel level = CG_ODS_CODE_FORMAT;

	ok(cg_ods_code_level("issued", 6, &level) && level == CG_ODS_CODE_ISSUED, "a level by its word");
	ok(!cg_ods_code_level("issue", 5, &level), "a shorter word");
	ok(!cg_ods_code_level("", 0, &level), "an empty word");
}

int
main(void)
{
	test_reading();
	test_problems();
	test_kinds();
	test_packing();
	test_levels();
	printf("1..%d\n", tests);
	return failures != 0;
}
