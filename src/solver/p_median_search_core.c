/*-------------------------------------------------------------------------
 *
 * p_median_search_core.c
 *	  Interchange for the p-median problem.
 *
 * R. Whitaker, A fast algorithm for the greedy interchange for large-scale
 *	  clustering and median location problems, INFOR 1983;21:95-108.
 * M. Resende and R. Werneck, A fast swap-based local search procedure for
 *	  location problems, Ann Oper Res 2007;150:205-30 (gain, loss, extra).
 *
 *-------------------------------------------------------------------------
 */
#include "solver/p_median_model.h"

#include <math.h>
#include <string.h>

void
cg_median_choice(CgMedianChoice *choice, const CgMedianModel *model,
				 CgStore *arena)
{
	choice->is_open = cg_store_take(arena, model->sites, sizeof(bool));
	choice->open = cg_store_take(arena, model->sites, sizeof(int));
	choice->place = cg_store_take(arena, model->sites, sizeof(int));
	choice->first = cg_store_take(arena, model->demands, sizeof(int));
	choice->second = cg_store_take(arena, model->demands, sizeof(int));
	choice->first_value = cg_store_take(arena, model->demands, sizeof(double));
	choice->second_value = cg_store_take(arena, model->demands, sizeof(double));
	choice->loss = cg_store_take(arena, model->sites, sizeof(double));
	choice->extra = cg_store_take(arena, model->sites, sizeof(double));
	choice->touched = cg_store_take(arena, model->sites, sizeof(int));
}

/*
 * What the demand adds to the loss of its site goes away or comes back.
 */
static void
count_loss(CgMedianChoice *choice, int demand, double sign)
{
	int			site = choice->first[demand];

	if (site >= 0)
		choice->loss[site] += sign * (choice->second_value[demand] -
									  choice->first_value[demand]);
}

/*
 * The two cheapest open sites of a demand.
 */
static void
find_two(CgMedianChoice *choice, const CgMedianModel *model, int demand)
{
	size_t		end = model->start[demand + 1];
	size_t		e = model->start[demand];

	choice->first[demand] = choice->second[demand] = -1;
	choice->first_value[demand] = choice->second_value[demand] =
		model->penalty[demand];
	while (e < end && !choice->is_open[model->site[e]])
		e++;
	if (e == end)
		return;
	choice->first[demand] = model->site[e];
	choice->first_value[demand] = model->value[e];
	for (e++; e < end && !choice->is_open[model->site[e]];)
		e++;
	if (e == end)
		return;
	choice->second[demand] = model->site[e];
	choice->second_value[demand] = model->value[e];
}

void
cg_median_choice_set(CgMedianChoice *choice, const CgMedianModel *model,
					 const bool *is_open)
{
	choice->count = 0;
	choice->cost = 0;
	if (is_open != choice->is_open)
		memcpy(choice->is_open, is_open, sizeof(bool) * model->sites);
	for (int j = 0; j < model->sites; j++)
	{
		choice->loss[j] = -model->opening[j];
		if (!is_open[j])
			continue;
		choice->place[j] = choice->count;
		choice->open[choice->count++] = j;
		choice->cost += model->opening[j];
	}
	for (int i = 0; i < model->demands; i++)
	{
		find_two(choice, model, i);
		choice->cost += choice->first_value[i];
		count_loss(choice, i, 1);
	}
}

void
cg_median_choice_open(CgMedianChoice *choice, const CgMedianModel *model,
					  int site)
{
	choice->is_open[site] = true;
	choice->place[site] = choice->count;
	choice->open[choice->count++] = site;
	choice->loss[site] = -model->opening[site];
	choice->cost += model->opening[site];
	for (size_t e = model->column_start[site]; e < model->column_start[site + 1]; e++)
	{
		int			i = model->column_demand[e];
		double		value = model->column_value[e];

		if (value >= choice->second_value[i])
			continue;
		count_loss(choice, i, -1);
		if (value < choice->first_value[i])
		{
			choice->cost += value - choice->first_value[i];
			choice->second[i] = choice->first[i];
			choice->second_value[i] = choice->first_value[i];
			choice->first[i] = site;
			choice->first_value[i] = value;
		}
		else
		{
			choice->second[i] = site;
			choice->second_value[i] = value;
		}
		count_loss(choice, i, 1);
	}
}

void
cg_median_choice_close(CgMedianChoice *choice, const CgMedianModel *model,
					   int site)
{
	int			last = choice->open[--choice->count];

	choice->is_open[site] = false;
	choice->open[choice->place[site]] = last;
	choice->place[last] = choice->place[site];
	choice->cost -= model->opening[site];
	for (size_t e = model->column_start[site]; e < model->column_start[site + 1]; e++)
	{
		int			i = model->column_demand[e];

		if (choice->first[i] != site && choice->second[i] != site)
			continue;
		count_loss(choice, i, -1);
		choice->cost -= choice->first_value[i];
		find_two(choice, model, i);
		choice->cost += choice->first_value[i];
		count_loss(choice, i, 1);
	}
}

/*
 * What opening the site changes, and in extra what it saves of the loss of
 * each open site.  Returns how many entries of extra were touched.
 */
static int
gain_of_opening(CgMedianChoice *choice, const CgMedianModel *model, int site,
				double *change)
{
	int			touched = 0;
	double		sum = model->opening[site];

	for (size_t e = model->column_start[site]; e < model->column_start[site + 1]; e++)
	{
		int			i = model->column_demand[e];
		double		value = model->column_value[e];
		double		spared;
		int			first;

		if (value >= choice->second_value[i])
			continue;
		spared = choice->second_value[i] - value;
		if (value < choice->first_value[i])
		{
			sum += value - choice->first_value[i];
			spared = choice->second_value[i] - choice->first_value[i];
		}
		first = choice->first[i];
		if (first < 0 || spared == 0)
			continue;
		if (choice->extra[first] == 0)
			choice->touched[touched++] = first;
		choice->extra[first] += spared;
	}
	*change = sum;
	return touched;
}

/*
 * Open the site if that, or an exchange for another, makes it cheaper.
 */
static bool
try_site(CgMedianChoice *choice, const CgMedianModel *model, int site)
{
	double		change;
	double		best = HUGE_VAL;
	int			leaving = -1;
	int			touched = gain_of_opening(choice, model, site, &change);

	for (int k = 0; k < choice->count; k++)
	{
		int			other = choice->open[k];
		double		loss = choice->loss[other] - choice->extra[other];

		if (model->fixed[other] != CG_SITE_OPEN &&
			(loss < best || (loss == best && other > leaving)))
		{
			best = loss;
			leaving = other;
		}
	}
	for (int k = 0; k < touched; k++)
		choice->extra[choice->touched[k]] = 0;
	if (choice->count < model->max_open && best > 0)
	{
		best = 0;
		leaving = -1;
	}
	if (!(change + best < -model->epsilon))
		return false;
	cg_median_choice_open(choice, model, site);
	if (leaving >= 0)
		cg_median_choice_close(choice, model, leaving);
	return true;
}

static bool
close_what_costs(CgMedianChoice *choice, const CgMedianModel *model)
{
	bool		improved = false;

	for (int j = 0; j < model->sites && choice->count > model->min_open; j++)
	{
		if (!choice->is_open[j] || model->fixed[j] == CG_SITE_OPEN ||
			!(choice->loss[j] < -model->epsilon))
			continue;
		cg_median_choice_close(choice, model, j);
		improved = true;
	}
	return improved;
}

void
cg_median_interchange(CgMedianChoice *choice, const CgMedianModel *model,
					  CgPace *pace)
{
	int			since = 0;

	while (since < model->sites)
	{
		for (int j = 0; j < model->sites && since < model->sites; j++)
		{
			since++;
			if (choice->is_open[j] || model->fixed[j] == CG_SITE_CLOSED)
				continue;
			if (try_site(choice, model, j))
				since = 0;
			if (cg_pace(pace, 2.0 * (model->column_start[j + 1] -
									 model->column_start[j]) + choice->count))
				return;
		}
		if (close_what_costs(choice, model))
			since = 0;
	}
}

void
cg_median_greedy(CgMedianChoice *choice, const CgMedianModel *model,
				 CgPace *pace)
{
	for (int j = 0; j < model->sites; j++)
		choice->is_open[j] = model->fixed[j] == CG_SITE_OPEN;
	cg_median_choice_set(choice, model, choice->is_open);
	while (choice->count < model->max_open)
	{
		double		best = HUGE_VAL;
		int			chosen = -1;

		for (int j = 0; j < model->sites; j++)
		{
			double		change;
			int			touched;

			if (choice->is_open[j] || model->fixed[j] == CG_SITE_CLOSED)
				continue;
			/* Told to stop: any sites, so that there is an answer. */
			if (cg_pace(pace, model->column_start[j + 1] - model->column_start[j]))
			{
				best = -1;
				chosen = j;
				break;
			}
			touched = gain_of_opening(choice, model, j, &change);
			for (int k = 0; k < touched; k++)
				choice->extra[choice->touched[k]] = 0;
			if (change < best)
			{
				best = change;
				chosen = j;
			}
		}
		if (chosen < 0 || (best >= 0 && choice->count >= model->min_open))
			break;
		cg_median_choice_open(choice, model, chosen);
	}
}

static int
random_below(CgRandom *random, int limit)
{
	return (int) (cg_random_uniform(random) * limit);
}

void
cg_median_shake(CgMedianChoice *choice, const CgMedianModel *model,
				CgRandom *random, int times)
{
	for (int k = 0; k < times && choice->count > 0; k++)
	{
		int			leaving = choice->open[random_below(random, choice->count)];
		int			coming = random_below(random, model->sites);

		if (choice->is_open[coming] || model->fixed[leaving] == CG_SITE_OPEN ||
			model->fixed[coming] == CG_SITE_CLOSED)
			continue;
		cg_median_choice_close(choice, model, leaving);
		cg_median_choice_open(choice, model, coming);
	}
}
