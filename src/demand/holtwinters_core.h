/*-------------------------------------------------------------------------
 *
 * holtwinters_core.h
 *	  Classical exponential smoothing: Brown's, Holt's and Winters' recursions
 *	  with start values taken from the first values, fitted by least squares.
 *
 * Plain C: nothing here knows PostgreSQL.  Sources: Holt, ONR Memorandum
 * 52/1957, reprinted in Int J Forecast 2004;20:5-10; Winters, Management
 * Science 1960;6:324-42; start values and the sum of squares as in R's
 * stats::HoltWinters.  The season may be of any length, since its places are
 * not fitted; smoothing_core.h fits start values too.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_HOLTWINTERS_CORE_H
#define CG_HOLTWINTERS_CORE_H

#include "numeric/arena.h"

typedef struct CgHoltWinters
{
	bool		trend;
	char		season;			/* 'N' none, 'A' additive, 'M' multiplicative */
	int			period;			/* 1 without a season */

	double		alpha;			/* each from 0 to 1; beta and gamma 0 where */
	double		beta;			/* there is no such part */
	double		gamma;

	/* start: before value first, counted from 0 */
	int			first;
	double		start_level;
	double		start_trend;
	double	   *start_season;	/* period values, the one of value first first */

	/* end: after the last value */
	int			n;
	double		level;
	double		last_trend;
	double	   *last_season;	/* period values, the next one first */
	double		sse;			/* of values first … n - 1 */
} CgHoltWinters;

/*
 * Start values: without a trend the first value; with one the second value
 * and the first difference; with a season the classical decomposition of two
 * cycles, its figure and the line through its trend.  The seasons are in the
 * arena.  False where y is too short (2, 3, or two cycles of values and one)
 * or not above 0 where the season is a factor.
 */
extern bool cg_holtwinters_start(const double *y, int n, CgHoltWinters *model,
								 CgArena *arena);

/*
 * From the start over y with the model's parameters: sets what stands under
 * "end"; fitted (may be NULL) gets the n one-step forecasts, NaN before
 * first.  False where the model cannot go on.
 */
extern bool cg_holtwinters_run(const double *y, int n, CgHoltWinters *model,
							   double *fitted);

/*
 * Start, parameters with the least sum of squares from several starts, end.
 */
extern bool cg_holtwinters_fit(const double *y, int n, CgHoltWinters *model,
							   CgArena *arena);

extern void cg_holtwinters_forecast(const CgHoltWinters *model, int horizon,
									double *point);

#endif							/* CG_HOLTWINTERS_CORE_H */
