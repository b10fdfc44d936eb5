-- Control charts: the row of a point, its words, and runs analysis.

CREATE TYPE spc_point AS (
	value double precision,
	centre double precision,
	lower double precision,
	upper double precision,
	lower_two_sigma double precision,
	upper_two_sigma double precision,
	moving_range double precision,
	phase integer,
	rules integer,
	assurance smallint,
	is_special boolean,
	is_improvement boolean,
	is_concern boolean,
	is_high_range boolean,
	is_short_phase boolean
);

COMMENT ON TYPE spc_point IS
'One point of a control chart, as the window functions spc_xmr, spc_p and so on give it: (spc_xmr(value) OVER w).* makes its fields columns. All lines are in the unit of the value.';
COMMENT ON COLUMN spc_point.value IS 'The value that is plotted, in its own unit; NULL where the row has none.';
COMMENT ON COLUMN spc_point.centre IS 'The centre line of the phase (mean, median or pooled rate, by chart); NULL where the phase has no value.';
COMMENT ON COLUMN spc_point.lower IS 'Lower limit, by default 3 sigma from the centre. NULL on run charts and where there are too few values (single-value charts: fewer than 2 neighbouring ones).';
COMMENT ON COLUMN spc_point.upper IS 'Upper limit; NULL where lower is.';
COMMENT ON COLUMN spc_point.lower_two_sigma IS 'The line 2 sigma below the centre; NULL where lower is.';
COMMENT ON COLUMN spc_point.upper_two_sigma IS 'The line 2 sigma above the centre; NULL where lower is.';
COMMENT ON COLUMN spc_point.moving_range IS 'Distance to the value before, within the phase; NULL at the start of a phase, beside a gap, at a ghost and on MR charts.';
COMMENT ON COLUMN spc_point.phase IS 'Number of the phase, from 1; each row with rebase starts a new one.';
COMMENT ON COLUMN spc_point.rules IS 'Mask of all rules that fire at this point, 0 for common cause: spc_rule(rules) is the one to show, spc_rules(rules) are all. Never set without a value or at a ghost (a point that was excluded).';
COMMENT ON COLUMN spc_point.assurance IS 'Where the target lies: 0 no target, direction or limits, 1 consistent_pass, 2 inconsistent (between the limits), 3 consistent_fail; spc_assurance(assurance) is the word.';
COMMENT ON COLUMN spc_point.is_special IS 'True where any rule fires.';
COMMENT ON COLUMN spc_point.is_improvement IS 'True where the first rule by priority fires to the better side; never with direction neutral.';
COMMENT ON COLUMN spc_point.is_concern IS 'True where the first rule by priority fires to the worse side; never with direction neutral.';
COMMENT ON COLUMN spc_point.is_high_range IS 'True where the moving range is at or above 3.267 times the average moving range of the phase: what screening leaves out. Charts XmR and I only. No rule by itself.';
COMMENT ON COLUMN spc_point.is_short_phase IS 'True where the phase has fewer than 13 points, so that its limits are not firm.';

CREATE FUNCTION spc_rule(rules integer) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_rule_text';

COMMENT ON FUNCTION spc_rule(integer) IS
'The word for the rule to show of those in a mask: the first of above_upper_limit, below_lower_limit, trend_up, trend_down, two_of_three_above, two_of_three_below, four_of_five_above, four_of_five_below, run_above, run_below, long_run, few_crossings; common_cause for 0. The order is that of NHSRplotthedots. A number that is no mask is error 22023. NULL gives NULL.';

CREATE FUNCTION spc_rules(rules integer) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_rule_texts';

COMMENT ON FUNCTION spc_rules(integer) IS
'The words for all rules in a mask, in the order of priority; an empty array for 0. A number that is no mask is error 22023. NULL gives NULL.';

CREATE FUNCTION spc_rule_bit(rule text) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_rule_bit';

COMMENT ON FUNCTION spc_rule_bit(text) IS
'The bit that a rule has in masks, for filters such as rules & spc_rule_bit(''trend_up'') <> 0. An unknown rule is error 22023, which lists them. NULL gives NULL.';

CREATE FUNCTION spc_assurance(assurance smallint) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_assurance_text';

COMMENT ON FUNCTION spc_assurance(smallint) IS
'The word for an assurance: consistent_pass, inconsistent or consistent_fail; NULL for 0 (no target, direction or limits). Another number is error 22023. NULL gives NULL. Source: NHS England, Making Data Count.';

CREATE TYPE spc_runs_analysis AS (
	useful_points integer,
	longest_run integer,
	longest_run_max integer,
	crossings integer,
	crossings_min integer,
	is_long_run boolean,
	is_few_crossings boolean
);

COMMENT ON TYPE spc_runs_analysis IS
'Runs analysis of a series about a centre line, after Anhøj and Olesen, Run charts revisited, PLoS ONE 9(11), 2014.';
COMMENT ON COLUMN spc_runs_analysis.useful_points IS 'Values that are neither NULL nor on the centre line.';
COMMENT ON COLUMN spc_runs_analysis.longest_run IS 'Points of the longest run on one side; NULL without useful points, like all that follows.';
COMMENT ON COLUMN spc_runs_analysis.longest_run_max IS 'The longest that chance explains: log2(useful points), rounded, and 3.';
COMMENT ON COLUMN spc_runs_analysis.crossings IS 'How often the series crosses the centre line.';
COMMENT ON COLUMN spc_runs_analysis.crossings_min IS 'The fewest that chance explains: the 5 % quantile of a binomial of useful points less 1 and 1/2.';
COMMENT ON COLUMN spc_runs_analysis.is_long_run IS 'longest_run is above longest_run_max: a signal.';
COMMENT ON COLUMN spc_runs_analysis.is_few_crossings IS 'crossings is below crossings_min: a signal.';

CREATE FUNCTION spc_runs(value double precision[], centre double precision DEFAULT NULL)
RETURNS spc_runs_analysis
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_spc_runs_array';

COMMENT ON FUNCTION spc_runs(double precision[], double precision) IS
'Runs analysis of a series about a centre line, by default its median. NULL elements and values on the centre line are left out. A NULL array gives NULL; NaN is error 22023, infinity 22003. Source: Anhøj and Olesen, 2014; the same figures as qicharts2.';

CREATE FUNCTION spc_anhoej_limits(useful_points integer,
								  OUT longest_run_max integer,
								  OUT crossings_min integer)
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @statement@
AS 'MODULE_PATHNAME', 'cg_spc_anhoej_limits';

COMMENT ON FUNCTION spc_anhoej_limits(integer) IS
'The longest run and the fewest crossings that chance explains among so many points off the centre line. 0 gives NULL, a negative number is error 22023. NULL gives NULL. Sources: Schilling, 2012; Chen, 2010; Anhøj and Olesen, 2014.';

CREATE FUNCTION spc_autocorrelation(value double precision[]) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_spc_autocorrelation_array';

COMMENT ON FUNCTION spc_autocorrelation(double precision[]) IS
'Lag-1 autocorrelation of a series, from -1 to 1: the products of neighbouring deviations from the mean over the sum of their squares. Above about 0.3 control charts give many more false signals than they should. NULL elements are gaps: they make no pair. NULL where fewer than 3 values or all are equal, and for NULL; NaN is error 22023, infinity 22003. Source: Box and Jenkins, Time Series Analysis.';
