/*-------------------------------------------------------------------------
 *
 * nhs_number_fuzz.c
 *	  libFuzzer: the NHS number parser against a slow one of another make.
 *
 * clang -g -O1 -fsanitize=address,undefined,fuzzer -Isrc
 *		test/fuzz/nhs_number_fuzz.c src/identity/nhs_number_core.c
 *
 *-------------------------------------------------------------------------
 */
#include "identity/nhs_number_core.h"

#include <stdlib.h>
#include <string.h>

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Does the text have a picture's shape?  9 stands for a digit.
 */
static bool
has_shape(const char *text, size_t length, const char *picture)
{
	if (length != strlen(picture))
		return false;
	for (size_t i = 0; i < length; i++)
	{
		if (picture[i] == '9')
		{
			if (strchr("0123456789", text[i]) == NULL || text[i] == '\0')
				return false;
		}
		else if (text[i] != picture[i])
			return false;
	}
	return true;
}

static size_t
count_of(const char *text, size_t length, const char *characters)
{
	size_t		count = 0;

	for (size_t i = 0; i < length; i++)
		if (memchr(characters, text[i], strlen(characters)) != NULL)
			count++;
	return count;
}

/*
 * The level check_digit, word by word as the documentation has it.
 */
static CgNhsNumberProblem
slow_parse(const char *text, size_t length, int64_t *value)
{
	static const char blanks[] = " \t\n\v\f\r";
	static const char digits[] = "0123456789";
	int			weighted = 0;
	int			place = 0;

	while (length > 0 && count_of(text, 1, blanks) == 1)
	{
		text++;
		length--;
	}
	while (length > 0 && count_of(text + length - 1, 1, blanks) == 1)
		length--;
	if (length == 0)
		return CG_NHS_NUMBER_EMPTY;
	if (count_of(text, length, "0123456789 -") != length)
		return CG_NHS_NUMBER_CHARACTER;
	if (count_of(text, length, digits) != 10)
		return CG_NHS_NUMBER_LENGTH;
	if (!has_shape(text, length, "9999999999") &&
		!has_shape(text, length, "999 999 9999") &&
		!has_shape(text, length, "999-999-9999"))
		return CG_NHS_NUMBER_GROUPING;

	*value = 0;
	for (size_t i = 0; i < length; i++)
	{
		const char *digit = strchr(digits, text[i]);

		if (digit == NULL)
			continue;
		*value = *value * 10 + (digit - digits);
		place++;
		if (place < 10)
			weighted += (11 - place) * (int) (digit - digits);
	}
	weighted = 11 - weighted % 11;
	if (weighted == 11)
		weighted = 0;
	return weighted == *value % 10 ? CG_NHS_NUMBER_OK : CG_NHS_NUMBER_BAD_CHECK_DIGIT;
}

#define DEMAND(condition) do { if (!(condition)) abort(); } while (0)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *) data;
	int64_t		expected = -1;
	int64_t		value = -1;
	CgNhsNumberProblem problem = slow_parse(text, size, &expected);
	char		written[CG_NHS_NUMBER_DIGITS];
	char		grouped[CG_NHS_NUMBER_GROUPED];

	DEMAND(cg_nhs_number_parse(text, size, CG_NHS_NUMBER_CHECK_DIGIT, &value) == problem);
	DEMAND(value == expected);
	if (value < 0)
		return 0;

	for (CgNhsNumberLevel level = CG_NHS_NUMBER_FORMAT; level <= CG_NHS_NUMBER_PLAUSIBLE; level++)
	{
		int64_t		again;

		DEMAND(cg_nhs_number_parse(text, size, level, &again) == cg_nhs_number_check(value, level));
	}
	cg_nhs_number_write(value, written);
	DEMAND(slow_parse(written, sizeof(written), &expected) == problem && expected == value);
	cg_nhs_number_write_grouped(value, grouped);
	DEMAND(slow_parse(grouped, sizeof(grouped), &expected) == problem && expected == value);
	return 0;
}
