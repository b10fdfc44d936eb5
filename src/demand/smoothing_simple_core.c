/*-------------------------------------------------------------------------
 *
 * smoothing_simple_core.c
 *	  Simple exponential smoothing, ETS(A,N,N): what smoothing_core.c does for
 *	  every model, without its choices.  Theta fits nothing else, and some of
 *	  it is part of every combination.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/smoothing_state.h"

#include <math.h>

bool
cg_simple_squares(const double *y, int n, double alpha, double level, double *sum,
				  double *gradient, double *matrix)
{
	double		keep = 1 - alpha;
	double		by_alpha = 0;	/* slopes of the level */
	double		by_level = 1;
	double		sse = 0;
	double		errors[2] = {0};	/* products of error and slopes */
	double		slopes[3] = {0};	/* of slopes: alpha², alpha level, level² */

	if (gradient == NULL)
	{
		for (int t = 0; t < n; t++)
		{
			double		error = y[t] - level;

			sse += error * error;
			level += alpha * error;
		}
		*sum = sse;
		return isfinite(sse);
	}
	for (int t = 0; t < n; t++)
	{
		double		error = y[t] - level;

		sse += error * error;
		errors[0] -= error * by_alpha;
		errors[1] -= error * by_level;
		slopes[0] += by_alpha * by_alpha;
		slopes[1] += by_alpha * by_level;
		slopes[2] += by_level * by_level;
		by_alpha = keep * by_alpha + error;
		by_level *= keep;
		level += alpha * error;
	}
	*sum = sse;
	gradient[0] = errors[0];
	gradient[1] = errors[1];
	matrix[0] = slopes[0];
	matrix[2] = slopes[1];
	matrix[3] = slopes[2];
	return isfinite(sse);
}
