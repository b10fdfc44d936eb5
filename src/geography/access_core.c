/*-------------------------------------------------------------------------
 *
 * access_core.c
 *	  How well people reach care.
 *
 *-------------------------------------------------------------------------
 */
#include "geography/access_core.h"

#include <math.h>
#include <stdlib.h>

double
cg_access_weight(const CgWeighing *weighing, double cost)
{
	switch (weighing->decay)
	{
		case CG_DECAY_STEP:
			return cost <= weighing->limit ? 1 : 0;
		case CG_DECAY_GAUSSIAN:
			{
				double		share = cost / weighing->limit;

				if (cost > weighing->limit)
					return 0;
				/* Dai's form, which ends in 0 and not in a step. */
				return (exp(-0.5 * share * share) - exp(-0.5)) / (1 - exp(-0.5));
			}
		case CG_DECAY_BANDS:
			for (int b = 0; b < weighing->bands; b++)
			{
				if (cost <= weighing->band_limit[b])
					return weighing->band_weight[b];
			}
			return 0;
	}
	return 0;
}

static void
clear(const CgAccessProblem *problem, CgAccess *access)
{
	for (int i = 0; i < problem->demands; i++)
	{
		access->score[i] = 0;
		access->within[i] = 0;
	}
	for (int j = 0; j < problem->sites; j++)
		access->demand[j] = 0;
}

static void
find_ratios(const CgAccessProblem *problem, CgAccess *access)
{
	for (int j = 0; j < problem->sites; j++)
		access->ratio[j] = access->demand[j] > 0 ?
			problem->capacity[j] / access->demand[j] : NAN;
}

CgSolved
cg_access_two_step(const CgAccessProblem *problem, const CgWeighing *weighing,
				   const CgWork *work, CgAccess *access)
{
	CgPace		pace;

	cg_pace_begin(&pace, work, INFINITY);
	clear(problem, access);
	for (int i = 0; i < problem->demands; i++)
	{
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
		{
			double		weight = cg_access_weight(weighing, problem->cost[e]);

			access->demand[problem->site[e]] += weight * problem->amount[i];
			access->within[i] += weight > 0;
		}
		if (cg_pace(&pace, 30.0 * (problem->start[i + 1] - problem->start[i] + 1)))
			return CG_SOLVED_STOPPED;
	}
	find_ratios(problem, access);
	for (int i = 0; i < problem->demands; i++)
	{
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
		{
			double		ratio = access->ratio[problem->site[e]];

			/* Where nobody asks, nobody is within reach either, or only places without people. */
			if (!isnan(ratio))
				access->score[i] += cg_access_weight(weighing, problem->cost[e]) * ratio;
		}
		if (cg_pace(&pace, 30.0 * (problem->start[i + 1] - problem->start[i] + 1)))
			return CG_SOLVED_STOPPED;
	}
	return CG_SOLVED_OPTIMAL;
}

/*
 * People are shared out among the sites within their reach, so that each asks
 * once, and the level of service of a site among those who reach it, so that
 * it is given once.
 */
CgSolved
cg_access_balanced(const CgAccessProblem *problem, const CgWeighing *weighing,
				   const CgWork *work, CgAccess *access)
{
	CgStore		store;
	CgPace		pace;
	double	   *reached;		/* per site: sum of weights */
	CgSolved	solved = CG_SOLVED_OPTIMAL;

	cg_store_begin(&store, work);
	cg_pace_begin(&pace, work, INFINITY);
	reached = cg_store_take(&store, problem->sites + 1, sizeof(double));
	if (store.failed)
	{
		cg_store_end(&store);
		return CG_SOLVED_NO_MEMORY;
	}
	clear(problem, access);
	for (int i = 0; i < problem->demands && !pace.stopped; i++)
	{
		double		whole = 0;

		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
		{
			double		weight = cg_access_weight(weighing, problem->cost[e]);

			whole += weight;
			access->within[i] += weight > 0;
			reached[problem->site[e]] += weight;
		}
		for (size_t e = problem->start[i]; e < problem->start[i + 1] && whole > 0; e++)
			access->demand[problem->site[e]] +=
				problem->amount[i] * cg_access_weight(weighing, problem->cost[e]) / whole;
		cg_pace(&pace, 60.0 * (problem->start[i + 1] - problem->start[i] + 1));
	}
	find_ratios(problem, access);
	for (int i = 0; i < problem->demands && !pace.stopped; i++)
	{
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
		{
			int			j = problem->site[e];

			if (!isnan(access->ratio[j]) && reached[j] > 0)
				access->score[i] += access->ratio[j] *
					cg_access_weight(weighing, problem->cost[e]) / reached[j];
		}
		cg_pace(&pace, 30.0 * (problem->start[i + 1] - problem->start[i] + 1));
	}
	if (pace.stopped)
		solved = CG_SOLVED_STOPPED;
	cg_store_end(&store);
	return solved;
}

CgSolved
cg_access_huff(const CgAccessProblem *problem, double attraction, double distance,
			   double least, const CgWork *work, double *chance)
{
	CgPace		pace;

	cg_pace_begin(&pace, work, INFINITY);
	for (int i = 0; i < problem->demands; i++)
	{
		size_t		begin = problem->start[i];
		size_t		end = problem->start[i + 1];
		double		most = -INFINITY;
		double		whole = 0;

		/* In logarithms, so that no power can overflow. */
		for (size_t e = begin; e < end; e++)
		{
			double		capacity = problem->capacity[problem->site[e]];

			chance[e] = capacity > 0 ?
				attraction * log(capacity) - distance * log(fmax(problem->cost[e], least)) : -INFINITY;
			most = fmax(most, chance[e]);
		}
		for (size_t e = begin; e < end; e++)
		{
			chance[e] = isinf(most) ? 0 : exp(chance[e] - most);
			whole += chance[e];
		}
		for (size_t e = begin; e < end && whole > 0; e++)
			chance[e] /= whole;
		if (cg_pace(&pace, 100.0 * (end - begin + 1)))
			return CG_SOLVED_STOPPED;
	}
	return CG_SOLVED_OPTIMAL;
}

static bool
comes_before(const CgAccessProblem *problem, size_t a, size_t b)
{
	if (problem->cost[a] != problem->cost[b])
		return problem->cost[a] < problem->cost[b];
	return problem->site[a] < problem->site[b];
}

static void
sift(const CgAccessProblem *problem, size_t begin, int *order, int root, int count)
{
	for (int child = 2 * root + 1; child < count; child = 2 * root + 1)
	{
		int			swapped;

		if (child + 1 < count &&
			comes_before(problem, begin + order[child], begin + order[child + 1]))
			child++;
		if (!comes_before(problem, begin + order[root], begin + order[child]))
			return;
		swapped = order[root];
		order[root] = order[child];
		order[child] = swapped;
		root = child;
	}
}

/* A heap of the best so far, sorted at the end: no memory beside it. */
int
cg_access_order(const CgAccessProblem *problem, int demand, int most, int *order)
{
	size_t		begin = problem->start[demand];
	int			pairs = (int) (problem->start[demand + 1] - begin);
	int			count = pairs < most ? pairs : most;

	for (int k = 0; k < count; k++)
		order[k] = k;
	for (int root = count / 2 - 1; root >= 0; root--)
		sift(problem, begin, order, root, count);
	for (int k = count; k < pairs && count > 0; k++)
	{
		if (!comes_before(problem, begin + k, begin + order[0]))
			continue;
		order[0] = k;
		sift(problem, begin, order, 0, count);
	}
	for (int last = count - 1; last > 0; last--)
	{
		int			swapped = order[0];

		order[0] = order[last];
		order[last] = swapped;
		sift(problem, begin, order, 0, last);
	}
	return count;
}
