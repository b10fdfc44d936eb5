-- Medians and percentiles of waits, from patients and from bands.

CREATE FUNCTION wait_tally_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_wait_tally_combine';

COMMENT ON FUNCTION wait_tally_combine(bytea, bytea) IS
'For the aggregates that count waits or times: the state of both sets of rows. States of different aggregates are error 22P03, of different options 22023. NULL stands for no rows.';

CREATE FUNCTION wait_add(bytea, integer) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_wait_add';

COMMENT ON FUNCTION wait_add(bytea, integer) IS
'For wait_median() and its like: counts a wait. NULL days change nothing.';

CREATE FUNCTION wait_add(bytea, integer, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_wait_add';

COMMENT ON FUNCTION wait_add(bytea, integer, double precision) IS
'For wait_percentile(): counts a wait. NULL days change nothing.';

CREATE FUNCTION wait_percentile_final(bytea) RETURNS double precision
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_wait_percentile_final';

COMMENT ON FUNCTION wait_percentile_final(bytea) IS
'For wait_percentile() and wait_median(): the result in days. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE wait_percentile(days integer, share double precision) (
	SFUNC = wait_add, STYPE = bytea, FINALFUNC = wait_percentile_final, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_percentile(integer, double precision) IS
'The wait in days that share of the patients do not exceed (0.92 is the 92nd percentile): exact, equal to percentile_cont(), but parallel and without sorting. The share of the first row counts for the group. NULL days are skipped; no rows give NULL. Days below 0 or above 100,000 are error 22003, a share outside 0 to 1 is 22023, a NULL one 22004.';

CREATE AGGREGATE wait_median(days integer) (
	SFUNC = wait_add, STYPE = bytea, FINALFUNC = wait_percentile_final, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_median(integer) IS
'The median wait in days: exact, equal to percentile_cont(0.5), but parallel and without sorting. NULL days are skipped; no rows give NULL. Days below 0 or above 100,000 are error 22003.';

CREATE TYPE wait_summary_result AS (
	patients bigint,
	mean_days double precision,
	median_days double precision,
	p92_days double precision,
	p95_days double precision,
	longest_days integer,
	within_18_weeks bigint,
	over_18_weeks bigint,
	over_52_weeks bigint,
	over_65_weeks bigint,
	over_78_weeks bigint,
	over_104_weeks bigint
);

COMMENT ON TYPE wait_summary_result IS 'A waiting list in figures.';
COMMENT ON COLUMN wait_summary_result.patients IS 'Number of waits.';
COMMENT ON COLUMN wait_summary_result.mean_days IS 'Mean wait in days.';
COMMENT ON COLUMN wait_summary_result.median_days IS 'Median wait in days.';
COMMENT ON COLUMN wait_summary_result.p92_days IS '92nd percentile in days.';
COMMENT ON COLUMN wait_summary_result.p95_days IS '95th percentile in days.';
COMMENT ON COLUMN wait_summary_result.longest_days IS 'Longest wait in days.';
COMMENT ON COLUMN wait_summary_result.within_18_weeks IS 'Waits of at most 126 days.';
COMMENT ON COLUMN wait_summary_result.over_18_weeks IS 'Waits of more than 126 days.';
COMMENT ON COLUMN wait_summary_result.over_52_weeks IS 'Waits of more than 364 days.';
COMMENT ON COLUMN wait_summary_result.over_65_weeks IS 'Waits of more than 455 days.';
COMMENT ON COLUMN wait_summary_result.over_78_weeks IS 'Waits of more than 546 days.';
COMMENT ON COLUMN wait_summary_result.over_104_weeks IS 'Waits of more than 728 days.';

CREATE FUNCTION wait_summary_final(bytea) RETURNS wait_summary_result
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_wait_summary_final';

COMMENT ON FUNCTION wait_summary_final(bytea) IS
'For wait_summary(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE wait_summary(days integer) (
	SFUNC = wait_add, STYPE = bytea, FINALFUNC = wait_summary_final, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_summary(integer) IS
'A waiting list in figures, from each patient''s wait in days: patients, mean, median, 92nd and 95th percentile, longest, within and over 18 weeks, over 52, 65, 78 and 104 weeks. All exact. NULL days are skipped; no rows give NULL. Days below 0 or above 100,000 are error 22003. Source of the limits: NHS England, PRN01045.';

CREATE TYPE median_estimate AS (
	patients bigint,
	median double precision,
	lower double precision,
	upper double precision,
	variance double precision,
	log_variance double precision
);

COMMENT ON TYPE median_estimate IS 'A median wait with its precision.';
COMMENT ON COLUMN median_estimate.patients IS 'Number of waits.';
COMMENT ON COLUMN median_estimate.median IS 'Median in days.';
COMMENT ON COLUMN median_estimate.lower IS 'Lower 95 % limit in days. NULL below 5 waits.';
COMMENT ON COLUMN median_estimate.upper IS 'Upper 95 % limit in days. NULL below 5 waits.';
COMMENT ON COLUMN median_estimate.variance IS 'Variance of the median. NULL below 5 waits.';
COMMENT ON COLUMN median_estimate.log_variance IS 'Variance of the median''s logarithm, for median_ratio(). NULL below 5 waits, or where waits of 0 days reach into it.';

CREATE FUNCTION wait_median_estimate_final(bytea) RETURNS median_estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_wait_median_estimate_final';

COMMENT ON FUNCTION wait_median_estimate_final(bytea) IS
'For wait_median_estimate(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE wait_median_estimate(days integer) (
	SFUNC = wait_add, STYPE = bytea, FINALFUNC = wait_median_estimate_final, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_median_estimate(integer) IS
'The median wait with a 95 % interval and the variances that median_ratio() and median_difference() need, from two order statistics around it. For complete waits; where some go on, survival_median() is right. NULL days are skipped; no rows give NULL. Days below 0 or above 100,000 are error 22003. Source: Price and Bonett, Psychol Methods 2002;7:370-83.';

CREATE FUNCTION median_ratio(median1 double precision, log_variance1 double precision, median2 double precision, log_variance2 double precision,
                             confidence double precision DEFAULT 0.95) RETURNS comparison
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_wait_median_ratio';

COMMENT ON FUNCTION median_ratio(double precision, double precision, double precision, double precision, double precision) IS
'The first median over the second with an interval on the logarithm''s scale; medians and log variances come from wait_median_estimate(). A NULL variance gives a ratio without interval, a NULL median NULL; a second median of 0 has no ratio. Negative values are error 22003, a confidence outside 0 to 1 is 22023, a NULL one 22004. Source: Price and Bonett, J Educ Behav Stat 2020;45:750-70.';

CREATE FUNCTION median_difference(median1 double precision, variance1 double precision, median2 double precision, variance2 double precision,
                                  confidence double precision DEFAULT 0.95) RETURNS comparison
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_wait_median_difference';

COMMENT ON FUNCTION median_difference(double precision, double precision, double precision, double precision, double precision) IS
'The first median less the second, in days, with its interval; medians and variances come from wait_median_estimate(). A NULL variance gives a difference without interval, a NULL median NULL. Negative values are error 22003, a confidence outside 0 to 1 is 22023, a NULL one 22004. Source: Price and Bonett, Psychol Methods 2002;7:370-83.';

CREATE FUNCTION share_ratio(numerator1 double precision, denominator1 double precision, numerator2 double precision, denominator2 double precision,
                            confidence double precision DEFAULT 0.95) RETURNS comparison
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_wait_share_ratio';

COMMENT ON FUNCTION share_ratio(double precision, double precision, double precision, double precision, double precision) IS
'The first share over the second, such as of patients seen within 18 weeks, with an interval on the logarithm''s scale. Without anybody in a numerator, or with everybody in both, there is no interval; of none over none no ratio. A numerator above its denominator, or a denominator that is not above 0, is error 22003. NULL gives NULL. For the difference there is proportion_difference(). Source: Katz and others, Biometrics 1978;34:469-74.';

-- From bands

CREATE TYPE rtt_percentile_result AS (
	weeks double precision,
	is_open boolean,
	withheld integer,
	lower_weeks double precision,
	upper_weeks double precision
);

COMMENT ON TYPE rtt_percentile_result IS 'A percentile of waits from counts in weekly bands.';
COMMENT ON COLUMN rtt_percentile_result.weeks IS 'The percentile in weeks; 104 where it lies in the open band. NULL where nobody waits or a count is withheld.';
COMMENT ON COLUMN rtt_percentile_result.is_open IS 'It lies in the open band: at least so many weeks.';
COMMENT ON COLUMN rtt_percentile_result.withheld IS 'How many counts are withheld.';
COMMENT ON COLUMN rtt_percentile_result.lower_weeks IS 'The least that it can be. NULL where counts are withheld and it is not said how large they may be.';
COMMENT ON COLUMN rtt_percentile_result.upper_weeks IS 'The most that it can be; NULL also where that lies in the open band.';

CREATE FUNCTION rtt_percentile(counts bigint[], share double precision, withheld_most integer DEFAULT NULL) RETURNS rtt_percentile_result
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_wait_rtt_percentile';

COMMENT ON FUNCTION rtt_percentile(bigint[], double precision, integer) IS
'The percentile (share 0.92 is the 92nd) from counts in the 105 weekly bands, band 1 first, by linear interpolation within the band that holds it, as NHS England''s statistics do. A NULL count is a withheld one ("*"), which is not zero: then weeks is NULL, and lower_weeks and upper_weeks say where the percentile must lie if every withheld count is from 0 to withheld_most. NULL counts give NULL. Another number of bands is error 22023, a negative count 22003, a NULL share 22004. Source: NHS England, Consultant-led RTT waiting times statistics, methodology.';

CREATE TYPE rtt_summary_result AS (
	patients bigint,
	within_18_weeks bigint,
	within_18_weeks_percent double precision,
	over_52_weeks bigint,
	over_65_weeks bigint,
	over_78_weeks bigint,
	over_104_weeks bigint,
	median_weeks double precision,
	p92_weeks double precision,
	p95_weeks double precision,
	p92_is_open boolean,
	withheld integer
);

COMMENT ON TYPE rtt_summary_result IS 'A national return''s list in figures.';
COMMENT ON COLUMN rtt_summary_result.patients IS 'All waits. NULL where a count is withheld.';
COMMENT ON COLUMN rtt_summary_result.within_18_weeks IS 'Bands 1 to 18. NULL where one of them is withheld.';
COMMENT ON COLUMN rtt_summary_result.within_18_weeks_percent IS 'Within 18 weeks, per cent of all. NULL where a count is withheld.';
COMMENT ON COLUMN rtt_summary_result.over_52_weeks IS 'Bands 53 to 105.';
COMMENT ON COLUMN rtt_summary_result.over_65_weeks IS 'Bands 66 to 105.';
COMMENT ON COLUMN rtt_summary_result.over_78_weeks IS 'Bands 79 to 105.';
COMMENT ON COLUMN rtt_summary_result.over_104_weeks IS 'Band 105.';
COMMENT ON COLUMN rtt_summary_result.median_weeks IS 'Median in weeks, 104 where it lies in the open band. NULL where a count is withheld.';
COMMENT ON COLUMN rtt_summary_result.p92_weeks IS '92nd percentile in weeks, 104 where it lies in the open band.';
COMMENT ON COLUMN rtt_summary_result.p95_weeks IS '95th percentile in weeks, 104 where it lies in the open band.';
COMMENT ON COLUMN rtt_summary_result.p92_is_open IS 'The 92nd percentile lies in the open band: it is over 104 weeks.';
COMMENT ON COLUMN rtt_summary_result.withheld IS 'How many counts are withheld.';

CREATE FUNCTION rtt_summary(counts bigint[]) RETURNS rtt_summary_result
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_wait_rtt_summary';

COMMENT ON FUNCTION rtt_summary(bigint[]) IS
'A national return''s list in figures, from the counts in its 105 weekly bands, band 1 first. A NULL count is a withheld one ("*"), which is not zero: what it is part of is NULL. NULL gives NULL. Another number of bands is error 22023, a negative count 22003. Source: NHS England, Consultant-led RTT waiting times statistics, methodology.';

CREATE FUNCTION published_count(cell text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @parse@
RETURN CASE WHEN pg_catalog.btrim(cell) IN ('*', '', '-', 'c', ':') THEN NULL ELSE replace(pg_catalog.btrim(cell), ',', '')::bigint END;

COMMENT ON FUNCTION published_count(text) IS
'The count in a cell of a published table: commas are left out, and a withheld or missing one ("*", "c", "-", ":", empty) is NULL, never 0. Anything else is error 22P02. NULL gives NULL.';
