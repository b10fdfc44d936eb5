-- Outcomes against what case-mix leads one to expect: VLAD and risk-adjusted
-- CUSUM charts.

CREATE TYPE spc_vlad_point AS (
	value double precision,
	lower double precision,
	upper double precision
);

COMMENT ON TYPE spc_vlad_point IS 'One point of a variable life-adjusted display.';
COMMENT ON COLUMN spc_vlad_point.value IS 'Sum of expected less observed outcomes so far: rising is fewer than expected (lives gained, where outcomes are deaths).';
COMMENT ON COLUMN spc_vlad_point.lower IS 'Where the sum at this row would lie, sigma standard deviations below 0, if outcomes came as expected. For a look at one row, not for watching all of them: that is what spc_ra_cusum is for.';
COMMENT ON COLUMN spc_vlad_point.upper IS 'The same above 0.';

CREATE TYPE spc_cusum_point AS (
	up double precision,
	down double precision,
	signal_up boolean,
	signal_down boolean
);

COMMENT ON TYPE spc_cusum_point IS 'One point of a risk-adjusted CUSUM chart; both sums are 0 or more.';
COMMENT ON COLUMN spc_cusum_point.up IS 'Evidence that outcomes have become more frequent than expected, as a log-likelihood ratio.';
COMMENT ON COLUMN spc_cusum_point.down IS 'Evidence that outcomes have become less frequent than expected.';
COMMENT ON COLUMN spc_cusum_point.signal_up IS 'up has reached the threshold.';
COMMENT ON COLUMN spc_cusum_point.signal_down IS 'down has reached the threshold.';

CREATE FUNCTION spc_vlad(outcome double precision, expected double precision, kind text DEFAULT 'binary',
						 sigma double precision DEFAULT 3)
RETURNS spc_vlad_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_vlad';

COMMENT ON FUNCTION spc_vlad(double precision, double precision, text, double precision) IS
'Variable life-adjusted display over (PARTITION BY unit ORDER BY time): the running sum of expected less observed outcomes. kind binary: outcome is 0 or 1, expected its probability by case-mix, such as a column of a model''s predictions; kind count: outcome and expected are counts of a period. Rows where either is NULL add nothing. Figures outside these ranges, an unknown kind, or sigma not between 0 and 10 are error 22023; NaN 22023, infinity 22003. Source: Lovegrove et al., Lancet 350, 1997.';

CREATE FUNCTION spc_ra_cusum(outcome double precision, expected double precision, kind text DEFAULT 'binary',
							 ratio_up double precision DEFAULT 2, ratio_down double precision DEFAULT 0.5,
							 threshold double precision DEFAULT 4.5, reset boolean DEFAULT true)
RETURNS spc_cusum_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_spc_window_cusum';

COMMENT ON FUNCTION spc_ra_cusum(double precision, double precision, text, double precision, double precision, double precision, boolean) IS
'Risk-adjusted CUSUM chart over (PARTITION BY unit ORDER BY time): two sums of log-likelihood ratios, one watching for odds ratio_up times those expected, one for ratio_down times (of counts: rates), each never below 0. A sum that reaches threshold is a signal; with reset it starts again from 0 after it. The default of 4.5 is Steiner''s for mortality of a few per cent, with thousands of operations between false signals; choose it by simulation for your own case-mix. kind, NULL and errors are those of spc_vlad; ratio_up must be more than 1, ratio_down at least 0.001 and less than 1. A NULL option is error 22004. Source: Steiner, Cook, Farewell and Treasure, Biostatistics 1, 2000.';
