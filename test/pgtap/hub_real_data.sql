-- Real data through a hub: NHS England's A&E activity by organisation and
-- month, and Harrow's practices and areas.  The totals asserted were added up
-- from the files by hand (awk), not by this code.

\getenv shared CAREGROUP_SHARED
\if :{?shared}
\else
\set shared ''
\endif
SELECT :'shared' = '' AS is_missing \gset

BEGIN;
\if :is_missing
SELECT plan(1);
SELECT skip('../shared/data is not here', 1);
\else
SELECT plan(13);
SET LOCAL client_min_messages = warning;

\set ae 'tail -n +2 ' :shared '/data/demand/nhsrdatasets_ae_attendances.csv'
\set practices 'cat ' :shared '/data/geo/harrow_gp_practices_2022.csv'
\set areas 'cat ' :shared '/data/geo/harrow_lsoa2011.csv'

CREATE SCHEMA real;
CREATE TABLE real.ae (period date, org_code text, type text, attendances bigint, breaches bigint, admissions bigint);
COPY real.ae FROM PROGRAM :'ae' (FORMAT csv, HEADER);
CREATE TABLE real.practice (ods_code text, name text, postcode text, list_size bigint, ccg_code text, lat double precision,
    lon double precision, in_borough integer, postcode_match integer);
COPY real.practice FROM PROGRAM :'practices' (FORMAT csv, HEADER);
CREATE TABLE real.lsoa (lsoa11cd text, lsoa11nm text, lad_cd text, lad_nm text, bng_e integer, bng_n integer,
    lon double precision, lat double precision, population_mid2017 bigint);
COPY real.lsoa FROM PROGRAM :'areas' (FORMAT csv, HEADER);

-- A&E: the national return is counts, so a row stands for many attendances.
SELECT caregroup.create_hub('ae');
SELECT caregroup.configure_hub('ae', 'as_at', '2019-04-01 00:00 Europe/London');
SELECT caregroup.bind('ae', 'organisation', $$
    SELECT 'england' AS organisation_id, 'England' AS name, 'headquarters' AS kind
    UNION ALL SELECT DISTINCT org_code, org_code, 'provider' FROM real.ae$$);
SELECT caregroup.bind('ae', 'organisation_link', $$
    SELECT DISTINCT org_code AS child_id, 'england' AS parent_id, 'command' AS hierarchy FROM real.ae$$);
SELECT caregroup.bind('ae', 'site', $$
    SELECT DISTINCT org_code AS site_id, org_code AS name, org_code AS organisation_id, 'hospital' AS kind FROM real.ae$$);
SELECT caregroup.bind('ae', 'service', $$
    SELECT DISTINCT 'A&E ' || type AS service_id, 'A&E type ' || type AS name, 'acute' AS kind FROM real.ae$$);
SELECT caregroup.bind('ae', 'activity', $$
    SELECT row_number() OVER (ORDER BY period, org_code, type) AS activity_id, NULL::bigint AS person_id, period AS starts_at,
        'emergency' AS kind, 'attended' AS status, 'A&E ' || type AS service_id, org_code AS site_id, attendances AS quantity
    FROM real.ae$$);
SELECT caregroup.begin_run('ae', false) AS run \gset
SELECT caregroup.begin_step('ae', :run, step), caregroup.run_step('ae', :run, step) FROM (SELECT step FROM caregroup.hub_step ORDER BY ordinal) AS s;

SELECT is((SELECT count(*) FROM ae.activity), 12765::bigint, 'every row of the A&E file is bound');
SELECT is((SELECT sum(attended) FROM ae.report_activity WHERE organisation_level = 0 AND organisation_id = 'england'),
    72019402::numeric, 'attendances of England over all months');
SELECT is((SELECT sum(attended) FROM ae.report_activity WHERE organisation_id = 'england' AND period_start = '2017-03-01'),
    2015834::numeric, 'attendances of England in March 2017');
SELECT is((SELECT sum(attended) FROM ae.report_activity WHERE organisation_id = 'RF4' AND organisation_kind = 'provider'),
    873909::numeric, 'attendances of one trust over all months');
SELECT results_eq(
    $$SELECT organisation_id, period_start, service_id, attended FROM ae.report_activity WHERE organisation_kind = 'provider' ORDER BY 1, 2, 3$$,
    $$SELECT org_code, period, 'A&E ' || type, sum(attendances) FROM real.ae GROUP BY 1, 2, 3 ORDER BY 1, 2, 3$$,
    'every provider, month and type equals the file');
SELECT is((SELECT count(DISTINCT organisation_id) FROM ae.report_activity WHERE organisation_kind = 'provider'), 274::bigint,
    'number of providers');
SELECT is((SELECT rows FROM caregroup.check_hub('ae') WHERE entity = 'activity' AND check_name = 'duplicate key'), 0::numeric,
    'the keys of the A&E file are unique');

-- Harrow: practices with their list sizes, and areas with their residents.
SELECT caregroup.create_hub('borough');
SELECT caregroup.configure_hub('borough', 'as_at', '2022-05-02');
SELECT caregroup.bind('borough', 'organisation', $$
    SELECT DISTINCT ccg_code AS organisation_id, 'Harrow' AS name, 'commissioner' AS kind FROM real.practice$$);
SELECT caregroup.bind('borough', 'site', $$
    SELECT ods_code AS site_id, name, ccg_code AS organisation_id, 'practice' AS kind, ods_code, postcode, lon AS longitude, lat AS latitude
    FROM real.practice$$);
SELECT caregroup.bind('borough', 'area', $$
    SELECT lsoa11cd AS area_id, lsoa11nm AS name, 'lsoa' AS kind, lon AS longitude, lat AS latitude FROM real.lsoa$$);
SELECT caregroup.bind('borough', 'population', $$
    SELECT NULL AS area_id, ods_code AS site_id, date '2022-05-01' AS as_at, list_size AS people FROM real.practice
    UNION ALL SELECT lsoa11cd, NULL, date '2017-06-30', population_mid2017 FROM real.lsoa$$);
SELECT caregroup.begin_run('borough', false) AS run \gset
SELECT caregroup.begin_step('borough', :run, step), caregroup.run_step('borough', :run, step) FROM (SELECT step FROM caregroup.hub_step ORDER BY ordinal) AS s;

SELECT is((SELECT sum(people) FROM borough.report_population WHERE organisation_id = '(all areas)'), 248880::numeric,
    'residents of all areas, as the source states them');
SELECT is((SELECT count(*) FROM borough.report_population WHERE organisation_kind = 'area' AND organisation_level = 1), 137::bigint,
    'every area is reported');
SELECT is((SELECT sum(people) FROM borough.report_population WHERE organisation_level = 0 AND basis = 'counted'), 303649::numeric,
    'list sizes of all practices');
SELECT is((SELECT sum(r.people) FROM borough.report_population AS r JOIN real.practice AS p ON p.ods_code = r.organisation_id
           WHERE r.organisation_kind = 'site' AND p.in_borough = 1), 270552::numeric,
    'list sizes of the practices in the borough, as the source states them');
SELECT is((SELECT sum(rows) FROM caregroup.check_hub('borough') WHERE check_name IN ('orphan', 'rule broken', 'unmapped code', 'duplicate key')), 0::numeric,
    'no orphan, broken rule, unmapped code or duplicate in the geographic files');
SELECT is((SELECT state FROM borough.recalculation_step WHERE step = 'population_count'), 'finished', 'the step is noted as finished');
\endif
SELECT * FROM finish();
ROLLBACK;
