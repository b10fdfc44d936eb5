-- Aggregates of rates, proportions, ratios and means.  Their state is a type of
-- fixed size, so that they run in parallel, partition by partition, and on
-- distributed tables.

CREATE TYPE measure_state;

CREATE FUNCTION measure_state_in(cstring) RETURNS measure_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_measure_state_in';

COMMENT ON FUNCTION measure_state_in(cstring) IS
'Input of measure_state: version, measure, method and number of levels, then multiplier, levels and sums. Anything else is error 22P02. NULL gives NULL.';

CREATE FUNCTION measure_state_out(measure_state) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_measure_state_out';

COMMENT ON FUNCTION measure_state_out(measure_state) IS
'Output of measure_state: its numbers with blanks between them. NULL gives NULL.';

CREATE FUNCTION measure_state_recv(internal) RETURNS measure_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_measure_state_recv';

COMMENT ON FUNCTION measure_state_recv(internal) IS
'Binary input of measure_state; what is no state is error 22P03. NULL gives NULL.';

CREATE FUNCTION measure_state_send(measure_state) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_measure_state_send';

COMMENT ON FUNCTION measure_state_send(measure_state) IS
'Binary output of measure_state. NULL gives NULL.';

CREATE TYPE measure_state (
	INPUT = measure_state_in,
	OUTPUT = measure_state_out,
	RECEIVE = measure_state_recv,
	SEND = measure_state_send,
	INTERNALLENGTH = 96,
	ALIGNMENT = double,
	STORAGE = plain
);

COMMENT ON TYPE measure_state IS
'The sums of a rate, proportion, mean or standardised rate with the options of the call: what the aggregates keep while they run. 96 bytes.';

CREATE FUNCTION measure_state_combine(measure_state, measure_state) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_measure_state_combine';

COMMENT ON FUNCTION measure_state_combine(measure_state, measure_state) IS
'The state of both sets of rows. States of different aggregates or options are error 22023. NULL stands for no rows.';

CREATE FUNCTION rate_add(measure_state, double precision, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_rate_add';

COMMENT ON FUNCTION rate_add(measure_state, double precision, double precision) IS
'For rate(): adds a row. A row with a NULL changes nothing.';

CREATE FUNCTION rate_add(measure_state, double precision, double precision, double precision, double precision[], text) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_rate_add';

COMMENT ON FUNCTION rate_add(measure_state, double precision, double precision, double precision, double precision[], text) IS
'For rate(): adds a row. A row with a NULL among events and population changes nothing.';

CREATE FUNCTION rate_final(measure_state) RETURNS estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_rate_final';

COMMENT ON FUNCTION rate_final(measure_state) IS
'For rate() and smr(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE rate(events double precision, population double precision) (
	SFUNC = rate_add, STYPE = measure_state,
	FINALFUNC = rate_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rate(double precision, double precision) IS
'The rate per 100,000: the sum of events over the sum of population, with intervals at 95 % and 99.8 % (exact below 10 events, else Byar''s). Rows with a NULL are skipped; no rows give NULL; a population that sums to 0 gives a value of NULL. Negative or infinite values are error 22003. Sources: Garwood, Biometrika 1936;28:437-42; Breslow and Day 1987, p. 69.';

CREATE AGGREGATE rate(events double precision, population double precision, multiplier double precision,
                      confidence double precision[], method text) (
	SFUNC = rate_add, STYPE = measure_state,
	FINALFUNC = rate_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rate(double precision, double precision, double precision, double precision[], text) IS
'The sum of events over the sum of population times multiplier, with intervals at up to four confidence levels; method is byar_exact, byar or exact. The options of the first row count for the group. Rows with a NULL among events and population are skipped; no rows give NULL; a population that sums to 0 gives a value of NULL. Errors 22003 for values, 22023 for options, 22004 for a NULL option. Sources: Garwood, Biometrika 1936;28:437-42; Breslow and Day 1987, p. 69; figures as OHID''s phe_rate.';

CREATE FUNCTION smr_add(measure_state, double precision, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_smr_add';

COMMENT ON FUNCTION smr_add(measure_state, double precision, double precision) IS
'For smr(): adds a row. A row with a NULL changes nothing.';

CREATE FUNCTION smr_add(measure_state, double precision, double precision, double precision, double precision[], text) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_smr_add';

COMMENT ON FUNCTION smr_add(measure_state, double precision, double precision, double precision, double precision[], text) IS
'For smr(): adds a row. A row with a NULL among observed and expected changes nothing.';

CREATE AGGREGATE smr(observed double precision, expected double precision) (
	SFUNC = smr_add, STYPE = measure_state,
	FINALFUNC = rate_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE smr(double precision, double precision) IS
'The standardised ratio: the sum of observed over the sum of expected events (from a reference population or a fitted model''s predictions), 1 meaning as expected, with intervals at 95 % and 99.8 % (exact below 10 events, else Byar''s). Ratios of two units have different standards and must not be compared with each other, only with 1. Rows with a NULL are skipped; no rows give NULL; an expected sum of 0 gives a value of NULL. Negative or infinite values are error 22003. Source: Breslow and Day 1987, pp. 65-72.';

CREATE AGGREGATE smr(observed double precision, expected double precision, multiplier double precision,
                     confidence double precision[], method text) (
	SFUNC = smr_add, STYPE = measure_state,
	FINALFUNC = rate_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE smr(double precision, double precision, double precision, double precision[], text) IS
'The standardised ratio times multiplier (100 is usual), with intervals at up to four confidence levels; method is byar_exact, byar or exact. Ratios of two units have different standards and must not be compared with each other. The options of the first row count for the group. NULL rule and errors as for rate(). Source: Breslow and Day 1987, pp. 65-72; figures as OHID''s calculate_ISRatio.';

CREATE FUNCTION proportion_add(measure_state, double precision, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_proportion_add';

COMMENT ON FUNCTION proportion_add(measure_state, double precision, double precision) IS
'For proportion(): adds a row. A row with a NULL changes nothing.';

CREATE FUNCTION proportion_add(measure_state, double precision, double precision, double precision, double precision[]) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_proportion_add';

COMMENT ON FUNCTION proportion_add(measure_state, double precision, double precision, double precision, double precision[]) IS
'For proportion(): adds a row. A row with a NULL among numerator and denominator changes nothing.';

CREATE FUNCTION proportion_final(measure_state) RETURNS estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_proportion_final';

COMMENT ON FUNCTION proportion_final(measure_state) IS
'For proportion(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE proportion(numerator double precision, denominator double precision) (
	SFUNC = proportion_add, STYPE = measure_state,
	FINALFUNC = proportion_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE proportion(double precision, double precision) IS
'The sum of numerators over the sum of denominators, as a share of 1, with Wilson''s intervals at 95 % and 99.8 %. Rows with a NULL are skipped; no rows give NULL; a denominator that sums to 0 gives a value of NULL. A row''s numerator above its denominator, negative or infinite values are error 22003. Source: Wilson, J Am Stat Assoc 1927;22:209-12.';

CREATE AGGREGATE proportion(numerator double precision, denominator double precision, multiplier double precision,
                            confidence double precision[]) (
	SFUNC = proportion_add, STYPE = measure_state,
	FINALFUNC = proportion_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE proportion(double precision, double precision, double precision, double precision[]) IS
'The same times multiplier (100 gives per cent), with Wilson''s intervals at up to four confidence levels. The options of the first row count for the group. NULL rule as before; errors 22003 for values, 22023 for options, 22004 for a NULL option. Source: Wilson, J Am Stat Assoc 1927;22:209-12; figures as OHID''s phe_proportion.';

CREATE TYPE estimate_of_mean AS (
	count bigint,
	deviation double precision,
	value double precision,
	lower double precision,
	upper double precision,
	lower_limits double precision[],
	upper_limits double precision[]
);

COMMENT ON TYPE estimate_of_mean IS
'A mean with its confidence intervals. lower and upper are the limits of the first confidence level that was asked for.';
COMMENT ON COLUMN estimate_of_mean.count IS 'Number of values.';
COMMENT ON COLUMN estimate_of_mean.deviation IS 'Standard deviation of the sample (n - 1). NULL for one value.';
COMMENT ON COLUMN estimate_of_mean.value IS 'Mean.';
COMMENT ON COLUMN estimate_of_mean.lower IS 'Lower limit at the first confidence level. NULL for one value.';
COMMENT ON COLUMN estimate_of_mean.upper IS 'Upper limit at the first confidence level. NULL for one value.';
COMMENT ON COLUMN estimate_of_mean.lower_limits IS 'Lower limits at every confidence level.';
COMMENT ON COLUMN estimate_of_mean.upper_limits IS 'Upper limits at every confidence level.';

CREATE FUNCTION mean_add(measure_state, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_mean_add';

COMMENT ON FUNCTION mean_add(measure_state, double precision) IS
'For mean(): adds a row. A NULL changes nothing.';

CREATE FUNCTION mean_add(measure_state, double precision, double precision[]) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_mean_add';

COMMENT ON FUNCTION mean_add(measure_state, double precision, double precision[]) IS
'For mean(): adds a row. A NULL value changes nothing.';

CREATE FUNCTION mean_final(measure_state) RETURNS estimate_of_mean
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_mean_final';

COMMENT ON FUNCTION mean_final(measure_state) IS
'For mean(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE mean(value double precision) (
	SFUNC = mean_add, STYPE = measure_state,
	FINALFUNC = mean_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE mean(double precision) IS
'The mean with Student''s t intervals at 95 % and 99.8 %. NULLs are skipped; no values give NULL; one value has no interval. Infinite values are error 22003. Source: Student, Biometrika 1908;6:1-25.';

CREATE AGGREGATE mean(value double precision, confidence double precision[]) (
	SFUNC = mean_add, STYPE = measure_state,
	FINALFUNC = mean_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE mean(double precision, double precision[]) IS
'The mean with Student''s t intervals at up to four confidence levels. NULLs are skipped; no values give NULL; one value has no interval. Infinite values are error 22003, bad levels 22023, NULL levels 22004. Source: Student, Biometrika 1908;6:1-25; figures as OHID''s phe_mean.';
