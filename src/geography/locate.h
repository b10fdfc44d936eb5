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
	char	   *explanation;	/* why there is no answer, or NULL */
} CgLocation;

typedef struct CgLocateOptions
{
	int			p;				/* 0: opening costs decide */
	double		unserved_cost;	/* NaN: everyone must be served */
	double		effort;
	uint64		seed;
} CgLocateOptions;

extern void cg_check_locate(const CgLocationInput *input, const CgLocateOptions *options);
extern void cg_solve_location(const CgLocationInput *input,
							  const CgLocateOptions *options,
							  CgLocation *location);
extern CgMedianProblem cg_location_problem(const CgLocationInput *input,
										   const CgLocateOptions *options);

#endif							/* CG_LOCATE_H */
