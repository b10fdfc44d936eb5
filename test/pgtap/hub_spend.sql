-- Money: a small world whose every figure is worked out by hand, as at 20 May
-- 2024: the financial year from April, versions of a plan, one contract and
-- several, block contracts, what names no known organisation; parts add up to
-- the whole; dirty inputs neither stop the recalculation nor multiply a pound.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = error;
BEGIN;
SET LOCAL search_path = public;
SELECT plan(50);

SELECT caregroup.create_hub('hub_t') \g /dev/null
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-05-20 12:00Z') \g /dev/null
CREATE FUNCTION pg_temp.recalculate() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	run bigint := caregroup.begin_run('hub_t', false);
	step text;
BEGIN
	FOREACH step IN ARRAY '{organisation_chain,chain,service_name,spend_month}'::text[] LOOP
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

CREATE SCHEMA wh_spend;
CREATE TABLE wh_spend.organisation AS SELECT * FROM (VALUES ('B', 'Board', 'commissioner'), ('PA', 'Place A', 'partnership'), ('PB', 'Place B', 'partnership'), ('X', 'Provider X', 'provider'), ('Y', 'Provider Y', 'provider')) AS v (organisation_id, name, kind);
-- Provider Y works for both places: once under the board all the same.
CREATE TABLE wh_spend.organisation_link AS SELECT c AS child_id, p AS parent_id, 'command'::text AS hierarchy FROM (VALUES ('PA', 'B'), ('PB', 'B'), ('X', 'PA'), ('Y', 'PA'), ('Y', 'PB')) AS v (c, p);
CREATE TABLE wh_spend.service AS SELECT * FROM (VALUES ('nurse', 'Nursing', 'community'), ('wheel', 'Wheelchairs', 'community'), ('phys', 'Physiotherapy', 'rehabilitation')) AS v (service_id, name, kind);
CREATE TABLE wh_spend.contract AS SELECT contract_id, lot, provider_id, service_id, value::numeric, s::date AS starts_on, e::date AS ends_on
FROM (VALUES ('K1', 'Lot 1', 'X', 'nurse', 1200, '2024-02-01', '2025-01-31'),       -- 100 a month from February
	('K2', 'Lot 2', 'X', NULL, 2400, '2024-03-01', NULL),                           -- a block of services, 200 a month from March
	('K3', 'Lot 3', 'Y', 'phys', 600, '2023-01-01', '2024-03-31'),                  -- 50 a month until March
	('K4', 'Lot 3', 'Y', 'phys', 720, '2024-04-01', '2026-03-31'),                  -- 60 a month from April
	('K5', NULL, 'Z', 'nurse', 12, '2024-04-01', NULL),                             -- a provider that nobody knows
	('K6', 'Lot 6', 'X', 'wheel', NULL, '2024-01-01', NULL),                        -- no value
	('K7', 'Lot 7', 'X', 'nurse', 1200, '2025-02-01', NULL)) AS v (contract_id, lot, provider_id, service_id, value, s, e);    -- to come
CREATE TABLE wh_spend.spend AS SELECT spend_id, organisation_id, month::date, cost::numeric, contract_id, service_id
FROM (VALUES ('1', 'X', '2024-02-01', 90, 'K1', 'nurse'), ('2', 'X', '2024-03-01', 110, 'K1', NULL), ('3', 'X', '2024-04-01', 120, 'K1', 'nurse'), ('4', 'X', '2024-05-01', 130, 'K1', 'nurse'),
	('5', 'X', '2024-04-01', 70, 'K2', 'wheel'), ('6', 'X', '2024-04-01', 30, 'K2', NULL),            -- of a block: by service where named
	('7', 'Y', '2024-03-01', 40, NULL, 'phys'), ('8', 'Y', '2024-04-01', 45, NULL, 'phys'),         -- of the one contract in force in the month
	('9', 'Y', '2024-04-01', 5, NULL, NULL),                                                       -- neither contract nor service
	('10', 'Q', '2024-04-01', 1000, NULL, 'nurse'),                                                -- an organisation that nobody knows
	('11', 'X', '2024-04-15', -20, 'K1', 'nurse')) AS v (spend_id, organisation_id, month, cost, contract_id, service_id);    -- a credit, on a day that is no first one
CREATE TABLE wh_spend.plan AS SELECT plan_id, organisation_id, month::date, kind, version, service_id, cost::numeric, NULL::numeric AS activity
FROM (VALUES ('1', 'X', '2024-03-01', 'block', '1', 'nurse', 100), ('2', 'X', '2024-04-01', 'block', '1', 'nurse', 100), ('3', 'X', '2024-05-01', 'block', '1', 'nurse', 100),
	-- April and May were planned again, for the ninth and the tenth time.
	('4', 'X', '2024-04-01', 'block', '9', 'nurse', 115), ('5', 'X', '2024-04-01', 'block', '10', 'nurse', 125), ('6', 'X', '2024-05-01', 'block', '10', 'nurse', 126),
	('7', 'X', '2024-04-01', 'block', '10', 'wheel', 60), ('8', 'X', '2024-04-01', 'overhead', '10', 'wheel', 4),    -- two kinds of one version
	('9', 'Y', '2024-04-01', 'block', NULL, 'phys', 50), ('10', 'Y', '2024-04-01', 'block', 'draft', 'phys', NULL),  -- no cost: not a plan of cost
	('11', 'B', '2025-03-01', 'block', NULL, NULL, 7), ('12', 'Q', '2024-04-01', 'block', NULL, 'nurse', 900)) AS v (plan_id, organisation_id, month, kind, version, service_id, cost);
SELECT caregroup.bind('hub_t', c.relname::text, format('TABLE wh_spend.%I', c.relname)) FROM pg_class AS c WHERE c.relnamespace = 'wh_spend'::regnamespace \g /dev/null
SELECT is(pg_temp.outcome(), 'no error', 'the small world is recalculated');

-- ---------------------------------------------------------------------
-- Month by month: contract, service, month, spent, planned, contracted, then
-- the same from April, and spent less planned from April over months with both
-- ---------------------------------------------------------------------
CREATE VIEW pg_temp.spend AS SELECT organisation_id, contract_id, lot, service_id, to_char(period_start, 'YYYY-MM') AS month, cost_gbp, planned_gbp, contract_gbp,
	cost_to_date_gbp, planned_to_date_gbp, contract_to_date_gbp, variance_to_date_gbp FROM hub_t.report_spend;
SELECT is((SELECT string_agg(concat_ws(' ', lot, service_id, month, coalesce(round(cost_gbp), -1), coalesce(round(planned_gbp), -1), coalesce(round(contract_gbp), -1), '|', coalesce(round(cost_to_date_gbp), -1), coalesce(round(planned_to_date_gbp), -1),
		coalesce(round(contract_to_date_gbp), -1), coalesce(round(variance_to_date_gbp), -999)), chr(10) ORDER BY month) FROM pg_temp.spend WHERE organisation_id = 'X' AND contract_id = 'K1'),
	E'Lot 1 nurse 2024-02 90 -1 100 | 90 -1 100 -999\nLot 1 nurse 2024-03 110 100 100 | 200 100 200 10\nLot 1 nurse 2024-04 100 125 100 | 100 125 100 -25\nLot 1 nurse 2024-05 130 126 100 | 230 251 200 -21',
	'one contract of one service: spend without a service takes the contract''s, the credit counts, the plan is the tenth, and the year starts anew in April');
SELECT is((SELECT string_agg(concat_ws(' ', contract_id, lot, service_id, month, coalesce(round(cost_gbp), -1), coalesce(round(planned_gbp), -1), coalesce(round(contract_gbp), -1)), chr(10) ORDER BY service_id, month) FROM pg_temp.spend WHERE organisation_id = 'X' AND contract_id = 'K2'),
	E'K2 Lot 2 (several) 2024-03 -1 -1 200\nK2 Lot 2 (several) 2024-04 -1 -1 200\nK2 Lot 2 (several) 2024-05 -1 -1 200\nK2 Lot 2 (unknown) 2024-04 30 -1 -1\nK2 Lot 2 wheel 2024-04 70 -1 -1',
	'a block contract: its value stands for several services, its spend where it was made');
SELECT is((SELECT string_agg(concat_ws(' ', contract_id, coalesce(lot, '-'), service_id, month, coalesce(round(cost_gbp), -1), coalesce(round(planned_gbp), -1), coalesce(round(contract_gbp), -1)), chr(10) ORDER BY contract_id, service_id, month)
		FROM pg_temp.spend WHERE organisation_id = 'Y' AND month >= '2024-02'),
	E'(none) - (unknown) 2024-04 5 -1 -1\nK3 Lot 3 phys 2024-02 -1 -1 50\nK3 Lot 3 phys 2024-03 40 -1 50\nK4 Lot 3 phys 2024-04 45 50 60\nK4 Lot 3 phys 2024-05 -1 -1 60',
	'one contract after another of one service: money that names neither belongs to the one in force in its month');
SELECT is((SELECT count(*) FROM pg_temp.spend WHERE organisation_id = 'Y' AND contract_id = 'K3'), 15::bigint, 'K3 from January 2023 to March 2024');
SELECT is((SELECT string_agg(concat_ws(' ', contract_id, service_id, month, coalesce(round(cost_gbp), -1), coalesce(round(planned_gbp), -1), coalesce(round(contract_gbp), -1)), chr(10) ORDER BY contract_id, month) FROM pg_temp.spend WHERE organisation_id = '(unassigned)'),
	E'(none) nurse 2024-04 1000 900 -1\nK5 nurse 2024-04 -1 -1 1\nK5 nurse 2024-05 -1 -1 1', 'what names no known organisation');
SELECT is((SELECT string_agg(concat_ws(' ', contract_id, service_id, coalesce(round(planned_gbp), -1)), chr(10) ORDER BY contract_id, service_id) FROM pg_temp.spend WHERE organisation_id = 'X' AND month = '2024-04' AND planned_gbp IS NOT NULL),
	E'(none) wheel 64\nK1 nurse 125', 'a plan belongs to the one contract of its service in force; of two, to neither; its kinds add up');
SELECT is_empty($$SELECT * FROM pg_temp.spend WHERE contract_id IN ('K6', 'K7') AND contract_gbp IS NOT NULL$$, 'a contract without a value, and one to come, add nothing');
-- The financial year: March and April are in different ones, and so are two Aprils.
SELECT results_eq($$SELECT month, round(contract_to_date_gbp) FROM pg_temp.spend WHERE organisation_id = 'Y' AND contract_id = 'K3' AND month IN ('2023-01', '2023-03', '2023-04', '2023-12', '2024-01', '2024-03') ORDER BY month$$,
	$$VALUES ('2023-01'::text, 50::numeric), ('2023-03', 150), ('2023-04', 50), ('2023-12', 450), ('2024-01', 500), ('2024-03', 600)$$, 'the year to date runs from April to March');
SELECT results_eq($$SELECT period_start, cost_gbp, planned_gbp, cost_to_date_gbp, planned_to_date_gbp, variance_to_date_gbp FROM hub_t.report_spend WHERE organisation_id = 'B' AND service_id = '(unknown)' AND planned_gbp IS NOT NULL$$, $$VALUES (date '2025-03-01', NULL::numeric, 7::numeric, 5::numeric, 7::numeric, NULL::numeric)$$, 'a plan for the months to come is shown');

-- ---------------------------------------------------------------------
-- Roll-up
-- ---------------------------------------------------------------------
-- April: X spends 100 + 70 + 30 = 200, Y 45 + 5 = 50; planned X 125 + 64, Y 50; contracted X 100 + 200, Y 60.
SELECT results_eq($$SELECT organisation_id, sum(cost_gbp), sum(planned_gbp), round(sum(contract_gbp)) FROM pg_temp.spend WHERE month = '2024-04' GROUP BY 1 ORDER BY 1$$,
	$$VALUES ('(unassigned)'::text, 1000::numeric, 900::numeric, 1::numeric), ('B', 250, 239, 360), ('PA', 250, 239, 360), ('PB', 50, 50, 60), ('X', 200, 189, 300), ('Y', 50, 50, 60)$$,
	'April: the board has X and Y, each once; place A both, place B only Y');
SELECT results_eq($$SELECT sum(cost_gbp), sum(planned_gbp) FROM hub_t.report_spend WHERE organisation_level = 0$$, $$SELECT (SELECT sum(cost) FROM wh_spend.spend), 100 + 125 + 126 + 64 + 50 + 7 + 900::numeric$$,
	'level 0 holds every pound that was spent, and of the plans the newest');
SELECT results_eq($$SELECT period_start, sum(cost_gbp), sum(planned_gbp), sum(contract_gbp) FROM hub_t.report_spend WHERE organisation_id IN ('X', 'Y') OR organisation_kind = 'unassigned' OR organisation_id = 'B' AND planned_gbp = 7 GROUP BY 1 ORDER BY 1$$,
	$$SELECT period_start, sum(cost_gbp), sum(planned_gbp), sum(contract_gbp) FROM hub_t.report_spend WHERE organisation_level = 0 GROUP BY 1 ORDER BY 1$$, 'the parts add up to the whole, month by month');
SELECT is_empty($$SELECT * FROM (SELECT r.*, sum(cost_gbp) OVER w AS c, sum(planned_gbp) OVER w AS p, sum(contract_gbp) OVER w AS k FROM hub_t.report_spend AS r
		WINDOW w AS (PARTITION BY organisation_id, organisation_kind, contract_id, service_id, CASE WHEN extract(month FROM period_start) >= 4 THEN extract(year FROM period_start) ELSE extract(year FROM period_start) - 1 END ORDER BY period_start)) AS x
	WHERE (c, p, k) IS DISTINCT FROM (cost_to_date_gbp, planned_to_date_gbp, contract_to_date_gbp)$$, 'every figure to date is the sum of its financial year');
SELECT is_empty($$SELECT organisation_id, contract_id, service_id, period_start FROM hub_t.report_spend GROUP BY 1, 2, 3, 4, organisation_kind HAVING count(*) > 1$$, 'one row for each organisation, contract, service and month');
SELECT results_eq($$SELECT DISTINCT service_id, service_name FROM hub_t.report_spend WHERE organisation_id = 'X' ORDER BY 1$$, $$VALUES ('(several)'::text, NULL::text), ('(unknown)', NULL), ('nurse', 'Nursing'), ('wheel', 'Wheelchairs')$$, 'names of services');
SELECT is_empty($$SELECT period_start, time FROM hub_t.report_spend WHERE time <> period_start::timestamp AT TIME ZONE 'Europe/London' OR period_kind <> 'month' OR as_at <> '2024-05-20 12:00Z'$$, 'time and as_at');
SELECT lives_ok($$SET LOCAL caregroup.hierarchy = 'provider'$$, 'in another hierarchy');
SELECT results_eq($$SELECT sum(cost_gbp) FROM hub_t.report_spend WHERE organisation_level = 0$$, $$SELECT sum(cost) FROM wh_spend.spend$$, 'the whole is the same');
SET LOCAL caregroup.hierarchy = '';

-- ---------------------------------------------------------------------
-- Dirty inputs
-- ---------------------------------------------------------------------
CREATE FUNCTION pg_temp.figures() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg((to_jsonb(r) - 'recalculated_at')::text, chr(10) ORDER BY (to_jsonb(r) - 'recalculated_at')::text) FROM hub_t.report_spend AS r
$$;
CREATE FUNCTION pg_temp.doubled(entity text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	before text := pg_temp.figures();
	outcome text;
BEGIN
	EXECUTE format('INSERT INTO wh_spend.%1$I SELECT * FROM wh_spend.%1$I', entity);
	outcome := pg_temp.outcome();
	RAISE EXCEPTION USING ERRCODE = 'TT000', MESSAGE = CASE WHEN outcome <> 'no error' THEN outcome WHEN pg_temp.figures() = before THEN 'same' ELSE 'other figures' END;
EXCEPTION WHEN SQLSTATE 'TT000' THEN
	RETURN SQLERRM;
END $$;
SELECT is(pg_temp.doubled(e), 'same', format('every row of %s twice changes no figure', e)) FROM unnest('{spend,plan,contract,service,organisation,organisation_link}'::text[]) AS e;
CREATE FUNCTION pg_temp.survives(entity text, types text[], tried text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	before numeric := (SELECT sum(cost_gbp) FROM hub_t.report_spend WHERE organisation_level = 0 AND contract_id = '(none)' AND cost_gbp = 1000);
	outcome text;
	target record;
	rows_tried integer := 0;
BEGIN
	FOR target IN SELECT c.column_name, v.value FROM caregroup.contract_column AS c CROSS JOIN unnest(tried) AS v (value)
		WHERE c.entity = survives.entity AND c.type = ANY (types) AND EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = ('wh_spend.' || c.entity)::regclass AND a.attname = c.column_name)
	LOOP
		EXECUTE format('CREATE TEMP TABLE one AS SELECT * FROM wh_spend.%I LIMIT 1', entity);
		EXECUTE format('UPDATE one SET %I = %L', target.column_name, target.value);
		EXECUTE format('INSERT INTO wh_spend.%I SELECT * FROM one', entity);
		DROP TABLE one;
		rows_tried := rows_tried + 1;
	END LOOP;
	outcome := pg_temp.outcome();
	IF outcome = 'no error' AND before IS DISTINCT FROM (SELECT sum(cost_gbp) FROM hub_t.report_spend WHERE organisation_level = 0 AND contract_id = '(none)' AND cost_gbp = 1000) THEN
		outcome := 'the thousand pounds of an unknown organisation changed';
	END IF;
	RAISE EXCEPTION USING ERRCODE = 'TT000', MESSAGE = CASE rows_tried WHEN 0 THEN 'nothing tried' ELSE outcome END;
EXCEPTION WHEN SQLSTATE 'TT000' THEN
	RETURN SQLERRM;
END $$;
SELECT is(pg_temp.survives(e, (SELECT array_agg(DISTINCT type) FROM caregroup.contract_column), ARRAY[NULL]), 'no error', format('a NULL in any column of %s', e)) FROM unnest('{spend,plan,contract,organisation}'::text[]) AS e;
SELECT is(pg_temp.survives(e, '{date}', '{infinity,-infinity,0001-01-01,9999-12-31,4713-01-01 BC}'), 'no error', format('any date in %s', e)) FROM unnest('{spend,plan,contract}'::text[]) AS e;
SELECT is(pg_temp.survives(e, '{text}', '{"",(none),(unassigned),(unknown),(several),K1,X,nurse}'), 'no error', format('any word in %s', e)) FROM unnest('{spend,plan,contract,organisation}'::text[]) AS e;
SELECT is(pg_temp.survives(e, '{numeric}', '{0,-1,1e12,NaN}'), 'no error', format('any number in %s', e)) FROM unnest('{spend,plan,contract}'::text[]) AS e;
-- A contract that begins and ends within a month counts there by its days: a
-- year from 15 April is twelve twelfths.
INSERT INTO wh_spend.contract VALUES ('K11', NULL, 'Y', 'wheel', 1200, '2023-04-15', '2024-04-14'), ('K12', NULL, 'Y', 'nurse', 310, '2024-05-20', '2024-05-10'), ('K13', NULL, 'Y', 'nurse', 3720, '2024-03-10', '2024-03-14');
SELECT pg_temp.recalculate() \g /dev/null
SELECT results_eq($$SELECT count(*), round(sum(contract_gbp), 6), round(min(contract_gbp), 4), round(max(contract_gbp), 4) FROM pg_temp.spend WHERE organisation_id = 'Y' AND contract_id = 'K11'$$, $$VALUES (13::bigint, 1200.000000, 46.6667, 100.0000)$$, 'thirteen months, twelve twelfths: 16 of 30 days and 14 of 30 at the ends');
SELECT results_eq($$SELECT month, round(contract_gbp, 6) FROM pg_temp.spend WHERE organisation_id = 'Y' AND contract_id = 'K13'$$, $$VALUES ('2024-03'::text, 50.000000)$$, 'five days of March are five of its 31');
SELECT is_empty($$SELECT * FROM pg_temp.spend WHERE contract_gbp < 0 OR contract_id = 'K12' AND contract_gbp <> 0$$, 'one that ends before it begins is worth nothing, not less');
DELETE FROM wh_spend.contract WHERE contract_id IN ('K11', 'K12', 'K13');
-- Keys of contract and plan that are NULL, a contract that runs backwards or
-- for ever, one that began before there was money.
INSERT INTO wh_spend.contract VALUES ('K8', NULL, 'X', 'phys', 12, '2024-05-01', '2024-04-01'), ('K9', NULL, 'X', 'phys', 12, '2024-05-01', 'infinity'), ('K10', NULL, 'X', 'phys', 12, '-infinity', NULL), (NULL, NULL, 'X', 'phys', 12, '2024-05-01', NULL);
SELECT is(pg_temp.outcome(), 'no error', 'contracts without sense');
SELECT results_eq($$SELECT contract_id, month, round(contract_gbp) FROM pg_temp.spend WHERE organisation_id = 'X' AND service_id = 'phys'$$, $$VALUES ('K9'::text, '2024-05'::text, 1::numeric)$$, 'only the one with a beginning adds its twelfth');
DELETE FROM wh_spend.contract WHERE contract_id IS NULL OR contract_id IN ('K8', 'K9', 'K10');
-- The money that cannot be dated stays out, and check_hub says so.
INSERT INTO wh_spend.spend VALUES ('90', 'X', 'infinity', 5, 'K1', 'nurse'), ('91', 'X', NULL, 5, 'K1', 'nurse');
SELECT pg_temp.recalculate() \g /dev/null
SELECT results_eq($$SELECT check_name, rows FROM caregroup.check_hub('hub_t') WHERE entity = 'spend' AND column_name = 'month' AND provider_id IS NULL AND check_name IN ('infinite date', 'required value missing') ORDER BY 1$$,
	$$VALUES ('infinite date'::text, 1::numeric), ('required value missing', 1)$$, 'check_hub counts money without a month');
DELETE FROM wh_spend.spend WHERE spend_id IN ('90', '91');
-- An organisation that is called as what has none is called.
INSERT INTO wh_spend.organisation VALUES ('(unassigned)', 'x', 'provider');
SELECT is(pg_temp.outcome(), 'no error', 'an organisation called (unassigned)');
SELECT results_eq($$SELECT sum(cost_gbp) FROM hub_t.report_spend WHERE organisation_level = 0$$, $$SELECT sum(cost) FROM wh_spend.spend$$, 'does not double what names no organisation');
DELETE FROM wh_spend.organisation WHERE organisation_id = '(unassigned)';
-- Money alone: no organisations, services or contracts.
SAVEPOINT whole;
SELECT caregroup.unbind('hub_t', e) FROM unnest('{organisation,organisation_link,service,contract,plan}'::text[]) AS e \g /dev/null
SELECT pg_temp.outcome() AS outcome \gset
SELECT sum(cost_gbp) AS total FROM hub_t.report_spend WHERE organisation_id = '(unassigned)' \gset
ROLLBACK TO whole;
SELECT is(:'outcome'::text || ' ' || :'total', 'no error 1620', 'spend alone: all of it is unassigned, none is lost');
-- The order of rows does not matter.
SELECT pg_temp.recalculate() \g /dev/null
SELECT pg_temp.figures() AS figures \gset
CREATE TABLE wh_spend.again AS SELECT * FROM wh_spend.contract ORDER BY contract_id DESC;
DELETE FROM wh_spend.contract;
INSERT INTO wh_spend.contract SELECT * FROM wh_spend.again;
SELECT pg_temp.recalculate() \g /dev/null
SELECT is(pg_temp.figures(), :'figures'::text, 'whatever the order of the rows');
-- A plan that names a month by another day is a plan of that month, by its newest version.
INSERT INTO wh_spend.plan VALUES ('20', 'X', '2024-05-17', 'block', '11', 'nurse', 140);
SELECT pg_temp.recalculate() \g /dev/null
SELECT results_eq($$SELECT planned_gbp FROM pg_temp.spend WHERE organisation_id = 'X' AND contract_id = 'K1' AND month = '2024-05'$$, ARRAY[140::numeric], 'a plan dated within a month replaces that month''s older version');

SELECT * FROM finish();
ROLLBACK;
