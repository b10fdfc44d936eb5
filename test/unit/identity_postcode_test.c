/*-------------------------------------------------------------------------
 *
 * identity_postcode_test.c
 *	  Unit test of the postcode core, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "identity/postcode_core.h"

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
static CgPostcodeProblem
parse(const char *text, CgPostcodeLevel level, int64_t *value)
{
	size_t		length = strlen(text);
	char	   *exact = malloc(length > 0 ? length : 1);
	CgPostcodeProblem problem;

	memcpy(exact, text, length);
	problem = cg_postcode_parse(exact, length, level, value);
	free(exact);
	return problem;
}

static void
test_parts(void)
{
	/* as typed, canonical, kind, outward, inward, area, sector */
	static const char *const cases[][7] = {
		{"m11aa", "M1 1AA", "geographic", "M1", "1AA", "M", "M1 1"},
		{"M60 1NW", "M60 1NW", "geographic", "M60", "1NW", "M", "M60 1"},
		{"CR2  6XH", "CR2 6XH", "geographic", "CR2", "6XH", "CR", "CR2 6"},
		{" DN55 1PT ", "DN55 1PT", "geographic", "DN55", "1PT", "DN", "DN55 1"},
		{"W1A   1HQ", "W1A 1HQ", "geographic", "W1A", "1HQ", "W", "W1A 1"},
		{"ec1a1bb\r\n", "EC1A 1BB", "geographic", "EC1A", "1BB", "EC", "EC1A 1"},
		{"JE2 3AB", "JE2 3AB", "crown_dependency", "JE2", "3AB", "JE", "JE2 3"},
		{"G12 8QQ", "G12 8QQ", "geographic", "G12", "8QQ", "G", "G12 8"},
		{"BX1 1LT", "BX1 1LT", "non_geographic", "BX1", "1LT", "BX", "BX1 1"},
		{"GIR0AA", "GIR 0AA", "girobank", "GIR", "0AA", "GIR", "GIR 0"},
		{"BF1 0AA", "BF1 0AA", "bfpo", "BF1", "0AA", "BF", "BF1 0"},
		{"bfpo61", "BFPO 61", "bfpo", "BFPO", "61", "BFPO", ""},
		{"BFPO 5439", "BFPO 5439", "bfpo", "BFPO", "5439", "BFPO", ""},
		{"BFPO 1", "BFPO 1", "bfpo", "BFPO", "1", "BFPO", ""},
		{"ASCN1ZZ", "ASCN 1ZZ", "overseas_territory", "ASCN", "1ZZ", "ASCN", "ASCN 1"},
		{"GX11 1AA", "GX11 1AA", "overseas_territory", "GX11", "1AA", "GX", "GX11 1"},
		{"ZZ993VZ", "ZZ99 3VZ", "pseudo_no_fixed_abode", "ZZ99", "3VZ", "ZZ", "ZZ99 3"},
		{"ZZ99 3WZ", "ZZ99 3WZ", "pseudo_not_known", "ZZ99", "3WZ", "ZZ", "ZZ99 3"},
		{"ZZ99 9ZZ", "ZZ99 9ZZ", "pseudo_not_known", "ZZ99", "9ZZ", "ZZ", "ZZ99 9"},
		{"ZZ99 3CZ", "ZZ99 3CZ", "pseudo_england_or_uk", "ZZ99", "3CZ", "ZZ", "ZZ99 3"},
		{"ZZ99 1WZ", "ZZ99 1WZ", "pseudo_scotland", "ZZ99", "1WZ", "ZZ", "ZZ99 1"},
		{"ZZ99 3GZ", "ZZ99 3GZ", "pseudo_wales", "ZZ99", "3GZ", "ZZ", "ZZ99 3"},
		{"ZZ99 2WZ", "ZZ99 2WZ", "pseudo_northern_ireland", "ZZ99", "2WZ", "ZZ", "ZZ99 2"},
		{"ZZ99 6CZ", "ZZ99 6CZ", "pseudo_country", "ZZ99", "6CZ", "ZZ", "ZZ99 6"}
	};

	for (size_t i = 0; i < LENGTH_OF(cases); i++)
	{
		int64_t		value = 0;
		char		text[CG_SHORT_CODE_MAX];
		size_t		length;

		ok(parse(cases[i][0], CG_POSTCODE_FORMAT, &value) == CG_POSTCODE_OK, cases[i][0]);
		length = cg_postcode_write(value, text);
		ok(length == strlen(cases[i][1]) && memcmp(text, cases[i][1], length) == 0, cases[i][1]);
		ok(strcmp(cg_postcode_kind(value), cases[i][2]) == 0, cases[i][2]);
		for (CgPostcodePart part = CG_POSTCODE_OUTWARD; part <= CG_POSTCODE_SECTOR; part++)
		{
			const char *expected = cases[i][3 + part];

			length = cg_postcode_part(value, part, text);
			ok(length == strlen(expected) && memcmp(text, expected, length) == 0, expected);
		}
	}
}

static void
test_problems(void)
{
	static const struct
	{
		const char *text;
		CgPostcodeLevel level;
		CgPostcodeProblem problem;
	}			cases[] =
	{
		{"", CG_POSTCODE_FORMAT, CG_POSTCODE_EMPTY},
		{" \n ", CG_POSTCODE_FORMAT, CG_POSTCODE_EMPTY},
		{"M1-1AA", CG_POSTCODE_FORMAT, CG_POSTCODE_CHARACTER},
		{"M1\t1AA", CG_POSTCODE_FORMAT, CG_POSTCODE_CHARACTER},
		{"M1\xc2\xa0" "1AA", CG_POSTCODE_FORMAT, CG_POSTCODE_CHARACTER},
		{"M1 AA1", CG_POSTCODE_FORMAT, CG_POSTCODE_BAD_FORMAT},
		{"M111 1AA", CG_POSTCODE_FORMAT, CG_POSTCODE_BAD_FORMAT},
		{"M1", CG_POSTCODE_FORMAT, CG_POSTCODE_BAD_FORMAT},
		{"1AA", CG_POSTCODE_FORMAT, CG_POSTCODE_BAD_FORMAT},
		{"MM1A1 1AA", CG_POSTCODE_FORMAT, CG_POSTCODE_BAD_FORMAT},
		{"EC1A 1BBEC1A 1BB", CG_POSTCODE_FORMAT, CG_POSTCODE_BAD_FORMAT},
		{"BFPO", CG_POSTCODE_FORMAT, CG_POSTCODE_BAD_FORMAT},
		{"BFPO 061", CG_POSTCODE_FORMAT, CG_POSTCODE_BAD_FORMAT},
		{"BFPO 12345", CG_POSTCODE_FORMAT, CG_POSTCODE_BAD_FORMAT},
		{"BFPO 1AA", CG_POSTCODE_FORMAT, CG_POSTCODE_BAD_FORMAT},
		{"GIR 0AB", CG_POSTCODE_FORMAT, CG_POSTCODE_BAD_FORMAT},
		{"ASCN 1ZA", CG_POSTCODE_FORMAT, CG_POSTCODE_BAD_FORMAT},
		{"M 11AA", CG_POSTCODE_FORMAT, CG_POSTCODE_SPACING},
		{"M1 1 AA", CG_POSTCODE_FORMAT, CG_POSTCODE_SPACING},
		{"BF PO61", CG_POSTCODE_FORMAT, CG_POSTCODE_SPACING},
		{"Q1 1AA", CG_POSTCODE_FORMAT, CG_POSTCODE_OUTWARD_LETTER},
		{"AI1 1AA", CG_POSTCODE_FORMAT, CG_POSTCODE_OUTWARD_LETTER},
		{"W1L 1AA", CG_POSTCODE_FORMAT, CG_POSTCODE_OUTWARD_LETTER},
		{"EC1C 1BB", CG_POSTCODE_FORMAT, CG_POSTCODE_OUTWARD_LETTER},
		{"ZZ99 1AA", CG_POSTCODE_FORMAT, CG_POSTCODE_OUTWARD_LETTER},
		{"ZZ98 9ZZ", CG_POSTCODE_FORMAT, CG_POSTCODE_OUTWARD_LETTER},
		{"M1 1AC", CG_POSTCODE_FORMAT, CG_POSTCODE_INWARD_LETTER},
		{"M1 1CA", CG_POSTCODE_FORMAT, CG_POSTCODE_INWARD_LETTER},
		{"AA1 1AA", CG_POSTCODE_FORMAT, CG_POSTCODE_OK},
		{"AA1 1AA", CG_POSTCODE_AREA, CG_POSTCODE_UNKNOWN_AREA},
		{"D1 1AA", CG_POSTCODE_AREA, CG_POSTCODE_UNKNOWN_AREA},
		{"GX11 1AA", CG_POSTCODE_AREA, CG_POSTCODE_OK},
		{"GX11 1AB", CG_POSTCODE_AREA, CG_POSTCODE_UNKNOWN_AREA},
		{"ZZ99 3VZ", CG_POSTCODE_AREA, CG_POSTCODE_OK},
		{"BFPO 61", CG_POSTCODE_AREA, CG_POSTCODE_OK},
		{"ZZ99 3VZ", CG_POSTCODE_PLACE, CG_POSTCODE_NO_PLACE},
		{"BFPO 61", CG_POSTCODE_PLACE, CG_POSTCODE_NO_PLACE},
		{"BX1 1LT", CG_POSTCODE_PLACE, CG_POSTCODE_NO_PLACE},
		{"GIR 0AA", CG_POSTCODE_PLACE, CG_POSTCODE_NO_PLACE},
		{"JE2 3AB", CG_POSTCODE_PLACE, CG_POSTCODE_OK},
		{"E1 6AN", CG_POSTCODE_PLACE, CG_POSTCODE_OK},
		{"AA1 1AA", CG_POSTCODE_PLACE, CG_POSTCODE_UNKNOWN_AREA}
	};

	for (size_t i = 0; i < LENGTH_OF(cases); i++)
	{
		int64_t		value;

		ok(parse(cases[i].text, cases[i].level, &value) == cases[i].problem, cases[i].text);
	}
}

/*
 * Every letter in every place of A9A 9AA and AA9A 9AA, against the letters
 * that are excluded.
 */
static void
test_letters(void)
{
	static const struct
	{
		const char *text;
		int			place;
		const char *excluded;
	}			cases[] =
	{
		{"W1A 1HQ", 0, "QVX"}, {"W1A 1HQ", 2, "ILMNOQRVXYZ"},
		{"EC1A 1BB", 0, "QVX"}, {"EC1A 1BB", 1, "IJZ"}, {"EC1A 1BB", 3, "CDFGIJKLOQSTUZ"},
		{"W1A 1HQ", 5, "CIKMOV"}, {"W1A 1HQ", 6, "CIKMOV"}
	};

	for (size_t i = 0; i < LENGTH_OF(cases); i++)
	{
		bool		as_excluded = true;

		for (char letter = 'A'; letter <= 'Z'; letter++)
		{
			char		text[CG_POSTCODE_MAX];
			int64_t		value;

			strcpy(text, cases[i].text);
			text[cases[i].place] = letter;
			if ((parse(text, CG_POSTCODE_FORMAT, &value) == CG_POSTCODE_OK) !=
				(strchr(cases[i].excluded, letter) == NULL))
				as_excluded = false;
		}
		ok(as_excluded, cases[i].excluded);
	}
}

static void
test_levels(void)
{
	CgPostcodeLevel level = CG_POSTCODE_FORMAT;

	ok(cg_postcode_level("place", 5, &level) && level == CG_POSTCODE_PLACE, "a level by its word");
	ok(!cg_postcode_level("plac", 4, &level), "a shorter word");
}

int
main(void)
{
	test_parts();
	test_problems();
	test_letters();
	test_levels();
	printf("1..%d\n", tests);
	return failures != 0;
}
