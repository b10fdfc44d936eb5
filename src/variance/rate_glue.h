/*-------------------------------------------------------------------------
 *
 * rate_glue.h
 *	  What the functions of rates, funnels and variation share: reading and
 *	  checking arguments, growing aggregate states, partitions of windows,
 *	  results of several fields.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_RATE_GLUE_H
#define CG_RATE_GLUE_H

#include "postgres.h"

#include <float.h>

#include "access/htup_details.h"
#include "fmgr.h"
#include "windowapi.h"

#include "variance/rate_core.h"

/* How many confidence levels, or alphas, one call may ask for. */
#define CG_MAX_LEVELS 4

typedef struct CgLevels
{
	int			count;
	double		level[CG_MAX_LEVELS];
} CgLevels;

/* What a call gets that names none. */
extern const CgLevels cg_default_confidence;

/*
 * Arguments.  Numbers have to be finite; *_at_least and above say what else.
 * name is the argument's in messages.
 */
extern double cg_finite(double value, const char *name);
extern void cg_refuse_negative(const char *name);
extern void cg_refuse_not_positive(const char *name);
extern double cg_probability(double value, const char *name);
extern CgLevels cg_levels(Datum array, const char *name);
extern int	cg_word(text *word, const char *const *words, int count,
					const char *name);
extern void cg_refuse_null(FunctionCallInfo fcinfo, int arg, const char *name);

/* Rows with a NULL in arguments 1 to last are what aggregates skip. */
static inline bool
cg_has_null(FunctionCallInfo fcinfo, int last)
{
	for (int i = 1; i <= last; i++)
	{
		if (PG_ARGISNULL(i))
			return true;
	}
	return false;
}

/* A skipped row leaves an aggregate's state, or its absence, as it is. */
static inline Datum
cg_unchanged(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* A numerator above its denominator, of a proportion. */
extern void cg_check_share(double numerator, double denominator);

/* In line, because aggregates check every row.  NaN fails too. */
static inline double
cg_at_least_0(double value, const char *name)
{
	if (unlikely(!(value >= 0 && value <= DBL_MAX)))
		cg_refuse_negative(name);
	return value;
}

static inline double
cg_above_0(double value, const char *name)
{
	if (unlikely(!(value > 0 && value <= DBL_MAX)))
		cg_refuse_not_positive(name);
	return value;
}

/* An array of doubles, without NULL. */
extern Datum cg_float8_array(const double *values, int count);
extern double *cg_read_float8_array(Datum array, int *count, const char *name);

/*
 * Results of several fields.  The row type is looked up once a query.
 */
extern TupleDesc cg_result_row(FunctionCallInfo fcinfo);
extern Datum cg_result(FunctionCallInfo fcinfo, Datum *values, bool *nulls);

/* Float8GetDatum, with *is_null for NaN. */
extern Datum cg_float8_or_null(double value, bool *is_null);

/* The type estimate. */
extern Datum cg_estimate(FunctionCallInfo fcinfo, double numerator,
						 double denominator, double value, int levels,
						 const CgInterval *intervals);

/*
 * An aggregate's state that keeps its rows: a bytea of rows of doubles behind
 * a header with the options of the call.
 */
#define CG_ROW_STATE_VERSION 1
#define CG_ROW_STATE_OPTIONS 10

typedef struct CgRowState
{
	int32		vl_len_;
	uint8		version;
	uint8		kind;			/* whose state it is */
	uint8		width;			/* doubles in a row */
	uint8		unused;
	int32		rows;
	int32		padding;
	double		options[CG_ROW_STATE_OPTIONS];
	double		data[FLEXIBLE_ARRAY_MEMBER];
} CgRowState;

typedef enum CgRowKind
{
	CG_ROWS_LIFE = 1,
	CG_ROWS_INEQUALITY,
	CG_ROWS_FUNNEL,
	CG_ROWS_VARIATION,
	CG_ROWS_SMALL_AREAS,
	CG_ROWS_FORECAST = 32
} CgRowKind;

/* The state in argument 0, or NULL; refuses one that is another's. */
extern CgRowState *cg_row_state(FunctionCallInfo fcinfo, int arg,
								CgRowKind kind, int width);
extern CgRowState *cg_row_state_new(CgRowKind kind, int width);
extern CgRowState *cg_row_state_add(CgRowState *state, const double *row);
extern Datum cg_row_state_combine(FunctionCallInfo fcinfo, CgRowKind kind,
								  int width);

/* Levels stand in options[0 …]: how many, then the levels. */
extern void cg_row_state_set_levels(CgRowState *state, const CgLevels *levels);
extern CgLevels cg_row_state_levels(const CgRowState *state);

/*
 * A window function's partition, read once: its first arguments, float8, of
 * the rows where none of them is NULL.  In a column of the mask nullable a
 * NULL is allowed and becomes NaN.
 */
typedef struct CgPartition
{
	bool		ready;			/* the function has worked out its results */
	int64		rows;			/* of the partition */
	int64		count;			/* of those, without NULL */
	int32	   *index;			/* of each row among those, or -1 */
	double	   *column[4];
	void	   *results;		/* the function's own */
	MemoryContext context;
} CgPartition;

/* True when it has just been read and results are to be worked out. */
extern bool cg_partition(FunctionCallInfo fcinfo, int columns, int nullable,
						 CgPartition **partition);
extern void *cg_partition_alloc(CgPartition *partition, size_t size);

/* The part of it that does not read arguments, for functions of other types. */
extern CgPartition *cg_partition_open(FunctionCallInfo fcinfo);

/* The current row's place among those without NULL, or -1. */
extern int32 cg_partition_row(FunctionCallInfo fcinfo,
							  const CgPartition *partition);

/* An option of a window function, the same in all rows; not NULL. */
extern Datum cg_window_option(FunctionCallInfo fcinfo, int arg,
							  const char *name);

/* For cores: whether the user wants the query ended. */
extern bool cg_stop_requested(void);

#endif							/* CG_RATE_GLUE_H */
