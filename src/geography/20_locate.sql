-- Which sites should host a service.

CREATE FUNCTION locate(demand_sql text, sites_sql text, pairs_sql text, p integer DEFAULT NULL,
                       max_cost double precision DEFAULT NULL, unserved_cost double precision DEFAULT NULL,
                       effort double precision DEFAULT 1, seed bigint DEFAULT 1, split boolean DEFAULT false)
RETURNS TABLE (
	kind text, demand_id text, site_id text, is_open boolean, amount double precision, cost double precision,
	price double precision, objective double precision, bound double precision, gap double precision,
	status text, explanation text, seconds double precision, rounds bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 2000
AS 'MODULE_PATHNAME', 'cg_locate';

COMMENT ON FUNCTION locate(text, text, text, integer, double precision, double precision, double precision, bigint, boolean) IS
'Which p sites to open so that amount times cost, summed over all demand, is least, with a proof. demand_sql: id, amount. sites_sql: id, and if wanted opening_cost, fixed (open, closed or NULL), capacity and minimum (amount that an open site takes). pairs_sql: demand_id, site_id, cost of one unit; what has no pair, or costs more than max_cost, is not possible; pairs of ids that are not in the other queries are left out. p NULL: opening costs decide how many. unserved_cost: a unit may stay unserved for it; NULL: all must be served. With capacity or minimum each demand goes whole to one site, and p is needed; with split => true it may go to several, as transport, then p may be NULL, there is a row of kind demand for each site that it goes to, with the amount, and amounts, capacities and minimums have six decimals at most. Rows: kind summary (amount served, mean cost, objective, bound, gap = their difference by the larger, status optimal, feasible, infeasible or not found, explanation, seconds, rounds), then kind site (is_open, amount, mean cost) and kind demand (site_id, NULL where unserved; cost; price, the multiplier of the bound for the whole demand, by which verify_locate proves it). Without an answer only the summary comes. Ids are bigint, text or uuid and come back as text; a form with types gives them as they are. effort is the most work, as a multiple of about a minute; the answer does not depend on the machine or on the order of rows; ties go to the lower id. Errors: 42703 and 42804 for columns, 22004 for NULL, 22003 for negative or infinite numbers and amounts that cannot be split, 22023 for ids or pairs that come twice and for options. No demand: objective 0. Sources: Hakimi, Oper Res 1964;12:450-9; Resende and Werneck, Ann Oper Res 2007;150:205-30; Beasley, Eur J Oper Res 1993;65:383-99; Ceselli and Righini, Networks 2005;45:125-42; Beasley, Eur J Oper Res 1988;33:314-25 (split).';

CREATE FUNCTION locate(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, p integer DEFAULT NULL,
                       max_cost double precision DEFAULT NULL, unserved_cost double precision DEFAULT NULL,
                       effort double precision DEFAULT 1, seed bigint DEFAULT 1, split boolean DEFAULT false)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, is_open boolean, amount double precision, cost double precision,
	price double precision, objective double precision, bound double precision, gap double precision,
	status text, explanation text, seconds double precision, rounds bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 2000
AS 'MODULE_PATHNAME', 'cg_locate';

COMMENT ON FUNCTION locate(text, text, text, anyelement, anycompatible, integer, double precision, double precision, double precision, bigint, boolean) IS
'The same, with ids in the type that they have, given as NULL::bigint, NULL::text or NULL::uuid; ids of another type are error 42804.';

CREATE FUNCTION verify_locate(demand_sql text, sites_sql text, pairs_sql text, answer_sql text, p integer DEFAULT NULL,
                              max_cost double precision DEFAULT NULL, unserved_cost double precision DEFAULT NULL, split boolean DEFAULT false)
RETURNS TABLE (
	is_feasible boolean, problem text, objective double precision, bound double precision, gap double precision,
	open_sites integer, unserved_demands integer, not_cheapest integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 1
AS 'MODULE_PATHNAME', 'cg_verify_locate';

COMMENT ON FUNCTION verify_locate(text, text, text, text, integer, double precision, double precision, boolean) IS
'Checks an answer of locate() from the answer alone, by another way than it was found: one row with whether it keeps every rule, the first rule broken, the objective worked out anew, the lower bound that the prices prove by themselves (NULL without prices), the relative gap between the two, and counts of open sites, of demands unserved and of demands that another open site would serve for less. answer_sql: kind, demand_id, site_id, is_open and, if wanted, price, as locate() returns them; with split => true also amount. The other arguments, and errors, are those of locate(). Branch and bound may have proved more than the prices do.';
