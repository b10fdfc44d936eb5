-- Clocks through SQL: forms that must agree, options, days of a place, bands,
-- words, bad input, states that come from outside, parallel plans.

\getenv shared CAREGROUP_SHARED
\if :{?shared}
\else
\set shared ''
\endif
SELECT :'shared' = '' AS is_missing \gset

BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(84);

CREATE TEMP TABLE event (pathway bigint, event_at timestamptz, status_code text, kind text, communicated boolean, sequence bigint);
INSERT INTO event VALUES
	(1, '2026-01-05 09:00+00', NULL, 'received', NULL, 1), (1, '2026-02-02 10:00+00', '10', NULL, NULL, 2),
	(1, '2026-05-11 10:00+01', '30', NULL, NULL, 3),
	(2, '2026-01-05 09:00+00', NULL, 'received', NULL, 1), (2, '2026-02-02 10:00+00', '33', NULL, true, 2),
	(2, '2026-02-09 10:00+00', NULL, 'rebooked', NULL, 3),
	(3, '2026-02-02 10:00+00', '30', NULL, NULL, 1),
	(4, '2026-01-05 09:00+00', NULL, 'received', NULL, 1), (4, '2026-02-02 10:00+00', '33', NULL, NULL, 2),
	(4, NULL, '30', NULL, NULL, 3), (4, '2027-01-01 10:00+00', '30', NULL, NULL, 4), (4, '2026-03-01', '77', NULL, NULL, 5),
	(4, '2026-03-02', NULL, NULL, NULL, 6);

-- ---- what comes back ----
CREATE TEMP TABLE clock AS SELECT * FROM rtt_clock_rows('SELECT * FROM event', NULL::bigint, as_at => '2026-06-01');
SELECT results_eq('SELECT pathway, clock, started_on, stopped_on, breach_on, start_event, stop_event, days, adjusted_days, week_band, weeks, is_breach, state, start_reason, stop_reason FROM clock ORDER BY 1, 2',
	$$VALUES (1::bigint, 1, date '2026-01-05', date '2026-05-11', date '2026-05-12', 1, 3, 126, 126, 18, 18::float8, false, 'stopped', 'referral', 'treatment'),
	(2, 1, '2026-01-05', '2026-02-02', '2026-05-12', 1, 2, 28, 28, 4, 4, false, 'nullified', 'referral', 'missed_first'),
	(2, 2, '2026-02-09', NULL, '2026-06-16', 3, NULL, 112, 112, 16, 16, false, 'open', 'rebooked', NULL),
	(4, 1, '2026-01-05', NULL, '2026-05-12', 1, NULL, 147, 147, 21, 21, true, 'open', 'referral', NULL)$$, 'clocks of four pathways');
SELECT is(rtt_findings(findings), '{no_time,in_future,no_code,unknown_code,communication_unknown}', 'findings of a clock by name') FROM clock WHERE pathway = 4;
SELECT results_eq($$SELECT pathway, state, since, waiting_since, waiting_days, events, clocks, nullified, finding_count FROM rtt_pathway_rows('SELECT * FROM event', NULL::bigint, as_at => '2026-06-01')$$,
	$$VALUES (1::bigint, 'treated', date '2026-05-11', NULL::date, NULL::int, 3, 1, 0, 0), (2, 'waiting', '2026-02-09', '2026-02-09', 112, 3, 2, 1, 0),
	(3, 'no_clock', NULL, NULL, NULL, 1, 0, 0, 1), (4, 'waiting', '2026-01-05', '2026-01-05', 147, 6, 1, 0, 5)$$, 'states of four pathways');
SELECT results_eq($$SELECT pathway, event, rule FROM rtt_explain_rows('SELECT * FROM event', NULL::bigint, findings_only => true, as_at => '2026-06-01')$$,
	$$VALUES (3::bigint, 1, 'stop_without_clock'), (4, 2, 'communication_unknown'), (4, 3, 'unknown_code'), (4, 4, 'no_code'), (4, 5, 'in_future'), (4, 6, 'no_time')$$,
	'findings by pathway, event ordinal and rule');
SELECT results_eq($$SELECT step, event, event_on, status_code, kind, clock, rule, is_finding FROM rtt_explain('{2026-01-05 09:00+00,2026-02-02 10:00+00,2026-02-01 10:00+00}', '{NULL,33,20}', '{received,NULL,NULL}', '{NULL,t,NULL}', '2026-06-01')$$,
	$$VALUES (1, 1, date '2026-01-05', NULL, 'received', 1, 'referral', false), (2, 2, '2026-02-01', '20', NULL, 1, 'activity', false),
	(3, 3, '2026-02-02', '33', NULL, 1, 'out_of_order', true), (4, 3, '2026-02-02', '33', NULL, 1, 'not_first_missed', true)$$,
	'a pathway explained, one event recorded late');
SELECT ok(bool_and(explanation ~ '^[A-Z].*\.$'), 'explanations are sentences') FROM rtt_rules();
SELECT is((SELECT count(*) FROM rtt_rules() WHERE kind = 'finding'), (SELECT count(DISTINCT mask) FROM rtt_rules() WHERE kind = 'finding'), 'every finding has a bit of its own');
SELECT is(rtt_findings(0), '{}', 'no findings');
SELECT is(rtt_findings(NULL), NULL, 'findings of NULL');
SELECT is_empty($$SELECT start_reason FROM clock EXCEPT SELECT rule FROM rtt_rules() WHERE kind = 'start'$$, 'reasons for starts are rules');
SELECT is_empty($$SELECT stop_reason FROM clock WHERE stop_reason IS NOT NULL EXCEPT SELECT rule FROM rtt_rules() WHERE kind = 'stop'$$, 'reasons for stops are rules');

-- ---- forms that agree ----
SELECT set_eq($$SELECT p.pathway, (c).* FROM (SELECT pathway, rtt_clocks(event_at, status_code, kind, communicated, date '2026-06-01') AS clocks FROM event GROUP BY pathway) AS p, unnest(p.clocks) AS c$$,
	'SELECT * FROM clock', 'the aggregate');
SELECT set_eq($$SELECT p.pathway, (c).* FROM (SELECT pathway, rtt_clocks(event_at, status_code, kind, communicated, date '2026-06-01', 18, 'Europe/London') AS clocks FROM event GROUP BY pathway) AS p, unnest(p.clocks) AS c$$,
	'SELECT * FROM clock', 'the aggregate with all its options');
SELECT set_eq($$SELECT p.pathway, (c).* FROM (SELECT pathway, rtt_clocks((event_at AT TIME ZONE 'Europe/London')::date, status_code, kind, communicated, date '2026-06-01') AS clocks FROM event GROUP BY pathway) AS p, unnest(p.clocks) AS c$$,
	'SELECT * FROM clock', 'the aggregate of dates');
SELECT set_eq($$SELECT pathway, (s).* FROM (SELECT pathway, rtt_pathway(event_at, status_code, kind, communicated, date '2026-06-01') AS s FROM event GROUP BY pathway) AS p$$,
	$$SELECT * FROM rtt_pathway_rows('SELECT pathway, event_at, status_code, kind, communicated FROM event', NULL::bigint, as_at => '2026-06-01')$$, 'the aggregate of states');
SELECT set_eq($$SELECT * FROM rtt_clock_rows('SELECT pathway, event_at, status_code, kind, communicated FROM event ORDER BY pathway, event_at DESC', NULL::bigint, as_at => '2026-06-01', presorted => true)$$,
	'SELECT * FROM clock', 'presorted by pathway, whatever the order of time');
SELECT set_eq($$SELECT * FROM rtt_clock_rows('SELECT pathway, (event_at AT TIME ZONE ''Europe/London'')::timestamp AS event_at, status_code, kind, communicated FROM event', NULL::bigint, as_at => '2026-06-01')$$,
	'SELECT * FROM clock', 'local timestamps');
SELECT set_eq($$SELECT * FROM rtt_clock_rows('SELECT pathway, (event_at AT TIME ZONE ''Europe/London'')::date AS event_at, status_code, kind, communicated FROM event', NULL::bigint, as_at => '2026-06-01')$$,
	'SELECT * FROM clock', 'dates');
SELECT set_eq($$SELECT pathway::bigint, clock, started_on, stopped_on, breach_on, start_event, stop_event, days, adjusted_days, week_band, weeks, findings, is_breach, is_over_52_weeks, is_over_65_weeks, is_over_78_weeks, is_over_104_weeks, is_interface, is_transferred, state, start_reason, stop_reason
	FROM rtt_clock_rows('SELECT * FROM event', as_at => '2026-06-01')$$, 'SELECT * FROM clock', 'pathways as text');
SELECT is((SELECT count(*) FROM rtt_clock_rows('SELECT md5(pathway::text)::uuid AS pathway, event_at, status_code, kind FROM event', NULL::uuid, as_at => '2026-06-01')), 4::bigint, 'pathways that are uuids');
SELECT set_eq($$SELECT length(pathway), days FROM rtt_clock_rows('SELECT repeat(''x'', 300 + pathway::int) AS pathway, event_at, status_code, kind, communicated FROM event', as_at => '2026-06-01')$$,
	'SELECT 300 + pathway::integer, days FROM clock', 'pathways of long names');
SELECT set_eq($$SELECT pathway, started_on, stopped_on FROM rtt_clock_rows('SELECT pathway, event_at, status_code::smallint AS status_code, kind, communicated FROM event', NULL::bigint, as_at => '2026-06-01')$$,
	'SELECT pathway, started_on, stopped_on FROM clock', 'codes that are numbers');
SELECT is((SELECT (rtt_clocks(event_at, status_code))[1].state FROM (VALUES (timestamptz '2026-01-05', '10'), ('2026-02-05', '33')) AS v (event_at, status_code)), 'open', 'codes alone: a 33 after the 10 is not the first appointment');
SELECT is((SELECT (rtt_clocks(event_at, status_code, kind, true))[1].state FROM (VALUES (timestamptz '2020-01-05', NULL, 'received'), ('2020-02-05', '33', NULL)) AS v (event_at, status_code, kind)), 'nullified', 'a 33 that was communicated');

-- ---- the receipt as a column ----
SELECT results_eq($$SELECT pathway, started_on, start_event, days, state FROM rtt_clock_rows('SELECT * FROM (VALUES (1, date ''2026-01-05'', timestamptz ''2026-02-01 10:00+00'', ''10''), (1, ''2026-01-05'', ''2026-03-01 10:00+00'', ''30''),
	(2, ''2026-01-06'', NULL, NULL)) AS v (pathway, received_at, event_at, status_code)', NULL::integer, as_at => '2026-06-01')$$,
	$$VALUES (1, date '2026-01-05', 0, 55, 'stopped'), (2, '2026-01-06', 0, 146, 'open')$$, 'the receipt of the referral as a column, and a referral without events');
SELECT results_eq($$SELECT started_on, state FROM rtt_clock_rows('SELECT 1 AS pathway, timestamptz ''2026-01-05 23:30-02'' AS received_at, date ''2026-02-01'' AS event_at, ''30'' AS status_code', as_at => '2026-06-01')$$,
	$$VALUES (date '2026-01-06', 'stopped')$$, 'a receipt that is a moment beside events that are days');
SELECT is((SELECT rule FROM rtt_explain_rows('SELECT 1 AS pathway, timestamptz ''infinity'' AS received_at, NULL::timestamptz AS event_at, NULL AS status_code', as_at => '2026-06-01')), 'no_time', 'a receipt at no possible time');

-- ---- days of a place; the clocks change on 29 March and 25 October 2026 ----
SELECT results_eq($$SELECT started_on, stopped_on, days FROM rtt_clock_rows('SELECT 1 AS pathway, * FROM (VALUES (timestamptz ''2026-06-30 23:30+00'', NULL, ''received''), (timestamptz ''2026-12-31 23:30+00'', ''30'', NULL)) AS v (event_at, status_code, kind)', as_at => '2027-01-31')$$,
	$$VALUES (date '2026-07-01', date '2026-12-31', 183)$$, 'half past eleven at night in UTC is the next day in summer and not in winter');
SELECT results_eq($$SELECT started_on, stopped_on, days FROM rtt_clock_rows('SELECT 1 AS pathway, * FROM (VALUES (timestamptz ''2026-06-30 23:30+00'', NULL, ''received''), (timestamptz ''2026-12-31 23:30+00'', ''30'', NULL)) AS v (event_at, status_code, kind)', as_at => '2027-01-31', time_zone => 'UTC')$$,
	$$VALUES (date '2026-06-30', date '2026-12-31', 184)$$, 'another time zone');
SELECT results_eq($$SELECT started_on, stopped_on, days FROM rtt_clock_rows('SELECT 1 AS pathway, * FROM (VALUES (timestamptz ''2026-03-28 23:59:59.999999+00'', NULL, ''received''), (timestamptz ''2026-03-29 23:00+00'', ''30'', NULL)) AS v (event_at, status_code, kind)', as_at => '2027-01-31')$$,
	$$VALUES (date '2026-03-28', date '2026-03-30', 2)$$, 'over the night on which summer time begins');
SELECT results_eq($$SELECT days, stop_reason FROM rtt_clock_rows('SELECT 1 AS pathway, * FROM (VALUES (timestamptz ''2026-10-25 00:30+00'', NULL, ''received''), (timestamptz ''2026-10-25 01:10+00'', ''30'', NULL)) AS v (event_at, status_code, kind)', as_at => '2027-01-31')$$,
	$$VALUES (0, 'treatment')$$, 'within the hour that is there twice, moments give the order');
SET LOCAL timezone = 'Pacific/Auckland';
SELECT set_eq($$SELECT * FROM rtt_clock_rows('SELECT * FROM event', NULL::bigint, as_at => '2026-06-01')$$, 'SELECT * FROM clock', 'the session''s time zone makes no difference');
RESET timezone;
SELECT is((SELECT as_at_days FROM (SELECT days AS as_at_days FROM rtt_clock_rows('SELECT 1 AS pathway, now() AS event_at, NULL AS status_code, ''received'' AS kind')) AS c), 0, 'as at today unless said');

-- ---- limits and bands ----
SELECT is((SELECT is_breach FROM rtt_clock_rows('SELECT * FROM event WHERE pathway = 1', as_at => '2026-06-01', limit_weeks => 17)), true, 'a limit of 17 weeks');
SELECT results_eq($$SELECT d, is_breach, is_over_52_weeks, is_over_65_weeks, is_over_78_weeks, is_over_104_weeks FROM unnest('{126,127,364,365,455,456,546,547,728,729}'::integer[]) AS d,
	rtt_clock_rows('SELECT 1 AS pathway, date ''2024-01-01'' AS event_at, NULL AS status_code, ''received'' AS kind', as_at => date '2024-01-01' + d)$$,
	$$VALUES (126, false, false, false, false, false), (127, true, false, false, false, false), (364, true, false, false, false, false), (365, true, true, false, false, false), (455, true, true, false, false, false),
	(456, true, true, true, false, false), (546, true, true, true, false, false), (547, true, true, true, true, false), (728, true, true, true, true, false), (729, true, true, true, true, true)$$, 'a breach is the day after the last of the week');
\if :is_missing
SELECT skip('../shared/data is not here', 2);
\else
\set f 'tail -n +2 ' :shared '/data/demand/rtt_day_bands.csv'
CREATE TEMP TABLE band (days integer, band_no integer, band text, within_18_weeks boolean);
COPY band FROM PROGRAM :'f' (FORMAT csv, HEADER);
SELECT cmp_ok((SELECT count(*) FROM band), '>', 400::bigint, 'rtt_day_bands is read');
SELECT is_empty($$SELECT b.days FROM band AS b LEFT JOIN rtt_clock_rows('SELECT days AS pathway, date ''2026-06-01'' - days AS event_at, NULL AS status_code, ''received'' AS kind FROM band', NULL::integer, as_at => '2026-06-01') AS c ON c.pathway = b.days
	WHERE c.days IS DISTINCT FROM b.days OR c.week_band <> b.band_no OR c.is_breach = b.within_18_weeks$$, 'rtt_day_bands: every band, and a breach beyond the eighteenth');
\endif

-- ---- other standards ----
SELECT results_eq($$SELECT (c).due_at, (c).elapsed, (c).is_met, (c).is_breach FROM (VALUES (timestamptz '2026-03-29 02:30+01'), ('2026-03-29 02:30:01+01')) AS v (stop), LATERAL (SELECT standard_clock('2026-03-29 00:30+00', v.stop, 1, 'hour', as_at => '2026-06-01') AS c) AS s$$,
	$$VALUES (timestamptz '2026-03-29 01:30+00', 1::float8, true, false), ('2026-03-29 01:30+00', 1 + 1 / 3600::float8, false, true)$$, 'an hour is an hour on the night of the change, and its last moment meets it');
SELECT is((standard_clock('2026-01-05 10:00+00', '2026-05-11 23:30+01', 18, 'week', as_at => '2026-06-01')).is_met, true, '18 weeks: the end of day 126');
SELECT is((standard_clock('2026-01-05 10:00+00', '2026-05-12 00:30+01', 18, 'week', as_at => '2026-06-01')).is_met, false, '18 weeks: the beginning of day 127');
SELECT results_eq($$SELECT (c).due_on, (c).elapsed, (c).is_met FROM (SELECT standard_clock('2026-04-01 10:00+01', '2026-04-17 17:00+01', 10, 'working_day', as_at => '2026-06-01') AS c) AS s$$,
	$$VALUES (date '2026-04-17', 10::float8, true)$$, '10 working days over Easter');
SELECT results_eq($$SELECT (c).due_on, (c).elapsed, (c).is_met FROM (SELECT standard_clock('2026-04-01 10:00+01', '2026-04-17 17:00+01', 10, 'working_day', as_at => '2026-06-01', holidays => '{}') AS c) AS s$$,
	$$VALUES (date '2026-04-15', 12::float8, false)$$, '10 working days with holidays of one''s own');
SELECT results_eq($$SELECT (c).is_open, (c).is_breach, (c).is_met, (c).elapsed FROM (SELECT standard_clock('2026-04-01 10:00+01', NULL, 28, 'day', as_at => '2026-04-20') AS c) AS s$$,
	$$VALUES (true, false, NULL::boolean, 19::float8)$$, 'an open wait within its limit is not decided');
SELECT results_eq($$SELECT (c).is_open, (c).is_breach, (c).is_met FROM (SELECT standard_clock('2026-04-01 10:00+01', NULL, 28, 'day', as_at => '2026-05-20') AS c) AS s$$,
	$$VALUES (true, true, false)$$, 'an open wait beyond its limit is');
SELECT results_eq($$SELECT (standard_clock(s, e, 28, 'day', as_at => '2026-05-20')).problem FROM (VALUES (1, NULL::timestamptz, NULL::timestamptz), (2, 'infinity', NULL), (3, '2026-05-21', NULL), (4, '2026-05-02', '2026-05-01'), (5, '2026-05-02', '2026-05-21'), (6, '2026-05-02', '-infinity'), (7, '2026-05-02', '2026-05-03')) AS v (o, s, e) ORDER BY o$$,
	$$VALUES ('no_start'), ('no_start'), ('future_start'), ('stop_before_start'), ('future_stop'), ('impossible_stop'), (NULL)$$, 'what is wrong with a wait is said');
SELECT is((SELECT count(*) FROM national_standard AS s, LATERAL standard_clock('2026-01-05', '2026-01-05', s.limit_value, s.limit_unit, as_at => '2026-05-20') AS c WHERE c.is_met), (SELECT count(*) FROM national_standard), 'every national standard can be counted');
SELECT is_empty($$SELECT standard_id FROM national_standard AS s WHERE EXISTS (SELECT FROM contract_column AS c WHERE c.entity = 'service_standard' AND c.allowed IS NOT NULL AND to_jsonb(s) ->> c.column_name IS NOT NULL AND NOT to_jsonb(s) ->> c.column_name = ANY (c.allowed))$$, 'national standards keep the contract of service_standard');
-- Shares as the documents print them that national_target names.
SELECT is_empty($$SELECT s.standard_id, s.threshold, t.value FROM national_standard AS s JOIN national_target AS t USING (standard_id) WHERE t.reach_by IS NULL AND s.threshold IS DISTINCT FROM t.value$$, 'a standard''s threshold is that of its source');
SELECT is_empty($$SELECT standard_id FROM national_standard AS s WHERE threshold IS NOT NULL AND NOT EXISTS (SELECT FROM national_target AS t WHERE t.standard_id = s.standard_id)$$, 'no threshold without a source');
SELECT results_eq($$SELECT standard_id, to_char(reach_by, 'YYYY-MM'), value FROM national_target WHERE published_on BETWEEN '2024-01-01' AND '2025-01-30' ORDER BY 1, 2$$,
	$$VALUES ('cancer_28_days', '2025-03', 0.77), ('cancer_28_days', '2026-03', 0.80), ('cancer_62_days', '2025-03', 0.70), ('cancer_62_days', '2026-03', 0.75), ('diagnostic_6_weeks', '2025-03', 0.95),
		('emergency_4_hours', '2025-03', 0.78), ('emergency_4_hours', '2026-03', 0.78), ('rtt_18_weeks', '2026-03', 0.65), ('rtt_52_weeks', '2026-03', 0.99), ('rtt_65_weeks', '2024-09', 1.00)$$, 'the milestones of the planning guidance of 2024/25 and 2025/26');
SELECT is_empty($$SELECT * FROM national_target WHERE value NOT BETWEEN 0 AND 1 OR basis NOT IN ('ended', 'going_on') OR reach_by < published_on OR reach_by <> (date_trunc('month', reach_by) + interval '1 month')::date - 1$$, 'targets are shares to be reached by the end of a month to come');
SELECT is((standard_clock('2026-01-05 00:00+00', '2026-02-15 23:00+00', limit_value, limit_unit, as_at => '2026-05-20')).is_met, true, 'diagnostics: day 41') FROM national_standard WHERE standard_id = 'diagnostic_6_weeks';
SELECT is((standard_clock('2026-01-05 00:00+00', '2026-02-16 01:00+00', limit_value, limit_unit, as_at => '2026-05-20')).is_met, false, 'diagnostics: day 42') FROM national_standard WHERE standard_id = 'diagnostic_6_weeks';
SELECT throws_ok($$SELECT standard_clock('2026-01-05', NULL, 0, 'day')$$, '22023', NULL, 'a limit of 0');
SELECT throws_ok($$SELECT standard_clock('2026-01-05', NULL, 'NaN', 'day')$$, '22023', NULL, 'a limit of NaN');
SELECT throws_ok($$SELECT standard_clock('2026-01-05', NULL, 1, 'month')$$, '22023', 'unknown limit_unit "month"', 'an unknown unit');
SELECT throws_ok($$SELECT standard_clock('2026-01-05', NULL, NULL, 'day')$$, '22004', NULL, 'a NULL limit');
SELECT throws_ok($$SELECT standard_clock('2026-01-05', NULL, 1, 'working_day', calendar => 'mars')$$, '22023', NULL, 'an unknown calendar');
SELECT throws_ok($$SELECT standard_clock('2026-01-05', NULL, 1, 'day', time_zone => 'Mars/Olympus')$$, '22023', NULL, 'an unknown time zone');

-- ---- bad calls ----
SELECT throws_ok($$SELECT * FROM rtt_clock_rows(NULL)$$, '22004', NULL, 'a NULL query');
SELECT throws_ok($$SELECT * FROM rtt_clock_rows('SELECT 1 AS pathway, now() AS event_at')$$, '42703', NULL, 'a column that is missing');
SELECT throws_ok($$SELECT * FROM rtt_clock_rows('SELECT 1 AS pathway, 5 AS event_at, ''10'' AS status_code')$$, '42804', NULL, 'a column of the wrong type');
SELECT throws_ok($$SELECT * FROM rtt_clock_rows('SELECT 1 AS pathway, 1 AS pathway, now() AS event_at, ''10'' AS status_code')$$, '42701', NULL, 'a column twice');
SELECT throws_ok($$SELECT * FROM rtt_clock_rows('SELECT NULL::int AS pathway, now() AS event_at, ''10'' AS status_code')$$, '22004', NULL, 'a NULL pathway');
SELECT throws_ok($$SELECT * FROM rtt_clock_rows('DELETE FROM event')$$, '22023', NULL, 'a query that is no SELECT');
SELECT throws_ok($$SELECT * FROM rtt_clock_rows('SELECT * FROM event ORDER BY pathway DESC', NULL::bigint, presorted => true)$$, '22023', 'rows are said to be sorted by pathway and are not', 'presorted and not in order');
SELECT throws_ok($$SELECT * FROM rtt_clock_rows('SELECT * FROM event', limit_weeks => 0)$$, '22023', NULL, 'a limit out of range');
SELECT throws_ok($$SELECT * FROM rtt_clock_rows('SELECT * FROM event', as_at => 'infinity')$$, '22008', NULL, 'as at infinity');
SELECT throws_ok($$SELECT * FROM rtt_clock_rows('SELECT * FROM event', time_zone => 'Nowhere')$$, '22023', NULL, 'an unknown time zone for clocks');
SELECT throws_ok($$SELECT * FROM rtt_clock_rows('SELECT 1 AS pathway, now() AS event_at, ''10'' AS status_code, 0::bigint AS sequence')$$, '22003', NULL, 'a sequence out of range');
SELECT throws_ok($$SELECT * FROM rtt_explain('{2026-01-01}', '{10,20}')$$, '2202E', NULL, 'arrays of different lengths');
SELECT throws_ok($$SELECT rtt_combine('\x00'::bytea, '\x0102030405060708090a0b0c0d0e0f101112131415161718'::bytea)$$, '22P03', NULL, 'a damaged state');
SELECT throws_ok($$SELECT rtt_clocks_final('\x'::bytea)$$, '22P03', NULL, 'an empty state');
SELECT is_empty($$SELECT * FROM rtt_clock_rows('SELECT * FROM event WHERE false')$$, 'no rows give no clocks');
SELECT is((SELECT rtt_clocks(event_at, status_code) FROM event WHERE false), NULL, 'no rows give NULL');
SELECT is((SELECT rtt_clocks(event_at, status_code, kind, communicated) FROM event WHERE pathway = 3), '{}', 'events without a clock give an empty array');
SELECT is_empty($$SELECT * FROM rtt_explain(NULL, NULL)$$, 'nothing to explain');

-- ---- parallel and partition-wise plans ----
CREATE TABLE many (pathway integer, event_at timestamptz, status_code text, kind text) PARTITION BY HASH (pathway);
CREATE TABLE many_0 PARTITION OF many FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE many_1 PARTITION OF many FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO many SELECT p, timestamptz '2025-01-01' + p % 300 * interval '1 day' + e * interval '30 days', (ARRAY[NULL,'10','20','32','11','30'])[e + 1], CASE e WHEN 0 THEN 'received' END
FROM generate_series(1, 20000) AS p, generate_series(0, 5) AS e;
ANALYZE many;
CREATE TEMP TABLE serial AS SELECT * FROM rtt_clock_rows('SELECT * FROM many', NULL::integer, as_at => '2026-06-01');
SELECT is((SELECT count(*) FROM serial), 40000::bigint, 'two clocks of each of many pathways');
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL enable_partitionwise_aggregate = on;
SELECT is((SELECT count(*) FROM (SELECT (c).* FROM (SELECT pathway, unnest(rtt_clocks(event_at, status_code, kind, true, date '2026-06-01')) AS c FROM many GROUP BY pathway) AS p
	EXCEPT SELECT clock, started_on, stopped_on, breach_on, start_event, stop_event, days, adjusted_days, week_band, weeks, findings, is_breach, is_over_52_weeks, is_over_65_weeks, is_over_78_weeks, is_over_104_weeks, is_interface, is_transferred, state, start_reason, stop_reason FROM serial) AS d),
	0::bigint, 'parallel and partition-wise the clocks are the same');
SELECT is((SELECT sum((c).days) FROM (SELECT unnest(rtt_clocks(event_at, status_code, kind, true, date '2026-06-01')) AS c FROM many GROUP BY pathway) AS p), (SELECT sum(days) FROM serial), 'and so are their days');
SELECT is((SELECT array_length(rtt_clocks(event_at, status_code, kind, true, date '2026-06-01'), 1) FROM many WHERE pathway < 5), (SELECT count(*)::integer FROM rtt_clock_rows('SELECT 1 AS pathway, event_at, status_code, kind FROM many WHERE pathway < 5', as_at => '2026-06-01')), 'one group over parallel workers');
-- ---- cancelled in the middle ----
CREATE FUNCTION pg_temp.was_stopped(statement text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN false;
EXCEPTION WHEN query_canceled THEN
	RETURN true;
END $$;
SET LOCAL statement_timeout = '300ms';
SELECT ok(pg_temp.was_stopped($$SELECT count(*) FROM rtt_clock_rows('SELECT g / 5 AS pathway, timestamptz ''2025-01-01'' + g * interval ''1 second'' AS event_at, ''10'' AS status_code FROM generate_series(1, 20000000) AS g', NULL::bigint, presorted => true)$$), 'a long call can be stopped');
SET LOCAL statement_timeout = 0;
-- A state within a tuple stands where it stands.
SELECT is((SELECT array_length(rtt_clocks_final(rtt_add(b.state, timestamptz '2026-01-02', '10')), 1) FROM (SELECT 1::smallint, rtt_add(NULL, timestamptz '2026-01-01', '20') AS state OFFSET 0) AS b), 1, 'a state that is handed over as a value');
SELECT is((SELECT (rtt_clocks(at, '10', NULL, true, '2026-12-31', 18, zone))[1].started_on FROM (VALUES (timestamptz '2026-06-30 23:30+00', 'UTC'), (timestamptz '2026-07-30 23:30+00', NULL)) AS v (at, zone)), date '2026-06-30', 'the time zone of a row');
SELECT * FROM finish();
ROLLBACK;
