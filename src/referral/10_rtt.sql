-- Referral-to-treatment clocks: words, types and aggregates.

CREATE TYPE rtt_clock AS (
	clock integer,
	started_on date,
	stopped_on date,
	breach_on date,
	start_event integer,
	stop_event integer,
	days integer,
	adjusted_days integer,
	week_band integer,
	weeks double precision,
	findings integer,
	is_breach boolean,
	is_over_52_weeks boolean,
	is_over_65_weeks boolean,
	is_over_78_weeks boolean,
	is_over_104_weeks boolean,
	is_interface boolean,
	is_transferred boolean,
	state text,
	start_reason text,
	stop_reason text
);

COMMENT ON TYPE rtt_clock IS
'A referral-to-treatment clock of a pathway. Fields of fixed length come first, so that a row is cheap.';
COMMENT ON COLUMN rtt_clock.clock IS 'Number of the clock in its pathway, from 1, in the order of time.';
COMMENT ON COLUMN rtt_clock.started_on IS 'Day on which it started: day 0.';
COMMENT ON COLUMN rtt_clock.stopped_on IS 'Day on which it stopped or was nullified; NULL while it runs.';
COMMENT ON COLUMN rtt_clock.breach_on IS 'First day on which it is longer than the limit, had it not stopped.';
COMMENT ON COLUMN rtt_clock.start_event IS 'Ordinal of the event that started it, in the order of time; 0 is the receipt given in the column received_at.';
COMMENT ON COLUMN rtt_clock.stop_event IS 'Ordinal of the event that stopped it; NULL while it runs.';
COMMENT ON COLUMN rtt_clock.days IS 'Days from the start to the stop, or to the day as at.';
COMMENT ON COLUMN rtt_clock.adjusted_days IS 'The same less pauses before 1 October 2015, for clocks that stopped before that day; else days.';
COMMENT ON COLUMN rtt_clock.week_band IS 'Band of the national return: 1 for 0 to 7 days, 18 for 120 to 126, 104 for 722 to 728, 105 for more.';
COMMENT ON COLUMN rtt_clock.weeks IS 'days / 7: 126 days are 18 weeks.';
COMMENT ON COLUMN rtt_clock.findings IS 'Data-quality findings while it ran, as bits; rtt_findings() names them.';
COMMENT ON COLUMN rtt_clock.is_breach IS 'Whether it is longer than the limit (126 days unless said otherwise). False where nullified.';
COMMENT ON COLUMN rtt_clock.is_over_52_weeks IS 'Whether it is longer than 364 days. False where nullified.';
COMMENT ON COLUMN rtt_clock.is_over_65_weeks IS 'Whether it is longer than 455 days. False where nullified.';
COMMENT ON COLUMN rtt_clock.is_over_78_weeks IS 'Whether it is longer than 546 days. False where nullified.';
COMMENT ON COLUMN rtt_clock.is_over_104_weeks IS 'Whether it is longer than 728 days. False where nullified.';
COMMENT ON COLUMN rtt_clock.is_interface IS 'Whether an interface service received the referral first.';
COMMENT ON COLUMN rtt_clock.is_transferred IS 'Whether another provider took the pathway over while it ran (21).';
COMMENT ON COLUMN rtt_clock.state IS 'open, stopped or nullified; a nullified clock is not counted.';
COMMENT ON COLUMN rtt_clock.start_reason IS 'Why it started: one of the rules of kind start in rtt_rules().';
COMMENT ON COLUMN rtt_clock.stop_reason IS 'Why it stopped: one of the rules of kind stop; NULL while it runs.';

CREATE TYPE rtt_pathway_state AS (
	state text,
	since date,
	waiting_since date,
	waiting_days integer,
	events integer,
	clocks integer,
	nullified integer,
	findings integer,
	finding_count integer
);

COMMENT ON TYPE rtt_pathway_state IS
'Where a pathway stands under the referral-to-treatment rules.';
COMMENT ON COLUMN rtt_pathway_state.state IS 'no_clock, waiting, active_monitoring, treated, ended (decided against or declined), missed_first (nullified) or died.';
COMMENT ON COLUMN rtt_pathway_state.since IS 'Day since which it is so; NULL for no_clock.';
COMMENT ON COLUMN rtt_pathway_state.waiting_since IS 'Start of the clock that runs; NULL unless waiting.';
COMMENT ON COLUMN rtt_pathway_state.waiting_days IS 'Days waited by the day as at; NULL unless waiting.';
COMMENT ON COLUMN rtt_pathway_state.events IS 'Number of events, whether they could be used or not.';
COMMENT ON COLUMN rtt_pathway_state.clocks IS 'Number of clocks, nullified ones with them.';
COMMENT ON COLUMN rtt_pathway_state.nullified IS 'Number of nullified clocks.';
COMMENT ON COLUMN rtt_pathway_state.findings IS 'Data-quality findings, as bits; rtt_findings() names them.';
COMMENT ON COLUMN rtt_pathway_state.finding_count IS 'Number of findings; an event may have several.';

CREATE FUNCTION rtt_rules(OUT rule text, OUT kind text, OUT mask integer, OUT source text, OUT explanation text)
RETURNS SETOF record
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@ ROWS 60
AS 'MODULE_PATHNAME', 'cg_rtt_rules';

COMMENT ON FUNCTION rtt_rules() IS
'The rules of the clock engine: name, kind (start, stop, event or finding), the mask of a finding, where the rule stands (rule numbers are those of the Referral to treatment consultant-led waiting times rules suite, October 2022; codes those of the NHS Data Dictionary''s REFERRAL TO TREATMENT PERIOD STATUS; data is a fault of the data), and a sentence.';

CREATE FUNCTION rtt_findings(findings integer) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_rtt_findings';

COMMENT ON FUNCTION rtt_findings(integer) IS
'Names of the findings in a mask, in the order of their bits; an empty array for none. NULL gives NULL.';

CREATE FUNCTION rtt_add(bytea, timestamptz, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_rtt_add_at';

COMMENT ON FUNCTION rtt_add(bytea, timestamptz, text) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_add(bytea, timestamptz, text, text, boolean) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_rtt_add_at';

COMMENT ON FUNCTION rtt_add(bytea, timestamptz, text, text, boolean) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_add(bytea, timestamptz, text, text, boolean, date) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_rtt_add_at';

COMMENT ON FUNCTION rtt_add(bytea, timestamptz, text, text, boolean, date) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_add(bytea, timestamptz, text, text, boolean, date, integer, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_rtt_add_at';

COMMENT ON FUNCTION rtt_add(bytea, timestamptz, text, text, boolean, date, integer, text) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_add(bytea, date, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_rtt_add_on';

COMMENT ON FUNCTION rtt_add(bytea, date, text) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_add(bytea, date, text, text, boolean) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_rtt_add_on';

COMMENT ON FUNCTION rtt_add(bytea, date, text, text, boolean) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_add(bytea, date, text, text, boolean, date) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_rtt_add_on';

COMMENT ON FUNCTION rtt_add(bytea, date, text, text, boolean, date) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_add(bytea, date, text, text, boolean, date, integer) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_rtt_add_on';

COMMENT ON FUNCTION rtt_add(bytea, date, text, text, boolean, date, integer) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_rtt_combine';

COMMENT ON FUNCTION rtt_combine(bytea, bytea) IS
'For rtt_clocks() and rtt_pathway(): puts the events of two states together. A NULL is a state without events; a damaged state is error 22P03.';

CREATE FUNCTION rtt_clocks_final(bytea) RETURNS rtt_clock[]
LANGUAGE c STABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_rtt_clocks_final';

COMMENT ON FUNCTION rtt_clocks_final(bytea) IS
'For rtt_clocks(): the result. NULL, which stands for no events, gives NULL; a damaged state is error 22P03.';

CREATE FUNCTION rtt_pathway_final(bytea) RETURNS rtt_pathway_state
LANGUAGE c STABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_rtt_pathway_final';

COMMENT ON FUNCTION rtt_pathway_final(bytea) IS
'For rtt_pathway(): the result. NULL, which stands for no events, gives NULL; a damaged state is error 22P03.';

CREATE AGGREGATE rtt_clocks(event_at timestamptz, status_code text) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(timestamptz, text) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. Days are those of Europe/London. Only codes: every appointment is taken to have been communicated, and the day as at is today. No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_clocks(event_at timestamptz, status_code text, kind text, communicated boolean) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(timestamptz, text, text, boolean) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. Days are those of Europe/London. kind is what an event is besides its code (received, interface, self_referred, ratified, consultant_referred, rebooked, decision, new_treatment, second_side_ready, paused, resumed; others have no effect); communicated is whether a missed appointment had been (NULL: not known). The day as at is today. No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_clocks(event_at timestamptz, status_code text, kind text, communicated boolean, as_at date) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(timestamptz, text, text, boolean, date) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. Days are those of Europe/London. kind is what an event is besides its code (received, interface, self_referred, ratified, consultant_referred, rebooked, decision, new_treatment, second_side_ready, paused, resumed; others have no effect); communicated is whether a missed appointment had been (NULL: not known). as_at is the day to which open clocks are counted and after which events are in the future (NULL: today); of these the first row counts for the group. No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_clocks(event_at timestamptz, status_code text, kind text, communicated boolean, as_at date, limit_weeks integer, time_zone text) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(timestamptz, text, text, boolean, date, integer, text) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. Days are those of Europe/London. kind is what an event is besides its code (received, interface, self_referred, ratified, consultant_referred, rebooked, decision, new_treatment, second_side_ready, paused, resumed; others have no effect); communicated is whether a missed appointment had been (NULL: not known). as_at is the day to which open clocks are counted and after which events are in the future (NULL: today); limit_weeks is the limit that is breached after it (1 to 520, NULL: 18, else error 22023); of these the first row counts for the group. time_zone is where the day of the row''s event is a day (NULL: Europe/London; an unknown one is error 22023). No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_clocks(event_on date, status_code text) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(date, text) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. The events have days and no times. Only codes: every appointment is taken to have been communicated, and the day as at is today. No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_clocks(event_on date, status_code text, kind text, communicated boolean) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(date, text, text, boolean) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. The events have days and no times. kind is what an event is besides its code (received, interface, self_referred, ratified, consultant_referred, rebooked, decision, new_treatment, second_side_ready, paused, resumed; others have no effect); communicated is whether a missed appointment had been (NULL: not known). The day as at is today. No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_clocks(event_on date, status_code text, kind text, communicated boolean, as_at date) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(date, text, text, boolean, date) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. The events have days and no times. kind is what an event is besides its code (received, interface, self_referred, ratified, consultant_referred, rebooked, decision, new_treatment, second_side_ready, paused, resumed; others have no effect); communicated is whether a missed appointment had been (NULL: not known). as_at is the day to which open clocks are counted and after which events are in the future (NULL: today); of these the first row counts for the group. No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_clocks(event_on date, status_code text, kind text, communicated boolean, as_at date, limit_weeks integer) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(date, text, text, boolean, date, integer) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. The events have days and no times. kind is what an event is besides its code (received, interface, self_referred, ratified, consultant_referred, rebooked, decision, new_treatment, second_side_ready, paused, resumed; others have no effect); communicated is whether a missed appointment had been (NULL: not known). as_at is the day to which open clocks are counted and after which events are in the future (NULL: today); limit_weeks is the limit that is breached after it (1 to 520, NULL: 18, else error 22023); of these the first row counts for the group. No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_pathway(event_at timestamptz, status_code text, kind text, communicated boolean, as_at date) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_pathway_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_pathway(timestamptz, text, text, boolean, date) IS
'Where a pathway stands on the day as at (NULL: today): the state, since when, and the clock that runs. Arguments and rules are those of rtt_clocks(). No rows give NULL.';

CREATE AGGREGATE rtt_pathway(event_on date, status_code text, kind text, communicated boolean, as_at date) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_pathway_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_pathway(date, text, text, boolean, date) IS
'Where a pathway stands on the day as at (NULL: today): the state, since when, and the clock that runs. Arguments and rules are those of rtt_clocks(). No rows give NULL.';
