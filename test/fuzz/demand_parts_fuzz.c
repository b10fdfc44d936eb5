/*-------------------------------------------------------------------------
 *
 * demand_parts_fuzz.c
 *	  libFuzzer: decomposition, cleaning, sparse counts, events and
 *	  reconciliation keep their promises on any input.
 *
 * clang -g -O1 -fsanitize=address,undefined,fuzzer -Isrc
 *		test/fuzz/demand_parts_fuzz.c src/demand/{stl,decompose,clean,event}_core.c
 *		src/demand/{intermittent,reconcile}_core.c src/numeric/{order,linear,special,special_quantile}.c
 *
 *-------------------------------------------------------------------------
 */
#include "demand/clean_core.h"
#include "demand/decompose_core.h"
#include "demand/event_core.h"
#include "demand/intermittent_core.h"
#include "demand/reconcile_core.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MOST 120

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *input;
static size_t left;

static int
byte(void)
{
	if (left == 0)
		return 0;
	left--;
	return *input++;
}

/* Small whole numbers, now and then something odd. */
static double
number(void)
{
	int			kind = byte();

	if (kind < 200)
		return byte() % 16;
	if (kind < 240)
		return byte() / 7.0 - 18;
	if (kind < 246)
		return ldexp(byte() - 128, byte() * 4 - 512);
	return 0;
}

static void
demand(int held)
{
	if (!held)
		abort();
}

static double
size_of(const double *y, int n)
{
	double		size = 0;

	for (int i = 0; i < n; i++)
		size = isnan(y[i]) ? size : fmax(size, fabs(y[i]));
	return size;
}

static void
decompose(const double *y, int n, int period)
{
	double	   *parts = malloc(sizeof(double) * 8 * MOST);
	double	   *work = malloc(sizeof(double) * (cg_stl_work_size(n, period) + n));
	double	   *seasonal = parts;
	double	   *trend = parts + 2 * MOST;
	double	   *remainder = parts + 3 * MOST;
	double		tolerance = 1e-12 * size_of(y, n);
	CgStlOptions options;

	cg_stl_default_options(&options, n, period, byte() % 20, byte() % 2);
	options.seasonal_degree = byte() % 3;
	options.trend_window = byte();
	options.trend_jump = byte() % 9;
	options.outer = byte() % 4;
	if (cg_stl(y, n, &options, seasonal, trend, remainder, parts + 4 * MOST, work, NULL) == CG_DECOMPOSE_OK)
	{
		for (int i = 0; i < n; i++)
			demand(fabs(seasonal[i] + trend[i] + remainder[i] - y[i]) <= tolerance + 1e-12 * (fabs(trend[i]) + fabs(seasonal[i])));
	}
	if (cg_decompose_classical(y, n, period, byte() % 2, seasonal, trend, remainder) == CG_DECOMPOSE_OK)
		demand(isnan(trend[0]) && cg_component_strength(trend, remainder, n) <= 1);
	free(parts);
	free(work);
}

static void
clean(double *y, int n, int period)
{
	double	   *work = malloc(sizeof(double) * cg_clean_work_size(n, period));
	double		filled[MOST];
	CgOutlier	outliers[MOST];
	CgLevelShift shifts[10];
	CgIntervention effect;
	double		spread;
	int			found;
	int			bad = -1;
	int			first = byte() % (n + 1);
	CgMissingPolicy policy = byte() % 4;
	CgCleanStatus status;

	for (int i = 0; i < n; i++)
	{
		if (byte() > 240)
			y[i] = NAN;
	}
	status = cg_fill_missing(y, n, period, policy, filled, &bad, work, NULL);
	demand(status != CG_CLEAN_MISSING || (policy == CG_MISSING_REFUSE && bad >= 0 && isnan(y[bad])));
	for (int i = 0; status == CG_CLEAN_OK && i < n; i++)
		demand(!isnan(filled[i]) && (isnan(y[i]) || filled[i] == y[i]));
	cg_find_outliers(y, n, period, 1 + byte() % 8, outliers, n, &found, &spread, work, NULL);
	for (int k = 0; k < found; k++)
		demand(outliers[k].place >= 0 && outliers[k].place < n && !isnan(outliers[k].z) &&
			   outliers[k].p_value >= 0 && outliers[k].p_value <= 1 && (k == 0 || outliers[k].place > outliers[k - 1].place));
	cg_find_level_shifts(y, n, period, 0.2, shifts, 10, &found, work, NULL);
	for (int k = 0; k < found; k++)
		demand(shifts[k].place > 0 && shifts[k].place < n && shifts[k].p_value <= 0.2 && (k == 0 || shifts[k].place > shifts[k - 1].place));
	cg_intervention_effect(y, n, period, first, first + byte() % 20, &effect, work, NULL);
	free(work);
}

static void
count(const double *y, int n)
{
	double		fitted[MOST];
	CgIntermittentFit fit;
	CgIntermittentMethod method = byte() % 3;
	double		alpha = byte() % 2 ? NAN : byte() / 200.0;
	double		beta = byte() % 2 ? NAN : byte() / 200.0;

	if (cg_intermittent(y, n, method, alpha, beta, fitted, &fit, NULL) == CG_INTERMITTENT_OK)
		demand(fit.rate >= 0 && isfinite(fit.rate) && fit.rate <= size_of(y, n) * 1.001);
	cg_demand_profile(y, n);
}

static void
explain(const double *y, int n, int period)
{
	int			columns = byte() % 4;
	double	   *events = malloc(sizeof(double) * n * 4);
	double	   *work = malloc(sizeof(double) * cg_event_work_size(n, period, columns));
	CgEventEffect effects[4];
	double		adjusted[MOST];

	for (int i = 0; i < n * columns; i++)
		events[i] = byte() % 3;
	if (cg_event_effects(y, n, period, events, columns, byte() % 2, effects, adjusted, work, NULL) == CG_EVENT_OK)
	{
		for (int j = 0; j < columns; j++)
			demand(effects[j].is_used || effects[j].effect == 0);
	}
	free(events);
	free(work);
}

static void
reconcile(const double *y, int n)
{
	int			parent[MOST];
	int			order[MOST];
	int			room[MOST];
	double		variance[MOST];
	double		residuals[MOST * 4];
	double		x[MOST];
	double		sum[MOST] = {0};
	bool		leaf[MOST];
	int			bad = -1;
	CgReconcileMethod method = byte() % CG_RECONCILE_METHODS;
	CgReconcileProblem problem = {n, parent, order, y, variance, NULL, residuals, 4, method, byte() % 2};
	CgReconcileResult result;
	double	   *work;

	for (int i = 0; i < n; i++)
	{
		parent[i] = byte() % 20 == 0 ? byte() % n : i == 0 ? -1 : byte() % i;
		variance[i] = fabs(number());
		leaf[i] = true;
		for (int t = 0; t < 4; t++)
			residuals[i * 4 + t] = number();
	}
	if (cg_hierarchy_order(parent, n, order, room, &bad) != CG_RECONCILE_OK)
	{
		int			at = bad;

		for (int i = 0; i <= n && at >= 0; i++)
			at = parent[at];
		demand(at >= 0);
		return;
	}
	work = malloc(sizeof(double) * cg_reconcile_work_size(n, method, 4));
	if (cg_reconcile(&problem, x, &result, work, NULL) == CG_RECONCILE_OK)
	{
		for (int i = 0; i < n; i++)
		{
			if (parent[i] >= 0)
			{
				sum[parent[i]] += x[i];
				leaf[parent[i]] = false;
			}
		}
		for (int i = 0; i < n; i++)
			demand((leaf[i] || fabs(sum[i] - x[i]) <= 1e-9 * size_of(x, n)) && (!problem.non_negative || x[i] >= 0));
	}
	free(work);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double		y[MOST];
	int			what;
	int			n;
	int			period;

	input = data;
	left = size;
	what = byte() % 5;
	n = 1 + byte() % MOST;
	period = 1 + byte() % 30;
	for (int i = 0; i < n; i++)
		y[i] = number();
	switch (what)
	{
		case 0:
			if (period >= 2 && period <= n)
				decompose(y, n, period);
			break;
		case 1:
			clean(y, n, period);
			break;
		case 2:
			count(y, n);
			break;
		case 3:
			explain(y, n, period);
			break;
		default:
			reconcile(y, n);
	}
	return 0;
}
