-- The hub hub_t of the tests of the Monday page: organisations, sites and
-- services come through the inputs, recalculated and without any activity; the
-- results that checks read are written by the tests.
CREATE SCHEMA wh_monday;
CREATE TABLE wh_monday.organisation AS SELECT * FROM (VALUES ('HQ', 'Headquarters', 'headquarters'), ('P1', 'North', 'region'), ('P2', 'South', 'region')) AS v (organisation_id, name, kind);
CREATE TABLE wh_monday.organisation_link AS SELECT c AS child_id, 'HQ'::text AS parent_id, 'command'::text AS hierarchy FROM unnest('{P1,P2}'::text[]) AS c;
-- Sites s01 to s10 are of P1, s11 to s20 of P2.
CREATE TABLE wh_monday.site AS SELECT 's' || to_char(i, 'FM00') AS site_id, 'Site ' || to_char(i, 'FM00') AS name, CASE WHEN i <= 10 THEN 'P1' ELSE 'P2' END AS organisation_id, 'medical'::text AS kind FROM generate_series(1, 20) AS i;
CREATE TABLE wh_monday.service AS SELECT 'v' || i AS service_id, 'Service ' || i AS name, 'community'::text AS kind FROM generate_series(1, 20) AS i;
CREATE TABLE wh_monday.service_standard AS SELECT 'd'::text AS standard_id, 'Ten days'::text AS name, 'received'::text AS clock_start, 'first_contact'::text AS clock_stop, 10 AS limit_value, 'day'::text AS limit_unit, 0.8 AS threshold;
SELECT caregroup.bind('hub_t', c.relname::text, format('TABLE wh_monday.%I', c.relname)) FROM pg_class AS c WHERE c.relnamespace = 'wh_monday'::regnamespace \g /dev/null
SELECT caregroup.configure_hub('hub_t', 'as_at', '2024-07-10 12:00Z') \g /dev/null
DO $$
DECLARE
	run bigint := caregroup.begin_run('hub_t', false);
	step text;
BEGIN
	FOR step IN SELECT s.step FROM caregroup.hub_step AS s ORDER BY s.ordinal LOOP
		PERFORM caregroup.begin_step('hub_t', run, step), caregroup.run_step('hub_t', run, step);
	END LOOP;
	PERFORM caregroup.end_run('hub_t', run);
END $$;
-- A number from 0 to 1 that is the same in every version of PostgreSQL.
CREATE FUNCTION pg_temp.uniform(what text) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
	SELECT (hashtextextended(what, 7)::numeric / 18446744073709551616 + 0.5)::double precision
$$;
CREATE FUNCTION pg_temp.binomial(what text, n integer, share double precision) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
	SELECT count(*) FROM generate_series(1, n) AS i WHERE (hashtextextended(what, i) & 1048575) / 1048576.0 < share
$$;
CREATE TEMP TABLE site AS SELECT site_id, organisation_id, right(site_id, 2)::integer AS i FROM wh_monday.site;
