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
#define PATIENCE 60				/* rounds without a better answer, then back */

typedef struct Change
{
	double		value;
	double		violation;
} Change;

/* ---- loads, pieces and conflicts ---- */

static double
row_value(const CgGroupingModel *model, int block, int centre)
{
	return model->value[(size_t) block * model->centres + centre];
}

static double
pair_violation(const CgGroupingModel *model, int block, int centre)
{
	return row_value(model, block, centre) >= model->far ? 1 : 0;
}

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
		int			length = 0;

		if (groups->group[from] != g || search->mark[from] == stamp)
			continue;
		pieces++;
		search->mark[from] = stamp;
		search->queue[length++] = from;
		while (length > 0)
		{
			int			at = search->queue[--length];

			for (size_t f = model->neighbour_start[at]; f < model->neighbour_start[at + 1]; f++)
			{
				int			other = model->neighbour[f];

				if (groups->group[other] == g && search->mark[other] != stamp)
				{
					search->mark[other] = stamp;
					search->queue[length++] = other;
				}
			}
		}
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

	change.value = row_value(model, block, there) - row_value(model, block, here) +
		cg_change(model, block, groups->label[g]) -
		cg_change(model, block, groups->label[from]);
	change.violation = group_violation(search, groups, g, block, 1) -
		group_violation(search, groups, g, -1, 0) +
		group_violation(search, groups, from, block, -1) -
		group_violation(search, groups, from, -1, 0) +
		pair_violation(model, block, there) - pair_violation(model, block, here);
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

static bool
holds_centre(const CgGroupingModel *model, const CgGroups *groups, int block)
{
	return model->own_centre &&
		model->block_of[groups->centre[groups->group[block]]] == block;
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
		int			length = 0;

		if (search->mark[b] == stamp)
			continue;
		pieces++;
		search->mark[b] = stamp;
		search->queue[length++] = b;
		while (length > 0)
		{
			int			at = search->queue[--length];

			for (size_t e = model->neighbour_start[at]; e < model->neighbour_start[at + 1]; e++)
			{
				int			other = model->neighbour[e];

				if (groups->group[other] == groups->group[b] && search->mark[other] != stamp)
				{
					search->mark[other] = stamp;
					search->queue[length++] = other;
				}
			}
		}
	}
	return pieces - occupied;
}

static void
evaluate(CgGroupingSearch *search, CgGroups *groups)
{
	const CgGroupingModel *model = &search->model;

	memset(groups->load, 0, sizeof(double) * model->groups * model->measures);
	memset(groups->size, 0, sizeof(int) * model->groups);
	groups->value = groups->violation = 0;
	for (int b = 0; b < model->blocks; b++)
	{
		int			g = groups->group[b];

		groups->size[g]++;
		groups->value += row_value(model, b, groups->centre[g]) +
			cg_change(model, b, groups->label[g]);
		groups->violation += pair_violation(model, b, groups->centre[g]) +
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

static void
copy_groups(const CgGroupingModel *model, CgGroups *to, const CgGroups *from)
{
	memcpy(to->centre, from->centre, sizeof(int) * model->groups);
	memcpy(to->label, from->label, sizeof(int) * model->groups);
	memcpy(to->size, from->size, sizeof(int) * model->groups);
	memcpy(to->load, from->load, sizeof(double) * model->groups * model->measures);
	memcpy(to->group, from->group, sizeof(int) * model->blocks);
	to->value = from->value;
	to->violation = from->violation;
}

static void
keep_best(CgGroupingSearch *search)
{
	CgGroups   *best = &search->best;

	evaluate(search, &search->now);
	if (search->now.violation < best->violation - SMALL ||
		(search->now.violation <= best->violation + SMALL &&
		 search->now.value < best->value - SMALL * fabs(best->value)))
	{
		copy_groups(&search->model, best, &search->now);
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

	if (holds_centre(model, now, block))
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

	return row_value(model, b, now->centre[h]) - row_value(model, b, now->centre[g]) +
		row_value(model, c, now->centre[g]) - row_value(model, c, now->centre[h]);
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

	if (holds_centre(model, now, b))
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
			holds_centre(model, now, c))
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
		sum.value += row_value(model, member[k], centre);
		sum.violation += pair_violation(model, member[k], centre);
	}
	for (int m = 0; m < model->measures; m++)
		sum.violation += limit_violation(model, centre, m,
										 now->load[g * model->measures + m]);
	return sum;
}

static bool
is_fixed_open(const CgGroupingModel *model, int centre)
{
	return model->fixed != NULL && model->fixed[centre] == CG_SITE_OPEN;
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

static void
mark_centres(CgGroupingSearch *search, const CgGroups *groups)
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

	if (is_fixed_open(model, old) || search->touched[g] < search->pass - 1)
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

static void
touch_all(CgGroupingSearch *search)
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

static void
descend(CgGroupingSearch *search)
{
	const CgGroupingModel *model = &search->model;
	bool		improved = true;
	int64_t		swapped = search->pass; /* when swaps were last looked for */

	mark_centres(search, &search->now);
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
	keep_best(search);
}

/* ---- building ---- */

typedef struct Ranked
{
	double		key;
	int			block;
} Ranked;

static int
compare_ranked(const void *a, const void *b)
{
	const Ranked *left = a;
	const Ranked *right = b;

	if (left->key != right->key)
		return left->key > right->key ? -1 : 1;
	return left->block - right->block;
}

/*
 * Put a block into the group where it costs least, limits counted.
 */
static void
place_block(CgGroupingSearch *search, int block, const int *among, int count)
{
	const CgGroupingModel *model = &search->model;
	CgGroups   *now = &search->now;
	double		best = HUGE_VAL;
	int			chosen = among[0];

	for (int k = 0; k < count; k++)
	{
		int			g = among[k];
		double		over = 0;
		double		cost;

		for (int m = 0; m < model->measures; m++)
		{
			double		load = now->load[g * model->measures + m] +
				model->amount[block * model->measures + m];
			double		high = cg_upper_limit(model, now->centre[g], m);

			over += load > high ? (load - high) / model->scale[m] : 0;
		}
		cost = row_value(model, block, now->centre[g]) +
			cg_change(model, block, now->label[g]) +
			search->weight * (over + pair_violation(model, block, now->centre[g]));
		if (cost < best)
		{
			best = cost;
			chosen = g;
		}
	}
	now->group[block] = chosen;
	now->size[chosen]++;
	for (int m = 0; m < model->measures; m++)
		now->load[chosen * model->measures + m] += model->amount[block * model->measures + m];
}

/*
 * Place the blocks (in search->order, count of them) in groups, those first
 * that lose most by not getting their best.
 */
static void
place_blocks(CgGroupingSearch *search, int count, const int *among, int groups)
{
	const CgGroupingModel *model = &search->model;
	CgGroups   *now = &search->now;
	Ranked	   *ranked = (Ranked *) search->regret;

	for (int k = 0; k < count; k++)
	{
		int			b = search->order[k];
		double		first = HUGE_VAL;
		double		second = HUGE_VAL;

		for (int l = 0; l < groups; l++)
		{
			double		value = row_value(model, b, now->centre[among[l]]);

			if (value < first)
			{
				second = first;
				first = value;
			}
			else if (value < second)
				second = value;
		}
		ranked[k].key = isinf(second) ? 0 : second - first;
		ranked[k].block = b;
	}
	qsort(ranked, count, sizeof(Ranked), compare_ranked);
	cg_pace(&search->pace, 5.0 * count * groups);
	for (int l = 0; l < groups && model->own_centre; l++)
	{
		int			g = among[l];
		int			b = model->block_of[now->centre[g]];

		now->group[b] = -1;
		place_block(search, b, &g, 1);
	}
	for (int k = 0; k < count; k++)
	{
		int			b = ranked[k].block;
		bool		is_centre = false;

		for (int l = 0; l < groups && model->own_centre; l++)
			is_centre = is_centre || model->block_of[now->centre[among[l]]] == b;
		if (!is_centre)
			place_block(search, b, among, groups);
	}
}

/*
 * Give the groups the labels of today with which most may stay, greedily.
 */
static void
match_labels(CgGroupingSearch *search)
{
	const CgGroupingModel *model = &search->model;
	CgGroups   *now = &search->now;

	for (int g = 0; g < model->groups; g++)
		now->label[g] = -1;
	for (int round = 0; round < model->groups && round < model->labels; round++)
	{
		double		best = 0;
		int			best_g = -1;
		int			best_l = -1;

		for (int l = 0; l < model->labels; l++)
		{
			bool		taken = false;

			for (int g = 0; g < model->groups; g++)
				taken = taken || now->label[g] == l;
			if (taken)
				continue;
			for (int g = 0; g < model->groups; g++)
			{
				double		stays = 0;

				if (now->label[g] >= 0)
					continue;
				for (int b = 0; b < model->blocks; b++)
				{
					if (now->group[b] == g)
						stays += model->leaving[b * model->labels + l];
				}
				if (stays > best)
				{
					best = stays;
					best_g = g;
					best_l = l;
				}
			}
			cg_pace(&search->pace, 2.0 * model->groups * model->blocks);
		}
		if (best_g < 0)
			break;
		now->label[best_g] = best_l;
	}
	touch_all(search);
}

void
cg_grouping_try_centres(CgGroupingSearch *search)
{
	const CgGroupingModel *model = &search->model;
	CgGroups   *now = &search->now;
	int		   *among = search->chosen + model->groups;

	for (int g = 0; g < model->groups; g++)
	{
		now->centre[g] = search->chosen[g];
		now->label[g] = -1;
		now->size[g] = 0;
		among[g] = g;
	}
	memset(now->load, 0, sizeof(double) * model->groups * model->measures);
	for (int b = 0; b < model->blocks; b++)
		search->order[b] = b;
	place_blocks(search, model->blocks, among, model->groups);
	if (model->labels > 0)
		match_labels(search);
	evaluate(search, now);
	touch_all(search);
	descend(search);
}

/*
 * Today's groups, as far as there are enough of them, around their best
 * centres.
 */
static bool
start_from_existing(CgGroupingSearch *search)
{
	const CgGroupingModel *model = &search->model;
	CgGroups   *now = &search->now;

	if (model->labels < model->groups || !model->own_centre ||
		search->best.violation == HUGE_VAL)
		return false;
	copy_groups(model, now, &search->best);
	for (int b = 0; b < model->blocks; b++)
	{
		double		most = 0;

		for (int g = 0; g < model->groups && !holds_centre(model, now, b); g++)
		{
			double		stays = now->label[g] < 0 ? 0 :
				model->leaving[b * model->labels + now->label[g]];

			if (stays > most)
			{
				most = stays;
				now->group[b] = g;
			}
		}
	}
	evaluate(search, now);
	touch_all(search);
	descend(search);
	return true;
}

/* ---- rounds ---- */

/*
 * A centre among the blocks of the two groups, near the block.
 */
static int
random_centre(CgGroupingSearch *search, int g, int h)
{
	const CgGroupingModel *model = &search->model;
	CgGroups   *now = &search->now;

	for (int attempt = 0; attempt < 20; attempt++)
	{
		int			b = (int) (cg_random_uniform(&search->random) * model->blocks);
		int			c;

		if (now->group[b] != g && now->group[b] != h)
			continue;
		if (model->own_centre)
		{
			int			size = model->member_start[b + 1] - model->member_start[b];

			c = model->member[model->member_start[b] +
							  (int) (cg_random_uniform(&search->random) * size)];
		}
		else
		{
			/* The nearest free site to that block, or the next, or ... */
			int			skip = (int) (3 * cg_random_uniform(&search->random));
			double		above = -1;

			c = -1;
			for (; skip >= 0; skip--)
			{
				double		least = HUGE_VAL;

				for (int s = 0; s < model->centres; s++)
				{
					double		value = row_value(model, b, s);

					if (!search->is_centre[s] && value > above && value < least)
					{
						least = value;
						c = s;
					}
				}
				above = least;
			}
			cg_pace(&search->pace, 4.0 * model->centres);
			if (c < 0)
				continue;
		}
		if (!search->is_centre[c] &&
			(model->fixed == NULL || model->fixed[c] == CG_SITE_FREE))
			return c;
	}
	return -1;
}

/*
 * The group whose centre suits the block best after its own, or the next.
 */
static int
group_beside(CgGroupingSearch *search, int block)
{
	const CgGroupingModel *model = &search->model;
	const CgGroups *now = &search->now;
	int			skip = (int) (3 * cg_random_uniform(&search->random));
	int			found = -1;
	double		above = -1;

	for (; skip >= 0; skip--)
	{
		double		least = HUGE_VAL;
		int			chosen = -1;

		for (int g = 0; g < model->groups; g++)
		{
			double		value = row_value(model, block, now->centre[g]);

			if (g != now->group[block] && value > above && value < least)
			{
				least = value;
				chosen = g;
			}
		}
		if (chosen < 0)
			break;
		found = chosen;
		above = least;
	}
	return found;
}

/*
 * Two groups beside each other, taken apart and put together again.
 */
static void
rebuild_two(CgGroupingSearch *search)
{
	const CgGroupingModel *model = &search->model;
	CgGroups   *now = &search->now;
	int			block = (int) (cg_random_uniform(&search->random) * model->blocks);
	int			pair[2];
	int			count = 0;

	pair[0] = now->group[block];
	pair[1] = group_beside(search, block);
	if (pair[1] < 0)
		return;
	mark_centres(search, now);
	for (int k = 0; k < 2; k++)
	{
		int			centre = random_centre(search, pair[0], pair[1]);

		if (centre < 0 || is_fixed_open(model, now->centre[pair[k]]) ||
			(model->own_centre && model->block_of[centre] ==
			 model->block_of[now->centre[pair[1 - k]]]))
			continue;
		search->is_centre[now->centre[pair[k]]] = false;
		search->is_centre[centre] = true;
		now->centre[pair[k]] = centre;
	}
	for (int b = 0; b < model->blocks; b++)
	{
		if (now->group[b] == pair[0] || now->group[b] == pair[1])
			search->order[count++] = b;
	}
	for (int k = 0; k < 2; k++)
	{
		search->touched[pair[k]] = search->pass;
		now->size[pair[k]] = 0;
		memset(now->load + pair[k] * model->measures, 0, sizeof(double) * model->measures);
	}
	place_blocks(search, count, pair, 2);
	for (int b = 0; b < model->blocks; b++)
		search->order[b] = b;
	evaluate(search, now);
}

/*
 * Some blocks go where they like.
 */
static void
scatter(CgGroupingSearch *search)
{
	const CgGroupingModel *model = &search->model;
	int			times = 2 + model->blocks / 20;

	for (int k = 0; k < times; k++)
	{
		int			b = (int) (cg_random_uniform(&search->random) * model->blocks);
		int			g = group_beside(search, b);

		if (g < 0 || holds_centre(model, &search->now, b))
			continue;
		search->touched[search->now.group[b]] = search->touched[g] = search->pass;
		search->now.group[b] = g;
	}
	evaluate(search, &search->now);
}

static void
weigh(CgGroupingSearch *search)
{
	search->weight *= search->now.violation > SMALL ? 1.25 : 0.92;
	search->weight = fmax(search->weight, 1e-6);
}

void
cg_grouping_search(CgGroupingSearch *search, double steps)
{
	const CgGroupingModel *model = &search->model;
	double		end = search->pace.steps + steps;
	int			since = 0;

	if (search->rounds == 0 || model->labels > 0)
		start_from_existing(search);
	copy_groups(model, &search->kept, &search->best);
	while (search->pace.steps < end && !search->pace.stopped && model->groups > 1)
	{
		double		kept;

		copy_groups(model, &search->now, &search->kept);

		/* The groups kept are where a descent ended. */
		search->pass += 2;
		if (cg_random_uniform(&search->random) < 0.7)
			rebuild_two(search);
		else
			scatter(search);
		if (model->labels > 0 && cg_random_uniform(&search->random) < 0.2)
		{
			match_labels(search);
			evaluate(search, &search->now);
		}
		descend(search);
		search->rounds++;
		kept = search->kept.value + search->weight * search->kept.violation;
		if (search->now.value + search->weight * search->now.violation <= kept + 0.002 * fabs(kept) * cg_random_uniform(&search->random))
			copy_groups(model, &search->kept, &search->now);
		weigh(search);
		since = search->now.value == search->best.value ? 0 : since + 1;
		if (since >= PATIENCE)
		{
			copy_groups(model, &search->kept, &search->best);
			since = 0;
		}
		cg_pace(&search->pace, 5.0 * model->blocks);
	}
}

/* ---- one group ---- */

void
cg_grouping_only_one(CgGroupingSearch *search)
{
	const CgGroupingModel *model = &search->model;
	CgGroups   *now = &search->now;
	bool		has_fixed = false;

	for (int c = 0; c < model->centres; c++)
		has_fixed = has_fixed || is_fixed_open(model, c);
	memset(now->group, 0, sizeof(int) * model->blocks);
	for (int c = 0; c < model->centres && !search->pace.stopped; c++)
	{
		if (model->fixed != NULL &&
			model->fixed[c] != (has_fixed ? CG_SITE_OPEN : CG_SITE_FREE))
			continue;
		now->centre[0] = c;
		for (int label = -1; label < model->labels; label++)
		{
			now->label[0] = label;
			keep_best(search);
		}
		search->rounds++;
		cg_pace(&search->pace, 10.0 * model->blocks * (1 + model->labels));
	}
}

/* ---- beginning ---- */

void
cg_groups(CgGroups *groups, const CgGroupingModel *model, CgArena *arena)
{
	groups->centre = cg_arena_take(arena, model->groups, sizeof(int));
	groups->label = cg_arena_take(arena, model->groups, sizeof(int));
	groups->size = cg_arena_take(arena, model->groups, sizeof(int));
	groups->load = cg_arena_take(arena, (size_t) model->groups * model->measures, sizeof(double));
	groups->group = cg_arena_take(arena, model->blocks, sizeof(int));
	groups->value = groups->violation = HUGE_VAL;
}

bool
cg_grouping_search_begin(CgGroupingSearch *search)
{
	const CgGroupingModel *model = &search->model;
	CgArena    *arena = &search->arena;

	cg_groups(&search->now, model, arena);
	cg_groups(&search->kept, model, arena);
	cg_groups(&search->best, model, arena);
	search->order = cg_arena_take(arena, model->blocks, sizeof(int));
	search->queue = cg_arena_take(arena, model->blocks, sizeof(int));
	search->mark = cg_arena_take(arena, model->blocks, sizeof(int));
	search->regret = cg_arena_take(arena, model->blocks, sizeof(Ranked));
	search->is_centre = cg_arena_take(arena, model->centres, sizeof(bool));
	search->chosen = cg_arena_take(arena, 2 * (size_t) model->groups, sizeof(int));
	search->touched = cg_arena_take(arena, model->groups, sizeof(int64_t));
	search->pass = 2;
	search->weight = model->far;
	return !arena->failed;
}
