/*-------------------------------------------------------------------------
 *
 * solver_network_test.c
 *	  Unit test of minimum-cost flow, printing TAP.
 *
 * Random networks are solved a second time by cancelling negative cycles
 * found by Bellman and Ford's method, with the costs of each rank kept apart;
 * every answer is verified from its duals.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/random.h"
#include "solver/network_simplex.h"
#include "solver/network_verify.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_NODES 24
#define MOST_ARCS 160

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

/* ---- memory that is counted, and runs out when it should ---- */

static long blocks = 0;
static long until_failure = -1;

static void *
counting_resize(void *context, void *memory, size_t size)
{
	(void) context;
	if (size == 0)
	{
		blocks -= memory != NULL;
		free(memory);
		return NULL;
	}
	if (until_failure >= 0 && until_failure-- == 0)
		return NULL;
	blocks += memory == NULL;
	return realloc(memory, size);
}

static const CgFlowAllocator counting = {counting_resize, NULL};

/* ---- a random network and its slow solution ---- */

typedef struct Network
{
	int32_t		nodes;
	int32_t		arcs;
	int			tiers;
	int64_t		supply[MOST_NODES];
	int32_t		tail[MOST_ARCS];
	int32_t		head[MOST_ARCS];
	int64_t		capacity[MOST_ARCS];
	int64_t		cost[MOST_ARCS * CG_TIERS_MOST];
	int64_t		limit[CG_TIERS_MOST];
} Network;

static int64_t
between(CgRandom *random, int64_t low, int64_t high)
{
	return low + (int64_t) (cg_random_bits(random) % (uint64_t) (high - low + 1));
}

static void
make_network(Network *network, CgRandom *random, int64_t most_cost)
{
	memset(network, 0, sizeof(Network));
	network->nodes = (int32_t) between(random, 2, MOST_NODES);
	network->arcs = (int32_t) between(random, 1, MOST_ARCS - 1);
	network->tiers = (int) between(random, 1, CG_TIERS_MOST);
	for (int t = 0; t < network->tiers; t++)
		network->limit[t] = t == network->tiers - 1 ? most_cost : 3;
	for (int32_t i = 0; i < network->nodes; i++)
	{
		int64_t		amount = between(random, 0, 9);

		network->supply[between(random, 0, network->nodes - 1)] += amount;
		network->supply[between(random, 0, network->nodes - 1)] -= amount;
	}
	for (int32_t a = 0; a < network->arcs; a++)
	{
		network->tail[a] = (int32_t) between(random, 0, network->nodes - 1);
		do
			network->head[a] = (int32_t) between(random, 0, network->nodes - 1);
		while (network->head[a] == network->tail[a]);
		network->capacity[a] = between(random, 0, 12);
		for (int t = 0; t < network->tiers; t++)
			network->cost[a * network->tiers + t] = between(random, -network->limit[t] / 4, network->limit[t]);
	}
}

static CgFlow *
load(const Network *network, const CgFlowAllocator *allocator)
{
	CgTiers		tiers;
	CgFlow	   *flow;

	if (!cg_tiers_weigh(&tiers, network->tiers, network->limit, network->nodes, network->nodes + 1))
		return NULL;
	flow = cg_flow_create(network->nodes, network->supply, &tiers, 4, allocator);
	for (int32_t a = 0; flow != NULL && a < network->arcs; a++)
	{
		if (cg_flow_add_arc(flow, network->tail[a], network->head[a], network->capacity[a],
							network->cost + a * network->tiers) < 0)
		{
			cg_flow_free(flow);
			return NULL;
		}
	}
	return flow;
}

#define RANKS (CG_TIERS_MOST + 1)

static int
compare(const int64_t *a, const int64_t *b)
{
	for (int i = 0; i < RANKS; i++)
	{
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	}
	return 0;
}

/*
 * Cancel negative cycles until there is none.  Node `nodes` takes what is
 * unmet, at cost 1 of the first rank.
 */
static void
solve_slowly(const Network *network, int64_t *objective)
{
	int32_t		nodes = network->nodes + 1;
	int32_t		arcs = network->arcs;
	int32_t		tail[MOST_ARCS + 2 * MOST_NODES];
	int32_t		head[MOST_ARCS + 2 * MOST_NODES];
	int64_t		room[MOST_ARCS + 2 * MOST_NODES];
	int64_t		flow[MOST_ARCS + 2 * MOST_NODES] = {0};
	int64_t		cost[MOST_ARCS + 2 * MOST_NODES][RANKS] = {{0}};

	for (int32_t a = 0; a < arcs; a++)
	{
		tail[a] = network->tail[a];
		head[a] = network->head[a];
		room[a] = network->capacity[a];
		for (int t = 0; t < network->tiers; t++)
			cost[a][t + 1] = network->cost[a * network->tiers + t];
	}
	for (int32_t i = 0; i < network->nodes; i++)
	{
		for (int way = 0; way < 2; way++, arcs++)
		{
			tail[arcs] = way == 0 ? i : network->nodes;
			head[arcs] = way == 0 ? network->nodes : i;
			room[arcs] = 100000;
			cost[arcs][0] = 1;
			if (way == 0 && network->supply[i] > 0)
				flow[arcs] = network->supply[i];
			if (way == 1 && network->supply[i] < 0)
				flow[arcs] = -network->supply[i];
		}
	}
	for (;;)
	{
		int64_t		distance[MOST_NODES + 1][RANKS] = {{0}};
		int32_t		by[MOST_NODES + 1];
		int32_t		changed = -1;
		int64_t		delta = 100000;
		int32_t		node;

		memset(by, -1, sizeof(by));
		for (int32_t round = 0; round <= nodes; round++)
		{
			changed = -1;
			for (int32_t a = 0; a < 2 * arcs; a++)
			{
				int32_t		arc = a / 2;
				int			way = a % 2 == 0 ? 1 : -1;
				int32_t		from = way > 0 ? tail[arc] : head[arc];
				int32_t		to = way > 0 ? head[arc] : tail[arc];
				int64_t		sum[RANKS];

				if (way > 0 ? flow[arc] >= room[arc] : flow[arc] <= 0)
					continue;
				for (int r = 0; r < RANKS; r++)
					sum[r] = distance[from][r] + way * cost[arc][r];
				if (compare(sum, distance[to]) < 0)
				{
					memcpy(distance[to], sum, sizeof(sum));
					by[to] = a;
					changed = to;
				}
			}
			if (changed < 0)
				break;
		}
		if (changed < 0)
			break;
		for (int32_t i = 0; i < nodes; i++)
			changed = by[changed] % 2 == 0 ? tail[by[changed] / 2] : head[by[changed] / 2];
		node = changed;
		do
		{
			int32_t		arc = by[node] / 2;
			int64_t		left = by[node] % 2 == 0 ? room[arc] - flow[arc] : flow[arc];

			delta = left < delta ? left : delta;
			node = by[node] % 2 == 0 ? tail[arc] : head[arc];
		} while (node != changed);
		do
		{
			int32_t		arc = by[node] / 2;

			flow[arc] += by[node] % 2 == 0 ? delta : -delta;
			node = by[node] % 2 == 0 ? tail[arc] : head[arc];
		} while (node != changed);
	}
	memset(objective, 0, sizeof(int64_t) * RANKS);
	for (int32_t a = 0; a < arcs; a++)
	{
		for (int r = 0; r < RANKS; r++)
			objective[r] += flow[a] * cost[a][r];
	}
}

/*
 * The solver's answer is verified, and its objective by rank.
 */
static bool
read_answer(const Network *network, const CgFlow *flow, int64_t *objective)
{
	CgTiers		tiers;
	int64_t		carried[MOST_ARCS];
	int64_t		unmet[MOST_NODES];
	int64_t		dual[MOST_NODES * RANKS];
	int64_t		excess[MOST_NODES];
	CgFlowAnswer answer = {network->nodes, network->arcs, network->tiers,
		network->tail, network->head, network->capacity, network->cost,
		network->supply, carried, unmet, dual};
	int32_t		place;

	cg_tiers_weigh(&tiers, network->tiers, network->limit, network->nodes, network->nodes + 1);
	memset(objective, 0, sizeof(int64_t) * RANKS);
	for (int32_t i = 0; i < network->nodes; i++)
	{
		int64_t    *of_node = dual + i * (network->tiers + 1);

		of_node[0] = cg_tiers_split(&tiers, cg_flow_dual(flow, i), of_node + 1);
		unmet[i] = cg_flow_unmet(flow, i);
		objective[0] += llabs(unmet[i]);
	}
	for (int32_t a = 0; a < network->arcs; a++)
	{
		carried[a] = cg_flow_on_arc(flow, a);
		for (int t = 0; t < network->tiers; t++)
			objective[t + 1] += carried[a] * network->cost[a * network->tiers + t];
	}
	return cg_flow_verify(&answer, excess, &place) == CG_FLOW_SOUND;
}

static void
test_random(void)
{
	CgRandom	random;
	int			wrong = 0;
	int			unsound = 0;
	int			infeasible = 0;
	int			warm_wrong = 0;
	int			disagree = 0;
	int			wide = 0;

	cg_random_seed(&random, 5);
	for (int round = 0; round < 1500; round++)
	{
		Network		network;
		CgFlow	   *flow;
		int64_t		slow[RANKS];
		int64_t		fast[RANKS];
		CgFlowStatus status;
		CgTiers		tiers;

		make_network(&network, &random, round % 3 == 0 ? 100000000000000000 / 7 : round % 3 == 1 ? 30 : 2);
		cg_tiers_weigh(&tiers, network.tiers, network.limit, network.nodes, network.nodes + 1);
		wide += !tiers.is_narrow;
		flow = load(&network, &counting);
		status = cg_flow_solve(flow, NULL, NULL);
		solve_slowly(&network, slow);
		unsound += !read_answer(&network, flow, fast);
		wrong += compare(slow, fast) != 0;
		infeasible += status == CG_FLOW_INFEASIBLE;
		disagree += (status == CG_FLOW_INFEASIBLE) != (slow[0] > 0);

		/* Change a bit of everything and go on from there. */
		for (int change = 0; change < 6; change++)
		{
			int32_t		arc = (int32_t) between(&random, 0, network.arcs - 1);
			int32_t		one = (int32_t) between(&random, 0, network.nodes - 1);
			int32_t		other = (int32_t) between(&random, 0, network.nodes - 1);
			int64_t		amount = between(&random, 0, 5);

			network.capacity[arc] = between(&random, 0, 12);
			cg_flow_set_capacity(flow, arc, network.capacity[arc]);
			network.cost[arc * network.tiers] = between(&random, 0, network.limit[0]);
			cg_flow_set_cost(flow, arc, network.cost + arc * network.tiers);
			network.supply[one] += amount;
			network.supply[other] -= amount;
			cg_flow_set_supply(flow, one, network.supply[one]);
			cg_flow_set_supply(flow, other, network.supply[other]);
			if (one != other && network.arcs < MOST_ARCS)
			{
				arc = network.arcs++;
				network.tail[arc] = one;
				network.head[arc] = other;
				network.capacity[arc] = 7;
				memset(network.cost + arc * network.tiers, 0, sizeof(int64_t) * network.tiers);
				cg_flow_add_arc(flow, one, other, 7, network.cost + arc * network.tiers);
			}
		}
		cg_flow_solve(flow, NULL, NULL);
		solve_slowly(&network, slow);
		unsound += !read_answer(&network, flow, fast);
		warm_wrong += compare(slow, fast) != 0;
		cg_flow_free(flow);
	}
	printf("# %d of 1500 networks could not meet everything, %d needed wide costs\n", infeasible, wide);
	ok(wrong == 0, "1,500 random networks cost what cancelling cycles finds");
	ok(warm_wrong == 0, "and again from the old basis after changes of everything");
	ok(unsound == 0, "every answer is verified by its duals");
	ok(disagree == 0 && infeasible > 100 && infeasible < 1400, "what cannot be met is said");
	ok(wide > 100 && wide < 1400, "narrow and wide costs were both tried");
	ok(blocks == 0, "all memory comes back");
}

static bool
stop_at_once(void *argument)
{
	(*(int *) argument)++;
	return true;
}

static void
test_limits(void)
{
	int64_t		limit[1] = {5};
	int64_t		supply[2] = {1, -1};
	int64_t		cheap[1] = {-1};
	int64_t		huge[3] = {INT64_MAX / 4, INT64_MAX / 4, INT64_MAX / 4};
	int64_t		sums[CG_TIERS_MOST];
	int64_t		vector[3] = {-2, 3, -77};
	int64_t		small[3] = {2, 3, 77};
	CgTiers		tiers;
	CgFlow	   *flow;
	CgRandom	random;
	Network		network;
	int			asked = 0;
	int			failed = 0;
	bool		leaked = false;

	cg_tiers_weigh(&tiers, 1, limit, 2, 3);
	flow = cg_flow_create(2, supply, &tiers, 2, &cg_flow_malloc);
	cg_flow_add_arc(flow, 0, 1, CG_FLOW_UNLIMITED, cheap);
	ok(cg_flow_solve(flow, NULL, NULL) == CG_FLOW_OPTIMAL && cg_flow_on_arc(flow, 0) == 1, "an arc without a limit");
	cg_flow_add_arc(flow, 1, 0, CG_FLOW_UNLIMITED, cheap);
	ok(cg_flow_solve(flow, NULL, NULL) == CG_FLOW_UNBOUNDED, "a negative cycle without a limit");
	ok(cg_flow_solve(flow, stop_at_once, &asked) == CG_FLOW_STOPPED && asked == 1, "stopped at the first question");
	cg_flow_free(flow);
	ok(!cg_tiers_weigh(&tiers, 3, huge, 1000000, 1000000), "costs that even 128 bits cannot hold are refused");
	ok(cg_tiers_weigh(&tiers, 3, small, 1000000, 50) && tiers.is_narrow &&
	   cg_tiers_split(&tiers, -4 * tiers.unmet + cg_tiers_pack(&tiers, vector), sums) == -4 &&
	   sums[0] == -2 && sums[1] == 3 && sums[2] == -77, "packed costs come apart again");

	cg_random_seed(&random, 9);
	for (int round = 0; round < 300; round++)
	{
		make_network(&network, &random, 100);
		until_failure = round % 14;
		flow = load(&network, &counting);
		if (flow != NULL)
			failed += cg_flow_solve(flow, NULL, NULL) == CG_FLOW_NO_MEMORY;
		else
			failed++;
		cg_flow_free(flow);
		leaked |= blocks != 0;
	}
	until_failure = -1;
	ok(!leaked && failed > 100, "running out of memory anywhere is said and leaks nothing");
}

/* ---- the published problems ---- */

static FILE *
open_shared(const char *name)
{
	const char *shared = getenv("CAREGROUP_SHARED");
	char		path[1000];

	if (shared == NULL)
		return NULL;
	snprintf(path, sizeof(path), "%s/data/allocation/%s", shared, name);
	return fopen(path, "r");
}

static double
seconds(void)
{
	return (double) clock() / CLOCKS_PER_SEC;
}

/*
 * OR-Library's assignment problems, with the optima of Beasley 1990.
 */
static void
test_assignment(int32_t n, int64_t optimum)
{
	char		name[100];
	FILE	   *file;
	int64_t		limit[1] = {100};
	int32_t		count;
	int64_t		total = 0;
	int64_t    *cost = malloc(sizeof(int64_t) * n * n);
	CgTiers		tiers;
	CgFlow	   *flow;
	double		began;

	snprintf(name, sizeof(name), "assign/assign%d.txt", n);
	file = open_shared(name);
	if (file == NULL || fscanf(file, "%d", &count) != 1 || count != n)
	{
		printf("ok %d # SKIP %s is not here\n", ++tests, name);
		free(cost);
		return;
	}
	cg_tiers_weigh(&tiers, 1, limit, 2 * n, 2 * n + 1);
	for (int32_t i = 0; i < n * n; i++)
	{
		if (fscanf(file, "%lld", (long long *) &cost[i]) != 1)
			cost[i] = 0;
	}
	fclose(file);
	began = seconds();
	flow = cg_flow_create(2 * n, NULL, &tiers, n * n, &cg_flow_malloc);
	for (int32_t i = 0; i < n; i++)
	{
		cg_flow_set_supply(flow, i, 1);
		cg_flow_set_supply(flow, n + i, -1);
	}
	for (int32_t i = 0; i < n * n; i++)
		cg_flow_add_arc(flow, i / n, n + i % n, CG_FLOW_UNLIMITED, &cost[i]);
	count = cg_flow_solve(flow, NULL, NULL);
	for (int32_t i = 0; i < n * n; i++)
		total += cost[i] * cg_flow_on_arc(flow, i);
	printf("# assign%d: %lld in %.3f s, %lld pivots\n", n, (long long) total, seconds() - began,
		   (long long) cg_flow_pivots(flow));
	ok(count == CG_FLOW_OPTIMAL && total == optimum, name);
	cg_flow_free(flow);
	free(cost);
}

int
main(void)
{
	test_random();
	test_limits();
	test_assignment(100, 305);
	test_assignment(200, 475);
	test_assignment(300, 626);
	test_assignment(400, 804);
	test_assignment(600, 1176);
	printf("1..%d\n", tests);
	return failures != 0;
}
