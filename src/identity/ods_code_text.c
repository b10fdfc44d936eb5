/*-------------------------------------------------------------------------
 *
 * ods_code_text.c
 *	  Comparing an ods_code with a text.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "identity/ods_code_core.h"
#include "identity/value_text.h"

static bool
read_value(const char *text, size_t length, int64 *value)
{
	return cg_ods_code_parse(text, length, CG_ODS_CODE_FORMAT,
							 value) == CG_ODS_CODE_OK;
}

static const CgValueType ods_code_type = {"ods_code", read_value};

CG_VALUE_TEXT(ods_code, ods_code_type)
