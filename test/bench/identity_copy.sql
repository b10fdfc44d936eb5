-- COPY in: the same file of 5 million numbers into either type.
-- rows 5000000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_identity_copy_ours (nhs nhs_number);
CREATE UNLOGGED TABLE bench_identity_copy_bigint (nhs bigint);
COPY (
	SELECT nhs FROM (
	  SELECT ((900000000 + i * 17) || nhs_number_check_digit((900000000 + i * 17)::text)::text)::nhs_number AS nhs
	  FROM generate_series(1, 5500000) AS i) AS n
	WHERE nhs IS NOT NULL ORDER BY nhs_number_hash(nhs) LIMIT 5000000
) TO '/tmp/bench_identity_copy.txt';

-- ours
SET search_path = public, caregroup;
TRUNCATE bench_identity_copy_ours;
COPY bench_identity_copy_ours FROM '/tmp/bench_identity_copy.txt';

-- baseline bigint
-- bar <= 1.2
SET search_path = public, caregroup;
TRUNCATE bench_identity_copy_bigint;
COPY bench_identity_copy_bigint FROM '/tmp/bench_identity_copy.txt';

-- teardown
\! rm -f /tmp/bench_identity_copy.txt
