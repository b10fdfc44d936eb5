/*-------------------------------------------------------------------------
 *
 * opportunity_core.h
 *	  What reaching a peer benchmark would mean, and who the peers are.
 *
 * Plain C: nothing here knows PostgreSQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_OPPORTUNITY_CORE_H
#define CG_OPPORTUNITY_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "variance/rate_core.h"

typedef enum CgBenchmark
{
	CG_BENCHMARK_MEDIAN,
	CG_BENCHMARK_BEST_QUINTILE, /* the edge of the best fifth */
	CG_BENCHMARK_BEST_MEAN		/* the mean of the best k */
} CgBenchmark;

typedef struct CgOpportunityOptions
{
	CgBenchmark benchmark;
	int			best;			/* k of CG_BENCHMARK_BEST_MEAN */
	bool		lower_is_better;
	size_t		first_peer;		/* units before it make no benchmark */
	int			replications;
	uint64_t	seed;
	double		confidence;
} CgOpportunityOptions;

/* Of one unit; rates are events over population. */
typedef struct CgOpportunity
{
	double		rate;			/* as counted */
	double		shrunken_rate;
	double		benchmark;
	CgInterval	benchmark_limits;
	double		events;			/* fewer, or more, at the benchmark */
	CgInterval	events_limits;
} CgOpportunity;

typedef enum CgOpportunityProblem
{
	CG_OPPORTUNITY_OK,
	CG_OPPORTUNITY_NO_EVENTS,	/* none in any unit */
	CG_OPPORTUNITY_STOPPED
} CgOpportunityProblem;

/* How many doubles of room the work needs. */
extern size_t cg_opportunity_room(size_t count, int replications);

/*
 * For units with so many events in such populations.  stop is asked now and
 * then whether to give up; it may be NULL.
 */
extern CgOpportunityProblem cg_opportunity(const CgOpportunityOptions *options,
										   const double *events,
										   const double *population,
										   size_t count, double *work,
										   bool (*stop) (void),
										   CgOpportunity *result);

/*
 * The nearest units of each: features is count rows of width values, weights
 * width values or NULL.  Fills k places a unit in nearest and in distance,
 * nearest first, ties by place; k is below count.  Values are
 * standardised by their standard deviation over all units; a feature that is
 * the same everywhere does not count.  scratch is room for count * width
 * doubles.  False when stopped.
 */
extern bool cg_nearest_peers(const double *features, size_t count, int width,
							 const double *weights, int k, double *scratch,
							 bool (*stop) (void), int *nearest,
							 double *distance);

#endif							/* CG_OPPORTUNITY_CORE_H */
