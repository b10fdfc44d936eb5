/*-------------------------------------------------------------------------
 *
 * location_input.c
 *	  Demand and sites as location reads them, ids as numbers, and what goes
 *	  back.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "common/cg_compat.h"
#include "geography/location_input.h"

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
	input->has_opening = column[SITE_OPENING].found;
	if (column[SITE_CAPACITY].found)
		input->capacity = numbers_by_id(&input->sites, ids, SITE_CAPACITY, HUGE_VAL);
	if (column[SITE_MINIMUM].found)
		input->minimum = numbers_by_id(&input->sites, ids, SITE_MINIMUM, 0);
	for (int j = 0; j < ids->count && input->minimum != NULL && input->capacity != NULL; j++)
	{
		if (input->minimum[j] > input->capacity[j])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a minimum in sites_sql of %s() is above its capacity", input->function),
					 errdetail("It is row %d of the query.", ids->row[j] + 1)));
	}
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

double
cg_effort_argument(FunctionCallInfo fcinfo, int place)
{
	double		effort = cg_amount_argument(fcinfo, place, "effort", 1);

	if (effort <= 0 || effort > 1000)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("effort is out of range"),
				 errdetail("It must be above 0 and at most 1000.")));
	return effort;
}

void
cg_refuse_argument(const char *function, const char *name, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s of %s() is out of range", name, function),
			 errdetail_internal("%s", detail)));
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
cg_clear_row(Datum *values, bool *nulls, int columns)
{
	for (int c = 0; c < columns; c++)
	{
		values[c] = (Datum) 0;
		nulls[c] = true;
	}
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
