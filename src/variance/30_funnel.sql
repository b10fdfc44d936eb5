-- Funnel plots.

CREATE TYPE funnel_limit AS (
	target double precision,
	lower double precision,
	upper double precision,
	lower_limits double precision[],
	upper_limits double precision[]
);

COMMENT ON TYPE funnel_limit IS
'The limits of a funnel at one denominator. lower and upper are those of the first alpha.';
COMMENT ON COLUMN funnel_limit.target IS 'Centre line, times the multiplier.';
COMMENT ON COLUMN funnel_limit.lower IS 'Lower limit at the first alpha, times the multiplier.';
COMMENT ON COLUMN funnel_limit.upper IS 'Upper limit at the first alpha, times the multiplier.';
COMMENT ON COLUMN funnel_limit.lower_limits IS 'Lower limits at every alpha.';
COMMENT ON COLUMN funnel_limit.upper_limits IS 'Upper limits at every alpha.';

CREATE FUNCTION funnel_limits(denominator double precision, target double precision, kind text,
                              alpha double precision[] DEFAULT '{0.05,0.002}', method text DEFAULT 'score',
                              multiplier double precision DEFAULT 1) RETURNS funnel_limit
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_funnel_limits';

COMMENT ON FUNCTION funnel_limits(double precision, double precision, text, double precision[], text, double precision) IS
'Where a unit with this denominator falls outside by chance with probability alpha (half on either side), at up to four alphas. kind: proportion, rate (events per denominator) or ratio (observed over expected; its denominator is the expected count). method: score (target and z standard errors, for a proportion Wilson''s interval turned round, as OHID draws it), exact (binomial or Poisson quantiles with Spiegelhalter''s interpolation), and for rates and ratios chi_square (Garwood''s limits of the expected count, as FunnelPlotR draws it) and byar. Overdispersion: see funnel_adjusted_limits(). A denominator or target out of range is error 22003, an unknown word or alpha outside 0 to 1 is 22023. NULL gives NULL. Sources: Spiegelhalter, Stat Med 2005;24:1185-202; OHID Fingertips technical guidance.';

CREATE FUNCTION funnel_adjusted_limits(denominator double precision, target double precision, scale text,
                                       phi double precision DEFAULT 1, tau2 double precision DEFAULT 0,
                                       alpha double precision[] DEFAULT '{0.05,0.002}',
                                       adjust text DEFAULT 'additive',
                                       multiplier double precision DEFAULT 1) RETURNS funnel_limit
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_funnel_adjusted_limits';

COMMENT ON FUNCTION funnel_adjusted_limits(double precision, double precision, text, double precision, double precision, double precision[], text, double precision) IS
'Limits that allow for overdispersion, at up to four alphas, from the phi and tau2 that funnel_overdispersion() gives. scale: log (SHMI), square_root (CQC), arcsine (proportions), log_ratio (ratios of counts; its limits take the variance 1 / (4 denominator), as FunnelPlotR does), log_ratio_poisson (the same with the variance of the log of two Poisson counts). adjust: additive (variance within plus tau2), multiplicative (variance times phi, if above 1), none. Limits are on the plot''s own scale and end where it ends: with square_root a lower limit is max(0, limit)^2, where FunnelPlotR 0.6.0 leaves CQC limits on the square-root scale. Errors 22003 for values, 22023 for words and alphas. NULL gives NULL. Sources: Spiegelhalter, Qual Saf Health Care 2005;14:347-51; Spiegelhalter and others, J R Stat Soc A 2012;175:1-47; NHS Digital, SHMI methodology.';

CREATE TYPE funnel_curve AS (
	lower_expected double precision,
	lower_limit double precision,
	upper_expected double precision,
	upper_limit double precision
);

COMMENT ON TYPE funnel_curve IS
'Where the curves of a funnel of ratios meet a number of events.';
COMMENT ON COLUMN funnel_curve.lower_expected IS 'Expected events at which the number lies on the lower limit.';
COMMENT ON COLUMN funnel_curve.lower_limit IS 'The ratio there.';
COMMENT ON COLUMN funnel_curve.upper_expected IS 'Expected events at which the number lies on the upper limit.';
COMMENT ON COLUMN funnel_curve.upper_limit IS 'The ratio there. NULL for 0 events.';

CREATE FUNCTION funnel_expected_at(events double precision, alpha double precision DEFAULT 0.05) RETURNS funnel_curve
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_sql_funnel_expected_at';

COMMENT ON FUNCTION funnel_expected_at(double precision, double precision) IS
'The points of a funnel''s curves by number of events, exactly: at which expected count so many events, or fewer (more), have probability alpha / 2. Over the target they are the populations of a funnel of rates. Negative events are error 22003, an alpha outside 0 to 1 is 22023. NULL gives NULL. Source: OHID Fingertips technical guidance, whose tools find the same by bisection to 1e-7.';

CREATE FUNCTION funnel_significance(numerator double precision, denominator double precision, target double precision,
                                    kind text, alpha double precision[] DEFAULT '{0.05,0.002}') RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_sql_funnel_significance';

COMMENT ON FUNCTION funnel_significance(double precision, double precision, double precision, text, double precision[]) IS
'At how many of the alphas a unit lies outside the funnel: above 0 when it is high, below 0 when it is low; funnel_category() has the words. A proportion is compared with its score limits, a rate or ratio by its own interval (exact below 10 events, else Byar''s). A numerator above the denominator of a proportion, or a value out of range, is error 22003; an unknown word or an alpha outside 0 to 1 is 22023. NULL gives NULL. Source: OHID Fingertips technical guidance; figures as assign_funnel_significance.';

CREATE FUNCTION funnel_category(level integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN CASE WHEN level >= 2 THEN 'high, outside the outer limit'
            WHEN level = 1 THEN 'high, outside the inner limit'
            WHEN level = 0 THEN 'within the limits'
            WHEN level = -1 THEN 'low, outside the inner limit'
            ELSE 'low, outside the outer limit' END;

COMMENT ON FUNCTION funnel_category(integer) IS
'The words of a level that funnel_significance() or funnel() gives with two alphas. NULL gives NULL.';

CREATE TYPE funnel_dispersion AS (
	units bigint,
	kept bigint,
	target double precision,
	phi double precision,
	tau2 double precision,
	z_low double precision,
	z_high double precision
);

COMMENT ON TYPE funnel_dispersion IS
'Overdispersion of a peer group.';
COMMENT ON COLUMN funnel_dispersion.units IS 'Units in the group.';
COMMENT ON COLUMN funnel_dispersion.kept IS 'Units that phi and tau2 are of.';
COMMENT ON COLUMN funnel_dispersion.target IS 'Target: 1 for ratios, else all numerators over all denominators, or what was given.';
COMMENT ON COLUMN funnel_dispersion.phi IS 'Mean square of the kept z scores; 1 means no more variation than chance.';
COMMENT ON COLUMN funnel_dispersion.tau2 IS 'Variance between units, on the scale; 0 where phi shows none.';
COMMENT ON COLUMN funnel_dispersion.z_low IS 'Lowest z score kept (log), or to which lower ones were drawn in. NULL without trimming.';
COMMENT ON COLUMN funnel_dispersion.z_high IS 'Highest z score kept (log), or to which higher ones were drawn in. NULL without trimming.';

CREATE FUNCTION funnel_overdispersion_add(bytea, double precision, double precision, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_funnel_overdispersion_add';

COMMENT ON FUNCTION funnel_overdispersion_add(bytea, double precision, double precision, text) IS
'For funnel_overdispersion(): adds a unit. A row with a NULL among numerator and denominator changes nothing.';

CREATE FUNCTION funnel_overdispersion_add(bytea, double precision, double precision, text, double precision, text, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_funnel_overdispersion_add';

COMMENT ON FUNCTION funnel_overdispersion_add(bytea, double precision, double precision, text, double precision, text, double precision) IS
'For funnel_overdispersion(): adds a unit. A row with a NULL among numerator and denominator changes nothing.';

CREATE FUNCTION funnel_overdispersion_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_funnel_overdispersion_combine';

COMMENT ON FUNCTION funnel_overdispersion_combine(bytea, bytea) IS
'For funnel_overdispersion(): the state of both sets of rows. NULL stands for no rows.';

CREATE FUNCTION funnel_overdispersion_final(bytea) RETURNS funnel_dispersion
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_funnel_overdispersion_final';

COMMENT ON FUNCTION funnel_overdispersion_final(bytea) IS
'For funnel_overdispersion(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE funnel_overdispersion(numerator double precision, denominator double precision, scale text) (
	SFUNC = funnel_overdispersion_add, STYPE = bytea,
	FINALFUNC = funnel_overdispersion_final, COMBINEFUNC = funnel_overdispersion_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_overdispersion(double precision, double precision, text) IS
'Overdispersion of a peer group, one row for each unit, with 10 % at either end trimmed. scale: log (SHMI: z = sqrt(expected) ln(observed / expected), extreme units left out), square_root (CQC), arcsine (proportions), log_ratio and log_ratio_poisson (ratios of counts), where extreme z scores are drawn in to the quantile. A unit with a numerator of 0 has no z score on the log scale and ranks lowest. Rows with a NULL are skipped; no rows give NULL. A denominator that is not above 0, or for proportions a numerator above it, is error 22003; an unknown word 22023. Sources: Spiegelhalter, Qual Saf Health Care 2005;14:347-51; Spiegelhalter and others, J R Stat Soc A 2012;175:1-47; NHS Digital, SHMI methodology; DerSimonian and Laird, Control Clin Trials 1986;7:177-88; figures as FunnelPlotR.';

CREATE AGGREGATE funnel_overdispersion(numerator double precision, denominator double precision, scale text, trim_share double precision, estimator text, target double precision) (
	SFUNC = funnel_overdispersion_add, STYPE = bytea,
	FINALFUNC = funnel_overdispersion_final, COMBINEFUNC = funnel_overdispersion_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_overdispersion(double precision, double precision, text, double precision, text, double precision) IS
'Overdispersion of a peer group with options. trim_share is the share at either end, 0 to below 0.5. estimator: published, or consistent, which undoes what trimming takes from phi (the mean square of trimmed normal scores is below 1, so that the published tau2 is too small). target NULL is 1 for ratios and the overall rate else. The options of the first row count for the group. scale: log (SHMI: z = sqrt(expected) ln(observed / expected), extreme units left out), square_root (CQC), arcsine (proportions), log_ratio and log_ratio_poisson (ratios of counts), where extreme z scores are drawn in to the quantile. A unit with a numerator of 0 has no z score on the log scale and ranks lowest. Rows with a NULL are skipped; no rows give NULL. A denominator that is not above 0, or for proportions a numerator above it, is error 22003; an unknown word 22023. Sources: Spiegelhalter, Qual Saf Health Care 2005;14:347-51; Spiegelhalter and others, J R Stat Soc A 2012;175:1-47; NHS Digital, SHMI methodology; DerSimonian and Laird, Control Clin Trials 1986;7:177-88; figures as FunnelPlotR.';

CREATE TYPE funnel_point AS (
	value double precision,
	target double precision,
	z double precision,
	z_kept double precision,
	phi double precision,
	tau2 double precision,
	lower double precision,
	upper double precision,
	lower_outer double precision,
	upper_outer double precision,
	z_adjusted double precision,
	level integer
);

COMMENT ON TYPE funnel_point IS
'One unit in the funnel of its peer group.';
COMMENT ON COLUMN funnel_point.value IS 'Numerator over denominator, times the multiplier.';
COMMENT ON COLUMN funnel_point.target IS 'Centre line, times the multiplier.';
COMMENT ON COLUMN funnel_point.z IS 'z score on the scale, before adjustment. NULL for a numerator of 0 on the log scale.';
COMMENT ON COLUMN funnel_point.z_kept IS 'The z score as phi has it: drawn in, or NULL when the unit was left out.';
COMMENT ON COLUMN funnel_point.phi IS 'Overdispersion of the group.';
COMMENT ON COLUMN funnel_point.tau2 IS 'Variance between units of the group, on the scale.';
COMMENT ON COLUMN funnel_point.lower IS 'Lower 95 % limit, times the multiplier.';
COMMENT ON COLUMN funnel_point.upper IS 'Upper 95 % limit.';
COMMENT ON COLUMN funnel_point.lower_outer IS 'Lower 99.8 % limit.';
COMMENT ON COLUMN funnel_point.upper_outer IS 'Upper 99.8 % limit.';
COMMENT ON COLUMN funnel_point.z_adjusted IS 'z score that allows for overdispersion.';
COMMENT ON COLUMN funnel_point.level IS '2 above the 99.8 % limit, 1 above the 95 % limit, 0 within, -1 and -2 below; funnel_category() has the words.';

CREATE FUNCTION funnel(numerator double precision, denominator double precision, scale text,
                       trim_share double precision DEFAULT 0.1, adjust text DEFAULT 'additive',
                       estimator text DEFAULT 'published', target double precision DEFAULT NULL,
                       multiplier double precision DEFAULT 1) RETURNS funnel_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_funnel_window';

COMMENT ON FUNCTION funnel(double precision, double precision, text, double precision, text, text, double precision, double precision) IS
'Window function over a peer group (PARTITION BY; order and frame do not matter): each unit''s place in the group''s funnel, with 95 % and 99.8 % limits that allow for overdispersion. The denominator may be expected events, also a fitted model''s. adjust: additive, multiplicative, none; the other options as for funnel_overdispersion() and funnel_adjusted_limits(), which give the limits at other alphas. Options are read once a partition. CQC limits (square_root) are on the plot''s scale, where FunnelPlotR 0.6.0 leaves them on the square-root scale. A unit with a NULL numerator or denominator gives NULL and is no part of the group. A denominator that is not above 0, or for proportions a numerator above it, is error 22003; an unknown word 22023; a NULL option 22004. Sources as for funnel_overdispersion().';
