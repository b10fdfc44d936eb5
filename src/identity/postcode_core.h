/*-------------------------------------------------------------------------
 *
 * postcode_core.h
 *	  Postcodes: one parser, their parts and what they stand for.
 *
 * Plain C: nothing here knows PostgreSQL.  A value is the canonical text,
 * upper-case with one blank between its two parts, packed
 * (short_code_core.h).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_POSTCODE_CORE_H
#define CG_POSTCODE_CORE_H

#include "identity/short_code_core.h"

#define CG_POSTCODE_MAX 9		/* BFPO 1234 */

/*
 * How much is demanded.  Each level demands all that the one before does.
 */
typedef enum CgPostcodeLevel
{
	CG_POSTCODE_FORMAT,			/* a form and letters that exist: the type */
	CG_POSTCODE_AREA,			/* and an area that Royal Mail has */
	CG_POSTCODE_PLACE			/* and a place where people live */
} CgPostcodeLevel;

typedef enum CgPostcodeProblem
{
	CG_POSTCODE_OK,
	CG_POSTCODE_EMPTY,
	CG_POSTCODE_CHARACTER,
	CG_POSTCODE_BAD_FORMAT,
	CG_POSTCODE_SPACING,
	CG_POSTCODE_OUTWARD_LETTER,
	CG_POSTCODE_INWARD_LETTER,
	CG_POSTCODE_UNKNOWN_AREA,
	CG_POSTCODE_NO_PLACE
} CgPostcodeProblem;

typedef enum CgPostcodePart
{
	CG_POSTCODE_OUTWARD,		/* M1 of M1 1AA; BFPO */
	CG_POSTCODE_INWARD,			/* 1AA */
	CG_POSTCODE_AREA_LETTERS,	/* M */
	CG_POSTCODE_SECTOR			/* M1 1; BFPO numbers have none */
} CgPostcodePart;

/* Read a text.  *value is set whenever the level format is met. */
extern CgPostcodeProblem cg_postcode_parse(const char *text, size_t length,
										   CgPostcodeLevel level,
										   int64_t *value);

/* Write the postcode, without a closing zero byte; the result is its length. */
extern size_t cg_postcode_write(int64_t value, char text[CG_SHORT_CODE_MAX]);

/* Write a part of it; 0 where it has no such part. */
extern size_t cg_postcode_part(int64_t value, CgPostcodePart part,
							   char text[CG_SHORT_CODE_MAX]);

/* What the postcode stands for: a word, never NULL. */
extern const char *cg_postcode_kind(int64_t value);

/* Words: never NULL. */
extern const char *cg_postcode_problem_word(CgPostcodeProblem problem);

/* The level that a word names; false when it names none. */
extern bool cg_postcode_level(const char *word, size_t length,
							  CgPostcodeLevel *level);

#endif							/* CG_POSTCODE_CORE_H */
