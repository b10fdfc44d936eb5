-- The probability that demand is above capacity.

CREATE FUNCTION demand_exceeds(mean double precision, variance double precision, capacity double precision) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_sql_demand_exceeds';

COMMENT ON FUNCTION demand_exceeds(double precision, double precision, double precision) IS
'Probability, 0 to 1, that a count of this mean and variance is above capacity: negative binomial where the variance is above the mean, Poisson where it is not. Variance is that of the count itself: the squared standard error of a forecast of it. A fraction of a capacity holds nobody; a capacity below 0 is exceeded for certain. NULL gives NULL. A mean or variance below 0, or any figure that is not finite, is error 22003. Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005, sections 4.4 and 5.6.';
