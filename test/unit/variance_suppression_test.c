/*-------------------------------------------------------------------------
 *
 * variance_suppression_test.c
 *	  Unit test of suppression, printing TAP.
 *
 * What a reader can tell is worked out by trying every table that agrees with
 * what is shown.
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/random.h"
#include "variance/suppression_core.h"

#include <stdbool.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

#define ROWS 3
#define COLUMNS 3
#define CELLS ((ROWS + 1) * (COLUMNS + 1))
#define CELL(row, column) ((row) * (COLUMNS + 1) + (column))

/* All tables that agree: the least and most of each cell. */
typedef struct Search
{
	const CgCell *cells;
	int			value[CELLS];
	int			low[CELLS];
	int			high[CELLS];
} Search;

static bool
totals_agree(const Search *search, int row, int column)
{
	int			sum = 0;

	if (column == COLUMNS)
	{
		for (int j = 1; j <= COLUMNS; j++)
			sum += search->value[CELL(row, j)];
		if (sum != (int) search->cells[CELL(row, 0)].value)
			return false;
	}
	if (row == ROWS)
	{
		sum = 0;
		for (int i = 1; i <= ROWS; i++)
			sum += search->value[CELL(i, column)];
		if (sum != (int) search->cells[CELL(0, column)].value)
			return false;
	}
	return true;
}

static void
try_cell(Search *search, int at)
{
	int			row = 1 + at / COLUMNS;
	int			column = 1 + at % COLUMNS;
	int			cell = CELL(row, column);
	int			first;
	int			last;

	if (at == ROWS * COLUMNS)
	{
		for (int i = 0; i < CELLS; i++)
		{
			if (search->value[i] < search->low[i])
				search->low[i] = search->value[i];
			if (search->value[i] > search->high[i])
				search->high[i] = search->value[i];
		}
		return;
	}
	first = last = (int) search->cells[cell].value;
	if (search->cells[cell].state != CG_CELL_SHOWN)
	{
		first = 1;
		last = (int) fmin(search->cells[CELL(row, 0)].value, search->cells[CELL(0, column)].value);
	}
	for (int value = first; value <= last; value++)
	{
		search->value[cell] = value;
		if (totals_agree(search, row, column))
			try_cell(search, at + 1);
	}
}

static void
fill(CgCell *cells, const int *inside)
{
	memset(cells, 0, sizeof(CgCell) * CELLS);
	for (int row = 1; row <= ROWS; row++)
	{
		for (int column = 1; column <= COLUMNS; column++)
		{
			double		value = inside[(row - 1) * COLUMNS + column - 1];

			cells[CELL(row, column)].value = value;
			cells[CELL(row, 0)].value += value;
			cells[CELL(0, column)].value += value;
			cells[0].value += value;
		}
	}
}

static void
test_against_enumeration(void)
{
	CgRandom	random;
	bool		exact = true;
	bool		protected = true;
	int			tables = 0;
	int			exposed = 0;

	cg_random_seed(&random, 3);
	for (int round = 0; round < 250; round++)
	{
		CgCell		cells[CELLS];
		int			inside[ROWS * COLUMNS];
		Search		search;
		bool		total_hidden = false;
		int			bad;

		for (int i = 0; i < ROWS * COLUMNS; i++)
			inside[i] = (int) (cg_random_bits(&random) % (round % 2 ? 9 : 14));
		fill(cells, inside);
		if (cg_suppress(cells, ROWS, COLUMNS, 4, malloc, free, NULL, &bad) != CG_SUPPRESSION_OK)
		{
			exact = false;
			continue;
		}
		for (int i = 0; i < CELLS; i++)
			total_hidden |= (i <= COLUMNS || i % (COLUMNS + 1) == 0) && cells[i].state != CG_CELL_SHOWN;
		if (total_hidden)
			continue;
		tables++;
		search.cells = cells;
		for (int i = 0; i < CELLS; i++)
		{
			search.value[i] = (int) cells[i].value;
			search.low[i] = 1000;
			search.high[i] = -1;
		}
		try_cell(&search, 0);
		for (int i = 0; i < CELLS; i++)
		{
			exact &= search.low[i] == (int) cells[i].lower && search.high[i] == (int) cells[i].upper;
			exposed += cells[i].state == CG_CELL_EXPOSED;
			if (cells[i].state == CG_CELL_PRIMARY)
				protected &= search.low[i] <= 1 && search.high[i] >= 3 && search.high[i] > search.low[i];
		}
	}
	printf("# %d tables, %d exposed cells\n", tables, exposed);
	ok(tables > 150, "enough tables were tried");
	ok(exact, "the interval is what trying every table gives");
	ok(protected, "no small cell can be told more closely than that it is small");
}

static void
test_cases(void)
{
	static const int nothing_small[] = {10, 20, 30, 40, 50, 60, 70, 80, 90};
	static const int one_small[] = {2, 20, 30, 40, 50, 60, 70, 80, 90};
	static const int lonely[] = {2, 0, 0, 0, 50, 60, 0, 80, 90};
	CgCell		cells[CELLS];
	int			hidden = 0;
	int			bad;

	fill(cells, nothing_small);
	cg_suppress(cells, ROWS, COLUMNS, 5, malloc, free, NULL, &bad);
	for (int i = 0; i < CELLS; i++)
		hidden += cells[i].state != CG_CELL_SHOWN;
	ok(hidden == 0, "nothing small, nothing left out");

	fill(cells, one_small);
	cg_suppress(cells, ROWS, COLUMNS, 5, malloc, free, NULL, &bad);
	for (int i = 0; i < CELLS; i++)
		hidden += cells[i].state != CG_CELL_SHOWN;
	ok(hidden == 4 && cells[CELL(1, 1)].state == CG_CELL_PRIMARY && cells[CELL(2, 2)].state == CG_CELL_SECONDARY &&
	   cells[CELL(1, 2)].state == CG_CELL_SECONDARY && cells[CELL(2, 1)].state == CG_CELL_SECONDARY,
	   "one small cell takes the three cheapest with it");

	fill(cells, lonely);
	cg_suppress(cells, ROWS, COLUMNS, 5, malloc, free, NULL, &bad);
	ok(cells[CELL(1, 1)].state != CG_CELL_SHOWN && cells[CELL(1, 0)].state != CG_CELL_SHOWN &&
	   cells[CELL(0, 1)].state != CG_CELL_SHOWN, "alone in its row and column, its totals go too");

	fill(cells, one_small);
	cells[CELL(2, 0)].value++;
	ok(cg_suppress(cells, ROWS, COLUMNS, 5, malloc, free, NULL, &bad) == CG_SUPPRESSION_TOTAL_DIFFERS && bad == CELL(2, 0),
	   "a total that is no sum");

	fill(cells, one_small);
	for (int i = 0; i < CELLS; i++)
	{
		if (i <= COLUMNS || i % (COLUMNS + 1) == 0)
			cells[i].state = CG_CELL_UNPUBLISHED;
	}
	cg_suppress(cells, ROWS, COLUMNS, 5, malloc, free, NULL, &bad);
	ok(cells[CELL(2, 2)].state == CG_CELL_SHOWN && isinf(cells[CELL(1, 1)].upper) && cells[CELL(1, 1)].lower == 1,
	   "without totals nothing else need go");
}

static int	asked = 0;

static bool
at_once(void)
{
	asked++;
	return true;
}

static void
test_stop(void)
{
	enum { SIDE = 250 };
	CgCell	   *cells = calloc((SIDE + 1) * (SIDE + 1), sizeof(CgCell));
	int			bad;

	for (int i = 1; i <= SIDE; i++)
	{
		for (int j = 1; j <= SIDE; j++)
		{
			double		value = 1 + (i * 7 + j * 3) % 40;

			cells[i * (SIDE + 1) + j].value = value;
			cells[i * (SIDE + 1)].value += value;
			cells[j].value += value;
			cells[0].value += value;
		}
	}
	ok(cg_suppress(cells, SIDE, SIDE, 5, malloc, free, at_once, &bad) == CG_SUPPRESSION_STOPPED && asked > 0, "it can be stopped");
	free(cells);
}

int
main(void)
{
	test_cases();
	test_against_enumeration();
	test_stop();
	printf("1..%d\n", tests);
	return failures != 0;
}
