/*-------------------------------------------------------------------------
 *
 * wait_band_core.h
 *	  The bands in which waits are published, and percentiles from counts in
 *	  bands.
 *
 * Plain C: nothing here knows PostgreSQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_WAIT_BAND_CORE_H
#define CG_WAIT_BAND_CORE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The national RTT return (NHS England, "Recording and reporting referral to
 * treatment (RTT) waiting times", PRN01045): band 1 is 0 to 7 days, band b
 * from 2 is more than b - 1 and up to b weeks, band 105 more than 104 weeks.
 */
#define CG_RTT_BANDS 105
#define CG_RTT_WITHIN_18_WEEKS 18

/*
 * The community health services waiting list: 0 to 7, 8 to 14, 15 to 28, 29 to
 * 84, 85 to 126, 127 to 364 days and more.  52 weeks are 364 days, so that day
 * 365 is in the last band.
 */
#define CG_COMMUNITY_BANDS 7
extern const int32_t cg_community_upper[CG_COMMUNITY_BANDS - 1];

/* The band of a wait of days, 0 or more; from 1. */
static inline int32_t
cg_rtt_band(int32_t days)
{
	return days <= 7 ? 1 : days > 728 ? CG_RTT_BANDS : (days + 6) / 7;
}

/*
 * The band, from 1, among those with the upper limits (days, ascending);
 * the one behind the last is open.
 */
extern int32_t cg_wait_band(int32_t days, const int32_t *upper, int32_t limits);

/*
 * A percentile of waits from counts in bands of one week each, the last one
 * open.  weeks is NaN where nobody is counted; is_open says that it lies in
 * the open band, of which only the lower edge is known, and weeks is that.
 */
typedef struct CgBandPercentile
{
	double		weeks;
	bool		is_open;
} CgBandPercentile;

extern CgBandPercentile cg_band_percentile(const double *counts, int32_t bands,
										   double share);

/*
 * The least and the greatest that the percentile can be where withheld counts
 * (below 0) are whole numbers from 0 to most.  Of the upper one is_open says
 * that there is no upper limit.  work has room for bands numbers.
 */
extern void cg_band_percentile_limits(const double *counts, int32_t bands,
									  double share, double most, double *work,
									  CgBandPercentile *lower,
									  CgBandPercentile *upper);

#endif							/* CG_WAIT_BAND_CORE_H */
