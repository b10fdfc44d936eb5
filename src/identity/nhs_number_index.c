/*-------------------------------------------------------------------------
 *
 * nhs_number_index.c
 *	  Order, hash and sort support of nhs_number.
 *
 * All of it is bigint's: an nhs_number has the bits of one, and so its speed.
 * The functions are ours nevertheless, because PostgreSQL finds one of its
 * own under another name only by searching a list of thousands, once for
 * each use in each execution, and a look-up of one patient would feel that.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/fmgrprotos.h"
#include "utils/sortsupport.h"

#include "common/cg_compat.h"

#define COMPARISON(name, operator) \
	PG_FUNCTION_INFO_V1(name); \
	Datum \
	name(PG_FUNCTION_ARGS) \
	{ \
		PG_RETURN_BOOL(PG_GETARG_INT64(0) operator PG_GETARG_INT64(1)); \
	}

COMPARISON(cg_nhs_number_lt, <)
COMPARISON(cg_nhs_number_le, <=)
COMPARISON(cg_nhs_number_eq, ==)
COMPARISON(cg_nhs_number_ne, !=)
COMPARISON(cg_nhs_number_ge, >=)
COMPARISON(cg_nhs_number_gt, >)

PG_FUNCTION_INFO_V1(cg_nhs_number_cmp);
PG_FUNCTION_INFO_V1(cg_nhs_number_sortsupport);
PG_FUNCTION_INFO_V1(cg_nhs_number_hash);
PG_FUNCTION_INFO_V1(cg_nhs_number_hash_extended);
PG_FUNCTION_INFO_V1(cg_nhs_number_smaller);
PG_FUNCTION_INFO_V1(cg_nhs_number_larger);

Datum
cg_nhs_number_cmp(PG_FUNCTION_ARGS)
{
	int64		a = PG_GETARG_INT64(0);
	int64		b = PG_GETARG_INT64(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

/*
 * bigint's sort support installs the comparator that tuplesort specialises
 * where the version has one (15).
 */
Datum
cg_nhs_number_sortsupport(PG_FUNCTION_ARGS)
{
	return btint8sortsupport(fcinfo);
}

Datum
cg_nhs_number_hash(PG_FUNCTION_ARGS)
{
	return hashint8(fcinfo);
}

Datum
cg_nhs_number_hash_extended(PG_FUNCTION_ARGS)
{
	return hashint8extended(fcinfo);
}

Datum
cg_nhs_number_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(Min(PG_GETARG_INT64(0), PG_GETARG_INT64(1)));
}

Datum
cg_nhs_number_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(Max(PG_GETARG_INT64(0), PG_GETARG_INT64(1)));
}
