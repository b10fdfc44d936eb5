/*-------------------------------------------------------------------------
 *
 * demand_forecast_test.c
 *	  Unit test of the forecasting methods, the combination and its intervals,
 *	  printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/accuracy_core.h"
#include "demand/forecast_core.h"
#include "demand/lag_core.h"
#include "demand/theta_core.h"
#include "numeric/random.h"

#include "demand_forecast_data.h"

static CgArena arena;

typedef struct Answer
{
	CgForecastResult result;
	double		point[100];
	double		lower[200];
	double		upper[200];
	CgForecastStatus status;
} Answer;

static CgForecastOptions
options_for(CgForecastMethod method, int horizon, int period)
{
	CgForecastOptions options = {.method = method, .horizon = horizon,
		.period_count = 1, .periods = {period},
	.level_count = 2, .levels = {0.8, 0.95}};

	return options;
}

static void
ask(Answer *answer, const double *y, int n, const CgForecastOptions *options)
{
	answer->result = (CgForecastResult) {.point = answer->point,
		.lower = answer->lower, .upper = answer->upper};
	answer->status = cg_forecast(y, n, options, &answer->result, malloc, free, NULL);
}

static void
make_series(double *y, int n, int period, double noise, uint64_t seed)
{
	CgRandom	random;

	cg_random_seed(&random, seed);
	for (int i = 0; i < n; i++)
		y[i] = (200 + 0.5 * i) * (1 + 0.2 * sin(2 * M_PI * i / period)) *
			exp(noise * cg_random_normal(&random));
}

/* ---- against R ---- */

static void
test_against_r(void)
{
	static const struct
	{
		const char *name;
		CgForecastMethod method;
		double		tolerance;
	}			methods[] = {
		{"naive", CG_FORECAST_NAIVE, 1e-8},
		{"snaive", CG_FORECAST_SEASONAL_NAIVE, 1e-8},
		{"rwf_drift", CG_FORECAST_DRIFT, 1e-8},
		{"meanf", CG_FORECAST_MEAN, 1e-8},
		/* R's optimiser of simple smoothing stops a little early */
		{"theta", CG_FORECAST_THETA, 1e-3}
	};
	Csv			csv;
	int			tried[5] = {0};
	int			off[5] = {0};

	if (!csv_open(&csv, "forecasts.csv"))
	{
		skip("../shared/data is not here");
		return;
	}
	while (csv_next(&csv))
	{
		for (int i = 0; i < 5; i++)
		{
			Series		series;
			CgHistory	history;
			double		wanted[MOST_VALUES];
			double		got[100];
			int			count;

			if (strcmp(csv_text(&csv, "method"), methods[i].name) != 0 ||
				!find_series(csv_text(&csv, "series_id"), &series))
				continue;
			count = csv_array(&csv, "point", wanted);
			cg_history_begin(&history, series.y, series.n, &series.period, 1, count, &arena);
			tried[i]++;
			off[i] += !cg_history_forecast(&history, methods[i].method, got) ||
				difference(got, wanted, count) > methods[i].tolerance;
		}
	}
	for (int i = 0; i < 4; i++)
	{
		char		what[80];

		snprintf(what, sizeof(what), "R's %s to 1e-8 on %d series", methods[i].name, tried[i]);
		ok(tried[i] == 27 && off[i] == 0, what);
	}
	printf("# theta differs by more than 0.001 on %d of %d\n", off[4], tried[4]);
	ok(tried[4] == 27 && off[4] <= 2, "R's thetaf to 0.001 on 25 of 27 series");
}

/* ---- methods by hand ---- */

/*
 * The dynamic Theta model written out with a regression line through all
 * values up to each period.
 */
static double
slow_dynamic(const double *y, int n, const CgThetaFit *fit, double *next)
{
	double		level = fit->level;
	double		sum = 0;

	for (int t = 1; t <= n + 1; t++)
	{
		double		mean = 0;
		double		slope = 0;
		double		intercept = 0;
		double		power = pow(1 - fit->alpha, t - 1);
		double		forecast;

		if (t > 1)
		{
			double		product = 0;
			double		squares = 0;

			for (int i = 1; i < t; i++)
				mean += y[i - 1] / (t - 1);
			for (int i = 1; i < t; i++)
			{
				product += (i - t / 2.0) * (y[i - 1] - mean);
				squares += (i - t / 2.0) * (i - t / 2.0);
			}
			slope = squares > 0 ? product / squares : 0;
			intercept = mean - slope * t / 2.0;
		}
		forecast = level + (1 - 1 / fit->theta) *
			(power * intercept + (1 - power * (1 - fit->alpha)) / fit->alpha * slope);
		*next = forecast;
		if (t > n)
			break;
		if (t > 2)
			sum += (y[t - 1] - forecast) * (y[t - 1] - forecast);
		level = fit->alpha * y[t - 1] + (1 - fit->alpha) * level;
	}
	return sum;
}

static void
test_theta(void)
{
	double		y[90];
	double		point[12];
	double		next;
	CgThetaFit	fit;

	make_series(y, 90, 1, 0.1, 3);
	ok(cg_theta_dynamic(y, 90, 12, point, &fit, &arena), "the dynamic model fits");
	ok(fabs(slow_dynamic(y, 90, &fit, &next) / fit.sse - 1) < 1e-9 &&
	   fabs(next / point[0] - 1) < 1e-9, "it is that of lines drawn anew in each period");
	ok(fit.alpha >= 0.1 && fit.alpha <= 0.99 && fit.theta >= 1, "its parameters are within their bounds");
	ok(cg_theta(y, 90, 12, point, &fit, &arena) &&
	   fabs(point[11] - point[0] - 11 * fit.slope / 2) < 1e-9, "standard Theta drifts by half the slope");
	for (int i = 0; i < 60; i++)
		y[i] = i % 12 == 0 ? 100 : 10 + i % 3;
	ok(cg_season_stands_out(y, 60, 12, 1.645, &arena) && !cg_season_stands_out(y, 60, 7, 1.645, &arena), "a season stands out at its period");
}

static void
test_lags(void)
{
	double		y[200];
	double		point[24];
	int			lags[CG_LAG_MOST];
	int			periods[2] = {24, 168};
	bool		exact = true;

	for (int i = 0; i < 200; i++)
		y[i] = 50 + 10 * sin(2 * M_PI * i / 12) + 4 * cos(2 * M_PI * i / 6);
	ok(cg_lag_choose((int[]) {12}, 1, 200, lags) == 7 && lags[6] == 24, "lags of a year of months");
	ok(cg_lag_choose(periods, 2, 1000, lags) == 10, "lags of a day and a week of hours");
	cg_lag_choose((int[]) {12}, 1, 200, lags);
	ok(cg_lag_forecast(y, 200, lags, 7, 0, 1e-9, 24, point, &arena), "a lag regression");
	for (int h = 0; h < 24; h++)
		exact &= fabs(point[h] - (50 + 10 * sin(2 * M_PI * (200 + h) / 12) +
								  4 * cos(2 * M_PI * (200 + h) / 6))) < 1e-3;
	ok(exact, "goes on with waves exactly");
	ok(!cg_lag_forecast(y, 12, lags, 7, 0, 1e-3, 24, point, &arena), "but not from too little");
}

static void
test_accuracy(void)
{
	static const double y[] = {10, 20, 10, 20, 10, 20, 10, 20, 13, 24};
	CgForecastOptions options = options_for(CG_FORECAST_NAIVE, 2, 2);
	CgAccuracy	accuracy;

	ok(cg_forecast_accuracy(y, 10, &options, &(CgPrepareOptions) {0}, 1, &accuracy, malloc, free, NULL) == CG_FORECAST_OK &&
	   accuracy.origins == 1 && accuracy.forecasts == 2, "one origin");
	/* naive says 20, 20: errors 7, -4 */
	ok(accuracy.mae == 5.5 && accuracy.bias == 1.5 && accuracy.rmse == sqrt(65 / 2.0), "errors by hand");
	/* seasonal naive says 10, 20 */
	ok(accuracy.naive_mae == 3.5, "the seasonal naive forecast's error by hand");
	ok(fabs(accuracy.smape - 100 * (7 / 33.0 + 4 / 44.0)) < 1e-12, "sMAPE by hand");
	ok(isnan(accuracy.mase), "no MASE where the season never changed");
	ok(cg_forecast_accuracy(y, 5, &options, &(CgPrepareOptions) {0}, 1, &accuracy, malloc, free, NULL) == CG_FORECAST_EMPTY, "no origin in a short series");
}

/* ---- the combination ---- */

static void
test_auto(void)
{
	double		y[400];
	double		scaled[400];
	CgForecastOptions options = options_for(CG_FORECAST_AUTO, 18, 12);
	Answer		answer;
	Answer		again;
	double		sum = 0;
	bool		nested = true;

	make_series(y, 120, 12, 0.05, 11);
	ask(&answer, y, 120, &options);
	ask(&again, y, 120, &options);
	ok(answer.status == CG_FORECAST_OK && answer.result.method == CG_FORECAST_AUTO &&
	   answer.result.origins == 10, "a combination by ten origins");
	ok(memcmp(answer.point, again.point, sizeof(double) * 18) == 0 &&
	   memcmp(answer.lower, again.lower, sizeof(double) * 36) == 0, "is the same again");
	for (int m = 0; m < answer.result.member_count; m++)
		sum += answer.result.weights[m];
	ok(fabs(sum - 1) < 1e-12, "its weights add up to 1");
	for (int h = 0; h < 18; h++)
		nested &= answer.lower[18 + h] < answer.lower[h] && answer.lower[h] < answer.point[h] &&
			answer.point[h] < answer.upper[h] && answer.upper[h] < answer.upper[18 + h];
	ok(nested, "intervals lie in each other");
	for (int i = 0; i < 120; i++)
		scaled[i] = 1000 * y[i];
	ask(&again, scaled, 120, &options);
	for (int h = 0; h < 18; h++)
		again.point[h] /= 1000;
	ok(difference(again.point, answer.point, 18) < 1e-3, "in other units it is the same");
	options = options_for(CG_FORECAST_AUTO, 1, 12);
	ask(&answer, y, 120, &options);
	ok(answer.status == CG_FORECAST_OK && answer.result.origins > 0, "a horizon of 1");
	make_series(y, 400, 7, 0.1, 12);
	options = options_for(CG_FORECAST_AUTO, 14, 7);
	options.period_count = 2;
	options.periods[1] = 91;
	ask(&answer, y, 400, &options);
	ok(answer.status == CG_FORECAST_OK && answer.result.method == CG_FORECAST_AUTO, "two periods");
}

/*
 * Coverage on series of which the truth is known.
 */
static void
test_coverage(void)
{
	CgForecastOptions options = options_for(CG_FORECAST_AUTO, 6, 12);
	int			inside[2] = {0};
	int			count = 0;

	for (int run = 0; run < 150; run++)
	{
		double		y[90];
		Answer		answer;

		make_series(y, 90, 12, 0.1, 100 + run);
		ask(&answer, y, 84, &options);
		for (int h = 0; h < 6; h++, count++)
		{
			for (int level = 0; level < 2; level++)
				inside[level] += y[84 + h] >= answer.lower[level * 6 + h] &&
					y[84 + h] <= answer.upper[level * 6 + h];
		}
	}
	printf("# inside: %.1f %% of 80 %%, %.1f %% of 95 %%\n", 100.0 * inside[0] / count, 100.0 * inside[1] / count);
	ok(fabs(100.0 * inside[0] / count - 80) < 6 && fabs(100.0 * inside[1] / count - 95) < 4,
	   "intervals cover what they say on series of known truth");
}

/*
 * Sixteen values without a season, wandering or calm: the last steps' share
 * inside 80 %.
 */
static double
late_coverage(double keep, uint64_t seed)
{
	CgForecastOptions options = options_for(CG_FORECAST_AUTO, 6, 1);
	CgRandom	random;
	int			inside = 0;

	cg_random_seed(&random, seed);
	for (int run = 0; run < 500; run++)
	{
		double		y[22];
		double		level = 500;
		Answer		answer;

		for (int i = 0; i < 22; i++)
		{
			double		shock = 10 * sqrt(-2 * log(1 - cg_random_uniform(&random))) *
				cos(6.283185307179586 * cg_random_uniform(&random));

			y[i] = level + shock;
			level += keep * shock;
		}
		ask(&answer, y, 16, &options);
		for (int h = 3; h < 6; h++)
			inside += y[16 + h] >= answer.lower[h] && y[16 + h] <= answer.upper[h];
	}
	return 100.0 * inside / 1500;
}

static void
test_late_coverage(void)
{
	double		walk = late_coverage(1, 5);
	double		half = late_coverage(0.5, 6);
	double		calm = late_coverage(0, 7);

	printf("# inside 80 %%, steps 4 to 6 of short series: random walk %.1f, half %.1f, calm %.1f\n",
		   walk, half, calm);
	ok(walk > 76 && walk < 90 && half > 76 && half < 92 && calm > 76 && calm < 92,
	   "intervals of short series without a season hold late steps too");
}

/*
 * Sparse counts: quantiles of counts are whole, so that intervals hold more
 * than they say, but they must not hold less.
 */
static void
test_sparse_coverage(void)
{
	CgForecastOptions options = options_for(CG_FORECAST_AUTO, 4, 1);
	int			inside[2] = {0};
	int			count = 0;
	int			sparse = 0;
	CgRandom	random;

	cg_random_seed(&random, 77);
	for (int run = 0; run < 300; run++)
	{
		double		y[80];
		Answer		answer;

		for (int i = 0; i < 80; i++)
			y[i] = cg_random_uniform(&random) < 0.4 ? floor(1 - 3 * log(cg_random_uniform(&random))) : 0;
		options.non_negative = true;
		ask(&answer, y, 76, &options);
		sparse += answer.result.is_sparse;
		for (int h = 0; h < 4; h++, count++)
		{
			for (int level = 0; level < 2; level++)
				inside[level] += y[76 + h] >= answer.lower[level * 4 + h] &&
					y[76 + h] <= answer.upper[level * 4 + h];
		}
	}
	printf("# inside: %.1f %% of 80 %%, %.1f %% of 95 %%\n", 100.0 * inside[0] / count, 100.0 * inside[1] / count);
	ok(sparse > 290 && 100.0 * inside[0] / count > 78 && 100.0 * inside[1] / count > 93,
	   "intervals of sparse counts hold what they say");
}

static void
test_fallbacks(void)
{
	double		y[60];
	Answer		answer;
	CgForecastOptions options = options_for(CG_FORECAST_AUTO, 6, 12);
	bool		zeros = true;

	for (int i = 0; i < 60; i++)
		y[i] = 7;
	ask(&answer, y, 60, &options);
	ok(answer.result.method == CG_FORECAST_SEASONAL_NAIVE && answer.point[5] == 7 &&
	   answer.lower[5] == 7 && answer.upper[5] == 7, "a constant series goes on");
	ask(&answer, y, 1, &options);
	ok(answer.result.method == CG_FORECAST_NAIVE && answer.point[0] == 7 && isnan(answer.lower[0]),
	   "one value: naive, without intervals");
	y[1] = 9;
	ask(&answer, y, 2, &options);
	ok(answer.result.method == CG_FORECAST_NAIVE && answer.point[0] == 9, "two values: naive");
	for (int n = 3; n < 40; n++)
	{
		make_series(y, n, 12, 0.2, n);
		ask(&answer, y, n, &options);
		zeros &= answer.status == CG_FORECAST_OK;
		for (int h = 0; h < 6; h++)
			zeros &= isfinite(answer.point[h]);
	}
	ok(zeros, "every length has a forecast");
	memset(y, 0, sizeof(y));
	options.non_negative = true;
	ask(&answer, y, 60, &options);
	ok(answer.point[0] == 0 && answer.upper[0] == 0, "zeros stay zeros");
	y[20] = 1000;
	ask(&answer, y, 60, &options);
	ok(answer.status == CG_FORECAST_OK && answer.result.is_sparse && answer.point[0] >= 0 &&
	   answer.point[0] < 200, "one spike is a sparse count");
	for (int i = 0; i < 60; i++)
		y[i] = i % 4 == 1 ? 1 + i % 3 : 0;
	ask(&answer, y, 60, &options);
	ok(answer.result.is_sparse && answer.point[0] > 0.2 && answer.point[0] < 1 &&
	   answer.lower[0] == 0, "sparse counts by SBA and TSB");
	options.method = CG_FORECAST_HW_MULTIPLICATIVE;
	ask(&answer, y, 60, &options);
	ok(answer.result.method == CG_FORECAST_SEASONAL_NAIVE, "no product with zeros: the simpler method is named");
	options = options_for(CG_FORECAST_HOLT, 30, 1);
	for (int i = 0; i < 60; i++)
		y[i] = 60 - i;
	options.non_negative = true;
	ask(&answer, y, 60, &options);
	ok(answer.point[29] == 0 && answer.lower[29] == 0, "counts do not fall below 0");
}

static void
test_all_methods(void)
{
	double		y[120];
	int			bad = 0;

	make_series(y, 120, 12, 0.05, 5);
	for (int method = 0; method < CG_FORECAST_METHODS; method++)
	{
		CgForecastOptions options = options_for((CgForecastMethod) method, 12, 12);
		Answer		answer;
		double		worst = 0;

		ask(&answer, y, 120, &options);
		for (int h = 0; h < 12; h++)
			worst = fmax(worst, fabs(answer.point[h] - 260) / 260);
		if (answer.status != CG_FORECAST_OK || answer.result.method != (CgForecastMethod) method || worst > 0.6)
		{
			printf("# %s is off by %g\n", cg_forecast_names[method], worst);
			bad++;
		}
	}
	ok(bad == 0, "every method forecasts a series that bears it");
}

/* ---- ends ---- */

static int	calls_left;

static bool
stop_later(void)
{
	return calls_left-- <= 0;
}

static int	allocations_left;
static int	taken;

static void *
allocate_some(size_t size)
{
	if (allocations_left-- <= 0)
		return NULL;
	taken++;
	return malloc(size);
}

static void
release_some(void *memory)
{
	taken--;
	free(memory);
}

static void
test_ends(void)
{
	double		y[600];
	double		point[12];
	double		limits[24];
	CgForecastOptions options = options_for(CG_FORECAST_AUTO, 12, 52);
	CgForecastResult result = {.point = point, .lower = limits, .upper = limits};
	bool		stops = true;
	CgForecastStatus status = CG_FORECAST_NO_MEMORY;
	int			failed = 0;

	make_series(y, 600, 52, 0.1, 9);
	for (int calls = 0; calls < 400; calls += 37)
	{
		calls_left = calls;
		stops &= cg_forecast(y, 600, &options, &result, malloc, free, stop_later) == CG_FORECAST_STOPPED;
	}
	ok(stops, "stops when asked to, wherever it is");
	for (int count = 0; status == CG_FORECAST_NO_MEMORY && count < 100; count++)
	{
		allocations_left = count;
		status = cg_forecast(y, 600, &options, &result, allocate_some, release_some, NULL);
		failed += status == CG_FORECAST_NO_MEMORY;
	}
	ok(status == CG_FORECAST_OK && failed > 0 && taken == 0, "says when memory runs out, and gives back what it took");
	ok(cg_forecast(y, 0, &options, &result, malloc, free, NULL) == CG_FORECAST_EMPTY, "no values, no forecast");
}

int
main(void)
{
	cg_arena_begin(&arena, malloc, free, NULL);
	test_against_r();
	test_theta();
	test_lags();
	test_accuracy();
	test_auto();
	test_coverage();
	test_late_coverage();
	test_sparse_coverage();
	test_fallbacks();
	test_all_methods();
	test_ends();
	cg_arena_end(&arena);
	return finish();
}
