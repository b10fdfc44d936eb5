/*-------------------------------------------------------------------------
 *
 * decompose_core.c
 *	  Classical decomposition and MSTL; stl_core.c has STL itself.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/decompose_core.h"

#include <math.h>
#include <string.h>

/* ---- classical ---- */

/*
 * Mean of one period round each row; an even period counts half of the rows
 * at both ends.
 */
static void
centred_average(const double *y, int n, int period, double *average)
{
	int			half = period / 2;

	for (int i = 0; i < n; i++)
	{
		double		sum = 0;

		average[i] = NAN;
		if (i < half || i + half >= n)
			continue;
		for (int j = i - half; j <= i + half; j++)
			sum += y[j];
		if (period % 2 == 0)
			sum -= 0.5 * (y[i - half] + y[i + half]);
		average[i] = sum / period;
	}
}

/*
 * Each phase's mean of what the trend leaves, centred.
 */
static void
seasonal_figure(const double *detrended, int n, int period,
				bool multiplicative, double *figure)
{
	double		mean = 0;

	for (int phase = 0; phase < period; phase++)
	{
		double		sum = 0;
		int			count = 0;

		for (int i = phase; i < n; i += period)
		{
			if (isnan(detrended[i]))
				continue;
			sum += detrended[i];
			count++;
		}
		figure[phase] = sum / count;
		mean += figure[phase] / period;
	}
	for (int phase = 0; phase < period; phase++)
		figure[phase] = multiplicative ? figure[phase] / mean : figure[phase] - mean;
}

CgDecomposeStatus
cg_decompose_classical(const double *y, int n, int period,
					   bool multiplicative, double *figure, double *trend,
					   double *remainder)
{
	if (period < 2)
		return CG_DECOMPOSE_PERIOD;
	if (n / 2 < period)
		return CG_DECOMPOSE_TOO_SHORT;
	for (int i = 0; multiplicative && i < n; i++)
	{
		if (!(y[i] > 0))
			return CG_DECOMPOSE_NOT_POSITIVE;
	}
	centred_average(y, n, period, trend);
	for (int i = 0; i < n; i++)
		remainder[i] = multiplicative ? y[i] / trend[i] : y[i] - trend[i];
	seasonal_figure(remainder, n, period, multiplicative, figure);
	for (int i = 0; i < n; i++)
	{
		double		season = figure[i % period];

		remainder[i] = multiplicative ? remainder[i] / season : remainder[i] - season;
		if (isinf(remainder[i]) || isinf(trend[i]))
			return CG_DECOMPOSE_OVERFLOW;
	}
	return CG_DECOMPOSE_OK;
}

/* ---- MSTL ---- */

int
cg_mstl_periods(const int *periods, int count, int n, int *usable)
{
	int			found = 0;

	for (int i = 0; i < count; i++)
	{
		int			place = found;
		bool		known = false;

		for (int j = 0; j < found; j++)
			known |= usable[j] == periods[i];
		if (known || periods[i] < 2 || periods[i] >= (n + 1) / 2)
			continue;
		for (; place > 0 && usable[place - 1] > periods[i]; place--)
			usable[place] = usable[place - 1];
		usable[place] = periods[i];
		found++;
	}
	return found;
}

size_t
cg_mstl_work_size(int n, const int *periods, int count)
{
	int			longest = 2;

	for (int i = 0; i < count; i++)
		longest = periods[i] > longest ? periods[i] : longest;
	return cg_stl_work_size(n, longest) + (size_t) n;
}

/*
 * Each period in turn: the series without the other seasons goes through
 * STL.  The trend is the one of the longest period in the last round.
 */
CgDecomposeStatus
cg_mstl(const double *y, int n, const int *periods, int count,
		const int *windows, int iterate, bool robust, double *seasonal,
		double *trend, double *remainder, double *work, bool (*stop) (void))
{
	double	   *deseasoned = work;
	double	   *stl_work = work + n;

	if (count < 1 || count > CG_MSTL_PERIODS || iterate < 1)
		return CG_DECOMPOSE_OPTION;
	memcpy(deseasoned, y, sizeof(double) * n);
	memset(seasonal, 0, sizeof(double) * n * count);
	for (int round = 0; round < (count == 1 ? 1 : iterate); round++)
	{
		for (int k = 0; k < count; k++)
		{
			double	   *season = seasonal + (size_t) k * n;
			CgStlOptions options;
			CgDecomposeStatus status;

			for (int i = 0; i < n; i++)
				deseasoned[i] += season[i];
			cg_stl_default_options(&options, n, periods[k],
								   windows == NULL ? 11 + 4 * k : windows[k],
								   robust);
			status = cg_stl(deseasoned, n, &options, season, trend, remainder,
							NULL, stl_work, stop);
			if (status != CG_DECOMPOSE_OK)
				return status;
			for (int i = 0; i < n; i++)
				deseasoned[i] -= season[i];
		}
	}
	for (int i = 0; i < n; i++)
		remainder[i] = deseasoned[i] - trend[i];
	return CG_DECOMPOSE_OK;
}

/* ---- strength ---- */

/*
 * Sum of squares about the mean of a + b, b alone where a is NULL; rows
 * where either is NaN are left out.
 */
static double
sum_of_squares(const double *a, const double *b, int n, bool both)
{
	double		mean = 0;
	double		squares = 0;
	int			count = 0;

	for (int i = 0; i < n; i++)
	{
		double		value = (both ? a[i] : 0) + b[i];
		double		step = value - mean;

		if (isnan(a[i]) || isnan(b[i]))
			continue;
		count++;
		mean += step / count;
		squares += step * (value - mean);
	}
	return squares;
}

double
cg_component_strength(const double *component, const double *remainder, int n)
{
	double		rest = sum_of_squares(component, remainder, n, false);
	double		whole = sum_of_squares(component, remainder, n, true);

	return whole > 0 ? fmax(0, 1 - rest / whole) : 0;
}
