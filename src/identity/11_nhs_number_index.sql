-- Comparison, indexes and aggregates of nhs_number.
--
-- An nhs_number has the bits of a bigint, its order and its hash.

CREATE FUNCTION nhs_number_lt(nhs_number, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_lt';

COMMENT ON FUNCTION nhs_number_lt(nhs_number, nhs_number) IS
'Whether the first number is less than the second. NULL gives NULL.';

CREATE FUNCTION nhs_number_le(nhs_number, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_le';

COMMENT ON FUNCTION nhs_number_le(nhs_number, nhs_number) IS
'Whether the first number is less than or equal to the second. NULL gives NULL.';

CREATE FUNCTION nhs_number_eq(nhs_number, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_eq';

COMMENT ON FUNCTION nhs_number_eq(nhs_number, nhs_number) IS
'Whether the first number is equal to the second. NULL gives NULL.';

CREATE FUNCTION nhs_number_ne(nhs_number, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_ne';

COMMENT ON FUNCTION nhs_number_ne(nhs_number, nhs_number) IS
'Whether the first number is different from the second. NULL gives NULL.';

CREATE FUNCTION nhs_number_ge(nhs_number, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_ge';

COMMENT ON FUNCTION nhs_number_ge(nhs_number, nhs_number) IS
'Whether the first number is greater than or equal to the second. NULL gives NULL.';

CREATE FUNCTION nhs_number_gt(nhs_number, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_gt';

COMMENT ON FUNCTION nhs_number_gt(nhs_number, nhs_number) IS
'Whether the first number is greater than the second. NULL gives NULL.';

-- The estimators are bigint's.  PostgreSQL places a constant inside a bucket of
-- the histogram only for its own types, so the share of rows below a number is
-- known to the nearest half bucket (0.5 % by default), as for uuid.

CREATE OPERATOR < (
	FUNCTION = nhs_number_lt,
	LEFTARG = nhs_number, RIGHTARG = nhs_number,
	COMMUTATOR = >, NEGATOR = >=,
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);

COMMENT ON OPERATOR < (nhs_number, nhs_number) IS
'Whether the left number is less than the right. NULL gives NULL.';

CREATE OPERATOR <= (
	FUNCTION = nhs_number_le,
	LEFTARG = nhs_number, RIGHTARG = nhs_number,
	COMMUTATOR = >=, NEGATOR = >,
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);

COMMENT ON OPERATOR <= (nhs_number, nhs_number) IS
'Whether the left number is less than or equal to the right. NULL gives NULL.';

CREATE OPERATOR = (
	FUNCTION = nhs_number_eq,
	LEFTARG = nhs_number, RIGHTARG = nhs_number,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel,
	HASHES, MERGES
);

COMMENT ON OPERATOR = (nhs_number, nhs_number) IS
'Whether the left number is equal to the right. NULL gives NULL.';

CREATE OPERATOR <> (
	FUNCTION = nhs_number_ne,
	LEFTARG = nhs_number, RIGHTARG = nhs_number,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);

COMMENT ON OPERATOR <> (nhs_number, nhs_number) IS
'Whether the left number is different from the right. NULL gives NULL.';

CREATE OPERATOR >= (
	FUNCTION = nhs_number_ge,
	LEFTARG = nhs_number, RIGHTARG = nhs_number,
	COMMUTATOR = <=, NEGATOR = <,
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);

COMMENT ON OPERATOR >= (nhs_number, nhs_number) IS
'Whether the left number is greater than or equal to the right. NULL gives NULL.';

CREATE OPERATOR > (
	FUNCTION = nhs_number_gt,
	LEFTARG = nhs_number, RIGHTARG = nhs_number,
	COMMUTATOR = <, NEGATOR = <=,
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);

COMMENT ON OPERATOR > (nhs_number, nhs_number) IS
'Whether the left number is greater than the right. NULL gives NULL.';

CREATE FUNCTION nhs_number_cmp(nhs_number, nhs_number) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_cmp';

COMMENT ON FUNCTION nhs_number_cmp(nhs_number, nhs_number) IS
'Negative, zero or positive as the first number is less than, equal to or greater than the second. NULL gives NULL.';

CREATE FUNCTION nhs_number_sortsupport(internal) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_sortsupport';

COMMENT ON FUNCTION nhs_number_sortsupport(internal) IS
'For sorting: bigint''s, so that sorts use its specialised code. NULL gives NULL.';

CREATE FUNCTION nhs_number_hash(nhs_number) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_hash';

COMMENT ON FUNCTION nhs_number_hash(nhs_number) IS
'A hash of the number, the same as that of its bigint. NULL gives NULL.';

CREATE FUNCTION nhs_number_hash_extended(nhs_number, bigint) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_hash_extended';

COMMENT ON FUNCTION nhs_number_hash_extended(nhs_number, bigint) IS
'A 64-bit hash of the number with a seed, the same as that of its bigint. NULL gives NULL.';

CREATE OPERATOR FAMILY nhs_number_ops USING btree;

COMMENT ON OPERATOR FAMILY nhs_number_ops USING btree IS
'The order of nhs_number.';

CREATE OPERATOR CLASS nhs_number_ops
DEFAULT FOR TYPE nhs_number USING btree FAMILY nhs_number_ops AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 nhs_number_cmp(nhs_number, nhs_number),
	FUNCTION 2 nhs_number_sortsupport(internal),
	FUNCTION 4 btequalimage(oid);

COMMENT ON OPERATOR CLASS nhs_number_ops USING btree IS
'Sorting, unique and other btree indexes of nhs_number; equal numbers are stored once.';

CREATE OPERATOR FAMILY nhs_number_ops USING hash;

COMMENT ON OPERATOR FAMILY nhs_number_ops USING hash IS
'The hashing of nhs_number.';

CREATE OPERATOR CLASS nhs_number_ops
DEFAULT FOR TYPE nhs_number USING hash FAMILY nhs_number_ops AS
	OPERATOR 1 =,
	FUNCTION 1 nhs_number_hash(nhs_number),
	FUNCTION 2 nhs_number_hash_extended(nhs_number, bigint);

COMMENT ON OPERATOR CLASS nhs_number_ops USING hash IS
'Hash indexes, hash joins and hash partitions of nhs_number.';

CREATE OPERATOR FAMILY nhs_number_minmax_ops USING brin;

COMMENT ON OPERATOR FAMILY nhs_number_minmax_ops USING brin IS
'The order of nhs_number, for BRIN.';

CREATE OPERATOR CLASS nhs_number_minmax_ops
DEFAULT FOR TYPE nhs_number USING brin FAMILY nhs_number_minmax_ops AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 brin_minmax_opcinfo(internal),
	FUNCTION 2 brin_minmax_add_value(internal, internal, internal, internal),
	FUNCTION 3 brin_minmax_consistent(internal, internal, internal),
	FUNCTION 4 brin_minmax_union(internal, internal, internal);

COMMENT ON OPERATOR CLASS nhs_number_minmax_ops USING brin IS
'BRIN indexes of nhs_number that keep the least and greatest number of each block range.';

CREATE FUNCTION nhs_number_smaller(nhs_number, nhs_number) RETURNS nhs_number
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_smaller';

COMMENT ON FUNCTION nhs_number_smaller(nhs_number, nhs_number) IS
'The smaller of two numbers. NULL gives NULL.';

CREATE FUNCTION nhs_number_larger(nhs_number, nhs_number) RETURNS nhs_number
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_larger';

COMMENT ON FUNCTION nhs_number_larger(nhs_number, nhs_number) IS
'The larger of two numbers. NULL gives NULL.';

CREATE AGGREGATE min(nhs_number) (
	SFUNC = nhs_number_smaller,
	STYPE = nhs_number,
	COMBINEFUNC = nhs_number_smaller,
	SORTOP = <,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE min(nhs_number) IS
'The smallest number. NULL rows are skipped; NULL where there is no other row.';

CREATE AGGREGATE max(nhs_number) (
	SFUNC = nhs_number_larger,
	STYPE = nhs_number,
	COMBINEFUNC = nhs_number_larger,
	SORTOP = >,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE max(nhs_number) IS
'The largest number. NULL rows are skipped; NULL where there is no other row.';
