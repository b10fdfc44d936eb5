/*-------------------------------------------------------------------------
 *
 * spc_glue.h
 *	  What the SQL functions of control charts share: options by the names of
 *	  arguments, errors, and rows of the type spc_point.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SPC_GLUE_H
#define CG_SPC_GLUE_H

#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "utils/timestamp.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#include "common/cg_compat.h"
#include "variance/spc_core.h"

/* Everything that a chart can be told, wherever it is told. */
typedef enum SpcArg
{
	SPC_VALUE,
	SPC_DENOMINATOR,
	SPC_SPREAD,
	SPC_TARGET,
	SPC_REBASE,
	SPC_GHOST,
	SPC_PERIOD,
	SPC_EVERY,
	SPC_REFUSE_GAPS,
	SPC_FIRST_OPTION,			/* from here on: read by cg_spc_read_options */
	SPC_CHART = SPC_FIRST_OPTION,
	SPC_DIRECTION,
	SPC_FIX_AFTER,
	SPC_SCREEN,
	SPC_RULE_SET,
	SPC_TWO_OF_THREE,
	SPC_RUN_LENGTH,
	SPC_TREND_LENGTH,
	SPC_TREND_TIES,
	SPC_SIGMA,
	SPC_PER,
	SPC_ARGS					/* how many there are */
} SpcArg;

/* Where each of them is: an argument's or a field's number from 0, or -1. */
typedef struct SpcPlaces
{
	int			place[SPC_ARGS];
} SpcPlaces;

/* Gives one of them by its number. */
typedef Datum (*SpcGet) (void *source, int place, bool *isnull);

/* Columns of spc_point. */
#define SPC_POINT_COLUMNS 15

/* The part of a CgSpcPoint that is in it. */
#define SPC_POINT_BYTES offsetof(CgSpcPoint, is_ghost)

/* How to make rows of spc_point quickly; see cg_spc_row_datum. */
typedef struct SpcRow
{
	TupleDesc	desc;
	HeapTupleHeader pattern;
	Size		length;
	bool		is_direct;
} SpcRow;

extern void cg_spc_places_of_function(Oid function, SpcPlaces *places);
extern void cg_spc_places_of_row(TupleDesc desc, SpcPlaces *places);
extern void cg_spc_read_options(const SpcPlaces *places, SpcGet get,
								void *source, CgSpcOptions *options);
extern CgSpcDirection cg_spc_direction(text *word);
extern double cg_spc_checked(double value, const char *what, int64 row);
extern void cg_spc_need_data(CgSpcChart chart, bool denominator, bool spread);

extern bool cg_spc_interrupt(void *argument);
extern void cg_spc_report(CgSpcStatus status, int64 row, const char *series);

extern bool cg_spc_is_gap(Timestamp period, Timestamp first, int64 *step,
						  Interval *every, bool refuse, int64 row);

extern void cg_spc_row_init(SpcRow *row, TupleDesc desc);
extern Datum cg_spc_row_datum(const SpcRow *row, const CgSpcPoint *point);
extern void cg_spc_point_columns(const CgSpcPoint *point, Datum *values,
								 bool *nulls);

static inline Datum
cg_spc_float(double value, bool *isnull)
{
	*isnull = value != value;
	return Float8GetDatum(value);
}

#endif							/* CG_SPC_GLUE_H */
