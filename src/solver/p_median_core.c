/*-------------------------------------------------------------------------
 *
 * p_median_core.c
 *	  The p-median problem and its relatives, solved with a proof.
 *
 * Interchange with restarts finds good answers.  The bound is that of the
 * Lagrangian relaxation of "everyone is served once", improved by
 * subgradients; sites that cannot be in (or out of) a better answer are
 * fixed by their reduced costs; branch and bound on the sites closes what
 * gap is left.
 *
 * G. Cornuejols, M. Fisher and G. Nemhauser, Manage Sci 1977;23:789-810.
 * J. Beasley, Lagrangean heuristics for location problems, Eur J Oper Res
 *	  1993;65:383-99; A note on solving large p-median problems, same
 *	  1985;21:270-3.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/p_median_model.h"
#include "solver/site_choice.h"
#include "solver/subgradient.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Elementary steps: about a minute. */
#define STEPS 4e10
#define RESTARTS 20
#define ROOT_ROUNDS 1500
#define NODE_ROUNDS 120
#define DEEPEST 2000
#define CLOSE_TO_BEST 1.02

typedef struct Search
{
	CgMedianModel model;
	CgStore		arena;
	CgPace		pace;
	CgRandom	random;
	const CgMedianOptions *options;

	/* The best answer. */
	double		best;
	bool	   *best_open;
	CgMedianChoice choice;		/* being searched */

	/* One evaluation of the relaxation. */
	CgSiteChoice relaxed;
	double	   *cap;			/* per demand: no price need be above */
	double	   *price;
	double	   *direction;

	double		open_bound;		/* of nodes that were given up */
	double		root_bound;
	double	   *root_price;
	CgSiteNode *node;			/* by depth */
	int64_t		rounds;
	int64_t		nodes;
} Search;

/* ---- the best answer ---- */

static void
take_if_better(Search *search, const bool *is_open)
{
	double		cost = cg_median_cost(&search->model, is_open);

	if (cost >= search->best)
		return;
	search->best = cost;
	memcpy(search->best_open, is_open, sizeof(bool) * search->model.sites);
}

static void
improve(Search *search, const bool *is_open)
{
	cg_median_choice_set(&search->choice, &search->model, is_open);
	cg_median_interchange(&search->choice, &search->model, &search->pace);
	take_if_better(search, search->choice.is_open);
}

/*
 * The value from which a subtree is of no interest.
 */
static double
cutoff(const Search *search)
{
	if (search->options->has_target)
		return fmin(search->best, nextafter(search->options->target, HUGE_VAL));
	return search->best;
}

static bool
is_done(const Search *search)
{
	return search->options->has_target &&
		search->best <= search->options->target;
}

/*
 * What a bound proves, when answers are whole numbers.
 */
static double
rounded_bound(const Search *search, double bound)
{
	return search->model.integral ? ceil(bound - 1e-6) : bound;
}

static bool
is_hopeless(const Search *search, double bound)
{
	double		limit = cutoff(search);

	if (!isfinite(limit))
		return false;
	if (search->model.integral)
		return rounded_bound(search, bound) >= limit;
	return bound >= limit - 1e-9 * fmax(1, fabs(limit));
}

/*
 * The same, for cg_fix_sites.
 */
static bool
is_no_better(const void *search, double bound)
{
	return is_hopeless(search, bound);
}

static bool
must_end(Search *search)
{
	return search->pace.stopped || is_done(search);
}

/* ---- the relaxation ---- */

/*
 * No price need exceed the cost of a site that is open anyway.
 */
static void
find_caps(Search *search, const signed char *state)
{
	const CgMedianModel *model = &search->model;

	for (int i = 0; i < model->demands; i++)
	{
		search->cap[i] = model->penalty[i];
		for (size_t e = model->start[i]; e < model->start[i + 1]; e++)
		{
			if (state[model->site[e]] == CG_SITE_OPEN)
			{
				search->cap[i] = model->value[e];
				break;
			}
		}
	}
}

static double
reduce_costs(Search *search, const double *price)
{
	const CgMedianModel *model = &search->model;
	double	   *reduced = search->relaxed.reduced;
	double		sum = 0;
	size_t		steps = 0;

	memcpy(reduced, model->opening, sizeof(double) * model->sites);
	for (int i = 0; i < model->demands; i++)
	{
		size_t		e = model->start[i];
		size_t		end = model->start[i + 1];

		for (; e < end && model->value[e] < price[i]; e++)
			reduced[model->site[e]] += model->value[e] - price[i];
		steps += e - model->start[i];
		sum += price[i];
	}
	cg_pace(&search->pace, 4.0 * steps + 4.0 * model->demands + 20.0 * model->sites);
	return sum;
}

/*
 * One step along the (deflected) subgradient: served more than once, a
 * demand's price falls, served by nobody, it rises.
 */
static void
step(Search *search, double bound, double agility)
{
	const CgMedianModel *model = &search->model;
	double		goal = cutoff(search);

	for (int i = 0; i < model->demands; i++)
	{
		double		slack = search->price[i] < search->cap[i] ? 1 : 0;

		for (size_t e = model->start[i]; e < model->start[i + 1] &&
			 model->value[e] < search->price[i]; e++)
			slack -= search->relaxed.selected[model->site[e]];
		if (search->price[i] >= search->cap[i] && slack > 0)
			slack = 0;
		search->direction[i] = cg_deflected(slack, search->direction[i]);
	}
	if (!isfinite(goal))
		goal = search->best;
	if (!cg_subgradient_step(search->price, search->direction, model->demands,
							 agility * (cg_rise_to(goal, bound) * CG_BEYOND_GOAL)))
		return;
	for (int i = 0; i < model->demands; i++)
		search->price[i] = fmax(0, fmin(search->price[i], search->cap[i]));
}

/*
 * Raise the bound of a node, in at most so many rounds.  best_price is where
 * to start and becomes the best prices; with may_fix, state learns which sites
 * are fixed.
 */
static double
raise_bound(Search *search, double *best_price, signed char *state, int rounds,
			bool is_root, bool may_fix)
{
	const CgMedianModel *model = &search->model;
	double		best = -HUGE_VAL;
	double		agility = is_root ? 1.5 : 0.6;
	int			since = 0;
	int			patience = is_root ? 25 : 12;
	double		tried = HUGE_VAL;

	find_caps(search, state);
	memset(search->direction, 0, sizeof(double) * model->demands);
	cg_forget_selected(&search->relaxed);
	for (int i = 0; i < model->demands; i++)
		search->price[i] = fmin(best_price[i], search->cap[i]);
	for (int round = 0; round < rounds && !must_end(search); round++)
	{
		double		bound = reduce_costs(search, search->price);

		bound += cg_choose_sites(&search->relaxed, state, 0);
		search->rounds++;
		if (bound > best)
		{
			/* What is gained by hair's breadths is not worth the patience. */
			since = bound - best > 1e-4 * (search->best - best) ? 0 : since + 1;
			best = bound;
			memcpy(best_price, search->price, sizeof(double) * model->demands);
		}
		else
			since++;
		if (is_hopeless(search, best))
			break;
		if (may_fix && cg_fix_sites(&search->relaxed, state, bound, is_no_better, search) > 0)
			find_caps(search, state);
		cg_note_selected(&search->relaxed);
		if (round % 10 == 0 || since == 0)
		{
			double		cost = cg_median_cost(model, search->relaxed.selected);

			cg_pace(&search->pace, 3.0 * model->demands * model->sites /
					(search->relaxed.forced + search->relaxed.optional + 1));
			if (cost < search->best ||
				(is_root && cost < CLOSE_TO_BEST * search->best && cost != tried))
				improve(search, search->relaxed.selected);
			tried = cost;
		}
		step(search, bound, agility);
		if (since >= patience)
		{
			agility /= 2;
			since = 0;
			memcpy(search->price, best_price, sizeof(double) * model->demands);
			for (int i = 0; i < model->demands; i++)
				search->price[i] = fmin(search->price[i], search->cap[i]);
			memset(search->direction, 0, sizeof(double) * model->demands);
			if (agility < (is_root ? 0.001 : 0.02))
				break;
		}
	}
	return best;
}

/* ---- branch and bound ---- */

static bool
make_node(Search *search, int depth)
{
	return cg_site_node(&search->node[depth], search->model.demands, search->model.sites, &search->arena);
}

/*
 * Is there but one choice left, or none?  Then take it.
 */
static bool
is_leaf(Search *search, const signed char *state)
{
	CgChoicesLeft left = cg_choices_left(&search->relaxed, state);

	if (left == CG_CHOICES_ONE)
		take_if_better(search, search->relaxed.selected);
	return left != CG_CHOICES_MANY;
}

static void
give_up(Search *search, double bound)
{
	search->open_bound = fmin(search->open_bound, bound);
}

/*
 * Everything below the node at this depth, whose price and state are set.
 */
static void
explore(Search *search, int depth, double bound)
{
	CgSiteNode *node = &search->node[depth];
	signed char first;
	int			site;

	search->nodes++;
	if (is_leaf(search, node->state))
		return;
	if (must_end(search))
	{
		give_up(search, bound);
		return;
	}
	bound = fmax(bound, raise_bound(search, node->price, node->state,
									depth == 0 ? ROOT_ROUNDS / 3 : NODE_ROUNDS, false, true));
	if (is_hopeless(search, bound) || is_leaf(search, node->state))
		return;
	site = cg_site_to_branch(&search->relaxed, node->state, HUGE_VAL);
	if (must_end(search) || depth + 1 >= DEEPEST || !make_node(search, depth + 1))
	{
		give_up(search, bound);
		return;
	}
	first = search->relaxed.often[site] >= 0.5 ? CG_SITE_OPEN : CG_SITE_CLOSED;
	for (int side = 0; side < 2; side++)
	{
		CgSiteNode *child = &search->node[depth + 1];

		memcpy(child->price, node->price, sizeof(double) * search->model.demands);
		memcpy(child->state, node->state, search->model.sites);
		child->state[site] = side == 0 ? first : -first;
		explore(search, depth + 1, bound);
	}
}

/* ---- the whole ---- */

static void
find_answers(Search *search)
{
	CgMedianModel *model = &search->model;
	int			restarts = search->options->restarts < 0 ? RESTARTS :
		search->options->restarts;

	cg_median_greedy(&search->choice, model, &search->pace);
	cg_median_interchange(&search->choice, model, &search->pace);
	take_if_better(search, search->choice.is_open);
	for (int k = 0; k < restarts && !must_end(search); k++)
	{
		cg_median_choice_set(&search->choice, model, search->best_open);
		cg_median_shake(&search->choice, model, &search->random,
						2 + search->choice.count / 10);
		cg_median_interchange(&search->choice, model, &search->pace);
		take_if_better(search, search->choice.is_open);
	}
}

/*
 * Prices to start from: what the second cheapest open site would cost.
 */
static void
first_prices(Search *search, double *price)
{
	const CgMedianModel *model = &search->model;

	cg_median_choice_set(&search->choice, model, search->best_open);
	for (int i = 0; i < model->demands; i++)
	{
		double		first = search->choice.first_value[i];
		double		second = search->choice.second_value[i];

		if (second >= model->penalty[i] && model->must_serve)
			second = first;
		price[i] = 0.5 * (first + second);
	}
}

static void
solve(Search *search)
{
	CgMedianModel *model = &search->model;
	CgSiteNode *root = &search->node[0];
	double		bound;

	memcpy(root->state, model->fixed, model->sites);
	find_answers(search);
	first_prices(search, root->price);

	/* Nothing is fixed yet, so that the prices prove this bound by themselves. */
	bound = raise_bound(search, root->price, root->state, ROOT_ROUNDS, true, false);
	search->root_bound = bound;
	memcpy(search->root_price, root->price, sizeof(double) * model->demands);
	if (is_hopeless(search, bound))
		return;
	if (must_end(search))
	{
		give_up(search, bound);
		return;
	}
	bound = fmax(bound, raise_bound(search, root->price, root->state,
									ROOT_ROUNDS / 3, false, true));
	if (is_hopeless(search, bound))
		return;
	memcpy(model->fixed, root->state, model->sites);
	cg_median_model_shrink(model);
	explore(search, 0, bound);
}

static bool
begin(Search *search, const CgMedianProblem *problem,
	  const CgMedianOptions *options, const CgWork *work)
{
	CgStore    *arena = &search->arena;
	int			demands = problem->demands;
	int			sites = problem->sites;

	cg_store_begin(arena, work);
	cg_pace_begin(&search->pace, work, options->steps > 0 ? options->steps : STEPS);
	search->options = options;
	cg_random_seed(&search->random, options->seed);
	cg_median_model(&search->model, problem, arena, &search->pace);
	cg_median_choice(&search->choice, &search->model, arena);
	search->best_open = cg_store_take(arena, sites, sizeof(bool));
	cg_site_choice(&search->relaxed, sites, search->model.min_open, search->model.max_open, arena);
	search->cap = cg_store_take(arena, demands, sizeof(double));
	search->price = cg_store_take(arena, demands, sizeof(double));
	search->direction = cg_store_take(arena, demands, sizeof(double));
	search->root_price = cg_store_take(arena, demands, sizeof(double));
	search->node = cg_store_take(arena, DEEPEST, sizeof(CgSiteNode));
	search->best = HUGE_VAL;
	search->open_bound = HUGE_VAL;
	search->root_bound = -HUGE_VAL;
	return !arena->failed && make_node(search, 0);
}

int
cg_cheapest_open_site(const int *site, const double *value, size_t pairs,
					  const bool *is_open, double *least)
{
	int			chosen = -1;

	for (size_t e = 0; e < pairs; e++)
	{
		if (!is_open[site[e]] || value[e] > *least ||
			(value[e] == *least && chosen >= 0 && site[e] > chosen))
			continue;
		*least = value[e];
		chosen = site[e];
	}
	return chosen;
}

/*
 * Write down the best answer: everyone goes to the cheapest open site.
 */
static void
hand_over(Search *search, const CgMedianProblem *problem,
		  CgMedianAnswer *answer, bool *is_open, int *served_by)
{
	double		objective = 0;

	for (int j = 0; j < problem->sites; j++)
	{
		is_open[j] = search->best_open[j];
		answer->open_count += is_open[j];
		if (is_open[j] && problem->opening != NULL)
			objective += problem->opening[j];
	}
	for (int i = 0; i < problem->demands; i++)
	{
		double		best = problem->unserved == NULL ? HUGE_VAL : problem->unserved[i];

		served_by[i] = cg_cheapest_open_site(problem->site + problem->start[i],
											 problem->value + problem->start[i],
											 problem->start[i + 1] - problem->start[i],
											 is_open, &best);
		if (served_by[i] < 0)
			answer->unserved_count++;
		if (isfinite(best))
			objective += best;
	}
	answer->objective = objective;
}

CgMedianAnswer
cg_p_median(const CgMedianProblem *problem, const CgMedianOptions *options,
			const CgWork *work, bool *is_open, int *served_by, double *price)
{
	CgMedianAnswer answer = {.solved = CG_SOLVED_BAD_INPUT};
	Search		search = {.rounds = 0};
	double		bound;

	if (cg_p_median_problem(problem) != NULL)
		return answer;
	if (!begin(&search, problem, options, work))
	{
		cg_store_end(&search.arena);
		answer.solved = CG_SOLVED_NO_MEMORY;
		return answer;
	}
	solve(&search);
	if (search.arena.failed)
	{
		cg_store_end(&search.arena);
		answer.solved = CG_SOLVED_NO_MEMORY;
		return answer;
	}
	hand_over(&search, problem, &answer, is_open, served_by);
	bound = rounded_bound(&search, search.open_bound);
	if (options->has_target && search.best > options->target)
		bound = fmin(bound, fmin(search.best, cutoff(&search)));
	bound = fmin(bound, search.best);
	if (is_done(&search))
		bound = fmin(bound, fmax(search.root_bound, 0));
	answer.bound = fmin(bound, answer.objective);
	answer.root_bound = search.root_bound;
	answer.rounds = search.rounds;
	answer.nodes = search.nodes;
	answer.steps = search.pace.steps;
	if (problem->unserved == NULL && answer.unserved_count > 0)
	{
		answer.solved = search.open_bound < search.best ?
			CG_SOLVED_UNKNOWN : CG_SOLVED_INFEASIBLE;
		answer.bound = bound;
	}
	else if (is_done(&search) || search.open_bound >= search.best ||
			 rounded_bound(&search, search.open_bound) >= search.best)
		answer.solved = CG_SOLVED_OPTIMAL;
	else
		answer.solved = search.pace.told ? CG_SOLVED_STOPPED : CG_SOLVED_FEASIBLE;
	if (price != NULL)
		memcpy(price, search.root_price, sizeof(double) * problem->demands);
	cg_store_end(&search.arena);
	return answer;
}
