-- Hash join of 5 million rows with 1 million persons.
-- rows 5000000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_identity_join_ours AS
	SELECT nhs FROM (
	  SELECT ((900000000 + i * 17) || nhs_number_check_digit((900000000 + i * 17)::text)::text)::nhs_number AS nhs
	  FROM generate_series(1, 5500000) AS i) AS n
	WHERE nhs IS NOT NULL ORDER BY nhs_number_hash(nhs) LIMIT 5000000;
CREATE UNLOGGED TABLE bench_identity_join_bigint AS
	SELECT nhs::bigint AS nhs FROM bench_identity_join_ours;
CREATE UNLOGGED TABLE bench_identity_join_ours_person AS
	SELECT nhs FROM bench_identity_join_ours LIMIT 1000000;
CREATE UNLOGGED TABLE bench_identity_join_bigint_person AS
	SELECT nhs FROM bench_identity_join_bigint LIMIT 1000000;
ANALYZE bench_identity_join_ours_person, bench_identity_join_bigint_person;
VACUUM ANALYZE bench_identity_join_ours, bench_identity_join_bigint;
ALTER TABLE bench_identity_join_ours SET (parallel_workers = 0);
ALTER TABLE bench_identity_join_bigint SET (parallel_workers = 0);

-- ours
SET search_path = public, caregroup;
SET work_mem = '256MB';
SELECT count(*) FROM bench_identity_join_ours JOIN bench_identity_join_ours_person USING (nhs);

-- baseline bigint
-- bar <= 1.2
SET search_path = public, caregroup;
SET work_mem = '256MB';
SELECT count(*) FROM bench_identity_join_bigint JOIN bench_identity_join_bigint_person USING (nhs);
