/*-------------------------------------------------------------------------
 *
 * standardised_core.h
 *	  Standardised measures: direct rates, life expectancy, and the slope and
 *	  relative indices of inequality.
 *
 * Plain C: nothing here knows PostgreSQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_STANDARDISED_CORE_H
#define CG_STANDARDISED_CORE_H

#include <stdbool.h>

#include "variance/rate_core.h"

typedef enum CgDsrMethod
{
	CG_DSR_DOBSON,
	CG_DSR_FAY_FEUER
} CgDsrMethod;

/* Sums over the bands of one population; weight = standard / population. */
typedef struct CgDsrSums
{
	double		events;
	double		population;
	double		standard;
	double		weighted;		/* of weight * events */
	double		variance;		/* of weight^2 * squared events */
	double		largest_weight;
} CgDsrSums;

/* Dobson's interval is not offered below this many events. */
#define CG_DSR_MIN_EVENTS 10

extern double cg_dsr_value(const CgDsrSums *sums);
extern CgInterval cg_dsr_interval(const CgDsrSums *sums, double confidence,
								  CgDsrMethod method);

/*
 * One band of an abridged life table, and what is worked out of it.  Bands
 * come in order of age and the last one is open.
 */
typedef struct CgLifeBand
{
	double		age;
	double		deaths;
	double		population;
	double		expectancy;		/* years left at this age */
	double		error;			/* standard error of that */
} CgLifeBand;

typedef enum CgLifeProblem
{
	CG_LIFE_OK,
	CG_LIFE_EMPTY,
	CG_LIFE_REPEATED_AGE,		/* the same age twice */
	CG_LIFE_NO_DEATHS_AT_END	/* none in the open band: unbounded */
} CgLifeProblem;

/* Sorts the bands by age and fills in the last two fields. */
extern CgLifeProblem cg_life_table(CgLifeBand *bands, int count);

/*
 * Pool the bands from last_age up (sorted or not) into one; returns how many
 * bands are left.
 */
extern int	cg_life_pool(CgLifeBand *bands, int count, double last_age);

typedef enum CgInequalityKind
{
	CG_INEQUALITY_VALUE,		/* errors are normal */
	CG_INEQUALITY_RATE,			/* errors are normal on the log scale */
	CG_INEQUALITY_PROPORTION	/* errors are normal on the logit scale */
} CgInequalityKind;

/* One group, such as a decile of deprivation; rank orders the groups. */
typedef struct CgInequalityGroup
{
	double		rank;
	double		population;
	double		value;
	double		error;			/* standard error on the kind's own scale */
} CgInequalityGroup;

typedef enum CgInequalityProblem
{
	CG_INEQUALITY_OK,
	CG_INEQUALITY_FEW_GROUPS,	/* fewer than two */
	CG_INEQUALITY_REPEATED_RANK,
	CG_INEQUALITY_NO_MEMORY
} CgInequalityProblem;

typedef struct CgInequality
{
	double		sii;
	double		rii;
	double		intercept;
} CgInequality;

/*
 * The indices, and the probability limits of each for a list of lower tail
 * probabilities; limits may be NULL.  transformed fits the line on the log or
 * logit scale.  Groups are sorted by rank.
 */
extern CgInequalityProblem cg_inequality(CgInequalityGroup *groups, int count,
										 CgInequalityKind kind,
										 bool transformed,
										 CgInequality *result);

/* One limit: the p quantile of the slope index, or of the relative index. */
extern double cg_inequality_quantile(const CgInequalityGroup *groups,
									 int count, CgInequalityKind kind,
									 bool transformed, bool relative,
									 double p);

/* The standard error that two confidence limits show. */
extern double cg_inequality_error(double lower, double upper,
								  double confidence, CgInequalityKind kind);

#endif							/* CG_STANDARDISED_CORE_H */
