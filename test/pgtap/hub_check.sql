-- check_hub() over a small dirty world: every kind of check counted, in all
-- and for each provider, and the change since the check before.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(50);

SELECT caregroup.create_hub('hub_t') \g /dev/null
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-06-12 12:00Z') \g /dev/null
SELECT throws_ok($$SELECT * FROM caregroup.check_hub('no_such')$$, '3F000', NULL, 'a hub that is not there');
SELECT throws_ok($$SELECT * FROM caregroup.check_hub(NULL)$$, '3F000', NULL, 'no hub');
SELECT is_empty($$SELECT * FROM caregroup.check_hub('hub_t')$$, 'a hub with nothing bound has nothing to check');

CREATE SCHEMA wh_check;
CREATE TABLE wh_check.organisation (organisation_id text, name text, kind text, valid_from date, valid_to date);
INSERT INTO wh_check.organisation VALUES ('A', 'A', 'provider', NULL, NULL), ('B', NULL, 'shop', '2024-01-02', '2024-01-01'), ('B', 'B', 'provider', NULL, NULL), (NULL, 'N', 'provider', NULL, NULL);
CREATE TABLE wh_check.organisation_link (child_id text, parent_id text, hierarchy text);
INSERT INTO wh_check.organisation_link VALUES ('A', 'A', 'command'), ('A', 'Z', 'family'), ('A', 'B', 'command');
CREATE TABLE wh_check.site (site_id text, name text, organisation_id text, kind text, longitude float8, latitude float8);
INSERT INTO wh_check.site VALUES ('S1', 'S1', 'A', 'hospital', 0, 51), ('S2', 'S2', 'B', 'hospital', 0, 510), ('S3', 'S3', 'Z', 'hospital', NULL, NULL), ('S1', 'S1 again', 'A', 'hospital', 0, 51);
CREATE TABLE wh_check.person (person_id bigint, nhs_number text, birth_date date, death_date date, sex text);
INSERT INTO wh_check.person VALUES
	(1, '9434765919', '1980-01-01', NULL, 'female'),
	(2, '943 476 5919', '1980-01-01', NULL, 'F'),              -- shares the number of 1
	(3, '9434765918', '2024-06-13', NULL, 'male'),             -- check digit; born tomorrow
	(4, '943476591X', '1899-12-31', '1899-12-30', 'M'),        -- a letter; too old; dead before birth
	(5, '1111111111', NULL, NULL, NULL),                       -- a placeholder
	(6, NULL, '2024-06-12', NULL, 'male'),                     -- born today
	(7, '9434765870', NULL, NULL, 'F'),
	(7, '9434765870', NULL, NULL, 'F');                        -- the same row twice is one person
CREATE TABLE wh_check.registration (person_id bigint, site_id text, valid_from date, valid_to date);
INSERT INTO wh_check.registration VALUES (1, 'S1', '2020-01-01', NULL), (2, 'S1', '2020-01-01', NULL), (3, 'S2', '2020-01-01', NULL), (4, 'S2', '2020-01-01', NULL), (99, 'S9', '2020-01-01', '2019-01-01');
CREATE TABLE wh_check.activity (activity_id bigint, person_id bigint, starts_at timestamptz, kind text, status text, site_id text, minutes numeric, booked_at timestamptz, ends_at timestamptz);
INSERT INTO wh_check.activity VALUES
	(1, 1, '2024-06-12 13:00Z', 'first', 'booked', 'S1', 20, '2024-06-12 13:30Z', NULL),     -- booked in the future and after it starts
	(2, 1, '2024-06-01 13:00Z', 'emergency', 'attended', 'S1', -5, '2024-06-01 14:00Z', '2024-06-01 12:00Z'),
	(3, 98, '2024-06-01 13:00Z', 'first', 'seen', 'S2', NULL, NULL, NULL),
	(4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	(1, 1, '2024-06-01 13:00Z', 'first', 'seen', 'S3', NULL, NULL, NULL),
	(1, 1, '2024-06-01 13:00Z', 'first', 'gone', 'S9', NULL, NULL, NULL);
SELECT caregroup.bind('hub_t', t, format('TABLE wh_check.%I', t)) FROM unnest(ARRAY['organisation', 'organisation_link', 'site', 'person', 'registration', 'activity']) AS t \g /dev/null
CREATE TEMP TABLE checked AS SELECT * FROM caregroup.check_hub('hub_t');

CREATE FUNCTION pg_temp.figure(entity text, check_name text, column_name text DEFAULT NULL, detail text DEFAULT NULL, provider text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(format('%s/%s', c.rows, c.out_of), ' ' ORDER BY c.detail), 'none') FROM checked AS c
	WHERE c.entity = $1 AND c.check_name = $2 AND ($3 IS NULL OR c.column_name = $3) AND ($4 IS NULL OR c.detail = $4) AND c.provider_id IS NOT DISTINCT FROM $5
$$;
-- Rows and completeness
SELECT is(pg_temp.figure('activity', 'rows'), '6/6', 'rows of an entity');
SELECT is(pg_temp.figure('activity', 'complete', 'person_id'), '5/6', 'share complete of a column');
SELECT is(pg_temp.figure('activity', 'complete', 'minutes'), '2/6', 'and of one that need not be given');
SELECT is(pg_temp.figure('activity', 'complete', 'cost'), 'none', 'a column that is not bound is not counted');
SELECT is(pg_temp.figure('activity', 'required value missing', 'starts_at'), '1/6', 'a required value missing');
SELECT is(pg_temp.figure('organisation', 'required value missing', 'name'), '1/4', 'also where the organisation has no name');
SELECT is(pg_temp.figure('activity', 'required value missing', 'minutes'), 'none', 'what is not required is not missing');
-- Codes
SELECT is(pg_temp.figure('activity', 'unmapped code', 'status'), '3/5', 'codes that no report understands');
SELECT is((SELECT detail FROM checked WHERE entity = 'activity' AND check_name = 'unmapped code' AND column_name = 'status' AND provider_id IS NULL), 'gone, seen', 'are shown');
SELECT is(pg_temp.figure('person', 'unmapped code', 'sex'), '4/7', 'F and M are not the contract''s words');
SELECT is(pg_temp.figure('organisation', 'unmapped code', 'kind'), '1/4', 'kind of organisation');
SELECT is(pg_temp.figure('organisation_link', 'unmapped code', 'hierarchy'), '1/3', 'hierarchy');
-- Dates
SELECT is(pg_temp.figure('person', 'date in the future', 'birth_date'), '1/5', 'born after the hub''s day; born on it is not the future');
SELECT is(pg_temp.figure('activity', 'date in the future', 'booked_at'), '1/2', 'booked after the hub''s moment');
SELECT is(pg_temp.figure('activity', 'date in the future', 'starts_at'), 'none', 'an appointment may be in the future');
-- Rules
SELECT is(pg_temp.figure('person', 'rule broken', NULL, 'death_date before birth_date'), '1/8', 'order of dates');
SELECT is(pg_temp.figure('person', 'rule broken', NULL, 'older than 120'), '1/8', 'a placeholder for a day of birth');
SELECT is(pg_temp.figure('organisation', 'rule broken', NULL, 'valid_to before valid_from'), '1/4', 'order of days');
SELECT is(pg_temp.figure('organisation_link', 'rule broken', NULL, 'reports to itself'), '1/3', 'reporting to itself');
SELECT is(pg_temp.figure('site', 'rule broken', NULL, 'place out of range'), '1/4', 'place on earth');
SELECT is(pg_temp.figure('activity', 'rule broken', NULL, 'booked_at after starts_at'), '1/6', 'booked too late, but an emergency may be');
SELECT is(pg_temp.figure('activity', 'rule broken', NULL, 'negative minutes'), '1/6', 'negative minutes');
SELECT is(pg_temp.figure('activity', 'rule broken', NULL, 'ends_at before starts_at'), '1/6', 'end before start');
SELECT is((SELECT count(DISTINCT r.detail) FROM checked AS r WHERE entity = 'activity' AND check_name = 'rule broken' AND provider_id IS NULL),
	(SELECT count(*) FROM caregroup.contract_rule WHERE entity = 'activity'), 'every rule of the contract is counted');
-- Orphans: only against what is bound
SELECT is(pg_temp.figure('activity', 'orphan', 'person_id'), '1/5', 'a person that is not there');
SELECT is(pg_temp.figure('activity', 'orphan', 'site_id'), '1/5', 'a site that is not there, though a key comes twice');
SELECT is(pg_temp.figure('site', 'orphan', 'organisation_id'), '1/4', 'an organisation that is not there');
SELECT is(pg_temp.figure('organisation_link', 'orphan', 'parent_id'), '1/3', 'a parent that is not there');
SELECT is(pg_temp.figure('registration', 'orphan', 'person_id') || ' ' || pg_temp.figure('registration', 'orphan', 'site_id'), '1/5 1/5', 'a registration of nobody nowhere');
SELECT is((SELECT count(*) FROM checked WHERE check_name = 'orphan' AND detail ~ 'staff|session|referral|service'), 0::bigint, 'nothing is an orphan of what is not bound');
-- Keys: rows that repeat another row's key, out of all rows
SELECT is(pg_temp.figure('activity', 'duplicate key'), '2/6', 'a key that comes three times is two rows too many');
SELECT is(pg_temp.figure('person', 'duplicate key') || ' ' || pg_temp.figure('site', 'duplicate key') || ' ' || pg_temp.figure('registration', 'duplicate key'), '1/8 1/4 0/5', 'keys of one column and of more');
-- NHS numbers
SELECT is(pg_temp.figure('person', 'invalid identifier', 'nhs_number', 'check_digit') || ' ' || pg_temp.figure('person', 'invalid identifier', 'nhs_number', 'character'), '1/7 1/7', 'NHS numbers that are not valid, by reason');
SELECT is(pg_temp.figure('person', 'shared identifier'), '2/4', 'two persons share a number however it is written; one person twice does not');
SELECT is((SELECT count(*) FROM checked AS c WHERE c::text ~ '943476591|943 476 5919'), 0::bigint, 'no number is shown');
-- Each provider: A has S1 (which comes twice), B has S2
SELECT is(pg_temp.figure('activity', 'rows', NULL, NULL, 'A') || ' ' || pg_temp.figure('activity', 'rows', NULL, NULL, 'B') || ' ' || pg_temp.figure('activity', 'rows', NULL, NULL, 'Z') || ' ' || pg_temp.figure('activity', 'rows', NULL, NULL, '(unknown)'), '2/2 1/1 1/1 2/2', 'rows of each provider, by the site');
SELECT is(pg_temp.figure('activity', 'rule broken', NULL, 'negative minutes', 'A') || ' ' || pg_temp.figure('activity', 'rule broken', NULL, 'negative minutes', 'B'), '1/2 none', 'what is wrong is shown for whom it is wrong');
SELECT is(pg_temp.figure('person', 'invalid identifier', 'nhs_number', 'check_digit', 'B') || ' ' || pg_temp.figure('person', 'invalid identifier', 'nhs_number', 'character', 'B'), '1/2 1/2', 'persons count where they are registered');
SELECT is((SELECT sum(rows) FROM checked WHERE entity = 'activity' AND check_name = 'rows' AND provider_id IS NOT NULL), 6::numeric, 'the providers'' rows add up');
-- Share and change
SELECT is_empty('SELECT * FROM checked WHERE share IS DISTINCT FROM round(rows / nullif(out_of, 0), 6)', 'share is rows over out_of');
SELECT is_empty('SELECT * FROM checked WHERE previous_share IS NOT NULL OR change IS NOT NULL', 'the first check has nothing before it');
UPDATE wh_check.activity SET minutes = 20 WHERE activity_id = 3;
INSERT INTO wh_check.activity SELECT 10 + i, 1, '2024-06-01', 'first', 'unheard', 'S1', 20 FROM generate_series(1, 2) AS i;
TRUNCATE checked;
INSERT INTO checked SELECT * FROM caregroup.check_hub('hub_t');
SELECT results_eq($$SELECT share, previous_share, change FROM checked WHERE entity = 'activity' AND check_name = 'complete' AND column_name = 'minutes' AND provider_id IS NULL$$,
	$$VALUES (0.625, 0.333333, 0.291667)$$, 'the next shows share, share before and change: 5/8 after 2/6');
SELECT results_eq($$SELECT share, previous_share, change FROM checked WHERE entity = 'activity' AND check_name = 'unmapped code' AND column_name = 'status' AND provider_id IS NULL$$,
	$$VALUES (round(5 / 7.0, 6), 0.600000, round(5 / 7.0 - 0.6, 6))$$, 'also where other codes are shown than before');
SELECT is((SELECT count(*) FROM (SELECT entity, check_name, column_name, detail, provider_id FROM checked GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1) AS d), 0::bigint, 'every figure comes once');

-- ---------------------------------------------------------------------
-- It never stops, and it keeps no more than it is told to
-- ---------------------------------------------------------------------
-- Every entity bound, with a row of NULLs in each.
SELECT caregroup.bind('hub_t', e.entity, (SELECT 'SELECT ' || string_agg(format('NULL::%s AS %I', caregroup.contract_type_name(c.type, 'bigint'), c.column_name), ', ') || ' FROM generate_series(1, 2)'
	FROM caregroup.contract_column AS c WHERE c.entity = e.entity)) FROM caregroup.contract_entity AS e \g /dev/null
TRUNCATE checked;
SELECT lives_ok($$INSERT INTO checked SELECT * FROM caregroup.check_hub('hub_t')$$, 'every entity with nothing but NULLs is checked');
SELECT is((SELECT count(*) FROM checked WHERE check_name = 'rows' AND rows = 2 AND provider_id IS NULL), (SELECT count(*) FROM caregroup.contract_entity), 'and counted');
SELECT caregroup.configure_hub('hub_t', 'keep_runs', '2') \g /dev/null
SELECT count(*) FROM caregroup.check_hub('hub_t') \g /dev/null
SELECT is((SELECT string_agg(DISTINCT check_run::text, ',') FROM hub_t.check_result), '3,4', 'only the last keep_runs checks are kept');

SELECT * FROM finish();
ROLLBACK;
