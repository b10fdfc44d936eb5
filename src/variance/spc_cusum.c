/*-------------------------------------------------------------------------
 *
 * spc_cusum.c
 *	  VLAD and risk-adjusted CUSUM as window functions.
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

PG_FUNCTION_INFO_V1(cg_spc_window_vlad);
PG_FUNCTION_INFO_V1(cg_spc_window_cusum);

typedef struct Partition
{
	void	   *points;			/* CgSpcVlad or CgSpcCusum */
	double	   *observed;
	double	   *expected;
	int64		n;
} Partition;

static void
read_pairs(WindowObject winobj, Partition *partition, MemoryContext context,
		   Size point_size)
{
	int64		n = WinGetPartitionRowCount(winobj);
	double	   *memory;

	if (n > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a series of a control chart has too many rows"),
				 errdetail("The most is %d.", PG_INT32_MAX)));
	memory = MemoryContextAllocHuge(context,
									(Size) n * (2 * sizeof(double) + point_size));
	partition->n = n;
	partition->observed = memory;
	partition->expected = memory + n;
	for (int64 i = 0; i < n; i++)
	{
		for (int place = 0; place < 2; place++)
		{
			bool		isnull;
			bool		isout;
			Datum		value = WinGetFuncArgInPartition(winobj, place, (int) i,
														 WINDOW_SEEK_HEAD,
														 false, &isnull, &isout);

			memory[place * n + i] = isnull ? NAN :
				cg_spc_checked(DatumGetFloat8(value),
							   place == 0 ? "outcome" : "expectation", i + 1);
		}
		if (i % 1024 == 1023)
			CHECK_FOR_INTERRUPTS();
	}
	partition->points = memory + 2 * n;
}

/*
 * An option, which is that of the first row; NULL is refused.
 */
static Datum
option(WindowObject winobj, int place, const char *name)
{
	bool		isnull;
	bool		isout;
	Datum		value = WinGetFuncArgInPartition(winobj, place, 0,
												 WINDOW_SEEK_HEAD, false,
												 &isnull, &isout);

	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s cannot be NULL", name)));
	return value;
}

static double
option_in_range(WindowObject winobj, int place, const char *name,
				double above, double most)
{
	double		value = DatumGetFloat8(option(winobj, place, name));

	if (!(value > above && value <= most))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s is out of range", name),
				 errdetail("It must be more than %g and at most %g.",
						   above, most)));
	return value;
}

static CgSpcOutcome
option_outcome(WindowObject winobj, int place)
{
	char	   *word = TextDatumGetCString(option(winobj, place, "kind"));

	if (strcmp(word, "binary") == 0)
		return CG_SPC_BINARY;
	if (strcmp(word, "count") == 0)
		return CG_SPC_COUNT;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown kind \"%s\" of outcome", word),
			 errdetail("The choices are binary and count.")));
	return CG_SPC_BINARY;
}

/*
 * The row type, looked up once for each query.
 */
static TupleDesc
result_desc(FunctionCallInfo fcinfo)
{
	if (fcinfo->flinfo->fn_extra == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		TupleDesc	desc;

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		fcinfo->flinfo->fn_extra = BlessTupleDesc(desc);
		MemoryContextSwitchTo(old);
	}
	return fcinfo->flinfo->fn_extra;
}

Datum
cg_spc_window_vlad(PG_FUNCTION_ARGS)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	TupleDesc	desc = result_desc(fcinfo);
	Partition  *partition = WinGetPartitionLocalMemory(winobj, sizeof(Partition));
	CgSpcVlad  *point;
	Datum		values[3];
	bool		nulls[3] = {false, false, false};

	if (partition->points == NULL)
	{
		CgSpcOutcome outcome = option_outcome(winobj, 2);
		double		sigma = option_in_range(winobj, 3, "sigma", 0, 10);
		size_t		bad_row = 0;
		CgSpcStatus status;

		read_pairs(winobj, partition, GetMemoryChunkContext(partition),
				   sizeof(CgSpcVlad));
		status = cg_spc_vlad(partition->observed, partition->expected,
							 (size_t) partition->n, outcome, sigma,
							 partition->points, &bad_row,
							 cg_spc_interrupt, NULL);
		if (status != CG_SPC_OK)
			cg_spc_report(status, (int64) bad_row + 1, NULL);
	}
	point = (CgSpcVlad *) partition->points + WinGetCurrentPosition(winobj);
	values[0] = Float8GetDatum(point->value);
	values[1] = Float8GetDatum(point->lower);
	values[2] = Float8GetDatum(point->upper);
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

Datum
cg_spc_window_cusum(PG_FUNCTION_ARGS)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	TupleDesc	desc = result_desc(fcinfo);
	Partition  *partition = WinGetPartitionLocalMemory(winobj, sizeof(Partition));
	CgSpcCusum *point;
	Datum		values[4];
	bool		nulls[4] = {false, false, false, false};

	if (partition->points == NULL)
	{
		CgSpcOutcome outcome = option_outcome(winobj, 2);
		double		ratio_up = option_in_range(winobj, 3, "ratio_up", 1, 1000);
		double		ratio_down = option_in_range(winobj, 4, "ratio_down", 0, 1);
		double		limit = option_in_range(winobj, 5, "threshold", 0, 1e6);
		bool		reset = DatumGetBool(option(winobj, 6, "reset"));
		size_t		bad_row = 0;
		CgSpcStatus status;

		if (ratio_down < 0.001 || ratio_down == 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("ratio_down is out of range"),
					 errdetail("It must be at least 0.001 and less than 1.")));
		read_pairs(winobj, partition, GetMemoryChunkContext(partition),
				   sizeof(CgSpcCusum));
		status = cg_spc_cusum(partition->observed, partition->expected,
							  (size_t) partition->n, outcome, ratio_up,
							  ratio_down, limit, reset, partition->points,
							  &bad_row, cg_spc_interrupt, NULL);
		if (status != CG_SPC_OK)
			cg_spc_report(status, (int64) bad_row + 1, NULL);
	}
	point = (CgSpcCusum *) partition->points + WinGetCurrentPosition(winobj);
	values[0] = Float8GetDatum(point->up);
	values[1] = Float8GetDatum(point->down);
	values[2] = BoolGetDatum(point->signal_up);
	values[3] = BoolGetDatum(point->signal_down);
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}
