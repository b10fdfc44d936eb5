/*-------------------------------------------------------------------------
 *
 * p_median_split_model_core.c
 *	  The problem of split demand in order and in whole numbers, and the best
 *	  allocation to a set of open sites by network simplex.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/p_median_split_model.h"

#include <math.h>
#include <string.h>

#define EXACT 9e15
#define MOST_DECIMALS 6
#define COST_DIGITS 1e9			/* the dearest pair, where costs are rounded */
#define MOST_UNITS 4e17			/* of amount, in whole numbers */

/* ---- whole numbers ---- */

static bool
is_whole_at(const double *values, size_t count, double scale)
{
	for (size_t k = 0; k < count; k++)
	{
		double		scaled = values[k] * scale;

		if (isfinite(values[k]) && fabs(scaled - nearbyint(scaled)) > 1e-9 * fmax(1, scaled))
			return false;
	}
	return true;
}

/*
 * The least power of ten that makes all of them whole, or 0.
 */
static double
scale_of_amounts(const CgSplitProblem *problem)
{
	double		scale = 1;

	for (int k = 0; k <= MOST_DECIMALS; k++, scale *= 10)
	{
		if (is_whole_at(problem->amount, problem->demands, scale) &&
			(problem->capacity == NULL || is_whole_at(problem->capacity, problem->sites, scale)) &&
			(problem->minimum == NULL || is_whole_at(problem->minimum, problem->sites, scale)))
			return scale;
	}
	return 0;
}

static bool
is_amount(double value)
{
	return isfinite(value) && value >= 0;
}

const char *
cg_p_median_split_problem(const CgSplitProblem *problem)
{
	CgMedianProblem median = {
		.demands = problem->demands, .sites = problem->sites,
		.start = problem->start, .site = problem->site, .value = problem->cost,
		.opening = problem->opening, .fixed = problem->fixed,
		.min_open = problem->min_open, .max_open = problem->max_open
	};
	double		total = 0;
	double		scale;

	for (int i = 0; i < problem->demands; i++)
	{
		if (!is_amount(problem->amount[i]))
			return "an amount is negative or not finite";
		total += problem->amount[i];
	}
	for (int j = 0; j < problem->sites; j++)
	{
		double		high = problem->capacity == NULL ? HUGE_VAL : problem->capacity[j];

		if (isnan(high) || high < 0 || (problem->minimum != NULL && !is_amount(problem->minimum[j])))
			return "a limit is negative or not a number";
		if (problem->minimum != NULL && problem->minimum[j] > high)
			return "a minimum is above its capacity";
	}
	scale = scale_of_amounts(problem);
	if (scale == 0 || total * scale > MOST_UNITS)
		return "amounts are not whole to six decimals";
	return cg_p_median_problem(&median);
}

static void
make_whole(CgSplitModel *model, const CgSplitProblem *problem)
{
	size_t		pairs = model->start[model->demands];
	double		dearest = 0;
	double		scale = 1;

	model->amount_scale = scale_of_amounts(problem);
	for (int i = 0; i < model->demands; i++)
		model->whole_amount[i] = (int64_t) nearbyint(model->amount[i] * model->amount_scale);
	for (int j = 0; j < model->sites; j++)
	{
		model->whole_capacity[j] = (int64_t) nearbyint(model->capacity[j] * model->amount_scale);
		model->whole_minimum[j] = (int64_t) nearbyint(model->minimum[j] * model->amount_scale);
	}
	for (size_t e = 0; e < pairs; e++)
		dearest = fmax(dearest, model->cost[e]);
	while (scale < 1e6 && dearest * scale * 10 <= COST_DIGITS && !is_whole_at(model->cost, pairs, scale))
		scale *= 10;
	if (dearest * scale > COST_DIGITS ||
		(!is_whole_at(model->cost, pairs, scale) && dearest > 0))
		scale = COST_DIGITS / dearest;
	model->cost_scale = scale;
	for (size_t e = 0; e < pairs; e++)
	{
		model->whole_cost[e] = (int64_t) nearbyint(model->cost[e] * scale);
		if (model->whole_cost[e] > model->most_cost)
			model->most_cost = model->whole_cost[e];
	}
}

/* ---- the model ---- */

static bool
is_closed(const CgSplitProblem *problem, int site)
{
	return problem->fixed != NULL && problem->fixed[site] == CG_SITE_CLOSED;
}

/*
 * Pairs of sites that may be open: by site, and from there by demand.
 */
static void
sort_pairs(CgSplitModel *model, const CgSplitProblem *problem, size_t *next,
		   size_t *place)
{
	size_t		kept = 0;

	for (int i = 0; i < problem->demands; i++)
	{
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
			model->column_start[problem->site[e] + 1] += !is_closed(problem, problem->site[e]);
	}
	for (int j = 0; j < problem->sites; j++)
	{
		model->column_start[j + 1] += model->column_start[j];
		next[j] = model->column_start[j];
	}
	for (int i = 0; i < problem->demands; i++)
	{
		for (size_t e = problem->start[i]; e < problem->start[i + 1]; e++)
		{
			if (is_closed(problem, problem->site[e]))
				continue;
			place[next[problem->site[e]]] = e;
			model->column_demand[next[problem->site[e]]] = i;
			model->column_cost[next[problem->site[e]]++] = problem->cost[e];
			model->start[i + 1]++;
		}
	}
	for (int i = 0; i < problem->demands; i++)
		model->start[i + 1] += model->start[i];
	memcpy(next, model->start, sizeof(size_t) * problem->demands);
	for (int j = 0; j < problem->sites; j++)
	{
		for (size_t e = model->column_start[j]; e < model->column_start[j + 1]; e++, kept++)
		{
			size_t		to = next[model->column_demand[e]]++;

			model->site[to] = j;
			model->cost[to] = model->column_cost[e];
			model->given[to] = place[kept];
		}
	}
}

static void
copy_limits(CgSplitModel *model, const CgSplitProblem *problem)
{
	int			closed = 0;

	for (int i = 0; i < model->demands; i++)
		model->total += model->amount[i];
	for (int j = 0; j < model->sites; j++)
	{
		model->fixed[j] = problem->fixed == NULL ? CG_SITE_FREE : problem->fixed[j];
		closed += model->fixed[j] == CG_SITE_CLOSED;
		model->capacity[j] = problem->capacity == NULL ? model->total :
			fmin(problem->capacity[j], model->total);
		model->minimum[j] = problem->minimum == NULL ? 0 : problem->minimum[j];
		model->opening[j] = problem->opening == NULL ? 0 : problem->opening[j];

		/* More than there is to send. */
		if (model->minimum[j] > model->capacity[j])
			model->capacity[j] = model->minimum[j];
	}
	model->min_open = problem->min_open;
	model->max_open = problem->max_open < model->sites - closed ?
		problem->max_open : model->sites - closed;
}

static void
find_dearest(CgSplitModel *model)
{
	bool		integral = model->amount_scale == 1;

	for (int j = 0; j < model->sites; j++)
	{
		model->dearest += model->opening[j];
		integral = integral && model->opening[j] == floor(model->opening[j]);
	}
	for (int i = 0; i < model->demands; i++)
	{
		double		most = 0;

		for (size_t e = model->start[i]; e < model->start[i + 1]; e++)
		{
			most = fmax(most, model->cost[e]);
			integral = integral && model->cost[e] == floor(model->cost[e]);
		}
		model->dearest += most * model->amount[i];
	}
	model->integral = integral && model->dearest < EXACT;
}

void
cg_split_model(CgSplitModel *model, const CgSplitProblem *problem, CgStore *arena,
			   CgPace *pace)
{
	size_t		pairs = problem->start[problem->demands];
	size_t		most = (size_t) (problem->demands > problem->sites ? problem->demands : problem->sites);
	size_t	   *next = cg_store_take(arena, most + 1, sizeof(size_t));
	size_t	   *place = cg_store_take(arena, pairs, sizeof(size_t));

	memset(model, 0, sizeof(*model));
	model->demands = problem->demands;
	model->sites = problem->sites;
	model->amount = problem->amount;
	model->capacity = cg_store_take(arena, model->sites, sizeof(double));
	model->minimum = cg_store_take(arena, model->sites, sizeof(double));
	model->opening = cg_store_take(arena, model->sites, sizeof(double));
	model->fixed = cg_store_take(arena, model->sites, sizeof(signed char));
	model->start = cg_store_take(arena, model->demands + 1, sizeof(size_t));
	model->site = cg_store_take(arena, pairs, sizeof(int32_t));
	model->cost = cg_store_take(arena, pairs, sizeof(double));
	model->given = cg_store_take(arena, pairs, sizeof(size_t));
	model->column_start = cg_store_take(arena, model->sites + 1, sizeof(size_t));
	model->column_demand = cg_store_take(arena, pairs, sizeof(int));
	model->column_cost = cg_store_take(arena, pairs, sizeof(double));
	model->whole_amount = cg_store_take(arena, model->demands, sizeof(int64_t));
	model->whole_capacity = cg_store_take(arena, model->sites, sizeof(int64_t));
	model->whole_minimum = cg_store_take(arena, model->sites, sizeof(int64_t));
	model->whole_cost = cg_store_take(arena, pairs, sizeof(int64_t));
	if (arena->failed)
		return;
	copy_limits(model, problem);
	sort_pairs(model, problem, next, place);
	make_whole(model, problem);
	find_dearest(model);
	cg_pace(pace, 60.0 * pairs);
}

size_t
cg_split_pair(const CgSplitModel *model, int demand, int site)
{
	size_t		low = model->start[demand];
	size_t		high = model->start[demand + 1];

	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;

		if (model->site[middle] < site)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- memory and stops of the transportation problem ---- */

typedef union Header
{
	size_t		size;
	double		aligned;		/* as allocators give it: no more */
} Header;

/*
 * Like realloc, from the caller's allocate and release.
 */
static void *
resize(void *context, void *memory, size_t size)
{
	const CgWork *work = context;
	Header	   *old = memory == NULL ? NULL : (Header *) memory - 1;
	Header	   *moved = NULL;

	if (size > 0)
	{
		moved = work->allocate(work->context, sizeof(Header) + size);
		if (moved == NULL)
			return NULL;
		moved->size = size;
		if (old != NULL)
			memcpy(moved + 1, memory, old->size < size ? old->size : size);
	}
	if (old != NULL)
		work->release(work->context, old);
	return moved == NULL ? NULL : moved + 1;
}

static bool
should_stop(void *argument)
{
	CgPace	   *pace = argument;

	if (pace->work->stop != NULL && pace->work->stop(pace->work->context))
		pace->told = pace->stopped = true;
	return pace->told;
}

static int32_t
pairs_of(void *context, int32_t demand, const int32_t **site, const int64_t **cost)
{
	const CgSplitModel *model = context;

	*site = model->site + model->start[demand];
	*cost = model->whole_cost + model->start[demand];
	return (int32_t) (model->start[demand + 1] - model->start[demand]);
}

static CgTransportSolver *
make_solver(const CgSplitModel *model, const CgWork *work, bool with_minimum)
{
	CgFlowAllocator allocator = {resize, (void *) work};
	CgTransport problem = {
		.demands = model->demands, .sites = model->sites,
		.amount = model->whole_amount, .capacity = model->whole_capacity,
		.minimum = with_minimum ? model->whole_minimum : NULL,
		.pairs = {pairs_of, (void *) model, model->most_cost}
	};

	return cg_transport_create(&problem, &allocator);
}

/* ---- allocation ---- */

void
cg_split_allocator(CgSplitAllocator *allocator, const CgSplitModel *model,
				   CgStore *arena, CgPace *pace)
{
	memset(allocator, 0, sizeof(*allocator));
	allocator->model = model;
	allocator->arena = arena;
	allocator->pace = pace;
	allocator->dual = cg_store_take(arena, (size_t) model->demands + model->sites + 1,
									sizeof(*allocator->dual));
	allocator->solver = make_solver(model, arena->work, true);
	if (allocator->solver == NULL)
		arena->failed = true;
}

void
cg_split_allocator_end(CgSplitAllocator *allocator)
{
	cg_transport_free(allocator->solver);
	allocator->solver = NULL;
}

static double
cost_of_plan(const CgSplitModel *model, const CgTransportAnswer *plan)
{
	double		cost = 0;

	for (int64_t k = 0; k < plan->shipments; k++)
	{
		const CgShipment *sent = &plan->shipment[k];

		cost += sent->amount / model->amount_scale *
			model->cost[cg_split_pair(model, sent->demand, sent->site)];
	}
	return cost;
}

bool
cg_split_allocate(CgSplitAllocator *allocator, const bool *is_open,
				  CgSplitAllocation *allocation)
{
	const CgSplitModel *model = allocator->model;
	const CgTransportAnswer *plan;
	int64_t		all = 0;
	int64_t		least = 0;
	double		opening = 0;

	*allocation = (CgSplitAllocation) {false, HUGE_VAL, HUGE_VAL, NULL};
	if (allocator->pace->told || allocator->arena->failed)
		return false;
	for (int i = 0; i < model->demands; i++)
		all += model->whole_amount[i];
	for (int j = 0; j < model->sites; j++)
	{
		cg_transport_set_capacity(allocator->solver, j, is_open[j] ? model->whole_capacity[j] : 0);
		least += is_open[j] ? model->whole_minimum[j] : 0;
		opening += is_open[j] ? model->opening[j] : 0;
	}
	allocator->count++;
	if (least > all)
		return true;
	plan = cg_transport_solve(allocator->solver, should_stop, allocator->pace);
	if (plan->status == CG_FLOW_NO_MEMORY)
		allocator->arena->failed = true;
	if (plan->status != CG_FLOW_OPTIMAL && plan->status != CG_FLOW_INFEASIBLE)
		return false;
	cg_pace(allocator->pace, 200.0 * (plan->pivots - allocator->pivots) +
			8.0 * plan->rounds * model->start[model->demands] + 60.0 * model->demands);
	allocator->pivots = plan->pivots;
	if (plan->status == CG_FLOW_INFEASIBLE)
		return true;
	allocation->possible = true;
	allocation->unserved = plan->all_unserved / model->amount_scale;
	allocation->cost = opening + cost_of_plan(model, plan);
	allocation->detail = plan;
	return true;
}

/*
 * The path from a demand to the sink, as the last tree has it.  Room that is
 * missing counts as if it cost more than any pair.
 */
void
cg_split_prices(const CgSplitAllocator *allocator, double *price)
{
	const CgSplitModel *model = allocator->model;
	int			sink = model->demands + model->sites;
	double		dear = 2.0 * model->most_cost + 1;

	cg_transport_duals(allocator->solver, allocator->dual);
	for (int i = 0; i < model->demands; i++)
	{
		const int64_t *from = allocator->dual[i];
		const int64_t *to = allocator->dual[sink];

		price[i] = ((double) (to[3] - from[3]) + dear * (double) (to[1] - from[1])) *
			model->amount[i] / model->cost_scale;
	}
}

double
cg_split_no_room(const CgSplitModel *model, CgStore *arena, CgPace *pace)
{
	CgTransportSolver *solver = make_solver(model, arena->work, false);
	const CgTransportAnswer *plan;
	double		left = 0;

	if (solver == NULL)
	{
		arena->failed = true;
		return 0;
	}
	for (int j = 0; j < model->sites; j++)
	{
		if (model->fixed[j] == CG_SITE_CLOSED)
			cg_transport_set_capacity(solver, j, 0);
	}
	plan = cg_transport_solve(solver, should_stop, pace);
	if (plan->status == CG_FLOW_NO_MEMORY)
		arena->failed = true;
	else if (plan->status == CG_FLOW_OPTIMAL)
		left = plan->all_unserved / model->amount_scale;
	cg_transport_free(solver);
	return left;
}
