/*-------------------------------------------------------------------------
 *
 * chi_core.h
 *	  What a CHI number says of its person: birth date and sex.
 *
 * Plain C: nothing here knows PostgreSQL.  A number is that of
 * nhs_number_core.h, with a check digit that holds.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_CHI_CORE_H
#define CG_CHI_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CG_CHI_OLDEST_MAX 150

typedef struct CgChiDate
{
	int			year;
	int			month;
	int			day;
} CgChiDate;

typedef enum CgChiSex
{
	CG_CHI_SEX_UNKNOWN,
	CG_CHI_FEMALE,
	CG_CHI_MALE
} CgChiSex;

typedef enum CgChiProblem
{
	CG_CHI_OK,
	CG_CHI_OTHER_RANGE,			/* not one of Scotland's numbers */
	CG_CHI_BIRTH_DATE,			/* no date DDMMYY */
	CG_CHI_BIRTH_DATE_DIFFERS,
	CG_CHI_SEX_DIFFERS
} CgChiProblem;

/*
 * Is the number a CHI number, and does it agree with a birth date (NULL: not
 * known) and a sex?
 */
extern CgChiProblem cg_chi_check(int64_t number, const CgChiDate *birth_date,
								 CgChiSex sex);

/*
 * The century is not part of the number.  The birth date is the one real date
 * DDMMYY at which a person would be 0 to oldest years old on as_at; false
 * where there is none, where there are several, and for other numbers.
 */
extern bool cg_chi_birth_date(int64_t number, CgChiDate as_at, int oldest,
							  CgChiDate *birth_date);

/* By the ninth digit: even is female, odd is male; unknown for others. */
extern CgChiSex cg_chi_sex(int64_t number);

/* What a recorded sex says: female, male, F, M, 2 or 1 in either case. */
extern CgChiSex cg_chi_sex_word(const char *word, size_t length);

/* Words: never NULL. */
extern const char *cg_chi_problem_word(CgChiProblem problem);

#endif							/* CG_CHI_CORE_H */
