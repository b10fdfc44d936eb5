/*-------------------------------------------------------------------------
 *
 * variation_core.h
 *	  Measures of variation across units.
 *
 * Plain C: nothing here knows PostgreSQL.  Values are finite and not
 * negative, weights and expected counts finite and above zero.  A measure
 * that the values do not define is NaN.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_VARIATION_CORE_H
#define CG_VARIATION_CORE_H

#include <stdbool.h>
#include <stddef.h>

#include "variance/rate_core.h"

typedef struct CgDispersion
{
	double		mean;
	double		cv_sample;		/* standard deviation with n - 1 over mean */
	double		cv_population;	/* the same with n */
	double		cv_weighted;	/* of weighted values */
	double		gini;
	double		gini_corrected;
	double		theil_t;
	double		theil_l;
	double		extremal_quotient;	/* highest over lowest */
	double		external_quotient;	/* 95th over 5th percentile */
	double		interquartile_ratio;
	double		interdecile_ratio;
} CgDispersion;

/* Sorts the values; weights, in the order of the values, may be NULL. */
extern CgDispersion cg_dispersion(double *values, const double *weights,
								  size_t count);

typedef struct CgSmallAreas
{
	double		observed;
	double		expected;
	double		scv;			/* Diehr's form */
	double		scv_mcpherson;	/* of logarithms; NaN with a count of 0 */
	double		chi_square;
	double		degrees;
	double		p_value;
	double		alpha;			/* of the gamma that shrinks towards 1 */
	double		quotient_80_20; /* of shrunken ratios */
	double		quotient_90_10;
	double		share_ratio;	/* their sum above the 80th over that below
								 * the 20th percentile */
} CgSmallAreas;

/*
 * Whether to give up, asked now and then; may be NULL.  When it says so,
 * results are NaN.
 */
typedef bool (*CgStop) (void);

/* work is room for count doubles. */
extern CgSmallAreas cg_small_areas(const double *observed,
								   const double *expected, size_t count,
								   double *work, CgStop stop);

/* An interval of the systematic component of variation. */
extern CgInterval cg_scv_interval(const double *observed,
								  const double *expected, size_t count,
								  double confidence, CgStop stop);

/*
 * The shape and rate, by maximum likelihood, of the gamma distribution with
 * mean 1 that the units' true ratios come from; infinite where the counts
 * vary no more than chance has it.
 */
extern double cg_shrinkage_alpha(const double *observed,
								 const double *expected, size_t count,
								 CgStop stop);

/* The logarithm of that likelihood, less a constant. */
extern double cg_shrinkage_likelihood(const double *observed,
									  const double *expected, size_t count,
									  double alpha, CgStop stop);

extern double cg_shrunken_ratio(double observed, double expected, double alpha);
extern CgInterval cg_shrunken_interval(double observed, double expected,
									   double alpha, double confidence);

#endif							/* CG_VARIATION_CORE_H */
