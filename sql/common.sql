-- The reader of inner SQL: query_columns() and query_text().
SET client_min_messages = warning;
CREATE SCHEMA common_test;
SET search_path = common_test, public, caregroup;
CREATE DOMAIN short_name AS varchar(20) CHECK (VALUE <> '');
CREATE DOMAIN shorter_name AS short_name;
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE TABLE practice (id bigint, name varchar(40), grade numeric(5, 2), hue colour,
                       short short_name, shorter shorter_name, number caregroup.nhs_number, gone text);
ALTER TABLE practice DROP COLUMN gone;
CREATE VIEW practice_view AS SELECT id, upper(name) AS name FROM practice;
CREATE TABLE "Odd. ""Name" ("A column" integer, "select" text);

-- What the query would return: position, name, base type, and the table and
-- column where it is one of a table as it stands.
SELECT * FROM query_columns('SELECT id, name, grade, hue, short, shorter, number, id + 1 AS more, upper(name), 1, ''x'' FROM practice');
SELECT * FROM query_columns('SELECT * FROM practice_view');
SELECT * FROM query_columns('SELECT p.id AS renamed, count(*) FROM practice AS p JOIN practice_view AS v USING (id) GROUP BY p.id');
SELECT * FROM query_columns('SELECT * FROM "Odd. ""Name"');
-- A sorting column that is not returned is not a column; a sub-select keeps the origin.
SELECT * FROM query_columns('SELECT s.id FROM (SELECT id, name FROM practice OFFSET 0) AS s ORDER BY s.name');
-- A whole row, a system column and no column at all.
SELECT * FROM query_columns('SELECT p, p.ctid FROM practice AS p');
SELECT * FROM query_columns('SELECT FROM practice');
-- The same name twice is the caller's business here.
SELECT * FROM query_columns('SELECT id, name AS id FROM practice');
-- NULL gives no rows; it may also be called in the SELECT list.
SELECT * FROM query_columns(NULL);
SELECT (query_columns('SELECT 1 AS one')).column_name;

-- Every way of writing one SELECT, and the text that can stand in parentheses.
CREATE FUNCTION accepted(query text, OUT columns text, OUT stands_as text)
LANGUAGE plpgsql AS $$
BEGIN
    SELECT string_agg(c.column_name || ' ' || c.column_type, ', ' ORDER BY c.ordinal) INTO columns FROM query_columns(query) AS c;
    stands_as := query_text(query);
    -- What is promised: it can stand in parentheses, its last line may be a comment.
    EXECUTE format(E'SELECT count(*) FROM (\n%s\n) AS q', stands_as);
END
$$;
-- (What comes before the first word is left out: 18 no longer counts it.)
SELECT q.query, a.columns, btrim(regexp_replace(a.stands_as, '^\s*(/\*.*?\*/|--[^\n]*\n)\s*', '')) AS stands_as
FROM (VALUES (1, 'SELECT 1 AS a'), (2, 'SELECT 1 AS a;'), (3, '  SELECT 1 AS a  ;  '), (4, 'SELECT 1 AS a -- x'),
             (5, 'SELECT 1 AS a; -- x'), (6, 'SELECT 1 AS a /* ; SELECT 2 */'), (7, '/* x */ SELECT 1 AS a'),
             (8, E'-- SELECT 2;\nSELECT 1 AS a'), (9, 'SELECT 1 AS a;;'), (10, 'SELECT 1 AS a -- ; x'),
             (11, '(SELECT 1 AS a)'), (12, '((SELECT 1 AS a)) ORDER BY 1'),
             (13, 'WITH w AS (SELECT 1 AS a) SELECT a FROM w'), (14, 'VALUES (1, ''x''), (2, ''y'')'), (15, 'TABLE practice_view'),
             (16, 'SELECT 1 AS a UNION ALL SELECT 2 ORDER BY 1 LIMIT 1'), (17, 'SELECT $$;$$ AS a, $x$SELECT 1; SELECT 2$x$ AS b'),
             (18, 'SELECT '';'' AS ";"'), (19, E'SELECT E''\\'';'' AS a'), (20, 'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n FROM r'),
             (21, ';SELECT 1 AS a')) AS q (ordinal, query)
    CROSS JOIN LATERAL accepted(q.query) AS a
ORDER BY q.ordinal;
SELECT query_text(NULL) IS NULL AS null_gives_null;

-- What is refused, and nothing of it is done.
CREATE FUNCTION refused(query text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    first text := 'accepted';
    second text := 'accepted';
    detail text;
BEGIN
    BEGIN
        PERFORM count(*) FROM query_columns(query);
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS first = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
    END;
    BEGIN
        PERFORM query_text(query);
    EXCEPTION WHEN OTHERS THEN
        second := SQLSTATE;
    END;
    RETURN first || CASE WHEN first <> second THEN ' but query_text ' || second ELSE '' END || coalesce(' ' || nullif(detail, ''), '');
END
$$;
SELECT q.query, refused(q.query)
FROM (VALUES (1, ''), (2, '   '), (3, ';'), (4, '-- nothing'), (5, '/* nothing */ ;;'),
             (6, 'SELECT 1; SELECT 2'), (7, 'SELECT 1; DROP TABLE practice'), (8, 'SELECT 1; -- x
SELECT 2'),
             (9, 'INSERT INTO practice (id) VALUES (1) RETURNING id'), (10, 'UPDATE practice SET id = 1'), (11, 'DELETE FROM practice'),
             (12, 'SELECT id INTO made FROM practice'), (13, 'CREATE TABLE made AS SELECT 1'),
             (14, 'WITH w AS (DELETE FROM practice RETURNING id) SELECT id FROM w'),
             (15, 'WITH w AS (INSERT INTO practice (id) VALUES (1)) SELECT 1'),
             (16, 'SELECT id FROM practice FOR UPDATE'), (17, 'SELECT id FROM practice FOR KEY SHARE'),
             (18, 'SELECT id FROM (SELECT id FROM practice FOR UPDATE) AS s'),
             (19, 'WITH w AS (SELECT id FROM practice FOR SHARE) SELECT id FROM w'),
             (20, 'SELECT 1 WHERE EXISTS (SELECT FROM practice FOR UPDATE)'),
             (21, 'EXPLAIN SELECT 1'), (22, 'DO $$BEGIN END$$'), (23, 'CALL nothing()'), (24, 'SHOW work_mem'), (25, 'COPY practice TO STDOUT'),
             (26, 'BEGIN'), (27, 'SET work_mem = 64'), (28, 'EXECUTE nothing'), (29, 'DECLARE c CURSOR FOR SELECT 1'),
             (30, 'SELEC 1'), (31, 'SELECT 1) AS q; SELECT (2'), (32, 'SELECT ''open'), (33, 'SELECT 1 /* open'), (34, 'SELECT missing FROM practice'),
             (35, 'SELECT id FROM nowhere'), (36, 'SELECT missing(1)'), (37, 'SELECT $1'), (38, 'SELECT ''x''::integer'), (39, 'SELECT id FROM practice GROUP BY name')) AS q (ordinal, query)
ORDER BY q.ordinal;
SELECT to_regclass('common_test.made') AS made, count(*) AS practices FROM practice;

-- An error's position is shown inside the inner text.
SELECT * FROM query_columns('SELECT id FROMM practice WHERE 1 = 1');
SELECT query_text('SELECT id,
       shoesize
FROM practice');
SELECT * FROM query_columns('SELECT ''ä'', shoesize FROM practice');
SELECT * FROM query_columns('INSERT INTO practice (id) VALUES (1)');

-- Names are the caller's: another search_path, another table.
CREATE SCHEMA common_test_other;
CREATE TABLE common_test_other.practice (id integer, only_here text);
SET search_path = common_test_other, caregroup;
SELECT * FROM query_columns('TABLE practice');
SET search_path = '';
SELECT refused FROM common_test.refused('TABLE practice') AS refused;
SELECT * FROM caregroup.query_columns('SELECT 1 AS one');

RESET search_path;
DROP SCHEMA common_test, common_test_other CASCADE;
