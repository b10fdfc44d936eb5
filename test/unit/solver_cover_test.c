/*-------------------------------------------------------------------------
 *
 * solver_cover_test.c
 *	  Unit test of covering and centres, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/cover.h"

#include "solver_location_tap.h"

#define MOST 10

typedef struct Instance
{
	CgCoverProblem problem;
	size_t		start[MOST + 1];
	int			site[MOST * MOST];
	double		cost[MOST * MOST];
	double		weight[MOST];
	signed char fixed[MOST];
} Instance;

static void
make_instance(Instance *instance, CgRandom *random, CgCoverGoal goal)
{
	CgCoverProblem *problem = &instance->problem;
	double		density = 0.4 + 0.6 * cg_random_uniform(random);
	size_t		count = 0;

	memset(instance, 0, sizeof(*instance));
	problem->goal = goal;
	problem->demands = 1 + below(random, MOST);
	problem->sites = 1 + below(random, 8);
	problem->start = instance->start;
	problem->site = instance->site;
	problem->cost = instance->cost;
	problem->weight = instance->weight;
	for (int i = 0; i < problem->demands; i++)
	{
		instance->start[i] = count;
		instance->weight[i] = below(random, 10);
		for (int j = 0; j < problem->sites; j++)
		{
			if (cg_random_uniform(random) > density)
				continue;
			instance->site[count] = j;
			instance->cost[count++] = below(random, 30);
		}
	}
	instance->start[problem->demands] = count;
	problem->limit = 5 + below(random, 20);
	problem->share = below(random, 2) ? 1 : 0.5 + 0.5 * cg_random_uniform(random);
	problem->p = 1 + below(random, problem->sites);
	if (below(random, 3) == 0)
	{
		instance->fixed[below(random, problem->sites)] = CG_SITE_OPEN;
		problem->fixed = instance->fixed;
	}
}

/*
 * Demand that the set leaves out, by weight (every = false) or by number.
 */
static double
left_out(const CgCoverProblem *problem, int set, double limit, bool every)
{
	double		sum = 0;

	for (int i = 0; i < problem->demands; i++)
	{
		bool		covered = false;

		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
			covered = covered || ((set >> problem->site[e] & 1) && problem->cost[e] <= limit);
		if (!covered)
			sum += every ? 1 : problem->weight[i];
	}
	return sum;
}

static bool
is_enough(const CgCoverProblem *problem, int set, double limit)
{
	double		total = 0;

	if (problem->share == 1)
		return left_out(problem, set, limit, true) == 0;
	for (int i = 0; i < problem->demands; i++)
		total += problem->weight[i];
	return left_out(problem, set, limit, false) <= (1 - problem->share) * total + 1e-9;
}

static bool
is_allowed(const CgCoverProblem *problem, int set, int *count)
{
	bool		allowed = true;

	*count = 0;
	for (int j = 0; j < problem->sites; j++)
	{
		*count += set >> j & 1;
		allowed = allowed && !(problem->fixed != NULL && problem->fixed[j] == CG_SITE_OPEN && !(set >> j & 1));
	}
	return allowed;
}

static double
brute_force(const CgCoverProblem *problem)
{
	double		best = problem->goal == CG_COVER_MOST ? -1 : HUGE_VAL;
	double		total = 0;

	for (int i = 0; i < problem->demands; i++)
		total += problem->weight[i];
	for (int set = 0; set < 1 << problem->sites; set++)
	{
		int			count;

		if (!is_allowed(problem, set, &count))
			continue;
		if (problem->goal == CG_COVER_FEWEST)
		{
			if (is_enough(problem, set, problem->limit))
				best = fmin(best, count);
		}
		else if (count != problem->p)
			continue;
		else if (problem->goal == CG_COVER_MOST)
			best = fmax(best, total - left_out(problem, set, problem->limit, false));
		else
		{
			/* The least cost that occurs and is enough. */
			for (size_t e = 0; e < problem->start[problem->demands]; e++)
			{
				if (problem->cost[e] < best && is_enough(problem, set, problem->cost[e]))
					best = problem->cost[e];
			}
		}
	}
	return best;
}

static void
test_goal(CgCoverGoal goal, const char *name)
{
	CgRandom	random;
	int			wrong = 0;
	int			infeasible = 0;
	int			many = 800;
	Counted		counted;
	CgWork		work = counted_work(&counted);

	cg_random_seed(&random, 100 + goal);
	for (int k = 0; k < many; k++)
	{
		Instance	instance;
		CgCoverAnswer answer;
		bool		is_open[MOST];
		int			served_by[MOST];
		double		best;
		int			set = 0;

		make_instance(&instance, &random, goal);
		if (cg_cover_problem(&instance.problem) != NULL)
			continue;
		best = brute_force(&instance.problem);
		answer = cg_cover(&instance.problem, 0, 1, &work, is_open, served_by);
		if (isinf(best))
		{
			infeasible++;
			wrong += answer.solved != CG_SOLVED_INFEASIBLE;
			continue;
		}
		for (int j = 0; j < instance.problem.sites; j++)
			set |= is_open[j] << j;

		wrong += answer.objective != best;
		if (goal == CG_COVER_CENTRE)
			wrong += !is_enough(&instance.problem, set, answer.limit) || answer.limit != best;
		if (goal == CG_COVER_FEWEST)
			wrong += !is_enough(&instance.problem, set, instance.problem.limit) || answer.open_count != best;
		if (goal == CG_COVER_MOST)
			wrong += answer.covered != best;
		wrong += answer.solved != CG_SOLVED_OPTIMAL || fabs(answer.bound - answer.objective) > 1e-9;
	}
	ok(wrong == 0, "%s: %d small problems as by trying every choice; %d have no answer (%d wrong)",
	   name, many, infeasible, wrong);
	ok(counted.out == 0, "... memory is returned");
}

int
main(void)
{
	test_goal(CG_COVER_FEWEST, "fewest sites");
	test_goal(CG_COVER_MOST, "most cover");
	test_goal(CG_COVER_CENTRE, "centres");
	return finish();
}
