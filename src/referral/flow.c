/*-------------------------------------------------------------------------
 *
 * flow.c
 *	  From a referral on: conversion, attendance, referrers, and the waits of
 *	  groups compared.
 *
 * The figures come from the aggregates of this room and of variance; here
 * stand the statements that bring a table to them.  Names are qualified:
 * these run with the caller's search_path.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/date.h"

#include "common/cg_compat.h"
#include "referral/flow_query.h"
#include "referral/wait_tally.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_flow_referrer_variation);
PG_FUNCTION_INFO_V1(cg_flow_referrer_feedback);
PG_FUNCTION_INFO_V1(cg_flow_wait_comparison);
PG_FUNCTION_INFO_V1(cg_flow_conversion);
PG_FUNCTION_INFO_V1(cg_flow_attendance);
PG_FUNCTION_INFO_V1(cg_flow_outcome);
PG_FUNCTION_INFO_V1(cg_flow_attendance_outcome);

static const char *const outcome_words[] = {
	"accepted", "returned", "redirected", "discharged_at_first"
};

/* The number of an outcome, from 1, or an error that lists the words. */
Datum
cg_flow_outcome(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(1 + cg_word(PG_GETARG_TEXT_PP(0), outcome_words,
								lengthof(outcome_words), "outcome"));
}

static char *
query_argument(FunctionCallInfo fcinfo)
{
	cg_refuse_null(fcinfo, 0, "query");
	return text_to_cstring(PG_GETARG_TEXT_PP(0));
}

static double
confidence_argument(FunctionCallInfo fcinfo, int arg)
{
	cg_refuse_null(fcinfo, arg, "confidence");
	return cg_probability(PG_GETARG_FLOAT8(arg), "confidence");
}

/* The type that an id comes in and goes out: text in the form without it. */
static Oid
id_type_of(FunctionCallInfo fcinfo, int arg)
{
	Oid			type = TEXTOID;

	if (PG_NARGS() > arg)
		type = get_fn_expr_argtype(fcinfo->flinfo, arg);
	if (!OidIsValid(type))
		elog(ERROR, "could not determine the type of an argument");
	return type == UNKNOWNOID ? TEXTOID : type;
}

/* ---- referrers ---- */

static const char variation_body[] =
", counted AS (SELECT g.referrer, COALESCE(g.band, '') AS band, g.list, g.referrals, g.weighted_list, g.returned, g.redirected,"
"  g.first_visits, g.discharged_at_first FROM given AS g WHERE g.list IS NOT NULL AND g.referrals IS NOT NULL)"
", reference AS (SELECT c.band, pg_catalog.sum(c.referrals) AS referrals, pg_catalog.sum(c.list) AS list"
"  FROM counted AS c GROUP BY c.band)"
", unit AS (SELECT c.referrer, pg_catalog.sum(c.list) AS list, pg_catalog.sum(c.weighted_list) AS weighted_list,"
"  pg_catalog.sum(c.referrals) AS referrals, pg_catalog.sum(c.returned) AS returned, pg_catalog.sum(c.redirected) AS redirected,"
"  pg_catalog.sum(c.first_visits) AS first_visits, pg_catalog.sum(c.discharged_at_first) AS discharged,"
"  caregroup.isr_ratio(c.referrals, c.list, r.referrals, r.list, 1::float8, ARRAY[%.17g, 0.998]::float8[], 'byar_exact'::text) AS ratio"
"  FROM counted AS c JOIN reference AS r ON r.band = c.band WHERE r.list > 0 OR r.referrals > 0 OR c.referrer IS NULL GROUP BY c.referrer)"
", placed AS (SELECT u.*, CASE WHEN (u.ratio).denominator > 0 THEN u.referrals END AS observed,"
"  CASE WHEN (u.ratio).denominator > 0 THEN (u.ratio).denominator END AS expected FROM unit AS u)"
", funnelled AS (SELECT p.*, caregroup.funnel(p.observed, p.expected, 'square_root'::text) OVER () AS point FROM placed AS p)"
" SELECT f.referrer, f.list, f.weighted_list, f.referrals,"
" 1000 * f.referrals / NULLIF(f.weighted_list, 0),"
" 1000 * caregroup.byar_lower(f.referrals, %.17g) / NULLIF(f.weighted_list, 0),"
" 1000 * caregroup.byar_upper(f.referrals, %.17g) / NULLIF(f.weighted_list, 0),"
" (f.ratio).denominator, (f.ratio).value, (f.ratio).lower_limits[1], (f.ratio).upper_limits[1],"
" (f.ratio).lower_limits[2], (f.ratio).upper_limits[2], (f.point).level,"
" f.returned, f.returned / NULLIF(f.referrals, 0), caregroup.wilson_lower(f.returned, f.referrals, %.17g), caregroup.wilson_upper(f.returned, f.referrals, %.17g),"
" f.redirected, f.redirected / NULLIF(f.referrals, 0), caregroup.wilson_lower(f.redirected, f.referrals, %.17g), caregroup.wilson_upper(f.redirected, f.referrals, %.17g),"
" f.discharged, f.discharged / NULLIF(f.first_visits, 0), caregroup.wilson_lower(f.discharged, f.first_visits, %.17g), caregroup.wilson_upper(f.discharged, f.first_visits, %.17g)"
" FROM funnelled AS f ORDER BY f.referrer";

Datum
cg_flow_referrer_variation(PG_FUNCTION_ARGS)
{
	char	   *query = query_argument(fcinfo);
	CgFlowColumn columns[] = {
		{"referrer", id_type_of(fcinfo, 1), NULL},
		{"band", TEXTOID, "''"},
		{"list", FLOAT8OID, NULL},
		{"referrals", FLOAT8OID, NULL},
		{"weighted_list", FLOAT8OID, "q.list"},
		{"returned", FLOAT8OID, "NULL"},
		{"redirected", FLOAT8OID, "NULL"},
		{"first_visits", FLOAT8OID, "q.referrals"},
		{"discharged_at_first", FLOAT8OID, "NULL"},
	};
	CgFlowStatement statement = {"referrer_variation()", columns, lengthof(columns), NULL,
	"referrer", -1, NULL};
	double		c = PG_NARGS() > 2 ? confidence_argument(fcinfo, 2) : 0.95;

	statement.body = psprintf(variation_body, c, c, c, c, c, c, c, c, c);
	cg_flow_run(fcinfo, query, &statement);
	return (Datum) 0;
}

static const char feedback_body[] =
", judged AS (SELECT g.*, caregroup.referral_outcome_number(g.outcome) AS number FROM given AS g WHERE g.outcome IS NOT NULL)"
", everybody AS (SELECT pg_catalog.count(*) FILTER (WHERE j.number = 2)::float8 / NULLIF(pg_catalog.count(*), 0) AS returned,"
"  pg_catalog.count(*) FILTER (WHERE j.number = 3)::float8 / NULLIF(pg_catalog.count(*), 0) AS redirected FROM judged AS j)"
", listed AS (SELECT j.referrer, pg_catalog.count(*) AS referrals, pg_catalog.min(j.referred_on) AS first_on, pg_catalog.max(j.referred_on) AS last_on,"
"  pg_catalog.count(*) FILTER (WHERE j.number = 2) AS returned, pg_catalog.count(*) FILTER (WHERE j.number = 3) AS redirected,"
"  pg_catalog.count(*) FILTER (WHERE j.number = 4) AS discharged,"
"  pg_catalog.string_agg(pg_catalog.format(E'\\n  %s  %s  %s%s%s', pg_catalog.to_char(j.referred_on, 'YYYY-MM-DD'), j.referral_id, j.outcome,"
"    COALESCE(', ' || j.service, ''), COALESCE(': ' || j.reason, '')), '' ORDER BY j.number, j.referred_on, j.referral_id)"
"    FILTER (WHERE j.number IN (2, 3)) AS lines,"
"  pg_catalog.string_agg(pg_catalog.format(E'\\n  %s  %s%s%s', pg_catalog.to_char(j.referred_on, 'YYYY-MM-DD'), j.referral_id,"
"    COALESCE('  ' || j.service, ''), COALESCE(': ' || j.reason, '')), '' ORDER BY j.referred_on, j.referral_id)"
"    FILTER (WHERE j.number = 4) AS seen_once FROM judged AS j GROUP BY j.referrer)"
" SELECT l.referrer, l.referrals, l.returned, l.returned::float8 / l.referrals, e.returned, l.redirected, l.redirected::float8 / l.referrals, e.redirected, l.discharged,"
" pg_catalog.format('Referrals from %s to %s: %s. Returned: %s (%s %%; all referrers %s %%). Redirected: %s (%s %%; all referrers %s %%).',"
"  pg_catalog.to_char(l.first_on, 'YYYY-MM-DD'), pg_catalog.to_char(l.last_on, 'YYYY-MM-DD'), l.referrals,"
"  l.returned, pg_catalog.round(100.0 * l.returned / l.referrals, 1), pg_catalog.round((100 * e.returned)::numeric, 1),"
"  l.redirected, pg_catalog.round(100.0 * l.redirected / l.referrals, 1), pg_catalog.round((100 * e.redirected)::numeric, 1))"
" || COALESCE(E'\\n' || l.lines, '')"
" || COALESCE(E'\\n\\nDischarged at the first visit (for information: this need not mean a poor referral):' || l.seen_once, '')"
" FROM listed AS l, everybody AS e ORDER BY l.referrer";

Datum
cg_flow_referrer_feedback(PG_FUNCTION_ARGS)
{
	char	   *query = query_argument(fcinfo);
	CgFlowColumn columns[] = {
		{"referrer", id_type_of(fcinfo, 1), NULL},
		{"referral_id", TEXTOID, NULL},
		{"referred_on", DATEOID, NULL},
		{"outcome", TEXTOID, NULL},
		{"service", TEXTOID, "NULL"},
		{"reason", TEXTOID, "NULL"},
	};
	CgFlowStatement statement = {"referrer_feedback()", columns, lengthof(columns), feedback_body,
	"referrer", -1, NULL};

	cg_flow_run(fcinfo, query, &statement);
	return (Datum) 0;
}

/* ---- waits of groups compared ---- */

static const char comparison_body[] =
", counted AS (SELECT g.category, pg_catalog.count(g.days)::float8 AS patients,"
"  pg_catalog.count(*) FILTER (WHERE g.days <= %d)::float8 AS within, caregroup.wait_median_estimate(g.days) AS median"
"  FROM given AS g WHERE g.days IS NOT NULL GROUP BY g.category)"
", reference AS (SELECT * FROM counted AS c WHERE c.category = %s)"
" SELECT c.category, c.category = %s, c.patients::bigint, (c.median).median,"
" (mr).value, (mr).lower, (mr).upper, (md).value, (md).lower, (md).upper, (md).p_value,"
" c.within / c.patients, caregroup.wilson_lower(c.within, c.patients, %.17g), caregroup.wilson_upper(c.within, c.patients, %.17g),"
" (sr).value, (sr).lower, (sr).upper, (sd).value, (sd).lower, (sd).upper, (sd).p_value"
" FROM counted AS c LEFT JOIN reference AS r ON r.category <> c.category,"
" LATERAL (SELECT caregroup.median_ratio((c.median).median, (c.median).log_variance, (r.median).median, (r.median).log_variance, %.17g) AS mr,"
"  caregroup.median_difference((c.median).median, (c.median).variance, (r.median).median, (r.median).variance, %.17g) AS md,"
"  caregroup.share_ratio(c.within, c.patients, r.within, r.patients, %.17g) AS sr,"
"  caregroup.proportion_difference(c.within, c.patients, r.within, r.patients, %.17g) AS sd OFFSET 0) AS x"
" ORDER BY c.category";

Datum
cg_flow_wait_comparison(PG_FUNCTION_ARGS)
{
	static const CgFlowColumn columns[] = {
		{"category", TEXTOID, NULL},
		{"days", INT4OID, NULL},
	};
	char	   *query = query_argument(fcinfo);
	CgFlowStatement statement = {"wait_comparison()", columns, lengthof(columns), NULL,
		"category", 1, "the reference is none of the categories of the query of wait_comparison()"};
	char	   *reference;
	double		c = confidence_argument(fcinfo, 3);

	cg_refuse_null(fcinfo, 1, "reference");
	cg_refuse_null(fcinfo, 2, "within_days");
	reference = quote_literal_cstr(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	statement.body = psprintf(comparison_body, cg_wait_days(PG_GETARG_INT32(2), "within_days"),
							  reference, reference, c, c, c, c, c, c);
	cg_flow_run(fcinfo, query, &statement);
	return (Datum) 0;
}

/* ---- conversion ---- */

static const char conversion_body[] =
", step AS (SELECT g.category, s.place, s.step, s.begun, s.reached, LEAST(g.ended_on, %s::date) AS seen_until"
"  FROM given AS g, LATERAL (VALUES (1, 'referral to first contact', g.referred_on, g.first_contact_on),"
"    (2, 'first contact to treatment', g.first_contact_on, g.treated_on),"
"    (3, 'referral to treatment', g.referred_on, g.treated_on)) AS s (place, step, begun, reached)"
"  WHERE s.begun <= %s::date)"
", timed AS (SELECT s.category, s.place, s.step, COALESCE(s.reached <= %s::date, false) AS is_reached,"
"    CASE WHEN s.reached <= %s::date THEN s.reached ELSE GREATEST(s.seen_until, s.begun) END - s.begun AS days,"
"    caregroup.happened_within(s.begun, s.reached, %d, %s::date) AS in_time FROM step AS s)"
" SELECT t.category, t.step, pg_catalog.count(*), pg_catalog.count(t.in_time), pg_catalog.count(*) FILTER (WHERE t.in_time),"
" pg_catalog.count(*) FILTER (WHERE t.in_time)::float8 / NULLIF(pg_catalog.count(t.in_time), 0),"
" caregroup.wilson_lower(pg_catalog.count(*) FILTER (WHERE t.in_time), pg_catalog.count(t.in_time), %.17g),"
" caregroup.wilson_upper(pg_catalog.count(*) FILTER (WHERE t.in_time), pg_catalog.count(t.in_time), %.17g),"
" (caregroup.survival_quantile(t.days, t.is_reached, 0.5::float8, %.17g::float8, 'log_log'::text)).value,"
" (caregroup.survival_quantile(t.days, t.is_reached, 0.5::float8, %.17g::float8, 'log_log'::text)).lower,"
" (caregroup.survival_quantile(t.days, t.is_reached, 0.5::float8, %.17g::float8, 'log_log'::text)).upper"
" FROM timed AS t GROUP BY t.category, t.place, t.step ORDER BY t.category, t.place";

Datum
cg_flow_conversion(PG_FUNCTION_ARGS)
{
	static const CgFlowColumn columns[] = {
		{"category", TEXTOID, "'all'"},
		{"referred_on", DATEOID, NULL},
		{"first_contact_on", DATEOID, NULL},
		{"treated_on", DATEOID, NULL},
		{"ended_on", DATEOID, "NULL"},
	};
	char	   *query = query_argument(fcinfo);
	CgFlowStatement statement = {"referral_conversion()", columns, lengthof(columns), NULL,
	"category", -1, NULL};
	char	   *as_of;
	double		c = confidence_argument(fcinfo, 3);
	DateADT		day;

	cg_refuse_null(fcinfo, 1, "as_of");
	cg_refuse_null(fcinfo, 2, "within_days");
	day = PG_GETARG_DATEADT(1);
	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("as_of must be finite")));
	as_of = psprintf("(date '2000-01-01' + (%d))", day);
	statement.body = psprintf(conversion_body, as_of, as_of, as_of, as_of,
							  cg_wait_days(PG_GETARG_INT32(2), "within_days"), as_of,
							  c, c, c, c, c);
	cg_flow_run(fcinfo, query, &statement);
	return (Datum) 0;
}

/* ---- attendance ---- */

static const char attendance_body[] =
", known AS (SELECT g.category, g.is_first, caregroup.attendance_outcome(g.code) AS outcome,"
"  caregroup.cancellation_notice(g.cancelled_at, g.due_at) AS notice FROM given AS g)"
", summed AS (SELECT k.category, pg_catalog.count(k.outcome) FILTER (WHERE k.outcome <> 'future') AS due,"
"  pg_catalog.count(*) FILTER (WHERE k.outcome = 'attended') AS attended,"
"  pg_catalog.count(*) FILTER (WHERE k.outcome = 'did_not_attend') AS missed,"
"  pg_catalog.count(*) FILTER (WHERE k.outcome = 'cancelled_by_patient') AS by_patient,"
"  pg_catalog.count(*) FILTER (WHERE k.outcome = 'cancelled_by_provider') AS by_provider,"
"  pg_catalog.count(*) FILTER (WHERE k.outcome LIKE 'cancelled%%' AND k.notice IN ('after', 'under_24_hours')) AS late,"
"  pg_catalog.count(*) FILTER (WHERE k.outcome LIKE 'cancelled%%' AND k.notice IN ('1_to_2_days')) AS days2,"
"  pg_catalog.count(*) FILTER (WHERE k.outcome LIKE 'cancelled%%' AND k.notice IN ('3_to_7_days')) AS days7,"
"  pg_catalog.count(*) FILTER (WHERE k.outcome LIKE 'cancelled%%' AND k.notice IN ('over_7_days')) AS longer,"
"  pg_catalog.count(*) FILTER (WHERE k.outcome LIKE 'cancelled%%' AND k.notice IS NULL) AS unknown,"
"  pg_catalog.count(*) FILTER (WHERE k.outcome = 'attended' AND k.is_first) AS firsts,"
"  pg_catalog.count(*) FILTER (WHERE k.outcome = 'attended' AND NOT k.is_first) AS follow_ups FROM known AS k GROUP BY k.category)"
" SELECT s.category, s.due, s.attended, s.missed,"
" s.missed::float8 / NULLIF(s.attended + s.missed, 0), caregroup.wilson_lower(s.missed, s.attended + s.missed, %.17g), caregroup.wilson_upper(s.missed, s.attended + s.missed, %.17g),"
" s.by_patient, s.by_provider, (s.by_patient + s.by_provider)::float8 / NULLIF(s.due, 0),"
" caregroup.wilson_lower(s.by_patient + s.by_provider, s.due, %.17g), caregroup.wilson_upper(s.by_patient + s.by_provider, s.due, %.17g),"
" s.late, s.days2, s.days7, s.longer, s.unknown, s.firsts, s.follow_ups,"
" (fr).value, (fr).lower, (fr).upper"
" FROM summed AS s, LATERAL (SELECT CASE WHEN s.firsts > 0 THEN caregroup.rate_ratio(s.follow_ups, 1, s.firsts, 1, %.17g) END AS fr OFFSET 0) AS x ORDER BY s.category";

Datum
cg_flow_attendance(PG_FUNCTION_ARGS)
{
	static const CgFlowColumn columns[] = {
		{"category", TEXTOID, "'all'"},
		{"code", TEXTOID, NULL},
		{"is_first", BOOLOID, "NULL"},
		{"due_at", TIMESTAMPTZOID, "NULL"},
		{"cancelled_at", TIMESTAMPTZOID, "NULL"},
	};
	char	   *query = query_argument(fcinfo);
	CgFlowStatement statement = {"attendance_summary()", columns, lengthof(columns), NULL,
	"category", -1, NULL};
	double		c = confidence_argument(fcinfo, 1);

	statement.body = psprintf(attendance_body, c, c, c, c, c);
	cg_flow_run(fcinfo, query, &statement);
	return (Datum) 0;
}

/*
 * The national codes ATTENDED OR DID NOT ATTEND of the NHS Data Dictionary, and
 * the words that warehouses have in their place.
 */
static const struct
{
	const char *code;
	const char *outcome;
}			attendances[] = {
	{"5", "attended"},			/* on time */
	{"6", "attended"},			/* late, but seen */
	{"3", "did_not_attend"},	/* no advance warning */
	{"7", "did_not_attend"},	/* came too late to be seen */
	{"2", "cancelled_by_patient"},
	{"4", "cancelled_by_provider"},
	{"0", "future"},
	{"attended", "attended"},
	{"did_not_attend", "did_not_attend"},
	{"cancelled_by_patient", "cancelled_by_patient"},
	{"cancelled_by_person", "cancelled_by_patient"},
	{"cancelled_by_provider", "cancelled_by_provider"},
	{"booked", "future"},
	{"future", "future"}
};

Datum
cg_flow_attendance_outcome(PG_FUNCTION_ARGS)
{
	text	   *code = PG_GETARG_TEXT_PP(0);
	const char *outcome = NULL;

	for (int i = 0; i < lengthof(attendances) && outcome == NULL; i++)
	{
		if (strlen(attendances[i].code) == VARSIZE_ANY_EXHDR(code) &&
			memcmp(attendances[i].code, VARDATA_ANY(code), VARSIZE_ANY_EXHDR(code)) == 0)
			outcome = attendances[i].outcome;
	}
	if (outcome == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown attendance code"),
				 errdetail("The choices are 0, 2, 3, 4, 5, 6, 7 (ATTENDED OR DID NOT ATTEND CODE), attended, did_not_attend, cancelled_by_patient, cancelled_by_person, cancelled_by_provider, booked, future.")));
	PG_RETURN_TEXT_P(cstring_to_text(outcome));
}
