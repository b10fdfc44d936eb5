-- What 2 million ODS codes are, by their form.
-- rows 2000000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_ods_kind AS
SELECT (CASE i % 4 WHEN 0 THEN 'R' || chr(65 + i % 26) || i % 10 || lpad((i / 7 % 100)::text, 2, '0')
				   WHEN 1 THEN 'U' || lpad((i % 99991)::text, 5, '0')
				   ELSE chr(65 + i % 8) || lpad((i % 99991)::text, 5, '0') END)::ods_code AS code
FROM generate_series(1, 2000000) AS i;
ALTER TABLE bench_ods_kind ADD txt text;
UPDATE bench_ods_kind SET txt = code;
ALTER TABLE bench_ods_kind SET (parallel_workers = 0);
VACUUM FULL ANALYZE bench_ods_kind;

-- ours
SET search_path = public, caregroup;
SELECT ods_kind(code), count(*) FROM bench_ods_kind GROUP BY 1;

-- baseline sql, four kinds
SET search_path = public, caregroup;
SELECT CASE WHEN txt ~ '^U[0-9]{5}$' THEN 'pcn' WHEN txt ~ '^[A-HJ-NPQ-TWYZ][0-9]{5}$' THEN 'practice'
			WHEN txt ~ '^R[A-Z0-9]{2}$' THEN 'trust' WHEN txt ~ '^R[A-Z0-9]{4}$' THEN 'site' END AS kind, count(*)
FROM bench_ods_kind GROUP BY 1;
