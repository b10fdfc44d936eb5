/*-------------------------------------------------------------------------
 *
 * p_median_split_model.h
 *	  What the parts of the solver of split demand share.  Not for others.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_P_MEDIAN_SPLIT_MODEL_H
#define CG_P_MEDIAN_SPLIT_MODEL_H

#include "solver/network_simplex_transport.h"
#include "solver/p_median_split.h"
#include "solver/site_choice.h"

#include <math.h>

typedef struct CgSplitModel
{
	int			demands;
	int			sites;
	int			min_open;
	int			max_open;
	double		total;			/* of the demand */
	double		dearest;		/* no answer costs more */
	bool		integral;		/* every objective is a whole number */
	const double *amount;
	double	   *capacity;		/* at most the total */
	double	   *minimum;
	double	   *opening;
	signed char *fixed;

	/* Pairs by demand, then site. */
	size_t	   *start;
	int32_t    *site;
	double	   *cost;
	size_t	   *given;			/* place in the problem */

	/* The same by site, then demand. */
	size_t	   *column_start;
	int		   *column_demand;
	double	   *column_cost;

	/* In whole numbers, for the transportation problem. */
	double		amount_scale;
	double		cost_scale;
	int64_t    *whole_amount;
	int64_t    *whole_capacity;
	int64_t    *whole_minimum;
	int64_t    *whole_cost;		/* by pair */
	int64_t		most_cost;
} CgSplitModel;

extern void cg_split_model(CgSplitModel *model, const CgSplitProblem *problem,
						   CgStore *arena, CgPace *pace);

/* The best allocation to a set of open sites. */
typedef struct CgSplitAllocation
{
	bool		possible;		/* minima can be met */
	double		unserved;
	double		cost;			/* with opening costs */
	const CgTransportAnswer *detail;
} CgSplitAllocation;

typedef struct CgSplitAllocator
{
	const CgSplitModel *model;
	CgStore    *arena;
	CgPace	   *pace;
	CgTransportSolver *solver;
	int64_t		pivots;
	int64_t		count;
	int64_t   (*dual)[CG_TRANSPORT_TIERS + 1];
} CgSplitAllocator;

extern void cg_split_allocator(CgSplitAllocator *allocator, const CgSplitModel *model,
							   CgStore *arena, CgPace *pace);
extern void cg_split_allocator_end(CgSplitAllocator *allocator);

/* false: stopped, or without memory. */
extern bool cg_split_allocate(CgSplitAllocator *allocator, const bool *is_open,
							  CgSplitAllocation *allocation);

/* What the last allocation would pay for a whole demand. */
extern void cg_split_prices(const CgSplitAllocator *allocator, double *price);

/* What all sites together leave unserved, minima and numbers apart. */
extern double cg_split_no_room(const CgSplitModel *model, CgStore *arena, CgPace *pace);

/* The place of a pair among the model's. */
extern size_t cg_split_pair(const CgSplitModel *model, int demand, int site);

/* ---- the search ---- */

typedef struct CgSplitItem
{
	double		ratio;			/* reduced cost of one unit */
	double		amount;
	int			demand;
} CgSplitItem;

typedef struct CgSplitSearch
{
	CgSplitModel model;
	CgStore		arena;
	CgPace		pace;
	CgSplitAllocator allocator;
	const CgSplitProblem *problem;

	/* The best answer: unserved first, then cost. */
	double		best_unserved;
	double		best;
	bool	   *best_open;
	size_t	   *best_pair;		/* of the problem */
	double	   *best_amount;
	int64_t		best_count;
	double	   *best_price;
	bool		best_has_price;
	double	   *unserved;
	uint64_t   *key;			/* per site, random */
	uint64_t   *known;

	/* One evaluation of the relaxation. */
	CgSiteChoice relaxed;
	double	   *served;			/* per demand: amount */
	CgSplitItem	   *item;
	double	   *price;
	double	   *direction;

	bool	   *trial;			/* a set being tried */
	double		open_bound;		/* of nodes that were given up */
	double		root_bound;
	double	   *root_price;
	CgSiteNode *node;			/* by depth */
	int64_t		rounds;
	int64_t		nodes;
} CgSplitSearch;

static inline bool
cg_split_is_served(const CgSplitSearch *search)
{
	return search->best_unserved == 0;
}

/* Is a subtree with this bound of no interest? */
static inline bool
cg_split_is_hopeless(const CgSplitSearch *search, double bound)
{
	if (!cg_split_is_served(search))
		return bound > search->model.dearest * (1 + 1e-9) + 1e-9;
	if (search->model.integral)
		return ceil(bound - 1e-6) >= search->best;
	return bound >= search->best - 1e-9 * fmax(1, fabs(search->best));
}

/*
 * Allocate to a set of sites and keep it if it is the best.  Sets that were
 * tried are not tried again.
 */
extern bool cg_split_try(CgSplitSearch *search, const bool *is_open);

/*
 * What the site is worth at these prices, and with serve, what it takes;
 * HUGE_VAL: it cannot reach its minimum.
 */
extern double cg_split_price_of_site(CgSplitSearch *search, const double *price,
									 int site, bool serve);

/*
 * Raise the bound of a node.  best_price is where to start and becomes the
 * best prices; with may_fix, state learns which sites are fixed.
 */
extern double cg_split_raise_bound(CgSplitSearch *search, double *best_price,
								   signed char *state, int rounds, bool is_root,
								   bool may_fix);

#endif							/* CG_P_MEDIAN_SPLIT_MODEL_H */
