/*-------------------------------------------------------------------------
 *
 * rtt_state.c
 *	  Clocks as aggregates: the events of a pathway are gathered in a bytea and
 *	  read once at the end.
 *
 * The state has room to grow, which doubles into new memory; it is changed in
 * place within an aggregate and copied and checked when it comes from outside.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "common/cg_compat.h"
#include "referral/rtt_glue.h"

PG_FUNCTION_INFO_V1(cg_rtt_add_at);
PG_FUNCTION_INFO_V1(cg_rtt_add_on);
PG_FUNCTION_INFO_V1(cg_rtt_combine);
PG_FUNCTION_INFO_V1(cg_rtt_clocks_final);
PG_FUNCTION_INFO_V1(cg_rtt_pathway_final);

#define STATE_VERSION 1
#define FIRST_ROOM 4

typedef struct RttState
{
	int32		vl_len_;
	uint16		version;
	uint16		unused;
	int32		n;
	int32		as_at;			/* CG_RTT_NO_DAY: today */
	int32		limit_days;
	int32		unused_too;
	CgRttEvent	event[FLEXIBLE_ARRAY_MEMBER];
} RttState;

#define STATE_SIZE(room) (offsetof(RttState, event) + (room) * sizeof(CgRttEvent))

static int32
room_of(const RttState *state)
{
	return (int32) ((VARSIZE(state) - offsetof(RttState, event)) / sizeof(CgRttEvent));
}

static RttState *
new_state(int32 room)
{
	RttState   *state = palloc(STATE_SIZE(room));

	memset(state, 0, offsetof(RttState, event));
	SET_VARSIZE(state, STATE_SIZE(room));
	state->version = STATE_VERSION;
	state->as_at = CG_RTT_NO_DAY;
	state->limit_days = RTT_DEFAULT_WEEKS * 7;
	return state;
}

static void
refuse_state(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("a state of referral-to-treatment events is damaged"),
			 errhint("States are made and read by the same version of caregroup.")));
}

static void
check_state(const RttState *state)
{
	if (VARSIZE(state) < offsetof(RttState, event) || state->version != STATE_VERSION ||
		state->n < 0 || state->n > room_of(state) || state->n > RTT_MOST_EVENTS ||
		state->limit_days < 7 || state->limit_days > RTT_MOST_WEEKS * 7)
		refuse_state();
	for (int32 i = 0; i < state->n; i++)
	{
		const CgRttEvent *event = &state->event[i];

		if (event->kind >= CG_RTT_KINDS || event->is_receipt_of_all > 1 ||
			event->communicated < -1 || event->communicated > 1 ||
			(event->day != CG_RTT_NO_DAY &&
			 (event->day < -2451545 || event->day >= TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE)))
			refuse_state();
	}
}

/*
 * A state that was handed over: detoasted, aligned and checked.  Within a
 * tuple a bytea stands at four bytes, and events need eight.
 */
static RttState *
state_of(FunctionCallInfo fcinfo, int place)
{
	RttState   *state = (RttState *) PG_GETARG_BYTEA_P(place);

	if ((uintptr_t) state != MAXALIGN((uintptr_t) state))
		state = (RttState *) PG_GETARG_BYTEA_P_COPY(place);
	check_state(state);
	return state;
}

static RttState *
grown_state(const RttState *state, int32 room)
{
	RttState   *larger = new_state(room);

	memcpy((char *) larger + VARHDRSZ, (const char *) state + VARHDRSZ,
		   STATE_SIZE(state->n) - VARHDRSZ);
	return larger;
}

/*
 * The state of this call with room for one more event.  Options stand in the
 * first row.
 */
static RttState *
state_for_row(FunctionCallInfo fcinfo)
{
	RttState   *state;

	if (PG_ARGISNULL(0))
	{
		state = new_state(FIRST_ROOM);
		if (PG_NARGS() > 5 && !PG_ARGISNULL(5))
			state->as_at = cg_rtt_as_at(PG_GETARG_DATUM(5));
		if (PG_NARGS() > 6 && !PG_ARGISNULL(6))
			state->limit_days = cg_rtt_limit_days(PG_GETARG_INT32(6));
		return state;
	}
	if (AggCheckCallContext(fcinfo, NULL))
		state = (RttState *) PG_GETARG_BYTEA_P(0);
	else
	{
		state = state_of(fcinfo, 0);
		return grown_state(state, state->n + 1);
	}
	if (state->n < room_of(state))
		return state;
	if (state->n >= RTT_MOST_EVENTS)
		cg_rtt_refuse_many();
	return grown_state(state, state->n * 2 > RTT_MOST_EVENTS ? RTT_MOST_EVENTS : state->n * 2);
}

static CgRttEvent *
event_of_row(FunctionCallInfo fcinfo, RttState *state)
{
	CgRttEvent *event = &state->event[state->n];

	memset(event, 0, sizeof(CgRttEvent));
	event->code = cg_rtt_code_of(PG_GETARG_DATUM(2), PG_ARGISNULL(2));
	event->communicated = 1;
	if (PG_NARGS() > 3)
	{
		event->kind = cg_rtt_kind_of(PG_GETARG_DATUM(3), PG_ARGISNULL(3));
		event->communicated = PG_ARGISNULL(4) ? -1 : PG_GETARG_BOOL(4);
	}
	state->n++;
	return event;
}

/* The time zone of the row, or London's. */
static CgLocalDays *
days_of_row(FunctionCallInfo fcinfo)
{
	CgLocalDays **cache = (CgLocalDays **) &fcinfo->flinfo->fn_extra;

	if (PG_NARGS() > 7 && !PG_ARGISNULL(7))
		return cg_local_days_cached(cache, fcinfo->flinfo->fn_mcxt, PG_GETARG_TEXT_PP(7));
	if (*cache == NULL || PG_NARGS() > 7)
		return cg_local_days_cached(cache, fcinfo->flinfo->fn_mcxt,
									cstring_to_text("Europe/London"));
	return *cache;
}

Datum
cg_rtt_add_at(PG_FUNCTION_ARGS)
{
	CgLocalDays *days = days_of_row(fcinfo);
	RttState   *state = state_for_row(fcinfo);
	CgRttEvent *event = event_of_row(fcinfo, state);

	cg_rtt_set_moment(event, PG_GETARG_DATUM(1), PG_ARGISNULL(1), days);
	PG_RETURN_POINTER(state);
}

Datum
cg_rtt_add_on(PG_FUNCTION_ARGS)
{
	RttState   *state = state_for_row(fcinfo);
	CgRttEvent *event = event_of_row(fcinfo, state);

	cg_rtt_set_date(event, DatumGetDateADT(PG_GETARG_DATUM(1)), PG_ARGISNULL(1));
	PG_RETURN_POINTER(state);
}

Datum
cg_rtt_combine(PG_FUNCTION_ARGS)
{
	RttState   *left;
	RttState   *right;
	RttState   *both;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	right = state_of(fcinfo, 1);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(grown_state(right, Max(right->n, FIRST_ROOM)));
	left = state_of(fcinfo, 0);
	if (left->n + right->n > RTT_MOST_EVENTS)
		cg_rtt_refuse_many();
	both = grown_state(left, left->n + right->n);
	memcpy(&both->event[left->n], right->event, right->n * sizeof(CgRttEvent));
	both->n = left->n + right->n;
	PG_RETURN_POINTER(both);
}

/* ---- results ---- */

typedef struct FinalCache
{
	CgLocalDays *days;			/* for today */
	TupleDesc	desc;
	Oid			type;
	int16		length;
	bool		by_value;
	char		align;
} FinalCache;

/* The row type that the function returns, or that its array is of. */
static FinalCache *
final_cache(FunctionCallInfo fcinfo)
{
	FinalCache *cache = fcinfo->flinfo->fn_extra;
	MemoryContext old;
	Oid			element;

	if (cache != NULL)
		return cache;
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	cache = palloc0(sizeof(FinalCache));
	cache->days = cg_local_days("Europe/London");
	cache->type = get_func_rettype(fcinfo->flinfo->fn_oid);
	element = get_element_type(cache->type);
	if (OidIsValid(element))
		cache->type = element;
	cache->desc = lookup_rowtype_tupdesc_copy(cache->type, -1);
	get_typlenbyvalalign(cache->type, &cache->length, &cache->by_value, &cache->align);
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = cache;
	return cache;
}

/* A window may go on with the state, so the events are sorted in a copy. */
static CgRttEvent *
sorted_events(const RttState *state)
{
	CgRttEvent *events = palloc(Max(state->n, 1) * sizeof(CgRttEvent));

	memcpy(events, state->event, state->n * sizeof(CgRttEvent));
	cg_rtt_order(events, state->n);
	return events;
}

Datum
cg_rtt_clocks_final(PG_FUNCTION_ARGS)
{
	FinalCache *cache = final_cache(fcinfo);
	RttState   *state;
	CgRttOptions options;
	CgRttClock *clocks;
	CgRttPathway pathway;
	size_t		n;
	Datum	   *rows;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = state_of(fcinfo, 0);
	options = cg_rtt_options(state->as_at, cache->days);
	clocks = palloc(Max(state->n, 1) * sizeof(CgRttClock));
	n = cg_rtt_run(&options, sorted_events(state), state->n, clocks, NULL, NULL, &pathway);
	rows = palloc(Max(n, 1) * sizeof(Datum));
	for (size_t i = 0; i < n; i++)
	{
		Datum		values[RTT_CLOCK_COLUMNS];
		bool		nulls[RTT_CLOCK_COLUMNS];

		cg_rtt_clock_columns(&clocks[i], (uint32) i + 1, state->limit_days, values, nulls);
		rows[i] = HeapTupleGetDatum(heap_form_tuple(cache->desc, values, nulls));
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(rows, (int) n, cache->type, cache->length,
										  cache->by_value, cache->align));
}

Datum
cg_rtt_pathway_final(PG_FUNCTION_ARGS)
{
	FinalCache *cache = final_cache(fcinfo);
	RttState   *state;
	CgRttOptions options;
	CgRttClock *clocks;
	CgRttPathway pathway;
	size_t		n;
	Datum		values[RTT_PATHWAY_COLUMNS];
	bool		nulls[RTT_PATHWAY_COLUMNS];

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = state_of(fcinfo, 0);
	options = cg_rtt_options(state->as_at, cache->days);
	clocks = palloc(Max(state->n, 1) * sizeof(CgRttClock));
	n = cg_rtt_run(&options, sorted_events(state), state->n, clocks, NULL, NULL, &pathway);
	cg_rtt_pathway_columns(&pathway, state->n,
						   pathway.state == CG_RTT_WAITING ? &clocks[n - 1] : NULL,
						   values, nulls);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(cache->desc, values, nulls)));
}
