/*-------------------------------------------------------------------------
 *
 * consolidate.c
 *	  A service on fewer sites: for every number of sites, who gains and who
 *	  loses.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "common/cg_compat.h"
#include "geography/locate.h"

PG_FUNCTION_INFO_V1(cg_consolidate);

#define MOST_COLUMNS 16
#define SAME 1e-9

enum ConsolidateColumn
{
	S_P, S_BY, S_VALUE, S_AMOUNT, S_COST_NOW, S_COST_THEN, S_WORST_NOW,
	S_WORST_THEN, S_GAINING, S_LOSING, S_GAIN, S_LOSS, S_OPEN, S_OBJECTIVE,
	S_BOUND, S_GAP, S_STATUS, S_EXPLANATION, S_SECONDS, S_ROUNDS, S_COLUMNS
};

typedef struct Call
{
	CgRows		rows;
	CgLocationInput input;
	CgInputColumn *by;
	int			by_count;
	double	   *now;			/* per demand: cost at the sites of today, or NaN */
	double	   *then;			/* of a scenario */
} Call;

/* Who is where, summed over some demand. */
typedef struct Sums
{
	double		amount;
	double		compared;		/* amount with a cost now and then */
	double		now;
	double		then;
	double		worst_now;
	double		worst_then;
	double		gaining;
	double		losing;
	double		gain;			/* amount times what the gaining save */
	double		loss;
} Sums;

static void
count_demand(const Call *call, int demand, Sums *sums)
{
	double		amount = call->input.amount[demand];
	double		now = call->now[demand];
	double		then = call->then[demand];
	double		change = then - now;

	sums->amount += amount;
	sums->worst_then = fmax(sums->worst_then, then);
	if (isnan(change))
		return;
	sums->worst_now = fmax(sums->worst_now, now);
	sums->compared += amount;
	sums->now += amount * now;
	sums->then += amount * then;
	if (change < -SAME * (1 + now))
	{
		sums->gaining += amount;
		sums->gain -= amount * change;
	}
	else if (change > SAME * (1 + now))
	{
		sums->losing += amount;
		sums->loss += amount * change;
	}
}

static void
put_sums(Datum *values, bool *nulls, const Sums *sums)
{
	cg_put_number(values, nulls, S_AMOUNT, sums->amount);
	cg_put_number(values, nulls, S_COST_NOW, sums->compared > 0 ? sums->now / sums->compared : NAN);
	cg_put_number(values, nulls, S_COST_THEN, sums->compared > 0 ? sums->then / sums->compared : NAN);
	cg_put_number(values, nulls, S_WORST_NOW, sums->compared > 0 ? sums->worst_now : NAN);
	cg_put_number(values, nulls, S_WORST_THEN, sums->worst_then);
	cg_put_number(values, nulls, S_GAINING, sums->gaining);
	cg_put_number(values, nulls, S_LOSING, sums->losing);
	cg_put_number(values, nulls, S_GAIN, sums->gaining > 0 ? sums->gain / sums->gaining : NAN);
	cg_put_number(values, nulls, S_LOSS, sums->losing > 0 ? sums->loss / sums->losing : NAN);
}

static void
clear_row(Datum *values, bool *nulls, int p)
{
	cg_clear_row(values, nulls, S_COLUMNS);
	values[S_P] = Int32GetDatum(p);
	nulls[S_P] = false;
}

static Datum
open_sites(const Call *call, const bool *is_open)
{
	int			sites = call->input.site_ids.count;
	Datum	   *element = palloc(sizeof(Datum) * Max(sites, 1));
	int			count = 0;

	for (int j = 0; j < sites; j++)
	{
		if (is_open[j])
			element[count++] = CStringGetTextDatum(call->input.site_ids.id[j]);
	}
	return PointerGetDatum(construct_array(element, count, TEXTOID, -1, false, TYPALIGN_INT));
}

static void
add_summary(Call *call, int p, const CgLocation *location)
{
	Datum		values[S_COLUMNS];
	bool		nulls[S_COLUMNS];
	Sums		sums = {0};

	clear_row(values, nulls, p);
	if (location->explanation == NULL)
	{
		for (int i = 0; i < call->input.demand_ids.count; i++)
			count_demand(call, i, &sums);
		put_sums(values, nulls, &sums);
		nulls[S_OPEN] = false;
		values[S_OPEN] = open_sites(call, location->is_open);
		cg_put_number(values, nulls, S_OBJECTIVE, location->objective);
		cg_put_number(values, nulls, S_BOUND, location->bound);
		cg_put_number(values, nulls, S_GAP, cg_relative_gap(location->objective, location->bound));
	}
	cg_put_text(values, nulls, S_STATUS, cg_solved_word(location->solved));
	cg_put_text(values, nulls, S_EXPLANATION, location->explanation);
	cg_put_number(values, nulls, S_SECONDS, location->seconds);
	nulls[S_ROUNDS] = false;
	values[S_ROUNDS] = Int64GetDatum(location->rounds);
	cg_rows_add(&call->rows, values, nulls);
}

/*
 * A row for each value of a column of the demand, NULL last.
 */
static void
add_values(Call *call, int p, int by)
{
	const CgInputColumn *column = &call->input.demand.column[2 + by];
	CgIds		keys;
	Sums	   *sums;
	Datum		values[S_COLUMNS];
	bool		nulls[S_COLUMNS];

	cg_ids_of_keys(&keys, &call->input.demand, 2 + by);
	sums = cg_location_take(keys.count + 1, sizeof(Sums));
	for (int i = 0; i < call->input.demand_ids.count; i++)
	{
		int			key = cg_ids_find(&keys, column->text[call->input.demand_ids.row[i]]);

		count_demand(call, i, &sums[key < 0 ? keys.count : key]);
	}
	for (int k = 0; k <= keys.count; k++)
	{
		if (k == keys.count && sums[k].amount == 0)
			continue;
		clear_row(values, nulls, p);
		cg_put_text(values, nulls, S_BY, column->name);
		cg_put_text(values, nulls, S_VALUE, k == keys.count ? NULL : keys.id[k]);
		put_sums(values, nulls, &sums[k]);
		cg_rows_add(&call->rows, values, nulls);
	}
}

/*
 * Everyone at the cheapest site of today.
 */
static void
find_now(Call *call)
{
	const CgLocationPairs *pairs = &call->input.pairs;

	for (int i = 0; i < call->input.demand_ids.count; i++)
	{
		call->now[i] = NAN;
		for (size_t e = pairs->start[i]; e < pairs->start[i + 1]; e++)
		{
			if (call->input.is_current[pairs->other[e]] &&
				!(pairs->cost[e] >= call->now[i]))
				call->now[i] = pairs->cost[e];
		}
	}
}

static void
find_then(Call *call, const CgLocation *location)
{
	for (int i = 0; i < call->input.demand_ids.count; i++)
		call->then[i] = cg_pair_cost(&call->input.pairs, i, location->served_by[i]);
}

static void
read_columns(Call *call, FunctionCallInfo fcinfo, int place)
{
	Datum	   *element;
	bool	   *null;
	int			count = 0;

	if (!PG_ARGISNULL(place))
		deconstruct_array(PG_GETARG_ARRAYTYPE_P(place), TEXTOID, -1, false, TYPALIGN_INT,
						  &element, &null, &count);
	if (count > MOST_COLUMNS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("by of consolidate() has too many columns"),
				 errdetail("There are at most %d.", MOST_COLUMNS)));
	call->by = palloc0(sizeof(CgInputColumn) * Max(count, 1));
	call->by_count = count;
	for (int k = 0; k < count; k++)
	{
		if (null[k])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a column in by of consolidate() is NULL")));
		call->by[k] = (CgInputColumn) {TextDatumGetCString(element[k]), CG_COLUMN_WORD, true};
	}
}

static int
bounded_p(FunctionCallInfo fcinfo, int place, int if_null)
{
	int			p = PG_ARGISNULL(place) ? if_null : PG_GETARG_INT32(place);

	if (p < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("p_from or p_to of consolidate() is out of range"),
				 errdetail("They must be 1 or more.")));
	return p;
}

/*
 * consolidate(demand_sql, sites_sql, pairs_sql, p_from, p_to, by, max_cost,
 * effort, seed)
 */
Datum
cg_consolidate(PG_FUNCTION_ARGS)
{
	Call		call = {{0}};
	CgLocateOptions options = {0};
	int			may_open;
	int			from;
	int			to;
	MemoryContext scenario;

	call.rows = cg_rows_begin(fcinfo);
	read_columns(&call, fcinfo, 5);
	options.unserved_cost = NAN;
	options.effort = cg_effort_argument(fcinfo, 7);
	options.seed = PG_ARGISNULL(8) ? 1 : PG_GETARG_INT64(8);
	cg_read_location(&call.input, "consolidate", cg_text_argument(fcinfo, 0),
					 cg_text_argument(fcinfo, 1), cg_text_argument(fcinfo, 2),
					 cg_amount_argument(fcinfo, 6, "max_cost", NAN), call.by, call.by_count);
	may_open = call.input.site_ids.count - call.input.fixed_closed;
	from = bounded_p(fcinfo, 3, Max(1, call.input.fixed_open));
	to = bounded_p(fcinfo, 4, Max(from, may_open));
	call.now = cg_location_take(call.input.demand_ids.count, sizeof(double));
	call.then = cg_location_take(call.input.demand_ids.count, sizeof(double));
	find_now(&call);
	scenario = AllocSetContextCreate(CurrentMemoryContext, "scenario", ALLOCSET_DEFAULT_SIZES);
	for (options.p = from; options.p <= to; options.p++)
	{
		MemoryContext old = MemoryContextSwitchTo(scenario);
		CgLocation	location;

		CHECK_FOR_INTERRUPTS();
		cg_check_locate(&call.input, &options);
		cg_solve_location(&call.input, &options, &location);
		find_then(&call, &location);
		add_summary(&call, options.p, &location);
		for (int k = 0; k < call.by_count && location.explanation == NULL; k++)
			add_values(&call, options.p, k);
		MemoryContextSwitchTo(old);
		MemoryContextReset(scenario);
	}
	return (Datum) 0;
}
