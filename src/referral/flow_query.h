/*-------------------------------------------------------------------------
 *
 * flow_query.h
 *	  Set functions that work out something from inner SQL by SQL: the user's
 *	  query becomes the WITH part "given" of a statement of ours.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_FLOW_QUERY_H
#define CG_FLOW_QUERY_H

#include "postgres.h"

#include "fmgr.h"

/* A column that the inner query has to have, or may. */
typedef struct CgFlowColumn
{
	const char *name;
	Oid			type;
	const char *otherwise;		/* what stands for it where it is missing;
								 * NULL: it must be there */
} CgFlowColumn;

typedef struct CgFlowStatement
{
	const char *function;		/* for messages */
	const CgFlowColumn *columns;
	int			count;
	const char *body;			/* SELECT … FROM given …, qualified names */
	const char *key;			/* the first result column: a NULL there is
								 * refused by this name; or NULL */
	int			marked;			/* a boolean result column, from 0, that must be
								 * true in a row if there are rows; or -1 */
	const char *marked_problem;
} CgFlowStatement;

/*
 * Run it with the caller's rights and emit its rows as those of the function.
 * Errors: ERRCODE_UNDEFINED_COLUMN, ERRCODE_DUPLICATE_COLUMN,
 * ERRCODE_DATATYPE_MISMATCH, ERRCODE_NULL_VALUE_NOT_ALLOWED.
 */
extern void cg_flow_run(FunctionCallInfo fcinfo, const char *source,
						const CgFlowStatement *statement);

#endif							/* CG_FLOW_QUERY_H */
