-- Comparison of postcode with text, for dashboards and drivers that send
-- text parameters.  These operators stand outside every operator family; a
-- support function puts the type's own equality in their place.

CREATE FUNCTION postcode_eq_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_eq_text_support';

COMMENT ON FUNCTION postcode_eq_text_support(internal) IS
'For the planner: turns postcode = text into postcode = try_postcode(text), which can use an index. NULL gives NULL.';

CREATE FUNCTION postcode_ne_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_ne_text_support';

COMMENT ON FUNCTION postcode_ne_text_support(internal) IS
'For the planner: turns postcode <> constant text into postcode <> postcode where the text is one. NULL gives NULL.';

CREATE FUNCTION postcode_matches_text_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_postcode_matches_text_support';

COMMENT ON FUNCTION postcode_matches_text_support(internal) IS
'For the planner: postcode_matches_text() keeps every row that the equality beside it selects. NULL gives NULL.';

CREATE FUNCTION postcode_matches_text(postcode, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
SUPPORT postcode_matches_text_support
AS 'MODULE_PATHNAME', 'cg_postcode_eq_text';

COMMENT ON FUNCTION postcode_matches_text(postcode, text) IS
'What the operator postcode = text means, without its support function: you meet it in plans, as the filter that gives false rather than NULL where the text is no postcode. NULL gives NULL.';

CREATE FUNCTION postcode_eq_text(postcode, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
SUPPORT postcode_eq_text_support
AS 'MODULE_PATHNAME', 'cg_postcode_eq_text';

COMMENT ON FUNCTION postcode_eq_text(postcode, text) IS
'Whether the postcode is the one that the text holds, in any form that the type reads. False where the text is no postcode; NULL gives NULL.';

CREATE FUNCTION text_eq_postcode(text, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
SUPPORT postcode_eq_text_support
AS 'MODULE_PATHNAME', 'cg_text_eq_postcode';

COMMENT ON FUNCTION text_eq_postcode(text, postcode) IS
'Whether the postcode is the one that the text holds, in any form that the type reads. False where the text is no postcode; NULL gives NULL.';

CREATE FUNCTION postcode_ne_text(postcode, text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
SUPPORT postcode_ne_text_support
AS 'MODULE_PATHNAME', 'cg_postcode_ne_text';

COMMENT ON FUNCTION postcode_ne_text(postcode, text) IS
'Whether the postcode differs from what the text holds, in any form that the type reads. True where the text is no postcode; NULL gives NULL.';

CREATE FUNCTION text_ne_postcode(text, postcode) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST @parse@
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
