-- postcode: what a user types and what comes back.
SET search_path = public, caregroup;

-- Input and output
SELECT 'EC1A 1BB'::postcode, 'ec1a1bb'::postcode, 'EC1A    1BB'::postcode, E' \tm1 1aa\n'::postcode, 'bfpo61'::postcode;
SELECT 'm11aa'::text::postcode AS from_text, 'M1 1AA'::postcode::text AS to_text;

-- Kinds and parts
SELECT code, postcode_kind(code) AS kind, postcode_outward(code) AS outward, postcode_inward(code) AS inward,
       postcode_area(code) AS area, postcode_sector(code) AS sector
FROM unnest('{"M1 1AA","M60 1NW","CR2 6XH","DN55 1PT","W1A 1HQ","EC1A 1BB","JE2 3AB","BX1 1LT","GIR 0AA","BF1 0AA","BFPO 61",
	"FIQQ 1ZZ","GX11 1AA","ZZ99 3VZ","ZZ99 3WZ","ZZ99 3CZ","ZZ99 1WZ","ZZ99 3GZ","ZZ99 2WZ","ZZ99 6CZ"}'::postcode[])
	WITH ORDINALITY AS t(code, n) ORDER BY n;

-- Bad input, and its reason
SELECT bad, postcode_problem(bad) AS problem, postcode_problem(bad, 'area') AS area, postcode_problem(bad, 'place') AS place, try_postcode(bad) AS tried
FROM unnest('{"","  ","M1-1AA","M1 AA1","M111 1AA","EC1A","M 11AA","EC1A 1 BB","Q1 1AA","AI1 1AA","W1L 1AA","EC1C 1BB","M1 1AC",
	"ZZ99 1AA","BFPO 061","AA1 1AA","BX1 1LT","ZZ99 3VZ","M1 1AA"}'::text[]) WITH ORDINALITY AS t(bad, n) ORDER BY n;
SELECT try_postcode(NULL), postcode_problem(NULL), postcode_kind(NULL), postcode_outward(NULL), postcode_inward(NULL), postcode_area(NULL), postcode_sector(NULL);

-- Errors name the rule and never the value
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	message text;
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', SQLSTATE || ' ' || message, detail, hint);
END $$;
SELECT pg_temp.refusal($$SELECT ''::postcode$$);
SELECT pg_temp.refusal($$SELECT 'M1-1AA'::postcode$$);
SELECT pg_temp.refusal($$SELECT 'M1 AA1'::postcode$$);
SELECT pg_temp.refusal($$SELECT 'M 11AA'::postcode$$);
SELECT pg_temp.refusal($$SELECT 'AI1 1AA'::postcode$$);
SELECT pg_temp.refusal($$SELECT 'M1 1AC'::text::postcode$$);
SELECT pg_temp.refusal($$SELECT postcode_problem('M1 1AA', 'strict')$$);
CREATE TABLE address (home postcode, name text);
COPY address FROM stdin;
m1 1aa	first
M1 1AC	second
\.
COPY address FROM stdin;
m11aa	first
EC1A  1BB	second
\N	third
\.
COPY address TO stdout;

-- Order, aggregates, comparison with text
SELECT min(home), max(home), count(DISTINCT home) FROM address;
SELECT home FROM address ORDER BY home DESC NULLS LAST;
SELECT home, home < 'M1 1AA' AS lt, home <= 'M1 1AA' AS le, home = 'm11aa' AS eq, home <> 'm11aa' AS ne, home >= 'M1 1AA' AS ge, home > 'M1 1AA' AS gt
FROM address ORDER BY home;
SELECT home, home = ' m11aa '::text AS text, 'm11aa'::varchar = home AS varchar_first, home = 'x'::text AS bad, home <> 'x'::text AS not_bad,
       home IN ('m11aa'::text, 'x'::varchar) AS in_texts
FROM address ORDER BY home;

-- The index stays in use, also for a district
CREATE INDEX ON address (home);
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM address WHERE home = 'm11aa'::text;
EXPLAIN (COSTS OFF) SELECT * FROM address WHERE home BETWEEN 'M1 0AA' AND 'M1 9ZZ';
PREPARE find(text) AS SELECT name FROM address WHERE home = $1;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE find('m11aa');
EXECUTE find('m11aa');
EXECUTE find('x');
DROP TABLE address;
