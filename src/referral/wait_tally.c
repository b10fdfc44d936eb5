/*-------------------------------------------------------------------------
 *
 * wait_tally.c
 *	  An aggregate's state that counts small whole numbers.
 *
 * Memory follows what is counted, not the number of rows: a list of a million
 * waits of up to two years takes 8 kB.  Groups of up to LIST_ROWS rows keep
 * their numbers, so that a hundred thousand small groups stay small.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/memutils.h"

#include "common/cg_compat.h"
#include "referral/wait_tally.h"

PG_FUNCTION_INFO_V1(cg_wait_tally_combine);

#define LIST_ROWS 256
#define FIRST_ROWS 20			/* fills 128 bytes */
#define HEADER offsetof(CgWaitTally, data)

void
cg_wait_refuse_days(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s must be from 0 to %d", name, CG_WAIT_MAX_DAYS),
			 errdetail("A wait that ends before it begins is no wait."),
			 errhint("wait_problem() names the rows; leave them out in WHERE.")));
}

int
cg_wait_lanes(CgWaitKind kind)
{
	switch (kind)
	{
		case CG_WAIT_SURVIVAL:
			return CG_WAIT_SURVIVAL_LANES;
		case CG_WAIT_INCIDENCE:
			return CG_WAIT_INCIDENCE_LANES;
		default:
			return 1;
	}
}

static int32
room(const CgWaitTally *state)
{
	return (int32) ((VARSIZE(state) - HEADER) /
					(state->dense ? sizeof(int64) : sizeof(int32)));
}

static int32 *
numbers(CgWaitTally *state)
{
	return (int32 *) state->data;
}

static CgWaitTally *
allocate(const CgWaitTally *like, bool dense, int32 places)
{
	Size		size = HEADER + (dense ? sizeof(int64) : sizeof(int32)) * (Size) places;
	CgWaitTally *state = palloc0(size);

	if (like != NULL)
		memcpy(state, like, HEADER);
	SET_VARSIZE(state, size);
	state->dense = dense;
	return state;
}

CgWaitTally *
cg_wait_tally_new(CgWaitKind kind)
{
	CgWaitTally *state = allocate(NULL, false, FIRST_ROWS);

	state->version = CG_WAIT_TALLY_VERSION;
	state->kind = (uint8) kind;
	state->lanes = (uint8) cg_wait_lanes(kind);
	return state;
}

static void
refuse_state(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("not a state of this aggregate")));
}

/*
 * What figures rely on, when a state comes from outside an aggregate.  What
 * memory relies on is checked in every call: an aggregate may begin with any
 * state.
 */
static bool
is_sound(CgWaitTally *state)
{
	int32		most = (CG_WAIT_MAX_DAYS + 1) * state->lanes;

	for (int32 i = 0; i < state->used; i++)
	{
		if (state->dense ? state->data[i] < 0 || state->data[i] > PG_INT64_MAX / 1024 / 1024 :
			numbers(state)[i] < 0 || numbers(state)[i] >= most)
			return false;
	}
	for (int i = 0; i < CG_WAIT_TALLY_OPTIONS; i++)
	{
		if (!isfinite(state->options[i]))
			return false;
	}
	return !state->dense || state->used <= most;
}

CgWaitTally *
cg_wait_tally(FunctionCallInfo fcinfo, int arg, CgWaitKind kind)
{
	CgWaitTally *state;
	bool		in_aggregate = AggCheckCallContext(fcinfo, NULL) != 0;

	if (PG_ARGISNULL(arg))
		return NULL;
	if (arg == 0 && in_aggregate && !VARATT_IS_EXTENDED(PG_GETARG_POINTER(arg)) &&
		PG_GETARG_POINTER(arg) == (Pointer) MAXALIGN(PG_GETARG_POINTER(arg)))
		state = (CgWaitTally *) PG_GETARG_POINTER(arg);
	else
		state = (CgWaitTally *) PG_GETARG_BYTEA_P_COPY(arg);
	if (VARSIZE(state) < HEADER || state->version != CG_WAIT_TALLY_VERSION ||
		state->kind != kind || state->lanes != cg_wait_lanes(kind) || state->dense > 1 ||
		state->used < 0 || state->used > room(state) ||
		(!state->dense && state->used > LIST_ROWS) ||
		(!in_aggregate && !is_sound(state)))
		refuse_state();
	return state;
}

static void
check_number(const CgWaitTally *state, int32 number)
{
	if (number < 0 || number >= (CG_WAIT_MAX_DAYS + 1) * state->lanes)
		refuse_state();
}

/*
 * Count instead of keeping numbers, with room up to the number given.
 */
static CgWaitTally *
counted(CgWaitTally *state, int32 highest)
{
	CgWaitTally *dense;

	for (int32 i = 0; i < state->used; i++)
	{
		check_number(state, numbers(state)[i]);
		highest = Max(highest, numbers(state)[i]);
	}
	dense = allocate(state, true, highest + 1);
	for (int32 i = 0; i < state->used; i++)
		dense->data[numbers(state)[i]]++;
	dense->used = highest + 1;
	return dense;
}

static CgWaitTally *
longer(CgWaitTally *state, int32 places)
{
	CgWaitTally *larger = allocate(state, state->dense, places);

	memcpy(larger->data, state->data,
		   (state->dense ? sizeof(int64) : sizeof(int32)) * (Size) state->used);
	return larger;
}

CgWaitTally *
cg_wait_tally_add(CgWaitTally *state, int32 time, int lane)
{
	int32		number = time * state->lanes + lane;

	if (!state->dense)
	{
		if (state->used == LIST_ROWS)
			state = counted(state, number);
		else
		{
			if (state->used == room(state))
				state = longer(state, Max(FIRST_ROWS, Min(LIST_ROWS, state->used * 2)));
			numbers(state)[state->used++] = number;
			return state;
		}
	}
	if (unlikely(number >= state->used))
	{
		if (number >= room(state))
			state = longer(state, Max(number + 1, Min(2 * room(state),
													  (CG_WAIT_MAX_DAYS + 1) * state->lanes)));
		state->used = number + 1;
	}
	state->data[number]++;
	return state;
}

static CgWaitTally *
joined(CgWaitTally *state, CgWaitTally *other)
{
	if (!state->dense && !other->dense && state->used + other->used <= LIST_ROWS)
	{
		if (state->used + other->used > room(state))
			state = longer(state, state->used + other->used);
		memcpy(numbers(state) + state->used, numbers(other), sizeof(int32) * other->used);
		state->used += other->used;
		return state;
	}
	if (!other->dense)
		other = counted(other, 0);
	if (!state->dense)
		state = counted(state, other->used - 1);
	if (other->used > room(state))
		state = longer(state, other->used);
	state->used = Max(state->used, other->used);
	for (int32 i = 0; i < other->used; i++)
		state->data[i] += other->data[i];
	return state;
}

/*
 * The kind is the first state's, for all aggregates that count like this.  In
 * a tuple a state need not be aligned as its struct is.
 */
static CgWaitKind
kind_of(FunctionCallInfo fcinfo, int arg)
{
	bytea	   *state = PG_GETARG_BYTEA_P(arg);

	return VARSIZE(state) < HEADER ? 0 :
		(CgWaitKind) ((const uint8 *) state)[offsetof(CgWaitTally, kind)];
}

Datum
cg_wait_tally_combine(PG_FUNCTION_ARGS)
{
	CgWaitTally *state;
	CgWaitTally *other;

	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	state = cg_wait_tally(fcinfo, 0, kind_of(fcinfo, PG_ARGISNULL(0) ? 1 : 0));
	other = cg_wait_tally(fcinfo, 1, kind_of(fcinfo, PG_ARGISNULL(0) ? 1 : 0));
	if (other == NULL)
		PG_RETURN_POINTER(state);
	if (state == NULL)
		PG_RETURN_POINTER(other);
	if (memcmp(state->options, other->options, sizeof(state->options)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("options differ within a group")));
	PG_RETURN_POINTER(joined(state, other));
}

int64 *
cg_wait_tally_counts(const CgWaitTally *state, int32 *times, int64 *total)
{
	CgWaitTally *dense = state->dense ? (CgWaitTally *) state : counted((CgWaitTally *) state, 0);
	int64	   *counts;

	*times = (dense->used + state->lanes - 1) / state->lanes;
	counts = palloc0(sizeof(int64) * Max(1, (Size) *times * state->lanes));
	memcpy(counts, dense->data, sizeof(int64) * dense->used);
	*total = 0;
	for (int32 i = 0; i < dense->used; i++)
		*total += dense->data[i];
	return counts;
}

double *
cg_wait_tally_list(CgWaitTally *state, int32 most)
{
	double	   *list;

	if (state->dense || state->used > most)
		return NULL;
	list = palloc(sizeof(double) * Max(1, state->used));
	for (int32 i = 0; i < state->used; i++)
	{
		check_number(state, numbers(state)[i]);
		list[i] = numbers(state)[i];
	}
	return list;
}
