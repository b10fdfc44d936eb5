/*-------------------------------------------------------------------------
 *
 * theta_core.h
 *	  The Theta method and the dynamically optimised Theta model.
 *
 * Plain C: nothing here knows PostgreSQL.  Sources: Assimakopoulos and
 * Nikolopoulos, Int J Forecast 2000;16:521-30; Hyndman and Billah, Int J
 * Forecast 2003;19:287-90 (Theta is simple exponential smoothing with drift);
 * Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler, Int J Forecast
 * 2016;32:1151-61 (the dynamic model).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_THETA_CORE_H
#define CG_THETA_CORE_H

#include "numeric/arena.h"

typedef struct CgThetaFit
{
	double		alpha;
	double		theta;			/* 2 for the standard method */
	double		level;			/* at the start */
	double		slope;			/* of the line through the series */
	double		sse;			/* of the one-step errors */
} CgThetaFit;

/* Both want at least 3 values; false where nothing fits. */
extern bool cg_theta(const double *y, int n, int horizon, double *point,
					 CgThetaFit *fit, CgArena *arena);
extern bool cg_theta_dynamic(const double *y, int n, int horizon, double *point,
							 CgThetaFit *fit, CgArena *arena);

/*
 * Does the autocorrelation at the period stand out at 5 % (one-sided, after
 * Bartlett)?  The test that Theta and the M competitions' benchmarks use
 * before a season is taken out.
 */
extern bool cg_season_stands_out(const double *y, int n, int period, double z,
								 CgArena *arena);

#endif							/* CG_THETA_CORE_H */
