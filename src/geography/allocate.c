/*-------------------------------------------------------------------------
 *
 * allocate.c
 *	  allocate() and its relatives: who goes to which site.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "common/cg_compat.h"
#include "common/cg_grown.h"
#include "geography/allocate_call.h"

PG_FUNCTION_INFO_V1(cg_allocate);
PG_FUNCTION_INFO_V1(cg_allocate_near);
PG_FUNCTION_INFO_V1(cg_allocate_new);
PG_FUNCTION_INFO_V1(cg_reallocate);
PG_FUNCTION_INFO_V1(cg_allocate_closures);

/* ---- arguments ---- */

static void
name_arguments(CgAllocateCall *call)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(call->fcinfo->flinfo->fn_oid));
	Oid		   *types;
	char	   *modes;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", call->fcinfo->flinfo->fn_oid);
	get_func_arg_info(tuple, &types, &call->argument_name, &modes);
	ReleaseSysCache(tuple);
	call->arguments = call->fcinfo->nargs;
}

/* The place of an argument that is there and not NULL, or -1. */
static int
place_of(const CgAllocateCall *call, const char *name)
{
	for (int i = 0; i < call->arguments; i++)
	{
		if (strcmp(call->argument_name[i], name) == 0)
			return call->fcinfo->args[i].isnull ? -1 : i;
	}
	return -1;
}

static char *
text_of(const CgAllocateCall *call, const char *name)
{
	int			place = place_of(call, name);

	return place < 0 ? NULL : text_to_cstring(DatumGetTextPP(call->fcinfo->args[place].value));
}

static bool
bool_of(const CgAllocateCall *call, const char *name, bool otherwise)
{
	int			place = place_of(call, name);

	return place < 0 ? otherwise : DatumGetBool(call->fcinfo->args[place].value);
}

/* A number from least on; infinity where it is allowed. */
static double
number_of(const CgAllocateCall *call, const char *name, double otherwise, double least, bool infinite)
{
	int			place = place_of(call, name);
	double		number;

	if (place < 0)
		return otherwise;
	number = DatumGetFloat8(call->fcinfo->args[place].value);
	if (!(number >= least) || (isinf(number) && !infinite))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s is out of range", name),
				 errdetail("It must be %g or more%s.", least, infinite ? "" : ", and finite")));
	return number;
}

static void
read_options(CgAllocateCall *call)
{
	CgAllocateOptions *options = &call->input.model.options;
	char	   *unserved = text_of(call, "unserved");
	int			candidates = place_of(call, "candidates");

	call->split = bool_of(call, "split", true);
	call->place_values = bool_of(call, "place_values", true);
	options->max_cost = number_of(call, "max_cost", INFINITY, 0, true);
	options->keep = number_of(call, "keep_unless_saves", call->mode == CG_REALLOCATE ? INFINITY : -1, 0, true);
	options->equity = number_of(call, "equity", 1, 1, false);
	options->detour = number_of(call, "detour", 1, 1, false);
	options->minimise_worst = bool_of(call, "minimise_worst", false);
	if (options->equity > 4)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("equity is out of range"),
				 errdetail("It must be from 1 to 4."),
				 errhint("minimise_worst looks at the longest journey alone.")));
	if (candidates >= 0)
	{
		options->candidates = DatumGetInt32(call->fcinfo->args[candidates].value);
		if (options->candidates < 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("candidates is out of range"),
					 errdetail("It must be 1 or more.")));
	}
	if (unserved != NULL && strcmp(unserved, "report") != 0 && strcmp(unserved, "refuse") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unserved is none of its choices"),
				 errdetail("It must be report or refuse.")));
	call->refuse_unserved = unserved != NULL && strcmp(unserved, "refuse") == 0;
}

static char *
name_of_function(FunctionCallInfo fcinfo)
{
	char	   *name = get_func_name(fcinfo->flinfo->fn_oid);

	return psprintf("%s()", name == NULL ? "allocate" : name);
}

/* ---- newcomers ---- */

/*
 * Who is registered stays: they take their room, and only the others are left.
 */
static void
leave_newcomers(CgAllocateCall *call)
{
	CgAllocateModel *model = &call->input.model;

	for (int32 demand = 0; demand < model->demands; demand++)
	{
		int32		site = model->current[demand];

		if (site < 0)
			continue;
		model->capacity[site] = Max(model->capacity[site] - model->amount[demand], 0);
		if (model->minimum != NULL)
			model->minimum[site] = Max(model->minimum[site] - model->amount[demand], 0);
		model->amount[demand] = 0;
	}
	for (int32 site = 0; model->minimum != NULL && site < model->sites; site++)
		model->minimum[site] = Min(model->minimum[site], model->capacity[site]);
}

/* ---- solving ---- */

static bool
is_solved(CgFlowStatus status)
{
	return status == CG_FLOW_OPTIMAL || status == CG_FLOW_INFEASIBLE;
}

static void
begin_call(CgAllocateCall *call, FunctionCallInfo fcinfo, CgAllocateMode mode, bool points, const char *function)
{
	Oid			demand_type = TEXTOID;
	Oid			site_type = TEXTOID;

	call->fcinfo = fcinfo;
	call->mode = mode;
	name_arguments(call);
	read_options(call);
	call->rows = cg_rows_begin(fcinfo);
	for (int i = 0; i < call->rows.desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(call->rows.desc, i);

		if (strcmp(NameStr(column->attname), "demand_id") == 0)
			demand_type = column->atttypid;
		if (strcmp(NameStr(column->attname), "site_id") == 0)
			site_type = column->atttypid;
	}
	for (int i = 0; i < call->arguments; i++)
	{
		if (strcmp(call->argument_name[i], "demand_type") == 0)
			demand_type = get_fn_expr_argtype(fcinfo->flinfo, i);
	}
	cg_allocate_input(&call->input, function, demand_type, site_type, text_of(call, "demand_sql"),
					  text_of(call, "sites_sql"), text_of(call, "pairs_sql"), points, mode != CG_ALLOCATE);
	if (mode == CG_ALLOCATE_NEW)
		leave_newcomers(call);
	if (!cg_allocate_prepare(&call->input.model))
		cg_allocate_failed(CG_FLOW_NO_MEMORY, function);
}

/*
 * In the unit of costs; what rounding to steps may have added is taken off.
 */
static double
bound_of(const CgAllocateCall *call)
{
	const CgAllocateModel *model = &call->input.model;
	double		bound = (double) call->answer->cost / model->scale;
	int64		served = 0;

	if (model->is_exact)
		return bound;
	for (int64 i = 0; i < call->answer->shipments; i++)
		served += call->answer->shipment[i].amount;
	return Max(bound - 0.5 * (double) served / model->scale, 0);
}

static void
find_place_values(CgAllocateCall *call)
{
	CgFlowStatus status;

	call->value = cg_grown(NULL, call->input.model.sites, sizeof(CgPlaceValue));
	status = cg_residual_place_values(call->solver, call->answer, &cg_allocate_memory,
									  cg_allocate_interrupt, NULL, call->value);
	if (status != CG_FLOW_OPTIMAL)
		cg_allocate_failed(status, call->input.function);
}

static void
solve(CgAllocateCall *call)
{
	CgAllocateModel *model = &call->input.model;
	CgTransport problem;
	CgFlowStatus status = CG_FLOW_OPTIMAL;

	if (model->options.minimise_worst)
		status = cg_allocate_find_worst(model, &cg_allocate_memory, cg_allocate_interrupt, NULL);
	if (!is_solved(status))
		cg_allocate_failed(status, call->input.function);
	problem = cg_allocate_problem(model);
	call->solver = cg_transport_create(&problem, &cg_allocate_memory);
	if (call->solver == NULL)
		cg_allocate_failed(CG_FLOW_NO_MEMORY, call->input.function);
	call->answer = cg_transport_solve(call->solver, cg_allocate_interrupt, NULL);
	if (!is_solved(call->answer->status))
		cg_allocate_failed(call->answer->status, call->input.function);
	call->bound = bound_of(call);
	if (call->answer->status == CG_FLOW_OPTIMAL && call->place_values && call->split)
		find_place_values(call);
}

static Datum
run(FunctionCallInfo fcinfo, CgAllocateMode mode, bool points)
{
	CgAllocateCall call = {0};

	begin_call(&call, fcinfo, mode, points, name_of_function(fcinfo));
	solve(&call);
	if (!call.split && call.answer->status == CG_FLOW_OPTIMAL)
		cg_allocate_solve_whole(&call);
	cg_allocate_emit(&call);
	cg_transport_free(call.solver);
	return (Datum) 0;
}

Datum
cg_allocate(PG_FUNCTION_ARGS)
{
	return run(fcinfo, CG_ALLOCATE, false);
}

Datum
cg_allocate_near(PG_FUNCTION_ARGS)
{
	return run(fcinfo, CG_ALLOCATE, true);
}

Datum
cg_allocate_new(PG_FUNCTION_ARGS)
{
	return run(fcinfo, CG_ALLOCATE_NEW, false);
}

Datum
cg_reallocate(PG_FUNCTION_ARGS)
{
	return run(fcinfo, CG_REALLOCATE, false);
}

/* ---- closures ---- */

#define CLOSURE_COLUMNS 6

/*
 * One row for each site: what changes if it alone closes, everybody else free
 * to move.
 */
Datum
cg_allocate_closures(PG_FUNCTION_ARGS)
{
	CgAllocateCall call = {0};
	int64		unserved;
	CgWide		cost;
	int64	   *used;

	call.place_values = false;
	begin_call(&call, fcinfo, CG_ALLOCATE, false, name_of_function(fcinfo));
	call.split = true;
	call.place_values = false;
	solve(&call);
	if (call.answer->status != CG_FLOW_OPTIMAL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s finds no plan before any site closes", call.input.function),
				 errdetail_internal("%s.", cg_allocate_explain(&call))));
	unserved = call.answer->all_unserved;
	cost = call.answer->cost;
	used = cg_grown(NULL, call.input.model.sites, sizeof(int64));
	memcpy(used, call.answer->used, sizeof(int64) * call.input.model.sites);
	for (int32 site = 0; site < call.input.model.sites; site++)
	{
		Datum		values[CLOSURE_COLUMNS];
		bool		nulls[CLOSURE_COLUMNS] = {false};
		const CgTransportAnswer *answer;
		double		lost;

		cg_transport_set_capacity(call.solver, site, 0);
		answer = cg_transport_solve(call.solver, cg_allocate_interrupt, NULL);
		if (!is_solved(answer->status))
			cg_allocate_failed(answer->status, call.input.function);
		lost = (double) (answer->cost - cost) / call.input.model.scale;
		values[0] = call.input.site.id[site];
		values[1] = Int64GetDatum(used[site]);
		values[2] = Int64GetDatum(answer->all_unserved - unserved);
		values[3] = Float8GetDatum(lost);
		values[4] = Float8GetDatum(used[site] > 0 ? lost / (double) used[site] : 0);
		nulls[4] = used[site] == 0;
		values[5] = CStringGetTextDatum(answer->status == CG_FLOW_OPTIMAL ?
										(answer->all_unserved > unserved ? "unserved" : "optimal") : "infeasible");
		nulls[2] = nulls[3] = answer->status != CG_FLOW_OPTIMAL;
		nulls[4] |= nulls[3];
		cg_rows_add(&call.rows, values, nulls);
		cg_transport_set_capacity(call.solver, site, call.input.model.capacity[site]);
	}
	cg_transport_free(call.solver);
	return (Datum) 0;
}
