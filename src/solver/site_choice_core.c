/*-------------------------------------------------------------------------
 *
 * site_choice_core.c
 *	  The choice of sites that a Lagrangian relaxation makes.  See
 *	  site_choice.h.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/site_choice.h"

#include "numeric/order.h"

#include <math.h>
#include <string.h>

#define NEWS 0.1				/* weight of the last choice in often */

void
cg_site_choice(CgSiteChoice *choice, int sites, int min_open, int max_open, CgStore *arena)
{
	choice->sites = sites;
	choice->min_open = min_open;
	choice->max_open = max_open;
	choice->reduced = cg_store_take(arena, sites, sizeof(double));
	choice->sorted = cg_store_take(arena, sites, sizeof(double));
	choice->selected = cg_store_take(arena, sites, sizeof(bool));
	choice->often = cg_store_take(arena, sites, sizeof(double));
}

/*
 * How many of the available sites to select, where so many pay.
 */
static int
number_to_select(const CgSiteChoice *choice, int paying)
{
	int			number = paying;

	if (number < choice->min_open - choice->forced)
		number = choice->min_open - choice->forced;
	if (number > choice->max_open - choice->forced)
		number = choice->max_open - choice->forced;
	return number < choice->available ? number : choice->available;
}

double
cg_choose_sites(CgSiteChoice *choice, const signed char *state, double sum)
{
	const double *reduced = choice->reduced;
	double		threshold = -HUGE_VAL;
	int			paying = 0;
	int			wanted;
	int			equal;

	choice->forced = choice->available = 0;
	for (int j = 0; j < choice->sites; j++)
	{
		choice->selected[j] = state[j] == CG_SITE_OPEN;
		if (state[j] == CG_SITE_OPEN)
		{
			choice->forced++;
			sum += reduced[j];
		}
		else if (state[j] == CG_SITE_FREE && isfinite(reduced[j]))
		{
			choice->sorted[choice->available++] = reduced[j];
			paying += reduced[j] < 0;
		}
	}
	wanted = number_to_select(choice, paying);
	if (wanted > 0)
		threshold = cg_select_double(choice->sorted, choice->available, wanted - 1);
	choice->optional = wanted;
	choice->last_in = threshold;
	choice->first_out = HUGE_VAL;
	equal = wanted;
	for (int j = 0; j < choice->sites; j++)
		equal -= state[j] == CG_SITE_FREE && reduced[j] < threshold;
	for (int j = 0; j < choice->sites; j++)
	{
		if (state[j] != CG_SITE_FREE)
			continue;
		if (wanted > 0 && (reduced[j] < threshold || (reduced[j] == threshold && equal-- > 0)))
		{
			choice->selected[j] = true;
			sum += reduced[j];
		}
		else
			choice->first_out = fmin(choice->first_out, reduced[j]);
	}
	return sum;
}

/*
 * What the relaxation's value rises by if a free site is fixed the other way.
 */
static double
cost_of_change(const CgSiteChoice *choice, int site)
{
	int			count = choice->forced + choice->optional;
	double		reduced = choice->reduced[site];

	if (choice->selected[site])
		return (count <= choice->min_open ? choice->first_out :
				fmin(0, choice->first_out)) - reduced;

	/* Forced in: instead of the last, unless there is room. */
	if (count < choice->max_open)
		return reduced - fmax(0, choice->last_in);
	return choice->optional == 0 ? HUGE_VAL : reduced - choice->last_in;
}

int
cg_fix_sites(const CgSiteChoice *choice, signed char *state, double bound,
			 CgIsHopeless is_hopeless, const void *search)
{
	int			fixed = 0;

	for (int j = 0; j < choice->sites; j++)
	{
		if (state[j] != CG_SITE_FREE ||
			!is_hopeless(search, bound + cost_of_change(choice, j)))
			continue;
		state[j] = choice->selected[j] ? CG_SITE_OPEN : CG_SITE_CLOSED;
		fixed++;
	}
	return fixed;
}

void
cg_note_selected(CgSiteChoice *choice)
{
	for (int j = 0; j < choice->sites; j++)
		choice->often[j] += NEWS * (choice->selected[j] - choice->often[j]);
}

void
cg_forget_selected(CgSiteChoice *choice)
{
	memset(choice->often, 0, sizeof(double) * choice->sites);
}

int
cg_site_to_branch(const CgSiteChoice *choice, const signed char *state, double within)
{
	double		least = within;
	int			chosen = -1;

	for (int j = 0; j < choice->sites; j++)
	{
		double		doubt = fabs(choice->often[j] - 0.5);

		if (state[j] == CG_SITE_FREE && doubt < least)
		{
			least = doubt;
			chosen = j;
		}
	}
	return chosen;
}

CgChoicesLeft
cg_choices_left(CgSiteChoice *choice, const signed char *state)
{
	int			open = 0;
	int			free_sites = 0;

	for (int j = 0; j < choice->sites; j++)
	{
		open += state[j] == CG_SITE_OPEN;
		free_sites += state[j] == CG_SITE_FREE;
	}
	if (open > choice->max_open || open + free_sites < choice->min_open)
		return CG_CHOICES_NONE;
	if (open < choice->max_open && free_sites > 0 && open + free_sites > choice->min_open)
		return CG_CHOICES_MANY;

	/* The minimum forces all free ones, or the maximum allows none. */
	for (int j = 0; j < choice->sites; j++)
		choice->selected[j] = state[j] == CG_SITE_OPEN ||
			(state[j] == CG_SITE_FREE && open < choice->max_open);
	return CG_CHOICES_ONE;
}

bool
cg_site_node(CgSiteNode *node, int demands, int sites, CgStore *arena)
{
	if (node->price != NULL)
		return true;
	node->price = cg_store_take(arena, demands, sizeof(double));
	node->state = cg_store_take(arena, sites, sizeof(signed char));
	return !arena->failed;
}
