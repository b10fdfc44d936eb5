/*-------------------------------------------------------------------------
 *
 * locate.h
 *	  Which sites to open: what locate(), consolidate() and their checks
 *	  share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_LOCATE_H
#define CG_LOCATE_H

#include "geography/location_input.h"
#include "solver/grouping.h"
#include "solver/p_median_split.h"

/* An answer of any of the kinds of location problem. */
typedef struct CgLocation
{
	CgSolved	solved;
	double		objective;
	double		bound;
	int64_t		rounds;
	double		seconds;
	bool	   *is_open;		/* per site */
	int		   *served_by;		/* per demand; -1: unserved */
	double	   *price;			/* per demand, or NULL */
	double	   *flow;			/* per pair, where demand may be split; or NULL */
	double	   *unserved;		/* likewise, per demand: amount */
	double		left;			/* and in all, of the best choice found */
	double		no_room;		/* what even all sites together leave */
	char	   *explanation;	/* why there is no answer, or NULL */
} CgLocation;

typedef struct CgLocateOptions
{
	int			p;				/* 0: opening costs decide */
	double		unserved_cost;	/* NaN: everyone must be served */
	double		effort;
	uint64		seed;
	bool		split;			/* a demand may go to several sites */
} CgLocateOptions;

static inline bool
cg_has_limits(const CgLocationInput *input)
{
	return input->capacity != NULL || input->minimum != NULL;
}

extern int	cg_read_p(FunctionCallInfo fcinfo, int place, const char *function);
extern void cg_check_locate(const CgLocationInput *input, const CgLocateOptions *options);
extern void cg_solve_location(const CgLocationInput *input,
							  const CgLocateOptions *options,
							  CgLocation *location);
extern CgMedianProblem cg_location_problem(const CgLocationInput *input,
										   const CgLocateOptions *options);
extern CgGroupingProblem cg_location_grouping_problem(const CgLocationInput *input,
													  const CgLocateOptions *options);
extern CgSplitProblem cg_location_split_problem(const CgLocationInput *input,
												const CgLocateOptions *options);

#endif							/* CG_LOCATE_H */
