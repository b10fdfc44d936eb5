/*-------------------------------------------------------------------------
 *
 * spc_cusum_core.c
 *	  Charts of outcomes against what case-mix leads one to expect.
 *
 * VLAD: J. Lovegrove, O. Valencia, T. Treasure, C. Sherlaw-Johnson and
 * S. Gallivan, Monitoring the results of cardiac surgery by variable
 * life-adjusted display, Lancet 350, 1997.  Risk-adjusted CUSUM: S. H.
 * Steiner, R. J. Cook, V. T. Farewell and T. Treasure, Monitoring surgical
 * performance using risk-adjusted cumulative sum charts, Biostatistics 1,
 * 2000.
 *
 *-------------------------------------------------------------------------
 */
#include "variance/spc_core.h"

#include <math.h>

#define STOP_ROWS 0x3FFF

static CgSpcStatus
check_pair(double observed, double expected, CgSpcOutcome outcome)
{
	if (outcome == CG_SPC_BINARY)
	{
		if (!(expected >= 0 && expected <= 1))
			return CG_SPC_PROBABILITY;
		if (observed != 0 && observed != 1)
			return CG_SPC_OUTCOME;
		return CG_SPC_OK;
	}
	if (expected < 0)
		return CG_SPC_NEGATIVE_DENOMINATOR;
	if (observed < 0)
		return CG_SPC_NEGATIVE_VALUE;
	return CG_SPC_OK;
}

/*
 * Rows without an outcome or an expectation add nothing.  The limits are
 * those of the sum at that row, sigma standard deviations from 0, as if
 * outcomes came as expected; they hold for a look at one row, not for
 * watching every row, for which the CUSUM is made.
 */
CgSpcStatus
cg_spc_vlad(const double *observed, const double *expected, size_t n,
			CgSpcOutcome outcome, double sigma, CgSpcVlad *points,
			size_t *bad_row, CgSpcStop stop, void *stop_argument)
{
	double		sum = 0;
	double		variance = 0;

	for (size_t i = 0; i < n; i++)
	{
		if (!isnan(observed[i]) && !isnan(expected[i]))
		{
			CgSpcStatus status = check_pair(observed[i], expected[i], outcome);

			*bad_row = i;
			if (status != CG_SPC_OK)
				return status;
			sum += expected[i] - observed[i];
			variance += outcome == CG_SPC_BINARY ?
				expected[i] * (1 - expected[i]) : expected[i];
			if (!isfinite(sum) || !isfinite(sigma * sqrt(variance)))
				return CG_SPC_OVERFLOW;
		}
		points[i].value = sum;
		points[i].lower = -sigma * sqrt(variance);
		points[i].upper = sigma * sqrt(variance);
		if ((i & STOP_ROWS) == STOP_ROWS && stop != NULL &&
			stop(stop_argument))
			return CG_SPC_STOPPED;
	}
	return CG_SPC_OK;
}

/*
 * Log-likelihood ratio of one outcome: that the odds, or for counts the
 * rate, are ratio times those expected, against as expected.
 */
static double
weight(double observed, double expected, CgSpcOutcome outcome, double ratio)
{
	if (outcome == CG_SPC_COUNT)
		return observed * log(ratio) - (ratio - 1) * expected;
	return observed * log(ratio) - log1p(expected * (ratio - 1));
}

CgSpcStatus
cg_spc_cusum(const double *observed, const double *expected, size_t n,
			 CgSpcOutcome outcome, double ratio_up, double ratio_down,
			 double limit, bool reset, CgSpcCusum *points, size_t *bad_row,
			 CgSpcStop stop, void *stop_argument)
{
	double		up = 0;
	double		down = 0;

	for (size_t i = 0; i < n; i++)
	{
		if (!isnan(observed[i]) && !isnan(expected[i]))
		{
			CgSpcStatus status = check_pair(observed[i], expected[i], outcome);

			*bad_row = i;
			if (status != CG_SPC_OK)
				return status;
			up = fmax(0, up + weight(observed[i], expected[i], outcome,
									 ratio_up));
			down = fmax(0, down + weight(observed[i], expected[i], outcome,
										 ratio_down));
			if (!isfinite(up) || !isfinite(down))
				return CG_SPC_OVERFLOW;
		}
		points[i].up = up;
		points[i].down = down;
		points[i].signal_up = up >= limit;
		points[i].signal_down = down >= limit;
		if (reset && points[i].signal_up)
			up = 0;
		if (reset && points[i].signal_down)
			down = 0;
		if ((i & STOP_ROWS) == STOP_ROWS && stop != NULL &&
			stop(stop_argument))
			return CG_SPC_STOPPED;
	}
	return CG_SPC_OK;
}
