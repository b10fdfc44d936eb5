-- Comparison of ods_code with text, for dashboards and drivers that send
-- text parameters.  These operators stand outside every operator family; a
-- support function puts the type's own equality in their place.

CREATE FUNCTION ods_code_eq_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_eq_text_support';

COMMENT ON FUNCTION ods_code_eq_text_support(internal) IS
'For the planner: turns ods_code = text into ods_code = try_ods_code(text), which can use an index. NULL gives NULL.';

CREATE FUNCTION ods_code_ne_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_ne_text_support';

COMMENT ON FUNCTION ods_code_ne_text_support(internal) IS
'For the planner: turns ods_code <> constant text into ods_code <> ods_code where the text is one. NULL gives NULL.';

CREATE FUNCTION ods_code_matches_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_ods_code_matches_text_support';

COMMENT ON FUNCTION ods_code_matches_text_support(internal) IS
'For the planner: ods_code_matches_text() keeps every row that the equality beside it selects. NULL gives NULL.';

CREATE FUNCTION ods_code_matches_text(ods_code, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
SUPPORT ods_code_matches_text_support
AS 'MODULE_PATHNAME', 'cg_ods_code_eq_text';

COMMENT ON FUNCTION ods_code_matches_text(ods_code, text) IS
'What the operator ods_code = text means, without its support function: you meet it in plans, as the filter that gives false rather than NULL where the text is no ODS code. NULL gives NULL.';

CREATE FUNCTION ods_code_eq_text(ods_code, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
SUPPORT ods_code_eq_text_support
AS 'MODULE_PATHNAME', 'cg_ods_code_eq_text';

COMMENT ON FUNCTION ods_code_eq_text(ods_code, text) IS
'Whether the ods_code is the one that the text holds, in any form that the type reads. False where the text is no ODS code; NULL gives NULL.';

CREATE FUNCTION text_eq_ods_code(text, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
SUPPORT ods_code_eq_text_support
AS 'MODULE_PATHNAME', 'cg_text_eq_ods_code';

COMMENT ON FUNCTION text_eq_ods_code(text, ods_code) IS
'Whether the ods_code is the one that the text holds, in any form that the type reads. False where the text is no ODS code; NULL gives NULL.';

CREATE FUNCTION ods_code_ne_text(ods_code, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
SUPPORT ods_code_ne_text_support
AS 'MODULE_PATHNAME', 'cg_ods_code_ne_text';

COMMENT ON FUNCTION ods_code_ne_text(ods_code, text) IS
'Whether the ods_code differs from what the text holds, in any form that the type reads. True where the text is no ODS code; NULL gives NULL.';

CREATE FUNCTION text_ne_ods_code(text, ods_code) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
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
