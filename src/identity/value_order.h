/*-------------------------------------------------------------------------
 *
 * value_order.h
 *	  Order, hash and sort support of this room's types.
 *
 * All of it is bigint's: a value has the bits of one, and so its speed.
 * The functions are ours nevertheless, because PostgreSQL finds one of its
 * own under another name only by searching a list of thousands, once for
 * each use in each execution, and a look-up of one patient would feel that.
 *
 * bigint's sort support installs the comparator that tuplesort specialises
 * where the version has one (15).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_VALUE_ORDER_H
#define CG_VALUE_ORDER_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/fmgrprotos.h"
#include "utils/sortsupport.h"

#include "common/cg_compat.h"

#define CG_VALUE_FUNCTION(name, body) \
	PG_FUNCTION_INFO_V1(name); \
	Datum \
	name(PG_FUNCTION_ARGS) \
	{ \
		body; \
	}

#define CG_VALUE_COMPARISON(name, operator) \
	CG_VALUE_FUNCTION(name, \
		PG_RETURN_BOOL(PG_GETARG_INT64(0) operator PG_GETARG_INT64(1)))

static inline int32
cg_value_compare(int64 a, int64 b)
{
	return (a > b) - (a < b);
}

/*
 * Everything that a type's operator classes, min() and max() call:
 * cg_<type>_lt, _le, _eq, _ne, _ge, _gt, _cmp, _sortsupport, _hash,
 * _hash_extended, _smaller and _larger.
 */
#define CG_VALUE_ORDER(type) \
	CG_VALUE_COMPARISON(cg_##type##_lt, <) \
	CG_VALUE_COMPARISON(cg_##type##_le, <=) \
	CG_VALUE_COMPARISON(cg_##type##_eq, ==) \
	CG_VALUE_COMPARISON(cg_##type##_ne, !=) \
	CG_VALUE_COMPARISON(cg_##type##_ge, >=) \
	CG_VALUE_COMPARISON(cg_##type##_gt, >) \
	CG_VALUE_FUNCTION(cg_##type##_cmp, \
		PG_RETURN_INT32(cg_value_compare(PG_GETARG_INT64(0), \
										 PG_GETARG_INT64(1)))) \
	CG_VALUE_FUNCTION(cg_##type##_sortsupport, \
		return btint8sortsupport(fcinfo)) \
	CG_VALUE_FUNCTION(cg_##type##_hash, \
		return hashint8(fcinfo)) \
	CG_VALUE_FUNCTION(cg_##type##_hash_extended, \
		return hashint8extended(fcinfo)) \
	CG_VALUE_FUNCTION(cg_##type##_smaller, \
		PG_RETURN_INT64(Min(PG_GETARG_INT64(0), PG_GETARG_INT64(1)))) \
	CG_VALUE_FUNCTION(cg_##type##_larger, \
		PG_RETURN_INT64(Max(PG_GETARG_INT64(0), PG_GETARG_INT64(1))))

#endif							/* CG_VALUE_ORDER_H */
