-- A fingerprint of a result's input.

CREATE FUNCTION fingerprint_add(bytea, anyelement) RETURNS bytea
LANGUAGE c STABLE PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_fingerprint_add';

COMMENT ON FUNCTION fingerprint_add(bytea, anyelement) IS
'For input_fingerprint(): adds a row. NULL counts as a row.';

CREATE FUNCTION fingerprint_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_fingerprint_combine';

COMMENT ON FUNCTION fingerprint_combine(bytea, bytea) IS
'For input_fingerprint(): the state of both sets of rows. NULL stands for no rows.';

CREATE FUNCTION fingerprint_final(bytea) RETURNS text
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_fingerprint_final';

COMMENT ON FUNCTION fingerprint_final(bytea) IS
'For input_fingerprint(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE input_fingerprint(value anyelement) (
	SFUNC = fingerprint_add, STYPE = bytea,
	FINALFUNC = fingerprint_final, COMBINEFUNC = fingerprint_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE input_fingerprint(anyelement) IS
'A short text that names a set of rows: how many they are, and 128 bits made of the text of each. Store it with a result, beside its method''s version, options and seed, and a later run shows whether the input was the same: SELECT input_fingerprint(t) FROM t. The order of rows does not matter; a row that comes twice counts twice. It follows the text form of values, so compare under one DateStyle and extra_float_digits. NULL counts as a row; no rows give NULL. It finds changes and is no protection against someone who makes them on purpose. Source: FNV-1a.';
