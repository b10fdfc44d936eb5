/*-------------------------------------------------------------------------
 *
 * access.c
 *	  How well people reach care: access_2sfca(), access_e2sfca(),
 *	  access_bfca(), access_nearest() and access_huff().
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

#include "common/cg_compat.h"
#include "geography/access_input.h"
#include "geography/location_input.h"

PG_FUNCTION_INFO_V1(cg_access_2sfca);
PG_FUNCTION_INFO_V1(cg_access_e2sfca);
PG_FUNCTION_INFO_V1(cg_access_bfca);
PG_FUNCTION_INFO_V1(cg_access_nearest);
PG_FUNCTION_INFO_V1(cg_access_huff_rows);

#define MOST_BANDS 20

/* The three queries are the first arguments. */
static void
read_access(CgAccessInput *input, FunctionCallInfo fcinfo, const char *function,
			bool needs_amount, bool needs_capacity, double most)
{
	cg_access_read(input, function, cg_text_argument(fcinfo, 0), cg_text_argument(fcinfo, 1),
				   cg_text_argument(fcinfo, 2), needs_amount, needs_capacity, most);
}

/* Types of ids may stand between the queries and the options. */
static int
first_option(FunctionCallInfo fcinfo, int options)
{
	return PG_NARGS() > 3 + options ? 5 : 3;
}

static void
check_solved(CgSolved solved, const char *function)
{
	if (solved != CG_SOLVED_OPTIMAL)
		cg_location_failed(solved, function);
}

static void
put_id(Datum *values, bool *nulls, int place, Datum id)
{
	nulls[place] = false;
	values[place] = id;
}

static void
put_integer(Datum *values, bool *nulls, int place, int number)
{
	nulls[place] = false;
	values[place] = Int32GetDatum(number);
}

/* ---- floating catchment areas ---- */

enum ScoreColumn
{
	S_KIND, S_DEMAND, S_SITE, S_AMOUNT, S_CAPACITY, S_RATIO, S_ACCESS, S_WITHIN,
	S_COLUMNS
};

static double *
read_band_array(FunctionCallInfo fcinfo, int place, const char *function, const char *name, int *count)
{
	ArrayType  *array;
	Datum	   *element;
	bool	   *isnull;
	double	   *number;

	if (PG_ARGISNULL(place))
		cg_refuse_argument(function, name, "Decay bands needs band_limits and band_weights.");
	array = PG_GETARG_ARRAYTYPE_P(place);
	deconstruct_array(array, FLOAT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &element, &isnull, count);
	if (ARR_NDIM(array) != 1 || *count < 1 || *count > MOST_BANDS)
		cg_refuse_argument(function, name, "There must be 1 to 20 numbers in one dimension.");
	number = palloc(*count * sizeof(double));
	for (int b = 0; b < *count; b++)
	{
		number[b] = isnull[b] ? NAN : DatumGetFloat8(element[b]);
		if (!isfinite(number[b]) || number[b] < 0)
			cg_refuse_argument(function, name, "Every number must be 0 or more and finite.");
	}
	return number;
}

static void
read_bands(FunctionCallInfo fcinfo, int first, const char *function, CgWeighing *weighing)
{
	int			weights;

	weighing->band_limit = read_band_array(fcinfo, first, function, "band_limits", &weighing->bands);
	weighing->band_weight = read_band_array(fcinfo, first + 1, function, "band_weights", &weights);
	if (weights != weighing->bands)
		cg_refuse_argument(function, "band_weights", "There must be as many as band_limits.");
	for (int b = 0; b < weights; b++)
	{
		if (weighing->band_weight[b] > 1)
			cg_refuse_argument(function, "band_weights", "A weight is at most 1.");
		if (b > 0 && weighing->band_limit[b] <= weighing->band_limit[b - 1])
			cg_refuse_argument(function, "band_limits", "They must ascend.");
	}
	weighing->limit = weighing->band_limit[weighing->bands - 1];
}

/* max_cost, decay, band_limits, band_weights */
static void
read_weighing(FunctionCallInfo fcinfo, int first, const char *function, CgWeighing *weighing)
{
	char	   *decay = cg_text_argument(fcinfo, first + 1);

	if (decay != NULL && strcmp(decay, "bands") == 0)
	{
		weighing->decay = CG_DECAY_BANDS;
		if (!PG_ARGISNULL(first))
			cg_refuse_argument(function, "max_cost", "With decay bands the last of band_limits is the limit: leave it NULL.");
		read_bands(fcinfo, first + 2, function, weighing);
		return;
	}
	if (decay != NULL && strcmp(decay, "gaussian") == 0)
		weighing->decay = CG_DECAY_GAUSSIAN;
	else if (decay != NULL && strcmp(decay, "step") == 0)
		weighing->decay = CG_DECAY_STEP;
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("decay of %s() is not a choice", function),
				 errhint("The choices are gaussian, bands and step.")));
	if (!PG_ARGISNULL(first + 2) || !PG_ARGISNULL(first + 3))
		cg_refuse_argument(function, "band_limits", "Only decay bands takes it.");
	weighing->limit = cg_amount_argument(fcinfo, first, "max_cost", NAN);
	if (!(weighing->limit > 0))
		cg_refuse_argument(function, "max_cost", "It is needed, and above 0.");
}

static void
add_scores(CgRows *rows, const CgAccessInput *input, const CgAccess *access)
{
	Datum		values[S_COLUMNS];
	bool		nulls[S_COLUMNS];

	for (int i = 0; i < input->problem.demands; i++)
	{
		cg_clear_row(values, nulls, S_COLUMNS);
		cg_put_text(values, nulls, S_KIND, "demand");
		put_id(values, nulls, S_DEMAND, input->demand_id[i]);
		cg_put_number(values, nulls, S_AMOUNT, input->problem.amount[i]);
		cg_put_number(values, nulls, S_ACCESS, access->score[i]);
		put_integer(values, nulls, S_WITHIN, access->within[i]);
		cg_rows_add(rows, values, nulls);
	}
	for (int j = 0; j < input->problem.sites; j++)
	{
		cg_clear_row(values, nulls, S_COLUMNS);
		cg_put_text(values, nulls, S_KIND, "site");
		put_id(values, nulls, S_SITE, input->site_id[j]);
		cg_put_number(values, nulls, S_AMOUNT, access->demand[j]);
		cg_put_number(values, nulls, S_CAPACITY, input->problem.capacity[j]);
		cg_put_number(values, nulls, S_RATIO, access->ratio[j]);
		cg_rows_add(rows, values, nulls);
	}
}

static Datum
floating_catchments(FunctionCallInfo fcinfo, const char *function, int options, bool is_balanced)
{
	CgAccessInput input = {0};
	CgWeighing	weighing = {0};
	CgAccess	access;
	CgWork		work = cg_location_work();
	CgRows		rows;
	int			first = first_option(fcinfo, options);

	if (options == 1)
	{
		weighing.decay = CG_DECAY_STEP;
		weighing.limit = cg_amount_argument(fcinfo, first, "max_cost", NAN);
		if (!(weighing.limit > 0))
			cg_refuse_argument(function, "max_cost", "It is needed, and above 0.");
	}
	else
		read_weighing(fcinfo, first, function, &weighing);
	read_access(&input, fcinfo, function, true, true, weighing.limit);
	rows = cg_access_rows(&input, fcinfo, S_DEMAND, S_SITE);
	access.score = cg_location_take(input.problem.demands, sizeof(double));
	access.within = cg_location_take(input.problem.demands, sizeof(int));
	access.demand = cg_location_take(input.problem.sites, sizeof(double));
	access.ratio = cg_location_take(input.problem.sites, sizeof(double));
	check_solved(is_balanced ?
				 cg_access_balanced(&input.problem, &weighing, &work, &access) :
				 cg_access_two_step(&input.problem, &weighing, &work, &access), function);
	add_scores(&rows, &input, &access);
	return (Datum) 0;
}

Datum
cg_access_2sfca(PG_FUNCTION_ARGS)
{
	return floating_catchments(fcinfo, "access_2sfca", 1, false);
}

Datum
cg_access_e2sfca(PG_FUNCTION_ARGS)
{
	return floating_catchments(fcinfo, "access_e2sfca", 4, false);
}

Datum
cg_access_bfca(PG_FUNCTION_ARGS)
{
	return floating_catchments(fcinfo, "access_bfca", 4, true);
}

/* ---- the nearest sites ---- */

enum NearColumn
{
	N_DEMAND, N_PLACE, N_SITE, N_COST, N_AMOUNT,
	N_COLUMNS
};

static void
add_nearest(CgRows *rows, const CgAccessInput *input, int demand, int count, const int *order)
{
	Datum		values[N_COLUMNS];
	bool		nulls[N_COLUMNS];
	size_t		begin = input->problem.start[demand];

	for (int k = 0; k < Max(count, 1); k++)
	{
		cg_clear_row(values, nulls, N_COLUMNS);
		put_id(values, nulls, N_DEMAND, input->demand_id[demand]);
		cg_put_number(values, nulls, N_AMOUNT, input->problem.amount[demand]);
		if (k < count)
		{
			put_integer(values, nulls, N_PLACE, k + 1);
			put_id(values, nulls, N_SITE, input->site_id[input->problem.site[begin + order[k]]]);
			cg_put_number(values, nulls, N_COST, input->problem.cost[begin + order[k]]);
		}
		cg_rows_add(rows, values, nulls);
	}
}

Datum
cg_access_nearest(PG_FUNCTION_ARGS)
{
	CgAccessInput input = {0};
	CgRows		rows;
	int		   *order;
	int			nearest;
	int			first = first_option(fcinfo, 2);

	nearest = PG_ARGISNULL(first) ? 0 : PG_GETARG_INT32(first);
	if (nearest < 1)
		cg_refuse_argument("access_nearest", "k", "It must be 1 or more.");
	read_access(&input, fcinfo, "access_nearest", false, false,
				cg_amount_argument(fcinfo, first + 1, "max_cost", NAN));
	rows = cg_access_rows(&input, fcinfo, N_DEMAND, N_SITE);
	order = cg_location_take(input.problem.sites, sizeof(int));
	for (int i = 0; i < input.problem.demands; i++)
	{
		CHECK_FOR_INTERRUPTS();
		add_nearest(&rows, &input, i, cg_access_order(&input.problem, i, nearest, order), order);
	}
	return (Datum) 0;
}

/* ---- catchments by chance ---- */

enum HuffColumn
{
	H_DEMAND, H_SITE, H_CHANCE, H_AMOUNT, H_COST,
	H_COLUMNS
};

static double
read_exponent(FunctionCallInfo fcinfo, int place, const char *name)
{
	double		exponent = cg_amount_argument(fcinfo, place, name, NAN);

	if (!(exponent <= 20))
		cg_refuse_argument("access_huff", name, "It is needed, between 0 and 20.");
	return exponent;
}

Datum
cg_access_huff_rows(PG_FUNCTION_ARGS)
{
	CgAccessInput input = {0};
	CgWork		work = cg_location_work();
	CgRows		rows;
	Datum		values[H_COLUMNS];
	bool		nulls[H_COLUMNS];
	double	   *chance;
	int			first = first_option(fcinfo, 4);
	double		attraction = read_exponent(fcinfo, first, "attraction");
	double		distance = read_exponent(fcinfo, first + 1, "distance");
	double		least = cg_amount_argument(fcinfo, first + 2, "least_cost", NAN);

	if (!(least > 0))
		cg_refuse_argument("access_huff", "least_cost", "It is needed, and above 0.");
	read_access(&input, fcinfo, "access_huff", true, true,
				cg_amount_argument(fcinfo, first + 3, "max_cost", NAN));
	rows = cg_access_rows(&input, fcinfo, H_DEMAND, H_SITE);
	chance = cg_location_take(input.problem.start[input.problem.demands], sizeof(double));
	check_solved(cg_access_huff(&input.problem, attraction, distance, least, &work, chance), "access_huff");
	for (int i = 0; i < input.problem.demands; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (size_t e = input.problem.start[i]; e < input.problem.start[i + 1]; e++)
		{
			cg_clear_row(values, nulls, H_COLUMNS);
			put_id(values, nulls, H_DEMAND, input.demand_id[i]);
			put_id(values, nulls, H_SITE, input.site_id[input.problem.site[e]]);
			cg_put_number(values, nulls, H_CHANCE, chance[e]);
			cg_put_number(values, nulls, H_AMOUNT, chance[e] * input.problem.amount[i]);
			cg_put_number(values, nulls, H_COST, input.problem.cost[e]);
			cg_rows_add(&rows, values, nulls);
		}
	}
	return (Datum) 0;
}
