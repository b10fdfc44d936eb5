/*-------------------------------------------------------------------------
 *
 * p_median_split_bound_core.c
 *	  Lower bound of a choice of sites with limits and split demand.  See
 *	  p_median_split_core.c.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/p_median_split_model.h"
#include "solver/subgradient.h"

#include <math.h>
#include <string.h>

#define CLOSE_TO_BEST 1.03

/* ---- the relaxation ---- */

static bool
is_before(const CgSplitItem *a, const CgSplitItem *b)
{
	return a->ratio != b->ratio ? a->ratio < b->ratio : a->demand < b->demand;
}

static void
swap_items(CgSplitItem *a, CgSplitItem *b)
{
	CgSplitItem		kept = *a;

	*a = *b;
	*b = kept;
}

/*
 * Put those of least ratio that fit in the room first; their number.  The one
 * behind them is the next, and a part of it may fit.
 */
static int
best_that_fit(CgSplitItem *item, int count, double room)
{
	int			low = 0;
	int			high = count;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		int			place = low;
		double		amount = 0;

		/* The median of three, to the end. */
		if (is_before(&item[middle], &item[low]))
			swap_items(&item[middle], &item[low]);
		if (is_before(&item[high - 1], &item[low]))
			swap_items(&item[high - 1], &item[low]);
		if (is_before(&item[middle], &item[high - 1]))
			swap_items(&item[middle], &item[high - 1]);
		for (int k = low; k < high - 1; k++)
		{
			if (!is_before(&item[k], &item[high - 1]))
				continue;
			amount += item[k].amount;
			swap_items(&item[k], &item[place++]);
		}
		swap_items(&item[high - 1], &item[place]);
		if (amount > room)
			high = place;
		else if (amount + item[place].amount > room)
			return place;
		else
		{
			room -= amount + item[place].amount;
			low = place + 1;
		}
	}
	return low;
}

static double
take(CgSplitSearch *search, const CgSplitItem *item, double amount, bool serve)
{
	if (serve)
		search->served[item->demand] += amount;
	return amount * item->ratio;
}

/*
 * What the site is worth at these prices, and with serve, what it takes;
 * HUGE_VAL: it cannot reach its minimum.
 */
double
cg_split_price_of_site(CgSplitSearch *search, const double *price, int site, bool serve)
{
	const CgSplitModel *model = &search->model;
	double		sum = model->opening[site];
	double		wanted = 0;
	double		load = 0;
	int			paying = 0;
	int			count = 0;
	size_t		first = model->column_start[site];
	size_t		end = model->column_start[site + 1];

	for (size_t e = first; e < end; e++)
	{
		int			i = model->column_demand[e];
		CgSplitItem	   *item = &search->item[paying];

		if (model->amount[i] == 0)
			continue;
		item->ratio = model->column_cost[e] - price[i] / model->amount[i];
		if (item->ratio >= 0)
			continue;
		item->amount = model->amount[i];
		item->demand = i;
		wanted += item->amount;
		paying++;
	}
	count = wanted <= model->capacity[site] ? paying :
		best_that_fit(search->item, paying, model->capacity[site]);
	for (int k = 0; k < count; k++)
	{
		load += search->item[k].amount;
		sum += take(search, &search->item[k], search->item[k].amount, serve);
	}
	if (count < paying)
		return sum + take(search, &search->item[count], model->capacity[site] - load, serve);
	if (load >= model->minimum[site])
		return sum;

	/* Others must fill it, at a loss. */
	paying = 0;
	for (size_t e = first; e < end; e++)
	{
		int			i = model->column_demand[e];
		double		ratio = model->amount[i] == 0 ? -1 : model->column_cost[e] - price[i] / model->amount[i];

		if (ratio >= 0)
			search->item[paying++] = (CgSplitItem) {ratio, model->amount[i], i};
	}
	count = best_that_fit(search->item, paying, model->minimum[site] - load);
	for (int k = 0; k < count; k++)
	{
		load += search->item[k].amount;
		sum += take(search, &search->item[k], search->item[k].amount, serve);
	}
	if (count == paying)
		return load < model->minimum[site] * (1 - 1e-9) ? HUGE_VAL : sum;
	return sum + take(search, &search->item[count], model->minimum[site] - load, serve);
}

/*
 * The value of the relaxation; HUGE_VAL: it has no answer.
 */
static double
relax(CgSplitSearch *search, const signed char *state)
{
	const CgSplitModel *model = &search->model;
	CgSiteChoice *relaxed = &search->relaxed;
	double		sum = 0;

	for (int i = 0; i < model->demands; i++)
		sum += model->amount[i] == 0 ? 0 : search->price[i];
	for (int j = 0; j < model->sites; j++)
	{
		relaxed->reduced[j] = state[j] == CG_SITE_CLOSED ? HUGE_VAL :
			cg_split_price_of_site(search, search->price, j, false);
		cg_pace(&search->pace, 8.0 * (model->column_start[j + 1] - model->column_start[j]) + 10);
	}
	search->rounds++;
	sum += cg_choose_sites(relaxed, state, 0);
	if (isinf(sum) || relaxed->forced + relaxed->available < model->min_open)
		return HUGE_VAL;
	memset(search->served, 0, sizeof(double) * model->demands);
	for (int j = 0; j < model->sites; j++)
	{
		if (relaxed->selected[j])
			cg_split_price_of_site(search, search->price, j, true);
	}
	return sum;
}

/*
 * cg_split_is_hopeless, for cg_fix_sites.
 */
static bool
is_no_better(const void *search, double bound)
{
	return cg_split_is_hopeless(search, bound);
}

/*
 * One step along the (deflected) subgradient: the price of what is sent more
 * than once falls, of what is not sent whole it rises.
 */
static void
step(CgSplitSearch *search, double bound, double agility)
{
	const CgSplitModel *model = &search->model;
	double		goal = cg_split_is_served(search) ? search->best :
		bound + 0.05 * fabs(bound) + 1;

	for (int i = 0; i < model->demands; i++)
	{
		double		slack = model->amount[i] == 0 ? 0 :
			1 - search->served[i] / model->amount[i];

		search->direction[i] = cg_deflected(slack, search->direction[i]);
	}
	cg_subgradient_step(search->price, search->direction, model->demands,
						agility * cg_rise_to(goal, bound) * CG_BEYOND_GOAL);
}

/*
 * Raise the bound of a node.  best_price is where to start and becomes the
 * best prices; with may_fix, state learns which sites are fixed.
 */
double
cg_split_raise_bound(CgSplitSearch *search, double *best_price, signed char *state, int rounds,
			bool is_root, bool may_fix)
{
	const CgSplitModel *model = &search->model;
	double		best = -HUGE_VAL;
	double		agility = is_root ? 1.5 : 0.6;
	int			since = 0;
	int			patience = is_root ? 25 : 12;

	memset(search->direction, 0, sizeof(double) * model->demands);
	cg_forget_selected(&search->relaxed);
	memcpy(search->price, best_price, sizeof(double) * model->demands);
	for (int round = 0; round < rounds && !search->pace.stopped; round++)
	{
		double		bound = relax(search, state);

		if (search->pace.stopped)
			break;
		if (bound > best)
		{
			/* What is gained by hair's breadths is not worth the patience. */
			since = cg_split_is_served(search) && bound - best <= 1e-4 * (search->best - best) ? since + 1 : 0;
			best = bound;
			memcpy(best_price, search->price, sizeof(double) * model->demands);
		}
		else
			since++;
		if (cg_split_is_hopeless(search, best))
			break;
		if (may_fix)
			cg_fix_sites(&search->relaxed, state, bound, is_no_better, search);
		cg_note_selected(&search->relaxed);
		if ((round % 10 == 0 || since == 0) &&
			(!cg_split_is_served(search) || bound * CLOSE_TO_BEST > search->best || is_root))
			cg_split_try(search, search->relaxed.selected);
		step(search, bound, agility);
		if (since >= patience)
		{
			agility /= 2;
			since = 0;
			memcpy(search->price, best_price, sizeof(double) * model->demands);
			memset(search->direction, 0, sizeof(double) * model->demands);
			if (agility < (is_root ? 0.001 : 0.02))
				break;
		}
	}
	return best;
}
