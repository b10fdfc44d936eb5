/*-------------------------------------------------------------------------
 *
 * standardised.c
 *	  Aggregates of directly and indirectly standardised rates.
 *
 * Rows with a NULL among what is counted are skipped; the options of the
 * first other row count for the group.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "common/cg_compat.h"
#include "variance/rate.h"
#include "variance/rate_state.h"
#include "variance/standardised_core.h"

PG_FUNCTION_INFO_V1(cg_dsr_add);
PG_FUNCTION_INFO_V1(cg_dsr_nonindependent_add);
PG_FUNCTION_INFO_V1(cg_dsr_final);
PG_FUNCTION_INFO_V1(cg_isr_ratio_add);
PG_FUNCTION_INFO_V1(cg_isr_ratio_final);
PG_FUNCTION_INFO_V1(cg_isr_rate_add);
PG_FUNCTION_INFO_V1(cg_isr_rate_final);

static const char *const dsr_methods[] = {
	[CG_DSR_DOBSON] = "dobson",
	[CG_DSR_FAY_FEUER] = "fay_feuer"
};

static const CgMeasureOptions dsr_options = {
	CG_MEASURE_DSR, 4, true, 100000, dsr_methods, lengthof(dsr_methods)
};
static const CgMeasureOptions dsr_nonindependent_options = {
	CG_MEASURE_DSR, 5, true, 100000, dsr_methods, lengthof(dsr_methods)
};
static const CgMeasureOptions isr_ratio_options = {
	CG_MEASURE_ISR_RATIO, 5, true, 1, cg_count_method_words, 3
};
static const CgMeasureOptions isr_rate_options = {
	CG_MEASURE_ISR_RATE, 5, true, 100000, cg_count_method_words, 3
};

/* The sums of an indirectly standardised rate. */
enum
{
	OBSERVED, EXPECTED, REFERENCE_COUNT, REFERENCE_POPULATION
};

static Datum
add_band(FunctionCallInfo fcinfo, const CgMeasureOptions *options,
		 double events, double squares, double population, double standard)
{
	CgMeasureState *state = cg_measure_state(fcinfo, options);
	double		weight;

	cg_at_least_0(events, "count");
	cg_at_least_0(squares, "squares");
	cg_above_0(population, "population");
	cg_at_least_0(standard, "standard");
	weight = standard / population;
	state->sum[0] += events;
	state->sum[1] += population;
	state->sum[2] += standard;
	state->sum[3] += weight * events;
	state->sum[4] += weight * weight * squares;
	state->sum[5] = Max(state->sum[5], weight);
	PG_RETURN_POINTER(state);
}

Datum
cg_dsr_add(PG_FUNCTION_ARGS)
{
	double		events;

	if (cg_has_null(fcinfo, 3))
		return cg_unchanged(fcinfo);
	events = PG_GETARG_FLOAT8(1);
	return add_band(fcinfo, &dsr_options, events, events,
					PG_GETARG_FLOAT8(2), PG_GETARG_FLOAT8(3));
}

Datum
cg_dsr_nonindependent_add(PG_FUNCTION_ARGS)
{
	if (cg_has_null(fcinfo, 4))
		return cg_unchanged(fcinfo);
	if (PG_GETARG_FLOAT8(2) < PG_GETARG_FLOAT8(1))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("squares are below count"),
				 errhint("squares is the sum over people of the square of their number of events.")));
	return add_band(fcinfo, &dsr_nonindependent_options, PG_GETARG_FLOAT8(1),
					PG_GETARG_FLOAT8(2), PG_GETARG_FLOAT8(3), PG_GETARG_FLOAT8(4));
}

Datum
cg_dsr_final(PG_FUNCTION_ARGS)
{
	CgLevels	levels;
	const CgMeasureState *state;
	CgInterval	intervals[CG_MAX_LEVELS];
	CgDsrSums	sums;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = cg_measure_final(fcinfo, CG_MEASURE_DSR, &levels);
	sums.events = state->sum[0];
	sums.population = state->sum[1];
	sums.standard = state->sum[2];
	sums.weighted = state->sum[3];
	sums.variance = state->sum[4];
	sums.largest_weight = state->sum[5];
	if (sums.standard == 0 ||
		(state->method == CG_DSR_DOBSON && sums.events < CG_DSR_MIN_EVENTS))
		return cg_estimate(fcinfo, sums.events, sums.population, NAN, 0, NULL);
	for (int i = 0; i < levels.count; i++)
	{
		intervals[i] = cg_dsr_interval(&sums, levels.level[i],
									   (CgDsrMethod) state->method);
		intervals[i].lower *= state->multiplier;
		intervals[i].upper *= state->multiplier;
	}
	return cg_estimate(fcinfo, sums.events, sums.population,
					   cg_dsr_value(&sums) * state->multiplier,
					   levels.count, intervals);
}

static Datum
add_reference(FunctionCallInfo fcinfo, const CgMeasureOptions *options)
{
	CgMeasureState *state;
	double		population;
	double		reference_count;
	double		reference_population;

	if (cg_has_null(fcinfo, 4))
		return cg_unchanged(fcinfo);
	state = cg_measure_state(fcinfo, options);
	population = cg_at_least_0(PG_GETARG_FLOAT8(2), "population");
	reference_count = cg_at_least_0(PG_GETARG_FLOAT8(3), "reference count");
	reference_population = cg_above_0(PG_GETARG_FLOAT8(4), "reference population");
	state->sum[OBSERVED] += cg_at_least_0(PG_GETARG_FLOAT8(1), "count");
	state->sum[EXPECTED] += population * reference_count / reference_population;
	state->sum[REFERENCE_COUNT] += reference_count;
	state->sum[REFERENCE_POPULATION] += reference_population;
	PG_RETURN_POINTER(state);
}

Datum
cg_isr_ratio_add(PG_FUNCTION_ARGS)
{
	return add_reference(fcinfo, &isr_ratio_options);
}

Datum
cg_isr_rate_add(PG_FUNCTION_ARGS)
{
	return add_reference(fcinfo, &isr_rate_options);
}

/*
 * The ratio of observed to expected, times the reference's crude rate when a
 * rate is wanted.
 */
static Datum
finish_indirect(FunctionCallInfo fcinfo, CgMeasure measure)
{
	CgLevels	levels;
	const CgMeasureState *state;
	double		multiplier;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = cg_measure_final(fcinfo, measure, &levels);
	multiplier = state->multiplier;
	if (measure == CG_MEASURE_ISR_RATE)
		multiplier *= state->sum[REFERENCE_COUNT] / state->sum[REFERENCE_POPULATION];
	return cg_rate_result(fcinfo, state->sum[OBSERVED], state->sum[EXPECTED],
						  multiplier, &levels, (CgCountMethod) state->method);
}

Datum
cg_isr_ratio_final(PG_FUNCTION_ARGS)
{
	return finish_indirect(fcinfo, CG_MEASURE_ISR_RATIO);
}

Datum
cg_isr_rate_final(PG_FUNCTION_ARGS)
{
	return finish_indirect(fcinfo, CG_MEASURE_ISR_RATE);
}
