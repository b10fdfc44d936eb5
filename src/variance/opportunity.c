/*-------------------------------------------------------------------------
 *
 * opportunity.c
 *	  What reaching a peer benchmark would mean: over a peer group as a window
 *	  function, and against chosen peers.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "common/cg_compat.h"
#include "variance/opportunity_core.h"
#include "variance/rate_glue.h"

PG_FUNCTION_INFO_V1(cg_opportunity_window);
PG_FUNCTION_INFO_V1(cg_opportunity_from_peers);

/* Units times replications: 160 MB. */
#define MAX_DRAWS 20000000

static const char *const benchmark_words[] = {
	[CG_BENCHMARK_MEDIAN] = "median",
	[CG_BENCHMARK_BEST_QUINTILE] = "best_quintile",
	[CG_BENCHMARK_BEST_MEAN] = "best_mean"
};

static const char *const direction_words[] = {"lower_better", "higher_better"};

/* The options, in the order of both functions' arguments. */
static void
set_options(CgOpportunityOptions *options, Datum benchmark, Datum best,
			Datum direction, Datum confidence, Datum replications, Datum seed)
{
	options->benchmark = (CgBenchmark) cg_word(DatumGetTextPP(benchmark), benchmark_words,
											   lengthof(benchmark_words), "benchmark");
	options->best = DatumGetInt32(best);
	options->lower_is_better = cg_word(DatumGetTextPP(direction), direction_words,
									   lengthof(direction_words), "direction") == 0;
	options->confidence = cg_probability(DatumGetFloat8(confidence), "confidence");
	options->replications = DatumGetInt32(replications);
	options->seed = (uint64_t) DatumGetInt64(seed);
	if (options->best < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("best must be at least 1")));
	if (options->replications < 100 || options->replications > 100000)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("replications must be 100 to 100000")));
}

static void
solve(const CgOpportunityOptions *options, const double *events,
	  const double *population, int64 count, CgOpportunity *result)
{
	double	   *work;

	for (int64 i = 0; i < count; i++)
	{
		cg_at_least_0(events[i], "events");
		cg_above_0(population[i], "population");
	}
	if (count * (int64) options->replications > MAX_DRAWS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many units and replications"),
				 errdetail("Their product may be at most %d.", MAX_DRAWS),
				 errhint("Ask for fewer replications, or smaller peer groups.")));
	work = palloc_extended(sizeof(double) *
						   cg_opportunity_room(count, options->replications),
						   MCXT_ALLOC_HUGE);
	if (cg_opportunity(options, events, population, count, work,
					   cg_stop_requested, result) == CG_OPPORTUNITY_NO_EVENTS)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("no unit of the peer group has an event")));
	pfree(work);
}

static Datum
opportunity_result(FunctionCallInfo fcinfo, const CgOpportunity *of,
				   double multiplier, Datum unit_cost, bool no_cost)
{
	double		cost = 0;
	Datum		values[11];
	bool		nulls[11] = {false};

	if (!no_cost)
		cost = cg_finite(DatumGetFloat8(unit_cost), "unit cost");
	values[0] = Float8GetDatum(of->rate * multiplier);
	values[1] = Float8GetDatum(of->shrunken_rate * multiplier);
	values[2] = Float8GetDatum(of->benchmark * multiplier);
	values[3] = Float8GetDatum(of->benchmark_limits.lower * multiplier);
	values[4] = Float8GetDatum(of->benchmark_limits.upper * multiplier);
	values[5] = Float8GetDatum(of->events);
	values[6] = Float8GetDatum(of->events_limits.lower);
	values[7] = Float8GetDatum(of->events_limits.upper);
	values[8] = Float8GetDatum(of->events * cost);
	values[9] = Float8GetDatum((cost < 0 ? of->events_limits.upper : of->events_limits.lower) * cost);
	values[10] = Float8GetDatum((cost < 0 ? of->events_limits.lower : of->events_limits.upper) * cost);
	nulls[8] = nulls[9] = nulls[10] = no_cost;
	return cg_result(fcinfo, values, nulls);
}

/*
 * opportunity(events, population, unit_cost, benchmark, best, direction,
 * multiplier, confidence, replications, seed)
 */
Datum
cg_opportunity_window(PG_FUNCTION_ARGS)
{
	CgPartition *partition;
	CgOpportunity *results;
	bool		no_cost;
	Datum		unit_cost;
	double		multiplier;
	int32		row;

	if (cg_partition(fcinfo, 2, 0, &partition))
	{
		CgOpportunityOptions options = {0};

		set_options(&options, cg_window_option(fcinfo, 3, "benchmark"),
					cg_window_option(fcinfo, 4, "best"),
					cg_window_option(fcinfo, 5, "direction"),
					cg_window_option(fcinfo, 7, "confidence"),
					cg_window_option(fcinfo, 8, "replications"),
					cg_window_option(fcinfo, 9, "seed"));
		partition->results = cg_partition_alloc(partition,
												sizeof(CgOpportunity) * partition->count);
		if (partition->count > 0)
			solve(&options, partition->column[0], partition->column[1],
				  partition->count, partition->results);
	}
	row = cg_partition_row(fcinfo, partition);
	if (row < 0)
		PG_RETURN_NULL();
	results = partition->results;
	unit_cost = WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), 2, &no_cost);
	multiplier = cg_above_0(DatumGetFloat8(cg_window_option(fcinfo, 6, "multiplier")),
							"multiplier");
	return opportunity_result(fcinfo, &results[row], multiplier, unit_cost, no_cost);
}

/*
 * opportunity_from_peers(events, population, peer_events, peer_populations,
 * unit_cost, benchmark, best, direction, multiplier, confidence,
 * replications, seed)
 */
Datum
cg_opportunity_from_peers(PG_FUNCTION_ARGS)
{
	CgOpportunityOptions options = {.first_peer = 1};
	CgOpportunity *results;
	double	   *peer_events;
	double	   *peer_populations;
	double	   *events;
	double	   *population;
	double		multiplier;
	int			count;
	int			populations;

	for (int i = 0; i < PG_NARGS(); i++)
	{
		if (PG_ARGISNULL(i) && i != 4)
			PG_RETURN_NULL();
	}
	set_options(&options, PG_GETARG_DATUM(5), PG_GETARG_DATUM(6), PG_GETARG_DATUM(7),
				PG_GETARG_DATUM(9), PG_GETARG_DATUM(10), PG_GETARG_DATUM(11));
	multiplier = cg_above_0(PG_GETARG_FLOAT8(8), "multiplier");
	peer_events = cg_read_float8_array(PG_GETARG_DATUM(2), &count, "peer_events");
	peer_populations = cg_read_float8_array(PG_GETARG_DATUM(3), &populations,
											"peer_populations");
	if (count != populations)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("peer_events and peer_populations must be of one length")));
	if (count == 0)
		PG_RETURN_NULL();
	events = palloc(sizeof(double) * (count + 1));
	population = palloc(sizeof(double) * (count + 1));
	events[0] = PG_GETARG_FLOAT8(0);
	population[0] = PG_GETARG_FLOAT8(1);
	memcpy(events + 1, peer_events, sizeof(double) * count);
	memcpy(population + 1, peer_populations, sizeof(double) * count);
	results = palloc(sizeof(CgOpportunity) * (count + 1));
	solve(&options, events, population, count + 1, results);
	return opportunity_result(fcinfo, &results[0], multiplier,
							  PG_ARGISNULL(4) ? (Datum) 0 : PG_GETARG_DATUM(4),
							  PG_ARGISNULL(4));
}
