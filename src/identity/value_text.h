/*-------------------------------------------------------------------------
 *
 * value_text.h
 *	  Comparing a value of this room's types with a text, and keeping the
 *	  index in use.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_VALUE_TEXT_H
#define CG_VALUE_TEXT_H

#include "postgres.h"

#include "fmgr.h"
#include "nodes/nodes.h"

#include "common/cg_compat.h"

/*
 * A type, as far as its comparison with text goes.  Its SQL functions are
 * try_<name>(text) and <name>_matches_text(<name>, text).
 */
typedef struct CgValueType
{
	const char *name;
	bool		(*read) (const char *text, size_t length, int64 *value);
} CgValueType;

/* Does the text hold the value? */
extern bool cg_value_equals_text(const CgValueType *type, Datum value,
								 Datum text);

/* The planner's requests to the support functions of the operators. */
extern Datum cg_value_eq_text_request(const CgValueType *type, Datum request);
extern Datum cg_value_ne_text_request(const CgValueType *type, Datum request);
extern Datum cg_value_matches_text_request(Datum request);

#define CG_VALUE_TEXT_FUNCTION(name, body) \
	PG_FUNCTION_INFO_V1(name); \
	Datum \
	name(PG_FUNCTION_ARGS) \
	{ \
		return (body); \
	}

#define CG_ARGUMENT(n) PG_GETARG_DATUM(n)

/*
 * The functions behind the operators and their support functions.  type_name
 * is bare, type is the CgValueType.
 */
#define CG_VALUE_TEXT(type_name, type) \
	CG_VALUE_TEXT_FUNCTION(cg_##type_name##_eq_text, \
		BoolGetDatum(cg_value_equals_text(&(type), CG_ARGUMENT(0), CG_ARGUMENT(1)))) \
	CG_VALUE_TEXT_FUNCTION(cg_##type_name##_ne_text, \
		BoolGetDatum(!cg_value_equals_text(&(type), CG_ARGUMENT(0), CG_ARGUMENT(1)))) \
	CG_VALUE_TEXT_FUNCTION(cg_text_eq_##type_name, \
		BoolGetDatum(cg_value_equals_text(&(type), CG_ARGUMENT(1), CG_ARGUMENT(0)))) \
	CG_VALUE_TEXT_FUNCTION(cg_text_ne_##type_name, \
		BoolGetDatum(!cg_value_equals_text(&(type), CG_ARGUMENT(1), CG_ARGUMENT(0)))) \
	CG_VALUE_TEXT_FUNCTION(cg_##type_name##_eq_text_support, \
		cg_value_eq_text_request(&(type), CG_ARGUMENT(0))) \
	CG_VALUE_TEXT_FUNCTION(cg_##type_name##_ne_text_support, \
		cg_value_ne_text_request(&(type), CG_ARGUMENT(0))) \
	CG_VALUE_TEXT_FUNCTION(cg_##type_name##_matches_text_support, \
		cg_value_matches_text_request(CG_ARGUMENT(0)))

#endif							/* CG_VALUE_TEXT_H */
