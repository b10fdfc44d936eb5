/*-------------------------------------------------------------------------
 *
 * rate_window.c
 *	  Reading a window function's partition once.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "windowapi.h"

#include "common/cg_compat.h"
#include "variance/rate_glue.h"

void *
cg_partition_alloc(CgPartition *partition, size_t size)
{
	return MemoryContextAllocHuge(partition->context, Max(size, 1));
}

/*
 * Read the first arguments of every row.
 */
static void
read_partition(WindowObject window, int columns, int nullable,
			   CgPartition *partition)
{
	partition->index = cg_partition_alloc(partition, sizeof(int32) * partition->rows);
	for (int j = 0; j < columns; j++)
		partition->column[j] = cg_partition_alloc(partition, sizeof(double) * partition->rows);
	for (int64 row = 0; row < partition->rows; row++)
	{
		bool		any_null = false;

		for (int j = 0; j < columns; j++)
		{
			bool		is_null;
			bool		is_out;
			Datum		value = WinGetFuncArgInPartition(window, j, (int) row,
														 WINDOW_SEEK_HEAD, false,
														 &is_null, &is_out);

			if (is_null && (nullable & (1 << j)) == 0)
			{
				any_null = true;
				break;
			}
			if (is_null)
				partition->column[j][partition->count] = NAN;
			else
			{
				partition->column[j][partition->count] = DatumGetFloat8(value);
				/* NaN stands for NULL here, so none may come from outside */
				if (nullable & (1 << j))
					cg_finite(DatumGetFloat8(value), "value");
			}
		}
		partition->index[row] = any_null ? -1 : (int32) partition->count++;
		if ((row & 0xfff) == 0)
			CHECK_FOR_INTERRUPTS();
	}
}

CgPartition *
cg_partition_open(FunctionCallInfo fcinfo)
{
	WindowObject window = PG_WINDOW_OBJECT();
	CgPartition *partition;

	if (!WindowObjectIsValid(window))
		ereport(ERROR,
				(errcode(ERRCODE_WINDOWING_ERROR),
				 errmsg("window function called without a window")));
	partition = WinGetPartitionLocalMemory(window, sizeof(CgPartition));
	if (partition->ready)
		return partition;
	partition->context = GetMemoryChunkContext(partition);
	partition->rows = WinGetPartitionRowCount(window);
	if (partition->rows > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a partition may have at most %d rows", PG_INT32_MAX)));
	return partition;
}

bool
cg_partition(FunctionCallInfo fcinfo, int columns, int nullable,
			 CgPartition **partition)
{
	*partition = cg_partition_open(fcinfo);
	if ((*partition)->ready)
		return false;
	read_partition(PG_WINDOW_OBJECT(), columns, nullable, *partition);
	(*partition)->ready = true;
	return true;
}

int32
cg_partition_row(FunctionCallInfo fcinfo, const CgPartition *partition)
{
	return partition->index[WinGetCurrentPosition(PG_WINDOW_OBJECT())];
}

Datum
cg_window_option(FunctionCallInfo fcinfo, int arg, const char *name)
{
	bool		is_null;
	Datum		value = WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), arg, &is_null);

	if (is_null)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
	return value;
}
