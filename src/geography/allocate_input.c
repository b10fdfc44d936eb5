/*-------------------------------------------------------------------------
 *
 * allocate_input.c
 *	  Reading the input of the allocation functions.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "common/cg_compat.h"
#include "common/cg_grown.h"
#include "geography/allocate.h"

/* More than this in all is no number of people. */
#define MOST_AMOUNT (INT64CONST(1) << 50)

bool
cg_allocate_interrupt(void *argument)
{
	CHECK_FOR_INTERRUPTS();
	return false;
}

static void *
resize(void *context, void *memory, size_t size)
{
	if (size == 0)
	{
		if (memory != NULL)
			pfree(memory);
		return NULL;
	}
	if (memory == NULL)
		return MemoryContextAllocExtended((MemoryContext) CurrentMemoryContext, size, MCXT_ALLOC_HUGE);
	return repalloc_huge(memory, size);
}

const CgFlowAllocator cg_allocate_memory = {resize, NULL};

void
cg_allocate_failed(CgFlowStatus status, const char *function)
{
	if (status == CG_FLOW_NO_MEMORY)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s cannot hold this problem", function),
				 errdetail("There are too many people, sites or pairs, or costs are too great.")));
	elog(ERROR, "%s failed with status %d", function, (int) status);
}

/* ---- values of a row ---- */

static void
refuse_null(const CgAllocateInput *input, const char *argument, const char *column, int64 row)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("column \"%s\" of %s of %s is NULL", column, argument, input->function),
			 errdetail("It is so in row %lld.", (long long) row)));
}

static void
refuse_range(const CgAllocateInput *input, const char *argument, const char *column, int64 row, const char *rule)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("column \"%s\" of %s of %s is out of range", column, argument, input->function),
			 errdetail("It is so in row %lld. %s", (long long) row, rule)));
}

static int64
amount_of(const CgAllocateInput *input, const char *argument, const CgAllocateColumn *column, int64 row,
		  const Datum *values, const bool *nulls)
{
	int64		amount;

	if (nulls[column->place])
		refuse_null(input, argument, column->name, row);
	amount = DatumGetInt64(values[column->place]);
	if (amount < 0 || amount > MOST_AMOUNT)
		refuse_range(input, argument, column->name, row, "It must be a whole number from 0 to 2^50.");
	return amount;
}

/* ---- demand and sites ---- */

enum
{
	D_ID, D_AMOUNT, D_SITE, D_GROUP, D_WEIGHT, D_GEOM, D_COLUMNS
};

enum
{
	S_ID, S_CAPACITY, S_MINIMUM, S_GEOM, S_COLUMNS
};

enum
{
	P_DEMAND, P_SITE, P_COST, P_COLUMNS
};

typedef struct Reading
{
	CgAllocateInput *input;
	CgAllocateColumn *column;
	bool		points;
	int64		room;
	int64	   *amount;			/* or capacity */
	int64	   *minimum;
	Datum	   *current;
	bool	   *has_current;
	Datum	   *group;			/* 0: NULL */
	double	   *weight;
	CgPoint    *point;
	int64	   *srid;			/* of all rows that have been read, or -1 */
	CgIdList	current_ids;	/* keeps copies */
	CgPairList	pairs;
} Reading;

static CgPoint
read_point(Reading *reading, const char *argument, int64 row, const Datum *values, const bool *nulls, int place,
		   const char *name)
{
	CgPoint		point = {0, 0, 0};
	int64		srid;

	if (nulls[place + 2])
		refuse_null(reading->input, argument, name, row);
	if (nulls[place] || nulls[place + 1])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("column \"%s\" of %s of %s is an empty geometry", name, argument, reading->input->function),
				 errdetail("It is so in row %lld.", (long long) row)));
	srid = DatumGetInt32(values[place + 2]);
	if (srid == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("column \"%s\" of %s of %s has a geometry without SRID", name, argument, reading->input->function),
				 errdetail("It is so in row %lld.", (long long) row),
				 errhint("Say it with ST_SetSRID, such as ST_SetSRID(geom, 27700) for the British National Grid.")));
	if (*reading->srid >= 0 && srid != *reading->srid)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("geometries of %s have different SRIDs", reading->input->function),
				 errdetail("Row %lld of %s has %lld where others have %lld.", (long long) row, argument,
						   (long long) srid, (long long) *reading->srid),
				 errhint("Bring them to one with ST_Transform.")));
	*reading->srid = srid;
	point.x = DatumGetFloat8(values[place]);
	point.y = DatumGetFloat8(values[place + 1]);
	if (!isfinite(point.x) || !isfinite(point.y))
		refuse_range(reading->input, argument, name, row, "Coordinates must be finite.");
	return point;
}

static void
make_room(Reading *reading)
{
	reading->room = reading->room * 2 + 1000;
	reading->amount = cg_grown(reading->amount, reading->room, sizeof(int64));
	reading->minimum = cg_grown(reading->minimum, reading->room, sizeof(int64));
	reading->has_current = cg_grown(reading->has_current, reading->room, sizeof(bool));
	reading->group = cg_grown(reading->group, reading->room, sizeof(Datum));
	reading->weight = cg_grown(reading->weight, reading->room, sizeof(double));
	if (reading->points)
		reading->point = cg_grown(reading->point, reading->room, sizeof(CgPoint));
}

/* NULL is a group of its own, but a weight must be there. */
static void
read_group(Reading *reading, int64 row, const Datum *values, const bool *nulls)
{
	const CgAllocateColumn *group = &reading->column[D_GROUP];
	const CgAllocateColumn *weight = &reading->column[D_WEIGHT];
	int64		i = reading->input->demand.count;

	reading->group[i] = 0;
	reading->weight[i] = 1;
	if (group->place >= 0 && !nulls[group->place])
		reading->group[i] = PointerGetDatum(PG_DETOAST_DATUM_COPY(values[group->place]));
	if (weight->place < 0)
		return;
	if (nulls[weight->place])
		refuse_null(reading->input, "demand_sql", "weight", row);
	reading->weight[i] = DatumGetFloat8(values[weight->place]);
	if (!(reading->weight[i] >= 0 && reading->weight[i] <= 1e6))
		refuse_range(reading->input, "demand_sql", "weight", row, "It must be from 0 to 1e6.");
}

static void
read_demand(void *context, int64 row, const Datum *values, const bool *nulls)
{
	Reading    *reading = context;
	CgAllocateColumn *column = reading->column;
	CgAllocateInput *input = reading->input;
	int64		i = input->demand.count;

	if (nulls[column[D_ID].place])
		refuse_null(input, "demand_sql", "id", row);
	if (i == reading->room)
		make_room(reading);
	reading->amount[i] = column[D_AMOUNT].place < 0 ? 1 :
		amount_of(input, "demand_sql", &column[D_AMOUNT], row, values, nulls);
	reading->has_current[i] = column[D_SITE].place >= 0 && !nulls[column[D_SITE].place];
	if (reading->has_current[i])
		cg_ids_add(&reading->current_ids, values[column[D_SITE].place]);
	read_group(reading, row, values, nulls);
	if (reading->points)
		reading->point[i] = read_point(reading, "demand_sql", row, values, nulls, column[D_GEOM].place, "geom");
	cg_ids_add(&input->demand, values[column[D_ID].place]);
}

static void
read_site(void *context, int64 row, const Datum *values, const bool *nulls)
{
	Reading    *reading = context;
	CgAllocateColumn *column = reading->column;
	CgAllocateInput *input = reading->input;
	int64		i = input->site.count;

	if (nulls[column[S_ID].place])
		refuse_null(input, "sites_sql", "id", row);
	if (i == reading->room)
		make_room(reading);
	reading->amount[i] = amount_of(input, "sites_sql", &column[S_CAPACITY], row, values, nulls);
	reading->minimum[i] = column[S_MINIMUM].place < 0 || nulls[column[S_MINIMUM].place] ? 0 :
		amount_of(input, "sites_sql", &column[S_MINIMUM], row, values, nulls);
	if (reading->minimum[i] > reading->amount[i])
		refuse_range(input, "sites_sql", "minimum", row, "It is above the capacity.");
	if (reading->points)
		reading->point[i] = read_point(reading, "sites_sql", row, values, nulls, column[S_GEOM].place, "geom");
	cg_ids_add(&input->site, values[column[S_ID].place]);
}

static void
check_total(const CgAllocateInput *input, const int64 *amount, int64 count, const char *what)
{
	int64		all = 0;

	for (int64 i = 0; i < count; i++)
	{
		all += amount[i];
		if (all > MOST_AMOUNT)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("%s of %s is too much in all", what, input->function),
					 errdetail("The most is 2^50.")));
	}
}

/* An array put in the order of the sorted ids. */
static void *
in_order(const void *array, const int32 *order, int64 count, Size size)
{
	char	   *sorted = cg_grown(NULL, count, size);

	for (int64 i = 0; i < count; i++)
		memcpy(sorted + order[i] * size, (const char *) array + i * size, size);
	return sorted;
}

typedef struct NamedGroup
{
	Datum		name;
	int32		demand;
} NamedGroup;

static int
compare_groups(const void *a, const void *b)
{
	struct varlena *one = (struct varlena *) DatumGetPointer(((const NamedGroup *) a)->name);
	struct varlena *other = (struct varlena *) DatumGetPointer(((const NamedGroup *) b)->name);
	int			compared;

	if (one == NULL || other == NULL)
		return (one == NULL) - (other == NULL);
	compared = memcmp(VARDATA_ANY(one), VARDATA_ANY(other), Min(VARSIZE_ANY_EXHDR(one), VARSIZE_ANY_EXHDR(other)));
	return compared != 0 ? compared : (int) VARSIZE_ANY_EXHDR(one) - (int) VARSIZE_ANY_EXHDR(other);
}

static void
number_groups(CgAllocateInput *input, const Datum *group)
{
	int64		count = input->demand.count;
	NamedGroup *sorted = cg_grown(NULL, count, sizeof(NamedGroup));

	for (int64 i = 0; i < count; i++)
		sorted[i] = (NamedGroup) {group[i], (int32) i};
	qsort(sorted, count, sizeof(NamedGroup), compare_groups);
	CHECK_FOR_INTERRUPTS();
	input->group = cg_grown(NULL, count, sizeof(int32));
	input->group_name = cg_grown(NULL, count, sizeof(Datum));
	for (int64 i = 0; i < count; i++)
	{
		if (i == 0 || compare_groups(&sorted[i - 1], &sorted[i]) != 0)
			input->group_name[input->groups++] = sorted[i].name;
		input->group[sorted[i].demand] = input->groups - 1;
	}
	pfree(sorted);
}

static void
read_demands(CgAllocateInput *input, Reading *reading, const char *source, Oid site_type, bool need_current,
			 bool **has_current)
{
	CgAllocateColumn column[D_COLUMNS] = {
		{"id", input->demand.type, true}, {"amount", INT8OID, false},
		{"site_id", site_type, need_current}, {"group", TEXTOID, false}, {"weight", FLOAT8OID, false},
		{"geom", InvalidOid, reading->points},
	};
	int32	   *order;
	Datum	   *current;
	int64		next = 0;

	reading->input = input;
	reading->column = column;
	reading->current_ids.type = site_type;
	cg_allocate_read(input->function, "demand_sql", source, column, reading->points ? D_COLUMNS : D_GEOM,
					 read_demand, reading);
	order = cg_ids_sort(&input->demand, input->function, "demand_sql");
	check_total(input, reading->amount, input->demand.count, "the demand");
	input->has_current = column[D_SITE].place >= 0;
	input->model.demands = (int32_t) input->demand.count;
	input->model.amount = in_order(reading->amount, order, input->demand.count, sizeof(int64));
	if (reading->points)
		input->model.demand_point = in_order(reading->point, order, input->demand.count, sizeof(CgPoint));
	if (column[D_WEIGHT].place >= 0)
		input->model.weight = in_order(reading->weight, order, input->demand.count, sizeof(double));
	if (column[D_GROUP].place >= 0)
		number_groups(input, in_order(reading->group, order, input->demand.count, sizeof(Datum)));
	current = cg_grown(NULL, input->demand.count, sizeof(Datum));
	for (int64 i = 0; i < input->demand.count; i++)
		current[i] = reading->has_current[i] ? reading->current_ids.id[next++] : (Datum) 0;
	reading->current = in_order(current, order, input->demand.count, sizeof(Datum));
	*has_current = in_order(reading->has_current, order, input->demand.count, sizeof(bool));
}

static void
read_sites(CgAllocateInput *input, Reading *reading, const char *source)
{
	CgAllocateColumn column[S_COLUMNS] = {
		{"id", input->site.type, true}, {"capacity", INT8OID, true},
		{"minimum", INT8OID, false}, {"geom", InvalidOid, reading->points},
	};
	int32	   *order;
	bool		has_minimum = false;

	reading->input = input;
	reading->column = column;
	cg_allocate_read(input->function, "sites_sql", source, column, reading->points ? S_COLUMNS : S_GEOM,
					 read_site, reading);
	order = cg_ids_sort(&input->site, input->function, "sites_sql");
	check_total(input, reading->amount, input->site.count, "the capacity");
	input->model.sites = (int32_t) input->site.count;
	input->model.capacity = in_order(reading->amount, order, input->site.count, sizeof(int64));
	for (int64 i = 0; i < input->site.count; i++)
		has_minimum |= reading->minimum[i] > 0;
	if (has_minimum)
		input->model.minimum = in_order(reading->minimum, order, input->site.count, sizeof(int64));
	if (reading->points)
		input->model.site_point = in_order(reading->point, order, input->site.count, sizeof(CgPoint));
}

static void
set_current(CgAllocateInput *input, const Reading *reading, const bool *has_current)
{
	if (!input->has_current)
		return;
	input->model.current = cg_grown(NULL, input->demand.count, sizeof(int32));
	input->model.unserved_steps = cg_grown(NULL, input->demand.count, sizeof(int64));
	input->lost = cg_grown(NULL, input->demand.count, sizeof(int8));
	for (int64 i = 0; i < input->demand.count; i++)
	{
		input->model.current[i] = has_current[i] ? cg_ids_number(&input->site, reading->current[i]) : -1;
		input->lost[i] = has_current[i] && input->model.current[i] < 0;
	}
}

/* ---- pairs ---- */

static void
read_pair(void *context, int64 row, const Datum *values, const bool *nulls)
{
	Reading    *reading = context;
	CgAllocateColumn *column = reading->column;
	CgAllocateInput *input = reading->input;
	int32		demand;
	int32		site;
	double		cost;

	for (int i = 0; i < P_COLUMNS; i++)
	{
		if (nulls[column[i].place])
			refuse_null(input, "pairs_sql", column[i].name, row);
	}
	cost = DatumGetFloat8(values[column[P_COST].place]);
	if (!(cost >= 0 && cost <= 1e15))
		refuse_range(input, "pairs_sql", "cost", row, "It must be from 0 to 1e15.");
	demand = cg_ids_number(&input->demand, values[column[P_DEMAND].place]);
	site = cg_ids_number(&input->site, values[column[P_SITE].place]);
	if (demand < 0 || site < 0)
	{
		input->ignored_pairs++;
		return;
	}
	cg_pairs_add(&reading->pairs, demand, site, cost);
}

static void
read_pairs(CgAllocateInput *input, const char *source)
{
	CgAllocateColumn column[P_COLUMNS] = {
		{"demand_id", input->demand.type, true}, {"site_id", input->site.type, true}, {"cost", FLOAT8OID, true},
	};
	Reading		reading = {0};

	reading.input = input;
	reading.column = column;
	cg_allocate_read(input->function, "pairs_sql", source, column, P_COLUMNS, read_pair, &reading);
	CHECK_FOR_INTERRUPTS();
	input->model.start = cg_pairs_sort(&reading.pairs, input->model.demands, input->model.sites, input->function);
	input->model.site = reading.pairs.site;
	input->model.cost = reading.pairs.cost;
}

/* ---- points ---- */

/*
 * Degrees become points on the ellipsoid; a plane that stretches distances is
 * refused.
 */
static void
place_points(CgAllocateInput *input, int64 srid)
{
	CgAllocateModel *model = &input->model;
	bool		is_degrees = srid == 4326 || srid == 4258;

	if (srid == 3857 || srid == 900913)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("distances in SRID %lld are stretched", (long long) srid),
				 errhint("Use ST_Transform(geom, 27700) for Great Britain, 29903 for Ireland, or 4326.")));
	for (int32 i = 0; i < model->demands + model->sites; i++)
	{
		CgPoint    *point = i < model->demands ? &model->demand_point[i] : &model->site_point[i - model->demands];

		if (is_degrees)
		{
			if (fabs(point->x) > 180 || fabs(point->y) > 90)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("a geometry of %s is not on Earth", input->function),
						 errdetail("Longitudes run from -180 to 180 and latitudes from -90 to 90.")));
			*point = cg_point_on_ellipsoid(point->x, point->y);
		}
	}
	model->on_ellipsoid = is_degrees;
}

void
cg_allocate_input(CgAllocateInput *input, const char *function, Oid demand_type,
				  Oid site_type, const char *demand_sql, const char *sites_sql,
				  const char *pairs_sql, bool points, bool need_current)
{
	Reading		demand = {0};
	Reading		site = {0};
	bool	   *has_current;
	int64		srid = -1;

	INSTR_TIME_SET_CURRENT(input->began);
	input->function = function;
	cg_ids_check_type(demand_type, function, "demand_type");
	cg_ids_check_type(site_type, function, "site_type");
	input->demand.type = demand_type;
	input->site.type = site_type;
	demand.points = site.points = points;
	demand.srid = site.srid = &srid;
	read_demands(input, &demand, demand_sql, site_type, need_current, &has_current);
	read_sites(input, &site, sites_sql);
	set_current(input, &demand, has_current);
	if (points)
		place_points(input, srid);
	else
		read_pairs(input, pairs_sql);
	input->model.pair_site = cg_grown(NULL, input->model.sites, sizeof(int32));
	input->model.pair_steps = cg_grown(NULL, input->model.sites, sizeof(int64));
	input->model.pair_cost = cg_grown(NULL, input->model.sites, sizeof(double));
}
