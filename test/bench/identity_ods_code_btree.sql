-- Building a btree on 5 million ODS codes in random order, against text in the
-- collation of the database (libc) and in the one that sorts fastest, "C".
-- rows 5000000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_btree_ours AS
SELECT (chr(65 + i % 8) || lpad((i * 7 % 99991)::text, 5, '0'))::ods_code AS code
FROM generate_series(1, 5000000) AS i ORDER BY hashint4(i);
CREATE UNLOGGED TABLE bench_btree_text AS SELECT code::text AS code FROM bench_btree_ours;
ALTER TABLE bench_btree_ours SET (parallel_workers = 0);
ALTER TABLE bench_btree_text SET (parallel_workers = 0);
VACUUM ANALYZE bench_btree_ours, bench_btree_text;

-- ours
SET search_path = public, caregroup;
SET maintenance_work_mem = '512MB';
DROP INDEX IF EXISTS bench_btree_ours_code;
CREATE INDEX bench_btree_ours_code ON bench_btree_ours (code);

-- baseline text
-- bar >= 1.5
SET search_path = public, caregroup;
SET maintenance_work_mem = '512MB';
DROP INDEX IF EXISTS bench_btree_text_own;
CREATE INDEX bench_btree_text_own ON bench_btree_text (code);

-- baseline text C
-- bar >= 0.9
SET search_path = public, caregroup;
SET maintenance_work_mem = '512MB';
DROP INDEX IF EXISTS bench_btree_text_code;
CREATE INDEX bench_btree_text_code ON bench_btree_text (code COLLATE "C");
