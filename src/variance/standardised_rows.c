/*-------------------------------------------------------------------------
 *
 * standardised_rows.c
 *	  Aggregates that need all rows of a group: life expectancy, and the
 *	  slope and relative indices of inequality.
 *
 * The rows' order does not matter: they are sorted at the end.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "common/cg_compat.h"
#include "variance/rate_glue.h"
#include "variance/standardised_core.h"

PG_FUNCTION_INFO_V1(cg_life_expectancy_add);
PG_FUNCTION_INFO_V1(cg_life_expectancy_combine);
PG_FUNCTION_INFO_V1(cg_life_expectancy_final);
PG_FUNCTION_INFO_V1(cg_sii_add);
PG_FUNCTION_INFO_V1(cg_sii_combine);
PG_FUNCTION_INFO_V1(cg_sii_final);

/* Options of a state, behind the levels. */
#define AT_AGE 5
#define LAST_AGE 6
#define KIND 5
#define TRANSFORMED 6
#define MULTIPLIER 7

#define LIFE_WIDTH 3
#define SII_WIDTH 4

static const char *const kind_words[] = {
	[CG_INEQUALITY_VALUE] = "value",
	[CG_INEQUALITY_RATE] = "rate",
	[CG_INEQUALITY_PROPORTION] = "proportion"
};

/*
 * Life expectancy.
 */
static CgRowState *
new_life_state(FunctionCallInfo fcinfo)
{
	CgRowState *state = cg_row_state_new(CG_ROWS_LIFE, LIFE_WIDTH);
	CgLevels	levels = cg_default_confidence;

	state->options[LAST_AGE] = INFINITY;
	if (PG_NARGS() > 4)
	{
		cg_refuse_null(fcinfo, 4, "at age");
		state->options[AT_AGE] = cg_at_least_0(PG_GETARG_FLOAT8(4), "at age");
	}
	if (PG_NARGS() > 5)
	{
		if (!PG_ARGISNULL(5))
			state->options[LAST_AGE] = cg_above_0(PG_GETARG_FLOAT8(5), "last age");
		cg_refuse_null(fcinfo, 6, "confidence");
		levels = cg_levels(PG_GETARG_DATUM(6), "confidence");
	}
	cg_row_state_set_levels(state, &levels);
	return state;
}

Datum
cg_life_expectancy_add(PG_FUNCTION_ARGS)
{
	CgRowState *state;
	double		row[LIFE_WIDTH];

	if (cg_has_null(fcinfo, 3))
		return cg_unchanged(fcinfo);
	state = cg_row_state(fcinfo, 0, CG_ROWS_LIFE, LIFE_WIDTH);
	if (state == NULL)
		state = new_life_state(fcinfo);
	row[0] = cg_at_least_0(PG_GETARG_FLOAT8(1), "start age");
	row[1] = cg_at_least_0(PG_GETARG_FLOAT8(2), "deaths");
	row[2] = cg_above_0(PG_GETARG_FLOAT8(3), "population");
	PG_RETURN_POINTER(cg_row_state_add(state, row));
}

Datum
cg_life_expectancy_combine(PG_FUNCTION_ARGS)
{
	return cg_row_state_combine(fcinfo, CG_ROWS_LIFE, LIFE_WIDTH);
}

/*
 * Years left at the age asked for; deaths and population are those of that
 * age and above.
 */
Datum
cg_life_expectancy_final(PG_FUNCTION_ARGS)
{
	CgRowState *state = cg_row_state(fcinfo, 0, CG_ROWS_LIFE, LIFE_WIDTH);
	CgLevels	levels;
	CgLifeBand *bands;
	CgLifeBand *at = NULL;
	CgInterval	intervals[CG_MAX_LEVELS];
	double		deaths = 0;
	double		population = 0;
	int			count;

	if (state == NULL)
		PG_RETURN_NULL();
	levels = cg_row_state_levels(state);
	bands = palloc(sizeof(CgLifeBand) * state->rows);
	for (int i = 0; i < state->rows; i++)
	{
		bands[i].age = state->data[i * LIFE_WIDTH];
		bands[i].deaths = state->data[i * LIFE_WIDTH + 1];
		bands[i].population = state->data[i * LIFE_WIDTH + 2];
	}
	count = cg_life_pool(bands, state->rows, state->options[LAST_AGE]);
	switch (cg_life_table(bands, count))
	{
		case CG_LIFE_OK:
			break;
		case CG_LIFE_EMPTY:
			PG_RETURN_NULL();
		case CG_LIFE_REPEATED_AGE:
			ereport(ERROR,
					(errcode(ERRCODE_CARDINALITY_VIOLATION),
					 errmsg("an age band comes twice"),
					 errhint("Add up deaths and population by age band first.")));
			break;
		case CG_LIFE_NO_DEATHS_AT_END:
			PG_RETURN_NULL();
	}
	for (int i = 0; i < count; i++)
	{
		if (bands[i].age == state->options[AT_AGE])
			at = &bands[i];
		if (bands[i].age >= state->options[AT_AGE])
		{
			deaths += bands[i].deaths;
			population += bands[i].population;
		}
	}
	if (at == NULL)
		PG_RETURN_NULL();
	for (int i = 0; i < levels.count; i++)
	{
		double		half = cg_confidence_z(levels.level[i]) * at->error;

		intervals[i].lower = at->expectancy - half;
		intervals[i].upper = at->expectancy + half;
	}
	return cg_estimate(fcinfo, deaths, population, at->expectancy,
					   levels.count, intervals);
}

/*
 * Indices of inequality.
 */
static CgRowState *
new_sii_state(FunctionCallInfo fcinfo)
{
	CgRowState *state = cg_row_state_new(CG_ROWS_INEQUALITY, SII_WIDTH);
	CgLevels	levels = cg_default_confidence;

	state->options[MULTIPLIER] = 1;
	if (PG_NARGS() > 6)
	{
		cg_refuse_null(fcinfo, 6, "kind");
		state->options[KIND] = cg_word(PG_GETARG_TEXT_PP(6), kind_words,
									   lengthof(kind_words), "kind");
		cg_refuse_null(fcinfo, 7, "transform");
		state->options[TRANSFORMED] = PG_GETARG_BOOL(7);
		cg_refuse_null(fcinfo, 8, "multiplier");
		state->options[MULTIPLIER] = cg_finite(PG_GETARG_FLOAT8(8), "multiplier");
		if (state->options[MULTIPLIER] == 0)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("multiplier must not be 0")));
		cg_refuse_null(fcinfo, 9, "confidence");
		levels = cg_levels(PG_GETARG_DATUM(9), "confidence");
	}
	cg_row_state_set_levels(state, &levels);
	return state;
}

static void
check_on_scale(double value, CgInequalityKind kind, const char *name)
{
	cg_finite(value, name);
	if ((kind != CG_INEQUALITY_VALUE && value <= 0) ||
		(kind == CG_INEQUALITY_PROPORTION && value >= 1))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s is out of range for its kind", name),
				 errdetail("A rate is above 0, a proportion lies between 0 and 1.")));
}

Datum
cg_sii_add(PG_FUNCTION_ARGS)
{
	CgRowState *state;
	CgInequalityKind kind;
	double		row[SII_WIDTH];
	double		lower;
	double		upper;

	if (cg_has_null(fcinfo, 5))
		return cg_unchanged(fcinfo);
	state = cg_row_state(fcinfo, 0, CG_ROWS_INEQUALITY, SII_WIDTH);
	if (state == NULL)
		state = new_sii_state(fcinfo);
	kind = (CgInequalityKind) state->options[KIND];
	row[0] = cg_finite(PG_GETARG_FLOAT8(1), "rank");
	row[1] = cg_above_0(PG_GETARG_FLOAT8(2), "population");
	row[2] = PG_GETARG_FLOAT8(3);
	lower = PG_GETARG_FLOAT8(4);
	upper = PG_GETARG_FLOAT8(5);
	check_on_scale(row[2], kind, "value");
	check_on_scale(lower, kind, "lower");
	check_on_scale(upper, kind, "upper");
	if (lower > upper)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("lower limit is above upper limit")));
	row[3] = cg_inequality_error(lower, upper, 0.95, kind);
	PG_RETURN_POINTER(cg_row_state_add(state, row));
}

Datum
cg_sii_combine(PG_FUNCTION_ARGS)
{
	return cg_row_state_combine(fcinfo, CG_ROWS_INEQUALITY, SII_WIDTH);
}

/*
 * Limits of one index at every level.  A negative multiplier turns the slope
 * round and the ratio upside down, and so the tails.
 */
static void
index_limits(const CgInequalityGroup *groups, const CgRowState *state,
			 const CgLevels *levels, bool relative, double *lower, double *upper)
{
	double		multiplier = state->options[MULTIPLIER];

	for (int i = 0; i < levels->count; i++)
	{
		double		tail = (1 - levels->level[i]) / 2;
		double		limit[2];

		for (int side = 0; side < 2; side++)
		{
			double		p = (side == 0) == (multiplier > 0) ? tail : 1 - tail;

			limit[side] = cg_inequality_quantile(groups, state->rows,
												 (CgInequalityKind) state->options[KIND],
												 state->options[TRANSFORMED] != 0,
												 relative, p);
			if (!relative)
				limit[side] *= multiplier;
			else if (multiplier < 0)
				limit[side] = 1 / limit[side];
		}
		lower[i] = limit[0];
		upper[i] = limit[1];
	}
}

Datum
cg_sii_final(PG_FUNCTION_ARGS)
{
	CgRowState *state = cg_row_state(fcinfo, 0, CG_ROWS_INEQUALITY, SII_WIDTH);
	CgInequalityGroup *groups;
	CgInequality index;
	CgLevels	levels;
	double		lower[CG_MAX_LEVELS];
	double		upper[CG_MAX_LEVELS];
	Datum		values[12];
	bool		nulls[12] = {false};

	if (state == NULL || state->rows < 2)
		PG_RETURN_NULL();
	levels = cg_row_state_levels(state);
	groups = palloc(sizeof(CgInequalityGroup) * state->rows);
	memcpy(groups, state->data, sizeof(CgInequalityGroup) * state->rows);
	if (cg_inequality(groups, state->rows, (CgInequalityKind) state->options[KIND],
					  state->options[TRANSFORMED] != 0, &index) == CG_INEQUALITY_REPEATED_RANK)
		ereport(ERROR,
				(errcode(ERRCODE_CARDINALITY_VIOLATION),
				 errmsg("a rank comes twice"),
				 errhint("Each group, such as a decile, must be one row.")));
	values[0] = Int64GetDatum(state->rows);
	values[1] = Float8GetDatum(index.sii * state->options[MULTIPLIER]);
	index_limits(groups, state, &levels, false, lower, upper);
	values[2] = cg_float8_or_null(lower[0], &nulls[2]);
	values[3] = cg_float8_or_null(upper[0], &nulls[3]);
	values[7] = Float8GetDatum(index.intercept);
	values[8] = cg_float8_array(lower, levels.count);
	values[9] = cg_float8_array(upper, levels.count);
	if (state->options[MULTIPLIER] < 0)
		index.rii = 1 / index.rii;
	values[4] = cg_float8_or_null(isfinite(index.rii) ? index.rii : NAN, &nulls[4]);
	index_limits(groups, state, &levels, true, lower, upper);
	values[5] = cg_float8_or_null(lower[0], &nulls[5]);
	values[6] = cg_float8_or_null(upper[0], &nulls[6]);
	nulls[10] = nulls[11] = nulls[5] || nulls[6];
	values[10] = cg_float8_array(lower, levels.count);
	values[11] = cg_float8_array(upper, levels.count);
	return cg_result(fcinfo, values, nulls);
}
