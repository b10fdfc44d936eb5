/*-------------------------------------------------------------------------
 *
 * funnel.c
 *	  Funnel plots: limits and significance of one unit, overdispersion of a
 *	  peer group as an aggregate, and both as a window function.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "common/cg_compat.h"
#include "variance/funnel_core.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_funnel_limits);
PG_FUNCTION_INFO_V1(cg_funnel_adjusted_limits);
PG_FUNCTION_INFO_V1(cg_sql_funnel_expected_at);
PG_FUNCTION_INFO_V1(cg_sql_funnel_significance);
PG_FUNCTION_INFO_V1(cg_funnel_overdispersion_add);
PG_FUNCTION_INFO_V1(cg_funnel_overdispersion_combine);
PG_FUNCTION_INFO_V1(cg_funnel_overdispersion_final);
PG_FUNCTION_INFO_V1(cg_funnel_window);

static const char *const kind_words[] = {
	[CG_FUNNEL_PROPORTION] = "proportion",
	[CG_FUNNEL_RATE] = "rate",
	[CG_FUNNEL_RATIO] = "ratio"
};

static const char *const limit_words[] = {
	[CG_LIMITS_SCORE] = "score",
	[CG_LIMITS_EXACT] = "exact",
	[CG_LIMITS_CHI_SQUARE] = "chi_square",
	[CG_LIMITS_BYAR] = "byar"
};

static const char *const scale_words[] = {
	[CG_SCALE_LOG] = "log",
	[CG_SCALE_SQUARE_ROOT] = "square_root",
	[CG_SCALE_ARCSINE] = "arcsine",
	[CG_SCALE_LOG_RATIO] = "log_ratio",
	[CG_SCALE_LOG_RATIO_POISSON] = "log_ratio_poisson"
};

static const char *const adjust_words[] = {
	[CG_ADJUST_NONE] = "none",
	[CG_ADJUST_ADDITIVE] = "additive",
	[CG_ADJUST_MULTIPLICATIVE] = "multiplicative"
};

static const char *const estimator_words[] = {"published", "consistent"};

/* Options in an overdispersion state. */
enum
{
	SCALE, TRIM, CONSISTENT, TARGET
};

/* Standard deviations at which the window function's limits stand. */
static double
inner_z(void)
{
	return 1.95996398454005423552;
}

static double
outer_z(void)
{
	return 3.09023230616781354152;
}

static double
trim_argument(double trim)
{
	if (!(trim >= 0 && trim < 0.5))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("trim_share must be at least 0 and below 0.5"),
				 errdetail("It is the share of units at either end.")));
	return trim;
}

static CgFunnelScale
scale_argument(Datum word)
{
	return (CgFunnelScale) cg_word(DatumGetTextPP(word), scale_words,
								   lengthof(scale_words), "scale");
}

static double
target_argument(CgFunnelScale scale, double target)
{
	if (scale == CG_SCALE_ARCSINE)
		return cg_probability(target, "target");
	return cg_above_0(target, "target");
}

static void
check_unit(CgFunnelScale scale, double numerator, double denominator)
{
	cg_at_least_0(numerator, "numerator");
	cg_above_0(denominator, "denominator");
	if (scale == CG_SCALE_ARCSINE)
		cg_check_share(numerator, denominator);
}

static Datum
limits_result(FunctionCallInfo fcinfo, double target, double multiplier,
			  int count, const CgInterval *intervals)
{
	double		lower[CG_MAX_LEVELS];
	double		upper[CG_MAX_LEVELS];
	Datum		values[5];
	bool		nulls[5] = {false};

	for (int i = 0; i < count; i++)
	{
		lower[i] = intervals[i].lower * multiplier;
		upper[i] = intervals[i].upper * multiplier;
	}
	values[0] = Float8GetDatum(target * multiplier);
	values[1] = Float8GetDatum(lower[0]);
	values[2] = Float8GetDatum(upper[0]);
	values[3] = cg_float8_array(lower, count);
	values[4] = cg_float8_array(upper, count);
	return cg_result(fcinfo, values, nulls);
}

/*
 * funnel_limits(denominator, target, kind, alpha, method, multiplier)
 */
Datum
cg_funnel_limits(PG_FUNCTION_ARGS)
{
	double		denominator = cg_above_0(PG_GETARG_FLOAT8(0), "denominator");
	double		target = cg_above_0(PG_GETARG_FLOAT8(1), "target");
	CgFunnelKind kind = (CgFunnelKind) cg_word(PG_GETARG_TEXT_PP(2), kind_words,
											   lengthof(kind_words), "kind");
	CgLevels	alphas = cg_levels(PG_GETARG_DATUM(3), "alpha");
	CgFunnelLimits method = (CgFunnelLimits) cg_word(PG_GETARG_TEXT_PP(4), limit_words,
													 lengthof(limit_words), "method");
	double		multiplier = cg_above_0(PG_GETARG_FLOAT8(5), "multiplier");
	CgInterval	intervals[CG_MAX_LEVELS];

	if (kind == CG_FUNNEL_PROPORTION)
	{
		cg_probability(target, "target");
		if (method != CG_LIMITS_SCORE && method != CG_LIMITS_EXACT)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("this method is not for proportions"),
					 errdetail("The choices are score, exact.")));
		if (method == CG_LIMITS_EXACT && denominator != floor(denominator))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("denominator must be a whole number for exact limits")));
	}
	for (int i = 0; i < alphas.count; i++)
		intervals[i] = cg_funnel_plain(kind, method, target, denominator,
									   alphas.level[i]);
	return limits_result(fcinfo, target, multiplier, alphas.count, intervals);
}

/*
 * funnel_adjusted_limits(denominator, target, scale, phi, tau2, alpha,
 * adjust, multiplier)
 */
Datum
cg_funnel_adjusted_limits(PG_FUNCTION_ARGS)
{
	double		denominator = cg_above_0(PG_GETARG_FLOAT8(0), "denominator");
	CgFunnelOptions options = {.scale = scale_argument(PG_GETARG_DATUM(2))};
	double		target = target_argument(options.scale, PG_GETARG_FLOAT8(1));
	double		phi = cg_at_least_0(PG_GETARG_FLOAT8(3), "phi");
	double		tau2 = cg_at_least_0(PG_GETARG_FLOAT8(4), "tau2");
	CgLevels	alphas = cg_levels(PG_GETARG_DATUM(5), "alpha");
	double		multiplier;
	CgInterval	intervals[CG_MAX_LEVELS];

	options.adjust = (CgFunnelAdjust) cg_word(PG_GETARG_TEXT_PP(6), adjust_words,
											  lengthof(adjust_words), "adjust");
	multiplier = cg_above_0(PG_GETARG_FLOAT8(7), "multiplier");
	for (int i = 0; i < alphas.count; i++)
		intervals[i] = cg_funnel_adjusted(&options,
										  cg_funnel_transform(options.scale, target),
										  phi, tau2, denominator,
										  cg_confidence_z(1 - alphas.level[i]));
	return limits_result(fcinfo, target, multiplier, alphas.count, intervals);
}

Datum
cg_sql_funnel_expected_at(PG_FUNCTION_ARGS)
{
	double		events = cg_at_least_0(PG_GETARG_FLOAT8(0), "events");
	CgInterval	expected = cg_funnel_expected_at(events,
												 cg_probability(PG_GETARG_FLOAT8(1), "alpha"));
	Datum		values[4];
	bool		nulls[4];

	/* the more is expected, the lower so many events lie */
	values[0] = Float8GetDatum(expected.upper);
	values[1] = Float8GetDatum(events / expected.upper);
	values[2] = Float8GetDatum(expected.lower);
	values[3] = cg_float8_or_null(events > 0 ? events / expected.lower : NAN, &nulls[3]);
	nulls[0] = nulls[1] = nulls[2] = false;
	return cg_result(fcinfo, values, nulls);
}

/*
 * funnel_significance(numerator, denominator, target, kind, alpha)
 */
Datum
cg_sql_funnel_significance(PG_FUNCTION_ARGS)
{
	double		numerator = cg_at_least_0(PG_GETARG_FLOAT8(0), "numerator");
	double		denominator = cg_above_0(PG_GETARG_FLOAT8(1), "denominator");
	double		target = cg_above_0(PG_GETARG_FLOAT8(2), "target");
	CgFunnelKind kind = (CgFunnelKind) cg_word(PG_GETARG_TEXT_PP(3), kind_words,
											   lengthof(kind_words), "kind");
	CgLevels	alphas = cg_levels(PG_GETARG_DATUM(4), "alpha");

	if (kind == CG_FUNNEL_PROPORTION)
	{
		cg_check_share(numerator, denominator);
		cg_probability(target, "target");
	}
	PG_RETURN_INT32(cg_funnel_significance(kind, numerator, denominator, target,
										   alphas.level, alphas.count));
}

/*
 * The aggregate funnel_overdispersion(numerator, denominator, scale, trim,
 * estimator, target).
 */
static CgRowState *
new_overdispersion(FunctionCallInfo fcinfo)
{
	CgRowState *state = cg_row_state_new(CG_ROWS_FUNNEL, 2);

	cg_refuse_null(fcinfo, 3, "scale");
	state->options[SCALE] = scale_argument(PG_GETARG_DATUM(3));
	state->options[TRIM] = 0.1;
	state->options[TARGET] = -1;
	if (PG_NARGS() > 4)
	{
		cg_refuse_null(fcinfo, 4, "trim_share");
		state->options[TRIM] = trim_argument(PG_GETARG_FLOAT8(4));
		cg_refuse_null(fcinfo, 5, "estimator");
		state->options[CONSISTENT] = cg_word(PG_GETARG_TEXT_PP(5), estimator_words,
											 lengthof(estimator_words), "estimator");
		if (!PG_ARGISNULL(6))
			state->options[TARGET] = target_argument((CgFunnelScale) state->options[SCALE],
													 PG_GETARG_FLOAT8(6));
	}
	return state;
}

Datum
cg_funnel_overdispersion_add(PG_FUNCTION_ARGS)
{
	CgRowState *state;
	double		row[2];

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return cg_unchanged(fcinfo);
	state = cg_row_state(fcinfo, 0, CG_ROWS_FUNNEL, 2);
	if (state == NULL)
		state = new_overdispersion(fcinfo);
	row[0] = PG_GETARG_FLOAT8(1);
	row[1] = PG_GETARG_FLOAT8(2);
	check_unit((CgFunnelScale) state->options[SCALE], row[0], row[1]);
	PG_RETURN_POINTER(cg_row_state_add(state, row));
}

Datum
cg_funnel_overdispersion_combine(PG_FUNCTION_ARGS)
{
	return cg_row_state_combine(fcinfo, CG_ROWS_FUNNEL, 2);
}

static void
refuse_empty_target(const CgFunnelDispersion *dispersion, CgFunnelScale scale)
{
	if (!(dispersion->target > 0) ||
		(scale == CG_SCALE_ARCSINE && dispersion->target >= 1))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the peer group has no target"),
				 errdetail("All its numerators are 0, or all equal their denominators."),
				 errhint("Give a target.")));
}

Datum
cg_funnel_overdispersion_final(PG_FUNCTION_ARGS)
{
	CgRowState *state = cg_row_state(fcinfo, 0, CG_ROWS_FUNNEL, 2);
	CgFunnelOptions options = {0};
	CgFunnelDispersion dispersion;
	double	   *numerator;
	double	   *denominator;
	Datum		values[7];
	bool		nulls[7] = {false};

	if (state == NULL)
		PG_RETURN_NULL();
	options.scale = (CgFunnelScale) state->options[SCALE];
	options.trim = state->options[TRIM];
	options.consistent = state->options[CONSISTENT] != 0;
	numerator = palloc_extended(sizeof(double) * 3 * state->rows, MCXT_ALLOC_HUGE);
	denominator = numerator + state->rows;
	for (int i = 0; i < state->rows; i++)
	{
		numerator[i] = state->data[2 * i];
		denominator[i] = state->data[2 * i + 1];
	}
	dispersion = cg_funnel_dispersion(&options, numerator, denominator, state->rows,
									  state->options[TARGET] < 0 ? NAN : state->options[TARGET],
									  numerator + 2 * (Size) state->rows, cg_stop_requested);
	refuse_empty_target(&dispersion, options.scale);
	values[0] = Int64GetDatum((int64) dispersion.units);
	values[1] = Int64GetDatum((int64) dispersion.kept);
	values[2] = Float8GetDatum(dispersion.target);
	values[3] = cg_float8_or_null(dispersion.phi, &nulls[3]);
	values[4] = cg_float8_or_null(dispersion.tau2, &nulls[4]);
	values[5] = cg_float8_or_null(isfinite(dispersion.low) ? dispersion.low : NAN, &nulls[5]);
	values[6] = cg_float8_or_null(isfinite(dispersion.high) ? dispersion.high : NAN, &nulls[6]);
	return cg_result(fcinfo, values, nulls);
}

/*
 * The window function funnel(numerator, denominator, scale, trim, adjust,
 * estimator, target, multiplier).
 */
typedef struct FunnelGroup
{
	CgFunnelOptions options;
	CgFunnelDispersion dispersion;
	double		multiplier;
} FunnelGroup;

static void
prepare_group(FunctionCallInfo fcinfo, CgPartition *partition)
{
	FunnelGroup *group = cg_partition_alloc(partition, sizeof(FunnelGroup));
	WindowObject window = PG_WINDOW_OBJECT();
	double		target = NAN;
	double	   *work;
	bool		is_null;
	Datum		value;

	partition->results = group;
	group->options.scale = scale_argument(cg_window_option(fcinfo, 2, "scale"));
	group->options.trim = trim_argument(DatumGetFloat8(cg_window_option(fcinfo, 3, "trim_share")));
	group->options.adjust = (CgFunnelAdjust)
		cg_word(DatumGetTextPP(cg_window_option(fcinfo, 4, "adjust")),
				adjust_words, lengthof(adjust_words), "adjust");
	group->options.consistent =
		cg_word(DatumGetTextPP(cg_window_option(fcinfo, 5, "estimator")),
				estimator_words, lengthof(estimator_words), "estimator") != 0;
	value = WinGetFuncArgCurrent(window, 6, &is_null);
	if (!is_null)
		target = target_argument(group->options.scale, DatumGetFloat8(value));
	group->multiplier = cg_above_0(DatumGetFloat8(cg_window_option(fcinfo, 7, "multiplier")),
								   "multiplier");
	for (int64 i = 0; i < partition->count; i++)
		check_unit(group->options.scale, partition->column[0][i], partition->column[1][i]);
	if (partition->count == 0)
		return;
	work = cg_partition_alloc(partition, sizeof(double) * partition->count);
	group->dispersion = cg_funnel_dispersion(&group->options, partition->column[0],
											 partition->column[1], partition->count,
											 target, work, cg_stop_requested);
	pfree(work);
	refuse_empty_target(&group->dispersion, group->options.scale);
}

static int
level_of(double value, CgInterval inner, CgInterval outer)
{
	return (value > inner.upper) + (value > outer.upper) -
		(value < inner.lower) - (value < outer.lower);
}

static Datum
point_of(FunctionCallInfo fcinfo, const FunnelGroup *group, double numerator,
		 double denominator)
{
	const CgFunnelDispersion *dispersion = &group->dispersion;
	CgFunnelScore score = cg_funnel_score(group->options.scale, dispersion->transformed,
										  numerator, denominator);
	CgInterval	inner = cg_funnel_adjusted(&group->options, dispersion->transformed,
										   dispersion->phi, dispersion->tau2,
										   denominator, inner_z());
	CgInterval	outer = cg_funnel_adjusted(&group->options, dispersion->transformed,
										   dispersion->phi, dispersion->tau2,
										   denominator, outer_z());
	double		value = numerator / denominator;
	double		kept = NAN;
	Datum		values[12];
	bool		nulls[12] = {false};

	if (!cg_funnel_keeps(group->options.scale, dispersion, score.z, &kept))
		kept = NAN;
	values[0] = Float8GetDatum(value * group->multiplier);
	values[1] = Float8GetDatum(dispersion->target * group->multiplier);
	values[2] = cg_float8_or_null(score.z, &nulls[2]);
	values[3] = cg_float8_or_null(kept, &nulls[3]);
	values[4] = cg_float8_or_null(dispersion->phi, &nulls[4]);
	values[5] = cg_float8_or_null(dispersion->tau2, &nulls[5]);
	values[6] = Float8GetDatum(inner.lower * group->multiplier);
	values[7] = Float8GetDatum(inner.upper * group->multiplier);
	values[8] = Float8GetDatum(outer.lower * group->multiplier);
	values[9] = Float8GetDatum(outer.upper * group->multiplier);
	values[10] = cg_float8_or_null(cg_funnel_adjusted_z(&group->options, dispersion->phi,
														dispersion->tau2, score),
								   &nulls[10]);
	values[11] = Int32GetDatum(level_of(value, inner, outer));
	return cg_result(fcinfo, values, nulls);
}

Datum
cg_funnel_window(PG_FUNCTION_ARGS)
{
	CgPartition *partition;
	int32		row;

	if (cg_partition(fcinfo, 2, 0, &partition))
		prepare_group(fcinfo, partition);
	row = cg_partition_row(fcinfo, partition);
	if (row < 0)
		PG_RETURN_NULL();
	return point_of(fcinfo, (FunnelGroup *) partition->results,
					partition->column[0][row], partition->column[1][row]);
}
