/*-------------------------------------------------------------------------
 *
 * opportunity_peers.c
 *	  The nearest units of each unit, by standardised distance.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "common/cg_compat.h"
#include "variance/opportunity_core.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_nearest_peers_window);
PG_FUNCTION_INFO_V1(cg_peer_distances_window);

/* Work grows with the square of the units. */
#define MAX_UNITS 100000
#define MAX_PEERS 1000

/* A partition's units that have an id and features. */
typedef struct Units
{
	int			width;
	int			peers;
	Datum	   *ids;
	double	   *features;
	int		   *nearest;
	double	   *distance;
	Oid			type;
	int16		length;
	bool		by_value;
	char		alignment;
} Units;

static void
set_width(CgPartition *partition, Units *units, int width)
{
	if (width < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("features must not be empty")));
	units->width = width;
	units->features = cg_partition_alloc(partition,
										 sizeof(double) * width * partition->rows);
}

static void
add_unit(CgPartition *partition, Units *units, Datum id, Datum array)
{
	int			width;
	double	   *features = cg_read_float8_array(array, &width, "features");
	MemoryContext old;

	if (units->width == 0)
		set_width(partition, units, width);
	if (width != units->width)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("all units must have the same number of features")));
	for (int j = 0; j < width; j++)
		cg_finite(features[j], "features");
	memcpy(units->features + (Size) partition->count * width, features,
		   sizeof(double) * width);
	pfree(features);
	old = MemoryContextSwitchTo(partition->context);
	units->ids[partition->count] = datumCopy(id, units->by_value, units->length);
	MemoryContextSwitchTo(old);
}

static void
read_units(FunctionCallInfo fcinfo, CgPartition *partition, Units *units)
{
	WindowObject window = PG_WINDOW_OBJECT();

	units->ids = cg_partition_alloc(partition, sizeof(Datum) * partition->rows);
	partition->index = cg_partition_alloc(partition, sizeof(int32) * partition->rows);
	for (int64 row = 0; row < partition->rows; row++)
	{
		bool		no_id;
		bool		no_features;
		bool		is_out;
		Datum		id = WinGetFuncArgInPartition(window, 0, (int) row, WINDOW_SEEK_HEAD,
												  false, &no_id, &is_out);
		Datum		array;

		/* copied before the next row's slot takes its place */
		if (!no_id)
			id = datumCopy(id, units->by_value, units->length);
		array = WinGetFuncArgInPartition(window, 1, (int) row, WINDOW_SEEK_HEAD,
										 false, &no_features, &is_out);
		partition->index[row] = -1;
		if (!no_id && !no_features)
		{
			add_unit(partition, units, id, array);
			partition->index[row] = (int32) partition->count++;
		}
		CHECK_FOR_INTERRUPTS();
	}
}

static void
solve_peers(FunctionCallInfo fcinfo, CgPartition *partition, Units *units)
{
	bool		no_weights;
	Datum		array = WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), 3, &no_weights);
	double	   *weights = NULL;
	double	   *scratch;
	int			given;

	units->peers = DatumGetInt32(cg_window_option(fcinfo, 2, "peers"));
	if (units->peers < 1 || units->peers > MAX_PEERS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("peers must be 1 to %d", MAX_PEERS)));
	if (partition->count > MAX_UNITS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many units to compare"),
				 errdetail("A partition may have at most %d.", MAX_UNITS)));
	if (!no_weights)
	{
		weights = cg_read_float8_array(array, &given, "weights");
		if (given != units->width && partition->count > 0)
			ereport(ERROR,
					(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
					 errmsg("weights must be as many as features")));
		for (int j = 0; j < given; j++)
			cg_at_least_0(weights[j], "weights");
	}
	if (units->peers > partition->count - 1)
		units->peers = (int) partition->count - 1;
	if (units->peers < 1)
		return;
	units->nearest = cg_partition_alloc(partition, sizeof(int) * units->peers * partition->count);
	units->distance = cg_partition_alloc(partition, sizeof(double) * units->peers * partition->count);
	scratch = cg_partition_alloc(partition, sizeof(double) * units->width * partition->count);
	cg_nearest_peers(units->features, partition->count, units->width, weights,
					 units->peers, scratch, cg_stop_requested,
					 units->nearest, units->distance);
	pfree(scratch);
}

/*
 * The partition's units with their peers, and in *row the current one's place,
 * or -1 when it has none.
 */
static Units *
find_units(FunctionCallInfo fcinfo, int32 *row)
{
	CgPartition *partition = cg_partition_open(fcinfo);
	Units	   *units;

	if (!partition->ready)
	{
		units = cg_partition_alloc(partition, sizeof(Units));
		memset(units, 0, sizeof(Units));
		units->type = get_fn_expr_argtype(fcinfo->flinfo, 0);
		get_typlenbyvalalign(units->type, &units->length, &units->by_value,
							 &units->alignment);
		read_units(fcinfo, partition, units);
		solve_peers(fcinfo, partition, units);
		partition->results = units;
		partition->ready = true;
	}
	units = partition->results;
	*row = cg_partition_row(fcinfo, partition);
	if (units->peers < 1)
		*row = -1;
	return units;
}

Datum
cg_nearest_peers_window(PG_FUNCTION_ARGS)
{
	int32		row;
	Units	   *units = find_units(fcinfo, &row);
	Datum	   *ids;

	if (row < 0)
		PG_RETURN_NULL();
	ids = palloc(sizeof(Datum) * units->peers);
	for (int i = 0; i < units->peers; i++)
		ids[i] = units->ids[units->nearest[(Size) row * units->peers + i]];
	PG_RETURN_ARRAYTYPE_P(construct_array(ids, units->peers, units->type, units->length,
										  units->by_value, units->alignment));
}

Datum
cg_peer_distances_window(PG_FUNCTION_ARGS)
{
	int32		row;
	Units	   *units = find_units(fcinfo, &row);

	if (row < 0)
		PG_RETURN_NULL();
	return cg_float8_array(units->distance + (Size) row * units->peers, units->peers);
}
