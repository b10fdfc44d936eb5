/*-------------------------------------------------------------------------
 *
 * cover.h
 *	  Sites so that people are within a limit of time or distance.
 *
 * CG_COVER_FEWEST	 the fewest sites so that a share of the demand is within
 *					 the limit: (partial) location set covering (Toregas and
 *					 others, Oper Res 1971;19:1363-73); with opening
 *					 costs the cheapest sites, weighted set covering;
 * CG_COVER_MOST	 p sites so that the most demand is within the limit:
 *					 maximal cover (Church and ReVelle, Pap Reg Sci Assoc
 *					 1974;32:101-18);
 * CG_COVER_CENTRE	 p sites so that a share of the demand is within the least
 *					 limit: the p-centre problem by a search over limits
 *					 (Minieka, SIAM Rev 1970;12:138-9).
 *
 * Plain C: nothing here knows PostgreSQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_COVER_H
#define CG_COVER_H

#include "solver/p_median.h"

typedef enum CgCoverGoal
{
	CG_COVER_FEWEST,
	CG_COVER_MOST,
	CG_COVER_CENTRE
} CgCoverGoal;

typedef struct CgCoverProblem
{
	CgCoverGoal goal;
	int			demands;
	int			sites;
	const size_t *start;		/* pairs by demand, as in p_median.h */
	const int  *site;
	const double *cost;			/* of the pair: minutes or metres, 0 or more */
	const double *weight;		/* of the demand, 0 or more */
	const signed char *fixed;	/* per site; NULL: all free */
	const double *opening;		/* FEWEST: per site, 0 or more; NULL: 1 each */
	double		limit;			/* FEWEST and MOST */
	double		share;			/* FEWEST and CENTRE: above 0, at most 1; 1 is
								 * every demand, also one of no weight */
	int			p;				/* MOST and CENTRE */
} CgCoverProblem;

typedef struct CgCoverAnswer
{
	CgSolved	solved;
	double		objective;		/* sites or their cost, covered demand,
								 * or the limit */
	double		bound;
	double		limit;			/* as given, or as found */
	double		covered;		/* demand within the limit */
	double		total;
	int			open_count;
	int			uncovered_count;	/* demands */
	int64_t		rounds;
	int			solves;			/* problems solved on the way */
} CgCoverAnswer;

/*
 * is_open has sites elements; served_by has demands: the open site of least
 * cost (ties to the lower number), or -1 without one.  They are set unless
 * the result is an error.  price (or NULL) has demands elements, from which
 * cg_cover_verify works out a bound.  steps: the most elementary steps, 0 for
 * the default.
 */
extern CgCoverAnswer cg_cover(const CgCoverProblem *problem, double steps,
							  uint64_t seed, const CgWork *work, bool *is_open,
							  int *served_by, double *price);

extern const char *cg_cover_problem(const CgCoverProblem *problem);

/* What a check from the answer alone found. */
typedef struct CgCoverCheck
{
	bool		feasible;
	double		objective;		/* recomputed */
	double		bound;			/* of the prices; NaN without */
	double		limit;			/* as given, or the least that the sites reach */
	double		covered;		/* demand within it */
	int			open_count;
	const char *problem;		/* a rule that is broken; NULL: none is */
} CgCoverCheck;

extern CgCoverCheck cg_cover_verify(const CgCoverProblem *problem, const bool *is_open,
									const double *price, const CgWork *work);

#endif							/* CG_COVER_H */
