/*-------------------------------------------------------------------------
 *
 * referral_rtt_test.c
 *	  Unit test of referral-to-treatment clocks, printing TAP: pathways
 *	  written from the rules, and properties of pathways made at random.
 *
 *-------------------------------------------------------------------------
 */
#include "referral/rtt_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Day 0 of a case: in 2024, or 200 days before pauses were abolished. */
#define LATE 9000
#define EARLY 5552
#define NO_PAUSES_FROM 5752
#define MOST 64

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

/*
 * A pathway is day:what day:what …; what is a code, with + - ? for an
 * appointment that was communicated, was not, or it is not known (+ where
 * nothing is said); or a kind, with =code where it has both; or one of none
 * (neither), other (a kind without meaning).  A day ? is not known.  day.n is
 * the n-th hour of a day.  Events are recorded in the order of writing.
 *
 * Clocks are "reason start-stop reason", * after a nullified one, (n) the
 * adjusted days where they differ, i and t for an interface service and a
 * transfer; the days as at are 400.
 */
typedef struct Case
{
	const char *rule;
	int32_t		base;
	const char *events;
	const char *clocks;
	const char *findings;
	const char *state;
} Case;

static const Case cases[] = {
	/* Rule 1a: the clock starts with the receipt, not with the first activity. */
	{"1a: a referral is received", LATE, "0:received", "referral 0-400 open", "", "waiting"},
	{"1a: code 10 does not move the start", LATE, "0:received 20:10", "referral 0-400 open", "", "waiting"},
	{"1a: received, seen, treated", LATE, "0:received 20:10 60:20 100:30", "referral 0-100 treatment", "", "treated"},
	{"1a: 126 days are 18 weeks", LATE, "0:received 126:30", "referral 0-126 treatment", "", "treated"},
	{"1a: 127 days are more", LATE, "0:received 127:30", "referral 0-127 treatment", "", "treated"},
	{"1a: treated at the first appointment", LATE, "0:received 20:30", "referral 0-20 treatment", "", "treated"},
	{"1a: treated on the day of receipt", LATE, "5:received 5:30", "referral 5-5 treatment", "", "treated"},
	{"1a: first activity with code 20 is activity", LATE, "0:received 20:20", "referral 0-400 open", "", "waiting"},
	{"1a: the receipt comes with the first activity", LATE, "20:received=10 40:30", "referral 20-40 treatment", "", "treated"},
	{"1a: without a receipt the first activity is taken, and said", LATE, "20:10 50:30", "first_activity 20-50 treatment", "start_assumed", "treated"},
	{"1a: first activity alone", LATE, "20:10", "first_activity 20-400 open", "start_assumed", "waiting"},
	{"1a: code 10 twice", LATE, "0:received 20:10 40:10", "referral 0-400 open", "start_repeated", "waiting"},
	{"1a: code 10 after code 20", LATE, "0:received 20:20 40:10", "referral 0-400 open", "start_repeated", "waiting"},
	{"1a: a second receipt while the clock runs", LATE, "0:received 30:received", "referral 0-400 open", "two_open_clocks", "waiting"},

	/* Rule 1b: interface services, whose receipt is the original one. */
	{"1b: an interface service receives the referral", LATE, "0:interface", "interface 0-400 open i", "", "waiting"},
	{"1b: onward to the hospital the first receipt holds", LATE, "0:interface 30:received 50:10 100:30", "interface 0-100 treatment i", "", "treated"},
	{"1b: two interface services", LATE, "0:interface 10:interface 30:received", "interface 0-400 open i", "", "waiting"},
	{"1b: treated in the interface service", LATE, "0:interface 40:30", "interface 0-40 treatment i", "", "treated"},
	{"1b: the interface service returns the referral", LATE, "0:interface 10:34", "interface 0-10 not_treated i", "", "ended"},
	{"1b: returned and referred again", LATE, "0:interface 10:34 30:received", "interface 0-10 not_treated i; re_referral 30-400 open", "", "waiting"},
	{"1b: interface after treatment is a re-referral", LATE, "0:received 10:30 50:interface", "referral 0-10 treatment; re_referral 50-400 open i", "", "waiting"},
	{"1b: hospital first, interface later", LATE, "0:received 20:interface", "referral 0-400 open", "two_open_clocks", "waiting"},

	/* Rule 2: self-referral, once ratified. */
	{"2: a self-referral starts no clock", LATE, "0:self_referred", "", "", "no_clock"},
	{"2: ratified, it does", LATE, "0:self_referred 8:ratified 30:10 60:30", "self_referral 8-60 treatment", "", "treated"},
	{"2: ratified without a word of the request", LATE, "8:ratified", "self_referral 8-400 open", "", "waiting"},
	{"2: activity before it is ratified", LATE, "0:self_referred 5:20", "", "activity_without_clock", "no_clock"},
	{"2: ratified while a clock runs", LATE, "0:received 8:ratified", "referral 0-400 open", "two_open_clocks", "waiting"},
	{"2: ratified after treatment is a re-referral", LATE, "0:received 5:30 9:self_referred 12:ratified", "referral 0-5 treatment; re_referral 12-400 open", "", "waiting"},
	{"2: a self-referral while a clock runs", LATE, "0:received 5:self_referred", "referral 0-400 open", "", "waiting"},

	/* Rule 3a: the second side. */
	{"3a: fit and ready for the second side", LATE, "0:received 50:30 120:second_side_ready 160:30", "referral 0-50 treatment; bilateral 120-160 treatment", "", "treated"},
	{"3a: the second side waits", LATE, "0:received 50:30 120:second_side_ready", "referral 0-50 treatment; bilateral 120-400 open", "", "waiting"},
	{"3a: first activity for the second side", LATE, "0:received 50:30 120:second_side_ready 130:10", "referral 0-50 treatment; bilateral 120-400 open", "", "waiting"},
	{"3a: ready while the first side waits", LATE, "0:received 20:second_side_ready", "referral 0-400 open", "two_open_clocks", "waiting"},
	{"3a: ready without a first side", LATE, "20:second_side_ready", "", "no_first_side", "no_clock"},
	{"3a: ready after a decision not to treat", LATE, "0:received 20:34 30:second_side_ready", "referral 0-20 not_treated", "no_first_side", "ended"},
	{"3a: the first side treated elsewhere", LATE, "0:90 20:second_side_ready", "bilateral 20-400 open", "", "waiting"},
	{"3a: follow-up between the sides", LATE, "0:received 50:30 80:90 120:second_side_ready 150:30", "referral 0-50 treatment; bilateral 120-150 treatment", "", "treated"},

	/* Rule 3b: a substantively new treatment. */
	{"3b: a new treatment is decided on", LATE, "0:received 50:30 90:new_treatment 140:30", "referral 0-50 treatment; new_treatment 90-140 treatment", "", "treated"},
	{"3b: with the activity at which it is decided", LATE, "0:received 50:30 90:new_treatment=20", "referral 0-50 treatment; new_treatment 90-400 open", "", "waiting"},
	{"3b: while a clock runs", LATE, "0:received 20:new_treatment", "referral 0-400 open", "two_open_clocks", "waiting"},
	{"3b: before anything", LATE, "20:new_treatment", "", "activity_without_clock", "no_clock"},
	{"3b: after the patient declined another", LATE, "0:received 50:35 60:new_treatment", "referral 0-50 declined; new_treatment 60-400 open", "", "waiting"},
	{"3b: a decision alone, after treatment, is part of the plan", LATE, "0:received 50:30 60:decision", "referral 0-50 treatment", "", "treated"},
	{"3b: in active monitoring it is rule 3d", LATE, "0:received 50:32 60:new_treatment", "referral 0-50 active_monitoring_clinician; active_monitoring_end 60-400 open", "", "waiting"},

	/* Rule 3c: referred again. */
	{"3c: referred again after treatment", LATE, "0:received 50:30 200:received 250:10 300:30", "referral 0-50 treatment; re_referral 200-300 treatment", "", "treated"},
	{"3c: referred again after a decision not to treat", LATE, "0:received 50:34 200:received", "referral 0-50 not_treated; re_referral 200-400 open", "", "waiting"},
	{"3c: referred again after declining", LATE, "0:received 50:35 200:received", "referral 0-50 declined; re_referral 200-400 open", "", "waiting"},
	{"3c: referred again during active monitoring", LATE, "0:received 50:31 200:received", "referral 0-50 active_monitoring_patient; re_referral 200-400 open", "", "waiting"},
	{"3c: referred again after a nullified clock", LATE, "0:received 50:33+ 200:received", "referral 0-50 missed_first*; re_referral 200-400 open", "", "waiting"},
	{"3c: three referrals", LATE, "0:received 10:30 20:received 30:34 40:received 50:30", "referral 0-10 treatment; re_referral 20-30 not_treated; re_referral 40-50 treatment", "", "treated"},
	{"3c: code 10 after treatment without a receipt", LATE, "0:received 50:30 200:10", "referral 0-50 treatment; first_activity 200-400 open", "start_assumed", "waiting"},

	/* Rule 3d and code 11: treatment after active monitoring. */
	{"3d: code 11 ends the clinician's monitoring", LATE, "0:received 20:32 100:11 150:30", "referral 0-20 active_monitoring_clinician; active_monitoring_end 100-150 treatment", "", "treated"},
	{"3d: code 11 ends the patient's monitoring", LATE, "0:received 20:31 100:11", "referral 0-20 active_monitoring_patient; active_monitoring_end 100-400 open", "", "waiting"},
	{"3d: the decision starts the clock, 11 is its first activity", LATE, "0:received 20:32 90:decision 100:11", "referral 0-20 active_monitoring_clinician; active_monitoring_end 90-400 open", "", "waiting"},
	{"3d: the decision with code 11", LATE, "0:received 20:32 100:decision=11", "referral 0-20 active_monitoring_clinician; active_monitoring_end 100-400 open", "", "waiting"},
	{"3d: 11 and treatment on one day", LATE, "0:received 20:32 100:11 100:30", "referral 0-20 active_monitoring_clinician; active_monitoring_end 100-100 treatment", "", "treated"},
	{"3d: at one moment 11 comes before 30", LATE, "0:received 20:32 100:30 100:11", "referral 0-20 active_monitoring_clinician; active_monitoring_end 100-100 treatment", "out_of_order", "treated"},
	{"3d: twice round", LATE, "0:received 20:32 50:11 60:32 90:11 95:30", "referral 0-20 active_monitoring_clinician; active_monitoring_end 50-60 active_monitoring_clinician; active_monitoring_end 90-95 treatment", "", "treated"},
	{"3d: 11 while a clock runs", LATE, "0:received 20:11", "referral 0-400 open", "two_open_clocks", "waiting"},
	{"3d: 11 twice", LATE, "0:received 20:32 50:11 60:11", "referral 0-20 active_monitoring_clinician; active_monitoring_end 50-400 open", "two_open_clocks", "waiting"},
	{"3d: 11 without monitoring, after treatment", LATE, "0:received 20:30 50:11", "referral 0-20 treatment; active_monitoring_end 50-400 open", "not_monitored", "waiting"},
	{"3d: 11 first of all", LATE, "50:11", "active_monitoring_end 50-400 open", "not_monitored", "waiting"},
	{"3d: a decision while waiting changes nothing", LATE, "0:received 30:decision 60:30", "referral 0-60 treatment", "", "treated"},
	{"3d: a decision before anything", LATE, "30:decision", "", "", "no_clock"},
	{"3d: treated in monitoring without 11", LATE, "0:received 20:32 60:30", "referral 0-20 active_monitoring_clinician", "stop_without_clock", "active_monitoring"},
	{"3d: 10 in place of 11", LATE, "0:received 20:32 60:10", "referral 0-20 active_monitoring_clinician; first_activity 60-400 open", "start_assumed", "waiting"},

	/* Rule 3e: rebooked after a missed first appointment. */
	{"3e: rebooked", LATE, "0:received 30:33+ 35:rebooked 60:10 90:30", "referral 0-30 missed_first*; rebooked 35-90 treatment", "", "treated"},
	{"3e: seen, the rebooking not recorded", LATE, "0:received 30:33+ 60:10", "referral 0-30 missed_first*; rebooked 60-400 open", "start_assumed", "waiting"},
	{"3e: missed twice", LATE, "0:received 30:33+ 35:rebooked 60:33+", "referral 0-30 missed_first*; rebooked 35-60 missed_first*", "", "missed_first"},
	{"3e: rebooked with nothing missed", LATE, "0:received 20:30 30:rebooked", "referral 0-20 treatment", "nothing_to_rebook", "treated"},
	{"3e: rebooked while the clock runs", LATE, "0:received 20:33- 22:rebooked", "referral 0-400 open", "not_communicated", "waiting"},
	{"3e: rebooked before anything", LATE, "5:rebooked", "", "nothing_to_rebook", "no_clock"},

	/* Rule 4 and code 30: treatment. */
	{"4: a second treatment is no second stop", LATE, "0:received 20:30 40:30", "referral 0-20 treatment", "stop_without_clock", "treated"},
	{"4: treatment before anything", LATE, "20:30", "", "stop_without_clock", "no_clock"},
	{"4: treatment before the receipt", LATE, "20:30 30:received", "referral 30-400 open", "stop_before_start", "waiting"},
	{"4: activity after treatment is 90", LATE, "0:received 20:30 40:90 60:90", "referral 0-20 treatment", "", "treated"},
	{"4: activity after treatment coded 20", LATE, "0:received 20:30 40:20", "referral 0-20 treatment", "activity_after_stop", "treated"},
	{"4: 90 while the clock runs", LATE, "0:received 20:90", "referral 0-400 open", "after_treatment_while_waiting", "waiting"},
	{"4: 90 then the stop", LATE, "0:received 20:90 30:30", "referral 0-30 treatment", "after_treatment_while_waiting", "treated"},
	{"4: 90 first, treated as an emergency", LATE, "20:90", "", "", "treated"},
	{"4: 90 after a decision not to treat", LATE, "0:received 20:34 40:90", "referral 0-20 not_treated", "after_treatment_untreated", "ended"},
	{"4: 90 in active monitoring", LATE, "0:received 20:32 40:90", "referral 0-20 active_monitoring_clinician", "after_treatment_untreated", "active_monitoring"},
	{"4: at one moment 30 comes before 90", LATE, "0:received 20:90 20:30", "referral 0-20 treatment", "out_of_order", "treated"},

	/* Rule 5b, codes 31, 32 and 91: active monitoring. */
	{"5b: the clinician's monitoring", LATE, "0:received 20:32", "referral 0-20 active_monitoring_clinician", "", "active_monitoring"},
	{"5b: the patient's monitoring", LATE, "0:received 20:31", "referral 0-20 active_monitoring_patient", "", "active_monitoring"},
	{"5b: reviews in monitoring", LATE, "0:received 20:32 80:91 140:91", "referral 0-20 active_monitoring_clinician", "", "active_monitoring"},
	{"5b: monitoring begun twice", LATE, "0:received 20:32 40:31", "referral 0-20 active_monitoring_clinician", "stop_without_clock", "active_monitoring"},
	{"5b: monitoring first of all, then 11", LATE, "20:32 60:11", "active_monitoring_end 60-400 open", "stop_before_start", "waiting"},
	{"5b: monitoring first of all", LATE, "20:32", "", "stop_without_clock", "active_monitoring"},
	{"5b: 91 while the clock runs", LATE, "0:received 20:91", "referral 0-400 open", "monitored_while_waiting", "waiting"},
	{"5b: 91 first of all", LATE, "20:91", "", "not_monitored", "no_clock"},
	{"5b: 91 after treatment", LATE, "0:received 20:30 40:91", "referral 0-20 treatment", "not_monitored", "treated"},
	{"5b: 20 in monitoring", LATE, "0:received 20:32 40:20", "referral 0-20 active_monitoring_clinician", "activity_after_stop", "active_monitoring"},
	{"5b: discharged from monitoring", LATE, "0:received 20:32 40:34", "referral 0-20 active_monitoring_clinician", "stop_without_clock", "active_monitoring"},

	/* Rules 5a, 5c and 5d, codes 34, 35 and 36. */
	{"5a/5d: decision not to treat", LATE, "0:received 20:10 40:34", "referral 0-40 not_treated", "", "ended"},
	{"5a/5d: returned at triage", LATE, "0:received 2:34", "referral 0-2 not_treated", "", "ended"},
	{"5c: the patient declines", LATE, "0:received 20:10 40:35", "referral 0-40 declined", "", "ended"},
	{"5c: declined after treatment", LATE, "0:received 20:30 40:35", "referral 0-20 treatment", "stop_without_clock", "treated"},
	{"36: the patient dies waiting", LATE, "0:received 40:36", "referral 0-40 died", "", "died"},
	{"36: events after death", LATE, "0:received 40:36 60:20 70:received", "referral 0-40 died", "after_death after_death", "died"},
	{"36: died in active monitoring", LATE, "0:received 20:32 40:36", "referral 0-20 active_monitoring_clinician", "stop_without_clock", "died"},
	{"36: died after treatment", LATE, "0:received 20:30 40:36 50:90", "referral 0-20 treatment", "stop_without_clock after_death", "died"},
	{"34 twice", LATE, "0:received 20:34 40:34", "referral 0-20 not_treated", "stop_without_clock", "ended"},

	/* Rule 5e and 5f, code 33: missed appointments. */
	{"5e: a missed first appointment nullifies", LATE, "0:received 30:33+", "referral 0-30 missed_first*", "", "missed_first"},
	{"5e: not where it was not communicated", LATE, "0:received 30:33-", "referral 0-400 open", "not_communicated", "waiting"},
	{"5e: nor where that is not known", LATE, "0:received 30:33?", "referral 0-400 open", "communication_unknown", "waiting"},
	{"5e: not communicated, then seen and treated", LATE, "0:received 30:33- 50:10 80:30", "referral 0-80 treatment", "not_communicated", "treated"},
	{"5e: missed without communication, then with", LATE, "0:received 30:33- 50:33+", "referral 0-50 missed_first*", "not_communicated", "missed_first"},
	{"5f: a later appointment missed", LATE, "0:received 30:10 60:33+", "referral 0-400 open", "not_first_missed", "waiting"},
	{"5f: missed and discharged", LATE, "0:received 30:10 60:33+ 61:34", "referral 0-61 not_treated", "not_first_missed", "ended"},
	{"5f: missed after activity 20", LATE, "0:received 30:20 60:33+", "referral 0-400 open", "not_first_missed", "waiting"},
	{"5e: the first after monitoring is not the first of the referral", LATE, "0:received 20:32 60:11 80:33+", "referral 0-20 active_monitoring_clinician; active_monitoring_end 60-400 open", "not_first_missed", "waiting"},
	{"5e: missed before anything", LATE, "30:33+", "", "stop_without_clock", "no_clock"},
	{"5e: missed before the receipt", LATE, "30:33+ 40:received", "referral 40-400 open", "stop_before_start", "waiting"},
	{"5e: missed after treatment", LATE, "0:received 10:30 30:33+", "referral 0-10 treatment", "stop_without_clock", "treated"},
	{"5e: nullified on the day of receipt", LATE, "0:received 0:33+", "referral 0-0 missed_first*", "", "missed_first"},
	{"5e: treated after it was nullified", LATE, "0:received 30:33+ 60:30", "referral 0-30 missed_first*", "stop_without_clock", "missed_first"},

	/* Code 12: consultant to consultant for a separate condition. */
	{"12: on a pathway of its own", LATE, "0:consultant_referred 30:12 80:30", "consultant_referral 0-80 treatment", "", "treated"},
	{"12: the receipt starts it", LATE, "0:received 30:12 80:30", "consultant_referral 0-80 treatment", "", "treated"},
	{"12: without a receipt", LATE, "30:12 80:30", "consultant_referral 30-80 treatment", "start_assumed", "treated"},
	{"12: on the pathway of another condition", LATE, "0:received 20:10 30:12", "referral 0-400 open", "two_open_clocks", "waiting"},
	{"12: the referral while a clock runs", LATE, "0:received 20:10 30:consultant_referred", "referral 0-400 open", "two_open_clocks", "waiting"},
	{"12: after treatment of the first condition", LATE, "0:received 20:30 30:consultant_referred 50:12", "referral 0-20 treatment; consultant_referral 30-400 open", "", "waiting"},
	{"12: twice", LATE, "0:consultant_referred 30:12 50:12", "consultant_referral 0-400 open", "two_open_clocks", "waiting"},

	/* Codes 20 and 21: activity and transfer. */
	{"20: activity before anything", LATE, "20:20", "", "activity_without_clock", "no_clock"},
	{"20: activity before the receipt", LATE, "20:20 30:received", "referral 30-400 open", "activity_without_clock", "waiting"},
	{"21: the clock goes with the patient", LATE, "0:received 20:10 40:21 90:30", "referral 0-90 treatment t", "", "treated"},
	{"21: receipt at the other provider", LATE, "0:received 40:21 45:received 90:30", "referral 0-90 treatment t", "", "treated"},
	{"21: first activity at the other provider", LATE, "0:received 40:21 45:received 60:10", "referral 0-400 open t", "start_repeated", "waiting"},
	{"21: from an interface service", LATE, "0:interface 20:21 25:received 90:30", "interface 0-90 treatment i t", "", "treated"},
	{"21: after treatment", LATE, "0:received 20:30 40:21", "referral 0-20 treatment", "activity_after_stop", "treated"},
	{"21: before anything", LATE, "40:21", "", "activity_without_clock", "no_clock"},

	/* Codes 92, 98 and 99. */
	{"92: diagnostics before the referral", LATE, "0:92 20:received", "referral 20-400 open", "", "waiting"},
	{"92: alone", LATE, "0:92", "", "", "no_clock"},
	{"92: while the clock runs", LATE, "0:received 20:92", "referral 0-400 open", "before_referral_while_waiting", "waiting"},
	{"92: before another referral", LATE, "0:received 20:30 40:92 60:received", "referral 0-20 treatment; re_referral 60-400 open", "", "waiting"},
	{"98: not part of the rules", LATE, "0:98 20:98", "", "", "no_clock"},
	{"98: in the middle", LATE, "0:received 20:98 40:30", "referral 0-40 treatment", "", "treated"},
	{"99: not yet known", LATE, "0:received 20:99 40:30", "referral 0-40 treatment", "not_yet_known", "treated"},
	{"99: alone", LATE, "20:99", "", "not_yet_known", "no_clock"},

	/* Pauses, until 30 September 2015; day 200 is 1 October 2015. */
	{"pauses: left out of the adjusted wait", EARLY, "0:received 50:paused 80:resumed 130:30", "referral 0-130 treatment (100)", "", "treated"},
	{"pauses: two of them", EARLY, "0:received 50:paused 60:resumed 70:paused 75:resumed 130:30", "referral 0-130 treatment (115)", "", "treated"},
	{"pauses: ended by treatment", EARLY, "0:received 50:paused 130:30", "referral 0-130 treatment (50)", "", "treated"},
	{"pauses: no adjustment for clocks that stop from October 2015", EARLY, "0:received 50:paused 80:resumed 200:30", "referral 0-200 treatment", "", "treated"},
	{"pauses: the last day for adjustment", EARLY, "0:received 50:paused 80:resumed 199:30", "referral 0-199 treatment (169)", "", "treated"},
	{"pauses: none for open clocks", EARLY, "0:received 50:paused 80:resumed", "referral 0-400 open", "", "waiting"},
	{"pauses: abolished", LATE, "0:received 50:paused 80:resumed 130:30", "referral 0-130 treatment", "pause_abolished pause_abolished", "treated"},
	{"pauses: abolished on the first day", EARLY, "0:received 200:paused 230:30", "referral 0-230 treatment", "pause_abolished", "treated"},
	{"pauses: across the change", EARLY, "0:received 190:paused 210:resumed 230:30", "referral 0-230 treatment", "", "treated"},
	{"pauses: without a clock", EARLY, "50:paused 80:resumed", "", "pause_without_clock pause_without_clock", "no_clock"},
	{"pauses: a pause in a pause", EARLY, "0:received 50:paused 60:paused 80:resumed 130:30", "referral 0-130 treatment (100)", "pause_without_clock", "treated"},
	{"pauses: an end without a pause", EARLY, "0:received 60:resumed 130:30", "referral 0-130 treatment", "pause_without_clock", "treated"},
	{"pauses: not carried into the next clock", EARLY, "0:received 20:paused 40:30 60:received 100:30", "referral 0-40 treatment (20); re_referral 60-100 treatment", "", "treated"},

	/* Data: times, codes, order, ties. */
	{"data: no events that can be used", LATE, "?:30", "", "no_time", "no_clock"},
	{"data: an event without a time", LATE, "0:received ?:30", "referral 0-400 open", "no_time", "waiting"},
	{"data: an event in the future", LATE, "0:received 401:30", "referral 0-400 open", "in_future", "waiting"},
	{"data: the day as at is not the future", LATE, "0:received 400:30", "referral 0-400 treatment", "", "treated"},
	{"data: a receipt in the future", LATE, "20:30 450:received", "", "stop_without_clock in_future", "no_clock"},
	{"data: neither code nor kind", LATE, "0:received 20:none", "referral 0-400 open", "no_code", "waiting"},
	{"data: an unknown code", LATE, "0:received 20:37 40:30", "referral 0-40 treatment", "unknown_code", "treated"},
	{"data: an unknown code with a kind", LATE, "0:received=13 40:30", "referral 0-40 treatment", "unknown_code", "treated"},
	{"data: a kind without meaning", LATE, "0:received 20:other 40:30", "referral 0-40 treatment", "", "treated"},
	{"data: recorded late", LATE, "0:received 60:30 40:10", "referral 0-60 treatment", "out_of_order", "treated"},
	{"data: the same event twice", LATE, "0:received 20:10 60:30 60:30", "referral 0-60 treatment", "repeated", "treated"},
	{"data: the same receipt twice", LATE, "0:received 0:received 60:30", "referral 0-60 treatment", "repeated", "treated"},
	{"data: hours of a day order events", LATE, "0:received 20.2:30 20.1:10", "referral 0-20 treatment", "out_of_order", "treated"},
	{"data: a stop in the morning, a start at night", LATE, "0.1:30 0.20:received", "referral 0-400 open", "stop_before_start", "waiting"},
	{"data: at one moment a receipt comes first", LATE, "0:30 0:received", "referral 0-0 treatment", "out_of_order", "treated"},
	{"data: at one moment 10 comes before 20", LATE, "0:received 5:20 5:10", "referral 0-400 open", "out_of_order", "waiting"},
	{"data: at one moment 20 comes before 30", LATE, "0:received 5:30 5:20", "referral 0-5 treatment", "out_of_order", "treated"},
};

/* ---- reading a case ---- */

static void
read_what(CgRttEvent *event, const char *what)
{
	char		word[64];
	char	   *code;

	strcpy(word, what);
	event->communicated = 1;
	event->kind = CG_RTT_NO_KIND;
	event->code = CG_RTT_NO_CODE;
	if (word[0] >= '0' && word[0] <= '9')
		code = word;
	else
	{
		code = strchr(word, '=');
		if (code != NULL)
			*code++ = '\0';
		if (strcmp(word, "none") != 0)
			event->kind = cg_rtt_kind(word, strlen(word));
	}
	if (code == NULL)
		return;
	if (strlen(code) == 3)
	{
		event->communicated = code[2] == '+' ? 1 : code[2] == '-' ? 0 : -1;
		code[2] = '\0';
	}
	event->code = cg_rtt_code(code, strlen(code));
}

static size_t
read_events(const Case *test, CgRttEvent *events)
{
	char		text[512];
	size_t		n = 0;

	strcpy(text, test->events);
	for (char *token = strtok(text, " "); token != NULL; token = strtok(NULL, " "))
	{
		CgRttEvent *event = &events[n++];
		char	   *what = strchr(token, ':');
		double		hour = 0;

		memset(event, 0, sizeof(CgRttEvent));
		*what++ = '\0';
		if (strchr(token, '.') != NULL)
			hour = atof(strchr(token, '.') + 1);
		event->day = token[0] == '?' ? CG_RTT_NO_DAY : test->base + atoi(token);
		event->at = token[0] == '?' ? INT64_MAX : (int64_t) event->day * 24 + (int64_t) hour;
		event->sequence = (uint32_t) n;
		read_what(event, what);
	}
	return n;
}

static void
write_clocks(const Case *test, const CgRttClock *clocks, size_t n, char *text)
{
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
	{
		const CgRttClock *clock = &clocks[i];
		bool		is_open = clock->state == CG_RTT_OPEN;

		text += sprintf(text, "%s%s %d-%d %s%s", i > 0 ? "; " : "", cg_rtt_rule_name((CgRttRule) clock->start),
						clock->started_on - test->base,
						is_open ? clock->started_on - test->base + clock->days : clock->stopped_on - test->base,
						is_open ? "open" : cg_rtt_rule_name((CgRttRule) clock->stop),
						clock->state == CG_RTT_NULLIFIED ? "*" : "");
		if (clock->adjusted_days != clock->days)
			text += sprintf(text, " (%d)", clock->adjusted_days);
		text += sprintf(text, "%s%s", clock->is_interface ? " i" : "", clock->is_transferred ? " t" : "");
	}
}

static void
write_findings(const CgRttStep *steps, size_t n, char *text)
{
	char	   *end = text;

	*end = '\0';
	for (size_t i = 0; i < n; i++)
	{
		if (steps[i].rule >= CG_RTT_FINDINGS)
			end += sprintf(end, "%s%s", end > text ? " " : "", cg_rtt_rule_name((CgRttRule) steps[i].rule));
	}
}

static void
test_cases(void)
{
	for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
	{
		const Case *test = &cases[c];
		CgRttEvent	events[MOST];
		CgRttClock	clocks[MOST];
		CgRttStep	steps[4 * MOST];
		size_t		step_count;
		CgRttPathway pathway;
		CgRttOptions options = {test->base + 400, NO_PAUSES_FROM};
		size_t		n = read_events(test, events);
		size_t		found;
		char		got_clocks[1024];
		char		got_findings[1024];
		bool		passed;

		cg_rtt_sort(events, n, NULL);
		found = cg_rtt_run(&options, events, n, clocks, steps, &step_count, &pathway);
		write_clocks(test, clocks, found, got_clocks);
		write_findings(steps, step_count, got_findings);
		passed = strcmp(got_clocks, test->clocks) == 0 && strcmp(got_findings, test->findings) == 0 &&
			strcmp(cg_rtt_state_name(pathway.state), test->state) == 0;
		ok(passed, test->rule);
		if (!passed)
			printf("# %s\n# clocks   %s\n# wanted   %s\n# findings %s\n# wanted   %s\n# state    %s, wanted %s\n",
				   test->events, got_clocks, test->clocks, got_findings, test->findings,
				   cg_rtt_state_name(pathway.state), test->state);
	}
}

/* ---- properties ---- */

static uint32_t seed = 20151001;

static uint32_t
pick(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t) (((uint64_t) (seed >> 4) * below) >> 28);
}

static const uint8_t all_codes[] = {
	10, 11, 12, 20, 21, 30, 31, 32, 33, 34, 35, 36, 90, 91, 92, 98, 99, CG_RTT_NO_CODE, CG_RTT_UNKNOWN_CODE
};

static size_t
random_pathway(CgRttEvent *events)
{
	size_t		n = pick(16);

	for (size_t i = 0; i < n; i++)
	{
		memset(&events[i], 0, sizeof(CgRttEvent));
		events[i].day = EARLY + (int32_t) pick(420);
		events[i].at = (int64_t) events[i].day * 24 + pick(3);
		events[i].code = all_codes[pick(sizeof all_codes)];
		events[i].kind = (uint8_t) (pick(2) == 0 ? CG_RTT_NO_KIND : pick(CG_RTT_KINDS));
		events[i].communicated = (int8_t) pick(3) - 1;
		events[i].sequence = (uint32_t) i + 1;
		if (pick(50) == 0)
		{
			events[i].day = CG_RTT_NO_DAY;
			events[i].at = INT64_MAX;
		}
	}
	return n;
}

static bool
clocks_hold(const CgRttClock *clocks, size_t n, const CgRttEvent *events, size_t event_count, int32_t as_at)
{
	bool		hold = true;

	for (size_t i = 0; i < n; i++)
	{
		const CgRttClock *clock = &clocks[i];
		int32_t		last = clock->state == CG_RTT_OPEN ? as_at : clock->stopped_on;

		hold &= clock->start < CG_RTT_STARTS && clock->days == last - clock->started_on && clock->days >= 0;
		hold &= clock->adjusted_days >= 0 && clock->adjusted_days <= clock->days;
		hold &= clock->start_event >= 1 && clock->start_event <= event_count;
		hold &= events[clock->start_event - 1].day == clock->started_on;
		if (clock->state == CG_RTT_OPEN)
			hold &= i == n - 1 && clock->stop_event == 0 && clock->stopped_on == CG_RTT_NO_DAY;
		else
			hold &= clock->stop >= CG_RTT_STARTS && clock->stop < CG_RTT_AWAITS_RATIFICATION &&
				clock->stop_event >= clock->start_event && events[clock->stop_event - 1].day == clock->stopped_on;
		if (i > 0)
			hold &= clocks[i - 1].stopped_on <= clock->started_on && clocks[i - 1].stop_event <= clock->start_event;
	}
	return hold;
}

/* Every event is told of at least once; findings are those of the pathway. */
static bool
steps_hold(const CgRttStep *steps, size_t n, size_t event_count, const CgRttPathway *pathway)
{
	bool		told[MOST] = {false};
	uint32_t	findings = 0;
	uint32_t	count = 0;
	bool		hold = n <= CG_RTT_MOST_STEPS(event_count);

	for (size_t i = 0; i < n; i++)
	{
		told[steps[i].event] = true;
		hold &= i == 0 || steps[i].event >= steps[i - 1].event;
		if (steps[i].rule >= CG_RTT_FINDINGS)
		{
			findings |= CG_RTT_FINDING_BIT(steps[i].rule);
			count++;
		}
	}
	for (size_t i = 0; i < event_count; i++)
		hold &= told[i];
	return hold && findings == pathway->findings && count == pathway->finding_count;
}

static void
test_properties(void)
{
	bool		clocks_right = true;
	bool		steps_right = true;
	bool		order_right = true;
	bool		quiet_right = true;
	bool		later_right = true;

	for (int round = 0; round < 200000; round++)
	{
		CgRttEvent	events[MOST];
		CgRttEvent	shuffled[MOST];
		CgRttClock	clocks[MOST];
		CgRttClock	again[MOST];
		CgRttStep	steps[4 * MOST];
		CgRttPathway pathway;
		CgRttPathway other;
		CgRttOptions options = {EARLY + 400, NO_PAUSES_FROM};
		size_t		n = random_pathway(events);
		size_t		step_count;
		size_t		found;

		memcpy(shuffled, events, sizeof events);
		for (size_t i = n; i > 1; i--)
		{
			size_t		j = pick((uint32_t) i);
			CgRttEvent	swap = shuffled[i - 1];

			shuffled[i - 1] = shuffled[j];
			shuffled[j] = swap;
		}
		cg_rtt_sort(events, n, NULL);
		cg_rtt_sort(shuffled, n, NULL);
		found = cg_rtt_run(&options, events, n, clocks, steps, &step_count, &pathway);
		clocks_right &= found == pathway.clocks && found <= n &&
			clocks_hold(clocks, found, events, n, options.as_at);
		steps_right &= steps_hold(steps, step_count, n, &pathway);
		memset(again, 0, sizeof again);
		quiet_right &= cg_rtt_run(&options, events, n, again, NULL, NULL, &other) == found &&
			memcmp(again, clocks, found * sizeof(CgRttClock)) == 0;
		order_right &= cg_rtt_run(&options, shuffled, n, again, NULL, NULL, &other) == found &&
			memcmp(again, clocks, found * sizeof(CgRttClock)) == 0 && other.state == pathway.state;

		/* What has stopped by a day does not change when looked at later. */
		options.as_at += 30;
		for (size_t i = 0; i < cg_rtt_run(&options, events, n, again, NULL, NULL, &other) && i < found; i++)
		{
			if (clocks[i].state != CG_RTT_OPEN)
				later_right &= again[i].started_on == clocks[i].started_on && again[i].stopped_on == clocks[i].stopped_on &&
					again[i].days == clocks[i].days && again[i].state == clocks[i].state;
		}
	}
	ok(clocks_right, "clocks never overlap, never run backwards, and only the last is open");
	ok(steps_right, "every event is told of, and the findings are those of the steps");
	ok(quiet_right, "without steps the clocks are the same");
	ok(order_right, "the order in which events are given makes no difference");
	ok(later_right, "a clock that has stopped stays as it is when more events are seen");
}

static void
test_sort(void)
{
	bool		sorted = true;

	for (int round = 0; round < 200; round++)
	{
		size_t		n = pick(3000);
		CgRttEvent *events = calloc(n + 1, sizeof(CgRttEvent));
		CgRttEvent *work = calloc(n / 2 + 1, sizeof(CgRttEvent));

		for (size_t i = 0; i < n; i++)
		{
			events[i].at = pick(500);
			events[i].day = (int32_t) events[i].at;
			events[i].code = all_codes[pick(sizeof all_codes)];
			events[i].sequence = (uint32_t) i + 1;
		}
		cg_rtt_sort(events, n, work);
		for (size_t i = 1; i < n; i++)
		{
			sorted &= events[i - 1].at <= events[i].at && events[i].ordinal == i + 1;
			if (events[i - 1].at == events[i].at && events[i - 1].code == events[i].code)
				sorted &= events[i - 1].sequence < events[i].sequence;
		}
		free(events);
		free(work);
	}
	ok(sorted, "long pathways are sorted, and as recorded where all else is equal");
}

/* The national return's bands, and the words of every rule. */
static void
test_words_and_bands(void)
{
	bool		words = true;
	bool		bands = true;

	for (int rule = 0; rule < CG_RTT_RULES; rule++)
	{
		words &= cg_rtt_rule_name((CgRttRule) rule) != NULL && cg_rtt_rule_source((CgRttRule) rule) != NULL &&
			strlen(cg_rtt_rule_words((CgRttRule) rule)) > 10;
		for (int other = 0; other < rule; other++)
			words &= strcmp(cg_rtt_rule_name((CgRttRule) rule), cg_rtt_rule_name((CgRttRule) other)) != 0;
	}
	ok(words && CG_RTT_RULES - CG_RTT_FINDINGS <= 31, "every rule has a name of its own, a source and words");
	for (int32_t days = 0; days < 1000; days++)
	{
		int			band = 1;

		while (band < 105 && days > band * 7)
			band++;
		bands &= cg_rtt_week_band(days) == band;
	}
	ok(bands && cg_rtt_week_band(7) == 1 && cg_rtt_week_band(126) == 18 && cg_rtt_week_band(127) == 19 &&
	   cg_rtt_week_band(728) == 104 && cg_rtt_week_band(729) == 105, "bands of weeks");
	ok(cg_rtt_code("10", 2) == 10 && cg_rtt_code("99", 2) == 99 && cg_rtt_code("13", 2) == CG_RTT_UNKNOWN_CODE &&
	   cg_rtt_code("1", 1) == CG_RTT_UNKNOWN_CODE && cg_rtt_code("030", 3) == CG_RTT_UNKNOWN_CODE &&
	   cg_rtt_code("", 0) == CG_RTT_UNKNOWN_CODE && cg_rtt_code("3a", 2) == CG_RTT_UNKNOWN_CODE, "codes of texts");
	ok(cg_rtt_kind("received", 8) == CG_RTT_RECEIVED && cg_rtt_kind("receive", 7) == CG_RTT_OTHER_KIND &&
	   cg_rtt_kind("second_side_ready", 17) == CG_RTT_SECOND_SIDE && cg_rtt_kind("", 0) == CG_RTT_OTHER_KIND, "kinds of texts");
}

int
main(void)
{
	printf("# %zu pathways written from the rules\n", sizeof cases / sizeof cases[0]);
	test_cases();
	test_properties();
	test_sort();
	test_words_and_bands();
	printf("1..%d\n", tests);
	return failures > 0;
}
