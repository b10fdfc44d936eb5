-- Validating and cleaning text: 5 million postcodes as they come, one in four
-- without its space, one in ten in lower case, one in fifty wrong.
-- rows 5000000

-- setup
SET search_path = public, caregroup;
CREATE UNLOGGED TABLE bench_postcode_text (home text);
ALTER TABLE bench_postcode_text SET (parallel_workers = 0);
INSERT INTO bench_postcode_text
SELECT CASE WHEN i % 50 = 0 THEN overlay(code PLACING 'C' FROM length(code))
			WHEN i % 4 = 1 THEN replace(code, ' ', '')
			WHEN i % 10 = 3 THEN lower(code)
			ELSE code END
FROM (SELECT i, split_part('M,CR,E,EH,CF,BT,WA,G', ',', i % 8 + 1) || i % 60 + 1 || ' ' || i / 480 % 10
		|| substr('ABDEFGHJLNPQRSTUWXYZ', i / 4800 % 20 + 1, 1) || substr('ABDEFGHJLNPQRSTUWXYZ', i / 96000 % 20 + 1, 1) AS code
	  FROM generate_series(1, 5000000) AS i) AS n
ORDER BY hashint4(i);
VACUUM ANALYZE bench_postcode_text;

-- ours
SET search_path = public, caregroup;
SELECT count(try_postcode(home)) FROM bench_postcode_text;

-- baseline sql
-- bar >= 5
SET search_path = public, caregroup;
SELECT count(clean) FROM (
	SELECT CASE WHEN trimmed ~ '^(([A-PR-UWYZ][0-9][0-9]?|[A-PR-UWYZ][A-HK-Y][0-9][0-9]?|[A-PR-UWYZ][0-9][ABCDEFGHJKPSTUW]|[A-PR-UWYZ][A-HK-Y][0-9][ABEHMNPRVWXY]) *[0-9][ABD-HJLNP-UW-Z]{2}|ZZ99 *[0-9][A-Z]Z|GIR *0AA|BFPO *[1-9][0-9]{0,3})$'
				THEN CASE WHEN trimmed LIKE 'BFPO%' THEN 'BFPO ' || ltrim(substr(trimmed, 5))
						  ELSE rtrim(left(trimmed, -3)) || ' ' || right(trimmed, 3) END END AS clean
	FROM (SELECT upper(btrim(home, E' \t\n\v\f\r')) AS trimmed FROM bench_postcode_text OFFSET 0) AS t OFFSET 0) AS q;

-- baseline sql, check alone
-- bar >= 3
SET search_path = public, caregroup;
SELECT count(*) FROM bench_postcode_text
WHERE home ~* '^\s*(([A-PR-UWYZ][0-9][0-9]?|[A-PR-UWYZ][A-HK-Y][0-9][0-9]?|[A-PR-UWYZ][0-9][ABCDEFGHJKPSTUW]|[A-PR-UWYZ][A-HK-Y][0-9][ABEHMNPRVWXY]) *[0-9][ABD-HJLNP-UW-Z]{2}|ZZ99 *[0-9][A-Z]Z|GIR *0AA|BFPO *[1-9][0-9]{0,3})\s*$';
