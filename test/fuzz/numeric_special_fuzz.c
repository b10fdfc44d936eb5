/*-------------------------------------------------------------------------
 *
 * numeric_special_fuzz.c
 *	  libFuzzer: special functions, order statistics, overdispersion and
 *	  suppression on whatever numbers come.
 *
 * clang -g -O1 -fsanitize=address,undefined,fuzzer -Isrc
 *		test/fuzz/numeric_special_fuzz.c src/numeric/special.c
 *		src/numeric/special_quantile.c src/numeric/order.c
 *		src/variance/rate_core.c src/variance/funnel_core.c
 *		src/variance/suppression_core.c -lm
 *
 *-------------------------------------------------------------------------
 */
#include "numeric/order.h"
#include "numeric/special.h"
#include "variance/funnel_core.h"
#include "variance/suppression_core.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DEMAND(condition) do { if (!(condition)) abort(); } while (0)

/*
 * Both tails lie between 0 and 1 and make 1, or there are none.
 */
static void
demand_tails(CgTails tails)
{
	if (isnan(tails.lower) || isnan(tails.upper))
	{
		DEMAND(isnan(tails.lower) && isnan(tails.upper));
		return;
	}
	DEMAND(tails.lower >= 0 && tails.lower <= 1 + 1e-12);
	DEMAND(tails.upper >= 0 && tails.upper <= 1 + 1e-12);
	DEMAND(fabs(tails.lower + tails.upper - 1) < 1e-9);
}

/*
 * Any double, brought to a size whose sums end in good time.
 */
static double
tame(double x)
{
	x = fabs(x);
	if (!(x < 1e5))
		return 1 + fmod(isfinite(x) ? x : 7, 1e4);
	return fmax(x, 1e-6);
}

static void
try_distributions(double a, double b, double p)
{
	double		x = tame(a);
	double		shape = tame(b);
	double		y;
	double		w;

	/* whatever comes */
	demand_tails(cg_normal_tails(a));
	if (fabs(a) < 1e6 && fabs(b) < 1e6)
	{
		demand_tails(cg_gamma_tails(a, b));
		demand_tails(cg_t_tails(a, b));
		demand_tails(cg_poisson_tails(a, b));
	}
	cg_normal_quantile(p);

	demand_tails(cg_gamma_tails(shape, x));
	w = x / (x + shape);
	demand_tails(cg_beta_tails(shape, x, w, 1 - w));
	demand_tails(cg_f_tails(x, shape, tame(p)));
	demand_tails(cg_binomial_tails(floor(x / 2), floor(x), w));
	if (!(p > 1e-12 && p < 1 - 1e-12))
		return;
	/* quantiles take distributions back */
	x = cg_gamma_quantile(shape, p, false);
	DEMAND(x >= 0);
	if (shape > 0.01)
		DEMAND(fabs(cg_gamma_tails(shape, x).lower - p) < 1e-8);
	w = cg_beta_quantile(shape, tame(a), p, false, &y);
	DEMAND(w >= 0 && y >= 0 && fabs(w + y - 1) < 1e-12);
	DEMAND(!isnan(cg_t_quantile(p, shape)));
	x = cg_binomial_quantile(p, floor(tame(a)), 0.25, false);
	DEMAND(x >= 0 && x <= floor(tame(a)));
}

static void
try_order(const double *values, size_t count)
{
	double		sorted[64];
	double		copy[64];
	size_t		kept = 0;

	for (size_t i = 0; i < count && kept < 64; i++)
	{
		if (!isnan(values[i]))
			sorted[kept++] = values[i];
	}
	if (kept == 0)
		return;
	memcpy(copy, sorted, sizeof(copy));
	cg_sort_doubles(sorted, kept);
	for (size_t i = 1; i < kept; i++)
		DEMAND(sorted[i - 1] <= sorted[i]);
	DEMAND(cg_select_double(copy, kept, kept / 3) == sorted[kept / 3]);
}

static void
try_funnel(const double *values, size_t count, double trim)
{
	double		numerator[64];
	double		denominator[64];
	double		work[64];
	CgFunnelOptions options = {CG_SCALE_LOG, CG_ADJUST_ADDITIVE, trim, true};
	CgFunnelDispersion dispersion;
	size_t		units = 0;

	for (size_t i = 0; i + 1 < count && units < 64; i += 2)
	{
		denominator[units] = tame(values[i + 1]);
		numerator[units] = floor(fmod(tame(values[i]), 1.5 * denominator[units]));
		units++;
	}
	for (int scale = CG_SCALE_LOG; scale <= CG_SCALE_LOG_RATIO_POISSON && units > 0; scale++)
	{
		options.scale = scale;
		if (scale == CG_SCALE_ARCSINE)
			continue;
		dispersion = cg_funnel_dispersion(&options, numerator, denominator, units, 1, work, NULL);
		DEMAND(dispersion.kept <= units);
		DEMAND(dispersion.kept == 0 || (dispersion.phi >= 0 && dispersion.tau2 >= 0));
	}
}

static void
try_suppression(const uint8_t *data, size_t size)
{
	enum { ROWS = 4, COLUMNS = 4, CELLS = (ROWS + 1) * (COLUMNS + 1) };
	CgCell		cells[CELLS];
	int			bad;

	memset(cells, 0, sizeof(cells));
	for (int i = 0; i < ROWS * COLUMNS; i++)
	{
		int			row = 1 + i / COLUMNS;
		int			column = 1 + i % COLUMNS;
		double		value = data[(size_t) i % size] % 60;

		cells[row * (COLUMNS + 1) + column].value = value;
		cells[row * (COLUMNS + 1)].value += value;
		cells[column].value += value;
		cells[0].value += value;
	}
	for (int i = 0; i < CELLS; i++)
	{
		if ((i <= COLUMNS || i % (COLUMNS + 1) == 0) && data[size - 1 - (size_t) i % size] % 7 == 0)
			cells[i].state = CG_CELL_UNPUBLISHED;
	}
	DEMAND(cg_suppress(cells, ROWS, COLUMNS, 5, malloc, free, NULL, &bad) == CG_SUPPRESSION_OK);
	for (int i = 0; i < CELLS; i++)
	{
		DEMAND(cells[i].lower <= cells[i].value && cells[i].upper >= cells[i].value);
		if (cells[i].state == CG_CELL_PRIMARY)
			DEMAND(cells[i].lower <= 1 && cells[i].upper >= 4);
		if (cells[i].state == CG_CELL_SHOWN)
			DEMAND(cells[i].value == 0 || cells[i].value >= 5);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double		values[64];
	size_t		count = size / sizeof(double);

	if (count > 64)
		count = 64;
	memcpy(values, data, count * sizeof(double));
	if (count >= 3)
		try_distributions(values[0], values[1], fabs(fmod(values[2], 1)));
	try_order(values, count);
	if (count >= 4)
		try_funnel(values, count, 0.45 * data[0] / 255);
	if (size > 0)
		try_suppression(data, size);
	return 0;
}
