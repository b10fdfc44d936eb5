/*-------------------------------------------------------------------------
 *
 * components.c
 *	  forecast_components and series_strength: the parts of a series that
 *	  comes as an array.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "demand/components.h"
#include "demand/decompose_core.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_forecast_components);

static const char *const method_words[] = {"stl", "classical"};

static const char *const result_words[] = {"stl", "mstl", "classical"};

double *
cg_read_series(Datum array, int *count, bool nulls_allowed, const char *name)
{
	ArrayType  *values = DatumGetArrayTypeP(array);
	Datum	   *elements;
	bool	   *nulls;
	double	   *copy;

	if (ARR_NDIM(values) > 1 || ARR_ELEMTYPE(values) != FLOAT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must be a list of numbers", name)));
	deconstruct_array(values, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL,
					  TYPALIGN_DOUBLE, &elements, &nulls, count);
	if (*count > CG_MOST_VALUES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s has too many values", name),
				 errdetail("The most is %d.", CG_MOST_VALUES)));
	copy = palloc(sizeof(double) * Max(*count, 1));
	for (int i = 0; i < *count; i++)
	{
		if (nulls[i] && !nulls_allowed)
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("value %d of %s is null", i + 1, name),
					 errhint("series_fill() fills what is missing, by a rule that you choose.")));
		copy[i] = nulls[i] ? NAN : DatumGetFloat8(elements[i]);
		if (!nulls[i] && !isfinite(copy[i]))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("value %d of %s is not finite", i + 1, name)));
	}
	pfree(elements);
	pfree(nulls);
	return copy;
}

Datum
cg_series_datum(const double *values, int count)
{
	Datum	   *elements = palloc(sizeof(Datum) * Max(count, 1));
	bool	   *nulls = palloc(sizeof(bool) * Max(count, 1));
	int			lower = 1;
	ArrayType  *array;

	for (int i = 0; i < count; i++)
	{
		nulls[i] = isnan(values[i]);
		elements[i] = Float8GetDatum(values[i]);
	}
	array = construct_md_array(elements, nulls, 1, &count, &lower, FLOAT8OID,
							   sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
	pfree(elements);
	pfree(nulls);
	return PointerGetDatum(array);
}

void
cg_decompose_report(CgDecomposeStatus status)
{
	switch (status)
	{
		case CG_DECOMPOSE_OK:
			return;
		case CG_DECOMPOSE_STOPPED:
			CHECK_FOR_INTERRUPTS();
			elog(ERROR, "decomposition stopped without a reason");
			break;
		case CG_DECOMPOSE_PERIOD:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("period must be 2 or more"),
					 errdetail("It is the number of values from one season to the same season, such as 12 for months or 7 for days.")));
			break;
		case CG_DECOMPOSE_TOO_SHORT:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the series is too short for its period"),
					 errdetail("A season shows itself in more than two periods of values.")));
			break;
		case CG_DECOMPOSE_NOT_POSITIVE:
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("a multiplicative decomposition needs values above 0"),
					 errhint("Use multiplicative => false.")));
			break;
		case CG_DECOMPOSE_OPTION:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("seasonal_window must be 0 or from 3 to 1000000")));
			break;
		case CG_DECOMPOSE_OVERFLOW:
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("components are out of range")));
			break;
	}
}

static int
compare_periods(const void *a, const void *b)
{
	int32		left = *(const int32 *) a;
	int32		right = *(const int32 *) b;

	return (left > right) - (left < right);
}

/*
 * The periods, shortest first.  Other than the core, which leaves out those
 * that cannot be used, this refuses them: the user named them.
 */
static int
read_periods(Datum array, int n, int *periods)
{
	ArrayType  *values = DatumGetArrayTypeP(array);
	int			count;

	if (ARR_NDIM(values) != 1 || array_contains_nulls(values) ||
		ARR_DIMS(values)[0] > CG_MSTL_PERIODS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("period must list 1 to %d periods", CG_MSTL_PERIODS)));
	count = ARR_DIMS(values)[0];
	memcpy(periods, ARR_DATA_PTR(values), sizeof(int) * count);
	qsort(periods, count, sizeof(int), compare_periods);
	for (int i = 0; i < count; i++)
	{
		if (periods[i] < 2)
			cg_decompose_report(CG_DECOMPOSE_PERIOD);
		if (periods[i] > n / 2)
			cg_decompose_report(CG_DECOMPOSE_TOO_SHORT);
		if (i > 0 && periods[i] == periods[i - 1])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("period lists a period twice")));
	}
	return count;
}

/* The parts of a series; seasonal has one row a period. */
typedef struct Components
{
	int			n;
	int			count;
	double	   *trend;
	double	   *seasonal;
	double	   *remainder;
} Components;

static void
classical(const double *y, const int *periods, bool multiplicative,
		  Components *parts)
{
	double	   *figure = palloc(sizeof(double) * periods[0]);

	if (parts->count > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("classical decomposition has one period"),
				 errhint("Use stl for several.")));
	cg_decompose_report(cg_decompose_classical(y, parts->n, periods[0], multiplicative,
											   figure, parts->trend, parts->remainder));
	for (int i = 0; i < parts->n; i++)
		parts->seasonal[i] = figure[i % periods[0]];
	pfree(figure);
}

/*
 * STL or MSTL, of the logarithms where it is multiplicative.
 */
static void
loess(double *y, const int *periods, bool multiplicative, const int *windows,
	  bool robust, Components *parts)
{
	double	   *work = palloc_extended(sizeof(double) * cg_mstl_work_size(parts->n, periods, parts->count),
									   MCXT_ALLOC_HUGE);

	for (int i = 0; multiplicative && i < parts->n; i++)
	{
		if (!(y[i] > 0))
			cg_decompose_report(CG_DECOMPOSE_NOT_POSITIVE);
		y[i] = log(y[i]);
	}
	cg_decompose_report(cg_mstl(y, parts->n, periods, parts->count, windows, 2, robust,
								parts->seasonal, parts->trend, parts->remainder,
								work, cg_stop_requested));
	pfree(work);
}

static void
exponentiate(double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
	{
		values[i] = exp(values[i]);
		if (isinf(values[i]))
			cg_decompose_report(CG_DECOMPOSE_OVERFLOW);
	}
}

static Datum
seasonals_datum(const Components *parts)
{
	int			dims[2] = {parts->count, parts->n};
	int			lower[2] = {1, 1};
	Size		total = (Size) parts->count * parts->n;
	Datum	   *elements = palloc_extended(sizeof(Datum) * total, MCXT_ALLOC_HUGE);

	for (Size i = 0; i < total; i++)
		elements[i] = Float8GetDatum(parts->seasonal[i]);
	return PointerGetDatum(construct_md_array(elements, NULL, 2, dims, lower, FLOAT8OID,
											  sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

static Datum
periods_datum(const int *periods, int count)
{
	Datum		elements[CG_MSTL_PERIODS];

	for (int i = 0; i < count; i++)
		elements[i] = Int32GetDatum(periods[i]);
	return PointerGetDatum(construct_array(elements, count, INT4OID, sizeof(int32),
										   true, TYPALIGN_INT));
}

/*
 * Strengths are those of what was added up: of logarithms where the
 * components multiply.
 */
static void
strengths(const Components *parts, bool logs, double *trend, double *seasonal)
{
	double	   *copies = palloc_extended(sizeof(double) * parts->n * 3, MCXT_ALLOC_HUGE);
	double	   *rest = copies + parts->n;
	double	   *component = copies + 2 * (Size) parts->n;

	for (int i = 0; i < parts->n; i++)
	{
		copies[i] = logs ? log(parts->trend[i]) : parts->trend[i];
		rest[i] = logs ? log(parts->remainder[i]) : parts->remainder[i];
	}
	*trend = cg_component_strength(copies, rest, parts->n);
	for (int k = 0; k < parts->count; k++)
	{
		for (int i = 0; i < parts->n; i++)
			component[i] = logs ? log(parts->seasonal[(Size) k * parts->n + i]) :
				parts->seasonal[(Size) k * parts->n + i];
		seasonal[k] = cg_component_strength(component, rest, parts->n);
	}
	pfree(copies);
}

/*
 * forecast_components(history, period, method, multiplicative,
 * seasonal_window, robust)
 */
Datum
cg_forecast_components(PG_FUNCTION_ARGS)
{
	Components	parts = {0};
	int			periods[CG_MSTL_PERIODS];
	int			windows[CG_MSTL_PERIODS];
	double		strength[CG_MSTL_PERIODS];
	bool		is_classical;
	bool		multiplicative;
	bool		given_window = !PG_ARGISNULL(4);
	double	   *y;
	double		trend_strength;
	Datum		values[8];
	bool		nulls[8] = {false};

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	cg_refuse_null(fcinfo, 1, "period");
	cg_refuse_null(fcinfo, 2, "method");
	cg_refuse_null(fcinfo, 3, "multiplicative");
	cg_refuse_null(fcinfo, 5, "robust");
	is_classical = cg_word(PG_GETARG_TEXT_PP(2), method_words, lengthof(method_words), "method") == 1;
	multiplicative = PG_GETARG_BOOL(3);
	y = cg_read_series(PG_GETARG_DATUM(0), &parts.n, false, "history");
	if (parts.n == 0)
		PG_RETURN_NULL();
	parts.count = read_periods(PG_GETARG_DATUM(1), parts.n, periods);
	for (int k = 0; given_window && k < parts.count; k++)
	{
		windows[k] = PG_GETARG_INT32(4);
		if (windows[k] != 0 && (windows[k] < 3 || windows[k] > 1000000))
			cg_decompose_report(CG_DECOMPOSE_OPTION);
	}
	parts.trend = palloc(sizeof(double) * parts.n);
	parts.remainder = palloc(sizeof(double) * parts.n);
	parts.seasonal = palloc_extended(sizeof(double) * parts.n * parts.count, MCXT_ALLOC_HUGE);
	if (is_classical)
		classical(y, periods, multiplicative, &parts);
	else
		loess(y, periods, multiplicative, given_window ? windows : NULL,
			  PG_GETARG_BOOL(5), &parts);
	/* logarithms are still there after STL, not after the classical way */
	strengths(&parts, is_classical && multiplicative, &trend_strength, strength);
	if (multiplicative && !is_classical)
	{
		exponentiate(parts.trend, parts.n);
		exponentiate(parts.remainder, parts.n);
		exponentiate(parts.seasonal, (size_t) parts.n * parts.count);
	}
	values[0] = CStringGetTextDatum(result_words[is_classical ? 2 : parts.count > 1]);
	values[1] = periods_datum(periods, parts.count);
	values[2] = cg_series_datum(parts.trend, parts.n);
	values[4] = seasonals_datum(&parts);
	for (int k = 1; k < parts.count; k++)
	{
		for (int i = 0; i < parts.n; i++)
		{
			if (multiplicative)
				parts.seasonal[i] *= parts.seasonal[(Size) k * parts.n + i];
			else
				parts.seasonal[i] += parts.seasonal[(Size) k * parts.n + i];
		}
	}
	values[3] = cg_series_datum(parts.seasonal, parts.n);
	values[5] = cg_series_datum(parts.remainder, parts.n);
	values[6] = Float8GetDatum(trend_strength);
	values[7] = cg_float8_array(strength, parts.count);
	return cg_result(fcinfo, values, nulls);
}
