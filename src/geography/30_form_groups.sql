-- Balanced groups: care groups of practices, lots of services, districts of areas.

CREATE FUNCTION form_groups(units_sql text, pairs_sql text, groups integer, measures text[] DEFAULT '{amount}',
                            lower double precision[] DEFAULT NULL, upper double precision[] DEFAULT NULL,
                            tolerance double precision DEFAULT NULL, max_cost double precision DEFAULT NULL,
                            neighbours_sql text DEFAULT NULL, change_penalty double precision DEFAULT 0,
                            effort double precision DEFAULT 1, seed bigint DEFAULT 1)
RETURNS TABLE (
	kind text, unit_id text, centre_id text, group_number integer, existing_group text, is_changed boolean,
	amounts double precision[], cost double precision, change_cost double precision, objective double precision,
	bound double precision, gap double precision, status text, explanation text, seconds double precision, rounds bigint,
	price double precision
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 500
AS 'MODULE_PATHNAME', 'cg_form_groups';

COMMENT ON FUNCTION form_groups(text, text, integer, text[], double precision[], double precision[], double precision, double precision, text, double precision, double precision, bigint) IS
'Puts units (practices, services, areas) into so many groups, each around one of its units as the centre, so that weight times cost to the centre is least and every measure of every group is within its limits. units_sql: id, the columns that measures names (amounts of 0 or more), and if wanted weight (else the first measure), together (units with the same word stay in one group), apart (units with the same word come into different groups), existing_group (of today), role (centre, member or NULL). lower, upper: one limit for each measure, NULL for none; tolerance: the limits that are left out are an even share plus and minus that fraction. pairs_sql: from_id, to_id, cost; a pair given one way counts both ways, a unit costs 0 to itself, and without a pair, or above max_cost, a unit cannot be in the group of that centre. neighbours_sql: unit_id, neighbour_id; if given, groups are connected. change_penalty: cost of a unit of weight that leaves its existing group (each of which at most one group continues). Rows: kind summary (amounts in all, change_cost, objective, bound = no grouping costs less, gap, status, explanation, seconds, rounds), kind group (number, centre, the existing group it continues, amounts, mean cost) and kind unit (with price, the multiplier of the bound, by which verify_groups proves it). Without an answer only the summary comes and says why. Ids come back as text; a form with types gives them as they are. Units squared are at most 10 million. effort is a multiple of the usual work (a second or two for 150 units); the answer does not depend on the machine or on the order of rows. Errors as for locate(). Bound: Lagrangian relaxation with a knapsack for each centre, of one measure at a time, borders and apart left out of it; branch and bound, with all rules, closes the gap where the problem is small or the gap is. Sources: Ceselli and Righini, Networks 2005;45:125-42; Shaw, CP98; Gendreau, Hertz and Laporte, Manage Sci 1994;40:1276-90.';

CREATE FUNCTION form_groups(units_sql text, pairs_sql text, unit_type anyelement, groups integer, measures text[] DEFAULT '{amount}',
                            lower double precision[] DEFAULT NULL, upper double precision[] DEFAULT NULL,
                            tolerance double precision DEFAULT NULL, max_cost double precision DEFAULT NULL,
                            neighbours_sql text DEFAULT NULL, change_penalty double precision DEFAULT 0,
                            effort double precision DEFAULT 1, seed bigint DEFAULT 1)
RETURNS TABLE (
	kind text, unit_id anyelement, centre_id anyelement, group_number integer, existing_group text, is_changed boolean,
	amounts double precision[], cost double precision, change_cost double precision, objective double precision,
	bound double precision, gap double precision, status text, explanation text, seconds double precision, rounds bigint,
	price double precision
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 500
AS 'MODULE_PATHNAME', 'cg_form_groups';

COMMENT ON FUNCTION form_groups(text, text, anyelement, integer, text[], double precision[], double precision[], double precision, double precision, text, double precision, double precision, bigint) IS
'The same, with ids in the type that they have, given as NULL::bigint, NULL::text or NULL::uuid; ids of another type are error 42804.';

CREATE FUNCTION verify_groups(units_sql text, pairs_sql text, answer_sql text, groups integer, measures text[] DEFAULT '{amount}',
                              lower double precision[] DEFAULT NULL, upper double precision[] DEFAULT NULL,
                              tolerance double precision DEFAULT NULL, max_cost double precision DEFAULT NULL,
                              neighbours_sql text DEFAULT NULL, change_penalty double precision DEFAULT 0)
RETURNS TABLE (
	is_feasible boolean, problem text, unit_id text, objective double precision, change_cost double precision, groups_found integer,
	bound double precision, gap double precision
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 1
AS 'MODULE_PATHNAME', 'cg_verify_groups';

COMMENT ON FUNCTION verify_groups(text, text, text, integer, text[], double precision[], double precision[], double precision, double precision, text, double precision) IS
'Checks an answer of form_groups() from the answer alone: one row with whether it keeps every rule, the first rule broken and by which unit, the objective and the cost of changes worked out anew, how many groups there are, the lower bound that the prices prove by themselves (NULL without a price for every unit), and the relative gap between objective and bound. answer_sql: kind, unit_id, centre_id and, if wanted, existing_group and price, as form_groups() returns them. Branch and bound may have proved more than the prices do. The other arguments, and errors, are those of form_groups().';
