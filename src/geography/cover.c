/*-------------------------------------------------------------------------
 *
 * cover.c
 *	  Sites so that people are within a limit: cover() and verify_cover().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "geography/locate.h"
#include "solver/cover.h"

PG_FUNCTION_INFO_V1(cg_cover_sites);
PG_FUNCTION_INFO_V1(cg_verify_cover);

#define DEFAULT_STEPS 4e10

enum CoverColumn
{
	C_KIND, C_DEMAND, C_SITE, C_OPEN, C_COVERED, C_AMOUNT, C_COST,
	C_SHARE, C_MAX_COST,
	C_OBJECTIVE, C_BOUND, C_GAP, C_STATUS, C_EXPLANATION, C_SECONDS, C_ROUNDS,
	C_PRICE, C_COLUMNS
};

static CgCoverGoal
read_goal(const char *function, const char *word)
{
	if (word != NULL && strcmp(word, "fewest") == 0)
		return CG_COVER_FEWEST;
	if (word != NULL && strcmp(word, "most") == 0)
		return CG_COVER_MOST;
	if (word != NULL && strcmp(word, "centre") == 0)
		return CG_COVER_CENTRE;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("goal of %s() is not a choice", function),
			 errhint("The choices are fewest, most and centre.")));
}

static void
check_options(const CgCoverProblem *problem, const CgLocationInput *input,
			  bool has_p, bool has_limit)
{
	int			may_open = problem->sites - input->fixed_closed;

	if (problem->goal != CG_COVER_CENTRE && !has_limit)
		cg_refuse_argument(input->function, "max_cost", "The goals fewest and most need it.");
	if (problem->goal == CG_COVER_CENTRE && has_limit)
		cg_refuse_argument(input->function, "max_cost", "The goal centre looks for it: leave it NULL.");
	if (problem->goal == CG_COVER_FEWEST && has_p)
		cg_refuse_argument(input->function, "p", "The goal fewest looks for it: leave it NULL.");
	if (problem->goal != CG_COVER_FEWEST && (!has_p || problem->p < 1))
		cg_refuse_argument(input->function, "p", "The goals most and centre need it, 1 or more.");
	if (!(problem->share > 0 && problem->share <= 1))
		cg_refuse_argument(input->function, "share", "It must be above 0 and at most 1.");
	if (problem->goal == CG_COVER_FEWEST)
		return;
	if (problem->p > may_open)
		cg_refuse_argument(input->function, "p", psprintf("%d sites are to open, and %d may be open.", problem->p, may_open));
	if (input->fixed_open > problem->p)
		cg_refuse_argument(input->function, "p", psprintf("%d sites are to open, and %d are fixed open.", problem->p, input->fixed_open));
}

static void
clear_row(Datum *values, bool *nulls, const char *kind)
{
	cg_clear_row(values, nulls, C_COLUMNS);
	cg_put_text(values, nulls, C_KIND, kind);
}

static void
put_flag(Datum *values, bool *nulls, int place, bool flag)
{
	nulls[place] = false;
	values[place] = BoolGetDatum(flag);
}

static const char *
explain(const CgCoverAnswer *answer)
{
	if (answer->solved == CG_SOLVED_INFEASIBLE)
		return "the share cannot be reached: even all sites that may be open, so many as are asked, leave demand out";
	if (answer->solved == CG_SOLVED_UNKNOWN)
		return "no choice that reaches the share was found; there may be one: try a higher effort";
	return NULL;
}

static void
add_summary(CgRows *rows, const CgCoverAnswer *answer, double seconds)
{
	Datum		values[C_COLUMNS];
	bool		nulls[C_COLUMNS];
	const char *explanation = explain(answer);

	clear_row(values, nulls, "summary");
	if (explanation == NULL)
	{
		cg_put_number(values, nulls, C_AMOUNT, answer->covered);
		cg_put_number(values, nulls, C_SHARE, answer->total > 0 ? answer->covered / answer->total : NAN);
		cg_put_number(values, nulls, C_MAX_COST, answer->limit);
		cg_put_number(values, nulls, C_OBJECTIVE, answer->objective);
		cg_put_number(values, nulls, C_BOUND, answer->bound);
		cg_put_number(values, nulls, C_GAP, cg_relative_gap(answer->objective, answer->bound));
	}
	cg_put_text(values, nulls, C_STATUS, cg_solved_word(answer->solved));
	cg_put_text(values, nulls, C_EXPLANATION, explanation);
	cg_put_number(values, nulls, C_SECONDS, seconds);
	nulls[C_ROUNDS] = false;
	values[C_ROUNDS] = Int64GetDatum(answer->rounds);
	cg_rows_add(rows, values, nulls);
}

static void
add_places(CgRows *rows, const CgLocationInput *input, double limit,
		   const bool *is_open, const int *served_by, const double *price)
{
	int			sites = input->site_ids.count;
	double	   *amount = cg_location_take(sites, sizeof(double));
	double	   *covered = cg_location_take(sites, sizeof(double));
	double	   *total = cg_location_take(sites, sizeof(double));
	Datum		values[C_COLUMNS];
	bool		nulls[C_COLUMNS];

	for (int i = 0; i < input->demand_ids.count; i++)
	{
		double		cost = served_by[i] < 0 ? NAN : cg_pair_cost(&input->pairs, i, served_by[i]);

		if (served_by[i] < 0)
			continue;
		amount[served_by[i]] += input->amount[i];
		covered[served_by[i]] += cost <= limit ? input->amount[i] : 0;
		total[served_by[i]] += input->amount[i] * cost;
	}
	for (int j = 0; j < sites; j++)
	{
		clear_row(values, nulls, "site");
		cg_put_id(rows, values, nulls, C_SITE, input->site_ids.id[j]);
		put_flag(values, nulls, C_OPEN, is_open[j]);
		cg_put_number(values, nulls, C_AMOUNT, amount[j]);
		cg_put_number(values, nulls, C_COST, amount[j] > 0 ? total[j] / amount[j] : NAN);
		cg_put_number(values, nulls, C_SHARE, amount[j] > 0 ? covered[j] / amount[j] : NAN);
		cg_rows_add(rows, values, nulls);
	}
	for (int i = 0; i < input->demand_ids.count; i++)
	{
		int			j = served_by[i];
		double		cost = j < 0 ? NAN : cg_pair_cost(&input->pairs, i, j);

		clear_row(values, nulls, "demand");
		cg_put_id(rows, values, nulls, C_DEMAND, input->demand_ids.id[i]);
		cg_put_id(rows, values, nulls, C_SITE, j < 0 ? NULL : input->site_ids.id[j]);
		put_flag(values, nulls, C_COVERED, cost <= limit);
		cg_put_number(values, nulls, C_AMOUNT, input->amount[i]);
		cg_put_number(values, nulls, C_COST, cost);
		cg_put_number(values, nulls, C_PRICE, price[i]);
		cg_rows_add(rows, values, nulls);
	}
}

/*
 * The options from goal to p, at the place first and after, and the queries.
 */
static CgCoverProblem
read_problem(FunctionCallInfo fcinfo, const char *function, int first, CgLocationInput *input)
{
	CgCoverProblem problem = {0};

	problem.goal = read_goal(function, cg_text_argument(fcinfo, first));
	problem.limit = cg_amount_argument(fcinfo, first + 1, "max_cost", 0);
	problem.share = cg_amount_argument(fcinfo, first + 2, "share", 1);
	problem.p = PG_ARGISNULL(first + 3) ? 0 : PG_GETARG_INT32(first + 3);
	cg_read_location(input, function, cg_text_argument(fcinfo, 0),
					 cg_text_argument(fcinfo, 1), cg_text_argument(fcinfo, 2),
					 NAN, NULL, 0);
	problem.demands = input->demand_ids.count;
	problem.sites = input->site_ids.count;
	problem.start = input->pairs.start;
	problem.site = input->pairs.other;
	problem.cost = input->pairs.cost;
	problem.weight = input->amount;
	problem.fixed = input->fixed;
	if (problem.goal == CG_COVER_FEWEST && input->has_opening)
		problem.opening = input->opening;
	check_options(&problem, input, !PG_ARGISNULL(first + 3), !PG_ARGISNULL(first + 1));
	return problem;
}

/*
 * cover(demand_sql, sites_sql, pairs_sql, [demand_type, site_type,] goal,
 * max_cost, share, p, effort, seed)
 */
Datum
cg_cover_sites(PG_FUNCTION_ARGS)
{
	CgRows		rows = cg_rows_begin(fcinfo);
	CgLocationInput input;
	CgCoverProblem problem;
	CgCoverAnswer answer;
	CgWork		work = cg_location_work();
	int			first = PG_NARGS() - 6;
	double		effort = cg_amount_argument(fcinfo, first + 4, "effort", 1);
	bool	   *is_open;
	int		   *served_by;
	double	   *price;
	instr_time	begin;

	if (effort <= 0 || effort > 1000)
		cg_refuse_argument("cover", "effort", "It must be above 0 and at most 1000.");
	problem = read_problem(fcinfo, "cover", first, &input);
	cg_check_id_type(&input.demand, 0, &rows, C_DEMAND);
	cg_check_id_type(&input.sites, 0, &rows, C_SITE);
	is_open = cg_location_take(problem.sites, sizeof(bool));
	served_by = cg_location_take(problem.demands, sizeof(int));
	price = cg_location_take(problem.demands, sizeof(double));
	INSTR_TIME_SET_CURRENT(begin);
	answer = cg_cover(&problem, effort * DEFAULT_STEPS,
					  PG_ARGISNULL(first + 5) ? 1 : PG_GETARG_INT64(first + 5), &work, is_open, served_by, price);
	if (answer.solved >= CG_SOLVED_NO_MEMORY)
		cg_location_failed(answer.solved, "cover");
	add_summary(&rows, &answer, cg_seconds_since(begin));
	if (explain(&answer) == NULL)
		add_places(&rows, &input, answer.limit, is_open, served_by, price);
	return (Datum) 0;
}

/* ---- checking ---- */

enum AnswerColumn
{
	A_KIND, A_SITE, A_OPEN, A_DEMAND, A_PRICE, A_COLUMNS
};

/*
 * Which sites are open, and the prices: *has_prices is false unless every
 * demand has one.  Returns what is amiss, or NULL.
 */
static const char *
read_answer(const CgLocationInput *input, const char *answer_sql, bool *is_open,
			double *price, bool *has_prices)
{
	CgInputColumn *column = palloc0(sizeof(CgInputColumn) * A_COLUMNS);
	CgInput		answer;
	int		   *served_by = cg_location_take(input->demand_ids.count, sizeof(int));
	const char *problem = NULL;

	column[A_KIND] = (CgInputColumn) {"kind", CG_COLUMN_WORD, true};
	column[A_SITE] = (CgInputColumn) {"site_id", CG_COLUMN_KEY, true};
	column[A_OPEN] = (CgInputColumn) {"is_open", CG_COLUMN_FLAG, true};
	column[A_DEMAND] = (CgInputColumn) {"demand_id", CG_COLUMN_KEY};
	column[A_PRICE] = (CgInputColumn) {"price", CG_COLUMN_PRICE};
	cg_read_input(&answer, "verify_cover", "answer_sql", answer_sql, column, A_COLUMNS);
	for (int i = 0; i < input->demand_ids.count; i++)
	{
		served_by[i] = -1;
		price[i] = NAN;
	}
	for (int64 r = 0; r < answer.rows; r++)
	{
		const char *kind = column[A_KIND].text[r];
		int			site = cg_ids_find(&input->site_ids, column[A_SITE].text[r]);
		int			demand = column[A_DEMAND].found ? cg_ids_find(&input->demand_ids, column[A_DEMAND].text[r]) : -1;

		if (kind == NULL || strcmp(kind, "summary") == 0)
			continue;
		if (column[A_SITE].text[r] != NULL && site < 0)
			problem = "the answer names a site that is not there";
		else if (strcmp(kind, "site") == 0 && site >= 0)
			is_open[site] = column[A_OPEN].flag[r];
		else if (strcmp(kind, "demand") != 0)
			problem = "the answer has a row of no known kind";
		else if (column[A_DEMAND].found && demand < 0)
			problem = "the answer names a demand that is not there";
		else if (demand >= 0)
		{
			served_by[demand] = site;
			price[demand] = column[A_PRICE].found ? column[A_PRICE].number[r] : NAN;
		}
	}
	for (int i = 0; i < input->demand_ids.count; i++)
	{
		*has_prices = *has_prices && !isnan(price[i]);
		if (served_by[i] >= 0 && !is_open[served_by[i]] && problem == NULL)
			problem = "a demand is served by a site that is not open";
	}
	return problem;
}

/*
 * verify_cover(demand_sql, sites_sql, pairs_sql, answer_sql, goal, max_cost,
 * share, p)
 */
Datum
cg_verify_cover(PG_FUNCTION_ARGS)
{
	CgRows		rows = cg_rows_begin(fcinfo);
	CgWork		work = cg_location_work();
	CgLocationInput input;
	CgCoverProblem problem = read_problem(fcinfo, "verify_cover", 4, &input);
	CgCoverCheck check;
	bool	   *is_open = cg_location_take(problem.sites, sizeof(bool));
	double	   *price = cg_location_take(problem.demands, sizeof(double));
	bool		has_prices = true;
	const char *found = read_answer(&input, cg_text_argument(fcinfo, 3), is_open, price, &has_prices);
	Datum		values[8];
	bool		nulls[8] = {false};

	check = cg_cover_verify(&problem, is_open, has_prices ? price : NULL, &work);
	if (found == NULL)
		found = check.problem;
	values[0] = BoolGetDatum(found == NULL);
	cg_put_text(values, nulls, 1, found);
	cg_put_number(values, nulls, 2, check.objective);
	cg_put_number(values, nulls, 3, check.bound);
	cg_put_number(values, nulls, 4, cg_relative_gap(check.objective, check.bound));
	values[5] = Int32GetDatum(check.open_count);
	cg_put_number(values, nulls, 6, check.covered);
	cg_put_number(values, nulls, 7, check.limit);
	cg_rows_add(&rows, values, nulls);
	return (Datum) 0;
}
