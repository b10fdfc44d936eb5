/*-------------------------------------------------------------------------
 *
 * site_verify.h
 *	  The least that a choice of sites can be worth, worked out plainly: for
 *	  the checks of answers, which use nothing of the solvers.  Not for others.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SITE_VERIFY_H
#define CG_SITE_VERIFY_H

#include "solver/p_median.h"

/*
 * Adds to sum what the sites that are fixed open are worth, then the least of
 * the free ones: all that are below 0, and more or fewer as the numbers to
 * open want it.  A free site worth HUGE_VAL cannot be open.  fixed
 * is as in p_median.h; worth is reordered.
 */
extern double cg_least_choice(double *worth, const signed char *fixed, int sites,
							  int min_open, int max_open, double sum);

#endif							/* CG_SITE_VERIFY_H */
