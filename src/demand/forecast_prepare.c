/*-------------------------------------------------------------------------
 *
 * forecast_prepare.c
 *	  Options of forecasts that say what a series has been through: missing
 *	  values, outliers, level shifts, known events, a known intervention.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

#include "common/cg_compat.h"
#include "demand/clean.h"
#include "demand/forecast.h"
#include "variance/rate_glue.h"

void
cg_forecast_read_policies(FunctionCallInfo fcinfo, int first, CgPrepareOptions *prepare)
{
	static const char *const names[] = {"missing", "outliers", "level_shifts"};

	for (int i = 0; i < 3; i++)
	{
		if (PG_ARGISNULL(first + i))
			cg_refuse_null(fcinfo, first + i, names[i]);
	}
	prepare->missing = cg_missing_argument(PG_GETARG_DATUM(first));
	prepare->outliers = cg_outlier_argument(PG_GETARG_DATUM(first + 1));
	prepare->adjust_shifts = cg_shift_argument(PG_GETARG_DATUM(first + 2));
}

/*
 * Places from 1, as a range of integers.
 */
static void
read_places(Datum range, CgPrepareOptions *prepare)
{
	RangeBound	lower;
	RangeBound	upper;

	if (!cg_range_argument(range, &lower, &upper))
		return;
	if (!lower.infinite && DatumGetInt32(lower.val) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("intervention must be a range of places of history"),
				 errdetail("The first place is 1.")));
	prepare->intervention_first = lower.infinite ? 0 : DatumGetInt32(lower.val) - 1;
	prepare->intervention_end = upper.infinite ? PG_INT32_MAX : DatumGetInt32(upper.val) - 1;
}

void
cg_forecast_read_known(FunctionCallInfo fcinfo, int first, int least,
					   const char *as_many_as, CgPrepareOptions *prepare)
{
	if (PG_ARGISNULL(first + 2))
		cg_refuse_null(fcinfo, first + 2, "intervention_as");
	prepare->intervention = cg_intervention_argument(PG_GETARG_DATUM(first + 2));
	if (!PG_ARGISNULL(first + 1))
		read_places(PG_GETARG_DATUM(first + 1), prepare);
	if (PG_ARGISNULL(first))
		return;
	prepare->events = cg_read_events(PG_GETARG_DATUM(first), least, true, as_many_as,
									 &prepare->event_count, &prepare->event_length);
	if (prepare->event_count > CG_MOST_EVENTS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("too many events"),
				 errdetail("The most is %d.", CG_MOST_EVENTS)));
}
