/*-------------------------------------------------------------------------
 *
 * postcode_text.c
 *	  Comparing a postcode with a text.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "identity/postcode_core.h"
#include "identity/value_text.h"

static bool
read_value(const char *text, size_t length, int64 *value)
{
	return cg_postcode_parse(text, length, CG_POSTCODE_FORMAT,
							 value) == CG_POSTCODE_OK;
}

static const CgValueType postcode_type = {"postcode", read_value};

CG_VALUE_TEXT(postcode, postcode_type)
