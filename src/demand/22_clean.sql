-- Regular series without what stands in the way of a forecast.

CREATE FUNCTION series_regular(query text, every interval DEFAULT NULL, missing text DEFAULT 'refuse', period integer DEFAULT 1,
                               intervention daterange DEFAULT NULL, intervention_as text DEFAULT 'missing')
RETURNS TABLE (series text, first timestamp, every interval, history double precision[], filled integer)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 500
AS 'MODULE_PATHNAME', 'cg_series_regular';

COMMENT ON FUNCTION series_regular(text, interval, text, integer, daterange, text) IS
'One row for each series of a query, in the order of series: the time of its first value, the time between values, the values as an array, oldest first, in their unit, and how many of them were missing. query is one SELECT with the columns series, ts (date or timestamp; with a time zone it is read in that of the session) and value, in any order and with any others. every: so many months, or so many days and hours; null for the least distance between rows, which is months where all rows have the same day of the month. missing, a period without a row or with a null value: refuse (error 22004), zero, interpolate (a line between neighbours), seasonal (the same of the series without its season of so many values as period says, each phase''s median). intervention: days of a known intervention, such as ''[2020-03-01,2021-04-01)'' for COVID; intervention_as: missing (as if its values were not there), level (its level is taken out by regression on it and a line round about; what is missing within stays missing) or keep. Two rows of one time, and rows that are not regularly spaced, are error 22023; a null series or ts is 22004, a missing column 42703, one of a wrong type 42804, an infinite value 22003, more than 100,000 periods 54000. It runs with the rights of the caller; a query without rows gives none. Sources: Tukey, Exploratory Data Analysis, 1977; Chen and Liu, J Am Stat Assoc 1993;88:284-97.';

CREATE FUNCTION series_fill(history double precision[], missing text DEFAULT 'seasonal', period integer DEFAULT 1) RETURNS double precision[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_series_fill';

COMMENT ON FUNCTION series_fill(double precision[], text, integer) IS
'history, a regular series, oldest value first, with its nulls replaced, in its unit. missing: refuse (error 22004), zero, interpolate (a line between neighbours, at the ends their level) or seasonal (the same of the series without its season of so many values as period says, each phase''s median; without two whole periods, interpolate). A null history gives null; one without any value is error 22004 unless it is filled with zeros; an infinite value is 22003, an unknown word or period 22023, more than 100,000 values 54000. Source: Tukey, Exploratory Data Analysis, 1977, running medians.';

CREATE FUNCTION series_outliers(history double precision[], period integer DEFAULT 1, threshold double precision DEFAULT 4.72,
                                scale text DEFAULT 'none')
RETURNS TABLE (place integer, value double precision, expected double precision, z double precision, p_value double precision)
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@ ROWS 5
AS 'MODULE_PATHNAME', 'cg_series_outliers';

COMMENT ON FUNCTION series_outliers(double precision[], integer, double precision, text) IS
'Values of a regular series that stand alone: their place from 1, the value and what its neighbours and season (of period values; 1 for none) let expect, in the unit of history; z, how many robust standard deviations it is above that (below, if negative); p_value, the probability that the most extreme of as many normal values is so far out. threshold: from which z on, 4.72 being where Tukey''s outer fences lie. scale: judge the values, their square roots (counts) or logarithms. Nulls are left out; where more than half of the values equal their level, as in sparse counts, none is judged. A null history gives no row. Infinite values, and those without the root or logarithm asked for, are error 22003, unknown options 22023, more than 100,000 values 54000. Sources: Tukey, Exploratory Data Analysis, 1977; Siegel, Biometrika 1982;69:242-4.';

CREATE FUNCTION series_level_shifts(history double precision[], period integer DEFAULT 1, p_value double precision DEFAULT 0.001,
                                    scale text DEFAULT 'none')
RETURNS TABLE (place integer, step double precision, t double precision, p double precision)
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@ ROWS 2
AS 'MODULE_PATHNAME', 'cg_series_level_shifts';

COMMENT ON FUNCTION series_level_shifts(double precision[], integer, double precision, text) IS
'Where the level of a regular series changed at once and stayed: the place from 1 of the first value of the new level, the step (new less old, on the scale asked for: of logarithms 0.69 is a doubling), t (the step over its standard error) and p, its p value after allowing for all places looked at. A step is measured beside a local straight line, the season (of period values; 1 for none) taken out, single outliers set aside, the error widened where neighbours are alike; a series that wanders still shows more steps than p_value promises. At least five values lie on either side. Nulls are left out; a null history gives no row; at most 50 rows. Errors are those of series_outliers; a p_value outside 0 to 1 is 22023. Source: Chen and Liu, J Am Stat Assoc 1993;88:284-97.';

CREATE TYPE series_cleaned AS (
	history double precision[],
	missing integer,
	outliers integer,
	level_shifts integer,
	intervention_effect double precision
);

COMMENT ON TYPE series_cleaned IS 'A regular series ready to be forecast, and what was found in it.';
COMMENT ON COLUMN series_cleaned.history IS 'The series as cleaned, oldest value first, in its unit.';
COMMENT ON COLUMN series_cleaned.missing IS 'Values that were missing, those of an intervention treated as missing included.';
COMMENT ON COLUMN series_cleaned.outliers IS 'Outliers found, whatever was done with them.';
COMMENT ON COLUMN series_cleaned.level_shifts IS 'Level shifts found, whatever was done with them.';
COMMENT ON COLUMN series_cleaned.intervention_effect IS 'Level of the intervention that was taken out, on the scale asked for. Null unless intervention is level and it could be measured.';

CREATE FUNCTION series_clean(history double precision[], period integer DEFAULT 1, missing text DEFAULT 'refuse',
                             outliers text DEFAULT 'replace', level_shifts text DEFAULT 'keep',
                             threshold double precision DEFAULT 4.72, p_value double precision DEFAULT 0.001,
                             scale text DEFAULT 'none', intervention text DEFAULT 'missing',
                             intervention_first integer DEFAULT NULL, intervention_last integer DEFAULT NULL) RETURNS series_cleaned
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_series_clean';

COMMENT ON FUNCTION series_clean(double precision[], integer, text, text, text, double precision, double precision, text, text, integer, integer) IS
'A regular series, oldest value first, without what stands in the way of a forecast. In this order: the values at places intervention_first to intervention_last (from 1; both null for none) are treated as missing, lose their level (intervention => level) or are kept; missing values are filled as by series_fill; outliers, as by series_outliers, are replaced by what was expected, dampened to the threshold, or kept; level shifts, as by series_level_shifts, are kept, or what was before them is moved to the level of today (level_shifts => adjust). scale: all this on the values, their square roots (counts) or logarithms. A null or empty history gives null. Errors are those of series_fill and series_outliers. Sources: as theirs, and Chen and Liu, J Am Stat Assoc 1993;88:284-97.';

CREATE FUNCTION series_event_effects(history double precision[], events double precision[], period integer DEFAULT 1)
RETURNS TABLE (event integer, effect double precision, error double precision, is_used boolean)
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@ ROWS 5
AS 'MODULE_PATHNAME', 'cg_series_event_effects';

COMMENT ON FUNCTION series_event_effects(double precision[], double precision[], integer) IS
'What known events, such as bank holidays, do to a regular series beside its trend and season (of period values; 1 for none). events: a list as long as history, 1 where the event is (or so many days of it) and 0 elsewhere; a list of such lists for several. For each event its number from 1, the change of history, in its unit, where its list grows by 1, the standard error of that, and whether it was used: not (effect null) where trend, season or other events have it all, as with an event that comes in the same week of every year. Give logarithms for effects that multiply. A null among the arguments gives no row; a null in history is error 22004, in events 2202E, an infinite value 22003, more than 50 events or one for every three values 22023. Source: Speckman, J R Stat Soc B 1988;50:413-36, with STL as the smoother.';

CREATE FUNCTION forecast_components_rows(query text, period integer[], method text DEFAULT 'stl', multiplicative boolean DEFAULT false,
                                         seasonal_window integer DEFAULT NULL, robust boolean DEFAULT false,
                                         every interval DEFAULT NULL, missing text DEFAULT 'refuse')
RETURNS TABLE (series text, ts timestamp, value double precision, trend double precision, seasonal double precision, remainder double precision)
LANGUAGE sql STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
BEGIN ATOMIC
	SELECT r.series, r.first + (u.place - 1)::integer * r.every, u.value, u.trend, u.seasonal, u.remainder
	FROM series_regular(query, every, missing, period[1]) AS r
		CROSS JOIN LATERAL forecast_components(r.history, period, method, multiplicative, seasonal_window, robust) AS c
		CROSS JOIN LATERAL unnest(r.history, c.trend, c.seasonal, c.remainder) WITH ORDINALITY AS u(value, trend, seasonal, remainder, place);
END;

COMMENT ON FUNCTION forecast_components_rows(text, integer[], text, boolean, integer, boolean, interval, text) IS
'Trend, season and remainder of all series of a query, a row for each period: the columns of query and the options every and missing are those of series_regular, the others and the units those of forecast_components. Errors, NULL rule and sources are those of these two. It runs with the rights of the caller.';
