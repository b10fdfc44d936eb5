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
 * The queries stand at the places first and first + 1, the arguments from
 * groups to change_penalty at options and after.
 */
extern void cg_read_groups(CgGroupsInput *input, const char *function,
						   FunctionCallInfo fcinfo, int first, int options);

#endif							/* CG_GROUPS_H */
