-- Regions, care groups, facilities and units. All names are made up; numbers of
-- facilities and the outline of the chain of command are those of 2019.

CREATE UNLOGGED TABLE demo.region (region_no integer, name text, lon double precision, lat double precision, spread double precision,
  medical integer, rru integer, dcmh integer, roht integer, calendar text, place text);
INSERT INTO demo.region VALUES
  (1, 'Scotland and Northern Ireland', -3.50, 56.20, 0.80, 16, 2, 2, 2, 'scotland', 'NORTH'),
  (2, 'North',                         -1.60, 54.30, 0.55, 20, 2, 2, 2, 'england',  'NORTH'),
  (3, 'Wales and West Midlands',       -2.60, 52.50, 0.60, 18, 2, 2, 1, 'england',  'SOUTH'),
  (4, 'East',                           0.20, 52.50, 0.60, 21, 2, 2, 2, 'england',  'SOUTH'),
  (5, 'South',                         -1.00, 51.30, 0.45, 23, 3, 3, 2, 'england',  'SOUTH'),
  (6, 'South West',                    -3.60, 50.90, 0.50, 20, 2, 2, 2, 'england',  'SOUTH'),
  (7, 'Overseas',                        NULL, NULL, NULL, 17, 2, 1, 1, NULL,       'ABROAD');

-- ---- medical facilities: 1–118 in the United Kingdom, 119–135 overseas -----
CREATE UNLOGGED TABLE demo.overseas (medical_no integer, place text, lon double precision, lat double precision, time_zone text,
  calendar text, weight double precision, has_dental boolean, has_pcrf boolean, bfpo integer);
INSERT INTO demo.overseas VALUES
  (119, 'Cyprus West',      32.90,  34.60, 'Asia/Nicosia',     'cyprus',      2.2, true,  true,  801),
  (120, 'Cyprus East',      33.80,  35.00, 'Asia/Nicosia',     'cyprus',      1.8, true,  true,  802),
  (121, 'Cyprus Central',   33.30,  35.10, 'Asia/Nicosia',     'cyprus',      0.4, false, true,  803),
  (122, 'Cyprus Hills',     32.90,  34.90, 'Asia/Nicosia',     'cyprus',      0.2, false, false, 804),
  (123, 'Germany North',     8.70,  51.80, 'Europe/Berlin',    'germany',     1.2, true,  true,  805),
  (124, 'Germany West',      6.60,  51.20, 'Europe/Berlin',    'germany',     0.3, false, false, 806),
  (125, 'Germany South',     8.60,  49.50, 'Europe/Berlin',    'germany',     0.2, false, false, 807),
  (126, 'Brunei Coast',    114.30,   4.60, 'Asia/Brunei',      'brunei',      1.1, true,  true,  808),
  (127, 'Brunei Jungle',   114.60,   4.70, 'Asia/Brunei',      'brunei',      0.2, false, false, 809),
  (128, 'Gibraltar',        -5.35,  36.14, 'Europe/Gibraltar', 'gibraltar',   0.7, true,  true,  810),
  (129, 'Falkland Islands',-58.40, -51.80, 'Atlantic/Stanley', 'falkland',    0.9, true,  true,  811),
  (130, 'Kenya',            37.10,   0.00, 'Africa/Nairobi',   'kenya',       0.5, true,  true,  812),
  (131, 'Belize',          -88.30,  17.50, 'America/Belize',   'belize',      0.2, true,  true,  813),
  (132, 'Canada Prairie', -110.70,  50.30, 'America/Edmonton', 'canada',      0.6, true,  true,  814),
  (133, 'Belgium',           3.95,  50.50, 'Europe/Brussels',  'belgium',     0.5, true,  true,  815),
  (134, 'Netherlands',       5.95,  50.90, 'Europe/Amsterdam', 'netherlands', 0.4, true,  true,  816),
  (135, 'Italy Bay',        14.20,  40.90, 'Europe/Rome',      'italy',       0.5, true,  true,  817);

CREATE UNLOGGED TABLE demo.medical AS
WITH placed AS (
  SELECT n AS medical_no, r.region_no, n - r.before AS rank_in_region, r.medical,
         CASE WHEN r.region_no = 1 AND n <= 3 THEN -6.30 + 0.2 * n
              ELSE r.lon + r.spread * sqrt((n - r.before - 0.5) / r.medical) * cos(n * 2.399963) END AS lon,
         CASE WHEN r.region_no = 1 AND n <= 3 THEN 54.60 + 0.05 * n
              ELSE r.lat + 0.6 * r.spread * sqrt((n - r.before - 0.5) / r.medical) * sin(n * 2.399963) END AS lat,
         'Europe/London' AS time_zone,
         CASE WHEN r.region_no = 1 AND n <= 3 THEN 'northern_ireland' ELSE r.calendar END AS calendar,
         -- twelve beginnings and ten endings in an order that repeats no name
         (ARRAY['Arle', 'Brae', 'Corve', 'Drune', 'Elsh', 'Farro', 'Garth', 'Hesk', 'Ivel', 'Jarn', 'Kelm', 'Lorn'])[1 + n % 12]
           || (ARRAY['wick', 'dene', 'holt', 'mere', 'stow', 'thorpe', 'combe', 'ridge', 'haven', 'moor'])[1 + (n / 12 + n) % 10]
           || ' ' || (ARRAY['Barracks', 'Station', 'Camp', 'Barracks', 'Garrison', 'Lines', 'Station'])[1 + n % 7] AS place,
         (ARRAY['NAVY', 'ARMY', 'RAF', 'ARMY', 'NAVY', 'RAF', 'ARMY', 'ARMY', 'RAF', 'ARMY'])[1 + n * 7 % 10] AS branch,
         -- the sizes that findings need, and a few others as large
         CASE n WHEN :slow_pcrf_site THEN 18 WHEN :overdue_unit_site THEN 3 WHEN :backlog_dental_at THEN 4 WHEN :face_to_face_site THEN 3
                WHEN 12 THEN 5 WHEN 80 THEN 8 WHEN 103 THEN 7 WHEN 57 THEN 5 WHEN 31 THEN 4
                ELSE least(3, exp(0.6 * demo.normal('facility size', n))) END AS weight
  FROM (SELECT *, (sum(medical) OVER (ORDER BY region_no) - medical)::integer AS before FROM demo.region WHERE region_no < 7) r
  CROSS JOIN LATERAL generate_series(r.before + 1, r.before + r.medical) n
), grouped AS (
  -- three care groups a region from west to east; three sites of the North
  -- belong to a group of region 1 and two of the South to a group of region 4
  SELECT p.*, CASE WHEN p.region_no = 2 AND p.rank_in_region <= 3 THEN 3
                   WHEN p.region_no = 5 AND p.rank_in_region <= 2 THEN 12
                   ELSE 3 * (p.region_no - 1) + ntile(3) OVER (PARTITION BY p.region_no,
                          p.region_no = 2 AND p.rank_in_region <= 3 OR p.region_no = 5 AND p.rank_in_region <= 2 ORDER BY p.lon) END AS group_no,
         row_number() OVER (ORDER BY p.weight DESC) <= 101 AS has_dental,
         row_number() OVER (ORDER BY p.weight DESC) <= 105 AS has_pcrf, NULL::integer AS bfpo
  FROM placed p
)
SELECT medical_no, region_no, group_no, place, branch, lon, lat, time_zone, calendar, weight, has_dental, has_pcrf, bfpo FROM grouped
UNION ALL
SELECT medical_no, 7, CASE WHEN medical_no <= 125 OR medical_no IN (128, 133, 134, 135) THEN 19 ELSE 20 END, place || ' Station',
       CASE medical_no % 3 WHEN 0 THEN 'ARMY' WHEN 1 THEN 'RAF' ELSE 'ARMY' END, lon, lat, time_zone, calendar, weight, has_dental, has_pcrf, bfpo
FROM demo.overseas;

-- ---- all facilities: 1–135 medical, 201–313 dental, 401–535 rehabilitation in
-- medical ones, 601– regional rehabilitation, 621– mental health, 641–
-- occupational health, 661–664 hospital units, 671 the national centre ---------
CREATE UNLOGGED TABLE demo.site AS
WITH seat AS (
  -- regional teams sit at the largest facilities of their region
  SELECT m.*, row_number() OVER (PARTITION BY region_no ORDER BY weight DESC, medical_no) AS size_rank FROM demo.medical m
), team AS (
  SELECT s.*, k.kind, (k.first_no + row_number() OVER (PARTITION BY k.kind ORDER BY s.region_no, s.size_rank) - 1)::integer AS site_no
  FROM seat s JOIN demo.region r USING (region_no)
  CROSS JOIN LATERAL (VALUES ('RRU', 601, r.rru), ('DCMH', 621, r.dcmh), ('ROHT', 641, r.roht)) k (kind, first_no, teams)
  WHERE s.size_rank <= k.teams
)
SELECT medical_no AS site_no, 'MED' || lpad(medical_no::text, 3, '0') AS site_code, place || ' Medical Centre' AS name, 'MED' AS kind,
       'G' || lpad(group_no::text, 2, '0') AS org_code, region_no, group_no, medical_no, lon, lat, time_zone, calendar, weight, bfpo,
       NULL::integer AS part_of
FROM demo.medical
UNION ALL
SELECT 200 + (row_number() OVER (ORDER BY medical_no))::integer, 'DEN' || lpad(row_number() OVER (ORDER BY medical_no)::text, 3, '0'),
       place || ' Dental Centre', 'DEN', 'R' || region_no, region_no, NULL, medical_no, lon, lat, time_zone, calendar, weight, bfpo, NULL
FROM demo.medical WHERE has_dental
UNION ALL
SELECT 400 + medical_no, 'PCR' || lpad(medical_no::text, 3, '0'), place || ' Primary Care Rehabilitation Facility', 'PCRF',
       'G' || lpad(group_no::text, 2, '0'), region_no, group_no, medical_no, lon, lat, time_zone, calendar, weight, bfpo, medical_no
FROM demo.medical WHERE has_pcrf
UNION ALL
SELECT site_no, kind || lpad((site_no % 20)::text, 2, '0'),
       CASE kind WHEN 'RRU' THEN 'Regional Rehabilitation Unit ' WHEN 'DCMH' THEN 'Department of Community Mental Health '
                 ELSE 'Regional Occupational Health Team ' END || place,
       kind, 'R' || region_no, region_no, NULL, NULL, lon + 0.01, lat, time_zone, calendar, weight, bfpo, NULL
FROM team
UNION ALL
SELECT 660 + n, 'HOSP' || n, name || ' (hospital group unit)', 'HOSP', 'CDM', NULL, NULL, NULL, lon, lat, 'Europe/London', 'england', 1, NULL, NULL
FROM (VALUES (1, 'Northern Infirmary', -1.3, 54.4), (2, 'Midland Royal Hospital', -1.9, 52.5),
             (3, 'Eastern General Hospital', 0.1, 52.3), (4, 'Southern Royal Hospital', -1.0, 51.0)) h (n, name, lon, lat)
UNION ALL
SELECT 671, 'NRC', 'National Rehabilitation Centre', 'NRC', 'NRC', NULL, NULL, NULL, -1.1, 52.8, 'Europe/London', 'england', 1, NULL, NULL;

-- where the people of a medical facility go for everything else: the nearest of
-- their own region; surgery and the national centre serve all
CREATE UNLOGGED TABLE demo.goes_to AS
SELECT DISTINCT ON (m.medical_no, t.kind) m.medical_no, t.kind, t.site_no
FROM demo.medical m JOIN demo.site t ON t.kind <> 'MED' AND (t.region_no = m.region_no OR t.region_no IS NULL)
ORDER BY m.medical_no, t.kind, t.medical_no IS DISTINCT FROM m.medical_no, demo.road_km(m.lon, m.lat, t.lon, t.lat), t.site_no;

-- ---- organisations and the chain of command ----------------------------------
CREATE TABLE warehouse.dim_organisation (org_code text NOT NULL, org_name text NOT NULL, org_level text NOT NULL, formed_date date NOT NULL, disbanded_date date);
INSERT INTO warehouse.dim_organisation
SELECT 'HQ', 'Headquarters Primary Healthcare', 'HQ', date '2014-04-01', NULL::date
UNION ALL SELECT 'CDM', 'Centre for Defence Medicine', 'TRUST', '2001-04-01', NULL
UNION ALL SELECT 'NRC', 'National Rehabilitation Centre', 'TRUST', '2018-10-01', NULL
UNION ALL SELECT 'NORTH', 'United Kingdom, northern half', 'AREA', '2019-04-01', NULL
UNION ALL SELECT 'SOUTH', 'United Kingdom, southern half', 'AREA', '2019-04-01', NULL
UNION ALL SELECT 'ABROAD', 'Abroad', 'AREA', '2019-04-01', NULL
UNION ALL SELECT 'R' || region_no, name || CASE region_no WHEN 7 THEN ' Region' ELSE ' Regional Team' END, 'REGION', '2014-04-01', NULL FROM demo.region
UNION ALL SELECT 'G' || lpad(group_no::text, 2, '0'),
       (array_agg(split_part(place, ' ', 1) ORDER BY weight DESC))[1] || CASE WHEN min(region_no) = 7 THEN ' and others' ELSE '' END || ' Care Group',
       'CAREGP', '2019-09-01', NULL FROM demo.medical GROUP BY group_no;

-- A care group that crosses regions reports to both, so that regions overlap by
-- it; the hierarchy by place has every group once.
CREATE TABLE warehouse.org_relationship (org_code text NOT NULL, superior_code text NOT NULL, relationship text NOT NULL,
  from_date date NOT NULL, to_date date);
INSERT INTO warehouse.org_relationship
SELECT 'R' || region_no, 'HQ', 'COMD', date '2014-04-01', NULL::date FROM demo.region
UNION ALL SELECT v, 'HQ', 'COMD', '2018-10-01', NULL FROM (VALUES ('CDM'), ('NRC')) o (v)
UNION ALL SELECT DISTINCT 'G' || lpad(group_no::text, 2, '0'), 'R' || region_no, 'COMD', date '2019-09-01', NULL::date FROM demo.medical
UNION ALL SELECT v, 'HQ', 'PLACE', '2019-04-01', NULL FROM (VALUES ('NORTH'), ('SOUTH'), ('ABROAD'), ('CDM'), ('NRC')) o (v)
UNION ALL SELECT 'R' || region_no, place, 'PLACE', '2019-04-01', NULL FROM demo.region
UNION ALL SELECT 'G' || lpad(m.group_no::text, 2, '0'), r.place, 'PLACE', '2019-09-01', NULL
          FROM (SELECT group_no, min(region_no) AS region_no FROM demo.medical GROUP BY 1) m JOIN demo.region r USING (region_no);

CREATE TABLE warehouse.dim_facility (facility_code text NOT NULL, facility_name text NOT NULL, facility_type text NOT NULL, org_code text NOT NULL,
  parent_facility text, postcode text, longitude numeric(8,5), latitude numeric(8,5), olson_zone text, holiday_calendar text,
  open_date date, close_date date, list_capacity integer);
INSERT INTO warehouse.dim_facility
SELECT s.site_code, s.name, s.kind, s.org_code, p.site_code,
       CASE WHEN s.bfpo IS NOT NULL THEN 'BFPO ' || s.bfpo
            ELSE (ARRAY['KW', 'DL', 'SY', 'NR', 'SP', 'EX', 'DE'])[coalesce(s.region_no, 7)] || 1 + s.site_no % 30 || ' ' || s.site_no % 10
                 || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + s.site_no % 20, 1) || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + s.site_no * 7 % 20, 1) END,
       s.lon, s.lat, s.time_zone, s.calendar, date '1995-04-01' + floor(7000 * demo.u('facility opened', s.site_no))::integer, NULL::date,
       CASE s.kind WHEN 'MED' THEN 50 * ceil(s.weight * 40) END
FROM demo.site s LEFT JOIN demo.site p ON p.site_no = s.part_of;

-- journeys by car between facilities of the United Kingdom that are within 90 km
CREATE TABLE warehouse.facility_distance (from_facility text NOT NULL, to_facility text NOT NULL, drive_minutes numeric(5,1) NOT NULL, road_km numeric(6,1) NOT NULL);
INSERT INTO warehouse.facility_distance
SELECT a.site_code, b.site_code, 6 + d.km / 62 * 60 * (0.9 + 0.2 * demo.u('drive', a.site_no * 1000 + b.site_no)), d.km
FROM demo.site a JOIN demo.site b ON a.site_no <> b.site_no AND a.time_zone = 'Europe/London' AND b.time_zone = 'Europe/London'
CROSS JOIN LATERAL (SELECT demo.road_km(a.lon, a.lat, b.lon, b.lat) AS km) d
WHERE a.kind = 'MED' AND d.km < 90;

-- ---- closed days of every calendar ----------------------------------------------
CREATE TABLE warehouse.closed_day (holiday_calendar text NOT NULL, closed_date date NOT NULL, reason text NOT NULL);
INSERT INTO warehouse.closed_day
SELECT c, day, name FROM demo.bank_holiday CROSS JOIN (VALUES ('england'), ('northern_ireland')) v (c) WHERE day >= '2024-01-01'
UNION ALL
SELECT 'northern_ireland', d::date, name
FROM (VALUES ('2025-03-17', 'St Patrick''s Day'), ('2026-03-17', 'St Patrick''s Day'), ('2027-03-17', 'St Patrick''s Day'),
             ('2024-07-12', 'Battle of the Boyne'), ('2025-07-14', 'Battle of the Boyne (substitute)'),
             ('2026-07-13', 'Battle of the Boyne (substitute)'), ('2027-07-12', 'Battle of the Boyne')) v (d, name)
UNION ALL   -- Scotland keeps no Easter Monday and its own summer holiday
SELECT 'scotland', day, name FROM demo.bank_holiday WHERE day >= '2024-01-01' AND name NOT IN ('Easter Monday', 'Summer bank holiday')
UNION ALL
SELECT 'scotland', d::date, name
FROM (VALUES ('2024-01-02', '2nd January'), ('2025-01-02', '2nd January'), ('2026-01-02', '2nd January'), ('2027-01-04', '2nd January (substitute)'),
             ('2024-08-05', 'Summer bank holiday'), ('2025-08-04', 'Summer bank holiday'), ('2026-08-03', 'Summer bank holiday'), ('2027-08-02', 'Summer bank holiday'),
             ('2024-12-02', 'St Andrew''s Day (substitute)'), ('2025-12-01', 'St Andrew''s Day (substitute)'), ('2026-11-30', 'St Andrew''s Day'),
             ('2027-11-30', 'St Andrew''s Day')) v (d, name)
UNION ALL   -- stations abroad keep the movable feasts of home and a day or two of their hosts
SELECT o.calendar, b.day, b.name FROM (SELECT DISTINCT calendar FROM demo.overseas) o
CROSS JOIN demo.bank_holiday b WHERE b.day >= '2024-01-01' AND b.name ~ '^(New Year|Good Friday|Easter|Christmas|Boxing)'
UNION ALL
SELECT h.calendar, make_date(y, h.month, h.day), h.name
FROM (VALUES ('cyprus', 3, 25, 'Greek Independence Day'), ('cyprus', 10, 1, 'Cyprus Independence Day'), ('germany', 5, 1, 'Labour Day'),
             ('germany', 10, 3, 'Day of German Unity'), ('brunei', 2, 23, 'National Day'), ('gibraltar', 9, 10, 'Gibraltar National Day'),
             ('falkland', 6, 14, 'Liberation Day'), ('kenya', 12, 12, 'Jamhuri Day'), ('belize', 9, 21, 'Independence Day'),
             ('canada', 7, 1, 'Canada Day'), ('belgium', 7, 21, 'National Day'), ('netherlands', 4, 27, 'King''s Day'),
             ('italy', 6, 2, 'Republic Day')) h (calendar, month, day, name)
CROSS JOIN generate_series(2024, 2027) y;

-- the day itself or the next one on which a calendar works
CREATE UNLOGGED TABLE demo.next_open AS
SELECT c.calendar, d.day, min(d.day) FILTER (WHERE d.weekday < 6 AND x.closed_date IS NULL) OVER (PARTITION BY c.calendar ORDER BY d.day DESC) AS open_day
FROM (SELECT DISTINCT calendar FROM demo.site) c CROSS JOIN demo.day d
LEFT JOIN warehouse.closed_day x ON x.holiday_calendar = c.calendar AND x.closed_date = d.day;
CREATE INDEX ON demo.next_open (calendar, day);

-- ---- units: two to four at each facility, and a reserve unit ------------------------
CREATE UNLOGGED TABLE demo.unit AS
SELECT m.medical_no * 10 + k AS unit_no, 'U' || lpad((m.medical_no * 10 + k)::text, 4, '0') AS unit_code, m.medical_no, m.branch,
       CASE WHEN k = 9 THEN 'Reserve Unit ' || split_part(m.place, ' ', 1)
            ELSE k || CASE k WHEN 1 THEN 'st ' WHEN 2 THEN 'nd ' WHEN 3 THEN 'rd ' ELSE 'th ' END || split_part(m.place, ' ', 1)
                 || CASE m.branch WHEN 'NAVY' THEN ' Flotilla' WHEN 'RAF' THEN ' Squadron' ELSE ' Battalion' END END AS name, k = 9 AS reserve
FROM demo.medical m
CROSS JOIN LATERAL (SELECT generate_series(1, least(4, greatest(2, ceil(m.weight)::integer))) AS k UNION ALL SELECT 9) u;

CREATE TABLE warehouse.dim_unit (unit_code text NOT NULL, unit_name text NOT NULL, service_branch text NOT NULL, facility_code text NOT NULL, reserve_yn boolean NOT NULL);
INSERT INTO warehouse.dim_unit
SELECT u.unit_code, u.name, u.branch, s.site_code, u.reserve FROM demo.unit u JOIN demo.site s ON s.site_no = u.medical_no;
ANALYZE demo.site;
ANALYZE demo.goes_to;
ANALYZE demo.next_open;
