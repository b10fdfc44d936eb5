/*-------------------------------------------------------------------------
 *
 * p_median_model_core.c
 *	  The p-median problem in the order in which its solver reads it.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/p_median_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sums of whole numbers below this are exact. */
#define EXACT 9e15

typedef struct Pair
{
	double		value;
	int			site;
} Pair;

static int
compare_pairs(const void *a, const void *b)
{
	const Pair *left = a;
	const Pair *right = b;

	if (left->value != right->value)
		return left->value < right->value ? -1 : 1;
	return left->site - right->site;
}

static void
copy_rows(CgMedianModel *model, const CgMedianProblem *problem, CgStore *arena,
		  CgPace *pace)
{
	size_t		longest = 0;
	size_t		kept = 0;
	Pair	   *row;

	for (int i = 0; i < model->demands; i++)
	{
		size_t		length = problem->start[i + 1] - problem->start[i];

		if (length > longest)
			longest = length;
	}
	row = cg_store_take(arena, longest, sizeof(Pair));
	if (arena->failed)
		return;
	for (int i = 0; i < model->demands; i++)
	{
		size_t		length = 0;

		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
		{
			if (model->fixed[problem->site[e]] == CG_SITE_CLOSED)
				continue;
			row[length].value = problem->value[e];
			row[length++].site = problem->site[e];
		}
		qsort(row, length, sizeof(Pair), compare_pairs);
		cg_pace(pace, 60.0 * length);
		model->start[i] = kept;
		for (size_t k = 0; k < length; k++)
		{
			/* Staying unserved would be as good. */
			if (problem->unserved != NULL && row[k].value >= problem->unserved[i])
				break;
			model->site[kept] = row[k].site;
			model->value[kept++] = row[k].value;
		}
	}
	model->start[model->demands] = kept;
}

static void
make_columns(CgMedianModel *model)
{
	size_t	   *next = model->column_start;

	memset(next, 0, sizeof(size_t) * (model->sites + 2));
	for (size_t e = 0; e < model->start[model->demands]; e++)
		next[model->site[e] + 2]++;
	for (int j = 0; j < model->sites; j++)
		next[j + 2] += next[j + 1];
	for (int i = 0; i < model->demands; i++)
	{
		for (size_t e = model->start[i]; e < model->start[i + 1]; e++)
		{
			size_t		place = next[model->site[e] + 1]++;

			model->column_demand[place] = i;
			model->column_value[place] = model->value[e];
		}
	}
}

/*
 * Where all must be served, leaving one unserved costs more than any answer
 * that serves all.
 */
static void
set_penalties(CgMedianModel *model, const CgMedianProblem *problem)
{
	double		most = 1;
	bool		integral = true;

	for (int j = 0; j < model->sites; j++)
	{
		model->opening[j] = problem->opening == NULL ? 0 : problem->opening[j];
		most += model->opening[j];
		integral = integral && model->opening[j] == floor(model->opening[j]);
	}
	for (int i = 0; i < model->demands; i++)
	{
		double		largest = 0;

		for (size_t e = model->start[i]; e < model->start[i + 1]; e++)
		{
			largest = fmax(largest, model->value[e]);
			integral = integral && model->value[e] == floor(model->value[e]);
		}
		if (!model->must_serve)
		{
			largest = problem->unserved[i];
			integral = integral && largest == floor(largest);
		}
		most += largest;
	}
	for (int i = 0; i < model->demands; i++)
		model->penalty[i] = model->must_serve ? ceil(most) : problem->unserved[i];
	model->integral = integral && most < EXACT;
	model->epsilon = model->integral ? 0.5 : 1e-10 * most;
}

void
cg_median_model(CgMedianModel *model, const CgMedianProblem *problem,
				CgStore *arena, CgPace *pace)
{
	size_t		pairs = problem->start[problem->demands];
	int			closed = 0;

	model->demands = problem->demands;
	model->sites = problem->sites;
	model->must_serve = problem->unserved == NULL;
	model->penalty = cg_store_take(arena, model->demands, sizeof(double));
	model->opening = cg_store_take(arena, model->sites, sizeof(double));
	model->fixed = cg_store_take(arena, model->sites, sizeof(signed char));
	model->start = cg_store_take(arena, model->demands + 1, sizeof(size_t));
	model->site = cg_store_take(arena, pairs, sizeof(int));
	model->value = cg_store_take(arena, pairs, sizeof(double));
	model->column_start = cg_store_take(arena, model->sites + 2, sizeof(size_t));
	model->column_demand = cg_store_take(arena, pairs, sizeof(int));
	model->column_value = cg_store_take(arena, pairs, sizeof(double));
	if (arena->failed)
		return;
	if (problem->fixed != NULL)
		memcpy(model->fixed, problem->fixed, model->sites);
	for (int j = 0; j < model->sites; j++)
		closed += model->fixed[j] == CG_SITE_CLOSED;
	model->min_open = problem->min_open;
	model->max_open = problem->max_open < model->sites - closed ?
		problem->max_open : model->sites - closed;
	copy_rows(model, problem, arena, pace);
	if (arena->failed)
		return;
	make_columns(model);
	set_penalties(model, problem);
}

void
cg_median_model_shrink(CgMedianModel *model)
{
	size_t		kept = 0;
	size_t		from = 0;

	for (int i = 0; i < model->demands; i++)
	{
		size_t		end = model->start[i + 1];

		model->start[i] = kept;
		for (; from < end; from++)
		{
			if (model->fixed[model->site[from]] == CG_SITE_CLOSED)
				continue;
			model->site[kept] = model->site[from];
			model->value[kept++] = model->value[from];
		}
	}
	model->start[model->demands] = kept;
	make_columns(model);
}

double
cg_median_cost(const CgMedianModel *model, const bool *is_open)
{
	double		cost = 0;

	for (int j = 0; j < model->sites; j++)
		cost += is_open[j] ? model->opening[j] : 0;
	for (int i = 0; i < model->demands; i++)
	{
		size_t		e = model->start[i];

		while (e < model->start[i + 1] && !is_open[model->site[e]])
			e++;
		cost += e < model->start[i + 1] ? model->value[e] : model->penalty[i];
	}
	return cost;
}
