/*-------------------------------------------------------------------------
 *
 * locate.c
 *	  Which sites to open: locate().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "geography/locate.h"

PG_FUNCTION_INFO_V1(cg_locate);

#define FEW 5					/* ids named in an explanation */
#define DEFAULT_STEPS 4e10
#define DEFAULT_SPLIT_STEPS 5e9

/* ---- the problem ---- */

static void
refuse_p(const char *function, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("p of %s() is out of range", function),
			 errdetail_internal("%s", detail),
			 errhint("%s", hint)));
}

int
cg_read_p(FunctionCallInfo fcinfo, int place, const char *function)
{
	int			p;

	if (PG_ARGISNULL(place))
		return 0;
	p = PG_GETARG_INT32(place);
	if (p < 1)
		refuse_p(function, "It must be 1 or more.",
				 "Leave it NULL where opening costs are to decide how many sites open.");
	return p;
}

void
cg_check_locate(const CgLocationInput *input, const CgLocateOptions *options)
{
	int			sites = input->site_ids.count;

	if (options->p > sites - input->fixed_closed)
		refuse_p(input->function,
				 psprintf("%d sites are to open, and %d may be open.", options->p, sites - input->fixed_closed),
				 "Ask for fewer sites, or give more of them in sites_sql.");
	if (options->p > 0 && input->fixed_open > options->p)
		refuse_p(input->function,
				 psprintf("%d sites are to open, and %d are fixed open.", options->p, input->fixed_open),
				 "Ask for more sites, or free some in the column fixed.");
	if (!cg_has_limits(input))
		return;
	if (options->p == 0 && !options->split)
		refuse_p(input->function, "It is NULL, and the sites have a capacity or a minimum.",
				 "Say how many sites are to open, or let demand be split.");
	if (!isnan(options->unserved_cost))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unserved_cost of %s() does not go with a capacity", input->function),
				 errdetail("Where sites have a capacity or a minimum, all demand must be served."),
				 errhint("Give a further site that stands for being unserved, with its cost in pairs_sql.")));
}

CgMedianProblem
cg_location_problem(const CgLocationInput *input, const CgLocateOptions *options)
{
	CgMedianProblem problem = {0};
	int			demands = input->demand_ids.count;
	double	   *unserved;

	problem.demands = demands;
	problem.sites = input->site_ids.count;
	problem.start = input->pairs.start;
	problem.site = input->pairs.other;
	problem.value = input->value;
	problem.opening = input->opening;
	problem.fixed = input->fixed;
	problem.min_open = options->p;
	problem.max_open = options->p;
	if (options->p == 0)
		problem.max_open = problem.sites;
	if (!isnan(options->unserved_cost))
	{
		unserved = cg_location_take(demands, sizeof(double));
		for (int i = 0; i < demands; i++)
			unserved[i] = input->amount[i] * options->unserved_cost;
		problem.unserved = unserved;
	}
	return problem;
}

CgGroupingProblem
cg_location_grouping_problem(const CgLocationInput *input, const CgLocateOptions *options)
{
	CgGroupingProblem problem = {0};

	problem.units = input->demand_ids.count;
	problem.centres = input->site_ids.count;
	if ((double) problem.centres * problem.units > CG_GROUPING_MOST_CELLS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s() with capacities is given too much", input->function),
				 errdetail("Demands times sites are at most %d.", CG_GROUPING_MOST_CELLS),
				 errhint("Let demand be split between sites.")));
	problem.start = input->pairs.start;
	problem.centre = input->pairs.other;
	problem.value = input->value;
	problem.measures = 1;
	problem.amount = input->amount;
	problem.lower = input->minimum;
	problem.upper = input->capacity;
	problem.opening = input->opening;
	problem.fixed = input->fixed;
	problem.groups = options->p;
	return problem;
}

CgSplitProblem
cg_location_split_problem(const CgLocationInput *input, const CgLocateOptions *options)
{
	CgSplitProblem problem = {0};
	const char *wrong;

	problem.demands = input->demand_ids.count;
	problem.sites = input->site_ids.count;
	problem.start = input->pairs.start;
	problem.site = input->pairs.other;
	problem.cost = input->pairs.cost;
	problem.amount = input->amount;
	problem.capacity = input->capacity;
	problem.minimum = input->minimum;
	problem.opening = input->opening;
	problem.fixed = input->fixed;
	problem.min_open = options->p;
	problem.max_open = options->p == 0 ? problem.sites : options->p;
	wrong = cg_p_median_split_problem(&problem);
	if (wrong != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s() cannot split such amounts", input->function),
				 errdetail("In this problem %s.", wrong),
				 errhint("Round amounts, capacities and minimums in the queries.")));
	return problem;
}

/* ---- explanations ---- */

static void
name_ids(StringInfo text, const CgIds *ids, const bool *which)
{
	int			count = 0;

	for (int i = 0; i < ids->count; i++)
	{
		if (!which[i])
			continue;
		if (count < FEW)
			appendStringInfo(text, "%s%s", count > 0 ? ", " : "", ids->id[i]);
		count++;
	}
	if (count > FEW)
		appendStringInfo(text, " and %d more", count - FEW);
}

/*
 * Demands that no site reaches, or which this many sites do not reach.
 */
static char *
explain_unserved(const CgLocationInput *input, const CgLocation *location)
{
	int			demands = input->demand_ids.count;
	bool	   *which = cg_location_take(demands, sizeof(bool));
	int			alone = 0;
	StringInfoData text;

	for (int i = 0; i < demands; i++)
	{
		which[i] = location->unserved == NULL || input->amount[i] > 0;
		for (size_t e = input->pairs.start[i]; e < input->pairs.start[i + 1]; e++)
			which[i] = which[i] && input->fixed[input->pairs.other[e]] == CG_SITE_CLOSED;
		alone += which[i];
	}
	initStringInfo(&text);
	if (alone > 0)
		appendStringInfoString(&text, "no site that may be open has a pair with demand ");
	else if (location->unserved != NULL)
	{
		if (location->no_room > 0)
			appendStringInfo(&text, "all sites that may be open have together no room for %.15g of all demand; the best choice of so many leaves %.15g unserved, of demand ",
							 location->no_room, location->left);
		else
			appendStringInfo(&text, location->solved == CG_SOLVED_INFEASIBLE ?
							 "so many sites cannot take all demand within their limits; the best choice leaves %.15g unserved, of demand " :
							 "no choice within the limits was found; the best one leaves %.15g unserved, of demand ",
							 location->left);
		for (int i = 0; i < demands; i++)
			which[i] = location->unserved[i] > 0;
	}
	else
	{
		appendStringInfoString(&text, location->solved == CG_SOLVED_INFEASIBLE ?
							   "so many sites cannot reach all demand; the best choice leaves demand " :
							   "no choice that reaches all demand was found; the best one leaves demand ");
		for (int i = 0; i < demands; i++)
			which[i] = location->served_by[i] < 0;
	}
	name_ids(&text, &input->demand_ids, which);
	if (alone == 0 && location->unserved == NULL)
		appendStringInfoString(&text, " unserved");
	return text.data;
}

static char *
explain_trouble(const CgLocationInput *input, const CgGroupingAnswer *answer)
{
	const char *id = answer->unit < 0 ? NULL : input->demand_ids.id[answer->unit];

	switch (answer->trouble)
	{
		case CG_TROUBLE_UNREACHED:
			return psprintf("no site that may be open has a pair with demand %s", id);
		case CG_TROUBLE_TOO_LARGE:
			return psprintf("demand %s is larger than every site's capacity, and is not split", id);
		case CG_TROUBLE_TOTAL_LOW:
			return pstrdup("all demand together is below the minimum of so many sites");
		case CG_TROUBLE_TOTAL_HIGH:
			return pstrdup("all demand together is above the capacity of the largest sites, so many of them");
		case CG_TROUBLE_BOUND:
			return pstrdup("the relaxation of the problem has no answer: capacities, minimums and pairs exclude each other");
		case CG_TROUBLE_EXCLUDED:
			return pstrdup("every choice was excluded: so many sites cannot take all demand within their limits, each demand whole");
		case CG_TROUBLE_NOT_FOUND:
			return pstrdup("no choice within the capacities was found; there may be one: try more sites or a higher effort");
		default:
			return NULL;
	}
}

/* ---- solving ---- */

/*
 * What all solvers answer.
 */
static void
keep_answer(const CgLocationInput *input, CgLocation *location, CgSolved solved,
			double objective, double bound, int64_t rounds)
{
	if (solved >= CG_SOLVED_NO_MEMORY)
		cg_location_failed(solved, input->function);
	location->solved = solved;
	location->objective = objective;
	location->bound = bound;
	location->rounds = rounds;
}

static void
solve_with_capacity(const CgLocationInput *input, const CgLocateOptions *options,
					CgLocation *location)
{
	CgWork		work = cg_location_work();
	int			sites = input->site_ids.count;
	int		   *label = cg_location_take(sites, sizeof(int));
	CgGroupingProblem problem = cg_location_grouping_problem(input, options);
	CgGroupingOptions how = {0};
	CgGroupingAnswer answer;

	how.steps = options->effort * cg_grouping_default_steps(&problem);
	how.seed = options->seed;
	location->price = cg_location_take(problem.units, sizeof(double));
	answer = cg_grouping(&problem, &how, &work, location->served_by, label, location->price);
	keep_answer(input, location, answer.solved, answer.objective, answer.bound, answer.rounds);
	location->explanation = explain_trouble(input, &answer);
	if (location->explanation != NULL)
		return;

	for (int j = 0; j < sites; j++)
		location->is_open[j] = label[j] != CG_NO_CENTRE;
}

static void
solve_split(const CgLocationInput *input, const CgLocateOptions *options,
			CgLocation *location)
{
	CgWork		work = cg_location_work();
	CgSplitProblem problem = cg_location_split_problem(input, options);
	CgSplitOptions how = {0};
	CgSplitAnswer answer;

	how.steps = options->effort * DEFAULT_SPLIT_STEPS;
	how.seed = options->seed;
	location->price = cg_location_take(problem.demands, sizeof(double));
	location->unserved = cg_location_take(problem.demands, sizeof(double));
	location->flow = cg_location_take(problem.start[problem.demands], sizeof(double));
	answer = cg_p_median_split(&problem, &how, &work, location->is_open, location->flow,
							   location->unserved, location->price);
	keep_answer(input, location, answer.solved, answer.objective, answer.bound, answer.rounds);
	location->no_room = answer.no_room;
	location->left = answer.unserved;
	if (answer.solved == CG_SOLVED_INFEASIBLE || answer.solved == CG_SOLVED_UNKNOWN)
		location->explanation = explain_unserved(input, location);
}

static void
solve_median(const CgLocationInput *input, const CgLocateOptions *options,
			 CgLocation *location)
{
	CgWork		work = cg_location_work();
	CgMedianProblem problem = cg_location_problem(input, options);
	CgMedianOptions how = {0};
	CgMedianAnswer answer;

	how.steps = options->effort * DEFAULT_STEPS;
	how.restarts = -1;
	how.seed = options->seed;
	location->price = cg_location_take(problem.demands, sizeof(double));
	answer = cg_p_median(&problem, &how, &work, location->is_open,
						 location->served_by, location->price);
	keep_answer(input, location, answer.solved, answer.objective, answer.bound, answer.rounds);
	if (answer.solved == CG_SOLVED_INFEASIBLE || answer.solved == CG_SOLVED_UNKNOWN)
		location->explanation = explain_unserved(input, location);
}

void
cg_solve_location(const CgLocationInput *input, const CgLocateOptions *options,
				  CgLocation *location)
{
	instr_time	begin;

	INSTR_TIME_SET_CURRENT(begin);
	memset(location, 0, sizeof(*location));
	location->is_open = cg_location_take(input->site_ids.count, sizeof(bool));
	location->served_by = cg_location_take(input->demand_ids.count, sizeof(int));
	if (cg_has_limits(input) && options->split)
		solve_split(input, options, location);
	else if (cg_has_limits(input))
		solve_with_capacity(input, options, location);
	else
		solve_median(input, options, location);
	location->seconds = cg_seconds_since(begin);
}

/* ---- rows ---- */

enum LocateColumn
{
	L_KIND, L_DEMAND, L_SITE, L_OPEN, L_AMOUNT, L_COST, L_PRICE,
	L_OBJECTIVE, L_BOUND, L_GAP, L_STATUS, L_EXPLANATION, L_SECONDS, L_ROUNDS,
	L_COLUMNS
};

static void
clear_row(Datum *values, bool *nulls, const char *kind)
{
	cg_clear_row(values, nulls, L_COLUMNS);
	cg_put_text(values, nulls, L_KIND, kind);
}

/*
 * What goes from the demand to the site of a pair.
 */
static double
sent(const CgLocationInput *input, const CgLocation *location, int demand, size_t pair)
{
	if (location->flow != NULL)
		return location->flow[pair];
	return input->pairs.other[pair] == location->served_by[demand] ? input->amount[demand] : 0;
}

static void
add_summary(CgRows *rows, const CgLocationInput *input, const CgLocation *location)
{
	Datum		values[L_COLUMNS];
	bool		nulls[L_COLUMNS];
	double		amount = 0;
	double		total = 0;
	bool		has_plan = location->explanation == NULL;

	clear_row(values, nulls, "summary");
	for (int i = 0; i < input->demand_ids.count && has_plan; i++)
	{
		for (size_t e = input->pairs.start[i]; e < input->pairs.start[i + 1]; e++)
		{
			amount += sent(input, location, i, e);
			total += sent(input, location, i, e) * input->pairs.cost[e];
		}
	}
	if (has_plan)
	{
		cg_put_number(values, nulls, L_AMOUNT, amount);
		cg_put_number(values, nulls, L_COST, amount > 0 ? total / amount : NAN);
		cg_put_number(values, nulls, L_OBJECTIVE, location->objective);
		cg_put_number(values, nulls, L_BOUND, location->bound);
		cg_put_number(values, nulls, L_GAP, cg_relative_gap(location->objective, location->bound));
	}
	cg_put_text(values, nulls, L_STATUS, cg_solved_word(location->solved));
	cg_put_text(values, nulls, L_EXPLANATION, location->explanation);
	cg_put_number(values, nulls, L_SECONDS, location->seconds);
	nulls[L_ROUNDS] = false;
	values[L_ROUNDS] = Int64GetDatum(location->rounds);
	cg_rows_add(rows, values, nulls);
}

static void
add_sites(CgRows *rows, const CgLocationInput *input, const CgLocation *location)
{
	int			sites = input->site_ids.count;
	double	   *amount = cg_location_take(sites, sizeof(double));
	double	   *total = cg_location_take(sites, sizeof(double));
	Datum		values[L_COLUMNS];
	bool		nulls[L_COLUMNS];

	for (int i = 0; i < input->demand_ids.count; i++)
	{
		for (size_t e = input->pairs.start[i]; e < input->pairs.start[i + 1]; e++)
		{
			amount[input->pairs.other[e]] += sent(input, location, i, e);
			total[input->pairs.other[e]] += sent(input, location, i, e) * input->pairs.cost[e];
		}
	}
	for (int j = 0; j < sites; j++)
	{
		clear_row(values, nulls, "site");
		cg_put_id(rows, values, nulls, L_SITE, input->site_ids.id[j]);
		nulls[L_OPEN] = false;
		values[L_OPEN] = BoolGetDatum(location->is_open[j]);
		cg_put_number(values, nulls, L_AMOUNT, amount[j]);
		cg_put_number(values, nulls, L_COST, amount[j] > 0 ? total[j] / amount[j] : NAN);
		cg_rows_add(rows, values, nulls);
	}
}

static void
add_demand(CgRows *rows, const CgLocationInput *input, const CgLocation *location,
		   int demand, size_t pair, double amount)
{
	bool		is_served = pair < input->pairs.start[demand + 1];
	Datum		values[L_COLUMNS];
	bool		nulls[L_COLUMNS];

	clear_row(values, nulls, "demand");
	cg_put_id(rows, values, nulls, L_DEMAND, input->demand_ids.id[demand]);
	cg_put_id(rows, values, nulls, L_SITE, is_served ? input->site_ids.id[input->pairs.other[pair]] : NULL);
	cg_put_number(values, nulls, L_AMOUNT, amount);
	cg_put_number(values, nulls, L_COST, is_served ? input->pairs.cost[pair] : NAN);
	cg_put_number(values, nulls, L_PRICE, location->price == NULL ? NAN : location->price[demand]);
	cg_rows_add(rows, values, nulls);
}

/*
 * The pair by which a demand is served that is not split: that of its site, or
 * where it is nothing that could be sent, of the cheapest open one.
 */
static size_t
pair_of_demand(const CgLocationInput *input, const CgLocation *location, int demand)
{
	size_t		end = input->pairs.start[demand + 1];
	size_t		chosen = end;

	for (size_t e = input->pairs.start[demand]; e < end; e++)
	{
		if (location->flow == NULL)
		{
			if (input->pairs.other[e] == location->served_by[demand])
				return e;
		}
		else if (location->is_open[input->pairs.other[e]] &&
				 (chosen == end || input->pairs.cost[e] < input->pairs.cost[chosen]))
			chosen = e;
	}
	return chosen;
}

static void
add_demands(CgRows *rows, const CgLocationInput *input, const CgLocation *location)
{
	for (int i = 0; i < input->demand_ids.count; i++)
	{
		if (location->flow == NULL || input->amount[i] == 0)
		{
			add_demand(rows, input, location, i, pair_of_demand(input, location, i), input->amount[i]);
			continue;
		}
		for (size_t e = input->pairs.start[i]; e < input->pairs.start[i + 1]; e++)
		{
			if (location->flow[e] > 0)
				add_demand(rows, input, location, i, e, location->flow[e]);
		}
	}
}

/* ---- arguments ---- */

/*
 * locate(demand_sql, sites_sql, pairs_sql, [demand_type, site_type,] p,
 * max_cost, unserved_cost, effort, seed, split)
 */
Datum
cg_locate(PG_FUNCTION_ARGS)
{
	CgRows		rows = cg_rows_begin(fcinfo);
	CgLocationInput input;
	CgLocateOptions options;
	CgLocation	location;
	int			first = PG_NARGS() - 6;

	options.p = cg_read_p(fcinfo, first, "locate");
	options.unserved_cost = cg_amount_argument(fcinfo, first + 2, "unserved_cost", NAN);
	options.effort = cg_effort_argument(fcinfo, first + 3);
	options.seed = PG_ARGISNULL(first + 4) ? 1 : PG_GETARG_INT64(first + 4);
	options.split = !PG_ARGISNULL(first + 5) && PG_GETARG_BOOL(first + 5);
	cg_read_location(&input, "locate", cg_text_argument(fcinfo, 0),
					 cg_text_argument(fcinfo, 1), cg_text_argument(fcinfo, 2),
					 cg_amount_argument(fcinfo, first + 1, "max_cost", NAN), NULL, 0);
	cg_check_id_type(&input.demand, 0, &rows, L_DEMAND);
	cg_check_id_type(&input.sites, 0, &rows, L_SITE);
	cg_check_locate(&input, &options);
	cg_solve_location(&input, &options, &location);
	add_summary(&rows, &input, &location);
	if (location.explanation != NULL)
		return (Datum) 0;
	add_sites(&rows, &input, &location);
	add_demands(&rows, &input, &location);
	return (Datum) 0;
}
