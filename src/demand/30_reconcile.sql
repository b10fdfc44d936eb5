-- Forecasts along the chain of command, made to add up.

CREATE FUNCTION forecast_reconcile(query text, method text DEFAULT 'wls_structural', non_negative boolean DEFAULT false)
RETURNS TABLE (
	hierarchy text, node text, step integer, level integer, is_leaf boolean,
	base double precision, point double precision, shrinkage double precision, is_optimal boolean
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
AS 'MODULE_PATHNAME', 'cg_forecast_reconcile';

COMMENT ON FUNCTION forecast_reconcile(text, text, boolean) IS
'Forecasts of all nodes of a chain of command, changed as little as possible so that every parent is the sum of its children, in the order of hierarchy, step and node. ONLY POINTS ADD UP: the limits of intervals of parts do not sum to those of the whole, and none are given. query is one SELECT with the columns node, parent (null at a top) and point, in any order and with any others; hierarchy tells apart chains that do not belong together (such as services) and step the steps ahead; both may be missing. Each is solved by itself, so thousands of hierarchies go in one call. Methods: bottom_up (leaves count alone), top_down (tops count alone and are shared out by the column share, or without it by the forecasts themselves; shares that sum to 0 are equal), ols (all nodes equally uncertain), wls_structural (uncertain by the number of leaves below), wls_variance (by the column variance, that of one-step errors; 0 counts as a billionth of the mean), mint_shrink (by the shrunk covariance of the column residuals: one-step errors of the same periods, an array as long for every node, 2 to 2,000). Returned: level 0 is a top; base is the forecast as given, point the reconciled one, both in its units; shrinkage, of mint_shrink, is 1 where correlations are not used and 0 where fully, otherwise null; with non_negative no point is below 0, and is_optimal says whether it is the nearest of all such answers (if 500 rounds do not find that, negative leaves are set to 0). hierarchy comes back null where the query has none. Time grows in proportion to the nodes; at most 10 million nodes and, of mint_shrink, 50 million residuals in one hierarchy and step (54000). NULL in a column, or as an argument, is error 22004; infinite figures and negative variances are 22003; a node twice, an unknown parent, circles, residuals of different numbers and unknown methods 22023; a missing column 42703, one of a wrong type 42804. It runs with the rights of the caller; a query without rows gives none. Sources: Hyndman and others, Comput Stat Data Anal 2011;55:2579-89; Athanasopoulos and others, Int J Forecast 2009;25:146-66; Wickramasuriya and others, J Am Stat Assoc 2019;114:804-19 and Stat Comput 2020;30:1167-82; Schäfer and Strimmer, Stat Appl Genet Mol Biol 2005;4:32.';

CREATE FUNCTION forecast_reconcile(query text, node_type anyelement, method text DEFAULT 'wls_structural', non_negative boolean DEFAULT false)
RETURNS TABLE (
	hierarchy text, node anyelement, step integer, level integer, is_leaf boolean,
	base double precision, point double precision, shrinkage double precision, is_optimal boolean
)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 10000
AS 'MODULE_PATHNAME', 'cg_forecast_reconcile';

COMMENT ON FUNCTION forecast_reconcile(text, anyelement, text, boolean) IS
'The same with nodes of the type of node_type, given as NULL::bigint, NULL::uuid and so on, instead of text. ONLY POINTS ADD UP: intervals do not. Arguments, columns, units, the rule for NULL, errors and sources are those of forecast_reconcile(text, text, boolean).';
