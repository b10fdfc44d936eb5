-- caregroup 1.0: made by "make" from the parts named below; edit those.
\echo Use "CREATE EXTENSION caregroup" to load this file. \quit

-- ==== src/common/00_common.sql

-- Reading the inner SQL that users hand to bind() and to the set functions.

CREATE FUNCTION query_columns(query text,
                              OUT ordinal integer, OUT column_name text,
                              OUT column_type regtype,
                              OUT origin_table regclass,
                              OUT origin_column text)
RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL UNSAFE COST 100 ROWS 20
AS 'MODULE_PATHNAME', 'cg_query_columns';

COMMENT ON FUNCTION query_columns(text) IS
'The columns that a query would return, without running it: position, name, type (a domain as its base type) and, where a column is one of a table as it stands, that table and column. The text must be exactly one SELECT (or VALUES, TABLE, WITH … SELECT) that changes nothing; anything else is an error that says where. Names are resolved by the caller''s search_path. NULL gives no rows.';

CREATE FUNCTION query_text(query text) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL UNSAFE COST 100
AS 'MODULE_PATHNAME', 'cg_query_text';

COMMENT ON FUNCTION query_text(text) IS
'The same query without a closing semicolon, checked to be exactly one SELECT that changes nothing, so that it can stand in parentheses. NULL gives NULL.';

-- ==== src/identity/10_nhs_number.sql

-- The type nhs_number, its casts, and the questions one asks about a text
-- that should hold one.

CREATE TYPE nhs_number;

CREATE FUNCTION nhs_number_in(cstring) RETURNS nhs_number
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_nhs_number_in';

COMMENT ON FUNCTION nhs_number_in(cstring) IS
'Input of nhs_number: ten digits, together or grouped 3-3-4 by single spaces or single hyphens (not one of each), blanks around them allowed, with a check digit that matches. Anything else is error 22P02, which never shows the value. NULL gives NULL.';

CREATE FUNCTION nhs_number_out(nhs_number) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_nhs_number_out';

COMMENT ON FUNCTION nhs_number_out(nhs_number) IS
'Output of nhs_number: its ten digits, leading zeros included. NULL gives NULL.';

CREATE FUNCTION nhs_number_recv(internal) RETURNS nhs_number
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_recv';

COMMENT ON FUNCTION nhs_number_recv(internal) IS
'Binary input of nhs_number: the ten digits as a bigint. A number without a valid check digit is error 22P03. NULL gives NULL.';

CREATE FUNCTION nhs_number_send(nhs_number) RETURNS bytea
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'int8send';

COMMENT ON FUNCTION nhs_number_send(nhs_number) IS
'Binary output of nhs_number: the ten digits as a bigint. NULL gives NULL.';

CREATE TYPE nhs_number (
	INPUT = nhs_number_in,
	OUTPUT = nhs_number_out,
	RECEIVE = nhs_number_recv,
	SEND = nhs_number_send,
	LIKE = int8,
	CATEGORY = 'U'
);

COMMENT ON TYPE nhs_number IS
'An NHS number (England, Wales, Isle of Man), CHI number (Scotland) or Health and Care number (Northern Ireland): ten digits of which the last is a modulus 11 check digit. 8 bytes. It holds every number with a valid check digit, also test numbers and placeholders such as 0000000000: nhs_number_problem(text, level) tells those apart. Source: NHS Data Dictionary, NHS NUMBER.';

CREATE FUNCTION nhs_number(value text) RETURNS nhs_number
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_nhs_number_from_text';

COMMENT ON FUNCTION nhs_number(text) IS
'The text as an nhs_number, by the rules of the type''s input; anything else is error 22P02, which never shows the value. NULL gives NULL.';

CREATE FUNCTION nhs_number(value bigint) RETURNS nhs_number
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_from_bigint';

COMMENT ON FUNCTION nhs_number(bigint) IS
'The number as an nhs_number, leading zeros restored. Negative or longer than ten digits is error 22003, a check digit that does not match 22P02; neither shows the value. NULL gives NULL.';

CREATE CAST (text AS nhs_number) WITH FUNCTION nhs_number(text);

COMMENT ON CAST (text AS nhs_number) IS
'Explicit, because it fails on a text that is no NHS number; try_nhs_number() gives NULL instead.';

CREATE CAST (nhs_number AS text) WITH INOUT AS ASSIGNMENT;

COMMENT ON CAST (nhs_number AS text) IS
'The ten digits. On assignment, so that an nhs_number can be inserted into a text column.';

CREATE CAST (bigint AS nhs_number) WITH FUNCTION nhs_number(bigint);

COMMENT ON CAST (bigint AS nhs_number) IS
'Explicit, because it fails on a number that is no NHS number; try_nhs_number() gives NULL instead.';

CREATE CAST (nhs_number AS bigint) WITHOUT FUNCTION;

COMMENT ON CAST (nhs_number AS bigint) IS
'The ten digits as a number, without leading zeros. Explicit, and free: the bits are the same.';

CREATE FUNCTION try_nhs_number(value text) RETURNS nhs_number
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_try_nhs_number_text';

COMMENT ON FUNCTION try_nhs_number(text) IS
'The text as an nhs_number, or NULL where it is none: exactly where nhs_number_problem(value) gives a reason. Never an error. NULL gives NULL.';

CREATE FUNCTION try_nhs_number(value bigint) RETURNS nhs_number
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_try_nhs_number_bigint';

COMMENT ON FUNCTION try_nhs_number(bigint) IS
'The number as an nhs_number, leading zeros restored, or NULL where it is none. Never an error. NULL gives NULL.';

CREATE FUNCTION nhs_number_problem(value text, level text DEFAULT 'check_digit')
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_nhs_number_problem_text';

COMMENT ON FUNCTION nhs_number_problem(text, text) IS
'Why a text is no NHS number, as one word, or NULL where nothing is wrong. Each level demands all that the one before does. format: ten digits in an allowed form (empty, character, length, grouping; the gravest is named). check_digit, the type''s own rule: modulus 11 (check_digit). issued: no repeated digit (placeholder) and in a range from which people in the United Kingdom are given numbers (test_range, irish_range, unissued_range). plausible: a CHI number begins with a date DDMMYY (birth_date). Another level is error 22023. NULL gives NULL. Sources: NHS Data Dictionary, NHS NUMBER; ISB 0149; ranges as collated by uk-fci nhs-number.';

CREATE FUNCTION nhs_number_problem(value bigint, level text DEFAULT 'check_digit')
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_problem_bigint';

COMMENT ON FUNCTION nhs_number_problem(bigint, text) IS
'Why a number is no NHS number, as one word, or NULL where nothing is wrong: the same as for its text with leading zeros restored. Negative or longer than ten digits is length. NULL gives NULL.';

CREATE FUNCTION nhs_number_check_digit(value text) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_nhs_number_check_digit_text';

COMMENT ON FUNCTION nhs_number_check_digit(text) IS
'The check digit, 0 to 9, that modulus 11 gives to nine digits; of a text with ten, to the first nine. NULL where there is none (modulus 11 gives 10, so no NHS number begins so), where the text has another form, and for NULL. Source: NHS Data Dictionary, NHS NUMBER.';

CREATE FUNCTION nhs_number_range(value nhs_number) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_nhs_number_range_text';

COMMENT ON FUNCTION nhs_number_range(nhs_number) IS
'Who gives out numbers like this one: england_wales_isle_of_man (4, 6, 7…), scotland_chi (010100… to 311299…), northern_ireland (320… to 399…), ireland (800… to 859…), test (9…) or not_issued (all others). NULL gives NULL. Sources: ISB 0149; ranges as collated by uk-fci nhs-number.';

CREATE FUNCTION format_nhs_number(value nhs_number) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_format_nhs_number';

COMMENT ON FUNCTION format_nhs_number(nhs_number) IS
'The number as people read it, grouped 3-3-4 by spaces. NULL gives NULL. Source: ISB 0149.';

-- ==== src/identity/11_nhs_number_index.sql

-- Comparison, indexes and aggregates of nhs_number.
--
-- An nhs_number has the bits of a bigint, its order and its hash.

CREATE FUNCTION nhs_number_lt(nhs_number, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_lt';

COMMENT ON FUNCTION nhs_number_lt(nhs_number, nhs_number) IS
'Whether the first number is less than the second. NULL gives NULL.';

CREATE FUNCTION nhs_number_le(nhs_number, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_le';

COMMENT ON FUNCTION nhs_number_le(nhs_number, nhs_number) IS
'Whether the first number is less than or equal to the second. NULL gives NULL.';

CREATE FUNCTION nhs_number_eq(nhs_number, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_eq';

COMMENT ON FUNCTION nhs_number_eq(nhs_number, nhs_number) IS
'Whether the first number is equal to the second. NULL gives NULL.';

CREATE FUNCTION nhs_number_ne(nhs_number, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_ne';

COMMENT ON FUNCTION nhs_number_ne(nhs_number, nhs_number) IS
'Whether the first number is different from the second. NULL gives NULL.';

CREATE FUNCTION nhs_number_ge(nhs_number, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_ge';

COMMENT ON FUNCTION nhs_number_ge(nhs_number, nhs_number) IS
'Whether the first number is greater than or equal to the second. NULL gives NULL.';

CREATE FUNCTION nhs_number_gt(nhs_number, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
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
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_cmp';

COMMENT ON FUNCTION nhs_number_cmp(nhs_number, nhs_number) IS
'Negative, zero or positive as the first number is less than, equal to or greater than the second. NULL gives NULL.';

CREATE FUNCTION nhs_number_sortsupport(internal) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_sortsupport';

COMMENT ON FUNCTION nhs_number_sortsupport(internal) IS
'For sorting: bigint''s, so that sorts use its specialised code. NULL gives NULL.';

CREATE FUNCTION nhs_number_hash(nhs_number) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_hash';

COMMENT ON FUNCTION nhs_number_hash(nhs_number) IS
'A hash of the number, the same as that of its bigint. NULL gives NULL.';

CREATE FUNCTION nhs_number_hash_extended(nhs_number, bigint) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
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
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_smaller';

COMMENT ON FUNCTION nhs_number_smaller(nhs_number, nhs_number) IS
'The smaller of two numbers. NULL gives NULL.';

CREATE FUNCTION nhs_number_larger(nhs_number, nhs_number) RETURNS nhs_number
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
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

-- ==== src/identity/12_nhs_number_text.sql

-- Comparison of nhs_number with text, for dashboards and drivers that send
-- text parameters.  These operators stand outside every operator family; a
-- support function puts the type's own equality in their place.

CREATE FUNCTION nhs_number_eq_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_eq_text_support';

COMMENT ON FUNCTION nhs_number_eq_text_support(internal) IS
'For the planner: turns nhs_number = text into nhs_number = try_nhs_number(text), which can use an index. NULL gives NULL.';

CREATE FUNCTION nhs_number_ne_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_ne_text_support';

COMMENT ON FUNCTION nhs_number_ne_text_support(internal) IS
'For the planner: turns nhs_number <> constant text into nhs_number <> nhs_number where the text is one. NULL gives NULL.';

CREATE FUNCTION nhs_number_matches_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_nhs_number_matches_text_support';

COMMENT ON FUNCTION nhs_number_matches_text_support(internal) IS
'For the planner: nhs_number_matches_text() keeps every row that the equality beside it selects. NULL gives NULL.';

CREATE FUNCTION nhs_number_matches_text(nhs_number, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT nhs_number_matches_text_support
AS 'MODULE_PATHNAME', 'cg_nhs_number_eq_text';

COMMENT ON FUNCTION nhs_number_matches_text(nhs_number, text) IS
'What the operator nhs_number = text means, without its support function: you meet it in plans, as the filter that gives false rather than NULL where the text is no NHS number. NULL gives NULL.';

CREATE FUNCTION nhs_number_eq_text(nhs_number, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT nhs_number_eq_text_support
AS 'MODULE_PATHNAME', 'cg_nhs_number_eq_text';

COMMENT ON FUNCTION nhs_number_eq_text(nhs_number, text) IS
'Whether the nhs_number is the number that the text holds, in any form that the type reads. False where the text is no NHS number; NULL gives NULL.';

CREATE FUNCTION text_eq_nhs_number(text, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT nhs_number_eq_text_support
AS 'MODULE_PATHNAME', 'cg_text_eq_nhs_number';

COMMENT ON FUNCTION text_eq_nhs_number(text, nhs_number) IS
'Whether the nhs_number is the number that the text holds, in any form that the type reads. False where the text is no NHS number; NULL gives NULL.';

CREATE FUNCTION nhs_number_ne_text(nhs_number, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT nhs_number_ne_text_support
AS 'MODULE_PATHNAME', 'cg_nhs_number_ne_text';

COMMENT ON FUNCTION nhs_number_ne_text(nhs_number, text) IS
'Whether the nhs_number differs from what the text holds, in any form that the type reads. True where the text is no NHS number; NULL gives NULL.';

CREATE FUNCTION text_ne_nhs_number(text, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT nhs_number_ne_text_support
AS 'MODULE_PATHNAME', 'cg_text_ne_nhs_number';

COMMENT ON FUNCTION text_ne_nhs_number(text, nhs_number) IS
'Whether the nhs_number differs from what the text holds, in any form that the type reads. True where the text is no NHS number; NULL gives NULL.';

CREATE OPERATOR = (
	FUNCTION = nhs_number_eq_text,
	LEFTARG = nhs_number, RIGHTARG = text,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel
);

COMMENT ON OPERATOR = (nhs_number, text) IS
'Whether the nhs_number is the number that the text holds, in any form that the type reads. False where the text is no NHS number; NULL gives NULL. Uses an index on the nhs_number.';

CREATE OPERATOR = (
	FUNCTION = text_eq_nhs_number,
	LEFTARG = text, RIGHTARG = nhs_number,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel
);

COMMENT ON OPERATOR = (text, nhs_number) IS
'Whether the nhs_number is the number that the text holds, in any form that the type reads. False where the text is no NHS number; NULL gives NULL. Uses an index on the nhs_number.';

CREATE OPERATOR <> (
	FUNCTION = nhs_number_ne_text,
	LEFTARG = nhs_number, RIGHTARG = text,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);

COMMENT ON OPERATOR <> (nhs_number, text) IS
'Whether the nhs_number differs from what the text holds, in any form that the type reads. True where the text is no NHS number; NULL gives NULL.';

CREATE OPERATOR <> (
	FUNCTION = text_ne_nhs_number,
	LEFTARG = text, RIGHTARG = nhs_number,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);

COMMENT ON OPERATOR <> (text, nhs_number) IS
'Whether the nhs_number differs from what the text holds, in any form that the type reads. True where the text is no NHS number; NULL gives NULL.';

-- ==== src/hub/10_contract.sql

-- The data contract: what a hub's input views hold, as data.
--
-- create_hub() makes the input views from these rows, bind() checks a query
-- against them, check_hub() derives its tests from them and the reference
-- documentation is written from them.  Adding an entity is adding rows.
-- After release entities only gain columns.

CREATE TABLE contract_entity (
    entity      text PRIMARY KEY,
    ordinal     integer GENERATED ALWAYS AS IDENTITY,
    subject     text NOT NULL
                CHECK (subject IN ('who and where', 'what is offered', 'what happened', 'plan and money')),
    key_columns text[] NOT NULL,
    one_of      text[] NOT NULL DEFAULT '{}',
    description text NOT NULL
);

COMMENT ON TABLE contract_entity IS
'The entities of the hub''s data contract: one input view of every hub each.';
COMMENT ON COLUMN contract_entity.entity IS 'Name of the input view.';
COMMENT ON COLUMN contract_entity.ordinal IS 'Place in the contract.';
COMMENT ON COLUMN contract_entity.subject IS 'Part of the contract.';
COMMENT ON COLUMN contract_entity.key_columns IS 'Columns that together are unique; check_hub() counts rows that repeat a key.';
COMMENT ON COLUMN contract_entity.one_of IS 'Groups of columns, names divided by |, of which a bound query must have at least one.';
COMMENT ON COLUMN contract_entity.description IS 'One row is one of these.';

CREATE TABLE contract_column (
    entity        text NOT NULL REFERENCES contract_entity,
    column_name   text NOT NULL,
    ordinal       integer GENERATED ALWAYS AS IDENTITY,
    type          text NOT NULL
                  CHECK (type IN ('record_id', 'text', 'nhs_number', 'date', 'timestamptz', 'boolean',
                                  'integer', 'numeric', 'double precision')),
    required      boolean NOT NULL,
    refers_to     text REFERENCES contract_entity,
    allowed       text[],
    unit          text,
    may_be_future boolean NOT NULL DEFAULT true,
    description   text NOT NULL,
    PRIMARY KEY (entity, column_name)
);

COMMENT ON TABLE contract_column IS
'The columns of every entity of the hub''s data contract.';
COMMENT ON COLUMN contract_column.entity IS 'Entity that has the column.';
COMMENT ON COLUMN contract_column.column_name IS 'Name of the column, by which a bound query''s columns are matched.';
COMMENT ON COLUMN contract_column.ordinal IS 'Place in the contract.';
COMMENT ON COLUMN contract_column.type IS 'Type in the input view; record_id is the one type of record ids that the hub was created with, nhs_number stands as text because bad numbers are reported and not refused.';
COMMENT ON COLUMN contract_column.required IS 'Whether a bound query must have the column.';
COMMENT ON COLUMN contract_column.refers_to IS 'Entity whose single key the value must be found in; check_hub() counts those that are not.';
COMMENT ON COLUMN contract_column.allowed IS 'The values that reports understand; check_hub() counts others as unmapped.';
COMMENT ON COLUMN contract_column.unit IS 'Unit of the figure.';
COMMENT ON COLUMN contract_column.may_be_future IS 'False where a date after the hub''s "as at" is a mistake.';
COMMENT ON COLUMN contract_column.description IS 'What the column means.';

CREATE TABLE contract_rule (
    entity      text NOT NULL REFERENCES contract_entity,
    rule        text NOT NULL,
    broken_when text NOT NULL,
    description text NOT NULL,
    PRIMARY KEY (entity, rule)
);

COMMENT ON TABLE contract_rule IS
'Rules between the columns of one row of an entity, such as the order of dates; check_hub() counts the rows that break them.';
COMMENT ON COLUMN contract_rule.entity IS 'Entity that the rule is about.';
COMMENT ON COLUMN contract_rule.rule IS 'Name of the rule.';
COMMENT ON COLUMN contract_rule.broken_when IS 'SQL condition over the entity''s columns that is true for a row that breaks the rule.';
COMMENT ON COLUMN contract_rule.description IS 'The rule in words.';

CREATE TABLE contract_cast (
    type        text NOT NULL,
    source_type text NOT NULL,
    expression  text NOT NULL,
    breaks_index boolean NOT NULL DEFAULT false,
    PRIMARY KEY (type, source_type)
);

COMMENT ON TABLE contract_cast IS
'Which column types of a bound query serve a contract type, and how. Nothing is guessed: text never becomes a date.';
COMMENT ON COLUMN contract_cast.type IS 'Type in the contract; record ids stand as record_id:<type>.';
COMMENT ON COLUMN contract_cast.source_type IS 'Type of the query''s column, domains taken as their base type; enum stands for every enumeration.';
COMMENT ON COLUMN contract_cast.expression IS 'SQL of the conversion; $column is the column, $zone the hub''s time zone as a literal.';
COMMENT ON COLUMN contract_cast.breaks_index IS 'Whether an index on the source column no longer serves look-ups through the view.';

INSERT INTO contract_cast (type, source_type, expression, breaks_index) VALUES
    ('text', 'text', '$column COLLATE pg_catalog."default"', false),
    ('text', 'character varying', '$column::pg_catalog.text COLLATE pg_catalog."default"', false),
    ('text', 'character', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('text', 'name', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('text', 'smallint', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('text', 'integer', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('text', 'bigint', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('text', 'uuid', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('text', 'enum', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('record_id:text', 'text', '$column COLLATE pg_catalog."default"', false),
    ('record_id:text', 'character varying', '$column::pg_catalog.text COLLATE pg_catalog."default"', false),
    ('record_id:text', 'character', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('record_id:text', 'smallint', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('record_id:text', 'integer', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('record_id:text', 'bigint', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('record_id:text', 'uuid', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('record_id:bigint', 'smallint', '$column::bigint', true),
    ('record_id:bigint', 'integer', '$column::bigint', true),
    ('record_id:bigint', 'bigint', '$column', false),
    ('record_id:uuid', 'uuid', '$column', false),
    -- A number that came as an integer has lost the leading zeros of a CHI number;
    -- one that is too long stays so, and is reported.
    ('nhs_number', 'text', '$column COLLATE pg_catalog."default"', false),
    ('nhs_number', 'character varying', '$column::pg_catalog.text COLLATE pg_catalog."default"', false),
    ('nhs_number', 'character', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('nhs_number', 'bigint', 'pg_catalog.lpad($column::pg_catalog.text, greatest(10, pg_catalog.length($column::pg_catalog.text)), ''0'') COLLATE pg_catalog."default"', true),
    ('nhs_number', 'caregroup.nhs_number', '$column::pg_catalog.text COLLATE pg_catalog."default"', true),
    ('date', 'date', '$column', false),
    ('timestamptz', 'timestamp with time zone', '$column::pg_catalog.timestamptz', false),
    ('timestamptz', 'timestamp without time zone', '($column AT TIME ZONE $zone)', true),
    ('timestamptz', 'date', '($column::pg_catalog.timestamp AT TIME ZONE $zone)', true),
    ('boolean', 'boolean', '$column', false),
    ('integer', 'smallint', '$column::integer', true),
    ('integer', 'integer', '$column', false),
    ('numeric', 'smallint', '$column::numeric', false),
    ('numeric', 'integer', '$column::numeric', false),
    ('numeric', 'bigint', '$column::numeric', false),
    ('numeric', 'numeric', '$column::numeric', false),
    ('numeric', 'real', '$column::numeric', false),
    ('numeric', 'double precision', '$column::numeric', false),
    ('double precision', 'smallint', '$column::double precision', false),
    ('double precision', 'integer', '$column::double precision', false),
    ('double precision', 'bigint', '$column::double precision', false),
    ('double precision', 'numeric', '$column::double precision', false),
    ('double precision', 'real', '$column::double precision', false),
    ('double precision', 'double precision', '$column', false);

-- ==== src/hub/11_contract_who.sql

-- Contract, part one: who and where.

INSERT INTO contract_entity (entity, subject, key_columns, one_of, description) VALUES
    ('organisation', 'who and where', '{organisation_id}', '{}', 'An organisation on the chain of command or in a partnership.'),
    ('organisation_link', 'who and where', '{child_id,parent_id,hierarchy,valid_from}', '{}', 'One organisation reporting to another in one hierarchy. A care group may cross regions, so an organisation can have a parent in each hierarchy.'),
    ('site', 'who and where', '{site_id}', '{}', 'A place where care is given or a team is based.'),
    ('area', 'who and where', '{area_id}', '{}', 'A small area where people live, such as an LSOA.'),
    ('travel', 'who and where', '{origin_id,site_id,mode}', '{}', 'Travel from an area or a site to a site.'),
    ('population', 'who and where', '{area_id,site_id,as_at,age_band,sex,population_group}', '{area_id|site_id}', 'How many people an area or a site has, for warehouses without a person table.'),
    ('person', 'who and where', '{person_id}', '{}', 'A person entitled to or receiving care.'),
    ('registration', 'who and where', '{person_id,site_id,valid_from}', '{}', 'A person''s registration with or entitlement at a site over a time; the population at risk of a site is these people.'),
    ('fitness', 'who and where', '{person_id,graded_on}', '{}', 'A grading of a person''s fitness for task by occupational health.');

INSERT INTO contract_column (entity, column_name, type, required, refers_to, allowed, unit, may_be_future, description) VALUES
    ('organisation', 'organisation_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the organisation.'),
    ('organisation', 'name', 'text', true, NULL, NULL, NULL, true, 'Name to print.'),
    ('organisation', 'kind', 'text', true, NULL, '{headquarters,region,care_group,network,provider,commissioner,practice,partnership}', NULL, true, 'Kind of organisation.'),
    ('organisation', 'ods_code', 'text', false, NULL, NULL, NULL, true, 'Code of the NHS Organisation Data Service.'),
    ('organisation', 'valid_from', 'date', false, NULL, NULL, NULL, true, 'First day.'),
    ('organisation', 'valid_to', 'date', false, NULL, NULL, NULL, true, 'Last day.'),

    ('organisation_link', 'child_id', 'text', true, 'organisation', NULL, NULL, true, 'The organisation that reports.'),
    ('organisation_link', 'parent_id', 'text', true, 'organisation', NULL, NULL, true, 'The organisation reported to.'),
    ('organisation_link', 'hierarchy', 'text', true, NULL, '{command,provider,place,commissioner}', NULL, true, 'The hierarchy that the link belongs to.'),
    ('organisation_link', 'valid_from', 'date', false, NULL, NULL, NULL, true, 'First day.'),
    ('organisation_link', 'valid_to', 'date', false, NULL, NULL, NULL, true, 'Last day.'),

    ('site', 'site_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the site.'),
    ('site', 'name', 'text', true, NULL, NULL, NULL, true, 'Name to print.'),
    ('site', 'organisation_id', 'text', true, 'organisation', NULL, NULL, true, 'Organisation that runs the site; rows of other entities are given to it as their provider.'),
    ('site', 'kind', 'text', true, NULL, '{medical,dental,rehabilitation_unit,primary_care_rehabilitation,mental_health,occupational_health,practice,community_clinic,hospital,residential}', NULL, true, 'Kind of site.'),
    ('site', 'part_of_site_id', 'text', false, 'site', NULL, NULL, true, 'Larger site that this one is inside of.'),
    ('site', 'ods_code', 'text', false, NULL, NULL, NULL, true, 'Code of the NHS Organisation Data Service.'),
    ('site', 'postcode', 'text', false, NULL, NULL, NULL, true, 'Postcode.'),
    ('site', 'longitude', 'double precision', false, NULL, NULL, 'degree', true, 'Longitude, WGS 84.'),
    ('site', 'latitude', 'double precision', false, NULL, NULL, 'degree', true, 'Latitude, WGS 84.'),
    ('site', 'time_zone', 'text', false, NULL, NULL, NULL, true, 'Time zone, where it is not the hub''s.'),
    ('site', 'calendar_id', 'text', false, NULL, NULL, NULL, true, 'Calendar of closed days; the hub''s calendar where NULL.'),
    ('site', 'opened_on', 'date', false, NULL, NULL, NULL, true, 'First day open.'),
    ('site', 'closed_on', 'date', false, NULL, NULL, NULL, true, 'Last day open.'),
    ('site', 'capacity_people', 'numeric', false, NULL, NULL, 'person', true, 'How many people the site can have registered.'),

    ('area', 'area_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the area.'),
    ('area', 'name', 'text', false, NULL, NULL, NULL, true, 'Name to print.'),
    ('area', 'kind', 'text', false, NULL, NULL, NULL, true, 'Kind of area, such as lsoa.'),
    ('area', 'longitude', 'double precision', false, NULL, NULL, 'degree', true, 'Longitude of the population''s centre, WGS 84.'),
    ('area', 'latitude', 'double precision', false, NULL, NULL, 'degree', true, 'Latitude of the population''s centre, WGS 84.'),
    ('area', 'deprivation_decile', 'integer', false, NULL, '{1,2,3,4,5,6,7,8,9,10}', NULL, true, 'Decile of deprivation, 1 the most deprived.'),
    ('area', 'no_car_share', 'numeric', false, NULL, NULL, 'share', true, 'Share of households without a car, 0 to 1.'),
    ('area', 'boundary', 'text', false, NULL, NULL, NULL, true, 'Boundary as GeoJSON text.'),

    ('travel', 'origin_id', 'text', true, NULL, NULL, NULL, true, 'Area or site where the journey starts.'),
    ('travel', 'site_id', 'text', true, 'site', NULL, NULL, true, 'Site where the journey ends.'),
    ('travel', 'mode', 'text', true, NULL, '{car,public_transport,walk,cycle}', NULL, true, 'Means of travel.'),
    ('travel', 'minutes', 'numeric', true, NULL, NULL, 'minute', true, 'Duration.'),
    ('travel', 'kilometres', 'numeric', false, NULL, NULL, 'kilometre', true, 'Distance.'),

    ('population', 'area_id', 'text', false, 'area', NULL, NULL, true, 'Area, or NULL where the row is of a site.'),
    ('population', 'site_id', 'text', false, 'site', NULL, NULL, true, 'Site, or NULL where the row is of an area.'),
    ('population', 'as_at', 'date', true, NULL, NULL, NULL, true, 'Day of the count.'),
    ('population', 'age_band', 'text', false, NULL, NULL, NULL, true, 'Five-year age band such as 40-44, or 90+.'),
    ('population', 'sex', 'text', false, NULL, '{female,male,indeterminate,unknown}', NULL, true, 'Sex.'),
    ('population', 'population_group', 'text', false, NULL, '{registered,regular,reservist,dependant,entitled_civilian}', NULL, true, 'Group of people.'),
    ('population', 'people', 'numeric', true, NULL, NULL, 'person', true, 'How many people.'),
    ('population', 'weight', 'numeric', false, NULL, NULL, NULL, true, 'Weighted count, such as a Carr-Hill weighted list.'),
    ('population', 'weight_kind', 'text', false, NULL, NULL, NULL, true, 'What the weight is.'),

    ('person', 'person_id', 'record_id', true, NULL, NULL, NULL, true, 'Identifier of the person in the warehouse.'),
    ('person', 'nhs_number', 'nhs_number', false, NULL, NULL, NULL, true, 'NHS number as recorded.'),
    ('person', 'birth_date', 'date', false, NULL, NULL, NULL, false, 'Day of birth.'),
    ('person', 'death_date', 'date', false, NULL, NULL, NULL, false, 'Day of death.'),
    ('person', 'sex', 'text', false, NULL, '{female,male,indeterminate,unknown}', NULL, true, 'Sex.'),
    ('person', 'ethnicity', 'text', false, NULL, NULL, NULL, true, 'Ethnic category.'),
    ('person', 'deprivation_decile', 'integer', false, NULL, '{1,2,3,4,5,6,7,8,9,10}', NULL, true, 'Decile of deprivation, 1 the most deprived.'),
    ('person', 'area_id', 'text', false, 'area', NULL, NULL, true, 'Area where the person lives.'),
    ('person', 'postcode', 'text', false, NULL, NULL, NULL, true, 'Postcode.'),
    ('person', 'longitude', 'double precision', false, NULL, NULL, 'degree', true, 'Longitude of home, WGS 84.'),
    ('person', 'latitude', 'double precision', false, NULL, NULL, 'degree', true, 'Latitude of home, WGS 84.'),
    ('person', 'population_group', 'text', false, NULL, '{registered,regular,reservist,dependant,entitled_civilian}', NULL, true, 'Group of people.'),
    ('person', 'service_branch', 'text', false, NULL, NULL, NULL, true, 'Service or branch of the armed forces.'),
    ('person', 'unit_id', 'text', false, NULL, NULL, NULL, true, 'Unit of the armed forces.'),
    ('person', 'language', 'text', false, NULL, NULL, NULL, true, 'Preferred language.'),
    ('person', 'interpreter_needed', 'boolean', false, NULL, NULL, NULL, true, 'Whether an interpreter is needed.'),
    ('person', 'objects_secondary_use', 'boolean', false, NULL, NULL, NULL, true, 'Whether the person objects to uses other than their own care.'),

    ('registration', 'person_id', 'record_id', true, 'person', NULL, NULL, true, 'Person.'),
    ('registration', 'site_id', 'text', true, 'site', NULL, NULL, true, 'Site.'),
    ('registration', 'valid_from', 'date', true, NULL, NULL, NULL, false, 'First day.'),
    ('registration', 'valid_to', 'date', false, NULL, NULL, NULL, true, 'Last day; NULL while it lasts.'),

    ('fitness', 'person_id', 'record_id', true, 'person', NULL, NULL, true, 'Person.'),
    ('fitness', 'graded_on', 'date', true, NULL, NULL, NULL, false, 'Day of the grading.'),
    ('fitness', 'deployability', 'text', false, NULL, NULL, NULL, true, 'Grade of deployability.'),
    ('fitness', 'limits', 'text', false, NULL, NULL, NULL, true, 'Limits to what the person may do.'),
    ('fitness', 'review_due_on', 'date', false, NULL, NULL, NULL, true, 'Day on which the review is due.');

INSERT INTO contract_rule (entity, rule, broken_when, description) VALUES
    ('organisation', 'valid_to before valid_from', 'valid_to < valid_from', 'The last day is not before the first.'),
    ('organisation_link', 'valid_to before valid_from', 'valid_to < valid_from', 'The last day is not before the first.'),
    ('organisation_link', 'reports to itself', 'child_id = parent_id', 'An organisation does not report to itself.'),
    ('site', 'closed_on before opened_on', 'closed_on < opened_on', 'The last day is not before the first.'),
    ('site', 'place out of range', 'longitude NOT BETWEEN -180 AND 180 OR latitude NOT BETWEEN -90 AND 90', 'Longitude is within ±180 and latitude within ±90 degrees.'),
    ('area', 'place out of range', 'longitude NOT BETWEEN -180 AND 180 OR latitude NOT BETWEEN -90 AND 90', 'Longitude is within ±180 and latitude within ±90 degrees.'),
    ('area', 'share out of range', 'no_car_share NOT BETWEEN 0 AND 1', 'A share is between 0 and 1.'),
    ('travel', 'negative minutes', 'minutes < 0', 'A journey does not take negative time.'),
    ('population', 'negative people', 'people < 0', 'A count is not negative.'),
    ('person', 'death_date before birth_date', 'death_date < birth_date', 'Nobody dies before birth.'),
    ('person', 'older than 120', 'birth_date < pg_catalog.make_date(1900, 1, 1)', 'A day of birth before 1900 is a placeholder or a mistake.'),
    ('registration', 'valid_to before valid_from', 'valid_to < valid_from', 'The last day is not before the first.'),
    ('fitness', 'review_due_on before graded_on', 'review_due_on < graded_on', 'A review is due after the grading.');

-- ==== src/hub/12_contract_offered.sql

-- Contract, part two: what is offered.

INSERT INTO contract_entity (entity, subject, key_columns, one_of, description) VALUES
    ('service', 'what is offered', '{service_id}', '{}', 'A service that people are referred to or seen by.'),
    ('appointment_type', 'what is offered', '{service_id,kind}', '{}', 'A kind of appointment of a service, with its usual length.'),
    ('site_service', 'what is offered', '{site_id,service_id,modality,valid_from}', '{}', 'A service offered at a site in one modality: the directory of services.'),
    ('service_standard', 'what is offered', '{standard_id}', '{}', 'A standard of waiting: from a clock start to a clock stop within a limit.'),
    ('target', 'what is offered', '{organisation_id,standard_id,indicator_id,month}', '{standard_id|indicator_id}', 'The value that an organisation is to reach in a month.'),
    ('session', 'what is offered', '{session_id}', '{slots|minutes}', 'A block of time in which a service sees people at a site.'),
    ('session_staff', 'what is offered', '{session_id,staff_id}', '{}', 'A member of staff working in a session.'),
    ('staff', 'what is offered', '{staff_id}', '{}', 'A member of staff, permanent or temporary.'),
    ('staff_absence', 'what is offered', '{staff_id,starts_at}', '{}', 'A time in which a member of staff is away.'),
    ('post', 'what is offered', '{post_id}', '{}', 'A funded post at a site.'),
    ('course', 'what is offered', '{course_id}', '{}', 'A course or programme with places, such as three-week rehabilitation.'),
    ('bed_capacity', 'what is offered', '{site_id,ward,day}', '{}', 'Beds open on a ward on a day.'),
    ('calendar_day', 'what is offered', '{calendar_id,day}', '{}', 'A day on which a calendar has no work.');

INSERT INTO contract_column (entity, column_name, type, required, refers_to, allowed, unit, may_be_future, description) VALUES
    ('service', 'service_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the service.'),
    ('service', 'name', 'text', true, NULL, NULL, NULL, true, 'Name to print.'),
    ('service', 'kind', 'text', true, NULL, '{primary,community,acute,mental_health,dental,rehabilitation,occupational_health,diagnostic,urgent_response,end_of_life}', NULL, true, 'Kind of service.'),
    ('service', 'treatment_function_code', 'text', false, NULL, NULL, NULL, true, 'Treatment function code of the NHS Data Dictionary.'),
    ('service', 'age_group', 'text', false, NULL, '{adult,child,all}', NULL, true, 'Whom the service is for.'),
    ('service', 'model_of_care', 'text', false, NULL, '{community,mixed,integrated_health_and_care,integrated_provider,social_enterprise,small_business,special_interest_gp,hospital}', NULL, true, 'Model in which specialist care is provided.'),
    ('service', 'rtt_role', 'text', false, NULL, '{consultant_led,interface,none}', NULL, true, 'Role under the referral-to-treatment rules.'),

    ('appointment_type', 'service_id', 'text', true, 'service', NULL, NULL, true, 'Service.'),
    ('appointment_type', 'kind', 'text', true, NULL, '{first,follow_up,assessment,procedure,diagnostic,triage,advice,day_case,inpatient,emergency,group}', NULL, true, 'Kind of appointment.'),
    ('appointment_type', 'minutes', 'numeric', true, NULL, NULL, 'minute', true, 'Usual length.'),
    ('appointment_type', 'role', 'text', false, NULL, NULL, NULL, true, 'Role of the staff who can do it.'),
    ('appointment_type', 'skills', 'text', false, NULL, NULL, NULL, true, 'Skills needed, divided by commas.'),
    ('appointment_type', 'follow_up_share', 'numeric', false, NULL, NULL, 'share', true, 'Follow-ups that one such appointment leads to on average.'),

    ('site_service', 'site_id', 'text', true, 'site', NULL, NULL, true, 'Site.'),
    ('site_service', 'service_id', 'text', true, 'service', NULL, NULL, true, 'Service.'),
    ('site_service', 'modality', 'text', true, NULL, '{face_to_face,telephone,video,home_visit,group}', NULL, true, 'How people are seen.'),
    ('site_service', 'valid_from', 'date', false, NULL, NULL, NULL, true, 'First day.'),
    ('site_service', 'valid_to', 'date', false, NULL, NULL, NULL, true, 'Last day.'),
    ('site_service', 'eligibility', 'text', false, NULL, NULL, NULL, true, 'Who is eligible, as a SNOMED CT expression constraint.'),
    ('site_service', 'minimum_age', 'integer', false, NULL, NULL, 'year', true, 'Youngest age accepted.'),
    ('site_service', 'maximum_age', 'integer', false, NULL, NULL, 'year', true, 'Oldest age accepted.'),
    ('site_service', 'sex', 'text', false, NULL, '{female,male,indeterminate,unknown}', NULL, true, 'Sex accepted, NULL for all.'),

    ('service_standard', 'standard_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the standard.'),
    ('service_standard', 'name', 'text', true, NULL, NULL, NULL, true, 'Name to print.'),
    ('service_standard', 'service_id', 'text', false, 'service', NULL, NULL, true, 'The one service that it applies to.'),
    ('service_standard', 'service_kind', 'text', false, NULL, '{primary,community,acute,mental_health,dental,rehabilitation,occupational_health,diagnostic,urgent_response,end_of_life}', NULL, true, 'The kind of service that it applies to; with neither this nor a service it applies to all.'),
    ('service_standard', 'clock_start', 'text', true, NULL, '{received,referred,first_consultation,decision,ready,arrival}', NULL, true, 'Where the wait begins.'),
    ('service_standard', 'clock_stop', 'text', true, NULL, '{first_contact,assessment,treatment,discharge,report}', NULL, true, 'Where the wait ends.'),
    ('service_standard', 'limit_value', 'numeric', true, NULL, NULL, NULL, true, 'The longest wait that meets the standard.'),
    ('service_standard', 'limit_unit', 'text', true, NULL, '{hour,day,working_day,week}', NULL, true, 'Unit of the limit.'),
    ('service_standard', 'threshold', 'numeric', false, NULL, NULL, 'share', true, 'Share that must meet the standard, 0 to 1; NULL where none is set.'),

    ('target', 'organisation_id', 'text', true, 'organisation', NULL, NULL, true, 'Organisation.'),
    ('target', 'standard_id', 'text', false, 'service_standard', NULL, NULL, true, 'Standard.'),
    ('target', 'indicator_id', 'text', false, NULL, NULL, NULL, true, 'Indicator.'),
    ('target', 'month', 'date', true, NULL, NULL, NULL, true, 'First day of the month.'),
    ('target', 'value', 'numeric', true, NULL, NULL, NULL, true, 'Value to reach.'),

    ('session', 'session_id', 'record_id', true, NULL, NULL, NULL, true, 'Identifier of the session.'),
    ('session', 'site_id', 'text', true, 'site', NULL, NULL, true, 'Site.'),
    ('session', 'service_id', 'text', true, 'service', NULL, NULL, true, 'Service.'),
    ('session', 'starts_at', 'timestamptz', true, NULL, NULL, NULL, true, 'Start.'),
    ('session', 'ends_at', 'timestamptz', true, NULL, NULL, NULL, true, 'End.'),
    ('session', 'slots', 'numeric', false, NULL, NULL, 'slot', true, 'How many appointments fit.'),
    ('session', 'minutes', 'numeric', false, NULL, NULL, 'minute', true, 'Minutes that can be booked.'),
    ('session', 'slot_minutes', 'numeric', false, NULL, NULL, 'minute', true, 'Length of a slot.'),
    ('session', 'template_id', 'text', false, NULL, NULL, NULL, true, 'Template that the session was made from.'),
    ('session', 'modality', 'text', false, NULL, '{face_to_face,telephone,video,home_visit,group}', NULL, true, 'How people are seen.'),
    ('session', 'status', 'text', false, NULL, '{open,held,cancelled}', NULL, true, 'State.'),
    ('session', 'room_id', 'text', false, NULL, NULL, NULL, true, 'Room.'),
    ('session', 'skills', 'text', false, NULL, NULL, NULL, true, 'Skills present, divided by commas.'),

    ('session_staff', 'session_id', 'record_id', true, 'session', NULL, NULL, true, 'Session.'),
    ('session_staff', 'staff_id', 'text', true, 'staff', NULL, NULL, true, 'Member of staff.'),
    ('session_staff', 'role', 'text', false, NULL, NULL, NULL, true, 'Role in the session.'),

    ('staff', 'staff_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the member of staff.'),
    ('staff', 'role', 'text', true, NULL, NULL, NULL, true, 'Role, such as physiotherapist.'),
    ('staff', 'grade', 'text', false, NULL, NULL, NULL, true, 'Grade or band.'),
    ('staff', 'employment', 'text', true, NULL, '{permanent,temporary}', NULL, true, 'Kind of employment.'),
    ('staff', 'workforce', 'text', false, NULL, '{uniformed,civilian,contractor}', NULL, true, 'Part of the workforce.'),
    ('staff', 'home_site_id', 'text', false, 'site', NULL, NULL, true, 'Site where the member of staff is based.'),
    ('staff', 'weekly_minutes', 'numeric', false, NULL, NULL, 'minute', true, 'Contracted minutes a week.'),
    ('staff', 'skills', 'text', false, NULL, NULL, NULL, true, 'Skills, divided by commas.'),
    ('staff', 'supervisor_id', 'text', false, 'staff', NULL, NULL, true, 'Supervisor.'),
    ('staff', 'starts_on', 'date', false, NULL, NULL, NULL, true, 'First day.'),
    ('staff', 'ends_on', 'date', false, NULL, NULL, NULL, true, 'Last day.'),
    ('staff', 'cost_per_hour', 'numeric', false, NULL, NULL, 'GBP/hour', true, 'Cost of an hour.'),

    ('staff_absence', 'staff_id', 'text', true, 'staff', NULL, NULL, true, 'Member of staff.'),
    ('staff_absence', 'starts_at', 'timestamptz', true, NULL, NULL, NULL, true, 'Start.'),
    ('staff_absence', 'ends_at', 'timestamptz', true, NULL, NULL, NULL, true, 'End.'),
    ('staff_absence', 'reason', 'text', false, NULL, '{leave,training,sickness,deployment,other}', NULL, true, 'Reason.'),

    ('post', 'post_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the post.'),
    ('post', 'site_id', 'text', true, 'site', NULL, NULL, true, 'Site.'),
    ('post', 'role', 'text', true, NULL, NULL, NULL, true, 'Role.'),
    ('post', 'funded_wte', 'numeric', true, NULL, NULL, 'whole-time equivalent', true, 'Funded whole-time equivalents.'),
    ('post', 'valid_from', 'date', false, NULL, NULL, NULL, true, 'First day.'),
    ('post', 'valid_to', 'date', false, NULL, NULL, NULL, true, 'Last day.'),

    ('course', 'course_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the course.'),
    ('course', 'site_id', 'text', true, 'site', NULL, NULL, true, 'Site.'),
    ('course', 'service_id', 'text', true, 'service', NULL, NULL, true, 'Service.'),
    ('course', 'starts_on', 'date', true, NULL, NULL, NULL, true, 'First day.'),
    ('course', 'ends_on', 'date', true, NULL, NULL, NULL, true, 'Last day.'),
    ('course', 'places', 'numeric', true, NULL, NULL, 'place', true, 'Places.'),

    ('bed_capacity', 'site_id', 'text', true, 'site', NULL, NULL, true, 'Site.'),
    ('bed_capacity', 'ward', 'text', true, NULL, NULL, NULL, true, 'Ward.'),
    ('bed_capacity', 'day', 'date', true, NULL, NULL, NULL, true, 'Day.'),
    ('bed_capacity', 'beds', 'numeric', true, NULL, NULL, 'bed', true, 'Beds open.'),

    ('calendar_day', 'calendar_id', 'text', true, NULL, NULL, NULL, true, 'Calendar, such as england.'),
    ('calendar_day', 'day', 'date', true, NULL, NULL, NULL, true, 'Day without work.'),
    ('calendar_day', 'kind', 'text', false, NULL, '{bank_holiday,closed}', NULL, true, 'Why.'),
    ('calendar_day', 'name', 'text', false, NULL, NULL, NULL, true, 'Name of the day.');

INSERT INTO contract_rule (entity, rule, broken_when, description) VALUES
    ('appointment_type', 'minutes not above 0', 'minutes <= 0', 'An appointment has a length.'),
    ('site_service', 'valid_to before valid_from', 'valid_to < valid_from', 'The last day is not before the first.'),
    ('site_service', 'maximum_age below minimum_age', 'maximum_age < minimum_age', 'The oldest age is not below the youngest.'),
    ('service_standard', 'limit_value not above 0', 'limit_value <= 0', 'A limit is above 0.'),
    ('service_standard', 'threshold out of range', 'threshold NOT BETWEEN 0 AND 1', 'A share is between 0 and 1.'),
    ('target', 'month not a first day', 'pg_catalog.extract(''day'', month) <> 1', 'A month is given by its first day.'),
    ('session', 'ends_at not after starts_at', 'ends_at <= starts_at', 'A session ends after it starts.'),
    ('session', 'negative slots or minutes', 'slots < 0 OR minutes < 0', 'A session offers no less than nothing.'),
    ('staff', 'ends_on before starts_on', 'ends_on < starts_on', 'The last day is not before the first.'),
    ('staff_absence', 'ends_at not after starts_at', 'ends_at <= starts_at', 'An absence ends after it starts.'),
    ('post', 'valid_to before valid_from', 'valid_to < valid_from', 'The last day is not before the first.'),
    ('post', 'negative funded_wte', 'funded_wte < 0', 'A post is funded with no less than nothing.'),
    ('course', 'ends_on before starts_on', 'ends_on < starts_on', 'The last day is not before the first.'),
    ('bed_capacity', 'negative beds', 'beds < 0', 'A ward has no fewer than no beds.');

-- ==== src/hub/13_contract_happened.sql

-- Contract, part three: what happened.

INSERT INTO contract_entity (entity, subject, key_columns, one_of, description) VALUES
    ('contact_request', 'what happened', '{request_id}', '{}', 'A request for contact that is no referral, met or not.'),
    ('referral', 'what happened', '{referral_id}', '{}', 'A referral of a person to a service.'),
    ('referral_event', 'what happened', '{event_id}', '{}', 'Something that happened on a referral''s pathway.'),
    ('activity', 'what happened', '{activity_id}', '{}', 'An appointment, a procedure, a stay or another contact, booked or past.'),
    ('programme', 'what happened', '{person_id,course_id}', '{}', 'A person''s place on a course.'),
    ('recall', 'what happened', '{recall_id}', '{}', 'A follow-up or inspection that is due.'),
    ('diagnosis', 'what happened', '{diagnosis_id}', '{}', 'A coded diagnosis or problem.'),
    ('observation', 'what happened', '{observation_id}', '{}', 'A coded observation or measurement.'),
    ('outcome_measure', 'what happened', '{person_id,instrument,measured_on}', '{}', 'A patient-reported outcome or experience.'),
    ('medication', 'what happened', '{medication_id}', '{}', 'A medicine issued.');

INSERT INTO contract_column (entity, column_name, type, required, refers_to, allowed, unit, may_be_future, description) VALUES
    ('contact_request', 'request_id', 'record_id', true, NULL, NULL, NULL, true, 'Identifier of the request.'),
    ('contact_request', 'at', 'timestamptz', true, NULL, NULL, NULL, false, 'When it was made.'),
    ('contact_request', 'site_id', 'text', true, 'site', NULL, NULL, true, 'Site asked.'),
    ('contact_request', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service asked for.'),
    ('contact_request', 'person_id', 'record_id', false, 'person', NULL, NULL, true, 'Person.'),
    ('contact_request', 'channel', 'text', false, NULL, NULL, NULL, true, 'How it was made, such as telephone or online.'),
    ('contact_request', 'outcome', 'text', false, NULL, '{booked,redirected,unmet,abandoned}', NULL, true, 'What became of it.'),
    ('contact_request', 'quantity', 'numeric', false, NULL, NULL, NULL, true, 'How many requests the row stands for, in warehouses that hold counts; 1 where NULL.'),

    ('referral', 'referral_id', 'record_id', true, NULL, NULL, NULL, true, 'Identifier of the referral.'),
    ('referral', 'person_id', 'record_id', true, 'person', NULL, NULL, true, 'Person.'),
    ('referral', 'received_at', 'timestamptz', true, NULL, NULL, NULL, false, 'When the referral was received.'),
    ('referral', 'pathway_id', 'record_id', false, NULL, NULL, NULL, true, 'Pathway that the referral belongs to.'),
    ('referral', 'referred_at', 'timestamptz', false, NULL, NULL, NULL, false, 'When the referrer decided to refer.'),
    ('referral', 'first_consultation_at', 'timestamptz', false, NULL, NULL, NULL, true, 'First consultation, from which some standards count.'),
    ('referral', 'source', 'text', false, NULL, NULL, NULL, true, 'Source of the referral.'),
    ('referral', 'referrer_site_id', 'text', false, 'site', NULL, NULL, true, 'Site that referred.'),
    ('referral', 'referrer_id', 'text', false, NULL, NULL, NULL, true, 'Member of staff who referred.'),
    ('referral', 'reason_code', 'text', false, NULL, NULL, NULL, true, 'Coded reason.'),
    ('referral', 'reason_system', 'text', false, NULL, NULL, NULL, true, 'Code system of the reason.'),
    ('referral', 'priority', 'text', false, NULL, '{routine,urgent,urgent_suspected_cancer,emergency}', NULL, true, 'Priority.'),
    ('referral', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service referred to.'),
    ('referral', 'site_id', 'text', false, 'site', NULL, NULL, true, 'Site that holds the referral.'),
    ('referral', 'status', 'text', false, NULL, '{open,closed,returned,redirected}', NULL, true, 'State.'),
    ('referral', 'accepted_at', 'timestamptz', false, NULL, NULL, NULL, false, 'When it was accepted.'),
    ('referral', 'closed_at', 'timestamptz', false, NULL, NULL, NULL, false, 'When it was closed.'),
    ('referral', 'closed_reason', 'text', false, NULL, NULL, NULL, true, 'Why it was closed.'),
    ('referral', 'accepts_remote', 'boolean', false, NULL, NULL, NULL, true, 'Whether the person accepts a remote consultation.'),

    ('referral_event', 'event_id', 'record_id', true, NULL, NULL, NULL, true, 'Identifier of the event.'),
    ('referral_event', 'referral_id', 'record_id', true, 'referral', NULL, NULL, true, 'Referral.'),
    ('referral_event', 'event_at', 'timestamptz', true, NULL, NULL, NULL, false, 'When it happened.'),
    ('referral_event', 'kind', 'text', false, NULL, NULL, NULL, true, 'Kind of event, such as decision, ready or report.'),
    ('referral_event', 'rtt_status_code', 'text', false, NULL, '{10,11,12,20,21,30,31,32,33,34,35,36,90,91,92,98,99}', NULL, true, 'Referral to treatment period status of the NHS Data Dictionary.'),
    ('referral_event', 'activity_id', 'record_id', false, 'activity', NULL, NULL, true, 'Activity at which it happened.'),
    ('referral_event', 'communicated', 'boolean', false, NULL, NULL, NULL, true, 'Whether the appointment was communicated to the person.'),

    ('activity', 'activity_id', 'record_id', true, NULL, NULL, NULL, true, 'Identifier of the activity.'),
    ('activity', 'person_id', 'record_id', true, 'person', NULL, NULL, true, 'Person.'),
    ('activity', 'starts_at', 'timestamptz', true, NULL, NULL, NULL, true, 'Start.'),
    ('activity', 'kind', 'text', true, NULL, '{first,follow_up,assessment,procedure,diagnostic,triage,advice,day_case,inpatient,emergency,group}', NULL, true, 'Kind of activity.'),
    ('activity', 'status', 'text', true, NULL, '{attended,did_not_attend,cancelled_by_person,cancelled_by_provider,booked}', NULL, true, 'State.'),
    ('activity', 'referral_id', 'record_id', false, 'referral', NULL, NULL, true, 'Referral that led to it.'),
    ('activity', 'spell_id', 'record_id', false, NULL, NULL, NULL, true, 'Hospital spell.'),
    ('activity', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service.'),
    ('activity', 'site_id', 'text', false, 'site', NULL, NULL, true, 'Site.'),
    ('activity', 'staff_id', 'text', false, 'staff', NULL, NULL, true, 'Member of staff.'),
    ('activity', 'session_id', 'record_id', false, 'session', NULL, NULL, true, 'Session in which it is or was booked.'),
    ('activity', 'setting', 'text', false, NULL, '{primary,community,acute}', NULL, true, 'Setting of care.'),
    ('activity', 'modality', 'text', false, NULL, '{face_to_face,telephone,video,home_visit,group}', NULL, true, 'How the person was seen.'),
    ('activity', 'ends_at', 'timestamptz', false, NULL, NULL, NULL, true, 'End.'),
    ('activity', 'minutes', 'numeric', false, NULL, NULL, 'minute', true, 'Length.'),
    ('activity', 'booked_at', 'timestamptz', false, NULL, NULL, NULL, false, 'When it was booked.'),
    ('activity', 'cancelled_at', 'timestamptz', false, NULL, NULL, NULL, false, 'When it was cancelled.'),
    ('activity', 'outcome', 'text', false, NULL, NULL, NULL, true, 'Outcome.'),
    ('activity', 'acuity', 'text', false, NULL, NULL, NULL, true, 'Acuity.'),
    ('activity', 'admission_method', 'text', false, NULL, NULL, NULL, true, 'Method of admission.'),
    ('activity', 'expected_discharge_on', 'date', false, NULL, NULL, NULL, true, 'Day on which discharge is expected.'),
    ('activity', 'ready_for_discharge_at', 'timestamptz', false, NULL, NULL, NULL, false, 'When the person was ready to leave.'),
    ('activity', 'delay_reason', 'text', false, NULL, NULL, NULL, true, 'Why leaving was delayed.'),
    ('activity', 'treatment_function_code', 'text', false, NULL, NULL, NULL, true, 'Treatment function code of the NHS Data Dictionary.'),
    ('activity', 'procedure_code', 'text', false, NULL, NULL, NULL, true, 'OPCS-4 code.'),
    ('activity', 'hrg_code', 'text', false, NULL, NULL, NULL, true, 'Healthcare resource group.'),
    ('activity', 'cost', 'numeric', false, NULL, NULL, 'GBP', true, 'What it cost the provider.'),
    ('activity', 'price', 'numeric', false, NULL, NULL, 'GBP', true, 'What the commissioner paid.'),
    ('activity', 'quantity', 'numeric', false, NULL, NULL, NULL, true, 'How many activities the row stands for, in warehouses that hold counts; 1 where NULL.'),

    ('programme', 'person_id', 'record_id', true, 'person', NULL, NULL, true, 'Person.'),
    ('programme', 'course_id', 'text', true, 'course', NULL, NULL, true, 'Course.'),
    ('programme', 'referral_id', 'record_id', false, 'referral', NULL, NULL, true, 'Referral.'),
    ('programme', 'status', 'text', false, NULL, '{waiting,offered,started,completed,withdrew}', NULL, true, 'State.'),

    ('recall', 'recall_id', 'record_id', true, NULL, NULL, NULL, true, 'Identifier of the recall.'),
    ('recall', 'person_id', 'record_id', true, 'person', NULL, NULL, true, 'Person.'),
    ('recall', 'service_id', 'text', true, 'service', NULL, NULL, true, 'Service.'),
    ('recall', 'kind', 'text', true, NULL, NULL, NULL, true, 'What is due, such as follow_up or inspection.'),
    ('recall', 'due_on', 'date', true, NULL, NULL, NULL, true, 'Day on which it is due.'),
    ('recall', 'booked_activity_id', 'record_id', false, 'activity', NULL, NULL, true, 'Activity booked for it.'),
    ('recall', 'completed_on', 'date', false, NULL, NULL, NULL, false, 'Day on which it was done.'),

    ('diagnosis', 'diagnosis_id', 'record_id', true, NULL, NULL, NULL, true, 'Identifier of the diagnosis.'),
    ('diagnosis', 'person_id', 'record_id', true, 'person', NULL, NULL, true, 'Person.'),
    ('diagnosis', 'recorded_at', 'timestamptz', true, NULL, NULL, NULL, false, 'When it was recorded.'),
    ('diagnosis', 'code', 'text', true, NULL, NULL, NULL, true, 'Code.'),
    ('diagnosis', 'code_system', 'text', true, NULL, '{snomed,icd10,opcs4,read2,ctv3}', NULL, true, 'Code system.'),
    ('diagnosis', 'activity_id', 'record_id', false, 'activity', NULL, NULL, true, 'Activity at which it was recorded.'),
    ('diagnosis', 'position', 'integer', false, NULL, NULL, NULL, true, 'Position in the record, 1 the primary one.'),

    ('observation', 'observation_id', 'record_id', true, NULL, NULL, NULL, true, 'Identifier of the observation.'),
    ('observation', 'person_id', 'record_id', true, 'person', NULL, NULL, true, 'Person.'),
    ('observation', 'observed_at', 'timestamptz', true, NULL, NULL, NULL, false, 'When it was observed.'),
    ('observation', 'code', 'text', true, NULL, NULL, NULL, true, 'Code.'),
    ('observation', 'value', 'numeric', false, NULL, NULL, NULL, true, 'Value.'),
    ('observation', 'unit', 'text', false, NULL, NULL, NULL, true, 'Unit of the value.'),
    ('observation', 'text_value', 'text', false, NULL, NULL, NULL, true, 'Value in words.'),

    ('outcome_measure', 'person_id', 'record_id', true, 'person', NULL, NULL, true, 'Person.'),
    ('outcome_measure', 'instrument', 'text', true, NULL, NULL, NULL, true, 'Instrument, such as oxford_knee_score.'),
    ('outcome_measure', 'measured_on', 'date', true, NULL, NULL, NULL, false, 'Day.'),
    ('outcome_measure', 'referral_id', 'record_id', false, 'referral', NULL, NULL, true, 'Referral.'),
    ('outcome_measure', 'stage', 'text', false, NULL, '{baseline,review,discharge}', NULL, true, 'Stage of care.'),
    ('outcome_measure', 'value', 'numeric', true, NULL, NULL, NULL, true, 'Score.'),

    ('medication', 'medication_id', 'record_id', true, NULL, NULL, NULL, true, 'Identifier of the issue.'),
    ('medication', 'person_id', 'record_id', true, 'person', NULL, NULL, true, 'Person.'),
    ('medication', 'issued_at', 'timestamptz', true, NULL, NULL, NULL, false, 'When it was issued.'),
    ('medication', 'code', 'text', true, NULL, NULL, NULL, true, 'Code.'),
    ('medication', 'code_system', 'text', false, NULL, '{dmd,bnf}', NULL, true, 'Code system.'),
    ('medication', 'quantity', 'numeric', false, NULL, NULL, NULL, true, 'Quantity.'),
    ('medication', 'unit', 'text', false, NULL, NULL, NULL, true, 'Unit of the quantity.'),
    ('medication', 'days', 'numeric', false, NULL, NULL, 'day', true, 'Days that it lasts.'),
    ('medication', 'prescriber_site_id', 'text', false, 'site', NULL, NULL, true, 'Site that prescribed.'),
    ('medication', 'cost', 'numeric', false, NULL, NULL, 'GBP', true, 'Cost.');

INSERT INTO contract_rule (entity, rule, broken_when, description) VALUES
    ('referral', 'received_at before referred_at', 'received_at < referred_at', 'A referral is not received before it is made.'),
    ('referral', 'accepted_at before received_at', 'accepted_at < received_at', 'A referral is not accepted before it is received.'),
    ('referral', 'closed_at before received_at', 'closed_at < received_at', 'A referral is not closed before it is received.'),
    ('referral', 'open but closed_at given', 'status = ''open'' AND closed_at IS NOT NULL', 'An open referral has no day of closing.'),
    ('referral', 'closed without closed_at', 'status IN (''closed'', ''returned'') AND closed_at IS NULL', 'A closed referral has a day of closing.'),
    ('activity', 'ends_at before starts_at', 'ends_at < starts_at', 'An activity does not end before it starts.'),
    ('activity', 'booked_at after starts_at', 'booked_at > starts_at AND kind <> ''emergency''', 'An activity is not booked after it starts.'),
    ('activity', 'cancelled_at before booked_at', 'cancelled_at < booked_at', 'An activity is not cancelled before it is booked.'),
    ('activity', 'negative minutes', 'minutes < 0', 'An activity does not last less than nothing.'),
    ('activity', 'negative cost or price', 'cost < 0 OR price < 0', 'An activity does not cost less than nothing.'),
    ('medication', 'negative quantity', 'quantity < 0', 'No less than nothing is issued.');

-- ==== src/hub/14_contract_plan.sql

-- Contract, part four: plan and money.

INSERT INTO contract_entity (entity, subject, key_columns, one_of, description) VALUES
    ('contract', 'plan and money', '{contract_id}', '{}', 'A contract with a provider.'),
    ('spend', 'plan and money', '{spend_id}', '{}', 'Money spent in a month.'),
    ('price', 'plan and money', '{price_id}', '{code|service_id}', 'The price of a unit of a code or service.'),
    ('plan', 'plan and money', '{plan_id}', '{activity|cost}', 'Activity and cost planned for a month.'),
    ('indicator', 'plan and money', '{indicator_id}', '{}', 'An indicator that is reported.'),
    ('indicator_value', 'plan and money', '{indicator_id,organisation_id,service_id,period_start}', '{numerator|value}', 'An indicator''s value for an organisation in a period.'),
    ('change_log', 'plan and money', '{change_id}', '{}', 'A dated change of a service, drawn on charts.');

INSERT INTO contract_column (entity, column_name, type, required, refers_to, allowed, unit, may_be_future, description) VALUES
    ('contract', 'contract_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the contract.'),
    ('contract', 'lot', 'text', false, NULL, NULL, NULL, true, 'Lot in which it was bought.'),
    ('contract', 'provider_id', 'text', true, 'organisation', NULL, NULL, true, 'Provider.'),
    ('contract', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service.'),
    ('contract', 'value', 'numeric', false, NULL, NULL, 'GBP/year', true, 'Value of a year.'),
    ('contract', 'starts_on', 'date', true, NULL, NULL, NULL, true, 'First day.'),
    ('contract', 'ends_on', 'date', false, NULL, NULL, NULL, true, 'Last day.'),

    ('spend', 'spend_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the row.'),
    ('spend', 'organisation_id', 'text', true, 'organisation', NULL, NULL, true, 'Organisation.'),
    ('spend', 'month', 'date', true, NULL, NULL, NULL, true, 'First day of the month.'),
    ('spend', 'cost', 'numeric', true, NULL, NULL, 'GBP', true, 'Money spent.'),
    ('spend', 'contract_id', 'text', false, 'contract', NULL, NULL, true, 'Contract.'),
    ('spend', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service.'),
    ('spend', 'kind', 'text', false, NULL, NULL, NULL, true, 'Kind of spend, such as elective.'),

    ('price', 'price_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the price.'),
    ('price', 'code', 'text', false, NULL, NULL, NULL, true, 'Code priced, such as a healthcare resource group.'),
    ('price', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service priced.'),
    ('price', 'unit', 'text', true, NULL, NULL, NULL, true, 'What one unit is.'),
    ('price', 'amount', 'numeric', true, NULL, NULL, 'GBP', true, 'Price of a unit.'),
    ('price', 'valid_from', 'date', false, NULL, NULL, NULL, true, 'First day.'),
    ('price', 'valid_to', 'date', false, NULL, NULL, NULL, true, 'Last day.'),

    ('plan', 'plan_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the row.'),
    ('plan', 'organisation_id', 'text', true, 'organisation', NULL, NULL, true, 'Organisation.'),
    ('plan', 'month', 'date', true, NULL, NULL, NULL, true, 'First day of the month.'),
    ('plan', 'kind', 'text', true, NULL, NULL, NULL, true, 'Kind of activity or spend planned.'),
    ('plan', 'version', 'text', false, NULL, NULL, NULL, true, 'Version of the plan.'),
    ('plan', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service.'),
    ('plan', 'activity', 'numeric', false, NULL, NULL, NULL, true, 'Activity planned.'),
    ('plan', 'cost', 'numeric', false, NULL, NULL, 'GBP', true, 'Cost planned.'),

    ('indicator', 'indicator_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the indicator.'),
    ('indicator', 'name', 'text', true, NULL, NULL, NULL, true, 'Name to print.'),
    ('indicator', 'numerator', 'text', true, NULL, NULL, NULL, true, 'What is counted, in words.'),
    ('indicator', 'denominator', 'text', false, NULL, NULL, NULL, true, 'Out of what, in words.'),
    ('indicator', 'direction', 'text', true, NULL, '{higher_better,lower_better,neutral}', NULL, true, 'Which way is better.'),
    ('indicator', 'target', 'numeric', false, NULL, NULL, NULL, true, 'Value to reach.'),
    ('indicator', 'chart', 'text', false, NULL, '{xmr,p,u,c,t,g,funnel_proportion,funnel_rate,funnel_ratio}', NULL, true, 'Chart that suits it.'),
    ('indicator', 'per', 'numeric', false, NULL, NULL, NULL, true, 'Multiplier of the rate, such as 1000.'),
    ('indicator', 'owner', 'text', false, NULL, NULL, NULL, true, 'Who answers for it.'),

    ('indicator_value', 'indicator_id', 'text', true, 'indicator', NULL, NULL, true, 'Indicator.'),
    ('indicator_value', 'organisation_id', 'text', true, 'organisation', NULL, NULL, true, 'Organisation.'),
    ('indicator_value', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service.'),
    ('indicator_value', 'period_start', 'date', true, NULL, NULL, NULL, false, 'First day of the period.'),
    ('indicator_value', 'numerator', 'numeric', false, NULL, NULL, NULL, true, 'What is counted.'),
    ('indicator_value', 'denominator', 'numeric', false, NULL, NULL, NULL, true, 'Out of what.'),
    ('indicator_value', 'value', 'numeric', false, NULL, NULL, NULL, true, 'Value, where it is not numerator over denominator.'),

    ('change_log', 'change_id', 'text', true, NULL, NULL, NULL, true, 'Identifier of the change.'),
    ('change_log', 'changed_on', 'date', true, NULL, NULL, NULL, true, 'Day of the change.'),
    ('change_log', 'organisation_id', 'text', false, 'organisation', NULL, NULL, true, 'Organisation changed.'),
    ('change_log', 'service_id', 'text', false, 'service', NULL, NULL, true, 'Service changed.'),
    ('change_log', 'text', 'text', true, NULL, NULL, NULL, true, 'What was changed.');

INSERT INTO contract_rule (entity, rule, broken_when, description) VALUES
    ('contract', 'ends_on before starts_on', 'ends_on < starts_on', 'The last day is not before the first.'),
    ('contract', 'negative value', 'value < 0', 'A contract is worth no less than nothing.'),
    ('spend', 'month not a first day', 'pg_catalog.extract(''day'', month) <> 1', 'A month is given by its first day.'),
    ('price', 'valid_to before valid_from', 'valid_to < valid_from', 'The last day is not before the first.'),
    ('plan', 'month not a first day', 'pg_catalog.extract(''day'', month) <> 1', 'A month is given by its first day.'),
    ('indicator_value', 'denominator not above 0', 'denominator <= 0', 'A denominator is above 0.'),
    ('indicator_value', 'negative numerator', 'numerator < 0', 'A count is not negative.');

-- ==== src/hub/20_create.sql

-- What a hub is made of, as data, and create_hub(), which makes one.
--
-- A hub is an ordinary schema that belongs to the user.  Its setting table has
-- a column of the type hub_version, so that DROP EXTENSION refuses while hubs
-- exist and hubs can be found in the catalog; there is no registry.

GRANT USAGE ON SCHEMA caregroup TO PUBLIC;

CREATE DOMAIN hub_version AS text CHECK (VALUE ~ '^[0-9]+\.[0-9]+$');

COMMENT ON DOMAIN hub_version IS
'Version of caregroup that made or last upgraded a hub. A schema whose table "setting" has a column of this type is a hub.';

CREATE TABLE hub_table (
    table_name  text PRIMARY KEY,
    ordinal     integer GENERATED ALWAYS AS IDENTITY,
    kind        text NOT NULL CHECK (kind IN ('state', 'result')),
    key_columns text NOT NULL,
    description text NOT NULL,
    columns     text NOT NULL
);

COMMENT ON TABLE hub_table IS
'The tables that every hub has besides its input views: its own state, and the results that recalculate() fills.';
COMMENT ON COLUMN hub_table.table_name IS 'Name of the table.';
COMMENT ON COLUMN hub_table.ordinal IS 'Order of making.';
COMMENT ON COLUMN hub_table.kind IS 'state: written by the hub''s functions; result: written by recalculate() and free to be emptied.';
COMMENT ON COLUMN hub_table.key_columns IS 'Primary key, names divided by commas.';
COMMENT ON COLUMN hub_table.description IS 'What one row is.';
COMMENT ON COLUMN hub_table.columns IS 'A line for each column: name, definition, two hyphens, comment. $record_id stands for the type of record ids.';

CREATE TABLE hub_view (
    view_name   text PRIMARY KEY,
    ordinal     integer GENERATED ALWAYS AS IDENTITY,
    kind        text NOT NULL CHECK (kind IN ('plumbing', 'report')),
    step        text,
    description text NOT NULL,
    query       text NOT NULL,
    columns     text NOT NULL
);

COMMENT ON TABLE hub_view IS
'The views that every hub has besides its input views.';
COMMENT ON COLUMN hub_view.view_name IS 'Name of the view.';
COMMENT ON COLUMN hub_view.ordinal IS 'Order of making.';
COMMENT ON COLUMN hub_view.kind IS 'report: for analysts and dashboards, standard types only; plumbing: for the hub itself.';
COMMENT ON COLUMN hub_view.step IS 'The step of recalculate() that decides how fresh a report is.';
COMMENT ON COLUMN hub_view.description IS 'What one row is.';
COMMENT ON COLUMN hub_view.query IS 'The view''s SELECT, with the hub''s schema first on the search path.';
COMMENT ON COLUMN hub_view.columns IS 'A line for each column: name, two hyphens, comment.';

CREATE TABLE hub_step (
    step        text PRIMARY KEY,
    ordinal     integer GENERATED ALWAYS AS IDENTITY,
    result      text NOT NULL REFERENCES hub_table,
    description text NOT NULL,
    query       text NOT NULL
);

COMMENT ON TABLE hub_step IS
'The steps of recalculate(), each of which fills one result table from one query.';
COMMENT ON COLUMN hub_step.step IS 'Name of the step.';
COMMENT ON COLUMN hub_step.ordinal IS 'Order of running.';
COMMENT ON COLUMN hub_step.result IS 'Table whose rows the step replaces.';
COMMENT ON COLUMN hub_step.description IS 'What the step works out.';
COMMENT ON COLUMN hub_step.query IS 'A SELECT of the table''s columns in order, with the hub''s schema first on the search path.';

CREATE TABLE hub_setting (
    name        text PRIMARY KEY,
    ordinal     integer GENERATED ALWAYS AS IDENTITY,
    initial     text,
    accepts     text NOT NULL,
    meaning     text NOT NULL
);

COMMENT ON TABLE hub_setting IS 'The settings that every hub has.';
COMMENT ON COLUMN hub_setting.name IS 'Name of the setting.';
COMMENT ON COLUMN hub_setting.ordinal IS 'Order of showing.';
COMMENT ON COLUMN hub_setting.initial IS 'Value in a new hub.';
COMMENT ON COLUMN hub_setting.accepts IS 'The kind of value: fixed, text, number, moment, zone or hierarchy.';
COMMENT ON COLUMN hub_setting.meaning IS 'What the setting does.';

INSERT INTO hub_setting (name, initial, accepts, meaning) VALUES
    ('record_ids', 'bigint', 'fixed', 'Type of record ids, chosen when the hub was created.'),
    ('time_zone', 'Europe/London', 'zone', 'Time zone in which days and months are counted; takes effect on inputs when they are bound again.'),
    ('hierarchy', 'command', 'hierarchy', 'Hierarchy that reports roll up; a session may choose another with SET caregroup.hierarchy.'),
    ('calendar_id', 'england', 'text', 'Calendar of sites that name none.'),
    ('as_at', NULL, 'moment', 'Moment for which results are worked out, kept in UTC; NULL for the time of recalculation.'),
    ('stale_after_hours', '26', 'number', 'Age in hours at which a result counts as stale.'),
    ('keep_runs', '100', 'number', 'Runs of recalculate() and of check_hub() that the history keeps.');

GRANT SELECT ON contract_entity, contract_column, contract_rule, contract_cast,
    hub_table, hub_view, hub_step, hub_setting TO PUBLIC;

CREATE FUNCTION caregroup_version() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE COST 100
RETURN (SELECT e.extversion FROM pg_catalog.pg_extension AS e WHERE e.extname = 'caregroup');

COMMENT ON FUNCTION caregroup_version() IS
'Version of the installed extension, such as 1.0.';

CREATE FUNCTION hubs(OUT hub text, OUT owner text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE COST 100 ROWS 2
BEGIN ATOMIC
SELECT n.nspname::text, pg_catalog.pg_get_userbyid(n.nspowner)::text
FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE a.atttypid = 'caregroup.hub_version'::pg_catalog.regtype
    AND NOT a.attisdropped AND c.relkind = 'r' AND c.relname = 'setting'
ORDER BY n.nspname;
END;

COMMENT ON FUNCTION hubs() IS
'The hubs of this database: schema and owner. Found in the catalog by the type of a column, so a restored hub is found too.';

CREATE FUNCTION hub_columns(columns text,
                            OUT ordinal bigint, OUT column_name text,
                            OUT definition text, OUT comment text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 15
BEGIN ATOMIC
SELECT line.ordinality, part[1], pg_catalog.btrim(part[2]), part[3]
FROM pg_catalog.regexp_split_to_table(columns, E'\\s*\\n\\s*') WITH ORDINALITY AS line (text, ordinality),
    pg_catalog.regexp_match(line.text, '^(\w+)\s*(.*?)\s*--\s+(.*)$') AS part
WHERE part IS NOT NULL;
END;

COMMENT ON FUNCTION hub_columns(text) IS
'The columns described in hub_table.columns and hub_view.columns, a line each: name, definition (empty for a view), comment. NULL gives no rows.';

CREATE FUNCTION require_hub(hub text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF hub IS NULL OR NOT EXISTS (SELECT FROM caregroup.hubs() AS h WHERE h.hub = require_hub.hub) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_schema_name',
            MESSAGE = format('there is no hub named %s', coalesce(quote_ident(hub), 'NULL')),
            DETAIL = 'The hubs here: ' || coalesce((SELECT string_agg(quote_ident(h.hub), ', ') FROM caregroup.hubs() AS h), 'none') || '.',
            HINT = 'Make one with SELECT caregroup.create_hub(''name'').';
    END IF;
END
$$;

COMMENT ON FUNCTION require_hub(text) IS
'Does nothing if the hub exists; an error (invalid_schema_name) if not. NULL is an error.';

CREATE FUNCTION require_choice(what text, value text, choices text[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF value IS NULL OR value <> ALL (choices) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('%s cannot be %s', what, coalesce(quote_literal(value), 'NULL')),
            HINT = 'Choose one of: ' || array_to_string(choices, ', ') || '.';
    END IF;
END
$$;

COMMENT ON FUNCTION require_choice(text, text, text[]) IS
'Does nothing if the value is one of the choices; an error (invalid_parameter_value) that lists them if not. NULL is an error.';

CREATE FUNCTION get_hub_setting(hub text, name text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT s.value FROM %I.setting AS s WHERE s.name = $1', hub) INTO result USING name;
    RETURN result;
END
$$;

COMMENT ON FUNCTION get_hub_setting(text, text) IS
'Value of one of a hub''s settings; NULL where it has none.';

CREATE FUNCTION describe_relation(hub text, relation text, kind text, description text, columns text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    described record;
BEGIN
    EXECUTE format('COMMENT ON %s %I.%I IS %L', kind, hub, relation, description);
    FOR described IN SELECT c.column_name, c.comment FROM caregroup.hub_columns(columns) AS c LOOP
        EXECUTE format('COMMENT ON COLUMN %I.%I.%I IS %L', hub, relation, described.column_name, described.comment);
    END LOOP;
END
$$;

COMMENT ON FUNCTION describe_relation(text, text, text, text, text) IS
'Writes the comments of one of a hub''s tables or views and of its columns. For the hub''s own functions.';

CREATE FUNCTION keep_owner(hub text, relation text, kind text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owner oid := (SELECT n.nspowner FROM pg_namespace AS n WHERE n.nspname = hub);
BEGIN
    IF owner <> (SELECT c.relowner FROM pg_class AS c WHERE c.oid = format('%I.%I', hub, relation)::regclass) THEN
        EXECUTE format('ALTER %s %I.%I OWNER TO %I', kind, hub, relation, pg_get_userbyid(owner));
    END IF;
END
$$;

COMMENT ON FUNCTION keep_owner(text, text, text) IS
'Gives what was just made in a hub to the hub''s owner, where a superuser made it. For the hub''s own functions.';

CREATE FUNCTION build_hub_table(hub text, table_name text, record_ids text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    made     caregroup.hub_table;
    existing regclass := to_regclass(format('%I.%I', hub, table_name));
    defined  text;
BEGIN
    SELECT t.* INTO STRICT made FROM caregroup.hub_table AS t WHERE t.table_name = build_hub_table.table_name;
    made.columns := replace(made.columns, '$record_id', record_ids);
    IF existing IS NULL THEN
        SELECT string_agg(format('%I %s', c.column_name, c.definition), ', ' ORDER BY c.ordinal)
        INTO defined FROM caregroup.hub_columns(made.columns) AS c;
        EXECUTE format('CREATE TABLE %I.%I (%s, PRIMARY KEY (%s))', hub, table_name, defined, made.key_columns);
        PERFORM caregroup.keep_owner(hub, table_name, 'TABLE');
    ELSE
        -- An older hub gains the columns that it does not have yet.
        SELECT string_agg(format('ADD COLUMN %I %s', c.column_name, c.definition), ', ' ORDER BY c.ordinal)
        INTO defined
        FROM caregroup.hub_columns(made.columns) AS c
        WHERE NOT EXISTS (SELECT FROM pg_attribute AS a
                          WHERE a.attrelid = existing AND a.attname = c.column_name AND NOT a.attisdropped);
        IF defined IS NOT NULL THEN
            IF made.kind = 'result' THEN
                -- Rows without the new columns are of no use; the next run fills them.
                EXECUTE format('DELETE FROM %I.%I', hub, table_name);
            END IF;
            EXECUTE format('ALTER TABLE %I.%I %s', hub, table_name, defined);
        END IF;
    END IF;
    PERFORM caregroup.describe_relation(hub, table_name, 'TABLE', made.description, made.columns);
END
$$;

COMMENT ON FUNCTION build_hub_table(text, text, text) IS
'Makes one of a hub''s tables, or adds the columns that it lacks. For the hub''s own functions.';

CREATE FUNCTION build_hub_view(hub text, view_name text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    made caregroup.hub_view;
BEGIN
    SELECT v.* INTO STRICT made FROM caregroup.hub_view AS v WHERE v.view_name = build_hub_view.view_name;
    PERFORM set_config('search_path', format('%I, pg_catalog, caregroup, pg_temp', hub), true);
    BEGIN
        EXECUTE format('CREATE OR REPLACE VIEW %I.%I AS %s', hub, view_name, made.query);
    EXCEPTION
        WHEN invalid_table_definition THEN
            -- A newer version changed the columns: what depends on the view is
            -- the user's, and PostgreSQL names it when it refuses.
            EXECUTE format('DROP VIEW %I.%I', hub, view_name);
            EXECUTE format('CREATE VIEW %I.%I AS %s', hub, view_name, made.query);
    END;
    PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
    PERFORM caregroup.keep_owner(hub, view_name, 'VIEW');
    PERFORM caregroup.describe_relation(hub, view_name, 'VIEW', made.description, made.columns);
END
$$;

COMMENT ON FUNCTION build_hub_view(text, text) IS
'Makes one of a hub''s views anew, in place where its columns allow it. For the hub''s own functions.';

CREATE FUNCTION build_hub_inputs(hub text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    record_ids text := caregroup.get_hub_setting(hub, 'record_ids');
    bound      text[];
    made       text;
BEGIN
    FOR made IN SELECT t.table_name FROM caregroup.hub_table AS t ORDER BY t.ordinal LOOP
        PERFORM caregroup.build_hub_table(hub, made, record_ids);
    END LOOP;
    EXECUTE format('SELECT array_agg(b.entity) FROM %I.binding AS b WHERE NOT b.suspended', hub) INTO bound;
    FOR made IN SELECT e.entity FROM caregroup.contract_entity AS e ORDER BY e.ordinal LOOP
        IF to_regclass(format('%I.%I', hub, made)) IS NULL OR made = ANY (bound) IS NOT TRUE THEN
            PERFORM caregroup.make_input_view(hub, made);
        END IF;
        PERFORM caregroup.describe_input_view(hub, made);
    END LOOP;
END
$$;

COMMENT ON FUNCTION build_hub_inputs(text) IS
'Makes whatever tables and columns a hub lacks, and empty input views where nothing is bound. For the hub''s own functions.';

CREATE FUNCTION build_hub_views(hub text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    made text;
BEGIN
    FOR made IN SELECT v.view_name FROM caregroup.hub_view AS v ORDER BY v.ordinal LOOP
        PERFORM caregroup.build_hub_view(hub, made);
    END LOOP;
END
$$;

COMMENT ON FUNCTION build_hub_views(text) IS
'Makes a hub''s reports and other views anew over its inputs. For the hub''s own functions.';

CREATE FUNCTION create_hub(name text, record_ids text DEFAULT 'bigint',
                           time_zone text DEFAULT 'Europe/London',
                           hierarchy text DEFAULT 'command',
                           calendar_id text DEFAULT 'england') RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    version text := caregroup.caregroup_version();
BEGIN
    IF name IS NULL OR name = '' OR octet_length(name) > 63 OR name LIKE 'pg\_%' OR name IN ('caregroup', '$user') THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_name',
            MESSAGE = 'a hub''s name must be a schema name of 1 to 63 bytes that PostgreSQL or the extension does not use itself',
            HINT = 'For example: SELECT caregroup.create_hub(''hub'').';
    END IF;
    PERFORM caregroup.require_choice('record_ids', record_ids, '{bigint,text,uuid}');
    PERFORM caregroup.check_setting('hierarchy', hierarchy);
    PERFORM caregroup.check_setting('time_zone', time_zone);
    PERFORM caregroup.check_setting('calendar_id', calendar_id);
    IF to_regnamespace(quote_ident(name)) IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'duplicate_schema',
            MESSAGE = format('schema %I already exists', name),
            DETAIL = CASE WHEN EXISTS (SELECT FROM caregroup.hubs() AS h WHERE h.hub = name) THEN 'It is a hub.' ELSE 'It is not a hub.' END,
            HINT = 'Choose another name, or take the hub away first with SELECT caregroup.drop_hub(…).';
    END IF;

    EXECUTE format('CREATE SCHEMA %I', name);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', name,
        'A care group''s hub: inputs to bind, results and reports. Made by caregroup.create_hub().');
    PERFORM caregroup.build_hub_table(name, 'setting', record_ids);
    EXECUTE format('INSERT INTO %I.setting (name, value, meaning, version)
                    SELECT s.name, coalesce($1 ->> s.name, s.initial), s.meaning, $2
                    FROM caregroup.hub_setting AS s ORDER BY s.ordinal', name)
    USING jsonb_build_object('record_ids', record_ids, 'time_zone', time_zone,
                             'hierarchy', hierarchy, 'calendar_id', calendar_id), version;
    PERFORM caregroup.build_hub_inputs(name);
    PERFORM caregroup.build_hub_views(name);
    RETURN name;
END
$$;

COMMENT ON FUNCTION create_hub(text, text, text, text, text) IS
'Makes a hub: a schema of empty input views, settings, result tables and report views that belongs to the caller. record_ids is bigint, text or uuid, the type of the warehouse''s keys. Returns the name. Errors: invalid_name, duplicate_schema, invalid_parameter_value; nothing is left behind then.';

-- ==== src/hub/30_bind.sql

-- Pointing a hub's input views at the user's own tables.
--
-- There is one view for each entity and no view inside it.  Binding replaces
-- the view in place, so that reports, grants and comments survive.

CREATE FUNCTION contract_type_name(type text, record_ids text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN (SELECT CASE WHEN t.name IN ('text', 'uuid', 'date', 'timestamptz') THEN 'pg_catalog.' || t.name ELSE t.name END
        FROM (SELECT CASE type WHEN 'record_id' THEN record_ids WHEN 'nhs_number' THEN 'text' ELSE type END) AS t (name));

COMMENT ON FUNCTION contract_type_name(text, text) IS
'The SQL type of an input view''s column, from the contract''s type and the hub''s type of record ids, so that it means the same on any search path. NULL gives NULL.';

CREATE FUNCTION source_type_name(type regtype) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
RETURN CASE WHEN (SELECT t.typtype FROM pg_catalog.pg_type AS t WHERE t.oid = type) = 'e' THEN 'enum'
            WHEN type = 'caregroup.nhs_number'::regtype THEN 'caregroup.nhs_number'
            ELSE pg_catalog.format_type(type, NULL) END;

COMMENT ON FUNCTION source_type_name(regtype) IS
'The name by which contract_cast knows a column''s type. NULL gives NULL.';

CREATE FUNCTION match_columns(entity text, record_ids text, query text, search_path text,
                              OUT ordinal integer, OUT column_name text,
                              OUT source_type text, OUT expression text,
                              OUT breaks_index boolean, OUT origin_table text,
                              OUT origin_column text, OUT problem text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 100 ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_columns jsonb;
BEGIN
    -- The user's names mean what they mean on the user's search path; only
    -- this one statement runs on it.
    PERFORM set_config('search_path', match_columns.search_path, true);
    SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
               'name', c.column_name, 'type', c.column_type::pg_catalog.oid,
               'table', c.origin_table::pg_catalog.oid, 'column', c.origin_column))
    INTO found_columns
    FROM caregroup.query_columns(query) AS c;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);

    RETURN QUERY
    SELECT wanted.ordinal, coalesce(wanted.column_name, got.name),
        got.source_type, usable.expression, usable.breaks_index,
        (SELECT format('%I.%I', n.nspname, c.relname)
         FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.oid = got.origin_table),
        got.origin_column,
        CASE WHEN got.times > 1 THEN
                 format('column %I comes %s times', got.name, got.times)
             WHEN wanted.required AND got.name IS NULL THEN
                 format('column %I is missing', wanted.column_name)
             WHEN wanted.column_name IS NOT NULL AND got.name IS NOT NULL AND usable.expression IS NULL THEN
                 format('column %I has type %s and must be %s', got.name, got.source_type,
                        (SELECT string_agg(a.source_type, ', ' ORDER BY a.source_type)
                         FROM caregroup.contract_cast AS a
                         WHERE a.type = wanted.cast_type))
        END
    FROM (SELECT c.*, CASE c.type WHEN 'record_id' THEN 'record_id:' || record_ids ELSE c.type END AS cast_type
          FROM caregroup.contract_column AS c
          WHERE c.entity = match_columns.entity) AS wanted
        FULL JOIN
         (SELECT item ->> 'name' AS name,
              min(caregroup.source_type_name((item ->> 'type')::oid::regtype)) AS source_type,
              min((item ->> 'table')::oid) AS origin_table,
              min(item ->> 'column') AS origin_column,
              count(*) AS times
          FROM jsonb_array_elements(found_columns) AS item
          GROUP BY item ->> 'name') AS got ON got.name = wanted.column_name
        LEFT JOIN caregroup.contract_cast AS usable
            ON usable.type = wanted.cast_type AND usable.source_type = got.source_type
    ORDER BY wanted.ordinal NULLS LAST, got.name;
END
$$;

COMMENT ON FUNCTION match_columns(text, text, text, text) IS
'How a query''s columns serve an entity of the contract: for each column the conversion, or the problem; columns that the contract does not know come last with no ordinal. The query is read on the given search path and not run.';

CREATE FUNCTION refuse_mismatch(entity text, problems text[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF problems IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = CASE WHEN problems[1] LIKE '% has type %' THEN 'datatype_mismatch'
                           WHEN problems[1] LIKE '% times' THEN 'duplicate_column'
                           ELSE 'undefined_column' END,
            MESSAGE = format('the query does not serve the entity %s: %s', quote_ident(entity), problems[1]),
            DETAIL = array_to_string(problems, '; ') || '.',
            HINT = format('SELECT column_name, type, required, description FROM caregroup.contract_column WHERE entity = %L ORDER BY ordinal lists the columns; rename or cast in the query.', entity);
    END IF;
END
$$;

COMMENT ON FUNCTION refuse_mismatch(text, text[]) IS
'Raises the error of a query that does not serve an entity; NULL problems do nothing.';

CREATE FUNCTION make_input_view(hub text, entity text, query text DEFAULT NULL,
                                expressions jsonb DEFAULT NULL,
                                security text DEFAULT 'owner',
                                search_path text DEFAULT '') RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    record_ids text := caregroup.get_hub_setting(hub, 'record_ids');
    zone       text := quote_literal(caregroup.get_hub_setting(hub, 'time_zone'));
    columns    text;
    definition text;
BEGIN
    SELECT string_agg(
               coalesce(replace(replace(expressions ->> c.column_name, '$column', 'q.' || quote_ident(c.column_name)), '$zone', zone),
                        'NULL::' || caregroup.contract_type_name(c.type, record_ids))
               || ' AS ' || quote_ident(c.column_name), ', ' ORDER BY c.ordinal)
    INTO columns
    FROM caregroup.contract_column AS c
    WHERE c.entity = make_input_view.entity;

    definition := format('CREATE OR REPLACE VIEW %I.%I %s AS SELECT %s %s',
        hub, entity,
        CASE WHEN security = 'invoker' THEN 'WITH (security_invoker = true)' END,
        columns,
        CASE WHEN query IS NULL THEN 'WHERE false' ELSE format(E'FROM (\n%s\n) AS q', query) END);
    PERFORM set_config('search_path', make_input_view.search_path, true);
    EXECUTE definition;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);

    PERFORM caregroup.keep_owner(hub, entity, 'VIEW');
END
$$;

COMMENT ON FUNCTION make_input_view(text, text, text, jsonb, text, text) IS
'Makes or replaces one input view; without a query, an empty one. For the hub''s own functions.';

CREATE FUNCTION describe_input_view(hub text, entity text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    described caregroup.contract_entity;
BEGIN
    SELECT e.* INTO STRICT described FROM caregroup.contract_entity AS e WHERE e.entity = describe_input_view.entity;
    PERFORM caregroup.describe_relation(hub, entity, 'VIEW', described.description,
        (SELECT string_agg(format('%s -- %s%s%s', c.column_name, c.description,
                                  ' Unit: ' || c.unit || '.',
                                  ' One of: ' || array_to_string(c.allowed, ', ') || '.'), E'\n' ORDER BY c.ordinal)
         FROM caregroup.contract_column AS c
         WHERE c.entity = describe_input_view.entity));
END
$$;

COMMENT ON FUNCTION describe_input_view(text, text) IS
'Writes the comments of one input view from the contract; replacing the view keeps them. For the hub''s own functions.';

CREATE FUNCTION relations_under(input_view regclass,
                                OUT relation regclass, OUT schema_name text,
                                OUT relation_name text, OUT reader oid)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100 ROWS 5
BEGIN ATOMIC
WITH RECURSIVE used (relation, reader) AS (
    SELECT c.oid, c.relowner FROM pg_catalog.pg_class AS c WHERE c.oid = input_view
    UNION
    -- A view reads with its owner's rights, or with those of who reads it.
    SELECT c.oid, CASE WHEN c.relkind = 'v' AND NOT EXISTS (
                           SELECT FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
                           WHERE o.option_name = 'security_invoker' AND o.option_value::boolean)
                       THEN c.relowner ELSE used.reader END
    FROM used
        JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = used.relation
        JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
            AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> used.relation
        JOIN pg_catalog.pg_class AS c ON c.oid = d.refobjid
)
SELECT used.relation::pg_catalog.regclass, n.nspname::text, c.relname::text, used.reader
FROM used
    JOIN pg_catalog.pg_class AS c ON c.oid = used.relation
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid <> input_view;
END;

COMMENT ON FUNCTION relations_under(regclass) IS
'The tables and views that a view reads, at any depth, each with the role whose rights are asked for it. NULL gives no rows.';

CREATE FUNCTION own_results(hub text, entity text) RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
RETURN (SELECT pg_catalog.array_agg(pg_catalog.format('%I.%I', r.schema_name, r.relation_name) ORDER BY r.relation_name)
        FROM caregroup.relations_under(pg_catalog.format('%I.%I', hub, entity)::pg_catalog.regclass) AS r
            JOIN caregroup.hub_table AS t ON t.table_name = r.relation_name
        WHERE r.schema_name = hub);

COMMENT ON FUNCTION own_results(text, text) IS
'The tables of the hub itself that an input view reads; NULL where there is none. NULL gives NULL.';

CREATE FUNCTION row_secured_sources(input_view regclass) RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
RETURN (SELECT pg_catalog.array_agg(DISTINCT pg_catalog.format('%I.%I', r.schema_name, r.relation_name))
        FROM caregroup.relations_under(input_view) AS r
            JOIN pg_catalog.pg_class AS c ON c.oid = r.relation
            JOIN pg_catalog.pg_roles AS reader ON reader.oid = r.reader
        WHERE c.relrowsecurity
            AND (reader.rolsuper OR reader.rolbypassrls
                 OR (pg_catalog.pg_has_role(reader.oid, c.relowner, 'USAGE') AND NOT c.relforcerowsecurity)));

COMMENT ON FUNCTION row_secured_sources(regclass) IS
'The tables under a view whose row-level security does not apply to the role with whose rights they are read; NULL where there is none.';

CREATE FUNCTION bind_on(hub text, entity text, query text, security text, search_path text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    statement   text;
    matched     jsonb;
    expressions jsonb;
    problems    text[];
    extra       text;
    missing     text;
    own         text[];
    secured     text[];
    bound       integer;
BEGIN
    PERFORM caregroup.require_hub(hub);
    PERFORM caregroup.require_choice('entity', entity,
        (SELECT array_agg(e.entity ORDER BY e.ordinal) FROM caregroup.contract_entity AS e));
    PERFORM caregroup.require_choice('security', security, '{owner,invoker}');
    IF query IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'the query to bind is NULL',
            HINT = 'To take a binding away call unbind().';
    END IF;
    IF security = 'invoker' AND current_setting('server_version_num')::integer < 150000 THEN
        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',
            MESSAGE = 'security => ''invoker'' needs PostgreSQL 15 or later';
    END IF;

    SELECT jsonb_agg(to_jsonb(m)) INTO matched
    FROM caregroup.match_columns(entity, caregroup.get_hub_setting(hub, 'record_ids'), query, search_path) AS m;
    SELECT array_agg(item ->> 'problem') FILTER (WHERE item ->> 'problem' IS NOT NULL),
        string_agg(quote_ident(item ->> 'column_name'), ', ') FILTER (WHERE item ->> 'ordinal' IS NULL),
        string_agg(quote_ident(item ->> 'column_name'), ', ') FILTER (WHERE item ->> 'source_type' IS NULL),
        jsonb_object_agg(item ->> 'column_name', item -> 'expression') FILTER (WHERE item ->> 'expression' IS NOT NULL),
        count(*) FILTER (WHERE item ->> 'expression' IS NOT NULL)
    INTO problems, extra, missing, expressions, bound
    FROM jsonb_array_elements(matched) AS item;
    PERFORM caregroup.refuse_mismatch(entity, problems);
    PERFORM caregroup.refuse_mismatch(entity,
        (SELECT array_agg(format('one of the columns %s is needed', replace(choice, '|', ', ')))
         FROM caregroup.contract_entity AS e, unnest(e.one_of) AS choice
         WHERE e.entity = bind_on.entity
             AND NOT coalesce(expressions, '{}') ?| string_to_array(choice, '|')));

    PERFORM set_config('search_path', bind_on.search_path, true);
    statement := caregroup.query_text(query);
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    PERFORM caregroup.make_input_view(hub, entity, statement, expressions, security, search_path);
    -- Reading no row still checks that the view's owner may read its sources.
    EXECUTE format('SELECT FROM %I.%I LIMIT 0', hub, entity);
    own := caregroup.own_results(hub, entity);
    IF own IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_object_definition',
            MESSAGE = format('the query for %I reads the hub''s own tables', entity),
            DETAIL = 'It depends on ' || array_to_string(own, ', ') || ', which recalculate() empties and fills from the inputs.',
            HINT = 'Bind tables of the warehouse.';
    END IF;
    secured := caregroup.row_secured_sources(format('%I.%I', hub, entity)::regclass);
    IF secured IS NOT NULL AND security = 'owner' THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
            MESSAGE = format('row-level security of %s would not apply to the entity %s', secured[1], quote_ident(entity)),
            DETAIL = 'The input view reads with its owner''s rights, and the owner is exempt from the policies of: ' || array_to_string(secured, ', ') || '.',
            HINT = 'Bind with security => ''invoker'', so that everyone sees their own rows, or as a role to which the policies apply.';
    END IF;

    EXECUTE format('INSERT INTO %I.binding AS b (entity, query, search_path, security, bound_by, bound_at, suspended)
                    VALUES ($1, $2, $3, $4, current_user, now(), false)
                    ON CONFLICT (entity) DO UPDATE SET query = excluded.query, search_path = excluded.search_path,
                        security = excluded.security, bound_by = excluded.bound_by, bound_at = excluded.bound_at,
                        suspended = false', hub)
    USING entity, statement, search_path, security;
    EXECUTE format('DELETE FROM %I.binding_column AS b WHERE b.entity = $1', hub) USING entity;
    EXECUTE format('INSERT INTO %I.binding_column (entity, column_name, source_type, origin_table, origin_column, breaks_index)
                    SELECT $1, m.column_name, m.source_type, m.origin_table, m.origin_column, m.breaks_index
                    FROM jsonb_to_recordset($2) AS m (ordinal integer, column_name text, source_type text,
                        expression text, origin_table text, origin_column text, breaks_index boolean)
                    WHERE m.expression IS NOT NULL', hub)
    USING entity, matched;

    IF extra IS NOT NULL THEN
        RAISE NOTICE USING MESSAGE = format('%s: columns that the contract does not know are ignored', quote_ident(entity)),
            DETAIL = extra || '.';
    END IF;
    RETURN format('%I.%I: %s columns bound%s', hub, entity, bound, '; without ' || missing);
END
$$;

COMMENT ON FUNCTION bind_on(text, text, text, text, text) IS
'bind() with the search path on which the query''s names are looked up.';

CREATE FUNCTION current_search_path() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE COST 1
RETURN (SELECT coalesce(pg_catalog.string_agg(pg_catalog.quote_ident(s.name), ', ' ORDER BY s.place), '')
        FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS s (name, place));

COMMENT ON FUNCTION current_search_path() IS
'The schemas of the caller''s search path that exist, quoted, with "$user" resolved.';

CREATE FUNCTION bind(hub text, entity text, query text, security text DEFAULT 'owner') RETURNS text
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
RETURN caregroup.bind_on(hub, entity, query, security, caregroup.current_search_path());

COMMENT ON FUNCTION bind(text, text, text, text) IS
'Points a hub''s input view at the user''s tables: the query is one SELECT whose columns are matched by name with the contract (caregroup.contract_column), in any order; columns that are not required may be missing, others are ignored with a notice. security is owner (everyone who may read the view sees all its rows) or invoker (the sources'' own rights and row-level security apply to each reader). Replaces the view in place: reports, grants and comments stay. Returns a line that says what was bound. Errors: syntax_error and others of the query with their place in it, undefined_column, datatype_mismatch, duplicate_column, insufficient_privilege, invalid_schema_name; nothing is changed then.';

CREATE FUNCTION unbind(hub text, entity text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM caregroup.require_hub(hub);
    PERFORM caregroup.require_choice('entity', entity,
        (SELECT array_agg(e.entity ORDER BY e.ordinal) FROM caregroup.contract_entity AS e));
    PERFORM caregroup.make_input_view(hub, entity);
    EXECUTE format('DELETE FROM %I.binding AS b WHERE b.entity = $1', hub) USING entity;
    EXECUTE format('DELETE FROM %I.binding_column AS b WHERE b.entity = $1', hub) USING entity;
    RETURN format('%I.%I: empty', hub, entity);
END
$$;

COMMENT ON FUNCTION unbind(text, text) IS
'Takes a binding away: the input view becomes empty and keeps its place under the reports.';

-- ==== src/hub/40_check.sql

-- check_hub(): the data-quality report, derived from the contract.
--
-- Each bound entity is read once, with every count of it in one aggregate;
-- only duplicates and identifiers by reason need a grouping of their own.
-- The contract's rules name columns without a qualifier, so what is joined to
-- the entity has no column of a name that the contract uses.

CREATE FUNCTION provider_of(hub text, entity text, OUT expression text, OUT joins text)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    bound text[];
BEGIN
    EXECUTE format('SELECT array_agg(b.column_name) FROM %I.binding_column AS b WHERE b.entity = $1', hub) INTO bound USING entity;
    IF entity <> 'organisation_link' AND 'organisation_id' = ANY (bound) THEN
        expression := 'e.organisation_id';
        joins := '';
    ELSIF bound && ARRAY['site_id', 'home_site_id', 'prescriber_site_id'] THEN
        expression := 'provider.provider_id';
        joins := format('LEFT JOIN (SELECT s.site_id AS provider_site_id, s.organisation_id AS provider_id FROM %I.known_site AS s) AS provider
                             ON provider.provider_site_id = e.%I', hub,
            (SELECT c FROM unnest(ARRAY['site_id', 'home_site_id', 'prescriber_site_id']) WITH ORDINALITY AS u (c, place)
             WHERE c = ANY (bound) ORDER BY place LIMIT 1));
    ELSIF 'person_id' = ANY (bound) THEN
        -- A record of a person without a site belongs to where the person is registered.
        expression := 'provider.provider_id';
        joins := format('LEFT JOIN (SELECT DISTINCT ON (g.person_id) g.person_id AS provider_person_id, s.organisation_id AS provider_id
                             FROM %1$I.registration AS g JOIN %1$I.known_site AS s ON s.site_id = g.site_id
                             ORDER BY g.person_id, g.valid_from DESC, g.site_id) AS provider ON provider.provider_person_id = e.person_id', hub);
    END IF;
END
$$;

COMMENT ON FUNCTION provider_of(text, text) IS
'How rows of an entity find the organisation that answers for them: by organisation, by site, or by where the person is registered; NULL where none of these is bound. For check_hub().';

CREATE FUNCTION entity_checks(hub text, entity text,
                              OUT place bigint, OUT check_name text, OUT column_name text,
                              OUT detail text, OUT counted text, OUT out_of text,
                              OUT samples text, OUT joins text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 100 ROWS 40
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    bound     text[];
    bound_all text[];
BEGIN
    EXECUTE format('SELECT array_agg(b.column_name) FROM %I.binding_column AS b WHERE b.entity = $1', hub) INTO bound USING entity;
    EXECUTE format('SELECT array_agg(b.entity) FROM %I.binding AS b WHERE NOT b.suspended', hub) INTO bound_all;
    RETURN QUERY
    WITH checked AS (
        SELECT c.*, format('e.%I', c.column_name) AS ref
        FROM caregroup.contract_column AS c
        WHERE c.entity = entity_checks.entity AND c.column_name = ANY (bound)
    ), listed AS (
        SELECT 0 AS part, 0 AS within, 'rows' AS check_name, NULL::text AS column_name, NULL::text AS detail,
            'count(*)' AS counted, 'count(*)' AS out_of, 'NULL' AS samples, NULL::text AS joins
        UNION ALL
        SELECT 1, c.ordinal, 'complete', c.column_name, NULL, format('count(%s)', c.ref), 'count(*)', 'NULL', NULL
        FROM checked AS c
        UNION ALL
        SELECT 2, c.ordinal, 'required value missing', c.column_name, NULL,
            format('count(*) FILTER (WHERE %s IS NULL)', c.ref), 'count(*)', 'NULL', NULL
        FROM checked AS c WHERE c.required
        UNION ALL
        SELECT 3, c.ordinal, 'unmapped code', c.column_name, NULL,
            format('count(*) FILTER (WHERE %s::text <> ALL (%L::text[]))', c.ref, c.allowed), format('count(%s)', c.ref),
            format('(array_agg(DISTINCT left(%1$s::text, 40)) FILTER (WHERE %1$s::text <> ALL (%2$L::text[])))[1:5]', c.ref, c.allowed), NULL
        FROM checked AS c WHERE c.allowed IS NOT NULL
        UNION ALL
        SELECT 4, c.ordinal, 'date in the future', c.column_name, NULL,
            format('count(*) FILTER (WHERE %s > %s)', c.ref, CASE c.type WHEN 'date' THEN 'p.hub_date' ELSE 'p.hub_moment' END),
            format('count(%s)', c.ref), 'NULL', NULL
        FROM checked AS c WHERE NOT c.may_be_future
        UNION ALL
        SELECT 4, c.ordinal, 'infinite date', c.column_name, NULL,
            format('count(*) FILTER (WHERE NOT isfinite(%s))', c.ref), format('count(%s)', c.ref), 'NULL', NULL
        FROM checked AS c WHERE c.type IN ('date', 'timestamptz')
        UNION ALL
        SELECT 5, 0, 'rule broken', NULL, r.rule, format('count(*) FILTER (WHERE %s)', r.broken_when), 'count(*)', 'NULL', NULL
        FROM caregroup.contract_rule AS r WHERE r.entity = entity_checks.entity
        UNION ALL
        SELECT 6, c.ordinal, 'orphan', c.column_name, 'not found in ' || c.refers_to,
            format('count(*) FILTER (WHERE %s IS NOT NULL AND orphan_%s.key IS NULL)', c.ref, c.ordinal), format('count(%s)', c.ref), 'NULL',
            format('LEFT JOIN (SELECT DISTINCT k.%1$I AS key FROM %2$I.%3$I AS k) AS orphan_%4$s ON orphan_%4$s.key = %5$s',
                   t.key_columns[1], hub, c.refers_to, c.ordinal, c.ref)
        FROM checked AS c JOIN caregroup.contract_entity AS t ON t.entity = c.refers_to
        WHERE c.refers_to = ANY (bound_all)
    )
    SELECT row_number() OVER (ORDER BY l.part, l.within, l.check_name, l.detail), l.check_name, l.column_name, l.detail, l.counted, l.out_of, l.samples, l.joins
    FROM listed AS l;
END
$$;

COMMENT ON FUNCTION entity_checks(text, text) IS
'The checks of a bound entity that one pass over its rows can count, with the SQL of each count. For check_hub().';

CREATE FUNCTION check_rows(hub text, entity text, check_run bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    provider record;
    listed   record;
BEGIN
    SELECT * INTO provider FROM caregroup.provider_of(hub, entity);
    SELECT string_agg(c.counted, ', ' ORDER BY c.place) AS counted, string_agg(c.out_of, ', ' ORDER BY c.place) AS out_of,
        string_agg(format('array_to_string(%s, '', '')', CASE c.samples WHEN 'NULL' THEN 'NULL::text[]' ELSE c.samples END), ', ' ORDER BY c.place) AS samples,
        coalesce(string_agg(c.joins, ' '), '') AS joins,
        jsonb_agg(jsonb_build_object('check_name', c.check_name, 'column_name', c.column_name, 'detail', c.detail) ORDER BY c.place) AS labels
    INTO listed
    FROM caregroup.entity_checks(hub, entity) AS c;
    PERFORM set_config('search_path', format('%I, pg_catalog, pg_temp', hub), true);
    EXECUTE format('INSERT INTO %1$I.check_result (check_run, result, checked_at, entity, check_name, column_name, provider_id, detail, rows, out_of)
        SELECT $1, (SELECT coalesce(max(o.result), 0) FROM %1$I.check_result AS o WHERE o.check_run = $1)
                   + row_number() OVER (ORDER BY f.is_total DESC, l.place, f.provider_id), now(), $2,
            l.label ->> ''check_name'', l.label ->> ''column_name'',
            CASE WHEN f.is_total = 0 THEN coalesce(f.provider_id, ''(unknown)'') END,
            coalesce(l.label ->> ''detail'', nullif(f.samples[l.place], '''')), f.counted[l.place], f.out_of[l.place]
        FROM (SELECT %2$s AS provider_id, %3$s AS is_total,
                  ARRAY[%4$s] AS counted, ARRAY[%5$s] AS out_of, ARRAY[%6$s]::text[] AS samples
              FROM %1$I.%7$I AS e
                  CROSS JOIN (SELECT m.as_at AS hub_moment, m.as_at_date AS hub_date FROM %1$I.parameter AS m) AS p %8$s %9$s %10$s) AS f
            CROSS JOIN jsonb_array_elements($3) WITH ORDINALITY AS l (label, place)
        WHERE f.is_total = 1
            OR CASE l.label ->> ''check_name'' WHEN ''complete'' THEN f.counted[l.place] < f.out_of[l.place]
                    WHEN ''rows'' THEN true ELSE f.counted[l.place] > 0 END',
        hub, coalesce(provider.expression, 'NULL::text'),
        CASE WHEN provider.expression IS NULL THEN '1' ELSE format('grouping(%s)', provider.expression) END,
        listed.counted, listed.out_of, listed.samples, entity, listed.joins, coalesce(provider.joins, ''),
        CASE WHEN provider.expression IS NULL THEN '' ELSE format('GROUP BY GROUPING SETS ((), (%s))', provider.expression) END)
    USING check_run, entity, listed.labels;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
END
$$;

COMMENT ON FUNCTION check_rows(text, text, bigint) IS
'Counts the checks of one entity that need one pass over its rows, for all rows and for each provider. For check_hub().';

CREATE FUNCTION check_keys(hub text, entity text, check_run bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    keys text;
BEGIN
    SELECT string_agg(format('e.%I', k.name), ', ') INTO keys
    FROM caregroup.contract_entity AS c, unnest(c.key_columns) AS k (name)
    WHERE c.entity = check_keys.entity;
    EXECUTE format('INSERT INTO %1$I.check_result (check_run, result, checked_at, entity, check_name, column_name, rows, out_of)
        SELECT $1, (SELECT max(o.result) + 1 FROM %1$I.check_result AS o WHERE o.check_run = $1), now(), $2, ''duplicate key'', $3,
            coalesce(sum(d.times - 1), 0), coalesce(sum(d.times), 0)
        FROM (SELECT count(*) AS times FROM %1$I.%2$I AS e GROUP BY %4$s) AS d', hub, entity, NULL, keys)
    USING check_run, entity, replace(keys, 'e.', '');
END
$$;

COMMENT ON FUNCTION check_keys(text, text, bigint) IS
'Counts the rows of an entity that repeat another row''s key. For check_hub().';

CREATE FUNCTION check_nhs_numbers(hub text, check_run bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    provider record;
BEGIN
    SELECT * INTO provider FROM caregroup.provider_of(hub, 'person');
    EXECUTE format('INSERT INTO %1$I.check_result (check_run, result, checked_at, entity, check_name, column_name, provider_id, detail, rows, out_of)
        WITH problem AS (
            SELECT %2$s AS provider_id, caregroup.nhs_number_problem(e.nhs_number, ''check_digit'') AS reason, count(*) AS rows
            FROM %1$I.person AS e %3$s
            WHERE e.nhs_number IS NOT NULL
            GROUP BY 1, 2
        ), shared AS (
            SELECT count(DISTINCT n.person_id) AS times
            FROM (SELECT e.person_id, caregroup.try_nhs_number(e.nhs_number) AS number FROM %1$I.person AS e) AS n
            WHERE n.number IS NOT NULL GROUP BY n.number
        ), found AS (
            SELECT NULL AS provider_id, ''invalid identifier'' AS check_name, g.reason, sum(g.rows) AS rows,
                (SELECT sum(a.rows) FROM problem AS a) AS out_of
            FROM problem AS g WHERE g.reason IS NOT NULL GROUP BY g.reason
            UNION ALL
            SELECT coalesce(g.provider_id, ''(unknown)''), ''invalid identifier'', g.reason, g.rows,
                (SELECT sum(a.rows) FROM problem AS a WHERE a.provider_id IS NOT DISTINCT FROM g.provider_id)
            FROM problem AS g WHERE g.reason IS NOT NULL AND %4$L
            UNION ALL
            SELECT NULL, ''shared identifier'', ''the same number for more than one person'', coalesce(sum(s.times) FILTER (WHERE s.times > 1), 0), sum(s.times)
            FROM shared AS s
        )
        SELECT $1, (SELECT max(o.result) FROM %1$I.check_result AS o WHERE o.check_run = $1)
                   + row_number() OVER (ORDER BY f.provider_id NULLS FIRST, f.check_name, f.reason),
            now(), ''person'', f.check_name, ''nhs_number'', f.provider_id, f.reason, f.rows, f.out_of
        FROM found AS f', hub, coalesce(provider.expression, 'NULL::text'), coalesce(provider.joins, ''), provider.expression IS NOT NULL)
    USING check_run;
END
$$;

COMMENT ON FUNCTION check_nhs_numbers(text, bigint) IS
'Counts the persons whose NHS number is not valid, by reason, and those who share a number with another person. For check_hub().';

CREATE FUNCTION advise_plans(hub text, check_run bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('INSERT INTO %1$I.check_result (check_run, result, checked_at, entity, check_name, column_name, detail)
        SELECT $1, (SELECT max(o.result) FROM %1$I.check_result AS o WHERE o.check_run = $1) + row_number() OVER (ORDER BY c.ordinal),
            now(), b.entity, ''plan advice'', b.column_name,
            format(''CREATE INDEX ON %%1$s ((%%2$s)); or, where no look-ups are made, CREATE STATISTICS %%3$I ON (%%2$s) FROM %%1$s; then ANALYZE %%1$s'',
                b.origin_table, w.expression, b.entity || ''_'' || b.column_name)
        FROM %1$I.binding_column AS b
            JOIN pg_class AS source ON source.oid = to_regclass(b.origin_table) AND source.relkind IN (''r'', ''p'', ''m'')
            JOIN caregroup.contract_column AS c USING (entity, column_name)
            JOIN caregroup.contract_entity AS t USING (entity)
            JOIN caregroup.contract_cast AS a ON a.source_type = b.source_type
                AND a.type = CASE c.type WHEN ''record_id'' THEN ''record_id:'' || $2 ELSE c.type END
            CROSS JOIN LATERAL (SELECT replace(replace(a.expression, ''$column'', format(''(%%I)'', b.origin_column)), ''$zone'', quote_literal($3)) AS expression) AS w
        -- The text of an enumeration may change, so that it cannot be indexed.
        WHERE b.entity IN (SELECT bound.entity FROM %1$I.binding AS bound WHERE NOT bound.suspended)
            AND b.breaks_index AND b.source_type <> ''enum'' AND (c.refers_to IS NOT NULL OR c.column_name = ANY (t.key_columns))', hub)
    USING check_run, caregroup.get_hub_setting(hub, 'record_ids'), caregroup.get_hub_setting(hub, 'time_zone');
END
$$;

COMMENT ON FUNCTION advise_plans(text, bigint) IS
'Names the index or statistics that restores the plans where a conversion of a key hides it. For check_hub().';

CREATE FUNCTION check_hub(hub text,
                          OUT entity text, OUT check_name text, OUT column_name text,
                          OUT provider_id text, OUT detail text, OUT rows numeric, OUT out_of numeric,
                          OUT share numeric, OUT previous_share numeric, OUT change numeric)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    checked   text;
    this_run  bigint;
BEGIN
    PERFORM caregroup.require_hub(hub);
    PERFORM caregroup.lock_hub(hub, 'checked');
    EXECUTE format('SELECT coalesce(max(c.check_run), 0) + 1 FROM %I.check_result AS c', hub) INTO this_run;
    FOR checked IN EXECUTE format('SELECT b.entity FROM %I.binding AS b JOIN caregroup.contract_entity AS c USING (entity)
                                   WHERE NOT b.suspended ORDER BY c.ordinal', hub) LOOP
        PERFORM caregroup.check_rows(hub, checked, this_run);
        PERFORM caregroup.check_keys(hub, checked, this_run);
        IF checked = 'person' THEN
            PERFORM caregroup.check_nhs_numbers(hub, this_run);
        END IF;
    END LOOP;
    PERFORM caregroup.advise_plans(hub, this_run);
    EXECUTE format('DELETE FROM %I.check_result AS c WHERE c.check_run <= $1 - caregroup.get_hub_setting($2, ''keep_runs'')::numeric', hub)
    USING this_run, hub;
    RETURN QUERY EXECUTE format('
        SELECT c.entity, c.check_name, c.column_name, c.provider_id, c.detail, c.rows, c.out_of,
            round(c.rows / nullif(c.out_of, 0), 6), round(b.rows / nullif(b.out_of, 0), 6),
            round(c.rows / nullif(c.out_of, 0) - b.rows / nullif(b.out_of, 0), 6)
        FROM %1$I.check_result AS c
            LEFT JOIN %1$I.check_result AS b ON b.check_run = c.check_run - 1 AND b.entity = c.entity AND b.check_name = c.check_name
                AND b.column_name IS NOT DISTINCT FROM c.column_name AND b.provider_id IS NOT DISTINCT FROM c.provider_id
                AND (b.detail IS NOT DISTINCT FROM c.detail OR c.check_name = ''unmapped code'')
        WHERE c.check_run = $1
        ORDER BY c.result', hub)
    USING this_run;
END
$$;

COMMENT ON FUNCTION check_hub(text) IS
'The data-quality report of a hub: for each bound entity its rows, the share complete of each column, values missing where they are required, codes that no report understands, dates in the future or infinite, rows that break a rule such as the order of dates, orphans, duplicate keys, NHS numbers that are not valid by reason, and advice where a conversion hides an index. provider_id is NULL for all rows of the entity; rows for one provider are shown where something is wrong with them. share is rows over out_of; change is against the check before. The figures are kept in the hub''s check_result. It counts and never refuses or changes data. recalculate() keeps one row of a repeated key of an organisation, site, service, standard, person, referral or session; a repeated activity counts each time. Errors: invalid_schema_name, object_in_use (another session is checking).';

-- ==== src/hub/50_recalculate.sql

-- recalculate(): filling a hub's result tables, one transaction a step.

CREATE FUNCTION run_is_alive(pid integer, backend_start timestamptz, called_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED COST 100
RETURN EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a
               WHERE a.pid = run_is_alive.pid
                   -- NULL where the caller may not see another role's session.
                   AND coalesce(a.backend_start = run_is_alive.backend_start, true)
                   -- The whole run is one CALL: a session that has gone on to
                   -- another statement, or is idle, has left its run.
                   AND coalesce(a.query_start = run_is_alive.called_at AND a.state = 'active', true));

COMMENT ON FUNCTION run_is_alive(integer, timestamptz, timestamptz) IS
'Whether the session that started a recalculation is still at work on it. NULL for pid gives false.';

CREATE FUNCTION in_transaction_block() RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED COST 1
AS 'MODULE_PATHNAME', 'cg_in_transaction_block';

COMMENT ON FUNCTION in_transaction_block() IS
'Whether the session is inside BEGIN … COMMIT, where a procedure cannot commit.';

CREATE FUNCTION lock_hub(hub text, task text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A transaction's lock: a session's would outlive statement_timeout.
    IF NOT pg_try_advisory_xact_lock(hashtextextended('caregroup.' || task, 0)::bit(32)::integer,
                                     hashtextextended(hub, 0)::bit(32)::integer) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_in_use',
            MESSAGE = format('hub %I is being %s by another session', hub, task),
            HINT = format('Wait for it, or look at %I.run_history.', hub);
    END IF;
END
$$;

COMMENT ON FUNCTION lock_hub(text, text) IS
'Takes the lock of a hub''s task (recalculated or checked) until the end of the transaction; an error (object_in_use) where another session has it.';

CREATE FUNCTION begin_run(hub text, resume boolean) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run_id bigint;
    busy   boolean;
BEGIN
    PERFORM caregroup.lock_hub(hub, 'recalculated');
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.recalculation AS r WHERE r.state = ''running''
                        AND r.pid <> pg_backend_pid() AND caregroup.run_is_alive(r.pid, r.backend_start, r.called_at))', hub) INTO busy;
    IF busy THEN
        RAISE EXCEPTION USING ERRCODE = 'object_in_use',
            MESSAGE = format('hub %I is being recalculated by another session', hub);
    END IF;
    EXECUTE format('UPDATE %I.recalculation AS r SET state = ''interrupted'', error = ''the session ended before the run did''
                    WHERE r.state = ''running''', hub);
    EXECUTE format('UPDATE %I.recalculation_step AS s SET state = ''interrupted'' WHERE s.state = ''running''', hub);
    IF resume THEN
        EXECUTE format('UPDATE %1$I.recalculation AS r SET state = ''running'', error = NULL, finished = NULL,
                            pid = pg_backend_pid(), backend_start = $1, called_at = statement_timestamp(), run_by = current_user
                        WHERE r.run = (SELECT max(l.run) FROM %1$I.recalculation AS l) AND r.state IN (''interrupted'', ''failed'')
                        RETURNING r.run', hub)
        INTO run_id
        USING (SELECT a.backend_start FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid());
    END IF;
    IF run_id IS NULL THEN
        EXECUTE format('INSERT INTO %1$I.recalculation (started, state, as_at, pid, backend_start, called_at, run_by)
                        SELECT clock_timestamp(), ''running'', p.as_at, pg_backend_pid(), $1, statement_timestamp(), current_user
                        FROM %1$I.parameter AS p RETURNING run', hub)
        INTO run_id
        USING (SELECT a.backend_start FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid());
    END IF;
    RETURN run_id;
END
$$;

COMMENT ON FUNCTION begin_run(text, boolean) IS
'Starts or resumes a run of recalculate() and marks dead runs as interrupted. Returns the run''s number. For recalculate().';

CREATE FUNCTION run_step(hub text, run bigint, step text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    work      caregroup.hub_step;
    run_as_at timestamptz;
    columns   text;
    filled    bigint;
    began     timestamptz := clock_timestamp();
BEGIN
    SELECT s.* INTO STRICT work FROM caregroup.hub_step AS s WHERE s.step = run_step.step;
    EXECUTE format('SELECT r.as_at FROM %I.recalculation AS r WHERE r.run = $1', hub) INTO run_as_at USING run;
    -- Every step of a run sees the same moment, also when it is resumed.
    PERFORM set_config('caregroup.as_at', caregroup.unambiguous_moment(run_as_at), true);

    SELECT string_agg(quote_ident(c.column_name), ', ' ORDER BY c.ordinal) INTO columns
    FROM caregroup.hub_table AS t, caregroup.hub_columns(t.columns) AS c WHERE t.table_name = work.result;
    EXECUTE format('DELETE FROM %I.%I', hub, work.result);
    PERFORM set_config('search_path', format('%I, pg_catalog, caregroup, pg_temp', hub), true);
    EXECUTE format('INSERT INTO %I.%I (%s) %s', hub, work.result, columns, work.query);
    GET DIAGNOSTICS filled = ROW_COUNT;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);

    -- The next steps are planned from what this one wrote.
    IF pg_has_role((SELECT c.relowner FROM pg_class AS c WHERE c.oid = format('%I.%I', hub, work.result)::regclass), 'USAGE') THEN
        EXECUTE format('ANALYZE %I.%I', hub, work.result);
    END IF;
    EXECUTE format('UPDATE %I.recalculation_step AS s SET state = ''finished'', finished = $3, rows = $4, seconds = $5, error = NULL
                    WHERE s.run = $1 AND s.step = $2', hub)
    USING run, step, clock_timestamp(), filled, extract(epoch FROM clock_timestamp() - began);
    EXECUTE format('INSERT INTO %I.result_state AS t (step, as_at, recalculated_at, rows, seconds) VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (step) DO UPDATE SET as_at = excluded.as_at, recalculated_at = excluded.recalculated_at,
                        rows = excluded.rows, seconds = excluded.seconds', hub)
    USING step, run_as_at, clock_timestamp(), filled, extract(epoch FROM clock_timestamp() - began);
    PERFORM set_config('caregroup.as_at', '', true);
END
$$;

COMMENT ON FUNCTION run_step(text, bigint, text) IS
'Runs one step of a run: replaces the rows of its result table. For recalculate().';

CREATE FUNCTION describe_failure(state text, message text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
RETURN CASE
    -- Messages of data exceptions quote the value, which may be a person's.
    WHEN state LIKE '22%' THEN pg_catalog.format('SQLSTATE %s: a value in the inputs could not be used; run the step''s query to see which', state)
    ELSE pg_catalog.format('SQLSTATE %s: %s', state, message) END;

COMMENT ON FUNCTION describe_failure(text, text) IS
'What the history keeps of a step''s error: its SQLSTATE, and its message unless that could quote a person''s data.';

CREATE FUNCTION prune_runs(hub text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('DELETE FROM %1$I.recalculation AS r
                    WHERE r.run <= (SELECT max(l.run) FROM %1$I.recalculation AS l) - caregroup.get_hub_setting($1, ''keep_runs'')::numeric', hub)
    USING hub;
    EXECUTE format('DELETE FROM %1$I.recalculation_step AS s
                    WHERE NOT EXISTS (SELECT FROM %1$I.recalculation AS r WHERE r.run = s.run)', hub);
END
$$;

COMMENT ON FUNCTION prune_runs(text) IS
'Forgets the runs of recalculate() beyond the setting keep_runs. For recalculate().';

-- A procedure that commits cannot have a SET clause; every name is qualified.
CREATE PROCEDURE recalculate(hub text, resume boolean DEFAULT false)
LANGUAGE plpgsql
AS $$
DECLARE
    run_id  bigint;
    work    record;
    failure text;
    state   text;
BEGIN
    PERFORM caregroup.require_hub(hub);
    IF caregroup.in_transaction_block() THEN
        RAISE EXCEPTION USING ERRCODE = 'active_sql_transaction',
            MESSAGE = 'recalculate() commits after each step and cannot run inside a transaction block',
            HINT = 'CALL caregroup.recalculate(…) as a statement of its own.';
    END IF;
    run_id := caregroup.begin_run(hub, resume);
    COMMIT;
    FOR work IN SELECT s.step FROM caregroup.hub_step AS s ORDER BY s.ordinal LOOP
        CONTINUE WHEN NOT caregroup.begin_step(hub, run_id, work.step);
        COMMIT;
        failure := NULL;
        BEGIN
            PERFORM caregroup.lock_hub(hub, 'recalculated');
            PERFORM caregroup.run_step(hub, run_id, work.step);
        EXCEPTION WHEN query_canceled OR OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, failure = MESSAGE_TEXT;
            failure := caregroup.describe_failure(state, failure);
        END;
        IF failure IS NOT NULL THEN
            PERFORM caregroup.fail_run(hub, run_id, work.step, failure);
            COMMIT;
            RAISE EXCEPTION USING ERRCODE = state,
                MESSAGE = pg_catalog.format('step %s of the recalculation of %I failed', work.step, hub),
                DETAIL = failure,
                HINT = pg_catalog.format('The steps before it are done. Mend the cause, then CALL caregroup.recalculate(%L, resume => true).', hub);
        END IF;
        COMMIT;
    END LOOP;
    PERFORM caregroup.end_run(hub, run_id);
    COMMIT;
END
$$;

COMMENT ON PROCEDURE recalculate(text, boolean) IS
'Works out every result of a hub as at the setting as_at (now, if that is not set), one transaction a step: what is done stays done when a later step fails or is cancelled, and hub.recalculation and hub.recalculation_step show how far it came. With resume, the last run goes on from its first unfinished step if it failed or was interrupted. Errors: invalid_schema_name, active_sql_transaction (it commits, so it cannot run in a transaction block; inside another function PostgreSQL says invalid_transaction_termination), object_in_use (another session is at it), and the error of a step.';

CREATE FUNCTION begin_step(hub text, run bigint, step text) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    done boolean;
BEGIN
    EXECUTE format('SELECT s.state = ''finished'' FROM %I.recalculation_step AS s WHERE s.run = $1 AND s.step = $2', hub)
    INTO done USING run, step;
    IF done THEN
        RETURN false;
    END IF;
    EXECUTE format('INSERT INTO %I.recalculation_step AS s (run, step, state, started) VALUES ($1, $2, ''running'', clock_timestamp())
                    ON CONFLICT (run, step) DO UPDATE SET state = ''running'', started = excluded.started, finished = NULL, error = NULL', hub)
    USING run, step;
    RETURN true;
END
$$;

COMMENT ON FUNCTION begin_step(text, bigint, text) IS
'Notes that a step of a run begins; false where it is finished already. For recalculate().';

CREATE FUNCTION fail_run(hub text, run bigint, step text, failure text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('UPDATE %I.recalculation_step AS s SET state = ''failed'', finished = clock_timestamp(), error = $3
                    WHERE s.run = $1 AND s.step = $2', hub) USING run, step, failure;
    EXECUTE format('UPDATE %I.recalculation AS r SET state = ''failed'', finished = clock_timestamp(), error = $2
                    WHERE r.run = $1', hub) USING run, format('step %s: %s', step, failure);
END
$$;

COMMENT ON FUNCTION fail_run(text, bigint, text, text) IS
'Notes that a step of a run failed, and with it the run. For recalculate().';

CREATE FUNCTION end_run(hub text, run bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('UPDATE %I.recalculation AS r SET state = ''finished'', finished = clock_timestamp() WHERE r.run = $1', hub) USING run;
    PERFORM caregroup.prune_runs(hub);
END
$$;

COMMENT ON FUNCTION end_run(text, bigint) IS
'Notes that a run is finished and prunes the history. For recalculate().';

-- ==== src/hub/60_result.sql

-- A hub's own tables, and the steps that fill its results.
--
-- Results are kept at the grain of the site; reports roll them up along the
-- chain of command.  What cannot be given to a known site goes to the site
-- '(unassigned)', so that the parts always add up to the whole.

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('setting', 'state', 'name', 'A setting of the hub; change it with caregroup.configure_hub().', $$
    name    text                    -- Name of the setting.
    value   text                    -- Its value.
    meaning text NOT NULL           -- What it does.
    version caregroup.hub_version   -- Version of caregroup that wrote the row.
$$),
('binding', 'state', 'entity', 'What an input view is bound to.', $$
    entity      text                         -- Entity of the contract.
    query       text NOT NULL                -- The query that was bound.
    search_path text NOT NULL                -- Schemas on which its names were looked up.
    security    text NOT NULL                -- owner or invoker: with whose rights the sources are read.
    bound_by    text NOT NULL                -- Who bound it.
    bound_at    timestamptz NOT NULL         -- When.
    suspended   boolean NOT NULL             -- Whether the input is empty until resume_hub().
$$),
('binding_column', 'state', 'entity, column_name', 'Where a bound column comes from.', $$
    entity        text                 -- Entity of the contract.
    column_name   text                 -- Its column.
    source_type   text NOT NULL        -- Type in the bound query.
    origin_table  text                 -- Table or view, where the column is one of it as it stands.
    origin_column text                 -- Column of that table.
    breaks_index  boolean NOT NULL     -- Whether a conversion keeps an index on it from being used.
$$),
('granted', 'state', 'role_name', 'A role that grant_hub() granted a template.', $$
    role_name text              -- Role.
    template  text NOT NULL     -- reader or loader.
$$),
('recalculation', 'state', 'run', 'A run of recalculate().', $$
    run           bigint GENERATED ALWAYS AS IDENTITY   -- Number of the run.
    started       timestamptz NOT NULL                  -- Start.
    finished      timestamptz                           -- End, good or bad.
    state         text NOT NULL                         -- running, finished, failed or interrupted.
    as_at         timestamptz NOT NULL                  -- Moment for which results are worked out.
    error         text                                  -- What went wrong.
    pid           integer                               -- Process that ran it.
    backend_start timestamptz                           -- Start of that process, which tells it from a later one of the same number.
    called_at     timestamptz                           -- Start of its CALL, which tells it from a later one of the same session.
    run_by        text NOT NULL                         -- Who ran it.
$$),
('recalculation_step', 'state', 'run, step', 'A step of a run of recalculate().', $$
    run       bigint                    -- Number of the run.
    step      text                      -- Step.
    state     text NOT NULL             -- running, finished, failed or interrupted.
    started   timestamptz NOT NULL      -- Start.
    finished  timestamptz               -- End.
    rows      bigint                    -- Rows written.
    seconds   double precision          -- Time taken.
    watermark timestamptz               -- Latest input that the step knows of, where it works in increments.
    error     text                      -- What went wrong.
$$),
('result_state', 'state', 'step', 'The last good run of a step: how fresh its result is.', $$
    step            text                   -- Step.
    as_at           timestamptz NOT NULL   -- Moment that the result is for.
    recalculated_at timestamptz NOT NULL   -- When it was worked out.
    rows            bigint NOT NULL        -- Rows written.
    seconds         double precision       -- Time taken.
$$),
('check_result', 'state', 'check_run, result', 'A figure of a run of check_hub().', $$
    check_run   bigint                    -- Number of the run of check_hub().
    result      bigint                    -- Number of the figure in its run.
    checked_at  timestamptz NOT NULL      -- When it was counted.
    entity      text NOT NULL             -- Entity.
    check_name  text NOT NULL             -- What was checked.
    column_name text                      -- Column.
    provider_id text                      -- Organisation that runs the site of the rows; NULL for all rows.
    detail      text                      -- The rule, the reason code or the advice.
    rows        numeric                   -- Rows concerned.
    out_of      numeric                   -- Rows looked at.
$$),
('chain', 'result', 'hierarchy, organisation_kind, organisation_id, site_id',
 'A site under an organisation of a hierarchy, at any depth; every site is also an organisation of kind site.', $$
    hierarchy          text               -- Hierarchy.
    organisation_id    text               -- Organisation, or the site itself.
    organisation_name  text NOT NULL      -- Name to print.
    organisation_kind  text               -- Kind of organisation, or site.
    organisation_level integer NOT NULL   -- 0 at the top.
    site_id            text               -- Site under it.
$$),
('service_name', 'result', 'service_id', 'A service''s name, for reports.', $$
    service_id   text            -- Service.
    service_name text NOT NULL   -- Name to print.
    kind         text            -- Kind of service.
$$),
('standard_name', 'result', 'standard_id', 'A standard''s name and threshold, for reports.', $$
    standard_id   text            -- Standard.
    standard_name text NOT NULL   -- Name to print.
    threshold     numeric         -- Share that must meet the standard; NULL where none is set.
$$),
('standard_target', 'result', 'organisation_id, standard_id, month', 'The share that an organisation is to reach in a month.', $$
    organisation_id text               -- Organisation.
    standard_id     text               -- Standard.
    month           date               -- First day of the month.
    value           numeric NOT NULL   -- Share to reach; the highest where the input gives several.
$$),
('working_day', 'result', 'calendar_id, day', 'A day of a calendar.', $$
    calendar_id text               -- Calendar.
    day         date               -- Day.
    is_working  boolean NOT NULL   -- Whether it is a working day.
    ordinal     integer NOT NULL   -- Working days of the calendar up to and including it; the difference of two days' ordinals is the working days between them.
$$),
('referral_summary', 'result', 'referral_id', 'A referral with the moments that standards count from and to.', $$
    referral_id            $record_id              -- Referral.
    person_id              $record_id              -- Person.
    site_id                text NOT NULL           -- Site that holds it, '(unassigned)' where unknown.
    service_id             text NOT NULL           -- Service, '(unknown)' where unknown.
    referrer_site_id       text NOT NULL           -- Site that referred, '(unassigned)' where unknown.
    status                 text                    -- State.
    referred_at            timestamptz             -- When the referrer decided to refer.
    received_at            timestamptz NOT NULL    -- When it was received.
    first_consultation_at  timestamptz             -- First consultation.
    decision_at            timestamptz             -- First event of kind decision.
    ready_at               timestamptz             -- First event of kind ready.
    arrival_at             timestamptz             -- First event of kind arrival.
    first_contact_at       timestamptz             -- First attended contact; a diagnostic counts in a diagnostic service only, triage and advice nowhere.
    first_contact_modality text                    -- Modality of that contact.
    assessment_at          timestamptz             -- First attended assessment or first appointment.
    treatment_at           timestamptz             -- First attended procedure, day case, inpatient stay, group or follow-up.
    report_at              timestamptz             -- First event of kind report, or else the first attended diagnostic.
    closed_at              timestamptz             -- When it was closed.
    attended               numeric NOT NULL        -- Attended activities.
    did_not_attend         numeric NOT NULL        -- Activities not attended.
$$),
('waiting', 'result', 'site_id, service_id, weeks_waited', 'Referrals that wait for first contact, by whole weeks waited.', $$
    site_id      text               -- Site.
    service_id   text               -- Service.
    weeks_waited integer            -- Whole weeks since the referral was received.
    referrals    bigint NOT NULL    -- Referrals that wait.
$$),
('referral_flow', 'result', 'site_id, service_id, month', 'Referrals received, seen and closed in a month.', $$
    site_id    text               -- Site.
    service_id text               -- Service.
    month      date               -- First day of the month.
    received   bigint NOT NULL    -- Referrals received.
    seen       bigint NOT NULL    -- Referrals with their first contact.
    closed     bigint NOT NULL    -- Referrals closed.
$$),
('demand', 'result', 'site_id, service_id, month, source, modality', 'Requests for care in a month.', $$
    site_id           text               -- Site asked.
    service_id        text               -- Service asked for.
    month             date               -- First day of the month.
    source            text               -- referral or contact_request.
    modality          text               -- How the person was first seen or made the request.
    requests          numeric NOT NULL   -- Requests.
    unmet             numeric NOT NULL   -- Requests that were not met or were abandoned.
    minutes_requested numeric            -- Minutes of first appointments asked for; NULL where the service has no usual length.
$$),
('activity_month', 'result', 'site_id, service_id, month, kind, setting, modality', 'Activity of a month.', $$
    site_id               text               -- Site.
    service_id            text               -- Service.
    month                 date               -- First day of the month.
    kind                  text               -- Kind of activity.
    setting               text               -- Setting of care.
    modality              text               -- How people were seen.
    attended              numeric NOT NULL   -- Activities attended.
    did_not_attend        numeric NOT NULL   -- Activities not attended.
    cancelled_by_person   numeric NOT NULL   -- Activities cancelled by the person.
    cancelled_by_provider numeric NOT NULL   -- Activities cancelled by the provider.
    booked                numeric NOT NULL   -- Activities booked and not yet due.
    minutes_attended      numeric            -- Minutes of attended activities.
    cost_gbp              numeric            -- Cost of attended activities, or their price where the cost is not known.
$$),
('session_month', 'result', 'site_id, service_id, month, weekday', 'Sessions held in a month on a day of the week.', $$
    site_id         text               -- Site.
    service_id      text               -- Service.
    month           date               -- First day of the month.
    weekday         integer            -- 1 Monday to 7 Sunday.
    sessions        bigint NOT NULL    -- Sessions not cancelled.
    cancelled       bigint NOT NULL    -- Sessions cancelled.
    slots_offered   numeric            -- Slots of the sessions not cancelled.
    slots_booked    numeric NOT NULL   -- Slots booked and not cancelled.
    slots_attended  numeric NOT NULL   -- Slots attended.
    minutes_offered numeric            -- Minutes of the sessions not cancelled.
$$),
('population_count', 'result', 'basis, unit_id, age_band, sex, population_group', 'People of a site or an area.', $$
    basis            text               -- registered (from registrations), counted (a site's given count) or resident (an area's given count).
    unit_id          text               -- Site, or area for residents.
    unit_name        text               -- Name of the area; NULL for a site.
    age_band         text               -- Five-year age band.
    sex              text               -- Sex.
    population_group text               -- Group of people.
    people           numeric NOT NULL   -- How many.
    weighted         numeric            -- Weighted count, where given.
$$),
('standard_month', 'result', 'standard_id, site_id, service_id, month', 'Waits that ended in a month, against a standard.', $$
    standard_id text              -- Standard.
    site_id     text              -- Site.
    service_id  text              -- Service.
    month       date              -- First day of the month in which the wait ended.
    numerator   bigint NOT NULL   -- Waits within the limit.
    denominator bigint NOT NULL   -- Waits.
$$),
('referrer_year', 'result', 'site_id, service_id', 'A referring site''s referrals to a service over the last twelve whole months.', $$
    site_id        text               -- Site that referred.
    service_id     text               -- Service referred to.
    referrals      numeric NOT NULL   -- Referrals.
    expected       numeric            -- Referrals expected if each age band and sex referred at the rate of all sites together; NULL where the site has no registered people.
    returned       numeric NOT NULL   -- Referrals returned.
    attended       numeric NOT NULL   -- Activities of these referrals attended.
    did_not_attend numeric NOT NULL   -- Activities of these referrals not attended.
    people         numeric            -- People registered at the site.
$$);

-- ==== src/hub/61_step.sql

-- The steps of recalculate(): one query for each result table.

INSERT INTO hub_step (step, result, description, query) VALUES
('chain', 'chain', 'Which sites are under which organisation, in every hierarchy.', $$
WITH RECURSIVE link AS (
    -- Live links between known organisations.
    SELECT DISTINCT l.hierarchy, l.child_id, l.parent_id
    FROM organisation_link AS l
        JOIN known_organisation AS parent ON parent.organisation_id = l.parent_id
        CROSS JOIN parameter AS p
    WHERE l.hierarchy IS NOT NULL AND l.child_id IS NOT NULL
        AND coalesce(l.valid_from <= p.as_at_date, true) AND coalesce(l.valid_to >= p.as_at_date, true)
), above AS (
    SELECT hierarchy, child_id AS organisation_id, parent_id AS ancestor_id FROM link
    UNION
    SELECT a.hierarchy, a.organisation_id, l.parent_id
    FROM above AS a JOIN link AS l ON l.hierarchy = a.hierarchy AND l.child_id = a.ancestor_id
), straight AS (
    -- Organisations that report to each other in a circle have no top; the
    -- links of the circle are left out, so that each stands at level 0.
    SELECT l.* FROM link AS l
    WHERE NOT EXISTS (SELECT FROM above AS a WHERE a.hierarchy = l.hierarchy
                          AND a.organisation_id = l.parent_id AND a.ancestor_id = l.child_id)
), hierarchy AS (
    SELECT hierarchy FROM link UNION SELECT hierarchy FROM parameter
    UNION SELECT unnest(c.allowed) FROM contract_column AS c WHERE c.entity = 'organisation_link' AND c.column_name = 'hierarchy'
), ancestry AS (
    SELECT h.hierarchy, o.organisation_id AS ancestor_id, o.organisation_id, 0 AS steps
    FROM hierarchy AS h CROSS JOIN known_organisation AS o
    UNION
    SELECT a.hierarchy, l.parent_id, a.organisation_id, a.steps + 1
    FROM ancestry AS a JOIN straight AS l ON l.hierarchy = a.hierarchy AND l.child_id = a.ancestor_id
), level AS (
    SELECT hierarchy, organisation_id, max(steps) AS level
    FROM ancestry GROUP BY hierarchy, organisation_id
)
SELECT DISTINCT a.hierarchy, o.organisation_id, coalesce(o.name, o.organisation_id),
    -- These two kinds are the hub's own.
    CASE WHEN o.kind IN ('site', 'unassigned') THEN 'organisation' ELSE coalesce(o.kind, 'organisation') END, l.level, s.site_id
FROM ancestry AS a
    JOIN known_site AS s ON s.organisation_id = a.organisation_id
    JOIN known_organisation AS o ON o.organisation_id = a.ancestor_id
    JOIN level AS l ON l.hierarchy = a.hierarchy AND l.organisation_id = a.ancestor_id
UNION ALL
SELECT h.hierarchy, s.site_id, coalesce(s.name, s.site_id), 'site', coalesce(l.level + 1, 0), s.site_id
FROM hierarchy AS h
    CROSS JOIN known_site AS s
    LEFT JOIN level AS l ON l.hierarchy = h.hierarchy AND l.organisation_id = s.organisation_id
UNION ALL
SELECT h.hierarchy, '(unassigned)', 'Not given to a known site', 'unassigned', 0, '(unassigned)'
FROM hierarchy AS h
$$),
('service_name', 'service_name', 'The names of services.', $$
SELECT v.service_id, coalesce(v.name, v.service_id), v.kind FROM known_service AS v
$$),
('standard_name', 'standard_name', 'The names and thresholds of standards.', $$
SELECT d.standard_id, coalesce(d.name, d.standard_id), d.threshold FROM known_standard AS d
$$),
('standard_target', 'standard_target', 'The shares that organisations are to reach.', $$
SELECT g.organisation_id, g.standard_id, g.month, max(g.value)
FROM target AS g
WHERE g.organisation_id IS NOT NULL AND g.standard_id IS NOT NULL AND g.month IS NOT NULL AND g.value IS NOT NULL
GROUP BY g.organisation_id, g.standard_id, g.month
$$),
('working_day', 'working_day', 'The working days of every calendar.', $$
SELECT c.calendar_id, d.day, d.is_working, count(*) FILTER (WHERE d.is_working) OVER (PARTITION BY c.calendar_id ORDER BY d.day)
FROM (SELECT calendar_id FROM calendar_day WHERE calendar_id IS NOT NULL UNION SELECT calendar_id FROM known_site WHERE calendar_id IS NOT NULL
      UNION SELECT calendar_id FROM parameter) AS c
    CROSS JOIN parameter AS p
    CROSS JOIN LATERAL (
        SELECT g.day::date AS day,
            extract(isodow FROM g.day) < 6
            AND NOT EXISTS (SELECT FROM calendar_day AS x WHERE x.calendar_id = c.calendar_id AND x.day = g.day::date) AS is_working
        FROM generate_series(date '2000-01-01', (p.as_at_date + 3 * 366)::timestamp, interval '1 day') AS g (day)
    ) AS d
$$),
('referral_summary', 'referral_summary', 'Each referral with the moments that standards count from and to.', $$
WITH contact AS (
    SELECT a.referral_id,
        min(a.starts_at) FILTER (WHERE a.kind <> 'diagnostic') AS first_contact_at,
        (min(ARRAY[to_char(a.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), a.modality]) FILTER (WHERE a.kind <> 'diagnostic')) AS first_modality,
        min(a.starts_at) FILTER (WHERE a.kind = 'diagnostic') AS diagnostic_at,
        (min(ARRAY[to_char(a.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), a.modality]) FILTER (WHERE a.kind = 'diagnostic')) AS diagnostic_modality,
        min(a.starts_at) FILTER (WHERE a.kind IN ('first', 'assessment')) AS assessment_at,
        min(a.starts_at) FILTER (WHERE a.kind IN ('procedure', 'day_case', 'inpatient', 'group', 'follow_up')) AS treatment_at,
        sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status = 'attended') AS attended
    FROM activity AS a CROSS JOIN parameter AS p
    WHERE a.referral_id IS NOT NULL AND a.status = 'attended'
        AND a.kind NOT IN ('triage', 'advice') AND a.starts_at <= p.as_at AND isfinite(a.starts_at)
    GROUP BY a.referral_id
), missed AS (
    SELECT a.referral_id, sum(coalesce(a.quantity, 1)) AS did_not_attend
    FROM activity AS a
    WHERE a.referral_id IS NOT NULL AND a.status = 'did_not_attend'
    GROUP BY a.referral_id
), moment AS (
    SELECT e.referral_id,
        min(e.event_at) FILTER (WHERE e.kind = 'decision') AS decision_at,
        min(e.event_at) FILTER (WHERE e.kind = 'ready') AS ready_at,
        min(e.event_at) FILTER (WHERE e.kind = 'arrival') AS arrival_at,
        min(e.event_at) FILTER (WHERE e.kind = 'report') AS report_at
    FROM referral_event AS e
    WHERE e.kind IN ('decision', 'ready', 'arrival', 'report') AND isfinite(e.event_at)
    GROUP BY e.referral_id
), once AS (
    -- A key that comes twice is reported by check_hub(); results keep one row.
    SELECT DISTINCT ON (r.referral_id) r.*
    FROM referral AS r CROSS JOIN parameter AS p
    WHERE r.received_at <= p.as_at AND isfinite(r.received_at) AND r.referral_id IS NOT NULL
    ORDER BY r.referral_id, r.received_at, r.closed_at, r.status, r.site_id, r.service_id, r.person_id, r.referrer_site_id, r.referred_at, r.first_consultation_at
)
SELECT r.referral_id, r.person_id, coalesce(s.site_id, '(unassigned)'), coalesce(r.service_id, '(unknown)'),
    coalesce(f.site_id, '(unassigned)'), r.status, r.referred_at, r.received_at, r.first_consultation_at,
    m.decision_at, m.ready_at, m.arrival_at,
    CASE WHEN v.kind = 'diagnostic' THEN least(c.first_contact_at, c.diagnostic_at) ELSE c.first_contact_at END,
    (CASE WHEN v.kind = 'diagnostic' THEN least(c.first_modality, c.diagnostic_modality) ELSE c.first_modality END)[2],
    c.assessment_at, c.treatment_at, coalesce(m.report_at, c.diagnostic_at), r.closed_at,
    coalesce(c.attended, 0), coalesce(n.did_not_attend, 0)
FROM once AS r
    LEFT JOIN known_site AS s ON s.site_id = r.site_id
    LEFT JOIN known_site AS f ON f.site_id = r.referrer_site_id
    LEFT JOIN known_service AS v ON v.service_id = r.service_id
    LEFT JOIN contact AS c ON c.referral_id = r.referral_id
    LEFT JOIN missed AS n ON n.referral_id = r.referral_id
    LEFT JOIN moment AS m ON m.referral_id = r.referral_id
$$),
('waiting', 'waiting', 'Who waits for first contact, by weeks waited.', $$
SELECT r.site_id, r.service_id,
    floor((p.as_at_date - (r.received_at AT TIME ZONE p.time_zone)::date) / 7.0)::integer AS weeks_waited,
    count(*)
FROM referral_summary AS r CROSS JOIN parameter AS p
WHERE r.first_contact_at IS NULL
    -- The status is today's, a day of closing holds for any moment.
    AND CASE WHEN r.closed_at IS NULL THEN coalesce(r.status, 'open') = 'open' ELSE r.closed_at > p.as_at END
GROUP BY r.site_id, r.service_id, weeks_waited
$$),
('referral_flow', 'referral_flow', 'Referrals received, seen and closed by month.', $$
SELECT r.site_id, r.service_id, date_trunc('month', step.at AT TIME ZONE p.time_zone)::date AS month,
    count(*) FILTER (WHERE step.what = 'received'),
    count(*) FILTER (WHERE step.what = 'seen'),
    count(*) FILTER (WHERE step.what = 'closed')
FROM referral_summary AS r CROSS JOIN parameter AS p
    CROSS JOIN LATERAL (VALUES ('received', r.received_at), ('seen', r.first_contact_at), ('closed', r.closed_at)) AS step (what, at)
WHERE step.at <= p.as_at AND isfinite(step.at)
GROUP BY r.site_id, r.service_id, month
$$),
('demand', 'demand', 'Referrals and contact requests by month.', $$
WITH request AS (
    SELECT r.site_id, r.service_id, date_trunc('month', r.received_at AT TIME ZONE p.time_zone)::date AS month,
        'referral' AS source, coalesce(r.first_contact_modality, CASE WHEN r.first_contact_at IS NULL THEN 'not seen' ELSE 'not stated' END) AS modality,
        count(*)::numeric AS requests,
        count(*) FILTER (WHERE r.status IN ('returned', 'redirected'))::numeric AS unmet
    FROM referral_summary AS r CROSS JOIN parameter AS p
    GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT coalesce(s.site_id, '(unassigned)'), coalesce(c.service_id, '(unknown)'),
        date_trunc('month', c.at AT TIME ZONE p.time_zone)::date, 'contact_request', coalesce(c.channel, 'not stated'),
        sum(coalesce(c.quantity, 1)),
        coalesce(sum(coalesce(c.quantity, 1)) FILTER (WHERE c.outcome IN ('unmet', 'abandoned', 'redirected')), 0)
    FROM contact_request AS c CROSS JOIN parameter AS p
        LEFT JOIN known_site AS s ON s.site_id = c.site_id
    WHERE c.at <= p.as_at AND isfinite(c.at)
    GROUP BY 1, 2, 3, 4, 5
), first_minutes AS (
    SELECT t.service_id,
        coalesce(min(t.minutes) FILTER (WHERE t.kind = 'first'), min(t.minutes) FILTER (WHERE t.kind = 'assessment'), min(t.minutes)) AS minutes
    FROM appointment_type AS t GROUP BY t.service_id
)
SELECT q.site_id, q.service_id, q.month, q.source, q.modality, q.requests, q.unmet, q.requests * f.minutes
FROM request AS q LEFT JOIN first_minutes AS f ON f.service_id = q.service_id
$$),
('activity_month', 'activity_month', 'Activity by month, kind, setting and modality.', $$
SELECT coalesce(s.site_id, '(unassigned)'), coalesce(a.service_id, '(unknown)'),
    date_trunc('month', a.starts_at AT TIME ZONE p.time_zone)::date,
    coalesce(a.kind, 'not stated'), coalesce(a.setting, 'not stated'), coalesce(a.modality, 'not stated'),
    coalesce(sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status = 'attended'), 0),
    coalesce(sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status = 'did_not_attend'), 0),
    coalesce(sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status = 'cancelled_by_person'), 0),
    coalesce(sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status = 'cancelled_by_provider'), 0),
    coalesce(sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status = 'booked'), 0),
    sum(a.minutes) FILTER (WHERE a.status = 'attended'),
    sum(coalesce(a.cost, a.price)) FILTER (WHERE a.status = 'attended')
FROM activity AS a CROSS JOIN parameter AS p
    LEFT JOIN known_site AS s ON s.site_id = a.site_id
WHERE isfinite(a.starts_at)
GROUP BY 1, 2, 3, 4, 5, 6
$$),
('session_month', 'session_month', 'Sessions offered and used by month and day of the week.', $$
WITH used AS (
    SELECT a.session_id,
        count(*) FILTER (WHERE a.status IN ('attended', 'did_not_attend', 'booked')) AS booked,
        count(*) FILTER (WHERE a.status = 'attended') AS attended
    FROM activity AS a
    WHERE a.session_id IS NOT NULL
    GROUP BY a.session_id
), usual AS (
    SELECT t.service_id, min(t.minutes) FILTER (WHERE t.minutes > 0) AS minutes FROM appointment_type AS t GROUP BY t.service_id
)
SELECT coalesce(s.site_id, '(unassigned)'), coalesce(n.service_id, '(unknown)'),
    date_trunc('month', n.starts_at AT TIME ZONE p.time_zone)::date,
    extract(isodow FROM n.starts_at AT TIME ZONE p.time_zone)::integer,
    count(*) FILTER (WHERE n.status IS DISTINCT FROM 'cancelled'),
    count(*) FILTER (WHERE n.status = 'cancelled'),
    sum(coalesce(n.slots, floor(n.minutes / nullif(n.slot_minutes, 0)), floor(n.minutes / t.minutes)))
        FILTER (WHERE n.status IS DISTINCT FROM 'cancelled'),
    coalesce(sum(u.booked), 0), coalesce(sum(u.attended), 0),
    sum(coalesce(n.minutes, n.slots * n.slot_minutes, extract(epoch FROM n.ends_at - n.starts_at) / 60))
        FILTER (WHERE n.status IS DISTINCT FROM 'cancelled')
FROM known_session AS n CROSS JOIN parameter AS p
    LEFT JOIN used AS u ON u.session_id = n.session_id
    LEFT JOIN usual AS t ON t.service_id = n.service_id
    LEFT JOIN known_site AS s ON s.site_id = n.site_id
WHERE n.starts_at <= p.as_at AND isfinite(n.starts_at)
GROUP BY 1, 2, 3, 4
$$),
('population_count', 'population_count', 'Registered or entitled people of each site, and residents of each area.', $$
WITH registered AS (
    SELECT g.site_id, n.age_band, n.sex, n.population_group, count(DISTINCT n.person_id)::numeric AS people
    FROM registration AS g CROSS JOIN parameter AS p
        JOIN known_person AS n ON n.person_id = g.person_id
    WHERE g.valid_from <= p.as_at_date AND coalesce(g.valid_to >= p.as_at_date, true)
        AND coalesce(n.death_date > p.as_at_date, true)
    GROUP BY 1, 2, 3, 4
), counted AS (
    SELECT c.*
    FROM (SELECT n.*, max(n.as_at) OVER (PARTITION BY n.site_id, n.area_id) AS latest
          FROM population AS n CROSS JOIN parameter AS p WHERE n.as_at <= p.as_at_date) AS c
    WHERE c.as_at = c.latest
)
SELECT 'registered', coalesce(s.site_id, '(unassigned)'), NULL, r.age_band, r.sex, r.population_group, sum(r.people), NULL::numeric
FROM registered AS r LEFT JOIN known_site AS s ON s.site_id = r.site_id
GROUP BY 2, 4, 5, 6
UNION ALL
SELECT CASE WHEN c.area_id IS NULL THEN 'counted' ELSE 'resident' END,
    coalesce(c.area_id, s.site_id, '(unassigned)'), min(a.name), coalesce(c.age_band, 'all'), coalesce(c.sex, 'all'),
    coalesce(c.population_group, 'all'), coalesce(sum(c.people), 0), sum(c.weight)
FROM counted AS c LEFT JOIN known_site AS s ON s.site_id = c.site_id
    LEFT JOIN known_area AS a ON a.area_id = c.area_id
GROUP BY 1, 2, 4, 5, 6
$$),
('standard_month', 'standard_month', 'Waits against every standard, by the month in which they ended.', $$
WITH wait AS (
    SELECT d.standard_id, d.limit_value, d.limit_unit, r.site_id, r.service_id, w.started, w.stopped,
        (w.started AT TIME ZONE p.time_zone)::date AS start_day, (w.stopped AT TIME ZONE p.time_zone)::date AS stop_day,
        coalesce(s.calendar_id, p.calendar_id) AS calendar_id
    FROM known_standard AS d CROSS JOIN parameter AS p
        JOIN known_service AS v ON coalesce(v.service_id = d.service_id, true) AND coalesce(v.kind = d.service_kind, true)
        JOIN referral_summary AS r ON r.service_id = v.service_id
        LEFT JOIN known_site AS s ON s.site_id = r.site_id
        CROSS JOIN LATERAL (SELECT
            CASE d.clock_start WHEN 'received' THEN r.received_at WHEN 'referred' THEN r.referred_at
                WHEN 'first_consultation' THEN r.first_consultation_at WHEN 'decision' THEN r.decision_at
                WHEN 'ready' THEN r.ready_at WHEN 'arrival' THEN r.arrival_at END AS started,
            CASE d.clock_stop WHEN 'first_contact' THEN r.first_contact_at WHEN 'assessment' THEN r.assessment_at
                WHEN 'treatment' THEN r.treatment_at WHEN 'discharge' THEN r.closed_at
                WHEN 'report' THEN r.report_at END AS stopped) AS w
    WHERE w.started <= w.stopped AND w.stopped <= p.as_at AND isfinite(w.started)
)
SELECT w.standard_id, w.site_id, w.service_id, date_trunc('month', w.stop_day)::date,
    count(*) FILTER (WHERE CASE w.limit_unit
        WHEN 'hour' THEN extract(epoch FROM w.stopped - w.started) <= w.limit_value * 3600
        WHEN 'day' THEN w.stop_day - w.start_day <= w.limit_value
        WHEN 'week' THEN w.stop_day - w.start_day <= w.limit_value * 7
        WHEN 'working_day' THEN e.ordinal - b.ordinal <= w.limit_value END),
    count(*)
FROM wait AS w
    LEFT JOIN working_day AS b ON w.limit_unit = 'working_day' AND b.calendar_id = w.calendar_id AND b.day = w.start_day
    LEFT JOIN working_day AS e ON w.limit_unit = 'working_day' AND e.calendar_id = w.calendar_id AND e.day = w.stop_day
GROUP BY 1, 2, 3, 4
$$),
('referrer_year', 'referrer_year', 'Each referring site''s referrals of the last twelve whole months against what its people''s age and sex lead one to expect.', $$
WITH span AS (
    SELECT date_trunc('month', p.as_at AT TIME ZONE p.time_zone) AT TIME ZONE p.time_zone AS until,
        (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 year') AT TIME ZONE p.time_zone AS since
    FROM parameter AS p
), stratum AS (
    SELECT c.unit_id AS site_id, c.age_band, c.sex, sum(c.people) AS people
    FROM population_count AS c WHERE c.basis = 'registered' AND c.unit_id <> '(unassigned)'
    GROUP BY c.unit_id, c.age_band, c.sex
), made AS (
    SELECT r.referrer_site_id AS site_id, r.service_id,
        coalesce(n.age_band, 'unknown') AS age_band, coalesce(n.sex, 'unknown') AS sex,
        count(*)::numeric AS referrals,
        count(*) FILTER (WHERE r.status = 'returned')::numeric AS returned,
        sum(r.attended) AS attended, sum(r.did_not_attend) AS did_not_attend
    FROM referral_summary AS r CROSS JOIN span AS t
        LEFT JOIN known_person AS n ON n.person_id = r.person_id
    WHERE r.received_at >= t.since AND r.received_at < t.until
    GROUP BY 1, 2, 3, 4
), rate AS (
    SELECT m.service_id, m.age_band, m.sex, m.referrals / s.people AS rate
    FROM (SELECT service_id, age_band, sex, sum(referrals) AS referrals
          FROM made WHERE site_id IN (SELECT site_id FROM stratum) GROUP BY 1, 2, 3) AS m
        JOIN (SELECT age_band, sex, sum(people) AS people FROM stratum GROUP BY 1, 2) AS s USING (age_band, sex)
), expected AS (
    SELECT s.site_id, r.service_id, sum(s.people * r.rate) AS expected
    FROM stratum AS s JOIN rate AS r USING (age_band, sex)
    GROUP BY 1, 2
), total AS (
    SELECT site_id, service_id, sum(referrals) AS referrals, sum(returned) AS returned,
        sum(attended) AS attended, sum(did_not_attend) AS did_not_attend
    FROM made GROUP BY 1, 2
)
SELECT coalesce(t.site_id, e.site_id), coalesce(t.service_id, e.service_id), coalesce(t.referrals, 0), e.expected,
    coalesce(t.returned, 0), coalesce(t.attended, 0), coalesce(t.did_not_attend, 0),
    (SELECT sum(s.people) FROM stratum AS s WHERE s.site_id = coalesce(t.site_id, e.site_id))
FROM total AS t FULL JOIN expected AS e ON e.site_id = t.site_id AND e.service_id = t.service_id
$$);

-- ==== src/hub/70_report.sql

-- The views of every hub besides its inputs: a little plumbing, and the
-- reports.  Reports show standard types only and read result tables, so that
-- a dashboard never starts heavy work.

CREATE FUNCTION wilson_limit(numerator numeric, denominator numeric, z double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN CASE WHEN denominator > 0 THEN
    (numerator::double precision / denominator::double precision + z * z / (2 * denominator::double precision)
     + z * sqrt(numerator::double precision / denominator::double precision
                * (1 - numerator::double precision / denominator::double precision) / denominator::double precision
                + z * z / (4 * denominator::double precision * denominator::double precision)))
    / (1 + z * z / denominator::double precision) END;

COMMENT ON FUNCTION wilson_limit(numeric, numeric, double precision) IS
'A limit of the Wilson score interval of a proportion: z = -1.959963984540054 gives the lower and 1.959963984540054 the upper 95 % limit. NULL, or a denominator that is not above 0, gives NULL. Wilson, J Am Stat Assoc 1927;22:209-12.';

CREATE FUNCTION byar_limit(events numeric, z double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN CASE WHEN z < 0 AND events = 0 THEN 0
            WHEN z < 0 THEN events::double precision * power(1 - 1 / (9 * events::double precision) + z / (3 * sqrt(events::double precision)), 3)
            ELSE (events + 1)::double precision * power(1 - 1 / (9 * (events + 1)::double precision) + z / (3 * sqrt((events + 1)::double precision)), 3) END;

COMMENT ON FUNCTION byar_limit(numeric, double precision) IS
'A limit of Byar''s interval of a count of events: z = -1.959963984540054 gives the lower and 1.959963984540054 the upper 95 % limit. NULL gives NULL. Breslow and Day, Statistical Methods in Cancer Research, volume II, 1987, p. 69.';

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('parameter', 'plumbing', NULL, 'The moment, zone, hierarchy and calendar that steps and reports use: the hub''s settings, or what the session chose.', $$
SELECT coalesce(nullif(current_setting('caregroup.as_at', true), '')::timestamptz, s.as_at, now()) AS as_at,
    (coalesce(nullif(current_setting('caregroup.as_at', true), '')::timestamptz, s.as_at, now()) AT TIME ZONE s.time_zone)::date AS as_at_date,
    s.time_zone,
    coalesce(nullif(current_setting('caregroup.hierarchy', true), ''), s.hierarchy) AS hierarchy,
    s.calendar_id, s.stale_after_hours
FROM (SELECT max(value) FILTER (WHERE name = 'as_at')::timestamptz AS as_at,
          max(value) FILTER (WHERE name = 'time_zone') AS time_zone,
          max(value) FILTER (WHERE name = 'hierarchy') AS hierarchy,
          max(value) FILTER (WHERE name = 'calendar_id') AS calendar_id,
          max(value) FILTER (WHERE name = 'stale_after_hours')::numeric AS stale_after_hours
      FROM setting) AS s
$$, $$
    as_at             -- Moment for which results are worked out.
    as_at_date        -- Its day in the hub's time zone.
    time_zone         -- Time zone in which days and months are counted.
    hierarchy         -- Hierarchy that reports roll up.
    calendar_id       -- Calendar of sites that name none.
    stale_after_hours -- Age in hours at which a result counts as stale.
$$),
('known_organisation', 'plumbing', NULL, 'Each organisation once, also where its key comes twice.', $$
SELECT DISTINCT ON (o.organisation_id) o.* FROM organisation AS o WHERE o.organisation_id IS NOT NULL ORDER BY o.organisation_id, o::text
$$, ''),
('known_site', 'plumbing', NULL, 'Each site once, also where its key comes twice.', $$
SELECT DISTINCT ON (s.site_id) s.* FROM site AS s WHERE s.site_id <> '(unassigned)' ORDER BY s.site_id, s::text
$$, ''),
('known_service', 'plumbing', NULL, 'Each service once, also where its key comes twice.', $$
SELECT DISTINCT ON (s.service_id) s.* FROM service AS s WHERE s.service_id IS NOT NULL ORDER BY s.service_id, s::text
$$, ''),
('known_standard', 'plumbing', NULL, 'Each standard once, also where its key comes twice.', $$
SELECT DISTINCT ON (s.standard_id) s.* FROM service_standard AS s WHERE s.standard_id IS NOT NULL ORDER BY s.standard_id, s::text
$$, ''),
('known_area', 'plumbing', NULL, 'Each area''s name once, also where its key comes twice.', $$
SELECT a.area_id, min(a.name) AS name FROM area AS a WHERE a.area_id IS NOT NULL GROUP BY a.area_id
$$, $$
    area_id           -- Area.
    name              -- Name to print.
$$),
('known_session', 'plumbing', NULL, 'Each session once, also where its key comes twice.', $$
SELECT DISTINCT ON (n.session_id) n.* FROM session AS n WHERE n.session_id IS NOT NULL
ORDER BY n.session_id, n.starts_at, n.site_id, n.service_id, n.status, n.slots, n.minutes
$$, ''),
('known_person', 'plumbing', NULL, 'Each person''s age band and sex once, also where the key comes twice.', $$
SELECT DISTINCT ON (n.person_id) n.person_id, n.birth_date, n.death_date,
    CASE WHEN a.years IS NULL THEN 'unknown'
         WHEN a.years >= 90 THEN '90+'
         ELSE lpad((a.years / 5 * 5)::text, 2, '0') || '-' || lpad((a.years / 5 * 5 + 4)::text, 2, '0') END AS age_band,
    coalesce(n.sex, 'unknown') AS sex, coalesce(n.population_group, 'registered') AS population_group
FROM person AS n CROSS JOIN parameter AS p
    CROSS JOIN LATERAL (SELECT CASE WHEN isfinite(n.birth_date) THEN greatest(extract(year FROM age(p.as_at_date, n.birth_date))::integer, 0) END AS years) AS a
WHERE n.person_id IS NOT NULL
ORDER BY n.person_id, n.birth_date, n.sex, n.population_group, n.death_date
$$, $$
    person_id         -- Person.
    birth_date        -- Day of birth.
    death_date        -- Day of death.
    age_band          -- Five-year age band as at the hub's moment, or unknown.
    sex               -- Sex, or unknown.
    population_group  -- Group of people; registered where the person has none.
$$),
('run_history', 'plumbing', NULL, 'A run of recalculate() as it is now: a dead one shows as interrupted.', $$
SELECT r.run, r.started, r.finished,
    CASE WHEN r.state = 'running' AND NOT caregroup.run_is_alive(r.pid, r.backend_start, r.called_at) THEN 'interrupted' ELSE r.state END AS state,
    r.as_at, r.error, r.run_by,
    (SELECT count(*) FROM recalculation_step AS s WHERE s.run = r.run AND s.state = 'finished') AS steps_finished,
    (SELECT count(*) FROM caregroup.hub_step) AS steps
FROM recalculation AS r
$$, $$
    run               -- Number of the run.
    started           -- Start.
    finished          -- End, good or bad.
    state             -- running, finished, failed or interrupted.
    as_at             -- Moment for which results are worked out.
    error             -- What went wrong.
    run_by            -- Who ran it.
    steps_finished    -- Steps that are done.
    steps             -- Steps of a whole run.
$$),
('staleness', 'plumbing', NULL, 'A report and how fresh it is.', $$
SELECT v.view_name AS report, v.step, t.as_at, t.recalculated_at,
    round((extract(epoch FROM now() - t.recalculated_at) / 3600)::numeric, 1) AS age_hours,
    coalesce(extract(epoch FROM now() - t.recalculated_at) / 3600 > p.stale_after_hours, true) AS is_stale
FROM caregroup.hub_view AS v
    CROSS JOIN parameter AS p
    LEFT JOIN result_state AS t ON t.step = v.step
WHERE v.kind = 'report'
$$, $$
    report            -- Report.
    step              -- Step of recalculate() that it reads.
    as_at             -- Moment for which its figures are worked out.
    recalculated_at   -- When they were worked out; NULL where they never were.
    age_hours         -- Hours since then.
    is_stale          -- Whether that is longer ago than the setting stale_after_hours allows.
$$),
('report_waiting_list', 'report', 'waiting', 'Referrals that wait for first contact now, by site, service and whole weeks waited, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
    w.service_id, min(v.service_name) AS service_name, w.weeks_waited, sum(w.referrals)::bigint AS referrals,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h
    JOIN waiting AS w ON w.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = w.service_id
    LEFT JOIN result_state AS t ON t.step = 'waiting'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.service_id, w.weeks_waited
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    weeks_waited      -- Whole weeks since the referral was received.
    referrals         -- Open referrals without a first contact.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_referral_flow', 'report', 'referral_flow', 'Referrals received, seen and closed in each month, by site and service, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
    f.service_id, min(v.service_name) AS service_name, f.month AS period_start, 'month'::text AS period_kind,
    f.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    sum(f.received)::bigint AS received, sum(f.seen)::bigint AS seen, sum(f.closed)::bigint AS closed,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h
    JOIN referral_flow AS f ON f.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = f.service_id
    LEFT JOIN result_state AS t ON t.step = 'referral_flow'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, f.service_id, f.month
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    received          -- Referrals received in the month.
    seen              -- Referrals whose first contact was in the month.
    closed            -- Referrals closed in the month.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_demand', 'report', 'demand', 'Requests for care in each month, by site, service, source and modality, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
    d.service_id, min(v.service_name) AS service_name, d.month AS period_start, 'month'::text AS period_kind,
    d.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    d.source, d.modality, sum(d.requests) AS requests, sum(d.unmet) AS unmet, sum(d.minutes_requested) AS minutes_requested,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h
    JOIN demand AS d ON d.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = d.service_id
    LEFT JOIN result_state AS t ON t.step = 'demand'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, d.service_id, d.month, d.source, d.modality
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    source            -- referral or contact_request.
    modality          -- Of a referral: how the person was first seen, or not seen. Of a contact request: its channel.
    requests          -- Requests for care.
    unmet             -- Of these, referrals returned or redirected and contact requests unmet, abandoned or redirected.
    minutes_requested -- Minutes of first appointments asked for, at the service's usual length; NULL where that is not known.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_activity', 'report', 'activity_month', 'Activity of each month, by site, service, modality, setting and kind, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
    a.service_id, min(v.service_name) AS service_name, a.month AS period_start, 'month'::text AS period_kind,
    a.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    a.modality, a.setting, a.kind,
    sum(a.attended) AS attended, sum(a.did_not_attend) AS did_not_attend,
    sum(a.cancelled_by_person) AS cancelled_by_person, sum(a.cancelled_by_provider) AS cancelled_by_provider,
    sum(a.booked) AS booked, sum(a.minutes_attended) AS minutes_attended, sum(a.cost_gbp) AS cost_gbp,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h
    JOIN activity_month AS a ON a.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = a.service_id
    LEFT JOIN result_state AS t ON t.step = 'activity_month'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, a.service_id, a.month, a.modality, a.setting, a.kind
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    modality          -- How people were seen.
    setting           -- primary, community or acute.
    kind              -- Kind of activity.
    attended          -- Activities attended.
    did_not_attend    -- Activities not attended.
    cancelled_by_person -- Activities cancelled by the person.
    cancelled_by_provider -- Activities cancelled by the provider.
    booked            -- Activities booked and not yet due.
    minutes_attended  -- Minutes of attended activities.
    cost_gbp          -- Cost of attended activities in pounds, or their price where the cost is not known.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_population', 'report', 'population_count', 'Registered or entitled people of each site by age and sex, rolled up, and residents of each area.', $$
WITH unit AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, c.*
    FROM chain AS h
        JOIN population_count AS c ON c.unit_id = h.site_id AND c.basis <> 'resident'
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    UNION ALL
    SELECT p.hierarchy, CASE level WHEN 0 THEN '(all areas)' ELSE c.unit_id END,
        CASE level WHEN 0 THEN 'All areas' ELSE coalesce(c.unit_name, c.unit_id) END, 'area', level, c.*
    FROM population_count AS c
        CROSS JOIN parameter AS p
        CROSS JOIN generate_series(0, 1) AS level
    WHERE c.basis = 'resident'
)
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level,
    u.basis, u.age_band, u.sex, u.population_group, sum(u.people) AS people, sum(u.weighted) AS weighted_people,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM unit AS u LEFT JOIN result_state AS t ON t.step = 'population_count'
GROUP BY u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, u.basis, u.age_band, u.sex, u.population_group
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    basis             -- registered: people of the table of registrations; counted: a site's given count; resident: an area's given count. Add up one basis only.
    age_band          -- Five-year age band such as 40-44, 90+, unknown, or all where the count is not split.
    sex               -- Sex, or all where the count is not split.
    population_group  -- Group of people, or all where the count is not split.
    people            -- How many.
    weighted_people   -- Weighted count, where given.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_standard', 'report', 'standard_month', 'Performance against each standard in each month, by site and service, rolled up.', $$
WITH month AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
        m.standard_id, m.service_id, m.month, sum(m.numerator) AS numerator, sum(m.denominator) AS denominator
    FROM chain AS h
        JOIN standard_month AS m ON m.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, m.standard_id, m.service_id, m.month
), recent AS (
    SELECT m.*,
        sum(m.numerator) OVER last_three AS numerator_last, sum(m.denominator) OVER last_three AS denominator_last,
        sum(m.numerator) OVER three_before AS numerator_before, sum(m.denominator) OVER three_before AS denominator_before
    FROM month AS m
    WINDOW unit AS (PARTITION BY m.hierarchy, m.organisation_kind, m.organisation_id, m.standard_id, m.service_id ORDER BY m.month),
        last_three AS (unit RANGE BETWEEN interval '2 months' PRECEDING AND CURRENT ROW),
        three_before AS (unit RANGE BETWEEN interval '5 months' PRECEDING AND interval '3 months' PRECEDING)
), tested AS (
    SELECT r.*, r.numerator_last / r.denominator_last - r.numerator_before / r.denominator_before AS change,
        (r.numerator_last + r.numerator_before) / (r.denominator_last + r.denominator_before) AS pooled
    FROM recent AS r
)
SELECT m.hierarchy, m.organisation_id, m.organisation_name, m.organisation_kind, m.organisation_level,
    m.standard_id, d.standard_name, m.service_id, v.service_name,
    m.month AS period_start, 'month'::text AS period_kind,
    m.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    m.numerator::bigint AS numerator, m.denominator::bigint AS denominator,
    (m.numerator / m.denominator)::double precision AS value,
    caregroup.wilson_limit(m.numerator, m.denominator, -1.959963984540054) AS lower,
    caregroup.wilson_limit(m.numerator, m.denominator, 1.959963984540054) AS upper,
    coalesce(g.value, d.threshold)::double precision AS target,
    m.numerator / m.denominator >= coalesce(g.value, d.threshold) AS meets_target,
    m.change::double precision AS change_three_months,
    CASE WHEN m.change IS NULL THEN NULL
         WHEN least(m.denominator_last, m.denominator_before) < 20 THEN 'too few'
         WHEN m.pooled IN (0, 1) OR abs(m.change) < 1.959963984540054
             * sqrt((m.pooled * (1 - m.pooled) * (1 / m.denominator_last + 1 / m.denominator_before))::double precision) THEN 'no clear change'
         WHEN m.change > 0 THEN 'improving'
         ELSE 'worsening' END AS direction,
    t.as_at, t.recalculated_at
FROM tested AS m
    JOIN standard_name AS d ON d.standard_id = m.standard_id
    LEFT JOIN service_name AS v ON v.service_id = m.service_id
    LEFT JOIN standard_target AS g ON g.organisation_id = m.organisation_id AND g.standard_id = m.standard_id AND g.month = m.month
    LEFT JOIN result_state AS t ON t.step = 'standard_month'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    standard_id       -- Standard.
    standard_name     -- Name to print.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    numerator         -- Waits that ended in the month within the limit.
    denominator       -- Waits that ended in the month.
    value             -- Share within the limit.
    lower             -- Lower limit of its 95 % Wilson interval.
    upper             -- Upper limit of its 95 % Wilson interval.
    target            -- Share to reach: the organisation's target for the month, or the standard's threshold; NULL where none is set.
    meets_target      -- Whether the share reaches the target.
    change_three_months -- Share of the three months to this one less the share of the three before.
    direction         -- improving or worsening where that change is statistically clear (difference of two proportions, two-sided 5 %), no clear change where it is not, too few where either three months hold fewer than 20 waits; NULL where there are no three months before.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_session_use', 'report', 'session_month', 'How sessions were used in each month on each day of the week, by site and service, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
    n.service_id, min(v.service_name) AS service_name, n.month AS period_start, 'month'::text AS period_kind,
    n.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    n.weekday, (ARRAY['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])[n.weekday] AS weekday_name,
    sum(n.sessions)::bigint AS sessions, sum(n.cancelled)::bigint AS sessions_cancelled,
    sum(n.slots_offered) AS slots_offered, sum(n.slots_booked) AS slots_booked, sum(n.slots_attended) AS slots_attended,
    (sum(n.slots_booked) / nullif(sum(n.slots_offered), 0))::double precision AS booked_share,
    sum(n.minutes_offered) AS minutes_offered,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h
    JOIN session_month AS n ON n.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = n.service_id
    LEFT JOIN result_state AS t ON t.step = 'session_month'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, n.service_id, n.month, n.weekday
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    weekday           -- 1 Monday to 7 Sunday.
    weekday_name      -- Day of the week.
    sessions          -- Sessions not cancelled.
    sessions_cancelled -- Sessions cancelled.
    slots_offered     -- Slots of the sessions not cancelled.
    slots_booked      -- Slots booked and not cancelled.
    slots_attended    -- Slots attended.
    booked_share      -- Slots booked over slots offered; NULL where none were offered.
    minutes_offered   -- Minutes of the sessions not cancelled.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_referrer_variation', 'report', 'referrer_year', 'Referrals of the last twelve whole months by who referred, against what the age and sex of their people lead one to expect, rolled up.', $$
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level,
    u.service_id, v.service_name, (u.until - interval '1 year')::date AS period_start, 'year'::text AS period_kind,
    u.people, u.referrals, u.expected, (1000 * u.compared / u.people)::double precision AS per_1000_people,
    (u.compared / u.expected)::double precision AS ratio,
    caregroup.byar_limit(u.compared, -1.959963984540054) / u.expected::double precision AS lower,
    caregroup.byar_limit(u.compared, 1.959963984540054) / u.expected::double precision AS upper,
    u.returned, (u.returned / nullif(u.referrals, 0))::double precision AS returned_share,
    u.did_not_attend, (u.did_not_attend / nullif(u.attended + u.did_not_attend, 0))::double precision AS did_not_attend_share,
    u.as_at, u.recalculated_at
FROM (SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, r.service_id,
          date_trunc('month', min(t.as_at) AT TIME ZONE (SELECT p.time_zone FROM parameter AS p)) AS until,
          nullif(sum(r.people), 0) AS people, sum(r.referrals) AS referrals, nullif(sum(r.expected), 0) AS expected,
          -- Sites without registered people have no expected number, so they stay out of the ratio.
          sum(r.referrals) FILTER (WHERE r.expected IS NOT NULL) AS compared,
          sum(r.returned) AS returned, sum(r.attended) AS attended, sum(r.did_not_attend) AS did_not_attend,
          min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
      FROM chain AS h
          JOIN referrer_year AS r ON r.site_id = h.site_id
          LEFT JOIN result_state AS t ON t.step = 'referrer_year'
      WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
      GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, r.service_id) AS u
    LEFT JOIN service_name AS v ON v.service_id = u.service_id
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the twelve months.
    period_kind       -- year.
    people            -- People registered; NULL where none are.
    referrals         -- Referrals made.
    expected          -- Referrals expected if each age band and sex referred at the rate of all sites together.
    per_1000_people   -- Referrals per 1,000 people registered, of sites that have registered people.
    ratio             -- Referrals over expected, of the same sites. Two ratios are each against the whole, not against each other.
    lower             -- Lower limit of its 95 % interval (Byar).
    upper             -- Upper limit of its 95 % interval (Byar).
    returned          -- Referrals returned to the referrer.
    returned_share    -- Referrals returned over referrals.
    did_not_attend    -- Activities of these referrals not attended.
    did_not_attend_share -- Activities not attended over those attended or not.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);

-- ==== src/hub/80_maintain.sql

-- What a DBA does with a hub: settings, grants, suspending, repairing,
-- upgrading, taking away.

CREATE FUNCTION check_setting(setting text, value text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    accepts text;
BEGIN
    SELECT s.accepts INTO accepts FROM caregroup.hub_setting AS s WHERE s.name = check_setting.setting;
    IF accepts <> 'moment' AND (value IS NULL OR value = '') THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('setting %s cannot be empty', setting);
    END IF;
    IF accepts = 'zone' THEN
        PERFORM now() AT TIME ZONE value;
    ELSIF accepts = 'hierarchy' THEN
        PERFORM caregroup.require_choice('hierarchy', value,
            (SELECT c.allowed FROM caregroup.contract_column AS c
             WHERE c.entity = 'organisation_link' AND c.column_name = 'hierarchy'));
    ELSIF accepts = 'moment' AND NOT isfinite(value::timestamptz) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('setting %s must be a finite moment', setting);
    ELSIF accepts = 'number' AND NOT (value::numeric > 0 AND value::numeric < 1e9) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('setting %s must be above 0 and below 1,000,000,000', setting);
    END IF;
END
$$;

COMMENT ON FUNCTION check_setting(text, text) IS
'Does nothing if the value suits the setting of a hub; an error (invalid_parameter_value, invalid_text_representation, invalid_datetime_format) if not.';

CREATE FUNCTION unambiguous_moment(moment timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN pg_catalog.to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

COMMENT ON FUNCTION unambiguous_moment(timestamptz) IS
'The moment as text that means the same in every session, whatever its TimeZone and DateStyle. NULL gives NULL.';

CREATE FUNCTION unambiguous_moment(moment text, time_zone text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1
RETURN caregroup.unambiguous_moment(
    CASE WHEN moment ~ '^\s*\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?\s*$' THEN moment::timestamp AT TIME ZONE time_zone
         ELSE moment::timestamptz END);

COMMENT ON FUNCTION unambiguous_moment(text, text) IS
'A moment as typed, in the given time zone where it names none, as text that means the same in every session. NULL gives NULL.';

CREATE FUNCTION configure_hub(hub text, setting text, value text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM caregroup.require_hub(hub);
    PERFORM caregroup.require_choice('setting', setting,
        (SELECT array_agg(s.name ORDER BY s.ordinal) FROM caregroup.hub_setting AS s WHERE s.accepts <> 'fixed'));
    PERFORM caregroup.check_setting(setting, value);
    IF setting = 'as_at' THEN
        value := caregroup.unambiguous_moment(value, caregroup.get_hub_setting(hub, 'time_zone'));
    END IF;
    EXECUTE format('UPDATE %I.setting AS s SET value = $2 WHERE s.name = $1', hub) USING setting, value;
    RETURN format('%I: %s is %s', hub, setting, coalesce(value, 'not set'));
END
$$;

COMMENT ON FUNCTION configure_hub(text, text, text) IS
'Changes one of a hub''s settings after checking the value; hub.setting lists them with their meaning. A moment without a zone is one of the hub''s time zone. Errors: invalid_schema_name, invalid_parameter_value.';

CREATE FUNCTION suspend_hub(hub text) RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    suspended text;
    done      integer := 0;
BEGIN
    PERFORM caregroup.require_hub(hub);
    FOR suspended IN EXECUTE format('UPDATE %I.binding AS b SET suspended = true WHERE NOT b.suspended RETURNING b.entity', hub) LOOP
        PERFORM caregroup.make_input_view(hub, suspended);
        done := done + 1;
    END LOOP;
    RETURN done;
END
$$;

COMMENT ON FUNCTION suspend_hub(text) IS
'Empties every input view, so that the tables under them can be altered or dropped; the bindings are remembered for resume_hub(). Returns how many inputs were suspended.';

CREATE FUNCTION resume_hub(hub text) RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    resumed record;
    done    integer := 0;
BEGIN
    PERFORM caregroup.require_hub(hub);
    FOR resumed IN EXECUTE format('SELECT b.entity, b.query, b.security, b.search_path FROM %I.binding AS b WHERE b.suspended ORDER BY b.entity', hub) LOOP
        BEGIN
            PERFORM caregroup.bind_on(hub, resumed.entity, resumed.query, resumed.security, resumed.search_path);
        EXCEPTION WHEN OTHERS THEN
            RAISE EXCEPTION USING ERRCODE = SQLSTATE,
                MESSAGE = format('entity %I cannot be bound again: %s', resumed.entity, SQLERRM),
                HINT = 'Mend its source, or call unbind() for it and resume again.';
        END;
        done := done + 1;
    END LOOP;
    RETURN done;
END
$$;

COMMENT ON FUNCTION resume_hub(text) IS
'Binds again what suspend_hub() suspended, each query on the search path on which it was bound. Returns how many. An input that cannot be bound any more is an error that names it, and nothing is changed.';

CREATE FUNCTION repair_hub(hub text, OUT object text, OUT state text, OUT problem text)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 ROWS 60
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    broken record;
    role   record;
BEGIN
    PERFORM caregroup.require_hub(hub);
    PERFORM caregroup.build_hub_inputs(hub);
    FOR broken IN EXECUTE format('SELECT b.entity, b.query, b.security, b.search_path FROM %I.binding AS b WHERE NOT b.suspended ORDER BY b.entity', hub) LOOP
        object := broken.entity;
        problem := NULL;
        BEGIN
            PERFORM caregroup.bind_on(hub, broken.entity, broken.query, broken.security, broken.search_path);
            state := 'bound';
        EXCEPTION WHEN OTHERS THEN
            PERFORM caregroup.make_input_view(hub, broken.entity);
            state := 'empty';
            problem := SQLERRM;
        END;
        RETURN NEXT;
    END LOOP;
    PERFORM caregroup.build_hub_views(hub);
    FOR role IN EXECUTE format('SELECT g.role_name, g.template FROM %I.granted AS g ORDER BY g.role_name', hub) LOOP
        object := role.role_name;
        problem := NULL;
        IF to_regrole(quote_ident(role.role_name)) IS NULL THEN
            state := 'not granted';
            problem := 'the role does not exist';
        ELSE
            PERFORM caregroup.apply_grant(hub, role.role_name, role.template);
            state := 'granted as ' || role.template;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;

COMMENT ON FUNCTION repair_hub(text) IS
'Makes again whatever a DROP … CASCADE took away from a hub: tables, input views from the kept bindings, reports, comments and grants. One row for each binding and grant; an input that cannot be bound any more is left empty, with the problem named.';

CREATE FUNCTION apply_grant(hub text, role text, template text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reports text;
    inputs  text;
    states  text;
    results text;
BEGIN
    SELECT string_agg(format('%I.%I', hub, v.view_name), ', ') FILTER (WHERE v.kind = 'report' OR template = 'loader')
    INTO reports FROM caregroup.hub_view AS v;
    SELECT string_agg(format('%I.%I', hub, e.entity), ', ') INTO inputs FROM caregroup.contract_entity AS e;
    SELECT string_agg(format('%I.%I', hub, t.table_name), ', ') FILTER (WHERE t.kind = 'state'),
        string_agg(format('%I.%I', hub, t.table_name), ', ') FILTER (WHERE t.kind = 'result')
    INTO states, results FROM caregroup.hub_table AS t;

    -- A loader who becomes a reader keeps nothing of the old template.
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', hub, role);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', hub, role);
    EXECUTE format('GRANT SELECT ON %s TO %I', reports, role);
    EXECUTE format('GRANT SELECT ON %1$I.parameter, %1$I.staleness, %1$I.run_history, %1$I.setting, %1$I.recalculation, %1$I.recalculation_step, %1$I.result_state TO %2$I', hub, role);
    IF template = 'loader' THEN
        EXECUTE format('GRANT SELECT ON %s TO %I', inputs, role);
        EXECUTE format('GRANT SELECT ON %s TO %I', states, role);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', results, role);
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %1$I.recalculation, %1$I.recalculation_step, %1$I.result_state, %1$I.check_result TO %2$I', hub, role);
    END IF;
END
$$;

COMMENT ON FUNCTION apply_grant(text, text, text) IS
'Grants what a template names, without remembering it. For the hub''s own functions.';

CREATE FUNCTION give_hub(hub text, role text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owned record;
BEGIN
    EXECUTE format('ALTER SCHEMA %I OWNER TO %I', hub, role);
    FOR owned IN
        SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind, c.relname
        FROM pg_class AS c
        WHERE c.relnamespace = to_regnamespace(quote_ident(hub)) AND c.relkind IN ('r', 'v')
            AND (EXISTS (SELECT FROM caregroup.hub_table AS t WHERE t.table_name = c.relname)
                 OR EXISTS (SELECT FROM caregroup.hub_view AS v WHERE v.view_name = c.relname)
                 OR EXISTS (SELECT FROM caregroup.contract_entity AS e WHERE e.entity = c.relname))
        ORDER BY c.relname
    LOOP
        EXECUTE format('ALTER %s %I.%I OWNER TO %I', owned.kind, hub, owned.relname, role);
    END LOOP;
END
$$;

COMMENT ON FUNCTION give_hub(text, text) IS
'Makes a role the owner of a hub''s schema and of everything that the extension made in it. For grant_hub().';

CREATE FUNCTION grant_hub(hub text, role text, template text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM caregroup.require_hub(hub);
    PERFORM caregroup.require_choice('template', template, '{reader,loader,owner}');
    IF role IS NULL OR to_regrole(quote_ident(role)) IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = format('there is no role named %s', coalesce(quote_ident(role), 'NULL'));
    END IF;
    IF template = 'owner' THEN
        PERFORM caregroup.give_hub(hub, role);
        RETURN format('%I owns %I', role, hub);
    END IF;
    PERFORM caregroup.apply_grant(hub, role, template);
    EXECUTE format('INSERT INTO %I.granted AS g (role_name, template) VALUES ($1, $2)
                    ON CONFLICT (role_name) DO UPDATE SET template = excluded.template', hub) USING role, template;
    RETURN format('%I is a %s of %I', role, template, hub);
END
$$;

COMMENT ON FUNCTION grant_hub(text, text, text) IS
'Grants a role one of three templates: reader reads the reports and nothing about single people; loader also reads the inputs and may run recalculate() and check_hub(); owner becomes the owner of the hub and may bind, grant and drop. Remembered, so that repair_hub() grants again. An owner must itself be able to read what is bound.';

CREATE FUNCTION upgrade_hub(hub text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    version_now text := caregroup.caregroup_version();
    failed      text;
BEGIN
    PERFORM caregroup.require_hub(hub);
    SELECT string_agg(format('%I: %s', r.object, r.problem), '; ') INTO failed
    FROM caregroup.repair_hub(hub) AS r WHERE r.problem IS NOT NULL;
    IF failed IS NOT NULL THEN
        RAISE WARNING USING MESSAGE = format('not everything of %I could be made again', hub), DETAIL = failed || '.',
            HINT = 'Mend the causes and call caregroup.repair_hub().';
    END IF;
    EXECUTE format('INSERT INTO %I.setting (name, value, meaning, version)
                    SELECT s.name, s.initial, s.meaning, $1 FROM caregroup.hub_setting AS s ORDER BY s.ordinal
                    ON CONFLICT (name) DO UPDATE SET meaning = excluded.meaning, version = excluded.version', hub)
    USING version_now;
    RETURN format('%I is at version %s', hub, version_now);
END
$$;

COMMENT ON FUNCTION upgrade_hub(text) IS
'Brings a hub to the version of the installed extension: new tables, columns, settings, inputs and reports are added, reports are made anew, and bindings, results and grants stay.';

CREATE FUNCTION drop_hub(hub text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    views  text;
    tables text;
BEGIN
    PERFORM caregroup.require_hub(hub);
    SELECT string_agg(format('%I.%I', hub, c.relname), ', ') FILTER (WHERE c.relkind = 'v'),
        string_agg(format('%I.%I', hub, c.relname), ', ') FILTER (WHERE c.relkind = 'r')
    INTO views, tables
    FROM pg_class AS c
    WHERE c.relnamespace = to_regnamespace(quote_ident(hub)) AND c.relkind IN ('r', 'v')
        AND (EXISTS (SELECT FROM caregroup.hub_table AS t WHERE t.table_name = c.relname)
             OR EXISTS (SELECT FROM caregroup.hub_view AS v WHERE v.view_name = c.relname)
             OR EXISTS (SELECT FROM caregroup.contract_entity AS e WHERE e.entity = c.relname));
    -- No CASCADE: what others made on top of the hub is theirs, and
    -- PostgreSQL names it.
    IF views IS NOT NULL THEN
        EXECUTE 'DROP VIEW ' || views;
    END IF;
    EXECUTE 'DROP TABLE ' || tables;
    EXECUTE format('DROP SCHEMA %I', hub);
    RETURN hub;
END
$$;

COMMENT ON FUNCTION drop_hub(text) IS
'Takes a hub away: its input views, reports, results and settings, and the schema. The bound tables are not touched. Refused (dependent_objects_still_exist) where something that the extension did not make lies in the schema or depends on it; nothing is dropped then.';
