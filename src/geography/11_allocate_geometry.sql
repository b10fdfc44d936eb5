-- Who goes to which site, by straight lines between geometries.

CREATE FUNCTION allocate_near(demand_sql text, sites_sql text,
	split boolean DEFAULT true, max_cost double precision DEFAULT NULL,
	keep_unless_saves double precision DEFAULT NULL, equity double precision DEFAULT 1,
	minimise_worst boolean DEFAULT false, unserved text DEFAULT 'report', place_values boolean DEFAULT true,
	detour double precision DEFAULT 1, candidates integer DEFAULT NULL)
RETURNS TABLE (
	kind text, demand_id text, site_id text, amount bigint, cost double precision, total_cost double precision,
	from_site_id text, from_cost double precision, capacity bigint, one_more_serves bigint,
	one_more_saves double precision, reason text, objective double precision, bound double precision,
	gap double precision, status text, seconds double precision, rounds integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 5000
AS 'MODULE_PATHNAME', 'cg_allocate_near';

COMMENT ON FUNCTION allocate_near(text, text, boolean, double precision, double precision, double precision, boolean, text, boolean, double precision, integer) IS
'allocate() where the cost of a pair is the straight line between two geometries in metres, times detour (1 or more; 1.3 is usual for roads). demand_sql: id, amount (1 if there is no such column), geom, and if wanted site_id; sites_sql: id, capacity, geom, and if wanted minimum. geom is geometry or geography; an area stands for the point that ST_PointOnSurface finds. Degrees (SRID 4326 and 4258) are measured on the WGS 84 ellipsoid, to a millionth; other SRIDs as a plane whose unit is the metre. max_cost: the limit in metres, detour included; candidates: only the nearest so many sites of each demand (NULL: all within the limit). No pairs are stored. Rows: kind flow (demand_id, site_id, amount, cost of one, total_cost; where the demand has a site_id column also from_site_id, from_cost and a reason: stays, nearer, no room, too far, no pair, site is gone, new), kind unserved (amount, reason no pair or no room), kind site (amount that goes there, capacity, mean cost, total_cost, reason full, blocks or below its minimum, and what exactly one more place there would gain: one_more_serves people, one_more_saves cost), kind summary (amount placed, objective, bound, gap as a share of the objective, status optimal, unserved, feasible or infeasible, reason in words, seconds, rounds of pricing). Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers out of range, 22023 for ids or pairs that come twice and for options. Nobody and no sites: only the summary. The answer does not depend on the order of rows; among equal answers lower ids go to lower ids. Also 22023: no SRID, different SRIDs, an empty geometry, web Mercator (3857). Other options are those of allocate(). Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118). Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION allocate_near(demand_sql text, sites_sql text,
	demand_type anyelement, site_type anycompatible,
	split boolean DEFAULT true, max_cost double precision DEFAULT NULL,
	keep_unless_saves double precision DEFAULT NULL, equity double precision DEFAULT 1,
	minimise_worst boolean DEFAULT false, unserved text DEFAULT 'report', place_values boolean DEFAULT true,
	detour double precision DEFAULT 1, candidates integer DEFAULT NULL)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, amount bigint, cost double precision, total_cost double precision,
	from_site_id anycompatible, from_cost double precision, capacity bigint, one_more_serves bigint,
	one_more_saves double precision, reason text, objective double precision, bound double precision,
	gap double precision, status text, seconds double precision, rounds integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 5000
AS 'MODULE_PATHNAME', 'cg_allocate_near';

COMMENT ON FUNCTION allocate_near(text, text, anyelement, anycompatible, boolean, double precision, double precision, double precision, boolean, text, boolean, double precision, integer) IS
'allocate() where the cost of a pair is the straight line between two geometries in metres, times detour (1 or more; 1.3 is usual for roads). demand_sql: id, amount (1 if there is no such column), geom, and if wanted site_id; sites_sql: id, capacity, geom, and if wanted minimum. geom is geometry or geography; an area stands for the point that ST_PointOnSurface finds. Degrees (SRID 4326 and 4258) are measured on the WGS 84 ellipsoid, to a millionth; other SRIDs as a plane whose unit is the metre. max_cost: the limit in metres, detour included; candidates: only the nearest so many sites of each demand (NULL: all within the limit). No pairs are stored. Rows: kind flow (demand_id, site_id, amount, cost of one, total_cost; where the demand has a site_id column also from_site_id, from_cost and a reason: stays, nearer, no room, too far, no pair, site is gone, new), kind unserved (amount, reason no pair or no room), kind site (amount that goes there, capacity, mean cost, total_cost, reason full, blocks or below its minimum, and what exactly one more place there would gain: one_more_serves people, one_more_saves cost), kind summary (amount placed, objective, bound, gap as a share of the objective, status optimal, unserved, feasible or infeasible, reason in words, seconds, rounds of pricing). Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers out of range, 22023 for ids or pairs that come twice and for options. Nobody and no sites: only the summary. The answer does not depend on the order of rows; among equal answers lower ids go to lower ids. Also 22023: no SRID, different SRIDs, an empty geometry, web Mercator (3857). Other options are those of allocate(). Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118). Ids come back in the types of demand_type and site_type, given as NULL::bigint, NULL::text or NULL::uuid.';

