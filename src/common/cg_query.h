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

#include "nodes/parsenodes.h"

/*
 * Analyse source as exactly one SELECT that changes nothing, with names
 * resolved by the current search_path.  Errors: syntax and analysis errors
 * as PostgreSQL gives them, with the position inside source;
 * ERRCODE_INVALID_PARAMETER_VALUE when it is anything but one SELECT.
 */
extern Query *cg_query_analyze(const char *source, RawStmt **raw_out);

#endif							/* CG_QUERY_H */
