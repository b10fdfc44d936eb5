/*-------------------------------------------------------------------------
 *
 * plan.c
 *	  Activity or cost against plan, as a window function over the months.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "common/cg_compat.h"
#include "variance/plan_core.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_plan_position_window);

typedef struct Year
{
	CgPlanOutturn outturn;
	CgPlanMonth months[FLEXIBLE_ARRAY_MEMBER];
} Year;

static Year *
prepare_year(FunctionCallInfo fcinfo, CgPartition *partition)
{
	Year	   *year = cg_partition_alloc(partition, offsetof(Year, months) +
										  sizeof(CgPlanMonth) * partition->count);
	double		confidence = cg_probability(DatumGetFloat8(cg_window_option(fcinfo, 2, "confidence")),
											"confidence");

	for (int64 i = 0; i < partition->count; i++)
	{
		double		actual = partition->column[0][i];

		year->months[i].actual = isnan(actual) ? NAN : cg_at_least_0(actual, "actual");
		year->months[i].plan = cg_at_least_0(partition->column[1][i], "plan");
	}
	year->outturn = cg_plan(year->months, partition->count, confidence);
	return year;
}

/*
 * plan_position(actual, plan, confidence)
 */
Datum
cg_plan_position_window(PG_FUNCTION_ARGS)
{
	CgPartition *partition;
	const Year *year;
	const CgPlanMonth *month;
	const CgPlanOutturn *outturn;
	int32		row;
	Datum		values[14];
	bool		nulls[14] = {false};

	if (cg_partition(fcinfo, 2, 1, &partition))
		partition->results = prepare_year(fcinfo, partition);
	year = partition->results;
	row = cg_partition_row(fcinfo, partition);
	if (row < 0)
		PG_RETURN_NULL();
	month = &year->months[row];
	outturn = &year->outturn;
	values[0] = cg_float8_or_null(month->actual - month->plan, &nulls[0]);
	values[1] = cg_float8_or_null(month->ratio, &nulls[1]);
	values[2] = cg_float8_or_null(month->cumulative_actual, &nulls[2]);
	values[3] = Float8GetDatum(month->cumulative_plan);
	values[4] = cg_float8_or_null(month->cumulative_actual - month->cumulative_plan, &nulls[4]);
	values[5] = cg_float8_or_null(outturn->centre, &nulls[5]);
	values[6] = cg_float8_or_null(outturn->lower_limit, &nulls[6]);
	values[7] = cg_float8_or_null(outturn->upper_limit, &nulls[7]);
	values[8] = BoolGetDatum(month->special != 0);
	values[9] = Int32GetDatum(month->special);
	values[10] = Float8GetDatum(outturn->plan);
	values[11] = cg_float8_or_null(outturn->forecast, &nulls[11]);
	values[12] = cg_float8_or_null(outturn->forecast_lower, &nulls[12]);
	values[13] = cg_float8_or_null(outturn->forecast_upper, &nulls[13]);
	return cg_result(fcinfo, values, nulls);
}
