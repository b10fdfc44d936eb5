/*-------------------------------------------------------------------------
 *
 * wait_count_core.h
 *	  Figures of waits in whole days from how many waited how long.
 *
 * Plain C: nothing here knows PostgreSQL.  counts[d] is how many waited d
 * days, 0 or more; there are length of them and total, above 0, is their sum.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_WAIT_COUNT_CORE_H
#define CG_WAIT_COUNT_CORE_H

#include <stdint.h>

/* The place-th shortest wait, place from 1 to total. */
extern int32_t cg_count_order(const int64_t *counts, int32_t length, int64_t place);

/*
 * The wait below which share of the patients are: between the two around place
 * 1 + share (total - 1), as percentile_cont() has it.
 */
extern double cg_count_percentile(const int64_t *counts, int32_t length,
								  int64_t total, double share);

/* How many waited longer than days. */
extern int64_t cg_count_over(const int64_t *counts, int32_t length, int32_t days);

/*
 * A median with its variance and that of its logarithm, from two order
 * statistics around it.  NaN where there are too few (a variance needs five)
 * and, of the logarithm, where the lower one is 0.  Source: Price and Bonett,
 * Psychol Methods 2002;7:370-83; for ratios, J Educ Behav Stat 2020;45:750-70.
 */
typedef struct CgMedian
{
	double		median;
	double		variance;
	double		log_variance;
} CgMedian;

extern CgMedian cg_count_median(const int64_t *counts, int32_t length, int64_t total);

#endif							/* CG_WAIT_COUNT_CORE_H */
