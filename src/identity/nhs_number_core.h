/*-------------------------------------------------------------------------
 *
 * nhs_number_core.h
 *	  NHS numbers: one parser, the check digit, the issued ranges.
 *
 * Plain C: nothing here knows PostgreSQL.  A value is the ten digits read as
 * a decimal number, so 0 to 9999999999.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_NHS_NUMBER_CORE_H
#define CG_NHS_NUMBER_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CG_NHS_NUMBER_DIGITS 10
#define CG_NHS_NUMBER_GROUPED 12	/* 3-3-4 with two separators */
#define CG_NHS_NUMBER_MAX INT64_C(9999999999)

/*
 * How much is demanded.  Each level demands all that the one before does.
 */
typedef enum CgNhsNumberLevel
{
	CG_NHS_NUMBER_FORMAT,		/* ten digits, grouped as allowed */
	CG_NHS_NUMBER_CHECK_DIGIT,	/* and modulus 11: what the type holds */
	CG_NHS_NUMBER_ISSUED,		/* and a number that people are given */
	CG_NHS_NUMBER_PLAUSIBLE		/* and a CHI number begins with a date */
} CgNhsNumberLevel;

typedef enum CgNhsNumberProblem
{
	CG_NHS_NUMBER_OK,
	CG_NHS_NUMBER_EMPTY,
	CG_NHS_NUMBER_CHARACTER,
	CG_NHS_NUMBER_LENGTH,
	CG_NHS_NUMBER_GROUPING,
	CG_NHS_NUMBER_BAD_CHECK_DIGIT,
	CG_NHS_NUMBER_PLACEHOLDER,
	CG_NHS_NUMBER_TEST_RANGE,
	CG_NHS_NUMBER_IRISH_RANGE,
	CG_NHS_NUMBER_UNISSUED_RANGE,
	CG_NHS_NUMBER_BIRTH_DATE
} CgNhsNumberProblem;

typedef enum CgNhsNumberRange
{
	CG_NHS_NUMBER_NOT_ISSUED,
	CG_NHS_NUMBER_SCOTLAND,
	CG_NHS_NUMBER_NORTHERN_IRELAND,
	CG_NHS_NUMBER_ENGLAND_WALES,
	CG_NHS_NUMBER_IRELAND,
	CG_NHS_NUMBER_TEST
} CgNhsNumberRange;

/*
 * Read a text.  *value is set whenever the text holds ten digits in an
 * allowed form, that is also when a later rule is broken.
 */
extern CgNhsNumberProblem cg_nhs_number_parse(const char *text, size_t length,
											  CgNhsNumberLevel level,
											  int64_t *value);

/* Check a number that comes as a number. */
extern CgNhsNumberProblem cg_nhs_number_check(int64_t value,
											  CgNhsNumberLevel level);

/*
 * The check digit that modulus 11 demands after nine digits: 0 to 9, or 10
 * when no number begins with them.
 */
extern int	cg_nhs_number_check_digit(int64_t nine_digits);

extern CgNhsNumberRange cg_nhs_number_range(int64_t value);

/* Does it begin with a date DDMMYY of some century, as a CHI number does? */
extern bool cg_nhs_number_begins_with_date(int64_t value);

/* Write the digits, without a closing zero byte. */
extern void cg_nhs_number_write(int64_t value,
								char digits[CG_NHS_NUMBER_DIGITS]);
extern void cg_nhs_number_write_grouped(int64_t value,
										char text[CG_NHS_NUMBER_GROUPED]);

/* Words: never NULL. */
extern const char *cg_nhs_number_problem_word(CgNhsNumberProblem problem);
extern const char *cg_nhs_number_range_word(CgNhsNumberRange range);

/* The level that a word names; false when it names none. */
extern bool cg_nhs_number_level(const char *word, size_t length,
								CgNhsNumberLevel *level);

#endif							/* CG_NHS_NUMBER_CORE_H */
