-- postcode: goldens, bad input, kinds and parts, order, plans, agreement.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(124);

-- ---------------------------------------------------------------------
-- Goldens: identifiers.csv.
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
SELECT cmp_ok(count(*), '>=', 16::bigint, 'identifiers.csv holds postcodes') FROM golden WHERE kind = 'postcode';
SELECT is_empty($$SELECT * FROM golden WHERE kind = 'postcode' AND valid <> (postcode_problem(value) IS NULL)$$, 'golden postcode: level format');
SELECT is_empty($$SELECT * FROM golden WHERE kind = 'postcode' AND valid <> (try_postcode(value) IS NOT NULL)$$, 'golden postcode: try_postcode');
SELECT set_eq($$SELECT value FROM golden WHERE kind = 'postcode' AND reason ~ 'special|pseudo'$$,
			  $$SELECT value FROM golden WHERE kind = 'postcode' AND valid AND postcode_problem(value, 'place') IS NOT NULL$$,
			  'the special ones are no place');
\else
SELECT skip('identifiers.csv is not there: set CAREGROUP_SHARED', 4);
\endif

-- ---------------------------------------------------------------------
-- Bad input: each form's SQLSTATE and word; nothing shows the value.
-- ---------------------------------------------------------------------
CREATE TEMP TABLE bad (value text PRIMARY KEY, word text);
INSERT INTO bad VALUES
	('', 'empty'), (E' \t\n', 'empty'),
	('M1-1AA', 'character'), (E'M1\t1AA', 'character'), ('M1' || U&'\00A0' || '1AA', 'character'), ('EC1A 1BB.', 'character'),
	('M1 AA1', 'format'), ('M111 1AA', 'format'), ('EC1A', 'format'), ('BFPO', 'format'), ('BFPO 061', 'format'),
	('BFPO 12345', 'format'), ('BFPO 1AA', 'format'), ('GIR 0AB', 'format'), ('943 476 5919', 'format'), (repeat('M1 1AA', 20000), 'format'),
	('M 11AA', 'spacing'), ('EC1A 1 BB', 'spacing'), ('BF PO61', 'spacing'),
	('Q1 1AA', 'outward'), ('AI1 1AA', 'outward'), ('W1L 1AA', 'outward'), ('EC1C 1BB', 'outward'), ('ZZ99 1AA', 'outward'), ('ZZ98 9ZZ', 'outward'),
	('M1 1AC', 'inward'), ('M1 1VA', 'inward');

SELECT throws_ok(format('SELECT %L::postcode', value), '22P02', 'invalid postcode',
				 'input refuses ' || word || ' ' || row_number() OVER (ORDER BY value))
FROM bad ORDER BY value;
SELECT is(postcode_problem(value), word, 'problem is ' || word || ' ' || row_number() OVER (ORDER BY value))
FROM bad ORDER BY value;
SELECT is_empty('SELECT value FROM bad WHERE try_postcode(value) IS NOT NULL', 'try_postcode gives NULL for each of them');
SELECT throws_ok($$SELECT 'M1 1AC'::text::postcode$$, '22P02', 'invalid postcode', 'the cast refuses');
SELECT throws_ok($$SELECT postcode_problem('M1 1AA', 'Place')$$, '22023', 'unknown level of postcode check', 'an unknown level is refused');

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
SELECT is_empty($$
	SELECT value FROM bad, LATERAL pg_temp.said('SELECT $1::postcode', value) AS said
	WHERE said IS NULL OR (length(value) > 3 AND value <> 'BFPO' AND strpos(said, value) > 0)$$, 'no refusal shows the value');
CREATE TEMP TABLE loaded (id integer, home postcode);
SELECT ok(said !~ 'M11 1AC' AND said ~ 'COPY loaded, line 2', 'COPY names the line and not the value')
FROM pg_temp.said($$COPY loaded FROM PROGRAM 'printf "1\tM11 1AA\n2\tM11 %s\n" 1AC'$$, NULL) AS said;

-- ---------------------------------------------------------------------
-- Good input: forms, output, NULL.
-- ---------------------------------------------------------------------
SELECT is_empty($$
	SELECT form FROM (VALUES ('EC1A 1BB'), ('EC1A1BB'), ('ec1a 1bb'), (' EC1A   1BB '), (E'\tec1a1bb\r\n')) AS t(form)
	WHERE form::postcode::text <> 'EC1A 1BB' OR form::postcode <> try_postcode(form)$$, 'every allowed form gives the same postcode');
SELECT is(num_nulls(try_postcode(NULL), NULL::text::postcode, postcode_kind(NULL), postcode_outward(NULL), postcode_inward(NULL),
					postcode_area(NULL), postcode_sector(NULL), postcode_problem(NULL, 'place')), 8, 'NULL gives NULL');

-- ---------------------------------------------------------------------
-- Kinds and parts.
-- ---------------------------------------------------------------------
CREATE TEMP TABLE form (code postcode, kind text, outward text, inward text, area text, sector text);
INSERT INTO form VALUES
	('M1 1AA', 'geographic', 'M1', '1AA', 'M', 'M1 1'), ('M60 1NW', 'geographic', 'M60', '1NW', 'M', 'M60 1'),
	('CR2 6XH', 'geographic', 'CR2', '6XH', 'CR', 'CR2 6'), ('DN55 1PT', 'geographic', 'DN55', '1PT', 'DN', 'DN55 1'),
	('W1A 1HQ', 'geographic', 'W1A', '1HQ', 'W', 'W1A 1'), ('EC1A 1BB', 'geographic', 'EC1A', '1BB', 'EC', 'EC1A 1'),
	('JE2 3AB', 'crown_dependency', 'JE2', '3AB', 'JE', 'JE2 3'), ('BX1 1LT', 'non_geographic', 'BX1', '1LT', 'BX', 'BX1 1'),
	('GIR 0AA', 'girobank', 'GIR', '0AA', 'GIR', 'GIR 0'), ('BF1 0AA', 'bfpo', 'BF1', '0AA', 'BF', 'BF1 0'),
	('BFPO 61', 'bfpo', 'BFPO', '61', 'BFPO', NULL), ('BFPO 5439', 'bfpo', 'BFPO', '5439', 'BFPO', NULL),
	('FIQQ 1ZZ', 'overseas_territory', 'FIQQ', '1ZZ', 'FIQQ', 'FIQQ 1'), ('GX11 1AA', 'overseas_territory', 'GX11', '1AA', 'GX', 'GX11 1'),
	('ZZ99 3VZ', 'pseudo_no_fixed_abode', 'ZZ99', '3VZ', 'ZZ', 'ZZ99 3'), ('ZZ99 3WZ', 'pseudo_not_known', 'ZZ99', '3WZ', 'ZZ', 'ZZ99 3'),
	('ZZ99 9ZZ', 'pseudo_not_known', 'ZZ99', '9ZZ', 'ZZ', 'ZZ99 9'), ('ZZ99 3CZ', 'pseudo_england_or_uk', 'ZZ99', '3CZ', 'ZZ', 'ZZ99 3'),
	('ZZ99 1WZ', 'pseudo_scotland', 'ZZ99', '1WZ', 'ZZ', 'ZZ99 1'), ('ZZ99 3GZ', 'pseudo_wales', 'ZZ99', '3GZ', 'ZZ', 'ZZ99 3'),
	('ZZ99 2WZ', 'pseudo_northern_ireland', 'ZZ99', '2WZ', 'ZZ', 'ZZ99 2'), ('ZZ99 6CZ', 'pseudo_country', 'ZZ99', '6CZ', 'ZZ', 'ZZ99 6'),
	('AA1 1AA', 'geographic', 'AA1', '1AA', 'AA', 'AA1 1');
SELECT is(postcode_kind(code), kind, 'kind of ' || code) FROM form;
SELECT is_empty($$
	SELECT * FROM form WHERE (postcode_outward(code), postcode_inward(code), postcode_area(code), postcode_sector(code))
		IS DISTINCT FROM (outward, inward, area, sector)$$, 'parts');
SELECT is_empty($$SELECT * FROM form WHERE outward || ' ' || inward <> code::text$$, 'outward and inward code make the postcode');
SELECT is_empty($$
	SELECT code FROM form WHERE postcode_problem(code::text, 'area') IS DISTINCT FROM CASE WHEN area = 'AA' THEN 'unknown_area' END
	OR postcode_problem(code::text, 'place') IS DISTINCT FROM
		CASE WHEN area = 'AA' THEN 'unknown_area' WHEN kind NOT IN ('geographic', 'crown_dependency') THEN 'no_place' END$$, 'levels agree with kinds');
SELECT is((SELECT count(*) FROM generate_series(65, 90) AS a, (SELECT '' UNION ALL SELECT chr(b) FROM generate_series(65, 90) AS b) AS t(second)
		   WHERE postcode_problem(chr(a) || second || '1 1AA', 'area') IS NULL), 126::bigint,
		  'Royal Mail has 121 areas in the United Kingdom, GY, IM and JE, and BF and BX');
SELECT results_eq($$
	SELECT code FROM form WHERE code BETWEEN 'M1 0AA' AND 'M1 9ZZ'$$, $$VALUES ('M1 1AA'::postcode)$$, 'the bounds of a district are postcodes');

-- ---------------------------------------------------------------------
-- A table large enough for the planner to have a choice.
-- ---------------------------------------------------------------------
CREATE TABLE identity_address AS
SELECT code, code::text AS txt, row_number() OVER (ORDER BY code) AS id
FROM (SELECT DISTINCT (split_part('M,CR,E,EH,CF,BT,WA,G', ',', i % 8 + 1) || i / 2000 + 1 || ' ' || i / 200 % 10
	  || substr('ABDEFGHJLNPQRSTUWXYZ', i / 8 % 20 + 1, 1) || substr('ABDEFGHJLNPQRSTUWXYZ', i / 160 % 20 + 1, 1))::postcode AS code
	  FROM generate_series(0, 19999) AS i) AS n;
ALTER TABLE identity_address ADD PRIMARY KEY (code);
CREATE TABLE identity_visit AS
SELECT id, code, txt, CASE WHEN id % 50 = 0 THEN 'not known' WHEN id % 51 = 0 THEN NULL
						   WHEN id % 2 = 0 THEN lower(replace(txt, ' ', '')) ELSE txt END AS sent
FROM identity_address;
ANALYZE identity_address, identity_visit;

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

-- Order, hash, aggregates.
SELECT results_eq('SELECT code FROM identity_address ORDER BY code', 'SELECT txt::postcode FROM identity_address ORDER BY txt COLLATE "C"',
				  'the order is that of the text, byte by byte');
SELECT is_empty($$
	SELECT a.code, b.code FROM form AS a, form AS b
	WHERE (a.code < b.code) <> (a.code::text COLLATE "C" < b.code::text) OR (a.code <= b.code) <> (a.code::text COLLATE "C" <= b.code::text)
	OR (a.code > b.code) <> (a.code::text COLLATE "C" > b.code::text) OR (a.code >= b.code) <> (a.code::text COLLATE "C" >= b.code::text)
	OR (a.code = b.code) <> (a.code::text = b.code::text) OR (a.code <> b.code) <> (a.code::text <> b.code::text)
	OR (a.code = b.code) <> (postcode_hash(a.code) = postcode_hash(b.code))
	OR (a.code = b.code) <> (postcode_hash_extended(a.code, 5) = postcode_hash_extended(b.code, 5))$$, 'postcodes of every length compare as their texts');
SELECT results_eq('SELECT min(code), max(code) FROM identity_address WHERE id > 0',
				  'SELECT min(txt COLLATE "C")::postcode, max(txt COLLATE "C")::postcode FROM identity_address', 'min and max');
SELECT results_eq('SELECT min(code), max(code) FROM identity_address WHERE false', 'SELECT NULL::postcode, NULL::postcode', 'min and max of nothing');
SELECT is_empty($$SELECT opcname FROM pg_opclass WHERE CASE WHEN opcintype = 'postcode'::regtype THEN NOT amvalidate(oid) END$$, 'operator classes are valid');
SELECT set_eq($$SELECT amname::text FROM pg_opclass JOIN pg_am ON pg_am.oid = opcmethod WHERE opcintype = 'postcode'::regtype AND opcdefault$$,
			  $$VALUES ('btree'), ('hash'), ('brin')$$, 'btree, hash and brin have a default class');
SELECT is_empty($$
	SELECT o.oid::regoperator FROM pg_operator AS o JOIN pg_amop AS a ON a.amopopr = o.oid
	WHERE 'postcode'::regtype IN (o.oprleft, o.oprright) AND 'text'::regtype IN (o.oprleft, o.oprright)$$,
	'the operators with text stand outside every operator family');
SELECT results_eq($$SELECT typlen::integer, typbyval FROM pg_type WHERE oid = 'postcode'::regtype$$, 'SELECT 8, true', 'eight bytes, by value');

-- Text keeps the index.
SET LOCAL plan_cache_mode = force_generic_plan;
PREPARE by_text(text) AS SELECT id FROM identity_address WHERE code = $1;
PREPARE by_varchar(varchar) AS SELECT id FROM identity_address WHERE $1 = code;
SELECT matches(pg_temp.plan_of(format('EXECUTE %s', call)), 'Index.*Cond: .*try_postcode\(', 'generic plan uses the index: ' || call)
FROM unnest('{by_text(NULL),by_varchar(NULL)}'::text[]) AS call;
SELECT results_eq('EXECUTE by_text('' cr2  0pr '')', $$SELECT id FROM identity_address WHERE code = 'CR2 0PR'$$, 'a text parameter finds its row');
SELECT is_empty('EXECUTE by_text(''not known'')', 'a bad text finds nothing');
RESET plan_cache_mode;
SELECT matches(pg_temp.plan_of('SELECT FROM identity_address WHERE ' || condition), 'Index.*Cond: \(code = ''CR2 0PR''::postcode\)\s*$',
			   'constant is read at once: ' || condition)
FROM (VALUES ($$code = 'cr20pr'$$), ($$code = 'CR2 0PR'::text$$), ($$'cr20pr'::varchar = code$$)) AS t(condition);
SELECT matches(pg_temp.plan_of('SELECT FROM identity_address AS p JOIN identity_visit AS r ON p.code = r.sent'),
			   '(Hash|Merge) Cond: .*try_postcode\(r.sent\)', 'a join with a text column hashes or merges');
SELECT results_eq('SELECT count(*) FROM identity_address AS p JOIN identity_visit AS r ON p.code = r.sent',
				  'SELECT count(*) FROM identity_visit WHERE id % 50 <> 0 AND id % 51 <> 0', 'and finds every good text');
CREATE TEMP TABLE pair AS
SELECT p.code, t.sent FROM (SELECT code FROM identity_address WHERE id <= 3 UNION ALL SELECT NULL) AS p,
	(SELECT sent FROM identity_visit WHERE id <= 60 UNION ALL VALUES ('x-'), (''), (NULL)) AS t;
SELECT is_empty($$
	SELECT * FROM (SELECT *, postcode_matches_text(code, sent) AS plain, code = try_postcode(sent) AS own FROM pair) AS q
	WHERE (code = sent) IS DISTINCT FROM plain OR (sent = code) IS DISTINCT FROM plain
	OR (code <> sent) IS DISTINCT FROM NOT plain OR (sent <> code) IS DISTINCT FROM NOT plain
	OR (NOT code = sent) IS DISTINCT FROM NOT plain OR (code = ANY (ARRAY[sent])) IS DISTINCT FROM plain
	OR (plain IS TRUE) <> (own IS TRUE) OR (plain IS NULL) <> (num_nulls(code, sent) > 0)$$,
	'= and <> with text: true, false and NULL as documented');

-- Other indexes and partitions.
CREATE INDEX identity_visit_hash ON identity_visit USING hash (code);
SELECT matches(pg_temp.plan_of($$SELECT FROM identity_visit WHERE code = 'cr20pr'::text$$), 'identity_visit_hash', 'a hash index serves text');
SELECT results_eq($$SELECT count(*) FROM identity_visit WHERE code = 'cr20pr'::text$$, 'SELECT 1::bigint', 'and finds its row');
CREATE INDEX identity_visit_brin ON identity_visit USING brin (code) WITH (pages_per_range = 1);
SET LOCAL enable_seqscan = off;
SELECT matches(pg_temp.plan_of($$SELECT FROM identity_visit WHERE code < 'CF2 0AA'$$), 'identity_visit_brin', 'a BRIN index serves ranges');
SELECT results_eq($$SELECT count(*) FROM identity_visit WHERE code < 'CF2 0AA'$$,
				  $$SELECT count(*) FROM identity_visit WHERE txt COLLATE "C" < 'CF2 0AA'$$, 'and finds its rows');
RESET enable_seqscan;
CREATE TABLE identity_part (code postcode, id bigint) PARTITION BY HASH (code);
CREATE TABLE identity_part_0 PARTITION OF identity_part FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE identity_part_1 PARTITION OF identity_part FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO identity_part SELECT code, id FROM identity_address;
ANALYZE identity_part;
SELECT is((SELECT count(*) FROM regexp_matches(pg_temp.plan_of($$SELECT FROM identity_part WHERE code = 'cr20pr'::text$$), 'Scan', 'g')), 1::bigint,
		  'a text prunes hash partitions');
SET LOCAL enable_partitionwise_aggregate = on;
SELECT results_eq('SELECT code, max(id) FROM identity_part GROUP BY code ORDER BY code', 'SELECT code, id FROM identity_address ORDER BY code',
				  'partition-wise aggregate agrees');

-- Parallel query.
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT matches(pg_temp.plan_of('SELECT min(code), max(code), count(*) FROM identity_visit WHERE try_postcode(sent) = code'),
			   'Gather.*Partial Aggregate', 'aggregates go parallel');
CREATE TEMP TABLE parallel_answer AS
SELECT min(code), max(code), count(*) FROM identity_visit WHERE try_postcode(sent) = code;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT results_eq('SELECT * FROM parallel_answer',
				  'SELECT min(code), max(code), count(*) FROM identity_visit WHERE try_postcode(sent) = code', 'parallel and serial agree');

-- ---------------------------------------------------------------------
-- Binary COPY.
-- ---------------------------------------------------------------------
SELECT '/tmp/caregroup_identity_postcode_' || pg_backend_pid() AS file \gset
CREATE TEMP TABLE received (code postcode);
COPY (SELECT code FROM form) TO :'file' (FORMAT binary);
COPY received FROM :'file' (FORMAT binary);
SELECT bag_eq('SELECT code FROM received', 'SELECT code FROM form', 'binary COPY comes back as it went');
COPY (VALUES ('m11aa'::text)) TO :'file' (FORMAT binary);
SELECT lives_ok(format('COPY received FROM %L (FORMAT binary)', :'file'), 'the binary form is that of text');
COPY (VALUES ('M1 1AC'::text)) TO :'file' (FORMAT binary);
SELECT throws_ok(format('COPY received FROM %L (FORMAT binary)', :'file'), '22P03', 'invalid postcode', 'binary input refuses what is no postcode');
SELECT unalike(pg_temp.said(format('COPY received FROM %L (FORMAT binary)', :'file'), NULL), '%M1 1AC%', 'and does not show it');
\set remove 'rm ' :file
COPY (SELECT) TO PROGRAM :'remove';

SELECT current_setting('server_version_num')::integer >= 160000 AS have_soft_errors \gset
\if :have_soft_errors
SELECT ok(NOT pg_input_is_valid('M1 1AC', 'postcode') AND pg_input_is_valid('m1 1aa', 'postcode'), 'bad input is a soft error');
\else
SELECT skip('soft errors exist from PostgreSQL 16', 1);
\endif

SELECT * FROM finish();
ROLLBACK;
