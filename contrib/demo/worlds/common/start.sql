-- Working schema and staging tables of every world. The schema holds helpers
-- only and is dropped when the warehouse is finished (finish.sql).

\set QUIET on
SET client_min_messages = warning;
SET timezone = 'Europe/London';
SET DateStyle = 'ISO, DMY';
SET work_mem = '96MB';
SET maintenance_work_mem = '128MB';
SET search_path = pg_catalog;
-- one-off statements over tables made a moment ago: compiling them costs more
-- than it saves
SET jit = off;

DROP SCHEMA IF EXISTS demo CASCADE;
CREATE SCHEMA demo;

CREATE UNLOGGED TABLE demo.weight (list_no integer, item integer, weight double precision, slots integer);
CREATE UNLOGGED TABLE demo.slot (slot integer, list_no integer, item integer);

\ir draw.sql
\ir nhs_number.sql
\ir calendar.sql
\ir weighted.sql
