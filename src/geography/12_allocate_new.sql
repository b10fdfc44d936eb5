-- Newcomers, moves, closures, and checking a plan.

CREATE FUNCTION allocate_new(demand_sql text, sites_sql text, pairs_sql text,
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
AS 'MODULE_PATHNAME', 'cg_allocate_new';

COMMENT ON FUNCTION allocate_new(text, text, text, boolean, double precision, double precision, double precision, boolean, text, boolean) IS
'Places only newcomers: demand_sql has a column site_id; who has one stays and takes their room, who has none (NULL), or one that is no longer in sites_sql, is placed in what room is left. capacity in the result is the room left, minima are less by who is there, and sums are of newcomers. keep_unless_saves has no effect. Arguments, rows and errors are otherwise those of allocate(). Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION allocate_new(demand_sql text, sites_sql text, pairs_sql text,
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
AS 'MODULE_PATHNAME', 'cg_allocate_new';

COMMENT ON FUNCTION allocate_new(text, text, text, anyelement, anycompatible, boolean, double precision, double precision, double precision, boolean, text, boolean) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';

CREATE FUNCTION reallocate(demand_sql text, sites_sql text, pairs_sql text,
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
AS 'MODULE_PATHNAME', 'cg_reallocate';

COMMENT ON FUNCTION reallocate(text, text, text, boolean, double precision, double precision, double precision, boolean, text, boolean) IS
'Who would move, and why: demand_sql has a column site_id (where they are now; NULL: nowhere). keep_unless_saves is Infinity unless it is given: nobody moves who need not. Rows of kind move (from_site_id, site_id, amount, from_cost, cost, reason nearer, no room, too far, no pair, site is gone, new) stand for those who move alone; kinds unserved, site, group and summary are of everybody. Arguments, rows and errors are otherwise those of allocate(). Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION reallocate(demand_sql text, sites_sql text, pairs_sql text,
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
AS 'MODULE_PATHNAME', 'cg_reallocate';

COMMENT ON FUNCTION reallocate(text, text, text, anyelement, anycompatible, boolean, double precision, double precision, double precision, boolean, text, boolean) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';

CREATE FUNCTION allocate_closures(demand_sql text, sites_sql text, pairs_sql text,
	max_cost double precision DEFAULT NULL)
RETURNS TABLE (
	site_id text, amount bigint, unserved bigint, cost_lost double precision, cost_lost_each double precision, status text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100
AS 'MODULE_PATHNAME', 'cg_allocate_closures';

COMMENT ON FUNCTION allocate_closures(text, text, text, double precision) IS
'What each site is worth: one row for each, as if it alone closed and the plan of allocate() were made anew. amount: people there before; unserved: how many more have no place; cost_lost: person-minutes (or metres) as they count more than before, which can be below 0 where fewer are served; cost_lost_each: by person who was there; status optimal, unserved, or infeasible (the minima of other sites cannot be reached: unserved and cost_lost are NULL). Arguments and errors are those of allocate(). Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118).';

CREATE FUNCTION allocate_closures(demand_sql text, sites_sql text, pairs_sql text,
	demand_type anyelement, site_type anycompatible,
	max_cost double precision DEFAULT NULL)
RETURNS TABLE (
	site_id anycompatible, amount bigint, unserved bigint, cost_lost double precision, cost_lost_each double precision, status text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100
AS 'MODULE_PATHNAME', 'cg_allocate_closures';

COMMENT ON FUNCTION allocate_closures(text, text, text, anyelement, anycompatible, double precision) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';

CREATE FUNCTION verify_allocation(demand_sql text, sites_sql text, pairs_sql text, plan_sql text,
	max_cost double precision DEFAULT NULL)
RETURNS TABLE (
	is_feasible boolean, problem text, is_optimal boolean, total_cost double precision, placed bigint, unserved bigint,
	over_capacity bigint, below_minimum bigint, without_pair bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 1
AS 'MODULE_PATHNAME', 'cg_verify_allocation';

COMMENT ON FUNCTION verify_allocation(text, text, text, text, double precision) IS
'Checks any plan, of allocate() or of anybody, from the plan alone and by another way than allocate() finds one. plan_sql: demand_id, site_id, amount (rows of kind flow). The other arguments are those of allocate(). One row: whether the plan keeps every rule; the first rule that is broken (ids that are in no query, more placed than there are, placed where there is no pair, over capacity, below a minimum), NULL if none; whether no other plan serves more or costs less, found by looking for an exchange between sites that would improve it (NULL if a rule is broken); the cost; the people placed, unserved, above capacity, missing from minima, and placed without a pair or beyond max_cost. A column weight of the demand counts. A plan made with keep_unless_saves, equity, minimise_worst or split => false need not be optimal in this sense. At most 4,000 sites (54000). Errors are those of allocate(). Source: no negative cycle in the residual network (Klein, Management Science 1967;14:205-20).';
