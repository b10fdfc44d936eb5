-- The warehouse of the world "harrow": a community musculoskeletal (MSK) service
-- for 33 practices with 265,422 registered patients, one acute trust with two
-- hospitals and one community provider with five clinics, three years of
-- history. No person in it exists.
--
--   psql -v ON_ERROR_STOP=1 -v scale=1 -v seed=2018 -f warehouse.sql
--
-- makes the schema "warehouse" in any database without that schema; nothing else
-- has to be installed. scale multiplies patients and all that comes from them;
-- organisations, sites, services and staff stay, sessions follow the patients.

\if :{?scale}
\else
  \set scale 1
\endif
\if :{?seed}
\else
  \set seed 2018
\endif

-- Time: the world's "as at" is :history_to 00:00 in London. Pathways start
-- eighteen months before the history, so that waiting lists are full when it begins.
\set run_up_from 2022-04-01
\set history_from 2023-10-01
\set history_to 2026-10-01
\set booked_ahead 91
\set growth 0.025

-- Size at scale 1
\set registered 265422
\set left_share 0.18

-- Mess: share of rows
\set bad_nhs_rate 0.005
\set spaced_nhs_rate 0.01
\set missing_postcode_rate 0.02
\set duplicate_person_rate 0.002
\set duplicate_referral_rate 0.001
\set late_event_rate 0.01
\set disordered_event_rate 0.002
\set unmapped_code_rate 0.003
\set orphan_rate 0.0005
\set future_date_rate 0.0002

-- Habits that all services share
\set discharge_after_missed_first 0.3
\set discharge_after_missed_later 0.35
\set goes_on_orthopaedics 0.60
\set goes_on_rheumatology 0.45
\set utilisation 0.92
\set base_return_share 0.06

-- Planted findings (planted.md)
\set over_referring_practice 7
\set over_referring_factor 2.2
\set missing_practice 12
\set missing_factor 2
\set bad_number_practice 21
\set bad_number_factor 10
\set returning_network 4
\set return_factor 3.5
\set idle_site 36
\set idle_weekday 2
\set idle_avoid 0.68
\set slow_physio_site 38
\set slow_physio_since 2026-03-01
\set slow_physio_factor 2.2
\set slow_imaging_site 40
\set slow_imaging_since 2025-11-01
\set slow_imaging_factor 1.7
\set thin_site 34
\set thin_from 2026-10-05
\set thin_to 2026-10-14
\set full_practice 29
\set full_practice_places 0.72
\set roomy_practice 5
\set roomy_practice_places 2.2
\set newcomers 800
\set one_referral_since 2024-10-01
\set direct_share_before 0.75
\set direct_share_after 0.25
\set unstopped_site 39
\set unstopped_share 0.12
\set unstopped_elsewhere 0.005

\ir ../common/start.sql
CREATE SCHEMA warehouse;

\echo harrow 1/9: practices, sites, areas, services
\ir places.sql
\ir services.sql
\echo harrow 2/9: patients and registrations
\ir people.sql
\echo harrow 3/9: referrals
\ir referrals.sql
\echo harrow 4/9: appointments and admissions
\ir appointments.sql
\echo harrow 5/9: sessions and staff
\ir staff_sessions.sql
\echo harrow 6/9: writing referrals, appointments, events
\ir pathways.sql
\echo harrow 7/9: diagnoses, outcomes, recalls, contacts
\ir clinical.sql
\echo harrow 8/9: money, plans, planted findings
\ir money.sql
\ir planted.sql
\echo harrow 9/9: mess, keys, statistics
\ir mess.sql
\ir keys.sql
\ir ../common/finish.sql
\echo harrow: done
