-- Which site offers which service, on which days, and where people of each
-- place go.

-- the kinds of site that offer a service, best first: where a lot has none of
-- the first kind, the second stands in
CREATE UNLOGGED TABLE demo.offer AS
SELECT row_number() OVER (ORDER BY o.service_no, o.site_no)::integer AS offer_no, o.*,
       CASE WHEN o.service_no = :single_service AND o.lot_no = :single_lot THEN 1 ELSE o.staff_each END AS staff_count,
       CASE WHEN o.service_no = :single_service AND o.lot_no = :single_lot THEN 10
            WHEN o.days_per_week = 9 THEN 9 WHEN o.days_per_week IN (5, 8) THEN 8 WHEN o.days_per_week = 6 THEN 7
            WHEN o.days_per_week = 3 THEN 6
            ELSE 1 + (o.site_no * 2 + o.service_no) % 5 END AS pattern_no
FROM (
  SELECT r.service_no, s.site_no, s.place_no, s.lot_no, s.division, r.days_per_week, r.staff_each,
         v.choice, min(v.choice) OVER (PARTITION BY r.service_no, s.lot_no) AS best
  FROM demo.service_rule r
  JOIN (VALUES ('all', 'hub', 1), ('all', 'main', 1), ('all', 'clinic', 1), ('place', 'hub', 1), ('place', 'main', 1), ('lot', 'hub', 1),
               ('beds', 'hub', 1), ('spa', 'spa', 1), ('elective', 'elective', 1), ('elective', 'hub', 2), ('hospice', 'hospice', 1), ('hospice', 'hub', 2),
               ('store', 'store', 1), ('store', 'spa', 2), ('breathing', 'breathing', 1), ('breathing', 'hub', 2),
               ('child', 'child', 1), ('child', 'childhub', 1), ('childhub', 'childhub', 1), ('residential', 'residential', 1)) v (spread, tag, choice) USING (spread)
  JOIN demo.site s USING (tag)
  -- Dartford's hospital has no stroke beds: its people go to Maidstone or Medway
  WHERE NOT (r.spread = 'beds' AND s.lot_no = 3)
) o WHERE o.choice = o.best;
ALTER TABLE demo.offer ADD PRIMARY KEY (offer_no);
ANALYZE demo.offer;

-- people go to a site of their own place, or else to the nearest of their lot
CREATE UNLOGGED TABLE demo.site_choice AS
SELECT c.place_no, c.service_no,
       CASE WHEN bool_or(c.here) THEN array_agg(c.offer_no ORDER BY c.offer_no) FILTER (WHERE c.here)
            ELSE (array_agg(c.offer_no ORDER BY c.own_lot DESC, c.km, c.offer_no))[1:1] END AS offers
FROM (SELECT p.place_no, o.service_no, o.offer_no, o.place_no = p.place_no AS here, (o.lot_no = p.lot_no AND r.adult) AS own_lot,
             demo.road_km(p.lon, p.lat, s.lon, s.lat) AS km
      FROM demo.place p CROSS JOIN demo.offer o JOIN demo.service_rule r USING (service_no) JOIN demo.site s USING (site_no)
      -- an adult is never sent out of the lot while the lot has the service
      WHERE NOT r.adult OR o.lot_no = p.lot_no
         OR NOT EXISTS (SELECT FROM demo.offer e WHERE e.service_no = o.service_no AND e.lot_no = p.lot_no)) c
GROUP BY 1, 2;
ANALYZE demo.site_choice;

-- when the single-handed specialist is away nobody holds the clinic
CREATE UNLOGGED TABLE demo.single_absence (from_day date, to_day date, reason text);
INSERT INTO demo.single_absence VALUES
  ('2024-12-23', '2025-01-03', 'AL'), ('2025-04-07', '2025-04-11', 'AL'), ('2025-08-11', '2025-08-22', 'AL'), ('2025-10-20', '2025-10-22', 'STUDY'),
  ('2025-12-22', '2026-01-02', 'AL'), (:'absent_from', :'absent_to', 'SICK'), ('2026-08-03', '2026-08-14', 'AL'), ('2026-12-21', '2027-01-01', 'AL');

-- what falls into an absence is spread over four times its length afterwards
CREATE UNLOGGED TABLE demo.single_shift AS
SELECT d.day, a.to_day + 1 AS back, 4 * (a.to_day - a.from_day + 1) AS spread
FROM demo.single_absence a JOIN demo.day d ON d.day BETWEEN a.from_day AND a.to_day;

-- the next day, from any day, on which a pattern of weekdays has work
CREATE UNLOGGED TABLE demo.open_day AS
SELECT p.pattern_no, d.day, min(d.day) FILTER (WHERE (d.working OR p.every_day) AND d.weekday = ANY (p.weekdays)
         AND NOT (p.pattern_no = 10 AND EXISTS (SELECT FROM demo.single_absence a WHERE d.day BETWEEN a.from_day AND a.to_day))) OVER ahead AS next_day
FROM (VALUES (1, '{1}'::integer[], false), (2, '{2}', false), (3, '{3}', false), (4, '{4}', false), (5, '{5}', false), (6, '{1,3,5}', false),
             (7, '{2,5}', false), (8, '{1,2,3,4,5}', false), (9, '{1,2,3,4,5,6,7}', true), (10, '{1,2,3,4,5}', false)) p (pattern_no, weekdays, every_day)
CROSS JOIN demo.day d
WINDOW ahead AS (PARTITION BY p.pattern_no ORDER BY d.day DESC);
CREATE UNIQUE INDEX ON demo.open_day (pattern_no, day);
ANALYZE demo.open_day;

CREATE TABLE warehouse.service_line_site (site_code text NOT NULL, service_code text NOT NULL, medium text NOT NULL, start_dt date, end_dt date,
  min_age integer, max_age integer);
INSERT INTO warehouse.service_line_site
SELECT s.site_code, r.service_code, m.medium, date '2024-04-01', NULL::date, CASE WHEN r.adult THEN 18 END, CASE WHEN NOT r.adult THEN 17 END
FROM demo.offer o JOIN demo.site s USING (site_no) JOIN demo.service_rule r USING (service_no)
JOIN (VALUES ('HOME'), ('TEL'), ('VID'), ('GRP'), ('CLINIC')) m (medium)
  ON CASE m.medium WHEN 'HOME' THEN r.home_share > 0 WHEN 'TEL' THEN r.phone_share > 0 WHEN 'VID' THEN r.video_share > 0
                   WHEN 'GRP' THEN r.service_code = 'PULM'
                   ELSE r.home_share + r.phone_share + r.video_share < 0.999 AND r.service_code <> 'PULM' END;
