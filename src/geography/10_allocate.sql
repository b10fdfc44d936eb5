-- Who goes to which site, by a table of travel costs.

CREATE FUNCTION allocate(demand_sql text, sites_sql text, pairs_sql text,
	split boolean DEFAULT true, max_cost double precision DEFAULT NULL,
	keep_unless_saves double precision DEFAULT NULL, equity double precision DEFAULT 1,
	minimise_worst boolean DEFAULT false, unserved text DEFAULT 'report', place_values boolean DEFAULT true)
RETURNS TABLE (
	kind text, demand_id text, site_id text, amount bigint, cost double precision, total_cost double precision,
	from_site_id text, from_cost double precision, capacity bigint, one_more_serves bigint,
	one_more_saves double precision, reason text, objective double precision, bound double precision,
	gap double precision, status text, seconds double precision, rounds integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 5000
AS 'MODULE_PATHNAME', 'cg_allocate';

COMMENT ON FUNCTION allocate(text, text, text, boolean, double precision, double precision, double precision, boolean, text, boolean) IS
'Who goes to which site so that the sum of amount times cost is least and nobody is over capacity. demand_sql: id, amount (1 if there is no such column), and if wanted site_id (where they are now). sites_sql: id, capacity, and if wanted minimum (each site gets that many or the status is infeasible). pairs_sql: demand_id, site_id, cost of one (minutes, metres); what has no pair, or costs more than max_cost, is not possible; pairs of ids that are not in the other queries are left out. As many as possible are served first. keep_unless_saves: nobody leaves their site unless the plan saves more than this for each who leaves; Infinity: only if needed. equity above 1: costs count to this power, so that long journeys weigh more. minimise_worst: the longest journey is made as short as it can be, then the sum. split false: each demand goes whole to one site (the generalised assignment problem; answers have a gap). unserved: report, or refuse = error 22023 that names the cut. place_values false leaves out one_more_*. Rows: kind flow (demand_id, site_id, amount, cost of one, total_cost; where the demand has a site_id column also from_site_id, from_cost and a reason: stays, nearer, no room, too far, no pair, site is gone, new), kind unserved (amount, reason no pair or no room), kind site (amount that goes there, capacity, mean cost, total_cost, reason full, blocks or below its minimum, and what exactly one more place there would gain: one_more_serves people, one_more_saves cost), kind summary (amount placed, objective, bound, gap as a share of the objective, status optimal, unserved, feasible or infeasible, reason in words, seconds, rounds of pricing). Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers out of range, 22023 for ids or pairs that come twice and for options. Nobody and no sites: only the summary. The answer does not depend on the order of rows; among equal answers lower ids go to lower ids. Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118). Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION allocate(demand_sql text, sites_sql text, pairs_sql text,
	demand_type anyelement, site_type anycompatible,
	split boolean DEFAULT true, max_cost double precision DEFAULT NULL,
	keep_unless_saves double precision DEFAULT NULL, equity double precision DEFAULT 1,
	minimise_worst boolean DEFAULT false, unserved text DEFAULT 'report', place_values boolean DEFAULT true)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, amount bigint, cost double precision, total_cost double precision,
	from_site_id anycompatible, from_cost double precision, capacity bigint, one_more_serves bigint,
	one_more_saves double precision, reason text, objective double precision, bound double precision,
	gap double precision, status text, seconds double precision, rounds integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 5000
AS 'MODULE_PATHNAME', 'cg_allocate';

COMMENT ON FUNCTION allocate(text, text, text, anyelement, anycompatible, boolean, double precision, double precision, double precision, boolean, text, boolean) IS
'Who goes to which site so that the sum of amount times cost is least and nobody is over capacity. demand_sql: id, amount (1 if there is no such column), and if wanted site_id (where they are now). sites_sql: id, capacity, and if wanted minimum (each site gets that many or the status is infeasible). pairs_sql: demand_id, site_id, cost of one (minutes, metres); what has no pair, or costs more than max_cost, is not possible; pairs of ids that are not in the other queries are left out. As many as possible are served first. keep_unless_saves: nobody leaves their site unless the plan saves more than this for each who leaves; Infinity: only if needed. equity above 1: costs count to this power, so that long journeys weigh more. minimise_worst: the longest journey is made as short as it can be, then the sum. split false: each demand goes whole to one site (the generalised assignment problem; answers have a gap). unserved: report, or refuse = error 22023 that names the cut. place_values false leaves out one_more_*. Rows: kind flow (demand_id, site_id, amount, cost of one, total_cost; where the demand has a site_id column also from_site_id, from_cost and a reason: stays, nearer, no room, too far, no pair, site is gone, new), kind unserved (amount, reason no pair or no room), kind site (amount that goes there, capacity, mean cost, total_cost, reason full, blocks or below its minimum, and what exactly one more place there would gain: one_more_serves people, one_more_saves cost), kind summary (amount placed, objective, bound, gap as a share of the objective, status optimal, unserved, feasible or infeasible, reason in words, seconds, rounds of pricing). Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers out of range, 22023 for ids or pairs that come twice and for options. Nobody and no sites: only the summary. The answer does not depend on the order of rows; among equal answers lower ids go to lower ids. Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118). Ids come back in the types of demand_type and site_type, given as NULL::bigint, NULL::text or NULL::uuid.';

