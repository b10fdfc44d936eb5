/*-------------------------------------------------------------------------
 *
 * spc_rows.c
 *	  Control charts and step changes as sets of rows: from inner SQL for many
 *	  series, and from an array for one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/tupmacs.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "common/cg_rows.h"
#include "variance/spc_array.h"
#include "variance/spc_glue.h"
#include "variance/spc_query.h"

PG_FUNCTION_INFO_V1(cg_spc_rows_xmr_query);
PG_FUNCTION_INFO_V1(cg_spc_rows_any_query);
PG_FUNCTION_INFO_V1(cg_spc_rows_xmr_array);
PG_FUNCTION_INFO_V1(cg_spc_step_changes_query);
PG_FUNCTION_INFO_V1(cg_spc_step_changes_array);

/* What charts and step changes from a query need in their callback. */
typedef struct SetCall
{
	CgRows		rows;
	TupleTableSlot *slot;		/* for rows that are formed by hand */
	Oid			period_type;
	CgSpcOptions options;
	Interval   *every;			/* NULL: no calendar */
	bool		refuse_gaps;
	int32		min_points;
	double		level;
} SetCall;

static Datum
get_argument(void *source, int place, bool *isnull)
{
	FunctionCallInfo fcinfo = source;

	*isnull = PG_ARGISNULL(place);
	return *isnull ? (Datum) 0 : PG_GETARG_DATUM(place);
}

static char *
name_of_function(FunctionCallInfo fcinfo)
{
	char	   *name = get_func_name(fcinfo->flinfo->fn_oid);

	return psprintf("%s()", name == NULL ? "spc_rows" : name);
}

static char *
name_of_series(int64 number)
{
	return psprintf("series %lld (in the order of series)", (long long) number);
}

static void *
allocate(size_t count, Size size)
{
	return palloc_extended(Max(count, 1) * size, MCXT_ALLOC_HUGE);
}

static CgSpcPoint *
draw(const CgSpcOptions *options, const CgSpcSeries *series, const char *name)
{
	CgSpcPoint *points = allocate(series->n, sizeof(CgSpcPoint));
	double	   *work = allocate(cg_spc_work_size(series->n), sizeof(double));
	size_t		bad_row = 0;
	CgSpcStatus status;

	status = cg_spc_chart(options, series, work, points, &bad_row,
						  cg_spc_interrupt, NULL);
	if (status != CG_SPC_OK)
		cg_spc_report(status, (int64) bad_row + 1, name);
	pfree(work);
	return points;
}

/* ---- charts of a query ---- */

static Timestamp
moment_of(Datum period, Oid type)
{
	switch (type)
	{
		case DATEOID:
			return DatumGetTimestamp(DirectFunctionCall1(date_timestamp, period));
		case TIMESTAMPTZOID:
			return DatumGetTimestamp(DirectFunctionCall1(timestamptz_timestamp, period));
		default:
			return DatumGetTimestamp(period);
	}
}

/*
 * Mark the rows before which periods are missing.
 */
static uint8 *
find_gaps(const SetCall *call, const SpcQuerySeries *series)
{
	uint8	   *marks = allocate(series->n, sizeof(uint8));
	Timestamp	first = moment_of(series->period[0], call->period_type);
	int64		step = 0;

	memset(marks, 0, series->n);
	if (series->marks != NULL)
		memcpy(marks, series->marks, series->n);
	for (size_t i = 1; i < series->n; i++)
	{
		if (cg_spc_is_gap(moment_of(series->period[i], call->period_type),
						  first, &step, call->every, call->refuse_gaps,
						  (int64) i + 1))
			marks[i] |= CG_SPC_MARK_BREAK;
	}
	return marks;
}

static bool
has_null(const CgSpcPoint *point)
{
	return isnan(point->value) || isnan(point->centre) ||
		isnan(point->lower) || isnan(point->upper) ||
		isnan(point->lower_two_sigma) || isnan(point->upper_two_sigma) ||
		isnan(point->moving_range);
}

/*
 * The rows of one series are nearly all the same tuple but for the period
 * and the point, which stand at fixed places where nothing is NULL.  So one
 * tuple is formed and then written over again and again; the tuplestore
 * takes copies.
 */
typedef struct Pattern
{
	MinimalTuple tuple;			/* NULL: not yet */
	char	   *period;
	char	   *point;
	bool		failed;			/* the tuple is not laid out like this */
} Pattern;

static MinimalTuple
form_minimal_tuple(TupleDesc desc, Datum *values, bool *nulls)
{
#if PG_VERSION_NUM >= 180000
	return heap_form_minimal_tuple(desc, values, nulls, 0);
#else
	return heap_form_minimal_tuple(desc, values, nulls);
#endif
}

static void
make_pattern(SetCall *call, Pattern *pattern, Datum *values, bool *nulls,
			 const CgSpcPoint *point)
{
	TupleDesc	desc = call->rows.desc;
	Form_pg_attribute id = TupleDescAttr(desc, 0);
	Form_pg_attribute period = TupleDescAttr(desc, 1);
	MinimalTuple tuple = form_minimal_tuple(desc, values, nulls);
	char	   *data = (char *) tuple + tuple->t_hoff - MINIMAL_TUPLE_OFFSET;
	Size		offset;

	offset = att_addlength_pointer(0, id->attlen, data);
	offset = att_align_nominal(offset, period->attalign);
	pattern->period = data + offset;
	pattern->point = (char *) tuple + tuple->t_len - SPC_POINT_BYTES;
	pattern->failed = !period->attbyval || pattern->point < pattern->period ||
		fetch_att(pattern->period, true, period->attlen) != values[1] ||
		memcmp(pattern->point, point, SPC_POINT_BYTES) != 0;
	if (pattern->failed)
		return;
	pattern->tuple = tuple;
	ExecStoreMinimalTuple(tuple, call->slot, false);
}

static void
add_point(SetCall *call, Pattern *pattern, Datum *values, bool *nulls,
		  const CgSpcPoint *point)
{
	if (pattern->tuple != NULL && !has_null(point))
	{
		store_att_byval(pattern->period, values[1],
						TupleDescAttr(call->rows.desc, 1)->attlen);
		memcpy(pattern->point, point, SPC_POINT_BYTES);
		tuplestore_puttupleslot(call->rows.store, call->slot);
		return;
	}
	cg_spc_point_columns(point, values + 2, nulls + 2);
	cg_rows_add(&call->rows, values, nulls);
	if (pattern->tuple == NULL && !pattern->failed && !has_null(point))
		make_pattern(call, pattern, values, nulls, point);
}

static void
chart_of_series(const SpcQuerySeries *query_series, void *argument)
{
	SetCall    *call = argument;
	CgSpcSeries series = {0};
	CgSpcPoint *points;
	Pattern		pattern = {0};
	Datum		values[SPC_POINT_COLUMNS + 2];
	bool		nulls[SPC_POINT_COLUMNS + 2];

	series.n = query_series->n;
	series.value = query_series->value;
	series.denominator = query_series->denominator;
	series.target = query_series->target;
	series.marks = call->every == NULL ? query_series->marks :
		find_gaps(call, query_series);
	points = draw(&call->options, &series,
				  name_of_series(query_series->number));

	values[0] = query_series->id;
	nulls[0] = false;
	nulls[1] = false;
	for (size_t i = 0; i < series.n; i++)
	{
		values[1] = query_series->period[i];
		add_point(call, &pattern, values, nulls, &points[i]);
	}
	ExecClearTuple(call->slot);
}

static void
check_calendar(SetCall *call)
{
	if (call->every != NULL && call->period_type != DATEOID &&
		call->period_type != TIMESTAMPOID &&
		call->period_type != TIMESTAMPTZOID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"every\" needs periods that are dates or timestamps"),
				 errdetail("The periods are of type %s.",
						   format_type_be(call->period_type))));
}

static void
refuse_null_query(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the query of %s is NULL", name_of_function(fcinfo))));
}

static Datum
charts_of_query(FunctionCallInfo fcinfo, CgSpcChart chart)
{
	SetCall		call = {0};
	SpcPlaces	places;
	char	   *source;

	refuse_null_query(fcinfo);
	source = text_to_cstring(PG_GETARG_TEXT_PP(0));
	cg_spc_places_of_function(fcinfo->flinfo->fn_oid, &places);
	cg_spc_default_options(&call.options, chart);
	cg_spc_read_options(&places, get_argument, fcinfo, &call.options);
	if (!PG_ARGISNULL(places.place[SPC_TARGET]))
		call.options.target =
			cg_spc_checked(PG_GETARG_FLOAT8(places.place[SPC_TARGET]), "target", 1);
	if (!PG_ARGISNULL(places.place[SPC_EVERY]))
		call.every = PG_GETARG_INTERVAL_P(places.place[SPC_EVERY]);
	call.refuse_gaps = !PG_ARGISNULL(places.place[SPC_REFUSE_GAPS]) &&
		PG_GETARG_BOOL(places.place[SPC_REFUSE_GAPS]);
	call.rows = cg_rows_begin(fcinfo);
	call.period_type = TupleDescAttr(call.rows.desc, 1)->atttypid;
	check_calendar(&call);
	call.slot = MakeSingleTupleTableSlot(call.rows.desc, &TTSOpsMinimalTuple);
	cg_spc_query(name_of_function(fcinfo), source,
				 TupleDescAttr(call.rows.desc, 0)->atttypid,
				 call.period_type, call.options.chart, chart_of_series, &call);
	ExecDropSingleTupleTableSlot(call.slot);
	return (Datum) 0;
}

Datum
cg_spc_rows_xmr_query(PG_FUNCTION_ARGS)
{
	return charts_of_query(fcinfo, CG_SPC_XMR);
}

Datum
cg_spc_rows_any_query(PG_FUNCTION_ARGS)
{
	return charts_of_query(fcinfo, CG_SPC_XMR);
}

/* ---- a chart of an array ---- */

Datum
cg_spc_rows_xmr_array(PG_FUNCTION_ARGS)
{
	CgRows		rows;
	SpcPlaces	places;
	CgSpcOptions options;
	CgSpcSeries series = {0};
	CgSpcPoint *points;
	int			rebase;
	int			ghost;
	Datum		values[SPC_POINT_COLUMNS + 1];
	bool		nulls[SPC_POINT_COLUMNS + 1];

	rows = cg_rows_begin(fcinfo);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	cg_spc_places_of_function(fcinfo->flinfo->fn_oid, &places);
	cg_spc_default_options(&options, CG_SPC_XMR);
	cg_spc_read_options(&places, get_argument, fcinfo, &options);
	if (!PG_ARGISNULL(places.place[SPC_TARGET]))
		options.target =
			cg_spc_checked(PG_GETARG_FLOAT8(places.place[SPC_TARGET]), "target", 1);
	series.value = cg_spc_doubles(PG_GETARG_DATUM(0), "value", &series.n);
	rebase = places.place[SPC_REBASE];
	ghost = places.place[SPC_GHOST];
	if (!PG_ARGISNULL(rebase) || !PG_ARGISNULL(ghost))
	{
		uint8	   *marks = allocate(series.n, sizeof(uint8));

		memset(marks, 0, series.n);
		if (!PG_ARGISNULL(rebase))
			cg_spc_marks(PG_GETARG_DATUM(rebase), "rebase", series.n, marks,
						 CG_SPC_MARK_REBASE);
		if (!PG_ARGISNULL(ghost))
			cg_spc_marks(PG_GETARG_DATUM(ghost), "ghost", series.n, marks,
						 CG_SPC_MARK_GHOST);
		series.marks = marks;
	}
	points = draw(&options, &series, NULL);
	nulls[0] = false;
	for (size_t i = 0; i < series.n; i++)
	{
		values[0] = Int32GetDatum((int32) i + 1);
		cg_spc_point_columns(&points[i], values + 1, nulls + 1);
		cg_rows_add(&rows, values, nulls);
	}
	return (Datum) 0;
}

/* ---- step changes ---- */

#define CHANGE_COLUMNS 10

static const char *
evidence_of(double p_value)
{
	if (p_value <= 0.001)
		return "strong";
	return p_value <= 0.01 ? "moderate" : "weak";
}

/*
 * Find the changes of a series; their number.
 */
static size_t
find_changes(const SetCall *call, const double *value, size_t n,
			 const char *name, CgSpcChange **changes)
{
	double	   *work = allocate(4 * n, sizeof(double));
	size_t		most = n / (size_t) call->min_points;
	size_t		found;
	CgSpcStatus status;

	*changes = allocate(most, sizeof(CgSpcChange));
	status = cg_spc_changes(value, n, (size_t) call->min_points, call->level,
							work, *changes, most, &found,
							cg_spc_interrupt, NULL);
	if (status != CG_SPC_OK)
		cg_spc_report(status, 1, name);
	pfree(work);
	return found;
}

static void
change_columns(const CgSpcChange *change, Datum *values, bool *nulls)
{
	memset(nulls, 0, sizeof(bool) * CHANGE_COLUMNS);
	values[0] = Int32GetDatum((int32) change->start + 1);
	values[1] = Int32GetDatum((int32) change->before_points);
	values[2] = Int32GetDatum((int32) change->after_points);
	values[3] = Float8GetDatum(change->before_mean);
	values[4] = Float8GetDatum(change->after_mean);
	values[5] = Float8GetDatum(change->after_mean - change->before_mean);
	values[6] = cg_spc_float(change->sigmas, &nulls[6]);
	values[7] = Float8GetDatum(change->statistic);
	values[8] = Float8GetDatum(change->p_value);
	values[9] = CStringGetTextDatum(evidence_of(change->p_value));
}

static void
changes_of_series(const SpcQuerySeries *series, void *argument)
{
	SetCall    *call = argument;
	CgSpcChange *changes;
	size_t		found;
	Datum		values[CHANGE_COLUMNS + 2];
	bool		nulls[CHANGE_COLUMNS + 2] = {false, false};

	if (series->marks != NULL)
	{
		for (size_t i = 0; i < series->n; i++)
		{
			if ((series->marks[i] & CG_SPC_MARK_GHOST) != 0)
				series->value[i] = NAN;
		}
	}
	found = find_changes(call, series->value, series->n,
						 name_of_series(series->number), &changes);
	for (size_t i = 0; i < found; i++)
	{
		values[0] = series->id;
		values[1] = series->period[changes[i].start];
		change_columns(&changes[i], values + 2, nulls + 2);
		cg_rows_add(&call->rows, values, nulls);
	}
}

static void
read_search(SetCall *call, FunctionCallInfo fcinfo, int place)
{
	call->min_points = PG_ARGISNULL(place) ? 6 : PG_GETARG_INT32(place);
	call->level = PG_ARGISNULL(place + 1) ? 0.05 : PG_GETARG_FLOAT8(place + 1);
	if (call->min_points < 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("min_points is out of range"),
				 errdetail("It must be 2 or more.")));
	if (!(call->level > 0 && call->level < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("level is out of range"),
				 errdetail("It must be between 0 and 1.")));
}

Datum
cg_spc_step_changes_query(PG_FUNCTION_ARGS)
{
	SetCall		call = {0};
	char	   *source;

	refuse_null_query(fcinfo);
	source = text_to_cstring(PG_GETARG_TEXT_PP(0));
	read_search(&call, fcinfo, PG_NARGS() - 2);
	call.rows = cg_rows_begin(fcinfo);
	cg_spc_query(name_of_function(fcinfo), source,
				 TupleDescAttr(call.rows.desc, 0)->atttypid,
				 TupleDescAttr(call.rows.desc, 1)->atttypid,
				 CG_SPC_XMR, changes_of_series, &call);
	return (Datum) 0;
}

Datum
cg_spc_step_changes_array(PG_FUNCTION_ARGS)
{
	SetCall		call = {0};
	CgSpcChange *changes;
	double	   *value;
	size_t		n;
	size_t		found;
	Datum		values[CHANGE_COLUMNS];
	bool		nulls[CHANGE_COLUMNS];

	read_search(&call, fcinfo, 1);
	call.rows = cg_rows_begin(fcinfo);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	value = cg_spc_doubles(PG_GETARG_DATUM(0), "value", &n);
	found = find_changes(&call, value, n, NULL, &changes);
	for (size_t i = 0; i < found; i++)
	{
		change_columns(&changes[i], values, nulls);
		cg_rows_add(&call.rows, values, nulls);
	}
	return (Datum) 0;
}
