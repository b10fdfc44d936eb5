/*-------------------------------------------------------------------------
 *
 * cover_cost.h
 *	  The cheapest sites so that enough is covered: weighted set covering, of
 *	  all or of a share.  Not for others than cover.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_COVER_COST_H
#define CG_COVER_COST_H

#include "solver/p_median.h"

typedef struct CgCoverCostProblem
{
	int			demands;
	int			sites;
	const size_t *start;		/* sites within the limit, by demand */
	const int  *site;
	const double *weight;
	double		may_miss;		/* weight that may stay uncovered */
	bool		everyone;		/* nothing may, whatever it weighs */
	const double *opening;
	const signed char *fixed;	/* NULL: all free */
} CgCoverCostProblem;

typedef struct CgCoverCostAnswer
{
	CgSolved	solved;
	double		objective;
	double		bound;
	int64_t		rounds;
	double		steps;
} CgCoverCostAnswer;

/* is_open, and price by demand (multipliers of the bound at the root). */
extern CgCoverCostAnswer cg_cover_cost(const CgCoverCostProblem *problem, double steps,
									   const CgWork *work, bool *is_open, double *price);

#endif							/* CG_COVER_COST_H */
