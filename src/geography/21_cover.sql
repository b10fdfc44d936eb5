-- Sites so that people are within a limit of time or distance.

CREATE FUNCTION cover(demand_sql text, sites_sql text, pairs_sql text, goal text DEFAULT 'fewest',
                      max_cost double precision DEFAULT NULL, share double precision DEFAULT 1, p integer DEFAULT NULL,
                      effort double precision DEFAULT 1, seed bigint DEFAULT 1)
RETURNS TABLE (
	kind text, demand_id text, site_id text, is_open boolean, is_covered boolean, amount double precision,
	cost double precision, share_covered double precision, within double precision, objective double precision,
	bound double precision, gap double precision, status text, explanation text, seconds double precision, rounds bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 2000
AS 'MODULE_PATHNAME', 'cg_cover_sites';

COMMENT ON FUNCTION cover(text, text, text, text, double precision, double precision, integer, double precision, bigint) IS
'Sites so that people are within a limit, with a proof. goal fewest: the fewest sites so that the share of the amount is within max_cost (share 1: every demand). most: p sites so that the most is within max_cost. centre: p sites, and the least limit within which the share is. demand_sql: id, amount. sites_sql: id, and if wanted fixed (open, closed or NULL). pairs_sql: demand_id, site_id, cost such as minutes. Rows: kind summary (amount covered, share_covered, within = the limit, objective = sites, amount or limit by the goal, bound, gap, status, explanation, seconds, rounds), kind site (is_open, amount whose nearest open site it is, mean cost, share of that covered) and kind demand (nearest open site, its cost, is_covered). The sites of goal fewest are no better than needed: of several answers with as few sites, any may come. Ids come back as text; a form with types gives them as they are. Options effort and seed, and errors, are those of locate(). Sources: Toregas and others, Oper Res 1971;19:1363-73; Church and ReVelle, Pap Reg Sci Assoc 1974;32:101-18; Minieka, SIAM Rev 1970;12:138-9.';

CREATE FUNCTION cover(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, goal text DEFAULT 'fewest',
                      max_cost double precision DEFAULT NULL, share double precision DEFAULT 1, p integer DEFAULT NULL,
                      effort double precision DEFAULT 1, seed bigint DEFAULT 1)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, is_open boolean, is_covered boolean, amount double precision,
	cost double precision, share_covered double precision, within double precision, objective double precision,
	bound double precision, gap double precision, status text, explanation text, seconds double precision, rounds bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 2000
AS 'MODULE_PATHNAME', 'cg_cover_sites';

COMMENT ON FUNCTION cover(text, text, text, anyelement, anycompatible, text, double precision, double precision, integer, double precision, bigint) IS
'The same, with ids in the type that they have, given as NULL::bigint, NULL::text or NULL::uuid; ids of another type are error 42804.';
