/*-------------------------------------------------------------------------
 *
 * p_median_split_core.c
 *	  Which sites to open where they have limits and a demand may be split,
 *	  solved with a proof.
 *
 * For given sites the best allocation is a transportation problem, solved
 * exactly.  Sites are exchanged while that helps.  The bound relaxes "all of a
 * demand is sent": each site then takes what pays it most, between its minimum
 * and its capacity (a knapsack with fractions), and the best sites are taken.
 * Its prices start from the duals of the best allocation and are improved by
 * subgradients; sites are fixed by their reduced costs; branch and bound on
 * the sites closes what gap is left, and where all sites are decided the
 * transportation problem has the last word.
 *
 * J. Beasley, An algorithm for solving large capacitated warehouse location
 *	  problems, Eur J Oper Res 1988;33:314-25.
 * P. Avella and M. Boccia, A cutting plane algorithm for the capacitated
 *	  facility location problem, Comput Optim Appl 2009;43:39-65 (the exact
 *	  ones are the same problem).
 *
 *-------------------------------------------------------------------------
 */
#include "solver/p_median_split_model.h"

#include "numeric/order.h"
#include "numeric/random.h"

#include <math.h>
#include <string.h>

#define STEPS 5e9
#define ROOT_ROUNDS 1000
#define NODE_ROUNDS 120
#define DEEPEST 2000
#define CANDIDATES 12			/* closed sites that are tried in an exchange */
#define KNOWN 16384				/* sets that are not tried again */

/* ---- the best answer ---- */

static void
keep(CgSplitSearch *search, const bool *is_open, const CgSplitAllocation *found)
{
	const CgSplitModel *model = &search->model;
	const CgTransportAnswer *plan = found->detail;

	search->best_unserved = found->unserved;
	search->best = found->cost;
	memcpy(search->best_open, is_open, sizeof(bool) * model->sites);
	search->best_count = plan->shipments;
	for (int64_t k = 0; k < plan->shipments; k++)
	{
		const CgShipment *sent = &plan->shipment[k];

		search->best_pair[k] = model->given[cg_split_pair(model, sent->demand, sent->site)];
		search->best_amount[k] = sent->amount / model->amount_scale;
	}
	for (int i = 0; i < model->demands; i++)
		search->unserved[i] = plan->unserved[i] / model->amount_scale;
	cg_split_prices(&search->allocator, search->best_price);
	search->best_has_price = true;
}

/*
 * Allocate to a set of sites and keep it if it is the best.  Sets that were
 * tried are not tried again.
 */
bool
cg_split_try(CgSplitSearch *search, const bool *is_open)
{
	CgSplitAllocation found;
	uint64_t	key = 1;
	double		small = search->model.integral ? 0.5 : 1e-10 * fabs(search->best);

	for (int j = 0; j < search->model.sites; j++)
		key ^= is_open[j] ? search->key[j] : 0;
	if (search->known[key % KNOWN] == key)
		return false;
	if (!cg_split_allocate(&search->allocator, is_open, &found))
		return false;
	search->known[key % KNOWN] = key;
	if (!found.possible || found.unserved > search->best_unserved ||
		(found.unserved == search->best_unserved && isfinite(search->best) &&
		 found.cost >= search->best - small))
		return false;
	keep(search, is_open, &found);
	return true;
}

/* ---- exchanges ---- */

/*
 * The closed sites that would be worth most at the prices of the best answer,
 * the best first; their number.
 */
static int
find_candidates(CgSplitSearch *search, int *candidate)
{
	const CgSplitModel *model = &search->model;
	double	   *reduced = search->relaxed.reduced;
	int			count = 0;

	for (int j = 0; j < model->sites; j++)
	{
		int			place;

		if (search->best_open[j] || model->fixed[j] == CG_SITE_CLOSED)
			continue;
		reduced[j] = cg_split_price_of_site(search, search->best_price, j, false);
		cg_pace(&search->pace, 8.0 * (model->column_start[j + 1] - model->column_start[j]) + 10);
		if (count == CANDIDATES && reduced[j] >= reduced[candidate[count - 1]])
			continue;
		place = count < CANDIDATES ? count++ : count - 1;
		for (; place > 0 && reduced[candidate[place - 1]] > reduced[j]; place--)
			candidate[place] = candidate[place - 1];
		candidate[place] = j;
	}
	return count;
}

/*
 * One better set next to the best one: a site more, one less, or one for
 * another.
 */
static bool
try_neighbours(CgSplitSearch *search, double end)
{
	const CgSplitModel *model = &search->model;
	int			candidate[CANDIDATES];
	int			candidates = find_candidates(search, candidate);
	int			open = 0;

	memcpy(search->trial, search->best_open, sizeof(bool) * model->sites);
	for (int j = 0; j < model->sites; j++)
		open += search->trial[j];
	for (int out = -1; out < model->sites; out++)
	{
		if (out >= 0 && (!search->best_open[out] || model->fixed[out] == CG_SITE_OPEN))
			continue;
		if (out >= 0)
			search->trial[out] = false;
		for (int k = -1; k < candidates; k++)
		{
			int			now = open - (out >= 0) + (k >= 0);

			if (search->pace.stopped || search->pace.steps > end)
				return false;
			if ((out < 0 && k < 0) || now < model->min_open || now > model->max_open)
				continue;
			if (k >= 0)
				search->trial[candidate[k]] = true;
			if (cg_split_try(search, search->trial))
				return true;
			if (k >= 0)
				search->trial[candidate[k]] = false;
		}
		if (out >= 0)
			search->trial[out] = true;
	}
	return false;
}

static void
improve(CgSplitSearch *search, double steps)
{
	double		end = search->pace.steps + steps;

	while (search->best_has_price && try_neighbours(search, end))
		;
}

/* ---- branch and bound ---- */

static bool
make_node(CgSplitSearch *search, int depth)
{
	return cg_site_node(&search->node[depth], search->model.demands, search->model.sites, &search->arena);
}

/*
 * Have the sites that are left room enough, and not too high minima?
 */
static bool
has_room(CgSplitSearch *search, const signed char *state)
{
	const CgSplitModel *model = &search->model;
	double		room = 0;
	double		least = 0;
	int			open = 0;
	int			count = 0;

	for (int j = 0; j < model->sites; j++)
	{
		if (state[j] == CG_SITE_OPEN)
		{
			open++;
			room += model->capacity[j];
			least += model->minimum[j];
		}
		else if (state[j] == CG_SITE_FREE)
			search->relaxed.sorted[count++] = model->capacity[j];
	}
	cg_sort_doubles(search->relaxed.sorted, count);
	for (int k = 0; k < model->max_open - open && k < count; k++)
		room += search->relaxed.sorted[count - 1 - k];
	return room >= model->total * (1 - 1e-12) && least <= model->total * (1 + 1e-12);
}

/*
 * Is there but one choice left, or none?  Then take it.
 */
static bool
is_leaf(CgSplitSearch *search, const signed char *state)
{
	CgChoicesLeft left = cg_choices_left(&search->relaxed, state);

	if (left == CG_CHOICES_NONE || !has_room(search, state))
		return true;
	if (left == CG_CHOICES_ONE)
		cg_split_try(search, search->relaxed.selected);
	return left == CG_CHOICES_ONE;
}

static void
give_up(CgSplitSearch *search, double bound)
{
	search->open_bound = fmin(search->open_bound, bound);
}

/*
 * Everything below the node at this depth, whose price and state are set.
 */
static void
explore(CgSplitSearch *search, int depth, double bound)
{
	CgSiteNode *node = &search->node[depth];
	signed char first;
	int			site;

	search->nodes++;
	if (!search->pace.stopped && is_leaf(search, node->state) && !search->pace.stopped)
		return;
	if (search->pace.stopped)
	{
		give_up(search, bound);
		return;
	}
	bound = fmax(bound, cg_split_raise_bound(search, node->price, node->state, NODE_ROUNDS, false, true));
	if (cg_split_is_hopeless(search, bound) ||
		(!search->pace.stopped && is_leaf(search, node->state) && !search->pace.stopped))
		return;
	site = search->pace.stopped ? -1 : cg_site_to_branch(&search->relaxed, node->state, HUGE_VAL);
	if (site < 0 || depth + 1 >= DEEPEST || !make_node(search, depth + 1))
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

/*
 * Without limits it is the p-median problem: its sites are a start, its prices
 * too, and its bound is one.  An amount of 0 needs no site.  false: it has no
 * answer.
 */
static bool
without_limits(CgSplitSearch *search, uint64_t seed, double steps, double *price, double *bound)
{
	const CgSplitModel *model = &search->model;
	CgStore    *arena = &search->arena;
	size_t		pairs = model->start[model->demands];
	CgMedianProblem median = {
		.sites = model->sites, .opening = model->opening, .fixed = model->fixed,
		.min_open = model->min_open, .max_open = model->max_open
	};
	CgMedianOptions options = {.steps = steps, .restarts = 4, .seed = seed};
	CgMedianAnswer answer;
	size_t	   *start = cg_store_take(arena, model->demands + 1, sizeof(size_t));
	double	   *value = cg_store_take(arena, pairs, sizeof(double));
	int		   *site = cg_store_take(arena, pairs, sizeof(int));
	int		   *served_by = cg_store_take(arena, model->demands, sizeof(int));
	double	   *paid = cg_store_take(arena, model->demands, sizeof(double));
	size_t		kept = 0;

	if (arena->failed)
		return true;
	for (int i = 0; i < model->demands; i++)
	{
		if (model->amount[i] == 0)
			continue;
		for (size_t e = model->start[i]; e < model->start[i + 1]; e++, kept++)
		{
			site[kept] = model->site[e];
			value[kept] = model->amount[i] * model->cost[e];
		}
		start[++median.demands] = kept;
	}
	median.start = start;
	median.site = site;
	median.value = value;
	answer = cg_p_median(&median, &options, arena->work, search->trial, served_by, paid);
	search->rounds += answer.rounds;
	cg_pace(&search->pace, answer.steps);
	if (answer.solved == CG_SOLVED_NO_MEMORY)
		arena->failed = true;
	if (answer.solved == CG_SOLVED_STOPPED)
		search->pace.stopped = search->pace.told = true;
	for (int i = model->demands, k = median.demands; i-- > 0;)
		price[i] = model->amount[i] == 0 ? 0 : paid[--k];
	*bound = isfinite(answer.bound) ? answer.bound : -HUGE_VAL;
	return answer.solved != CG_SOLVED_INFEASIBLE;
}

/*
 * The fixed sites and the roomiest others.
 */
static void
try_roomiest(CgSplitSearch *search)
{
	const CgSplitModel *model = &search->model;
	int			open = 0;

	for (int j = 0; j < model->sites; j++)
		open += search->trial[j] = model->fixed[j] == CG_SITE_OPEN;
	while (open < model->max_open)
	{
		int			chosen = -1;

		for (int j = 0; j < model->sites; j++)
		{
			if (!search->trial[j] && model->fixed[j] == CG_SITE_FREE &&
				(chosen < 0 || model->capacity[j] > model->capacity[chosen]))
				chosen = j;
		}
		if (chosen < 0)
			break;
		search->trial[chosen] = true;
		open++;
	}
	cg_split_try(search, search->trial);
}

static void
solve(CgSplitSearch *search, const CgSplitOptions *options, CgSplitAnswer *answer)
{
	const CgSplitModel *model = &search->model;
	CgSiteNode *root = &search->node[0];
	double		steps = search->pace.most;
	double		bound = -HUGE_VAL;

	memcpy(root->state, model->fixed, model->sites);
	answer->no_room = cg_split_no_room(model, &search->arena, &search->pace);
	if (search->arena.failed)
		return;
	if (!without_limits(search, options->seed, 0.1 * steps, root->price, &bound) ||
		answer->no_room > 0)
	{
		/* Nothing can be: the best there is, to say what is left out. */
		try_roomiest(search);
		return;
	}
	cg_split_try(search, search->trial);
	try_roomiest(search);
	improve(search, 0.1 * steps);
	if (search->best_has_price && cg_split_is_served(search))
		memcpy(root->price, search->best_price, sizeof(double) * model->demands);

	/* Nothing is fixed yet, so that the prices prove this bound by themselves. */
	search->root_bound = cg_split_raise_bound(search, root->price, root->state, ROOT_ROUNDS, true, false);
	memcpy(search->root_price, root->price, sizeof(double) * model->demands);
	bound = fmax(bound, search->root_bound);
	if (cg_split_is_hopeless(search, bound))
		return;
	improve(search, 0.2 * steps);
	if (search->pace.stopped)
	{
		give_up(search, bound);
		return;
	}
	explore(search, 0, bound);
}

static bool
begin(CgSplitSearch *search, const CgSplitProblem *problem, const CgSplitOptions *options,
	  const CgWork *work)
{
	CgStore    *arena = &search->arena;
	size_t		sites = problem->sites;
	size_t		demands = problem->demands;
	CgRandom	random;

	cg_store_begin(arena, work);
	cg_pace_begin(&search->pace, work, options->steps > 0 ? options->steps : STEPS);
	search->problem = problem;
	cg_split_model(&search->model, problem, arena, &search->pace);
	search->best_open = cg_store_take(arena, sites, sizeof(bool));
	search->best_pair = cg_store_take(arena, demands + sites + 1, sizeof(size_t));
	search->best_amount = cg_store_take(arena, demands + sites + 1, sizeof(double));
	search->best_price = cg_store_take(arena, demands, sizeof(double));
	search->unserved = cg_store_take(arena, demands, sizeof(double));
	search->key = cg_store_take(arena, sites, sizeof(uint64_t));
	search->known = cg_store_take(arena, KNOWN, sizeof(uint64_t));
	cg_site_choice(&search->relaxed, problem->sites, search->model.min_open, search->model.max_open, arena);
	search->trial = cg_store_take(arena, sites, sizeof(bool));
	search->served = cg_store_take(arena, demands, sizeof(double));
	search->item = cg_store_take(arena, demands + 1, sizeof(CgSplitItem));
	search->price = cg_store_take(arena, demands, sizeof(double));
	search->direction = cg_store_take(arena, demands, sizeof(double));
	search->root_price = cg_store_take(arena, demands, sizeof(double));
	search->node = cg_store_take(arena, DEEPEST, sizeof(CgSiteNode));
	search->best = search->best_unserved = HUGE_VAL;
	search->open_bound = HUGE_VAL;
	search->root_bound = -HUGE_VAL;
	if (arena->failed || !make_node(search, 0))
		return false;
	memcpy(search->unserved, problem->amount, sizeof(double) * demands);
	cg_random_seed(&random, 1);
	for (size_t j = 0; j < sites; j++)
		search->key[j] = ((uint64_t) (cg_random_uniform(&random) * 4294967296.0) << 32) ^
			(uint64_t) (cg_random_uniform(&random) * 4294967296.0);
	cg_split_allocator(&search->allocator, &search->model, arena, &search->pace);
	return !arena->failed;
}

static void
hand_over(const CgSplitSearch *search, CgSplitAnswer *answer, bool *is_open, double *flow,
		  double *unserved, double *price)
{
	const CgSplitProblem *problem = search->problem;

	memset(flow, 0, sizeof(double) * problem->start[problem->demands]);
	for (int64_t k = 0; k < search->best_count; k++)
		flow[search->best_pair[k]] += search->best_amount[k];
	memcpy(is_open, search->best_open, sizeof(bool) * problem->sites);
	for (int j = 0; j < problem->sites; j++)
		answer->open_count += is_open[j];
	if (unserved != NULL)
		memcpy(unserved, search->unserved, sizeof(double) * problem->demands);
	if (price != NULL)
		memcpy(price, search->root_price, sizeof(double) * problem->demands);
}

static void
judge(const CgSplitSearch *search, CgSplitAnswer *answer)
{
	double		open = search->open_bound;

	if (search->model.integral && isfinite(open))
		open = ceil(open - 1e-6);
	answer->unserved = isfinite(search->best_unserved) ? search->best_unserved : search->model.total;
	answer->objective = search->best;
	answer->bound = open;
	if (!cg_split_is_served(search))
		answer->solved = open < HUGE_VAL ? CG_SOLVED_UNKNOWN : CG_SOLVED_INFEASIBLE;
	else
	{
		answer->bound = fmin(open, search->best);
		if (cg_split_is_hopeless(search, open))
		{
			answer->solved = CG_SOLVED_OPTIMAL;
			answer->bound = search->best;
		}
		else
			answer->solved = search->pace.told ? CG_SOLVED_STOPPED : CG_SOLVED_FEASIBLE;
	}
}

CgSplitAnswer
cg_p_median_split(const CgSplitProblem *problem, const CgSplitOptions *options,
				  const CgWork *work, bool *is_open, double *flow,
				  double *unserved, double *price)
{
	CgSplitAnswer answer = {.solved = CG_SOLVED_BAD_INPUT};
	CgSplitSearch		search = {.rounds = 0};

	if (cg_p_median_split_problem(problem) != NULL)
		return answer;
	if (begin(&search, problem, options, work))
		solve(&search, options, &answer);
	cg_split_allocator_end(&search.allocator);
	if (search.arena.failed)
		answer.solved = CG_SOLVED_NO_MEMORY;
	else
	{
		hand_over(&search, &answer, is_open, flow, unserved, price);
		judge(&search, &answer);
	}
	answer.root_bound = search.root_bound;
	answer.rounds = search.rounds;
	answer.nodes = search.nodes;
	answer.allocations = search.allocator.count;
	answer.steps = search.pace.steps;
	cg_store_end(&search.arena);
	return answer;
}
