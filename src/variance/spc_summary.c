/*-------------------------------------------------------------------------
 *
 * spc_summary.c
 *	  The icons of a series as an aggregate.
 *
 * The state is a bytea that gathers points with their periods, in any order;
 * the chart is drawn when all are there.  Two states are combined by putting
 * their points together, so parallel plans and remote servers agree.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "port.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "variance/spc_glue.h"

PG_FUNCTION_INFO_V1(cg_spc_collect_date);
PG_FUNCTION_INFO_V1(cg_spc_collect_bigint);
PG_FUNCTION_INFO_V1(cg_spc_collect_all_date);
PG_FUNCTION_INFO_V1(cg_spc_collect_all_bigint);
PG_FUNCTION_INFO_V1(cg_spc_collect_value_date);
PG_FUNCTION_INFO_V1(cg_spc_collect_value_bigint);
PG_FUNCTION_INFO_V1(cg_spc_collect_combine);
PG_FUNCTION_INFO_V1(cg_spc_summary_final);
PG_FUNCTION_INFO_V1(cg_spc_autocorrelation_final);

#define STATE_VERSION 1
#define FIRST_CAPACITY 12

/* Options as they are stored: fixed widths, so that they can be checked. */
typedef struct StoredOptions
{
	uint8		chart;
	int8		direction;
	uint8		rule_set;
	uint8		two_of_three;
	uint8		screen;
	uint8		trend_ties;
	uint8		run_length;
	uint8		trend_length;
	int32		fix_after;
	int32		unused;
	double		sigma;
	double		per;
} StoredOptions;

typedef struct Entry
{
	int64		period;
	double		value;			/* NaN: none */
	double		denominator;
	double		target;
	int64		marks;
} Entry;

typedef struct State
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	int32		version;
	int32		used;
	int32		capacity;
	StoredOptions options;
	Entry		entries[FLEXIBLE_ARRAY_MEMBER];
} State;

#define STATE_SIZE(capacity) \
	(offsetof(State, entries) + (Size) (capacity) * sizeof(Entry))
#define MOST_ENTRIES \
	((int32) ((MaxAllocSize - offsetof(State, entries)) / sizeof(Entry)))

/* What a query's calls have in common: options parsed once, not per row. */
typedef struct Cache
{
	text	   *direction;
	HeapTupleHeader options_row;
	StoredOptions options;
} Cache;

/* ---- options ---- */

static StoredOptions
store_options(const CgSpcOptions *options)
{
	StoredOptions stored = {0};

	stored.chart = (uint8) options->chart;
	stored.direction = (int8) options->direction;
	stored.rule_set = (uint8) options->rule_set;
	stored.two_of_three = (uint8) options->two_of_three;
	stored.screen = options->screen;
	stored.trend_ties = options->trend_ties;
	stored.run_length = (uint8) options->run_length;
	stored.trend_length = (uint8) options->trend_length;
	stored.fix_after = (int32) options->fix_after;
	stored.sigma = options->sigma;
	stored.per = options->per;
	return stored;
}

static void
refuse_state(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("invalid state of a control chart summary"),
			 errdetail("It was not made by this version of spc_summary().")));
}

static CgSpcOptions
load_options(const StoredOptions *stored)
{
	CgSpcOptions options;

	if (stored->chart >= CG_SPC_CHARTS || stored->direction < -1 ||
		stored->direction > 1 || stored->rule_set > CG_SPC_SHEWHART ||
		stored->two_of_three > CG_SPC_NEAR_LIMIT ||
		stored->run_length < 2 || stored->trend_length < 2 ||
		stored->fix_after < 0 ||
		!(stored->sigma > 0 && stored->sigma <= 10) ||
		!(stored->per > 0 && stored->per <= 1e15))
		refuse_state();
	cg_spc_default_options(&options, (CgSpcChart) stored->chart);
	options.direction = (CgSpcDirection) stored->direction;
	options.rule_set = (CgSpcRuleSet) stored->rule_set;
	options.two_of_three = (CgSpcTwoOfThree) stored->two_of_three;
	options.screen = stored->screen != 0;
	options.trend_ties = stored->trend_ties != 0;
	options.run_length = stored->run_length;
	options.trend_length = stored->trend_length;
	options.fix_after = (size_t) stored->fix_after;
	options.sigma = stored->sigma;
	options.per = stored->per;
	return options;
}

typedef struct RowSource
{
	HeapTupleData tuple;
	TupleDesc	desc;
} RowSource;

static Datum
get_field(void *source, int place, bool *isnull)
{
	RowSource  *row = source;

	return heap_getattr(&row->tuple, place + 1, row->desc, isnull);
}

static void
parse_options(HeapTupleHeader header, CgSpcOptions *options)
{
	RowSource	row;
	SpcPlaces	places;

	row.desc = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header),
									  HeapTupleHeaderGetTypMod(header));
	row.tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&row.tuple.t_self);
	row.tuple.t_tableOid = InvalidOid;
	row.tuple.t_data = header;
	cg_spc_places_of_row(row.desc, &places);
	cg_spc_read_options(&places, get_field, &row, options);
	ReleaseTupleDesc(row.desc);
}

static bool
same_bytes(const void *a, const void *b, Size length)
{
	return a == b || memcmp(a, b, length) == 0;
}

/*
 * The options of this row.  Nearly always they are those of the row before.
 */
static const StoredOptions *
options_of_row(FunctionCallInfo fcinfo, int direction_place, int options_place)
{
	Cache	   *cache = fcinfo->flinfo->fn_extra;
	text	   *direction = NULL;
	HeapTupleHeader row = NULL;
	CgSpcOptions options;
	MemoryContext old;

	if (direction_place > 0 && !PG_ARGISNULL(direction_place))
		direction = PG_GETARG_TEXT_PP(direction_place);
	if (options_place > 0 && !PG_ARGISNULL(options_place))
		row = PG_GETARG_HEAPTUPLEHEADER(options_place);
	if (cache != NULL &&
		(direction == NULL) == (cache->direction == NULL) &&
		(row == NULL) == (cache->options_row == NULL) &&
		(direction == NULL ||
		 (VARSIZE_ANY(direction) == VARSIZE_ANY(cache->direction) &&
		  same_bytes(direction, cache->direction, VARSIZE_ANY(direction)))) &&
		(row == NULL ||
		 (VARSIZE(row) == VARSIZE(cache->options_row) &&
		  same_bytes(row, cache->options_row, VARSIZE(row)))))
		return &cache->options;

	cg_spc_default_options(&options, CG_SPC_XMR);
	if (row != NULL)
		parse_options(row, &options);
	if (direction != NULL)
		options.direction = cg_spc_direction(direction);
	cg_spc_need_data(options.chart, options_place > 0, false);

	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	if (cache == NULL)
		cache = palloc0(sizeof(Cache));
	else
	{
		if (cache->direction != NULL)
			pfree(cache->direction);
		if (cache->options_row != NULL)
			pfree(cache->options_row);
	}
	cache->direction = direction == NULL ? NULL :
		memcpy(palloc(VARSIZE_ANY(direction)), direction, VARSIZE_ANY(direction));
	cache->options_row = row == NULL ? NULL :
		memcpy(palloc(VARSIZE(row)), row, VARSIZE(row));
	cache->options = store_options(&options);
	fcinfo->flinfo->fn_extra = cache;
	MemoryContextSwitchTo(old);
	return &cache->options;
}

/* ---- the state ---- */

/*
 * A state may come from anywhere: look before it is believed.
 */
static State *
checked_state(State *state)
{
	if (VARSIZE(state) < STATE_SIZE(0) || state->version != STATE_VERSION ||
		state->used < 0 || state->capacity < state->used ||
		state->capacity > MOST_ENTRIES ||
		VARSIZE(state) != STATE_SIZE(state->capacity))
		refuse_state();
	return state;
}

/*
 * A state of this capacity in the current context, with what is in the old
 * one.  The executor copies it to where it belongs and frees the old one.
 */
static State *
new_state(const State *from, const StoredOptions *options, int64 capacity)
{
	State	   *state;

	if (capacity > MOST_ENTRIES)
		capacity = MOST_ENTRIES;
	if (from != NULL && from->used >= capacity)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a series of a control chart has too many points"),
				 errdetail("The most is %d.", MOST_ENTRIES)));
	state = palloc(STATE_SIZE(capacity));
	SET_VARSIZE(state, STATE_SIZE(capacity));
	state->version = STATE_VERSION;
	state->capacity = (int32) capacity;
	state->used = 0;
	state->options = *options;
	if (from != NULL)
	{
		state->used = from->used;
		memcpy(state->entries, from->entries,
			   (Size) from->used * sizeof(Entry));
	}

	/* No byte of a state is left to chance: states may be compared. */
	memset(state->entries + state->used, 0,
		   (Size) (capacity - state->used) * sizeof(Entry));
	return state;
}

/*
 * The state to add one point to: the one that came, where it has room and
 * is the executor's to change, else a larger copy.
 */
static State *
state_with_room(FunctionCallInfo fcinfo, const StoredOptions *options)
{
	State	   *state;

	if (PG_ARGISNULL(0))
		return new_state(NULL, options, FIRST_CAPACITY);
	if (AggCheckCallContext(fcinfo, NULL))
		state = (State *) PG_GETARG_BYTEA_P(0);
	else
		state = checked_state((State *) PG_GETARG_BYTEA_P_COPY(0));
	if (memcmp(&state->options, options, sizeof(StoredOptions)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the options of a series differ from row to row"),
				 errdetail("The direction and the options of a summary must be the same in all rows of a group."),
				 errhint("Add them to the GROUP BY, or take max() of them before.")));
	if (state->used < state->capacity)
		return state;
	return new_state(state, options, (int64) state->capacity * 2);
}

static double
figure(FunctionCallInfo fcinfo, int place, const char *what, int64 row)
{
	if (place <= 0 || PG_ARGISNULL(place))
		return NAN;
	return cg_spc_checked(PG_GETARG_FLOAT8(place), what, row);
}

/* Where the arguments of a transition function are; 0: it has none. */
typedef struct Layout
{
	int			value;
	int			denominator;
	int			period;
	int			direction;
	int			target;
	int			rebase;
	int			ghost;
	int			options;
} Layout;

static const Layout value_only = {1, 0, 2, 0, 0, 0, 0, 0};
static const Layout with_target = {1, 0, 2, 3, 4, 0, 0, 0};
static const Layout all_arguments = {1, 2, 3, 4, 5, 6, 7, 8};

static Datum
collect(FunctionCallInfo fcinfo, const Layout *layout, bool is_date)
{
	const StoredOptions *options;
	State	   *state;
	Entry	   *entry;

	options = options_of_row(fcinfo, layout->direction, layout->options);
	state = state_with_room(fcinfo, options);
	if (PG_ARGISNULL(layout->period))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("a point of a control chart has no period"),
				 errhint("Leave such rows out with FILTER (WHERE period IS NOT NULL).")));
	entry = &state->entries[state->used];
	entry->period = is_date ? (int64) PG_GETARG_DATEADT(layout->period) :
		PG_GETARG_INT64(layout->period);
	entry->value = figure(fcinfo, layout->value, "value", state->used + 1);
	entry->denominator = figure(fcinfo, layout->denominator, "denominator",
								state->used + 1);
	entry->target = figure(fcinfo, layout->target, "target", state->used + 1);
	entry->marks = 0;
	if (layout->rebase > 0 && !PG_ARGISNULL(layout->rebase) &&
		PG_GETARG_BOOL(layout->rebase))
		entry->marks |= CG_SPC_MARK_REBASE;
	if (layout->ghost > 0 && !PG_ARGISNULL(layout->ghost) &&
		PG_GETARG_BOOL(layout->ghost))
		entry->marks |= CG_SPC_MARK_GHOST;
	state->used++;
	PG_RETURN_BYTEA_P(state);
}

Datum
cg_spc_collect_value_date(PG_FUNCTION_ARGS)
{
	return collect(fcinfo, &value_only, true);
}

Datum
cg_spc_collect_value_bigint(PG_FUNCTION_ARGS)
{
	return collect(fcinfo, &value_only, false);
}

Datum
cg_spc_collect_date(PG_FUNCTION_ARGS)
{
	return collect(fcinfo, &with_target, true);
}

/* Timestamps with time zone are counts of microseconds: bigints. */
Datum
cg_spc_collect_bigint(PG_FUNCTION_ARGS)
{
	return collect(fcinfo, &with_target, false);
}

Datum
cg_spc_collect_all_date(PG_FUNCTION_ARGS)
{
	return collect(fcinfo, &all_arguments, true);
}

Datum
cg_spc_collect_all_bigint(PG_FUNCTION_ARGS)
{
	return collect(fcinfo, &all_arguments, false);
}

/*
 * A state that came from another process stands in a tuple, perhaps with a
 * short header and not aligned: copy it.
 */
static State *
foreign_state(FunctionCallInfo fcinfo, int place)
{
	return checked_state((State *) PG_GETARG_BYTEA_P_COPY(place));
}

Datum
cg_spc_collect_combine(PG_FUNCTION_ARGS)
{
	State	   *state;
	State	   *other;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	other = foreign_state(fcinfo, 1);
	if (PG_ARGISNULL(0))
		PG_RETURN_BYTEA_P(other);
	state = foreign_state(fcinfo, 0);
	if (memcmp(&state->options, &other->options, sizeof(StoredOptions)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the options of a series differ from row to row"),
				 errdetail("The direction and the options of a summary must be the same in all rows of a group.")));
	if (state->used + (int64) other->used > MOST_ENTRIES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a series of a control chart has too many points"),
				 errdetail("The most is %d.", MOST_ENTRIES)));
	if (state->used + other->used > state->capacity)
		state = new_state(state, &state->options,
						  ((int64) state->used + other->used) * 3 / 2);
	memcpy(state->entries + state->used, other->entries,
		   (Size) other->used * sizeof(Entry));
	state->used += other->used;
	PG_RETURN_BYTEA_P(state);
}

/* ---- the results ---- */

static int
compare_entries(const void *a, const void *b, void *unused)
{
	int64		first = ((const Entry *) a)->period;
	int64		second = ((const Entry *) b)->period;

	return (first > second) - (first < second);
}

/*
 * The points in the order of their periods, in memory of the caller's own.
 */
static Entry *
sorted_entries(State *state)
{
	Entry	   *entries = state->entries;
	bool		sorted = true;

	for (int32 i = 0; i < state->used; i++)
	{
		if (isinf(entries[i].value) || isinf(entries[i].denominator) ||
			isinf(entries[i].target))
			refuse_state();
	}
	for (int32 i = 1; i < state->used; i++)
		sorted &= entries[i - 1].period < entries[i].period;
	if (sorted)
		return entries;
#if PG_VERSION_NUM >= 150000
	qsort_interruptible(entries, (size_t) state->used, sizeof(Entry),
						compare_entries, NULL);
#else
	qsort_arg(entries, (size_t) state->used, sizeof(Entry),
			  compare_entries, NULL);
#endif
	for (int32 i = 1; i < state->used; i++)
	{
		if (entries[i - 1].period == entries[i].period)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a series has two points of one period"),
					 errdetail("They are points %d and %d of their group in the order of periods.",
							   i, i + 1),
					 errhint("Add them up before, or group by what tells their series apart.")));
	}
	return entries;
}

/*
 * Columns of doubles out of the entries.
 */
static double *
column_of(const Entry *entries, int32 n, Size offset)
{
	double	   *column = palloc_extended(sizeof(double) * Max((Size) n, 1),
										 MCXT_ALLOC_HUGE);

	for (int32 i = 0; i < n; i++)
		memcpy(&column[i], (const char *) &entries[i] + offset, sizeof(double));
	return column;
}

static CgSpcSummary
summarise(State *state, const CgSpcOptions *options)
{
	Entry	   *entries = sorted_entries(state);
	int32		n = state->used;
	uint8	   *marks = palloc(Max(n, 1));
	double	   *work = palloc_extended(sizeof(double) * Max(cg_spc_work_size(n), 1),
									   MCXT_ALLOC_HUGE);
	CgSpcPoint *points = palloc_extended(sizeof(CgSpcPoint) * Max((Size) n, 1),
										 MCXT_ALLOC_HUGE);
	CgSpcSeries series = {0};
	size_t		bad_row = 0;
	CgSpcStatus status;

	series.n = (size_t) n;
	series.value = column_of(entries, n, offsetof(Entry, value));
	series.denominator = column_of(entries, n, offsetof(Entry, denominator));
	series.target = column_of(entries, n, offsetof(Entry, target));
	for (int32 i = 0; i < n; i++)
		marks[i] = (uint8) (entries[i].marks &
							(CG_SPC_MARK_REBASE | CG_SPC_MARK_GHOST));
	series.marks = marks;
	status = cg_spc_chart(options, &series, work, points, &bad_row,
						  cg_spc_interrupt, NULL);
	if (status != CG_SPC_OK)
		cg_spc_report(status, (int64) bad_row + 1, NULL);
	return cg_spc_summary(options, &series, points, work);
}

static Datum
word_or_null(const char *word, bool *isnull)
{
	*isnull = word == NULL;
	return word == NULL ? (Datum) 0 : CStringGetTextDatum(word);
}

static const char *
label_of(int32 rules)
{
	for (int bit = 0; bit < CG_SPC_RULE_BITS; bit++)
	{
		if ((rules & (1 << bit)) != 0)
			return cg_spc_rule_word(bit);
	}
	return cg_spc_variation_word(CG_SPC_COMMON_CAUSE);
}

#define SUMMARY_COLUMNS 19

/*
 * Does the last value meet its target?
 */
static Datum
meets_target(const CgSpcSummary *summary, CgSpcDirection direction,
			 bool *isnull)
{
	double		distance = (summary->last.value - summary->target) *
		(double) direction;

	*isnull = direction == CG_SPC_NEUTRAL || isnan(distance);
	return BoolGetDatum(distance >= 0);
}

static Datum
summary_row(FunctionCallInfo fcinfo, const CgSpcSummary *summary,
			CgSpcDirection direction)
{
	const CgSpcPoint *last = &summary->last;
	TupleDesc	desc;
	Datum		values[SUMMARY_COLUMNS];
	bool		nulls[SUMMARY_COLUMNS] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[0] = Int32GetDatum((int32) summary->points);
	values[1] = Int32GetDatum((int32) summary->special_points);
	values[2] = Int32GetDatum((int32) summary->phases);
	values[3] = Int32GetDatum((int32) summary->phase_points);
	values[4] = cg_spc_float(last->value, &nulls[4]);
	values[5] = cg_spc_float(last->centre, &nulls[5]);
	values[6] = cg_spc_float(last->lower, &nulls[6]);
	values[7] = cg_spc_float(last->upper, &nulls[7]);
	values[8] = Int32GetDatum(last->rules);
	values[9] = CStringGetTextDatum(label_of(last->rules));
	values[10] = CStringGetTextDatum(cg_spc_variation_word(summary->variation));
	values[11] = cg_spc_float(summary->target, &nulls[11]);
	values[12] = meets_target(summary, direction, &nulls[12]);
	values[13] = word_or_null(cg_spc_assurance_word(last->assurance), &nulls[13]);
	values[14] = cg_spc_float(summary->capability, &nulls[14]);
	values[15] = cg_spc_float(summary->target_chance, &nulls[15]);
	values[16] = cg_spc_float(summary->autocorrelation, &nulls[16]);
	values[17] = BoolGetDatum(last->is_short_phase);
	values[18] = cg_spc_float(summary->chance, &nulls[18]);
	if (summary->points == 0)
		memset(nulls + 2, true, sizeof(nulls) - 2 * sizeof(bool));
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values,
											 nulls));
}

Datum
cg_spc_summary_final(PG_FUNCTION_ARGS)
{
	CgSpcOptions options;
	CgSpcSummary summary;
	State	   *state;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = foreign_state(fcinfo, 0);
	options = load_options(&state->options);
	summary = summarise(state, &options);
	return summary_row(fcinfo, &summary, options.direction);
}

Datum
cg_spc_autocorrelation_final(PG_FUNCTION_ARGS)
{
	State	   *state;
	double		result;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = foreign_state(fcinfo, 0);
	result = cg_spc_autocorrelation(column_of(sorted_entries(state), state->used,
											  offsetof(Entry, value)),
									(size_t) state->used);
	if (isnan(result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}
