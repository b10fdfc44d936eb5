-- Weighted choice as an equality join. A part puts its weighted lists into
-- demo.weight; this part cuts every list into equal slots, so that choosing is
--   JOIN demo.slot s ON s.slot = demo.pick('purpose', id, list, slots)
-- which hashes, where a search in cumulative weights would be a nested loop. A
-- slot's number holds its list's, so that one unique column joins.
-- Run it once after a part has filled demo.weight; lists already cut are kept.

INSERT INTO demo.slot (slot, list_no, item)
SELECT c.list_no * 65536 + g, c.list_no, c.item
FROM (SELECT w.list_no, w.item, w.slots,
             sum(w.weight) OVER cumulative - w.weight AS low,
             sum(w.weight) OVER cumulative AS high,
             sum(w.weight) OVER (PARTITION BY w.list_no) AS total
      FROM demo.weight w
      WHERE NOT EXISTS (SELECT FROM demo.slot s WHERE s.list_no = w.list_no)
      WINDOW cumulative AS (PARTITION BY w.list_no ORDER BY w.item)) c
CROSS JOIN LATERAL generate_series(ceil(c.low / c.total * c.slots)::integer,
                                   ceil(c.high / c.total * c.slots)::integer - 1) g;
ANALYZE demo.slot;
