-- How well people reach care. Optimal catchments within capacity are allocate()'s.

-- Floating catchment areas: capacity within reach, shared with all who reach it.

CREATE FUNCTION access_2sfca(demand_sql text, sites_sql text, pairs_sql text, max_cost double precision)
RETURNS TABLE (
	kind text, demand_id text, site_id text, amount double precision, capacity double precision, ratio double precision,
	access double precision, sites_within integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_2sfca';

COMMENT ON FUNCTION access_2sfca(text, text, text, double precision) IS
'Capacity within reach for each person, by two-step floating catchment areas: each site''s capacity over the people within max_cost of it, and for each demand the sum of these ratios over the sites within max_cost. demand_sql: id, amount (people). sites_sql: id, capacity. pairs_sql: demand_id, site_id, cost (minutes); pairs of ids that are not in the other queries are left out. Rows of kind demand: access, NULL never, and sites_within, how many sites have a weight above 0. Rows of kind site: amount, the people who ask there, capacity, and ratio, the one over the other; NULL where nobody asks. Summed over demand, amount times access is the capacity of all sites that anybody reaches. Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers that are negative or not finite, 22023 for ids or pairs that come twice and for options. No demand and no sites give no rows. The answer does not depend on the order of rows. Source: Luo and Wang, Environ Plann B 2003;30:865-84. Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION access_2sfca(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, max_cost double precision)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, amount double precision, capacity double precision, ratio double precision,
	access double precision, sites_within integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_2sfca';

COMMENT ON FUNCTION access_2sfca(text, text, text, anyelement, anycompatible, double precision) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';

CREATE FUNCTION access_e2sfca(demand_sql text, sites_sql text, pairs_sql text, max_cost double precision DEFAULT NULL, decay text DEFAULT 'gaussian',
	band_limits double precision[] DEFAULT NULL, band_weights double precision[] DEFAULT NULL)
RETURNS TABLE (
	kind text, demand_id text, site_id text, amount double precision, capacity double precision, ratio double precision,
	access double precision, sites_within integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_e2sfca';

COMMENT ON FUNCTION access_e2sfca(text, text, text, double precision, text, double precision[], double precision[]) IS
'access_2sfca() where the weight of a site falls with its cost. decay gaussian: the weight falls from 1 at no cost to 0 at max_cost, (exp(-(c/m)^2/2) - exp(-1/2)) / (1 - exp(-1/2)) (Dai). decay bands: max_cost NULL, a weight from 0 to 1 for each band of cost; band_limits ascend and belong to their band, beyond the last the weight is 0 (Luo and Qi: limits 10, 20, 30 minutes with weights 1, 0.68, 0.22, or 1, 0.42, 0.09 for a fast decay). decay step: 1 up to max_cost. demand_sql: id, amount (people). sites_sql: id, capacity. pairs_sql: demand_id, site_id, cost (minutes); pairs of ids that are not in the other queries are left out. Rows of kind demand: access, NULL never, and sites_within, how many sites have a weight above 0. Rows of kind site: amount, the people who ask there, capacity, and ratio, the one over the other; NULL where nobody asks. Summed over demand, amount times access is the capacity of all sites that anybody reaches. Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers that are negative or not finite, 22023 for ids or pairs that come twice and for options. No demand and no sites give no rows. The answer does not depend on the order of rows. Sources: Luo and Qi, Health Place 2009;15:1100-7; Dai, Health Place 2010;16:1038-52. Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION access_e2sfca(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, max_cost double precision DEFAULT NULL, decay text DEFAULT 'gaussian',
	band_limits double precision[] DEFAULT NULL, band_weights double precision[] DEFAULT NULL)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, amount double precision, capacity double precision, ratio double precision,
	access double precision, sites_within integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_e2sfca';

COMMENT ON FUNCTION access_e2sfca(text, text, text, anyelement, anycompatible, double precision, text, double precision[], double precision[]) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';

CREATE FUNCTION access_bfca(demand_sql text, sites_sql text, pairs_sql text, max_cost double precision DEFAULT NULL, decay text DEFAULT 'gaussian',
	band_limits double precision[] DEFAULT NULL, band_weights double precision[] DEFAULT NULL)
RETURNS TABLE (
	kind text, demand_id text, site_id text, amount double precision, capacity double precision, ratio double precision,
	access double precision, sites_within integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_bfca';

COMMENT ON FUNCTION access_bfca(text, text, text, double precision, text, double precision[], double precision[]) IS
'Balanced floating catchment areas: each person asks once, shared out among the sites within reach by their weights, and each site''s level of service (capacity over those who ask) is shared out among the demands that reach it, so that neither demand nor service is counted twice. decay gaussian: the weight falls from 1 at no cost to 0 at max_cost, (exp(-(c/m)^2/2) - exp(-1/2)) / (1 - exp(-1/2)) (Dai). decay bands: max_cost NULL, a weight from 0 to 1 for each band of cost; band_limits ascend and belong to their band, beyond the last the weight is 0 (Luo and Qi: limits 10, 20, 30 minutes with weights 1, 0.68, 0.22, or 1, 0.42, 0.09 for a fast decay). decay step: 1 up to max_cost. demand_sql: id, amount (people). sites_sql: id, capacity. pairs_sql: demand_id, site_id, cost (minutes); pairs of ids that are not in the other queries are left out. Rows of kind demand: access, NULL never, and sites_within, how many sites have a weight above 0. Rows of kind site: amount, the people who ask there, capacity, and ratio, the one over the other; NULL where nobody asks. Summed over sites, amount is the amount of all demand within reach of any; summed over demand, access is the sum of ratio. Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers that are negative or not finite, 22023 for ids or pairs that come twice and for options. No demand and no sites give no rows. The answer does not depend on the order of rows. Source: Paez, Higgins and Vivona, PLoS ONE 2019;14:e0218773. Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION access_bfca(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, max_cost double precision DEFAULT NULL, decay text DEFAULT 'gaussian',
	band_limits double precision[] DEFAULT NULL, band_weights double precision[] DEFAULT NULL)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, amount double precision, capacity double precision, ratio double precision,
	access double precision, sites_within integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_bfca';

COMMENT ON FUNCTION access_bfca(text, text, text, anyelement, anycompatible, double precision, text, double precision[], double precision[]) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';

-- The nearest sites.

CREATE FUNCTION access_nearest(demand_sql text, sites_sql text, pairs_sql text, k integer DEFAULT 1, max_cost double precision DEFAULT NULL)
RETURNS TABLE (
	demand_id text, place integer, site_id text, cost double precision, amount double precision
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_nearest';

COMMENT ON FUNCTION access_nearest(text, text, text, integer, double precision) IS
'The k nearest sites of each demand and their cost, such as minutes: place 1 is the nearest, among equals the lower id. demand_sql: id, and if wanted amount, which comes back (1 without). sites_sql: id. pairs_sql: demand_id, site_id, cost; pairs of ids that are not in the other queries, or that cost more than max_cost, are left out. A demand without a pair has one row with place, site_id and cost NULL. Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers that are negative or not finite, 22023 for ids or pairs that come twice and for options. No demand and no sites give no rows. The answer does not depend on the order of rows. Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION access_nearest(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, k integer DEFAULT 1, max_cost double precision DEFAULT NULL)
RETURNS TABLE (
	demand_id anyelement, place integer, site_id anycompatible, cost double precision, amount double precision
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_nearest';

COMMENT ON FUNCTION access_nearest(text, text, text, anyelement, anycompatible, integer, double precision) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';

-- Where people would go by chance.

CREATE FUNCTION access_huff(demand_sql text, sites_sql text, pairs_sql text, attraction double precision DEFAULT 1, distance double precision DEFAULT 2,
	least_cost double precision DEFAULT 1, max_cost double precision DEFAULT NULL)
RETURNS TABLE (
	demand_id text, site_id text, chance double precision, amount double precision, cost double precision
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
AS 'MODULE_PATHNAME', 'cg_access_huff_rows';

COMMENT ON FUNCTION access_huff(text, text, text, double precision, double precision, double precision, double precision) IS
'Catchments by chance: somebody of a demand goes to a site with a chance in proportion to capacity ^ attraction / cost ^ distance among the sites of its pairs (within max_cost). amount is the chance times the amount of the demand; a cost below least_cost counts as least_cost. demand_sql: id, amount (people). sites_sql: id, capacity. pairs_sql: demand_id, site_id, cost (minutes); pairs of ids that are not in the other queries are left out. The chances of a demand add up to 1, or are all 0 where none of its sites has capacity. A demand without a pair has no row. Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers that are negative or not finite, 22023 for ids or pairs that come twice and for options. No demand and no sites give no rows. The answer does not depend on the order of rows. Source: Huff, J Mark 1964;28(3):34-8. Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION access_huff(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, attraction double precision DEFAULT 1, distance double precision DEFAULT 2,
	least_cost double precision DEFAULT 1, max_cost double precision DEFAULT NULL)
RETURNS TABLE (
	demand_id anyelement, site_id anycompatible, chance double precision, amount double precision, cost double precision
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
AS 'MODULE_PATHNAME', 'cg_access_huff_rows';

COMMENT ON FUNCTION access_huff(text, text, text, anyelement, anycompatible, double precision, double precision, double precision, double precision) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';
