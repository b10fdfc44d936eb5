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

#include "demand/clean_core.h"

/* Cleaning looks at a series again and again. */
#define CG_MOST_CLEANED 100000

/* An intervention: what to do with it. */
typedef enum CgInterventionPolicy
{
	CG_INTERVENTION_MISSING,	/* as if its values were not there */
	CG_INTERVENTION_LEVEL,		/* its level is taken out */
	CG_INTERVENTION_KEEP
} CgInterventionPolicy;

extern CgMissingPolicy cg_missing_argument(Datum word);
extern CgInterventionPolicy cg_intervention_argument(Datum word);
extern int	cg_period_argument(int32 period);

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
