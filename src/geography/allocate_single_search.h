/*-------------------------------------------------------------------------
 *
 * allocate_single_search.h
 *	  The parts of allocate_single_core.c: work, memory, local search, the
 *	  relaxation, branch and bound.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ALLOCATE_SINGLE_SEARCH_H
#define CG_ALLOCATE_SINGLE_SEARCH_H

#include "geography/allocate_single_core.h"
#include "numeric/random.h"

/* ---- work ---- */

typedef struct CgSingleWork
{
	int64_t		since_stop;
	int64_t		all;			/* looks at pairs, or steps as short */
	CgFlowStop	stop;
	void	   *argument;
	bool		is_stopped;
} CgSingleWork;

#define CG_SINGLE_BETWEEN_STOPS 2000000

/* True after a stop. */
static inline bool
cg_single_work(CgSingleWork *work, int64_t done)
{
	work->since_stop += done;
	work->all += done;
	if (work->since_stop >= CG_SINGLE_BETWEEN_STOPS)
	{
		work->since_stop = 0;
		work->is_stopped |= work->stop != NULL && work->stop(work->argument);
	}
	return work->is_stopped;
}

/* ---- memory ---- */

/*
 * The next array of a piece of memory that is handed out in steps of 16 bytes.
 * With *memory NULL at first the sizes alone add up.
 */
static inline void *
cg_single_part(char **memory, size_t count, size_t size)
{
	void	   *start = *memory;

	*memory += (count * size + 15) / 16 * 16;
	return start;
}

/* ---- local search ---- */

/* What a plan is judged by, in this order. */
typedef struct CgSingleKey
{
	int64_t		missing;		/* to the minima */
	int64_t		unserved;
	CgWide		cost;			/* and what is moved, above it */
} CgSingleKey;

typedef struct CgSingleSearch
{
	const CgSingle *problem;
	CgSingleWork *work;
	CgWide	   *price;			/* by pair: moved and cost in one */
	CgWide	   *out_price;		/* by demand, if it is unserved */
	int64_t    *choice;			/* a pair, or -1 */
	int64_t    *left;			/* room at sites; never below 0 */
	int64_t    *best;
	int64_t    *kept;			/* before a kick */
	CgSingleKey now;
	CgSingleKey best_key;
	CgRandom	random;
} CgSingleSearch;

extern void cg_single_load(CgSingleSearch *search, const int64_t *choice);
extern void cg_single_improve(CgSingleSearch *search);

/* Kicks and improvements; until rounds or the work are spent. */
extern int32_t cg_single_kicks(CgSingleSearch *search, int32_t rounds, int64_t work);

/* ---- knapsacks ---- */

typedef struct CgKnapsackItem
{
	int64_t		pair;
	int64_t		use;
	double		gain;
	double		ratio;
} CgKnapsackItem;

typedef struct CgKnapsack
{
	struct CgRelaxation *relaxation;
	CgKnapsackItem *item;
	int32_t		count;
	int64_t		room;
	int64_t		need;
	double		best;			/* of a whole filling; -INFINITY: none yet */
	double		linear;			/* no filling is worth more */
	double		slope;
	int64_t		looks;
	bool		is_exact;
} CgKnapsack;

/* Of a site's pairs that are not decided; room and need are set before. */
extern void cg_knapsack_solve(CgKnapsack *knapsack, int32_t site);

/* ---- the relaxation ---- */

/* Amounts whose sum must be this much: what is unserved or moved at least. */
typedef struct CgSingleSide
{
	bool		is_on;
	double	   *amount;			/* by pair */
	double		right;
	double		multiplier;
	double		unit;			/* a usual amount */
	double		fixed;			/* by the demands that are fixed */
	double		sum;			/* in the last relaxed answer */
} CgSingleSide;

#define CG_SINGLE_SIDES 2

typedef struct CgRelaxation
{
	const CgSingle *problem;
	CgSingleWork *work;
	CgFlowAllocator allocator;
	int32_t		demands;
	int32_t		sites;			/* the site of that number is nowhere */
	int64_t    *start;			/* of pairs, those to nowhere included */
	int32_t    *site;			/* by pair */
	int32_t    *demand;
	int64_t    *origin;			/* the problem's pair, or -1 */
	int64_t    *use;
	double	   *value;			/* that is made least */
	double		most_value;		/* sum of the demands' greatest: for rounding */
	CgSingleSide side[CG_SINGLE_SIDES];
	double	   *multiplier;		/* by demand */
	int64_t    *item;			/* pairs by site */
	int64_t    *item_start;

	/* What is decided. */
	bool	   *is_out;			/* by pair */
	int64_t    *fixed;			/* by demand: its pair, or -1 */
	int32_t    *choices;		/* by demand: pairs that are not out */
	int64_t    *room;			/* by site */
	int64_t    *need;			/* by site, to its minimum */
	double		fixed_value;
	double		outside_value;	/* of demands without pairs, in fixed_value too */
	int64_t    *trail;			/* pairs that are out; -1 - pair: fixed */
	int64_t		trail_length;

	/* The last evaluation. */
	int32_t    *taken;			/* by demand: sites that took it */
	int64_t    *relaxed;		/* by demand: its cheapest taker, or -1 */
	double	   *slope;			/* by site: worth of a unit of its room */
	double		bound;
	double		linear;			/* with divisible knapsacks */
	bool		is_whole;		/* all taken once, sides kept */
	double		whole_value;

	/* Knapsacks. */
	CgKnapsackItem *knapsack;
	bool	   *pick;
	bool	   *best_pick;
	double	   *table;
	unsigned char *mark;
	int64_t		table_room;		/* cells of mark */

	/* Demands that have one pair left. */
	int32_t    *pending;
	int32_t		pendings;
} CgRelaxation;

/*
 * What is made least: the tier of that number, where those before it must
 * have the sums in least.
 */
typedef struct CgSingleAim
{
	int			tier;
	const CgSingleTiers *least;
} CgSingleAim;

enum
{
	CG_SINGLE_UNSERVED, CG_SINGLE_MOVED, CG_SINGLE_COST
};

extern bool cg_relaxation_begin(CgRelaxation *relaxation, const CgSingle *problem, const CgSingleAim *aim,
								CgSingleWork *work, const CgFlowAllocator *allocator);
extern void cg_relaxation_end(CgRelaxation *relaxation);

/* A pair's value and what it counts in the sums that must be. */
extern double cg_relaxation_price(const CgRelaxation *relaxation, int64_t pair);

/* Bound and relaxed answer at the multipliers; bound INFINITY: none is possible. */
extern void cg_relaxation_evaluate(CgRelaxation *relaxation);

/* One step of the multipliers; false: the relaxed answer breaks no rule. */
extern bool cg_relaxation_step(CgRelaxation *relaxation, double target, double length);

/* How far a bound may be off by rounding. */
extern double cg_relaxation_tolerance(const CgRelaxation *relaxation);

/* Decide; false: nothing is possible any more. */
extern bool cg_relaxation_fix(CgRelaxation *relaxation, int64_t pair);
extern bool cg_relaxation_drop(CgRelaxation *relaxation, int64_t pair);
extern void cg_relaxation_undo(CgRelaxation *relaxation, int64_t trail_length);

/*
 * Leave out what can only lead to bounds of at least limit; raises the bound.
 */
extern bool cg_relaxation_reduce(CgRelaxation *relaxation, double limit);

/* What a pair adds to the linear bound, but for what all of its demand add. */
extern double cg_relaxation_reduced(const CgRelaxation *relaxation, int64_t pair);

/* ---- branch and bound ---- */

typedef struct CgSingleTree
{
	CgRelaxation *relaxation;
	CgSingleSearch *search;		/* receives plans */
	double		bound;			/* out: of the value; INFINITY: there is no plan */
	bool		is_proved;		/* out: the best plan is the least */
	int32_t		rounds;
	int64_t		nodes;
} CgSingleTree;

/* At most so much work; CG_FLOW_OPTIMAL, stopped or without memory. */
extern CgFlowStatus cg_single_tree(CgSingleTree *tree, int64_t root_work, int64_t most_work);

#endif							/* CG_ALLOCATE_SINGLE_SEARCH_H */
