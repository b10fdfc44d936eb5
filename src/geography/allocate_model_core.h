/*-------------------------------------------------------------------------
 *
 * allocate_model_core.h
 *	  People and the sites they may go to, as a transportation problem.
 *
 * Costs come as doubles, from a table of pairs or as distances between points,
 * and are counted in whole steps of 1 / scale: exactly where they have at most
 * six decimals, else so finely as 64-bit arithmetic allows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ALLOCATE_MODEL_CORE_H
#define CG_ALLOCATE_MODEL_CORE_H

#include "solver/network_simplex_transport.h"

/* A point: metres on a plane, or on the WGS 84 ellipsoid's surface in space. */
typedef struct CgPoint
{
	double		x;
	double		y;
	double		z;
} CgPoint;

typedef struct CgAllocateOptions
{
	double		max_cost;		/* dearer pairs are none; INFINITY: no limit */
	double		keep;			/* stay unless leaving saves more; INFINITY: unless
								 * needed; below 0: the current site is ignored */
	double		equity;			/* costs count to this power, at least 1 */
	bool		minimise_worst;
	double		detour;			/* points: cost of a metre of straight line */
	int32_t		candidates;		/* points: the nearest few; 0: all */
} CgAllocateOptions;

typedef struct CgAllocateModel
{
	int32_t		demands;
	int32_t		sites;
	int64_t    *amount;
	double	   *weight;			/* a demand's costs count so many times; NULL: once */
	int64_t    *capacity;
	int64_t    *minimum;		/* NULL: none */
	int32_t    *current;		/* NULL: not known; -1: none */
	int64_t    *unserved_steps;	/* work space by demand where current is known */
	CgAllocateOptions options;

	/* Pairs of a table: those of a demand from start on, by site. */
	size_t	   *start;
	int32_t    *site;
	double	   *cost;

	/* Points, instead. */
	CgPoint    *demand_point;
	CgPoint    *site_point;
	bool		on_ellipsoid;

	/* Set by cg_allocate_prepare. */
	double		scale;
	double		most_counted;	/* by a pair, without what leaving counts */
	bool		is_exact;
	int64_t		penalty;		/* of leaving, in steps */
	double		worst;			/* dearer pairs are none, by minimise_worst */
	int32_t    *pair_site;		/* of one demand */
	int64_t    *pair_steps;		/* and work space */
	double	   *pair_cost;
} CgAllocateModel;

/* A point of longitude and latitude in degrees on the ellipsoid. */
extern CgPoint cg_point_on_ellipsoid(double longitude, double latitude);

/* Metres between two points: straight, or along the surface to 1e-6. */
extern double cg_point_distance(const CgPoint *a, const CgPoint *b, bool on_ellipsoid);

/* Choose the scale; memory for one demand's pairs is the caller's, sites each. */
extern bool cg_allocate_prepare(CgAllocateModel *model);

/* The transportation problem; model must stay. */
extern CgTransport cg_allocate_problem(CgAllocateModel *model);

/* The usable pairs of a demand with their costs, in pair_site and pair_cost. */
extern int32_t cg_allocate_pairs(CgAllocateModel *model, int32_t demand);

/* The cost of a pair, or NAN if there is no such pair (whatever max_cost is). */
extern double cg_allocate_cost(const CgAllocateModel *model, int32_t demand, int32_t site);

/* What a demand's cost of one counts, with equity, weight and leaving, in the cost's unit. */
extern double cg_allocate_counted(const CgAllocateModel *model, int32_t demand, double cost, bool leaves);

/*
 * Find the least worst cost at which no more is unserved than without a
 * limit, and set it.
 */
extern CgFlowStatus cg_allocate_find_worst(CgAllocateModel *model, const CgFlowAllocator *allocator,
										   CgFlowStop stop, void *argument);

#endif							/* CG_ALLOCATE_MODEL_CORE_H */
