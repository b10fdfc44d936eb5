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
#include "common/cg_rows.h"
#include "geography/allocate.h"
#include "geography/allocate_single_core.h"
#include "solver/residual.h"

PG_FUNCTION_INFO_V1(cg_allocate);
PG_FUNCTION_INFO_V1(cg_allocate_near);
PG_FUNCTION_INFO_V1(cg_allocate_new);
PG_FUNCTION_INFO_V1(cg_reallocate);
PG_FUNCTION_INFO_V1(cg_allocate_closures);

/* Columns of the result. */
enum
{
	R_KIND, R_DEMAND, R_SITE, R_AMOUNT, R_COST, R_TOTAL, R_FROM, R_FROM_COST, R_CAPACITY,
	R_SERVES, R_SAVES, R_REASON, R_OBJECTIVE, R_BOUND, R_GAP, R_STATUS, R_SECONDS, R_ROUNDS,
	R_COLUMNS
};

typedef enum AllocateMode
{
	ALLOCATE,
	ALLOCATE_NEW,
	REALLOCATE
} AllocateMode;

/* One call. */
typedef struct Call
{
	FunctionCallInfo fcinfo;
	char	  **argument_name;
	int			arguments;
	CgAllocateInput input;
	AllocateMode mode;
	bool		split;
	bool		refuse_unserved;
	bool		place_values;
	CgTransportSolver *solver;
	const CgTransportAnswer *answer;
	CgPlaceValue *value;		/* by site, or NULL */
	bool		is_single;		/* the answer is below, not the solver's */
	CgTransportAnswer single;
	double		bound;
	CgRows		rows;
} Call;

/* ---- arguments ---- */

static void
name_arguments(Call *call)
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
place_of(const Call *call, const char *name)
{
	for (int i = 0; i < call->arguments; i++)
	{
		if (strcmp(call->argument_name[i], name) == 0)
			return call->fcinfo->args[i].isnull ? -1 : i;
	}
	return -1;
}

static char *
text_of(const Call *call, const char *name)
{
	int			place = place_of(call, name);

	return place < 0 ? NULL : text_to_cstring(DatumGetTextPP(call->fcinfo->args[place].value));
}

static bool
bool_of(const Call *call, const char *name, bool otherwise)
{
	int			place = place_of(call, name);

	return place < 0 ? otherwise : DatumGetBool(call->fcinfo->args[place].value);
}

/* A number from least on; infinity where it is allowed. */
static double
number_of(const Call *call, const char *name, double otherwise, double least, bool infinite)
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
read_options(Call *call)
{
	CgAllocateOptions *options = &call->input.model.options;
	char	   *unserved = text_of(call, "unserved");
	int			candidates = place_of(call, "candidates");

	call->split = bool_of(call, "split", true);
	call->place_values = bool_of(call, "place_values", true);
	options->max_cost = number_of(call, "max_cost", INFINITY, 0, true);
	options->keep = number_of(call, "keep_unless_saves", call->mode == REALLOCATE ? INFINITY : -1, 0, true);
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
leave_newcomers(Call *call)
{
	CgAllocateModel *model = &call->input.model;

	for (int32 demand = 0; demand < model->demands; demand++)
	{
		int32		site = model->current[demand];

		if (site < 0 && !call->input.lost[demand])
			continue;
		if (site >= 0)
		{
			model->capacity[site] = Max(model->capacity[site] - model->amount[demand], 0);
			if (model->minimum != NULL)
				model->minimum[site] = Max(model->minimum[site] - model->amount[demand], 0);
			model->amount[demand] = 0;
		}
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
begin_call(Call *call, FunctionCallInfo fcinfo, AllocateMode mode, bool points, const char *function)
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
					  text_of(call, "sites_sql"), text_of(call, "pairs_sql"), points, mode != ALLOCATE);
	if (mode == ALLOCATE_NEW)
		leave_newcomers(call);
	if (!cg_allocate_prepare(&call->input.model))
		cg_allocate_failed(CG_FLOW_NO_MEMORY, function);
}

static void
solve(Call *call)
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
	call->bound = (double) call->answer->cost / model->scale;
	if (!model->is_exact)
	{
		int64		served = 0;

		for (int64 i = 0; i < call->answer->shipments; i++)
			served += call->answer->shipment[i].amount;
		call->bound = Max(call->bound - 0.5 * (double) served / model->scale, 0);
	}
	if (call->answer->status != CG_FLOW_OPTIMAL || !call->place_values || !call->split)
		return;
	call->value = cg_allocate_grown(NULL, model->sites, sizeof(CgPlaceValue));
	status = cg_residual_place_values(call->solver, call->answer, &cg_allocate_memory,
									  cg_allocate_interrupt, NULL, call->value);
	if (status != CG_FLOW_OPTIMAL)
		cg_allocate_failed(status, call->input.function);
}

/* ---- whole areas ---- */

/*
 * The pairs of all demands, with the cost of the whole of each.
 */
static void
list_whole(Call *call, CgSingle *single, CgTransport *problem)
{
	CgAllocateModel *model = &call->input.model;
	int64	   *start = cg_allocate_grown(NULL, model->demands + (int64) 1, sizeof(int64));
	int32	   *sites = NULL;
	int64	   *costs = NULL;
	int64	   *uses = NULL;
	int64		room = 0;
	int64		pairs = 0;

	for (int32 demand = 0; demand < model->demands; demand++)
	{
		const int32_t *site;
		const int64_t *cost;
		int32		count = problem->pairs.of(model, demand, &site, &cost);

		start[demand] = pairs;
		if (pairs + count > room)
		{
			room = 2 * (pairs + count) + 1000;
			sites = cg_allocate_grown(sites, room, sizeof(int32));
			costs = cg_allocate_grown(costs, room, sizeof(int64));
			uses = cg_allocate_grown(uses, room, sizeof(int64));
		}
		for (int32 i = 0; i < count; i++)
		{
			int64		whole;

			if (__builtin_mul_overflow(cost[i], model->amount[demand], &whole) || whole > PG_INT64_MAX / 1000000)
				cg_allocate_failed(CG_FLOW_NO_MEMORY, call->input.function);
			sites[pairs] = site[i];
			costs[pairs] = whole;
			uses[pairs++] = model->amount[demand];
		}
	}
	start[model->demands] = pairs;
	single->demands = model->demands;
	single->sites = model->sites;
	single->weight = model->amount;
	single->capacity = model->capacity;
	single->start = start;
	single->site = sites;
	single->cost = costs;
	single->use = uses;
}

static void
take_whole(Call *call, const CgSingle *single, const int64 *choice, const CgSingleAnswer *found)
{
	CgAllocateModel *model = &call->input.model;
	CgTransportAnswer *answer = &call->single;

	*answer = *call->answer;
	answer->status = CG_FLOW_OPTIMAL;
	answer->rounds = found->rounds;
	answer->shipments = 0;
	answer->all_unserved = 0;
	answer->all_moved = 0;
	answer->cost = found->cost;
	answer->shipment = cg_allocate_grown(NULL, model->demands, sizeof(CgShipment));
	answer->unserved = cg_allocate_grown(NULL, model->demands, sizeof(int64));
	answer->used = palloc_extended(sizeof(int64) * (model->sites + (int64) 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int32 demand = 0; demand < model->demands; demand++)
	{
		CgShipment *shipment = &answer->shipment[answer->shipments];

		answer->unserved[demand] = choice[demand] < 0 ? model->amount[demand] : 0;
		answer->all_unserved += answer->unserved[demand];
		if (choice[demand] < 0 || model->amount[demand] == 0)
			continue;
		shipment->demand = demand;
		shipment->site = single->site[choice[demand]];
		shipment->amount = model->amount[demand];
		answer->used[shipment->site] += shipment->amount;
		answer->shipments++;
	}
	call->answer = answer;
	call->is_single = true;
}

/*
 * Areas go whole: the answer that may split them is the start and the bound.
 */
static void
solve_whole(Call *call)
{
	CgAllocateModel *model = &call->input.model;
	CgTransport problem = cg_allocate_problem(model);
	CgSingle	single;
	CgSingleAnswer found;
	CgFlowStatus status;
	int64	   *choice = cg_allocate_grown(NULL, model->demands, sizeof(int64));
	int64	   *largest = palloc_extended(sizeof(int64) * (model->demands + (int64) 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	if (model->minimum != NULL || problem.current != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("areas that go whole cannot have minima, nor a keep_unless_saves without limit"),
				 errhint("Give keep_unless_saves as a number, or use split => true.")));
	list_whole(call, &single, &problem);
	for (int32 demand = 0; demand < model->demands; demand++)
		choice[demand] = -1;
	for (int64 i = 0; i < call->answer->shipments; i++)
	{
		const CgShipment *shipment = &call->answer->shipment[i];

		if (shipment->amount <= largest[shipment->demand])
			continue;
		largest[shipment->demand] = shipment->amount;
		for (int64 pair = single.start[shipment->demand]; pair < single.start[shipment->demand + 1]; pair++)
		{
			if (single.site[pair] == shipment->site)
				choice[shipment->demand] = pair;
		}
	}
	status = cg_single_solve(&single, choice,
							 call->answer->all_unserved > 0 || call->answer->cost > PG_INT64_MAX / 4 ? PG_INT64_MIN :
							 (int64) call->answer->cost,
							 1000, &cg_allocate_memory, cg_allocate_interrupt, NULL, &found);
	if (status != CG_FLOW_OPTIMAL)
		cg_allocate_failed(status, call->input.function);
	if (found.bound > PG_INT64_MIN && (double) found.bound / model->scale > call->bound)
		call->bound = (double) found.bound / model->scale;
	if (call->answer->all_unserved == 0 && found.unserved > 0)
		call->bound = NAN;
	take_whole(call, &single, choice, &found);
}

/* ---- rows ---- */

typedef struct Row
{
	Datum		value[R_COLUMNS];
	bool		null[R_COLUMNS];
} Row;

static void
begin_row(Row *row, const char *kind)
{
	memset(row->null, true, sizeof(row->null));
	row->value[R_KIND] = PointerGetDatum(kind);
	row->null[R_KIND] = false;
}

static void
put(Row *row, int column, Datum value)
{
	row->value[column] = value;
	row->null[column] = false;
}

static void
put_number(Row *row, int column, double value)
{
	if (isfinite(value))
		put(row, column, Float8GetDatum(value));
}

static void
put_text(Row *row, int column, const char *text)
{
	if (text != NULL)
		put(row, column, CStringGetTextDatum(text));
}

static void
add_row(Call *call, Row *row)
{
	cg_rows_add(&call->rows, row->value, row->null);
}

/* Why somebody goes where they go. */
static const char *
reason_of(const Call *call, int32 demand, int32 site, double cost)
{
	const CgAllocateModel *model = &call->input.model;
	int32		current;
	double		now;

	if (!call->input.has_current)
		return NULL;
	current = model->current[demand];
	if (call->input.lost[demand])
		return "site is gone";
	if (current < 0)
		return "new";
	if (current == site)
		return "stays";
	now = cg_allocate_cost(model, demand, current);
	if (isnan(now))
		return "no pair";
	if (now > Min(model->options.max_cost, model->worst))
		return "too far";
	if (cost < now)
		return "nearer";
	return "no room";
}

static void
add_flows(Call *call, double *objective, double *total, int64 *placed)
{
	const CgAllocateModel *model = &call->input.model;
	text	   *kind = cstring_to_text(call->mode == REALLOCATE ? "move" : "flow");

	for (int64 i = 0; i < call->answer->shipments; i++)
	{
		const CgShipment *shipment = &call->answer->shipment[i];
		int32		current = call->input.has_current ? model->current[shipment->demand] : -1;
		bool		leaves = current >= 0 && current != shipment->site;
		double		cost = cg_allocate_cost(model, shipment->demand, shipment->site);
		const char *reason = reason_of(call, shipment->demand, shipment->site, cost);
		Row			row;

		*objective += (double) shipment->amount * cg_allocate_counted(model, cost, leaves);
		*total += (double) shipment->amount * cost;
		*placed += shipment->amount;
		if (call->mode == REALLOCATE && !leaves && current >= 0)
			continue;
		begin_row(&row, (const char *) kind);
		put(&row, R_DEMAND, call->input.demand.id[shipment->demand]);
		put(&row, R_SITE, call->input.site.id[shipment->site]);
		put(&row, R_AMOUNT, Int64GetDatum(shipment->amount));
		put_number(&row, R_COST, cost);
		put_number(&row, R_TOTAL, cost * (double) shipment->amount);
		if (current >= 0)
		{
			put(&row, R_FROM, call->input.site.id[current]);
			put_number(&row, R_FROM_COST, cg_allocate_cost(model, shipment->demand, current));
		}
		put_text(&row, R_REASON, reason);
		add_row(call, &row);
		if (i % 10000 == 0)
			CHECK_FOR_INTERRUPTS();
	}
}

static void
add_unserved(Call *call)
{
	const CgAllocateModel *model = &call->input.model;
	text	   *kind = cstring_to_text("unserved");

	for (int32 demand = 0; demand < model->demands; demand++)
	{
		Row			row;
		int32		current = call->input.has_current ? model->current[demand] : -1;

		if (call->answer->unserved[demand] == 0)
			continue;
		begin_row(&row, (const char *) kind);
		put(&row, R_DEMAND, call->input.demand.id[demand]);
		put(&row, R_AMOUNT, Int64GetDatum(call->answer->unserved[demand]));
		if (current >= 0)
			put(&row, R_FROM, call->input.site.id[current]);
		put_text(&row, R_REASON, cg_allocate_pairs(&call->input.model, demand) == 0 ? "no pair" : "no room");
		add_row(call, &row);
	}
}

static void
add_sites(Call *call)
{
	const CgAllocateModel *model = &call->input.model;
	double	   *total = palloc_extended(sizeof(double) * (model->sites + (int64) 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	text	   *kind = cstring_to_text("site");

	for (int64 i = 0; i < call->answer->shipments; i++)
	{
		const CgShipment *shipment = &call->answer->shipment[i];

		total[shipment->site] += (double) shipment->amount *
			cg_allocate_cost(model, shipment->demand, shipment->site);
	}
	for (int32 site = 0; site < model->sites; site++)
	{
		int64		used = call->answer->used[site];
		Row			row;
		const char *reason = NULL;

		begin_row(&row, (const char *) kind);
		put(&row, R_SITE, call->input.site.id[site]);
		put(&row, R_AMOUNT, Int64GetDatum(used));
		put(&row, R_CAPACITY, Int64GetDatum(model->capacity[site]));
		put_number(&row, R_TOTAL, total[site]);
		if (used > 0)
			put_number(&row, R_COST, total[site] / (double) used);
		if (call->value != NULL)
		{
			put(&row, R_SERVES, Int64GetDatum(call->value[site].served));
			put_number(&row, R_SAVES, (double) call->value[site].saved / model->scale);
		}
		if (model->minimum != NULL && used < model->minimum[site])
			reason = "below its minimum";
		else if (!call->is_single && call->answer->site_in_cut[site] && call->answer->status == CG_FLOW_OPTIMAL)
			reason = "blocks";
		else if (used == model->capacity[site])
			reason = "full";
		put_text(&row, R_REASON, reason);
		add_row(call, &row);
	}
}

/*
 * In words: what is not served, and what blocks it.
 */
static char *
explain(Call *call)
{
	const CgAllocateModel *model = &call->input.model;
	const CgTransportAnswer *answer = call->answer;
	int64		without_pair = 0;
	int64		people = 0;
	int64		room = 0;
	int32		demands = 0;
	int32		sites = 0;

	if (answer->status == CG_FLOW_INFEASIBLE)
	{
		int64		missing = 0;

		for (int32 site = 0; site < model->sites; site++)
		{
			if (model->minimum == NULL || answer->used[site] >= model->minimum[site])
				continue;
			missing += model->minimum[site] - answer->used[site];
			sites++;
		}
		return psprintf("%d sites cannot reach their minimum: " INT64_FORMAT " are missing", sites, missing);
	}
	if (answer->all_unserved == 0)
		return NULL;
	for (int32 demand = 0; demand < model->demands; demand++)
	{
		if (model->amount[demand] == 0)
			continue;
		if (cg_allocate_pairs(&call->input.model, demand) == 0)
			without_pair += answer->unserved[demand];
		else if (answer->demand_in_cut[demand])
		{
			demands++;
			people += model->amount[demand];
		}
	}
	for (int32 site = 0; site < model->sites; site++)
	{
		if (!answer->site_in_cut[site])
			continue;
		sites++;
		room += model->capacity[site];
	}
	if (call->is_single)
		return psprintf(INT64_FORMAT " have no place, " INT64_FORMAT " of them no pair", answer->all_unserved, without_pair);
	return psprintf(INT64_FORMAT " have no place, " INT64_FORMAT " of them no pair; %d demands with " INT64_FORMAT
					" can go only to %d sites with room for " INT64_FORMAT,
					answer->all_unserved, without_pair, demands, people, sites, room);
}

static void
add_summary(Call *call, double objective, double total, int64 placed)
{
	const CgAllocateModel *model = &call->input.model;
	bool		is_feasible = call->answer->status == CG_FLOW_OPTIMAL;
	double		gap = NAN;
	int64		room = 0;
	instr_time	now;
	const char *status = "optimal";
	Row			row;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, call->input.began);
	for (int32 site = 0; site < model->sites; site++)
		room += model->capacity[site];
	begin_row(&row, (const char *) cstring_to_text("summary"));
	put(&row, R_CAPACITY, Int64GetDatum(room));
	if (is_feasible)
	{
		if (call->bound > objective)
			call->bound = objective;
		gap = objective > 0 ? (objective - call->bound) / objective : objective - call->bound;
		put(&row, R_AMOUNT, Int64GetDatum(placed));
		put_number(&row, R_TOTAL, total);
		if (placed > 0)
			put_number(&row, R_COST, total / (double) placed);
		put_number(&row, R_OBJECTIVE, objective);
		put_number(&row, R_BOUND, call->bound);
		put_number(&row, R_GAP, gap);
		if (call->is_single && !(gap <= 1e-9))
			status = "feasible";
		if (call->answer->all_unserved > 0)
			status = "unserved";
	}
	else
		status = "infeasible";
	put_text(&row, R_REASON, explain(call));
	put_text(&row, R_STATUS, status);
	put_number(&row, R_SECONDS, INSTR_TIME_GET_DOUBLE(now));
	put(&row, R_ROUNDS, Int32GetDatum(call->answer->rounds));
	add_row(call, &row);
}

static void
emit(Call *call)
{
	double		objective = 0;
	double		total = 0;
	int64		placed = 0;

	if (call->refuse_unserved && (call->answer->all_unserved > 0 || call->answer->status == CG_FLOW_INFEASIBLE))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s cannot place everybody", call->input.function),
				 errdetail_internal("%s.", explain(call)),
				 errhint("Use unserved => 'report' to see the best plan and what blocks it.")));
	if (call->answer->status == CG_FLOW_OPTIMAL)
	{
		add_flows(call, &objective, &total, &placed);
		add_unserved(call);
	}
	add_sites(call);
	add_summary(call, objective, total, placed);
}

static Datum
run(FunctionCallInfo fcinfo, AllocateMode mode, bool points)
{
	Call		call = {0};

	begin_call(&call, fcinfo, mode, points, name_of_function(fcinfo));
	solve(&call);
	if (!call.split && call.answer->status == CG_FLOW_OPTIMAL)
		solve_whole(&call);
	emit(&call);
	cg_transport_free(call.solver);
	return (Datum) 0;
}

Datum
cg_allocate(PG_FUNCTION_ARGS)
{
	return run(fcinfo, ALLOCATE, false);
}

Datum
cg_allocate_near(PG_FUNCTION_ARGS)
{
	return run(fcinfo, ALLOCATE, true);
}

Datum
cg_allocate_new(PG_FUNCTION_ARGS)
{
	return run(fcinfo, ALLOCATE_NEW, false);
}

Datum
cg_reallocate(PG_FUNCTION_ARGS)
{
	return run(fcinfo, REALLOCATE, false);
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
	Call		call = {0};
	int64		unserved;
	CgWide		cost;
	int64	   *used;

	call.place_values = false;
	begin_call(&call, fcinfo, ALLOCATE, false, name_of_function(fcinfo));
	call.split = true;
	call.place_values = false;
	solve(&call);
	if (call.answer->status != CG_FLOW_OPTIMAL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s finds no plan before any site closes", call.input.function),
				 errdetail_internal("%s.", explain(&call))));
	unserved = call.answer->all_unserved;
	cost = call.answer->cost;
	used = cg_allocate_grown(NULL, call.input.model.sites, sizeof(int64));
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
