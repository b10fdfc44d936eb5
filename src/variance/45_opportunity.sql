-- What reaching a peer benchmark would mean, and who the peers are.

CREATE TYPE opportunity_estimate AS (
	rate double precision,
	shrunken_rate double precision,
	benchmark double precision,
	benchmark_lower double precision,
	benchmark_upper double precision,
	events double precision,
	events_lower double precision,
	events_upper double precision,
	cost double precision,
	cost_lower double precision,
	cost_upper double precision
);

COMMENT ON TYPE opportunity_estimate IS
'What reaching the benchmark would mean for a unit, with intervals that include the uncertainty of the peers and of the choice of the best.';
COMMENT ON COLUMN opportunity_estimate.rate IS 'Events over population, times the multiplier.';
COMMENT ON COLUMN opportunity_estimate.shrunken_rate IS 'The unit''s rate, shrunk towards the group.';
COMMENT ON COLUMN opportunity_estimate.benchmark IS 'Benchmark of the true rates, times the multiplier.';
COMMENT ON COLUMN opportunity_estimate.benchmark_lower IS 'Lower limit of the benchmark.';
COMMENT ON COLUMN opportunity_estimate.benchmark_upper IS 'Upper limit of the benchmark.';
COMMENT ON COLUMN opportunity_estimate.events IS 'Fewer events (lower_better) or more (higher_better) at the benchmark. Below 0 where the unit is better already.';
COMMENT ON COLUMN opportunity_estimate.events_lower IS 'Lower limit of the events.';
COMMENT ON COLUMN opportunity_estimate.events_upper IS 'Upper limit of the events.';
COMMENT ON COLUMN opportunity_estimate.cost IS 'Events times the unit cost. NULL without one.';
COMMENT ON COLUMN opportunity_estimate.cost_lower IS 'Lower limit of the cost.';
COMMENT ON COLUMN opportunity_estimate.cost_upper IS 'Upper limit of the cost.';

CREATE FUNCTION opportunity(events double precision, population double precision, unit_cost double precision DEFAULT NULL,
                            benchmark text DEFAULT 'best_quintile', best integer DEFAULT 3,
                            direction text DEFAULT 'lower_better', multiplier double precision DEFAULT 1,
                            confidence double precision DEFAULT 0.95, replications integer DEFAULT 2000,
                            seed bigint DEFAULT 1) RETURNS opportunity_estimate
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_opportunity_window';

COMMENT ON FUNCTION opportunity(double precision, double precision, double precision, text, integer, text, double precision, double precision, integer, bigint) IS
'Window function over a peer group (PARTITION BY; order and frame do not matter): how many events fewer, or more, a unit would have at the benchmark of its group, and what that costs. benchmark: median, best_quintile (edge of the best fifth), best_mean (mean of the best so many, argument best). direction: lower_better or higher_better. The best of noisy rates are partly lucky; so true rates are drawn from their posterior (gamma, shrunk towards the group), replications times, the benchmark and its choice of the best are taken of each draw, and the results are means and quantiles over the draws. The same seed gives the same figures. unit_cost may differ by row. A row with a NULL among events and population gives NULL and is no part of the group. Values out of range, and a group without events, are error 22003; unknown words and options out of range 22023; a NULL option 22004; units times replications above 20 million 54000. Sources: Clayton and Kaldor, Biometrics 1987;43:671-81; Goldstein and Spiegelhalter, J R Stat Soc A 1996;159:385-443.';

CREATE FUNCTION opportunity_from_peers(events double precision, population double precision,
                                       peer_events double precision[], peer_populations double precision[],
                                       unit_cost double precision DEFAULT NULL,
                                       benchmark text DEFAULT 'best_quintile', best integer DEFAULT 3,
                                       direction text DEFAULT 'lower_better', multiplier double precision DEFAULT 1,
                                       confidence double precision DEFAULT 0.95, replications integer DEFAULT 2000,
                                       seed bigint DEFAULT 1) RETURNS opportunity_estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @solve@
AS 'MODULE_PATHNAME', 'cg_opportunity_from_peers';

COMMENT ON FUNCTION opportunity_from_peers(double precision, double precision, double precision[], double precision[], double precision, text, integer, text, double precision, double precision, integer, bigint) IS
'The same for one unit against chosen peers, such as those of nearest_peers(), given as arrays of their events and populations; the benchmark is of the peers alone. NULL, other than of unit_cost, and no peers give NULL. Errors as for opportunity(); arrays of different lengths are error 22023. Sources as for opportunity().';

CREATE FUNCTION nearest_peers(id anyelement, features double precision[], peers integer DEFAULT 10,
                              weights double precision[] DEFAULT NULL) RETURNS anyarray
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @solve@
AS 'MODULE_PATHNAME', 'cg_nearest_peers_window';

COMMENT ON FUNCTION nearest_peers(anyelement, double precision[], integer, double precision[]) IS
'Window function over all units (order and frame do not matter, but ties go by order): the ids of the so many units nearest to each in demography or whatever features hold, nearest first. The distance is Euclid''s over features divided by their standard deviations, their squares weighted; a feature that is the same everywhere does not count. Fewer than peers + 1 units give as many as there are. A NULL id or NULL features gives NULL and the unit is nobody''s peer. Infinite features are error 22003, different numbers of features 2202E, peers outside 1 to 1000 22023, more than 100,000 units 54000. Source: CIPFA nearest neighbours and NHS RightCare similar practices use this distance.';

CREATE FUNCTION peer_distances(id anyelement, features double precision[], peers integer DEFAULT 10,
                               weights double precision[] DEFAULT NULL) RETURNS double precision[]
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @solve@
AS 'MODULE_PATHNAME', 'cg_peer_distances_window';

COMMENT ON FUNCTION peer_distances(anyelement, double precision[], integer, double precision[]) IS
'Window function: the distances, in standard deviations, of the units that nearest_peers() gives for the same arguments, in the same order. NULL rule and errors as there.';
