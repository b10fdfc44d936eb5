/*-------------------------------------------------------------------------
 *
 * wait_band.c
 *	  The bands in which waits are published: which band, how many in each, and
 *	  percentiles from the counts.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "referral/wait_band_core.h"
#include "referral/wait_tally.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_wait_rtt_band);
PG_FUNCTION_INFO_V1(cg_wait_community_band);
PG_FUNCTION_INFO_V1(cg_wait_rtt_count);
PG_FUNCTION_INFO_V1(cg_wait_community_count);
PG_FUNCTION_INFO_V1(cg_wait_band_count);
PG_FUNCTION_INFO_V1(cg_wait_count_combine);
PG_FUNCTION_INFO_V1(cg_wait_band_sum_add);
PG_FUNCTION_INFO_V1(cg_wait_rtt_percentile);
PG_FUNCTION_INFO_V1(cg_wait_rtt_summary);

#define MAX_LIMITS 1000

Datum
cg_wait_rtt_band(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(cg_rtt_band(cg_wait_days(PG_GETARG_INT32(0), "days")));
}

Datum
cg_wait_community_band(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(cg_wait_band(cg_wait_days(PG_GETARG_INT32(0), "days"),
								 cg_community_upper, CG_COMMUNITY_BANDS - 1));
}

/* ---- counting into bands: the state is the bigint array that comes out ---- */

static ArrayType *
new_counts(int32 bands)
{
	Size		size = ARR_OVERHEAD_NONULLS(1) + sizeof(int64) * bands;
	ArrayType  *counts = palloc0(size);

	SET_VARSIZE(counts, size);
	counts->ndim = 1;
	counts->elemtype = INT8OID;
	ARR_DIMS(counts)[0] = bands;
	ARR_LBOUND(counts)[0] = 1;
	return counts;
}

static void
check_counts(ArrayType *counts, int32 bands)
{
	if (ARR_NDIM(counts) != 1 || ARR_HASNULL(counts) || ARR_ELEMTYPE(counts) != INT8OID ||
		(bands > 0 && ARR_DIMS(counts)[0] != bands))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("not a state of this aggregate")));
}

static int64 *
counts_to_change(FunctionCallInfo fcinfo, int32 bands, ArrayType **array)
{
	if (PG_ARGISNULL(0))
		*array = new_counts(bands);
	else
	{
		*array = AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);
		check_counts(*array, bands);
	}
	return (int64 *) ARR_DATA_PTR(*array);
}

Datum
cg_wait_rtt_count(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	int64	   *counts;

	if (PG_ARGISNULL(1))
		return cg_unchanged(fcinfo);
	counts = counts_to_change(fcinfo, CG_RTT_BANDS, &array);
	counts[cg_rtt_band(cg_wait_days(PG_GETARG_INT32(1), "days")) - 1]++;
	PG_RETURN_POINTER(array);
}

Datum
cg_wait_community_count(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	int64	   *counts;

	if (PG_ARGISNULL(1))
		return cg_unchanged(fcinfo);
	counts = counts_to_change(fcinfo, CG_COMMUNITY_BANDS, &array);
	counts[cg_wait_band(cg_wait_days(PG_GETARG_INT32(1), "days"),
						cg_community_upper, CG_COMMUNITY_BANDS - 1) - 1]++;
	PG_RETURN_POINTER(array);
}

static const int32 *
limits_of(ArrayType *limits, int32 *count)
{
	const int32 *upper;

	if (ARR_NDIM(limits) != 1 || ARR_HASNULL(limits) || ARR_ELEMTYPE(limits) != INT4OID ||
		ARR_DIMS(limits)[0] > MAX_LIMITS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("upper_days must list 1 to %d limits without null", MAX_LIMITS)));
	*count = ARR_DIMS(limits)[0];
	upper = (const int32 *) ARR_DATA_PTR(limits);
	return upper;
}

static void
check_limits(const int32 *upper, int32 count)
{
	for (int32 i = 0; i < count; i++)
	{
		if (upper[i] < 0 || (i > 0 && upper[i] <= upper[i - 1]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("upper_days must ascend from 0 or more")));
	}
}

Datum
cg_wait_band_count(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	const int32 *upper;
	int32		count;
	int64	   *counts;

	if (PG_ARGISNULL(1))
		return cg_unchanged(fcinfo);
	cg_refuse_null(fcinfo, 2, "upper_days");
	upper = limits_of(PG_GETARG_ARRAYTYPE_P(2), &count);
	if (PG_ARGISNULL(0))
		check_limits(upper, count);
	counts = counts_to_change(fcinfo, count + 1, &array);
	counts[cg_wait_band(cg_wait_days(PG_GETARG_INT32(1), "days"), upper, count) - 1]++;
	PG_RETURN_POINTER(array);
}

Datum
cg_wait_count_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	ArrayType  *other;
	int64	   *counts;
	int64	   *more;

	if (PG_ARGISNULL(1))
		return cg_unchanged(fcinfo);
	other = PG_GETARG_ARRAYTYPE_P_COPY(1);
	check_counts(other, 0);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(other);
	counts = counts_to_change(fcinfo, ARR_DIMS(other)[0], &array);
	more = (int64 *) ARR_DATA_PTR(other);
	for (int i = 0; i < ARR_DIMS(array)[0]; i++)
	{
		if (pg_add_s64_overflow(counts[i], more[i], &counts[i]))
			ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("count out of range")));
	}
	PG_RETURN_POINTER(array);
}

/* ---- adding up counts in bands, of which some may be withheld ---- */

/*
 * A withheld count (null) makes its sum unknown.
 */
static Datum
sum_with_withheld(ArrayType *first, ArrayType *second)
{
	Datum	   *values[2];
	bool	   *nulls[2];
	int			count[2];
	int			dims[1];
	int			lower[1] = {1};

	deconstruct_array(first, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &values[0], &nulls[0], &count[0]);
	deconstruct_array(second, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &values[1], &nulls[1], &count[1]);
	for (int i = 0; i < count[0]; i++)
	{
		int64		sum = 0;

		nulls[0][i] |= nulls[1][i];
		if (!nulls[0][i] && pg_add_s64_overflow(DatumGetInt64(values[0][i]),
												DatumGetInt64(values[1][i]), &sum))
			ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("count out of range")));
		values[0][i] = Int64GetDatum(sum);
	}
	dims[0] = count[0];
	return PointerGetDatum(construct_md_array(values[0], nulls[0], 1, dims, lower, INT8OID, 8,
											  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

Datum
cg_wait_band_sum_add(PG_FUNCTION_ARGS)
{
	ArrayType  *sums;
	ArrayType  *counts;

	if (PG_ARGISNULL(1))
		return cg_unchanged(fcinfo);
	counts = PG_GETARG_ARRAYTYPE_P(1);
	if (ARR_ELEMTYPE(counts) != INT8OID || ARR_NDIM(counts) != 1 || ARR_DIMS(counts)[0] > MAX_LIMITS + 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("counts must be a list of at most %d bands", MAX_LIMITS + 1)));
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(PG_GETARG_ARRAYTYPE_P_COPY(1));
	sums = PG_GETARG_ARRAYTYPE_P(0);
	if (ARR_ELEMTYPE(sums) != INT8OID || ARR_NDIM(sums) != 1 || ARR_DIMS(sums)[0] != ARR_DIMS(counts)[0])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("lists of counts in bands differ in length")));
	if (ARR_HASNULL(sums) || ARR_HASNULL(counts))
		return sum_with_withheld(sums, counts);
	return cg_wait_count_combine(fcinfo);
}

/* ---- from counts in bands ---- */

#define WITHHELD (-1)

/*
 * The counts of a national return, WITHHELD where NULL.
 */
static double *
read_bands(ArrayType *array, int *withheld)
{
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	double	   *counts;

	if (ARR_ELEMTYPE(array) != INT8OID || ARR_NDIM(array) > 1)
		elog(ERROR, "counts are not a list of bigint");
	deconstruct_array(array, INT8OID, 8, FLOAT8PASSBYVAL, 'd', &elements, &nulls, &count);
	if (count != CG_RTT_BANDS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("counts must be those of the %d weekly bands", CG_RTT_BANDS),
				 errdetail("There are %d of them.", count),
				 errhint("rtt_bands() lists the bands; rtt_band_counts() counts into them.")));
	counts = palloc(sizeof(double) * count);
	*withheld = 0;
	for (int i = 0; i < count; i++)
	{
		counts[i] = nulls[i] ? WITHHELD : cg_at_least_0((double) DatumGetInt64(elements[i]), "count");
		*withheld += nulls[i];
	}
	return counts;
}

Datum
cg_wait_rtt_percentile(PG_FUNCTION_ARGS)
{
	double	   *counts;
	double	   *work = palloc(sizeof(double) * CG_RTT_BANDS);
	double		share;
	int			withheld;
	CgBandPercentile at = {NAN, false};
	CgBandPercentile lower = {NAN, false};
	CgBandPercentile upper = {NAN, false};
	Datum		values[6];
	bool		nulls[6] = {false};

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	cg_refuse_null(fcinfo, 1, "share");
	share = cg_probability(PG_GETARG_FLOAT8(1), "share");
	counts = read_bands(PG_GETARG_ARRAYTYPE_P(0), &withheld);
	if (withheld == 0)
		lower = upper = at = cg_band_percentile(counts, CG_RTT_BANDS, share);
	else if (!PG_ARGISNULL(2))
	{
		if (PG_GETARG_INT32(2) < 0)
			cg_refuse_negative("withheld_most");
		cg_band_percentile_limits(counts, CG_RTT_BANDS, share, PG_GETARG_INT32(2), work, &lower, &upper);
	}
	values[0] = cg_float8_or_null(at.weeks, &nulls[0]);
	values[1] = BoolGetDatum(at.is_open);
	nulls[1] = nulls[0];
	values[2] = Int32GetDatum(withheld);
	values[3] = cg_float8_or_null(lower.weeks, &nulls[3]);
	/* in the open band there is no upper limit */
	values[4] = cg_float8_or_null(upper.is_open ? NAN : upper.weeks, &nulls[4]);
	return cg_result(fcinfo, values, nulls);
}

static Datum
sum_from(const double *counts, int first, int last, bool *is_null)
{
	double		sum = 0;

	*is_null = false;
	for (int i = first; i <= last; i++)
	{
		if (counts[i - 1] == WITHHELD)
			*is_null = true;
		sum += counts[i - 1];
	}
	return Int64GetDatum((int64) sum);
}

Datum
cg_wait_rtt_summary(PG_FUNCTION_ARGS)
{
	static const int first_over[] = {53, 66, 79, 105};
	static const double shares[] = {0.5, 0.92, 0.95};
	double	   *counts;
	int			withheld;
	double		total;
	Datum		values[12];
	bool		nulls[12] = {false};
	int			field = 0;

	counts = read_bands(PG_GETARG_ARRAYTYPE_P(0), &withheld);
	values[field] = sum_from(counts, 1, CG_RTT_BANDS, &nulls[field]);
	total = (double) DatumGetInt64(values[field]);
	field++;
	values[field] = sum_from(counts, 1, CG_RTT_WITHIN_18_WEEKS, &nulls[field]);
	field++;
	nulls[field] = nulls[0] || nulls[1] || total == 0;
	values[field] = Float8GetDatum(nulls[field] ? 0 : 100 * (double) DatumGetInt64(values[1]) / total);
	field++;
	for (int i = 0; i < lengthof(first_over); i++, field++)
		values[field] = sum_from(counts, first_over[i], CG_RTT_BANDS, &nulls[field]);
	for (int i = 0; i < lengthof(shares); i++, field++)
	{
		CgBandPercentile at = {NAN, false};

		if (withheld == 0)
			at = cg_band_percentile(counts, CG_RTT_BANDS, shares[i]);
		values[field] = cg_float8_or_null(at.weeks, &nulls[field]);
		if (i == 1)
		{
			values[10] = BoolGetDatum(at.is_open);
			nulls[10] = isnan(at.weeks);
		}
	}
	values[11] = Int32GetDatum(withheld);
	return cg_result(fcinfo, values, nulls);
}
