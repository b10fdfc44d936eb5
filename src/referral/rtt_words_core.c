/*-------------------------------------------------------------------------
 *
 * rtt_words_core.c
 *	  Names, sources and sentences of the clock rules, and the names of kinds
 *	  of events.
 *
 *-------------------------------------------------------------------------
 */
#include "referral/rtt_core.h"

#include <string.h>

typedef struct RuleWords
{
	const char *name;
	const char *source;
	const char *words;
} RuleWords;

static const RuleWords rule_words[CG_RTT_RULES] = {
	[CG_RTT_START_REFERRAL] = {"referral", "rule 1a",
	"A consultant-led service received the referral: the clock starts on the day of receipt."},
	[CG_RTT_START_INTERFACE] = {"interface", "rule 1b",
	"An interface, referral management or assessment service received the referral: the clock starts on the day of receipt."},
	[CG_RTT_START_SELF_REFERRAL] = {"self_referral", "rule 2",
	"A care professional ratified the self-referral: the clock starts on that day."},
	[CG_RTT_START_CONSULTANT_REFERRAL] = {"consultant_referral", "rule 1a, code 12",
	"A consultant referred the patient for a separate condition: a clock of its own starts."},
	[CG_RTT_START_BILATERAL] = {"bilateral", "rule 3a",
	"The patient is fit and ready for the second side of a bilateral procedure: a new clock starts."},
	[CG_RTT_START_NEW_TREATMENT] = {"new_treatment", "rule 3b",
	"A substantively new or different treatment was decided on: a new clock starts."},
	[CG_RTT_START_RE_REFERRAL] = {"re_referral", "rule 3c",
	"The patient was referred again after the earlier clock had ended: a new clock starts."},
	[CG_RTT_START_AFTER_MONITORING] = {"active_monitoring_end", "rule 3d, code 11",
	"It was decided to treat after active monitoring: a new clock starts."},
	[CG_RTT_START_REBOOKED] = {"rebooked", "rule 3e",
	"The patient rebooked after missing the first appointment: a new clock starts."},
	[CG_RTT_START_FIRST_ACTIVITY] = {"first_activity", "code 10",
	"The first activity of a period was recorded and no receipt: the clock is counted from the activity."},
	[CG_RTT_STOP_TREATMENT] = {"treatment", "rule 4, code 30",
	"First definitive treatment began: the clock stops."},
	[CG_RTT_STOP_MONITORING_PATIENT] = {"active_monitoring_patient", "rule 5b, code 31",
	"The patient began active monitoring: the clock stops."},
	[CG_RTT_STOP_MONITORING_CLINICIAN] = {"active_monitoring_clinician", "rule 5b, code 32",
	"The care professional began active monitoring: the clock stops."},
	[CG_RTT_STOP_MISSED_FIRST] = {"missed_first", "rule 5e, code 33",
	"The patient missed the first appointment, which had been communicated: the clock is nullified and not counted."},
	[CG_RTT_STOP_NOT_TREATED] = {"not_treated", "rules 5a and 5d, code 34",
	"It was decided not to treat, or to return the patient to primary care: the clock stops."},
	[CG_RTT_STOP_DECLINED] = {"declined", "rule 5c, code 35",
	"The patient declined the treatment offered: the clock stops."},
	[CG_RTT_STOP_DIED] = {"died", "code 36",
	"The patient died before treatment: the clock stops."},
	[CG_RTT_AWAITS_RATIFICATION] = {"awaits_ratification", "rule 2",
	"The patient asked to be seen: no clock starts before a care professional ratifies it."},
	[CG_RTT_RECEIPT_KEPT] = {"receipt_kept", "rules 1a and 1b",
	"Another service on the same road received the referral: the clock keeps the original receipt."},
	[CG_RTT_FIRST_ACTIVITY] = {"first_activity_in_clock", "codes 10, 11 and 12",
	"First activity of the period: the clock, which the receipt or decision started, runs on."},
	[CG_RTT_ACTIVITY] = {"activity", "code 20",
	"Further activity of the period: the clock runs on."},
	[CG_RTT_TRANSFER] = {"transfer", "code 21",
	"Transfer to another provider: the clock runs on there."},
	[CG_RTT_AFTER_TREATMENT] = {"after_treatment", "code 90",
	"Activity after treatment: no clock."},
	[CG_RTT_MONITORED] = {"monitored", "code 91",
	"Activity during active monitoring: no clock."},
	[CG_RTT_BEFORE_REFERRAL] = {"before_referral", "code 92",
	"Diagnostics by the general practitioner before a referral: no clock."},
	[CG_RTT_NOT_APPLICABLE] = {"not_applicable", "code 98",
	"Activity to which the rules do not apply: nothing changes."},
	[CG_RTT_NO_EFFECT] = {"no_effect", "none",
	"The rules give this event no effect here: nothing changes."},
	[CG_RTT_PAUSE_BEGINS] = {"pause", "rule 4 of the suites before October 2015",
	"The patient put off admission: days from here are left out of the adjusted wait."},
	[CG_RTT_PAUSE_ENDS] = {"pause_end", "rule 4 of the suites before October 2015",
	"The pause ended: days count again."},
	[CG_RTT_NO_TIME] = {"no_time", "data",
	"The event has no possible time: it is left out."},
	[CG_RTT_IN_FUTURE] = {"in_future", "data",
	"The event lies after the day as at: it is left out."},
	[CG_RTT_WITHOUT_CODE] = {"no_code", "data",
	"The event has neither a status code nor a kind: it is left out."},
	[CG_RTT_CODE_UNKNOWN] = {"unknown_code", "data",
	"The status code is not one of the 17 national codes: it is left out."},
	[CG_RTT_OUT_OF_ORDER] = {"out_of_order", "data",
	"The event was recorded after events that happened later: the order of time is followed."},
	[CG_RTT_REPEATED] = {"repeated", "data",
	"The same event is there twice: it counts once."},
	[CG_RTT_START_ASSUMED] = {"start_assumed", "rules 1 and 3",
	"A first activity without the receipt or decision that starts a clock: the true start is earlier or the same day."},
	[CG_RTT_START_REPEATED] = {"start_repeated", "code 10",
	"A first activity while the clock already had one: the clock keeps its start."},
	[CG_RTT_TWO_OPEN_CLOCKS] = {"two_open_clocks", "rule 3",
	"A start while a clock runs: a pathway has one clock at a time, and the running one keeps its start."},
	[CG_RTT_NOT_MONITORED] = {"not_monitored", "codes 11 and 91",
	"The code speaks of active monitoring that no 31 or 32 began."},
	[CG_RTT_ACTIVITY_WITHOUT_CLOCK] = {"activity_without_clock", "codes 20 and 21",
	"Activity of a period before anything started a clock: no clock is made up."},
	[CG_RTT_ACTIVITY_AFTER_STOP] = {"activity_after_stop", "codes 20 and 21",
	"Activity of a period after its clock had stopped: the clock stays stopped."},
	[CG_RTT_STOP_BEFORE_START] = {"stop_before_start", "rules 4 and 5",
	"A stop before the first start: it stops nothing."},
	[CG_RTT_STOP_WITHOUT_CLOCK] = {"stop_without_clock", "rules 4 and 5",
	"A stop while no clock runs: it stops nothing."},
	[CG_RTT_NOT_COMMUNICATED] = {"not_communicated", "rule 5e",
	"The missed first appointment had not been communicated: the clock runs on."},
	[CG_RTT_COMMUNICATION_UNKNOWN] = {"communication_unknown", "rule 5e",
	"It is not recorded that the missed first appointment was communicated: the clock runs on."},
	[CG_RTT_NOT_FIRST_MISSED] = {"not_first_missed", "rule 5f",
	"A later appointment was missed: the clock runs on unless the patient is discharged (34)."},
	[CG_RTT_WAITING_AFTER_TREATMENT] = {"after_treatment_while_waiting", "code 90",
	"Activity after treatment while the clock runs: the stop is missing, and the clock runs on."},
	[CG_RTT_NOT_TREATED_BEFORE] = {"after_treatment_untreated", "code 90",
	"Activity after treatment where the last clock ended without treatment."},
	[CG_RTT_WAITING_MONITORED] = {"monitored_while_waiting", "code 91",
	"Activity during active monitoring while the clock runs: the 31 or 32 is missing, and the clock runs on."},
	[CG_RTT_WAITING_BEFORE_REFERRAL] = {"before_referral_while_waiting", "code 92",
	"Diagnostics before a referral while the clock of a referral runs: the clock runs on."},
	[CG_RTT_NOT_YET_KNOWN] = {"not_yet_known", "code 99",
	"The status was not yet known: it is to be completed, and nothing changes."},
	[CG_RTT_AFTER_DEATH] = {"after_death", "code 36",
	"An event after the patient's death: it is left out."},
	[CG_RTT_NOTHING_TO_REBOOK] = {"nothing_to_rebook", "rule 3e",
	"A rebooking without a first appointment that was missed: no clock starts."},
	[CG_RTT_NO_FIRST_SIDE] = {"no_first_side", "rule 3a",
	"Readiness for a second side without treatment of a first: no clock starts."},
	[CG_RTT_PAUSE_ABOLISHED] = {"pause_abolished", "suite of October 2015",
	"Pauses were abolished on 1 October 2015: nothing is left out of the wait."},
	[CG_RTT_PAUSE_WITHOUT_CLOCK] = {"pause_without_clock", "rule 4 of the suites before October 2015",
	"A pause, or its end, that no running clock or pause fits: nothing changes."},
};

const char *
cg_rtt_rule_name(CgRttRule rule)
{
	return rule_words[rule].name;
}

const char *
cg_rtt_rule_source(CgRttRule rule)
{
	return rule_words[rule].source;
}

const char *
cg_rtt_rule_words(CgRttRule rule)
{
	return rule_words[rule].words;
}

const char *
cg_rtt_clock_state_name(CgRttClockState state)
{
	static const char *const names[CG_RTT_CLOCK_STATES] = {"open", "stopped", "nullified"};

	return names[state];
}

const char *
cg_rtt_state_name(CgRttState state)
{
	static const char *const names[CG_RTT_STATES] = {
		"no_clock", "waiting", "active_monitoring", "treated", "ended",
		"missed_first", "died"
	};

	return names[state];
}

static const char *const kind_names[CG_RTT_KINDS] = {
	[CG_RTT_NO_KIND] = "",
	[CG_RTT_OTHER_KIND] = "",
	[CG_RTT_RECEIVED] = "received",
	[CG_RTT_INTERFACE] = "interface",
	[CG_RTT_SELF_REFERRED] = "self_referred",
	[CG_RTT_RATIFIED] = "ratified",
	[CG_RTT_CONSULTANT_REFERRED] = "consultant_referred",
	[CG_RTT_REBOOKED] = "rebooked",
	[CG_RTT_DECISION] = "decision",
	[CG_RTT_NEW_TREATMENT] = "new_treatment",
	[CG_RTT_SECOND_SIDE] = "second_side_ready",
	[CG_RTT_PAUSED] = "paused",
	[CG_RTT_RESUMED] = "resumed",
};

const char *
cg_rtt_kind_name(CgRttKind kind)
{
	return kind_names[kind];
}

uint8_t
cg_rtt_kind(const char *text, size_t length)
{
	for (int kind = CG_RTT_RECEIVED; kind < CG_RTT_KINDS; kind++)
	{
		if (length > 0 && kind_names[kind][0] == text[0] &&
			strlen(kind_names[kind]) == length && memcmp(kind_names[kind], text, length) == 0)
			return (uint8_t) kind;
	}
	return CG_RTT_OTHER_KIND;
}
