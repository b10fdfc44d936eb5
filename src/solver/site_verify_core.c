/*-------------------------------------------------------------------------
 *
 * site_verify_core.c
 *	  The least that a choice of sites can be worth.  See site_verify.h.
 *
 *-------------------------------------------------------------------------
 */
#include "solver/site_verify.h"

#include "numeric/order.h"

#include <math.h>

double
cg_least_choice(double *worth, const signed char *fixed, int sites,
				int min_open, int max_open, double sum)
{
	int			open = 0;
	int			count = 0;

	for (int j = 0; j < sites; j++)
	{
		int			state = fixed == NULL ? CG_SITE_FREE : fixed[j];

		if (state == CG_SITE_OPEN)
		{
			sum += worth[j];
			open++;
		}
		else if (state == CG_SITE_FREE && worth[j] < HUGE_VAL)
			worth[count++] = worth[j];
	}
	cg_sort_doubles(worth, count);
	for (int k = 0; k < count && open < max_open; k++, open++)
	{
		if (worth[k] >= 0 && open >= min_open)
			break;
		sum += worth[k];
	}
	return sum;
}
