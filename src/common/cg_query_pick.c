/*-------------------------------------------------------------------------
 *
 * cg_query_pick.c
 *	  Picking columns of inner SQL by name.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "common/cg_query.h"
#include "common/cg_query_pick.h"

void
cg_query_refuse_missing(const char *name, const char *whose, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("%s has no column \"%s\"", whose, name),
			 errhint("%s", hint)));
	pg_unreachable();
}

void
cg_query_pick(StringInfo text, const char *source, const char *whose,
			  const char *const *names, int columns, int required,
			  const char *hint, CgQueryWanted wanted, void *context, int *place)
{
	RawStmt    *raw;
	Query	   *query = cg_query_analyze(source, &raw);
	int			count = 0;

	for (int column = 0; column < columns; column++)
	{
		Oid			type = cg_query_column_type(query, names[column], whose);
		Oid			read_as;

		place[column] = -1;
		if (!OidIsValid(type))
		{
			if (column < required)
				cg_query_refuse_missing(names[column], whose, hint);
			continue;
		}
		read_as = wanted(column, type, whose, context);
		appendStringInfo(text, "%s q.%s", count == 0 ? "SELECT" : ",",
						 quote_identifier(names[column]));
		if (type != read_as)
			appendStringInfo(text, "::%s", format_type_be_qualified(read_as));
		place[column] = count++;
	}
	appendStringInfoString(text, " FROM ");
	cg_query_append(text, source, raw);
}
