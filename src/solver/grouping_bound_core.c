/*-------------------------------------------------------------------------
 *
 * grouping_bound_core.c
 *	  Lower bound of a grouping problem.
 *
 * "Every block is in one group" is relaxed: each possible centre then gathers
 * the blocks that pay it most, a knapsack between the limits of one measure,
 * and the k best centres are taken.  The knapsack's own bound is the better of
 * two: with fractions of blocks between both limits (Dantzig), and with whole
 * blocks whose amounts are rounded down, below the upper limit, by dynamic
 * programming.  Prices are improved by subgradients.  Other limits, pieces and
 * who must be apart are left out, which keeps it a bound.
 *
 * M. Ceselli and G. Righini, A branch-and-price algorithm for the capacitated
 *	  p-median problem, Networks 2005;45:125-42 (the subproblem).
 *
 *-------------------------------------------------------------------------
 */
#include "solver/grouping_bound.h"
#include "solver/subgradient.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DP_SIZE 1000			/* a limit of measure is cut into so many */
#define DP_MOST 3e7				/* cells of all knapsacks in one round */
#define EXACT 9e15
#define ROUNDING 1e-12			/* of sums of amounts */

static int
compare_items(const void *a, const void *b)
{
	const CgGroupingItem *left = a;
	const CgGroupingItem *right = b;

	if (left->ratio != right->ratio)
		return left->ratio < right->ratio ? -1 : 1;
	return left->block - right->block;
}

static double
amount_of(const CgGroupingBound *bound, int block)
{
	return bound->measure < 0 ? 0 :
		bound->model->amount[block * bound->model->measures + bound->measure];
}

static double
lower_of(const CgGroupingBound *bound, int centre)
{
	return bound->measure < 0 ? 0 : cg_lower_limit(bound->model, centre, bound->measure);
}

static double
upper_of(const CgGroupingBound *bound, int centre)
{
	return bound->measure < 0 ? HUGE_VAL : cg_upper_limit(bound->model, centre, bound->measure);
}

/*
 * A block that the centre must have: false if it does not fit.
 */
static bool
take_block(CgGroupingBound *bound, int centre, int block, int label, double *sum,
		   double *load, bool serve)
{
	double		value = bound->value[(size_t) centre * bound->model->blocks + block];

	*load += amount_of(bound, block);
	*sum += value + cg_change(bound->model, block, label) - bound->price[block];
	if (serve)
		cg_grouping_claim(bound, centre, block, 1);
	return value < bound->model->far && *load <= upper_of(bound, centre) * (1 + ROUNDING);
}

/*
 * Its own one, and those whose home it is.
 */
static bool
take_own(CgGroupingBound *bound, int centre, int label, double *sum, double *load, bool serve)
{
	const CgGroupingModel *model = bound->model;
	int			own = model->own_centre ? model->block_of[centre] : -1;

	if (own >= 0 && !take_block(bound, centre, own, label, sum, load, serve))
		return false;
	for (int b = 0; b < model->blocks && bound->homes[centre] > 0; b++)
	{
		if (bound->home[b] == centre && b != own &&
			!take_block(bound, centre, b, label, sum, load, serve))
			return false;
	}
	return true;
}

/*
 * The other blocks that the centre may gather: those that pay, or those that
 * do not.
 */
static int
gather(CgGroupingBound *bound, int centre, int label, bool paying)
{
	const CgGroupingModel *model = bound->model;
	const double *value = bound->value + (size_t) centre * model->blocks;
	double		upper = upper_of(bound, centre);
	int			own = model->own_centre ? model->block_of[centre] : -1;
	int			count = 0;

	for (int b = 0; b < model->blocks; b++)
	{
		double		reduced = value[b] - bound->price[b];
		double		amount;

		if (model->labels > 0)
			reduced += cg_change(model, b, label);
		if ((reduced < 0) != paying || b == own || value[b] >= model->far ||
			bound->home[b] >= 0)
			continue;
		amount = amount_of(bound, b);
		if (amount > upper)
			continue;
		bound->item[count].reduced = reduced;
		bound->item[count].amount = amount;
		bound->item[count].ratio = amount > 0 ? reduced / amount :
			paying ? -HUGE_VAL : HUGE_VAL;
		bound->item[count++].block = b;
	}
	cg_pace(&bound->search->pace, (model->labels > 0 ? 5 : 1.5) * model->blocks + 4.0 * count);
	return count;
}

static void
sort_items(CgGroupingBound *bound, int count)
{
	qsort(bound->item, count, sizeof(CgGroupingItem), compare_items);
	cg_pace(&bound->search->pace, 40.0 * count);
}

/*
 * Fractions of blocks, the best paying first, within both limits.
 */
static double
by_fractions(CgGroupingBound *bound, int centre, int label, bool serve)
{
	double		sum = bound->model->opening[centre];
	double		load = 0;
	double		lower = lower_of(bound, centre);
	double		upper = upper_of(bound, centre);
	double		wanted = 0;
	int			count;

	if (!take_own(bound, centre, label, &sum, &load, serve))
		return HUGE_VAL;
	count = gather(bound, centre, label, true);
	for (int k = 0; k < count; k++)
		wanted += bound->item[k].amount;
	if (load + wanted > upper)
		sort_items(bound, count);
	for (int k = 0; k < count; k++)
	{
		const CgGroupingItem *item = &bound->item[k];
		double		part = load + item->amount <= upper ? 1 :
			fmax(0, (upper - load) / item->amount);

		sum += part * item->reduced;
		load += part * item->amount;
		if (serve && part > 0)
			cg_grouping_claim(bound, centre, item->block, part);
	}
	if (load >= lower)
		return sum;

	/* Others must fill it, at a loss. */
	count = gather(bound, centre, label, false);
	sort_items(bound, count);
	for (int k = 0; k < count && load < lower; k++)
	{
		const CgGroupingItem *item = &bound->item[k];
		double		part = item->amount == 0 ? 0 :
			fmin(1, (lower - load) / item->amount);

		sum += part * item->reduced;
		load += part * item->amount;
		if (serve && part > 0)
			cg_grouping_claim(bound, centre, item->block, part);
	}
	return load < lower - 1e-9 * fabs(lower) ? HUGE_VAL : sum;
}

/*
 * The knapsack of whole blocks below the upper limit, amounts rounded down:
 * bound->table by room.  With remember, bound->taken says how.  Returns how
 * many blocks may be taken, or -1: it does not apply.
 */
static int
fill_table(CgGroupingBound *bound, int centre, CgGroupingTable *table, bool remember, bool serve)
{
	double		load = 0;
	double		upper = upper_of(bound, centre);
	double	   *cell = bound->table;
	int			count;
	int			kept = 0;

	table->sum = bound->model->opening[centre];
	if (!(upper > 0) || isinf(upper) ||
		!take_own(bound, centre, -1, &table->sum, &load, serve))
		return -1;
	count = gather(bound, centre, -1, true);
	table->unit = upper <= DP_SIZE && upper == floor(upper) ? 1 : upper / DP_SIZE;
	table->room = (int) floor(upper / table->unit + 1e-9) - (int) floor(load / table->unit);
	if (table->room < 0)
		return 0;
	memset(cell, 0, sizeof(double) * (table->room + 1));
	for (int k = 0; k < count; k++)
	{
		CgGroupingItem item = bound->item[k];
		int			weight = (int) floor(item.amount / table->unit);
		unsigned char *taken = bound->taken + (size_t) kept * (table->room + 1);

		if (weight > table->room)
			continue;
		bound->item[kept++] = item;
		for (int w = table->room; w >= weight; w--)
		{
			double		with = cell[w - weight] + item.reduced;

			if (remember)
				taken[w] = with < cell[w];
			cell[w] = with < cell[w] ? with : cell[w];
		}
		if (remember)
			memset(taken, 0, weight);
	}
	cg_pace(&bound->search->pace, (double) kept * table->room);
	return kept;
}

bool
cg_grouping_table(CgGroupingBound *bound, int centre, CgGroupingTable *table)
{
	return bound->by_table && fill_table(bound, centre, table, false, false) >= 0;
}

double
cg_grouping_table_with(const CgGroupingBound *bound, const CgGroupingTable *table,
					   int centre, int block)
{
	int			left = table->room - (int) floor(amount_of(bound, block) / table->unit);

	if (left < 0)
		return HUGE_VAL;
	return table->sum + bound->table[left] - bound->price[block] +
		bound->value[(size_t) centre * bound->model->blocks + block];
}

static double
by_table(CgGroupingBound *bound, int centre, bool serve)
{
	CgGroupingTable table;
	int			kept = fill_table(bound, centre, &table, serve, serve);
	int			w;

	if (kept < 0)
		return -HUGE_VAL;
	w = table.room;
	if (table.room < 0)
		return HUGE_VAL;
	for (int k = kept - 1; serve && k >= 0; k--)
	{
		if (bound->taken[(size_t) k * (table.room + 1) + w])
		{
			cg_grouping_claim(bound, centre, bound->item[k].block, 1);
			w -= (int) floor(bound->item[k].amount / table.unit);
		}
	}
	return table.sum + bound->table[table.room];
}

/*
 * What the centre is worth at these prices, and with serve, whom it takes.
 */
static double
price_of_centre(CgGroupingBound *bound, int centre, bool serve)
{
	double		best = HUGE_VAL;
	double		whole;
	int			best_label = -1;

	for (int label = -1; label < bound->model->labels; label++)
	{
		double		value = by_fractions(bound, centre, label, false);

		if (value < best)
		{
			best = value;
			best_label = label;
		}
	}
	whole = bound->by_table && isfinite(best) ? by_table(bound, centre, false) : -HUGE_VAL;
	if (serve && whole > best)
		by_table(bound, centre, true);
	else if (serve)
		by_fractions(bound, centre, best_label, true);
	return fmax(best, whole);
}

double
cg_grouping_relax(CgGroupingBound *bound)
{
	const CgGroupingModel *model = bound->model;
	CgSiteChoice *relaxed = &bound->relaxed;
	double		sum = 0;

	for (int b = 0; b < model->blocks; b++)
		sum += bound->price[b];
	for (int c = 0; c < model->centres; c++)
	{
		relaxed->reduced[c] = bound->state[c] == CG_SITE_CLOSED ? HUGE_VAL :
			price_of_centre(bound, c, false);
		if (bound->search->pace.stopped)
			return -HUGE_VAL;
	}
	sum = cg_choose_sites(relaxed, bound->state, sum);
	if (isinf(sum) || relaxed->forced > model->groups ||
		relaxed->forced + relaxed->available < model->groups)
		return HUGE_VAL;
	memset(bound->served, 0, sizeof(double) * model->blocks);
	for (int c = 0; c < model->centres; c++)
	{
		if (relaxed->selected[c])
			price_of_centre(bound, c, true);
	}
	return sum;
}

static bool
is_chosen(const CgGroupingSearch *search, int count, int centre)
{
	const CgGroupingModel *model = &search->model;

	for (int k = 0; k < count; k++)
	{
		if (search->chosen[k] == centre ||
			(model->own_centre &&
			 model->block_of[search->chosen[k]] == model->block_of[centre]))
			return true;
	}
	return false;
}

/*
 * Try the relaxation's centres in earnest.  No two may be of one block; for
 * the second, another one is taken.
 */
static void
try_selected(CgGroupingBound *bound)
{
	CgGroupingSearch *search = bound->search;
	const CgGroupingModel *model = bound->model;
	int			count = 0;

	for (int pass = 0; pass < 3; pass++)
	{
		for (int c = 0; c < model->centres && count < model->groups; c++)
		{
			int			fixed = model->fixed == NULL ? CG_SITE_FREE : model->fixed[c];

			if ((pass == 0 ? fixed == CG_SITE_OPEN : fixed == CG_SITE_FREE) &&
				(pass == 2 || bound->relaxed.selected[c]) && !is_chosen(search, count, c))
				search->chosen[count++] = c;
		}
	}
	if (count == model->groups)
		cg_grouping_try_centres(search);
}

double
cg_grouping_goal(const CgGroupingSearch *search, double reached, double value)
{
	return search->best.violation == 0 ? search->best.value :
		fmax(reached, value) + 0.05 * fabs(value) + 1;
}

bool
cg_grouping_step(CgGroupingBound *bound, double rise)
{
	const CgGroupingModel *model = bound->model;

	for (int b = 0; b < model->blocks; b++)
		bound->direction[b] = bound->home[b] >= 0 ? 0 :
			cg_deflected(1 - bound->served[b], bound->direction[b]);
	return cg_subgradient_step(bound->price, bound->direction, model->blocks, rise);
}

static double
raise_bound(CgGroupingBound *bound, double steps)
{
	CgGroupingSearch *search = bound->search;
	const CgGroupingModel *model = bound->model;
	double		end = search->pace.steps + steps;
	double		best = -HUGE_VAL;
	double		agility = 1.5;
	int			since = 0;
	int64_t		rounds = 0;

	memcpy(bound->best_price, bound->price, sizeof(double) * model->blocks);
	while (search->pace.steps < end && !search->pace.stopped && agility > 0.002)
	{
		double		value = cg_grouping_relax(bound);
		double		goal = cg_grouping_goal(search, best, value);

		search->rounds++;
		if (value == HUGE_VAL)
			return HUGE_VAL;
		if (value == -HUGE_VAL)
			break;
		since = value - best > 1e-4 * (goal - best) ? 0 : since + 1;
		if (value > best)
		{
			best = value;
			memcpy(bound->best_price, bound->price, sizeof(double) * model->blocks);
		}
		if (search->best.violation == 0 && best >= goal - 1e-9 * fabs(goal))
			break;
		if (rounds++ % 25 == 0)
			try_selected(bound);
		if (since >= 15)
		{
			agility /= 2;
			since = 0;
			memcpy(bound->price, bound->best_price, sizeof(double) * model->blocks);
			memset(bound->direction, 0, sizeof(double) * model->blocks);
			continue;
		}
		if (!cg_grouping_step(bound, agility * cg_rise_to(goal, value)))
			break;
	}
	return best;
}

/*
 * Without limits it is the p-median problem, whose centres are a start and
 * whose prices too.
 */
static double
without_limits(CgGroupingBound *bound, double steps)
{
	CgGroupingSearch *search = bound->search;
	const CgGroupingModel *model = bound->model;
	CgStore    *arena = &search->arena;
	size_t		cells = (size_t) model->blocks * model->centres;
	CgMedianProblem median = {
		.demands = model->blocks, .sites = model->centres,
		.opening = model->opening, .fixed = model->fixed,
		.min_open = model->groups, .max_open = model->groups
	};
	CgMedianOptions options = {.steps = steps, .restarts = 10, .seed = 1};
	CgMedianAnswer answer;
	size_t	   *start = cg_store_take(arena, model->blocks + 1, sizeof(size_t));
	int		   *site = cg_store_take(arena, cells, sizeof(int));
	double	   *value = cg_store_take(arena, cells, sizeof(double));
	int		   *served_by = cg_store_take(arena, model->blocks, sizeof(int));
	size_t		kept = 0;

	if (arena->failed)
		return -HUGE_VAL;
	for (int b = 0; b < model->blocks; b++)
	{
		start[b] = kept;
		for (int c = 0; c < model->centres; c++)
		{
			double		cost = model->value[(size_t) b * model->centres + c];

			if (cost >= model->far)
				continue;
			site[kept] = c;
			value[kept++] = cost;
		}
		cg_pace(&search->pace, 4.0 * model->centres);
	}
	start[model->blocks] = kept;
	median.start = start;
	median.site = site;
	median.value = value;
	answer = cg_p_median(&median, &options, arena->work, bound->relaxed.selected,
						 served_by, bound->price);
	search->rounds += answer.rounds;
	cg_pace(&search->pace, answer.steps);
	if (answer.solved == CG_SOLVED_NO_MEMORY)
		arena->failed = true;
	if (answer.solved == CG_SOLVED_INFEASIBLE)
		return HUGE_VAL;
	if (answer.solved == CG_SOLVED_STOPPED)
		search->pace.stopped = search->pace.told = true;
	if (answer.solved >= CG_SOLVED_NO_MEMORY)
		return -HUGE_VAL;
	bound->root = answer.root_bound;
	bound->root_measure = -1;
	memcpy(bound->root_price, bound->price, sizeof(double) * model->blocks);
	try_selected(bound);
	return answer.solved == CG_SOLVED_UNKNOWN ? -HUGE_VAL : answer.bound;
}

/*
 * Is every answer a whole number?
 */
static bool
is_integral(const CgGroupingModel *model)
{
	double		sum = 0;

	for (size_t e = 0; e < (size_t) model->blocks * model->centres; e++)
	{
		if (model->value[e] < model->far && model->value[e] != floor(model->value[e]))
			return false;
		sum = fmax(sum, model->value[e]);
	}
	for (int c = 0; c < model->centres; c++)
	{
		if (model->opening[c] != floor(model->opening[c]))
			return false;
		sum = fmax(sum, model->opening[c]);
	}
	for (int i = 0; model->labels > 0 && i < model->problem->units; i++)
	{
		if (model->problem->change_cost[i] != floor(model->problem->change_cost[i]))
			return false;
		sum = fmax(sum, model->problem->change_cost[i]);
	}
	return sum * (model->blocks + model->centres) * 2 < EXACT;
}

static bool
begin(CgGroupingBound *bound)
{
	const CgGroupingModel *model = bound->model;
	CgStore    *arena = &bound->search->arena;
	double		cells = (double) model->blocks * model->centres * DP_SIZE / 4;

	bound->price = cg_store_take(arena, model->blocks, sizeof(double));
	bound->best_price = cg_store_take(arena, model->blocks, sizeof(double));
	bound->root_price = cg_store_take(arena, model->blocks, sizeof(double));
	bound->direction = cg_store_take(arena, model->blocks, sizeof(double));
	bound->served = cg_store_take(arena, model->blocks, sizeof(double));
	bound->home = cg_store_take(arena, model->blocks, sizeof(int));
	cg_site_choice(&bound->relaxed, model->centres, model->groups, model->groups, arena);
	bound->state = cg_store_take(arena, model->centres, sizeof(signed char));
	bound->homes = cg_store_take(arena, model->centres, sizeof(int));
	bound->value = cg_store_take(arena, (size_t) model->blocks * model->centres, sizeof(double));
	bound->item = cg_store_take(arena, model->blocks, sizeof(CgGroupingItem));
	bound->by_table = cells <= DP_MOST && model->labels == 0;
	if (bound->by_table)
	{
		bound->table = cg_store_take(arena, DP_SIZE + 2, sizeof(double));
		bound->taken = cg_store_take(arena, (size_t) model->blocks * (DP_SIZE + 2), 1);
	}
	if (arena->failed)
		return false;
	for (int b = 0; b < model->blocks; b++)
	{
		bound->home[b] = -1;
		for (int c = 0; c < model->centres; c++)
			bound->value[(size_t) c * model->blocks + b] =
				model->value[(size_t) b * model->centres + c];
		cg_pace(&bound->search->pace, 8.0 * model->centres);
	}
	for (int c = 0; c < model->centres; c++)
		bound->state[c] = model->fixed == NULL ? CG_SITE_FREE : model->fixed[c];
	bound->integral = is_integral(model);
	return true;
}

static void
keep_proof(CgGroupingBound *bound, double value, const double *price)
{
	if (value <= bound->root)
		return;
	bound->root = value;
	bound->root_measure = bound->measure;
	memcpy(bound->root_price, price, sizeof(double) * bound->model->blocks);
}

double
cg_grouping_bound(CgGroupingBound *bound, CgGroupingSearch *search, double steps)
{
	const CgGroupingModel *model = &search->model;
	double		best;
	int			runs = model->measures + (model->labels > 0 && model->measures == 0);
	double	   *start;

	*bound = (CgGroupingBound) {
		.search = search, .model = model, .measure = -1, .root = -HUGE_VAL
	};
	if (!begin(bound))
		return -HUGE_VAL;
	start = cg_store_take(&search->arena, model->blocks, sizeof(double));
	if (start == NULL)
		return -HUGE_VAL;
	best = without_limits(bound, steps / 4);
	if (best == HUGE_VAL || search->arena.failed)
		return best;
	memcpy(start, bound->price, sizeof(double) * model->blocks);
	for (int run = 0; run < runs && !search->pace.stopped; run++)
	{
		double		raised;

		bound->measure = model->measures == 0 ? -1 : run;
		memcpy(bound->price, start, sizeof(double) * model->blocks);
		memset(bound->direction, 0, sizeof(double) * model->blocks);
		raised = raise_bound(bound, 0.75 * steps / runs);
		best = fmax(best, raised);
		if (best == HUGE_VAL)
			break;
		keep_proof(bound, raised, bound->best_price);
	}
	if (bound->integral && isfinite(best))
		best = ceil(best - 1e-6);
	return best;
}
