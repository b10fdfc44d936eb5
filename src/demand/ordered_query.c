/*-------------------------------------------------------------------------
 *
 * ordered_query.c
 *	  Inner SQL whose columns are found by name and whose rows come in order.
 *
 * The user's SELECT becomes a subquery with an ORDER BY; its rows go to a
 * receiver, so that the plan may be parallel.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "tcop/dest.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "common/cg_compat.h"
#include "common/cg_query.h"
#include "demand/ordered_query.h"

typedef struct Receiver
{
	DestReceiver pub;
	CgQueryRow	row;
	void	   *argument;
} Receiver;

Oid
cg_key_collation(Oid type)
{
	return OidIsValid(get_typcollation(type)) ? C_COLLATION_OID : InvalidOid;
}

/*
 * The type of a column of that name, or InvalidOid.  Two of a name are one
 * too many.
 */
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
					 errmsg("the query of %s has the column \"%s\" twice",
							function, name)));
		type = exprType((Node *) entry->expr);
	}
	return type;
}

static void
check_type(const CgQueryColumn *column, Oid type, const char *function)
{
	Oid			wanted = column->type;

	if (type == wanted || wanted == TEXTOID ||
		can_coerce_type(1, &type, &wanted, COERCION_IMPLICIT))
		return;
	/* lists of any numbers; times with a zone are those of the session's */
	if ((wanted == FLOAT8ARRAYOID || wanted == TIMESTAMPOID) &&
		can_coerce_type(1, &type, &wanted, COERCION_ASSIGNMENT))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" of the query of %s has the wrong type",
					column->name, function),
			 errdetail("It is %s and cannot be read as %s.",
					   format_type_be(type), format_type_be(wanted)),
			 errhint("Cast it in the query.")));
}

/*
 * SELECT the columns that are there FROM the query ORDER BY the keys.
 */
static char *
ordered_text(const char *function, const char *source, const char *hint,
			 const CgQueryColumn *columns, int count, int *place)
{
	RawStmt    *raw;
	Query	   *query = cg_query_analyze(source, &raw);
	const char *start = source + Max(raw->stmt_location, 0);
	int			length = raw->stmt_len > 0 ? raw->stmt_len : (int) strlen(start);
	StringInfoData text;
	StringInfoData order;
	int			found = 0;

	initStringInfo(&text);
	initStringInfo(&order);
	for (int i = 0; i < count; i++)
	{
		Oid			type = columns[i].name == NULL ? InvalidOid :
		column_type(query, columns[i].name, function);

		place[i] = -1;
		if (!OidIsValid(type))
		{
			if (!columns[i].required)
				continue;
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("the query of %s has no column \"%s\"", function,
							columns[i].name),
					 errhint("%s", hint)));
		}
		check_type(&columns[i], type, function);
		appendStringInfo(&text, "%s q.%s", found == 0 ? "SELECT" : ",",
						 quote_identifier(columns[i].name));
		if (type != columns[i].type)
			appendStringInfo(&text, "::%s", format_type_be_qualified(columns[i].type));
		if (columns[i].is_key && OidIsValid(cg_key_collation(columns[i].type)))
			appendStringInfoString(&text, " COLLATE pg_catalog.\"C\"");
		place[i] = found++;
		if (columns[i].is_key)
			appendStringInfo(&order, "%s%d", order.len == 0 ? " ORDER BY " : ", ", found);
	}
	appendStringInfoString(&text, " FROM (\n");
	appendBinaryStringInfo(&text, start, length);
	appendStringInfo(&text, "\n) AS q%s", order.data);
	return text.data;
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
start_up(DestReceiver *self, int operation, TupleDesc desc)
{
}

static void
do_nothing(DestReceiver *self)
{
}

void
cg_ordered_query(const char *function, const char *source, const char *hint,
				 const CgQueryColumn *columns, int count, int *place,
				 CgQueryRow row, void *argument)
{
	Receiver	receiver = {0};
	SPIExecuteOptions options = {0};
	char	   *text = ordered_text(function, source, hint, columns, count, place);

	receiver.pub.receiveSlot = receive_row;
	receiver.pub.rStartup = start_up;
	receiver.pub.rShutdown = do_nothing;
	receiver.pub.rDestroy = do_nothing;
	receiver.pub.mydest = DestNone;
	receiver.row = row;
	receiver.argument = argument;
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	options.read_only = true;
	options.must_return_tuples = true;
	options.dest = &receiver.pub;
	if (SPI_execute_extended(text, &options) < 0)
		elog(ERROR, "the query of %s could not be run", function);
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
}
