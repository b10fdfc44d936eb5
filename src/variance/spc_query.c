/*-------------------------------------------------------------------------
 *
 * spc_query.c
 *	  Series that come as inner SQL.
 *
 * The user's SELECT becomes a subquery that is ordered by series and period;
 * where it comes in that order already, by an index or an ORDER BY of its
 * own, the planner leaves the sort out.  Only one series is in memory at a
 * time.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "common/cg_grown.h"
#include "common/cg_query.h"
#include "common/cg_query_pick.h"
#include "variance/spc_query.h"

/* The columns of the inner query, in the order in which they are fetched. */
typedef enum QueryColumn
{
	Q_SERIES,
	Q_PERIOD,
	Q_VALUE,
	Q_DENOMINATOR,
	Q_TARGET,
	Q_REBASE,
	Q_GHOST,
	Q_COLUMNS
} QueryColumn;

#define Q_REQUIRED Q_DENOMINATOR	/* the columns before this one */

static const char *const column_names[Q_COLUMNS] = {
	"series", "period", "value", "denominator", "target", "rebase", "ghost"
};

typedef struct Receiver
{
	int			place[Q_COLUMNS];	/* in the slot, or -1 */
	Oid			id_type;
	Oid			period_type;
	bool		id_by_value;
	int16		id_length;
	bool		period_by_value;
	int16		period_length;
	FmgrInfo   *id_equal;
	FmgrInfo   *period_equal;
	Oid			collation;
	SpcSeriesCallback callback;
	void	   *argument;
	MemoryContext rows;			/* of the series that is being gathered */
	MemoryContext short_lived;	/* of one callback */
	SpcQuerySeries series;
	size_t		room;
} Receiver;

/* ---- the text of the query ---- */

static Oid
type_of_column(const Receiver *receiver, int column)
{
	switch (column)
	{
		case Q_SERIES:
			return receiver->id_type;
		case Q_PERIOD:
			return receiver->period_type;
		case Q_REBASE:
		case Q_GHOST:
			return BOOLOID;
		default:
			return FLOAT8OID;
	}
}

/*
 * The type that a column is read as, if it may be.  Ids also as text.
 */
static Oid
wanted_type(int column, Oid type, const char *whose, void *context)
{
	Oid			wanted = type_of_column(context, column);

	if (type != wanted && !can_coerce_type(1, &type, &wanted, COERCION_IMPLICIT) &&
		!(column == Q_SERIES && wanted == TEXTOID))
		cg_query_refuse_type(column_names[column], whose, type, format_type_be(wanted),
							 column == Q_SERIES || column == Q_PERIOD ?
							 "Say the type that series or periods have, such as series_type => NULL::bigint or period_type => NULL::timestamptz." :
							 "Cast it in the query.");
	return wanted;
}

static char *
ordered_text(Receiver *receiver, const char *whose, const char *source)
{
	StringInfoData text;

	initStringInfo(&text);
	cg_query_pick(&text, source, whose, column_names, Q_COLUMNS, Q_REQUIRED,
				  "Name its columns series, period and value; denominator, target, rebase and ghost may be there too.",
				  wanted_type, receiver, receiver->place);
	appendStringInfoString(&text, " ORDER BY 1, 2");
	return text.data;
}

/* ---- rows ---- */

static void
refuse_row(Receiver *receiver, const char *problem, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg_internal("%s", problem),
			 errdetail("It is behind row %lld of series %lld, in the order of series and period.",
					   (long long) receiver->series.n,
					   (long long) receiver->series.number),
			 errhint("%s", hint)));
}

static void
finish_series(Receiver *receiver)
{
	MemoryContext old;

	if (receiver->series.n == 0)
		return;
	old = MemoryContextSwitchTo(receiver->short_lived);
	receiver->callback(&receiver->series, receiver->argument);
	MemoryContextSwitchTo(old);
	MemoryContextReset(receiver->short_lived);
}

/*
 * Room for more rows.  The memory is kept from series to series.
 */
static void
make_room(Receiver *receiver)
{
	SpcQuerySeries *series = &receiver->series;
	MemoryContext old = MemoryContextSwitchTo(receiver->rows);

	receiver->room = receiver->room == 0 ? 64 : receiver->room * 2;
	series->period = cg_grown(series->period, receiver->room, sizeof(Datum));
	series->value = cg_grown(series->value, receiver->room, sizeof(double));
	if (receiver->place[Q_DENOMINATOR] >= 0)
		series->denominator = cg_grown(series->denominator, receiver->room, sizeof(double));
	if (receiver->place[Q_TARGET] >= 0)
		series->target = cg_grown(series->target, receiver->room, sizeof(double));
	if (receiver->place[Q_REBASE] >= 0 || receiver->place[Q_GHOST] >= 0)
		series->marks = cg_grown(series->marks, receiver->room, sizeof(uint8));
	MemoryContextSwitchTo(old);
}

/*
 * Copy a value into memory that lives as long as its series.
 */
static Datum
keep(Receiver *receiver, Datum value, bool by_value, int16 length)
{
	MemoryContext old;

	if (by_value)
		return value;
	old = MemoryContextSwitchTo(receiver->rows);
	value = length == -1 ? PointerGetDatum(PG_DETOAST_DATUM_COPY(value)) :
		datumCopy(value, by_value, length);
	MemoryContextSwitchTo(old);
	return value;
}

static void
forget_series(Receiver *receiver)
{
	SpcQuerySeries *series = &receiver->series;

	if (series->number > 0 && !receiver->id_by_value)
		pfree(DatumGetPointer(series->id));
	if (!receiver->period_by_value)
	{
		for (size_t i = 0; i < series->n; i++)
			pfree(DatumGetPointer(series->period[i]));
	}
	series->n = 0;
}

static double
double_of(Receiver *receiver, TupleTableSlot *slot, int column)
{
	int			place = receiver->place[column];

	if (slot->tts_isnull[place])
		return NAN;
	return cg_spc_checked(DatumGetFloat8(slot->tts_values[place]),
						  column_names[column],
						  (int64) receiver->series.n + 1);
}

static void
add_row(Receiver *receiver, TupleTableSlot *slot)
{
	SpcQuerySeries *series = &receiver->series;
	size_t		i = series->n;
	Datum		period = slot->tts_values[Q_PERIOD];

	if (i >= PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a series of a control chart has too many rows"),
				 errdetail("The most is %d.", PG_INT32_MAX)));
	if (i > 0 && DatumGetBool(FunctionCall2Coll(receiver->period_equal,
												receiver->collation,
												series->period[i - 1], period)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a series has two rows of one period"),
				 errdetail("They are rows %lld and %lld of series %lld, in the order of series and period.",
						   (long long) i, (long long) i + 1,
						   (long long) series->number),
				 errhint("Add them up in the query, GROUP BY series, period.")));
	if (i == receiver->room)
		make_room(receiver);
	series->period[i] = keep(receiver, period, receiver->period_by_value,
							 receiver->period_length);
	series->value[i] = double_of(receiver, slot, Q_VALUE);
	if (series->denominator != NULL)
		series->denominator[i] = double_of(receiver, slot, Q_DENOMINATOR);
	if (series->target != NULL)
		series->target[i] = double_of(receiver, slot, Q_TARGET);
	if (series->marks != NULL)
	{
		int			rebase = receiver->place[Q_REBASE];
		int			ghost = receiver->place[Q_GHOST];

		series->marks[i] = 0;
		if (rebase >= 0 && !slot->tts_isnull[rebase] &&
			DatumGetBool(slot->tts_values[rebase]))
			series->marks[i] |= CG_SPC_MARK_REBASE;
		if (ghost >= 0 && !slot->tts_isnull[ghost] &&
			DatumGetBool(slot->tts_values[ghost]))
			series->marks[i] |= CG_SPC_MARK_GHOST;
	}
	series->n++;
}

static void
receive_row(TupleTableSlot *slot, void *argument)
{
	Receiver   *receiver = argument;
	SpcQuerySeries *series = &receiver->series;
	Datum		id;

	if (slot->tts_isnull[Q_SERIES])
		refuse_row(receiver, "a row has no series",
				   "Leave such rows out in the query, WHERE series IS NOT NULL.");
	if (slot->tts_isnull[Q_PERIOD])
		refuse_row(receiver, "a row has no period",
				   "Leave such rows out in the query, WHERE period IS NOT NULL.");
	id = slot->tts_values[Q_SERIES];
	if (series->number == 0 ||
		!DatumGetBool(FunctionCall2Coll(receiver->id_equal, receiver->collation,
										series->id, id)))
	{
		finish_series(receiver);
		forget_series(receiver);
		series->id = keep(receiver, id, receiver->id_by_value,
						  receiver->id_length);
		series->number++;
	}
	add_row(receiver, slot);
}

static FmgrInfo *
equality_of(Oid type, const char *function)
{
	TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_EQ_OPR_FINFO |
											  TYPECACHE_LT_OPR);

	if (!OidIsValid(entry->eq_opr_finfo.fn_oid) || !OidIsValid(entry->lt_opr))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("series and periods of %s cannot be of type %s",
						function, format_type_be(type)),
				 errdetail("The type has no order.")));
	return &entry->eq_opr_finfo;
}

void
cg_spc_query(const char *function, const char *source, Oid id_type,
			 Oid period_type, CgSpcChart chart, SpcSeriesCallback callback,
			 void *argument)
{
	Receiver	receiver = {0};
	const char *whose = psprintf("the query of %s", function);
	char	   *text;

	/* Everything below lives until the function returns. */
	receiver.rows = AllocSetContextCreate(CurrentMemoryContext,
										  "rows of a series",
										  ALLOCSET_DEFAULT_SIZES);
	receiver.short_lived = AllocSetContextCreate(CurrentMemoryContext,
												 "chart of a series",
												 ALLOCSET_DEFAULT_SIZES);
	receiver.callback = callback;
	receiver.argument = argument;
	receiver.collation = DEFAULT_COLLATION_OID;
	receiver.id_type = id_type;
	receiver.period_type = period_type;
	get_typlenbyval(id_type, &receiver.id_length, &receiver.id_by_value);
	get_typlenbyval(period_type, &receiver.period_length,
					&receiver.period_by_value);
	receiver.id_equal = equality_of(id_type, function);
	receiver.period_equal = equality_of(period_type, function);
	text = ordered_text(&receiver, whose, source);
	cg_spc_need_data(chart, receiver.place[Q_DENOMINATOR] >= 0, false);

	cg_query_run(text, whose, NULL, receive_row, &receiver);
	finish_series(&receiver);
	MemoryContextDelete(receiver.rows);
	MemoryContextDelete(receiver.short_lived);
}
