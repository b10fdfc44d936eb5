-- Hash join of 5 million rows with a list of ODS codes, against text: text that
-- is clean already, which nobody guarantees, and text that the query cleans.
-- rows 5000000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_join_ours AS
SELECT (chr(65 + i % 8) || lpad((i * 7 % 99991)::text, 5, '0'))::ods_code AS code
FROM generate_series(1, 5000000) AS i ORDER BY hashint4(i);
CREATE UNLOGGED TABLE bench_join_text AS SELECT code::text COLLATE "C" AS code FROM bench_join_ours;
CREATE UNLOGGED TABLE bench_join_ours_list AS SELECT DISTINCT code FROM (SELECT code FROM bench_join_ours LIMIT 100000) AS c;
CREATE UNLOGGED TABLE bench_join_text_list AS SELECT code::text COLLATE "C" AS code FROM bench_join_ours_list;
ALTER TABLE bench_join_ours SET (parallel_workers = 0);
ALTER TABLE bench_join_text SET (parallel_workers = 0);
ALTER TABLE bench_join_ours_list SET (parallel_workers = 0);
ALTER TABLE bench_join_text_list SET (parallel_workers = 0);
VACUUM ANALYZE bench_join_ours, bench_join_text, bench_join_ours_list, bench_join_text_list;

-- ours
SET search_path = public, caregroup;
SET work_mem = '256MB';
SET enable_mergejoin = off;
SELECT count(*) FROM bench_join_ours JOIN bench_join_ours_list USING (code);

-- baseline text, clean
-- bar >= 0.9
SET search_path = public, caregroup;
SET work_mem = '256MB';
SET enable_mergejoin = off;
SELECT count(*) FROM bench_join_text JOIN bench_join_text_list USING (code);

-- baseline text, cleaned
-- bar >= 1.3
SET search_path = public, caregroup;
SET work_mem = '256MB';
SET enable_mergejoin = off;
SELECT count(*) FROM bench_join_text AS o JOIN bench_join_text_list AS l ON upper(btrim(o.code)) = upper(btrim(l.code));
