/*-------------------------------------------------------------------------
 *
 * rtt_core.c
 *	  The clock engine.  See rtt_core.h for the rules and their source.
 *
 *-------------------------------------------------------------------------
 */
#include "referral/rtt_core.h"

#include <string.h>

typedef struct Engine
{
	const CgRttOptions *options;
	const CgRttEvent *events;
	size_t		place;			/* of the event that is being read */
	size_t		last_start;		/* place after the last event that could start a clock */
	CgRttClock *clocks;
	CgRttStep  *steps;
	size_t		step_count;
	CgRttPathway *pathway;
	CgRttState	state;
	bool		had_activity;	/* since the clock started */
	int32_t		paused_on;
	int32_t		paused_days;
} Engine;

/* ---- codes and order ---- */

uint8_t
cg_rtt_code(const char *text, size_t length)
{
	int			code;

	if (length != 2 || text[0] < '1' || text[0] > '9' ||
		text[1] < '0' || text[1] > '9')
		return CG_RTT_UNKNOWN_CODE;
	code = (text[0] - '0') * 10 + (text[1] - '0');
	switch (code)
	{
		case 10: case 11: case 12:
		case 20: case 21:
		case 30: case 31: case 32: case 33: case 34: case 35: case 36:
		case 90: case 91: case 92:
		case 98: case 99:
			return (uint8_t) code;
		default:
			return CG_RTT_UNKNOWN_CODE;
	}
}

/*
 * The place of an event among those of one moment.
 */
static int
rank_of(const CgRttEvent *event)
{
	switch (event->code)
	{
		case CG_RTT_NO_CODE:
			return event->kind == CG_RTT_PAUSED || event->kind == CG_RTT_RESUMED ? 2 : 0;
		case 10: case 11: case 12:
			return 1;
		case 30: case 31: case 32: case 33: case 34: case 35: case 36:
			return 3;
		case 90:
			return 4;
		default:
			return 2;
	}
}

static bool
is_before(const CgRttEvent *a, const CgRttEvent *b)
{
	int			rank_a;
	int			rank_b;

	if (a->at != b->at)
		return a->at < b->at;
	if (a->is_receipt_of_all != b->is_receipt_of_all)
		return a->is_receipt_of_all;
	rank_a = rank_of(a);
	rank_b = rank_of(b);
	if (rank_a != rank_b)
		return rank_a < rank_b;
	return a->sequence < b->sequence;
}

/*
 * Nearly always the events come in order, so each is looked at once.
 */
static void
insertion_sort(CgRttEvent *events, size_t n)
{
	for (size_t i = 1; i < n; i++)
	{
		CgRttEvent	event = events[i];
		size_t		j = i;

		while (j > 0 && is_before(&event, &events[j - 1]))
		{
			events[j] = events[j - 1];
			j--;
		}
		if (j < i)
			events[j] = event;
	}
}

static void
merge_sort(CgRttEvent *events, size_t n, CgRttEvent *work)
{
	size_t		half = n / 2;
	size_t		left = 0;
	size_t		right = half;

	if (n <= CG_RTT_SORT_SMALL)
	{
		insertion_sort(events, n);
		return;
	}
	merge_sort(events, half, work);
	merge_sort(events + half, n - half, work);
	if (!is_before(&events[half], &events[half - 1]))
		return;
	memcpy(work, events, half * sizeof(CgRttEvent));
	for (size_t i = 0; left < half; i++)
	{
		if (right < n && is_before(&events[right], &work[left]))
			events[i] = events[right++];
		else
			events[i] = work[left++];
	}
}

void
cg_rtt_sort(CgRttEvent *events, size_t n, CgRttEvent *work)
{
	uint32_t	ordinal = 0;
	size_t		ascending = 1;

	while (ascending < n && events[ascending - 1].at < events[ascending].at)
		ascending++;
	if (ascending < n)
		merge_sort(events, n, work);
	for (size_t i = 0; i < n; i++)
		events[i].ordinal = events[i].is_receipt_of_all ? 0 : ++ordinal;
}

int
cg_rtt_week_band(int32_t days)
{
	if (days <= 7)
		return 1;
	return days > 728 ? 105 : (days + 6) / 7;
}

/* ---- what is told of an event ---- */

static CgRttClock *
current_clock(Engine *engine)
{
	return &engine->clocks[engine->pathway->clocks - 1];
}

static void
add_step(Engine *engine, CgRttRule rule)
{
	CgRttStep  *step;

	if (engine->steps == NULL)
		return;
	step = &engine->steps[engine->step_count++];
	step->event = (uint32_t) engine->place;
	step->clock = engine->pathway->clocks;
	step->rule = (uint8_t) rule;
}

static void
find_fault(Engine *engine, CgRttRule rule)
{
	engine->pathway->findings |= CG_RTT_FINDING_BIT(rule);
	engine->pathway->finding_count++;
	if (engine->state == CG_RTT_WAITING)
		current_clock(engine)->findings |= CG_RTT_FINDING_BIT(rule);
	add_step(engine, rule);
}

static void
set_state(Engine *engine, CgRttState state)
{
	engine->state = state;
	engine->pathway->since = engine->events[engine->place].day;
}

/* ---- pauses, abolished from 1 October 2015 ---- */

static void
end_pause(Engine *engine, int32_t day)
{
	int32_t		last = day;

	if (engine->paused_on == CG_RTT_NO_DAY)
		return;
	if (last > engine->options->no_pauses_from)
		last = engine->options->no_pauses_from;
	if (last > engine->paused_on)
		engine->paused_days += last - engine->paused_on;
	engine->paused_on = CG_RTT_NO_DAY;
}

/* ---- starts and stops ---- */

static void
start_clock(Engine *engine, CgRttRule rule)
{
	const CgRttEvent *event = &engine->events[engine->place];
	CgRttClock *clock = &engine->clocks[engine->pathway->clocks++];

	memset(clock, 0, sizeof(CgRttClock));
	clock->started_on = event->day;
	clock->stopped_on = CG_RTT_NO_DAY;
	clock->start_event = event->ordinal;
	clock->state = CG_RTT_OPEN;
	clock->start = (uint8_t) rule;
	clock->stop = CG_RTT_RULES;
	clock->is_interface = rule == CG_RTT_START_INTERFACE;
	engine->had_activity = false;
	engine->paused_on = CG_RTT_NO_DAY;
	engine->paused_days = 0;
	set_state(engine, CG_RTT_WAITING);
	add_step(engine, rule);
}

/*
 * Days from the start; without pauses only where the clock stopped while
 * pauses could still be reported.
 */
static void
count_days(Engine *engine, CgRttClock *clock, int32_t last, bool is_stopped)
{
	clock->days = last - clock->started_on;
	end_pause(engine, last);
	clock->adjusted_days = clock->days;
	if (is_stopped && last < engine->options->no_pauses_from)
		clock->adjusted_days -= engine->paused_days;
}

static void
stop_clock(Engine *engine, CgRttRule rule, CgRttState next)
{
	const CgRttEvent *event = &engine->events[engine->place];
	CgRttClock *clock = current_clock(engine);

	clock->stopped_on = event->day;
	clock->stop_event = event->ordinal;
	clock->stop = (uint8_t) rule;
	clock->state = CG_RTT_STOPPED;
	if (rule == CG_RTT_STOP_MISSED_FIRST)
	{
		clock->state = CG_RTT_NULLIFIED;
		engine->pathway->nullified++;
	}
	count_days(engine, clock, event->day, true);
	add_step(engine, rule);
	set_state(engine, next);
}

/* ---- events with a kind ---- */

/*
 * A referral is received: rules 1 and 3c.  While a clock runs the receipt is
 * that of a service further down the road, and the original one is kept.
 */
static void
read_receipt(Engine *engine, CgRttRule first)
{
	if (engine->state == CG_RTT_WAITING)
	{
		CgRttClock *clock = current_clock(engine);

		if (clock->is_interface || clock->is_transferred || clock->start_event == 0)
			add_step(engine, CG_RTT_RECEIPT_KEPT);
		else
			find_fault(engine, CG_RTT_TWO_OPEN_CLOCKS);
		return;
	}
	if (engine->state != CG_RTT_NO_CLOCK && first != CG_RTT_START_CONSULTANT_REFERRAL)
	{
		start_clock(engine, CG_RTT_START_RE_REFERRAL);
		current_clock(engine)->is_interface = first == CG_RTT_START_INTERFACE;
		return;
	}
	start_clock(engine, first);
}

static void
read_second_side(Engine *engine)
{
	if (engine->state == CG_RTT_WAITING)
		find_fault(engine, CG_RTT_TWO_OPEN_CLOCKS);
	else if (engine->state == CG_RTT_TREATED)
		start_clock(engine, CG_RTT_START_BILATERAL);
	else
		find_fault(engine, CG_RTT_NO_FIRST_SIDE);
}

static void
read_new_treatment(Engine *engine)
{
	if (engine->state == CG_RTT_WAITING)
		find_fault(engine, CG_RTT_TWO_OPEN_CLOCKS);
	else if (engine->state == CG_RTT_NO_CLOCK)
		find_fault(engine, CG_RTT_ACTIVITY_WITHOUT_CLOCK);
	else if (engine->state == CG_RTT_ACTIVE_MONITORING)
		start_clock(engine, CG_RTT_START_AFTER_MONITORING);
	else
		start_clock(engine, CG_RTT_START_NEW_TREATMENT);
}

static void
read_rebooking(Engine *engine)
{
	if (engine->state == CG_RTT_MISSED_FIRST)
		start_clock(engine, CG_RTT_START_REBOOKED);
	else if (engine->state == CG_RTT_WAITING)
		add_step(engine, CG_RTT_NO_EFFECT);
	else
		find_fault(engine, CG_RTT_NOTHING_TO_REBOOK);
}

static void
read_pause(Engine *engine, const CgRttEvent *event)
{
	if (event->day >= engine->options->no_pauses_from)
		find_fault(engine, CG_RTT_PAUSE_ABOLISHED);
	else if (engine->state != CG_RTT_WAITING || engine->paused_on != CG_RTT_NO_DAY)
		find_fault(engine, CG_RTT_PAUSE_WITHOUT_CLOCK);
	else
	{
		engine->paused_on = event->day;
		add_step(engine, CG_RTT_PAUSE_BEGINS);
	}
}

static void
read_resumption(Engine *engine, const CgRttEvent *event)
{
	if (engine->state != CG_RTT_WAITING || engine->paused_on == CG_RTT_NO_DAY)
	{
		find_fault(engine, event->day >= engine->options->no_pauses_from ?
				   CG_RTT_PAUSE_ABOLISHED : CG_RTT_PAUSE_WITHOUT_CLOCK);
		return;
	}
	end_pause(engine, event->day);
	add_step(engine, CG_RTT_PAUSE_ENDS);
}

static void
read_kind(Engine *engine, const CgRttEvent *event)
{
	switch ((CgRttKind) event->kind)
	{
		case CG_RTT_RECEIVED:
			read_receipt(engine, CG_RTT_START_REFERRAL);
			break;
		case CG_RTT_INTERFACE:
			read_receipt(engine, CG_RTT_START_INTERFACE);
			break;
		case CG_RTT_RATIFIED:
			read_receipt(engine, CG_RTT_START_SELF_REFERRAL);
			break;
		case CG_RTT_CONSULTANT_REFERRED:
			read_receipt(engine, CG_RTT_START_CONSULTANT_REFERRAL);
			break;
		case CG_RTT_SELF_REFERRED:
			add_step(engine, CG_RTT_AWAITS_RATIFICATION);
			break;
		case CG_RTT_REBOOKED:
			read_rebooking(engine);
			break;
		case CG_RTT_DECISION:
			if (engine->state == CG_RTT_ACTIVE_MONITORING)
				start_clock(engine, CG_RTT_START_AFTER_MONITORING);
			else
				add_step(engine, CG_RTT_NO_EFFECT);
			break;
		case CG_RTT_NEW_TREATMENT:
			read_new_treatment(engine);
			break;
		case CG_RTT_SECOND_SIDE:
			read_second_side(engine);
			break;
		case CG_RTT_PAUSED:
			read_pause(engine, event);
			break;
		case CG_RTT_RESUMED:
			read_resumption(engine, event);
			break;
		case CG_RTT_NO_KIND:
		case CG_RTT_OTHER_KIND:
		case CG_RTT_KINDS:
			break;
	}
}

/* ---- events with a code ---- */

static void
note_activity(Engine *engine, CgRttRule rule)
{
	add_step(engine, rule);
	engine->had_activity = true;
}

/*
 * A code that says "first activity of a period" while a clock runs: the first
 * of it is what it says, any other would be a second clock.
 */
static void
read_first_activity(Engine *engine, CgRttRule when_repeated)
{
	if (engine->had_activity)
		find_fault(engine, when_repeated);
	else
		note_activity(engine, CG_RTT_FIRST_ACTIVITY);
}

static void
read_10(Engine *engine)
{
	if (engine->state == CG_RTT_WAITING)
	{
		read_first_activity(engine, CG_RTT_START_REPEATED);
		return;
	}
	start_clock(engine, engine->state == CG_RTT_MISSED_FIRST ?
				CG_RTT_START_REBOOKED : CG_RTT_START_FIRST_ACTIVITY);
	find_fault(engine, CG_RTT_START_ASSUMED);
	engine->had_activity = true;
}

static void
read_11(Engine *engine)
{
	if (engine->state == CG_RTT_WAITING)
	{
		if (current_clock(engine)->start == CG_RTT_START_AFTER_MONITORING)
			read_first_activity(engine, CG_RTT_TWO_OPEN_CLOCKS);
		else
			find_fault(engine, CG_RTT_TWO_OPEN_CLOCKS);
		return;
	}
	if (engine->state == CG_RTT_ACTIVE_MONITORING)
		start_clock(engine, CG_RTT_START_AFTER_MONITORING);
	else
	{
		start_clock(engine, CG_RTT_START_AFTER_MONITORING);
		find_fault(engine, CG_RTT_NOT_MONITORED);
	}
	engine->had_activity = true;
}

/*
 * A separate condition has a pathway of its own; on that pathway the receipt
 * of the consultant's referral has started the clock.
 */
static void
read_12(Engine *engine)
{
	if (engine->state == CG_RTT_WAITING)
	{
		CgRttClock *clock = current_clock(engine);

		if (!engine->had_activity && (clock->start == CG_RTT_START_REFERRAL ||
									  clock->start == CG_RTT_START_RE_REFERRAL ||
									  clock->start == CG_RTT_START_CONSULTANT_REFERRAL))
		{
			clock->start = CG_RTT_START_CONSULTANT_REFERRAL;
			note_activity(engine, CG_RTT_FIRST_ACTIVITY);
		}
		else
			find_fault(engine, CG_RTT_TWO_OPEN_CLOCKS);
		return;
	}
	start_clock(engine, CG_RTT_START_CONSULTANT_REFERRAL);
	find_fault(engine, CG_RTT_START_ASSUMED);
	engine->had_activity = true;
}

static void
read_activity(Engine *engine, CgRttRule rule)
{
	if (engine->state == CG_RTT_WAITING)
	{
		if (rule == CG_RTT_TRANSFER)
			current_clock(engine)->is_transferred = true;
		note_activity(engine, rule);
	}
	else if (engine->state == CG_RTT_NO_CLOCK)
		find_fault(engine, CG_RTT_ACTIVITY_WITHOUT_CLOCK);
	else
		find_fault(engine, CG_RTT_ACTIVITY_AFTER_STOP);
}

static void
read_stop(Engine *engine, CgRttRule rule, CgRttState next)
{
	if (engine->state == CG_RTT_WAITING)
	{
		stop_clock(engine, rule, next);
		return;
	}
	if (engine->state == CG_RTT_NO_CLOCK && engine->place < engine->last_start)
		find_fault(engine, CG_RTT_STOP_BEFORE_START);
	else
		find_fault(engine, CG_RTT_STOP_WITHOUT_CLOCK);

	/* What the code says of the patient holds though no clock ran. */
	if (next == CG_RTT_DIED ||
		(next == CG_RTT_ACTIVE_MONITORING && engine->state == CG_RTT_NO_CLOCK))
		set_state(engine, next);
}

/*
 * Rule 5e: only a first appointment, and only one that was communicated.
 */
static void
read_33(Engine *engine, const CgRttEvent *event)
{
	if (engine->state != CG_RTT_WAITING)
		read_stop(engine, CG_RTT_STOP_MISSED_FIRST, CG_RTT_MISSED_FIRST);
	else if (engine->had_activity)
		find_fault(engine, CG_RTT_NOT_FIRST_MISSED);
	else if (event->communicated == 0)
		find_fault(engine, CG_RTT_NOT_COMMUNICATED);
	else if (event->communicated < 0)
		find_fault(engine, CG_RTT_COMMUNICATION_UNKNOWN);
	else
		stop_clock(engine, CG_RTT_STOP_MISSED_FIRST, CG_RTT_MISSED_FIRST);
}

static void
read_90(Engine *engine)
{
	if (engine->state == CG_RTT_WAITING)
		find_fault(engine, CG_RTT_WAITING_AFTER_TREATMENT);
	else if (engine->state == CG_RTT_TREATED)
		add_step(engine, CG_RTT_AFTER_TREATMENT);
	else if (engine->state == CG_RTT_NO_CLOCK)
	{
		/* treated before, as an emergency or elsewhere */
		add_step(engine, CG_RTT_AFTER_TREATMENT);
		set_state(engine, CG_RTT_TREATED);
	}
	else
		find_fault(engine, CG_RTT_NOT_TREATED_BEFORE);
}

static void
read_91(Engine *engine)
{
	if (engine->state == CG_RTT_ACTIVE_MONITORING)
		add_step(engine, CG_RTT_MONITORED);
	else
		find_fault(engine, engine->state == CG_RTT_WAITING ?
				   CG_RTT_WAITING_MONITORED : CG_RTT_NOT_MONITORED);
}

static void
read_92(Engine *engine)
{
	if (engine->state == CG_RTT_WAITING)
		find_fault(engine, CG_RTT_WAITING_BEFORE_REFERRAL);
	else
		add_step(engine, CG_RTT_BEFORE_REFERRAL);
}

static void
read_code(Engine *engine, const CgRttEvent *event)
{
	switch (event->code)
	{
		case 10:
			read_10(engine);
			break;
		case 11:
			read_11(engine);
			break;
		case 12:
			read_12(engine);
			break;
		case 20:
			read_activity(engine, CG_RTT_ACTIVITY);
			break;
		case 21:
			read_activity(engine, CG_RTT_TRANSFER);
			break;
		case 30:
			read_stop(engine, CG_RTT_STOP_TREATMENT, CG_RTT_TREATED);
			break;
		case 31:
			read_stop(engine, CG_RTT_STOP_MONITORING_PATIENT, CG_RTT_ACTIVE_MONITORING);
			break;
		case 32:
			read_stop(engine, CG_RTT_STOP_MONITORING_CLINICIAN, CG_RTT_ACTIVE_MONITORING);
			break;
		case 33:
			read_33(engine, event);
			break;
		case 34:
			read_stop(engine, CG_RTT_STOP_NOT_TREATED, CG_RTT_ENDED);
			break;
		case 35:
			read_stop(engine, CG_RTT_STOP_DECLINED, CG_RTT_ENDED);
			break;
		case 36:
			read_stop(engine, CG_RTT_STOP_DIED, CG_RTT_DIED);
			break;
		case 90:
			read_90(engine);
			break;
		case 91:
			read_91(engine);
			break;
		case 92:
			read_92(engine);
			break;
		case 98:
			add_step(engine, CG_RTT_NOT_APPLICABLE);
			break;
		case 99:
			find_fault(engine, CG_RTT_NOT_YET_KNOWN);
			break;
		case CG_RTT_UNKNOWN_CODE:
			find_fault(engine, CG_RTT_CODE_UNKNOWN);
			break;
		default:
			break;
	}
}

/* ---- the pathway ---- */

static bool
is_usable(const Engine *engine, const CgRttEvent *event)
{
	return event->day != CG_RTT_NO_DAY && event->day <= engine->options->as_at;
}

static bool
can_start(const CgRttEvent *event)
{
	switch (event->kind)
	{
		case CG_RTT_RECEIVED:
		case CG_RTT_INTERFACE:
		case CG_RTT_RATIFIED:
		case CG_RTT_CONSULTANT_REFERRED:
			return true;
		default:
			return event->code >= 10 && event->code <= 12;
	}
}

static bool
is_repeated(const CgRttEvent *event, const CgRttEvent *before)
{
	return event->at == before->at && event->code == before->code &&
		event->kind == before->kind && event->kind != CG_RTT_OTHER_KIND &&
		event->is_receipt_of_all == before->is_receipt_of_all;
}

static void
read_event(Engine *engine, const CgRttEvent *event, uint32_t *latest)
{
	if (event->day == CG_RTT_NO_DAY)
	{
		find_fault(engine, CG_RTT_NO_TIME);
		return;
	}
	if (event->day > engine->options->as_at)
	{
		find_fault(engine, CG_RTT_IN_FUTURE);
		return;
	}
	if (event->sequence != 0)
	{
		if (event->sequence < *latest)
			find_fault(engine, CG_RTT_OUT_OF_ORDER);
		else
			*latest = event->sequence;
	}
	if (event->code == CG_RTT_NO_CODE && event->kind == CG_RTT_NO_KIND)
	{
		find_fault(engine, CG_RTT_WITHOUT_CODE);
		return;
	}
	if (engine->place > 0 && is_repeated(event, event - 1))
	{
		find_fault(engine, CG_RTT_REPEATED);
		return;
	}
	if (engine->state == CG_RTT_DIED)
	{
		find_fault(engine, CG_RTT_AFTER_DEATH);
		return;
	}
	if (event->kind > CG_RTT_OTHER_KIND)
		read_kind(engine, event);
	if (event->code != CG_RTT_NO_CODE)
		read_code(engine, event);
	else if (event->kind == CG_RTT_OTHER_KIND)
		add_step(engine, CG_RTT_NO_EFFECT);
}

size_t
cg_rtt_run(const CgRttOptions *options, const CgRttEvent *events, size_t n,
		   CgRttClock *clocks, CgRttStep *steps, size_t *step_count,
		   CgRttPathway *pathway)
{
	Engine		engine = {0};
	uint32_t	latest = 0;

	memset(pathway, 0, sizeof(CgRttPathway));
	pathway->since = CG_RTT_NO_DAY;
	engine.options = options;
	engine.events = events;
	engine.clocks = clocks;
	engine.steps = steps;
	engine.pathway = pathway;
	engine.state = CG_RTT_NO_CLOCK;
	engine.paused_on = CG_RTT_NO_DAY;
	for (engine.last_start = n; engine.last_start > 0; engine.last_start--)
	{
		const CgRttEvent *event = &events[engine.last_start - 1];

		if (can_start(event) && is_usable(&engine, event))
			break;
	}
	for (engine.place = 0; engine.place < n; engine.place++)
		read_event(&engine, &events[engine.place], &latest);
	if (engine.state == CG_RTT_WAITING)
		count_days(&engine, current_clock(&engine), options->as_at, false);
	pathway->state = engine.state;
	if (step_count != NULL)
		*step_count = engine.step_count;
	return pathway->clocks;
}
