-- Location, covering and groups by example.
SET search_path = public, caregroup;
SET extra_float_digits = -6;
CREATE TEMP TABLE town (id int, people int, age text);
INSERT INTO town VALUES (1, 900, 'old'), (2, 400, 'young'), (3, 1200, 'young'), (4, 300, 'old'), (5, 800, NULL);
CREATE TEMP TABLE drive AS SELECT a.id AS demand_id, b.id AS site_id, 12 * abs(a.id - b.id) AS cost FROM town a, town b;
SELECT kind, demand_id, site_id, is_open, amount, cost, objective, bound, gap, status
FROM locate('SELECT id, people AS amount FROM town', 'SELECT id FROM town', 'SELECT * FROM drive', 2);
SELECT is_feasible, problem, objective, open_sites, unserved_demands, not_cheapest
FROM verify_locate('SELECT id, people AS amount FROM town', 'SELECT id FROM town', 'SELECT * FROM drive',
	$$SELECT * FROM locate('SELECT id, people AS amount FROM town', 'SELECT id FROM town', 'SELECT * FROM drive', 2)$$, 2);
SELECT kind, site_id, is_open, amount, cost, share_covered, within, objective, status
FROM cover('SELECT id, people AS amount FROM town', 'SELECT id FROM town', 'SELECT * FROM drive', 'fewest', 12) WHERE kind = 'summary' OR is_open;
SELECT p, by_column, by_value, amount, cost_now, cost_then, worst_then, amount_gaining, amount_losing, mean_loss, open_sites, status
FROM consolidate('SELECT id, people AS amount, age FROM town', 'SELECT id FROM town', 'SELECT * FROM drive', 1, 2, '{age}');
SELECT kind, unit_id, centre_id, group_number, amounts, cost, objective, bound, status
FROM form_groups('SELECT id, people AS amount FROM town', 'SELECT demand_id AS from_id, site_id AS to_id, cost FROM drive', 2, tolerance => 0.2);
SELECT * FROM verify_groups('SELECT id, people AS amount FROM town', 'SELECT demand_id AS from_id, site_id AS to_id, cost FROM drive',
	$$SELECT 'unit' AS kind, id AS unit_id, CASE WHEN id < 3 THEN 1 ELSE 3 END AS centre_id FROM town$$, 2, tolerance => 0.2);

-- Bad input: the row is named, and no value.
SELECT locate('SELECT id, people FROM town', 'SELECT id FROM town', 'SELECT * FROM drive', 2);
SELECT locate('SELECT id, -people AS amount FROM town', 'SELECT id FROM town', 'SELECT * FROM drive', 2);
SELECT locate('SELECT id, people AS amount FROM town', 'SELECT id FROM town', 'SELECT * FROM drive', 6);
SELECT locate('SELECT id, people AS amount FROM town', 'SELECT id FROM town', 'SELECT * FROM drive UNION ALL SELECT 1, 1, 7', 2);
SELECT status, explanation FROM locate('SELECT id, people AS amount FROM town', 'SELECT id FROM town', 'SELECT * FROM drive WHERE demand_id < 4', 2);
SELECT status, explanation FROM form_groups('SELECT id, people AS amount FROM town', 'SELECT demand_id AS from_id, site_id AS to_id, cost FROM drive', 2, upper => '{1000}');
