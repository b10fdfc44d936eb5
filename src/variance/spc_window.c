/*-------------------------------------------------------------------------
 *
 * spc_window.c
 *	  Control charts as window functions.
 *
 * The first row of a partition reads the whole partition, draws its chart
 * and keeps the points; the other rows only pick theirs.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "windowapi.h"

#include "variance/spc_glue.h"

/* What is found out once for each query. */
typedef struct SpcCall
{
	SpcPlaces	places;
	SpcRow		row;
	bool		stable[SPC_ARGS];	/* the same for all rows */
	bool		options_stable;
	bool		options_read;
	CgSpcOptions options;
	MemoryContext scratch;
} SpcCall;

/* What is kept for each partition. */
typedef struct SpcPartition
{
	CgSpcPoint *points;
} SpcPartition;

/* Rows read between two looks at memory and interrupts. */
#define READ_ROWS 1024

static Datum
get_at(WindowObject winobj, int place, int64 row, bool *isnull)
{
	bool		isout;

	return WinGetFuncArgInPartition(winobj, place, (int) row,
									WINDOW_SEEK_HEAD, false, isnull, &isout);
}

/*
 * Options are those of the first row of the partition.
 */
static Datum
get_option(void *source, int place, bool *isnull)
{
	return get_at((WindowObject) source, place, 0, isnull);
}

static SpcCall *
start_call(FunctionCallInfo fcinfo)
{
	MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	SpcCall    *call = palloc0(sizeof(SpcCall));
	TupleDesc	desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "a control chart must give a row");
	cg_spc_row_init(&call->row, BlessTupleDesc(desc));
	cg_spc_places_of_function(fcinfo->flinfo->fn_oid, &call->places);
	call->options_stable = true;
	for (int arg = 0; arg < SPC_ARGS; arg++)
	{
		int			place = call->places.place[arg];

		call->stable[arg] = place < 0 ||
			get_fn_expr_arg_stable(fcinfo->flinfo, place);
		if (arg >= SPC_FIRST_OPTION && !call->stable[arg])
			call->options_stable = false;
	}
	call->scratch = AllocSetContextCreate(CurrentMemoryContext,
										  "control chart", ALLOCSET_SMALL_SIZES);
	fcinfo->flinfo->fn_extra = call;
	MemoryContextSwitchTo(old);
	return call;
}

/*
 * Read one argument of all rows into an array of doubles; NULL becomes NaN.
 */
static void
read_doubles(WindowObject winobj, SpcCall *call, SpcArg arg, int64 n,
			 double *into, const char *what)
{
	int			place = call->places.place[arg];
	MemoryContext old = MemoryContextSwitchTo(call->scratch);

	for (int64 i = 0; i < n; i++)
	{
		bool		isnull;
		Datum		value;

		value = get_at(winobj, place, i, &isnull);
		into[i] = isnull ? NAN :
			cg_spc_checked(DatumGetFloat8(value), what, i + 1);
		if (i % READ_ROWS == READ_ROWS - 1)
		{
			CHECK_FOR_INTERRUPTS();
			MemoryContextReset(call->scratch);
		}
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(call->scratch);
}

/*
 * Set a mark on the rows where a boolean argument is true; NULL is false.
 */
static void
read_marks(WindowObject winobj, SpcCall *call, SpcArg arg, int64 n,
		   uint8 *marks, uint8 mark)
{
	int			place = call->places.place[arg];

	for (int64 i = 0; i < n; i++)
	{
		bool		isnull;
		Datum		value = get_at(winobj, place, i, &isnull);

		if (!isnull && DatumGetBool(value))
			marks[i] |= mark;
		if (i % READ_ROWS == READ_ROWS - 1)
			CHECK_FOR_INTERRUPTS();
	}
}

/*
 * Compare the periods with the calendar, where a calendar is given.
 */
static void
read_calendar(WindowObject winobj, SpcCall *call, int64 n, uint8 *marks)
{
	const int  *place = call->places.place;
	bool		isnull;
	Datum		every = get_at(winobj, place[SPC_EVERY], 0, &isnull);
	bool		refuse;
	Timestamp	first = 0;
	int64		step = 0;

	if (isnull)
		return;
	every = IntervalPGetDatum(memcpy(palloc(sizeof(Interval)),
									 DatumGetIntervalP(every),
									 sizeof(Interval)));
	refuse = DatumGetBool(get_at(winobj, place[SPC_REFUSE_GAPS], 0, &isnull)) &&
		!isnull;
	for (int64 i = 0; i < n; i++)
	{
		Datum		period = get_at(winobj, place[SPC_PERIOD], i, &isnull);

		if (isnull || TIMESTAMP_NOT_FINITE(DatumGetTimestamp(period)))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a period is NULL or infinite"),
					 errdetail("With \"every\" each row needs its period; row %lld of its series has none.",
							   (long long) (i + 1)),
					 errhint("Call it as spc_xmr(value, period => month, every => '1 month').")));
		if (i == 0)
			first = DatumGetTimestamp(period);
		else if (cg_spc_is_gap(DatumGetTimestamp(period), first, &step,
							   DatumGetIntervalP(every), refuse, i + 1))
			marks[i] |= CG_SPC_MARK_BREAK;
		if (i % READ_ROWS == READ_ROWS - 1)
			CHECK_FOR_INTERRUPTS();
	}
}

/*
 * A part of the one piece of memory that a partition gets.
 */
static void *
take(char **memory, Size size)
{
	void	   *taken = *memory;

	*memory += MAXALIGN(size);
	return taken;
}

/*
 * May an argument be something else than its default, NULL or false?
 */
static bool
is_given(WindowObject winobj, SpcCall *call, SpcArg arg)
{
	bool		isnull;
	Datum		value;

	if (call->places.place[arg] < 0)
		return false;
	if (!call->stable[arg])
		return true;
	value = get_at(winobj, call->places.place[arg], 0, &isnull);
	if (isnull)
		return false;
	if (arg == SPC_REBASE || arg == SPC_GHOST)
		return DatumGetBool(value);
	return true;
}

static void
read_options(WindowObject winobj, SpcCall *call, CgSpcChart chart)
{
	if (call->options_read && call->options_stable)
		return;
	cg_spc_default_options(&call->options, chart);
	cg_spc_read_options(&call->places, get_option, winobj, &call->options);
	cg_spc_need_data(call->options.chart,
					 is_given(winobj, call, SPC_DENOMINATOR),
					 is_given(winobj, call, SPC_SPREAD));
	call->options_read = true;
}

/*
 * Read the partition and draw its chart.
 */
static CgSpcPoint *
draw(WindowObject winobj, SpcCall *call, CgSpcChart chart,
	 MemoryContext context)
{
	int64		n = WinGetPartitionRowCount(winobj);
	bool		has_value = call->places.place[SPC_VALUE] >= 0;
	bool		has_denominator = is_given(winobj, call, SPC_DENOMINATOR);
	bool		has_spread = is_given(winobj, call, SPC_SPREAD);
	bool		has_target = is_given(winobj, call, SPC_TARGET);
	bool		has_rebase = is_given(winobj, call, SPC_REBASE);
	bool		has_ghost = is_given(winobj, call, SPC_GHOST);
	bool		has_every = is_given(winobj, call, SPC_EVERY);
	CgSpcSeries series = {0};
	CgSpcStatus status;
	CgSpcPoint *points;
	double	   *value = NULL;
	double	   *denominator = NULL;
	double	   *spread = NULL;
	double	   *target = NULL;
	uint8	   *marks = NULL;
	double	   *work;
	size_t		bad_row = 0;
	char	   *memory;

	/* Positions in a partition are integers in the window functions' API. */
	if (n > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a series of a control chart has too many rows"),
				 errdetail("The most is %d.", PG_INT32_MAX)));
	read_options(winobj, call, chart);
	memory = MemoryContextAllocHuge(context,
									(Size) n * (sizeof(CgSpcPoint) + sizeof(uint8) + 6 * sizeof(double)) + 64);
	points = take(&memory, (Size) n * sizeof(CgSpcPoint));
	work = take(&memory, cg_spc_work_size((size_t) n) * sizeof(double));

	if (has_value)
	{
		value = take(&memory, (Size) n * sizeof(double));
		read_doubles(winobj, call, SPC_VALUE, n, value, "value");
	}
	if (has_denominator)
	{
		denominator = take(&memory, (Size) n * sizeof(double));
		read_doubles(winobj, call, SPC_DENOMINATOR, n, denominator, "denominator");
	}
	if (has_spread)
	{
		spread = take(&memory, (Size) n * sizeof(double));
		read_doubles(winobj, call, SPC_SPREAD, n, spread, "standard deviation");
	}
	if (has_target && call->stable[SPC_TARGET])
	{
		bool		isnull;
		Datum		level;

		level = get_at(winobj, call->places.place[SPC_TARGET], 0, &isnull);
		call->options.target =
			cg_spc_checked(DatumGetFloat8(level), "target", 1);
	}
	else if (has_target)
	{
		target = take(&memory, (Size) n * sizeof(double));
		read_doubles(winobj, call, SPC_TARGET, n, target, "target");
	}
	if (has_rebase || has_ghost || has_every)
		marks = memset(take(&memory, (Size) n), 0, (Size) n);
	if (has_rebase)
		read_marks(winobj, call, SPC_REBASE, n, marks, CG_SPC_MARK_REBASE);
	if (has_ghost)
		read_marks(winobj, call, SPC_GHOST, n, marks, CG_SPC_MARK_GHOST);
	if (has_every)
		read_calendar(winobj, call, n, marks);

	series.n = (size_t) n;
	series.value = has_value ? value : spread;
	series.denominator = denominator;
	series.spread = spread;
	series.target = target;
	series.marks = marks;
	status = cg_spc_chart(&call->options, &series, work, points, &bad_row,
						  cg_spc_interrupt, NULL);
	if (status != CG_SPC_OK)
		cg_spc_report(status, (int64) bad_row + 1, NULL);
	return points;
}

static Datum
point_of_row(FunctionCallInfo fcinfo, CgSpcChart chart)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	SpcCall    *call = fcinfo->flinfo->fn_extra;
	SpcPartition *partition;

	if (unlikely(call == NULL))
		call = start_call(fcinfo);
	partition = WinGetPartitionLocalMemory(winobj, sizeof(SpcPartition));
	if (partition->points == NULL)
		partition->points = draw(winobj, call, chart,
								 GetMemoryChunkContext(partition));
	return cg_spc_row_datum(&call->row,
							&partition->points[WinGetCurrentPosition(winobj)]);
}

#define CHART(name, chart) \
	PG_FUNCTION_INFO_V1(name); \
	Datum \
	name(PG_FUNCTION_ARGS) \
	{ \
		return point_of_row(fcinfo, chart); \
	}

CHART(cg_spc_window_run, CG_SPC_RUN)
CHART(cg_spc_window_i, CG_SPC_I)
CHART(cg_spc_window_mr, CG_SPC_MR)
CHART(cg_spc_window_xmr, CG_SPC_XMR)
CHART(cg_spc_window_xbar, CG_SPC_XBAR)
CHART(cg_spc_window_s, CG_SPC_S)
CHART(cg_spc_window_p, CG_SPC_P)
CHART(cg_spc_window_p_prime, CG_SPC_P_PRIME)
CHART(cg_spc_window_u, CG_SPC_U)
CHART(cg_spc_window_u_prime, CG_SPC_U_PRIME)
CHART(cg_spc_window_i_prime, CG_SPC_I_PRIME)
CHART(cg_spc_window_c, CG_SPC_C)
CHART(cg_spc_window_g, CG_SPC_G)
CHART(cg_spc_window_t, CG_SPC_T)

/* The kind of chart is an argument; xmr stands in until it is read. */
CHART(cg_spc_window_any, CG_SPC_XMR)
