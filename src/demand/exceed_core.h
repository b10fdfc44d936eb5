/*-------------------------------------------------------------------------
 *
 * exceed_core.h
 *	  The probability that a count of which mean and variance are known is
 *	  above a limit.
 *
 * Plain C: nothing here knows PostgreSQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_EXCEED_CORE_H
#define CG_EXCEED_CORE_H

/*
 * Probability of more than capacity: negative binomial with this mean and
 * variance where the variance is above the mean, else Poisson.  mean and
 * variance are finite and at least 0, capacity is finite and may be a fraction
 * or negative.  Right to about 1e-11, also far out in the tail.
 *
 * Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005, section
 * 5.6: the distribution function is an incomplete beta function.
 */
extern double cg_demand_exceeds(double mean, double variance, double capacity);

#endif							/* CG_EXCEED_CORE_H */
