/*-------------------------------------------------------------------------
 *
 * nhs_number_text.c
 *	  Comparing an nhs_number with a text, and keeping the index in use.
 *
 * Dashboards and drivers send text parameters.  The operators here compare
 * with any text: one that is no NHS number equals none.  On their own they
 * would read the whole table, so the planner is told what they mean:
 *
 *		nhs = text		is		nhs = try_nhs_number(text)
 *								AND nhs_number_matches_text(nhs, text)
 *
 * The first half is the type's own equality: it can use an index, be hashed
 * and merged, prune partitions and be carried over to joined tables.  But it
 * is NULL where the text is no NHS number, which NOT, NOT IN and a select
 * list would show.  The second half is the operator's function under another
 * name and makes the answer exact; it runs only on rows that the first half
 * lets through.  A constant is read at once and needs no second half.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pg_list.h"
#include "nodes/supportnodes.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "common/cg_compat.h"
#include "identity/nhs_number_core.h"

PG_FUNCTION_INFO_V1(cg_nhs_number_eq_text);
PG_FUNCTION_INFO_V1(cg_nhs_number_ne_text);
PG_FUNCTION_INFO_V1(cg_text_eq_nhs_number);
PG_FUNCTION_INFO_V1(cg_text_ne_nhs_number);
PG_FUNCTION_INFO_V1(cg_nhs_number_eq_text_support);
PG_FUNCTION_INFO_V1(cg_nhs_number_ne_text_support);
PG_FUNCTION_INFO_V1(cg_nhs_number_matches_text_support);

static bool
read_text(text *value, int64 *number)
{
	return cg_nhs_number_parse(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
							   CG_NHS_NUMBER_CHECK_DIGIT,
							   number) == CG_NHS_NUMBER_OK;
}

static bool
equals_text(int64 number, text *value)
{
	int64		other;

	return read_text(value, &other) && other == number;
}

Datum
cg_nhs_number_eq_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(equals_text(PG_GETARG_INT64(0), PG_GETARG_TEXT_PP(1)));
}

Datum
cg_nhs_number_ne_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!equals_text(PG_GETARG_INT64(0), PG_GETARG_TEXT_PP(1)));
}

Datum
cg_text_eq_nhs_number(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(equals_text(PG_GETARG_INT64(1), PG_GETARG_TEXT_PP(0)));
}

Datum
cg_text_ne_nhs_number(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!equals_text(PG_GETARG_INT64(1), PG_GETARG_TEXT_PP(0)));
}

/*
 * The two operands of a comparison, whichever way round it was written.
 */
typedef struct Operands
{
	Expr	   *nhs_number;
	Expr	   *text;
	Oid			type;			/* of nhs_number */
	Oid			schema;			/* where caregroup's functions are */
} Operands;

static Operands
comparison_operands(FuncExpr *comparison)
{
	Expr	   *left = (Expr *) linitial(comparison->args);
	Expr	   *right = (Expr *) lsecond(comparison->args);
	bool		text_first = exprType((Node *) left) == TEXTOID;
	Operands	operands;

	operands.nhs_number = text_first ? right : left;
	operands.text = text_first ? left : right;
	operands.type = exprType((Node *) operands.nhs_number);
	operands.schema = get_func_namespace(comparison->funcid);
	return operands;
}

/*
 * The text as an nhs_number constant, or NULL when it is none at plan time.
 */
static Expr *
text_as_constant(const Operands *operands)
{
	Const	   *constant = (Const *) operands->text;
	int64		number;

	if (!IsA(constant, Const) || constant->constisnull ||
		!read_text(DatumGetTextPP(constant->constvalue), &number))
		return NULL;
	return (Expr *) makeConst(operands->type, -1, InvalidOid, sizeof(int64),
							  Int64GetDatum(number), false, FLOAT8PASSBYVAL);
}

/*
 * nhs_number OP other, with the type's own equality or its negator.
 */
static Expr *
own_comparison(const Operands *operands, bool equal, Expr *other)
{
	Oid			operator = lookup_type_cache(operands->type,
											 TYPECACHE_EQ_OPR)->eq_opr;
	OpExpr	   *comparison;

	if (!equal)
		operator = get_negator(operator);
	if (!OidIsValid(operator))
		elog(ERROR, "type nhs_number has lost its equality operator");
	comparison = (OpExpr *) make_opclause(operator, BOOLOID, false,
										  operands->nhs_number, other,
										  InvalidOid, InvalidOid);
	set_opfuncid(comparison);
	return (Expr *) comparison;
}

/*
 * A call of a function of caregroup's.
 */
static Expr *
own_call(const Operands *operands, const char *name, Oid result_type,
		 List *arguments)
{
	char	   *schema = get_namespace_name(operands->schema);
	List	   *qualified = list_make2(makeString(schema),
									   makeString(pstrdup(name)));
	Oid			types[2];
	int			count = 0;
	ListCell   *cell;

	foreach(cell, arguments)
		types[count++] = exprType((Node *) lfirst(cell));
	return (Expr *) makeFuncExpr(LookupFuncName(qualified, count, types, false),
								 result_type, arguments,
								 InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CALL);
}

/*
 * Both operands appear twice in what we make of them: not if they must be
 * evaluated once, and not if they hold a subquery that runs for every row.
 * A subquery that runs once may run twice, for the sake of the index.
 */
static bool
may_appear_twice(Expr *operand)
{
	Node	   *node = (Node *) operand;

	if (contain_volatile_functions(node))
		return false;
	return !contain_subplans(node) || !contain_vars_of_level(node, 0);
}

static Node *
simplify_equality(FuncExpr *comparison)
{
	Operands	operands = comparison_operands(comparison);
	Expr	   *other = text_as_constant(&operands);
	Expr	   *matches;

	if (other != NULL)
		return (Node *) own_comparison(&operands, true, other);
	if (!may_appear_twice(operands.text) ||
		!may_appear_twice(operands.nhs_number))
		return NULL;

	other = own_call(&operands, "try_nhs_number", operands.type,
					 list_make1(copyObject(operands.text)));
	matches = own_call(&operands, "nhs_number_matches_text", BOOLOID,
					   list_make2(copyObject(operands.nhs_number),
								  operands.text));
	return (Node *) make_andclause(list_make2(own_comparison(&operands, true,
															 other),
											  matches));
}

/*
 * A text that is no NHS number differs from every one, so only a constant
 * that is one can be handed to the type's own operator.
 */
static Node *
simplify_inequality(FuncExpr *comparison)
{
	Operands	operands = comparison_operands(comparison);
	Expr	   *other = text_as_constant(&operands);

	if (other == NULL)
		return NULL;
	return (Node *) own_comparison(&operands, false, other);
}

Datum
cg_nhs_number_eq_text_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	Node	   *answer = NULL;

	if (IsA(request, SupportRequestSimplify))
		answer = simplify_equality(((SupportRequestSimplify *) request)->fcall);
	PG_RETURN_POINTER(answer);
}

Datum
cg_nhs_number_ne_text_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	Node	   *answer = NULL;

	if (IsA(request, SupportRequestSimplify))
		answer = simplify_inequality(((SupportRequestSimplify *) request)->fcall);
	PG_RETURN_POINTER(answer);
}

/*
 * The second half keeps every row that the first half selects.
 */
Datum
cg_nhs_number_matches_text_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (!IsA(request, SupportRequestSelectivity))
		PG_RETURN_POINTER(NULL);
	((SupportRequestSelectivity *) request)->selectivity = 1.0;
	PG_RETURN_POINTER(request);
}
