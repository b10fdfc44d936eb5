-- The type ods_code, its casts, and what the form of a code says.

CREATE TYPE ods_code;

CREATE FUNCTION ods_code_in(cstring) RETURNS ods_code
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_ods_code_in';

COMMENT ON FUNCTION ods_code_in(cstring) IS
'Input of ods_code: one to nine letters A to Z, in either case, and digits; blanks around them allowed. Anything else is error 22P02, which never shows the value. NULL gives NULL.';

CREATE FUNCTION ods_code_out(ods_code) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_ods_code_out';

COMMENT ON FUNCTION ods_code_out(ods_code) IS
'Output of ods_code: its characters, letters in upper case. NULL gives NULL.';

CREATE FUNCTION ods_code_recv(internal) RETURNS ods_code
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_ods_code_recv';

COMMENT ON FUNCTION ods_code_recv(internal) IS
'Binary input of ods_code: its characters. Anything that is no ODS code is error 22P03, which never shows the value. NULL gives NULL.';

CREATE FUNCTION ods_code_send(ods_code) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
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
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
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
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_try_ods_code';

COMMENT ON FUNCTION try_ods_code(text) IS
'The text as an ods_code, or NULL where it is none: exactly where ods_code_problem(value) gives a reason. Never an error. NULL gives NULL.';

CREATE FUNCTION ods_code_problem(value text, level text DEFAULT 'format')
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_ods_code_problem';

COMMENT ON FUNCTION ods_code_problem(text, text) IS
'Why a text is no ODS code, as one word, or NULL where nothing is wrong. Each level demands all that the one before does. format, the type''s own rule: one to nine letters and digits (empty, character, length; the gravest is named). known_form: a form for which ods_kind() has a word (unknown_form). issued: no default code, which stands for nobody (pseudo). Whether the code is in the register, only the register says. Another level is error 22023. NULL gives NULL. Source: NHS England, Organisations and services, ODS codes; NHS Data Dictionary, Organisation Coding Frames and Default Codes.';

CREATE FUNCTION ods_kind(code ods_code) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_ods_kind';

COMMENT ON FUNCTION ods_kind(ods_code) IS
'What the code names, as far as its form says: practice, pcn, branch_surgery, dental_practice, pharmacy, social_care_site, trust, site (of a trust, board, provider, commissioner, local authority …), icb, sub_icb, local_health_board, local_authority, independent_provider, special_health_authority, other_statutory_authority, government_department, nhs_england_region, health_geography, commissioning_support_unit, primary_care_trust, service_provider, school, gp, consultant; new_style for a code given without meaning (such as that of a merged sub-ICB location), pseudo for a default code, other for every other form. NULL gives NULL. Source: NHS Data Dictionary, Organisation Coding Frames, Organisation Site Coding Frames; ODS Reference Data Catalogue.';

CREATE FUNCTION ods_pseudo(code ods_code) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_ods_pseudo';

COMMENT ON FUNCTION ods_pseudo(ods_code) IS
'What a default code stands for, as one word, such as practice_not_known (V81999) or site_not_a_hospital (R9998); NULL for every other code. NULL gives NULL. Source: NHS Data Dictionary, Default Codes.';

CREATE FUNCTION ods_organisation(code ods_code) RETURNS ods_code
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_ods_organisation';

COMMENT ON FUNCTION ods_organisation(ods_code) IS
'The organisation to which a site or a branch surgery belongs by the form of its code: RH8 for RH802 and for RH800, K81003 for K81003001; any other code is its own. NULL gives NULL. Source: NHS Data Dictionary, Organisation Site Coding Frames.';
