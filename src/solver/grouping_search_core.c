/*-------------------------------------------------------------------------
 *
 * grouping_search_core.c
 *	  Iterated local search for balanced groups.
 *
 * A block moves to another group, two blocks change places, a group takes a
 * better centre; what breaks a limit is allowed for a price that rises while
 * answers are infeasible and falls while they are not.  After each descent two
 * groups next to each other are taken apart and put together around other
 * centres (large neighbourhoods: Shaw, CP98; penalties: Gendreau, Hertz and
 * Laporte, Manage Sci 1994;40:1276-90).
 *
 *-------------------------------------------------------------------------
 */
#include "solver/grouping_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMALL 1e-9

typedef struct Change
{
	double		value;
	double		violation;
} Change;

/* ---- loads, pieces and conflicts ---- */

static double
limit_violation(const CgGroupingModel *model, int centre, int measure, double load)
{
	double		low = cg_lower_limit(model, centre, measure);
	double		high = cg_upper_limit(model, centre, measure);
	double		slack = SMALL * model->scale[measure];

	if (load > high + slack)
		return (load - high) / model->scale[measure];
	if (load < low - slack)
		return (low - load) / model->scale[measure];
	return 0;
}

static double
group_violation(const CgGroupingSearch *search, const CgGroups *groups, int g,
				int block, double sign)
{
	const CgGroupingModel *model = &search->model;
	double		sum = 0;

	for (int m = 0; m < model->measures; m++)
	{
		double		load = groups->load[g * model->measures + m];

		if (block >= 0)
			load += sign * model->amount[block * model->measures + m];
		sum += limit_violation(model, groups->centre[g], m, load);
	}
	return sum;
}

static int
conflicts_in(const CgGroupingModel *model, const CgGroups *groups, int block, int g)
{
	int			count = 0;

	if (model->conflict == NULL)
		return 0;
	for (size_t e = model->conflict_start[block]; e < model->conflict_start[block + 1]; e++)
		count += groups->group[model->conflict[e]] == g;
	return count;
}

/*
 * Into how many pieces do the neighbours of the block in group g fall,
 * without the block?
 */
static int
pieces_around(CgGroupingSearch *search, const CgGroups *groups, int block, int g)
{
	const CgGroupingModel *model = &search->model;
	int			stamp = ++search->marked;
	int			pieces = 0;

	search->mark[block] = stamp;
	for (size_t e = model->neighbour_start[block]; e < model->neighbour_start[block + 1]; e++)
	{
		int			from = model->neighbour[e];

		if (groups->group[from] != g || search->mark[from] == stamp)
			continue;
		pieces++;
		cg_mark_piece(model, groups->group, g, from, search->mark, stamp, search->queue);
		cg_pace(&search->pace, 10.0 * groups->size[g]);
	}
	return pieces;
}

/*
 * What moving the block to group g would change.
 */
static Change
change_of_shift(CgGroupingSearch *search, const CgGroups *groups, int block, int g)
{
	const CgGroupingModel *model = &search->model;
	int			from = groups->group[block];
	int			here = groups->centre[from];
	int			there = groups->centre[g];
	Change		change;

	change.value = cg_row_value(model, block, there) - cg_row_value(model, block, here) +
		cg_change(model, block, groups->label[g]) -
		cg_change(model, block, groups->label[from]);
	change.violation = group_violation(search, groups, g, block, 1) -
		group_violation(search, groups, g, -1, 0) +
		group_violation(search, groups, from, block, -1) -
		group_violation(search, groups, from, -1, 0) +
		cg_pair_violation(model, block, there) - cg_pair_violation(model, block, here);
	change.violation += conflicts_in(model, groups, block, g) -
		conflicts_in(model, groups, block, from);
	return change;
}

/*
 * The same with the pieces of the two groups, which are dear to count.
 */
static double
pieces_of_shift(CgGroupingSearch *search, const CgGroups *groups, int block, int g)
{
	if (search->model.neighbour_start == NULL)
		return 0;
	return pieces_around(search, groups, block, groups->group[block]) -
		pieces_around(search, groups, block, g);
}

static void
shift(CgGroupingSearch *search, CgGroups *groups, int block, int g, Change change)
{
	const CgGroupingModel *model = &search->model;
	int			from = groups->group[block];

	for (int m = 0; m < model->measures; m++)
	{
		groups->load[from * model->measures + m] -= model->amount[block * model->measures + m];
		groups->load[g * model->measures + m] += model->amount[block * model->measures + m];
	}
	groups->size[from]--;
	groups->size[g]++;
	groups->group[block] = g;
	groups->value += change.value;
	groups->violation += change.violation;
	search->touched[from] = search->touched[g] = search->pass;
}

/*
 * Between two groups that have not changed since this was last looked at,
 * nothing can be better.
 */
static bool
is_news(const CgGroupingSearch *search, int g, int h)
{
	return search->touched[g] >= search->news ||
		search->touched[h] >= search->news;
}

static bool
is_beside(const CgGroupingModel *model, const CgGroups *groups, int block, int g)
{
	for (size_t e = model->neighbour_start[block]; e < model->neighbour_start[block + 1]; e++)
	{
		if (groups->group[model->neighbour[e]] == g)
			return true;
	}
	return false;
}

/* ---- evaluation from scratch ---- */

static int
count_pieces(CgGroupingSearch *search, const CgGroups *groups)
{
	const CgGroupingModel *model = &search->model;
	int			stamp = ++search->marked;
	int			pieces = 0;
	int			occupied = 0;

	for (int g = 0; g < model->groups; g++)
		occupied += groups->size[g] > 0;
	for (int b = 0; b < model->blocks; b++)
	{
		if (search->mark[b] == stamp)
			continue;
		pieces++;
		cg_mark_piece(model, groups->group, groups->group[b], b, search->mark, stamp, search->queue);
	}
	return pieces - occupied;
}

void
cg_groups_evaluate(CgGroupingSearch *search, CgGroups *groups)
{
	const CgGroupingModel *model = &search->model;

	memset(groups->load, 0, sizeof(double) * model->groups * model->measures);
	memset(groups->size, 0, sizeof(int) * model->groups);
	groups->value = groups->violation = 0;
	for (int b = 0; b < model->blocks; b++)
	{
		int			g = groups->group[b];

		groups->size[g]++;
		groups->value += cg_row_value(model, b, groups->centre[g]) +
			cg_change(model, b, groups->label[g]);
		groups->violation += cg_pair_violation(model, b, groups->centre[g]) +
			0.5 * conflicts_in(model, groups, b, g);
		for (int m = 0; m < model->measures; m++)
			groups->load[g * model->measures + m] += model->amount[b * model->measures + m];
	}
	for (int g = 0; g < model->groups; g++)
	{
		groups->value += model->opening[groups->centre[g]];
		groups->violation += group_violation(search, groups, g, -1, 0);
	}
	if (model->neighbour_start != NULL)
		groups->violation += count_pieces(search, groups);
}

void
cg_groups_copy(const CgGroupingModel *model, CgGroups *to, const CgGroups *from)
{
	memcpy(to->centre, from->centre, sizeof(int) * model->groups);
	memcpy(to->label, from->label, sizeof(int) * model->groups);
	memcpy(to->size, from->size, sizeof(int) * model->groups);
	memcpy(to->load, from->load, sizeof(double) * model->groups * model->measures);
	memcpy(to->group, from->group, sizeof(int) * model->blocks);
	to->value = from->value;
	to->violation = from->violation;
}

void
cg_grouping_keep_best(CgGroupingSearch *search)
{
	CgGroups   *best = &search->best;

	cg_groups_evaluate(search, &search->now);
	if (search->now.violation < best->violation - SMALL ||
		(search->now.violation <= best->violation + SMALL &&
		 search->now.value < best->value - SMALL * fabs(best->value)))
	{
		cg_groups_copy(&search->model, best, &search->now);
		if (best->violation < SMALL)
			best->violation = 0;
	}
}

/* ---- descent ---- */

static double
worth(const CgGroupingSearch *search, Change change)
{
	return change.value + search->weight * change.violation;
}

static bool
is_better(const CgGroupingSearch *search, Change change)
{
	return worth(search, change) < -SMALL * (1 + fabs(search->now.value));
}

static bool
shift_block(CgGroupingSearch *search, int block)
{
	const CgGroupingModel *model = &search->model;
	CgGroups   *now = &search->now;
	Change		best = {0, 0};
	int			chosen = -1;

	if (cg_holds_centre(model, now, block))
		return false;
	for (int g = 0; g < model->groups; g++)
	{
		Change		change;

		if (g == now->group[block] || !is_news(search, g, now->group[block]) ||
			(model->neighbour_start != NULL && !is_beside(model, now, block, g)))
			continue;
		change = change_of_shift(search, now, block, g);
		change.violation += pieces_of_shift(search, now, block, g);
		if (is_better(search, change) &&
			(chosen < 0 || worth(search, change) < worth(search, best)))
		{
			best = change;
			chosen = g;
		}
	}
	cg_pace(&search->pace, 3.0 * model->groups * (1 + model->measures));
	if (chosen < 0)
		return false;
	shift(search, now, block, chosen, best);
	return true;
}

/*
 * What two blocks save, at best, by changing places.
 */
static double
value_of_swap(const CgGroupingModel *model, const CgGroups *now, int b, int c)
{
	int			g = now->group[b];
	int			h = now->group[c];

	return cg_row_value(model, b, now->centre[h]) - cg_row_value(model, b, now->centre[g]) +
		cg_row_value(model, c, now->centre[g]) - cg_row_value(model, c, now->centre[h]);
}

static double
violation_of_swap(const CgGroupingSearch *search, const CgGroups *now, int b, int c)
{
	const CgGroupingModel *model = &search->model;
	int			g = now->group[b];
	int			h = now->group[c];
	double		sum = 0;

	for (int m = 0; m < model->measures; m++)
	{
		double		more = model->amount[c * model->measures + m] -
			model->amount[b * model->measures + m];
		double		at_g = now->load[g * model->measures + m];
		double		at_h = now->load[h * model->measures + m];

		sum += limit_violation(model, now->centre[g], m, at_g + more) -
			limit_violation(model, now->centre[g], m, at_g) +
			limit_violation(model, now->centre[h], m, at_h - more) -
			limit_violation(model, now->centre[h], m, at_h);
	}
	return sum;
}

/*
 * Swap by two shifts, taken back if both together are no better.
 */
static bool
try_swap(CgGroupingSearch *search, int b, int c)
{
	CgGroups   *now = &search->now;
	int			g = now->group[b];
	int			h = now->group[c];
	Change		first = change_of_shift(search, now, b, h);
	Change		second;
	Change		both;

	first.violation += pieces_of_shift(search, now, b, h);
	shift(search, now, b, h, first);
	second = change_of_shift(search, now, c, g);
	second.violation += pieces_of_shift(search, now, c, g);
	both.value = first.value + second.value;
	both.violation = first.violation + second.violation;
	if (is_better(search, both))
	{
		shift(search, now, c, g, second);
		return true;
	}
	first.value = -first.value;
	first.violation = -first.violation;
	shift(search, now, b, g, first);
	return false;
}

static bool
swap_block(CgGroupingSearch *search, int b)
{
	const CgGroupingModel *model = &search->model;
	CgGroups   *now = &search->now;
	bool		improved = false;
	double		spare = model->labels > 0 ? model->far : 0;

	if (cg_holds_centre(model, now, b))
		return false;
	if (model->neighbour_start != NULL || model->conflict != NULL)
		spare += 4 * search->weight;
	for (int c = 0; c < model->blocks; c++)
	{
		double		value;

		if (now->group[c] == now->group[b] ||
			!is_news(search, now->group[b], now->group[c]))
			continue;
		value = value_of_swap(model, now, b, c);
		if (value - spare >= search->weight * now->violation ||
			cg_holds_centre(model, now, c))
			continue;
		if (value + search->weight * violation_of_swap(search, now, b, c) - spare >= 0)
			continue;
		if (model->neighbour_start != NULL &&
			!(is_beside(model, now, b, now->group[c]) && is_beside(model, now, c, now->group[b])))
			continue;
		if (try_swap(search, b, c))
			improved = true;
	}
	cg_pace(&search->pace, 6.0 * model->blocks);
	return improved;
}

/*
 * What the group costs around this centre.
 */
static Change
group_at(const CgGroupingSearch *search, const CgGroups *now, const int *member,
		 int count, int g, int centre)
{
	const CgGroupingModel *model = &search->model;
	Change		sum = {model->opening[centre], 0};

	for (int k = 0; k < count; k++)
	{
		sum.value += cg_row_value(model, member[k], centre);
		sum.violation += cg_pair_violation(model, member[k], centre);
	}
	for (int m = 0; m < model->measures; m++)
		sum.violation += limit_violation(model, centre, m,
										 now->load[g * model->measures + m]);
	return sum;
}

static bool
may_take_centre(const CgGroupingSearch *search, const CgGroups *now, int g, int centre)
{
	const CgGroupingModel *model = &search->model;

	if (model->fixed != NULL && model->fixed[centre] == CG_SITE_CLOSED)
		return false;
	if (model->own_centre)
		return now->group[model->block_of[centre]] == g;
	return !search->is_centre[centre];
}

void
cg_grouping_mark_centres(CgGroupingSearch *search, const CgGroups *groups)
{
	memset(search->is_centre, 0, sizeof(bool) * search->model.centres);
	for (int g = 0; g < search->model.groups; g++)
		search->is_centre[groups->centre[g]] = true;
}

static bool
recentre(CgGroupingSearch *search, int g)
{
	const CgGroupingModel *model = &search->model;
	CgGroups   *now = &search->now;
	int			old = now->centre[g];
	int			chosen = old;
	int			count = 0;
	Change		here;
	Change		best = {0, 0};

	if (cg_is_fixed_open(model, old) || search->touched[g] < search->pass - 1)
		return false;
	for (int b = 0; b < model->blocks; b++)
	{
		if (now->group[b] == g)
			search->queue[count++] = b;
	}
	here = group_at(search, now, search->queue, count, g, old);
	for (int c = 0; c < model->centres; c++)
	{
		Change		there;

		if (c == old || !may_take_centre(search, now, g, c))
			continue;
		there = group_at(search, now, search->queue, count, g, c);
		there.value -= here.value;
		there.violation -= here.violation;
		if (is_better(search, there) &&
			(chosen == old || worth(search, there) < worth(search, best)))
		{
			best = there;
			chosen = c;
		}
		cg_pace(&search->pace, 2.0 * count);
	}
	if (chosen == old)
		return false;
	search->is_centre[old] = false;
	search->is_centre[chosen] = true;
	now->centre[g] = chosen;
	now->value += best.value;
	now->violation += best.violation;
	search->touched[g] = search->pass;
	return true;
}

void
cg_grouping_touch_all(CgGroupingSearch *search)
{
	for (int g = 0; g < search->model.groups; g++)
		search->touched[g] = search->pass;
}

static void
shuffle(CgGroupingSearch *search)
{
	for (int k = search->model.blocks - 1; k > 0; k--)
	{
		int			other = (int) (cg_random_uniform(&search->random) * (k + 1));
		int			kept = search->order[k];

		search->order[k] = search->order[other];
		search->order[other] = kept;
	}
}

void
cg_grouping_descend(CgGroupingSearch *search)
{
	const CgGroupingModel *model = &search->model;
	bool		improved = true;
	int64_t		swapped = search->pass; /* when swaps were last looked for */

	cg_grouping_mark_centres(search, &search->now);
	shuffle(search);
	for (int g = 0; g < model->groups; g++)
	{
		if (group_violation(search, &search->now, g, -1, 0) > 0)
			search->touched[g] = search->pass;
	}
	while (improved && !search->pace.stopped)
	{
		improved = false;
		search->news = search->pass++;
		for (int k = 0; k < model->blocks && !search->pace.stopped; k++)
			improved = shift_block(search, search->order[k]) || improved;
		if (!improved)
		{
			search->news = swapped;
			swapped = search->pass;
			for (int k = 0; k < model->blocks && !search->pace.stopped; k++)
				improved = swap_block(search, search->order[k]) || improved;
		}
		for (int g = 0; g < model->groups && !search->pace.stopped; g++)
			improved = recentre(search, g) || improved;
	}
	cg_grouping_keep_best(search);
}
