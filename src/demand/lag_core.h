/*-------------------------------------------------------------------------
 *
 * lag_core.h
 *	  Ridge regression of a series on its own past.
 *
 * Plain C: nothing here knows PostgreSQL.  Ridge: Hoerl and Kennard,
 * Technometrics 1970;12:55-67.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_LAG_CORE_H
#define CG_LAG_CORE_H

#include "numeric/arena.h"

#define CG_LAG_MOST 32

/*
 * Forecast y (any scale; the caller takes logs) from its values lags[] before,
 * iterated.  difference 0: the series; else the series less its value so many
 * periods before.  Values are standardised first; ridge is the penalty for
 * each value.  False where the series is too short or does not vary.
 */
extern bool cg_lag_forecast(const double *y, int n, const int *lags, int lag_count,
							int difference, double ridge, int horizon,
							double *point, CgArena *arena);

/*
 * The lags for a season of that period in a series of n values: 1 to 3,
 * period - 1, period, period + 1 and, where period <= 60 and n >= 5 periods,
 * 2 periods.  Returns how many.  Further periods add theirs.
 */
extern int	cg_lag_choose(const int *periods, int count, int n, int *lags);

#endif							/* CG_LAG_CORE_H */
