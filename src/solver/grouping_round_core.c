/*-------------------------------------------------------------------------
 *
 * grouping_round_core.c
 *	  Building groups around centres, taking them apart again, and the rounds
 *	  of the search for balanced groups.  See grouping_search_core.c.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/grouping_model.h"

#include <math.h>
#include <string.h>

#define SMALL 1e-9
#define PATIENCE 60				/* rounds without a better answer, then back */

/* ---- building ---- */

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
		cost = cg_row_value(model, block, now->centre[g]) +
			cg_change(model, block, now->label[g]) +
			search->weight * (over + cg_pair_violation(model, block, now->centre[g]));
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
	CgRanked   *ranked = search->regret;

	for (int k = 0; k < count; k++)
	{
		int			b = search->order[k];
		double		first = HUGE_VAL;
		double		second = HUGE_VAL;

		for (int l = 0; l < groups; l++)
		{
			double		value = cg_row_value(model, b, now->centre[among[l]]);

			if (value < first)
			{
				second = first;
				first = value;
			}
			else if (value < second)
				second = value;
		}
		ranked[k].key = isinf(second) ? 0 : second - first;
		ranked[k].number = b;
	}
	cg_rank(ranked, count);
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
		int			b = ranked[k].number;
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
	cg_grouping_touch_all(search);
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
	cg_groups_evaluate(search, now);
	cg_grouping_touch_all(search);
	cg_grouping_descend(search);
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
	cg_groups_copy(model, now, &search->best);
	for (int b = 0; b < model->blocks; b++)
	{
		double		most = 0;

		for (int g = 0; g < model->groups && !cg_holds_centre(model, now, b); g++)
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
	cg_groups_evaluate(search, now);
	cg_grouping_touch_all(search);
	cg_grouping_descend(search);
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
					double		value = cg_row_value(model, b, s);

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
			double		value = cg_row_value(model, block, now->centre[g]);

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
	cg_grouping_mark_centres(search, now);
	for (int k = 0; k < 2; k++)
	{
		int			centre = random_centre(search, pair[0], pair[1]);

		if (centre < 0 || cg_is_fixed_open(model, now->centre[pair[k]]) ||
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
	cg_groups_evaluate(search, now);
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

		if (g < 0 || cg_holds_centre(model, &search->now, b))
			continue;
		search->touched[search->now.group[b]] = search->touched[g] = search->pass;
		search->now.group[b] = g;
	}
	cg_groups_evaluate(search, &search->now);
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
	cg_groups_copy(model, &search->kept, &search->best);
	while (search->pace.steps < end && !search->pace.stopped && model->groups > 1)
	{
		double		kept;

		cg_groups_copy(model, &search->now, &search->kept);

		/* The groups kept are where a descent ended. */
		search->pass += 2;
		if (cg_random_uniform(&search->random) < 0.7)
			rebuild_two(search);
		else
			scatter(search);
		if (model->labels > 0 && cg_random_uniform(&search->random) < 0.2)
		{
			match_labels(search);
			cg_groups_evaluate(search, &search->now);
		}
		cg_grouping_descend(search);
		search->rounds++;
		kept = search->kept.value + search->weight * search->kept.violation;
		if (search->now.value + search->weight * search->now.violation <= kept + 0.002 * fabs(kept) * cg_random_uniform(&search->random))
			cg_groups_copy(model, &search->kept, &search->now);
		weigh(search);
		since = search->now.value == search->best.value ? 0 : since + 1;
		if (since >= PATIENCE)
		{
			cg_groups_copy(model, &search->kept, &search->best);
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
		has_fixed = has_fixed || cg_is_fixed_open(model, c);
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
			cg_grouping_keep_best(search);
		}
		search->rounds++;
		cg_pace(&search->pace, 10.0 * model->blocks * (1 + model->labels));
	}
}

/* ---- beginning ---- */

void
cg_groups(CgGroups *groups, const CgGroupingModel *model, CgStore *arena)
{
	groups->centre = cg_store_take(arena, model->groups, sizeof(int));
	groups->label = cg_store_take(arena, model->groups, sizeof(int));
	groups->size = cg_store_take(arena, model->groups, sizeof(int));
	groups->load = cg_store_take(arena, (size_t) model->groups * model->measures, sizeof(double));
	groups->group = cg_store_take(arena, model->blocks, sizeof(int));
	groups->value = groups->violation = HUGE_VAL;
}

bool
cg_grouping_search_begin(CgGroupingSearch *search)
{
	const CgGroupingModel *model = &search->model;
	CgStore    *arena = &search->arena;

	cg_groups(&search->now, model, arena);
	cg_groups(&search->kept, model, arena);
	cg_groups(&search->best, model, arena);
	search->order = cg_store_take(arena, model->blocks, sizeof(int));
	search->queue = cg_store_take(arena, model->blocks, sizeof(int));
	search->mark = cg_store_take(arena, model->blocks, sizeof(int));
	search->regret = cg_store_take(arena, model->blocks, sizeof(CgRanked));
	search->is_centre = cg_store_take(arena, model->centres, sizeof(bool));
	search->chosen = cg_store_take(arena, 2 * (size_t) model->groups, sizeof(int));
	search->touched = cg_store_take(arena, model->groups, sizeof(int64_t));
	search->pass = 2;
	search->weight = model->far;
	return !arena->failed;
}
