/*-------------------------------------------------------------------------
 *
 * rate_aggregate.c
 *	  Aggregates of rates, proportions, ratios and means.
 *
 * Rows with a NULL count, denominator or value are skipped; the options of
 * the first other row count for the group.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "common/cg_compat.h"
#include "variance/rate.h"
#include "variance/rate_state.h"

PG_FUNCTION_INFO_V1(cg_rate_add);
PG_FUNCTION_INFO_V1(cg_rate_final);
PG_FUNCTION_INFO_V1(cg_smr_add);
PG_FUNCTION_INFO_V1(cg_proportion_add);
PG_FUNCTION_INFO_V1(cg_proportion_final);
PG_FUNCTION_INFO_V1(cg_mean_add);
PG_FUNCTION_INFO_V1(cg_mean_final);

static const CgMeasureOptions rate_options = {
	CG_MEASURE_RATE, 3, true, 100000, cg_count_method_words, 3
};
static const CgMeasureOptions smr_options = {
	CG_MEASURE_RATE, 3, true, 1, cg_count_method_words, 3
};
static const CgMeasureOptions proportion_options = {
	CG_MEASURE_PROPORTION, 3, true, 1, NULL, 0
};
static const CgMeasureOptions mean_options = {
	CG_MEASURE_MEAN, 2, false, 1, NULL, 0
};

static Datum
add_rate(FunctionCallInfo fcinfo, const CgMeasureOptions *options,
		 const char *count, const char *of)
{
	CgMeasureState *state;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return cg_unchanged(fcinfo);
	state = cg_measure_state(fcinfo, options);
	state->sum[0] += cg_at_least_0(PG_GETARG_FLOAT8(1), count);
	state->sum[1] += cg_at_least_0(PG_GETARG_FLOAT8(2), of);
	PG_RETURN_POINTER(state);
}

Datum
cg_rate_add(PG_FUNCTION_ARGS)
{
	return add_rate(fcinfo, &rate_options, "events", "population");
}

Datum
cg_smr_add(PG_FUNCTION_ARGS)
{
	return add_rate(fcinfo, &smr_options, "observed", "expected");
}

Datum
cg_rate_final(PG_FUNCTION_ARGS)
{
	CgLevels	levels;
	const CgMeasureState *state;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = cg_measure_final(fcinfo, CG_MEASURE_RATE, &levels);
	return cg_rate_result(fcinfo, state->sum[0], state->sum[1], state->multiplier,
						  &levels, (CgCountMethod) state->method);
}

Datum
cg_proportion_add(PG_FUNCTION_ARGS)
{
	CgMeasureState *state;
	double		numerator;
	double		denominator;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return cg_unchanged(fcinfo);
	state = cg_measure_state(fcinfo, &proportion_options);
	numerator = cg_at_least_0(PG_GETARG_FLOAT8(1), "numerator");
	denominator = cg_at_least_0(PG_GETARG_FLOAT8(2), "denominator");
	cg_check_share(numerator, denominator);
	state->sum[0] += numerator;
	state->sum[1] += denominator;
	PG_RETURN_POINTER(state);
}

Datum
cg_proportion_final(PG_FUNCTION_ARGS)
{
	CgLevels	levels;
	const CgMeasureState *state;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = cg_measure_final(fcinfo, CG_MEASURE_PROPORTION, &levels);
	return cg_proportion_result(fcinfo, state->sum[0], state->sum[1],
								state->multiplier, &levels);
}

/*
 * B. P. Welford's way, Technometrics 1962;4:419-20.
 */
Datum
cg_mean_add(PG_FUNCTION_ARGS)
{
	CgMeasureState *state;
	double		value;
	double		step;

	if (PG_ARGISNULL(1))
		return cg_unchanged(fcinfo);
	state = cg_measure_state(fcinfo, &mean_options);
	value = cg_finite(PG_GETARG_FLOAT8(1), "value");
	state->sum[0]++;
	step = value - state->sum[1];
	state->sum[1] += step / state->sum[0];
	state->sum[2] += step * (value - state->sum[1]);
	if (unlikely(!isfinite(state->sum[2])))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("values are too far apart for a standard deviation")));
	PG_RETURN_POINTER(state);
}

Datum
cg_mean_final(PG_FUNCTION_ARGS)
{
	CgLevels	levels;
	const CgMeasureState *state;
	double		deviation;
	double		lower[CG_MAX_LEVELS];
	double		upper[CG_MAX_LEVELS];
	Datum		values[7];
	bool		nulls[7] = {false};

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = cg_measure_final(fcinfo, CG_MEASURE_MEAN, &levels);
	values[0] = Int64GetDatum((int64) state->sum[0]);
	values[2] = Float8GetDatum(state->sum[1]);
	nulls[1] = nulls[3] = nulls[4] = nulls[5] = nulls[6] = state->sum[0] < 2;
	if (state->sum[0] >= 2)
	{
		deviation = sqrt(state->sum[2] / (state->sum[0] - 1));
		for (int i = 0; i < levels.count; i++)
		{
			CgInterval	interval = cg_mean_interval(state->sum[1], deviation,
													state->sum[0], levels.level[i]);

			lower[i] = interval.lower;
			upper[i] = interval.upper;
		}
		values[1] = Float8GetDatum(deviation);
		values[3] = Float8GetDatum(lower[0]);
		values[4] = Float8GetDatum(upper[0]);
		values[5] = cg_float8_array(lower, levels.count);
		values[6] = cg_float8_array(upper, levels.count);
	}
	return cg_result(fcinfo, values, nulls);
}
