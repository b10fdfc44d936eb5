/*-------------------------------------------------------------------------
 *
 * event_core.h
 *	  What bank holidays and other known events do to a series, so that they
 *	  can be taken out before a smoother and put back after it.
 *
 * Plain C: nothing here knows PostgreSQL; memory is the caller's.
 *
 * Source: Speckman, J R Stat Soc B 1988;50:413-36, with STL (Cleveland and
 * others, 1990) as the smoother: trend and season are smoothed out of the
 * series and of every event's column, and what is left of the one is
 * regressed on what is left of the others.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_EVENT_CORE_H
#define CG_EVENT_CORE_H

#include <stdbool.h>
#include <stddef.h>

#define CG_MOST_EVENTS 50

typedef enum CgEventStatus
{
	CG_EVENT_OK,
	CG_EVENT_STOPPED,
	CG_EVENT_TOO_MANY,			/* columns: above 50, or a third of the rows */
	CG_EVENT_OVERFLOW
} CgEventStatus;

typedef struct CgEventEffect
{
	double		effect;			/* change of y where the column grows by 1 */
	double		error;			/* its standard error; NaN where not asked for */
	bool		is_used;		/* false: trend, season or other events have it all */
} CgEventEffect;

extern size_t cg_event_work_size(int n, int period, int count);

/*
 * events: count columns of n, one behind the other.  effects has room for
 * count; one that is not used has effect 0.  adjusted, or NULL, becomes y
 * without the events.  Values are finite.  with_errors costs about thirty
 * smoothings more.  For multiplicative effects give logarithms.
 */
extern CgEventStatus cg_event_effects(const double *y, int n, int period,
									  const double *events, int count,
									  bool with_errors,
									  CgEventEffect *effects,
									  double *adjusted, double *work,
									  bool (*stop) (void));

/* y plus sign times the events' effects, in place; columns as above. */
extern void cg_event_add(double *y, int n, const double *events, int count,
						 const CgEventEffect *effects, double sign);

#endif							/* CG_EVENT_CORE_H */
