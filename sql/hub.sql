-- A hub over a world small enough to be worked out by hand.  Each block says
-- what it must show and why.  The session's TimeZone is not the hub's
-- (pg_regress sets the Pacific's), so nothing here may depend on it.
SET client_min_messages = warning;
SELECT caregroup.create_hub('hub_test');
SELECT caregroup.configure_hub('hub_test', 'as_at', '2024-06-12 12:00:00+01') ~ '^hub_test: as_at is 2024-06-12' AS configured;
SELECT as_at AT TIME ZONE 'UTC' = timestamp '2024-06-12 11:00' AS as_meant FROM hub_test.parameter;

CREATE SCHEMA hub_warehouse;
SET search_path = hub_warehouse;

-- The group G has the provider P; the practices' partnership Q has two parents
-- in the chain of command, and one in the hierarchy of providers.  In the
-- hierarchy of places P and Q were entered each under the other.
CREATE TABLE organisation (organisation_id text, name text, kind text);
INSERT INTO organisation VALUES ('G', 'Group', 'care_group'), ('P', 'Provider', 'provider'), ('Q', 'Practices', 'partnership');
CREATE TABLE organisation_link (child_id text, parent_id text, hierarchy text, valid_to date);
INSERT INTO organisation_link VALUES ('P', 'G', 'command', NULL), ('Q', 'G', 'command', NULL), ('Q', 'P', 'command', NULL),
    ('G', 'Q', 'command', '2024-06-11'),
    ('Q', 'P', 'provider', NULL), ('P', 'Q', 'place', NULL), ('Q', 'P', 'place', NULL);
-- L1 belongs to an organisation that nobody knows.
CREATE TABLE site (site_id text, name text, organisation_id text, kind text);
INSERT INTO site VALUES ('C1', 'Clinic', 'P', 'community_clinic'), ('H1', 'Hospital', 'P', 'hospital'),
    ('R1', 'Practice', 'Q', 'practice'), ('L1', 'Lone clinic', 'X', 'community_clinic');
CREATE TABLE service (service_id text, name text, kind text);
INSERT INTO service VALUES ('msk', 'Musculoskeletal', 'community'), ('img', 'Imaging', 'diagnostic');
CREATE TABLE appointment_type (service_id text, kind text, minutes integer);
INSERT INTO appointment_type VALUES ('msk', 'first', 40), ('msk', 'follow_up', 20), ('img', 'diagnostic', 30);
-- Monday 27 May 2024 is a bank holiday.
CREATE TABLE calendar_day (calendar_id text, day date, kind text, name text);
INSERT INTO calendar_day VALUES ('england', '2024-05-06', 'bank_holiday', 'Early May'), ('england', '2024-05-27', 'bank_holiday', 'Spring');

CREATE TABLE person (person_id bigint, nhs_number text, birth_date date, death_date date, sex text);
INSERT INTO person VALUES
    (1, '9434765919', '1980-01-10', NULL, 'female'),   -- 44
    (2, '9434765870', '1981-12-31', NULL, 'female'),   -- 42
    (3, NULL, '1950-02-01', NULL, 'male'),             -- 74
    (4, NULL, '1930-06-12', NULL, 'male'),             -- 94 today
    (5, NULL, NULL, NULL, NULL),
    (6, NULL, '2000-06-13', NULL, 'female'),           -- 24 tomorrow
    (7, NULL, '1980-01-01', '2024-06-12', 'female'),   -- died today
    (8, NULL, '1982-01-01', NULL, 'female'),           -- 42
    (9, NULL, '1950-01-01', NULL, 'male');             -- 74
CREATE TABLE registration (person_id bigint, site_id text, valid_from date, valid_to date);
INSERT INTO registration VALUES (1, 'R1', '2020-01-01', NULL), (1, 'R1', '2019-01-01', '2024-12-31'), (2, 'R1', '2020-01-01', '2024-06-12'),
    (3, 'R1', '2020-01-01', NULL), (4, 'R1', '2024-06-12', NULL), (5, 'R1', '2020-01-01', '2024-06-11'), (6, 'nowhere', '2020-01-01', NULL),
    (7, 'R1', '2020-01-01', NULL), (8, 'L1', '2020-01-01', NULL), (9, 'L1', '2020-01-01', NULL), (9, 'H1', '2024-06-13', NULL);
CREATE TABLE population (area_id text, site_id text, as_at date, age_band text, sex text, people integer, weight numeric);
INSERT INTO population VALUES (NULL, 'C1', '2024-01-01', NULL, NULL, 90, NULL), (NULL, 'C1', '2024-06-01', NULL, NULL, 100, NULL),
    (NULL, 'C1', '2025-01-01', NULL, NULL, 999, NULL), ('E1', NULL, '2024-06-01', '40-44', 'female', 30, 33), ('E2', NULL, '2023-06-01', '40-44', 'female', 12, NULL);
CREATE TABLE area (area_id text, name text);
INSERT INTO area VALUES ('E1', 'East');

-- Moments are without a zone: London's time.
CREATE TABLE referral (referral_id bigint, person_id bigint, service_id text, site_id text, received_at timestamp,
                       status text, closed_at timestamp, referrer_site_id text);
INSERT INTO referral VALUES
    (1, 1, 'msk', 'C1', '2024-05-24 10:00', 'open', NULL, 'R1'),            -- Friday; seen on Tuesday 28 May
    (2, 2, 'msk', 'C1', '2024-05-24 10:00', 'open', NULL, 'R1'),            -- seen on Wednesday 29 May
    (3, 3, 'msk', 'C1', '2024-06-05 12:00', 'open', NULL, NULL),            -- waits 7 days, 1 week
    (4, 4, 'msk', 'C1', '2024-06-06 12:00', 'open', NULL, NULL),            -- waits 6 days, 0 weeks
    (5, 5, 'msk', 'L1', '2024-04-01 09:00', 'open', NULL, 'R1'),            -- waits 72 days, 10 weeks
    (6, 6, 'msk', NULL, '2024-06-01 00:30', 'open', NULL, NULL),            -- still May in UTC; waits 11 days, 1 week
    (7, 1, 'img', 'H1', '2024-06-03 10:00', 'open', NULL, NULL),            -- imaged on 4 June
    (8, 2, 'msk', 'C1', '2024-05-15 09:00', 'open', NULL, 'R1'),            -- triaged only: waits 28 days, 4 weeks
    (9, 9, 'msk', 'C1', '2024-05-16 09:00', 'returned', '2024-05-20 09:00', 'L1'),
    (10, 1, 'msk', 'C1', '2024-04-02 09:00', 'closed', '2024-06-10 09:00', 'R1'), -- did not come, closed
    (11, 2, 'nosuch', 'H1', '2024-06-10 09:00', 'open', NULL, NULL),        -- a service that nobody knows: 0 weeks
    (12, 3, NULL, 'C1', '2024-06-12 11:00', 'open', NULL, NULL),            -- no service: 0 weeks
    (13, 3, 'msk', 'C1', '2024-06-13 09:00', 'open', NULL, NULL),           -- tomorrow: not yet there
    (15, 4, 'msk', 'C1', '2024-05-01 09:00', NULL, NULL, 'R1');             -- no status: waits 42 days, 6 weeks
CREATE TABLE referral_event (event_id bigint, referral_id bigint, event_at timestamp, kind text);
INSERT INTO referral_event VALUES (1, 7, '2024-06-04 10:00', 'report'), (2, 7, '2024-06-05 10:00', 'report');
CREATE TABLE activity (activity_id bigint, referral_id bigint, person_id bigint, starts_at timestamp, kind text, status text,
                       site_id text, service_id text, modality text, setting text, minutes integer, cost numeric, price numeric,
                       session_id bigint, quantity integer);
INSERT INTO activity VALUES
    (1, 1, 1, '2024-05-28 09:00', 'first', 'attended', 'C1', 'msk', 'face_to_face', 'community', 40, 50, 60, 1, NULL),
    (2, 2, 2, '2024-05-29 09:00', 'first', 'attended', 'C1', 'msk', 'video', 'community', 30, NULL, 45, NULL, NULL),
    (3, 7, 1, '2024-06-04 09:00', 'diagnostic', 'attended', 'H1', 'img', 'face_to_face', 'acute', 20, 100, NULL, NULL, NULL),
    (4, 8, 2, '2024-05-16 09:00', 'triage', 'attended', 'C1', 'msk', 'telephone', 'community', 5, NULL, NULL, NULL, NULL),
    (5, 10, 1, '2024-05-07 09:00', 'first', 'did_not_attend', 'C1', 'msk', 'face_to_face', 'community', 40, 50, NULL, 2, NULL),
    (6, 1, 1, '2024-06-11 09:00', 'follow_up', 'attended', 'C1', 'msk', 'face_to_face', 'community', 20, 25, NULL, 3, NULL),
    (7, 3, 3, '2024-06-20 09:00', 'first', 'booked', 'C1', 'msk', 'face_to_face', 'community', NULL, NULL, NULL, NULL, NULL),
    (8, NULL, 5, '2024-06-01 00:30', 'emergency', 'attended', 'nowhere', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 7),
    (9, 4, 4, '2024-06-10 09:00', 'first', 'cancelled_by_provider', 'C1', 'msk', 'face_to_face', 'community', 40, NULL, NULL, NULL, NULL),
    (10, 4, 4, '2024-06-11 09:00', 'first', 'cancelled_by_person', 'C1', 'msk', 'face_to_face', 'community', 40, NULL, NULL, NULL, NULL);
CREATE TABLE contact_request (request_id bigint, at timestamp, site_id text, service_id text, channel text, outcome text, quantity integer);
INSERT INTO contact_request VALUES (1, '2024-06-01 09:00', 'R1', 'msk', 'telephone', 'unmet', 10),
    (2, '2024-06-02 09:00', 'R1', 'msk', 'telephone', 'booked', NULL), (3, '2024-06-02 09:00', NULL, NULL, 'online', 'abandoned', NULL),
    (4, '2024-06-13 09:00', 'R1', 'msk', 'telephone', 'unmet', 99);
CREATE TABLE session (session_id bigint, site_id text, service_id text, starts_at timestamp, ends_at timestamp, slots integer,
                      minutes integer, slot_minutes integer, status text);
INSERT INTO session VALUES
    (1, 'C1', 'msk', '2024-05-28 09:00', '2024-05-28 12:00', 4, NULL, NULL, 'held'),       -- Tuesday, 4 slots, 180 minutes
    (2, 'C1', 'msk', '2024-05-07 09:00', '2024-05-07 12:00', NULL, 180, 30, NULL),         -- Tuesday, 180 / 30 = 6 slots
    (3, 'C1', 'img', '2024-06-11 09:00', '2024-06-11 11:00', NULL, NULL, NULL, 'open'),    -- Tuesday, slots not known, 120 minutes
    (4, 'C1', 'img', '2024-06-04 09:00', '2024-06-04 12:00', 8, NULL, NULL, 'cancelled'),  -- Tuesday, cancelled
    (5, 'C1', 'msk', '2024-06-18 09:00', '2024-06-18 12:00', 8, NULL, NULL, 'open'),       -- next week
    (6, 'C1', 'msk', '2024-05-13 09:00', '2024-05-13 12:00', NULL, 110, NULL, 'held');     -- Monday, 110 / 20 = 5 slots
CREATE TABLE service_standard (standard_id text, name text, service_id text, service_kind text, clock_start text, clock_stop text,
                               limit_value numeric, limit_unit text, threshold numeric);
INSERT INTO service_standard VALUES
    ('1wd', 'Seen in 1 working day', 'msk', NULL, 'received', 'first_contact', 1, 'working_day', 0.8),
    ('4d', 'Seen in 4 days', NULL, NULL, 'received', 'first_contact', 4, 'day', NULL),
    ('3w', 'Treated in 3 weeks', 'msk', NULL, 'received', 'treatment', 3, 'week', 0.92),
    ('24h', 'Reported in 24 hours', NULL, 'diagnostic', 'received', 'report', 24, 'hour', 0.9);
CREATE TABLE target (organisation_id text, standard_id text, month date, value numeric);
INSERT INTO target VALUES ('P', '1wd', '2024-05-01', 0.5);

SELECT split_part(caregroup.bind('hub_test', c.relname::text, format('TABLE %I', c.relname)), ';', 1) AS bound
FROM pg_class AS c WHERE c.relnamespace = 'hub_warehouse'::regnamespace ORDER BY c.relname COLLATE "C";
-- Columns that the contract does not know are ignored with a notice.
SET client_min_messages = notice;
SELECT caregroup.bind('hub_test', 'area', 'SELECT area_id, 2 AS colour, name, 1 AS "Another one" FROM area');
SET client_min_messages = warning;
SET search_path = hub_test;
CALL caregroup.recalculate('hub_test');
SELECT run, state, as_at = '2024-06-12 11:00+00' AS as_set, error FROM recalculation;
SELECT count(*) = (SELECT count(*) FROM caregroup.hub_step) AS all_steps, bool_and(state = 'finished') AS all_finished FROM recalculation_step;

-- The chain of command: G at the top, Q below P because its longest way up is
-- over P (the link of G under Q has ended); L1 is at the top by itself.
SELECT organisation_level, organisation_kind, organisation_id, string_agg(site_id, ',' ORDER BY site_id COLLATE "C") AS sites
FROM chain WHERE hierarchy = 'command' GROUP BY 1, 2, 3 ORDER BY organisation_level, organisation_kind COLLATE "C", organisation_id COLLATE "C";

-- Waiting list: 8 people.  G and P show the six of C1 and H1; referrals 1, 2
-- and 7 were seen, 9 and 10 closed, 13 has not come in.
SELECT organisation_level AS level, organisation_id, service_id, service_name, weeks_waited AS weeks, referrals
FROM report_waiting_list ORDER BY level, organisation_id COLLATE "C", service_id COLLATE "C", weeks;

-- Flow: of 13 referrals received 3 were seen and 2 closed; number 6 is June's
-- in London, and the month begins at 23:00 UTC.
SELECT organisation_level AS level, organisation_id, service_id, period_start = date '2024-04-01' AS april, period_start = date '2024-05-01' AS may,
    received, seen, closed, time AT TIME ZONE 'UTC' = period_start - interval '1 hour' AS summer_time
FROM report_referral_flow WHERE organisation_level = 0 OR organisation_kind = 'site'
ORDER BY level, organisation_id COLLATE "C", service_id COLLATE "C", period_start;

-- Demand: referrals at 40 minutes (imaging 30, seen face to face), the
-- returned one unmet; 11
-- calls to R1, 10 of them unmet; one request to nobody.
SELECT organisation_id, service_id, extract(month FROM period_start) AS month, source, modality, requests, unmet, minutes_requested
FROM report_demand WHERE organisation_kind IN ('site', 'unassigned')
ORDER BY organisation_id COLLATE "C", service_id COLLATE "C", period_start, source, modality COLLATE "C";

-- Activity: the cost, or else the price; a count of 7 stands in one row.
SELECT organisation_id, service_id, extract(month FROM period_start) AS month, modality, setting, kind, attended AS att, did_not_attend AS dna,
    cancelled_by_person AS by_person, cancelled_by_provider AS by_provider, booked, minutes_attended AS minutes, cost_gbp
FROM report_activity WHERE organisation_kind IN ('site', 'unassigned')
ORDER BY organisation_id COLLATE "C", service_id COLLATE "C", period_start, modality COLLATE "C", kind COLLATE "C";
SELECT service_id, sum(attended) AS attended, sum(minutes_attended) AS minutes, sum(cost_gbp) AS cost_gbp
FROM report_activity WHERE organisation_id = 'G' GROUP BY service_id ORDER BY service_id;

-- Population: R1 has 1, 2, 3 and 4 (1 once; 5 left yesterday, 7 died today);
-- 6 is at no known site and 23 years old; C1's count is June's, E2's is old
-- but its latest.
SELECT organisation_level AS level, organisation_id, organisation_name, basis, age_band, sex, population_group, people, weighted_people
FROM report_population WHERE organisation_level = 0 OR organisation_kind <> 'site'
ORDER BY level, organisation_id COLLATE "C", basis, age_band COLLATE "C", sex COLLATE "C";

-- Standards.  Friday 24 May to Tuesday 28 May is 1 working day because of the
-- bank holiday, to Wednesday 2: half of two (P's own target is a half, G's
-- threshold 0.8).  In days they are 4 and 5, imaging 1.  Treated after 18
-- days.  Reported after exactly 24 hours.
SELECT organisation_level AS level, organisation_id, standard_id, service_id, extract(month FROM period_start) AS month, numerator, denominator,
    value, round(lower::numeric, 4) AS lower, round(upper::numeric, 4) AS upper, target, meets_target, direction
FROM report_standard ORDER BY level, organisation_id COLLATE "C", standard_id COLLATE "C", service_id, period_start;
SELECT to_char(day, 'FMDy FMDD FMMon') AS day, is_working, ordinal - min(ordinal) OVER () AS ordinal
FROM working_day WHERE calendar_id = 'england' AND day BETWEEN '2024-05-24' AND '2024-05-29' ORDER BY working_day.day;

-- Session use: in May two Tuesdays with 4 + 6 slots, 2 booked, 1 attended;
-- one Monday with 5; in June slots that nobody knows, so that its booking is
-- not counted either, and one cancelled.
SELECT service_id, extract(month FROM period_start) AS month, weekday_name, sessions, sessions_cancelled AS cancelled, slots_offered AS offered,
    slots_booked AS booked, slots_attended AS attended, booked_share, round(minutes_offered) AS minutes
FROM report_session_use WHERE organisation_id = 'P' ORDER BY service_id, period_start, weekday;

-- Referrers, June 2023 to May 2024.  People: 40-44 female R1 2, L1 1; 70-74
-- male R1 1, L1 1; 90+ male R1 1.  Referrals of them: 4, 1 and 1, so R1
-- expects 2 * 4/3 + 1 * 1/2 + 1 * 1 = 4.1667 and L1 1 * 4/3 + 1 * 1/2 =
-- 1.8333.  R1 made 6, number 5 of a person of unknown age among them; 3
-- contacts came of them (a triage is none) and 1 was missed.
SELECT organisation_level AS level, organisation_id, service_id, period_start = date '2023-06-01' AS june_2023, people, referrals,
    round(expected, 4) AS expected, round(ratio::numeric, 4) AS ratio, round(lower::numeric, 3) AS lower, round(upper::numeric, 3) AS upper,
    per_1000_people AS per_1000, returned, round(returned_share::numeric, 4) AS returned_share, did_not_attend AS dna, round(did_not_attend_share::numeric, 4) AS dna_share
FROM report_referrer_variation ORDER BY level, organisation_id COLLATE "C", service_id COLLATE "C";

-- The parts add up to the whole: level 0 of every hierarchy, also of the one
-- that runs in a circle and of the one without any link, has every fact once.
CREATE FUNCTION hub_warehouse.level_0(OUT waiting numeric, OUT received numeric, OUT seen numeric, OUT closed numeric, OUT requests numeric,
                        OUT attended numeric, OUT registered numeric, OUT residents numeric, OUT waits numeric, OUT sessions numeric, OUT made numeric)
LANGUAGE sql BEGIN ATOMIC
    SELECT (SELECT sum(referrals) FROM report_waiting_list WHERE organisation_level = 0),
        f.received, f.seen, f.closed,
        (SELECT sum(requests) FROM report_demand WHERE organisation_level = 0),
        (SELECT sum(attended) FROM report_activity WHERE organisation_level = 0),
        (SELECT sum(people) FROM report_population WHERE organisation_level = 0 AND basis = 'registered'),
        (SELECT sum(people) FROM report_population WHERE organisation_level = 0 AND basis = 'resident'),
        (SELECT sum(denominator) FROM report_standard WHERE organisation_level = 0 AND standard_id = '4d'),
        (SELECT sum(sessions) FROM report_session_use WHERE organisation_level = 0),
        (SELECT sum(referrals) FROM report_referrer_variation WHERE organisation_level = 0)
    FROM (SELECT sum(received) AS received, sum(seen) AS seen, sum(closed) AS closed
          FROM report_referral_flow WHERE organisation_level = 0) AS f;
END;
SELECT 'the inputs' AS hierarchy, 8 AS waiting, 13 AS received, 3 AS seen, 2 AS closed, 13 + 12 AS requests, 5 + 7 AS attended,
    4 + 1 + 2 AS registered, 30 + 12 AS residents, 3 AS waits, 4 AS sessions, 7 AS made;
SELECT 'command' AS hierarchy, * FROM hub_warehouse.level_0();
SET caregroup.hierarchy = 'provider';
SELECT 'provider' AS hierarchy, * FROM hub_warehouse.level_0();
SELECT organisation_level AS level, organisation_id, sum(referrals) AS waiting FROM report_waiting_list GROUP BY 1, 2 ORDER BY level, organisation_id COLLATE "C";
SET caregroup.hierarchy = 'place';
SELECT 'place' AS hierarchy, * FROM hub_warehouse.level_0();
SET caregroup.hierarchy = 'commissioner';
SELECT 'commissioner' AS hierarchy, * FROM hub_warehouse.level_0();
RESET caregroup.hierarchy;

-- A key that comes twice changes no figure (check_hub() counts it).
CREATE FUNCTION hub_warehouse.all_reports() RETURNS TABLE (report text, line jsonb)
LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT v.view_name FROM caregroup.hub_view AS v WHERE v.kind = 'report' LOOP
        RETURN QUERY EXECUTE format('SELECT %L, to_jsonb(r) - ''recalculated_at'' FROM hub_test.%I AS r', name, name);
    END LOOP;
END
$$;
CREATE TABLE hub_warehouse.before_doubling AS SELECT * FROM hub_warehouse.all_reports();
SELECT format('INSERT INTO hub_warehouse.%1$I SELECT * FROM hub_warehouse.%1$I', t)
FROM unnest(ARRAY['organisation', 'organisation_link', 'site', 'service', 'area', 'appointment_type', 'calendar_day', 'person', 'registration',
    'service_standard', 'target', 'session', 'referral_event', 'referral']) AS t \gexec
-- Not even where the second referral was received a minute later.
UPDATE hub_warehouse.referral AS r SET received_at = received_at + interval '1 minute'
WHERE r.ctid = (SELECT max(x.ctid) FROM hub_warehouse.referral AS x WHERE x.referral_id = r.referral_id);
CALL caregroup.recalculate('hub_test');
SELECT 'gone' AS what, b.report, b.line ->> 'organisation_id' AS organisation_id FROM (TABLE hub_warehouse.before_doubling EXCEPT SELECT * FROM hub_warehouse.all_reports()) AS b
UNION ALL
SELECT 'new', n.report, n.line ->> 'organisation_id' FROM (SELECT * FROM hub_warehouse.all_reports() EXCEPT TABLE hub_warehouse.before_doubling) AS n;
SELECT count(*) > 100 AS there_was_something_to_compare FROM hub_warehouse.before_doubling;

-- What others made on top of the hub is theirs: nothing is dropped then.
\set VERBOSITY sqlstate
SELECT caregroup.drop_hub('hub_test');
\set VERBOSITY default
SELECT count(*) AS hubs FROM caregroup.hubs();
DROP FUNCTION hub_warehouse.level_0();
RESET search_path;
SELECT caregroup.drop_hub('hub_test');
SELECT count(*) AS hubs FROM caregroup.hubs();
DROP SCHEMA hub_warehouse CASCADE;
