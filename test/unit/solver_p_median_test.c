/*-------------------------------------------------------------------------
 *
 * solver_p_median_test.c
 *	  Unit test of the p-median solver, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/p_median.h"

#include "solver_location_tap.h"

#define MOST 12

typedef struct Instance
{
	CgMedianProblem problem;
	size_t		start[MOST + 1];
	int			site[MOST * MOST];
	double		value[MOST * MOST];
	double		unserved[MOST];
	double		opening[MOST];
	signed char fixed[MOST];
} Instance;

/*
 * A small problem of any kind: whole or broken values, all pairs or few, with
 * and without opening costs, fixed sites, and leave to stay unserved.
 */
static void
make_instance(Instance *instance, CgRandom *random)
{
	CgMedianProblem *problem = &instance->problem;
	bool		whole = below(random, 2);
	double		density = 0.3 + 0.7 * cg_random_uniform(random);
	size_t		count = 0;

	memset(instance, 0, sizeof(*instance));
	problem->demands = 1 + below(random, MOST);
	problem->sites = 1 + below(random, 9);
	problem->start = instance->start;
	problem->site = instance->site;
	problem->value = instance->value;
	for (int i = 0; i < problem->demands; i++)
	{
		instance->start[i] = count;
		for (int j = 0; j < problem->sites; j++)
		{
			double		value = 100 * cg_random_uniform(random);

			if (cg_random_uniform(random) > density)
				continue;
			instance->site[count] = j;
			instance->value[count++] = whole ? floor(value / 4) : value;
		}
		instance->unserved[i] = whole ? floor(60 * cg_random_uniform(random)) :
			60 * cg_random_uniform(random);
	}
	instance->start[problem->demands] = count;
	if (below(random, 3) == 0)
		problem->unserved = instance->unserved;
	if (below(random, 2))
	{
		for (int j = 0; j < problem->sites; j++)
			instance->opening[j] = whole ? below(random, 50) : 50 * cg_random_uniform(random);
		problem->opening = instance->opening;
	}
	problem->min_open = 1 + below(random, problem->sites);
	problem->max_open = problem->min_open;
	if (below(random, 3) == 0)
	{
		problem->min_open = below(random, 2);
		problem->max_open = problem->sites;
	}
	if (below(random, 3) == 0)
	{
		instance->fixed[below(random, problem->sites)] = CG_SITE_OPEN;
		if (problem->sites > problem->min_open + 1)
			instance->fixed[problem->sites - 1] = CG_SITE_CLOSED;
		problem->fixed = instance->fixed;
	}
}

/*
 * Every choice of sites; HUGE_VAL: none serves all.
 */
static double
brute_force(const CgMedianProblem *problem)
{
	double		best = HUGE_VAL;

	for (int set = 0; set < 1 << problem->sites; set++)
	{
		double		cost = 0;
		int			count = 0;
		bool		allowed = true;

		for (int j = 0; j < problem->sites; j++)
		{
			bool		is_open = set >> j & 1;
			int			fixed = problem->fixed == NULL ? 0 : problem->fixed[j];

			count += is_open;
			cost += is_open && problem->opening != NULL ? problem->opening[j] : 0;
			allowed = allowed && !(fixed == CG_SITE_OPEN && !is_open) &&
				!(fixed == CG_SITE_CLOSED && is_open);
		}
		if (!allowed || count < problem->min_open || count > problem->max_open)
			continue;
		for (int i = 0; i < problem->demands; i++)
		{
			double		least = problem->unserved == NULL ? HUGE_VAL : problem->unserved[i];

			for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
			{
				if (set >> problem->site[e] & 1)
					least = fmin(least, problem->value[e]);
			}
			cost += least;
		}
		best = fmin(best, cost);
	}
	return best;
}

static bool
near(double a, double b)
{
	return fabs(a - b) <= 1e-7 * (1 + fabs(b));
}

static void
test_brute_force(void)
{
	CgRandom	random;
	int			wrong_objective = 0;
	int			wrong_status = 0;
	int			wrong_bound = 0;
	int			wrong_price = 0;
	int			wrong_check = 0;
	int			infeasible = 0;
	int			many = 3000;

	cg_random_seed(&random, 20261122);
	for (int k = 0; k < many; k++)
	{
		Instance	instance;
		CgMedianOptions options = {.restarts = -1, .seed = k};
		CgMedianAnswer answer;
		CgMedianCheck check;
		bool		is_open[MOST];
		int			served_by[MOST];
		double		price[MOST];
		double		best;

		make_instance(&instance, &random);
		if (cg_p_median_problem(&instance.problem) != NULL)
			continue;
		best = brute_force(&instance.problem);
		answer = cg_p_median(&instance.problem, &options, &cg_work_malloc,
							 is_open, served_by, price);
		if (isinf(best))
		{
			infeasible++;
			wrong_status += answer.solved != CG_SOLVED_INFEASIBLE;
			continue;
		}
		check = cg_p_median_verify(&instance.problem, is_open, served_by, price, &cg_work_malloc);
		wrong_objective += !near(answer.objective, best);
		wrong_status += answer.solved != CG_SOLVED_OPTIMAL;
		wrong_bound += answer.bound > best + 1e-7 * (1 + best) || !near(answer.bound, best);
		wrong_price += check.bound > best + 1e-7 * (1 + best) || check.bound < answer.root_bound - 1e-7 * (1 + best);
		wrong_check += !check.feasible || !near(check.objective, best) || check.not_cheapest > 0;
	}
	ok(wrong_objective == 0, "%d small problems: the objective is that of trying every choice", many);
	ok(wrong_status == 0, "... and is proved, or that there is none (%d of them)", infeasible);
	ok(infeasible > 50 && infeasible < many / 2, "... of which some have no answer");
	ok(wrong_bound == 0, "... the bound meets it");
	ok(wrong_price == 0, "... the prices alone prove what they say, and no more than is true");
	ok(wrong_check == 0, "... and the check agrees");
}

/*
 * "Is there an answer of at most ...?" is answered rightly on both sides.
 */
static void
test_target(void)
{
	CgRandom	random;
	int			wrong = 0;

	cg_random_seed(&random, 7);
	for (int k = 0; k < 1000; k++)
	{
		Instance	instance;
		CgMedianOptions options = {.restarts = 0, .has_target = true};
		CgMedianAnswer answer;
		bool		is_open[MOST];
		int			served_by[MOST];
		double		best;

		make_instance(&instance, &random);
		instance.problem.unserved = instance.unserved;
		if (cg_p_median_problem(&instance.problem) != NULL)
			continue;
		best = brute_force(&instance.problem);
		options.target = best + (k % 3 - 1) * 0.01 * (1 + best);
		answer = cg_p_median(&instance.problem, &options, &cg_work_malloc,
							 is_open, served_by, NULL);
		if (options.target >= best)
			wrong += answer.objective > options.target;
		else
			wrong += answer.objective < best - 1e-7 || answer.solved != CG_SOLVED_OPTIMAL;
	}
	ok(wrong == 0, "a target is reached where it can be, and only there");
}

/*
 * The order of the pairs of a demand does not matter.
 */
static void
test_order(void)
{
	CgRandom	random;
	int			differ = 0;

	cg_random_seed(&random, 5);
	for (int k = 0; k < 300; k++)
	{
		Instance	instance;
		CgMedianOptions options = {.restarts = -1, .seed = 3};
		bool		is_open[2][MOST];
		int			served_by[2][MOST];

		make_instance(&instance, &random);
		if (cg_p_median_problem(&instance.problem) != NULL)
			continue;
		for (int turn = 0; turn < 2; turn++)
		{
			cg_p_median(&instance.problem, &options, &cg_work_malloc,
						is_open[turn], served_by[turn], NULL);
			for (int i = 0; i < instance.problem.demands; i++)
			{
				size_t		low = instance.start[i];
				size_t		high = instance.start[i + 1];

				for (; low + 1 < high; low++, high--)
				{
					int			site = instance.site[low];
					double		value = instance.value[low];

					instance.site[low] = instance.site[high - 1];
					instance.value[low] = instance.value[high - 1];
					instance.site[high - 1] = site;
					instance.value[high - 1] = value;
				}
			}
		}
		differ += memcmp(served_by[0], served_by[1], sizeof(int) * instance.problem.demands) != 0;
	}
	ok(differ == 0, "the answer does not depend on the order of pairs");
}

/* ---- the files of the OR-Library (Beasley) ---- */

typedef struct File
{
	CgMedianProblem problem;
	size_t	   *start;
	int		   *site;
	double	   *value;
} File;

static bool
read_file(File *file, const char *path)
{
	FILE	   *in = fopen(path, "r");
	int			n;
	int			edges;
	int			p;
	double	   *d;

	if (in == NULL || fscanf(in, "%d %d %d", &n, &edges, &p) != 3)
		return false;
	d = malloc(sizeof(double) * n * n);
	for (int e = 0; e < n * n; e++)
		d[e] = e / n == e % n ? 0 : 1e9;
	for (int k = 0; k < edges; k++)
	{
		int			i;
		int			j;
		double		cost;

		if (fscanf(in, "%d %d %lf", &i, &j, &cost) != 3)
			return false;
		d[(i - 1) * n + j - 1] = d[(j - 1) * n + i - 1] = cost;
	}
	fclose(in);
	for (int k = 0; k < n; k++)
		for (int i = 0; i < n; i++)
			for (int j = 0; j < n; j++)
				d[i * n + j] = fmin(d[i * n + j], d[i * n + k] + d[k * n + j]);
	file->start = malloc(sizeof(size_t) * (n + 1));
	file->site = malloc(sizeof(int) * n * n);
	file->value = d;
	for (int i = 0; i <= n; i++)
		file->start[i] = (size_t) i * n;
	for (int e = 0; e < n * n; e++)
		file->site[e] = e % n;
	file->problem = (CgMedianProblem) {
		.demands = n, .sites = n, .start = file->start, .site = file->site,
		.value = file->value, .min_open = p, .max_open = p
	};
	return true;
}

static void
free_file(File *file)
{
	free(file->start);
	free(file->site);
	free(file->value);
}

/* Here without the largest ones: the benchmark solves all. */
static void
test_published(void)
{
	static const struct
	{
		const char *name;
		double		optimum;
	}			published[] = {
		{"pmed1.txt", 5819}, {"pmed2.txt", 4093}, {"pmed3.txt", 4250},
		{"pmed4.txt", 3034}, {"pmed5.txt", 1355}, {"pmed6.txt", 7824},
		{"pmed7.txt", 5631}, {"pmed8.txt", 4445}, {"pmed9.txt", 2734},
		{"pmed10.txt", 1255}, {"pmed11.txt", 7696}, {"pmed12.txt", 6634},
		{"pmed13.txt", 4374}, {"pmed14.txt", 2968}, {"pmed15.txt", 1729},
		{"pmed16.txt", 8162}, {"pmed17.txt", 6999}, {"pmed18.txt", 4809},
		{"pmed19.txt", 2845}, {"pmed20.txt", 1789}
	};

	if (getenv("CAREGROUP_SHARED") == NULL)
	{
		skip("the published problems", "../shared/data is not here");
		return;
	}
	for (size_t k = 0; k < sizeof(published) / sizeof(published[0]); k++)
	{
		File		file;
		CgMedianOptions options = {.restarts = -1, .seed = 1};
		CgMedianAnswer answer;
		CgMedianCheck check;
		Counted		counted;
		CgWork		work = counted_work(&counted);
		bool		is_open[900];
		int			served_by[900];
		double		price[900];

		if (!read_file(&file, shared_file("pmed", published[k].name)))
		{
			ok(false, "%s cannot be read", published[k].name);
			continue;
		}
		counted.last = cpu_seconds();
		answer = cg_p_median(&file.problem, &options, &work, is_open, served_by, price);
		check = cg_p_median_verify(&file.problem, is_open, served_by, price, &work);
		ok(answer.solved == CG_SOLVED_OPTIMAL && answer.objective == published[k].optimum &&
		   answer.bound == published[k].optimum && check.feasible &&
		   check.objective == published[k].optimum && check.bound <= published[k].optimum + 1e-6 &&
		   counted.out == 0,
		   "%s: %g, proved; memory returned", published[k].name, answer.objective);
		if (k == 16)
		{
			ok(counted.questions > 3 && counted.longest <= 0.05,
			   "questions whether to stop are at most 50 ms of CPU apart (%.0f ms)",
			   1000 * counted.longest);
			counted.questions = 0;
			counted.stop_at = 2;
			answer = cg_p_median(&file.problem, &options, &work, is_open, served_by, price);
			check = cg_p_median_verify(&file.problem, is_open, served_by, price, &work);
			ok(answer.solved == CG_SOLVED_STOPPED && check.feasible &&
			   answer.bound <= published[k].optimum && answer.objective >= published[k].optimum &&
			   counted.out == 0, "told to stop, it gives what it has");
		}
		free_file(&file);
	}
}

static void
test_memory(void)
{
	CgRandom	random;
	Instance	instance;
	bool		is_open[MOST];
	int			served_by[MOST];
	int			leaks = 0;
	int			wrong = 0;

	cg_random_seed(&random, 11);
	do
		make_instance(&instance, &random);
	while (cg_p_median_problem(&instance.problem) != NULL || instance.problem.demands < 8);
	for (int fail_at = 1; fail_at < 60; fail_at++)
	{
		Counted		counted;
		CgWork		work = counted_work(&counted);
		CgMedianOptions options = {.restarts = -1};
		CgMedianAnswer answer;

		counted.fail_at = fail_at;
		answer = cg_p_median(&instance.problem, &options, &work, is_open, served_by, NULL);
		leaks += counted.out != 0;
		wrong += counted.requests >= fail_at && answer.solved != CG_SOLVED_NO_MEMORY;
	}
	ok(leaks == 0 && wrong == 0, "without memory it says so and returns what it had");
}

static void
test_bad_input(void)
{
	size_t		start[] = {0, 1};
	int			site[] = {0};
	double		value[] = {1};
	CgMedianProblem good = {
		.demands = 1, .sites = 1, .start = start, .site = site, .value = value,
		.min_open = 1, .max_open = 1
	};
	CgMedianProblem bad = good;

	ok(cg_p_median_problem(&good) == NULL, "a good problem has no problem");
	bad.min_open = bad.max_open = 2;
	ok(cg_p_median_problem(&bad) != NULL, "more sites to open than there are");
	value[0] = -1;
	ok(cg_p_median_problem(&good) != NULL, "a negative cost");
	value[0] = NAN;
	ok(cg_p_median_problem(&good) != NULL, "a cost that is no number");
	value[0] = 1;
	site[0] = 1;
	ok(cg_p_median_problem(&good) != NULL, "a pair of a site that is not there");
}

int
main(void)
{
	test_brute_force();
	test_target();
	test_order();
	test_published();
	test_memory();
	test_bad_input();
	return finish();
}
