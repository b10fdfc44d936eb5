-- Organisations, sites and areas of Harrow's box. Practices and areas are made
-- up; only the outline (33 practices, about 137 areas, five networks) is real.

CREATE UNLOGGED TABLE demo.practice_data (practice_no integer, name text, network_no integer, list_size integer,
  lon double precision, lat double precision, age_profile text);
INSERT INTO demo.practice_data VALUES
  ( 1, 'Alder Lane Practice', 1,  4546, -0.3882, 51.5768, 'old'),
  ( 2, 'Ash Grove Practice', 4,  6103, -0.2878, 51.5994, 'young'),
  ( 3, 'Aspen Road Practice', 2,  9215, -0.3189, 51.5591, 'young'),
  ( 4, 'Beech Walk Practice', 5,  5763, -0.3468, 51.6203, 'even'),
  ( 5, 'Birch Hill Practice', 5,  4670, -0.3871, 51.6077, 'old'),
  ( 6, 'Briar Close Practice', 3,  3759, -0.3444, 51.5863, 'young'),
  ( 7, 'Cedar Court Practice', 1,  9140, -0.3524, 51.5655, 'even'),
  ( 8, 'Cherry Tree Practice', 4,  6832, -0.3237, 51.6042, 'young'),
  ( 9, 'Chestnut Avenue Practice', 2,  5597, -0.2953, 51.5739, 'old'),
  (10, 'Clover Field Practice', 4,  4851, -0.3041, 51.6173, 'old'),
  (11, 'Cypress Gate Practice', 3,  3235, -0.3672, 51.5926, 'even'),
  (12, 'Elder Brook Practice', 3, 10260, -0.3582, 51.5835, 'young'),
  (13, 'Elm Green Practice', 3,  4832, -0.3202, 51.5801, 'old'),
  (14, 'Fern Bank Practice', 1,  7170, -0.3407, 51.5547, 'old'),
  (15, 'Hawthorn Way Practice', 5, 14236, -0.3604, 51.6048, 'even'),
  (16, 'Hazel Rise Practice', 2,  6259, -0.2828, 51.5867, 'young'),
  (17, 'Heather Down Practice', 3,  6914, -0.3137, 51.5925, 'even'),
  (18, 'Holly Corner Practice', 5, 11283, -0.4011, 51.5924, 'young'),
  (19, 'Hornbeam House Practice', 3,  6741, -0.3438, 51.5989, 'even'),
  (20, 'Ivy Bridge Practice', 1,  7844, -0.3756, 51.5659, 'even'),
  (21, 'Juniper Street Practice', 5, 11380, -0.3709, 51.6191, 'old'),
  (22, 'Larch Park Practice', 4,  4937, -0.3278, 51.6198, 'even'),
  (23, 'Laurel Mount Practice', 2,  3586, -0.3277, 51.5692, 'even'),
  (24, 'Lime Terrace Practice', 4, 11544, -0.3428, 51.6106, 'even'),
  (25, 'Linden Place Practice', 2, 13088, -0.3019, 51.5634, 'young'),
  (26, 'Maple Cross Practice', 4,  6083, -0.3082, 51.6072, 'even'),
  (27, 'Mulberry Yard Practice', 1,  7115, -0.3825, 51.5888, 'even'),
  (28, 'Oak Meadow Practice', 3,  6372, -0.3397, 51.5759, 'even'),
  (29, 'Poplar Row Practice', 5, 17900, -0.3907, 51.5995, 'even'),
  (30, 'Rowan Square Practice', 1, 12064, -0.3985, 51.5830, 'old'),
  (31, 'Sycamore View Practice', 2,  7310, -0.2836, 51.5776, 'even'),
  (32, 'Thorn Hedge Practice', 2, 10598, -0.3019, 51.5879, 'old'),
  (33, 'Willow Mead Practice', 4, 14195, -0.3237, 51.6126, 'young');

-- numbers of registered and departed patients at this scale: rounding the
-- running totals keeps the sum exact
CREATE UNLOGGED TABLE demo.practice AS
SELECT p.*, 'P' || lpad(practice_no::text, 2, '0') AS org_code,
       round(:scale * (sum(list_size) OVER running - list_size))::integer AS first_person,
       round(:scale * sum(list_size) OVER running)::integer AS last_person,
       CASE WHEN practice_no = :over_referring_practice THEN :over_referring_factor::double precision
            ELSE exp(0.08 * demo.normal('practice refers', practice_no)) END AS referring_factor,
       CASE WHEN practice_no = :missing_practice THEN :missing_factor::double precision
            ELSE exp(0.05 * demo.normal('practice misses', practice_no)) END AS miss_factor,
       :base_return_share * CASE WHEN network_no = :returning_network THEN :return_factor ELSE 1 END AS return_share
FROM demo.practice_data p
WINDOW running AS (ORDER BY practice_no);

-- ---- organisations -------------------------------------------------------
CREATE TABLE warehouse.org (org_code text NOT NULL, org_name text NOT NULL, org_type text NOT NULL,
  national_code text, open_dt date NOT NULL, close_dt date);
INSERT INTO warehouse.org
SELECT 'HQ', 'Harrow MSK Co-ordination Centre', 'HQ', 'X9H', date '2018-04-01', NULL::date
UNION ALL SELECT 'CMS', 'Harrow Commissioning Board', 'COMM', 'X9C', '2018-04-01', NULL
UNION ALL SELECT 'ACU', 'North West Acute Hospitals Trust', 'PROV', 'X8A', '2004-04-01', NULL
UNION ALL SELECT 'COM', 'Harrow Community MSK Service', 'PROV', 'X8C', '2018-10-01', NULL
UNION ALL SELECT 'ALL', 'Harrow MSK Alliance', 'PART', 'X8Q', '2018-04-01', NULL
UNION ALL SELECT 'PLW', 'Harrow West Place', 'PART', NULL, '2020-04-01', NULL
UNION ALL SELECT 'PLE', 'Harrow East Place', 'PART', NULL, '2020-04-01', NULL
UNION ALL SELECT 'N' || n, name || ' Primary Care Network', 'CAREGRP', 'X0000' || n, '2019-07-01', NULL
FROM (VALUES (1, 'South West'), (2, 'South East'), (3, 'Central'), (4, 'North East'), (5, 'North West')) v (n, name)
UNION ALL SELECT org_code, name, 'GP', 'X84' || lpad(practice_no::text, 3, '0'), '1990-04-01', NULL FROM demo.practice;

CREATE TABLE warehouse.org_structure (child_code text NOT NULL, parent_code text NOT NULL, structure text NOT NULL,
  start_dt date NOT NULL, end_dt date);
INSERT INTO warehouse.org_structure
SELECT 'N' || n, 'HQ', 'CMD', date '2019-07-01', NULL::date FROM generate_series(1, 5) n
UNION ALL SELECT org_code, 'N' || network_no, 'CMD', '2019-07-01', NULL FROM demo.practice
UNION ALL SELECT v, 'HQ', 'CMD', '2018-10-01', NULL FROM (VALUES ('ACU'), ('COM')) p (v)
UNION ALL SELECT v, 'ALL', 'PROV', '2018-10-01', NULL FROM (VALUES ('ACU'), ('COM')) p (v)
UNION ALL SELECT v, 'CMS', 'PLACE', '2020-04-01', NULL FROM (VALUES ('PLW'), ('PLE')) p (v)
UNION ALL SELECT 'N' || n, CASE WHEN n IN (1, 5) THEN 'PLW' ELSE 'PLE' END, 'PLACE', '2020-04-01', NULL
          FROM generate_series(1, 5) n
UNION ALL SELECT org_code, 'N' || network_no, 'PLACE', '2020-04-01', NULL FROM demo.practice
UNION ALL SELECT org_code, 'CMS', 'COMM', '2019-07-01', NULL FROM demo.practice;

-- ---- sites: numbers 1–33 practices, 34–38 clinics, 39–40 hospitals ----------
CREATE UNLOGGED TABLE demo.site AS
SELECT practice_no AS site_no, 'S' || lpad(practice_no::text, 2, '0') AS site_code, replace(name, ' Practice', ' Surgery') AS name,
       org_code, 'GP' AS site_type, lon, lat,
       -- how many patients a practice has room for, a little more than it has
       ceil((last_person - first_person) * CASE practice_no WHEN :full_practice THEN :full_practice_places
            WHEN :roomy_practice THEN :roomy_practice_places ELSE 1.03 + 0.07 * demo.u('practice places', practice_no) END)::integer AS people
FROM demo.practice
UNION ALL
SELECT n, code, name, org, kind, lon, lat, people
FROM (VALUES
  (34, 'C1', 'Kingsgate Centre (single point of access)', 'COM', 'CLINIC', -0.3395, 51.5860, 60),
  (35, 'C2', 'Westway Clinic',                            'COM', 'CLINIC', -0.3850, 51.5780, 40),
  (36, 'C3', 'Eastfield Clinic',                          'COM', 'CLINIC', -0.2960, 51.5740, 40),
  (37, 'C4', 'Weald View Clinic',                         'COM', 'CLINIC', -0.3780, 51.6080, 40),
  (38, 'C5', 'Northbrook Clinic',                         'COM', 'CLINIC', -0.3180, 51.6090, 40),
  (39, 'H1', 'South Hospital',                            'ACU', 'HOSP',   -0.3200, 51.5750, 520),
  (40, 'H2', 'North Hospital',                            'ACU', 'HOSP',   -0.3560, 51.6130, 310)
) v (n, code, name, org, kind, lon, lat, people);

CREATE TABLE warehouse.site (site_code text NOT NULL, site_name text NOT NULL, org_code text NOT NULL, site_type text NOT NULL,
  national_code text, postcode text, longitude numeric(8,5), latitude numeric(8,5), open_dt date, close_dt date, max_people integer);
INSERT INTO warehouse.site
SELECT site_code, name, org_code, site_type, 'X' || lpad((800 + site_no)::text, 4, '0'),
       'HA' || 1 + site_no % 9 || ' ' || site_no % 10 || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + site_no % 20, 1)
            || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + site_no * 7 % 20, 1),
       lon, lat, CASE site_type WHEN 'GP' THEN date '1990-04-01' WHEN 'CLINIC' THEN '2018-10-01' ELSE '1972-01-01' END,
       NULL::date, people
FROM demo.site;

-- ---- areas: evenly spread points (a sunflower's seeds) in the borough's oval;
-- deprivation falls towards the north, with local differences ------------------
CREATE UNLOGGED TABLE demo.area AS
SELECT area_no, 'H' || lpad(area_no::text, 3, '0') AS area_code, lon, lat,
       least(10, 1 + ntile(10) OVER (ORDER BY lat + 0.010 * demo.normal('deprivation', area_no)))::integer AS decile
FROM (SELECT n AS area_no,
             -0.34 + 0.066 * sqrt((n - 0.5) / 137) * cos(n * 2.399963) AS lon,
             51.59 + 0.038 * sqrt((n - 0.5) / 137) * sin(n * 2.399963) AS lat
      FROM generate_series(1, 137) n) a;

CREATE TABLE warehouse.lsoa (lsoa_code text NOT NULL, lsoa_name text NOT NULL, centroid_lon numeric(8,5), centroid_lat numeric(8,5),
  imd_decile integer, no_car_share numeric(5,3));
INSERT INTO warehouse.lsoa
SELECT area_code, 'Harrow area ' || area_no, lon, lat, decile,
       0.36 - 0.026 * decile + 0.03 * demo.u('no car', area_no)
FROM demo.area;

-- minutes by car and by bus from every area to every site
CREATE TABLE warehouse.travel_time (lsoa_code text NOT NULL, site_code text NOT NULL, travel_mode text NOT NULL,
  minutes numeric(5,1) NOT NULL, km numeric(6,2));
INSERT INTO warehouse.travel_time
SELECT a.area_code, s.site_code, m.mode,
       m.start_minutes + demo.road_km(a.lon, a.lat, s.lon, s.lat) / m.kmh * 60
         * (0.9 + 0.2 * demo.u('travel', a.area_no * 100 + s.site_no)),
       demo.road_km(a.lon, a.lat, s.lon, s.lat)
FROM demo.area a CROSS JOIN demo.site s
CROSS JOIN (VALUES ('CAR', 4, 22), ('BUS', 11, 11)) m (mode, start_minutes, kmh);

-- patients live near their practice: list 100 + practice holds its areas
INSERT INTO demo.weight
SELECT 100 + p.practice_no, a.area_no, exp(-((demo.road_km(a.lon, a.lat, p.lon, p.lat) / 1.6) ^ 1.5)), 4096
FROM demo.practice p CROSS JOIN demo.area a;

CREATE TABLE warehouse.bank_holiday (country text NOT NULL, holiday_dt date NOT NULL, holiday_name text NOT NULL);
INSERT INTO warehouse.bank_holiday SELECT 'ENG', day, name FROM demo.bank_holiday WHERE day >= '2023-01-01';
