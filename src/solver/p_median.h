/*-------------------------------------------------------------------------
 *
 * p_median.h
 *	  Which sites to open, so that everyone is served at least total cost.
 *
 * minimise   sum over demands of the value of the cheapest open site, or of
 *            staying unserved, plus the opening costs of the open sites,
 * with       between min_open and max_open sites open.
 *
 * min_open = max_open = p is the p-median problem (Hakimi, Oper Res
 * 1964;12:450-9); 0 and all sites with opening costs is uncapacitated
 * facility location; values of 0 and a cost of staying unserved is maximal
 * cover (Church and ReVelle, Pap Reg Sci Assoc 1974;32:101-18).
 *
 * Plain C: nothing here knows PostgreSQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_P_MEDIAN_H
#define CG_P_MEDIAN_H

#include "solver/work.h"

#include <stdint.h>

#define CG_SITE_FREE 0
#define CG_SITE_OPEN 1
#define CG_SITE_CLOSED (-1)

typedef struct CgMedianProblem
{
	int			demands;
	int			sites;

	/*
	 * Pairs of demand i stand at start[i] .. start[i + 1] - 1, in any order,
	 * each site once; value is that of the whole demand (weight times cost),
	 * 0 or more and finite.  What is not listed is not possible.
	 */
	const size_t *start;		/* demands + 1 */
	const int  *site;
	const double *value;
	const double *unserved;		/* per demand; NULL: all must be served */
	const double *opening;		/* per site, 0 or more; NULL: 0 */
	const signed char *fixed;	/* per site; NULL: all free */
	int			min_open;
	int			max_open;
} CgMedianProblem;

typedef struct CgMedianOptions
{
	double		steps;			/* most elementary steps, of some ns each; 0:
								 * the default */
	int			restarts;		/* of the interchange; -1: the default */
	uint64_t	seed;
	bool		has_target;		/* only: is there an answer <= target? */
	double		target;
} CgMedianOptions;

typedef struct CgMedianAnswer
{
	CgSolved	solved;
	double		objective;		/* without the unserved where all must be
								 * served */
	double		bound;			/* no answer is below */
	double		root_bound;		/* what price proves */
	int64_t		rounds;			/* of the bound */
	int64_t		nodes;			/* of branch and bound */
	double		steps;			/* elementary ones */
	int			open_count;
	int			unserved_count;
} CgMedianAnswer;

/*
 * is_open has sites elements, served_by demands (-1: unserved), price
 * demands (multipliers of the bound, NULL if not wanted).  Ties go to the
 * lower number.  INFEASIBLE where all must be served and no choice of sites
 * does: the answer then leaves as few demands unserved as was found.  The
 * arrays are set unless the result is an error.
 */
extern CgMedianAnswer cg_p_median(const CgMedianProblem *problem,
								  const CgMedianOptions *options,
								  const CgWork *work, bool *is_open,
								  int *served_by, double *price);

/* What is wrong with a problem, or NULL. */
extern const char *cg_p_median_problem(const CgMedianProblem *problem);

/*
 * The cheapest open site among a demand's pairs, the lowest of equal ones, or
 * -1.  least is what it may cost at most, and becomes what it costs.
 */
extern int	cg_cheapest_open_site(const int *site, const double *value, size_t pairs,
								  const bool *is_open, double *least);

/* What a check from the answer alone found. */
typedef struct CgMedianCheck
{
	bool		feasible;
	double		objective;		/* recomputed */
	double		bound;			/* of the prices; -HUGE_VAL without */
	int			open_count;
	int			unserved_count;
	int			not_cheapest;	/* demands that another open site serves for
								 * less */
	const char *problem;		/* a rule that is broken; NULL: none is */
} CgMedianCheck;

extern CgMedianCheck cg_p_median_verify(const CgMedianProblem *problem,
										const bool *is_open,
										const int *served_by,
										const double *price,
										const CgWork *work);

#endif							/* CG_P_MEDIAN_H */
