-- Maps of the geography room: GeoJSON for everybody, geometry where PostGIS is.

INSERT INTO hub_view (view_name, kind, step, description, query, columns) VALUES
('map_sites', 'shared', 'allocation_row', 'Sites that people are registered with, for maps.', $$
SELECT s.site_id, s.longitude, s.latitude,
    CASE WHEN abs(s.longitude) <= 180 AND abs(s.latitude) <= 90
         THEN json_build_object('type', 'Point', 'coordinates', json_build_array(s.longitude, s.latitude))::text END AS geojson,
    r.organisation_name AS site_name, r.people, r.capacity_people, r.capacity_used_share, r.over_capacity, r.room, r.minutes_mean, r.planned_people, r.planned_minutes_mean,
    g.organisation_id AS care_group_id, r.as_at, r.recalculated_at
FROM place_site AS s
    JOIN report_allocation AS r ON r.organisation_kind = 'site' AND r.organisation_id = s.site_id
    LEFT JOIN care_group_site AS g ON g.site_id = s.site_id
$$, $$
    site_id           -- Site.
    longitude         -- Longitude, WGS 84.
    latitude          -- Latitude, WGS 84.
    geojson           -- The same as a GeoJSON point; NULL where it is not on the globe.
    site_name         -- Name to print.
    people            -- People registered or counted there.
    capacity_people   -- How many it can have.
    capacity_used_share -- The one over the other.
    over_capacity     -- People above capacity.
    room              -- Places left.
    minutes_mean      -- Minutes that its people travel, on average.
    planned_people    -- People that would go there if the least were travelled and nobody were over capacity.
    planned_minutes_mean -- Minutes on average in that plan.
    care_group_id     -- Care group that it is in.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('map_care_groups', 'shared', 'care_group_row', 'Care groups as the points of their sites, today and as proposed, for maps.', $$
WITH member AS (
    SELECT 'now'::text AS basis, s.organisation_id AS group_id, s.site_id, s.people FROM care_group_site AS s WHERE s.organisation_id IS NOT NULL
    UNION ALL
    SELECT 'proposed'::text AS basis, coalesce(g.organisation_id, '(new ' || g.group_number || ')'), u.site_id, u.people
    FROM care_group_row AS u JOIN care_group_row AS g ON g.kind = 'group' AND g.group_number = u.group_number WHERE u.kind = 'unit'
)
SELECT m.basis, m.group_id, coalesce(min(n.organisation_name), m.group_id) AS group_name, count(*) AS sites, sum(m.people) AS people,
    json_build_object('type', 'MultiPoint', 'coordinates', coalesce(json_agg(json_build_array(s.longitude, s.latitude) ORDER BY m.site_id)
        FILTER (WHERE abs(s.longitude) <= 180 AND abs(s.latitude) <= 90), '[]'::json))::text AS geojson,
    min(t.as_at) AS as_at, min(t.recalculated_at) AS recalculated_at
FROM member AS m JOIN place_site AS s ON s.site_id = m.site_id
    LEFT JOIN (SELECT DISTINCT c.organisation_id, c.organisation_name FROM organisation_chain AS c WHERE c.organisation_kind = 'care_group') AS n ON n.organisation_id = m.group_id
    LEFT JOIN result_state AS t ON t.step = 'care_group_row'
GROUP BY m.basis, m.group_id
$$, $$
    basis             -- now, or proposed.
    group_id          -- Care group; '(new n)' for a proposed one that continues none.
    group_name        -- Name to print.
    sites             -- Its sites with people.
    people            -- Their people.
    geojson           -- Its sites as a GeoJSON multipoint.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$),
('map_access', 'shared', 'access_place', 'Places by their minutes to the nearest site of a service, for maps.', $$
SELECT g.place_kind, g.place_id, coalesce(a.name, g.place_id) AS place_name, v.service_id, CASE WHEN v.service_id = '(practice)' THEN 'Practice or medical centre' ELSE n.service_name END AS service_name,
    g.longitude, g.latitude,
    coalesce(a.boundary, CASE WHEN abs(g.longitude) <= 180 AND abs(g.latitude) <= 90
        THEN json_build_object('type', 'Point', 'coordinates', json_build_array(g.longitude, g.latitude))::text END) AS geojson,
    g.people, g.fifth AS deprivation_fifth, v.site_id AS nearest_site_id, v.minutes, coalesce(v.minutes > f.minutes, true) AS is_far, v.sites_within, v.score, t.as_at, t.recalculated_at
FROM access_place AS v JOIN place_group AS g ON g.place_kind = v.place_kind AND g.place_id = v.place_id
    CROSS JOIN (SELECT max(s.value)::double precision AS minutes FROM setting AS s WHERE s.name = 'far_minutes') AS f
    LEFT JOIN (SELECT a.area_id, min(a.name) AS name, min(a.boundary) AS boundary FROM area AS a GROUP BY a.area_id) AS a ON g.place_kind = 'area' AND a.area_id = g.place_id
    LEFT JOIN service_name AS n ON n.service_id = v.service_id
    LEFT JOIN result_state AS t ON t.step = 'access_place'
$$, $$
    place_kind        -- area, or site for people whose area is not known.
    place_id          -- Area or site.
    place_name        -- Name to print.
    service_id        -- Service; '(practice)' for the sites that people are registered with.
    service_name      -- Name to print.
    longitude         -- Longitude of the place, WGS 84.
    latitude          -- Latitude of the place, WGS 84.
    geojson           -- Its boundary, or else its point, as GeoJSON.
    people            -- People.
    deprivation_fifth -- Fifth of deprivation, 1 the most deprived.
    nearest_site_id   -- The nearest site.
    minutes           -- Minutes to it; NULL where none is reached.
    is_far            -- Whether that is more than the setting far_minutes, or none is reached.
    sites_within      -- Sites within far_minutes.
    score             -- Places for each person within reach; of (practice) only.
    as_at             -- Moment for which the figures are worked out.
    recalculated_at   -- When they were worked out.
$$);

CREATE FUNCTION create_map_geometry(hub text, schema text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST @statement@
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    maps      text := coalesce(schema, hub || '_maps');
    postgis   text := (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'postgis');
    made      record;
    described text;
BEGIN
    PERFORM caregroup.require_hub(hub);
    IF octet_length(maps) NOT BETWEEN 1 AND 63 THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_name', MESSAGE = 'the schema of the maps must have a name of 1 to 63 bytes',
            HINT = format('SELECT caregroup.create_map_geometry(%L, ''maps'').', hub);
    END IF;
    IF EXISTS (SELECT FROM caregroup.hubs() AS h WHERE h.hub = maps) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('the maps cannot be in %I, which is a hub', maps);
    END IF;
    IF postgis IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', MESSAGE = 'geometry needs PostGIS',
            HINT = format('CREATE EXTENSION postgis, or use the GeoJSON of %I.map_sites, map_care_groups and map_access.', hub);
    END IF;
    IF to_regnamespace(quote_ident(maps)) IS NULL THEN
        EXECUTE format('CREATE SCHEMA %I', maps);
    END IF;
    FOR made IN
        SELECT v.view_name,
            CASE v.view_name WHEN 'map_care_groups' THEN format('%1$I.st_convexhull(%1$I.st_geomfromgeojson(m.geojson))', postgis)
                 ELSE format('%I.st_geomfromgeojson(m.geojson)', postgis) END AS shape
        FROM unnest('{map_sites,map_care_groups,map_access}'::text[]) AS v (view_name)
    LOOP
        described := format('%I.%I with PostGIS geometry in WGS 84 (4326) and web Mercator (3857). Made by caregroup.create_map_geometry().', hub, made.view_name);
        -- What stands there may be somebody's own, or another hub's map.
        IF EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = to_regnamespace(quote_ident(maps)) AND c.relname = made.view_name
                       AND obj_description(c.oid, 'pg_class') IS DISTINCT FROM described) THEN
            RAISE EXCEPTION USING ERRCODE = 'duplicate_table',
                MESSAGE = format('%I.%I exists and is no map that create_map_geometry() made of hub %I', maps, made.view_name, hub),
                HINT = format('Give the maps a schema of their own: SELECT caregroup.create_map_geometry(%L, ''%s_maps'').', hub, hub);
        END IF;
        EXECUTE format('CREATE OR REPLACE VIEW %1$I.%2$I AS
            SELECT m.*, %5$s::%4$I.geometry(Geometry, 4326) AS geometry_4326, %4$I.st_transform(%5$s, 3857)::%4$I.geometry(Geometry, 3857) AS geometry_3857
            FROM %3$I.%2$I AS m', maps, made.view_name, hub, postgis, format('%I.st_setsrid(%s, 4326)', postgis, made.shape));
        EXECUTE format('COMMENT ON VIEW %I.%I IS %L', maps, made.view_name, described);
    END LOOP;
    RETURN maps;
END
$$;

COMMENT ON FUNCTION create_map_geometry(text, text) IS
'Makes the views map_sites, map_care_groups (the convex hulls of their sites) and map_access of a hub with columns geometry_4326 and geometry_3857, for QGIS and tile servers, in a schema of their own (the hub''s name with _maps, unless schema says otherwise). They are the caller''s and depend on PostGIS; DROP SCHEMA … CASCADE takes them away, which must come before drop_hub() and before an upgrade that changes the columns of the maps. Returns the schema. Errors: invalid_schema_name, invalid_name, invalid_parameter_value (the schema is a hub), duplicate_table (something else has one of the three names there), feature_not_supported without PostGIS.';
