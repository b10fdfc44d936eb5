-- Forecasts of all series of a query.

CREATE FUNCTION forecast_rows(query text, horizon integer, period integer[] DEFAULT '{1}', method text DEFAULT 'auto',
                              levels double precision[] DEFAULT '{0.8,0.95}', non_negative boolean DEFAULT NULL,
                              missing text DEFAULT 'refuse', outliers text DEFAULT 'keep', level_shifts text DEFAULT 'keep',
                              events date[] DEFAULT NULL, intervention daterange DEFAULT NULL, intervention_as text DEFAULT 'missing')
RETURNS TABLE (
	series text, step integer, period_ahead date, point double precision,
	lower double precision[], upper double precision[], method_used text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
AS 'MODULE_PATHNAME', 'cg_forecast_rows';

COMMENT ON FUNCTION forecast_rows(text, integer, integer[], text, double precision[], boolean, text, text, text, date[], daterange, text) IS
'Forecasts of all series of a query, in the order of series and step, by one process: a table of arrays and forecast_series use all cores. query is one SELECT with the columns series (of any type, as text), period (date) and value, in any order; rows need no order. It runs with the rights of the caller. Dates must be a fixed number of days or of months apart, and period_ahead goes on with them; NULL where a series has one row. method_used as the column method of forecast_step. missing: unless it is refuse, dates may be missing as well as values, up to half of them; the step is then the longest that all distances are multiples of. events: days of one known event, such as the bank holidays of past and future years (calendar_days); what counts is how many fall into each period, which is from its date to the day before the next, or the month that it is the end of. intervention: days of a known one, such as ''[2020-03-01,2021-04-01)'' for COVID, and the periods whose dates lie in it. A missing column is error 42703, one of a wrong type 42804, a NULL series or period 22004, a NULL value with missing => refuse 22004, two rows of one period or uneven ones 22023. A NULL query is error 22004, one without rows gives none. Other results, units, options, errors and sources are those of forecast_series.';

CREATE FUNCTION forecast_rows(query text, horizon integer, period integer, method text DEFAULT 'auto',
                              levels double precision[] DEFAULT '{0.8,0.95}', non_negative boolean DEFAULT NULL,
                              missing text DEFAULT 'refuse', outliers text DEFAULT 'keep', level_shifts text DEFAULT 'keep',
                              events date[] DEFAULT NULL, intervention daterange DEFAULT NULL, intervention_as text DEFAULT 'missing')
RETURNS TABLE (
	series text, step integer, period_ahead date, point double precision,
	lower double precision[], upper double precision[], method_used text
)
LANGUAGE sql STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
BEGIN ATOMIC
	SELECT f.series, f.step, f.period_ahead, f.point, f.lower, f.upper, f.method_used
	FROM forecast_rows(query, horizon, ARRAY[period], method, levels, non_negative, missing, outliers, level_shifts, events, intervention, intervention_as) AS f;
END;

COMMENT ON FUNCTION forecast_rows(text, integer, integer, text, double precision[], boolean, text, text, text, date[], daterange, text) IS
'The same with one period. Results, units, the rule for NULL, errors and sources are those of forecast_rows(text, integer, integer[], text, double precision[], boolean, text, text, text, date[], daterange, text).';

CREATE FUNCTION forecast_rows(query text, series_type anyelement, horizon integer, period integer[] DEFAULT '{1}', method text DEFAULT 'auto',
                              levels double precision[] DEFAULT '{0.8,0.95}', non_negative boolean DEFAULT NULL,
                              missing text DEFAULT 'refuse', outliers text DEFAULT 'keep', level_shifts text DEFAULT 'keep',
                              events date[] DEFAULT NULL, intervention daterange DEFAULT NULL, intervention_as text DEFAULT 'missing')
RETURNS TABLE (
	series anyelement, step integer, period_ahead date, point double precision,
	lower double precision[], upper double precision[], method_used text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
AS 'MODULE_PATHNAME', 'cg_forecast_rows';

COMMENT ON FUNCTION forecast_rows(text, anyelement, integer, integer[], text, double precision[], boolean, text, text, text, date[], daterange, text) IS
'The same with ids that come back in the type of series_type, given as NULL::bigint, NULL::uuid and so on; period is a list. Results, units, the rule for NULL, errors and sources are those of forecast_rows(text, integer, integer[], text, double precision[], boolean, text, text, text, date[], daterange, text).';
