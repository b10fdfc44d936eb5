/*-------------------------------------------------------------------------
 *
 * demand_decompose_test.c
 *	  Unit test of classical decomposition, STL and MSTL, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/decompose_core.h"
#include "numeric/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int	tests = 0;
static int	failures = 0;

static void
ok(bool passed, const char *what)
{
	printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, what);
	if (!passed)
		failures++;
}

#define N 120

static CgRandom random_state;

static double
noise(void)
{
	return cg_random_normal(&random_state);
}

static double
largest_difference(const double *a, const double *b, int n)
{
	double		largest = 0;

	for (int i = 0; i < n; i++)
		largest = fmax(largest, fabs(a[i] - b[i]));
	return largest;
}

typedef struct Parts
{
	double		seasonal[3 * N];
	double		trend[N];
	double		remainder[N];
	double		weights[N];
} Parts;

static CgDecomposeStatus
stl(const double *y, int n, const CgStlOptions *options, Parts *parts,
	bool (*stop) (void))
{
	double	   *work = malloc(sizeof(double) * cg_stl_work_size(n, options->period));
	CgDecomposeStatus status = cg_stl(y, n, options, parts->seasonal, parts->trend, parts->remainder, parts->weights, work, stop);

	free(work);
	return status;
}

static CgDecomposeStatus
default_stl(const double *y, int n, int period, int window, bool robust, Parts *parts)
{
	CgStlOptions options;

	cg_stl_default_options(&options, n, period, window, robust);
	return stl(y, n, &options, parts, NULL);
}

static CgDecomposeStatus
mstl(const double *y, int n, const int *periods, int count, Parts *parts)
{
	double	   *work = malloc(sizeof(double) * cg_mstl_work_size(n, periods, count));
	CgDecomposeStatus status = cg_mstl(y, n, periods, count, NULL, 2, false, parts->seasonal, parts->trend, parts->remainder, work, NULL);

	free(work);
	return status;
}

/*
 * STL by its definition: weighted regressions solved one by one at every row,
 * for degree 0 and 1, without jumps.
 */
static double
slow_loess_at(const double *y, const double *weights, int n, int window, int degree, int x)
{
	double		s0 = 0;
	double		s1 = 0;
	double		s2 = 0;
	double		t0 = 0;
	double		t1 = 0;
	double		reach;
	double		distance[400];

	/* the window holds the nearest rows */
	int			left = 0;
	int			right = n - 1;

	while (right - left + 1 > window)
	{
		if (abs(x - left) > abs(right - x))
			left++;
		else
			right--;
	}
	for (int i = left; i <= right; i++)
		distance[i] = abs(i - x);
	reach = fmax(distance[left], distance[right]) + (window > n ? (window - n) / 2 : 0);
	for (int i = left; i <= right; i++)
	{
		double		u = distance[i] / reach;
		double		w = u <= 0.001 ? 1 : u > 0.999 ? 0 : pow(1 - u * u * u, 3);

		w *= weights == NULL ? 1 : weights[i];
		s0 += w;
		s1 += w * i;
		s2 += w * i * i;
		t0 += w * y[i];
		t1 += w * i * y[i];
	}
	if (degree == 0)
		return t0 / s0;
	{
		double		slope = (s0 * t1 - s1 * t0) / (s0 * s2 - s1 * s1);

		return (t0 - slope * s1) / s0 + slope * x;
	}
}

static void
slow_stl(const double *y, int n, const CgStlOptions *o, const double *weights, double *seasonal, double *trend)
{
	int			p = o->period;
	double		cycle[400];
	double		first[400];
	double		second[400];
	double		third[400];
	double		sub[400];
	double		sub_weights[400];

	memset(trend, 0, sizeof(double) * n);
	for (int pass = 0; pass < o->inner; pass++)
	{
		for (int phase = 0; phase < p; phase++)
		{
			int			count = 0;

			for (int i = phase; i < n; i += p, count++)
			{
				sub[count] = y[i] - trend[i];
				sub_weights[count] = weights == NULL ? 1 : weights[i];
			}
			for (int k = -1; k <= count; k++)
				cycle[(k + 1) * p + phase] = slow_loess_at(sub, sub_weights, count, o->seasonal_window, o->seasonal_degree, k);
		}
		for (int i = 0; i <= n + p; i++)
		{
			first[i] = 0;
			for (int j = 0; j < p; j++)
				first[i] += cycle[i + j] / p;
		}
		for (int i = 0; i < n + 2; i++)
		{
			second[i] = 0;
			for (int j = 0; j < p; j++)
				second[i] += first[i + j] / p;
		}
		for (int i = 0; i < n; i++)
			third[i] = (second[i] + second[i + 1] + second[i + 2]) / 3;
		for (int i = 0; i < n; i++)
			seasonal[i] = cycle[p + i] - slow_loess_at(third, NULL, n, o->low_pass_window, o->low_pass_degree, i);
		for (int i = 0; i < n; i++)
			sub[i] = y[i] - seasonal[i];
		for (int i = 0; i < n; i++)
			trend[i] = slow_loess_at(sub, weights, n, o->trend_window, o->trend_degree, i);
	}
}

static void
test_against_definition(void)
{
	double		worst = 0;

	for (int round = 0; round < 20; round++)
	{
		int			n = 30 + (int) (cg_random_uniform(&random_state) * 90);
		int			period = 2 + (int) (cg_random_uniform(&random_state) * 10);
		double		y[N];
		double		seasonal[N];
		double		trend[N];
		Parts		parts;
		CgStlOptions options;

		for (int i = 0; i < n; i++)
			y[i] = 100 + i + 20 * sin(2 * M_PI * i / period) + 5 * noise();
		cg_stl_default_options(&options, n, period, 7, false);
		options.seasonal_degree = round % 2;
		options.seasonal_jump = options.trend_jump = options.low_pass_jump = 1;
		if (stl(y, n, &options, &parts, NULL) != CG_DECOMPOSE_OK)
			abort();
		slow_stl(y, n, &options, NULL, seasonal, trend);
		worst = fmax(worst, fmax(largest_difference(parts.seasonal, seasonal, n), largest_difference(parts.trend, trend, n)));
	}
	ok(worst < 1e-9, "STL without jumps is the definition, regression by regression");
}

static void
test_properties(void)
{
	double		y[N];
	double		z[N];
	double		sum = 0;
	Parts		a;
	Parts		b;
	int			periods[] = {7, 24};

	for (int i = 0; i < N; i++)
		y[i] = 50 + 0.3 * i + 8 * sin(2 * M_PI * i / 12) + noise();
	default_stl(y, N, 12, 0, false, &a);
	for (int i = 0; i < N; i++)
		sum = fmax(sum, fabs(a.seasonal[i] + a.trend[i] + a.remainder[i] - y[i]));
	ok(sum < 1e-12, "components add up");
	sum = 0;
	for (int i = 12; i < N; i++)
		sum = fmax(sum, fabs(a.seasonal[i] - a.seasonal[i - 12]));
	ok(sum == 0, "a periodic season comes again");
	for (int i = 0; i < N; i++)
		z[i] = 1000 - 3 * y[i];
	default_stl(z, N, 12, 0, false, &b);
	sum = 0;
	for (int i = 0; i < N; i++)
		sum = fmax(sum, fabs(b.seasonal[i] + 3 * a.seasonal[i]) + fabs(b.trend[i] - 1000 + 3 * a.trend[i]));
	ok(sum < 1e-9, "shift and scale go through");
	for (int i = 0; i < N; i++)
		z[i] = 3 + 0.5 * i;
	default_stl(z, N, 12, 13, false, &b);
	ok(cg_component_strength(b.trend, b.remainder, N) > 0.999, "a straight line is trend");
	for (int i = 0; i < N; i++)
		z[i] = 3;
	default_stl(z, N, 12, 13, false, &b);
	ok(largest_difference(b.trend, z, N) < 1e-12, "a constant is nothing but trend");

	memcpy(z, y, sizeof(y));
	z[60] += 100;
	default_stl(z, N, 12, 0, true, &b);
	ok(b.weights[60] == 0 && b.remainder[60] > 90 && largest_difference(b.trend, a.trend, N) < 1.5, "robust: an outlier is all remainder");
	default_stl(z, N, 12, 0, false, &b);
	ok(b.weights[60] == 1 && b.remainder[60] < 90, "not robust: it is not");

	for (int i = 0; i < N; i++)
		z[i] = 20 + 5 * sin(2 * M_PI * i / 7) + 9 * cos(2 * M_PI * i / 24);
	ok(mstl(z, N, periods, 2, &a) == CG_DECOMPOSE_OK, "MSTL of two periods");
	sum = 0;
	for (int i = 0; i < N; i++)
		sum = fmax(sum, fabs(a.seasonal[i] - 5 * sin(2 * M_PI * i / 7)) + fabs(a.seasonal[N + i] - 9 * cos(2 * M_PI * i / 24)));
	ok(sum < 1, "it tells two seasons apart");
	sum = 0;
	for (int i = 0; i < N; i++)
		sum = fmax(sum, fabs(a.seasonal[i] + a.seasonal[N + i] + a.trend[i] + a.remainder[i] - z[i]));
	ok(sum < 1e-12, "its components add up");
}

static void
test_classical(void)
{
	double		y[24];
	double		figure[4];
	double		trend[24];
	double		remainder[24];
	static const double season[] = {-3, 1, 4, -2};
	double		worst = 0;

	for (int i = 0; i < 24; i++)
		y[i] = 10 + 2 * i + season[i % 4];
	ok(cg_decompose_classical(y, 24, 4, false, figure, trend, remainder) == CG_DECOMPOSE_OK, "classical");
	for (int i = 0; i < 4; i++)
		worst = fmax(worst, fabs(figure[i] - season[i]));
	for (int i = 2; i < 22; i++)
		worst = fmax(worst, fabs(trend[i] - 10 - 2 * i) + fabs(remainder[i]));
	ok(worst < 1e-12, "it finds a line and a season exactly");
	ok(isnan(trend[1]) && isnan(trend[22]) && !isnan(trend[2]) && !isnan(trend[21]), "half a period at both ends has no trend");
	for (int i = 0; i < 24; i++)
		y[i] = 100 * exp(0.1 * season[i % 4]);
	cg_decompose_classical(y, 24, 4, true, figure, trend, remainder);
	ok(fabs(figure[0] / figure[1] - exp(-0.4)) < 1e-12 && fabs(remainder[10] - 1) < 1e-12, "multiplicative: ratios of seasons");
	y[3] = 0;
	ok(cg_decompose_classical(y, 24, 4, true, figure, trend, remainder) == CG_DECOMPOSE_NOT_POSITIVE, "not of zeros");
	ok(cg_decompose_classical(y, 7, 4, false, figure, trend, remainder) == CG_DECOMPOSE_TOO_SHORT, "nor of less than two periods");
	ok(cg_decompose_classical(y, 24, 1, false, figure, trend, remainder) == CG_DECOMPOSE_PERIOD, "nor without a period");
}

static int	asked = 0;

static bool
stop_at_once(void)
{
	asked++;
	return true;
}

static void
test_refusals(void)
{
	double		y[N];
	Parts		parts;
	CgStlOptions options;
	int			given[] = {24, 7, 24, 1, 60, 59};
	int			usable[6];

	for (int i = 0; i < N; i++)
		y[i] = noise();
	ok(default_stl(y, 24, 12, 0, false, &parts) == CG_DECOMPOSE_TOO_SHORT, "two periods are too short");
	ok(default_stl(y, 25, 12, 0, false, &parts) == CG_DECOMPOSE_OK, "one value more is enough");
	ok(default_stl(y, N, 1, 0, false, &parts) == CG_DECOMPOSE_PERIOD, "period 1");
	cg_stl_default_options(&options, N, 12, 7, false);
	options.trend_jump = 0;
	ok(stl(y, N, &options, &parts, NULL) == CG_DECOMPOSE_OPTION, "jump 0");
	options.trend_jump = 1;
	ok(stl(y, N, &options, &parts, stop_at_once) == CG_DECOMPOSE_STOPPED && asked > 0, "stops when told");
	ok(cg_mstl_periods(given, 6, N, usable) == 3 && usable[0] == 7 && usable[1] == 24 && usable[2] == 59, "usable periods, sorted, once each");
	for (int i = 0; i < N; i++)
		y[i] = i % 2 == 0 ? 1.7e308 : -1.7e308;
	ok(default_stl(y, N, 12, 0, false, &parts) == CG_DECOMPOSE_OVERFLOW, "overflow is told");
	memset(y, 0, sizeof(y));
	ok(default_stl(y, N, 12, 0, true, &parts) == CG_DECOMPOSE_OK && parts.trend[5] == 0 && parts.seasonal[5] == 0 && cg_component_strength(parts.trend, parts.remainder, N) == 0, "all zero stays zero, of no strength");
}

static void
test_loess(void)
{
	double		y[N];
	double		fit[N];
	double		work[N];
	double		worst = 0;

	for (int i = 0; i < N; i++)
		y[i] = noise();
	cg_loess(y, N, 21, 1, 1, fit, work, NULL);
	for (int i = 0; i < N; i++)
		worst = fmax(worst, fabs(fit[i] - slow_loess_at(y, NULL, N, 21, 1, i)));
	ok(worst < 1e-11, "loess is its definition");
	cg_loess(y, 1, 21, 1, 1, fit, work, NULL);
	ok(fit[0] == y[0], "one value is its own");
}

int
main(void)
{
	cg_random_seed(&random_state, 7);
	test_against_definition();
	test_properties();
	test_classical();
	test_refusals();
	test_loess();
	printf("1..%d\n", tests);
	return failures > 0;
}
