/*-------------------------------------------------------------------------
 *
 * spc_words.c
 *	  Words for the masks of a control chart's points, and small functions on
 *	  arrays: runs analysis and autocorrelation.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "variance/spc_array.h"
#include "variance/spc_glue.h"

PG_FUNCTION_INFO_V1(cg_spc_rule_text);
PG_FUNCTION_INFO_V1(cg_spc_rule_texts);
PG_FUNCTION_INFO_V1(cg_spc_rule_bit);
PG_FUNCTION_INFO_V1(cg_spc_assurance_text);
PG_FUNCTION_INFO_V1(cg_spc_runs_array);
PG_FUNCTION_INFO_V1(cg_spc_anhoej_limits);
PG_FUNCTION_INFO_V1(cg_spc_autocorrelation_array);

static int32
checked_rules(int32 rules)
{
	if ((rules & ~CG_SPC_ALL_RULES) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("not a mask of control chart rules"),
				 errdetail("A mask is from 0 to %d.", CG_SPC_ALL_RULES),
				 errhint("Masks are the column \"rules\" of a chart's points.")));
	return rules;
}

/*
 * The rule of highest priority is the lowest bit.
 */
Datum
cg_spc_rule_text(PG_FUNCTION_ARGS)
{
	int32		rules = checked_rules(PG_GETARG_INT32(0));

	for (int bit = 0; bit < CG_SPC_RULE_BITS; bit++)
	{
		if ((rules & (1 << bit)) != 0)
			PG_RETURN_TEXT_P(cstring_to_text(cg_spc_rule_word(bit)));
	}
	PG_RETURN_TEXT_P(cstring_to_text(cg_spc_variation_word(CG_SPC_COMMON_CAUSE)));
}

Datum
cg_spc_rule_texts(PG_FUNCTION_ARGS)
{
	int32		rules = checked_rules(PG_GETARG_INT32(0));
	Datum		words[CG_SPC_RULE_BITS];
	int			count = 0;

	for (int bit = 0; bit < CG_SPC_RULE_BITS; bit++)
	{
		if ((rules & (1 << bit)) != 0)
			words[count++] = CStringGetTextDatum(cg_spc_rule_word(bit));
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(words, count, TEXTOID, -1, false,
										  TYPALIGN_INT));
}

Datum
cg_spc_rule_bit(PG_FUNCTION_ARGS)
{
	text	   *word = PG_GETARG_TEXT_PP(0);
	StringInfoData choices;

	initStringInfo(&choices);
	for (int bit = 0; bit < CG_SPC_RULE_BITS; bit++)
	{
		const char *rule = cg_spc_rule_word(bit);

		if (strlen(rule) == VARSIZE_ANY_EXHDR(word) &&
			memcmp(rule, VARDATA_ANY(word), strlen(rule)) == 0)
			PG_RETURN_INT32(1 << bit);
		appendStringInfo(&choices, bit == 0 ? "%s" : ", %s", rule);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown rule \"%s\"", text_to_cstring(word)),
			 errdetail("The rules are %s.", choices.data)));
	PG_RETURN_NULL();
}

Datum
cg_spc_assurance_text(PG_FUNCTION_ARGS)
{
	int16		assurance = PG_GETARG_INT16(0);

	if (assurance < CG_SPC_NO_ASSURANCE || assurance > CG_SPC_CONSISTENT_FAIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("not an assurance of a control chart"),
				 errdetail("An assurance is from %d to %d.",
						   CG_SPC_NO_ASSURANCE, CG_SPC_CONSISTENT_FAIL)));
	if (assurance == CG_SPC_NO_ASSURANCE)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(cg_spc_assurance_word(assurance)));
}

/* ---- arrays ---- */

static ArrayType *
one_dimension(Datum datum)
{
	ArrayType  *array = DatumGetArrayTypeP(datum);

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("a series must be an array of one dimension")));
	return array;
}

/*
 * A float8[] as doubles, NULL as NaN; n * 8 bytes in the current context.
 */
double *
cg_spc_doubles(Datum datum, const char *what, size_t *n)
{
	ArrayType  *array = one_dimension(datum);
	int			count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	double	   *result = palloc_extended(sizeof(double) * (Size) Max(count, 1),
										 MCXT_ALLOC_HUGE);
	bits8	   *bitmap = ARR_NULLBITMAP(array);
	char	   *data = ARR_DATA_PTR(array);

	for (int i = 0; i < count; i++)
	{
		if (bitmap != NULL && (bitmap[i / 8] & (1 << (i % 8))) == 0)
			result[i] = NAN;
		else
		{
			memcpy(&result[i], data, sizeof(double));
			cg_spc_checked(result[i], what, i + 1);
			data += sizeof(double);
		}
	}
	*n = (size_t) count;
	return result;
}

/*
 * Set a mark where a boolean[] is true; NULL is false.
 */
void
cg_spc_marks(Datum datum, const char *what, size_t n, uint8 *marks,
			 uint8 mark)
{
	ArrayType  *array = one_dimension(datum);
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	deconstruct_array(array, BOOLOID, 1, true, TYPALIGN_CHAR,
					  &elements, &nulls, &count);
	if ((size_t) count != n)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("the array %s must be as long as the series", what),
				 errdetail("The series has %lld elements, the array %d.",
						   (long long) n, count)));
	for (int i = 0; i < count; i++)
	{
		if (!nulls[i] && DatumGetBool(elements[i]))
			marks[i] |= mark;
	}
}

static Datum
row_of(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	TupleDesc	desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values,
											 nulls));
}

Datum
cg_spc_runs_array(PG_FUNCTION_ARGS)
{
	size_t		n;
	double	   *value;
	double		centre = NAN;
	CgSpcRuns	runs;
	Datum		values[7] = {0};
	bool		nulls[7] = {false};

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	value = cg_spc_doubles(PG_GETARG_DATUM(0), "value", &n);
	if (!PG_ARGISNULL(1))
		centre = cg_spc_checked(PG_GETARG_FLOAT8(1), "centre", 1);
	else
	{
		double	   *copy = palloc_extended(sizeof(double) * Max(n, 1),
										   MCXT_ALLOC_HUGE);
		size_t		count = 0;

		for (size_t i = 0; i < n; i++)
		{
			if (!isnan(value[i]))
				copy[count++] = value[i];
		}
		if (count > 0)
			(void) cg_spc_median(copy, count, &centre, cg_spc_interrupt, NULL);
	}
	runs = cg_spc_runs(value, n, centre);
	values[0] = Int32GetDatum((int32) runs.useful);
	values[1] = Int32GetDatum((int32) runs.longest_run);
	values[2] = Int32GetDatum((int32) runs.longest_run_max);
	values[3] = Int32GetDatum((int32) runs.crossings);
	values[4] = Int32GetDatum((int32) runs.crossings_min);
	values[5] = BoolGetDatum(runs.long_run);
	values[6] = BoolGetDatum(runs.few_crossings);
	if (runs.useful == 0)
		memset(nulls + 1, true, sizeof(nulls) - sizeof(bool));
	return row_of(fcinfo, values, nulls);
}

Datum
cg_spc_anhoej_limits(PG_FUNCTION_ARGS)
{
	int32		useful = PG_GETARG_INT32(0);
	int64		longest_run_max;
	int64		crossings_min;
	Datum		values[2];
	bool		nulls[2] = {false, false};

	if (useful < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a number of points cannot be negative")));
	if (useful == 0)
		PG_RETURN_NULL();
	cg_spc_runs_limits(useful, &longest_run_max, &crossings_min);
	values[0] = Int32GetDatum((int32) longest_run_max);
	values[1] = Int32GetDatum((int32) crossings_min);
	return row_of(fcinfo, values, nulls);
}

Datum
cg_spc_autocorrelation_array(PG_FUNCTION_ARGS)
{
	size_t		n;
	double	   *value = cg_spc_doubles(PG_GETARG_DATUM(0), "value", &n);
	double		result = cg_spc_autocorrelation(value, n);

	if (isnan(result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}
