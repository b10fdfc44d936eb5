/*-------------------------------------------------------------------------
 *
 * ods_code.c
 *	  The type ods_code: input, output, casts and questions about a code.
 *
 * A value is the code packed into a bigint, passed by value.
 *
 * ODS codes are no secret, but a text that is none may be anything, such as
 * an NHS number out of a file whose columns have slipped: no message here
 * holds it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "common/private_value.h"
#include "identity/ods_code_core.h"

PG_FUNCTION_INFO_V1(cg_ods_code_in);
PG_FUNCTION_INFO_V1(cg_ods_code_out);
PG_FUNCTION_INFO_V1(cg_ods_code_recv);
PG_FUNCTION_INFO_V1(cg_ods_code_send);
PG_FUNCTION_INFO_V1(cg_ods_code_from_text);
PG_FUNCTION_INFO_V1(cg_try_ods_code);
PG_FUNCTION_INFO_V1(cg_ods_code_problem);
PG_FUNCTION_INFO_V1(cg_ods_kind);
PG_FUNCTION_INFO_V1(cg_ods_pseudo);
PG_FUNCTION_INFO_V1(cg_ods_organisation);

static int
problem_detail(CgOdsCodeProblem problem)
{
	switch (problem)
	{
		case CG_ODS_CODE_EMPTY:
			return errdetail("The text is empty.");
		case CG_ODS_CODE_CHARACTER:
			return errdetail("A character is neither a letter from A to Z nor a digit.");
		case CG_ODS_CODE_LENGTH:
			return errdetail("There are more than nine characters.");
		default:
			elog(ERROR, "unexpected ODS code problem %d", (int) problem);
	}
	return 0;
}

/*
 * Read a text; refuse one that is no code or, from 16, note the refusal in a
 * soft error's context.
 */
static Datum
parse_or_refuse(const char *text, size_t length, int sqlstate, Node *context)
{
	int64		value = 0;
	CgOdsCodeProblem problem;

	problem = cg_ods_code_parse(text, length, CG_ODS_CODE_FORMAT, &value);
	if (unlikely(problem != CG_ODS_CODE_OK))
	{
		cg_hide_copied_value(context);
		cg_ereturn(context, (Datum) 0,
				   (errcode(sqlstate),
					errmsg("invalid ODS code"),
					problem_detail(problem),
					errhint("ods_code_problem() gives the reason as a word; try_ods_code() gives NULL instead of this error."),
					errhidestmt(true)));
	}
	return Int64GetDatum(value);
}

Datum
cg_ods_code_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);

	return parse_or_refuse(text, strlen(text),
						   ERRCODE_INVALID_TEXT_REPRESENTATION,
						   fcinfo->context);
}

Datum
cg_ods_code_out(PG_FUNCTION_ARGS)
{
	char	   *text = palloc(CG_SHORT_CODE_MAX + 1);

	text[cg_ods_code_write(PG_GETARG_INT64(0), text)] = '\0';
	PG_RETURN_CSTRING(text);
}

/*
 * The binary form is the code's characters, so that no reader needs to know
 * how we pack them.
 */
Datum
cg_ods_code_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			length;
	char	   *text = pq_getmsgtext(message, message->len - message->cursor,
									 &length);

	return parse_or_refuse(text, length, ERRCODE_INVALID_BINARY_REPRESENTATION,
						   fcinfo->context);
}

Datum
cg_ods_code_send(PG_FUNCTION_ARGS)
{
	StringInfoData message;
	char		text[CG_SHORT_CODE_MAX];
	size_t		length = cg_ods_code_write(PG_GETARG_INT64(0), text);

	pq_begintypsend(&message);
	pq_sendtext(&message, text, (int) length);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

Datum
cg_ods_code_from_text(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);

	return parse_or_refuse(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
						   ERRCODE_INVALID_TEXT_REPRESENTATION,
						   fcinfo->context);
}

Datum
cg_try_ods_code(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	int64		code;

	if (cg_ods_code_parse(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
						  CG_ODS_CODE_FORMAT, &code) != CG_ODS_CODE_OK)
		PG_RETURN_NULL();
	PG_RETURN_INT64(code);
}

Datum
cg_ods_code_problem(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);
	text	   *word = PG_GETARG_TEXT_PP(1);
	CgOdsCodeLevel level;
	int64		code;
	CgOdsCodeProblem problem;

	if (!cg_ods_code_level(VARDATA_ANY(word), VARSIZE_ANY_EXHDR(word), &level))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown level of ODS code check"),
				 errdetail("The levels are format, known_form and issued, each stricter than the one before."),
				 errhint("Call ods_code_problem(value, 'issued'), for example."),
				 errhidestmt(true)));
	problem = cg_ods_code_parse(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
								level, &code);
	if (problem == CG_ODS_CODE_OK)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(cg_ods_code_problem_word(problem)));
}

Datum
cg_ods_kind(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(cg_ods_code_kind(PG_GETARG_INT64(0))));
}

Datum
cg_ods_pseudo(PG_FUNCTION_ARGS)
{
	const char *meaning = cg_ods_code_pseudo(PG_GETARG_INT64(0));

	if (meaning == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(meaning));
}

Datum
cg_ods_organisation(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(cg_ods_code_organisation(PG_GETARG_INT64(0)));
}
