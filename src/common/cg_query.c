/*-------------------------------------------------------------------------
 *
 * cg_query.c
 *	  Reading inner SQL: the text of one SELECT that a user hands over.
 *
 * The text is parsed and analysed before it is run, so that its column names
 * and types are known before anything is made of it.  That it is one SELECT
 * and changes nothing is decided on the parse tree; looking at the characters
 * would be fooled by comments and quotes.  What runs is a statement of the
 * caller's, which has the user's as a subquery.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "parser/parser.h"
#include "tcop/dest.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "common/cg_compat.h"
#include "common/cg_query.h"
#include "common/cg_rows.h"

PG_FUNCTION_INFO_V1(cg_query_columns);
PG_FUNCTION_INFO_V1(cg_query_text);

/*
 * Errors inside the text have positions inside the text: show the user that
 * text and not the call around it.
 */
static void
inner_query_error_callback(void *arg)
{
	int			position = geterrposition();

	if (position > 0)
	{
		errposition(0);
		internalerrposition(position);
		internalerrquery((const char *) arg);
	}
}

static void
refuse(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the query must be exactly one SELECT that changes nothing"),
			 errdetail_internal("%s", detail),
			 errhint("Hand over the text of one SELECT, such as $$SELECT id, name FROM warehouse.practice$$.")));
}

/*
 * Parse the text to its one SELECT statement.
 */
static RawStmt *
parse_one_select(const char *source)
{
	List	   *statements = raw_parser(source, RAW_PARSE_DEFAULT);
	RawStmt    *raw;

	if (statements == NIL)
		refuse("The text holds no statement.");
	if (list_length(statements) > 1)
		refuse("The text holds more than one statement.");
	raw = linitial_node(RawStmt, statements);
	if (!IsA(raw->stmt, SelectStmt))
		refuse("The statement is not a SELECT.");
	return raw;
}

/*
 * Row locks may stand in any subquery.
 */
static bool
has_row_locks(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
		return ((Query *) node)->rowMarks != NIL ||
			query_tree_walker((Query *) node, has_row_locks, context, 0);
	return expression_tree_walker(node, has_row_locks, context);
}

/*
 * Analyse the text; *raw_out, when wanted, is the statement's place in it.
 */
Query *
cg_query_analyze(const char *source, RawStmt **raw_out)
{
	ErrorContextCallback callback;
	RawStmt    *raw;
	Query	   *query;

	callback.callback = inner_query_error_callback;
	callback.arg = unconstify(char *, source);
	callback.previous = error_context_stack;
	error_context_stack = &callback;

	raw = parse_one_select(source);
	query = cg_parse_analyze(raw, source);
	if (query->commandType != CMD_SELECT || query->utilityStmt != NULL)
		refuse("SELECT INTO makes a table.");
	if (query->hasModifyingCTE)
		refuse("A WITH part changes data.");
	if (has_row_locks((Node *) query, NULL))
		refuse("FOR UPDATE and FOR SHARE lock rows.");

	error_context_stack = callback.previous;
	if (raw_out != NULL)
		*raw_out = raw;
	return query;
}

Oid
cg_query_column_type(const Query *query, const char *name, const char *whose)
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
					 errmsg("%s has the column \"%s\" twice", whose, name)));
		type = exprType((Node *) entry->expr);
	}
	return type;
}

void
cg_query_refuse_type(const char *name, const char *whose, Oid type,
					 const char *wanted, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" of %s has the wrong type", name, whose),
			 errdetail("It is %s and cannot be read as %s.",
					   format_type_be(type), wanted),
			 errhint("%s", hint)));
	pg_unreachable();
}

void
cg_query_append(StringInfo text, const char *source, const RawStmt *raw)
{
	const char *start = source + Max(raw->stmt_location, 0);

	/* A comment may end the statement, so the bracket has its own line. */
	appendStringInfoString(text, "(\n");
	appendBinaryStringInfo(text, start,
						   raw->stmt_len > 0 ? raw->stmt_len : (int) strlen(start));
	appendStringInfoString(text, "\n) AS q");
}

/* ---- rows ---- */

typedef struct Receiver
{
	DestReceiver pub;
	CgQueryShape shape;
	CgQueryRow	row;
	void	   *argument;
} Receiver;

static void
start_up(DestReceiver *self, int operation, TupleDesc desc)
{
	Receiver   *receiver = (Receiver *) self;

	if (receiver->shape != NULL)
		receiver->shape(desc, receiver->argument);
}

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	Receiver   *receiver = (Receiver *) self;

	slot_getallattrs(slot);
	receiver->row(slot, receiver->argument);
	return true;
}

static void
do_nothing(DestReceiver *self)
{
}

void
cg_query_run(const char *text, const char *whose, CgQueryShape shape,
			 CgQueryRow row, void *argument)
{
	Receiver	receiver = {0};
	SPIExecuteOptions options = {0};
	int			outcome;

	receiver.pub.receiveSlot = receive_row;
	receiver.pub.rStartup = start_up;
	receiver.pub.rShutdown = do_nothing;
	receiver.pub.rDestroy = do_nothing;
	receiver.pub.mydest = DestNone;
	receiver.shape = shape;
	receiver.row = row;
	receiver.argument = argument;
	SPI_connect();
	options.read_only = true;
	options.must_return_tuples = true;
	options.dest = &receiver.pub;
	outcome = SPI_execute_extended(text, &options);
	if (outcome < 0)
		elog(ERROR, "%s could not be run: %s", whose,
			 SPI_result_code_string(outcome));
	SPI_finish();
}

/* ---- what SQL may ask ---- */

Datum
cg_query_columns(PG_FUNCTION_ARGS)
{
	Query	   *query = cg_query_analyze(text_to_cstring(PG_GETARG_TEXT_PP(0)), NULL);
	CgRows		rows = cg_rows_begin(fcinfo);
	ListCell   *cell;

	foreach(cell, query->targetList)
	{
		TargetEntry *entry = lfirst_node(TargetEntry, cell);
		bool		has_origin = OidIsValid(entry->resorigtbl) &&
			entry->resorigcol > 0;
		Datum		values[5];
		bool		nulls[5] = {false, false, false, !has_origin, !has_origin};

		if (entry->resjunk)
			continue;
		values[0] = Int32GetDatum(entry->resno);
		values[1] = CStringGetTextDatum(entry->resname);
		values[2] = ObjectIdGetDatum(getBaseType(exprType((Node *) entry->expr)));
		values[3] = ObjectIdGetDatum(entry->resorigtbl);
		if (has_origin)
			values[4] = CStringGetTextDatum(get_attname(entry->resorigtbl,
														entry->resorigcol,
														false));
		cg_rows_add(&rows, values, nulls);
	}
	return (Datum) 0;
}

Datum
cg_query_text(PG_FUNCTION_ARGS)
{
	char	   *source = text_to_cstring(PG_GETARG_TEXT_PP(0));
	RawStmt    *raw;
	const char *start;

	cg_query_analyze(source, &raw);
	start = source + Max(raw->stmt_location, 0);
	if (raw->stmt_len > 0)
		PG_RETURN_TEXT_P(cstring_to_text_with_len(start, raw->stmt_len));
	PG_RETURN_TEXT_P(cstring_to_text(start));
}
