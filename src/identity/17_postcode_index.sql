-- Comparison, indexes and aggregates of postcode.
--
-- A value has the bits of a bigint, packed so that the order of the numbers is
-- that of the texts, byte by byte.

CREATE FUNCTION postcode_lt(postcode, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_lt';

COMMENT ON FUNCTION postcode_lt(postcode, postcode) IS
'Whether the first postcode is less than the second. NULL gives NULL.';

CREATE FUNCTION postcode_le(postcode, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_le';

COMMENT ON FUNCTION postcode_le(postcode, postcode) IS
'Whether the first postcode is less than or equal to the second. NULL gives NULL.';

CREATE FUNCTION postcode_eq(postcode, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_eq';

COMMENT ON FUNCTION postcode_eq(postcode, postcode) IS
'Whether the first postcode is equal to the second. NULL gives NULL.';

CREATE FUNCTION postcode_ne(postcode, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_ne';

COMMENT ON FUNCTION postcode_ne(postcode, postcode) IS
'Whether the first postcode is different from the second. NULL gives NULL.';

CREATE FUNCTION postcode_ge(postcode, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_ge';

COMMENT ON FUNCTION postcode_ge(postcode, postcode) IS
'Whether the first postcode is greater than or equal to the second. NULL gives NULL.';

CREATE FUNCTION postcode_gt(postcode, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_gt';

COMMENT ON FUNCTION postcode_gt(postcode, postcode) IS
'Whether the first postcode is greater than the second. NULL gives NULL.';

-- The estimators are bigint's.  PostgreSQL places a constant inside a bucket of
-- the histogram only for its own types, so the share of rows below a value is
-- known to the nearest half bucket (0.5 % by default), as for uuid.

CREATE OPERATOR < (
	FUNCTION = postcode_lt,
	LEFTARG = postcode, RIGHTARG = postcode,
	COMMUTATOR = >, NEGATOR = >=,
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);

COMMENT ON OPERATOR < (postcode, postcode) IS
'Whether the left postcode is less than the right. NULL gives NULL.';

CREATE OPERATOR <= (
	FUNCTION = postcode_le,
	LEFTARG = postcode, RIGHTARG = postcode,
	COMMUTATOR = >=, NEGATOR = >,
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);

COMMENT ON OPERATOR <= (postcode, postcode) IS
'Whether the left postcode is less than or equal to the right. NULL gives NULL.';

CREATE OPERATOR = (
	FUNCTION = postcode_eq,
	LEFTARG = postcode, RIGHTARG = postcode,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel,
	HASHES, MERGES
);

COMMENT ON OPERATOR = (postcode, postcode) IS
'Whether the left postcode is equal to the right. NULL gives NULL.';

CREATE OPERATOR <> (
	FUNCTION = postcode_ne,
	LEFTARG = postcode, RIGHTARG = postcode,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);

COMMENT ON OPERATOR <> (postcode, postcode) IS
'Whether the left postcode is different from the right. NULL gives NULL.';

CREATE OPERATOR >= (
	FUNCTION = postcode_ge,
	LEFTARG = postcode, RIGHTARG = postcode,
	COMMUTATOR = <=, NEGATOR = <,
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);

COMMENT ON OPERATOR >= (postcode, postcode) IS
'Whether the left postcode is greater than or equal to the right. NULL gives NULL.';

CREATE OPERATOR > (
	FUNCTION = postcode_gt,
	LEFTARG = postcode, RIGHTARG = postcode,
	COMMUTATOR = <, NEGATOR = <=,
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);

COMMENT ON OPERATOR > (postcode, postcode) IS
'Whether the left postcode is greater than the right. NULL gives NULL.';

CREATE FUNCTION postcode_cmp(postcode, postcode) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_cmp';

COMMENT ON FUNCTION postcode_cmp(postcode, postcode) IS
'Negative, zero or positive as the first postcode is less than, equal to or greater than the second. NULL gives NULL.';

CREATE FUNCTION postcode_sortsupport(internal) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_sortsupport';

COMMENT ON FUNCTION postcode_sortsupport(internal) IS
'For sorting: bigint''s, so that sorts use its specialised code. NULL gives NULL.';

CREATE FUNCTION postcode_hash(postcode) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_hash';

COMMENT ON FUNCTION postcode_hash(postcode) IS
'A hash of the postcode. NULL gives NULL.';

CREATE FUNCTION postcode_hash_extended(postcode, bigint) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_hash_extended';

COMMENT ON FUNCTION postcode_hash_extended(postcode, bigint) IS
'A 64-bit hash of the postcode with a seed. NULL gives NULL.';

CREATE OPERATOR FAMILY postcode_ops USING btree;

COMMENT ON OPERATOR FAMILY postcode_ops USING btree IS
'The order of postcode.';

CREATE OPERATOR CLASS postcode_ops
DEFAULT FOR TYPE postcode USING btree FAMILY postcode_ops AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 postcode_cmp(postcode, postcode),
	FUNCTION 2 postcode_sortsupport(internal),
	FUNCTION 4 btequalimage(oid);

COMMENT ON OPERATOR CLASS postcode_ops USING btree IS
'Sorting, unique and other btree indexes of postcode; equal postcodes are stored once.';

CREATE OPERATOR FAMILY postcode_ops USING hash;

COMMENT ON OPERATOR FAMILY postcode_ops USING hash IS
'The hashing of postcode.';

CREATE OPERATOR CLASS postcode_ops
DEFAULT FOR TYPE postcode USING hash FAMILY postcode_ops AS
	OPERATOR 1 =,
	FUNCTION 1 postcode_hash(postcode),
	FUNCTION 2 postcode_hash_extended(postcode, bigint);

COMMENT ON OPERATOR CLASS postcode_ops USING hash IS
'Hash indexes, hash joins and hash partitions of postcode.';

CREATE OPERATOR FAMILY postcode_minmax_ops USING brin;

COMMENT ON OPERATOR FAMILY postcode_minmax_ops USING brin IS
'The order of postcode, for BRIN.';

CREATE OPERATOR CLASS postcode_minmax_ops
DEFAULT FOR TYPE postcode USING brin FAMILY postcode_minmax_ops AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 brin_minmax_opcinfo(internal),
	FUNCTION 2 brin_minmax_add_value(internal, internal, internal, internal),
	FUNCTION 3 brin_minmax_consistent(internal, internal, internal),
	FUNCTION 4 brin_minmax_union(internal, internal, internal);

COMMENT ON OPERATOR CLASS postcode_minmax_ops USING brin IS
'BRIN indexes of postcode that keep the least and greatest postcode of each block range.';

CREATE FUNCTION postcode_smaller(postcode, postcode) RETURNS postcode
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_smaller';

COMMENT ON FUNCTION postcode_smaller(postcode, postcode) IS
'The smaller of two postcodes. NULL gives NULL.';

CREATE FUNCTION postcode_larger(postcode, postcode) RETURNS postcode
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_larger';

COMMENT ON FUNCTION postcode_larger(postcode, postcode) IS
'The larger of two postcodes. NULL gives NULL.';

CREATE AGGREGATE min(postcode) (
	SFUNC = postcode_smaller,
	STYPE = postcode,
	COMBINEFUNC = postcode_smaller,
	SORTOP = <,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE min(postcode) IS
'The smallest postcode. NULL rows are skipped; NULL where there is no other row.';

CREATE AGGREGATE max(postcode) (
	SFUNC = postcode_larger,
	STYPE = postcode,
	COMBINEFUNC = postcode_larger,
	SORTOP = >,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE max(postcode) IS
'The largest postcode. NULL rows are skipped; NULL where there is no other row.';
