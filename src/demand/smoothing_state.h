/*-------------------------------------------------------------------------
 *
 * smoothing_state.h
 *	  States of exponential smoothing: where a fit starts.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SMOOTHING_STATE_H
#define CG_SMOOTHING_STATE_H

#include "demand/smoothing_core.h"

/*
 * Initial states by the rule of Hyndman et al. 2008, section 2.6.1: the
 * season from a classical decomposition, level and trend from a line through
 * the first deseasonalised values.
 */
extern void cg_ets_start(const double *y, int n, const CgEtsModel *model,
						 CgEtsState *state, CgArena *arena);

/*
 * The sum of squares of ETS(A,N,N) at alpha and the level before y, and where
 * gradient is not NULL its slopes by them, as CgSquares wants them.  False
 * where it is not finite.
 */
extern bool cg_simple_squares(const double *y, int n, double alpha, double level,
							  double *sum, double *gradient, double *matrix);

#endif							/* CG_SMOOTHING_STATE_H */
