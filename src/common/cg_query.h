/*-------------------------------------------------------------------------
 *
 * cg_query.h
 *	  Reading inner SQL: the text of one SELECT that a user hands over.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_QUERY_H
#define CG_QUERY_H

#include "postgres.h"

#include "executor/tuptable.h"
#include "lib/stringinfo.h"
#include "nodes/parsenodes.h"

/*
 * Analyse source as exactly one SELECT that changes nothing, with names
 * resolved by the current search_path.  Errors: syntax and analysis errors
 * as PostgreSQL gives them, with the position inside source;
 * ERRCODE_INVALID_PARAMETER_VALUE when it is anything but one SELECT.
 */
extern Query *cg_query_analyze(const char *source, RawStmt **raw_out);

/*
 * The type of the query's column of that name, or InvalidOid.  whose says
 * which query it is, "the query of forecast", for messages here and below.
 * Error: ERRCODE_DUPLICATE_COLUMN for two columns of the name.
 */
extern Oid	cg_query_column_type(const Query *query, const char *name,
								 const char *whose);

/*
 * ERRCODE_DATATYPE_MISMATCH: column name is of a type that cannot be read as
 * what is wanted.
 */
extern void cg_query_refuse_type(const char *name, const char *whose, Oid type,
								 const char *wanted, const char *hint);

/* Append the statement, without its semicolon, as "(…) AS q". */
extern void cg_query_append(StringInfo text, const char *source,
							const RawStmt *raw);

/* Called for every row, with all of the slot's columns taken out. */
typedef void (*CgQueryRow) (TupleTableSlot *slot, void *argument);

/* Called once, before the first row. */
typedef void (*CgQueryShape) (TupleDesc desc, void *argument);

/*
 * Run text with the caller's rights, changing nothing.  Rows go to a receiver,
 * so that the plan may be parallel and no row is kept.  shape may be NULL.
 */
extern void cg_query_run(const char *text, const char *whose, CgQueryShape shape,
						 CgQueryRow row, void *argument);

#endif							/* CG_QUERY_H */
