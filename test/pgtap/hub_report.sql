-- The reports' statistics: intervals against published figures, the direction
-- of a standard, targets; small functions of the hub.  The figures of a whole
-- small world are in sql/hub.sql.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(47);

-- ---------------------------------------------------------------------
-- Intervals
-- ---------------------------------------------------------------------
-- Newcombe, Stat Med 1998;17:857-72, table I, score method without continuity
-- correction: 81/263, 15/148, 0/20, 1/29.
SELECT is(round(caregroup.wilson_limit(v.n, v.d, -1.959963984540054)::numeric, 4) || ' ' || round(caregroup.wilson_limit(v.n, v.d, 1.959963984540054)::numeric, 4), v.want, format('Wilson %s/%s', v.n, v.d))
FROM (VALUES (81, 263, '0.2553 0.3662'), (15, 148, '0.0624 0.1605'), (0, 20, '0.0000 0.1611'), (1, 29, '0.0061 0.1718')) AS v (n, d, want);
SELECT is(caregroup.wilson_limit(NULL, 1, 1.96), NULL, 'Wilson of NULL is NULL');
SELECT is(caregroup.wilson_limit(0, 0, 1.96), NULL, 'Wilson of nothing is NULL, never an error');
SELECT ok((SELECT bool_and(caregroup.wilson_limit(n, d, -1.96) BETWEEN 0 AND n / d::float8 + 1e-12 AND caregroup.wilson_limit(n, d, 1.96) BETWEEN n / d::float8 - 1e-12 AND 1)
	FROM generate_series(1, 60) AS d, generate_series(0, d) AS n), 'Wilson limits lie around the share and within 0 and 1');
-- Byar: Breslow and Day 1987 and the public-health tools: 10 events 4.79 to
-- 18.39; it is near the exact Poisson limits (10: 4.795 to 18.390; 100: 81.36
-- to 121.63).
SELECT is(round(caregroup.byar_limit(v.n, -1.959963984540054)::numeric, 2) || ' ' || round(caregroup.byar_limit(v.n, 1.959963984540054)::numeric, 2), v.want, format('Byar of %s events', v.n))
FROM (VALUES (10, '4.79 18.39'), (100, '81.36 121.63')) AS v (n, want);
SELECT is(caregroup.byar_limit(0, -1.959963984540054), 0::double precision, 'Byar''s lower limit of no event is 0');
SELECT ok(caregroup.byar_limit(0, 1.959963984540054) BETWEEN 3 AND 4, 'its upper limit is near the exact 3.69');
SELECT ok((SELECT bool_and(caregroup.byar_limit(n, -1.96) >= 0 AND caregroup.byar_limit(n, -1.96) <= n AND caregroup.byar_limit(n, 1.96) > n) FROM generate_series(0, 200) AS n), 'Byar limits lie around the count');
SELECT is(caregroup.byar_limit(NULL, 1.96), NULL, 'Byar of NULL is NULL');

-- ---------------------------------------------------------------------
-- Small functions
-- ---------------------------------------------------------------------
SELECT results_eq($$SELECT ordinal > 0, column_name, definition, comment FROM caregroup.hub_columns(E'\n    a   text NOT NULL  -- The a. \n\n  b -- B -- with hyphens.\n c numeric(5,2) -- C.')$$,
	$$VALUES (true, 'a'::text, 'text NOT NULL'::text, 'The a.'::text), (true, 'b', '', 'B -- with hyphens.'), (true, 'c', 'numeric(5,2)', 'C.')$$, 'hub_columns reads name, definition and comment');
SELECT is_empty($$SELECT * FROM caregroup.hub_columns('')$$, 'of nothing nothing');
SELECT is_empty($$SELECT * FROM caregroup.hub_columns(NULL)$$, 'of NULL nothing');
SELECT is(caregroup.contract_type_name(t, 'uuid')::regtype, w::regtype, t || ' stands as ' || w) FROM (VALUES ('record_id', 'uuid'), ('nhs_number', 'text'), ('date', 'date'), ('double precision', 'double precision')) AS v (t, w);
SELECT is(caregroup.contract_type_name(NULL, 'uuid'), NULL, 'contract_type_name of NULL is NULL');
SELECT is(caregroup.source_type_name(t::regtype), w, t || ' is known as ' || w) FROM (VALUES ('varchar', 'character varying'), ('timestamptz', 'timestamp with time zone'), ('caregroup.nhs_number', 'caregroup.nhs_number'), ('int4', 'integer')) AS v (t, w);
SET LOCAL search_path = caregroup, public;
SELECT is(caregroup.source_type_name('caregroup.nhs_number'), 'caregroup.nhs_number', 'whatever the search_path');
SET LOCAL search_path = public;
SELECT throws_ok($$SELECT caregroup.require_hub('x')$$, '3F000', NULL, 'require_hub refuses what is not there');
SELECT throws_ok($$SELECT caregroup.require_choice('thing', 'c', '{a,b}')$$, '22023', 'thing cannot be ''c''', 'require_choice refuses what is not a choice');
SELECT throws_ok($$SELECT caregroup.require_choice('thing', NULL, '{a,b}')$$, '22023', 'thing cannot be NULL', 'and NULL');
SELECT lives_ok($$SELECT caregroup.require_choice('thing', 'a', '{a,b}')$$, 'and takes a choice');
SET LOCAL search_path = "$user", nowhere, public, pg_catalog;
SELECT caregroup.current_search_path() AS some_path \gset
SET LOCAL search_path = '';
SELECT caregroup.current_search_path() AS no_path \gset
SET LOCAL search_path = public;
SELECT is(:'some_path'::text, 'public, pg_catalog', 'current_search_path has the schemas that exist');
SELECT is(:'no_path'::text, '', 'and is empty where there is none');

-- ---------------------------------------------------------------------
-- A standard over a year: six months at 50 of 100, then it moves
-- ---------------------------------------------------------------------
SELECT caregroup.create_hub('hub_t') \g /dev/null
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-07-01 12:00Z') \g /dev/null
CREATE SCHEMA wh_report;
CREATE TABLE wh_report.organisation AS SELECT o AS organisation_id, o AS name, 'provider'::text AS kind FROM unnest(ARRAY['better', 'worse', 'same', 'all']) AS o;
CREATE TABLE wh_report.site AS SELECT o AS site_id, 'Site ' || o AS name, o AS organisation_id, 'hospital'::text AS kind FROM unnest(ARRAY['better', 'worse', 'same', 'all']) AS o;
CREATE TABLE wh_report.service AS SELECT 'v'::text AS service_id, 'Service'::text AS name, 'community'::text AS kind;
CREATE TABLE wh_report.service_standard AS SELECT '2d'::text AS standard_id, 'Two days'::text AS name, 'received'::text AS clock_start, 'first_contact'::text AS clock_stop, 2 AS limit_value, 'day'::text AS limit_unit, 0.6 AS threshold;
CREATE TABLE wh_report.target AS SELECT 'better'::text AS organisation_id, '2d'::text AS standard_id, date '2024-06-01' AS month, 0.75 AS value
	UNION ALL SELECT 'better', '2d', '2024-06-01', 0.7 UNION ALL SELECT 'worse', 'other', '2024-06-01', 0.1;
-- 100 waits a month and site, January to June; 50 in time until March, then
-- 70 (better), 30 (worse), 55 (same) or, from the start, 100 (all).
CREATE TABLE wh_report.referral AS
SELECT row_number() OVER () AS referral_id, 1::bigint AS person_id, (m + interval '10 hours') AS received_at, 'v'::text AS service_id, s.site_id, 'open'::text AS status,
	m + interval '10 hours' + CASE WHEN i <= CASE WHEN s.site_id = 'all' THEN 100 WHEN m < '2024-04-01' THEN 50 ELSE s.later END THEN interval '2 days' ELSE interval '3 days' END AS seen_at
FROM (VALUES ('better', 70), ('worse', 30), ('same', 55), ('all', 100)) AS s (site_id, later), generate_series(timestamp '2024-01-05', '2024-06-05', '1 month') AS m, generate_series(1, 100) AS i;
CREATE TABLE wh_report.activity AS SELECT referral_id AS activity_id, referral_id, person_id, seen_at AS starts_at, 'first'::text AS kind, 'attended'::text AS status, site_id, service_id FROM wh_report.referral;
SELECT caregroup.bind('hub_t', t, format('TABLE wh_report.%I', t)) FROM unnest(ARRAY['organisation', 'site', 'service', 'service_standard', 'target', 'referral', 'activity']) AS t \g /dev/null
DO $$
DECLARE
	run bigint := caregroup.begin_run('hub_t', false);
	step text;
BEGIN
	FOR step IN SELECT s.step FROM caregroup.hub_step AS s ORDER BY s.ordinal LOOP
		PERFORM caregroup.begin_step('hub_t', run, step);
		PERFORM caregroup.run_step('hub_t', run, step);
	END LOOP;
	PERFORM caregroup.end_run('hub_t', run);
END $$;
CREATE VIEW pg_temp.standard AS SELECT * FROM hub_t.report_standard WHERE organisation_kind = 'provider';
SELECT is((SELECT count(*) FROM pg_temp.standard), 24::bigint, 'a row for each organisation and month');
SELECT results_eq($$SELECT organisation_id, numerator, denominator, value, change_three_months, direction FROM pg_temp.standard WHERE period_start = '2024-06-01' ORDER BY organisation_id$$,
	$$VALUES ('all'::text, 100::bigint, 100::bigint, 1.0::double precision, 0.0::double precision, 'no clear change'::text), ('better', 70, 100, 0.7, 0.2, 'improving'),
		('same', 55, 100, 0.55, 0.05, 'no clear change'), ('worse', 30, 100, 0.3, -0.2, 'worsening')$$, 'the last three months against the three before');
SELECT is_empty($$SELECT organisation_id, period_start FROM pg_temp.standard WHERE period_start < '2024-04-01' AND (change_three_months IS NOT NULL OR direction IS NOT NULL)$$, 'no direction without three months before');
SELECT results_eq($$SELECT change_three_months FROM pg_temp.standard WHERE organisation_id = 'better' AND period_start = '2024-04-01'$$,
	ARRAY[(170 / 300.0 - 0.5)::double precision], 'in April: February to April against January alone');
SELECT results_eq($$SELECT organisation_id, target, meets_target FROM pg_temp.standard WHERE period_start = '2024-06-01' ORDER BY organisation_id$$,
	$$VALUES ('all'::text, 0.6::double precision, true), ('better', 0.75, false), ('same', 0.6, false), ('worse', 0.6, false)$$, 'an organisation''s own target of the month, or the threshold');
SELECT results_eq($$SELECT DISTINCT target FROM pg_temp.standard WHERE organisation_id = 'better' AND period_start < '2024-06-01'$$, ARRAY[0.6::double precision], 'a target is of its month only');
SELECT is_empty($$SELECT * FROM hub_t.report_standard WHERE value NOT BETWEEN lower AND upper OR lower < 0 OR upper > 1 OR numerator > denominator$$, 'every share lies within its interval');
-- The reports follow the setting and the session.
SELECT is((SELECT DISTINCT hierarchy FROM hub_t.report_standard), 'command', 'the hub''s hierarchy');
SET LOCAL caregroup.hierarchy = 'provider';
SELECT is((SELECT DISTINCT hierarchy FROM hub_t.report_standard), 'provider', 'or the session''s');
SELECT is((SELECT sum(denominator) FROM hub_t.report_standard WHERE organisation_level = 0), 2400::numeric, 'with the same total');
SET LOCAL caregroup.hierarchy = '';
SELECT is((SELECT DISTINCT hierarchy FROM hub_t.report_standard), 'command', 'an empty one is none');
-- What a report shows is of its step.
SELECT is_empty($$SELECT * FROM hub_t.report_standard AS r WHERE NOT EXISTS (SELECT FROM hub_t.result_state AS s WHERE s.step = 'standard_month' AND s.as_at = r.as_at AND s.recalculated_at = r.recalculated_at)$$, 'as_at and recalculated_at are the step''s');
SELECT is_empty($$SELECT v.view_name FROM caregroup.hub_view AS v WHERE v.kind = 'report' AND NOT EXISTS (SELECT FROM caregroup.hub_step AS s WHERE s.step = v.step)$$, 'every report has its step');
SELECT is_empty($$SELECT v.view_name FROM caregroup.hub_view AS v, unnest(ARRAY['hierarchy', 'organisation_id', 'organisation_name', 'organisation_kind', 'organisation_level', 'as_at', 'recalculated_at']) AS c
	WHERE v.kind = 'report' AND NOT EXISTS (SELECT FROM caregroup.hub_columns(v.columns) AS k WHERE k.column_name = c)$$, 'every report is rolled up and says how fresh it is');
-- Reports read results: no dashboard reads a bound fact by opening one.
SELECT is_empty($$WITH RECURSIVE used (report, relation) AS (
		SELECT v.view_name, ('hub_t.' || quote_ident(v.view_name))::regclass::oid FROM caregroup.hub_view AS v WHERE v.kind = 'report'
		UNION SELECT u.report, d.refobjid FROM used AS u JOIN pg_rewrite AS r ON r.ev_class = u.relation
			JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> u.relation)
	SELECT u.report, u.relation::regclass FROM used AS u JOIN pg_class AS c ON c.oid = u.relation
	WHERE c.relnamespace = 'hub_t'::regnamespace AND c.relname IN (SELECT entity FROM caregroup.contract_entity WHERE subject = 'what happened' OR entity IN ('person', 'registration', 'session'))$$,
	'no report reads a bound table of people or events');

SELECT * FROM finish();
ROLLBACK;
