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

#endif							/* CG_SMOOTHING_STATE_H */
