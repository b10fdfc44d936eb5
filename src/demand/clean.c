/*-------------------------------------------------------------------------
 *
 * clean.c
 *	  Series that come as arrays, cleaned: missing values, outliers, level
 *	  shifts, a known intervention, known events.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/typcache.h"

#include "common/cg_compat.h"
#include "common/cg_rows.h"
#include "demand/clean.h"
#include "demand/components.h"
#include "demand/event_core.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_series_fill);
PG_FUNCTION_INFO_V1(cg_series_clean);
PG_FUNCTION_INFO_V1(cg_series_outliers);
PG_FUNCTION_INFO_V1(cg_series_level_shifts);
PG_FUNCTION_INFO_V1(cg_series_event_effects);

/* So many level shifts are looked for in one series. */
#define MOST_SHIFTS 50

static const char *const missing_words[] = {
	[CG_MISSING_REFUSE] = "refuse",
	[CG_MISSING_ZERO] = "zero",
	[CG_MISSING_INTERPOLATE] = "interpolate",
	[CG_MISSING_SEASONAL] = "seasonal"
};

static const char *const intervention_words[] = {
	[CG_INTERVENTION_MISSING] = "missing",
	[CG_INTERVENTION_LEVEL] = "level",
	[CG_INTERVENTION_KEEP] = "keep"
};

static const char *const outlier_words[] = {
	[CG_OUTLIERS_KEEP] = "keep",
	[CG_OUTLIERS_DAMPEN] = "dampen",
	[CG_OUTLIERS_REPLACE] = "replace"
};

static const char *const shift_words[] = {"keep", "adjust"};

typedef enum Scale
{
	SCALE_NONE, SCALE_SQUARE_ROOT, SCALE_LOG
} Scale;

static const char *const scale_words[] = {"none", "square_root", "log"};

/* ---- arguments ---- */

CgMissingPolicy
cg_missing_argument(Datum word)
{
	return (CgMissingPolicy) cg_word(DatumGetTextPP(word), missing_words,
									 lengthof(missing_words), "missing");
}

CgInterventionPolicy
cg_intervention_argument(Datum word)
{
	return (CgInterventionPolicy) cg_word(DatumGetTextPP(word), intervention_words,
										  lengthof(intervention_words), "intervention");
}

CgOutlierPolicy
cg_outlier_argument(Datum word)
{
	return (CgOutlierPolicy) cg_word(DatumGetTextPP(word), outlier_words,
									 lengthof(outlier_words), "outliers");
}

bool
cg_shift_argument(Datum word)
{
	return cg_word(DatumGetTextPP(word), shift_words, lengthof(shift_words), "level_shifts") == 1;
}

int
cg_period_argument(int32 period)
{
	if (period < 1 || period > CG_MOST_CLEANED)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("period must be from 1 to %d", CG_MOST_CLEANED),
				 errdetail("1 is a series without a season.")));
	return period;
}

bool
cg_range_argument(Datum range, RangeBound *lower, RangeBound *upper)
{
	RangeType  *value = DatumGetRangeTypeP(range);
	bool		empty;

	range_deserialize(lookup_type_cache(RangeTypeGetOid(value), TYPECACHE_RANGE_INFO),
					  value, lower, upper, &empty);
	return !empty;
}

static void
refuse_nulls(FunctionCallInfo fcinfo, int first, const char *const *names)
{
	for (int i = 0; names[i] != NULL; i++)
		cg_refuse_null(fcinfo, first + i, names[i]);
}

/* A series, NaN for what is missing. */
static double *
read_history(FunctionCallInfo fcinfo, int *n)
{
	double	   *y = cg_read_series(PG_GETARG_DATUM(0), n, true, "history");

	if (*n > CG_MOST_CLEANED)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("history has too many values"),
				 errdetail("The most is %d.", CG_MOST_CLEANED)));
	return y;
}

static double *
clean_work(int n, int period)
{
	return palloc(sizeof(double) * cg_clean_work_size(n, period));
}

static void
clean_report(CgCleanStatus status, int bad_row, const char *what)
{
	switch (status)
	{
		case CG_CLEAN_OK:
			return;
		case CG_CLEAN_STOPPED:
			CHECK_FOR_INTERRUPTS();
			elog(ERROR, "cleaning stopped without a reason");
			break;
		case CG_CLEAN_MISSING:
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("period %d of %s is missing", bad_row + 1, what),
					 errhint("Say what it is to be: missing => 'zero', 'interpolate' or 'seasonal'.")));
			break;
		case CG_CLEAN_EMPTY:
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s has no value at all", what)));
			break;
	}
}

double *
cg_filled(const double *y, int n, int period, CgMissingPolicy policy,
		  const char *what)
{
	double	   *filled = palloc(sizeof(double) * Max(n, 1));
	double	   *work = clean_work(n, period);
	int			bad_row = 0;
	CgCleanStatus status = cg_fill_missing(y, n, period, policy, filled, &bad_row,
										   work, cg_stop_requested);

	clean_report(status, bad_row, what);
	pfree(work);
	return filled;
}

/* ---- scales ---- */

static void
to_scale(double *y, int n, Scale scale)
{
	for (int i = 0; i < n && scale != SCALE_NONE; i++)
	{
		if (isnan(y[i]))
			continue;
		if (y[i] < 0 || (y[i] == 0 && scale == SCALE_LOG))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("value %d of history has no %s", i + 1,
							scale == SCALE_LOG ? "logarithm" : "square root"),
					 errhint("Use scale => '%s'.", y[i] < 0 ? "none" : "square_root")));
		y[i] = scale == SCALE_LOG ? log(y[i]) : sqrt(y[i]);
	}
}

static double
from_scale(double value, Scale scale)
{
	switch (scale)
	{
		case SCALE_SQUARE_ROOT:
			return value > 0 ? value * value : 0;
		case SCALE_LOG:
			return exp(value);
		default:
			return value;
	}
}

/* ---- filling ---- */

/*
 * series_fill(history, missing, period)
 */
Datum
cg_series_fill(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"missing", "period", NULL};
	CgMissingPolicy policy;
	int			period;
	int			n;
	double	   *y;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	refuse_nulls(fcinfo, 1, names);
	policy = cg_missing_argument(PG_GETARG_DATUM(1));
	period = cg_period_argument(PG_GETARG_INT32(2));
	y = read_history(fcinfo, &n);
	return cg_series_datum(cg_filled(y, n, period, policy, "history"), n);
}

/* ---- finding ---- */

static double
threshold_argument(double threshold)
{
	if (!(threshold >= 1 && threshold <= 1000))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("threshold must be from 1 to 1000 standard deviations")));
	return threshold;
}

static Scale
scale_argument(Datum word)
{
	return (Scale) cg_word(DatumGetTextPP(word), scale_words, lengthof(scale_words), "scale");
}

static CgOutlier *
find_outliers(const double *y, int n, int period, double threshold, int *found,
			  double *spread)
{
	CgOutlier  *outliers = palloc(sizeof(CgOutlier) * Max(n, 1));

	clean_report(cg_find_outliers(y, n, period, threshold, outliers, n, found, spread,
									 clean_work(n, period), cg_stop_requested), 0, "history");
	return outliers;
}

/*
 * Level shifts of the series without its outliers, which would hide them.
 */
static int
find_shifts(const double *y, int n, int period, double p_value,
			CgLevelShift *shifts)
{
	double	   *calm = palloc(sizeof(double) * Max(n, 1));
	int			found;
	double		spread;
	CgOutlier  *outliers = find_outliers(y, n, period, CG_OUTLIER_THRESHOLD, &found, &spread);

	memcpy(calm, y, sizeof(double) * n);
	for (int k = 0; k < found; k++)
		calm[outliers[k].place] = outliers[k].expected;
	clean_report(cg_find_level_shifts(calm, n, period, p_value, shifts, MOST_SHIFTS, &found,
										 clean_work(n, period), cg_stop_requested), 0, "history");
	pfree(outliers);
	pfree(calm);
	return found;
}

/*
 * series_outliers(history, period, threshold, scale)
 */
Datum
cg_series_outliers(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"period", "threshold", "scale", NULL};
	CgRows		rows = cg_rows_begin(fcinfo);
	CgOutlier  *outliers;
	Scale		scale;
	int			period;
	int			n;
	int			found;
	double	   *y;
	double		threshold;
	double		spread;

	if (PG_ARGISNULL(0))
		return (Datum) 0;
	refuse_nulls(fcinfo, 1, names);
	period = cg_period_argument(PG_GETARG_INT32(1));
	threshold = threshold_argument(PG_GETARG_FLOAT8(2));
	scale = scale_argument(PG_GETARG_DATUM(3));
	y = read_history(fcinfo, &n);
	to_scale(y, n, scale);
	outliers = find_outliers(y, n, period, threshold, &found, &spread);
	for (int k = 0; k < found; k++)
	{
		Datum		values[5];
		bool		nulls[5] = {false};

		values[0] = Int32GetDatum(outliers[k].place + 1);
		values[1] = Float8GetDatum(from_scale(y[outliers[k].place], scale));
		values[2] = Float8GetDatum(from_scale(outliers[k].expected, scale));
		values[3] = Float8GetDatum(outliers[k].z);
		values[4] = Float8GetDatum(outliers[k].p_value);
		cg_rows_add(&rows, values, nulls);
	}
	return (Datum) 0;
}

/*
 * series_level_shifts(history, period, p_value, scale)
 */
Datum
cg_series_level_shifts(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"period", "p_value", "scale", NULL};
	CgRows		rows = cg_rows_begin(fcinfo);
	CgLevelShift shifts[MOST_SHIFTS];
	Scale		scale;
	int			period;
	int			n;
	int			found;
	double	   *y;
	double		p_value;

	if (PG_ARGISNULL(0))
		return (Datum) 0;
	refuse_nulls(fcinfo, 1, names);
	period = cg_period_argument(PG_GETARG_INT32(1));
	p_value = cg_probability(PG_GETARG_FLOAT8(2), "p_value");
	scale = scale_argument(PG_GETARG_DATUM(3));
	y = read_history(fcinfo, &n);
	to_scale(y, n, scale);
	found = find_shifts(y, n, period, p_value, shifts);
	for (int k = 0; k < found; k++)
	{
		Datum		values[4];
		bool		nulls[4] = {false};

		values[0] = Int32GetDatum(shifts[k].place + 1);
		values[1] = Float8GetDatum(shifts[k].step);
		values[2] = Float8GetDatum(shifts[k].t);
		values[3] = Float8GetDatum(shifts[k].p_value);
		cg_rows_add(&rows, values, nulls);
	}
	return (Datum) 0;
}

/* ---- cleaning ---- */

double
cg_treat_intervention(double *y, int n, int period, int first, int last,
					  CgInterventionPolicy policy)
{
	CgIntervention effect = {NAN, NAN};

	if (policy == CG_INTERVENTION_LEVEL)
		clean_report(cg_intervention_effect(y, n, period, first, last, &effect,
											   clean_work(n, period), cg_stop_requested),
						0, "history");
	for (int i = Max(first, 0); i <= last && i < n; i++)
	{
		if (policy == CG_INTERVENTION_MISSING)
			y[i] = NAN;
		else if (policy == CG_INTERVENTION_LEVEL && !isnan(effect.effect))
			y[i] -= effect.effect;
	}
	return effect.effect;
}

/*
 * Outliers become what was expected, or go no further from it than the
 * threshold.  They are found among the values that were there: what was
 * filled lies where it is expected and would make the rest look far out.
 */
static int
treat_outliers(const double *seen, double *y, int n, int period, double threshold,
			   CgOutlierPolicy policy)
{
	int			found;
	double		spread;
	CgOutlier  *outliers = find_outliers(seen, n, period, threshold, &found, &spread);

	for (int k = 0; k < found && policy != CG_OUTLIERS_KEEP; k++)
		y[outliers[k].place] = outliers[k].expected +
			(policy == CG_OUTLIERS_DAMPEN ? copysign(threshold * spread, outliers[k].z) : 0);
	pfree(outliers);
	return found;
}

/* What came before a shift moves to the level of today. */
static int
treat_shifts(double *y, int n, int period, double p_value, bool adjust)
{
	CgLevelShift shifts[MOST_SHIFTS];
	int			found = find_shifts(y, n, period, p_value, shifts);

	for (int k = 0; k < found && adjust; k++)
	{
		for (int i = 0; i < shifts[k].place; i++)
			y[i] += shifts[k].step;
	}
	return found;
}

static int
count_missing(const double *y, int n)
{
	int			count = 0;

	for (int i = 0; i < n; i++)
		count += isnan(y[i]);
	return count;
}

/*
 * series_clean(history, period, missing, outliers, level_shifts, threshold,
 * p_value, scale, intervention, intervention_first, intervention_last)
 */
Datum
cg_series_clean(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {
		"period", "missing", "outliers", "level_shifts", "threshold", "p_value",
		"scale", "intervention", NULL
	};
	int			period;
	int			n;
	int			missing;
	int			outliers;
	int			shifts;
	double	   *y;
	double	   *seen;
	double		effect = NAN;
	CgMissingPolicy missing_policy;
	CgInterventionPolicy intervention;
	CgOutlierPolicy outlier_policy;
	bool		adjust;
	double		threshold;
	double		p_value;
	Scale		scale;
	Datum		values[5];
	bool		nulls[5] = {false};

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	refuse_nulls(fcinfo, 1, names);
	period = cg_period_argument(PG_GETARG_INT32(1));
	missing_policy = cg_missing_argument(PG_GETARG_DATUM(2));
	outlier_policy = cg_outlier_argument(PG_GETARG_DATUM(3));
	adjust = cg_shift_argument(PG_GETARG_DATUM(4));
	threshold = threshold_argument(PG_GETARG_FLOAT8(5));
	p_value = cg_probability(PG_GETARG_FLOAT8(6), "p_value");
	scale = scale_argument(PG_GETARG_DATUM(7));
	intervention = cg_intervention_argument(PG_GETARG_DATUM(8));
	if (PG_ARGISNULL(9) != PG_ARGISNULL(10) ||
		(!PG_ARGISNULL(9) && (PG_GETARG_INT32(9) < 1 || PG_GETARG_INT32(10) < PG_GETARG_INT32(9))))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("intervention_first and intervention_last must be places of history"),
				 errdetail("Both are given or neither; the first place is 1.")));
	y = read_history(fcinfo, &n);
	if (n == 0)
		PG_RETURN_NULL();
	to_scale(y, n, scale);
	if (!PG_ARGISNULL(9))
		effect = cg_treat_intervention(y, n, period, PG_GETARG_INT32(9) - 1,
									   PG_GETARG_INT32(10) - 1, intervention);
	missing = count_missing(y, n);
	seen = y;
	y = cg_filled(seen, n, period, missing_policy, "history");
	outliers = treat_outliers(missing_policy == CG_MISSING_ZERO ? y : seen, y, n, period, threshold, outlier_policy);
	shifts = treat_shifts(y, n, period, p_value, adjust);
	for (int i = 0; i < n; i++)
		y[i] = cg_finite(from_scale(y[i], scale), "a cleaned value");
	values[0] = cg_series_datum(y, n);
	values[1] = Int32GetDatum(missing);
	values[2] = Int32GetDatum(outliers);
	values[3] = Int32GetDatum(shifts);
	values[4] = cg_float8_or_null(effect, &nulls[4]);
	return cg_result(fcinfo, values, nulls);
}

/* ---- events ---- */

double *
cg_read_events(Datum array, int least, bool may_be_longer, const char *as_many_as,
			   int *count, int *length)
{
	ArrayType  *values = DatumGetArrayTypeP(array);
	int			dims = ARR_NDIM(values);
	Size		cells;
	double	   *events;

	*count = dims == 2 ? ARR_DIMS(values)[0] : dims;
	*length = dims == 0 ? least : ARR_DIMS(values)[dims - 1];
	if (dims > 2 || ARR_ELEMTYPE(values) != FLOAT8OID || array_contains_nulls(values) ||
		*length < least || (*length > least && !may_be_longer))
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("events must list numbers without null, as many for each event as %s",
						as_many_as)));
	cells = (Size) *length * *count;
	events = palloc_extended(sizeof(double) * Max(cells, 1), MCXT_ALLOC_HUGE);
	memcpy(events, ARR_DATA_PTR(values), sizeof(double) * cells);
	for (Size i = 0; i < cells; i++)
		cg_finite(events[i], "a value of events");
	return events;
}

/*
 * series_event_effects(history, events, period)
 */
Datum
cg_series_event_effects(PG_FUNCTION_ARGS)
{
	CgRows		rows = cg_rows_begin(fcinfo);
	CgEventEffect effects[CG_MOST_EVENTS];
	CgEventStatus status;
	double	   *y;
	double	   *events;
	double	   *work;
	int			period;
	int			n;
	int			count;
	int			length;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return (Datum) 0;
	cg_refuse_null(fcinfo, 2, "period");
	period = cg_period_argument(PG_GETARG_INT32(2));
	y = cg_read_series(PG_GETARG_DATUM(0), &n, false, "history");
	events = cg_read_events(PG_GETARG_DATUM(1), n, false, "history has values", &count, &length);
	if (count == 0 || n == 0)
		return (Datum) 0;
	work = palloc_extended(sizeof(double) * cg_event_work_size(n, period, Min(count, CG_MOST_EVENTS)),
						   MCXT_ALLOC_HUGE);
	status = cg_event_effects(y, n, period, events, count, true, effects, NULL, work, cg_stop_requested);
	if (status == CG_EVENT_STOPPED)
		CHECK_FOR_INTERRUPTS();
	if (status == CG_EVENT_TOO_MANY)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("too many events"),
				 errdetail("The most is %d, and one for every three values of history.", CG_MOST_EVENTS)));
	if (status != CG_EVENT_OK)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("effects of events are out of range")));
	for (int j = 0; j < count; j++)
	{
		Datum		values[4];
		bool		nulls[4] = {false};

		values[0] = Int32GetDatum(j + 1);
		values[1] = cg_float8_or_null(effects[j].is_used ? effects[j].effect : NAN, &nulls[1]);
		values[2] = cg_float8_or_null(effects[j].error, &nulls[2]);
		values[3] = BoolGetDatum(effects[j].is_used);
		cg_rows_add(&rows, values, nulls);
	}
	return (Datum) 0;
}
