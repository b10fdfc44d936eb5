/*-------------------------------------------------------------------------
 *
 * wait_percentile.c
 *	  Aggregates over waits in days: median, percentile, summary of a list, and
 *	  comparisons of two medians or shares.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "common/cg_compat.h"
#include "numeric/order.h"
#include "numeric/special.h"
#include "referral/wait_count_core.h"
#include "referral/wait_tally.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_wait_add);
PG_FUNCTION_INFO_V1(cg_wait_percentile_final);
PG_FUNCTION_INFO_V1(cg_wait_summary_final);
PG_FUNCTION_INFO_V1(cg_wait_median_estimate_final);
PG_FUNCTION_INFO_V1(cg_wait_median_ratio);
PG_FUNCTION_INFO_V1(cg_wait_median_difference);
PG_FUNCTION_INFO_V1(cg_wait_share_ratio);

/* options[0] of a state: the share wanted; options[1]: the confidence */
#define SHARE 0
#define CONFIDENCE 1

/* Groups of so many are sorted sooner than counted. */
#define SORTED_ROWS 64

static double
share_of(double share)
{
	if (!(share >= 0 && share <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("share must lie between 0 and 1"),
				 errhint("The 92nd percentile is written 0.92.")));
	return share;
}

/*
 * The days alone, or with the share that is wanted.
 */
Datum
cg_wait_add(PG_FUNCTION_ARGS)
{
	CgWaitTally *state;
	int32		days;

	if (PG_ARGISNULL(1))
		return cg_unchanged(fcinfo);
	days = cg_wait_days(PG_GETARG_INT32(1), "days");
	state = cg_wait_tally(fcinfo, 0, CG_WAIT_DAYS);
	if (state == NULL)
	{
		double		share = 0.5;

		if (PG_NARGS() > 2)
		{
			cg_refuse_null(fcinfo, 2, "share");
			share = share_of(PG_GETARG_FLOAT8(2));
		}
		state = cg_wait_tally_new(CG_WAIT_DAYS);
		state->options[SHARE] = share;
	}
	PG_RETURN_POINTER(cg_wait_tally_add(state, days, 0));
}

/*
 * Counts of a final function's state, or NULL where there are none.
 */
static int64 *
final_counts(FunctionCallInfo fcinfo, int32 *length, int64 *total, double *share)
{
	CgWaitTally *state = cg_wait_tally(fcinfo, 0, CG_WAIT_DAYS);
	int64	   *counts;

	if (state == NULL)
		return NULL;
	*share = share_of(state->options[SHARE]);
	counts = cg_wait_tally_counts(state, length, total);
	return *total > 0 ? counts : NULL;
}

Datum
cg_wait_percentile_final(PG_FUNCTION_ARGS)
{
	int32		length;
	int64		total;
	double		share;
	CgWaitTally *state = cg_wait_tally(fcinfo, 0, CG_WAIT_DAYS);
	double	   *list = state == NULL ? NULL : cg_wait_tally_list(state, SORTED_ROWS);
	int64	   *counts;

	if (list != NULL && state->used > 0)
		PG_RETURN_FLOAT8(cg_select_quantile(list, state->used, share_of(state->options[SHARE])));
	counts = final_counts(fcinfo, &length, &total, &share);
	if (counts == NULL)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(cg_count_percentile(counts, length, total, share));
}

Datum
cg_wait_summary_final(PG_FUNCTION_ARGS)
{
	static const int32 weeks[] = {18, 52, 65, 78, 104};
	int32		length;
	int64		total;
	double		share;
	int64	   *counts = final_counts(fcinfo, &length, &total, &share);
	int64		all_days = 0;
	int32		longest = 0;
	Datum		values[12];
	bool		nulls[12] = {false};
	int			field = 0;

	if (counts == NULL)
		PG_RETURN_NULL();
	for (int32 day = 0; day < length; day++)
	{
		all_days += day * counts[day];
		if (counts[day] > 0)
			longest = day;
	}
	values[field++] = Int64GetDatum(total);
	values[field++] = Float8GetDatum((double) all_days / total);
	values[field++] = Float8GetDatum(cg_count_percentile(counts, length, total, 0.5));
	values[field++] = Float8GetDatum(cg_count_percentile(counts, length, total, 0.92));
	values[field++] = Float8GetDatum(cg_count_percentile(counts, length, total, 0.95));
	values[field++] = Int32GetDatum(longest);
	values[field++] = Int64GetDatum(total - cg_count_over(counts, length, 18 * 7));
	for (int i = 0; i < lengthof(weeks); i++)
		values[field++] = Int64GetDatum(cg_count_over(counts, length, weeks[i] * 7));
	return cg_result(fcinfo, values, nulls);
}

Datum
cg_wait_median_estimate_final(PG_FUNCTION_ARGS)
{
	int32		length;
	int64		total;
	double		share;
	int64	   *counts = final_counts(fcinfo, &length, &total, &share);
	CgMedian	median;
	double		half;
	Datum		values[6];
	bool		nulls[6] = {false};

	if (counts == NULL)
		PG_RETURN_NULL();
	median = cg_count_median(counts, length, total);
	half = cg_confidence_z(0.95) * sqrt(median.variance);
	values[0] = Int64GetDatum(total);
	values[1] = Float8GetDatum(median.median);
	values[2] = cg_float8_or_null(fmax(0, median.median - half), &nulls[2]);
	values[3] = cg_float8_or_null(median.median + half, &nulls[3]);
	nulls[2] = nulls[3] = isnan(half);
	values[4] = cg_float8_or_null(median.variance, &nulls[4]);
	values[5] = cg_float8_or_null(median.log_variance, &nulls[5]);
	return cg_result(fcinfo, values, nulls);
}

/*
 * A ratio (on the logarithm's scale) or a difference of two estimates; NaN
 * where there is none.
 */
static Datum
compared(FunctionCallInfo fcinfo, double value, double error, double confidence, bool is_ratio)
{
	double		z = cg_confidence_z(cg_probability(confidence, "confidence"));
	double		none = is_ratio ? log(value) : value;
	double		deviate = error > 0 ? fabs(none) / error : error == 0 && none == 0 ? 0 : NAN;
	Datum		values[4];
	bool		nulls[4];

	values[0] = cg_float8_or_null(value, &nulls[0]);
	values[1] = cg_float8_or_null(is_ratio ? value * exp(-z * error) : value - z * error, &nulls[1]);
	values[2] = cg_float8_or_null(is_ratio ? value * exp(z * error) : value + z * error, &nulls[2]);
	values[3] = cg_float8_or_null(2 * cg_normal_tails(deviate).upper, &nulls[3]);
	return cg_result(fcinfo, values, nulls);
}

static Datum
compare_medians(FunctionCallInfo fcinfo, bool is_ratio)
{
	double		number[4];
	double		first;
	double		second;
	double		error;

	for (int i = 0; i < 4; i++)
		number[i] = PG_ARGISNULL(i) ? NAN : cg_at_least_0(PG_GETARG_FLOAT8(i), i % 2 == 0 ? "median" : "variance");
	cg_refuse_null(fcinfo, 4, "confidence");
	first = number[0];
	second = number[2];
	error = sqrt(number[1] + number[3]);
	if (isnan(first) || isnan(second))
		PG_RETURN_NULL();
	if (!is_ratio)
		return compared(fcinfo, first - second, error, PG_GETARG_FLOAT8(4), false);
	if (first == 0 || second == 0)
		error = NAN;
	return compared(fcinfo, second == 0 ? NAN : first / second, error, PG_GETARG_FLOAT8(4), true);
}

Datum
cg_wait_median_ratio(PG_FUNCTION_ARGS)
{
	return compare_medians(fcinfo, true);
}

Datum
cg_wait_median_difference(PG_FUNCTION_ARGS)
{
	return compare_medians(fcinfo, false);
}

/*
 * Two shares: Katz, Baptista, Azen and Pike, Biometrics 1978;34:469-74.
 */
Datum
cg_wait_share_ratio(PG_FUNCTION_ARGS)
{
	double		first = cg_at_least_0(PG_GETARG_FLOAT8(0), "first numerator");
	double		of_first = cg_above_0(PG_GETARG_FLOAT8(1), "first denominator");
	double		second = cg_at_least_0(PG_GETARG_FLOAT8(2), "second numerator");
	double		of_second = cg_above_0(PG_GETARG_FLOAT8(3), "second denominator");
	double		value;
	double		error;

	cg_check_share(first, of_first);
	cg_check_share(second, of_second);
	value = second > 0 ? first / of_first / (second / of_second) : first > 0 ? INFINITY : NAN;
	/* everybody in both groups, too, says nothing of the error */
	error = first > 0 && second > 0 && (first < of_first || second < of_second) ?
		sqrt(1 / first - 1 / of_first + 1 / second - 1 / of_second) : NAN;
	return compared(fcinfo, value, error, PG_GETARG_FLOAT8(4), true);
}
