-- Sites so that people are within a limit of time or distance.

CREATE FUNCTION cover(demand_sql text, sites_sql text, pairs_sql text, goal text DEFAULT 'fewest',
                      max_cost double precision DEFAULT NULL, share double precision DEFAULT 1, p integer DEFAULT NULL,
                      effort double precision DEFAULT 1, seed bigint DEFAULT 1)
RETURNS TABLE (
	kind text, demand_id text, site_id text, is_open boolean, is_covered boolean, amount double precision,
	cost double precision, share_covered double precision, within double precision, objective double precision,
	bound double precision, gap double precision, status text, explanation text, seconds double precision, rounds bigint,
	price double precision
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 2000
AS 'MODULE_PATHNAME', 'cg_cover_sites';

COMMENT ON FUNCTION cover(text, text, text, text, double precision, double precision, integer, double precision, bigint) IS
'Sites so that people are within a limit, with a proof. goal fewest: the fewest sites so that the share of the amount is within max_cost (share 1: every demand); where sites_sql has a column opening_cost (NULL is 0), the cheapest ones together. most: p sites so that the most is within max_cost. centre: p sites, and the least limit within which the share is. demand_sql: id, amount. sites_sql: id, and if wanted fixed (open, closed or NULL) and, for goal fewest, opening_cost. pairs_sql: demand_id, site_id, cost such as minutes. Rows: kind summary (amount covered, share_covered, within = the limit, objective = sites or their cost, amount, or limit by the goal, bound, gap, status, explanation, seconds, rounds), kind site (is_open, amount whose nearest open site it is, mean cost, share of that covered) and kind demand (nearest open site, its cost, is_covered; price, by which verify_cover proves a bound). The sites of goal fewest are no better than needed: of several answers with as few sites, any may come. Ids come back as text; a form with types gives them as they are. Options effort and seed, and errors, are those of locate(). Sources: Toregas and others, Oper Res 1971;19:1363-73; Church and ReVelle, Pap Reg Sci Assoc 1974;32:101-18; Minieka, SIAM Rev 1970;12:138-9; Caprara, Fischetti and Toth, Oper Res 1999;47:730-43 (opening costs).';

CREATE FUNCTION cover(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, goal text DEFAULT 'fewest',
                      max_cost double precision DEFAULT NULL, share double precision DEFAULT 1, p integer DEFAULT NULL,
                      effort double precision DEFAULT 1, seed bigint DEFAULT 1)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, is_open boolean, is_covered boolean, amount double precision,
	cost double precision, share_covered double precision, within double precision, objective double precision,
	bound double precision, gap double precision, status text, explanation text, seconds double precision, rounds bigint,
	price double precision
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 2000
AS 'MODULE_PATHNAME', 'cg_cover_sites';

COMMENT ON FUNCTION cover(text, text, text, anyelement, anycompatible, text, double precision, double precision, integer, double precision, bigint) IS
'The same, with ids in the type that they have, given as NULL::bigint, NULL::text or NULL::uuid; ids of another type are error 42804.';

CREATE FUNCTION verify_cover(demand_sql text, sites_sql text, pairs_sql text, answer_sql text, goal text DEFAULT 'fewest',
                             max_cost double precision DEFAULT NULL, share double precision DEFAULT 1, p integer DEFAULT NULL)
RETURNS TABLE (
	is_feasible boolean, problem text, objective double precision, bound double precision, gap double precision,
	open_sites integer, amount double precision, within double precision
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 1
AS 'MODULE_PATHNAME', 'cg_verify_cover';

COMMENT ON FUNCTION verify_cover(text, text, text, text, text, double precision, double precision, integer) IS
'Checks an answer of cover() from the answer alone: one row with whether it keeps every rule, the first rule broken, the objective worked out anew (sites or their cost, amount, or limit by the goal), the bound that the prices prove by themselves (NULL without a price for every demand), the relative gap between the two, how many sites are open, the amount that is within the limit, and the limit (for goal centre the least that these sites reach). answer_sql: kind, site_id, is_open and, if wanted, demand_id and price, as cover() returns them; a site that is left out is closed. The other arguments, and errors, are those of cover(). Bisection and branch and bound may have proved more than the prices do.';
