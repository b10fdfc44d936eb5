/*-------------------------------------------------------------------------
 *
 * p_median_split.h
 *	  Which sites to open where they have limits and a demand may be split
 *	  between them: the transportation problem with sites that are open or
 *	  closed.
 *
 * minimise   sum over pairs of amount sent times cost of one unit, plus the
 *            opening costs of the open sites,
 * with       all demand sent, an open site between its minimum and its
 *            capacity, a closed one at 0, and between min_open and max_open
 *            sites open.
 *
 * (Capacitated facility location: Beasley, Eur J Oper Res 1988;33:314-25.)
 *
 * Plain C: nothing here knows PostgreSQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_P_MEDIAN_SPLIT_H
#define CG_P_MEDIAN_SPLIT_H

#include "solver/p_median.h"

typedef struct CgSplitProblem
{
	int			demands;
	int			sites;

	/* Pairs by demand as in p_median.h; cost is that of one unit. */
	const size_t *start;
	const int  *site;
	const double *cost;
	const double *amount;		/* per demand, 0 or more, six decimals at most */
	const double *capacity;		/* per site, likewise; HUGE_VAL may be; NULL */
	const double *minimum;		/* per site, likewise; NULL: 0 */
	const double *opening;		/* per site, 0 or more; NULL: 0 */
	const signed char *fixed;	/* per site, as in p_median.h; NULL */
	int			min_open;
	int			max_open;
} CgSplitProblem;

typedef struct CgSplitOptions
{
	double		steps;			/* most elementary steps; 0: the default */
	uint64_t	seed;
} CgSplitOptions;

typedef struct CgSplitAnswer
{
	CgSolved	solved;
	double		objective;
	double		bound;
	double		root_bound;		/* what price proves */
	double		no_room;		/* amount that even all sites leave unserved */
	double		unserved;		/* amount, of the best choice, without an answer */
	int64_t		rounds;			/* of the bound */
	int64_t		nodes;			/* of branch and bound */
	int64_t		allocations;	/* to a set of open sites */
	double		steps;
	int			open_count;
} CgSplitAnswer;

/*
 * is_open has sites elements; flow one for each pair, the amount sent;
 * unserved (or NULL) and price (or NULL) one for each demand: the amount that
 * the best choice found leaves, all 0 where there is an answer, and the
 * multiplier of the bound for the whole demand.  Ties go to lower numbers.
 * The arrays are set unless the result is an error.  Costs are told apart to
 * about nine digits.
 */
extern CgSplitAnswer cg_p_median_split(const CgSplitProblem *problem,
									   const CgSplitOptions *options,
									   const CgWork *work, bool *is_open,
									   double *flow, double *unserved,
									   double *price);

/* What is wrong with a problem, or NULL. */
extern const char *cg_p_median_split_problem(const CgSplitProblem *problem);

typedef struct CgSplitCheck
{
	bool		feasible;
	double		objective;		/* recomputed */
	double		bound;			/* of the prices; -HUGE_VAL without */
	int			open_count;
	int			unserved_count; /* demands not served whole */
	const char *problem;		/* a rule that is broken; NULL: none is */
} CgSplitCheck;

extern CgSplitCheck cg_p_median_split_verify(const CgSplitProblem *problem,
											 const bool *is_open,
											 const double *flow,
											 const double *price,
											 const CgWork *work);

#endif							/* CG_P_MEDIAN_SPLIT_H */
