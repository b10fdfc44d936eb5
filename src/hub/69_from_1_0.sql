-- What 1.0 had and 1.1 says better.  The report views of a hub that 1.0 made
-- stand on these functions until upgrade_hub() makes them anew, so that an
-- update of the extension cannot drop them.

CREATE FUNCTION wilson_limit(numerator numeric, denominator numeric, z double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN CASE WHEN denominator > 0 THEN
    -- Rounding may take the last digit beyond 0 or 1.
    least(greatest((numerator::double precision / denominator::double precision + z * z / (2 * denominator::double precision)
     + z * sqrt(numerator::double precision / denominator::double precision
                * (1 - numerator::double precision / denominator::double precision) / denominator::double precision
                + z * z / (4 * denominator::double precision * denominator::double precision)))
    / (1 + z * z / denominator::double precision), 0), 1) END;

COMMENT ON FUNCTION wilson_limit(numeric, numeric, double precision) IS
'Superseded by wilson_lower() and wilson_upper(); kept for hubs made by 1.0. A limit of the Wilson score interval of a proportion: z = -1.959963984540054 gives the lower and 1.959963984540054 the upper 95 % limit. NULL, or a denominator that is not above 0, gives NULL. Wilson, J Am Stat Assoc 1927;22:209-12.';

CREATE FUNCTION byar_limit(events numeric, z double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
RETURN CASE WHEN z < 0 AND events = 0 THEN 0
            WHEN z < 0 THEN events::double precision * power(1 - 1 / (9 * events::double precision) + z / (3 * sqrt(events::double precision)), 3)
            ELSE (events + 1)::double precision * power(1 - 1 / (9 * (events + 1)::double precision) + z / (3 * sqrt((events + 1)::double precision)), 3) END;

COMMENT ON FUNCTION byar_limit(numeric, double precision) IS
'Superseded by byar_lower() and byar_upper(); kept for hubs made by 1.0. A limit of Byar''s interval of a count of events: z = -1.959963984540054 gives the lower and 1.959963984540054 the upper 95 % limit. NULL gives NULL. Breslow and Day, Statistical Methods in Cancer Research, volume II, 1987, p. 69.';
