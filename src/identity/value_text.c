/*-------------------------------------------------------------------------
 *
 * value_text.c
 *	  Comparing a value of this room's types with a text, and keeping the
 *	  index in use.
 *
 * Dashboards and drivers send text parameters.  The operators here compare
 * with any text: one that holds no value of the type equals none.  On their
 * own they would read the whole table, so the planner is told what they mean:
 *
 *		nhs = text		is		nhs = try_nhs_number(text)
 *								AND nhs_number_matches_text(nhs, text)
 *
 * The first half is the type's own equality: it can use an index, be hashed
 * and merged, prune partitions and be carried over to joined tables.  But it
 * is NULL where the text holds no value, which NOT, NOT IN and a select list
 * would show.  The second half is the operator's function under another name
 * and makes the answer exact; it runs only on rows that the first half lets
 * through.  A constant is read at once and needs no second half.
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
#include "identity/value_text.h"

static bool
read_text(const CgValueType *type, Datum value, int64 *read)
{
	text	   *packed = DatumGetTextPP(value);

	return type->read(VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed), read);
}

bool
cg_value_equals_text(const CgValueType *type, Datum value, Datum text)
{
	int64		other;

	return read_text(type, text, &other) && other == DatumGetInt64(value);
}

/*
 * The two operands of a comparison, whichever way round it was written.
 */
typedef struct Operands
{
	const CgValueType *type;
	Expr	   *value;
	Expr	   *text;
	Oid			value_type;
	Oid			schema;			/* where caregroup's functions are */
} Operands;

static Operands
comparison_operands(const CgValueType *type, FuncExpr *comparison)
{
	Expr	   *left = (Expr *) linitial(comparison->args);
	Expr	   *right = (Expr *) lsecond(comparison->args);
	bool		text_first = exprType((Node *) left) == TEXTOID;
	Operands	operands;

	operands.type = type;
	operands.value = text_first ? right : left;
	operands.text = text_first ? left : right;
	operands.value_type = exprType((Node *) operands.value);
	operands.schema = get_func_namespace(comparison->funcid);
	return operands;
}

/*
 * The text as a constant of the type, or NULL when it is none at plan time.
 */
static Expr *
text_as_constant(const Operands *operands)
{
	Const	   *constant = (Const *) operands->text;
	int64		value;

	if (!IsA(constant, Const) || constant->constisnull ||
		!read_text(operands->type, constant->constvalue, &value))
		return NULL;
	return (Expr *) makeConst(operands->value_type, -1, InvalidOid,
							  sizeof(int64), Int64GetDatum(value), false,
							  FLOAT8PASSBYVAL);
}

/*
 * value OP other, with the type's own equality or its negator.
 */
static Expr *
own_comparison(const Operands *operands, bool equal, Expr *other)
{
	Oid			operator = lookup_type_cache(operands->value_type,
											 TYPECACHE_EQ_OPR)->eq_opr;
	OpExpr	   *comparison;

	if (!equal)
		operator = get_negator(operator);
	if (!OidIsValid(operator))
		elog(ERROR, "type %s has lost its equality operator",
			 operands->type->name);
	comparison = (OpExpr *) make_opclause(operator, BOOLOID, false,
										  operands->value, other,
										  InvalidOid, InvalidOid);
	set_opfuncid(comparison);
	return (Expr *) comparison;
}

/*
 * A call of a function of caregroup's, which is named after the type.
 */
static Expr *
own_call(const Operands *operands, const char *name_format, Oid result_type,
		 List *arguments)
{
	char	   *schema = get_namespace_name(operands->schema);
	char	   *name = psprintf(name_format, operands->type->name);
	List	   *qualified = list_make2(makeString(schema), makeString(name));
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
simplify_equality(const CgValueType *type, FuncExpr *comparison)
{
	Operands	operands = comparison_operands(type, comparison);
	Expr	   *other = text_as_constant(&operands);
	Expr	   *matches;

	if (other != NULL)
		return (Node *) own_comparison(&operands, true, other);
	if (!may_appear_twice(operands.text) ||
		!may_appear_twice(operands.value))
		return NULL;

	other = own_call(&operands, "try_%s", operands.value_type,
					 list_make1(copyObject(operands.text)));
	matches = own_call(&operands, "%s_matches_text", BOOLOID,
					   list_make2(copyObject(operands.value), operands.text));
	return (Node *) make_andclause(list_make2(own_comparison(&operands, true,
															 other),
											  matches));
}

/*
 * A text that holds no value differs from every one, so only a constant that
 * holds one can be handed to the type's own operator.
 */
static Node *
simplify_inequality(const CgValueType *type, FuncExpr *comparison)
{
	Operands	operands = comparison_operands(type, comparison);
	Expr	   *other = text_as_constant(&operands);

	if (other == NULL)
		return NULL;
	return (Node *) own_comparison(&operands, false, other);
}

Datum
cg_value_eq_text_request(const CgValueType *type, Datum request)
{
	SupportRequestSimplify *simplify = (SupportRequestSimplify *) DatumGetPointer(request);

	if (!IsA(simplify, SupportRequestSimplify))
		return PointerGetDatum(NULL);
	return PointerGetDatum(simplify_equality(type, simplify->fcall));
}

Datum
cg_value_ne_text_request(const CgValueType *type, Datum request)
{
	SupportRequestSimplify *simplify = (SupportRequestSimplify *) DatumGetPointer(request);

	if (!IsA(simplify, SupportRequestSimplify))
		return PointerGetDatum(NULL);
	return PointerGetDatum(simplify_inequality(type, simplify->fcall));
}

/*
 * The second half keeps every row that the first half selects.
 */
Datum
cg_value_matches_text_request(Datum request)
{
	SupportRequestSelectivity *estimate = (SupportRequestSelectivity *) DatumGetPointer(request);

	if (!IsA(estimate, SupportRequestSelectivity))
		return PointerGetDatum(NULL);
	estimate->selectivity = 1.0;
	return request;
}
