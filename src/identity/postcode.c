/*-------------------------------------------------------------------------
 *
 * postcode.c
 *	  The type postcode: input, output, casts, parts and questions.
 *
 * A value is the canonical text packed into a bigint, passed by value.
 *
 * No message here ever holds the value: a postcode is a person's.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "common/private_value.h"
#include "identity/postcode_core.h"

PG_FUNCTION_INFO_V1(cg_postcode_in);
PG_FUNCTION_INFO_V1(cg_postcode_out);
PG_FUNCTION_INFO_V1(cg_postcode_recv);
PG_FUNCTION_INFO_V1(cg_postcode_send);
PG_FUNCTION_INFO_V1(cg_postcode_from_text);
PG_FUNCTION_INFO_V1(cg_try_postcode);
PG_FUNCTION_INFO_V1(cg_postcode_problem);
PG_FUNCTION_INFO_V1(cg_postcode_kind_text);
PG_FUNCTION_INFO_V1(cg_postcode_outward);
PG_FUNCTION_INFO_V1(cg_postcode_inward);
PG_FUNCTION_INFO_V1(cg_postcode_area);
PG_FUNCTION_INFO_V1(cg_postcode_sector);

static int
problem_detail(CgPostcodeProblem problem)
{
	switch (problem)
	{
		case CG_POSTCODE_EMPTY:
			return errdetail("The text is empty.");
		case CG_POSTCODE_CHARACTER:
			return errdetail("A character is neither a letter from A to Z, a digit nor a space.");
		case CG_POSTCODE_BAD_FORMAT:
			return errdetail("A postcode is an outward code such as A9, A99, A9A, AA9, AA99 or AA9A and an inward code 9AA, or BFPO and a number.");
		case CG_POSTCODE_SPACING:
			return errdetail("A space stands elsewhere than between the outward and the inward code.");
		case CG_POSTCODE_OUTWARD_LETTER:
			return errdetail("A letter of the outward code is not used in its place.");
		case CG_POSTCODE_INWARD_LETTER:
			return errdetail("The inward code never holds one of the letters C, I, K, M, O and V.");
		default:
			elog(ERROR, "unexpected postcode problem %d", (int) problem);
	}
	return 0;
}

/*
 * Read a text; refuse one that is no postcode or, from 16, note the refusal
 * in a soft error's context.
 */
static Datum
parse_or_refuse(const char *text, size_t length, int sqlstate, Node *context)
{
	int64		value = 0;
	CgPostcodeProblem problem;

	problem = cg_postcode_parse(text, length, CG_POSTCODE_FORMAT, &value);
	if (unlikely(problem != CG_POSTCODE_OK))
	{
		cg_hide_copied_value(context);
		cg_ereturn(context, (Datum) 0,
				   (errcode(sqlstate),
					errmsg("invalid postcode"),
					problem_detail(problem),
					errhint("postcode_problem() gives the reason as a word; try_postcode() gives NULL instead of this error."),
					errhidestmt(true)));
	}
	return Int64GetDatum(value);
}

Datum
cg_postcode_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);

	return parse_or_refuse(text, strlen(text),
						   ERRCODE_INVALID_TEXT_REPRESENTATION,
						   fcinfo->context);
}

Datum
cg_postcode_out(PG_FUNCTION_ARGS)
{
	char	   *text = palloc(CG_SHORT_CODE_MAX + 1);

	text[cg_postcode_write(PG_GETARG_INT64(0), text)] = '\0';
	PG_RETURN_CSTRING(text);
}

/*
 * The binary form is the postcode's characters, so that no reader needs to
 * know how we pack them.
 */
Datum
cg_postcode_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			length;
	char	   *text = pq_getmsgtext(message, message->len - message->cursor,
									 &length);

	return parse_or_refuse(text, length, ERRCODE_INVALID_BINARY_REPRESENTATION,
						   fcinfo->context);
}

Datum
cg_postcode_send(PG_FUNCTION_ARGS)
{
	StringInfoData message;
	char		text[CG_SHORT_CODE_MAX];
	size_t		length = cg_postcode_write(PG_GETARG_INT64(0), text);

	pq_begintypsend(&message);
	pq_sendtext(&message, text, (int) length);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

Datum
cg_postcode_from_text(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);

	return parse_or_refuse(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
						   ERRCODE_INVALID_TEXT_REPRESENTATION,
						   fcinfo->context);
}

Datum
cg_try_postcode(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	int64		postcode;

	if (cg_postcode_parse(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
						  CG_POSTCODE_FORMAT, &postcode) != CG_POSTCODE_OK)
		PG_RETURN_NULL();
	PG_RETURN_INT64(postcode);
}

/*
 * The statement that misspells a level may hold a postcode as well.
 */
Datum
cg_postcode_problem(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	text	   *word = PG_GETARG_TEXT_PP(1);
	CgPostcodeLevel level;
	int64		postcode;
	CgPostcodeProblem problem;

	if (!cg_postcode_level(VARDATA_ANY(word), VARSIZE_ANY_EXHDR(word), &level))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown level of postcode check"),
				 errdetail("The levels are format, area and place, each stricter than the one before."),
				 errhint("Call postcode_problem(value, 'place'), for example."),
				 errhidestmt(true)));
	problem = cg_postcode_parse(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
								level, &postcode);
	if (problem == CG_POSTCODE_OK)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(cg_postcode_problem_word(problem)));
}

Datum
cg_postcode_kind_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(cg_postcode_kind(PG_GETARG_INT64(0))));
}

static Datum
part(FunctionCallInfo fcinfo, CgPostcodePart wanted)
{
	char		text[CG_SHORT_CODE_MAX];
	size_t		length = cg_postcode_part(PG_GETARG_INT64(0), wanted, text);

	if (length == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(text, (int) length));
}

Datum
cg_postcode_outward(PG_FUNCTION_ARGS)
{
	return part(fcinfo, CG_POSTCODE_OUTWARD);
}

Datum
cg_postcode_inward(PG_FUNCTION_ARGS)
{
	return part(fcinfo, CG_POSTCODE_INWARD);
}

Datum
cg_postcode_area(PG_FUNCTION_ARGS)
{
	return part(fcinfo, CG_POSTCODE_AREA_LETTERS);
}

Datum
cg_postcode_sector(PG_FUNCTION_ARGS)
{
	return part(fcinfo, CG_POSTCODE_SECTOR);
}
