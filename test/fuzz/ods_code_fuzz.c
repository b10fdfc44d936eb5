/*-------------------------------------------------------------------------
 *
 * ods_code_fuzz.c
 *	  libFuzzer: the ODS code parser against a slow one of another make.
 *
 * clang -g -O1 -fsanitize=address,undefined,fuzzer -Isrc
 *		test/fuzz/ods_code_fuzz.c src/identity/ods_code_core.c
 *		src/identity/short_code_core.c
 *
 *-------------------------------------------------------------------------
 */
#include "identity/ods_code_core.h"

#include <stdlib.h>
#include <string.h>

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The level format, word by word as the documentation has it.
 */
static CgOdsCodeProblem
slow_parse(const char *text, size_t length, char code[CG_SHORT_CODE_MAX])
{
	static const char blanks[] = " \t\n\v\f\r";
	static const char lower[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	static const char upper[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	memset(code, 0, CG_SHORT_CODE_MAX);
	while (length > 0 && memchr(blanks, text[0], 6) != NULL)
	{
		text++;
		length--;
	}
	while (length > 0 && memchr(blanks, text[length - 1], 6) != NULL)
		length--;
	if (length == 0)
		return CG_ODS_CODE_EMPTY;
	for (size_t i = 0; i < length; i++)
	{
		const char *place = memchr(lower, text[i], 36);

		if (place == NULL)
			place = memchr(upper, text[i], 36);
		else
			place = upper + (place - lower);
		if (place == NULL)
			return CG_ODS_CODE_CHARACTER;
		if (i < 9)
			code[i] = *place;
	}
	return length > 9 ? CG_ODS_CODE_LENGTH : CG_ODS_CODE_OK;
}

#define DEMAND(condition) do { if (!(condition)) abort(); } while (0)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *) data;
	char		expected[CG_SHORT_CODE_MAX];
	char		written[CG_SHORT_CODE_MAX];
	int64_t		value = -1;
	int64_t		again;
	size_t		length;
	CgOdsCodeProblem problem = slow_parse(text, size, expected);
	CgOdsCodeProblem issued;

	DEMAND(cg_ods_code_parse(text, size, CG_ODS_CODE_FORMAT, &value) == problem);
	DEMAND((value >= 0) == (problem == CG_ODS_CODE_OK));
	if (value < 0)
		return 0;

	length = cg_ods_code_write(value, written);
	DEMAND(length == strnlen(expected, sizeof(expected)) && memcmp(written, expected, length) == 0);
	DEMAND(cg_ods_code_parse(written, length, CG_ODS_CODE_FORMAT, &again) == CG_ODS_CODE_OK && again == value);

	issued = cg_ods_code_parse(text, size, CG_ODS_CODE_ISSUED, &again);
	DEMAND((issued == CG_ODS_CODE_PSEUDO) == (cg_ods_code_pseudo(value) != NULL));
	DEMAND((issued == CG_ODS_CODE_PSEUDO) == (strcmp(cg_ods_code_kind(value), "pseudo") == 0));
	DEMAND((issued == CG_ODS_CODE_UNKNOWN_FORM) == (strcmp(cg_ods_code_kind(value), "other") == 0));
	again = cg_ods_code_organisation(value);
	DEMAND(cg_ods_code_organisation(again) == again && again <= value);
	return 0;
}
