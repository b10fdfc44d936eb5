/*-------------------------------------------------------------------------
 *
 * accuracy_core.c
 *	  How well a method would have forecast a series.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/accuracy_core.h"

#include <math.h>
#include <string.h>

/* Sums over values, or over origins for what is scaled by each history. */
typedef struct Sums
{
	double		absolute;
	double		square;
	double		signed_error;
	double		percentage;
	double		scaled;
	int			count;			/* of values scored */
	int			scaled_origins;
	double		inside[CG_FORECAST_LEVELS];
	double		score[CG_FORECAST_LEVELS];
} Sums;

static int
season_of(const CgForecastOptions *options, int n)
{
	int			period = options->period_count > 0 ? options->periods[0] : 1;

	return period < n ? period : 1;
}

/*
 * The mean error of the seasonal naive forecast within a history.
 */
static double
naive_scale(const double *y, int n, int period)
{
	double		sum = 0;
	int			count = 0;

	for (int i = period; i < n; i++)
	{
		double		change = fabs(y[i] - y[i - period]);

		if (isnan(change))
			continue;
		sum += change;
		count++;
	}
	return count > 0 ? sum / count : 0;
}

/*
 * Score one forecast against what came, NaN where that is not known.
 */
static void
score(const double *actual, const CgForecastOptions *options,
	  const CgForecastResult *result, double scale, Sums *sums)
{
	int			horizon = options->horizon;
	double		absolute = 0;
	int			known = 0;

	for (int h = 0; h < horizon; h++)
	{
		double		error = result->point[h] - actual[h];
		double		size = fabs(actual[h]) + fabs(result->point[h]);

		if (isnan(actual[h]))
			continue;
		known++;
		absolute += fabs(error);
		sums->square += error * error;
		sums->signed_error += error;
		sums->percentage += size > 0 ? 200 * fabs(error) / size : 0;
	}
	if (known == 0)
		return;
	sums->count += known;
	sums->absolute += absolute;
	if (scale > 0)
	{
		sums->scaled += absolute / known / scale;
		sums->scaled_origins++;
	}
	for (int level = 0; level < options->level_count; level++)
	{
		double		penalty = 2 / (1 - options->levels[level]);
		double		sum = 0;

		for (int h = 0; h < horizon; h++)
		{
			double		lower = result->lower[level * horizon + h];
			double		upper = result->upper[level * horizon + h];

			if (isnan(actual[h]))
				continue;
			sums->inside[level] += isnan(lower) ? NAN :
				actual[h] >= lower && actual[h] <= upper;
			sum += upper - lower + penalty * (fmax(0, lower - actual[h]) +
											  fmax(0, actual[h] - upper));
		}
		if (scale > 0)
			sums->score[level] += sum / known / scale;
	}
}

static void
summarise(const Sums *own, const Sums *naive, const CgForecastOptions *options,
		  CgAccuracy *accuracy)
{
	double		count = accuracy->forecasts;

	accuracy->mae = own->absolute / count;
	accuracy->rmse = sqrt(own->square / count);
	accuracy->bias = own->signed_error / count;
	accuracy->smape = own->percentage / count;
	accuracy->mase = own->scaled_origins > 0 ? own->scaled / own->scaled_origins : NAN;
	accuracy->naive_mae = naive->absolute / count;
	accuracy->naive_smape = naive->percentage / count;
	accuracy->naive_mase = naive->scaled_origins > 0 ?
		naive->scaled / naive->scaled_origins : NAN;
	for (int level = 0; level < options->level_count; level++)
	{
		accuracy->coverage[level] = own->inside[level] / count;
		accuracy->msis[level] = own->scaled_origins > 0 ?
			own->score[level] / own->scaled_origins : NAN;
		accuracy->naive_msis[level] = naive->scaled_origins > 0 ?
			naive->score[level] / naive->scaled_origins : NAN;
	}
}

CgForecastStatus
cg_forecast_accuracy(const double *y, int n, const CgForecastOptions *options,
					 const CgPrepareOptions *prepare, int origins, CgAccuracy *accuracy, void *(*allocate) (size_t),
					 void (*release) (void *), bool (*stop) (void))
{
	CgForecastOptions naive_options = *options;
	CgForecastResult result = {0};
	CgPrepared	prepared;
	CgForecastStatus status = CG_FORECAST_OK;
	Sums		own = {0};
	Sums		naive = {0};
	size_t		limits = (size_t) options->level_count * options->horizon;
	int			gap = options->horizon > 1 ? options->horizon / 2 : 1;
	int			least = 2 * season_of(options, n) + 1;
	double	   *memory = allocate(sizeof(double) * (n + options->horizon + 2 * limits));
	double	   *actual = memory;

	memset(accuracy, 0, sizeof(CgAccuracy));
	if (memory == NULL)
		return CG_FORECAST_NO_MEMORY;
	if (least < 4)
		least = 4;
	naive_options.method = CG_FORECAST_SEASONAL_NAIVE;
	naive_options.period_count = options->period_count > 0 ? 1 : 0;
	cg_prepare_actual(y, n, prepare, actual);
	result.point = memory + n;
	result.lower = result.point + options->horizon;
	result.upper = result.lower + limits;
	for (int origin = n - options->horizon;
		 origin >= least && accuracy->origins < origins && status == CG_FORECAST_OK;
		 origin -= gap)
	{
		double		scale = naive_scale(actual, origin, season_of(options, origin));

		status = cg_forecast_prepared(y, origin, options, prepare, &result, &prepared,
									  allocate, release, stop);
		if (status != CG_FORECAST_OK)
			break;
		score(actual + origin, options, &result, scale, &own);
		status = cg_forecast_prepared(y, origin, &naive_options, prepare, &result, &prepared,
									  allocate, release, stop);
		if (status == CG_FORECAST_OK)
			score(actual + origin, options, &result, scale, &naive);
		accuracy->origins++;
	}
	release(memory);
	/* nothing was known so long ago */
	if (status == CG_FORECAST_ALL_MISSING)
		status = CG_FORECAST_OK;
	if (status != CG_FORECAST_OK)
		return status;
	accuracy->forecasts = own.count;
	if (own.count == 0)
		return CG_FORECAST_EMPTY;
	summarise(&own, &naive, options, accuracy);
	return CG_FORECAST_OK;
}
