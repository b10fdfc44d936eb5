/*-------------------------------------------------------------------------
 *
 * rate_glue.c
 *	  What the functions of rates, funnels and variation share.
 *
 * Values that are out of range are ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, options
 * that make no sense ERRCODE_INVALID_PARAMETER_VALUE, and options that are
 * NULL ERRCODE_NULL_VALUE_NOT_ALLOWED.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "common/cg_compat.h"
#include "variance/rate_glue.h"

const CgLevels cg_default_confidence = {2, {0.95, 0.998}};

double
cg_finite(double value, const char *name)
{
	if (unlikely(!isfinite(value)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be finite", name)));
	return value;
}

void
cg_refuse_negative(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s must be finite and not negative", name)));
}

void
cg_refuse_not_positive(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s must be finite and above 0", name)));
}

double
cg_probability(double value, const char *name)
{
	if (!(value > 0 && value < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must lie between 0 and 1", name),
				 errhint("95 %% is written 0.95.")));
	return value;
}

void
cg_check_share(double numerator, double denominator)
{
	if (unlikely(numerator > denominator))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("numerator is above denominator"),
				 errdetail("A proportion counts part of what its denominator counts."),
				 errhint("Use rate() where a unit can have more than one event.")));
}

void
cg_refuse_null(FunctionCallInfo fcinfo, int arg, const char *name)
{
	if (PG_ARGISNULL(arg))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
}

double *
cg_read_float8_array(Datum array, int *count, const char *name)
{
	ArrayType  *values = DatumGetArrayTypeP(array);
	double	   *copy;

	if (ARR_NDIM(values) > 1 || ARR_ELEMTYPE(values) != FLOAT8OID ||
		array_contains_nulls(values))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be a list of numbers without null", name)));
	*count = ARR_NDIM(values) == 0 ? 0 : ARR_DIMS(values)[0];
	copy = palloc(sizeof(double) * Max(*count, 1));
	memcpy(copy, ARR_DATA_PTR(values), sizeof(double) * *count);
	return copy;
}

CgLevels
cg_levels(Datum array, const char *name)
{
	CgLevels	levels;
	double	   *values = cg_read_float8_array(array, &levels.count, name);

	if (levels.count < 1 || levels.count > CG_MAX_LEVELS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must list 1 to %d levels", name, CG_MAX_LEVELS)));
	for (int i = 0; i < levels.count; i++)
		levels.level[i] = cg_probability(values[i], name);
	pfree(values);
	return levels;
}

int
cg_word(text *word, const char *const *words, int count, const char *name)
{
	size_t		length = VARSIZE_ANY_EXHDR(word);
	StringInfoData list;

	for (int i = 0; i < count; i++)
	{
		if (strlen(words[i]) == length &&
			memcmp(words[i], VARDATA_ANY(word), length) == 0)
			return i;
	}
	initStringInfo(&list);
	for (int i = 0; i < count; i++)
		appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ", words[i]);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown %s", name),
			 errdetail("The choices are %s.", list.data)));
	return -1;
}

/*
 * Without the general array builder: these arrays are of few doubles, and
 * there may be millions of them.
 */
Datum
cg_float8_array(const double *values, int count)
{
	Size		size = ARR_OVERHEAD_NONULLS(1) + sizeof(double) * count;
	ArrayType  *array = palloc(size);

	SET_VARSIZE(array, size);
	array->ndim = 1;
	array->dataoffset = 0;
	array->elemtype = FLOAT8OID;
	ARR_DIMS(array)[0] = count;
	ARR_LBOUND(array)[0] = 1;
	memcpy(ARR_DATA_PTR(array), values, sizeof(double) * count);
	return PointerGetDatum(array);
}

TupleDesc
cg_result_row(FunctionCallInfo fcinfo)
{
	TupleDesc	row = (TupleDesc) fcinfo->flinfo->fn_extra;

	if (row == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "result type is not a row type");
		row = BlessTupleDesc(CreateTupleDescCopy(row));
		fcinfo->flinfo->fn_extra = row;
		MemoryContextSwitchTo(old);
	}
	return row;
}

Datum
cg_result(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	HeapTuple	tuple = heap_form_tuple(cg_result_row(fcinfo), values, nulls);

	return HeapTupleHeaderGetDatum(tuple->t_data);
}

Datum
cg_float8_or_null(double value, bool *is_null)
{
	*is_null = isnan(value);
	return Float8GetDatum(value);
}

Datum
cg_estimate(FunctionCallInfo fcinfo, double numerator, double denominator,
			double value, int levels, const CgInterval *intervals)
{
	double		lower[CG_MAX_LEVELS];
	double		upper[CG_MAX_LEVELS];
	Datum		values[7];
	bool		nulls[7] = {false};

	values[0] = Float8GetDatum(numerator);
	values[1] = Float8GetDatum(denominator);
	values[2] = cg_float8_or_null(value, &nulls[2]);
	for (int i = 0; i < levels; i++)
	{
		lower[i] = intervals[i].lower;
		upper[i] = intervals[i].upper;
	}
	nulls[3] = nulls[4] = nulls[5] = nulls[6] = levels == 0 ||
		isnan(lower[0]) || isnan(upper[0]);
	if (!nulls[3])
	{
		values[3] = Float8GetDatum(lower[0]);
		values[4] = Float8GetDatum(upper[0]);
		values[5] = cg_float8_array(lower, levels);
		values[6] = cg_float8_array(upper, levels);
	}
	return cg_result(fcinfo, values, nulls);
}

/*
 * States that keep rows.  How many there is room for is in the size.
 */
static int32
room(const CgRowState *state)
{
	return (int32) ((VARSIZE(state) - offsetof(CgRowState, data)) /
					(sizeof(double) * state->width));
}

static CgRowState *
allocate_state(int width, int64 rows)
{
	Size		size = offsetof(CgRowState, data) + sizeof(double) * width * rows;
	CgRowState *state;

	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many rows in one group"),
				 errdetail("A group may have about %d million rows.",
						   (int) (MaxAllocSize / sizeof(double) / width / 1000000))));
	state = palloc(size);
	SET_VARSIZE(state, size);
	return state;
}

CgRowState *
cg_row_state_new(CgRowKind kind, int width)
{
	CgRowState *state = allocate_state(width, 8);
	int32		header = state->vl_len_;

	memset(state, 0, offsetof(CgRowState, data));
	state->vl_len_ = header;
	state->version = CG_ROW_STATE_VERSION;
	state->kind = (uint8) kind;
	state->width = (uint8) width;
	return state;
}

/*
 * A state may come from anywhere when the function is called by hand, and one
 * from a parallel worker may have a short header: then it is copied first.
 */
CgRowState *
cg_row_state(FunctionCallInfo fcinfo, int arg, CgRowKind kind, int width)
{
	CgRowState *state;

	if (PG_ARGISNULL(arg))
		return NULL;
	if (arg == 0 && AggCheckCallContext(fcinfo, NULL) &&
		!VARATT_IS_EXTENDED(PG_GETARG_POINTER(arg)) &&
		PG_GETARG_POINTER(arg) == (Pointer) MAXALIGN(PG_GETARG_POINTER(arg)))
		state = (CgRowState *) PG_GETARG_POINTER(arg);
	else
		state = (CgRowState *) PG_GETARG_BYTEA_P_COPY(arg);
	if (VARSIZE(state) < offsetof(CgRowState, data) ||
		state->version != CG_ROW_STATE_VERSION || state->kind != kind ||
		state->width != width || state->rows < 0 || state->rows > room(state))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("not a state of this aggregate")));
	return state;
}

static CgRowState *
grow(CgRowState *state, int64 rows)
{
	CgRowState *larger;
	int32		header;

	if (rows <= room(state))
		return state;
	larger = allocate_state(state->width, Max(rows, 2 * (int64) room(state)));
	header = larger->vl_len_;
	memcpy(larger, state,
		   offsetof(CgRowState, data) + sizeof(double) * state->width * state->rows);
	larger->vl_len_ = header;
	return larger;
}

CgRowState *
cg_row_state_add(CgRowState *state, const double *row)
{
	state = grow(state, (int64) state->rows + 1);
	memcpy(state->data + (Size) state->rows * state->width, row,
		   sizeof(double) * state->width);
	state->rows++;
	return state;
}

Datum
cg_row_state_combine(FunctionCallInfo fcinfo, CgRowKind kind, int width)
{
	CgRowState *state = cg_row_state(fcinfo, 0, kind, width);
	CgRowState *other = cg_row_state(fcinfo, 1, kind, width);

	if (other == NULL && state == NULL)
		PG_RETURN_NULL();
	if (other == NULL)
		PG_RETURN_POINTER(state);
	if (state == NULL)
		PG_RETURN_POINTER(other);
	if (memcmp(state->options, other->options, sizeof(state->options)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("options differ within a group")));
	state = grow(state, (int64) state->rows + other->rows);
	memcpy(state->data + (Size) state->rows * width, other->data,
		   sizeof(double) * width * other->rows);
	state->rows += other->rows;
	PG_RETURN_POINTER(state);
}

void
cg_row_state_set_levels(CgRowState *state, const CgLevels *levels)
{
	state->options[0] = levels->count;
	memcpy(state->options + 1, levels->level, sizeof(double) * levels->count);
}

CgLevels
cg_row_state_levels(const CgRowState *state)
{
	CgLevels	levels;

	if (!(state->options[0] >= 1 && state->options[0] <= CG_MAX_LEVELS))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("not a state of this aggregate")));
	levels.count = (int) state->options[0];
	for (int i = 0; i < levels.count; i++)
		levels.level[i] = cg_probability(state->options[1 + i], "confidence");
	return levels;
}

bool
cg_stop_requested(void)
{
	CHECK_FOR_INTERRUPTS();
	return false;
}
