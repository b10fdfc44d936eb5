/*-------------------------------------------------------------------------
 *
 * groups_input.c
 *	  What form_groups() and verify_groups() read.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "geography/groups.h"

#define MOST_MEASURES 8

enum UnitColumn
{
	U_ID, U_WEIGHT, U_TOGETHER, U_APART, U_EXISTING, U_ROLE, U_MEASURES
};

static void
read_measures(CgGroupsInput *input, const char *function, Datum array, bool isnull)
{
	Datum	   *element;
	bool	   *null;
	int			count = 0;

	if (isnull)
		cg_refuse_argument(function, "measures", "It is NULL.");
	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT,
					  &element, &null, &count);
	if (count > MOST_MEASURES)
		cg_refuse_argument(function, "measures", psprintf("There are at most %d.", MOST_MEASURES));
	input->problem.measures = count;
	input->measure_name = cg_location_take(count, sizeof(char *));
	for (int m = 0; m < count; m++)
	{
		if (null[m])
			cg_refuse_argument(function, "measures", "A name is NULL.");
		input->measure_name[m] = TextDatumGetCString(element[m]);
	}
}

/* ---- units ---- */

/*
 * The distinct values of a column as numbers by unit, -1 for NULL.
 */
static int *
keys_by_unit(const CgGroupsInput *input, int column, CgIds *keys)
{
	const CgInputColumn *from = &input->units.column[column];
	int		   *key;

	if (!from->found)
		return NULL;
	cg_ids_of_keys(keys, &input->units, column);
	key = cg_location_take(input->ids.count, sizeof(int));
	for (int i = 0; i < input->ids.count; i++)
		key[i] = cg_ids_find(keys, from->text[input->ids.row[i]]);
	return key;
}

static void
read_roles(CgGroupsInput *input, const char *function)
{
	const CgInputColumn *from = &input->units.column[U_ROLE];
	signed char *fixed;

	if (!from->found)
		return;
	fixed = cg_location_take(input->ids.count, sizeof(signed char));
	for (int i = 0; i < input->ids.count; i++)
	{
		int			row = input->ids.row[i];
		const char *word = from->text[row];

		if (word == NULL)
			continue;
		if (strcmp(word, "centre") == 0)
			fixed[i] = CG_SITE_OPEN;
		else if (strcmp(word, "member") == 0)
			fixed[i] = CG_SITE_CLOSED;
		else
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"role\" of units_sql of %s() is not a choice", function),
					 errdetail("It is row %d of the query.", row + 1),
					 errhint("The choices are centre and member, and NULL for a unit that may be either.")));
	}
	input->problem.fixed = fixed;
}

static void
read_units(CgGroupsInput *input, const char *function, const char *units_sql)
{
	int			measures = input->problem.measures;
	CgInputColumn *column = palloc0(sizeof(CgInputColumn) * (U_MEASURES + measures));
	CgIds		keys;
	double	   *amount;
	int			units;

	column[U_ID] = (CgInputColumn) {"id", CG_COLUMN_ID, true};
	column[U_WEIGHT] = (CgInputColumn) {"weight", CG_COLUMN_AMOUNT};
	column[U_TOGETHER] = (CgInputColumn) {"together", CG_COLUMN_WORD};
	column[U_APART] = (CgInputColumn) {"apart", CG_COLUMN_WORD};
	column[U_EXISTING] = (CgInputColumn) {"existing_group", CG_COLUMN_WORD};
	column[U_ROLE] = (CgInputColumn) {"role", CG_COLUMN_WORD};
	for (int m = 0; m < measures; m++)
		column[U_MEASURES + m] = (CgInputColumn) {input->measure_name[m], CG_COLUMN_AMOUNT, true};
	cg_read_input(&input->units, function, "units_sql", units_sql, column, U_MEASURES + measures);
	cg_ids_begin(&input->ids, &input->units, U_ID);
	units = input->ids.count;
	amount = cg_location_take((size_t) units * measures, sizeof(double));
	input->weight = cg_location_take(units, sizeof(double));
	for (int i = 0; i < units; i++)
	{
		int			row = input->ids.row[i];

		for (int m = 0; m < measures; m++)
			amount[i * measures + m] = column[U_MEASURES + m].number[row];
		input->weight[i] = column[U_WEIGHT].found ? column[U_WEIGHT].number[row] :
			measures > 0 ? amount[i * measures] : 1;
	}
	input->problem.units = input->problem.centres = units;
	input->problem.amount = amount;
	input->problem.together = keys_by_unit(input, U_TOGETHER, &keys);
	input->problem.apart = keys_by_unit(input, U_APART, &keys);
	input->problem.existing = keys_by_unit(input, U_EXISTING, &input->labels);
	input->problem.labels = input->problem.existing == NULL ? 0 : input->labels.count;
	read_roles(input, function);
}

/* ---- limits ---- */

static void
read_limits(CgGroupsInput *input, const char *function, const char *name,
			Datum array, bool isnull, double if_null, double *limit)
{
	int			measures = input->problem.measures;
	Datum	   *element;
	bool	   *null;
	int			count;

	for (int m = 0; m < measures; m++)
		limit[m] = if_null;
	if (isnull)
		return;
	deconstruct_array(DatumGetArrayTypeP(array), FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL,
					  TYPALIGN_DOUBLE, &element, &null, &count);
	if (count != measures)
		cg_refuse_argument(function, name, "It needs one limit for each measure, or NULL in its place.");
	for (int m = 0; m < measures; m++)
	{
		if (null[m])
			continue;
		limit[m] = DatumGetFloat8(element[m]);
		if (!isfinite(limit[m]) || limit[m] < 0)
			cg_refuse_argument(function, name, "A limit must be finite and 0 or more.");
	}
}

/*
 * Limits as given, else within the tolerance around an even share.
 */
static void
set_limits(CgGroupsInput *input, const char *function, const double *low,
		   const double *high, double tolerance)
{
	CgGroupingProblem *problem = &input->problem;
	int			measures = problem->measures;
	double	   *lower = cg_location_take((size_t) problem->units * measures, sizeof(double));
	double	   *upper = cg_location_take((size_t) problem->units * measures, sizeof(double));

	for (int m = 0; m < measures; m++)
	{
		double		total = 0;
		double		l = low[m];
		double		u = high[m];

		for (int i = 0; i < problem->units; i++)
			total += problem->amount[i * measures + m];
		if (isnan(l))
			l = isnan(tolerance) ? 0 : fmax(0, total / problem->groups * (1 - tolerance));
		if (isnan(u))
			u = isnan(tolerance) ? HUGE_VAL : total / problem->groups * (1 + tolerance);
		if (l > u)
			cg_refuse_argument(function, "lower", "A lower limit is above the upper limit of its measure.");
		for (int c = 0; c < problem->centres; c++)
		{
			lower[c * measures + m] = l;
			upper[c * measures + m] = u;
		}
	}
	problem->lower = lower;
	problem->upper = upper;
}

/* ---- pairs ---- */

/*
 * Of pairs that are in order.
 */
static double
find_cost(const CgLocationPairs *pairs, int from, int to)
{
	size_t		low = pairs->start[from];
	size_t		high = pairs->start[from + 1];

	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;

		if (pairs->other[middle] < to)
			low = middle + 1;
		else
			high = middle;
	}
	return low < pairs->start[from + 1] && pairs->other[low] == to ? pairs->cost[low] : NAN;
}

/*
 * A pair that is given one way counts for both; a unit is at no cost from
 * itself.
 */
static void
complete_pairs(CgGroupsInput *input, const CgLocationPairs *given)
{
	int			units = input->problem.units;
	size_t		pairs = given->start[units];
	CgLocationPairs    *both = &input->pairs;
	size_t	   *next;
	double	   *value;

	both->start = cg_location_take(units + 1, sizeof(size_t));
	both->other = cg_location_take(2 * pairs + units, sizeof(int));
	both->cost = cg_location_take(2 * pairs + units, sizeof(double));
	next = cg_location_take(units + 1, sizeof(size_t));
	for (int pass = 0; pass < 2; pass++)
	{
		for (int i = 0; i < units; i++)
		{
			bool		has_own = !isnan(find_cost(given, i, i));

			for (size_t e = given->start[i]; e < given->start[i + 1]; e++)
			{
				int			k = given->other[e];
				bool		mirror = k != i && isnan(find_cost(given, k, i));

				if (pass == 0)
				{
					next[i]++;
					next[k] += mirror;
					continue;
				}
				both->other[next[i]] = k;
				both->cost[next[i]++] = given->cost[e];
				if (mirror)
				{
					both->other[next[k]] = i;
					both->cost[next[k]++] = given->cost[e];
				}
			}
			if (!has_own && pass == 1)
				both->other[next[i]++] = i;
			else if (!has_own)
				next[i]++;
		}
		for (int i = 0; i < units && pass == 0; i++)
		{
			both->start[i + 1] = both->start[i] + next[i];
			next[i] = both->start[i];
		}
	}
	value = cg_location_take(both->start[units], sizeof(double));
	for (int i = 0; i < units; i++)
	{
		for (size_t e = both->start[i]; e < both->start[i + 1]; e++)
			value[e] = input->weight[i] * both->cost[e];
	}
	input->problem.start = both->start;
	input->problem.centre = both->other;
	input->problem.value = value;
}

static void
read_neighbours(CgGroupsInput *input, const char *function, const char *source)
{
	int			units = input->problem.units;
	CgInputColumn *column = palloc0(sizeof(CgInputColumn) * 2);
	CgInput		pairs;
	size_t	   *start;
	int		   *neighbour;

	if (source == NULL)
		return;
	column[0] = (CgInputColumn) {"unit_id", CG_COLUMN_ID, true};
	column[1] = (CgInputColumn) {"neighbour_id", CG_COLUMN_ID, true};
	cg_read_input(&pairs, function, "neighbours_sql", source, column, 2);
	start = cg_location_take(units + 2, sizeof(size_t));
	neighbour = cg_location_take(2 * pairs.rows, sizeof(int));
	for (int pass = 0; pass < 2; pass++)
	{
		for (int64 r = 0; r < pairs.rows; r++)
		{
			int			a = cg_ids_find(&input->ids, column[0].text[r]);
			int			b = cg_ids_find(&input->ids, column[1].text[r]);

			if (a < 0 || b < 0 || a == b)
				continue;
			if (pass == 0)
			{
				start[a + 2]++;
				start[b + 2]++;
			}
			else
			{
				neighbour[start[a + 1]++] = b;
				neighbour[start[b + 1]++] = a;
			}
		}
		for (int i = 0; i < units && pass == 0; i++)
			start[i + 2] += start[i + 1];
	}
	input->problem.neighbour_start = start;
	input->problem.neighbour = neighbour;
}

static void
set_change_costs(CgGroupsInput *input, double penalty)
{
	double	   *cost;

	if (input->problem.existing == NULL || penalty == 0)
		return;
	cost = cg_location_take(input->problem.units, sizeof(double));
	for (int i = 0; i < input->problem.units; i++)
		cost[i] = penalty * input->weight[i];
	input->problem.change_cost = cost;
}

void
cg_read_groups(CgGroupsInput *input, const char *function, FunctionCallInfo fcinfo,
			   int options)
{
	CgLocationPairs		given;
	double		low[MOST_MEASURES];
	double		high[MOST_MEASURES];
	double		tolerance = cg_amount_argument(fcinfo, options + 4, "tolerance", NAN);

	memset(input, 0, sizeof(*input));
	if (PG_ARGISNULL(options) || PG_GETARG_INT32(options) < 1)
		cg_refuse_argument(function, "groups", "It must be 1 or more.");
	input->problem.groups = PG_GETARG_INT32(options);
	input->problem.own_centre = true;
	read_measures(input, function, PG_ARGISNULL(options + 1) ? (Datum) 0 : PG_GETARG_DATUM(options + 1),
				  PG_ARGISNULL(options + 1));
	read_limits(input, function, "lower", PG_ARGISNULL(options + 2) ? (Datum) 0 : PG_GETARG_DATUM(options + 2),
				PG_ARGISNULL(options + 2), NAN, low);
	read_limits(input, function, "upper", PG_ARGISNULL(options + 3) ? (Datum) 0 : PG_GETARG_DATUM(options + 3),
				PG_ARGISNULL(options + 3), NAN, high);
	read_units(input, function, cg_text_argument(fcinfo, 0));
	if ((double) input->problem.units * input->problem.units > CG_GROUPING_MOST_CELLS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s() is given too many units", function),
				 errdetail("Their number squared is at most %d.", CG_GROUPING_MOST_CELLS)));
	set_limits(input, function, low, high, tolerance);
	cg_read_pairs(&given, function, cg_text_argument(fcinfo, 1), "from_id", "to_id",
				  &input->ids, &input->ids,
				  cg_amount_argument(fcinfo, options + 5, "max_cost", NAN));
	complete_pairs(input, &given);
	read_neighbours(input, function, cg_text_argument(fcinfo, options + 6));
	set_change_costs(input, cg_amount_argument(fcinfo, options + 7, "change_penalty", 0));
}
