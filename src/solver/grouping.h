/*-------------------------------------------------------------------------
 *
 * grouping.h
 *	  Balanced grouping: put every unit into one of k groups, each around a
 *	  centre, so that the sum of values to the centres is least and every
 *	  measure of every group stays between its limits.
 *
 * Units that are their own candidates for centres make care groups, lots and
 * districts (own_centre); centres apart from the units, with an upper limit,
 * make the capacitated p-median problem with single sourcing (Osman and
 * Christofides, Int Trans Oper Res 1994;1:317-36).
 *
 * Plain C: nothing here knows PostgreSQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_GROUPING_H
#define CG_GROUPING_H

#include "solver/p_median.h"

/* Blocks of units times centres: a value for each is held. */
#define CG_GROUPING_MOST_CELLS 10000000

#define CG_NO_CENTRE (-2)

typedef struct CgGroupingProblem
{
	int			units;
	int			centres;

	/*
	 * Pairs of unit i stand at start[i] .. start[i + 1] - 1, each centre
	 * once; value (of the whole unit) is 0 or more and finite.  Without a
	 * pair a unit cannot be in the group of that centre.
	 */
	const size_t *start;
	const int  *centre;
	const double *value;

	int			measures;
	const double *amount;		/* units x measures, 0 or more */
	const double *lower;		/* centres x measures; NULL: 0 */
	const double *upper;		/* the same; NULL: none; HUGE_VAL may be */

	const double *opening;		/* per centre; NULL: 0 */
	const signed char *fixed;	/* per centre, as in p_median.h; NULL: free */
	int			groups;			/* k */
	bool		own_centre;		/* centre c is unit c, and in its own group */

	const int  *together;		/* per unit: the same number, 0 or more, means
								 * the same group; -1: no matter; NULL */
	const int  *apart;			/* likewise: different groups */

	/* Neighbours of each unit, both ways; NULL: groups may be in pieces. */
	const size_t *neighbour_start;
	const int  *neighbour;

	/* The group of today, 0 .. labels - 1 or -1, and the cost of leaving it. */
	int			labels;
	const int  *existing;		/* NULL: none */
	const double *change_cost;	/* per unit, 0 or more; NULL: 0 */
} CgGroupingProblem;

typedef struct CgGroupingOptions
{
	double		steps;			/* most elementary steps of search and bound; 0:
								 * the default */
	double		proof_steps;	/* and of branch and bound; 0: as many, and six
								 * times that where centres are sites */
	uint64_t	seed;
} CgGroupingOptions;

/* Why there is no answer. */
typedef enum CgGroupingTrouble
{
	CG_TROUBLE_NONE,
	CG_TROUBLE_FEW_CENTRES,		/* than groups */
	CG_TROUBLE_FIXED,			/* more fixed open than groups, or two of a
								 * block */
	CG_TROUBLE_FEW_BLOCKS,		/* with a possible centre, than groups */
	CG_TROUBLE_UNREACHED,		/* unit: no centre has a pair with all its
								 * block */
	CG_TROUBLE_TOO_LARGE,		/* unit, measure: the block exceeds every
								 * upper limit */
	CG_TROUBLE_TOTAL_LOW,		/* measure: not enough for the lower limits */
	CG_TROUBLE_TOTAL_HIGH,		/* measure: too much for the upper limits */
	CG_TROUBLE_APART,			/* unit: together and apart at once, or more
								 * apart than groups */
	CG_TROUBLE_PIECES,			/* more unconnected pieces than groups */
	CG_TROUBLE_BOUND,			/* the relaxation has no answer */
	CG_TROUBLE_EXCLUDED,		/* branch and bound has excluded every choice */
	CG_TROUBLE_NOT_FOUND		/* none was found; there may be one */
} CgGroupingTrouble;

typedef struct CgGroupingAnswer
{
	CgSolved	solved;
	CgGroupingTrouble trouble;
	int			unit;			/* of the trouble, or -1 */
	int			measure;		/* of the trouble, or -1 */
	double		objective;
	double		bound;
	double		root_bound;		/* what price proves; no more than bound */
	double		change;			/* of the objective: cost of changes */
	int64_t		rounds;			/* of search and bound */
	int64_t		nodes;			/* of branch and bound */
	double		steps;
} CgGroupingAnswer;

/*
 * centre_of has units elements: the centre of the unit's group.  label_of has
 * centres elements: the group of today that the centre's group continues, -1
 * for none, or CG_NO_CENTRE for what is no centre.  Set when there is an
 * answer.  price (or NULL) has units elements: multipliers of the bound.
 */
extern CgGroupingAnswer cg_grouping(const CgGroupingProblem *problem,
									const CgGroupingOptions *options,
									const CgWork *work, int *centre_of,
									int *label_of, double *price);

/* What the default of steps is for a problem of its size. */
extern double cg_grouping_default_steps(const CgGroupingProblem *problem);

/* What is wrong with a problem, or NULL. */
extern const char *cg_grouping_problem(const CgGroupingProblem *problem);

typedef struct CgGroupingCheck
{
	bool		feasible;
	double		objective;
	double		change;
	double		bound;			/* of the prices; -HUGE_VAL without */
	int			groups;
	const char *problem;		/* a rule broken, or NULL */
	int			unit;			/* by which one, or -1 */
} CgGroupingCheck;

extern CgGroupingCheck cg_grouping_verify(const CgGroupingProblem *problem,
										  const int *centre_of,
										  const int *label_of,
										  const double *price,
										  const CgWork *work);

/*
 * The lower bound that these prices prove, one for each unit, whatever they
 * are.
 */
extern double cg_grouping_bound_of_prices(const CgGroupingProblem *problem,
										  const double *price, const CgWork *work);

#endif							/* CG_GROUPING_H */
