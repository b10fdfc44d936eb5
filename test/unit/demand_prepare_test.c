/*-------------------------------------------------------------------------
 *
 * demand_prepare_test.c
 *	  Unit test of forecasts of series as they come, printing TAP.
 *
 *-------------------------------------------------------------------------
 */
#include "demand/accuracy_core.h"
#include "demand/prepare_core.h"

#include "demand_forecast_data.h"

#define N 72
#define H 6

typedef struct Answer
{
	CgForecastStatus status;
	CgForecastResult result;
	CgPrepared	prepared;
	double		point[H];
	double		lower[2 * H];
	double		upper[2 * H];
} Answer;

static CgForecastOptions options = {.horizon = H, .period_count = 1, .periods = {12},
.level_count = 2, .levels = {0.8, 0.95}, .non_negative = true};

static int	stops_left;
static int	blocks_left;

static bool
stop_later(void)
{
	return --stops_left < 0;
}

static void *
allocate_some(size_t size)
{
	return --blocks_left < 0 ? NULL : malloc(size);
}

static void
ask(Answer *answer, const double *y, const CgPrepareOptions *prepare)
{
	memset(answer, 0, sizeof(Answer));
	answer->result.point = answer->point;
	answer->result.lower = answer->lower;
	answer->result.upper = answer->upper;
	answer->status = cg_forecast_prepared(y, N, &options, prepare, &answer->result,
										  &answer->prepared, malloc, free, NULL);
}

static double
truth(int i)
{
	return 200 + 30 * sin(i * 3.14159265358979 / 6);
}

static void
make(double *y)
{
	for (int i = 0; i < N; i++)
		y[i] = truth(i) + (i * 7919 % 11) - 5;
}

static void
test_plain(void)
{
	CgPrepareOptions prepare = {0};
	Answer		answer;
	Answer		plain = {.result = {.point = plain.point, .lower = plain.lower, .upper = plain.upper}};
	double		y[N];

	make(y);
	ok(cg_prepare_is_plain(&prepare), "zeroed options ask for nothing");
	ask(&answer, y, &prepare);
	cg_forecast(y, N, &options, &plain.result, malloc, free, NULL);
	ok(answer.status == CG_FORECAST_OK && memcmp(answer.point, plain.point, sizeof(plain.point)) == 0 &&
	   memcmp(answer.upper, plain.upper, sizeof(plain.upper)) == 0, "and change nothing");
	y[9] = NAN;
	ask(&answer, y, &prepare);
	ok(answer.status == CG_FORECAST_MISSING && answer.prepared.bad_row == 9, "a missing value is refused, by its row");
	for (int i = 0; i < N; i++)
		y[i] = NAN;
	prepare.missing = CG_MISSING_SEASONAL;
	ask(&answer, y, &prepare);
	ok(answer.status == CG_FORECAST_ALL_MISSING, "nothing at all cannot be filled");
}

/*
 * What stands where nothing is to be read does not matter.
 */
static void
test_unread(void)
{
	CgPrepareOptions prepare = {.intervention_first = 30, .intervention_end = 40};
	Answer		answer;
	Answer		other;
	double		y[N];

	make(y);
	ask(&answer, y, &prepare);
	for (int i = 30; i < 40; i++)
		y[i] = i % 3 == 0 ? NAN : 1e5 * i;
	ask(&other, y, &prepare);
	ok(answer.status == CG_FORECAST_OK && answer.prepared.intervention == 10 &&
	   memcmp(answer.point, other.point, sizeof(other.point)) == 0 &&
	   memcmp(answer.lower, other.lower, sizeof(other.lower)) == 0,
	   "an intervention that is set aside is not read, nor scored");
}

static void
test_events(void)
{
	double		events[2 * (N + H)] = {0};
	CgPrepareOptions prepare = {.event_count = 2, .event_length = N + H, .events = events};
	CgAccuracy	accuracy;
	Answer		answer;
	Answer		without;
	double		y[N];
	double		shift[H];

	make(y);
	for (int i = 0; i < N + H; i++)
	{
		events[i] = i % 7 == 2 || i % 17 == 5;
		events[N + H + i] = 2 * events[i];
	}
	ask(&without, y, &(CgPrepareOptions) {0});
	for (int i = 0; i < N; i++)
		y[i] -= 50 * events[i];
	ask(&answer, y, &prepare);
	ok(answer.status == CG_FORECAST_OK && answer.prepared.events_used == 1 &&
	   fabs(answer.prepared.effects[0].effect + answer.prepared.effects[1].effect * 2 + 50) < 5,
	   "an event's effect is measured; its double is left out");
	for (int h = 0; h < H; h++)
		shift[h] = answer.point[h] + 50 * events[N + h] - without.point[h];
	ok(difference(shift, (double[H]) {0}, H) < 8, "and is in the forecast");
	prepare.event_count = 1;
	ok(cg_forecast_accuracy(y, N, &options, &prepare, 3, &accuracy, malloc, free, NULL) == CG_FORECAST_OK &&
	   accuracy.origins == 3 && accuracy.mae < 12, "a backtest has events too");
}

static void
test_ends(void)
{
	double		events[N + H] = {[4] = 1,[11] = 1,[30] = 1};
	CgPrepareOptions prepare = {.outliers = CG_OUTLIERS_DAMPEN, .adjust_shifts = true,
	.event_count = 1, .event_length = N + H, .events = events};
	Answer		answer;
	CgForecastStatus status = CG_FORECAST_STOPPED;
	double		y[N];
	bool		stopped = true;
	int			tried = 0;

	make(y);
	ask(&answer, y, &prepare);
	for (int left = 0; left < 3; left++)
	{
		stops_left = left;
		stopped &= cg_forecast_prepared(y, N, &options, &prepare, &answer.result, &answer.prepared,
										malloc, free, stop_later) == CG_FORECAST_STOPPED;
	}
	ok(stopped, "a stop ends it");
	for (; tried < 50 && status != CG_FORECAST_OK; tried++)
	{
		blocks_left = tried;
		status = cg_forecast_prepared(y, N, &options, &prepare, &answer.result, &answer.prepared,
									  allocate_some, free, NULL);
		if (status != CG_FORECAST_OK && status != CG_FORECAST_NO_MEMORY)
			break;
	}
	ok(status == CG_FORECAST_OK && tried > 1, "memory that runs out is told, and nothing leaks");
}

int
main(void)
{
	test_plain();
	test_unread();
	test_events();
	test_ends();
	return finish();
}
