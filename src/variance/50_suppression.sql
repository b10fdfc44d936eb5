-- Suppression of small numbers in published tables.

CREATE TYPE suppressed AS (
	shown bigint,
	state text,
	lower bigint,
	upper bigint
);

COMMENT ON TYPE suppressed IS
'A cell of a published table, and what a reader can work out about it.';
COMMENT ON COLUMN suppressed.shown IS 'The value to publish. NULL where the cell is left out.';
COMMENT ON COLUMN suppressed.state IS 'shown; primary: small itself; secondary: left out to protect others; exposed: small, and no choice of others protects it, so do not publish the total it belongs to.';
COMMENT ON COLUMN suppressed.lower IS 'The least that a reader of the table can tell.';
COMMENT ON COLUMN suppressed.upper IS 'The most that a reader of the table can tell. NULL when there is no bound.';

CREATE FUNCTION suppress(value double precision, row_key text, column_key text, threshold integer DEFAULT 5) RETURNS suppressed
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @solve@
AS 'MODULE_PATHNAME', 'cg_suppress_table';

COMMENT ON FUNCTION suppress(double precision, text, text, integer) IS
'Window function over the rows of a table of two keys (PARTITION BY one table; order and frame do not matter): which cells to leave out so that none from 1 to threshold - 1 can be told more closely than that. Give it what GROUP BY CUBE (row, column) gives: a NULL key marks a total; totals that are not there count as not published. Secondary cells are found as cheapest rounds in the network of the table (Cox), and the interval [lower, upper] of each cell left out is what its totals leave open, exactly, to a reader who knows that zeros are shown: it proves the protection. A cell that is not there is a published 0. A NULL value gives NULL and is no cell. A value that is not a whole number from 0 is error 22003, a total that is not the sum of its cells 22000, a cell twice 21000, threshold outside 2 to 1000 22023, more than 4 million cells 54000. Tables that share cells must be one table; three keys are not supported. Sources: Cox, J Am Stat Assoc 1995;90:1453-62; Fischetti and Salazar, Math Program 1999;84:283-312.';

CREATE FUNCTION suppress(value double precision, key text, threshold integer DEFAULT 5) RETURNS suppressed
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST @solve@
AS 'MODULE_PATHNAME', 'cg_suppress_list';

COMMENT ON FUNCTION suppress(double precision, text, integer) IS
'The same for a list with its total, as GROUP BY ROLLUP (key) gives it: a NULL key marks the total; without one, no total is published. NULL rule, errors and sources as for the table of two keys.';
