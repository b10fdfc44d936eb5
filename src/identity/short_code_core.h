/*-------------------------------------------------------------------------
 *
 * short_code_core.h
 *	  Short codes of letters, digits and blanks as one 64-bit number.
 *
 * Plain C: nothing here knows PostgreSQL.  ODS codes and postcodes are such
 * codes.  The order of the numbers is the order of the texts, byte by byte.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SHORT_CODE_CORE_H
#define CG_SHORT_CODE_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 37 to the power of 12 is the last that a signed 64-bit number holds. */
#define CG_SHORT_CODE_MAX 12

/*
 * Forgive blanks around a text: the same characters that PostgreSQL's
 * numeric input functions forgive, in every locale.
 */
extern void cg_short_code_trim(const char **text, size_t *length);

/* The upper-case letter or the digit that c is, else 0; plain ASCII. */
extern char cg_short_code_fold(char c);

/*
 * Pack at most CG_SHORT_CODE_MAX characters out of A-Z, 0-9 and the blank,
 * of which the last is no blank.
 */
extern int64_t cg_short_code_pack(const char *text, size_t length);

/* Unpack, without a closing zero byte; the result is the length. */
extern size_t cg_short_code_unpack(int64_t value,
								   char text[CG_SHORT_CODE_MAX]);

/*
 * Does a text have a form?  In a form d is a digit, a is a letter and x is
 * either; every other character is itself.
 */
extern bool cg_short_code_has_form(const char *text, size_t length,
								   const char *form);

/* Which of the words a text is: its place, or -1. */
extern int	cg_short_code_word(const char *const *words, int count,
							   const char *text, size_t length);

#endif							/* CG_SHORT_CODE_CORE_H */
