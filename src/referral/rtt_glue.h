/*-------------------------------------------------------------------------
 *
 * rtt_glue.h
 *	  What the SQL functions of clocks share: options, events and rows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_RTT_GLUE_H
#define CG_RTT_GLUE_H

#include "postgres.h"

#include "utils/timestamp.h"

#include "calendar/local_day.h"
#include "referral/rtt_core.h"

/* Columns of the type rtt_clock and of rtt_pathway_state. */
#define RTT_CLOCK_COLUMNS 21
#define RTT_PATHWAY_COLUMNS 9

/* Most events of one pathway. */
#define RTT_MOST_EVENTS 100000

#define RTT_DEFAULT_WEEKS 18
#define RTT_MOST_WEEKS 520

typedef struct RttCall
{
	CgRttOptions options;
	int32		limit_days;
	CgLocalDays *days;			/* of the time zone */
} RttCall;

/* The day as at; CG_RTT_NO_DAY stands for today in the time zone. */
extern CgRttOptions cg_rtt_options(int32 as_at, CgLocalDays *days);

/* Error 22008 for infinity, 22023 for a limit out of range. */
extern int32 cg_rtt_as_at(Datum date);
extern int32 cg_rtt_limit_days(int32 weeks);

/* A moment and its day; NULL and infinity have neither. */
extern void cg_rtt_set_moment(CgRttEvent *event, TimestampTz at, bool isnull, CgLocalDays *days);
extern void cg_rtt_set_local(CgRttEvent *event, Timestamp local, bool isnull);
extern void cg_rtt_set_date(CgRttEvent *event, int32 date, bool isnull);

extern uint8 cg_rtt_code_of(Datum value, bool isnull);
extern uint8 cg_rtt_kind_of(Datum value, bool isnull);

/* Sort the events, with memory of the current context where it is needed. */
extern void cg_rtt_order(CgRttEvent *events, size_t n);

extern void cg_rtt_refuse_many(void);

extern void cg_rtt_clock_columns(const CgRttClock *clock, uint32 number, int32 limit_days,
								 Datum *values, bool *nulls);

/* waiting is the open clock, or NULL. */
extern void cg_rtt_pathway_columns(const CgRttPathway *pathway, size_t events,
								   const CgRttClock *waiting, Datum *values, bool *nulls);

/* A finding mask as the bits of an integer. */
extern int32 cg_rtt_mask(uint32 findings);

#endif							/* CG_RTT_GLUE_H */
