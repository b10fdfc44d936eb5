/*-------------------------------------------------------------------------
 *
 * demand_holtwinters_test.c
 *	  Unit test of classical exponential smoothing, printing TAP.
 *
 * The figures of R's stats::HoltWinters are in ../shared/data/demand.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/holtwinters_core.h"

#include "demand_forecast_data.h"

static CgArena arena;

static CgHoltWinters
model_of(const char *method, int period)
{
	CgHoltWinters model = {.season = 'N', .period = 1};

	if (strstr(method, "ses") == NULL)
		model.trend = true;
	if (strstr(method, "additive") != NULL || strstr(method, "multiplicative") != NULL)
	{
		model.season = strstr(method, "additive") != NULL ? 'A' : 'M';
		model.period = period;
	}
	return model;
}

/* R's coefficients are level, trend and the season from the next value on. */
static double
states_apart(const CgHoltWinters *model, const double *wanted, int count)
{
	double		own[MOST_VALUES];
	int			n = 0;

	own[n++] = model->level;
	if (model->trend)
		own[n++] = model->last_trend;
	for (int i = 0; model->season != 'N' && i < model->period; i++)
		own[n++] = model->last_season[i];
	return n == count ? difference(own, wanted, n) : INFINITY;
}

static void
test_against_r(void)
{
	static Series series;
	static double wanted[MOST_VALUES];
	static double own[MOST_VALUES];
	double		worst[3] = {0};
	int			fits = 0;
	int			worse = 0;
	Csv			csv;

	if (!csv_open(&csv, "holtwinters.csv"))
	{
		skip("../shared/data is not here: the recursion against R's HoltWinters");
		skip("../shared/data is not here: own fits against R's");
		return;
	}
	while (csv_next(&csv))
	{
		CgArenaMark mark = cg_arena_mark(&arena);
		CgHoltWinters model;
		double		sse = csv_number(&csv, "sse");
		int			count;

		if (!find_series(csv_text(&csv, "series_id"), &series))
			continue;
		model = model_of(csv_text(&csv, "method"), series.period);
		if (!cg_holtwinters_start(series.y, series.n, &model, &arena))
			continue;
		model.alpha = csv_number(&csv, "alpha");
		model.beta = csv_number(&csv, "beta");
		model.gamma = csv_number(&csv, "gamma");
		cg_holtwinters_run(series.y, series.n, &model, NULL);
		worst[0] = fmax(worst[0], fabs(model.sse - sse) / fmax(1, sse));
		count = csv_array(&csv, "coefficients", wanted);
		worst[1] = fmax(worst[1], states_apart(&model, wanted, count));
		count = csv_array(&csv, "point", wanted);
		cg_holtwinters_forecast(&model, count, own);
		worst[2] = fmax(worst[2], difference(own, wanted, count));
		fits++;
		if (!cg_holtwinters_fit(series.y, series.n, &model, &arena) ||
			model.sse > sse * (1 + 1e-8) + 1e-8)
		{
			printf("# %s %s: %.9g, R's %.9g\n", csv_text(&csv, "series_id"),
				   csv_text(&csv, "method"), model.sse, sse);
			worse++;
		}
		cg_arena_reset(&arena, mark);
	}
	printf("# %d fits: sums of squares within %.1e, states %.1e, forecasts %.1e\n",
		   fits, worst[0], worst[1], worst[2]);
	ok(fits == 93 && worst[0] < 1e-8 && worst[1] < 1e-8 && worst[2] < 1e-8,
	   "with R's parameters its sums of squares, last states and forecasts to 1e-8");
	ok(worse == 0, "own fits have no larger sum of squares than R's");
}

/* ---- without R ---- */

/*
 * One season of two, no noise.  (A line would not go on exactly: R's level at
 * the start is that of the moving average's, half a cycle earlier.)
 */
static void
test_by_hand(void)
{
	CgHoltWinters model = {.trend = true, .season = 'A', .period = 2};
	double		y[12];
	double		point[4];
	bool		exact;

	for (int i = 0; i < 12; i++)
		y[i] = 10 + (i % 2 == 0 ? 3 : -3);
	exact = cg_holtwinters_fit(y, 12, &model, &arena) && model.sse < 1e-18;
	cg_holtwinters_forecast(&model, 4, point);
	for (int h = 0; h < 4; h++)
		exact &= fabs(point[h] - (10 + (h % 2 == 0 ? 3 : -3))) < 1e-9;
	ok(exact, "an additive season goes on");

	model = (CgHoltWinters) {.season = 'N'};
	ok(cg_holtwinters_start((double[]) {4, 6, 5}, 3, &model, &arena) &&
	   (model.alpha = 0.5, cg_holtwinters_run((double[]) {4, 6, 5}, 3, &model, NULL)) &&
	   model.level == 5 && model.sse == 4, "simple smoothing by hand");
}

static void
test_fit(void)
{
	CgHoltWinters model = {.trend = true, .season = 'M', .period = 4};
	CgHoltWinters near;
	double		y[60];
	bool		least = true;

	for (int i = 0; i < 60; i++)
		y[i] = (100 + i + 9 * sin(i * i)) * (1 + 0.3 * sin(i * 1.5707963));
	least = cg_holtwinters_fit(y, 60, &model, &arena);
	for (int k = 0; k < 27; k++)
	{
		double	   *own[3] = {&near.alpha, &near.beta, &near.gamma};
		int			code = k;

		near = model;
		near.last_season = cg_arena_doubles(&arena, 4);
		for (int i = 0; i < 3; i++, code /= 3)
			*own[i] = fmin(1, fmax(0, *own[i] + (code % 3 - 1) * 1e-3));
		least &= cg_holtwinters_run(y, 60, &near, NULL) && near.sse >= model.sse * (1 - 1e-9);
	}
	ok(least, "no parameters near those fitted are better");
}

static void
test_bad_series(void)
{
	CgHoltWinters model = {.trend = true, .season = 'A', .period = 4};
	double		zeros[20] = {0};

	ok(!cg_holtwinters_fit(zeros, 8, &model, &arena), "two cycles are too short");
	ok(cg_holtwinters_fit(zeros, 20, &model, &arena) && model.sse == 0, "all zeros are fitted");
	model.season = 'M';
	ok(!cg_holtwinters_fit(zeros, 20, &model, &arena), "no factors of zeros");
	model = (CgHoltWinters) {.trend = true, .season = 'N'};
	ok(!cg_holtwinters_fit(zeros, 2, &model, &arena), "two values have no trend to follow");
}

int
main(void)
{
	cg_arena_begin(&arena, malloc, free, NULL);
	test_against_r();
	test_by_hand();
	test_fit();
	test_bad_series();
	cg_arena_end(&arena);
	return finish();
}
