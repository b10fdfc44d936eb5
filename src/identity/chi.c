/*-------------------------------------------------------------------------
 *
 * chi.c
 *	  What a CHI number says of its person: birth date, sex, and whether they
 *	  agree with what is recorded.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"

#include "common/cg_compat.h"
#include "identity/chi_core.h"
#include "identity/nhs_number_core.h"

PG_FUNCTION_INFO_V1(cg_chi_birth_date_at);
PG_FUNCTION_INFO_V1(cg_chi_sex_text);
PG_FUNCTION_INFO_V1(cg_chi_problem_text);
PG_FUNCTION_INFO_V1(cg_chi_problem_nhs_number);

static CgChiDate
chi_date(DateADT date)
{
	CgChiDate	split;

	j2date(date + POSTGRES_EPOCH_JDATE, &split.year, &split.month, &split.day);
	return split;
}

Datum
cg_chi_birth_date_at(PG_FUNCTION_ARGS)
{
	DateADT		as_at = PG_GETARG_DATEADT(1);
	int32		oldest = PG_GETARG_INT32(2);
	CgChiDate	birth;

	if (DATE_NOT_FINITE(as_at))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("as_at must be a finite date"),
				 errhint("Give the day on which the person was seen, or leave it out for today."),
				 errhidestmt(true)));
	if (oldest < 0 || oldest > CG_CHI_OLDEST_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("oldest must be an age from 0 to %d years",
						CG_CHI_OLDEST_MAX),
				 errhint("Leave it out for 99, the greatest age at which the century is certain."),
				 errhidestmt(true)));
	if (!cg_chi_birth_date(PG_GETARG_INT64(0), chi_date(as_at), oldest, &birth))
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(date2j(birth.year, birth.month, birth.day) -
					  POSTGRES_EPOCH_JDATE);
}

Datum
cg_chi_sex_text(PG_FUNCTION_ARGS)
{
	CgChiSex	sex = cg_chi_sex(PG_GETARG_INT64(0));

	if (sex == CG_CHI_SEX_UNKNOWN)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(sex == CG_CHI_MALE ? "male" : "female"));
}

/*
 * Compare a number with arguments 1, a birth date, and 2, a sex; either may
 * be NULL.  An infinite birth date is nobody's.
 */
static Datum
disagreement(FunctionCallInfo fcinfo, int64 number)
{
	CgChiDate	birth = {0, 0, 0};
	CgChiSex	sex = CG_CHI_SEX_UNKNOWN;
	CgChiProblem problem;

	if (!PG_ARGISNULL(1) && !DATE_NOT_FINITE(PG_GETARG_DATEADT(1)))
		birth = chi_date(PG_GETARG_DATEADT(1));
	if (!PG_ARGISNULL(2))
	{
		text	   *word = PG_GETARG_TEXT_PP(2);

		sex = cg_chi_sex_word(VARDATA_ANY(word), VARSIZE_ANY_EXHDR(word));
	}
	problem = cg_chi_check(number, PG_ARGISNULL(1) ? NULL : &birth, sex);
	if (problem == CG_CHI_OK)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(cg_chi_problem_word(problem)));
}

Datum
cg_chi_problem_text(PG_FUNCTION_ARGS)
{
	text	   *value;
	int64		number;
	CgNhsNumberProblem problem;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	value = PG_GETARG_TEXT_PP(0);
	problem = cg_nhs_number_parse(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
								  CG_NHS_NUMBER_CHECK_DIGIT, &number);
	if (problem != CG_NHS_NUMBER_OK)
		PG_RETURN_TEXT_P(cstring_to_text(cg_nhs_number_problem_word(problem)));
	return disagreement(fcinfo, number);
}

Datum
cg_chi_problem_nhs_number(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return disagreement(fcinfo, PG_GETARG_INT64(0));
}
