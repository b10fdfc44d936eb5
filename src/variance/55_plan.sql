-- Activity or cost against plan and contract.

CREATE TYPE plan_month AS (
	variance double precision,
	ratio double precision,
	cumulative_actual double precision,
	cumulative_plan double precision,
	cumulative_variance double precision,
	ratio_mean double precision,
	ratio_lower double precision,
	ratio_upper double precision,
	is_special boolean,
	special integer,
	plan_outturn double precision,
	forecast_outturn double precision,
	forecast_lower double precision,
	forecast_upper double precision
);

COMMENT ON TYPE plan_month IS
'A month against plan, by itself and cumulative, with the forecast outturn of all months.';
COMMENT ON COLUMN plan_month.variance IS 'Actual less plan. NULL without an actual.';
COMMENT ON COLUMN plan_month.ratio IS 'Actual over plan. NULL without an actual, and for a plan of 0.';
COMMENT ON COLUMN plan_month.cumulative_actual IS 'Actuals up to this month. NULL without an actual.';
COMMENT ON COLUMN plan_month.cumulative_plan IS 'Plan up to this month.';
COMMENT ON COLUMN plan_month.cumulative_variance IS 'Their difference. NULL without an actual.';
COMMENT ON COLUMN plan_month.ratio_mean IS 'Mean of the months'' ratios.';
COMMENT ON COLUMN plan_month.ratio_lower IS 'Lower natural process limit of the ratio. NULL with fewer than three ratios.';
COMMENT ON COLUMN plan_month.ratio_upper IS 'Upper natural process limit of the ratio. NULL with fewer than three ratios.';
COMMENT ON COLUMN plan_month.is_special IS 'Whether the month shows a special cause.';
COMMENT ON COLUMN plan_month.special IS 'Which: 1 above the upper limit, 2 below the lower limit, 4 in a run of seven or more above plan, 8 in one below; added up.';
COMMENT ON COLUMN plan_month.plan_outturn IS 'Plan of all months.';
COMMENT ON COLUMN plan_month.forecast_outturn IS 'Actuals, and for the other months the plan times the cumulative ratio so far. NULL without any actual.';
COMMENT ON COLUMN plan_month.forecast_lower IS 'Lower limit of the outturn. NULL with fewer than two ratios.';
COMMENT ON COLUMN plan_month.forecast_upper IS 'Upper limit of the outturn. NULL with fewer than two ratios.';

CREATE FUNCTION plan_position(actual double precision, plan double precision, confidence double precision DEFAULT 0.95) RETURNS plan_month
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_plan_position_window';

COMMENT ON FUNCTION plan_position(double precision, double precision, double precision) IS
'Window function over the months of a contract (PARTITION BY contract ORDER BY month): activity, or cost, against plan. Months are flagged by special cause and not by a fixed percentage: the ratios of actual to plan make an XmR chart (mean and 2.66 mean moving ranges), and runs of seven on one side of the plan count. A NULL actual is a month to come; a NULL plan gives NULL and the month does not count. Negative or infinite values are error 22003, a confidence outside 0 to 1 is 22023. The outturn''s interval is that of a mean of so few months'' ratios (Student''s t). Sources: Wheeler, Understanding Variation, 2000; NHS England, Making Data Count.';
