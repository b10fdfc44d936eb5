-- Forecasts of all series of a query.

CREATE FUNCTION forecast_rows(query text, horizon integer, period integer[] DEFAULT '{1}', method text DEFAULT 'auto',
                              levels double precision[] DEFAULT '{0.8,0.95}', non_negative boolean DEFAULT NULL)
RETURNS TABLE (
	series text, step integer, period_ahead date, point double precision,
	lower double precision[], upper double precision[], method_used text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
AS 'MODULE_PATHNAME', 'cg_forecast_rows';

COMMENT ON FUNCTION forecast_rows(text, integer, integer[], text, double precision[], boolean) IS
'Forecasts of all series of a query, in the order of series and step, by one process: a table of arrays and forecast_series use all cores. query is one SELECT with the columns series (of any type, as text), period (date) and value, in any order; rows need no order. It runs with the rights of the caller. Dates must be a fixed number of days or of months apart, and period_ahead goes on with them; NULL where a series has one row. method_used as the column method of forecast_step. A missing column is error 42703, one of a wrong type 42804, a NULL series, period or value 22004, two rows of one period or uneven ones 22023. A NULL query is error 22004, one without rows gives none. Other results, units, options, errors and sources are those of forecast_series.';

CREATE FUNCTION forecast_rows(query text, horizon integer, period integer, method text DEFAULT 'auto',
                              levels double precision[] DEFAULT '{0.8,0.95}', non_negative boolean DEFAULT NULL)
RETURNS TABLE (
	series text, step integer, period_ahead date, point double precision,
	lower double precision[], upper double precision[], method_used text
)
LANGUAGE sql STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
BEGIN ATOMIC
	SELECT f.series, f.step, f.period_ahead, f.point, f.lower, f.upper, f.method_used
	FROM forecast_rows(query, horizon, ARRAY[period], method, levels, non_negative) AS f;
END;

COMMENT ON FUNCTION forecast_rows(text, integer, integer, text, double precision[], boolean) IS
'The same with one period. Results, units, the rule for NULL, errors and sources are those of forecast_rows(text, integer, integer[], text, double precision[], boolean).';

CREATE FUNCTION forecast_rows(query text, series_type anyelement, horizon integer, period integer[] DEFAULT '{1}', method text DEFAULT 'auto',
                              levels double precision[] DEFAULT '{0.8,0.95}', non_negative boolean DEFAULT NULL)
RETURNS TABLE (
	series anyelement, step integer, period_ahead date, point double precision,
	lower double precision[], upper double precision[], method_used text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
AS 'MODULE_PATHNAME', 'cg_forecast_rows';

COMMENT ON FUNCTION forecast_rows(text, anyelement, integer, integer[], text, double precision[], boolean) IS
'The same with ids that come back in the type of series_type, given as NULL::bigint, NULL::uuid and so on; period is a list. Results, units, the rule for NULL, errors and sources are those of forecast_rows(text, integer, integer[], text, double precision[], boolean).';
