/*-------------------------------------------------------------------------
 *
 * solver_capacitated_test.c
 *	  Unit test of the capacitated p-median problem, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/grouping.h"

#include "solver_location_tap.h"

#define MOST 100

typedef struct Instance
{
	CgGroupingProblem problem;
	size_t		start[MOST + 1];
	int			centre[MOST * MOST];
	double		value[MOST * MOST];
	double		amount[MOST];
	double		lower[MOST];
	double		upper[MOST];
	double		opening[MOST];
	signed char fixed[MOST];
} Instance;

static Instance instance;

static void
make_small(CgRandom *random)
{
	CgGroupingProblem *problem = &instance.problem;
	double		total = 0;
	size_t		count = 0;
	double		density = 0.6 + 0.4 * cg_random_uniform(random);

	memset(&instance, 0, sizeof(instance));
	problem->units = 2 + below(random, 7);
	problem->centres = 2 + below(random, 4);
	problem->groups = 1 + below(random, problem->centres);
	problem->start = instance.start;
	problem->centre = instance.centre;
	problem->value = instance.value;
	problem->measures = 1;
	problem->amount = instance.amount;
	problem->upper = instance.upper;
	problem->opening = instance.opening;
	for (int i = 0; i < problem->units; i++)
	{
		instance.start[i] = count;
		total += instance.amount[i] = 1 + below(random, 9);
		for (int c = 0; c < problem->centres; c++)
		{
			if (cg_random_uniform(random) > density)
				continue;
			instance.centre[count] = c;
			instance.value[count++] = 50 * cg_random_uniform(random);
		}
	}
	instance.start[problem->units] = count;
	for (int c = 0; c < problem->centres; c++)
	{
		instance.upper[c] = total / problem->groups * (0.8 + 0.8 * cg_random_uniform(random));
		instance.opening[c] = 20 * cg_random_uniform(random);
	}
	if (below(random, 3) == 0)
	{
		problem->lower = instance.lower;
		for (int c = 0; c < problem->centres; c++)
			instance.lower[c] = fmin(instance.upper[c], 0.4 * total / problem->groups);
	}
	if (below(random, 4) == 0)
	{
		problem->fixed = instance.fixed;
		instance.fixed[below(random, problem->centres)] = below(random, 2) ? CG_SITE_OPEN : CG_SITE_CLOSED;
	}
}

static double
cost_of(const CgGroupingProblem *problem, int unit, int centre)
{
	for (size_t e = problem->start[unit]; e < problem->start[unit + 1]; e++)
	{
		if (problem->centre[e] == centre)
			return problem->value[e];
	}
	return HUGE_VAL;
}

/*
 * The best assignment of units unit .. to the open sites, by trying all.
 */
static double
assign(const CgGroupingProblem *problem, int set, int unit, double *load)
{
	double		best = HUGE_VAL;

	if (unit == problem->units)
	{
		for (int c = 0; c < problem->centres; c++)
		{
			if ((set >> c & 1) && problem->lower != NULL && load[c] < problem->lower[c] - 1e-9)
				return HUGE_VAL;
		}
		return 0;
	}
	for (int c = 0; c < problem->centres; c++)
	{
		double		cost = cost_of(problem, unit, c);

		if (!(set >> c & 1) || isinf(cost) || load[c] + problem->amount[unit] > problem->upper[c] + 1e-9)
			continue;
		load[c] += problem->amount[unit];
		best = fmin(best, cost + assign(problem, set, unit + 1, load));
		load[c] -= problem->amount[unit];
	}
	return best;
}

static double
brute_force(const CgGroupingProblem *problem)
{
	double		best = HUGE_VAL;

	for (int set = 0; set < 1 << problem->centres; set++)
	{
		double		load[8] = {0};
		double		cost = 0;
		int			count = 0;
		bool		allowed = true;

		for (int c = 0; c < problem->centres; c++)
		{
			int			fixed = problem->fixed == NULL ? 0 : problem->fixed[c];

			count += set >> c & 1;
			cost += (set >> c & 1) * problem->opening[c];
			allowed = allowed && !(fixed == CG_SITE_OPEN && !(set >> c & 1)) &&
				!(fixed == CG_SITE_CLOSED && (set >> c & 1));
		}
		if (allowed && count == problem->groups)
			best = fmin(best, cost + assign(problem, set, 0, load));
	}
	return best;
}

static void
test_brute_force(void)
{
	CgRandom	random;
	int			many = 500;
	int			feasible = 0;
	int			wrong_bound = 0;
	int			wrong_status = 0;
	int			wrong_check = 0;
	int			not_best = 0;
	int			not_proved = 0;
	int			alone = 0;

	cg_random_seed(&random, 3);
	for (int k = 0; k < many; k++)
	{
		CgGroupingOptions options = {.steps = 3e6, .proof_steps = 1e8, .seed = k};
		CgGroupingAnswer answer;
		CgGroupingCheck check;
		int			centre_of[MOST];
		int			label_of[MOST];
		double		price[MOST];
		double		best;

		make_small(&random);
		best = brute_force(&instance.problem);
		answer = cg_grouping(&instance.problem, &options, &cg_work_malloc, centre_of, label_of, price);
		if (isinf(best))
		{
			wrong_status += answer.solved != CG_SOLVED_INFEASIBLE;
			continue;
		}
		feasible++;
		if (answer.solved >= CG_SOLVED_INFEASIBLE)
		{
			wrong_status++;
			continue;
		}
		not_proved += answer.solved != CG_SOLVED_OPTIMAL;
		check = cg_grouping_verify(&instance.problem, centre_of, label_of, price, &cg_work_malloc);
		wrong_check += !check.feasible || fabs(check.objective - answer.objective) > 1e-6;
		wrong_bound += check.bound > best + 1e-6 ||
			(instance.problem.groups > 1 && check.bound < answer.root_bound - 1e-6 * (1 + best));
		wrong_bound += answer.bound > best + 1e-6;
		not_best += answer.objective > best + 1e-6;

		/* Branch and bound by itself, next to no search before it. */
		options = (CgGroupingOptions) {.steps = 1, .proof_steps = 1e8, .seed = k};
		answer = cg_grouping(&instance.problem, &options, &cg_work_malloc, centre_of, label_of, NULL);
		alone += answer.solved != CG_SOLVED_OPTIMAL || fabs(answer.objective - best) > 1e-6;
	}
	ok(feasible > 150, "%d of %d small problems have an answer", feasible, many);
	ok(wrong_status == 0, "the status is right (%d wrong)", wrong_status);
	ok(wrong_bound == 0, "no bound is above the best of all choices");
	ok(wrong_check == 0, "every answer passes the check");
	ok(not_best == 0, "and is the best one (%d are not)", not_best);
	ok(not_proved == 0, "with a proof (%d without)", not_proved);
	ok(alone == 0, "branch and bound finds it alone (%d times not)", alone);
}

/*
 * The OR-Library's files (Osman and Christofides), with little effort: the
 * benchmark takes them in earnest.
 */
static void
test_published(void)
{
	static const char *const names[] = {
		"pmedcap_01.txt", "pmedcap_02.txt", "pmedcap_03.txt", "pmedcap_04.txt",
		"pmedcap_05.txt", "pmedcap_06.txt", "pmedcap_11.txt", "pmedcap_12.txt",
		"pmedcap_13.txt", "pmedcap_14.txt", "pmedcap_15.txt", "pmedcap_16.txt"
	};

	if (getenv("CAREGROUP_SHARED") == NULL)
	{
		skip("the published problems", "../shared/data is not here");
		return;
	}
	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
	{
		FILE	   *in = fopen(shared_file("pmedcap", names[k]), "r");
		CgGroupingOptions options = {.steps = 1.5e8, .proof_steps = k < 6 ? 1e9 : 1e7, .seed = 1};
		CgGroupingAnswer answer;
		CgGroupingCheck check;
		Counted		counted;
		CgWork		work = counted_work(&counted);
		double		x[MOST];
		double		y[MOST];
		int			centre_of[MOST];
		int			label_of[MOST];
		double		price[MOST];
		int			n = 0;
		int			p = 0;
		double		known;
		double		capacity;
		bool		read = in != NULL && fscanf(in, "%*d %lf %d %d %lf", &known, &n, &p, &capacity) == 4;

		memset(&instance, 0, sizeof(instance));
		for (int i = 0; i < n && read; i++)
			read = fscanf(in, "%*d %lf %lf %lf", &x[i], &y[i], &instance.amount[i]) == 3;
		if (in != NULL)
			fclose(in);
		if (!read)
		{
			ok(false, "%s cannot be read", names[k]);
			continue;
		}
		for (int e = 0; e < n * n; e++)
		{
			instance.centre[e] = e % n;
			instance.value[e] = floor(hypot(x[e / n] - x[e % n], y[e / n] - y[e % n]));
		}
		for (int i = 0; i <= n; i++)
			instance.start[i] = (size_t) i * n;
		for (int c = 0; c < n; c++)
			instance.upper[c] = capacity;
		instance.problem = (CgGroupingProblem) {
			.units = n, .centres = n, .start = instance.start, .centre = instance.centre,
			.value = instance.value, .measures = 1, .amount = instance.amount,
			.upper = instance.upper, .groups = p
		};
		answer = cg_grouping(&instance.problem, &options, &work, centre_of, label_of, price);
		check = cg_grouping_verify(&instance.problem, centre_of, label_of, price, &work);
		ok(check.feasible && check.objective == answer.objective &&
		   answer.objective <= 1.01 * known && answer.bound <= known && answer.bound > 0.97 * known &&
		   check.bound > 0.98 * known && check.bound <= known + 1e-6 &&
		   counted.out == 0 && counted.longest <= 0.05,
		   "%s: %g, best known %g, bound %g, by the prices alone %.1f", names[k], answer.objective, known, answer.bound, check.bound);
		ok(k >= 6 || answer.solved == CG_SOLVED_OPTIMAL, "... %s", k < 6 ? "proved, with 50 places" : "with 100");
	}
}

int
main(void)
{
	test_brute_force();
	test_published();
	return finish();
}
