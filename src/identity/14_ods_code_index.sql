-- Comparison, indexes and aggregates of ods_code.
--
-- A value has the bits of a bigint, packed so that the order of the numbers is
-- that of the texts, byte by byte.

CREATE FUNCTION ods_code_lt(ods_code, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_lt';

COMMENT ON FUNCTION ods_code_lt(ods_code, ods_code) IS
'Whether the first code is less than the second. NULL gives NULL.';

CREATE FUNCTION ods_code_le(ods_code, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_le';

COMMENT ON FUNCTION ods_code_le(ods_code, ods_code) IS
'Whether the first code is less than or equal to the second. NULL gives NULL.';

CREATE FUNCTION ods_code_eq(ods_code, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_eq';

COMMENT ON FUNCTION ods_code_eq(ods_code, ods_code) IS
'Whether the first code is equal to the second. NULL gives NULL.';

CREATE FUNCTION ods_code_ne(ods_code, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_ne';

COMMENT ON FUNCTION ods_code_ne(ods_code, ods_code) IS
'Whether the first code is different from the second. NULL gives NULL.';

CREATE FUNCTION ods_code_ge(ods_code, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_ge';

COMMENT ON FUNCTION ods_code_ge(ods_code, ods_code) IS
'Whether the first code is greater than or equal to the second. NULL gives NULL.';

CREATE FUNCTION ods_code_gt(ods_code, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_gt';

COMMENT ON FUNCTION ods_code_gt(ods_code, ods_code) IS
'Whether the first code is greater than the second. NULL gives NULL.';

-- The estimators are bigint's.  PostgreSQL places a constant inside a bucket of
-- the histogram only for its own types, so the share of rows below a value is
-- known to the nearest half bucket (0.5 % by default), as for uuid.

CREATE OPERATOR < (
	FUNCTION = ods_code_lt,
	LEFTARG = ods_code, RIGHTARG = ods_code,
	COMMUTATOR = >, NEGATOR = >=,
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);

COMMENT ON OPERATOR < (ods_code, ods_code) IS
'Whether the left code is less than the right. NULL gives NULL.';

CREATE OPERATOR <= (
	FUNCTION = ods_code_le,
	LEFTARG = ods_code, RIGHTARG = ods_code,
	COMMUTATOR = >=, NEGATOR = >,
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);

COMMENT ON OPERATOR <= (ods_code, ods_code) IS
'Whether the left code is less than or equal to the right. NULL gives NULL.';

CREATE OPERATOR = (
	FUNCTION = ods_code_eq,
	LEFTARG = ods_code, RIGHTARG = ods_code,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel,
	HASHES, MERGES
);

COMMENT ON OPERATOR = (ods_code, ods_code) IS
'Whether the left code is equal to the right. NULL gives NULL.';

CREATE OPERATOR <> (
	FUNCTION = ods_code_ne,
	LEFTARG = ods_code, RIGHTARG = ods_code,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);

COMMENT ON OPERATOR <> (ods_code, ods_code) IS
'Whether the left code is different from the right. NULL gives NULL.';

CREATE OPERATOR >= (
	FUNCTION = ods_code_ge,
	LEFTARG = ods_code, RIGHTARG = ods_code,
	COMMUTATOR = <=, NEGATOR = <,
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);

COMMENT ON OPERATOR >= (ods_code, ods_code) IS
'Whether the left code is greater than or equal to the right. NULL gives NULL.';

CREATE OPERATOR > (
	FUNCTION = ods_code_gt,
	LEFTARG = ods_code, RIGHTARG = ods_code,
	COMMUTATOR = <, NEGATOR = <=,
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);

COMMENT ON OPERATOR > (ods_code, ods_code) IS
'Whether the left code is greater than the right. NULL gives NULL.';

CREATE FUNCTION ods_code_cmp(ods_code, ods_code) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_cmp';

COMMENT ON FUNCTION ods_code_cmp(ods_code, ods_code) IS
'Negative, zero or positive as the first code is less than, equal to or greater than the second. NULL gives NULL.';

CREATE FUNCTION ods_code_sortsupport(internal) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_sortsupport';

COMMENT ON FUNCTION ods_code_sortsupport(internal) IS
'For sorting: bigint''s, so that sorts use its specialised code. NULL gives NULL.';

CREATE FUNCTION ods_code_hash(ods_code) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_hash';

COMMENT ON FUNCTION ods_code_hash(ods_code) IS
'A hash of the code. NULL gives NULL.';

CREATE FUNCTION ods_code_hash_extended(ods_code, bigint) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_hash_extended';

COMMENT ON FUNCTION ods_code_hash_extended(ods_code, bigint) IS
'A 64-bit hash of the code with a seed. NULL gives NULL.';

CREATE OPERATOR FAMILY ods_code_ops USING btree;

COMMENT ON OPERATOR FAMILY ods_code_ops USING btree IS
'The order of ods_code.';

CREATE OPERATOR CLASS ods_code_ops
DEFAULT FOR TYPE ods_code USING btree FAMILY ods_code_ops AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 ods_code_cmp(ods_code, ods_code),
	FUNCTION 2 ods_code_sortsupport(internal),
	FUNCTION 4 btequalimage(oid);

COMMENT ON OPERATOR CLASS ods_code_ops USING btree IS
'Sorting, unique and other btree indexes of ods_code; equal codes are stored once.';

CREATE OPERATOR FAMILY ods_code_ops USING hash;

COMMENT ON OPERATOR FAMILY ods_code_ops USING hash IS
'The hashing of ods_code.';

CREATE OPERATOR CLASS ods_code_ops
DEFAULT FOR TYPE ods_code USING hash FAMILY ods_code_ops AS
	OPERATOR 1 =,
	FUNCTION 1 ods_code_hash(ods_code),
	FUNCTION 2 ods_code_hash_extended(ods_code, bigint);

COMMENT ON OPERATOR CLASS ods_code_ops USING hash IS
'Hash indexes, hash joins and hash partitions of ods_code.';

CREATE OPERATOR FAMILY ods_code_minmax_ops USING brin;

COMMENT ON OPERATOR FAMILY ods_code_minmax_ops USING brin IS
'The order of ods_code, for BRIN.';

CREATE OPERATOR CLASS ods_code_minmax_ops
DEFAULT FOR TYPE ods_code USING brin FAMILY ods_code_minmax_ops AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 brin_minmax_opcinfo(internal),
	FUNCTION 2 brin_minmax_add_value(internal, internal, internal, internal),
	FUNCTION 3 brin_minmax_consistent(internal, internal, internal),
	FUNCTION 4 brin_minmax_union(internal, internal, internal);

COMMENT ON OPERATOR CLASS ods_code_minmax_ops USING brin IS
'BRIN indexes of ods_code that keep the least and greatest code of each block range.';

CREATE FUNCTION ods_code_smaller(ods_code, ods_code) RETURNS ods_code
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_smaller';

COMMENT ON FUNCTION ods_code_smaller(ods_code, ods_code) IS
'The smaller of two codes. NULL gives NULL.';

CREATE FUNCTION ods_code_larger(ods_code, ods_code) RETURNS ods_code
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_larger';

COMMENT ON FUNCTION ods_code_larger(ods_code, ods_code) IS
'The larger of two codes. NULL gives NULL.';

CREATE AGGREGATE min(ods_code) (
	SFUNC = ods_code_smaller,
	STYPE = ods_code,
	COMBINEFUNC = ods_code_smaller,
	SORTOP = <,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE min(ods_code) IS
'The smallest code. NULL rows are skipped; NULL where there is no other row.';

CREATE AGGREGATE max(ods_code) (
	SFUNC = ods_code_larger,
	STYPE = ods_code,
	COMBINEFUNC = ods_code_larger,
	SORTOP = >,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE max(ods_code) IS
'The largest code. NULL rows are skipped; NULL where there is no other row.';
