/*-------------------------------------------------------------------------
 *
 * spc_runs_core.c
 *	  Means, medians, runs about a centre line, and lag-1 autocorrelation.
 *
 * The runs analysis is that of J. Anhoej and A. V. Olesen, "Run charts
 * revisited", PLoS ONE 9(11), 2014: the longest run on one side of the
 * centre is compared with log2(n) + 3 (M. F. Schilling, 2012) and the number
 * of crossings with the 5 % quantile of a binomial(n - 1, 1/2) (Z. Chen,
 * 2010), n being the points that are not on the centre line.
 *
 *-------------------------------------------------------------------------
 */
#include "variance/spc_core.h"

#include <math.h>

#include "numeric/special.h"

/*
 * A sum over n, then corrected by the mean of what is left over.  The second
 * pass makes the mean of equal values that value, so that a flat series has
 * no point off its centre.
 */
double
cg_spc_mean(const double *value, size_t n)
{
	double		sum = 0;
	double		rest = 0;
	double		mean;

	if (n == 0)
		return NAN;
	for (size_t i = 0; i < n; i++)
		sum += value[i];
	mean = sum / (double) n;
	for (size_t i = 0; i < n; i++)
		rest += value[i] - mean;
	return mean + rest / (double) n;
}

static void
swap(double *a, double *b)
{
	double		kept = *a;

	*a = *b;
	*b = kept;
}

static double
middle_of(double a, double b, double c)
{
	if (a > b)
		swap(&a, &b);
	if (b > c)
		b = c;
	return a > b ? a : b;
}

/*
 * Put the value of rank k in its place, smaller ones before it and larger
 * ones behind: quickselect that parts into smaller, equal and larger, so
 * that ties cost nothing.  The pivot is a median of medians of three.
 */
static bool
select_rank(double *value, size_t n, size_t k, CgSpcStop stop,
			void *stop_argument)
{
	size_t		first = 0;
	size_t		end = n;
	size_t		work = 0;

	while (end - first > 1)
	{
		size_t		step = (end - first) / 9 + 1;
		size_t		last = end - 1;
		size_t		half = first + (end - first) / 2;
		size_t		smaller = first;
		size_t		larger = end;
		double		pivot;

		if (end - first < 27)
			step = 0;
		pivot = middle_of(middle_of(value[first], value[first + step],
									value[first + 2 * step]),
						  middle_of(value[half - step], value[half],
									value[half + step]),
						  middle_of(value[last - 2 * step],
									value[last - step], value[last]));
		for (size_t i = first; i < larger;)
		{
			if (value[i] < pivot)
				swap(&value[i++], &value[smaller++]);
			else if (value[i] > pivot)
				swap(&value[i], &value[--larger]);
			else
				i++;
		}
		work += end - first;
		if (work > 1000000)
		{
			if (stop != NULL && stop(stop_argument))
				return false;
			work = 0;
		}
		if (k < smaller)
			end = smaller;
		else if (k >= larger)
			first = larger;
		else
			return true;
	}
	return true;
}

bool
cg_spc_median(double *value, size_t n, double *median, CgSpcStop stop,
			  void *stop_argument)
{
	size_t		half = n / 2;
	double		below;

	if (!select_rank(value, n, half, stop, stop_argument))
		return false;
	*median = value[half];
	if (n % 2 == 1)
		return true;
	below = value[0];
	for (size_t i = 1; i < half; i++)
	{
		if (value[i] > below)
			below = value[i];
	}
	/* Halved first, so that the sum of two large ones stays in range. */
	*median = below == *median ? below : below / 2 + *median / 2;
	return true;
}

void
cg_spc_runs_limits(int64_t useful, int64_t *longest_run_max,
				   int64_t *crossings_min)
{
	*longest_run_max = (int64_t) rint(log2((double) useful)) + 3;
	*crossings_min = useful < 2 ? 0 :
		(int64_t) cg_binomial_quantile(0.05, (double) (useful - 1), 0.5, false);
}

CgSpcRuns
cg_spc_runs(const double *value, size_t n, double centre)
{
	CgSpcRuns	runs = {0};
	int			side = 0;
	int64_t		run = 0;

	for (size_t i = 0; i < n; i++)
	{
		int			now = (value[i] > centre) - (value[i] < centre);

		/* On the centre line, or NaN: no use. */
		if (now == 0)
			continue;
		runs.useful++;
		if (side != 0 && now != side)
			runs.crossings++;
		run = now == side ? run + 1 : 1;
		side = now;
		if (run > runs.longest_run)
			runs.longest_run = run;
	}
	if (runs.useful == 0)
		return runs;
	cg_spc_runs_limits(runs.useful, &runs.longest_run_max,
					   &runs.crossings_min);
	runs.long_run = runs.longest_run > runs.longest_run_max;
	runs.few_crossings = runs.crossings < runs.crossings_min;
	return runs;
}

/*
 * r1 of Box and Jenkins: products of neighbours over the sum of squares.
 * Values are divided by the largest deviation first, so that squares stay in
 * range.
 */
double
cg_spc_autocorrelation(const double *value, size_t n)
{
	double		sum = 0;
	double		rest = 0;
	double		squares = 0;
	double		products = 0;
	double		largest = 0;
	double		before = NAN;
	size_t		count = 0;
	double		mean;

	for (size_t i = 0; i < n; i++)
	{
		if (!isnan(value[i]))
		{
			sum += value[i];
			count++;
		}
	}
	if (count < 3 || isinf(sum))
		return NAN;
	mean = sum / (double) count;
	for (size_t i = 0; i < n; i++)
	{
		if (!isnan(value[i]))
			rest += value[i] - mean;
	}
	mean += rest / (double) count;
	for (size_t i = 0; i < n; i++)
	{
		if (fabs(value[i] - mean) > largest)
			largest = fabs(value[i] - mean);
	}
	if (!(largest > 0) || isinf(largest))
		return NAN;
	for (size_t i = 0; i < n; i++)
	{
		double		deviation = (value[i] - mean) / largest;

		if (!isnan(deviation))
		{
			squares += deviation * deviation;
			if (!isnan(before))
				products += deviation * before;
		}
		before = deviation;
	}
	return products / squares;
}
