-- Catchments as polygons.

CREATE FUNCTION catchment(plan_sql text, places_sql text, method text DEFAULT NULL, overlaps boolean DEFAULT false)
RETURNS TABLE (site_id text, method text, places bigint, amount double precision, boundary text)
LANGUAGE c STABLE PARALLEL UNSAFE COST @solve@ ROWS 100
AS 'MODULE_PATHNAME', 'cg_catchment';

COMMENT ON FUNCTION catchment(text, text, text, boolean) IS
'The catchment of each site as GeoJSON (WGS 84, six decimals), from who goes where. plan_sql: demand_id, site_id, and if wanted amount (1 without), such as the rows of kind flow of allocate(). places_sql: id, and boundary (GeoJSON text, WGS 84) or longitude and latitude. method union: the boundaries of the site''s places joined; voronoi: cells nearer to the place than to any other, joined; hull: the smallest convex shape around the places, a point or a line where they are few; NULL: union where every place of the plan has a boundary, else voronoi. A place that goes to several sites is drawn with the one that most go to (the lower id among equals), or with overlaps with each of them. With the pairs within some minutes as the plan, from a travel table or pgr_drivingDistance() of pgRouting, and overlaps these are isochrones. Rows: site_id, method, places, amount, boundary; NULL where no place of the site is known. Places without shape stay out of the shape. NULL ids are skipped. Needs PostGIS 3.0 or later (0A000 without). Errors: 42703 for columns, 22004 for a NULL query, 22023 for a method that is not a choice; PostGIS''s own for GeoJSON that it cannot read.';
