/*-------------------------------------------------------------------------
 *
 * spc_phase.h
 *	  What the files of the chart core share: one phase of a chart.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SPC_PHASE_H
#define CG_SPC_PHASE_H

#include "variance/spc_core.h"

#include <math.h>

/* Rows between two stop checks. */
#define CG_SPC_STOP_ROWS 0x3FFF

typedef struct CgSpcPhase
{
	const CgSpcOptions *options;
	const CgSpcSeries *series;
	CgSpcPoint *points;
	double	   *work;			/* two arrays, one behind the other */
	size_t		n;				/* rows of the whole series */
	size_t		first;
	size_t		base_end;		/* rows before it set the limits */
	size_t		end;
	CgSpcStop	stop;
	void	   *stop_argument;

	/* Found by cg_spc_limits. */
	double		centre;
	double		location;		/* what the limits lie about */
	double		scale;			/* sigma, but for a factor of each point */
	double		range_limit;	/* of moving ranges; NaN: not looked at */
} CgSpcPhase;

/* Has the row a value that takes part in calculations? */
static inline bool
cg_spc_is_active(const CgSpcPoint *point)
{
	return !point->is_ghost && !isnan(point->value);
}

static inline bool
cg_spc_has_mark(const CgSpcSeries *series, size_t i, uint8_t mark)
{
	return series->marks != NULL && (series->marks[i] & mark) != 0;
}

static inline bool
cg_spc_stopped(const CgSpcPhase *phase, size_t i)
{
	return (i & CG_SPC_STOP_ROWS) == CG_SPC_STOP_ROWS &&
		phase->stop != NULL && phase->stop(phase->stop_argument);
}

/* spc_limits_core.c: centre and limits of the phase, into its points. */
extern CgSpcStatus cg_spc_limits(CgSpcPhase *phase);

/* The lines at this many sigma of row i. */
extern void cg_spc_lines(const CgSpcPhase *phase, size_t i, double sigmas,
						 double *lower, double *upper);

/* spc_rules_core.c: the rules that fire, into the points. */
extern CgSpcStatus cg_spc_rules(const CgSpcPhase *phase);

#endif							/* CG_SPC_PHASE_H */
