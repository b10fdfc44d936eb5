-- A series as trend, seasons and what remains.

CREATE TYPE series_components AS (
	method text,
	period integer[],
	trend double precision[],
	seasonal double precision[],
	seasonals double precision[],
	remainder double precision[],
	trend_strength double precision,
	seasonal_strength double precision[]
);

COMMENT ON TYPE series_components IS
'A series taken apart. trend + seasonal + remainder is the series; their product, where the decomposition is multiplicative.';
COMMENT ON COLUMN series_components.method IS 'What was done: stl, mstl (several periods) or classical.';
COMMENT ON COLUMN series_components.period IS 'The periods, shortest first.';
COMMENT ON COLUMN series_components.trend IS 'Level of each value, in the unit of the series. Null for half a period at both ends of a classical one.';
COMMENT ON COLUMN series_components.seasonal IS 'Season of each value, of all periods together, in the unit of the series; a factor where multiplicative.';
COMMENT ON COLUMN series_components.seasonals IS 'Two dimensions: the season of each period, in the order of period.';
COMMENT ON COLUMN series_components.remainder IS 'What is left of each value; a factor where multiplicative.';
COMMENT ON COLUMN series_components.trend_strength IS '0 to 1: how much of what varies beside the seasons is trend.';
COMMENT ON COLUMN series_components.seasonal_strength IS '0 to 1 for each period: how much of what varies beside the trend is that season.';

CREATE FUNCTION forecast_components(history double precision[], period integer[], method text DEFAULT 'stl',
                                    multiplicative boolean DEFAULT false, seasonal_window integer DEFAULT NULL,
                                    robust boolean DEFAULT false) RETURNS series_components
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_forecast_components';

COMMENT ON FUNCTION forecast_components(double precision[], integer[], text, boolean, integer, boolean) IS
'Trend, seasons and remainder of a regular series, oldest value first. period: how many values from one season to the same, 1 to 6 periods such as {12} or {24,168}; each needs more than two cycles (classical: two). method: stl (MSTL for several periods) or classical (one period, moving average). multiplicative: components multiply, for values above 0; stl then takes the series apart by its logarithms. seasonal_window: how many cycles a season is smoothed over, 3 or more; 0 for a season that never changes; null for 11, 15, 19 … by period. robust: outliers go into the remainder. A null history or an empty one gives null; a null in it is error 22004 (series_fill fills it), an infinite value 22003, a series too short or an unknown option 22023, more than 10 million values 54000. Sources: Cleveland and others, J Off Stat 1990;6:3-73 (STL); Bandara and others, arXiv 2107.13462, 2021 (MSTL); Wang and others, Data Min Knowl Discov 2006;13:335-64 (strengths); figures as R''s stl, mstl and decompose.';

CREATE FUNCTION forecast_components(history double precision[], period integer, method text DEFAULT 'stl',
                                    multiplicative boolean DEFAULT false, seasonal_window integer DEFAULT NULL,
                                    robust boolean DEFAULT false) RETURNS series_components
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST @series@
RETURN forecast_components(history, ARRAY[period], method, multiplicative, seasonal_window, robust);

COMMENT ON FUNCTION forecast_components(double precision[], integer, text, boolean, integer, boolean) IS
'The same with one period. Results, units, the rule for null, errors and sources are those of forecast_components(double precision[], integer[], text, boolean, integer, boolean).';
