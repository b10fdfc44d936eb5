/*-------------------------------------------------------------------------
 *
 * postcode_fuzz.c
 *	  libFuzzer: the postcode parser against a slow one of another make, which
 *	  uses regular expressions.
 *
 * clang -g -O1 -fsanitize=address,undefined,fuzzer -Isrc
 *		test/fuzz/postcode_fuzz.c src/identity/postcode_core.c
 *		src/identity/short_code_core.c
 *
 *-------------------------------------------------------------------------
 */
#include "identity/postcode_core.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TERRITORY "(ASCN|BBND|BIQQ|FIQQ|PCRN|SIQQ|STHL|TDCU|TKCA) *1ZZ"

typedef struct Pattern
{
	const char *source;
	bool		is_compiled;
	regex_t		compiled;
} Pattern;

static Pattern with_right_letters = {
"^((([A-PR-UWYZ][0-9][0-9]?|[A-PR-UWYZ][A-HK-Y][0-9][0-9]?"
"|[A-PR-UWYZ][0-9][ABCDEFGHJKPSTUW]|[A-PR-UWYZ][A-HK-Y][0-9][ABEHMNPRVWXY])"
" *[0-9][ABD-HJLNP-UW-Z][ABD-HJLNP-UW-Z])"
"|ZZ99 *[0-9][A-Z]Z|GIR *0AA|BFPO *[1-9][0-9]?[0-9]?[0-9]?|" TERRITORY ")$"
};
static Pattern with_any_letters = {
"^([A-Z][A-Z]?[0-9][A-Z0-9]? *[0-9][A-Z][A-Z])$"
};
static Pattern without_blanks = {
"^([A-Z][A-Z]?[0-9][A-Z0-9]?[0-9][A-Z][A-Z]|GIR0AA|BFPO[1-9][0-9]?[0-9]?[0-9]?|"
"(ASCN|BBND|BIQQ|FIQQ|PCRN|SIQQ|STHL|TDCU|TKCA)1ZZ)$"
};

static bool
matches(const char *text, Pattern *pattern)
{
	if (!pattern->is_compiled &&
		regcomp(&pattern->compiled, pattern->source, REG_EXTENDED | REG_NOSUB) != 0)
		abort();
	pattern->is_compiled = true;
	return regexec(&pattern->compiled, text, 0, NULL, 0) == 0;
}

/*
 * Is the level format met?  text is upper-cased and ends with a zero byte.
 */
static CgPostcodeProblem
slow_problem(const char *text)
{
	char		joined[64];
	size_t		length = 0;

	if (text[0] == '\0')
		return CG_POSTCODE_EMPTY;
	if (strspn(text, " ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != strlen(text))
		return CG_POSTCODE_CHARACTER;
	if (matches(text, &with_right_letters))
		return CG_POSTCODE_OK;
	for (const char *c = text; *c != '\0'; c++)
		if (*c != ' ')
			joined[length++] = *c;
	joined[length] = '\0';
	if (!matches(joined, &without_blanks))
		return CG_POSTCODE_BAD_FORMAT;
	if (!matches(text, &with_any_letters))
		return CG_POSTCODE_SPACING;
	return strcspn(joined + length - 2, "CIKMOV") == 2 ? CG_POSTCODE_OUTWARD_LETTER : CG_POSTCODE_INWARD_LETTER;
}

#define DEMAND(condition) do { if (!(condition)) abort(); } while (0)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char blanks[] = " \t\n\v\f\r";
	const char *text = (const char *) data;
	char		upper[64];
	char		written[CG_SHORT_CODE_MAX];
	size_t		from = 0;
	size_t		length = size;
	int64_t		value = -1;
	int64_t		again = -1;
	CgPostcodeProblem expected;
	CgPostcodeProblem problem = cg_postcode_parse(text, size, CG_POSTCODE_FORMAT, &value);

	while (from < length && memchr(blanks, text[from], 6) != NULL)
		from++;
	while (length > from && memchr(blanks, text[length - 1], 6) != NULL)
		length--;
	length -= from;
	if (length >= sizeof(upper) || memchr(text, 0, size) != NULL)
	{
		DEMAND(problem != CG_POSTCODE_OK || length >= sizeof(upper));
		return 0;
	}
	for (size_t i = 0; i < length; i++)
		upper[i] = text[from + i] >= 'a' && text[from + i] <= 'z' ? text[from + i] - 32 : text[from + i];
	upper[length] = '\0';
	expected = slow_problem(upper);
	/* Where both halves are wrong the outward code is named. */
	DEMAND(problem == expected ||
		   (problem == CG_POSTCODE_OUTWARD_LETTER && expected == CG_POSTCODE_INWARD_LETTER));
	DEMAND((value >= 0) == (problem == CG_POSTCODE_OK));
	if (value < 0)
		return 0;

	length = cg_postcode_write(value, written);
	DEMAND(cg_postcode_parse(written, length, CG_POSTCODE_FORMAT, &again) == CG_POSTCODE_OK && again == value);
	length = cg_postcode_part(value, CG_POSTCODE_OUTWARD, written);
	written[length] = ' ';
	{
		char		inward[CG_SHORT_CODE_MAX];
		size_t		rest = cg_postcode_part(value, CG_POSTCODE_INWARD, inward);

		memcpy(written + length + 1, inward, rest);
		DEMAND(cg_postcode_parse(written, length + 1 + rest, CG_POSTCODE_FORMAT, &again) == CG_POSTCODE_OK && again == value);
	}
	DEMAND((cg_postcode_parse(text, size, CG_POSTCODE_PLACE, &again) == CG_POSTCODE_NO_PLACE) <=
		   (strcmp(cg_postcode_kind(value), "geographic") != 0));
	return 0;
}
