/*-------------------------------------------------------------------------
 *
 * rtt_query.c
 *	  Events of many pathways that come as inner SQL.
 *
 * The user's SELECT becomes a subquery that is ordered by pathway and time;
 * where an index gives that order the planner leaves the sort out, and where
 * the caller says that the rows come by pathway nothing is sorted at all.
 * Only one pathway is in memory at a time.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "common/cg_query.h"
#include "common/cg_query_pick.h"
#include "referral/rtt_query.h"

typedef enum QueryColumn
{
	Q_PATHWAY,
	Q_EVENT_AT,
	Q_STATUS_CODE,
	Q_KIND,
	Q_COMMUNICATED,
	Q_RECEIVED_AT,
	Q_SEQUENCE,
	Q_COLUMNS
} QueryColumn;

#define Q_REQUIRED Q_KIND		/* the columns before this one */

static const char *const column_names[Q_COLUMNS] = {
	"pathway", "event_at", "status_code", "kind", "communicated", "received_at", "sequence"
};

typedef struct Receiver
{
	int			place[Q_COLUMNS];	/* in the slot, or -1 */
	Oid			id_type;
	Oid			time_type[Q_COLUMNS];	/* of event_at and received_at */
	bool		id_by_value;
	int16		id_length;
	FmgrInfo   *id_equal;
	FmgrInfo   *id_compare;
	bool		is_presorted;
	CgLocalDays *days;
	RttPathwayCallback callback;
	void	   *argument;
	MemoryContext rows;			/* of the pathway that is being gathered */
	MemoryContext short_lived;	/* of callbacks */
	int			callbacks;		/* since it was emptied */
	RttPathway	pathway;
	size_t		room;
	bool		has_receipt;
	Datum		receipt;
} Receiver;

/* ---- the text of the query ---- */

static bool
is_time(int column)
{
	return column == Q_EVENT_AT || column == Q_RECEIVED_AT;
}

static Oid
type_of_column(const Receiver *receiver, int column, Oid type)
{
	switch (column)
	{
		case Q_PATHWAY:
			return receiver->id_type;
		case Q_EVENT_AT:
		case Q_RECEIVED_AT:
			return type == DATEOID || type == TIMESTAMPOID ? type : TIMESTAMPTZOID;
		case Q_COMMUNICATED:
			return BOOLOID;
		case Q_SEQUENCE:
			return INT8OID;
		default:
			return TEXTOID;
	}
}

/*
 * Ids are read also as text, codes also as whole numbers.
 */
static bool
may_be_read(int column, Oid type, Oid wanted)
{
	return type == wanted ||
		can_coerce_type(1, &type, &wanted, COERCION_IMPLICIT) ||
		(column == Q_PATHWAY && wanted == TEXTOID) ||
		(column == Q_STATUS_CODE && (type == INT2OID || type == INT4OID || type == INT8OID));
}

static Oid
wanted_type(int column, Oid type, const char *whose, void *context)
{
	Receiver   *receiver = context;
	Oid			wanted = type_of_column(receiver, column, type);

	if (!may_be_read(column, type, wanted))
		cg_query_refuse_type(column_names[column], whose, type,
							 is_time(column) ? "date, timestamp or timestamptz" : format_type_be(wanted),
							 column == Q_PATHWAY ?
							 "Say the type that pathways have, such as pathway_type => NULL::bigint." :
							 "Cast it in the query.");
	receiver->time_type[column] = wanted;
	return wanted;
}

static char *
ordered_text(Receiver *receiver, const char *whose, const char *source)
{
	StringInfoData text;

	initStringInfo(&text);
	cg_query_pick(&text, source, whose, column_names, Q_COLUMNS, Q_REQUIRED,
				  "Name its columns pathway, event_at and status_code; kind, communicated, received_at and sequence may be there too.",
				  wanted_type, receiver, receiver->place);
	if (!receiver->is_presorted)
		appendStringInfoString(&text, " ORDER BY 1, 2");
	return text.data;
}

/* ---- rows ---- */

static void
finish_pathway(Receiver *receiver)
{
	MemoryContext old;

	if (receiver->pathway.number == 0)
		return;
	CHECK_FOR_INTERRUPTS();
	old = MemoryContextSwitchTo(receiver->short_lived);
	cg_rtt_order(receiver->pathway.event, receiver->pathway.n);
	receiver->callback(&receiver->pathway, receiver->argument);
	MemoryContextSwitchTo(old);
	if (++receiver->callbacks >= 64)
	{
		MemoryContextReset(receiver->short_lived);
		receiver->callbacks = 0;
	}
}

static CgRttEvent *
new_event(Receiver *receiver)
{
	RttPathway *pathway = &receiver->pathway;
	CgRttEvent *event;

	if (pathway->n >= receiver->room)
	{
		if (pathway->n >= RTT_MOST_EVENTS)
			cg_rtt_refuse_many();
		receiver->room *= 2;
		pathway->event = repalloc_huge(pathway->event, receiver->room * sizeof(CgRttEvent));
	}
	event = &pathway->event[pathway->n++];
	memset(event, 0, sizeof(CgRttEvent));
	event->communicated = 1;
	return event;
}

/*
 * Moments order events where event_at is one; else local times do, and the
 * other column is turned into what event_at is.
 */
static void
set_time(Receiver *receiver, CgRttEvent *event, int column, Datum value, bool isnull)
{
	bool		is_local = receiver->time_type[Q_EVENT_AT] != TIMESTAMPTZOID;
	Oid			type = receiver->time_type[column];

	if (type == TIMESTAMPTZOID)
	{
		TimestampTz at = isnull ? 0 : DatumGetTimestampTz(value);

		if (is_local && !isnull && !TIMESTAMP_NOT_FINITE(at))
			cg_rtt_set_local(event, cg_local_time(receiver->days, at), false);
		else
			cg_rtt_set_moment(event, at, isnull, receiver->days);
		return;
	}
	if (type == DATEOID)
		cg_rtt_set_date(event, isnull ? 0 : DatumGetDateADT(value), isnull);
	else
		cg_rtt_set_local(event, isnull ? 0 : DatumGetTimestamp(value), isnull);
	if (!is_local && event->day != CG_RTT_NO_DAY)
		event->at = cg_moment_of_local(receiver->days, event->at);
}

/* The receipt of the referral, which its rows repeat, is one event. */
static void
add_receipt(Receiver *receiver, Datum receipt)
{
	CgRttEvent *event;

	if (receiver->has_receipt && receiver->receipt == receipt)
		return;
	receiver->has_receipt = true;
	receiver->receipt = receipt;
	event = new_event(receiver);
	event->kind = CG_RTT_RECEIVED;
	event->is_receipt_of_all = 1;
	set_time(receiver, event, Q_RECEIVED_AT, receipt, false);
}

static void
add_event(Receiver *receiver, TupleTableSlot *slot)
{
	CgRttEvent *event = new_event(receiver);
	int			kind = receiver->place[Q_KIND];
	int			communicated = receiver->place[Q_COMMUNICATED];
	int			sequence = receiver->place[Q_SEQUENCE];

	set_time(receiver, event, Q_EVENT_AT, slot->tts_values[Q_EVENT_AT],
			 slot->tts_isnull[Q_EVENT_AT]);
	event->code = cg_rtt_code_of(slot->tts_values[Q_STATUS_CODE],
								 slot->tts_isnull[Q_STATUS_CODE]);
	if (kind >= 0)
		event->kind = cg_rtt_kind_of(slot->tts_values[kind], slot->tts_isnull[kind]);
	if (communicated >= 0)
		event->communicated = slot->tts_isnull[communicated] ? -1 :
			DatumGetBool(slot->tts_values[communicated]);
	if (sequence >= 0 && !slot->tts_isnull[sequence])
	{
		int64		value = DatumGetInt64(slot->tts_values[sequence]);

		if (value < 1 || value > PG_UINT32_MAX)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("a sequence is out of range"),
					 errdetail("It must be between 1 and %u.", PG_UINT32_MAX),
					 errhint("Number the events of a pathway: row_number() OVER (PARTITION BY pathway ORDER BY …).")));
		event->sequence = (uint32) value;
	}
}

/* A referral without events, from an outer join, has a receipt alone. */
static bool
is_receipt_alone(const Receiver *receiver, const TupleTableSlot *slot)
{
	int			kind = receiver->place[Q_KIND];

	return slot->tts_isnull[Q_EVENT_AT] && slot->tts_isnull[Q_STATUS_CODE] &&
		(kind < 0 || slot->tts_isnull[kind]);
}

static void
add_row(Receiver *receiver, TupleTableSlot *slot)
{
	int			receipt = receiver->place[Q_RECEIVED_AT];

	if (receipt >= 0 && !slot->tts_isnull[receipt])
	{
		add_receipt(receiver, slot->tts_values[receipt]);
		if (is_receipt_alone(receiver, slot))
			return;
	}
	add_event(receiver, slot);
}

static void
begin_pathway(Receiver *receiver, Datum id)
{
	RttPathway *pathway = &receiver->pathway;
	MemoryContext old;

	if (pathway->number > 0)
	{
		if (receiver->is_presorted &&
			DatumGetInt32(FunctionCall2Coll(receiver->id_compare, DEFAULT_COLLATION_OID,
											pathway->id, id)) > 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("rows are said to be sorted by pathway and are not"),
					 errdetail("It is the first row of pathway number %lld that comes too late.",
							   (long long) pathway->number + 1),
					 errhint("Leave presorted out, or order the query by pathway.")));
		finish_pathway(receiver);
		if (!receiver->id_by_value)
			pfree(DatumGetPointer(pathway->id));
	}
	old = MemoryContextSwitchTo(receiver->rows);
	if (receiver->id_by_value)
		pathway->id = id;
	else
		pathway->id = receiver->id_length == -1 ?
			PointerGetDatum(PG_DETOAST_DATUM_COPY(id)) : datumCopy(id, false, receiver->id_length);
	MemoryContextSwitchTo(old);
	pathway->number++;
	pathway->n = 0;
	receiver->has_receipt = false;
}

static void
receive_row(TupleTableSlot *slot, void *argument)
{
	Receiver   *receiver = argument;
	RttPathway *pathway = &receiver->pathway;
	Datum		id;
	bool		is_same;

	if (slot->tts_isnull[Q_PATHWAY])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("a row has no pathway"),
				 errdetail("It comes after pathway number %lld, in the order of pathways.",
						   (long long) pathway->number),
				 errhint("Leave such rows out in the query, WHERE pathway IS NOT NULL, and count them.")));
	id = slot->tts_values[Q_PATHWAY];
	is_same = pathway->number > 0 &&
		((receiver->id_by_value && id == pathway->id) ||
		 DatumGetBool(FunctionCall2Coll(receiver->id_equal, DEFAULT_COLLATION_OID,
										pathway->id, id)));
	if (!is_same)
		begin_pathway(receiver, id);
	add_row(receiver, slot);
}

static void
set_up_id(Receiver *receiver, Oid type, const char *function)
{
	TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_EQ_OPR_FINFO |
											  TYPECACHE_CMP_PROC_FINFO);

	if (!OidIsValid(entry->eq_opr_finfo.fn_oid) || !OidIsValid(entry->cmp_proc_finfo.fn_oid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("pathways of %s cannot be of type %s", function, format_type_be(type)),
				 errdetail("The type has no order.")));
	receiver->id_equal = &entry->eq_opr_finfo;
	receiver->id_compare = &entry->cmp_proc_finfo;
	get_typlenbyval(type, &receiver->id_length, &receiver->id_by_value);
}

void
cg_rtt_query(const char *function, const char *source, Oid id_type,
			 bool is_presorted, CgLocalDays *days, RttPathwayCallback callback,
			 void *argument)
{
	Receiver	receiver = {0};
	const char *whose = psprintf("the query of %s", function);
	char	   *text;

	/* Everything below lives until the function returns. */
	receiver.rows = AllocSetContextCreate(CurrentMemoryContext, "events of a pathway",
										  ALLOCSET_DEFAULT_SIZES);
	receiver.short_lived = AllocSetContextCreate(CurrentMemoryContext, "clocks of a pathway",
												 ALLOCSET_DEFAULT_SIZES);
	receiver.is_presorted = is_presorted;
	receiver.days = days;
	receiver.callback = callback;
	receiver.argument = argument;
	receiver.room = 64;
	receiver.pathway.event = MemoryContextAlloc(receiver.rows, receiver.room * sizeof(CgRttEvent));
	receiver.id_type = id_type;
	set_up_id(&receiver, id_type, function);
	text = ordered_text(&receiver, whose, source);

	cg_query_run(text, whose, NULL, receive_row, &receiver);
	finish_pathway(&receiver);
	MemoryContextDelete(receiver.rows);
	MemoryContextDelete(receiver.short_lived);
}
