/*-------------------------------------------------------------------------
 *
 * intermittent_core.h
 *	  Sparse counts: Croston's method, its correction by Syntetos and Boylan,
 *	  and that of Teunter, Syntetos and Babai.
 *
 * Plain C: nothing here knows PostgreSQL and nothing is allocated.  All three
 * give one rate per period, the forecast for every step ahead.
 *
 * Sources: Croston, Oper Res Q 1972;23:289-303; Syntetos and Boylan, Int J
 * Forecast 2005;21:303-14; Teunter, Syntetos and Babai, Eur J Oper Res
 * 2011;214:606-15; parameters by the mean squared rate: Kourentzes, Int J
 * Prod Econ 2014;156:180-90; classes: Syntetos, Boylan and Croston, J Oper
 * Res Soc 2005;56:495-503.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_INTERMITTENT_CORE_H
#define CG_INTERMITTENT_CORE_H

#include <stdbool.h>

typedef enum CgIntermittentMethod
{
	CG_CROSTON,
	CG_SBA,
	CG_TSB
} CgIntermittentMethod;

typedef enum CgIntermittentStatus
{
	CG_INTERMITTENT_OK,			/* also where all is 0: then the rate is 0 */
	CG_INTERMITTENT_STOPPED,
	CG_INTERMITTENT_NEGATIVE,	/* a value below 0, or not finite */
	CG_INTERMITTENT_EMPTY,		/* no values */
	CG_INTERMITTENT_OPTION,		/* a parameter outside 0 to 1 */
	CG_INTERMITTENT_OVERFLOW
} CgIntermittentStatus;

/*
 * Fitted parameters lie between these: the range in which Syntetos and Boylan
 * and Teunter and others found them to be useful.
 */
#define CG_INTERMITTENT_SLOWEST 0.01
#define CG_INTERMITTENT_FASTEST 0.3

typedef struct CgIntermittentFit
{
	double		alpha;			/* of sizes */
	double		beta;			/* of intervals (Croston, SBA), of chance (TSB) */
	double		size;			/* smoothed size of a demand; NaN without any */
	double		interval;		/* periods from demand to demand; NaN without any */
	double		rate;			/* the forecast: demand in a period */
	double		mean_squared_rate;	/* what fitting makes small */
	double		mean_squared_error; /* of one step ahead, within the series */
	int			demands;		/* periods with a demand */
} CgIntermittentFit;

/*
 * Sizes start at the first demand and intervals at its place counted from the
 * start of the series; TSB's chance starts at 1 / mean interval.  A parameter
 * NaN is fitted; but with alpha given, Croston's and SBA's beta is the same
 * when it is NaN.  fitted, n forecasts of one step ahead, may be NULL.
 */
extern CgIntermittentStatus cg_intermittent(const double *y, int n,
											CgIntermittentMethod method,
											double alpha, double beta,
											double *fitted,
											CgIntermittentFit *fit,
											bool (*stop) (void));

typedef enum CgDemandClass
{
	CG_DEMAND_SMOOTH,
	CG_DEMAND_ERRATIC,			/* sizes vary */
	CG_DEMAND_INTERMITTENT,		/* demands are rare */
	CG_DEMAND_LUMPY,			/* both */
	CG_DEMAND_NONE				/* no demand at all */
} CgDemandClass;

typedef struct CgDemandProfile
{
	double		interval;		/* mean periods from demand to demand; NaN: none */
	double		size_cv2;		/* squared coefficient of variation of sizes */
	CgDemandClass class;		/* cut at 1.32 and 0.49 */
} CgDemandProfile;

extern CgDemandProfile cg_demand_profile(const double *y, int n);

/* Whether demands of y are rare, intermittent or lumpy, and none is below 0. */
extern bool cg_is_sparse(const double *y, int n);

#endif							/* CG_INTERMITTENT_CORE_H */
