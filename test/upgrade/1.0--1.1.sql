-- Results about single people, and views that readers may see, got kinds of
-- their own.

ALTER TABLE hub_table DROP CONSTRAINT hub_table_kind_check;
ALTER TABLE hub_table ADD CONSTRAINT hub_table_kind_check CHECK (kind IN ('state', 'result', 'history', 'record'));
ALTER TABLE hub_view DROP CONSTRAINT hub_view_kind_check;
ALTER TABLE hub_view ADD CONSTRAINT hub_view_kind_check CHECK (kind IN ('plumbing', 'shared', 'report', 'published'));

-- Steps may keep rows that are still good, and run on all cores.

ALTER TABLE hub_step ADD COLUMN stale text;
ALTER TABLE hub_step ADD COLUMN in_parallel boolean NOT NULL DEFAULT false;
