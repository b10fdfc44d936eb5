/*-------------------------------------------------------------------------
 *
 * location_query.c
 *	  Running the queries that location and grouping are given, and keeping
 *	  their rows.
 *
 * Rows may be people: messages name the row, in the order in which the query
 * gave it, and never a value.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "common/cg_compat.h"
#include "common/cg_grown.h"
#include "common/cg_query.h"
#include "common/cg_query_pick.h"
#include "geography/location_input.h"

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
		case CG_COLUMN_PRICE:
			fits = can_be(type, FLOAT8OID);
			break;
		case CG_COLUMN_FLAG:
			fits = can_be(type, BOOLOID);
			break;
	}
	if (!fits)
		cg_query_refuse_type(column->name, input->whose, type,
							 accepted_types(column->kind), "Cast it in the query.");
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
	cg_query_refuse_missing(name, input->whose,
							psprintf("It needs the columns %s, in any order.", needed.data));
}

static char *
wrapped_query(CgInput *input, const char *source)
{
	RawStmt    *raw;
	Query	   *query = cg_query_analyze(source, &raw);
	StringInfoData text;

	initStringInfo(&text);
	for (int c = 0; c < input->columns; c++)
	{
		CgInputColumn *column = &input->column[c];
		Oid			type = cg_query_column_type(query, column->name, input->whose);
		const char *cast = "pg_catalog.text";

		appendStringInfoString(&text, c == 0 ? "SELECT " : ", ");
		column->found = OidIsValid(type);
		if (column->found)
			check_type(input, column, type);
		else if (column->required)
			refuse_missing(input, column->name);
		if (column->kind == CG_COLUMN_AMOUNT || column->kind == CG_COLUMN_AMOUNT_OR_NULL ||
			column->kind == CG_COLUMN_PRICE)
			cast = "pg_catalog.float8";
		else if (column->kind == CG_COLUMN_FLAG)
			cast = "pg_catalog.bool";
		if (column->found)
			appendStringInfo(&text, "q.%s::%s", quote_identifier(column->name), cast);
		else
			appendStringInfo(&text, "NULL::%s", cast);
	}
	appendStringInfoString(&text, " FROM ");
	cg_query_append(&text, source, raw);
	return text.data;
}

/* ---- rows ---- */

static void
refuse_row(const CgInput *input, int code, const char *name, const char *problem)
{
	ereport(ERROR,
			(errcode(code),
			 errmsg("column \"%s\" of %s %s", name, input->whose, problem),
			 errdetail("It is row %lld of the query.", (long long) input->rows + 1)));
}

static void
make_room(CgInput *input)
{
	MemoryContext old = MemoryContextSwitchTo(input->memory);

	input->room = input->room == 0 ? 256 : input->room * 2;
	if (input->room > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s has too many rows", input->whose)));
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
				column->text = cg_grown(column->text, input->room, sizeof(char *));
				break;
			case CG_COLUMN_AMOUNT:
			case CG_COLUMN_AMOUNT_OR_NULL:
			case CG_COLUMN_PRICE:
				column->number = cg_grown(column->number, input->room, sizeof(double));
				break;
			case CG_COLUMN_FLAG:
				column->flag = cg_grown(column->flag, input->room, sizeof(bool));
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
	if (number < 0 && column->kind != CG_COLUMN_PRICE)
		refuse_row(input, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, column->name, "is negative");
	column->number[input->rows] = number;
}

static void
receive_row(TupleTableSlot *slot, void *argument)
{
	CgInput    *input = argument;

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
			case CG_COLUMN_PRICE:
				keep_number(input, column, value, isnull);
				break;
			case CG_COLUMN_FLAG:
				column->flag[input->rows] = !isnull && DatumGetBool(value);
				break;
		}
	}
	input->rows++;
}

static void
run_query(CgInput *input, const char *source, CgQueryRow receive, void *argument)
{
	if (source == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s is NULL", input->whose)));
	cg_query_run(wrapped_query(input, source), input->whose, NULL, receive, argument);
}

static void
begin_input(CgInput *input, const char *function, const char *argument,
			CgInputColumn *column, int columns)
{
	memset(input, 0, sizeof(*input));
	input->function = function;
	input->argument = argument;
	input->whose = psprintf("%s of %s()", argument, function);
	input->column = column;
	input->columns = columns;
	input->memory = CurrentMemoryContext;
}

void
cg_read_input(CgInput *input, const char *function, const char *argument,
			  const char *source, CgInputColumn *column, int columns)
{
	begin_input(input, function, argument, column, columns);
	run_query(input, source, receive_row, input);
	if (input->room == 0)
		make_room(input);
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
	CgInput    *input;
	const CgIds *first;
	const CgIds *second;
	double		most;
	Pair	   *pair;
	int64		count;
	int64		room;
} PairReceiver;

static void
receive_pair(TupleTableSlot *slot, void *argument)
{
	PairReceiver *receiver = argument;
	CgInput    *input = receiver->input;
	char	   *first;
	char	   *second;
	double		cost;
	Pair	   *pair;

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
		receiver->pair = cg_grown(receiver->pair, receiver->room, sizeof(Pair));
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
				 errmsg("%s has too many rows", input->whose)));
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
	PairReceiver receiver = {0};

	begin_input(&input, function, "pairs_sql", column, 3);
	receiver.first = first;
	receiver.second = second;
	receiver.most = most;
	receiver.input = &input;
	run_query(&input, source, receive_pair, &receiver);
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

double
cg_pair_cost(const CgLocationPairs *pairs, int first, int second)
{
	for (size_t e = pairs->start[first]; e < pairs->start[first + 1]; e++)
	{
		if (pairs->other[e] == second)
			return pairs->cost[e];
	}
	return NAN;
}
