/*-------------------------------------------------------------------------
 *
 * spc_glue.c
 *	  What the SQL functions of control charts share.
 *
 * A function declares, in any order, those arguments that make sense for its
 * chart; they are found by their names, once for each query.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "variance/spc_glue.h"

static const struct
{
	const char *name;
	SpcArg		arg;
}			names[] =
{
	{"value", SPC_VALUE},
	{"numerator", SPC_VALUE},
	{"events", SPC_VALUE},
	{"mean", SPC_VALUE},
	{"denominator", SPC_DENOMINATOR},
	{"size", SPC_DENOMINATOR},
	{"sd", SPC_SPREAD},
	{"target", SPC_TARGET},
	{"rebase", SPC_REBASE},
	{"ghost", SPC_GHOST},
	{"period", SPC_PERIOD},
	{"every", SPC_EVERY},
	{"refuse_gaps", SPC_REFUSE_GAPS},
	{"chart", SPC_CHART},
	{"direction", SPC_DIRECTION},
	{"fix_after", SPC_FIX_AFTER},
	{"screen", SPC_SCREEN},
	{"rule_set", SPC_RULE_SET},
	{"two_of_three", SPC_TWO_OF_THREE},
	{"run_length", SPC_RUN_LENGTH},
	{"trend_length", SPC_TREND_LENGTH},
	{"trend_ties", SPC_TREND_TIES},
	{"sigma", SPC_SIGMA},
	{"per", SPC_PER}
};

static void
forget_places(SpcPlaces *places)
{
	for (int i = 0; i < SPC_ARGS; i++)
		places->place[i] = -1;
}

static void
note_place(SpcPlaces *places, const char *name, int place)
{
	for (int i = 0; i < lengthof(names); i++)
	{
		if (strcmp(names[i].name, name) == 0)
			places->place[names[i].arg] = place;
	}
}

/*
 * The places of a function's arguments.
 */
void
cg_spc_places_of_function(Oid function, SpcPlaces *places)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Datum		argument_names;
	Datum		modes;
	bool		no_names;
	bool		no_modes;
	char	  **words;
	int			count;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function);
	argument_names = SysCacheGetAttr(PROCOID, tuple,
									 Anum_pg_proc_proargnames, &no_names);
	modes = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proargmodes,
							&no_modes);
	if (no_names)
		elog(ERROR, "function %u has no argument names", function);
	count = get_func_input_arg_names(argument_names,
									 no_modes ? PointerGetDatum(NULL) : modes,
									 &words);
	forget_places(places);
	for (int i = 0; i < count; i++)
	{
		if (words[i] != NULL)
			note_place(places, words[i], i);
	}
	ReleaseSysCache(tuple);
}

/*
 * The places of a row's columns.
 */
void
cg_spc_places_of_row(TupleDesc desc, SpcPlaces *places)
{
	forget_places(places);
	for (int i = 0; i < desc->natts; i++)
		note_place(places, NameStr(TupleDescAttr(desc, i)->attname), i);
}

/* ---- options ---- */

static void
refuse_word(const char *argument, text *word, const char *choices)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown %s \"%s\"", argument, text_to_cstring(word)),
			 errdetail_internal("The choices are %s.", choices)));
}

CgSpcDirection
cg_spc_direction(text *word)
{
	CgSpcDirection direction;

	if (!cg_spc_direction_of_word(VARDATA_ANY(word), VARSIZE_ANY_EXHDR(word),
								  &direction))
		refuse_word("direction", word, "higher_better, lower_better and neutral");
	return direction;
}

static void
read_word(SpcArg arg, Datum value, CgSpcOptions *options)
{
	text	   *word = DatumGetTextPP(value);
	const char *characters = VARDATA_ANY(word);
	size_t		length = VARSIZE_ANY_EXHDR(word);

	switch (arg)
	{
		case SPC_CHART:
			if (!cg_spc_chart_of_word(characters, length, &options->chart))
				refuse_word("chart", word, "run, i, mr, xmr, xbar, s, p, p_prime, u, u_prime, i_prime, c, g and t");
			break;
		case SPC_DIRECTION:
			options->direction = cg_spc_direction(word);
			break;
		case SPC_RULE_SET:
			if (!cg_spc_rule_set_of_word(characters, length,
										 &options->rule_set))
				refuse_word("rule_set", word, "nhs, western_electric, anhoej and shewhart");
			options->run_length = cg_spc_default_run_length(options->rule_set);
			break;
		case SPC_TWO_OF_THREE:
			if (!cg_spc_two_of_three_of_word(characters, length,
											 &options->two_of_three))
				refuse_word("two_of_three", word, "beyond_two_sigma and near_limit");
			break;
		default:
			break;
	}
}

static void
refuse_number(const char *argument, const char *range)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s is out of range", argument),
			 errdetail_internal("It must be %s.", range)));
}

static int
read_integer(Datum value, const char *argument, int least, int most,
			 const char *range)
{
	int			number = DatumGetInt32(value);

	if (number < least || number > most)
		refuse_number(argument, range);
	return number;
}

static double
read_positive(Datum value, const char *argument, double most,
			  const char *range)
{
	double		number = DatumGetFloat8(value);

	if (!(number > 0 && number <= most))
		refuse_number(argument, range);
	return number;
}

/*
 * Read all options over their defaults.  NULL stands for the default.  The
 * rule set comes before the run length, which it has a default for.
 */
void
cg_spc_read_options(const SpcPlaces *places, SpcGet get, void *source,
					CgSpcOptions *options)
{
	for (int arg = SPC_FIRST_OPTION; arg < SPC_ARGS; arg++)
	{
		int			place = places->place[arg];
		bool		isnull;
		Datum		value;

		if (place < 0)
			continue;
		value = get(source, place, &isnull);
		if (isnull)
			continue;
		switch (arg)
		{
			case SPC_FIX_AFTER:
				options->fix_after = read_integer(value, "fix_after", 2,
												  PG_INT32_MAX, "2 or more");
				break;
			case SPC_SCREEN:
				options->screen = DatumGetBool(value);
				break;
			case SPC_TREND_TIES:
				options->trend_ties = DatumGetBool(value);
				break;
			case SPC_RUN_LENGTH:
				options->run_length = read_integer(value, "run_length", 5, 12,
												   "from 5 to 12");
				break;
			case SPC_TREND_LENGTH:
				options->trend_length = read_integer(value, "trend_length", 5,
													 12, "from 5 to 12");
				break;
			case SPC_SIGMA:
				options->sigma = read_positive(value, "sigma", 10,
											   "more than 0 and at most 10");
				break;
			case SPC_PER:
				options->per = read_positive(value, "per", 1e15,
											 "more than 0 and at most 1e15");
				break;
			default:
				read_word(arg, value, options);
				break;
		}
	}
}

/*
 * A figure that is a number: NaN and infinity are refused.
 */
double
cg_spc_checked(double value, const char *what, int64 row)
{
	if (likely(isfinite(value)))
		return value;
	if (isnan(value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a control chart cannot show NaN"),
				 errdetail("The %s of row %lld of its series is not a number.",
						   what, (long long) row),
				 errhint("A missing value is NULL.")));
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("a control chart cannot show infinity"),
			 errdetail("The %s of row %lld of its series is infinite.",
					   what, (long long) row),
			 errhint("A missing value is NULL.")));
	return 0;
}

/*
 * Some charts need more than one figure for each point.
 */
void
cg_spc_need_data(CgSpcChart chart, bool denominator, bool spread)
{
	switch (chart)
	{
		case CG_SPC_XBAR:
		case CG_SPC_S:
			if (!spread)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("a chart of kind \"%s\" cannot be drawn here",
								cg_spc_chart_word(chart)),
						 errdetail("It needs the size and the standard deviation of each subgroup."),
						 errhint("Call spc_xbar(mean, sd, size) or spc_s(sd, size).")));
			break;
		case CG_SPC_P:
		case CG_SPC_P_PRIME:
		case CG_SPC_U:
		case CG_SPC_U_PRIME:
		case CG_SPC_I_PRIME:
			if (!denominator)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("a chart of kind \"%s\" needs a denominator",
								cg_spc_chart_word(chart)),
						 errdetail("No denominator was given.")));
			break;
		default:
			break;
	}
}

/* ---- errors ---- */

/*
 * The stop callback: an interrupt jumps away.  The core owns no memory.
 */
bool
cg_spc_interrupt(void *argument)
{
	CHECK_FOR_INTERRUPTS();
	return false;
}

static const char *
problem_of(CgSpcStatus status)
{
	switch (status)
	{
		case CG_SPC_NEGATIVE_VALUE:
			return "a count, a numerator and a standard deviation cannot be negative";
		case CG_SPC_NOT_POSITIVE:
			return "a time between events must be more than 0";
		case CG_SPC_NEGATIVE_DENOMINATOR:
			return "a denominator cannot be negative";
		case CG_SPC_ZERO_DENOMINATOR:
			return "a denominator of 0 cannot have a numerator";
		case CG_SPC_ABOVE_DENOMINATOR:
			return "a numerator cannot be more than its denominator";
		case CG_SPC_SUBGROUP_SIZE:
			return "the size of a subgroup must be a whole number";
		case CG_SPC_PROBABILITY:
			return "an expected outcome must be a probability from 0 to 1";
		case CG_SPC_OUTCOME:
			return "an outcome must be 0 or 1";
		default:
			return NULL;
	}
}

static const char *
hint_of(CgSpcStatus status)
{
	switch (status)
	{
		case CG_SPC_NOT_POSITIVE:
			return "Measure time more finely, or draw the cases between events with spc_g().";
		case CG_SPC_ABOVE_DENOMINATOR:
			return "Draw rates, which may be above 1, with spc_u().";
		case CG_SPC_PROBABILITY:
		case CG_SPC_OUTCOME:
			return "Counts against expected counts are outcomes of kind 'count'.";
		default:
			return "A value that is missing is NULL.";
	}
}

/*
 * Report what the core refused.  row counts from 1; series may be NULL.
 */
void
cg_spc_report(CgSpcStatus status, int64 row, const char *series)
{
	const char *of = series == NULL ? "its series" : series;

	if (status == CG_SPC_STOPPED)
	{
		CHECK_FOR_INTERRUPTS();
		elog(ERROR, "control chart stopped without an interrupt");
	}
	if (status == CG_SPC_OVERFLOW)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("figures of a control chart are out of range"),
				 errdetail("The phase of row %lld of %s holds values too large to calculate with.",
						   (long long) row, of)));
	if (problem_of(status) == NULL)
		elog(ERROR, "unexpected control chart status %d", (int) status);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg_internal("%s", problem_of(status)),
			 errdetail("Row %lld of %s breaks this rule.",
					   (long long) row, of),
			 errhint("%s", hint_of(status))));
}

/* ---- the calendar ---- */

/*
 * Is a period missing before this one?  The k-th period is the first and k
 * times the step, so that 31 January is followed by 28 February and then by
 * 31 March.  *step is that of the row before and becomes this row's.
 */
bool
cg_spc_is_gap(Timestamp period, Timestamp first, int64 *step,
			  Interval *every, bool refuse, int64 row)
{
	int64		before = *step;

	for (int64 k = before + 1;; k++)
	{
		Datum		distance;
		Timestamp	expected;

		if (((k - before) & 0xFF) == 0)
			CHECK_FOR_INTERRUPTS();
		distance = DirectFunctionCall2(interval_mul,
									   IntervalPGetDatum(every),
									   Float8GetDatum((double) k));
		expected = DatumGetTimestamp(DirectFunctionCall2(timestamp_pl_interval,
														 TimestampGetDatum(first),
														 distance));
		pfree(DatumGetPointer(distance));
		if (expected == period)
		{
			*step = k;
			break;
		}
		if (expected > period || k - before > 1000000)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a period is not where the calendar has one"),
					 errdetail("The period of row %lld of its series is not the first one and a multiple of \"every\" later than the one before.",
							   (long long) row),
					 errhint("Give one row for each period in ascending order; date_trunc() makes periods begin where they should.")));
	}
	if (*step == before + 1)
		return false;
	if (refuse)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a period is missing"),
				 errdetail_plural("%lld period is missing before row %lld of its series.",
								  "%lld periods are missing before row %lld of its series.",
								  (unsigned long) (*step - before - 1),
								  (long long) (*step - before - 1),
								  (long long) row),
				 errhint("Add rows with NULL for them, or let refuse_gaps be false to treat them so.")));
	return true;
}

/* ---- rows ---- */

/*
 * A point as columns, in the order of spc_point.
 */
void
cg_spc_point_columns(const CgSpcPoint *point, Datum *values, bool *nulls)
{
	values[0] = cg_spc_float(point->value, &nulls[0]);
	values[1] = cg_spc_float(point->centre, &nulls[1]);
	values[2] = cg_spc_float(point->lower, &nulls[2]);
	values[3] = cg_spc_float(point->upper, &nulls[3]);
	values[4] = cg_spc_float(point->lower_two_sigma, &nulls[4]);
	values[5] = cg_spc_float(point->upper_two_sigma, &nulls[5]);
	values[6] = cg_spc_float(point->moving_range, &nulls[6]);
	values[7] = Int32GetDatum(point->phase);
	values[8] = Int32GetDatum(point->rules);
	values[9] = Int16GetDatum(point->assurance);
	values[10] = BoolGetDatum(point->is_special);
	values[11] = BoolGetDatum(point->is_improvement);
	values[12] = BoolGetDatum(point->is_concern);
	values[13] = BoolGetDatum(point->is_high_range);
	values[14] = BoolGetDatum(point->is_short_phase);
	memset(nulls + 7, 0, sizeof(bool) * (SPC_POINT_COLUMNS - 7));
}

static HeapTuple
form_row(TupleDesc desc, const CgSpcPoint *point)
{
	Datum		values[SPC_POINT_COLUMNS];
	bool		nulls[SPC_POINT_COLUMNS];

	cg_spc_point_columns(point, values, nulls);
	return heap_form_tuple(desc, values, nulls);
}

/*
 * All columns are of fixed width and stand in a tuple as they stand in
 * CgSpcPoint, so a row without a NULL is a header and a copy of the struct.
 * Whether that is so is not assumed but looked at, on one row.
 */
void
cg_spc_row_init(SpcRow *row, TupleDesc desc)
{
	CgSpcPoint	sample = {
		1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8, 9, 10,
		true, false, true, false, true, false
	};
	HeapTuple	tuple;

	if (desc->natts != SPC_POINT_COLUMNS)
		elog(ERROR, "spc_point has %d columns", desc->natts);
	row->desc = desc;
	tuple = form_row(desc, &sample);
	row->pattern = DatumGetHeapTupleHeader(heap_copy_tuple_as_datum(tuple, desc));
	row->length = row->pattern->t_hoff + SPC_POINT_BYTES;
	row->is_direct = tuple->t_len == row->length &&
		memcmp((char *) tuple->t_data + tuple->t_data->t_hoff, &sample,
			   SPC_POINT_BYTES) == 0;
}

Datum
cg_spc_row_datum(const SpcRow *row, const CgSpcPoint *point)
{
	bool		has_null = isnan(point->value) || isnan(point->centre) ||
		isnan(point->lower) || isnan(point->upper) ||
		isnan(point->lower_two_sigma) || isnan(point->upper_two_sigma) ||
		isnan(point->moving_range);
	HeapTupleHeader header;

	if (has_null || !row->is_direct)
		return HeapTupleGetDatum(form_row(row->desc, point));
	header = palloc(row->length);
	memcpy(header, row->pattern, row->pattern->t_hoff);
	memcpy((char *) header + row->pattern->t_hoff, point, SPC_POINT_BYTES);
	return PointerGetDatum(header);
}
