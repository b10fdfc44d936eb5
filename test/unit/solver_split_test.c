/*-------------------------------------------------------------------------
 *
 * solver_split_test.c
 *	  Unit test of sites with limits whose demand may be split, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/p_median_split.h"

#include "solver_location_tap.h"

#define MOST 10
#define NODES (2 * MOST + 2)

typedef struct Instance
{
	CgSplitProblem problem;
	size_t		start[MOST + 1];
	int			site[MOST * MOST];
	double		cost[MOST * MOST];
	double		amount[MOST];
	double		capacity[MOST];
	double		minimum[MOST];
	double		opening[MOST];
	signed char fixed[MOST];
} Instance;

static void
make_instance(Instance *instance, CgRandom *random)
{
	CgSplitProblem *problem = &instance->problem;
	double		density = 0.5 + 0.5 * cg_random_uniform(random);
	bool		whole = below(random, 2);
	double		unit = below(random, 3) == 0 ? 0.25 : 1;
	double		total = 0;
	size_t		count = 0;
	int			p;

	memset(instance, 0, sizeof(*instance));
	problem->demands = 1 + below(random, 8);
	problem->sites = 1 + below(random, 6);
	problem->start = instance->start;
	problem->site = instance->site;
	problem->cost = instance->cost;
	problem->amount = instance->amount;
	for (int i = 0; i < problem->demands; i++)
	{
		instance->start[i] = count;
		total += instance->amount[i] = unit * below(random, 12);
		for (int j = problem->sites - 1; j >= 0; j--)
		{
			if (cg_random_uniform(random) > density)
				continue;
			instance->site[count] = j;
			instance->cost[count++] = whole ? below(random, 40) : 40 * cg_random_uniform(random);
		}
	}
	instance->start[problem->demands] = count;
	p = 1 + below(random, problem->sites);
	problem->min_open = problem->max_open = p;
	if (below(random, 3) == 0)
	{
		problem->min_open = 0;
		problem->max_open = problem->sites;
	}
	if (below(random, 5) > 0)
	{
		problem->capacity = instance->capacity;
		for (int j = 0; j < problem->sites; j++)
			instance->capacity[j] = below(random, 8) == 0 ? HUGE_VAL :
				ceil(total / p * (0.6 + cg_random_uniform(random)));
	}
	if (below(random, 3) == 0)
	{
		problem->minimum = instance->minimum;
		for (int j = 0; j < problem->sites; j++)
			instance->minimum[j] = fmin(problem->capacity == NULL ? HUGE_VAL : instance->capacity[j],
										floor(total / p * 0.9 * cg_random_uniform(random)));
	}
	if (below(random, 2))
	{
		problem->opening = instance->opening;
		for (int j = 0; j < problem->sites; j++)
			instance->opening[j] = below(random, 100);
	}
	if (below(random, 4) == 0)
	{
		problem->fixed = instance->fixed;
		instance->fixed[below(random, problem->sites)] = below(random, 2) ? CG_SITE_OPEN : CG_SITE_CLOSED;
	}
}

/* ---- the slow way: successive shortest paths for every set ---- */

typedef struct Network
{
	int			arcs;
	int			from[500];
	int			to[500];
	double		room[500];
	double		cost[500];
} Network;

static void
add_arc(Network *network, int from, int to, double room, double cost)
{
	int			a = network->arcs;

	network->from[a] = network->to[a + 1] = from;
	network->to[a] = network->from[a + 1] = to;
	network->room[a] = room;
	network->room[a + 1] = 0;
	network->cost[a] = cost;
	network->cost[a + 1] = -cost;
	network->arcs += 2;
}

#define REWARD 1e6				/* for each unit of a minimum */

/*
 * Least cost of serving all from the set, or HUGE_VAL.
 */
static double
cost_of_set(const CgSplitProblem *problem, int set)
{
	static Network network;
	int			source = problem->demands + problem->sites;
	int			sink = source + 1;
	double		wanted = 0;
	double		least = 0;
	double		cost = 0;

	network.arcs = 0;
	for (int i = 0; i < problem->demands; i++)
	{
		wanted += problem->amount[i];
		add_arc(&network, source, i, problem->amount[i], 0);
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
			add_arc(&network, i, problem->demands + problem->site[e], 1e9, problem->cost[e]);
	}
	for (int j = 0; j < problem->sites; j++)
	{
		double		low = problem->minimum == NULL ? 0 : problem->minimum[j];
		double		high = problem->capacity == NULL ? 1e9 : fmin(1e9, problem->capacity[j]);

		if (!(set >> j & 1))
			continue;
		cost += problem->opening == NULL ? 0 : problem->opening[j];
		least += low;
		cost += low * REWARD;
		add_arc(&network, problem->demands + j, sink, low, -REWARD);
		add_arc(&network, problem->demands + j, sink, high - low, 0);
	}
	while (wanted > 0)
	{
		double		distance[NODES];
		int			by[NODES];
		double		amount = wanted;
		bool		changed = true;

		for (int v = 0; v <= sink; v++)
		{
			distance[v] = HUGE_VAL;
			by[v] = -1;
		}
		distance[source] = 0;
		for (int turn = 0; turn <= sink + 1 && changed; turn++)
		{
			changed = false;
			for (int a = 0; a < network.arcs; a++)
			{
				if (network.room[a] > 0 &&
					distance[network.from[a]] + network.cost[a] < distance[network.to[a]] - 1e-9)
				{
					distance[network.to[a]] = distance[network.from[a]] + network.cost[a];
					by[network.to[a]] = a;
					changed = true;
				}
			}
		}
		if (isinf(distance[sink]))
			return HUGE_VAL;
		for (int v = sink; v != source; v = network.from[by[v]])
			amount = fmin(amount, network.room[by[v]]);
		for (int v = sink; v != source; v = network.from[by[v]])
		{
			network.room[by[v]] -= amount;
			network.room[by[v] ^ 1] += amount;
		}
		cost += amount * distance[sink];
		wanted -= amount;
	}
	return cost > 0.5 * REWARD ? HUGE_VAL : cost;
}

static double
brute_force(const CgSplitProblem *problem)
{
	double		best = HUGE_VAL;

	for (int set = 0; set < 1 << problem->sites; set++)
	{
		int			count = 0;
		bool		allowed = true;

		for (int j = 0; j < problem->sites; j++)
		{
			int			fixed = problem->fixed == NULL ? 0 : problem->fixed[j];

			count += set >> j & 1;
			allowed = allowed && !(fixed == CG_SITE_OPEN && !(set >> j & 1)) &&
				!(fixed == CG_SITE_CLOSED && (set >> j & 1));
		}
		if (allowed && count >= problem->min_open && count <= problem->max_open)
			best = fmin(best, cost_of_set(problem, set));
	}
	return best;
}

static void
test_brute_force(void)
{
	CgRandom	random;
	int			many = 1500;
	int			tried = 0;
	int			infeasible = 0;
	int			wrong = 0;
	int			wrong_status = 0;
	int			wrong_check = 0;
	int			wrong_bound = 0;
	int			split = 0;
	Counted		counted;
	CgWork		work = counted_work(&counted);

	cg_random_seed(&random, 11);
	for (int k = 0; k < many; k++)
	{
		static Instance instance;
		CgSplitOptions options = {.seed = 1};
		CgSplitAnswer answer;
		CgSplitCheck check;
		bool		is_open[MOST];
		double		flow[MOST * MOST];
		double		unserved[MOST];
		double		price[MOST];
		double		best;
		double		close;

		make_instance(&instance, &random);
		if (cg_p_median_split_problem(&instance.problem) != NULL)
			continue;
		tried++;
		best = brute_force(&instance.problem);
		answer = cg_p_median_split(&instance.problem, &options, &work, is_open, flow, unserved, price);
		if (isinf(best))
		{
			infeasible++;
			wrong_status += answer.solved != CG_SOLVED_INFEASIBLE;
			continue;
		}
		close = 1e-6 * (1 + best);
		wrong_status += answer.solved != CG_SOLVED_OPTIMAL || fabs(answer.bound - answer.objective) > close;
		wrong += fabs(answer.objective - best) > close;
		check = cg_p_median_split_verify(&instance.problem, is_open, flow, price, &cg_work_malloc);
		wrong_check += !check.feasible || fabs(check.objective - answer.objective) > close ||
			check.open_count != answer.open_count;
		wrong_bound += check.bound > best + close || fabs(check.bound - answer.root_bound) > close;
		for (int i = 0; i < instance.problem.demands; i++)
		{
			int			servers = 0;

			for (size_t e = instance.start[i]; e < instance.start[i + 1]; e++)
				servers += flow[e] > 0;
			split += servers > 1;
		}
	}
	ok(tried > 1000 && infeasible > 200 && infeasible < tried - 400,
	   "%d small problems, %d of them without an answer", tried, infeasible);
	ok(wrong == 0, "as by trying every set with another method (%d are not)", wrong);
	ok(wrong_status == 0, "all proved, best or infeasible (%d are not)", wrong_status);
	ok(wrong_check == 0, "every answer passes the check (%d do not)", wrong_check);
	ok(wrong_bound == 0, "the prices prove the root's bound, and no more than is true (%d do not)", wrong_bound);
	ok(split > 100, "%d demands are split", split);
	ok(counted.out == 0, "memory is returned");
}

/* ---- larger ones ---- */

typedef struct Large
{
	CgSplitProblem problem;
	bool	   *is_open;
	double	   *flow;
	double	   *unserved;
	double	   *price;
} Large;

static void
make_large(Large *large, int demands, int sites, int p, double tightness, uint64_t seed, bool backwards)
{
	CgRandom	random;
	size_t	   *start = calloc(demands + 1, sizeof(size_t));
	int		   *site = calloc((size_t) demands * sites, sizeof(int));
	double	   *cost = calloc((size_t) demands * sites, sizeof(double));
	double	   *amount = calloc(demands, sizeof(double));
	double	   *capacity = calloc(sites, sizeof(double));
	double	   *at = calloc(2 * (size_t) (demands + sites), sizeof(double));
	double		total = 0;

	cg_random_seed(&random, seed);
	for (int k = 0; k < 2 * (demands + sites); k++)
		at[k] = 100 * cg_random_uniform(&random);
	for (int i = 0; i < demands; i++)
		total += amount[i] = 100 + below(&random, 1000);
	for (int j = 0; j < sites; j++)
		capacity[j] = floor(total / p / tightness * (0.5 + cg_random_uniform(&random)));
	for (int i = 0; i < demands; i++)
	{
		start[i + 1] = start[i] + sites;
		for (int k = 0; k < sites; k++)
		{
			int			j = backwards ? sites - 1 - k : k;

			site[start[i] + k] = j;
			cost[start[i] + k] = hypot(at[2 * i] - at[2 * (demands + j)], at[2 * i + 1] - at[2 * (demands + j) + 1]);
		}
	}
	free(at);
	large->problem = (CgSplitProblem) {
		.demands = demands, .sites = sites, .start = start, .site = site, .cost = cost,
		.amount = amount, .capacity = capacity, .min_open = p, .max_open = p
	};
	large->is_open = calloc(sites, sizeof(bool));
	large->flow = calloc((size_t) demands * sites, sizeof(double));
	large->unserved = calloc(demands, sizeof(double));
	large->price = calloc(demands, sizeof(double));
}

static void
free_large(Large *large)
{
	free((void *) large->problem.start);
	free((void *) large->problem.site);
	free((void *) large->problem.cost);
	free((void *) large->problem.amount);
	free((void *) large->problem.capacity);
	free(large->is_open);
	free(large->flow);
	free(large->unserved);
	free(large->price);
}

static CgSplitAnswer
solve_large(Large *large, double steps, const CgWork *work)
{
	CgSplitOptions options = {.steps = steps, .seed = 1};

	return cg_p_median_split(&large->problem, &options, work, large->is_open, large->flow,
							 large->unserved, large->price);
}

static void
test_large(void)
{
	Large		large;
	Large		turned;
	Counted		counted;
	CgWork		work = counted_work(&counted);
	CgSplitAnswer answer;
	CgSplitAnswer again;
	CgSplitCheck check;
	long		requests;
	int			wrong = 0;
	bool		same = true;

	make_large(&large, 150, 24, 6, 0.9, 5, false);
	make_large(&turned, 150, 24, 6, 0.9, 5, true);
	answer = solve_large(&large, 3e9, &work);
	requests = counted.requests;
	check = cg_p_median_split_verify(&large.problem, large.is_open, large.flow, large.price, &work);
	ok(answer.solved == CG_SOLVED_OPTIMAL, "150 demands, 6 of 24 sites: proved (%g, root %g, %ld nodes)",
	   answer.objective, answer.root_bound, (long) answer.nodes);
	ok(check.feasible && fabs(check.objective - answer.objective) < 1e-6 * answer.objective &&
	   check.bound <= answer.objective && check.bound > 0.97 * answer.objective, "... and the check agrees");
	again = solve_large(&turned, 3e9, &work);
	for (int e = 0; e < 150 * 24; e++)
	{
		int			j = large.problem.site[e];
		int			first = e - e % 24;

		same = same && large.flow[e] == turned.flow[first + 23 - j];
	}
	ok(same && again.objective == answer.objective && again.steps == answer.steps, "... the same in another order of pairs");
	ok(counted.out == 0, "... memory is returned");
	ok(counted.longest <= 0.05, "... questions are at most 50 ms of CPU apart (%.0f ms)", 1000 * counted.longest);
	for (int stop_at = 1; stop_at < 40; stop_at += 6)
	{
		counted = (Counted) {.stop_at = stop_at};
		again = solve_large(&large, 3e9, &work);
		wrong += counted.out != 0 || again.solved >= CG_SOLVED_NO_MEMORY ||
			(again.solved == CG_SOLVED_OPTIMAL && fabs(again.objective - answer.objective) > 1e-6) ||
			(counted.questions > counted.stop_at + 3);
	}
	ok(wrong == 0, "told to stop, it stops and returns its memory");
	wrong = 0;
	for (long fail_at = 1; fail_at <= requests; fail_at += 1 + requests / 60)
	{
		counted = (Counted) {.fail_at = fail_at};
		again = solve_large(&large, 3e8, &work);
		wrong += counted.out != 0 || (counted.requests >= fail_at && again.solved != CG_SOLVED_NO_MEMORY);
	}
	ok(wrong == 0, "without memory it says so and returns what it had (%d times not)", wrong);
	free_large(&large);
	free_large(&turned);

	/* Much to do between two questions. */
	counted = (Counted) {.last = cpu_seconds()};
	make_large(&large, 1500, 60, 12, 0.9, 6, false);
	answer = solve_large(&large, 2e8, &work);
	check = cg_p_median_split_verify(&large.problem, large.is_open, large.flow, large.price, &work);
	ok(check.feasible && answer.bound <= answer.objective && answer.objective < 1.1 * check.bound,
	   "1500 demands, 12 of 60 sites, little effort: a gap of %.2f%%", 100 * (1 - answer.bound / answer.objective));
	ok(counted.longest <= 0.05, "... questions are at most 50 ms of CPU apart (%.0f ms)", 1000 * counted.longest);
	free_large(&large);
}

static void
test_problems(void)
{
	size_t		start[] = {0, 2, 4};
	int			site[] = {0, 1, 0, 1};
	double		cost[] = {1, 9, 2, 4};
	double		amount[] = {5, 5};
	double		capacity[] = {6, 20};
	double		minimum[] = {0, 3};
	bool		is_open[2];
	double		flow[4];
	double		price[2];
	CgSplitOptions options = {.seed = 1};
	CgSplitProblem problem = {
		.demands = 2, .sites = 2, .start = start, .site = site, .cost = cost, .amount = amount,
		.capacity = capacity, .minimum = minimum, .min_open = 2, .max_open = 2
	};
	CgSplitAnswer answer = cg_p_median_split(&problem, &options, &cg_work_malloc, is_open, flow, NULL, price);

	/* The first site has room for six: the second demand has one of them. */
	ok(answer.objective == 5 + 2 + 16 && flow[2] == 1 && flow[3] == 4, "by hand: a demand is split");
	flow[2] = 2;
	flow[3] = 3;
	ok(strcmp(cg_p_median_split_verify(&problem, is_open, flow, price, &cg_work_malloc).problem, "a site is above its capacity") == 0, "a site above its capacity is found");
	flow[2] = 0;
	flow[3] = 4;
	ok(strcmp(cg_p_median_split_verify(&problem, is_open, flow, price, &cg_work_malloc).problem, "a demand is not served whole") == 0, "a demand that is not served whole is found");
	flow[2] = 5;
	flow[3] = 0;
	capacity[0] = 20;
	ok(strcmp(cg_p_median_split_verify(&problem, is_open, flow, price, &cg_work_malloc).problem, "an open site is below its minimum") == 0, "a site below its minimum is found");
	amount[0] = 1.0 / 3;
	ok(cg_p_median_split_problem(&problem) != NULL, "a third of a person is refused");
	amount[0] = 5;
	minimum[1] = 21;
	ok(cg_p_median_split_problem(&problem) != NULL, "so is a minimum above its capacity");
}

int
main(void)
{
	test_brute_force();
	test_large();
	test_problems();
	return finish();
}
