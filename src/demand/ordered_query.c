/*-------------------------------------------------------------------------
 *
 * ordered_query.c
 *	  Inner SQL whose columns are found by name and whose rows come in order.
 *
 * The user's SELECT becomes a subquery with an ORDER BY.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "common/cg_query.h"
#include "common/cg_query_pick.h"
#include "demand/ordered_query.h"

Oid
cg_key_collation(Oid type)
{
	return OidIsValid(get_typcollation(type)) ? C_COLLATION_OID : InvalidOid;
}

static void
check_type(const CgQueryColumn *column, Oid type, const char *whose)
{
	Oid			wanted = column->type;

	if (type == wanted || wanted == TEXTOID ||
		can_coerce_type(1, &type, &wanted, COERCION_IMPLICIT))
		return;
	/* lists of any numbers; times with a zone are those of the session's */
	if ((wanted == FLOAT8ARRAYOID || wanted == TIMESTAMPOID) &&
		can_coerce_type(1, &type, &wanted, COERCION_ASSIGNMENT))
		return;
	cg_query_refuse_type(column->name, whose, type, format_type_be(wanted),
						 "Cast it in the query.");
}

/*
 * SELECT the columns that are there FROM the query ORDER BY the keys.
 */
static char *
ordered_text(const char *whose, const char *source, const char *hint,
			 const CgQueryColumn *columns, int count, int *place)
{
	RawStmt    *raw;
	Query	   *query = cg_query_analyze(source, &raw);
	StringInfoData text;
	StringInfoData order;
	int			found = 0;

	initStringInfo(&text);
	initStringInfo(&order);
	for (int i = 0; i < count; i++)
	{
		Oid			type = columns[i].name == NULL ? InvalidOid :
			cg_query_column_type(query, columns[i].name, whose);

		place[i] = -1;
		if (!OidIsValid(type))
		{
			if (columns[i].required)
				cg_query_refuse_missing(columns[i].name, whose, hint);
			continue;
		}
		check_type(&columns[i], type, whose);
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
	appendStringInfoString(&text, " FROM ");
	cg_query_append(&text, source, raw);
	appendStringInfoString(&text, order.data);
	return text.data;
}

void
cg_ordered_query(const char *function, const char *source, const char *hint,
				 const CgQueryColumn *columns, int count, int *place,
				 CgQueryRow row, void *argument)
{
	const char *whose = psprintf("the query of %s", function);

	cg_query_run(ordered_text(whose, source, hint, columns, count, place), whose,
				 NULL, row, argument);
}
