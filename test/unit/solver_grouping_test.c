/*-------------------------------------------------------------------------
 *
 * solver_grouping_test.c
 *	  Unit test of balanced grouping, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/grouping.h"

#include "solver_location_tap.h"

#define MOST 6

typedef struct Instance
{
	CgGroupingProblem problem;
	size_t		start[MOST + 1];
	int			centre[MOST * MOST];
	double		value[MOST * MOST];
	double		amount[MOST * 2];
	double		lower[MOST * 2];
	double		upper[MOST * 2];
	int			together[MOST];
	int			apart[MOST];
	size_t		neighbour_start[MOST + 1];
	int			neighbour[MOST * MOST];
	int			existing[MOST];
	double		change_cost[MOST];
	signed char fixed[MOST];
} Instance;

static void
make_limits(Instance *instance, CgRandom *random, bool whole)
{
	CgGroupingProblem *problem = &instance->problem;

	problem->measures = below(random, 3);
	problem->amount = instance->amount;
	problem->lower = instance->lower;
	problem->upper = instance->upper;
	for (int m = 0; m < problem->measures; m++)
	{
		double		total = 0;
		double		slack = 0.2 + 0.8 * cg_random_uniform(random);

		for (int i = 0; i < problem->units; i++)
		{
			double		amount = whole ? below(random, 20) : 20 * cg_random_uniform(random);

			instance->amount[i * problem->measures + m] = amount;
			total += amount;
		}
		for (int c = 0; c < problem->units; c++)
		{
			instance->lower[c * problem->measures + m] = fmax(0, total / problem->groups * (1 - slack));
			instance->upper[c * problem->measures + m] = m == 1 && slack > 0.8 ? HUGE_VAL :
				total / problem->groups * (1 + slack);
		}
	}
}

static void
make_borders(Instance *instance, CgRandom *random)
{
	CgGroupingProblem *problem = &instance->problem;
	bool		beside[MOST][MOST] = {{false}};
	size_t		count = 0;

	for (int i = 1; i < problem->units; i++)
	{
		int			other = below(random, i);

		beside[i][other] = beside[other][i] = true;
		other = below(random, i);
		beside[i][other] = beside[other][i] = true;
	}
	for (int i = 0; i < problem->units; i++)
	{
		instance->neighbour_start[i] = count;
		for (int j = 0; j < problem->units; j++)
		{
			if (beside[i][j])
				instance->neighbour[count++] = j;
		}
	}
	instance->neighbour_start[problem->units] = count;
	problem->neighbour_start = instance->neighbour_start;
	problem->neighbour = instance->neighbour;
}

static void
make_instance(Instance *instance, CgRandom *random)
{
	CgGroupingProblem *problem = &instance->problem;
	bool		whole = below(random, 2);
	double		density = 0.5 + cg_random_uniform(random);
	double		x[MOST];
	double		y[MOST];
	size_t		count = 0;

	memset(instance, 0, sizeof(*instance));
	problem->units = problem->centres = 2 + below(random, MOST - 1);
	problem->groups = 1 + below(random, 3);
	problem->own_centre = true;
	problem->start = instance->start;
	problem->centre = instance->centre;
	problem->value = instance->value;
	for (int i = 0; i < problem->units; i++)
	{
		x[i] = 100 * cg_random_uniform(random);
		y[i] = 100 * cg_random_uniform(random);
		instance->together[i] = instance->apart[i] = instance->existing[i] = -1;
	}
	for (int i = 0; i < problem->units; i++)
	{
		instance->start[i] = count;
		for (int c = 0; c < problem->units; c++)
		{
			double		value = hypot(x[i] - x[c], y[i] - y[c]);

			if (i != c && cg_random_uniform(random) > density)
				continue;
			instance->centre[count] = c;
			instance->value[count++] = whole ? floor(value) : value;
		}
	}
	instance->start[problem->units] = count;
	make_limits(instance, random, whole);
	if (below(random, 3) == 0)
	{
		problem->together = instance->together;
		instance->together[0] = instance->together[below(random, problem->units)] = 1;
	}
	if (below(random, 3) == 0)
	{
		problem->apart = instance->apart;
		instance->apart[problem->units - 1] = instance->apart[below(random, problem->units)] = 0;
	}
	if (below(random, 3) == 0)
		make_borders(instance, random);
	if (below(random, 3) == 0)
	{
		problem->labels = 2;
		problem->existing = instance->existing;
		problem->change_cost = instance->change_cost;
		for (int i = 0; i < problem->units; i++)
		{
			instance->existing[i] = below(random, 3) - 1;
			instance->change_cost[i] = whole ? below(random, 40) : 40 * cg_random_uniform(random);
		}
	}
	if (below(random, 4) == 0)
	{
		problem->fixed = instance->fixed;
		instance->fixed[below(random, problem->units)] = below(random, 2) ? CG_SITE_OPEN : CG_SITE_CLOSED;
	}
}

/*
 * The best choice of what the groups continue, for groups that are given.
 */
static double
with_labels(const CgGroupingProblem *problem, const int *centre_of, int *label_of, int from)
{
	double		best;
	CgGroupingCheck check;

	while (from < problem->centres && centre_of[from] != from)
		label_of[from++] = CG_NO_CENTRE;
	if (from == problem->centres)
	{
		check = cg_grouping_verify(problem, centre_of, label_of, NULL, &cg_work_malloc);
		return check.feasible ? check.objective : HUGE_VAL;
	}
	label_of[from] = -1;
	best = with_labels(problem, centre_of, label_of, from + 1);
	for (int label = 0; label < problem->labels && problem->change_cost != NULL; label++)
	{
		label_of[from] = label;
		best = fmin(best, with_labels(problem, centre_of, label_of, from + 1));
	}
	return best;
}

/*
 * Every assignment of units to centres.
 */
static double
brute_force(const CgGroupingProblem *problem)
{
	int			centre_of[MOST] = {0};
	int			label_of[MOST];
	double		best = HUGE_VAL;

	for (;;)
	{
		int			i = 0;
		int			own = 0;
		bool		possible = true;

		for (int u = 0; u < problem->units; u++)
		{
			own += centre_of[u] == u;
			possible = possible && centre_of[centre_of[u]] == centre_of[u];
		}
		if (possible && own == problem->groups)
			best = fmin(best, with_labels(problem, centre_of, label_of, 0));
		while (i < problem->units && ++centre_of[i] == problem->units)
			centre_of[i++] = 0;
		if (i == problem->units)
			return best;
	}
}

static void
test_brute_force(void)
{
	CgRandom	random;
	int			many = 600;
	int			wrong_bound = 0;
	int			wrong_objective = 0;
	int			wrong_infeasible = 0;
	int			missed = 0;
	int			wrong_check = 0;
	int			feasible = 0;
	int			explained = 0;
	int			not_proved = 0;
	int			wrong_prices = 0;
	int			alone = 0;

	cg_random_seed(&random, 42);
	for (int k = 0; k < many; k++)
	{
		Instance	instance;
		CgGroupingOptions options = {.steps = 2e6, .proof_steps = 1e8, .seed = k};
		CgGroupingAnswer answer;
		CgGroupingCheck check;
		int			centre_of[MOST];
		int			label_of[MOST];
		double		price[MOST];
		double		best;

		make_instance(&instance, &random);
		best = brute_force(&instance.problem);
		answer = cg_grouping(&instance.problem, &options, &cg_work_malloc, centre_of, label_of, price);
		if (isinf(best))
		{
			wrong_infeasible += answer.solved != CG_SOLVED_INFEASIBLE;
			explained += answer.solved == CG_SOLVED_INFEASIBLE && answer.trouble != CG_TROUBLE_NONE;
			continue;
		}
		feasible++;
		if (answer.solved == CG_SOLVED_UNKNOWN)
		{
			missed++;
			continue;
		}
		if (answer.solved >= CG_SOLVED_INFEASIBLE)
		{
			wrong_infeasible++;
			continue;
		}
		check = cg_grouping_verify(&instance.problem, centre_of, label_of, price, &cg_work_malloc);
		wrong_check += !check.feasible || fabs(check.objective - answer.objective) > 1e-6;
		wrong_prices += check.bound > best + 1e-6 * (1 + best) ||
			(instance.problem.groups > 1 && check.bound < answer.root_bound - 1e-6 * (1 + best));
		wrong_bound += answer.bound > best + 1e-6 * (1 + best);
		wrong_objective += fabs(answer.objective - best) > 1e-6 * (1 + best);
		not_proved += answer.solved != CG_SOLVED_OPTIMAL;

		/* Branch and bound by itself, next to no search before it. */
		options = (CgGroupingOptions) {.steps = 1, .proof_steps = 1e8, .seed = k};
		answer = cg_grouping(&instance.problem, &options, &cg_work_malloc, centre_of, label_of, NULL);
		alone += answer.solved != CG_SOLVED_OPTIMAL || fabs(answer.objective - best) > 1e-6 * (1 + best);
	}
	ok(feasible > 100 && feasible < many - 50, "%d of %d small problems have an answer", feasible, many);
	ok(wrong_bound == 0, "no bound is above the best of all groupings");
	ok(wrong_infeasible == 0 && explained > 20, "none that has an answer is called infeasible, or the other way round; %d are explained", explained);
	ok(wrong_check == 0, "every answer passes the check, with its objective");
	ok(missed == 0, "an answer is found wherever there is one (%d missed)", missed);
	ok(wrong_objective == 0, "and it is the best one (%d are not)", wrong_objective);
	ok(wrong_prices == 0, "the prices prove the root's bound, and no more than is true (%d do not)", wrong_prices);
	ok(not_proved == 0, "with a proof (%d without)", not_proved);
	ok(alone == 0, "branch and bound finds it alone (%d times not)", alone);
}

/* Points on a grid; needs no data. */
static void
make_grid(CgGroupingProblem *problem, int side, size_t *start, int *centre, double *value,
		  double *amount, double *lower, double *upper, double tolerance)
{
	int			n = side * side;
	double		total = 0;

	for (int i = 0; i < n; i++)
	{
		amount[i] = 1000 + (i * 7919) % 1500;
		total += amount[i];
	}
	for (int i = 0; i <= n; i++)
		start[i] = (size_t) i * n;
	for (int e = 0; e < n * n; e++)
	{
		int			i = e / n;
		int			c = e % n;

		centre[e] = c;
		value[e] = round(amount[i] * hypot(i % side - c % side, i / side - c / side));
	}
	*problem = (CgGroupingProblem) {
		.units = n, .centres = n, .start = start, .centre = centre, .value = value,
		.measures = 1, .amount = amount, .lower = lower, .upper = upper, .groups = 12,
		.own_centre = true
	};
	for (int c = 0; c < n; c++)
	{
		lower[c] = total / 12 * (1 - tolerance);
		upper[c] = total / 12 * (1 + tolerance);
	}
}

static void
test_grid(void)
{
	enum
	{
		SIDE = 11, N = SIDE * SIDE
	};
	static size_t start[N + 1];
	static int	centre[N * N];
	static double value[N * N];
	static double amount[N];
	static double lower[N];
	static double upper[N];
	int			centre_of[2][N];
	int			label_of[N];
	CgGroupingProblem problem;
	CgGroupingOptions options = {.steps = 1e8, .seed = 1};
	CgGroupingAnswer answer;
	CgGroupingCheck check;
	Counted		counted;
	CgWork		work = counted_work(&counted);

	make_grid(&problem, SIDE, start, centre, value, amount, lower, upper, 0.1);
	for (int turn = 0; turn < 2; turn++)
		answer = cg_grouping(&problem, &options, &work, centre_of[turn], label_of, NULL);
	check = cg_grouping_verify(&problem, centre_of[1], label_of, NULL, &work);
	ok(check.feasible && answer.objective == check.objective && check.groups == 12,
	   "121 places in 12 balanced groups");
	ok(answer.bound > 0.97 * answer.objective && answer.bound <= answer.objective,
	   "... within 3%% of the bound (%.2f%%)", 100 * (1 - answer.bound / answer.objective));
	ok(memcmp(centre_of[0], centre_of[1], sizeof(centre_of[0])) == 0, "... and twice the same");
	ok(counted.out == 0, "... memory is returned");
	ok(counted.longest <= 0.05, "... questions are at most 50 ms of CPU apart (%.0f ms)", 1000 * counted.longest);
	counted = (Counted) {.last = cpu_seconds(), .stop_at = 4};
	answer = cg_grouping(&problem, &options, &work, centre_of[0], label_of, NULL);
	ok(answer.solved == CG_SOLVED_STOPPED || answer.solved == CG_SOLVED_UNKNOWN, "told to stop, it stops");
	ok(counted.out == 0, "... and returns its memory");
	for (int fail_at = 1, wrong = 0; fail_at <= 60; fail_at++)
	{
		counted = (Counted) {.fail_at = fail_at};
		options.steps = 1e6;
		answer = cg_grouping(&problem, &options, &work, centre_of[0], label_of, NULL);
		wrong += counted.out != 0 || (counted.requests >= fail_at && answer.solved != CG_SOLVED_NO_MEMORY);
		if (fail_at == 60)
			ok(wrong == 0, "without memory it says so and returns what it had");
	}
}

/*
 * Thirty places in four groups: proved, and the same by branch and bound alone.
 */
static void
test_thirty(void)
{
	enum
	{
		N = 30
	};
	static size_t start[N + 1];
	static int	centre[N * N];
	static double value[N * N];
	static double amount[N];
	static double lower[N];
	static double upper[N];
	CgRandom	random;
	int			not_proved = 0;
	int			different = 0;
	int64_t		nodes = 0;
	Counted		counted;
	CgWork		work = counted_work(&counted);

	cg_random_seed(&random, 30);
	for (int k = 0; k < 4; k++)
	{
		CgGroupingOptions options = {.steps = 3e7, .proof_steps = 3e9, .seed = 1};
		CgGroupingProblem problem = {
			.units = N, .centres = N, .start = start, .centre = centre, .value = value,
			.measures = 1, .amount = amount, .lower = lower, .upper = upper, .groups = 4,
			.own_centre = true
		};
		CgGroupingAnswer answer;
		CgGroupingAnswer alone;
		CgGroupingCheck check;
		int			centre_of[N];
		int			label_of[N];
		double		price[N];
		double		x[N];
		double		y[N];
		double		total = 0;

		for (int i = 0; i < N; i++)
		{
			x[i] = 100 * cg_random_uniform(&random);
			y[i] = 100 * cg_random_uniform(&random);
			total += amount[i] = 1000 + below(&random, 9000);
		}
		for (int e = 0; e < N * N; e++)
		{
			start[e / N + 1] = e + 1;
			centre[e] = e % N;
			value[e] = amount[e / N] * hypot(x[e / N] - x[e % N], y[e / N] - y[e % N]);
			lower[e % N] = total / 4 * 0.9;
			upper[e % N] = total / 4 * 1.1;
		}
		answer = cg_grouping(&problem, &options, &work, centre_of, label_of, price);
		check = cg_grouping_verify(&problem, centre_of, label_of, price, &work);
		not_proved += answer.solved != CG_SOLVED_OPTIMAL || !check.feasible ||
			fabs(check.objective - answer.objective) > 1e-6 * answer.objective ||
			check.bound > answer.objective * (1 + 1e-9) || check.bound < answer.root_bound * (1 - 1e-9);
		nodes += answer.nodes;
		options.steps = 1;
		alone = cg_grouping(&problem, &options, &work, centre_of, label_of, NULL);
		different += alone.solved != CG_SOLVED_OPTIMAL ||
			fabs(alone.objective - answer.objective) > 1e-9 * answer.objective;
	}
	ok(not_proved == 0 && nodes > 10, "thirty places in four groups are proved, in %ld nodes for four problems", (long) nodes);
	ok(different == 0, "... and branch and bound alone finds the same (%d times not)", different);
	ok(counted.out == 0, "... memory is returned");
	ok(counted.longest <= 0.05, "... questions are at most 50 ms of CPU apart (%.0f ms)", 1000 * counted.longest);
}

/* What the check must find. */
static void
test_check(void)
{
	size_t		start[] = {0, 3, 6, 9};
	int			centre[] = {0, 1, 2, 0, 1, 2, 0, 1, 2};
	double		value[] = {0, 1, 2, 1, 0, 1, 2, 1, 0};
	double		amount[] = {1, 1, 1};
	double		upper[] = {2, 2, 2};
	int			together[] = {0, -1, 0};
	size_t		neighbour_start[] = {0, 1, 3, 4};
	int			neighbour[] = {1, 0, 2, 1};
	CgGroupingProblem problem = {
		.units = 3, .centres = 3, .start = start, .centre = centre, .value = value,
		.measures = 1, .amount = amount, .upper = upper, .groups = 2, .own_centre = true
	};
	int			good[] = {0, 0, 2};
	int			heavy[] = {1, 1, 1};
	int			apart[] = {0, 1, 0};
	int			label[] = {-1, CG_NO_CENTRE, -1};
	CgGroupingCheck check;

	check = cg_grouping_verify(&problem, good, label, NULL, &cg_work_malloc);
	ok(check.feasible && check.objective == 1, "a good grouping");
	check = cg_grouping_verify(&problem, heavy, label, NULL, &cg_work_malloc);
	ok(!check.feasible && check.problem != NULL, "a group above its limit is found");
	problem.together = together;
	check = cg_grouping_verify(&problem, good, label, NULL, &cg_work_malloc);
	ok(!check.feasible, "units that belong together are missed");
	problem.together = NULL;
	problem.neighbour_start = neighbour_start;
	problem.neighbour = neighbour;
	check = cg_grouping_verify(&problem, apart, label, NULL, &cg_work_malloc);
	ok(!check.feasible, "a group in pieces is found");
	problem.apart = together;
	check = cg_grouping_verify(&problem, apart, label, NULL, &cg_work_malloc);
	ok(!check.feasible, "units that must be apart are found");
}

int
main(void)
{
	test_brute_force();
	test_grid();
	test_thirty();
	test_check();
	return finish();
}
