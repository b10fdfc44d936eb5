-- The icons of a series as an aggregate, and what board reports read.

CREATE TYPE spc_options AS (
	chart text,
	fix_after integer,
	screen boolean,
	rule_set text,
	two_of_three text,
	run_length integer,
	trend_length integer,
	trend_ties boolean,
	sigma double precision,
	per double precision
);

COMMENT ON TYPE spc_options IS
'Options of a control chart in one value, for aggregates, which take no named arguments: made by the function spc_options. NULL in a field stands for the default.';
COMMENT ON COLUMN spc_options.chart IS 'Kind of chart, as in spc_chart; xmr by default.';
COMMENT ON COLUMN spc_options.fix_after IS 'Rows of each phase that set its limits; NULL: all.';
COMMENT ON COLUMN spc_options.screen IS 'Leave wild moving ranges out of their average; true by default.';
COMMENT ON COLUMN spc_options.rule_set IS 'nhs (default), western_electric, anhoej or shewhart.';
COMMENT ON COLUMN spc_options.two_of_three IS 'beyond_two_sigma (default) or near_limit.';
COMMENT ON COLUMN spc_options.run_length IS 'Points of a run, 5 to 12; 7 by default, 8 for western_electric.';
COMMENT ON COLUMN spc_options.trend_length IS 'Points of a trend, 5 to 12; 7 by default.';
COMMENT ON COLUMN spc_options.trend_ties IS 'Equal neighbours neither end nor lengthen a trend; false by default.';
COMMENT ON COLUMN spc_options.sigma IS 'Where the limits lie, in sigmas; 3 by default.';
COMMENT ON COLUMN spc_options.per IS 'Results are multiplied by this; 1 by default.';

CREATE FUNCTION spc_options(chart text DEFAULT 'xmr', fix_after integer DEFAULT NULL,
						screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, per double precision DEFAULT 1)
RETURNS spc_options
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST @trivial@
RETURN ROW(chart, fix_after, screen, rule_set, two_of_three, run_length, trend_length, trend_ties, sigma, per)::spc_options;

COMMENT ON FUNCTION spc_options(text, integer, boolean, text, text, integer, integer, boolean, double precision, double precision) IS
'Options of a control chart in one value, for spc_summary. They mean what they mean for spc_xmr, and are checked where they are used. NULL stands for the default of the option.';

CREATE TYPE spc_icons AS (
	points integer,
	special_points integer,
	phases integer,
	phase_points integer,
	value double precision,
	centre double precision,
	lower double precision,
	upper double precision,
	rules integer,
	rule text,
	variation text,
	target double precision,
	meets_target boolean,
	assurance text,
	capability double precision,
	target_chance double precision,
	autocorrelation double precision,
	is_short_phase boolean,
	chance double precision
);

COMMENT ON TYPE spc_icons IS
'What a board reads of a series: the state of its last point and what to expect, as the aggregate spc_summary gives it. Without any value points and special_points are 0 and all else is NULL.';
COMMENT ON COLUMN spc_icons.points IS 'Points with a value that are no ghosts.';
COMMENT ON COLUMN spc_icons.special_points IS 'Points at which a rule fires.';
COMMENT ON COLUMN spc_icons.phases IS 'Phases of the series.';
COMMENT ON COLUMN spc_icons.phase_points IS 'Points of the phase of the last point.';
COMMENT ON COLUMN spc_icons.value IS 'The last value that is neither NULL nor a ghost, in its own unit.';
COMMENT ON COLUMN spc_icons.centre IS 'Centre line at the last point.';
COMMENT ON COLUMN spc_icons.lower IS 'Lower limit at the last point; NULL as in spc_point.';
COMMENT ON COLUMN spc_icons.upper IS 'Upper limit at the last point; NULL as in spc_point.';
COMMENT ON COLUMN spc_icons.rules IS 'Mask of all rules that fire at the last point; see spc_rules.';
COMMENT ON COLUMN spc_icons.rule IS 'The rule to show, as spc_rule gives it.';
COMMENT ON COLUMN spc_icons.variation IS 'The variation icon: common_cause, special_cause_improvement, special_cause_concern, special_cause_neutral_high, special_cause_neutral_low, or special_cause_pattern where only a rule of the whole phase fires (rule set anhoej). Source: Making Data Count.';
COMMENT ON COLUMN spc_icons.target IS 'The target at the last point; NULL without one.';
COMMENT ON COLUMN spc_icons.meets_target IS 'The last value is at the target or on its better side; NULL without a target or direction.';
COMMENT ON COLUMN spc_icons.assurance IS 'The assurance icon: consistent_pass, inconsistent, consistent_fail; NULL without a target, direction or limits. Source: Making Data Count.';
COMMENT ON COLUMN spc_icons.capability IS 'Distance from the centre to the target over that from the centre to a limit, positive on the better side: 1 or more is consistent_pass, -1 or less consistent_fail. Charts XmR, I, I′ and Xbar; NULL on others, without target, direction or spread.';
COMMENT ON COLUMN spc_icons.target_chance IS 'Chance, from 0 to 1, that one value meets the target if the process goes on as it is and is normal about its centre; of little use while special causes act. NULL where capability is, except that a process without spread gives 0 or 1.';
COMMENT ON COLUMN spc_icons.autocorrelation IS 'Lag-1 autocorrelation of the deviations from the centre line; above about 0.3 the rules fire too often. NULL where fewer than 3 values or no spread.';
COMMENT ON COLUMN spc_icons.is_short_phase IS 'The phase of the last point has fewer than 13 points.';
COMMENT ON COLUMN spc_icons.chance IS 'Chance, from 0 to 1, that a process in common cause with independent values shows as much or more at its last point: four times the smallest of the chances of its distance from the centre, of two of the last three points so far out, of the run and of the trend that it ends (Bonferroni). For ranking the signals of many series, as with Benjamini and Hochberg. Too small where neighbouring values are alike: see autocorrelation. NULL without a value.';

CREATE FUNCTION spc_collect(state bytea, value double precision, period date, direction text,
						target double precision)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_spc_collect_date';

COMMENT ON FUNCTION spc_collect(bytea, double precision, date, text, double precision) IS
'Adds a point to the state of spc_summary. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, period timestamptz,
						direction text, target double precision)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_spc_collect_bigint';

COMMENT ON FUNCTION spc_collect(bytea, double precision, timestamptz, text, double precision) IS
'Adds a point to the state of spc_summary. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, period bigint, direction text,
						target double precision)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_spc_collect_bigint';

COMMENT ON FUNCTION spc_collect(bytea, double precision, bigint, text, double precision) IS
'Adds a point to the state of spc_summary. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, denominator double precision,
						period date, direction text, target double precision, rebase boolean, ghost boolean,
						options spc_options)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_spc_collect_all_date';

COMMENT ON FUNCTION spc_collect(bytea, double precision, double precision, date, text, double precision, boolean, boolean, spc_options) IS
'Adds a point to the state of spc_summary. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, denominator double precision,
						period timestamptz, direction text, target double precision, rebase boolean, ghost boolean,
						options spc_options)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_spc_collect_all_bigint';

COMMENT ON FUNCTION spc_collect(bytea, double precision, double precision, timestamptz, text, double precision, boolean, boolean, spc_options) IS
'Adds a point to the state of spc_summary. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, denominator double precision,
						period bigint, direction text, target double precision, rebase boolean, ghost boolean,
						options spc_options)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_spc_collect_all_bigint';

COMMENT ON FUNCTION spc_collect(bytea, double precision, double precision, bigint, text, double precision, boolean, boolean, spc_options) IS
'Adds a point to the state of spc_summary. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, period date)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_spc_collect_value_date';

COMMENT ON FUNCTION spc_collect(bytea, double precision, date) IS
'Adds a point to the state of spc_autocorrelation. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, period timestamptz)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_spc_collect_value_bigint';

COMMENT ON FUNCTION spc_collect(bytea, double precision, timestamptz) IS
'Adds a point to the state of spc_autocorrelation. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, period bigint)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_spc_collect_value_bigint';

COMMENT ON FUNCTION spc_collect(bytea, double precision, bigint) IS
'Adds a point to the state of spc_autocorrelation. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect_combine(state bytea, other bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_collect_combine';

COMMENT ON FUNCTION spc_collect_combine(bytea, bytea) IS
'Puts the points of two states of spc_summary or spc_autocorrelation together. A state with other options is error 22023, one that is no state XX001. NULL is a state without points.';

CREATE FUNCTION spc_summary_final(state bytea) RETURNS spc_icons
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_spc_summary_final';

COMMENT ON FUNCTION spc_summary_final(bytea) IS
'Draws the chart of a state of spc_summary and reads its icons. NULL gives NULL.';

CREATE FUNCTION spc_autocorrelation_final(state bytea) RETURNS double precision
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_spc_autocorrelation_final';

COMMENT ON FUNCTION spc_autocorrelation_final(bytea) IS
'Lag-1 autocorrelation of the points of a state. NULL gives NULL.';

CREATE AGGREGATE spc_summary(value double precision, period date, direction text, target double precision) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_summary_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_summary(double precision, date, text, double precision) IS
'Icons of a series: (spc_summary(value, month, ''higher_better'', 95)).* draws its XmR chart in the order of the periods, whatever the order of the rows, and reads its last point. direction: higher_better, lower_better, neutral or NULL, which is neutral; it must be the same in all rows (error 22023). target may differ by row: the last point''s counts; NULL: none. A NULL value is a gap, as in spc_xmr; a NULL period is error 22004, two rows of one period are error 22023, NaN 22023, infinity 22003. No rows give NULL. Source: NHS England, Making Data Count.';

CREATE AGGREGATE spc_summary(value double precision, period timestamptz, direction text, target double precision) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_summary_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_summary(double precision, timestamptz, text, double precision) IS
'Icons of a series: (spc_summary(value, month, ''higher_better'', 95)).* draws its XmR chart in the order of the periods, whatever the order of the rows, and reads its last point. direction: higher_better, lower_better, neutral or NULL, which is neutral; it must be the same in all rows (error 22023). target may differ by row: the last point''s counts; NULL: none. A NULL value is a gap, as in spc_xmr; a NULL period is error 22004, two rows of one period are error 22023, NaN 22023, infinity 22003. No rows give NULL. Source: NHS England, Making Data Count.';

CREATE AGGREGATE spc_summary(value double precision, period bigint, direction text, target double precision) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_summary_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_summary(double precision, bigint, text, double precision) IS
'Icons of a series: (spc_summary(value, month, ''higher_better'', 95)).* draws its XmR chart in the order of the periods, whatever the order of the rows, and reads its last point. direction: higher_better, lower_better, neutral or NULL, which is neutral; it must be the same in all rows (error 22023). target may differ by row: the last point''s counts; NULL: none. A NULL value is a gap, as in spc_xmr; a NULL period is error 22004, two rows of one period are error 22023, NaN 22023, infinity 22003. No rows give NULL. Source: NHS England, Making Data Count.';

CREATE AGGREGATE spc_summary(value double precision, denominator double precision, period date, direction text, target double precision, rebase boolean, ghost boolean, options spc_options) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_summary_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_summary(double precision, double precision, date, text, double precision, boolean, boolean, spc_options) IS
'Icons of a series with all that a chart can be told: denominator (NULL where the chart has none), rebase (true starts a phase), ghost (true excludes a point) and options => as spc_options(chart => ''p'', fix_after => 24) makes them; NULL stands for the defaults. The charts xbar and s are refused. The rest is that of the short form. No rows give NULL.';

CREATE AGGREGATE spc_summary(value double precision, denominator double precision, period timestamptz, direction text, target double precision, rebase boolean, ghost boolean, options spc_options) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_summary_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_summary(double precision, double precision, timestamptz, text, double precision, boolean, boolean, spc_options) IS
'Icons of a series with all that a chart can be told: denominator (NULL where the chart has none), rebase (true starts a phase), ghost (true excludes a point) and options => as spc_options(chart => ''p'', fix_after => 24) makes them; NULL stands for the defaults. The charts xbar and s are refused. The rest is that of the short form. No rows give NULL.';

CREATE AGGREGATE spc_summary(value double precision, denominator double precision, period bigint, direction text, target double precision, rebase boolean, ghost boolean, options spc_options) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_summary_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_summary(double precision, double precision, bigint, text, double precision, boolean, boolean, spc_options) IS
'Icons of a series with all that a chart can be told: denominator (NULL where the chart has none), rebase (true starts a phase), ghost (true excludes a point) and options => as spc_options(chart => ''p'', fix_after => 24) makes them; NULL stands for the defaults. The charts xbar and s are refused. The rest is that of the short form. No rows give NULL.';

CREATE AGGREGATE spc_autocorrelation(value double precision, period date) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_autocorrelation_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_autocorrelation(double precision, date) IS
'Lag-1 autocorrelation of a series in the order of its periods, whatever the order of the rows, from -1 to 1. NULL values are gaps: they make no pair. A NULL period is error 22004, two rows of one period are error 22023, NaN 22023, infinity 22003. NULL where fewer than 3 values or all are equal. Source: Box and Jenkins, Time Series Analysis.';

CREATE AGGREGATE spc_autocorrelation(value double precision, period timestamptz) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_autocorrelation_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_autocorrelation(double precision, timestamptz) IS
'Lag-1 autocorrelation of a series in the order of its periods, whatever the order of the rows, from -1 to 1. NULL values are gaps: they make no pair. A NULL period is error 22004, two rows of one period are error 22023, NaN 22023, infinity 22003. NULL where fewer than 3 values or all are equal. Source: Box and Jenkins, Time Series Analysis.';

CREATE AGGREGATE spc_autocorrelation(value double precision, period bigint) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_autocorrelation_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_autocorrelation(double precision, bigint) IS
'Lag-1 autocorrelation of a series in the order of its periods, whatever the order of the rows, from -1 to 1. NULL values are gaps: they make no pair. A NULL period is error 22004, two rows of one period are error 22023, NaN 22023, infinity 22003. NULL where fewer than 3 values or all are equal. Source: Box and Jenkins, Time Series Analysis.';
