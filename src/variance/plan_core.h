/*-------------------------------------------------------------------------
 *
 * plan_core.h
 *	  Activity or cost against plan.
 *
 * Plain C: nothing here knows PostgreSQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_PLAN_CORE_H
#define CG_PLAN_CORE_H

#include <stddef.h>

/* Why a month is special; one month may be so for several reasons. */
#define CG_PLAN_ABOVE_LIMIT 1
#define CG_PLAN_BELOW_LIMIT 2
#define CG_PLAN_RUN_ABOVE 4		/* of seven or more above plan */
#define CG_PLAN_RUN_BELOW 8

typedef struct CgPlanMonth
{
	double		actual;			/* NaN when it is not known yet */
	double		plan;
	double		cumulative_actual;
	double		cumulative_plan;
	double		ratio;			/* NaN without an actual or without a plan */
	int			special;
} CgPlanMonth;

typedef struct CgPlanOutturn
{
	double		centre;			/* mean of the months' ratios */
	double		lower_limit;	/* natural process limits of the ratio */
	double		upper_limit;
	double		plan;			/* of all months */
	double		forecast;		/* actuals so far, then the plan as it has
								 * been met */
	double		forecast_lower;
	double		forecast_upper;
} CgPlanOutturn;

/* Months come in order; figures that the months do not give are NaN. */
extern CgPlanOutturn cg_plan(CgPlanMonth *months, size_t count,
							 double confidence);

#endif							/* CG_PLAN_CORE_H */
