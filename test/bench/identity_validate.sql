-- Validating and casting text: 5 million NHS numbers as they come, nine in
-- ten plain, one in ten grouped, one in a hundred wrong.
-- rows 5000000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_identity_text (nhs text);
ALTER TABLE bench_identity_text SET (parallel_workers = 0);
INSERT INTO bench_identity_text
SELECT CASE WHEN i % 100 = 0 THEN overlay(number PLACING '7' FROM 9)
			WHEN i % 10 = 1 THEN format_nhs_number(number::nhs_number)
			ELSE number END
FROM (SELECT i, (900000000 + i * 17) || nhs_number_check_digit((900000000 + i * 17)::text)::text AS number
	  FROM generate_series(1, 5500000) AS i) AS n
WHERE number IS NOT NULL ORDER BY hashint4(i) LIMIT 5000000;
VACUUM ANALYZE bench_identity_text;
CREATE FUNCTION bench_identity_plpgsql(value text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
	digits text := btrim(value, E' \t\n\v\f\r');
	n bigint;
BEGIN
	IF length(digits) = 12 AND substr(digits, 4, 1) IN (' ', '-')
	   AND substr(digits, 8, 1) = substr(digits, 4, 1) THEN
		digits := substr(digits, 1, 3) || substr(digits, 5, 3) || substr(digits, 9);
	END IF;
	IF length(digits) <> 10 OR digits !~ '^[0-9]+$' THEN
		RETURN NULL;
	END IF;
	n := digits::bigint;
	IF (10 * (n / 1000000000) + 9 * (n / 100000000 % 10) + 8 * (n / 10000000 % 10)
		+ 7 * (n / 1000000 % 10) + 6 * (n / 100000 % 10) + 5 * (n / 10000 % 10)
		+ 4 * (n / 1000 % 10) + 3 * (n / 100 % 10) + 2 * (n / 10 % 10) + n % 10) % 11 <> 0 THEN
		RETURN NULL;
	END IF;
	RETURN n;
END $$;

-- ours
SET search_path = public, caregroup;
SELECT count(try_nhs_number(nhs)) FROM bench_identity_text;

-- baseline plpgsql
-- bar >= 20
SET search_path = public, caregroup;
SELECT count(bench_identity_plpgsql(nhs)) FROM bench_identity_text;

-- baseline sql
-- bar >= 3
SET search_path = public, caregroup;
SELECT count(n) FROM (
	SELECT CASE WHEN nhs ~ '^[0-9]{10}$' THEN nhs::bigint
				WHEN nhs ~ '^\s*([0-9]{10}|[0-9]{3} [0-9]{3} [0-9]{4}|[0-9]{3}-[0-9]{3}-[0-9]{4})\s*$'
				THEN translate(nhs, E' -\t\n\v\f\r', '')::bigint END AS n
	FROM bench_identity_text OFFSET 0) AS q
WHERE (10 * (n / 1000000000) + 9 * (n / 100000000 % 10) + 8 * (n / 10000000 % 10)
	   + 7 * (n / 1000000 % 10) + 6 * (n / 100000 % 10) + 5 * (n / 10000 % 10)
	   + 4 * (n / 1000 % 10) + 3 * (n / 100 % 10) + 2 * (n / 10 % 10) + n % 10) % 11 = 0;
