-- The type nhs_number, its casts, and the questions one asks about a text
-- that should hold one.

CREATE TYPE nhs_number;

CREATE FUNCTION nhs_number_in(cstring) RETURNS nhs_number
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_nhs_number_in';

COMMENT ON FUNCTION nhs_number_in(cstring) IS
'Input of nhs_number: ten digits, together or grouped 3-3-4 by single spaces or single hyphens (not one of each), blanks around them allowed, with a check digit that matches. Anything else is error 22P02, which never shows the value. NULL gives NULL.';

CREATE FUNCTION nhs_number_out(nhs_number) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_nhs_number_out';

COMMENT ON FUNCTION nhs_number_out(nhs_number) IS
'Output of nhs_number: its ten digits, leading zeros included. NULL gives NULL.';

CREATE FUNCTION nhs_number_recv(internal) RETURNS nhs_number
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_recv';

COMMENT ON FUNCTION nhs_number_recv(internal) IS
'Binary input of nhs_number: the ten digits as a bigint. A number without a valid check digit is error 22P03. NULL gives NULL.';

CREATE FUNCTION nhs_number_send(nhs_number) RETURNS bytea
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
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
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_nhs_number_from_text';

COMMENT ON FUNCTION nhs_number(text) IS
'The text as an nhs_number, by the rules of the type''s input; anything else is error 22P02, which never shows the value. NULL gives NULL.';

CREATE FUNCTION nhs_number(value bigint) RETURNS nhs_number
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
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
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_try_nhs_number_text';

COMMENT ON FUNCTION try_nhs_number(text) IS
'The text as an nhs_number, or NULL where it is none: exactly where nhs_number_problem(value) gives a reason. Never an error. NULL gives NULL.';

CREATE FUNCTION try_nhs_number(value bigint) RETURNS nhs_number
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @trivial@
AS 'MODULE_PATHNAME', 'cg_try_nhs_number_bigint';

COMMENT ON FUNCTION try_nhs_number(bigint) IS
'The number as an nhs_number, leading zeros restored, or NULL where it is none. Never an error. NULL gives NULL.';

CREATE FUNCTION nhs_number_problem(value text, level text DEFAULT 'check_digit')
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @parse@
AS 'MODULE_PATHNAME', 'cg_nhs_number_problem_text';

COMMENT ON FUNCTION nhs_number_problem(text, text) IS
'Why a text is no NHS number, as one word, or NULL where nothing is wrong. Each level demands all that the one before does. format: ten digits in an allowed form (empty, character, length, grouping; the gravest is named). check_digit, the type''s own rule: modulus 11 (check_digit). issued: no repeated digit (placeholder) and in a range from which people in the United Kingdom are given numbers (test_range, irish_range, unissued_range). plausible: a CHI number begins with a date DDMMYY (birth_date). Another level is error 22023. NULL gives NULL. Sources: NHS Data Dictionary, NHS NUMBER; ISB 0149; ranges as collated by uk-fci nhs-number.';

CREATE FUNCTION nhs_number_problem(value bigint, level text DEFAULT 'check_digit')
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_problem_bigint';

COMMENT ON FUNCTION nhs_number_problem(bigint, text) IS
'Why a number is no NHS number, as one word, or NULL where nothing is wrong: the same as for its text with leading zeros restored. Negative or longer than ten digits is length. NULL gives NULL.';

CREATE FUNCTION nhs_number_check_digit(value text) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_nhs_number_check_digit_text';

COMMENT ON FUNCTION nhs_number_check_digit(text) IS
'The check digit, 0 to 9, that modulus 11 gives to nine digits; of a text with ten, to the first nine. NULL where there is none (modulus 11 gives 10, so no NHS number begins so), where the text has another form, and for NULL. Source: NHS Data Dictionary, NHS NUMBER.';

CREATE FUNCTION nhs_number_range(value nhs_number) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_nhs_number_range_text';

COMMENT ON FUNCTION nhs_number_range(nhs_number) IS
'Who gives out numbers like this one: england_wales_isle_of_man (4, 6, 7…), scotland_chi (010100… to 311299…), northern_ireland (320… to 399…), ireland (800… to 859…), test (9…) or not_issued (all others). NULL gives NULL. Sources: ISB 0149; ranges as collated by uk-fci nhs-number.';

CREATE FUNCTION format_nhs_number(value nhs_number) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
AS 'MODULE_PATHNAME', 'cg_format_nhs_number';

COMMENT ON FUNCTION format_nhs_number(nhs_number) IS
'The number as people read it, grouped 3-3-4 by spaces. NULL gives NULL. Source: ISB 0149.';
