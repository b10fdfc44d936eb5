-- Sparse counts.

CREATE TYPE intermittent_fit AS (
	method text,
	rate double precision,
	size double precision,
	"interval" double precision,
	alpha double precision,
	beta double precision,
	demands integer,
	mean_squared_error double precision,
	fitted double precision[]
);

COMMENT ON TYPE intermittent_fit IS 'A forecast of sparse counts and what it was made of.';
COMMENT ON COLUMN intermittent_fit.method IS 'croston, sba or tsb.';
COMMENT ON COLUMN intermittent_fit.rate IS 'The forecast: expected count in each period ahead. 0 where there was no demand.';
COMMENT ON COLUMN intermittent_fit.size IS 'Smoothed size of a demand. Null where there was none.';
COMMENT ON COLUMN intermittent_fit."interval" IS 'Smoothed number of periods from demand to demand; of tsb 1 over the chance of a demand. Null where there was none.';
COMMENT ON COLUMN intermittent_fit.alpha IS 'Smoothing parameter of sizes. Null where there was nothing to fit it to.';
COMMENT ON COLUMN intermittent_fit.beta IS 'Smoothing parameter of intervals, of tsb that of the chance. Null where there was nothing to fit it to.';
COMMENT ON COLUMN intermittent_fit.demands IS 'Periods with a demand.';
COMMENT ON COLUMN intermittent_fit.mean_squared_error IS 'Of one step ahead within the series.';
COMMENT ON COLUMN intermittent_fit.fitted IS 'Forecasts of one step ahead within the series.';

CREATE FUNCTION forecast_intermittent(history double precision[], method text DEFAULT 'sba', alpha double precision DEFAULT NULL,
                                      beta double precision DEFAULT NULL) RETURNS intermittent_fit
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_forecast_intermittent';

COMMENT ON FUNCTION forecast_intermittent(double precision[], text, double precision, double precision) IS
'The expected count per period of a regular series of sparse counts, oldest first, the same for every step ahead. method: croston; sba, which takes out its bias; tsb, which falls while no demand comes. alpha and beta from 0 to 1; a null is fitted between 0.01 and 0.3 by the mean squared rate (with alpha given and beta null, croston and sba use alpha for both). A null history or an empty one gives null; a null in it is error 22004, a negative or infinite value 22003, an unknown method or a parameter out of range 22023. Sources: Croston, Oper Res Q 1972;23:289-303; Syntetos and Boylan, Int J Forecast 2005;21:303-14; Teunter and others, Eur J Oper Res 2011;214:606-15; Kourentzes, Int J Prod Econ 2014;156:180-90.';

CREATE TYPE demand_class AS (
	class text,
	"interval" double precision,
	size_cv2 double precision
);

COMMENT ON TYPE demand_class IS 'What kind of counts a series has.';
COMMENT ON COLUMN demand_class.class IS 'smooth, erratic (sizes vary), intermittent (demands are rare), lumpy (both) or none (no demand).';
COMMENT ON COLUMN demand_class."interval" IS 'Mean number of periods from demand to demand; intermittent from 1.32. Null without a demand.';
COMMENT ON COLUMN demand_class.size_cv2 IS 'Squared coefficient of variation of sizes; erratic from 0.49. Null without a demand.';

CREATE FUNCTION demand_profile(history double precision[]) RETURNS demand_class
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_sql_demand_profile';

COMMENT ON FUNCTION demand_profile(double precision[]) IS
'What kind of counts a regular series has: smooth, erratic, intermittent, lumpy or none, with the two figures that decide. A null history or an empty one gives null; errors are those of forecast_intermittent. Source: Syntetos, Boylan and Croston, J Oper Res Soc 2005;56:495-503.';
