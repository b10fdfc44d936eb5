/*-------------------------------------------------------------------------
 *
 * rate.c
 *	  Intervals of one count, rate or proportion, and comparisons of two.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "variance/rate.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_wilson_lower);
PG_FUNCTION_INFO_V1(cg_wilson_upper);
PG_FUNCTION_INFO_V1(cg_byar_lower);
PG_FUNCTION_INFO_V1(cg_byar_upper);
PG_FUNCTION_INFO_V1(cg_poisson_lower);
PG_FUNCTION_INFO_V1(cg_poisson_upper);
PG_FUNCTION_INFO_V1(cg_proportion_estimate);
PG_FUNCTION_INFO_V1(cg_rate_estimate);
PG_FUNCTION_INFO_V1(cg_sql_rate_ratio);
PG_FUNCTION_INFO_V1(cg_sql_rate_difference);
PG_FUNCTION_INFO_V1(cg_sql_proportion_difference);

const char *const cg_count_method_words[3] = {
	[CG_COUNT_BYAR_EXACT] = "byar_exact",
	[CG_COUNT_BYAR] = "byar",
	[CG_COUNT_EXACT] = "exact"
};

/*
 * False where there is no interval: none of nobody.
 */
static bool
wilson_arguments(FunctionCallInfo fcinfo, CgInterval *interval)
{
	double		numerator = cg_at_least_0(PG_GETARG_FLOAT8(0), "numerator");
	double		denominator = cg_at_least_0(PG_GETARG_FLOAT8(1), "denominator");
	double		confidence = cg_probability(PG_GETARG_FLOAT8(2), "confidence");

	cg_check_share(numerator, denominator);
	if (denominator == 0)
		return false;
	*interval = cg_wilson_interval(numerator, denominator, confidence);
	return true;
}

Datum
cg_wilson_lower(PG_FUNCTION_ARGS)
{
	CgInterval	interval;

	if (!wilson_arguments(fcinfo, &interval))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(interval.lower);
}

Datum
cg_wilson_upper(PG_FUNCTION_ARGS)
{
	CgInterval	interval;

	if (!wilson_arguments(fcinfo, &interval))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(interval.upper);
}

static CgInterval
count_arguments(FunctionCallInfo fcinfo, CgCountMethod method)
{
	return cg_count_interval(cg_at_least_0(PG_GETARG_FLOAT8(0), "events"),
							 cg_probability(PG_GETARG_FLOAT8(1), "confidence"),
							 method);
}

Datum
cg_byar_lower(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(count_arguments(fcinfo, CG_COUNT_BYAR).lower);
}

Datum
cg_byar_upper(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(count_arguments(fcinfo, CG_COUNT_BYAR).upper);
}

Datum
cg_poisson_lower(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(count_arguments(fcinfo, CG_COUNT_EXACT).lower);
}

Datum
cg_poisson_upper(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(count_arguments(fcinfo, CG_COUNT_EXACT).upper);
}

Datum
cg_proportion_result(FunctionCallInfo fcinfo, double numerator,
					 double denominator, double multiplier,
					 const CgLevels *levels)
{
	CgInterval	intervals[CG_MAX_LEVELS];

	if (denominator == 0)
		return cg_estimate(fcinfo, numerator, 0, NAN, 0, NULL);
	for (int i = 0; i < levels->count; i++)
	{
		intervals[i] = cg_wilson_interval(numerator, denominator, levels->level[i]);
		intervals[i].lower *= multiplier;
		intervals[i].upper *= multiplier;
	}
	return cg_estimate(fcinfo, numerator, denominator,
					   multiplier * numerator / denominator,
					   levels->count, intervals);
}

Datum
cg_rate_result(FunctionCallInfo fcinfo, double events, double population,
			   double multiplier, const CgLevels *levels, CgCountMethod method)
{
	CgInterval	intervals[CG_MAX_LEVELS];

	if (population == 0)
		return cg_estimate(fcinfo, events, 0, NAN, 0, NULL);
	for (int i = 0; i < levels->count; i++)
	{
		intervals[i] = cg_count_interval(events, levels->level[i], method);
		intervals[i].lower *= multiplier / population;
		intervals[i].upper *= multiplier / population;
	}
	return cg_estimate(fcinfo, events, population,
					   multiplier * events / population,
					   levels->count, intervals);
}

Datum
cg_proportion_estimate(PG_FUNCTION_ARGS)
{
	double		numerator = cg_at_least_0(PG_GETARG_FLOAT8(0), "numerator");
	double		denominator = cg_at_least_0(PG_GETARG_FLOAT8(1), "denominator");
	double		multiplier = cg_above_0(PG_GETARG_FLOAT8(2), "multiplier");
	CgLevels	levels = cg_levels(PG_GETARG_DATUM(3), "confidence");

	cg_check_share(numerator, denominator);
	return cg_proportion_result(fcinfo, numerator, denominator, multiplier, &levels);
}

Datum
cg_rate_estimate(PG_FUNCTION_ARGS)
{
	double		events = cg_at_least_0(PG_GETARG_FLOAT8(0), "events");
	double		population = cg_at_least_0(PG_GETARG_FLOAT8(1), "population");
	double		multiplier = cg_above_0(PG_GETARG_FLOAT8(2), "multiplier");
	CgLevels	levels = cg_levels(PG_GETARG_DATUM(3), "confidence");
	int			method = cg_word(PG_GETARG_TEXT_PP(4), cg_count_method_words,
								 lengthof(cg_count_method_words), "method");

	return cg_rate_result(fcinfo, events, population, multiplier, &levels,
						  (CgCountMethod) method);
}

/*
 * Comparisons: a value or a limit that does not exist is NULL, an infinite one
 * is infinite.
 */
typedef CgComparison (*Compare) (double, double, double, double, double);

static Datum
compare(FunctionCallInfo fcinfo, Compare comparison, bool shares, bool scaled)
{
	double		first = cg_at_least_0(PG_GETARG_FLOAT8(0), "first numerator");
	double		of_first = cg_above_0(PG_GETARG_FLOAT8(1), "first denominator");
	double		second = cg_at_least_0(PG_GETARG_FLOAT8(2), "second numerator");
	double		of_second = cg_above_0(PG_GETARG_FLOAT8(3), "second denominator");
	double		multiplier = 1;
	double		confidence;
	CgComparison result;
	Datum		values[4];
	bool		nulls[4];

	if (scaled)
		multiplier = cg_above_0(PG_GETARG_FLOAT8(4), "multiplier");
	confidence = cg_probability(PG_GETARG_FLOAT8(scaled ? 5 : 4), "confidence");
	if (shares)
	{
		cg_check_share(first, of_first);
		cg_check_share(second, of_second);
	}
	result = comparison(first, of_first, second, of_second, confidence);
	values[0] = cg_float8_or_null(result.value * multiplier, &nulls[0]);
	values[1] = cg_float8_or_null(result.interval.lower * multiplier, &nulls[1]);
	values[2] = cg_float8_or_null(result.interval.upper * multiplier, &nulls[2]);
	values[3] = cg_float8_or_null(result.p_value, &nulls[3]);
	return cg_result(fcinfo, values, nulls);
}

Datum
cg_sql_rate_ratio(PG_FUNCTION_ARGS)
{
	return compare(fcinfo, cg_rate_ratio, false, false);
}

Datum
cg_sql_rate_difference(PG_FUNCTION_ARGS)
{
	return compare(fcinfo, cg_rate_difference, false, true);
}

Datum
cg_sql_proportion_difference(PG_FUNCTION_ARGS)
{
	return compare(fcinfo, cg_proportion_difference, true, false);
}
