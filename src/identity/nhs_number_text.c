/*-------------------------------------------------------------------------
 *
 * nhs_number_text.c
 *	  Comparing an nhs_number with a text.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "identity/nhs_number_core.h"
#include "identity/value_text.h"

static bool
read_value(const char *text, size_t length, int64 *value)
{
	return cg_nhs_number_parse(text, length, CG_NHS_NUMBER_CHECK_DIGIT,
							   value) == CG_NHS_NUMBER_OK;
}

static const CgValueType nhs_number_type = {"nhs_number", read_value};

CG_VALUE_TEXT(nhs_number, nhs_number_type)
