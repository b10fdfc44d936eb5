/*-------------------------------------------------------------------------
 *
 * grouping_bound.h
 *	  The relaxation of a grouping problem, as its bound and its branch and
 *	  bound hold it.  Not for others.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_GROUPING_BOUND_H
#define CG_GROUPING_BOUND_H

#include "solver/grouping_model.h"
#include "solver/site_choice.h"

typedef struct CgGroupingItem
{
	double		ratio;
	double		reduced;
	double		amount;
	int			block;
} CgGroupingItem;

typedef struct CgGroupingBound
{
	CgGroupingSearch *search;
	const CgGroupingModel *model;
	int			measure;		/* -1: no limits */
	double	   *price;
	double	   *best_price;
	double	   *direction;
	double	   *served;			/* per block: how often, by the chosen centres */
	CgSiteChoice relaxed;		/* of centres */
	double	   *value;			/* centres x blocks; far where not allowed */
	CgGroupingItem *item;
	bool		by_table;		/* whole blocks, too */
	double	   *table;
	unsigned char *taken;

	/* What is decided: by the problem, or by branching. */
	signed char *state;			/* per centre */
	int		   *home;			/* per block: its centre, or -1 */
	int		   *homes;			/* per centre */

	/* Who took whom, while branching; else NULL. */
	float	   *claim;			/* centres x blocks */
	int		   *taker;			/* per block: the last */

	/* The proof that goes with the answer. */
	double		root;			/* what root_price proves */
	double	   *root_price;
	int			root_measure;
	bool		has_lower;		/* while branching: the measure has lower limits */
	bool		integral;		/* every answer is a whole number */
} CgGroupingBound;

static inline void
cg_grouping_claim(CgGroupingBound *bound, int centre, int block, double part)
{
	bound->served[block] += part;
	if (bound->claim == NULL)
		return;
	bound->claim[(size_t) centre * bound->model->blocks + block] += part;
	bound->taker[block] = centre;
}

/*
 * The value of the relaxation at bound->price; HUGE_VAL: it has no answer,
 * -HUGE_VAL: stopped on the way, and relaxed is not as it should be.
 */
extern double cg_grouping_relax(CgGroupingBound *bound);

/* What its bound is to reach: the best answer, or more than the best so far. */
extern double cg_grouping_goal(const CgGroupingSearch *search, double reached, double value);

/*
 * After cg_grouping_relax: a step of the prices of blocks without a home, as
 * in subgradient.h.
 */
extern bool cg_grouping_step(CgGroupingBound *bound, double rise);

/*
 * After a knapsack of whole blocks for a centre without its minimum: the least
 * it can be worth if it also takes the block.  Room and table are those left
 * by cg_grouping_table; HUGE_VAL: the block does not fit.
 */
typedef struct CgGroupingTable
{
	double		sum;			/* of what it must have */
	double		unit;
	int			room;			/* -1: nothing fits */
} CgGroupingTable;

extern bool cg_grouping_table(CgGroupingBound *bound, int centre, CgGroupingTable *table);
extern double cg_grouping_table_with(const CgGroupingBound *bound, const CgGroupingTable *table,
									 int centre, int block);

/*
 * Lower bound by the relaxation, in at most so many steps, with the best
 * answer so far to aim at; its centres are tried on the way.  HUGE_VAL: the
 * relaxation has no answer.
 */
extern double cg_grouping_bound(CgGroupingBound *bound, CgGroupingSearch *search, double steps);

/*
 * Branch and bound on centres and blocks, from the root's prices, in at most
 * so many steps: the bound there then is, and search->best is the best answer.
 * HUGE_VAL: there is none.
 */
extern double cg_grouping_branch(CgGroupingBound *bound, double root, double steps);

#endif							/* CG_GROUPING_BOUND_H */
