/*-------------------------------------------------------------------------
 *
 * location_input.c
 *	  The tables that location and grouping read.
 *
 * Rows may be people: messages name the row, in the order in which the query
 * gave it, and never a value.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "tcop/dest.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "common/cg_compat.h"
#include "common/cg_query.h"
#include "geography/location_input.h"

typedef struct Receiver
{
	DestReceiver pub;
	CgInput    *input;
} Receiver;

typedef struct IdEntry
{
	char	   *id;				/* key */
	int			number;
} IdEntry;

void *
cg_location_take(size_t count, size_t size)
{
	return palloc_extended(Max(count, 1) * size, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/* ---- the text of the query ---- */

static bool
is_integer_type(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID;
}

static bool
is_id_type(Oid type)
{
	return is_integer_type(type) || type == TEXTOID || type == VARCHAROID ||
		type == BPCHAROID || type == UUIDOID;
}

static bool
can_be(Oid type, Oid wanted)
{
	return type == wanted || can_coerce_type(1, &type, &wanted, COERCION_IMPLICIT);
}

static const char *
accepted_types(CgColumnKind kind)
{
	switch (kind)
	{
		case CG_COLUMN_ID:
		case CG_COLUMN_KEY:
			return "bigint, text or uuid";
		case CG_COLUMN_FLAG:
			return "boolean";
		default:
			return "a number";
	}
}

static void
check_type(const CgInput *input, CgInputColumn *column, Oid type)
{
	bool		fits = true;

	type = getBaseType(type);
	switch (column->kind)
	{
		case CG_COLUMN_ID:
		case CG_COLUMN_KEY:
			column->is_integer = is_integer_type(type);
			column->type = column->is_integer ? INT8OID : type == UUIDOID ? UUIDOID : TEXTOID;
			fits = is_id_type(type);
			break;
		case CG_COLUMN_WORD:
			column->is_integer = is_integer_type(type);
			break;
		case CG_COLUMN_AMOUNT:
		case CG_COLUMN_AMOUNT_OR_NULL:
			fits = can_be(type, FLOAT8OID);
			break;
		case CG_COLUMN_FLAG:
			fits = can_be(type, BOOLOID);
			break;
	}
	if (!fits)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of %s of %s() has the wrong type",
						column->name, input->argument, input->function),
				 errdetail("It is %s and must be %s.",
						   format_type_be(type), accepted_types(column->kind)),
				 errhint("Cast it in the query.")));
}

static Oid
type_of_column(const CgInput *input, Query *query, const char *name)
{
	Oid			type = InvalidOid;
	ListCell   *cell;

	foreach(cell, query->targetList)
	{
		TargetEntry *entry = lfirst_node(TargetEntry, cell);

		if (entry->resjunk || strcmp(entry->resname, name) != 0)
			continue;
		if (OidIsValid(type))
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("%s of %s() has the column \"%s\" twice",
							input->argument, input->function, name)));
		type = exprType((Node *) entry->expr);
	}
	return type;
}

static void
refuse_missing(const CgInput *input, const char *name)
{
	StringInfoData needed;

	initStringInfo(&needed);
	for (int c = 0; c < input->columns; c++)
	{
		if (input->column[c].required)
			appendStringInfo(&needed, "%s%s", needed.len > 0 ? ", " : "",
							 input->column[c].name);
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("%s of %s() has no column \"%s\"",
					input->argument, input->function, name),
			 errhint("It needs the columns %s, in any order.", needed.data)));
}

static char *
wrapped_query(CgInput *input, const char *source)
{
	RawStmt    *raw;
	Query	   *query = cg_query_analyze(source, &raw);
	const char *start = source + Max(raw->stmt_location, 0);
	int			length = raw->stmt_len > 0 ? raw->stmt_len : (int) strlen(start);
	StringInfoData text;

	initStringInfo(&text);
	for (int c = 0; c < input->columns; c++)
	{
		CgInputColumn *column = &input->column[c];
		Oid			type = type_of_column(input, query, column->name);
		const char *cast = "pg_catalog.text";

		appendStringInfoString(&text, c == 0 ? "SELECT " : ", ");
		column->found = OidIsValid(type);
		if (column->found)
			check_type(input, column, type);
		else if (column->required)
			refuse_missing(input, column->name);
		if (column->kind == CG_COLUMN_AMOUNT || column->kind == CG_COLUMN_AMOUNT_OR_NULL)
			cast = "pg_catalog.float8";
		else if (column->kind == CG_COLUMN_FLAG)
			cast = "pg_catalog.bool";
		if (column->found)
			appendStringInfo(&text, "q.%s::%s", quote_identifier(column->name), cast);
		else
			appendStringInfo(&text, "NULL::%s", cast);
	}
	appendStringInfoString(&text, " FROM (\n");
	appendBinaryStringInfo(&text, start, length);
	appendStringInfoString(&text, "\n) AS q");
	return text.data;
}

/* ---- rows ---- */

static void
refuse_row(const CgInput *input, int code, const char *name, const char *problem)
{
	ereport(ERROR,
			(errcode(code),
			 errmsg("column \"%s\" of %s of %s() %s",
					name, input->argument, input->function, problem),
			 errdetail("It is row %lld of the query.", (long long) input->rows + 1)));
}

static void *
grown(void *memory, int64 room, Size size)
{
	return memory == NULL ? palloc_extended(room * size, MCXT_ALLOC_HUGE) :
		repalloc_huge(memory, room * size);
}

static void
make_room(CgInput *input)
{
	MemoryContext old = MemoryContextSwitchTo(input->memory);

	input->room = input->room == 0 ? 256 : input->room * 2;
	if (input->room > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s of %s() has too many rows", input->argument, input->function)));
	for (int c = 0; c < input->columns; c++)
	{
		CgInputColumn *column = &input->column[c];

		if (!column->found)
			continue;
		switch (column->kind)
		{
			case CG_COLUMN_ID:
			case CG_COLUMN_KEY:
			case CG_COLUMN_WORD:
				column->text = grown(column->text, input->room, sizeof(char *));
				break;
			case CG_COLUMN_AMOUNT:
			case CG_COLUMN_AMOUNT_OR_NULL:
				column->number = grown(column->number, input->room, sizeof(double));
				break;
			case CG_COLUMN_FLAG:
				column->flag = grown(column->flag, input->room, sizeof(bool));
				break;
		}
	}
	MemoryContextSwitchTo(old);
}

static void
keep_number(CgInput *input, CgInputColumn *column, Datum value, bool isnull)
{
	double		number;

	if (isnull)
	{
		if (column->kind == CG_COLUMN_AMOUNT)
			refuse_row(input, ERRCODE_NULL_VALUE_NOT_ALLOWED, column->name, "is NULL");
		column->number[input->rows] = NAN;
		return;
	}
	number = DatumGetFloat8(value);
	if (!isfinite(number))
		refuse_row(input, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, column->name, "is not finite");
	if (number < 0)
		refuse_row(input, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, column->name, "is negative");
	column->number[input->rows] = number;
}

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	CgInput    *input = ((Receiver *) self)->input;

	slot_getallattrs(slot);
	if (input->rows == input->room)
		make_room(input);
	for (int c = 0; c < input->columns; c++)
	{
		CgInputColumn *column = &input->column[c];
		Datum		value = slot->tts_values[c];
		bool		isnull = slot->tts_isnull[c];
		MemoryContext old;

		if (!column->found)
			continue;
		switch (column->kind)
		{
			case CG_COLUMN_ID:
				if (isnull)
					refuse_row(input, ERRCODE_NULL_VALUE_NOT_ALLOWED, column->name, "is NULL");
				/* FALLTHROUGH */
			case CG_COLUMN_KEY:
			case CG_COLUMN_WORD:
				old = MemoryContextSwitchTo(input->memory);
				column->text[input->rows] = isnull ? NULL : TextDatumGetCString(value);
				MemoryContextSwitchTo(old);
				break;
			case CG_COLUMN_AMOUNT:
			case CG_COLUMN_AMOUNT_OR_NULL:
				keep_number(input, column, value, isnull);
				break;
			case CG_COLUMN_FLAG:
				column->flag[input->rows] = !isnull && DatumGetBool(value);
				break;
		}
	}
	input->rows++;
	return true;
}

static void
start_up(DestReceiver *self, int operation, TupleDesc desc)
{
}

static void
do_nothing(DestReceiver *self)
{
}

/*
 * Run the wrapped query and hand its rows to the receiver.
 */
static void
run_query(CgInput *input, const char *source,
		  bool (*receive) (TupleTableSlot *, DestReceiver *), Receiver *receiver)
{
	SPIExecuteOptions options = {0};
	char	   *text;

	if (source == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s of %s() is NULL", input->argument, input->function)));
	receiver->pub.receiveSlot = receive;
	receiver->pub.rStartup = start_up;
	receiver->pub.rShutdown = do_nothing;
	receiver->pub.rDestroy = do_nothing;
	receiver->pub.mydest = DestNone;
	receiver->input = input;
	text = wrapped_query(input, source);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	options.read_only = true;
	options.must_return_tuples = true;
	options.dest = &receiver->pub;
	if (SPI_execute_extended(text, &options) < 0)
		elog(ERROR, "%s of %s() could not be run", input->argument, input->function);
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
}

static void
begin_input(CgInput *input, const char *function, const char *argument,
			CgInputColumn *column, int columns)
{
	memset(input, 0, sizeof(*input));
	input->function = function;
	input->argument = argument;
	input->column = column;
	input->columns = columns;
	input->memory = CurrentMemoryContext;
}

void
cg_read_input(CgInput *input, const char *function, const char *argument,
			  const char *source, CgInputColumn *column, int columns)
{
	Receiver	receiver = {0};

	begin_input(input, function, argument, column, columns);
	run_query(input, source, receive_row, &receiver);
	if (input->room == 0)
		make_room(input);
}

/* ---- ids ---- */

void
cg_check_id_type(const CgInput *input, int column, const CgRows *rows, int place)
{
	Oid			wanted = TupleDescAttr(rows->desc, place)->atttypid;
	Oid			type = input->column[column].type;

	if (wanted == TEXTOID || wanted == type)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("the ids of %s of %s() are not of the type that is asked for",
					input->argument, input->function),
			 errdetail("They are %s, and %s is asked for.",
					   format_type_be(type), format_type_be(wanted)),
			 errhint("Give NULL::bigint, NULL::text or NULL::uuid.")));
}

void
cg_put_id(const CgRows *rows, Datum *values, bool *nulls, int place, const char *id)
{
	Oid			type = TupleDescAttr(rows->desc, place)->atttypid;

	nulls[place] = id == NULL;
	if (id == NULL)
		return;
	if (type == INT8OID)
		values[place] = DirectFunctionCall1(int8in, CStringGetDatum(id));
	else if (type == UUIDOID)
		values[place] = DirectFunctionCall1(uuid_in, CStringGetDatum(id));
	else
		values[place] = CStringGetTextDatum(id);
}

static uint32
hash_id(const void *key, Size size)
{
	const char *id = *(char *const *) key;

	return DatumGetUInt32(hash_any((const unsigned char *) id, (int) strlen(id)));
}

static int
match_ids(const void *a, const void *b, Size size)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

static int
compare_bytes(const void *a, const void *b, void *context)
{
	char	  **text = context;

	return strcmp(text[*(const int *) a], text[*(const int *) b]);
}

static int
compare_integers(const void *a, const void *b, void *context)
{
	char	  **text = context;
	long long	left = strtoll(text[*(const int *) a], NULL, 10);
	long long	right = strtoll(text[*(const int *) b], NULL, 10);

	return (left > right) - (left < right);
}

static void
make_ids(CgIds *ids, const CgInput *input, int column, bool distinct)
{
	const CgInputColumn *from = &input->column[column];
	HASHCTL		control = {0};
	int			kept = 0;

	ids->row = cg_location_take(input->rows, sizeof(int));
	ids->id = cg_location_take(input->rows, sizeof(char *));
	for (int64 r = 0; r < input->rows && from->found; r++)
	{
		if (from->text[r] != NULL)
			ids->row[kept++] = (int) r;
	}
	qsort_arg(ids->row, kept, sizeof(int),
			  from->is_integer ? compare_integers : compare_bytes, from->text);
	control.keysize = sizeof(char *);
	control.entrysize = sizeof(IdEntry);
	control.hash = hash_id;
	control.match = match_ids;
	control.hcxt = CurrentMemoryContext;
	ids->table = hash_create("ids", Max(kept, 16), &control,
							 HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
	ids->count = 0;
	for (int k = 0; k < kept; k++)
	{
		char	   *id = from->text[ids->row[k]];
		bool		found;
		IdEntry    *entry = hash_search(ids->table, &id, HASH_ENTER, &found);

		if (found && distinct)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s of %s() has an id twice", input->argument, input->function),
					 errdetail("They are rows %d and %d of the query.",
							   Min(ids->row[entry->number], ids->row[k]) + 1,
							   Max(ids->row[entry->number], ids->row[k]) + 1),
					 errhint("Add them up in the query, GROUP BY id.")));
		if (found)
			continue;
		entry->id = id;
		entry->number = ids->count;
		ids->id[ids->count] = id;
		ids->row[ids->count++] = ids->row[k];
	}
}

void
cg_ids_begin(CgIds *ids, const CgInput *input, int column)
{
	make_ids(ids, input, column, true);
}

void
cg_ids_of_keys(CgIds *ids, const CgInput *input, int column)
{
	make_ids(ids, input, column, false);
}

int
cg_ids_find(const CgIds *ids, const char *id)
{
	IdEntry    *entry = id == NULL ? NULL :
		hash_search(ids->table, &id, HASH_FIND, NULL);

	return entry == NULL ? -1 : entry->number;
}

/* ---- pairs ---- */

typedef struct Pair
{
	int			first;
	int			second;
	int			row;
	double		cost;
} Pair;

typedef struct PairReceiver
{
	Receiver	base;
	const CgIds *first;
	const CgIds *second;
	double		most;
	Pair	   *pair;
	int64		count;
	int64		room;
} PairReceiver;

static bool
receive_pair(TupleTableSlot *slot, DestReceiver *self)
{
	PairReceiver *receiver = (PairReceiver *) self;
	CgInput    *input = receiver->base.input;
	char	   *first;
	char	   *second;
	double		cost;
	Pair	   *pair;

	slot_getallattrs(slot);
	for (int c = 0; c < 3; c++)
	{
		if (slot->tts_isnull[c])
			refuse_row(input, ERRCODE_NULL_VALUE_NOT_ALLOWED, input->column[c].name, "is NULL");
	}
	cost = DatumGetFloat8(slot->tts_values[2]);
	if (!isfinite(cost))
		refuse_row(input, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "cost", "is not finite");
	if (cost < 0)
		refuse_row(input, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "cost", "is negative");
	if (receiver->count == receiver->room)
	{
		MemoryContext old = MemoryContextSwitchTo(input->memory);

		receiver->room = receiver->room == 0 ? 1024 : receiver->room * 2;
		receiver->pair = grown(receiver->pair, receiver->room, sizeof(Pair));
		MemoryContextSwitchTo(old);
	}
	first = TextDatumGetCString(slot->tts_values[0]);
	second = TextDatumGetCString(slot->tts_values[1]);
	pair = &receiver->pair[receiver->count];
	pair->first = cg_ids_find(receiver->first, first);
	pair->second = cg_ids_find(receiver->second, second);
	pair->cost = cost;
	pair->row = (int) ++input->rows;
	if (pair->first >= 0 && pair->second >= 0 && !(cost > receiver->most))
		receiver->count++;
	pfree(first);
	pfree(second);
	if (input->rows >= PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s of %s() has too many rows", input->argument, input->function)));
	return true;
}

static int
compare_pairs(const void *a, const void *b)
{
	const Pair *left = a;
	const Pair *right = b;

	/* There may be millions. */
	CHECK_FOR_INTERRUPTS();
	if (left->first != right->first)
		return left->first < right->first ? -1 : 1;
	if (left->second != right->second)
		return left->second < right->second ? -1 : 1;
	return left->row - right->row;
}

void
cg_read_pairs(CgLocationPairs *pairs, const char *function, const char *source,
			  const char *first_name, const char *second_name,
			  const CgIds *first, const CgIds *second, double most)
{
	CgInputColumn column[] = {
		{first_name, CG_COLUMN_ID, true}, {second_name, CG_COLUMN_ID, true},
		{"cost", CG_COLUMN_AMOUNT, true}
	};
	CgInput		input;
	PairReceiver receiver = {{{0}}};

	begin_input(&input, function, "pairs_sql", column, 3);
	receiver.first = first;
	receiver.second = second;
	receiver.most = most;
	run_query(&input, source, receive_pair, &receiver.base);
	if (receiver.count > 0)
		qsort(receiver.pair, receiver.count, sizeof(Pair), compare_pairs);
	pairs->start = cg_location_take(first->count + 1, sizeof(size_t));
	pairs->other = cg_location_take(receiver.count, sizeof(int));
	pairs->cost = cg_location_take(receiver.count, sizeof(double));
	for (int64 e = 0; e < receiver.count; e++)
	{
		const Pair *pair = &receiver.pair[e];

		if (e > 0 && pair->first == pair[-1].first && pair->second == pair[-1].second)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("pairs_sql of %s() has a pair twice", function),
					 errdetail("They are rows %d and %d of the query.",
							   pair[-1].row, pair->row),
					 errhint("Take the cheaper in the query, min(cost) … GROUP BY %s, %s.",
							 first_name, second_name)));
		pairs->start[pair->first + 1]++;
		pairs->other[e] = pair->second;
		pairs->cost[e] = pair->cost;
	}
	for (int i = 0; i < first->count; i++)
		pairs->start[i + 1] += pairs->start[i];
	if (receiver.pair != NULL)
		pfree(receiver.pair);
}

/* ---- demand and sites ---- */

static double *
numbers_by_id(const CgInput *input, const CgIds *ids, int column, double if_null)
{
	const CgInputColumn *from = &input->column[column];
	double	   *numbers = cg_location_take(ids->count, sizeof(double));

	for (int i = 0; i < ids->count; i++)
	{
		numbers[i] = from->found ? from->number[ids->row[i]] : if_null;
		if (isnan(numbers[i]))
			numbers[i] = if_null;
	}
	return numbers;
}

enum SiteColumn
{
	SITE_ID, SITE_OPENING, SITE_CAPACITY, SITE_MINIMUM, SITE_FIXED, SITE_CURRENT,
	SITE_COLUMNS
};

static void
read_sites(CgLocationInput *input, const char *sites_sql)
{
	CgInputColumn *column = palloc0(sizeof(CgInputColumn) * SITE_COLUMNS);
	CgIds	   *ids = &input->site_ids;

	column[SITE_ID] = (CgInputColumn) {"id", CG_COLUMN_ID, true};
	column[SITE_OPENING] = (CgInputColumn) {"opening_cost", CG_COLUMN_AMOUNT_OR_NULL};
	column[SITE_CAPACITY] = (CgInputColumn) {"capacity", CG_COLUMN_AMOUNT_OR_NULL};
	column[SITE_MINIMUM] = (CgInputColumn) {"minimum", CG_COLUMN_AMOUNT_OR_NULL};
	column[SITE_FIXED] = (CgInputColumn) {"fixed", CG_COLUMN_WORD};
	column[SITE_CURRENT] = (CgInputColumn) {"is_current", CG_COLUMN_FLAG};
	cg_read_input(&input->sites, input->function, "sites_sql", sites_sql, column, SITE_COLUMNS);
	cg_ids_begin(ids, &input->sites, SITE_ID);
	input->opening = numbers_by_id(&input->sites, ids, SITE_OPENING, 0);
	if (column[SITE_CAPACITY].found)
		input->capacity = numbers_by_id(&input->sites, ids, SITE_CAPACITY, HUGE_VAL);
	if (column[SITE_MINIMUM].found)
		input->minimum = numbers_by_id(&input->sites, ids, SITE_MINIMUM, 0);
	input->fixed = cg_location_take(ids->count, sizeof(signed char));
	input->is_current = cg_location_take(ids->count, sizeof(bool));
	for (int j = 0; j < ids->count; j++)
	{
		int			row = ids->row[j];
		const char *word = column[SITE_FIXED].found ? column[SITE_FIXED].text[row] : NULL;

		input->is_current[j] = !column[SITE_CURRENT].found || column[SITE_CURRENT].flag[row];
		if (word == NULL)
			continue;
		if (strcmp(word, "open") == 0)
		{
			input->fixed[j] = CG_SITE_OPEN;
			input->fixed_open++;
		}
		else if (strcmp(word, "closed") == 0)
		{
			input->fixed[j] = CG_SITE_CLOSED;
			input->fixed_closed++;
		}
		else
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"fixed\" of sites_sql of %s() is not a choice", input->function),
					 errdetail("It is row %d of the query.", row + 1),
					 errhint("The choices are open and closed, and NULL for a site that is free.")));
	}
}

void
cg_read_location(CgLocationInput *input, const char *function,
				 const char *demand_sql, const char *sites_sql,
				 const char *pairs_sql, double most, CgInputColumn *words,
				 int word_count)
{
	CgInputColumn *column = palloc0(sizeof(CgInputColumn) * (2 + word_count));

	memset(input, 0, sizeof(*input));
	input->function = function;
	column[0] = (CgInputColumn) {"id", CG_COLUMN_ID, true};
	column[1] = (CgInputColumn) {"amount", CG_COLUMN_AMOUNT, true};
	if (word_count > 0)
		memcpy(column + 2, words, sizeof(CgInputColumn) * word_count);
	cg_read_input(&input->demand, function, "demand_sql", demand_sql, column, 2 + word_count);
	cg_ids_begin(&input->demand_ids, &input->demand, 0);
	input->amount = numbers_by_id(&input->demand, &input->demand_ids, 1, 0);
	read_sites(input, sites_sql);
	cg_read_pairs(&input->pairs, function, pairs_sql, "demand_id", "site_id",
				  &input->demand_ids, &input->site_ids, most);
	input->value = cg_location_take(input->pairs.start[input->demand_ids.count], sizeof(double));
	for (int i = 0; i < input->demand_ids.count; i++)
	{
		for (size_t e = input->pairs.start[i]; e < input->pairs.start[i + 1]; e++)
		{
			input->value[e] = input->amount[i] * input->pairs.cost[e];
			if (!isfinite(input->value[e]))
				ereport(ERROR,
						(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						 errmsg("amount times cost is too large in %s()", function)));
		}
	}
}

/* ---- small things ---- */

char *
cg_text_argument(FunctionCallInfo fcinfo, int place)
{
	return PG_ARGISNULL(place) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(place));
}

double
cg_amount_argument(FunctionCallInfo fcinfo, int place, const char *name, double if_null)
{
	double		number;

	if (PG_ARGISNULL(place))
		return if_null;
	number = PG_GETARG_FLOAT8(place);
	if (!isfinite(number) || number < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s is out of range", name),
				 errdetail("It must be finite and 0 or more.")));
	return number;
}

static void *
allocate(void *context, size_t bytes)
{
	return MemoryContextAllocExtended(context, Max(bytes, 1), MCXT_ALLOC_HUGE);
}

static void
release(void *context, void *memory)
{
	pfree(memory);
}

static bool
stop(void *context)
{
	CHECK_FOR_INTERRUPTS();
	return false;
}

CgWork
cg_location_work(void)
{
	CgWork		work = {allocate, release, stop, CurrentMemoryContext};

	return work;
}

const char *
cg_solved_word(CgSolved solved)
{
	switch (solved)
	{
		case CG_SOLVED_OPTIMAL:
			return "optimal";
		case CG_SOLVED_INFEASIBLE:
			return "infeasible";
		case CG_SOLVED_UNKNOWN:
			return "not found";
		default:
			return "feasible";
	}
}

double
cg_relative_gap(double objective, double bound)
{
	double		apart = fabs(objective - bound);

	if (!isfinite(apart))
		return NAN;
	return apart <= 1e-9 * fabs(objective) ? 0 : apart / fmax(fabs(objective), fabs(bound));
}

double
cg_seconds_since(instr_time begin)
{
	instr_time	now;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, begin);
	return INSTR_TIME_GET_DOUBLE(now);
}

void
cg_put_number(Datum *values, bool *nulls, int place, double number)
{
	nulls[place] = !isfinite(number);
	values[place] = nulls[place] ? (Datum) 0 : Float8GetDatum(number);
}

void
cg_put_text(Datum *values, bool *nulls, int place, const char *text)
{
	nulls[place] = text == NULL;
	values[place] = text == NULL ? (Datum) 0 : CStringGetTextDatum(text);
}

void
cg_location_failed(CgSolved solved, const char *function)
{
	if (solved == CG_SOLVED_NO_MEMORY)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("%s() ran out of memory", function)));
	elog(ERROR, "%s() was given a problem that it does not know", function);
}
