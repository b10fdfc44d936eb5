/*-------------------------------------------------------------------------
 *
 * accuracy_core.h
 *	  How well a method would have forecast a series: a backtest from rolling
 *	  origins.
 *
 * Plain C: nothing here knows PostgreSQL.  Measures: Hyndman and Koehler, Int
 * J Forecast 2006;22:679-88 (MASE); Makridakis, Spiliotis and Assimakopoulos,
 * Int J Forecast 2020;36:54-74 (sMAPE and MSIS as in the M4 competition);
 * Gneiting and Raftery, J Am Stat Assoc 2007;102:359-78 (interval score).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CG_ACCURACY_CORE_H
#define CG_ACCURACY_CORE_H

#include "demand/prepare_core.h"

#define CG_ACCURACY_ORIGINS 1000

typedef struct CgAccuracy
{
	int			origins;
	int			forecasts;		/* values forecast and known, of all origins */
	double		mae;
	double		rmse;
	double		bias;			/* mean of forecast less value */
	double		mase;			/* by the seasonal naive error within each history */
	double		smape;			/* in per cent, 0 to 200 */
	double		naive_mae;		/* the seasonal naive forecast's, same origins */
	double		naive_mase;
	double		naive_smape;
	double		coverage[CG_FORECAST_LEVELS];	/* share inside, 0 to 1 */
	double		msis[CG_FORECAST_LEVELS];
	double		naive_msis[CG_FORECAST_LEVELS];
} CgAccuracy;

/*
 * Forecast the last parts of y, each from what was before it, with these
 * options; up to so many origins, the last one a horizon before the end,
 * half a horizon apart.  NaN where a measure is not defined (MASE where
 * nothing varied, MSIS without intervals).  Each history is prepared by
 * itself, as if what follows were not known yet; forecasts are scored against
 * y as it is, but not where it is missing or within the intervention.
 * CG_FORECAST_EMPTY where no origin leaves enough history.
 */
extern CgForecastStatus cg_forecast_accuracy(const double *y, int n,
											 const CgForecastOptions *options,
											 const CgPrepareOptions *prepare,
											 int origins, CgAccuracy *accuracy,
											 void *(*allocate) (size_t),
											 void (*release) (void *),
											 bool (*stop) (void));

#endif							/* CG_ACCURACY_CORE_H */
