/*-------------------------------------------------------------------------
 *
 * grouping_core.c
 *	  Balanced grouping: the whole solve, and the check of a problem.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/grouping_bound.h"

#include <math.h>

/* Elementary steps: a second or two, and more where there are many pairs. */
#define STEPS 1.2e9
#define FEW_CELLS 2e4

/* Where branch and bound is tried. */
#define MOST_CELLS_TO_BRANCH 1e5
#define FEW_BLOCKS 60
#define SMALL_GAP 0.015			/* for sites */
#define SMALLER_GAP 0.007		/* for groups of units */
#define SITES_PROOF 6			/* times the steps of search, for sites */
#define FIRST_PART 0.3			/* of the search comes before it */

double
cg_grouping_default_steps(const CgGroupingProblem *problem)
{
	double		cells = (double) problem->units * problem->centres;

	return STEPS * pow(fmax(1, cells / FEW_CELLS), 0.6);
}

static bool
is_amount(double value)
{
	return isfinite(value) && value >= 0;
}

static const char *
limits_problem(const CgGroupingProblem *problem)
{
	for (int e = 0; e < problem->centres * problem->measures; e++)
	{
		double		low = problem->lower == NULL ? 0 : problem->lower[e];
		double		high = problem->upper == NULL ? HUGE_VAL : problem->upper[e];

		if (!is_amount(low) || isnan(high) || high < 0)
			return "a limit is negative or not a number";
		if (low > high)
			return "a lower limit is above its upper limit";
	}
	return NULL;
}

static const char *
units_problem(const CgGroupingProblem *problem)
{
	for (int i = 0; i < problem->units; i++)
	{
		for (int m = 0; m < problem->measures; m++)
		{
			if (!is_amount(problem->amount[i * problem->measures + m]))
				return "an amount is negative or not finite";
		}
		if ((problem->together != NULL && problem->together[i] >= problem->units) ||
			(problem->apart != NULL && problem->apart[i] >= problem->units) ||
			(problem->existing != NULL && problem->existing[i] >= problem->labels))
			return "a unit's key is out of range";
		if (problem->change_cost != NULL && !is_amount(problem->change_cost[i]))
			return "a cost of a change is negative or not finite";
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
		{
			if (problem->centre[e] < 0 || problem->centre[e] >= problem->centres)
				return "a pair has no centre";
			if (!is_amount(problem->value[e]))
				return "a cost is negative or not finite";
		}
		for (size_t e = problem->neighbour_start == NULL ? 1 : problem->neighbour_start[i];
			 problem->neighbour_start != NULL && e < problem->neighbour_start[i + 1]; e++)
		{
			if (problem->neighbour[e] < 0 || problem->neighbour[e] >= problem->units)
				return "a neighbour is out of range";
		}
	}
	return NULL;
}

const char *
cg_grouping_problem(const CgGroupingProblem *problem)
{
	const char *found;

	if (problem->units < 0 || problem->centres < 0 || problem->measures < 0)
		return "a count is negative";
	if (problem->groups < 1)
		return "the number of groups is below 1";
	if (problem->own_centre && problem->centres != problem->units)
		return "units and centres differ";
	if ((double) problem->units * problem->centres > CG_GROUPING_MOST_CELLS)
		return "the problem is too large";
	for (int c = 0; problem->opening != NULL && c < problem->centres; c++)
	{
		if (!is_amount(problem->opening[c]))
			return "an opening cost is negative or not finite";
	}
	found = limits_problem(problem);
	return found != NULL ? found : units_problem(problem);
}

static double
change_of(const CgGroupingModel *model, const CgGroups *groups)
{
	double		sum = 0;

	for (int b = 0; b < model->blocks; b++)
		sum += cg_change(model, b, groups->label[groups->group[b]]);
	return sum;
}

static void
hand_over(const CgGroupingSearch *search, const CgGroupingBound *bound,
		  CgGroupingAnswer *answer, int *centre_of, int *label_of, double *price)
{
	const CgGroupingModel *model = &search->model;
	const CgGroups *best = &search->best;

	for (int i = 0; i < model->problem->units; i++)
		centre_of[i] = best->centre[best->group[model->block_of[i]]];
	for (int c = 0; c < model->centres; c++)
		label_of[c] = CG_NO_CENTRE;
	for (int g = 0; g < model->groups; g++)
		label_of[best->centre[g]] = best->label[g];
	for (int i = 0; price != NULL && i < model->problem->units; i++)
	{
		int			b = model->block_of[i];

		price[i] = bound->root_price == NULL ? 0 : bound->root_price[b] /
			(model->member_start[b + 1] - model->member_start[b]);
	}
	answer->objective = best->value;
	answer->change = change_of(model, best);
	answer->root_bound = fmin(bound->root, answer->objective);
}

static bool
is_closed(const CgGroupingSearch *search, double bound)
{
	return search->best.violation == 0 &&
		search->best.value <= bound + 1e-9 * fabs(bound);
}

/*
 * Branch and bound pays where the gap is small, or the problem.
 */
static bool
is_worth_a_proof(const CgGroupingSearch *search, double bound)
{
	const CgGroupingModel *model = &search->model;

	if ((double) model->blocks * model->centres > MOST_CELLS_TO_BRANCH)
		return false;
	return search->best.violation != 0 || model->blocks <= FEW_BLOCKS ||
		bound >= (1 - (model->own_centre ? SMALLER_GAP : SMALL_GAP)) * search->best.value;
}

/*
 * A good answer helps branch and bound, which may make further search
 * needless.
 */
static double
search_and_branch(CgGroupingSearch *search, CgGroupingBound *proof, CgGroupingAnswer *answer,
				  double bound, double steps, double proof_steps)
{
	double		left = steps - search->pace.steps;
	double		end;

	cg_grouping_search(search, FIRST_PART * left);
	end = search->pace.steps + (1 - FIRST_PART) * left;
	if (!is_closed(search, bound) && !search->pace.stopped && is_worth_a_proof(search, bound))
	{
		double		begun = search->pace.steps;

		bound = cg_grouping_branch(proof, bound, proof_steps);
		if (bound == HUGE_VAL)
			answer->trouble = CG_TROUBLE_EXCLUDED;
		end += search->pace.steps - begun;
	}
	if (bound < HUGE_VAL && !is_closed(search, bound))
		cg_grouping_search(search, end - search->pace.steps);
	return bound;
}

static void
solve(CgGroupingSearch *search, CgGroupingBound *proof, CgGroupingAnswer *answer,
	  double steps, double proof_steps)
{
	double		bound;

	if (search->model.groups == 1)
	{
		cg_grouping_only_one(search);
		bound = search->pace.stopped ? 0 :
			search->best.violation == 0 ? search->best.value : HUGE_VAL;
	}
	else
		bound = cg_grouping_bound(proof, search, 0.5 * steps);
	if (search->arena.failed)
		return;
	if (bound < HUGE_VAL && !is_closed(search, bound) && search->model.groups > 1)
		bound = search_and_branch(search, proof, answer, bound, steps, proof_steps);
	answer->bound = bound;
	if (bound == HUGE_VAL)
	{
		answer->solved = CG_SOLVED_INFEASIBLE;
		if (answer->trouble == CG_TROUBLE_NONE)
			answer->trouble = CG_TROUBLE_BOUND;
	}
	else if (search->best.violation != 0)
	{
		answer->solved = CG_SOLVED_UNKNOWN;
		answer->trouble = CG_TROUBLE_NOT_FOUND;
	}
	else if (is_closed(search, bound))
		answer->solved = CG_SOLVED_OPTIMAL;
	else
		answer->solved = search->pace.told ? CG_SOLVED_STOPPED : CG_SOLVED_FEASIBLE;
}

CgGroupingAnswer
cg_grouping(const CgGroupingProblem *problem, const CgGroupingOptions *options,
			const CgWork *work, int *centre_of, int *label_of, double *price)
{
	CgGroupingAnswer answer = {
		.solved = CG_SOLVED_BAD_INPUT, .unit = -1, .measure = -1
	};
	CgGroupingSearch search = {.rounds = 0};
	CgGroupingBound proof = {.root = -HUGE_VAL};
	double		steps = options->steps > 0 ? options->steps : cg_grouping_default_steps(problem);
	double		proof_steps = options->proof_steps > 0 ? options->proof_steps :
		problem->own_centre ? steps : SITES_PROOF * steps;

	if (cg_grouping_problem(problem) != NULL)
		return answer;
	answer.solved = CG_SOLVED_NO_MEMORY;
	cg_store_begin(&search.arena, work);
	cg_pace_begin(&search.pace, work, 4 * steps + proof_steps);
	cg_random_seed(&search.random, options->seed);
	cg_grouping_model(&search.model, problem, &search.arena, &search.pace);
	if (!search.arena.failed &&
		cg_grouping_possible(&search.model, &answer, &search.arena) &&
		cg_grouping_search_begin(&search))
		solve(&search, &proof, &answer, steps, proof_steps);
	if (search.arena.failed)
		answer.solved = CG_SOLVED_NO_MEMORY;
	else if (answer.trouble == CG_TROUBLE_NONE)
	{
		hand_over(&search, &proof, &answer, centre_of, label_of, price);
		answer.bound = fmin(answer.bound, answer.objective);
	}
	answer.rounds = search.rounds;
	answer.nodes = search.nodes;
	answer.steps = search.pace.steps;
	cg_store_end(&search.arena);
	return answer;
}
