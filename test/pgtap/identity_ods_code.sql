-- ods_code: goldens, bad input, kinds, order, plans, agreement.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
SET client_min_messages = warning;
BEGIN;
SET LOCAL search_path = public, caregroup;
SELECT plan(105);

-- ---------------------------------------------------------------------
-- Goldens: identifiers.csv, each kind at its own demand.  A default code
-- stands in the column of a kind and is flagged by ods_pseudo().
-- ---------------------------------------------------------------------
\getenv shared CAREGROUP_SHARED
\set have_goldens false
\if :{?shared}
\set file :shared '/data/identifiers.csv'
SELECT size IS NOT NULL AS have_goldens FROM pg_stat_file(:'file', true) \gset
\endif
CREATE TEMP TABLE golden (kind text, value text, valid boolean, reason text);
CREATE TEMP TABLE golden_kind (kind text, ods_kinds text[], pseudo text);
INSERT INTO golden_kind VALUES
	('ods_pcn', '{pcn}', NULL), ('ods_gp_practice', '{practice}', 'practice_%'), ('ods_trust', '{trust}', NULL),
	('ods_site', '{site}', NULL), ('ods_sub_icb', '{sub_icb}', 'commissioner_%'),
	('consultant_code', '{consultant}', 'consultant_%'), ('gmp_code', '{gp}', 'gp_%');
\if :have_goldens
COPY golden FROM :'file' (FORMAT csv, HEADER, FORCE_NOT_NULL (value));
SELECT cmp_ok(count(*), '>=', 33::bigint, 'identifiers.csv holds ODS codes') FROM golden JOIN golden_kind USING (kind);
SELECT is_empty(format($$
	SELECT value, reason, ods_kind(code), ods_pseudo(code) FROM golden JOIN golden_kind USING (kind), try_ods_code(value) AS code
	WHERE kind = %L AND valid <> coalesce(ods_kind(code) = ANY (ods_kinds) OR ods_pseudo(code) LIKE pseudo, false)$$, kind),
	'golden ' || kind)
FROM golden_kind ORDER BY kind;
SELECT set_eq($$SELECT value FROM golden JOIN golden_kind USING (kind) WHERE reason LIKE '%pseudo%' AND valid$$,
			  $$SELECT value FROM golden JOIN golden_kind USING (kind) WHERE ods_code_problem(value, 'issued') = 'pseudo'$$,
			  'every pseudo code is flagged, and no other');
\else
SELECT skip('identifiers.csv is not there: set CAREGROUP_SHARED', 9);
\endif

-- ---------------------------------------------------------------------
-- Bad input: each form's SQLSTATE and word; nothing shows the value.
-- ---------------------------------------------------------------------
CREATE TEMP TABLE bad (value text PRIMARY KEY, word text);
INSERT INTO bad VALUES
	('', 'empty'), (E' \t\n', 'empty'), ('RH-8', 'character'), ('R H802', 'character'), ('RH8' || U&'\00A0', 'character'),
	('RH' || U&'\00C9', 'character'), ('RH8' || U&'\FF10', 'character'), ('A81001;', 'character'),
	('9434765919', 'length'), ('K810030011', 'length'), (repeat('9', 100000), 'length');

SELECT throws_ok(format('SELECT %L::ods_code', value), '22P02', 'invalid ODS code',
				 'input refuses ' || word || ' ' || row_number() OVER (ORDER BY value))
FROM bad ORDER BY value;
SELECT throws_ok(format('SELECT %L::text::ods_code', value), '22P02', 'invalid ODS code',
				 'the cast refuses ' || word || ' ' || row_number() OVER (ORDER BY value))
FROM bad ORDER BY value;
SELECT is(ods_code_problem(value), word, 'problem is ' || word || ' ' || row_number() OVER (ORDER BY value))
FROM bad ORDER BY value;
SELECT is_empty('SELECT value FROM bad WHERE try_ods_code(value) IS NOT NULL', 'try_ods_code gives NULL for each of them');
SELECT throws_ok($$SELECT ods_code_problem('RH8', 'Issued')$$, '22023', 'unknown level of ODS code check', 'an unknown level is refused');

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
	SELECT value FROM bad, LATERAL pg_temp.said('SELECT $1::ods_code', value) AS said
	WHERE said IS NULL OR (length(value) > 3 AND strpos(said, value) > 0)$$, 'no refusal shows the value');
CREATE TEMP TABLE loaded (id integer, practice ods_code);
SELECT ok(said !~ '9434765919' AND said ~ 'COPY loaded, line 2', 'COPY names the line and not the value, which may be a person''s')
FROM pg_temp.said($$COPY loaded FROM PROGRAM 'printf "1\tA81001\n2\t94347%s\n" 65919'$$, NULL) AS said;

-- ---------------------------------------------------------------------
-- Good input: forms, output, casts, NULL.
-- ---------------------------------------------------------------------
SELECT is_empty($$
	SELECT form FROM (VALUES ('RH802'), ('rh802'), (' Rh802 '), (E'\trH802\r\n')) AS t(form)
	WHERE form::ods_code::text <> 'RH802' OR form::ods_code <> try_ods_code(form)$$, 'every allowed form gives the same code');
SELECT is('000'::ods_code::text, '000', 'zeros are kept');
SELECT isnt('RH8'::ods_code, 'RH80'::ods_code, 'and count');
SELECT is(num_nulls(try_ods_code(NULL), NULL::text::ods_code, ods_kind(NULL), ods_pseudo(NULL), ods_organisation(NULL),
					ods_code_problem(NULL, 'issued')), 6, 'NULL gives NULL');

-- ---------------------------------------------------------------------
-- Kinds: what the form says.
-- ---------------------------------------------------------------------
CREATE TEMP TABLE form (code ods_code, kind text, organisation ods_code);
INSERT INTO form VALUES
	('RH8', 'trust', 'RH8'), ('RH800', 'trust', 'RH8'), ('RH802', 'site', 'RH8'), ('TAK', 'trust', 'TAK'),
	('QNQ', 'icb', 'QNQ'), ('Q30', 'health_geography', 'Q30'), ('12A', 'sub_icb', '12A'), ('D4U1Y', 'new_style', 'D4U1Y'),
	('7A1', 'local_health_board', '7A1'), ('7A101', 'site', '7A1'), ('NV7', 'independent_provider', 'NV7'),
	('8HA03', 'independent_provider', '8HA03'), ('FVR79', 'pharmacy', 'FVR79'), ('VLAXL', 'social_care_site', 'VLAXL'),
	('V03462', 'dental_practice', 'V03462'), ('U12345', 'pcn', 'U12345'), ('A81001', 'practice', 'A81001'),
	('K81003001', 'branch_surgery', 'K81003'), ('G3472185', 'gp', 'G3472185'), ('V81999', 'pseudo', 'V81999'), ('ZZZ', 'other', 'ZZZ');
SELECT is(ods_kind(code), kind, 'kind of ' || code) FROM form;
SELECT is_empty('SELECT * FROM form WHERE ods_organisation(code) <> organisation', 'the organisation of a site and of a branch');
SELECT is(ods_pseudo('R9998'), 'site_not_a_hospital', 'what a default code stands for');
SELECT is_empty($$
	SELECT code FROM form WHERE (ods_code_problem(code::text, 'known_form') IS NOT NULL) <> (kind = 'other')
	OR (ods_code_problem(code::text, 'issued') IS NOT NULL) <> (kind IN ('other', 'pseudo'))$$, 'levels agree with kinds');

-- ---------------------------------------------------------------------
-- A table large enough for the planner to have a choice.
-- ---------------------------------------------------------------------
CREATE TABLE identity_practice AS
SELECT code, code::text AS txt, row_number() OVER (ORDER BY code) AS id
FROM (SELECT (chr(65 + i % 8) || lpad((i * 7 % 99991)::text, 5, '0'))::ods_code AS code FROM generate_series(1, 20000) AS i) AS n;
ALTER TABLE identity_practice ADD PRIMARY KEY (code);
CREATE TABLE identity_registration AS
SELECT id, code, txt, CASE WHEN id % 50 = 0 THEN 'not known' WHEN id % 51 = 0 THEN NULL
						   WHEN id % 2 = 0 THEN lower(txt) ELSE txt END AS sent
FROM identity_practice;
ANALYZE identity_practice, identity_registration;

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
SELECT results_eq('SELECT code FROM identity_practice ORDER BY code', 'SELECT txt::ods_code FROM identity_practice ORDER BY txt COLLATE "C"',
				  'the order is that of the text, byte by byte');
SELECT is_empty($$
	SELECT a.code, b.code FROM form AS a, form AS b
	WHERE (a.code < b.code) <> (a.code::text COLLATE "C" < b.code::text) OR (a.code <= b.code) <> (a.code::text COLLATE "C" <= b.code::text)
	OR (a.code > b.code) <> (a.code::text COLLATE "C" > b.code::text) OR (a.code >= b.code) <> (a.code::text COLLATE "C" >= b.code::text)
	OR (a.code = b.code) <> (a.code::text = b.code::text) OR (a.code <> b.code) <> (a.code::text <> b.code::text)
	OR (a.code = b.code) <> (ods_code_hash(a.code) = ods_code_hash(b.code))
	OR (a.code = b.code) <> (ods_code_hash_extended(a.code, 5) = ods_code_hash_extended(b.code, 5))$$, 'codes of every length compare as their texts');
SELECT results_eq('SELECT min(code), max(code) FROM identity_practice WHERE id > 0',
				  'SELECT min(txt COLLATE "C")::ods_code, max(txt COLLATE "C")::ods_code FROM identity_practice', 'min and max');
SELECT results_eq('SELECT min(code), max(code) FROM identity_practice WHERE false', 'SELECT NULL::ods_code, NULL::ods_code', 'min and max of nothing');
SELECT is_empty($$SELECT opcname FROM pg_opclass WHERE CASE WHEN opcintype = 'ods_code'::regtype THEN NOT amvalidate(oid) END$$, 'operator classes are valid');
SELECT set_eq($$SELECT amname::text FROM pg_opclass JOIN pg_am ON pg_am.oid = opcmethod WHERE opcintype = 'ods_code'::regtype AND opcdefault$$,
			  $$VALUES ('btree'), ('hash'), ('brin')$$, 'btree, hash and brin have a default class');
SELECT is_empty($$
	SELECT o.oid::regoperator FROM pg_operator AS o JOIN pg_amop AS a ON a.amopopr = o.oid
	WHERE 'ods_code'::regtype IN (o.oprleft, o.oprright) AND 'text'::regtype IN (o.oprleft, o.oprright)$$,
	'the operators with text stand outside every operator family');
SELECT results_eq($$SELECT typlen::integer, typbyval FROM pg_type WHERE oid = 'ods_code'::regtype$$, 'SELECT 8, true', 'eight bytes, by value');

-- Text keeps the index.
SET LOCAL plan_cache_mode = force_generic_plan;
PREPARE by_text(text) AS SELECT id FROM identity_practice WHERE code = $1;
PREPARE by_varchar(varchar) AS SELECT id FROM identity_practice WHERE $1 = code;
SELECT matches(pg_temp.plan_of(format('EXECUTE %s', call)), 'Index.*Cond: .*try_ods_code\(', 'generic plan uses the index: ' || call)
FROM unnest('{by_text(NULL),by_varchar(NULL)}'::text[]) AS call;
SELECT results_eq('EXECUTE by_text('' b00007 '')', $$SELECT id FROM identity_practice WHERE code = 'B00007'$$, 'a text parameter finds its row');
SELECT is_empty('EXECUTE by_text(''not known'')', 'a bad text finds nothing');
RESET plan_cache_mode;
SELECT matches(pg_temp.plan_of('SELECT FROM identity_practice WHERE ' || condition), 'Index.*Cond: \(code = ''B00007''::ods_code\)\s*$',
			   'constant is read at once: ' || condition)
FROM (VALUES ($$code = 'b00007'$$), ($$code = 'B00007'::text$$), ($$'b00007'::varchar = code$$)) AS t(condition);
SELECT matches(pg_temp.plan_of('SELECT FROM identity_practice AS p JOIN identity_registration AS r ON p.code = r.sent'),
			   '(Hash|Merge) Cond: .*try_ods_code\(r.sent\)', 'a join with a text column hashes or merges');
SELECT results_eq('SELECT count(*) FROM identity_practice AS p JOIN identity_registration AS r ON p.code = r.sent',
				  'SELECT count(*) FROM identity_registration WHERE id % 50 <> 0 AND id % 51 <> 0', 'and finds every good text');
CREATE TEMP TABLE pair AS
SELECT p.code, t.sent FROM (SELECT code FROM identity_practice WHERE id <= 3 UNION ALL SELECT NULL) AS p,
	(SELECT sent FROM identity_registration WHERE id <= 60 UNION ALL VALUES ('x-'), (''), (NULL)) AS t;
SELECT is_empty($$
	SELECT * FROM (SELECT *, ods_code_matches_text(code, sent) AS plain, code = try_ods_code(sent) AS own FROM pair) AS q
	WHERE (code = sent) IS DISTINCT FROM plain OR (sent = code) IS DISTINCT FROM plain
	OR (code <> sent) IS DISTINCT FROM NOT plain OR (sent <> code) IS DISTINCT FROM NOT plain
	OR (NOT code = sent) IS DISTINCT FROM NOT plain OR (code = ANY (ARRAY[sent])) IS DISTINCT FROM plain
	OR (plain IS TRUE) <> (own IS TRUE) OR (plain IS NULL) <> (num_nulls(code, sent) > 0)$$,
	'= and <> with text: true, false and NULL as documented');

-- Other indexes and partitions.
CREATE INDEX identity_registration_hash ON identity_registration USING hash (code);
SELECT matches(pg_temp.plan_of($$SELECT FROM identity_registration WHERE code = 'b00007'::text$$), 'identity_registration_hash', 'a hash index serves text');
SELECT results_eq($$SELECT count(*) FROM identity_registration WHERE code = 'b00007'::text$$, 'SELECT 1::bigint', 'and finds its row');
CREATE INDEX identity_registration_brin ON identity_registration USING brin (code) WITH (pages_per_range = 1);
SET LOCAL enable_seqscan = off;
SELECT matches(pg_temp.plan_of($$SELECT FROM identity_registration WHERE code < 'A01000'$$), 'identity_registration_brin', 'a BRIN index serves ranges');
SELECT results_eq($$SELECT count(*) FROM identity_registration WHERE code < 'A01000'$$,
				  $$SELECT count(*) FROM identity_registration WHERE txt COLLATE "C" < 'A01000'$$, 'and finds its rows');
RESET enable_seqscan;
CREATE TABLE identity_part (code ods_code, id bigint) PARTITION BY HASH (code);
CREATE TABLE identity_part_0 PARTITION OF identity_part FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE identity_part_1 PARTITION OF identity_part FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO identity_part SELECT code, id FROM identity_practice;
ANALYZE identity_part;
SELECT is((SELECT count(*) FROM regexp_matches(pg_temp.plan_of($$SELECT FROM identity_part WHERE code = 'b00007'::text$$), 'Scan', 'g')), 1::bigint,
		  'a text prunes hash partitions');
SET LOCAL enable_partitionwise_aggregate = on;
SELECT results_eq('SELECT code, max(id) FROM identity_part GROUP BY code ORDER BY code', 'SELECT code, id FROM identity_practice ORDER BY code',
				  'partition-wise aggregate agrees');

-- Parallel query.
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT matches(pg_temp.plan_of('SELECT min(code), max(code), count(*) FROM identity_registration WHERE try_ods_code(sent) = code'),
			   'Gather.*Partial Aggregate', 'aggregates go parallel');
CREATE TEMP TABLE parallel_answer AS
SELECT min(code), max(code), count(*) FROM identity_registration WHERE try_ods_code(sent) = code;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT results_eq('SELECT * FROM parallel_answer',
				  'SELECT min(code), max(code), count(*) FROM identity_registration WHERE try_ods_code(sent) = code', 'parallel and serial agree');

-- ---------------------------------------------------------------------
-- Binary COPY.
-- ---------------------------------------------------------------------
SELECT '/tmp/caregroup_identity_ods_' || pg_backend_pid() AS file \gset
CREATE TEMP TABLE received (code ods_code);
COPY (SELECT code FROM form) TO :'file' (FORMAT binary);
COPY received FROM :'file' (FORMAT binary);
SELECT bag_eq('SELECT code FROM received', 'SELECT code FROM form', 'binary COPY comes back as it went');
COPY (VALUES ('rh8'::text)) TO :'file' (FORMAT binary);
SELECT lives_ok(format('COPY received FROM %L (FORMAT binary)', :'file'), 'the binary form is that of text');
COPY (VALUES ('9434765919'::text)) TO :'file' (FORMAT binary);
SELECT throws_ok(format('COPY received FROM %L (FORMAT binary)', :'file'), '22P03', 'invalid ODS code', 'binary input refuses what is no code');
SELECT unalike(pg_temp.said(format('COPY received FROM %L (FORMAT binary)', :'file'), NULL), '%9434765919%', 'and does not show it');
\set remove 'rm ' :file
COPY (SELECT) TO PROGRAM :'remove';

SELECT current_setting('server_version_num')::integer >= 160000 AS have_soft_errors \gset
\if :have_soft_errors
SELECT ok(NOT pg_input_is_valid('RH-8', 'ods_code') AND pg_input_is_valid('rh8', 'ods_code'), 'bad input is a soft error');
\else
SELECT skip('soft errors exist from PostgreSQL 16', 1);
\endif

SELECT * FROM finish();
ROLLBACK;
