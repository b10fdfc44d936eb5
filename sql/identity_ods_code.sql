-- ods_code: what a user types and what comes back.
SET search_path = public, caregroup;

-- Input and output
SELECT 'RH802'::ods_code, 'rh802'::ods_code, E' \tK81003001\n'::ods_code, '000'::ods_code;
SELECT 'rh8'::text::ods_code AS from_text, 'RH8'::ods_code::text AS to_text;

-- Kinds, default codes, organisations
SELECT code, ods_kind(code) AS kind, ods_pseudo(code) AS pseudo, ods_organisation(code) AS organisation
FROM unnest('{A81001,K81003001,U12345,RH8,RH800,RH802,QNQ,12A,D4U1Y,7A101,FVR79,VLAXL,V03462,V81999,Q99,R9998,ZZZ}'::ods_code[])
	WITH ORDINALITY AS t(code, n) ORDER BY n;

-- Bad input, and its reason
SELECT shown, ods_code_problem(bad) AS problem, ods_code_problem(bad, 'known_form') AS known_form,
       ods_code_problem(bad, 'issued') AS issued, try_ods_code(bad) AS tried
FROM (VALUES ('nothing', ''), ('blanks', '  '), ('hyphen', 'RH-8'), ('space', 'RH 802'), ('ten digits', '9434765919'),
             ('no known form', 'UNKNOWN'), ('default code', 'V81999'), ('right', 'A81001')) AS t(shown, bad);
SELECT try_ods_code(NULL), ods_code_problem(NULL), ods_kind(NULL), ods_pseudo(NULL), ods_organisation(NULL);

-- Errors name the rule and never the value, which may be anything
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
SELECT pg_temp.refusal($$SELECT ''::ods_code$$);
SELECT pg_temp.refusal($$SELECT 'RH-8'::ods_code$$);
SELECT pg_temp.refusal($$SELECT '9434765919'::ods_code$$);
SELECT pg_temp.refusal($$SELECT ods_code_problem('RH8', 'strict')$$);
CREATE TABLE practice (code ods_code, name text);
COPY practice FROM stdin;
a81001	first
9434765919	second
\.
COPY practice FROM stdin;
a81001	first
RH802	second
\N	third
\.
COPY practice TO stdout;

-- Order, aggregates, comparison with text
SELECT min(code), max(code), count(DISTINCT code) FROM practice;
SELECT code FROM practice ORDER BY code DESC NULLS LAST;
SELECT code, code < 'RH802' AS lt, code <= 'RH802' AS le, code = 'rh802' AS eq, code <> 'rh802' AS ne, code >= 'RH802' AS ge, code > 'RH802' AS gt
FROM practice ORDER BY code;
SELECT code, code = ' rh802 '::text AS text, 'rh802'::varchar = code AS varchar_first, code = 'x-'::text AS bad, code <> 'x-'::text AS not_bad,
       code IN ('rh802'::text, 'x-'::varchar) AS in_texts
FROM practice ORDER BY code;

-- The index stays in use
CREATE INDEX ON practice (code);
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM practice WHERE code = 'rh802'::text;
PREPARE find(text) AS SELECT name FROM practice WHERE code = $1;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE find('rh802');
EXECUTE find('rh802');
EXECUTE find('x-');
DROP TABLE practice;
