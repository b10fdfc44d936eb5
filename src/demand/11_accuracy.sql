-- Fitted models for inspection, and backtests.

CREATE TYPE forecast_model AS (
	model text,
	n integer,
	alpha double precision,
	beta double precision,
	gamma double precision,
	phi double precision,
	initial_level double precision,
	initial_trend double precision,
	initial_season double precision[],
	level double precision,
	trend double precision,
	season double precision[],
	sigma2 double precision,
	log_likelihood double precision,
	aic double precision,
	aicc double precision,
	bic double precision,
	mse double precision,
	fitted double precision[],
	residuals double precision[]
);

COMMENT ON TYPE forecast_model IS
'An exponential smoothing model as it was fitted. Figures of parts that the model does not have are NULL.';
COMMENT ON COLUMN forecast_model.model IS 'ets_ and the letters of error, trend (d: damped) and season, such as ets_MAdM; or winters_additive or winters_multiplicative.';
COMMENT ON COLUMN forecast_model.n IS 'Values in the series.';
COMMENT ON COLUMN forecast_model.alpha IS 'How fast the level follows, 0.0001 to 0.9999; of winters_ 0 to 1.';
COMMENT ON COLUMN forecast_model.beta IS 'How fast the trend follows, at most alpha; of winters_ 0 to 1, as a share of the level''s change.';
COMMENT ON COLUMN forecast_model.gamma IS 'How fast the season follows, at most 1 - alpha; of winters_ 0 to 1.';
COMMENT ON COLUMN forecast_model.phi IS 'What is left of the trend after each period, 0.8 to 0.98.';
COMMENT ON COLUMN forecast_model.initial_level IS 'Level before the first value, in the unit of the series.';
COMMENT ON COLUMN forecast_model.initial_trend IS 'Trend before the first value, per period; a factor where multiplicative.';
COMMENT ON COLUMN forecast_model.initial_season IS 'Season before the first value, newest first: the last element is the first value''s. A factor where multiplicative.';
COMMENT ON COLUMN forecast_model.level IS 'Level after the last value.';
COMMENT ON COLUMN forecast_model.trend IS 'Trend after the last value.';
COMMENT ON COLUMN forecast_model.season IS 'Season after the last value, newest first: the last element is the next value''s.';
COMMENT ON COLUMN forecast_model.sigma2 IS 'Variance of the errors; of relative errors where the error is multiplicative.';
COMMENT ON COLUMN forecast_model.log_likelihood IS '-n/2 log(sum of squared errors), less the sum of log(fitted) where the error is multiplicative; NULL where the fit is perfect and of winters_.';
COMMENT ON COLUMN forecast_model.aic IS 'Akaike''s criterion.';
COMMENT ON COLUMN forecast_model.aicc IS 'The same corrected for short series; what ets chooses by.';
COMMENT ON COLUMN forecast_model.bic IS 'Schwarz''s criterion.';
COMMENT ON COLUMN forecast_model.mse IS 'Mean squared error of one step ahead, in the squared unit of the series.';
COMMENT ON COLUMN forecast_model.fitted IS 'The forecast of each value from those before it; NULL elements in the first cycle of winters_.';
COMMENT ON COLUMN forecast_model.residuals IS 'Each value less its fitted one.';

CREATE FUNCTION forecast_fit(history double precision[], period integer DEFAULT 1, method text DEFAULT 'ets') RETURNS forecast_model
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @solve@
AS 'MODULE_PATHNAME', 'cg_forecast_fit';

COMMENT ON FUNCTION forecast_fit(double precision[], integer, text) IS
'The exponential smoothing model of a regular series, oldest value first, with its parameters, states, likelihood and residuals. method: ets (of all models with an additive or no trend, the one with the least AICc), ses, holt, damped, holt_winters_additive, holt_winters_multiplicative, or ets_ and a model''s letters such as ets_MAdM or ets_MMN. Initial states are fitted too, and parameters stay in the bounds of R''s ets. winters_additive and winters_multiplicative are Holt-Winters of old, with a period of any length: start values of the first two cycles, alpha, beta and gamma, from 0 to 1 each, with the least sum of squares; they have no likelihood, and no fitted values in the first cycle. A null or empty history gives null; a null in it is error 22004, an infinite value or a value of 0 or less for a multiplicative model 22003; a series too short for the model, a season without a period from 2 to 24 (winters_: of 2 or more), or an unknown method 22023. Sources: Hyndman, Koehler, Ord and Snyder, Forecasting with Exponential Smoothing, 2008; Winters, Management Science 1960;6:324-42.';

CREATE TYPE forecast_accuracy AS (
	method text,
	origins integer,
	forecasts integer,
	mae double precision,
	rmse double precision,
	bias double precision,
	mase double precision,
	smape double precision,
	coverage double precision[],
	msis double precision[],
	naive_mae double precision,
	naive_mase double precision,
	naive_smape double precision,
	naive_msis double precision[],
	relative_mae double precision
);

COMMENT ON TYPE forecast_accuracy IS
'How well a method forecast the last parts of a series, each from what was before it, beside the seasonal naive forecast.';
COMMENT ON COLUMN forecast_accuracy.method IS 'The method that the whole series bears, as forecast_series names it.';
COMMENT ON COLUMN forecast_accuracy.origins IS 'How many times it forecast.';
COMMENT ON COLUMN forecast_accuracy.forecasts IS 'Values forecast: origins times horizon, less those that are missing or set aside.';
COMMENT ON COLUMN forecast_accuracy.mae IS 'Mean absolute error, in the unit of the series.';
COMMENT ON COLUMN forecast_accuracy.rmse IS 'Root mean square error, in the unit of the series.';
COMMENT ON COLUMN forecast_accuracy.bias IS 'Mean of forecast less value: above 0, forecasts were too high.';
COMMENT ON COLUMN forecast_accuracy.mase IS 'Mean absolute error by the seasonal naive error within each history; below 1 is better than it. NULL where nothing varied.';
COMMENT ON COLUMN forecast_accuracy.smape IS 'Symmetric mean absolute percentage error, 0 to 200.';
COMMENT ON COLUMN forecast_accuracy.coverage IS 'Share of values inside the interval, 0 to 1, for each level. NULL elements where an origin had no interval.';
COMMENT ON COLUMN forecast_accuracy.msis IS 'Mean scaled interval score for each level: width, and a penalty for each miss; less is better.';
COMMENT ON COLUMN forecast_accuracy.naive_mae IS 'The seasonal naive forecast''s mean absolute error from the same origins.';
COMMENT ON COLUMN forecast_accuracy.naive_mase IS 'Its MASE.';
COMMENT ON COLUMN forecast_accuracy.naive_smape IS 'Its sMAPE.';
COMMENT ON COLUMN forecast_accuracy.naive_msis IS 'Its interval score for each level, with intervals from its own backtest.';
COMMENT ON COLUMN forecast_accuracy.relative_mae IS 'mae over naive_mae: below 1, the method beat it. NULL where the naive forecast did not err.';

CREATE FUNCTION forecast_accuracy(history double precision[], horizon integer, period integer[] DEFAULT '{1}',
                                  origins integer DEFAULT 5, method text DEFAULT 'auto',
                                  levels double precision[] DEFAULT '{0.8,0.95}', non_negative boolean DEFAULT NULL,
                                  missing text DEFAULT 'refuse', outliers text DEFAULT 'keep', level_shifts text DEFAULT 'keep',
                                  events double precision[] DEFAULT NULL, intervention int4range DEFAULT NULL, intervention_as text DEFAULT 'missing') RETURNS forecast_accuracy
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @solve@
AS 'MODULE_PATHNAME', 'cg_forecast_accuracy_sql';

COMMENT ON FUNCTION forecast_accuracy(double precision[], integer, integer[], integer, text, double precision[], boolean, text, text, text, double precision[], int4range, text) IS
'Backtest from rolling origins: forecasts the last horizon values of the series from those before, and again from origins half a horizon earlier each, up to so many (1 to 1000), by the whole method, choice of weights and intervals included; and scores points and intervals beside the seasonal naive forecast (of the first period). The naive forecast and scaling use the first period. Options as for forecast_series; each history is prepared by itself, as if what follows were not known, events need not reach beyond history, and values that are missing or set aside as an intervention are not scored. A null or empty history gives null; a history that leaves no origin is error 22023; other errors as for forecast_series. Sources: Hyndman and Koehler, Int J Forecast 2006;22:679-88 (MASE); Makridakis and others, Int J Forecast 2020;36:54-74 (sMAPE, MSIS); Gneiting and Raftery, J Am Stat Assoc 2007;102:359-78.';

CREATE FUNCTION forecast_accuracy(history double precision[], horizon integer, period integer,
                                  origins integer DEFAULT 5, method text DEFAULT 'auto',
                                  levels double precision[] DEFAULT '{0.8,0.95}', non_negative boolean DEFAULT NULL,
                                  missing text DEFAULT 'refuse', outliers text DEFAULT 'keep', level_shifts text DEFAULT 'keep',
                                  events double precision[] DEFAULT NULL, intervention int4range DEFAULT NULL, intervention_as text DEFAULT 'missing') RETURNS forecast_accuracy
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST @solve@
RETURN forecast_accuracy(history, horizon, ARRAY[period], origins, method, levels, non_negative, missing, outliers, level_shifts, events, intervention, intervention_as);

COMMENT ON FUNCTION forecast_accuracy(double precision[], integer, integer, integer, text, double precision[], boolean, text, text, text, double precision[], int4range, text) IS
'The same with one period. Results, units, the rule for null, errors and sources are those of forecast_accuracy(double precision[], integer, integer[], integer, text, double precision[], boolean, text, text, text, double precision[], int4range, text).';
