/*-------------------------------------------------------------------------
 *
 * ods_code_core.h
 *	  ODS codes: one parser, and what the form of a code says.
 *
 * Plain C: nothing here knows PostgreSQL.  A value is the code, upper-cased
 * and packed (short_code_core.h).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ODS_CODE_CORE_H
#define CG_ODS_CODE_CORE_H

#include "identity/short_code_core.h"

#define CG_ODS_CODE_MAX 9		/* a branch surgery's */

/*
 * How much is demanded.  Each level demands all that the one before does.
 */
typedef enum CgOdsCodeLevel
{
	CG_ODS_CODE_FORMAT,			/* one to nine letters and digits: the type */
	CG_ODS_CODE_KNOWN_FORM,		/* and a form that ODS uses */
	CG_ODS_CODE_ISSUED			/* and no default code */
} CgOdsCodeLevel;

typedef enum CgOdsCodeProblem
{
	CG_ODS_CODE_OK,
	CG_ODS_CODE_EMPTY,
	CG_ODS_CODE_CHARACTER,
	CG_ODS_CODE_LENGTH,
	CG_ODS_CODE_UNKNOWN_FORM,
	CG_ODS_CODE_PSEUDO
} CgOdsCodeProblem;

/* Read a text.  *value is set whenever the level format is met. */
extern CgOdsCodeProblem cg_ods_code_parse(const char *text, size_t length,
										  CgOdsCodeLevel level,
										  int64_t *value);

/* Write the code, without a closing zero byte; the result is the length. */
extern size_t cg_ods_code_write(int64_t value, char text[CG_SHORT_CODE_MAX]);

/* What the code names, by its form: a word, never NULL. */
extern const char *cg_ods_code_kind(int64_t value);

/* What a default code stands for: a word, or NULL for every other code. */
extern const char *cg_ods_code_pseudo(int64_t value);

/*
 * The organisation of a site or of a branch, by the code's form; any other
 * code is its own.
 */
extern int64_t cg_ods_code_organisation(int64_t value);

/* Words: never NULL. */
extern const char *cg_ods_code_problem_word(CgOdsCodeProblem problem);

/* The level that a word names; false when it names none. */
extern bool cg_ods_code_level(const char *word, size_t length,
							  CgOdsCodeLevel *level);

#endif							/* CG_ODS_CODE_CORE_H */
