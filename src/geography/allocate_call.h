/*-------------------------------------------------------------------------
 *
 * allocate_call.h
 *	  One call of allocate() or of a relative, from its arguments to its rows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ALLOCATE_CALL_H
#define CG_ALLOCATE_CALL_H

#include "geography/allocate.h"

#include "common/cg_rows.h"
#include "solver/residual.h"

typedef enum CgAllocateMode
{
	CG_ALLOCATE,
	CG_ALLOCATE_NEW,
	CG_REALLOCATE
} CgAllocateMode;

typedef struct CgAllocateCall
{
	FunctionCallInfo fcinfo;
	char	  **argument_name;
	int			arguments;
	CgAllocateInput input;
	CgAllocateMode mode;
	bool		split;
	bool		refuse_unserved;
	bool		place_values;
	CgTransportSolver *solver;
	const CgTransportAnswer *answer;
	CgPlaceValue *value;		/* by site, or NULL */
	double		bound;			/* of the objective; NaN: none is known */
	CgRows		rows;

	/* Demands that go whole. */
	bool		is_whole;		/* the answer is this, not the solver's */
	CgTransportAnswer whole;
	bool		is_undecided;	/* whether minima can be reached is not known */
} CgAllocateCall;

/* Replace the answer by the best one that splits no demand. */
extern void cg_allocate_solve_whole(CgAllocateCall *call);

/* All rows of the answer; error 22023 if unserved ones are refused. */
extern void cg_allocate_emit(CgAllocateCall *call);

/* In words: what is not served, and what blocks it; NULL: everybody is. */
extern char *cg_allocate_explain(CgAllocateCall *call);

#endif							/* CG_ALLOCATE_CALL_H */
