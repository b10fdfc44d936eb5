-- A hub on the dms warehouse, as at the world's moment. Its records have text
-- keys.
-- Run with psql -v hub=NAME.

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS caregroup CASCADE;
SELECT caregroup.create_hub(:'hub', record_ids => 'text');
SELECT caregroup.configure_hub(:'hub', 'as_at', '2026-10-01 00:00 Europe/London');
\ir bind.sql
