/*-------------------------------------------------------------------------
 *
 * cg_compat.h
 *	  Differences between PostgreSQL 14 and 18, kept in this one place.
 *
 * A .c file that meets one of them includes this right after postgres.h and
 * fmgr.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_COMPAT_H
#define CG_COMPAT_H

#include "postgres.h"

#include "fmgr.h"
#include "nodes/parsenodes.h"
#include "parser/analyze.h"

#if PG_VERSION_NUM < 140000
#error "caregroup needs PostgreSQL 14 or later"
#endif

/*
 * Soft errors (16): an input function that is given an ErrorSaveContext
 * reports bad input there and returns.  Before 16 there is no such context
 * and bad input is always an error.
 */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#define cg_ereturn(context, dummy, ...) ereturn(context, dummy, __VA_ARGS__)
#else
#define cg_ereturn(context, dummy, ...) \
	do \
	{ \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return dummy; \
	} while (0)
#endif

/* A function that does not return: 18 has a word before the declaration. */
#if PG_VERSION_NUM >= 180000
#define CG_NORETURN pg_noreturn
#else
#define CG_NORETURN pg_attribute_noreturn()
#endif

/* The macros of variable-length values moved out of postgres.h in 16. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* parse_analyze was split by kind of parameters in 15. */
static inline Query *
cg_parse_analyze(RawStmt *raw, const char *source)
{
#if PG_VERSION_NUM >= 150000
	return parse_analyze_fixedparams(raw, source, NULL, 0, NULL);
#else
	return parse_analyze(raw, source, NULL, 0, NULL);
#endif
}

/*
 * Sorting of by-value 64-bit keys: 15 added a comparator that tuplesort
 * recognises and specialises; before that each type brought its own.
 */
#if PG_VERSION_NUM >= 150000 && SIZEOF_DATUM >= 8
#define CG_HAVE_SIGNED_DATUM_SORT 1
#endif

#endif							/* CG_COMPAT_H */
