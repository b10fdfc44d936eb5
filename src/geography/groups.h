/*-------------------------------------------------------------------------
 *
 * groups.h
 *	  What form_groups() and verify_groups() read.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_GROUPS_H
#define CG_GROUPS_H

#include "geography/location_input.h"
#include "solver/grouping.h"

typedef struct CgGroupsInput
{
	CgInput		units;
	CgIds		ids;
	CgIds		labels;			/* groups of today */
	char	  **measure_name;
	double	   *weight;			/* per unit */
	CgLocationPairs		pairs;			/* both ways, with each unit's own */
	CgGroupingProblem problem;
} CgGroupsInput;

/*
 * The queries are the first two arguments; those from groups to change_penalty
 * stand at the place options and after.
 */
extern void cg_read_groups(CgGroupsInput *input, const char *function,
						   FunctionCallInfo fcinfo, int options);

#endif							/* CG_GROUPS_H */
