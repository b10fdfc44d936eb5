-- The type postcode, its casts, its parts, and what it stands for.

CREATE TYPE postcode;

CREATE FUNCTION postcode_in(cstring) RETURNS postcode
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_postcode_in';

COMMENT ON FUNCTION postcode_in(cstring) IS
'Input of postcode: a British postcode, a BFPO number or a ZZ99 pseudo postcode, in either case, with none, one or more spaces between its two parts and blanks around it. Anything else is error 22P02, which never shows the value. NULL gives NULL.';

CREATE FUNCTION postcode_out(postcode) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_postcode_out';

COMMENT ON FUNCTION postcode_out(postcode) IS
'Output of postcode: upper case, one space between its two parts. NULL gives NULL.';

CREATE FUNCTION postcode_recv(internal) RETURNS postcode
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_postcode_recv';

COMMENT ON FUNCTION postcode_recv(internal) IS
'Binary input of postcode: its characters. Anything that is no postcode is error 22P03, which never shows the value. NULL gives NULL.';

CREATE FUNCTION postcode_send(postcode) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
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
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
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
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_try_postcode';

COMMENT ON FUNCTION try_postcode(text) IS
'The text as a postcode, or NULL where it is none: exactly where postcode_problem(value) gives a reason. Never an error. NULL gives NULL.';

CREATE FUNCTION postcode_problem(value text, level text DEFAULT 'format')
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_postcode_problem';

COMMENT ON FUNCTION postcode_problem(text, text) IS
'Why a text is no postcode, as one word, or NULL where nothing is wrong. Each level demands all that the one before does. format, the type''s own rule: a form that exists, with the letters that each place allows (empty, character, format, spacing, outward, inward; the gravest is named). area: letters of a postcode area that Royal Mail has, or no area at all as in BFPO 61 (unknown_area). place: a place where people live, in the United Kingdom or a Crown dependency (no_place; postcode_kind() says what it is). Whether the postcode is in use, only a postcode directory says. Another level is error 22023. NULL gives NULL. Source: BS 7666 and the Government Data Standards Catalogue, Postcode; Royal Mail''s postcode areas.';

CREATE FUNCTION postcode_kind(value postcode) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_postcode_kind_text';

COMMENT ON FUNCTION postcode_kind(postcode) IS
'What the postcode stands for: geographic; crown_dependency (GY, IM, JE); bfpo (BFPO numbers and BF1, British forces); overseas_territory; non_geographic (BX, companies); girobank (GIR 0AA); pseudo_no_fixed_abode (ZZ99 3VZ), pseudo_not_known (ZZ99 3WZ, ZZ99 9ZZ), pseudo_england_or_uk (ZZ99 3CZ), pseudo_scotland (ZZ99 1WZ), pseudo_wales (ZZ99 3GZ), pseudo_northern_ireland (ZZ99 2WZ), pseudo_country (every other ZZ99, a country abroad). NULL gives NULL. Source: HES Data Dictionary, Postcode of patient; NHS Data Dictionary, POSTCODE OF USUAL ADDRESS.';

CREATE FUNCTION postcode_outward(value postcode) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_postcode_outward';

COMMENT ON FUNCTION postcode_outward(postcode) IS
'The outward code, before the space, which is also called the district: EC1A of EC1A 1BB, BFPO of BFPO 61. NULL gives NULL. Source: BS 7666.';

CREATE FUNCTION postcode_inward(value postcode) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_postcode_inward';

COMMENT ON FUNCTION postcode_inward(postcode) IS
'The inward code, after the space: 1BB of EC1A 1BB, 61 of BFPO 61. NULL gives NULL. Source: BS 7666.';

CREATE FUNCTION postcode_area(value postcode) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_postcode_area';

COMMENT ON FUNCTION postcode_area(postcode) IS
'The area, the letters at the beginning: EC of EC1A 1BB, BFPO of BFPO 61. NULL gives NULL. Source: BS 7666.';

CREATE FUNCTION postcode_sector(value postcode) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_postcode_sector';

COMMENT ON FUNCTION postcode_sector(postcode) IS
'The sector, all but the last two letters: EC1A 1 of EC1A 1BB; NULL for a BFPO number, which has none. NULL gives NULL. Source: BS 7666.';
