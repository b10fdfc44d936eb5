-- A hub on the kent warehouse, whose keys are uuid, as at the world's moment.
-- Run with psql -v hub=NAME.

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS caregroup CASCADE;
SELECT caregroup.create_hub(:'hub', record_ids => 'uuid');
SELECT caregroup.configure_hub(:'hub', 'as_at', '2026-10-01 00:00 Europe/London');
\ir bind.sql
