/*-------------------------------------------------------------------------
 *
 * solver_transport_test.c
 *	  Unit test of the transportation problem, printing TAP.
 *
 * Random problems are built a second time as one network with every arc; the
 * worth of one more place is compared with solving again with it.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/random.h"
#include "solver/network_simplex_transport.h"
#include "solver/network_verify.h"
#include "solver/residual.h"

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

static long blocks = 0;

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
	blocks += memory == NULL;
	return realloc(memory, size);
}

static const CgFlowAllocator counting = {counting_resize, NULL};

static int64_t
between(CgRandom *random, int64_t low, int64_t high)
{
	return low + (int64_t) (cg_random_bits(random) % (uint64_t) (high - low + 1));
}

/* ---- problems ---- */

typedef struct Problem
{
	CgTransport transport;
	int64_t    *amount;
	int64_t    *capacity;
	int64_t    *minimum;
	int32_t    *current;
	int64_t    *unserved_cost;
	int64_t    *start;
	int32_t    *site;
	int64_t    *cost;
	bool		is_reversed;	/* hand out the pairs from the last */
	int32_t    *turned_site;
	int64_t    *turned_cost;
} Problem;

static int32_t
pairs_of(void *context, int32_t demand, const int32_t **site, const int64_t **cost)
{
	Problem    *problem = context;
	int64_t		first = problem->start[demand];
	int32_t		count = (int32_t) (problem->start[demand + 1] - first);

	*site = problem->site + first;
	*cost = problem->cost + first;
	if (problem->is_reversed)
	{
		for (int32_t i = 0; i < count; i++)
		{
			problem->turned_site[i] = problem->site[first + count - 1 - i];
			problem->turned_cost[i] = problem->cost[first + count - 1 - i];
		}
		*site = problem->turned_site;
		*cost = problem->turned_cost;
	}
	return count;
}

static void
make_problem(Problem *problem, CgRandom *random, int32_t demands, int32_t sites,
			 int64_t most_amount, int64_t most_cost, double density, double slack,
			 bool has_minimum, bool has_current)
{
	int64_t		all = 0;
	int64_t		count = 0;

	memset(problem, 0, sizeof(Problem));
	problem->amount = malloc(sizeof(int64_t) * demands);
	problem->capacity = malloc(sizeof(int64_t) * sites);
	problem->minimum = calloc(sites, sizeof(int64_t));
	problem->current = malloc(sizeof(int32_t) * demands);
	problem->unserved_cost = malloc(sizeof(int64_t) * demands);
	problem->start = malloc(sizeof(int64_t) * (demands + 1));
	problem->site = malloc(sizeof(int32_t) * demands * sites);
	problem->cost = malloc(sizeof(int64_t) * demands * sites);
	problem->turned_site = malloc(sizeof(int32_t) * sites);
	problem->turned_cost = malloc(sizeof(int64_t) * sites);
	for (int32_t i = 0; i < demands; i++)
	{
		problem->amount[i] = between(random, most_amount > 1 ? 0 : 1, most_amount);
		problem->current[i] = (int32_t) between(random, -1, sites - 1);
		problem->unserved_cost[i] = between(random, 0, most_cost);
		all += problem->amount[i];
		problem->start[i] = count;
		for (int32_t j = 0; j < sites; j++)
		{
			if (cg_random_uniform(random) > density)
				continue;
			problem->site[count] = j;
			problem->cost[count++] = between(random, 0, most_cost);
		}
	}
	problem->start[demands] = count;
	for (int32_t j = 0; j < sites; j++)
	{
		problem->capacity[j] = between(random, 0, (int64_t) (2 * slack * (double) all / sites) + 1);
		if (has_minimum)
			problem->minimum[j] = between(random, 0, problem->capacity[j] / 3);
	}
	problem->transport.demands = demands;
	problem->transport.sites = sites;
	problem->transport.amount = problem->amount;
	problem->transport.capacity = problem->capacity;
	problem->transport.minimum = has_minimum ? problem->minimum : NULL;
	problem->transport.current = has_current ? problem->current : NULL;
	problem->transport.unserved_cost = demands % 3 == 0 ? problem->unserved_cost : NULL;
	problem->transport.pairs.of = pairs_of;
	problem->transport.pairs.context = problem;
	problem->transport.pairs.most_cost = most_cost;
}

static void
free_problem(Problem *problem)
{
	free(problem->amount);
	free(problem->capacity);
	free(problem->minimum);
	free(problem->current);
	free(problem->unserved_cost);
	free(problem->start);
	free(problem->site);
	free(problem->cost);
	free(problem->turned_site);
	free(problem->turned_cost);
}

/* ---- the same as one network ---- */

static void
solve_plainly(const Problem *problem, const int64_t *capacity, int64_t *objective)
{
	const CgTransport *t = &problem->transport;
	int32_t		sink = t->demands + t->sites;
	int64_t		limit[3] = {1, 1, t->pairs.most_cost};
	int64_t		unserved[3] = {1, 0, 0};
	int64_t		none[3] = {0, 0, 0};
	int64_t		all = 0;
	CgTiers		tiers;
	CgFlow	   *flow;
	CgFlowStatus status;

	cg_tiers_weigh(&tiers, 3, limit, sink + 1, sink + 2);
	flow = cg_flow_create(sink + 1, NULL, &tiers, 1000, &cg_flow_malloc);
	for (int32_t i = 0; i < t->demands; i++)
	{
		cg_flow_set_supply(flow, i, t->amount[i]);
		all += t->amount[i];
		unserved[1] = t->current != NULL && t->current[i] >= 0;
		unserved[2] = t->unserved_cost == NULL ? 0 : t->unserved_cost[i];
		cg_flow_add_arc(flow, i, sink, CG_FLOW_UNLIMITED, unserved);
	}
	for (int32_t j = 0; j < t->sites; j++)
	{
		int64_t		least = t->minimum == NULL ? 0 : t->minimum[j];

		cg_flow_add_arc(flow, t->demands + j, sink, capacity[j] - least, none);
		cg_flow_set_supply(flow, t->demands + j, -least);
		all -= least;
	}
	cg_flow_set_supply(flow, sink, -all);
	for (int32_t i = 0; i < t->demands; i++)
	{
		for (int64_t a = problem->start[i]; a < problem->start[i + 1]; a++)
		{
			int64_t		cost[3] = {0, 0, problem->cost[a]};

			cost[1] = t->current != NULL && t->current[i] >= 0 && t->current[i] != problem->site[a];
			cg_flow_add_arc(flow, i, t->demands + problem->site[a], CG_FLOW_UNLIMITED, cost);
		}
	}
	status = cg_flow_solve(flow, NULL, NULL);
	memset(objective, 0, sizeof(int64_t) * 3);
	if (status != CG_FLOW_OPTIMAL)
		objective[0] = -1;
	else
	{
		int32_t		arc = t->demands + t->sites;

		for (int32_t i = 0; i < t->demands; i++)
		{
			objective[0] += cg_flow_on_arc(flow, i);
			objective[1] += t->current != NULL && t->current[i] >= 0 ? cg_flow_on_arc(flow, i) : 0;
			objective[2] += t->unserved_cost == NULL ? 0 : cg_flow_on_arc(flow, i) * t->unserved_cost[i];
			for (int64_t a = problem->start[i]; a < problem->start[i + 1]; a++, arc++)
			{
				objective[2] += cg_flow_on_arc(flow, arc) * problem->cost[a];
				if (t->current != NULL && t->current[i] >= 0 && t->current[i] != problem->site[a])
					objective[1] += cg_flow_on_arc(flow, arc);
			}
		}
	}
	cg_flow_free(flow);
}

static bool
is_objective(const CgTransportAnswer *answer, const int64_t *objective)
{
	if (objective[0] < 0)
		return answer->status == CG_FLOW_INFEASIBLE;
	return answer->status == CG_FLOW_OPTIMAL && answer->all_unserved == objective[0] &&
		answer->all_moved == objective[1] && answer->cost == objective[2];
}

/*
 * All pairs, whether they became arcs or not, are judged with the duals.
 */
static bool
is_verified(const Problem *problem, const CgTransportSolver *solver, const CgTransportAnswer *answer)
{
	const CgTransport *t = &problem->transport;
	int32_t		nodes = t->demands + t->sites + 1;
	int32_t		arcs = 0;
	size_t		most = (size_t) t->demands * (t->sites + 1) + t->sites;
	int32_t    *tail = malloc(sizeof(int32_t) * most);
	int32_t    *head = malloc(sizeof(int32_t) * most);
	int64_t    *capacity = malloc(sizeof(int64_t) * most);
	int64_t    *cost = calloc(most * 3, sizeof(int64_t));
	int64_t    *carried = calloc(most, sizeof(int64_t));
	int64_t    *supply = calloc(nodes, sizeof(int64_t));
	int64_t    *excess = malloc(sizeof(int64_t) * nodes);
	int64_t		(*dual)[4] = malloc(sizeof(*dual) * nodes);
	int64_t		next = 0;
	CgFlowAnswer checked = {nodes, 0, 3, tail, head, capacity, cost, supply, carried, NULL, &dual[0][0]};
	int32_t		place;
	CgFlowFault fault;

	cg_transport_duals(solver, dual);
	for (int32_t i = 0; i < t->demands; i++)
	{
		supply[i] = t->amount[i];
		supply[nodes - 1] -= t->amount[i];
		tail[arcs] = i;
		head[arcs] = nodes - 1;
		capacity[arcs] = CG_FLOW_UNLIMITED;
		cost[arcs * 3] = 1;
		cost[arcs * 3 + 1] = t->current != NULL && t->current[i] >= 0;
		cost[arcs * 3 + 2] = t->unserved_cost == NULL ? 0 : t->unserved_cost[i];
		carried[arcs++] = answer->unserved[i];
		for (int64_t a = problem->start[i]; a < problem->start[i + 1]; a++, arcs++)
		{
			tail[arcs] = i;
			head[arcs] = t->demands + problem->site[a];
			capacity[arcs] = CG_FLOW_UNLIMITED;
			cost[arcs * 3 + 1] = t->current != NULL && t->current[i] >= 0 && t->current[i] != problem->site[a];
			cost[arcs * 3 + 2] = problem->cost[a];
			if (next < answer->shipments && answer->shipment[next].demand == i &&
				answer->shipment[next].site == problem->site[a])
				carried[arcs] = answer->shipment[next++].amount;
		}
	}
	for (int32_t j = 0; j < t->sites; j++, arcs++)
	{
		int64_t		least = t->minimum == NULL ? 0 : t->minimum[j];

		tail[arcs] = t->demands + j;
		head[arcs] = nodes - 1;
		capacity[arcs] = t->capacity[j] - least;
		carried[arcs] = answer->used[j] - least;
		supply[t->demands + j] = -least;
		supply[nodes - 1] += least;
	}
	checked.arcs = arcs;
	fault = cg_flow_verify(&checked, excess, &place);
	free(tail);
	free(head);
	free(capacity);
	free(cost);
	free(carried);
	free(supply);
	free(excess);
	free(dual);
	return fault == CG_FLOW_SOUND && next == answer->shipments;
}

static bool
same_answer(const CgTransportAnswer *a, const CgTransportAnswer *b)
{
	return a->shipments == b->shipments &&
		memcmp(a->shipment, b->shipment, sizeof(CgShipment) * a->shipments) == 0;
}

/*
 * The cut: its demands have pairs to its sites alone, and what is unserved is
 * the demand above the room there.
 */
static bool
is_cut(const Problem *problem, const CgTransportAnswer *answer)
{
	int64_t		balance = 0;

	for (int32_t i = 0; i < problem->transport.demands; i++)
	{
		if (!answer->demand_in_cut[i])
		{
			if (answer->unserved[i] > 0)
				return false;
			continue;
		}
		balance += problem->amount[i];
		for (int64_t a = problem->start[i]; a < problem->start[i + 1]; a++)
		{
			if (!answer->site_in_cut[problem->site[a]])
				return false;
		}
	}
	for (int32_t j = 0; j < problem->transport.sites; j++)
	{
		if (answer->site_in_cut[j])
			balance -= problem->capacity[j];
	}
	return balance == answer->all_unserved;
}

static void
test_random(void)
{
	CgRandom	random;
	int			wrong = 0;
	int			unverified = 0;
	int			differ = 0;
	int			bad_cut = 0;
	int			bad_value = 0;
	int			values = 0;
	int			gains = 0;
	int			infeasible = 0;
	int			short_of_room = 0;

	cg_random_seed(&random, 11);
	for (int round = 0; round < 400; round++)
	{
		Problem		problem;
		CgTransportSolver *solver;
		CgTransportSolver *other;
		const CgTransportAnswer *answer;
		const CgTransportAnswer *again;
		int64_t		objective[3];
		int64_t		plus[3];
		int32_t		sites = (int32_t) between(&random, 1, 14);
		CgPlaceValue value[14];

		make_problem(&problem, &random, (int32_t) between(&random, 1, 30), sites,
					 round % 4 == 0 ? 1 : 9, round % 5 == 0 ? 3 : round % 5 == 1 ? INT64_MAX / 1000000 : 100,
					 0.3 + 0.7 * cg_random_uniform(&random), 0.6 + cg_random_uniform(&random),
					 round % 3 == 0, round % 2 == 0);
		solver = cg_transport_create(&problem.transport, &counting);
		answer = cg_transport_solve(solver, NULL, NULL);
		solve_plainly(&problem, problem.capacity, objective);
		wrong += !is_objective(answer, objective);
		infeasible += answer->status == CG_FLOW_INFEASIBLE;
		short_of_room += answer->all_unserved > 0;
		if (answer->status == CG_FLOW_OPTIMAL)
		{
			unverified += !is_verified(&problem, solver, answer);
			bad_cut += answer->all_unserved > 0 && problem.transport.minimum == NULL && !is_cut(&problem, answer);
			cg_residual_place_values(solver, answer, &counting, NULL, NULL, value);
			for (int32_t j = 0; j < sites; j++)
			{
				problem.capacity[j]++;
				solve_plainly(&problem, problem.capacity, plus);
				problem.capacity[j]--;
				values++;
				gains += value[j].served != 0 || value[j].moved != 0 || value[j].saved != 0;
				bad_value += value[j].served != objective[0] - plus[0] ||
					value[j].moved != objective[1] - plus[1] || value[j].saved != objective[2] - plus[2];
			}
			/* From another order, and back from another problem. */
			problem.is_reversed = true;
			other = cg_transport_create(&problem.transport, &counting);
			again = cg_transport_solve(other, NULL, NULL);
			differ += !same_answer(answer, again);
			cg_transport_set_capacity(other, 0, 0);
			cg_transport_solve(other, NULL, NULL);
			cg_transport_set_capacity(other, 0, problem.capacity[0]);
			again = cg_transport_solve(other, NULL, NULL);
			wrong += !is_objective(again, objective);
			differ += !same_answer(answer, again);
			cg_transport_free(other);
		}
		cg_transport_free(solver);
		free_problem(&problem);
	}
	printf("# %d infeasible, %d short of room, %d of %d sites gain from one more place\n",
		   infeasible, short_of_room, gains, values);
	ok(wrong == 0, "400 random problems cost what the whole network costs");
	ok(unverified == 0, "the duals certify every answer, pairs that are no arcs included");
	ok(bad_cut == 0 && short_of_room > 50, "what is unserved is explained by a cut");
	ok(bad_value == 0 && gains > 200, "one more place is worth what solving again with it finds");
	ok(differ == 0, "the answer is the same from any order and after any detour");
	ok(blocks == 0, "all memory comes back");
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static double longest_pause;
static double last_question;

static bool
measure_pauses(void *argument)
{
	double		now = seconds();

	(void) argument;
	if (now - last_question > longest_pause)
		longest_pause = now - last_question;
	last_question = now;
	return false;
}

/*
 * Sites and people scattered in a square.
 */
static void
test_size(const char *name, int32_t demands, int32_t sites, int64_t most_amount, double slack, double bar)
{
	CgRandom	random;
	Problem		problem;
	double		place[1000][2];
	double		began;
	CgTransportSolver *solver;
	const CgTransportAnswer *answer;
	double		took;
	CgPlaceValue *value = malloc(sizeof(CgPlaceValue) * sites);
	int64_t		all = 0;

	cg_random_seed(&random, 3);
	make_problem(&problem, &random, demands, sites, most_amount, 100000, 1, slack, false, false);
	for (int32_t j = 0; j < sites; j++)
	{
		place[j][0] = cg_random_uniform(&random) * 30000;
		place[j][1] = cg_random_uniform(&random) * 30000;
	}
	for (int32_t i = 0; i < demands; i++)
	{
		double		x = (cg_random_uniform(&random) + cg_random_uniform(&random)) * 15000;
		double		y = (cg_random_uniform(&random) + cg_random_uniform(&random)) * 15000;

		all += problem.amount[i];
		for (int32_t j = 0; j < sites; j++)
			problem.cost[(int64_t) i * sites + j] = (int64_t)
				(0.5 + __builtin_sqrt((x - place[j][0]) * (x - place[j][0]) + (y - place[j][1]) * (y - place[j][1])));
	}
	for (int32_t j = 0; j < sites; j++)
		problem.capacity[j] = (int64_t) ((double) all * slack / sites) + 1;
	last_question = began = seconds();
	longest_pause = 0;
	solver = cg_transport_create(&problem.transport, &counting);
	answer = cg_transport_solve(solver, measure_pauses, NULL);
	took = seconds() - began;
	began = seconds();
	cg_residual_place_values(solver, answer, &counting, measure_pauses, NULL, value);
	printf("# %s: %.3f s, %lld of people %lld unserved, %lld pivots, %d rounds, %lld of %lld arcs, longest pause %.1f ms, values %.3f s\n",
		   name, took, (long long) answer->all_unserved, (long long) all, (long long) answer->pivots, answer->rounds,
		   (long long) answer->arcs, (long long) demands * sites, 1000 * longest_pause, seconds() - began);
	ok(answer->status == CG_FLOW_OPTIMAL && (demands > 100000 || is_verified(&problem, solver, answer)), name);
	ok(longest_pause < bar, "and may be stopped at any time");
	cg_transport_free(solver);
	free_problem(&problem);
	free(value);
}

int
main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_random();
	test_size("3,000 areas, 33 sites", 3000, 33, 600, 1.1, 0.5);
	test_size("300 people, 300 sites", 300, 300, 1, 1, 0.5);
	if (argc > 1 && strcmp(argv[1], "large") == 0)
	{
		test_size("30,000 areas, 33 sites", 30000, 33, 200, 1.02, 0.05);
		test_size("30,000 areas, 33 sites, too little room", 30000, 33, 200, 0.9, 0.05);
		test_size("265,422 people, 33 sites", 265422, 33, 1, 1.02, 0.05);
		test_size("20,000 people, 500 sites", 20000, 500, 1, 1.02, 0.05);
	}
	printf("1..%d\n", tests);
	return failures != 0;
}
