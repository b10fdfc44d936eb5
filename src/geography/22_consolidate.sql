-- A service on fewer sites: who gains and who loses.

CREATE FUNCTION consolidate(demand_sql text, sites_sql text, pairs_sql text, p_from integer DEFAULT NULL,
                            p_to integer DEFAULT NULL, by text[] DEFAULT '{}', max_cost double precision DEFAULT NULL,
                            effort double precision DEFAULT 1, seed bigint DEFAULT 1)
RETURNS TABLE (
	p integer, by_column text, by_value text, amount double precision, cost_now double precision, cost_then double precision,
	worst_now double precision, worst_then double precision, amount_gaining double precision, amount_losing double precision,
	mean_gain double precision, mean_loss double precision, open_sites text[], objective double precision,
	bound double precision, gap double precision, status text, explanation text, seconds double precision, rounds bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 200
AS 'MODULE_PATHNAME', 'cg_consolidate';

COMMENT ON FUNCTION consolidate(text, text, text, integer, integer, text[], double precision, double precision, bigint) IS
'What it would be to run a service on p_from, ..., p_to sites: locate() for every p, against the sites of today (those with is_current in sites_sql; without that column all), where everyone goes to the cheapest. For every p one summary row (by_column NULL) with open_sites, objective, bound, gap, status, explanation, seconds and rounds, and one row for each value of each column of demand_sql that by names, such as deprivation decile, age band or car ownership. amount, mean cost now and then, worst cost now and then, amount that gains and that loses, and by how much on average each. Demand that no site of today reaches counts in amount and worst_then only. p_from NULL: 1, or as many as are fixed open; p_to NULL: all that may be open. Where the sites have capacity or minimum, p_to must leave an answer, and a p without one has only its summary. Everything else, and errors, are those of locate().';
