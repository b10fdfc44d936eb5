/*-------------------------------------------------------------------------
 *
 * snapshot.c
 *	  A list as it stood on given days, as an aggregate over its pathways.
 *
 * The state is a bytea of fixed size: the days, the limits, and the counts of
 * snapshot_core.h.  The options of a group's first row count for the group.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"

#include "common/cg_compat.h"
#include "referral/snapshot_core.h"
#include "referral/wait_row_array.h"
#include "referral/wait_tally.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_snapshot_sql_add);
PG_FUNCTION_INFO_V1(cg_snapshot_combine);
PG_FUNCTION_INFO_V1(cg_snapshot_final);
PG_FUNCTION_INFO_V1(cg_snapshot_dates);
PG_FUNCTION_INFO_V1(cg_removal_cause);

#define SNAPSHOT_VERSION 1
#define MAX_DAYS 20000
#define MAX_OVER_DAYS 100000

typedef struct SnapshotState
{
	int32		vl_len_;
	uint8		version;
	uint8		overs;
	uint8		unused[2];
	int32		count;			/* of days */
	int32		over[CG_SNAPSHOT_MAX_OVER];
	int32		padding;
	int64		counts[FLEXIBLE_ARRAY_MEMBER];	/* count + 1 rows, then the days */
} SnapshotState;

static const char *const reason_words[CG_REMOVAL_REASONS] = {
	"treated", "declined", "discharged", "died", "transferred", "other"
};
#define REASON_OTHER 5

static const int32 usual_over[] = {18 * 7, 52 * 7, 65 * 7, 78 * 7, 104 * 7};

static Size
cells_of(int32 count, int32 overs)
{
	return (Size) (count + 1) * cg_snapshot_width(overs);
}

static Size
size_of(int32 count, int32 overs)
{
	return offsetof(SnapshotState, counts) + sizeof(int64) * cells_of(count, overs) +
		sizeof(int32) * count;
}

static int32 *
days_of(const SnapshotState *state)
{
	return (int32 *) (state->counts + cells_of(state->count, state->overs));
}

static CgSnapshotShape
shape_of(const SnapshotState *state)
{
	CgSnapshotShape shape = {days_of(state), state->count, state->over, state->overs};

	return shape;
}

static void
refuse_dates(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("dates must be 1 to %d dates in ascending order", MAX_DAYS),
			 errdetail_internal("%s", detail),
			 errhint("snapshot_dates(first, last, 'week') makes such a list.")));
}

static void
read_over(FunctionCallInfo fcinfo, int arg, SnapshotState *state)
{
	ArrayType  *array;
	const int32 *over;

	if (PG_NARGS() <= arg)
	{
		state->overs = lengthof(usual_over);
		memcpy(state->over, usual_over, sizeof(usual_over));
		return;
	}
	cg_refuse_null(fcinfo, arg, "over_days");
	array = PG_GETARG_ARRAYTYPE_P(arg);
	state->overs = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
	if (ARR_NDIM(array) > 1 || ARR_HASNULL(array) ||
		(ARR_NDIM(array) == 1 && ARR_DIMS(array)[0] > CG_SNAPSHOT_MAX_OVER))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("over_days must list at most %d waits without null", CG_SNAPSHOT_MAX_OVER)));
	over = (const int32 *) ARR_DATA_PTR(array);
	for (int i = 0; i < state->overs; i++)
	{
		if (over[i] < 0 || over[i] > MAX_OVER_DAYS)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("over_days must be from 0 to %d", MAX_OVER_DAYS)));
		state->over[i] = over[i];
	}
}

/*
 * Arguments 4 and 5: the dates and, in the longer form, the limits.
 */
static SnapshotState *
new_state(FunctionCallInfo fcinfo)
{
	ArrayType  *array;
	const DateADT *dates;
	int32		count;
	SnapshotState head = {0};
	SnapshotState *state;
	Size		size;

	cg_refuse_null(fcinfo, 4, "dates");
	array = PG_GETARG_ARRAYTYPE_P(4);
	count = ARR_NDIM(array) == 1 ? ARR_DIMS(array)[0] : 0;
	if (count < 1 || count > MAX_DAYS || ARR_HASNULL(array))
		refuse_dates("The list is empty, too long, or has a null.");
	read_over(fcinfo, 5, &head);
	size = size_of(count, head.overs);
	state = palloc0(size);
	memcpy(state, &head, offsetof(SnapshotState, counts));
	SET_VARSIZE(state, size);
	state->version = SNAPSHOT_VERSION;
	state->count = count;
	dates = (const DateADT *) ARR_DATA_PTR(array);
	for (int32 i = 0; i < count; i++)
	{
		if (DATE_NOT_FINITE(dates[i]))
			refuse_dates("A date is infinite.");
		if (i > 0 && dates[i] <= dates[i - 1])
			refuse_dates("A date is not after the one before it.");
		days_of(state)[i] = dates[i];
	}
	return state;
}

/*
 * What memory relies on: checked in every call, because an aggregate may begin
 * with any state.
 */
static bool
has_its_size(const SnapshotState *state)
{
	return VARSIZE(state) >= offsetof(SnapshotState, counts) && state->version == SNAPSHOT_VERSION &&
		state->overs <= CG_SNAPSHOT_MAX_OVER && state->count >= 1 && state->count <= MAX_DAYS &&
		VARSIZE(state) == size_of(state->count, state->overs);
}

static bool
is_sound(const SnapshotState *state)
{
	const int32 *days;

	if (!has_its_size(state))
		return false;
	days = days_of(state);
	for (int32 i = 0; i < state->count; i++)
	{
		if (DATE_NOT_FINITE(days[i]) || (i > 0 && days[i] <= days[i - 1]))
			return false;
	}
	for (int i = 0; i < state->overs; i++)
	{
		if (state->over[i] < 0 || state->over[i] > MAX_OVER_DAYS)
			return false;
	}
	for (Size i = 0; i < cells_of(state->count, state->overs); i++)
	{
		if (state->counts[i] > PG_INT32_MAX * INT64CONST(1000) ||
			state->counts[i] < -PG_INT32_MAX * INT64CONST(1000))
			return false;
	}
	return true;
}

static SnapshotState *
state_of(FunctionCallInfo fcinfo, int arg)
{
	bool		in_aggregate = AggCheckCallContext(fcinfo, NULL) != 0;
	SnapshotState *state;

	if (PG_ARGISNULL(arg))
		return NULL;
	if (arg == 0 && in_aggregate && !VARATT_IS_EXTENDED(PG_GETARG_POINTER(arg)) &&
		PG_GETARG_POINTER(arg) == (Pointer) MAXALIGN(PG_GETARG_POINTER(arg)) &&
		has_its_size((SnapshotState *) PG_GETARG_POINTER(arg)))
		return (SnapshotState *) PG_GETARG_POINTER(arg);
	state = (SnapshotState *) PG_GETARG_BYTEA_P_COPY(arg);
	if (!is_sound(state))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("not a state of this aggregate")));
	return state;
}

/*
 * A pathway off the list whose reason is not known went for another one.
 */
static int32
reason_of(FunctionCallInfo fcinfo, int arg)
{
	if (PG_ARGISNULL(arg))
		return REASON_OTHER;
	return cg_word(PG_GETARG_TEXT_PP(arg), reason_words, CG_REMOVAL_REASONS, "reason");
}

static void
check_pathway(DateADT start, bool stopped, DateADT stop)
{
	if (unlikely(DATE_NOT_FINITE(start) || (stopped && DATE_NOT_FINITE(stop))))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a pathway's dates must be finite"),
				 errhint("A pathway that is still on the list has a stop of null; wait_problem() names the rows.")));
	if (unlikely(stopped && stop < start))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a pathway stops before it starts"),
				 errhint("wait_problem() names such rows; leave them out in WHERE.")));
}

Datum
cg_snapshot_sql_add(PG_FUNCTION_ARGS)
{
	bool		stopped = !PG_ARGISNULL(2);
	SnapshotState *state;
	CgSnapshotShape shape;
	DateADT		start;
	DateADT		stop;

	if (PG_ARGISNULL(1))
		return cg_unchanged(fcinfo);
	start = PG_GETARG_DATEADT(1);
	stop = stopped ? PG_GETARG_DATEADT(2) : 0;
	check_pathway(start, stopped, stop);
	state = state_of(fcinfo, 0);
	if (state == NULL)
		state = new_state(fcinfo);
	shape = shape_of(state);
	cg_snapshot_add(&shape, state->counts, start, stopped, stop,
					stopped ? reason_of(fcinfo, 3) : 0);
	PG_RETURN_POINTER(state);
}

Datum
cg_snapshot_combine(PG_FUNCTION_ARGS)
{
	SnapshotState *state = state_of(fcinfo, 0);
	SnapshotState *other = state_of(fcinfo, 1);

	if (other == NULL && state == NULL)
		PG_RETURN_NULL();
	if (other == NULL)
		PG_RETURN_POINTER(state);
	if (state == NULL)
		PG_RETURN_POINTER(other);
	if (VARSIZE(state) != VARSIZE(other) ||
		memcmp(state, other, offsetof(SnapshotState, counts)) != 0 ||
		memcmp(days_of(state), days_of(other), sizeof(int32) * state->count) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("options differ within a group")));
	for (Size i = 0; i < cells_of(state->count, state->overs); i++)
		state->counts[i] += other->counts[i];
	PG_RETURN_POINTER(state);
}

/*
 * Additions and removals are since the day before it in the list; the first
 * has none.
 */
Datum
cg_snapshot_final(PG_FUNCTION_ARGS)
{
	SnapshotState *state = state_of(fcinfo, 0);
	CgSnapshotShape shape;
	CgRowArray	rows;
	int32		width;
	int64	   *counts;
	int64	   *waiting;

	if (state == NULL)
		PG_RETURN_NULL();
	shape = shape_of(state);
	width = cg_snapshot_width(state->overs);
	/* a final function must leave the state as it is */
	counts = palloc(sizeof(int64) * cells_of(state->count, state->overs));
	memcpy(counts, state->counts, sizeof(int64) * cells_of(state->count, state->overs));
	waiting = palloc(sizeof(int64) * state->count);
	cg_snapshot_add_up(&shape, counts, waiting);
	rows = cg_row_array_begin(fcinfo, state->count);
	for (int32 day = 0; day < state->count; day++)
	{
		int64	   *here = counts + (Size) day * width;
		Datum		over[CG_SNAPSHOT_MAX_OVER];
		Datum		values[4 + CG_REMOVAL_REASONS + 1];
		bool		nulls[4 + CG_REMOVAL_REASONS + 1] = {false};
		int64		removed = 0;

		values[0] = DateADTGetDatum(shape.days[day]);
		values[1] = Int64GetDatum(waiting[day]);
		values[2] = Int64GetDatum(here[0]);
		for (int i = 0; i < CG_REMOVAL_REASONS; i++)
		{
			removed += here[1 + i];
			values[4 + i] = Int64GetDatum(here[1 + i]);
		}
		values[3] = Int64GetDatum(removed);
		for (int i = 0; i < state->overs; i++)
			over[i] = Int64GetDatum(here[1 + CG_REMOVAL_REASONS + i]);
		values[4 + CG_REMOVAL_REASONS] =
			PointerGetDatum(construct_array(over, state->overs, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
		for (int i = 2; day == 0 && i < 4 + CG_REMOVAL_REASONS; i++)
			nulls[i] = true;
		cg_row_array_add(&rows, values, nulls);
	}
	PG_RETURN_DATUM(cg_row_array_end(&rows));
}

/* ---- lists of dates ---- */

static DateADT
end_of_month(DateADT day)
{
	int			year;
	int			month;
	int			ignored;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &ignored);
	if (month == 12)
	{
		year++;
		month = 0;
	}
	return date2j(year, month + 1, 1) - 1 - POSTGRES_EPOCH_JDATE;
}

Datum
cg_snapshot_dates(PG_FUNCTION_ARGS)
{
	static const char *const steps[] = {"day", "week", "month"};
	DateADT		day = PG_GETARG_DATEADT(0);
	DateADT		last = PG_GETARG_DATEADT(1);
	int			step = cg_word(PG_GETARG_TEXT_PP(2), steps, lengthof(steps), "step");
	Datum	   *dates;
	int32		count = 0;

	if (DATE_NOT_FINITE(day) || DATE_NOT_FINITE(last))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("first and last must be finite")));
	if (((int64) last - day) / (step == 0 ? 1 : step == 1 ? 7 : 31) >= MAX_DAYS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("there would be more than %d dates", MAX_DAYS)));
	dates = palloc(sizeof(Datum) * (MAX_DAYS + 1000));
	if (step == 2)
		day = end_of_month(day);
	while (day <= last)
	{
		dates[count++] = DateADTGetDatum(day);
		day = step == 2 ? end_of_month(day + 1) : day + (step == 1 ? 7 : 1);
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(dates, count, DATEOID, sizeof(DateADT), true, TYPALIGN_INT));
}

Datum
cg_removal_cause(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(1 + reason_of(fcinfo, 0));
}
