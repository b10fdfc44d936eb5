/*-------------------------------------------------------------------------
 *
 * demand_prepare_fuzz.c
 *	  Fuzzes forecasts of series as they come: values that are missing,
 *	  outliers, shifts, an intervention, events, in any combination.
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -Isrc -o fuzz \
 *		test/fuzz/demand_prepare_fuzz.c src/demand/<each>_core.c \
 *		src/numeric/<each>.c -lm && ./fuzz -max_len=400 -timeout=20
 *
 * The first bytes are options, then come values of a byte each.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/accuracy_core.h"
#include "demand/prepare_core.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define CHECK(condition) do { if (!(condition)) abort(); } while (0)

#define MOST_STEPS 20
#define MOST_VALUES 300
#define MOST_COLUMNS 3

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_steps(const CgForecastOptions *options, const CgForecastResult *result)
{
	for (int h = 0; h < options->horizon; h++)
	{
		CHECK(isfinite(result->point[h]));
		CHECK(!options->non_negative || result->point[h] >= 0);
		for (int level = 0; level < 2; level++)
		{
			double		low = result->lower[level * options->horizon + h];
			double		high = result->upper[level * options->horizon + h];

			CHECK(isnan(low) == isnan(high));
			CHECK(isnan(low) || (low <= high && !(options->non_negative && low < 0)));
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static double y[MOST_VALUES];
	static double events[MOST_COLUMNS * (MOST_VALUES + MOST_STEPS)];
	double		point[MOST_STEPS];
	double		lower[2 * MOST_STEPS];
	double		upper[2 * MOST_STEPS];
	CgForecastResult result = {.point = point, .lower = lower, .upper = upper};
	CgForecastOptions options = {.level_count = 2, .levels = {0.8, 0.95}, .period_count = 1};
	CgPrepareOptions prepare = {0};
	CgPrepared	prepared;
	CgAccuracy	accuracy;
	CgForecastStatus status;
	int			n = 0;
	int			missing = 0;

	if (size < 10)
		return 0;
	options.method = (CgForecastMethod) (data[0] % CG_FORECAST_METHODS);
	options.horizon = 1 + data[1] % MOST_STEPS;
	options.periods[0] = 1 + data[2] % 30;
	prepare.missing = (CgMissingPolicy) (data[3] % 4);
	prepare.outliers = (CgOutlierPolicy) (data[4] % 3);
	prepare.adjust_shifts = data[4] & 64;
	prepare.intervention = (CgInterventionPolicy) (data[5] % 3);
	prepare.intervention_first = data[6];
	prepare.intervention_end = data[7];
	prepare.event_count = data[8] % (MOST_COLUMNS + 1);
	options.non_negative = data[9] & 1;
	for (size_t i = 10; i < size && n < MOST_VALUES; i++)
	{
		y[n] = data[i] == 255 ? NAN : options.non_negative ? data[i] : data[i] - 100.0;
		missing += isnan(y[n]);
		n++;
	}
	prepare.event_length = n + options.horizon;
	for (int i = 0; i < prepare.event_count * prepare.event_length; i++)
		events[i] = data[i % size] % 7 == 0;
	prepare.events = events;
	status = cg_forecast_prepared(y, n, &options, &prepare, &result, &prepared, malloc, free, NULL);
	if (status == CG_FORECAST_OK)
		check_steps(&options, &result);
	else
		CHECK(n == 0 || status == CG_FORECAST_ALL_MISSING ||
			  (status == CG_FORECAST_MISSING && missing > 0 && prepare.missing == CG_MISSING_REFUSE));
	if (n < 80)
		(void) cg_forecast_accuracy(y, n, &options, &prepare, 2, &accuracy, malloc, free, NULL);
	return 0;
}
