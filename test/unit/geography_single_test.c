/*-------------------------------------------------------------------------
 *
 * geography_single_test.c
 *	  Unit test of allocation of whole areas, printing TAP: random problems
 *	  against all possibilities, and OR-Library's problems of types A and C.
 *
 *-------------------------------------------------------------------------
 */
#include "geography/allocate_single_core.h"
#include "numeric/random.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

/*
 * Does the answer keep the rules and cost what it says?
 */
static bool
is_sound(const CgSingle *problem, const int64_t *choice, const CgSingleAnswer *answer)
{
	int64_t    *left = malloc(sizeof(int64_t) * problem->sites);
	int64_t		cost = 0;
	int64_t		unserved = 0;
	bool		sound = true;

	memcpy(left, problem->capacity, sizeof(int64_t) * problem->sites);
	for (int32_t i = 0; i < problem->demands; i++)
	{
		if (choice[i] < 0)
		{
			unserved += problem->weight[i];
			continue;
		}
		sound &= choice[i] >= problem->start[i] && choice[i] < problem->start[i + 1];
		cost += problem->cost[choice[i]];
		left[problem->site[choice[i]]] -= problem->use[choice[i]];
	}
	for (int32_t j = 0; j < problem->sites; j++)
		sound &= left[j] >= 0;
	free(left);
	return sound && cost == answer->cost && unserved == answer->unserved;
}

static void
try_all(const CgSingle *problem, int32_t demand, int64_t *left, int64_t unserved, int64_t cost,
		int64_t *best_unserved, int64_t *best_cost)
{
	if (demand == problem->demands)
	{
		if (unserved < *best_unserved || (unserved == *best_unserved && cost < *best_cost))
		{
			*best_unserved = unserved;
			*best_cost = cost;
		}
		return;
	}
	if (unserved > *best_unserved)
		return;
	for (int64_t p = problem->start[demand]; p < problem->start[demand + 1]; p++)
	{
		if (problem->use[p] > left[problem->site[p]])
			continue;
		left[problem->site[p]] -= problem->use[p];
		try_all(problem, demand + 1, left, unserved, cost + problem->cost[p], best_unserved, best_cost);
		left[problem->site[p]] += problem->use[p];
	}
	try_all(problem, demand + 1, left, unserved + problem->weight[demand], cost, best_unserved, best_cost);
}

static void
test_random(void)
{
	CgRandom	random;
	int			unsound = 0;
	int			missed = 0;
	int			bad_bound = 0;
	int			short_of_room = 0;

	cg_random_seed(&random, 8);
	for (int round = 0; round < 150; round++)
	{
		int32_t		n = 1 + (int32_t) (cg_random_bits(&random) % 7);
		int32_t		k = 1 + (int32_t) (cg_random_bits(&random) % 3);
		int64_t		weight[8];
		int64_t		capacity[4];
		int64_t		left[4];
		int64_t		start[9];
		int32_t		site[32];
		int64_t		cost[32];
		int64_t		use[32];
		int64_t		choice[8];
		int64_t		pairs = 0;
		CgSingle	problem = {n, k, weight, capacity, start, site, cost, use};
		CgSingleAnswer answer;
		int64_t		best_unserved = INT64_MAX;
		int64_t		best_cost = INT64_MAX;

		for (int32_t i = 0; i < n; i++)
		{
			start[i] = pairs;
			weight[i] = 1 + (int64_t) (cg_random_bits(&random) % 9);
			choice[i] = -1;
			for (int32_t j = 0; j < k; j++)
			{
				if (cg_random_bits(&random) % 5 == 0)
					continue;
				site[pairs] = j;
				cost[pairs] = (int64_t) (cg_random_bits(&random) % 50);
				use[pairs++] = weight[i];
			}
		}
		start[n] = pairs;
		for (int32_t j = 0; j < k; j++)
			capacity[j] = (int64_t) (cg_random_bits(&random) % (uint64_t) (12 * n / k + 3));
		cg_single_solve(&problem, choice, INT64_MIN, 1000, &cg_flow_malloc, NULL, NULL, &answer);
		memcpy(left, capacity, sizeof(left));
		try_all(&problem, 0, left, 0, 0, &best_unserved, &best_cost);
		unsound += !is_sound(&problem, choice, &answer);
		missed += answer.unserved != best_unserved || answer.cost != best_cost;
		bad_bound += best_unserved == 0 && answer.bound > best_cost;
		short_of_room += best_unserved > 0;
	}
	printf("# 150 random problems, %d short of room: %d optima missed\n", short_of_room, missed);
	ok(unsound == 0, "every answer keeps the rules and costs what it says");
	ok(bad_bound == 0, "no bound is above the optimum");
	ok(missed <= 3, "nearly all small optima are found");
}

/*
 * The optima, or proved limits, of the given problems.
 */
static void
test_library(const char *type, const int64_t *lower, const int64_t *upper)
{
	const char *shared = getenv("CAREGROUP_SHARED");
	char		path[1000];
	FILE	   *file = NULL;
	int			count = 0;
	double		began = (double) clock() / CLOCKS_PER_SEC;

	snprintf(path, sizeof(path), "%s/data/allocation/gap/gap%s.txt", shared == NULL ? "" : shared, type);
	if (shared != NULL)
		file = fopen(path, "r");
	if (file == NULL || fscanf(file, "%d", &count) != 1)
	{
		printf("ok %d # SKIP gap%s.txt is not here\n", ++tests, type);
		return;
	}
	for (int number = 0; number < count; number++)
	{
		int			m = 0;
		int			n = 0;
		char		name[100];
		int64_t    *cost;
		int64_t    *use;
		int64_t    *start;
		int64_t    *weight;
		int64_t    *capacity;
		int64_t    *choice;
		int32_t    *site;
		CgSingle	problem;
		CgSingleAnswer answer;
		double		began_one = (double) clock() / CLOCKS_PER_SEC;
		long long	read;

		if (fscanf(file, "%d %d", &m, &n) != 2)
			break;
		cost = malloc(sizeof(int64_t) * m * n);
		use = malloc(sizeof(int64_t) * m * n);
		site = malloc(sizeof(int32_t) * m * n);
		start = malloc(sizeof(int64_t) * (n + 1));
		weight = malloc(sizeof(int64_t) * n);
		choice = malloc(sizeof(int64_t) * n);
		capacity = malloc(sizeof(int64_t) * m);
		for (int j = 0; j < m; j++)
		{
			for (int i = 0; i < n; i++)
				cost[i * m + j] = fscanf(file, "%lld", &read) == 1 ? read : 0;
		}
		for (int j = 0; j < m; j++)
		{
			for (int i = 0; i < n; i++)
				use[i * m + j] = fscanf(file, "%lld", &read) == 1 ? read : 0;
		}
		for (int j = 0; j < m; j++)
			capacity[j] = fscanf(file, "%lld", &read) == 1 ? read : 0;
		for (int i = 0; i < n; i++)
		{
			start[i] = (int64_t) i * m;
			weight[i] = 1;
			choice[i] = -1;
			for (int j = 0; j < m; j++)
				site[i * m + j] = j;
		}
		start[n] = (int64_t) n * m;
		problem = (CgSingle) {n, m, weight, capacity, start, site, cost, use};
		cg_single_solve(&problem, choice, INT64_MIN, 400, &cg_flow_malloc, NULL, NULL, &answer);
		printf("# gap%s %dx%d: %lld, bound %lld (published %lld to %lld), %.2f s\n", type, m, n,
			   (long long) answer.cost, (long long) answer.bound, (long long) lower[number], (long long) upper[number],
			   (double) clock() / CLOCKS_PER_SEC - began_one);
		snprintf(name, sizeof(name), "gap%s %dx%d: sound, no better than proved, within 0.5 %% of the best", type, m, n);
		ok(is_sound(&problem, choice, &answer) && answer.unserved == 0 && answer.cost >= lower[number] &&
		   answer.cost * 200 <= upper[number] * 201 && answer.bound <= upper[number] &&
		   answer.bound * 200 >= lower[number] * 198, name);
		free(cost);
		free(use);
		free(site);
		free(start);
		free(weight);
		free(choice);
		free(capacity);
	}
	printf("# gap%s: %.2f s in all\n", type, (double) clock() / CLOCKS_PER_SEC - began);
	fclose(file);
}

int
main(void)
{
	static const int64_t a[] = {1698, 3235, 1360, 2623, 1158, 2339};
	static const int64_t c_lower[] = {1931, 3456, 1400, 2804, 1243, 2389};
	static const int64_t c_upper[] = {1931, 3456, 1403, 2809, 1243, 2392};

	test_random();
	test_library("a", a, a);
	test_library("c", c_lower, c_upper);
	printf("1..%d\n", tests);
	return failures != 0;
}
