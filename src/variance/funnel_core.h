/*-------------------------------------------------------------------------
 *
 * funnel_core.h
 *	  Funnel plots: limits, overdispersion, significance.
 *
 * Plain C: nothing here knows PostgreSQL.  Numerators are finite and not
 * negative, denominators finite and above zero, alphas between 0 and 1.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_FUNNEL_CORE_H
#define CG_FUNNEL_CORE_H

#include <stdbool.h>
#include <stddef.h>

#include "variance/rate_core.h"

/* What is plotted against the denominator. */
typedef enum CgFunnelKind
{
	CG_FUNNEL_PROPORTION,
	CG_FUNNEL_RATE,				/* events per denominator */
	CG_FUNNEL_RATIO				/* observed over expected */
} CgFunnelKind;

/* How limits without overdispersion are drawn. */
typedef enum CgFunnelLimits
{
	CG_LIMITS_SCORE,			/* target and z times its standard error */
	CG_LIMITS_EXACT,			/* binomial or Poisson quantiles */
	CG_LIMITS_CHI_SQUARE,		/* Garwood's limits of the expected count */
	CG_LIMITS_BYAR				/* Byar's of the same */
} CgFunnelLimits;

/* The scale on which overdispersion is measured. */
typedef enum CgFunnelScale
{
	CG_SCALE_LOG,				/* SHMI: ratios, extremes left out */
	CG_SCALE_SQUARE_ROOT,		/* CQC: ratios, extremes drawn in */
	CG_SCALE_ARCSINE,			/* proportions, extremes drawn in */
	CG_SCALE_LOG_RATIO,			/* ratio of counts, extremes drawn in */
	CG_SCALE_LOG_RATIO_POISSON	/* the same with Poisson limits */
} CgFunnelScale;

/* What is done with the overdispersion found. */
typedef enum CgFunnelAdjust
{
	CG_ADJUST_NONE,
	CG_ADJUST_ADDITIVE,			/* random effects: variance plus tau2 */
	CG_ADJUST_MULTIPLICATIVE	/* variance times phi */
} CgFunnelAdjust;

typedef struct CgFunnelOptions
{
	CgFunnelScale scale;
	CgFunnelAdjust adjust;
	double		trim;			/* share at either end, below 0.5 */
	bool		consistent;		/* undo what trimming takes from phi */
} CgFunnelOptions;

typedef struct CgFunnelDispersion
{
	size_t		units;
	size_t		kept;			/* units that phi is of */
	double		target;			/* on the plot's scale */
	double		transformed;	/* on the scale of the z scores */
	double		phi;
	double		tau2;
	double		low;			/* z scores are drawn in to these, */
	double		high;			/* or left out beyond them */
} CgFunnelDispersion;

/* The share of one z score. */
typedef struct CgFunnelScore
{
	double		z;				/* NaN without a score: log of 0 */
	double		error;			/* its standard error, on the scale */
} CgFunnelScore;

/* The target that is not 1: all numerators over all denominators. */
extern bool cg_funnel_target_is_one(CgFunnelScale scale);

extern double cg_funnel_transform(CgFunnelScale scale, double value);

extern CgFunnelScore cg_funnel_score(CgFunnelScale scale, double transformed,
									 double numerator, double denominator);

/* Is the unit's z score left out, and if not what is it drawn in to? */
extern bool cg_funnel_keeps(CgFunnelScale scale,
							const CgFunnelDispersion *dispersion, double z,
							double *kept);

/*
 * Phi and tau2 over a peer group; work is room for count doubles.  With a
 * target of NaN it is worked out.  stop is asked now and then whether to give
 * up, and may be NULL; phi is NaN then.
 */
extern CgFunnelDispersion cg_funnel_dispersion(const CgFunnelOptions *options,
											   const double *numerator,
											   const double *denominator,
											   size_t count, double target,
											   double *work,
											   bool (*stop) (void));

/* Limits that allow for overdispersion, z standard errors out. */
extern CgInterval cg_funnel_adjusted(const CgFunnelOptions *options,
									 double transformed, double phi,
									 double tau2, double denominator,
									 double z);

/* The z score that allows for overdispersion. */
extern double cg_funnel_adjusted_z(const CgFunnelOptions *options, double phi,
								   double tau2, CgFunnelScore score);

/* Limits that do not. */
extern CgInterval cg_funnel_plain(CgFunnelKind kind, CgFunnelLimits limits,
								  double target, double denominator,
								  double alpha);

/*
 * The expected counts at which so many events lie just on the upper and on
 * the lower limit: where a funnel's curves meet that number of events.
 */
extern CgInterval cg_funnel_expected_at(double events, double alpha);

/*
 * At how many of the alphas the unit lies outside: positive when it is high,
 * negative when it is low.
 */
extern int	cg_funnel_significance(CgFunnelKind kind, double numerator,
								   double denominator, double target,
								   const double *alphas, int count);

#endif							/* CG_FUNNEL_CORE_H */
