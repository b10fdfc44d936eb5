/*-------------------------------------------------------------------------
 *
 * wait_tally.h
 *	  An aggregate's state that counts small whole numbers: waits in days, or
 *	  times with how they ended.
 *
 * A bytea that two workers' halves combine into one.  A group that is small
 * keeps its numbers as they are; a larger one counts how often each occurs.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_WAIT_TALLY_H
#define CG_WAIT_TALLY_H

#include "postgres.h"

#include "fmgr.h"

#define CG_WAIT_TALLY_VERSION 1
#define CG_WAIT_TALLY_OPTIONS 4

/* The longest wait in days, or time, that is counted: 273 years. */
#define CG_WAIT_MAX_DAYS 100000

typedef struct CgWaitTally
{
	int32		vl_len_;
	uint8		version;
	uint8		kind;			/* whose state it is */
	uint8		lanes;			/* the number is time * lanes + lane */
	uint8		dense;			/* data are counts, else the numbers */
	int32		used;			/* counts, or numbers */
	int32		padding;
	double		options[CG_WAIT_TALLY_OPTIONS];
	int64		data[FLEXIBLE_ARRAY_MEMBER];
} CgWaitTally;

typedef enum CgWaitKind
{
	CG_WAIT_DAYS = 1,
	CG_WAIT_SURVIVAL,
	CG_WAIT_INCIDENCE
} CgWaitKind;

/* Causes of an incidence are 1 to 7. */
#define CG_WAIT_SURVIVAL_LANES 2
#define CG_WAIT_INCIDENCE_LANES 8

extern int	cg_wait_lanes(CgWaitKind kind);

/* The state in an argument, or NULL where that is; refuses another's. */
extern CgWaitTally *cg_wait_tally(FunctionCallInfo fcinfo, int arg, CgWaitKind kind);
extern CgWaitTally *cg_wait_tally_new(CgWaitKind kind);

/* time has been checked; returns the state, which may have moved. */
extern CgWaitTally *cg_wait_tally_add(CgWaitTally *state, int32 time, int lane);

/*
 * What was counted: counts[time * lanes + lane] of so many times.
 */
extern int64 *cg_wait_tally_counts(const CgWaitTally *state, int32 *times, int64 *total);

/*
 * The numbers of a small group in no order, as a copy that may be changed, or
 * NULL where they are counted already or are more than most.
 */
extern double *cg_wait_tally_list(CgWaitTally *state, int32 most);

/* Refuses what is below 0 or above CG_WAIT_MAX_DAYS. */
extern void cg_wait_refuse_days(const char *name);

static inline int32
cg_wait_days(int32 days, const char *name)
{
	if (unlikely(days < 0 || days > CG_WAIT_MAX_DAYS))
		cg_wait_refuse_days(name);
	return days;
}

#endif							/* CG_WAIT_TALLY_H */
