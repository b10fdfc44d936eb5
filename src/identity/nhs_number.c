/*-------------------------------------------------------------------------
 *
 * nhs_number.c
 *	  The type nhs_number: input, output, casts and questions about a text.
 *
 * A value is the ten digits as a bigint, passed by value.  Whatever gets in,
 * by text, by binary or by cast, satisfies the level check_digit, so that
 * nothing downstream has to ask again.
 *
 * No message here ever holds the value: an NHS number is a person's.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "identity/nhs_number_core.h"
#include "common/private_value.h"

PG_FUNCTION_INFO_V1(cg_nhs_number_in);
PG_FUNCTION_INFO_V1(cg_nhs_number_out);
PG_FUNCTION_INFO_V1(cg_nhs_number_recv);
PG_FUNCTION_INFO_V1(cg_nhs_number_from_text);
PG_FUNCTION_INFO_V1(cg_nhs_number_from_bigint);
PG_FUNCTION_INFO_V1(cg_try_nhs_number_text);
PG_FUNCTION_INFO_V1(cg_try_nhs_number_bigint);
PG_FUNCTION_INFO_V1(cg_nhs_number_problem_text);
PG_FUNCTION_INFO_V1(cg_nhs_number_problem_bigint);
PG_FUNCTION_INFO_V1(cg_nhs_number_check_digit_text);
PG_FUNCTION_INFO_V1(cg_nhs_number_range_text);
PG_FUNCTION_INFO_V1(cg_format_nhs_number);

/*
 * The cause, as errdetail.  The expected check digit is the only digit that
 * is ever said, and without the other nine it says nothing of the person.
 */
static int
problem_detail(CgNhsNumberProblem problem, int64 number)
{
	int			expected;

	switch (problem)
	{
		case CG_NHS_NUMBER_EMPTY:
			return errdetail("The text is empty.");
		case CG_NHS_NUMBER_CHARACTER:
			return errdetail("A character is neither a digit, a space nor a hyphen.");
		case CG_NHS_NUMBER_LENGTH:
			return errdetail("There are not exactly ten digits.");
		case CG_NHS_NUMBER_GROUPING:
			return errdetail("Ten digits stand together, or in groups of 3, 3 and 4 with single spaces or single hyphens between them.");
		case CG_NHS_NUMBER_BAD_CHECK_DIGIT:
			expected = cg_nhs_number_check_digit(number / 10);
			if (expected == 10)
				return errdetail("No NHS number begins with the first nine digits: modulus 11 gives them no check digit.");
			return errdetail("The check digit does not match: modulus 11 expects %d.",
							 expected);
		default:
			elog(ERROR, "unexpected NHS number problem %d", (int) problem);
	}
	return 0;
}

/*
 * Refuse a text or, from 16, note the refusal in a soft error's context.
 * The statement is kept out of the log because it may hold the value.
 */
static Datum
refuse(Node *context, int sqlstate, CgNhsNumberProblem problem, int64 number)
{
	cg_hide_copied_value(context);
	cg_ereturn(context, (Datum) 0,
			   (errcode(sqlstate),
				errmsg("invalid NHS number"),
				problem_detail(problem, number),
				errhint("nhs_number_problem() gives the reason as a word; try_nhs_number() gives NULL instead of this error."),
				errhidestmt(true)));
}

static Datum
parse_or_refuse(const char *text, size_t length, Node *context)
{
	int64		number = 0;
	CgNhsNumberProblem problem;

	problem = cg_nhs_number_parse(text, length, CG_NHS_NUMBER_CHECK_DIGIT,
								  &number);
	if (unlikely(problem != CG_NHS_NUMBER_OK))
		return refuse(context, ERRCODE_INVALID_TEXT_REPRESENTATION,
					  problem, number);
	return Int64GetDatum(number);
}

Datum
cg_nhs_number_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);

	return parse_or_refuse(text, strlen(text), fcinfo->context);
}

Datum
cg_nhs_number_out(PG_FUNCTION_ARGS)
{
	char	   *text = palloc(CG_NHS_NUMBER_DIGITS + 1);

	cg_nhs_number_write(PG_GETARG_INT64(0), text);
	text[CG_NHS_NUMBER_DIGITS] = '\0';
	PG_RETURN_CSTRING(text);
}

/*
 * The binary form is that of bigint, so sending needs no function of ours.
 */
Datum
cg_nhs_number_recv(PG_FUNCTION_ARGS)
{
	int64		number = pq_getmsgint64((StringInfo) PG_GETARG_POINTER(0));
	CgNhsNumberProblem problem;

	problem = cg_nhs_number_check(number, CG_NHS_NUMBER_CHECK_DIGIT);
	if (problem != CG_NHS_NUMBER_OK)
		return refuse(fcinfo->context, ERRCODE_INVALID_BINARY_REPRESENTATION,
					  problem, number);
	PG_RETURN_INT64(number);
}

Datum
cg_nhs_number_from_text(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);

	return parse_or_refuse(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
						   fcinfo->context);
}

Datum
cg_nhs_number_from_bigint(PG_FUNCTION_ARGS)
{
	int64		number = PG_GETARG_INT64(0);
	CgNhsNumberProblem problem;

	problem = cg_nhs_number_check(number, CG_NHS_NUMBER_CHECK_DIGIT);
	if (problem == CG_NHS_NUMBER_LENGTH)
		return refuse(fcinfo->context, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
					  problem, number);
	if (problem != CG_NHS_NUMBER_OK)
		return refuse(fcinfo->context, ERRCODE_INVALID_TEXT_REPRESENTATION,
					  problem, number);
	PG_RETURN_INT64(number);
}

Datum
cg_try_nhs_number_text(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	int64		number;

	if (cg_nhs_number_parse(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
							CG_NHS_NUMBER_CHECK_DIGIT,
							&number) != CG_NHS_NUMBER_OK)
		PG_RETURN_NULL();
	PG_RETURN_INT64(number);
}

Datum
cg_try_nhs_number_bigint(PG_FUNCTION_ARGS)
{
	int64		number = PG_GETARG_INT64(0);

	if (cg_nhs_number_check(number,
							CG_NHS_NUMBER_CHECK_DIGIT) != CG_NHS_NUMBER_OK)
		PG_RETURN_NULL();
	PG_RETURN_INT64(number);
}

/*
 * The statement that misspells a level may hold a number as well.
 */
static CgNhsNumberLevel
level_argument(text *word)
{
	CgNhsNumberLevel level;

	if (!cg_nhs_number_level(VARDATA_ANY(word), VARSIZE_ANY_EXHDR(word),
							 &level))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown level of NHS number check"),
				 errdetail("The levels are format, check_digit, issued and plausible, each stricter than the one before."),
				 errhint("Call nhs_number_problem(value, 'issued'), for example."),
				 errhidestmt(true)));
	return level;
}

Datum
cg_nhs_number_problem_text(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	CgNhsNumberLevel level = level_argument(PG_GETARG_TEXT_PP(1));
	int64		number;
	CgNhsNumberProblem problem;

	problem = cg_nhs_number_parse(VARDATA_ANY(value),
								  VARSIZE_ANY_EXHDR(value), level, &number);
	if (problem == CG_NHS_NUMBER_OK)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(cg_nhs_number_problem_word(problem)));
}

Datum
cg_nhs_number_problem_bigint(PG_FUNCTION_ARGS)
{
	CgNhsNumberLevel level = level_argument(PG_GETARG_TEXT_PP(1));
	CgNhsNumberProblem problem;

	problem = cg_nhs_number_check(PG_GETARG_INT64(0), level);
	if (problem == CG_NHS_NUMBER_OK)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(cg_nhs_number_problem_word(problem)));
}

/*
 * The first nine digits of a text that is nine digits, or that has the form
 * of an NHS number.
 */
static bool
first_nine_digits(text *value, int64 *nine_digits)
{
	const char *digits = VARDATA_ANY(value);
	size_t		length = VARSIZE_ANY_EXHDR(value);
	char		padded[CG_NHS_NUMBER_DIGITS];
	int64		number;

	if (length == CG_NHS_NUMBER_DIGITS - 1)
	{
		memcpy(padded, digits, length);
		padded[length++] = '0';
		digits = padded;
	}
	if (cg_nhs_number_parse(digits, length, CG_NHS_NUMBER_FORMAT,
							&number) != CG_NHS_NUMBER_OK)
		return false;
	*nine_digits = number / 10;
	return true;
}

Datum
cg_nhs_number_check_digit_text(PG_FUNCTION_ARGS)
{
	int64		nine_digits;
	int			check_digit;

	if (!first_nine_digits(PG_GETARG_TEXT_PP(0), &nine_digits))
		PG_RETURN_NULL();
	check_digit = cg_nhs_number_check_digit(nine_digits);
	if (check_digit == 10)
		PG_RETURN_NULL();
	PG_RETURN_INT32(check_digit);
}

Datum
cg_nhs_number_range_text(PG_FUNCTION_ARGS)
{
	CgNhsNumberRange range = cg_nhs_number_range(PG_GETARG_INT64(0));

	PG_RETURN_TEXT_P(cstring_to_text(cg_nhs_number_range_word(range)));
}

Datum
cg_format_nhs_number(PG_FUNCTION_ARGS)
{
	char		grouped[CG_NHS_NUMBER_GROUPED];

	cg_nhs_number_write_grouped(PG_GETARG_INT64(0), grouped);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(grouped, sizeof(grouped)));
}
