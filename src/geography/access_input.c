/*-------------------------------------------------------------------------
 *
 * access_input.c
 *	  The three queries of the access functions.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "common/cg_grown.h"
#include "geography/access_input.h"

/* Ids and a number of each: amount or capacity. */
typedef struct Table
{
	const char *function;
	const char *argument;
	CgAllocateColumn column[2];
	CgIdList   *ids;
	double	   *number;
	int64		room;
} Table;

typedef struct Pairs
{
	CgAccessInput *input;
	CgAllocateColumn column[3];
	double		most;
	CgIdList	demand_text;	/* ids as text, where the pairs have another kind */
	CgIdList	site_text;
	CgPairList	list;
} Pairs;

/* ---- values ---- */

static void
refuse_null(const char *function, const char *argument, const char *column, int64 row)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("column \"%s\" of %s of %s is NULL", column, argument, function),
			 errdetail("It is so in row %lld.", (long long) row)));
}

static double
number_of(const char *function, const char *argument, const CgAllocateColumn *column, int64 row,
		  const Datum *values, const bool *nulls)
{
	double		number;

	if (nulls[column->place])
		refuse_null(function, argument, column->name, row);
	number = DatumGetFloat8(values[column->place]);
	if (!(number >= 0) || isinf(number))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("column \"%s\" of %s of %s is out of range", column->name, argument, function),
				 errdetail("It is so in row %lld. It must be 0 or more and finite.", (long long) row)));
	return number;
}

/* ---- demand and sites ---- */

static void
read_row(void *context, int64 row, const Datum *values, const bool *nulls)
{
	Table	   *table = context;
	int64		i = table->ids->count;

	if (nulls[table->column[0].place])
		refuse_null(table->function, table->argument, "id", row);
	if (i == table->room)
	{
		table->room = table->room * 2 + 1000;
		table->number = cg_grown(table->number, table->room, sizeof(double));
	}
	table->number[i] = table->column[1].place < 0 ? 1 :
		number_of(table->function, table->argument, &table->column[1], row, values, nulls);
	table->ids->type = table->column[0].type;
	cg_ids_add(table->ids, values[table->column[0].place]);
}

/*
 * The numbers in the order of the ids.
 */
static double *
read_table(const char *function, const char *argument, const char *source, const char *number_name,
		   bool needs_number, CgIdList *ids)
{
	Table		table = {function, argument, {{"id", ANYELEMENTOID, true}, {number_name, FLOAT8OID, needs_number}}, ids};
	double	   *number;
	int32	   *order;

	cg_allocate_read(function, argument, source, table.column, 2, read_row, &table);
	ids->type = table.column[0].type;
	order = cg_ids_sort(ids, function, argument);
	number = cg_grown(NULL, ids->count, sizeof(double));
	for (int64 i = 0; i < ids->count; i++)
		number[order[i]] = table.number[i];
	pfree(order);
	return number;
}

/* ---- pairs ---- */

static Datum
id_as_text(Oid type, Datum id)
{
	if (type == INT8OID)
		return CStringGetTextDatum(DatumGetCString(DirectFunctionCall1(int8out, id)));
	if (type == UUIDOID)
		return CStringGetTextDatum(DatumGetCString(DirectFunctionCall1(uuid_out, id)));
	return id;
}

/*
 * The number of a pair's id, or -1.  Ids of another kind than the table's are
 * the same if they read the same.
 */
static int32
number_of_id(const CgIdList *ids, CgIdList *as_text, const CgAllocateColumn *column, Datum id)
{
	if (column->type == ids->type)
		return cg_ids_number(ids, id);
	if (as_text->slot == NULL)
	{
		as_text->type = TEXTOID;
		for (int64 i = 0; i < ids->count; i++)
			cg_ids_add(as_text, id_as_text(ids->type, ids->id[i]));
		cg_ids_index(as_text);
	}
	return cg_ids_number(as_text, id_as_text(column->type, id));
}

static void
read_pair(void *context, int64 row, const Datum *values, const bool *nulls)
{
	Pairs	   *pairs = context;
	CgAccessInput *input = pairs->input;
	CgAllocateColumn *column = pairs->column;
	int32		demand;
	int32		site;
	double		cost;

	for (int i = 0; i < 2; i++)
	{
		if (nulls[column[i].place])
			refuse_null(input->function, "pairs_sql", column[i].name, row);
	}
	cost = number_of(input->function, "pairs_sql", &column[2], row, values, nulls);
	if (cost > pairs->most)
		return;
	demand = number_of_id(&input->demand, &pairs->demand_text, &column[0], values[column[0].place]);
	site = demand < 0 ? -1 :
		number_of_id(&input->sites, &pairs->site_text, &column[1], values[column[1].place]);
	if (site < 0)
		return;
	cg_pairs_add(&pairs->list, demand, site, cost);
}

/* ---- all of it ---- */

void
cg_access_read(CgAccessInput *input, const char *function, const char *demand_sql,
			   const char *sites_sql, const char *pairs_sql,
			   bool needs_amount, bool needs_capacity, double most)
{
	Pairs		pairs = {input, {{"demand_id", ANYELEMENTOID, true}, {"site_id", ANYELEMENTOID, true},
	{"cost", FLOAT8OID, true}}, most};

	input->function = psprintf("%s()", function);
	input->problem.amount = read_table(input->function, "demand_sql", demand_sql, "amount", needs_amount, &input->demand);
	input->problem.capacity = read_table(input->function, "sites_sql", sites_sql, "capacity", needs_capacity, &input->sites);
	input->problem.demands = (int) input->demand.count;
	input->problem.sites = (int) input->sites.count;
	cg_allocate_read(input->function, "pairs_sql", pairs_sql, pairs.column, 3, read_pair, &pairs);
	CHECK_FOR_INTERRUPTS();
	input->problem.start = cg_pairs_sort(&pairs.list, input->demand.count, input->sites.count, input->function);
	input->problem.site = pairs.list.site;
	input->problem.cost = pairs.list.cost;
}

/*
 * The ids as the result has them, once for all rows.
 */
static Datum *
ids_of_result(const CgAccessInput *input, const CgIdList *ids, const char *argument, Oid wanted)
{
	Datum	   *id;

	if (wanted == ids->type)
		return ids->id == NULL ? cg_grown(NULL, 1, sizeof(Datum)) : ids->id;
	if (wanted != TEXTOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the ids of %s of %s are not of the type that is asked for", argument, input->function),
				 errdetail("They are %s, and %s is asked for.", format_type_be(ids->type), format_type_be(wanted)),
				 errhint("Give NULL::bigint, NULL::text or NULL::uuid.")));
	id = cg_grown(NULL, ids->count, sizeof(Datum));
	for (int64 i = 0; i < ids->count; i++)
		id[i] = id_as_text(ids->type, ids->id[i]);
	return id;
}

CgRows
cg_access_rows(CgAccessInput *input, FunctionCallInfo fcinfo, int demand_place, int site_place)
{
	CgRows		rows = cg_rows_begin(fcinfo);

	input->demand_id = ids_of_result(input, &input->demand, "demand_sql", TupleDescAttr(rows.desc, demand_place)->atttypid);
	input->site_id = ids_of_result(input, &input->sites, "sites_sql", TupleDescAttr(rows.desc, site_place)->atttypid);
	return rows;
}
