-- Who goes to which site, by a table of travel costs.

CREATE FUNCTION allocate(demand_sql text, sites_sql text, pairs_sql text,
	split boolean DEFAULT true, max_cost double precision DEFAULT NULL,
	keep_unless_saves double precision DEFAULT NULL, equity double precision DEFAULT 1,
	minimise_worst boolean DEFAULT false, unserved text DEFAULT 'report', place_values boolean DEFAULT true)
RETURNS TABLE (
	kind text, demand_id text, site_id text, amount bigint, cost double precision, total_cost double precision,
	from_site_id text, from_cost double precision, capacity bigint, one_more_serves bigint,
	one_more_saves double precision, reason text, objective double precision, bound double precision,
	gap double precision, status text, seconds double precision, rounds integer,
	"group" text, without_place bigint, worst_cost double precision, nearer bigint, farther bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 5000
AS 'MODULE_PATHNAME', 'cg_allocate';

COMMENT ON FUNCTION allocate(text, text, text, boolean, double precision, double precision, double precision, boolean, text, boolean) IS
'Who goes to which site, so that as many as possible are served, nobody is over capacity, and the sum of amount times cost is least. demand_sql: id, and if wanted amount (1 without), site_id (where they are now), "group" (such as a decile or an age band; any type), weight (costs of that row count so many times; 1 without). sites_sql: id, capacity, and if wanted minimum (it gets at least that many). pairs_sql: demand_id, site_id, cost of one (minutes, metres); where there is no pair, or one dearer than max_cost, nobody goes; pairs of ids that are not in the other queries are left out. Options: split false: each demand goes whole to one site; the answer is proved best or comes with its gap. keep_unless_saves: nobody leaves their site_id, for another or for none, unless the plan saves more than this for each who leaves; Infinity: only if needed. equity above 1: costs count to this power. minimise_worst: the longest journey as short as it can be, then the sum. unserved: report, or refuse (error 22023 that names what blocks). place_values false: without one_more_*. Rows by kind. flow: demand_id, site_id, amount, cost of one, total_cost, and with site_id from_site_id, from_cost and a reason (stays, nearer, no room, too far, no pair, site is gone, new). unserved: demand_id, amount, reason (no pair, no room). site: amount that goes there, capacity, mean cost, total_cost, reason (full, blocks, below its minimum), and what exactly one more place there would gain: one_more_serves people, one_more_saves cost as it counts (NULL with split false). group, one for each value (NULL too): amount placed, without_place, mean cost, total_cost, worst_cost, and with site_id the mean cost now (from_cost) and the people who come nearer and who go farther. summary: the same of all, capacity, objective (the sum as it counts), bound, gap (share of the objective; NULL: not even known whether more could be served), seconds, rounds, reason in words, status: optimal; unserved (not all have a place; gap 0: no plan serves more or costs less); feasible (split false, not proved); infeasible (minima cannot be reached); undecided (split false: no plan found, nor that there is none). Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers out of range, 22023 for ids or pairs that come twice and for options, 54000 for too much in all. Nobody and no sites: only the summary. The answer does not depend on the order of rows; among equal ones, unless split is false, lower ids go to lower ids. Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118); split false: Lagrangian relaxation and branch and bound (Fisher, Jaikumar and Van Wassenhove, Manage Sci 1986;32:1095-103). Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION allocate(demand_sql text, sites_sql text, pairs_sql text,
	demand_type anyelement, site_type anycompatible,
	split boolean DEFAULT true, max_cost double precision DEFAULT NULL,
	keep_unless_saves double precision DEFAULT NULL, equity double precision DEFAULT 1,
	minimise_worst boolean DEFAULT false, unserved text DEFAULT 'report', place_values boolean DEFAULT true)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, amount bigint, cost double precision, total_cost double precision,
	from_site_id anycompatible, from_cost double precision, capacity bigint, one_more_serves bigint,
	one_more_saves double precision, reason text, objective double precision, bound double precision,
	gap double precision, status text, seconds double precision, rounds integer,
	"group" text, without_place bigint, worst_cost double precision, nearer bigint, farther bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 5000
AS 'MODULE_PATHNAME', 'cg_allocate';

COMMENT ON FUNCTION allocate(text, text, text, anyelement, anycompatible, boolean, double precision, double precision, double precision, boolean, text, boolean) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';

