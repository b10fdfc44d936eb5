-- Validating and cleaning text: 5 million ODS codes as they come, one in ten
-- in lower case, one in ten with blanks, one in fifty wrong.
-- rows 5000000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_ods_text (code text);
ALTER TABLE bench_ods_text SET (parallel_workers = 0);
INSERT INTO bench_ods_text
SELECT CASE WHEN i % 50 = 0 THEN code || '-' WHEN i % 10 = 1 THEN lower(code) WHEN i % 10 = 2 THEN code || ' ' ELSE code END
FROM (SELECT i, CASE i % 3 WHEN 0 THEN 'R' || chr(65 + i % 26) || i % 10 || lpad((i / 7 % 100)::text, 2, '0')
						   ELSE chr(65 + i % 8) || lpad((i % 99991)::text, 5, '0') END AS code
	  FROM generate_series(1, 5000000) AS i) AS n
ORDER BY hashint4(i);
VACUUM ANALYZE bench_ods_text;

-- ours
SET search_path = public, caregroup;
SELECT count(try_ods_code(code)) FROM bench_ods_text;

-- baseline sql
-- bar >= 3
SET search_path = public, caregroup;
SELECT count(clean) FROM (
	SELECT CASE WHEN trimmed ~ '^[A-Z0-9]{1,9}$' THEN trimmed END AS clean
	FROM (SELECT upper(btrim(code, E' \t\n\v\f\r')) AS trimmed FROM bench_ods_text OFFSET 0) AS t OFFSET 0) AS q;
