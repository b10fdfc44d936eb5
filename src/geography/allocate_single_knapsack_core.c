/*-------------------------------------------------------------------------
 *
 * allocate_single_knapsack_core.c
 *	  The knapsack of a site: what fills it best, and at least to its minimum.
 *
 * By what room is worth if the last demand may be divided (Dantzig, Oper Res
 * 1957;5:266-77), by a table over all fillings where that is small, else by
 * branch and bound (Horowitz and Sahni, J ACM 1974;21:277-92); where neither
 * ends soon the divisible value remains, which is a bound.
 *
 *-------------------------------------------------------------------------
 */
#include "geography/allocate_single_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Cells of a knapsack's table that are few; that are borne; looks before. */
#define FEW_CELLS 20000.0
#define MOST_CELLS 8000000.0
#define MOST_LOOKS 3000
#define MOST_DEPTH 1000

static int
compare_items(const void *a, const void *b)
{
	const CgKnapsackItem *one = a;
	const CgKnapsackItem *other = b;

	if (one->ratio != other->ratio)
		return one->ratio > other->ratio ? -1 : 1;
	return (one->pair > other->pair) - (one->pair < other->pair);
}

static void
collect(CgKnapsack *knapsack, int32_t site)
{
	CgRelaxation *r = knapsack->relaxation;

	knapsack->count = 0;
	for (int64_t i = r->item_start[site]; i < r->item_start[site + 1]; i++)
	{
		CgKnapsackItem *item = &knapsack->item[knapsack->count];

		item->pair = r->item[i];
		if (r->is_out[item->pair] || r->fixed[r->demand[item->pair]] >= 0)
			continue;
		item->gain = r->multiplier[r->demand[item->pair]] - cg_relaxation_price(r, item->pair);
		item->use = r->use[item->pair];
		if (item->use > knapsack->room || (item->gain <= 0 && (knapsack->need <= 0 || item->use == 0)))
			continue;
		item->ratio = item->use == 0 ? INFINITY : item->gain / (double) item->use;
		knapsack->count++;
	}
	qsort(knapsack->item, (size_t) knapsack->count, sizeof(CgKnapsackItem), compare_items);
	cg_single_work(r->work, r->item_start[site + 1] - r->item_start[site] + 4 * knapsack->count);
}

/*
 * What the items from one on can add at most, if the last may be divided;
 * slope: the worth of room there.  -INFINITY: the minimum cannot be reached.
 */
static double
divisible(const CgKnapsack *knapsack, int32_t from, int64_t fill, double *slope, bool *is_whole)
{
	double		gain = 0;

	*slope = 0;
	*is_whole = true;
	for (int32_t i = from; i < knapsack->count; i++)
	{
		const CgKnapsackItem *item = &knapsack->item[i];
		int64_t		most = item->gain > 0 ? knapsack->room - fill : knapsack->need - fill;

		if (most <= 0 && item->use > 0)
		{
			if (item->gain <= 0)
				break;
			/* Full: what did not fit shows what room is worth. */
			*slope = fmax(*slope, item->ratio);
			break;
		}
		if (item->use > most)
		{
			*slope = item->ratio;
			*is_whole = false;
			return gain + item->ratio * (double) most;
		}
		if (item->gain <= 0)
			*slope = item->ratio;
		gain += item->gain;
		fill += item->use;
	}
	return fill < knapsack->need ? -INFINITY : gain;
}

/*
 * The linear bound by its dual, which holds at any slope.
 */
static double
dual_value(const CgKnapsack *knapsack)
{
	double		slope = knapsack->slope;
	double		value = slope > 0 ? slope * (double) knapsack->room :
		knapsack->need > 0 ? slope * (double) knapsack->need : 0;

	for (int32_t i = 0; i < knapsack->count; i++)
	{
		const CgKnapsackItem *item = &knapsack->item[i];

		value += fmax(0, item->gain - slope * (double) item->use);
	}
	return value;
}

static void
look(CgKnapsack *knapsack, int32_t from, int64_t fill, double gain)
{
	CgRelaxation *r = knapsack->relaxation;
	double		slope;
	double		most;
	bool		is_whole;

	if (++knapsack->looks > MOST_LOOKS)
	{
		knapsack->is_exact = false;
		return;
	}
	cg_single_work(r->work, 2 + knapsack->count - from);
	if (fill >= knapsack->need && gain > knapsack->best)
	{
		knapsack->best = gain;
		memcpy(r->best_pick, r->pick, sizeof(bool) * (size_t) knapsack->count);
	}
	if (from == knapsack->count)
		return;
	most = gain + divisible(knapsack, from, fill, &slope, &is_whole);
	if (most <= knapsack->best)
		return;
	if (fill + knapsack->item[from].use <= knapsack->room)
	{
		r->pick[from] = true;
		look(knapsack, from + 1, fill + knapsack->item[from].use, gain + knapsack->item[from].gain);
		r->pick[from] = false;
	}
	look(knapsack, from + 1, fill, gain);
}

static bool
make_table(CgRelaxation *r, int64_t room, double cells)
{
	size_t		size = sizeof(double) * (size_t) (room + 1);
	int64_t		needed = (int64_t) (size + (size_t) cells + 16);

	if (needed > r->table_room)
	{
		void	   *moved = r->allocator.resize(r->allocator.context, r->table, (size_t) needed);

		if (moved == NULL)
			return false;
		r->table = moved;
		r->table_room = needed;
	}
	r->mark = (unsigned char *) (r->table + room + 1);
	return true;
}

/*
 * By dynamic programming over what exactly is filled.
 */
static bool
tabulate(CgKnapsack *knapsack)
{
	CgRelaxation *r = knapsack->relaxation;
	int64_t		room = knapsack->room;
	double		cells = (double) (room + 1) * knapsack->count;
	int64_t		fill = -1;

	if (!make_table(r, room, cells))
		return false;
	for (int64_t w = 1; w <= room; w++)
		r->table[w] = -INFINITY;
	r->table[0] = 0;
	memset(r->mark, 0, (size_t) cells);
	for (int32_t i = 0; i < knapsack->count; i++)
	{
		int64_t		use = knapsack->item[i].use;
		double		gain = knapsack->item[i].gain;
		unsigned char *mark = r->mark + i * (room + 1);

		for (int64_t w = room; w >= use; w--)
		{
			if (r->table[w - use] + gain > r->table[w])
			{
				r->table[w] = r->table[w - use] + gain;
				mark[w] = 1;
			}
		}
		if (cg_single_work(r->work, room))
			return false;
	}
	knapsack->best = -INFINITY;
	for (int64_t w = knapsack->need > 0 ? knapsack->need : 0; w <= room; w++)
	{
		if (r->table[w] > knapsack->best)
		{
			knapsack->best = r->table[w];
			fill = w;
		}
	}
	for (int32_t i = knapsack->count - 1; i >= 0 && fill >= 0; i--)
	{
		r->best_pick[i] = r->mark[i * (room + 1) + fill] != 0;
		if (r->best_pick[i])
			fill -= knapsack->item[i].use;
	}
	knapsack->is_exact = true;
	return true;
}

/*
 * The greedy filling, which is the best one if nothing had to be divided.
 */
static void
fill_greedily(CgKnapsack *knapsack)
{
	CgRelaxation *r = knapsack->relaxation;
	int64_t		fill = 0;
	double		gain = 0;

	for (int32_t i = 0; i < knapsack->count; i++)
	{
		const CgKnapsackItem *item = &knapsack->item[i];

		r->best_pick[i] = fill + item->use <= knapsack->room && (item->gain > 0 || fill < knapsack->need);
		if (!r->best_pick[i])
			continue;
		fill += item->use;
		gain += item->gain;
	}
	knapsack->best = fill >= knapsack->need ? gain : -INFINITY;
}

void
cg_knapsack_solve(CgKnapsack *knapsack, int32_t site)
{
	CgRelaxation *r = knapsack->relaxation;
	double		cells;
	bool		is_whole;

	collect(knapsack, site);
	cells = (double) (knapsack->room + 1) * knapsack->count;
	knapsack->linear = divisible(knapsack, 0, 0, &knapsack->slope, &is_whole);
	knapsack->is_exact = true;
	if (isinf(knapsack->linear))
		return;
	knapsack->linear = dual_value(knapsack);
	fill_greedily(knapsack);
	if (is_whole)
		return;
	if (cells <= FEW_CELLS && tabulate(knapsack))
		return;
	if (knapsack->count <= MOST_DEPTH)
	{
		knapsack->looks = 0;
		memset(r->pick, 0, sizeof(bool) * (size_t) knapsack->count);
		look(knapsack, 0, 0, 0);
	}
	else
		knapsack->is_exact = false;
	if (!knapsack->is_exact && cells <= MOST_CELLS)
		tabulate(knapsack);
}
