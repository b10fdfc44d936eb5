/*-------------------------------------------------------------------------
 *
 * rtt_core.h
 *	  Referral-to-treatment clocks of one pathway, worked out from its events
 *	  in one pass.
 *
 * The rules are those of "Referral to treatment consultant-led waiting times:
 * rules suite" (Department of Health and Social Care, October 2022; rule
 * numbers are its numbers), the codes those of the NHS Data Dictionary's
 * REFERRAL TO TREATMENT PERIOD STATUS, the counting of weeks that of NHS
 * England's recording and reporting guidance: the day of the start is day 0,
 * 18 weeks are 126 days, and day 126 is within them.
 *
 * Days are day numbers of any one origin (PostgreSQL's is 2000-01-01); moments
 * only order the events.  Nothing is dropped: an event that does not fit is
 * reported as a finding, and no clock is invented to make it fit.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_RTT_CORE_H
#define CG_RTT_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CG_RTT_NO_DAY INT32_MIN

/* A code that is not one of the 17, and none at all. */
#define CG_RTT_NO_CODE 0
#define CG_RTT_UNKNOWN_CODE 255

/* What an event is besides, or in place of, its status code. */
typedef enum CgRttKind
{
	CG_RTT_NO_KIND,
	CG_RTT_OTHER_KIND,			/* of no meaning to the rules */
	CG_RTT_RECEIVED,			/* a consultant-led service received the referral */
	CG_RTT_INTERFACE,			/* an interface service received it */
	CG_RTT_SELF_REFERRED,		/* the patient asked; not ratified yet */
	CG_RTT_RATIFIED,			/* a care professional ratified that */
	CG_RTT_CONSULTANT_REFERRED, /* a consultant referred for another condition */
	CG_RTT_REBOOKED,			/* rebooked after a missed first appointment */
	CG_RTT_DECISION,			/* decision to treat */
	CG_RTT_NEW_TREATMENT,		/* decision to start a substantively new treatment */
	CG_RTT_SECOND_SIDE,			/* fit and ready for the second side */
	CG_RTT_PAUSED,				/* the patient put off admission */
	CG_RTT_RESUMED,
	CG_RTT_KINDS
} CgRttKind;

typedef struct CgRttEvent
{
	int64_t		at;				/* INT64_MAX: not known */
	int32_t		day;			/* of the place, not of UTC; CG_RTT_NO_DAY: not known */
	uint32_t	sequence;		/* as recorded; 0: not known */
	uint32_t	ordinal;		/* from 1 in the order of time; set by cg_rtt_sort */
	uint8_t		code;			/* 10 to 99, CG_RTT_NO_CODE or CG_RTT_UNKNOWN_CODE */
	uint8_t		kind;			/* CgRttKind */
	int8_t		communicated;	/* the appointment: 1 yes, 0 no, -1 not known */
	uint8_t		is_receipt_of_all;	/* comes from a column of the referral, not from a row */
} CgRttEvent;

/*
 * What was done with an event, or what is wrong with it.  Findings come last;
 * their order is that of the bits of a mask and never changes.
 */
typedef enum CgRttRule
{
	CG_RTT_START_REFERRAL,
	CG_RTT_START_INTERFACE,
	CG_RTT_START_SELF_REFERRAL,
	CG_RTT_START_CONSULTANT_REFERRAL,
	CG_RTT_START_BILATERAL,
	CG_RTT_START_NEW_TREATMENT,
	CG_RTT_START_RE_REFERRAL,
	CG_RTT_START_AFTER_MONITORING,
	CG_RTT_START_REBOOKED,
	CG_RTT_START_FIRST_ACTIVITY,
	CG_RTT_STARTS,				/* that many reasons for a start */
	CG_RTT_STOP_TREATMENT = CG_RTT_STARTS,
	CG_RTT_STOP_MONITORING_PATIENT,
	CG_RTT_STOP_MONITORING_CLINICIAN,
	CG_RTT_STOP_MISSED_FIRST,	/* nullifies */
	CG_RTT_STOP_NOT_TREATED,
	CG_RTT_STOP_DECLINED,
	CG_RTT_STOP_DIED,
	CG_RTT_AWAITS_RATIFICATION,
	CG_RTT_RECEIPT_KEPT,
	CG_RTT_FIRST_ACTIVITY,
	CG_RTT_ACTIVITY,
	CG_RTT_TRANSFER,
	CG_RTT_AFTER_TREATMENT,
	CG_RTT_MONITORED,
	CG_RTT_BEFORE_REFERRAL,
	CG_RTT_NOT_APPLICABLE,
	CG_RTT_NO_EFFECT,
	CG_RTT_PAUSE_BEGINS,
	CG_RTT_PAUSE_ENDS,
	CG_RTT_FINDINGS,
	CG_RTT_NO_TIME = CG_RTT_FINDINGS,
	CG_RTT_IN_FUTURE,
	CG_RTT_WITHOUT_CODE,
	CG_RTT_CODE_UNKNOWN,
	CG_RTT_OUT_OF_ORDER,
	CG_RTT_REPEATED,
	CG_RTT_START_ASSUMED,
	CG_RTT_START_REPEATED,
	CG_RTT_TWO_OPEN_CLOCKS,
	CG_RTT_NOT_MONITORED,
	CG_RTT_ACTIVITY_WITHOUT_CLOCK,
	CG_RTT_ACTIVITY_AFTER_STOP,
	CG_RTT_STOP_BEFORE_START,
	CG_RTT_STOP_WITHOUT_CLOCK,
	CG_RTT_NOT_COMMUNICATED,
	CG_RTT_COMMUNICATION_UNKNOWN,
	CG_RTT_NOT_FIRST_MISSED,
	CG_RTT_WAITING_AFTER_TREATMENT,
	CG_RTT_NOT_TREATED_BEFORE,
	CG_RTT_WAITING_MONITORED,
	CG_RTT_WAITING_BEFORE_REFERRAL,
	CG_RTT_NOT_YET_KNOWN,
	CG_RTT_AFTER_DEATH,
	CG_RTT_NOTHING_TO_REBOOK,
	CG_RTT_NO_FIRST_SIDE,
	CG_RTT_PAUSE_ABOLISHED,
	CG_RTT_PAUSE_WITHOUT_CLOCK,
	CG_RTT_RULES
} CgRttRule;

#define CG_RTT_FINDING_BIT(rule) (UINT32_C(1) << ((rule) - CG_RTT_FINDINGS))

typedef enum CgRttClockState
{
	CG_RTT_OPEN,
	CG_RTT_STOPPED,
	CG_RTT_NULLIFIED,
	CG_RTT_CLOCK_STATES
} CgRttClockState;

typedef struct CgRttClock
{
	int32_t		started_on;
	int32_t		stopped_on;		/* CG_RTT_NO_DAY while open */
	uint32_t	start_event;	/* ordinal; 0: the receipt given with the referral */
	uint32_t	stop_event;		/* 0 while open */
	int32_t		days;			/* to the stop, or to the day as at */
	int32_t		adjusted_days;	/* less pauses where they were still allowed */
	uint32_t	findings;		/* while this clock ran */
	uint8_t		state;			/* CgRttClockState */
	uint8_t		start;			/* CgRttRule */
	uint8_t		stop;			/* CgRttRule; CG_RTT_RULES while open */
	bool		is_interface;	/* an interface service had the referral first */
	bool		is_transferred; /* another provider took it over */
} CgRttClock;

typedef enum CgRttState
{
	CG_RTT_NO_CLOCK,			/* nothing has started a clock */
	CG_RTT_WAITING,
	CG_RTT_ACTIVE_MONITORING,
	CG_RTT_TREATED,
	CG_RTT_ENDED,				/* decided against or declined */
	CG_RTT_MISSED_FIRST,		/* the clock was nullified */
	CG_RTT_DIED,
	CG_RTT_STATES
} CgRttState;

typedef struct CgRttPathway
{
	CgRttState	state;
	int32_t		since;			/* CG_RTT_NO_DAY while there is nothing */
	uint32_t	clocks;
	uint32_t	nullified;
	uint32_t	findings;		/* mask, CG_RTT_FINDING_BIT */
	uint32_t	finding_count;
} CgRttPathway;

typedef struct CgRttStep
{
	uint32_t	event;			/* place in the sorted array */
	uint32_t	clock;			/* number from 1; 0: none */
	uint8_t		rule;			/* CgRttRule */
} CgRttStep;

typedef struct CgRttOptions
{
	int32_t		as_at;			/* events after it are in the future */
	int32_t		no_pauses_from; /* 1 October 2015 */
} CgRttOptions;

/* Most clocks and most steps of n events. */
#define CG_RTT_MOST_CLOCKS(n) (n)
#define CG_RTT_MOST_STEPS(n) (4 * (n))

/*
 * Bring the events into the order in which the rules read them: by moment;
 * at one moment a receipt or decision before what starts (10, 11, 12), that
 * before other codes, stops (30 to 36) after those, and 90 last; then as
 * recorded, then as given.  work has room for half of the events; up to
 * CG_RTT_SORT_SMALL events need none.
 */
#define CG_RTT_SORT_SMALL 32
extern void cg_rtt_sort(CgRttEvent *events, size_t n, CgRttEvent *work);

/*
 * Clocks of n sorted events.  clocks has room for CG_RTT_MOST_CLOCKS(n);
 * steps, unless NULL, for CG_RTT_MOST_STEPS(n).  Returns the number of clocks.
 */
extern size_t cg_rtt_run(const CgRttOptions *options, const CgRttEvent *events,
						 size_t n, CgRttClock *clocks, CgRttStep *steps,
						 size_t *step_count, CgRttPathway *pathway);

/* Code of a text; CG_RTT_UNKNOWN_CODE when it is none of the 17. */
extern uint8_t cg_rtt_code(const char *text, size_t length);

/* Kind of a text; CG_RTT_OTHER_KIND when the rules do not know it. */
extern uint8_t cg_rtt_kind(const char *text, size_t length);

/* Band of the national return: 1 for 0 to 7 days, 18 for 120 to 126, 105 for more than 104 weeks. */
extern int	cg_rtt_week_band(int32_t days);

/* ---- words (rtt_words_core.c) ---- */

extern const char *cg_rtt_rule_name(CgRttRule rule);	/* such as re_referral */
extern const char *cg_rtt_rule_source(CgRttRule rule);	/* such as rule 3c */
extern const char *cg_rtt_rule_words(CgRttRule rule);	/* a sentence */
extern const char *cg_rtt_clock_state_name(CgRttClockState state);
extern const char *cg_rtt_state_name(CgRttState state);
extern const char *cg_rtt_kind_name(CgRttKind kind);

#endif							/* CG_RTT_CORE_H */
