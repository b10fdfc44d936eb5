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
	double		opening[MOST];
	signed char fixed[MOST];
} Instance;

static void
make_instance(Instance *instance, CgRandom *random, CgCoverGoal goal, bool costs)
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
		instance->fixed[below(random, problem->sites)] = costs && below(random, 2) ? CG_SITE_CLOSED : CG_SITE_OPEN;
		problem->fixed = instance->fixed;
	}
	if (costs)
	{
		bool		whole = below(random, 2);

		problem->opening = instance->opening;
		for (int j = 0; j < problem->sites; j++)
			instance->opening[j] = whole ? below(random, 20) : 20 * cg_random_uniform(random);
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
		int			fixed = problem->fixed == NULL ? CG_SITE_FREE : problem->fixed[j];

		*count += set >> j & 1;
		allowed = allowed && !(fixed == CG_SITE_OPEN && !(set >> j & 1)) &&
			!(fixed == CG_SITE_CLOSED && (set >> j & 1));
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
			double		cost = 0;

			for (int j = 0; j < problem->sites; j++)
				cost += (set >> j & 1) * (problem->opening == NULL ? 1 : problem->opening[j]);
			if (is_enough(problem, set, problem->limit))
				best = fmin(best, cost);
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
test_goal(CgCoverGoal goal, bool costs, const char *name)
{
	CgRandom	random;
	int			wrong = 0;
	int			wrong_check = 0;
	int			wrong_bound = 0;
	int			closed = 0;
	int			infeasible = 0;
	int			many = 800;
	Counted		counted;
	CgWork		work = counted_work(&counted);

	cg_random_seed(&random, 100 + goal + 10 * costs);
	for (int k = 0; k < many; k++)
	{
		Instance	instance;
		CgCoverAnswer answer;
		bool		is_open[MOST];
		CgCoverCheck check;
		int			served_by[MOST];
		double		price[MOST];
		double		best;
		int			set = 0;

		make_instance(&instance, &random, goal, costs);
		if (cg_cover_problem(&instance.problem) != NULL)
			continue;
		best = brute_force(&instance.problem);
		answer = cg_cover(&instance.problem, 0, 1, &work, is_open, served_by, price);
		if (isinf(best))
		{
			infeasible++;
			wrong += answer.solved != CG_SOLVED_INFEASIBLE;
			continue;
		}
		for (int j = 0; j < instance.problem.sites; j++)
			set |= is_open[j] << j;

		wrong += fabs(answer.objective - best) > 1e-9 * (1 + best);
		if (goal == CG_COVER_CENTRE)
			wrong += !is_enough(&instance.problem, set, answer.limit) || answer.limit != best;
		if (goal == CG_COVER_FEWEST)
			wrong += !is_enough(&instance.problem, set, instance.problem.limit) || (!costs && answer.open_count != best);
		if (goal == CG_COVER_MOST)
			wrong += answer.covered != best;
		wrong += answer.solved != CG_SOLVED_OPTIMAL || fabs(answer.bound - answer.objective) > 1e-9;
		check = cg_cover_verify(&instance.problem, is_open, price, &cg_work_malloc);
		wrong_check += !check.feasible || fabs(check.objective - answer.objective) > 1e-9 * (1 + best) ||
			fabs(check.covered - answer.covered) > 1e-9 || check.open_count != answer.open_count;
		wrong_bound += goal == CG_COVER_MOST ? check.bound < best - 1e-9 * (1 + best) :
			check.bound > best + 1e-9 * (1 + best);
		closed += fabs(check.bound - best) <= 1e-6 * (1 + best);

		/* Any prices at all: never more than is true. */
		for (int i = 0; i < instance.problem.demands; i++)
			price[i] = 20 * cg_random_uniform(&random) - 2;
		check = cg_cover_verify(&instance.problem, is_open, price, &cg_work_malloc);
		wrong_bound += goal == CG_COVER_MOST ? check.bound < best - 1e-9 * (1 + best) :
			check.bound > best + 1e-9 * (1 + best);

		/* A site fewer, where every one is needed. */
		if (goal != CG_COVER_CENTRE && set != 0)
		{
			int			j = 0;

			while (!is_open[j])
				j++;
			is_open[j] = false;
			check = cg_cover_verify(&instance.problem, is_open, NULL, &cg_work_malloc);
			wrong_check += !isnan(check.bound) ||
				check.feasible != (goal == CG_COVER_FEWEST && is_enough(&instance.problem, set & ~(1 << j), instance.problem.limit) &&
								   !(instance.problem.fixed != NULL && instance.fixed[j] == CG_SITE_OPEN));
		}
	}
	ok(wrong == 0, "%s: %d small problems as by trying every choice; %d have no answer (%d wrong)",
	   name, many, infeasible, wrong);
	ok(wrong_check == 0, "... the check agrees, and finds what is missing (%d wrong)", wrong_check);
	ok(wrong_bound == 0, "... no prices prove more than is true (%d wrong)", wrong_bound);
	ok(closed > 0.5 * (many - infeasible), "... the prices alone prove the best of %d of %d", closed, many - infeasible);
	ok(counted.out == 0, "... memory is returned");
}

/*
 * A larger one: stops, memory, and the order of pairs.
 */
static void
test_large(void)
{
	enum
	{
		DEMANDS = 400, SITES = 120
	};
	static size_t start[2][DEMANDS + 1];
	static int	site[2][DEMANDS * SITES];
	static double cost[2][DEMANDS * SITES];
	static double weight[DEMANDS];
	static double opening[SITES];
	bool		is_open[2][SITES];
	int			served_by[DEMANDS];
	double		price[DEMANDS];
	CgCoverProblem problem = {
		.goal = CG_COVER_FEWEST, .demands = DEMANDS, .sites = SITES, .weight = weight,
		.opening = opening, .limit = 14, .share = 0.95
	};
	CgCoverAnswer answer[2];
	CgCoverCheck check;
	CgRandom	random;
	Counted		counted;
	CgWork		work = counted_work(&counted);
	double		at[DEMANDS + SITES][2];
	int			wrong = 0;

	cg_random_seed(&random, 8);
	for (int k = 0; k < DEMANDS + SITES; k++)
	{
		at[k][0] = 100 * cg_random_uniform(&random);
		at[k][1] = 100 * cg_random_uniform(&random);
	}
	for (int j = 0; j < SITES; j++)
		opening[j] = 10 + below(&random, 40);
	for (int i = 0; i < DEMANDS; i++)
	{
		weight[i] = 1 + below(&random, 900);
		for (int k = 0; k < SITES; k++)
		{
			for (int turn = 0; turn < 2; turn++)
			{
				int			j = turn == 0 ? k : SITES - 1 - k;

				start[turn][i + 1] = (size_t) (i + 1) * SITES;
				site[turn][i * SITES + k] = j;
				cost[turn][i * SITES + k] = hypot(at[i][0] - at[DEMANDS + j][0], at[i][1] - at[DEMANDS + j][1]);
			}
		}
	}
	for (int turn = 0; turn < 2; turn++)
	{
		problem.start = start[turn];
		problem.site = site[turn];
		problem.cost = cost[turn];
		answer[turn] = cg_cover(&problem, 2e9, 1, &work, is_open[turn], served_by, price);
	}
	check = cg_cover_verify(&problem, is_open[1], price, &work);
	ok(check.feasible && check.objective == answer[1].objective && check.bound > 0.95 * check.objective &&
	   answer[1].bound >= check.bound && answer[1].objective <= 1.02 * answer[1].bound,
	   "400 demands, 120 sites with costs: %g, bound %g, by the prices alone %g", answer[1].objective, answer[1].bound, check.bound);
	ok(memcmp(is_open[0], is_open[1], sizeof(is_open[0])) == 0, "... the same in another order of pairs");
	ok(counted.out == 0, "... memory is returned");
	ok(counted.longest <= 0.05, "... questions are at most 50 ms of CPU apart (%.0f ms)", 1000 * counted.longest);
	for (int fail_at = 1; fail_at <= 40; fail_at++)
	{
		counted = (Counted) {.fail_at = fail_at};
		answer[0] = cg_cover(&problem, 1e7, 1, &work, is_open[0], served_by, price);
		wrong += counted.out != 0 || (counted.requests >= fail_at && answer[0].solved != CG_SOLVED_NO_MEMORY);
	}
	ok(wrong == 0, "... without memory it says so and returns what it had");
	counted = (Counted) {.stop_at = 3};
	answer[0] = cg_cover(&problem, 2e9, 1, &work, is_open[0], served_by, price);
	ok(answer[0].solved != CG_SOLVED_OPTIMAL && counted.out == 0 && counted.questions <= 4, "... told to stop, it stops");
}

int
main(void)
{
	test_goal(CG_COVER_FEWEST, false, "fewest sites");
	test_goal(CG_COVER_FEWEST, true, "cheapest sites");
	test_goal(CG_COVER_MOST, false, "most cover");
	test_goal(CG_COVER_CENTRE, false, "centres");
	test_large();
	return finish();
}
