-- Where the limits of a chart might be rebased: candidates, never automatic.

CREATE FUNCTION spc_step_changes(value double precision[], min_points integer DEFAULT 6,
						level double precision DEFAULT 0.05)
RETURNS TABLE (
	ordinal integer,
	before_points integer, after_points integer, before_mean double precision, after_mean double precision,
	step double precision, sigmas double precision, statistic double precision, p_value double precision,
	evidence text
)
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@ ROWS 2
AS 'MODULE_PATHNAME', 'cg_spc_step_changes_array';

COMMENT ON FUNCTION spc_step_changes(double precision[], integer, double precision) IS
'Candidate step changes of a series that comes as an array, each with its evidence: Pettitt''s test finds the best place to cut the series and how likely such a cut is by chance; where that is at most level, the two parts are searched too. ordinal is the first of the new level; before and after describe the levels up to the next candidate, sigmas is the step in sigmas of the moving range (NULL without spread), statistic Pettitt''s K, p_value its probability under no change, evidence strong (p up to 0.001), moderate (0.01) or weak. Levels have at least min_points, 2 or more. It is a list to look at with those who know what happened: autocorrelation and trends make candidates too. NULL values are left out. A NULL array gives no rows; too few values give none. NaN is error 22023, infinity 22003. Source: Pettitt, A non-parametric approach to the change-point problem, 1979, with binary segmentation.';

CREATE FUNCTION spc_step_changes(query text, min_points integer DEFAULT 6,
						level double precision DEFAULT 0.05)
RETURNS TABLE (
	series text, period date, ordinal integer,
	before_points integer, after_points integer, before_mean double precision, after_mean double precision,
	step double precision, sigmas double precision, statistic double precision, p_value double precision,
	evidence text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100
AS 'MODULE_PATHNAME', 'cg_spc_step_changes_query';

COMMENT ON FUNCTION spc_step_changes(text, integer, double precision) IS
'Candidate step changes of all series of a query, which is read as by spc_xmr_rows, each with its evidence: Pettitt''s test finds the best place to cut the series and how likely such a cut is by chance; where that is at most level, the two parts are searched too. period is the first of the new level; before and after describe the levels up to the next candidate, sigmas is the step in sigmas of the moving range (NULL without spread), statistic Pettitt''s K, p_value its probability under no change, evidence strong (p up to 0.001), moderate (0.01) or weak. Levels have at least min_points, 2 or more. It is a list to look at with those who know what happened: autocorrelation and trends make candidates too. NULL values and ghosts are left out. A NULL query is error 22004. Source: Pettitt, A non-parametric approach to the change-point problem, 1979, with binary segmentation.';

CREATE FUNCTION spc_step_changes(query text, series_type anyelement, period_type anycompatible,
						min_points integer DEFAULT 6, level double precision DEFAULT 0.05)
RETURNS TABLE (
	series anyelement, period anycompatible, ordinal integer,
	before_points integer, after_points integer, before_mean double precision, after_mean double precision,
	step double precision, sigmas double precision, statistic double precision, p_value double precision,
	evidence text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100
AS 'MODULE_PATHNAME', 'cg_spc_step_changes_query';

COMMENT ON FUNCTION spc_step_changes(text, anyelement, anycompatible, integer, double precision) IS
'Candidate step changes of all series of a query, which is read as by spc_xmr_rows, each with its evidence: Pettitt''s test finds the best place to cut the series and how likely such a cut is by chance; where that is at most level, the two parts are searched too. period is the first of the new level; before and after describe the levels up to the next candidate, sigmas is the step in sigmas of the moving range (NULL without spread), statistic Pettitt''s K, p_value its probability under no change, evidence strong (p up to 0.001), moderate (0.01) or weak. Levels have at least min_points, 2 or more. It is a list to look at with those who know what happened: autocorrelation and trends make candidates too. NULL values and ghosts are left out. A NULL query is error 22004. Source: Pettitt, A non-parametric approach to the change-point problem, 1979, with binary segmentation. The types that series and periods come back in are those of series_type and period_type, given as NULL::bigint, NULL::timestamptz and so on.';
