/*-------------------------------------------------------------------------
 *
 * allocate_verify.c
 *	  verify_allocation(): a plan judged from the plan alone.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "common/cg_grown.h"
#include "common/cg_rows.h"
#include "geography/allocate.h"
#include "geography/allocate_verify_core.h"

PG_FUNCTION_INFO_V1(cg_verify_allocation);

#define COLUMNS 9

/* More than this in all is no number of people; so no sum can overflow. */
#define MOST_AMOUNT (INT64CONST(1) << 50)

typedef struct Plan
{
	CgAllocateInput *input;
	CgAllocateColumn *column;
	CgShipment *shipment;
	int64		shipments;
	int64		room;
	int64		unknown;		/* amounts with ids that are in no query */
	int64		all;
} Plan;

static void
read_plan(void *context, int64 row, const Datum *values, const bool *nulls)
{
	Plan	   *plan = context;
	CgShipment *shipment;
	int64		amount;
	int32		demand;
	int32		site;

	for (int i = 0; i < 3; i++)
	{
		if (nulls[plan->column[i].place])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("column \"%s\" of plan_sql of %s is NULL", plan->column[i].name, plan->input->function),
					 errdetail("It is so in row %lld.", (long long) row),
					 errhint("Hand over the rows of kind flow alone.")));
	}
	amount = DatumGetInt64(values[plan->column[2].place]);
	if (amount < 0 || amount > MOST_AMOUNT)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("column \"amount\" of plan_sql of %s is out of range", plan->input->function),
				 errdetail("It is so in row %lld. It must be a whole number from 0 to 2^50.", (long long) row)));
	plan->all += amount;
	if (plan->all > MOST_AMOUNT)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the amounts of plan_sql of %s are too much in all", plan->input->function),
				 errdetail("The most is 2^50.")));
	demand = cg_ids_number(&plan->input->demand, values[plan->column[0].place]);
	site = cg_ids_number(&plan->input->site, values[plan->column[1].place]);
	if (demand < 0 || site < 0)
	{
		plan->unknown += amount;
		return;
	}
	if (plan->shipments == plan->room)
	{
		plan->room = plan->room * 2 + 1000;
		plan->shipment = cg_grown(plan->shipment, plan->room, sizeof(CgShipment));
	}
	shipment = &plan->shipment[plan->shipments++];
	shipment->demand = demand;
	shipment->site = site;
	shipment->amount = amount;
}

static char *
query_of(FunctionCallInfo fcinfo, int place)
{
	return PG_ARGISNULL(place) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(place));
}

/* What breaks a rule. */
typedef struct Faults
{
	int64		unserved;
	int64		too_many;		/* placed above what the demand has */
	int64		over_capacity;
	int64		below_minimum;
	int64		without_pair;
	double		cost;
	int64		placed;
} Faults;

static void
find_faults(const Plan *plan, int64 *used, int64 *unserved, Faults *faults)
{
	CgAllocateModel *model = &plan->input->model;

	memcpy(unserved, model->amount, sizeof(int64) * model->demands);
	for (int64 i = 0; i < plan->shipments; i++)
	{
		const CgShipment *shipment = &plan->shipment[i];
		double		cost = cg_allocate_cost(model, shipment->demand, shipment->site);

		unserved[shipment->demand] -= shipment->amount;
		used[shipment->site] += shipment->amount;
		faults->placed += shipment->amount;
		if (isnan(cost) || cost > model->options.max_cost)
			faults->without_pair += shipment->amount;
		if (!isnan(cost))
			faults->cost += cost * (double) shipment->amount;
	}
	for (int32 demand = 0; demand < model->demands; demand++)
	{
		faults->too_many += Max(-unserved[demand], 0);
		faults->unserved += Max(unserved[demand], 0);
	}
	for (int32 site = 0; site < model->sites; site++)
	{
		faults->over_capacity += Max(used[site] - model->capacity[site], 0);
		if (model->minimum != NULL)
			faults->below_minimum += Max(model->minimum[site] - used[site], 0);
	}
}

static const char *
first_problem(const Plan *plan, const Faults *faults)
{
	if (plan->unknown > 0)
		return "ids that are in no query";
	if (faults->too_many > 0)
		return "more placed than there are";
	if (faults->without_pair > 0)
		return "placed where there is no pair";
	if (faults->over_capacity > 0)
		return "over capacity";
	if (faults->below_minimum > 0)
		return "below a minimum";
	return NULL;
}

Datum
cg_verify_allocation(PG_FUNCTION_ARGS)
{
	CgAllocateColumn column[3] = {{"demand_id", TEXTOID, true}, {"site_id", TEXTOID, true}, {"amount", INT8OID, true}};
	CgAllocateInput input = {0};
	CgAllocateModel *model = &input.model;
	Plan		plan = {&input, column};
	Faults		faults = {0};
	CgRows		rows = cg_rows_begin(fcinfo);
	bool		is_optimal = false;
	const char *problem;
	int64	   *used;
	int64	   *unserved;
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS] = {false};

	model->options.max_cost = PG_ARGISNULL(4) ? INFINITY : PG_GETARG_FLOAT8(4);
	if (!(model->options.max_cost >= 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("max_cost is out of range"),
				 errdetail("It must be 0 or more.")));
	model->options.keep = -1;
	model->options.equity = 1;
	cg_allocate_input(&input, "verify_allocation()", TEXTOID, TEXTOID, query_of(fcinfo, 0),
					  query_of(fcinfo, 1), query_of(fcinfo, 2), false, false);
	model->current = NULL;
	if (!cg_allocate_prepare(model))
		cg_allocate_failed(CG_FLOW_NO_MEMORY, input.function);
	cg_allocate_read(input.function, "plan_sql", query_of(fcinfo, 3), column, 3, read_plan, &plan);
	used = palloc_extended(sizeof(int64) * (model->sites + (int64) 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	unserved = cg_grown(NULL, model->demands, sizeof(int64));
	find_faults(&plan, used, unserved, &faults);
	problem = first_problem(&plan, &faults);
	if (problem == NULL)
	{
		CgTransport transport = cg_allocate_problem(model);
		CgFlowStatus status = cg_plan_is_optimal(&transport, plan.shipment, plan.shipments, used, unserved,
												 &cg_allocate_memory, cg_allocate_interrupt, NULL, &is_optimal);

		if (status != CG_FLOW_OPTIMAL)
			cg_allocate_failed(status, input.function);
	}
	values[0] = BoolGetDatum(problem == NULL);
	values[1] = problem == NULL ? (Datum) 0 : CStringGetTextDatum(problem);
	nulls[1] = problem == NULL;
	values[2] = BoolGetDatum(is_optimal);
	nulls[2] = problem != NULL;
	values[3] = Float8GetDatum(faults.cost);
	values[4] = Int64GetDatum(faults.placed);
	values[5] = Int64GetDatum(faults.unserved);
	values[6] = Int64GetDatum(faults.over_capacity);
	values[7] = Int64GetDatum(faults.below_minimum);
	values[8] = Int64GetDatum(faults.without_pair);
	cg_rows_add(&rows, values, nulls);
	return (Datum) 0;
}
