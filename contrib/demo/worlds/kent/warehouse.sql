-- The warehouse of the world "kent": community services for Kent and Medway
-- (about 1.9 million people), bought in four lots from three main providers and
-- three small ones, 34 services for adults and 19 for children, two years of
-- history. No person in it exists.
--
--   psql -v ON_ERROR_STOP=1 -v scale=1 -v seed=2018 -f warehouse.sql
--
-- makes the schema "warehouse" in any database without that schema; nothing else
-- has to be installed. scale multiplies people and all that comes from them,
-- money and beds too; organisations, sites, services and staff stay, sessions
-- follow the appointments. People are counts by area, age and sex; a person has
-- a row of their own only after contact with a service.

\if :{?scale}
\else
  \set scale 1
\endif
\if :{?seed}
\else
  \set seed 2018
\endif

-- Time: the world's "as at" is :history_to 00:00 in London. Referrals start nine
-- months before the history, so that waiting lists are full when it begins.
\set run_up_from 2024-01-01
\set history_from 2024-10-01
\set history_to 2026-10-01
\set booked_ahead 84
\set growth 0.03

-- Size at scale 1
\set areas 1065
\set known_people 250000
\set referrals_a_year 158000
\set contract_total 230000000

-- Mess: share of rows
\set bad_nhs_rate 0.006
\set spaced_nhs_rate 0.01
\set missing_postcode_rate 0.02
\set duplicate_person_rate 0.0015
\set duplicate_referral_rate 0.001
\set disordered_event_rate 0.002
\set unmapped_code_rate 0.003
\set orphan_rate 0.0005
\set future_date_rate 0.0002

-- Habits that all services share
\set discharge_after_missed_first 0.3
\set returned_share 0.05
\set redirected_share 0.015
\set withdrawn_share 0.02
\set cancel_person 0.055
\set cancel_provider 0.03
\set utilisation 0.9
\set usual_gap 1.05
\set two_hour_since 2025-04-01
\set two_hour_median_before 150
\set two_hour_median 76

-- Planted findings (planted.md)
\set gap_lot 4
\set gap_since 2025-10-01
\set gap_factor 2.4
\set single_service 24
\set single_lot 1
\set absent_from 2026-01-19
\set absent_to 2026-04-10
\set unviable_service 52
\set overspent_service 29
\set overspent_lot 2
\set overspent_since 2026-01-01
\set overspent_factor 1.18
\set slow_response_lot 1
\set slow_response_since 2026-05-01
\set slow_response_median 125
\set cancelling_provider IND
\set cancelling_factor 2.2
\set low_place 4
\set low_place_factor 0.6
\set rising_lot 3
\set rising_service CAR
\set rising_first 240
\set rising_factor 1.06

\ir ../common/start.sql
CREATE SCHEMA warehouse;

\echo kent 1/9: places, organisations, sites, areas
\ir places.sql
\echo kent 2/9: services, standards, clinic days
\ir services.sql
\ir offers.sql
\echo kent 3/9: people
\ir people.sql
\echo kent 4/9: referrals
\ir referrals.sql
\echo kent 5/9: appointments and visits
\ir visits.sql
\echo kent 6/9: staff and sessions
\ir staff.sql
\ir sessions.sql
\echo kent 7/9: writing referrals, contacts, stays, recalls, calls
\ir pathways.sql
\ir demand.sql
\echo kent 8/9: money, plans, planted findings
\ir money.sql
\ir planted.sql
\echo kent 9/9: mess, keys, statistics
\ir mess.sql
\ir keys.sql
\ir ../common/finish.sql
\echo kent: done
