/*-------------------------------------------------------------------------
 *
 * grouping_model.h
 *	  A grouping problem as its solver holds it.  Not for others.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_GROUPING_MODEL_H
#define CG_GROUPING_MODEL_H

#include "numeric/random.h"
#include "solver/grouping.h"
#include "solver/ranked.h"

/* Units that stay together make a block; most blocks are one unit. */
typedef struct CgGroupingModel
{
	const CgGroupingProblem *problem;
	int			blocks;
	int			centres;
	int			measures;
	int			groups;
	bool		own_centre;
	int		   *block_of;		/* per unit */
	int		   *member_start;	/* per block, in member */
	int		   *member;			/* units */
	double	   *value;			/* blocks x centres; far where impossible */
	double		far;
	double	   *amount;			/* blocks x measures */
	double	   *scale;			/* per measure: what a violation is counted in */
	double	   *opening;
	const signed char *fixed;	/* or NULL */
	size_t	   *conflict_start; /* blocks that must be apart */
	int		   *conflict;
	size_t	   *neighbour_start;	/* NULL: groups may be in pieces */
	int		   *neighbour;
	int			labels;			/* 0: changes cost nothing */
	double	   *leaving;		/* blocks x labels: cost of a change, if the
								 * group does not continue that label */
	double	   *leaving_all;	/* per block: of every label it has */
} CgGroupingModel;

extern void cg_grouping_model(CgGroupingModel *model,
							  const CgGroupingProblem *problem, CgStore *arena,
							  CgPace *pace);

/*
 * Mark the block, and all that are reached from it through neighbours of group
 * g; group has the number of each block, or is NULL: all are of it.  queue has
 * room for every block.
 */
extern void cg_mark_piece(const CgGroupingModel *model, const int *group, int g, int block,
						  int *mark, int stamp, int *queue);

/* Looks for what excludes an answer.  false, and answer says why. */
extern bool cg_grouping_possible(const CgGroupingModel *model,
								 CgGroupingAnswer *answer, CgStore *arena);

static inline double
cg_lower_limit(const CgGroupingModel *model, int centre, int measure)
{
	return model->problem->lower == NULL ? 0 :
		model->problem->lower[centre * model->measures + measure];
}

static inline double
cg_upper_limit(const CgGroupingModel *model, int centre, int measure)
{
	return model->problem->upper == NULL ? __builtin_huge_val() :
		model->problem->upper[centre * model->measures + measure];
}

/* What the block pays for a change when its group continues this label. */
static inline double
cg_change(const CgGroupingModel *model, int block, int label)
{
	if (model->labels == 0)
		return 0;
	return model->leaving_all[block] - (label < 0 ? 0 :
										model->leaving[block * model->labels + label]);
}

/* An assignment of blocks to groups, feasible or not. */
typedef struct CgGroups
{
	int		   *centre;			/* per group */
	int		   *label;
	int		   *size;			/* blocks */
	double	   *load;			/* groups x measures */
	int		   *group;			/* per block */
	double		value;
	double		violation;
} CgGroups;

typedef struct CgGroupingSearch
{
	CgGroupingModel model;
	CgStore		arena;
	CgPace		pace;
	CgRandom	random;
	CgGroups	now;
	CgGroups	kept;			/* where the next round starts */
	CgGroups	best;			/* feasible, if best.violation is 0 */
	double		weight;			/* of violation against value */
	int64_t		rounds;
	int64_t		nodes;			/* of branch and bound */
	int64_t		pass;			/* of descent over all blocks */
	int64_t		news;			/* groups not touched since are as they were */
	int64_t    *touched;		/* per group: the pass that last changed it */

	/* Scratch of the search. */
	int		   *order;
	int		   *queue;
	int		   *mark;
	int			marked;
	CgRanked   *regret;			/* blocks by what the second choice costs more */
	bool	   *is_centre;
	int		   *chosen;
} CgGroupingSearch;

extern void cg_groups(CgGroups *groups, const CgGroupingModel *model, CgStore *arena);
extern bool cg_grouping_search_begin(CgGroupingSearch *search);

/* Assign everything to these centres (search->chosen), then descend. */
extern void cg_grouping_try_centres(CgGroupingSearch *search);

/* Search until so many steps are done. */
extern void cg_grouping_search(CgGroupingSearch *search, double steps);

/* One group is around one of the centres: try them all. */
extern void cg_grouping_only_one(CgGroupingSearch *search);

/* ---- between the files of the search ---- */

static inline double
cg_row_value(const CgGroupingModel *model, int block, int centre)
{
	return model->value[(size_t) block * model->centres + centre];
}

static inline double
cg_pair_violation(const CgGroupingModel *model, int block, int centre)
{
	return cg_row_value(model, block, centre) >= model->far ? 1 : 0;
}

static inline bool
cg_is_fixed_open(const CgGroupingModel *model, int centre)
{
	return model->fixed != NULL && model->fixed[centre] == CG_SITE_OPEN;
}

static inline bool
cg_holds_centre(const CgGroupingModel *model, const CgGroups *groups, int block)
{
	return model->own_centre &&
		model->block_of[groups->centre[groups->group[block]]] == block;
}

/* Work out loads, value and violation from who is where. */
extern void cg_groups_evaluate(CgGroupingSearch *search, CgGroups *groups);
extern void cg_groups_copy(const CgGroupingModel *model, CgGroups *to, const CgGroups *from);

/* Keep search->now, evaluated anew, if it is the best. */
extern void cg_grouping_keep_best(CgGroupingSearch *search);

/* All groups are news for the next descent. */
extern void cg_grouping_touch_all(CgGroupingSearch *search);
extern void cg_grouping_mark_centres(CgGroupingSearch *search, const CgGroups *groups);

/* Improve search->now until nothing does, and keep it if it is the best. */
extern void cg_grouping_descend(CgGroupingSearch *search);

#endif							/* CG_GROUPING_MODEL_H */
