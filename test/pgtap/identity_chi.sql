-- CHI numbers: goldens, the century rule, sex, agreement with what is recorded.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(31);

\getenv shared CAREGROUP_SHARED
\set have_goldens false
\if :{?shared}
\set file :shared '/data/identifiers.csv'
SELECT size IS NOT NULL AS have_goldens FROM pg_stat_file(:'file', true) \gset
\endif
CREATE TEMP TABLE golden (kind text, value text, valid boolean, reason text);
\if :have_goldens
COPY golden FROM :'file' (FORMAT csv, HEADER, FORCE_NOT_NULL (value));
SELECT cmp_ok(count(*), '>=', 4::bigint, 'identifiers.csv holds CHI numbers') FROM golden WHERE kind = 'chi_number';
SELECT is_empty($$SELECT * FROM golden WHERE kind = 'chi_number' AND valid <> (chi_problem(value) IS NULL)$$, 'golden chi_number: chi_problem');
SELECT is_empty($$SELECT * FROM golden WHERE kind = 'chi_number' AND valid <> (chi_birth_date(try_nhs_number(value), '2025-11-22') IS NOT NULL)$$,
				'golden chi_number: chi_birth_date');
SELECT is_empty($$SELECT * FROM golden WHERE kind IN ('nhs_number', 'hsc_number') AND valid
				AND reason !~ 'CHI' AND chi_problem(value) IS DISTINCT FROM 'range'$$, 'valid numbers of other countries are of another range');
\else
SELECT skip('identifiers.csv is not there: set CAREGROUP_SHARED', 4);
\endif

-- ---------------------------------------------------------------------
-- What Public Health Scotland's phsmethods prints, in its own tests.
-- ---------------------------------------------------------------------
SELECT is(chi_birth_date(number::nhs_number, '2025-11-22', 125), birth_date::date, 'phsmethods dob_from_chi ' || birth_date)
FROM (VALUES ('0101336489', '1933-01-01'), ('0101405073', '1940-01-01'), ('0101625707', '1962-01-01')) AS t(number, birth_date);
SELECT results_eq($$SELECT chi_sex(number::nhs_number) FROM unnest('{0101011237,0101336489,0101405073,0101625707}'::text[]) AS number$$,
				  $$VALUES ('male'), ('female'), ('male'), ('female')$$, 'phsmethods sex_from_chi');
SELECT is(chi_birth_date('0211165794', '2025-11-22', 125), NULL, 'phsmethods: 1916 or 2016 is ambiguous');

-- ---------------------------------------------------------------------
-- The century rule.
-- ---------------------------------------------------------------------
CREATE FUNCTION pg_temp.chi_of(birth_date date, male boolean DEFAULT false) RETURNS nhs_number
LANGUAGE sql AS $$
	SELECT (nine || nhs_number_check_digit(nine))::nhs_number
	FROM generate_series(0, 99) AS i, LATERAL (SELECT to_char(birth_date, 'DDMMYY') || lpad(i::text, 2, '0') || (male::integer + i % 5 * 2)) AS n(nine)
	WHERE nhs_number_check_digit(nine) IS NOT NULL LIMIT 1;
$$;
SELECT is_empty($$
	SELECT born, pg_temp.chi_of(born::date) FROM generate_series('1925-11-23'::date, '2025-11-22', '37 days') AS born
	WHERE chi_birth_date(pg_temp.chi_of(born::date), '2025-11-22') IS DISTINCT FROM born::date$$, 'everybody under 100 has the right birth date');
SELECT is_empty($$
	SELECT born FROM generate_series('1925-11-23'::date, '2025-11-22', '367 days') AS born, unnest('{f,t}'::boolean[]) AS male
	WHERE chi_sex(pg_temp.chi_of(born::date, male)) IS DISTINCT FROM CASE WHEN male THEN 'male' ELSE 'female' END$$, 'and the right sex');
SELECT is(chi_birth_date(pg_temp.chi_of('2025-11-22'), '2025-11-22'), '2025-11-22', 'born on the day');
SELECT is(chi_birth_date(pg_temp.chi_of('2025-11-23'), '2025-11-22'), '1925-11-23', 'nobody is born after it');
SELECT is(chi_birth_date(pg_temp.chi_of('1923-07-06'), '2025-11-22'), '2023-07-06', 'a person of 102 seems new-born');
SELECT is(chi_birth_date(pg_temp.chi_of('1923-07-06'), '2010-01-01'), '1923-07-06', 'unless seen before the double was born');
SELECT is(chi_birth_date(pg_temp.chi_of('1923-07-06'), '2025-11-22', 110), NULL, 'with oldest 110 two centuries are possible');
SELECT is(chi_birth_date(pg_temp.chi_of('1927-07-06'), '2025-11-22', 110), '1927-07-06', 'or one');
SELECT is(chi_birth_date(pg_temp.chi_of('1960-07-06'), '2025-11-22', 18), NULL, 'or none, for somebody who is no child');
SELECT is(chi_birth_date(pg_temp.chi_of('2000-02-29'), '2025-11-22', 130), '2000-02-29', 'there was no 29 February 1900');
SELECT is(chi_birth_date(pg_temp.chi_of('2000-02-29'), '1999-12-31'), NULL, 'and so nobody was born on it');
SELECT is(chi_birth_date('0607230002'), chi_birth_date('0607230002', current_date, 99), 'by default today and 99');
SELECT is(chi_birth_date('4857773457', '2025-11-22'), NULL, 'no birth date in an English number');
SELECT is(chi_sex('4857773457'), NULL, 'nor a sex');
SELECT is(num_nulls(chi_birth_date(NULL), chi_birth_date('0607230002', NULL), chi_birth_date('0607230002', '2025-11-22', NULL),
					chi_sex(NULL), chi_problem(NULL::text), chi_problem(NULL::nhs_number)), 6, 'NULL gives NULL');
SELECT throws_ok($$SELECT chi_birth_date('0607230002', 'infinity')$$, '22023', 'as_at must be a finite date', 'an infinite day is refused');
SELECT throws_ok($$SELECT chi_birth_date('0607230002', '2025-11-22', 151)$$, '22023', 'oldest must be an age from 0 to 150 years', 'an age beyond all is refused');
SELECT throws_ok($$SELECT chi_birth_date('0607230002', '2025-11-22', -1)$$, '22023', 'oldest must be an age from 0 to 150 years', 'and a negative one');

-- ---------------------------------------------------------------------
-- Agreement with what is recorded.
-- ---------------------------------------------------------------------
CREATE TEMP TABLE recorded (number text, birth_date date, sex text, problem text);
INSERT INTO recorded VALUES
	('0607230002', NULL, NULL, NULL), ('060 723 0002', '1923-07-06', 'female', NULL), ('0607230002', '2023-07-06', 'F', NULL),
	('0607230002', '2023-07-06', '2', NULL), ('0607230002', '2023-07-06', 'unknown', NULL), ('0607230002', '2023-07-06', 'indeterminate', NULL),
	('0607230002', '2023-06-07', 'female', 'birth_date_differs'), ('0607230002', '2022-07-06', NULL, 'birth_date_differs'),
	('0607230002', 'infinity', NULL, 'birth_date_differs'), ('0607230002', '0001-07-06 BC', NULL, 'birth_date_differs'),
	('0607230002', '2023-07-06', 'Male', 'sex_differs'), ('0607230002', NULL, '1', 'sex_differs'),
	('3102000029', '2000-02-29', NULL, 'birth_date'), ('4857773457', '2000-02-29', NULL, 'range'), ('0013000020', NULL, NULL, 'range'),
	('0607230003', NULL, NULL, 'check_digit'), ('060723000', NULL, NULL, 'length'), ('', NULL, NULL, 'empty'), ('060723000X', NULL, NULL, 'character'),
	('0607 230002', NULL, NULL, 'grouping');
SELECT is_empty('SELECT * FROM recorded WHERE chi_problem(number, birth_date, sex) IS DISTINCT FROM problem', 'problems of a text');
SELECT is_empty('SELECT * FROM recorded WHERE try_nhs_number(number) IS NOT NULL
				 AND chi_problem(number::nhs_number, birth_date, sex) IS DISTINCT FROM problem', 'problems of a number');
SELECT is_empty('SELECT * FROM recorded WHERE (chi_problem(number) IS NULL) <> coalesce(chi_sex(try_nhs_number(number)) IS NOT NULL, false)',
				'a sex and no problem go together');
SELECT is_empty($$
	SELECT nine FROM (SELECT lpad((i * 9973)::text, 9, '0') AS nine FROM generate_series(0, 40000) AS i) AS n, nhs_number_check_digit(nine) AS d
	WHERE d IS NOT NULL AND (chi_problem(nine || d) IS NULL)
		<> (nhs_number_problem(nine || d, 'plausible') IS NULL AND nhs_number_range((nine || d)::nhs_number) = 'scotland_chi')$$,
	'no problem exactly where nhs_number_problem finds a plausible number of Scotland''s');

SELECT * FROM finish();
ROLLBACK;
