/*-------------------------------------------------------------------------
 *
 * reconcile.c
 *	  forecast_reconcile: forecasts of all nodes of all hierarchies and steps
 *	  of a query, made to add up.
 *
 * Rows come ordered by hierarchy, step and node, so that one group is in
 * memory at a time and a parent is found by bisection.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "common/cg_compat.h"
#include "common/cg_grown.h"
#include "common/cg_rows.h"
#include "demand/ordered_query.h"
#include "demand/reconcile_core.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_forecast_reconcile);

#define FUNCTION "forecast_reconcile()"
#define HINT "Name its columns node, parent and point; hierarchy and step may be there too, and what the method needs: share, variance or residuals."

/* So many nodes may one hierarchy have at one step, */
#define MOST_NODES 10000000

/* so many residuals a node, and so many all nodes of it together. */
#define MOST_RESIDUALS 2000
#define MOST_RESIDUALS_OF_ALL 50000000

enum
{
	C_HIERARCHY, C_STEP, C_NODE, C_PARENT, C_POINT, C_VARIANCE, C_SHARE,
	C_RESIDUALS, C_COLUMNS
};

static const char *const method_words[] = {
	[CG_RECONCILE_BOTTOM_UP] = "bottom_up",
	[CG_RECONCILE_TOP_DOWN] = "top_down",
	[CG_RECONCILE_OLS] = "ols",
	[CG_RECONCILE_WLS_STRUCTURAL] = "wls_structural",
	[CG_RECONCILE_WLS_VARIANCE] = "wls_variance",
	[CG_RECONCILE_MINT_SHRINK] = "mint_shrink"
};

typedef struct Call
{
	CgRows		rows;
	CgReconcileMethod method;
	bool		non_negative;
	int			place[C_COLUMNS];
	int16		id_length;
	bool		id_by_value;
	Oid			collation;
	FmgrInfo   *compare;
	MemoryContext memory;		/* of the group that is gathered */
	int64		group;			/* from 1, in the order of hierarchy and step */
	text	   *hierarchy;
	int32		step;
	int			n;
	int			room;
	Datum	   *node;
	Datum	   *parent_id;
	bool	   *has_parent;
	double	   *point;
	double	   *variance;
	double	   *share;
	double	   *residuals;
	int			residual_count;
} Call;

/* ---- one group ---- */

static int
compare(const Call *call, Datum a, Datum b)
{
	return DatumGetInt32(FunctionCall2Coll(call->compare, call->collation, a, b));
}

static int
errrow(const Call *call, int row)
{
	return errdetail("It is node %d of group %lld, in the order of hierarchy, step and node.",
					 row + 1, (long long) call->group);
}

/*
 * The place of a node, or -1.
 */
static int
find_node(const Call *call, Datum id)
{
	int			low = 0;
	int			high = call->n - 1;

	while (low <= high)
	{
		int			middle = low + (high - low) / 2;
		int			order = compare(call, call->node[middle], id);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return -1;
}

static int *
find_parents(const Call *call)
{
	int		   *parent = palloc_extended(sizeof(int) * call->n, MCXT_ALLOC_HUGE);

	for (int i = 0; i < call->n; i++)
	{
		/* children of one parent often stand together */
		bool		same = i > 0 && call->has_parent[i] && call->has_parent[i - 1] &&
		compare(call, call->parent_id[i], call->parent_id[i - 1]) == 0;

		parent[i] = !call->has_parent[i] ? -1 : same ? parent[i - 1] :
			find_node(call, call->parent_id[i]);
		if (call->has_parent[i] && parent[i] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a node's parent is not among the nodes"),
					 errrow(call, i),
					 errhint("Every level needs rows of its own at every step; the top's parent is null.")));
	}
	return parent;
}

static void
report(const Call *call, CgReconcileStatus status, int bad_node)
{
	switch (status)
	{
		case CG_RECONCILE_OK:
			return;
		case CG_RECONCILE_STOPPED:
			ereport(ERROR,
					(errcode(ERRCODE_QUERY_CANCELED),
					 errmsg("canceling statement due to user request")));
			break;
		case CG_RECONCILE_CYCLE:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a node is above itself"),
					 errrow(call, bad_node),
					 errhint("Following parents must end at a node without one.")));
			break;
		case CG_RECONCILE_VARIANCE:
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("a variance must not be negative")));
			break;
		case CG_RECONCILE_RESIDUALS:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("mint_shrink needs two residuals of each node or more"),
					 errhint("Use wls_structural where there are none.")));
			break;
		case CG_RECONCILE_OVERFLOW:
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("reconciled forecasts are out of range"),
					 errdetail("They are those of group %lld, in the order of hierarchy and step.",
							   (long long) call->group)));
			break;
	}
}

static void
emit(Call *call, const int *parent, const int *order, const double *point,
	 const CgReconcileResult *result)
{
	int		   *level = palloc_extended(sizeof(int) * call->n, MCXT_ALLOC_HUGE);
	bool	   *is_leaf = palloc_extended(sizeof(bool) * call->n, MCXT_ALLOC_HUGE);

	memset(is_leaf, true, sizeof(bool) * call->n);
	for (int k = call->n - 1; k >= 0; k--)
	{
		int			i = order[k];

		level[i] = parent[i] < 0 ? 0 : level[parent[i]] + 1;
		if (parent[i] >= 0)
			is_leaf[parent[i]] = false;
	}
	for (int i = 0; i < call->n; i++)
	{
		Datum		values[9];
		bool		nulls[9] = {false};

		values[0] = PointerGetDatum(call->hierarchy);
		nulls[0] = call->hierarchy == NULL;
		values[1] = call->node[i];
		values[2] = Int32GetDatum(call->step);
		values[3] = Int32GetDatum(level[i]);
		values[4] = BoolGetDatum(is_leaf[i]);
		values[5] = Float8GetDatum(call->point[i]);
		values[6] = Float8GetDatum(point[i]);
		values[7] = cg_float8_or_null(result->shrinkage, &nulls[7]);
		values[8] = BoolGetDatum(result->is_optimal);
		cg_rows_add(&call->rows, values, nulls);
	}
}

static void
finish_group(Call *call)
{
	CgReconcileProblem problem = {0};
	CgReconcileResult result;
	MemoryContext old;
	int		   *parent;
	int		   *order;
	int		   *work;
	double	   *point;
	double	   *room;
	int			bad_node = 0;

	if (call->n == 0)
		return;
	old = MemoryContextSwitchTo(call->memory);
	parent = find_parents(call);
	order = palloc_extended(sizeof(int) * call->n, MCXT_ALLOC_HUGE);
	work = palloc_extended(sizeof(int) * call->n, MCXT_ALLOC_HUGE);
	report(call, cg_hierarchy_order(parent, call->n, order, work, &bad_node), bad_node);
	problem.n = call->n;
	problem.parent = parent;
	problem.order = order;
	problem.base = call->point;
	problem.variance = call->variance;
	problem.share = call->share;
	problem.residuals = call->residuals;
	problem.residual_count = call->residual_count;
	problem.method = call->method;
	problem.non_negative = call->non_negative;
	point = palloc_extended(sizeof(double) * call->n, MCXT_ALLOC_HUGE);
	room = palloc_extended(sizeof(double) * cg_reconcile_work_size(call->n, call->method, call->residual_count),
						   MCXT_ALLOC_HUGE);
	report(call, cg_reconcile(&problem, point, &result, room, cg_stop_requested), 0);
	emit(call, parent, order, point, &result);
	MemoryContextSwitchTo(old);
}

/* ---- rows ---- */

static void
make_room(Call *call)
{
	call->room = call->room == 0 ? 64 : call->room * 2;
	call->node = cg_grown(call->node, call->room, sizeof(Datum));
	call->parent_id = cg_grown(call->parent_id, call->room, sizeof(Datum));
	call->has_parent = cg_grown(call->has_parent, call->room, sizeof(bool));
	call->point = cg_grown(call->point, call->room, sizeof(double));
	if (call->place[C_VARIANCE] >= 0)
		call->variance = cg_grown(call->variance, call->room, sizeof(double));
	if (call->place[C_SHARE] >= 0)
		call->share = cg_grown(call->share, call->room, sizeof(double));
	if (call->method == CG_RECONCILE_MINT_SHRINK && call->residual_count > 0)
		call->residuals = cg_grown(call->residuals, call->room, sizeof(double) * call->residual_count);
}

/* Memory goes with the context. */
static void
start_group(Call *call, text *hierarchy, int32 step)
{
	MemoryContextReset(call->memory);
	call->group++;
	call->hierarchy = hierarchy == NULL ? NULL : (text *)
		DatumGetPointer(datumCopy(PointerGetDatum(hierarchy), false, -1));
	call->step = step;
	call->n = 0;
	call->room = 0;
	call->node = NULL;
	call->parent_id = NULL;
	call->has_parent = NULL;
	call->point = NULL;
	call->variance = NULL;
	call->share = NULL;
	call->residuals = NULL;
	call->residual_count = 0;
}

static Datum
keep(const Call *call, Datum value)
{
	if (call->id_by_value)
		return value;
	return call->id_length == -1 ? PointerGetDatum(PG_DETOAST_DATUM_COPY(value)) :
		datumCopy(value, false, call->id_length);
}

/* A figure of the row; NULL, NaN and infinity are refused. */
static double
figure_of(const Call *call, TupleTableSlot *slot, int column, const char *name)
{
	int			place = call->place[column];
	double		value;

	if (slot->tts_isnull[place])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("column \"%s\" of the query of %s is null", name, FUNCTION),
				 errrow(call, call->n)));
	value = DatumGetFloat8(slot->tts_values[place]);
	if (!isfinite(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("column \"%s\" of the query of %s must be finite", name, FUNCTION),
				 errrow(call, call->n)));
	return value;
}

/*
 * The residuals of a row: as many as those of its group's first.
 */
static void
read_residuals(Call *call, TupleTableSlot *slot)
{
	int			place = call->place[C_RESIDUALS];
	int			count;
	double	   *values;

	if (slot->tts_isnull[place])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("column \"residuals\" of the query of %s is null", FUNCTION),
				 errrow(call, call->n)));
	values = cg_read_float8_array(slot->tts_values[place], &count, "residuals");
	if (call->n == 0)
	{
		if (count > MOST_RESIDUALS)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("a node has too many residuals"),
					 errdetail("The most is %d.", MOST_RESIDUALS),
					 errhint("Take the latest of them.")));
		call->residual_count = count;
		call->residuals = cg_grown(NULL, call->room, sizeof(double) * Max(count, 1));
	}
	else if (count != call->residual_count)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("nodes have different numbers of residuals"),
				 errrow(call, call->n)));
	if ((int64) (call->n + 1) * count > MOST_RESIDUALS_OF_ALL)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a hierarchy has too many residuals"),
				 errdetail("The most is %d, nodes times residuals.", MOST_RESIDUALS_OF_ALL),
				 errhint("Take fewer residuals of each node, or wls_variance.")));
	for (int t = 0; t < count; t++)
		call->residuals[(size_t) call->n * count + t] = cg_finite(values[t], "residuals");
	pfree(values);
}

static void
add_node(Call *call, TupleTableSlot *slot)
{
	int			parent = call->place[C_PARENT];
	Datum		node = slot->tts_values[call->place[C_NODE]];

	if (call->n > 0 && compare(call, call->node[call->n - 1], node) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a node comes twice in one hierarchy and step"),
				 errrow(call, call->n),
				 errhint("Tell hierarchies and steps apart by the columns hierarchy and step.")));
	if (call->n >= MOST_NODES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a hierarchy has too many nodes"),
				 errdetail("The most is %d.", MOST_NODES)));
	if (call->n == call->room)
		make_room(call);
	call->node[call->n] = keep(call, node);
	call->has_parent[call->n] = !slot->tts_isnull[parent];
	if (call->has_parent[call->n])
		call->parent_id[call->n] = keep(call, slot->tts_values[parent]);
	call->point[call->n] = figure_of(call, slot, C_POINT, "point");
	if (call->variance != NULL)
		call->variance[call->n] = figure_of(call, slot, C_VARIANCE, "variance");
	if (call->share != NULL)
		call->share[call->n] = figure_of(call, slot, C_SHARE, "share");
	if (call->method == CG_RECONCILE_MINT_SHRINK)
		read_residuals(call, slot);
	call->n++;
}

static void
refuse_null_key(const Call *call, const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("column \"%s\" of the query of %s is null", name, FUNCTION),
			 errdetail("It is behind node %d of group %lld, in the order of hierarchy, step and node.",
					   call->n, (long long) call->group)));
}

static void
receive_node(TupleTableSlot *slot, void *argument)
{
	Call	   *call = argument;
	text	   *hierarchy = NULL;
	int32		step = 1;
	MemoryContext old;

	if (call->place[C_HIERARCHY] >= 0)
	{
		if (slot->tts_isnull[call->place[C_HIERARCHY]])
			refuse_null_key(call, "hierarchy");
		hierarchy = DatumGetTextPP(slot->tts_values[call->place[C_HIERARCHY]]);
	}
	if (call->place[C_STEP] >= 0)
	{
		if (slot->tts_isnull[call->place[C_STEP]])
			refuse_null_key(call, "step");
		step = DatumGetInt32(slot->tts_values[call->place[C_STEP]]);
	}
	if (slot->tts_isnull[call->place[C_NODE]])
		refuse_null_key(call, "node");
	old = MemoryContextSwitchTo(call->memory);
	if (call->group == 0 || step != call->step ||
		(hierarchy != NULL &&
		 (VARSIZE_ANY_EXHDR(hierarchy) != VARSIZE_ANY_EXHDR(call->hierarchy) ||
		  memcmp(VARDATA_ANY(hierarchy), VARDATA_ANY(call->hierarchy), VARSIZE_ANY_EXHDR(hierarchy)) != 0)))
	{
		finish_group(call);
		start_group(call, hierarchy, step);
	}
	add_node(call, slot);
	MemoryContextSwitchTo(old);
}

/* ---- the function ---- */

/*
 * forecast_reconcile(query, method, non_negative), and with node_type between
 * the first two
 */
Datum
cg_forecast_reconcile(PG_FUNCTION_ARGS)
{
	int			shift = PG_NARGS() - 3;
	Oid			id_type = shift > 0 ? get_fn_expr_argtype(fcinfo->flinfo, 1) : TEXTOID;
	TypeCacheEntry *entry;
	Call		call = {0};
	CgQueryColumn columns[C_COLUMNS] = {
		{"hierarchy", TEXTOID, false, true}, {"step", INT4OID, false, true},
		{"node", id_type, true, true}, {"parent", id_type, true, false},
		{"point", FLOAT8OID, true, false}
	};

	cg_refuse_null(fcinfo, 0, "query");
	cg_refuse_null(fcinfo, 1 + shift, "method");
	cg_refuse_null(fcinfo, 2 + shift, "non_negative");
	entry = lookup_type_cache(id_type, TYPECACHE_CMP_PROC_FINFO);
	if (!OidIsValid(entry->cmp_proc_finfo.fn_oid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("nodes of %s cannot be of type %s", FUNCTION, format_type_be(id_type)),
				 errdetail("The type has no order.")));
	call.compare = &entry->cmp_proc_finfo;
	call.collation = cg_key_collation(id_type);
	get_typlenbyval(id_type, &call.id_length, &call.id_by_value);
	call.method = (CgReconcileMethod) cg_word(PG_GETARG_TEXT_PP(1 + shift), method_words,
											  lengthof(method_words), "method");
	call.non_negative = PG_GETARG_BOOL(2 + shift);
	call.rows = cg_rows_begin(fcinfo);
	call.memory = AllocSetContextCreate(CurrentMemoryContext, "nodes of a hierarchy",
										ALLOCSET_DEFAULT_SIZES);
	/* only what the method reads */
	if (call.method == CG_RECONCILE_WLS_VARIANCE)
		columns[C_VARIANCE] = (CgQueryColumn) {"variance", FLOAT8OID, true, false};
	if (call.method == CG_RECONCILE_TOP_DOWN)
		columns[C_SHARE] = (CgQueryColumn) {"share", FLOAT8OID, false, false};
	if (call.method == CG_RECONCILE_MINT_SHRINK)
		columns[C_RESIDUALS] = (CgQueryColumn) {"residuals", FLOAT8ARRAYOID, true, false};
	cg_ordered_query(FUNCTION, text_to_cstring(PG_GETARG_TEXT_PP(0)), HINT, columns,
					 C_COLUMNS, call.place, receive_node, &call);
	finish_group(&call);
	MemoryContextDelete(call.memory);
	return (Datum) 0;
}
