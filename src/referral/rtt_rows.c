/*-------------------------------------------------------------------------
 *
 * rtt_rows.c
 *	  Clocks, states and explanations as sets of rows.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupmacs.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"

#include "common/cg_compat.h"
#include "common/cg_rows.h"
#include "referral/rtt_query.h"

PG_FUNCTION_INFO_V1(cg_rtt_clock_rows);
PG_FUNCTION_INFO_V1(cg_rtt_pathway_rows);
PG_FUNCTION_INFO_V1(cg_rtt_explain_rows);
PG_FUNCTION_INFO_V1(cg_rtt_explain);

#define STEP_COLUMNS 10

typedef struct SetCall
{
	CgRows		rows;
	RttCall		call;
	bool		findings_only;
	MemoryContext kept;			/* of the arrays below */
	size_t		room;			/* events that they have room for */
	CgRttClock *clocks;
	CgRttStep  *steps;			/* NULL: not wanted */
	bool		wants_steps;
	TupleTableSlot *slot;		/* of the tuple that is written over again */
	MinimalTuple tuple;
	Size		tuple_room;
} SetCall;

/* ---- one pathway ---- */

static void
make_room(SetCall *set, size_t events)
{
	MemoryContext old;

	if (events <= set->room)
		return;
	old = MemoryContextSwitchTo(set->kept);
	if (set->clocks != NULL)
		pfree(set->clocks);
	if (set->steps != NULL)
		pfree(set->steps);
	set->room = Max(events, 64) * 2;
	set->clocks = palloc_extended(set->room * sizeof(CgRttClock), MCXT_ALLOC_HUGE);
	set->steps = NULL;
	if (set->wants_steps)
		set->steps = palloc_extended(CG_RTT_MOST_STEPS(set->room) * sizeof(CgRttStep), MCXT_ALLOC_HUGE);
	MemoryContextSwitchTo(old);
}

static size_t
run(SetCall *set, const CgRttEvent *events, size_t n, size_t *steps, CgRttPathway *pathway)
{
	make_room(set, n);
	return cg_rtt_run(&set->call.options, events, n, set->clocks, set->steps, steps, pathway);
}

/* ---- clocks, written straight into a tuple ---- */

/*
 * The columns of a clock have fixed lengths but for three short words at the
 * end, and NULL is only what an open clock lacks, so a tuple is written by
 * hand in half the time that forming it takes.
 */
typedef struct Writer
{
	char	   *start;
	char	   *end;
} Writer;

static inline void
write_int32(Writer *writer, int32 value)
{
	writer->end = writer->start + INTALIGN(writer->end - writer->start);
	memcpy(writer->end, &value, sizeof(int32));
	writer->end += sizeof(int32);
}

static inline void
write_float8(Writer *writer, double value)
{
	writer->end = writer->start + DOUBLEALIGN(writer->end - writer->start);
	memcpy(writer->end, &value, sizeof(double));
	writer->end += sizeof(double);
}

static inline void
write_bool(Writer *writer, bool value)
{
	*writer->end++ = value;
}

/*
 * A word as it stands in a tuple, with room after it: copying all of it is one
 * or two instructions, and what is copied too much is written over.
 */
#define WORD_ROOM 32

typedef struct Word
{
	uint8		length;
	char		data[WORD_ROOM];
} Word;

static Word rule_word[CG_RTT_AWAITS_RATIFICATION];
static Word state_word[CG_RTT_CLOCK_STATES];

static void
make_word(Word *word, const char *text)
{
	Size		length = strlen(text) + VARHDRSZ_SHORT;

	Assert(length <= WORD_ROOM);
	word->length = (uint8) length;
	SET_VARSIZE_SHORT(word->data, length);
	memcpy(word->data + VARHDRSZ_SHORT, text, length - VARHDRSZ_SHORT);
}

static void
make_words(void)
{
	for (int rule = 0; rule < CG_RTT_AWAITS_RATIFICATION; rule++)
		make_word(&rule_word[rule], cg_rtt_rule_name((CgRttRule) rule));
	for (int state = 0; state < CG_RTT_CLOCK_STATES; state++)
		make_word(&state_word[state], cg_rtt_clock_state_name((CgRttClockState) state));
}

static inline void
write_word(Writer *writer, const Word *word)
{
	memcpy(writer->end, word->data, WORD_ROOM);
	writer->end += word->length;
}

static void
write_id(Writer *writer, TupleDesc desc, Datum id)
{
	Form_pg_attribute attribute = TupleDescAttr(desc, 0);
	Size		length;

	if (attribute->attlen == -1 && attribute->attstorage != TYPSTORAGE_PLAIN &&
		VARATT_CAN_MAKE_SHORT(DatumGetPointer(id)))
	{
		length = VARATT_CONVERTED_SHORT_SIZE(DatumGetPointer(id));
		SET_VARSIZE_SHORT(writer->end, length);
		memcpy(writer->end + VARHDRSZ_SHORT, VARDATA(DatumGetPointer(id)), length - VARHDRSZ_SHORT);
		writer->end += length;
		return;
	}
	writer->end = writer->start + att_align_nominal(writer->end - writer->start, attribute->attalign);
	if (attribute->attbyval)
	{
		store_att_byval(writer->end, id, attribute->attlen);
		writer->end += attribute->attlen;
		return;
	}
	length = attribute->attlen > 0 ? attribute->attlen : VARSIZE_ANY(DatumGetPointer(id));
	memcpy(writer->end, DatumGetPointer(id), length);
	writer->end += length;
}

/* Columns that an open clock lacks: stopped_on, stop_event, stop_reason. */
#define CLOCK_PLACE(column) ((column) + 1)	/* pathway comes first */

static void
clear_bit(uint8 *bits, int place)
{
	bits[place >> 3] &= ~(1 << (place & 7));
}

static void
write_header(MinimalTuple tuple, bool is_open)
{
	int			natts = RTT_CLOCK_COLUMNS + 1;

	memset(tuple, 0, SizeofMinimalTupleHeader + BITMAPLEN(natts));
	tuple->t_infomask2 = natts;
	tuple->t_infomask = HEAP_HASVARWIDTH;
	tuple->t_hoff = MAXALIGN(SizeofHeapTupleHeader);
	if (is_open)
	{
		tuple->t_infomask |= HEAP_HASNULL;
		tuple->t_hoff = MAXALIGN(SizeofHeapTupleHeader + BITMAPLEN(natts));
		memset(tuple->t_bits, 0xff, BITMAPLEN(natts));
		clear_bit(tuple->t_bits, CLOCK_PLACE(2));
		clear_bit(tuple->t_bits, CLOCK_PLACE(5));
		clear_bit(tuple->t_bits, CLOCK_PLACE(20));
	}
}

static void
write_clock(const SetCall *set, Writer *writer, const CgRttClock *clock, uint32 number)
{
	bool		is_open = clock->state == CG_RTT_OPEN;
	bool		counts = clock->state != CG_RTT_NULLIFIED;

	write_int32(writer, (int32) number);
	write_int32(writer, clock->started_on);
	if (!is_open)
		write_int32(writer, clock->stopped_on);
	write_int32(writer, clock->started_on + set->call.limit_days + 1);
	write_int32(writer, (int32) clock->start_event);
	if (!is_open)
		write_int32(writer, (int32) clock->stop_event);
	write_int32(writer, clock->days);
	write_int32(writer, clock->adjusted_days);
	write_int32(writer, cg_rtt_week_band(clock->days));
	write_float8(writer, clock->days / 7.0);
	write_int32(writer, cg_rtt_mask(clock->findings));
	write_bool(writer, counts && clock->days > set->call.limit_days);
	write_bool(writer, counts && clock->days > 52 * 7);
	write_bool(writer, counts && clock->days > 65 * 7);
	write_bool(writer, counts && clock->days > 78 * 7);
	write_bool(writer, counts && clock->days > 104 * 7);
	write_bool(writer, clock->is_interface);
	write_bool(writer, clock->is_transferred);
	write_word(writer, &state_word[clock->state]);
	write_word(writer, &rule_word[clock->start]);
	if (!is_open)
		write_word(writer, &rule_word[clock->stop]);
}

/* The header and a clock take at most 220 bytes. */
#define CLOCK_ROOM 320

static void
need_tuple_room(SetCall *set, Datum id)
{
	Form_pg_attribute attribute = TupleDescAttr(set->rows.desc, 0);
	Size		room = CLOCK_ROOM;

	if (!attribute->attbyval)
		room += attribute->attlen > 0 ? attribute->attlen : VARSIZE_ANY(DatumGetPointer(id));
	if (room <= set->tuple_room)
		return;
	ExecClearTuple(set->slot);
	set->tuple_room = room * 2;
	set->tuple = MemoryContextAllocZero(set->kept, set->tuple_room);
	ExecStoreMinimalTuple(set->tuple, set->slot, false);
}

static void
clocks_of_pathway(const RttPathway *pathway, void *argument)
{
	SetCall    *set = argument;
	CgRttPathway state;
	size_t		n = run(set, pathway->event, pathway->n, NULL, &state);

	if (n == 0)
		return;
	need_tuple_room(set, pathway->id);
	for (size_t i = 0; i < n; i++)
	{
		MinimalTuple tuple = set->tuple;
		Writer		writer;

		write_header(tuple, set->clocks[i].state == CG_RTT_OPEN);
		writer.start = writer.end = (char *) tuple + tuple->t_hoff - MINIMAL_TUPLE_OFFSET;
		write_id(&writer, set->rows.desc, pathway->id);
		write_clock(set, &writer, &set->clocks[i], (uint32) i + 1);
		tuple->t_len = (uint32) (writer.end - (char *) tuple);
		tuplestore_puttupleslot(set->rows.store, set->slot);
	}
}

/* ---- states ---- */

static void
state_of_pathway(const RttPathway *pathway, void *argument)
{
	SetCall    *set = argument;
	CgRttPathway state;
	size_t		n = run(set, pathway->event, pathway->n, NULL, &state);
	Datum		values[RTT_PATHWAY_COLUMNS + 1];
	bool		nulls[RTT_PATHWAY_COLUMNS + 1] = {false};

	values[0] = pathway->id;
	cg_rtt_pathway_columns(&state, pathway->n,
						   state.state == CG_RTT_WAITING ? &set->clocks[n - 1] : NULL,
						   values + 1, nulls + 1);
	cg_rows_add(&set->rows, values, nulls);
}

/* ---- explanations ---- */

static void
step_columns(const CgRttEvent *event, const CgRttStep *step, size_t number,
			 Datum *values, bool *nulls)
{
	CgRttRule	rule = (CgRttRule) step->rule;

	memset(nulls, 0, sizeof(bool) * STEP_COLUMNS);
	values[0] = Int32GetDatum((int32) number);
	values[1] = Int32GetDatum((int32) event->ordinal);
	values[2] = DateADTGetDatum(event->day);
	nulls[2] = event->day == CG_RTT_NO_DAY;
	nulls[3] = event->code == CG_RTT_NO_CODE || event->code == CG_RTT_UNKNOWN_CODE;
	if (!nulls[3])
		values[3] = CStringGetTextDatum(psprintf("%d", event->code));
	nulls[4] = event->kind <= CG_RTT_OTHER_KIND;
	if (!nulls[4])
		values[4] = CStringGetTextDatum(cg_rtt_kind_name((CgRttKind) event->kind));
	values[5] = Int32GetDatum((int32) step->clock);
	nulls[5] = step->clock == 0;
	values[6] = CStringGetTextDatum(cg_rtt_rule_name(rule));
	values[7] = CStringGetTextDatum(cg_rtt_rule_source(rule));
	values[8] = BoolGetDatum(rule >= CG_RTT_FINDINGS);
	values[9] = CStringGetTextDatum(cg_rtt_rule_words(rule));
}

static void
explain(SetCall *set, const CgRttEvent *events, size_t n, bool has_id, Datum id)
{
	CgRttPathway state;
	size_t		count = 0;
	Datum		values[STEP_COLUMNS + 1];
	bool		nulls[STEP_COLUMNS + 1] = {false};
	int			first = has_id ? 1 : 0;

	run(set, events, n, &count, &state);
	values[0] = id;
	for (size_t i = 0; i < count; i++)
	{
		const CgRttStep *step = &set->steps[i];

		if (set->findings_only && step->rule < CG_RTT_FINDINGS)
			continue;
		step_columns(&events[step->event], step, i + 1, values + first, nulls + first);
		cg_rows_add(&set->rows, values, nulls);
	}
}

static void
steps_of_pathway(const RttPathway *pathway, void *argument)
{
	explain(argument, pathway->event, pathway->n, true, pathway->id);
}

/* ---- the calls ---- */

static char *
name_of_function(FunctionCallInfo fcinfo)
{
	char	   *name = get_func_name(fcinfo->flinfo->fn_oid);

	return psprintf("%s()", name == NULL ? "rtt_clock_rows" : name);
}

static void
begin(FunctionCallInfo fcinfo, SetCall *set, int as_at, int time_zone)
{
	char	   *zone = PG_ARGISNULL(time_zone) ? pstrdup("Europe/London") :
		text_to_cstring(PG_GETARG_TEXT_PP(time_zone));

	set->kept = CurrentMemoryContext;
	set->call.days = cg_local_days(zone);
	set->call.options = cg_rtt_options(PG_ARGISNULL(as_at) ? CG_RTT_NO_DAY :
									   cg_rtt_as_at(PG_GETARG_DATUM(as_at)), set->call.days);
	set->call.limit_days = RTT_DEFAULT_WEEKS * 7;
	set->rows = cg_rows_begin(fcinfo);
}

static char *
query_of(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the query of %s is NULL", name_of_function(fcinfo))));
	return text_to_cstring(PG_GETARG_TEXT_PP(0));
}

/*
 * The forms end in the same arguments; those with a type for ids have it
 * second.
 */
static Datum
rows_of_query(FunctionCallInfo fcinfo, SetCall *set, int as_at, int time_zone, int presorted,
			  RttPathwayCallback callback)
{
	char	   *source = query_of(fcinfo);

	begin(fcinfo, set, as_at, time_zone);
	set->slot = MakeSingleTupleTableSlot(set->rows.desc, &TTSOpsMinimalTuple);
	cg_rtt_query(name_of_function(fcinfo), source,
				 TupleDescAttr(set->rows.desc, 0)->atttypid,
				 !PG_ARGISNULL(presorted) && PG_GETARG_BOOL(presorted),
				 set->call.days, callback, set);
	ExecDropSingleTupleTableSlot(set->slot);
	return (Datum) 0;
}

/* query, [pathway_type,] as_at, limit_weeks, time_zone, presorted */
Datum
cg_rtt_clock_rows(PG_FUNCTION_ARGS)
{
	SetCall		set = {0};
	int			last = PG_NARGS() - 1;
	int32		limit = PG_ARGISNULL(last - 2) ? RTT_DEFAULT_WEEKS * 7 :
		cg_rtt_limit_days(PG_GETARG_INT32(last - 2));
	char	   *source = query_of(fcinfo);

	begin(fcinfo, &set, last - 3, last - 1);
	make_words();
	set.call.limit_days = limit;
	set.slot = MakeSingleTupleTableSlot(set.rows.desc, &TTSOpsMinimalTuple);
	cg_rtt_query(name_of_function(fcinfo), source, TupleDescAttr(set.rows.desc, 0)->atttypid,
				 !PG_ARGISNULL(last) && PG_GETARG_BOOL(last), set.call.days,
				 clocks_of_pathway, &set);
	ExecDropSingleTupleTableSlot(set.slot);
	return (Datum) 0;
}

/* query, [pathway_type,] as_at, time_zone, presorted */
Datum
cg_rtt_pathway_rows(PG_FUNCTION_ARGS)
{
	SetCall		set = {0};
	int			last = PG_NARGS() - 1;

	return rows_of_query(fcinfo, &set, last - 2, last - 1, last, state_of_pathway);
}

/* query, [pathway_type,] findings_only, as_at, time_zone, presorted */
Datum
cg_rtt_explain_rows(PG_FUNCTION_ARGS)
{
	SetCall		set = {0};
	int			last = PG_NARGS() - 1;

	set.wants_steps = true;
	set.findings_only = !PG_ARGISNULL(last - 3) && PG_GETARG_BOOL(last - 3);
	return rows_of_query(fcinfo, &set, last - 2, last - 1, last, steps_of_pathway);
}

/* ---- a pathway given as arrays ---- */

typedef struct Column
{
	int			n;				/* -1: no array */
	Datum	   *value;
	bool	   *isnull;
} Column;

static Column
column_of(FunctionCallInfo fcinfo, int place, Oid type)
{
	Column		column = {-1, NULL, NULL};
	ArrayType  *array;
	int16		length;
	bool		by_value;
	char		align;

	if (PG_ARGISNULL(place))
		return column;
	array = PG_GETARG_ARRAYTYPE_P(place);
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("an array of events must have one dimension")));
	get_typlenbyvalalign(type, &length, &by_value, &align);
	deconstruct_array(array, type, length, by_value, align, &column.value, &column.isnull, &column.n);
	return column;
}

static void
check_length(const Column *column, int n, const char *name)
{
	if (column->n >= 0 && column->n != n)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("the arrays of events have different lengths"),
				 errdetail("event_at has %d elements and %s has %d.", n, name, column->n)));
}

/* event_at, status_code, kind, communicated, as_at, time_zone */
Datum
cg_rtt_explain(PG_FUNCTION_ARGS)
{
	SetCall		set = {0};
	Column		at = column_of(fcinfo, 0, TIMESTAMPTZOID);
	Column		code = column_of(fcinfo, 1, TEXTOID);
	Column		kind = column_of(fcinfo, 2, TEXTOID);
	Column		communicated = column_of(fcinfo, 3, BOOLOID);
	CgRttEvent *events;

	set.wants_steps = true;
	begin(fcinfo, &set, 4, 5);
	if (at.n <= 0)
		return (Datum) 0;
	check_length(&code, at.n, "status_code");
	check_length(&kind, at.n, "kind");
	check_length(&communicated, at.n, "communicated");
	if (at.n > RTT_MOST_EVENTS)
		cg_rtt_refuse_many();
	events = palloc0(at.n * sizeof(CgRttEvent));
	for (int i = 0; i < at.n; i++)
	{
		cg_rtt_set_moment(&events[i], at.value[i], at.isnull[i], set.call.days);
		events[i].sequence = (uint32) i + 1;
		events[i].code = code.n < 0 ? CG_RTT_NO_CODE : cg_rtt_code_of(code.value[i], code.isnull[i]);
		events[i].kind = kind.n < 0 ? CG_RTT_NO_KIND : cg_rtt_kind_of(kind.value[i], kind.isnull[i]);
		events[i].communicated = communicated.n < 0 ? 1 :
			communicated.isnull[i] ? -1 : DatumGetBool(communicated.value[i]);
	}
	cg_rtt_order(events, at.n);
	explain(&set, events, at.n, false, (Datum) 0);
	return (Datum) 0;
}
