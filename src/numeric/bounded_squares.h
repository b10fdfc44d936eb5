/*-------------------------------------------------------------------------
 *
 * bounded_squares.h
 *	  Non-linear least squares within bounds.
 *
 * Plain C: nothing here knows PostgreSQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_BOUNDED_SQUARES_H
#define CG_BOUNDED_SQUARES_H

#include "numeric/arena.h"

/*
 * A sum of squares at x: its value; where gradient is not NULL also J'r (half
 * the gradient) and the lower half of J'J, by rows.  False where it is not
 * defined at x.
 */
typedef bool (*CgSquares) (void *data, const double *x, double *sum,
						   double *gradient, double *matrix);

/*
 * Minimise the sum of squares within lower and upper, from x, by damped
 * Gauss-Newton steps on the variables that are free to move (Levenberg, Q
 * Appl Math 1944;2:164-8; Marquardt, J SIAM 1963;11:431-41; Bertsekas, SIAM
 * J Control Optim 1982;20:221-46).  Ends when a step lowers the sum by less
 * than the relative tolerance.  Leaves x and the sum there; false where it is
 * not defined at the start.
 */
extern bool cg_bounded_squares(CgSquares squares, void *data, int n, double *x,
							   const double *lower, const double *upper,
							   double tolerance, int iterations, double *sum,
							   CgArena *arena);

#endif							/* CG_BOUNDED_SQUARES_H */
