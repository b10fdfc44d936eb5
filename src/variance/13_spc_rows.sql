-- Control charts as sets of rows: many series from one query, one series from
-- an array.

CREATE FUNCTION spc_xmr_rows(query text, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, fix_after integer DEFAULT NULL,
						screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS TABLE (
	series text, period date,
	value double precision, centre double precision, lower double precision, upper double precision,
	lower_two_sigma double precision, upper_two_sigma double precision, moving_range double precision,
	phase integer, rules integer, assurance smallint, is_special boolean, is_improvement boolean,
	is_concern boolean, is_high_range boolean, is_short_phase boolean
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
AS 'MODULE_PATHNAME', 'cg_spc_rows_xmr_query';

COMMENT ON FUNCTION spc_xmr_rows(text, text, double precision, integer, boolean, text, text, integer, integer, boolean, double precision, interval, boolean) IS
'XmR charts of all series of a query, in the order of series and period: the same figures as spc_xmr gives, faster. query is one SELECT with the columns series, period and value, in any order and with any others; target, rebase and ghost are read if they are there. Rows need no order; where an index or an ORDER BY gives them by series and period nothing is sorted. A column target goes before the argument. every, such as ''1 month'': periods that are missing are gaps, or error 22023 with refuse_gaps; the periods are then dates or timestamps. A missing column is error 42703, one of a wrong type 42804, a NULL series or period 22004, two rows of one period 22023. It runs with the rights of the caller. Options and the rule for NULL values are those of spc_xmr. A NULL query is error 22004; a query without rows gives none. series comes back as text and period as date; the form with series_type and period_type gives them as they are.';

CREATE FUNCTION spc_xmr_rows(query text, series_type anyelement, period_type anycompatible,
						direction text DEFAULT 'neutral', target double precision DEFAULT NULL,
						fix_after integer DEFAULT NULL, screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS TABLE (
	series anyelement, period anycompatible,
	value double precision, centre double precision, lower double precision, upper double precision,
	lower_two_sigma double precision, upper_two_sigma double precision, moving_range double precision,
	phase integer, rules integer, assurance smallint, is_special boolean, is_improvement boolean,
	is_concern boolean, is_high_range boolean, is_short_phase boolean
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
AS 'MODULE_PATHNAME', 'cg_spc_rows_xmr_query';

COMMENT ON FUNCTION spc_xmr_rows(text, anyelement, anycompatible, text, double precision, integer, boolean, text, text, integer, integer, boolean, double precision, interval, boolean) IS
'XmR charts of all series of a query, in the order of series and period: the same figures as spc_xmr gives, faster. query is one SELECT with the columns series, period and value, in any order and with any others; target, rebase and ghost are read if they are there. Rows need no order; where an index or an ORDER BY gives them by series and period nothing is sorted. A column target goes before the argument. every, such as ''1 month'': periods that are missing are gaps, or error 22023 with refuse_gaps; the periods are then dates or timestamps. A missing column is error 42703, one of a wrong type 42804, a NULL series or period 22004, two rows of one period 22023. It runs with the rights of the caller. Options and the rule for NULL values are those of spc_xmr. A NULL query is error 22004; a query without rows gives none. The types that series and periods come back in are those of series_type and period_type, given as NULL::bigint, NULL::timestamptz and so on.';

CREATE FUNCTION spc_chart_rows(query text, chart text, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, fix_after integer DEFAULT NULL,
						screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, per double precision DEFAULT 1,
						every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS TABLE (
	series text, period date,
	value double precision, centre double precision, lower double precision, upper double precision,
	lower_two_sigma double precision, upper_two_sigma double precision, moving_range double precision,
	phase integer, rules integer, assurance smallint, is_special boolean, is_improvement boolean,
	is_concern boolean, is_high_range boolean, is_short_phase boolean
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
AS 'MODULE_PATHNAME', 'cg_spc_rows_any_query';

COMMENT ON FUNCTION spc_chart_rows(text, text, text, double precision, integer, boolean, text, text, integer, integer, boolean, double precision, double precision, interval, boolean) IS
'Charts of a kind, all but xbar and s, of all series of a query, as spc_xmr_rows draws XmR charts. Kinds with a denominator need a column denominator; value is then the numerator. Options and the rule for NULL are those of the window function of that kind. A NULL query is error 22004; a NULL chart is xmr.';

CREATE FUNCTION spc_chart_rows(query text, chart text, series_type anyelement,
						period_type anycompatible, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, fix_after integer DEFAULT NULL,
						screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, per double precision DEFAULT 1,
						every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS TABLE (
	series anyelement, period anycompatible,
	value double precision, centre double precision, lower double precision, upper double precision,
	lower_two_sigma double precision, upper_two_sigma double precision, moving_range double precision,
	phase integer, rules integer, assurance smallint, is_special boolean, is_improvement boolean,
	is_concern boolean, is_high_range boolean, is_short_phase boolean
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
AS 'MODULE_PATHNAME', 'cg_spc_rows_any_query';

COMMENT ON FUNCTION spc_chart_rows(text, text, anyelement, anycompatible, text, double precision, integer, boolean, text, text, integer, integer, boolean, double precision, double precision, interval, boolean) IS
'Charts of a kind, all but xbar and s, of all series of a query, as spc_xmr_rows draws XmR charts. Kinds with a denominator need a column denominator; value is then the numerator. Options and the rule for NULL are those of the window function of that kind. A NULL query is error 22004; a NULL chart is xmr. The types that series and periods come back in are those of series_type and period_type, given as NULL::bigint, NULL::timestamptz and so on.';

CREATE FUNCTION spc_xmr_rows(value double precision[], direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean[] DEFAULT NULL,
						ghost boolean[] DEFAULT NULL, fix_after integer DEFAULT NULL, screen boolean DEFAULT true,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3)
RETURNS TABLE (
	ordinal integer,
	value double precision, centre double precision, lower double precision, upper double precision,
	lower_two_sigma double precision, upper_two_sigma double precision, moving_range double precision,
	phase integer, rules integer, assurance smallint, is_special boolean, is_improvement boolean,
	is_concern boolean, is_high_range boolean, is_short_phase boolean
)
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@ ROWS 60
AS 'MODULE_PATHNAME', 'cg_spc_rows_xmr_array';

COMMENT ON FUNCTION spc_xmr_rows(double precision[], text, double precision, boolean[], boolean[], integer, boolean, text, text, integer, integer, boolean, double precision) IS
'XmR chart of one series that comes as an array: a row for each element, with its place from 1. rebase and ghost are as long as the series (else error 2202E). Options and the rule for NULL elements are those of spc_xmr. A NULL array gives no rows. It can run in parallel workers over a table of arrays.';
