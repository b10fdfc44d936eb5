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
	gap double precision, status text, seconds double precision, rounds integer,
	"group" text, without_place bigint, worst_cost double precision, nearer bigint, farther bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 5000
AS 'MODULE_PATHNAME', 'cg_allocate_near';

COMMENT ON FUNCTION allocate_near(text, text, boolean, double precision, double precision, double precision, boolean, text, boolean, double precision, integer) IS
'allocate() where the cost of a pair is the straight line between two geometries in metres, times detour (1 or more; 1.3 is usual for roads); no pairs are given or stored. demand_sql: id, geom, and if wanted amount, site_id, "group", weight; sites_sql: id, capacity, geom, and if wanted minimum. geom is geometry or geography; what is no point stands for the point on it that ST_PointOnSurface finds. Degrees (SRID 4326 and 4258) are measured on the WGS 84 ellipsoid, to a millionth; other SRIDs as a plane whose unit is the metre. max_cost: the limit in metres, detour included; candidates: only the nearest so many sites of each demand (NULL: all within the limit). Rows and other options are those of allocate(). Errors: those of allocate(), and 22023 for no SRID, different SRIDs, an empty geometry, web Mercator (3857), which stretches distances, and degrees that are not on Earth; 22003 for coordinates that are not finite. Ids come back as text; the form with demand_type and site_type gives them as they are.';

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
	gap double precision, status text, seconds double precision, rounds integer,
	"group" text, without_place bigint, worst_cost double precision, nearer bigint, farther bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 5000
AS 'MODULE_PATHNAME', 'cg_allocate_near';

COMMENT ON FUNCTION allocate_near(text, text, anyelement, anycompatible, boolean, double precision, double precision, double precision, boolean, text, boolean, double precision, integer) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';

