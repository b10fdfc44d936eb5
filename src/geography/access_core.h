/*-------------------------------------------------------------------------
 *
 * access_core.h
 *	  How well people reach care: floating catchment areas, the nearest
 *	  sites, and where people would go by chance.
 *
 * Plain C: nothing here knows PostgreSQL.
 *
 * Luo and Wang, Environ Plann B 2003;30:865-84 (two steps); Luo and Qi,
 * Health Place 2009;15:1100-7 (decay); Dai, Health Place 2010;16:1038-52 (its
 * Gaussian form); Paez, Higgins and Vivona, PLoS ONE 2019;14:e0218773
 * (balanced); Huff, J Mark 1964;28(3):34-8.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ACCESS_CORE_H
#define CG_ACCESS_CORE_H

#include "solver/work.h"

typedef enum CgDecay
{
	CG_DECAY_STEP,				/* 1 up to the limit */
	CG_DECAY_GAUSSIAN,			/* from 1 to 0 at the limit */
	CG_DECAY_BANDS				/* a weight for each band of cost */
} CgDecay;

typedef struct CgWeighing
{
	CgDecay		decay;
	double		limit;			/* of step and Gaussian, above 0 */
	int			bands;
	const double *band_limit;	/* ascending; a band includes its limit */
	const double *band_weight;	/* 0 or more, and at most 1 */
} CgWeighing;

/* Demand, sites, and the pairs of each demand. */
typedef struct CgAccessProblem
{
	int			demands;
	int			sites;
	const double *amount;		/* per demand, 0 or more */
	const double *capacity;		/* per site, 0 or more */
	const size_t *start;		/* per demand, and one more */
	const int  *site;			/* per pair */
	const double *cost;			/* per pair, 0 or more */
} CgAccessProblem;

/* All arrays are the caller's. */
typedef struct CgAccess
{
	double	   *score;			/* per demand: capacity for each of its people */
	int		   *within;			/* per demand: sites of weight above 0 */
	double	   *demand;			/* per site: people who ask there */
	double	   *ratio;			/* per site: capacity for each of them; NaN without any */
} CgAccess;

/* Weight of a cost, between 0 and 1. */
extern double cg_access_weight(const CgWeighing *weighing, double cost);

/* Two-step floating catchment areas.  Only the pace can stop it. */
extern CgSolved cg_access_two_step(const CgAccessProblem *problem, const CgWeighing *weighing,
								   const CgWork *work, CgAccess *access);

/* Balanced floating catchment areas. */
extern CgSolved cg_access_balanced(const CgAccessProblem *problem, const CgWeighing *weighing,
								   const CgWork *work, CgAccess *access);

/*
 * The chance that somebody of the demand goes to the site of each pair:
 * capacity ^ attraction / cost ^ distance, over the sum of these.  A cost
 * below least counts as least, which is above 0.  0 for all pairs of a demand
 * whose sites have no capacity.
 */
extern CgSolved cg_access_huff(const CgAccessProblem *problem, double attraction,
							   double distance, double least,
							   const CgWork *work, double *chance);

/*
 * The places of the first so many pairs of one demand in order of cost, the
 * lower site first among equals; their number.
 */
extern int	cg_access_order(const CgAccessProblem *problem, int demand, int most, int *order);

#endif							/* CG_ACCESS_CORE_H */
