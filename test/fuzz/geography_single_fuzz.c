/*-------------------------------------------------------------------------
 *
 * geography_single_fuzz.c
 *	  libFuzzer: whole demands to sites, any small problem; the answer must
 *	  keep the rules, be proved, and be what trying everything finds.
 *
 * clang -g -O1 -fsanitize=address,undefined,fuzzer -Isrc
 *		test/fuzz/geography_single_fuzz.c src/geography/allocate_single*_core.c
 *		src/solver/network_*_core.c src/solver/tiers_core.c src/numeric/random.c
 *
 *-------------------------------------------------------------------------
 */
#include "geography/allocate_single_core.h"

#include <stdlib.h>
#include <string.h>

#define DEMANDS 6
#define SITES 3

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t weight[DEMANDS];
static int64_t capacity[SITES];
static int64_t minimum[SITES];
static int64_t start[DEMANDS + 1];
static int32_t site[DEMANDS * SITES];
static int64_t cost[DEMANDS * SITES];
static int64_t use[DEMANDS * SITES];
static int64_t moved[DEMANDS * SITES];
static int64_t out_moved[DEMANDS];
static int64_t out_cost[DEMANDS];
static CgSingle problem;

static const uint8_t *next;
static const uint8_t *end;

static int64_t
byte_below(int limit)
{
	return next < end ? *next++ % limit : 0;
}

static void
demand(int held)
{
	if (!held)
		abort();
}

static void
read_problem(void)
{
	int			kinds = (int) byte_below(8);
	int64_t		scale = byte_below(2) == 0 ? 1 : INT64_C(1000000000000);
	int64_t		pairs = 0;

	problem = (CgSingle) {1 + (int32_t) byte_below(DEMANDS), 1 + (int32_t) byte_below(SITES), weight, capacity, start, site,
		cost, use, kinds & 1 ? minimum : NULL, kinds & 2 ? moved : NULL, kinds & 2 ? out_moved : NULL,
		kinds & 4 ? out_cost : NULL};
	for (int32_t j = 0; j < problem.sites; j++)
	{
		capacity[j] = byte_below(24);
		minimum[j] = byte_below((int) capacity[j] + 1);
	}
	for (int32_t i = 0; i < problem.demands; i++)
	{
		start[i] = pairs;
		weight[i] = byte_below(10);
		out_moved[i] = byte_below(2) * weight[i];
		out_cost[i] = weight[i] > 0 ? byte_below(50) * scale : 0;
		for (int32_t j = 0; j < problem.sites; j++)
		{
			int64_t		kind = byte_below(8);

			if (kind == 0)
				continue;
			site[pairs] = j;
			cost[pairs] = byte_below(64) * scale;
			moved[pairs] = kind & 1 ? weight[i] : 0;
			use[pairs++] = kind == 7 ? byte_below(12) : weight[i];
		}
	}
	start[problem.demands] = pairs;
}

static int
is_less(const CgSingleTiers *a, const CgSingleTiers *b)
{
	if (a->unserved != b->unserved)
		return a->unserved < b->unserved;
	return a->moved != b->moved ? a->moved < b->moved : a->cost < b->cost;
}

static void
try_all(int32_t i, int64_t *left, CgSingleTiers sum, int *has_plan, CgSingleTiers *best)
{
	CgSingleTiers more = sum;

	if (i == problem.demands)
	{
		for (int32_t j = 0; problem.minimum != NULL && j < problem.sites; j++)
		{
			if (capacity[j] - left[j] < minimum[j])
				return;
		}
		if (!*has_plan || is_less(&sum, best))
			*best = sum;
		*has_plan = 1;
		return;
	}
	for (int64_t p = start[i]; p < start[i + 1]; p++)
	{
		if (use[p] > left[site[p]])
			continue;
		more = (CgSingleTiers) {sum.unserved, sum.moved + (problem.moved == NULL ? 0 : moved[p]), sum.cost + cost[p]};
		left[site[p]] -= use[p];
		try_all(i + 1, left, more, has_plan, best);
		left[site[p]] += use[p];
	}
	more = (CgSingleTiers) {sum.unserved + weight[i], sum.moved + (problem.out_moved == NULL ? 0 : out_moved[i]),
		sum.cost + (problem.out_cost == NULL ? 0 : out_cost[i])};
	try_all(i + 1, left, more, has_plan, best);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t		choice[DEMANDS];
	int64_t		left[SITES];
	CgSingleTiers zero = {0, 0, 0};
	CgSingleTiers best = {0, 0, 0};
	CgSingleAnswer answer;
	int			has_plan = 0;

	next = data;
	end = data + size;
	read_problem();
	for (int32_t i = 0; i < problem.demands; i++)
		choice[i] = start[i] < start[i + 1] && byte_below(2) ? start[i] : -1;
	demand(cg_single_solve(&problem, choice, NULL, 1000, &cg_flow_malloc, NULL, NULL, &answer) == CG_FLOW_OPTIMAL);
	memcpy(left, capacity, sizeof(left));
	try_all(0, left, zero, &has_plan, &best);
	demand(answer.has_plan == (has_plan != 0));
	demand(has_plan ? answer.proved == CG_SINGLE_ALL_PROVED : answer.is_impossible);
	if (has_plan)
		demand(answer.unserved == best.unserved && answer.moved == best.moved && answer.cost == best.cost && answer.bound <= best.cost);
	return 0;
}
