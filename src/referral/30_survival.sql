-- Time to an event of which some have not come yet.

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
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_survival_add';

COMMENT ON FUNCTION survival_add(bytea, integer, boolean) IS
'For survival_curve() and survival_median(): adds a patient. A row with a NULL changes nothing.';

CREATE FUNCTION survival_add(bytea, integer, boolean, double precision, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_survival_add';

COMMENT ON FUNCTION survival_add(bytea, integer, boolean, double precision, text) IS
'For survival_curve(): adds a patient. A row with a NULL time or event changes nothing.';

CREATE FUNCTION survival_quantile_add(bytea, integer, boolean, double precision, double precision, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_survival_quantile_add';

COMMENT ON FUNCTION survival_quantile_add(bytea, integer, boolean, double precision, double precision, text) IS
'For survival_quantile(): adds a patient. A row with a NULL time or event changes nothing.';

CREATE FUNCTION survival_curve_final(bytea) RETURNS survival_point[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
AS 'MODULE_PATHNAME', 'cg_survival_curve_final';

COMMENT ON FUNCTION survival_curve_final(bytea) IS
'For survival_curve(): the result. NULL, which stands for no rows, gives NULL.';

CREATE FUNCTION survival_quantile_final(bytea) RETURNS survival_quantile_result
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
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
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST @series@
BEGIN ATOMIC
	SELECT p::survival_point FROM unnest(survival_at.curve) AS p WHERE p."time" <= survival_at."time" ORDER BY p."time" DESC LIMIT 1;
END;

COMMENT ON FUNCTION survival_at(survival_point[], integer) IS
'The step of a curve that holds at a time: the last one at or before it. Before the first step, where nobody has had the event, NULL. NULL gives NULL.';

CREATE FUNCTION cumulative_incidence_add(bytea, integer, integer) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_incidence_add';

COMMENT ON FUNCTION cumulative_incidence_add(bytea, integer, integer) IS
'For cumulative_incidence(): adds a patient. A row with a NULL changes nothing.';

CREATE FUNCTION cumulative_incidence_add(bytea, integer, integer, double precision, text) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @trivial@
AS 'MODULE_PATHNAME', 'cg_incidence_add';

COMMENT ON FUNCTION cumulative_incidence_add(bytea, integer, integer, double precision, text) IS
'For cumulative_incidence(): adds a patient. A row with a NULL time or cause changes nothing.';

CREATE FUNCTION cumulative_incidence_final(bytea) RETURNS incidence_point[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST @series@
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
