/*-------------------------------------------------------------------------
 *
 * rate_core.h
 *	  Intervals of counts, rates, proportions and means, and comparisons.
 *
 * Plain C: nothing here knows PostgreSQL.  Callers have checked that counts
 * are finite and not negative, that denominators are above zero and that a
 * confidence lies between 0 and 1.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_RATE_CORE_H
#define CG_RATE_CORE_H

typedef struct CgInterval
{
	double		lower;
	double		upper;
} CgInterval;

typedef enum CgCountMethod
{
	CG_COUNT_BYAR_EXACT,		/* exact below 10 events, else Byar */
	CG_COUNT_BYAR,
	CG_COUNT_EXACT
} CgCountMethod;

typedef struct CgComparison
{
	double		value;
	CgInterval	interval;
	double		p_value;
} CgComparison;

/* The normal deviate that leaves (1 - confidence) / 2 on either side. */
extern double cg_confidence_z(double confidence);

extern CgInterval cg_wilson_interval(double count, double total,
									 double confidence);

/* Of the expected number of events, from the number seen. */
extern CgInterval cg_count_interval(double events, double confidence,
									CgCountMethod method);

extern CgInterval cg_mean_interval(double mean, double deviation,
								   double count, double confidence);

/*
 * Two rates, and two proportions.  A ratio without events in the second group
 * is infinite, and so is its upper limit; without any events it is NaN.
 */
extern CgComparison cg_rate_ratio(double events1, double population1,
								  double events2, double population2,
								  double confidence);
extern CgComparison cg_rate_difference(double events1, double population1,
									   double events2, double population2,
									   double confidence);
extern CgComparison cg_proportion_difference(double count1, double total1,
											 double count2, double total2,
											 double confidence);

#endif							/* CG_RATE_CORE_H */
