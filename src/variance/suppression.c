/*-------------------------------------------------------------------------
 *
 * suppression.c
 *	  Suppression of small numbers in a published table, as a window function
 *	  over the table's rows.
 *
 * The rows are what GROUP BY CUBE (a, b) gives: a NULL key marks a total.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "common/cg_compat.h"
#include "variance/rate_glue.h"
#include "variance/suppression_core.h"

PG_FUNCTION_INFO_V1(cg_suppress_table);
PG_FUNCTION_INFO_V1(cg_suppress_list);

#define MAX_CELLS 4000000

static const char *const state_words[] = {
	[CG_CELL_SHOWN] = "shown",
	[CG_CELL_PRIMARY] = "primary",
	[CG_CELL_SECONDARY] = "secondary",
	[CG_CELL_EXPOSED] = "exposed",
	[CG_CELL_UNPUBLISHED] = "unpublished"
};

/* One key column: the rows' keys, and the different ones in order. */
typedef struct Keys
{
	text	  **key;			/* NULL marks a total */
	text	  **different;
	int			count;
} Keys;

typedef struct Table
{
	CgCell	   *cells;
	int32	   *cell_of_row;	/* -1 where the value is NULL */
} Table;

static int
compare_keys(const void *a, const void *b)
{
	text	   *left = *(text *const *) a;
	text	   *right = *(text *const *) b;
	int			left_length = VARSIZE_ANY_EXHDR(left);
	int			right_length = VARSIZE_ANY_EXHDR(right);
	int			order = memcmp(VARDATA_ANY(left), VARDATA_ANY(right),
							   Min(left_length, right_length));

	return order != 0 ? order : left_length - right_length;
}

static void
read_keys(FunctionCallInfo fcinfo, CgPartition *partition, int arg, Keys *keys)
{
	int64		given = 0;

	keys->key = cg_partition_alloc(partition, sizeof(text *) * partition->rows);
	keys->different = cg_partition_alloc(partition, sizeof(text *) * partition->rows);
	for (int64 row = 0; row < partition->rows; row++)
	{
		bool		is_null;
		bool		is_out;
		Datum		value = WinGetFuncArgInPartition(PG_WINDOW_OBJECT(), arg, (int) row,
													 WINDOW_SEEK_HEAD, false,
													 &is_null, &is_out);

		keys->key[row] = NULL;
		if (!is_null)
		{
			MemoryContext old = MemoryContextSwitchTo(partition->context);

			keys->key[row] = DatumGetTextPCopy(value);
			MemoryContextSwitchTo(old);
			keys->different[given++] = keys->key[row];
		}
		CHECK_FOR_INTERRUPTS();
	}
	qsort(keys->different, given, sizeof(text *), compare_keys);
	keys->count = 0;
	for (int64 i = 0; i < given; i++)
	{
		if (i == 0 || compare_keys(&keys->different[i], &keys->different[i - 1]) != 0)
			keys->different[keys->count++] = keys->different[i];
	}
}

/*
 * A key's place from 1, 0 for a total.
 */
static int
place_of(const Keys *keys, int64 row)
{
	text	  **found;

	if (keys->key[row] == NULL)
		return 0;
	found = bsearch(&keys->key[row], keys->different, keys->count, sizeof(text *),
					compare_keys);
	return (int) (found - keys->different) + 1;
}

static CgCell *
make_cells(CgPartition *partition, int rows, int columns)
{
	int64		count = ((int64) rows + 1) * (columns + 1);
	CgCell	   *cells;

	if (count > MAX_CELLS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the table is too large"),
				 errdetail("It may have at most %d cells, totals included.", MAX_CELLS)));
	cells = cg_partition_alloc(partition, sizeof(CgCell) * count);
	memset(cells, 0, sizeof(CgCell) * count);
	for (int64 i = 0; i < count; i++)
		cells[i].state = i <= columns || i % (columns + 1) == 0 ?
			CG_CELL_UNPUBLISHED : CG_CELL_SHOWN;
	return cells;
}

/*
 * Totals that the table does not have are its sums.
 */
static void
fill_totals(CgCell *cells, int rows, int columns)
{
	for (int row = 1; row <= rows; row++)
	{
		CgCell	   *total = &cells[row * (columns + 1)];
		double		sum = 0;

		for (int column = 1; column <= columns; column++)
			sum += total[column].value;
		if (total->state == CG_CELL_UNPUBLISHED)
			total->value = sum;
	}
	for (int column = 0; column <= columns; column++)
	{
		double		sum = 0;

		for (int row = 1; row <= rows; row++)
			sum += cells[row * (columns + 1) + column].value;
		if (cells[column].state == CG_CELL_UNPUBLISHED)
			cells[column].value = sum;
	}
}

static double
whole_number(double value)
{
	if (!(value >= 0 && value <= 9007199254740991.0) || value != floor(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("value must be a whole number, 0 or more"),
				 errhint("Suppress the counts, and work rates out of what is shown.")));
	return value;
}

static void
solve(Table *table, int rows, int columns, int threshold)
{
	int			bad;

	switch (cg_suppress(table->cells, rows, columns, threshold, palloc, pfree,
						cg_stop_requested, &bad))
	{
		case CG_SUPPRESSION_TOTAL_DIFFERS:
			ereport(ERROR,
					(errcode(ERRCODE_DATA_EXCEPTION),
					 errmsg("a total differs from the sum of its cells"),
					 errhint("Rows with a NULL key are totals; give a key to a category that has none.")));
			break;
		default:
			break;
	}
}

static Table *
prepare_table(FunctionCallInfo fcinfo, CgPartition *partition, bool is_list)
{
	Table	   *table = cg_partition_alloc(partition, sizeof(Table));
	int			threshold = DatumGetInt32(cg_window_option(fcinfo, is_list ? 2 : 3,
														   "threshold"));
	Keys		row_keys;
	Keys		column_keys = {NULL, NULL, 1};

	if (threshold < 2 || threshold > 1000)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("threshold must be 2 to 1000"),
				 errdetail("Counts from 1 to one less than it are suppressed.")));
	read_keys(fcinfo, partition, 1, &row_keys);
	if (!is_list)
		read_keys(fcinfo, partition, 2, &column_keys);
	table->cells = make_cells(partition, row_keys.count, column_keys.count);
	table->cell_of_row = cg_partition_alloc(partition, sizeof(int32) * partition->rows);
	for (int64 row = 0; row < partition->rows; row++)
	{
		bool		is_null;
		bool		is_out;
		Datum		value = WinGetFuncArgInPartition(PG_WINDOW_OBJECT(), 0, (int) row,
													 WINDOW_SEEK_HEAD, false,
													 &is_null, &is_out);
		int			cell = place_of(&row_keys, row) * (column_keys.count + 1) +
			(is_list ? 1 : place_of(&column_keys, row));

		table->cell_of_row[row] = is_null ? -1 : cell;
		if (is_null)
			continue;
		if (table->cells[cell].lower != 0)
			ereport(ERROR,
					(errcode(ERRCODE_CARDINALITY_VIOLATION),
					 errmsg("a cell comes twice"),
					 errhint("Rows with a NULL key are totals; give a key to a category that has none.")));
		table->cells[cell].value = whole_number(DatumGetFloat8(value));
		table->cells[cell].state = CG_CELL_SHOWN;
		table->cells[cell].lower = 1;	/* seen */
		CHECK_FOR_INTERRUPTS();
	}
	fill_totals(table->cells, row_keys.count, column_keys.count);
	solve(table, row_keys.count, column_keys.count, threshold);
	return table;
}

static Datum
suppress(FunctionCallInfo fcinfo, bool is_list)
{
	CgPartition *partition = cg_partition_open(fcinfo);
	Table	   *table;
	const CgCell *cell;
	int32		at;
	Datum		values[4];
	bool		nulls[4] = {false};

	if (!partition->ready)
	{
		partition->results = prepare_table(fcinfo, partition, is_list);
		partition->ready = true;
	}
	table = partition->results;
	at = table->cell_of_row[WinGetCurrentPosition(PG_WINDOW_OBJECT())];
	if (at < 0)
		PG_RETURN_NULL();
	cell = &table->cells[at];
	nulls[0] = cell->state != CG_CELL_SHOWN;
	values[0] = Int64GetDatum((int64) cell->value);
	values[1] = CStringGetTextDatum(state_words[cell->state]);
	values[2] = Int64GetDatum((int64) cell->lower);
	nulls[3] = isinf(cell->upper);
	values[3] = Int64GetDatum(nulls[3] ? 0 : (int64) cell->upper);
	return cg_result(fcinfo, values, nulls);
}

Datum
cg_suppress_table(PG_FUNCTION_ARGS)
{
	return suppress(fcinfo, false);
}

Datum
cg_suppress_list(PG_FUNCTION_ARGS)
{
	return suppress(fcinfo, true);
}
