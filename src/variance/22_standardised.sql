-- Directly and indirectly standardised rates, life expectancy, and the indices of
-- inequality.

CREATE FUNCTION dsr_add(measure_state, double precision, double precision, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_dsr_add';

COMMENT ON FUNCTION dsr_add(measure_state, double precision, double precision, double precision) IS
'For dsr(): adds a row. A row with a NULL changes nothing.';

CREATE FUNCTION dsr_add(measure_state, double precision, double precision, double precision, double precision, double precision[], text) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_dsr_add';

COMMENT ON FUNCTION dsr_add(measure_state, double precision, double precision, double precision, double precision, double precision[], text) IS
'For dsr(): adds a row. A row with a NULL among what is counted changes nothing.';

CREATE FUNCTION dsr_final(measure_state) RETURNS estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_dsr_final';

COMMENT ON FUNCTION dsr_final(measure_state) IS
'For dsr(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE dsr(count double precision, population double precision, standard double precision) (
	SFUNC = dsr_add, STYPE = measure_state,
	FINALFUNC = dsr_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE dsr(double precision, double precision, double precision) IS
'The directly standardised rate per 100,000: one row for each age band of an area, with its events, its population and the standard population of the band; intervals at 95 % and 99.8 % by Dobson''s method. numerator is all events, denominator all population. Below 10 events value and limits are NULL, as OHID has it: use method fay_feuer there. Rows with a NULL among what is counted are skipped; no rows give NULL. Negative values, or a population that is not above 0, is error 22003. Source: Dobson and others, Stat Med 1991;10:457-62.';

CREATE AGGREGATE dsr(count double precision, population double precision, standard double precision, multiplier double precision, confidence double precision[], method text) (
	SFUNC = dsr_add, STYPE = measure_state,
	FINALFUNC = dsr_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE dsr(double precision, double precision, double precision, double precision, double precision[], text) IS
'The directly standardised rate times multiplier, with intervals at up to four confidence levels. method: dobson (from 10 events on, else NULL) or fay_feuer (a gamma distribution; for any number of events, never below the nominal coverage). Rows with a NULL among what is counted are skipped; no rows give NULL. The options of the first row count for the group. Errors 22003 for values, 22023 for options, 22004 for a NULL option. Sources: Dobson and others, Stat Med 1991;10:457-62, figures as OHID''s calculate_dsr; Fay and Feuer, Stat Med 1997;16:791-801.';

CREATE FUNCTION dsr_nonindependent_add(measure_state, double precision, double precision, double precision, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_dsr_nonindependent_add';

COMMENT ON FUNCTION dsr_nonindependent_add(measure_state, double precision, double precision, double precision, double precision) IS
'For dsr_nonindependent(): adds a row. A row with a NULL changes nothing.';

CREATE FUNCTION dsr_nonindependent_add(measure_state, double precision, double precision, double precision, double precision, double precision, double precision[], text) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_dsr_nonindependent_add';

COMMENT ON FUNCTION dsr_nonindependent_add(measure_state, double precision, double precision, double precision, double precision, double precision, double precision[], text) IS
'For dsr_nonindependent(): adds a row. A row with a NULL among what is counted changes nothing.';

CREATE AGGREGATE dsr_nonindependent(count double precision, squares double precision, population double precision, standard double precision) (
	SFUNC = dsr_nonindependent_add, STYPE = measure_state,
	FINALFUNC = dsr_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE dsr_nonindependent(double precision, double precision, double precision, double precision) IS
'The directly standardised rate per 100,000 where one person can have several events, such as admissions: count is the band''s events and squares the sum over its people of the square of their number of events, which makes the interval as wide as clustered events need. Else as dsr(). Rows with a NULL among what is counted are skipped; no rows give NULL. squares below count is error 22003. Source: OHID calculate_dsr with independent_events = FALSE; Dobson and others, Stat Med 1991;10:457-62.';

CREATE AGGREGATE dsr_nonindependent(count double precision, squares double precision, population double precision, standard double precision, multiplier double precision, confidence double precision[], method text) (
	SFUNC = dsr_nonindependent_add, STYPE = measure_state,
	FINALFUNC = dsr_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE dsr_nonindependent(double precision, double precision, double precision, double precision, double precision, double precision[], text) IS
'The same times multiplier, with intervals at up to four confidence levels; method is dobson or fay_feuer. Rows with a NULL among what is counted are skipped; no rows give NULL. The options of the first row count for the group. Errors 22003 for values, 22023 for options, 22004 for a NULL option. Source: OHID calculate_dsr with independent_events = FALSE.';

CREATE FUNCTION isr_ratio_add(measure_state, double precision, double precision, double precision, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_isr_ratio_add';

COMMENT ON FUNCTION isr_ratio_add(measure_state, double precision, double precision, double precision, double precision) IS
'For isr_ratio(): adds a row. A row with a NULL changes nothing.';

CREATE FUNCTION isr_ratio_add(measure_state, double precision, double precision, double precision, double precision, double precision, double precision[], text) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_isr_ratio_add';

COMMENT ON FUNCTION isr_ratio_add(measure_state, double precision, double precision, double precision, double precision, double precision, double precision[], text) IS
'For isr_ratio(): adds a row. A row with a NULL among what is counted changes nothing.';

CREATE FUNCTION isr_ratio_final(measure_state) RETURNS estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_isr_ratio_final';

COMMENT ON FUNCTION isr_ratio_final(measure_state) IS
'For isr_ratio(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE isr_ratio(count double precision, population double precision, reference_count double precision, reference_population double precision) (
	SFUNC = isr_ratio_add, STYPE = measure_state,
	FINALFUNC = isr_ratio_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE isr_ratio(double precision, double precision, double precision, double precision) IS
'The indirectly standardised ratio: events over those expected, were the reference''s rates of each age band those of the area; one row for each band, 1 meaning as the reference. Intervals at 95 % and 99.8 % (exact below 10 events, else Byar''s). numerator is observed, denominator expected. Two indirectly standardised ratios have different standards: they are comparable with the reference and not with each other. Rows with a NULL among what is counted are skipped; no rows give NULL. A reference population that is not above 0 is error 22003. Source: Breslow and Day 1987, pp. 65-72.';

CREATE AGGREGATE isr_ratio(count double precision, population double precision, reference_count double precision, reference_population double precision, multiplier double precision, confidence double precision[], method text) (
	SFUNC = isr_ratio_add, STYPE = measure_state,
	FINALFUNC = isr_ratio_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE isr_ratio(double precision, double precision, double precision, double precision, double precision, double precision[], text) IS
'The same times multiplier (100 is usual), with intervals at up to four confidence levels; method is byar_exact, byar or exact. Not comparable with each other. Rows with a NULL among what is counted are skipped; no rows give NULL. The options of the first row count for the group. Errors 22003 for values, 22023 for options, 22004 for a NULL option. Source: Breslow and Day 1987, pp. 65-72; figures as OHID''s calculate_ISRatio.';

CREATE FUNCTION isr_rate_add(measure_state, double precision, double precision, double precision, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_isr_rate_add';

COMMENT ON FUNCTION isr_rate_add(measure_state, double precision, double precision, double precision, double precision) IS
'For isr_rate(): adds a row. A row with a NULL changes nothing.';

CREATE FUNCTION isr_rate_add(measure_state, double precision, double precision, double precision, double precision, double precision, double precision[], text) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_isr_rate_add';

COMMENT ON FUNCTION isr_rate_add(measure_state, double precision, double precision, double precision, double precision, double precision, double precision[], text) IS
'For isr_rate(): adds a row. A row with a NULL among what is counted changes nothing.';

CREATE FUNCTION isr_rate_final(measure_state) RETURNS estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_isr_rate_final';

COMMENT ON FUNCTION isr_rate_final(measure_state) IS
'For isr_rate(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE isr_rate(count double precision, population double precision, reference_count double precision, reference_population double precision) (
	SFUNC = isr_rate_add, STYPE = measure_state,
	FINALFUNC = isr_rate_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE isr_rate(double precision, double precision, double precision, double precision) IS
'The indirectly standardised rate per 100,000: isr_ratio() times the reference''s crude rate, which is the sum of reference counts over the sum of reference populations. numerator is observed, denominator expected events. Two such rates have different standards and are not comparable with each other. Rows with a NULL among what is counted are skipped; no rows give NULL. A reference population that is not above 0 is error 22003. Source: Breslow and Day 1987, pp. 65-72.';

CREATE AGGREGATE isr_rate(count double precision, population double precision, reference_count double precision, reference_population double precision, multiplier double precision, confidence double precision[], method text) (
	SFUNC = isr_rate_add, STYPE = measure_state,
	FINALFUNC = isr_rate_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE isr_rate(double precision, double precision, double precision, double precision, double precision, double precision[], text) IS
'The same times multiplier, with intervals at up to four confidence levels; method is byar_exact, byar or exact. Not comparable with each other. Rows with a NULL among what is counted are skipped; no rows give NULL. The options of the first row count for the group. Errors 22003 for values, 22023 for options, 22004 for a NULL option. Source: Breslow and Day 1987; figures as OHID''s calculate_ISRate.';

CREATE FUNCTION life_expectancy_add(bytea, double precision, double precision, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_life_expectancy_add';

COMMENT ON FUNCTION life_expectancy_add(bytea, double precision, double precision, double precision) IS
'For life_expectancy(): adds an age band. A row with a NULL among age, deaths and population changes nothing.';

CREATE FUNCTION life_expectancy_add(bytea, double precision, double precision, double precision, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_life_expectancy_add';

COMMENT ON FUNCTION life_expectancy_add(bytea, double precision, double precision, double precision, double precision) IS
'For life_expectancy(): adds an age band. A row with a NULL among age, deaths and population changes nothing.';

CREATE FUNCTION life_expectancy_add(bytea, double precision, double precision, double precision, double precision, double precision, double precision[]) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_life_expectancy_add';

COMMENT ON FUNCTION life_expectancy_add(bytea, double precision, double precision, double precision, double precision, double precision, double precision[]) IS
'For life_expectancy(): adds an age band. A row with a NULL among age, deaths and population changes nothing.';

CREATE FUNCTION life_expectancy_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_life_expectancy_combine';

COMMENT ON FUNCTION life_expectancy_combine(bytea, bytea) IS
'For life_expectancy(): the state of both sets of rows. NULL stands for no rows.';

CREATE FUNCTION life_expectancy_final(bytea) RETURNS estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_life_expectancy_final';

COMMENT ON FUNCTION life_expectancy_final(bytea) IS
'For life_expectancy(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE life_expectancy(start_age double precision, deaths double precision, population double precision) (
	SFUNC = life_expectancy_add, STYPE = bytea,
	FINALFUNC = life_expectancy_final, COMBINEFUNC = life_expectancy_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE life_expectancy(double precision, double precision, double precision) IS
'Years of life expected at birth, with intervals at 95 % and 99.8 %: one row for each age band, beginning at start_age years, the last one open; bands may be of any width and in any order. Intervals include the open band''s own variance. numerator and denominator are deaths and population from that age up. NULL without deaths in the open band, and where no band begins at the age. Rows with a NULL are skipped; no rows give NULL. A population that is not above 0 is error 22003, an age twice 21000. Sources: Chiang 1968; Silcocks and others, J Epidemiol Community Health 2001;55:38-43; figures as OHID''s phe_life_expectancy, which also withholds values with an interval above 20 years and totals below 5,000 person-years.';

CREATE AGGREGATE life_expectancy(start_age double precision, deaths double precision, population double precision, at_age double precision) (
	SFUNC = life_expectancy_add, STYPE = bytea,
	FINALFUNC = life_expectancy_final, COMBINEFUNC = life_expectancy_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE life_expectancy(double precision, double precision, double precision, double precision) IS
'Years of life left at the age at_age, which must begin a band, with intervals at 95 % and 99.8 %: one row for each age band, beginning at start_age years, the last one open; bands may be of any width and in any order. Intervals include the open band''s own variance. numerator and denominator are deaths and population from that age up. NULL without deaths in the open band, and where no band begins at the age. Rows with a NULL are skipped; no rows give NULL. A population that is not above 0 is error 22003, an age twice 21000. Sources: Chiang 1968; Silcocks and others, J Epidemiol Community Health 2001;55:38-43; figures as OHID''s phe_life_expectancy, which also withholds values with an interval above 20 years and totals below 5,000 person-years.';

CREATE AGGREGATE life_expectancy(start_age double precision, deaths double precision, population double precision, at_age double precision, last_age double precision, confidence double precision[]) (
	SFUNC = life_expectancy_add, STYPE = bytea,
	FINALFUNC = life_expectancy_final, COMBINEFUNC = life_expectancy_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE life_expectancy(double precision, double precision, double precision, double precision, double precision, double precision[]) IS
'Years of life left at the age at_age with intervals at up to four confidence levels; bands from last_age up are pooled into the open one (NULL pools none): one row for each age band, beginning at start_age years, the last one open; bands may be of any width and in any order. Intervals include the open band''s own variance. numerator and denominator are deaths and population from that age up. NULL without deaths in the open band, and where no band begins at the age. Rows with a NULL are skipped; no rows give NULL. A population that is not above 0 is error 22003, an age twice 21000. Sources: Chiang 1968; Silcocks and others, J Epidemiol Community Health 2001;55:38-43; figures as OHID''s phe_life_expectancy, which also withholds values with an interval above 20 years and totals below 5,000 person-years.';

CREATE TYPE inequality AS (
	groups bigint,
	sii double precision,
	sii_lower double precision,
	sii_upper double precision,
	rii double precision,
	rii_lower double precision,
	rii_upper double precision,
	intercept double precision,
	sii_lower_limits double precision[],
	sii_upper_limits double precision[],
	rii_lower_limits double precision[],
	rii_upper_limits double precision[]
);

COMMENT ON TYPE inequality IS
'The slope and relative indices of inequality with their intervals; those without _limits are of the first confidence level.';
COMMENT ON COLUMN inequality.groups IS 'Number of groups, such as deciles of deprivation.';
COMMENT ON COLUMN inequality.sii IS 'Slope index: how far the line rises from the first to the last in rank, times the multiplier.';
COMMENT ON COLUMN inequality.sii_lower IS 'Lower limit of the slope index.';
COMMENT ON COLUMN inequality.sii_upper IS 'Upper limit of the slope index.';
COMMENT ON COLUMN inequality.rii IS 'Relative index: the height of the line at the last in rank over that at the first (upside down with a negative multiplier).';
COMMENT ON COLUMN inequality.rii_lower IS 'Lower limit of the relative index.';
COMMENT ON COLUMN inequality.rii_upper IS 'Upper limit of the relative index.';
COMMENT ON COLUMN inequality.intercept IS 'Height of the line at the first in rank.';
COMMENT ON COLUMN inequality.sii_lower_limits IS 'Lower limits of the slope index at every confidence level.';
COMMENT ON COLUMN inequality.sii_upper_limits IS 'Upper limits of the slope index at every confidence level.';
COMMENT ON COLUMN inequality.rii_lower_limits IS 'Lower limits of the relative index at every confidence level.';
COMMENT ON COLUMN inequality.rii_upper_limits IS 'Upper limits of the relative index at every confidence level.';

CREATE FUNCTION sii_add(bytea, double precision, double precision, double precision, double precision, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_sii_add';

COMMENT ON FUNCTION sii_add(bytea, double precision, double precision, double precision, double precision, double precision) IS
'For sii(): adds a group. A row with a NULL changes nothing.';

CREATE FUNCTION sii_add(bytea, double precision, double precision, double precision, double precision, double precision, text, boolean, double precision, double precision[]) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_sii_add';

COMMENT ON FUNCTION sii_add(bytea, double precision, double precision, double precision, double precision, double precision, text, boolean, double precision, double precision[]) IS
'For sii(): adds a group. A row with a NULL among rank, population, value and limits changes nothing.';

CREATE FUNCTION sii_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_sii_combine';

COMMENT ON FUNCTION sii_combine(bytea, bytea) IS
'For sii(): the state of both sets of rows. NULL stands for no rows.';

CREATE FUNCTION sii_final(bytea) RETURNS inequality
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_sii_final';

COMMENT ON FUNCTION sii_final(bytea) IS
'For sii(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE sii(rank double precision, population double precision, value double precision, lower double precision, upper double precision) (
	SFUNC = sii_add, STYPE = bytea,
	FINALFUNC = sii_final, COMBINEFUNC = sii_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE sii(double precision, double precision, double precision, double precision, double precision) IS
'The slope and relative indices of inequality: one row for each group in order of rank (1 is the most deprived by custom), with its population, its value and the 95 % confidence limits of that. The line is fitted over the midpoints of the cumulative population, weighted with population. Rows with a NULL are skipped; fewer than two groups give NULL. A population that is not above 0, or a value or limit off its scale, is error 22003; a rank twice 21000. Intervals are worked out, not simulated, and so always the same: exact for kind value and for transformed lines, by Cornish and Fisher''s expansion of the same distribution otherwise. For a transformed line phe_sii holds the mean fixed while it simulates the slope; here the mean is uncertain too, which makes the interval of the slope index up to 2 % wider. Sources: Low and Low, J Public Health 2004;26:388-95; Fieller, J R Stat Soc B 1954;16:175-85; figures as OHID''s phe_sii.';

CREATE AGGREGATE sii(rank double precision, population double precision, value double precision, lower double precision, upper double precision, kind text, transform boolean, multiplier double precision, confidence double precision[]) (
	SFUNC = sii_add, STYPE = bytea,
	FINALFUNC = sii_final, COMBINEFUNC = sii_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE sii(double precision, double precision, double precision, double precision, double precision, text, boolean, double precision, double precision[]) IS
'The same with options. kind: value (errors are normal), rate (normal on the log scale), proportion (on the logit scale). transform fits the line on that scale. A negative multiplier turns the slope round and the ratio upside down. Up to four confidence levels. The options of the first row count for the group. Rows with a NULL are skipped; fewer than two groups give NULL. A population that is not above 0, or a value or limit off its scale, is error 22003; a rank twice 21000. Intervals are worked out, not simulated, and so always the same: exact for kind value and for transformed lines, by Cornish and Fisher''s expansion of the same distribution otherwise. For a transformed line phe_sii holds the mean fixed while it simulates the slope; here the mean is uncertain too, which makes the interval of the slope index up to 2 % wider. Sources: Low and Low, J Public Health 2004;26:388-95; Fieller, J R Stat Soc B 1954;16:175-85; figures as OHID''s phe_sii.';
