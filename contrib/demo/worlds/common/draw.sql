-- Pseudo-random draws that depend on nothing but (seed, purpose, id).
-- A table made from them is the same whatever the plan, the number of parallel
-- workers or the order of rows, because no draw depends on an earlier one.
-- All are single expressions, so that the planner inlines them and folds the
-- hash of the purpose into a constant.

CREATE FUNCTION demo.seed() RETURNS bigint
  IMMUTABLE PARALLEL SAFE
  RETURN :seed::bigint;

-- uniform on [0, 1): 53 bits of the 64-bit hash
CREATE FUNCTION demo.u(purpose text, id bigint) RETURNS double precision
  IMMUTABLE PARALLEL SAFE
  RETURN ((hashint8extended(id, hashtextextended(purpose, demo.seed())) >> 11)
          & 9007199254740991)::double precision / 9007199254740992;

-- standard normal by Box and Muller
CREATE FUNCTION demo.normal(purpose text, id bigint) RETURNS double precision
  IMMUTABLE PARALLEL SAFE
  RETURN sqrt(-2 * ln(1 - demo.u(purpose || '/radius', id)))
         * cos(6.283185307179586 * demo.u(purpose || '/angle', id));

-- log-normal given its median and the standard deviation of its logarithm:
-- the usual shape of waits, lengths of stay and costs
CREATE FUNCTION demo.lognormal(purpose text, id bigint, median double precision, sigma double precision)
  RETURNS double precision
  IMMUTABLE PARALLEL SAFE
  RETURN median * exp(sigma * demo.normal(purpose, id));

-- number of events before stopping, mean m: follow-ups vary more than Poisson
CREATE FUNCTION demo.geometric(purpose text, id bigint, m double precision) RETURNS integer
  IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN m <= 0 THEN 0
              ELSE floor(ln(1 - demo.u(purpose, id)) / ln(m / (1 + m)))::integer END;

-- Poisson by the inverse distribution function, cut off at 6: for means below 2
CREATE FUNCTION demo.poisson(u double precision, m double precision) RETURNS integer
  IMMUTABLE PARALLEL SAFE
  RETURN (u >= exp(-m))::integer
       + (u >= exp(-m) * (1 + m))::integer
       + (u >= exp(-m) * (1 + m + m^2 / 2))::integer
       + (u >= exp(-m) * (1 + m + m^2 / 2 + m^3 / 6))::integer
       + (u >= exp(-m) * (1 + m + m^2 / 2 + m^3 / 6 + m^4 / 24))::integer
       + (u >= exp(-m) * (1 + m + m^2 / 2 + m^3 / 6 + m^4 / 24 + m^5 / 120))::integer;

-- a wished-for day moved off the weekend onto any working day of the next week:
-- without it Mondays would take three days' appointments
CREATE FUNCTION demo.off_weekend(day date, u double precision) RETURNS date
  IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN extract(isodow FROM day) < 6 THEN day
              ELSE day + 8 - extract(isodow FROM day)::integer + floor(5 * u)::integer END;

-- the slot of a weighted list (weighted.sql) that an id draws
CREATE FUNCTION demo.pick(purpose text, id bigint, list_no integer, slots integer) RETURNS integer
  IMMUTABLE PARALLEL SAFE
  RETURN list_no * 65536 + floor(demo.u(purpose, id) * slots)::integer;

-- a whole number around x whose mean is x (u decides up or down)
CREATE FUNCTION demo.round_up_or_down(x double precision, u double precision) RETURNS integer
  IMMUTABLE PARALLEL SAFE
  RETURN floor(x + u)::integer;

-- time of day between two hours, to the minute
CREATE FUNCTION demo.time_of_day(u double precision, from_hour double precision, to_hour double precision)
  RETURNS interval
  IMMUTABLE PARALLEL SAFE
  RETURN floor((from_hour + u * (to_hour - from_hour)) * 60) * interval '1 minute';

-- rough road distance: straight line at the latitude of London times 1.3
CREATE FUNCTION demo.road_km(lon1 double precision, lat1 double precision,
                             lon2 double precision, lat2 double precision)
  RETURNS double precision
  IMMUTABLE PARALLEL SAFE
  RETURN 1.3 * sqrt(((lon1 - lon2) * 69.3) ^ 2 + ((lat1 - lat2) * 111.2) ^ 2);
