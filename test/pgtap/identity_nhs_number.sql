-- nhs_number: goldens, bad input, properties, plans, agreement.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(146);

-- ---------------------------------------------------------------------
-- Goldens: identifiers.csv, each kind at the level that it speaks of.
-- ---------------------------------------------------------------------
\getenv shared CAREGROUP_SHARED
\set have_goldens false
\if :{?shared}
\set file :shared '/data/identifiers.csv'
SELECT size IS NOT NULL AS have_goldens FROM pg_stat_file(:'file', true) \gset
\endif
CREATE TEMP TABLE golden (kind text, value text, valid boolean, reason text);
\if :have_goldens
COPY golden FROM :'file' (FORMAT csv, HEADER, FORCE_NOT_NULL (value));
SELECT cmp_ok(count(*), '>=', 30::bigint, 'identifiers.csv holds NHS numbers')
FROM golden WHERE kind IN ('nhs_number', 'nhs_number_issued', 'chi_number', 'hsc_number');
SELECT is_empty($$
	SELECT * FROM golden WHERE kind = 'nhs_number'
	AND valid <> (nhs_number_problem(value) IS NULL)$$,
	'golden nhs_number: level check_digit');
SELECT is_empty($$
	SELECT * FROM golden WHERE kind = 'nhs_number'
	AND valid <> (try_nhs_number(value) IS NOT NULL)$$,
	'golden nhs_number: try_nhs_number');
SELECT is_empty($$
	SELECT * FROM golden WHERE kind = 'nhs_number_issued'
	AND valid <> (nhs_number_problem(value, 'issued') IS NULL)$$,
	'golden nhs_number_issued: level issued');
SELECT is_empty($$
	SELECT * FROM golden WHERE kind = 'nhs_number_issued'
	AND valid <> (nhs_number_problem(value, 'plausible') IS NULL)$$,
	'golden nhs_number_issued: level plausible');
SELECT is_empty($$
	SELECT * FROM golden WHERE kind = 'chi_number'
	AND valid <> (nhs_number_problem(value, 'plausible') IS NULL
				  AND nhs_number_range(value::nhs_number) = 'scotland_chi')$$,
	'golden chi_number: level plausible and its range');
SELECT is_empty($$
	SELECT * FROM golden WHERE kind = 'hsc_number'
	AND valid <> (nhs_number_problem(value, 'issued') IS NULL
				  AND nhs_number_range(value::nhs_number) = 'northern_ireland')$$,
	'golden hsc_number: level issued and its range');
\else
SELECT skip('identifiers.csv is not there: set CAREGROUP_SHARED', 7);
\endif

-- ---------------------------------------------------------------------
-- Bad input: each form's SQLSTATE and word; nothing shows the value.
-- ---------------------------------------------------------------------
CREATE TEMP TABLE bad (value text PRIMARY KEY, word text);
INSERT INTO bad VALUES
	('', 'empty'), (E' \t\n', 'empty'),
	('943476591', 'length'), ('94347659190', 'length'), ('943 476 591', 'length'),
	('-', 'length'), ('-943476591', 'length'), (repeat('9', 100000), 'length'),
	('943476591X', 'character'), ('+434765919', 'character'),
	('943.476.5919', 'character'), ('943476591' || U&'\FF19', 'character'),
	('943' || U&'\00A0' || '476' || U&'\00A0' || '5919', 'character'),
	('9434765919' || U&'\200B', 'character'), ('943' || U&'\2011' || '4765919', 'character'),
	(E'943\t476\t5919', 'character'), ('NULL', 'character'), ('9434765919.0', 'character'),
	('9434765 919', 'grouping'), ('943 4765919', 'grouping'), ('943 476-5919', 'grouping'),
	('943  476 5919', 'grouping'), ('9 434765919', 'grouping'), ('9434765919-', 'grouping'),
	('9434765918', 'check_digit'), ('943 476 5918', 'check_digit'), ('9990000000', 'check_digit');

SELECT throws_ok(format('SELECT %L::nhs_number', value), '22P02', 'invalid NHS number',
				 'input refuses ' || word || ' ' || row_number() OVER (ORDER BY value))
FROM bad ORDER BY value;
SELECT is(nhs_number_problem(value), word, 'problem is ' || word || ' ' || row_number() OVER (ORDER BY value))
FROM bad ORDER BY value;
SELECT is_empty('SELECT value FROM bad WHERE try_nhs_number(value) IS NOT NULL',
				'try_nhs_number gives NULL for each of them');
SELECT throws_ok('SELECT 94347659190::nhs_number', '22003', 'invalid NHS number',
				 'eleven digits are out of range');
SELECT throws_ok('SELECT (-9434765919)::nhs_number', '22003', 'invalid NHS number',
				 'a negative number is out of range');
SELECT throws_ok('SELECT 9434765918::nhs_number', '22P02', 'invalid NHS number',
				 'bigint with a wrong check digit');
SELECT throws_ok($$SELECT nhs_number_problem('9434765919', 'Issued')$$, '22023',
				 'unknown level of NHS number check', 'an unknown level is refused');
SELECT throws_ok('SELECT nhs_number_problem(9434765919, $$$$)', '22023',
				 'unknown level of NHS number check', 'an empty level is refused');

-- Everything that the server says about a statement, in one text.
CREATE FUNCTION pg_temp.said(statement text, value text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	message text;
	detail text;
	hint text;
	context text;
BEGIN
	EXECUTE statement USING value;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
		hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
	RETURN concat_ws(E'\n', message, detail, hint, context);
END $$;

CREATE FUNCTION pg_temp.digits_of(value text) RETURNS text
LANGUAGE sql IMMUTABLE RETURN regexp_replace(value, '[^0-9]', '', 'g');

SELECT is_empty($$
	SELECT value FROM bad, LATERAL pg_temp.said('SELECT $1::nhs_number', value) AS said
	WHERE said IS NULL
	OR (length(pg_temp.digits_of(value)) > 3 AND pg_temp.digits_of(said)
		LIKE '%' || substr(pg_temp.digits_of(value), 1, 6) || '%')$$,
	'no refusal shows the value');

-- COPY: the statement must not hold the value, so the shell joins its halves.
CREATE TEMP TABLE loaded (id integer, nhs nhs_number);
CREATE TEMP TABLE copied (said text);
INSERT INTO copied VALUES
	(pg_temp.said($$COPY loaded FROM PROGRAM 'printf "1\t94347%s\n2\t94347%s\n" 65919 65918'$$, NULL)),
	(pg_temp.said($$COPY loaded FROM PROGRAM 'printf "1,94347%s\n2,94347%s\n" 65919 65918' (FORMAT csv)$$, NULL));
SELECT is_empty($$SELECT said FROM copied WHERE said ~ '9434765918' OR said !~ 'COPY loaded, line 2'$$,
				'COPY names the line and not the value');

-- ---------------------------------------------------------------------
-- Good input: forms, output, casts, NULL.
-- ---------------------------------------------------------------------
SELECT is_empty($$
	SELECT form FROM (VALUES ('9434765919'), ('943 476 5919'), ('943-476-5919'),
							 ('  9434765919 '), (E'\t943 476 5919\r\n')) AS t(form)
	WHERE form::nhs_number::text <> '9434765919' OR form::nhs_number <> try_nhs_number(form)$$,
	'every allowed form gives the same number');
SELECT is('0607230002'::nhs_number::text, '0607230002', 'leading zeros are kept');
SELECT is('0607230002'::nhs_number::bigint, 607230002::bigint, 'cast to bigint');
SELECT is(607230002::bigint::nhs_number::text, '0607230002', 'cast from bigint');
SELECT is(format_nhs_number('9434765919'), '943 476 5919', 'format_nhs_number groups 3-3-4');
SELECT is(num_nulls(try_nhs_number(NULL::text), try_nhs_number(NULL::bigint), nhs_number_range(NULL),
					format_nhs_number(NULL), NULL::text::nhs_number, NULL::bigint::nhs_number), 6,
		  'NULL gives NULL');
SELECT is(nhs_number_problem(NULL::text, 'issued'), NULL, 'NULL has no problem');

-- ---------------------------------------------------------------------
-- Properties of modulus 11, on numbers spread over the whole space.
-- ---------------------------------------------------------------------
CREATE TEMP TABLE prefix AS
SELECT lpad(i::text, 9, '0') AS nine FROM generate_series(0, 999999999, 49999) AS i;
SELECT is_empty($$
	SELECT nine FROM prefix, generate_series(0, 9) AS d
	GROUP BY nine
	HAVING count(try_nhs_number(nine || d)) <> (nhs_number_check_digit(nine) IS NOT NULL)::integer
	OR max(d) FILTER (WHERE try_nhs_number(nine || d) IS NOT NULL) IS DISTINCT FROM nhs_number_check_digit(nine)$$,
	'nine digits have one check digit, or none where nhs_number_check_digit is NULL');
SELECT ok(abs(avg((nhs_number_check_digit(nine) IS NULL)::integer) - 1.0 / 11) < 0.01,
		  'one prefix in eleven has no check digit') FROM prefix;
CREATE TEMP TABLE good AS
SELECT nine || nhs_number_check_digit(nine) AS number FROM prefix
WHERE nhs_number_check_digit(nine) IS NOT NULL ORDER BY md5(nine) LIMIT 2000;
SELECT is_empty($$
	SELECT number FROM good, generate_series(1, 10) AS place, generate_series(0, 9) AS digit
	WHERE substr(number, place, 1) <> digit::text
	AND nhs_number_problem(overlay(number PLACING digit::text FROM place)) IS DISTINCT FROM 'check_digit'$$,
	'every single wrong digit is found');
SELECT is_empty($$
	SELECT number FROM good, generate_series(1, 9) AS place
	WHERE substr(number, place, 1) <> substr(number, place + 1, 1)
	AND nhs_number_problem(overlay(number PLACING reverse(substr(number, place, 2)) FROM place))
		IS DISTINCT FROM 'check_digit'$$,
	'every exchange of neighbouring digits is found');
SELECT is_empty($$
	SELECT number, level FROM (SELECT number FROM good UNION ALL SELECT overlay(number PLACING '7' FROM 10) FROM good) AS g,
		unnest('{format,check_digit,issued,plausible}'::text[]) AS level
	WHERE nhs_number_problem(number, level) IS DISTINCT FROM nhs_number_problem(number::bigint, level)$$,
	'bigint and text give the same problem at every level');
SELECT is_empty($$
	SELECT number FROM good
	WHERE (nhs_number_problem(number, 'issued') IS NULL AND nhs_number_problem(number) IS NOT NULL)
	OR (nhs_number_problem(number, 'plausible') IS NULL AND nhs_number_problem(number, 'issued') IS NOT NULL)$$,
	'each level demands what the one before does');
SELECT is_empty($$
	SELECT d FROM generate_series(0, 9) AS d
	WHERE nhs_number_problem(repeat(d::text, 10)) IS NOT NULL
	OR nhs_number_problem(repeat(d::text, 10), 'issued') IS DISTINCT FROM 'placeholder'$$,
	'repeated digits pass modulus 11 and are placeholders');
SELECT is_empty($$
	SELECT number, nhs_number_range(number::nhs_number) FROM good
	WHERE nhs_number_range(number::nhs_number) IS DISTINCT FROM CASE
		WHEN number < '0101000000' THEN 'not_issued'
		WHEN number < '3113000000' THEN 'scotland_chi'
		WHEN number < '3200000000' THEN 'not_issued'
		WHEN number < '4000000000' THEN 'northern_ireland'
		WHEN number < '5000000000' THEN 'england_wales_isle_of_man'
		WHEN number < '6000000000' THEN 'not_issued'
		WHEN number < '8000000000' THEN 'england_wales_isle_of_man'
		WHEN number < '8600000000' THEN 'ireland'
		WHEN number < '9000000000' THEN 'not_issued'
		ELSE 'test' END$$, 'ranges');

-- ---------------------------------------------------------------------
-- A table large enough for the planner to have a choice.
-- ---------------------------------------------------------------------
CREATE TABLE identity_person AS
SELECT nhs, nhs::bigint AS big, row_number() OVER (ORDER BY nhs) AS id
FROM (SELECT try_nhs_number(9990000000 + i) AS nhs FROM generate_series(0, 219999) AS i) AS n
WHERE nhs IS NOT NULL;
ALTER TABLE identity_person ADD PRIMARY KEY (nhs);
CREATE INDEX identity_person_big ON identity_person (big);
CREATE TABLE identity_event AS
SELECT id, CASE WHEN id % 50 = 0 THEN 'unknown' WHEN id % 51 = 0 THEN NULL
				WHEN id % 2 = 0 THEN format_nhs_number(nhs) ELSE nhs::text END AS sent,
	   nhs::text::varchar(20) AS sent_varchar, nhs::text::char(12) AS sent_char, nhs, big
FROM identity_person;
ANALYZE identity_person, identity_event;

CREATE FUNCTION pg_temp.plan_of(statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	line text;
	plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
		plan := plan || line || E'\n';
	END LOOP;
	RETURN plan;
END $$;

CREATE FUNCTION pg_temp.rows_of(statement text) RETURNS double precision
LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || statement INTO plan;
	RETURN plan->0->'Plan'->>'Plan Rows';
END $$;

-- Text keeps the index.
SET LOCAL plan_cache_mode = force_generic_plan;
PREPARE by_text(text) AS SELECT id FROM identity_person WHERE nhs = $1;
PREPARE by_varchar(varchar) AS SELECT id FROM identity_person WHERE $1 = nhs;
PREPARE by_char(char(12)) AS SELECT id FROM identity_person WHERE nhs = $1;
PREPARE by_either(text, text) AS SELECT id FROM identity_person WHERE nhs IN ($1, $2);
PREPARE by_join(text) AS
SELECT e.id FROM identity_person AS p JOIN identity_event AS e USING (nhs) WHERE p.nhs = $1;
SELECT matches(pg_temp.plan_of(format('EXECUTE %s', call)), 'Index.*Cond: .*try_nhs_number\(',
			   'generic plan uses the index: ' || call)
FROM unnest('{by_text(NULL),by_varchar(NULL),by_char(NULL)}'::text[]) AS call;
SELECT matches(pg_temp.plan_of('EXECUTE by_either(NULL, NULL)'), 'BitmapOr.*Index Cond.*Index Cond',
			   'generic plan uses the index for each of a list');
SELECT results_eq('EXECUTE by_text(''999 000 0018'')',
				  $$SELECT id FROM identity_person WHERE nhs = '9990000018'$$, 'a text parameter finds its row');
SELECT results_eq('EXECUTE by_either(''999-000-0018'', ''x'')',
				  $$SELECT id FROM identity_person WHERE nhs = '9990000018'$$, 'a list with a bad text finds its row');
SELECT is_empty('EXECUTE by_text(''999 000 0019'')', 'a bad text finds nothing');
SELECT results_eq('EXECUTE by_join(''999 000 0018'')',
				  $$SELECT id FROM identity_event WHERE nhs = '9990000018'$$, 'a text parameter reaches a joined table');
RESET plan_cache_mode;
SELECT matches(pg_temp.plan_of('SELECT FROM identity_person WHERE ' || condition),
			   'Index.*Cond: \(nhs = ''9990000018''::nhs_number\)\s*$', 'constant is read at once: ' || condition)
FROM (VALUES ($$nhs = '9990000018'$$), ($$nhs = '999 000 0018'::text$$), ($$'9990000018'::varchar = nhs$$),
			 ($$nhs = '9990000018'::char(14)$$)) AS t(condition);
SELECT matches(pg_temp.plan_of($$SELECT FROM identity_person WHERE nhs IN ('9990000018', '9990000026')$$),
			   'Index.*Cond: \(nhs = ANY', 'a list of literals uses the index');
SELECT matches(pg_temp.plan_of($$SELECT FROM identity_person WHERE nhs = ANY ('{9990000018,x}'::text[])$$), 'Seq Scan',
			   'an array of text is not turned round: cast it');
SELECT matches(pg_temp.plan_of($$SELECT FROM identity_person WHERE nhs = ANY ('{9990000018}'::text[]::nhs_number[])$$),
			   'Index.*Cond: \(nhs = ANY', 'a cast array uses the index');
SELECT matches(pg_temp.plan_of($$SELECT FROM identity_person WHERE nhs = (SELECT sent FROM identity_event WHERE id = 3)$$),
			   'Index.*Cond: \(nhs = try_nhs_number', 'a subquery that gives one text uses the index');
SELECT matches(pg_temp.plan_of($$SELECT FROM identity_person WHERE nhs = (random()::text)$$), 'Seq Scan',
			   'a volatile text is evaluated once a row, as written');

-- Text can be joined.
SELECT matches(pg_temp.plan_of('SELECT FROM identity_person AS p JOIN identity_event AS e ON p.nhs = e.sent'),
			   '(Hash|Merge) Cond: .*try_nhs_number\(e.sent\)', 'a join with a text column hashes or merges');
SELECT matches(pg_temp.plan_of('SELECT p.id FROM identity_event AS e LEFT JOIN identity_person AS p ON e.sent_varchar = p.nhs'),
			   '(Hash|Merge) Cond: .*try_nhs_number\(', 'a left join with a varchar column hashes or merges');
SELECT matches(pg_temp.plan_of('SELECT FROM identity_person AS p WHERE EXISTS (SELECT FROM identity_event AS e WHERE e.sent_char = p.nhs)'),
			   '(Hash|Merge) Cond: .*try_nhs_number\(', 'EXISTS with a char column hashes or merges');
SELECT matches(pg_temp.plan_of('SELECT FROM identity_person AS p FULL JOIN identity_event AS e ON p.nhs = e.sent'),
			   'Hash Full Join', 'a full join with a text column hashes');
SELECT results_eq(
	'SELECT count(*) FROM identity_person AS p JOIN identity_event AS e ON p.nhs = e.sent',
	'SELECT count(*) FROM identity_event WHERE id % 50 <> 0 AND id % 51 <> 0', 'the join finds every good text');
SELECT results_eq(
	'SELECT count(*) FROM identity_person AS p WHERE NOT EXISTS (SELECT FROM identity_event AS e WHERE e.sent = p.nhs)',
	'SELECT count(*) FROM identity_event WHERE id % 50 = 0 OR id % 51 = 0', 'the anti-join finds every other');
SELECT ok(pg_temp.rows_of('SELECT FROM identity_person AS p JOIN identity_event AS e ON p.nhs = e.sent')
		  BETWEEN 15000 AND 25000, 'and its size is estimated well');

-- The operators mean the same wherever the planner meets them.
CREATE TEMP TABLE pair AS
SELECT p.nhs, t.sent FROM (SELECT nhs FROM identity_person WHERE id <= 3 UNION ALL SELECT NULL) AS p,
	(SELECT sent FROM identity_event WHERE id <= 60 UNION ALL VALUES ('x'), (''), ('9990000019'), (NULL)) AS t;
SELECT is_empty($$
	SELECT * FROM (SELECT *, nhs_number_matches_text(nhs, sent) AS plain, nhs = try_nhs_number(sent) AS own FROM pair) AS q
	WHERE (nhs = sent) IS DISTINCT FROM plain OR (sent = nhs) IS DISTINCT FROM plain
	OR (nhs <> sent) IS DISTINCT FROM NOT plain OR (sent <> nhs) IS DISTINCT FROM NOT plain
	OR (NOT nhs = sent) IS DISTINCT FROM NOT plain
	OR (nhs = ANY (ARRAY[sent])) IS DISTINCT FROM plain
	OR (plain IS TRUE) <> (own IS TRUE)
	OR (plain IS NULL) <> (num_nulls(nhs, sent) > 0)$$, '= and <> with text: true, false and NULL as documented');
SELECT results_eq($$SELECT count(*) FROM identity_person WHERE nhs <> 'x'::text$$,
				  'SELECT count(*) FROM identity_person', 'every number differs from a bad text');
SELECT results_eq($$SELECT count(*) FROM identity_person WHERE nhs NOT IN (SELECT 'x'::text)$$,
				  'SELECT count(*) FROM identity_person', 'one bad text does not empty NOT IN');
SELECT is_empty($$
	SELECT o.oid::regoperator FROM pg_operator AS o JOIN pg_amop AS a ON a.amopopr = o.oid
	WHERE 'nhs_number'::regtype IN (o.oprleft, o.oprright) AND 'text'::regtype IN (o.oprleft, o.oprright)$$,
	'the operators with text stand outside every operator family');

-- ---------------------------------------------------------------------
-- Indexes, partitions, statistics, parallel query.
-- ---------------------------------------------------------------------
SELECT is_empty($$SELECT opcname FROM pg_opclass WHERE CASE WHEN opcintype = 'nhs_number'::regtype THEN NOT amvalidate(oid) END$$,
				'operator classes are valid');
SELECT set_eq($$
	SELECT amname::text, opcdefault FROM pg_opclass JOIN pg_am ON pg_am.oid = opcmethod
	WHERE opcintype = 'nhs_number'::regtype$$,
	$$VALUES ('btree', true), ('hash', true), ('brin', true)$$, 'btree, hash and brin have a default class');
SELECT results_eq('SELECT nhs FROM identity_person ORDER BY nhs DESC', 'SELECT big::nhs_number FROM identity_person ORDER BY big DESC',
				  'the order is that of the digits');
SELECT is_empty('SELECT FROM identity_person WHERE hashint8(big) <> nhs_number_hash(nhs) OR hashint8extended(big, 7) <> nhs_number_hash_extended(nhs, 7)',
				'the hash is that of the digits');
SELECT matches(pg_temp.plan_of('SELECT max(nhs) FROM identity_person'), 'Index Only Scan Backward', 'max uses the index');

CREATE TABLE identity_repeat AS SELECT nhs FROM identity_person, generate_series(1, 5) WHERE id <= 4000;
CREATE INDEX identity_repeat_once ON identity_repeat (nhs);
CREATE INDEX identity_repeat_all ON identity_repeat (nhs) WITH (deduplicate_items = off);
SELECT cmp_ok(pg_relation_size('identity_repeat_once') * 1.5, '<', pg_relation_size('identity_repeat_all')::numeric,
			  'a btree stores equal numbers once');
CREATE INDEX identity_repeat_hash ON identity_repeat USING hash (nhs);
DROP INDEX identity_repeat_once, identity_repeat_all;
ANALYZE identity_repeat;
SELECT matches(pg_temp.plan_of($$SELECT FROM identity_repeat WHERE nhs = '999 000 0018'::text$$), 'identity_repeat_hash', 'a hash index serves text');
SELECT results_eq($$SELECT count(*) FROM identity_repeat WHERE nhs = '999 000 0018'::text$$, 'VALUES (5::bigint)', 'and finds its rows');
DROP INDEX identity_repeat_hash;
CREATE INDEX identity_repeat_brin ON identity_repeat USING brin (nhs) WITH (pages_per_range = 1);
SET LOCAL enable_seqscan = off;
SELECT matches(pg_temp.plan_of($$SELECT FROM identity_repeat WHERE nhs < '9990000107'$$), 'identity_repeat_brin', 'a BRIN index serves ranges');
SELECT results_eq($$SELECT count(*) FROM identity_repeat WHERE nhs < '9990000107'$$, 'VALUES (45::bigint)', 'and finds its rows');
RESET enable_seqscan;

CREATE TABLE identity_part (nhs nhs_number, id bigint) PARTITION BY HASH (nhs);
CREATE TABLE identity_other (nhs nhs_number, id bigint) PARTITION BY HASH (nhs);
SELECT lives_ok(format('CREATE TABLE identity_%s_%s PARTITION OF identity_%s FOR VALUES WITH (MODULUS 4, REMAINDER %s)', part, r, part, r),
				format('hash partition %s of %s', r, part))
FROM generate_series(0, 3) AS r, unnest('{part,other}'::text[]) AS part;
INSERT INTO identity_part SELECT nhs, id FROM identity_person;
INSERT INTO identity_other SELECT nhs, id FROM identity_person WHERE id % 3 = 0;
ANALYZE identity_part, identity_other;
SELECT ok(min(n) > 4000 AND count(*) = 4, 'rows spread over the hash partitions')
FROM (SELECT tableoid, count(*) AS n FROM identity_part GROUP BY 1) AS q;
SELECT is((SELECT count(*) FROM regexp_matches(pg_temp.plan_of(statement), 'Scan', 'g')), 1::bigint, 'pruned to one partition: ' || statement)
FROM (VALUES ($$SELECT FROM identity_part WHERE nhs = '9990000018'$$),
			 ($$SELECT FROM identity_part WHERE nhs = '999 000 0018'::text$$)) AS t(statement);
SET LOCAL enable_partitionwise_join = on;
SET LOCAL enable_partitionwise_aggregate = on;
SELECT is((SELECT count(*) FROM regexp_matches(pg_temp.plan_of('SELECT FROM identity_part JOIN identity_other USING (nhs)'), 'Join', 'g')),
		  4::bigint, 'partition-wise join');
SELECT results_eq('SELECT count(*), min(nhs), max(nhs) FROM identity_part JOIN identity_other USING (nhs)',
				  'SELECT count(*), min(nhs), max(nhs) FROM identity_person WHERE id % 3 = 0', 'agrees with the plain one');
SELECT results_eq('SELECT nhs, max(id) FROM identity_part GROUP BY nhs ORDER BY nhs', 'SELECT nhs, id FROM identity_person ORDER BY nhs',
				  'partition-wise aggregate agrees');

SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL enable_indexonlyscan = off;
SET LOCAL enable_indexscan = off;
SELECT matches(pg_temp.plan_of('SELECT min(nhs), max(nhs), count(*) FROM identity_event WHERE try_nhs_number(sent) = nhs'),
			   'Gather.*Partial Aggregate', 'aggregates go parallel');
CREATE TEMP TABLE parallel_answer AS
SELECT min(nhs), max(nhs), count(nhs) FROM identity_event WHERE nhs_number_problem(sent) IS NULL AND nhs = sent;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT results_eq('SELECT * FROM parallel_answer',
				  'SELECT min(nhs), max(nhs), count(nhs) FROM identity_event WHERE nhs_number_problem(sent) IS NULL AND nhs = sent',
				  'parallel and serial agree');
RESET enable_indexonlyscan;
RESET enable_indexscan;

SELECT is(pg_temp.rows_of($$SELECT FROM identity_event WHERE nhs = '9990000018'$$),
		  pg_temp.rows_of('SELECT FROM identity_event WHERE big = 9990000018'), 'equality is estimated as for bigint');
SELECT is(pg_temp.rows_of('SELECT FROM identity_event AS e JOIN identity_person AS p USING (nhs)'),
		  pg_temp.rows_of('SELECT FROM identity_event AS e JOIN identity_person AS p USING (big)'), 'a join is estimated as for bigint');
SELECT cmp_ok(max(abs(pg_temp.rows_of(format('SELECT FROM identity_event WHERE nhs < %L', nhs))
					  - pg_temp.rows_of(format('SELECT FROM identity_event WHERE big < %s', big)))), '<',
			  (SELECT count(*) * 0.0075 FROM identity_event)::double precision, 'a range is estimated to half a bucket')
FROM identity_person WHERE id % 1999 = 0;

-- ---------------------------------------------------------------------
-- Binary COPY.
-- ---------------------------------------------------------------------
SELECT '/tmp/caregroup_identity_' || pg_backend_pid() AS file \gset
CREATE TEMP TABLE received (nhs nhs_number);
COPY (SELECT nhs FROM identity_person) TO :'file' (FORMAT binary);
COPY received FROM :'file' (FORMAT binary);
SELECT bag_eq('SELECT nhs FROM received', 'SELECT nhs FROM identity_person', 'binary COPY comes back as it went');
COPY (VALUES (9434765919::bigint), (9434765918)) TO :'file' (FORMAT binary);
SELECT throws_ok(format('COPY received FROM %L (FORMAT binary)', :'file'), '22P03', 'invalid NHS number',
				 'binary input refuses a wrong check digit');
SELECT unalike(pg_temp.said(format('COPY received FROM %L (FORMAT binary)', :'file'), NULL), '%9434765918%',
			   'and does not show it');
COPY (VALUES (-1::bigint)) TO :'file' (FORMAT binary);
SELECT throws_ok(format('COPY received FROM %L (FORMAT binary)', :'file'), '22P03', 'invalid NHS number',
				 'binary input refuses a number out of range');
\set remove 'rm ' :file
COPY (SELECT) TO PROGRAM :'remove';

-- ---------------------------------------------------------------------
-- Soft errors, from 16.
-- ---------------------------------------------------------------------
SELECT current_setting('server_version_num')::integer >= 160000 AS have_soft_errors \gset
\if :have_soft_errors
SELECT ok(NOT pg_input_is_valid('9434765918', 'nhs_number') AND pg_input_is_valid('943 476 5919', 'nhs_number'),
		  'bad input is a soft error');
\else
SELECT skip('soft errors exist from PostgreSQL 16', 1);
\endif

SELECT * FROM finish();
ROLLBACK;
