-- Places, lots, organisations, sites and areas. The outline (four partnerships,
-- fourteen places, about 1,065 small areas) is Kent and Medway's; organisations,
-- sites and areas are made up.

-- the key of a record as a uuid: a hash of what it is and its number, marked as
-- version 8 (the maker's own layout)
CREATE FUNCTION demo.uid(kind text, id bigint) RETURNS uuid
  IMMUTABLE PARALLEL SAFE
  RETURN overlay(overlay(md5(kind || demo.seed()::text || '/' || id::text) placing '8' from 13) placing '8' from 17)::uuid;

CREATE UNLOGGED TABLE demo.lot (lot_no integer PRIMARY KEY, code text, name text, main_division text);
INSERT INTO demo.lot VALUES
  (1, 'EK', 'East Kent', 'KCT-EK'), (2, 'WK', 'West Kent', 'KCT-WK'),
  (3, 'DGS', 'Dartford, Gravesham and Swanley', 'IND-DGS'), (4, 'MS', 'Medway and Swale', 'CIC-MS');

-- deprivation falls from the coast in the east to the west; the coast is older
CREATE UNLOGGED TABLE demo.place_data (place_no integer, code text, name text, lot_no integer, people integer, lon double precision,
  lat double precision, radius double precision, age_list integer, affluence double precision, clinics integer, postcode_area text);
INSERT INTO demo.place_data VALUES
  ( 1, 'ASH', 'Ashford',               1, 135000, 0.873, 51.146, 0.085, 2,  0.1, 3, 'TN'),
  ( 2, 'CAN', 'Canterbury',            1, 160000, 1.080, 51.300, 0.080, 2,  0.0, 4, 'CT'),
  ( 3, 'DOV', 'Dover',                 1, 117000, 1.310, 51.180, 0.075, 3, -0.8, 3, 'CT'),
  ( 4, 'FOL', 'Folkestone and Hythe',  1, 111000, 1.100, 51.070, 0.080, 4, -0.8, 3, 'CT'),
  ( 5, 'THA', 'Thanet',                1, 141000, 1.400, 51.360, 0.055, 3, -1.4, 4, 'CT'),
  ( 6, 'MAI', 'Maidstone',             2, 180000, 0.540, 51.250, 0.075, 2,  0.3, 4, 'ME'),
  ( 7, 'TON', 'Tonbridge and Malling', 2, 133000, 0.360, 51.260, 0.065, 2,  0.7, 3, 'TN'),
  ( 8, 'TUN', 'Tunbridge Wells',       2, 116000, 0.330, 51.130, 0.075, 3,  1.0, 3, 'TN'),
  ( 9, 'SEV', 'Sevenoaks',             2,  75000, 0.180, 51.260, 0.060, 3,  1.1, 2, 'TN'),
  (10, 'DAR', 'Dartford',              3, 120000, 0.230, 51.440, 0.040, 1,  0.1, 3, 'DA'),
  (11, 'GRA', 'Gravesham',             3, 107000, 0.380, 51.420, 0.040, 1, -0.3, 2, 'DA'),
  (12, 'SWA', 'Swanley',               3,  50000, 0.180, 51.390, 0.030, 2, -0.2, 1, 'BR'),
  (13, 'MED', 'Medway',                4, 283000, 0.545, 51.380, 0.055, 1, -0.4, 5, 'ME'),
  (14, 'SWL', 'Swale',                 4, 155000, 0.780, 51.360, 0.085, 2, -0.8, 3, 'ME');

CREATE UNLOGGED TABLE demo.place AS
SELECT p.*, l.code AS lot_code,
       round(:areas * (sum(people) OVER running - people) / sum(people) OVER ())::integer AS first_area,
       round(:areas * sum(people) OVER running / sum(people) OVER ())::integer AS last_area,
       CASE WHEN place_no = :low_place THEN :low_place_factor ELSE exp(0.03 * demo.normal('place refers', place_no)) END AS refer_factor
FROM demo.place_data p JOIN demo.lot l USING (lot_no)
WINDOW running AS (ORDER BY place_no);

-- ---- areas: points spread evenly over each place like a sunflower's seeds -------
CREATE UNLOGGED TABLE demo.area AS
SELECT a.*, ntile(10) OVER (ORDER BY a.affluence + 0.8 * demo.normal('affluence', a.area_no))::integer AS decile
FROM (
  SELECT g AS area_no, 'K' || lpad(g::text, 4, '0') AS area_code, p.place_no, p.lot_no, p.age_list,
         p.name || ' ' || lpad(((g - p.first_area - 1) / 5 + 1)::text, 3, '0')
           || substr('ABCDE', 1 + (g - p.first_area - 1) % 5, 1) AS area_name,
         p.lon + 1.6 * p.radius * sqrt((g - p.first_area - 0.5) / (p.last_area - p.first_area)) * cos(g * 2.399963) AS lon,
         p.lat + p.radius * sqrt((g - p.first_area - 0.5) / (p.last_area - p.first_area)) * sin(g * 2.399963) AS lat,
         p.people::double precision / (p.last_area - p.first_area) * (0.85 + 0.3 * demo.u('area size', g)) AS people,
         p.affluence, p.refer_factor, p.postcode_area
  FROM demo.place p CROSS JOIN LATERAL generate_series(p.first_area + 1, p.last_area) g
) a;
ANALYZE demo.area;

CREATE TABLE warehouse.lsoa (lsoa_code text NOT NULL, lsoa_name text NOT NULL, centroid_lon numeric(8,5), centroid_lat numeric(8,5),
  imd_decile integer, no_car_share numeric(5,3), place_code text);
INSERT INTO warehouse.lsoa
SELECT a.area_code, a.area_name, a.lon, a.lat, a.decile, 0.33 - 0.024 * a.decile + 0.03 * demo.u('no car', a.area_no), p.code
FROM demo.area a JOIN demo.place p USING (place_no);

-- ---- organisations ----------------------------------------------------------------
CREATE UNLOGGED TABLE demo.division (division text PRIMARY KEY, provider text, lot_no integer, name text);
INSERT INTO demo.division VALUES
  ('KCT-EK', 'KCT', 1, 'Garden County Community Trust: adults, East Kent'),
  ('KCT-WK', 'KCT', 2, 'Garden County Community Trust: adults, West Kent'),
  ('KCT-CYP', 'KCT', 2, 'Garden County Community Trust: children and young people'),
  ('IND-DGS', 'IND', 3, 'Alder Health Group: Dartford, Gravesham and Swanley'),
  ('IND-WK', 'IND', 2, 'Alder Health Group: elective hubs, West Kent'),
  ('CIC-MS', 'CIC', 4, 'Estuary Community Interest Company: Medway and Swale'),
  ('HOS-EK', 'HOS', 1, 'Oast House Hospice: East Kent'),
  ('HOS-WK', 'HOS', 2, 'Oast House Hospice: West Kent'),
  ('EQS-EK', 'EQS', 1, 'Channel Equipment Services: East Kent'),
  ('EQS-WK', 'EQS', 2, 'Channel Equipment Services: West Kent'),
  ('PUL-DGS', 'PUL', 3, 'Easy Breathing Partnership: Dartford, Gravesham and Swanley');

-- ---- sites ------------------------------------------------------------------------
-- tag says what a site is used for: hub (the lot's community hospital), main
-- (the place's health centre), clinic, spa (single point of access), elective,
-- hospice, store, breathing, child, childhub, residential
CREATE UNLOGGED TABLE demo.site AS
WITH bird (n, name) AS (
  SELECT n, name FROM unnest(
         '{Kestrel,Lapwing,Heron,Nightingale,Turnstone,Avocet,Curlew,Dunlin,Egret,Fieldfare,Goldcrest,Harrier,Jackdaw,Kingfisher,Linnet,Martin,
           Nuthatch,Osprey,Plover,Redwing,Sandpiper,Teal,Wagtail,Whinchat,Wigeon,Wren,Bittern,Chiffchaff,Dotterel,Bunting,Brambling,Pipit}'::text[])
       WITH ORDINALITY v (name, n)),
seat AS (
  SELECT p.place_no, 'clinic' AS tag, row_number() OVER (ORDER BY p.place_no, g) AS bird_no
  FROM demo.place p CROSS JOIN LATERAL generate_series(2, p.clinics) g),
listed AS (
  SELECT 1 AS part, place_no, CASE WHEN place_no IN (2, 6, 10, 13) THEN 'hub' ELSE 'main' END AS tag,
         CASE WHEN place_no IN (2, 6, 10, 13) THEN name || ' Community Hospital' ELSE name || ' Health Centre' END AS name
  FROM demo.place
  UNION ALL SELECT 2, place_no, 'clinic', bird.name || ' Clinic' FROM seat JOIN bird ON bird.n = seat.bird_no
  UNION ALL SELECT 3, place_no, CASE WHEN place_no IN (2, 6, 10, 13) THEN 'childhub' ELSE 'child' END, name || ' Children''s Centre' FROM demo.place
  UNION ALL SELECT 4, v.place_no, v.tag, v.name
  FROM (VALUES (1, 'spa', 'East Kent Contact Centre'), (7, 'spa', 'West Kent Contact Centre'), (11, 'spa', 'Thamesside Contact Centre'),
               (14, 'spa', 'Medway and Swale Contact Centre'), (6, 'elective', 'Alder Elective Hub, Maidstone'),
               (8, 'elective', 'Alder Elective Hub, Tunbridge Wells'), (2, 'hospice', 'Oast House, Canterbury'), (6, 'hospice', 'Oast House, Maidstone'),
               (1, 'store', 'Equipment Store, Ashford'), (7, 'store', 'Equipment Store, Aylesford'), (10, 'breathing', 'Breathing Rooms, Dartford'),
               (3, 'residential', 'Sandcastle House'), (6, 'residential', 'Orchard House'), (13, 'residential', 'Lantern House')) v (place_no, tag, name))
SELECT row_number() OVER (ORDER BY s.part, s.place_no, s.tag, s.name)::integer AS site_no,
       'S' || lpad(row_number() OVER (ORDER BY s.part, s.place_no, s.tag, s.name)::text, 3, '0') AS site_code,
       s.name, s.tag, s.place_no, d.division, d.division || '-' || p.code AS team, d.provider, d.lot_no, p.postcode_area,
       p.lon + p.radius * (demo.u('site lon', hashtext(s.name)) - 0.5) AS lon,
       p.lat + 0.6 * p.radius * (demo.u('site lat', hashtext(s.name)) - 0.5) AS lat
FROM listed s JOIN demo.place p USING (place_no) JOIN demo.lot l USING (lot_no)
JOIN demo.division d ON d.division = CASE WHEN s.tag IN ('child', 'childhub', 'residential') THEN 'KCT-CYP'
       WHEN s.tag = 'elective' THEN 'IND-WK' WHEN s.tag = 'hospice' THEN 'HOS-' || l.code
       WHEN s.tag = 'store' THEN 'EQS-' || l.code WHEN s.tag = 'breathing' THEN 'PUL-DGS' ELSE l.main_division END;
ANALYZE demo.site;

CREATE TABLE warehouse.org_unit (org_code text NOT NULL, org_name text NOT NULL, org_type text NOT NULL, national_code text,
  open_dt date NOT NULL, close_dt date);
INSERT INTO warehouse.org_unit
SELECT 'KM', 'Kent and Medway Integrated Care Board', 'ICB', 'X7K', date '2022-07-01', NULL::date
UNION ALL SELECT 'KMC', 'Kent and Medway NHS Commissioning', 'BUYER', 'X7C', '2022-07-01', NULL
UNION ALL SELECT 'LOT-' || code, name || ' Health and Care Partnership', 'LOT', NULL, '2022-07-01', NULL FROM demo.lot
UNION ALL SELECT 'PL-' || code, name || ' Place', 'PLACE', NULL, '2022-07-01', NULL FROM demo.place
UNION ALL SELECT v.code, v.name, 'PROV', v.national, '2011-04-01', NULL
FROM (VALUES ('KCT', 'Garden County Community Trust', 'X7T'), ('IND', 'Alder Health Group', 'X7A'), ('CIC', 'Estuary Community Interest Company', 'X7E'),
             ('HOS', 'Oast House Hospice', 'X7H'), ('EQS', 'Channel Equipment Services', 'X7S'), ('PUL', 'Easy Breathing Partnership', 'X7B')) v (code, name, national)
UNION ALL SELECT division, name, 'DIV', NULL, '2024-04-01', NULL FROM demo.division
UNION ALL SELECT DISTINCT s.team, d.name || ' (' || p.name || ' team)', 'TEAM', NULL, date '2024-04-01', NULL::date
FROM demo.site s JOIN demo.division d USING (division) JOIN demo.place p USING (place_no);

-- The children's services are one lot's contract everywhere, so their teams are
-- under West Kent in command and under their own place in the place hierarchy.
CREATE TABLE warehouse.org_hierarchy (child_code text NOT NULL, parent_code text NOT NULL, structure text NOT NULL,
  start_dt date NOT NULL, end_dt date);
INSERT INTO warehouse.org_hierarchy
SELECT 'LOT-' || code, 'KM', v, date '2024-04-01', NULL::date FROM demo.lot CROSS JOIN (VALUES ('CMD'), ('PLACE')) s (v)
UNION ALL SELECT d.division, 'LOT-' || l.code, 'CMD', '2024-04-01', NULL FROM demo.division d JOIN demo.lot l USING (lot_no)
UNION ALL SELECT division, provider, 'PROV', '2024-04-01', NULL FROM demo.division
UNION ALL SELECT division, 'KMC', 'COMM', '2024-04-01', NULL FROM demo.division
UNION ALL SELECT 'PL-' || p.code, 'LOT-' || p.lot_code, 'PLACE', '2024-04-01', NULL FROM demo.place p
UNION ALL SELECT DISTINCT s.team, s.division, v.structure, date '2024-04-01', NULL::date
FROM demo.site s CROSS JOIN (VALUES ('CMD'), ('PROV'), ('COMM')) v (structure)
UNION ALL SELECT DISTINCT s.team, 'PL-' || p.code, 'PLACE', date '2024-04-01', NULL::date FROM demo.site s JOIN demo.place p USING (place_no);
-- until the lots began, Swale's adult team belonged to the independent group
INSERT INTO warehouse.org_hierarchy VALUES ('CIC-MS-SWL', 'IND', 'PROV', '2016-04-01', '2024-03-31');

CREATE TABLE warehouse.delivery_site (site_code text NOT NULL, site_name text NOT NULL, org_code text NOT NULL, site_type text NOT NULL,
  national_code text, postcode text, longitude numeric(8,5), latitude numeric(8,5), open_dt date, close_dt date);
INSERT INTO warehouse.delivery_site
SELECT site_code, name, team,
       CASE tag WHEN 'hub' THEN 'COMHOSP' WHEN 'hospice' THEN 'HOSPICE' WHEN 'residential' THEN 'RESID' WHEN 'spa' THEN 'CALLCTR'
            WHEN 'store' THEN 'STORE' WHEN 'child' THEN 'CYP' WHEN 'childhub' THEN 'CYP' WHEN 'elective' THEN 'ELECT' ELSE 'CLIN' END,
       'X7' || lpad(site_no::text, 3, '0'),
       postcode_area || 1 + site_no % 9 || ' ' || site_no % 10 || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + site_no % 20, 1)
         || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + site_no * 7 % 20, 1),
       lon, lat, date '2005-04-01' + site_no * 11, NULL::date
FROM demo.site;

-- minutes by car and by bus from every area to the sites within reach
CREATE TABLE warehouse.travel_time (lsoa_code text NOT NULL, site_code text NOT NULL, travel_mode text NOT NULL, minutes numeric(5,1) NOT NULL, km numeric(6,2));
INSERT INTO warehouse.travel_time
SELECT a.area_code, s.site_code, m.mode,
       m.start_minutes + demo.road_km(a.lon, a.lat, s.lon, s.lat) / m.kmh * 60 * (0.9 + 0.2 * demo.u('travel', a.area_no * 100 + s.site_no)),
       demo.road_km(a.lon, a.lat, s.lon, s.lat)
FROM demo.area a JOIN demo.site s ON demo.road_km(a.lon, a.lat, s.lon, s.lat) < 30 AND s.tag NOT IN ('spa', 'store')
CROSS JOIN (VALUES ('CAR', 3, 38), ('BUS', 13, 16)) m (mode, start_minutes, kmh);

CREATE TABLE warehouse.bank_holiday (country text NOT NULL, holiday_dt date NOT NULL, holiday_name text NOT NULL);
INSERT INTO warehouse.bank_holiday SELECT 'ENG', day, name FROM demo.bank_holiday WHERE day >= '2024-01-01';
