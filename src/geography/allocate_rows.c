/*-------------------------------------------------------------------------
 *
 * allocate_rows.c
 *	  The rows of allocate() and its relatives.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "geography/allocate_call.h"

/* Columns of the result. */
enum
{
	R_KIND, R_DEMAND, R_SITE, R_AMOUNT, R_COST, R_TOTAL, R_FROM, R_FROM_COST, R_CAPACITY,
	R_SERVES, R_SAVES, R_REASON, R_OBJECTIVE, R_BOUND, R_GAP, R_STATUS, R_SECONDS, R_ROUNDS,
	R_GROUP, R_WITHOUT_PLACE, R_WORST, R_NEARER, R_FARTHER,
	R_COLUMNS
};

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
add_row(CgAllocateCall *call, Row *row)
{
	cg_rows_add(&call->rows, row->value, row->null);
}

/* Why somebody goes where they go. */
static const char *
reason_of(const CgAllocateCall *call, int32 demand, int32 site, double cost)
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
put_group(Row *row, const CgAllocateCall *call, int32 demand)
{
	const CgAllocateInput *input = &call->input;

	if (input->group != NULL && input->group_name[input->group[demand]] != 0)
		put(row, R_GROUP, input->group_name[input->group[demand]]);
}

/* ---- sums, of all or of a group ---- */

typedef struct Sums
{
	int64		placed;
	int64		without_place;
	int64		nearer;			/* than now, of those placed */
	int64		farther;
	int64		known_now;		/* people whose cost now is known */
	double		now;
	double		total;
	double		worst;
	double		objective;
} Sums;

static void
add_shipment(const CgAllocateCall *call, const CgShipment *shipment, double cost, double now, Sums *sums)
{
	const CgAllocateModel *model = &call->input.model;
	int32		current = call->input.has_current ? model->current[shipment->demand] : -1;
	bool		leaves = current >= 0 && current != shipment->site;

	sums->placed += shipment->amount;
	sums->total += (double) shipment->amount * cost;
	sums->objective += (double) shipment->amount * cg_allocate_counted(model, shipment->demand, cost, leaves);
	if (shipment->amount > 0)
		sums->worst = Max(sums->worst, cost);
	if (cost < now)
		sums->nearer += shipment->amount;
	if (cost > now)
		sums->farther += shipment->amount;
}

static void
add_demand(const CgAllocateCall *call, int32 demand, Sums *sums)
{
	const CgAllocateModel *model = &call->input.model;
	int64		amount = model->amount[demand];
	double		now = call->input.has_current && model->current[demand] >= 0 ?
		cg_allocate_cost(model, demand, model->current[demand]) : NAN;

	if (call->answer->status == CG_FLOW_OPTIMAL)
	{
		int64		unserved = call->answer->unserved[demand];

		sums->without_place += unserved;
		if (call->input.has_current && model->current[demand] >= 0)
			sums->objective += (double) unserved * (double) model->penalty / model->scale;
	}
	if (isnan(now))
		return;
	sums->known_now += amount;
	sums->now += (double) amount * now;
}

static void
put_sums(Row *row, const CgAllocateCall *call, const Sums *sums)
{
	put(row, R_AMOUNT, Int64GetDatum(sums->placed));
	put(row, R_WITHOUT_PLACE, Int64GetDatum(sums->without_place));
	put_number(row, R_TOTAL, sums->total);
	if (sums->placed > 0)
	{
		put_number(row, R_COST, sums->total / (double) sums->placed);
		put_number(row, R_WORST, sums->worst);
	}
	if (!call->input.has_current)
		return;
	if (sums->known_now > 0)
		put_number(row, R_FROM_COST, sums->now / (double) sums->known_now);
	put(row, R_NEARER, Int64GetDatum(sums->nearer));
	put(row, R_FARTHER, Int64GetDatum(sums->farther));
}

/* ---- rows by kind ---- */

static void
add_flow(CgAllocateCall *call, const CgShipment *shipment, double cost, double now, text *kind)
{
	int32		current = call->input.has_current ? call->input.model.current[shipment->demand] : -1;
	Row			row;

	begin_row(&row, (const char *) kind);
	put(&row, R_DEMAND, call->input.demand.id[shipment->demand]);
	put(&row, R_SITE, call->input.site.id[shipment->site]);
	put(&row, R_AMOUNT, Int64GetDatum(shipment->amount));
	put_number(&row, R_COST, cost);
	put_number(&row, R_TOTAL, cost * (double) shipment->amount);
	if (current >= 0)
	{
		put(&row, R_FROM, call->input.site.id[current]);
		put_number(&row, R_FROM_COST, now);
	}
	put_text(&row, R_REASON, reason_of(call, shipment->demand, shipment->site, cost));
	put_group(&row, call, shipment->demand);
	add_row(call, &row);
}

/*
 * The flows, and the sums by group and, last, of all.
 */
static void
add_flows(CgAllocateCall *call, Sums *sums)
{
	const CgAllocateModel *model = &call->input.model;
	text	   *kind = cstring_to_text(call->mode == CG_REALLOCATE ? "move" : "flow");
	Sums	   *all = &sums[call->input.groups];

	for (int64 i = 0; i < call->answer->shipments; i++)
	{
		const CgShipment *shipment = &call->answer->shipment[i];
		int32		current = call->input.has_current ? model->current[shipment->demand] : -1;
		double		cost = cg_allocate_cost(model, shipment->demand, shipment->site);
		double		now = current < 0 ? NAN : cg_allocate_cost(model, shipment->demand, current);

		add_shipment(call, shipment, cost, now, all);
		if (call->input.group != NULL)
			add_shipment(call, shipment, cost, now, &sums[call->input.group[shipment->demand]]);
		if (call->mode != CG_REALLOCATE || current != shipment->site)
			add_flow(call, shipment, cost, now, kind);
		if (i % 10000 == 0)
			CHECK_FOR_INTERRUPTS();
	}
}

static void
add_unserved(CgAllocateCall *call)
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
		put_group(&row, call, demand);
		add_row(call, &row);
	}
}

static void
add_groups(CgAllocateCall *call, const Sums *sums)
{
	text	   *kind = cstring_to_text("group");

	for (int32 group = 0; group < call->input.groups; group++)
	{
		Row			row;

		begin_row(&row, (const char *) kind);
		if (call->input.group_name[group] != 0)
			put(&row, R_GROUP, call->input.group_name[group]);
		put_sums(&row, call, &sums[group]);
		add_row(call, &row);
	}
}

static void
add_sites(CgAllocateCall *call)
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
		else if (!call->is_whole && call->answer->site_in_cut[site] && call->answer->status == CG_FLOW_OPTIMAL)
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
char *
cg_allocate_explain(CgAllocateCall *call)
{
	const CgAllocateModel *model = &call->input.model;
	const CgTransportAnswer *answer = call->answer;
	int64		without_pair = 0;
	int64		people = 0;
	int64		room = 0;
	int32		demands = 0;
	int32		sites = 0;

	if (call->is_whole && answer->status == CG_FLOW_INFEASIBLE)
		return pstrdup(call->is_undecided ? "no plan was found in which whole demands reach all minima, nor a proof that there is none" :
					   "whole demands cannot reach all minima");
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
	if (call->is_whole)
		return psprintf(INT64_FORMAT " have no place, " INT64_FORMAT " of them no pair", answer->all_unserved, without_pair);
	return psprintf(INT64_FORMAT " have no place, " INT64_FORMAT " of them no pair; %d demands with " INT64_FORMAT
					" can go only to %d sites with room for " INT64_FORMAT,
					answer->all_unserved, without_pair, demands, people, sites, room);
}

static void
put_certificate(Row *row, CgAllocateCall *call, const Sums *sums)
{
	const char *status = "optimal";
	double		objective = sums->objective;
	double		gap;

	if (call->bound > objective)
		call->bound = objective;
	gap = objective > 0 ? (objective - call->bound) / objective : objective - call->bound;
	put_number(row, R_OBJECTIVE, objective);
	put_number(row, R_BOUND, call->bound);
	put_number(row, R_GAP, gap);
	if (call->is_whole && !(gap <= 1e-9))
		status = "feasible";
	if (call->answer->all_unserved > 0)
		status = "unserved";
	put_text(row, R_STATUS, status);
}

static void
add_summary(CgAllocateCall *call, const Sums *sums)
{
	const CgAllocateModel *model = &call->input.model;
	int64		room = 0;
	instr_time	now;
	Row			row;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, call->input.began);
	for (int32 site = 0; site < model->sites; site++)
		room += model->capacity[site];
	begin_row(&row, (const char *) cstring_to_text("summary"));
	put(&row, R_CAPACITY, Int64GetDatum(room));
	if (call->answer->status == CG_FLOW_OPTIMAL)
	{
		put_sums(&row, call, sums);
		put_certificate(&row, call, sums);
	}
	else
		put_text(&row, R_STATUS, call->is_undecided ? "undecided" : "infeasible");
	put_text(&row, R_REASON, cg_allocate_explain(call));
	put_number(&row, R_SECONDS, INSTR_TIME_GET_DOUBLE(now));
	put(&row, R_ROUNDS, Int32GetDatum(call->answer->rounds));
	add_row(call, &row);
}

static void
add_demands(const CgAllocateCall *call, Sums *sums)
{
	for (int32 demand = 0; demand < call->input.model.demands; demand++)
	{
		add_demand(call, demand, &sums[call->input.groups]);
		if (call->input.group != NULL)
			add_demand(call, demand, &sums[call->input.group[demand]]);
		if (demand % 10000 == 0)
			CHECK_FOR_INTERRUPTS();
	}
}

void
cg_allocate_emit(CgAllocateCall *call)
{
	Sums	   *sums = palloc_extended(sizeof(Sums) * (call->input.groups + (int64) 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	if (call->refuse_unserved && (call->answer->all_unserved > 0 || call->answer->status == CG_FLOW_INFEASIBLE))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s cannot place everybody", call->input.function),
				 errdetail_internal("%s.", cg_allocate_explain(call)),
				 errhint("Use unserved => 'report' to see the best plan and what blocks it.")));
	add_demands(call, sums);
	if (call->answer->status == CG_FLOW_OPTIMAL)
	{
		add_flows(call, sums);
		add_unserved(call);
	}
	add_sites(call);
	if (call->answer->status == CG_FLOW_OPTIMAL)
		add_groups(call, sums);
	add_summary(call, &sums[call->input.groups]);
}
