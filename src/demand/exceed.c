/*-------------------------------------------------------------------------
 *
 * exceed.c
 *	  demand_exceeds: the probability that demand is above capacity.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

#include "common/cg_compat.h"
#include "demand/exceed_core.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_sql_demand_exceeds);

/*
 * demand_exceeds(mean, variance, capacity)
 */
Datum
cg_sql_demand_exceeds(PG_FUNCTION_ARGS)
{
	double		mean = cg_at_least_0(PG_GETARG_FLOAT8(0), "mean");
	double		variance = cg_at_least_0(PG_GETARG_FLOAT8(1), "variance");
	double		capacity = cg_finite(PG_GETARG_FLOAT8(2), "capacity");

	PG_RETURN_FLOAT8(cg_demand_exceeds(mean, variance, capacity));
}
