/*-------------------------------------------------------------------------
 *
 * clean.h
 *	  What the functions that clean series share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_CLEAN_H
#define CG_CLEAN_H

#include "postgres.h"

#include "utils/rangetypes.h"

#include "demand/clean_core.h"

/* Cleaning looks at a series again and again. */
#define CG_MOST_CLEANED 100000

extern CgMissingPolicy cg_missing_argument(Datum word);
extern CgInterventionPolicy cg_intervention_argument(Datum word);
extern CgOutlierPolicy cg_outlier_argument(Datum word);
extern bool cg_shift_argument(Datum word);	/* whether shifts are levelled */
extern int	cg_period_argument(int32 period);

/*
 * The ends of a range, false where it is empty.  Ranges of integers and of
 * dates come as [lower, upper), and either end may be infinite.
 */
extern bool cg_range_argument(Datum range, RangeBound *lower, RangeBound *upper);

/*
 * Columns of events: a list for one, a list of lists for several, each of
 * length values; of any length from least on where longer is allowed.
 */
extern double *cg_read_events(Datum array, int least, bool may_be_longer,
							  const char *as_many_as, int *count, int *length);

/* y with its NaNs replaced; what names the series in messages. */
extern double *cg_filled(const double *y, int n, int period,
						 CgMissingPolicy policy, const char *what);

/*
 * Rows first … last, from 0: made missing, or without their level.  Returns
 * that level, NaN where it was not measured.
 */
extern double cg_treat_intervention(double *y, int n, int period, int first,
									int last, CgInterventionPolicy policy);

#endif							/* CG_CLEAN_H */
