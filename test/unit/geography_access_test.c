/*-------------------------------------------------------------------------
 *
 * geography_access_test.c
 *	  Unit test of floating catchment areas, chances and orders, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geography/access_core.h"
#include "numeric/random.h"

#define MOST 12

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	tests++;
	failures += !passed;
	printf("%sok %d - %s\n", passed ? "" : "not ", tests, what);
}

static bool
near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * (1 + fabs(a) + fabs(b));
}

typedef struct Instance
{
	CgAccessProblem problem;
	double		amount[MOST];
	double		capacity[MOST];
	size_t		start[MOST + 1];
	int			site[MOST * MOST];
	double		cost[MOST * MOST];
	double		matrix[MOST][MOST];	/* NaN: no pair */
} Instance;

static void
make_instance(Instance *instance, CgRandom *random)
{
	CgAccessProblem *problem = &instance->problem;
	size_t		count = 0;

	memset(instance, 0, sizeof(*instance));
	problem->demands = (int) (cg_random_uniform(random) * (MOST + 1));
	problem->sites = (int) (cg_random_uniform(random) * (MOST + 1));
	problem->amount = instance->amount;
	problem->capacity = instance->capacity;
	problem->start = instance->start;
	problem->site = instance->site;
	problem->cost = instance->cost;
	for (int j = 0; j < problem->sites; j++)
		instance->capacity[j] = floor(cg_random_uniform(random) * 6);
	for (int i = 0; i < problem->demands; i++)
	{
		instance->start[i] = count;
		instance->amount[i] = floor(cg_random_uniform(random) * 5);
		for (int j = 0; j < problem->sites; j++)
		{
			bool		is_pair = cg_random_uniform(random) < 0.7;

			instance->matrix[i][j] = is_pair ? floor(cg_random_uniform(random) * 40) : NAN;
			if (!is_pair)
				continue;
			instance->site[count] = j;
			instance->cost[count++] = instance->matrix[i][j];
		}
	}
	instance->start[problem->demands] = count;
}

static double
weight_at(const Instance *instance, const CgWeighing *weighing, int i, int j)
{
	return isnan(instance->matrix[i][j]) ? 0 : cg_access_weight(weighing, instance->matrix[i][j]);
}

/* The scores by their definition, over the whole matrix. */
static double
two_step_score(const Instance *instance, const CgWeighing *weighing, int i)
{
	double		score = 0;

	for (int j = 0; j < instance->problem.sites; j++)
	{
		double		asks = 0;

		for (int k = 0; k < instance->problem.demands; k++)
			asks += instance->amount[k] * weight_at(instance, weighing, k, j);
		if (asks > 0)
			score += weight_at(instance, weighing, i, j) * instance->capacity[j] / asks;
	}
	return score;
}

static double
balanced_score(const Instance *instance, const CgWeighing *weighing, int i)
{
	double		score = 0;

	for (int j = 0; j < instance->problem.sites; j++)
	{
		double		asks = 0;
		double		column = 0;

		for (int k = 0; k < instance->problem.demands; k++)
		{
			double		row = 0;

			for (int l = 0; l < instance->problem.sites; l++)
				row += weight_at(instance, weighing, k, l);
			column += weight_at(instance, weighing, k, j);
			if (row > 0)
				asks += instance->amount[k] * weight_at(instance, weighing, k, j) / row;
		}
		if (asks > 0 && column > 0)
			score += instance->capacity[j] / asks * weight_at(instance, weighing, i, j) / column;
	}
	return score;
}

static void
test_weights(void)
{
	const double limit[] = {10, 20, 30};
	const double weight[] = {1, 0.68, 0.22};
	CgWeighing	bands = {CG_DECAY_BANDS, 30, 3, limit, weight};
	CgWeighing	gaussian = {CG_DECAY_GAUSSIAN, 30, 0, NULL, NULL};
	CgWeighing	step = {CG_DECAY_STEP, 30, 0, NULL, NULL};

	ok(cg_access_weight(&bands, 0) == 1 && cg_access_weight(&bands, 10) == 1 &&
	   cg_access_weight(&bands, 10.5) == 0.68 && cg_access_weight(&bands, 30) == 0.22 &&
	   cg_access_weight(&bands, 30.1) == 0, "a band includes its limit");
	ok(near(cg_access_weight(&gaussian, 0), 1) && near(cg_access_weight(&gaussian, 30), 0) &&
	   cg_access_weight(&gaussian, 31) == 0 &&
	   near(cg_access_weight(&gaussian, 15), (exp(-0.125) - exp(-0.5)) / (1 - exp(-0.5))),
	   "the Gaussian falls from 1 to 0");
	ok(cg_access_weight(&step, 30) == 1 && cg_access_weight(&step, 30.0001) == 0, "a step ends at its limit");
}

static void
test_random(void)
{
	const double limit[] = {8, 25};
	const double weight[] = {0.9, 0.3};
	CgRandom	random;
	Instance   *instance = malloc(sizeof(Instance));
	bool		same = true;
	bool		balanced_same = true;
	bool		kept = true;
	bool		asked = true;
	bool		sums = true;
	bool		ordered = true;
	bool		nearest = true;

	cg_random_seed(&random, 7);
	for (int trial = 0; trial < 3000; trial++)
	{
		CgWeighing	weighing = {(CgDecay) (trial % 3), trial % 3 == CG_DECAY_BANDS ? 25 : 20, 2, limit, weight};
		double		score[MOST];
		int			within[MOST];
		double		demand[MOST];
		double		ratio[MOST];
		double		chance[MOST * MOST];
		int			order[MOST];
		CgAccess	access = {score, within, demand, ratio};
		double		given = 0;
		double		served = 0;
		double		reaches = 0;

		make_instance(instance, &random);
		cg_access_two_step(&instance->problem, &weighing, &cg_work_malloc, &access);
		for (int i = 0; i < instance->problem.demands; i++)
		{
			same &= near(score[i], two_step_score(instance, &weighing, i));
			given += score[i] * instance->amount[i];
		}
		for (int j = 0; j < instance->problem.sites; j++)
			served += demand[j] > 0 ? instance->capacity[j] : 0;
		kept &= near(given, served);

		cg_access_balanced(&instance->problem, &weighing, &cg_work_malloc, &access);
		given = served = 0;
		for (int i = 0; i < instance->problem.demands; i++)
		{
			balanced_same &= near(score[i], balanced_score(instance, &weighing, i));
			given += score[i];
			reaches += within[i] > 0 ? instance->amount[i] : 0;
		}
		for (int j = 0; j < instance->problem.sites; j++)
		{
			served += isnan(ratio[j]) ? 0 : ratio[j];
			reaches -= demand[j];
		}
		asked &= fabs(reaches) < 1e-9 && near(given, served);

		cg_access_huff(&instance->problem, 1.2, 1.7, 1, &cg_work_malloc, chance);
		for (int i = 0; i < instance->problem.demands; i++)
		{
			double		sum = 0;
			double		capacity = 0;
			int			count = (int) (instance->start[i + 1] - instance->start[i]);

			for (size_t e = instance->start[i]; e < instance->start[i + 1]; e++)
			{
				sum += chance[e];
				capacity += instance->capacity[instance->site[e]];
			}
			sums &= near(sum, capacity > 0 ? 1 : 0);
			ordered &= cg_access_order(&instance->problem, i, count + 3, order) == count;
			for (int k = 1; k < count; k++)
			{
				size_t		a = instance->start[i] + order[k - 1];
				size_t		b = instance->start[i] + order[k];

				ordered &= instance->cost[a] < instance->cost[b] ||
					(instance->cost[a] == instance->cost[b] && instance->site[a] < instance->site[b]);
			}
			for (int most = 0; most <= count; most++)
			{
				int			first[MOST];

				nearest &= cg_access_order(&instance->problem, i, most, first) == most &&
					memcmp(first, order, sizeof(int) * most) == 0;
			}
		}
	}
	ok(same, "two steps: scores by definition");
	ok(kept, "two steps: all capacity that is reached is given, once");
	ok(balanced_same, "balanced: scores by definition");
	ok(asked, "balanced: everyone who reaches a site asks once, and every level of service is given once");
	ok(sums, "chances add up to 1, or to 0 where there is no capacity");
	ok(nearest, "the first few are the first of all, however many");
	ok(ordered, "sites in order of cost, the lower first among equals");
	free(instance);
}

static void
test_extremes(void)
{
	double		amount[] = {1};
	double		capacity[] = {1e300, 1};
	size_t		start[] = {0, 2};
	int			site[] = {0, 1};
	double		cost[] = {0, 1e300};
	double		chance[2];
	CgAccessProblem problem = {1, 2, amount, capacity, start, site, cost};

	cg_access_huff(&problem, 20, 20, 1, &cg_work_malloc, chance);
	ok(near(chance[0], 1) && chance[1] == 0, "no power overflows");
}

static bool
stop_at_once(void *context)
{
	(void) context;
	return true;
}

static void
test_stop(void)
{
	CgWork		work = cg_work_malloc;
	CgWeighing	step = {CG_DECAY_STEP, 30, 0, NULL, NULL};
	double		one = 1;
	size_t		start[] = {0, 1};
	int			site = 0;
	double		score, demand, ratio;
	int			within;
	double		chance;
	CgAccessProblem problem = {1, 1, &one, &one, start, &site, &one};
	CgAccess	access = {&score, &within, &demand, &ratio};

	work.stop = stop_at_once;
	ok(cg_access_two_step(&problem, &step, &work, &access) == CG_SOLVED_STOPPED &&
	   cg_access_balanced(&problem, &step, &work, &access) == CG_SOLVED_STOPPED &&
	   cg_access_huff(&problem, 1, 2, 1, &work, &chance) == CG_SOLVED_STOPPED, "they stop when asked");
}

int
main(void)
{
	test_weights();
	test_random();
	test_extremes();
	test_stop();
	printf("1..%d\n", tests);
	return failures > 0;
}
