-- Forecasts of series.

CREATE TYPE forecast_step AS (
	step integer,
	point double precision,
	lower double precision[],
	upper double precision[],
	method text
);

COMMENT ON TYPE forecast_step IS
'One step of a forecast.';
COMMENT ON COLUMN forecast_step.step IS 'Periods ahead, from 1.';
COMMENT ON COLUMN forecast_step.point IS 'The forecast, in the unit of the series.';
COMMENT ON COLUMN forecast_step.lower IS 'Lower limit for each level, in the order of levels. NULL elements where the history is too short for a backtest.';
COMMENT ON COLUMN forecast_step.upper IS 'Upper limit for each level, in the order of levels. NULL elements where the history is too short for a backtest.';
COMMENT ON COLUMN forecast_step.method IS 'What made it: the method asked for, auto_sparse where auto found sparse counts, or naive or seasonal_naive where the series cannot bear the method; after it "no season of 12" where the series is too short for a period that the method would use; and, each behind a comma, what the options missing, outliers, level_shifts, intervention and events did.';

CREATE FUNCTION forecast_series(history double precision[], horizon integer, period integer[] DEFAULT '{1}',
                                method text DEFAULT 'auto', levels double precision[] DEFAULT '{0.8,0.95}',
                                non_negative boolean DEFAULT NULL,
                                missing text DEFAULT 'refuse', outliers text DEFAULT 'keep', level_shifts text DEFAULT 'keep',
                                events double precision[] DEFAULT NULL, intervention int4range DEFAULT NULL, intervention_as text DEFAULT 'missing') RETURNS forecast_step[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @solve@
AS 'MODULE_PATHNAME', 'cg_forecast_series';

COMMENT ON FUNCTION forecast_series(double precision[], integer, integer[], text, double precision[], boolean, text, text, text, double precision[], int4range, text) IS
'Forecast of a regular series, oldest value first, for horizon (1 to 5000) periods. It runs on all cores over a table of arrays. period: how many values from one season to the same, such as 12 for months, 52 for weeks, ARRAY[7,365] for days, ARRAY[24,168] for hours, 1 for none; a period needs more than two cycles and is left out else, as the column method says. method: auto combines seasonal Theta, dynamic Theta, damped trend, STL with smoothers and ridge regressions on lags, each by the inverse cube of its error in a backtest from up to 10 rolling origins; sparse counts (Syntetos and others: a demand in less than every 1.32 periods) are forecast by SBA and TSB, named auto_sparse. Or one of naive, seasonal_naive, drift, mean, ses, holt, damped, holt_winters_additive, holt_winters_multiplicative, ets (best AICc; period up to 24), ets_ and a model''s letters such as ets_MAdM, theta, theta_dynamic, stl_theta, stl_damped, stl_ses, stl_ets, lag, croston, sba, tsb, winters_additive, winters_multiplicative (Holt-Winters of old, any period). A method that the series cannot bear (too short, constant, multiplicative with values of 0 or less) becomes seasonal_naive or naive, and the column method says so. Intervals (up to 8 levels between 0 and 1) are those errors of the backtest, growing with the step (without a season no slower than those of simple smoothing); for sparse counts quantiles of the counts; exact for a constant series. non_negative: limits and points are 0 or more; null: if no value is below 0. missing, a null in history: refuse (error 22004), zero, interpolate (a line between neighbours) or seasonal (the same of the series without its season). outliers, as series_outliers finds them: keep, dampen (to where Tukey''s outer fence lies) or replace (by what was expected). level_shifts, as series_level_shifts finds them: keep, or adjust what was before to the level of today. events: a list, or a list of lists, of what is known besides, as long as history and horizon together (more is left over), such as the bank holidays in each week; each one''s effect is measured as by series_event_effects (adding, not multiplying) and put to the steps where it is to come, with its uncertainty; events that chance explains as well (t below the root of 2), that the season has already, or that the series is too short or sparse for are left out. intervention: places of history, from 1, of a known one, such as ''[15,27]'' for the months of COVID; intervention_as: missing (set aside), level (its level is taken out) or keep. What was done stands behind the method, such as "auto, 2 missing filled, 1 outlier dampened, 1 of 1 event". The backtest is not scored on what was filled, replaced or set aside. A null or empty history gives null; one without a value error 22004, an infinite value 22003; a wrong horizon, period, method, level, or a value below 0 with non_negative or a method for counts, 22023; events of another length 2202E; more than 1 million values, or 100,000 with these options, 54000. Sources: Hyndman and others 2008 (ETS); Assimakopoulos and Nikolopoulos, Int J Forecast 2000;16:521-30; Fiorucci and others, Int J Forecast 2016;32:1151-61; Bates and Granger, Oper Res Q 1969;20:451-68.';

CREATE FUNCTION forecast_series(history double precision[], horizon integer, period integer,
                                method text DEFAULT 'auto', levels double precision[] DEFAULT '{0.8,0.95}',
                                non_negative boolean DEFAULT NULL,
                                missing text DEFAULT 'refuse', outliers text DEFAULT 'keep', level_shifts text DEFAULT 'keep',
                                events double precision[] DEFAULT NULL, intervention int4range DEFAULT NULL, intervention_as text DEFAULT 'missing') RETURNS forecast_step[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST @solve@
RETURN forecast_series(history, horizon, ARRAY[period], method, levels, non_negative, missing, outliers, level_shifts, events, intervention, intervention_as);

COMMENT ON FUNCTION forecast_series(double precision[], integer, integer, text, double precision[], boolean, text, text, text, double precision[], int4range, text) IS
'The same with one period. Results, units, the rule for null, errors and sources are those of forecast_series(double precision[], integer, integer[], text, double precision[], boolean, text, text, text, double precision[], int4range, text).';

CREATE FUNCTION forecast_add(bytea, double precision, timestamptz, integer) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_forecast_add';

COMMENT ON FUNCTION forecast_add(bytea, double precision, timestamptz, integer) IS
'For forecast(): adds a row. A row with a NULL time changes nothing.';

CREATE FUNCTION forecast_add(bytea, double precision, timestamptz, integer, integer) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_forecast_add';

COMMENT ON FUNCTION forecast_add(bytea, double precision, timestamptz, integer, integer) IS
'For forecast(): adds a row. A row with a NULL time changes nothing.';

CREATE FUNCTION forecast_add(bytea, double precision, timestamptz, integer, integer, text, double precision[], boolean) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_forecast_add';

COMMENT ON FUNCTION forecast_add(bytea, double precision, timestamptz, integer, integer, text, double precision[], boolean) IS
'For forecast(): adds a row. A row with a NULL time changes nothing.';

CREATE FUNCTION forecast_add(bytea, double precision, timestamptz, integer, integer, text, double precision[], boolean, text, text, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_forecast_add';

COMMENT ON FUNCTION forecast_add(bytea, double precision, timestamptz, integer, integer, text, double precision[], boolean, text, text, text) IS
'For forecast(): adds a row. A row with a NULL time changes nothing.';

CREATE FUNCTION forecast_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_forecast_combine';

COMMENT ON FUNCTION forecast_combine(bytea, bytea) IS
'For forecast(): the state of both sets of rows. Different options are error 22023, what is no state 22P03. NULL stands for no rows.';

CREATE FUNCTION forecast_final(bytea) RETURNS forecast_step[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @solve@
AS 'MODULE_PATHNAME', 'cg_forecast_final';

COMMENT ON FUNCTION forecast_final(bytea) IS
'For forecast(): the steps. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE forecast(value double precision, at timestamptz, horizon integer) (
	SFUNC = forecast_add, STYPE = bytea,
	FINALFUNC = forecast_final, COMBINEFUNC = forecast_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE forecast(double precision, timestamptz, integer) IS
'Forecast of the rows in the order of their times (rows need none), as forecast_series with method auto and no season. The final step of all groups runs in one process: for many series keep a table of arrays and use forecast_series. Rows with a NULL time are skipped, no rows give NULL; a NULL value is error 22004, two rows of one time or times that are not evenly spaced (longest step above 1.5 times the shortest) 22023. Other results, units, errors and sources are those of forecast_series.';

CREATE AGGREGATE forecast(value double precision, at timestamptz, horizon integer, period integer) (
	SFUNC = forecast_add, STYPE = bytea,
	FINALFUNC = forecast_final, COMBINEFUNC = forecast_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE forecast(double precision, timestamptz, integer, integer) IS
'The same with a season of so many periods. Results, the rule for NULL, errors and sources are those of forecast(double precision, timestamptz, integer).';

CREATE AGGREGATE forecast(value double precision, at timestamptz, horizon integer, period integer,
                          method text, levels double precision[], non_negative boolean) (
	SFUNC = forecast_add, STYPE = bytea,
	FINALFUNC = forecast_final, COMBINEFUNC = forecast_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE forecast(double precision, timestamptz, integer, integer, text, double precision[], boolean) IS
'The same with all options of forecast_series, but up to 5 levels and no letters of a model (error 0A000). The options of the first row count for the group. Results, the rule for NULL, errors and sources are those of forecast(double precision, timestamptz, integer).';

CREATE AGGREGATE forecast(value double precision, at timestamptz, horizon integer, period integer,
                          method text, levels double precision[], non_negative boolean,
                          missing text, outliers text, level_shifts text) (
	SFUNC = forecast_add, STYPE = bytea,
	FINALFUNC = forecast_final, COMBINEFUNC = forecast_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE forecast(double precision, timestamptz, integer, integer, text, double precision[], boolean, text, text, text) IS
'The same with what is to be done with NULL values, outliers and level shifts, as for forecast_series; a period without a row is still uneven (forecast_rows fills those, and knows events and interventions by their dates). Results, the rule for NULL, errors and sources are those of forecast(double precision, timestamptz, integer).';
