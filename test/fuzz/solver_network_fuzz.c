/*-------------------------------------------------------------------------
 *
 * solver_network_fuzz.c
 *	  libFuzzer: minimum-cost flow of any small network, changed and solved
 *	  again; every answer must be verified by its duals, and a warm answer must
 *	  cost what a cold one does.
 *
 * clang -g -O1 -fsanitize=address,undefined,fuzzer -Isrc
 *		test/fuzz/solver_network_fuzz.c src/solver/network_*_core.c
 *		src/solver/tiers_core.c
 *
 *-------------------------------------------------------------------------
 */
#include "solver/network_simplex.h"
#include "solver/network_verify.h"

#include <stdlib.h>
#include <string.h>

#define NODES 12
#define ARCS 60

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int32_t tail[ARCS];
static int32_t head[ARCS];
static int64_t capacity[ARCS];
static int64_t cost[ARCS];
static int64_t supply[NODES];
static int32_t nodes;
static int32_t arcs;
static CgTiers tiers;

static void
demand(int held)
{
	if (!held)
		abort();
}

static void
read_network(const uint8_t *data, size_t size)
{
	nodes = 2 + data[0] % (NODES - 1);
	arcs = 0;
	memset(supply, 0, sizeof(supply));
	for (size_t i = 1; i + 4 <= size && arcs < ARCS; i += 4, arcs++)
	{
		tail[arcs] = data[i] % nodes;
		head[arcs] = data[i + 1] % nodes;
		if (head[arcs] == tail[arcs])
			head[arcs] = (head[arcs] + 1) % nodes;
		capacity[arcs] = data[i + 2] % 32;
		cost[arcs] = (int64_t) (data[i + 3] % 64) - 8;
		if (data[i + 2] >= 128)
		{
			supply[tail[arcs]] += data[i + 3] % 16;
			supply[head[arcs]] -= data[i + 3] % 16;
		}
	}
}

static CgWide
check(const CgFlow *flow)
{
	int64_t		carried[ARCS];
	int64_t		unmet[NODES];
	int64_t		dual[NODES * 2];
	int64_t		excess[NODES];
	CgWide		objective = 0;
	int32_t		place;
	CgFlowAnswer answer = {nodes, arcs, 1, tail, head, capacity, cost, supply, carried, unmet, dual};

	for (int32_t i = 0; i < nodes; i++)
	{
		dual[2 * i] = cg_tiers_split(&tiers, cg_flow_dual(flow, i), &dual[2 * i + 1]);
		unmet[i] = cg_flow_unmet(flow, i);
		objective += (CgWide) llabs(unmet[i]) << 40;
	}
	for (int32_t a = 0; a < arcs; a++)
	{
		carried[a] = cg_flow_on_arc(flow, a);
		objective += carried[a] * cost[a];
	}
	demand(cg_flow_verify(&answer, excess, &place) == CG_FLOW_SOUND);
	return objective;
}

static CgFlow *
solved(void)
{
	CgFlow	   *flow = cg_flow_create(nodes, supply, &tiers, arcs, &cg_flow_malloc);

	for (int32_t a = 0; a < arcs; a++)
		cg_flow_add_arc(flow, tail[a], head[a], capacity[a], &cost[a]);
	cg_flow_solve(flow, NULL, NULL);
	return flow;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t		limit[1] = {64};
	CgFlow	   *warm;
	CgFlow	   *cold;

	if (size < 10)
		return 0;
	read_network(data, size);
	cg_tiers_weigh(&tiers, 1, limit, nodes, nodes + 1);
	warm = solved();
	check(warm);
	for (int32_t a = 0; a < arcs; a += 3)
	{
		capacity[a] = (capacity[a] * 7 + data[size - 1]) % 32;
		cost[a] = (cost[a] * 5 + data[size - 2]) % 50;
		cg_flow_set_capacity(warm, a, capacity[a]);
		cg_flow_set_cost(warm, a, &cost[a]);
	}
	cg_flow_solve(warm, NULL, NULL);
	cold = solved();
	demand(check(warm) == check(cold));
	cg_flow_free(warm);
	cg_flow_free(cold);
	return 0;
}

#ifdef NETWORK_RANDOM
/*
 * Where there is no libFuzzer: NETWORK_RANDOM inputs from a fixed seed.
 */
int
main(void)
{
	static uint8_t data[1 + 4 * ARCS];
	uint64_t	state = 88172645463325252u;

	for (long round = 0; round < NETWORK_RANDOM; round++)
	{
		for (size_t i = 0; i < sizeof(data); i++)
		{
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			data[i] = (uint8_t) (state >> 32);
		}
		LLVMFuzzerTestOneInput(data, 10 + (size_t) (state % (sizeof(data) - 10)));
	}
	return 0;
}
#endif
