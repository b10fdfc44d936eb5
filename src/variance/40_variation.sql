-- Measures of variation across units.

CREATE TYPE variation_measures AS (
	units bigint,
	mean double precision,
	cv_sample double precision,
	cv_population double precision,
	cv_weighted double precision,
	gini double precision,
	gini_corrected double precision,
	theil_t double precision,
	theil_l double precision,
	extremal_quotient double precision,
	external_quotient double precision,
	interquartile_ratio double precision,
	interdecile_ratio double precision
);

COMMENT ON TYPE variation_measures IS
'How much values vary between units, by the usual measures. A measure that the values do not define is NULL.';
COMMENT ON COLUMN variation_measures.units IS 'Number of units.';
COMMENT ON COLUMN variation_measures.mean IS 'Mean of the values.';
COMMENT ON COLUMN variation_measures.cv_sample IS 'Coefficient of variation with the standard deviation over n - 1. NULL for one unit.';
COMMENT ON COLUMN variation_measures.cv_population IS 'Coefficient of variation with the standard deviation over n.';
COMMENT ON COLUMN variation_measures.cv_weighted IS 'Coefficient of variation of weighted values. NULL without weights.';
COMMENT ON COLUMN variation_measures.gini IS 'Gini coefficient, 0 for equal values.';
COMMENT ON COLUMN variation_measures.gini_corrected IS 'Gini coefficient times n / (n - 1).';
COMMENT ON COLUMN variation_measures.theil_t IS 'Theil''s T.';
COMMENT ON COLUMN variation_measures.theil_l IS 'Theil''s L, the mean logarithmic deviation. NULL with a value of 0.';
COMMENT ON COLUMN variation_measures.extremal_quotient IS 'Highest over lowest value. NULL with a lowest of 0.';
COMMENT ON COLUMN variation_measures.external_quotient IS '95th over 5th percentile: the extremal quotient without the extreme units.';
COMMENT ON COLUMN variation_measures.interquartile_ratio IS '75th over 25th percentile.';
COMMENT ON COLUMN variation_measures.interdecile_ratio IS '90th over 10th percentile.';

CREATE FUNCTION variation_add(bytea, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_variation_add';

COMMENT ON FUNCTION variation_add(bytea, double precision) IS
'For variation(): adds a unit. A NULL changes nothing.';

CREATE FUNCTION variation_add(bytea, double precision, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_variation_add';

COMMENT ON FUNCTION variation_add(bytea, double precision, double precision) IS
'For variation(): adds a unit. A row with a NULL changes nothing.';

CREATE FUNCTION variation_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_variation_combine';

COMMENT ON FUNCTION variation_combine(bytea, bytea) IS
'For variation(): the state of both sets of rows. NULL stands for no rows.';

CREATE FUNCTION variation_final(bytea) RETURNS variation_measures
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_variation_final';

COMMENT ON FUNCTION variation_final(bytea) IS
'For variation(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE variation(value double precision) (
	SFUNC = variation_add, STYPE = bytea,
	FINALFUNC = variation_final, COMBINEFUNC = variation_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE variation(double precision) IS
'How much values, such as rates, vary between units, one row for each. They include chance: for counts see small_area_variation(). Percentiles are those of percentile_cont. NULLs are skipped; no values give NULL. A negative or infinite value is error 22003. Sources: Gini 1912; Theil, Economics and Information Theory, 1967.';

CREATE AGGREGATE variation(value double precision, weight double precision) (
	SFUNC = variation_add, STYPE = bytea,
	FINALFUNC = variation_final, COMBINEFUNC = variation_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE variation(double precision, double precision) IS
'The same, with the coefficient of variation of values weighted with, for example, population; the other measures are unweighted. A weight that is not above 0 is error 22003. Percentiles are those of percentile_cont. NULLs are skipped; no values give NULL. A negative or infinite value is error 22003. Sources: Gini 1912; Theil, Economics and Information Theory, 1967.';

CREATE TYPE small_area_measures AS (
	units bigint,
	observed double precision,
	expected double precision,
	scv double precision,
	scv_lower double precision,
	scv_upper double precision,
	scv_mcpherson double precision,
	chi_square double precision,
	degrees double precision,
	p_value double precision,
	shrinkage_alpha double precision,
	shrinkage_variance double precision,
	quotient_80_20 double precision,
	quotient_90_10 double precision,
	share_ratio double precision
);

COMMENT ON TYPE small_area_measures IS
'How much counts vary between units beyond chance.';
COMMENT ON COLUMN small_area_measures.units IS 'Number of units.';
COMMENT ON COLUMN small_area_measures.observed IS 'All observed events.';
COMMENT ON COLUMN small_area_measures.expected IS 'All expected events.';
COMMENT ON COLUMN small_area_measures.scv IS 'Systematic component of variation, Diehr''s form: mean of ((O - E) / E)^2 - 1 / E. Below 0 when units vary less than chance has it.';
COMMENT ON COLUMN small_area_measures.scv_lower IS 'Lower limit of the systematic variance. NULL for one unit.';
COMMENT ON COLUMN small_area_measures.scv_upper IS 'Upper limit of the systematic variance. NULL for one unit.';
COMMENT ON COLUMN small_area_measures.scv_mcpherson IS 'Systematic component of variation, McPherson''s form: mean of ln(O / E)^2 - 1 / E. NULL when a unit has no event.';
COMMENT ON COLUMN small_area_measures.chi_square IS 'Heterogeneity: sum of (O - E'')^2 / E'' with E'' scaled to the observed total.';
COMMENT ON COLUMN small_area_measures.degrees IS 'Its degrees of freedom, units - 1.';
COMMENT ON COLUMN small_area_measures.p_value IS 'Probability of so much heterogeneity by chance.';
COMMENT ON COLUMN small_area_measures.shrinkage_alpha IS 'Shape of the gamma distribution, with mean 1, of the true ratios, by maximum likelihood. NULL when it is infinite: no systematic variation.';
COMMENT ON COLUMN small_area_measures.shrinkage_variance IS 'Variance of the true ratios, 1 / alpha.';
COMMENT ON COLUMN small_area_measures.quotient_80_20 IS '80th over 20th percentile of the shrunken ratios.';
COMMENT ON COLUMN small_area_measures.quotient_90_10 IS '90th over 10th percentile of the shrunken ratios.';
COMMENT ON COLUMN small_area_measures.share_ratio IS 'Sum of the shrunken ratios from the 80th percentile up over the sum up to the 20th.';

CREATE FUNCTION small_area_variation_add(bytea, double precision, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_small_areas_add';

COMMENT ON FUNCTION small_area_variation_add(bytea, double precision, double precision) IS
'For small_area_variation(): adds a unit. A row with a NULL changes nothing.';

CREATE FUNCTION small_area_variation_add(bytea, double precision, double precision, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_small_areas_add';

COMMENT ON FUNCTION small_area_variation_add(bytea, double precision, double precision, double precision) IS
'For small_area_variation(): adds a unit. A row with a NULL among observed and expected changes nothing.';

CREATE FUNCTION small_area_variation_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_small_areas_combine';

COMMENT ON FUNCTION small_area_variation_combine(bytea, bytea) IS
'For small_area_variation(): the state of both sets of rows. NULL stands for no rows.';

CREATE FUNCTION small_area_variation_final(bytea) RETURNS small_area_measures
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_small_areas_final';

COMMENT ON FUNCTION small_area_variation_final(bytea) IS
'For small_area_variation(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE small_area_variation(observed double precision, expected double precision) (
	SFUNC = small_area_variation_add, STYPE = bytea,
	FINALFUNC = small_area_variation_final, COMBINEFUNC = small_area_variation_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE small_area_variation(double precision, double precision) IS
'How much counts vary between units beyond chance, one row for each unit with its observed and expected events; the interval is at 95 %. NULLs are skipped; no rows give NULL. Negative observed, or expected that is not above 0, is error 22003. Sources: McPherson and others, N Engl J Med 1982;307:1310-4; Diehr and others, Health Serv Res 1990;24:741-71; Viechtbauer, Stat Med 2007;26:37-52 (interval by Q-profile); Martuzzi and Hills, Am J Epidemiol 1995;141:369-74; Coory and Gibberd, Stat Med 1998;17:2625-34; figures as sava, whose alpha is only found to about six digits.';

CREATE AGGREGATE small_area_variation(observed double precision, expected double precision, confidence double precision) (
	SFUNC = small_area_variation_add, STYPE = bytea,
	FINALFUNC = small_area_variation_final, COMBINEFUNC = small_area_variation_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE small_area_variation(double precision, double precision, double precision) IS
'The same with another confidence of the interval; one outside 0 to 1 is error 22023. NULLs are skipped; no rows give NULL. Negative observed, or expected that is not above 0, is error 22003. Sources: McPherson and others, N Engl J Med 1982;307:1310-4; Diehr and others, Health Serv Res 1990;24:741-71; Viechtbauer, Stat Med 2007;26:37-52 (interval by Q-profile); Martuzzi and Hills, Am J Epidemiol 1995;141:369-74; Coory and Gibberd, Stat Med 1998;17:2625-34; figures as sava, whose alpha is only found to about six digits.';

CREATE TYPE shrunken AS (
	ratio double precision,
	shrunken_ratio double precision,
	lower double precision,
	upper double precision,
	alpha double precision
);

COMMENT ON TYPE shrunken IS
'A unit''s ratio of observed to expected events, shrunk towards 1.';
COMMENT ON COLUMN shrunken.ratio IS 'Observed over expected.';
COMMENT ON COLUMN shrunken.shrunken_ratio IS '(observed + alpha) / (expected + alpha).';
COMMENT ON COLUMN shrunken.lower IS 'Lower limit of the true ratio.';
COMMENT ON COLUMN shrunken.upper IS 'Upper limit of the true ratio.';
COMMENT ON COLUMN shrunken.alpha IS 'How strongly the group shrinks. NULL when it is infinite: every shrunken ratio is 1.';

CREATE FUNCTION shrunken_ratio(observed double precision, expected double precision, confidence double precision DEFAULT 0.95) RETURNS shrunken
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_shrunken_ratio_window';

COMMENT ON FUNCTION shrunken_ratio(double precision, double precision, double precision) IS
'Window function over a peer group (PARTITION BY; order and frame do not matter): each unit''s ratio, shrunk towards 1 as far as the group''s own variation warrants (empirical Bayes, gamma and Poisson), with the interval of the true ratio given alpha. A row with a NULL gives NULL and is no part of the group. Negative observed, or expected that is not above 0, is error 22003; a confidence outside 0 to 1 is 22023. Source: Martuzzi and Hills, Am J Epidemiol 1995;141:369-74.';

CREATE FUNCTION quantile_group(value double precision, groups integer DEFAULT 10, highest_first boolean DEFAULT true) RETURNS integer
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_quantile_group_window';

COMMENT ON FUNCTION quantile_group(double precision, integer, boolean) IS
'Window function over a set of areas (PARTITION BY; order and frame do not matter): the quantile that a value falls into, 1 to groups; 1 has the highest values, or with highest_first = false the lowest. Equal values share a group, unlike with ntile(). NULL gives NULL and does not count; fewer values than groups give NULL. An infinite value is error 22003, groups outside 2 to 1000 is 22023. Source: OHID, Assigning deprivation categories; figures as phe_quantile.';
