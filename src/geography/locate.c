/*-------------------------------------------------------------------------
 *
 * locate.c
 *	  Which sites to open: locate() and verify_locate().
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
#include "solver/grouping.h"

PG_FUNCTION_INFO_V1(cg_locate);
PG_FUNCTION_INFO_V1(cg_verify_locate);

#define FEW 5					/* ids named in an explanation */
#define DEFAULT_STEPS 4e10
#define DEFAULT_CAPACITY_STEPS 2e9

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
	if (input->capacity == NULL && input->minimum == NULL)
		return;
	if (options->p == 0)
		refuse_p(input->function, "It is NULL, and the sites have a capacity or a minimum.",
				 "Say how many sites are to open.");
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
		which[i] = true;
		for (size_t e = input->pairs.start[i]; e < input->pairs.start[i + 1]; e++)
			which[i] = which[i] && input->fixed[input->pairs.other[e]] == CG_SITE_CLOSED;
		alone += which[i];
	}
	initStringInfo(&text);
	if (alone > 0)
		appendStringInfoString(&text, "no site that may be open has a pair with demand ");
	else
	{
		appendStringInfoString(&text, location->solved == CG_SOLVED_INFEASIBLE ?
							   "so many sites cannot reach all demand; the best choice leaves demand " :
							   "no choice that reaches all demand was found; the best one leaves demand ");
		for (int i = 0; i < demands; i++)
			which[i] = location->served_by[i] < 0;
	}
	name_ids(&text, &input->demand_ids, which);
	if (alone == 0)
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
		case CG_TROUBLE_NOT_FOUND:
			return pstrdup("no choice within the capacities was found; there may be one: try more sites or a higher effort");
		default:
			return NULL;
	}
}

/* ---- solving ---- */

static void
solve_with_capacity(const CgLocationInput *input, const CgLocateOptions *options,
					CgLocation *location)
{
	CgWork		work = cg_location_work();
	int			sites = input->site_ids.count;
	int		   *label = cg_location_take(sites, sizeof(int));
	CgGroupingProblem problem = {0};
	CgGroupingOptions how = {0};
	CgGroupingAnswer answer;

	if ((double) sites * input->demand_ids.count > CG_GROUPING_MOST_CELLS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s() with capacities is given too much", input->function),
				 errdetail("Demands times sites are at most %d.", CG_GROUPING_MOST_CELLS)));
	problem.units = input->demand_ids.count;
	problem.centres = sites;
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
	how.steps = options->effort * DEFAULT_CAPACITY_STEPS;
	how.seed = options->seed;
	answer = cg_grouping(&problem, &how, &work, location->served_by, label);
	if (answer.solved >= CG_SOLVED_NO_MEMORY)
		cg_location_failed(answer.solved, input->function);
	location->solved = answer.solved;
	location->objective = answer.objective;
	location->bound = answer.bound;
	location->rounds = answer.rounds;
	location->explanation = explain_trouble(input, &answer);
	if (location->explanation != NULL)
		return;

	for (int j = 0; j < sites; j++)
		location->is_open[j] = label[j] != CG_NO_CENTRE;
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
	if (answer.solved >= CG_SOLVED_NO_MEMORY)
		cg_location_failed(answer.solved, input->function);
	location->solved = answer.solved;
	location->objective = answer.objective;
	location->bound = answer.bound;
	location->rounds = answer.rounds;
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
	if (input->capacity != NULL || input->minimum != NULL)
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
	for (int c = 0; c < L_COLUMNS; c++)
	{
		values[c] = (Datum) 0;
		nulls[c] = true;
	}
	cg_put_text(values, nulls, L_KIND, kind);
}

static double
cost_of_pair(const CgLocationPairs *pairs, int demand, int site)
{
	for (size_t e = pairs->start[demand]; e < pairs->start[demand + 1]; e++)
	{
		if (pairs->other[e] == site)
			return pairs->cost[e];
	}
	return NAN;
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
		if (location->served_by[i] < 0)
			continue;
		amount += input->amount[i];
		total += input->amount[i] * cost_of_pair(&input->pairs, i, location->served_by[i]);
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
		int			j = location->served_by[i];

		if (j < 0)
			continue;
		amount[j] += input->amount[i];
		total[j] += input->amount[i] * cost_of_pair(&input->pairs, i, j);
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
add_demands(CgRows *rows, const CgLocationInput *input, const CgLocation *location)
{
	Datum		values[L_COLUMNS];
	bool		nulls[L_COLUMNS];

	for (int i = 0; i < input->demand_ids.count; i++)
	{
		int			j = location->served_by[i];

		clear_row(values, nulls, "demand");
		cg_put_id(rows, values, nulls, L_DEMAND, input->demand_ids.id[i]);
		cg_put_id(rows, values, nulls, L_SITE, j < 0 ? NULL : input->site_ids.id[j]);
		cg_put_number(values, nulls, L_AMOUNT, input->amount[i]);
		cg_put_number(values, nulls, L_COST, j < 0 ? NAN : cost_of_pair(&input->pairs, i, j));
		cg_put_number(values, nulls, L_PRICE, location->price == NULL ? NAN : location->price[i]);
		cg_rows_add(rows, values, nulls);
	}
}

/* ---- arguments ---- */

static int
read_p(FunctionCallInfo fcinfo, int place, const char *function)
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

static double
read_effort(FunctionCallInfo fcinfo, int place)
{
	double		effort = cg_amount_argument(fcinfo, place, "effort", 1);

	if (effort <= 0 || effort > 1000)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("effort is out of range"),
				 errdetail("It must be above 0 and at most 1000.")));
	return effort;
}

/*
 * locate(demand_sql, sites_sql, pairs_sql, [demand_type, site_type,] p,
 * max_cost, unserved_cost, effort, seed)
 */
Datum
cg_locate(PG_FUNCTION_ARGS)
{
	CgRows		rows = cg_rows_begin(fcinfo);
	CgLocationInput input;
	CgLocateOptions options;
	CgLocation	location;
	int			first = PG_NARGS() - 5;

	options.p = read_p(fcinfo, first, "locate");
	options.unserved_cost = cg_amount_argument(fcinfo, first + 2, "unserved_cost", NAN);
	options.effort = read_effort(fcinfo, first + 3);
	options.seed = PG_ARGISNULL(first + 4) ? 1 : PG_GETARG_INT64(first + 4);
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

/* ---- checking ---- */

enum AnswerColumn
{
	A_KIND, A_DEMAND, A_SITE, A_OPEN, A_PRICE, A_COLUMNS
};

/*
 * The answer's rows of demands and sites; *problem names what is amiss.
 */
static void
read_answer(const CgLocationInput *input, const char *answer_sql,
			CgLocation *location, const char **problem)
{
	CgInputColumn *column = palloc0(sizeof(CgInputColumn) * A_COLUMNS);
	CgInput		answer;
	bool	   *told = cg_location_take(input->demand_ids.count, sizeof(bool));
	int			count = 0;

	column[A_KIND] = (CgInputColumn) {"kind", CG_COLUMN_WORD, true};
	column[A_DEMAND] = (CgInputColumn) {"demand_id", CG_COLUMN_KEY, true};
	column[A_SITE] = (CgInputColumn) {"site_id", CG_COLUMN_KEY, true};
	column[A_OPEN] = (CgInputColumn) {"is_open", CG_COLUMN_FLAG, true};
	column[A_PRICE] = (CgInputColumn) {"price", CG_COLUMN_WORD};
	cg_read_input(&answer, "verify_locate", "answer_sql", answer_sql, column, A_COLUMNS);
	for (int i = 0; i < input->demand_ids.count; i++)
		location->served_by[i] = -1;
	for (int64 r = 0; r < answer.rows; r++)
	{
		const char *kind = column[A_KIND].text[r];
		int			site = cg_ids_find(&input->site_ids, column[A_SITE].text[r]);
		int			demand = cg_ids_find(&input->demand_ids, column[A_DEMAND].text[r]);

		if (kind == NULL || strcmp(kind, "summary") == 0)
			continue;
		if (column[A_SITE].text[r] != NULL && site < 0)
			*problem = "the answer names a site that is not there";
		else if (strcmp(kind, "site") == 0 && site >= 0)
			location->is_open[site] = column[A_OPEN].flag[r];
		else if (strcmp(kind, "demand") == 0 && demand < 0)
			*problem = "the answer names a demand that is not there";
		else if (strcmp(kind, "demand") == 0)
		{
			const char *price = column[A_PRICE].found ? column[A_PRICE].text[r] : NULL;

			if (told[demand])
				*problem = "the answer names a demand twice";
			told[demand] = true;
			count++;
			location->served_by[demand] = site;
			if (price != NULL && location->price != NULL)
				location->price[demand] = DatumGetFloat8(DirectFunctionCall1(float8in, CStringGetDatum(price)));
			else
				location->price = NULL;
		}
		else
			*problem = "the answer has a row of no known kind";
	}
	if (count < input->demand_ids.count && *problem == NULL)
		*problem = "the answer leaves out a demand";
}

/*
 * Loads against capacities and minimums, which the p-median check knows not.
 */
static const char *
check_loads(const CgLocationInput *input, const CgLocation *location)
{
	double	   *load = cg_location_take(input->site_ids.count, sizeof(double));

	for (int i = 0; i < input->demand_ids.count; i++)
	{
		if (location->served_by[i] >= 0)
			load[location->served_by[i]] += input->amount[i];
	}
	for (int j = 0; j < input->site_ids.count; j++)
	{
		double		slack = 1e-9 * (1 + load[j]);

		if (input->capacity != NULL && load[j] > input->capacity[j] + slack)
			return "a site is above its capacity";
		if (input->minimum != NULL && location->is_open[j] &&
			load[j] < input->minimum[j] - slack)
			return "an open site is below its minimum";
	}
	return NULL;
}

/*
 * verify_locate(demand_sql, sites_sql, pairs_sql, answer_sql, p, max_cost,
 * unserved_cost)
 */
Datum
cg_verify_locate(PG_FUNCTION_ARGS)
{
	CgRows		rows = cg_rows_begin(fcinfo);
	CgLocationInput input;
	CgLocateOptions options = {0};
	CgLocation	location = {0};
	CgMedianProblem problem;
	CgMedianCheck check;
	CgWork		work = cg_location_work();
	const char *found = NULL;
	bool		has_limits;
	Datum		values[8];
	bool		nulls[8] = {false};

	options.p = read_p(fcinfo, 4, "verify_locate");
	options.unserved_cost = cg_amount_argument(fcinfo, 6, "unserved_cost", NAN);
	cg_read_location(&input, "verify_locate", cg_text_argument(fcinfo, 0),
					 cg_text_argument(fcinfo, 1), cg_text_argument(fcinfo, 2),
					 cg_amount_argument(fcinfo, 5, "max_cost", NAN), NULL, 0);
	cg_check_locate(&input, &options);
	has_limits = input.capacity != NULL || input.minimum != NULL;
	location.is_open = cg_location_take(input.site_ids.count, sizeof(bool));
	location.served_by = cg_location_take(input.demand_ids.count, sizeof(int));
	location.price = cg_location_take(input.demand_ids.count, sizeof(double));
	read_answer(&input, cg_text_argument(fcinfo, 3), &location, &found);
	problem = cg_location_problem(&input, &options);
	check = cg_p_median_verify(&problem, location.is_open, location.served_by,
							   location.price, &work);
	if (found == NULL)
		found = check.problem;
	if (found == NULL && has_limits)
		found = check_loads(&input, &location);
	values[0] = BoolGetDatum(found == NULL);
	cg_put_text(values, nulls, 1, found);
	cg_put_number(values, nulls, 2, check.objective);
	cg_put_number(values, nulls, 3, check.bound);
	cg_put_number(values, nulls, 4, cg_relative_gap(check.objective, check.bound));
	values[5] = Int32GetDatum(check.open_count);
	values[6] = Int32GetDatum(check.unserved_count);
	values[7] = Int32GetDatum(check.not_cheapest);
	cg_rows_add(&rows, values, nulls);
	return (Datum) 0;
}
