-- Building a btree on 5 million numbers in random order.
-- rows 5000000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_identity_btree_ours AS
	SELECT nhs FROM (
	  SELECT ((900000000 + i * 17) || nhs_number_check_digit((900000000 + i * 17)::text)::text)::nhs_number AS nhs
	  FROM generate_series(1, 5500000) AS i) AS n
	WHERE nhs IS NOT NULL ORDER BY nhs_number_hash(nhs) LIMIT 5000000;
CREATE UNLOGGED TABLE bench_identity_btree_bigint AS
	SELECT nhs::bigint AS nhs FROM bench_identity_btree_ours;
VACUUM ANALYZE bench_identity_btree_ours, bench_identity_btree_bigint;
ALTER TABLE bench_identity_btree_ours SET (parallel_workers = 0);
ALTER TABLE bench_identity_btree_bigint SET (parallel_workers = 0);

-- ours
SET search_path = public, caregroup;
DROP INDEX IF EXISTS bench_identity_btree_ours_nhs;
SET maintenance_work_mem = '512MB';
CREATE INDEX bench_identity_btree_ours_nhs ON bench_identity_btree_ours (nhs);

-- baseline bigint
-- bar <= 1.2
SET search_path = public, caregroup;
DROP INDEX IF EXISTS bench_identity_btree_bigint_nhs;
SET maintenance_work_mem = '512MB';
CREATE INDEX bench_identity_btree_bigint_nhs ON bench_identity_btree_bigint (nhs);
