/*-------------------------------------------------------------------------
 *
 * locate_verify.c
 *	  Checking a choice of sites from the answer alone: verify_locate().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "geography/locate.h"

PG_FUNCTION_INFO_V1(cg_verify_locate);

enum AnswerColumn
{
	A_KIND, A_DEMAND, A_SITE, A_OPEN, A_PRICE, A_AMOUNT, A_COLUMNS
};

static const char *
take_split(const CgLocationInput *input, CgLocation *location, int demand, int site,
		   double amount)
{
	if (isnan(amount))
		return "a demand's amount is NULL";
	if (amount == 0 || site < 0)
		return NULL;
	for (size_t e = input->pairs.start[demand]; e < input->pairs.start[demand + 1]; e++)
	{
		if (input->pairs.other[e] == site)
		{
			location->flow[e] += amount;
			return NULL;
		}
	}
	return "a demand is served by a site without a pair";
}

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
	column[A_PRICE] = (CgInputColumn) {"price", CG_COLUMN_PRICE};
	column[A_AMOUNT] = (CgInputColumn) {"amount", CG_COLUMN_AMOUNT_OR_NULL, location->flow != NULL};
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
			double		price = column[A_PRICE].found ? column[A_PRICE].number[r] : NAN;

			if (location->flow != NULL)
			{
				const char *wrong = take_split(input, location, demand, site, column[A_AMOUNT].number[r]);

				*problem = *problem == NULL ? wrong : *problem;
			}
			else if (told[demand])
				*problem = "the answer names a demand twice";
			count += !told[demand];
			told[demand] = true;
			location->served_by[demand] = site;
			if (!isnan(price) && location->price != NULL)
				location->price[demand] = price;
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

/* What a check found, of any kind of problem. */
typedef struct Check
{
	const char *problem;
	double		objective;
	double		bound;
	int			open_count;
	int			unserved_count;
	int			not_cheapest;
} Check;

static Check
check_split(const CgLocationInput *input, const CgLocateOptions *options,
			const CgLocation *location, const CgWork *work)
{
	CgSplitProblem problem = cg_location_split_problem(input, options);
	CgSplitCheck found = cg_p_median_split_verify(&problem, location->is_open, location->flow,
												  location->price, work);
	Check		check = {found.problem, found.objective, found.bound, found.open_count, found.unserved_count, 0};

	/* Amounts that another open site would serve for less. */
	for (int i = 0; i < problem.demands; i++)
	{
		double		cheapest = HUGE_VAL;
		double		dearest = 0;

		for (size_t e = problem.start[i]; e < problem.start[i + 1]; e++)
		{
			if (location->is_open[problem.site[e]])
				cheapest = fmin(cheapest, problem.cost[e]);
			if (location->flow[e] > 0)
				dearest = fmax(dearest, problem.cost[e]);
		}
		check.not_cheapest += cheapest < dearest;
	}
	return check;
}

static Check
check_whole(const CgLocationInput *input, const CgLocateOptions *options,
			const CgLocation *location, const CgWork *work)
{
	CgMedianProblem problem = cg_location_problem(input, options);
	CgMedianCheck found = cg_p_median_verify(&problem, location->is_open, location->served_by,
											 location->price, work);
	Check		check = {found.problem, found.objective, found.bound, found.open_count, found.unserved_count, found.not_cheapest};

	if (!cg_has_limits(input))
		return check;
	if (check.problem == NULL)
		check.problem = check_loads(input, location);
	if (location->price != NULL)
	{
		CgGroupingProblem limited = cg_location_grouping_problem(input, options);

		check.bound = fmax(check.bound, cg_grouping_bound_of_prices(&limited, location->price, work));
	}
	return check;
}

/*
 * verify_locate(demand_sql, sites_sql, pairs_sql, answer_sql, p, max_cost,
 * unserved_cost, split)
 */
Datum
cg_verify_locate(PG_FUNCTION_ARGS)
{
	CgRows		rows = cg_rows_begin(fcinfo);
	CgLocationInput input;
	CgLocateOptions options = {0};
	CgLocation	location = {0};
	Check		check;
	CgWork		work = cg_location_work();
	const char *found = NULL;
	Datum		values[8];
	bool		nulls[8] = {false};

	options.p = cg_read_p(fcinfo, 4, "verify_locate");
	options.unserved_cost = cg_amount_argument(fcinfo, 6, "unserved_cost", NAN);
	options.split = !PG_ARGISNULL(7) && PG_GETARG_BOOL(7);
	cg_read_location(&input, "verify_locate", cg_text_argument(fcinfo, 0),
					 cg_text_argument(fcinfo, 1), cg_text_argument(fcinfo, 2),
					 cg_amount_argument(fcinfo, 5, "max_cost", NAN), NULL, 0);
	cg_check_locate(&input, &options);
	location.is_open = cg_location_take(input.site_ids.count, sizeof(bool));
	location.served_by = cg_location_take(input.demand_ids.count, sizeof(int));
	location.price = cg_location_take(input.demand_ids.count, sizeof(double));
	if (options.split && cg_has_limits(&input))
		location.flow = cg_location_take(input.pairs.start[input.demand_ids.count], sizeof(double));
	read_answer(&input, cg_text_argument(fcinfo, 3), &location, &found);
	check = location.flow != NULL ? check_split(&input, &options, &location, &work) :
		check_whole(&input, &options, &location, &work);
	if (found == NULL)
		found = check.problem;
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
