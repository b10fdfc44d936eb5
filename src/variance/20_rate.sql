-- Intervals of one count, rate or proportion, and comparisons of two.

CREATE TYPE estimate AS (
	numerator double precision,
	denominator double precision,
	value double precision,
	lower double precision,
	upper double precision,
	lower_limits double precision[],
	upper_limits double precision[]
);

COMMENT ON TYPE estimate IS
'A rate, ratio or proportion with its confidence intervals. lower and upper are the limits of the first confidence level that was asked for, lower_limits and upper_limits those of all of them in order.';
COMMENT ON COLUMN estimate.numerator IS 'Events, deaths or people counted.';
COMMENT ON COLUMN estimate.denominator IS 'Population, people or expected events that they are of.';
COMMENT ON COLUMN estimate.value IS 'The measure, times the multiplier. NULL where there is none, such as over a denominator of 0.';
COMMENT ON COLUMN estimate.lower IS 'Lower limit at the first confidence level, times the multiplier.';
COMMENT ON COLUMN estimate.upper IS 'Upper limit at the first confidence level, times the multiplier.';
COMMENT ON COLUMN estimate.lower_limits IS 'Lower limits at every confidence level.';
COMMENT ON COLUMN estimate.upper_limits IS 'Upper limits at every confidence level.';

CREATE TYPE comparison AS (
	value double precision,
	lower double precision,
	upper double precision,
	p_value double precision
);

COMMENT ON TYPE comparison IS
'A ratio or difference of two rates or proportions with its confidence interval, and the probability of so large a difference were there none.';
COMMENT ON COLUMN comparison.value IS 'The ratio or the difference. Infinite where the second rate is 0; NULL where both are.';
COMMENT ON COLUMN comparison.lower IS 'Lower confidence limit.';
COMMENT ON COLUMN comparison.upper IS 'Upper confidence limit; may be infinite.';
COMMENT ON COLUMN comparison.p_value IS 'Two-sided p value of no difference.';

CREATE FUNCTION wilson_lower(numerator double precision, denominator double precision,
                             confidence double precision DEFAULT 0.95) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_wilson_lower';

COMMENT ON FUNCTION wilson_lower(double precision, double precision, double precision) IS
'The lower limit of the score interval of a proportion, as a share of 1. Over a denominator of 0 it is NULL. A numerator below 0 or above the denominator is error 22003; a confidence outside 0 to 1 is 22023. NULL gives NULL. Source: Wilson, J Am Stat Assoc 1927;22:209-12.';

CREATE FUNCTION wilson_upper(numerator double precision, denominator double precision,
                             confidence double precision DEFAULT 0.95) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_wilson_upper';

COMMENT ON FUNCTION wilson_upper(double precision, double precision, double precision) IS
'The upper limit of the score interval of a proportion, as a share of 1. Errors and source as for wilson_lower(). NULL gives NULL.';

CREATE FUNCTION byar_lower(events double precision, confidence double precision DEFAULT 0.95) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_byar_lower';

COMMENT ON FUNCTION byar_lower(double precision, double precision) IS
'The lower limit, by Byar''s approximation, of the expected number of events when so many were counted; 0 where the approximation would go below 0, and for 0 events. Negative events are error 22003, a confidence outside 0 to 1 is 22023. NULL gives NULL. Source: Breslow and Day, Statistical Methods in Cancer Research, volume II, 1987, p. 69.';

CREATE FUNCTION byar_upper(events double precision, confidence double precision DEFAULT 0.95) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_byar_upper';

COMMENT ON FUNCTION byar_upper(double precision, double precision) IS
'The upper limit, by Byar''s approximation, of the expected number of events when so many were counted. Errors and source as for byar_lower(). NULL gives NULL.';

CREATE FUNCTION poisson_lower(events double precision, confidence double precision DEFAULT 0.95) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_poisson_lower';

COMMENT ON FUNCTION poisson_lower(double precision, double precision) IS
'The exact lower limit of the expected number of events when so many were counted. Negative events are error 22003, a confidence outside 0 to 1 is 22023. NULL gives NULL. Source: Garwood, Biometrika 1936;28:437-42.';

CREATE FUNCTION poisson_upper(events double precision, confidence double precision DEFAULT 0.95) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_poisson_upper';

COMMENT ON FUNCTION poisson_upper(double precision, double precision) IS
'The exact upper limit of the expected number of events when so many were counted. Errors and source as for poisson_lower(). NULL gives NULL.';

CREATE FUNCTION proportion_estimate(numerator double precision, denominator double precision,
                                    multiplier double precision DEFAULT 1,
                                    confidence double precision[] DEFAULT '{0.95,0.998}') RETURNS estimate
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_proportion_estimate';

COMMENT ON FUNCTION proportion_estimate(double precision, double precision, double precision, double precision[]) IS
'A proportion of one unit with Wilson''s score intervals at up to four confidence levels, all times the multiplier (100 gives per cent); over a denominator of 0 they are NULL. A numerator below 0 or above the denominator is error 22003; a confidence outside 0 to 1 is 22023. NULL gives NULL. For sums over rows there is the aggregate proportion(). Source: Wilson, J Am Stat Assoc 1927;22:209-12; figures as OHID''s phe_proportion.';

CREATE FUNCTION rate_estimate(events double precision, population double precision,
                              multiplier double precision DEFAULT 100000,
                              confidence double precision[] DEFAULT '{0.95,0.998}',
                              method text DEFAULT 'byar_exact') RETURNS estimate
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_rate_estimate';

COMMENT ON FUNCTION rate_estimate(double precision, double precision, double precision, double precision[], text) IS
'A rate of one unit with intervals at up to four confidence levels, all times the multiplier; with expected events as population and multiplier 1, a standardised ratio. method: byar_exact (exact below 10 events, else Byar''s), byar, exact; another word is error 22023. Over a population of 0 value and limits are NULL. Negative events or a negative population is error 22003. NULL gives NULL. Sources: Garwood, Biometrika 1936;28:437-42; Breslow and Day 1987, p. 69; figures as OHID''s phe_rate.';

CREATE FUNCTION rate_ratio(events1 double precision, population1 double precision,
                           events2 double precision, population2 double precision,
                           confidence double precision DEFAULT 0.95) RETURNS comparison
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_sql_rate_ratio';

COMMENT ON FUNCTION rate_ratio(double precision, double precision, double precision, double precision, double precision) IS
'The first rate over the second with its exact interval: given all events, the first group''s are binomial (Clopper and Pearson''s limits of that share). Never for two indirectly standardised ratios: they have different standards and are not comparable with each other. Negative events, or a population that is not above 0, is error 22003. NULL gives NULL. Source: Breslow and Day, Statistical Methods in Cancer Research, volume II, 1987, pp. 93-95.';

CREATE FUNCTION rate_difference(events1 double precision, population1 double precision,
                                events2 double precision, population2 double precision,
                                multiplier double precision DEFAULT 100000,
                                confidence double precision DEFAULT 0.95) RETURNS comparison
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_sql_rate_difference';

COMMENT ON FUNCTION rate_difference(double precision, double precision, double precision, double precision, double precision, double precision) IS
'The first rate less the second, times the multiplier, with an interval made of the intervals of the two (exact below 10 events, else Byar''s); the p value is the exact one of rate_ratio(). Negative events, or a population that is not above 0, is error 22003. NULL gives NULL. Source: Zou and Donner, Stat Med 2008;27:1693-702.';

CREATE FUNCTION proportion_difference(numerator1 double precision, denominator1 double precision,
                                      numerator2 double precision, denominator2 double precision,
                                      confidence double precision DEFAULT 0.95) RETURNS comparison
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_sql_proportion_difference';

COMMENT ON FUNCTION proportion_difference(double precision, double precision, double precision, double precision, double precision) IS
'The first proportion less the second with Newcombe''s interval from the two score intervals, and the p value of the pooled score test. A numerator below 0 or above its denominator, or a denominator that is not above 0, is error 22003. NULL gives NULL. Source: Newcombe, Stat Med 1998;17:873-90, method 10.';
