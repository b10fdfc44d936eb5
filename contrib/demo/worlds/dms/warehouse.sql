-- The warehouse of the world "dms": the data mart of an armed forces' primary
-- healthcare with 230,000 people at risk, 135 medical and 113 dental facilities,
-- rehabilitation, mental and occupational health, some 20 care groups in six
-- regions and overseas, two years of history. No person, place or unit in it
-- exists.
--
--   psql -v ON_ERROR_STOP=1 -v scale=1 -v seed=2018 -f warehouse.sql
--
-- makes the schema "warehouse" in any database without that schema; nothing else
-- has to be installed. scale multiplies people and all that comes from them;
-- organisations, facilities, units, staff, courses and beds stay, sessions follow
-- the appointments.

\if :{?scale}
\else
  \set scale 1
\endif
\if :{?seed}
\else
  \set seed 2018
\endif

-- Time: the world's "as at" is :history_to 00:00 in London. Consultations start
-- four months before the history, so that waiting lists are full when it begins.
\set run_up_from 2024-06-01
\set history_from 2024-10-01
\set history_to 2026-10-01
\set booked_ahead 91
\set growth 0.01

-- Size at scale 1; dependants are counted with the 193,000 regulars
\set regulars 150000
\set dependants 43000
\set reservists 37000
\set left_share 0.12

-- Mess: share of rows
\set bad_nhs_rate 0.005
\set spaced_nhs_rate 0.01
\set bad_service_number_rate 0.005
\set missing_postcode_rate 0.02
\set duplicate_person_rate 0.002
\set duplicate_referral_rate 0.001
\set late_event_rate 0.01
\set disordered_event_rate 0.002
\set unmapped_code_rate 0.003
\set orphan_rate 0.0005
\set future_date_rate 0.001

-- Habits that all facilities share
\set discharge_after_missed_first 0.3
\set discharge_after_missed_later 0.35
\set utilisation 0.9
\set remote_share 0.34
\set temporary_share 0.12
\set shared_share 0.10
\set review_overdue_share 0.07
\set inspection_overdue_share 0.14

-- Planted findings (planted.md); facilities by number
\set slow_pcrf_site 25
\set slow_pcrf_since 2026-05-01
\set slow_pcrf_factor 2.6
\set overdue_unit_site 44
\set overdue_unit_share 0.6
\set backlog_dental_at 63
\set backlog_share 0.6
\set temporary_region 6
\set temporary_factor 2.1
\set idle_group 14
\set idle_avoid 0.7
\set face_to_face_site 6
\set face_to_face_factor 0.3
\set long_dcmh_region 5
\set long_dcmh_factor 4.5
\set redirecting_site 103
\set redirecting_share 0.3

\ir ../common/start.sql
CREATE SCHEMA warehouse;

\echo dms 1/9: organisations, facilities, units, calendars
\ir places.sql
\ir services.sql
\echo dms 2/9: people, registrations, fitness
\ir people.sql
\echo dms 3/9: consultations
\ir consultations.sql
\echo dms 4/9: referrals, appointments, courses
\ir referrals.sql
\ir appointments.sql
\ir courses.sql
\echo dms 5/9: dental inspections and recalls
\ir dental.sql
\echo dms 6/9: sessions and staff
\ir sessions.sql
\ir staff.sql
\echo dms 7/9: writing appointments, referrals, events
\ir facts.sql
\echo dms 8/9: diagnoses, outcomes, requests, money, planted findings
\ir clinical.sql
\ir money.sql
\ir planted.sql
\echo dms 9/9: mess, keys, statistics
\ir mess.sql
\ir keys.sql
\ir ../common/finish.sql
\echo dms: done
