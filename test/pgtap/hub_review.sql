-- Recalls and reviews of fitness: a small world whose every figure is worked
-- out by hand, as at 1 July 2024; parts add up to the whole; dirty inputs
-- neither stop the recalculation nor multiply a count.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(56);

SELECT caregroup.create_hub('hub_t') \g /dev/null
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-07-01 12:00Z') \g /dev/null
-- Only the steps that these reports need.
CREATE FUNCTION pg_temp.recalculate() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	run bigint := caregroup.begin_run('hub_t', false);
	step text;
BEGIN
	FOREACH step IN ARRAY '{organisation_chain,chain,service_name,recall_count,fitness_count}'::text[] LOOP
		PERFORM caregroup.begin_step('hub_t', run, step), caregroup.run_step('hub_t', run, step);
	END LOOP;
	PERFORM caregroup.end_run('hub_t', run);
END $$;
CREATE FUNCTION pg_temp.outcome() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.recalculate();
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

CREATE SCHEMA wh_review;
CREATE TABLE wh_review.organisation AS SELECT * FROM (VALUES ('HQ', 'Headquarters', 'headquarters'), ('RN', 'North', 'region'), ('RS', 'South', 'region'), ('C', 'Care group', 'care_group')) AS v (organisation_id, name, kind);
-- The care group crosses the regions: it is under both, and once under headquarters.
CREATE TABLE wh_review.organisation_link AS SELECT c AS child_id, p AS parent_id, 'command'::text AS hierarchy FROM (VALUES ('RN', 'HQ'), ('RS', 'HQ'), ('C', 'RN'), ('C', 'RS')) AS v (c, p);
CREATE TABLE wh_review.site AS SELECT * FROM (VALUES ('M', 'Medical centre', 'C', 'medical'), ('D', 'Dental centre', 'C', 'dental'), ('F', 'Gym', 'RS', 'primary_care_rehabilitation')) AS v (site_id, name, organisation_id, kind);
CREATE TABLE wh_review.service AS SELECT * FROM (VALUES ('dent', 'Dental care', 'dental'), ('phys', 'Physiotherapy', 'rehabilitation')) AS v (service_id, name, kind);
CREATE TABLE wh_review.site_service AS SELECT site_id, service_id, modality, vf::date AS valid_from, vt::date AS valid_to
FROM (VALUES ('D', 'dent', 'face_to_face', NULL, NULL), ('D', 'dent', 'video', NULL, NULL), ('F', 'phys', 'face_to_face', '2020-01-01', NULL), ('M', 'phys', 'face_to_face', '2020-01-01', '2023-12-31')) AS v (site_id, service_id, modality, vf, vt);
CREATE TABLE wh_review.person AS SELECT n::bigint AS person_id, u AS unit_id, dead::date AS death_date
FROM (VALUES (1, 'U1', NULL), (2, 'U1', NULL), (3, 'U1', NULL), (4, 'U1', NULL), (5, 'U2', NULL), (6, 'U2', NULL), (7, NULL, NULL), (8, NULL, NULL), (9, 'U2', '2024-06-01'), (10, 'U1', '2024-07-02')) AS v (n, u, dead);
CREATE TABLE wh_review.registration AS SELECT n::bigint AS person_id, site_id, vf::date AS valid_from, vt::date AS valid_to
FROM (VALUES (1, 'M', '2020-01-01', NULL), (1, 'D', '2021-01-01', NULL), (2, 'M', '2022-01-01', NULL), (2, 'F', '2020-01-01', NULL), (3, 'M', '2020-01-01', NULL),
	(5, 'M', '2020-01-01', '2024-06-30'), (6, 'D', '2020-01-01', '2024-07-01'), (7, 'gone', '2020-01-01', NULL), (8, 'gone', '2023-01-01', NULL), (8, 'M', '2020-01-01', NULL),
	(9, 'M', '2020-01-01', NULL), (10, 'M', '2020-01-01', NULL), (10, 'F', '2024-07-02', NULL)) AS v (n, site_id, vf, vt);
CREATE TABLE wh_review.recall AS SELECT id::bigint AS recall_id, n::bigint AS person_id, service_id, kind, due::date AS due_on, done::date AS completed_on
FROM (VALUES
	-- Person 1 at D, which offers it: days past due 0, 1, 28, 27, 84, 83, and one to come.
	(1, 1, 'dent', 'inspection', '2024-07-01', NULL), (2, 1, 'dent', 'inspection', '2024-06-30', NULL), (3, 1, 'dent', 'inspection', '2024-06-03', NULL), (4, 1, 'dent', 'inspection', '2024-06-04', NULL),
	(5, 1, 'dent', 'inspection', '2024-04-08', NULL), (6, 1, 'dent', 'inspection', '2024-04-09', NULL), (7, 1, 'dent', 'inspection', '2024-08-01', NULL),
	-- Completed: yesterday, a year less a day ago, a year ago, today, and tomorrow, which at the hub's moment is still open (182 days).
	(8, 1, 'dent', 'inspection', '2024-05-01', '2024-06-30'), (9, 1, 'dent', 'inspection', '2023-05-01', '2023-07-02'), (10, 1, 'dent', 'inspection', '2023-05-01', '2023-07-01'),
	(11, 1, 'dent', 'inspection', '2024-07-01', '2024-07-01'), (12, 1, 'dent', 'inspection', '2024-01-01', '2024-07-02'),
	-- 2: at F, which offers it, and not at M, which did until 2023.  3: where registered.
	(20, 2, 'phys', 'follow_up', '2024-06-01', NULL), (21, 3, 'phys', 'follow_up', '2024-09-01', NULL),
	-- 4 is registered nowhere, 5 no longer, 6 until today, 7 at a place that nobody knows, 8 there and at M.
	(22, 4, 'dent', 'inspection', '2024-06-01', NULL), (23, 5, 'dent', 'inspection', '2024-06-01', NULL), (24, 6, 'dent', 'inspection', '2024-06-01', NULL), (25, 7, 'dent', 'inspection', '2024-06-01', NULL),
	(26, 8, 'dent', 'inspection', '2024-06-01', NULL),
	-- 9 is dead: nobody will be recalled.
	(27, 9, 'dent', 'inspection', '2024-05-01', NULL)) AS v (id, n, service_id, kind, due, done);
CREATE TABLE wh_review.fitness AS SELECT n::bigint AS person_id, graded::date AS graded_on, deployability, due::date AS review_due_on
FROM (VALUES (1, '2024-01-10', 'full', '2024-06-30'), (1, '2023-01-10', 'none', '2023-02-01'), (1, '2024-07-02', 'none', '2024-07-03'),
	(2, '2024-01-10', 'full', '2024-07-01'), (3, '2024-01-10', 'full', '2024-07-29'), (4, '2024-01-10', 'full', '2024-07-30'),
	(5, '2024-01-10', 'limited', '2024-04-08'), (6, '2024-01-10', 'limited', '2024-04-09'), (7, '2024-01-10', 'none', NULL), (9, '2024-01-10', 'full', '2024-02-01'),
	(10, '2024-01-10', 'full', '2024-07-15'), (99, '2024-01-10', 'full', '2024-06-01')) AS v (n, graded, deployability, due);
SELECT caregroup.bind('hub_t', c.relname::text, format('TABLE wh_review.%I', c.relname)) FROM pg_class AS c WHERE c.relnamespace = 'wh_review'::regnamespace \g /dev/null
SELECT is(pg_temp.outcome(), 'no error', 'the small world is recalculated');

-- ---------------------------------------------------------------------
-- Recalls
-- ---------------------------------------------------------------------
CREATE VIEW pg_temp.recall AS SELECT organisation_id, service_id, kind, due, past_due, past_due_4_weeks, past_due_12_weeks, longest_weeks, completed_last_12_months FROM hub_t.report_recall;
SELECT results_eq($$SELECT * FROM pg_temp.recall WHERE organisation_id = 'D'$$, $$VALUES ('D'::text, 'dent'::text, 'inspection'::text, 9::bigint, 7::bigint, 5::bigint, 2::bigint, 26, 3::bigint)$$,
	'D: eight of person 1 and one of person 6');
SELECT results_eq($$SELECT * FROM pg_temp.recall WHERE organisation_id = 'F'$$, $$VALUES ('F'::text, 'phys'::text, 'follow_up'::text, 1::bigint, 1::bigint, 1::bigint, 0::bigint, 4, 0::bigint)$$,
	'F: of several registrations the one whose site offers the service now');
SELECT results_eq($$SELECT * FROM pg_temp.recall WHERE organisation_id = 'M' ORDER BY service_id$$, $$VALUES ('M'::text, 'dent'::text, 'inspection'::text, 1::bigint, 1::bigint, 1::bigint, 0::bigint, 4, 0::bigint),
	('M', 'phys', 'follow_up', 1, 0, 0, 0, NULL, 0)$$, 'M: person 8, whose other registration is at no known site, and person 3, whose recall is to come');
SELECT results_eq($$SELECT * FROM pg_temp.recall WHERE organisation_id = '(unassigned)'$$, $$VALUES ('(unassigned)'::text, 'dent'::text, 'inspection'::text, 3::bigint, 3::bigint, 3::bigint, 0::bigint, 4, 0::bigint)$$,
	'who is registered nowhere, no longer, or at no known site');
-- Headquarters: D + F + M; the region North has D and M through the care group, South F as well.
SELECT results_eq($$SELECT organisation_id, sum(due), sum(past_due), sum(past_due_4_weeks), sum(past_due_12_weeks), max(longest_weeks), sum(completed_last_12_months) FROM pg_temp.recall
	WHERE organisation_id IN ('HQ', 'RN', 'RS', 'C') GROUP BY 1 ORDER BY 1$$,
	$$VALUES ('C'::text, 11::numeric, 8::numeric, 6::numeric, 2::numeric, 26, 3::numeric), ('HQ', 12, 9, 7, 2, 26, 3), ('RN', 11, 8, 6, 2, 26, 3), ('RS', 12, 9, 7, 2, 26, 3)$$,
	'organisations: the sum of their sites, each once, whatever the number of ways up');
SELECT results_eq($$SELECT sum(due) + sum(completed_last_12_months) FROM hub_t.report_recall WHERE organisation_level = 0 AND hierarchy = 'command'$$,
	$$SELECT count(*)::numeric FROM wh_review.recall WHERE recall_id NOT IN (10, 27)$$, 'level 0 holds every recall but the one of a dead person and the one done more than a year ago');
SELECT results_eq($$SELECT sum(due), sum(past_due), sum(past_due_4_weeks), sum(past_due_12_weeks), sum(completed_last_12_months) FROM hub_t.report_recall WHERE organisation_kind IN ('site', 'unassigned')$$,
	$$SELECT sum(due), sum(past_due), sum(past_due_4_weeks), sum(past_due_12_weeks), sum(completed_last_12_months) FROM hub_t.report_recall WHERE organisation_level = 0$$, 'the sites'' parts add up to the whole');
SELECT is_empty($$SELECT * FROM hub_t.report_recall WHERE NOT (due >= past_due AND past_due >= past_due_4_weeks AND past_due_4_weeks >= past_due_12_weeks) OR (past_due > 0) <> (longest_weeks IS NOT NULL)$$,
	'each count holds the next, and there is a longest where one is past due');
SELECT results_eq($$SELECT DISTINCT service_name, as_at FROM hub_t.report_recall ORDER BY 1$$, $$VALUES ('Dental care'::text, timestamptz '2024-07-01 12:00Z'), ('Physiotherapy', '2024-07-01 12:00Z')$$, 'with names and the moment');

-- ---------------------------------------------------------------------
-- Fitness
-- ---------------------------------------------------------------------
CREATE VIEW pg_temp.fitness AS SELECT organisation_id, deployability, graded, review_due_soon, review_overdue, review_overdue_12_weeks FROM hub_t.report_fitness;
SELECT results_eq($$SELECT * FROM pg_temp.fitness WHERE organisation_id = 'M'$$, $$VALUES ('M'::text, 'full'::text, 4::bigint, 3::bigint, 1::bigint, 0::bigint)$$,
	'M: persons 1, 2, 3 and 10; due yesterday, today, in 28 days and in 14');
SELECT results_eq($$SELECT * FROM pg_temp.fitness WHERE organisation_id = 'D'$$, $$VALUES ('D'::text, 'limited'::text, 1::bigint, 0::bigint, 1::bigint, 0::bigint)$$, 'D: person 6, 83 days overdue');
SELECT results_eq($$SELECT * FROM pg_temp.fitness WHERE organisation_id = '(unassigned)' ORDER BY 2$$,
	$$VALUES ('(unassigned)'::text, 'full'::text, 2::bigint, 0::bigint, 1::bigint, 0::bigint), ('(unassigned)', 'limited', 1, 0, 1, 1), ('(unassigned)', 'none', 1, 0, 0, 0)$$,
	'registered nowhere: person 4 in 29 days and 99, whom the input of persons does not know; 5, 84 days overdue; 7 without a review');
SELECT results_eq($$SELECT organisation_id, sum(graded), sum(review_due_soon), sum(review_overdue), sum(review_overdue_12_weeks) FROM hub_t.report_fitness WHERE organisation_kind = 'unit' GROUP BY 1 ORDER BY 1$$,
	$$VALUES ('(none)'::text, 2::numeric, 0::numeric, 1::numeric, 0::numeric), ('U1', 5, 3, 1, 0), ('U2', 2, 0, 2, 1)$$, 'units: the same people, the dead one left out');
SELECT results_eq($$SELECT sum(graded) FROM hub_t.report_fitness WHERE organisation_level = 0$$, ARRAY[9::numeric], 'level 0 holds every living person who was graded');
SELECT results_eq($$SELECT sum(graded), sum(review_due_soon), sum(review_overdue), sum(review_overdue_12_weeks) FROM hub_t.report_fitness WHERE organisation_kind IN ('site', 'unassigned')$$,
	$$SELECT sum(graded), sum(review_due_soon), sum(review_overdue), sum(review_overdue_12_weeks) FROM hub_t.report_fitness WHERE organisation_kind = 'unit'$$, 'sites and units divide the same people');
SELECT results_eq($$SELECT sum(graded), sum(review_overdue) FROM hub_t.report_fitness WHERE organisation_id = 'HQ'$$, $$VALUES (5::numeric, 2::numeric)$$, 'headquarters has what is at its sites, once');
SELECT is_empty($$SELECT * FROM hub_t.report_fitness WHERE organisation_kind = 'unit' AND organisation_level IS NOT NULL$$, 'a unit stands beside the chain');
-- Wilson, 1 of 4: 0.0456 to 0.6994.
SELECT results_eq($$SELECT overdue_share, round(lower::numeric, 4), round(upper::numeric, 4) FROM hub_t.report_fitness WHERE organisation_id = 'M'$$, $$VALUES (0.25::double precision, 0.0456, 0.6994)$$, 'the share and its interval');
SELECT is_empty($$SELECT * FROM hub_t.report_fitness WHERE overdue_share NOT BETWEEN lower AND upper OR graded < review_overdue + review_due_soon OR review_overdue < review_overdue_12_weeks$$, 'every row is consistent');
SELECT col_type_is('hub_t', 'report_fitness', 'overdue_share', 'double precision', 'a share, not a percentage');
SELECT is_empty($$SELECT c.table_name, c.column_name FROM information_schema.columns AS c WHERE c.table_schema = 'hub_t' AND c.table_name IN ('report_recall', 'report_fitness', 'recall_count', 'fitness_count') AND c.column_name IN ('person_id', 'recall_id', 'nhs_number')$$, 'no report of these says who');

-- Another day: who was registered, graded and recalled then.
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-01-09 12:00Z') \g /dev/null
SELECT is(pg_temp.outcome(), 'no error', 'as at an earlier day');
SELECT results_eq($$SELECT sum(graded), sum(review_overdue), sum(review_overdue_12_weeks) FROM hub_t.report_fitness WHERE organisation_kind = 'unit'$$, $$VALUES (1::numeric, 1::numeric, 1::numeric)$$, 'the grading before was the latest then');
SELECT results_eq($$SELECT sum(due), sum(past_due), max(longest_weeks) FROM hub_t.report_recall WHERE organisation_level = 0 AND service_id = 'dent'$$, $$VALUES (16::numeric, 1::numeric, 1)$$, 'what was completed or died later was open then');
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-07-01 12:00Z') \g /dev/null

-- ---------------------------------------------------------------------
-- Without persons, registrations or a directory of services
-- ---------------------------------------------------------------------
SAVEPOINT whole;
SELECT caregroup.unbind('hub_t', e) FROM unnest('{person,registration,site_service}'::text[]) AS e \g /dev/null
SELECT pg_temp.outcome() AS outcome \gset
SELECT (SELECT coalesce(sum(due), 0) FROM hub_t.report_recall WHERE organisation_id = '(unassigned)') AS due, (SELECT coalesce(sum(graded), 0) FROM hub_t.report_fitness WHERE organisation_id = '(unassigned)') AS graded \gset
ROLLBACK TO whole;
SELECT is(:'outcome'::text || ' ' || :'due' || ' ' || :'graded', 'no error 16 10', 'a warehouse with gradings and recalls only: all of it is unassigned, none is lost');
SELECT caregroup.unbind('hub_t', e) FROM unnest('{site_service}'::text[]) AS e \g /dev/null
SELECT pg_temp.outcome() AS outcome \gset
SELECT min(organisation_id) AS at FROM hub_t.report_recall WHERE organisation_kind = 'site' AND service_id = 'phys' AND past_due = 1 \gset
ROLLBACK TO whole;
SELECT is(:'outcome'::text || ' ' || :'at', 'no error M', 'without a directory of services the latest registration counts');

-- ---------------------------------------------------------------------
-- Dirty inputs
-- ---------------------------------------------------------------------
SELECT pg_temp.recalculate() \g /dev/null
CREATE FUNCTION pg_temp.figures() RETURNS text LANGUAGE sql AS $$
	SELECT (SELECT string_agg((to_jsonb(r) - 'recalculated_at')::text, chr(10) ORDER BY (to_jsonb(r) - 'recalculated_at')::text) FROM hub_t.report_recall AS r)
		|| (SELECT string_agg((to_jsonb(r) - 'recalculated_at')::text, chr(10) ORDER BY (to_jsonb(r) - 'recalculated_at')::text) FROM hub_t.report_fitness AS r)
$$;
-- Rows that come twice, input by input: 'same' when no report changes.
CREATE FUNCTION pg_temp.doubled(entity text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	before text := pg_temp.figures();
	outcome text;
BEGIN
	EXECUTE format('INSERT INTO wh_review.%1$I SELECT * FROM wh_review.%1$I', entity);
	outcome := pg_temp.outcome();
	RAISE EXCEPTION USING ERRCODE = 'TT000', MESSAGE = CASE WHEN outcome <> 'no error' THEN outcome WHEN pg_temp.figures() = before THEN 'same' ELSE 'other figures' END;
EXCEPTION WHEN SQLSTATE 'TT000' THEN
	RETURN SQLERRM;
END $$;
SELECT is(pg_temp.doubled(e), 'same', format('every row of %s twice changes no figure', e)) FROM unnest('{recall,fitness,registration,person,site_service,site,service,organisation,organisation_link}'::text[]) AS e;
-- One value of one column of a further row replaced, column by column.
CREATE FUNCTION pg_temp.survives(entity text, types text[], tried text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	outcome text;
	target record;
	rows_tried integer := 0;
BEGIN
	FOR target IN SELECT c.column_name, v.value FROM caregroup.contract_column AS c CROSS JOIN unnest(tried) AS v (value)
		WHERE c.entity = survives.entity AND c.type = ANY (types) AND EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = ('wh_review.' || c.entity)::regclass AND a.attname = c.column_name)
	LOOP
		EXECUTE format('CREATE TEMP TABLE one AS SELECT * FROM wh_review.%I LIMIT 1', entity);
		EXECUTE format('UPDATE one SET %I = %L', target.column_name, target.value);
		EXECUTE format('INSERT INTO wh_review.%I SELECT * FROM one', entity);
		DROP TABLE one;
		rows_tried := rows_tried + 1;
	END LOOP;
	outcome := pg_temp.outcome();
	IF outcome = 'no error' AND EXISTS (SELECT FROM hub_t.report_recall WHERE NOT (due >= past_due AND past_due >= past_due_4_weeks) OR longest_weeks < 0) THEN
		outcome := 'inconsistent';
	END IF;
	RAISE EXCEPTION USING ERRCODE = 'TT000', MESSAGE = CASE rows_tried WHEN 0 THEN 'nothing tried' ELSE outcome END;
EXCEPTION WHEN SQLSTATE 'TT000' THEN
	RETURN SQLERRM;
END $$;
SELECT is(pg_temp.survives(e, (SELECT array_agg(DISTINCT type) FROM caregroup.contract_column), ARRAY[NULL]), 'no error', format('a NULL in any column of %s', e)) FROM unnest('{recall,fitness,registration,person,site_service}'::text[]) AS e;
SELECT is(pg_temp.survives(e, '{date,timestamptz}', '{infinity,-infinity,0001-01-01,9999-12-31,4713-01-01 BC}'), 'no error', format('any date in %s', e)) FROM unnest('{recall,fitness,registration,person,site_service}'::text[]) AS e;
SELECT is(pg_temp.survives(e, '{text}', '{"",(none),(unassigned),(unknown),"not stated",U1,M,D,dent}'), 'no error', format('any word in %s', e)) FROM unnest('{recall,fitness,registration,person,site_service}'::text[]) AS e;
-- Infinite days are not days: nothing is infinitely past due.
INSERT INTO wh_review.recall VALUES (90, 3, 'phys', 'follow_up', '-infinity', NULL), (91, 3, 'phys', 'follow_up', 'infinity', NULL), (92, 3, 'phys', 'follow_up', '2024-06-01', 'infinity');
INSERT INTO wh_review.fitness VALUES (8, '2024-01-10', 'full', '-infinity');
SELECT pg_temp.recalculate() \g /dev/null
SELECT results_eq($$SELECT due, past_due, longest_weeks FROM hub_t.report_recall WHERE organisation_id = 'M' AND service_id = 'phys'$$, $$VALUES (2::bigint, 1::bigint, 4)$$, 'a recall completed at infinity is open; one due at infinity is reported by check_hub only');
SELECT results_eq($$SELECT graded, review_overdue FROM hub_t.report_fitness WHERE organisation_id = 'M'$$, $$VALUES (5::bigint, 1::bigint)$$, 'a review due before all time is no review');
SELECT is((SELECT sum(rows) FROM caregroup.check_hub('hub_t') WHERE check_name = 'infinite date' AND entity IN ('recall', 'fitness') AND provider_id IS NULL), 4::numeric, 'check_hub counts them');
-- The latest grading of one day that was given twice is one of them, always the same.
INSERT INTO wh_review.fitness VALUES (3, '2024-01-10', 'limited', '2024-05-01');
SELECT pg_temp.recalculate() \g /dev/null
SELECT results_eq($$SELECT sum(graded) FROM hub_t.report_fitness WHERE organisation_level = 0$$, ARRAY[10::numeric], 'two gradings on one day are of one person');
SELECT pg_temp.figures() AS figures \gset
CREATE TABLE wh_review.again AS SELECT * FROM wh_review.fitness ORDER BY review_due_on DESC, deployability DESC;
DELETE FROM wh_review.fitness;
INSERT INTO wh_review.fitness SELECT * FROM wh_review.again;
SELECT pg_temp.recalculate() \g /dev/null
SELECT is(pg_temp.figures(), :'figures'::text, 'whatever the order of the rows');

SELECT * FROM finish();
ROLLBACK;
