/*-------------------------------------------------------------------------
 *
 * linear.h
 *	  Small dense linear algebra: Cholesky and least squares by QR.
 *
 * Plain C: nothing here knows PostgreSQL and nothing is allocated.  Matrices
 * are row after row.  Sources: Golub and Van Loan, Matrix Computations, 4th
 * edition, algorithms 4.2.1, 5.2.1 and 5.4.1.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_LINEAR_H
#define CG_LINEAR_H

#include <stdbool.h>

/*
 * a, n by n and symmetric, becomes its lower factor L with L L' = a; what is
 * above the diagonal is neither read nor changed.  False when a is not
 * positive definite, or when stopped: stop, which may be NULL, is asked at
 * most every 50 ms.
 */
extern bool cg_cholesky(double *a, int n, bool (*stop) (void));

/* b becomes the x with L L' x = b. */
extern void cg_cholesky_solve(const double *l, int n, double *b);

/*
 * Least squares: x, k of them, for which the sum of squares of b - a x is
 * least; a is m by k, m >= k, and both a and b are used up.  Columns are
 * taken in the order of what is left of them; one of which less than
 * tolerance of its own length is left is given x = 0 and used[] false.
 * variance (or NULL) has room for k: the diagonal of (a'a)^-1 of the columns
 * used, 0 elsewhere.  work has room for 3 k doubles, order for k.  Returns
 * the number of columns used; rest is the sum of squares that remains.
 */
extern int	cg_least_squares(double *a, int m, int k, double *b,
							 double tolerance, double *x, bool *used,
							 double *variance, double *rest, double *work,
							 int *order);

#endif							/* CG_LINEAR_H */
