-- nhs_number: what a user types and what comes back.
SET search_path = public, caregroup;

-- Input and output
SELECT '9434765919'::nhs_number, '943 476 5919'::nhs_number,
       '943-476-5919'::nhs_number, E' \t9434765919\n'::nhs_number;
SELECT nhs_number '0607230002' = try_nhs_number(607230002) AS zeros;
SELECT format_nhs_number('9434765919');

-- Each kind of bad input, and its reason
SELECT shown, nhs_number_problem(bad) AS problem, try_nhs_number(bad) AS tried
FROM (VALUES ('nothing', ''),
             ('blanks', '   '),
             ('nine digits', '943476591'),
             ('eleven digits', '94347659190'),
             ('a letter', '943476591X'),
             ('a sign', '+434765919'),
             ('a minus', '-943476591'),
             ('a point', '943.476.5919'),
             ('other groups', '94 3476 5919'),
             ('one group', '943 4765919'),
             ('mixed separators', '943 476-5919'),
             ('two spaces', '943  476 5919'),
             ('wrong check digit', '9434765918'),
             ('no check digit', '9990000000'),
             ('right', '9434765919')) AS t(shown, bad);
SELECT nhs_number_problem(NULL), try_nhs_number(NULL::text),
       nhs_number_check_digit(NULL), format_nhs_number(NULL),
       nhs_number_range(NULL);

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
SELECT pg_temp.refusal($$SELECT ''::nhs_number$$);
SELECT pg_temp.refusal($$SELECT '943476591X'::nhs_number$$);
SELECT pg_temp.refusal($$SELECT '943476591'::nhs_number$$);
SELECT pg_temp.refusal($$SELECT '9434 765919'::nhs_number$$);
SELECT pg_temp.refusal($$SELECT '9434765918'::nhs_number$$);
SELECT pg_temp.refusal($$SELECT '9990000000'::nhs_number$$);
SELECT pg_temp.refusal($$SELECT '9434765918'::text::nhs_number$$);
SELECT pg_temp.refusal($$SELECT 9434765918::nhs_number$$);
SELECT pg_temp.refusal($$SELECT 94347659190::nhs_number$$);
SELECT pg_temp.refusal($$SELECT (-1)::bigint::nhs_number$$);
SELECT pg_temp.refusal($$SELECT nhs_number_problem('9434765919', 'strict')$$);

-- COPY names the line and not what stands in it
CREATE TABLE patient (nhs nhs_number, name text);
COPY patient FROM stdin;
9434765919	first
943 476 5918	second
\.
COPY patient FROM stdin (FORMAT csv);
9434765919,first
943 476 5918,second
\.
COPY patient FROM stdin;
9434765919	first
999-000-0018	second
\N	third
\.
COPY patient TO stdout;

-- Levels
SELECT number,
       nhs_number_problem(number, 'format') AS format,
       nhs_number_problem(number, 'check_digit') AS check_digit,
       nhs_number_problem(number, 'issued') AS issued,
       nhs_number_problem(number, 'plausible') AS plausible,
       nhs_number_range(try_nhs_number(number)) AS range
FROM (VALUES ('4857773457'), ('6541003238'), ('0607230002'), ('3102000029'),
             ('0013000020'), ('3200000015'), ('4444444444'), ('9999999999'),
             ('0000000000'), ('9990000018'), ('9434765919'), ('9434765918'),
             ('9434')) AS t(number);

-- A bigint column loses leading zeros; they come back
SELECT nhs_number_problem(607230002, 'plausible') AS none,
       nhs_number_problem(99999999990) AS long,
       try_nhs_number(9434765918) AS null,
       607230002::bigint::nhs_number AS number,
       '0607230002'::nhs_number::bigint AS bigint;

-- Check digits
SELECT nhs_number_check_digit('943476591') AS nine,
       nhs_number_check_digit('943 476 5910') AS ten,
       nhs_number_check_digit('999000000') AS impossible,
       nhs_number_check_digit('94347659') AS eight,
       nhs_number_check_digit('94347659x') AS letter;

-- Order, aggregates, grouping
SELECT min(nhs), max(nhs), count(DISTINCT nhs) FROM patient;
SELECT min(nhs) FROM patient WHERE false;
SELECT nhs FROM patient ORDER BY nhs DESC NULLS LAST;
SELECT nhs < '9990000018' AS lt, nhs <= '9990000018' AS le,
       nhs = '9990000018' AS eq, nhs <> '9990000018' AS ne,
       nhs >= '9990000018' AS ge, nhs > '9990000018' AS gt
FROM patient ORDER BY nhs;

-- Comparison with every kind of text, both ways round
SELECT nhs = '9434765919' AS literal,
       nhs = '943 476 5919'::text AS text,
       nhs = '9434765919'::varchar AS varchar,
       nhs = '9434765919'::char(12) AS char,
       '9434765919'::text = nhs AS text_first,
       '9434765919'::varchar = nhs AS varchar_first,
       '9434765919'::char(12) = nhs AS char_first,
       nhs IN ('9434765919', '9990000018') AS in_literals,
       nhs IN ('9434765919'::text, 'x'::varchar) AS in_texts,
       nhs = ANY ('{9434765919,x}'::text[]) AS any_text
FROM patient ORDER BY nhs;

-- A text that is no NHS number equals none, and differs from each
SELECT nhs IS NULL AS no_number, nhs = 'x'::text AS eq, nhs <> 'x'::text AS ne,
       NOT nhs = 'x'::text AS not_eq, NOT nhs <> 'x'::text AS not_ne,
       nhs IS DISTINCT FROM 'x'::text AS is_distinct,
       nhs NOT IN (SELECT 'x'::text) AS not_in,
       nhs = NULL::text AS eq_null, nhs <> NULL::text AS ne_null
FROM patient ORDER BY nhs;
PREPARE by_text(text) AS
SELECT nhs = $1 AS eq, $1 = nhs AS eq_first, nhs <> $1 AS ne,
       NOT nhs = $1 AS not_eq FROM patient ORDER BY nhs;
SET plan_cache_mode = force_generic_plan;
EXECUTE by_text('943 476 5919');
EXECUTE by_text('x');
EXECUTE by_text(NULL);
RESET plan_cache_mode;

-- The index stays in use
CREATE INDEX ON patient (nhs);
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM patient WHERE nhs = '9434765919';
EXPLAIN (COSTS OFF) SELECT * FROM patient WHERE nhs = '943 476 5919'::text;
EXPLAIN (COSTS OFF) SELECT * FROM patient WHERE '9434765919'::varchar = nhs;
PREPARE find(varchar) AS SELECT name FROM patient WHERE nhs = $1;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE find('943 476 5919');
EXECUTE find('943 476 5919');
EXECUTE find('x');
RESET plan_cache_mode;
RESET enable_seqscan;
RESET enable_bitmapscan;

-- Assignment to text, and nothing implicit
CREATE TABLE letter (nhs text);
INSERT INTO letter SELECT nhs FROM patient WHERE nhs IS NOT NULL;
SELECT * FROM letter ORDER BY nhs COLLATE "C";
INSERT INTO patient SELECT nhs FROM letter;
SELECT length('9434765919'::nhs_number);
DROP TABLE patient, letter;
