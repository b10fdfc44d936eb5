/*-------------------------------------------------------------------------
 *
 * prepare_core.h
 *	  A forecast of a series as it comes: with missing periods, outliers,
 *	  level shifts, a known intervention and known events, each treated as
 *	  the caller says.
 *
 * Plain C: nothing here knows PostgreSQL.  NaN stands for a missing value.
 *
 * The order: the intervention's values are set aside, what is missing is
 * filled, known events are taken out by regression (event_core.h), outliers
 * are treated in what is left, events are measured anew without them, level
 * shifts are levelled; what remains is forecast, and the events that are to
 * come are put back.  The backtest that weighs methods and makes intervals is
 * scored against values that were there: not those that were filled or
 * replaced.  So what is removed as an error is not expected to come again.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_PREPARE_CORE_H
#define CG_PREPARE_CORE_H

#include "demand/clean_core.h"
#include "demand/event_core.h"
#include "demand/forecast_core.h"

typedef struct CgPrepareOptions
{
	CgMissingPolicy missing;
	CgOutlierPolicy outliers;
	bool		adjust_shifts;
	CgInterventionPolicy intervention;
	int			intervention_first; /* from 0 */
	int			intervention_end;	/* the first after it; both 0: none */
	int			event_count;
	int			event_length;	/* values in a column: history, then horizon */
	const double *events;		/* columns, one behind the other */
} CgPrepareOptions;

/* What was found and done. */
typedef struct CgPrepared
{
	int			filled;			/* periods, those of the intervention not counted */
	int			intervention;	/* periods of it within the history */
	int			outliers;
	int			shifts;
	int			events_used;
	int			bad_row;		/* of CG_FORECAST_MISSING, from 0 */
	CgEventEffect effects[CG_MOST_EVENTS];
} CgPrepared;

/* Whether there is nothing to do for finite values; so of zeroed options. */
extern bool cg_prepare_is_plain(const CgPrepareOptions *prepare);

/*
 * As cg_forecast, for y with its NaNs.  Events that the series cannot bear
 * (fewer than 8 values, or 3 for each event; sparse counts) or that do not
 * tell from chance (their t below the root of 2, as AIC has it) are left out.
 */
extern CgForecastStatus cg_forecast_prepared(const double *y, int n,
											 const CgForecastOptions *options,
											 const CgPrepareOptions *prepare,
											 CgForecastResult *result,
											 CgPrepared *prepared,
											 void *(*allocate) (size_t),
											 void (*release) (void *),
											 bool (*stop) (void));

/*
 * y with NaN where no forecast can be scored: what is missing, and the
 * intervention unless it is kept.  zero counts as there.
 */
extern void cg_prepare_actual(const double *y, int n,
							  const CgPrepareOptions *prepare, double *actual);

#endif							/* CG_PREPARE_CORE_H */
