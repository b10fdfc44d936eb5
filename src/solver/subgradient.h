/*-------------------------------------------------------------------------
 *
 * subgradient.h
 *	  Subgradient ascent on the prices of a Lagrangian relaxation: what its
 *	  solvers share of a step.  Not for others.
 *
 * M. Held, P. Wolfe and H. Crowder, Validation of subgradient optimization,
 *	  Math Program 1974;6:62-88 (the length of a step).
 * P. Camerini, L. Fratta and F. Maffioli, On improving relaxation methods by
 *	  modified gradient techniques, Math Program Study 1975;3:26-34 (the
 *	  direction).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SUBGRADIENT_H
#define CG_SUBGRADIENT_H

#include <math.h>
#include <stdbool.h>

/* Where sites are chosen, a step aims so many times as far as the goal. */
#define CG_BEYOND_GOAL 1.02

/*
 * Where a price goes: slack is what its constraint lacks, and something is
 * kept of the direction of the step before, or 0.
 */
static inline double
cg_deflected(double slack, double before)
{
	return slack + 0.35 * before;
}

/* What a step is to add to the bound; a little where it is at the goal. */
static inline double
cg_rise_to(double goal, double bound)
{
	return fmax(goal - bound, 1e-6 * fabs(goal));
}

/*
 * Move the prices along the direction, so far that the bound would rise by as
 * much if it were linear.  false: the direction is 0.  What limits prices have
 * is for the caller to keep.
 */
extern bool cg_subgradient_step(double *price, const double *direction, int count, double rise);

#endif							/* CG_SUBGRADIENT_H */
