/*-------------------------------------------------------------------------
 *
 * demand_forecast_fuzz.c
 *	  Fuzzes forecasts and backtests of any series by any method.
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -Isrc -o fuzz \
 *		test/fuzz/demand_forecast_fuzz.c src/demand/<each>_core.c \
 *		src/numeric/<each>.c -lm && ./fuzz -max_len=600 -timeout=20
 *
 * The first bytes are options, then come values: small counts, numbers of
 * any size, or what a double may be at all.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/accuracy_core.h"
#include "demand/forecast_core.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) do { if (!(condition)) abort(); } while (0)

#define MOST_STEPS 40
#define MOST_VALUES 600

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
read_values(const uint8_t *data, size_t size, int kind, double *y)
{
	int			n = 0;

	while (size > 0 && n < MOST_VALUES)
	{
		if (kind < 2)
		{
			y[n++] = kind == 0 ? data[0] % 16 : data[0] % 8 == 0 ? data[0] / 8 : 0;
			data++, size--;
		}
		else if (size >= 8)
		{
			memcpy(&y[n], data, 8);
			if (kind == 2)
				y[n] = ldexp(1, (int) (data[0] % 40) - 20) * ((int8_t) data[1]);
			/* what SQL lets in, but for sums that overflow */
			if (isfinite(y[n]) && fabs(y[n]) < 1e100)
				n++;
			data += 8, size -= 8;
		}
		else
			break;
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static double y[MOST_VALUES];
	double		point[MOST_STEPS];
	double		lower[2 * MOST_STEPS];
	double		upper[2 * MOST_STEPS];
	CgForecastResult result = {.point = point, .lower = lower, .upper = upper};
	CgForecastOptions options = {.level_count = 2, .levels = {0.8, 0.95}};
	CgAccuracy	accuracy;
	int			n;

	if (size < 6)
		return 0;
	options.method = (CgForecastMethod) (data[0] % CG_FORECAST_METHODS);
	options.horizon = 1 + data[1] % MOST_STEPS;
	options.period_count = 1 + data[2] % 2;
	options.periods[0] = 1 + data[3] % 60;
	options.periods[1] = 1 + data[4];
	n = read_values(data + 6, size - 6, data[5] % 4, y);
	options.non_negative = true;
	for (int i = 0; i < n; i++)
		options.non_negative &= y[i] >= 0;
	if (cg_forecast(y, n, &options, &result, malloc, free, NULL) != CG_FORECAST_OK)
	{
		CHECK(n == 0);
		return 0;
	}
	for (int h = 0; h < options.horizon; h++)
	{
		CHECK(isfinite(point[h]));
		CHECK(!options.non_negative || point[h] >= 0);
		for (int level = 0; level < 2; level++)
		{
			double		low = lower[level * options.horizon + h];
			double		high = upper[level * options.horizon + h];

			CHECK(isnan(low) == isnan(high));
			CHECK(isnan(low) || (low <= high && !(options.non_negative && low < 0)));
		}
	}
	if (n < 80)
		(void) cg_forecast_accuracy(y, n, &options, &(CgPrepareOptions) {0}, 2, &accuracy, malloc, free, NULL);
	return 0;
}
