/*-------------------------------------------------------------------------
 *
 * access_catchment.c
 *	  Catchments as polygons: catchment().
 *
 * The only place of the room, besides allocate_near(), that calls PostGIS.
 * It is looked up when the function is called: nothing depends on it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"

#include "common/cg_compat.h"
#include "common/cg_query.h"
#include "geography/location_input.h"

PG_FUNCTION_INFO_V1(cg_catchment);

enum CatchmentColumn
{
	A_SITE, A_METHOD, A_PLACES, A_AMOUNT, A_BOUNDARY,
	A_COLUMNS
};

static const char *
postgis_schema(void)
{
	CgInputColumn column[] = {{"schema", CG_COLUMN_WORD, true}};
	CgInput		input;

	cg_read_input(&input, "catchment", "the catalog",
				  "SELECT n.nspname::pg_catalog.text AS schema FROM pg_catalog.pg_extension AS e "
				  "JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'",
				  column, 1);
	if (input.rows == 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("catchment() needs PostGIS"),
				 errhint("CREATE EXTENSION postgis, or draw the places themselves.")));
	return quote_identifier(column[0].text[0]);
}

/* The text of the one SELECT in source, without what follows it. */
static char *
one_select(const char *argument, const char *source, Query **query)
{
	RawStmt    *raw;
	const char *start;

	if (source == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s of catchment() is NULL", argument)));
	*query = cg_query_analyze(source, &raw);
	start = source + Max(raw->stmt_location, 0);
	return pnstrdup(start, raw->stmt_len > 0 ? raw->stmt_len : strlen(start));
}

static bool
has_column(const Query *query, const char *name)
{
	ListCell   *cell;

	foreach(cell, query->targetList)
	{
		TargetEntry *entry = lfirst_node(TargetEntry, cell);

		if (!entry->resjunk && strcmp(entry->resname, name) == 0)
			return true;
	}
	return false;
}

static void
append_column(StringInfo text, const Query *query, const char *name, const char *type)
{
	if (has_column(query, name))
		appendStringInfo(text, ", q.%s::%s AS %s", quote_identifier(name), type, name);
	else
		appendStringInfo(text, ", NULL::%s AS %s", type, name);
}

static void
require_column(const Query *query, const char *argument, const char *name)
{
	if (!has_column(query, name))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("%s of catchment() has no column \"%s\"", argument, name)));
}

/* plan: site_id, demand_id, amount; place: id, boundary, point */
static void
append_inputs(StringInfo text, const char *plan_sql, const char *places_sql,
			  bool overlaps, const char *postgis)
{
	Query	   *plan;
	Query	   *places;
	char	   *plan_text = one_select("plan_sql", plan_sql, &plan);
	char	   *places_text = one_select("places_sql", places_sql, &places);

	require_column(plan, "plan_sql", "demand_id");
	require_column(plan, "plan_sql", "site_id");
	require_column(places, "places_sql", "id");
	appendStringInfoString(text, "WITH given AS (SELECT q.demand_id::pg_catalog.text AS demand_id, q.site_id::pg_catalog.text AS site_id");
	append_column(text, plan, "amount", "pg_catalog.float8");
	appendStringInfo(text, " FROM (\n%s\n) AS q), shared AS ("
					 "SELECT g.demand_id, g.site_id, pg_catalog.sum(coalesce(g.amount, 1)) AS amount FROM given AS g "
					 "WHERE g.demand_id IS NOT NULL AND g.site_id IS NOT NULL GROUP BY 1, 2), plan AS ("
					 "SELECT r.* FROM (SELECT s.*, pg_catalog.row_number() OVER (PARTITION BY s.demand_id ORDER BY s.amount DESC, s.site_id COLLATE \"C\") AS rank "
					 "FROM shared AS s) AS r%s), read AS (SELECT q.id::pg_catalog.text AS id",
					 plan_text, overlaps ? "" : " WHERE r.rank = 1");
	append_column(text, places, "boundary", "pg_catalog.text");
	append_column(text, places, "longitude", "pg_catalog.float8");
	append_column(text, places, "latitude", "pg_catalog.float8");
	appendStringInfo(text, " FROM (\n%s\n) AS q), place AS MATERIALIZED ("
					 "SELECT r.id, CASE WHEN r.boundary IS NOT NULL THEN %s.st_setsrid(%s.st_geomfromgeojson(r.boundary), 4326) END AS boundary, "
					 "CASE WHEN r.longitude IS NOT NULL AND r.latitude IS NOT NULL THEN %s.st_setsrid(%s.st_makepoint(r.longitude, r.latitude), 4326) END AS point "
					 "FROM read AS r WHERE r.id IS NOT NULL)",
					 places_text, postgis, postgis, postgis, postgis);
}

/* One shape for each place, by the method. */
static void
append_shapes(StringInfo text, const char *method, const char *postgis)
{
	if (strcmp(method, "union") == 0)
		appendStringInfoString(text, ", shape AS (SELECT p.id, p.boundary AS shape FROM place AS p)");
	else if (strcmp(method, "hull") == 0)
		appendStringInfo(text, ", shape AS (SELECT p.id, coalesce(p.point, %s.st_centroid(p.boundary)) AS shape FROM place AS p)", postgis);
	else
		appendStringInfo(text, ", dot AS (SELECT p.id, coalesce(p.point, %s.st_centroid(p.boundary)) AS point FROM place AS p), "
						 "cell AS (SELECT (%s.st_dump(%s.st_voronoipolygons(%s.st_collect(d.point)))).geom AS shape FROM dot AS d), "
						 "shape AS (SELECT d.id, c.shape FROM dot AS d JOIN cell AS c ON %s.st_intersects(c.shape, d.point))",
						 postgis, postgis, postgis, postgis, postgis);
}

/*
 * The method that is asked for, or the best that the places allow.
 */
static const char *
choose_method(const char *asked, const char *inputs)
{
	CgInputColumn column[] = {{"bounded", CG_COLUMN_FLAG, true}};
	CgInput		input;

	if (asked != NULL)
	{
		if (strcmp(asked, "union") != 0 && strcmp(asked, "voronoi") != 0 && strcmp(asked, "hull") != 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("method of catchment() is not a choice"),
					 errhint("The choices are union, voronoi and hull, or NULL for the best that the places allow.")));
		return asked;
	}
	cg_read_input(&input, "catchment", "places_sql",
				  psprintf("%s SELECT coalesce(pg_catalog.bool_and(p.boundary IS NOT NULL), true) AS bounded "
						   "FROM place AS p WHERE p.id IN (SELECT l.demand_id FROM plan AS l)", inputs),
				  column, 1);
	return column[0].flag[0] ? "union" : "voronoi";
}

Datum
cg_catchment(PG_FUNCTION_ARGS)
{
	const char *postgis = postgis_schema();
	bool		overlaps = !PG_ARGISNULL(3) && PG_GETARG_BOOL(3);
	const char *method;
	CgInputColumn column[] = {
		{"site_id", CG_COLUMN_ID, true}, {"places", CG_COLUMN_AMOUNT, true},
		{"amount", CG_COLUMN_AMOUNT, true}, {"boundary", CG_COLUMN_WORD, true}
	};
	CgInput		input;
	StringInfoData text;
	CgRows		rows;
	Datum		values[A_COLUMNS];
	bool		nulls[A_COLUMNS];

	initStringInfo(&text);
	append_inputs(&text, cg_text_argument(fcinfo, 0), cg_text_argument(fcinfo, 1), overlaps, postgis);
	method = choose_method(cg_text_argument(fcinfo, 2), text.data);
	append_shapes(&text, method, postgis);
	appendStringInfo(&text, " SELECT l.site_id, pg_catalog.count(*) AS places, pg_catalog.sum(l.amount) AS amount, "
					 "%s.st_asgeojson(%s.%s(%s), 6) AS boundary "
					 "FROM plan AS l LEFT JOIN shape AS s ON s.id = l.demand_id "
					 "GROUP BY l.site_id ORDER BY l.site_id COLLATE \"C\"",
					 postgis, postgis, strcmp(method, "hull") == 0 ? "st_convexhull" : "st_union",
					 strcmp(method, "hull") == 0 ? psprintf("%s.st_collect(s.shape)", postgis) : "s.shape");
	cg_read_input(&input, "catchment", "plan_sql", text.data, column, 4);
	rows = cg_rows_begin(fcinfo);
	for (int64 r = 0; r < input.rows; r++)
	{
		memset(nulls, false, sizeof(nulls));
		cg_put_text(values, nulls, A_SITE, column[0].text[r]);
		cg_put_text(values, nulls, A_METHOD, method);
		values[A_PLACES] = Int64GetDatum((int64) column[1].number[r]);
		cg_put_number(values, nulls, A_AMOUNT, column[2].number[r]);
		cg_put_text(values, nulls, A_BOUNDARY, column[3].text[r]);
		cg_rows_add(&rows, values, nulls);
	}
	return (Datum) 0;
}
