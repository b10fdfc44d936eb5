/*-------------------------------------------------------------------------
 *
 * rate_state.c
 *	  The type measure_state, and how two of them make one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "common/cg_compat.h"
#include "variance/rate_state.h"

PG_FUNCTION_INFO_V1(cg_measure_state_in);
PG_FUNCTION_INFO_V1(cg_measure_state_out);
PG_FUNCTION_INFO_V1(cg_measure_state_recv);
PG_FUNCTION_INFO_V1(cg_measure_state_send);
PG_FUNCTION_INFO_V1(cg_measure_state_combine);

/* The doubles of a state, behind its four small numbers. */
#define DOUBLES (1 + CG_MAX_LEVELS + CG_MEASURE_SUMS)

StaticAssertDecl(sizeof(CgMeasureState) == 96,
				 "CREATE TYPE measure_state says 96");

static void
refuse_state(int sqlstate)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("invalid measure_state"),
			 errhint("States are made by the aggregates of rates and means only.")));
}

/*
 * Everything that the functions rely on.
 */
static void
check_state(const CgMeasureState *state, int sqlstate)
{
	bool		good = state->version == CG_MEASURE_VERSION &&
		state->measure >= CG_MEASURE_RATE && state->measure <= CG_MEASURE_ISR_RATE &&
		state->method <= 2 && state->levels >= 1 && state->levels <= CG_MAX_LEVELS &&
		isfinite(state->multiplier) && state->multiplier > 0;

	for (int i = 0; good && i < state->levels; i++)
		good = state->level[i] > 0 && state->level[i] < 1;
	for (int i = 0; good && i < CG_MEASURE_SUMS; i++)
		good = isfinite(state->sum[i]) &&
			(state->sum[i] >= 0 || state->measure == CG_MEASURE_MEAN);
	if (!good)
		refuse_state(sqlstate);
}

static void
read_options(FunctionCallInfo fcinfo, const CgMeasureOptions *options,
			 CgMeasureState *state)
{
	CgLevels	levels = cg_default_confidence;
	int			arg = options->first_option;

	state->multiplier = options->multiplier;
	if (PG_NARGS() > arg)
	{
		if (options->has_multiplier)
		{
			cg_refuse_null(fcinfo, arg, "multiplier");
			state->multiplier = cg_above_0(PG_GETARG_FLOAT8(arg), "multiplier");
			arg++;
		}
		cg_refuse_null(fcinfo, arg, "confidence");
		levels = cg_levels(PG_GETARG_DATUM(arg), "confidence");
		arg++;
		if (options->methods != NULL)
		{
			cg_refuse_null(fcinfo, arg, "method");
			state->method = (uint16) cg_word(PG_GETARG_TEXT_PP(arg), options->methods,
											 options->method_count, "method");
		}
	}
	state->levels = (uint16) levels.count;
	memcpy(state->level, levels.level, sizeof(double) * levels.count);
}

static CgMeasureState *
copy_state(const CgMeasureState *state)
{
	CgMeasureState *copy = palloc(sizeof(CgMeasureState));

	memcpy(copy, state, sizeof(CgMeasureState));
	return copy;
}

CgMeasureState *
cg_measure_state(FunctionCallInfo fcinfo, const CgMeasureOptions *options)
{
	CgMeasureState *state;

	if (PG_ARGISNULL(0))
	{
		state = palloc0(sizeof(CgMeasureState));
		state->version = CG_MEASURE_VERSION;
		state->measure = (uint16) options->measure;
		read_options(fcinfo, options, state);
		return state;
	}
	state = (CgMeasureState *) PG_GETARG_POINTER(0);
	if (!AggCheckCallContext(fcinfo, NULL))
	{
		state = copy_state(state);
		check_state(state, ERRCODE_INVALID_PARAMETER_VALUE);
	}
	if (unlikely(state->measure != options->measure))
		refuse_state(ERRCODE_INVALID_PARAMETER_VALUE);
	return state;
}

const CgMeasureState *
cg_measure_final(FunctionCallInfo fcinfo, CgMeasure measure, CgLevels *levels)
{
	const CgMeasureState *state = (const CgMeasureState *) PG_GETARG_POINTER(0);

	if (!AggCheckCallContext(fcinfo, NULL))
	{
		state = copy_state(state);
		check_state(state, ERRCODE_INVALID_PARAMETER_VALUE);
	}
	if (state->measure != measure)
		refuse_state(ERRCODE_INVALID_PARAMETER_VALUE);
	levels->count = state->levels;
	memcpy(levels->level, state->level, sizeof(double) * state->levels);
	return state;
}

/*
 * A mean's sums are count, mean and squares around it: Chan, Golub and
 * LeVeque, Am Stat 1983;37:242-7.
 */
static void
combine_means(CgMeasureState *state, const CgMeasureState *other)
{
	double		count = state->sum[0] + other->sum[0];
	double		gap = other->sum[1] - state->sum[1];

	state->sum[2] += other->sum[2] +
		gap * gap * state->sum[0] / count * other->sum[0];
	state->sum[1] += gap * other->sum[0] / count;
	state->sum[0] = count;
}

Datum
cg_measure_state_combine(PG_FUNCTION_ARGS)
{
	bool		in_aggregate = AggCheckCallContext(fcinfo, NULL) != 0;
	CgMeasureState *state = PG_ARGISNULL(0) ? NULL : (CgMeasureState *) PG_GETARG_POINTER(0);
	CgMeasureState *other = PG_ARGISNULL(1) ? NULL : (CgMeasureState *) PG_GETARG_POINTER(1);

	if (state != NULL && !in_aggregate)
	{
		state = copy_state(state);
		check_state(state, ERRCODE_INVALID_PARAMETER_VALUE);
	}
	if (other != NULL)
	{
		other = copy_state(other);
		check_state(other, ERRCODE_INVALID_PARAMETER_VALUE);
	}
	if (state == NULL && other == NULL)
		PG_RETURN_NULL();
	if (other == NULL)
		PG_RETURN_POINTER(state);
	if (state == NULL)
		PG_RETURN_POINTER(other);
	if (memcmp(state, other, offsetof(CgMeasureState, sum)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("options differ within a group")));

	if (state->measure == CG_MEASURE_MEAN)
		combine_means(state, other);
	else
	{
		/* the last sum of a direct rate is the largest weight */
		int			sums = CG_MEASURE_SUMS - (state->measure == CG_MEASURE_DSR);

		for (int i = 0; i < sums; i++)
			state->sum[i] += other->sum[i];
		if (state->measure == CG_MEASURE_DSR)
			state->sum[sums] = Max(state->sum[sums], other->sum[sums]);
	}
	PG_RETURN_POINTER(state);
}

/*
 * Text: the numbers of a state, with blanks between them.
 */
static double *
doubles_of(CgMeasureState *state)
{
	return &state->multiplier;
}

Datum
cg_measure_state_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	CgMeasureState *state = palloc0(sizeof(CgMeasureState));
	uint16	   *small[4];
	char	   *end;

	small[0] = &state->version;
	small[1] = &state->measure;
	small[2] = &state->method;
	small[3] = &state->levels;
	for (int i = 0; i < 4; i++)
	{
		unsigned long number = strtoul(text, &end, 10);

		if (end == text || number > PG_UINT16_MAX)
			refuse_state(ERRCODE_INVALID_TEXT_REPRESENTATION);
		*small[i] = (uint16) number;
		text = end;
	}
	for (int i = 0; i < DOUBLES; i++)
	{
		doubles_of(state)[i] = strtod(text, &end);
		if (end == text)
			refuse_state(ERRCODE_INVALID_TEXT_REPRESENTATION);
		text = end;
	}
	if (*text != '\0')
		refuse_state(ERRCODE_INVALID_TEXT_REPRESENTATION);
	check_state(state, ERRCODE_INVALID_TEXT_REPRESENTATION);
	PG_RETURN_POINTER(state);
}

Datum
cg_measure_state_out(PG_FUNCTION_ARGS)
{
	CgMeasureState *state = (CgMeasureState *) PG_GETARG_POINTER(0);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "%u %u %u %u", state->version, state->measure,
					 state->method, state->levels);
	for (int i = 0; i < DOUBLES; i++)
		appendStringInfo(&text, " %.17g", doubles_of(state)[i]);
	PG_RETURN_CSTRING(text.data);
}

Datum
cg_measure_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	CgMeasureState *state = palloc0(sizeof(CgMeasureState));

	state->version = (uint16) pq_getmsgint(message, 2);
	state->measure = (uint16) pq_getmsgint(message, 2);
	state->method = (uint16) pq_getmsgint(message, 2);
	state->levels = (uint16) pq_getmsgint(message, 2);
	for (int i = 0; i < DOUBLES; i++)
		doubles_of(state)[i] = pq_getmsgfloat8(message);
	check_state(state, ERRCODE_INVALID_BINARY_REPRESENTATION);
	PG_RETURN_POINTER(state);
}

Datum
cg_measure_state_send(PG_FUNCTION_ARGS)
{
	CgMeasureState *state = (CgMeasureState *) PG_GETARG_POINTER(0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendint16(&message, state->version);
	pq_sendint16(&message, state->measure);
	pq_sendint16(&message, state->method);
	pq_sendint16(&message, state->levels);
	for (int i = 0; i < DOUBLES; i++)
		pq_sendfloat8(&message, doubles_of(state)[i]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}
