/*-------------------------------------------------------------------------
 *
 * flow_query.c
 *	  Set functions that work out something from inner SQL by SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"

#include "common/cg_query.h"
#include "common/cg_query_pick.h"
#include "common/cg_rows.h"
#include "referral/flow_query.h"

typedef struct Receiver
{
	const CgFlowStatement *statement;
	CgRows		rows;
	bool		any;
	bool		marked;
} Receiver;

static void
refuse_missing(const CgFlowStatement *statement, const char *name, const char *whose)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < statement->count; i++)
		appendStringInfo(&names, "%s%s%s", i == 0 ? "" : ", ", statement->columns[i].name,
						 statement->columns[i].otherwise == NULL ? "" : " (optional)");
	cg_query_refuse_missing(name, whose, psprintf("Its columns: %s.", names.data));
}

/*
 * Our statement around the user's, with its columns by name and type.
 */
static char *
whole_statement(const char *source, const CgFlowStatement *statement, const char *whose)
{
	RawStmt    *raw;
	Query	   *query = cg_query_analyze(source, &raw);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoString(&text, "WITH given AS (SELECT");
	for (int i = 0; i < statement->count; i++)
	{
		const CgFlowColumn *column = &statement->columns[i];
		Oid			type = cg_query_column_type(query, column->name, whose);

		appendStringInfo(&text, "%s ", i == 0 ? "" : ",");
		if (!OidIsValid(type))
		{
			if (column->otherwise == NULL)
				refuse_missing(statement, column->name, whose);
			appendStringInfo(&text, "%s", column->otherwise);
		}
		else
		{
			if (type != column->type &&
				!can_coerce_type(1, &type, &column->type, COERCION_ASSIGNMENT))
				cg_query_refuse_type(column->name, whose, type, format_type_be(column->type),
									 "Cast it in the query.");
			appendStringInfo(&text, "q.%s", column->name);
		}
		appendStringInfo(&text, "::%s AS %s", format_type_be_qualified(column->type), column->name);
	}
	appendStringInfoString(&text, " FROM ");
	cg_query_append(&text, source, raw);
	appendStringInfo(&text, ") %s", statement->body);
	return text.data;
}

static void
receive_row(TupleTableSlot *slot, void *argument)
{
	Receiver   *receiver = argument;
	const CgFlowStatement *statement = receiver->statement;

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
}

/*
 * Our statements give the rows that the function declares; a slip in one must
 * not become a crash.
 */
static void
check_shape(TupleDesc desc, void *argument)
{
	TupleDesc	wanted = ((Receiver *) argument)->rows.desc;

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

void
cg_flow_run(FunctionCallInfo fcinfo, const char *source, const CgFlowStatement *statement)
{
	Receiver	receiver = {0};
	const char *whose = psprintf("the query of %s", statement->function);
	char	   *text = whole_statement(source, statement, whose);

	receiver.statement = statement;
	receiver.rows = cg_rows_begin(fcinfo);
	cg_query_run(text, whose, check_shape, receive_row, &receiver);
	if (statement->marked >= 0 && receiver.any && !receiver.marked)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s", statement->marked_problem)));
}
