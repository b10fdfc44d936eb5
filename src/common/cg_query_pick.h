/*-------------------------------------------------------------------------
 *
 * cg_query_pick.h
 *	  Picking columns of inner SQL by name.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_QUERY_PICK_H
#define CG_QUERY_PICK_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "common/cg_compat.h"

/*
 * The type that column number column, which has this one in the query whose
 * is, is to be read as.  An error where it cannot be: cg_query_refuse_type().
 */
typedef Oid (*CgQueryWanted) (int column, Oid type, const char *whose, void *context);

/*
 * Append "SELECT … FROM (…) AS q" for those of the columns that the query has,
 * in the order of names and read as wanted says.  place[i] is where column i
 * then is, from 0, or -1.  The first required ones must be there.
 */
extern void cg_query_pick(StringInfo text, const char *source, const char *whose,
						  const char *const *names, int columns, int required,
						  const char *hint, CgQueryWanted wanted, void *context,
						  int *place);

/* ERRCODE_UNDEFINED_COLUMN: the query has no column name. */
CG_NORETURN extern void cg_query_refuse_missing(const char *name, const char *whose,
												const char *hint);

#endif							/* CG_QUERY_PICK_H */
