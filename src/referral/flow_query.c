/*-------------------------------------------------------------------------
 *
 * flow_query.c
 *	  Set functions that work out something from inner SQL by SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "tcop/dest.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "common/cg_query.h"
#include "common/cg_rows.h"
#include "referral/flow_query.h"

typedef struct Receiver
{
	DestReceiver pub;
	const CgFlowStatement *statement;
	CgRows		rows;
	bool		any;
	bool		marked;
} Receiver;

static Oid
column_type(Query *query, const char *name, const char *function)
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
					 errmsg("the query of %s has the column \"%s\" twice", function, name)));
		type = exprType((Node *) entry->expr);
	}
	return type;
}

static void
refuse_missing(const CgFlowStatement *statement, const char *name)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < statement->count; i++)
		appendStringInfo(&names, "%s%s%s", i == 0 ? "" : ", ", statement->columns[i].name,
						 statement->columns[i].otherwise == NULL ? "" : " (optional)");
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("the query of %s has no column \"%s\"", statement->function, name),
			 errhint("Its columns: %s.", names.data)));
}

/*
 * Our statement around the user's, with its columns by name and type.
 */
static char *
whole_statement(const char *source, const CgFlowStatement *statement)
{
	RawStmt    *raw;
	Query	   *query = cg_query_analyze(source, &raw);
	const char *start = source + Max(raw->stmt_location, 0);
	int			length = raw->stmt_len > 0 ? raw->stmt_len : (int) strlen(start);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoString(&text, "WITH given AS (SELECT");
	for (int i = 0; i < statement->count; i++)
	{
		const CgFlowColumn *column = &statement->columns[i];
		Oid			type = column_type(query, column->name, statement->function);

		appendStringInfo(&text, "%s ", i == 0 ? "" : ",");
		if (!OidIsValid(type))
		{
			if (column->otherwise == NULL)
				refuse_missing(statement, column->name);
			appendStringInfo(&text, "%s", column->otherwise);
		}
		else
		{
			if (type != column->type &&
				!can_coerce_type(1, &type, &column->type, COERCION_ASSIGNMENT))
				ereport(ERROR,
						(errcode(ERRCODE_DATATYPE_MISMATCH),
						 errmsg("column \"%s\" of the query of %s has the wrong type",
								column->name, statement->function),
						 errdetail("It is %s and cannot be read as %s.",
								   format_type_be(type), format_type_be(column->type)),
						 errhint("Cast it in the query.")));
			appendStringInfo(&text, "q.%s", column->name);
		}
		appendStringInfo(&text, "::%s AS %s", format_type_be_qualified(column->type), column->name);
	}
	appendStringInfoString(&text, " FROM (\n");
	appendBinaryStringInfo(&text, start, length);
	appendStringInfo(&text, "\n) AS q) %s", statement->body);
	return text.data;
}

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	Receiver   *receiver = (Receiver *) self;
	const CgFlowStatement *statement = receiver->statement;

	slot_getallattrs(slot);
	if (statement->key != NULL && slot->tts_isnull[0])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("a row of the query of %s has no %s", statement->function, statement->key),
				 errhint("Leave such rows out in the query, WHERE %s IS NOT NULL.", statement->key)));
	receiver->any = true;
	if (statement->marked >= 0 && !slot->tts_isnull[statement->marked] &&
		DatumGetBool(slot->tts_values[statement->marked]))
		receiver->marked = true;
	tuplestore_putvalues(receiver->rows.store, receiver->rows.desc,
						 slot->tts_values, slot->tts_isnull);
	return true;
}

/*
 * Our statements give the rows that the function declares; a slip in one must
 * not become a crash.
 */
static void
start_up(DestReceiver *self, int operation, TupleDesc desc)
{
	TupleDesc	wanted = ((Receiver *) self)->rows.desc;

	if (desc->natts != wanted->natts)
		elog(ERROR, "%d result columns instead of %d", desc->natts, wanted->natts);
	for (int i = 0; i < desc->natts; i++)
	{
		if (TupleDescAttr(desc, i)->atttypid != TupleDescAttr(wanted, i)->atttypid)
			elog(ERROR, "result column %d is of type %s instead of %s", i + 1,
				 format_type_be(TupleDescAttr(desc, i)->atttypid),
				 format_type_be(TupleDescAttr(wanted, i)->atttypid));
	}
}

static void
do_nothing(DestReceiver *self)
{
}

void
cg_flow_run(FunctionCallInfo fcinfo, const char *source, const CgFlowStatement *statement)
{
	Receiver	receiver = {0};
	SPIExecuteOptions options = {0};
	char	   *text = whole_statement(source, statement);

	receiver.pub.receiveSlot = receive_row;
	receiver.pub.rStartup = start_up;
	receiver.pub.rShutdown = do_nothing;
	receiver.pub.rDestroy = do_nothing;
	receiver.pub.mydest = DestNone;
	receiver.statement = statement;
	receiver.rows = cg_rows_begin(fcinfo);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	options.read_only = true;
	options.must_return_tuples = true;
	options.dest = &receiver.pub;
	if (SPI_execute_extended(text, &options) < 0)
		elog(ERROR, "the query of %s could not be run", statement->function);
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
	if (statement->marked >= 0 && receiver.any && !receiver.marked)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s", statement->marked_problem)));
}
