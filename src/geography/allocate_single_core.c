/*-------------------------------------------------------------------------
 *
 * allocate_single_core.c
 *	  The generalised assignment problem: each demand goes whole to one site.
 *
 * Lower bound: the demands' "one site each" is relaxed with multipliers, which
 * leaves a knapsack for each site (Ross and Soland, Mathematical Programming
 * 1975;8:91-103; Fisher, Jaikumar and Van Wassenhove, Management Science 1986;
 * 32:1095-1103), by subgradient steps; only where the knapsacks are small
 * enough for dynamic programming.  Answers: the relaxed ones repaired, then
 * shifts, swaps and ejections (Yagiura, Ibaraki and Glover, INFORMS J Comput
 * 2004;16:133-51, in a simple form), from many starts with a fixed seed.
 *
 *-------------------------------------------------------------------------
 */
#include "geography/allocate_single_core.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/random.h"

/* Steps of dynamic programming in a round of the bound and in all; rounds. */
#define MOST_STEPS 60000000
#define ALL_STEPS 800000000.0
#define BOUND_ROUNDS 400

/* Looks at pairs after which no new start is tried: some seconds. */
#define MOST_WORK 600000000
#define BETWEEN_STOPS 2000000

typedef struct Search
{
	const CgSingle *problem;
	int64_t    *choice;			/* a pair, or -1 */
	int64_t    *left;			/* room at sites; never below 0 */
	int64_t    *best;
	int64_t    *kept;			/* before a kick */
	int64_t		unserved;
	int64_t		cost;
	int64_t		best_unserved;
	int64_t		best_cost;
	double	   *multiplier;
	int32_t    *taken;			/* by demand: sites that took it, in the relaxed answer */
	int64_t    *relaxed;		/* by demand: its cheapest taker */
	double	   *value;			/* knapsack */
	unsigned char *mark;
	int64_t    *item;			/* pairs by site */
	int64_t    *item_start;
	int32_t    *order;
	CgRandom	random;
	int64_t		work;
	int64_t		all_work;
	CgFlowStop	stop;
	void	   *stop_argument;
	bool		is_stopped;
} Search;

static bool
count_work(Search *search, int64_t work)
{
	search->work += work;
	search->all_work += work;
	if (search->work >= BETWEEN_STOPS)
	{
		search->work = 0;
		search->is_stopped |= search->stop != NULL && search->stop(search->stop_argument);
	}
	return search->is_stopped;
}

/* ---- changes ---- */

static void
take_away(Search *search, int32_t demand)
{
	const CgSingle *problem = search->problem;
	int64_t		pair = search->choice[demand];

	if (pair < 0)
		return;
	search->left[problem->site[pair]] += problem->use[pair];
	search->cost -= problem->cost[pair];
	search->unserved += problem->weight[demand];
	search->choice[demand] = -1;
}

static void
give(Search *search, int32_t demand, int64_t pair)
{
	const CgSingle *problem = search->problem;

	take_away(search, demand);
	if (pair < 0)
		return;
	search->left[problem->site[pair]] -= problem->use[pair];
	search->cost += problem->cost[pair];
	search->unserved -= problem->weight[demand];
	search->choice[demand] = pair;
}

static bool
fits(const Search *search, int64_t pair)
{
	return search->problem->use[pair] <= search->left[search->problem->site[pair]];
}

/* The pair of a demand and a site, or -1. */
static int64_t
pair_of(const Search *search, int32_t demand, int32_t site)
{
	int64_t		low = search->problem->start[demand];
	int64_t		high = search->problem->start[demand + 1] - 1;

	while (low <= high)
	{
		int64_t		middle = low + (high - low) / 2;

		if (search->problem->site[middle] == site)
			return middle;
		if (search->problem->site[middle] < site)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return -1;
}

static void
load(Search *search, const int64_t *choice)
{
	const CgSingle *problem = search->problem;

	search->unserved = 0;
	search->cost = 0;
	memcpy(search->left, problem->capacity, sizeof(int64_t) * problem->sites);
	for (int32_t demand = 0; demand < problem->demands; demand++)
	{
		search->choice[demand] = -1;
		search->unserved += problem->weight[demand];
	}
	for (int32_t demand = 0; demand < problem->demands; demand++)
	{
		if (choice[demand] >= 0 && fits(search, choice[demand]))
			give(search, demand, choice[demand]);
	}
}

static void
keep_if_best(Search *search)
{
	if (search->unserved > search->best_unserved ||
		(search->unserved == search->best_unserved && search->cost >= search->best_cost))
		return;
	search->best_unserved = search->unserved;
	search->best_cost = search->cost;
	memcpy(search->best, search->choice, sizeof(int64_t) * search->problem->demands);
}

/* ---- local search ---- */

/*
 * The best site with room for a demand, if it is better than where it is.
 */
static bool
shift(Search *search, int32_t demand)
{
	const CgSingle *problem = search->problem;
	int64_t		now = search->choice[demand];
	int64_t		best = now;

	for (int64_t pair = problem->start[demand]; pair < problem->start[demand + 1]; pair++)
	{
		if ((best < 0 || problem->cost[pair] < problem->cost[best]) && fits(search, pair))
			best = pair;
	}
	count_work(search, problem->start[demand + 1] - problem->start[demand]);
	if (best == now)
		return false;
	give(search, demand, best);
	return true;
}

/*
 * Exchange the sites of two demands.
 */
static bool
swap(Search *search, int32_t one, int32_t other)
{
	const CgSingle *problem = search->problem;
	int64_t		mine = search->choice[one];
	int64_t		theirs = search->choice[other];
	int64_t		to;
	int64_t		back;

	if (mine < 0 || theirs < 0 || problem->site[mine] == problem->site[theirs])
		return false;
	to = pair_of(search, one, problem->site[theirs]);
	back = pair_of(search, other, problem->site[mine]);
	if (to < 0 || back < 0 ||
		problem->cost[to] + problem->cost[back] >= problem->cost[mine] + problem->cost[theirs] ||
		problem->use[to] > search->left[problem->site[to]] + problem->use[theirs] ||
		problem->use[back] > search->left[problem->site[back]] + problem->use[mine])
		return false;
	take_away(search, one);
	give(search, other, back);
	give(search, one, to);
	return true;
}

/*
 * Put a demand where another one makes room by going elsewhere.
 */
static bool
eject(Search *search, int32_t demand, int32_t other)
{
	const CgSingle *problem = search->problem;
	int64_t		now = search->choice[demand];
	int64_t		theirs = search->choice[other];
	int64_t		to;
	int64_t		gain;
	int64_t		best = -1;

	if (theirs < 0 || other == demand || (now >= 0 && problem->site[now] == problem->site[theirs]))
		return false;
	to = pair_of(search, demand, problem->site[theirs]);
	if (to < 0 || problem->use[to] > search->left[problem->site[to]] + problem->use[theirs])
		return false;
	/* What is unserved may cost anything to serve. */
	gain = now < 0 ? INT64_MAX / 4 : problem->cost[now] - problem->cost[to];
	if (gain <= 0 && now >= 0 && problem->cost[theirs] <= 0)
		return false;
	for (int64_t pair = problem->start[other]; pair < problem->start[other + 1]; pair++)
	{
		if (pair == theirs || problem->cost[pair] - problem->cost[theirs] >= gain || !fits(search, pair) ||
			(best >= 0 && problem->cost[pair] >= problem->cost[best]))
			continue;
		best = pair;
	}
	count_work(search, problem->start[other + 1] - problem->start[other]);
	if (best < 0)
	{
		/* An unserved one may take the place of one that weighs less. */
		if (now >= 0 || problem->weight[demand] < problem->weight[other] ||
			(problem->weight[demand] == problem->weight[other] && problem->cost[to] >= problem->cost[theirs]))
			return false;
		take_away(search, other);
		give(search, demand, to);
		return true;
	}
	give(search, other, best);
	if (!fits(search, to))
	{
		give(search, other, theirs);
		return false;
	}
	give(search, demand, to);
	return true;
}

/*
 * Until nothing improves; with many demands each is tried against a sample.
 */
static void
improve(Search *search)
{
	int32_t		demands = search->problem->demands;
	int32_t		stride = demands / 400 + 1;
	bool		changed = true;

	while (changed && !search->is_stopped)
	{
		changed = false;
		for (int32_t demand = 0; demand < demands; demand++)
			changed |= shift(search, demand);
		for (int32_t one = 0; one < demands && !search->is_stopped; one++)
		{
			int32_t		from = stride == 1 ? 0 : (int32_t) (cg_random_bits(&search->random) % (uint64_t) stride);

			count_work(search, 8 * (demands / stride));
			for (int32_t other = from; other < demands; other += stride)
			{
				if (other > one && swap(search, one, other))
					changed = stride == 1;
				else if (eject(search, one, other))
					changed = stride == 1;
			}
		}
	}
	keep_if_best(search);
}

/*
 * Move some demands anywhere that has room, and take some others out.
 */
static void
kick(Search *search, int32_t strength)
{
	const CgSingle *problem = search->problem;

	for (int32_t i = 0; i < strength; i++)
	{
		int32_t		demand = (int32_t) (cg_random_bits(&search->random) % (uint64_t) problem->demands);
		int64_t		count = problem->start[demand + 1] - problem->start[demand];
		int64_t		pair;

		if (count == 0)
			continue;
		pair = problem->start[demand] + (int64_t) (cg_random_bits(&search->random) % (uint64_t) count);
		take_away(search, demand);
		if (fits(search, pair))
			give(search, demand, pair);
	}
}

/* ---- the bound ---- */

static void
list_items(Search *search)
{
	const CgSingle *problem = search->problem;
	int64_t    *next = search->item_start;

	memset(next, 0, sizeof(int64_t) * ((size_t) problem->sites + 2));
	for (int64_t pair = 0; pair < problem->start[problem->demands]; pair++)
		next[problem->site[pair] + 2]++;
	for (int32_t site = 0; site < problem->sites; site++)
		next[site + 2] += next[site + 1];
	for (int64_t pair = 0; pair < problem->start[problem->demands]; pair++)
		search->item[next[problem->site[pair] + 1]++] = pair;
}

static int64_t
steps_of_bound(const Search *search)
{
	const CgSingle *problem = search->problem;
	double		steps = 0;

	for (int32_t site = 0; site < problem->sites; site++)
		steps += (double) (search->item_start[site + 1] - search->item_start[site]) *
			((double) problem->capacity[site] + 1);
	return steps > 1e15 ? INT64_MAX : (int64_t) steps;
}

static int32_t
demand_of(const Search *search, int64_t pair)
{
	int32_t		low = 0;
	int32_t		high = search->problem->demands;

	while (high - low > 1)
	{
		int32_t		middle = low + (high - low) / 2;

		if (search->problem->start[middle] <= pair)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/*
 * The best load of a site at the multipliers; its value.
 */
static double
fill(Search *search, int32_t site)
{
	const CgSingle *problem = search->problem;
	int64_t		capacity = problem->capacity[site];
	int64_t		first = search->item_start[site];
	int64_t		count = search->item_start[site + 1] - first;
	int64_t		room = capacity;
	double		best;

	memset(search->value, 0, sizeof(double) * (size_t) (capacity + 1));
	for (int64_t i = 0; i < count; i++)
	{
		int64_t		pair = search->item[first + i];
		int64_t		use = problem->use[pair];
		double		gain = search->multiplier[demand_of(search, pair)] - (double) problem->cost[pair];
		unsigned char *mark = search->mark + i * (capacity + 1);

		memset(mark, 0, (size_t) (capacity + 1));
		if (gain <= 0)
			continue;
		for (int64_t w = capacity; w >= use; w--)
		{
			if (search->value[w - use] + gain > search->value[w])
			{
				search->value[w] = search->value[w - use] + gain;
				mark[w] = 1;
			}
		}
		if (count_work(search, capacity))
			return 0;
	}
	best = search->value[capacity];
	for (int64_t i = count - 1; i >= 0; i--)
	{
		int64_t		pair = search->item[first + i];
		int32_t		demand;

		if (!search->mark[i * (capacity + 1) + room])
			continue;
		demand = demand_of(search, pair);
		room -= problem->use[pair];
		search->taken[demand]++;
		if (search->relaxed[demand] < 0 || problem->cost[pair] < problem->cost[search->relaxed[demand]])
			search->relaxed[demand] = pair;
	}
	return best;
}

static double
relaxed_value(Search *search)
{
	const CgSingle *problem = search->problem;
	double		sum = 0;

	memset(search->taken, 0, sizeof(int32_t) * problem->demands);
	for (int32_t demand = 0; demand < problem->demands; demand++)
	{
		search->relaxed[demand] = -1;
		sum += search->multiplier[demand];
	}
	for (int32_t site = 0; site < problem->sites; site++)
		sum -= fill(search, site);
	return sum;
}

/*
 * The first multipliers: the second cheapest cost.
 */
static void
first_multipliers(Search *search)
{
	const CgSingle *problem = search->problem;

	for (int32_t demand = 0; demand < problem->demands; demand++)
	{
		double		least = INFINITY;
		double		next = INFINITY;

		for (int64_t pair = problem->start[demand]; pair < problem->start[demand + 1]; pair++)
		{
			double		cost = (double) problem->cost[pair];

			if (cost < least)
			{
				next = least;
				least = cost;
			}
			else if (cost < next)
				next = cost;
		}
		search->multiplier[demand] = isfinite(next) ? next : isfinite(least) ? least + 1 : 0;
	}
}

static void
raise_bound(Search *search, CgSingleAnswer *answer)
{
	const CgSingle *problem = search->problem;
	double		step = 1;
	int			idle = 0;
	double		best = -INFINITY;
	int			rounds = (int) fmin(BOUND_ROUNDS, ALL_STEPS / ((double) steps_of_bound(search) + 1));

	first_multipliers(search);
	for (int round = 0; round < rounds && !search->is_stopped; round++)
	{
		double		value = relaxed_value(search);
		double		norm = 0;
		double		length;
		double		target;

		if (search->is_stopped)
			return;
		idle++;
		if (isinf(best) || value > best + 1e-7 * fabs(best))
		{
			best = value;
			idle = 0;
		}
		if (best <= 9e15 && (int64_t) ceil(best - 1e-6) > answer->bound)
			answer->bound = (int64_t) ceil(best - 1e-6);
		if (round % 4 == 0)
		{
			load(search, search->relaxed);
			improve(search);
		}
		if (search->best_unserved == 0 && search->best_cost <= answer->bound)
			return;
		if (idle >= 20)
		{
			step /= 2;
			idle = 0;
		}
		for (int32_t demand = 0; demand < problem->demands; demand++)
			norm += (double) (1 - search->taken[demand]) * (1 - search->taken[demand]);
		if (norm == 0 || step < 1e-4)
			return;
		target = search->best_unserved == 0 ? (double) search->best_cost : value + fabs(value) * 0.05 + 1;
		length = step * fmax(target - value, 0.5) / norm;
		for (int32_t demand = 0; demand < problem->demands; demand++)
			search->multiplier[demand] += length * (1 - search->taken[demand]);
		answer->rounds++;
	}
}

/* ---- all of it ---- */

static void
search_on(Search *search, int32_t effort, CgSingleAnswer *answer)
{
	int32_t		demands = search->problem->demands;

	search->all_work = 0;
	for (int32_t round = 0; round < effort && search->all_work < MOST_WORK && !search->is_stopped; round++)
	{
		int64_t		unserved;
		int64_t		cost;

		if (search->best_unserved == 0 && search->best_cost <= answer->bound)
			return;
		/* From the best one, or after many failures from where it stands. */
		if (round % 10 == 0)
			load(search, search->best);
		memcpy(search->kept, search->choice, sizeof(int64_t) * demands);
		unserved = search->unserved;
		cost = search->cost;
		kick(search, 2 + (int32_t) (cg_random_bits(&search->random) % 8));
		improve(search);
		if (search->unserved > unserved || (search->unserved == unserved && search->cost > cost + cost / 500))
			load(search, search->kept);
		answer->rounds++;
	}
}

static void *
part(char **memory, size_t size)
{
	void	   *start = *memory;

	*memory += (size + 15) / 16 * 16;
	return start;
}

CgFlowStatus
cg_single_solve(const CgSingle *problem, int64_t *choice, int64_t bound,
				int32_t effort, const CgFlowAllocator *allocator,
				CgFlowStop stop, void *argument, CgSingleAnswer *answer)
{
	size_t		n = (size_t) problem->demands;
	size_t		k = (size_t) problem->sites;
	size_t		pairs = (size_t) problem->start[problem->demands];
	size_t		size = n * (3 * 8 + 8 + 4 + 8 + 4) + k * 16 + pairs * 8 + 1000;
	char	   *memory = allocator->resize(allocator->context, NULL, size);
	char	   *next = memory;
	char	   *knapsack = NULL;
	int64_t		most_capacity = 0;
	int64_t		most_items = 0;
	Search		search;

	memset(answer, 0, sizeof(CgSingleAnswer));
	answer->bound = bound;
	if (memory == NULL)
		return CG_FLOW_NO_MEMORY;
	memset(&search, 0, sizeof(search));
	search.problem = problem;
	search.choice = part(&next, 8 * n);
	search.best = part(&next, 8 * n);
	search.kept = part(&next, 8 * n);
	search.multiplier = part(&next, 8 * n);
	search.relaxed = part(&next, 8 * n);
	search.taken = part(&next, 4 * n);
	search.left = part(&next, 8 * k);
	search.item_start = part(&next, 8 * (k + 2));
	search.item = part(&next, 8 * pairs);
	search.stop = stop;
	search.stop_argument = argument;
	search.best_unserved = INT64_MAX;
	cg_random_seed(&search.random, 1);

	load(&search, choice);
	memcpy(search.best, search.choice, 8 * n);
	improve(&search);
	list_items(&search);
	for (size_t site = 0; site < k; site++)
	{
		int64_t		items = search.item_start[site + 1] - search.item_start[site];

		most_capacity = problem->capacity[site] > most_capacity ? problem->capacity[site] : most_capacity;
		most_items = items > most_items ? items : most_items;
	}
	if (n > 0 && steps_of_bound(&search) <= MOST_STEPS)
	{
		knapsack = allocator->resize(allocator->context, NULL,
									 (size_t) (most_capacity + 1) * (8 + (size_t) most_items) + 16);
		if (knapsack != NULL)
		{
			search.value = (double *) knapsack;
			search.mark = (unsigned char *) (search.value + most_capacity + 1);
			raise_bound(&search, answer);
		}
	}
	if (n > 0)
		search_on(&search, n > 2000 ? effort / (int32_t) (n / 1000) : effort, answer);
	memcpy(choice, search.best, 8 * n);
	answer->unserved = search.best_unserved;
	answer->cost = search.best_cost;
	answer->is_optimal = search.best_unserved == 0 && search.best_cost <= answer->bound;
	if (knapsack != NULL)
		allocator->resize(allocator->context, knapsack, 0);
	allocator->resize(allocator->context, memory, 0);
	return search.is_stopped ? CG_FLOW_STOPPED : CG_FLOW_OPTIMAL;
}
