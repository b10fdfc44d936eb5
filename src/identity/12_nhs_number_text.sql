-- Comparison of nhs_number with text, for dashboards and drivers that send
-- text parameters.  These operators stand outside every operator family; a
-- support function puts the type's own equality in their place.

CREATE FUNCTION nhs_number_eq_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_eq_text_support';

COMMENT ON FUNCTION nhs_number_eq_text_support(internal) IS
'For the planner: turns nhs_number = text into nhs_number = try_nhs_number(text), which can use an index. NULL gives NULL.';

CREATE FUNCTION nhs_number_ne_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_ne_text_support';

COMMENT ON FUNCTION nhs_number_ne_text_support(internal) IS
'For the planner: turns nhs_number <> constant text into nhs_number <> nhs_number where the text is one. NULL gives NULL.';

CREATE FUNCTION nhs_number_matches_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_nhs_number_matches_text_support';

COMMENT ON FUNCTION nhs_number_matches_text_support(internal) IS
'For the planner: nhs_number_matches_text() keeps every row that the equality beside it selects. NULL gives NULL.';

CREATE FUNCTION nhs_number_matches_text(nhs_number, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
SUPPORT nhs_number_matches_text_support
AS 'MODULE_PATHNAME', 'cg_nhs_number_eq_text';

COMMENT ON FUNCTION nhs_number_matches_text(nhs_number, text) IS
'What the operator nhs_number = text means, without its support function: you meet it in plans, as the filter that gives false rather than NULL where the text is no NHS number. NULL gives NULL.';

CREATE FUNCTION nhs_number_eq_text(nhs_number, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
SUPPORT nhs_number_eq_text_support
AS 'MODULE_PATHNAME', 'cg_nhs_number_eq_text';

COMMENT ON FUNCTION nhs_number_eq_text(nhs_number, text) IS
'Whether the nhs_number is the number that the text holds, in any form that the type reads. False where the text is no NHS number; NULL gives NULL.';

CREATE FUNCTION text_eq_nhs_number(text, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
SUPPORT nhs_number_eq_text_support
AS 'MODULE_PATHNAME', 'cg_text_eq_nhs_number';

COMMENT ON FUNCTION text_eq_nhs_number(text, nhs_number) IS
'Whether the nhs_number is the number that the text holds, in any form that the type reads. False where the text is no NHS number; NULL gives NULL.';

CREATE FUNCTION nhs_number_ne_text(nhs_number, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
SUPPORT nhs_number_ne_text_support
AS 'MODULE_PATHNAME', 'cg_nhs_number_ne_text';

COMMENT ON FUNCTION nhs_number_ne_text(nhs_number, text) IS
'Whether the nhs_number differs from what the text holds, in any form that the type reads. True where the text is no NHS number; NULL gives NULL.';

CREATE FUNCTION text_ne_nhs_number(text, nhs_number) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
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
