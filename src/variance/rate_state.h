/*-------------------------------------------------------------------------
 *
 * rate_state.h
 *	  The type measure_state: sums of a rate, a mean or a standardised rate,
 *	  with the options of the call.
 *
 * A state has a fixed size, is changed in place within an aggregate, and may
 * arrive from outside: then it is copied and checked.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_RATE_STATE_H
#define CG_RATE_STATE_H

#include "variance/rate_glue.h"

#define CG_MEASURE_VERSION 1
#define CG_MEASURE_SUMS 6

typedef enum CgMeasure
{
	CG_MEASURE_RATE = 1,
	CG_MEASURE_PROPORTION,
	CG_MEASURE_MEAN,
	CG_MEASURE_DSR,
	CG_MEASURE_ISR_RATIO,
	CG_MEASURE_ISR_RATE
} CgMeasure;

typedef struct CgMeasureState
{
	uint16		version;
	uint16		measure;
	uint16		method;
	uint16		levels;
	double		multiplier;
	double		level[CG_MAX_LEVELS];
	double		sum[CG_MEASURE_SUMS];
} CgMeasureState;

/* What a call without options gets, and where its options stand. */
typedef struct CgMeasureOptions
{
	CgMeasure	measure;
	int			first_option;	/* argument; multiplier, confidence, method */
	bool		has_multiplier;
	double		multiplier;
	const char *const *methods; /* or NULL */
	int			method_count;
} CgMeasureOptions;

/* The state in argument 0, or a new one with the options of this row. */
extern CgMeasureState *cg_measure_state(FunctionCallInfo fcinfo,
										const CgMeasureOptions *options);

/* The state that a final function is given. */
extern const CgMeasureState *cg_measure_final(FunctionCallInfo fcinfo,
											  CgMeasure measure,
											  CgLevels *levels);

#endif							/* CG_RATE_STATE_H */
