/*-------------------------------------------------------------------------
 *
 * subgradient_core.c
 *	  A step of subgradient ascent.  See subgradient.h.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/subgradient.h"

bool
cg_subgradient_step(double *price, const double *direction, int count, double rise)
{
	double		square = 0;
	double		length;

	for (int i = 0; i < count; i++)
		square += direction[i] * direction[i];
	if (square == 0)
		return false;
	length = rise / square;
	for (int i = 0; i < count; i++)
		price[i] += length * direction[i];
	return true;
}
