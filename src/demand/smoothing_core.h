/*-------------------------------------------------------------------------
 *
 * smoothing_core.h
 *	  Exponential smoothing: the state-space family ETS(error, trend, season).
 *
 * Plain C: nothing here knows PostgreSQL.  Method: Hyndman, Koehler, Ord and
 * Snyder, Forecasting with Exponential Smoothing, 2008, tables 2.2 and 2.3;
 * choice by AICc and likelihood as in Hyndman, Koehler, Snyder and Grose, Int
 * J Forecast 2002;18:439-54.  Parameters stay in the bounds that R's
 * forecast::ets uses (its bounds = "usual"), so that likelihoods compare.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_SMOOTHING_CORE_H
#define CG_SMOOTHING_CORE_H

#include "numeric/arena.h"

/* The longest season that is fitted with a state for each place in it. */
#define CG_ETS_LONGEST_PERIOD 24

typedef struct CgEtsModel
{
	char		error;			/* 'A' additive, 'M' multiplicative */
	char		trend;			/* 'N' none, 'A', 'M' */
	char		season;			/* 'N' none, 'A', 'M' */
	bool		damped;			/* the trend */
	int			period;			/* of the season; 1 without one */
} CgEtsModel;

typedef struct CgEtsParameters
{
	double		alpha;			/* of the level, 0.0001 to 0.9999 */
	double		beta;			/* of the trend, at most alpha */
	double		gamma;			/* of the season, at most 1 - alpha */
	double		phi;			/* damping, 0.8 to 0.98; else 1 */
} CgEtsParameters;

/*
 * A state: level, trend (0, or 1 for a multiplicative one, where there is
 * none), and the season's places, newest first: season[0] is that of the last
 * period seen, season[period - 1] that of the next one.
 */
typedef struct CgEtsState
{
	double		level;
	double		trend;
	double		season[CG_ETS_LONGEST_PERIOD];
} CgEtsState;

typedef struct CgEtsFit
{
	CgEtsModel	model;
	CgEtsParameters parameters;
	CgEtsState	initial;
	CgEtsState	last;
	int			n;
	int			free_parameters;	/* with the initial states and the variance */
	double		sse;			/* of the errors, relative where error is 'M' */
	double		mse;			/* of the one-step errors in units of the series */
	double		sigma2;			/* sse over n - free_parameters + 1 */
	double		log_likelihood; /* -n/2 log sse, less sum log fitted if 'M' */
	double		aic;
	double		aicc;
	double		bic;
} CgEtsFit;

typedef enum CgEtsStatus
{
	CG_ETS_OK,
	CG_ETS_TOO_SHORT,			/* for so many parameters */
	CG_ETS_NOT_POSITIVE,		/* a multiplicative part, values of 0 or less */
	CG_ETS_NO_FIT				/* no parameters describe the series */
} CgEtsStatus;

/* How closely the optimiser looks. */
typedef enum CgEtsEffort
{
	CG_ETS_QUICK,				/* one start: for members of a combination */
	CG_ETS_THOROUGH				/* several starts */
} CgEtsEffort;

/* Whether the model is one that Hyndman et al. use: letters known, no A error
 * with an M part, and no additive season on a multiplicative trend. */
extern bool cg_ets_model_stable(const CgEtsModel *model);

/* Letters such as MAdM; text has room for 5 bytes. */
extern void cg_ets_model_name(const CgEtsModel *model, char *text);

extern CgEtsStatus cg_ets_fit(const double *y, int n, const CgEtsModel *model,
							  CgEtsEffort effort, CgEtsFit *fit, CgArena *arena);

/*
 * The model with the least AICc among those that cg_ets_model_stable allows
 * and the series can bear: additive trends only, seasons where period > 1,
 * multiplicative parts where all values are positive.
 */
extern CgEtsStatus cg_ets_choose(const double *y, int n, int period,
								 CgEtsFit *best, CgArena *arena);

/*
 * Run the model over y from fit->initial with fit->parameters: sets last and
 * the likelihood; fitted (may be NULL) gets the n one-step forecasts.  False
 * where the model cannot describe y.
 */
extern bool cg_ets_run(const double *y, int n, CgEtsFit *fit, double *fitted);

/* The recursion's point forecasts from fit->last. */
extern void cg_ets_forecast(const CgEtsFit *fit, int horizon, double *point);

/*
 * Conditional means from fit->last: those of the recursion but where error
 * and season are multiplicative, whose noise is correlated (Hyndman et al.
 * 2008, section 6.4.3).
 */
extern void cg_ets_mean(const CgEtsFit *fit, int horizon, double *point);

#endif							/* CG_SMOOTHING_CORE_H */
