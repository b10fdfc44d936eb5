/*-------------------------------------------------------------------------
 *
 * allocate_whole.c
 *	  Demands that go whole to one site: from the answer that may split them,
 *	  which is the start and a bound.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "common/cg_compat.h"
#include "common/cg_grown.h"
#include "geography/allocate_call.h"
#include "geography/allocate_single_core.h"
#include "numeric/order.h"

/* The sum of all costs that the core takes. */
#define MOST_COST (INT64CONST(1) << 61)

#define EFFORT 1000

typedef struct Whole
{
	CgSingle	single;
	int64		divisor;		/* of costs, so that they are not too many */
	int64	   *start;
	int32	   *site;
	int64	   *cost;
	int64	   *use;
	int64	   *moved;
	int64	   *out_moved;
	int64	   *out_cost;
	int64		room;
} Whole;

static void
make_room(Whole *whole, int64 pairs)
{
	if (pairs <= whole->room)
		return;
	whole->room = 2 * pairs + 1000;
	whole->site = cg_grown(whole->site, whole->room, sizeof(int32));
	whole->cost = cg_grown(whole->cost, whole->room, sizeof(int64));
	whole->use = cg_grown(whole->use, whole->room, sizeof(int64));
	whole->moved = cg_grown(whole->moved, whole->room, sizeof(int64));
}

/*
 * The pairs of all demands of anybody, with the cost of the whole of each.
 */
static void
list_pairs(CgAllocateCall *call, Whole *whole, const CgTransport *problem)
{
	CgAllocateModel *model = &call->input.model;
	int64		pairs = 0;
	CgWide		all = 0;

	whole->start = cg_grown(NULL, model->demands + (int64) 1, sizeof(int64));
	whole->out_moved = cg_grown(NULL, model->demands, sizeof(int64));
	whole->out_cost = cg_grown(NULL, model->demands, sizeof(int64));
	for (int32 demand = 0; demand < model->demands; demand++)
		all += (CgWide) model->amount[demand] * problem->pairs.most_cost;
	whole->divisor = (int64) (all / MOST_COST) + 1;
	for (int32 demand = 0; demand < model->demands; demand++)
	{
		const int32_t *site;
		const int64_t *cost;
		int64		amount = model->amount[demand];
		int32		count = amount == 0 ? 0 : problem->pairs.of(model, demand, &site, &cost);

		whole->start[demand] = pairs;
		whole->out_moved[demand] = problem->current != NULL && problem->current[demand] >= 0 ? amount : 0;
		whole->out_cost[demand] = problem->unserved_cost == NULL ? 0 :
			(int64) ((CgWide) problem->unserved_cost[demand] * amount / whole->divisor);
		make_room(whole, pairs + count);
		for (int32 i = 0; i < count; i++)
		{
			bool		moves = problem->current != NULL && problem->current[demand] >= 0 &&
				problem->current[demand] != site[i];

			whole->site[pairs] = site[i];
			whole->cost[pairs] = (int64) ((CgWide) cost[i] * amount / whole->divisor);
			whole->use[pairs] = amount;
			whole->moved[pairs++] = moves ? amount : 0;
		}
	}
	whole->start[model->demands] = pairs;
	make_room(whole, 1);
	whole->single = (CgSingle) {model->demands, model->sites, model->amount, model->capacity, whole->start,
		whole->site, whole->cost, whole->use, model->minimum, problem->current == NULL ? NULL : whole->moved,
		problem->current == NULL ? NULL : whole->out_moved, whole->out_cost};
}

/*
 * Each demand where most of it goes.
 */
static int64 *
first_choice(const CgAllocateCall *call, const CgSingle *single)
{
	int64	   *choice = cg_grown(NULL, single->demands, sizeof(int64));
	int64	   *largest = palloc_extended(sizeof(int64) * (single->demands + (int64) 1),
										  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (int32 demand = 0; demand < single->demands; demand++)
		choice[demand] = -1;
	for (int64 i = 0; i < call->answer->shipments; i++)
	{
		const CgShipment *shipment = &call->answer->shipment[i];

		if (shipment->amount <= largest[shipment->demand])
			continue;
		largest[shipment->demand] = shipment->amount;
		for (int64 pair = single->start[shipment->demand]; pair < single->start[shipment->demand + 1]; pair++)
		{
			if (single->site[pair] == shipment->site)
				choice[shipment->demand] = pair;
		}
	}
	pfree(largest);
	return choice;
}

static void
take_answer(CgAllocateCall *call, const CgSingle *single, const int64 *choice, const CgSingleAnswer *found)
{
	CgAllocateModel *model = &call->input.model;
	CgTransportAnswer *answer = &call->whole;

	*answer = *call->answer;
	answer->status = found->has_plan ? CG_FLOW_OPTIMAL : CG_FLOW_INFEASIBLE;
	answer->rounds = found->rounds;
	answer->shipments = 0;
	answer->all_unserved = found->unserved;
	answer->all_moved = found->moved;
	answer->cost = found->cost;
	answer->shipment = cg_grown(NULL, model->demands, sizeof(CgShipment));
	answer->unserved = cg_grown(NULL, model->demands, sizeof(int64));
	answer->used = palloc_extended(sizeof(int64) * (model->sites + (int64) 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int32 demand = 0; demand < model->demands; demand++)
	{
		CgShipment *shipment = &answer->shipment[answer->shipments];

		answer->unserved[demand] = choice[demand] < 0 ? model->amount[demand] : 0;
		if (choice[demand] < 0)
			continue;
		shipment->demand = demand;
		shipment->site = single->site[choice[demand]];
		shipment->amount = model->amount[demand];
		answer->used[shipment->site] += shipment->amount;
		answer->shipments++;
	}
	call->answer = answer;
	call->is_whole = true;
	call->is_undecided = !found->has_plan && !found->is_impossible;
}

/*
 * In the unit of costs; what rounding to steps may have added is taken off.
 */
static double
bound_of(const CgAllocateCall *call, const CgSingleAnswer *found, int64 divisor, int64 placed)
{
	const CgAllocateModel *model = &call->input.model;
	double		bound;

	if (found->bound == PG_INT64_MIN)
		return NAN;
	bound = (double) found->bound * (double) divisor / model->scale;
	return model->is_exact ? bound : Max(bound - 0.5 * (double) placed / model->scale, 0);
}

/*
 * The costs above a limit that a longest journey may have, in their order.
 */
static double *
longer_journeys(CgAllocateModel *model, double limit, int64 *count)
{
	double	   *cost = NULL;
	int64		room = 0;

	*count = 0;
	for (int32 demand = 0; demand < model->demands; demand++)
	{
		int32		pairs = cg_allocate_pairs(model, demand);

		if (*count + pairs > room)
		{
			room = 2 * (*count + pairs) + 1000;
			cost = cg_grown(cost, room, sizeof(double));
		}
		for (int32 i = 0; i < pairs; i++)
		{
			if (model->pair_cost[i] > limit)
				cost[(*count)++] = model->pair_cost[i];
		}
	}
	if (*count > 0)
		cg_sort_doubles(cost, *count);
	return cost;
}

static void
solve_listed(CgAllocateCall *call, Whole *whole, int64 *choice, const CgSingleTiers *known, int effort,
			 CgSingleAnswer *found)
{
	CgFlowStatus status = cg_single_solve(&whole->single, choice, known, effort, &cg_allocate_memory,
										  cg_allocate_interrupt, NULL, found);

	if (status != CG_FLOW_OPTIMAL)
		cg_allocate_failed(status, call->input.function);
}

/*
 * The best answer whose journeys are no longer than this; true if it serves
 * as many as wanted.
 */
static bool
solve_within(CgAllocateCall *call, double limit, int effort, int64 most_unserved, Whole *whole, int64 *choice,
			 CgSingleAnswer *found)
{
	CgTransport problem;

	call->input.model.worst = limit;
	problem = cg_allocate_problem(&call->input.model);
	list_pairs(call, whole, &problem);
	for (int32 demand = 0; demand < call->input.model.demands; demand++)
		choice[demand] = -1;
	solve_listed(call, whole, choice, NULL, effort, found);
	return found->has_plan && found->unserved <= most_unserved;
}

/*
 * What goes whole may need longer journeys than its parts would: as many as
 * can be are served first, then the longest journey is as short as is found.
 */
static void
lengthen(CgAllocateCall *call, Whole *whole, int64 *choice, CgSingleAnswer *found)
{
	CgAllocateModel *model = &call->input.model;
	double		limit = model->worst;
	int64		least;
	int64		low = 0;
	int64		high;
	double	   *cost;

	model->worst = INFINITY;
	cost = longer_journeys(model, limit, &high);
	if (!solve_within(call, INFINITY, EFFORT, PG_INT64_MAX, whole, choice, found) || high == 0)
		return;
	least = found->unserved;
	high--;
	while (low < high)
	{
		int64		middle = low + (high - low) / 2;

		if (solve_within(call, cost[middle], EFFORT / 10, least, whole, choice, found))
			high = middle;
		else
			low = middle + 1;
	}
	if (!solve_within(call, cost[low], EFFORT, least, whole, choice, found))
		solve_within(call, INFINITY, EFFORT, least, whole, choice, found);
}

void
cg_allocate_solve_whole(CgAllocateCall *call)
{
	CgAllocateModel *model = &call->input.model;
	CgTransport problem = cg_allocate_problem(model);
	const CgTransportAnswer *divided = call->answer;
	Whole		whole = {0};
	CgSingleTiers known;
	CgSingleAnswer found;
	int64	   *choice;
	int64		all = 0;

	list_pairs(call, &whole, &problem);
	choice = first_choice(call, &whole.single);
	known.unserved = divided->all_unserved;
	known.moved = problem.current == NULL ? 0 : divided->all_moved;
	known.cost = (int64) (divided->cost / whole.divisor);
	/* Each of the costs may have lost a part of a step of the divisor. */
	if (whole.divisor > 1)
		known.cost -= model->demands;
	solve_listed(call, &whole, choice, &known, EFFORT, &found);
	if (model->options.minimise_worst && (!found.has_plan || found.unserved > divided->all_unserved))
		lengthen(call, &whole, choice, &found);
	for (int32 demand = 0; demand < model->demands; demand++)
		all += model->amount[demand];
	take_answer(call, &whole.single, choice, &found);
	call->bound = bound_of(call, &found, whole.divisor, all - found.unserved);
}
