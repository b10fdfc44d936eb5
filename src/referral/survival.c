/*-------------------------------------------------------------------------
 *
 * survival.c
 *	  Aggregates of times to an event of which some have not come yet.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "common/cg_compat.h"
#include "referral/survival_core.h"
#include "referral/wait_row_array.h"
#include "referral/wait_tally.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_survival_add);
PG_FUNCTION_INFO_V1(cg_survival_quantile_add);
PG_FUNCTION_INFO_V1(cg_survival_curve_final);
PG_FUNCTION_INFO_V1(cg_survival_quantile_final);
PG_FUNCTION_INFO_V1(cg_incidence_add);
PG_FUNCTION_INFO_V1(cg_incidence_final);

/* What stands in a state's options. */
#define CONFIDENCE 0
#define INTERVAL 1
#define SHARE 2

static const char *const interval_words[] = {
	[CG_SURVIVAL_LOG_LOG] = "log_log",
	[CG_SURVIVAL_LOG] = "log",
	[CG_SURVIVAL_PLAIN] = "plain"
};

/*
 * A new state with the options of this row: confidence and interval from the
 * argument first on, where the call has them.
 */
static CgWaitTally *
new_state(FunctionCallInfo fcinfo, CgWaitKind kind, int first)
{
	CgWaitTally *state = cg_wait_tally_new(kind);

	state->options[CONFIDENCE] = 0.95;
	state->options[INTERVAL] = CG_SURVIVAL_LOG_LOG;
	state->options[SHARE] = 0.5;
	if (PG_NARGS() > first)
	{
		cg_refuse_null(fcinfo, first, "confidence");
		cg_refuse_null(fcinfo, first + 1, "interval");
		state->options[CONFIDENCE] = cg_probability(PG_GETARG_FLOAT8(first), "confidence");
		state->options[INTERVAL] = cg_word(PG_GETARG_TEXT_PP(first + 1), interval_words,
										   lengthof(interval_words), "interval");
	}
	return state;
}

/*
 * time, event [, confidence, interval]
 */
Datum
cg_survival_add(PG_FUNCTION_ARGS)
{
	CgWaitTally *state;
	int32		time;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return cg_unchanged(fcinfo);
	time = cg_wait_days(PG_GETARG_INT32(1), "time");
	state = cg_wait_tally(fcinfo, 0, CG_WAIT_SURVIVAL);
	if (state == NULL)
		state = new_state(fcinfo, CG_WAIT_SURVIVAL, 3);
	PG_RETURN_POINTER(cg_wait_tally_add(state, time, PG_GETARG_BOOL(2)));
}

/*
 * time, event, share, confidence, interval
 */
Datum
cg_survival_quantile_add(PG_FUNCTION_ARGS)
{
	CgWaitTally *state;
	int32		time;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return cg_unchanged(fcinfo);
	time = cg_wait_days(PG_GETARG_INT32(1), "time");
	state = cg_wait_tally(fcinfo, 0, CG_WAIT_SURVIVAL);
	if (state == NULL)
	{
		cg_refuse_null(fcinfo, 3, "share");
		state = new_state(fcinfo, CG_WAIT_SURVIVAL, 4);
		state->options[SHARE] = cg_probability(PG_GETARG_FLOAT8(3), "share");
	}
	PG_RETURN_POINTER(cg_wait_tally_add(state, time, PG_GETARG_BOOL(2)));
}

Datum
cg_incidence_add(PG_FUNCTION_ARGS)
{
	CgWaitTally *state;
	int32		time;
	int32		cause;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return cg_unchanged(fcinfo);
	time = cg_wait_days(PG_GETARG_INT32(1), "time");
	cause = PG_GETARG_INT32(2);
	if (cause < 0 || cause >= CG_WAIT_INCIDENCE_LANES)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("cause must be from 0 to %d", CG_WAIT_INCIDENCE_LANES - 1),
				 errdetail("0 means not ended yet."),
				 errhint("removal_cause() gives the number of a reason.")));
	state = cg_wait_tally(fcinfo, 0, CG_WAIT_INCIDENCE);
	if (state == NULL)
		state = new_state(fcinfo, CG_WAIT_INCIDENCE, 3);
	PG_RETURN_POINTER(cg_wait_tally_add(state, time, cause));
}

/*
 * The counts of a final function's state, with its options; NULL where there
 * are none.
 */
static int64 *
final_counts(FunctionCallInfo fcinfo, CgWaitKind kind, int32 *times, double *z,
			 CgSurvivalInterval *interval, double *share)
{
	CgWaitTally *state = cg_wait_tally(fcinfo, 0, kind);
	int64	   *counts;
	int64		total;

	if (state == NULL)
		return NULL;
	*z = cg_confidence_z(cg_probability(state->options[CONFIDENCE], "confidence"));
	*share = cg_probability(state->options[SHARE], "share");
	*interval = state->options[INTERVAL] == CG_SURVIVAL_PLAIN ? CG_SURVIVAL_PLAIN :
		state->options[INTERVAL] == CG_SURVIVAL_LOG ? CG_SURVIVAL_LOG : CG_SURVIVAL_LOG_LOG;
	counts = cg_wait_tally_counts(state, times, &total);
	return total > 0 ? counts : NULL;
}

Datum
cg_survival_curve_final(PG_FUNCTION_ARGS)
{
	int32		times;
	double		z;
	double		share;
	CgSurvivalInterval interval;
	int64	   *counts = final_counts(fcinfo, CG_WAIT_SURVIVAL, &times, &z, &interval, &share);
	CgSurvivalPoint *points;
	int32		count;
	CgRowArray	rows;

	if (counts == NULL)
		PG_RETURN_NULL();
	points = palloc(sizeof(CgSurvivalPoint) * times);
	count = cg_survival_curve(counts, times, z, interval, points);
	rows = cg_row_array_begin(fcinfo, count);
	for (int32 i = 0; i < count; i++)
	{
		CgSurvivalPoint *point = &points[i];
		Datum		values[9];
		bool		nulls[9] = {false};

		values[0] = Int32GetDatum(point->time);
		values[1] = Int64GetDatum(point->at_risk);
		values[2] = Int64GetDatum(point->events);
		values[3] = Int64GetDatum(point->censored);
		values[4] = Float8GetDatum(point->survival);
		values[5] = Float8GetDatum(1 - point->survival);
		values[6] = cg_float8_or_null(point->standard_error, &nulls[6]);
		values[7] = cg_float8_or_null(point->lower, &nulls[7]);
		values[8] = cg_float8_or_null(point->upper, &nulls[8]);
		cg_row_array_add(&rows, values, nulls);
	}
	PG_RETURN_DATUM(cg_row_array_end(&rows));
}

Datum
cg_survival_quantile_final(PG_FUNCTION_ARGS)
{
	int32		times;
	double		z;
	double		share;
	CgSurvivalInterval interval;
	int64	   *counts = final_counts(fcinfo, CG_WAIT_SURVIVAL, &times, &z, &interval, &share);
	CgSurvivalPoint *points;
	CgSurvivalQuantile quantile;
	int32		count;
	int64		all = 0;
	int64		events = 0;
	Datum		values[5];
	bool		nulls[5] = {false};

	if (counts == NULL)
		PG_RETURN_NULL();
	points = palloc(sizeof(CgSurvivalPoint) * times);
	count = cg_survival_curve(counts, times, z, interval, points);
	quantile = cg_survival_quantile(points, count, share);
	for (int32 i = 0; i < count; i++)
	{
		all += points[i].events + points[i].censored;
		events += points[i].events;
	}
	values[0] = Int64GetDatum(all);
	values[1] = Int64GetDatum(events);
	values[2] = cg_float8_or_null(quantile.value, &nulls[2]);
	values[3] = cg_float8_or_null(quantile.lower, &nulls[3]);
	values[4] = cg_float8_or_null(quantile.upper, &nulls[4]);
	return cg_result(fcinfo, values, nulls);
}

Datum
cg_incidence_final(PG_FUNCTION_ARGS)
{
	int32		times;
	double		z;
	double		share;
	CgSurvivalInterval interval;
	int64	   *counts = final_counts(fcinfo, CG_WAIT_INCIDENCE, &times, &z, &interval, &share);
	CgIncidencePoint *points;
	int32		count;
	CgRowArray	rows;

	if (counts == NULL)
		PG_RETURN_NULL();
	points = palloc_extended(sizeof(CgIncidencePoint) * times * (CG_WAIT_INCIDENCE_LANES - 1),
							 MCXT_ALLOC_HUGE);
	count = cg_cumulative_incidence(counts, times, CG_WAIT_INCIDENCE_LANES, z, interval, points);
	rows = cg_row_array_begin(fcinfo, count);
	for (int32 i = 0; i < count; i++)
	{
		CgIncidencePoint *point = &points[i];
		Datum		values[8];
		bool		nulls[8] = {false};

		if (i % 10000 == 0)
			CHECK_FOR_INTERRUPTS();
		values[0] = Int32GetDatum(point->time);
		values[1] = Int32GetDatum(point->cause);
		values[2] = Int64GetDatum(point->at_risk);
		values[3] = Int64GetDatum(point->events);
		values[4] = Float8GetDatum(point->incidence);
		values[5] = Float8GetDatum(point->standard_error);
		values[6] = cg_float8_or_null(point->lower, &nulls[6]);
		values[7] = cg_float8_or_null(point->upper, &nulls[7]);
		cg_row_array_add(&rows, values, nulls);
	}
	PG_RETURN_DATUM(cg_row_array_end(&rows));
}
