-- caregroup 1.0 to 1.1.
\echo Use "ALTER EXTENSION caregroup UPDATE" to load this file. \quit

-- What is no longer there, or comes back with other arguments or results.

DROP FUNCTION lock_hub(text, text);

-- Results about single people, and views that readers may see, got kinds of
-- their own.

ALTER TABLE hub_table DROP CONSTRAINT hub_table_kind_check;
ALTER TABLE hub_table ADD CONSTRAINT hub_table_kind_check CHECK (kind IN ('state', 'result', 'record'));
ALTER TABLE hub_view DROP CONSTRAINT hub_view_kind_check;
ALTER TABLE hub_view ADD CONSTRAINT hub_view_kind_check CHECK (kind IN ('plumbing', 'shared', 'report', 'published'));

-- Steps may keep rows that are still good, and run on all cores.

ALTER TABLE hub_step ADD COLUMN stale text;
ALTER TABLE hub_step ADD COLUMN in_parallel boolean NOT NULL DEFAULT false;

-- The extension's own data are made anew further down.

TRUNCATE contract_cast, contract_column, contract_entity, contract_rule, hub_setting, hub_step, hub_table, hub_view RESTART IDENTITY;

-- What is new or changed.

CREATE TYPE ods_code;

CREATE FUNCTION ods_code_in(cstring) RETURNS ods_code
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_ods_code_in';

COMMENT ON FUNCTION ods_code_in(cstring) IS
'Input of ods_code: one to nine letters A to Z, in either case, and digits; blanks around them allowed. Anything else is error 22P02, which never shows the value. NULL gives NULL.';

CREATE FUNCTION ods_code_out(ods_code) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_ods_code_out';

COMMENT ON FUNCTION ods_code_out(ods_code) IS
'Output of ods_code: its characters, letters in upper case. NULL gives NULL.';

CREATE FUNCTION ods_code_recv(internal) RETURNS ods_code
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_ods_code_recv';

COMMENT ON FUNCTION ods_code_recv(internal) IS
'Binary input of ods_code: its characters. Anything that is no ODS code is error 22P03, which never shows the value. NULL gives NULL.';

CREATE FUNCTION ods_code_send(ods_code) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_ods_code_send';

COMMENT ON FUNCTION ods_code_send(ods_code) IS
'Binary output of ods_code: its characters. NULL gives NULL.';

CREATE TYPE ods_code (
	INPUT = ods_code_in,
	OUTPUT = ods_code_out,
	RECEIVE = ods_code_recv,
	SEND = ods_code_send,
	LIKE = int8,
	CATEGORY = 'U'
);

COMMENT ON TYPE ods_code IS
'A code of the NHS Organisation Data Service (practice, network, site, trust, integrated care board, …): one to nine letters and digits, letters in upper case. 8 bytes; the order is that of the text, byte by byte. It holds every code of that form: ods_kind() says what the form means, ods_code_problem(text, level) which codes stand for nobody. Source: NHS England, Organisations and services, ODS codes.';

CREATE FUNCTION ods_code(value text) RETURNS ods_code
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_ods_code_from_text';

COMMENT ON FUNCTION ods_code(text) IS
'The text as an ods_code, by the rules of the type''s input; anything else is error 22P02, which never shows the value. NULL gives NULL.';

CREATE CAST (text AS ods_code) WITH FUNCTION ods_code(text);

COMMENT ON CAST (text AS ods_code) IS
'Explicit, because it fails on a text that is no ODS code; try_ods_code() gives NULL instead.';

CREATE CAST (ods_code AS text) WITH INOUT AS ASSIGNMENT;

COMMENT ON CAST (ods_code AS text) IS
'The code''s characters. On assignment, so that an ods_code can be inserted into a text column.';

CREATE FUNCTION try_ods_code(value text) RETURNS ods_code
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_try_ods_code';

COMMENT ON FUNCTION try_ods_code(text) IS
'The text as an ods_code, or NULL where it is none: exactly where ods_code_problem(value) gives a reason. Never an error. NULL gives NULL.';

CREATE FUNCTION ods_code_problem(value text, level text DEFAULT 'format')
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_ods_code_problem';

COMMENT ON FUNCTION ods_code_problem(text, text) IS
'Why a text is no ODS code, as one word, or NULL where nothing is wrong. Each level demands all that the one before does. format, the type''s own rule: one to nine letters and digits (empty, character, length; the gravest is named). known_form: a form for which ods_kind() has a word (unknown_form). issued: no default code, which stands for nobody (pseudo). Whether the code is in the register, only the register says. Another level is error 22023. NULL gives NULL. Source: NHS England, Organisations and services, ODS codes; NHS Data Dictionary, Organisation Coding Frames and Default Codes.';

CREATE FUNCTION ods_kind(code ods_code) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_ods_kind';

COMMENT ON FUNCTION ods_kind(ods_code) IS
'What the code names, as far as its form says: practice, pcn, branch_surgery, dental_practice, pharmacy, social_care_site, trust, site (of a trust, board, provider, commissioner, local authority …), icb, sub_icb, local_health_board, local_authority, independent_provider, special_health_authority, other_statutory_authority, government_department, nhs_england_region, health_geography, commissioning_support_unit, primary_care_trust, service_provider, school, gp, consultant; new_style for a code given without meaning (such as that of a merged sub-ICB location), pseudo for a default code, other for every other form. NULL gives NULL. Source: NHS Data Dictionary, Organisation Coding Frames, Organisation Site Coding Frames; ODS Reference Data Catalogue.';

CREATE FUNCTION ods_pseudo(code ods_code) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_ods_pseudo';

COMMENT ON FUNCTION ods_pseudo(ods_code) IS
'What a default code stands for, as one word, such as practice_not_known (V81999) or site_not_a_hospital (R9998); NULL for every other code. NULL gives NULL. Source: NHS Data Dictionary, Default Codes.';

CREATE FUNCTION ods_organisation(code ods_code) RETURNS ods_code
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_ods_organisation';

COMMENT ON FUNCTION ods_organisation(ods_code) IS
'The organisation to which a site or a branch surgery belongs by the form of its code: RH8 for RH802 and for RH800, K81003 for K81003001; any other code is its own. NULL gives NULL. Source: NHS Data Dictionary, Organisation Site Coding Frames.';

CREATE FUNCTION ods_code_lt(ods_code, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_ods_code_lt';

COMMENT ON FUNCTION ods_code_lt(ods_code, ods_code) IS
'Whether the first code is less than the second. NULL gives NULL.';

CREATE FUNCTION ods_code_le(ods_code, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_ods_code_le';

COMMENT ON FUNCTION ods_code_le(ods_code, ods_code) IS
'Whether the first code is less than or equal to the second. NULL gives NULL.';

CREATE FUNCTION ods_code_eq(ods_code, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_ods_code_eq';

COMMENT ON FUNCTION ods_code_eq(ods_code, ods_code) IS
'Whether the first code is equal to the second. NULL gives NULL.';

CREATE FUNCTION ods_code_ne(ods_code, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_ods_code_ne';

COMMENT ON FUNCTION ods_code_ne(ods_code, ods_code) IS
'Whether the first code is different from the second. NULL gives NULL.';

CREATE FUNCTION ods_code_ge(ods_code, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_ods_code_ge';

COMMENT ON FUNCTION ods_code_ge(ods_code, ods_code) IS
'Whether the first code is greater than or equal to the second. NULL gives NULL.';

CREATE FUNCTION ods_code_gt(ods_code, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_ods_code_gt';

COMMENT ON FUNCTION ods_code_gt(ods_code, ods_code) IS
'Whether the first code is greater than the second. NULL gives NULL.';

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
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_ods_code_cmp';

COMMENT ON FUNCTION ods_code_cmp(ods_code, ods_code) IS
'Negative, zero or positive as the first code is less than, equal to or greater than the second. NULL gives NULL.';

CREATE FUNCTION ods_code_sortsupport(internal) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_ods_code_sortsupport';

COMMENT ON FUNCTION ods_code_sortsupport(internal) IS
'For sorting: bigint''s, so that sorts use its specialised code. NULL gives NULL.';

CREATE FUNCTION ods_code_hash(ods_code) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_ods_code_hash';

COMMENT ON FUNCTION ods_code_hash(ods_code) IS
'A hash of the code. NULL gives NULL.';

CREATE FUNCTION ods_code_hash_extended(ods_code, bigint) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
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
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_ods_code_smaller';

COMMENT ON FUNCTION ods_code_smaller(ods_code, ods_code) IS
'The smaller of two codes. NULL gives NULL.';

CREATE FUNCTION ods_code_larger(ods_code, ods_code) RETURNS ods_code
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
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

CREATE FUNCTION ods_code_eq_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_ods_code_eq_text_support';

COMMENT ON FUNCTION ods_code_eq_text_support(internal) IS
'For the planner: turns ods_code = text into ods_code = try_ods_code(text), which can use an index. NULL gives NULL.';

CREATE FUNCTION ods_code_ne_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_ods_code_ne_text_support';

COMMENT ON FUNCTION ods_code_ne_text_support(internal) IS
'For the planner: turns ods_code <> constant text into ods_code <> ods_code where the text is one. NULL gives NULL.';

CREATE FUNCTION ods_code_matches_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_ods_code_matches_text_support';

COMMENT ON FUNCTION ods_code_matches_text_support(internal) IS
'For the planner: ods_code_matches_text() keeps every row that the equality beside it selects. NULL gives NULL.';

CREATE FUNCTION ods_code_matches_text(ods_code, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT ods_code_matches_text_support
AS 'MODULE_PATHNAME', 'cg_ods_code_eq_text';

COMMENT ON FUNCTION ods_code_matches_text(ods_code, text) IS
'What the operator ods_code = text means, without its support function: you meet it in plans, as the filter that gives false rather than NULL where the text is no ODS code. NULL gives NULL.';

CREATE FUNCTION ods_code_eq_text(ods_code, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT ods_code_eq_text_support
AS 'MODULE_PATHNAME', 'cg_ods_code_eq_text';

COMMENT ON FUNCTION ods_code_eq_text(ods_code, text) IS
'Whether the ods_code is the one that the text holds, in any form that the type reads. False where the text is no ODS code; NULL gives NULL.';

CREATE FUNCTION text_eq_ods_code(text, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT ods_code_eq_text_support
AS 'MODULE_PATHNAME', 'cg_text_eq_ods_code';

COMMENT ON FUNCTION text_eq_ods_code(text, ods_code) IS
'Whether the ods_code is the one that the text holds, in any form that the type reads. False where the text is no ODS code; NULL gives NULL.';

CREATE FUNCTION ods_code_ne_text(ods_code, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT ods_code_ne_text_support
AS 'MODULE_PATHNAME', 'cg_ods_code_ne_text';

COMMENT ON FUNCTION ods_code_ne_text(ods_code, text) IS
'Whether the ods_code differs from what the text holds, in any form that the type reads. True where the text is no ODS code; NULL gives NULL.';

CREATE FUNCTION text_ne_ods_code(text, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT ods_code_ne_text_support
AS 'MODULE_PATHNAME', 'cg_text_ne_ods_code';

COMMENT ON FUNCTION text_ne_ods_code(text, ods_code) IS
'Whether the ods_code differs from what the text holds, in any form that the type reads. True where the text is no ODS code; NULL gives NULL.';

CREATE OPERATOR = (
	FUNCTION = ods_code_eq_text,
	LEFTARG = ods_code, RIGHTARG = text,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel
);

COMMENT ON OPERATOR = (ods_code, text) IS
'Whether the ods_code is the one that the text holds, in any form that the type reads. False where the text is no ODS code; NULL gives NULL. Uses an index on the ods_code.';

CREATE OPERATOR = (
	FUNCTION = text_eq_ods_code,
	LEFTARG = text, RIGHTARG = ods_code,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel
);

COMMENT ON OPERATOR = (text, ods_code) IS
'Whether the ods_code is the one that the text holds, in any form that the type reads. False where the text is no ODS code; NULL gives NULL. Uses an index on the ods_code.';

CREATE OPERATOR <> (
	FUNCTION = ods_code_ne_text,
	LEFTARG = ods_code, RIGHTARG = text,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);

COMMENT ON OPERATOR <> (ods_code, text) IS
'Whether the ods_code differs from what the text holds, in any form that the type reads. True where the text is no ODS code; NULL gives NULL.';

CREATE OPERATOR <> (
	FUNCTION = text_ne_ods_code,
	LEFTARG = text, RIGHTARG = ods_code,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);

COMMENT ON OPERATOR <> (text, ods_code) IS
'Whether the ods_code differs from what the text holds, in any form that the type reads. True where the text is no ODS code; NULL gives NULL.';

CREATE TYPE postcode;

CREATE FUNCTION postcode_in(cstring) RETURNS postcode
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_postcode_in';

COMMENT ON FUNCTION postcode_in(cstring) IS
'Input of postcode: a British postcode, a BFPO number or a ZZ99 pseudo postcode, in either case, with none, one or more spaces between its two parts and blanks around it. Anything else is error 22P02, which never shows the value. NULL gives NULL.';

CREATE FUNCTION postcode_out(postcode) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_postcode_out';

COMMENT ON FUNCTION postcode_out(postcode) IS
'Output of postcode: upper case, one space between its two parts. NULL gives NULL.';

CREATE FUNCTION postcode_recv(internal) RETURNS postcode
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_postcode_recv';

COMMENT ON FUNCTION postcode_recv(internal) IS
'Binary input of postcode: its characters. Anything that is no postcode is error 22P03, which never shows the value. NULL gives NULL.';

CREATE FUNCTION postcode_send(postcode) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_postcode_send';

COMMENT ON FUNCTION postcode_send(postcode) IS
'Binary output of postcode: its characters, as in its text. NULL gives NULL.';

CREATE TYPE postcode (
	INPUT = postcode_in,
	OUTPUT = postcode_out,
	RECEIVE = postcode_recv,
	SEND = postcode_send,
	LIKE = int8,
	CATEGORY = 'U'
);

COMMENT ON TYPE postcode IS
'A British postcode with the letters that each of its places allows, GIR 0AA, the code of an overseas territory, a BFPO number, or a ZZ99 pseudo postcode of the NHS: postcode_kind() says which. 8 bytes; upper case, one space; the order is that of the text, byte by byte. Source: BS 7666 and the Government Data Standards Catalogue, Postcode; NHS Data Dictionary, POSTCODE OF USUAL ADDRESS.';

CREATE FUNCTION postcode(value text) RETURNS postcode
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_postcode_from_text';

COMMENT ON FUNCTION postcode(text) IS
'The text as a postcode, by the rules of the type''s input; anything else is error 22P02, which never shows the value. NULL gives NULL.';

CREATE CAST (text AS postcode) WITH FUNCTION postcode(text);

COMMENT ON CAST (text AS postcode) IS
'Explicit, because it fails on a text that is no postcode; try_postcode() gives NULL instead.';

CREATE CAST (postcode AS text) WITH INOUT AS ASSIGNMENT;

COMMENT ON CAST (postcode AS text) IS
'The postcode in upper case with one space. On assignment, so that a postcode can be inserted into a text column.';

CREATE FUNCTION try_postcode(value text) RETURNS postcode
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_try_postcode';

COMMENT ON FUNCTION try_postcode(text) IS
'The text as a postcode, or NULL where it is none: exactly where postcode_problem(value) gives a reason. Never an error. NULL gives NULL.';

CREATE FUNCTION postcode_problem(value text, level text DEFAULT 'format')
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_postcode_problem';

COMMENT ON FUNCTION postcode_problem(text, text) IS
'Why a text is no postcode, as one word, or NULL where nothing is wrong. Each level demands all that the one before does. format, the type''s own rule: a form that exists, with the letters that each place allows (empty, character, format, spacing, outward, inward; the gravest is named). area: letters of a postcode area that Royal Mail has, or no area at all as in BFPO 61 (unknown_area). place: a place where people live, in the United Kingdom or a Crown dependency (no_place; postcode_kind() says what it is). Whether the postcode is in use, only a postcode directory says. Another level is error 22023. NULL gives NULL. Source: BS 7666 and the Government Data Standards Catalogue, Postcode; Royal Mail''s postcode areas.';

CREATE FUNCTION postcode_kind(value postcode) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_postcode_kind_text';

COMMENT ON FUNCTION postcode_kind(postcode) IS
'What the postcode stands for: geographic; crown_dependency (GY, IM, JE); bfpo (BFPO numbers and BF1, British forces); overseas_territory; non_geographic (BX, companies); girobank (GIR 0AA); pseudo_no_fixed_abode (ZZ99 3VZ), pseudo_not_known (ZZ99 3WZ, ZZ99 9ZZ), pseudo_england_or_uk (ZZ99 3CZ), pseudo_scotland (ZZ99 1WZ), pseudo_wales (ZZ99 3GZ), pseudo_northern_ireland (ZZ99 2WZ), pseudo_country (every other ZZ99, a country abroad). NULL gives NULL. Source: HES Data Dictionary, Postcode of patient; NHS Data Dictionary, POSTCODE OF USUAL ADDRESS.';

CREATE FUNCTION postcode_outward(value postcode) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_postcode_outward';

COMMENT ON FUNCTION postcode_outward(postcode) IS
'The outward code, before the space, which is also called the district: EC1A of EC1A 1BB, BFPO of BFPO 61. NULL gives NULL. Source: BS 7666.';

CREATE FUNCTION postcode_inward(value postcode) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_postcode_inward';

COMMENT ON FUNCTION postcode_inward(postcode) IS
'The inward code, after the space: 1BB of EC1A 1BB, 61 of BFPO 61. NULL gives NULL. Source: BS 7666.';

CREATE FUNCTION postcode_area(value postcode) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_postcode_area';

COMMENT ON FUNCTION postcode_area(postcode) IS
'The area, the letters at the beginning: EC of EC1A 1BB, BFPO of BFPO 61. NULL gives NULL. Source: BS 7666.';

CREATE FUNCTION postcode_sector(value postcode) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_postcode_sector';

COMMENT ON FUNCTION postcode_sector(postcode) IS
'The sector, all but the last two letters: EC1A 1 of EC1A 1BB; NULL for a BFPO number, which has none. NULL gives NULL. Source: BS 7666.';

CREATE FUNCTION postcode_lt(postcode, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_postcode_lt';

COMMENT ON FUNCTION postcode_lt(postcode, postcode) IS
'Whether the first postcode is less than the second. NULL gives NULL.';

CREATE FUNCTION postcode_le(postcode, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_postcode_le';

COMMENT ON FUNCTION postcode_le(postcode, postcode) IS
'Whether the first postcode is less than or equal to the second. NULL gives NULL.';

CREATE FUNCTION postcode_eq(postcode, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_postcode_eq';

COMMENT ON FUNCTION postcode_eq(postcode, postcode) IS
'Whether the first postcode is equal to the second. NULL gives NULL.';

CREATE FUNCTION postcode_ne(postcode, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_postcode_ne';

COMMENT ON FUNCTION postcode_ne(postcode, postcode) IS
'Whether the first postcode is different from the second. NULL gives NULL.';

CREATE FUNCTION postcode_ge(postcode, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_postcode_ge';

COMMENT ON FUNCTION postcode_ge(postcode, postcode) IS
'Whether the first postcode is greater than or equal to the second. NULL gives NULL.';

CREATE FUNCTION postcode_gt(postcode, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_postcode_gt';

COMMENT ON FUNCTION postcode_gt(postcode, postcode) IS
'Whether the first postcode is greater than the second. NULL gives NULL.';

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
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_postcode_cmp';

COMMENT ON FUNCTION postcode_cmp(postcode, postcode) IS
'Negative, zero or positive as the first postcode is less than, equal to or greater than the second. NULL gives NULL.';

CREATE FUNCTION postcode_sortsupport(internal) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_postcode_sortsupport';

COMMENT ON FUNCTION postcode_sortsupport(internal) IS
'For sorting: bigint''s, so that sorts use its specialised code. NULL gives NULL.';

CREATE FUNCTION postcode_hash(postcode) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_postcode_hash';

COMMENT ON FUNCTION postcode_hash(postcode) IS
'A hash of the postcode. NULL gives NULL.';

CREATE FUNCTION postcode_hash_extended(postcode, bigint) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
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
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
AS 'MODULE_PATHNAME', 'cg_postcode_smaller';

COMMENT ON FUNCTION postcode_smaller(postcode, postcode) IS
'The smaller of two postcodes. NULL gives NULL.';

CREATE FUNCTION postcode_larger(postcode, postcode) RETURNS postcode
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1
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

CREATE FUNCTION postcode_eq_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_postcode_eq_text_support';

COMMENT ON FUNCTION postcode_eq_text_support(internal) IS
'For the planner: turns postcode = text into postcode = try_postcode(text), which can use an index. NULL gives NULL.';

CREATE FUNCTION postcode_ne_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_postcode_ne_text_support';

COMMENT ON FUNCTION postcode_ne_text_support(internal) IS
'For the planner: turns postcode <> constant text into postcode <> postcode where the text is one. NULL gives NULL.';

CREATE FUNCTION postcode_matches_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_postcode_matches_text_support';

COMMENT ON FUNCTION postcode_matches_text_support(internal) IS
'For the planner: postcode_matches_text() keeps every row that the equality beside it selects. NULL gives NULL.';

CREATE FUNCTION postcode_matches_text(postcode, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT postcode_matches_text_support
AS 'MODULE_PATHNAME', 'cg_postcode_eq_text';

COMMENT ON FUNCTION postcode_matches_text(postcode, text) IS
'What the operator postcode = text means, without its support function: you meet it in plans, as the filter that gives false rather than NULL where the text is no postcode. NULL gives NULL.';

CREATE FUNCTION postcode_eq_text(postcode, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT postcode_eq_text_support
AS 'MODULE_PATHNAME', 'cg_postcode_eq_text';

COMMENT ON FUNCTION postcode_eq_text(postcode, text) IS
'Whether the postcode is the one that the text holds, in any form that the type reads. False where the text is no postcode; NULL gives NULL.';

CREATE FUNCTION text_eq_postcode(text, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT postcode_eq_text_support
AS 'MODULE_PATHNAME', 'cg_text_eq_postcode';

COMMENT ON FUNCTION text_eq_postcode(text, postcode) IS
'Whether the postcode is the one that the text holds, in any form that the type reads. False where the text is no postcode; NULL gives NULL.';

CREATE FUNCTION postcode_ne_text(postcode, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT postcode_ne_text_support
AS 'MODULE_PATHNAME', 'cg_postcode_ne_text';

COMMENT ON FUNCTION postcode_ne_text(postcode, text) IS
'Whether the postcode differs from what the text holds, in any form that the type reads. True where the text is no postcode; NULL gives NULL.';

CREATE FUNCTION text_ne_postcode(text, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
SUPPORT postcode_ne_text_support
AS 'MODULE_PATHNAME', 'cg_text_ne_postcode';

COMMENT ON FUNCTION text_ne_postcode(text, postcode) IS
'Whether the postcode differs from what the text holds, in any form that the type reads. True where the text is no postcode; NULL gives NULL.';

CREATE OPERATOR = (
	FUNCTION = postcode_eq_text,
	LEFTARG = postcode, RIGHTARG = text,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel
);

COMMENT ON OPERATOR = (postcode, text) IS
'Whether the postcode is the one that the text holds, in any form that the type reads. False where the text is no postcode; NULL gives NULL. Uses an index on the postcode.';

CREATE OPERATOR = (
	FUNCTION = text_eq_postcode,
	LEFTARG = text, RIGHTARG = postcode,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel
);

COMMENT ON OPERATOR = (text, postcode) IS
'Whether the postcode is the one that the text holds, in any form that the type reads. False where the text is no postcode; NULL gives NULL. Uses an index on the postcode.';

CREATE OPERATOR <> (
	FUNCTION = postcode_ne_text,
	LEFTARG = postcode, RIGHTARG = text,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);

COMMENT ON OPERATOR <> (postcode, text) IS
'Whether the postcode differs from what the text holds, in any form that the type reads. True where the text is no postcode; NULL gives NULL.';

CREATE OPERATOR <> (
	FUNCTION = text_ne_postcode,
	LEFTARG = text, RIGHTARG = postcode,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);

COMMENT ON OPERATOR <> (text, postcode) IS
'Whether the postcode differs from what the text holds, in any form that the type reads. True where the text is no postcode; NULL gives NULL.';

CREATE FUNCTION chi_birth_date(chi nhs_number, as_at date DEFAULT current_date,
                               oldest integer DEFAULT 99)
RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_chi_birth_date_at';

COMMENT ON FUNCTION chi_birth_date(nhs_number, date, integer) IS
'The birth date in a CHI number. It has day, month and the year without its century; the century is the one that makes the person 0 to oldest years old on as_at, a day on which the person lived (today by default). By default oldest is 99, so that there is never more than one: a person of 100 seems new-born then. With a greater age NULL where two centuries are possible. NULL where the number is no CHI number, where no century is possible (29 February 00 before 2000), and for NULL. An infinite as_at, and oldest outside 0 to 150, are error 22023. Source: NHS Data Dictionary, COMMUNITY HEALTH INDEX NUMBER; for oldest, Public Health Scotland''s phsmethods, dob_from_chi.';

CREATE FUNCTION chi_sex(chi nhs_number) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 10
AS 'MODULE_PATHNAME', 'cg_chi_sex_text';

COMMENT ON FUNCTION chi_sex(nhs_number) IS
'The sex in a CHI number: female where the ninth digit is even, male where it is odd. NULL where the number is no CHI number, and for NULL. Source: NHS Data Dictionary, COMMUNITY HEALTH INDEX NUMBER.';

CREATE FUNCTION chi_problem(chi nhs_number, birth_date date DEFAULT NULL,
                            sex text DEFAULT NULL)
RETURNS text
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_chi_problem_nhs_number';

COMMENT ON FUNCTION chi_problem(nhs_number, date, text) IS
'Why a number is no CHI number, or how it disagrees with what is recorded, as one word; NULL where nothing is wrong: range (not one of Scotland''s, 010100… to 311299…), birth_date (no date DDMMYY in any century), birth_date_differs (from birth_date; the century is not compared), sex_differs (from sex: female, F or 2, male, M or 1, in either case; any other word is not compared). A NULL birth_date or sex is not compared; a NULL number gives NULL. Source: NHS Data Dictionary, COMMUNITY HEALTH INDEX NUMBER.';

CREATE FUNCTION chi_problem(value text, birth_date date DEFAULT NULL,
                            sex text DEFAULT NULL)
RETURNS text
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_chi_problem_text';

COMMENT ON FUNCTION chi_problem(text, date, text) IS
'The same for a text, which may not be a number at all: empty, character, length, grouping or check_digit as in nhs_number_problem(), else what chi_problem says of the number. A NULL birth_date or sex is not compared; a NULL text gives NULL. Source: NHS Data Dictionary, COMMUNITY HEALTH INDEX NUMBER.';

CREATE FUNCTION easter_sunday(year integer) RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_calendar_easter';

COMMENT ON FUNCTION easter_sunday(integer) IS
'Easter Sunday of a year of the Gregorian calendar, 1583 to 9999; another year is error 22008. NULL gives NULL. Source: J. Meeus, Astronomical Algorithms, 2nd ed. 1998, chapter 8.';

CREATE FUNCTION bank_holidays(nation text, from_year integer, to_year integer,
                              OUT day date, OUT name text, OUT is_substitute boolean)
RETURNS SETOF record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 90
AS 'MODULE_PATHNAME', 'cg_calendar_bank_holidays';

COMMENT ON FUNCTION bank_holidays(text, integer, integer) IS
'Bank holidays of england, wales, scotland or northern_ireland by rule, from the first to the last year (1972 to 9999): the day taken off, its name, and whether it is a substitute for a day of a weekend. Days proclaimed for one year, such as jubilees, are not rules: they are in calendar_exception, and calendar_days() puts both together. An unknown nation is error 22023, a year out of range 22008; NULL gives no rows. Source: Banking and Financial Dealings Act 1971, schedule 1, and the days proclaimed every year (New Year''s Day from 1974, early May from 1978, St Andrew''s Day from 2007).';

CREATE TABLE working_calendar (
    calendar   text PRIMARY KEY CHECK (calendar <> ''),
    nation     text CHECK (nation IN ('england', 'wales', 'scotland', 'northern_ireland')),
    is_shipped boolean NOT NULL DEFAULT false
);

COMMENT ON TABLE working_calendar IS
'Calendars of working days: the nations, and those that a site adds for its local closures (INSERT a name and the nation whose bank holidays it keeps). Added rows are dumped.';

COMMENT ON COLUMN working_calendar.calendar IS 'Name of the calendar.';

COMMENT ON COLUMN working_calendar.nation IS 'Nation whose bank holidays it keeps; NULL keeps none.';

COMMENT ON COLUMN working_calendar.is_shipped IS 'Whether the row comes with the extension.';

CREATE TABLE calendar_exception (
    calendar   text NOT NULL REFERENCES working_calendar ON DELETE CASCADE,
    day        date NOT NULL CHECK (isfinite(day)),
    is_working boolean NOT NULL DEFAULT false,
    name       text,
    is_shipped boolean NOT NULL DEFAULT false,
    PRIMARY KEY (calendar, day)
);

COMMENT ON TABLE calendar_exception IS
'Days on which a calendar departs from the rules: days proclaimed for one year, a bank holiday that was moved (a working day on its usual place), local closures. Those of a nation hold for every calendar of that nation, unless the calendar has a row of its own for the day. Added rows are dumped.';

COMMENT ON COLUMN calendar_exception.calendar IS 'Calendar.';

COMMENT ON COLUMN calendar_exception.day IS 'Day.';

COMMENT ON COLUMN calendar_exception.is_working IS 'False: a day off; true: a working day in spite of the rules (a Saturday or Sunday stays off).';

COMMENT ON COLUMN calendar_exception.name IS 'Name of the day.';

COMMENT ON COLUMN calendar_exception.is_shipped IS 'Whether the row comes with the extension.';

INSERT INTO working_calendar (calendar, nation, is_shipped) VALUES
    ('england', 'england', true), ('wales', 'wales', true), ('scotland', 'scotland', true),
    ('northern_ireland', 'northern_ireland', true), ('weekdays', NULL, true);

INSERT INTO calendar_exception (calendar, day, is_working, name, is_shipped)
SELECT n.calendar, d.day, d.is_working, d.name, true
FROM (VALUES
    (date '1973-11-14', false, 'Wedding of Princess Anne'),
    (date '1977-06-07', false, 'Silver Jubilee'),
    (date '1981-07-29', false, 'Wedding of the Prince of Wales'),
    (date '1995-05-01', true, 'Early May bank holiday, moved'),
    (date '1995-05-08', false, 'Early May bank holiday (VE Day)'),
    (date '1999-12-31', false, 'Millennium'),
    (date '2002-05-27', true, 'Spring bank holiday, moved'),
    (date '2002-06-03', false, 'Golden Jubilee'),
    (date '2002-06-04', false, 'Spring bank holiday'),
    (date '2011-04-29', false, 'Wedding of Prince William'),
    (date '2012-05-28', true, 'Spring bank holiday, moved'),
    (date '2012-06-04', false, 'Spring bank holiday'),
    (date '2012-06-05', false, 'Diamond Jubilee'),
    (date '2020-05-04', true, 'Early May bank holiday, moved'),
    (date '2020-05-08', false, 'Early May bank holiday (VE Day)'),
    (date '2022-05-30', true, 'Spring bank holiday, moved'),
    (date '2022-06-02', false, 'Spring bank holiday'),
    (date '2022-06-03', false, 'Platinum Jubilee'),
    (date '2022-09-19', false, 'State Funeral of Queen Elizabeth II'),
    (date '2023-05-08', false, 'Coronation of King Charles III')
) AS d (day, is_working, name), (VALUES ('england'), ('wales'), ('scotland'), ('northern_ireland')) AS n (calendar)
UNION ALL
VALUES ('scotland', date '2026-06-15', false, 'World Cup', true);

SELECT pg_catalog.pg_extension_config_dump('working_calendar', 'WHERE NOT is_shipped');

SELECT pg_catalog.pg_extension_config_dump('calendar_exception', 'WHERE NOT is_shipped');

GRANT SELECT ON working_calendar, calendar_exception TO PUBLIC;

CREATE FUNCTION calendar_days(calendar text, from_year integer, to_year integer)
RETURNS TABLE (day date, name text, kind text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000 ROWS 90
BEGIN ATOMIC
    WITH exception AS (
        SELECT DISTINCT ON (e.day) e.day, e.is_working, e.name, e.calendar = w.nation AND e.is_shipped AS is_national
        FROM caregroup.working_calendar AS w JOIN caregroup.calendar_exception AS e ON e.calendar IN (w.calendar, w.nation)
        WHERE w.calendar = calendar_days.calendar
            AND e.day BETWEEN pg_catalog.make_date(calendar_days.from_year, 1, 1) AND pg_catalog.make_date(calendar_days.to_year, 12, 31)
        ORDER BY e.day, e.calendar = w.calendar DESC
    )
    SELECT h.day, h.name, 'bank_holiday' FROM caregroup.working_calendar AS w,
        caregroup.bank_holidays(w.nation, calendar_days.from_year, calendar_days.to_year) AS h
    WHERE w.calendar = calendar_days.calendar AND NOT EXISTS (SELECT FROM exception AS e WHERE e.day = h.day)
    UNION ALL
    SELECT e.day, e.name, CASE WHEN e.is_national THEN 'bank_holiday' ELSE 'closed' END FROM exception AS e WHERE NOT e.is_working
    ORDER BY 1;
END;

COMMENT ON FUNCTION calendar_days(text, integer, integer) IS
'Days off of a calendar besides weekends, from the first to the last year, in order: bank holidays by rule and days proclaimed for one year (bank_holiday), and closures added to calendar_exception (closed). The columns are those of a hub''s calendar_day but for the calendar itself. An unknown calendar or a NULL gives no rows.';

CREATE FUNCTION calendar_holidays(calendar text, from_year integer DEFAULT 1972, to_year integer DEFAULT 2199)
RETURNS date[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000
RETURN (SELECT pg_catalog.array_agg(d.day ORDER BY d.day)
        FROM caregroup.calendar_days(calendar_holidays.calendar, calendar_holidays.from_year, calendar_holidays.to_year) AS d);

COMMENT ON FUNCTION calendar_holidays(text, integer, integer) IS
'Days off of a calendar as an array, for the functions that take one. An unknown calendar, a calendar without days off or a NULL gives NULL.';

CREATE FUNCTION is_working_day(day date, calendar text DEFAULT 'england') RETURNS boolean
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_working_day_name';

COMMENT ON FUNCTION is_working_day(date, text) IS
'Whether the day is one from Monday to Friday and not a day off of the calendar (a name in working_calendar; another is error 22023). Named calendars are known from 1972 to 2199; a day outside is error 22008. NULL gives NULL.';

CREATE FUNCTION is_working_day(day date, holidays date[]) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_working_day_array';

COMMENT ON FUNCTION is_working_day(date, date[]) IS
'Whether the day is one from Monday to Friday and not one of the holidays, in any order. A NULL holiday is error 22004, infinity 22008. NULL gives NULL.';

CREATE FUNCTION is_working_day(day date, holidays datemultirange) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_working_day_multirange';

COMMENT ON FUNCTION is_working_day(date, datemultirange) IS
'Whether the day is one from Monday to Friday and not within the ranges of days off. A range without an end is error 22023; more than 1,000,000 days are error 54000. NULL gives NULL.';

CREATE FUNCTION add_working_days(day date, days integer, calendar text DEFAULT 'england') RETURNS date
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_add_working_days_name';

COMMENT ON FUNCTION add_working_days(date, integer, text) IS
'The working day that is so many working days after the day: 1 is the first working day strictly after it, -1 the last strictly before it, 0 the day itself if it is one, else the next. Named calendars are known from 1972 to 2199, a day outside is error 22008; an unknown calendar is error 22023. NULL gives NULL.';

CREATE FUNCTION add_working_days(day date, days integer, holidays date[]) RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_add_working_days_array';

COMMENT ON FUNCTION add_working_days(date, integer, date[]) IS
'The same with the holidays given, in any order; an empty array leaves out weekends alone. A NULL holiday is error 22004. NULL gives NULL.';

CREATE FUNCTION add_working_days(day date, days integer, holidays datemultirange) RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_add_working_days_multirange';

COMMENT ON FUNCTION add_working_days(date, integer, datemultirange) IS
'The same with ranges of days off. A range without an end is error 22023. NULL gives NULL.';

CREATE FUNCTION working_days_between(from_day date, to_day date, calendar text DEFAULT 'england') RETURNS integer
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_working_days_between_name';

COMMENT ON FUNCTION working_days_between(date, date, text) IS
'Working days after from_day up to and with to_day; where to_day is earlier, minus those after to_day up to and with from_day. Named calendars are known from 1972 to 2199, a day outside is error 22008; an unknown calendar is error 22023. NULL gives NULL.';

CREATE FUNCTION working_days_between(from_day date, to_day date, holidays date[]) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_working_days_between_array';

COMMENT ON FUNCTION working_days_between(date, date, date[]) IS
'The same with the holidays given, in any order. A NULL holiday is error 22004. NULL gives NULL.';

CREATE FUNCTION working_days_between(from_day date, to_day date, holidays datemultirange) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_working_days_between_multirange';

COMMENT ON FUNCTION working_days_between(date, date, datemultirange) IS
'The same with ranges of days off. A range without an end is error 22023. NULL gives NULL.';

CREATE FUNCTION local_day(at timestamptz, time_zone text DEFAULT 'Europe/London') RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_calendar_local_day';

COMMENT ON FUNCTION local_day(timestamptz, text) IS
'The day on which a moment falls in a time zone, whatever the session''s is: (at AT TIME ZONE time_zone)::date, faster. An unknown time zone is error 22023, infinity 22008. NULL gives NULL.';

CREATE FUNCTION working_hours(from_day date, to_day date, opens time, closes time,
                              calendar text DEFAULT 'england', weekdays integer[] DEFAULT '{1,2,3,4,5}',
                              time_zone text DEFAULT 'Europe/London')
RETURNS tstzmultirange
LANGUAGE sql STABLE PARALLEL SAFE COST 1000
RETURN (
    SELECT coalesce(pg_catalog.range_agg(pg_catalog.tstzrange(
            (d.day::date + opens) AT TIME ZONE time_zone,
            (d.day::date + CASE WHEN closes <= opens THEN 1 ELSE 0 END + closes) AT TIME ZONE time_zone)), '{}'::tstzmultirange)
    FROM pg_catalog.generate_series(from_day::timestamp, to_day::timestamp, interval '1 day') AS d (day)
    WHERE extract(isodow FROM d.day) = ANY (weekdays)
        AND d.day::date NOT IN (SELECT o.day FROM caregroup.calendar_days(calendar,
            extract(year FROM from_day)::integer, extract(year FROM to_day)::integer) AS o)
);

COMMENT ON FUNCTION working_hours(date, date, time, time, text, integer[], text) IS
'The moments from opening to closing time on the days from the first to the last, on those weekdays (1 Monday to 7 Sunday) that are not days off of the calendar; calendar => NULL keeps no days off, as services of seven days do. Closing at or before opening is on the next day, so 00:00 to 00:00 is the whole day. Local times, so a night on which the clocks change is an hour shorter or longer. Day parts are hours of their own (08:00 to 12:00), opening hours of several shifts a sum (+), a closure a difference (-), the part within a session an intersection (*). NULL for any other argument gives no hours.';

CREATE FUNCTION working_time_between(from_at timestamptz, to_at timestamptz, hours tstzmultirange) RETURNS interval
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_working_time_between';

COMMENT ON FUNCTION working_time_between(timestamptz, timestamptz, tstzmultirange) IS
'How much of the time between two moments lies within the hours, in hours and shorter units; negative where to_at is earlier. Infinity is error 22008. NULL gives NULL.';

CREATE FUNCTION add_working_time(from_at timestamptz, length interval, hours tstzmultirange) RETURNS timestamptz
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_add_working_time';

COMMENT ON FUNCTION add_working_time(timestamptz, interval, tstzmultirange) IS
'The first moment at which so much time within the hours has passed since from_at; no length gives from_at, or the next opening. NULL where the hours end before that: widen them. A length with days, months or years, or below 0, is error 22023. NULL gives NULL.';

CREATE FUNCTION hours_in(hours tstzmultirange) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_multirange_hours';

COMMENT ON FUNCTION hours_in(tstzmultirange) IS
'Hours that the ranges last together, such as the capacity of a day part: hours_in(working_hours(…) * sessions). A range without an end is error 22023. NULL gives NULL, no ranges 0.';

CREATE FUNCTION financial_year_start(day date) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN pg_catalog.make_date(extract(year FROM day - interval '3 months')::integer, 4, 1);

COMMENT ON FUNCTION financial_year_start(date) IS
'1 April with which the NHS financial year of the day began. NULL gives NULL.';

CREATE FUNCTION financial_year(day date) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN extract(year FROM day - interval '3 months')::integer::text || '/' ||
    pg_catalog.lpad(((extract(year FROM day - interval '3 months')::integer + 1) % 100)::text, 2, '0');

COMMENT ON FUNCTION financial_year(date) IS
'The NHS financial year of the day, from 1 April to 31 March, such as 2025/26. NULL gives NULL.';

CREATE FUNCTION financial_quarter(day date) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN extract(quarter FROM day - interval '3 months')::integer;

COMMENT ON FUNCTION financial_quarter(date) IS
'Quarter of the financial year: 1 from April to June, 4 from January to March. NULL gives NULL.';

CREATE FUNCTION financial_month(day date) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN (extract(month FROM day)::integer + 8) % 12 + 1;

COMMENT ON FUNCTION financial_month(date) IS
'Month of the financial year: 1 for April, 12 for March. NULL gives NULL.';

CREATE FUNCTION iso_week(day date) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN extract(isoyear FROM day)::integer::text || '-W' || pg_catalog.lpad(extract(week FROM day)::integer::text, 2, '0');

COMMENT ON FUNCTION iso_week(date) IS
'The week of ISO 8601 in which the day falls, such as 2026-W53; weeks begin on Monday. NULL gives NULL.';

CREATE FUNCTION iso_week_start(day date) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN day - (extract(isodow FROM day)::integer - 1);

COMMENT ON FUNCTION iso_week_start(date) IS
'The Monday of the day''s week. NULL gives NULL.';

CREATE FUNCTION week_ending(day date, last_weekday integer DEFAULT 7) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN day + ((last_weekday - extract(isodow FROM day)::integer) % 7 + 7) % 7;

COMMENT ON FUNCTION week_ending(date, integer) IS
'The last day of the day''s week, where weeks end on that weekday: 1 Monday to 7 Sunday. The day itself where it is that weekday. NULL gives NULL.';

CREATE TYPE spc_point AS (
	value double precision,
	centre double precision,
	lower double precision,
	upper double precision,
	lower_two_sigma double precision,
	upper_two_sigma double precision,
	moving_range double precision,
	phase integer,
	rules integer,
	assurance smallint,
	is_special boolean,
	is_improvement boolean,
	is_concern boolean,
	is_high_range boolean,
	is_short_phase boolean
);

COMMENT ON TYPE spc_point IS
'One point of a control chart, as the window functions spc_xmr, spc_p and so on give it: (spc_xmr(value) OVER w).* makes its fields columns. All lines are in the unit of the value.';

COMMENT ON COLUMN spc_point.value IS 'The value that is plotted, in its own unit; NULL where the row has none.';

COMMENT ON COLUMN spc_point.centre IS 'The centre line of the phase (mean, median or pooled rate, by chart); NULL where the phase has no value.';

COMMENT ON COLUMN spc_point.lower IS 'Lower limit, by default 3 sigma from the centre. NULL on run charts and where there are too few values (single-value charts: fewer than 2 neighbouring ones).';

COMMENT ON COLUMN spc_point.upper IS 'Upper limit; NULL where lower is.';

COMMENT ON COLUMN spc_point.lower_two_sigma IS 'The line 2 sigma below the centre; NULL where lower is.';

COMMENT ON COLUMN spc_point.upper_two_sigma IS 'The line 2 sigma above the centre; NULL where lower is.';

COMMENT ON COLUMN spc_point.moving_range IS 'Distance to the value before, within the phase; NULL at the start of a phase, beside a gap, at a ghost and on MR charts.';

COMMENT ON COLUMN spc_point.phase IS 'Number of the phase, from 1; each row with rebase starts a new one.';

COMMENT ON COLUMN spc_point.rules IS 'Mask of all rules that fire at this point, 0 for common cause: spc_rule(rules) is the one to show, spc_rules(rules) are all. Never set without a value or at a ghost (a point that was excluded).';

COMMENT ON COLUMN spc_point.assurance IS 'Where the target lies: 0 no target, direction or limits, 1 consistent_pass, 2 inconsistent (between the limits), 3 consistent_fail; spc_assurance(assurance) is the word.';

COMMENT ON COLUMN spc_point.is_special IS 'True where any rule fires.';

COMMENT ON COLUMN spc_point.is_improvement IS 'True where the first rule by priority fires to the better side; never with direction neutral.';

COMMENT ON COLUMN spc_point.is_concern IS 'True where the first rule by priority fires to the worse side; never with direction neutral.';

COMMENT ON COLUMN spc_point.is_high_range IS 'True where the moving range is at or above 3.267 times the average moving range of the phase: what screening leaves out. Charts XmR and I only. No rule by itself.';

COMMENT ON COLUMN spc_point.is_short_phase IS 'True where the phase has fewer than 13 points, so that its limits are not firm.';

CREATE FUNCTION spc_rule(rules integer) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_rule_text';

COMMENT ON FUNCTION spc_rule(integer) IS
'The word for the rule to show of those in a mask: the first of above_upper_limit, below_lower_limit, trend_up, trend_down, two_of_three_above, two_of_three_below, four_of_five_above, four_of_five_below, run_above, run_below, long_run, few_crossings; common_cause for 0. The order is that of NHSRplotthedots. A number that is no mask is error 22023. NULL gives NULL.';

CREATE FUNCTION spc_rules(rules integer) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_rule_texts';

COMMENT ON FUNCTION spc_rules(integer) IS
'The words for all rules in a mask, in the order of priority; an empty array for 0. A number that is no mask is error 22023. NULL gives NULL.';

CREATE FUNCTION spc_rule_bit(rule text) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_rule_bit';

COMMENT ON FUNCTION spc_rule_bit(text) IS
'The bit that a rule has in masks, for filters such as rules & spc_rule_bit(''trend_up'') <> 0. An unknown rule is error 22023, which lists them. NULL gives NULL.';

CREATE FUNCTION spc_assurance(assurance smallint) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_assurance_text';

COMMENT ON FUNCTION spc_assurance(smallint) IS
'The word for an assurance: consistent_pass, inconsistent or consistent_fail; NULL for 0 (no target, direction or limits). Another number is error 22023. NULL gives NULL. Source: NHS England, Making Data Count.';

CREATE TYPE spc_runs_analysis AS (
	useful_points integer,
	longest_run integer,
	longest_run_max integer,
	crossings integer,
	crossings_min integer,
	is_long_run boolean,
	is_few_crossings boolean
);

COMMENT ON TYPE spc_runs_analysis IS
'Runs analysis of a series about a centre line, after Anhøj and Olesen, Run charts revisited, PLoS ONE 9(11), 2014.';

COMMENT ON COLUMN spc_runs_analysis.useful_points IS 'Values that are neither NULL nor on the centre line.';

COMMENT ON COLUMN spc_runs_analysis.longest_run IS 'Points of the longest run on one side; NULL without useful points, like all that follows.';

COMMENT ON COLUMN spc_runs_analysis.longest_run_max IS 'The longest that chance explains: log2(useful points), rounded, and 3.';

COMMENT ON COLUMN spc_runs_analysis.crossings IS 'How often the series crosses the centre line.';

COMMENT ON COLUMN spc_runs_analysis.crossings_min IS 'The fewest that chance explains: the 5 % quantile of a binomial of useful points less 1 and 1/2.';

COMMENT ON COLUMN spc_runs_analysis.is_long_run IS 'longest_run is above longest_run_max: a signal.';

COMMENT ON COLUMN spc_runs_analysis.is_few_crossings IS 'crossings is below crossings_min: a signal.';

CREATE FUNCTION spc_runs(value double precision[], centre double precision DEFAULT NULL)
RETURNS spc_runs_analysis
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_spc_runs_array';

COMMENT ON FUNCTION spc_runs(double precision[], double precision) IS
'Runs analysis of a series about a centre line, by default its median. NULL elements and values on the centre line are left out. A NULL array gives NULL; NaN is error 22023, infinity 22003. Source: Anhøj and Olesen, 2014; the same figures as qicharts2.';

CREATE FUNCTION spc_anhoej_limits(useful_points integer,
								  OUT longest_run_max integer,
								  OUT crossings_min integer)
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'cg_spc_anhoej_limits';

COMMENT ON FUNCTION spc_anhoej_limits(integer) IS
'The longest run and the fewest crossings that chance explains among so many points off the centre line. 0 gives NULL, a negative number is error 22023. NULL gives NULL. Sources: Schilling, 2012; Chen, 2010; Anhøj and Olesen, 2014.';

CREATE FUNCTION spc_autocorrelation(value double precision[]) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_spc_autocorrelation_array';

COMMENT ON FUNCTION spc_autocorrelation(double precision[]) IS
'Lag-1 autocorrelation of a series, from -1 to 1: the products of neighbouring deviations from the mean over the sum of their squares. Above about 0.3 control charts give many more false signals than they should. NULL elements are gaps: they make no pair. NULL where fewer than 3 values or all are equal, and for NULL; NaN is error 22023, infinity 22003. Source: Box and Jenkins, Time Series Analysis.';

CREATE FUNCTION spc_xmr(value double precision, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL, screen boolean DEFAULT true,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3,
						period timestamp DEFAULT NULL, every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_xmr';

COMMENT ON FUNCTION spc_xmr(double precision, text, double precision, boolean, boolean, integer, boolean, text, text, integer, integer, boolean, double precision, timestamp, interval, boolean) IS
'XmR chart in the form of NHS England, Making Data Count: centre the mean, limits at 2.66 average moving ranges from it. Moving ranges of 3.267 times their average or more are first left out of the average (Nelson, 1982) unless screen is false. direction: higher_better, lower_better or neutral. target may differ by row. rebase true starts a new phase, with centre, limits and patterns of its own. ghost true shows a point but leaves it out of every calculation and every pattern, which close over it. fix_after: the first so many rows of each phase, at least 2, set its centre and limits; later rows are judged by them. rule_set: nhs (beyond a limit; run of run_length, 7, on one side of the centre; trend of trend_length, 7; two of three consecutive points on one side beyond two sigma), western_electric (beyond a limit; run of 8; two of three beyond two sigma; four of five beyond one sigma), anhoej (beyond a limit; longest run and crossings of the phase), shewhart (beyond a limit). two_of_three: beyond_two_sigma (Making Data Count since 2023) or near_limit (before, and NHSRplotthedots up to 0.2.2: points beyond a limit do not count). run_length and trend_length from 5 to 12. trend_ties true: equal neighbours neither end nor lengthen a trend. sigma: where the limits lie, in sigmas, at most 10; the two-sigma lines stay. every, such as ''1 month'', with period: a period that is missing is a gap like a NULL, or error 22023 with refuse_gaps. Options but target, rebase and ghost are those of the first row of the partition. NULL values are gaps: such a row has lines but no value and no rules, counts for nothing, and no moving range, run, trend or zone pattern reaches across it, so a gap never makes a signal. Fewer than 2 neighbouring values: limits NULL; all values equal: limits on the centre, no rule fires. NaN is error 22023, infinity 22003. Sources: Making Data Count; NHSRplotthedots 0.2.2, whose figures and labels it gives with two_of_three => ''near_limit''.';

CREATE FUNCTION spc_run(value double precision, direction text DEFAULT 'neutral',
						rebase boolean DEFAULT false, ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						rule_set text DEFAULT 'nhs', run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_run';

COMMENT ON FUNCTION spc_run(double precision, text, boolean, boolean, integer, text, integer, integer, boolean, timestamp, interval, boolean) IS
'Run chart: centre the median of the phase, no limits, so that the rules that remain are runs, trends or, with rule_set anhoej, the longest run and crossings. Options and the rule for NULL are those of spc_xmr. Source: Perla, Provost and Murray, The run chart, 2011; Anhøj and Olesen, 2014.';

CREATE FUNCTION spc_i(value double precision, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL, screen boolean DEFAULT true,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3,
						period timestamp DEFAULT NULL, every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_i';

COMMENT ON FUNCTION spc_i(double precision, text, double precision, boolean, boolean, integer, boolean, text, text, integer, integer, boolean, double precision, timestamp, interval, boolean) IS
'I chart of single values: centre the mean, sigma the average moving range over 1.128. Moving ranges of 3.267 times their average or more are left out of it unless screen is false. Options and the rule for NULL are those of spc_xmr. Source: Montgomery, Introduction to Statistical Quality Control; the same figures as qicharts2.';

CREATE FUNCTION spc_mr(value double precision, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						sigma double precision DEFAULT 3, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_mr';

COMMENT ON FUNCTION spc_mr(double precision, text, double precision, boolean, boolean, integer, double precision, timestamp, interval, boolean) IS
'MR chart: the moving ranges of single values, centre their average, upper limit 3.267 times it, lower 0, the upper two-sigma line at two thirds of the limit. The first value of a phase has no moving range. Neighbouring moving ranges share a value, so only the limit is a rule. Options and the rule for NULL are those of spc_xmr. Source: Montgomery; the same figures as qicharts2.';

CREATE FUNCTION spc_xbar(mean double precision, sd double precision, size double precision,
						direction text DEFAULT 'neutral', target double precision DEFAULT NULL,
						rebase boolean DEFAULT false, ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3,
						period timestamp DEFAULT NULL, every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_xbar';

COMMENT ON FUNCTION spc_xbar(double precision, double precision, double precision, text, double precision, boolean, boolean, integer, text, text, integer, integer, boolean, double precision, timestamp, interval, boolean) IS
'Xbar chart of the means of subgroups, from the mean, standard deviation and size of each: centre the mean of all, limits by the common standard deviation within subgroups (its mean where all are of one size, else pooled by degrees of freedom) and c4. A subgroup of one has no limits and adds nothing to the standard deviation; size 0 is a gap; a size that is no whole number or a negative figure is error 22023. Options and the rule for NULL are those of spc_xmr. Source: Montgomery; the same figures as qicharts2.';

CREATE FUNCTION spc_s(sd double precision, size double precision, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_s';

COMMENT ON FUNCTION spc_s(double precision, double precision, text, double precision, boolean, boolean, integer, text, text, integer, integer, boolean, double precision, timestamp, interval, boolean) IS
'S chart of the standard deviations of subgroups, from the standard deviation and size of each: centre the common standard deviation (mean where all subgroups are of one size, else pooled), limits by c4. Subgroups of fewer than 2 are gaps. A size that is no whole number or a negative figure is error 22023. Options and the rule for NULL are those of spc_xmr. Source: Montgomery; the same figures as qicharts2.';

CREATE FUNCTION spc_p(numerator double precision, denominator double precision,
						direction text DEFAULT 'neutral', target double precision DEFAULT NULL,
						rebase boolean DEFAULT false, ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3,
						per double precision DEFAULT 1, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_p';

COMMENT ON FUNCTION spc_p(double precision, double precision, text, double precision, boolean, boolean, integer, text, text, integer, integer, boolean, double precision, double precision, timestamp, interval, boolean) IS
'p chart of proportions: centre the sum of numerators over the sum of denominators, limits binomial by the denominator of each row, cut off at 0 and 1. Results are multiplied by per, 100 for per cent. 0 of 0 is a gap; a numerator of 0 denominators, one above its denominator or a negative figure is error 22023. With denominators in the thousands the limits are too narrow: see spc_p_prime. Options and the rule for NULL are those of spc_xmr. Source: Montgomery; the same figures as qicharts2.';

CREATE FUNCTION spc_p_prime(numerator double precision, denominator double precision,
						direction text DEFAULT 'neutral', target double precision DEFAULT NULL,
						rebase boolean DEFAULT false, ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, per double precision DEFAULT 1,
						period timestamp DEFAULT NULL, every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_p_prime';

COMMENT ON FUNCTION spc_p_prime(double precision, double precision, text, double precision, boolean, boolean, integer, boolean, text, text, integer, integer, boolean, double precision, double precision, timestamp, interval, boolean) IS
'p′ chart of proportions: a p chart whose limits are widened, or narrowed, by the variation between rows, Laney''s sigma z. Moving ranges of 3.267 times their average or more are left out of it unless screen is false. Figures are refused as by spc_p. Options and the rule for NULL are those of spc_xmr. Source: Laney, Improved control charts for attributes, 2002; the same figures as qicharts2.';

CREATE FUNCTION spc_u(numerator double precision, denominator double precision,
						direction text DEFAULT 'neutral', target double precision DEFAULT NULL,
						rebase boolean DEFAULT false, ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3,
						per double precision DEFAULT 1, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_u';

COMMENT ON FUNCTION spc_u(double precision, double precision, text, double precision, boolean, boolean, integer, text, text, integer, integer, boolean, double precision, double precision, timestamp, interval, boolean) IS
'u chart of rates: centre the sum of numerators over the sum of denominators, limits Poisson by the denominator of each row, cut off at 0. Results are multiplied by per, such as 1000. 0 of 0 is a gap; a numerator of 0 denominators or a negative figure is error 22023. Options and the rule for NULL are those of spc_xmr. Source: Montgomery; the same figures as qicharts2.';

CREATE FUNCTION spc_u_prime(numerator double precision, denominator double precision,
						direction text DEFAULT 'neutral', target double precision DEFAULT NULL,
						rebase boolean DEFAULT false, ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, per double precision DEFAULT 1,
						period timestamp DEFAULT NULL, every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_u_prime';

COMMENT ON FUNCTION spc_u_prime(double precision, double precision, text, double precision, boolean, boolean, integer, boolean, text, text, integer, integer, boolean, double precision, double precision, timestamp, interval, boolean) IS
'u′ chart of rates: a u chart whose limits are widened, or narrowed, by the variation between rows, Laney''s sigma z. Moving ranges of 3.267 times their average or more are left out of it unless screen is false. Figures are refused as by spc_u. Options and the rule for NULL are those of spc_xmr. Source: Laney, 2002; the same figures as qicharts2.';

CREATE FUNCTION spc_i_prime(numerator double precision, denominator double precision,
						direction text DEFAULT 'neutral', target double precision DEFAULT NULL,
						rebase boolean DEFAULT false, ghost boolean DEFAULT false, fix_after integer DEFAULT NULL,
						screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, per double precision DEFAULT 1,
						period timestamp DEFAULT NULL, every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_i_prime';

COMMENT ON FUNCTION spc_i_prime(double precision, double precision, text, double precision, boolean, boolean, integer, boolean, text, text, integer, integer, boolean, double precision, double precision, timestamp, interval, boolean) IS
'I′ chart of means with denominators: centre the sum of numerators over the sum of denominators, sigma from moving ranges made comparable by their denominators. Moving ranges of 3.2665 times their average or more are left out of it unless screen is false. 0 of 0 is a gap; a numerator of 0 denominators or a negative denominator is error 22023. Options and the rule for NULL are those of spc_xmr. Source: Taylor, Normalized I charts, 2017; the same figures as qicharts2.';

CREATE FUNCTION spc_c(events double precision, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_c';

COMMENT ON FUNCTION spc_c(double precision, text, double precision, boolean, boolean, integer, text, text, integer, integer, boolean, double precision, timestamp, interval, boolean) IS
'c chart of counts from equal opportunity: centre the mean, limits Poisson, cut off at 0. A mean below about 5 makes limits poor: count the cases between events with spc_g, or the time with spc_t. A negative count is error 22023. Options and the rule for NULL are those of spc_xmr. Source: Montgomery; the same figures as qicharts2.';

CREATE FUNCTION spc_g(value double precision, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_g';

COMMENT ON FUNCTION spc_g(double precision, text, double precision, boolean, boolean, integer, text, text, integer, integer, boolean, double precision, timestamp, interval, boolean) IS
'g chart of cases between events: centre the median, limits geometric about the mean, cut off at 0. A negative number is error 22023. Options and the rule for NULL are those of spc_xmr. Source: Benneyan, 2001; Montgomery; the same figures as qicharts2.';

CREATE FUNCTION spc_t(value double precision, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL, screen boolean DEFAULT true,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3,
						period timestamp DEFAULT NULL, every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_t';

COMMENT ON FUNCTION spc_t(double precision, text, double precision, boolean, boolean, integer, boolean, text, text, integer, integer, boolean, double precision, timestamp, interval, boolean) IS
't chart of time between events: an I chart of the times raised to 1/3.6, carried back. Moving ranges of 3.267 times their average or more are left out of it unless screen is false. A time of 0 or less is error 22023. Options and the rule for NULL are those of spc_xmr. Source: Nelson, A control chart for parts-per-million nonconforming items, 1994; the same figures as qicharts2.';

CREATE FUNCTION spc_chart(chart text, value double precision,
						denominator double precision DEFAULT NULL, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean DEFAULT false,
						ghost boolean DEFAULT false, fix_after integer DEFAULT NULL, screen boolean DEFAULT true,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3,
						per double precision DEFAULT 1, period timestamp DEFAULT NULL, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS spc_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_any';

COMMENT ON FUNCTION spc_chart(text, double precision, double precision, text, double precision, boolean, boolean, integer, boolean, text, text, integer, integer, boolean, double precision, double precision, timestamp, interval, boolean) IS
'A chart whose kind is data: run, i, mr, xmr, p, p_prime, u, u_prime, i_prime, c, g or t, as the function of that name draws it from value (the numerator where the chart has one) and denominator. The kinds xbar and s need spc_xbar and spc_s. Another kind, or a missing denominator column, is error 22023. Options and the rule for NULL are those of spc_xmr.';

CREATE TYPE spc_options AS (
	chart text,
	fix_after integer,
	screen boolean,
	rule_set text,
	two_of_three text,
	run_length integer,
	trend_length integer,
	trend_ties boolean,
	sigma double precision,
	per double precision
);

COMMENT ON TYPE spc_options IS
'Options of a control chart in one value, for aggregates, which take no named arguments: made by the function spc_options. NULL in a field stands for the default.';

COMMENT ON COLUMN spc_options.chart IS 'Kind of chart, as in spc_chart; xmr by default.';

COMMENT ON COLUMN spc_options.fix_after IS 'Rows of each phase that set its limits; NULL: all.';

COMMENT ON COLUMN spc_options.screen IS 'Leave wild moving ranges out of their average; true by default.';

COMMENT ON COLUMN spc_options.rule_set IS 'nhs (default), western_electric, anhoej or shewhart.';

COMMENT ON COLUMN spc_options.two_of_three IS 'beyond_two_sigma (default) or near_limit.';

COMMENT ON COLUMN spc_options.run_length IS 'Points of a run, 5 to 12; 7 by default, 8 for western_electric.';

COMMENT ON COLUMN spc_options.trend_length IS 'Points of a trend, 5 to 12; 7 by default.';

COMMENT ON COLUMN spc_options.trend_ties IS 'Equal neighbours neither end nor lengthen a trend; false by default.';

COMMENT ON COLUMN spc_options.sigma IS 'Where the limits lie, in sigmas; 3 by default.';

COMMENT ON COLUMN spc_options.per IS 'Results are multiplied by this; 1 by default.';

CREATE FUNCTION spc_options(chart text DEFAULT 'xmr', fix_after integer DEFAULT NULL,
						screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, per double precision DEFAULT 1)
RETURNS spc_options
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
RETURN ROW(chart, fix_after, screen, rule_set, two_of_three, run_length, trend_length, trend_ties, sigma, per)::spc_options;

COMMENT ON FUNCTION spc_options(text, integer, boolean, text, text, integer, integer, boolean, double precision, double precision) IS
'Options of a control chart in one value, for spc_summary. They mean what they mean for spc_xmr, and are checked where they are used. NULL stands for the default of the option.';

CREATE TYPE spc_icons AS (
	points integer,
	special_points integer,
	phases integer,
	phase_points integer,
	value double precision,
	centre double precision,
	lower double precision,
	upper double precision,
	rules integer,
	rule text,
	variation text,
	target double precision,
	meets_target boolean,
	assurance text,
	capability double precision,
	target_chance double precision,
	autocorrelation double precision,
	is_short_phase boolean,
	chance double precision
);

COMMENT ON TYPE spc_icons IS
'What a board reads of a series: the state of its last point and what to expect, as the aggregate spc_summary gives it. Without any value points and special_points are 0 and all else is NULL.';

COMMENT ON COLUMN spc_icons.points IS 'Points with a value that are no ghosts.';

COMMENT ON COLUMN spc_icons.special_points IS 'Points at which a rule fires.';

COMMENT ON COLUMN spc_icons.phases IS 'Phases of the series.';

COMMENT ON COLUMN spc_icons.phase_points IS 'Points of the phase of the last point.';

COMMENT ON COLUMN spc_icons.value IS 'The last value that is neither NULL nor a ghost, in its own unit.';

COMMENT ON COLUMN spc_icons.centre IS 'Centre line at the last point.';

COMMENT ON COLUMN spc_icons.lower IS 'Lower limit at the last point; NULL as in spc_point.';

COMMENT ON COLUMN spc_icons.upper IS 'Upper limit at the last point; NULL as in spc_point.';

COMMENT ON COLUMN spc_icons.rules IS 'Mask of all rules that fire at the last point; see spc_rules.';

COMMENT ON COLUMN spc_icons.rule IS 'The rule to show, as spc_rule gives it.';

COMMENT ON COLUMN spc_icons.variation IS 'The variation icon: common_cause, special_cause_improvement, special_cause_concern, special_cause_neutral_high, special_cause_neutral_low, or special_cause_pattern where only a rule of the whole phase fires (rule set anhoej). Source: Making Data Count.';

COMMENT ON COLUMN spc_icons.target IS 'The target at the last point; NULL without one.';

COMMENT ON COLUMN spc_icons.meets_target IS 'The last value is at the target or on its better side; NULL without a target or direction.';

COMMENT ON COLUMN spc_icons.assurance IS 'The assurance icon: consistent_pass, inconsistent, consistent_fail; NULL without a target, direction or limits. Source: Making Data Count.';

COMMENT ON COLUMN spc_icons.capability IS 'Distance from the centre to the target over that from the centre to a limit, positive on the better side: 1 or more is consistent_pass, -1 or less consistent_fail. Charts XmR, I, I′ and Xbar; NULL on others, without target, direction or spread.';

COMMENT ON COLUMN spc_icons.target_chance IS 'Chance, from 0 to 1, that one value meets the target if the process goes on as it is and is normal about its centre; of little use while special causes act. NULL where capability is, except that a process without spread gives 0 or 1.';

COMMENT ON COLUMN spc_icons.autocorrelation IS 'Lag-1 autocorrelation of the deviations from the centre line; above about 0.3 the rules fire too often. NULL where fewer than 3 values or no spread.';

COMMENT ON COLUMN spc_icons.is_short_phase IS 'The phase of the last point has fewer than 13 points.';

COMMENT ON COLUMN spc_icons.chance IS 'Chance, from 0 to 1, that a process in common cause with independent values shows as much or more at its last point: four times the smallest of the chances of its distance from the centre, of two of the last three points so far out, of the run and of the trend that it ends (Bonferroni). For ranking the signals of many series, as with Benjamini and Hochberg. Too small where neighbouring values are alike: see autocorrelation. NULL without a value.';

CREATE FUNCTION spc_collect(state bytea, value double precision, period date, direction text,
						target double precision)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_spc_collect_date';

COMMENT ON FUNCTION spc_collect(bytea, double precision, date, text, double precision) IS
'Adds a point to the state of spc_summary. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, period timestamptz,
						direction text, target double precision)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_spc_collect_bigint';

COMMENT ON FUNCTION spc_collect(bytea, double precision, timestamptz, text, double precision) IS
'Adds a point to the state of spc_summary. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, period bigint, direction text,
						target double precision)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_spc_collect_bigint';

COMMENT ON FUNCTION spc_collect(bytea, double precision, bigint, text, double precision) IS
'Adds a point to the state of spc_summary. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, denominator double precision,
						period date, direction text, target double precision, rebase boolean, ghost boolean,
						options spc_options)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_spc_collect_all_date';

COMMENT ON FUNCTION spc_collect(bytea, double precision, double precision, date, text, double precision, boolean, boolean, spc_options) IS
'Adds a point to the state of spc_summary. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, denominator double precision,
						period timestamptz, direction text, target double precision, rebase boolean, ghost boolean,
						options spc_options)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_spc_collect_all_bigint';

COMMENT ON FUNCTION spc_collect(bytea, double precision, double precision, timestamptz, text, double precision, boolean, boolean, spc_options) IS
'Adds a point to the state of spc_summary. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, denominator double precision,
						period bigint, direction text, target double precision, rebase boolean, ghost boolean,
						options spc_options)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_spc_collect_all_bigint';

COMMENT ON FUNCTION spc_collect(bytea, double precision, double precision, bigint, text, double precision, boolean, boolean, spc_options) IS
'Adds a point to the state of spc_summary. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, period date)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_spc_collect_value_date';

COMMENT ON FUNCTION spc_collect(bytea, double precision, date) IS
'Adds a point to the state of spc_autocorrelation. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, period timestamptz)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_spc_collect_value_bigint';

COMMENT ON FUNCTION spc_collect(bytea, double precision, timestamptz) IS
'Adds a point to the state of spc_autocorrelation. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect(state bytea, value double precision, period bigint)
RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_spc_collect_value_bigint';

COMMENT ON FUNCTION spc_collect(bytea, double precision, bigint) IS
'Adds a point to the state of spc_autocorrelation. A NULL period is error 22004; a NULL value is a gap.';

CREATE FUNCTION spc_collect_combine(state bytea, other bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_collect_combine';

COMMENT ON FUNCTION spc_collect_combine(bytea, bytea) IS
'Puts the points of two states of spc_summary or spc_autocorrelation together. A state with other options is error 22023, one that is no state XX001. NULL is a state without points.';

CREATE FUNCTION spc_summary_final(state bytea) RETURNS spc_icons
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_spc_summary_final';

COMMENT ON FUNCTION spc_summary_final(bytea) IS
'Draws the chart of a state of spc_summary and reads its icons. NULL gives NULL.';

CREATE FUNCTION spc_autocorrelation_final(state bytea) RETURNS double precision
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_spc_autocorrelation_final';

COMMENT ON FUNCTION spc_autocorrelation_final(bytea) IS
'Lag-1 autocorrelation of the points of a state. NULL gives NULL.';

CREATE AGGREGATE spc_summary(value double precision, period date, direction text, target double precision) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_summary_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_summary(double precision, date, text, double precision) IS
'Icons of a series: (spc_summary(value, month, ''higher_better'', 95)).* draws its XmR chart in the order of the periods, whatever the order of the rows, and reads its last point. direction: higher_better, lower_better, neutral or NULL, which is neutral; it must be the same in all rows (error 22023). target may differ by row: the last point''s counts; NULL: none. A NULL value is a gap, as in spc_xmr; a NULL period is error 22004, two rows of one period are error 22023, NaN 22023, infinity 22003. No rows give NULL. Source: NHS England, Making Data Count.';

CREATE AGGREGATE spc_summary(value double precision, period timestamptz, direction text, target double precision) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_summary_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_summary(double precision, timestamptz, text, double precision) IS
'Icons of a series: (spc_summary(value, month, ''higher_better'', 95)).* draws its XmR chart in the order of the periods, whatever the order of the rows, and reads its last point. direction: higher_better, lower_better, neutral or NULL, which is neutral; it must be the same in all rows (error 22023). target may differ by row: the last point''s counts; NULL: none. A NULL value is a gap, as in spc_xmr; a NULL period is error 22004, two rows of one period are error 22023, NaN 22023, infinity 22003. No rows give NULL. Source: NHS England, Making Data Count.';

CREATE AGGREGATE spc_summary(value double precision, period bigint, direction text, target double precision) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_summary_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_summary(double precision, bigint, text, double precision) IS
'Icons of a series: (spc_summary(value, month, ''higher_better'', 95)).* draws its XmR chart in the order of the periods, whatever the order of the rows, and reads its last point. direction: higher_better, lower_better, neutral or NULL, which is neutral; it must be the same in all rows (error 22023). target may differ by row: the last point''s counts; NULL: none. A NULL value is a gap, as in spc_xmr; a NULL period is error 22004, two rows of one period are error 22023, NaN 22023, infinity 22003. No rows give NULL. Source: NHS England, Making Data Count.';

CREATE AGGREGATE spc_summary(value double precision, denominator double precision, period date, direction text, target double precision, rebase boolean, ghost boolean, options spc_options) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_summary_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_summary(double precision, double precision, date, text, double precision, boolean, boolean, spc_options) IS
'Icons of a series with all that a chart can be told: denominator (NULL where the chart has none), rebase (true starts a phase), ghost (true excludes a point) and options => as spc_options(chart => ''p'', fix_after => 24) makes them; NULL stands for the defaults. The charts xbar and s are refused. The rest is that of the short form. No rows give NULL.';

CREATE AGGREGATE spc_summary(value double precision, denominator double precision, period timestamptz, direction text, target double precision, rebase boolean, ghost boolean, options spc_options) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_summary_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_summary(double precision, double precision, timestamptz, text, double precision, boolean, boolean, spc_options) IS
'Icons of a series with all that a chart can be told: denominator (NULL where the chart has none), rebase (true starts a phase), ghost (true excludes a point) and options => as spc_options(chart => ''p'', fix_after => 24) makes them; NULL stands for the defaults. The charts xbar and s are refused. The rest is that of the short form. No rows give NULL.';

CREATE AGGREGATE spc_summary(value double precision, denominator double precision, period bigint, direction text, target double precision, rebase boolean, ghost boolean, options spc_options) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_summary_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_summary(double precision, double precision, bigint, text, double precision, boolean, boolean, spc_options) IS
'Icons of a series with all that a chart can be told: denominator (NULL where the chart has none), rebase (true starts a phase), ghost (true excludes a point) and options => as spc_options(chart => ''p'', fix_after => 24) makes them; NULL stands for the defaults. The charts xbar and s are refused. The rest is that of the short form. No rows give NULL.';

CREATE AGGREGATE spc_autocorrelation(value double precision, period date) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_autocorrelation_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_autocorrelation(double precision, date) IS
'Lag-1 autocorrelation of a series in the order of its periods, whatever the order of the rows, from -1 to 1. NULL values are gaps: they make no pair. A NULL period is error 22004, two rows of one period are error 22023, NaN 22023, infinity 22003. NULL where fewer than 3 values or all are equal. Source: Box and Jenkins, Time Series Analysis.';

CREATE AGGREGATE spc_autocorrelation(value double precision, period timestamptz) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_autocorrelation_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_autocorrelation(double precision, timestamptz) IS
'Lag-1 autocorrelation of a series in the order of its periods, whatever the order of the rows, from -1 to 1. NULL values are gaps: they make no pair. A NULL period is error 22004, two rows of one period are error 22023, NaN 22023, infinity 22003. NULL where fewer than 3 values or all are equal. Source: Box and Jenkins, Time Series Analysis.';

CREATE AGGREGATE spc_autocorrelation(value double precision, period bigint) (
	SFUNC = spc_collect,
	STYPE = bytea,
	SSPACE = 3000,
	FINALFUNC = spc_autocorrelation_final,
	COMBINEFUNC = spc_collect_combine,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE spc_autocorrelation(double precision, bigint) IS
'Lag-1 autocorrelation of a series in the order of its periods, whatever the order of the rows, from -1 to 1. NULL values are gaps: they make no pair. A NULL period is error 22004, two rows of one period are error 22023, NaN 22023, infinity 22003. NULL where fewer than 3 values or all are equal. Source: Box and Jenkins, Time Series Analysis.';

CREATE FUNCTION spc_xmr_rows(query text, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, fix_after integer DEFAULT NULL,
						screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS TABLE (
	series text, period date,
	value double precision, centre double precision, lower double precision, upper double precision,
	lower_two_sigma double precision, upper_two_sigma double precision, moving_range double precision,
	phase integer, rules integer, assurance smallint, is_special boolean, is_improvement boolean,
	is_concern boolean, is_high_range boolean, is_short_phase boolean
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 10000
AS 'MODULE_PATHNAME', 'cg_spc_rows_xmr_query';

COMMENT ON FUNCTION spc_xmr_rows(text, text, double precision, integer, boolean, text, text, integer, integer, boolean, double precision, interval, boolean) IS
'XmR charts of all series of a query, in the order of series and period: the same figures as spc_xmr gives, faster. query is one SELECT with the columns series, period and value, in any order and with any others; target, rebase and ghost are read if they are there. Rows need no order; where an index or an ORDER BY gives them by series and period nothing is sorted. A column target goes before the argument. every, such as ''1 month'': periods that are missing are gaps, or error 22023 with refuse_gaps; the periods are then dates or timestamps. A missing column is error 42703, one of a wrong type 42804, a NULL series or period 22004, two rows of one period 22023. It runs with the rights of the caller. Options and the rule for NULL values are those of spc_xmr. A NULL query is error 22004; a query without rows gives none. series comes back as text and period as date; the form with series_type and period_type gives them as they are.';

CREATE FUNCTION spc_xmr_rows(query text, series_type anyelement, period_type anycompatible,
						direction text DEFAULT 'neutral', target double precision DEFAULT NULL,
						fix_after integer DEFAULT NULL, screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, every interval DEFAULT NULL,
						refuse_gaps boolean DEFAULT false)
RETURNS TABLE (
	series anyelement, period anycompatible,
	value double precision, centre double precision, lower double precision, upper double precision,
	lower_two_sigma double precision, upper_two_sigma double precision, moving_range double precision,
	phase integer, rules integer, assurance smallint, is_special boolean, is_improvement boolean,
	is_concern boolean, is_high_range boolean, is_short_phase boolean
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 10000
AS 'MODULE_PATHNAME', 'cg_spc_rows_xmr_query';

COMMENT ON FUNCTION spc_xmr_rows(text, anyelement, anycompatible, text, double precision, integer, boolean, text, text, integer, integer, boolean, double precision, interval, boolean) IS
'XmR charts of all series of a query, in the order of series and period: the same figures as spc_xmr gives, faster. query is one SELECT with the columns series, period and value, in any order and with any others; target, rebase and ghost are read if they are there. Rows need no order; where an index or an ORDER BY gives them by series and period nothing is sorted. A column target goes before the argument. every, such as ''1 month'': periods that are missing are gaps, or error 22023 with refuse_gaps; the periods are then dates or timestamps. A missing column is error 42703, one of a wrong type 42804, a NULL series or period 22004, two rows of one period 22023. It runs with the rights of the caller. Options and the rule for NULL values are those of spc_xmr. A NULL query is error 22004; a query without rows gives none. The types that series and periods come back in are those of series_type and period_type, given as NULL::bigint, NULL::timestamptz and so on.';

CREATE FUNCTION spc_chart_rows(query text, chart text, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, fix_after integer DEFAULT NULL,
						screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, per double precision DEFAULT 1,
						every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS TABLE (
	series text, period date,
	value double precision, centre double precision, lower double precision, upper double precision,
	lower_two_sigma double precision, upper_two_sigma double precision, moving_range double precision,
	phase integer, rules integer, assurance smallint, is_special boolean, is_improvement boolean,
	is_concern boolean, is_high_range boolean, is_short_phase boolean
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 10000
AS 'MODULE_PATHNAME', 'cg_spc_rows_any_query';

COMMENT ON FUNCTION spc_chart_rows(text, text, text, double precision, integer, boolean, text, text, integer, integer, boolean, double precision, double precision, interval, boolean) IS
'Charts of a kind, all but xbar and s, of all series of a query, as spc_xmr_rows draws XmR charts. Kinds with a denominator need a column denominator; value is then the numerator. Options and the rule for NULL are those of the window function of that kind. A NULL query is error 22004; a NULL chart is xmr.';

CREATE FUNCTION spc_chart_rows(query text, chart text, series_type anyelement,
						period_type anycompatible, direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, fix_after integer DEFAULT NULL,
						screen boolean DEFAULT true, rule_set text DEFAULT 'nhs',
						two_of_three text DEFAULT 'beyond_two_sigma', run_length integer DEFAULT NULL,
						trend_length integer DEFAULT 7, trend_ties boolean DEFAULT false,
						sigma double precision DEFAULT 3, per double precision DEFAULT 1,
						every interval DEFAULT NULL, refuse_gaps boolean DEFAULT false)
RETURNS TABLE (
	series anyelement, period anycompatible,
	value double precision, centre double precision, lower double precision, upper double precision,
	lower_two_sigma double precision, upper_two_sigma double precision, moving_range double precision,
	phase integer, rules integer, assurance smallint, is_special boolean, is_improvement boolean,
	is_concern boolean, is_high_range boolean, is_short_phase boolean
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 10000
AS 'MODULE_PATHNAME', 'cg_spc_rows_any_query';

COMMENT ON FUNCTION spc_chart_rows(text, text, anyelement, anycompatible, text, double precision, integer, boolean, text, text, integer, integer, boolean, double precision, double precision, interval, boolean) IS
'Charts of a kind, all but xbar and s, of all series of a query, as spc_xmr_rows draws XmR charts. Kinds with a denominator need a column denominator; value is then the numerator. Options and the rule for NULL are those of the window function of that kind. A NULL query is error 22004; a NULL chart is xmr. The types that series and periods come back in are those of series_type and period_type, given as NULL::bigint, NULL::timestamptz and so on.';

CREATE FUNCTION spc_xmr_rows(value double precision[], direction text DEFAULT 'neutral',
						target double precision DEFAULT NULL, rebase boolean[] DEFAULT NULL,
						ghost boolean[] DEFAULT NULL, fix_after integer DEFAULT NULL, screen boolean DEFAULT true,
						rule_set text DEFAULT 'nhs', two_of_three text DEFAULT 'beyond_two_sigma',
						run_length integer DEFAULT NULL, trend_length integer DEFAULT 7,
						trend_ties boolean DEFAULT false, sigma double precision DEFAULT 3)
RETURNS TABLE (
	ordinal integer,
	value double precision, centre double precision, lower double precision, upper double precision,
	lower_two_sigma double precision, upper_two_sigma double precision, moving_range double precision,
	phase integer, rules integer, assurance smallint, is_special boolean, is_improvement boolean,
	is_concern boolean, is_high_range boolean, is_short_phase boolean
)
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 ROWS 60
AS 'MODULE_PATHNAME', 'cg_spc_rows_xmr_array';

COMMENT ON FUNCTION spc_xmr_rows(double precision[], text, double precision, boolean[], boolean[], integer, boolean, text, text, integer, integer, boolean, double precision) IS
'XmR chart of one series that comes as an array: a row for each element, with its place from 1. rebase and ghost are as long as the series (else error 2202E). Options and the rule for NULL elements are those of spc_xmr. A NULL array gives no rows. It can run in parallel workers over a table of arrays.';

CREATE FUNCTION spc_step_changes(value double precision[], min_points integer DEFAULT 6,
						level double precision DEFAULT 0.05)
RETURNS TABLE (
	ordinal integer,
	before_points integer, after_points integer, before_mean double precision, after_mean double precision,
	step double precision, sigmas double precision, statistic double precision, p_value double precision,
	evidence text
)
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 ROWS 2
AS 'MODULE_PATHNAME', 'cg_spc_step_changes_array';

COMMENT ON FUNCTION spc_step_changes(double precision[], integer, double precision) IS
'Candidate step changes of a series that comes as an array, each with its evidence: Pettitt''s test finds the best place to cut the series and how likely such a cut is by chance; where that is at most level, the two parts are searched too. ordinal is the first of the new level; before and after describe the levels up to the next candidate, sigmas is the step in sigmas of the moving range (NULL without spread), statistic Pettitt''s K, p_value its probability under no change, evidence strong (p up to 0.001), moderate (0.01) or weak. Levels have at least min_points, 2 or more. It is a list to look at with those who know what happened: autocorrelation and trends make candidates too. NULL values are left out. A NULL array gives no rows; too few values give none. NaN is error 22023, infinity 22003. Source: Pettitt, A non-parametric approach to the change-point problem, 1979, with binary segmentation.';

CREATE FUNCTION spc_step_changes(query text, min_points integer DEFAULT 6,
						level double precision DEFAULT 0.05)
RETURNS TABLE (
	series text, period date, ordinal integer,
	before_points integer, after_points integer, before_mean double precision, after_mean double precision,
	step double precision, sigmas double precision, statistic double precision, p_value double precision,
	evidence text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100
AS 'MODULE_PATHNAME', 'cg_spc_step_changes_query';

COMMENT ON FUNCTION spc_step_changes(text, integer, double precision) IS
'Candidate step changes of all series of a query, which is read as by spc_xmr_rows, each with its evidence: Pettitt''s test finds the best place to cut the series and how likely such a cut is by chance; where that is at most level, the two parts are searched too. period is the first of the new level; before and after describe the levels up to the next candidate, sigmas is the step in sigmas of the moving range (NULL without spread), statistic Pettitt''s K, p_value its probability under no change, evidence strong (p up to 0.001), moderate (0.01) or weak. Levels have at least min_points, 2 or more. It is a list to look at with those who know what happened: autocorrelation and trends make candidates too. NULL values and ghosts are left out. A NULL query is error 22004. Source: Pettitt, A non-parametric approach to the change-point problem, 1979, with binary segmentation.';

CREATE FUNCTION spc_step_changes(query text, series_type anyelement, period_type anycompatible,
						min_points integer DEFAULT 6, level double precision DEFAULT 0.05)
RETURNS TABLE (
	series anyelement, period anycompatible, ordinal integer,
	before_points integer, after_points integer, before_mean double precision, after_mean double precision,
	step double precision, sigmas double precision, statistic double precision, p_value double precision,
	evidence text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100
AS 'MODULE_PATHNAME', 'cg_spc_step_changes_query';

COMMENT ON FUNCTION spc_step_changes(text, anyelement, anycompatible, integer, double precision) IS
'Candidate step changes of all series of a query, which is read as by spc_xmr_rows, each with its evidence: Pettitt''s test finds the best place to cut the series and how likely such a cut is by chance; where that is at most level, the two parts are searched too. period is the first of the new level; before and after describe the levels up to the next candidate, sigmas is the step in sigmas of the moving range (NULL without spread), statistic Pettitt''s K, p_value its probability under no change, evidence strong (p up to 0.001), moderate (0.01) or weak. Levels have at least min_points, 2 or more. It is a list to look at with those who know what happened: autocorrelation and trends make candidates too. NULL values and ghosts are left out. A NULL query is error 22004. Source: Pettitt, A non-parametric approach to the change-point problem, 1979, with binary segmentation. The types that series and periods come back in are those of series_type and period_type, given as NULL::bigint, NULL::timestamptz and so on.';

CREATE TYPE spc_vlad_point AS (
	value double precision,
	lower double precision,
	upper double precision
);

COMMENT ON TYPE spc_vlad_point IS 'One point of a variable life-adjusted display.';

COMMENT ON COLUMN spc_vlad_point.value IS 'Sum of expected less observed outcomes so far: rising is fewer than expected (lives gained, where outcomes are deaths).';

COMMENT ON COLUMN spc_vlad_point.lower IS 'Where the sum at this row would lie, sigma standard deviations below 0, if outcomes came as expected. For a look at one row, not for watching all of them: that is what spc_ra_cusum is for.';

COMMENT ON COLUMN spc_vlad_point.upper IS 'The same above 0.';

CREATE TYPE spc_cusum_point AS (
	up double precision,
	down double precision,
	signal_up boolean,
	signal_down boolean
);

COMMENT ON TYPE spc_cusum_point IS 'One point of a risk-adjusted CUSUM chart; both sums are 0 or more.';

COMMENT ON COLUMN spc_cusum_point.up IS 'Evidence that outcomes have become more frequent than expected, as a log-likelihood ratio.';

COMMENT ON COLUMN spc_cusum_point.down IS 'Evidence that outcomes have become less frequent than expected.';

COMMENT ON COLUMN spc_cusum_point.signal_up IS 'up has reached the threshold.';

COMMENT ON COLUMN spc_cusum_point.signal_down IS 'down has reached the threshold.';

CREATE FUNCTION spc_vlad(outcome double precision, expected double precision, kind text DEFAULT 'binary',
						 sigma double precision DEFAULT 3)
RETURNS spc_vlad_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_vlad';

COMMENT ON FUNCTION spc_vlad(double precision, double precision, text, double precision) IS
'Variable life-adjusted display over (PARTITION BY unit ORDER BY time): the running sum of expected less observed outcomes. kind binary: outcome is 0 or 1, expected its probability by case-mix, such as a column of a model''s predictions; kind count: outcome and expected are counts of a period. Rows where either is NULL add nothing. Figures outside these ranges, an unknown kind, or sigma not between 0 and 10 are error 22023; NaN 22023, infinity 22003. Source: Lovegrove et al., Lancet 350, 1997.';

CREATE FUNCTION spc_ra_cusum(outcome double precision, expected double precision, kind text DEFAULT 'binary',
							 ratio_up double precision DEFAULT 2, ratio_down double precision DEFAULT 0.5,
							 threshold double precision DEFAULT 4.5, reset boolean DEFAULT true)
RETURNS spc_cusum_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_spc_window_cusum';

COMMENT ON FUNCTION spc_ra_cusum(double precision, double precision, text, double precision, double precision, double precision, boolean) IS
'Risk-adjusted CUSUM chart over (PARTITION BY unit ORDER BY time): two sums of log-likelihood ratios, one watching for odds ratio_up times those expected, one for ratio_down times (of counts: rates), each never below 0. A sum that reaches threshold is a signal; with reset it starts again from 0 after it. The default of 4.5 is Steiner''s for mortality of a few per cent, with thousands of operations between false signals; choose it by simulation for your own case-mix. kind, NULL and errors are those of spc_vlad; ratio_up must be more than 1, ratio_down at least 0.001 and less than 1. A NULL option is error 22004. Source: Steiner, Cook, Farewell and Treasure, Biostatistics 1, 2000.';

CREATE TYPE estimate AS (
	numerator double precision,
	denominator double precision,
	value double precision,
	lower double precision,
	upper double precision,
	lower_limits double precision[],
	upper_limits double precision[]
);

COMMENT ON TYPE estimate IS
'A rate, ratio or proportion with its confidence intervals. lower and upper are the limits of the first confidence level that was asked for, lower_limits and upper_limits those of all of them in order.';

COMMENT ON COLUMN estimate.numerator IS 'Events, deaths or people counted.';

COMMENT ON COLUMN estimate.denominator IS 'Population, people or expected events that they are of.';

COMMENT ON COLUMN estimate.value IS 'The measure, times the multiplier. NULL where there is none, such as over a denominator of 0.';

COMMENT ON COLUMN estimate.lower IS 'Lower limit at the first confidence level, times the multiplier.';

COMMENT ON COLUMN estimate.upper IS 'Upper limit at the first confidence level, times the multiplier.';

COMMENT ON COLUMN estimate.lower_limits IS 'Lower limits at every confidence level.';

COMMENT ON COLUMN estimate.upper_limits IS 'Upper limits at every confidence level.';

CREATE TYPE comparison AS (
	value double precision,
	lower double precision,
	upper double precision,
	p_value double precision
);

COMMENT ON TYPE comparison IS
'A ratio or difference of two rates or proportions with its confidence interval, and the probability of so large a difference were there none.';

COMMENT ON COLUMN comparison.value IS 'The ratio or the difference. Infinite where the second rate is 0; NULL where both are.';

COMMENT ON COLUMN comparison.lower IS 'Lower confidence limit.';

COMMENT ON COLUMN comparison.upper IS 'Upper confidence limit; may be infinite.';

COMMENT ON COLUMN comparison.p_value IS 'Two-sided p value of no difference.';

CREATE FUNCTION wilson_lower(numerator double precision, denominator double precision,
                             confidence double precision DEFAULT 0.95) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_wilson_lower';

COMMENT ON FUNCTION wilson_lower(double precision, double precision, double precision) IS
'The lower limit of the score interval of a proportion, as a share of 1. Over a denominator of 0 it is NULL. A numerator below 0 or above the denominator is error 22003; a confidence outside 0 to 1 is 22023. NULL gives NULL. Source: Wilson, J Am Stat Assoc 1927;22:209-12.';

CREATE FUNCTION wilson_upper(numerator double precision, denominator double precision,
                             confidence double precision DEFAULT 0.95) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_wilson_upper';

COMMENT ON FUNCTION wilson_upper(double precision, double precision, double precision) IS
'The upper limit of the score interval of a proportion, as a share of 1. Errors and source as for wilson_lower(). NULL gives NULL.';

CREATE FUNCTION byar_lower(events double precision, confidence double precision DEFAULT 0.95) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_byar_lower';

COMMENT ON FUNCTION byar_lower(double precision, double precision) IS
'The lower limit, by Byar''s approximation, of the expected number of events when so many were counted; 0 where the approximation would go below 0, and for 0 events. Negative events are error 22003, a confidence outside 0 to 1 is 22023. NULL gives NULL. Source: Breslow and Day, Statistical Methods in Cancer Research, volume II, 1987, p. 69.';

CREATE FUNCTION byar_upper(events double precision, confidence double precision DEFAULT 0.95) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_byar_upper';

COMMENT ON FUNCTION byar_upper(double precision, double precision) IS
'The upper limit, by Byar''s approximation, of the expected number of events when so many were counted. Errors and source as for byar_lower(). NULL gives NULL.';

CREATE FUNCTION poisson_lower(events double precision, confidence double precision DEFAULT 0.95) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_poisson_lower';

COMMENT ON FUNCTION poisson_lower(double precision, double precision) IS
'The exact lower limit of the expected number of events when so many were counted. Negative events are error 22003, a confidence outside 0 to 1 is 22023. NULL gives NULL. Source: Garwood, Biometrika 1936;28:437-42.';

CREATE FUNCTION poisson_upper(events double precision, confidence double precision DEFAULT 0.95) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_poisson_upper';

COMMENT ON FUNCTION poisson_upper(double precision, double precision) IS
'The exact upper limit of the expected number of events when so many were counted. Errors and source as for poisson_lower(). NULL gives NULL.';

CREATE FUNCTION proportion_estimate(numerator double precision, denominator double precision,
                                    multiplier double precision DEFAULT 1,
                                    confidence double precision[] DEFAULT '{0.95,0.998}') RETURNS estimate
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_proportion_estimate';

COMMENT ON FUNCTION proportion_estimate(double precision, double precision, double precision, double precision[]) IS
'A proportion of one unit with Wilson''s score intervals at up to four confidence levels, all times the multiplier (100 gives per cent); over a denominator of 0 they are NULL. A numerator below 0 or above the denominator is error 22003; a confidence outside 0 to 1 is 22023. NULL gives NULL. For sums over rows there is the aggregate proportion(). Source: Wilson, J Am Stat Assoc 1927;22:209-12; figures as OHID''s phe_proportion.';

CREATE FUNCTION rate_estimate(events double precision, population double precision,
                              multiplier double precision DEFAULT 100000,
                              confidence double precision[] DEFAULT '{0.95,0.998}',
                              method text DEFAULT 'byar_exact') RETURNS estimate
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_rate_estimate';

COMMENT ON FUNCTION rate_estimate(double precision, double precision, double precision, double precision[], text) IS
'A rate of one unit with intervals at up to four confidence levels, all times the multiplier; with expected events as population and multiplier 1, a standardised ratio. method: byar_exact (exact below 10 events, else Byar''s), byar, exact; another word is error 22023. Over a population of 0 value and limits are NULL. Negative events or a negative population is error 22003. NULL gives NULL. Sources: Garwood, Biometrika 1936;28:437-42; Breslow and Day 1987, p. 69; figures as OHID''s phe_rate.';

CREATE FUNCTION rate_ratio(events1 double precision, population1 double precision,
                           events2 double precision, population2 double precision,
                           confidence double precision DEFAULT 0.95) RETURNS comparison
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_sql_rate_ratio';

COMMENT ON FUNCTION rate_ratio(double precision, double precision, double precision, double precision, double precision) IS
'The first rate over the second with its exact interval: given all events, the first group''s are binomial (Clopper and Pearson''s limits of that share). Never for two indirectly standardised ratios: they have different standards and are not comparable with each other. Negative events, or a population that is not above 0, is error 22003. NULL gives NULL. Source: Breslow and Day, Statistical Methods in Cancer Research, volume II, 1987, pp. 93-95.';

CREATE FUNCTION rate_difference(events1 double precision, population1 double precision,
                                events2 double precision, population2 double precision,
                                multiplier double precision DEFAULT 100000,
                                confidence double precision DEFAULT 0.95) RETURNS comparison
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_sql_rate_difference';

COMMENT ON FUNCTION rate_difference(double precision, double precision, double precision, double precision, double precision, double precision) IS
'The first rate less the second, times the multiplier, with an interval made of the intervals of the two (exact below 10 events, else Byar''s); the p value is the exact one of rate_ratio(). Negative events, or a population that is not above 0, is error 22003. NULL gives NULL. Source: Zou and Donner, Stat Med 2008;27:1693-702.';

CREATE FUNCTION proportion_difference(numerator1 double precision, denominator1 double precision,
                                      numerator2 double precision, denominator2 double precision,
                                      confidence double precision DEFAULT 0.95) RETURNS comparison
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_sql_proportion_difference';

COMMENT ON FUNCTION proportion_difference(double precision, double precision, double precision, double precision, double precision) IS
'The first proportion less the second with Newcombe''s interval from the two score intervals, and the p value of the pooled score test. A numerator below 0 or above its denominator, or a denominator that is not above 0, is error 22003. NULL gives NULL. Source: Newcombe, Stat Med 1998;17:873-90, method 10.';

CREATE TYPE measure_state;

CREATE FUNCTION measure_state_in(cstring) RETURNS measure_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_measure_state_in';

COMMENT ON FUNCTION measure_state_in(cstring) IS
'Input of measure_state: version, measure, method and number of levels, then multiplier, levels and sums. Anything else is error 22P02. NULL gives NULL.';

CREATE FUNCTION measure_state_out(measure_state) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_measure_state_out';

COMMENT ON FUNCTION measure_state_out(measure_state) IS
'Output of measure_state: its numbers with blanks between them. NULL gives NULL.';

CREATE FUNCTION measure_state_recv(internal) RETURNS measure_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_measure_state_recv';

COMMENT ON FUNCTION measure_state_recv(internal) IS
'Binary input of measure_state; what is no state is error 22P03. NULL gives NULL.';

CREATE FUNCTION measure_state_send(measure_state) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_measure_state_send';

COMMENT ON FUNCTION measure_state_send(measure_state) IS
'Binary output of measure_state. NULL gives NULL.';

CREATE TYPE measure_state (
	INPUT = measure_state_in,
	OUTPUT = measure_state_out,
	RECEIVE = measure_state_recv,
	SEND = measure_state_send,
	INTERNALLENGTH = 96,
	ALIGNMENT = double,
	STORAGE = plain
);

COMMENT ON TYPE measure_state IS
'The sums of a rate, proportion, mean or standardised rate with the options of the call: what the aggregates keep while they run. 96 bytes.';

CREATE FUNCTION measure_state_combine(measure_state, measure_state) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_measure_state_combine';

COMMENT ON FUNCTION measure_state_combine(measure_state, measure_state) IS
'The state of both sets of rows. States of different aggregates or options are error 22023. NULL stands for no rows.';

CREATE FUNCTION rate_add(measure_state, double precision, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_rate_add';

COMMENT ON FUNCTION rate_add(measure_state, double precision, double precision) IS
'For rate(): adds a row. A row with a NULL changes nothing.';

CREATE FUNCTION rate_add(measure_state, double precision, double precision, double precision, double precision[], text) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_rate_add';

COMMENT ON FUNCTION rate_add(measure_state, double precision, double precision, double precision, double precision[], text) IS
'For rate(): adds a row. A row with a NULL among events and population changes nothing.';

CREATE FUNCTION rate_final(measure_state) RETURNS estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_rate_final';

COMMENT ON FUNCTION rate_final(measure_state) IS
'For rate() and smr(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE rate(events double precision, population double precision) (
	SFUNC = rate_add, STYPE = measure_state,
	FINALFUNC = rate_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rate(double precision, double precision) IS
'The rate per 100,000: the sum of events over the sum of population, with intervals at 95 % and 99.8 % (exact below 10 events, else Byar''s). Rows with a NULL are skipped; no rows give NULL; a population that sums to 0 gives a value of NULL. Negative or infinite values are error 22003. Sources: Garwood, Biometrika 1936;28:437-42; Breslow and Day 1987, p. 69.';

CREATE AGGREGATE rate(events double precision, population double precision, multiplier double precision,
                      confidence double precision[], method text) (
	SFUNC = rate_add, STYPE = measure_state,
	FINALFUNC = rate_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rate(double precision, double precision, double precision, double precision[], text) IS
'The sum of events over the sum of population times multiplier, with intervals at up to four confidence levels; method is byar_exact, byar or exact. The options of the first row count for the group. Rows with a NULL among events and population are skipped; no rows give NULL; a population that sums to 0 gives a value of NULL. Errors 22003 for values, 22023 for options, 22004 for a NULL option. Sources: Garwood, Biometrika 1936;28:437-42; Breslow and Day 1987, p. 69; figures as OHID''s phe_rate.';

CREATE FUNCTION smr_add(measure_state, double precision, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_smr_add';

COMMENT ON FUNCTION smr_add(measure_state, double precision, double precision) IS
'For smr(): adds a row. A row with a NULL changes nothing.';

CREATE FUNCTION smr_add(measure_state, double precision, double precision, double precision, double precision[], text) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_smr_add';

COMMENT ON FUNCTION smr_add(measure_state, double precision, double precision, double precision, double precision[], text) IS
'For smr(): adds a row. A row with a NULL among observed and expected changes nothing.';

CREATE AGGREGATE smr(observed double precision, expected double precision) (
	SFUNC = smr_add, STYPE = measure_state,
	FINALFUNC = rate_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE smr(double precision, double precision) IS
'The standardised ratio: the sum of observed over the sum of expected events (from a reference population or a fitted model''s predictions), 1 meaning as expected, with intervals at 95 % and 99.8 % (exact below 10 events, else Byar''s). Ratios of two units have different standards and must not be compared with each other, only with 1. Rows with a NULL are skipped; no rows give NULL; an expected sum of 0 gives a value of NULL. Negative or infinite values are error 22003. Source: Breslow and Day 1987, pp. 65-72.';

CREATE AGGREGATE smr(observed double precision, expected double precision, multiplier double precision,
                     confidence double precision[], method text) (
	SFUNC = smr_add, STYPE = measure_state,
	FINALFUNC = rate_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE smr(double precision, double precision, double precision, double precision[], text) IS
'The standardised ratio times multiplier (100 is usual), with intervals at up to four confidence levels; method is byar_exact, byar or exact. Ratios of two units have different standards and must not be compared with each other. The options of the first row count for the group. NULL rule and errors as for rate(). Source: Breslow and Day 1987, pp. 65-72; figures as OHID''s calculate_ISRatio.';

CREATE FUNCTION proportion_add(measure_state, double precision, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_proportion_add';

COMMENT ON FUNCTION proportion_add(measure_state, double precision, double precision) IS
'For proportion(): adds a row. A row with a NULL changes nothing.';

CREATE FUNCTION proportion_add(measure_state, double precision, double precision, double precision, double precision[]) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_proportion_add';

COMMENT ON FUNCTION proportion_add(measure_state, double precision, double precision, double precision, double precision[]) IS
'For proportion(): adds a row. A row with a NULL among numerator and denominator changes nothing.';

CREATE FUNCTION proportion_final(measure_state) RETURNS estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_proportion_final';

COMMENT ON FUNCTION proportion_final(measure_state) IS
'For proportion(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE proportion(numerator double precision, denominator double precision) (
	SFUNC = proportion_add, STYPE = measure_state,
	FINALFUNC = proportion_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE proportion(double precision, double precision) IS
'The sum of numerators over the sum of denominators, as a share of 1, with Wilson''s intervals at 95 % and 99.8 %. Rows with a NULL are skipped; no rows give NULL; a denominator that sums to 0 gives a value of NULL. A row''s numerator above its denominator, negative or infinite values are error 22003. Source: Wilson, J Am Stat Assoc 1927;22:209-12.';

CREATE AGGREGATE proportion(numerator double precision, denominator double precision, multiplier double precision,
                            confidence double precision[]) (
	SFUNC = proportion_add, STYPE = measure_state,
	FINALFUNC = proportion_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE proportion(double precision, double precision, double precision, double precision[]) IS
'The same times multiplier (100 gives per cent), with Wilson''s intervals at up to four confidence levels. The options of the first row count for the group. NULL rule as before; errors 22003 for values, 22023 for options, 22004 for a NULL option. Source: Wilson, J Am Stat Assoc 1927;22:209-12; figures as OHID''s phe_proportion.';

CREATE TYPE estimate_of_mean AS (
	count bigint,
	deviation double precision,
	value double precision,
	lower double precision,
	upper double precision,
	lower_limits double precision[],
	upper_limits double precision[]
);

COMMENT ON TYPE estimate_of_mean IS
'A mean with its confidence intervals. lower and upper are the limits of the first confidence level that was asked for.';

COMMENT ON COLUMN estimate_of_mean.count IS 'Number of values.';

COMMENT ON COLUMN estimate_of_mean.deviation IS 'Standard deviation of the sample (n - 1). NULL for one value.';

COMMENT ON COLUMN estimate_of_mean.value IS 'Mean.';

COMMENT ON COLUMN estimate_of_mean.lower IS 'Lower limit at the first confidence level. NULL for one value.';

COMMENT ON COLUMN estimate_of_mean.upper IS 'Upper limit at the first confidence level. NULL for one value.';

COMMENT ON COLUMN estimate_of_mean.lower_limits IS 'Lower limits at every confidence level.';

COMMENT ON COLUMN estimate_of_mean.upper_limits IS 'Upper limits at every confidence level.';

CREATE FUNCTION mean_add(measure_state, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_mean_add';

COMMENT ON FUNCTION mean_add(measure_state, double precision) IS
'For mean(): adds a row. A NULL changes nothing.';

CREATE FUNCTION mean_add(measure_state, double precision, double precision[]) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_mean_add';

COMMENT ON FUNCTION mean_add(measure_state, double precision, double precision[]) IS
'For mean(): adds a row. A NULL value changes nothing.';

CREATE FUNCTION mean_final(measure_state) RETURNS estimate_of_mean
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_mean_final';

COMMENT ON FUNCTION mean_final(measure_state) IS
'For mean(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE mean(value double precision) (
	SFUNC = mean_add, STYPE = measure_state,
	FINALFUNC = mean_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE mean(double precision) IS
'The mean with Student''s t intervals at 95 % and 99.8 %. NULLs are skipped; no values give NULL; one value has no interval. Infinite values are error 22003. Source: Student, Biometrika 1908;6:1-25.';

CREATE AGGREGATE mean(value double precision, confidence double precision[]) (
	SFUNC = mean_add, STYPE = measure_state,
	FINALFUNC = mean_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE mean(double precision, double precision[]) IS
'The mean with Student''s t intervals at up to four confidence levels. NULLs are skipped; no values give NULL; one value has no interval. Infinite values are error 22003, bad levels 22023, NULL levels 22004. Source: Student, Biometrika 1908;6:1-25; figures as OHID''s phe_mean.';

CREATE FUNCTION dsr_add(measure_state, double precision, double precision, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_dsr_add';

COMMENT ON FUNCTION dsr_add(measure_state, double precision, double precision, double precision) IS
'For dsr(): adds a row. A row with a NULL changes nothing.';

CREATE FUNCTION dsr_add(measure_state, double precision, double precision, double precision, double precision, double precision[], text) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_dsr_add';

COMMENT ON FUNCTION dsr_add(measure_state, double precision, double precision, double precision, double precision, double precision[], text) IS
'For dsr(): adds a row. A row with a NULL among what is counted changes nothing.';

CREATE FUNCTION dsr_final(measure_state) RETURNS estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_dsr_final';

COMMENT ON FUNCTION dsr_final(measure_state) IS
'For dsr(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE dsr(count double precision, population double precision, standard double precision) (
	SFUNC = dsr_add, STYPE = measure_state,
	FINALFUNC = dsr_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE dsr(double precision, double precision, double precision) IS
'The directly standardised rate per 100,000: one row for each age band of an area, with its events, its population and the standard population of the band; intervals at 95 % and 99.8 % by Dobson''s method. numerator is all events, denominator all population. Below 10 events value and limits are NULL, as OHID has it: use method fay_feuer there. Rows with a NULL among what is counted are skipped; no rows give NULL. Negative values, or a population that is not above 0, is error 22003. Source: Dobson and others, Stat Med 1991;10:457-62.';

CREATE AGGREGATE dsr(count double precision, population double precision, standard double precision, multiplier double precision, confidence double precision[], method text) (
	SFUNC = dsr_add, STYPE = measure_state,
	FINALFUNC = dsr_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE dsr(double precision, double precision, double precision, double precision, double precision[], text) IS
'The directly standardised rate times multiplier, with intervals at up to four confidence levels. method: dobson (from 10 events on, else NULL) or fay_feuer (a gamma distribution; for any number of events, never below the nominal coverage). Rows with a NULL among what is counted are skipped; no rows give NULL. The options of the first row count for the group. Errors 22003 for values, 22023 for options, 22004 for a NULL option. Sources: Dobson and others, Stat Med 1991;10:457-62, figures as OHID''s calculate_dsr; Fay and Feuer, Stat Med 1997;16:791-801.';

CREATE FUNCTION dsr_nonindependent_add(measure_state, double precision, double precision, double precision, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_dsr_nonindependent_add';

COMMENT ON FUNCTION dsr_nonindependent_add(measure_state, double precision, double precision, double precision, double precision) IS
'For dsr_nonindependent(): adds a row. A row with a NULL changes nothing.';

CREATE FUNCTION dsr_nonindependent_add(measure_state, double precision, double precision, double precision, double precision, double precision, double precision[], text) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_dsr_nonindependent_add';

COMMENT ON FUNCTION dsr_nonindependent_add(measure_state, double precision, double precision, double precision, double precision, double precision, double precision[], text) IS
'For dsr_nonindependent(): adds a row. A row with a NULL among what is counted changes nothing.';

CREATE AGGREGATE dsr_nonindependent(count double precision, squares double precision, population double precision, standard double precision) (
	SFUNC = dsr_nonindependent_add, STYPE = measure_state,
	FINALFUNC = dsr_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE dsr_nonindependent(double precision, double precision, double precision, double precision) IS
'The directly standardised rate per 100,000 where one person can have several events, such as admissions: count is the band''s events and squares the sum over its people of the square of their number of events, which makes the interval as wide as clustered events need. Else as dsr(). Rows with a NULL among what is counted are skipped; no rows give NULL. squares below count is error 22003. Source: OHID calculate_dsr with independent_events = FALSE; Dobson and others, Stat Med 1991;10:457-62.';

CREATE AGGREGATE dsr_nonindependent(count double precision, squares double precision, population double precision, standard double precision, multiplier double precision, confidence double precision[], method text) (
	SFUNC = dsr_nonindependent_add, STYPE = measure_state,
	FINALFUNC = dsr_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE dsr_nonindependent(double precision, double precision, double precision, double precision, double precision, double precision[], text) IS
'The same times multiplier, with intervals at up to four confidence levels; method is dobson or fay_feuer. Rows with a NULL among what is counted are skipped; no rows give NULL. The options of the first row count for the group. Errors 22003 for values, 22023 for options, 22004 for a NULL option. Source: OHID calculate_dsr with independent_events = FALSE.';

CREATE FUNCTION isr_ratio_add(measure_state, double precision, double precision, double precision, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_isr_ratio_add';

COMMENT ON FUNCTION isr_ratio_add(measure_state, double precision, double precision, double precision, double precision) IS
'For isr_ratio(): adds a row. A row with a NULL changes nothing.';

CREATE FUNCTION isr_ratio_add(measure_state, double precision, double precision, double precision, double precision, double precision, double precision[], text) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_isr_ratio_add';

COMMENT ON FUNCTION isr_ratio_add(measure_state, double precision, double precision, double precision, double precision, double precision, double precision[], text) IS
'For isr_ratio(): adds a row. A row with a NULL among what is counted changes nothing.';

CREATE FUNCTION isr_ratio_final(measure_state) RETURNS estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_isr_ratio_final';

COMMENT ON FUNCTION isr_ratio_final(measure_state) IS
'For isr_ratio(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE isr_ratio(count double precision, population double precision, reference_count double precision, reference_population double precision) (
	SFUNC = isr_ratio_add, STYPE = measure_state,
	FINALFUNC = isr_ratio_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE isr_ratio(double precision, double precision, double precision, double precision) IS
'The indirectly standardised ratio: events over those expected, were the reference''s rates of each age band those of the area; one row for each band, 1 meaning as the reference. Intervals at 95 % and 99.8 % (exact below 10 events, else Byar''s). numerator is observed, denominator expected. Two indirectly standardised ratios have different standards: they are comparable with the reference and not with each other. Rows with a NULL among what is counted are skipped; no rows give NULL. A reference population that is not above 0 is error 22003. Source: Breslow and Day 1987, pp. 65-72.';

CREATE AGGREGATE isr_ratio(count double precision, population double precision, reference_count double precision, reference_population double precision, multiplier double precision, confidence double precision[], method text) (
	SFUNC = isr_ratio_add, STYPE = measure_state,
	FINALFUNC = isr_ratio_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE isr_ratio(double precision, double precision, double precision, double precision, double precision, double precision[], text) IS
'The same times multiplier (100 is usual), with intervals at up to four confidence levels; method is byar_exact, byar or exact. Not comparable with each other. Rows with a NULL among what is counted are skipped; no rows give NULL. The options of the first row count for the group. Errors 22003 for values, 22023 for options, 22004 for a NULL option. Source: Breslow and Day 1987, pp. 65-72; figures as OHID''s calculate_ISRatio.';

CREATE FUNCTION isr_rate_add(measure_state, double precision, double precision, double precision, double precision) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_isr_rate_add';

COMMENT ON FUNCTION isr_rate_add(measure_state, double precision, double precision, double precision, double precision) IS
'For isr_rate(): adds a row. A row with a NULL changes nothing.';

CREATE FUNCTION isr_rate_add(measure_state, double precision, double precision, double precision, double precision, double precision, double precision[], text) RETURNS measure_state
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_isr_rate_add';

COMMENT ON FUNCTION isr_rate_add(measure_state, double precision, double precision, double precision, double precision, double precision, double precision[], text) IS
'For isr_rate(): adds a row. A row with a NULL among what is counted changes nothing.';

CREATE FUNCTION isr_rate_final(measure_state) RETURNS estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_isr_rate_final';

COMMENT ON FUNCTION isr_rate_final(measure_state) IS
'For isr_rate(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE isr_rate(count double precision, population double precision, reference_count double precision, reference_population double precision) (
	SFUNC = isr_rate_add, STYPE = measure_state,
	FINALFUNC = isr_rate_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE isr_rate(double precision, double precision, double precision, double precision) IS
'The indirectly standardised rate per 100,000: isr_ratio() times the reference''s crude rate, which is the sum of reference counts over the sum of reference populations. numerator is observed, denominator expected events. Two such rates have different standards and are not comparable with each other. Rows with a NULL among what is counted are skipped; no rows give NULL. A reference population that is not above 0 is error 22003. Source: Breslow and Day 1987, pp. 65-72.';

CREATE AGGREGATE isr_rate(count double precision, population double precision, reference_count double precision, reference_population double precision, multiplier double precision, confidence double precision[], method text) (
	SFUNC = isr_rate_add, STYPE = measure_state,
	FINALFUNC = isr_rate_final, COMBINEFUNC = measure_state_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE isr_rate(double precision, double precision, double precision, double precision, double precision, double precision[], text) IS
'The same times multiplier, with intervals at up to four confidence levels; method is byar_exact, byar or exact. Not comparable with each other. Rows with a NULL among what is counted are skipped; no rows give NULL. The options of the first row count for the group. Errors 22003 for values, 22023 for options, 22004 for a NULL option. Source: Breslow and Day 1987; figures as OHID''s calculate_ISRate.';

CREATE FUNCTION life_expectancy_add(bytea, double precision, double precision, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_life_expectancy_add';

COMMENT ON FUNCTION life_expectancy_add(bytea, double precision, double precision, double precision) IS
'For life_expectancy(): adds an age band. A row with a NULL among age, deaths and population changes nothing.';

CREATE FUNCTION life_expectancy_add(bytea, double precision, double precision, double precision, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_life_expectancy_add';

COMMENT ON FUNCTION life_expectancy_add(bytea, double precision, double precision, double precision, double precision) IS
'For life_expectancy(): adds an age band. A row with a NULL among age, deaths and population changes nothing.';

CREATE FUNCTION life_expectancy_add(bytea, double precision, double precision, double precision, double precision, double precision, double precision[]) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_life_expectancy_add';

COMMENT ON FUNCTION life_expectancy_add(bytea, double precision, double precision, double precision, double precision, double precision, double precision[]) IS
'For life_expectancy(): adds an age band. A row with a NULL among age, deaths and population changes nothing.';

CREATE FUNCTION life_expectancy_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_life_expectancy_combine';

COMMENT ON FUNCTION life_expectancy_combine(bytea, bytea) IS
'For life_expectancy(): the state of both sets of rows. NULL stands for no rows.';

CREATE FUNCTION life_expectancy_final(bytea) RETURNS estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_life_expectancy_final';

COMMENT ON FUNCTION life_expectancy_final(bytea) IS
'For life_expectancy(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE life_expectancy(start_age double precision, deaths double precision, population double precision) (
	SFUNC = life_expectancy_add, STYPE = bytea,
	FINALFUNC = life_expectancy_final, COMBINEFUNC = life_expectancy_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE life_expectancy(double precision, double precision, double precision) IS
'Years of life expected at birth, with intervals at 95 % and 99.8 %: one row for each age band, beginning at start_age years, the last one open; bands may be of any width and in any order. Intervals include the open band''s own variance. numerator and denominator are deaths and population from that age up. NULL without deaths in the open band, and where no band begins at the age. Rows with a NULL are skipped; no rows give NULL. A population that is not above 0 is error 22003, an age twice 21000. Sources: Chiang 1968; Silcocks and others, J Epidemiol Community Health 2001;55:38-43; figures as OHID''s phe_life_expectancy, which also withholds values with an interval above 20 years and totals below 5,000 person-years.';

CREATE AGGREGATE life_expectancy(start_age double precision, deaths double precision, population double precision, at_age double precision) (
	SFUNC = life_expectancy_add, STYPE = bytea,
	FINALFUNC = life_expectancy_final, COMBINEFUNC = life_expectancy_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE life_expectancy(double precision, double precision, double precision, double precision) IS
'Years of life left at the age at_age, which must begin a band, with intervals at 95 % and 99.8 %: one row for each age band, beginning at start_age years, the last one open; bands may be of any width and in any order. Intervals include the open band''s own variance. numerator and denominator are deaths and population from that age up. NULL without deaths in the open band, and where no band begins at the age. Rows with a NULL are skipped; no rows give NULL. A population that is not above 0 is error 22003, an age twice 21000. Sources: Chiang 1968; Silcocks and others, J Epidemiol Community Health 2001;55:38-43; figures as OHID''s phe_life_expectancy, which also withholds values with an interval above 20 years and totals below 5,000 person-years.';

CREATE AGGREGATE life_expectancy(start_age double precision, deaths double precision, population double precision, at_age double precision, last_age double precision, confidence double precision[]) (
	SFUNC = life_expectancy_add, STYPE = bytea,
	FINALFUNC = life_expectancy_final, COMBINEFUNC = life_expectancy_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE life_expectancy(double precision, double precision, double precision, double precision, double precision, double precision[]) IS
'Years of life left at the age at_age with intervals at up to four confidence levels; bands from last_age up are pooled into the open one (NULL pools none): one row for each age band, beginning at start_age years, the last one open; bands may be of any width and in any order. Intervals include the open band''s own variance. numerator and denominator are deaths and population from that age up. NULL without deaths in the open band, and where no band begins at the age. Rows with a NULL are skipped; no rows give NULL. A population that is not above 0 is error 22003, an age twice 21000. Sources: Chiang 1968; Silcocks and others, J Epidemiol Community Health 2001;55:38-43; figures as OHID''s phe_life_expectancy, which also withholds values with an interval above 20 years and totals below 5,000 person-years.';

CREATE TYPE inequality AS (
	groups bigint,
	sii double precision,
	sii_lower double precision,
	sii_upper double precision,
	rii double precision,
	rii_lower double precision,
	rii_upper double precision,
	intercept double precision,
	sii_lower_limits double precision[],
	sii_upper_limits double precision[],
	rii_lower_limits double precision[],
	rii_upper_limits double precision[]
);

COMMENT ON TYPE inequality IS
'The slope and relative indices of inequality with their intervals; those without _limits are of the first confidence level.';

COMMENT ON COLUMN inequality.groups IS 'Number of groups, such as deciles of deprivation.';

COMMENT ON COLUMN inequality.sii IS 'Slope index: how far the line rises from the first to the last in rank, times the multiplier.';

COMMENT ON COLUMN inequality.sii_lower IS 'Lower limit of the slope index.';

COMMENT ON COLUMN inequality.sii_upper IS 'Upper limit of the slope index.';

COMMENT ON COLUMN inequality.rii IS 'Relative index: the height of the line at the last in rank over that at the first (upside down with a negative multiplier).';

COMMENT ON COLUMN inequality.rii_lower IS 'Lower limit of the relative index.';

COMMENT ON COLUMN inequality.rii_upper IS 'Upper limit of the relative index.';

COMMENT ON COLUMN inequality.intercept IS 'Height of the line at the first in rank.';

COMMENT ON COLUMN inequality.sii_lower_limits IS 'Lower limits of the slope index at every confidence level.';

COMMENT ON COLUMN inequality.sii_upper_limits IS 'Upper limits of the slope index at every confidence level.';

COMMENT ON COLUMN inequality.rii_lower_limits IS 'Lower limits of the relative index at every confidence level.';

COMMENT ON COLUMN inequality.rii_upper_limits IS 'Upper limits of the relative index at every confidence level.';

CREATE FUNCTION sii_add(bytea, double precision, double precision, double precision, double precision, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_sii_add';

COMMENT ON FUNCTION sii_add(bytea, double precision, double precision, double precision, double precision, double precision) IS
'For sii(): adds a group. A row with a NULL changes nothing.';

CREATE FUNCTION sii_add(bytea, double precision, double precision, double precision, double precision, double precision, text, boolean, double precision, double precision[]) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_sii_add';

COMMENT ON FUNCTION sii_add(bytea, double precision, double precision, double precision, double precision, double precision, text, boolean, double precision, double precision[]) IS
'For sii(): adds a group. A row with a NULL among rank, population, value and limits changes nothing.';

CREATE FUNCTION sii_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_sii_combine';

COMMENT ON FUNCTION sii_combine(bytea, bytea) IS
'For sii(): the state of both sets of rows. NULL stands for no rows.';

CREATE FUNCTION sii_final(bytea) RETURNS inequality
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_sii_final';

COMMENT ON FUNCTION sii_final(bytea) IS
'For sii(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE sii(rank double precision, population double precision, value double precision, lower double precision, upper double precision) (
	SFUNC = sii_add, STYPE = bytea,
	FINALFUNC = sii_final, COMBINEFUNC = sii_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE sii(double precision, double precision, double precision, double precision, double precision) IS
'The slope and relative indices of inequality: one row for each group in order of rank (1 is the most deprived by custom), with its population, its value and the 95 % confidence limits of that. The line is fitted over the midpoints of the cumulative population, weighted with population. Rows with a NULL are skipped; fewer than two groups give NULL. A population that is not above 0, or a value or limit off its scale, is error 22003; a rank twice 21000. Intervals are worked out, not simulated, and so always the same: exact for kind value and for transformed lines, by Cornish and Fisher''s expansion of the same distribution otherwise. For a transformed line phe_sii holds the mean fixed while it simulates the slope; here the mean is uncertain too, which makes the interval of the slope index up to 2 % wider. Sources: Low and Low, J Public Health 2004;26:388-95; Fieller, J R Stat Soc B 1954;16:175-85; figures as OHID''s phe_sii.';

CREATE AGGREGATE sii(rank double precision, population double precision, value double precision, lower double precision, upper double precision, kind text, transform boolean, multiplier double precision, confidence double precision[]) (
	SFUNC = sii_add, STYPE = bytea,
	FINALFUNC = sii_final, COMBINEFUNC = sii_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE sii(double precision, double precision, double precision, double precision, double precision, text, boolean, double precision, double precision[]) IS
'The same with options. kind: value (errors are normal), rate (normal on the log scale), proportion (on the logit scale). transform fits the line on that scale. A negative multiplier turns the slope round and the ratio upside down. Up to four confidence levels. The options of the first row count for the group. Rows with a NULL are skipped; fewer than two groups give NULL. A population that is not above 0, or a value or limit off its scale, is error 22003; a rank twice 21000. Intervals are worked out, not simulated, and so always the same: exact for kind value and for transformed lines, by Cornish and Fisher''s expansion of the same distribution otherwise. For a transformed line phe_sii holds the mean fixed while it simulates the slope; here the mean is uncertain too, which makes the interval of the slope index up to 2 % wider. Sources: Low and Low, J Public Health 2004;26:388-95; Fieller, J R Stat Soc B 1954;16:175-85; figures as OHID''s phe_sii.';

CREATE TYPE funnel_limit AS (
	target double precision,
	lower double precision,
	upper double precision,
	lower_limits double precision[],
	upper_limits double precision[]
);

COMMENT ON TYPE funnel_limit IS
'The limits of a funnel at one denominator. lower and upper are those of the first alpha.';

COMMENT ON COLUMN funnel_limit.target IS 'Centre line, times the multiplier.';

COMMENT ON COLUMN funnel_limit.lower IS 'Lower limit at the first alpha, times the multiplier.';

COMMENT ON COLUMN funnel_limit.upper IS 'Upper limit at the first alpha, times the multiplier.';

COMMENT ON COLUMN funnel_limit.lower_limits IS 'Lower limits at every alpha.';

COMMENT ON COLUMN funnel_limit.upper_limits IS 'Upper limits at every alpha.';

CREATE FUNCTION funnel_limits(denominator double precision, target double precision, kind text,
                              alpha double precision[] DEFAULT '{0.05,0.002}', method text DEFAULT 'score',
                              multiplier double precision DEFAULT 1) RETURNS funnel_limit
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_funnel_limits';

COMMENT ON FUNCTION funnel_limits(double precision, double precision, text, double precision[], text, double precision) IS
'Where a unit with this denominator falls outside by chance with probability alpha (half on either side), at up to four alphas. kind: proportion, rate (events per denominator) or ratio (observed over expected; its denominator is the expected count). method: score (target and z standard errors, for a proportion Wilson''s interval turned round, as OHID draws it), exact (binomial or Poisson quantiles with Spiegelhalter''s interpolation), and for rates and ratios chi_square (Garwood''s limits of the expected count, as FunnelPlotR draws it) and byar. Overdispersion: see funnel_adjusted_limits(). A denominator or target out of range is error 22003, an unknown word or alpha outside 0 to 1 is 22023. NULL gives NULL. Sources: Spiegelhalter, Stat Med 2005;24:1185-202; OHID Fingertips technical guidance.';

CREATE FUNCTION funnel_adjusted_limits(denominator double precision, target double precision, scale text,
                                       phi double precision DEFAULT 1, tau2 double precision DEFAULT 0,
                                       alpha double precision[] DEFAULT '{0.05,0.002}',
                                       adjust text DEFAULT 'additive',
                                       multiplier double precision DEFAULT 1) RETURNS funnel_limit
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_funnel_adjusted_limits';

COMMENT ON FUNCTION funnel_adjusted_limits(double precision, double precision, text, double precision, double precision, double precision[], text, double precision) IS
'Limits that allow for overdispersion, at up to four alphas, from the phi and tau2 that funnel_overdispersion() gives. scale: log (SHMI), square_root (CQC), arcsine (proportions), log_ratio (ratios of counts; its limits take the variance 1 / (4 denominator), as FunnelPlotR does), log_ratio_poisson (the same with the variance of the log of two Poisson counts). adjust: additive (variance within plus tau2), multiplicative (variance times phi, if above 1), none. Limits are on the plot''s own scale and end where it ends: with square_root a lower limit is max(0, limit)^2, where FunnelPlotR 0.6.0 leaves CQC limits on the square-root scale. Errors 22003 for values, 22023 for words and alphas. NULL gives NULL. Sources: Spiegelhalter, Qual Saf Health Care 2005;14:347-51; Spiegelhalter and others, J R Stat Soc A 2012;175:1-47; NHS Digital, SHMI methodology.';

CREATE TYPE funnel_curve AS (
	lower_expected double precision,
	lower_limit double precision,
	upper_expected double precision,
	upper_limit double precision
);

COMMENT ON TYPE funnel_curve IS
'Where the curves of a funnel of ratios meet a number of events.';

COMMENT ON COLUMN funnel_curve.lower_expected IS 'Expected events at which the number lies on the lower limit.';

COMMENT ON COLUMN funnel_curve.lower_limit IS 'The ratio there.';

COMMENT ON COLUMN funnel_curve.upper_expected IS 'Expected events at which the number lies on the upper limit.';

COMMENT ON COLUMN funnel_curve.upper_limit IS 'The ratio there. NULL for 0 events.';

CREATE FUNCTION funnel_expected_at(events double precision, alpha double precision DEFAULT 0.05) RETURNS funnel_curve
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_sql_funnel_expected_at';

COMMENT ON FUNCTION funnel_expected_at(double precision, double precision) IS
'The points of a funnel''s curves by number of events, exactly: at which expected count so many events, or fewer (more), have probability alpha / 2. Over the target they are the populations of a funnel of rates. Negative events are error 22003, an alpha outside 0 to 1 is 22023. NULL gives NULL. Source: OHID Fingertips technical guidance, whose tools find the same by bisection to 1e-7.';

CREATE FUNCTION funnel_significance(numerator double precision, denominator double precision, target double precision,
                                    kind text, alpha double precision[] DEFAULT '{0.05,0.002}') RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_sql_funnel_significance';

COMMENT ON FUNCTION funnel_significance(double precision, double precision, double precision, text, double precision[]) IS
'At how many of the alphas a unit lies outside the funnel: above 0 when it is high, below 0 when it is low; funnel_category() has the words. A proportion is compared with its score limits, a rate or ratio by its own interval (exact below 10 events, else Byar''s). A numerator above the denominator of a proportion, or a value out of range, is error 22003; an unknown word or an alpha outside 0 to 1 is 22023. NULL gives NULL. Source: OHID Fingertips technical guidance; figures as assign_funnel_significance.';

CREATE FUNCTION funnel_category(level integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN CASE WHEN level >= 2 THEN 'high, outside the outer limit'
            WHEN level = 1 THEN 'high, outside the inner limit'
            WHEN level = 0 THEN 'within the limits'
            WHEN level = -1 THEN 'low, outside the inner limit'
            ELSE 'low, outside the outer limit' END;

COMMENT ON FUNCTION funnel_category(integer) IS
'The words of a level that funnel_significance() or funnel() gives with two alphas. NULL gives NULL.';

CREATE TYPE funnel_dispersion AS (
	units bigint,
	kept bigint,
	target double precision,
	phi double precision,
	tau2 double precision,
	z_low double precision,
	z_high double precision
);

COMMENT ON TYPE funnel_dispersion IS
'Overdispersion of a peer group.';

COMMENT ON COLUMN funnel_dispersion.units IS 'Units in the group.';

COMMENT ON COLUMN funnel_dispersion.kept IS 'Units that phi and tau2 are of.';

COMMENT ON COLUMN funnel_dispersion.target IS 'Target: 1 for ratios, else all numerators over all denominators, or what was given.';

COMMENT ON COLUMN funnel_dispersion.phi IS 'Mean square of the kept z scores; 1 means no more variation than chance.';

COMMENT ON COLUMN funnel_dispersion.tau2 IS 'Variance between units, on the scale; 0 where phi shows none.';

COMMENT ON COLUMN funnel_dispersion.z_low IS 'Lowest z score kept (log), or to which lower ones were drawn in. NULL without trimming.';

COMMENT ON COLUMN funnel_dispersion.z_high IS 'Highest z score kept (log), or to which higher ones were drawn in. NULL without trimming.';

CREATE FUNCTION funnel_overdispersion_add(bytea, double precision, double precision, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_funnel_overdispersion_add';

COMMENT ON FUNCTION funnel_overdispersion_add(bytea, double precision, double precision, text) IS
'For funnel_overdispersion(): adds a unit. A row with a NULL among numerator and denominator changes nothing.';

CREATE FUNCTION funnel_overdispersion_add(bytea, double precision, double precision, text, double precision, text, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_funnel_overdispersion_add';

COMMENT ON FUNCTION funnel_overdispersion_add(bytea, double precision, double precision, text, double precision, text, double precision) IS
'For funnel_overdispersion(): adds a unit. A row with a NULL among numerator and denominator changes nothing.';

CREATE FUNCTION funnel_overdispersion_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_funnel_overdispersion_combine';

COMMENT ON FUNCTION funnel_overdispersion_combine(bytea, bytea) IS
'For funnel_overdispersion(): the state of both sets of rows. NULL stands for no rows.';

CREATE FUNCTION funnel_overdispersion_final(bytea) RETURNS funnel_dispersion
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_funnel_overdispersion_final';

COMMENT ON FUNCTION funnel_overdispersion_final(bytea) IS
'For funnel_overdispersion(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE funnel_overdispersion(numerator double precision, denominator double precision, scale text) (
	SFUNC = funnel_overdispersion_add, STYPE = bytea,
	FINALFUNC = funnel_overdispersion_final, COMBINEFUNC = funnel_overdispersion_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_overdispersion(double precision, double precision, text) IS
'Overdispersion of a peer group, one row for each unit, with 10 % at either end trimmed. scale: log (SHMI: z = sqrt(expected) ln(observed / expected), extreme units left out), square_root (CQC), arcsine (proportions), log_ratio and log_ratio_poisson (ratios of counts), where extreme z scores are drawn in to the quantile. A unit with a numerator of 0 has no z score on the log scale and ranks lowest. Rows with a NULL are skipped; no rows give NULL. A denominator that is not above 0, or for proportions a numerator above it, is error 22003; an unknown word 22023. Sources: Spiegelhalter, Qual Saf Health Care 2005;14:347-51; Spiegelhalter and others, J R Stat Soc A 2012;175:1-47; NHS Digital, SHMI methodology; DerSimonian and Laird, Control Clin Trials 1986;7:177-88; figures as FunnelPlotR.';

CREATE AGGREGATE funnel_overdispersion(numerator double precision, denominator double precision, scale text, trim_share double precision, estimator text, target double precision) (
	SFUNC = funnel_overdispersion_add, STYPE = bytea,
	FINALFUNC = funnel_overdispersion_final, COMBINEFUNC = funnel_overdispersion_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE funnel_overdispersion(double precision, double precision, text, double precision, text, double precision) IS
'Overdispersion of a peer group with options. trim_share is the share at either end, 0 to below 0.5. estimator: published, or consistent, which undoes what trimming takes from phi (the mean square of trimmed normal scores is below 1, so that the published tau2 is too small). target NULL is 1 for ratios and the overall rate else. The options of the first row count for the group. scale: log (SHMI: z = sqrt(expected) ln(observed / expected), extreme units left out), square_root (CQC), arcsine (proportions), log_ratio and log_ratio_poisson (ratios of counts), where extreme z scores are drawn in to the quantile. A unit with a numerator of 0 has no z score on the log scale and ranks lowest. Rows with a NULL are skipped; no rows give NULL. A denominator that is not above 0, or for proportions a numerator above it, is error 22003; an unknown word 22023. Sources: Spiegelhalter, Qual Saf Health Care 2005;14:347-51; Spiegelhalter and others, J R Stat Soc A 2012;175:1-47; NHS Digital, SHMI methodology; DerSimonian and Laird, Control Clin Trials 1986;7:177-88; figures as FunnelPlotR.';

CREATE TYPE funnel_point AS (
	value double precision,
	target double precision,
	z double precision,
	z_kept double precision,
	phi double precision,
	tau2 double precision,
	lower double precision,
	upper double precision,
	lower_outer double precision,
	upper_outer double precision,
	z_adjusted double precision,
	level integer
);

COMMENT ON TYPE funnel_point IS
'One unit in the funnel of its peer group.';

COMMENT ON COLUMN funnel_point.value IS 'Numerator over denominator, times the multiplier.';

COMMENT ON COLUMN funnel_point.target IS 'Centre line, times the multiplier.';

COMMENT ON COLUMN funnel_point.z IS 'z score on the scale, before adjustment. NULL for a numerator of 0 on the log scale.';

COMMENT ON COLUMN funnel_point.z_kept IS 'The z score as phi has it: drawn in, or NULL when the unit was left out.';

COMMENT ON COLUMN funnel_point.phi IS 'Overdispersion of the group.';

COMMENT ON COLUMN funnel_point.tau2 IS 'Variance between units of the group, on the scale.';

COMMENT ON COLUMN funnel_point.lower IS 'Lower 95 % limit, times the multiplier.';

COMMENT ON COLUMN funnel_point.upper IS 'Upper 95 % limit.';

COMMENT ON COLUMN funnel_point.lower_outer IS 'Lower 99.8 % limit.';

COMMENT ON COLUMN funnel_point.upper_outer IS 'Upper 99.8 % limit.';

COMMENT ON COLUMN funnel_point.z_adjusted IS 'z score that allows for overdispersion.';

COMMENT ON COLUMN funnel_point.level IS '2 above the 99.8 % limit, 1 above the 95 % limit, 0 within, -1 and -2 below; funnel_category() has the words.';

CREATE FUNCTION funnel(numerator double precision, denominator double precision, scale text,
                       trim_share double precision DEFAULT 0.1, adjust text DEFAULT 'additive',
                       estimator text DEFAULT 'published', target double precision DEFAULT NULL,
                       multiplier double precision DEFAULT 1) RETURNS funnel_point
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_funnel_window';

COMMENT ON FUNCTION funnel(double precision, double precision, text, double precision, text, text, double precision, double precision) IS
'Window function over a peer group (PARTITION BY; order and frame do not matter): each unit''s place in the group''s funnel, with 95 % and 99.8 % limits that allow for overdispersion. The denominator may be expected events, also a fitted model''s. adjust: additive, multiplicative, none; the other options as for funnel_overdispersion() and funnel_adjusted_limits(), which give the limits at other alphas. Options are read once a partition. CQC limits (square_root) are on the plot''s scale, where FunnelPlotR 0.6.0 leaves them on the square-root scale. A unit with a NULL numerator or denominator gives NULL and is no part of the group. A denominator that is not above 0, or for proportions a numerator above it, is error 22003; an unknown word 22023; a NULL option 22004. Sources as for funnel_overdispersion().';

CREATE TYPE variation_measures AS (
	units bigint,
	mean double precision,
	cv_sample double precision,
	cv_population double precision,
	cv_weighted double precision,
	gini double precision,
	gini_corrected double precision,
	theil_t double precision,
	theil_l double precision,
	extremal_quotient double precision,
	external_quotient double precision,
	interquartile_ratio double precision,
	interdecile_ratio double precision
);

COMMENT ON TYPE variation_measures IS
'How much values vary between units, by the usual measures. A measure that the values do not define is NULL.';

COMMENT ON COLUMN variation_measures.units IS 'Number of units.';

COMMENT ON COLUMN variation_measures.mean IS 'Mean of the values.';

COMMENT ON COLUMN variation_measures.cv_sample IS 'Coefficient of variation with the standard deviation over n - 1. NULL for one unit.';

COMMENT ON COLUMN variation_measures.cv_population IS 'Coefficient of variation with the standard deviation over n.';

COMMENT ON COLUMN variation_measures.cv_weighted IS 'Coefficient of variation of weighted values. NULL without weights.';

COMMENT ON COLUMN variation_measures.gini IS 'Gini coefficient, 0 for equal values.';

COMMENT ON COLUMN variation_measures.gini_corrected IS 'Gini coefficient times n / (n - 1).';

COMMENT ON COLUMN variation_measures.theil_t IS 'Theil''s T.';

COMMENT ON COLUMN variation_measures.theil_l IS 'Theil''s L, the mean logarithmic deviation. NULL with a value of 0.';

COMMENT ON COLUMN variation_measures.extremal_quotient IS 'Highest over lowest value. NULL with a lowest of 0.';

COMMENT ON COLUMN variation_measures.external_quotient IS '95th over 5th percentile: the extremal quotient without the extreme units.';

COMMENT ON COLUMN variation_measures.interquartile_ratio IS '75th over 25th percentile.';

COMMENT ON COLUMN variation_measures.interdecile_ratio IS '90th over 10th percentile.';

CREATE FUNCTION variation_add(bytea, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_variation_add';

COMMENT ON FUNCTION variation_add(bytea, double precision) IS
'For variation(): adds a unit. A NULL changes nothing.';

CREATE FUNCTION variation_add(bytea, double precision, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_variation_add';

COMMENT ON FUNCTION variation_add(bytea, double precision, double precision) IS
'For variation(): adds a unit. A row with a NULL changes nothing.';

CREATE FUNCTION variation_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_variation_combine';

COMMENT ON FUNCTION variation_combine(bytea, bytea) IS
'For variation(): the state of both sets of rows. NULL stands for no rows.';

CREATE FUNCTION variation_final(bytea) RETURNS variation_measures
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_variation_final';

COMMENT ON FUNCTION variation_final(bytea) IS
'For variation(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE variation(value double precision) (
	SFUNC = variation_add, STYPE = bytea,
	FINALFUNC = variation_final, COMBINEFUNC = variation_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE variation(double precision) IS
'How much values, such as rates, vary between units, one row for each. They include chance: for counts see small_area_variation(). Percentiles are those of percentile_cont. NULLs are skipped; no values give NULL. A negative or infinite value is error 22003. Sources: Gini 1912; Theil, Economics and Information Theory, 1967.';

CREATE AGGREGATE variation(value double precision, weight double precision) (
	SFUNC = variation_add, STYPE = bytea,
	FINALFUNC = variation_final, COMBINEFUNC = variation_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE variation(double precision, double precision) IS
'The same, with the coefficient of variation of values weighted with, for example, population; the other measures are unweighted. A weight that is not above 0 is error 22003. Percentiles are those of percentile_cont. NULLs are skipped; no values give NULL. A negative or infinite value is error 22003. Sources: Gini 1912; Theil, Economics and Information Theory, 1967.';

CREATE TYPE small_area_measures AS (
	units bigint,
	observed double precision,
	expected double precision,
	scv double precision,
	scv_lower double precision,
	scv_upper double precision,
	scv_mcpherson double precision,
	chi_square double precision,
	degrees double precision,
	p_value double precision,
	shrinkage_alpha double precision,
	shrinkage_variance double precision,
	quotient_80_20 double precision,
	quotient_90_10 double precision,
	share_ratio double precision
);

COMMENT ON TYPE small_area_measures IS
'How much counts vary between units beyond chance.';

COMMENT ON COLUMN small_area_measures.units IS 'Number of units.';

COMMENT ON COLUMN small_area_measures.observed IS 'All observed events.';

COMMENT ON COLUMN small_area_measures.expected IS 'All expected events.';

COMMENT ON COLUMN small_area_measures.scv IS 'Systematic component of variation, Diehr''s form: mean of ((O - E) / E)^2 - 1 / E. Below 0 when units vary less than chance has it.';

COMMENT ON COLUMN small_area_measures.scv_lower IS 'Lower limit of the systematic variance. NULL for one unit.';

COMMENT ON COLUMN small_area_measures.scv_upper IS 'Upper limit of the systematic variance. NULL for one unit.';

COMMENT ON COLUMN small_area_measures.scv_mcpherson IS 'Systematic component of variation, McPherson''s form: mean of ln(O / E)^2 - 1 / E. NULL when a unit has no event.';

COMMENT ON COLUMN small_area_measures.chi_square IS 'Heterogeneity: sum of (O - E'')^2 / E'' with E'' scaled to the observed total.';

COMMENT ON COLUMN small_area_measures.degrees IS 'Its degrees of freedom, units - 1.';

COMMENT ON COLUMN small_area_measures.p_value IS 'Probability of so much heterogeneity by chance.';

COMMENT ON COLUMN small_area_measures.shrinkage_alpha IS 'Shape of the gamma distribution, with mean 1, of the true ratios, by maximum likelihood. NULL when it is infinite: no systematic variation.';

COMMENT ON COLUMN small_area_measures.shrinkage_variance IS 'Variance of the true ratios, 1 / alpha.';

COMMENT ON COLUMN small_area_measures.quotient_80_20 IS '80th over 20th percentile of the shrunken ratios.';

COMMENT ON COLUMN small_area_measures.quotient_90_10 IS '90th over 10th percentile of the shrunken ratios.';

COMMENT ON COLUMN small_area_measures.share_ratio IS 'Sum of the shrunken ratios from the 80th percentile up over the sum up to the 20th.';

CREATE FUNCTION small_area_variation_add(bytea, double precision, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_small_areas_add';

COMMENT ON FUNCTION small_area_variation_add(bytea, double precision, double precision) IS
'For small_area_variation(): adds a unit. A row with a NULL changes nothing.';

CREATE FUNCTION small_area_variation_add(bytea, double precision, double precision, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_small_areas_add';

COMMENT ON FUNCTION small_area_variation_add(bytea, double precision, double precision, double precision) IS
'For small_area_variation(): adds a unit. A row with a NULL among observed and expected changes nothing.';

CREATE FUNCTION small_area_variation_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_small_areas_combine';

COMMENT ON FUNCTION small_area_variation_combine(bytea, bytea) IS
'For small_area_variation(): the state of both sets of rows. NULL stands for no rows.';

CREATE FUNCTION small_area_variation_final(bytea) RETURNS small_area_measures
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_small_areas_final';

COMMENT ON FUNCTION small_area_variation_final(bytea) IS
'For small_area_variation(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE small_area_variation(observed double precision, expected double precision) (
	SFUNC = small_area_variation_add, STYPE = bytea,
	FINALFUNC = small_area_variation_final, COMBINEFUNC = small_area_variation_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE small_area_variation(double precision, double precision) IS
'How much counts vary between units beyond chance, one row for each unit with its observed and expected events; the interval is at 95 %. NULLs are skipped; no rows give NULL. Negative observed, or expected that is not above 0, is error 22003. Sources: McPherson and others, N Engl J Med 1982;307:1310-4; Diehr and others, Health Serv Res 1990;24:741-71; Viechtbauer, Stat Med 2007;26:37-52 (interval by Q-profile); Martuzzi and Hills, Am J Epidemiol 1995;141:369-74; Coory and Gibberd, Stat Med 1998;17:2625-34; figures as sava, whose alpha is only found to about six digits.';

CREATE AGGREGATE small_area_variation(observed double precision, expected double precision, confidence double precision) (
	SFUNC = small_area_variation_add, STYPE = bytea,
	FINALFUNC = small_area_variation_final, COMBINEFUNC = small_area_variation_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE small_area_variation(double precision, double precision, double precision) IS
'The same with another confidence of the interval; one outside 0 to 1 is error 22023. NULLs are skipped; no rows give NULL. Negative observed, or expected that is not above 0, is error 22003. Sources: McPherson and others, N Engl J Med 1982;307:1310-4; Diehr and others, Health Serv Res 1990;24:741-71; Viechtbauer, Stat Med 2007;26:37-52 (interval by Q-profile); Martuzzi and Hills, Am J Epidemiol 1995;141:369-74; Coory and Gibberd, Stat Med 1998;17:2625-34; figures as sava, whose alpha is only found to about six digits.';

CREATE TYPE shrunken AS (
	ratio double precision,
	shrunken_ratio double precision,
	lower double precision,
	upper double precision,
	alpha double precision
);

COMMENT ON TYPE shrunken IS
'A unit''s ratio of observed to expected events, shrunk towards 1.';

COMMENT ON COLUMN shrunken.ratio IS 'Observed over expected.';

COMMENT ON COLUMN shrunken.shrunken_ratio IS '(observed + alpha) / (expected + alpha).';

COMMENT ON COLUMN shrunken.lower IS 'Lower limit of the true ratio.';

COMMENT ON COLUMN shrunken.upper IS 'Upper limit of the true ratio.';

COMMENT ON COLUMN shrunken.alpha IS 'How strongly the group shrinks. NULL when it is infinite: every shrunken ratio is 1.';

CREATE FUNCTION shrunken_ratio(observed double precision, expected double precision, confidence double precision DEFAULT 0.95) RETURNS shrunken
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_shrunken_ratio_window';

COMMENT ON FUNCTION shrunken_ratio(double precision, double precision, double precision) IS
'Window function over a peer group (PARTITION BY; order and frame do not matter): each unit''s ratio, shrunk towards 1 as far as the group''s own variation warrants (empirical Bayes, gamma and Poisson), with the interval of the true ratio given alpha. A row with a NULL gives NULL and is no part of the group. Negative observed, or expected that is not above 0, is error 22003; a confidence outside 0 to 1 is 22023. Source: Martuzzi and Hills, Am J Epidemiol 1995;141:369-74.';

CREATE FUNCTION quantile_group(value double precision, groups integer DEFAULT 10, highest_first boolean DEFAULT true) RETURNS integer
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_quantile_group_window';

COMMENT ON FUNCTION quantile_group(double precision, integer, boolean) IS
'Window function over a set of areas (PARTITION BY; order and frame do not matter): the quantile that a value falls into, 1 to groups; 1 has the highest values, or with highest_first = false the lowest. Equal values share a group, unlike with ntile(). NULL gives NULL and does not count; fewer values than groups give NULL. An infinite value is error 22003, groups outside 2 to 1000 is 22023. Source: OHID, Assigning deprivation categories; figures as phe_quantile.';

CREATE TYPE opportunity_estimate AS (
	rate double precision,
	shrunken_rate double precision,
	benchmark double precision,
	benchmark_lower double precision,
	benchmark_upper double precision,
	events double precision,
	events_lower double precision,
	events_upper double precision,
	cost double precision,
	cost_lower double precision,
	cost_upper double precision
);

COMMENT ON TYPE opportunity_estimate IS
'What reaching the benchmark would mean for a unit, with intervals that include the uncertainty of the peers and of the choice of the best.';

COMMENT ON COLUMN opportunity_estimate.rate IS 'Events over population, times the multiplier.';

COMMENT ON COLUMN opportunity_estimate.shrunken_rate IS 'The unit''s rate, shrunk towards the group.';

COMMENT ON COLUMN opportunity_estimate.benchmark IS 'Benchmark of the true rates, times the multiplier.';

COMMENT ON COLUMN opportunity_estimate.benchmark_lower IS 'Lower limit of the benchmark.';

COMMENT ON COLUMN opportunity_estimate.benchmark_upper IS 'Upper limit of the benchmark.';

COMMENT ON COLUMN opportunity_estimate.events IS 'Fewer events (lower_better) or more (higher_better) at the benchmark. Below 0 where the unit is better already.';

COMMENT ON COLUMN opportunity_estimate.events_lower IS 'Lower limit of the events.';

COMMENT ON COLUMN opportunity_estimate.events_upper IS 'Upper limit of the events.';

COMMENT ON COLUMN opportunity_estimate.cost IS 'Events times the unit cost. NULL without one.';

COMMENT ON COLUMN opportunity_estimate.cost_lower IS 'Lower limit of the cost.';

COMMENT ON COLUMN opportunity_estimate.cost_upper IS 'Upper limit of the cost.';

CREATE FUNCTION opportunity(events double precision, population double precision, unit_cost double precision DEFAULT NULL,
                            benchmark text DEFAULT 'best_quintile', best integer DEFAULT 3,
                            direction text DEFAULT 'lower_better', multiplier double precision DEFAULT 1,
                            confidence double precision DEFAULT 0.95, replications integer DEFAULT 2000,
                            seed bigint DEFAULT 1) RETURNS opportunity_estimate
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_opportunity_window';

COMMENT ON FUNCTION opportunity(double precision, double precision, double precision, text, integer, text, double precision, double precision, integer, bigint) IS
'Window function over a peer group (PARTITION BY; order and frame do not matter): how many events fewer, or more, a unit would have at the benchmark of its group, and what that costs. benchmark: median, best_quintile (edge of the best fifth), best_mean (mean of the best so many, argument best). direction: lower_better or higher_better. The best of noisy rates are partly lucky; so true rates are drawn from their posterior (gamma, shrunk towards the group), replications times, the benchmark and its choice of the best are taken of each draw, and the results are means and quantiles over the draws. The same seed gives the same figures. unit_cost may differ by row. A row with a NULL among events and population gives NULL and is no part of the group. Values out of range, and a group without events, are error 22003; unknown words and options out of range 22023; a NULL option 22004; units times replications above 20 million 54000. Sources: Clayton and Kaldor, Biometrics 1987;43:671-81; Goldstein and Spiegelhalter, J R Stat Soc A 1996;159:385-443.';

CREATE FUNCTION opportunity_from_peers(events double precision, population double precision,
                                       peer_events double precision[], peer_populations double precision[],
                                       unit_cost double precision DEFAULT NULL,
                                       benchmark text DEFAULT 'best_quintile', best integer DEFAULT 3,
                                       direction text DEFAULT 'lower_better', multiplier double precision DEFAULT 1,
                                       confidence double precision DEFAULT 0.95, replications integer DEFAULT 2000,
                                       seed bigint DEFAULT 1) RETURNS opportunity_estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100000
AS 'MODULE_PATHNAME', 'cg_opportunity_from_peers';

COMMENT ON FUNCTION opportunity_from_peers(double precision, double precision, double precision[], double precision[], double precision, text, integer, text, double precision, double precision, integer, bigint) IS
'The same for one unit against chosen peers, such as those of nearest_peers(), given as arrays of their events and populations; the benchmark is of the peers alone. NULL, other than of unit_cost, and no peers give NULL. Errors as for opportunity(); arrays of different lengths are error 22023. Sources as for opportunity().';

CREATE FUNCTION nearest_peers(id anyelement, features double precision[], peers integer DEFAULT 10,
                              weights double precision[] DEFAULT NULL) RETURNS anyarray
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 100000
AS 'MODULE_PATHNAME', 'cg_nearest_peers_window';

COMMENT ON FUNCTION nearest_peers(anyelement, double precision[], integer, double precision[]) IS
'Window function over all units (order and frame do not matter, but ties go by order): the ids of the so many units nearest to each in demography or whatever features hold, nearest first. The distance is Euclid''s over features divided by their standard deviations, their squares weighted; a feature that is the same everywhere does not count. Fewer than peers + 1 units give as many as there are. A NULL id or NULL features gives NULL and the unit is nobody''s peer. Infinite features are error 22003, different numbers of features 2202E, peers outside 1 to 1000 22023, more than 100,000 units 54000. Source: CIPFA nearest neighbours and NHS RightCare similar practices use this distance.';

CREATE FUNCTION peer_distances(id anyelement, features double precision[], peers integer DEFAULT 10,
                               weights double precision[] DEFAULT NULL) RETURNS double precision[]
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 100000
AS 'MODULE_PATHNAME', 'cg_peer_distances_window';

COMMENT ON FUNCTION peer_distances(anyelement, double precision[], integer, double precision[]) IS
'Window function: the distances, in standard deviations, of the units that nearest_peers() gives for the same arguments, in the same order. NULL rule and errors as there.';

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
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 100000
AS 'MODULE_PATHNAME', 'cg_suppress_table';

COMMENT ON FUNCTION suppress(double precision, text, text, integer) IS
'Window function over the rows of a table of two keys (PARTITION BY one table; order and frame do not matter): which cells to leave out so that none from 1 to threshold - 1 can be told more closely than that. Give it what GROUP BY CUBE (row, column) gives: a NULL key marks a total; totals that are not there count as not published. Secondary cells are found as cheapest rounds in the network of the table (Cox), and the interval [lower, upper] of each cell left out is what its totals leave open, exactly, to a reader who knows that zeros are shown: it proves the protection. A cell that is not there is a published 0. A NULL value gives NULL and is no cell. A value that is not a whole number from 0 is error 22003, a total that is not the sum of its cells 22000, a cell twice 21000, threshold outside 2 to 1000 22023, more than 4 million cells 54000. Tables that share cells must be one table; three keys are not supported. Sources: Cox, J Am Stat Assoc 1995;90:1453-62; Fischetti and Salazar, Math Program 1999;84:283-312.';

CREATE FUNCTION suppress(value double precision, key text, threshold integer DEFAULT 5) RETURNS suppressed
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 100000
AS 'MODULE_PATHNAME', 'cg_suppress_list';

COMMENT ON FUNCTION suppress(double precision, text, integer) IS
'The same for a list with its total, as GROUP BY ROLLUP (key) gives it: a NULL key marks the total; without one, no total is published. NULL rule, errors and sources as for the table of two keys.';

CREATE TYPE plan_month AS (
	variance double precision,
	ratio double precision,
	cumulative_actual double precision,
	cumulative_plan double precision,
	cumulative_variance double precision,
	ratio_mean double precision,
	ratio_lower double precision,
	ratio_upper double precision,
	is_special boolean,
	special integer,
	plan_outturn double precision,
	forecast_outturn double precision,
	forecast_lower double precision,
	forecast_upper double precision
);

COMMENT ON TYPE plan_month IS
'A month against plan, by itself and cumulative, with the forecast outturn of all months.';

COMMENT ON COLUMN plan_month.variance IS 'Actual less plan. NULL without an actual.';

COMMENT ON COLUMN plan_month.ratio IS 'Actual over plan. NULL without an actual, and for a plan of 0.';

COMMENT ON COLUMN plan_month.cumulative_actual IS 'Actuals up to this month. NULL without an actual.';

COMMENT ON COLUMN plan_month.cumulative_plan IS 'Plan up to this month.';

COMMENT ON COLUMN plan_month.cumulative_variance IS 'Their difference. NULL without an actual.';

COMMENT ON COLUMN plan_month.ratio_mean IS 'Mean of the months'' ratios.';

COMMENT ON COLUMN plan_month.ratio_lower IS 'Lower natural process limit of the ratio. NULL with fewer than three ratios.';

COMMENT ON COLUMN plan_month.ratio_upper IS 'Upper natural process limit of the ratio. NULL with fewer than three ratios.';

COMMENT ON COLUMN plan_month.is_special IS 'Whether the month shows a special cause.';

COMMENT ON COLUMN plan_month.special IS 'Which: 1 above the upper limit, 2 below the lower limit, 4 in a run of seven or more above plan, 8 in one below; added up.';

COMMENT ON COLUMN plan_month.plan_outturn IS 'Plan of all months.';

COMMENT ON COLUMN plan_month.forecast_outturn IS 'Actuals, and for the other months the plan times the cumulative ratio so far. NULL without any actual.';

COMMENT ON COLUMN plan_month.forecast_lower IS 'Lower limit of the outturn. NULL with fewer than two ratios.';

COMMENT ON COLUMN plan_month.forecast_upper IS 'Upper limit of the outturn. NULL with fewer than two ratios.';

CREATE FUNCTION plan_position(actual double precision, plan double precision, confidence double precision DEFAULT 0.95) RETURNS plan_month
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_plan_position_window';

COMMENT ON FUNCTION plan_position(double precision, double precision, double precision) IS
'Window function over the months of a contract (PARTITION BY contract ORDER BY month): activity, or cost, against plan. Months are flagged by special cause and not by a fixed percentage: the ratios of actual to plan make an XmR chart (mean and 2.66 mean moving ranges), and runs of seven on one side of the plan count. A NULL actual is a month to come; a NULL plan gives NULL and the month does not count. Negative or infinite values are error 22003, a confidence outside 0 to 1 is 22023. The outturn''s interval is that of a mean of so few months'' ratios (Student''s t). Sources: Wheeler, Understanding Variation, 2000; NHS England, Making Data Count.';

CREATE FUNCTION fingerprint_add(bytea, anyelement) RETURNS bytea
LANGUAGE c STABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_fingerprint_add';

COMMENT ON FUNCTION fingerprint_add(bytea, anyelement) IS
'For input_fingerprint(): adds a row. NULL counts as a row.';

CREATE FUNCTION fingerprint_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_fingerprint_combine';

COMMENT ON FUNCTION fingerprint_combine(bytea, bytea) IS
'For input_fingerprint(): the state of both sets of rows. NULL stands for no rows.';

CREATE FUNCTION fingerprint_final(bytea) RETURNS text
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_fingerprint_final';

COMMENT ON FUNCTION fingerprint_final(bytea) IS
'For input_fingerprint(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE input_fingerprint(value anyelement) (
	SFUNC = fingerprint_add, STYPE = bytea,
	FINALFUNC = fingerprint_final, COMBINEFUNC = fingerprint_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE input_fingerprint(anyelement) IS
'A short text that names a set of rows: how many they are, and 128 bits made of the text of each. Store it with a result, beside its method''s version, options and seed, and a later run shows whether the input was the same: SELECT input_fingerprint(t) FROM t. The order of rows does not matter; a row that comes twice counts twice. It follows the text form of values, so compare under one DateStyle and extra_float_digits. NULL counts as a row; no rows give NULL. It finds changes and is no protection against someone who makes them on purpose. Source: FNV-1a.';

CREATE TYPE rtt_clock AS (
	clock integer,
	started_on date,
	stopped_on date,
	breach_on date,
	start_event integer,
	stop_event integer,
	days integer,
	adjusted_days integer,
	week_band integer,
	weeks double precision,
	findings integer,
	is_breach boolean,
	is_over_52_weeks boolean,
	is_over_65_weeks boolean,
	is_over_78_weeks boolean,
	is_over_104_weeks boolean,
	is_interface boolean,
	is_transferred boolean,
	state text,
	start_reason text,
	stop_reason text
);

COMMENT ON TYPE rtt_clock IS
'A referral-to-treatment clock of a pathway. Fields of fixed length come first, so that a row is cheap.';

COMMENT ON COLUMN rtt_clock.clock IS 'Number of the clock in its pathway, from 1, in the order of time.';

COMMENT ON COLUMN rtt_clock.started_on IS 'Day on which it started: day 0.';

COMMENT ON COLUMN rtt_clock.stopped_on IS 'Day on which it stopped or was nullified; NULL while it runs.';

COMMENT ON COLUMN rtt_clock.breach_on IS 'First day on which it is longer than the limit, had it not stopped.';

COMMENT ON COLUMN rtt_clock.start_event IS 'Ordinal of the event that started it, in the order of time; 0 is the receipt given in the column received_at.';

COMMENT ON COLUMN rtt_clock.stop_event IS 'Ordinal of the event that stopped it; NULL while it runs.';

COMMENT ON COLUMN rtt_clock.days IS 'Days from the start to the stop, or to the day as at.';

COMMENT ON COLUMN rtt_clock.adjusted_days IS 'The same less pauses before 1 October 2015, for clocks that stopped before that day; else days.';

COMMENT ON COLUMN rtt_clock.week_band IS 'Band of the national return: 1 for 0 to 7 days, 18 for 120 to 126, 104 for 722 to 728, 105 for more.';

COMMENT ON COLUMN rtt_clock.weeks IS 'days / 7: 126 days are 18 weeks.';

COMMENT ON COLUMN rtt_clock.findings IS 'Data-quality findings while it ran, as bits; rtt_findings() names them.';

COMMENT ON COLUMN rtt_clock.is_breach IS 'Whether it is longer than the limit (126 days unless said otherwise). False where nullified.';

COMMENT ON COLUMN rtt_clock.is_over_52_weeks IS 'Whether it is longer than 364 days. False where nullified.';

COMMENT ON COLUMN rtt_clock.is_over_65_weeks IS 'Whether it is longer than 455 days. False where nullified.';

COMMENT ON COLUMN rtt_clock.is_over_78_weeks IS 'Whether it is longer than 546 days. False where nullified.';

COMMENT ON COLUMN rtt_clock.is_over_104_weeks IS 'Whether it is longer than 728 days. False where nullified.';

COMMENT ON COLUMN rtt_clock.is_interface IS 'Whether an interface service received the referral first.';

COMMENT ON COLUMN rtt_clock.is_transferred IS 'Whether another provider took the pathway over while it ran (21).';

COMMENT ON COLUMN rtt_clock.state IS 'open, stopped or nullified; a nullified clock is not counted.';

COMMENT ON COLUMN rtt_clock.start_reason IS 'Why it started: one of the rules of kind start in rtt_rules().';

COMMENT ON COLUMN rtt_clock.stop_reason IS 'Why it stopped: one of the rules of kind stop; NULL while it runs.';

CREATE TYPE rtt_pathway_state AS (
	state text,
	since date,
	waiting_since date,
	waiting_days integer,
	events integer,
	clocks integer,
	nullified integer,
	findings integer,
	finding_count integer
);

COMMENT ON TYPE rtt_pathway_state IS
'Where a pathway stands under the referral-to-treatment rules.';

COMMENT ON COLUMN rtt_pathway_state.state IS 'no_clock, waiting, active_monitoring, treated, ended (decided against or declined), missed_first (nullified) or died.';

COMMENT ON COLUMN rtt_pathway_state.since IS 'Day since which it is so; NULL for no_clock.';

COMMENT ON COLUMN rtt_pathway_state.waiting_since IS 'Start of the clock that runs; NULL unless waiting.';

COMMENT ON COLUMN rtt_pathway_state.waiting_days IS 'Days waited by the day as at; NULL unless waiting.';

COMMENT ON COLUMN rtt_pathway_state.events IS 'Number of events, whether they could be used or not.';

COMMENT ON COLUMN rtt_pathway_state.clocks IS 'Number of clocks, nullified ones with them.';

COMMENT ON COLUMN rtt_pathway_state.nullified IS 'Number of nullified clocks.';

COMMENT ON COLUMN rtt_pathway_state.findings IS 'Data-quality findings, as bits; rtt_findings() names them.';

COMMENT ON COLUMN rtt_pathway_state.finding_count IS 'Number of findings; an event may have several.';

CREATE FUNCTION rtt_rules(OUT rule text, OUT kind text, OUT mask integer, OUT source text, OUT explanation text)
RETURNS SETOF record
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 ROWS 60
AS 'MODULE_PATHNAME', 'cg_rtt_rules';

COMMENT ON FUNCTION rtt_rules() IS
'The rules of the clock engine: name, kind (start, stop, event or finding), the mask of a finding, where the rule stands (rule numbers are those of the Referral to treatment consultant-led waiting times rules suite, October 2022; codes those of the NHS Data Dictionary''s REFERRAL TO TREATMENT PERIOD STATUS; data is a fault of the data), and a sentence.';

CREATE FUNCTION rtt_findings(findings integer) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_rtt_findings';

COMMENT ON FUNCTION rtt_findings(integer) IS
'Names of the findings in a mask, in the order of their bits; an empty array for none. NULL gives NULL.';

CREATE FUNCTION rtt_add(bytea, timestamptz, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_rtt_add_at';

COMMENT ON FUNCTION rtt_add(bytea, timestamptz, text) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_add(bytea, timestamptz, text, text, boolean) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_rtt_add_at';

COMMENT ON FUNCTION rtt_add(bytea, timestamptz, text, text, boolean) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_add(bytea, timestamptz, text, text, boolean, date) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_rtt_add_at';

COMMENT ON FUNCTION rtt_add(bytea, timestamptz, text, text, boolean, date) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_add(bytea, timestamptz, text, text, boolean, date, integer, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_rtt_add_at';

COMMENT ON FUNCTION rtt_add(bytea, timestamptz, text, text, boolean, date, integer, text) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_add(bytea, date, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_rtt_add_on';

COMMENT ON FUNCTION rtt_add(bytea, date, text) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_add(bytea, date, text, text, boolean) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_rtt_add_on';

COMMENT ON FUNCTION rtt_add(bytea, date, text, text, boolean) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_add(bytea, date, text, text, boolean, date) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_rtt_add_on';

COMMENT ON FUNCTION rtt_add(bytea, date, text, text, boolean, date) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_add(bytea, date, text, text, boolean, date, integer) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_rtt_add_on';

COMMENT ON FUNCTION rtt_add(bytea, date, text, text, boolean, date, integer) IS
'For rtt_clocks() and rtt_pathway(): adds an event. A NULL is an event without a time, a code, a kind, or a record of communication.';

CREATE FUNCTION rtt_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_rtt_combine';

COMMENT ON FUNCTION rtt_combine(bytea, bytea) IS
'For rtt_clocks() and rtt_pathway(): puts the events of two states together. A NULL is a state without events; a damaged state is error 22P03.';

CREATE FUNCTION rtt_clocks_final(bytea) RETURNS rtt_clock[]
LANGUAGE c STABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_rtt_clocks_final';

COMMENT ON FUNCTION rtt_clocks_final(bytea) IS
'For rtt_clocks(): the result. NULL, which stands for no events, gives NULL; a damaged state is error 22P03.';

CREATE FUNCTION rtt_pathway_final(bytea) RETURNS rtt_pathway_state
LANGUAGE c STABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_rtt_pathway_final';

COMMENT ON FUNCTION rtt_pathway_final(bytea) IS
'For rtt_pathway(): the result. NULL, which stands for no events, gives NULL; a damaged state is error 22P03.';

CREATE AGGREGATE rtt_clocks(event_at timestamptz, status_code text) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(timestamptz, text) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. Days are those of Europe/London. Only codes: every appointment is taken to have been communicated, and the day as at is today. No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_clocks(event_at timestamptz, status_code text, kind text, communicated boolean) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(timestamptz, text, text, boolean) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. Days are those of Europe/London. kind is what an event is besides its code (received, interface, self_referred, ratified, consultant_referred, rebooked, decision, new_treatment, second_side_ready, paused, resumed; others have no effect); communicated is whether a missed appointment had been (NULL: not known). The day as at is today. No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_clocks(event_at timestamptz, status_code text, kind text, communicated boolean, as_at date) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(timestamptz, text, text, boolean, date) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. Days are those of Europe/London. kind is what an event is besides its code (received, interface, self_referred, ratified, consultant_referred, rebooked, decision, new_treatment, second_side_ready, paused, resumed; others have no effect); communicated is whether a missed appointment had been (NULL: not known). as_at is the day to which open clocks are counted and after which events are in the future (NULL: today); of these the first row counts for the group. No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_clocks(event_at timestamptz, status_code text, kind text, communicated boolean, as_at date, limit_weeks integer, time_zone text) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(timestamptz, text, text, boolean, date, integer, text) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. Days are those of Europe/London. kind is what an event is besides its code (received, interface, self_referred, ratified, consultant_referred, rebooked, decision, new_treatment, second_side_ready, paused, resumed; others have no effect); communicated is whether a missed appointment had been (NULL: not known). as_at is the day to which open clocks are counted and after which events are in the future (NULL: today); limit_weeks is the limit that is breached after it (1 to 520, NULL: 18, else error 22023); of these the first row counts for the group. time_zone is where the day of the row''s event is a day (NULL: Europe/London; an unknown one is error 22023). No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_clocks(event_on date, status_code text) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(date, text) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. The events have days and no times. Only codes: every appointment is taken to have been communicated, and the day as at is today. No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_clocks(event_on date, status_code text, kind text, communicated boolean) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(date, text, text, boolean) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. The events have days and no times. kind is what an event is besides its code (received, interface, self_referred, ratified, consultant_referred, rebooked, decision, new_treatment, second_side_ready, paused, resumed; others have no effect); communicated is whether a missed appointment had been (NULL: not known). The day as at is today. No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_clocks(event_on date, status_code text, kind text, communicated boolean, as_at date) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(date, text, text, boolean, date) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. The events have days and no times. kind is what an event is besides its code (received, interface, self_referred, ratified, consultant_referred, rebooked, decision, new_treatment, second_side_ready, paused, resumed; others have no effect); communicated is whether a missed appointment had been (NULL: not known). as_at is the day to which open clocks are counted and after which events are in the future (NULL: today); of these the first row counts for the group. No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_clocks(event_on date, status_code text, kind text, communicated boolean, as_at date, limit_weeks integer) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_clocks_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_clocks(date, text, text, boolean, date, integer) IS
'The clocks of a pathway from its events, in the order of time; rows need no order. The events have days and no times. kind is what an event is besides its code (received, interface, self_referred, ratified, consultant_referred, rebooked, decision, new_treatment, second_side_ready, paused, resumed; others have no effect); communicated is whether a missed appointment had been (NULL: not known). as_at is the day to which open clocks are counted and after which events are in the future (NULL: today); limit_weeks is the limit that is breached after it (1 to 520, NULL: 18, else error 22023); of these the first row counts for the group. No rows give NULL, events without a clock an empty array. Events that do not fit the rules are findings and change nothing. Rules: Referral to treatment consultant-led waiting times rules suite, October 2022.';

CREATE AGGREGATE rtt_pathway(event_at timestamptz, status_code text, kind text, communicated boolean, as_at date) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_pathway_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_pathway(timestamptz, text, text, boolean, date) IS
'Where a pathway stands on the day as at (NULL: today): the state, since when, and the clock that runs. Arguments and rules are those of rtt_clocks(). No rows give NULL.';

CREATE AGGREGATE rtt_pathway(event_on date, status_code text, kind text, communicated boolean, as_at date) (
	SFUNC = rtt_add, STYPE = bytea,
	FINALFUNC = rtt_pathway_final, COMBINEFUNC = rtt_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_pathway(date, text, text, boolean, date) IS
'Where a pathway stands on the day as at (NULL: today): the state, since when, and the clock that runs. Arguments and rules are those of rtt_clocks(). No rows give NULL.';

CREATE FUNCTION rtt_clock_rows(query text, as_at date DEFAULT NULL, limit_weeks integer DEFAULT 18, time_zone text DEFAULT 'Europe/London', presorted boolean DEFAULT false)
RETURNS TABLE (
	pathway text,
	clock integer,
	started_on date,
	stopped_on date,
	breach_on date,
	start_event integer,
	stop_event integer,
	days integer,
	adjusted_days integer,
	week_band integer,
	weeks double precision,
	findings integer,
	is_breach boolean,
	is_over_52_weeks boolean,
	is_over_65_weeks boolean,
	is_over_78_weeks boolean,
	is_over_104_weeks boolean,
	is_interface boolean,
	is_transferred boolean,
	state text,
	start_reason text,
	stop_reason text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100000
AS 'MODULE_PATHNAME', 'cg_rtt_clock_rows';

COMMENT ON FUNCTION rtt_clock_rows(text, date, integer, text, boolean) IS
'The clocks of every pathway of a query, one row each, in the order of pathways: the fields of rtt_clock, the same figures as rtt_clocks() gives, faster. limit_weeks is the limit that is breached after it (1 to 520, else error 22023). query is one SELECT with the columns pathway, event_at (timestamptz, timestamp or date) and status_code, in any order and with any others; kind, communicated, received_at (the receipt of the referral, which its rows repeat; a row with a receipt and nothing else is a referral without events) and sequence (the order in which events were recorded, from 1) are read if they are there. Without communicated every appointment is taken to have been communicated. Rows need no order: they are sorted by pathway and time, or read by an index that gives that order. presorted => true says that the rows come by pathway already; nothing is sorted, and a pathway out of order is error 22023. At one moment a receipt or decision comes before 10, 11 and 12, these before other codes, stops (30 to 36) after those, and 90 last; then sequence, then the order of the rows. as_at is the day to which open clocks are counted and after which events are in the future (NULL: today in the time zone). time_zone is where a day is a day. A missing column is error 42703, one of a wrong type 42804, a NULL pathway or query 22004, more than 100,000 events of a pathway 54000. It runs with the rights of the caller. pathway comes back as text; the form with pathway_type gives it as it is.';

CREATE FUNCTION rtt_clock_rows(query text, pathway_type anyelement, as_at date DEFAULT NULL, limit_weeks integer DEFAULT 18, time_zone text DEFAULT 'Europe/London', presorted boolean DEFAULT false)
RETURNS TABLE (
	pathway anyelement,
	clock integer,
	started_on date,
	stopped_on date,
	breach_on date,
	start_event integer,
	stop_event integer,
	days integer,
	adjusted_days integer,
	week_band integer,
	weeks double precision,
	findings integer,
	is_breach boolean,
	is_over_52_weeks boolean,
	is_over_65_weeks boolean,
	is_over_78_weeks boolean,
	is_over_104_weeks boolean,
	is_interface boolean,
	is_transferred boolean,
	state text,
	start_reason text,
	stop_reason text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100000
AS 'MODULE_PATHNAME', 'cg_rtt_clock_rows';

COMMENT ON FUNCTION rtt_clock_rows(text, anyelement, date, integer, text, boolean) IS
'The clocks of every pathway of a query, one row each, in the order of pathways: the fields of rtt_clock, the same figures as rtt_clocks() gives, faster. limit_weeks is the limit that is breached after it (1 to 520, else error 22023). query is one SELECT with the columns pathway, event_at (timestamptz, timestamp or date) and status_code, in any order and with any others; kind, communicated, received_at (the receipt of the referral, which its rows repeat; a row with a receipt and nothing else is a referral without events) and sequence (the order in which events were recorded, from 1) are read if they are there. Without communicated every appointment is taken to have been communicated. Rows need no order: they are sorted by pathway and time, or read by an index that gives that order. presorted => true says that the rows come by pathway already; nothing is sorted, and a pathway out of order is error 22023. At one moment a receipt or decision comes before 10, 11 and 12, these before other codes, stops (30 to 36) after those, and 90 last; then sequence, then the order of the rows. as_at is the day to which open clocks are counted and after which events are in the future (NULL: today in the time zone). time_zone is where a day is a day. A missing column is error 42703, one of a wrong type 42804, a NULL pathway or query 22004, more than 100,000 events of a pathway 54000. It runs with the rights of the caller. pathway comes back in the type of pathway_type, given as NULL::bigint, NULL::uuid and so on.';

CREATE FUNCTION rtt_pathway_rows(query text, as_at date DEFAULT NULL, time_zone text DEFAULT 'Europe/London', presorted boolean DEFAULT false)
RETURNS TABLE (
	pathway text,
	state text,
	since date,
	waiting_since date,
	waiting_days integer,
	events integer,
	clocks integer,
	nullified integer,
	findings integer,
	finding_count integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100000
AS 'MODULE_PATHNAME', 'cg_rtt_pathway_rows';

COMMENT ON FUNCTION rtt_pathway_rows(text, date, text, boolean) IS
'Where every pathway of a query stands, one row each: the fields of rtt_pathway_state. query is one SELECT with the columns pathway, event_at (timestamptz, timestamp or date) and status_code, in any order and with any others; kind, communicated, received_at (the receipt of the referral, which its rows repeat; a row with a receipt and nothing else is a referral without events) and sequence (the order in which events were recorded, from 1) are read if they are there. Without communicated every appointment is taken to have been communicated. Rows need no order: they are sorted by pathway and time, or read by an index that gives that order. presorted => true says that the rows come by pathway already; nothing is sorted, and a pathway out of order is error 22023. At one moment a receipt or decision comes before 10, 11 and 12, these before other codes, stops (30 to 36) after those, and 90 last; then sequence, then the order of the rows. as_at is the day to which open clocks are counted and after which events are in the future (NULL: today in the time zone). time_zone is where a day is a day. A missing column is error 42703, one of a wrong type 42804, a NULL pathway or query 22004, more than 100,000 events of a pathway 54000. It runs with the rights of the caller. pathway comes back as text; the form with pathway_type gives it as it is.';

CREATE FUNCTION rtt_pathway_rows(query text, pathway_type anyelement, as_at date DEFAULT NULL, time_zone text DEFAULT 'Europe/London', presorted boolean DEFAULT false)
RETURNS TABLE (
	pathway anyelement,
	state text,
	since date,
	waiting_since date,
	waiting_days integer,
	events integer,
	clocks integer,
	nullified integer,
	findings integer,
	finding_count integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100000
AS 'MODULE_PATHNAME', 'cg_rtt_pathway_rows';

COMMENT ON FUNCTION rtt_pathway_rows(text, anyelement, date, text, boolean) IS
'Where every pathway of a query stands, one row each: the fields of rtt_pathway_state. query is one SELECT with the columns pathway, event_at (timestamptz, timestamp or date) and status_code, in any order and with any others; kind, communicated, received_at (the receipt of the referral, which its rows repeat; a row with a receipt and nothing else is a referral without events) and sequence (the order in which events were recorded, from 1) are read if they are there. Without communicated every appointment is taken to have been communicated. Rows need no order: they are sorted by pathway and time, or read by an index that gives that order. presorted => true says that the rows come by pathway already; nothing is sorted, and a pathway out of order is error 22023. At one moment a receipt or decision comes before 10, 11 and 12, these before other codes, stops (30 to 36) after those, and 90 last; then sequence, then the order of the rows. as_at is the day to which open clocks are counted and after which events are in the future (NULL: today in the time zone). time_zone is where a day is a day. A missing column is error 42703, one of a wrong type 42804, a NULL pathway or query 22004, more than 100,000 events of a pathway 54000. It runs with the rights of the caller. pathway comes back in the type of pathway_type, given as NULL::bigint, NULL::uuid and so on.';

CREATE FUNCTION rtt_explain(event_at timestamptz[], status_code text[], kind text[] DEFAULT NULL,
                            communicated boolean[] DEFAULT NULL, as_at date DEFAULT NULL,
                            time_zone text DEFAULT 'Europe/London')
RETURNS TABLE (
	step integer,
	event integer,
	event_on date,
	status_code text,
	kind text,
	clock integer,
	rule text,
	source text,
	is_finding boolean,
	explanation text
)
LANGUAGE c STABLE PARALLEL SAFE COST 1000 ROWS 20
AS 'MODULE_PATHNAME', 'cg_rtt_explain';

COMMENT ON FUNCTION rtt_explain(timestamptz[], text[], text[], boolean[], date, text) IS
'Every step of one pathway in words: the number of the step, the event''s ordinal in the order of time, its day, code and kind, the number of the clock by then, the rule followed or the finding, where the rule stands, and a sentence. The arrays have an element for each event, in the order in which events were recorded; a NULL element is not known, a NULL array is a column that is not there (appointments are then taken to have been communicated). Arrays of different lengths are error 2202E. NULL event_at or an empty array gives no rows. Other arguments as for rtt_clocks().';

CREATE FUNCTION rtt_explain_rows(query text, findings_only boolean DEFAULT false, as_at date DEFAULT NULL, time_zone text DEFAULT 'Europe/London', presorted boolean DEFAULT false)
RETURNS TABLE (
	pathway text,
	step integer,
	event integer,
	event_on date,
	status_code text,
	kind text,
	clock integer,
	rule text,
	source text,
	is_finding boolean,
	explanation text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100000
AS 'MODULE_PATHNAME', 'cg_rtt_explain_rows';

COMMENT ON FUNCTION rtt_explain_rows(text, boolean, date, text, boolean) IS
'Every step of every pathway of a query in words, as rtt_explain() gives them; with findings_only the data-quality findings alone, by pathway, event ordinal and rule. query is one SELECT with the columns pathway, event_at (timestamptz, timestamp or date) and status_code, in any order and with any others; kind, communicated, received_at (the receipt of the referral, which its rows repeat; a row with a receipt and nothing else is a referral without events) and sequence (the order in which events were recorded, from 1) are read if they are there. Without communicated every appointment is taken to have been communicated. Rows need no order: they are sorted by pathway and time, or read by an index that gives that order. presorted => true says that the rows come by pathway already; nothing is sorted, and a pathway out of order is error 22023. At one moment a receipt or decision comes before 10, 11 and 12, these before other codes, stops (30 to 36) after those, and 90 last; then sequence, then the order of the rows. as_at is the day to which open clocks are counted and after which events are in the future (NULL: today in the time zone). time_zone is where a day is a day. A missing column is error 42703, one of a wrong type 42804, a NULL pathway or query 22004, more than 100,000 events of a pathway 54000. It runs with the rights of the caller. pathway comes back as text; the form with pathway_type gives it as it is.';

CREATE FUNCTION rtt_explain_rows(query text, pathway_type anyelement, findings_only boolean DEFAULT false, as_at date DEFAULT NULL, time_zone text DEFAULT 'Europe/London', presorted boolean DEFAULT false)
RETURNS TABLE (
	pathway anyelement,
	step integer,
	event integer,
	event_on date,
	status_code text,
	kind text,
	clock integer,
	rule text,
	source text,
	is_finding boolean,
	explanation text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100000
AS 'MODULE_PATHNAME', 'cg_rtt_explain_rows';

COMMENT ON FUNCTION rtt_explain_rows(text, anyelement, boolean, date, text, boolean) IS
'Every step of every pathway of a query in words, as rtt_explain() gives them; with findings_only the data-quality findings alone, by pathway, event ordinal and rule. query is one SELECT with the columns pathway, event_at (timestamptz, timestamp or date) and status_code, in any order and with any others; kind, communicated, received_at (the receipt of the referral, which its rows repeat; a row with a receipt and nothing else is a referral without events) and sequence (the order in which events were recorded, from 1) are read if they are there. Without communicated every appointment is taken to have been communicated. Rows need no order: they are sorted by pathway and time, or read by an index that gives that order. presorted => true says that the rows come by pathway already; nothing is sorted, and a pathway out of order is error 22023. At one moment a receipt or decision comes before 10, 11 and 12, these before other codes, stops (30 to 36) after those, and 90 last; then sequence, then the order of the rows. as_at is the day to which open clocks are counted and after which events are in the future (NULL: today in the time zone). time_zone is where a day is a day. A missing column is error 42703, one of a wrong type 42804, a NULL pathway or query 22004, more than 100,000 events of a pathway 54000. It runs with the rights of the caller. pathway comes back in the type of pathway_type, given as NULL::bigint, NULL::uuid and so on.';

CREATE TYPE standard_clock AS (
	due_at timestamptz,
	due_on date,
	elapsed double precision,
	is_open boolean,
	is_breach boolean,
	is_met boolean,
	problem text
);

COMMENT ON TYPE standard_clock IS
'One wait against one limit.';

COMMENT ON COLUMN standard_clock.due_at IS 'Hours: the last moment that meets the limit. Other units: the midnight at the end of due_on, before which it is met. NULL without a start.';

COMMENT ON COLUMN standard_clock.due_on IS 'Last day that meets the limit; for hours the day of due_at. NULL without a start.';

COMMENT ON COLUMN standard_clock.elapsed IS 'Wait until the stop, or until as_at, in the unit of the limit; days count from the day of the start, which is day 0. NULL where problem leaves no wait.';

COMMENT ON COLUMN standard_clock.is_open IS 'Whether it had not stopped by as_at.';

COMMENT ON COLUMN standard_clock.is_breach IS 'Whether the wait is longer than the limit.';

COMMENT ON COLUMN standard_clock.is_met IS 'Whether it stopped within the limit; NULL while it may still go either way.';

COMMENT ON COLUMN standard_clock.problem IS 'no_start, future_start, impossible_stop (infinite) and stop_before_start leave no wait; future_stop leaves it open. NULL: none.';

CREATE FUNCTION standard_clock(started_at timestamptz, stopped_at timestamptz, limit_value double precision, limit_unit text,
                               as_at timestamptz DEFAULT NULL, calendar text DEFAULT 'england',
                               time_zone text DEFAULT 'Europe/London', holidays date[] DEFAULT NULL)
RETURNS standard_clock
LANGUAGE c STABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_standard_clock';

COMMENT ON FUNCTION standard_clock(timestamptz, timestamptz, double precision, text, timestamptz, text, text, date[]) IS
'A wait against a limit in hour, day, working_day or week (7 days). Hours are elapsed time; other units count days of the time zone from the day of the start, day 0, so the day of the limit still meets it. Working days are those after the day of the start that are not days off of the calendar, or, where given, not weekends and not the holidays. as_at is the moment by which open waits are counted (NULL: the start of the transaction). NULL started_at or stopped_at: no start, still open. A limit not above 0 or above 1,000,000 or an unknown unit, calendar or time zone is error 22023; a NULL limit, unit or time zone 22004; infinite as_at 22008.';

CREATE TABLE national_standard (
    standard_id  text PRIMARY KEY,
    name         text NOT NULL,
    service_id   text,
    service_kind text,
    clock_start  text NOT NULL,
    clock_stop   text NOT NULL,
    limit_value  numeric NOT NULL,
    limit_unit   text NOT NULL,
    threshold    numeric
);

COMMENT ON TABLE national_standard IS
'Standards of waiting as rows that a hub''s service_standard can be bound to as they are: SELECT * FROM caregroup.national_standard. Thresholds are those of the NHS Constitution handbook and NHS England''s planning guidance; a site''s own rows go in its warehouse.';

COMMENT ON COLUMN national_standard.standard_id IS 'Identifier.';

COMMENT ON COLUMN national_standard.name IS 'Name to print.';

COMMENT ON COLUMN national_standard.service_id IS 'The one service that it applies to; NULL here.';

COMMENT ON COLUMN national_standard.service_kind IS 'The kind of service that it applies to; NULL for all.';

COMMENT ON COLUMN national_standard.clock_start IS 'Where the wait begins: received, referred, first_consultation, decision, ready or arrival.';

COMMENT ON COLUMN national_standard.clock_stop IS 'Where it ends: first_contact, assessment, treatment, discharge or report.';

COMMENT ON COLUMN national_standard.limit_value IS 'The longest wait that meets the standard.';

COMMENT ON COLUMN national_standard.limit_unit IS 'Unit of the limit: hour, day, working_day or week.';

COMMENT ON COLUMN national_standard.threshold IS 'Share that must meet it, 0 to 1; NULL where none is set.';

INSERT INTO national_standard (standard_id, name, service_kind, clock_start, clock_stop, limit_value, limit_unit, threshold) VALUES
    ('rtt_18_weeks', 'Referral to treatment within 18 weeks', 'acute', 'received', 'treatment', 18, 'week', 0.92),
    ('diagnostic_6_weeks', 'Diagnostic test in less than 6 weeks (day 42 is late)', 'diagnostic', 'received', 'report', 41, 'day', 0.99),
    ('ucr_2_hours', 'Two-hour urgent community response', 'urgent_response', 'received', 'first_contact', 2, 'hour', 0.70),
    ('community_52_weeks', 'Community services within 52 weeks', 'community', 'received', 'first_contact', 52, 'week', NULL),
    ('cancer_28_days', 'Urgent suspected cancer: told the diagnosis within 28 days', 'acute', 'received', 'report', 28, 'day', 0.75),
    ('cancer_31_days', 'Cancer: treated within 31 days of the decision', 'acute', 'decision', 'treatment', 31, 'day', 0.96),
    ('cancer_62_days', 'Urgent suspected cancer: treated within 62 days of referral', 'acute', 'received', 'treatment', 62, 'day', 0.85),
    ('physiotherapy_10_working_days', 'Physiotherapy assessment within 10 working days of the first consultation', 'rehabilitation', 'first_consultation', 'assessment', 10, 'working_day', NULL),
    ('surgery_6_weeks', 'Surgery within six weeks of referral', 'acute', 'referred', 'treatment', 6, 'week', NULL);

GRANT SELECT ON national_standard TO PUBLIC;

CREATE FUNCTION wait_problem(starts_on date, stops_on date, as_of date DEFAULT NULL) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10
RETURN CASE WHEN starts_on IS NULL THEN 'no_start'
	WHEN NOT isfinite(starts_on) OR NOT isfinite(stops_on) THEN 'infinite'
	WHEN stops_on < starts_on THEN 'stop_before_start'
	WHEN starts_on > as_of THEN 'starts_in_future'
	WHEN stops_on > as_of THEN 'stops_in_future' END;

COMMENT ON FUNCTION wait_problem(date, date, date) IS
'What is wrong with a wait''s dates: no_start, infinite, stop_before_start, starts_in_future, stops_in_future (the last two against as_of, unless that is NULL); NULL when nothing is. The aggregates of this room skip rows without a start and refuse infinite dates and stops before starts: list such rows with this and leave them out in WHERE.';

CREATE FUNCTION rtt_band(days integer) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_wait_rtt_band';

COMMENT ON FUNCTION rtt_band(integer) IS
'The weekly band, 1 to 105, of a wait in days as the national RTT return has it: band 1 is 0 to 7 days, band 18 is 120 to 126 days (the last within 18 weeks), band 105 is 729 days and more (over 104 weeks). Days below 0 or above 100,000 are error 22003. NULL gives NULL. Source: NHS England, Recording and reporting RTT waiting times, PRN01045.';

CREATE FUNCTION community_band(days integer) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_wait_community_band';

COMMENT ON FUNCTION community_band(integer) IS
'The band, 1 to 7, of a wait in days as the community health services waiting list has it: 0-7, 8-14, 15-28, 29-84, 85-126, 127-364 days and over 52 weeks. The publication calls the last one "over 365 days" and so has no band for day 365: here it is over 52 weeks, which are 364 days. Days below 0 or above 100,000 are error 22003. NULL gives NULL. Source: NHS England, Community health services waiting lists.';

CREATE FUNCTION rtt_bands(OUT band integer, OUT band_name text, OUT return_name text, OUT from_days integer, OUT to_days integer, OUT is_within_18_weeks boolean)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 105
BEGIN ATOMIC
	SELECT b, CASE WHEN b = 1 THEN '0-1' WHEN b = 105 THEN '>104' ELSE '>' || (b - 1)::text || '-' || b::text END,
		CASE WHEN b = 105 THEN 'Gt 104 Weeks SUM 1'
			ELSE 'Gt ' || pg_catalog.to_char(b - 1, 'FM900') || ' To ' || pg_catalog.to_char(b, 'FM900') || ' Weeks SUM 1' END,
		CASE WHEN b = 1 THEN 0 ELSE 7 * (b - 1) + 1 END, CASE WHEN b < 105 THEN 7 * b END, b <= 18
	FROM pg_catalog.generate_series(1, 105) AS b;
END;

COMMENT ON FUNCTION rtt_bands() IS
'The 105 weekly bands of the national RTT return, in order: number, name, the column''s name in NHS England''s published extract, first and last day (NULL for the open one), and whether it is within 18 weeks. Source: NHS England, RTT waiting times statistics; PRN01045.';

CREATE FUNCTION community_bands(OUT band integer, OUT band_name text, OUT from_days integer, OUT to_days integer)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 7
BEGIN ATOMIC
	SELECT v.band, v.band_name, v.from_days, v.to_days
	FROM (VALUES (1, '0-1 weeks', 0, 7), (2, '1-2 weeks', 8, 14), (3, '2-4 weeks', 15, 28), (4, '4-12 weeks', 29, 84),
		(5, '12-18 weeks', 85, 126), (6, '18-52 weeks', 127, 364), (7, 'over 52 weeks', 365, NULL)) AS v (band, band_name, from_days, to_days);
END;

COMMENT ON FUNCTION community_bands() IS
'The 7 bands of the community health services waiting list, in order, with their first and last day (NULL for the open one). Source: NHS England, Community health services waiting lists.';

CREATE FUNCTION wait_count_combine(bigint[], bigint[]) RETURNS bigint[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_wait_count_combine';

COMMENT ON FUNCTION wait_count_combine(bigint[], bigint[]) IS
'For the aggregates that count into bands: the counts of both sets of rows. NULL stands for no rows.';

CREATE FUNCTION rtt_band_count_add(bigint[], integer) RETURNS bigint[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_wait_rtt_count';

COMMENT ON FUNCTION rtt_band_count_add(bigint[], integer) IS
'For rtt_band_counts(): counts a wait. NULL days change nothing.';

CREATE AGGREGATE rtt_band_counts(days integer) (
	SFUNC = rtt_band_count_add, STYPE = bigint[], COMBINEFUNC = wait_count_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE rtt_band_counts(integer) IS
'How many waits of so many days fall into each of the 105 weekly bands of the national RTT return, as an array from band 1 on. NULLs are skipped; no rows give NULL. Days below 0 or above 100,000 are error 22003. Source: NHS England, PRN01045.';

CREATE FUNCTION community_band_count_add(bigint[], integer) RETURNS bigint[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_wait_community_count';

COMMENT ON FUNCTION community_band_count_add(bigint[], integer) IS
'For community_band_counts(): counts a wait. NULL days change nothing.';

CREATE AGGREGATE community_band_counts(days integer) (
	SFUNC = community_band_count_add, STYPE = bigint[], COMBINEFUNC = wait_count_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE community_band_counts(integer) IS
'How many waits fall into each of the 7 bands of the community health services waiting list, as an array from band 1 on. NULL rule and errors as for rtt_band_counts(). Source: NHS England, Community health services waiting lists.';

CREATE FUNCTION wait_band_count_add(bigint[], integer, integer[]) RETURNS bigint[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_wait_band_count';

COMMENT ON FUNCTION wait_band_count_add(bigint[], integer, integer[]) IS
'For wait_band_counts(): counts a wait. NULL days change nothing.';

CREATE AGGREGATE wait_band_counts(days integer, upper_days integer[]) (
	SFUNC = wait_band_count_add, STYPE = bigint[], COMBINEFUNC = wait_count_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_band_counts(integer, integer[]) IS
'How many waits fall into bands of your own: upper_days are the last days of the bands, ascending, at most 1,000; one more band behind them is open. NULL days are skipped; no rows give NULL. Days below 0 or above 100,000 are error 22003; limits that do not ascend 22023.';

CREATE FUNCTION wait_band_sum_add(bigint[], bigint[]) RETURNS bigint[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_wait_band_sum_add';

COMMENT ON FUNCTION wait_band_sum_add(bigint[], bigint[]) IS
'For wait_band_sum(): the sum of two lists of counts, NULL where either count is. A NULL list changes nothing.';

CREATE AGGREGATE wait_band_sum(counts bigint[]) (
	SFUNC = wait_band_sum_add, STYPE = bigint[], COMBINEFUNC = wait_band_sum_add, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_band_sum(bigint[]) IS
'Counts in bands added up band by band, as of the providers of a system: a withheld count (NULL) makes the sum of its band NULL, for it is not zero. NULL lists are skipped; no rows give NULL. Lists of different lengths are error 22023.';

CREATE FUNCTION rtt_return_parts(OUT part text, OUT name text, OUT counts text, OUT wait text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 5
BEGIN ATOMIC
	SELECT v.part, v.name, v.counts, v.wait
	FROM (VALUES
		('Part_1A', 'Completed pathways for admitted patients', 'clocks stopped in the month by an admission for first definitive treatment', 'from clock start to clock stop'),
		('Part_1B', 'Completed pathways for non-admitted patients', 'clocks stopped in the month in any other way', 'from clock start to clock stop'),
		('Part_2', 'Incomplete pathways', 'clocks still running at the end of the month', 'from clock start to the end of the month'),
		('Part_2A', 'Incomplete pathways with a decision to admit', 'those of Part_2 for which it has been decided to admit', 'from clock start to the end of the month'),
		('Part_3', 'New RTT periods', 'clocks started in the month, whether or not they have stopped', 'none')
	) AS v (part, name, counts, wait);
END;

COMMENT ON FUNCTION rtt_return_parts() IS
'The parts of the national RTT return: what each counts and how long its waits are. Source: NHS England, Recording and reporting RTT waiting times, PRN01045.';

CREATE FUNCTION rtt_return_rows(started_on date, stopped_on date, is_admission boolean, is_to_admit boolean, month date,
                                OUT part text, OUT days integer)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 2
BEGIN ATOMIC
	SELECT p.part, p.days
	FROM (SELECT pg_catalog.make_date(extract(year FROM rtt_return_rows.month)::integer, extract(month FROM rtt_return_rows.month)::integer, 1) AS first_day) AS m,
		LATERAL (SELECT (m.first_day + interval '1 month')::date - 1 AS last_day) AS e,
		LATERAL (VALUES
			('Part_1A', stopped_on - started_on, stopped_on BETWEEN m.first_day AND e.last_day AND is_admission),
			('Part_1B', stopped_on - started_on, stopped_on BETWEEN m.first_day AND e.last_day AND is_admission IS NOT TRUE),
			('Part_2', e.last_day - started_on, started_on <= e.last_day AND (stopped_on IS NULL OR stopped_on > e.last_day)),
			('Part_2A', e.last_day - started_on, started_on <= e.last_day AND (stopped_on IS NULL OR stopped_on > e.last_day) AND is_to_admit),
			('Part_3', NULL, started_on BETWEEN m.first_day AND e.last_day)) AS p (part, days, is_counted)
	WHERE p.is_counted;
END;

COMMENT ON FUNCTION rtt_return_rows(date, date, boolean, boolean, date) IS
'The parts of the national RTT return of a month (any day of it) in which a clock counts, and its wait in days there; one clock may count in several. GROUP BY part and rtt_band_counts(days) make the return. is_admission says that the stop was an admission, is_to_admit that it has been decided to admit. A NULL stop is a clock that runs; a NULL start or month gives no rows; is_admission NULL is a non-admitted stop. Source: NHS England, PRN01045.';

CREATE FUNCTION wait_tally_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_wait_tally_combine';

COMMENT ON FUNCTION wait_tally_combine(bytea, bytea) IS
'For the aggregates that count waits or times: the state of both sets of rows. States of different aggregates are error 22P03, of different options 22023. NULL stands for no rows.';

CREATE FUNCTION wait_add(bytea, integer) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_wait_add';

COMMENT ON FUNCTION wait_add(bytea, integer) IS
'For wait_median() and its like: counts a wait. NULL days change nothing.';

CREATE FUNCTION wait_add(bytea, integer, double precision) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_wait_add';

COMMENT ON FUNCTION wait_add(bytea, integer, double precision) IS
'For wait_percentile(): counts a wait. NULL days change nothing.';

CREATE FUNCTION wait_percentile_final(bytea) RETURNS double precision
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_wait_percentile_final';

COMMENT ON FUNCTION wait_percentile_final(bytea) IS
'For wait_percentile() and wait_median(): the result in days. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE wait_percentile(days integer, share double precision) (
	SFUNC = wait_add, STYPE = bytea, FINALFUNC = wait_percentile_final, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_percentile(integer, double precision) IS
'The wait in days that share of the patients do not exceed (0.92 is the 92nd percentile): exact, equal to percentile_cont(), but parallel and without sorting. The share of the first row counts for the group. NULL days are skipped; no rows give NULL. Days below 0 or above 100,000 are error 22003, a share outside 0 to 1 is 22023, a NULL one 22004.';

CREATE AGGREGATE wait_median(days integer) (
	SFUNC = wait_add, STYPE = bytea, FINALFUNC = wait_percentile_final, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_median(integer) IS
'The median wait in days: exact, equal to percentile_cont(0.5), but parallel and without sorting. NULL days are skipped; no rows give NULL. Days below 0 or above 100,000 are error 22003.';

CREATE TYPE wait_summary_result AS (
	patients bigint,
	mean_days double precision,
	median_days double precision,
	p92_days double precision,
	p95_days double precision,
	longest_days integer,
	within_18_weeks bigint,
	over_18_weeks bigint,
	over_52_weeks bigint,
	over_65_weeks bigint,
	over_78_weeks bigint,
	over_104_weeks bigint
);

COMMENT ON TYPE wait_summary_result IS 'A waiting list in figures.';

COMMENT ON COLUMN wait_summary_result.patients IS 'Number of waits.';

COMMENT ON COLUMN wait_summary_result.mean_days IS 'Mean wait in days.';

COMMENT ON COLUMN wait_summary_result.median_days IS 'Median wait in days.';

COMMENT ON COLUMN wait_summary_result.p92_days IS '92nd percentile in days.';

COMMENT ON COLUMN wait_summary_result.p95_days IS '95th percentile in days.';

COMMENT ON COLUMN wait_summary_result.longest_days IS 'Longest wait in days.';

COMMENT ON COLUMN wait_summary_result.within_18_weeks IS 'Waits of at most 126 days.';

COMMENT ON COLUMN wait_summary_result.over_18_weeks IS 'Waits of more than 126 days.';

COMMENT ON COLUMN wait_summary_result.over_52_weeks IS 'Waits of more than 364 days.';

COMMENT ON COLUMN wait_summary_result.over_65_weeks IS 'Waits of more than 455 days.';

COMMENT ON COLUMN wait_summary_result.over_78_weeks IS 'Waits of more than 546 days.';

COMMENT ON COLUMN wait_summary_result.over_104_weeks IS 'Waits of more than 728 days.';

CREATE FUNCTION wait_summary_final(bytea) RETURNS wait_summary_result
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_wait_summary_final';

COMMENT ON FUNCTION wait_summary_final(bytea) IS
'For wait_summary(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE wait_summary(days integer) (
	SFUNC = wait_add, STYPE = bytea, FINALFUNC = wait_summary_final, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_summary(integer) IS
'A waiting list in figures, from each patient''s wait in days: patients, mean, median, 92nd and 95th percentile, longest, within and over 18 weeks, over 52, 65, 78 and 104 weeks. All exact. NULL days are skipped; no rows give NULL. Days below 0 or above 100,000 are error 22003. Source of the limits: NHS England, PRN01045.';

CREATE TYPE median_estimate AS (
	patients bigint,
	median double precision,
	lower double precision,
	upper double precision,
	variance double precision,
	log_variance double precision
);

COMMENT ON TYPE median_estimate IS 'A median wait with its precision.';

COMMENT ON COLUMN median_estimate.patients IS 'Number of waits.';

COMMENT ON COLUMN median_estimate.median IS 'Median in days.';

COMMENT ON COLUMN median_estimate.lower IS 'Lower 95 % limit in days. NULL below 5 waits.';

COMMENT ON COLUMN median_estimate.upper IS 'Upper 95 % limit in days. NULL below 5 waits.';

COMMENT ON COLUMN median_estimate.variance IS 'Variance of the median. NULL below 5 waits.';

COMMENT ON COLUMN median_estimate.log_variance IS 'Variance of the median''s logarithm, for median_ratio(). NULL below 5 waits, or where waits of 0 days reach into it.';

CREATE FUNCTION wait_median_estimate_final(bytea) RETURNS median_estimate
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_wait_median_estimate_final';

COMMENT ON FUNCTION wait_median_estimate_final(bytea) IS
'For wait_median_estimate(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE wait_median_estimate(days integer) (
	SFUNC = wait_add, STYPE = bytea, FINALFUNC = wait_median_estimate_final, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_median_estimate(integer) IS
'The median wait with a 95 % interval and the variances that median_ratio() and median_difference() need, from two order statistics around it. For complete waits; where some go on, survival_median() is right. NULL days are skipped; no rows give NULL. Days below 0 or above 100,000 are error 22003. Source: Price and Bonett, Psychol Methods 2002;7:370-83.';

CREATE FUNCTION median_ratio(median1 double precision, log_variance1 double precision, median2 double precision, log_variance2 double precision,
                             confidence double precision DEFAULT 0.95) RETURNS comparison
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_wait_median_ratio';

COMMENT ON FUNCTION median_ratio(double precision, double precision, double precision, double precision, double precision) IS
'The first median over the second with an interval on the logarithm''s scale; medians and log variances come from wait_median_estimate(). A NULL variance gives a ratio without interval, a NULL median NULL; a second median of 0 has no ratio. Negative values are error 22003, a confidence outside 0 to 1 is 22023, a NULL one 22004. Source: Price and Bonett, J Educ Behav Stat 2020;45:750-70.';

CREATE FUNCTION median_difference(median1 double precision, variance1 double precision, median2 double precision, variance2 double precision,
                                  confidence double precision DEFAULT 0.95) RETURNS comparison
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_wait_median_difference';

COMMENT ON FUNCTION median_difference(double precision, double precision, double precision, double precision, double precision) IS
'The first median less the second, in days, with its interval; medians and variances come from wait_median_estimate(). A NULL variance gives a difference without interval, a NULL median NULL. Negative values are error 22003, a confidence outside 0 to 1 is 22023, a NULL one 22004. Source: Price and Bonett, Psychol Methods 2002;7:370-83.';

CREATE FUNCTION share_ratio(numerator1 double precision, denominator1 double precision, numerator2 double precision, denominator2 double precision,
                            confidence double precision DEFAULT 0.95) RETURNS comparison
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_wait_share_ratio';

COMMENT ON FUNCTION share_ratio(double precision, double precision, double precision, double precision, double precision) IS
'The first share over the second, such as of patients seen within 18 weeks, with an interval on the logarithm''s scale. Without anybody in a numerator, or with everybody in both, there is no interval; of none over none no ratio. A numerator above its denominator, or a denominator that is not above 0, is error 22003. NULL gives NULL. For the difference there is proportion_difference(). Source: Katz and others, Biometrics 1978;34:469-74.';

CREATE TYPE rtt_percentile_result AS (
	weeks double precision,
	is_open boolean,
	withheld integer,
	lower_weeks double precision,
	upper_weeks double precision
);

COMMENT ON TYPE rtt_percentile_result IS 'A percentile of waits from counts in weekly bands.';

COMMENT ON COLUMN rtt_percentile_result.weeks IS 'The percentile in weeks; 104 where it lies in the open band. NULL where nobody waits or a count is withheld.';

COMMENT ON COLUMN rtt_percentile_result.is_open IS 'It lies in the open band: at least so many weeks.';

COMMENT ON COLUMN rtt_percentile_result.withheld IS 'How many counts are withheld.';

COMMENT ON COLUMN rtt_percentile_result.lower_weeks IS 'The least that it can be. NULL where counts are withheld and it is not said how large they may be.';

COMMENT ON COLUMN rtt_percentile_result.upper_weeks IS 'The most that it can be; NULL also where that lies in the open band.';

CREATE FUNCTION rtt_percentile(counts bigint[], share double precision, withheld_most integer DEFAULT NULL) RETURNS rtt_percentile_result
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_wait_rtt_percentile';

COMMENT ON FUNCTION rtt_percentile(bigint[], double precision, integer) IS
'The percentile (share 0.92 is the 92nd) from counts in the 105 weekly bands, band 1 first, by linear interpolation within the band that holds it, as NHS England''s statistics do. A NULL count is a withheld one ("*"), which is not zero: then weeks is NULL, and lower_weeks and upper_weeks say where the percentile must lie if every withheld count is from 0 to withheld_most. NULL counts give NULL. Another number of bands is error 22023, a negative count 22003, a NULL share 22004. Source: NHS England, Consultant-led RTT waiting times statistics, methodology.';

CREATE TYPE rtt_summary_result AS (
	patients bigint,
	within_18_weeks bigint,
	within_18_weeks_percent double precision,
	over_52_weeks bigint,
	over_65_weeks bigint,
	over_78_weeks bigint,
	over_104_weeks bigint,
	median_weeks double precision,
	p92_weeks double precision,
	p95_weeks double precision,
	p92_is_open boolean,
	withheld integer
);

COMMENT ON TYPE rtt_summary_result IS 'A national return''s list in figures.';

COMMENT ON COLUMN rtt_summary_result.patients IS 'All waits. NULL where a count is withheld.';

COMMENT ON COLUMN rtt_summary_result.within_18_weeks IS 'Bands 1 to 18. NULL where one of them is withheld.';

COMMENT ON COLUMN rtt_summary_result.within_18_weeks_percent IS 'Within 18 weeks, per cent of all. NULL where a count is withheld.';

COMMENT ON COLUMN rtt_summary_result.over_52_weeks IS 'Bands 53 to 105.';

COMMENT ON COLUMN rtt_summary_result.over_65_weeks IS 'Bands 66 to 105.';

COMMENT ON COLUMN rtt_summary_result.over_78_weeks IS 'Bands 79 to 105.';

COMMENT ON COLUMN rtt_summary_result.over_104_weeks IS 'Band 105.';

COMMENT ON COLUMN rtt_summary_result.median_weeks IS 'Median in weeks, 104 where it lies in the open band. NULL where a count is withheld.';

COMMENT ON COLUMN rtt_summary_result.p92_weeks IS '92nd percentile in weeks, 104 where it lies in the open band.';

COMMENT ON COLUMN rtt_summary_result.p95_weeks IS '95th percentile in weeks, 104 where it lies in the open band.';

COMMENT ON COLUMN rtt_summary_result.p92_is_open IS 'The 92nd percentile lies in the open band: it is over 104 weeks.';

COMMENT ON COLUMN rtt_summary_result.withheld IS 'How many counts are withheld.';

CREATE FUNCTION rtt_summary(counts bigint[]) RETURNS rtt_summary_result
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_wait_rtt_summary';

COMMENT ON FUNCTION rtt_summary(bigint[]) IS
'A national return''s list in figures, from the counts in its 105 weekly bands, band 1 first. A NULL count is a withheld one ("*"), which is not zero: what it is part of is NULL. NULL gives NULL. Another number of bands is error 22023, a negative count 22003. Source: NHS England, Consultant-led RTT waiting times statistics, methodology.';

CREATE FUNCTION published_count(cell text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
RETURN CASE WHEN pg_catalog.btrim(cell) IN ('*', '', '-', 'c', ':') THEN NULL ELSE replace(pg_catalog.btrim(cell), ',', '')::bigint END;

COMMENT ON FUNCTION published_count(text) IS
'The count in a cell of a published table: commas are left out, and a withheld or missing one ("*", "c", "-", ":", empty) is NULL, never 0. Anything else is error 22P02. NULL gives NULL.';

CREATE FUNCTION snapshot_dates(first date, last date, step text DEFAULT 'week') RETURNS date[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_snapshot_dates';

COMMENT ON FUNCTION snapshot_dates(date, date, text) IS
'The dates from first to last: step day is every day, week every seventh from first on, month the last day of each month. Another word is error 22023, infinite dates 22008, more than 20,000 dates 54000. An empty list where first is after last. NULL gives NULL.';

CREATE TYPE list_snapshot AS (
	as_at date,
	waiting bigint,
	added bigint,
	removed bigint,
	treated bigint,
	declined bigint,
	discharged bigint,
	died bigint,
	transferred bigint,
	other bigint,
	over_days bigint[]
);

COMMENT ON TYPE list_snapshot IS 'A list as it stood at the end of a day, and what changed since the day before it in the series.';

COMMENT ON COLUMN list_snapshot.as_at IS 'The day.';

COMMENT ON COLUMN list_snapshot.waiting IS 'Pathways on the list at the end of the day: started on it or before, and not stopped yet.';

COMMENT ON COLUMN list_snapshot.added IS 'Started since the day before it in the series. NULL for the first day.';

COMMENT ON COLUMN list_snapshot.removed IS 'Stopped since the day before it in the series. NULL for the first day.';

COMMENT ON COLUMN list_snapshot.treated IS 'Of those removed, treated.';

COMMENT ON COLUMN list_snapshot.declined IS 'Of those removed, declined treatment.';

COMMENT ON COLUMN list_snapshot.discharged IS 'Of those removed, discharged without treatment.';

COMMENT ON COLUMN list_snapshot.died IS 'Of those removed, died.';

COMMENT ON COLUMN list_snapshot.transferred IS 'Of those removed, transferred to another provider.';

COMMENT ON COLUMN list_snapshot.other IS 'Of those removed, for another reason or one that is not known.';

COMMENT ON COLUMN list_snapshot.over_days IS 'Of those waiting, how many have waited longer than each of the limits asked for, in their order.';

CREATE FUNCTION list_snapshot_add(bytea, date, date, text, date[]) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_snapshot_sql_add';

COMMENT ON FUNCTION list_snapshot_add(bytea, date, date, text, date[]) IS
'For list_snapshots(): adds a pathway. A NULL start changes nothing.';

CREATE FUNCTION list_snapshot_add(bytea, date, date, text, date[], integer[]) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_snapshot_sql_add';

COMMENT ON FUNCTION list_snapshot_add(bytea, date, date, text, date[], integer[]) IS
'For list_snapshots(): adds a pathway. A NULL start changes nothing.';

CREATE FUNCTION list_snapshot_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_snapshot_combine';

COMMENT ON FUNCTION list_snapshot_combine(bytea, bytea) IS
'For list_snapshots(): the state of both sets of pathways. States of different dates or limits are error 22023. NULL stands for no rows.';

CREATE FUNCTION list_snapshot_final(bytea) RETURNS list_snapshot[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_snapshot_final';

COMMENT ON FUNCTION list_snapshot_final(bytea) IS
'For list_snapshots(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE list_snapshots(starts_on date, stops_on date, reason text, dates date[]) (
	SFUNC = list_snapshot_add, STYPE = bytea, FINALFUNC = list_snapshot_final, COMBINEFUNC = list_snapshot_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE list_snapshots(date, date, text, date[]) IS
'A list as it stood on each of the dates (ascending, at most 20,000), worked out from its pathways in one pass: unnest() spreads the array. over_days is for waits of more than 126, 364, 455, 546 and 728 days (18, 52, 65, 78, 104 weeks). A pathway is on the list at the end of a day from its start until the day before its stop; waiting on a day is waiting on the one before it, plus added, less removed. stops_on NULL is still on the list; reason is one of treated, declined, discharged, died, transferred, other, and NULL counts as other. Rows with a NULL start are skipped; no rows give NULL. A stop before its start or an infinite date is error 22008 (wait_problem() names the rows), an unknown reason or dates that do not ascend 22023. The dates of the first row count for the group.';

CREATE AGGREGATE list_snapshots(starts_on date, stops_on date, reason text, dates date[], over_days integer[]) (
	SFUNC = list_snapshot_add, STYPE = bytea, FINALFUNC = list_snapshot_final, COMBINEFUNC = list_snapshot_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE list_snapshots(date, date, text, date[], integer[]) IS
'The same with limits of your own, at most 8, in days: over_days counts those who have waited longer than each. NULL rule and errors as for list_snapshots() with four arguments.';

CREATE FUNCTION removal_cause(reason text) RETURNS integer
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_removal_cause';

COMMENT ON FUNCTION removal_cause(text) IS
'The number of a removal reason, for cumulative_incidence(): treated 1, declined 2, discharged 3, died 4, transferred 5, other 6. NULL, a reason that is not known, is other. Another word is error 22023.';

CREATE TYPE survival_point AS (
	"time" integer,
	at_risk bigint,
	events bigint,
	censored bigint,
	survival double precision,
	share double precision,
	standard_error double precision,
	lower double precision,
	upper double precision
);

COMMENT ON TYPE survival_point IS 'A step of a Kaplan-Meier curve.';

COMMENT ON COLUMN survival_point."time" IS 'The time, in the unit that went in.';

COMMENT ON COLUMN survival_point.at_risk IS 'Still waiting just before it.';

COMMENT ON COLUMN survival_point.events IS 'Had the event at it.';

COMMENT ON COLUMN survival_point.censored IS 'Last seen waiting at it.';

COMMENT ON COLUMN survival_point.survival IS 'Share that has not had the event by it.';

COMMENT ON COLUMN survival_point.share IS 'Share that has had the event by it: 1 less survival.';

COMMENT ON COLUMN survival_point.standard_error IS 'Greenwood''s standard error. NULL where survival is 0.';

COMMENT ON COLUMN survival_point.lower IS 'Lower limit of survival. NULL where survival is 0.';

COMMENT ON COLUMN survival_point.upper IS 'Upper limit of survival. NULL where survival is 0.';

CREATE TYPE survival_quantile_result AS (
	patients bigint,
	events bigint,
	value double precision,
	lower double precision,
	upper double precision
);

COMMENT ON TYPE survival_quantile_result IS 'The time by which a share have had the event.';

COMMENT ON COLUMN survival_quantile_result.patients IS 'Everybody.';

COMMENT ON COLUMN survival_quantile_result.events IS 'Those who have had the event.';

COMMENT ON COLUMN survival_quantile_result.value IS 'The time. NULL where the curve does not come so far.';

COMMENT ON COLUMN survival_quantile_result.lower IS 'Lower limit. NULL where the curve''s limit does not come so far.';

COMMENT ON COLUMN survival_quantile_result.upper IS 'Upper limit. NULL where the curve''s limit does not come so far.';

CREATE TYPE incidence_point AS (
	"time" integer,
	cause integer,
	at_risk bigint,
	events bigint,
	incidence double precision,
	standard_error double precision,
	lower double precision,
	upper double precision
);

COMMENT ON TYPE incidence_point IS 'A step of a cumulative incidence curve.';

COMMENT ON COLUMN incidence_point."time" IS 'The time, in the unit that went in.';

COMMENT ON COLUMN incidence_point.cause IS 'The cause, 1 to 7.';

COMMENT ON COLUMN incidence_point.at_risk IS 'Still waiting just before it.';

COMMENT ON COLUMN incidence_point.events IS 'Ended at it by this cause.';

COMMENT ON COLUMN incidence_point.incidence IS 'Share that has ended by this cause.';

COMMENT ON COLUMN incidence_point.standard_error IS 'Standard error.';

COMMENT ON COLUMN incidence_point.lower IS 'Lower limit. NULL where incidence is 0.';

COMMENT ON COLUMN incidence_point.upper IS 'Upper limit. NULL where incidence is 0.';

CREATE FUNCTION survival_add(bytea, integer, boolean) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_survival_add';

COMMENT ON FUNCTION survival_add(bytea, integer, boolean) IS
'For survival_curve() and survival_median(): adds a patient. A row with a NULL changes nothing.';

CREATE FUNCTION survival_add(bytea, integer, boolean, double precision, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_survival_add';

COMMENT ON FUNCTION survival_add(bytea, integer, boolean, double precision, text) IS
'For survival_curve(): adds a patient. A row with a NULL time or event changes nothing.';

CREATE FUNCTION survival_quantile_add(bytea, integer, boolean, double precision, double precision, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_survival_quantile_add';

COMMENT ON FUNCTION survival_quantile_add(bytea, integer, boolean, double precision, double precision, text) IS
'For survival_quantile(): adds a patient. A row with a NULL time or event changes nothing.';

CREATE FUNCTION survival_curve_final(bytea) RETURNS survival_point[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_survival_curve_final';

COMMENT ON FUNCTION survival_curve_final(bytea) IS
'For survival_curve(): the result. NULL, which stands for no rows, gives NULL.';

CREATE FUNCTION survival_quantile_final(bytea) RETURNS survival_quantile_result
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_survival_quantile_final';

COMMENT ON FUNCTION survival_quantile_final(bytea) IS
'For survival_quantile() and survival_median(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE survival_curve("time" integer, event boolean) (
	SFUNC = survival_add, STYPE = bytea, FINALFUNC = survival_curve_final, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE survival_curve(integer, boolean) IS
'The Kaplan-Meier curve with Greenwood''s errors and 95 % log-log limits: time is whole days or weeks from referral to the event, or to when last seen waiting (event false). A row for each time at which somebody had the event or was last seen; unnest() spreads the array. At equal times events come before censoring. Rows with a NULL are skipped; no rows give NULL. A time below 0 or above 100,000 is error 22003. Sources: Kaplan and Meier, J Am Stat Assoc 1958;53:457-81; Greenwood 1926; Kalbfleisch and Prentice 1980, p. 15.';

CREATE AGGREGATE survival_curve("time" integer, event boolean, confidence double precision, "interval" text) (
	SFUNC = survival_add, STYPE = bytea, FINALFUNC = survival_curve_final, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE survival_curve(integer, boolean, double precision, text) IS
'The same with a confidence of your own and interval log_log, log (what R''s survfit gives unasked) or plain. The options of the first row count for the group. NULL rule as before; errors 22003 for a time, 22023 for options, 22004 for a NULL option.';

CREATE AGGREGATE survival_quantile("time" integer, event boolean, share double precision, confidence double precision, "interval" text) (
	SFUNC = survival_quantile_add, STYPE = bytea, FINALFUNC = survival_quantile_final, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE survival_quantile(integer, boolean, double precision, double precision, text) IS
'The time by which share of the patients have had the event, those still waiting counted as such, with limits from those of the Kaplan-Meier curve; interval is log_log, log or plain. The options of the first row count for the group. Rows with a NULL time or event are skipped; no rows give NULL. Errors 22003 for a time, 22023 for options, 22004 for a NULL option. Source: Brookmeyer and Crowley, Biometrics 1982;38:29-41; the middle of a level part as R''s survfit has it.';

CREATE AGGREGATE survival_median("time" integer, event boolean) (
	SFUNC = survival_add, STYPE = bytea, FINALFUNC = survival_quantile_final, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE survival_median(integer, boolean) IS
'The time by which half of the patients have had the event, those still waiting counted as such, with 95 % log-log limits. As survival_quantile() with a share of 0.5. Rows with a NULL are skipped; no rows give NULL. Source: Brookmeyer and Crowley, Biometrics 1982;38:29-41.';

CREATE FUNCTION survival_at(curve survival_point[], "time" integer) RETURNS survival_point
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
BEGIN ATOMIC
	SELECT p::survival_point FROM unnest(survival_at.curve) AS p WHERE p."time" <= survival_at."time" ORDER BY p."time" DESC LIMIT 1;
END;

COMMENT ON FUNCTION survival_at(survival_point[], integer) IS
'The step of a curve that holds at a time: the last one at or before it. Before the first step, where nobody has had the event, NULL. NULL gives NULL.';

CREATE FUNCTION cumulative_incidence_add(bytea, integer, integer) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_incidence_add';

COMMENT ON FUNCTION cumulative_incidence_add(bytea, integer, integer) IS
'For cumulative_incidence(): adds a patient. A row with a NULL changes nothing.';

CREATE FUNCTION cumulative_incidence_add(bytea, integer, integer, double precision, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_incidence_add';

COMMENT ON FUNCTION cumulative_incidence_add(bytea, integer, integer, double precision, text) IS
'For cumulative_incidence(): adds a patient. A row with a NULL time or cause changes nothing.';

CREATE FUNCTION cumulative_incidence_final(bytea) RETURNS incidence_point[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_incidence_final';

COMMENT ON FUNCTION cumulative_incidence_final(bytea) IS
'For cumulative_incidence(): the result. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE cumulative_incidence("time" integer, cause integer) (
	SFUNC = cumulative_incidence_add, STYPE = bytea, FINALFUNC = cumulative_incidence_final, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE cumulative_incidence(integer, integer) IS
'The share that has left the list by each cause by each time, those still waiting (cause 0) counted as such, with 95 % log-log limits: what one less Kaplan-Meier overstates where other causes, such as discharge or death, forestall treatment. Causes are 1 to 7; removal_cause() gives a reason''s number. A row for each time at which somebody left and each cause that occurs; unnest() spreads the array. Rows with a NULL are skipped; no rows give NULL. A time below 0 or above 100,000, or another cause, is error 22003. Sources: Aalen and Johansen, Scand J Stat 1978;5:141-50; variance by the delta method, Marubini and Valsecchi 1995, p. 341.';

CREATE AGGREGATE cumulative_incidence("time" integer, cause integer, confidence double precision, "interval" text) (
	SFUNC = cumulative_incidence_add, STYPE = bytea, FINALFUNC = cumulative_incidence_final, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE cumulative_incidence(integer, integer, double precision, text) IS
'The same with a confidence of your own and interval log_log, log or plain. The options of the first row count for the group. NULL rule and sources as before; errors 22003 for a time or cause, 22023 for options, 22004 for a NULL option.';

CREATE FUNCTION clearance_weeks(waiting double precision, removed double precision, days double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN CASE WHEN removed > 0 AND days > 0 THEN waiting / removed * days / 7 END;

COMMENT ON FUNCTION clearance_weeks(double precision, double precision, double precision) IS
'The weeks that it would take to clear the list if nobody joined it, when so many were removed in so many days. NULL where nobody was removed. NULL gives NULL. Source: NHS England, RTT waiting times, clearance time.';

CREATE FUNCTION list_growth(waiting_before double precision, waiting_after double precision, days double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN CASE WHEN days > 0 THEN (waiting_after - waiting_before) / days * 7 END;

COMMENT ON FUNCTION list_growth(double precision, double precision, double precision) IS
'By how many patients a week the list grew between two snapshots that lie so many days apart; negative when it shrank. NULL gives NULL.';

CREATE FUNCTION list_load(demand double precision, capacity double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN demand / NULLIF(capacity, 0);

COMMENT ON FUNCTION list_load(double precision, double precision) IS
'Demand over capacity, both in patients a week: from 1 on the list grows without end. NULL without capacity; NULL gives NULL. Source: Fong and others, Simple rules for waiting lists, 2022 (medRxiv 2022.08.23.22279117).';

CREATE FUNCTION list_target_size(demand double precision, target_weeks double precision, factor double precision DEFAULT 4) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN demand * target_weeks / factor;

COMMENT ON FUNCTION list_target_size(double precision, double precision, double precision) IS
'The size of list at which nearly everybody is treated within target_weeks: demand in patients a week times a mean wait of target_weeks over factor (4 leaves about 2 % waiting longer, 6 about 0.25 %). NULL gives NULL. Source: Fong and others, Simple rules for waiting lists, 2022.';

CREATE FUNCTION list_relief_capacity(demand double precision, waiting double precision, target_size double precision, weeks double precision DEFAULT 26,
                                     referrals double precision DEFAULT NULL, cv_demand double precision DEFAULT NULL) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
RETURN demand / CASE WHEN referrals > 0 AND cv_demand > 0 THEN CASE WHEN 2 * cv_demand < sqrt(referrals) THEN 1 - 2 * cv_demand / sqrt(referrals) END ELSE 1 END
	+ (waiting - target_size) / NULLIF(weeks, 0);

COMMENT ON FUNCTION list_relief_capacity(double precision, double precision, double precision, double precision, double precision, double precision) IS
'The patients to be treated a week so that the list comes down to its target size in so many weeks. With the number of referrals that demand was measured on and the coefficient of variation of the time between them, demand is taken two standard errors higher, 1 / (m (1 - 2 cv / sqrt(n))) for a mean time m between referrals; NULL where so few referrals set no limit. NULL demand, waiting, target or weeks give NULL. Source: Fong and others, Simple rules for waiting lists, 2022. NHSRwaitinglist''s calc_relief_capacity leaves out m in the standard error, which is right at one referral a week only; its figures come with cv_demand times demand.';

CREATE FUNCTION list_target_capacity(demand double precision, target_weeks double precision, factor double precision DEFAULT 4,
                                     cv_demand double precision DEFAULT 1, cv_capacity double precision DEFAULT 1) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN demand + (cv_demand ^ 2 + cv_capacity ^ 2) * factor / (2 * target_weeks);

COMMENT ON FUNCTION list_target_capacity(double precision, double precision, double precision, double precision, double precision) IS
'The patients to be treated a week so that a list at its target size stays there: demand and what its and capacity''s variation takes (coefficients of variation of the times between referrals and between treatments). NULL gives NULL. Source: Fong and others, Simple rules for waiting lists, 2022; figures as NHSRwaitinglist''s calc_target_capacity.';

CREATE FUNCTION list_pressure(mean_wait_weeks double precision, target_weeks double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN 2 * mean_wait_weeks / NULLIF(target_weeks, 0);

COMMENT ON FUNCTION list_pressure(double precision, double precision) IS
'The pressure of a list, to compare lists of different targets: twice the mean wait over the target, both in weeks; above 1 the target is missed. NULL gives NULL. Source: NHSRwaitinglist, calc_waiting_list_pressure.';

CREATE FUNCTION happened_within(begun_on date, happened_on date, within_days integer, as_of date) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
RETURN CASE WHEN begun_on + within_days <= as_of THEN COALESCE(happened_on <= begun_on + within_days, false) END;

COMMENT ON FUNCTION happened_within(date, date, integer, date) IS
'Whether something happened at most within_days after the beginning. NULL while that cannot be known yet, because fewer days have gone by on as_of, also where it has happened already: else the quick ones alone would count. happened_on NULL is that it has not happened; NULL elsewhere gives NULL. proportion(happened_within(…)::integer, 1) skips the NULLs.';

CREATE FUNCTION referral_conversion(query text, as_of date, within_days integer DEFAULT 126, confidence double precision DEFAULT 0.95,
                                    OUT category text, OUT step text, OUT begun bigint, OUT observed bigint, OUT reached bigint, OUT share double precision,
                                    OUT lower double precision, OUT upper double precision, OUT median_days double precision,
                                    OUT median_lower double precision, OUT median_upper double precision)
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 30
AS 'MODULE_PATHNAME', 'cg_flow_conversion';

COMMENT ON FUNCTION referral_conversion(text, date, integer, double precision) IS
'How many referrals go on: for each category three steps (referral to first contact, first contact to treatment, referral to treatment). The query is one SELECT with the columns referred_on, first_contact_on, treated_on (dates) and, if wanted, category (text) and ended_on (date: left otherwise). begun is how many began the step by as_of, observed those of them who began it at least within_days before as_of, reached those of these who came to its end within within_days, share reached over observed with Wilson''s limits; median_days is the median with those still waiting counted as such (survival_median(), limits log-log), where ended_on ends the watch. Rows without the date that begins a step are not in that step. A row without category is error 22004, an end before its beginning 22003, a missing column 42703. Sources: Wilson, J Am Stat Assoc 1927;22:209-12; Kaplan and Meier, J Am Stat Assoc 1958;53:457-81.';

CREATE FUNCTION attendance_outcome(code text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_flow_attendance_outcome';

COMMENT ON FUNCTION attendance_outcome(text) IS
'What a national attendance code means: 5 and 6 attended, 3 and 7 did_not_attend (7 came too late to be seen), 2 cancelled_by_patient, 4 cancelled_by_provider, 0 future. Words are taken too: these, and cancelled_by_person and booked (future). Another code is error 22023. NULL gives NULL. Source: NHS Data Dictionary, ATTENDED OR DID NOT ATTEND CODE.';

CREATE FUNCTION cancellation_notice(cancelled_at timestamptz, due_at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
RETURN CASE WHEN cancelled_at >= due_at THEN 'after'
	WHEN extract(epoch FROM due_at) - extract(epoch FROM cancelled_at) < 86400 THEN 'under_24_hours'
	WHEN extract(epoch FROM due_at) - extract(epoch FROM cancelled_at) < 3 * 86400 THEN '1_to_2_days'
	WHEN extract(epoch FROM due_at) - extract(epoch FROM cancelled_at) <= 7 * 86400 THEN '3_to_7_days'
	ELSE 'over_7_days' END;

COMMENT ON FUNCTION cancellation_notice(timestamptz, timestamptz) IS
'How long before an appointment it was cancelled: after (when it was due or later), under_24_hours, 1_to_2_days (less than three full days), 3_to_7_days, over_7_days; in hours that went by, so that clocks put forward or back do not matter. NULL gives NULL.';

CREATE FUNCTION attendance_summary(query text, confidence double precision DEFAULT 0.95,
                                   OUT category text, OUT due bigint, OUT attended bigint, OUT did_not_attend bigint, OUT did_not_attend_share double precision,
                                   OUT did_not_attend_lower double precision, OUT did_not_attend_upper double precision, OUT cancelled_by_patient bigint,
                                   OUT cancelled_by_provider bigint, OUT cancelled_share double precision, OUT cancelled_lower double precision,
                                   OUT cancelled_upper double precision, OUT notice_under_24_hours bigint, OUT notice_1_to_2_days bigint,
                                   OUT notice_3_to_7_days bigint, OUT notice_over_7_days bigint, OUT notice_unknown bigint, OUT first_visits bigint,
                                   OUT follow_ups bigint, OUT follow_ups_per_first double precision, OUT ratio_lower double precision, OUT ratio_upper double precision)
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 10
AS 'MODULE_PATHNAME', 'cg_flow_attendance';

COMMENT ON FUNCTION attendance_summary(text, double precision) IS
'Appointments by category: due (with an outcome), attended, not attended (share of attended and missed, as the national rate has it, with Wilson''s limits), cancelled (share of due) by whom and at what notice (an appointment cancelled after it was due counts as under 24 hours), and follow-ups per first visit with the exact limits of a ratio of two counts. The query is one SELECT with the column code (ATTENDED OR DID NOT ATTEND CODE, or a word of attendance_outcome()) and, if wanted, category, is_first (boolean), due_at and cancelled_at (timestamptz). Rows with a NULL code, or one of the future, are not due. A row without category is error 22004, an unknown code 22023, a missing column 42703. Sources: NHS Data Dictionary; Wilson, J Am Stat Assoc 1927;22:209-12; Breslow and Day 1987, pp. 93-95.';

CREATE FUNCTION wait_comparison(query text, reference text, within_days integer DEFAULT 126, confidence double precision DEFAULT 0.95,
                                OUT category text, OUT is_reference boolean, OUT patients bigint, OUT median_days double precision,
                                OUT median_ratio double precision, OUT median_ratio_lower double precision, OUT median_ratio_upper double precision,
                                OUT median_difference double precision, OUT median_difference_lower double precision, OUT median_difference_upper double precision,
                                OUT median_p_value double precision,
                                OUT share_within double precision, OUT share_lower double precision, OUT share_upper double precision,
                                OUT share_ratio double precision, OUT share_ratio_lower double precision, OUT share_ratio_upper double precision,
                                OUT share_difference double precision, OUT share_difference_lower double precision, OUT share_difference_upper double precision,
                                OUT share_p_value double precision)
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 10
AS 'MODULE_PATHNAME', 'cg_flow_wait_comparison';

COMMENT ON FUNCTION wait_comparison(text, text, integer, double precision) IS
'The waits of groups of people, such as fifths of deprivation or ethnic groups, compared with one of them, the reference: median wait in days with its ratio and difference to the reference''s, and the share that waits at most within_days with its ratio and difference, all with limits. The query is one SELECT with the columns category (text) and days (integer). Rows without days are skipped; one without category is error 22004, days below 0 are 22003, a reference that does not occur is 22023, a missing column 42703. The intervals are for each comparison by itself. Sources: Price and Bonett, Psychol Methods 2002;7:370-83 and J Educ Behav Stat 2020;45:750-70; Katz and others, Biometrics 1978;34:469-74; Newcombe, Stat Med 1998;17:873-90.';

CREATE FUNCTION referral_outcome_number(outcome text) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'cg_flow_outcome';

COMMENT ON FUNCTION referral_outcome_number(text) IS
'The number of what became of a referral: accepted 1, returned 2, redirected 3, discharged_at_first 4 (seen once and discharged). Another word is error 22023, which lists the choices. NULL gives NULL.';

CREATE FUNCTION referrer_variation(query text, referrer_type anyelement, confidence double precision DEFAULT 0.95,
                                   OUT referrer anyelement, OUT list double precision, OUT weighted_list double precision, OUT referrals double precision,
                                   OUT rate_per_1000 double precision, OUT rate_lower double precision, OUT rate_upper double precision,
                                   OUT expected double precision, OUT ratio double precision, OUT ratio_lower double precision, OUT ratio_upper double precision,
                                   OUT ratio_lower_outer double precision, OUT ratio_upper_outer double precision, OUT level integer,
                                   OUT returned double precision, OUT returned_share double precision, OUT returned_lower double precision, OUT returned_upper double precision,
                                   OUT redirected double precision, OUT redirected_share double precision, OUT redirected_lower double precision, OUT redirected_upper double precision,
                                   OUT discharged_at_first double precision, OUT discharged_share double precision, OUT discharged_lower double precision, OUT discharged_upper double precision)
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100
AS 'MODULE_PATHNAME', 'cg_flow_referrer_variation';

COMMENT ON FUNCTION referrer_variation(text, anyelement, double precision) IS
'Each referrer''s referrals against those expected of its list. The query is one SELECT with a row for each referrer and band of age and sex: referrer (of the type of referrer_type), list (people), referrals and, if wanted, band (text), weighted_list, returned, redirected, first_visits, discharged_at_first (counts). rate_per_1000 is of the weighted list, with Byar''s limits; expected is what the list would bring at the rates of all referrers together in each band (indirect standardisation) and ratio referrals over it, with limits at confidence and at 99.8 % (outer); level is its place in the funnel of all (square-root scale, adjusted for overdispersion; funnel_category() has the words). Ratios have each their own standard: compare them with 1, not with each other. Shares returned and redirected are of referrals, and apart, because it need not mean a poor referral, discharged at the first visit, of first_visits (referrals, where that is missing); Wilson''s limits. Rows without list or referrals are skipped; one without referrer is error 22004, a band where nobody lives but referrals come from 22003, a missing column 42703. Sources: Breslow and Day 1987, pp. 65-72; Spiegelhalter, Qual Saf Health Care 2005;14:347-51; Wilson, J Am Stat Assoc 1927;22:209-12.';

CREATE FUNCTION referrer_variation(query text,
                                   OUT referrer text, OUT list double precision, OUT weighted_list double precision, OUT referrals double precision,
                                   OUT rate_per_1000 double precision, OUT rate_lower double precision, OUT rate_upper double precision,
                                   OUT expected double precision, OUT ratio double precision, OUT ratio_lower double precision, OUT ratio_upper double precision,
                                   OUT ratio_lower_outer double precision, OUT ratio_upper_outer double precision, OUT level integer,
                                   OUT returned double precision, OUT returned_share double precision, OUT returned_lower double precision, OUT returned_upper double precision,
                                   OUT redirected double precision, OUT redirected_share double precision, OUT redirected_lower double precision, OUT redirected_upper double precision,
                                   OUT discharged_at_first double precision, OUT discharged_share double precision, OUT discharged_lower double precision, OUT discharged_upper double precision)
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100
AS 'MODULE_PATHNAME', 'cg_flow_referrer_variation';

COMMENT ON FUNCTION referrer_variation(text) IS
'The same with referrers as text and limits at 95 %. Rows without list or referrals are skipped; one without referrer is error 22004. Sources as for referrer_variation() with a type.';

CREATE FUNCTION referrer_feedback(query text, referrer_type anyelement,
                                  OUT referrer anyelement, OUT referrals bigint, OUT returned bigint, OUT returned_share double precision, OUT returned_share_all double precision,
                                  OUT redirected bigint, OUT redirected_share double precision, OUT redirected_share_all double precision,
                                  OUT discharged_at_first bigint, OUT message text)
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100
AS 'MODULE_PATHNAME', 'cg_flow_referrer_feedback';

COMMENT ON FUNCTION referrer_feedback(text, anyelement) IS
'A list for each referrer, ready to send: how many of its referrals were returned or redirected, beside the share of all referrers, and in message a text that names each of them by date, number, outcome, service and reason, and apart those discharged at the first visit, which need not mean a poor referral. The query is one SELECT with the columns referrer (of the type of referrer_type), referral_id, referred_on, outcome (accepted, returned, redirected, discharged_at_first) and, if wanted, service and reason. Rows without outcome are not decided yet and are skipped; one without referrer is error 22004, an unknown outcome 22023, a missing column 42703. The message holds what the query gives: give it referral numbers and no names.';

CREATE FUNCTION referrer_feedback(query text,
                                  OUT referrer text, OUT referrals bigint, OUT returned bigint, OUT returned_share double precision, OUT returned_share_all double precision,
                                  OUT redirected bigint, OUT redirected_share double precision, OUT redirected_share_all double precision,
                                  OUT discharged_at_first bigint, OUT message text)
RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100
AS 'MODULE_PATHNAME', 'cg_flow_referrer_feedback';

COMMENT ON FUNCTION referrer_feedback(text) IS
'The same with referrers as text. Rows without outcome are skipped; one without referrer is error 22004, an unknown outcome 22023.';

CREATE TYPE forecast_step AS (
	step integer,
	point double precision,
	lower double precision[],
	upper double precision[],
	method text
);

COMMENT ON TYPE forecast_step IS
'One step of a forecast.';

COMMENT ON COLUMN forecast_step.step IS 'Periods ahead, from 1.';

COMMENT ON COLUMN forecast_step.point IS 'The forecast, in the unit of the series.';

COMMENT ON COLUMN forecast_step.lower IS 'Lower limit for each level, in the order of levels. NULL elements where the history is too short for a backtest.';

COMMENT ON COLUMN forecast_step.upper IS 'Upper limit for each level, in the order of levels. NULL elements where the history is too short for a backtest.';

COMMENT ON COLUMN forecast_step.method IS 'What made it: the method asked for, auto_sparse where auto found sparse counts, or naive or seasonal_naive where the series cannot bear the method.';

CREATE FUNCTION forecast_series(history double precision[], horizon integer, period integer[] DEFAULT '{1}',
                                method text DEFAULT 'auto', levels double precision[] DEFAULT '{0.8,0.95}',
                                non_negative boolean DEFAULT NULL) RETURNS forecast_step[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100000
AS 'MODULE_PATHNAME', 'cg_forecast_series';

COMMENT ON FUNCTION forecast_series(double precision[], integer, integer[], text, double precision[], boolean) IS
'Forecast of a regular series, oldest value first, for horizon (1 to 5000) periods. It runs on all cores over a table of arrays. period: how many values from one season to the same, such as 12 for months, 52 for weeks, ARRAY[7,365] for days, ARRAY[24,168] for hours, 1 for none; a period needs more than two cycles and is left out else. method: auto combines seasonal Theta, dynamic Theta, damped trend, STL with smoothers and ridge regressions on lags, each by the inverse cube of its error in a backtest from up to 10 rolling origins; sparse counts (Syntetos and others: a demand in less than every 1.32 periods) are forecast by SBA and TSB, named auto_sparse. Or one of naive, seasonal_naive, drift, mean, ses, holt, damped, holt_winters_additive, holt_winters_multiplicative, ets (best AICc; period up to 24), ets_ and a model''s letters such as ets_MAdM, theta, theta_dynamic, stl_theta, stl_damped, stl_ses, stl_ets, lag, croston, sba, tsb. A method that the series cannot bear (too short, constant, multiplicative with values of 0 or less) becomes seasonal_naive or naive, and the column method says so. Intervals (up to 8 levels between 0 and 1) are those errors of the backtest, growing with the step; for sparse counts quantiles of the counts; exact for a constant series. non_negative: limits and points are 0 or more; null: if no value is below 0. A null or empty history gives null; a null in it is error 22004 (series_fill fills it), an infinite value 22003; a wrong horizon, period, method, level, or a value below 0 with non_negative or a method for counts, 22023; more than 1 million values 54000. Sources: Hyndman and others 2008 (ETS); Assimakopoulos and Nikolopoulos, Int J Forecast 2000;16:521-30; Fiorucci and others, Int J Forecast 2016;32:1151-61; Bates and Granger, Oper Res Q 1969;20:451-68.';

CREATE FUNCTION forecast_series(history double precision[], horizon integer, period integer,
                                method text DEFAULT 'auto', levels double precision[] DEFAULT '{0.8,0.95}',
                                non_negative boolean DEFAULT NULL) RETURNS forecast_step[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100000
RETURN forecast_series(history, horizon, ARRAY[period], method, levels, non_negative);

COMMENT ON FUNCTION forecast_series(double precision[], integer, integer, text, double precision[], boolean) IS
'The same with one period. Results, units, the rule for null, errors and sources are those of forecast_series(double precision[], integer, integer[], text, double precision[], boolean).';

CREATE FUNCTION forecast_add(bytea, double precision, timestamptz, integer) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_forecast_add';

COMMENT ON FUNCTION forecast_add(bytea, double precision, timestamptz, integer) IS
'For forecast(): adds a row. A row with a NULL time changes nothing.';

CREATE FUNCTION forecast_add(bytea, double precision, timestamptz, integer, integer) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_forecast_add';

COMMENT ON FUNCTION forecast_add(bytea, double precision, timestamptz, integer, integer) IS
'For forecast(): adds a row. A row with a NULL time changes nothing.';

CREATE FUNCTION forecast_add(bytea, double precision, timestamptz, integer, integer, text, double precision[], boolean) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_forecast_add';

COMMENT ON FUNCTION forecast_add(bytea, double precision, timestamptz, integer, integer, text, double precision[], boolean) IS
'For forecast(): adds a row. A row with a NULL time changes nothing.';

CREATE FUNCTION forecast_combine(bytea, bytea) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_forecast_combine';

COMMENT ON FUNCTION forecast_combine(bytea, bytea) IS
'For forecast(): the state of both sets of rows. Different options are error 22023, what is no state 22P03. NULL stands for no rows.';

CREATE FUNCTION forecast_final(bytea) RETURNS forecast_step[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100000
AS 'MODULE_PATHNAME', 'cg_forecast_final';

COMMENT ON FUNCTION forecast_final(bytea) IS
'For forecast(): the steps. NULL, which stands for no rows, gives NULL.';

CREATE AGGREGATE forecast(value double precision, at timestamptz, horizon integer) (
	SFUNC = forecast_add, STYPE = bytea,
	FINALFUNC = forecast_final, COMBINEFUNC = forecast_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE forecast(double precision, timestamptz, integer) IS
'Forecast of the rows in the order of their times (rows need none), as forecast_series with method auto and no season. The final step of all groups runs in one process: for many series keep a table of arrays and use forecast_series. Rows with a NULL time are skipped, no rows give NULL; a NULL value is error 22004, two rows of one time or times that are not evenly spaced (longest step above 1.5 times the shortest) 22023. Other results, units, errors and sources are those of forecast_series.';

CREATE AGGREGATE forecast(value double precision, at timestamptz, horizon integer, period integer) (
	SFUNC = forecast_add, STYPE = bytea,
	FINALFUNC = forecast_final, COMBINEFUNC = forecast_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE forecast(double precision, timestamptz, integer, integer) IS
'The same with a season of so many periods. Results, the rule for NULL, errors and sources are those of forecast(double precision, timestamptz, integer).';

CREATE AGGREGATE forecast(value double precision, at timestamptz, horizon integer, period integer,
                          method text, levels double precision[], non_negative boolean) (
	SFUNC = forecast_add, STYPE = bytea,
	FINALFUNC = forecast_final, COMBINEFUNC = forecast_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE forecast(double precision, timestamptz, integer, integer, text, double precision[], boolean) IS
'The same with all options of forecast_series, but up to 5 levels and no letters of a model (error 0A000). The options of the first row count for the group. Results, the rule for NULL, errors and sources are those of forecast(double precision, timestamptz, integer).';

CREATE TYPE forecast_model AS (
	model text,
	n integer,
	alpha double precision,
	beta double precision,
	gamma double precision,
	phi double precision,
	initial_level double precision,
	initial_trend double precision,
	initial_season double precision[],
	level double precision,
	trend double precision,
	season double precision[],
	sigma2 double precision,
	log_likelihood double precision,
	aic double precision,
	aicc double precision,
	bic double precision,
	mse double precision,
	fitted double precision[],
	residuals double precision[]
);

COMMENT ON TYPE forecast_model IS
'An exponential smoothing model as it was fitted. Figures of parts that the model does not have are NULL.';

COMMENT ON COLUMN forecast_model.model IS 'ets_ and the letters of error, trend (d: damped) and season, such as ets_MAdM.';

COMMENT ON COLUMN forecast_model.n IS 'Values in the series.';

COMMENT ON COLUMN forecast_model.alpha IS 'How fast the level follows, 0.0001 to 0.9999.';

COMMENT ON COLUMN forecast_model.beta IS 'How fast the trend follows, at most alpha.';

COMMENT ON COLUMN forecast_model.gamma IS 'How fast the season follows, at most 1 - alpha.';

COMMENT ON COLUMN forecast_model.phi IS 'What is left of the trend after each period, 0.8 to 0.98.';

COMMENT ON COLUMN forecast_model.initial_level IS 'Level before the first value, in the unit of the series.';

COMMENT ON COLUMN forecast_model.initial_trend IS 'Trend before the first value, per period; a factor where multiplicative.';

COMMENT ON COLUMN forecast_model.initial_season IS 'Season before the first value, newest first: the last element is the first value''s. A factor where multiplicative.';

COMMENT ON COLUMN forecast_model.level IS 'Level after the last value.';

COMMENT ON COLUMN forecast_model.trend IS 'Trend after the last value.';

COMMENT ON COLUMN forecast_model.season IS 'Season after the last value, newest first: the last element is the next value''s.';

COMMENT ON COLUMN forecast_model.sigma2 IS 'Variance of the errors; of relative errors where the error is multiplicative.';

COMMENT ON COLUMN forecast_model.log_likelihood IS '-n/2 log(sum of squared errors), less the sum of log(fitted) where the error is multiplicative; NULL where the fit is perfect.';

COMMENT ON COLUMN forecast_model.aic IS 'Akaike''s criterion.';

COMMENT ON COLUMN forecast_model.aicc IS 'The same corrected for short series; what ets chooses by.';

COMMENT ON COLUMN forecast_model.bic IS 'Schwarz''s criterion.';

COMMENT ON COLUMN forecast_model.mse IS 'Mean squared error of one step ahead, in the squared unit of the series.';

COMMENT ON COLUMN forecast_model.fitted IS 'The forecast of each value from those before it.';

COMMENT ON COLUMN forecast_model.residuals IS 'Each value less its fitted one.';

CREATE FUNCTION forecast_fit(history double precision[], period integer DEFAULT 1, method text DEFAULT 'ets') RETURNS forecast_model
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100000
AS 'MODULE_PATHNAME', 'cg_forecast_fit';

COMMENT ON FUNCTION forecast_fit(double precision[], integer, text) IS
'The exponential smoothing model of a regular series, oldest value first, with its parameters, states, likelihood and residuals. method: ets (of all models with an additive or no trend, the one with the least AICc), ses, holt, damped, holt_winters_additive, holt_winters_multiplicative, or ets_ and a model''s letters such as ets_MAdM or ets_MMN. Initial states are fitted too, and parameters stay in the bounds of R''s ets. A null or empty history gives null; a null in it is error 22004, an infinite value or a value of 0 or less for a multiplicative model 22003; a series too short for the model, a season without a period from 2 to 24 or an unknown method 22023. Source: Hyndman, Koehler, Ord and Snyder, Forecasting with Exponential Smoothing, 2008.';

CREATE TYPE forecast_accuracy AS (
	method text,
	origins integer,
	forecasts integer,
	mae double precision,
	rmse double precision,
	bias double precision,
	mase double precision,
	smape double precision,
	coverage double precision[],
	msis double precision[],
	naive_mae double precision,
	naive_mase double precision,
	naive_smape double precision,
	naive_msis double precision[],
	relative_mae double precision
);

COMMENT ON TYPE forecast_accuracy IS
'How well a method forecast the last parts of a series, each from what was before it, beside the seasonal naive forecast.';

COMMENT ON COLUMN forecast_accuracy.method IS 'The method that the whole series bears, as forecast_series names it.';

COMMENT ON COLUMN forecast_accuracy.origins IS 'How many times it forecast.';

COMMENT ON COLUMN forecast_accuracy.forecasts IS 'Values forecast: origins times horizon.';

COMMENT ON COLUMN forecast_accuracy.mae IS 'Mean absolute error, in the unit of the series.';

COMMENT ON COLUMN forecast_accuracy.rmse IS 'Root mean square error, in the unit of the series.';

COMMENT ON COLUMN forecast_accuracy.bias IS 'Mean of forecast less value: above 0, forecasts were too high.';

COMMENT ON COLUMN forecast_accuracy.mase IS 'Mean absolute error by the seasonal naive error within each history; below 1 is better than it. NULL where nothing varied.';

COMMENT ON COLUMN forecast_accuracy.smape IS 'Symmetric mean absolute percentage error, 0 to 200.';

COMMENT ON COLUMN forecast_accuracy.coverage IS 'Share of values inside the interval, 0 to 1, for each level. NULL elements where an origin had no interval.';

COMMENT ON COLUMN forecast_accuracy.msis IS 'Mean scaled interval score for each level: width, and a penalty for each miss; less is better.';

COMMENT ON COLUMN forecast_accuracy.naive_mae IS 'The seasonal naive forecast''s mean absolute error from the same origins.';

COMMENT ON COLUMN forecast_accuracy.naive_mase IS 'Its MASE.';

COMMENT ON COLUMN forecast_accuracy.naive_smape IS 'Its sMAPE.';

COMMENT ON COLUMN forecast_accuracy.naive_msis IS 'Its interval score for each level, with intervals from its own backtest.';

COMMENT ON COLUMN forecast_accuracy.relative_mae IS 'mae over naive_mae: below 1, the method beat it. NULL where the naive forecast did not err.';

CREATE FUNCTION forecast_accuracy(history double precision[], horizon integer, period integer[] DEFAULT '{1}',
                                  origins integer DEFAULT 5, method text DEFAULT 'auto',
                                  levels double precision[] DEFAULT '{0.8,0.95}', non_negative boolean DEFAULT NULL) RETURNS forecast_accuracy
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100000
AS 'MODULE_PATHNAME', 'cg_forecast_accuracy_sql';

COMMENT ON FUNCTION forecast_accuracy(double precision[], integer, integer[], integer, text, double precision[], boolean) IS
'Backtest from rolling origins: forecasts the last horizon values of the series from those before, and again from origins half a horizon earlier each, up to so many (1 to 1000), by the whole method, choice of weights and intervals included; and scores points and intervals beside the seasonal naive forecast (of the first period). The naive forecast and scaling use the first period. Options as for forecast_series. A null or empty history gives null; a history that leaves no origin is error 22023; other errors as for forecast_series. Sources: Hyndman and Koehler, Int J Forecast 2006;22:679-88 (MASE); Makridakis and others, Int J Forecast 2020;36:54-74 (sMAPE, MSIS); Gneiting and Raftery, J Am Stat Assoc 2007;102:359-78.';

CREATE FUNCTION forecast_accuracy(history double precision[], horizon integer, period integer,
                                  origins integer DEFAULT 5, method text DEFAULT 'auto',
                                  levels double precision[] DEFAULT '{0.8,0.95}', non_negative boolean DEFAULT NULL) RETURNS forecast_accuracy
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100000
RETURN forecast_accuracy(history, horizon, ARRAY[period], origins, method, levels, non_negative);

COMMENT ON FUNCTION forecast_accuracy(double precision[], integer, integer, integer, text, double precision[], boolean) IS
'The same with one period. Results, units, the rule for null, errors and sources are those of forecast_accuracy(double precision[], integer, integer[], integer, text, double precision[], boolean).';

CREATE FUNCTION forecast_rows(query text, horizon integer, period integer[] DEFAULT '{1}', method text DEFAULT 'auto',
                              levels double precision[] DEFAULT '{0.8,0.95}', non_negative boolean DEFAULT NULL)
RETURNS TABLE (
	series text, step integer, period_ahead date, point double precision,
	lower double precision[], upper double precision[], method_used text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 10000
AS 'MODULE_PATHNAME', 'cg_forecast_rows';

COMMENT ON FUNCTION forecast_rows(text, integer, integer[], text, double precision[], boolean) IS
'Forecasts of all series of a query, in the order of series and step, by one process: a table of arrays and forecast_series use all cores. query is one SELECT with the columns series (of any type, as text), period (date) and value, in any order; rows need no order. It runs with the rights of the caller. Dates must be a fixed number of days or of months apart, and period_ahead goes on with them; NULL where a series has one row. method_used as the column method of forecast_step. A missing column is error 42703, one of a wrong type 42804, a NULL series, period or value 22004, two rows of one period or uneven ones 22023. A NULL query is error 22004, one without rows gives none. Other results, units, options, errors and sources are those of forecast_series.';

CREATE FUNCTION forecast_rows(query text, horizon integer, period integer, method text DEFAULT 'auto',
                              levels double precision[] DEFAULT '{0.8,0.95}', non_negative boolean DEFAULT NULL)
RETURNS TABLE (
	series text, step integer, period_ahead date, point double precision,
	lower double precision[], upper double precision[], method_used text
)
LANGUAGE sql STABLE PARALLEL UNSAFE COST 100000 ROWS 10000
BEGIN ATOMIC
	SELECT f.series, f.step, f.period_ahead, f.point, f.lower, f.upper, f.method_used
	FROM forecast_rows(query, horizon, ARRAY[period], method, levels, non_negative) AS f;
END;

COMMENT ON FUNCTION forecast_rows(text, integer, integer, text, double precision[], boolean) IS
'The same with one period. Results, units, the rule for NULL, errors and sources are those of forecast_rows(text, integer, integer[], text, double precision[], boolean).';

CREATE FUNCTION forecast_rows(query text, series_type anyelement, horizon integer, period integer[] DEFAULT '{1}', method text DEFAULT 'auto',
                              levels double precision[] DEFAULT '{0.8,0.95}', non_negative boolean DEFAULT NULL)
RETURNS TABLE (
	series anyelement, step integer, period_ahead date, point double precision,
	lower double precision[], upper double precision[], method_used text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 10000
AS 'MODULE_PATHNAME', 'cg_forecast_rows';

COMMENT ON FUNCTION forecast_rows(text, anyelement, integer, integer[], text, double precision[], boolean) IS
'The same with ids that come back in the type of series_type, given as NULL::bigint, NULL::uuid and so on; period is a list. Results, units, the rule for NULL, errors and sources are those of forecast_rows(text, integer, integer[], text, double precision[], boolean).';

CREATE TYPE series_components AS (
	method text,
	period integer[],
	trend double precision[],
	seasonal double precision[],
	seasonals double precision[],
	remainder double precision[],
	trend_strength double precision,
	seasonal_strength double precision[]
);

COMMENT ON TYPE series_components IS
'A series taken apart. trend + seasonal + remainder is the series; their product, where the decomposition is multiplicative.';

COMMENT ON COLUMN series_components.method IS 'What was done: stl, mstl (several periods) or classical.';

COMMENT ON COLUMN series_components.period IS 'The periods, shortest first.';

COMMENT ON COLUMN series_components.trend IS 'Level of each value, in the unit of the series. Null for half a period at both ends of a classical one.';

COMMENT ON COLUMN series_components.seasonal IS 'Season of each value, of all periods together, in the unit of the series; a factor where multiplicative.';

COMMENT ON COLUMN series_components.seasonals IS 'Two dimensions: the season of each period, in the order of period.';

COMMENT ON COLUMN series_components.remainder IS 'What is left of each value; a factor where multiplicative.';

COMMENT ON COLUMN series_components.trend_strength IS '0 to 1: how much of what varies beside the seasons is trend.';

COMMENT ON COLUMN series_components.seasonal_strength IS '0 to 1 for each period: how much of what varies beside the trend is that season.';

CREATE FUNCTION forecast_components(history double precision[], period integer[], method text DEFAULT 'stl',
                                    multiplicative boolean DEFAULT false, seasonal_window integer DEFAULT NULL,
                                    robust boolean DEFAULT false) RETURNS series_components
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_forecast_components';

COMMENT ON FUNCTION forecast_components(double precision[], integer[], text, boolean, integer, boolean) IS
'Trend, seasons and remainder of a regular series, oldest value first. period: how many values from one season to the same, 1 to 6 periods such as {12} or {24,168}; each needs more than two cycles (classical: two). method: stl (MSTL for several periods) or classical (one period, moving average). multiplicative: components multiply, for values above 0; stl then takes the series apart by its logarithms. seasonal_window: how many cycles a season is smoothed over, 3 or more; 0 for a season that never changes; null for 11, 15, 19 … by period. robust: outliers go into the remainder. A null history or an empty one gives null; a null in it is error 22004 (series_fill fills it), an infinite value 22003, a series too short or an unknown option 22023, more than 10 million values 54000. Sources: Cleveland and others, J Off Stat 1990;6:3-73 (STL); Bandara and others, arXiv 2107.13462, 2021 (MSTL); Wang and others, Data Min Knowl Discov 2006;13:335-64 (strengths); figures as R''s stl, mstl and decompose.';

CREATE FUNCTION forecast_components(history double precision[], period integer, method text DEFAULT 'stl',
                                    multiplicative boolean DEFAULT false, seasonal_window integer DEFAULT NULL,
                                    robust boolean DEFAULT false) RETURNS series_components
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000
RETURN forecast_components(history, ARRAY[period], method, multiplicative, seasonal_window, robust);

COMMENT ON FUNCTION forecast_components(double precision[], integer, text, boolean, integer, boolean) IS
'The same with one period. Results, units, the rule for null, errors and sources are those of forecast_components(double precision[], integer[], text, boolean, integer, boolean).';

CREATE TYPE intermittent_fit AS (
	method text,
	rate double precision,
	size double precision,
	"interval" double precision,
	alpha double precision,
	beta double precision,
	demands integer,
	mean_squared_error double precision,
	fitted double precision[]
);

COMMENT ON TYPE intermittent_fit IS 'A forecast of sparse counts and what it was made of.';

COMMENT ON COLUMN intermittent_fit.method IS 'croston, sba or tsb.';

COMMENT ON COLUMN intermittent_fit.rate IS 'The forecast: expected count in each period ahead. 0 where there was no demand.';

COMMENT ON COLUMN intermittent_fit.size IS 'Smoothed size of a demand. Null where there was none.';

COMMENT ON COLUMN intermittent_fit."interval" IS 'Smoothed number of periods from demand to demand; of tsb 1 over the chance of a demand. Null where there was none.';

COMMENT ON COLUMN intermittent_fit.alpha IS 'Smoothing parameter of sizes. Null where there was nothing to fit it to.';

COMMENT ON COLUMN intermittent_fit.beta IS 'Smoothing parameter of intervals, of tsb that of the chance. Null where there was nothing to fit it to.';

COMMENT ON COLUMN intermittent_fit.demands IS 'Periods with a demand.';

COMMENT ON COLUMN intermittent_fit.mean_squared_error IS 'Of one step ahead within the series.';

COMMENT ON COLUMN intermittent_fit.fitted IS 'Forecasts of one step ahead within the series.';

CREATE FUNCTION forecast_intermittent(history double precision[], method text DEFAULT 'sba', alpha double precision DEFAULT NULL,
                                      beta double precision DEFAULT NULL) RETURNS intermittent_fit
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_forecast_intermittent';

COMMENT ON FUNCTION forecast_intermittent(double precision[], text, double precision, double precision) IS
'The expected count per period of a regular series of sparse counts, oldest first, the same for every step ahead. method: croston; sba, which takes out its bias; tsb, which falls while no demand comes. alpha and beta from 0 to 1; a null is fitted between 0.01 and 0.3 by the mean squared rate (with alpha given and beta null, croston and sba use alpha for both). A null history or an empty one gives null; a null in it is error 22004, a negative or infinite value 22003, an unknown method or a parameter out of range 22023. Sources: Croston, Oper Res Q 1972;23:289-303; Syntetos and Boylan, Int J Forecast 2005;21:303-14; Teunter and others, Eur J Oper Res 2011;214:606-15; Kourentzes, Int J Prod Econ 2014;156:180-90.';

CREATE TYPE demand_class AS (
	class text,
	"interval" double precision,
	size_cv2 double precision
);

COMMENT ON TYPE demand_class IS 'What kind of counts a series has.';

COMMENT ON COLUMN demand_class.class IS 'smooth, erratic (sizes vary), intermittent (demands are rare), lumpy (both) or none (no demand).';

COMMENT ON COLUMN demand_class."interval" IS 'Mean number of periods from demand to demand; intermittent from 1.32. Null without a demand.';

COMMENT ON COLUMN demand_class.size_cv2 IS 'Squared coefficient of variation of sizes; erratic from 0.49. Null without a demand.';

CREATE FUNCTION demand_profile(history double precision[]) RETURNS demand_class
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_sql_demand_profile';

COMMENT ON FUNCTION demand_profile(double precision[]) IS
'What kind of counts a regular series has: smooth, erratic, intermittent, lumpy or none, with the two figures that decide. A null history or an empty one gives null; errors are those of forecast_intermittent. Source: Syntetos, Boylan and Croston, J Oper Res Soc 2005;56:495-503.';

CREATE FUNCTION series_regular(query text, every interval DEFAULT NULL, missing text DEFAULT 'refuse', period integer DEFAULT 1,
                               intervention daterange DEFAULT NULL, intervention_as text DEFAULT 'missing')
RETURNS TABLE (series text, first timestamp, every interval, history double precision[], filled integer)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 500
AS 'MODULE_PATHNAME', 'cg_series_regular';

COMMENT ON FUNCTION series_regular(text, interval, text, integer, daterange, text) IS
'One row for each series of a query, in the order of series: the time of its first value, the time between values, the values as an array, oldest first, in their unit, and how many of them were missing. query is one SELECT with the columns series, ts (date or timestamp; with a time zone it is read in that of the session) and value, in any order and with any others. every: so many months, or so many days and hours; null for the least distance between rows, which is months where all rows have the same day of the month. missing, a period without a row or with a null value: refuse (error 22004), zero, interpolate (a line between neighbours), seasonal (the same of the series without its season of so many values as period says, each phase''s median). intervention: days of a known intervention, such as ''[2020-03-01,2021-04-01)'' for COVID; intervention_as: missing (as if its values were not there), level (its level is taken out by regression on it and a line round about; what is missing within stays missing) or keep. Two rows of one time, and rows that are not regularly spaced, are error 22023; a null series or ts is 22004, a missing column 42703, one of a wrong type 42804, an infinite value 22003, more than 100,000 periods 54000. It runs with the rights of the caller; a query without rows gives none. Sources: Tukey, Exploratory Data Analysis, 1977; Chen and Liu, J Am Stat Assoc 1993;88:284-97.';

CREATE FUNCTION series_fill(history double precision[], missing text DEFAULT 'seasonal', period integer DEFAULT 1) RETURNS double precision[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_series_fill';

COMMENT ON FUNCTION series_fill(double precision[], text, integer) IS
'history, a regular series, oldest value first, with its nulls replaced, in its unit. missing: refuse (error 22004), zero, interpolate (a line between neighbours, at the ends their level) or seasonal (the same of the series without its season of so many values as period says, each phase''s median; without two whole periods, interpolate). A null history gives null; one without any value is error 22004 unless it is filled with zeros; an infinite value is 22003, an unknown word or period 22023, more than 100,000 values 54000. Source: Tukey, Exploratory Data Analysis, 1977, running medians.';

CREATE FUNCTION series_outliers(history double precision[], period integer DEFAULT 1, threshold double precision DEFAULT 4.72,
                                scale text DEFAULT 'none')
RETURNS TABLE (place integer, value double precision, expected double precision, z double precision, p_value double precision)
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 ROWS 5
AS 'MODULE_PATHNAME', 'cg_series_outliers';

COMMENT ON FUNCTION series_outliers(double precision[], integer, double precision, text) IS
'Values of a regular series that stand alone: their place from 1, the value and what its neighbours and season (of period values; 1 for none) let expect, in the unit of history; z, how many robust standard deviations it is above that (below, if negative); p_value, the probability that the most extreme of as many normal values is so far out. threshold: from which z on, 4.72 being where Tukey''s outer fences lie. scale: judge the values, their square roots (counts) or logarithms. Nulls are left out; where more than half of the values equal their level, as in sparse counts, none is judged. A null history gives no row. Infinite values, and those without the root or logarithm asked for, are error 22003, unknown options 22023, more than 100,000 values 54000. Sources: Tukey, Exploratory Data Analysis, 1977; Siegel, Biometrika 1982;69:242-4.';

CREATE FUNCTION series_level_shifts(history double precision[], period integer DEFAULT 1, p_value double precision DEFAULT 0.001,
                                    scale text DEFAULT 'none')
RETURNS TABLE (place integer, step double precision, t double precision, p double precision)
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 ROWS 2
AS 'MODULE_PATHNAME', 'cg_series_level_shifts';

COMMENT ON FUNCTION series_level_shifts(double precision[], integer, double precision, text) IS
'Where the level of a regular series changed at once and stayed: the place from 1 of the first value of the new level, the step (new less old, on the scale asked for: of logarithms 0.69 is a doubling), t (the step over its standard error) and p, its p value after allowing for all places looked at. A step is measured beside a local straight line, the season (of period values; 1 for none) taken out, single outliers set aside, the error widened where neighbours are alike; a series that wanders still shows more steps than p_value promises. At least five values lie on either side. Nulls are left out; a null history gives no row; at most 50 rows. Errors are those of series_outliers; a p_value outside 0 to 1 is 22023. Source: Chen and Liu, J Am Stat Assoc 1993;88:284-97.';

CREATE TYPE series_cleaned AS (
	history double precision[],
	missing integer,
	outliers integer,
	level_shifts integer,
	intervention_effect double precision
);

COMMENT ON TYPE series_cleaned IS 'A regular series ready to be forecast, and what was found in it.';

COMMENT ON COLUMN series_cleaned.history IS 'The series as cleaned, oldest value first, in its unit.';

COMMENT ON COLUMN series_cleaned.missing IS 'Values that were missing, those of an intervention treated as missing included.';

COMMENT ON COLUMN series_cleaned.outliers IS 'Outliers found, whatever was done with them.';

COMMENT ON COLUMN series_cleaned.level_shifts IS 'Level shifts found, whatever was done with them.';

COMMENT ON COLUMN series_cleaned.intervention_effect IS 'Level of the intervention that was taken out, on the scale asked for. Null unless intervention is level and it could be measured.';

CREATE FUNCTION series_clean(history double precision[], period integer DEFAULT 1, missing text DEFAULT 'refuse',
                             outliers text DEFAULT 'replace', level_shifts text DEFAULT 'keep',
                             threshold double precision DEFAULT 4.72, p_value double precision DEFAULT 0.001,
                             scale text DEFAULT 'none', intervention text DEFAULT 'missing',
                             intervention_first integer DEFAULT NULL, intervention_last integer DEFAULT NULL) RETURNS series_cleaned
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'cg_series_clean';

COMMENT ON FUNCTION series_clean(double precision[], integer, text, text, text, double precision, double precision, text, text, integer, integer) IS
'A regular series, oldest value first, without what stands in the way of a forecast. In this order: the values at places intervention_first to intervention_last (from 1; both null for none) are treated as missing, lose their level (intervention => level) or are kept; missing values are filled as by series_fill; outliers, as by series_outliers, are replaced by what was expected, dampened to the threshold, or kept; level shifts, as by series_level_shifts, are kept, or what was before them is moved to the level of today (level_shifts => adjust). scale: all this on the values, their square roots (counts) or logarithms. A null or empty history gives null. Errors are those of series_fill and series_outliers. Sources: as theirs, and Chen and Liu, J Am Stat Assoc 1993;88:284-97.';

CREATE FUNCTION series_event_effects(history double precision[], events double precision[], period integer DEFAULT 1)
RETURNS TABLE (event integer, effect double precision, error double precision, is_used boolean)
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 ROWS 5
AS 'MODULE_PATHNAME', 'cg_series_event_effects';

COMMENT ON FUNCTION series_event_effects(double precision[], double precision[], integer) IS
'What known events, such as bank holidays, do to a regular series beside its trend and season (of period values; 1 for none). events: a list as long as history, 1 where the event is (or so many days of it) and 0 elsewhere; a list of such lists for several. For each event its number from 1, the change of history, in its unit, where its list grows by 1, the standard error of that, and whether it was used: not (effect null) where trend, season or other events have it all, as with an event that comes in the same week of every year. Give logarithms for effects that multiply. A null among the arguments gives no row; a null in history is error 22004, in events 2202E, an infinite value 22003, more than 50 events or one for every three values 22023. Source: Speckman, J R Stat Soc B 1988;50:413-36, with STL as the smoother.';

CREATE FUNCTION forecast_components_rows(query text, period integer[], method text DEFAULT 'stl', multiplicative boolean DEFAULT false,
                                         seasonal_window integer DEFAULT NULL, robust boolean DEFAULT false,
                                         every interval DEFAULT NULL, missing text DEFAULT 'refuse')
RETURNS TABLE (series text, ts timestamp, value double precision, trend double precision, seasonal double precision, remainder double precision)
LANGUAGE sql STABLE PARALLEL UNSAFE COST 100000 ROWS 10000
BEGIN ATOMIC
	SELECT r.series, r.first + (u.place - 1)::integer * r.every, u.value, u.trend, u.seasonal, u.remainder
	FROM series_regular(query, every, missing, period[1]) AS r
		CROSS JOIN LATERAL forecast_components(r.history, period, method, multiplicative, seasonal_window, robust) AS c
		CROSS JOIN LATERAL unnest(r.history, c.trend, c.seasonal, c.remainder) WITH ORDINALITY AS u(value, trend, seasonal, remainder, place);
END;

COMMENT ON FUNCTION forecast_components_rows(text, integer[], text, boolean, integer, boolean, interval, text) IS
'Trend, season and remainder of all series of a query, a row for each period: the columns of query and the options every and missing are those of series_regular, the others and the units those of forecast_components. Errors, NULL rule and sources are those of these two. It runs with the rights of the caller.';

CREATE FUNCTION forecast_reconcile(query text, method text DEFAULT 'wls_structural', non_negative boolean DEFAULT false)
RETURNS TABLE (
	hierarchy text, node text, step integer, level integer, is_leaf boolean,
	base double precision, point double precision, shrinkage double precision, is_optimal boolean
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 10000
AS 'MODULE_PATHNAME', 'cg_forecast_reconcile';

COMMENT ON FUNCTION forecast_reconcile(text, text, boolean) IS
'Forecasts of all nodes of a chain of command, changed as little as possible so that every parent is the sum of its children, in the order of hierarchy, step and node. ONLY POINTS ADD UP: the limits of intervals of parts do not sum to those of the whole, and none are given. query is one SELECT with the columns node, parent (null at a top) and point, in any order and with any others; hierarchy tells apart chains that do not belong together (such as services) and step the steps ahead; both may be missing. Each is solved by itself, so thousands of hierarchies go in one call. Methods: bottom_up (leaves count alone), top_down (tops count alone and are shared out by the column share, or without it by the forecasts themselves; shares that sum to 0 are equal), ols (all nodes equally uncertain), wls_structural (uncertain by the number of leaves below), wls_variance (by the column variance, that of one-step errors; 0 counts as a billionth of the mean), mint_shrink (by the shrunk covariance of the column residuals: one-step errors of the same periods, an array as long for every node, 2 to 2,000). Returned: level 0 is a top; base is the forecast as given, point the reconciled one, both in its units; shrinkage, of mint_shrink, is 1 where correlations are not used and 0 where fully, otherwise null; with non_negative no point is below 0, and is_optimal says whether it is the nearest of all such answers (if 500 rounds do not find that, negative leaves are set to 0). hierarchy comes back null where the query has none. Time grows in proportion to the nodes; at most 10 million nodes and, of mint_shrink, 50 million residuals in one hierarchy and step (54000). NULL in a column, or as an argument, is error 22004; infinite figures and negative variances are 22003; a node twice, an unknown parent, circles, residuals of different numbers and unknown methods 22023; a missing column 42703, one of a wrong type 42804. It runs with the rights of the caller; a query without rows gives none. Sources: Hyndman and others, Comput Stat Data Anal 2011;55:2579-89; Athanasopoulos and others, Int J Forecast 2009;25:146-66; Wickramasuriya and others, J Am Stat Assoc 2019;114:804-19 and Stat Comput 2020;30:1167-82; Schäfer and Strimmer, Stat Appl Genet Mol Biol 2005;4:32.';

CREATE FUNCTION forecast_reconcile(query text, node_type anyelement, method text DEFAULT 'wls_structural', non_negative boolean DEFAULT false)
RETURNS TABLE (
	hierarchy text, node anyelement, step integer, level integer, is_leaf boolean,
	base double precision, point double precision, shrinkage double precision, is_optimal boolean
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 10000
AS 'MODULE_PATHNAME', 'cg_forecast_reconcile';

COMMENT ON FUNCTION forecast_reconcile(text, anyelement, text, boolean) IS
'The same with nodes of the type of node_type, given as NULL::bigint, NULL::uuid and so on, instead of text. ONLY POINTS ADD UP: intervals do not. Arguments, columns, units, the rule for NULL, errors and sources are those of forecast_reconcile(text, text, boolean).';

CREATE FUNCTION demand_exceeds(mean double precision, variance double precision, capacity double precision) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'cg_sql_demand_exceeds';

COMMENT ON FUNCTION demand_exceeds(double precision, double precision, double precision) IS
'Probability, 0 to 1, that a count of this mean and variance is above capacity: negative binomial where the variance is above the mean, Poisson where it is not. Variance is that of the count itself: the squared standard error of a forecast of it. A fraction of a capacity holds nobody; a capacity below 0 is exceeded for certain. NULL gives NULL. A mean or variance below 0, or any figure that is not finite, is error 22003. Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005, sections 4.4 and 5.6.';

CREATE FUNCTION allocate(demand_sql text, sites_sql text, pairs_sql text,
	split boolean DEFAULT true, max_cost double precision DEFAULT NULL,
	keep_unless_saves double precision DEFAULT NULL, equity double precision DEFAULT 1,
	minimise_worst boolean DEFAULT false, unserved text DEFAULT 'report', place_values boolean DEFAULT true)
RETURNS TABLE (
	kind text, demand_id text, site_id text, amount bigint, cost double precision, total_cost double precision,
	from_site_id text, from_cost double precision, capacity bigint, one_more_serves bigint,
	one_more_saves double precision, reason text, objective double precision, bound double precision,
	gap double precision, status text, seconds double precision, rounds integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 5000
AS 'MODULE_PATHNAME', 'cg_allocate';

COMMENT ON FUNCTION allocate(text, text, text, boolean, double precision, double precision, double precision, boolean, text, boolean) IS
'Who goes to which site so that the sum of amount times cost is least and nobody is over capacity. demand_sql: id, amount (1 if there is no such column), and if wanted site_id (where they are now). sites_sql: id, capacity, and if wanted minimum (each site gets that many or the status is infeasible). pairs_sql: demand_id, site_id, cost of one (minutes, metres); what has no pair, or costs more than max_cost, is not possible; pairs of ids that are not in the other queries are left out. As many as possible are served first. keep_unless_saves: nobody leaves their site unless the plan saves more than this for each who leaves; Infinity: only if needed. equity above 1: costs count to this power, so that long journeys weigh more. minimise_worst: the longest journey is made as short as it can be, then the sum. split false: each demand goes whole to one site (the generalised assignment problem; answers have a gap). unserved: report, or refuse = error 22023 that names the cut. place_values false leaves out one_more_*. Rows: kind flow (demand_id, site_id, amount, cost of one, total_cost; where the demand has a site_id column also from_site_id, from_cost and a reason: stays, nearer, no room, too far, no pair, site is gone, new), kind unserved (amount, reason no pair or no room), kind site (amount that goes there, capacity, mean cost, total_cost, reason full, blocks or below its minimum, and what exactly one more place there would gain: one_more_serves people, one_more_saves cost), kind summary (amount placed, objective, bound, gap as a share of the objective, status optimal, unserved, feasible or infeasible, reason in words, seconds, rounds of pricing). Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers out of range, 22023 for ids or pairs that come twice and for options. Nobody and no sites: only the summary. The answer does not depend on the order of rows; among equal answers lower ids go to lower ids. Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118). Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION allocate(demand_sql text, sites_sql text, pairs_sql text,
	demand_type anyelement, site_type anycompatible,
	split boolean DEFAULT true, max_cost double precision DEFAULT NULL,
	keep_unless_saves double precision DEFAULT NULL, equity double precision DEFAULT 1,
	minimise_worst boolean DEFAULT false, unserved text DEFAULT 'report', place_values boolean DEFAULT true)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, amount bigint, cost double precision, total_cost double precision,
	from_site_id anycompatible, from_cost double precision, capacity bigint, one_more_serves bigint,
	one_more_saves double precision, reason text, objective double precision, bound double precision,
	gap double precision, status text, seconds double precision, rounds integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 5000
AS 'MODULE_PATHNAME', 'cg_allocate';

COMMENT ON FUNCTION allocate(text, text, text, anyelement, anycompatible, boolean, double precision, double precision, double precision, boolean, text, boolean) IS
'Who goes to which site so that the sum of amount times cost is least and nobody is over capacity. demand_sql: id, amount (1 if there is no such column), and if wanted site_id (where they are now). sites_sql: id, capacity, and if wanted minimum (each site gets that many or the status is infeasible). pairs_sql: demand_id, site_id, cost of one (minutes, metres); what has no pair, or costs more than max_cost, is not possible; pairs of ids that are not in the other queries are left out. As many as possible are served first. keep_unless_saves: nobody leaves their site unless the plan saves more than this for each who leaves; Infinity: only if needed. equity above 1: costs count to this power, so that long journeys weigh more. minimise_worst: the longest journey is made as short as it can be, then the sum. split false: each demand goes whole to one site (the generalised assignment problem; answers have a gap). unserved: report, or refuse = error 22023 that names the cut. place_values false leaves out one_more_*. Rows: kind flow (demand_id, site_id, amount, cost of one, total_cost; where the demand has a site_id column also from_site_id, from_cost and a reason: stays, nearer, no room, too far, no pair, site is gone, new), kind unserved (amount, reason no pair or no room), kind site (amount that goes there, capacity, mean cost, total_cost, reason full, blocks or below its minimum, and what exactly one more place there would gain: one_more_serves people, one_more_saves cost), kind summary (amount placed, objective, bound, gap as a share of the objective, status optimal, unserved, feasible or infeasible, reason in words, seconds, rounds of pricing). Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers out of range, 22023 for ids or pairs that come twice and for options. Nobody and no sites: only the summary. The answer does not depend on the order of rows; among equal answers lower ids go to lower ids. Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118). Ids come back in the types of demand_type and site_type, given as NULL::bigint, NULL::text or NULL::uuid.';

CREATE FUNCTION allocate_near(demand_sql text, sites_sql text,
	split boolean DEFAULT true, max_cost double precision DEFAULT NULL,
	keep_unless_saves double precision DEFAULT NULL, equity double precision DEFAULT 1,
	minimise_worst boolean DEFAULT false, unserved text DEFAULT 'report', place_values boolean DEFAULT true,
	detour double precision DEFAULT 1, candidates integer DEFAULT NULL)
RETURNS TABLE (
	kind text, demand_id text, site_id text, amount bigint, cost double precision, total_cost double precision,
	from_site_id text, from_cost double precision, capacity bigint, one_more_serves bigint,
	one_more_saves double precision, reason text, objective double precision, bound double precision,
	gap double precision, status text, seconds double precision, rounds integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 5000
AS 'MODULE_PATHNAME', 'cg_allocate_near';

COMMENT ON FUNCTION allocate_near(text, text, boolean, double precision, double precision, double precision, boolean, text, boolean, double precision, integer) IS
'allocate() where the cost of a pair is the straight line between two geometries in metres, times detour (1 or more; 1.3 is usual for roads). demand_sql: id, amount (1 if there is no such column), geom, and if wanted site_id; sites_sql: id, capacity, geom, and if wanted minimum. geom is geometry or geography; an area stands for the point that ST_PointOnSurface finds. Degrees (SRID 4326 and 4258) are measured on the WGS 84 ellipsoid, to a millionth; other SRIDs as a plane whose unit is the metre. max_cost: the limit in metres, detour included; candidates: only the nearest so many sites of each demand (NULL: all within the limit). No pairs are stored. Rows: kind flow (demand_id, site_id, amount, cost of one, total_cost; where the demand has a site_id column also from_site_id, from_cost and a reason: stays, nearer, no room, too far, no pair, site is gone, new), kind unserved (amount, reason no pair or no room), kind site (amount that goes there, capacity, mean cost, total_cost, reason full, blocks or below its minimum, and what exactly one more place there would gain: one_more_serves people, one_more_saves cost), kind summary (amount placed, objective, bound, gap as a share of the objective, status optimal, unserved, feasible or infeasible, reason in words, seconds, rounds of pricing). Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers out of range, 22023 for ids or pairs that come twice and for options. Nobody and no sites: only the summary. The answer does not depend on the order of rows; among equal answers lower ids go to lower ids. Also 22023: no SRID, different SRIDs, an empty geometry, web Mercator (3857). Other options are those of allocate(). Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118). Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION allocate_near(demand_sql text, sites_sql text,
	demand_type anyelement, site_type anycompatible,
	split boolean DEFAULT true, max_cost double precision DEFAULT NULL,
	keep_unless_saves double precision DEFAULT NULL, equity double precision DEFAULT 1,
	minimise_worst boolean DEFAULT false, unserved text DEFAULT 'report', place_values boolean DEFAULT true,
	detour double precision DEFAULT 1, candidates integer DEFAULT NULL)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, amount bigint, cost double precision, total_cost double precision,
	from_site_id anycompatible, from_cost double precision, capacity bigint, one_more_serves bigint,
	one_more_saves double precision, reason text, objective double precision, bound double precision,
	gap double precision, status text, seconds double precision, rounds integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 5000
AS 'MODULE_PATHNAME', 'cg_allocate_near';

COMMENT ON FUNCTION allocate_near(text, text, anyelement, anycompatible, boolean, double precision, double precision, double precision, boolean, text, boolean, double precision, integer) IS
'allocate() where the cost of a pair is the straight line between two geometries in metres, times detour (1 or more; 1.3 is usual for roads). demand_sql: id, amount (1 if there is no such column), geom, and if wanted site_id; sites_sql: id, capacity, geom, and if wanted minimum. geom is geometry or geography; an area stands for the point that ST_PointOnSurface finds. Degrees (SRID 4326 and 4258) are measured on the WGS 84 ellipsoid, to a millionth; other SRIDs as a plane whose unit is the metre. max_cost: the limit in metres, detour included; candidates: only the nearest so many sites of each demand (NULL: all within the limit). No pairs are stored. Rows: kind flow (demand_id, site_id, amount, cost of one, total_cost; where the demand has a site_id column also from_site_id, from_cost and a reason: stays, nearer, no room, too far, no pair, site is gone, new), kind unserved (amount, reason no pair or no room), kind site (amount that goes there, capacity, mean cost, total_cost, reason full, blocks or below its minimum, and what exactly one more place there would gain: one_more_serves people, one_more_saves cost), kind summary (amount placed, objective, bound, gap as a share of the objective, status optimal, unserved, feasible or infeasible, reason in words, seconds, rounds of pricing). Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers out of range, 22023 for ids or pairs that come twice and for options. Nobody and no sites: only the summary. The answer does not depend on the order of rows; among equal answers lower ids go to lower ids. Also 22023: no SRID, different SRIDs, an empty geometry, web Mercator (3857). Other options are those of allocate(). Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118). Ids come back in the types of demand_type and site_type, given as NULL::bigint, NULL::text or NULL::uuid.';

CREATE FUNCTION allocate_new(demand_sql text, sites_sql text, pairs_sql text,
	split boolean DEFAULT true, max_cost double precision DEFAULT NULL,
	keep_unless_saves double precision DEFAULT NULL, equity double precision DEFAULT 1,
	minimise_worst boolean DEFAULT false, unserved text DEFAULT 'report', place_values boolean DEFAULT true)
RETURNS TABLE (
	kind text, demand_id text, site_id text, amount bigint, cost double precision, total_cost double precision,
	from_site_id text, from_cost double precision, capacity bigint, one_more_serves bigint,
	one_more_saves double precision, reason text, objective double precision, bound double precision,
	gap double precision, status text, seconds double precision, rounds integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 5000
AS 'MODULE_PATHNAME', 'cg_allocate_new';

COMMENT ON FUNCTION allocate_new(text, text, text, boolean, double precision, double precision, double precision, boolean, text, boolean) IS
'Places only newcomers: demand_sql has a column site_id; who has one stays and takes their room, who has none (NULL), or one that is no longer in sites_sql, is placed in what room is left. capacity in the result is the room left, and minima are less by who is there. keep_unless_saves has no effect. Rows: kind flow (demand_id, site_id, amount, cost of one, total_cost; where the demand has a site_id column also from_site_id, from_cost and a reason: stays, nearer, no room, too far, no pair, site is gone, new), kind unserved (amount, reason no pair or no room), kind site (amount that goes there, capacity, mean cost, total_cost, reason full, blocks or below its minimum, and what exactly one more place there would gain: one_more_serves people, one_more_saves cost), kind summary (amount placed, objective, bound, gap as a share of the objective, status optimal, unserved, feasible or infeasible, reason in words, seconds, rounds of pricing). Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers out of range, 22023 for ids or pairs that come twice and for options. Nobody and no sites: only the summary. The answer does not depend on the order of rows; among equal answers lower ids go to lower ids. Other arguments are those of allocate(). Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118). Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION allocate_new(demand_sql text, sites_sql text, pairs_sql text,
	demand_type anyelement, site_type anycompatible,
	split boolean DEFAULT true, max_cost double precision DEFAULT NULL,
	keep_unless_saves double precision DEFAULT NULL, equity double precision DEFAULT 1,
	minimise_worst boolean DEFAULT false, unserved text DEFAULT 'report', place_values boolean DEFAULT true)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, amount bigint, cost double precision, total_cost double precision,
	from_site_id anycompatible, from_cost double precision, capacity bigint, one_more_serves bigint,
	one_more_saves double precision, reason text, objective double precision, bound double precision,
	gap double precision, status text, seconds double precision, rounds integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 5000
AS 'MODULE_PATHNAME', 'cg_allocate_new';

COMMENT ON FUNCTION allocate_new(text, text, text, anyelement, anycompatible, boolean, double precision, double precision, double precision, boolean, text, boolean) IS
'Places only newcomers: demand_sql has a column site_id; who has one stays and takes their room, who has none (NULL), or one that is no longer in sites_sql, is placed in what room is left. capacity in the result is the room left, and minima are less by who is there. keep_unless_saves has no effect. Rows: kind flow (demand_id, site_id, amount, cost of one, total_cost; where the demand has a site_id column also from_site_id, from_cost and a reason: stays, nearer, no room, too far, no pair, site is gone, new), kind unserved (amount, reason no pair or no room), kind site (amount that goes there, capacity, mean cost, total_cost, reason full, blocks or below its minimum, and what exactly one more place there would gain: one_more_serves people, one_more_saves cost), kind summary (amount placed, objective, bound, gap as a share of the objective, status optimal, unserved, feasible or infeasible, reason in words, seconds, rounds of pricing). Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers out of range, 22023 for ids or pairs that come twice and for options. Nobody and no sites: only the summary. The answer does not depend on the order of rows; among equal answers lower ids go to lower ids. Other arguments are those of allocate(). Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118). Ids come back in the types of demand_type and site_type, given as NULL::bigint, NULL::text or NULL::uuid.';

CREATE FUNCTION reallocate(demand_sql text, sites_sql text, pairs_sql text,
	split boolean DEFAULT true, max_cost double precision DEFAULT NULL,
	keep_unless_saves double precision DEFAULT NULL, equity double precision DEFAULT 1,
	minimise_worst boolean DEFAULT false, unserved text DEFAULT 'report', place_values boolean DEFAULT true)
RETURNS TABLE (
	kind text, demand_id text, site_id text, amount bigint, cost double precision, total_cost double precision,
	from_site_id text, from_cost double precision, capacity bigint, one_more_serves bigint,
	one_more_saves double precision, reason text, objective double precision, bound double precision,
	gap double precision, status text, seconds double precision, rounds integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 5000
AS 'MODULE_PATHNAME', 'cg_reallocate';

COMMENT ON FUNCTION reallocate(text, text, text, boolean, double precision, double precision, double precision, boolean, text, boolean) IS
'Who would move, and why: demand_sql has a column site_id (where they are now; NULL: nowhere). keep_unless_saves is Infinity unless it is given: nobody moves who need not. Rows of kind move (from_site_id, site_id, amount, from_cost, cost, reason nearer, no room, too far, no pair, site is gone, new) stand for those who move alone; kinds unserved, site and summary are those of allocate(), whose other arguments and errors these are. Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118). Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION reallocate(demand_sql text, sites_sql text, pairs_sql text,
	demand_type anyelement, site_type anycompatible,
	split boolean DEFAULT true, max_cost double precision DEFAULT NULL,
	keep_unless_saves double precision DEFAULT NULL, equity double precision DEFAULT 1,
	minimise_worst boolean DEFAULT false, unserved text DEFAULT 'report', place_values boolean DEFAULT true)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, amount bigint, cost double precision, total_cost double precision,
	from_site_id anycompatible, from_cost double precision, capacity bigint, one_more_serves bigint,
	one_more_saves double precision, reason text, objective double precision, bound double precision,
	gap double precision, status text, seconds double precision, rounds integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 5000
AS 'MODULE_PATHNAME', 'cg_reallocate';

COMMENT ON FUNCTION reallocate(text, text, text, anyelement, anycompatible, boolean, double precision, double precision, double precision, boolean, text, boolean) IS
'Who would move, and why: demand_sql has a column site_id (where they are now; NULL: nowhere). keep_unless_saves is Infinity unless it is given: nobody moves who need not. Rows of kind move (from_site_id, site_id, amount, from_cost, cost, reason nearer, no room, too far, no pair, site is gone, new) stand for those who move alone; kinds unserved, site and summary are those of allocate(), whose other arguments and errors these are. Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118). Ids come back in the types of demand_type and site_type, given as NULL::bigint, NULL::text or NULL::uuid.';

CREATE FUNCTION allocate_closures(demand_sql text, sites_sql text, pairs_sql text,
	max_cost double precision DEFAULT NULL)
RETURNS TABLE (
	site_id text, amount bigint, unserved bigint, cost_lost double precision, cost_lost_each double precision, status text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100
AS 'MODULE_PATHNAME', 'cg_allocate_closures';

COMMENT ON FUNCTION allocate_closures(text, text, text, double precision) IS
'What each site is worth: one row for each, as if it alone closed and the plan of allocate() were made anew. amount: people there before; unserved: how many more have no place; cost_lost: person-minutes (or metres) more than before, which can be below 0 where fewer are served; cost_lost_each: by person who was there; status optimal, unserved, or infeasible (the minima of other sites cannot be reached: unserved and cost_lost are NULL). Arguments and errors are those of allocate(). Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118).';

CREATE FUNCTION allocate_closures(demand_sql text, sites_sql text, pairs_sql text,
	demand_type anyelement, site_type anycompatible,
	max_cost double precision DEFAULT NULL)
RETURNS TABLE (
	site_id anycompatible, amount bigint, unserved bigint, cost_lost double precision, cost_lost_each double precision, status text
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100
AS 'MODULE_PATHNAME', 'cg_allocate_closures';

COMMENT ON FUNCTION allocate_closures(text, text, text, anyelement, anycompatible, double precision) IS
'What each site is worth: one row for each, as if it alone closed and the plan of allocate() were made anew. amount: people there before; unserved: how many more have no place; cost_lost: person-minutes (or metres) more than before, which can be below 0 where fewer are served; cost_lost_each: by person who was there; status optimal, unserved, or infeasible (the minima of other sites cannot be reached: unserved and cost_lost are NULL). Arguments and errors are those of allocate(). Source: primal network simplex (Cunningham, Math Program 1976;11:105-16; Király and Kovács, Acta Univ Sapientiae Inform 2012;4:67-118). Ids come back in the type of site_type.';

CREATE FUNCTION verify_allocation(demand_sql text, sites_sql text, pairs_sql text, plan_sql text,
	max_cost double precision DEFAULT NULL)
RETURNS TABLE (
	is_feasible boolean, problem text, is_optimal boolean, total_cost double precision, placed bigint, unserved bigint,
	over_capacity bigint, below_minimum bigint, without_pair bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 1
AS 'MODULE_PATHNAME', 'cg_verify_allocation';

COMMENT ON FUNCTION verify_allocation(text, text, text, text, double precision) IS
'Checks any plan, of allocate() or of anybody, from the plan alone and by another way than allocate() finds one. plan_sql: demand_id, site_id, amount (rows of kind flow). The other arguments are those of allocate(). One row: whether the plan keeps every rule; the first rule that is broken (ids that are in no query, more placed than there are, placed where there is no pair, over capacity, below a minimum), NULL if none; whether no other plan serves more or costs less, found by looking for an exchange between sites that would improve it (NULL if a rule is broken); the cost; the people placed, unserved, above capacity, missing from minima, and placed without a pair or beyond max_cost. A plan made with keep_unless_saves, equity, minimise_worst or split => false need not be optimal in this sense. At most 4,000 sites (54000). Errors are those of allocate(). Source: no negative cycle in the residual network (Klein, Management Science 1967;14:205-20).';

CREATE FUNCTION locate(demand_sql text, sites_sql text, pairs_sql text, p integer DEFAULT NULL,
                       max_cost double precision DEFAULT NULL, unserved_cost double precision DEFAULT NULL,
                       effort double precision DEFAULT 1, seed bigint DEFAULT 1)
RETURNS TABLE (
	kind text, demand_id text, site_id text, is_open boolean, amount double precision, cost double precision,
	price double precision, objective double precision, bound double precision, gap double precision,
	status text, explanation text, seconds double precision, rounds bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 2000
AS 'MODULE_PATHNAME', 'cg_locate';

COMMENT ON FUNCTION locate(text, text, text, integer, double precision, double precision, double precision, bigint) IS
'Which p sites to open so that amount times cost, summed over all demand, is least, with a proof. demand_sql: id, amount. sites_sql: id, and if wanted opening_cost, fixed (open, closed or NULL), capacity and minimum (amount that an open site takes). pairs_sql: demand_id, site_id, cost of one unit; what has no pair, or costs more than max_cost, is not possible; pairs of ids that are not in the other queries are left out. p NULL: opening costs decide how many. unserved_cost: a unit may stay unserved for it; NULL: all must be served. With capacity or minimum each demand goes whole to one site. Rows: kind summary (amount served, mean cost, objective, bound, gap = their difference by the larger, status optimal, feasible, infeasible or not found, explanation, seconds, rounds), then kind site (is_open, amount, mean cost) and kind demand (site_id, NULL where unserved; cost; price, the multiplier of the bound, by which verify_locate proves it). Without an answer only the summary comes. Ids are bigint, text or uuid and come back as text; a form with types gives them as they are. effort is the most work, as a multiple of about a minute; the answer does not depend on the machine or on the order of rows; ties go to the lower id. Errors: 42703 and 42804 for columns, 22004 for NULL, 22003 for negative or infinite numbers, 22023 for ids or pairs that come twice and for options. No demand: objective 0. Sources: Hakimi, Oper Res 1964;12:450-9; Resende and Werneck, Ann Oper Res 2007;150:205-30; Beasley, Eur J Oper Res 1993;65:383-99; Ceselli and Righini, Networks 2005;45:125-42.';

CREATE FUNCTION locate(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, p integer DEFAULT NULL,
                       max_cost double precision DEFAULT NULL, unserved_cost double precision DEFAULT NULL,
                       effort double precision DEFAULT 1, seed bigint DEFAULT 1)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, is_open boolean, amount double precision, cost double precision,
	price double precision, objective double precision, bound double precision, gap double precision,
	status text, explanation text, seconds double precision, rounds bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 2000
AS 'MODULE_PATHNAME', 'cg_locate';

COMMENT ON FUNCTION locate(text, text, text, anyelement, anycompatible, integer, double precision, double precision, double precision, bigint) IS
'The same, with ids in the type that they have, given as NULL::bigint, NULL::text or NULL::uuid; ids of another type are error 42804.';

CREATE FUNCTION verify_locate(demand_sql text, sites_sql text, pairs_sql text, answer_sql text, p integer DEFAULT NULL,
                              max_cost double precision DEFAULT NULL, unserved_cost double precision DEFAULT NULL)
RETURNS TABLE (
	is_feasible boolean, problem text, objective double precision, bound double precision, gap double precision,
	open_sites integer, unserved_demands integer, not_cheapest integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 1
AS 'MODULE_PATHNAME', 'cg_verify_locate';

COMMENT ON FUNCTION verify_locate(text, text, text, text, integer, double precision, double precision) IS
'Checks an answer of locate() from the answer alone, by another way than it was found: one row with whether it keeps every rule, the first rule broken, the objective worked out anew, the lower bound that the prices prove by themselves (NULL without prices), the relative gap between the two, and counts of open sites, of demands unserved and of demands that another open site would serve for less. answer_sql: kind, demand_id, site_id, is_open and, if wanted, price, as locate() returns them. The other arguments, and errors, are those of locate(). Branch and bound may have proved more than the prices do.';

CREATE FUNCTION cover(demand_sql text, sites_sql text, pairs_sql text, goal text DEFAULT 'fewest',
                      max_cost double precision DEFAULT NULL, share double precision DEFAULT 1, p integer DEFAULT NULL,
                      effort double precision DEFAULT 1, seed bigint DEFAULT 1)
RETURNS TABLE (
	kind text, demand_id text, site_id text, is_open boolean, is_covered boolean, amount double precision,
	cost double precision, share_covered double precision, within double precision, objective double precision,
	bound double precision, gap double precision, status text, explanation text, seconds double precision, rounds bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 2000
AS 'MODULE_PATHNAME', 'cg_cover_sites';

COMMENT ON FUNCTION cover(text, text, text, text, double precision, double precision, integer, double precision, bigint) IS
'Sites so that people are within a limit, with a proof. goal fewest: the fewest sites so that the share of the amount is within max_cost (share 1: every demand). most: p sites so that the most is within max_cost. centre: p sites, and the least limit within which the share is. demand_sql: id, amount. sites_sql: id, and if wanted fixed (open, closed or NULL). pairs_sql: demand_id, site_id, cost such as minutes. Rows: kind summary (amount covered, share_covered, within = the limit, objective = sites, amount or limit by the goal, bound, gap, status, explanation, seconds, rounds), kind site (is_open, amount whose nearest open site it is, mean cost, share of that covered) and kind demand (nearest open site, its cost, is_covered). The sites of goal fewest are no better than needed: of several answers with as few sites, any may come. Ids come back as text; a form with types gives them as they are. Options effort and seed, and errors, are those of locate(). Sources: Toregas and others, Oper Res 1971;19:1363-73; Church and ReVelle, Pap Reg Sci Assoc 1974;32:101-18; Minieka, SIAM Rev 1970;12:138-9.';

CREATE FUNCTION cover(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, goal text DEFAULT 'fewest',
                      max_cost double precision DEFAULT NULL, share double precision DEFAULT 1, p integer DEFAULT NULL,
                      effort double precision DEFAULT 1, seed bigint DEFAULT 1)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, is_open boolean, is_covered boolean, amount double precision,
	cost double precision, share_covered double precision, within double precision, objective double precision,
	bound double precision, gap double precision, status text, explanation text, seconds double precision, rounds bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 2000
AS 'MODULE_PATHNAME', 'cg_cover_sites';

COMMENT ON FUNCTION cover(text, text, text, anyelement, anycompatible, text, double precision, double precision, integer, double precision, bigint) IS
'The same, with ids in the type that they have, given as NULL::bigint, NULL::text or NULL::uuid; ids of another type are error 42804.';

CREATE FUNCTION consolidate(demand_sql text, sites_sql text, pairs_sql text, p_from integer DEFAULT NULL,
                            p_to integer DEFAULT NULL, by text[] DEFAULT '{}', max_cost double precision DEFAULT NULL,
                            effort double precision DEFAULT 1, seed bigint DEFAULT 1)
RETURNS TABLE (
	p integer, by_column text, by_value text, amount double precision, cost_now double precision, cost_then double precision,
	worst_now double precision, worst_then double precision, amount_gaining double precision, amount_losing double precision,
	mean_gain double precision, mean_loss double precision, open_sites text[], objective double precision,
	bound double precision, gap double precision, status text, explanation text, seconds double precision, rounds bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 200
AS 'MODULE_PATHNAME', 'cg_consolidate';

COMMENT ON FUNCTION consolidate(text, text, text, integer, integer, text[], double precision, double precision, bigint) IS
'What it would be to run a service on p_from, ..., p_to sites: locate() for every p, against the sites of today (those with is_current in sites_sql; without that column all), where everyone goes to the cheapest. For every p one summary row (by_column NULL) with open_sites, objective, bound, gap, status, explanation, seconds and rounds, and one row for each value of each column of demand_sql that by names, such as deprivation decile, age band or car ownership. amount, mean cost now and then, worst cost now and then, amount that gains and that loses, and by how much on average each. Demand that no site of today reaches counts in amount and worst_then only. p_from NULL: 1, or as many as are fixed open; p_to NULL: all that may be open. Where the sites have capacity or minimum, p_to must leave an answer, and a p without one has only its summary. Everything else, and errors, are those of locate().';

CREATE FUNCTION form_groups(units_sql text, pairs_sql text, groups integer, measures text[] DEFAULT '{amount}',
                            lower double precision[] DEFAULT NULL, upper double precision[] DEFAULT NULL,
                            tolerance double precision DEFAULT NULL, max_cost double precision DEFAULT NULL,
                            neighbours_sql text DEFAULT NULL, change_penalty double precision DEFAULT 0,
                            effort double precision DEFAULT 1, seed bigint DEFAULT 1)
RETURNS TABLE (
	kind text, unit_id text, centre_id text, group_number integer, existing_group text, is_changed boolean,
	amounts double precision[], cost double precision, change_cost double precision, objective double precision,
	bound double precision, gap double precision, status text, explanation text, seconds double precision, rounds bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 500
AS 'MODULE_PATHNAME', 'cg_form_groups';

COMMENT ON FUNCTION form_groups(text, text, integer, text[], double precision[], double precision[], double precision, double precision, text, double precision, double precision, bigint) IS
'Puts units (practices, services, areas) into so many groups, each around one of its units as the centre, so that weight times cost to the centre is least and every measure of every group is within its limits. units_sql: id, the columns that measures names (amounts of 0 or more), and if wanted weight (else the first measure), together (units with the same word stay in one group), apart (units with the same word come into different groups), existing_group (of today), role (centre, member or NULL). lower, upper: one limit for each measure, NULL for none; tolerance: the limits that are left out are an even share plus and minus that fraction. pairs_sql: from_id, to_id, cost; a pair given one way counts both ways, a unit costs 0 to itself, and without a pair, or above max_cost, a unit cannot be in the group of that centre. neighbours_sql: unit_id, neighbour_id; if given, groups are connected. change_penalty: cost of a unit of weight that leaves its existing group (each of which at most one group continues). Rows: kind summary (amounts in all, change_cost, objective, bound = no grouping costs less, gap, status, explanation, seconds, rounds), kind group (number, centre, the existing group it continues, amounts, mean cost) and kind unit. Without an answer only the summary comes and says why. Ids come back as text; a form with types gives them as they are. Units squared are at most 10 million. effort is a multiple of the usual work (a second or two for 150 units); the answer does not depend on the machine or on the order of rows. Errors as for locate(). Bound: Lagrangian relaxation with a knapsack for each centre, of one measure at a time; borders and apart are left out of it. Sources: Ceselli and Righini, Networks 2005;45:125-42; Shaw, CP98; Gendreau, Hertz and Laporte, Manage Sci 1994;40:1276-90.';

CREATE FUNCTION form_groups(units_sql text, pairs_sql text, unit_type anyelement, groups integer, measures text[] DEFAULT '{amount}',
                            lower double precision[] DEFAULT NULL, upper double precision[] DEFAULT NULL,
                            tolerance double precision DEFAULT NULL, max_cost double precision DEFAULT NULL,
                            neighbours_sql text DEFAULT NULL, change_penalty double precision DEFAULT 0,
                            effort double precision DEFAULT 1, seed bigint DEFAULT 1)
RETURNS TABLE (
	kind text, unit_id anyelement, centre_id anyelement, group_number integer, existing_group text, is_changed boolean,
	amounts double precision[], cost double precision, change_cost double precision, objective double precision,
	bound double precision, gap double precision, status text, explanation text, seconds double precision, rounds bigint
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 500
AS 'MODULE_PATHNAME', 'cg_form_groups';

COMMENT ON FUNCTION form_groups(text, text, anyelement, integer, text[], double precision[], double precision[], double precision, double precision, text, double precision, double precision, bigint) IS
'The same, with ids in the type that they have, given as NULL::bigint, NULL::text or NULL::uuid; ids of another type are error 42804.';

CREATE FUNCTION verify_groups(units_sql text, pairs_sql text, answer_sql text, groups integer, measures text[] DEFAULT '{amount}',
                              lower double precision[] DEFAULT NULL, upper double precision[] DEFAULT NULL,
                              tolerance double precision DEFAULT NULL, max_cost double precision DEFAULT NULL,
                              neighbours_sql text DEFAULT NULL, change_penalty double precision DEFAULT 0)
RETURNS TABLE (
	is_feasible boolean, problem text, unit_id text, objective double precision, change_cost double precision, groups_found integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 1
AS 'MODULE_PATHNAME', 'cg_verify_groups';

COMMENT ON FUNCTION verify_groups(text, text, text, integer, text[], double precision[], double precision[], double precision, double precision, text, double precision) IS
'Checks an answer of form_groups() from the answer alone: one row with whether it keeps every rule, the first rule broken and by which unit, the objective and the cost of changes worked out anew, and how many groups there are. answer_sql: kind, unit_id, centre_id and, if wanted, existing_group, as form_groups() returns them. The other arguments, and errors, are those of form_groups().';

CREATE FUNCTION access_2sfca(demand_sql text, sites_sql text, pairs_sql text, max_cost double precision)
RETURNS TABLE (
	kind text, demand_id text, site_id text, amount double precision, capacity double precision, ratio double precision,
	access double precision, sites_within integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_2sfca';

COMMENT ON FUNCTION access_2sfca(text, text, text, double precision) IS
'Capacity within reach for each person, by two-step floating catchment areas: each site''s capacity over the people within max_cost of it, and for each demand the sum of these ratios over the sites within max_cost. demand_sql: id, amount (people). sites_sql: id, capacity. pairs_sql: demand_id, site_id, cost (minutes); pairs of ids that are not in the other queries are left out. Rows of kind demand: access, NULL never, and sites_within, how many sites have a weight above 0. Rows of kind site: amount, the people who ask there, capacity, and ratio, the one over the other; NULL where nobody asks. Summed over demand, amount times access is the capacity of all sites that anybody reaches. Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers that are negative or not finite, 22023 for ids or pairs that come twice and for options. No demand and no sites give no rows. The answer does not depend on the order of rows. Source: Luo and Wang, Environ Plann B 2003;30:865-84. Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION access_2sfca(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, max_cost double precision)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, amount double precision, capacity double precision, ratio double precision,
	access double precision, sites_within integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_2sfca';

COMMENT ON FUNCTION access_2sfca(text, text, text, anyelement, anycompatible, double precision) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';

CREATE FUNCTION access_e2sfca(demand_sql text, sites_sql text, pairs_sql text, max_cost double precision DEFAULT NULL, decay text DEFAULT 'gaussian',
	band_limits double precision[] DEFAULT NULL, band_weights double precision[] DEFAULT NULL)
RETURNS TABLE (
	kind text, demand_id text, site_id text, amount double precision, capacity double precision, ratio double precision,
	access double precision, sites_within integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_e2sfca';

COMMENT ON FUNCTION access_e2sfca(text, text, text, double precision, text, double precision[], double precision[]) IS
'access_2sfca() where the weight of a site falls with its cost. decay gaussian: the weight falls from 1 at no cost to 0 at max_cost, (exp(-(c/m)^2/2) - exp(-1/2)) / (1 - exp(-1/2)) (Dai). decay bands: max_cost NULL, a weight from 0 to 1 for each band of cost; band_limits ascend and belong to their band, beyond the last the weight is 0 (Luo and Qi: limits 10, 20, 30 minutes with weights 1, 0.68, 0.22, or 1, 0.42, 0.09 for a fast decay). decay step: 1 up to max_cost. demand_sql: id, amount (people). sites_sql: id, capacity. pairs_sql: demand_id, site_id, cost (minutes); pairs of ids that are not in the other queries are left out. Rows of kind demand: access, NULL never, and sites_within, how many sites have a weight above 0. Rows of kind site: amount, the people who ask there, capacity, and ratio, the one over the other; NULL where nobody asks. Summed over demand, amount times access is the capacity of all sites that anybody reaches. Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers that are negative or not finite, 22023 for ids or pairs that come twice and for options. No demand and no sites give no rows. The answer does not depend on the order of rows. Sources: Luo and Qi, Health Place 2009;15:1100-7; Dai, Health Place 2010;16:1038-52. Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION access_e2sfca(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, max_cost double precision DEFAULT NULL, decay text DEFAULT 'gaussian',
	band_limits double precision[] DEFAULT NULL, band_weights double precision[] DEFAULT NULL)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, amount double precision, capacity double precision, ratio double precision,
	access double precision, sites_within integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_e2sfca';

COMMENT ON FUNCTION access_e2sfca(text, text, text, anyelement, anycompatible, double precision, text, double precision[], double precision[]) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';

CREATE FUNCTION access_bfca(demand_sql text, sites_sql text, pairs_sql text, max_cost double precision DEFAULT NULL, decay text DEFAULT 'gaussian',
	band_limits double precision[] DEFAULT NULL, band_weights double precision[] DEFAULT NULL)
RETURNS TABLE (
	kind text, demand_id text, site_id text, amount double precision, capacity double precision, ratio double precision,
	access double precision, sites_within integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_bfca';

COMMENT ON FUNCTION access_bfca(text, text, text, double precision, text, double precision[], double precision[]) IS
'Balanced floating catchment areas: each person asks once, shared out among the sites within reach by their weights, and each site''s level of service (capacity over those who ask) is shared out among the demands that reach it, so that neither demand nor service is counted twice. decay gaussian: the weight falls from 1 at no cost to 0 at max_cost, (exp(-(c/m)^2/2) - exp(-1/2)) / (1 - exp(-1/2)) (Dai). decay bands: max_cost NULL, a weight from 0 to 1 for each band of cost; band_limits ascend and belong to their band, beyond the last the weight is 0 (Luo and Qi: limits 10, 20, 30 minutes with weights 1, 0.68, 0.22, or 1, 0.42, 0.09 for a fast decay). decay step: 1 up to max_cost. demand_sql: id, amount (people). sites_sql: id, capacity. pairs_sql: demand_id, site_id, cost (minutes); pairs of ids that are not in the other queries are left out. Rows of kind demand: access, NULL never, and sites_within, how many sites have a weight above 0. Rows of kind site: amount, the people who ask there, capacity, and ratio, the one over the other; NULL where nobody asks. Summed over sites, amount is the amount of all demand within reach of any; summed over demand, access is the sum of ratio. Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers that are negative or not finite, 22023 for ids or pairs that come twice and for options. No demand and no sites give no rows. The answer does not depend on the order of rows. Source: Paez, Higgins and Vivona, PLoS ONE 2019;14:e0218773. Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION access_bfca(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, max_cost double precision DEFAULT NULL, decay text DEFAULT 'gaussian',
	band_limits double precision[] DEFAULT NULL, band_weights double precision[] DEFAULT NULL)
RETURNS TABLE (
	kind text, demand_id anyelement, site_id anycompatible, amount double precision, capacity double precision, ratio double precision,
	access double precision, sites_within integer
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_bfca';

COMMENT ON FUNCTION access_bfca(text, text, text, anyelement, anycompatible, double precision, text, double precision[], double precision[]) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';

CREATE FUNCTION access_nearest(demand_sql text, sites_sql text, pairs_sql text, k integer DEFAULT 1, max_cost double precision DEFAULT NULL)
RETURNS TABLE (
	demand_id text, place integer, site_id text, cost double precision, amount double precision
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_nearest';

COMMENT ON FUNCTION access_nearest(text, text, text, integer, double precision) IS
'The k nearest sites of each demand and their cost, such as minutes: place 1 is the nearest, among equals the lower id. demand_sql: id, and if wanted amount, which comes back (1 without). sites_sql: id. pairs_sql: demand_id, site_id, cost; pairs of ids that are not in the other queries, or that cost more than max_cost, are left out. A demand without a pair has one row with place, site_id and cost NULL. Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers that are negative or not finite, 22023 for ids or pairs that come twice and for options. No demand and no sites give no rows. The answer does not depend on the order of rows. Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION access_nearest(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, k integer DEFAULT 1, max_cost double precision DEFAULT NULL)
RETURNS TABLE (
	demand_id anyelement, place integer, site_id anycompatible, cost double precision, amount double precision
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 2000
AS 'MODULE_PATHNAME', 'cg_access_nearest';

COMMENT ON FUNCTION access_nearest(text, text, text, anyelement, anycompatible, integer, double precision) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';

CREATE FUNCTION access_huff(demand_sql text, sites_sql text, pairs_sql text, attraction double precision DEFAULT 1, distance double precision DEFAULT 2,
	least_cost double precision DEFAULT 1, max_cost double precision DEFAULT NULL)
RETURNS TABLE (
	demand_id text, site_id text, chance double precision, amount double precision, cost double precision
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 10000
AS 'MODULE_PATHNAME', 'cg_access_huff_rows';

COMMENT ON FUNCTION access_huff(text, text, text, double precision, double precision, double precision, double precision) IS
'Catchments by chance: somebody of a demand goes to a site with a chance in proportion to capacity ^ attraction / cost ^ distance among the sites of its pairs (within max_cost). amount is the chance times the amount of the demand; a cost below least_cost counts as least_cost. demand_sql: id, amount (people). sites_sql: id, capacity. pairs_sql: demand_id, site_id, cost (minutes); pairs of ids that are not in the other queries are left out. The chances of a demand add up to 1, or are all 0 where none of its sites has capacity. A demand without a pair has no row. Errors: 42703, 42701 and 42804 for columns, 22004 for NULL, 22003 for numbers that are negative or not finite, 22023 for ids or pairs that come twice and for options. No demand and no sites give no rows. The answer does not depend on the order of rows. Source: Huff, J Mark 1964;28(3):34-8. Ids come back as text; the form with demand_type and site_type gives them as they are.';

CREATE FUNCTION access_huff(demand_sql text, sites_sql text, pairs_sql text, demand_type anyelement, site_type anycompatible, attraction double precision DEFAULT 1, distance double precision DEFAULT 2,
	least_cost double precision DEFAULT 1, max_cost double precision DEFAULT NULL)
RETURNS TABLE (
	demand_id anyelement, site_id anycompatible, chance double precision, amount double precision, cost double precision
)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 10000
AS 'MODULE_PATHNAME', 'cg_access_huff_rows';

COMMENT ON FUNCTION access_huff(text, text, text, anyelement, anycompatible, double precision, double precision, double precision, double precision) IS
'The same, with ids in the type that they have, given as demand_type => NULL::bigint, NULL::text or NULL::uuid, and site_type likewise; ids of another type are error 42804.';

CREATE FUNCTION catchment(plan_sql text, places_sql text, method text DEFAULT NULL, overlaps boolean DEFAULT false)
RETURNS TABLE (site_id text, method text, places bigint, amount double precision, boundary text)
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000 ROWS 100
AS 'MODULE_PATHNAME', 'cg_catchment';

COMMENT ON FUNCTION catchment(text, text, text, boolean) IS
'The catchment of each site as GeoJSON (WGS 84, six decimals), from who goes where. plan_sql: demand_id, site_id, and if wanted amount (1 without), such as the rows of kind flow of allocate(). places_sql: id, and boundary (GeoJSON text, WGS 84) or longitude and latitude. method union: the boundaries of the site''s places joined; voronoi: cells nearer to the place than to any other, joined; hull: the smallest convex shape around the places, a point or a line where they are few; NULL: union where every place of the plan has a boundary, else voronoi. A place that goes to several sites is drawn with the one that most go to (the lower id among equals), or with overlaps with each of them. With the pairs within some minutes as the plan and overlaps these are the isochrones that a travel table can give. Rows: site_id, method, places, amount, boundary; NULL where no place of the site is known. Places without shape stay out of the shape. NULL ids are skipped. Needs PostGIS 3.0 or later (0A000 without). Errors: 42703 for columns, 22004 for a NULL query, 22023 for a method that is not a choice; PostGIS''s own for GeoJSON that it cannot read.';

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

INSERT INTO contract_entity (entity, subject, key_columns, one_of, description) VALUES
    ('organisation', 'who and where', '{organisation_id}', '{}', 'An organisation on the chain of command or in a partnership.'),
    ('organisation_link', 'who and where', '{child_id,parent_id,hierarchy,valid_from}', '{}', 'One organisation reporting to another in one hierarchy. A care group may cross regions, so an organisation can have several parents; under two that are both at the top of a hierarchy it counts under each.'),
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
    ('area', 'organisation_id', 'text', false, 'organisation', NULL, NULL, true, 'Organisation, such as a place, that answers for the people who live there.'),

    ('travel', 'origin_id', 'text', true, NULL, NULL, NULL, true, 'Area or site where the journey starts.'),
    ('travel', 'site_id', 'text', true, 'site', NULL, NULL, true, 'Site where the journey ends.'),
    ('travel', 'mode', 'text', true, NULL, '{car,public_transport,walk,cycle}', NULL, true, 'Means of travel.'),
    ('travel', 'minutes', 'numeric', true, NULL, NULL, 'minute', true, 'Duration.'),
    ('travel', 'kilometres', 'numeric', false, NULL, NULL, 'kilometre', true, 'Distance.'),

    ('population', 'area_id', 'text', false, 'area', NULL, NULL, true, 'Area, or NULL where the row is of a site.'),
    ('population', 'site_id', 'text', false, 'site', NULL, NULL, true, 'Site, or NULL where the row is of an area.'),
    ('population', 'as_at', 'date', true, NULL, NULL, NULL, true, 'Day of the count.'),
    ('population', 'age_band', 'text', false, NULL, NULL, NULL, true, 'Five-year age band: 00-04, 05-09 and so on to 85-89, then 90+.'),
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
    ('population', 'people beyond all counts', 'people > 1e12', 'A count is a finite number.'),
    ('population', 'negative people', 'people < 0', 'A count is not negative.'),
    ('person', 'death_date before birth_date', 'death_date < birth_date', 'Nobody dies before birth.'),
    ('person', 'older than 120', 'birth_date < pg_catalog.make_date(1900, 1, 1)', 'A day of birth before 1900 is a placeholder or a mistake.'),
    ('registration', 'valid_to before valid_from', 'valid_to < valid_from', 'The last day is not before the first.'),
    ('fitness', 'review_due_on before graded_on', 'review_due_on < graded_on', 'A review is due after the grading.');

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
    ('change_log', 'text', 'text', true, NULL, NULL, NULL, true, 'What was changed.'),
    ('change_log', 'indicator_id', 'text', false, NULL, NULL, NULL, true, 'Indicator that the change is about; NULL for all.'),
    ('change_log', 'starts_phase', 'boolean', false, NULL, NULL, NULL, true, 'Whether charts start a new phase, with limits of its own, after the change.');

INSERT INTO contract_rule (entity, rule, broken_when, description) VALUES
    ('contract', 'ends_on before starts_on', 'ends_on < starts_on', 'The last day is not before the first.'),
    ('contract', 'negative value', 'value < 0', 'A contract is worth no less than nothing.'),
    ('spend', 'month not a first day', 'pg_catalog.extract(''day'', month) <> 1', 'A month is given by its first day.'),
    ('price', 'valid_to before valid_from', 'valid_to < valid_from', 'The last day is not before the first.'),
    ('plan', 'month not a first day', 'pg_catalog.extract(''day'', month) <> 1', 'A month is given by its first day.'),
    ('indicator_value', 'denominator not above 0', 'denominator <= 0', 'A denominator is above 0.'),
    ('indicator_value', 'negative numerator', 'numerator < 0', 'A count is not negative.'),
    ('indicator_value', 'figure beyond all charts', 'abs(numerator) > 1e15 OR denominator > 1e15 OR abs(value) > 1e100', 'A figure is finite and not beyond 1e15 (a value 1e100).');

COMMENT ON COLUMN hub_table.kind IS 'state: written by the hub''s functions; result: figures written by recalculate() and free to be emptied; record: the same with a row for each record of a person, which readers do not see.';

COMMENT ON COLUMN hub_view.kind IS 'report: for analysts and dashboards, standard types only; published: the same with small numbers left out, for everybody; shared: for the hub itself and for readers; plumbing: for the hub itself.';

COMMENT ON COLUMN hub_step.result IS 'Table whose rows the step writes.';

COMMENT ON COLUMN hub_step.stale IS 'A condition on the result table''s rows: the step takes those away and adds what its query gives, which must leave out what is still there. NULL: it replaces all rows.';

COMMENT ON COLUMN hub_step.in_parallel IS 'Whether the query''s time goes into parallel-safe functions, so that it is worth running on all cores: INSERT … SELECT never is, CREATE TABLE AS is.';

COMMENT ON COLUMN hub_setting.accepts IS 'The kind of value: fixed, text, number, memory, moment, zone or hierarchy.';

INSERT INTO hub_setting (name, initial, accepts, meaning) VALUES
    ('record_ids', 'bigint', 'fixed', 'Type of record ids, chosen when the hub was created.'),
    ('time_zone', 'Europe/London', 'zone', 'Time zone in which days and months are counted; takes effect on inputs when they are bound again.'),
    ('hierarchy', 'command', 'hierarchy', 'Hierarchy that reports roll up; a session may choose another with SET caregroup.hierarchy.'),
    ('calendar_id', 'england', 'text', 'Calendar of sites that name none.'),
    ('as_at', NULL, 'moment', 'Moment for which results are worked out, kept in UTC; NULL for the time of recalculation.'),
    ('schedule', NULL, 'fixed', 'Cron expression of the regular recalculation, set by schedule_recalculation().'),
    ('scheduled_at', NULL, 'fixed', 'When the schedule was set, kept in UTC.'),
    ('stale_after_hours', '26', 'number', 'Age in hours at which a result counts as stale.'),
    ('step_memory', '256MB', 'memory', 'work_mem of a step of recalculate(): what one sort or hash of it may take.'),
    ('keep_runs', '100', 'number', 'Runs of recalculate() and of check_hub() that the history keeps.');

CREATE OR REPLACE FUNCTION build_hub_table(hub text, table_name text, record_ids text) RETURNS void
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
            IF made.kind <> 'state' THEN
                -- Rows without the new columns are of no use; the next run fills them.
                EXECUTE format('DELETE FROM %I.%I', hub, table_name);
            END IF;
            EXECUTE format('ALTER TABLE %I.%I %s', hub, table_name, defined);
        END IF;
    END IF;
    PERFORM caregroup.describe_relation(hub, table_name, 'TABLE', made.description, made.columns);
END
$$;

CREATE OR REPLACE FUNCTION build_hub_view(hub text, view_name text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    made       caregroup.hub_view;
    made_from  text;
    is_current boolean;
BEGIN
    SELECT v.* INTO STRICT made FROM caregroup.hub_view AS v WHERE v.view_name = build_hub_view.view_name;
    -- A view that is as it should be is left alone: replacing it would lock
    -- out, and deadlock with, whoever reads the reports.
    made_from := md5(made.query || made.description || made.columns
                     || (SELECT string_agg(c.entity || '.' || c.column_name, ',' ORDER BY c.ordinal) FROM caregroup.contract_column AS c));
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.view_made AS v WHERE v.view_name = $1 AND v.made_from = $2)', hub)
    INTO is_current USING view_name, made_from;
    IF is_current AND to_regclass(format('%I.%I', hub, view_name)) IS NOT NULL THEN
        RETURN;
    END IF;
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
    EXECUTE format('INSERT INTO %I.view_made AS v (view_name, made_from) VALUES ($1, $2)
                    ON CONFLICT (view_name) DO UPDATE SET made_from = excluded.made_from', hub) USING view_name, made_from;
END
$$;

COMMENT ON FUNCTION build_hub_view(text, text) IS
'Makes one of a hub''s views, or makes it anew if it is not as this version has it, in place where its columns allow it. For the hub''s own functions.';

CREATE OR REPLACE FUNCTION build_hub_inputs(hub text) RETURNS void
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
            PERFORM caregroup.describe_input_view(hub, made);
        END IF;
    END LOOP;
END
$$;

COMMENT ON FUNCTION build_hub_views(text) IS
'Makes a hub''s reports and other views over its inputs, those that are missing or not as this version has them. For the hub''s own functions.';

CREATE OR REPLACE FUNCTION provider_of(hub text, entity text, OUT expression text, OUT joins text)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    bound         text[];
    registrations boolean;
BEGIN
    EXECUTE format('SELECT array_agg(b.column_name) FROM %I.binding_column AS b WHERE b.entity = $1', hub) INTO bound USING entity;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.binding AS b WHERE b.entity = ''registration'' AND NOT b.suspended)', hub) INTO registrations;
    IF entity <> 'organisation_link' AND 'organisation_id' = ANY (bound) THEN
        expression := 'e.organisation_id';
        joins := '';
    ELSIF bound && ARRAY['site_id', 'home_site_id', 'prescriber_site_id'] THEN
        expression := 'provider.provider_id';
        joins := format('LEFT JOIN (SELECT s.site_id AS provider_site_id, s.organisation_id AS provider_id FROM %I.known_site AS s) AS provider
                             ON provider.provider_site_id = e.%I', hub,
            (SELECT c FROM unnest(ARRAY['site_id', 'home_site_id', 'prescriber_site_id']) WITH ORDINALITY AS u (c, place)
             WHERE c = ANY (bound) ORDER BY place LIMIT 1));
    ELSIF 'person_id' = ANY (bound) AND registrations THEN
        -- A record of a person without a site belongs to where the person is registered.
        expression := 'provider.provider_id';
        joins := format('LEFT JOIN (SELECT DISTINCT ON (g.person_id) g.person_id AS provider_person_id, s.organisation_id AS provider_id
                             FROM %1$I.registration AS g JOIN %1$I.known_site AS s ON s.site_id = g.site_id
                             ORDER BY g.person_id, g.valid_from DESC, g.site_id) AS provider ON provider.provider_person_id = e.person_id', hub);
    END IF;
END
$$;

COMMENT ON FUNCTION check_hub(text) IS
'The data-quality report of a hub: for each bound entity its rows, the share complete of each column, values missing where they are required, codes that no report understands, dates in the future or infinite, rows that break a rule such as the order of dates, orphans, duplicate keys, NHS numbers that are not valid by reason, and advice where a conversion hides an index. provider_id is NULL for all rows of the entity; rows for one provider are shown where something is wrong with them. share is rows over out_of; change is against the check before. The figures are kept in the hub''s check_result. It counts and never refuses or changes data. recalculate() keeps one row of a repeated key. Errors: invalid_schema_name, object_in_use (another session is checking).';

CREATE FUNCTION lock_hub(hub text, task text, wait boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A step of a run that has begun waits for those who only look whether
    -- they could begin one.
    IF wait THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('caregroup.' || task, 0)::bit(32)::integer,
                                      hashtextextended(hub, 0)::bit(32)::integer);
        RETURN;
    END IF;
    -- A transaction's lock: a session's would outlive statement_timeout.
    IF NOT pg_try_advisory_xact_lock(hashtextextended('caregroup.' || task, 0)::bit(32)::integer,
                                     hashtextextended(hub, 0)::bit(32)::integer) THEN
        RAISE EXCEPTION USING ERRCODE = 'object_in_use',
            MESSAGE = format('hub %I is being %s by another session', hub, task),
            HINT = format('Wait for it, or look at %I.run_history.', hub);
    END IF;
END
$$;

COMMENT ON FUNCTION lock_hub(text, text, boolean) IS
'Takes the lock of a hub''s task (recalculated or checked) until the end of the transaction; where another session has it, an error (object_in_use), or with wait a wait.';

CREATE OR REPLACE FUNCTION begin_run(hub text, resume boolean) RETURNS bigint
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
    EXECUTE format('UPDATE %I.recalculation AS r SET state = ''interrupted'', error = ''the run ended without being finished''
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

CREATE OR REPLACE FUNCTION run_step(hub text, run bigint, step text) RETURNS void
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
    -- A step is a transaction of its own, so that this ends with it.
    PERFORM set_config('work_mem', coalesce(caregroup.get_hub_setting(hub, 'step_memory'), current_setting('work_mem')), true);

    -- Compiling takes longer than it saves in queries of this kind.
    PERFORM set_config('jit', 'off', true);

    SELECT string_agg(quote_ident(c.column_name), ', ' ORDER BY c.ordinal) INTO columns
    FROM caregroup.hub_table AS t, caregroup.hub_columns(t.columns) AS c WHERE t.table_name = work.result;
    PERFORM set_config('search_path', format('%I, pg_catalog, caregroup, pg_temp', hub), true);
    EXECUTE format('DELETE FROM %I.%I AS t%s', hub, work.result, ' WHERE ' || work.stale);
    IF work.in_parallel THEN
        -- Few rows that cost much each: the planner must not mind their number.
        PERFORM pg_catalog.set_config('min_parallel_table_scan_size', '0', true), pg_catalog.set_config('parallel_setup_cost', '0', true);
        EXECUTE format('CREATE TEMP TABLE caregroup_step_rows AS %s', work.query);
        EXECUTE format('INSERT INTO %I.%I (%s) SELECT * FROM pg_temp.caregroup_step_rows', hub, work.result, columns);
        GET DIAGNOSTICS filled = ROW_COUNT;
        DROP TABLE pg_temp.caregroup_step_rows;
    ELSE
        EXECUTE format('INSERT INTO %I.%I (%s) %s', hub, work.result, columns, work.query);
        GET DIAGNOSTICS filled = ROW_COUNT;
    END IF;
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
'Runs one step of a run: replaces the rows of its result table, or those that are stale. For recalculate().';

CREATE OR REPLACE PROCEDURE recalculate(hub text, resume boolean DEFAULT false)
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
            PERFORM caregroup.lock_hub(hub, 'recalculated', wait => true);
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

CREATE OR REPLACE FUNCTION end_run(hub text, run bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('UPDATE %I.recalculation AS r SET state = ''finished'', finished = clock_timestamp() WHERE r.run = $1', hub) USING run;
    PERFORM caregroup.prune_runs(hub);
    PERFORM caregroup.prune_cron_history(hub);
END
$$;

CREATE FUNCTION cron_values(field text, lowest integer, highest integer) RETURNS integer[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
RETURN (
    SELECT CASE WHEN pg_catalog.bool_and(part.m IS NOT NULL AND (part.m[3] IS NULL OR part.m[3]::integer > 0)
                                         AND (part.m[1] IS NULL OR part.m[1]::integer BETWEEN lowest AND highest)
                                         AND (part.m[2] IS NULL OR part.m[2]::integer BETWEEN part.m[1]::integer AND highest)
                                         -- crontab refuses a step without a range.
                                         AND (part.m[3] IS NULL OR part.m[1] IS NULL OR part.m[2] IS NOT NULL))
                THEN ARRAY(SELECT DISTINCT v.value
                           FROM pg_catalog.regexp_split_to_table(field, ',') AS p (text),
                               pg_catalog.regexp_match(p.text, '^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?$') AS m,
                               pg_catalog.generate_series(
                                   coalesce(m[1]::integer, lowest),
                                   coalesce(m[2]::integer, m[1]::integer, highest),
                                   coalesce(m[3]::integer, 1)) AS v (value)
                           ORDER BY v.value) END
    FROM (SELECT pg_catalog.regexp_match(p.text, '^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?$') AS m
          FROM pg_catalog.regexp_split_to_table(field, ',') AS p (text)) AS part);

COMMENT ON FUNCTION cron_values(text, integer, integer) IS
'The values that one field of a cron expression names: *, 5, 1-5, */15, 0-30/10 and lists of these. NULL where the field is no such thing or a value is out of range, and for NULL. Source: crontab(5).';

CREATE FUNCTION cron_last_due(schedule text, before timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000
BEGIN ATOMIC
WITH field AS MATERIALIZED (
    SELECT f.f AS text, caregroup.cron_values(f.f[1], 0, 59) AS minutes, caregroup.cron_values(f.f[2], 0, 23) AS hours,
        caregroup.cron_values(f.f[3], 1, 31) AS days, caregroup.cron_values(f.f[4], 1, 12) AS months,
        -- Sunday is 0 and 7.
        ARRAY(SELECT w % 7 FROM pg_catalog.unnest(caregroup.cron_values(f.f[5], 0, 7)) AS w) AS weekdays
    FROM (SELECT pg_catalog.regexp_split_to_array(pg_catalog.btrim(schedule), '\s+') AS f) AS f
    WHERE pg_catalog.cardinality(f.f) = 5
), day AS MATERIALIZED (
    SELECT d.day, f.minutes, f.hours
    FROM field AS f,
        pg_catalog.generate_series(0, 400) AS back (days),
        LATERAL (SELECT (before AT TIME ZONE 'UTC')::date - back.days AS day) AS d
    WHERE extract(month FROM d.day)::integer = ANY (f.months)
        -- crontab(5): where both kinds of day are restricted, either will do.
        AND CASE WHEN f.text[3] LIKE '*%' OR f.text[5] LIKE '*%'
                 THEN extract(day FROM d.day)::integer = ANY (f.days) AND extract(dow FROM d.day)::integer = ANY (f.weekdays)
                 ELSE (extract(day FROM d.day)::integer = ANY (f.days) OR extract(dow FROM d.day)::integer = ANY (f.weekdays))
                      AND f.days IS NOT NULL AND f.weekdays <> '{}' END
    ORDER BY d.day DESC LIMIT 2
)
SELECT pg_catalog.max(t.moment)
FROM day AS d, pg_catalog.unnest(d.hours) AS h (hour), pg_catalog.unnest(d.minutes) AS m (minute),
    LATERAL (SELECT (d.day + pg_catalog.make_interval(hours => h.hour, mins => m.minute)) AT TIME ZONE 'UTC' AS moment) AS t
WHERE t.moment <= before;
END;

COMMENT ON FUNCTION cron_last_due(text, timestamptz) IS
'The last moment, not after the given one, at which a cron expression of five fields is due, in UTC as pg_cron counts unless cron.timezone says otherwise. NULL where the expression is no such thing or was not due within 400 days, and for NULL.';

CREATE FUNCTION may_use_cron() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE COST 100
RETURN coalesce((SELECT pg_catalog.has_schema_privilege(n.oid, 'USAGE') FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'cron'), false);

COMMENT ON FUNCTION may_use_cron() IS
'Whether there is a schema cron that the caller may use.';

CREATE FUNCTION crontab_word(word text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN replace('''' || replace(word, '''', '''\''''') || '''', '%', '\%');

COMMENT ON FUNCTION crontab_word(text) IS
'A word quoted for the shell and for crontab, where a % would end the line. NULL gives NULL.';

CREATE FUNCTION recalculation_job(hub text, database text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN pg_catalog.format('caregroup %I.%I', database, hub);

COMMENT ON FUNCTION recalculation_job(text, text) IS
'Name of the pg_cron job that recalculates a hub. NULL gives NULL.';

CREATE FUNCTION refuse_schedule(schedule text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF schedule IS NULL OR caregroup.cron_last_due(schedule, now()) IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'not a schedule that ever comes due: ' || coalesce(quote_literal(schedule), 'NULL'),
            HINT = 'Five fields as in crontab: minute, hour, day of month, month, day of week; for example ''15 2 * * *'' for a quarter past two every night.';
    END IF;
END
$$;

COMMENT ON FUNCTION refuse_schedule(text) IS
'Does nothing for a cron expression of five fields; an error (invalid_parameter_value) for anything else. NULL is an error.';

CREATE FUNCTION note_schedule(hub text, schedule text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('UPDATE %I.setting AS s
                    SET value = CASE WHEN $1 IS NULL THEN NULL WHEN s.name = ''schedule'' THEN $1 ELSE caregroup.unambiguous_moment(now()) END
                    WHERE s.name IN (''schedule'', ''scheduled_at'')', hub)
    USING schedule;
END
$$;

COMMENT ON FUNCTION note_schedule(text, text) IS
'Keeps a hub''s schedule, NULL for none, and when it was set. For schedule_recalculation().';

CREATE FUNCTION schedule_recalculation(hub text, schedule text, database text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    here    text := current_database();
    target  text := coalesce(database, current_database());
    job     text := caregroup.recalculation_job(hub, coalesce(database, current_database()));
    command text := format('CALL caregroup.recalculate(%L)', hub);
    cron_in text;
BEGIN
    PERFORM caregroup.refuse_schedule(schedule);
    IF target = here THEN
        PERFORM caregroup.require_hub(hub);
        PERFORM caregroup.note_schedule(hub, schedule);
    END IF;
    IF to_regprocedure('cron.schedule(text,text,text)') IS NOT NULL THEN
        IF target = here THEN
            EXECUTE 'SELECT cron.schedule($1, $2, $3)' USING job, schedule, command;
        ELSE
            EXECUTE 'SELECT cron.schedule_in_database($1, $2, $3, $4)' USING job, schedule, command, target;
        END IF;
        RETURN format('pg_cron job %s: %s', quote_literal(job), schedule);
    END IF;
    -- The setting is for superusers and pg_read_all_settings to see.
    BEGIN
        cron_in := nullif(current_setting('cron.database_name', true), '');
    EXCEPTION WHEN insufficient_privilege THEN
        cron_in := NULL;
    END;
    IF cron_in <> here THEN
        RAISE NOTICE USING MESSAGE = format('pg_cron works from the database %I', cron_in),
            DETAIL = 'The schedule is noted in the hub''s settings and nothing runs yet.',
            HINT = format('There, call: SELECT cron.schedule_in_database(%L, %L, %L, %L)', job, schedule, command, target);
    ELSE
        RAISE NOTICE USING MESSAGE = 'pg_cron is not installed in this database',
            DETAIL = 'The schedule is noted in the hub''s settings and nothing runs yet.',
            HINT = format('Give crontab this line: %s psql -X -d %s -c %s', schedule, caregroup.crontab_word(target), caregroup.crontab_word(command));
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION schedule_recalculation(text, text, text) IS
'Has pg_cron recalculate a hub by a cron expression such as ''15 2 * * *'' (in UTC unless cron.timezone says otherwise), as the caller; calling it again changes the schedule. Returns a line about the job. Where pg_cron is in another database, or absent, it returns NULL and a notice says what to call there or which line to give crontab. database names another database''s hub, when called in pg_cron''s; call it in the hub''s own database too, so that the hub knows its schedule. Errors: invalid_schema_name, invalid_parameter_value; insufficient_privilege without USAGE on the schema cron.';

CREATE FUNCTION unschedule_recalculation(hub text, database text DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    job  text := caregroup.recalculation_job(hub, coalesce(database, current_database()));
    noted text;
    done  boolean := false;
BEGIN
    IF coalesce(database, current_database()) = current_database() THEN
        PERFORM caregroup.require_hub(hub);
        noted := caregroup.get_hub_setting(hub, 'schedule');
        PERFORM caregroup.note_schedule(hub, NULL);
    END IF;
    IF caregroup.may_use_cron() THEN
        EXECUTE 'SELECT coalesce(bool_or(cron.unschedule(j.jobid)), false) FROM cron.job AS j
                 WHERE j.jobname = $1 AND j.username = current_user' INTO done USING job;
    END IF;
    IF noted IS NOT NULL AND NOT done THEN
        RAISE NOTICE USING MESSAGE = format('no pg_cron job of %I recalculates hub %I from here', current_user, hub),
            DETAIL = 'A job that another role made, a job of another database''s pg_cron, or a line of crontab goes on.',
            HINT = format('In pg_cron''s database, as who scheduled it: SELECT cron.unschedule(%L)', job);
    END IF;
    RETURN done;
END
$$;

COMMENT ON FUNCTION unschedule_recalculation(text, text) IS
'Ends the regular recalculation of a hub. Returns whether pg_cron had a job of the caller''s for it. Errors: invalid_schema_name.';

CREATE FUNCTION prune_cron_history(hub text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Looking a name up in a schema that one may not use is an error.
    IF NOT caregroup.may_use_cron() OR to_regclass('cron.job_run_details') IS NULL THEN
        RETURN;
    END IF;
    -- pg_cron keeps a row of every run for ever.
    IF has_table_privilege('cron.job_run_details', 'DELETE') THEN
        EXECUTE 'DELETE FROM cron.job_run_details AS d USING cron.job AS j
                 WHERE j.jobid = d.jobid AND j.jobname = $1 AND coalesce(d.end_time, d.start_time) < now() - interval ''7 days'''
        USING caregroup.recalculation_job(hub, current_database());
    END IF;
END
$$;

COMMENT ON FUNCTION prune_cron_history(text) IS
'Forgets what pg_cron noted of a hub''s recalculations more than a week ago, where the caller may. For recalculate().';

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
('view_made', 'state', 'view_name', 'What a view of the hub was made from.', $$
    view_name text              -- View.
    made_from text NOT NULL     -- Fingerprint of its definition and of the contract.
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
('organisation_chain', 'result', 'hierarchy, organisation_kind, organisation_id, member_id',
 'An organisation under another of a hierarchy, at any depth; every organisation is under itself.', $$
    hierarchy          text               -- Hierarchy.
    organisation_id    text               -- Organisation.
    organisation_name  text NOT NULL      -- Name to print.
    organisation_kind  text               -- Kind of organisation.
    organisation_level integer NOT NULL   -- 0 at the top.
    member_id          text               -- Organisation under it.
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
('person_group', 'record', 'person_id', 'A person and the groups that results are broken down by.', $$
    person_id          $record_id         -- Person.
    birth_date         date               -- Day of birth.
    death_date         date               -- Day of death.
    age_years          integer            -- Age in whole years; NULL where the day of birth is unknown.
    age_band           text NOT NULL      -- Five-year age band, or unknown.
    sex                text NOT NULL      -- Sex, or unknown.
    population_group   text NOT NULL      -- Group of people.
    ethnicity          text NOT NULL      -- Ethnicity, or unknown.
    area_id            text               -- Area where the person lives.
    deprivation_decile integer            -- Decile of deprivation, 1 the most deprived.
    site_id            text               -- Site where the person counts as registered, '(unassigned)' where that is unknown; NULL for who is on no list.
$$),
('referral_summary', 'record', 'referral_id', 'A referral with the moments that standards count from and to.', $$
    referral_id            $record_id              -- Referral.
    person_id              $record_id              -- Person.
    site_id                text NOT NULL           -- Site that holds it, '(unassigned)' where unknown.
    service_id             text NOT NULL           -- Service, '(unknown)' where unknown.
    referrer_site_id       text NOT NULL           -- Site that referred, '(unassigned)' where unknown.
    status                 text                    -- State.
    priority               text NOT NULL           -- Priority; routine where none is stated.
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
    procedure_at           timestamptz             -- First attended procedure, day case or inpatient stay.
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
    slots_booked    numeric NOT NULL   -- Slots booked and not cancelled, of sessions whose slots are known.
    slots_attended  numeric NOT NULL   -- Slots attended, of the same sessions.
    minutes_offered numeric            -- Minutes of the sessions not cancelled.
$$),
('population_count', 'result', 'basis, unit_id, age_band, sex, population_group', 'People of a site or an area.', $$
    basis            text               -- registered (each person once, on a medical or practice list first), also_registered (on a further list), counted (a site's given count) or resident (an area's given count).
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
    redirected     numeric NOT NULL DEFAULT 0 -- Referrals redirected to another service.
    seen           numeric NOT NULL DEFAULT 0 -- Referrals with a first contact.
    discharged_at_first numeric NOT NULL DEFAULT 0 -- Of those, seen once, without a procedure, and closed.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('organisation_chain', 'organisation_chain', 'Which organisations are under which, in every hierarchy.', $$
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
    CASE WHEN o.kind IN ('site', 'unassigned') THEN 'organisation' ELSE coalesce(o.kind, 'organisation') END, l.level, a.organisation_id
FROM ancestry AS a
    JOIN known_organisation AS o ON o.organisation_id = a.ancestor_id
    JOIN level AS l ON l.hierarchy = a.hierarchy AND l.organisation_id = a.ancestor_id
UNION ALL
SELECT h.hierarchy, '(unassigned)', 'Not given to a known organisation', 'unassigned', 0, '(unassigned)'
FROM hierarchy AS h
$$),
('chain', 'chain', 'Which sites are under which organisation, in every hierarchy.', $$
SELECT c.hierarchy, c.organisation_id, c.organisation_name, c.organisation_kind, c.organisation_level, s.site_id
FROM organisation_chain AS c JOIN known_site AS s ON s.organisation_id = c.member_id
WHERE c.organisation_kind <> 'unassigned'
UNION ALL
SELECT h.hierarchy, s.site_id, coalesce(s.name, s.site_id), 'site', coalesce(l.organisation_level + 1, 0), s.site_id
FROM (SELECT DISTINCT c.hierarchy FROM organisation_chain AS c) AS h
    CROSS JOIN known_site AS s
    LEFT JOIN (SELECT DISTINCT c.hierarchy, c.organisation_id, c.organisation_level
               FROM organisation_chain AS c WHERE c.organisation_kind <> 'unassigned') AS l
        ON l.hierarchy = h.hierarchy AND l.organisation_id = s.organisation_id
UNION ALL
SELECT c.hierarchy, c.organisation_id, 'Not given to a known site', c.organisation_kind, 0, '(unassigned)'
FROM organisation_chain AS c WHERE c.organisation_kind = 'unassigned'
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
WITH calendar AS (
    SELECT calendar_id FROM calendar_day WHERE calendar_id IS NOT NULL UNION SELECT calendar_id FROM known_site WHERE calendar_id IS NOT NULL
    UNION SELECT calendar_id FROM parameter
), off AS MATERIALIZED (
    SELECT x.calendar_id, x.day FROM calendar_day AS x
    UNION
    -- The bank holidays of a calendar that the extension knows hold in every
    -- year for which the hub has none: closures alone say nothing of them.
    SELECT c.calendar_id, h.day
    FROM calendar AS c CROSS JOIN parameter AS p
        CROSS JOIN LATERAL calendar_days(c.calendar_id, 2000, extract(year FROM p.as_at_date)::integer + 4) AS h
    WHERE NOT EXISTS (SELECT FROM calendar_day AS x WHERE x.calendar_id = c.calendar_id AND x.kind IS DISTINCT FROM 'closed'
                          AND extract(year FROM x.day) = extract(year FROM h.day))
)
SELECT c.calendar_id, d.day, d.is_working, count(*) FILTER (WHERE d.is_working) OVER (PARTITION BY c.calendar_id ORDER BY d.day)
FROM calendar AS c
    CROSS JOIN parameter AS p
    CROSS JOIN LATERAL generate_series(date '2000-01-01', (p.as_at_date + 3 * 366)::timestamp, interval '1 day') AS g (day)
    LEFT JOIN off AS x ON x.calendar_id = c.calendar_id AND x.day = g.day::date
    CROSS JOIN LATERAL (SELECT g.day::date AS day, extract(isodow FROM g.day) < 6 AND x.day IS NULL AS is_working) AS d
$$),
('person_group', 'person_group', 'People and the groups that results are broken down by.', $$
WITH listed AS (
    SELECT DISTINCT ON (g.person_id) g.person_id, coalesce(s.site_id, '(unassigned)') AS site_id
    FROM registration AS g CROSS JOIN parameter AS p
        LEFT JOIN known_site AS s ON s.site_id = g.site_id
    WHERE g.valid_from <= p.as_at_date AND coalesce(g.valid_to >= p.as_at_date, true)
    -- Who is on a medical and a dental list counts on the medical one.
    ORDER BY g.person_id, CASE WHEN s.site_id IS NULL THEN 2 WHEN s.kind IN ('medical', 'practice') THEN 0 ELSE 1 END, g.valid_from DESC, s.site_id
)
SELECT n.person_id, n.birth_date, n.death_date, n.age_years, n.age_band, n.sex, n.population_group, n.ethnicity, n.area_id, n.deprivation_decile, l.site_id
FROM known_person AS n LEFT JOIN listed AS l ON l.person_id = n.person_id
$$),
('referral_summary', 'referral_summary', 'Each referral with the moments that standards count from and to.', $$
WITH seen AS (
    SELECT a.referral_id, a.starts_at, a.kind, a.status, coalesce(a.quantity, 1) AS quantity,
        a.kind = 'diagnostic' AS is_diagnostic,
        a.status = 'attended' AND a.kind NOT IN ('triage', 'advice') AND a.starts_at <= p.as_at AND isfinite(a.starts_at) AS is_contact,
        -- The modality of the first contact travels with its moment.
        ARRAY[to_char(a.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), a.modality] AS when_and_how
    FROM known_activity AS a CROSS JOIN parameter AS p
    WHERE a.referral_id IS NOT NULL AND a.status IN ('attended', 'did_not_attend')
), contact AS (
    SELECT s.referral_id,
        min(s.starts_at) FILTER (WHERE s.is_contact AND NOT s.is_diagnostic) AS first_contact_at,
        min(s.when_and_how) FILTER (WHERE s.is_contact AND NOT s.is_diagnostic) AS first_modality,
        min(s.starts_at) FILTER (WHERE s.is_contact AND s.is_diagnostic) AS diagnostic_at,
        min(s.when_and_how) FILTER (WHERE s.is_contact AND s.is_diagnostic) AS diagnostic_modality,
        min(s.starts_at) FILTER (WHERE s.is_contact AND s.kind IN ('first', 'assessment')) AS assessment_at,
        min(s.starts_at) FILTER (WHERE s.is_contact AND s.kind IN ('procedure', 'day_case', 'inpatient', 'group', 'follow_up')) AS treatment_at,
        min(s.starts_at) FILTER (WHERE s.is_contact AND s.kind IN ('procedure', 'day_case', 'inpatient')) AS procedure_at,
        sum(s.quantity) FILTER (WHERE s.is_contact) AS attended,
        sum(s.quantity) FILTER (WHERE s.status = 'did_not_attend') AS did_not_attend
    FROM seen AS s
    GROUP BY s.referral_id
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
    ORDER BY r.referral_id, r.received_at, r.closed_at, r.status, r.site_id, r.service_id, r.person_id, r.referrer_site_id, r.referred_at, r.first_consultation_at, r.priority
)
SELECT r.referral_id, r.person_id, coalesce(s.site_id, '(unassigned)'), coalesce(r.service_id, '(unknown)'),
    coalesce(f.site_id, '(unassigned)'), r.status, coalesce(r.priority, 'routine'), r.referred_at, r.received_at, r.first_consultation_at,
    m.decision_at, m.ready_at, m.arrival_at,
    CASE WHEN v.kind = 'diagnostic' THEN least(c.first_contact_at, c.diagnostic_at) ELSE c.first_contact_at END,
    (CASE WHEN v.kind = 'diagnostic' THEN least(c.first_modality, c.diagnostic_modality) ELSE c.first_modality END)[2],
    c.assessment_at, c.treatment_at, c.procedure_at, coalesce(m.report_at, c.diagnostic_at), r.closed_at,
    coalesce(c.attended, 0), coalesce(c.did_not_attend, 0)
FROM once AS r
    LEFT JOIN known_site AS s ON s.site_id = r.site_id
    LEFT JOIN known_site AS f ON f.site_id = r.referrer_site_id
    LEFT JOIN known_service AS v ON v.service_id = r.service_id
    LEFT JOIN contact AS c ON c.referral_id = r.referral_id
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
    FROM known_contact_request AS c CROSS JOIN parameter AS p
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
FROM known_activity AS a CROSS JOIN parameter AS p
    LEFT JOIN known_site AS s ON s.site_id = a.site_id
WHERE isfinite(a.starts_at)
GROUP BY 1, 2, 3, 4, 5, 6
$$),
('session_month', 'session_month', 'Sessions offered and used by month and day of the week.', $$
WITH used AS (
    SELECT a.session_id,
        sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status IN ('attended', 'did_not_attend', 'booked')) AS booked,
        sum(coalesce(a.quantity, 1)) FILTER (WHERE a.status = 'attended') AS attended
    FROM known_activity AS a
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
    sum(c.slots) FILTER (WHERE n.status IS DISTINCT FROM 'cancelled'),
    -- Bookings of sessions of unknown size would distort the share booked.
    coalesce(sum(u.booked) FILTER (WHERE c.slots IS NOT NULL AND n.status IS DISTINCT FROM 'cancelled'), 0),
    coalesce(sum(u.attended) FILTER (WHERE c.slots IS NOT NULL AND n.status IS DISTINCT FROM 'cancelled'), 0),
    sum(coalesce(n.minutes, n.slots * n.slot_minutes, CASE WHEN isfinite(n.ends_at) AND isfinite(n.starts_at) THEN extract(epoch FROM n.ends_at - n.starts_at) / 60 END))
        FILTER (WHERE n.status IS DISTINCT FROM 'cancelled')
FROM known_session AS n CROSS JOIN parameter AS p
    LEFT JOIN used AS u ON u.session_id = n.session_id
    LEFT JOIN usual AS t ON t.service_id = n.service_id
    CROSS JOIN LATERAL (SELECT coalesce(n.slots, floor(n.minutes / nullif(n.slot_minutes, 0)), floor(n.minutes / t.minutes)) AS slots) AS c
    LEFT JOIN known_site AS s ON s.site_id = n.site_id
WHERE n.starts_at <= p.as_at AND isfinite(n.starts_at)
GROUP BY 1, 2, 3, 4
$$),
('population_count', 'population_count', 'Registered or entitled people of each site, and residents of each area.', $$
WITH registered AS (
    SELECT CASE g.place WHEN 1 THEN 'registered' ELSE 'also_registered' END AS basis,
        g.site_id, n.age_band, n.sex, n.population_group, count(*)::numeric AS people
    FROM (SELECT g.site_id, g.person_id,
              row_number() OVER (PARTITION BY g.person_id ORDER BY g.is_other, g.valid_from DESC, g.site_id) AS place
          FROM (SELECT s.site_id, g.person_id, max(g.valid_from) AS valid_from,
                    -- Who is on a medical and a dental list counts once, on the medical one.
                    CASE WHEN s.site_id IS NULL THEN 2 WHEN s.kind IN ('medical', 'practice') THEN 0 ELSE 1 END AS is_other
                FROM registration AS g CROSS JOIN parameter AS p
                    LEFT JOIN known_site AS s ON s.site_id = g.site_id
                WHERE g.valid_from <= p.as_at_date AND coalesce(g.valid_to >= p.as_at_date, true)
                GROUP BY s.site_id, s.kind, g.person_id) AS g) AS g
        CROSS JOIN parameter AS p
        JOIN person_group AS n ON n.person_id = g.person_id
    WHERE coalesce(n.death_date > p.as_at_date, true)
    GROUP BY 1, 2, 3, 4, 5
), counted AS (
    SELECT DISTINCT ON (c.area_id, c.site_id, c.age_band, c.sex, c.population_group) c.*
    FROM (SELECT n.*, max(n.as_at) OVER (PARTITION BY n.site_id, n.area_id) AS latest
          FROM population AS n CROSS JOIN parameter AS p WHERE n.as_at <= p.as_at_date AND n.people BETWEEN 0 AND 1e12 AND coalesce(n.weight < 1e12, true)) AS c
    WHERE c.as_at = c.latest
    ORDER BY c.area_id, c.site_id, c.age_band, c.sex, c.population_group, c.people, c.weight
)
SELECT r.basis, coalesce(r.site_id, '(unassigned)'), NULL, r.age_band, r.sex, r.population_group, r.people, NULL::numeric
FROM registered AS r
UNION ALL
SELECT CASE WHEN c.area_id IS NULL THEN 'counted' ELSE 'resident' END,
    coalesce(c.area_id, s.site_id, '(unassigned)'), min(a.name), coalesce(c.age_band, 'all'), coalesce(c.sex, 'all'),
    coalesce(c.population_group, 'all'), coalesce(sum(c.people), 0), sum(c.weight)
FROM counted AS c LEFT JOIN known_site AS s ON s.site_id = c.site_id
    LEFT JOIN known_area AS a ON a.area_id = c.area_id
GROUP BY 1, 2, 4, 5, 6
$$),
('standard_month', 'standard_month', 'Waits against every standard, by the month in which they ended.', $$
WITH wait AS MATERIALIZED (
    SELECT d.standard_id, d.limit_value, d.limit_unit, r.site_id, r.service_id, w.started, w.stopped,
        (w.started AT TIME ZONE p.time_zone)::date AS start_day, (w.stopped AT TIME ZONE p.time_zone)::date AS stop_day,
        coalesce(s.calendar_id, p.calendar_id) AS calendar_id
    FROM known_standard AS d CROSS JOIN parameter AS p
        JOIN referral_summary AS r ON d.service_id IS NULL OR r.service_id = d.service_id
        LEFT JOIN service_name AS v ON v.service_id = r.service_id
        LEFT JOIN known_site AS s ON s.site_id = r.site_id
        CROSS JOIN LATERAL (SELECT
            CASE d.clock_start WHEN 'received' THEN r.received_at WHEN 'referred' THEN r.referred_at
                WHEN 'first_consultation' THEN r.first_consultation_at WHEN 'decision' THEN r.decision_at
                WHEN 'ready' THEN r.ready_at WHEN 'arrival' THEN r.arrival_at END AS started,
            CASE d.clock_stop WHEN 'first_contact' THEN r.first_contact_at WHEN 'assessment' THEN r.assessment_at
                WHEN 'treatment' THEN r.treatment_at WHEN 'discharge' THEN r.closed_at
                WHEN 'report' THEN r.report_at END AS stopped) AS w
    WHERE (d.service_kind IS NULL OR v.kind = d.service_kind) AND w.started <= w.stopped AND w.stopped <= p.as_at AND isfinite(w.started)
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
        count(*) FILTER (WHERE r.status = 'redirected')::numeric AS redirected,
        count(r.first_contact_at)::numeric AS seen,
        count(*) FILTER (WHERE r.attended = 1 AND r.procedure_at IS NULL AND r.closed_at >= r.first_contact_at AND r.closed_at <= p.as_at)::numeric AS discharged_at_first,
        sum(r.attended) AS attended, sum(r.did_not_attend) AS did_not_attend
    FROM referral_summary AS r CROSS JOIN span AS t CROSS JOIN parameter AS p
        LEFT JOIN person_group AS n ON n.person_id = r.person_id
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
        sum(attended) AS attended, sum(did_not_attend) AS did_not_attend,
        sum(redirected) AS redirected, sum(seen) AS seen, sum(discharged_at_first) AS discharged_at_first
    FROM made GROUP BY 1, 2
)
SELECT coalesce(t.site_id, e.site_id), coalesce(t.service_id, e.service_id), coalesce(t.referrals, 0), e.expected,
    coalesce(t.returned, 0), coalesce(t.attended, 0), coalesce(t.did_not_attend, 0),
    (SELECT sum(s.people) FROM stratum AS s WHERE s.site_id = coalesce(t.site_id, e.site_id)),
    coalesce(t.redirected, 0), coalesce(t.seen, 0), coalesce(t.discharged_at_first, 0)
FROM total AS t FULL JOIN expected AS e ON e.site_id = t.site_id AND e.service_id = t.service_id
$$);

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('rtt_referral', 'record', 'referral_id', 'A referral to which the referral-to-treatment rules apply, and its pathway.', $$
    referral_id             $record_id              -- Referral.
    pathway                 bigint NOT NULL         -- Number of the pathway in this run; referrals without a pathway have one of their own.
    person_id               $record_id              -- Person.
    site_id                 text NOT NULL           -- Site that holds it.
    service_id              text NOT NULL           -- Service.
    treatment_function_code text NOT NULL           -- Treatment function of the service, '(unknown)' where it has none.
    rtt_role                text NOT NULL           -- consultant_led, interface, or unknown where the service's role is not stated but its events have codes.
    receipt                 text NOT NULL           -- Kind of its receipt for the clock engine: received, interface or consultant_referred.
    received_at             timestamptz NOT NULL    -- When it was received.
$$),
('rtt_clock', 'record', 'pathway, clock', 'A referral-to-treatment clock.', $$
    pathway                 bigint            -- Pathway, as in rtt_referral.
    clock                   integer           -- Number of the clock in its pathway, in the order of time.
    referral_id             $record_id        -- Referral that holds it: that of the event which stopped it, or else the latest received while it ran.
    person_id               $record_id        -- Person.
    site_id                 text NOT NULL     -- Site of that referral.
    service_id              text NOT NULL     -- Its service.
    treatment_function_code text NOT NULL     -- Treatment function of the service, '(unknown)' where it has none.
    rtt_role                text NOT NULL     -- Role of the service: consultant_led, interface or unknown.
    started_on              date NOT NULL     -- Day on which it started.
    stopped_on              date              -- Day on which it stopped or was nullified; NULL while it runs.
    days                    integer NOT NULL  -- Days from the start to the stop, or to the hub's day.
    weeks                   double precision NOT NULL -- days / 7.
    state                   text NOT NULL     -- open, stopped or nullified; a nullified clock is not counted.
    start_reason            text NOT NULL     -- Rule by which it started; rtt_rules() explains it.
    stop_reason             text              -- Rule by which it stopped.
    is_admitted             boolean NOT NULL  -- Whether it stopped by admission for treatment.
    decided_on              date              -- Day of the decision to admit, or of booking or making the admission, while it ran.
    is_interface            boolean NOT NULL  -- Whether an interface service received the referral first.
    is_transferred          boolean NOT NULL  -- Whether another provider took it over while it ran.
    findings                integer NOT NULL  -- Data-quality findings while it ran, as bits; rtt_findings() names them.
$$),
('rtt_month', 'result', 'site_id, service_id, month, part', 'The national return of a month, in weekly bands.', $$
    site_id                 text              -- Site.
    service_id              text              -- Service.
    month                   date              -- First day of the month.
    part                    text              -- Part_1A, Part_1B, Part_2, Part_2A or Part_3; rtt_return_parts() explains them.
    treatment_function_code text NOT NULL     -- Treatment function, '(unknown)' where the service has none.
    total                   bigint NOT NULL   -- Clocks.
    counts                  bigint[]          -- Clocks in each of the 105 weekly bands; NULL for Part_3, which has none.
$$),
('rtt_finding_count', 'result', 'site_id, service_id, rule', 'Events that do not fit the referral-to-treatment rules.', $$
    site_id     text              -- Site.
    service_id  text              -- Service.
    rule        text              -- Rule that the data break, '(any)' for all together.
    explanation text              -- The rule in words; NULL for '(any)'.
    findings    bigint NOT NULL   -- Findings.
    pathways    bigint NOT NULL   -- Pathways that have one.
    out_of      bigint NOT NULL   -- Pathways of the site and service, on the row '(any)'; 0 on the others.
$$),
('wait_interval', 'record', 'wait', 'A wait on one of the lists, from coming on to going off.', $$
    wait        bigint            -- Number of the wait in this run.
    list        text NOT NULL     -- first_contact, rtt or recall.
    referral_id $record_id        -- Referral; NULL for a recall.
    person_id   $record_id        -- Person.
    site_id     text NOT NULL     -- Site.
    service_id  text NOT NULL     -- Service.
    started_on  date NOT NULL     -- Day on which it came on the list.
    stopped_on  date              -- Day on which it went off; NULL while it waits.
    reason      text              -- treated (on first_contact: seen; on recall: done), declined, discharged, died, transferred or other; NULL while it waits.
    waits_for   text              -- first contact, treatment, admission, recall, or validation where all referrals of the pathway are closed and its clock runs on; NULL when it waits no more.
$$),
('list_month', 'result', 'list, site_id, service_id, month', 'A list at the end of a month, and what came on and went off it.', $$
    list        text              -- first_contact, rtt or recall.
    site_id     text              -- Site.
    service_id  text              -- Service.
    month       date              -- First day of the month.
    waiting     bigint NOT NULL   -- On the list at the end of the month.
    added       bigint NOT NULL   -- Came on it in the month.
    removed     bigint NOT NULL   -- Went off it in the month.
    treated     bigint NOT NULL   -- Of those, treated.
    declined    bigint NOT NULL   -- Of those, declined.
    discharged  bigint NOT NULL   -- Of those, discharged.
    died        bigint NOT NULL   -- Of those, died.
    transferred bigint NOT NULL   -- Of those, transferred.
    other       bigint NOT NULL   -- Of those, for another reason.
    over_18     bigint NOT NULL   -- Of those on the list, over 18 weeks.
    over_26     bigint NOT NULL   -- Of those on the list, over 26 weeks.
    over_52     bigint NOT NULL   -- Of those on the list, over 52 weeks.
    over_65     bigint NOT NULL   -- Of those on the list, over 65 weeks.
    over_78     bigint NOT NULL   -- Of those on the list, over 78 weeks.
    over_104    bigint NOT NULL   -- Of those on the list, over 104 weeks.
$$),
('list_day', 'result', 'list, site_id, service_id, waits_for, dimension, group_name, days', 'How many on a list have waited so many days by now.', $$
    list       text              -- first_contact, rtt or recall.
    site_id    text              -- Site.
    service_id text              -- Service.
    waits_for  text              -- first contact, treatment, admission, validation or recall; '(all)' where the row is of a group of people.
    dimension  text              -- (all), or deprivation (fifths of areas), age, sex or ethnicity.
    group_name text              -- Group of people; '(all)' for everybody.
    days       integer           -- Days waited.
    waiting    bigint NOT NULL   -- How many.
$$),
('standard_open', 'result', 'standard_id, site_id, service_id, month', 'Waits of a standard that were still open at the end of a month (the current one: now) and longer than its limit by then.', $$
    standard_id     text              -- Standard.
    site_id         text              -- Site.
    service_id      text              -- Service.
    month           date              -- First day of the month.
    open_over_limit bigint NOT NULL   -- Open waits longer than the limit.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('rtt_referral', 'rtt_referral', 'Which referrals are under the referral-to-treatment rules, and which pathway they are on.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), coded AS (
    SELECT DISTINCT e.referral_id FROM referral_event AS e WHERE e.rtt_status_code IS NOT NULL
), once AS (
    SELECT DISTINCT ON (r.referral_id) r.referral_id, r.pathway_id, r.source
    FROM referral AS r CROSS JOIN asked AS p
    WHERE r.received_at <= p.as_at AND isfinite(r.received_at)
    ORDER BY r.referral_id, r.received_at, r.closed_at, r.status, r.site_id, r.service_id, r.person_id, r.referrer_site_id, r.referred_at, r.first_consultation_at, r.priority
)
SELECT s.referral_id,
    -- Pathways and referrals may be numbered alike: who has no pathway must not join another's.
    dense_rank() OVER (ORDER BY coalesce(o.pathway_id, o.referral_id), o.pathway_id IS NULL),
    s.person_id, s.site_id, s.service_id, coalesce(v.treatment_function_code, '(unknown)'), coalesce(v.rtt_role, 'unknown'),
    CASE WHEN v.rtt_role = 'interface' THEN 'interface' WHEN o.source = 'consultant' THEN 'consultant_referred' ELSE 'received' END, s.received_at
FROM referral_summary AS s
    JOIN once AS o ON o.referral_id = s.referral_id
    LEFT JOIN known_service AS v ON v.service_id = s.service_id
    LEFT JOIN coded AS c ON c.referral_id = s.referral_id
WHERE CASE WHEN v.rtt_role IN ('consultant_led', 'interface') THEN true WHEN v.rtt_role = 'none' THEN false ELSE c.referral_id IS NOT NULL END
$$),
('rtt_clock', 'rtt_clock', 'The referral-to-treatment clocks of every pathway.', $$
WITH clock AS MATERIALIZED (
    SELECT c.*
    FROM parameter AS p CROSS JOIN LATERAL rtt_clock_rows($rtt$
        SELECT r.pathway, r.received_at AS event_at, NULL::text AS status_code, r.receipt AS kind, NULL::boolean AS communicated
        FROM rtt_referral AS r
        UNION ALL
        SELECT r.pathway, e.event_at, e.rtt_status_code,
            -- The receipt is the referral's own; other kinds than these say nothing to the engine.
            CASE WHEN e.kind IN ('self_referred', 'ratified', 'rebooked', 'decision', 'new_treatment', 'second_side_ready', 'paused', 'resumed') THEN e.kind
                 WHEN e.rtt_status_code IS NULL THEN e.kind END, e.communicated
        FROM referral_event AS e CROSS JOIN parameter AS p JOIN rtt_referral AS r ON r.referral_id = e.referral_id
        WHERE (e.rtt_status_code IS NOT NULL OR e.kind IS NULL
            OR e.kind IN ('self_referred', 'ratified', 'rebooked', 'decision', 'new_treatment', 'second_side_ready', 'paused', 'resumed'))
            -- What came after the hub's moment is no fault of the data, unless it has not come yet.
            AND coalesce(e.event_at <= p.as_at OR e.event_at > now(), true)$rtt$, NULL::bigint, as_at => p.as_at_date, time_zone => p.time_zone) AS c
), stop AS (
    -- The last of the events that stop a clock on the day on which it stopped.
    SELECT DISTINCT ON (c.pathway, c.clock) c.pathway, c.clock, r.referral_id, e.activity_id
    FROM clock AS c CROSS JOIN parameter AS p
        JOIN rtt_referral AS r ON r.pathway = c.pathway
        JOIN referral_event AS e ON e.referral_id = r.referral_id AND e.rtt_status_code BETWEEN '30' AND '36'
            AND (e.event_at AT TIME ZONE p.time_zone)::date = c.stopped_on
    ORDER BY c.pathway, c.clock, e.event_at DESC, e.event_id DESC
), latest AS (
    SELECT DISTINCT ON (c.pathway, c.clock) c.pathway, c.clock, r.referral_id
    FROM clock AS c CROSS JOIN parameter AS p
        JOIN rtt_referral AS r ON r.pathway = c.pathway
    ORDER BY c.pathway, c.clock, (r.received_at AT TIME ZONE p.time_zone)::date <= coalesce(c.stopped_on, p.as_at_date) DESC, r.received_at DESC, r.referral_id
), admission AS MATERIALIZED (
    SELECT a.activity_id, a.referral_id, a.status = 'attended' AND a.starts_at <= p.as_at AS is_made,
        CASE WHEN isfinite(a.starts_at) THEN (a.starts_at AT TIME ZONE p.time_zone)::date END AS admitted_on,
        (least(CASE WHEN a.booked_at <= p.as_at AND isfinite(a.booked_at) THEN a.booked_at END, CASE WHEN a.starts_at <= p.as_at AND isfinite(a.starts_at) THEN a.starts_at END)
            AT TIME ZONE p.time_zone)::date AS decided_on
    FROM activity AS a CROSS JOIN parameter AS p
    WHERE a.kind IN ('day_case', 'inpatient') AND a.referral_id IS NOT NULL
), decision AS (
    SELECT r.pathway, d.decided_on
    FROM (SELECT a.referral_id, a.decided_on FROM admission AS a WHERE a.decided_on IS NOT NULL
          UNION ALL
          SELECT e.referral_id, (e.event_at AT TIME ZONE p.time_zone)::date FROM referral_event AS e CROSS JOIN parameter AS p
          WHERE e.kind = 'decision_to_admit' AND e.event_at <= p.as_at AND isfinite(e.event_at)) AS d
        JOIN rtt_referral AS r ON r.referral_id = d.referral_id
), decided AS (
    SELECT c.pathway, c.clock, min(d.decided_on) AS decided_on
    FROM clock AS c JOIN decision AS d ON d.pathway = c.pathway AND d.decided_on >= c.started_on AND coalesce(d.decided_on <= c.stopped_on, true)
    GROUP BY c.pathway, c.clock
), admitted AS (
    SELECT DISTINCT s.pathway, s.clock
    FROM stop AS s JOIN clock AS c ON c.pathway = s.pathway AND c.clock = s.clock
        JOIN admission AS a ON a.is_made AND (a.activity_id = s.activity_id)
    UNION
    SELECT s.pathway, s.clock
    FROM stop AS s JOIN clock AS c ON c.pathway = s.pathway AND c.clock = s.clock
        JOIN admission AS a ON a.is_made AND a.referral_id = s.referral_id AND a.admitted_on = c.stopped_on
)
SELECT c.pathway, c.clock, r.referral_id, r.person_id, r.site_id, r.service_id, r.treatment_function_code, r.rtt_role,
    c.started_on, c.stopped_on, c.days, c.weeks, c.state, c.start_reason, c.stop_reason,
    c.state = 'stopped' AND c.stop_reason = 'treatment' AND a.pathway IS NOT NULL, d.decided_on, c.is_interface, c.is_transferred, c.findings
FROM clock AS c
    JOIN latest AS l ON l.pathway = c.pathway AND l.clock = c.clock
    LEFT JOIN stop AS s ON s.pathway = c.pathway AND s.clock = c.clock
    JOIN rtt_referral AS r ON r.referral_id = coalesce(s.referral_id, l.referral_id)
    LEFT JOIN decided AS d ON d.pathway = c.pathway AND d.clock = c.clock
    LEFT JOIN admitted AS a ON a.pathway = c.pathway AND a.clock = c.clock
$$),
('rtt_month', 'rtt_month', 'The national return of the last 24 whole months.', $$
WITH month AS MATERIALIZED (
    SELECT m::date AS month, (m + interval '1 month')::date - 1 AS last_day
    FROM parameter AS p
        CROSS JOIN generate_series(date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '24 months',
            date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 month', interval '1 month') AS m
)
SELECT c.site_id, c.service_id, m.month, x.part, min(c.treatment_function_code), count(*), rtt_band_counts(CASE WHEN x.days > 100000 THEN 100000 ELSE x.days END)
FROM rtt_clock AS c
    JOIN month AS m ON c.started_on <= m.last_day AND coalesce(c.stopped_on >= m.month, true)
    CROSS JOIN LATERAL (VALUES
        ('Part_1A', c.stopped_on - c.started_on, c.stopped_on <= m.last_day AND c.is_admitted),
        ('Part_1B', c.stopped_on - c.started_on, c.stopped_on <= m.last_day AND NOT c.is_admitted),
        ('Part_2', m.last_day - c.started_on, coalesce(c.stopped_on > m.last_day, true)),
        ('Part_2A', m.last_day - c.started_on, coalesce(c.stopped_on > m.last_day, true) AND c.decided_on <= m.last_day),
        ('Part_3', NULL, c.started_on >= m.month)) AS x (part, days, is_counted)
WHERE c.state <> 'nullified' AND x.is_counted
GROUP BY c.site_id, c.service_id, m.month, x.part
$$),
('rtt_finding_count', 'rtt_finding_count', 'Events that do not fit the referral-to-treatment rules, by rule.', $$
WITH finding AS MATERIALIZED (
    SELECT row_number() OVER () AS number, f.pathway, f.event_on, f.status_code, f.rule, f.explanation
    FROM parameter AS p CROSS JOIN LATERAL rtt_explain_rows($rtt$
        SELECT r.pathway, r.received_at AS event_at, NULL::text AS status_code, r.receipt AS kind, NULL::boolean AS communicated
        FROM rtt_referral AS r
        UNION ALL
        SELECT r.pathway, e.event_at, e.rtt_status_code,
            -- The receipt is the referral's own; other kinds than these say nothing to the engine.
            CASE WHEN e.kind IN ('self_referred', 'ratified', 'rebooked', 'decision', 'new_treatment', 'second_side_ready', 'paused', 'resumed') THEN e.kind
                 WHEN e.rtt_status_code IS NULL THEN e.kind END, e.communicated
        FROM referral_event AS e CROSS JOIN parameter AS p JOIN rtt_referral AS r ON r.referral_id = e.referral_id
        WHERE (e.rtt_status_code IS NOT NULL OR e.kind IS NULL
            OR e.kind IN ('self_referred', 'ratified', 'rebooked', 'decision', 'new_treatment', 'second_side_ready', 'paused', 'resumed'))
            -- What came after the hub's moment is no fault of the data, unless it has not come yet.
            AND coalesce(e.event_at <= p.as_at OR e.event_at > now(), true)$rtt$, NULL::bigint, findings_only => true, as_at => p.as_at_date, time_zone => p.time_zone) AS f
), placed AS (
    -- Of a pathway with several referrals, the one whose event it is; where
    -- that cannot be told, the latest.
    (SELECT DISTINCT ON (f.number) f.rule, f.explanation, f.pathway, r.site_id, r.service_id
    FROM finding AS f CROSS JOIN parameter AS p
        JOIN rtt_referral AS r ON r.pathway = f.pathway
        LEFT JOIN referral_event AS e ON e.referral_id = r.referral_id AND e.rtt_status_code = f.status_code
            AND (e.event_at AT TIME ZONE p.time_zone)::date = f.event_on
    ORDER BY f.number, e.referral_id IS NULL, r.received_at DESC, r.referral_id)
    UNION ALL
    -- The engine sees events; that nobody works on the pathway any more is the referrals' to say.
    SELECT 'open_after_closing', 'All referrals of the pathway are closed and its clock runs on: a code for its stop is missing.', c.pathway, c.site_id, c.service_id
    FROM rtt_clock AS c
    WHERE c.state = 'open'
        AND NOT EXISTS (SELECT FROM rtt_referral AS r JOIN referral_summary AS s ON s.referral_id = r.referral_id CROSS JOIN parameter AS p
                        WHERE r.pathway = c.pathway AND CASE WHEN s.closed_at IS NULL THEN coalesce(s.status, 'open') = 'open' ELSE s.closed_at > p.as_at END)
), rule AS (
    SELECT f.site_id, f.service_id, f.rule, min(f.explanation) AS explanation, count(*) AS findings, count(DISTINCT f.pathway) AS pathways
    FROM placed AS f GROUP BY f.site_id, f.service_id, f.rule
), whole AS (
    SELECT f.site_id, f.service_id, count(*) AS findings, count(DISTINCT f.pathway) AS pathways FROM placed AS f GROUP BY f.site_id, f.service_id
)
SELECT r.site_id, r.service_id, r.rule, r.explanation, r.findings, r.pathways, 0 FROM rule AS r
UNION ALL
SELECT o.site_id, o.service_id, '(any)', NULL, coalesce(w.findings, 0), coalesce(w.pathways, 0), o.out_of
FROM (SELECT r.site_id, r.service_id, count(DISTINCT r.pathway) AS out_of FROM rtt_referral AS r GROUP BY r.site_id, r.service_id) AS o
    LEFT JOIN whole AS w ON w.site_id = o.site_id AND w.service_id = o.service_id
$$),
('wait_interval', 'wait_interval', 'Every wait on every list, from coming on to going off.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), recalled AS (
    SELECT DISTINCT ON (r.recall_id) r.recall_id, r.person_id, r.service_id, r.due_on, s.site_id, n.death_date,
        CASE WHEN r.completed_on <= p.as_at_date THEN r.completed_on END AS completed_on
    FROM recall AS r CROSS JOIN asked AS p
        LEFT JOIN person_group AS n ON n.person_id = r.person_id
        LEFT JOIN registration AS g ON g.person_id = r.person_id
            AND g.valid_from <= p.as_at_date AND coalesce(g.valid_to >= p.as_at_date, true)
        LEFT JOIN known_site AS s ON s.site_id = g.site_id
        LEFT JOIN (SELECT DISTINCT o.site_id, o.service_id FROM site_service AS o CROSS JOIN asked AS p
                   WHERE coalesce(o.valid_from <= p.as_at_date, true) AND coalesce(o.valid_to >= p.as_at_date, true)) AS o
            ON o.site_id = g.site_id AND o.service_id = r.service_id
    WHERE r.recall_id IS NOT NULL AND isfinite(r.due_on) AND r.due_on < p.as_at_date
    -- As for recall_count: of several registrations, one whose site offers the service.
    ORDER BY r.recall_id, o.site_id IS NULL, s.site_id IS NULL, g.valid_from DESC, g.site_id, r.due_on, r.kind, r.completed_on
), active AS (
    -- Pathways on which somebody still works.
    SELECT DISTINCT r.pathway
    FROM rtt_referral AS r JOIN referral_summary AS s ON s.referral_id = r.referral_id CROSS JOIN asked AS p
    WHERE CASE WHEN s.closed_at IS NULL THEN coalesce(s.status, 'open') = 'open' ELSE s.closed_at > p.as_at END
), wait AS (
    SELECT 'first_contact' AS list, r.referral_id, r.person_id, r.site_id, r.service_id,
        (r.received_at AT TIME ZONE p.time_zone)::date AS started_on, (e.ended_at AT TIME ZONE p.time_zone)::date AS stopped_on,
        CASE WHEN e.ended_at IS NULL THEN NULL WHEN r.first_contact_at <= e.ended_at THEN 'treated' WHEN n.death_date <= (e.ended_at AT TIME ZONE p.time_zone)::date THEN 'died'
             WHEN r.status = 'redirected' THEN 'transferred' ELSE 'discharged' END AS reason,
        'first contact' AS waits_for
    FROM referral_summary AS r CROSS JOIN asked AS p
        LEFT JOIN person_group AS n ON n.person_id = r.person_id
        CROSS JOIN LATERAL (SELECT least(r.first_contact_at, CASE WHEN r.closed_at <= p.as_at AND isfinite(r.closed_at) THEN r.closed_at END) AS ended_at) AS e
    -- Who is neither open nor has a day of closing went off at a time that nobody knows.
    WHERE e.ended_at IS NOT NULL OR r.closed_at > p.as_at OR r.closed_at IS NULL AND coalesce(r.status, 'open') = 'open'
    UNION ALL
    SELECT 'rtt', c.referral_id, c.person_id, c.site_id, c.service_id, c.started_on, c.stopped_on,
        CASE WHEN c.stopped_on IS NULL THEN NULL ELSE CASE c.stop_reason WHEN 'treatment' THEN 'treated' WHEN 'declined' THEN 'declined'
            WHEN 'not_treated' THEN 'discharged' WHEN 'died' THEN 'died' ELSE 'other' END END,
        CASE WHEN a.pathway IS NULL THEN 'validation' WHEN c.decided_on IS NOT NULL THEN 'admission' WHEN r.first_contact_at IS NULL THEN 'first contact' ELSE 'treatment' END
    FROM rtt_clock AS c LEFT JOIN referral_summary AS r ON r.referral_id = c.referral_id
        LEFT JOIN active AS a ON a.pathway = c.pathway
    WHERE c.state <> 'nullified'
    UNION ALL
    -- A recall that was not done by the end of its day is past due.
    SELECT 'recall', NULL, r.person_id, coalesce(r.site_id, '(unassigned)'), coalesce(r.service_id, '(unknown)'), r.due_on,
        least(r.completed_on, CASE WHEN r.death_date <= p.as_at_date THEN r.death_date END),
        CASE WHEN r.completed_on <= coalesce(r.death_date, 'infinity') THEN 'treated' WHEN r.death_date <= p.as_at_date THEN 'died' END, 'recall'
    FROM recalled AS r CROSS JOIN asked AS p
    WHERE coalesce(least(r.completed_on, r.death_date) > r.due_on, true)
)
SELECT row_number() OVER (),
    w.list, w.referral_id, w.person_id, w.site_id, w.service_id, w.started_on, greatest(w.stopped_on, CASE WHEN w.stopped_on IS NOT NULL THEN w.started_on END), w.reason,
    CASE WHEN w.stopped_on IS NULL THEN w.waits_for END
FROM wait AS w CROSS JOIN asked AS p
WHERE w.started_on <= p.as_at_date
$$),
('list_month', 'list_month', 'Every list at the end of each of the last 24 whole months.', $$
WITH list AS (
    SELECT w.list, w.site_id, w.service_id,
        list_snapshots(w.started_on, w.stopped_on, w.reason,
            (SELECT snapshot_dates(first, last, 'month')
             FROM (SELECT (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '25 months')::date AS first,
                       (date_trunc('month', p.as_at AT TIME ZONE p.time_zone))::date - 1 AS last FROM parameter AS p) AS s),
            '{126,182,364,455,546,728}') AS snapshots
    FROM wait_interval AS w
    GROUP BY w.list, w.site_id, w.service_id
)
SELECT l.list, l.site_id, l.service_id, date_trunc('month', s.as_at)::date, s.waiting, s.added, s.removed,
    s.treated, s.declined, s.discharged, s.died, s.transferred, s.other,
    s.over_days[1], s.over_days[2], s.over_days[3], s.over_days[4], s.over_days[5], s.over_days[6]
FROM list AS l CROSS JOIN LATERAL unnest(l.snapshots) AS s
WHERE s.added IS NOT NULL AND (s.waiting > 0 OR s.added > 0 OR s.removed > 0)
$$),
('list_day', 'list_day', 'Who waits on every list now, by days waited and by group of people.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), waiting AS MATERIALIZED (
    SELECT w.list, w.site_id, w.service_id, w.waits_for, least(p.as_at_date - w.started_on, 100000) AS days, w.person_id
    FROM wait_interval AS w CROSS JOIN asked AS p WHERE w.stopped_on IS NULL
)
SELECT w.list, w.site_id, w.service_id, w.waits_for, '(all)', '(all)', w.days, count(*)
FROM waiting AS w GROUP BY 1, 2, 3, 4, 7
UNION ALL
SELECT w.list, w.site_id, w.service_id, '(all)', g.dimension, g.group_name, w.days, count(*)
FROM waiting AS w
    LEFT JOIN person_group AS n ON n.person_id = w.person_id
    CROSS JOIN LATERAL (VALUES
        ('deprivation', coalesce('fifth ' || (n.deprivation_decile + 1) / 2, 'unknown')),
        ('age', CASE WHEN n.age_years < 18 THEN '00-17' WHEN n.age_years < 40 THEN '18-39' WHEN n.age_years < 65 THEN '40-64'
                     WHEN n.age_years < 80 THEN '65-79' WHEN n.age_years >= 80 THEN '80+' ELSE 'unknown' END),
        ('sex', coalesce(n.sex, 'unknown')),
        ('ethnicity', coalesce(n.ethnicity, 'unknown'))) AS g (dimension, group_name)
GROUP BY 1, 2, 3, 5, 6, 7
$$),
('standard_open', 'standard_open', 'Open waits longer than the limit of every standard, at the end of each of the last 24 months and now.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), wait AS MATERIALIZED (
    SELECT d.standard_id, d.limit_value, d.limit_unit, r.site_id, r.service_id, w.started, (w.started AT TIME ZONE p.time_zone)::date AS start_day,
        CASE WHEN w.ended <= p.as_at THEN w.ended END AS ended, coalesce(s.calendar_id, p.calendar_id) AS calendar_id
    FROM known_standard AS d CROSS JOIN asked AS p
        JOIN referral_summary AS r ON d.service_id IS NULL OR r.service_id = d.service_id
        LEFT JOIN service_name AS v ON v.service_id = r.service_id
        LEFT JOIN known_site AS s ON s.site_id = r.site_id
        CROSS JOIN LATERAL (SELECT
            CASE d.clock_start WHEN 'received' THEN r.received_at WHEN 'referred' THEN r.referred_at
                WHEN 'first_consultation' THEN r.first_consultation_at WHEN 'decision' THEN r.decision_at
                WHEN 'ready' THEN r.ready_at WHEN 'arrival' THEN r.arrival_at END AS started,
            -- A referral that is closed waits for nothing.
            least(r.closed_at, CASE d.clock_stop WHEN 'first_contact' THEN r.first_contact_at WHEN 'assessment' THEN r.assessment_at
                WHEN 'treatment' THEN r.treatment_at WHEN 'report' THEN r.report_at END) AS ended) AS w
    WHERE (d.service_kind IS NULL OR v.kind = d.service_kind) AND w.started <= p.as_at AND isfinite(w.started) AND coalesce(w.ended > w.started, true)
        -- Nobody lives to miss a longer one, and days have an end.
        AND d.limit_value < 100000
        AND (r.closed_at IS NOT NULL OR w.ended IS NOT NULL OR coalesce(r.status, 'open') = 'open')
), breached AS (
    SELECT w.standard_id, w.site_id, w.service_id, w.ended,
        CASE w.limit_unit WHEN 'hour' THEN w.started + w.limit_value * interval '1 hour'
            ELSE (CASE w.limit_unit WHEN 'day' THEN w.start_day + floor(w.limit_value)::integer + 1
                      WHEN 'week' THEN w.start_day + floor(w.limit_value * 7)::integer + 1
                      WHEN 'working_day' THEN e.day END)::timestamp AT TIME ZONE p.time_zone END AS breached_at
    FROM wait AS w CROSS JOIN asked AS p
        LEFT JOIN working_day AS b ON w.limit_unit = 'working_day' AND b.calendar_id = w.calendar_id AND b.day = w.start_day
        LEFT JOIN working_day AS e ON w.limit_unit = 'working_day' AND e.calendar_id = w.calendar_id AND e.is_working
            AND e.ordinal = b.ordinal + floor(w.limit_value)::integer + 1
), moment AS MATERIALIZED (
    SELECT m::date AS month, least((m + interval '1 month') AT TIME ZONE p.time_zone, p.as_at) AS at
    FROM asked AS p
        CROSS JOIN generate_series(date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '24 months',
            date_trunc('month', p.as_at AT TIME ZONE p.time_zone), interval '1 month') AS m
)
SELECT b.standard_id, b.site_id, b.service_id, m.month, count(*)
FROM breached AS b JOIN moment AS m ON b.breached_at <= m.at AND coalesce(b.ended > m.at, true)
WHERE coalesce(b.breached_at < b.ended, true)
GROUP BY 1, 2, 3, 4
$$);

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('referral_conversion', 'result', 'site_id, service_id, month, step', 'How many of the referrals that begin a step in a month come to its end.', $$
    site_id    text              -- Site.
    service_id text              -- Service.
    month      date              -- First day of the month in which the step began.
    step       text              -- first_contact, procedure, discharged_at_first or from_consultant.
    begun      bigint NOT NULL   -- Referrals that began it.
    observed   bigint NOT NULL   -- Of those, who could have come to its end by now.
    reached    bigint NOT NULL   -- Of those observed, who did.
$$),
('attendance_month', 'result', 'site_id, service_id, month', 'Appointments of a month and how they were kept.', $$
    site_id               text               -- Site.
    service_id            text               -- Service.
    month                 date               -- First day of the month.
    attended              numeric NOT NULL   -- Appointments attended.
    did_not_attend        numeric NOT NULL   -- Appointments not attended.
    cancelled_by_person   numeric NOT NULL   -- Appointments cancelled by the person.
    cancelled_by_provider numeric NOT NULL   -- Appointments cancelled by the provider.
    notice_under_24_hours numeric NOT NULL   -- Of those cancelled, with less than 24 hours' notice.
    notice_1_to_2_days    numeric NOT NULL   -- Of those cancelled, with one day's notice or two.
    notice_3_to_7_days    numeric NOT NULL   -- Of those cancelled, with three to seven days' notice.
    notice_over_7_days    numeric NOT NULL   -- Of those cancelled, with more than seven days' notice.
    notice_unknown        numeric NOT NULL   -- Of those cancelled, at a time that is not known.
    first_visits          numeric NOT NULL   -- Attended first appointments and assessments.
    follow_ups            numeric NOT NULL   -- Attended follow-ups.
$$),
('wait_curve', 'result', 'list, site_id, service_id, cohort, week', 'How the waits that began in a half-year went on, by week.', $$
    list         text              -- first_contact or rtt.
    site_id      text              -- Site.
    service_id   text              -- Service.
    cohort       date              -- First day of the half-year in which the wait began.
    week         integer           -- Weeks since then: a wait that ended is in the week by which it had, one that goes on in the last whole week it is known of; 105 is 105 or more.
    treated      bigint NOT NULL   -- Seen for the first time, or treated.
    left_list    bigint NOT NULL   -- Went off the list in another way.
    still_waits  bigint NOT NULL   -- Waits still.
$$),
('referrer_message', 'result', 'site_id', 'What a referring site ought to hear of its referrals of the last twelve whole months, without referral numbers.', $$
    site_id             text              -- Site that referred.
    referrals           bigint NOT NULL   -- Referrals that were decided on.
    returned            bigint NOT NULL   -- Of those, returned.
    redirected          bigint NOT NULL   -- Of those, redirected.
    discharged_at_first bigint NOT NULL   -- Of those, seen once and discharged.
    message             text NOT NULL     -- Text ready to send.
$$),
('referrer_letter', 'record', 'site_id', 'The same with the number of every referral that came back.', $$
    site_id   text              -- Site that referred.
    referrals bigint NOT NULL   -- Referrals that were decided on.
    message   text NOT NULL     -- Text ready to send; it names referrals by date and number, and no person.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('referral_conversion', 'referral_conversion', 'How far referrals go, by the month in which they began each step; of the last 36 months.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), from_consultant AS (
    SELECT DISTINCT r.referral_id FROM referral AS r WHERE r.source = 'consultant'
), day AS MATERIALIZED (
    -- Days of the hub's zone, worked out once for every referral.
    SELECT r.site_id, r.service_id, s.referral_id IS NOT NULL AS is_from_consultant, p.as_at_date,
        (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '36 months')::date AS since,
        (r.received_at AT TIME ZONE p.time_zone)::date AS received_on,
        (CASE WHEN isfinite(r.first_contact_at) THEN r.first_contact_at END AT TIME ZONE p.time_zone)::date AS first_contact_on,
        (CASE WHEN r.procedure_at <= p.as_at THEN r.procedure_at END AT TIME ZONE p.time_zone)::date AS procedure_on,
        (CASE WHEN r.attended = 1 AND r.procedure_at IS NULL AND r.closed_at >= r.first_contact_at AND r.closed_at <= p.as_at THEN r.closed_at END AT TIME ZONE p.time_zone)::date AS discharged_on
    FROM referral_summary AS r CROSS JOIN asked AS p
        LEFT JOIN from_consultant AS s ON s.referral_id = r.referral_id
), one AS (
    SELECT d.site_id, d.service_id, x.step, d.as_at_date, x.began, x.ended - x.began <= x.within_days AS is_reached,
        x.began + x.within_days <= d.as_at_date AS is_observed
    FROM day AS d
        CROSS JOIN LATERAL (VALUES
            ('first_contact', d.received_on, 126, d.first_contact_on),
            ('procedure', d.first_contact_on, 364, d.procedure_on),
            ('discharged_at_first', d.first_contact_on, 126, d.discharged_on),
            ('from_consultant', d.received_on, 0, CASE WHEN d.is_from_consultant THEN d.received_on END)) AS x (step, began, within_days, ended)
    WHERE x.began >= d.since
), daily AS (
    SELECT o.site_id, o.service_id, o.step, o.began, count(*) AS begun, count(*) FILTER (WHERE o.is_observed) AS observed,
        count(*) FILTER (WHERE o.is_observed AND o.is_reached) AS reached
    FROM one AS o GROUP BY 1, 2, 3, 4
)
SELECT o.site_id, o.service_id, date_trunc('month', o.began)::date AS month, o.step, sum(o.begun)::bigint, sum(o.observed)::bigint, sum(o.reached)::bigint
FROM daily AS o GROUP BY 1, 2, 3, 4
$$),
('attendance_month', 'attendance_month', 'Appointments by month and how they were kept.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), kept AS (
    SELECT a.site_id, a.service_id, date_trunc('month', a.starts_at AT TIME ZONE p.time_zone)::date AS month, a.kind, a.status,
        coalesce(cancellation_notice(CASE WHEN a.status LIKE 'cancelled%' AND isfinite(a.cancelled_at) THEN a.cancelled_at END, a.starts_at), 'unknown') AS notice,
        sum(coalesce(a.quantity, 1)) AS n
    FROM known_activity AS a CROSS JOIN asked AS p
    WHERE a.starts_at <= p.as_at AND isfinite(a.starts_at) AND a.status IN ('attended', 'did_not_attend', 'cancelled_by_person', 'cancelled_by_provider')
        AND a.kind IN ('first', 'follow_up', 'assessment', 'procedure', 'diagnostic', 'group')
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT coalesce(s.site_id, '(unassigned)'), coalesce(k.service_id, '(unknown)'), k.month,
    coalesce(sum(k.n) FILTER (WHERE k.status = 'attended'), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status = 'did_not_attend'), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status = 'cancelled_by_person'), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status = 'cancelled_by_provider'), 0),
    -- Who cancels when it is too late gives no notice.
    coalesce(sum(k.n) FILTER (WHERE k.status LIKE 'cancelled%' AND k.notice IN ('after', 'under_24_hours')), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status LIKE 'cancelled%' AND k.notice = '1_to_2_days'), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status LIKE 'cancelled%' AND k.notice = '3_to_7_days'), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status LIKE 'cancelled%' AND k.notice = 'over_7_days'), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status LIKE 'cancelled%' AND k.notice = 'unknown'), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status = 'attended' AND k.kind IN ('first', 'assessment')), 0),
    coalesce(sum(k.n) FILTER (WHERE k.status = 'attended' AND k.kind = 'follow_up'), 0)
FROM kept AS k LEFT JOIN known_site AS s ON s.site_id = k.site_id
GROUP BY 1, 2, 3
$$),
('wait_curve', 'wait_curve', 'How waits went on week by week, by the half-year in which they began; of the last six half-years.', $$
WITH asked AS MATERIALIZED (
    -- Once, and not for every row.
    SELECT p.* FROM parameter AS p
), one AS (
    SELECT w.list, w.site_id, w.service_id, c.cohort, w.stopped_on IS NOT NULL AND w.reason = 'treated' AS is_treated, w.stopped_on IS NOT NULL AS has_left,
        -- By the end of week 18 all have been seen who waited 126 days; who has
        -- waited 130 days by now is known of until then too.
        least(CASE WHEN w.stopped_on IS NOT NULL AND w.reason = 'treated' THEN ceil((w.stopped_on - w.started_on) / 7.0)
              ELSE floor((coalesce(w.stopped_on, p.as_at_date) - w.started_on) / 7.0) END, 105)::integer AS week
    FROM wait_interval AS w CROSS JOIN asked AS p
        CROSS JOIN LATERAL (SELECT make_date(extract(year FROM w.started_on)::integer, CASE WHEN extract(month FROM w.started_on) < 7 THEN 1 ELSE 7 END, 1) AS cohort) AS c
    WHERE w.list IN ('first_contact', 'rtt') AND w.started_on >= (p.as_at_date - interval '3 years')::date
        -- Whole half-years only at the far end.
        AND c.cohort >= (p.as_at_date - interval '3 years')::date
)
SELECT o.list, o.site_id, o.service_id, o.cohort, o.week, count(*) FILTER (WHERE o.is_treated),
    count(*) FILTER (WHERE o.has_left AND NOT o.is_treated), count(*) FILTER (WHERE NOT o.has_left)
FROM one AS o GROUP BY 1, 2, 3, 4, 5
$$),
('referrer_message', 'referrer_message', 'What each referring site ought to hear.', $$
WITH span AS (
    SELECT date_trunc('month', p.as_at AT TIME ZONE p.time_zone) AT TIME ZONE p.time_zone AS until,
        (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 year') AT TIME ZONE p.time_zone AS since, p.time_zone
    FROM parameter AS p
), why AS (
    SELECT r.referral_id, min(r.closed_reason) AS reason FROM referral AS r GROUP BY r.referral_id
), made AS MATERIALIZED (
    SELECT r.referrer_site_id AS site_id, coalesce(v.service_name, 'an unnamed service') AS service_name, o.outcome,
        CASE WHEN o.outcome IN ('returned', 'redirected') THEN w.reason END AS reason
    FROM referral_summary AS r CROSS JOIN span AS t
        LEFT JOIN service_name AS v ON v.service_id = r.service_id
        LEFT JOIN why AS w ON w.referral_id = r.referral_id
        CROSS JOIN LATERAL (SELECT CASE WHEN r.status IN ('returned', 'redirected') THEN r.status
                WHEN r.attended = 1 AND r.procedure_at IS NULL AND r.closed_at >= r.first_contact_at THEN 'discharged_at_first'
                WHEN r.first_contact_at IS NOT NULL THEN 'accepted' END AS outcome) AS o
    WHERE r.received_at >= t.since AND r.received_at < t.until AND r.referrer_site_id <> '(unassigned)' AND o.outcome IS NOT NULL
), site AS (
    SELECT m.site_id, count(*) AS referrals, count(*) FILTER (WHERE m.outcome = 'returned') AS returned,
        count(*) FILTER (WHERE m.outcome = 'redirected') AS redirected, count(*) FILTER (WHERE m.outcome = 'discharged_at_first') AS discharged
    FROM made AS m GROUP BY m.site_id
), whole AS (
    SELECT sum(s.referrals) AS referrals, sum(s.returned) AS returned, sum(s.redirected) AS redirected FROM site AS s
), common_reason AS (
    -- Free text that few referrals have may say who they are about.
    SELECT m.reason FROM made AS m WHERE m.reason IS NOT NULL GROUP BY m.reason HAVING count(*) >= 5
), line AS (
    SELECT m.site_id, m.outcome, m.service_name, coalesce(c.reason, CASE WHEN m.reason IS NULL THEN 'no reason stated' ELSE 'other reasons' END) AS reason, count(*) AS n
    FROM made AS m LEFT JOIN common_reason AS c ON c.reason = m.reason
    WHERE m.outcome IN ('returned', 'redirected') GROUP BY 1, 2, 3, 4
)
SELECT s.site_id, s.referrals, s.returned, s.redirected, s.discharged,
    format(E'%s: %s referrals received from %s to %s.\nReturned: %s (%s %%; all referrers %s %%). Redirected: %s (%s %%; all referrers %s %%).%s\nDischarged at the first visit: %s, which need not mean a poor referral.',
        coalesce(n.organisation_name, s.site_id), s.referrals, to_char(t.since AT TIME ZONE t.time_zone, 'FMDD FMMonth YYYY'), to_char(t.until AT TIME ZONE t.time_zone - interval '1 day', 'FMDD FMMonth YYYY'),
        s.returned, round(100.0 * s.returned / s.referrals, 1), round(100.0 * w.returned / w.referrals, 1),
        s.redirected, round(100.0 * s.redirected / s.referrals, 1), round(100.0 * w.redirected / w.referrals, 1),
        coalesce(E'\n' || (SELECT string_agg(format('- %s, %s, %s: %s', l.service_name, l.outcome, l.reason, l.n), E'\n' ORDER BY l.n DESC, l.service_name, l.outcome, l.reason)
                           FROM line AS l WHERE l.site_id = s.site_id), ''),
        s.discharged)
FROM site AS s CROSS JOIN span AS t CROSS JOIN whole AS w
    LEFT JOIN (SELECT DISTINCT c.site_id, c.organisation_name FROM chain AS c WHERE c.organisation_kind = 'site') AS n ON n.site_id = s.site_id
$$),
('referrer_letter', 'referrer_letter', 'The same with the numbers of the referrals that came back.', $$
SELECT f.referrer, f.referrals, f.message
FROM referrer_feedback($made$
        SELECT r.referrer_site_id AS referrer, r.referral_id, (r.received_at AT TIME ZONE t.time_zone)::date AS referred_on,
            coalesce(v.service_name, 'an unnamed service') AS service, CASE WHEN r.status IN ('returned', 'redirected') THEN w.reason END AS reason,
            CASE WHEN r.status IN ('returned', 'redirected') THEN r.status
                WHEN r.attended = 1 AND r.procedure_at IS NULL AND r.closed_at >= r.first_contact_at THEN 'discharged_at_first'
                WHEN r.first_contact_at IS NOT NULL THEN 'accepted' END AS outcome
        FROM referral_summary AS r
            CROSS JOIN (SELECT date_trunc('month', p.as_at AT TIME ZONE p.time_zone) AT TIME ZONE p.time_zone AS until,
                (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 year') AT TIME ZONE p.time_zone AS since, p.time_zone FROM parameter AS p) AS t
            LEFT JOIN service_name AS v ON v.service_id = r.service_id
            LEFT JOIN (SELECT s.referral_id, min(s.closed_reason) AS reason FROM referral AS s GROUP BY s.referral_id) AS w ON w.referral_id = r.referral_id
        WHERE r.received_at >= t.since AND r.received_at < t.until AND r.referrer_site_id <> '(unassigned)'$made$, NULL::text) AS f
$$);

INSERT INTO hub_setting (name, initial, accepts, meaning) VALUES
    ('place_kinds', 'practice, medical', 'text', 'Kinds of sites that people are registered with and are allocated to, divided by commas.'),
    ('travel_mode', 'car', 'text', 'Means of travel of the input travel that journeys are taken from.'),
    ('travel_detour', '1.3', 'number', 'How many times as long as the straight line a journey is, where the input travel knows nothing of its origin.'),
    ('travel_kmh', '40', 'number', 'Kilometres an hour of such a journey.'),
    ('far_minutes', '30', 'number', 'Minutes beyond which the nearest site is far; also the limit of the catchment areas behind the access score.'),
    ('group_tolerance', '0.25', 'number', 'How far the people of a proposed care group may be from an even share, as a fraction of it; a site larger than that may be a group.'),
    ('group_change_minutes', '1', 'number', 'How many minutes of way for each of its people it must be worth that a site comes into another care group.'),
    ('consolidate_sites', '12', 'number', 'Services at up to so many sites get scenarios of fewer sites.');

CREATE FUNCTION journey_minutes(longitude_from double precision, latitude_from double precision,
                                longitude_to double precision, latitude_to double precision,
                                detour double precision DEFAULT 1.3, kmh double precision DEFAULT 40) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
RETURN CASE WHEN longitude_from BETWEEN -180 AND 180 AND longitude_to BETWEEN -180 AND 180
                 AND latitude_from BETWEEN -90 AND 90 AND latitude_to BETWEEN -90 AND 90
                 AND detour > 0 AND detour < 1000 AND kmh > 0 AND kmh < 100000 THEN
    -- Rounding may take the sine beyond 1.
    2 * 6371.0088 * asin(least(1, sqrt(sind((latitude_to - latitude_from) / 2) ^ 2
        + cosd(latitude_from) * cosd(latitude_to) * sind((longitude_to - longitude_from) / 2) ^ 2)))
    * detour / kmh * 60 END;

COMMENT ON FUNCTION journey_minutes(double precision, double precision, double precision, double precision, double precision, double precision) IS
'Minutes of a journey whose length is detour times the straight line between two places (degrees, WGS 84, on a sphere of 6,371.0088 km), at kmh kilometres an hour. NULL, a place off the globe, or a detour or speed that is not above 0 gives NULL. The haversine formula: Sinnott, Sky and Telescope 1984;68:159.';

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('place_site', 'result', 'site_id', 'A site that people are registered with or could be.', $$
    site_id         text               -- Site, open at the moment of the results.
    longitude       double precision   -- Longitude, WGS 84.
    latitude        double precision   -- Latitude, WGS 84.
    capacity_people numeric            -- How many people it can have; NULL where it is not known.
    people          numeric            -- People registered or counted there; NULL where nothing is known of it.
$$),
('journey', 'result', 'place_kind, place_id, site_id', 'Minutes from a place to a site.', $$
    place_kind   text                        -- area, or site for people whose area is not known.
    place_id     text                        -- Area or site where the journey starts.
    site_id      text                        -- Site where it ends.
    minutes      double precision NOT NULL   -- Minutes.
    is_estimated boolean NOT NULL            -- Whether it is worked out from a straight line.
$$),
('place_people', 'result', 'place_kind, place_id, site_id, population_group', 'How many people of a place are registered where.', $$
    place_kind       text               -- area or site.
    place_id         text               -- Area where they live, or the site where they are registered if the area has no journeys.
    site_id          text               -- Site where they are registered; '(none)' where only residents are counted.
    population_group text               -- Group of people.
    people           numeric NOT NULL   -- How many.
$$),
('place_group', 'result', 'place_kind, place_id', 'A place and the groups that results are broken down by.', $$
    place_kind  text               -- area or site.
    place_id    text               -- Area or site.
    longitude   double precision   -- Longitude, WGS 84.
    latitude    double precision   -- Latitude, WGS 84.
    people      numeric NOT NULL   -- People.
    fifth       integer            -- Fifth of deprivation, 1 the most deprived; NULL where unknown.
    no_car      text NOT NULL      -- most, middle or fewest: third of the places by their share of households without a car; unknown.
    organisation_id text           -- Organisation that answers for the area.
$$),
('service_place', 'result', 'service_id, site_id', 'A site that people come to for a service at the moment of the results.', $$
    service_id text   -- Service; '(practice)' for the sites that people are registered with.
    site_id    text   -- Site.
$$),
('access_place', 'result', 'place_kind, place_id, service_id', 'How far a place is from the nearest site of a service.', $$
    place_kind   text               -- area or site.
    place_id     text               -- Place.
    service_id   text               -- Service; '(practice)' for the sites that people are registered with.
    site_id      text               -- The nearest site; NULL where there is none within the journeys known.
    minutes      double precision   -- Minutes to it.
    sites_within bigint NOT NULL    -- Sites within the setting far_minutes.
    score        double precision   -- Places for each person within reach (enhanced two-step floating catchment areas, Gaussian, up to far_minutes); of '(practice)' only, and where a capacity is known.
$$),
('access_group', 'result', 'unit_kind, unit_id, service_id, dimension, group_name', 'How far people are from a service, by group of people; sums that add up.', $$
    unit_kind      text                        -- site where people are registered, or organisation that answers for their area.
    unit_id        text                        -- Site or organisation.
    service_id     text                        -- Service; '(practice)' for the sites that people are registered with.
    dimension      text                        -- all, deprivation (fifths of areas) or population_group.
    group_name     text                        -- Group of people.
    people         double precision NOT NULL   -- People.
    reached        double precision NOT NULL   -- People of places from which any site is reached.
    far            double precision NOT NULL   -- People beyond far_minutes, or from where no site is reached.
    cells          bigint NOT NULL             -- Parts of places that these people are counted in.
    minutes        double precision NOT NULL   -- People times minutes, together.
    weight2        double precision NOT NULL   -- Sum of the squares of the people reached of each part.
    weight2_minutes double precision NOT NULL  -- The same times minutes.
    weight2_minutes2 double precision NOT NULL -- The same times the square of minutes.
    scored         double precision NOT NULL   -- People of places with a score.
    score          double precision NOT NULL   -- People times score, together.
$$),
('geography_problem', 'result', 'problem, service_id', 'What an optimiser is asked: enough to ask it again.', $$
    problem     text               -- allocation, care_groups or consolidation.
    service_id  text               -- Service of a consolidation; '(practice)' for the others.
    demand_sql  text NOT NULL      -- Its first query, with the hub's schema on the search path.
    sites_sql   text NOT NULL      -- Its second query; of care_groups the pairs.
    pairs_sql   text               -- Its third query.
    groups      integer            -- How many groups.
    lower_people double precision  -- The least people of a group: an even share less the setting group_tolerance.
    upper_people double precision  -- The most: an even share and that much more, or the largest site.
    change_minutes double precision -- What a change of group must be worth.
    version     text NOT NULL      -- Version of caregroup.
    fingerprint text NOT NULL      -- Fingerprint of all that it reads, of its options and of the version.
$$),
('allocation_row', 'result', 'row_number', 'A row of the answer of allocate().', $$
    row_number       bigint             -- Number of the row.
    fingerprint      text NOT NULL      -- Fingerprint of what was asked.
    solved_at        timestamptz NOT NULL -- When it was worked out.
    kind             text NOT NULL      -- flow, unserved, site or summary.
    place_kind       text               -- area or site.
    place_id         text               -- Place of the people.
    site_id          text               -- Site.
    people           bigint             -- People.
    minutes          double precision   -- Minutes of each; of a site and in the summary their mean.
    person_minutes   double precision   -- Minutes of all.
    capacity_people  bigint             -- Capacity of the site.
    one_more_serves  bigint             -- People that one more place at the site would serve in addition.
    one_more_saves   double precision   -- Minutes that one more place at the site would save.
    reason           text               -- Why.
    objective        double precision   -- Person-minutes of the plan.
    bound            double precision   -- No plan has fewer.
    gap              double precision   -- Their difference as a share of the objective.
    status           text               -- optimal, unserved, feasible or infeasible.
    seconds          double precision   -- Seconds that it took.
$$),
('allocation_travel', 'result', 'basis, site_id, minutes', 'People of a site by the minutes that they travel to it, now and as planned.', $$
    basis           text                        -- now, or planned.
    site_id         text                        -- Site.
    minutes         integer                     -- Whole minutes, rounded.
    people          double precision NOT NULL   -- People.
    person_minutes  double precision NOT NULL   -- Their minutes, together.
$$),
('care_group_site', 'result', 'site_id', 'A site, its care group and its people.', $$
    site_id         text                        -- Site.
    organisation_id text                        -- The care group that it is in, in the hierarchy of the setting; NULL for none.
    people          double precision NOT NULL   -- People registered or counted there.
$$),
('care_group_row', 'result', 'row_number', 'A row of the answer of form_groups(): care groups as they could be.', $$
    row_number      bigint             -- Number of the row.
    fingerprint     text NOT NULL      -- Fingerprint of what was asked.
    solved_at       timestamptz NOT NULL -- When it was worked out.
    kind            text NOT NULL      -- summary, group or unit.
    site_id         text               -- Site, of a unit.
    centre_id       text               -- Site in the middle of the group.
    group_number    integer            -- Number of the group.
    organisation_id text               -- The care group of today that the proposed one continues, or that the site is in.
    is_changed      boolean            -- Whether the site would come into another group.
    people          double precision   -- People.
    minutes         double precision   -- Minutes to the centre, of a group their mean over people.
    objective       double precision   -- Person-minutes to the centres, and what the changes must be worth.
    bound           double precision   -- No grouping has fewer.
    gap             double precision   -- Their relative difference.
    status          text               -- optimal, feasible, infeasible or not found.
    explanation     text               -- Why there is no answer.
    seconds         double precision   -- Seconds that it took.
$$),
('care_group_now', 'result', 'organisation_id', 'A care group of today, as form_groups() would measure it.', $$
    organisation_id text                        -- Care group.
    centre_id       text                        -- The site of it to which its people's sites are nearest.
    sites           bigint NOT NULL             -- Sites with people.
    people          double precision NOT NULL   -- People.
    minutes         double precision            -- Minutes from the sites to the centre, mean over people.
    worst_minutes   double precision            -- The longest of them.
$$),
('consolidation_row', 'result', 'service_id, row_number', 'A row of the answer of consolidate(): a service on fewer sites.', $$
    service_id     text               -- Service.
    row_number     bigint             -- Number of the row.
    fingerprint    text NOT NULL      -- Fingerprint of what was asked.
    solved_at      timestamptz NOT NULL -- When it was worked out.
    sites          integer            -- How many sites.
    dimension      text               -- deprivation or no_car; NULL for the row of all people.
    group_name     text               -- Group of people.
    people         double precision   -- People.
    minutes_now    double precision   -- Mean minutes to the nearest site of today.
    minutes_then   double precision   -- Mean minutes to the nearest of these sites.
    worst_now      double precision   -- The longest today.
    worst_then     double precision   -- The longest then.
    people_losing  double precision   -- People who would travel longer.
    mean_loss      double precision   -- By how many minutes on average.
    open_sites     text[]             -- The sites.
    objective      double precision   -- Person-minutes.
    bound          double precision   -- No choice of so many sites has fewer.
    gap            double precision   -- Their relative difference.
    status         text               -- optimal, feasible, infeasible or not found.
    explanation    text               -- Why there is no answer.
    seconds        double precision   -- Seconds that it took.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('place_site', 'place_site', 'The sites that people are registered with or could be.', $$
SELECT s.site_id, s.longitude, s.latitude, CASE WHEN s.capacity_people >= 0 AND s.capacity_people < 1e9 THEN s.capacity_people END, c.people
FROM known_site AS s CROSS JOIN parameter AS p
    LEFT JOIN (SELECT c.unit_id, sum(c.people) FILTER (WHERE c.people < 1e12) AS people FROM population_count AS c WHERE c.basis IN ('registered', 'counted') GROUP BY c.unit_id) AS c ON c.unit_id = s.site_id
WHERE s.kind = ANY (SELECT btrim(k) FROM regexp_split_to_table((SELECT t.value FROM setting AS t WHERE t.name = 'place_kinds'), ',') AS k)
    AND coalesce(s.opened_on <= p.as_at_date, true) AND coalesce(s.closed_on >= p.as_at_date, true)
$$),
('journey', 'journey', 'Minutes from areas and registering sites to sites, by the input travel or by straight lines.', $$
WITH option AS (
    SELECT max(s.value) FILTER (WHERE s.name = 'travel_mode') AS mode, max(s.value) FILTER (WHERE s.name = 'travel_detour')::double precision AS detour,
        max(s.value) FILTER (WHERE s.name = 'travel_kmh')::double precision AS kmh
    FROM setting AS s
), open_site AS MATERIALIZED (
    SELECT s.site_id, s.longitude, s.latitude FROM known_site AS s CROSS JOIN parameter AS p
    WHERE coalesce(s.opened_on <= p.as_at_date, true) AND coalesce(s.closed_on >= p.as_at_date, true)
), origin AS MATERIALIZED (
    SELECT 'area' AS place_kind, a.area_id AS place_id, min(a.longitude) AS longitude, min(a.latitude) AS latitude
    FROM area AS a WHERE a.area_id IS NOT NULL GROUP BY a.area_id
    UNION ALL
    SELECT 'site', s.site_id, s.longitude, s.latitude FROM place_site AS s
), given AS MATERIALIZED (
    SELECT o.place_kind, o.place_id, t.site_id, min(t.minutes)::double precision AS minutes
    FROM travel AS t CROSS JOIN option AS x
        JOIN origin AS o ON o.place_id = t.origin_id
        JOIN open_site AS s ON s.site_id = t.site_id
    -- Minutes that are no number are above any.
    WHERE t.mode = x.mode AND t.minutes BETWEEN 0 AND 1e6
    GROUP BY 1, 2, 3
)
SELECT g.place_kind, g.place_id, g.site_id, g.minutes, false FROM given AS g
UNION ALL
SELECT 'site', s.site_id, s.site_id, 0, true FROM place_site AS s
WHERE NOT EXISTS (SELECT FROM given AS g WHERE g.place_kind = 'site' AND g.place_id = s.site_id AND g.site_id = s.site_id)
UNION ALL
-- A table that knows an origin says all that is within its reach.
SELECT o.place_kind, o.place_id, s.site_id, m.minutes, true
FROM (SELECT o.* FROM origin AS o WHERE NOT EXISTS (SELECT FROM given AS g WHERE g.place_kind = o.place_kind AND g.place_id = o.place_id)) AS o
    CROSS JOIN option AS x CROSS JOIN open_site AS s
    CROSS JOIN LATERAL (SELECT caregroup.journey_minutes(o.longitude, o.latitude, s.longitude, s.latitude, x.detour, x.kmh) AS minutes) AS m
WHERE m.minutes <= 180 AND NOT (o.place_kind = 'site' AND o.place_id = s.site_id)
    -- A hub of a whole country binds a table of what is near.
    AND (SELECT count(*) FROM origin) * (SELECT count(*) FROM open_site) <= 5000000
$$),
('place_people', 'place_people', 'How many people of each place are registered where.', $$
WITH reached AS (
    SELECT DISTINCT j.place_id FROM journey AS j WHERE j.place_kind = 'area'
), registered AS (
    SELECT CASE WHEN r.place_id IS NOT NULL THEN 'area' ELSE 'site' END AS place_kind, coalesce(r.place_id, n.site_id) AS place_id,
        n.site_id, n.population_group, count(*)::numeric AS people
    FROM person_group AS n CROSS JOIN parameter AS p
        JOIN place_site AS s ON s.site_id = n.site_id
        LEFT JOIN reached AS r ON r.place_id = n.area_id
    WHERE coalesce(n.death_date > p.as_at_date, true)
    GROUP BY 1, 2, 3, 4
), resident AS (
    SELECT 'area' AS place_kind, c.unit_id AS place_id, '(none)' AS site_id, c.population_group, sum(c.people) AS people
    FROM population_count AS c WHERE c.basis = 'resident' AND c.people BETWEEN 0 AND 1e12 GROUP BY 2, 4
), counted AS (
    SELECT 'site' AS place_kind, c.unit_id AS place_id, c.unit_id AS site_id, c.population_group, sum(c.people) AS people
    FROM population_count AS c JOIN place_site AS s ON s.site_id = c.unit_id WHERE c.basis = 'counted' AND c.people BETWEEN 0 AND 1e12 GROUP BY 2, 4
)
SELECT r.* FROM registered AS r
UNION ALL
SELECT r.* FROM resident AS r WHERE NOT EXISTS (SELECT FROM registered)
UNION ALL
SELECT c.* FROM counted AS c WHERE NOT EXISTS (SELECT FROM registered) AND NOT EXISTS (SELECT FROM resident)
$$),
('place_group', 'place_group', 'Places, their people, deprivation and cars.', $$
WITH lived AS (
    SELECT n.place_kind, n.place_id, sum(n.people) AS people FROM place_people AS n GROUP BY 1, 2
), described AS (
    SELECT a.area_id, min(a.longitude) AS longitude, min(a.latitude) AS latitude, min(a.deprivation_decile) AS decile,
        min(a.no_car_share) FILTER (WHERE a.no_car_share BETWEEN 0 AND 1) AS no_car_share, min(a.organisation_id) AS organisation_id
    FROM area AS a WHERE a.area_id IS NOT NULL GROUP BY a.area_id
), known AS (
    SELECT n.place_kind, n.place_id, coalesce(d.longitude, s.longitude) AS longitude, coalesce(d.latitude, s.latitude) AS latitude, n.people,
        CASE WHEN d.decile BETWEEN 1 AND 10 THEN (d.decile + 1) / 2 END AS fifth, d.no_car_share, k.organisation_id
    FROM lived AS n
        LEFT JOIN described AS d ON n.place_kind = 'area' AND d.area_id = n.place_id
        LEFT JOIN known_organisation AS k ON k.organisation_id = d.organisation_id
        LEFT JOIN place_site AS s ON n.place_kind = 'site' AND s.site_id = n.place_id
)
SELECT n.place_kind, n.place_id, n.longitude, n.latitude, n.people, n.fifth,
    CASE WHEN n.no_car_share IS NULL THEN 'unknown'
         ELSE (ARRAY['most', 'middle', 'fewest'])[ntile(3) OVER (PARTITION BY n.no_car_share IS NULL ORDER BY n.no_car_share DESC, n.place_kind, n.place_id)] END,
    n.organisation_id
FROM known AS n
$$),
('service_place', 'service_place', 'Which sites offer which service.', $$
SELECT DISTINCT o.service_id, o.site_id
FROM site_service AS o CROSS JOIN parameter AS p
    JOIN known_site AS s ON s.site_id = o.site_id
    JOIN known_service AS v ON v.service_id = o.service_id
WHERE coalesce(o.valid_from <= p.as_at_date, true) AND coalesce(o.valid_to >= p.as_at_date, true)
    AND coalesce(s.opened_on <= p.as_at_date, true) AND coalesce(s.closed_on >= p.as_at_date, true)
    -- Nobody travels to these.
    AND coalesce(o.modality NOT IN ('telephone', 'video', 'home_visit'), true)
UNION ALL
SELECT '(practice)', s.site_id FROM place_site AS s
$$),
('access_place', 'access_place', 'The nearest site of every service, and what is within reach.', $$
WITH far AS (
    SELECT max(s.value)::double precision AS minutes FROM setting AS s WHERE s.name = 'far_minutes'
), ranked AS MATERIALIZED (
    -- The nearest, among equals the lower id.
    SELECT j.place_kind, j.place_id, j.site_id, j.minutes, row_number() OVER (PARTITION BY j.place_kind, j.place_id ORDER BY j.minutes, j.site_id) AS rank
    FROM journey AS j JOIN place_group AS g ON g.place_kind = j.place_kind AND g.place_id = j.place_id
), near AS (
    SELECT r.place_kind, r.place_id, o.service_id, min(r.rank) AS rank, count(*) FILTER (WHERE r.minutes <= f.minutes) AS sites_within
    FROM ranked AS r CROSS JOIN far AS f
        JOIN service_place AS o ON o.site_id = r.site_id
    GROUP BY 1, 2, 3
), score AS (
    SELECT a.demand_id, a.access
    FROM (SELECT 1 FROM place_site AS s HAVING bool_or(s.capacity_people IS NOT NULL)) AS known CROSS JOIN far AS f
        CROSS JOIN LATERAL caregroup.access_e2sfca(
            'SELECT g.place_kind || '' '' || g.place_id AS id, g.people AS amount FROM place_group AS g',
            'SELECT s.site_id AS id, coalesce(s.capacity_people, s.people, 0) AS capacity FROM place_site AS s',
            'SELECT j.place_kind || '' '' || j.place_id AS demand_id, j.site_id, j.minutes AS cost FROM journey AS j', f.minutes) AS a
    WHERE a.kind = 'demand'
)
SELECT g.place_kind, g.place_id, v.service_id, r.site_id, r.minutes, coalesce(n.sites_within, 0), c.access
FROM place_group AS g CROSS JOIN (SELECT DISTINCT o.service_id FROM service_place AS o) AS v
    LEFT JOIN near AS n ON n.place_kind = g.place_kind AND n.place_id = g.place_id AND n.service_id = v.service_id
    LEFT JOIN ranked AS r ON r.place_kind = n.place_kind AND r.place_id = n.place_id AND r.rank = n.rank
    LEFT JOIN score AS c ON v.service_id = '(practice)' AND c.demand_id = g.place_kind || ' ' || g.place_id
$$),
('access_group', 'access_group', 'How far people are from each service, by group of people.', $$
WITH far AS (
    SELECT max(s.value)::double precision AS minutes FROM setting AS s WHERE s.name = 'far_minutes'
), part AS MATERIALIZED (
    -- A part is the people of a group in a place who belong to one unit.
    SELECT CASE WHEN n.site_id = '(none)' THEN 'organisation' ELSE 'site' END AS unit_kind,
        CASE WHEN n.site_id = '(none)' THEN coalesce(g.organisation_id, '(unassigned)') ELSE n.site_id END AS unit_id,
        n.place_kind, n.place_id, d.dimension, d.group_name, sum(n.people)::double precision AS people
    FROM place_people AS n JOIN place_group AS g ON g.place_kind = n.place_kind AND g.place_id = n.place_id
        CROSS JOIN LATERAL (VALUES ('all', 'all'), ('deprivation', coalesce('fifth ' || g.fifth, 'unknown')), ('population_group', n.population_group)) AS d (dimension, group_name)
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT q.unit_kind, q.unit_id, a.service_id, q.dimension, q.group_name, sum(q.people), coalesce(sum(q.people) FILTER (WHERE a.minutes IS NOT NULL), 0),
    coalesce(sum(q.people) FILTER (WHERE coalesce(a.minutes > f.minutes, true)), 0), count(a.minutes),
    coalesce(sum(q.people * a.minutes), 0), coalesce(sum(q.people ^ 2) FILTER (WHERE a.minutes IS NOT NULL), 0),
    coalesce(sum(q.people ^ 2 * a.minutes), 0), coalesce(sum(q.people ^ 2 * a.minutes ^ 2), 0),
    coalesce(sum(q.people) FILTER (WHERE a.score IS NOT NULL), 0), coalesce(sum(q.people * a.score), 0)
FROM part AS q CROSS JOIN far AS f
    JOIN access_place AS a ON a.place_kind = q.place_kind AND a.place_id = q.place_id
GROUP BY 1, 2, 3, 4, 5
$$),
('care_group_site', 'care_group_site', 'Sites, their care groups and their people.', $$
SELECT s.site_id, h.organisation_id, s.people::double precision
FROM place_site AS s
    LEFT JOIN (SELECT DISTINCT ON (c.site_id) c.site_id, c.organisation_id
               FROM chain AS c WHERE c.organisation_kind = 'care_group' AND c.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
               ORDER BY c.site_id, c.organisation_level DESC, c.organisation_id) AS h ON h.site_id = s.site_id
WHERE s.people > 0
$$),
('geography_problem', 'geography_problem', 'What the optimisers are asked.', $$
WITH option AS (
    SELECT max(s.value) FILTER (WHERE s.name = 'group_tolerance')::double precision AS tolerance,
        max(s.value) FILTER (WHERE s.name = 'group_change_minutes')::double precision AS change_minutes,
        max(s.value) FILTER (WHERE s.name = 'consolidate_sites')::double precision AS consolidate_sites,
        max(s.value) FILTER (WHERE s.name = 'travel_detour')::double precision AS detour,
        max(s.value) FILTER (WHERE s.name = 'travel_kmh')::double precision AS kmh
    FROM setting AS s
), asked AS (
    -- Who goes to which site.
    SELECT 'allocation' AS problem, '(practice)' AS service_id,
        'SELECT g.place_kind || '' '' || g.place_id AS id, round(g.people)::bigint AS amount FROM place_group AS g' AS demand_sql,
        'SELECT s.site_id AS id, floor(coalesce(s.capacity_people, (SELECT sum(g.people) FROM place_group AS g)))::bigint AS capacity FROM place_site AS s' AS sites_sql,
        'SELECT j.place_kind || '' '' || j.place_id AS demand_id, j.site_id, j.minutes AS cost FROM journey AS j WHERE j.site_id IN (SELECT s.site_id FROM place_site AS s)' AS pairs_sql,
        NULL::integer AS groups, NULL::double precision AS lower_people, NULL::double precision AS upper_people, NULL::double precision AS change_minutes
    WHERE EXISTS (SELECT FROM place_site AS s WHERE s.capacity_people IS NOT NULL) AND EXISTS (SELECT FROM place_group)
        AND (SELECT count(*) FROM journey) <= 5000000
    UNION ALL
    -- Care groups of about as many people each.
    SELECT 'care_groups', '(practice)',
        'SELECT s.site_id AS id, s.people AS amount, s.organisation_id AS existing_group FROM care_group_site AS s',
        format('SELECT a.site_id AS from_id, b.site_id AS to_id, coalesce(least(j.minutes, k.minutes), caregroup.journey_minutes(a.longitude, a.latitude, b.longitude, b.latitude, %s, %s)) AS cost
FROM place_site AS a JOIN place_site AS b ON a.site_id < b.site_id
    LEFT JOIN journey AS j ON j.place_kind = ''site'' AND j.place_id = a.site_id AND j.site_id = b.site_id
    LEFT JOIN journey AS k ON k.place_kind = ''site'' AND k.place_id = b.site_id AND k.site_id = a.site_id
WHERE coalesce(j.minutes, k.minutes, caregroup.journey_minutes(a.longitude, a.latitude, b.longitude, b.latitude, %1$s, %2$s)) IS NOT NULL', x.detour, x.kmh),
        NULL, c.groups, c.people / c.groups * greatest(1 - x.tolerance, 0), greatest(c.people / c.groups * (1 + x.tolerance), c.largest), x.change_minutes
    FROM option AS x CROSS JOIN (SELECT count(DISTINCT s.organisation_id)::integer AS groups, count(*) AS sites, sum(s.people) AS people, max(s.people) AS largest FROM care_group_site AS s) AS c
    WHERE c.groups >= 2 AND c.sites > c.groups AND c.sites <= 500
    UNION ALL
    -- A service on fewer sites; places beyond the reach of the journeys come
    -- by straight lines, so that one site can serve all.
    SELECT 'consolidation', o.service_id,
        'SELECT g.place_kind || '' '' || g.place_id AS id, g.people AS amount, coalesce(''fifth '' || g.fifth, ''unknown'') AS deprivation, g.no_car FROM place_group AS g WHERE g.longitude IS NOT NULL AND g.latitude IS NOT NULL OR EXISTS (SELECT FROM journey AS j WHERE j.place_kind = g.place_kind AND j.place_id = g.place_id)',
        format('SELECT o.site_id AS id FROM service_place AS o WHERE o.service_id = %L', o.service_id),
        format('SELECT g.place_kind || '' '' || g.place_id AS demand_id, o.site_id, coalesce(j.minutes, caregroup.journey_minutes(g.longitude, g.latitude, s.longitude, s.latitude, %s, %s)) AS cost
FROM place_group AS g JOIN service_place AS o ON o.service_id = %L JOIN known_site AS s ON s.site_id = o.site_id
    LEFT JOIN journey AS j ON j.place_kind = g.place_kind AND j.place_id = g.place_id AND j.site_id = o.site_id
WHERE coalesce(j.minutes, caregroup.journey_minutes(g.longitude, g.latitude, s.longitude, s.latitude, %1$s, %2$s)) IS NOT NULL', x.detour, x.kmh, o.service_id),
        NULL, NULL, NULL, NULL
    FROM option AS x CROSS JOIN (SELECT o.service_id, count(*) AS sites FROM service_place AS o WHERE o.service_id <> '(practice)' GROUP BY o.service_id) AS o
    WHERE o.sites BETWEEN 2 AND x.consolidate_sites AND (SELECT count(*) FROM place_group) BETWEEN 1 AND 5000
), read AS (
    SELECT (SELECT caregroup.input_fingerprint(j) FROM journey AS j) AS journeys, (SELECT caregroup.input_fingerprint(g) FROM place_group AS g) AS places,
        (SELECT caregroup.input_fingerprint(s) FROM place_site AS s) AS sites, (SELECT caregroup.input_fingerprint(s) FROM care_group_site AS s) AS grouped,
        (SELECT caregroup.input_fingerprint(ROW(s.site_id, s.longitude, s.latitude)::text) FROM known_site AS s) AS coordinates
), offered AS (
    SELECT o.service_id, caregroup.input_fingerprint(o) AS offers FROM service_place AS o GROUP BY o.service_id
)
SELECT a.problem, a.service_id, a.demand_sql, a.sites_sql, a.pairs_sql, a.groups, a.lower_people, a.upper_people, a.change_minutes, caregroup.caregroup_version(),
    md5(concat_ws('|', a.demand_sql, a.sites_sql, a.pairs_sql, a.groups, a.lower_people, a.upper_people, a.change_minutes, caregroup.caregroup_version(), r.journeys, r.places,
        CASE a.problem WHEN 'allocation' THEN r.sites WHEN 'care_groups' THEN r.coordinates || r.grouped ELSE r.coordinates || o.offers END))
FROM asked AS a CROSS JOIN read AS r LEFT JOIN offered AS o ON o.service_id = a.service_id
$$);

INSERT INTO hub_step (step, result, description, query, stale) VALUES
('allocation_row', 'allocation_row', 'Who could go where within capacity, so that the least is travelled.', $$
SELECT row_number() OVER (), g.fingerprint, clock_timestamp(), a.kind, split_part(a.demand_id, ' ', 1), substr(a.demand_id, strpos(a.demand_id, ' ') + 1),
    a.site_id, a.amount, a.cost, a.total_cost, a.capacity, a.one_more_serves, a.one_more_saves, a.reason, a.objective, a.bound, a.gap, a.status, a.seconds
FROM geography_problem AS g
    CROSS JOIN LATERAL caregroup.allocate(g.demand_sql, g.sites_sql, g.pairs_sql) AS a
WHERE g.problem = 'allocation' AND NOT EXISTS (SELECT FROM allocation_row)
$$, $$t.fingerprint NOT IN (SELECT g.fingerprint FROM geography_problem AS g WHERE g.problem = 'allocation')$$),
('care_group_row', 'care_group_row', 'Care groups as they could be.', $$
SELECT row_number() OVER (), g.fingerprint, clock_timestamp(), f.kind, f.unit_id, f.centre_id, f.group_number, f.existing_group, f.is_changed, f.amounts[1], f.cost,
    f.objective, f.bound, f.gap, f.status, f.explanation, f.seconds
FROM geography_problem AS g
    CROSS JOIN LATERAL caregroup.form_groups(g.demand_sql, g.sites_sql, g.groups, lower => ARRAY[g.lower_people], upper => ARRAY[g.upper_people],
        -- What is not proved after a second or two is within the gap that it says.
        change_penalty => g.change_minutes, effort => 0.2) AS f
WHERE g.problem = 'care_groups' AND NOT EXISTS (SELECT FROM care_group_row)
$$, $$t.fingerprint NOT IN (SELECT g.fingerprint FROM geography_problem AS g WHERE g.problem = 'care_groups')$$),
('consolidation_row', 'consolidation_row', 'Services on fewer sites: who would gain and who would lose.', $$
SELECT g.service_id, row_number() OVER (PARTITION BY g.service_id), g.fingerprint, clock_timestamp(), c.p, c.by_column, c.by_value, c.amount, c.cost_now, c.cost_then,
    c.worst_now, c.worst_then, c.amount_losing, c.mean_loss, c.open_sites, c.objective, c.bound, c.gap, c.status, c.explanation, c.seconds
FROM geography_problem AS g
    CROSS JOIN LATERAL caregroup.consolidate(g.demand_sql, g.sites_sql, g.pairs_sql, by => '{deprivation,no_car}') AS c
WHERE g.problem = 'consolidation' AND NOT EXISTS (SELECT FROM consolidation_row AS r WHERE r.service_id = g.service_id)
$$, $$t.fingerprint NOT IN (SELECT g.fingerprint FROM geography_problem AS g WHERE g.problem = 'consolidation')$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('allocation_travel', 'allocation_travel', 'How long people travel to where they are registered, and would travel by the plan.', $$
SELECT 'now', n.site_id, round(j.minutes)::integer, sum(n.people)::double precision, sum(n.people::double precision * j.minutes)
FROM place_people AS n JOIN journey AS j ON j.place_kind = n.place_kind AND j.place_id = n.place_id AND j.site_id = n.site_id
GROUP BY 2, 3
UNION ALL
SELECT 'planned', a.site_id, round(a.minutes)::integer, sum(a.people)::double precision, sum(a.person_minutes)
FROM allocation_row AS a WHERE a.kind = 'flow'
GROUP BY 2, 3
$$),
('care_group_now', 'care_group_now', 'Care groups of today, as the proposal would measure them.', $$
WITH pair AS (
    SELECT a.organisation_id, b.site_id AS centre_id, a.site_id, a.people, m.minutes
    FROM care_group_site AS a JOIN care_group_site AS b ON b.organisation_id = a.organisation_id
        JOIN place_site AS p ON p.site_id = a.site_id JOIN place_site AS q ON q.site_id = b.site_id
        LEFT JOIN journey AS j ON j.place_kind = 'site' AND j.place_id = a.site_id AND j.site_id = b.site_id
        LEFT JOIN journey AS k ON k.place_kind = 'site' AND k.place_id = b.site_id AND k.site_id = a.site_id
        CROSS JOIN (SELECT max(s.value) FILTER (WHERE s.name = 'travel_detour')::double precision AS detour,
                        max(s.value) FILTER (WHERE s.name = 'travel_kmh')::double precision AS kmh FROM setting AS s) AS x
        CROSS JOIN LATERAL (SELECT CASE WHEN a.site_id = b.site_id THEN 0
            ELSE coalesce(least(j.minutes, k.minutes), caregroup.journey_minutes(p.longitude, p.latitude, q.longitude, q.latitude, x.detour, x.kmh)) END AS minutes) AS m
), around AS (
    SELECT c.organisation_id, c.centre_id, count(*) AS sites, sum(c.people) AS people, max(c.minutes) AS worst,
        CASE WHEN count(c.minutes) = count(*) THEN sum(c.people * c.minutes) END AS person_minutes
    FROM pair AS c GROUP BY 1, 2
)
SELECT DISTINCT ON (c.organisation_id) c.organisation_id, c.centre_id, c.sites, c.people, c.person_minutes / nullif(c.people, 0), CASE WHEN c.person_minutes IS NOT NULL THEN c.worst END
FROM around AS c
ORDER BY c.organisation_id, c.person_minutes, c.centre_id
$$);

CREATE OR REPLACE FUNCTION wilson_limit(numerator numeric, denominator numeric, z double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN CASE WHEN denominator > 0 THEN
    -- Rounding may take the last digit beyond 0 or 1.
    least(greatest((numerator::double precision / denominator::double precision + z * z / (2 * denominator::double precision)
     + z * sqrt(numerator::double precision / denominator::double precision
                * (1 - numerator::double precision / denominator::double precision) / denominator::double precision
                + z * z / (4 * denominator::double precision * denominator::double precision)))
    / (1 + z * z / denominator::double precision), 0), 1) END;

COMMENT ON FUNCTION wilson_limit(numeric, numeric, double precision) IS
'Superseded by wilson_lower() and wilson_upper(); kept for hubs made by 1.0. A limit of the Wilson score interval of a proportion: z = -1.959963984540054 gives the lower and 1.959963984540054 the upper 95 % limit. NULL, or a denominator that is not above 0, gives NULL. Wilson, J Am Stat Assoc 1927;22:209-12.';

CREATE OR REPLACE FUNCTION byar_limit(events numeric, z double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN CASE WHEN z < 0 AND events = 0 THEN 0
            WHEN z < 0 THEN events::double precision * power(1 - 1 / (9 * events::double precision) + z / (3 * sqrt(events::double precision)), 3)
            ELSE (events + 1)::double precision * power(1 - 1 / (9 * (events + 1)::double precision) + z / (3 * sqrt((events + 1)::double precision)), 3) END;

COMMENT ON FUNCTION byar_limit(numeric, double precision) IS
'Superseded by byar_lower() and byar_upper(); kept for hubs made by 1.0. A limit of Byar''s interval of a count of events: z = -1.959963984540054 gives the lower and 1.959963984540054 the upper 95 % limit. NULL gives NULL. Breslow and Day, Statistical Methods in Cancer Research, volume II, 1987, p. 69.';

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('parameter', 'shared', NULL, 'The moment, zone, hierarchy and calendar that steps and reports use: the hub''s settings, or what the session chose.', $$
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
('known_organisation', 'shared', NULL, 'Each organisation once, also where its key comes twice.', $$
SELECT DISTINCT ON (o.organisation_id) o.* FROM organisation AS o WHERE o.organisation_id <> '(unassigned)' ORDER BY o.organisation_id, o::text
$$, ''),
('known_site', 'shared', NULL, 'Each site once, also where its key comes twice.', $$
SELECT DISTINCT ON (s.site_id) s.* FROM site AS s WHERE s.site_id <> '(unassigned)' ORDER BY s.site_id, s::text
$$, ''),
('known_service', 'plumbing', NULL, 'Each service once, also where its key comes twice.', $$
SELECT DISTINCT ON (s.service_id) s.* FROM service AS s WHERE s.service_id IS NOT NULL ORDER BY s.service_id, s::text
$$, ''),
('known_standard', 'plumbing', NULL, 'Each standard once, also where its key comes twice.', $$
SELECT DISTINCT ON (s.standard_id) s.* FROM service_standard AS s WHERE s.standard_id IS NOT NULL ORDER BY s.standard_id, s::text
$$, ''),
('known_area', 'plumbing', NULL, 'Each area once, also where its key comes twice.', $$
SELECT a.area_id, min(a.name) AS name, min(a.organisation_id) AS organisation_id, min(a.deprivation_decile) AS deprivation_decile
FROM area AS a WHERE a.area_id IS NOT NULL GROUP BY a.area_id
$$, $$
    area_id           -- Area.
    name              -- Name to print.
    organisation_id   -- Organisation that answers for its people.
    deprivation_decile -- Decile of deprivation, 1 the most deprived.
$$),
('known_session', 'plumbing', NULL, 'Each session once, also where its key comes twice.', $$
SELECT DISTINCT ON (n.session_id) n.* FROM session AS n WHERE n.session_id IS NOT NULL
ORDER BY n.session_id, n.starts_at, n.site_id, n.service_id, n.status, n.slots, n.minutes
$$, ''),
('known_activity', 'plumbing', NULL, 'Each activity once, also where its key comes twice.', $$
SELECT DISTINCT ON (a.activity_id) a.* FROM activity AS a WHERE a.activity_id IS NOT NULL
ORDER BY a.activity_id, a.starts_at, a.status, a.kind, a.site_id, a.service_id, a.referral_id, a.session_id
$$, ''),
('known_contact_request', 'plumbing', NULL, 'Each contact request once, also where its key comes twice.', $$
SELECT DISTINCT ON (c.request_id) c.* FROM contact_request AS c WHERE c.request_id IS NOT NULL
ORDER BY c.request_id, c.at, c.site_id, c.service_id, c.outcome, c.quantity
$$, ''),
('known_person', 'plumbing', NULL, 'Each person and the groups that the person belongs to once, also where the key comes twice.', $$
SELECT DISTINCT ON (n.person_id) n.person_id, n.birth_date, n.death_date, a.years AS age_years,
    CASE WHEN a.years IS NULL THEN 'unknown'
         WHEN a.years >= 90 THEN '90+'
         ELSE lpad((a.years / 5 * 5)::text, 2, '0') || '-' || lpad((a.years / 5 * 5 + 4)::text, 2, '0') END AS age_band,
    coalesce(n.sex, 'unknown') AS sex, coalesce(n.population_group, 'registered') AS population_group,
    coalesce(n.ethnicity, 'unknown') AS ethnicity, n.area_id, coalesce(n.deprivation_decile, d.deprivation_decile) AS deprivation_decile
FROM person AS n CROSS JOIN parameter AS p
    LEFT JOIN known_area AS d ON d.area_id = n.area_id
    CROSS JOIN LATERAL (SELECT CASE WHEN isfinite(n.birth_date) THEN greatest(extract(year FROM age(p.as_at_date, n.birth_date))::integer, 0) END AS years) AS a
WHERE n.person_id IS NOT NULL
ORDER BY n.person_id, n.birth_date, n.sex, n.population_group, n.death_date, n.area_id, n.ethnicity, n.deprivation_decile
$$, $$
    person_id         -- Person.
    birth_date        -- Day of birth.
    death_date        -- Day of death.
    age_years         -- Age in whole years as at the hub's moment; NULL where the day of birth is unknown.
    age_band          -- Five-year age band as at the hub's moment, or unknown.
    sex               -- Sex, or unknown.
    population_group  -- Group of people; registered where the person has none.
    ethnicity         -- Ethnicity, or unknown.
    area_id           -- Area where the person lives.
    deprivation_decile -- Decile of deprivation of the person, or else of the area; 1 the most deprived.
$$),
('run_history', 'shared', NULL, 'A run of recalculate() as it is now: a dead one shows as interrupted.', $$
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
('schedule_state', 'shared', NULL, 'The regular recalculation: when it was last due and last ran.', $$
SELECT s.schedule, d.last_due, r.started AS last_started,
    -- An hour's grace on both sides: crontab and cron.timezone may go by
    -- another clock than UTC.
    coalesce(coalesce(r.started, '-infinity') < d.last_due - interval '1 hour', false) AS has_stopped
FROM (SELECT max(value) FILTER (WHERE name = 'schedule') AS schedule,
          max(value) FILTER (WHERE name = 'scheduled_at')::timestamptz AS scheduled_at FROM setting) AS s
    CROSS JOIN LATERAL (SELECT caregroup.cron_last_due(s.schedule, now() - interval '1 hour') AS moment OFFSET 0) AS c
    -- What was due before the schedule was set was not due.
    CROSS JOIN LATERAL (SELECT CASE WHEN c.moment >= coalesce(s.scheduled_at, '-infinity') THEN c.moment END AS last_due) AS d
    CROSS JOIN (SELECT max(r.started) AS started FROM recalculation AS r) AS r
$$, $$
    schedule          -- Cron expression; NULL where none is set.
    last_due          -- When it was last due, an hour ago or longer and since it was set; NULL where it was not.
    last_started      -- When a run last started, by whatever means.
    has_stopped       -- Whether no run has started since it was due: the schedule has silently stopped.
$$),
('staleness', 'shared', NULL, 'A report and how fresh it is.', $$
SELECT v.view_name AS report, v.step, t.as_at, t.recalculated_at,
    round((extract(epoch FROM now() - t.recalculated_at) / 3600)::numeric, 1) AS age_hours,
    coalesce(extract(epoch FROM now() - t.recalculated_at) / 3600 > p.stale_after_hours, true)
        OR coalesce(t.recalculated_at < c.last_due - interval '1 hour', false) AS is_stale
FROM caregroup.hub_view AS v
    CROSS JOIN parameter AS p
    CROSS JOIN schedule_state AS c
    LEFT JOIN result_state AS t ON t.step = v.step
WHERE v.kind = 'report'
$$, $$
    report            -- Report.
    step              -- Step of recalculate() that it reads.
    as_at             -- Moment for which its figures are worked out.
    recalculated_at   -- When they were worked out; NULL where they never were.
    age_hours         -- Hours since then.
    is_stale          -- Whether that is longer ago than the setting stale_after_hours or the schedule allows (with an hour's grace).
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
    SELECT p.hierarchy, CASE level WHEN 0 THEN '(all areas)' ELSE c.unit_id END AS organisation_id,
        CASE level WHEN 0 THEN 'All areas' ELSE coalesce(c.unit_name, c.unit_id) END AS organisation_name,
        'area'::text AS organisation_kind, level AS organisation_level, c.*
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
    basis             -- registered: people of the table of registrations, each once, on a medical or practice list first; also_registered: people on a further list; counted: a site's given count; resident: an area's given count. Add up one basis only.
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
        m.standard_id, m.service_id, m.month, sum(m.numerator) AS numerator, sum(m.denominator) AS denominator, sum(m.open_over_limit) AS open_over_limit
    FROM chain AS h
        JOIN (SELECT e.site_id, e.standard_id, e.service_id, e.month, e.numerator, e.denominator, 0 AS open_over_limit FROM standard_month AS e
              UNION ALL SELECT o.site_id, o.standard_id, o.service_id, o.month, 0, 0, o.open_over_limit FROM standard_open AS o) AS m ON m.site_id = h.site_id
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
    SELECT r.*, r.numerator_last / nullif(r.denominator_last, 0) - r.numerator_before / nullif(r.denominator_before, 0) AS change,
        (r.numerator_last + r.numerator_before) / nullif(r.denominator_last + r.denominator_before, 0) AS pooled
    FROM recent AS r
)
SELECT m.hierarchy, m.organisation_id, m.organisation_name, m.organisation_kind, m.organisation_level,
    m.standard_id, d.standard_name, m.service_id, v.service_name,
    m.month AS period_start, 'month'::text AS period_kind,
    m.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    m.numerator::bigint AS numerator, m.denominator::bigint AS denominator,
    (m.numerator / m.denominator)::double precision AS value,
    caregroup.wilson_lower(m.numerator, m.denominator) AS lower,
    caregroup.wilson_upper(m.numerator, m.denominator) AS upper,
    coalesce(g.value, d.threshold)::double precision AS target,
    m.numerator / m.denominator >= coalesce(g.value, d.threshold) AS meets_target,
    m.change::double precision AS change_three_months,
    CASE WHEN m.change IS NULL THEN NULL
         WHEN least(m.denominator_last, m.denominator_before) < 20 THEN 'too few'
         WHEN m.pooled IN (0, 1) OR abs(m.change) < 1.959963984540054
             * sqrt((m.pooled * (1 - m.pooled) * (1 / m.denominator_last + 1 / m.denominator_before))::double precision) THEN 'no clear change'
         WHEN m.change > 0 THEN 'improving'
         ELSE 'worsening' END AS direction,
    -- After what 1.0 has, so that what stands on its report stays.
    t.as_at, t.recalculated_at,
    CASE WHEN m.month >= date_trunc('month', t.as_at AT TIME ZONE (SELECT p.time_zone FROM parameter AS p)) - interval '24 months' THEN m.open_over_limit::bigint END AS open_over_limit
FROM tested AS m
    JOIN standard_name AS d ON d.standard_id = m.standard_id
    LEFT JOIN service_name AS v ON v.service_id = m.service_id
    LEFT JOIN standard_target AS g ON g.organisation_id = m.organisation_id AND g.standard_id = m.standard_id AND g.month = m.month
    LEFT JOIN result_state AS t ON t.step = 'standard_month'
-- Months in which no wait ended are report_standard_open's alone: whoever
-- divides by the denominator must not meet a zero.
WHERE m.denominator > 0
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
    open_over_limit   -- Waits that went on at the end of the month (in the current month: now) and were longer than the limit already, so that they miss it whenever they end; NULL more than 24 months back. report_standard_open has it for months in which no wait ended, too.
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
    slots_booked      -- Slots booked and not cancelled, of sessions whose slots are known.
    slots_attended    -- Slots attended, of the same sessions.
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
    caregroup.byar_lower(u.compared) / u.expected::double precision AS lower,
    caregroup.byar_upper(u.compared) / u.expected::double precision AS upper,
    u.returned, (u.returned / nullif(u.referrals, 0))::double precision AS returned_share,
    u.did_not_attend, (u.did_not_attend / nullif(u.attended + u.did_not_attend, 0))::double precision AS did_not_attend_share,
    -- After what 1.0 has, so that what stands on its report stays.
    u.as_at, u.recalculated_at, u.redirected, (u.redirected / nullif(u.referrals, 0))::double precision AS redirected_share,
    u.seen, u.discharged_at_first, (u.discharged_at_first / nullif(u.seen, 0))::double precision AS discharged_at_first_share
FROM (SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, r.service_id,
          date_trunc('month', min(t.as_at) AT TIME ZONE (SELECT p.time_zone FROM parameter AS p)) AS until,
          nullif(sum(r.people), 0) AS people, sum(r.referrals) AS referrals, nullif(sum(r.expected), 0) AS expected,
          -- Sites without registered people have no expected number, so they stay out of the ratio.
          sum(r.referrals) FILTER (WHERE r.expected IS NOT NULL) AS compared,
          sum(r.returned) AS returned, sum(r.attended) AS attended, sum(r.did_not_attend) AS did_not_attend,
          sum(r.redirected) AS redirected, sum(r.seen) AS seen, sum(r.discharged_at_first) AS discharged_at_first,
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
    redirected        -- Referrals redirected to another service.
    redirected_share  -- Referrals redirected over referrals.
    seen              -- Referrals with a first contact.
    discharged_at_first -- Of those, seen once, without a procedure, and closed: a column of its own, for it need not mean a poor referral.
    discharged_at_first_share -- The same over referrals with a first contact; NULL without any.
$$);

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('recall_count', 'result', 'site_id, service_id, kind', 'Recalls of a site''s people.', $$
    site_id       text              -- Site where the people are registered.
    service_id    text              -- Service that is due.
    kind          text              -- What is due.
    due           bigint NOT NULL   -- Open recalls, due or not yet.
    past_due      bigint NOT NULL   -- Open recalls whose day has passed.
    past_due_4    bigint NOT NULL   -- The same by four weeks or more.
    past_due_12   bigint NOT NULL   -- The same by twelve weeks or more.
    longest_weeks integer           -- Whole weeks that the longest is past due.
    completed     bigint NOT NULL   -- Recalls completed in the last twelve months.
$$),
('fitness_count', 'result', 'site_id, unit_id, deployability', 'People by their latest grading of fitness.', $$
    site_id           text              -- Site where the people are registered.
    unit_id           text              -- Unit, '(none)' where the person has none.
    deployability     text              -- Grade of deployability.
    graded            bigint NOT NULL   -- People.
    review_due_4      bigint NOT NULL   -- Their review is due within four weeks.
    review_overdue    bigint NOT NULL   -- Their review is past due.
    review_overdue_12 bigint NOT NULL   -- The same by twelve weeks or more.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('recall_count', 'recall_count', 'Recalls due and past due.', $$
WITH due AS (
    SELECT DISTINCT ON (r.recall_id) r.recall_id, r.service_id, r.kind, r.due_on, s.site_id,
        -- What was completed later was open at the moment.
        CASE WHEN r.completed_on <= p.as_at_date THEN r.completed_on END AS completed_on
    FROM recall AS r CROSS JOIN parameter AS p
        LEFT JOIN (SELECT n.person_id, min(n.death_date) AS death_date FROM person AS n GROUP BY n.person_id) AS n
            ON n.person_id = r.person_id
        LEFT JOIN registration AS g ON g.person_id = r.person_id
            AND g.valid_from <= p.as_at_date AND coalesce(g.valid_to >= p.as_at_date, true)
        LEFT JOIN known_site AS s ON s.site_id = g.site_id
        LEFT JOIN (SELECT DISTINCT o.site_id, o.service_id FROM site_service AS o CROSS JOIN parameter AS p
                   WHERE coalesce(o.valid_from <= p.as_at_date, true) AND coalesce(o.valid_to >= p.as_at_date, true)) AS o
            ON o.site_id = g.site_id AND o.service_id = r.service_id
    WHERE r.recall_id IS NOT NULL AND isfinite(r.due_on)
        -- Nothing is due to the dead.
        AND (coalesce(n.death_date > p.as_at_date, true) OR r.completed_on <= p.as_at_date)
    ORDER BY r.recall_id, o.site_id IS NULL, s.site_id IS NULL, g.valid_from DESC, g.site_id, r.due_on, r.kind, r.completed_on
)
SELECT coalesce(d.site_id, '(unassigned)'), coalesce(d.service_id, '(unknown)'), coalesce(d.kind, 'not stated'),
    count(*) FILTER (WHERE d.completed_on IS NULL),
    count(*) FILTER (WHERE d.completed_on IS NULL AND d.due_on < p.as_at_date),
    count(*) FILTER (WHERE d.completed_on IS NULL AND d.due_on <= p.as_at_date - 28),
    count(*) FILTER (WHERE d.completed_on IS NULL AND d.due_on <= p.as_at_date - 84),
    (max(p.as_at_date - d.due_on) FILTER (WHERE d.completed_on IS NULL AND d.due_on < p.as_at_date)) / 7,
    count(*) FILTER (WHERE d.completed_on > (p.as_at_date - interval '1 year')::date AND d.completed_on <= p.as_at_date)
FROM due AS d CROSS JOIN parameter AS p
GROUP BY 1, 2, 3
$$),
('fitness_count', 'fitness_count', 'Gradings of fitness and their reviews.', $$
WITH latest AS (
    SELECT DISTINCT ON (f.person_id) f.person_id, f.deployability,
        CASE WHEN isfinite(f.review_due_on) THEN f.review_due_on END AS review_due_on
    FROM fitness AS f CROSS JOIN parameter AS p
    WHERE f.graded_on <= p.as_at_date AND f.person_id IS NOT NULL
    ORDER BY f.person_id, f.graded_on DESC, f.review_due_on, f.deployability
), person_unit AS (
    SELECT n.person_id, min(n.unit_id) AS unit_id, min(n.death_date) AS death_date FROM person AS n GROUP BY n.person_id
), registered AS (
    SELECT DISTINCT ON (g.person_id) g.person_id, s.site_id
    FROM registration AS g CROSS JOIN parameter AS p
        LEFT JOIN known_site AS s ON s.site_id = g.site_id
    WHERE g.valid_from <= p.as_at_date AND coalesce(g.valid_to >= p.as_at_date, true)
    ORDER BY g.person_id, s.site_id IS NULL, s.kind IS DISTINCT FROM 'medical', g.valid_from DESC, g.site_id
)
SELECT coalesce(g.site_id, '(unassigned)'), coalesce(u.unit_id, '(none)'), coalesce(l.deployability, 'not stated'), count(*),
    count(*) FILTER (WHERE l.review_due_on BETWEEN p.as_at_date AND p.as_at_date + 28),
    count(*) FILTER (WHERE l.review_due_on < p.as_at_date),
    count(*) FILTER (WHERE l.review_due_on <= p.as_at_date - 84)
FROM latest AS l CROSS JOIN parameter AS p
    LEFT JOIN person_unit AS u ON u.person_id = l.person_id
    LEFT JOIN registered AS g ON g.person_id = l.person_id
WHERE coalesce(u.death_date > p.as_at_date, true)
GROUP BY 1, 2, 3
$$);

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('report_recall', 'report', 'recall_count', 'Follow-ups and inspections due to the living and past due, by where the person is registered and by service, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
    r.service_id, min(v.service_name) AS service_name, r.kind,
    sum(r.due)::bigint AS due, sum(r.past_due)::bigint AS past_due, sum(r.past_due_4)::bigint AS past_due_4_weeks,
    sum(r.past_due_12)::bigint AS past_due_12_weeks, max(r.longest_weeks) AS longest_weeks,
    sum(r.completed)::bigint AS completed_last_12_months,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h
    JOIN recall_count AS r ON r.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = r.service_id
    LEFT JOIN result_state AS t ON t.step = 'recall_count'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, r.service_id, r.kind
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for people registered at no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service that is due.
    service_name      -- Name to print.
    kind              -- What is due, such as follow_up or inspection.
    due               -- Open recalls, due or not yet.
    past_due          -- Open recalls whose day has passed.
    past_due_4_weeks  -- Open recalls past due by four weeks or more.
    past_due_12_weeks -- Open recalls past due by twelve weeks or more.
    longest_weeks     -- Whole weeks that the longest is past due; NULL where none is.
    completed_last_12_months -- Recalls completed in the last twelve months.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_fitness', 'report', 'fitness_count', 'People by their latest grading of fitness and its review, by where they are registered, rolled up, and by unit.', $$
WITH body AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, f.*
    FROM chain AS h JOIN fitness_count AS f ON f.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    UNION ALL
    SELECT p.hierarchy, f.unit_id AS organisation_id, f.unit_id AS organisation_name, 'unit'::text AS organisation_kind,
        NULL::integer AS organisation_level, f.*
    FROM fitness_count AS f CROSS JOIN parameter AS p
)
SELECT b.hierarchy, b.organisation_id, b.organisation_name, b.organisation_kind, b.organisation_level, b.deployability,
    sum(b.graded)::bigint AS graded, sum(b.review_due_4)::bigint AS review_due_soon, sum(b.review_overdue)::bigint AS review_overdue,
    sum(b.review_overdue_12)::bigint AS review_overdue_12_weeks,
    (sum(b.review_overdue) / sum(b.graded))::double precision AS overdue_share,
    caregroup.wilson_lower(sum(b.review_overdue), sum(b.graded)) AS lower,
    caregroup.wilson_upper(sum(b.review_overdue), sum(b.graded)) AS upper,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM body AS b LEFT JOIN result_state AS t ON t.step = 'fitness_count'
GROUP BY b.hierarchy, b.organisation_id, b.organisation_name, b.organisation_kind, b.organisation_level, b.deployability
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, a site where organisation_kind is site, or a unit where it is unit.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unit for a unit, which stands beside the chain; unassigned for people registered at no known site.
    organisation_level -- 0 at the top of the hierarchy; NULL for a unit.
    deployability     -- Grade of deployability.
    graded            -- People with that latest grade.
    review_due_soon   -- Their review is due within four weeks.
    review_overdue    -- Their review is past due.
    review_overdue_12_weeks -- Their review is past due by twelve weeks or more.
    overdue_share     -- Reviews past due over people.
    lower             -- Lower limit of its 95 % Wilson interval.
    upper             -- Upper limit of its 95 % Wilson interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('spend_month', 'result', 'organisation_id, contract_id, service_id, month', 'Money of a month against plan and contract.', $$
    organisation_id text      -- Organisation that spends or provides, '(unassigned)' where unknown.
    contract_id     text      -- Contract, '(none)' where the row has none.
    lot             text      -- Lot of the contract.
    service_id      text      -- Service, '(several)' for the value of a contract of several services, '(unknown)' where neither row nor contract names one.
    month           date      -- First day of the month.
    cost            numeric   -- Money spent.
    planned         numeric   -- Money planned.
    contracted      numeric   -- A twelfth of the contract's yearly value, at either end by days under contract.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('spend_month', 'spend_month', 'Money by month against plan and contract.', $$
WITH deal AS (
    SELECT DISTINCT ON (c.contract_id) c.* FROM contract AS c WHERE c.contract_id IS NOT NULL
    ORDER BY c.contract_id, c.starts_on DESC, c.provider_id, c.service_id, c.value
), paid AS (
    SELECT DISTINCT ON (s.spend_id) s.organisation_id, s.contract_id, s.service_id, date_trunc('month', s.month::timestamp)::date AS month, s.cost
    FROM spend AS s WHERE s.spend_id IS NOT NULL AND isfinite(s.month)
    ORDER BY s.spend_id, s.month, s.organisation_id, s.contract_id, s.service_id, s.cost
), planned AS (
    SELECT DISTINCT ON (n.plan_id) n.organisation_id, n.service_id, date_trunc('month', n.month::timestamp)::date AS month, n.cost, n.version,
        -- The tenth version is after the ninth.
        ARRAY(SELECT v.number[1]::numeric FROM regexp_matches(n.version, '\d+', 'g') AS v (number)) AS version_numbers
    FROM plan AS n WHERE n.plan_id IS NOT NULL AND n.cost IS NOT NULL AND isfinite(n.month)
    ORDER BY n.plan_id, n.month, n.organisation_id, n.service_id, n.version, n.cost
), only_deal AS (
    -- A plan names no contract: it belongs to the one contract that its
    -- organisation has or spends on for the service in the month, where there
    -- is just one.
    SELECT b.organisation_id, b.service_id, m.month, min(b.contract_id) AS contract_id
    FROM (SELECT d.provider_id AS organisation_id, d.service_id, d.contract_id FROM deal AS d
          UNION SELECT s.organisation_id, s.service_id, s.contract_id FROM paid AS s WHERE s.contract_id IS NOT NULL) AS b
        LEFT JOIN deal AS d ON d.contract_id = b.contract_id
        JOIN (SELECT n.month FROM planned AS n UNION SELECT s.month FROM paid AS s) AS m
            ON coalesce(date_trunc('month', d.starts_on::timestamp) <= m.month, true) AND coalesce(d.ends_on >= m.month, true)
    GROUP BY b.organisation_id, b.service_id, m.month HAVING count(*) = 1
), newest AS (
    SELECT n.*, dense_rank() OVER (PARTITION BY n.organisation_id, n.service_id, n.month ORDER BY n.version_numbers DESC, coalesce(n.version, '') DESC) AS age
    FROM planned AS n
), line AS (
    SELECT s.organisation_id, coalesce(s.contract_id, o.contract_id) AS contract_id, coalesce(s.service_id, d.service_id) AS service_id,
        s.month, s.cost, NULL::numeric AS planned, NULL::numeric AS contracted
    FROM paid AS s
        LEFT JOIN deal AS d ON d.contract_id = s.contract_id
        LEFT JOIN only_deal AS o ON o.organisation_id = s.organisation_id AND o.service_id = s.service_id AND o.month = s.month
    UNION ALL
    SELECT n.organisation_id, o.contract_id, n.service_id, n.month, NULL, n.cost, NULL
    FROM newest AS n
        LEFT JOIN only_deal AS o ON o.organisation_id = n.organisation_id AND o.service_id = n.service_id AND o.month = n.month
    WHERE n.age = 1
    UNION ALL
    -- A month at either end counts by its days under contract.
    SELECT d.provider_id, d.contract_id, coalesce(d.service_id, '(several)'), g.month::date, NULL, NULL,
        d.value / 12 * (least(coalesce(d.ends_on, e.last_day), e.last_day) - greatest(d.starts_on, g.month::date) + 1) / (e.last_day - g.month::date + 1)
    FROM deal AS d CROSS JOIN parameter AS p
        CROSS JOIN LATERAL generate_series(date_trunc('month', greatest(d.starts_on, date '1990-01-01')::timestamp),
            least(coalesce(d.ends_on, p.as_at_date), p.as_at_date)::timestamp, interval '1 month') AS g (month)
        CROSS JOIN LATERAL (SELECT (g.month + interval '1 month')::date - 1 AS last_day) AS e
    WHERE d.value IS NOT NULL AND isfinite(d.starts_on) AND coalesce(d.ends_on >= d.starts_on, true)
)
SELECT coalesce(k.organisation_id, '(unassigned)'), coalesce(l.contract_id, '(none)'), min(d.lot), coalesce(l.service_id, '(unknown)'), l.month,
    sum(l.cost), sum(l.planned), sum(l.contracted)
FROM line AS l
    LEFT JOIN known_organisation AS k ON k.organisation_id = l.organisation_id
    LEFT JOIN deal AS d ON d.contract_id = l.contract_id
WHERE isfinite(l.month)
GROUP BY 1, 2, 4, 5
$$);

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('report_spend', 'report', 'spend_month', 'Money of each month and of the financial year to date against plan and contract, by lot and service, rolled up.', $$
WITH month AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
        s.contract_id, min(s.lot) AS lot, s.service_id, s.month,
        sum(s.cost) AS cost, sum(s.planned) AS planned, sum(s.contracted) AS contracted
    FROM organisation_chain AS h
        JOIN spend_month AS s ON s.organisation_id = h.member_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, s.contract_id, s.service_id, s.month
)
SELECT m.hierarchy, m.organisation_id, m.organisation_name, m.organisation_kind, m.organisation_level,
    m.contract_id, m.lot, m.service_id, v.service_name, m.month AS period_start, 'month'::text AS period_kind,
    m.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    m.cost AS cost_gbp, m.planned AS planned_gbp, m.contracted AS contract_gbp,
    sum(m.cost) OVER to_date AS cost_to_date_gbp, sum(m.planned) OVER to_date AS planned_to_date_gbp,
    sum(m.contracted) OVER to_date AS contract_to_date_gbp,
    -- Only months that have both tell whether the plan is kept.
    sum(m.cost - m.planned) OVER to_date AS variance_to_date_gbp,
    t.as_at, t.recalculated_at
FROM month AS m
    LEFT JOIN service_name AS v ON v.service_id = m.service_id
    LEFT JOIN result_state AS t ON t.step = 'spend_month'
WINDOW to_date AS (PARTITION BY m.hierarchy, m.organisation_kind, m.organisation_id, m.contract_id, m.service_id,
                       extract(year FROM m.month) - (extract(month FROM m.month) < 4)::integer ORDER BY m.month)
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; unassigned for what names no known organisation.
    organisation_level -- 0 at the top of the hierarchy.
    contract_id       -- Contract, '(none)' for money outside any contract.
    lot               -- Lot of the contract.
    service_id        -- Service; '(several)' for the value of a contract of several services, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    cost_gbp          -- Money spent in the month, in pounds; NULL where none is recorded.
    planned_gbp       -- Money planned for the month, of the plan's latest version.
    contract_gbp      -- A twelfth of the contract's yearly value, at either end by days under contract.
    cost_to_date_gbp  -- Money spent from April to the month.
    planned_to_date_gbp -- Money planned from April to the month.
    contract_to_date_gbp -- Contract value from April to the month.
    variance_to_date_gbp -- Spent less planned from April to the month, over months that have both.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('wait_group', 'result', 'site_id, service_id, quarter, dimension, group_name', 'Routine waits for first contact that ended in a quarter, by group of people.', $$
    site_id      text                        -- Site.
    service_id   text                        -- Service.
    quarter      date                        -- First day of the quarter in which the wait ended.
    dimension    text                        -- deprivation (fifths of areas), age, sex or ethnicity.
    group_name   text                        -- Group of people.
    waits        bigint NOT NULL             -- Waits.
    days         double precision NOT NULL   -- Days waited, together.
    log_days     double precision NOT NULL   -- Sum of the logarithms of the days, where a wait of less than a day counts as one day.
    log_days_squared double precision NOT NULL -- Sum of their squares.
$$),
('session_staff_month', 'result', 'site_id, service_id, month, role, employment, workforce', 'Who ran the sessions of a month.', $$
    site_id    text                        -- Site.
    service_id text                        -- Service.
    month      date                        -- First day of the month.
    role       text                        -- Role in the session, or else of the member of staff.
    employment text                        -- permanent or temporary.
    workforce  text                        -- uniformed, civilian or contractor.
    sessions   bigint NOT NULL             -- Sessions held or open, once for each member of staff.
    minutes    double precision NOT NULL   -- Minutes of these sessions.
$$),
('residence_year', 'result', 'organisation_id, service_id', 'People of a place referred to a service in the last twelve whole months.', $$
    organisation_id text              -- Organisation that answers for the areas, '(unassigned)' where unknown.
    service_id      text              -- Service.
    people          numeric           -- Residents; NULL where no population is bound.
    referred        numeric NOT NULL  -- People referred to the service, each once.
    referrals       numeric NOT NULL  -- Their referrals.
    compared        numeric NOT NULL  -- People referred whose age, sex and area are known and whose area's population is bound.
    expected        numeric           -- People expected if each age band and sex were referred as in all areas together.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('wait_group', 'wait_group', 'Routine waits for first contact by deprivation, age, sex and ethnicity.', $$
SELECT r.site_id, r.service_id, date_trunc('quarter', r.first_contact_at AT TIME ZONE p.time_zone)::date, g.dimension, g.group_name,
    count(*), sum(w.days), sum(ln(greatest(w.days, 1))), sum(ln(greatest(w.days, 1)) ^ 2)
FROM referral_summary AS r CROSS JOIN parameter AS p
    LEFT JOIN person_group AS n ON n.person_id = r.person_id
    CROSS JOIN LATERAL (SELECT extract(epoch FROM r.first_contact_at - r.received_at)::double precision / 86400 AS days) AS w
    CROSS JOIN LATERAL (VALUES
        ('deprivation', coalesce('fifth ' || (CASE WHEN n.deprivation_decile BETWEEN 1 AND 10 THEN n.deprivation_decile END + 1) / 2, 'unknown')),
        ('age', CASE WHEN n.age_years < 18 THEN '00-17' WHEN n.age_years < 40 THEN '18-39' WHEN n.age_years < 65 THEN '40-64'
                     WHEN n.age_years < 80 THEN '65-79' WHEN n.age_years >= 80 THEN '80+' ELSE 'unknown' END),
        ('sex', coalesce(n.sex, 'unknown')),
        ('ethnicity', coalesce(n.ethnicity, 'unknown'))) AS g (dimension, group_name)
WHERE r.priority = 'routine' AND r.received_at <= r.first_contact_at AND r.first_contact_at <= p.as_at
    AND isfinite(r.received_at) AND isfinite(r.first_contact_at)
GROUP BY 1, 2, 3, 4, 5
$$),
('session_staff_month', 'session_staff_month', 'Sessions by who ran them.', $$
WITH worker AS (
    SELECT DISTINCT ON (f.staff_id) f.staff_id, f.role, f.employment, f.workforce FROM staff AS f WHERE f.staff_id IS NOT NULL
    ORDER BY f.staff_id, f.role, f.employment, f.workforce
), served AS (
    SELECT w.session_id, w.staff_id, min(w.role) AS role FROM session_staff AS w GROUP BY w.session_id, w.staff_id
)
SELECT coalesce(s.site_id, '(unassigned)'), coalesce(n.service_id, '(unknown)'), date_trunc('month', n.starts_at AT TIME ZONE p.time_zone)::date,
    coalesce(w.role, f.role, 'not stated'), coalesce(f.employment, 'not stated'), coalesce(f.workforce, 'not stated'),
    count(*), coalesce(sum(extract(epoch FROM n.ends_at - n.starts_at) / 60) FILTER (WHERE n.ends_at >= n.starts_at AND isfinite(n.ends_at)), 0)
FROM known_session AS n CROSS JOIN parameter AS p
    JOIN served AS w ON w.session_id = n.session_id
    LEFT JOIN worker AS f ON f.staff_id = w.staff_id
    LEFT JOIN known_site AS s ON s.site_id = n.site_id
WHERE n.status IS DISTINCT FROM 'cancelled' AND n.starts_at <= p.as_at AND isfinite(n.starts_at)
GROUP BY 1, 2, 3, 4, 5, 6
$$),
('residence_year', 'residence_year', 'People referred in the last twelve whole months, by where they live, against what the age and sex of the residents lead one to expect.', $$
WITH span AS (
    SELECT date_trunc('month', p.as_at AT TIME ZONE p.time_zone) AT TIME ZONE p.time_zone AS until,
        (date_trunc('month', p.as_at AT TIME ZONE p.time_zone) - interval '1 year') AT TIME ZONE p.time_zone AS since
    FROM parameter AS p
), place AS (
    SELECT a.area_id, coalesce(k.organisation_id, '(unassigned)') AS organisation_id, c.people > 0 AS has_residents
    FROM known_area AS a LEFT JOIN known_organisation AS k ON k.organisation_id = a.organisation_id
        LEFT JOIN (SELECT c.unit_id, sum(c.people) AS people FROM population_count AS c WHERE c.basis = 'resident' GROUP BY 1) AS c ON c.unit_id = a.area_id
), band AS MATERIALIZED (
    -- Residents may come in other bands than five years: a band starts at the
    -- first number of its name.
    SELECT c.age_band, substring(c.age_band FROM '^\D*(\d{1,3})(?!\d)')::integer AS starts
    FROM population_count AS c WHERE c.basis = 'resident' GROUP BY 1, 2
), age AS MATERIALIZED (
    SELECT y.age_years, (SELECT b.age_band FROM band AS b WHERE b.starts <= y.age_years ORDER BY b.starts DESC, b.age_band LIMIT 1) AS age_band
    FROM generate_series(0, 130) AS y (age_years)
), resident AS (
    SELECT l.organisation_id, c.age_band, c.sex, sum(c.people) AS people
    FROM population_count AS c JOIN place AS l ON l.area_id = c.unit_id
    WHERE c.basis = 'resident' GROUP BY 1, 2, 3
), whole AS (
    SELECT s.age_band, s.sex, sum(s.people) AS people FROM resident AS s GROUP BY 1, 2
), sent AS (
    SELECT coalesce(l.organisation_id, '(unassigned)') AS organisation_id, r.service_id, g.age_band, n.sex,
        coalesce(l.has_residents AND w.people > 0, false) AS is_compared, count(DISTINCT r.person_id)::numeric AS referred, count(*)::numeric AS referrals
    FROM referral_summary AS r CROSS JOIN span AS t
        LEFT JOIN person_group AS n ON n.person_id = r.person_id
        LEFT JOIN place AS l ON l.area_id = n.area_id
        LEFT JOIN age AS g ON g.age_years = n.age_years
        LEFT JOIN whole AS w ON w.age_band = g.age_band AND w.sex = n.sex
    WHERE r.received_at >= t.since AND r.received_at < t.until
    GROUP BY 1, 2, 3, 4, 5
), rate AS (
    SELECT s.service_id, s.age_band, s.sex, sum(s.referred) / min(w.people) AS rate
    FROM sent AS s JOIN whole AS w ON w.age_band = s.age_band AND w.sex = s.sex
    WHERE s.is_compared GROUP BY 1, 2, 3
), expected AS (
    SELECT r.organisation_id, q.service_id, sum(r.people * q.rate) AS expected
    FROM resident AS r JOIN rate AS q ON q.age_band = r.age_band AND q.sex = r.sex GROUP BY 1, 2
), total AS (
    SELECT s.organisation_id, s.service_id, sum(s.referred) AS referred, sum(s.referrals) AS referrals,
        coalesce(sum(s.referred) FILTER (WHERE s.is_compared), 0) AS compared
    FROM sent AS s GROUP BY 1, 2
)
SELECT coalesce(t.organisation_id, e.organisation_id), coalesce(t.service_id, e.service_id),
    (SELECT sum(r.people) FROM resident AS r WHERE r.organisation_id = coalesce(t.organisation_id, e.organisation_id)),
    coalesce(t.referred, 0), coalesce(t.referrals, 0), coalesce(t.compared, 0), e.expected
FROM total AS t FULL JOIN expected AS e ON e.organisation_id = t.organisation_id AND e.service_id = t.service_id
$$);

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('report_wait_gap', 'report', 'wait_group', 'How long each group of people waits for routine first contact against everybody else, by quarter, rolled up.', $$
WITH stratum AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
        w.quarter, w.dimension, w.group_name, w.service_id,
        sum(w.waits) AS n, sum(w.days) AS days, sum(w.log_days) AS x, sum(w.log_days_squared) AS xx
    FROM chain AS h JOIN wait_group AS w ON w.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
        w.quarter, w.dimension, w.group_name, w.service_id
), rest AS (
    SELECT s.*, sum(s.n) OVER whole - s.n AS other_n, sum(s.days) OVER whole - s.days AS other_days,
        sum(s.x) OVER whole - s.x AS other_x, sum(s.xx) OVER whole - s.xx AS other_xx
    FROM stratum AS s
    WHERE s.group_name <> 'unknown'
    WINDOW whole AS (PARTITION BY s.hierarchy, s.organisation_kind, s.organisation_id, s.quarter, s.dimension, s.service_id)
), weighted AS (
    -- The difference of the mean logarithms in each service, weighted by what
    -- it tells: n1 n2 / (n1 + n2).
    SELECT r.*, r.n * r.other_n / (r.n + r.other_n) AS weight, r.x / r.n - r.other_x / nullif(r.other_n, 0) AS difference,
        greatest(r.xx - r.x ^ 2 / r.n + r.other_xx - r.other_x ^ 2 / nullif(r.other_n, 0), 0) / nullif(r.n + r.other_n - 2, 0) AS variance
    FROM rest AS r
), gap AS (
    SELECT w.hierarchy, w.organisation_id, w.organisation_name, w.organisation_kind, w.organisation_level, w.quarter, w.dimension, w.group_name,
        sum(w.n) AS waits, sum(w.other_n) AS other_waits, sum(w.days) / sum(w.n) AS mean_days, sum(w.other_days) / nullif(sum(w.other_n), 0) AS other_mean_days,
        (sum(w.weight * w.difference) FILTER (WHERE w.variance IS NOT NULL) / nullif(sum(w.weight) FILTER (WHERE w.variance IS NOT NULL), 0))::double precision AS difference,
        (sqrt(sum(w.weight * w.variance)) / nullif(sum(w.weight) FILTER (WHERE w.variance IS NOT NULL), 0))::double precision AS error
    FROM weighted AS w
    GROUP BY w.hierarchy, w.organisation_id, w.organisation_name, w.organisation_kind, w.organisation_level, w.quarter, w.dimension, w.group_name
)
SELECT g.hierarchy, g.organisation_id, g.organisation_name, g.organisation_kind, g.organisation_level,
    g.quarter AS period_start, 'quarter'::text AS period_kind, g.quarter::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    g.dimension, g.group_name, g.waits::bigint AS waits, g.other_waits::bigint AS other_waits,
    g.mean_days AS wait_days_mean, g.other_mean_days AS other_wait_days_mean,
    exp(g.difference) AS ratio, exp(g.difference - 1.959963984540054 * g.error) AS lower, exp(g.difference + 1.959963984540054 * g.error) AS upper,
    g.difference / nullif(g.error, 0) AS z, t.as_at, t.recalculated_at
FROM gap AS g LEFT JOIN result_state AS t ON t.step = 'wait_group'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    period_start      -- First day of the quarter in which the waits ended.
    period_kind       -- quarter.
    time              -- Start of the quarter as a moment, for time-series charts.
    dimension         -- deprivation, age, sex or ethnicity.
    group_name        -- Group of people; of deprivation, fifth 1 is the most deprived. People of unknown group stay out.
    waits             -- Routine waits of the group that ended in first contact.
    other_waits       -- The same of everybody else.
    wait_days_mean    -- Mean days that the group waited.
    other_wait_days_mean -- Mean days that everybody else waited.
    ratio             -- How many times as long the group waits for the same service: geometric means within each service, weighted together (waits of less than a day count as one day).
    lower             -- Lower limit of its 95 % interval.
    upper             -- Upper limit of its 95 % interval.
    z                 -- Logarithm of the ratio over its standard error.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_staff_use', 'report', 'session_staff_month', 'Sessions of each month by employment and workforce of who ran them, by site, service and role, rolled up.', $$
WITH month AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
        s.service_id, s.role, s.month, s.employment, s.workforce, sum(s.sessions) AS sessions, sum(s.minutes) AS minutes
    FROM chain AS h JOIN session_staff_month AS s ON s.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level,
        s.service_id, s.role, s.month, s.employment, s.workforce
)
SELECT m.hierarchy, m.organisation_id, m.organisation_name, m.organisation_kind, m.organisation_level,
    m.service_id, v.service_name, m.role, m.month AS period_start, 'month'::text AS period_kind,
    m.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    m.employment, m.workforce, m.sessions::bigint AS sessions, m.minutes AS minutes_staffed,
    (m.sessions / sum(m.sessions) OVER whole)::double precision AS sessions_share, t.as_at, t.recalculated_at
FROM month AS m
    LEFT JOIN service_name AS v ON v.service_id = m.service_id
    LEFT JOIN result_state AS t ON t.step = 'session_staff_month'
WINDOW whole AS (PARTITION BY m.hierarchy, m.organisation_kind, m.organisation_id, m.service_id, m.role, m.month)
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    role              -- Role in the session, or else of the member of staff.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    employment        -- permanent or temporary.
    workforce         -- uniformed, civilian or contractor.
    sessions          -- Sessions not cancelled, once for each member of staff.
    minutes_staffed   -- Minutes of these sessions.
    sessions_share    -- Of all sessions of the service, role and month.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_referral_residence', 'report', 'residence_year', 'People referred in the last twelve whole months by where they live, against what the age and sex of the residents lead one to expect, rolled up.', $$
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level,
    u.service_id, v.service_name, (u.until - interval '1 year')::date AS period_start, 'year'::text AS period_kind,
    u.people, u.referrals, u.referred, u.expected, (1000 * u.compared / u.people)::double precision AS per_1000_people,
    (u.compared / u.expected)::double precision AS ratio,
    caregroup.byar_lower(u.compared) / u.expected::double precision AS lower,
    caregroup.byar_upper(u.compared) / u.expected::double precision AS upper,
    u.as_at, u.recalculated_at
FROM (SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, r.service_id,
          date_trunc('month', min(t.as_at) AT TIME ZONE (SELECT p.time_zone FROM parameter AS p)) AS until,
          nullif(sum(r.people), 0) AS people, sum(r.referrals) AS referrals, sum(r.referred) AS referred,
          sum(r.compared) AS compared, nullif(sum(r.expected), 0) AS expected,
          min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
      FROM organisation_chain AS h
          JOIN residence_year AS r ON r.organisation_id = h.member_id
          LEFT JOIN result_state AS t ON t.step = 'residence_year'
      WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
      GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, r.service_id) AS u
    LEFT JOIN service_name AS v ON v.service_id = u.service_id
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation that answers for the areas where the people live.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; unassigned for areas that name no known organisation.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service referred to.
    service_name      -- Name to print.
    period_start      -- First day of the twelve months.
    period_kind       -- year.
    people            -- Residents; NULL where no population of areas is bound.
    referrals         -- Referrals of residents.
    referred          -- Residents referred to the service, each once.
    expected          -- Residents expected to be referred if each age band and sex were referred as in all areas together.
    per_1000_people   -- Residents referred per 1,000.
    ratio             -- Residents referred over expected. Two ratios are each against the whole, not against each other.
    lower             -- Lower limit of its 95 % interval (Byar).
    upper             -- Upper limit of its 95 % interval (Byar).
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);

CREATE FUNCTION rtt_treatment_functions(OUT code text, OUT name text)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 18
BEGIN ATOMIC
SELECT v.code, v.name
FROM (VALUES ('100', 'General Surgery'), ('101', 'Urology'), ('110', 'Trauma and Orthopaedic'), ('120', 'Ear Nose and Throat'),
    ('130', 'Ophthalmology'), ('140', 'Oral Surgery'), ('150', 'Neurosurgical'), ('160', 'Plastic Surgery'), ('170', 'Cardiothoracic Surgery'),
    ('300', 'General Internal Medicine'), ('301', 'Gastroenterology'), ('320', 'Cardiology'), ('330', 'Dermatology'), ('340', 'Respiratory Medicine'),
    ('400', 'Neurology'), ('410', 'Rheumatology'), ('430', 'Elderly Medicine'), ('502', 'Gynaecology')) AS v (code, name);
END;

COMMENT ON FUNCTION rtt_treatment_functions() IS
'The treatment functions that the national return names one by one, by their code in the NHS Data Dictionary; it puts all others together. Source: NHS England, RTT waiting times statistics.';

CREATE AGGREGATE wait_tally(days integer) (
	SFUNC = wait_add, STYPE = bytea, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_tally(integer) IS
'The counts of waits by days that wait_median() and its like keep, to be merged by wait_tally_merge() and read by wait_median_estimate_final(): a group and everybody else are then counted once. NULL rule and errors as for wait_median().';

CREATE AGGREGATE wait_tally_merge(tally bytea) (
	SFUNC = wait_tally_combine, STYPE = bytea, COMBINEFUNC = wait_tally_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE wait_tally_merge(bytea) IS
'The tally of several groups together, from the tally of each by wait_tally(). NULLs are skipped; no rows give NULL. Damaged tallies are error 22P03.';

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('report_rtt', 'report', 'rtt_month', 'The national referral-to-treatment return of each of the last 24 whole months, by provider, treatment function and part, rolled up.', $$
SELECT r.hierarchy, r.organisation_id, r.organisation_name, r.organisation_kind, r.organisation_level,
    r.treatment_function_code, CASE r.treatment_function_code WHEN '(all)' THEN 'Total' WHEN '(unknown)' THEN 'Not stated' ELSE coalesce(f.name, 'Other') END AS treatment_function_name,
    r.month AS period_start, 'month'::text AS period_kind, r.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    r.part, q.name AS part_name, r.total,
    (r.figure).within_18_weeks, ((r.figure).within_18_weeks / nullif(r.total, 0)::double precision) AS within_18_weeks_share,
    caregroup.wilson_lower((r.figure).within_18_weeks, r.total) AS lower, caregroup.wilson_upper((r.figure).within_18_weeks, r.total) AS upper,
    (r.figure).median_weeks, (r.figure).p92_weeks, (r.figure).p92_is_open AS p92_over_104_weeks,
    (r.figure).over_52_weeks, (r.figure).over_65_weeks, (r.figure).over_78_weeks, (r.figure).over_104_weeks,
    t.as_at, t.recalculated_at
FROM (SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, x.treatment_function_code, m.month, m.part,
          sum(m.total)::bigint AS total, caregroup.rtt_summary(caregroup.wait_band_sum(m.counts)) AS figure
      FROM chain AS h JOIN rtt_month AS m ON m.site_id = h.site_id
          CROSS JOIN LATERAL (VALUES (m.treatment_function_code), ('(all)')) AS x (treatment_function_code)
      WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
      GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, x.treatment_function_code, m.month, m.part) AS r
    LEFT JOIN caregroup.rtt_return_parts() AS q ON q.part = r.part
    LEFT JOIN caregroup.rtt_treatment_functions() AS f ON f.code = r.treatment_function_code
    LEFT JOIN result_state AS t ON t.step = 'rtt_month'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    treatment_function_code -- Treatment function; '(all)' is the total over all, '(unknown)' where the service has none.
    treatment_function_name -- Name to print; Other for those that the return puts together.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    part              -- Part_1A (stopped in the month by admission), Part_1B (stopped otherwise), Part_2 (running at its end), Part_2A (of those, decided to admit) or Part_3 (started in it). Nullified clocks are in none.
    part_name         -- Its name in the return.
    total             -- Clocks. Running at a month's end are those at the end of the month before, plus Part_3, less Part_1A and Part_1B.
    within_18_weeks   -- Of those, of at most 126 days; NULL for Part_3, as all that follows.
    within_18_weeks_share -- Their share of the clocks.
    lower             -- Lower limit of its 95 % Wilson interval.
    upper             -- Upper limit of its 95 % Wilson interval.
    median_weeks      -- Median in weeks, from the weekly bands as the national statistics have it.
    p92_weeks         -- 92nd percentile in weeks, from the bands; 104 where it lies in the open band.
    p92_over_104_weeks -- Whether it does.
    over_52_weeks     -- Clocks of more than 52 weeks.
    over_65_weeks     -- Clocks of more than 65 weeks.
    over_78_weeks     -- Clocks of more than 78 weeks.
    over_104_weeks    -- Clocks of more than 104 weeks.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_rtt_band', 'report', 'rtt_month', 'The same return by its 105 weekly bands, rolled up.', $$
SELECT r.hierarchy, r.organisation_id, r.organisation_name, r.organisation_kind, r.organisation_level,
    r.treatment_function_code, CASE r.treatment_function_code WHEN '(all)' THEN 'Total' WHEN '(unknown)' THEN 'Not stated' ELSE coalesce(f.name, 'Other') END AS treatment_function_name,
    r.month AS period_start, 'month'::text AS period_kind, r.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    r.part, b.band, b.band_name, b.return_name, b.from_days, b.to_days, r.counts[b.band] AS clocks, t.as_at, t.recalculated_at
FROM (SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, x.treatment_function_code, m.month, m.part,
          caregroup.wait_band_sum(m.counts) AS counts
      FROM chain AS h JOIN rtt_month AS m ON m.site_id = h.site_id AND m.counts IS NOT NULL
          CROSS JOIN LATERAL (VALUES (m.treatment_function_code), ('(all)')) AS x (treatment_function_code)
      WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
      GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, x.treatment_function_code, m.month, m.part) AS r
    CROSS JOIN caregroup.rtt_bands() AS b
    LEFT JOIN caregroup.rtt_treatment_functions() AS f ON f.code = r.treatment_function_code
    LEFT JOIN result_state AS t ON t.step = 'rtt_month'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    treatment_function_code -- Treatment function; '(all)' is the total over all, '(unknown)' where the service has none.
    treatment_function_name -- Name to print; Other for those that the return puts together.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    part              -- Part_1A, Part_1B, Part_2 or Part_2A; Part_3 has no waits.
    band              -- Weekly band, 1 to 105.
    band_name         -- Weeks, such as >17-18.
    return_name       -- Name of the band's column in the national return.
    from_days         -- First day of the band.
    to_days           -- Last day of the band; NULL for the open one.
    clocks            -- Clocks in the band.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_waiting_summary', 'report', 'list_day', 'Every list as it stands now: how many wait and how long, what came on and went off it in the last whole month, and how long it would take to clear, by service, rolled up.', $$
WITH size AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, x.service_id,
        caregroup.wait_summary(w.days) AS s, caregroup.community_band_counts(w.days) AS bands,
        count(*) FILTER (WHERE w.days > 182) AS over_26
    FROM chain AS h JOIN list_day AS w ON w.site_id = h.site_id AND w.dimension = '(all)'
        CROSS JOIN LATERAL (VALUES (w.service_id), ('(all)')) AS x (service_id)
        CROSS JOIN LATERAL unnest(array_fill(1, ARRAY[w.waiting::integer])) -- which the planner takes for few
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, x.service_id
), last_month AS (
    SELECT date_trunc('month', t.as_at AT TIME ZONE (SELECT p.time_zone FROM parameter AS p))::date - interval '1 month' AS month
    FROM result_state AS t WHERE t.step = 'list_month'
), flow AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, m.list, x.service_id,
        sum(m.waiting) FILTER (WHERE m.month = l.month) AS waiting_month_end, sum(m.added) FILTER (WHERE m.month = l.month) AS added,
        sum(m.removed) FILTER (WHERE m.month = l.month) AS removed, sum(m.treated) FILTER (WHERE m.month = l.month) AS treated,
        sum(m.declined) FILTER (WHERE m.month = l.month) AS declined, sum(m.discharged) FILTER (WHERE m.month = l.month) AS discharged,
        sum(m.died) FILTER (WHERE m.month = l.month) AS died, sum(m.transferred) FILTER (WHERE m.month = l.month) AS transferred,
        sum(m.other) FILTER (WHERE m.month = l.month) AS other, sum(m.removed) AS removed_3, sum(m.added) AS added_3
    FROM chain AS h JOIN list_month AS m ON m.site_id = h.site_id
        CROSS JOIN LATERAL (VALUES (m.service_id), ('(all)')) AS x (service_id)
        CROSS JOIN last_month AS l
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND m.month BETWEEN l.month - interval '2 months' AND l.month
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, m.list, x.service_id
)
SELECT b.hierarchy, b.organisation_id, b.organisation_name, b.organisation_kind, b.organisation_level, b.list, b.service_id,
    CASE b.service_id WHEN '(all)' THEN 'All services' ELSE v.service_name END AS service_name,
    coalesce((z.s).patients, 0) AS waiting, (z.s).mean_days / 7 AS mean_weeks, (z.s).median_days / 7 AS median_weeks, (z.s).p92_days / 7 AS p92_weeks,
    (z.s).longest_days / 7.0::double precision AS longest_weeks, (z.s).within_18_weeks, (z.s).within_18_weeks / (z.s).patients::double precision AS within_18_weeks_share,
    z.bands[1] AS weeks_0_to_1, z.bands[2] AS weeks_1_to_2, z.bands[3] AS weeks_2_to_4, z.bands[4] AS weeks_4_to_12, z.bands[5] AS weeks_12_to_18,
    z.bands[6] AS weeks_18_to_52, z.bands[7] AS weeks_over_52,
    f.waiting_month_end::bigint AS waiting_month_end, f.added::bigint AS added, f.removed::bigint AS removed, f.treated::bigint AS treated, f.declined::bigint AS declined,
    f.discharged::bigint AS discharged, f.died::bigint AS died, f.transferred::bigint AS transferred, f.other::bigint AS other,
    (f.added_3 - f.removed_3)::bigint AS growth_3_months,
    caregroup.clearance_weeks(coalesce((z.s).patients, 0), f.removed_3::double precision, 365.25 / 4) AS clearance_weeks,
    t.as_at, t.recalculated_at
FROM (SELECT s.hierarchy, s.organisation_id, s.organisation_name, s.organisation_kind, s.organisation_level, s.list, s.service_id FROM size AS s
      UNION SELECT f.hierarchy, f.organisation_id, f.organisation_name, f.organisation_kind, f.organisation_level, f.list, f.service_id FROM flow AS f) AS b
    LEFT JOIN size AS z ON z.hierarchy = b.hierarchy AND z.organisation_id = b.organisation_id AND z.organisation_kind = b.organisation_kind AND z.list = b.list AND z.service_id = b.service_id
    LEFT JOIN flow AS f ON f.hierarchy = b.hierarchy AND f.organisation_id = b.organisation_id AND f.organisation_kind = b.organisation_kind AND f.list = b.list AND f.service_id = b.service_id
    LEFT JOIN service_name AS v ON v.service_id = b.service_id
    LEFT JOIN result_state AS t ON t.step = 'list_day'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    list              -- first_contact (referrals without a first contact, as in report_waiting_list), rtt (running referral-to-treatment clocks) or recall (follow-ups and inspections past due). One person may be on several.
    service_id        -- Service, '(unknown)' where the record names none, '(all)' for all together.
    service_name      -- Name to print.
    waiting           -- How many wait now.
    mean_weeks        -- Mean wait in weeks so far; of a recall, since it was due.
    median_weeks      -- Median wait in weeks, exact.
    p92_weeks         -- 92nd percentile in weeks, exact.
    longest_weeks     -- Longest wait in weeks.
    within_18_weeks   -- Of those who wait, not longer than 126 days.
    within_18_weeks_share -- Their share.
    weeks_0_to_1      -- 0 to 7 days: the bands of the community health services waiting list.
    weeks_1_to_2      -- 8 to 14 days.
    weeks_2_to_4      -- 15 to 28 days.
    weeks_4_to_12     -- 29 to 84 days.
    weeks_12_to_18    -- 85 to 126 days.
    weeks_18_to_52    -- 127 to 364 days.
    weeks_over_52     -- 365 days and more.
    waiting_month_end -- On the list at the end of the last whole month.
    added             -- Came on it in that month.
    removed           -- Went off it in that month.
    treated           -- Of those, seen (first_contact), treated (rtt) or done (recall).
    declined          -- Of those, declined treatment.
    discharged        -- Of those, discharged without.
    died              -- Of those, died.
    transferred       -- Of those, redirected to another service.
    other             -- Of those, for another reason, such as active monitoring.
    growth_3_months   -- Came on less went off in the last three whole months.
    clearance_weeks   -- Weeks to clear the list if nobody joined it, at the pace of the last three whole months; NULL where nobody went off.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_waiting_band', 'report', 'list_day', 'Every list as it stands now by weekly bands, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, w.service_id, min(v.service_name) AS service_name,
    caregroup.rtt_band(w.days) AS band, CASE caregroup.rtt_band(w.days) WHEN 1 THEN '0-1' WHEN 105 THEN '>104' ELSE '>' || caregroup.rtt_band(w.days) - 1 || '-' || caregroup.rtt_band(w.days) END AS band_name,
    sum(w.waiting)::bigint AS waiting, min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h JOIN list_day AS w ON w.site_id = h.site_id AND w.dimension = '(all)'
    LEFT JOIN service_name AS v ON v.service_id = w.service_id
    LEFT JOIN result_state AS t ON t.step = 'list_day'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, w.service_id, caregroup.rtt_band(w.days)
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    list              -- first_contact, rtt or recall.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    band              -- Weekly band, 1 (0 to 7 days) to 105 (more than 104 weeks); bands in which nobody waits are left out.
    band_name         -- Weeks, such as >17-18.
    waiting           -- How many wait.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_waiting_month', 'report', 'list_month', 'Every list at the end of each of the last 24 whole months, and what came on and went off it, by service, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, m.list, m.service_id, min(v.service_name) AS service_name,
    m.month AS period_start, 'month'::text AS period_kind, m.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    sum(m.waiting)::bigint AS waiting, sum(m.added)::bigint AS added, sum(m.removed)::bigint AS removed,
    sum(m.treated)::bigint AS treated, sum(m.declined)::bigint AS declined, sum(m.discharged)::bigint AS discharged, sum(m.died)::bigint AS died,
    sum(m.transferred)::bigint AS transferred, sum(m.other)::bigint AS other,
    sum(m.over_18)::bigint AS over_18_weeks, sum(m.over_26)::bigint AS over_26_weeks, sum(m.over_52)::bigint AS over_52_weeks,
    sum(m.over_65)::bigint AS over_65_weeks, sum(m.over_78)::bigint AS over_78_weeks, sum(m.over_104)::bigint AS over_104_weeks,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h JOIN list_month AS m ON m.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = m.service_id
    LEFT JOIN result_state AS t ON t.step = 'list_month'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, m.list, m.service_id, m.month
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    list              -- first_contact, rtt or recall.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the month.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    waiting           -- On the list at the end of the month: as many as at the end of the month before, plus added, less removed.
    added             -- Came on it in the month.
    removed           -- Went off it in the month.
    treated           -- Of those, seen (first_contact), treated (rtt) or done (recall).
    declined          -- Of those, declined treatment.
    discharged        -- Of those, discharged without.
    died              -- Of those, died.
    transferred       -- Of those, redirected to another service.
    other             -- Of those, for another reason, such as active monitoring.
    over_18_weeks     -- Of those on the list at the end of the month, over 18 weeks.
    over_26_weeks     -- Over 26 weeks.
    over_52_weeks     -- Over 52 weeks.
    over_65_weeks     -- Over 65 weeks.
    over_78_weeks     -- Over 78 weeks.
    over_104_weeks    -- Over 104 weeks.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_waiting_gap', 'report', 'list_day', 'How long each group of people has waited by now against everybody else on the same list of the same service, rolled up.', $$
WITH unit AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, w.service_id, w.dimension, w.group_name,
        caregroup.wait_tally(w.days) AS tally, count(*) AS waiting, count(*) FILTER (WHERE w.days <= 126) AS within
    FROM chain AS h JOIN list_day AS w ON w.site_id = h.site_id AND w.dimension <> '(all)' AND w.group_name <> 'unknown' AND w.list <> 'recall'
        CROSS JOIN LATERAL unnest(array_fill(1, ARRAY[w.waiting::integer]))
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, w.service_id, w.dimension, w.group_name
), rest AS (
    SELECT u.hierarchy, u.organisation_id, u.organisation_kind, u.list, u.service_id, u.dimension, u.group_name,
        caregroup.wait_tally_merge(x.tally) AS tally, sum(x.waiting)::bigint AS waiting, sum(x.within)::bigint AS within
    FROM unit AS u
        JOIN unit AS x ON x.hierarchy = u.hierarchy AND x.organisation_id = u.organisation_id AND x.organisation_kind = u.organisation_kind
            AND x.list = u.list AND x.service_id = u.service_id AND x.dimension = u.dimension AND x.group_name <> u.group_name
    GROUP BY u.hierarchy, u.organisation_id, u.organisation_kind, u.list, u.service_id, u.dimension, u.group_name
), one AS MATERIALIZED (
    SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, u.list, u.service_id, u.dimension, u.group_name,
        caregroup.wait_median_estimate_final(u.tally) AS m, caregroup.wait_median_estimate_final(r.tally) AS o,
        u.waiting, coalesce(r.waiting, 0) AS other_waiting, u.within, r.within AS other_within
    FROM unit AS u
        LEFT JOIN rest AS r ON r.hierarchy = u.hierarchy AND r.organisation_id = u.organisation_id AND r.organisation_kind = u.organisation_kind
            AND r.list = u.list AND r.service_id = u.service_id AND r.dimension = u.dimension AND r.group_name = u.group_name
)
SELECT s.hierarchy, s.organisation_id, s.organisation_name, s.organisation_kind, s.organisation_level, s.list, s.service_id, v.service_name,
    s.dimension, s.group_name, s.waiting, s.other_waiting, (s.m).median / 7 AS median_weeks, (s.o).median / 7 AS other_median_weeks,
    (r.median).value AS ratio, (r.median).lower AS lower, (r.median).upper AS upper,
    s.within / nullif(s.waiting, 0)::double precision AS within_18_weeks_share, s.other_within / nullif(s.other_waiting, 0)::double precision AS other_within_18_weeks_share,
    (r.share).value AS share_ratio, (r.share).lower AS share_ratio_lower, (r.share).upper AS share_ratio_upper,
    t.as_at, t.recalculated_at
FROM one AS s
    CROSS JOIN LATERAL (SELECT caregroup.median_ratio((s.m).median, (s.m).log_variance, (s.o).median, (s.o).log_variance) AS median,
        CASE WHEN s.waiting > 0 AND s.other_waiting > 0 THEN caregroup.share_ratio(s.within, s.waiting, s.other_within, s.other_waiting) END AS share) AS r
    LEFT JOIN service_name AS v ON v.service_id = s.service_id
    LEFT JOIN result_state AS t ON t.step = 'list_day'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    list              -- first_contact or rtt.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    dimension         -- deprivation, age, sex or ethnicity.
    group_name        -- Group of people; of deprivation, fifth 1 is the most deprived. People of unknown group stay out.
    waiting           -- Of the group, how many wait.
    other_waiting     -- Of everybody else on the same list, how many.
    median_weeks      -- Median wait of the group so far, in weeks.
    other_median_weeks -- The same of everybody else.
    ratio             -- The group's median over the others'.
    lower             -- Lower limit of its 95 % interval (Price and Bonett); NULL with fewer than 5 people on either side. Each is for itself: of twenty comparisons one is outside by chance.
    upper             -- Upper limit of that interval.
    within_18_weeks_share -- Share of the group that has waited 126 days or less.
    other_within_18_weeks_share -- The same of everybody else.
    share_ratio       -- The first over the second.
    share_ratio_lower -- Lower limit of its 95 % interval (Katz).
    share_ratio_upper -- Upper limit of that interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_long_waiters', 'report', 'list_day', 'Who has waited long by now: where, and what for, by list and service, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, w.service_id, min(v.service_name) AS service_name, w.waits_for,
    sum(w.waiting)::bigint AS waiting, coalesce(sum(w.waiting) FILTER (WHERE w.days > 126), 0)::bigint AS over_18_weeks,
    coalesce(sum(w.waiting) FILTER (WHERE w.days > 182), 0)::bigint AS over_26_weeks, coalesce(sum(w.waiting) FILTER (WHERE w.days > 364), 0)::bigint AS over_52_weeks,
    coalesce(sum(w.waiting) FILTER (WHERE w.days > 455), 0)::bigint AS over_65_weeks, coalesce(sum(w.waiting) FILTER (WHERE w.days > 546), 0)::bigint AS over_78_weeks,
    coalesce(sum(w.waiting) FILTER (WHERE w.days > 728), 0)::bigint AS over_104_weeks, max(w.days) / 7 AS longest_weeks,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h JOIN list_day AS w ON w.site_id = h.site_id AND w.dimension = '(all)'
    LEFT JOIN service_name AS v ON v.service_id = w.service_id
    LEFT JOIN result_state AS t ON t.step = 'list_day'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, w.list, w.service_id, w.waits_for
HAVING max(w.days) > 126
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    list              -- first_contact, rtt or recall.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    waits_for         -- What they wait for: first contact, treatment, admission (it has been decided to admit), validation (all referrals of the pathway are closed, but no code has stopped its clock) or recall.
    waiting           -- How many wait for it.
    over_18_weeks     -- Of those, over 18 weeks. Each of these counts those of the next as well.
    over_26_weeks     -- Over 26 weeks.
    over_52_weeks     -- Over 52 weeks.
    over_65_weeks     -- Over 65 weeks.
    over_78_weeks     -- Over 78 weeks.
    over_104_weeks    -- Over 104 weeks.
    longest_weeks     -- Whole weeks that the longest has waited. Loaders find the referrals in the table wait_interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_data_quality_rtt', 'report', 'rtt_finding_count', 'Events that do not fit the referral-to-treatment rules, by rule and service, rolled up.', $$
WITH unit AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, f.service_id, f.rule, min(f.explanation) AS explanation,
        sum(f.findings)::bigint AS findings, sum(f.pathways)::bigint AS pathways, sum(f.out_of)::bigint AS out_of
    FROM chain AS h JOIN rtt_finding_count AS f ON f.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, f.service_id, f.rule
)
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, u.service_id, v.service_name,
    u.rule, CASE u.rule WHEN '(any)' THEN 'Any of the rules.' ELSE u.explanation END AS explanation, u.findings, u.pathways, w.out_of AS out_of_pathways,
    u.pathways / nullif(w.out_of, 0)::double precision AS pathways_share,
    caregroup.wilson_lower(least(u.pathways, w.out_of), w.out_of) AS lower, caregroup.wilson_upper(least(u.pathways, w.out_of), w.out_of) AS upper,
    t.as_at, t.recalculated_at
FROM unit AS u
    LEFT JOIN unit AS w ON w.rule = '(any)' AND w.hierarchy = u.hierarchy AND w.organisation_id = u.organisation_id AND w.organisation_kind = u.organisation_kind AND w.service_id = u.service_id
    LEFT JOIN service_name AS v ON v.service_id = u.service_id
    LEFT JOIN result_state AS t ON t.step = 'rtt_finding_count'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service.
    service_name      -- Name to print.
    rule              -- Rule that the data break, '(any)' for all together.
    explanation       -- The rule in words.
    findings          -- Events that break it.
    pathways          -- Pathways with such an event.
    out_of_pathways   -- All pathways of the service there.
    pathways_share    -- Share of pathways with such an event.
    lower             -- Lower limit of its 95 % Wilson interval.
    upper             -- Upper limit of its 95 % Wilson interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('report_referral_conversion', 'report', 'referral_conversion', 'How many of the referrals that begin a step in a month come to its end, by service, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, c.service_id, min(v.service_name) AS service_name,
    c.month AS period_start, 'month'::text AS period_kind, c.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    c.step, sum(c.begun)::bigint AS begun, sum(c.observed)::bigint AS observed, sum(c.reached)::bigint AS reached,
    (sum(c.reached) / nullif(sum(c.observed), 0))::double precision AS share,
    caregroup.wilson_lower(sum(c.reached), sum(c.observed)) AS lower, caregroup.wilson_upper(sum(c.reached), sum(c.observed)) AS upper,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h JOIN referral_conversion AS c ON c.site_id = h.site_id
    LEFT JOIN service_name AS v ON v.service_id = c.service_id
    LEFT JOIN result_state AS t ON t.step = 'referral_conversion'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, c.service_id, c.month, c.step
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the month in which the step began: the referral was received, or the first contact was.
    period_kind       -- month.
    time              -- Start of the month as a moment, for time-series charts.
    step              -- first_contact (from receipt, within 126 days), procedure (from first contact, within 364 days), discharged_at_first (from first contact, closed within 126 days after that one contact) or from_consultant (of referrals received, made by a consultant).
    begun             -- Referrals that began the step.
    observed          -- Of those, who began it long enough ago that its days have gone by.
    reached           -- Of those observed, who came to its end in time.
    share             -- Reached over observed; NULL where none is observed yet.
    lower             -- Lower limit of its 95 % Wilson interval.
    upper             -- Upper limit of its 95 % Wilson interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_attendance', 'report', 'attendance_month', 'Appointments of each month: kept, missed, cancelled and at what notice, and follow-ups for each first visit, by service, rolled up.', $$
SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, u.service_id, v.service_name,
    u.month AS period_start, 'month'::text AS period_kind, u.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    u.attended + u.did_not_attend + u.cancelled_by_person + u.cancelled_by_provider AS due, u.attended, u.did_not_attend,
    (u.did_not_attend / nullif(u.attended + u.did_not_attend, 0))::double precision AS did_not_attend_share,
    caregroup.wilson_lower(u.did_not_attend, u.attended + u.did_not_attend) AS lower, caregroup.wilson_upper(u.did_not_attend, u.attended + u.did_not_attend) AS upper,
    u.cancelled_by_person, u.cancelled_by_provider, u.notice_under_24_hours, u.notice_1_to_2_days, u.notice_3_to_7_days, u.notice_over_7_days, u.notice_unknown,
    u.first_visits, u.follow_ups, (u.follow_ups / nullif(u.first_visits, 0))::double precision AS follow_ups_per_first_visit, t.as_at, t.recalculated_at
FROM (SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, a.service_id, a.month, sum(a.attended) AS attended, sum(a.did_not_attend) AS did_not_attend,
          sum(a.cancelled_by_person) AS cancelled_by_person, sum(a.cancelled_by_provider) AS cancelled_by_provider,
          sum(a.notice_under_24_hours) AS notice_under_24_hours, sum(a.notice_1_to_2_days) AS notice_1_to_2_days, sum(a.notice_3_to_7_days) AS notice_3_to_7_days,
          sum(a.notice_over_7_days) AS notice_over_7_days, sum(a.notice_unknown) AS notice_unknown, sum(a.first_visits) AS first_visits, sum(a.follow_ups) AS follow_ups
      FROM chain AS h JOIN attendance_month AS a ON a.site_id = h.site_id
      WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
      GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, a.service_id, a.month) AS u
    LEFT JOIN service_name AS v ON v.service_id = u.service_id
    LEFT JOIN result_state AS t ON t.step = 'attendance_month'
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
    due               -- Appointments that were due: first visits, follow-ups, assessments, procedures, diagnostics and groups.
    attended          -- Of those, attended.
    did_not_attend    -- Of those, not attended.
    did_not_attend_share -- Not attended over those attended or not.
    lower             -- Lower limit of its 95 % Wilson interval.
    upper             -- Upper limit of its 95 % Wilson interval.
    cancelled_by_person -- Cancelled by the person.
    cancelled_by_provider -- Cancelled by the provider.
    notice_under_24_hours -- Cancelled less than 24 hours before, or later.
    notice_1_to_2_days -- Cancelled less than three full days before.
    notice_3_to_7_days -- Cancelled three to seven days before.
    notice_over_7_days -- Cancelled more than seven days before.
    notice_unknown    -- Cancelled at a time that is not known.
    first_visits      -- Attended first appointments and assessments.
    follow_ups        -- Attended follow-ups.
    follow_ups_per_first_visit -- The second over the first; NULL without first visits.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_wait_curve', 'report', 'wait_curve', 'Share seen or treated by each week since referral, those still waiting counted as such (Kaplan-Meier), by service and half-year, rolled up.', $$
WITH step AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, c.list, c.service_id, c.cohort, c.week,
        sum(c.treated) AS treated, sum(c.left_list) AS left_list, sum(c.still_waits) AS still_waits
    FROM chain AS h JOIN wait_curve AS c ON c.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, c.list, c.service_id, c.cohort, c.week
), risk AS (
    SELECT s.*, sum(s.treated + s.left_list + s.still_waits) OVER (PARTITION BY s.hierarchy, s.organisation_kind, s.organisation_id, s.list, s.service_id, s.cohort
        ORDER BY s.week ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS at_risk
    FROM step AS s
), curve AS (
    SELECT r.*,
        -- Once everybody has been treated there is no logarithm.
        CASE WHEN bool_or(r.treated = r.at_risk) OVER so_far THEN 0
             ELSE exp(sum(CASE WHEN r.treated < r.at_risk THEN ln(1 - r.treated::double precision / r.at_risk::double precision) ELSE 0 END) OVER so_far) END AS survival,
        sum(CASE WHEN r.treated < r.at_risk THEN r.treated::double precision / (r.at_risk * (r.at_risk - r.treated))::double precision END) OVER so_far AS greenwood
    FROM risk AS r
    WINDOW so_far AS (PARTITION BY r.hierarchy, r.organisation_kind, r.organisation_id, r.list, r.service_id, r.cohort ORDER BY r.week)
)
SELECT c.hierarchy, c.organisation_id, c.organisation_name, c.organisation_kind, c.organisation_level, c.list, c.service_id, v.service_name,
    c.cohort AS period_start, 'half_year'::text AS period_kind, c.cohort::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    c.week, c.at_risk::bigint AS waiting_before, c.treated::bigint AS treated, c.left_list::bigint AS left_list, c.still_waits::bigint AS still_waits,
    1 - c.survival AS share, 1 - c.survival ^ exp(-l.width) AS lower, 1 - c.survival ^ exp(l.width) AS upper,
    t.as_at, t.recalculated_at
FROM curve AS c
    -- Limits on the log-log scale, which stay within 0 and 1.
    CROSS JOIN LATERAL (SELECT CASE WHEN c.survival > 0 AND c.survival < 1 THEN 1.959963984540054 * sqrt(c.greenwood) / abs(ln(c.survival)) END AS width) AS l
    LEFT JOIN service_name AS v ON v.service_id = c.service_id
    LEFT JOIN result_state AS t ON t.step = 'wait_curve'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    list              -- first_contact (from receipt to first contact) or rtt (from clock start to treatment).
    service_id        -- Service, '(unknown)' where the record names none.
    service_name      -- Name to print.
    period_start      -- First day of the half-year in which the waits began.
    period_kind       -- half_year.
    time              -- Start of the half-year as a moment, for time-series charts.
    week              -- Weeks since referral, 105 for 105 or more; weeks in which nothing happened are left out.
    waiting_before    -- Who still waited when the week began and is known of until its end.
    treated           -- Seen, or treated, in the week.
    left_list         -- Went off the list in another way; counted as known of until then.
    still_waits       -- Waits still, and no longer is known.
    share             -- Share that has been seen, or treated, by the end of the week: what it would be if nobody left in another way.
    lower             -- Lower limit of its 95 % interval (Greenwood, log-log); NULL where the share is 0 or 1.
    upper             -- Upper limit of that interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_referrer_feedback', 'report', 'referrer_message', 'What each referring site ought to hear of its referrals of the last twelve whole months, as a text ready to send.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, r.referrals, r.returned, r.returned / r.referrals::double precision AS returned_share, r.redirected, r.redirected / r.referrals::double precision AS redirected_share,
    r.discharged_at_first, r.message, t.as_at, t.recalculated_at
FROM chain AS h JOIN referrer_message AS r ON r.site_id = h.site_id
    LEFT JOIN result_state AS t ON t.step = 'referrer_message'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND h.organisation_kind = 'site'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    referrals         -- Referrals that were decided on.
    returned          -- Of those, returned to the referrer.
    returned_share    -- Their share.
    redirected        -- Of those, redirected to another service.
    redirected_share  -- Their share.
    discharged_at_first -- Of those, seen once and discharged, which need not mean a poor referral.
    message           -- The text. It names services and reasons that at least five referrals share, and neither referrals nor people; loaders find the text with the referrals' numbers in the table referrer_letter.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_standard_open', 'report', 'standard_open', 'Waits that go on and are longer than a standard''s limit already, at the end of each of the last 24 months and now, by service, rolled up.', $$
SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, o.standard_id, min(d.standard_name) AS standard_name, o.service_id, min(v.service_name) AS service_name,
    o.month AS period_start, 'month'::text AS period_kind, o.month::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    sum(o.open_over_limit)::bigint AS open_over_limit, min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM chain AS h JOIN standard_open AS o ON o.site_id = h.site_id
    JOIN standard_name AS d ON d.standard_id = o.standard_id
    LEFT JOIN service_name AS v ON v.service_id = o.service_id
    LEFT JOIN result_state AS t ON t.step = 'standard_open'
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, o.standard_id, o.service_id, o.month
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
    open_over_limit   -- Waits open at the end of the month (in the current month: now) and longer than the limit by then; months without any are left out.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);

CREATE TABLE indicator_seed (
    indicator_id text PRIMARY KEY,
    ordinal      integer GENERATED ALWAYS AS IDENTITY,
    name         text NOT NULL,
    numerator    text NOT NULL,
    denominator  text NOT NULL,
    direction    text NOT NULL CHECK (direction IN ('higher_better', 'lower_better', 'neutral')),
    chart        text NOT NULL,
    per          numeric NOT NULL,
    funnel       text CHECK (funnel IN ('proportion', 'rate')),
    query        text NOT NULL
);

COMMENT ON TABLE indicator_seed IS
'The indicators that every hub has. Rows that you add belong to the extension''s table and are not in a dump: keep the script that adds them, or bind indicator and indicator_value instead.';

COMMENT ON COLUMN indicator_seed.indicator_id IS 'Identifier of the indicator.';

COMMENT ON COLUMN indicator_seed.ordinal IS 'Order.';

COMMENT ON COLUMN indicator_seed.name IS 'Name to print.';

COMMENT ON COLUMN indicator_seed.numerator IS 'What is counted, in words.';

COMMENT ON COLUMN indicator_seed.denominator IS 'Out of what, in words.';

COMMENT ON COLUMN indicator_seed.direction IS 'Which way is better: higher_better, lower_better or neutral.';

COMMENT ON COLUMN indicator_seed.chart IS 'Control chart, as in spc_chart().';

COMMENT ON COLUMN indicator_seed.per IS 'Multiplier of the rate, such as 100 for per cent.';

COMMENT ON COLUMN indicator_seed.funnel IS 'proportion or rate of counted events, which a funnel plot can judge; NULL for what is not counted, such as money.';

COMMENT ON COLUMN indicator_seed.query IS 'A SELECT of unit_kind (site or organisation), unit_id, service_id (''(all)'' for a denominator of every service), period_start, numerator, denominator, aim (the target times the denominator) and expected (the numerator that case-mix leads one to expect), with the hub''s schema on the search path.';

GRANT SELECT ON indicator_seed TO PUBLIC;

INSERT INTO indicator_seed (indicator_id, name, numerator, denominator, direction, chart, per, funnel, query) VALUES
('did_not_attend', 'Appointments not attended', 'Appointments that the person did not attend', 'Appointments attended or not attended', 'lower_better', 'xmr', 100, 'proportion', $$
SELECT 'site', a.site_id, a.service_id, a.month, sum(a.did_not_attend), sum(a.attended + a.did_not_attend), NULL::numeric, NULL::numeric
FROM activity_month AS a
WHERE a.kind IN ('first', 'follow_up', 'assessment', 'procedure', 'diagnostic', 'group')
GROUP BY 2, 3, 4
$$),
('first_to_follow_up', 'Follow-ups for each first appointment', 'Follow-up appointments attended', 'First appointments and assessments attended', 'lower_better', 'xmr', 1, 'rate', $$
SELECT 'site', a.site_id, a.service_id, a.month, sum(a.attended) FILTER (WHERE a.kind = 'follow_up'),
    sum(a.attended) FILTER (WHERE a.kind <> 'follow_up'), NULL, NULL
FROM activity_month AS a
WHERE a.kind IN ('first', 'assessment', 'follow_up')
GROUP BY 2, 3, 4
$$),
('referral_rate', 'Referrals for each 1,000 people registered', 'Referrals made by the site', 'People registered at the site', 'neutral', 'xmr', 1000, 'rate', $$
WITH made AS (
    SELECT r.referrer_site_id AS site_id, r.service_id, date_trunc('month', r.received_at AT TIME ZONE p.time_zone)::date AS month, count(*) AS referrals
    FROM referral_summary AS r CROSS JOIN parameter AS p GROUP BY 1, 2, 3
), listed AS (
    SELECT c.unit_id AS site_id, sum(c.people) AS people FROM population_count AS c
    WHERE c.basis = 'registered' AND c.unit_id <> '(unassigned)' GROUP BY 1
)
SELECT 'site', m.site_id, m.service_id, m.month, m.referrals, NULL::numeric, NULL::numeric, NULL::numeric
FROM made AS m JOIN listed AS l ON l.site_id = m.site_id
UNION ALL
SELECT 'site', y.site_id, y.service_id, m.month, NULL, NULL, NULL, y.expected / 12
FROM referrer_year AS y JOIN listed AS l ON l.site_id = y.site_id
    CROSS JOIN (SELECT (date_trunc('month', p.as_at_date::timestamp) - n * interval '1 month')::date AS month FROM parameter AS p CROSS JOIN generate_series(1, 12) AS n) AS m
WHERE y.expected IS NOT NULL
UNION ALL
-- Today's list for every month: what it was then is not known.
SELECT 'site', l.site_id, '(all)', m.month, NULL, l.people, NULL, NULL
FROM listed AS l CROSS JOIN (SELECT DISTINCT d.month FROM made AS d) AS m
$$),
('conversion', 'People seen who come to a procedure', 'Of these, people with a procedure, day case or inpatient stay within 18 weeks', 'People with a first contact from a referral', 'neutral', 'xmr', 100, 'proportion', $$
SELECT 'site', r.site_id, r.service_id, date_trunc('month', r.first_contact_at AT TIME ZONE p.time_zone)::date AS month,
    count(*) FILTER (WHERE r.procedure_at - r.first_contact_at <= interval '126 days'), count(*), NULL, NULL
FROM referral_summary AS r CROSS JOIN parameter AS p
WHERE isfinite(r.first_contact_at)
-- A month counts once all of its people have had their 18 weeks.
GROUP BY 2, 3, 4 HAVING (date_trunc('month', min(r.first_contact_at AT TIME ZONE p.time_zone)) + interval '1 month' + interval '126 days') <= min(p.as_at_date)
$$),
('wait_within_standard', 'Waits for first contact or assessment within the standard', 'Waits within the limit of the service''s standard', 'Waits that ended in first contact or assessment', 'higher_better', 'xmr', 100, 'proportion', $$
SELECT 'site', m.site_id, m.service_id, m.month, sum(m.numerator), sum(m.denominator),
    -- Only where every wait has one is there a target for all.
    CASE WHEN count(d.threshold) = count(*) THEN sum(m.denominator * d.threshold) END, NULL
FROM standard_month AS m JOIN known_standard AS d ON d.standard_id = m.standard_id
WHERE d.clock_stop IN ('first_contact', 'assessment')
GROUP BY 2, 3, 4
$$),
('bed_days_diabetes', 'Bed days for each 1,000 people with diabetes', 'Nights in hospital of people with diabetes, by where they are registered', 'People registered who have diabetes', 'lower_better', 'xmr', 1000, 'rate', $$
WITH diabetic AS (
    -- Diabetes mellitus: SNOMED CT type 1, type 2 and the whole; ICD-10 E10 to
    -- E14; Read C10.
    SELECT DISTINCT g.person_id, g.site_id
    FROM diagnosis AS d CROSS JOIN parameter AS p JOIN person_group AS g ON g.person_id = d.person_id
    WHERE d.recorded_at <= p.as_at AND g.site_id <> '(unassigned)' AND coalesce(g.death_date > p.as_at_date, true)
        AND CASE d.code_system WHEN 'snomed' THEN d.code IN ('73211009', '44054006', '46635009')
                WHEN 'icd10' THEN d.code ~ '^E1[0-4]' WHEN 'read2' THEN d.code ~ '^C10' WHEN 'ctv3' THEN d.code ~ '^(C10|X40J)' END
), stay AS (
    SELECT g.site_id, (a.starts_at AT TIME ZONE p.time_zone)::date AS first_day,
        (least(coalesce(a.ends_at, p.as_at), p.as_at) AT TIME ZONE p.time_zone)::date AS last_day
    -- Stays only, each once: bringing all activity into order would cost much.
    FROM (SELECT DISTINCT ON (x.activity_id) x.person_id, x.starts_at, x.ends_at FROM activity AS x
          WHERE x.kind = 'inpatient' AND x.status = 'attended' AND x.activity_id IS NOT NULL
          ORDER BY x.activity_id, x.starts_at, x.ends_at, x.person_id) AS a
        CROSS JOIN parameter AS p JOIN diabetic AS g ON g.person_id = a.person_id
    WHERE isfinite(a.starts_at) AND a.starts_at <= p.as_at
        AND coalesce(isfinite(a.ends_at) AND a.ends_at >= a.starts_at, true)
), listed AS (
    SELECT g.site_id, count(*) AS people FROM diabetic AS g GROUP BY 1
)
SELECT 'site', s.site_id, '(all)', m.month::date, sum(least(s.last_day, (m.month + interval '1 month')::date) - greatest(s.first_day, m.month::date)), NULL, NULL, NULL
FROM stay AS s CROSS JOIN LATERAL generate_series(date_trunc('month', s.first_day::timestamp), s.last_day::timestamp, interval '1 month') AS m (month)
GROUP BY 2, 4
UNION ALL
SELECT 'site', l.site_id, '(all)', m.month::date, NULL, l.people, NULL, NULL
FROM listed AS l
    CROSS JOIN (SELECT generate_series(date_trunc('month', min(s.first_day)::timestamp), date_trunc('month', max(s.last_day)::timestamp), interval '1 month') AS month FROM stay AS s) AS m
$$),
('spend_per_head', 'Spend for each person registered', 'Money spent, in pounds', 'People registered', 'lower_better', 'xmr', 1, NULL, $$
SELECT 'organisation', s.organisation_id, s.service_id, s.month, sum(s.cost), NULL, NULL, NULL
FROM spend_month AS s WHERE s.cost IS NOT NULL
GROUP BY 2, 3, 4
UNION ALL
SELECT 'site', c.unit_id, '(all)', m.month, NULL, sum(c.people), NULL, NULL
FROM population_count AS c CROSS JOIN (SELECT DISTINCT s.month FROM spend_month AS s WHERE s.cost IS NOT NULL) AS m
WHERE c.basis = 'registered' AND c.unit_id <> '(unassigned)'
GROUP BY 2, 4
$$),
('remote_share', 'Contacts by telephone or video', 'Contacts by telephone or video', 'Contacts face to face, by telephone or by video', 'neutral', 'xmr', 100, 'proportion', $$
SELECT 'site', a.site_id, a.service_id, a.month, coalesce(sum(a.attended) FILTER (WHERE a.modality <> 'face_to_face'), 0), sum(a.attended), NULL, NULL
FROM activity_month AS a
WHERE a.kind IN ('first', 'follow_up', 'assessment') AND a.modality IN ('face_to_face', 'telephone', 'video')
GROUP BY 2, 3, 4
$$);

CREATE FUNCTION indicator_rows(hub text, OUT indicator_id text, OUT unit_kind text, OUT unit_id text, OUT service_id text,
                               OUT period_start date, OUT numerator numeric, OUT denominator numeric, OUT aim numeric, OUT expected numeric)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 100 ROWS 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    counted text := (SELECT string_agg(format('SELECT %L::text, f.unit_kind::text, f.unit_id::text, f.service_id::text, f.period_start::date,
                                                  f.numerator::numeric, f.denominator::numeric, f.aim::numeric, f.expected::numeric
                                              FROM (%s) AS f (unit_kind, unit_id, service_id, period_start, numerator, denominator, aim, expected)',
                                              s.indicator_id, s.query), E'\nUNION ALL ' ORDER BY s.ordinal) FROM caregroup.indicator_seed AS s);
BEGIN
    PERFORM set_config('search_path', format('%I, pg_catalog, caregroup, pg_temp', hub), true);
    RETURN QUERY EXECUTE counted;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
END
$$;

COMMENT ON FUNCTION indicator_rows(text) IS
'The figures of every indicator of indicator_seed, from a hub''s results. For the step indicator_month.';

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('indicator_name', 'result', 'indicator_id', 'An indicator: its name, direction, target and chart, for reports.', $$
    indicator_id   text                -- Indicator.
    indicator_name text NOT NULL       -- Name to print.
    numerator      text NOT NULL       -- What is counted, in words.
    denominator    text                -- Out of what, in words.
    direction      text NOT NULL       -- higher_better, lower_better or neutral.
    target         double precision    -- Value to reach, where the indicator has one of its own.
    chart          text NOT NULL       -- Control chart.
    per            double precision NOT NULL -- Multiplier of the rate.
    funnel         text                -- proportion or rate of counted events; NULL where a funnel plot cannot judge it.
    owner          text                -- Who answers for it.
    is_bound       boolean NOT NULL    -- Whether its figures are bound, not worked out from the hub's other results.
    is_rate        boolean NOT NULL    -- Whether it is counted out of something.
    period_kind    text NOT NULL       -- week, month, quarter or year.
$$),
('indicator_month', 'result', 'indicator_id, unit_kind, unit_id, service_id, period_start', 'An indicator''s figures of a site or an organisation in a period.', $$
    indicator_id text      -- Indicator.
    unit_kind    text      -- site or organisation.
    unit_id      text      -- Site or organisation.
    service_id   text      -- Service; '(all)' for figures of every service.
    period_start date      -- First day of the period, a month unless a bound indicator says otherwise.
    numerator    numeric   -- What is counted.
    denominator  numeric   -- Out of what.
    aim          numeric   -- Target times denominator, where the target differs by service.
    expected     numeric   -- Numerator that case-mix leads one to expect.
    value        numeric   -- Value, where it is not numerator over denominator.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('indicator_name', 'indicator_name', 'Indicators by name.', $$
WITH bound AS (
    SELECT DISTINCT ON (i.indicator_id) i.* FROM indicator AS i WHERE i.indicator_id IS NOT NULL ORDER BY i.indicator_id, i::text
), valued AS (
    SELECT v.indicator_id, bool_or(v.denominator IS NOT NULL) AS is_rate, min(v.days) AS days
    FROM (SELECT x.indicator_id, x.denominator, nullif(x.period_start - lag(x.period_start) OVER (PARTITION BY x.indicator_id ORDER BY x.period_start), 0) AS days
          FROM indicator_value AS x WHERE isfinite(x.period_start)) AS v
    GROUP BY v.indicator_id
)
SELECT coalesce(s.indicator_id, b.indicator_id), coalesce(b.name, s.name, b.indicator_id),
    coalesce(s.numerator, b.numerator, 'not stated'), coalesce(s.denominator, b.denominator),
    CASE WHEN b.direction IN ('higher_better', 'lower_better', 'neutral') THEN b.direction ELSE coalesce(s.direction, 'neutral') END,
    CASE WHEN b.target BETWEEN -1e100 AND 1e100 AND (b.target = 0 OR abs(b.target) > 1e-100) THEN b.target END,
    CASE WHEN b.chart IN ('xmr', 'p', 'u', 'c', 't', 'g') THEN b.chart ELSE coalesce(s.chart, 'xmr') END,
    CASE WHEN b.per BETWEEN 1e-9 AND 1e9 THEN b.per ELSE coalesce(s.per, 1) END,
    CASE WHEN s.indicator_id IS NOT NULL THEN s.funnel WHEN b.chart IN ('p', 'funnel_proportion') THEN 'proportion'
         WHEN b.chart IN ('u', 'funnel_rate', 'funnel_ratio') THEN 'rate' END,
    b.owner, s.indicator_id IS NULL, s.indicator_id IS NOT NULL OR coalesce(v.is_rate, false),
    CASE WHEN s.indicator_id IS NOT NULL OR v.days IS NULL THEN 'month' WHEN v.days <= 7 THEN 'week' WHEN v.days <= 31 THEN 'month'
         WHEN v.days <= 92 THEN 'quarter' ELSE 'year' END
FROM caregroup.indicator_seed AS s FULL JOIN bound AS b ON b.indicator_id = s.indicator_id
    LEFT JOIN valued AS v ON v.indicator_id = b.indicator_id
$$),
('indicator_month', 'indicator_month', 'What every indicator counts, by site or organisation, service and period.', $$
WITH figure AS (
    SELECT f.indicator_id, f.unit_kind, f.unit_id, f.service_id, f.period_start, f.numerator, f.denominator, f.aim, f.expected, NULL::numeric AS value
    FROM caregroup.indicator_rows(current_schema()) AS f
    UNION ALL
    SELECT v.indicator_id, 'organisation', coalesce(k.organisation_id, '(unassigned)'), coalesce(v.service_id, '(all)'), v.period_start,
        v.numerator, v.denominator, NULL, NULL, v.value
    FROM indicator_value AS v
        JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
        LEFT JOIN known_organisation AS k ON k.organisation_id = v.organisation_id
    WHERE NOT EXISTS (SELECT FROM caregroup.indicator_seed AS s WHERE s.indicator_id = v.indicator_id)
        -- What no chart can draw: check_hub() counts it.
        AND coalesce(v.numerator = 0 OR abs(v.numerator) BETWEEN 1e-15 AND 1e15, true) AND coalesce(v.denominator BETWEEN 1e-15 AND 1e15, true)
        AND coalesce(v.value = 0 OR abs(v.value) BETWEEN 1e-100 AND 1e100, true) AND coalesce(v.numerator, v.value) IS NOT NULL
)
SELECT f.indicator_id, f.unit_kind, f.unit_id, f.service_id, f.period_start,
    sum(f.numerator), sum(f.denominator), CASE WHEN count(f.aim) = count(f.denominator) THEN sum(f.aim) END, sum(f.expected),
    CASE WHEN count(*) = 1 THEN min(f.value) END
FROM figure AS f CROSS JOIN parameter AS p
-- A month that has only begun would look like a fall.
WHERE isfinite(f.period_start) AND f.period_start < date_trunc('month', p.as_at_date::timestamp)
GROUP BY 1, 2, 3, 4, 5
$$);

INSERT INTO hub_setting (name, initial, accepts, meaning) VALUES
    ('suppress_below', '5', 'number', 'Counts from 1 to one less than this are left out of what is published, and others with them so that they cannot be worked out.');

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('indicator_sum', 'result', 'hierarchy, organisation_kind, organisation_id, indicator_id, service_id, period_start', 'An indicator''s figures of an organisation or site and all under it.', $$
    hierarchy         text               -- Hierarchy; '(any)' for a site, which is the same in all.
    organisation_kind text               -- Kind of organisation, or site.
    organisation_id   text               -- Organisation or site.
    indicator_id      text               -- Indicator.
    service_id        text               -- Service; '(all)' for figures of every service.
    period_start      date               -- First day of the period.
    numerator         numeric            -- What is counted.
    denominator       numeric            -- Out of what.
    aim               numeric            -- Target times denominator.
    expected          numeric            -- Numerator that case-mix leads one to expect.
    value             numeric            -- Value of the only row, where it is given.
$$),
('change_reach', 'result', 'hierarchy, organisation_kind, organisation_id, change_id', 'A dated change for each organisation and site that it holds for.', $$
    hierarchy         text               -- Hierarchy; '(any)' for a site.
    organisation_kind text               -- Kind of organisation, or site.
    organisation_id   text               -- Organisation or site: the changed one or one under it.
    change_id         text               -- Change.
    changed_on        date NOT NULL      -- Day of the change.
    service_id        text               -- Service changed; NULL for all.
    indicator_id      text               -- Indicator that the change is about; NULL for all.
    change_text       text NOT NULL      -- What was changed.
    starts_phase      boolean NOT NULL   -- Whether charts start a new phase after it.
$$),
('variance_point', 'result', 'hierarchy, organisation_kind, organisation_id, indicator_id, service_id, period_start', 'An indicator''s control chart, point by point.', $$
    hierarchy         text               -- Hierarchy; '(any)' for a site, which is the same in all.
    organisation_kind text               -- Kind of organisation, or site.
    organisation_id   text               -- Organisation or site.
    indicator_id      text               -- Indicator.
    service_id        text               -- Service; '(all)' for all together.
    period_start      date               -- First day of the period.
    numerator         double precision   -- What is counted; NULL where nothing is known of the period.
    denominator       double precision   -- Out of what.
    expected          double precision   -- Numerator that case-mix leads one to expect.
    value             double precision   -- Numerator over denominator, times the indicator's multiplier.
    target            double precision   -- Value to reach.
    centre            double precision   -- Centre line.
    lower             double precision   -- Lower limit, 3 sigma from it.
    upper             double precision   -- Upper limit.
    phase             integer            -- Phase of the chart.
    rules             integer            -- Mask of the rules that fire.
    assurance         smallint           -- Where the target lies.
    is_improvement    boolean            -- A special cause to the better side.
    is_concern        boolean            -- A special cause to the worse side.
    change_text       text               -- Changes of the change log in the period.
    services          integer NOT NULL   -- Services in the figure.
$$),
('variance_summary', 'result', 'hierarchy, organisation_kind, organisation_id, indicator_id, service_id', 'The icons of an indicator: the state of its last point and what to expect.', $$
    hierarchy         text               -- Hierarchy; '(any)' for a site.
    organisation_kind text               -- Kind of organisation, or site.
    organisation_id   text               -- Organisation or site.
    indicator_id      text               -- Indicator.
    service_id        text               -- Service; '(all)' for all together.
    period_start      date NOT NULL      -- First day of the last period with a value.
    is_current        boolean NOT NULL   -- Whether that is the last period of the indicator.
    points            integer NOT NULL   -- Points.
    numerator_mean    double precision   -- Mean numerator of a point.
    value             double precision   -- Last value.
    centre            double precision   -- Centre line.
    lower             double precision   -- Lower limit.
    upper             double precision   -- Upper limit.
    rules             integer NOT NULL   -- Mask of the rules that fire at the last point; 0 for rare events, whose charts fire by themselves.
    variation         text NOT NULL      -- Variation icon; of rare events where the last six periods differ from all before.
    target            double precision   -- Value to reach.
    meets_target      boolean            -- Whether the last value meets it.
    assurance         text               -- Assurance icon.
    capability        double precision   -- Distance from the centre to the target over that to a limit.
    target_chance     double precision   -- Chance that one value meets the target.
    autocorrelation   double precision   -- Lag-1 autocorrelation.
    is_short_phase    boolean NOT NULL   -- Whether the phase has fewer than 13 points.
    chance            double precision   -- Chance that common cause alone shows such a last point; of rare events, that the last six periods differ so much from those before.
    advice            text               -- rare_events: a mean count below 5, for a g or t chart; autocorrelated: neighbouring values are alike, signals come too often; few_points: fewer than 13 points.
    is_tested         boolean NOT NULL   -- Whether the series counts among those that could raise an exception.
    q_value           double precision   -- Benjamini and Hochberg's q among the tested series of the same kind of organisation.
    tested            bigint NOT NULL    -- How many series that are.
    tested_by_rules   bigint NOT NULL    -- Of them, those that the rules of their charts test, which are not of rare events.
$$),
('variance_funnel', 'result', 'hierarchy, organisation_kind, organisation_id, indicator_id, service_id', 'Organisations of a kind against each other over twelve months, on a funnel plot.', $$
    hierarchy         text               -- Hierarchy; '(any)' for sites.
    organisation_kind text               -- Kind of organisation: the peers.
    organisation_id   text               -- Organisation or site.
    indicator_id      text               -- Indicator.
    service_id        text               -- Service; '(all)' for all together.
    numerator         double precision NOT NULL -- What is counted, in the last twelve whole months.
    denominator       double precision NOT NULL -- Out of what.
    expected          double precision   -- Numerator expected: by case-mix where is_case_mix, else at the rate of all peers; NULL for a proportion.
    is_case_mix       boolean NOT NULL   -- Whether expected is by case-mix.
    peers             bigint NOT NULL    -- Units of the funnel.
    value             double precision   -- Value, times the indicator's multiplier; with case-mix, observed over expected times the centre.
    centre            double precision   -- Centre line.
    lower             double precision   -- Lower 95 % limit.
    upper             double precision   -- Upper 95 % limit.
    lower_outer       double precision   -- Lower 99.8 % limit.
    upper_outer       double precision   -- Upper 99.8 % limit.
    phi               double precision   -- Overdispersion of the peers.
    tau2              double precision   -- Variance between peers.
    z                 double precision   -- z score that allows for it.
    level             integer            -- How far outside, also of the limits of chance alone: -2 to 2.
$$),
('variance_opportunity', 'result', 'hierarchy, organisation_kind, organisation_id, indicator_id, service_id', 'What reaching the best fifth of its peers would mean for an organisation, in a year.', $$
    hierarchy         text               -- Hierarchy; '(any)' for sites.
    organisation_kind text               -- Kind of organisation: the peers.
    organisation_id   text               -- Organisation or site.
    indicator_id      text               -- Indicator.
    service_id        text               -- Service; '(all)' for all together.
    numerator         double precision NOT NULL -- What is counted, in the last twelve whole months.
    denominator       double precision NOT NULL -- Out of what.
    peers             bigint NOT NULL    -- Units compared.
    value             double precision   -- Value, times the indicator's multiplier.
    benchmark         double precision   -- Edge of the best fifth of the peers' true values.
    benchmark_lower   double precision   -- Lower limit of its 95 % interval.
    benchmark_upper   double precision   -- Upper limit of its 95 % interval.
    events            double precision   -- Fewer (lower_better) or more (higher_better) a year at the benchmark.
    events_lower      double precision   -- Lower limit of its 95 % interval.
    events_upper      double precision   -- Upper limit of its 95 % interval.
    cost_gbp          double precision   -- Their cost, at the mean cost of an activity of the service; NULL where that is not known.
    cost_lower_gbp    double precision   -- Lower limit of its 95 % interval.
    cost_upper_gbp    double precision   -- Upper limit of its 95 % interval.
$$),
('variance_change', 'result', 'hierarchy, organisation_kind, organisation_id, indicator_id, service_id, changed_on, change_id', 'An indicator before and after a dated change.', $$
    hierarchy         text               -- Hierarchy; '(any)' for a site.
    organisation_kind text               -- Kind of organisation, or site.
    organisation_id   text               -- Organisation or site.
    indicator_id      text               -- Indicator.
    service_id        text               -- Service; '(all)' for all together.
    changed_on        date               -- Day of the change.
    change_id         text               -- Change.
    change_text       text NOT NULL      -- What was changed.
    starts_phase      boolean NOT NULL   -- Whether charts start a new phase after it.
    points_before     bigint NOT NULL    -- Points in the twelve periods before.
    points_after      bigint NOT NULL    -- Points in the twelve periods from the first that starts on or after the change.
    before_mean       double precision   -- Their mean before.
    after_mean        double precision   -- Their mean after.
    z                 double precision   -- Difference over its standard error, by moving ranges.
$$),
('variance_method', 'result', 'indicator_id', 'How an indicator''s figures were worked out, so that they can be worked out again.', $$
    indicator_id       text             -- Indicator.
    caregroup_version  text NOT NULL    -- Version of caregroup.
    options            text NOT NULL    -- Options of the methods.
    seed               bigint NOT NULL  -- Seed of what is drawn at random.
    series             bigint NOT NULL  -- Series.
    input_rows         bigint NOT NULL  -- Figures read.
    input_fingerprint  text NOT NULL    -- Fingerprint of them: the same input has the same.
$$),
('published_indicator_count', 'result', 'indicator_id, site_id, service_id', 'Counts of twelve months as they may be published.', $$
    indicator_id text               -- Indicator.
    site_id      text               -- Site; '(all)' for the total.
    service_id   text               -- Service; '(all)' for the total.
    numerator    double precision   -- What is counted; NULL where it is left out.
    denominator  double precision   -- Out of what; NULL where it is left out.
    state        text NOT NULL      -- shown, primary (small itself), secondary (left out to protect others) or exposed.
    lower        double precision   -- The least numerator that a reader can work out.
    upper        double precision   -- The most; NULL where there is no bound.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('indicator_sum', 'indicator_sum', 'Indicators rolled up every hierarchy.', $$
WITH member AS (
    SELECT h.hierarchy, h.organisation_kind, h.organisation_id, 'site' AS unit_kind, h.site_id AS unit_id FROM chain AS h WHERE h.organisation_kind <> 'site'
    UNION ALL
    SELECT h.hierarchy, h.organisation_kind, h.organisation_id, 'organisation', h.member_id FROM organisation_chain AS h
    UNION ALL
    SELECT DISTINCT '(any)', 'site', h.organisation_id, 'site', h.site_id FROM chain AS h WHERE h.organisation_kind = 'site'
), covered AS (
    -- Who gives figures of its own is not the sum of those under it, nor do
    -- these count once more further up.
    SELECT DISTINCT top.hierarchy, top.organisation_kind, top.organisation_id, i.indicator_id, i.service_id, i.period_start, i.unit_id
    FROM indicator_name AS n
        JOIN indicator_month AS i ON i.indicator_id = n.indicator_id
        JOIN organisation_chain AS h ON h.member_id = i.unit_id AND h.organisation_id <> i.unit_id
        JOIN indicator_month AS own ON own.indicator_id = i.indicator_id AND own.unit_kind = 'organisation' AND own.unit_id = h.organisation_id
            AND own.service_id = i.service_id AND own.period_start = i.period_start
        JOIN organisation_chain AS top ON top.hierarchy = h.hierarchy AND top.member_id = h.organisation_id
    WHERE n.is_bound
)
SELECT m.hierarchy, m.organisation_kind, m.organisation_id, i.indicator_id, i.service_id, i.period_start,
    sum(i.numerator), sum(i.denominator), CASE WHEN count(i.aim) = count(i.denominator) THEN sum(i.aim) END, sum(i.expected),
    CASE WHEN count(*) = 1 THEN min(i.value) END
FROM member AS m JOIN indicator_month AS i ON i.unit_kind = m.unit_kind AND i.unit_id = m.unit_id
WHERE NOT EXISTS (SELECT FROM covered AS c
                  WHERE c.hierarchy = m.hierarchy AND c.organisation_kind = m.organisation_kind AND c.organisation_id = m.organisation_id
                      AND c.indicator_id = i.indicator_id AND c.service_id = i.service_id AND c.period_start = i.period_start AND c.unit_id = i.unit_id)
GROUP BY 1, 2, 3, 4, 5, 6
$$),
('change_reach', 'change_reach', 'Where dated changes hold: for an organisation and all under it.', $$
WITH noted AS (
    SELECT c.change_id, min(c.changed_on) AS changed_on, min(c.organisation_id) AS organisation_id, min(c.service_id) AS service_id,
        min(c.indicator_id) AS indicator_id, min(c.text) AS text, coalesce(bool_or(c.starts_phase), false) AS starts_phase
    FROM change_log AS c WHERE c.change_id IS NOT NULL AND isfinite(c.changed_on) GROUP BY c.change_id
), reach AS (
    SELECT u.hierarchy, k.organisation_kind, u.member_id AS organisation_id, c.change_id
    FROM noted AS c
        JOIN organisation_chain AS u ON u.organisation_id = coalesce(c.organisation_id, u.member_id)
        JOIN organisation_chain AS k ON k.hierarchy = u.hierarchy AND k.organisation_id = u.member_id AND k.member_id = u.member_id
    UNION
    SELECT '(any)', 'site', h.site_id, c.change_id
    FROM noted AS c JOIN chain AS h ON h.organisation_id = coalesce(c.organisation_id, h.organisation_id)
)
SELECT r.hierarchy, r.organisation_kind, r.organisation_id, c.change_id, c.changed_on, c.service_id, c.indicator_id, coalesce(c.text, '(not stated)'), c.starts_phase
FROM reach AS r JOIN noted AS c ON c.change_id = r.change_id
$$),
('variance_point', 'variance_point', 'Control charts of all indicators, by organisation and service.', $$
WITH series AS MATERIALIZED (
    SELECT r.hierarchy, r.organisation_kind, r.organisation_id, r.indicator_id, r.service_id, 1 AS services
    FROM indicator_sum AS r WHERE r.service_id <> '(all)' GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT r.hierarchy, r.organisation_kind, r.organisation_id, r.indicator_id, '(all)', greatest(count(DISTINCT nullif(r.service_id, '(all)')), 1)::integer
    FROM indicator_sum AS r GROUP BY 1, 2, 3, 4 HAVING bool_or(r.numerator IS NOT NULL OR r.value IS NOT NULL)
), period AS (
    SELECT i.indicator_id, i.period_start, coalesce(lead(i.period_start) OVER times, i.period_start + 31) AS next_period,
        coalesce(lag(i.period_start) OVER times, i.period_start - 31) AS previous_period
    FROM indicator_month AS i GROUP BY 1, 2
    WINDOW times AS (PARTITION BY i.indicator_id ORDER BY i.period_start)
), span AS (
    -- A service's chart runs over the time in which anybody has the service.
    SELECT i.indicator_id, i.service_id, min(i.period_start) AS first, max(i.period_start) AS last
    FROM indicator_month AS i WHERE i.service_id <> '(all)' AND (i.numerator IS NOT NULL OR i.value IS NOT NULL) GROUP BY 1, 2
    UNION ALL
    SELECT i.indicator_id, '(all)', min(i.period_start), max(i.period_start)
    FROM indicator_month AS i WHERE i.numerator IS NOT NULL OR i.value IS NOT NULL GROUP BY 1
), cell AS (
    -- Every series has a row for every period of its span, with or without
    -- figures; put together by grouping, which stays fast whatever the planner
    -- thinks of the numbers.
    SELECT s.hierarchy, s.organisation_kind, s.organisation_id, s.indicator_id, s.service_id, d.period_start, s.services,
        NULL::numeric AS numerator, NULL::numeric AS denominator, NULL::numeric AS aim, NULL::numeric AS expected, NULL::numeric AS value,
        NULL::numeric AS common, NULL::text AS change_text, NULL::boolean AS starts_phase
    FROM series AS s JOIN span AS b ON b.indicator_id = s.indicator_id AND b.service_id = s.service_id
        JOIN period AS d ON d.indicator_id = s.indicator_id AND d.period_start BETWEEN b.first AND b.last
    UNION ALL
    SELECT r.hierarchy, r.organisation_kind, r.organisation_id, r.indicator_id, r.service_id, r.period_start, NULL,
        r.numerator, r.denominator, r.aim, r.expected, r.value, NULL, NULL, NULL
    FROM indicator_sum AS r WHERE r.service_id <> '(all)'
    UNION ALL
    SELECT r.hierarchy, r.organisation_kind, r.organisation_id, r.indicator_id, '(all)', r.period_start, NULL,
        sum(r.numerator), sum(r.denominator), CASE WHEN count(r.aim) = count(r.denominator) THEN sum(r.aim) END, sum(r.expected),
        CASE WHEN count(*) = 1 THEN min(r.value) FILTER (WHERE r.service_id = '(all)') END, sum(r.denominator) FILTER (WHERE r.service_id = '(all)'), NULL, NULL
    FROM indicator_sum AS r GROUP BY 1, 2, 3, 4, 6
    UNION ALL
    SELECT s.hierarchy, s.organisation_kind, s.organisation_id, s.indicator_id, s.service_id, d.period_start, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        string_agg(c.change_text, '; ' ORDER BY c.changed_on, c.change_id) FILTER (WHERE c.changed_on >= d.period_start),
        -- The phase starts with the first whole period after the change.
        bool_or(c.starts_phase AND c.changed_on <= d.period_start)
    FROM change_reach AS c
        JOIN series AS s ON s.hierarchy = c.hierarchy AND s.organisation_kind = c.organisation_kind AND s.organisation_id = c.organisation_id
        JOIN period AS d ON d.indicator_id = s.indicator_id AND c.changed_on > d.previous_period AND c.changed_on < d.next_period
    WHERE coalesce(c.indicator_id = s.indicator_id, true) AND coalesce(c.service_id = s.service_id, true)
    GROUP BY 1, 2, 3, 4, 5, 6
), grid AS (
    SELECT c.hierarchy, c.organisation_kind, c.organisation_id, c.indicator_id, c.service_id, c.period_start, max(c.services) AS services,
        sum(c.numerator) AS numerator, sum(c.denominator) AS denominator, sum(c.aim) AS aim, sum(c.expected) AS expected, min(c.value) AS given,
        -- What every service is counted out of.
        max(sum(c.common)) OVER (PARTITION BY c.hierarchy, c.organisation_kind, c.organisation_id, c.indicator_id, c.period_start) AS common,
        min(c.change_text) AS change_text, coalesce(bool_or(c.starts_phase), false) AS starts_phase
    FROM cell AS c
    GROUP BY 1, 2, 3, 4, 5, 6
), marked AS (
    SELECT g.hierarchy, g.organisation_kind, g.organisation_id, g.indicator_id, g.service_id, g.services, g.period_start, g.expected, g.change_text, g.starts_phase,
        n.chart, n.direction, n.per, f.numerator::double precision AS numerator, f.denominator::double precision AS denominator,
        coalesce(g.given, n.per::numeric * f.numerator / CASE WHEN n.is_rate THEN f.denominator ELSE 1 END)::double precision AS value,
        coalesce(n.target, n.per * (g.aim / f.denominator)::double precision) AS target
    FROM grid AS g
        JOIN indicator_name AS n ON n.indicator_id = g.indicator_id
        CROSS JOIN LATERAL (SELECT CASE WHEN g.service_id = '(all)' OR g.common IS NULL THEN g.denominator ELSE coalesce(g.denominator, 0) + g.common END AS out_of) AS o
        CROSS JOIN LATERAL (SELECT CASE WHEN o.out_of > 0 THEN o.out_of END AS denominator) AS d
        -- Where people are there and nothing was counted, it is 0.
        CROSS JOIN LATERAL (SELECT d.denominator, CASE WHEN d.denominator IS NOT NULL OR NOT n.is_rate OR n.chart IN ('c', 't', 'g')
                                THEN coalesce(g.numerator, CASE WHEN d.denominator IS NOT NULL THEN 0 END) END AS numerator) AS f
    WHERE g.services IS NOT NULL
), drawn AS (
    SELECT m.*, caregroup.spc_chart(m.chart,
            CASE WHEN m.chart = 'xmr' THEN m.value
                 WHEN m.chart = 't' THEN CASE WHEN coalesce(m.value, m.numerator) > 0 THEN coalesce(m.value, m.numerator) END
                 WHEN m.chart = 'g' THEN CASE WHEN coalesce(m.value, m.numerator) >= 0 THEN coalesce(m.value, m.numerator) END
                 -- More counted than there is to count from is no share.
                 WHEN m.numerator < 0 OR m.chart = 'p' AND m.numerator > m.denominator THEN NULL ELSE m.numerator END,
            CASE WHEN m.chart IN ('p', 'u') THEN m.denominator END,
            direction => m.direction, target => m.target, rebase => m.starts_phase,
            per => CASE WHEN m.chart IN ('p', 'u') THEN m.per ELSE 1 END) OVER series AS point
    FROM marked AS m
    WINDOW series AS (PARTITION BY m.hierarchy, m.organisation_kind, m.organisation_id, m.indicator_id, m.service_id ORDER BY m.period_start)
)
SELECT d.hierarchy, d.organisation_kind, d.organisation_id, d.indicator_id, d.service_id, d.period_start,
    d.numerator, d.denominator, d.expected, (d.point).value, d.target, (d.point).centre, (d.point).lower, (d.point).upper,
    (d.point).phase, CASE WHEN c.is_collapsed THEN 0 ELSE (d.point).rules END, (d.point).assurance,
    (d.point).is_improvement AND NOT c.is_collapsed, (d.point).is_concern AND NOT c.is_collapsed, d.change_text, d.services
FROM drawn AS d
    -- Where nearly all values are equal screening leaves no range at all, and
    -- every other value would lie outside.
    CROSS JOIN LATERAL (SELECT coalesce((d.point).upper = (d.point).lower, false) AS is_collapsed) AS c
$$),
('variance_summary', 'variance_summary', 'The icons of all indicators, and which signals stand out from chance.', $$
WITH icon AS (
    SELECT v.hierarchy, v.organisation_kind, v.organisation_id, v.indicator_id, v.service_id,
        sum(v.numerator) FILTER (WHERE v.back <= 6) AS recent, sum(v.denominator) FILTER (WHERE v.back <= 6) AS recent_of,
        sum(v.numerator) FILTER (WHERE v.back > 6 AND v.is_last_phase) AS earlier, sum(v.denominator) FILTER (WHERE v.back > 6 AND v.is_last_phase) AS earlier_of,
        count(*) FILTER (WHERE v.back > 6 AND v.is_last_phase) AS earlier_points,
        max(v.period_start) FILTER (WHERE v.value IS NOT NULL) AS period_start, avg(v.numerator) FILTER (WHERE v.value IS NOT NULL) AS numerator_mean,
        CASE WHEN min(n.funnel) = 'proportion' THEN avg(v.denominator - v.numerator) FILTER (WHERE v.value IS NOT NULL) END AS others_mean,
        min(n.funnel) AS funnel, min(n.direction) AS direction, min(v.services) AS services, min(n.chart) AS chart,
        caregroup.spc_summary(CASE WHEN n.chart IN ('p', 'u', 'c') THEN CASE WHEN v.value IS NOT NULL THEN v.numerator END ELSE v.value END,
            CASE WHEN n.chart IN ('p', 'u') THEN v.denominator END, v.period_start, n.direction, v.target,
            v.is_first, false, caregroup.spc_options(chart => n.chart, per => CASE WHEN n.chart IN ('p', 'u') THEN n.per ELSE 1 END)) AS icons
    FROM (SELECT p.*, p.phase > lag(p.phase) OVER series AS is_first, p.phase = first_value(p.phase) OVER later AS is_last_phase,
              CASE WHEN p.value IS NOT NULL THEN count(p.value) OVER later END AS back
          FROM variance_point AS p
          WINDOW series AS (PARTITION BY p.hierarchy, p.organisation_kind, p.organisation_id, p.indicator_id, p.service_id ORDER BY p.period_start),
              later AS (PARTITION BY p.hierarchy, p.organisation_kind, p.organisation_id, p.indicator_id, p.service_id ORDER BY p.period_start DESC)) AS v
        JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    GROUP BY 1, 2, 3, 4, 5
), latest AS (
    SELECT v.indicator_id, max(v.period_start) AS period_start FROM variance_point AS v WHERE v.value IS NOT NULL GROUP BY 1
), judged AS (
    SELECT i.*, i.period_start = l.period_start AS is_current, a.advice,
        s.chance AS rare_chance, s.is_high,
        -- A sum of one service would be tested twice.
        i.period_start = l.period_start AND (i.icons).points >= 10
            AND CASE WHEN a.advice = 'rare_events' THEN s.chance IS NOT NULL ELSE (i.icons).upper > (i.icons).lower END
            AND NOT (i.service_id = '(all)' AND i.services = 1 AND EXISTS (
                SELECT FROM icon AS o WHERE o.hierarchy = i.hierarchy AND o.organisation_kind = i.organisation_kind AND o.organisation_id = i.organisation_id
                    AND o.indicator_id = i.indicator_id AND o.service_id <> '(all)')) AS is_tested
    FROM icon AS i JOIN latest AS l ON l.indicator_id = i.indicator_id
        CROSS JOIN LATERAL (SELECT CASE
            WHEN (i.funnel IS NOT NULL OR i.chart = 'c') AND i.chart NOT IN ('g', 't') AND least(i.numerator_mean, i.others_mean) < 5
                -- Four of ten are few people, but no rare event.
                AND coalesce(least(i.numerator_mean, i.others_mean) < 0.2 * (i.numerator_mean + i.others_mean), true) THEN 'rare_events'
            -- Beyond what chance makes of independent values, and enough to matter.
            WHEN (i.icons).autocorrelation > greatest(0.3, 1.96 / sqrt((i.icons).points)) THEN 'autocorrelated'
            WHEN (i.icons).is_short_phase THEN 'few_points' END AS advice) AS a
        -- The chart of rare events says nothing, but their sums do: the last six
        -- periods against all before in the phase, exactly; of a share whichever
        -- is rarer.
        LEFT JOIN LATERAL (SELECT i.others_mean < i.numerator_mean AS is_other) AS o ON true
        LEFT JOIN LATERAL (
            SELECT (caregroup.rate_ratio(CASE WHEN o.is_other THEN i.recent_of - i.recent ELSE i.recent END, i.recent_of,
                                         CASE WHEN o.is_other THEN i.earlier_of - i.earlier ELSE i.earlier END, i.earlier_of)).p_value AS chance,
                i.recent * i.earlier_of > i.earlier * i.recent_of AS is_high
            -- Only shares: what is counted of a rate may come in clusters.
            WHERE a.advice = 'rare_events' AND i.funnel = 'proportion' AND i.recent BETWEEN 0 AND i.recent_of AND i.earlier BETWEEN 0 AND i.earlier_of
                AND i.recent_of > 0 AND i.earlier_of > 0 AND i.earlier_points >= 6) AS s ON true
    WHERE (i.icons).points > 0
), ranked AS (
    SELECT j.*, coalesce(j.rare_chance, (j.icons).chance) AS chance, count(*) FILTER (WHERE j.is_tested) OVER family AS tested,
        count(*) FILTER (WHERE j.is_tested AND j.advice IS DISTINCT FROM 'rare_events') OVER family AS tested_by_rules,
        row_number() OVER (PARTITION BY j.hierarchy, j.organisation_kind, j.is_tested
                           ORDER BY coalesce(j.rare_chance, (j.icons).chance), j.organisation_id, j.indicator_id, j.service_id) AS place
    FROM judged AS j
    WINDOW family AS (PARTITION BY j.hierarchy, j.organisation_kind)
), scored AS (
    SELECT r.*, CASE WHEN r.is_tested THEN least(min(r.chance * r.tested / r.place) OVER (
               PARTITION BY r.hierarchy, r.organisation_kind, r.is_tested ORDER BY r.place DESC), 1) END AS q_value
    FROM ranked AS r
)
SELECT r.hierarchy, r.organisation_kind, r.organisation_id, r.indicator_id, r.service_id, r.period_start, r.is_current,
    (r.icons).points, r.numerator_mean, (r.icons).value, (r.icons).centre, (r.icons).lower, (r.icons).upper,
    CASE WHEN r.advice = 'rare_events' OR (r.icons).upper = (r.icons).lower THEN 0 ELSE (r.icons).rules END,
    CASE WHEN r.advice IS DISTINCT FROM 'rare_events' AND (r.icons).upper IS DISTINCT FROM (r.icons).lower THEN (r.icons).variation
         WHEN r.rare_chance IS NULL OR r.q_value > 0.05 OR r.q_value IS NULL THEN 'common_cause'
         WHEN r.direction = 'neutral' THEN CASE WHEN r.is_high THEN 'special_cause_neutral_high' ELSE 'special_cause_neutral_low' END
         WHEN (r.direction = 'higher_better') = r.is_high THEN 'special_cause_improvement' ELSE 'special_cause_concern' END,
    (r.icons).target, (r.icons).meets_target, (r.icons).assurance, (r.icons).capability, (r.icons).target_chance, (r.icons).autocorrelation,
    (r.icons).is_short_phase, r.chance, r.advice, r.is_tested, r.q_value, r.tested, r.tested_by_rules
FROM scored AS r
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('variance_funnel', 'variance_funnel', 'Organisations of a kind against each other over twelve months.', $$
WITH year AS (
    SELECT v.hierarchy, v.organisation_kind, v.organisation_id, v.indicator_id, v.service_id, n.funnel, n.per,
        sum(v.numerator) AS numerator, sum(v.denominator) AS denominator,
        CASE WHEN n.funnel = 'rate' AND count(v.expected) > 0 THEN sum(v.expected) END AS by_case_mix
    FROM variance_point AS v CROSS JOIN parameter AS p
        JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    WHERE n.funnel IS NOT NULL AND v.numerator >= 0 AND v.denominator > 0 AND v.organisation_kind <> 'unassigned' AND v.organisation_id <> '(unassigned)'
        AND v.period_start >= date_trunc('month', p.as_at_date - interval '1 year')
    GROUP BY v.hierarchy, v.organisation_kind, v.organisation_id, v.indicator_id, v.service_id, n.funnel, n.per
), peer AS (
    SELECT y.*, count(*) OVER peers AS peers, sum(y.numerator) OVER peers / sum(y.denominator) OVER peers AS rate,
        -- Case-mix counts where it is known of all.
        bool_and(coalesce(y.by_case_mix > 0, false)) OVER peers AS is_case_mix
    FROM year AS y
    WHERE y.funnel = 'rate' OR y.numerator <= y.denominator
    WINDOW peers AS (PARTITION BY y.hierarchy, y.organisation_kind, y.indicator_id, y.service_id)
), unit AS (
    SELECT r.*, CASE WHEN r.funnel = 'rate' THEN CASE WHEN r.is_case_mix THEN r.by_case_mix ELSE r.denominator * r.rate END END AS expected
    FROM peer AS r WHERE r.peers >= 5 AND r.rate > 0 AND (r.funnel = 'rate' OR r.rate < 1)
), placed AS (
    SELECT u.*, caregroup.funnel(u.numerator, u.denominator, 'arcsine', multiplier => u.per) OVER peers AS point
    FROM unit AS u WHERE u.funnel = 'proportion'
    WINDOW peers AS (PARTITION BY u.hierarchy, u.organisation_kind, u.indicator_id, u.service_id)
    UNION ALL
    -- A rate is judged as a ratio to what is expected, on the square root scale,
    -- which takes units without any event.
    SELECT u.*, caregroup.funnel(u.numerator, u.expected, 'square_root', multiplier => u.per * u.rate) OVER peers AS point
    FROM unit AS u WHERE u.funnel = 'rate'
    WINDOW peers AS (PARTITION BY u.hierarchy, u.organisation_kind, u.indicator_id, u.service_id)
)
SELECT d.hierarchy, d.organisation_kind, d.organisation_id, d.indicator_id, d.service_id, d.numerator, d.denominator, d.expected,
    d.funnel = 'rate' AND d.is_case_mix, d.peers, (d.point).value, (d.point).target, (d.point).lower, (d.point).upper, (d.point).lower_outer, (d.point).upper_outer,
    (d.point).phi, (d.point).tau2, (d.point).z_adjusted,
    CASE WHEN sign((d.point).level) = sign(e.level) THEN sign(e.level)::integer * least(abs((d.point).level), abs(e.level)) ELSE 0 END
FROM placed AS d
    -- The scales of overdispersion are normal only with enough events: with few
    -- a unit must also lie outside the limits of chance alone, which hold for
    -- any number.
    CROSS JOIN LATERAL (SELECT CASE WHEN d.funnel = 'rate' THEN caregroup.funnel_significance(d.numerator, d.expected, 1, 'ratio')
                                    ELSE caregroup.funnel_significance(d.numerator, d.denominator, d.rate, 'proportion') END AS level) AS e
$$),
('variance_opportunity', 'variance_opportunity', 'What the best fifth of its peers would mean for each organisation.', $$
WITH cost AS (
    SELECT a.service_id, sum(a.cost_gbp) / sum(a.attended) AS amount
    FROM activity_month AS a CROSS JOIN parameter AS p
    WHERE a.cost_gbp > 0 AND a.attended > 0 AND a.month >= date_trunc('month', p.as_at_date - interval '1 year')
    GROUP BY ROLLUP (a.service_id)
), unit AS (
    SELECT f.*, n.per, n.direction, n.funnel,
        -- Appointments have the cost of an activity; what is no appointment has none.
        CASE WHEN f.indicator_id IN ('did_not_attend', 'first_to_follow_up') THEN c.amount::double precision END AS amount
    FROM variance_funnel AS f
        JOIN indicator_name AS n ON n.indicator_id = f.indicator_id
        LEFT JOIN cost AS c ON c.service_id IS NOT DISTINCT FROM nullif(f.service_id, '(all)')
    WHERE n.direction <> 'neutral'
), placed AS (
    SELECT u.*, caregroup.opportunity(u.numerator, u.denominator, u.amount, direction => u.direction, multiplier => u.per, replications => 1000) OVER (
        PARTITION BY u.hierarchy, u.organisation_kind, u.indicator_id, u.service_id ORDER BY u.organisation_id) AS gain
    FROM unit AS u
)
SELECT d.hierarchy, d.organisation_kind, d.organisation_id, d.indicator_id, d.service_id, d.numerator, d.denominator, d.peers,
    (d.gain).rate, (d.gain).benchmark, (d.gain).benchmark_lower, (d.gain).benchmark_upper,
    (d.gain).events, (d.gain).events_lower, (d.gain).events_upper, (d.gain).cost, (d.gain).cost_lower, (d.gain).cost_upper
FROM placed AS d
$$),
('variance_change', 'variance_change', 'Indicators before and after every dated change.', $$
WITH point AS (
    SELECT v.hierarchy, v.organisation_kind, v.organisation_id, v.indicator_id, v.service_id, v.period_start, v.value,
        row_number() OVER series AS place, abs(v.value - lag(v.value) OVER series) AS moving_range
    FROM variance_point AS v WHERE v.value IS NOT NULL
    WINDOW series AS (PARTITION BY v.hierarchy, v.organisation_kind, v.organisation_id, v.indicator_id, v.service_id ORDER BY v.period_start)
), changed AS (
    SELECT c.change_id, c.changed_on, c.change_text, c.starts_phase, q.*,
        count(*) FILTER (WHERE q.period_start < c.changed_on) OVER series AS before_change
    FROM change_reach AS c
        JOIN point AS q ON q.hierarchy = c.hierarchy AND q.organisation_kind = c.organisation_kind AND q.organisation_id = c.organisation_id
            AND coalesce(c.indicator_id = q.indicator_id, true) AND coalesce(c.service_id = q.service_id, true)
    WINDOW series AS (PARTITION BY c.change_id, q.hierarchy, q.organisation_kind, q.organisation_id, q.indicator_id, q.service_id)
), side AS (
    SELECT c.hierarchy, c.organisation_kind, c.organisation_id, c.indicator_id, c.service_id, c.changed_on, c.change_id, min(c.change_text) AS change_text,
        bool_or(c.starts_phase) AS starts_phase,
        count(*) FILTER (WHERE c.place <= c.before_change) AS points_before, count(*) FILTER (WHERE c.place > c.before_change) AS points_after,
        avg(c.value ORDER BY c.place) FILTER (WHERE c.place <= c.before_change) AS before_mean, avg(c.value ORDER BY c.place) FILTER (WHERE c.place > c.before_change) AS after_mean,
        -- Moving ranges within either side; 1.128 makes them a sigma.
        avg(c.moving_range ORDER BY c.place) FILTER (WHERE c.place <> c.before_change + 1 AND c.place > c.before_change - 11) / 1.128 AS sigma
    FROM changed AS c
    WHERE c.place > c.before_change - 12 AND c.place <= c.before_change + 12
    GROUP BY 1, 2, 3, 4, 5, 6, 7
)
SELECT s.hierarchy, s.organisation_kind, s.organisation_id, s.indicator_id, s.service_id, s.changed_on, s.change_id, s.change_text, s.starts_phase,
    s.points_before, s.points_after, s.before_mean, s.after_mean,
    CASE WHEN s.points_before >= 6 AND s.points_after >= 3
         THEN (s.after_mean - s.before_mean) / nullif(s.sigma * sqrt(1.0 / s.points_before + 1.0 / s.points_after), 0) END
FROM side AS s WHERE s.points_before > 0 AND s.points_after > 0
$$),
('variance_method', 'variance_method', 'How each indicator was worked out.', $$
SELECT n.indicator_id, caregroup.caregroup_version(),
    format('chart %s; direction %s; rules nhs, two_of_three beyond_two_sigma, run and trend of 7; moving ranges screened; funnel %s, 10 %% winsorised, additive overdispersion; opportunity best_quintile, 1000 draws; suppression below %s',
        n.chart, n.direction, coalesce(n.funnel, 'none'), (SELECT s.value FROM setting AS s WHERE s.name = 'suppress_below')),
    1, (SELECT count(*) FROM variance_summary AS v WHERE v.indicator_id = n.indicator_id), count(i.indicator_id),
    coalesce(caregroup.input_fingerprint(i) FILTER (WHERE i.indicator_id IS NOT NULL), 'no figures')
FROM indicator_name AS n LEFT JOIN indicator_month AS i ON i.indicator_id = n.indicator_id
GROUP BY n.indicator_id, n.chart, n.direction, n.funnel
$$),
('published_indicator_count', 'published_indicator_count', 'Counts of twelve months, the small ones left out.', $$
WITH threshold AS (
    SELECT greatest(least(ceil(s.value::numeric), 1000), 2)::integer AS below FROM setting AS s WHERE s.name = 'suppress_below'
), common AS (
    -- Counted out of the same people whatever the service.
    SELECT i.indicator_id FROM indicator_month AS i WHERE i.service_id = '(all)' AND i.denominator IS NOT NULL GROUP BY 1
), figure AS (
    SELECT v.indicator_id, v.organisation_id AS site_id, v.service_id, n.funnel, c.indicator_id IS NOT NULL AS is_common,
        round(sum(v.numerator))::double precision AS numerator, round(sum(v.denominator))::double precision AS denominator
    FROM variance_point AS v CROSS JOIN parameter AS p
        JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
        LEFT JOIN common AS c ON c.indicator_id = v.indicator_id
    WHERE v.hierarchy = '(any)' AND n.funnel IS NOT NULL AND v.numerator >= 0 AND v.denominator > 0
        AND (n.funnel = 'rate' OR v.numerator <= v.denominator)
        AND v.period_start >= date_trunc('month', p.as_at_date - interval '1 year')
    GROUP BY 1, 2, 3, 4, 5
), people AS (
    SELECT f.indicator_id, f.site_id, sum(f.denominator) AS denominator FROM figure AS f
    WHERE f.is_common AND f.service_id = '(all)' GROUP BY f.indicator_id, ROLLUP (f.site_id)
), margin AS (
    SELECT c.indicator_id, c.funnel, c.is_common, c.site_id, k.service_id, sum(c.numerator) AS numerator,
        CASE WHEN NOT c.is_common THEN sum(c.denominator) END AS denominator
    FROM figure AS c CROSS JOIN LATERAL (SELECT CASE WHEN c.service_id = '(all)' THEN '(none)' ELSE c.service_id END AS service_id) AS k
    WHERE c.service_id <> '(all)'
        -- Figures without a service are cells of their own.
        OR NOT EXISTS (SELECT FROM figure AS s WHERE s.indicator_id = c.indicator_id AND s.site_id = c.site_id AND s.service_id <> '(all)')
    GROUP BY c.indicator_id, c.funnel, c.is_common, CUBE (c.site_id, k.service_id)
), hidden AS (
    SELECT m.*, caregroup.suppress(m.numerator, m.site_id, m.service_id, t.below) OVER (PARTITION BY m.indicator_id) AS counted,
        -- Of a share, also what was not counted is people, and all together are.
        caregroup.suppress(CASE WHEN m.funnel = 'proportion' THEN m.denominator - m.numerator END, m.site_id, m.service_id, t.below) OVER (PARTITION BY m.indicator_id) AS others,
        caregroup.suppress(m.denominator, m.site_id, m.service_id, t.below) OVER (PARTITION BY m.indicator_id) AS all_of, t.below
    FROM margin AS m CROSS JOIN threshold AS t
)
-- What is left out is left out with its denominator: each would tell of the
-- other.
SELECT h.indicator_id, coalesce(h.site_id, '(all)'), coalesce(h.service_id, '(all)'),
    CASE WHEN w.worst = 'shown' THEN h.numerator END,
    CASE WHEN w.worst = 'shown' AND coalesce(h.denominator, p.denominator) >= 12 * h.below OR w.worst = 'shown' AND NOT h.is_common THEN coalesce(h.denominator, p.denominator) END,
    w.worst, (h.counted).lower, (h.counted).upper
FROM hidden AS h
    LEFT JOIN people AS p ON p.indicator_id = h.indicator_id AND p.site_id IS NOT DISTINCT FROM h.site_id
    CROSS JOIN LATERAL (SELECT CASE
        WHEN 'exposed' IN ((h.counted).state, coalesce((h.others).state, ''), coalesce((h.all_of).state, '')) THEN 'exposed'
        WHEN 'primary' IN ((h.counted).state, coalesce((h.others).state, ''), coalesce((h.all_of).state, '')) THEN 'primary'
        WHEN 'secondary' IN ((h.counted).state, coalesce((h.others).state, ''), coalesce((h.all_of).state, '')) THEN 'secondary'
        ELSE 'shown' END AS worst) AS w
WHERE h.service_id IS DISTINCT FROM '(none)'
$$);

CREATE FUNCTION figure_text(figure double precision) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
RETURN pg_catalog.to_char(figure, CASE WHEN abs(figure) >= 100 THEN 'FM999,999,999,990' WHEN abs(figure) >= 10 THEN 'FM990.0'
                                       WHEN abs(figure) >= 1 THEN 'FM990.00' ELSE 'FM990.000' END);

COMMENT ON FUNCTION figure_text(double precision) IS
'A figure for a sentence, with about three digits. NULL gives NULL.';

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('reporting_organisation', 'shared', NULL, 'Each organisation and site of each hierarchy, for reports that are kept by organisation.', $$
SELECT h.hierarchy, h.organisation_kind, h.organisation_id, min(h.organisation_name) AS organisation_name, min(h.organisation_level) AS organisation_level,
    CASE WHEN h.organisation_kind = 'site' THEN '(any)' ELSE h.hierarchy END AS kept_under
FROM (SELECT c.hierarchy, c.organisation_kind, c.organisation_id, c.organisation_name, c.organisation_level FROM chain AS c
      UNION ALL
      SELECT o.hierarchy, o.organisation_kind, o.organisation_id, o.organisation_name, o.organisation_level FROM organisation_chain AS o) AS h
WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
GROUP BY h.hierarchy, h.organisation_kind, h.organisation_id
$$, $$
    hierarchy         -- Hierarchy that is rolled up.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_id   -- Organisation or site.
    organisation_name -- Name to print.
    organisation_level -- 0 at the top of the hierarchy.
    kept_under        -- Hierarchy under which results are kept: '(any)' for a site.
$$),
('report_variance_spc', 'report', 'variance_point', 'Indicators on control charts: every point with its lines, the rules that fire and what was changed, by organisation and service.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    v.indicator_id, n.indicator_name, v.service_id, CASE WHEN v.service_id = '(all)' THEN 'All services' ELSE s.service_name END AS service_name,
    v.period_start, n.period_kind, v.period_start::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    v.numerator, v.denominator, v.value, v.target, v.centre, v.lower, v.upper, v.phase,
    caregroup.spc_rule(v.rules) AS rule, array_to_string(caregroup.spc_rules(v.rules), ', ') AS rules,
    v.is_improvement, v.is_concern, caregroup.spc_assurance(v.assurance) AS assurance, v.change_text,
    t.as_at, t.recalculated_at
FROM reporting_organisation AS o
    JOIN variance_point AS v ON v.hierarchy = o.kept_under AND v.organisation_kind = o.organisation_kind AND v.organisation_id = o.organisation_id
    JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    LEFT JOIN service_name AS s ON s.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'variance_point'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    indicator_id      -- Indicator.
    indicator_name    -- Name to print.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- First day of the period.
    period_kind       -- week, month, quarter or year.
    time              -- Start of the period as a moment, for time-series charts.
    numerator         -- What is counted.
    denominator       -- Out of what.
    value             -- Numerator over denominator, times the indicator's multiplier; NULL where nothing is known of the period: a gap.
    target            -- Value to reach.
    centre            -- Centre line: the mean of the phase.
    lower             -- Lower limit, 3 sigma from the centre.
    upper             -- Upper limit, 3 sigma from the centre.
    phase             -- Phase of the chart, from 1; a change of the change log that starts a phase starts the next.
    rule              -- The rule to show, or common_cause.
    rules             -- All rules that fire, by priority.
    is_improvement    -- A special cause to the better side.
    is_concern        -- A special cause to the worse side.
    assurance         -- consistent_pass, inconsistent or consistent_fail: where the target lies.
    change_text       -- Changes of the change log in the period, to be drawn on the chart.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_variance_summary', 'report', 'variance_summary', 'The icon table: how each indicator of each organisation stands at its last point, and whether it can be relied on to meet its target.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    v.indicator_id, n.indicator_name, v.service_id, CASE WHEN v.service_id = '(all)' THEN 'All services' ELSE s.service_name END AS service_name,
    v.period_start, n.period_kind, n.direction, v.points, v.numerator_mean, v.value, v.target, v.meets_target,
    v.centre, v.lower, v.upper, v.variation, v.assurance, caregroup.spc_rule(v.rules) AS rule, v.capability, v.target_chance, v.autocorrelation, v.advice,
    v.is_current, t.as_at, t.recalculated_at
FROM reporting_organisation AS o
    JOIN variance_summary AS v ON v.hierarchy = o.kept_under AND v.organisation_kind = o.organisation_kind AND v.organisation_id = o.organisation_id
    JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    LEFT JOIN service_name AS s ON s.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'variance_summary'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    indicator_id      -- Indicator.
    indicator_name    -- Name to print.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- First day of the last period with a value.
    period_kind       -- week, month, quarter or year.
    direction         -- higher_better, lower_better or neutral.
    points            -- Points of the chart.
    numerator_mean    -- Mean numerator of a point.
    value             -- Last value.
    target            -- Value to reach.
    meets_target      -- Whether the last value meets it; NULL without a target or direction.
    centre            -- Centre line: the mean of the phase.
    lower             -- Lower limit, 3 sigma from the centre.
    upper             -- Upper limit, 3 sigma from the centre.
    variation         -- The variation icon: common_cause, special_cause_improvement, special_cause_concern, special_cause_neutral_high or special_cause_neutral_low.
    assurance         -- The assurance icon: consistent_pass, inconsistent or consistent_fail; NULL without a target.
    rule              -- The rule that fires at the last point, or common_cause.
    capability        -- Distance from the centre to the target over that to a limit: 1 or more is consistent_pass.
    target_chance     -- Chance that one value meets the target if all goes on as it is.
    autocorrelation   -- Lag-1 autocorrelation; above about 0.3 the rules fire too often.
    advice            -- rare_events: a mean count below 5 (or as few that were not counted), for a g or t chart; autocorrelated: neighbouring months are alike; few_points: fewer than 13 points; NULL where nothing speaks against the chart.
    is_current        -- Whether the last value is of the indicator's last period.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_variance_funnel', 'report', 'variance_funnel', 'Organisations of a kind against each other over twelve months: who lies outside the funnel, allowing for what always varies between them.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    v.indicator_id, n.indicator_name, v.service_id, CASE WHEN v.service_id = '(all)' THEN 'All services' ELSE s.service_name END AS service_name,
    (date_trunc('month', t.as_at AT TIME ZONE p.time_zone) - interval '1 year')::date AS period_start, 'year'::text AS period_kind,
    v.numerator, v.denominator, v.expected, v.is_case_mix, v.value, v.centre, v.lower, v.upper, v.lower_outer, v.upper_outer,
    v.phi, v.tau2, v.z, v.level, caregroup.funnel_category(v.level) AS category, v.peers, t.as_at, t.recalculated_at
FROM reporting_organisation AS o CROSS JOIN parameter AS p
    JOIN variance_funnel AS v ON v.hierarchy = o.kept_under AND v.organisation_kind = o.organisation_kind AND v.organisation_id = o.organisation_id
    JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    LEFT JOIN service_name AS s ON s.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'variance_funnel'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation: the peers that it is compared with.
    organisation_level -- 0 at the top of the hierarchy.
    indicator_id      -- Indicator.
    indicator_name    -- Name to print.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- First day of the twelve months.
    period_kind       -- year.
    numerator         -- What is counted.
    denominator       -- Out of what: the horizontal axis of the funnel of a proportion.
    expected          -- Numerator expected, by age and sex where is_case_mix, else at the rate of all peers: the horizontal axis of the funnel of a rate; NULL for a proportion.
    is_case_mix       -- Whether expected is by age and sex. Two such values are each against the whole, not against each other.
    value             -- Value, times the indicator's multiplier; where is_case_mix, observed over expected times the rate of all peers.
    centre            -- Centre line: all peers together.
    lower             -- Lower 95 % limit, allowing for overdispersion.
    upper             -- Upper 95 % limit.
    lower_outer       -- Lower 99.8 % limit.
    upper_outer       -- Upper 99.8 % limit.
    phi               -- Overdispersion of the peers: 1 is what chance alone makes.
    tau2              -- Variance between peers, on the scale of the method.
    z                 -- z score, allowing for overdispersion.
    level             -- 2 above the 99.8 % limit, 1 above the 95 % limit, 0 within, -1 and -2 below; never further out than the limits of chance alone say, which are exact where events are few.
    category          -- The same in words.
    peers             -- Organisations in the funnel.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_variance_opportunity', 'report', 'variance_opportunity', 'What it would mean for each organisation, in activity and money of a year, to reach the best fifth of its peers.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    v.indicator_id, n.indicator_name, v.service_id, CASE WHEN v.service_id = '(all)' THEN 'All services' ELSE s.service_name END AS service_name,
    (date_trunc('month', t.as_at AT TIME ZONE p.time_zone) - interval '1 year')::date AS period_start, 'year'::text AS period_kind,
    n.direction, v.numerator, v.denominator, v.peers, v.value, v.benchmark, v.benchmark_lower, v.benchmark_upper,
    v.events, v.events_lower, v.events_upper, v.cost_gbp, v.cost_lower_gbp, v.cost_upper_gbp, t.as_at, t.recalculated_at
FROM reporting_organisation AS o CROSS JOIN parameter AS p
    JOIN variance_opportunity AS v ON v.hierarchy = o.kept_under AND v.organisation_kind = o.organisation_kind AND v.organisation_id = o.organisation_id
    JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    LEFT JOIN service_name AS s ON s.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'variance_opportunity'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation: the peers that it is compared with.
    organisation_level -- 0 at the top of the hierarchy.
    indicator_id      -- Indicator.
    indicator_name    -- Name to print.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- First day of the twelve months.
    period_kind       -- year.
    direction         -- higher_better or lower_better.
    numerator         -- What is counted.
    denominator       -- Out of what.
    peers             -- Organisations compared.
    value             -- Value, times the indicator's multiplier.
    benchmark         -- Edge of the best fifth of the peers' true values, which chance is taken out of.
    benchmark_lower   -- Lower limit of its 95 % interval.
    benchmark_upper   -- Upper limit of its 95 % interval.
    events            -- Fewer (lower_better) or more (higher_better) a year at the benchmark; below 0 where the organisation is better already.
    events_lower      -- Lower limit of its 95 % interval, which includes the uncertainty of the peers and of which are best.
    events_upper      -- Upper limit of its 95 % interval.
    cost_gbp          -- Their cost at the mean cost of an activity of the service; NULL where that is not known or the events are no activity.
    cost_lower_gbp    -- Lower limit of its 95 % interval.
    cost_upper_gbp    -- Upper limit of its 95 % interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_variance_change', 'report', 'variance_change', 'Indicators in the twelve periods before and after each dated change of the change log.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    v.indicator_id, n.indicator_name, v.service_id, CASE WHEN v.service_id = '(all)' THEN 'All services' ELSE s.service_name END AS service_name,
    v.changed_on AS period_start, 'day'::text AS period_kind, v.change_id, v.change_text, v.starts_phase,
    v.points_before, v.points_after, v.before_mean, v.after_mean, v.after_mean - v.before_mean AS difference, v.z,
    CASE WHEN n.direction = 'neutral' OR abs(v.z) < 4 OR v.z IS NULL THEN 'no clear change'
         WHEN (v.z > 0) = (n.direction = 'higher_better') THEN 'better' ELSE 'worse' END AS judgement, t.as_at, t.recalculated_at
FROM reporting_organisation AS o
    JOIN variance_change AS v ON v.hierarchy = o.kept_under AND v.organisation_kind = o.organisation_kind AND v.organisation_id = o.organisation_id
    JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    LEFT JOIN service_name AS s ON s.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'variance_change'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_level -- 0 at the top of the hierarchy.
    indicator_id      -- Indicator.
    indicator_name    -- Name to print.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- Day of the change.
    period_kind       -- day.
    change_id         -- Change.
    change_text       -- What was changed.
    starts_phase      -- Whether charts start a new phase after it. Where the report shows a change that lasts, set starts_phase in the change log.
    points_before     -- Points in the twelve periods before.
    points_after      -- Points in the twelve periods from the first that starts on or after the change.
    before_mean       -- Their mean before.
    after_mean        -- Their mean after.
    difference        -- After less before.
    z                 -- Difference over its standard error, by moving ranges; NULL with fewer than 6 points before or 3 after. Too large where values hang together. Before and after is no proof of cause.
    judgement         -- better, worse or no clear change: less than 4 standard errors, or a neutral indicator. How often calm series exceed that is not known.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_exception', 'report', 'variance_summary', 'What must be read this month: indicators in special cause and targets that cannot be met, a sentence each, ranked by what chance explains least.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    row_number() OVER (PARTITION BY o.organisation_kind ORDER BY v.variation = 'common_cause', v.q_value, v.target_chance, o.organisation_id, v.indicator_id, v.service_id) AS rank,
    CASE WHEN v.variation = 'common_cause' THEN 'target cannot be met' ELSE v.variation END AS exception,
    format('%s, %s%s: %s in %s', n.indicator_name, CASE WHEN v.service_id <> '(all)' THEN coalesce(s.service_name, v.service_id) || ' at ' ELSE '' END, o.organisation_name,
           caregroup.figure_text(v.value), to_char(v.period_start, 'FMMonth YYYY'))
        || CASE WHEN v.advice = 'rare_events' THEN format(', and in the last six %ss clearly ', n.period_kind) || CASE WHEN v.variation = 'common_cause' THEN 'as before' ELSE 'other than before' END ELSE
           CASE caregroup.spc_rule(v.rules)
               WHEN 'common_cause' THEN format(', within its usual limits of %s to %s', caregroup.figure_text(v.lower), caregroup.figure_text(v.upper))
               WHEN 'above_upper_limit' THEN format(', above its upper limit of %s', caregroup.figure_text(v.upper))
               WHEN 'below_lower_limit' THEN format(', below its lower limit of %s', caregroup.figure_text(v.lower))
               WHEN 'trend_up' THEN ', the last of a rising trend' WHEN 'trend_down' THEN ', the last of a falling trend'
               WHEN 'run_above' THEN format(', the last of a run above its mean of %s', caregroup.figure_text(v.centre))
               WHEN 'run_below' THEN format(', the last of a run below its mean of %s', caregroup.figure_text(v.centre))
               ELSE format(', two of three near a limit (mean %s)', caregroup.figure_text(v.centre)) END END
        || CASE v.variation WHEN 'special_cause_improvement' THEN ', better' WHEN 'special_cause_concern' THEN ', worse' ELSE '' END
        || CASE v.assurance WHEN 'consistent_fail' THEN format('; its target of %s cannot be met as things are', caregroup.figure_text(v.target)) ELSE '' END
        || CASE v.advice WHEN 'autocorrelated' THEN ' (neighbouring months are alike, so that signals come too often)' ELSE '' END || '.' AS sentence,
    v.indicator_id, n.indicator_name, v.service_id, CASE WHEN v.service_id = '(all)' THEN 'All services' ELSE s.service_name END AS service_name,
    v.period_start, n.period_kind, v.value, v.target, v.centre, v.lower, v.upper, v.variation, v.assurance, caregroup.spc_rule(v.rules) AS rule,
    v.chance, v.q_value, v.tested AS series_tested, 0.019::double precision * v.tested_by_rules AS signals_expected_by_chance, v.autocorrelation, v.advice,
    t.as_at, t.recalculated_at
FROM reporting_organisation AS o
    JOIN variance_summary AS v ON v.hierarchy = o.kept_under AND v.organisation_kind = o.organisation_kind AND v.organisation_id = o.organisation_id
    JOIN indicator_name AS n ON n.indicator_id = v.indicator_id
    LEFT JOIN service_name AS s ON s.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'variance_summary'
WHERE v.is_tested AND (v.variation <> 'common_cause' OR v.advice IS DISTINCT FROM 'rare_events' AND v.assurance = 'consistent_fail')
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_level -- 0 at the top of the hierarchy.
    rank              -- Rank among the exceptions of the same kind of organisation.
    exception         -- The variation icon of a special cause, or: target cannot be met.
    sentence          -- What it is, with its figures.
    indicator_id      -- Indicator.
    indicator_name    -- Name to print.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- First day of the period.
    period_kind       -- week, month, quarter or year.
    value             -- Last value.
    target            -- Value to reach.
    centre            -- Centre line: the mean of the phase.
    lower             -- Lower limit, 3 sigma from the centre.
    upper             -- Upper limit, 3 sigma from the centre.
    variation         -- The variation icon.
    assurance         -- The assurance icon.
    rule              -- The rule that fires, or common_cause.
    chance            -- Chance that common cause alone shows such a last point.
    q_value           -- Benjamini and Hochberg's q: of the exceptions down to this one, at most this share is expected to be chance.
    series_tested     -- Series of the same kind of organisation that could have raised an exception.
    signals_expected_by_chance -- So many fire a rule of their charts by chance alone: 1.9 % of independent values, more where neighbouring months are alike. Rare events are not judged by rules and shown with a q of 0.05 at most.
    autocorrelation   -- Lag-1 autocorrelation; above about 0.3 the rules fire too often.
    advice            -- autocorrelated, few_points or rare_events, or NULL. Rare events (a mean count below 5, or as few that were not counted) need a g or t chart; shares of them are tested by their sums, the last six periods against all before.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('published_indicator', 'published', 'published_indicator_count', 'Counts and values of twelve months by site and service, with small numbers left out so that nobody can work them out.', $$
SELECT c.indicator_id, n.indicator_name, c.site_id, CASE WHEN c.site_id = '(all)' THEN 'All sites' ELSE x.site_name END AS site_name,
    c.service_id, CASE WHEN c.service_id = '(all)' THEN 'All services' ELSE s.service_name END AS service_name,
    (date_trunc('month', t.as_at AT TIME ZONE p.time_zone) - interval '1 year')::date AS period_start, 'year'::text AS period_kind,
    c.numerator, c.denominator, n.per * c.numerator / c.denominator AS value, c.state, t.as_at, t.recalculated_at
FROM published_indicator_count AS c CROSS JOIN parameter AS p
    JOIN indicator_name AS n ON n.indicator_id = c.indicator_id
    LEFT JOIN service_name AS s ON s.service_id = c.service_id
    LEFT JOIN (SELECT h.organisation_id AS site_id, min(h.organisation_name) AS site_name FROM chain AS h WHERE h.organisation_kind = 'site' GROUP BY 1) AS x ON x.site_id = c.site_id
    LEFT JOIN result_state AS t ON t.step = 'published_indicator_count'
WHERE c.state <> 'exposed'
$$, $$
    indicator_id      -- Indicator.
    indicator_name    -- Name to print.
    site_id           -- Site; '(all)' for the total.
    site_name         -- Name to print.
    service_id        -- Service; '(all)' for the total.
    service_name      -- Name to print.
    period_start      -- First day of the twelve months.
    period_kind       -- year.
    numerator         -- What is counted; NULL where it is left out.
    denominator       -- Out of what; NULL where it is left out.
    value             -- Numerator over denominator, times the indicator's multiplier.
    state             -- shown, primary (a small number) or secondary (left out to protect others).
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);

INSERT INTO hub_table (table_name, kind, key_columns, description, columns) VALUES
('demand_node', 'result', 'hierarchy, organisation_kind, organisation_id', 'An organisation or site of a hierarchy, and where its forecasts are kept: an organisation with the same sites in several hierarchies has one forecast.', $$
    hierarchy          text               -- Hierarchy.
    organisation_kind  text               -- Kind of organisation, or site.
    organisation_id    text               -- Organisation or site.
    organisation_name  text NOT NULL      -- Name to print.
    organisation_level integer NOT NULL   -- 0 at the top.
    kept_under         text NOT NULL      -- The first hierarchy in which it has the same sites; '(any)' for a site.
    node_no            integer NOT NULL   -- Number, the same for those that are kept together.
    sites              text[] NOT NULL    -- Sites under it.
$$),
('demand_week', 'result', 'site_id, service_id, week_start', 'Requests for care in a week.', $$
    site_id    text               -- Site asked, '(unassigned)' where unknown.
    service_id text               -- Service asked for, '(unknown)' where unknown.
    week_start date               -- Monday.
    requests   numeric NOT NULL   -- Referrals and contact requests.
$$),
('demand_series', 'result', 'period_kind, origin, hierarchy, organisation_kind, organisation_id, service_id', 'The requests of an organisation or site, period by period, up to an origin.', $$
    period_kind       text                         -- week or month.
    origin            date                         -- First day of the first period to forecast.
    hierarchy         text                         -- Hierarchy under which it is kept (demand_node); '(any)' for a site.
    organisation_kind text                         -- Kind of organisation, or site.
    organisation_id   text                         -- Organisation or site.
    service_id        text                         -- Service; '(all)' for all together.
    is_hindcast       boolean NOT NULL             -- Whether periods after the origin are known already.
    first_period      date NOT NULL                -- First day of the first period in which a request came.
    history           double precision[] NOT NULL  -- Requests of every period from the first to the origin.
    season            integer NOT NULL             -- Periods of a year: 52 or 12.
    history_key       text NOT NULL                -- Fingerprint of the history and the version of the method.
    naive_error       double precision             -- Mean absolute difference of a period and the same of the year before; NULL with a year or less.
$$),
('demand_history', 'result', 'period_kind, history_key', 'A history that is to be forecast; organisations with the same one share it.', $$
    period_kind text                         -- week or month.
    history_key text                         -- Fingerprint.
    history     double precision[] NOT NULL  -- Requests, oldest first.
    season      integer NOT NULL             -- Periods of a year.
$$),
('demand_base', 'result', 'period_kind, history_key, step', 'The forecast of a history by itself.', $$
    period_kind text                        -- week or month.
    history_key text                        -- Fingerprint of the history.
    step        integer                     -- Periods ahead, from 1.
    point       double precision NOT NULL   -- Requests expected.
    lower_80    double precision            -- Lower limit of the 80 % interval; NULL where the history is too short.
    upper_80    double precision            -- Upper limit.
    lower_95    double precision            -- Lower limit of the 95 % interval.
    upper_95    double precision            -- Upper limit.
    method      text NOT NULL               -- Method, as forecast_series() names it.
$$),
('demand_forecast', 'result', 'period_kind, origin, hierarchy, organisation_kind, organisation_id, service_id, step', 'Forecasts whose parts add up to the whole.', $$
    period_kind       text                        -- week or month.
    origin            date                        -- First day of the first period forecast.
    hierarchy         text                        -- Hierarchy under which it is kept.
    organisation_kind text                        -- Kind of organisation, or site.
    organisation_id   text                        -- Organisation or site.
    service_id        text                        -- Service; '(all)' for all together.
    step              integer                     -- Periods ahead, from 1.
    period_start      date NOT NULL               -- First day of the period.
    is_hindcast       boolean NOT NULL            -- Whether it was made after the fact.
    point             double precision NOT NULL   -- Requests expected; a site's parts and an organisation's sites add up.
    base              double precision NOT NULL   -- The series' own forecast, before that.
    lower_80          double precision            -- Lower limit of the 80 % interval: the series' own, moved by as much as its point was, and no narrower than chance.
    upper_80          double precision            -- Upper limit.
    lower_95          double precision            -- Lower limit of the 95 % interval.
    upper_95          double precision            -- Upper limit.
    method            text NOT NULL               -- Method of the series' own forecast.
$$),
('demand_forecast_kept', 'result', 'period_kind, origin, hierarchy, organisation_kind, organisation_id, service_id, step', 'Every forecast that was made, the last of each origin: months of three years, weeks of half a year. Emptied, it is filled with hindcasts again.', $$
    period_kind       text                        -- week or month.
    origin            date                        -- First day of the first period forecast.
    hierarchy         text                        -- Hierarchy under which it is kept.
    organisation_kind text                        -- Kind of organisation, or site.
    organisation_id   text                        -- Organisation or site.
    service_id        text                        -- Service; '(all)' for all together.
    step              integer                     -- Periods ahead, from 1.
    period_start      date NOT NULL               -- First day of the period.
    is_hindcast       boolean NOT NULL            -- Whether it was made after the fact.
    point             double precision NOT NULL   -- Requests expected.
    lower_80          double precision            -- Lower limit of the 80 % interval.
    upper_80          double precision            -- Upper limit.
    lower_95          double precision            -- Lower limit of the 95 % interval.
    upper_95          double precision            -- Upper limit.
    method            text NOT NULL               -- Method.
$$),
('demand_accuracy', 'result', 'period_kind, hierarchy, organisation_kind, organisation_id, service_id, step', 'How far past forecasts were from what came.', $$
    period_kind       text               -- week or month.
    hierarchy         text               -- Hierarchy under which it is kept.
    organisation_kind text               -- Kind of organisation, or site.
    organisation_id   text               -- Organisation or site.
    service_id        text               -- Service; '(all)' for all together.
    step              integer            -- Periods ahead, from 1; 0 for all together.
    forecasts         bigint NOT NULL    -- Forecasts of periods that are over.
    hindcasts         bigint NOT NULL    -- Of them, how many were made after the fact.
    actual_mean       double precision   -- Mean of what came.
    mae               double precision   -- Mean absolute error, in requests.
    naive_mae         double precision   -- The same of what came in the same period of the year before.
    mase              double precision   -- mae over the mean absolute difference of a year in the history.
    bias              double precision   -- Mean of forecast less what came.
    coverage_80       double precision   -- Share inside the 80 % interval, 0 to 1.
    coverage_95       double precision   -- Share inside the 95 % interval.
$$),
('demand_surge', 'result', 'hierarchy, organisation_kind, organisation_id, service_id', 'The demand for slots of the next fourteen days against the slots of its sessions.', $$
    hierarchy         text                        -- Hierarchy under which it is kept.
    organisation_kind text                        -- Kind of organisation, or site.
    organisation_id   text                        -- Organisation or site.
    service_id        text                        -- Service.
    starts_on         date NOT NULL               -- First of the fourteen days.
    requests          double precision NOT NULL   -- Requests expected.
    requests_variance double precision NOT NULL   -- Variance of that.
    slots_per_request double precision NOT NULL   -- Slots that a request led to in the last twelve whole months.
    demand            double precision NOT NULL   -- Slots that the requests lead to.
    demand_variance   double precision NOT NULL   -- Variance of that.
    slots_offered     numeric NOT NULL            -- Slots of sessions that are not cancelled.
    slots_booked      numeric NOT NULL            -- Of them, how many are booked already.
$$);

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('site_of', 'plumbing', NULL, 'The sites of everything that forecasts are kept of.', $$
SELECT DISTINCT n.node_no, n.kept_under AS hierarchy, n.organisation_kind, n.organisation_id, g.site_id
FROM demand_node AS n CROSS JOIN LATERAL unnest(n.sites) AS g (site_id)
$$, $$
    node_no           -- Number.
    hierarchy         -- Hierarchy under which it is kept.
    organisation_kind -- Kind of organisation, or site.
    organisation_id   -- Organisation or site.
    site_id           -- Site under it.
$$),
('forecast_node', 'plumbing', NULL, 'The organisations and sites of the hub''s hierarchy as a tree: each has one parent, the nearest above, the least where several are as near.', $$
WITH RECURSIVE above AS (
    SELECT DISTINCT ON (c.member_id) c.member_id AS organisation_id, c.organisation_id AS parent_id
    FROM organisation_chain AS c
    WHERE c.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND c.organisation_kind <> 'unassigned' AND c.organisation_id <> c.member_id
    ORDER BY c.member_id, c.organisation_level DESC, c.organisation_id
), nearest AS (
    SELECT DISTINCT ON (h.site_id) h.site_id, h.organisation_id
    FROM chain AS h
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND h.organisation_kind NOT IN ('site', 'unassigned')
    ORDER BY h.site_id, h.organisation_level DESC, h.organisation_id
), reach AS (
    SELECT n.organisation_id, n.site_id FROM nearest AS n
    UNION
    SELECT a.parent_id, r.site_id FROM reach AS r JOIN above AS a ON a.organisation_id = r.organisation_id
)
SELECT d.kept_under AS hierarchy, d.organisation_kind, d.organisation_id, CASE WHEN d.organisation_kind IN ('site', 'unassigned') THEN 'site|' ELSE 'organisation|' END || d.organisation_id AS node,
    'organisation|' || CASE WHEN d.organisation_kind = 'site' THEN n.organisation_id ELSE a.parent_id END AS parent, cardinality(d.sites) > coalesce(r.sites, 1) AS is_partial
FROM demand_node AS d
    LEFT JOIN nearest AS n ON d.organisation_kind = 'site' AND n.site_id = d.organisation_id
    LEFT JOIN above AS a ON d.organisation_kind <> 'site' AND a.organisation_id = d.organisation_id
    LEFT JOIN (SELECT r.organisation_id, count(*) AS sites FROM reach AS r GROUP BY r.organisation_id) AS r
        ON d.organisation_kind NOT IN ('site', 'unassigned') AND r.organisation_id = d.organisation_id
WHERE d.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND (d.organisation_kind IN ('site', 'unassigned') OR r.sites > 0)
$$, $$
    hierarchy         -- Hierarchy under which its forecasts are kept.
    organisation_kind -- Kind of organisation, or site.
    organisation_id   -- Organisation or site.
    node              -- Name of the node.
    parent            -- Name of the node above; NULL at a top.
    is_partial        -- Whether sites of the organisation stand under another parent in the tree.
$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('demand_node', 'demand_node', 'What is forecast: every organisation of every hierarchy, and every site.', $$
WITH node AS (
    SELECT h.hierarchy, h.organisation_kind, h.organisation_id, min(h.organisation_name) AS organisation_name, min(h.organisation_level) AS organisation_level,
        array_agg(DISTINCT h.site_id ORDER BY h.site_id) AS sites
    FROM chain AS h GROUP BY 1, 2, 3
)
SELECT k.hierarchy, k.organisation_kind, k.organisation_id, k.organisation_name, k.organisation_level, k.kept_under,
    dense_rank() OVER (ORDER BY k.kept_under, k.organisation_kind, k.organisation_id), k.sites
FROM (SELECT n.*, CASE WHEN n.organisation_kind = 'site' THEN '(any)' ELSE min(n.hierarchy) OVER (PARTITION BY n.organisation_kind, n.organisation_id, n.sites) END AS kept_under
      FROM node AS n) AS k
$$),
('demand_week', 'demand_week', 'Referrals and contact requests by week.', $$
SELECT q.site_id, q.service_id, q.week_start, sum(q.requests)
FROM (SELECT r.site_id, r.service_id, date_trunc('week', r.received_at AT TIME ZONE p.time_zone)::date AS week_start, 1::numeric AS requests
      FROM referral_summary AS r CROSS JOIN parameter AS p
      UNION ALL
      SELECT coalesce(s.site_id, '(unassigned)'), coalesce(c.service_id, '(unknown)'), date_trunc('week', c.at AT TIME ZONE p.time_zone)::date, coalesce(c.quantity, 1)
      FROM known_contact_request AS c CROSS JOIN parameter AS p
          LEFT JOIN known_site AS s ON s.site_id = c.site_id
      WHERE c.at <= p.as_at AND isfinite(c.at)) AS q
GROUP BY 1, 2, 3
$$),
('demand_series', 'demand_series', 'The histories of demand of every organisation, service and all services, by week and month.', $$
WITH came AS MATERIALIZED (
    -- Numbers instead of names: there are many rows to sort.
    SELECT c.period_kind, c.site_id, c.service_id, c.period_start, c.requests, dense_rank() OVER (ORDER BY c.service_id)::integer AS service_no
    FROM (SELECT 'week' AS period_kind, d.site_id, d.service_id, d.week_start AS period_start, d.requests::double precision FROM demand_week AS d
          UNION ALL
          SELECT 'month', d.site_id, d.service_id, d.month, sum(d.requests)::double precision FROM demand AS d GROUP BY 2, 3, 4) AS c
), kind AS (
    SELECT k.period_kind, k.season, k.width, date_trunc(k.period_kind, p.as_at_date::timestamp)::date AS origin
    FROM parameter AS p CROSS JOIN (VALUES ('week', 52, interval '1 week'), ('month', 12, interval '1 month')) AS k (period_kind, season, width)
), total AS (
    SELECT c.period_kind, c.period_start, sum(c.requests) AS requests,
        sum(sum(c.requests)) FILTER (WHERE c.period_start >= k.origin - interval '1 year') OVER (PARTITION BY c.period_kind) / k.season AS usual
    FROM came AS c JOIN kind AS k ON k.period_kind = c.period_kind
    WHERE c.period_start < k.origin AND c.period_start >= k.origin - interval '10 years'
    GROUP BY c.period_kind, c.period_start, k.origin, k.season
), span AS (
    -- A warehouse that begins on a day holds older records too, of who was on
    -- the books then: whole periods are those from which half as much is known
    -- as of the last year's.
    SELECT k.period_kind, k.season, k.width, k.origin, min(t.period_start) AS since
    FROM kind AS k JOIN total AS t ON t.period_kind = k.period_kind
    WHERE t.requests >= t.usual / 2
    GROUP BY 1, 2, 3, 4
), start AS (
    SELECT s.*, s.origin AS starts_at, false AS is_hindcast FROM span AS s
    UNION ALL
    SELECT s.*, CASE s.period_kind WHEN 'week' THEN s.origin - (m.months / 3 * 13 * 7) ELSE (s.origin - m.months * interval '1 month')::date END, true
    FROM span AS s CROSS JOIN (VALUES (3), (6)) AS m (months)
    WHERE NOT EXISTS (SELECT FROM demand_forecast_kept AS x WHERE x.period_kind = s.period_kind AND x.origin < s.origin)
), node AS (
    SELECT DISTINCT m.node_no, m.hierarchy, m.organisation_kind, m.organisation_id FROM site_of AS m
), service AS (
    SELECT c.service_no, min(c.service_id) AS service_id FROM came AS c GROUP BY 1
    UNION ALL
    SELECT 0, '(all)'
), placed AS MATERIALIZED (
    SELECT m.node_no, c.service_no, c.period_kind, c.period_start, sum(c.requests) AS requests
    FROM came AS c JOIN span AS s ON s.period_kind = c.period_kind AND c.period_start >= s.since AND c.period_start < s.origin
        JOIN site_of AS m ON m.site_id = c.site_id
    GROUP BY 1, 2, 3, 4
), known AS MATERIALIZED (
    SELECT p.* FROM placed AS p
    UNION ALL
    SELECT p.node_no, 0, p.period_kind, p.period_start, sum(p.requests) FROM placed AS p GROUP BY 1, 3, 4
), cell AS (
    -- Periods without a request are rows of their own, put together with the
    -- others by grouping.
    SELECT k.* FROM known AS k
    UNION ALL
    SELECT b.node_no, b.service_no, b.period_kind, g.at::date, 0
    FROM (SELECT k.node_no, k.service_no, k.period_kind, min(k.period_start) AS first_period FROM known AS k GROUP BY 1, 2, 3) AS b
        JOIN span AS s ON s.period_kind = b.period_kind
        CROSS JOIN LATERAL generate_series(b.first_period::timestamp, (s.origin - 1)::timestamp, s.width) AS g (at)
), series AS (
    SELECT c.node_no, c.service_no, c.period_kind, min(c.period_start) AS first_period, array_agg(c.requests ORDER BY c.period_start) AS history
    FROM (SELECT c.node_no, c.service_no, c.period_kind, c.period_start, sum(c.requests) AS requests FROM cell AS c GROUP BY 1, 2, 3, 4) AS c
    GROUP BY 1, 2, 3
), cut AS MATERIALIZED (
    SELECT t.period_kind, t.starts_at, n.hierarchy, n.organisation_kind, n.organisation_id, v.service_id, t.is_hindcast, s.first_period, t.season,
        s.history[:CASE t.period_kind WHEN 'week' THEN (t.starts_at - s.first_period) / 7
            ELSE ((extract(year FROM t.starts_at) - extract(year FROM s.first_period)) * 12 + extract(month FROM t.starts_at) - extract(month FROM s.first_period))::integer END] AS history
    FROM series AS s JOIN node AS n ON n.node_no = s.node_no JOIN service AS v ON v.service_no = s.service_no
        JOIN start AS t ON t.period_kind = s.period_kind AND t.starts_at > s.first_period
)
SELECT c.period_kind, c.starts_at, c.hierarchy, c.organisation_kind, c.organisation_id, c.service_id, c.is_hindcast, c.first_period,
    c.history, c.season, md5(caregroup.caregroup_version() || ' ' || c.season || c.history::text),
    (SELECT avg(abs(y.later - y.earlier)) FROM unnest(c.history[c.season + 1:], c.history[:cardinality(c.history) - c.season]) AS y (later, earlier))
FROM cut AS c
-- What nobody asked for in a year is not forecast.
WHERE (SELECT sum(v) FROM unnest(c.history[greatest(cardinality(c.history) - c.season + 1, 1):]) AS v) > 0
$$),
('demand_history', 'demand_history', 'Every history once.', $$
SELECT DISTINCT ON (s.period_kind, s.history_key) s.period_kind, s.history_key, s.history, s.season
FROM demand_series AS s ORDER BY s.period_kind, s.history_key
$$);

INSERT INTO hub_step (step, result, description, query, stale, in_parallel) VALUES
('demand_base', 'demand_base', 'Forecasts of the histories that have changed.', $$
SELECT h.period_kind, h.history_key, f.step, f.point, f.lower[1] AS lower_80, f.upper[1] AS upper_80, f.lower[2] AS lower_95, f.upper[2] AS upper_95, f.method
FROM demand_history AS h
    CROSS JOIN LATERAL unnest(caregroup.forecast_series(h.history, CASE h.period_kind WHEN 'week' THEN 13 ELSE 12 END, h.season, levels => '{0.8,0.95}', non_negative => true)) AS f
WHERE NOT EXISTS (SELECT FROM demand_base AS b WHERE b.period_kind = h.period_kind AND b.history_key = h.history_key AND b.step = 1)
$$, $$NOT EXISTS (SELECT FROM demand_history AS h WHERE h.period_kind = t.period_kind AND h.history_key = t.history_key)$$, true);

INSERT INTO hub_step (step, result, description, query) VALUES
('demand_forecast', 'demand_forecast', 'Forecasts brought together along the hub''s hierarchy, so that the parts add up.', $$
WITH together AS MATERIALIZED (
    SELECT r.hierarchy AS part, dense_rank() OVER (ORDER BY r.hierarchy)::integer AS part_no, r.node, r.step, r.point
    FROM caregroup.forecast_reconcile($query$
        SELECT s.period_kind || '|' || to_char(s.origin, 'YYYY-MM-DD') || '|' || s.service_id AS hierarchy, n.node, n.parent, b.step, b.point,
            -- The own forecast of an organisation that shares sites with another
            -- is of more than its part of the tree, and has no say.
            CASE WHEN n.is_partial THEN 1e9 * (1 + b.point) ^ 2
                 ELSE greatest(((b.upper_80 - b.lower_80) / (2 * 1.4398)) ^ 2, b.point / 4, 0.01) END AS variance
        FROM forecast_node AS n
            JOIN demand_series AS s ON s.hierarchy = n.hierarchy AND s.organisation_kind = n.organisation_kind AND s.organisation_id = n.organisation_id
            JOIN demand_base AS b ON b.period_kind = s.period_kind AND b.history_key = s.history_key
        WHERE s.service_id <> '(all)'
    $query$, 'wls_variance', true) AS r
), node AS (
    SELECT DISTINCT m.node_no, m.hierarchy, m.organisation_kind, m.organisation_id FROM site_of AS m
), part AS (
    SELECT x.part_no, x.period_kind, x.origin, substr(x.part, length(x.period_kind) + 13) AS service_id, dense_rank() OVER (ORDER BY x.period_kind, x.origin)::integer AS start_no
    FROM (SELECT t.part_no, t.part, split_part(t.part, '|', 1) AS period_kind, split_part(t.part, '|', 2)::date AS origin
          FROM (SELECT t.part_no, min(t.part) AS part FROM together AS t GROUP BY 1) AS t) AS x
), placed AS MATERIALIZED (
    SELECT m.node_no, t.part_no, t.step, sum(t.point) AS point
    FROM together AS t JOIN site_of AS m ON t.node = 'site|' || m.site_id
    GROUP BY 1, 2, 3
), whole AS (
    SELECT r.period_kind, r.origin, r.service_id, p.node_no, p.step, p.point FROM placed AS p JOIN part AS r ON r.part_no = p.part_no
    UNION ALL
    SELECT min(r.period_kind), min(r.origin), '(all)', p.node_no, p.step, sum(p.point) FROM placed AS p JOIN part AS r ON r.part_no = p.part_no GROUP BY r.start_no, p.node_no, p.step
)
SELECT w.period_kind, w.origin, n.hierarchy, n.organisation_kind, n.organisation_id, w.service_id, w.step,
    CASE w.period_kind WHEN 'week' THEN w.origin + 7 * (w.step - 1) ELSE (w.origin + (w.step - 1) * interval '1 month')::date END,
    s.is_hindcast, w.point, b.point,
    CASE WHEN b.lower_80 > 0 THEN greatest(least(b.lower_80 + d.shift, w.point - 1.2816 * d.chance), 0) ELSE b.lower_80 END, greatest(b.upper_80 + d.shift, w.point + 1.2816 * d.chance, 0),
    CASE WHEN b.lower_95 > 0 THEN greatest(least(b.lower_95 + d.shift, w.point - 1.96 * d.chance), 0) ELSE b.lower_95 END, greatest(b.upper_95 + d.shift, w.point + 1.96 * d.chance, 0), b.method
FROM whole AS w JOIN node AS n ON n.node_no = w.node_no
    JOIN demand_series AS s ON s.period_kind = w.period_kind AND s.origin = w.origin AND s.hierarchy = n.hierarchy
        AND s.organisation_kind = n.organisation_kind AND s.organisation_id = n.organisation_id AND s.service_id = w.service_id
    JOIN demand_base AS b ON b.period_kind = s.period_kind AND b.history_key = s.history_key AND b.step = w.step
    -- Limits of sparse counts are counts: [0, 1] moved by a tenth would leave
    -- out what is likeliest.  Others are no narrower than chance makes counts
    -- (Poisson), however lucky the few backtests of a short history were.
    CROSS JOIN LATERAL (SELECT CASE b.method WHEN 'auto_sparse' THEN trunc(w.point - b.point) ELSE w.point - b.point END AS shift,
        CASE WHEN b.method <> 'auto_sparse' AND b.upper_80 IS NOT NULL THEN sqrt(w.point) END AS chance) AS d
$$);

INSERT INTO hub_step (step, result, description, query, stale) VALUES
('demand_forecast_kept', 'demand_forecast_kept', 'Forecasts kept beside those of earlier origins.', $$
SELECT f.period_kind, f.origin, f.hierarchy, f.organisation_kind, f.organisation_id, f.service_id, f.step, f.period_start, f.is_hindcast,
    f.point, f.lower_80, f.upper_80, f.lower_95, f.upper_95, f.method
FROM demand_forecast AS f
$$, $$(t.period_kind, t.origin) IN (SELECT s.period_kind, s.origin FROM demand_series AS s)
    OR t.origin < (SELECT max(s.origin) FROM demand_series AS s WHERE s.period_kind = t.period_kind)
        - CASE t.period_kind WHEN 'week' THEN interval '39 weeks' ELSE interval '3 years' END$$);

INSERT INTO hub_step (step, result, description, query) VALUES
('demand_accuracy', 'demand_accuracy', 'Past forecasts against what came.', $$
WITH scored AS (
    SELECT k.period_kind, k.hierarchy, k.organisation_kind, k.organisation_id, k.service_id, k.step, k.is_hindcast,
        k.point, k.lower_80, k.upper_80, k.lower_95, k.upper_95, s.naive_error,
        CASE WHEN i.place < 1 THEN 0 ELSE s.history[i.place] END AS actual,
        -- Before the first request nothing came; that is no forecast.
        CASE WHEN i.place > s.season THEN s.history[i.place - s.season] END AS naive
    FROM demand_forecast_kept AS k
        JOIN demand_series AS s ON s.period_kind = k.period_kind AND s.hierarchy = k.hierarchy AND s.organisation_kind = k.organisation_kind
            AND s.organisation_id = k.organisation_id AND s.service_id = k.service_id AND NOT s.is_hindcast
        CROSS JOIN LATERAL (SELECT 1 + CASE k.period_kind WHEN 'week' THEN (k.period_start - s.first_period) / 7
            ELSE ((extract(year FROM k.period_start) - extract(year FROM s.first_period)) * 12 + extract(month FROM k.period_start) - extract(month FROM s.first_period))::integer END AS place) AS i
    WHERE k.period_start < s.origin
)
SELECT s.period_kind, s.hierarchy, s.organisation_kind, s.organisation_id, s.service_id, coalesce(s.step, 0), count(*), count(*) FILTER (WHERE s.is_hindcast),
    avg(s.actual), avg(abs(s.point - s.actual)), avg(abs(s.naive - s.actual)), avg(abs(s.point - s.actual)) / nullif(min(s.naive_error), 0), avg(s.point - s.actual),
    avg((s.actual BETWEEN s.lower_80 AND s.upper_80)::integer)::double precision, avg((s.actual BETWEEN s.lower_95 AND s.upper_95)::integer)::double precision
FROM scored AS s
GROUP BY GROUPING SETS ((s.period_kind, s.hierarchy, s.organisation_kind, s.organisation_id, s.service_id, s.step),
                        (s.period_kind, s.hierarchy, s.organisation_kind, s.organisation_id, s.service_id))
$$),
('demand_surge', 'demand_surge', 'The next fourteen days'' demand for slots against the slots of their sessions.', $$
WITH today AS (
    SELECT p.as_at_date AS starts_on, p.time_zone, date_trunc('month', p.as_at_date::timestamp)::date AS month FROM parameter AS p
), coming AS MATERIALIZED (
    SELECT coalesce(s.site_id, '(unassigned)') AS site_id, coalesce(n.service_id, '(unknown)') AS service_id, n.session_id,
        coalesce(n.slots, floor(n.minutes / nullif(n.slot_minutes, 0)), floor(n.minutes / u.minutes)) AS slots
    FROM known_session AS n CROSS JOIN today AS t
        LEFT JOIN known_site AS s ON s.site_id = n.site_id
        LEFT JOIN (SELECT a.service_id, min(a.minutes) FILTER (WHERE a.minutes > 0) AS minutes FROM appointment_type AS a GROUP BY a.service_id) AS u ON u.service_id = n.service_id
    WHERE n.starts_at >= t.starts_on::timestamp AT TIME ZONE t.time_zone AND n.starts_at < (t.starts_on + 14)::timestamp AT TIME ZONE t.time_zone
        AND n.status IS DISTINCT FROM 'cancelled'
), booked AS (
    SELECT a.session_id, sum(a.quantity) AS slots
    FROM (SELECT DISTINCT ON (a.activity_id) a.session_id, coalesce(a.quantity, 1) AS quantity
          FROM activity AS a
          WHERE a.session_id IN (SELECT c.session_id FROM coming AS c) AND a.status IN ('attended', 'did_not_attend', 'booked') AND a.activity_id IS NOT NULL
          ORDER BY a.activity_id, a.starts_at) AS a
    GROUP BY a.session_id
), offered AS (
    SELECT c.site_id, c.service_id, sum(c.slots) AS offered, coalesce(sum(b.slots), 0) AS booked
    FROM coming AS c LEFT JOIN booked AS b ON b.session_id = c.session_id
    WHERE c.slots IS NOT NULL GROUP BY 1, 2
), year AS (
    SELECT coalesce(u.site_id, d.site_id) AS site_id, coalesce(u.service_id, d.service_id) AS service_id, u.used, d.requests
    FROM (SELECT m.site_id, m.service_id, sum(m.slots_booked) AS used FROM session_month AS m CROSS JOIN today AS t
          WHERE m.month < t.month AND m.month >= t.month - interval '1 year' GROUP BY 1, 2) AS u
        FULL JOIN (SELECT d.site_id, d.service_id, sum(d.requests) AS requests FROM demand AS d CROSS JOIN today AS t
                   WHERE d.month < t.month AND d.month >= t.month - interval '1 year' GROUP BY 1, 2) AS d
            ON d.site_id = u.site_id AND d.service_id = u.service_id
), supply AS (
    SELECT m.hierarchy, m.organisation_kind, m.organisation_id, y.service_id, sum(y.used) AS used, sum(y.requests) AS requests,
        coalesce(sum(o.offered), 0) AS offered, coalesce(sum(o.booked), 0) AS booked
    FROM year AS y JOIN site_of AS m ON m.site_id = y.site_id
        LEFT JOIN offered AS o ON o.site_id = y.site_id AND o.service_id = y.service_id
    -- A service without any session ahead has not told its rota yet.
    WHERE y.service_id IN (SELECT x.service_id FROM offered AS x)
    GROUP BY 1, 2, 3, 4
), expected AS (
    -- Chance of one week is not that of the next; an error of the level is.
    SELECT f.hierarchy, f.organisation_kind, f.organisation_id, f.service_id, sum(w.share * f.point) AS requests,
        sum(w.share * f.point) + sum(w.share * sqrt(greatest(((f.upper_80 - f.lower_80) / (2 * 1.4398)) ^ 2 - f.point, 0))) ^ 2 AS variance
    FROM demand_forecast AS f CROSS JOIN today AS t
        CROSS JOIN LATERAL (SELECT greatest(least(f.period_start + 7, t.starts_on + 14) - greatest(f.period_start, t.starts_on), 0) / 7.0::double precision AS share) AS w
    WHERE f.period_kind = 'week' AND NOT f.is_hindcast AND f.service_id <> '(all)' AND w.share > 0
    GROUP BY 1, 2, 3, 4
)
SELECT e.hierarchy, e.organisation_kind, e.organisation_id, e.service_id, t.starts_on, e.requests, e.variance, r.ratio, e.requests * r.ratio,
    -- A request takes a slot or not, or several; and how many is only known
    -- from as many as there were.
    e.variance * r.ratio ^ 2 + e.requests * greatest(r.ratio * (1 - r.ratio), 0)
        + (e.requests * r.ratio) ^ 2 * (1 / s.used + 1 / s.requests)::double precision, s.offered, s.booked
FROM expected AS e CROSS JOIN today AS t
    JOIN supply AS s ON s.hierarchy = e.hierarchy AND s.organisation_kind = e.organisation_kind AND s.organisation_id = e.organisation_id AND s.service_id = e.service_id
    CROSS JOIN LATERAL (SELECT (s.used / s.requests)::double precision AS ratio) AS r
WHERE s.used > 0 AND s.requests > 0
$$);

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('demand_organisation', 'shared', NULL, 'The organisations and sites of the hierarchy that is rolled up, and where their forecasts are kept.', $$
SELECT n.hierarchy, n.organisation_id, n.organisation_name, n.organisation_kind, n.organisation_level, n.kept_under, n.sites
FROM demand_node AS n WHERE n.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
$$, $$
    hierarchy         -- Hierarchy that is rolled up.
    organisation_id   -- Organisation or site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_level -- 0 at the top of the hierarchy.
    kept_under        -- Hierarchy under which its forecasts are kept.
    sites             -- Sites under it.
$$),
('report_demand_forecast', 'report', 'demand_forecast', 'Demand as it came and as it is expected, by month and week, with intervals and how good such forecasts were.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    f.service_id, CASE WHEN f.service_id = '(all)' THEN 'All services' ELSE coalesce(v.service_name, f.service_id) END AS service_name,
    f.period_start, f.period_kind, f.period_start::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p) AS time,
    'forecast'::text AS kind, f.step, f.point AS requests, f.lower_80, f.upper_80, f.lower_95, f.upper_95, f.method,
    a.mae AS mean_error, a.mase, a.coverage_80, a.coverage_95, a.forecasts AS forecasts_scored, t.as_at, t.recalculated_at
FROM demand_organisation AS o
    JOIN demand_forecast AS f ON f.hierarchy = o.kept_under AND f.organisation_kind = o.organisation_kind AND f.organisation_id = o.organisation_id AND NOT f.is_hindcast
    LEFT JOIN demand_accuracy AS a ON a.period_kind = f.period_kind AND a.hierarchy = f.hierarchy AND a.organisation_kind = f.organisation_kind
        AND a.organisation_id = f.organisation_id AND a.service_id = f.service_id AND a.step = 0
    LEFT JOIN service_name AS v ON v.service_id = f.service_id
    LEFT JOIN result_state AS t ON t.step = 'demand_forecast'
UNION ALL
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    s.service_id, CASE WHEN s.service_id = '(all)' THEN 'All services' ELSE coalesce(v.service_name, s.service_id) END,
    d.period_start, s.period_kind, d.period_start::timestamp AT TIME ZONE (SELECT p.time_zone FROM parameter AS p),
    'history', NULL, h.requests, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, t.as_at, t.recalculated_at
FROM demand_organisation AS o
    JOIN demand_series AS s ON s.hierarchy = o.kept_under AND s.organisation_kind = o.organisation_kind AND s.organisation_id = o.organisation_id AND NOT s.is_hindcast
    CROSS JOIN LATERAL unnest(s.history) WITH ORDINALITY AS h (requests, place)
    CROSS JOIN LATERAL (SELECT CASE s.period_kind WHEN 'week' THEN s.first_period + 7 * (h.place - 1)::integer
                                    ELSE (s.first_period + (h.place - 1) * interval '1 month')::date END AS period_start) AS d
    LEFT JOIN service_name AS v ON v.service_id = s.service_id
    LEFT JOIN result_state AS t ON t.step = 'demand_forecast'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_start      -- First day of the week or month.
    period_kind       -- week or month. Weeks and months are forecast each by themselves and do not add up to each other.
    time              -- Start of the period as a moment, for time-series charts.
    kind              -- history: what came, in whole periods only; forecast: what is expected.
    step              -- Periods ahead, from 1, of a forecast. The first is the period that holds as_at.
    requests          -- Referrals and contact requests. Forecasts of services add up to all services, those of sites to their organisation; fractions are meant.
    lower_80          -- Lower limit of the 80 % interval: 8 in 10 lie within. Limits do not add up: not everybody is unlucky at once. NULL where the history is too short.
    upper_80          -- Upper limit.
    lower_95          -- Lower limit of the 95 % interval.
    upper_95          -- Upper limit.
    method            -- How it was forecast: auto, auto_sparse for few requests, or the simpler method that the history bears.
    mean_error        -- Mean absolute error of past forecasts of the same series, in requests, over all steps; NULL while none is over.
    mase              -- The same over the mean change from a year to the next: below 1 is better than last year's figure.
    coverage_80       -- Share of past forecasts inside their 80 % interval, 0 to 1.
    coverage_95       -- Share inside their 95 % interval.
    forecasts_scored  -- How many past forecasts that is, of all steps; of one series they hang together.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_demand_accuracy', 'report', 'demand_accuracy', 'How far past forecasts of demand were from what came, by periods ahead.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    a.service_id, CASE WHEN a.service_id = '(all)' THEN 'All services' ELSE coalesce(v.service_name, a.service_id) END AS service_name,
    a.period_kind, nullif(a.step, 0) AS step, a.forecasts, a.hindcasts, a.actual_mean, a.mae AS mean_error, a.naive_mae AS naive_error, a.mase, a.bias,
    a.coverage_80, a.coverage_95, t.as_at, t.recalculated_at
FROM demand_organisation AS o
    JOIN demand_accuracy AS a ON a.hierarchy = o.kept_under AND a.organisation_kind = o.organisation_kind AND a.organisation_id = o.organisation_id
    LEFT JOIN service_name AS v ON v.service_id = a.service_id
    LEFT JOIN result_state AS t ON t.step = 'demand_accuracy'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for what belongs to no known site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service; '(all)' for all together.
    service_name      -- Name to print.
    period_kind       -- week or month.
    step              -- Periods ahead, from 1; NULL for all together.
    forecasts         -- Forecasts of periods that are over.
    hindcasts         -- Of them, how many were made after the fact, on a hub's first run, from what had come until three and six months before.
    actual_mean       -- Mean of what came.
    mean_error        -- Mean absolute error, in requests.
    naive_error       -- The same of a forecast that says what came a year before (52 weeks); NULL without a year of history before.
    mase              -- mean_error over the mean change from a year to the next in the history (mean absolute scaled error).
    bias              -- Mean of forecast less what came: above 0, forecasts were too high.
    coverage_80       -- Share inside the 80 % interval, 0 to 1.
    coverage_95       -- Share inside the 95 % interval. Of few forecasts both are rough: add up organisations before you judge.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_surge', 'report', 'demand_surge', 'The chance that the demand of the next fourteen days is above what the sessions of these days can take.', $$
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    s.service_id, coalesce(v.service_name, s.service_id) AS service_name, s.starts_on AS period_start, 'fortnight'::text AS period_kind,
    s.requests, s.slots_per_request, s.demand, sqrt(s.demand_variance) AS demand_sd, s.slots_offered, s.slots_booked, s.slots_offered - s.slots_booked AS slots_free,
    caregroup.demand_exceeds(s.demand, s.demand_variance, s.slots_offered::double precision) AS probability,
    caregroup.demand_exceeds(s.requests, s.requests_variance, (s.slots_offered - s.slots_booked)::double precision) AS free_probability,
    greatest(s.demand - s.slots_offered::double precision, 0) AS slots_short, t.as_at, t.recalculated_at
FROM demand_organisation AS o
    JOIN demand_surge AS s ON s.hierarchy = o.kept_under AND s.organisation_kind = o.organisation_kind AND s.organisation_id = o.organisation_id
    LEFT JOIN service_name AS v ON v.service_id = s.service_id
    LEFT JOIN result_state AS t ON t.step = 'demand_surge'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service.
    service_name      -- Name to print.
    period_start      -- First of the fourteen days.
    period_kind       -- fortnight.
    requests          -- Referrals and contact requests expected.
    slots_per_request -- Slots that a request led to in the last twelve whole months, follow-ups included.
    demand            -- Slots that the requests lead to, now or later: what the sessions must take if lists are not to grow.
    demand_sd         -- Its standard deviation: the forecast's own, and that of slots for each request.
    slots_offered     -- Slots of sessions of these days that are not cancelled. A session without slots counts its minutes over the length of a slot or of the service's shortest appointment.
    slots_booked      -- Of them, how many are booked already.
    slots_free        -- Slots still free; below 0 where sessions are overbooked.
    probability       -- Chance that the demand for slots is above the slots offered, 0 to 1.
    free_probability  -- Chance that more requests come than slots are free: that not everybody who asks in these days can be seen in them. High wherever people are booked weeks ahead.
    slots_short       -- Slots by which the expected demand is above those offered.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('allocation_run', 'shared', 'allocation_row', 'The plan of who could go where: what was asked, and how good the answer is.', $$
SELECT g.fingerprint, a.solved_at, g.version, g.demand_sql, g.sites_sql, g.pairs_sql, a.people, a.minutes AS minutes_mean, a.objective, a.bound, a.gap, a.status, a.reason, a.seconds
FROM geography_problem AS g JOIN allocation_row AS a ON a.fingerprint = g.fingerprint AND a.kind = 'summary'
WHERE g.problem = 'allocation'
$$, $$
    fingerprint       -- Fingerprint of all that was read, of the queries and of the version: the same input has the same.
    solved_at         -- When it was worked out.
    version           -- Version of caregroup.
    demand_sql        -- First argument of allocate(), with the hub's schema on the search path.
    sites_sql         -- Its second argument.
    pairs_sql         -- Its third argument.
    people            -- People placed.
    minutes_mean      -- Minutes that each travels, on average.
    objective         -- Person-minutes of the plan.
    bound             -- No plan has fewer.
    gap               -- Their difference as a share of the objective.
    status            -- optimal, unserved, feasible or infeasible.
    reason            -- The same in words.
    seconds           -- Seconds that it took.
$$),
('allocation_flow', 'shared', 'allocation_row', 'The plan of who could go where: people of a place at a site.', $$
SELECT a.place_kind, a.place_id, a.site_id, a.people, a.minutes, a.person_minutes, a.reason
FROM allocation_row AS a WHERE a.kind IN ('flow', 'unserved')
$$, $$
    place_kind        -- area, or site for people whose area is not known.
    place_id          -- Area or site where they live.
    site_id           -- Site; NULL where they have no place.
    people            -- People.
    minutes           -- Minutes that each travels.
    person_minutes    -- Minutes of all.
    reason            -- Why they have no place.
$$),
('report_allocation', 'report', 'allocation_row', 'People and capacity of each site as they are, and as they would be if the least were travelled and nobody were over capacity, rolled up.', $$
WITH planned AS (
    SELECT a.site_id, a.people, a.one_more_serves, a.one_more_saves FROM allocation_row AS a WHERE a.kind = 'site'
), whole AS (
    SELECT max(a.status) AS status, max(a.gap) AS gap, count(*) > 0 AS is_planned FROM allocation_row AS a WHERE a.kind = 'summary'
), unit AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, h.site_id
    FROM chain AS h JOIN place_site AS s ON s.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
), rolled AS (
    SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, count(*) AS sites,
        sum(s.people) AS people, sum(s.capacity_people) AS capacity_people,
        sum(s.people) FILTER (WHERE s.capacity_people IS NOT NULL) / nullif(sum(s.capacity_people) FILTER (WHERE s.people IS NOT NULL), 0) AS used,
        CASE WHEN count(s.people) > 0 THEN coalesce(sum(s.people - s.capacity_people) FILTER (WHERE s.people > s.capacity_people), 0) END AS over,
        CASE WHEN count(s.people) > 0 THEN coalesce(sum(s.capacity_people - s.people) FILTER (WHERE s.people < s.capacity_people), 0) END AS room,
        sum(n.people) AS planned, CASE WHEN count(n.people) > 0 THEN coalesce(sum(n.people - s.capacity_people) FILTER (WHERE n.people > s.capacity_people), 0) END AS planned_over,
        CASE WHEN u.organisation_kind = 'site' THEN sum(n.one_more_serves) END AS one_more_serves,
        CASE WHEN u.organisation_kind = 'site' THEN sum(n.one_more_saves) END AS one_more_saves
    FROM unit AS u JOIN place_site AS s ON s.site_id = u.site_id
        LEFT JOIN planned AS n ON n.site_id = u.site_id
    GROUP BY 1, 2, 3, 4, 5
), travelled AS (
    SELECT u.organisation_kind, u.organisation_id, a.basis, a.minutes, sum(a.people) AS people, sum(a.person_minutes) AS person_minutes
    FROM unit AS u JOIN allocation_travel AS a ON a.site_id = u.site_id GROUP BY 1, 2, 3, 4
), share AS (
    SELECT t.*, sum(t.people) OVER (PARTITION BY t.organisation_kind, t.organisation_id, t.basis ORDER BY t.minutes)
        / nullif(sum(t.people) OVER (PARTITION BY t.organisation_kind, t.organisation_id, t.basis), 0) AS up_to
    FROM travelled AS t
), minutes AS (
    SELECT t.organisation_kind, t.organisation_id,
        sum(t.person_minutes) FILTER (WHERE t.basis = 'now') / nullif(sum(t.people) FILTER (WHERE t.basis = 'now'), 0) AS mean_now,
        min(t.minutes) FILTER (WHERE t.basis = 'now' AND t.up_to >= 0.95 - 1e-9) AS most_now,
        sum(t.person_minutes) FILTER (WHERE t.basis = 'planned') / nullif(sum(t.people) FILTER (WHERE t.basis = 'planned'), 0) AS mean_planned,
        min(t.minutes) FILTER (WHERE t.basis = 'planned' AND t.up_to >= 0.95 - 1e-9) AS most_planned
    FROM share AS t GROUP BY 1, 2
)
SELECT r.hierarchy, r.organisation_id, r.organisation_name, r.organisation_kind, r.organisation_level, r.sites,
    r.people, r.capacity_people, r.used::double precision AS capacity_used_share, r.over AS over_capacity, r.room,
    m.mean_now AS minutes_mean, m.most_now AS minutes_95th,
    r.planned AS planned_people, r.planned_over AS planned_over_capacity, m.mean_planned AS planned_minutes_mean, m.most_planned AS planned_minutes_95th,
    r.one_more_serves, r.one_more_saves AS one_more_saves_minutes, w.status AS plan_status, w.gap AS plan_gap, t.as_at, t.recalculated_at
FROM rolled AS r CROSS JOIN whole AS w
    LEFT JOIN minutes AS m ON m.organisation_kind = r.organisation_kind AND m.organisation_id = r.organisation_id
    LEFT JOIN result_state AS t ON t.step = 'allocation_row'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site.
    organisation_level -- 0 at the top of the hierarchy.
    sites             -- Sites that people are registered with or could be (the setting place_kinds).
    people            -- People registered or counted there; NULL where nothing is known of it.
    capacity_people   -- How many people the sites can have; sites of unknown capacity are left out.
    capacity_used_share -- People over capacity, of the sites where both are known.
    over_capacity     -- People above the capacity of their site; NULL where nothing is known of people.
    room              -- Places left at sites below their capacity; likewise.
    minutes_mean      -- Minutes that the people of the sites travel to them, on average.
    minutes_95th      -- Whole minutes that 95 % of them stay within.
    planned_people    -- People that would go there if the least were travelled and nobody were over capacity; NULL without a plan. A site of unknown capacity takes any number.
    planned_over_capacity -- People above capacity in the plan: 0.
    planned_minutes_mean -- Minutes on average in the plan.
    planned_minutes_95th -- Whole minutes that 95 % stay within in the plan.
    one_more_serves   -- People that one more place at the site would serve in addition; sites only.
    one_more_saves_minutes -- Minutes that one more place at the site would save all people together; sites only.
    plan_status       -- optimal; unserved where capacity or journeys leave people without a place; NULL without a plan.
    plan_gap          -- How far the plan may be from the best, as a share of its person-minutes.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out, or found unchanged.
$$),
('report_access', 'report', 'access_group', 'Minutes to the nearest site of each service and places within reach, by group of people, with the slope over deprivation, rolled up.', $$
WITH unit AS (
    SELECT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, 'site'::text AS unit_kind, h.site_id AS unit_id
    FROM chain AS h WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    UNION ALL
    SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level, 'organisation'::text AS unit_kind, o.member_id
    FROM organisation_chain AS o WHERE o.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
), rolled AS (
    SELECT u.hierarchy, u.organisation_id, u.organisation_name, u.organisation_kind, u.organisation_level, a.service_id, a.dimension, a.group_name,
        sum(a.people) AS people, sum(a.reached) AS reached, sum(a.far) AS far, sum(a.cells) AS cells, sum(a.minutes) AS minutes,
        sum(a.weight2) AS w2, sum(a.weight2_minutes) AS w2x, sum(a.weight2_minutes2) AS w2xx, sum(a.scored) AS scored, sum(a.score) AS score
    FROM unit AS u JOIN access_group AS a ON a.unit_kind = u.unit_kind AND a.unit_id = u.unit_id
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
), estimated AS (
    -- The mean weighted by people; its standard error between the places.
    SELECT r.*, m.mean, sqrt(greatest(r.w2xx - 2 * m.mean * r.w2x + m.mean ^ 2 * r.w2, 0) * r.cells / nullif(r.cells - 1, 0)) / nullif(r.reached, 0) AS error
    FROM rolled AS r CROSS JOIN LATERAL (SELECT r.minutes / nullif(r.reached, 0) AS mean) AS m
), slope AS (
    SELECT e.hierarchy, e.organisation_kind, e.organisation_id, e.service_id,
        caregroup.sii(substr(e.group_name, 7)::double precision, e.reached, e.mean, e.mean - 1.959963984540054 * e.error, e.mean + 1.959963984540054 * e.error,
            'value', false, 1, '{0.95}') AS index
    FROM estimated AS e
    WHERE e.dimension = 'deprivation' AND e.group_name <> 'unknown' AND e.reached > 0 AND e.error > 0
    GROUP BY 1, 2, 3, 4
    HAVING count(*) >= 3
)
SELECT e.hierarchy, e.organisation_id, e.organisation_name, e.organisation_kind, e.organisation_level,
    e.service_id, CASE WHEN e.service_id = '(practice)' THEN 'Practice or medical centre' ELSE v.service_name END AS service_name, e.dimension, e.group_name, e.people,
    e.mean AS minutes_mean, e.mean - 1.959963984540054 * e.error AS minutes_lower, e.mean + 1.959963984540054 * e.error AS minutes_upper,
    e.far AS people_far, e.far / nullif(e.people, 0) AS far_share, e.score / nullif(e.scored, 0) AS score_mean,
    (s.index).sii AS slope_minutes, (s.index).sii_lower AS slope_lower, (s.index).sii_upper AS slope_upper, t.as_at, t.recalculated_at
FROM estimated AS e
    LEFT JOIN slope AS s ON s.hierarchy = e.hierarchy AND s.organisation_kind = e.organisation_kind AND s.organisation_id = e.organisation_id AND s.service_id = e.service_id
    LEFT JOIN service_name AS v ON v.service_id = e.service_id
    LEFT JOIN result_state AS t ON t.step = 'access_group'
$$, $$
    hierarchy         -- Hierarchy that is rolled up: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation, or a site where organisation_kind is site: where people are registered, or the organisation that answers for their area.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation; site for a site; unassigned for areas that no known organisation answers for.
    organisation_level -- 0 at the top of the hierarchy.
    service_id        -- Service; '(practice)' for the sites that people are registered with.
    service_name      -- Name to print.
    dimension         -- all, deprivation or population_group.
    group_name        -- Group of people; of deprivation, fifth 1 is the most deprived.
    people            -- People.
    minutes_mean      -- Minutes to the nearest site of the service, mean over the people from whose places any is reached.
    minutes_lower     -- Lower limit of its 95 % interval, between the places where they live.
    minutes_upper     -- Upper limit of its 95 % interval.
    people_far        -- People beyond the setting far_minutes, or from where no site is reached.
    far_share         -- Their share.
    score_mean        -- Places for each person within reach, mean over people (enhanced two-step floating catchment areas, Gaussian, up to far_minutes); of (practice) only.
    slope_minutes     -- Slope index of inequality over the fifths of deprivation: by how many minutes the least deprived end of the line is farther from the service than the most deprived end; below 0, the most deprived are farther. The same for all groups of the organisation and service.
    slope_lower       -- Lower limit of its 95 % interval.
    slope_upper       -- Upper limit of its 95 % interval.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('report_care_groups', 'report', 'care_group_row', 'Care groups as they are, and as they would be with about as many people each and short ways within.', $$
WITH whole AS (
    SELECT max(r.status) FILTER (WHERE r.kind = 'summary') AS status, max(r.gap) AS gap, max(r.explanation) AS explanation,
        sum(r.people * r.minutes) FILTER (WHERE r.kind = 'group') AS person_minutes, sum(r.people) FILTER (WHERE r.kind = 'group') AS people
    FROM care_group_row AS r
), current AS (
    SELECT sum(n.people) / nullif(count(*), 0) AS even, sum(n.people) AS people, CASE WHEN count(n.minutes) = count(*) THEN sum(n.people * n.minutes) END AS person_minutes FROM care_group_now AS n
), named AS (
    SELECT DISTINCT c.organisation_id, c.organisation_name, c.organisation_level FROM organisation_chain AS c
    WHERE c.organisation_kind = 'care_group' AND c.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
), unit AS (
    SELECT u.group_number, count(*) AS sites, count(*) FILTER (WHERE u.is_changed) AS joining, max(u.minutes) AS worst,
        string_agg(coalesce(n.organisation_name, u.site_id), ', ' ORDER BY n.organisation_name, u.site_id) AS site_names
    FROM care_group_row AS u LEFT JOIN chain AS n ON n.organisation_kind = 'site' AND n.organisation_id = u.site_id AND n.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    WHERE u.kind = 'unit' GROUP BY u.group_number
), proposed AS (
    SELECT coalesce(g.organisation_id, '(new ' || g.group_number || ')') AS organisation_id, g.organisation_id IS NULL AS is_new, g.group_number, g.people, g.minutes, u.sites, u.joining, u.worst, u.site_names
    FROM care_group_row AS g LEFT JOIN unit AS u ON u.group_number = g.group_number WHERE g.kind = 'group'
)
SELECT (SELECT p.hierarchy FROM parameter AS p) AS hierarchy, k.organisation_id, coalesce(c.organisation_name, 'New care group ' || k.group_number, k.organisation_id) AS organisation_name,
    'care_group'::text AS organisation_kind, coalesce(c.organisation_level, 0) AS organisation_level,
    k.now_people AS people, k.now_sites AS sites, k.now_people / nullif(x.even, 0) AS even_share_ratio, k.now_minutes AS minutes_mean, k.now_worst AS minutes_worst,
    k.people AS proposed_people, k.sites AS proposed_sites, k.people / nullif(x.even, 0) AS proposed_even_share_ratio, k.minutes AS proposed_minutes_mean, k.worst AS proposed_minutes_worst,
    k.joining AS proposed_sites_joining, k.site_names AS proposed_site_names,
    x.person_minutes / nullif(x.people, 0) AS all_minutes_mean, w.person_minutes / nullif(w.people, 0) AS all_proposed_minutes_mean,
    w.status AS proposal_status, w.gap AS proposal_gap, w.explanation AS proposal_explanation, t.as_at, t.recalculated_at
FROM (SELECT coalesce(n.organisation_id, p.organisation_id) AS organisation_id, p.group_number, n.people AS now_people, n.sites AS now_sites, n.minutes AS now_minutes, n.worst_minutes AS now_worst,
          p.people, p.sites, p.minutes, p.worst, p.joining, p.site_names
      FROM (SELECT * FROM care_group_now AS n WHERE n.organisation_id IS NOT NULL) AS n FULL JOIN proposed AS p ON p.organisation_id = n.organisation_id) AS k
    CROSS JOIN current AS x CROSS JOIN whole AS w
    LEFT JOIN named AS c ON c.organisation_id = k.organisation_id
    LEFT JOIN result_state AS t ON t.step = 'care_group_row'
$$, $$
    hierarchy         -- Hierarchy in which the care groups stand: the hub's setting.
    organisation_id   -- Care group; '(new n)' for a proposed one that continues none.
    organisation_name -- Name to print.
    organisation_kind -- care_group.
    organisation_level -- 0 at the top of the hierarchy.
    people            -- People registered or counted at its sites.
    sites             -- Its sites with people.
    even_share_ratio  -- Its people over the mean of all care groups.
    minutes_mean      -- Minutes from its sites to the one in its middle, mean over people.
    minutes_worst     -- The longest of these ways.
    proposed_people   -- People of the proposed group that continues it.
    proposed_sites    -- Its sites.
    proposed_even_share_ratio -- Its people over the mean of all care groups: within the setting group_tolerance of 1, unless it is one large site.
    proposed_minutes_mean -- Minutes from its sites to its middle, mean over people.
    proposed_minutes_worst -- The longest of these ways.
    proposed_sites_joining -- Sites of the proposed group that are in another care group today.
    proposed_site_names -- Names of its sites.
    all_minutes_mean  -- Minutes to the middle of today's care groups, mean over the people of all.
    all_proposed_minutes_mean -- The same of the proposed groups.
    proposal_status   -- optimal: proved the best; feasible: within proposal_gap of it; infeasible or not found: no proposal.
    proposal_gap      -- How far the proposal may be from the best, as a share.
    proposal_explanation -- Why there is no proposal.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out, or found unchanged.
$$),
('report_consolidation', 'report', 'consolidation_row', 'A service on fewer sites: minutes, and who would travel longer, for every number of sites.', $$
WITH top AS (
    SELECT DISTINCT h.hierarchy, h.organisation_id, h.organisation_name, h.organisation_kind, h.organisation_level, o.service_id
    FROM chain AS h JOIN service_place AS o ON o.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND h.organisation_level = 0 AND h.organisation_kind NOT IN ('site', 'unassigned')
), summary AS (
    SELECT r.service_id, r.sites, r.objective, r.gap, r.status, r.explanation, r.fingerprint, r.solved_at,
        (SELECT string_agg(coalesce(n.organisation_name, s.site_id), ', ' ORDER BY n.organisation_name, s.site_id) FROM unnest(r.open_sites) AS s (site_id)
             LEFT JOIN (SELECT DISTINCT c.organisation_id, c.organisation_name FROM chain AS c WHERE c.organisation_kind = 'site' AND c.hierarchy = (SELECT p.hierarchy FROM parameter AS p)) AS n ON n.organisation_id = s.site_id) AS site_names
    FROM consolidation_row AS r WHERE r.dimension IS NULL
)
SELECT o.hierarchy, o.organisation_id, o.organisation_name, o.organisation_kind, o.organisation_level,
    r.service_id, v.service_name, r.sites, coalesce(r.dimension, 'all') AS dimension, coalesce(r.group_name, 'all') AS group_name, r.people,
    r.minutes_now AS minutes_mean, r.minutes_then AS proposed_minutes_mean, r.worst_now AS minutes_worst, r.worst_then AS proposed_minutes_worst,
    r.people_losing, r.people_losing / nullif(r.people, 0) AS losing_share, r.mean_loss AS minutes_lost_mean,
    s.objective AS person_minutes, s.gap, s.status, s.explanation, s.site_names, t.as_at, t.recalculated_at
FROM top AS o JOIN consolidation_row AS r ON r.service_id = o.service_id
    JOIN summary AS s ON s.service_id = r.service_id AND s.sites = r.sites
    LEFT JOIN service_name AS v ON v.service_id = r.service_id
    LEFT JOIN result_state AS t ON t.step = 'consolidation_row'
$$, $$
    hierarchy         -- Hierarchy whose top is shown: the hub's setting, or the session's caregroup.hierarchy.
    organisation_id   -- Organisation at the top of the hierarchy that has sites of the service.
    organisation_name -- Name to print.
    organisation_kind -- Kind of organisation.
    organisation_level -- 0.
    service_id        -- Service.
    service_name      -- Name to print.
    sites             -- On how many sites the service would be; the most is as today.
    dimension         -- all, deprivation (fifths of areas) or no_car (thirds of areas by households without a car).
    group_name        -- Group of people; of deprivation, fifth 1 is the most deprived; of no_car, most, middle or fewest without a car.
    people            -- People.
    minutes_mean      -- Mean minutes to the nearest site of today.
    proposed_minutes_mean -- Mean minutes to the nearest of the sites that would stay.
    minutes_worst     -- The longest journey today.
    proposed_minutes_worst -- The longest journey then.
    people_losing     -- People who would travel longer.
    losing_share      -- Their share.
    minutes_lost_mean -- By how many minutes, on average.
    person_minutes    -- Minutes of all people together: the least that so many sites allow.
    gap               -- How far that may be from the least, as a share: 0 is proved.
    status            -- optimal, feasible, infeasible or not found.
    explanation       -- Why there is no answer.
    site_names        -- The sites that would stay.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out, or found unchanged.
$$),
('map_sites', 'shared', 'allocation_row', 'Sites that people are registered with, for maps.', $$
SELECT s.site_id, s.longitude, s.latitude,
    CASE WHEN abs(s.longitude) <= 180 AND abs(s.latitude) <= 90
         THEN json_build_object('type', 'Point', 'coordinates', json_build_array(s.longitude, s.latitude))::text END AS geojson,
    r.organisation_name AS site_name, r.people, r.capacity_people, r.capacity_used_share, r.over_capacity, r.room, r.minutes_mean, r.planned_people, r.planned_minutes_mean,
    g.organisation_id AS care_group_id, r.as_at, r.recalculated_at
FROM place_site AS s
    JOIN report_allocation AS r ON r.organisation_kind = 'site' AND r.organisation_id = s.site_id
    LEFT JOIN care_group_site AS g ON g.site_id = s.site_id
$$, $$
    site_id           -- Site.
    longitude         -- Longitude, WGS 84.
    latitude          -- Latitude, WGS 84.
    geojson           -- The same as a GeoJSON point; NULL where it is not on the globe.
    site_name         -- Name to print.
    people            -- People registered or counted there.
    capacity_people   -- How many it can have.
    capacity_used_share -- The one over the other.
    over_capacity     -- People above capacity.
    room              -- Places left.
    minutes_mean      -- Minutes that its people travel, on average.
    planned_people    -- People that would go there if the least were travelled and nobody were over capacity.
    planned_minutes_mean -- Minutes on average in that plan.
    care_group_id     -- Care group that it is in.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('map_care_groups', 'shared', 'care_group_row', 'Care groups as the points of their sites, today and as proposed, for maps.', $$
WITH member AS (
    SELECT 'now'::text AS basis, s.organisation_id AS group_id, s.site_id, s.people FROM care_group_site AS s WHERE s.organisation_id IS NOT NULL
    UNION ALL
    SELECT 'proposed'::text AS basis, coalesce(g.organisation_id, '(new ' || g.group_number || ')'), u.site_id, u.people
    FROM care_group_row AS u JOIN care_group_row AS g ON g.kind = 'group' AND g.group_number = u.group_number WHERE u.kind = 'unit'
)
SELECT m.basis, m.group_id, coalesce(min(n.organisation_name), m.group_id) AS group_name, count(*) AS sites, sum(m.people) AS people,
    json_build_object('type', 'MultiPoint', 'coordinates', coalesce(json_agg(json_build_array(s.longitude, s.latitude) ORDER BY m.site_id)
        FILTER (WHERE abs(s.longitude) <= 180 AND abs(s.latitude) <= 90), '[]'::json))::text AS geojson,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM member AS m JOIN place_site AS s ON s.site_id = m.site_id
    LEFT JOIN (SELECT DISTINCT c.organisation_id, c.organisation_name FROM organisation_chain AS c WHERE c.organisation_kind = 'care_group') AS n ON n.organisation_id = m.group_id
    LEFT JOIN result_state AS t ON t.step = 'care_group_row'
GROUP BY m.basis, m.group_id
$$, $$
    basis             -- now, or proposed.
    group_id          -- Care group; '(new n)' for a proposed one that continues none.
    group_name        -- Name to print.
    sites             -- Its sites with people.
    people            -- Their people.
    geojson           -- Its sites as a GeoJSON multipoint.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('map_access', 'shared', 'access_place', 'Places by their minutes to the nearest site of a service, for maps.', $$
SELECT g.place_kind, g.place_id, coalesce(a.name, g.place_id) AS place_name, v.service_id, CASE WHEN v.service_id = '(practice)' THEN 'Practice or medical centre' ELSE n.service_name END AS service_name,
    g.longitude, g.latitude,
    coalesce(a.boundary, CASE WHEN abs(g.longitude) <= 180 AND abs(g.latitude) <= 90
        THEN json_build_object('type', 'Point', 'coordinates', json_build_array(g.longitude, g.latitude))::text END) AS geojson,
    g.people, g.fifth AS deprivation_fifth, v.site_id AS nearest_site_id, v.minutes, coalesce(v.minutes > f.minutes, true) AS is_far, v.sites_within, v.score, t.as_at, t.recalculated_at
FROM access_place AS v JOIN place_group AS g ON g.place_kind = v.place_kind AND g.place_id = v.place_id
    CROSS JOIN (SELECT max(s.value)::double precision AS minutes FROM setting AS s WHERE s.name = 'far_minutes') AS f
    LEFT JOIN (SELECT a.area_id, min(a.name) AS name, min(a.boundary) AS boundary FROM area AS a GROUP BY a.area_id) AS a ON g.place_kind = 'area' AND a.area_id = g.place_id
    LEFT JOIN service_name AS n ON n.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'access_place'
$$, $$
    place_kind        -- area, or site for people whose area is not known.
    place_id          -- Area or site.
    place_name        -- Name to print.
    service_id        -- Service; '(practice)' for the sites that people are registered with.
    service_name      -- Name to print.
    longitude         -- Longitude of the place, WGS 84.
    latitude          -- Latitude of the place, WGS 84.
    geojson           -- Its boundary, or else its point, as GeoJSON.
    people            -- People.
    deprivation_fifth -- Fifth of deprivation, 1 the most deprived.
    nearest_site_id   -- The nearest site.
    minutes           -- Minutes to it; NULL where none is reached.
    is_far            -- Whether that is more than the setting far_minutes, or none is reached.
    sites_within      -- Sites within far_minutes.
    score             -- Places for each person within reach; of (practice) only.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);

CREATE FUNCTION create_map_geometry(hub text, schema text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    maps    text := coalesce(schema, hub || '_maps');
    postgis text := (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'postgis');
    made    record;
BEGIN
    PERFORM caregroup.require_hub(hub);
    IF postgis IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE = 'geometry needs PostGIS',
            HINT = format('CREATE EXTENSION postgis, or use the GeoJSON of %I.map_sites, map_care_groups and map_access.', hub);
    END IF;
    IF to_regnamespace(quote_ident(maps)) IS NULL THEN
        EXECUTE format('CREATE SCHEMA %I', maps);
    END IF;
    FOR made IN
        SELECT v.view_name,
            CASE v.view_name WHEN 'map_care_groups' THEN format('%1$I.st_convexhull(%1$I.st_geomfromgeojson(m.geojson))', postgis)
                 ELSE format('%I.st_geomfromgeojson(m.geojson)', postgis) END AS shape
        FROM unnest('{map_sites,map_care_groups,map_access}'::text[]) AS v (view_name)
    LOOP
        EXECUTE format('CREATE OR REPLACE VIEW %1$I.%2$I AS
            SELECT m.*, %5$s::%4$I.geometry(Geometry, 4326) AS geometry_4326, %4$I.st_transform(%5$s, 3857)::%4$I.geometry(Geometry, 3857) AS geometry_3857
            FROM %3$I.%2$I AS m', maps, made.view_name, hub, postgis, format('%I.st_setsrid(%s, 4326)', postgis, made.shape));
        EXECUTE format('COMMENT ON VIEW %I.%I IS %L', maps, made.view_name,
            format('%I.%I with PostGIS geometry in WGS 84 (4326) and web Mercator (3857). Made by caregroup.create_map_geometry().', hub, made.view_name));
    END LOOP;
    RETURN maps;
END
$$;

COMMENT ON FUNCTION create_map_geometry(text, text) IS
'Makes the views map_sites, map_care_groups (the convex hulls of their sites) and map_access of a hub with columns geometry_4326 and geometry_3857, for QGIS and tile servers, in a schema of their own (the hub''s name with _maps, unless schema says otherwise). They are the caller''s and depend on PostGIS; DROP SCHEMA … CASCADE takes them away, which must come before drop_hub() and before an upgrade that changes the columns of the maps. Returns the schema. Errors: invalid_schema_name, feature_not_supported without PostGIS.';

CREATE OR REPLACE FUNCTION check_setting(setting text, value text) RETURNS void
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
    ELSIF accepts = 'memory' AND pg_size_bytes(value) NOT BETWEEN 65536 AND 2147482624 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('setting %s must be from 64 kB to 2 GB', setting);
    ELSIF accepts = 'number' AND NOT (value::numeric > 0 AND value::numeric < 1e9) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('setting %s must be above 0 and below 1,000,000,000', setting);
    END IF;
END
$$;

CREATE FUNCTION needs_binding(hub text, entity text) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
RETURN NOT EXISTS (SELECT FROM caregroup.relations_under(pg_catalog.format('%I.%I', hub, entity)::pg_catalog.regclass))
    OR EXISTS (SELECT FROM caregroup.contract_column AS c
               WHERE c.entity = needs_binding.entity
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
                                   WHERE a.attrelid = pg_catalog.format('%I.%I', hub, needs_binding.entity)::pg_catalog.regclass
                                       AND a.attname = c.column_name AND NOT a.attisdropped));

COMMENT ON FUNCTION needs_binding(text, text) IS
'Whether the input view of a bound entity is empty or lacks a column of the contract; one that does neither is left alone, so that nobody who reads is locked out. NULL gives NULL.';

CREATE OR REPLACE FUNCTION repair_hub(hub text, OUT object text, OUT state text, OUT problem text)
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
            IF caregroup.needs_binding(hub, broken.entity) THEN
                PERFORM caregroup.bind_on(hub, broken.entity, broken.query, broken.security, broken.search_path);
            END IF;
            PERFORM caregroup.describe_input_view(hub, broken.entity);
            state := 'bound';
        EXCEPTION WHEN OTHERS THEN
            PERFORM caregroup.make_input_view(hub, broken.entity);
            PERFORM caregroup.describe_input_view(hub, broken.entity);
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

CREATE OR REPLACE FUNCTION apply_grant(hub text, role text, template text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reports text;
    inputs  text;
    states  text;
    results text;
    records text;
BEGIN
    -- A loader who becomes a reader keeps nothing of the old template.
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', hub, role);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', hub, role);
    IF template = 'public' THEN
        SELECT string_agg(format('%I.%I', hub, v.view_name), ', ') INTO reports FROM caregroup.hub_view AS v WHERE v.kind = 'published';
        EXECUTE format('GRANT SELECT ON %s TO %I', reports, role);
        RETURN;
    END IF;
    SELECT string_agg(format('%I.%I', hub, v.view_name), ', ') FILTER (WHERE v.kind <> 'plumbing' OR template = 'loader')
    INTO reports FROM caregroup.hub_view AS v;
    SELECT string_agg(format('%I.%I', hub, e.entity), ', ') INTO inputs FROM caregroup.contract_entity AS e;
    SELECT string_agg(format('%I.%I', hub, t.table_name), ', ') FILTER (WHERE t.kind = 'state'),
        string_agg(format('%I.%I', hub, t.table_name), ', ') FILTER (WHERE t.kind = 'result'),
        string_agg(format('%I.%I', hub, t.table_name), ', ') FILTER (WHERE t.kind = 'record')
    INTO states, results, records FROM caregroup.hub_table AS t;

    EXECUTE format('GRANT SELECT ON %s TO %I', reports, role);
    -- The Monday page reads the results, as whoever asks for it.
    EXECUTE format('GRANT SELECT ON %s TO %I', results, role);
    EXECUTE format('GRANT SELECT ON %1$I.setting, %1$I.recalculation, %1$I.recalculation_step, %1$I.result_state, %1$I.check_result TO %2$I', hub, role);
    IF template = 'loader' THEN
        EXECUTE format('GRANT SELECT ON %s TO %I', inputs, role);
        EXECUTE format('GRANT SELECT ON %s TO %I', states, role);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s, %s TO %I', results, records, role);
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %1$I.recalculation, %1$I.recalculation_step, %1$I.result_state, %1$I.check_result TO %2$I', hub, role);
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION grant_hub(hub text, role text, template text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM caregroup.require_hub(hub);
    PERFORM caregroup.require_choice('template', template, '{public,reader,loader,owner}');
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
'Grants a role one of four templates: public reads only what is published, with small numbers left out; reader reads the reports, the figures behind them and the Monday page, and nothing about single people; loader also reads the inputs and may run recalculate() and check_hub(); owner becomes the owner of the hub and may bind, grant and drop. Remembered, so that repair_hub() grants again. An owner must itself be able to read what is bound.';

CREATE OR REPLACE FUNCTION upgrade_hub(hub text) RETURNS text
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
    RETURN format('%I is at version %s%s', hub, version_now, '; not made again: ' || failed);
END
$$;

CREATE OR REPLACE FUNCTION drop_hub(hub text) RETURNS text
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
    IF caregroup.get_hub_setting(hub, 'schedule') IS NOT NULL THEN
        PERFORM caregroup.unschedule_recalculation(hub);
    END IF;
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
'Takes a hub away: its input views, reports, results and settings, the schema, and the caller''s schedule of it. The bound tables are not touched. Refused (dependent_objects_still_exist) where something that the extension did not make lies in the schema or depends on it; nothing is dropped then.';

CREATE TABLE monday_check (
    check_name  text PRIMARY KEY,
    ordinal     integer GENERATED ALWAYS AS IDENTITY,
    weight      numeric NOT NULL CHECK (weight > 0),
    needs_now   boolean NOT NULL,
    question    text NOT NULL,
    query       text NOT NULL
);

COMMENT ON TABLE monday_check IS
'The checks behind monday(): each is a query that gives sentences about what is special. Rows that you add belong to the extension''s table and are not in a dump: keep the script that adds them.';

COMMENT ON COLUMN monday_check.check_name IS 'Name of the check.';

COMMENT ON COLUMN monday_check.ordinal IS 'Order, where ranks are equal.';

COMMENT ON COLUMN monday_check.weight IS 'Importance: a sentence''s rank is by weight × ln(1 + size).';

COMMENT ON COLUMN monday_check.needs_now IS 'Whether the check reads results that hold for the moment of recalculation only; such a check is left out for another day.';

COMMENT ON COLUMN monday_check.question IS 'The question that the check answers.';

COMMENT ON COLUMN monday_check.query IS 'A SELECT of organisation_id, service_id, size, figure, comparator, sentence, evidence with $1 sites (text[]), $2 day (date) and $3 organisations (text[]).';

GRANT SELECT ON monday_check TO PUBLIC;

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('site_name', 'shared', NULL, 'The name of each site.', $$
SELECT DISTINCT c.site_id, c.organisation_name AS site_name FROM chain AS c WHERE c.organisation_kind = 'site'
$$, $$
    site_id           -- Site.
    site_name         -- Name to print.
$$);

INSERT INTO monday_check (check_name, weight, needs_now, question, query) VALUES
('schedule_stopped', 12, true, 'Are the figures as fresh as they should be?', $$
SELECT NULL AS organisation_id, NULL AS service_id, 1000 AS size, NULL::numeric AS figure, NULL::numeric AS comparator,
    format('The regular recalculation has stopped: it was due at %s and last started %s.', c.last_due, coalesce('at ' || c.last_started, 'never')) AS sentence,
    'SELECT * FROM run_history ORDER BY run DESC' AS evidence
FROM schedule_state AS c WHERE c.has_stopped
UNION ALL
SELECT NULL, NULL, 1000, NULL, NULL, 'This hub has never been recalculated: there are no figures.', 'SELECT * FROM run_history ORDER BY run DESC'
WHERE NOT EXISTS (SELECT FROM result_state) AND NOT EXISTS (SELECT FROM schedule_state AS c WHERE c.has_stopped)
$$),
('standard_worsening', 10, false, 'Which standard is getting worse, where, since when?', $$
WITH month AS (
    SELECT m.standard_id, m.service_id, m.site_id, m.month, m.numerator, m.denominator,
        sum(m.numerator) OVER unit AS n_all, sum(m.denominator) OVER unit AS d_all,
        sum(m.numerator) OVER since AS n_since, sum(m.denominator) OVER since AS d_since,
        -- The same without the last month.
        sum(m.numerator) OVER since - first_value(m.numerator) OVER since AS n_earlier,
        sum(m.denominator) OVER since - first_value(m.denominator) OVER since AS d_earlier
    FROM standard_month AS m
    WHERE m.site_id = ANY ($1) AND m.month < date_trunc('month', $2) AND m.month >= date_trunc('month', $2) - interval '18 months'
    WINDOW unit AS (PARTITION BY m.standard_id, m.service_id, m.site_id),
        since AS (PARTITION BY m.standard_id, m.service_id, m.site_id ORDER BY m.month DESC)
), split AS (
    -- Every month is a candidate for the change; the one with the greatest
    -- difference of the two shares, in standard errors, is kept.
    SELECT s.*, (s.n_all - s.n_since) / (s.d_all - s.d_since) AS before, s.n_since / s.d_since AS after,
        ((s.n_all - s.n_since) / (s.d_all - s.d_since) - s.n_since / s.d_since)
        / nullif(sqrt(s.n_all / s.d_all * (1 - s.n_all / s.d_all) * (1 / s.d_since + 1 / (s.d_all - s.d_since))), 0) AS errors
    FROM month AS s
    WHERE s.d_since >= 10 AND s.d_all - s.d_since >= 10
), worst AS (
    SELECT DISTINCT ON (s.standard_id, s.service_id, s.site_id) s.* FROM split AS s
    ORDER BY s.standard_id, s.service_id, s.site_id, s.errors DESC NULLS LAST, s.month
)
SELECT w.site_id, w.service_id, w.d_since - w.n_since, w.after, w.before,
    format('%s at %s has worsened since %s: %s %% in time before, %s %% since (%s of %s).', d.standard_name, n.site_name,
        to_char(w.month, 'FMMonth YYYY'), round(100 * w.before), round(100 * w.after), w.n_since, w.d_since),
    format('SELECT period_start, numerator, denominator, value, direction FROM report_standard WHERE organisation_kind = ''site'' AND organisation_id = %L AND standard_id = %L AND service_id = %L ORDER BY period_start', w.site_id, w.standard_id, w.service_id)
FROM worst AS w
    JOIN standard_name AS d ON d.standard_id = w.standard_id
    JOIN site_name AS n ON n.site_id = w.site_id
-- 4 standard errors and five late since: some hundred series with some fifteen
-- candidate months each raise one false alarm in about ten Mondays.  One bad
-- month is no worsening yet: the months before it were worse too.
WHERE w.errors >= 4 AND w.d_since - w.n_since >= 5
    AND caregroup.wilson_upper(w.n_earlier, w.d_earlier, 0.9) < w.before
$$),
('standard_missed', 8, false, 'Which standards were missed last month?', $$
WITH judged AS (
    SELECT m.standard_id, d.standard_name, d.threshold, n.site_name, m.site_id,
        sum(m.numerator) AS numerator, sum(m.denominator) AS denominator,
        -- Clearly below, and not by rounding where all were in time.
        caregroup.wilson_upper(sum(m.numerator), sum(m.denominator)) < d.threshold
            AND sum(m.numerator) < d.threshold * sum(m.denominator) AS missed
    FROM standard_month AS m
        JOIN standard_name AS d ON d.standard_id = m.standard_id
        JOIN site_name AS n ON n.site_id = m.site_id
    WHERE m.site_id = ANY ($1) AND m.month = date_trunc('month', $2) - interval '1 month' AND d.threshold IS NOT NULL
    GROUP BY m.standard_id, d.standard_name, d.threshold, n.site_name, m.site_id
)
SELECT NULL, NULL, sum(j.denominator - j.numerator) FILTER (WHERE j.missed), sum(j.numerator) / sum(j.denominator), min(j.threshold),
    format('%s of %s sites miss %s (%s %% to reach) in %s; worst is %s with %s of %s.', count(*) FILTER (WHERE j.missed), count(*),
        min(j.standard_name), round(100 * min(j.threshold)), to_char(date_trunc('month', $2) - interval '1 month', 'FMMonth YYYY'),
        (array_agg(j.site_name ORDER BY j.numerator::numeric / j.denominator, j.site_id) FILTER (WHERE j.missed))[1],
        (array_agg(j.numerator ORDER BY j.numerator::numeric / j.denominator, j.site_id) FILTER (WHERE j.missed))[1],
        (array_agg(j.denominator ORDER BY j.numerator::numeric / j.denominator, j.site_id) FILTER (WHERE j.missed))[1]),
    format('SELECT organisation_name, numerator, denominator, value, target FROM report_standard WHERE organisation_kind = ''site'' AND standard_id = %L AND period_start = %L ORDER BY value', j.standard_id, (date_trunc('month', $2) - interval '1 month')::date)
FROM judged AS j
GROUP BY j.standard_id
HAVING bool_or(j.missed)
$$),
('waiting_long', 7, true, 'Who waits too long?', $$
SELECT NULL, w.service_id, sum(w.referrals) FILTER (WHERE w.weeks_waited >= 18),
    sum(w.referrals) FILTER (WHERE w.weeks_waited >= 18), sum(w.referrals),
    format('%s of %s people who wait for %s have waited 18 weeks or longer, the longest %s weeks; most are at %s.',
        sum(w.referrals) FILTER (WHERE w.weeks_waited >= 18), sum(w.referrals), coalesce(min(v.service_name), 'an unnamed service'), max(w.weeks_waited),
        coalesce((SELECT n.site_name FROM waiting AS x JOIN site_name AS n ON n.site_id = x.site_id
                  WHERE x.service_id = w.service_id AND x.site_id = ANY ($1) AND x.weeks_waited >= 18
                  GROUP BY n.site_id, n.site_name ORDER BY sum(x.referrals) DESC, n.site_id LIMIT 1), 'no known site')),
    format('SELECT organisation_name, weeks_waited, referrals FROM report_waiting_list WHERE organisation_kind = ''site'' AND service_id = %L AND weeks_waited >= 18 ORDER BY weeks_waited DESC', w.service_id)
FROM waiting AS w LEFT JOIN service_name AS v ON v.service_id = w.service_id
WHERE w.site_id = ANY ($1)
GROUP BY w.service_id
HAVING sum(w.referrals) FILTER (WHERE w.weeks_waited >= 18) > 0
$$),
('recall_past_due', 5, true, 'Which follow-ups and inspections are past due?', $$
SELECT r.site_id, r.service_id, r.past_due_4, r.past_due_4::numeric / r.due, o.cases / o.whole,
    format('%s of %s open %s recalls for %s at %s are past due by four weeks or more (%s %%; %s %% elsewhere).',
        r.past_due_4, r.due, replace(r.kind, '_', ' '), coalesce(v.service_name, r.service_id), n.site_name,
        round(100.0 * r.past_due_4 / r.due), round(100 * o.cases / o.whole)),
    format('SELECT organisation_name, due, past_due_4_weeks, longest_weeks FROM report_recall WHERE organisation_kind = ''site'' AND service_id = %L AND kind = %L ORDER BY past_due_4_weeks DESC', r.service_id, r.kind)
FROM recall_count AS r
    JOIN site_name AS n ON n.site_id = r.site_id
    LEFT JOIN service_name AS v ON v.service_id = r.service_id
    CROSS JOIN LATERAL (SELECT sum(x.past_due_4) AS cases, nullif(sum(x.due), 0) AS whole FROM recall_count AS x
                        WHERE x.service_id = r.service_id AND x.kind = r.kind AND x.site_id <> r.site_id) AS o
WHERE r.site_id = ANY ($1) AND r.due >= 10
    -- Clearly (99.9 %) more than one and a half times the share elsewhere.
    AND caregroup.wilson_lower(r.past_due_4, r.due, 0.998) > 1.5 * caregroup.wilson_upper(o.cases, o.whole, 0.9)
$$),
('fitness_overdue', 5, true, 'Whose fitness review is overdue?', $$
WITH unit AS (
    SELECT f.unit_id, sum(f.graded) AS graded, sum(f.review_overdue) AS overdue
    FROM fitness_count AS f WHERE f.unit_id <> '(none)'
    GROUP BY f.unit_id
), whole AS (
    SELECT sum(u.graded) AS graded, sum(u.overdue) AS overdue FROM unit AS u
)
SELECT NULL, NULL, u.overdue, u.overdue / u.graded, (w.overdue - u.overdue) / (w.graded - u.graded),
    format('%s of %s people of unit %s are past their fitness review (%s %%; %s %% elsewhere).', u.overdue, u.graded, u.unit_id,
        round(100 * u.overdue / u.graded), round(100 * (w.overdue - u.overdue) / (w.graded - u.graded))),
    format('SELECT deployability, graded, review_overdue, review_overdue_12_weeks FROM report_fitness WHERE organisation_kind = ''unit'' AND organisation_id = %L', u.unit_id)
FROM unit AS u CROSS JOIN whole AS w
WHERE u.unit_id IN (SELECT f.unit_id FROM fitness_count AS f WHERE f.site_id = ANY ($1)) AND w.graded > u.graded AND u.graded >= 10
    AND caregroup.wilson_lower(u.overdue, u.graded, 0.9998)
        > 1.5 * caregroup.wilson_upper(w.overdue - u.overdue, w.graded - u.graded, 0.9)
$$),
('idle_sessions', 5, false, 'Which clinics stand idle, so that they could flex?', $$
WITH use AS (
    SELECT n.site_id, n.service_id, n.weekday, sum(n.slots_offered) AS offered, sum(n.slots_booked) AS booked, count(DISTINCT n.month) AS months
    FROM session_month AS n
    WHERE n.month < date_trunc('month', $2) AND n.month >= date_trunc('month', $2) - interval '6 months'
    GROUP BY n.site_id, n.service_id, n.weekday
), rest AS (
    SELECT u.*, sum(u.offered) OVER service - u.offered AS other_offered, sum(u.booked) OVER service - u.booked AS other_booked
    FROM use AS u
    WINDOW service AS (PARTITION BY u.service_id)
)
SELECT r.site_id, r.service_id, r.offered - r.booked, r.booked / r.offered, r.other_booked / r.other_offered,
    format('On %ss %s at %s fills %s %% of its slots (%s %% at other times and places): about %s slots a week could be used.',
        (ARRAY['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])[r.weekday], coalesce(v.service_name, r.service_id), n.site_name,
        round(100 * r.booked / r.offered), round(100 * r.other_booked / r.other_offered), round((r.offered - r.booked) / (r.months * 365.25 / 12 / 7), 1)),
    format('SELECT period_start, weekday_name, sessions, slots_offered, slots_booked, booked_share FROM report_session_use WHERE organisation_kind = ''site'' AND organisation_id = %L AND service_id = %L ORDER BY weekday, period_start', r.site_id, r.service_id)
FROM rest AS r
    JOIN site_name AS n ON n.site_id = r.site_id
    LEFT JOIN service_name AS v ON v.service_id = r.service_id
WHERE r.site_id = ANY ($1) AND r.offered >= 20 AND r.other_offered > 0
    AND caregroup.wilson_upper(least(r.booked, r.offered), r.offered, 0.998)
        < 0.75 * caregroup.wilson_lower(least(r.other_booked, r.other_offered), r.other_offered, 0.9)
$$),
('referrer_high', 4, true, 'Who refers more than age and sex explain?', $$
WITH referrer AS (
    SELECT r.site_id, sum(r.referrals) AS referrals, sum(r.expected) AS expected
    FROM referrer_year AS r WHERE r.expected IS NOT NULL AND r.site_id = ANY ($1) GROUP BY r.site_id
)
SELECT r.site_id, NULL, r.referrals - r.expected, r.referrals / r.expected, 1,
    format('%s refers %s times as many people as their age and sex explain: %s in twelve months, %s expected.', n.site_name,
        round(r.referrals / r.expected, 1), r.referrals, round(r.expected)),
    format('SELECT service_name, referrals, expected, ratio, lower, upper FROM report_referrer_variation WHERE organisation_kind = ''site'' AND organisation_id = %L ORDER BY referrals - expected DESC', r.site_id)
FROM referrer AS r JOIN site_name AS n ON n.site_id = r.site_id
WHERE r.expected > 0 AND caregroup.byar_lower(r.referrals, 0.998) > 1.25 * r.expected
$$),
('referrals_returned', 4, true, 'Whose referrals are returned?', $$
WITH referrer AS (
    SELECT h.organisation_id, h.organisation_name, sum(r.referrals) AS referrals, sum(r.returned) AS returned
    FROM chain AS h JOIN referrer_year AS r ON r.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p) AND h.organisation_id = ANY ($3)
        AND h.organisation_level > 0 AND h.organisation_kind NOT IN ('site', 'unassigned')
    GROUP BY h.organisation_id, h.organisation_name
), whole AS (
    SELECT sum(r.referrals) AS referrals, sum(r.returned) AS returned FROM referrer_year AS r
)
SELECT r.organisation_id, NULL, r.returned, r.returned / r.referrals, (w.returned - r.returned) / (w.referrals - r.referrals),
    format('%s of %s referrals of %s were returned (%s %%; %s %% elsewhere).', r.returned, r.referrals, r.organisation_name,
        round(100 * r.returned / r.referrals), round(100 * (w.returned - r.returned) / (w.referrals - r.referrals))),
    format('SELECT organisation_name, service_name, referrals, returned, returned_share FROM report_referrer_variation WHERE organisation_id = %L ORDER BY returned DESC', r.organisation_id)
FROM referrer AS r CROSS JOIN whole AS w
WHERE w.referrals > r.referrals AND r.referrals >= 30
    AND caregroup.wilson_lower(r.returned, r.referrals, 0.998)
        > 1.5 * caregroup.wilson_upper(w.returned - r.returned, w.referrals - r.referrals, 0.9)
$$),
('appointments_missed', 4, true, 'Whose people miss appointments?', $$
WITH referrer AS (
    SELECT r.site_id, sum(r.did_not_attend) AS missed, sum(r.attended + r.did_not_attend) AS due
    FROM referrer_year AS r GROUP BY r.site_id
), whole AS (
    SELECT sum(r.missed) AS missed, sum(r.due) AS due FROM referrer AS r
)
SELECT r.site_id, NULL, r.missed, r.missed / r.due, (w.missed - r.missed) / (w.due - r.due),
    format('People referred by %s miss %s %% of their appointments (%s %% elsewhere).', n.site_name,
        round(100 * r.missed / r.due, 1), round(100 * (w.missed - r.missed) / (w.due - r.due), 1)),
    format('SELECT service_name, referrals, did_not_attend, did_not_attend_share FROM report_referrer_variation WHERE organisation_kind = ''site'' AND organisation_id = %L ORDER BY did_not_attend DESC', r.site_id)
FROM referrer AS r CROSS JOIN whole AS w
    JOIN site_name AS n ON n.site_id = r.site_id
WHERE r.site_id = ANY ($1) AND w.due > r.due AND r.due >= 30
    AND caregroup.wilson_lower(r.missed, r.due, 0.99)
        > 1.1 * caregroup.wilson_upper(w.missed - r.missed, w.due - r.due, 0.9)
$$),
('remote_share', 3, false, 'Where is remote consultation hardly used?', $$
WITH contact AS (
    SELECT a.site_id, a.service_id, sum(a.attended) AS contacts, coalesce(sum(a.attended) FILTER (WHERE a.modality IN ('telephone', 'video')), 0) AS remote
    FROM activity_month AS a
    WHERE a.month < date_trunc('month', $2) AND a.month >= date_trunc('month', $2) - interval '6 months'
        AND a.kind IN ('first', 'follow_up', 'assessment') AND a.modality IN ('face_to_face', 'telephone', 'video')
    GROUP BY a.site_id, a.service_id
), rest AS (
    SELECT c.*, sum(c.contacts) OVER service - c.contacts AS other_contacts, sum(c.remote) OVER service - c.remote AS other_remote
    FROM contact AS c
    WINDOW service AS (PARTITION BY c.service_id)
)
SELECT r.site_id, r.service_id, r.contacts * (r.other_remote / r.other_contacts) - r.remote, r.remote / r.contacts, r.other_remote / r.other_contacts,
    format('%s %% of contacts of %s at %s are by telephone or video (%s %% elsewhere).', round(100 * r.remote / r.contacts),
        coalesce(v.service_name, r.service_id), n.site_name, round(100 * r.other_remote / r.other_contacts)),
    format('SELECT period_start, modality, attended FROM report_activity WHERE organisation_kind = ''site'' AND organisation_id = %L AND service_id = %L ORDER BY period_start, modality', r.site_id, r.service_id)
FROM rest AS r
    JOIN site_name AS n ON n.site_id = r.site_id
    LEFT JOIN service_name AS v ON v.service_id = r.service_id
WHERE r.site_id = ANY ($1) AND r.contacts >= 30 AND r.other_contacts > 0
    AND caregroup.wilson_upper(r.remote, r.contacts, 0.9998)
        < 0.6 * caregroup.wilson_lower(r.other_remote, r.other_contacts, 0.9)
$$),
('cancelled_by_provider', 4, false, 'Where does the provider cancel?', $$
WITH planned AS (
    SELECT s.organisation_id, sum(a.cancelled_by_provider) AS cancelled, sum(a.attended + a.did_not_attend + a.cancelled_by_person + a.cancelled_by_provider) AS due
    FROM activity_month AS a JOIN known_site AS s ON s.site_id = a.site_id
    WHERE a.month < date_trunc('month', $2) AND a.month >= date_trunc('month', $2) - interval '6 months'
        AND a.kind <> 'emergency'
    GROUP BY s.organisation_id
), whole AS (
    SELECT sum(p.cancelled) AS cancelled, sum(p.due) AS due FROM planned AS p
)
SELECT p.organisation_id, NULL, p.cancelled, p.cancelled / p.due, (w.cancelled - p.cancelled) / (w.due - p.due),
    format('%s has cancelled %s of %s appointments in six months (%s %%; %s %% elsewhere).', coalesce(o.name, p.organisation_id), p.cancelled, p.due,
        round(100 * p.cancelled / p.due, 1), round(100 * (w.cancelled - p.cancelled) / (w.due - p.due), 1)),
    format('SELECT period_start, service_name, attended, cancelled_by_provider FROM report_activity WHERE organisation_id = %L ORDER BY period_start', p.organisation_id)
FROM planned AS p CROSS JOIN whole AS w
    LEFT JOIN known_organisation AS o ON o.organisation_id = p.organisation_id
WHERE p.organisation_id = ANY ($3) AND w.due > p.due AND p.due >= 50 AND p.cancelled > 0
    AND caregroup.wilson_lower(p.cancelled, p.due, 0.9998)
        > 1.5 * caregroup.wilson_upper(w.cancelled - p.cancelled, w.due - p.due, 0.9)
$$),
('demand_unmet', 5, false, 'Where is demand not met?', $$
WITH asked AS (
    SELECT d.site_id, d.service_id, sum(d.requests) AS requests, sum(d.unmet) AS unmet
    FROM demand AS d
    WHERE d.source = 'contact_request' AND d.month < date_trunc('month', $2) AND d.month >= date_trunc('month', $2) - interval '3 months'
    GROUP BY d.site_id, d.service_id
), whole AS (
    SELECT sum(a.requests) AS requests, sum(a.unmet) AS unmet FROM asked AS a
)
SELECT a.site_id, a.service_id, a.unmet, a.unmet / a.requests, (w.unmet - a.unmet) / (w.requests - a.requests),
    format('%s of %s requests to %s were not met in three months (%s %%; %s %% elsewhere).', a.unmet, a.requests, n.site_name,
        round(100 * a.unmet / a.requests), round(100 * (w.unmet - a.unmet) / (w.requests - a.requests))),
    format('SELECT period_start, source, modality, requests, unmet FROM report_demand WHERE organisation_kind = ''site'' AND organisation_id = %L AND source = ''contact_request'' ORDER BY period_start', a.site_id)
FROM asked AS a CROSS JOIN whole AS w
    JOIN site_name AS n ON n.site_id = a.site_id
WHERE a.site_id = ANY ($1) AND w.requests > a.requests AND a.requests >= 30
    AND caregroup.wilson_lower(least(a.unmet, a.requests), a.requests, 0.9998)
        > 1.5 * caregroup.wilson_upper(least(w.unmet - a.unmet, w.requests - a.requests), w.requests - a.requests, 0.9)
$$),
('spend_over_plan', 6, false, 'Which service costs more than planned?', $$
WITH year AS (
    SELECT s.organisation_id, s.contract_id, s.service_id, min(s.lot) AS lot, sum(s.cost) AS cost, sum(s.planned) AS planned
    FROM spend_month AS s
    WHERE s.organisation_id = ANY ($3) AND s.cost IS NOT NULL AND s.planned > 0 AND s.month < date_trunc('month', $2)
        -- The financial year of the last whole month.
        AND s.month >= date_trunc('year', date_trunc('month', $2) - interval '4 months') + interval '3 months'
    GROUP BY s.organisation_id, s.contract_id, s.service_id
)
SELECT y.organisation_id, y.service_id, (y.cost - y.planned) / 1000, y.cost, y.planned,
    format('%s has cost £%s more than planned since April (%s %%)%s.', coalesce(v.service_name, y.service_id),
        to_char(y.cost - y.planned, 'FM999,999,999,990'), round(100 * (y.cost / y.planned - 1), 1), ', lot ' || y.lot),
    format('SELECT period_start, cost_gbp, planned_gbp, variance_to_date_gbp FROM report_spend WHERE organisation_id = %L AND service_id = %L AND contract_id = %L ORDER BY period_start', y.organisation_id, y.service_id, y.contract_id)
FROM year AS y LEFT JOIN service_name AS v ON v.service_id = y.service_id
WHERE y.cost > 1.05 * y.planned AND y.cost - y.planned > 1000
$$),
('numbers_invalid', 3, true, 'Whose NHS numbers are not valid?', $$
WITH provider AS (
    SELECT c.provider_id, sum(c.rows) AS rows, min(c.out_of) AS out_of
    FROM check_result AS c
    WHERE c.check_run = (SELECT max(x.check_run) FROM check_result AS x) AND c.check_name = 'invalid identifier' AND c.provider_id IS NOT NULL
    GROUP BY c.provider_id
), whole AS (
    SELECT sum(c.rows) AS rows, min(c.out_of) AS out_of
    FROM check_result AS c
    WHERE c.check_run = (SELECT max(x.check_run) FROM check_result AS x) AND c.check_name = 'invalid identifier' AND c.provider_id IS NULL
)
SELECT p.provider_id, NULL, p.rows, p.rows / p.out_of, (w.rows - p.rows) / (w.out_of - p.out_of),
    format('%s of %s NHS numbers of %s are not valid (%s %%; %s %% elsewhere).', p.rows, p.out_of, coalesce(o.name, p.provider_id),
        round(100 * p.rows / p.out_of, 1), round(100 * (w.rows - p.rows) / (w.out_of - p.out_of), 1)),
    format('SELECT detail, rows, out_of FROM check_result WHERE check_run = (SELECT max(check_run) FROM check_result) AND check_name = ''invalid identifier'' AND provider_id = %L', p.provider_id)
FROM provider AS p CROSS JOIN whole AS w
    LEFT JOIN known_organisation AS o ON o.organisation_id = p.provider_id
WHERE p.provider_id = ANY ($3) AND w.out_of > p.out_of AND p.out_of >= 50
    AND caregroup.wilson_lower(p.rows, p.out_of, 0.9998)
        > 2 * caregroup.wilson_upper(w.rows - p.rows, w.out_of - p.out_of, 0.9)
$$);

CREATE FUNCTION monday_check_rows(hub text, check_name text, sites text[], day date, organisations text[],
                                  OUT organisation_id text, OUT service_id text, OUT size numeric,
                                  OUT figure numeric, OUT comparator numeric, OUT sentence text, OUT evidence text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 100 ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off -- compiling takes longer than these queries
AS $$
DECLARE
    asked text := (SELECT c.query FROM caregroup.monday_check AS c WHERE c.check_name = monday_check_rows.check_name);
BEGIN
    PERFORM set_config('search_path', format('%I, pg_catalog, caregroup, pg_temp', hub), true);
    RETURN QUERY EXECUTE format('SELECT f.organisation_id::text, f.service_id::text, f.size::numeric, f.figure::numeric,
                                     f.comparator::numeric, f.sentence::text, f.evidence::text
                                 FROM (%s) AS f (organisation_id, service_id, size, figure, comparator, sentence, evidence)', asked)
    USING sites, day, organisations;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
END
$$;

COMMENT ON FUNCTION monday_check_rows(text, text, text[], date, text[]) IS
'The sentences of one check for the given sites and organisations on a day. For monday().';

CREATE FUNCTION monday_scope(hub text, organisation text, OUT sites text[], OUT organisations text[],
                             OUT as_at timestamptz, OUT time_zone text)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM caregroup.require_hub(hub);
    EXECUTE format('SELECT array_agg(DISTINCT c.site_id) FROM %1$I.chain AS c
                    WHERE c.hierarchy = (SELECT p.hierarchy FROM %1$I.parameter AS p) AND ($1 IS NULL OR c.organisation_id = $1)', hub)
    INTO sites USING organisation;
    EXECUTE format('SELECT array_agg(DISTINCT c.member_id) FROM %1$I.organisation_chain AS c
                    WHERE c.hierarchy = (SELECT p.hierarchy FROM %1$I.parameter AS p) AND ($1 IS NULL OR c.organisation_id = $1)', hub)
    INTO organisations USING organisation;
    EXECUTE format('SELECT min(t.as_at) FROM %I.result_state AS t', hub) INTO as_at;
    EXECUTE format('SELECT p.time_zone FROM %I.parameter AS p', hub) INTO time_zone;
    IF sites IS NULL AND organisations IS NULL AND as_at IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_object',
            MESSAGE = format('no organisation or site %s in the hierarchy that hub %I rolls up', quote_literal(organisation), hub),
            HINT = format('SELECT DISTINCT organisation_id, organisation_name FROM %I.chain lists them; SET caregroup.hierarchy chooses another hierarchy.', hub);
    END IF;
    sites := coalesce(sites, '{}');
    organisations := coalesce(organisations, '{}');
END
$$;

COMMENT ON FUNCTION monday_scope(text, text) IS
'The sites and organisations at or under an organisation or site, and the moment of the hub''s results. NULL for all. For monday().';

CREATE FUNCTION monday(hub text, organisation text DEFAULT NULL, as_at timestamptz DEFAULT NULL,
                       most_of_a_kind integer DEFAULT 3,
                       OUT rank bigint, OUT check_name text, OUT sentence text,
                       OUT figure numeric, OUT comparator numeric, OUT size numeric,
                       OUT organisation_id text, OUT service_id text, OUT evidence text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 100 ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    scope    record;
    day      date;
    results  date;
BEGIN
    SELECT * INTO scope FROM caregroup.monday_scope(hub, organisation);
    results := (scope.as_at AT TIME ZONE scope.time_zone)::date;
    day := coalesce((monday.as_at AT TIME ZONE scope.time_zone)::date, results);
    IF day > results THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('hub %I has no results after %s', hub, results),
            HINT = format('CALL caregroup.recalculate(%L) works out newer ones.', hub);
    END IF;
    RETURN QUERY
    WITH found AS (
        SELECT c.check_name, c.ordinal, c.weight * ln(1 + greatest(f.size, 0)) AS importance, f.*,
            row_number() OVER (PARTITION BY c.check_name ORDER BY f.size DESC, f.organisation_id, f.service_id, f.sentence) AS place,
            count(*) OVER (PARTITION BY c.check_name) AS of_a_kind
        FROM caregroup.monday_check AS c
            CROSS JOIN LATERAL caregroup.monday_check_rows(hub, c.check_name, scope.sites, day, scope.organisations) AS f
        WHERE day IS NOT DISTINCT FROM results OR NOT c.needs_now
    )
    SELECT row_number() OVER (ORDER BY f.importance DESC, f.ordinal, f.place), f.check_name,
        CASE WHEN f.place = most_of_a_kind AND f.of_a_kind > f.place
             THEN format('%s (%s more of the kind.)', f.sentence, f.of_a_kind - f.place) ELSE f.sentence END,
        round(f.figure, 4), round(f.comparator, 4), round(f.size, 1), f.organisation_id, f.service_id, f.evidence
    FROM found AS f
    WHERE coalesce(f.place <= most_of_a_kind, true)
    ORDER BY 1;
END
$$;

COMMENT ON FUNCTION monday(text, text, timestamptz, integer) IS
'The Monday page of an organisation or site (NULL for all): ranked sentences about what is special, each with its figure, what it is compared with, its size (people, slots or thousands of pounds), where it is, and the query that shows the details (with the hub''s schema on the search path). as_at is a day up to that of the hub''s results (NULL for that day); for an earlier day, checks of lists that hold for one moment only are left out. Of one check at most most_of_a_kind sentences are shown, the largest; the last of them says how many more there are (NULL shows all). It reads results and works nothing out anew; an empty page means that no check found anything beyond chance. Errors: invalid_schema_name, undefined_object, invalid_parameter_value.';

INSERT INTO monday_check (check_name, weight, needs_now, question, query) VALUES
('wait_gap', 7, false, 'Where do people of the most deprived areas wait longer?', $$
WITH half AS (
    -- Quarters are put together by the inverse of their variance.
    SELECT g.organisation_id, g.organisation_name, c.is_latest,
        sum(ln(g.ratio) / v.variance) / sum(1 / v.variance) AS difference, 1 / sqrt(sum(1 / v.variance)) AS error, sum(g.waits) AS waits
    FROM report_wait_gap AS g
        CROSS JOIN LATERAL (SELECT g.period_start >= date_trunc('quarter', $2) - interval '6 months' AS is_latest) AS c
        CROSS JOIN LATERAL (SELECT nullif((ln(g.upper / g.lower) / (2 * 1.96)) ^ 2, 0) AS variance) AS v
    WHERE g.dimension = 'deprivation' AND g.group_name = 'fifth 1' AND g.organisation_id = ANY ($3) AND g.organisation_kind <> 'site'
        AND g.period_start < date_trunc('quarter', $2) AND g.period_start >= date_trunc('quarter', $2) - interval '18 months'
        AND g.waits >= 10 AND g.other_waits >= 10 AND v.variance > 0
    GROUP BY g.organisation_id, g.organisation_name, c.is_latest
), special AS (
    -- Beyond chance (one in a thousand), a tenth or more, and more than the
    -- year before: a gap that has always been there belongs in the plan.
    SELECT l.organisation_id, l.organisation_name, l.waits, l.difference, e.difference AS earlier
    FROM half AS l LEFT JOIN half AS e ON e.organisation_id = l.organisation_id AND NOT e.is_latest
    WHERE l.is_latest AND l.difference >= ln(1.1) AND l.difference >= 3.29 * l.error
        AND coalesce(l.difference - e.difference >= 1.645 * sqrt(l.error ^ 2 + e.error ^ 2), true)
)
SELECT l.organisation_id, NULL, l.waits, exp(l.difference), exp(l.earlier),
    format('People of the most deprived areas of %s waited %s %% longer than others for the same service in the last two quarters%s.', l.organisation_name,
        round(100 * (exp(l.difference) - 1)), format(' (%s %% in the year before)', round(100 * (exp(l.earlier) - 1)))),
    format('SELECT period_start, group_name, waits, wait_days_mean, other_wait_days_mean, ratio, lower, upper FROM report_wait_gap WHERE organisation_id = %L AND dimension = ''deprivation'' ORDER BY period_start, group_name', l.organisation_id)
FROM special AS l
-- Said once, of the highest on the chain.
WHERE NOT EXISTS (SELECT FROM special AS a JOIN organisation_chain AS h ON h.organisation_id = a.organisation_id AND h.member_id = l.organisation_id
                  WHERE a.organisation_id <> l.organisation_id AND h.hierarchy = (SELECT p.hierarchy FROM parameter AS p))
$$),
('temporary_staff', 4, false, 'Where do temporary staff run more of the sessions than elsewhere?', $$
WITH used AS (
    SELECT s.site_id, sum(s.sessions) AS sessions, coalesce(sum(s.sessions) FILTER (WHERE s.employment = 'temporary'), 0) AS temporary
    FROM session_staff_month AS s
    WHERE s.employment IN ('permanent', 'temporary') AND s.month < date_trunc('month', $2) AND s.month >= date_trunc('month', $2) - interval '6 months'
    GROUP BY s.site_id
), whole AS (
    SELECT sum(u.sessions) AS sessions, sum(u.temporary) AS temporary FROM used AS u
), place AS (
    SELECT h.organisation_id, h.organisation_name, min(h.organisation_level) AS organisation_level, array_agg(h.site_id) AS sites,
        sum(u.sessions) AS sessions, sum(u.temporary) AS temporary
    FROM chain AS h JOIN used AS u ON u.site_id = h.site_id
    WHERE h.hierarchy = (SELECT p.hierarchy FROM parameter AS p)
    GROUP BY h.organisation_kind, h.organisation_id, h.organisation_name
), special AS (
    SELECT p.*, (w.temporary - p.temporary) / (w.sessions - p.sessions) AS elsewhere
    FROM place AS p CROSS JOIN whole AS w
    WHERE w.sessions > p.sessions AND p.sessions >= 50
        AND caregroup.wilson_lower(p.temporary, p.sessions, 0.9998)
            > 1.5 * caregroup.wilson_upper(w.temporary - p.temporary, w.sessions - p.sessions, 0.9)
)
SELECT s.organisation_id, NULL, s.temporary - s.sessions * s.elsewhere, s.temporary / s.sessions, s.elsewhere,
    format('Temporary staff ran %s %% of the sessions of %s in six months (%s %% elsewhere).', round(100 * s.temporary / s.sessions),
        s.organisation_name, round(100 * s.elsewhere)),
    format('SELECT period_start, service_name, role, employment, sessions, sessions_share FROM report_staff_use WHERE organisation_id = %L ORDER BY period_start, service_name, role', s.organisation_id)
FROM special AS s
-- Said once, of the highest on the chain.
WHERE (s.organisation_id = ANY ($3) OR s.organisation_id = ANY ($1))
    AND NOT EXISTS (SELECT FROM special AS a WHERE a.organisation_level < s.organisation_level AND a.sites @> s.sites
                        AND (a.organisation_id = ANY ($3) OR a.organisation_id = ANY ($1)))
$$),
('referred_less', 5, true, 'Whose people are referred less than their age and sex lead one to expect?', $$
WITH place AS (
    SELECT r.organisation_id, sum(r.compared) AS compared, sum(r.expected) AS expected FROM residence_year AS r GROUP BY r.organisation_id
)
SELECT l.organisation_id, NULL, l.expected - l.compared, l.compared / l.expected, 1,
    format('The people of %s were referred %s times as often as their age and sex lead one to expect (%s of %s in twelve months).',
        coalesce(o.name, l.organisation_id), round(l.compared / l.expected, 2), l.compared, round(l.expected)),
    format('SELECT service_name, people, referred, expected, ratio, lower, upper FROM report_referral_residence WHERE organisation_id = %L ORDER BY expected DESC', l.organisation_id)
FROM place AS l LEFT JOIN known_organisation AS o ON o.organisation_id = l.organisation_id
WHERE l.organisation_id = ANY ($3) AND l.expected >= 20
    AND caregroup.byar_upper(l.compared, 0.9998) < 0.9 * l.expected::double precision
$$);

INSERT INTO monday_check (check_name, weight, needs_now, question, query) VALUES
('exception', 6, true, 'Which indicators are in special cause to the worse?', $$
SELECT e.organisation_id, nullif(e.service_id, '(all)'),
    -- Money counts by the thousand.
    v.numerator_mean / CASE WHEN n.funnel IS NULL THEN 1000 ELSE 1 END, e.value, e.centre, e.sentence,
    format('SELECT period_start, numerator, denominator, value, centre, lower, upper, rule, change_text FROM report_variance_spc WHERE organisation_kind = %L AND organisation_id = %L AND indicator_id = %L AND service_id = %L ORDER BY period_start', e.organisation_kind, e.organisation_id, e.indicator_id, e.service_id)
FROM report_exception AS e
    JOIN indicator_name AS n ON n.indicator_id = e.indicator_id
    JOIN reporting_organisation AS o ON o.organisation_kind = e.organisation_kind AND o.organisation_id = e.organisation_id
    JOIN variance_summary AS v ON v.hierarchy = o.kept_under AND v.organisation_kind = e.organisation_kind AND v.organisation_id = e.organisation_id
        AND v.indicator_id = e.indicator_id AND v.service_id = e.service_id
-- Waits against standards have checks of their own.
WHERE e.variation = 'special_cause_concern' AND e.q_value <= 0.05 AND e.indicator_id <> 'wait_within_standard'
    AND CASE WHEN e.organisation_kind = 'site' THEN e.organisation_id = ANY ($1) ELSE e.organisation_id = ANY ($3) END
    -- Said once, of the lowest that shows it.
    AND NOT EXISTS (SELECT FROM report_exception AS b JOIN chain AS h ON h.site_id = b.organisation_id AND h.organisation_kind = e.organisation_kind AND h.organisation_id = e.organisation_id
                    WHERE e.organisation_kind <> 'site' AND b.organisation_kind = 'site' AND b.indicator_id = e.indicator_id AND b.service_id = e.service_id
                        AND b.variation = e.variation AND b.q_value <= 0.05 AND h.hierarchy = (SELECT p.hierarchy FROM parameter AS p))
$$),
('funnel_outlier', 5, true, 'Who is far worse than the peers over a year?', $$
SELECT f.organisation_id, nullif(f.service_id, '(all)'), abs(f.numerator - f.centre * f.numerator / f.value), f.value, f.centre,
    format('%s%s at %s: %s in twelve months against %s of all peers, outside the 99.8 %% limits that allow for what always varies between them.', f.indicator_name,
        CASE WHEN f.service_id = '(all)' THEN '' ELSE ', ' || f.service_name || ',' END, f.organisation_name,
        figure_text(f.value), figure_text(f.centre)),
    format('SELECT organisation_name, numerator, denominator, value, lower_outer, upper_outer, category FROM report_variance_funnel WHERE organisation_kind = %L AND indicator_id = %L AND service_id = %L ORDER BY z DESC', f.organisation_kind, f.indicator_id, f.service_id)
FROM report_variance_funnel AS f JOIN indicator_name AS n ON n.indicator_id = f.indicator_id
WHERE f.organisation_kind = 'site' AND f.organisation_id = ANY ($1) AND f.numerator > 0 AND f.indicator_id <> 'wait_within_standard'
    AND f.level = CASE n.direction WHEN 'lower_better' THEN 2 WHEN 'higher_better' THEN -2 END
    -- Sites with other services cannot be compared over all of them.
    AND (f.service_id <> '(all)' OR NOT EXISTS (SELECT FROM variance_funnel AS s WHERE s.organisation_kind = 'site' AND s.indicator_id = f.indicator_id AND s.service_id <> '(all)'))
$$);

INSERT INTO monday_check (check_name, weight, needs_now, question, query) VALUES
('surge', 8, true, 'Where will demand outrun the sessions of the next two weeks?', $$
SELECT r.organisation_id, r.service_id, r.slots_short, r.demand, r.slots_offered,
    format('%s at %s offers %s slots in the next two weeks, and about %s are expected to be needed: demand is higher with a probability of %s %%.',
        r.service_name, r.organisation_name, r.slots_offered, round(r.demand), floor(100 * r.probability)),
    format('SELECT organisation_name, requests, slots_per_request, demand, demand_sd, slots_offered, slots_booked, probability FROM report_surge WHERE organisation_kind = ''site'' AND service_id = %L ORDER BY probability DESC', r.service_id)
FROM report_surge AS r
WHERE r.organisation_kind = 'site' AND r.organisation_id = ANY ($1) AND r.probability >= 0.9 AND r.slots_short >= 5
$$),
('forecast_rise', 6, true, 'Where will more people ask than last year?', $$
WITH quarter AS (
    SELECT f.organisation_kind, f.organisation_id, f.service_id, f.hierarchy, sum(f.point) AS point, sum(f.lower_80) AS lower_80,
        sum(s.history[cardinality(s.history) - 12 + f.step]) AS last_year
    FROM demand_forecast AS f
        JOIN demand_series AS s ON s.period_kind = f.period_kind AND s.origin = f.origin AND s.hierarchy = f.hierarchy
            AND s.organisation_kind = f.organisation_kind AND s.organisation_id = f.organisation_id AND s.service_id = f.service_id
    WHERE f.period_kind = 'month' AND NOT f.is_hindcast AND f.service_id <> '(all)' AND f.step <= 3 AND cardinality(s.history) >= 24
    GROUP BY 1, 2, 3, 4
), risen AS (
    -- Limits are added as if months erred together, which makes 2 standard
    -- errors much; last year's figure was chance too; a tenth more is what one
    -- can plan for.
    SELECT q.*, q.point - q.last_year AS rise, o.organisation_name, o.organisation_level, o.sites
    FROM quarter AS q
        JOIN demand_organisation AS o ON o.kept_under = q.hierarchy AND o.organisation_kind = q.organisation_kind AND o.organisation_id = q.organisation_id
    WHERE q.lower_80 > q.last_year AND q.point >= 1.1 * q.last_year AND q.point - q.last_year >= 10
        AND q.point - q.last_year > 2 * sqrt(((q.point - q.lower_80) / 1.4398) ^ 2 + q.last_year)
        AND CASE WHEN q.organisation_kind IN ('site', 'unassigned') THEN q.organisation_id = ANY ($1) ELSE q.organisation_id = ANY ($3) END
), named AS (
    -- Of an organisation, unless one place under it explains the rise.
    SELECT r.* FROM risen AS r
    WHERE NOT EXISTS (SELECT FROM risen AS b WHERE b.service_id = r.service_id AND b.organisation_level > r.organisation_level AND b.sites <@ r.sites AND b.rise >= 0.8 * r.rise)
)
SELECT n.organisation_id, n.service_id, n.rise, n.point, n.last_year,
    format('%s at %s: about %s requests are expected in the three months from %s, %s %% more than the %s of the year before.', coalesce(v.service_name, n.service_id), n.organisation_name,
        round(n.point), (SELECT to_char(max(s.origin), 'FMMonth YYYY') FROM demand_series AS s WHERE s.period_kind = 'month'), round(100 * (n.point / nullif(n.last_year, 0) - 1)), n.last_year),
    format('SELECT period_start, kind, requests, lower_80, upper_80, method, mean_error FROM report_demand_forecast WHERE organisation_kind = %L AND organisation_id = %L AND service_id = %L AND period_kind = ''month'' ORDER BY period_start', n.organisation_kind, n.organisation_id, n.service_id)
FROM named AS n LEFT JOIN service_name AS v ON v.service_id = n.service_id
WHERE NOT EXISTS (SELECT FROM named AS a WHERE a.service_id = n.service_id AND a.organisation_level < n.organisation_level AND a.sites @> n.sites)
$$),
('demand_unexpected', 5, true, 'Where did last month bring what was not expected?', $$
WITH last AS (
    SELECT DISTINCT ON (k.hierarchy, k.organisation_kind, k.organisation_id, k.service_id) k.*, s.history[cardinality(s.history)] AS actual
    FROM demand_series AS s
        JOIN demand_forecast_kept AS k ON k.period_kind = s.period_kind AND k.hierarchy = s.hierarchy AND k.organisation_kind = s.organisation_kind
            AND k.organisation_id = s.organisation_id AND k.service_id = s.service_id AND k.period_start = s.origin - interval '1 month'
    WHERE s.period_kind = 'month' AND NOT s.is_hindcast AND s.service_id <> '(all)'
        AND CASE WHEN s.organisation_kind IN ('site', 'unassigned') THEN s.organisation_id = ANY ($1) ELSE s.organisation_id = ANY ($3) END
    ORDER BY k.hierarchy, k.organisation_kind, k.organisation_id, k.service_id, k.origin DESC
), outside AS (
    -- Hundreds of series leave a 95 % interval every month: told are those that
    -- are 2.4 times as far out as its limit, one in a thousand by the t
    -- distribution with 6 degrees of freedom of which the limits are.
    SELECT l.*, l.actual - l.point AS off, o.organisation_name, o.organisation_level, o.sites
    FROM last AS l
        JOIN demand_organisation AS o ON o.kept_under = l.hierarchy AND o.organisation_kind = l.organisation_kind AND o.organisation_id = l.organisation_id
    WHERE abs(l.actual - l.point) >= 10
        AND abs(l.actual - l.point) > greatest(2.435 * CASE WHEN l.actual > l.point THEN l.upper_95 - l.point ELSE l.point - l.lower_95 END, 4 * sqrt(l.point))
), named AS (
    SELECT r.* FROM outside AS r
    WHERE NOT EXISTS (SELECT FROM outside AS b WHERE b.service_id = r.service_id AND b.organisation_level > r.organisation_level AND b.sites <@ r.sites AND b.off / r.off >= 0.8)
)
SELECT n.organisation_id, n.service_id, abs(n.off), n.actual, n.point,
    format('%s at %s: %s requests in %s, %s than forecast (%s, 95 %% interval %s to %s).', coalesce(v.service_name, n.service_id), n.organisation_name, n.actual,
        to_char(n.period_start, 'FMMonth YYYY'), CASE WHEN n.off > 0 THEN 'more' ELSE 'fewer' END, round(n.point), round(n.lower_95), round(n.upper_95)),
    format('SELECT period_start, kind, requests, lower_95, upper_95 FROM report_demand_forecast WHERE organisation_kind = %L AND organisation_id = %L AND service_id = %L AND period_kind = ''month'' ORDER BY period_start', n.organisation_kind, n.organisation_id, n.service_id)
FROM named AS n LEFT JOIN service_name AS v ON v.service_id = n.service_id
WHERE NOT EXISTS (SELECT FROM named AS a WHERE a.service_id = n.service_id AND a.organisation_level < n.organisation_level AND a.sites @> n.sites)
$$);

INSERT INTO monday_check (check_name, weight, needs_now, question, query) VALUES
('rtt_18_weeks', 8, false, 'Where have too few of those who wait for treatment waited less than 18 weeks?', $$
WITH place AS (
    SELECT m.treatment_function_code, m.site_id, sum(m.total) AS total, sum((rtt_summary(m.counts)).within_18_weeks) AS within
    FROM rtt_month AS m
    WHERE m.part = 'Part_2' AND m.month = date_trunc('month', $2) - interval '1 month' AND m.site_id = ANY ($1)
    GROUP BY m.treatment_function_code, m.site_id
), whole AS (
    SELECT p.treatment_function_code, sum(p.total) AS total, sum(p.within) AS within FROM place AS p GROUP BY p.treatment_function_code
), worst AS (
    SELECT DISTINCT ON (p.treatment_function_code) p.*, n.site_name
    FROM place AS p JOIN site_name AS n ON n.site_id = p.site_id
    WHERE p.total >= 20
    ORDER BY p.treatment_function_code, p.within / p.total, p.site_id
)
SELECT NULL, NULL, w.total - w.within, w.within / w.total, 0.92,
    format('%s: %s %% of the %s who waited for treatment at the end of %s had waited less than 18 weeks (92 %% to reach)%s.',
        CASE w.treatment_function_code WHEN '(unknown)' THEN 'Treatment function not stated' ELSE coalesce(f.name, 'Treatment function ' || w.treatment_function_code) END,
        round(100 * w.within / w.total), w.total, to_char(date_trunc('month', $2) - interval '1 month', 'FMMonth YYYY'),
        '; worst is ' || x.site_name || format(' with %s of %s', x.within, x.total)),
    format('SELECT organisation_name, total, within_18_weeks_share, median_weeks, p92_weeks, over_52_weeks FROM report_rtt WHERE organisation_kind = ''site'' AND part = ''Part_2'' AND treatment_function_code = %L AND period_start = %L ORDER BY within_18_weeks_share', w.treatment_function_code, (date_trunc('month', $2) - interval '1 month')::date)
FROM whole AS w
    LEFT JOIN worst AS x ON x.treatment_function_code = w.treatment_function_code
    LEFT JOIN rtt_treatment_functions() AS f ON f.code = w.treatment_function_code
WHERE w.total >= 20 AND caregroup.wilson_upper(w.within, w.total) < 0.92
$$),
('rtt_over_52_weeks', 9, false, 'Who has waited more than a year for treatment?', $$
WITH place AS (
    SELECT m.service_id, m.site_id, sum(m.over_52) FILTER (WHERE m.month = l.month) AS now, sum(m.over_52) FILTER (WHERE m.month < l.month) AS before,
        sum(m.waiting) FILTER (WHERE m.month = l.month) AS waiting
    FROM list_month AS m CROSS JOIN (SELECT (date_trunc('month', $2) - interval '1 month')::date AS month) AS l
    WHERE m.list = 'rtt' AND m.site_id = ANY ($1) AND m.month IN (l.month, l.month - interval '3 months')
    GROUP BY m.service_id, m.site_id
)
SELECT NULL, p.service_id, sum(p.now), sum(p.now), coalesce(sum(p.before), 0),
    format('%s of %s who wait for treatment under %s have waited more than 52 weeks (%s three months before); most are at %s.', sum(p.now), sum(p.waiting),
        coalesce(min(v.service_name), 'an unnamed service'), coalesce(sum(p.before), 0),
        coalesce((array_agg(n.site_name ORDER BY p.now DESC NULLS LAST, p.site_id))[1], 'no known site')),
    format('SELECT organisation_name, waits_for, over_52_weeks, over_65_weeks, over_78_weeks, longest_weeks FROM report_long_waiters WHERE organisation_kind = ''site'' AND list = ''rtt'' AND service_id = %L ORDER BY over_52_weeks DESC', p.service_id)
FROM place AS p
    LEFT JOIN service_name AS v ON v.service_id = p.service_id
    LEFT JOIN site_name AS n ON n.site_id = p.site_id
GROUP BY p.service_id
HAVING sum(p.now) > 0
$$),
('list_growing', 7, false, 'Which lists grow?', $$
WITH list AS (
    SELECT m.list, m.site_id, m.service_id, sum(m.waiting) FILTER (WHERE m.month = l.month) AS now,
        sum(m.added) AS added, sum(m.removed) AS removed
    FROM list_month AS m CROSS JOIN (SELECT (date_trunc('month', $2) - interval '1 month')::date AS month) AS l
    WHERE m.list <> 'recall' AND m.site_id = ANY ($1) AND m.month BETWEEN l.month - interval '2 months' AND l.month
    GROUP BY m.list, m.site_id, m.service_id
), special AS (
    -- By a tenth, and beyond chance: comings and goings vary by their square
    -- root each; 4 standard errors, for there are hundreds of lists.
    SELECT l.*, l.added - l.removed AS growth, l.now - l.added + l.removed AS before
    FROM list AS l
    WHERE l.now - l.added + l.removed >= 20 AND l.added - l.removed > 0.1 * (l.now - l.added + l.removed)
        AND l.added - l.removed > 4 * sqrt(l.added + l.removed)
)
SELECT s.site_id, s.service_id, s.growth, s.now, s.before,
    format('The list of %s at %s%s has grown from %s to %s in three months: %s came on, %s went off.', coalesce(v.service_name, s.service_id), n.site_name,
        CASE s.list WHEN 'rtt' THEN ' for treatment' ELSE ' for first contact' END, s.before, s.now, s.added, s.removed),
    format('SELECT period_start, waiting, added, removed FROM report_waiting_month WHERE organisation_kind = ''site'' AND organisation_id = %L AND list = %L AND service_id = %L ORDER BY period_start', s.site_id, s.list, s.service_id)
FROM special AS s
    JOIN site_name AS n ON n.site_id = s.site_id
    LEFT JOIN service_name AS v ON v.service_id = s.service_id
-- Said once: who waits for first contact waits for treatment too.
WHERE s.list = 'first_contact'
    OR NOT EXISTS (SELECT FROM special AS a WHERE a.list = 'first_contact' AND a.site_id = s.site_id AND a.service_id = s.service_id)
$$),
('discharged_at_first', 2, true, 'Whose referrals often end at the first visit?', $$
WITH peer AS (
    SELECT r.site_id, r.service_id, r.seen, r.discharged_at_first AS ended,
        sum(r.seen) OVER service - r.seen AS other_seen, sum(r.discharged_at_first) OVER service - r.discharged_at_first AS other_ended
    FROM referrer_year AS r WHERE r.site_id <> '(unassigned)'
    WINDOW service AS (PARTITION BY r.service_id)
)
SELECT p.site_id, p.service_id, p.ended - p.seen * p.other_ended / p.other_seen, p.ended / p.seen, p.other_ended / p.other_seen,
    format('%s of %s people whom %s referred to %s were discharged at the first visit (%s %%; %s %% of others''), which need not mean poor referrals: advice may serve some.',
        p.ended, p.seen, n.site_name, coalesce(v.service_name, p.service_id), round(100 * p.ended / p.seen), round(100 * p.other_ended / p.other_seen)),
    format('SELECT organisation_name, seen, discharged_at_first, discharged_at_first_share FROM report_referrer_variation WHERE organisation_kind = ''site'' AND service_id = %L ORDER BY discharged_at_first_share DESC', p.service_id)
FROM peer AS p
    JOIN site_name AS n ON n.site_id = p.site_id
    LEFT JOIN service_name AS v ON v.service_id = p.service_id
WHERE p.site_id = ANY ($1) AND p.seen >= 20 AND p.other_seen > 0
    AND caregroup.wilson_lower(p.ended, p.seen, 0.9998) > 1.25 * caregroup.wilson_upper(p.other_ended, p.other_seen, 0.9)
$$),
('rtt_data', 3, true, 'Whose pathways do not make sense?', $$
WITH base AS (
    SELECT f.site_id, f.service_id, f.out_of, sum(f.out_of) OVER (PARTITION BY f.service_id) - f.out_of AS other_out_of
    FROM rtt_finding_count AS f WHERE f.rule = '(any)'
), place AS (
    SELECT f.site_id, f.service_id, f.rule, f.explanation, f.pathways, b.out_of, b.other_out_of,
        sum(f.pathways) OVER (PARTITION BY f.service_id, f.rule) - f.pathways AS other_pathways
    FROM rtt_finding_count AS f JOIN base AS b ON b.site_id = f.site_id AND b.service_id = f.service_id
    WHERE f.rule <> '(any)'
), special AS (
    -- Of the rules that a place breaks clearly more often than the same
    -- service elsewhere, the one that is broken most.
    SELECT DISTINCT ON (p.site_id, p.service_id) p.*
    FROM place AS p
    WHERE p.pathways >= 10 AND p.other_out_of >= 30
        AND caregroup.wilson_lower(least(p.pathways, p.out_of), p.out_of, 0.9998)
            > 1.5 * caregroup.wilson_upper(least(p.other_pathways, p.other_out_of), p.other_out_of, 0.9)
    ORDER BY p.site_id, p.service_id, p.pathways DESC, p.rule
)
SELECT s.site_id, s.service_id, s.pathways, s.pathways::numeric / s.out_of, s.other_pathways / s.other_out_of,
    format('%s of %s pathways of %s at %s (%s %%; %s %% elsewhere): %s', s.pathways, s.out_of, coalesce(v.service_name, s.service_id), n.site_name,
        round(100.0 * s.pathways / s.out_of, 1), round(100 * s.other_pathways / s.other_out_of, 1), lower(left(s.explanation, 1)) || substr(s.explanation, 2)),
    format('SELECT rule, explanation, findings, pathways, out_of_pathways FROM report_data_quality_rtt WHERE organisation_kind = ''site'' AND organisation_id = %L AND service_id = %L ORDER BY findings DESC', s.site_id, s.service_id)
FROM special AS s
    JOIN site_name AS n ON n.site_id = s.site_id
    LEFT JOIN service_name AS v ON v.service_id = s.service_id
WHERE s.site_id = ANY ($1)
$$);

INSERT INTO monday_check (check_name, weight, needs_now, question, query) VALUES
('site_over_capacity', 4, true, 'Which site has too many people while a near one has room?', $$
WITH near AS (
    -- Room within a quarter of an hour, the nearest first.
    SELECT s.site_id, n.site_id AS near_site_id, n.capacity_people - n.people AS room, j.minutes,
        row_number() OVER (PARTITION BY s.site_id ORDER BY j.minutes, n.site_id) AS place,
        sum(n.capacity_people - n.people) OVER (PARTITION BY s.site_id) AS all_room
    FROM place_site AS s
        JOIN journey AS j ON j.place_kind = 'site' AND j.place_id = s.site_id AND j.minutes <= 15
        JOIN place_site AS n ON n.site_id = j.site_id AND n.site_id <> s.site_id
    WHERE s.people > 1.1 * s.capacity_people AND s.people - s.capacity_people >= 20
        -- Worth a sentence where it could take a quarter of those who are too many.
        AND n.capacity_people - n.people >= 0.25 * (s.people - s.capacity_people) AND n.people < 0.9 * n.capacity_people
)
SELECT s.site_id, NULL, s.people - s.capacity_people, s.people, s.capacity_people,
    format('%s has %s people for %s places, %s too many; %s, %s minutes away, has room for %s.', a.site_name, s.people, floor(s.capacity_people),
        s.people - floor(s.capacity_people), b.site_name, round(n.minutes), floor(n.room)),
    format('SELECT organisation_name, people, capacity_people, over_capacity, room, planned_people, minutes_mean, planned_minutes_mean FROM report_allocation WHERE organisation_kind = ''site'' AND organisation_id IN (%L, %L)', s.site_id, n.near_site_id)
FROM near AS n JOIN place_site AS s ON s.site_id = n.site_id
    JOIN site_name AS a ON a.site_id = s.site_id
    JOIN site_name AS b ON b.site_id = n.near_site_id
WHERE n.place = 1 AND s.site_id = ANY ($1)
$$),
('far_from_service', 2, true, 'Who is far from the nearest site of a service?', $$
WITH far AS (
    SELECT max(s.value)::double precision AS minutes FROM setting AS s WHERE s.name = 'far_minutes'
), unit AS (
    SELECT a.unit_kind, a.unit_id, a.service_id, a.people, a.far FROM access_group AS a
    WHERE a.dimension = 'all' AND CASE a.unit_kind WHEN 'site' THEN a.unit_id = ANY ($1) ELSE a.unit_id = ANY ($3) END
), service AS (
    SELECT u.service_id, sum(u.people) AS people, sum(u.far) AS far,
        (array_agg(u.unit_id ORDER BY u.far DESC, u.unit_id))[1] AS most_id, max(u.far) AS most
    FROM unit AS u GROUP BY u.service_id
)
SELECT NULL, CASE WHEN count(*) = 1 THEN nullif(min(s.service_id), '(practice)') END, s.far, s.far / s.people, f.minutes,
    format('%s of %s people live more than %s minutes from the nearest site of %s%s; most of them (%s) belong to %s.', round(s.far), round(s.people), round(f.minutes),
        min(CASE WHEN s.service_id = '(practice)' THEN 'a practice or medical centre' ELSE coalesce(v.service_name, s.service_id) END),
        CASE count(*) WHEN 1 THEN '' WHEN 2 THEN ' and another service' ELSE format(' and %s other services', count(*) - 1) END, round(s.most),
        coalesce(n.site_name, o.name, s.most_id)),
    format('SELECT place_name, people, minutes, nearest_site_id FROM map_access WHERE service_id = %L AND is_far ORDER BY people DESC', min(s.service_id))
FROM service AS s CROSS JOIN far AS f
    LEFT JOIN service_name AS v ON v.service_id = s.service_id
    LEFT JOIN site_name AS n ON n.site_id = s.most_id
    LEFT JOIN known_organisation AS o ON o.organisation_id = s.most_id
-- A service that nearly all people live near, and some do not: one of a kind
-- is meant to be far from many.
WHERE s.far >= 20 AND s.far / s.people BETWEEN 0.01 AND 0.1
-- Services at the same sites are far from the same people.
GROUP BY s.far, s.people, s.most, s.most_id, n.site_name, o.name, f.minutes
$$);

