/*-------------------------------------------------------------------------
 *
 * cover_cost_core.c
 *	  The cheapest sites so that enough is covered.
 *
 * Relaxed is "a demand is covered or left out": a site is then taken where
 * the prices of what it covers exceed its cost, and what is left out is a
 * knapsack of the weight that may be, with fractions.  Prices are improved by
 * subgradients, sites fixed by their reduced costs, and branch and bound on
 * the sites closes the gap.  Answers come from the relaxation's sites, made up
 * greedily (Chvatal) and rid of what is not needed.
 *
 * A. Caprara, M. Fischetti and P. Toth, A heuristic method for the set
 *	  covering problem, Oper Res 1999;47:730-43.
 * V. Chvatal, A greedy heuristic for the set-covering problem, Math Oper Res
 *	  1979;4:233-5.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/cover_cost.h"
#include "solver/ranked.h"
#include "solver/site_choice.h"
#include "solver/subgradient.h"

#include <math.h>
#include <string.h>

#define ROOT_ROUNDS 1500
#define NODE_ROUNDS 100
#define EXACT 9e15

typedef struct Search
{
	const CgCoverCostProblem *problem;
	CgStore		arena;
	CgPace		pace;
	bool		integral;
	size_t	   *column_start;	/* demands by site */
	int		   *column;
	double		best;
	bool	   *best_open;

	/* One evaluation of the relaxation. */
	CgSiteChoice relaxed;		/* of any number of sites */
	signed char *state;
	double	   *price;
	double	   *direction;
	double	   *left_out;		/* per demand: how much of it */
	CgRanked   *ranked;			/* demands by the price of a unit of weight */

	bool	   *trial;
	int		   *times;			/* per demand: covered by the trial */
	double	  **node_price;		/* by depth */
	signed char **node_state;
	double		open_bound;
	int64_t		rounds;
} Search;

static bool
is_hopeless(const Search *search, double bound)
{
	if (!isfinite(search->best))
		return bound == HUGE_VAL;
	if (search->integral)
		return ceil(bound - 1e-6) >= search->best;
	return bound >= search->best - 1e-9 * fmax(1, search->best);
}

/* ---- answers ---- */

/*
 * Weight that is not covered while nothing is; one for each where everyone
 * counts.
 */
static double
weight_of(const CgCoverCostProblem *problem, int demand)
{
	return problem->everyone ? 1 : problem->weight[demand];
}

static void
put(Search *search, int site, int sign)
{
	search->trial[site] = sign > 0;
	for (size_t e = search->column_start[site]; e < search->column_start[site + 1]; e++)
		search->times[search->column[e]] += sign;
}

static double
newly_covered(const Search *search, int site, int times)
{
	double		sum = 0;

	for (size_t e = search->column_start[site]; e < search->column_start[site + 1]; e++)
	{
		if (search->times[search->column[e]] == times)
			sum += weight_of(search->problem, search->column[e]);
	}
	return sum;
}

/*
 * The relaxation's sites, with more until enough is covered, and without
 * those that are not needed.
 */
static void
try_selected(Search *search)
{
	const CgCoverCostProblem *problem = search->problem;
	double		missed = 0;
	double		may_miss = problem->everyone ? 0 : problem->may_miss;
	double		cost = 0;

	memset(search->times, 0, sizeof(int) * problem->demands);
	memset(search->trial, 0, sizeof(bool) * problem->sites);
	for (int j = 0; j < problem->sites; j++)
	{
		if (search->relaxed.selected[j])
			put(search, j, 1);
	}
	for (int i = 0; i < problem->demands; i++)
		missed += search->times[i] == 0 ? weight_of(problem, i) : 0;
	while (missed > may_miss)
	{
		double		best = -1;
		int			chosen = -1;

		for (int j = 0; j < problem->sites; j++)
		{
			double		gain;

			if (search->trial[j] || search->state[j] == CG_SITE_CLOSED)
				continue;
			/* Beyond what is wanted nothing is gained. */
			gain = fmin(newly_covered(search, j, 0), missed - may_miss);
			if (gain > 0 && gain / fmax(problem->opening[j], 1e-9) > best)
			{
				best = gain / fmax(problem->opening[j], 1e-9);
				chosen = j;
			}
			cg_pace(&search->pace, 3.0 * (search->column_start[j + 1] - search->column_start[j]) + 2);
		}
		if (chosen < 0)
			return;
		missed -= newly_covered(search, chosen, 0);
		put(search, chosen, 1);
	}
	for (;;)
	{
		int			chosen = -1;

		for (int j = 0; j < problem->sites; j++)
		{
			if (search->trial[j] && search->state[j] != CG_SITE_OPEN &&
				(chosen < 0 || problem->opening[j] > problem->opening[chosen]) &&
				missed + newly_covered(search, j, 1) <= may_miss)
				chosen = j;
			cg_pace(&search->pace, 2.0 * (search->column_start[j + 1] - search->column_start[j]) + 2);
		}
		if (chosen < 0)
			break;
		missed += newly_covered(search, chosen, 1);
		put(search, chosen, -1);
	}
	missed = 0;
	for (int i = 0; i < problem->demands; i++)
		missed += search->times[i] == 0 ? weight_of(problem, i) : 0;
	for (int j = 0; j < problem->sites; j++)
		cost += search->trial[j] ? problem->opening[j] : 0;
	if (cost >= search->best || missed > may_miss)
		return;
	search->best = cost;
	memcpy(search->best_open, search->trial, sizeof(bool) * problem->sites);
}

/* ---- the relaxation ---- */

/*
 * The most price that may be left out.
 */
static double
leave_out(Search *search)
{
	const CgCoverCostProblem *problem = search->problem;
	double		left = problem->may_miss;
	double		sum = 0;
	int			count = 0;

	memset(search->left_out, 0, sizeof(double) * problem->demands);
	if (problem->everyone)
		return 0;
	for (int i = 0; i < problem->demands; i++)
	{
		if (search->price[i] <= 0)
			continue;
		if (problem->weight[i] == 0)
		{
			search->left_out[i] = 1;
			sum += search->price[i];
		}
		else
			search->ranked[count++] = (CgRanked) {search->price[i] / problem->weight[i], i};
	}
	cg_rank(search->ranked, count);
	cg_pace(&search->pace, 40.0 * count);
	for (int k = 0; k < count && left > 0; k++)
	{
		int			i = search->ranked[k].number;
		double		part = fmin(1, left / problem->weight[i]);

		search->left_out[i] = part;
		sum += part * search->price[i];
		left -= part * problem->weight[i];
	}
	return sum;
}

static double
relax(Search *search)
{
	const CgCoverCostProblem *problem = search->problem;
	double		sum = 0;

	memcpy(search->relaxed.reduced, problem->opening, sizeof(double) * problem->sites);
	for (int i = 0; i < problem->demands; i++)
	{
		sum += search->price[i];
		for (size_t e = problem->start[i]; e < problem->start[i + 1] && search->price[i] > 0; e++)
			search->relaxed.reduced[problem->site[e]] -= search->price[i];
	}
	cg_pace(&search->pace, 2.0 * problem->start[problem->demands] + 10.0 * problem->sites);
	sum -= leave_out(search);
	for (int j = 0; j < problem->sites; j++)
	{
		search->relaxed.selected[j] = search->state[j] == CG_SITE_OPEN ||
			(search->state[j] == CG_SITE_FREE && search->relaxed.reduced[j] < 0);
		sum += search->relaxed.selected[j] ? search->relaxed.reduced[j] : 0;
	}
	search->rounds++;
	return sum;
}

static void
fix_sites(Search *search, double bound)
{
	for (int j = 0; j < search->problem->sites; j++)
	{
		if (search->state[j] == CG_SITE_FREE && is_hopeless(search, bound + fabs(search->relaxed.reduced[j])))
			search->state[j] = search->relaxed.selected[j] ? CG_SITE_OPEN : CG_SITE_CLOSED;
	}
}

static void
step(Search *search, double bound, double agility)
{
	const CgCoverCostProblem *problem = search->problem;
	double		goal = isfinite(search->best) ? search->best : bound + 0.05 * fabs(bound) + 1;

	for (int i = 0; i < problem->demands; i++)
	{
		double		slack = 1 - search->left_out[i];

		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
			slack -= search->relaxed.selected[problem->site[e]];
		if (search->price[i] <= 0 && slack < 0)
			slack = 0;
		search->direction[i] = cg_deflected(slack, search->direction[i]);
	}
	cg_pace(&search->pace, 2.0 * problem->start[problem->demands]);
	if (!cg_subgradient_step(search->price, search->direction, problem->demands,
							 agility * cg_rise_to(goal, bound) * CG_BEYOND_GOAL))
		return;
	for (int i = 0; i < problem->demands; i++)
		search->price[i] = fmax(0, search->price[i]);
}

static double
raise_bound(Search *search, double *best_price, int rounds, bool is_root, bool may_fix)
{
	const CgCoverCostProblem *problem = search->problem;
	double		best = -HUGE_VAL;
	double		agility = is_root ? 1.5 : 0.6;
	int			since = 0;

	memcpy(search->price, best_price, sizeof(double) * problem->demands);
	memset(search->direction, 0, sizeof(double) * problem->demands);
	cg_forget_selected(&search->relaxed);
	for (int round = 0; round < rounds && !search->pace.stopped; round++)
	{
		double		bound = relax(search);

		since = bound - best > 1e-4 * (search->best - best) || !isfinite(search->best) ? 0 : since + 1;
		if (bound > best)
		{
			best = bound;
			memcpy(best_price, search->price, sizeof(double) * problem->demands);
		}
		if (is_hopeless(search, best))
			break;
		cg_note_selected(&search->relaxed);
		if (may_fix)
			fix_sites(search, bound);
		if (round % 10 == 0)
			try_selected(search);
		step(search, bound, agility);
		if (since >= (is_root ? 25 : 12))
		{
			agility /= 2;
			since = 0;
			memcpy(search->price, best_price, sizeof(double) * problem->demands);
			memset(search->direction, 0, sizeof(double) * problem->demands);
			if (agility < (is_root ? 0.001 : 0.02))
				break;
		}
	}
	return best;
}

/* ---- branch and bound ---- */

/*
 * Can what is not closed cover enough?
 */
static bool
can_cover(Search *search)
{
	const CgCoverCostProblem *problem = search->problem;
	double		missed = 0;

	for (int i = 0; i < problem->demands; i++)
	{
		size_t		e = problem->start[i];

		while (e < problem->start[i + 1] && search->state[problem->site[e]] == CG_SITE_CLOSED)
			e++;
		missed += e == problem->start[i + 1] ? weight_of(problem, i) : 0;
	}
	cg_pace(&search->pace, 2.0 * problem->demands);
	return missed <= (problem->everyone ? 0 : problem->may_miss);
}

/*
 * Everything below a node; its state is put back.
 */
static void
explore(Search *search, int depth, double bound)
{
	const CgCoverCostProblem *problem = search->problem;
	signed char first;
	int			site;

	if (search->pace.stopped)
	{
		search->open_bound = fmin(search->open_bound, bound);
		return;
	}
	if (!can_cover(search))
		return;
	bound = fmax(bound, raise_bound(search, search->node_price[depth],
									depth == 0 ? ROOT_ROUNDS / 3 : NODE_ROUNDS, false, true));
	if (is_hopeless(search, bound) || !can_cover(search))
		return;
	site = cg_site_to_branch(&search->relaxed, search->state, HUGE_VAL);
	if (site < 0 && !search->pace.stopped)
	{
		/* All are decided, and enough is covered. */
		for (int j = 0; j < problem->sites; j++)
			search->relaxed.selected[j] = search->state[j] == CG_SITE_OPEN;
		try_selected(search);
		return;
	}
	if (site >= 0 && search->node_price[depth + 1] == NULL)
	{
		search->node_price[depth + 1] = cg_store_take(&search->arena, problem->demands, sizeof(double));
		search->node_state[depth] = cg_store_take(&search->arena, problem->sites, sizeof(signed char));
	}
	if (search->pace.stopped || search->arena.failed)
	{
		search->open_bound = fmin(search->open_bound, bound);
		return;
	}
	first = search->relaxed.often[site] >= 0.5 ? CG_SITE_OPEN : CG_SITE_CLOSED;
	memcpy(search->node_state[depth], search->state, problem->sites);
	for (int side = 0; side < 2; side++)
	{
		memcpy(search->node_price[depth + 1], search->node_price[depth], sizeof(double) * problem->demands);
		search->state[site] = side == 0 ? first : -first;
		explore(search, depth + 1, bound);
		memcpy(search->state, search->node_state[depth], problem->sites);
	}
}

/* ---- the whole ---- */

static bool
begin(Search *search, double steps, const CgWork *work)
{
	const CgCoverCostProblem *problem = search->problem;
	CgStore    *arena = &search->arena;
	size_t		sites = problem->sites;
	size_t		demands = problem->demands;
	double		sum = 0;
	size_t	   *next;

	cg_store_begin(arena, work);
	cg_pace_begin(&search->pace, work, steps);
	search->column_start = cg_store_take(arena, sites + 2, sizeof(size_t));
	search->column = cg_store_take(arena, problem->start[demands], sizeof(int));
	search->best_open = cg_store_take(arena, sites, sizeof(bool));
	search->state = cg_store_take(arena, sites, sizeof(signed char));
	search->price = cg_store_take(arena, demands, sizeof(double));
	search->direction = cg_store_take(arena, demands, sizeof(double));
	cg_site_choice(&search->relaxed, problem->sites, 0, problem->sites, arena);
	search->left_out = cg_store_take(arena, demands, sizeof(double));
	search->ranked = cg_store_take(arena, demands, sizeof(CgRanked));
	search->trial = cg_store_take(arena, sites, sizeof(bool));
	search->times = cg_store_take(arena, demands, sizeof(int));
	search->node_price = cg_store_take(arena, sites + 2, sizeof(double *));
	search->node_state = cg_store_take(arena, sites + 2, sizeof(signed char *));
	search->best = search->open_bound = HUGE_VAL;
	if (arena->failed)
		return false;
	search->node_price[0] = cg_store_take(arena, demands, sizeof(double));
	search->integral = true;
	for (size_t j = 0; j < sites; j++)
	{
		sum += problem->opening[j];
		search->integral = search->integral && problem->opening[j] == floor(problem->opening[j]);
		search->state[j] = problem->fixed == NULL ? CG_SITE_FREE : problem->fixed[j];
	}
	search->integral = search->integral && sum < EXACT;
	next = search->column_start;
	for (size_t e = 0; e < problem->start[demands]; e++)
		next[problem->site[e] + 2]++;
	for (size_t j = 0; j < sites; j++)
		next[j + 2] += next[j + 1];
	for (size_t i = 0; i < demands; i++)
	{
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
			search->column[next[problem->site[e] + 1]++] = (int) i;
	}
	return !arena->failed;
}

static void
solve(Search *search, double *price)
{
	const CgCoverCostProblem *problem = search->problem;
	double		bound;

	if (!can_cover(search))
		return;
	for (int j = 0; j < problem->sites; j++)
		search->relaxed.selected[j] = search->state[j] == CG_SITE_OPEN;
	try_selected(search);

	/* Nothing is fixed yet, so that the prices prove this bound by themselves. */
	bound = raise_bound(search, search->node_price[0], ROOT_ROUNDS, true, false);
	memcpy(price, search->node_price[0], sizeof(double) * problem->demands);
	if (!is_hopeless(search, bound))
		explore(search, 0, bound);
}

CgCoverCostAnswer
cg_cover_cost(const CgCoverCostProblem *problem, double steps, const CgWork *work,
			  bool *is_open, double *price)
{
	CgCoverCostAnswer answer = {.solved = CG_SOLVED_NO_MEMORY};
	Search		search = {.problem = problem};

	if (begin(&search, steps, work))
		solve(&search, price);
	if (!search.arena.failed)
	{
		double		open = search.open_bound;

		if (search.integral && isfinite(open))
			open = ceil(open - 1e-6);
		memcpy(is_open, search.best_open, sizeof(bool) * problem->sites);
		answer.objective = search.best;
		answer.bound = fmin(open, search.best);
		if (!isfinite(search.best))
			answer.solved = isfinite(open) ? CG_SOLVED_UNKNOWN : CG_SOLVED_INFEASIBLE;
		else if (is_hopeless(&search, open))
		{
			answer.solved = CG_SOLVED_OPTIMAL;
			answer.bound = search.best;
		}
		else
			answer.solved = search.pace.told ? CG_SOLVED_STOPPED : CG_SOLVED_FEASIBLE;
	}
	answer.rounds = search.rounds;
	answer.steps = search.pace.steps;
	cg_store_end(&search.arena);
	return answer;
}
