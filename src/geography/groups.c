/*-------------------------------------------------------------------------
 *
 * groups.c
 *	  Balanced groups: form_groups() and verify_groups().
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

PG_FUNCTION_INFO_V1(cg_form_groups);
PG_FUNCTION_INFO_V1(cg_verify_groups);

enum GroupsColumn
{
	G_KIND, G_UNIT, G_CENTRE, G_NUMBER, G_EXISTING, G_CHANGED, G_AMOUNTS, G_COST,
	G_CHANGE_COST, G_OBJECTIVE, G_BOUND, G_GAP, G_STATUS, G_EXPLANATION,
	G_SECONDS, G_ROUNDS, G_PRICE, G_COLUMNS
};

static void
clear_row(Datum *values, bool *nulls, const char *kind)
{
	cg_clear_row(values, nulls, G_COLUMNS);
	cg_put_text(values, nulls, G_KIND, kind);
}

static void
put_amounts(Datum *values, bool *nulls, const double *amounts, int count)
{
	Datum	   *elements = palloc(sizeof(Datum) * Max(count, 1));

	for (int m = 0; m < count; m++)
		elements[m] = Float8GetDatum(amounts[m]);
	nulls[G_AMOUNTS] = false;
	values[G_AMOUNTS] = PointerGetDatum(construct_array(elements, count, FLOAT8OID, sizeof(float8),
														FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* ---- explanations ---- */

static const char *
explain(const CgGroupsInput *input, const CgGroupingAnswer *answer)
{
	const char *unit = answer->unit < 0 ? NULL : input->ids.id[answer->unit];
	const char *measure = answer->measure < 0 ? NULL : input->measure_name[answer->measure];
	double		total = 0;

	for (int i = 0; i < input->problem.units && answer->measure >= 0; i++)
		total += input->problem.amount[i * input->problem.measures + answer->measure];
	switch (answer->trouble)
	{
		case CG_TROUBLE_NONE:
			return NULL;
		case CG_TROUBLE_FEW_CENTRES:
			return "there are fewer units that may be centres than groups";
		case CG_TROUBLE_FIXED:
			return "there are more units with the role centre than groups, or two that belong together";
		case CG_TROUBLE_FEW_BLOCKS:
			return "there are fewer units, counting those together as one, than groups";
		case CG_TROUBLE_UNREACHED:
			return psprintf("no unit that may be a centre has a pair with unit %s and all that belongs together with it", unit);
		case CG_TROUBLE_TOO_LARGE:
			return psprintf("unit %s, with what belongs together with it, is above the upper limit of %s", unit, measure);
		case CG_TROUBLE_TOTAL_LOW:
			return psprintf("%s is %.15g in all, too little for the lower limit of %d groups", measure, total, input->problem.groups);
		case CG_TROUBLE_TOTAL_HIGH:
			return psprintf("%s is %.15g in all, too much for the upper limit of %d groups", measure, total, input->problem.groups);
		case CG_TROUBLE_APART:
			return psprintf("unit %s must be apart from more units than there are groups, or from one that it belongs together with", unit);
		case CG_TROUBLE_PIECES:
			return psprintf("the units fall into more pieces without a common border than there are groups; one holds unit %s", unit);
		case CG_TROUBLE_BOUND:
			return "the relaxation of the problem has no answer: limits and pairs exclude each other";
		case CG_TROUBLE_EXCLUDED:
			return "every choice of centres and units was excluded: there is no grouping within the limits";
		case CG_TROUBLE_NOT_FOUND:
			return "no grouping within the limits was found; there may be one: widen the limits or try a higher effort";
	}
	return NULL;
}

/* ---- rows ---- */

static void
add_summary(CgRows *rows, const CgGroupsInput *input, const CgGroupingAnswer *answer,
			double seconds)
{
	Datum		values[G_COLUMNS];
	bool		nulls[G_COLUMNS];
	const char *explanation = explain(input, answer);
	double	   *total = cg_location_take(input->problem.measures, sizeof(double));

	clear_row(values, nulls, "summary");
	for (int i = 0; i < input->problem.units; i++)
	{
		for (int m = 0; m < input->problem.measures; m++)
			total[m] += input->problem.amount[i * input->problem.measures + m];
	}
	put_amounts(values, nulls, total, input->problem.measures);
	if (explanation == NULL)
	{
		cg_put_number(values, nulls, G_CHANGE_COST, answer->change);
		cg_put_number(values, nulls, G_OBJECTIVE, answer->objective);
		cg_put_number(values, nulls, G_BOUND, answer->bound);
		cg_put_number(values, nulls, G_GAP, cg_relative_gap(answer->objective, answer->bound));
	}
	cg_put_text(values, nulls, G_STATUS, cg_solved_word(answer->solved));
	cg_put_text(values, nulls, G_EXPLANATION, explanation);
	cg_put_number(values, nulls, G_SECONDS, seconds);
	nulls[G_ROUNDS] = false;
	values[G_ROUNDS] = Int64GetDatum(answer->rounds);
	cg_rows_add(rows, values, nulls);
}

static const char *
label_name(const CgGroupsInput *input, int label)
{
	return label < 0 ? NULL : input->labels.id[label];
}

static void
add_groups(CgRows *rows, const CgGroupsInput *input, const int *centre_of,
		   const int *label_of, const double *price)
{
	int			units = input->problem.units;
	int			measures = input->problem.measures;
	int		   *number = cg_location_take(units, sizeof(int));
	double	   *load = cg_location_take((size_t) units * measures, sizeof(double));
	double	   *weight = cg_location_take(units, sizeof(double));
	double	   *total = cg_location_take(units, sizeof(double));
	int			count = 0;
	Datum		values[G_COLUMNS];
	bool		nulls[G_COLUMNS];

	for (int i = 0; i < units; i++)
	{
		int			c = centre_of[i];

		weight[c] += input->weight[i];
		total[c] += input->weight[i] * cg_pair_cost(&input->pairs, i, c);
		for (int m = 0; m < measures; m++)
			load[c * measures + m] += input->problem.amount[i * measures + m];
	}
	for (int c = 0; c < units; c++)
	{
		if (label_of[c] == CG_NO_CENTRE)
			continue;
		number[c] = ++count;
		clear_row(values, nulls, "group");
		cg_put_id(rows, values, nulls, G_CENTRE, input->ids.id[c]);
		nulls[G_NUMBER] = false;
		values[G_NUMBER] = Int32GetDatum(count);
		cg_put_text(values, nulls, G_EXISTING, label_name(input, label_of[c]));
		put_amounts(values, nulls, load + c * measures, measures);
		cg_put_number(values, nulls, G_COST, weight[c] > 0 ? total[c] / weight[c] : NAN);
		cg_rows_add(rows, values, nulls);
	}
	for (int i = 0; i < units; i++)
	{
		int			c = centre_of[i];
		int			label = input->problem.existing == NULL ? -1 : input->problem.existing[i];

		clear_row(values, nulls, "unit");
		cg_put_id(rows, values, nulls, G_UNIT, input->ids.id[i]);
		cg_put_id(rows, values, nulls, G_CENTRE, input->ids.id[c]);
		nulls[G_NUMBER] = false;
		values[G_NUMBER] = Int32GetDatum(number[c]);
		cg_put_text(values, nulls, G_EXISTING, label_name(input, label));
		nulls[G_CHANGED] = label < 0;
		values[G_CHANGED] = BoolGetDatum(label != label_of[c]);
		put_amounts(values, nulls, input->problem.amount + i * measures, measures);
		cg_put_number(values, nulls, G_COST, cg_pair_cost(&input->pairs, i, c));
		cg_put_number(values, nulls, G_PRICE, price[i]);
		cg_rows_add(rows, values, nulls);
	}
}

/*
 * form_groups(units_sql, pairs_sql, [unit_type,] groups, measures, lower, upper, tolerance,
 * max_cost, neighbours_sql, change_penalty, effort, seed)
 */
Datum
cg_form_groups(PG_FUNCTION_ARGS)
{
	CgRows		rows = cg_rows_begin(fcinfo);
	CgWork		work = cg_location_work();
	CgGroupsInput input;
	CgGroupingOptions options = {0};
	CgGroupingAnswer answer;
	int			first = PG_NARGS() - 10;
	double		effort = cg_effort_argument(fcinfo, first + 8);
	int		   *centre_of;
	int		   *label_of;
	double	   *price;
	instr_time	begin;

	cg_read_groups(&input, "form_groups", fcinfo, first);
	cg_check_id_type(&input.units, 0, &rows, G_UNIT);
	options.steps = effort * cg_grouping_default_steps(&input.problem);
	options.seed = PG_ARGISNULL(first + 9) ? 1 : PG_GETARG_INT64(first + 9);
	centre_of = cg_location_take(input.problem.units, sizeof(int));
	label_of = cg_location_take(input.problem.units, sizeof(int));
	price = cg_location_take(input.problem.units, sizeof(double));
	INSTR_TIME_SET_CURRENT(begin);
	answer = cg_grouping(&input.problem, &options, &work, centre_of, label_of, price);
	if (answer.solved >= CG_SOLVED_NO_MEMORY)
		cg_location_failed(answer.solved, "form_groups");
	add_summary(&rows, &input, &answer, cg_seconds_since(begin));
	if (answer.trouble == CG_TROUBLE_NONE)
		add_groups(&rows, &input, centre_of, label_of, price);
	return (Datum) 0;
}

/* ---- checking ---- */

enum AnswerColumn
{
	A_KIND, A_UNIT, A_CENTRE, A_EXISTING, A_PRICE, A_COLUMNS
};

/*
 * Prices are wanted for every unit; without one *has_prices is false.
 */
static const char *
read_answer(const CgGroupsInput *input, const char *answer_sql, int *centre_of,
			int *label_of, double *price, bool *has_prices)
{
	CgInputColumn *column = palloc0(sizeof(CgInputColumn) * A_COLUMNS);
	CgInput		answer;
	const char *problem = NULL;
	int			count = 0;

	column[A_KIND] = (CgInputColumn) {"kind", CG_COLUMN_WORD, true};
	column[A_UNIT] = (CgInputColumn) {"unit_id", CG_COLUMN_KEY, true};
	column[A_CENTRE] = (CgInputColumn) {"centre_id", CG_COLUMN_KEY, true};
	column[A_EXISTING] = (CgInputColumn) {"existing_group", CG_COLUMN_WORD};
	column[A_PRICE] = (CgInputColumn) {"price", CG_COLUMN_PRICE};
	cg_read_input(&answer, "verify_groups", "answer_sql", answer_sql, column, A_COLUMNS);
	for (int i = 0; i < input->problem.units; i++)
	{
		centre_of[i] = -1;
		label_of[i] = CG_NO_CENTRE;
	}
	for (int64 r = 0; r < answer.rows; r++)
	{
		const char *kind = column[A_KIND].text[r];
		int			unit = cg_ids_find(&input->ids, column[A_UNIT].text[r]);
		int			centre = cg_ids_find(&input->ids, column[A_CENTRE].text[r]);

		if (kind == NULL || strcmp(kind, "summary") == 0)
			continue;
		if (centre < 0)
			problem = "the answer names a centre that is not there";
		else if (strcmp(kind, "group") == 0)
			label_of[centre] = !column[A_EXISTING].found || input->labels.count == 0 ? -1 :
				cg_ids_find(&input->labels, column[A_EXISTING].text[r]);
		else if (strcmp(kind, "unit") != 0)
			problem = "the answer has a row of no known kind";
		else if (unit < 0)
			problem = "the answer names a unit that is not there";
		else if (centre_of[unit] >= 0)
			problem = "the answer names a unit twice";
		else
		{
			centre_of[unit] = centre;
			price[unit] = column[A_PRICE].found ? column[A_PRICE].number[r] : NAN;
			*has_prices = *has_prices && !isnan(price[unit]);
			count++;
		}
	}
	if (count < input->problem.units && problem == NULL)
		problem = "the answer leaves out a unit";
	return problem;
}

/*
 * verify_groups(units_sql, pairs_sql, answer_sql, groups, measures, lower,
 * upper, tolerance, max_cost, neighbours_sql, change_penalty)
 */
Datum
cg_verify_groups(PG_FUNCTION_ARGS)
{
	CgRows		rows = cg_rows_begin(fcinfo);
	CgWork		work = cg_location_work();
	CgGroupsInput input;
	CgGroupingCheck check;
	int		   *centre_of;
	int		   *label_of;
	double	   *price;
	bool		has_prices = true;
	const char *problem;
	Datum		values[8];
	bool		nulls[8] = {false};

	cg_read_groups(&input, "verify_groups", fcinfo, 3);
	centre_of = cg_location_take(input.problem.units, sizeof(int));
	label_of = cg_location_take(input.problem.units, sizeof(int));
	price = cg_location_take(input.problem.units, sizeof(double));
	problem = read_answer(&input, cg_text_argument(fcinfo, 2), centre_of, label_of, price, &has_prices);
	check = cg_grouping_verify(&input.problem, centre_of, label_of, has_prices ? price : NULL, &work);
	if (problem == NULL)
		problem = check.problem;
	values[0] = BoolGetDatum(problem == NULL);
	cg_put_text(values, nulls, 1, problem);
	cg_put_text(values, nulls, 2, check.unit < 0 ? NULL : input.ids.id[check.unit]);
	cg_put_number(values, nulls, 3, check.objective);
	cg_put_number(values, nulls, 4, check.change);
	values[5] = Int32GetDatum(check.groups);
	cg_put_number(values, nulls, 6, check.bound);
	cg_put_number(values, nulls, 7, cg_relative_gap(check.objective, check.bound));
	cg_rows_add(&rows, values, nulls);
	return (Datum) 0;
}
