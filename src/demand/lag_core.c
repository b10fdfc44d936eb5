/*-------------------------------------------------------------------------
 *
 * lag_core.c
 *	  Ridge regression of a series on its own past.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/lag_core.h"

#include <math.h>
#include <string.h>

#include "numeric/linear.h"

/* A regression wants so many rows for each of its lags. */
#define ROWS_FOR_EACH_LAG 3

static int
add_lag(int *lags, int count, int lag)
{
	if (lag < 1 || count == CG_LAG_MOST)
		return count;
	for (int i = 0; i < count; i++)
	{
		if (lags[i] == lag)
			return count;
	}
	lags[count] = lag;
	return count + 1;
}

int
cg_lag_choose(const int *periods, int count, int n, int *lags)
{
	int			found = 0;

	for (int lag = 1; lag <= 3; lag++)
		found = add_lag(lags, found, lag);
	for (int i = 0; i < count; i++)
	{
		int			period = periods[i];

		if (period < 2)
			continue;
		for (int lag = period - 1; lag <= period + 1; lag++)
			found = add_lag(lags, found, lag);
		if (period <= 60 && n >= 5 * period)
			found = add_lag(lags, found, 2 * period);
	}
	return found;
}

/*
 * Standardise in place; false where the values do not vary.
 */
static bool
standardise(double *value, int n, double *mean, double *deviation)
{
	*mean = *deviation = 0;
	for (int i = 0; i < n; i++)
		*mean += value[i] / n;
	for (int i = 0; i < n; i++)
		*deviation += (value[i] - *mean) * (value[i] - *mean) / n;
	*deviation = sqrt(*deviation);
	if (!(*deviation > 1e-12 * fmax(1, fabs(*mean))))
		return false;
	for (int i = 0; i < n; i++)
		value[i] = (value[i] - *mean) / *deviation;
	return true;
}

/*
 * Coefficients, the constant last and without penalty.
 */
static bool
regress(const double *z, int n, const int *lags, int lag_count, int longest,
		double ridge, double *coefficient, CgArena *arena)
{
	int			size = lag_count + 1;
	double	   *matrix = cg_arena_doubles(arena, (size_t) size * size);
	double		row[CG_LAG_MOST + 1];
	int			rows = n - longest;

	memset(matrix, 0, sizeof(double) * size * size);
	memset(coefficient, 0, sizeof(double) * size);
	row[lag_count] = 1;
	for (int t = longest; t < n; t++)
	{
		for (int i = 0; i < lag_count; i++)
			row[i] = z[t - lags[i]];
		for (int i = 0; i < size; i++)
		{
			for (int j = 0; j <= i; j++)
				matrix[i * size + j] += row[i] * row[j];
			coefficient[i] += row[i] * z[t];
		}
	}
	for (int i = 0; i < lag_count; i++)
		matrix[i * size + i] += ridge * rows;
	if (!cg_cholesky(matrix, size, NULL))
		return false;
	cg_cholesky_solve(matrix, size, coefficient);
	return true;
}

bool
cg_lag_forecast(const double *y, int n, const int *lags, int lag_count,
				int difference, double ridge, int horizon, double *point,
				CgArena *arena)
{
	CgArenaMark mark = cg_arena_mark(arena);
	double	   *level = cg_arena_doubles(arena, (size_t) n + horizon);
	double	   *z = cg_arena_doubles(arena, (size_t) n + horizon);
	double		coefficient[CG_LAG_MOST + 1];
	double		mean;
	double		deviation;
	int			rows = n - difference;
	int			longest = 0;
	bool		fits;

	for (int i = 0; i < lag_count; i++)
		longest = lags[i] > longest ? lags[i] : longest;
	memcpy(level, y, sizeof(double) * n);
	fits = rows - longest > ROWS_FOR_EACH_LAG * lag_count + 4 &&
		standardise(level, n, &mean, &deviation);
	if (fits)
	{
		for (int t = 0; t < rows; t++)
			z[t] = difference == 0 ? level[t] : level[t + difference] - level[t];
		fits = regress(z, rows, lags, lag_count, longest, ridge, coefficient, arena);
	}
	for (int h = 0; fits && h < horizon; h++)
	{
		double		sum = coefficient[lag_count];

		for (int i = 0; i < lag_count; i++)
			sum += coefficient[i] * z[rows + h - lags[i]];
		z[rows + h] = sum;
		level[n + h] = difference == 0 ? sum : sum + level[n + h - difference];
		point[h] = mean + deviation * level[n + h];
		fits = isfinite(point[h]);
	}
	cg_arena_reset(arena, mark);
	return fits;
}
