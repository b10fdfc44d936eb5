/*-------------------------------------------------------------------------
 *
 * allocate_query.c
 *	  Inner SQL of the allocation functions.
 *
 * The user's SELECT becomes a subquery of one that picks and casts columns by
 * name.  PostGIS is called in that text alone, by functions of the schema that
 * the column's type is in (ST_X, ST_Y, ST_SRID, ST_IsEmpty, ST_PointOnSurface,
 * GeometryType: all unchanged since 3.0), so that nothing depends on it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/uuid.h"

#include "common/cg_compat.h"
#include "common/cg_grown.h"
#include "common/cg_query.h"
#include "common/cg_query_pick.h"
#include "geography/allocate_query.h"

/* ---- the text of the query ---- */

/*
 * A whole geometry stands for a point on it.
 */
static void
append_point(StringInfo text, const char *name, Oid type, const char *whose)
{
	char	   *type_name = get_typtype(type) == TYPTYPE_BASE ? format_type_be(type) : "";
	char	   *last = strrchr(type_name, '.');
	Oid			schema;
	const char *quoted;
	HeapTuple	tuple;

	last = last == NULL ? type_name : last + 1;
	if (strcmp(last, "geometry") != 0 && strcmp(last, "geography") != 0)
		cg_query_refuse_type(name, whose, type, "geometry or geography", "Cast it in the query.");
	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", type);
	schema = ((Form_pg_type) GETSTRUCT(tuple))->typnamespace;
	ReleaseSysCache(tuple);
	quoted = quote_identifier(get_namespace_name(schema));
	appendStringInfo(text,
					 " CASE WHEN NOT %1$s.ST_IsEmpty(q.%2$s::%1$s.geometry) THEN %1$s.ST_X(CASE %1$s.GeometryType(q.%2$s::%1$s.geometry) WHEN 'POINT' THEN q.%2$s::%1$s.geometry ELSE %1$s.ST_PointOnSurface(q.%2$s::%1$s.geometry) END) END,"
					 " CASE WHEN NOT %1$s.ST_IsEmpty(q.%2$s::%1$s.geometry) THEN %1$s.ST_Y(CASE %1$s.GeometryType(q.%2$s::%1$s.geometry) WHEN 'POINT' THEN q.%2$s::%1$s.geometry ELSE %1$s.ST_PointOnSurface(q.%2$s::%1$s.geometry) END) END,"
					 " %1$s.ST_SRID(q.%2$s::%1$s.geometry)",
					 quoted, name);
}

/* The kind of ids that a type is. */
static Oid
kind_of_id(Oid type)
{
	switch (type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return INT8OID;
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			return TEXTOID;
		case UUIDOID:
			return UUIDOID;
		default:
			return InvalidOid;
	}
}

static bool
is_id(const char *name)
{
	size_t		length = strlen(name);

	return length >= 2 && strcmp(name + length - 2, "id") == 0;
}

static void
append_column(StringInfo text, CgAllocateColumn *column, Oid type, const char *whose)
{
	/* sum() of bigint is numeric; ids are not, as their fractions would be lost. */
	bool		is_whole_numeric = type == NUMERICOID && column->type == INT8OID && !is_id(column->name);

	if (!OidIsValid(column->type))
	{
		append_point(text, column->name, type, whose);
		return;
	}
	if (column->type == ANYELEMENTOID)
	{
		column->type = kind_of_id(type);
		if (!OidIsValid(column->type))
			cg_query_refuse_type(column->name, whose, type, "bigint, text or uuid", "Cast it in the query.");
	}
	if (type != column->type && column->type != TEXTOID &&
		!can_coerce_type(1, &type, &column->type, COERCION_IMPLICIT) &&
		!is_whole_numeric)
		cg_query_refuse_type(column->name, whose, type, format_type_be(column->type),
							 column->type == INT8OID || column->type == UUIDOID ?
							 "Cast it in the query, or say the type of the ids, such as demand_type => NULL::text." :
							 "Cast it in the query.");
	/* A part of a person is refused, not rounded: what is below 0 is out of range. */
	if (is_whole_numeric)
	{
		appendStringInfo(text, " CASE WHEN q.%1$s IS NULL THEN NULL WHEN q.%1$s BETWEEN 0 AND 1e17 AND q.%1$s = pg_catalog.trunc(q.%1$s) THEN q.%1$s::pg_catalog.int8 ELSE -1 END",
						 quote_identifier(column->name));
		return;
	}
	appendStringInfo(text, " q.%s", quote_identifier(column->name));
	if (type != column->type)
		appendStringInfo(text, "::%s", format_type_be_qualified(column->type));
}

static void
refuse_missing(const char *whose, const char *name, const CgAllocateColumn *column, int columns)
{
	StringInfoData needed;

	initStringInfo(&needed);
	for (int i = 0; i < columns; i++)
	{
		if (column[i].is_required)
			appendStringInfo(&needed, "%s%s", needed.len > 0 ? ", " : "", column[i].name);
	}
	cg_query_refuse_missing(name, whose,
							psprintf("It needs the columns %s, in any order.", needed.data));
}

static char *
picked_columns(const char *whose, const char *source,
			   CgAllocateColumn *column, int columns)
{
	RawStmt    *raw;
	Query	   *query = cg_query_analyze(source, &raw);
	StringInfoData text;
	int			count = 0;

	initStringInfo(&text);
	appendStringInfoString(&text, "SELECT");
	for (int i = 0; i < columns; i++)
	{
		Oid			type = cg_query_column_type(query, column[i].name, whose);

		column[i].place = -1;
		if (!OidIsValid(type))
		{
			if (!column[i].is_required)
				continue;
			refuse_missing(whose, column[i].name, column, columns);
		}
		type = getBaseType(type);
		if (count > 0)
			appendStringInfoChar(&text, ',');
		append_column(&text, &column[i], type, whose);
		column[i].place = count;
		count += OidIsValid(column[i].type) ? 1 : 3;
	}
	appendStringInfoString(&text, " FROM ");
	cg_query_append(&text, source, raw);
	return text.data;
}

/* ---- rows ---- */

typedef struct Receiver
{
	CgAllocateRow callback;
	void	   *context;
	int64		row;
	MemoryContext memory;
} Receiver;

static void
receive_row(TupleTableSlot *slot, void *argument)
{
	Receiver   *receiver = argument;
	MemoryContext old = MemoryContextSwitchTo(receiver->memory);

	receiver->callback(receiver->context, ++receiver->row, slot->tts_values, slot->tts_isnull);
	MemoryContextSwitchTo(old);
}

void
cg_allocate_read(const char *function, const char *argument, const char *source,
				 CgAllocateColumn *column, int columns, CgAllocateRow callback, void *context)
{
	const char *whose = psprintf("%s of %s", argument, function);
	Receiver	receiver = {callback, context, 0, CurrentMemoryContext};

	if (source == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s is NULL", whose)));
	cg_query_run(picked_columns(whose, source, column, columns), whose, NULL,
				 receive_row, &receiver);
}

/* ---- ids ---- */

void
cg_ids_check_type(Oid type, const char *function, const char *argument)
{
	if (type != INT8OID && type != TEXTOID && type != UUIDOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("%s of %s cannot be %s", argument, function, format_type_be(type)),
				 errdetail("Ids are bigint, text or uuid.")));
}

void
cg_ids_add(CgIdList *ids, Datum id)
{
	if (ids->count == ids->room)
	{
		ids->room = ids->room * 2 + 1000;
		ids->id = cg_grown(ids->id, ids->room, sizeof(Datum));
	}
	if (ids->count >= PG_INT32_MAX / 4)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many rows to allocate"),
				 errdetail("The most is %d.", PG_INT32_MAX / 4)));
	if (ids->type == TEXTOID)
		id = PointerGetDatum(PG_DETOAST_DATUM_COPY(id));
	else if (ids->type == UUIDOID)
	{
		pg_uuid_t  *copy = palloc(sizeof(pg_uuid_t));

		memcpy(copy, DatumGetUUIDP(id), sizeof(pg_uuid_t));
		id = UUIDPGetDatum(copy);
	}
	ids->id[ids->count++] = id;
}

static int
compare_ids(Oid type, Datum a, Datum b)
{
	int			compared;

	if (type == INT8OID)
		return (DatumGetInt64(a) > DatumGetInt64(b)) - (DatumGetInt64(a) < DatumGetInt64(b));
	if (type == UUIDOID)
		return memcmp(DatumGetUUIDP(a)->data, DatumGetUUIDP(b)->data, UUID_LEN);
	compared = memcmp(VARDATA_ANY(DatumGetPointer(a)), VARDATA_ANY(DatumGetPointer(b)),
					  Min(VARSIZE_ANY_EXHDR(DatumGetPointer(a)), VARSIZE_ANY_EXHDR(DatumGetPointer(b))));
	if (compared != 0)
		return compared;
	return (int) VARSIZE_ANY_EXHDR(DatumGetPointer(a)) - (int) VARSIZE_ANY_EXHDR(DatumGetPointer(b));
}

static uint64
hash_id(Oid type, Datum id)
{
	if (type == INT8OID)
		return hash_bytes_uint32((uint32) DatumGetInt64(id)) ^
			((uint64) hash_bytes_uint32((uint32) (DatumGetInt64(id) >> 32)) << 1);
	if (type == UUIDOID)
		return hash_bytes(DatumGetUUIDP(id)->data, UUID_LEN);
	return hash_bytes((unsigned char *) VARDATA_ANY(DatumGetPointer(id)), VARSIZE_ANY_EXHDR(DatumGetPointer(id)));
}

typedef struct NumberedId
{
	Datum		id;
	int32		added;
} NumberedId;

static int
compare_numbered(const void *a, const void *b, void *type)
{
	return compare_ids(*(Oid *) type, ((const NumberedId *) a)->id, ((const NumberedId *) b)->id);
}

void
cg_ids_index(CgIdList *ids)
{
	ids->slots = 16;
	while (ids->slots < 2 * (uint64) ids->count)
		ids->slots *= 2;
	ids->slot = palloc_extended(ids->slots * sizeof(int32), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int64 i = 0; i < ids->count; i++)
	{
		uint64		place = hash_id(ids->type, ids->id[i]) & (ids->slots - 1);

		while (ids->slot[place] != 0)
			place = (place + 1) & (ids->slots - 1);
		ids->slot[place] = (int32) i + 1;
	}
}

int32 *
cg_ids_sort(CgIdList *ids, const char *function, const char *argument)
{
	NumberedId *sorted = cg_grown(NULL, ids->count, sizeof(NumberedId));
	int32	   *order = cg_grown(NULL, ids->count, sizeof(int32));
	bool		in_order = true;

	for (int64 i = 0; i < ids->count; i++)
	{
		sorted[i].id = ids->id[i];
		sorted[i].added = (int32) i;
		if (i > 0 && compare_ids(ids->type, ids->id[i - 1], ids->id[i]) >= 0)
			in_order = false;
	}
	CHECK_FOR_INTERRUPTS();
	if (!in_order)
		qsort_arg(sorted, ids->count, sizeof(NumberedId), compare_numbered, &ids->type);
	for (int64 i = 0; i < ids->count; i++)
	{
		if (i > 0 && compare_ids(ids->type, sorted[i - 1].id, sorted[i].id) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s of %s has an id twice", argument, function),
					 errdetail("The rows are numbers %d and %d.",
							   Min(sorted[i - 1].added, sorted[i].added) + 1, Max(sorted[i - 1].added, sorted[i].added) + 1),
					 errhint("Add them up in the query, GROUP BY id.")));
		ids->id[i] = sorted[i].id;
		order[sorted[i].added] = (int32) i;
	}
	pfree(sorted);
	cg_ids_index(ids);
	return order;
}

int32
cg_ids_number(const CgIdList *ids, Datum id)
{
	uint64		place = hash_id(ids->type, id) & (ids->slots - 1);

	for (; ids->slot[place] != 0; place = (place + 1) & (ids->slots - 1))
	{
		int32		number = ids->slot[place] - 1;

		if (compare_ids(ids->type, ids->id[number], id) == 0)
			return number;
	}
	return -1;
}

/* ---- pairs ---- */

void
cg_pairs_add(CgPairList *pairs, int32 demand, int32 site, double cost)
{
	if (pairs->count == pairs->room)
	{
		pairs->room = pairs->room * 2 + 10000;
		pairs->demand = cg_grown(pairs->demand, pairs->room, sizeof(int32));
		pairs->site = cg_grown(pairs->site, pairs->room, sizeof(int32));
		pairs->cost = cg_grown(pairs->cost, pairs->room, sizeof(double));
	}
	pairs->demand[pairs->count] = demand;
	pairs->site[pairs->count] = site;
	pairs->cost[pairs->count++] = cost;
}

/*
 * Where the pairs of each number begin, and one more: from numbers of the
 * pairs, of which there are so many.
 */
static size_t *
starts(const int32 *number, int64 count, int64 numbers)
{
	size_t	   *start = palloc_extended(sizeof(size_t) * (numbers + 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (int64 i = 0; i < count; i++)
		start[number[i] + 1]++;
	for (int64 i = 0; i < numbers; i++)
		start[i + 1] += start[i];
	return start;
}

/*
 * Two passes of a counting sort.
 */
size_t *
cg_pairs_sort(CgPairList *pairs, int64 demands, int64 sites, const char *function)
{
	size_t	   *by_site = starts(pairs->site, pairs->count, sites);
	size_t	   *start = starts(pairs->demand, pairs->count, demands);
	size_t	   *next = cg_grown(NULL, demands + 1, sizeof(size_t));
	int64	   *place = cg_grown(NULL, pairs->count, sizeof(int64));
	CgPairList	sorted = {pairs->count, pairs->count};

	sorted.site = cg_grown(NULL, pairs->count, sizeof(int32));
	sorted.cost = cg_grown(NULL, pairs->count, sizeof(double));
	for (int64 i = 0; i < pairs->count; i++)
		place[by_site[pairs->site[i]]++] = i;
	memcpy(next, start, sizeof(size_t) * (demands + 1));
	CHECK_FOR_INTERRUPTS();
	for (int64 i = 0; i < pairs->count; i++)
	{
		int64		pair = place[i];
		size_t		at = next[pairs->demand[pair]]++;

		sorted.site[at] = pairs->site[pair];
		sorted.cost[at] = pairs->cost[pair];
		if (at > start[pairs->demand[pair]] && sorted.site[at - 1] == sorted.site[at])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("pairs_sql of %s has a pair of demand and site twice", function),
					 errhint("Take the least cost in the query, GROUP BY demand_id, site_id.")));
		if (i % 1000000 == 0)
			CHECK_FOR_INTERRUPTS();
	}
	pfree(by_site);
	pfree(next);
	pfree(place);
	if (pairs->demand != NULL)
	{
		pfree(pairs->demand);
		pfree(pairs->site);
		pfree(pairs->cost);
	}
	*pairs = sorted;
	return start;
}
