-- Hash join of 5 million rows with a list of postcodes, against text: text that
-- is clean already, which nobody guarantees, and text that the query cleans.
-- rows 5000000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_join_ours AS
SELECT (split_part('M,CR,E,EH,CF,BT,WA,G', ',', i % 8 + 1) || i % 60 + 1 || ' ' || i / 480 % 10
	  || substr('ABDEFGHJLNPQRSTUWXYZ', i / 4800 % 20 + 1, 1) || substr('ABDEFGHJLNPQRSTUWXYZ', i / 96000 % 20 + 1, 1))::postcode AS code
FROM generate_series(1, 5000000) AS i ORDER BY hashint4(i);
CREATE UNLOGGED TABLE bench_join_text AS SELECT code::text COLLATE "C" AS code FROM bench_join_ours;
CREATE UNLOGGED TABLE bench_join_ours_list AS SELECT DISTINCT code FROM (SELECT code FROM bench_join_ours LIMIT 1000000) AS c;
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
SELECT count(*) FROM bench_join_text AS o JOIN bench_join_text_list AS l ON upper(replace(o.code, ' ', '')) = upper(replace(l.code, ' ', ''));
