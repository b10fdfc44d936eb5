/*-------------------------------------------------------------------------
 *
 * exceed_core.c
 *	  The probability that a count is above a limit.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/exceed_core.h"

#include <math.h>

#include "numeric/special.h"

/*
 * A variance above the mean by less than this is the mean with a rounding
 * error: the two distributions cannot be told apart, and the exponent of the
 * negative binomial would be lost in it.
 */
#define NO_EXCESS 1e-12

double
cg_demand_exceeds(double mean, double variance, double capacity)
{
	double		excess = variance - mean;
	double		least = floor(capacity) + 1;

	if (least <= 0)
		return 1;
	if (mean == 0)
		return 0;
	if (excess <= NO_EXCESS * mean)
		return cg_poisson_tails(capacity, mean).upper;
	return cg_beta_tails(mean * (mean / excess), least, mean / variance, excess / variance).upper;
}
