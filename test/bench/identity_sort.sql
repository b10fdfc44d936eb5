-- Sorting 5 million numbers in memory.
-- rows 5000000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_identity_sort_ours AS
	SELECT nhs FROM (
	  SELECT ((900000000 + i * 17) || nhs_number_check_digit((900000000 + i * 17)::text)::text)::nhs_number AS nhs
	  FROM generate_series(1, 5500000) AS i) AS n
	WHERE nhs IS NOT NULL ORDER BY nhs_number_hash(nhs) LIMIT 5000000;
CREATE UNLOGGED TABLE bench_identity_sort_bigint AS
	SELECT nhs::bigint AS nhs FROM bench_identity_sort_ours;
VACUUM ANALYZE bench_identity_sort_ours, bench_identity_sort_bigint;
ALTER TABLE bench_identity_sort_ours SET (parallel_workers = 0);
ALTER TABLE bench_identity_sort_bigint SET (parallel_workers = 0);

-- ours
SET search_path = public, caregroup;
SET work_mem = '1GB';
SELECT count(*) FROM (SELECT nhs FROM bench_identity_sort_ours ORDER BY nhs OFFSET 0) AS sorted;

-- baseline bigint
-- bar <= 1.2
SET search_path = public, caregroup;
SET work_mem = '1GB';
SELECT count(*) FROM (SELECT nhs FROM bench_identity_sort_bigint ORDER BY nhs OFFSET 0) AS sorted;
