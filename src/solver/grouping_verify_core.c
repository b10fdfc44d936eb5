/*-------------------------------------------------------------------------
 *
 * grouping_verify_core.c
 *	  Checking a grouping from the answer alone, unit by unit.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/grouping.h"

#include <math.h>

typedef struct Scratch
{
	double	   *load;			/* centres x measures */
	bool	   *is_used;
	bool	   *seen;
	int		   *queue;
} Scratch;

static void
complain(CgGroupingCheck *check, const char *problem, int unit)
{
	if (check->problem != NULL)
		return;
	check->problem = problem;
	check->unit = unit;
}

static void
check_unit(const CgGroupingProblem *problem, const int *centre_of,
		   const int *label_of, int i, Scratch *scratch, CgGroupingCheck *check)
{
	int			centre = centre_of[i];
	bool		found = false;

	if (centre < 0 || centre >= problem->centres)
	{
		complain(check, "a unit is in no group", i);
		return;
	}
	scratch->is_used[centre] = true;
	for (int m = 0; m < problem->measures; m++)
		scratch->load[centre * problem->measures + m] += problem->amount[i * problem->measures + m];
	for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
	{
		if (problem->centre[e] != centre)
			continue;
		found = true;
		check->objective += problem->value[e];
	}
	if (!found)
		complain(check, "a unit is in a group whose centre it has no pair with", i);
	if (problem->own_centre && centre_of[centre] != centre)
		complain(check, "a centre is not in its own group", centre);
	if (problem->existing != NULL && problem->change_cost != NULL &&
		problem->existing[i] >= 0 && label_of[centre] != problem->existing[i])
		check->change += problem->change_cost[i];
}

static void
check_keys(const CgGroupingProblem *problem, const int *centre_of,
		   CgGroupingCheck *check)
{
	for (int i = 0; i < problem->units; i++)
	{
		for (int k = i + 1; k < problem->units; k++)
		{
			if (problem->together != NULL && problem->together[i] >= 0 &&
				problem->together[i] == problem->together[k] &&
				centre_of[i] != centre_of[k])
				complain(check, "units that belong together are in different groups", k);
			if (problem->apart != NULL && problem->apart[i] >= 0 &&
				problem->apart[i] == problem->apart[k] &&
				centre_of[i] == centre_of[k])
				complain(check, "units that must be apart are in one group", k);
		}
	}
}

/*
 * From the first unit of each group, all others of it must be reached; units
 * that belong together count as neighbours.
 */
static void
check_pieces(const CgGroupingProblem *problem, const int *centre_of,
			 Scratch *scratch, CgGroupingCheck *check)
{
	for (int c = 0; c < problem->centres; c++)
	{
		int			length = 0;
		bool		started = false;

		for (int i = 0; i < problem->units; i++)
		{
			if (centre_of[i] != c || scratch->seen[i])
				continue;
			if (started)
			{
				complain(check, "a group is in pieces", i);
				break;
			}
			started = true;
			scratch->seen[i] = true;
			scratch->queue[length++] = i;
			while (length > 0)
			{
				int			at = scratch->queue[--length];

				for (int k = 0; k < problem->units; k++)
				{
					bool		beside = problem->together != NULL &&
						problem->together[at] >= 0 &&
						problem->together[at] == problem->together[k];

					if (scratch->seen[k] || centre_of[k] != c)
						continue;
					for (size_t e = problem->neighbour_start[at];
						 !beside && e < problem->neighbour_start[at + 1]; e++)
						beside = problem->neighbour[e] == k;
					if (beside)
					{
						scratch->seen[k] = true;
						scratch->queue[length++] = k;
					}
				}
			}
		}
	}
}

static void
check_groups(const CgGroupingProblem *problem, const int *label_of,
			 const Scratch *scratch, CgGroupingCheck *check)
{
	int			measures = problem->measures;

	for (int c = 0; c < problem->centres; c++)
	{
		int			fixed = problem->fixed == NULL ? CG_SITE_FREE : problem->fixed[c];
		bool		used = scratch->is_used[c];

		if (fixed == CG_SITE_CLOSED && used)
			complain(check, "a centre is fixed closed", problem->own_centre ? c : -1);
		if (fixed == CG_SITE_OPEN && !used && (problem->own_centre || label_of[c] == CG_NO_CENTRE))
			complain(check, "a centre that is fixed open has no group", problem->own_centre ? c : -1);

		/* A site that is open and serves nobody is a group all the same. */
		used = used || (!problem->own_centre && label_of[c] != CG_NO_CENTRE);
		if (!used)
			continue;
		check->groups++;
		check->objective += problem->opening == NULL ? 0 : problem->opening[c];
		for (int m = 0; m < measures; m++)
		{
			double		load = scratch->load[c * measures + m];
			double		low = problem->lower == NULL ? 0 : problem->lower[c * measures + m];
			double		high = problem->upper == NULL ? HUGE_VAL : problem->upper[c * measures + m];

			if (load < low - 1e-6 * (1 + fabs(low)))
				complain(check, "a group is below a lower limit", problem->own_centre ? c : -1);
			if (load > high + 1e-6 * (1 + fabs(high)))
				complain(check, "a group is above an upper limit", problem->own_centre ? c : -1);
		}
		for (int d = 0; d < c && label_of[c] >= 0; d++)
		{
			if (scratch->is_used[d] && label_of[d] == label_of[c])
				complain(check, "two groups continue one of today's", -1);
		}
	}
}

CgGroupingCheck
cg_grouping_verify(const CgGroupingProblem *problem, const int *centre_of,
				   const int *label_of, const double *price, const CgWork *work)
{
	CgGroupingCheck check = {false, 0, 0, -HUGE_VAL, 0, NULL, -1};
	Scratch		scratch;
	CgStore		arena;

	cg_store_begin(&arena, work);
	scratch.load = cg_store_take(&arena, (size_t) problem->centres * problem->measures, sizeof(double));
	scratch.is_used = cg_store_take(&arena, problem->centres, sizeof(bool));
	scratch.seen = cg_store_take(&arena, problem->units, sizeof(bool));
	scratch.queue = cg_store_take(&arena, problem->units, sizeof(int));
	if (arena.failed)
		complain(&check, "there is no memory for the check", -1);
	else
	{
		for (int i = 0; i < problem->units; i++)
			check_unit(problem, centre_of, label_of, i, &scratch, &check);
		check_keys(problem, centre_of, &check);
		if (problem->neighbour_start != NULL && check.problem == NULL)
			check_pieces(problem, centre_of, &scratch, &check);
		check_groups(problem, label_of, &scratch, &check);
		if (check.groups != problem->groups)
			complain(&check, "the number of groups is not as asked", -1);
	}
	check.objective += check.change;
	if (price != NULL)
		check.bound = cg_grouping_bound_of_prices(problem, price, work);
	check.feasible = check.problem == NULL;
	cg_store_end(&arena);
	return check;
}
