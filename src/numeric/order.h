/*-------------------------------------------------------------------------
 *
 * order.h
 *	  Sorting, selecting and quantiles of arrays of doubles without NaN.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ORDER_H
#define CG_ORDER_H

#include <stddef.h>

extern void cg_sort_doubles(double *values, size_t count);

/*
 * The value that would stand at this place, from 0, if they were sorted.
 * Puts no greater values before it and no smaller ones behind it.
 */
extern double cg_select_double(double *values, size_t count, size_t place);

/*
 * The quantile between the values at places around (count - 1) * p: R's type
 * 7 and PostgreSQL's percentile_cont.  The first is for sorted values; the
 * second reorders them.
 */
extern double cg_sorted_quantile(const double *values, size_t count, double p);
extern double cg_select_quantile(double *values, size_t count, double p);

#endif							/* CG_ORDER_H */
