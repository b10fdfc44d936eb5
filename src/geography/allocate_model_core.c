/*-------------------------------------------------------------------------
 *
 * allocate_model_core.c
 *	  People and the sites they may go to, as a transportation problem.
 *
 *-------------------------------------------------------------------------
 */
#include "geography/allocate_model_core.h"

#include <math.h>
#include <string.h>

#include "numeric/order.h"

/* WGS 84 */
#define SEMI_MAJOR 6378137.0
#define FLATTENING (1 / 298.257223563)
#define MEAN_RADIUS 6371008.8

/* Costs of more steps than this are not made finer. */
#define MOST_STEPS 1e12

CgPoint
cg_point_on_ellipsoid(double longitude, double latitude)
{
	double		eccentricity2 = FLATTENING * (2 - FLATTENING);
	double		radians = 3.14159265358979323846 / 180;
	double		sine = sin(latitude * radians);
	double		cosine = cos(latitude * radians);
	double		normal = SEMI_MAJOR / sqrt(1 - eccentricity2 * sine * sine);
	CgPoint		point;

	point.x = normal * cosine * cos(longitude * radians);
	point.y = normal * cosine * sin(longitude * radians);
	point.z = normal * (1 - eccentricity2) * sine;
	return point;
}

double
cg_point_distance(const CgPoint *a, const CgPoint *b, bool on_ellipsoid)
{
	double		dx = a->x - b->x;
	double		dy = a->y - b->y;
	double		dz = a->z - b->z;
	double		chord = sqrt(dx * dx + dy * dy + dz * dz);

	if (!on_ellipsoid)
		return chord;
	return 2 * MEAN_RADIUS * asin(fmin(1, chord / (2 * MEAN_RADIUS)));
}

/* ---- pairs ---- */

/*
 * The nearest few of a demand's sites, in the order of the sites; of those
 * that are equally far the first ones.
 */
static int32_t
keep_nearest(CgAllocateModel *model, int32_t count, int32_t most)
{
	double	   *cost = model->pair_cost;
	double	   *sorted = (double *) model->pair_steps;
	double		limit;
	int32_t		at_limit = most;
	int32_t		kept = 0;

	memcpy(sorted, cost, sizeof(double) * (size_t) count);
	limit = cg_select_double(sorted, (size_t) count, (size_t) most - 1);
	for (int32_t i = 0; i < count; i++)
		at_limit -= cost[i] < limit;
	for (int32_t i = 0; i < count; i++)
	{
		if (cost[i] > limit || (cost[i] == limit && at_limit-- <= 0))
			continue;
		model->pair_site[kept] = model->pair_site[i];
		cost[kept++] = cost[i];
	}
	return kept;
}

static int32_t
pairs_of_points(CgAllocateModel *model, int32_t demand, double limit)
{
	CgPoint		point = model->demand_point[demand];
	double		detour = model->options.detour;
	int32_t		count = 0;

	for (int32_t site = 0; site < model->sites; site++)
	{
		double		cost;

		if (model->on_ellipsoid)
			cost = detour * cg_point_distance(&point, &model->site_point[site], true);
		else
		{
			double		dx = point.x - model->site_point[site].x;
			double		dy = point.y - model->site_point[site].y;

			cost = detour * sqrt(dx * dx + dy * dy);
		}
		model->pair_site[count] = site;
		model->pair_cost[count] = cost;
		count += cost <= limit;
	}
	if (model->options.candidates > 0 && count > model->options.candidates)
		count = keep_nearest(model, count, model->options.candidates);
	return count;
}

int32_t
cg_allocate_pairs(CgAllocateModel *model, int32_t demand)
{
	double		limit = model->options.max_cost < model->worst ? model->options.max_cost : model->worst;
	int32_t		count = 0;

	if (model->demand_point != NULL)
		return pairs_of_points(model, demand, limit);
	for (size_t i = model->start[demand]; i < model->start[demand + 1]; i++)
	{
		if (!(model->cost[i] <= limit))
			continue;
		model->pair_site[count] = model->site[i];
		model->pair_cost[count++] = model->cost[i];
	}
	return count;
}

double
cg_allocate_cost(const CgAllocateModel *model, int32_t demand, int32_t site)
{
	if (model->demand_point != NULL)
		return model->options.detour *
			cg_point_distance(&model->demand_point[demand], &model->site_point[site], model->on_ellipsoid);
	for (size_t i = model->start[demand]; i < model->start[demand + 1]; i++)
	{
		if (model->site[i] == site)
			return model->cost[i];
	}
	return NAN;
}

static double
with_equity(const CgAllocateModel *model, int32_t demand, double cost)
{
	double		counted = model->options.equity == 1 ? cost : pow(cost, model->options.equity);

	return model->weight == NULL ? counted : counted * model->weight[demand];
}

double
cg_allocate_counted(const CgAllocateModel *model, int32_t demand, double cost, bool leaves)
{
	return with_equity(model, demand, cost) + (leaves && model->penalty > 0 ? (double) model->penalty / model->scale : 0);
}

static int32_t
pairs_of(void *context, int32_t demand, const int32_t **site, const int64_t **cost)
{
	CgAllocateModel *model = context;
	int32_t		count = cg_allocate_pairs(model, demand);
	int32_t		current = model->current == NULL ? -1 : model->current[demand];

	for (int32_t i = 0; i < count; i++)
	{
		model->pair_steps[i] = (int64_t) (with_equity(model, demand, model->pair_cost[i]) * model->scale + 0.5);
		if (current >= 0 && current != model->pair_site[i])
			model->pair_steps[i] += model->penalty;
	}
	*site = model->pair_site;
	*cost = model->pair_steps;
	return count;
}

/* ---- the scale ---- */

static bool
is_whole(double value)
{
	double		nearest = floor(value + 0.5);

	return fabs(value - nearest) <= 1e-9 * fmax(1, fabs(value)) * 1e-3;
}

/*
 * The greatest cost that counts, and how many decimals all have (7: more).
 */
static double
survey(CgAllocateModel *model, int *decimals)
{
	double		most = 0;

	*decimals = model->demand_point != NULL ? 7 : 0;
	for (int32_t demand = 0; demand < model->demands; demand++)
	{
		int32_t		count = cg_allocate_pairs(model, demand);

		for (int32_t i = 0; i < count; i++)
		{
			double		cost = with_equity(model, demand, model->pair_cost[i]);

			most = cost > most ? cost : most;
			while (*decimals < 7 && !is_whole(cost * pow(10, *decimals)))
				(*decimals)++;
		}
	}
	return most;
}

bool
cg_allocate_prepare(CgAllocateModel *model)
{
	double		keep = model->options.keep;
	int			decimals;
	double		most;

	model->worst = INFINITY;
	model->penalty = 0;
	model->scale = 1;
	most = survey(model, &decimals);
	model->most_counted = most;
	if (keep > 0 && !isinf(keep))
	{
		while (decimals < 7 && !is_whole(keep * pow(10, decimals)))
			decimals++;
		most += keep;
	}
	model->is_exact = decimals < 7 && most * pow(10, decimals) <= MOST_STEPS;
	if (model->is_exact)
		model->scale = pow(10, decimals);
	else if (most > 0)
	{
		/* 2 to the power of 62 over nodes and the squared length of a cycle */
		double		cycle = 4.0 * fmin(model->demands, model->sites) + 16;
		double		room = ldexp(1, 60) / (cycle * cycle * (isinf(keep) ? cycle : 1)) /
			((double) model->demands + model->sites + 2);

		room = fmin(room, MOST_STEPS);
		if (room < 1e6)
			room = 1e6;
		model->scale = pow(10, floor(log10(room / most)));
	}
	if (!(most * model->scale < MOST_STEPS * 10) || isinf(most))
		return false;
	if (keep > 0 && !isinf(keep))
		model->penalty = (int64_t) floor(keep * model->scale + 0.5);
	/* To lose the place for none is to leave it. */
	for (int32_t demand = 0; demand < model->demands && model->current != NULL; demand++)
		model->unserved_steps[demand] = model->current[demand] >= 0 ? model->penalty : 0;
	return true;
}

CgTransport
cg_allocate_problem(CgAllocateModel *model)
{
	CgTransport problem;

	memset(&problem, 0, sizeof(problem));
	problem.demands = model->demands;
	problem.sites = model->sites;
	problem.amount = model->amount;
	problem.capacity = model->capacity;
	problem.minimum = model->minimum;
	problem.current = isinf(model->options.keep) && model->options.keep > 0 ? model->current : NULL;
	problem.unserved_cost = model->penalty > 0 && model->current != NULL ? model->unserved_steps : NULL;
	problem.pairs.of = pairs_of;
	problem.pairs.context = model;
	problem.pairs.most_cost = (int64_t) ceil(model->most_counted * model->scale) + model->penalty + 1;
	return problem;
}

/* ---- the least worst ---- */

static CgFlowStatus
unserved_within(CgAllocateModel *model, double worst, const CgFlowAllocator *allocator,
				CgFlowStop stop, void *argument, int64_t *unserved)
{
	CgTransport problem;
	CgTransportSolver *solver;
	CgFlowStatus status;
	const CgTransportAnswer *answer;

	model->worst = worst;
	problem = cg_allocate_problem(model);
	solver = cg_transport_create(&problem, allocator);
	if (solver == NULL)
		return CG_FLOW_NO_MEMORY;
	answer = cg_transport_solve(solver, stop, argument);
	status = answer->status;
	*unserved = status == CG_FLOW_INFEASIBLE ? INT64_MAX : answer->all_unserved;
	cg_transport_free(solver);
	return status == CG_FLOW_INFEASIBLE ? CG_FLOW_OPTIMAL : status;
}

CgFlowStatus
cg_allocate_find_worst(CgAllocateModel *model, const CgFlowAllocator *allocator,
					   CgFlowStop stop, void *argument)
{
	int64_t		least;
	int64_t		count = 0;
	int64_t		room = 0;
	double	   *cost = NULL;
	int64_t		low = 0;
	int64_t		high;
	CgFlowStatus status = unserved_within(model, INFINITY, allocator, stop, argument, &least);

	for (int32_t demand = 0; demand < model->demands && status == CG_FLOW_OPTIMAL; demand++)
	{
		int32_t		more = cg_allocate_pairs(model, demand);

		if (count + more > room)
		{
			double	   *moved;

			room = 2 * (count + more) + 1000;
			moved = allocator->resize(allocator->context, cost, sizeof(double) * room);
			if (moved == NULL)
				status = CG_FLOW_NO_MEMORY;
			else
				cost = moved;
		}
		if (status == CG_FLOW_OPTIMAL)
			memcpy(cost + count, model->pair_cost, sizeof(double) * more);
		count += more;
	}
	if (status == CG_FLOW_OPTIMAL && count > 0)
	{
		cg_sort_doubles(cost, count);
		high = count - 1;
		while (low < high && status == CG_FLOW_OPTIMAL)
		{
			int64_t		middle = low + (high - low) / 2;
			int64_t		unserved;

			status = unserved_within(model, cost[middle], allocator, stop, argument, &unserved);
			if (unserved <= least)
				high = middle;
			else
				low = middle + 1;
		}
		model->worst = cost[low];
	}
	if (cost != NULL)
		allocator->resize(allocator->context, cost, 0);
	return status;
}
