/*-------------------------------------------------------------------------
 *
 * variation.c
 *	  Measures of variation across units as aggregates, shrunken ratios and
 *	  quantile groups as window functions.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"

#include "common/cg_compat.h"
#include "numeric/order.h"
#include "variance/rate_glue.h"
#include "variance/variation_core.h"

PG_FUNCTION_INFO_V1(cg_variation_add);
PG_FUNCTION_INFO_V1(cg_variation_combine);
PG_FUNCTION_INFO_V1(cg_variation_final);
PG_FUNCTION_INFO_V1(cg_small_areas_add);
PG_FUNCTION_INFO_V1(cg_small_areas_combine);
PG_FUNCTION_INFO_V1(cg_small_areas_final);
PG_FUNCTION_INFO_V1(cg_shrunken_ratio_window);
PG_FUNCTION_INFO_V1(cg_quantile_group_window);

/* Options of a state of variation(). */
#define WEIGHTED 0

/*
 * variation(value) and variation(value, weight)
 */
Datum
cg_variation_add(PG_FUNCTION_ARGS)
{
	bool		weighted = PG_NARGS() > 2;
	CgRowState *state;
	double		row[2] = {0, 1};

	if (PG_ARGISNULL(1) || (weighted && PG_ARGISNULL(2)))
		return cg_unchanged(fcinfo);
	state = cg_row_state(fcinfo, 0, CG_ROWS_VARIATION, 2);
	if (state == NULL)
	{
		state = cg_row_state_new(CG_ROWS_VARIATION, 2);
		state->options[WEIGHTED] = weighted;
	}
	row[0] = cg_at_least_0(PG_GETARG_FLOAT8(1), "value");
	if (weighted)
		row[1] = cg_above_0(PG_GETARG_FLOAT8(2), "weight");
	PG_RETURN_POINTER(cg_row_state_add(state, row));
}

Datum
cg_variation_combine(PG_FUNCTION_ARGS)
{
	return cg_row_state_combine(fcinfo, CG_ROWS_VARIATION, 2);
}

/*
 * The columns of a state of two, each by itself, and room for as many again.
 */
static double *
two_columns(const CgRowState *state)
{
	double	   *columns = palloc_extended(sizeof(double) * 3 * state->rows, MCXT_ALLOC_HUGE);

	for (int i = 0; i < state->rows; i++)
	{
		columns[i] = state->data[2 * i];
		columns[state->rows + i] = state->data[2 * i + 1];
	}
	return columns;
}

Datum
cg_variation_final(PG_FUNCTION_ARGS)
{
	CgRowState *state = cg_row_state(fcinfo, 0, CG_ROWS_VARIATION, 2);
	CgDispersion d;
	double	   *columns;
	Datum		values[13];
	bool		nulls[13] = {false};

	if (state == NULL)
		PG_RETURN_NULL();
	columns = two_columns(state);
	d = cg_dispersion(columns, state->options[WEIGHTED] != 0 ? columns + state->rows : NULL,
					  state->rows);
	values[0] = Int64GetDatum(state->rows);
	values[1] = cg_float8_or_null(d.mean, &nulls[1]);
	values[2] = cg_float8_or_null(d.cv_sample, &nulls[2]);
	values[3] = cg_float8_or_null(d.cv_population, &nulls[3]);
	values[4] = cg_float8_or_null(d.cv_weighted, &nulls[4]);
	values[5] = cg_float8_or_null(d.gini, &nulls[5]);
	values[6] = cg_float8_or_null(d.gini_corrected, &nulls[6]);
	values[7] = cg_float8_or_null(d.theil_t, &nulls[7]);
	values[8] = cg_float8_or_null(d.theil_l, &nulls[8]);
	values[9] = cg_float8_or_null(d.extremal_quotient, &nulls[9]);
	values[10] = cg_float8_or_null(d.external_quotient, &nulls[10]);
	values[11] = cg_float8_or_null(d.interquartile_ratio, &nulls[11]);
	values[12] = cg_float8_or_null(d.interdecile_ratio, &nulls[12]);
	return cg_result(fcinfo, values, nulls);
}

/*
 * small_area_variation(observed, expected) and the same with confidence
 */
Datum
cg_small_areas_add(PG_FUNCTION_ARGS)
{
	CgRowState *state;
	double		row[2];

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return cg_unchanged(fcinfo);
	state = cg_row_state(fcinfo, 0, CG_ROWS_SMALL_AREAS, 2);
	if (state == NULL)
	{
		CgLevels	levels = {1, {0.95}};

		if (PG_NARGS() > 3)
		{
			cg_refuse_null(fcinfo, 3, "confidence");
			levels.level[0] = cg_probability(PG_GETARG_FLOAT8(3), "confidence");
		}
		state = cg_row_state_new(CG_ROWS_SMALL_AREAS, 2);
		cg_row_state_set_levels(state, &levels);
	}
	row[0] = cg_at_least_0(PG_GETARG_FLOAT8(1), "observed");
	row[1] = cg_above_0(PG_GETARG_FLOAT8(2), "expected");
	PG_RETURN_POINTER(cg_row_state_add(state, row));
}

Datum
cg_small_areas_combine(PG_FUNCTION_ARGS)
{
	return cg_row_state_combine(fcinfo, CG_ROWS_SMALL_AREAS, 2);
}

Datum
cg_small_areas_final(PG_FUNCTION_ARGS)
{
	CgRowState *state = cg_row_state(fcinfo, 0, CG_ROWS_SMALL_AREAS, 2);
	CgSmallAreas areas;
	CgInterval	interval = {NAN, NAN};
	CgLevels	levels;
	double	   *columns;
	Datum		values[15];
	bool		nulls[15] = {false};

	if (state == NULL)
		PG_RETURN_NULL();
	levels = cg_row_state_levels(state);
	columns = two_columns(state);
	areas = cg_small_areas(columns, columns + state->rows, state->rows,
						   columns + 2 * (Size) state->rows, cg_stop_requested);
	if (state->rows > 1)
		interval = cg_scv_interval(columns, columns + state->rows, state->rows,
								   levels.level[0], cg_stop_requested);
	values[0] = Int64GetDatum(state->rows);
	values[1] = Float8GetDatum(areas.observed);
	values[2] = Float8GetDatum(areas.expected);
	values[3] = cg_float8_or_null(areas.scv, &nulls[3]);
	values[4] = cg_float8_or_null(interval.lower, &nulls[4]);
	values[5] = cg_float8_or_null(interval.upper, &nulls[5]);
	values[6] = cg_float8_or_null(areas.scv_mcpherson, &nulls[6]);
	values[7] = cg_float8_or_null(areas.chi_square, &nulls[7]);
	values[8] = cg_float8_or_null(areas.degrees, &nulls[8]);
	values[9] = cg_float8_or_null(areas.p_value, &nulls[9]);
	values[10] = cg_float8_or_null(isinf(areas.alpha) ? NAN : areas.alpha, &nulls[10]);
	values[11] = Float8GetDatum(isinf(areas.alpha) ? 0 : 1 / areas.alpha);
	values[12] = cg_float8_or_null(areas.quotient_80_20, &nulls[12]);
	values[13] = cg_float8_or_null(areas.quotient_90_10, &nulls[13]);
	values[14] = cg_float8_or_null(areas.share_ratio, &nulls[14]);
	return cg_result(fcinfo, values, nulls);
}

/*
 * shrunken_ratio(observed, expected, confidence) over the peer group
 */
Datum
cg_shrunken_ratio_window(PG_FUNCTION_ARGS)
{
	CgPartition *partition;
	double	   *shared;
	double		observed;
	double		expected;
	CgInterval	interval;
	int32		row;
	Datum		values[5];
	bool		nulls[5] = {false};

	if (cg_partition(fcinfo, 2, 0, &partition))
	{
		for (int64 i = 0; i < partition->count; i++)
		{
			cg_at_least_0(partition->column[0][i], "observed");
			cg_above_0(partition->column[1][i], "expected");
		}
		shared = partition->results = cg_partition_alloc(partition, 2 * sizeof(double));
		shared[0] = cg_shrinkage_alpha(partition->column[0], partition->column[1],
									   partition->count, cg_stop_requested);
		shared[1] = cg_probability(DatumGetFloat8(cg_window_option(fcinfo, 2, "confidence")),
								   "confidence");
	}
	shared = partition->results;
	row = cg_partition_row(fcinfo, partition);
	if (row < 0)
		PG_RETURN_NULL();
	observed = partition->column[0][row];
	expected = partition->column[1][row];
	interval = cg_shrunken_interval(observed, expected, shared[0], shared[1]);
	values[0] = Float8GetDatum(observed / expected);
	values[1] = Float8GetDatum(cg_shrunken_ratio(observed, expected, shared[0]));
	values[2] = Float8GetDatum(interval.lower);
	values[3] = Float8GetDatum(interval.upper);
	values[4] = cg_float8_or_null(isinf(shared[0]) ? NAN : shared[0], &nulls[4]);
	return cg_result(fcinfo, values, nulls);
}

/*
 * quantile_group(value, groups, highest_first): the number of units that rank
 * strictly before a value decides; equal values share a group.
 */
typedef struct QuantileGroups
{
	double	   *sorted;
	int			groups;
	bool		highest_first;
} QuantileGroups;

static int64
count_below(const double *sorted, int64 count, double value, bool or_equal)
{
	int64		low = 0;
	int64		high = count;

	while (low < high)
	{
		int64		middle = low + (high - low) / 2;

		if (sorted[middle] < value || (or_equal && sorted[middle] == value))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
prepare_quantiles(FunctionCallInfo fcinfo, CgPartition *partition)
{
	QuantileGroups *q = cg_partition_alloc(partition, sizeof(QuantileGroups));

	partition->results = q;
	q->groups = DatumGetInt32(cg_window_option(fcinfo, 1, "groups"));
	q->highest_first = DatumGetBool(cg_window_option(fcinfo, 2, "highest_first"));
	if (q->groups < 2 || q->groups > 1000)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("groups must be 2 to 1000")));
	for (int64 i = 0; i < partition->count; i++)
		cg_finite(partition->column[0][i], "value");
	q->sorted = cg_partition_alloc(partition, sizeof(double) * partition->count);
	memcpy(q->sorted, partition->column[0], sizeof(double) * partition->count);
	cg_sort_doubles(q->sorted, partition->count);
}

Datum
cg_quantile_group_window(PG_FUNCTION_ARGS)
{
	CgPartition *partition;
	QuantileGroups *q;
	int32		row;
	int64		before;
	double		value;

	if (cg_partition(fcinfo, 1, 0, &partition))
		prepare_quantiles(fcinfo, partition);
	q = partition->results;
	row = cg_partition_row(fcinfo, partition);
	if (row < 0 || partition->count < q->groups)
		PG_RETURN_NULL();
	value = partition->column[0][row];
	if (q->highest_first)
		before = partition->count - count_below(q->sorted, partition->count, value, true);
	else
		before = count_below(q->sorted, partition->count, value, false);
	/* OHID's rule: groups + 1 - ceiling((units - before) / (units / groups)) */
	before = ((partition->count - before) * q->groups + partition->count - 1) / partition->count;
	PG_RETURN_INT32((int32) (q->groups + 1 - before));
}
