-- Reading the inner SQL that users hand to bind() and to the set functions.

CREATE FUNCTION query_columns(query text,
                              OUT ordinal integer, OUT column_name text,
                              OUT column_type regtype,
                              OUT origin_table regclass,
                              OUT origin_column text)
RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL UNSAFE COST @statement@ ROWS 20
AS 'MODULE_PATHNAME', 'cg_query_columns';

COMMENT ON FUNCTION query_columns(text) IS
'The columns that a query would return, without running it: position, name, type (a domain as its base type) and, where a column is one of a table as it stands, that table and column. The text must be exactly one SELECT (or VALUES, TABLE, WITH … SELECT) that changes nothing; anything else is an error that says where. Names are resolved by the caller''s search_path. NULL gives no rows.';

CREATE FUNCTION query_text(query text) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL UNSAFE COST @statement@
AS 'MODULE_PATHNAME', 'cg_query_text';

COMMENT ON FUNCTION query_text(text) IS
'The same query without a closing semicolon, checked to be exactly one SELECT that changes nothing, so that it can stand in parentheses. NULL gives NULL.';
