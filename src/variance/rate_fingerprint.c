/*-------------------------------------------------------------------------
 *
 * rate_fingerprint.c
 *	  A fingerprint of a set of rows, to be stored with results made of them.
 *
 * Each row's text is hashed (FNV-1a, 64 bits, then mixed), and the hashes are
 * added up and exclusive-or'd, so that the order of rows does not matter and
 * rows that come twice still count.  Nothing depends on the server's version
 * or on the machine: the same rows give the same fingerprint anywhere.
 *
 * G. Fowler, L. C. Noll, K.-P. Vo, The FNV non-cryptographic hash algorithm.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "common/cg_compat.h"

PG_FUNCTION_INFO_V1(cg_fingerprint_add);
PG_FUNCTION_INFO_V1(cg_fingerprint_combine);
PG_FUNCTION_INFO_V1(cg_fingerprint_final);

#define FINGERPRINT_VERSION 1

typedef struct Fingerprint
{
	int32		vl_len_;
	int32		version;
	uint64		rows;
	uint64		sum;
	uint64		parity;
} Fingerprint;

/* What the output function of the argument's type is. */
typedef struct Output
{
	FmgrInfo	function;
} Output;

static uint64
hash_text(const char *text)
{
	uint64		hash = UINT64CONST(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char) *text) * UINT64CONST(0x100000001b3);
	hash = (hash ^ (hash >> 30)) * UINT64CONST(0xbf58476d1ce4e5b9);
	hash = (hash ^ (hash >> 27)) * UINT64CONST(0x94d049bb133111eb);
	return hash ^ (hash >> 31);
}

static Fingerprint *
argument(FunctionCallInfo fcinfo, int arg)
{
	Fingerprint *state;

	if (PG_ARGISNULL(arg))
		return NULL;
	if (arg == 0 && AggCheckCallContext(fcinfo, NULL) &&
		!VARATT_IS_EXTENDED(PG_GETARG_POINTER(0)))
		state = (Fingerprint *) PG_GETARG_POINTER(0);
	else
		state = (Fingerprint *) PG_GETARG_BYTEA_P_COPY(arg);
	if (VARSIZE(state) != sizeof(Fingerprint) || state->version != FINGERPRINT_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("not a state of this aggregate")));
	return state;
}

Datum
cg_fingerprint_add(PG_FUNCTION_ARGS)
{
	Fingerprint *state = argument(fcinfo, 0);
	Output	   *output = fcinfo->flinfo->fn_extra;
	uint64		hash = 0;

	if (state == NULL)
	{
		state = palloc0(sizeof(Fingerprint));
		SET_VARSIZE(state, sizeof(Fingerprint));
		state->version = FINGERPRINT_VERSION;
	}
	if (!PG_ARGISNULL(1))
	{
		if (output == NULL)
		{
			Oid			function;
			bool		is_varlena;

			output = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(Output));
			getTypeOutputInfo(get_fn_expr_argtype(fcinfo->flinfo, 1), &function, &is_varlena);
			fmgr_info_cxt(function, &output->function, fcinfo->flinfo->fn_mcxt);
			fcinfo->flinfo->fn_extra = output;
		}
		hash = hash_text(OutputFunctionCall(&output->function, PG_GETARG_DATUM(1)));
	}
	state->rows++;
	state->sum += hash;
	state->parity ^= hash;
	PG_RETURN_POINTER(state);
}

Datum
cg_fingerprint_combine(PG_FUNCTION_ARGS)
{
	Fingerprint *state = argument(fcinfo, 0);
	Fingerprint *other = argument(fcinfo, 1);

	if (other == NULL && state == NULL)
		PG_RETURN_NULL();
	if (other == NULL)
		PG_RETURN_POINTER(state);
	if (state == NULL)
		PG_RETURN_POINTER(other);
	state->rows += other->rows;
	state->sum += other->sum;
	state->parity ^= other->parity;
	PG_RETURN_POINTER(state);
}

Datum
cg_fingerprint_final(PG_FUNCTION_ARGS)
{
	Fingerprint *state = argument(fcinfo, 0);

	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(psprintf("%llu:%016llx%016llx",
											  (unsigned long long) state->rows,
											  (unsigned long long) state->sum,
											  (unsigned long long) state->parity)));
}
